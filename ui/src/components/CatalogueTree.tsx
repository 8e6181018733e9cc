// Provider, department, group, service: all that is offered, for reading and for picking. Services are fetched when they come
// in sight and only rows in sight are drawn, so that a group of thousands opens as fast as one of ten.
import { ChevronDownIcon, ChevronRightIcon } from "@navikt/aksel-icons";
import { useCallback, useEffect, useId, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { inLanguage } from "../format";
import { useBackend } from "../ipc/backend";
import { asFailure, type Failure } from "../ipc/failure";
import type { HitView } from "../ipc/model";
import { useQuery } from "../ipc/query";
import { useLanguage, useTexts } from "../texts";
import { CapDot } from "./CapDot";
import { ErrorNote } from "./ErrorNote";
import { treeMove, treeRows, typedAhead, type Loaded, type ServiceRow, type TreeRow } from "./treeRows";

/** Height of a row, as the style sheet has it. */
const ROW = 32;
/** Rows drawn above and below what is in sight, so that scrolling meets no emptiness. */
const BEYOND = 12;
/** Letters typed within this time belong to one word. */
const TYPING_MS = 700;
/** Services that are asked for at once. */
const PAGE = 100;

type Props = {
  label: string;
  onPick: (hit: HitView) => void;
  /** The service that the keyboard or the pointer is on. */
  onActive?: (hit: HitView | null) => void;
  current?: { provider: string; service: string } | null;
  /** What stands at the end of a service's row instead of its code. */
  mark?: (hit: HitView) => ReactNode;
};

export function CatalogueTree({ label, onPick, onActive, current, mark }: Props) {
  const t = useTexts();
  const language = useLanguage();
  const tree = useQuery("tree", ["catalogue"], (backend) => backend.tree());
  const providers = tree.data;
  const [open, setOpen] = useState<ReadonlySet<string> | null>(null);
  // All providers begin open, so that the departments are seen at once.
  const shownOpen = useMemo(() => open ?? new Set((providers ?? []).map((each) => each.provider)), [open, providers]);
  const rows = useMemo(() => treeRows(providers ?? [], shownOpen, (department) => inLanguage(department.name, language)), [providers, shownOpen, language]);
  const [activeKey, setActiveKey] = useState<string | null>(null);
  const found = rows.findIndex((row) => row.key === activeKey);
  const active = Math.max(0, found);
  const scroller = useRef<HTMLDivElement>(null);
  const view = useView(scroller, rows.length);
  const { services, failure } = useServices(rows.slice(view.from, view.to), tree.data);
  const id = useId();
  const typed = useRef({ text: "", at: 0 });

  const serviceOf = (row: TreeRow | undefined) => (row?.kind === "service" ? services.get(row.key) : undefined);
  const activeHit = serviceOf(rows[active]);
  const told = useRef(onActive);
  told.current = onActive;
  const tell = found >= 0 ? activeHit : undefined;
  useEffect(() => told.current?.(tell ?? null), [tell]);

  const toggle = (key: string) => {
    const next = new Set(shownOpen);
    if (!next.delete(key)) next.add(key);
    setOpen(next);
    setActiveKey(key);
  };
  const moveTo = (index: number) => {
    const row = rows[index];
    if (!row) return;
    setActiveKey(row.key);
    view.reveal(index);
  };
  const act = (row: TreeRow | undefined) => {
    if (row?.kind === "branch") return toggle(row.key);
    const hit = serviceOf(row);
    if (hit) onPick(hit);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.key === "/") return;
    if (event.key === "Enter" || (event.key === " " && typed.current.text === "")) {
      event.preventDefault();
      return act(rows[active]);
    }
    const move = treeMove(event.key, rows, active, Math.max(1, view.visible - 1));
    if (move) {
      event.preventDefault();
      typed.current.text = "";
      return "to" in move ? moveTo(move.to) : toggle(move.toggle);
    }
    if (event.key.length !== 1) return;
    event.preventDefault();
    const text = event.timeStamp - typed.current.at > TYPING_MS ? event.key : typed.current.text + event.key;
    typed.current = { text, at: event.timeStamp };
    const next = typedAhead(text, rows, active, (row) => (row.kind === "branch" ? row.name : services.get(row.key)?.name));
    if (next >= 0) moveTo(next);
  };

  if (tree.failure && !providers) return <ErrorNote failure={tree.failure} />;
  if (providers?.length === 0) return <p className="empty-state">{t.catalogue.none}</p>;
  const rendered = rows.slice(view.from, view.to);
  const activeShown = active >= view.from && active < view.to;
  return (
    <>
      {failure && <ErrorNote failure={failure} />}
      <div
        ref={scroller}
        className="tree-view"
        role="tree"
        aria-label={label}
        aria-busy={rows.length === 0}
        tabIndex={0}
        aria-activedescendant={activeShown && rows.length > 0 ? `${id}-${active}` : undefined}
        onKeyDown={onKeyDown}
        onFocus={() => activeKey === null && rows[0] && setActiveKey(rows[0].key)}
      >
        <div style={{ height: view.from * ROW }} role="presentation" />
        {rendered.map((row, at) => {
          const index = view.from + at;
          const hit = serviceOf(row);
          const isCurrent = hit !== undefined && current?.provider === hit.provider && current.service === hit.id;
          return (
            <div
              key={row.key}
              id={`${id}-${index}`}
              role="treeitem"
              aria-level={row.level}
              aria-setsize={row.size}
              aria-posinset={row.set}
              aria-expanded={row.kind === "branch" ? row.open : undefined}
              aria-selected={isCurrent}
              aria-busy={row.kind === "service" && !hit ? true : undefined}
              className={`tree-view__row tree-view__row--${row.level}`}
              data-active={index === active || undefined}
              data-service={hit?.id}
              onClick={() => {
                setActiveKey(row.key);
                act(row);
              }}
              onMouseEnter={() => hit && told.current?.(hit)}
            >
              <RowBody row={row} hit={hit} end={hit && mark?.(hit)} />
            </div>
          );
        })}
        <div style={{ height: Math.max(0, rows.length - view.to) * ROW }} role="presentation" />
      </div>
    </>
  );
}

