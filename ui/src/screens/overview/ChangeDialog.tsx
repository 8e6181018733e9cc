// Changing what was sent: clinical information, urgency, examinations taken out. The receiver gets the whole of it, and it
// holds once they have accepted it.
import { Button, Chips } from "@navikt/ds-react";
import { useState, type FormEvent } from "react";
import { Dialog } from "../../components/Dialog";
import type { ChangeForm, DetailView, Urgency } from "../../ipc/model";
import { useTexts } from "../../texts";

/** What the national message takes at the most; the receiver's own limit is checked by the core. */
const TEXT_LIMIT = 4000;
const URGENCIES: readonly Urgency[] = ["routine", "urgent", "cito"];

export function ChangeDialog({ detail, busy, onClose, onSend }: { detail: DetailView; busy: boolean; onClose: () => void; onSend: (form: ChangeForm) => Promise<void> }) {
  const t = useTexts();
  const { requisition } = detail;
  const [form, setForm] = useState<ChangeForm>({ clinical_text: requisition.clinical_text, urgency: requisition.urgency, without: [] });
  const [tried, setTried] = useState(false);
  const change = (part: Partial<ChangeForm>) => setForm((before) => ({ ...before, ...part }));
  const length = Array.from(form.clinical_text).length;
  const none = form.without.length >= requisition.services.length;
  const same = form.clinical_text === requisition.clinical_text && form.urgency === requisition.urgency && form.without.length === 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!none && !same && length <= TEXT_LIMIT) void onSend(form);
  };
  return (
    <Dialog label={t.outbox.changeTitle} className="correction" onClose={onClose}>
      <form className="dialog__body" onSubmit={submit}>
        <h2 className="t16">{t.outbox.changeTitle}</h2>
        <p>{t.outbox.changeBody}</p>
        <div className="form-field">
          <label className="t14 strong" htmlFor="change-text">
            {t.overview.clinical}
          </label>
          <textarea id="change-text" className="field field--wide" rows={5} value={form.clinical_text} aria-invalid={length > TEXT_LIMIT || undefined} aria-describedby="change-text-count" onChange={(event) => change({ clinical_text: event.target.value })} />
          <p id="change-text-count" className={length > TEXT_LIMIT ? "question__error" : "t13 muted"}>
            {length > TEXT_LIMIT ? t.overview.tooLong(length - TEXT_LIMIT) : t.overview.clinicalCount(length, TEXT_LIMIT)}
          </p>
        </div>
        <div className="form-field" role="group" aria-labelledby="change-urgency">
          <p className="t14 strong" id="change-urgency">
            {t.clinical.urgency}
          </p>
          <Chips size="small" data-color="accent">
            {URGENCIES.map((urgency) => (
              <Chips.Toggle key={urgency} checkmark={false} selected={form.urgency === urgency} onClick={() => change({ urgency })}>
                {t.urgency[urgency]}
              </Chips.Toggle>
            ))}
          </Chips>
        </div>
        <fieldset className="correction__services">
          <legend className="t14 strong">{t.outbox.keep}</legend>
          {requisition.services.map((service) => (
            <label key={service.key} className="check">
              <input
                type="checkbox"
                checked={!form.without.includes(service.key)}
                onChange={(event) => change({ without: event.target.checked ? form.without.filter((key) => key !== service.key) : [...form.without, service.key] })}
              />
              {service.name}
            </label>
          ))}
        </fieldset>
        {none && (
          <p className="question__error" role="alert">
            {t.overview.atLeastOne}
          </p>
        )}
        {tried && same && (
          <p className="question__error" role="alert">
            {t.outbox.unchanged}
          </p>
        )}
        <div className="dialog__actions">
          <Button size="small" variant="tertiary" type="button" onClick={onClose}>
            {t.common.cancel}
          </Button>
          <Button size="small" type="submit" loading={busy} data-act="send-change">
            {t.outbox.sendChange}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
