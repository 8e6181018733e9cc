// Finding what to order: the search field, its hits as a pane that never covers the basket, the tree for browsing, and the
// handbook's words about the hit in focus. One call per keystroke; an answer to an older query is dropped.
import { CheckmarkCircleFillIcon, ClockDashedIcon, MagnifyingGlassIcon, SidebarLeftIcon, XMarkIcon } from "@navikt/aksel-icons";
import { useEffect, useMemo, useRef, useState, type RefObject } from "react";
import { ErrorNote } from "../../components/ErrorNote";
import { groupHits, HitList, ROW, type LastOrdered } from "../../components/HitList";
import { useListbox, type Listbox } from "../../components/listbox";
import { NotYet } from "../../components/NotYet";
import { useRested } from "../../components/rested";
import { inLanguage } from "../../format";
import { useTell } from "../../frame/toasts";
import type { Failure } from "../../ipc/failure";
import type { DraftView, HitView, SearchView } from "../../ipc/model";
import { useQuery } from "../../ipc/query";
import { useLanguage, useTexts, type Texts } from "../../texts";
import { useFocusedPage, useSetFocused } from "./focus";
import { Tree } from "./Tree";

type Props = {
  draft: DraftView;
  browsing: boolean;
  onBrowsing: (browsing: boolean) => void;
  onAdd: (hit: HitView) => void;
};

/** Milliseconds without a letter that count as a pause, in which there is time for what need not stand beside it at once. */
const PAUSE = 150;
/** Pixels of the pane that no hit stands in: the field and the line under it. */
const ABOVE = 90;
/** Hits that fill a tall pane, where nothing has been laid out to measure. */
const IN_SIGHT = 14;

export function FindPane({ draft, browsing, onBrowsing, onAdd }: Props) {
  const t = useTexts();
  const tell = useTell();
  const language = useLanguage();
  const onFocused = useSetFocused();
  const [query, setQuery] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const id = draft.draft.id;
  const pane = useRef<HTMLElement>(null);
  const inSight = useInSight(pane);
  const rested = useRested(query, PAUSE);
  const { found, failure } = useHits(query, id, draft.draft.lines.length, rested === query ? null : inSight);
  const before = useOrderedBefore(id);
  // What stands answers to other letters, and has for longer than anybody notices.
  const late = found !== null && failure === null && rested === query && found.query !== query;
  const groups = useMemo(() => groupHits(found?.hits ?? [], found?.query ?? "", t, language), [found, t, language]);
  const hits = useMemo(() => groups.flatMap((group) => group.hits), [groups]);
  // A withdrawn service leads to what took its place, which is shown and not added.
  const pick = (hit: HitView) => {
    if (!hit.withdrawn) {
      // The words stay to be read, and the next ones take their place.
      field.current?.select();
      return onAdd(hit);
    }
    const next = hit.replacement;
    if (!next) return tell.say(t.handbook.goneForGood(hit.name));
    setQuery(next.code || next.name);
    tell.say(t.handbook.offered(hit.name, next.name));
  };
  const list = useListbox({
    count: browsing ? 0 : hits.length,
    token: found?.query ?? "",
    // An empty field, a guess, and a word that several analyses go by pick nothing unasked.
    first: (found?.query ?? "").trim() === "" || found?.ambiguous ? -1 : 0,
    onPick: (index) => hits[index] && pick(hits[index]),
    onEscape: () => setQuery(""),
  });

  const onKeyDown = usePatientEnter(list.onKeyDown, query, failure ? "failed" : found?.query === query ? "answered" : "awaited", () => list.active >= 0 && hits[list.active] && pick(hits[list.active]!));

  const active = browsing ? undefined : hits[list.active];
  useEffect(() => {
    if (!browsing && rested === query) onFocused(active ?? null);
  }, [active, browsing, rested, query, onFocused]);
  useEffect(() => field.current?.focus(), []);

  const type = (text: string) => {
    setQuery(text);
    if (browsing) onBrowsing(false);
  };

  return (
    <>
      <div className="tree-strip">
        <button
          type="button"
          className="tree-strip__button"
          aria-expanded={browsing}
          onClick={() => {
            onFocused(null);
            onBrowsing(!browsing);
          }}
        >
          <SidebarLeftIcon aria-hidden />
          <span className="tree-strip__words">{t.compose.browse}</span>
        </button>
      </div>
      <section ref={pane} className="find" aria-label={t.find.label} aria-busy={late}>
        <div className="find__field">
          <MagnifyingGlassIcon aria-hidden />
          <input
            ref={field}
            id="search"
            data-search-field
            className="find__input"
            aria-label={t.find.label}
            placeholder={t.find.placeholder}
            value={query}
            onChange={(event) => type(event.target.value)}
            onKeyDown={onKeyDown}
            {...list.field}
          />
          {query && (
            <button
              type="button"
              className="icon-button"
              tabIndex={-1}
              aria-label={t.find.clear}
              onClick={() => {
                setQuery("");
                field.current?.focus();
              }}
            >
              <XMarkIcon aria-hidden />
            </button>
          )}
        </div>
        <NotYet />
        {browsing ? (
          <Tree draft={draft.draft} onAdd={onAdd} onFocused={onFocused} onClose={() => onBrowsing(false)} />
        ) : (
          <>
            <Summary found={found} />
            {failure && <ErrorNote failure={failure} />}
            {found && hits.length === 0 && found.query.trim() !== "" ? (
              <div className="find__none" data-query={found.query}>
                <p className="strong">{t.find.none(found.query)}</p>
                <p className="muted">{t.find.noneHint}</p>
              </div>
            ) : (
              <HitList groups={groups} list={list} label={t.find.results} query={found?.query ?? ""} before={before} onPick={pick} />
            )}
          </>
        )}
        <Handbook before={before} />
      </section>
    </>
  );
}