function RowBody({ row, hit, end }: { row: TreeRow; hit: HitView | undefined; end: ReactNode }) {
  if (row.kind === "branch") {
    return (
      <>
        {row.open ? <ChevronDownIcon aria-hidden /> : <ChevronRightIcon aria-hidden />}
        <span className="ellipsis">{row.name}</span>
        <span className="t13 muted tree-view__end">{row.count}</span>
      </>
    );
  }
  if (!hit) return <span className="tree-view__coming" aria-hidden="true" />;
  return (
    <>
      <CapDot colour={hit.colour} />
      <span className="ellipsis" title={hit.name}>
        {hit.name}
      </span>
      <span className="t13 muted tree-view__end">{end || hit.code}</span>
    </>
  );
}

type View = { from: number; to: number; visible: number; reveal: (index: number) => void };

/** Which rows are in sight of a scroller, and a way to bring one there. */
function useView(scroller: React.RefObject<HTMLDivElement | null>, count: number): View {
  const [at, setAt] = useState({ top: 0, height: 640 });
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const look = () => setAt((before) => (before.top === element.scrollTop && before.height === element.clientHeight ? before : { top: element.scrollTop, height: element.clientHeight }));
    look();
    element.addEventListener("scroll", look, { passive: true });
    const sized = typeof ResizeObserver === "undefined" ? null : new ResizeObserver(look);
    sized?.observe(element);
    return () => {
      element.removeEventListener("scroll", look);
      sized?.disconnect();
    };
    // The scroller is there once there is something to show.
  }, [scroller, count > 0]);
  const reveal = useCallback(
    (index: number) => {
      const element = scroller.current;
      if (!element) return;
      const top = index * ROW;
      if (top < element.scrollTop) element.scrollTop = top;
      else if (top + ROW > element.scrollTop + element.clientHeight) element.scrollTop = top + ROW - element.clientHeight;
      setAt({ top: element.scrollTop, height: element.clientHeight });
    },
    [scroller],
  );
  // jsdom lays nothing out: without a height, as much as a screen shows.
  const height = at.height || 640;
  const first = Math.floor(at.top / ROW);
  const visible = Math.ceil(height / ROW);
  return { from: Math.max(0, Math.min(first, count) - BEYOND), to: Math.min(count, first + visible + BEYOND), visible, reveal };
}

/** The services of the rows in sight, fetched a page at a time and kept until the catalogues change. */
function useServices(shown: readonly TreeRow[], tree: unknown): { services: Loaded; failure: Failure | null } {
  const backend = useBackend();
  const [services, setServices] = useState<Loaded>(new Map());
  const [failure, setFailure] = useState<Failure | null>(null);
  const asked = useRef({ tree, pages: new Set<string>() });
  if (asked.current.tree !== tree) {
    asked.current = { tree, pages: new Set() };
    if (services.size > 0) setServices(new Map());
  }
  const wanted = [...new Map(shown.filter((row): row is ServiceRow => row.kind === "service").map((row) => [`${row.parent}#${Math.floor(row.index / PAGE)}`, row])).entries()];
  useEffect(() => {
    const turn = asked.current;
    for (const [page, row] of wanted) {
      if (turn.pages.has(page)) continue;
      turn.pages.add(page);
      const offset = Math.floor(row.index / PAGE) * PAGE;
      backend.treeServices(row.at, offset, PAGE).then(
        (answer) => {
          if (asked.current !== turn) return;
          setFailure(null);
          setServices((before) => {
            const next = new Map(before);
            answer.services.forEach((hit, index) => next.set(`${row.parent}#${offset + index}`, hit));
            return next;
          });
        },
        (thrown: unknown) => {
          turn.pages.delete(page);
          if (asked.current === turn) setFailure(asFailure(thrown));
        },
      );
    }
  });
  return { services, failure };
}
