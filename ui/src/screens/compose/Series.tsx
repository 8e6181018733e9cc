// When one line is taken, where that is another day than the others', and a standing series of it.
import { Button } from "@navikt/ds-react";
import { CalendarIcon } from "@navikt/aksel-icons";
import { useState } from "react";
import { longDate } from "../../format";
import { seriesWords } from "../../format/series";
import { readNumber, writeDate } from "../../format/typed";
import type { EditQueue } from "../../ipc/editing";
import type { BasketLine, DraftView, IntervalUnit, LineSeries } from "../../ipc/model";
import { useTexts } from "../../texts";
import { readPlanned } from "./planned";

const UNITS: readonly IntervalUnit[] = ["day", "week", "month"];
const EMPTY: LineSeries = { times: null, every: null, start: null, end: null, instructions: "" };

type Props = { line: BasketLine; view: DraftView; queue: EditQueue; now: Date };

/** What is said of it, and the way to change that: beside the name while nothing is said, so that a plain line stays one. */
export function Series({ line, view, queue, now }: Props) {
  const t = useTexts();
  const [open, setOpen] = useState(false);
  const own = view.draft.lines.find((each) => each.id === line.id);
  const series = own?.series ?? null;
  const said = [own?.planned_date ? t.series.summaryDay(longDate(own.planned_date)) : "", series ? seriesWords(series, t) : ""].filter(Boolean).join(" · ");
  return (
    <div className="series" data-series={line.id}>
      <button type="button" className={said ? "series__open" : "icon-button series__quiet"} aria-expanded={open} data-act="series" onClick={() => setOpen(!open)}>
        <CalendarIcon aria-hidden /> {said}
        <span className="sr-only">{`${said ? ", " : ""}${t.series.open}: ${line.name}`}</span>
      </button>
      {open && <SeriesFields line={line} day={own?.planned_date ?? null} series={series} queue={queue} now={now} onClose={() => setOpen(false)} />}
    </div>
  );
}

function SeriesFields({ line, day, series, queue, now, onClose }: { line: BasketLine; day: string | null; series: LineSeries | null; queue: EditQueue; now: Date; onClose: () => void }) {
  const t = useTexts();
  const words = t.series;
  // Each field says the whole series: it builds on what the field before it said, which may not be drawn yet.
  const set = (change: (before: LineSeries) => Partial<LineSeries>) =>
    queue.edit((draft) => {
      const before = { ...EMPTY, ...draft.lines.find((each) => each.id === line.id)?.series };
      return { edit: "series", line: line.id, series: { ...before, ...change(before) } };
    });
  return (
    <div className="series__fields" role="group" aria-label={`${words.open}: ${line.name}`}>
      <Day label={words.day} value={day} now={now} onDay={(date) => queue.edit({ edit: "line_planned_date", line: line.id, date })} />
      <label className="check">
        <input type="checkbox" checked={series !== null} onChange={(event) => queue.edit({ edit: "series", line: line.id, series: event.target.checked ? EMPTY : null })} />
        {words.standing}
      </label>
      {series && (
        <>
          <div className="series__row">
            <Figure label={words.times} value={series.times ?? null} least={2} most={999} fault={words.timesInvalid} onFigure={(times) => set(() => ({ times }))} />
            <Figure label={words.every} value={series.every?.count ?? null} least={1} most={365} fault={words.timesInvalid} onFigure={(count) => set((before) => ({ every: count === null ? null : { count, unit: before.every?.unit ?? "week" } }))} />
            <select
              className="field"
              aria-label={words.every}
              data-field="unit"
              value={series.every?.unit ?? "week"}
              onChange={(event) => {
                const unit = event.target.value as IntervalUnit;
                set((before) => ({ every: { count: before.every?.count ?? 1, unit } }));
              }}
            >
              {UNITS.map((unit) => (
                <option key={unit} value={unit}>
                  {words.units[unit]}
                </option>
              ))}
            </select>
          </div>
          <div className="series__row">
            <Day label={words.start} value={series.start ?? null} now={now} onDay={(start) => set(() => ({ start }))} />
            <Day label={words.end} value={series.end ?? null} now={now} onDay={(end) => set(() => ({ end }))} />
          </div>
          <label className="clinical__row">
            <span className="t13 muted">{words.instructions}</span>
            <input className="field field--wide" placeholder={words.instructionsHint} defaultValue={series.instructions ?? ""} onBlur={(event) => {
                const instructions = event.target.value;
                if (instructions !== (series.instructions ?? "")) set(() => ({ instructions }));
              }} />
          </label>
        </>
      )}
      <div>
        <Button size="xsmall" variant="secondary" onClick={onClose}>
          {words.close}
        </Button>
      </div>
    </div>
  );
}

function Figure({ label, value, least, most, fault, onFigure }: { label: string; value: number | null; least: number; most: number; fault: string; onFigure: (value: number | null) => void }) {
  const [text, setText] = useState<string | null>(null);
  const read = text === null ? value : readNumber(text);
  const wrong = text !== null && text.trim() !== "" && (read === null || !Number.isInteger(read) || read < least || read > most);
  return (
    <label className="clinical__row">
      <span className="t13 muted">{label}</span>
      <input
        className="field field--number"
        inputMode="numeric"
        autoComplete="off"
        aria-invalid={wrong || undefined}
        value={text ?? (value === null ? "" : String(value))}
        onChange={(event) => setText(event.target.value)}
        onBlur={() => {
          if (text === null || wrong) return;
          onFigure(text.trim() === "" ? null : read);
          setText(null);
        }}
      />
      {wrong && (
        <span className="question__error" role="alert">
          {fault}
        </span>
      )}
    </label>
  );
}

/** A day to come, or none. */
export function Day({ label, value, now, onDay }: { label: string; value: string | null; now: Date; onDay: (day: string | null) => void }) {
  const t = useTexts();
  const [text, setText] = useState<string | null>(null);
  const [fault, setFault] = useState(false);
  const settle = () => {
    if (text === null) return;
    const read = text.trim() === "" ? null : readPlanned(text, now);
    const wrong = read === null && text.trim() !== "";
    setFault(wrong);
    if (wrong) return;
    setText(null);
    if (read !== value) onDay(read);
  };
  return (
    <label className="clinical__row">
      <span className="t13 muted">{label}</span>
      <input className="field field--moment" placeholder={t.basket.dateFormat} autoComplete="off" aria-invalid={fault || undefined} value={text ?? (value ? writeDate(value) : "")} onChange={(event) => setText(event.target.value)} onBlur={settle} onKeyDown={(event) => event.key === "Enter" && settle()} />
      {fault && (
        <span className="question__error" role="alert">
          {t.basket.dateInvalid}
        </span>
      )}
    </label>
  );
}
