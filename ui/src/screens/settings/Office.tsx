// The office: it stands in every message and on every label.
import { Button } from "@navikt/ds-react";
import { useState, type FormEvent } from "react";
import type { OfficeForm, OfficeView } from "../../ipc/model";
import { useTexts } from "../../texts";
import { Field } from "./Field";
import { useSaving } from "./saving";

const EMPTY: OfficeForm = { name: "", organisation_number: "", her: "", phone: "", label_code: "" };

export function Office({ office }: { office: OfficeView | null }) {
  const t = useTexts();
  const { busy, fault, save, touched } = useSaving();
  const [form, setForm] = useState<OfficeForm>(office ?? EMPTY);
  const field = (name: keyof OfficeForm, label: string, more: { hint?: string; inputMode?: "numeric" | "tel" } = {}) => (
    <Field
      name={name}
      label={label}
      {...more}
      value={form[name]}
      error={fault(name)}
      onValue={(value) => {
        setForm((before) => ({ ...before, [name]: value }));
        touched();
      }}
    />
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void save((backend) => backend.saveOffice(form));
  };
  return (
    <form className="settings__form" onSubmit={submit} noValidate>
      <h2 className="t16">{t.settings.section.office}</h2>
      <p className="muted">{t.settings.officeBody}</p>
      <div className="settings__grid">
        {field("name", t.guide.officeName)}
        {field("organisation_number", t.guide.organisationNumber, { inputMode: "numeric" })}
        {field("her", t.guide.her, { inputMode: "numeric", hint: t.guide.herHint })}
        {field("label_code", t.guide.code, { hint: t.guide.codeHint })}
        {field("phone", t.guide.phone, { inputMode: "tel" })}
      </div>
      <div>
        <Button size="small" type="submit" loading={busy} data-act="save-office">
          {t.common.save}
        </Button>
      </div>
    </form>
  );
}
