// The hits of a search: a listbox whose focus stays in the search field. Grouped by provider and department; each hit tells
// its name with the matched letters, material, code and why it is there.
import { PackageIcon } from "@navikt/aksel-icons";
import type { ReactNode } from "react";
import { inLanguage } from "../format";
import type { HitView } from "../ipc/model";
import { useTexts, type Texts } from "../texts";
import { CapDot } from "./CapDot";
import { Highlight, type Range } from "./Highlight";
import type { Listbox } from "./listbox";

export type HitGroup = { key: string; title: string; subtitle: string; hits: HitView[] };

/** Groups in the order in which their best hit stands; panels last; for an empty query favourites, the office's panels, and what is usual. */
export function groupHits(hits: readonly HitView[], query: string, t: Texts, language: "nb" | "nn" | "en"): HitGroup[] {
  const groups = new Map<string, HitGroup>();
  const panels: HitGroup[] = [];
  for (const hit of hits) {
    const usual = query.trim() === "" ? usualGroup(hit, t) : null;
    const title = usual ?? (isPanel(hit) ? t.find.panels : hit.provider_name);
    // The office's own panels stand under its name.
    const subtitle = usual || hit.kind === "panel" ? "" : hit.kind === "office_panel" ? hit.provider_name : inLanguage(hit.department_name, language);
    const key = `${title}|${subtitle}`;
    let group = groups.get(key);
    if (!group) {
      group = { key, title, subtitle, hits: [] };
      groups.set(key, group);
      if (!usual && isPanel(hit)) panels.push(group);
    }
    group.hits.push(hit);
  }
  const all = [...groups.values()];
  const rank = (group: HitGroup) => (panels.includes(group) ? 1 : query.trim() === "" && group.title === t.find.recent ? 2 : 0);
  return all.sort((a, b) => rank(a) - rank(b));
}

export function isPanel(hit: HitView): boolean {
  return hit.kind === "panel" || hit.kind === "office_panel";
}

function usualGroup(hit: HitView, t: Texts): string | null {
  if (hit.why === "recent") return t.find.recent;
  if (hit.why === "favourite") return t.find.favourites;
  return null;
}

export function HitList({ groups, list, label, onPick }: { groups: readonly HitGroup[]; list: Listbox; label: string; onPick: (hit: HitView) => void }) {
  let index = -1;
  return (
    <div className="hits" id={list.listId} role="listbox" aria-label={label} tabIndex={-1}>
      {groups.map((group, at) => (
        <div key={group.key} role="group" aria-labelledby={`${list.listId}-group-${at}`}>
          <div className="hits__group" id={`${list.listId}-group-${at}`} role="presentation">
            <span className="strong">{group.title}</span> <span className="muted">{group.subtitle}</span>
          </div>
          {group.hits.map((hit) => {
            index += 1;
            const own = index;
            return (
              <div
                key={`${hit.kind} ${hit.provider} ${hit.id}`}
                id={list.optionId(own)}
                role="option"
                aria-selected={own === list.active}
                aria-disabled={hit.withdrawn || undefined}
                className="hit"
                data-service={hit.id}
                // The focus stays in the field, so that the next letter is typed at once.
                onMouseDown={(event) => event.preventDefault()}
                onMouseMove={() => own !== list.active && list.setActive(own)}
                onClick={() => onPick(hit)}
              >
                <HitBody hit={hit} />
              </div>
            );
          })}
        </div>
      ))}
    </div>
  );
}

function HitBody({ hit }: { hit: HitView }) {
  const t = useTexts();
  const ranges: Range[] = hit.ranges;
  const inName = hit.why === "name";
  return (
    <>
      <span className="hit__dot">{isPanel(hit) ? <PackageIcon aria-hidden /> : <CapDot colour={hit.container?.colour} />}</span>
      <span className="hit__name ellipsis">
        <Highlight text={hit.name} ranges={inName ? ranges : []} />
        {hit.in_draft && <span className="hit__in">{t.find.inBasket}</span>}
        {hit.withdrawn && <span className="hit__in">{t.find.withdrawn}</span>}
      </span>
      <span className="hit__code">{isPanel(hit) ? t.find.panel : <Highlight text={hit.code} ranges={hit.why === "code" ? ranges : []} />}</span>
      <span className="hit__material ellipsis">{isPanel(hit) ? panelLine(hit, t) : [hit.material, hit.fasting ? t.find.fasting : ""].filter(Boolean).join(" · ")}</span>
      <span className="hit__why">{why(hit, ranges, t)}</span>
    </>
  );
}

function panelLine(hit: HitView, t: Texts): ReactNode {
  const count = Number(hit.code);
  const whose = hit.kind === "office_panel" ? hit.material : hit.provider_name;
  const words = [Number.isFinite(count) && hit.code !== "" ? t.find.analyses(count) : hit.code, whose].filter(Boolean).join(" · ");
  if (hit.missing === 0) return words;
  return (
    <>
      <span className="hit__missing">{t.panels.missingShort(hit.missing)}</span> · {words}
    </>
  );
}

function why(hit: HitView, ranges: Range[], t: Texts): ReactNode {
  const word = hit.matched ? <Highlight text={hit.matched} ranges={ranges} /> : null;
  switch (hit.why) {
    case "name":
      return t.find.whyName;
    case "code":
      return t.find.whyCode;
    case "synonym":
      return (
        <>
          {t.find.whySynonym} {word}
        </>
      );
    case "member":
      return (
        <>
          {t.find.whyContains} {word}
        </>
      );
    case "typo":
      return (
        <>
          {t.find.whyTypo} {word}
        </>
      );
    default:
      return null;
  }
}
