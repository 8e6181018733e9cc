// The table: one row a requisition, four lights. One stop for Tab; arrows move, Enter opens.
import { ChevronLeftIcon, ChevronRightIcon } from "@navikt/aksel-icons";
import { useRef, useState, type KeyboardEvent } from "react";
import { moved } from "../../components/listbox";
import { Light } from "../../components/Light";
import { UrgencyTag } from "../../components/UrgencyTag";
import { fullName, inLanguage } from "../../format";
import type { OverviewRow } from "../../ipc/model";
import { useLanguage, useTexts } from "../../texts";
import { COLUMNS, light, serviceNames } from "./words";

export type RowsProps = {
  rows: readonly OverviewRow[];
  total: number;
  offset: number;
  limit: number;
  open: string | null;
  /** Nothing is shown because of the filters. */
  filtered: boolean;
  onOpen: (id: string) => void;
  onPage: (offset: number) => void;
  onClear: () => void;
  now: Date;
};

export function Rows({ rows, total, offset, limit, open, filtered, onOpen, onPage, onClear, now }: RowsProps) {
  const t = useTexts();
  const language = useLanguage();
  const [at, setAt] = useState(0);
  const body = useRef<HTMLTableSectionElement>(null);
  const stop = Math.max(0, rows.findIndex((row) => row.id === open) >= 0 ? rows.findIndex((row) => row.id === open) : Math.min(at, rows.length - 1));

  const onKey = (event: KeyboardEvent, index: number) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      const row = rows[index];
      if (row) onOpen(row.id);
      return;
    }
    const next = moved(event.key, index, rows.length, 10);
    if (next === null) return;
    event.preventDefault();
    setAt(next);
    body.current?.querySelectorAll<HTMLElement>("tr")[next]?.focus();
  };

  if (rows.length === 0) {
    return (
      <p className="empty-state overview__empty">
        {filtered ? t.overview.noMatch : t.overview.empty}{" "}
        {filtered && (
          <button type="button" className="link-button" onClick={onClear}>
            {t.overview.clearFilters}
          </button>
        )}
      </p>
    );
  }
  return (
    <>
      <div className="rows__host">
        <table className="rows" aria-label={t.overview.list}>
          <thead>
            <tr>
              <th scope="col">{t.overview.columns.patient}</th>
              <th scope="col">{t.overview.columns.services}</th>
              <th scope="col">{t.overview.columns.department}</th>
              {COLUMNS.map((column) => (
                <th key={column} scope="col">
                  {t.lights[column]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody ref={body}>
            {rows.map((row, index) => (
              <tr
                key={row.id}
                tabIndex={index === stop ? 0 : -1}
                data-row={row.id}
                aria-selected={row.id === open}
                onClick={() => onOpen(row.id)}
                onFocus={() => setAt(index)}
                onKeyDown={(event) => onKey(event, index)}
              >
                <td className="strong">
                  <span className="rows__patient">
                    <span className="ellipsis">{fullName(row.patient.patient)}</span>
                    <UrgencyTag urgency={row.urgency} />
                  </span>
                </td>
                <td title={row.services.join(", ")}>{serviceNames(row.services, t)}</td>
                <td className="muted">{inLanguage(row.department_name, language)}</td>
                {COLUMNS.map((column) => {
                  const drawn = light(column, row[column], now, t);
                  // In the table "does not apply" is a dash too; the drawer says it in words.
                  return (
                    <td key={column} data-light={`${column} ${row[column].state}`}>
                      <Light column={t.lights[column]} state={drawn.state} word={drawn.state === "none" ? null : drawn.word} />
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="rows__foot t13 muted">
        <span>{t.overview.range(offset + 1, offset + rows.length, total)}</span>
        {total > limit && (
          <>
            <button type="button" className="icon-button" disabled={offset === 0} onClick={() => onPage(Math.max(0, offset - limit))}>
              <ChevronLeftIcon title={t.overview.previousPage} />
            </button>
            <button type="button" className="icon-button" disabled={offset + rows.length >= total} onClick={() => onPage(offset + limit)}>
              <ChevronRightIcon title={t.overview.nextPage} />
            </button>
          </>
        )}
      </div>
    </>
  );
}
