// Putting a rejected requisition right: what it said is filled in, the receiver's words stand on top, and the correction goes
// as a new message that refers to the rejected one.
import { Button, Chips } from "@navikt/ds-react";
import { XMarkOctagonFillIcon } from "@navikt/aksel-icons";
import { useState, type FormEvent } from "react";
import { Dialog } from "../../components/Dialog";
import type { CorrectionForm, DetailView, PersonView, Urgency } from "../../ipc/model";
import { useTexts } from "../../texts";
import { needBody } from "./words";

/** What the national message takes at the most; the receiver's own limit is checked by the core. */
const TEXT_LIMIT = 4000;
const URGENCIES: readonly Urgency[] = ["routine", "urgent", "cito"];

export function CorrectionDialog({ detail, people, busy, onClose, onSend }: { detail: DetailView; people: readonly PersonView[]; busy: boolean; onClose: () => void; onSend: (form: CorrectionForm) => Promise<void> }) {
  const t = useTexts();
  const { requisition } = detail;
  const [form, setForm] = useState<CorrectionForm>({
    clinical_text: requisition.clinical_text,
    family: requisition.patient.family,
    given: requisition.patient.given,
    urgency: requisition.urgency,
    requester: requisition.requester.id,
    without: [],
  });
  const [tried, setTried] = useState(false);
  const change = (part: Partial<CorrectionForm>) => setForm((before) => ({ ...before, ...part }));
  const length = Array.from(form.clinical_text).length;
  const nameMissing = form.family.trim() === "";
  const noServices = form.without.length >= requisition.services.length;
  const requesters = people.filter((person) => person.orders);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!nameMissing && !noServices && length <= TEXT_LIMIT) void onSend(form);
  };
  return (
    <Dialog label={t.overview.fixTitle} className="correction" onClose={onClose}>
      <form className="dialog__body" onSubmit={submit}>
        <h2 className="t16">{t.overview.fixTitle}</h2>
        {detail.need && (
          <p className="finding finding--stop">
            <XMarkOctagonFillIcon className="stop-icon" aria-hidden />
            <span>{needBody(detail.need, t)}</span>
          </p>
        )}
        <div className="correction__names">
          <div className="form-field">
            <label className="t14 strong" htmlFor="fix-given">
              {t.overview.given}
            </label>
            <input id="fix-given" className="field field--wide" autoComplete="off" value={form.given} onChange={(event) => change({ given: event.target.value })} />
          </div>
          <div className="form-field">
            <label className="t14 strong" htmlFor="fix-family">
              {t.overview.family}
            </label>
            <input
              id="fix-family"
              className="field field--wide"
              autoComplete="off"
              value={form.family}
              aria-invalid={(tried && nameMissing) || undefined}
              aria-describedby={tried && nameMissing ? "fix-family-fault" : undefined}
              onChange={(event) => change({ family: event.target.value })}
            />
            {tried && nameMissing && (
              <p className="question__error" id="fix-family-fault" role="alert">
                {t.overview.nameMissing}
              </p>
            )}
          </div>
        </div>
        <div className="form-field">
          <label className="t14 strong" htmlFor="fix-text">
            {t.overview.clinical}
          </label>
          <textarea
            id="fix-text"
            className="field field--wide"
            rows={6}
            value={form.clinical_text}
            aria-invalid={length > TEXT_LIMIT || undefined}
            aria-describedby="fix-text-count"
            onChange={(event) => change({ clinical_text: event.target.value })}
          />
          <p id="fix-text-count" className={length > TEXT_LIMIT ? "question__error" : "t13 muted"}>
            {length > TEXT_LIMIT ? t.overview.tooLong(length - TEXT_LIMIT) : t.overview.clinicalCount(length, TEXT_LIMIT)}
          </p>
        </div>
        <div className="correction__names">
          <div className="form-field" role="group" aria-labelledby="fix-urgency">
            <p className="t14 strong" id="fix-urgency">
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
          <div className="form-field">
            <label className="t14 strong" htmlFor="fix-requester">
              {t.overview.requester}
            </label>
            <select id="fix-requester" className="field field--wide field--select" value={form.requester} onChange={(event) => change({ requester: event.target.value })}>
              {!requesters.some((person) => person.id === form.requester) && <option value={form.requester}>{requisition.requester.name}</option>}
              {requesters.map((person) => (
                <option key={person.id} value={person.id}>
                  {person.name}
                </option>
              ))}
            </select>
          </div>
        </div>
        <fieldset className="correction__services">
          <legend className="t14 strong">{t.overview.services}</legend>
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
          {noServices && (
            <p className="question__error" role="alert">
              {t.overview.atLeastOne}
            </p>
          )}
        </fieldset>
        <p className="t14 muted">{t.overview.fixBody}</p>
        <div className="dialog__actions">
          <Button size="small" variant="tertiary" type="button" onClick={onClose}>
            {t.common.cancel}
          </Button>
          <Button size="small" type="submit" loading={busy} data-act="send-fixed">
            {t.overview.sendFixed}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
