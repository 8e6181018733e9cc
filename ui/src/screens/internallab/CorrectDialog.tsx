// Who took one specimen, and when: corrected for it alone, since tubes of one requisition may be taken at different times.
import { Button } from "@navikt/ds-react";
import { useState, type FormEvent } from "react";
import { Dialog } from "../../components/Dialog";
import { TimeField } from "../../components/TimeField";
import { useTexts } from "../../texts";

export type CorrectDialogProps = {
  name: string;
  by: string;
  at: string;
  collectors: readonly string[];
  now: Date;
  onClose: () => void;
  onCorrected: (by: string, at: string) => Promise<void>;
};

export function CorrectDialog({ name, by: before, at: since, collectors, now, onClose, onCorrected }: CorrectDialogProps) {
  const t = useTexts();
  const [by, setBy] = useState(before);
  const [at, setAt] = useState(since);
  const names = collectors.includes(before) ? collectors : [before, ...collectors];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void onCorrected(by, at);
  };
  const title = t.bench.correct.title(name);
  return (
    <Dialog label={title} onClose={onClose}>
      <form className="dialog__body" onSubmit={submit} data-dialog="correct">
        <h2 className="t16">{title}</h2>
        <div>
          <label className="t14 strong" htmlFor="correct-by">
            {t.internallab.collector}
          </label>
          <select id="correct-by" className="field field--wide field--select" value={by} onChange={(event) => setBy(event.target.value)}>
            {names.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </div>
        <TimeField label={t.internallab.takenLabel} value={at} onValue={setAt} now={now} />
        <div className="dialog__actions">
          <Button size="small" variant="tertiary" type="button" onClick={onClose}>
            {t.common.cancel}
          </Button>
          <Button size="small" type="submit">
            {t.common.save}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
