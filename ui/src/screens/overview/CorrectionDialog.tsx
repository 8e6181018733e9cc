// Putting a rejected requisition right: what it said is filled in, the receiver's words stand on top, and the correction goes
// as a new message that refers to the rejected one.
import { XMarkOctagonFillIcon } from "@navikt/aksel-icons";
import { useState } from "react";
import type { CorrectionForm, DetailView, PersonView } from "../../ipc/model";
import { useTexts } from "../../texts";
import { ClinicalField, excess, FollowUpForm, KeptServices, Refusal, UrgencyField } from "./FollowUp";
import { needBody } from "./words";

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
  const nameMissing = form.family.trim() === "";
  const noServices = form.without.length >= requisition.services.length;
  const requesters = people.filter((person) => person.orders);
  const submit = () => {
    setTried(true);
    if (!nameMissing && !noServices && excess(form.clinical_text) === 0) void onSend(form);
  };
  return (
    <FollowUpForm title={t.overview.fixTitle} send={t.overview.sendFixed} act="send-fixed" busy={busy} onClose={onClose} onSubmit={submit}>
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
          {tried && nameMissing && <Refusal id="fix-family-fault">{t.overview.nameMissing}</Refusal>}
        </div>
      </div>
      <ClinicalField id="fix-text" value={form.clinical_text} onChange={(clinical_text) => change({ clinical_text })} />
      <div className="correction__names">
        <UrgencyField id="fix-urgency" value={form.urgency} onChange={(urgency) => change({ urgency })} />
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
      <KeptServices legend={t.overview.services} services={requisition.services} without={form.without} onChange={(without) => change({ without })} />
      <p className="t14 muted">{t.overview.fixBody}</p>
    </FollowUpForm>
  );
}
