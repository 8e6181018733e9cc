// Changing what was sent: clinical information, urgency, examinations taken out. The receiver gets the whole of it, and it
// holds once they have accepted it.
import { useState } from "react";
import type { ChangeForm, DetailView } from "../../ipc/model";
import { useTexts } from "../../texts";
import { ClinicalField, excess, FollowUpForm, KeptServices, Refusal, UrgencyField } from "./FollowUp";

export function ChangeDialog({ detail, busy, onClose, onSend }: { detail: DetailView; busy: boolean; onClose: () => void; onSend: (form: ChangeForm) => Promise<void> }) {
  const t = useTexts();
  const { requisition } = detail;
  const [form, setForm] = useState<ChangeForm>({ clinical_text: requisition.clinical_text, urgency: requisition.urgency, without: [] });
  const [tried, setTried] = useState(false);
  const change = (part: Partial<ChangeForm>) => setForm((before) => ({ ...before, ...part }));
  const none = form.without.length >= requisition.services.length;
  const same = form.clinical_text === requisition.clinical_text && form.urgency === requisition.urgency && form.without.length === 0;
  const submit = () => {
    setTried(true);
    if (!none && !same && excess(form.clinical_text) === 0) void onSend(form);
  };
  return (
    <FollowUpForm title={t.outbox.changeTitle} send={t.outbox.sendChange} act="send-change" busy={busy} onClose={onClose} onSubmit={submit}>
      <p>{t.outbox.changeBody}</p>
      <ClinicalField id="change-text" value={form.clinical_text} onChange={(clinical_text) => change({ clinical_text })} />
      <UrgencyField id="change-urgency" value={form.urgency} onChange={(urgency) => change({ urgency })} />
      <KeptServices legend={t.outbox.keep} services={requisition.services} without={form.without} onChange={(without) => change({ without })} />
      {tried && same && <Refusal>{t.outbox.unchanged}</Refusal>}
    </FollowUpForm>
  );
}
