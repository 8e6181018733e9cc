// Which requisitions are shown: text, provider, requester, days, and the state with its count.
import { Chips } from "@navikt/ds-react";
import { MagnifyingGlassIcon } from "@navikt/aksel-icons";
import { SEARCH_FIELD } from "../../frame/Frame";
import type { ConnectionView, OverviewForm, OverviewView, PersonView } from "../../ipc/model";
import { useTexts } from "../../texts";

const STATES = ["all", "waiting", "queued", "needs_you", "unconfirmed", "not_arrived", "late_answer", "awaiting_answer", "partly_answered", "answered", "ended", "cancelled"];
const DAYS = [1, 7, 14, 30, 90, 365, 0];

export type FiltersProps = {
  form: OverviewForm;
  counts: OverviewView["counts"];
  connections: readonly ConnectionView[];
  people: readonly PersonView[];
  onChange: (part: Partial<OverviewForm>) => void;
};

export function Filters({ form, counts, connections, people, onChange }: FiltersProps) {
  const t = useTexts();
  const count = (state: string) => counts.find(([name]) => name === state)?.[1] ?? 0;
  // States that nothing is in are left out, so that the row stays one row.
  const states = STATES.filter((state) => state === "all" || state === form.state || count(state) > 0);
  return (
    <search className="filters">
      <div className="filters__row">
        <span className="filters__search">
          <MagnifyingGlassIcon aria-hidden />
          <input
            className="field field--wide"
            {...{ [SEARCH_FIELD]: true }}
            aria-label={t.overview.search}
            placeholder={t.overview.search}
            autoComplete="off"
            spellCheck={false}
            value={form.text}
            onChange={(event) => onChange({ text: event.target.value })}
            onKeyDown={(event) => {
              if (event.key === "Escape" && form.text) {
                event.stopPropagation();
                onChange({ text: "" });
              }
            }}
          />
        </span>
        <select className="field field--select" aria-label={t.overview.provider} value={form.provider} onChange={(event) => onChange({ provider: event.target.value })}>
          <option value="">{t.overview.allProviders}</option>
          {connections.map((one) => (
            <option key={one.provider} value={one.provider}>
              {one.name || one.provider}
            </option>
          ))}
        </select>
        <select className="field field--select" aria-label={t.overview.requester} value={form.requester} onChange={(event) => onChange({ requester: event.target.value })}>
          <option value="">{t.overview.allRequesters}</option>
          {people
            .filter((person) => person.orders)
            .map((person) => (
              <option key={person.id} value={person.id}>
                {person.name}
              </option>
            ))}
        </select>
        <select className="field field--select" aria-label={t.overview.period} value={form.days} onChange={(event) => onChange({ days: Number(event.target.value) })}>
          {DAYS.map((days) => (
            <option key={days} value={days}>
              {t.overview.days(days)}
            </option>
          ))}
        </select>
      </div>
      <Chips size="small" data-color="accent" className="filters__states">
        {states.map((state) => (
          <Chips.Toggle key={state} checkmark={false} selected={form.state === state} data-state-filter={state} onClick={() => onChange({ state })}>
            {`${t.overview.states[state] ?? state} ${count(state)}`}
          </Chips.Toggle>
        ))}
      </Chips>
    </search>
  );
}
