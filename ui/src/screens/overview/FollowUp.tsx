// What the dialogs for correcting, changing and adding to a requisition have in common: the form itself, and its fields.
import { Button, Chips } from "@navikt/ds-react";
import type { FormEvent, ReactNode } from "react";
import { Dialog } from "../../components/Dialog";
import type { Requisition, Urgency } from "../../ipc/model";
import { useTexts } from "../../texts";

/** What the national message takes at the most; the receiver's own limit is checked by the core. */
const TEXT_LIMIT = 4000;
const URGENCIES: readonly Urgency[] = ["routine", "urgent", "cito"];

/** By how many characters, as the receiver counts them, a text is too long; 0 while it fits. */
export function excess(text: string): number {
  return Math.max(0, Array.from(text).length - TEXT_LIMIT);
}

type FormProps = { title: string; send: string; act: string; busy: boolean; onClose: () => void; onSubmit: () => void; children: ReactNode };

export function FollowUpForm({ title, send, act, busy, onClose, onSubmit, children }: FormProps) {
  const t = useTexts();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <Dialog label={title} className="correction" onClose={onClose}>
      <form className="dialog__body" onSubmit={submit}>
        <h2 className="t16">{title}</h2>
        {children}
        <div className="dialog__actions">
          <Button size="small" variant="tertiary" type="button" onClick={onClose}>
            {t.common.cancel}
          </Button>
          <Button size="small" type="submit" loading={busy} data-act={act}>
            {send}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

export function ClinicalField({ id, value, onChange }: { id: string; value: string; onChange: (value: string) => void }) {
  const t = useTexts();
  const over = excess(value);
  return (
    <div className="form-field">
      <label className="t14 strong" htmlFor={id}>
        {t.overview.clinical}
      </label>
      <textarea id={id} className="field field--wide" rows={5} value={value} aria-invalid={over > 0 || undefined} aria-describedby={`${id}-count`} onChange={(event) => onChange(event.target.value)} />
      <p id={`${id}-count`} className={over > 0 ? "question__error" : "t13 muted"}>
        {over > 0 ? t.overview.tooLong(over) : t.overview.clinicalCount(Array.from(value).length, TEXT_LIMIT)}
      </p>
    </div>
  );
}

export function UrgencyField({ id, value, onChange }: { id: string; value: Urgency; onChange: (value: Urgency) => void }) {
  const t = useTexts();
  return (
    <div className="form-field" role="group" aria-labelledby={id}>
      <p className="t14 strong" id={id}>
        {t.clinical.urgency}
      </p>
      <Chips size="small" data-color="accent">
        {URGENCIES.map((urgency) => (
          <Chips.Toggle key={urgency} checkmark={false} selected={value === urgency} onClick={() => onChange(urgency)}>
            {t.urgency[urgency]}
          </Chips.Toggle>
        ))}
      </Chips>
    </div>
  );
}

type KeptProps = { legend: string; services: Requisition["services"]; without: readonly string[]; onChange: (without: string[]) => void };

/** The services of the requisition; those that are not ticked go out. At least one has to stay. */
export function KeptServices({ legend, services, without, onChange }: KeptProps) {
  const t = useTexts();
  return (
    <fieldset className="correction__services">
      <legend className="t14 strong">{legend}</legend>
      {services.map((service) => (
        <label key={service.key} className="check">
          <input
            type="checkbox"
            checked={!without.includes(service.key)}
            onChange={(event) => onChange(event.target.checked ? without.filter((key) => key !== service.key) : [...without, service.key])}
          />
          {service.name}
        </label>
      ))}
      {without.length >= services.length && <Refusal>{t.overview.atLeastOne}</Refusal>}
    </fieldset>
  );
}

/** Why the form is not sent, said aloud. */
export function Refusal({ id, children }: { id?: string; children: ReactNode }) {
  return (
    <p className="question__error" id={id} role="alert">
      {children}
    </p>
  );
}
