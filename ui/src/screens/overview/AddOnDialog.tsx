// Adding examinations to material that was sent: only what the laboratory says the specimens still serve, with its time.
import { Button } from "@navikt/ds-react";
import { useState, type FormEvent } from "react";
import { Dialog } from "../../components/Dialog";
import { dateTime } from "../../format";
import { useNow } from "../../frame/clock";
import type { DetailView } from "../../ipc/model";
import { useTexts } from "../../texts";

export function AddOnDialog({ detail, busy, onClose, onSend }: { detail: DetailView; busy: boolean; onClose: () => void; onSend: (services: string[]) => Promise<void> }) {
  const t = useTexts();
  const now = useNow();
  const [chosen, setChosen] = useState<string[]>([]);
  const [tried, setTried] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (chosen.length > 0) void onSend(chosen);
  };
  return (
    <Dialog label={t.outbox.addTitle} className="correction" onClose={onClose}>
      <form className="dialog__body" onSubmit={submit}>
        <h2 className="t16">{t.outbox.addTitle}</h2>
        <p id="add-on-body">{t.outbox.addBody}</p>
        <div className="addable" role="group" aria-labelledby="add-on-body">
          {detail.addable.map((offer) => (
            <label key={offer.service} className="check" data-add={offer.service}>
              <input
                type="checkbox"
                checked={chosen.includes(offer.service)}
                onChange={(event) => setChosen((before) => (event.target.checked ? [...before, offer.service] : before.filter((id) => id !== offer.service)))}
              />
              <span>
                {offer.name} <span className="t13 muted">{t.outbox.addUntil(dateTime(offer.until, now))}</span>
              </span>
            </label>
          ))}
        </div>
        {tried && chosen.length === 0 && (
          <p className="question__error" role="alert">
            {t.outbox.addNone}
          </p>
        )}
        <div className="dialog__actions">
          <Button size="small" variant="tertiary" type="button" onClick={onClose}>
            {t.common.cancel}
          </Button>
          <Button size="small" type="submit" loading={busy} data-act="send-add-on">
            {t.outbox.sendAdd}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