/**
 * What the core finds for the letters typed; the last answer stays until the next one is there. `first` of the hits, since a
 * long answer takes its time to the window, and all of them where it is null.
 */
function useHits(query: string, draft: string, lines: number, first: number | null): { found: SearchView | null; failure: Failure | null } {
  const [shown, setShown] = useState<SearchView | null>(null);
  const asked = useQuery(`${draft} ${lines} ${first} ${query}`, ["catalogue", "panels", "settings"], (backend) => backend.search(query, draft, first), true);
  // While drawing, not after it: an answer is drawn once.
  if (asked.data && asked.data !== shown) setShown(asked.data);
  return { found: shown, failure: asked.failure };
}

/**
 * Enter that comes before the answer to the last letter waits for it: what stands on the screen until then answers to other
 * letters, and would be another service. A further letter takes it back, and so does a search that failed.
 */
function usePatientEnter(onKeyDown: Listbox["onKeyDown"], query: string, search: "answered" | "awaited" | "failed", pick: () => void): Listbox["onKeyDown"] {
  const waiting = useRef<string | null>(null);
  const latest = useRef(pick);
  latest.current = pick;
  useEffect(() => {
    const asked = waiting.current;
    if (asked === null || (asked === query && search === "awaited")) return;
    waiting.current = null;
    if (asked === query && search === "answered") latest.current();
  }, [query, search]);
  return (event) => {
    if (event.key !== "Enter" || search === "answered" || event.nativeEvent.isComposing) return onKeyDown(event);
    event.preventDefault();
    if (search === "awaited") waiting.current = query;
  };
}

/** How many hits the pane shows without scrolling. */
function useInSight(pane: RefObject<HTMLElement | null>): number {
  const [rows, setRows] = useState(IN_SIGHT);
  useEffect(() => {
    const element = pane.current;
    if (!element || typeof ResizeObserver === "undefined") return;
    const sized = new ResizeObserver(() => setRows(Math.ceil((element.clientHeight - ABOVE) / ROW)));
    sized.observe(element);
    return () => sized.disconnect();
  }, [pane]);
  return rows;
}

/** When the patient last had what: read once for a draft and again when something was ordered, never for a letter. */
function useOrderedBefore(draft: string): LastOrdered {
  const { data } = useQuery(`ordered before ${draft}`, ["requisitions", "catalogue"], (backend) => backend.orderedBefore(draft));
  return useMemo(() => new Map((data ?? []).map(({ provider, service, last }) => [`${provider}/${service}`, last.days])), [data]);
}

function Summary({ found }: { found: SearchView | null }) {
  const t = useTexts();
  const shown = found?.listed ?? 0;
  const words = !found || found.query.trim() === "" ? "" : found.ambiguous && shown > 0 ? unsure(found, t) : found.total > shown ? t.find.more(shown) : t.find.summary(found.total, found.catalogues);
  return (
    <div className="find__summary">
      <span role="status">{words}</span>
      <span className="find__keys" aria-hidden="true">
        <kbd className="key">↑</kbd>
        <kbd className="key">↓</kbd> {t.find.choose} <kbd className="key">{t.find.keyEnter}</kbd> {t.find.add}
      </span>
    </div>
  );
}

/** Why Enter takes nothing yet. */
function unsure(found: SearchView, t: Texts): string {
  return found.hits.every((hit) => hit.why === "typo") ? t.handbook.guess : t.handbook.ambiguous;
}

function Handbook({ before }: { before: LastOrdered }) {
  const t = useTexts();
  const language = useLanguage();
  const page = useFocusedPage();
  if (!page) return null;
  const { service, effect } = page;
  const last = before.get(`${page.provider}/${service.id}`) ?? null;
  return (
    <aside className="preview" aria-label={t.find.handbook}>
      <p className="t14">
        <span className="strong">{service.name}</span>{" "}
        <span className="muted">{[service.code.display === service.name ? "" : service.code.display, service.unit].filter(Boolean).join(" · ")}</span>
      </p>
      {last !== null && (
        <p className="line__fact">
          <ClockDashedIcon aria-hidden />
          {t.basket.lastOrdered(t.time.daysAgo(last))}
        </p>
      )}
      {service.handbook && <p className="preview__text">{inLanguage(service.handbook, language)}</p>}
      {service.preparation && <p className="preview__text">{inLanguage(service.preparation, language)}</p>}
      {service.turnaround_days != null && <p className="t14 muted">{t.find.turnaround(service.turnaround_days)}</p>}
      {effect?.fits_in && (
        <p className="preview__effect">
          <CheckmarkCircleFillIcon className="ok-icon" aria-hidden /> {t.find.fits(inline(inLanguage(effect.fits_in.name, language)))}
        </p>
      )}
      {effect && effect.new_containers.length > 0 && <p className="preview__effect">{t.find.needsMore(effect.new_containers.map((each) => inline(inLanguage(each.container.name, language))).join(", "))}</p>}
    </aside>
  );
}

/** "Serum, gel" inside a sentence; abbreviations keep their capitals. */
function inline(name: string): string {
  return /^[A-ZÆØÅ][a-zæøå]/.test(name) ? name.charAt(0).toLocaleLowerCase("nb") + name.slice(1) : name;
}
