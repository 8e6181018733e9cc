// Who waits in the internal lab, most urgent first. The field on top takes a scan, a typed number or a name.
import { CalendarIcon, ExclamationmarkTriangleFillIcon, HouseIcon, NotePencilIcon, PersonIcon } from "@navikt/aksel-icons";
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { CapDot } from "../../components/CapDot";
import { UrgencyTag } from "../../components/UrgencyTag";
import { age, fullName, nationalId, shortDate, timeOrDateTime } from "../../format";
import { SEARCH_FIELD } from "../../frame/Frame";
import type { WorkItem } from "../../ipc/model";
import { useLanguage, useTexts, type Texts } from "../../texts";
import { isCode } from "../../frame/wedge";
import { Alarms } from "./Alarms";
import { fitting, sorted, SORTS, type Sort } from "./collecting";
import { PackingDialog } from "./PackingDialog";

export type WorkListProps = {
  items: readonly WorkItem[] | null;
  open: string | null;
  onOpen: (id: string) => void;
  onScan: (text: string) => void;
  now: Date;
};

export function WorkList({ items, open, onOpen, onScan, now }: WorkListProps) {
  const t = useTexts();
  const [typed, setTyped] = useState("");
  const [packing, setPacking] = useState(false);
  const [sort, setSort] = useState<Sort>("urgency");
  const shown = items ? sorted(fitting(items, typed), sort) : [];

  const field = useRef<HTMLInputElement>(null);
  const rows = useRef<HTMLUListElement>(null);

  // With nobody open the next thing is to find somebody: by a few letters, an arrow key, or a scan.
  useEffect(() => {
    if (!open) field.current?.focus();
  }, [open]);

  const enter = () => {
    const text = typed.replace(/\s/g, "").toUpperCase();
    const [first] = shown;
    if (shown.length === 1 && first) onOpen(first.id);
    else if (isCode(text)) onScan(text);
    // Several fit: which of them is for a person to say.
    else return void (typed.trim() !== "" && rows.current?.querySelector("button")?.focus());
    setTyped("");
  };

  /** Up and down through the rows; above the first stands the field. */
  const move = (event: KeyboardEvent) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const stops = [field.current, ...(rows.current?.querySelectorAll("button") ?? [])];
    const at = stops.findIndex((stop) => stop === document.activeElement);
    const next = stops[at + (event.key === "ArrowDown" ? 1 : -1)];
    if (at < 0 || !next) return;
    event.preventDefault();
    next.focus();
  };

  return (
    <section className="lab__list" aria-label={t.internallab.list}>
      <header className="lab__list-head">
        <h1 className="t20">{t.rail.internalLab}</h1>
        {items && <span className="muted">{t.rail.waiting(items.length)}</span>}
        <button type="button" className="link-button" data-act="packing" data-command onClick={() => setPacking(true)}>
          {t.internallab.paper.open}
        </button>
      </header>
      <input
        ref={field}
        className="field field--wide lab__search"
        {...{ [SEARCH_FIELD]: true }}
        aria-label={t.internallab.search}
        placeholder={t.internallab.search}
        autoComplete="off"
        spellCheck={false}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter") {
            // The focus may go to a row, which this key is not meant to press.
            event.preventDefault();
            enter();
          }
          if (event.key === "Escape") setTyped("");
          move(event);
        }}
      />
      {items && items.length > 1 && (
        <label className="lab__sort t14">
          <span className="muted">{t.bench.sort["label"]}</span>
          <select className="field field--select" data-sort value={sort} onChange={(event) => setSort(event.target.value as Sort)}>
            {SORTS.map((by) => (
              <option key={by} value={by}>
                {t.bench.sort[by]}
              </option>
            ))}
          </select>
        </label>
      )}
      {items && <Alarms items={items} onOpen={onOpen} />}
      {packing && <PackingDialog onClose={() => setPacking(false)} />}
      {items?.length === 0 && <p className="empty-state">{t.internallab.nobody}</p>}
      {items && items.length > 0 && shown.length === 0 && <p className="empty-state">{t.internallab.noMatch}</p>}
      <ul ref={rows} className="lab__items" onKeyDown={move}>
        {shown.map((item) => (
          <Item key={item.id} item={item} sort={sort} current={item.id === open} onOpen={() => onOpen(item.id)} now={now} />
        ))}
      </ul>
    </section>
  );
}

function Item({ item, sort, current, onOpen, now }: { item: WorkItem; sort: Sort; current: boolean; onOpen: () => void; now: Date }) {
  const t = useTexts();
  const language = useLanguage();
  const { patient } = item.patient;
  const late = item.too_long;
  const containers = item.containers.map((one) => one.name[language] || one.name.nb);
  return (
    <li>
      <button type="button" className="lab__item bare" aria-current={current || undefined} data-requisition={item.id} onClick={onOpen}>
        <span className="lab__item-line">
          <span className="strong ellipsis">{fullName(patient)}</span>
          <UrgencyTag urgency={item.urgency} />
          <span className={late ? "lab__since lab__since--late" : "lab__since"}>
            {late && <ExclamationmarkTriangleFillIcon className="warn-icon" title={t.internallab.tooLong} />}
            {sort === "due" ? t.bench.due(timeOrDateTime(item.due, now)) : age(item.since, now, t)}
          </span>
        </span>
        <span className="lab__item-line t14">
          <span className="muted nowrap">{patient.national_id ? nationalId(patient.national_id) : t.patient.noNationalId}</span>
          <span className="ellipsis">{serviceLine(item.services, t)}</span>
          <span className="lab__caps">
            {item.containers.map((one, at) => (
              <CapDot key={at} colour={one.colour} />
            ))}
            <span className="sr-only">{containers.join(", ")}</span>
          </span>
        </span>
        {item.note && (
          <span className="lab__item-note">
            <NotePencilIcon aria-hidden />
            <span className="ellipsis" title={item.note}>
              {item.note}
            </span>
          </span>
        )}
        {(item.planned || item.series) && (
          <span className="lab__item-note" data-planned={item.planned ?? undefined}>
            <CalendarIcon aria-hidden />
            <span className="ellipsis">{[item.planned ? t.bench.ordered.planned(shortDate(item.planned, now)) : "", item.series ? t.series.standing : ""].filter(Boolean).join(" · ")}</span>
          </span>
        )}
        {item.at_home && (
          <span className="lab__item-note">
            <HouseIcon aria-hidden />
            <span className="ellipsis">{t.internallab.atHomeWaits}</span>
          </span>
        )}
        {item.held && !current && (
          <span className="lab__item-note" data-held>
            <PersonIcon aria-hidden />
            <span className="ellipsis">{t.bench.held.inList(item.held.by)}</span>
          </span>
        )}
        {item.print_problem && (
          <span className="lab__item-note lab__item-note--alarm" data-print-problem>
            <ExclamationmarkTriangleFillIcon className="warn-icon" aria-hidden />
            <span className="ellipsis">{t.bench.notOut(t.bench.problems[item.print_problem] ?? "")}</span>
          </span>
        )}
        {item.labelled_since && (
          <span className="lab__item-note lab__item-note--alarm">
            <ExclamationmarkTriangleFillIcon className="warn-icon" aria-hidden />
            <span className="ellipsis">{t.bench.alarms.labelledSince(age(item.labelled_since, now, t))}</span>
          </span>
        )}
      </button>
    </li>
  );
}

/** Names while there is room for them, else how many. */
function serviceLine(services: readonly string[], t: Texts): string {
  const names = services.join(", ");
  return names.length <= 26 || services.length === 1 ? names : t.find.analyses(services.length);
}
