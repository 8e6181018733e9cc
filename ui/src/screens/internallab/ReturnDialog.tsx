// A container that was filled at home has come back: the time is asked, never guessed.
import { Button } from "@navikt/ds-react";
import { useState, type FormEvent } from "react";
import { Dialog } from "../../components/Dialog";
import { TimeField } from "../../components/TimeField";
import { isoDay } from "../../format/typed";
import { useTexts } from "../../texts";

export function ReturnDialog({ name, now, onClose, onTaken }: { name: string; now: Date; onClose: () => void; onTaken: (at: string) => Promise<void> }) {
  const t = useTexts();
  const [at, setAt] = useState<string | null>(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (at) void onTaken(at);
  };
  return (
    <Dialog label={t.internallab.returnTitle(name)} onClose={onClose}>
      <form className="dialog__body" onSubmit={submit}>
        <h2 className="t16">{t.internallab.returnTitle(name)}</h2>
        <p>{t.internallab.returnBody}</p>
        <TimeField label={t.internallab.takenLabel} value={at} onValue={setAt} now={now} focus />
        <p>
          <button type="button" className="quick-pick" onClick={() => setAt(`${isoDay(now)}T07:00`)}>
            {t.basket.todayAt("07:00")}
          </button>
        </p>
        <div className="dialog__actions">
          <Button size="small" variant="tertiary" type="button" onClick={onClose}>
            {t.common.cancel}
          </Button>
          <Button size="small" type="submit" disabled={!at}>
            {t.internallab.returnDone}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
