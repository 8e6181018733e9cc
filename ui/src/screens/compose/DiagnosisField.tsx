// Diagnoses by ICPC-2 and ICD-10: a field with its own list, the code systems fetched when it is first entered.
import { Chips } from "@navikt/ds-react";
import { useMemo, useState } from "react";
import { Highlight, rangesOf } from "../../components/Highlight";
import { useListbox } from "../../components/listbox";
import { useTell } from "../../frame/toasts";
import type { Diagnosis } from "../../ipc/model";
import { useTexts } from "../../texts";
import { loadDiagnoses, searchDiagnoses, type DiagnosisEntry } from "./diagnoses";

export function DiagnosisField({ diagnoses, onChange }: { diagnoses: readonly Diagnosis[]; onChange: (change: (before: readonly Diagnosis[]) => Diagnosis[]) => void }) {
  const t = useTexts();
  const tell = useTell();
  const [query, setQuery] = useState("");
  const [open, setOpen] = useState(false);
  const [entries, setEntries] = useState<readonly DiagnosisEntry[] | null>(null);
  const hits = useMemo(() => (entries && query.trim() ? searchDiagnoses(entries, query) : []), [entries, query]);
  const shown = open && query.trim() !== "";

  const fetch = () => {
    setOpen(true);
    if (!entries) void loadDiagnoses().then(setEntries);
  };
  const pick = (entry: DiagnosisEntry) => {
    setQuery("");
    if (diagnoses.some((one) => one.system === entry.system && one.code === entry.code)) return;
    onChange((before) => [...before, { system: entry.system, code: entry.code, display: entry.text }]);
    tell.whisper(t.clinical.diagnosisAdded(entry.code));
  };
  const list = useListbox({ count: shown ? hits.length : 0, token: query, onPick: (index) => hits[index] && pick(hits[index]), onEscape: () => setQuery("") });

  return (
    <div className="diagnosis">
      <label className="t15 strong" htmlFor="diagnosis">
        {t.clinical.diagnosis}
      </label>
      {diagnoses.length > 0 && (
        <Chips size="small">
          {diagnoses.map((diagnosis) => (
            <Chips.Removable key={`${diagnosis.system} ${diagnosis.code}`} onClick={() => onChange((before) => before.filter((one) => one.system !== diagnosis.system || one.code !== diagnosis.code))}>
              {`${diagnosis.code} ${diagnosis.display}`}
            </Chips.Removable>
          ))}
        </Chips>
      )}
      <div className="diagnosis__field">
        <input
          id="diagnosis"
          className="field field--wide"
          placeholder={t.clinical.diagnosisPlaceholder}
          value={query}
          onFocus={fetch}
          onBlur={() => setOpen(false)}
          onChange={(event) => {
            setOpen(true);
            setQuery(event.target.value);
          }}
          onKeyDown={list.onKeyDown}
          {...list.field}
        />
        {shown && (
          <div className="diagnosis__list">
            {!entries && <p className="diagnosis__empty">{t.clinical.diagnosisLoading}</p>}
            {entries && hits.length === 0 && <p className="diagnosis__empty">{t.clinical.noDiagnosis(query.trim())}</p>}
            <div id={list.listId} role="listbox" aria-label={t.clinical.addDiagnosis} tabIndex={-1}>
              {hits.map((hit, index) => (
                <div
                  key={`${hit.system} ${hit.code}`}
                  id={list.optionId(index)}
                  role="option"
                  aria-selected={index === list.active}
                  className="diagnosis__option"
                  onMouseDown={(event) => event.preventDefault()}
                  onMouseMove={() => index !== list.active && list.setActive(index)}
                  onClick={() => pick(hit)}
                >
                  <span className="diagnosis__code">
                    <Highlight text={hit.code} ranges={hit.code.toLowerCase().startsWith(query.trim().toLowerCase()) ? [[0, query.trim().length]] : []} />
                  </span>
                  <span>
                    <Highlight text={hit.text} ranges={rangesOf(hit.text, query.trim())} />
                  </span>
                  <span className="t13 muted">{hit.system === "ICPC2" ? t.clinical.icpc2 : t.clinical.icd10}</span>
                </div>
              ))}
            </div>
          </div>
        )}
      </div>
    </div>
  );
}
