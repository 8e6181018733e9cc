// The hits of a search: a listbox whose focus stays in the search field. Grouped by provider and department; each hit tells
// its name with the matched letters, material, code, why it is there, and where else the same analysis is to be had.
import { ArrowsSquarepathIcon, ClockDashedIcon, PackageIcon } from "@navikt/aksel-icons";
import { memo, useCallback, useRef, type ReactNode } from "react";
import { inLanguage } from "../format";
import type { HitView } from "../ipc/model";
import { useTexts, type Texts } from "../texts";
import { CapDot } from "./CapDot";
import { Highlight, type Range } from "./Highlight";
import type { Listbox } from "./listbox";

/** Height of the lowest row in pixels, as the style sheet has it. */
export const ROW = 45;

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

/** Days since the patient last had each service, by `provider/service`. */
export type LastOrdered = ReadonlyMap<string, number>;

const NEVER: LastOrdered = new Map();

type HitListProps = { groups: readonly HitGroup[]; list: Listbox; label: string; query: string; before?: LastOrdered; onPick: (hit: HitView) => void };

export function HitList({ groups, list, label, query, before = NEVER, onPick }: HitListProps) {
  const picked = useRef({ onPick, setActive: list.setActive });
  picked.current = { onPick, setActive: list.setActive };
  const pick = useCallback((hit: HitView) => picked.current.onPick(hit), []);
  const point = useCallback((index: number) => picked.current.setActive(index), []);
  let index = -1;
  return (
    <div className="hits" id={list.listId} role="listbox" aria-label={label} tabIndex={-1} data-query={query}>
      {groups.map((group, at) => (
        <div key={group.key} role="group" aria-labelledby={`${list.listId}-group-${at}`}>
          <div className="hits__group" id={`${list.listId}-group-${at}`} role="presentation">
            <span className="strong">{group.title}</span> <span className="muted">{group.subtitle}</span>
          </div>
          {group.hits.map((hit) => {
            index += 1;
            return <HitRow key={`${hit.kind} ${hit.provider} ${hit.id}`} hit={hit} id={list.optionId(index)} index={index} active={index === list.active} last={before.get(`${hit.provider}/${hit.id}`) ?? null} onPick={pick} onPoint={point} />;
          })}
        </div>
      ))}
    </div>
  );
}

type HitRowProps = { hit: HitView; id: string; index: number; active: boolean; last: number | null; onPick: (hit: HitView) => void; onPoint: (index: number) => void };

/** Drawn again only when the hit itself or its place changes. */
const HitRow = memo(function HitRow({ hit, id, index, active, last, onPick, onPoint }: HitRowProps) {
  return (
    <div
      id={id}
      role="option"
      aria-selected={active}
      className={hit.withdrawn ? "hit hit--gone" : last !== null || hit.elsewhere.length > 0 ? "hit hit--also" : "hit"}
      data-service={hit.id}
      data-provider={hit.provider}
      // The focus stays in the field, so that the next letter is typed at once.
      onMouseDown={(event) => event.preventDefault()}
      onMouseMove={() => !active && onPoint(index)}
      onClick={() => onPick(hit)}
    >
      <HitBody hit={hit} last={isPanel(hit) ? null : last} />
    </div>
  );
}, sameRow);

/** Every answer brings new objects; what they say decides. */
function sameRow(before: HitRowProps, after: HitRowProps): boolean {
  return before.active === after.active && before.last === after.last && before.index === after.index && before.id === after.id && (before.hit === after.hit || JSON.stringify(before.hit) === JSON.stringify(after.hit));
}

function HitBody({ hit, last }: { hit: HitView; last: number | null }) {
  const t = useTexts();
  const ranges: Range[] = hit.ranges;
  const inName = hit.why === "name";
  return (
    <>
      <span className="hit__dot">{isPanel(hit) ? <PackageIcon aria-hidden /> : <CapDot colour={hit.colour} />}</span>
      <span className="hit__name ellipsis">
        <Highlight text={hit.name} ranges={inName ? ranges : []} />
        {hit.in_draft && <span className="hit__in">{t.find.inBasket}</span>}
        {hit.withdrawn && <span className="hit__in">{t.find.withdrawn}</span>}
      </span>
      <span className="hit__code">{isPanel(hit) ? t.find.panel : <Highlight text={hit.code} ranges={hit.why === "code" ? ranges : []} />}</span>
      <span className="hit__facts">
        <span className="hit__material ellipsis">{isPanel(hit) ? panelLine(hit, t) : hit.withdrawn ? gone(hit, t) : [hit.material, hit.fasting ? t.find.fasting : ""].filter(Boolean).join(" · ")}</span>
        <span className="hit__why ellipsis">{why(hit, ranges, t)}</span>
      </span>
      {(last !== null || (!hit.withdrawn && hit.elsewhere.length > 0)) && (
        <span className="hit__also ellipsis">
          {last !== null && (
            <span className="hit__last">
              <ClockDashedIcon aria-hidden /> {t.basket.lastOrdered(t.time.daysAgo(last))}
            </span>
          )}
          {!hit.withdrawn && hit.elsewhere.length > 0 && <ArrowsSquarepathIcon aria-hidden />} {hit.withdrawn ? "" : hit.elsewhere.map((there) => t.handbook.also(beginning(there.provider_name, " "), beginning(there.material, ","))).join(", ")}
        </span>
      )}
    </>
  );
}

/** Enough to know it by, in a narrow pane. */
function beginning(words: string, end: string): string {
  return words.split(end)[0] ?? words;
}

function gone(hit: HitView, t: Texts): string {
  return hit.replacement ? t.handbook.takenOver(hit.replacement.name) : t.handbook.notReplaced;
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
