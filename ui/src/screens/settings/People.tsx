// Who works here: those who order and those who collect. One of them is signed in at this workstation.
import { Button, Tag } from "@navikt/ds-react";
import { PlusIcon } from "@navikt/aksel-icons";
import { useState, type FormEvent } from "react";
import { Dialog } from "../../components/Dialog";
import { useStatus } from "../../frame/status";
import type { PersonForm, PersonView } from "../../ipc/model";
import { useTexts } from "../../texts";
import { Field } from "./Field";
import { useSaving } from "./saving";

const NEW: PersonForm = { id: null, name: "", title: "", orders: false, hpr: "", her: "", phone: "" };

export function People({ people }: { people: readonly PersonView[] }) {
  const t = useTexts();
  const { busy, save } = useSaving();
  const signedIn = useStatus()?.signed_in?.id;
  const [editing, setEditing] = useState<PersonForm | null>(null);
  const [removing, setRemoving] = useState<PersonView | null>(null);
  return (
    <section className="settings__form" aria-labelledby="people-title">
      <div className="settings__head">
        <h2 className="t16" id="people-title">
          {t.settings.section.people}
        </h2>
        <Button size="small" variant="secondary" icon={<PlusIcon aria-hidden />} data-act="add-person" onClick={() => setEditing(NEW)}>
          {t.settings.addPerson}
        </Button>
      </div>
      {people.length === 0 && <p className="muted">{t.settings.noPeople}</p>}
      <ul className="settings__list">
        {people.map((person) => (
          <li key={person.id} className="settings__item" data-person={person.id}>
            <div>
              <p>
                <span className="strong">{person.name}</span> <span className="muted">{person.title}</span>{" "}
                {person.id === signedIn && (
                  <Tag size="xsmall" variant="moderate" data-color="accent">
                    {t.strip.signedIn}
                  </Tag>
                )}
              </p>
              <p className="t14 muted">{person.orders ? t.settings.ordersWith(person.hpr, person.her, person.phone) : t.settings.collects}</p>
            </div>
            <div className="settings__acts">
              {person.id !== signedIn && (
                <Button size="small" variant="secondary" disabled={busy} data-act="sign-in" onClick={() => void save((backend) => backend.signIn(person.id), t.settings.signedInAs(person.name))}>
                  {t.settings.signIn}
                </Button>
              )}
              <Button size="small" variant="tertiary" aria-label={`${t.common.edit} ${person.name}`} onClick={() => setEditing(person)}>
                {t.common.edit}
              </Button>
              <Button size="small" variant="tertiary" aria-label={`${t.common.remove} ${person.name}`} onClick={() => setRemoving(person)}>
                {t.common.remove}
              </Button>
            </div>
          </li>
        ))}
      </ul>
      {editing && <PersonDialog person={editing} onClose={() => setEditing(null)} />}
      {removing && (
        <Dialog label={t.settings.removePerson(removing.name)} onClose={() => setRemoving(null)}>
          <div className="dialog__body">
            <h2 className="t16">{t.settings.removePerson(removing.name)}</h2>
            <p>{t.settings.removePersonBody}</p>
            <div className="dialog__actions">
              <Button size="small" variant="tertiary" onClick={() => setRemoving(null)}>
                {t.common.cancel}
              </Button>
              <Button
                size="small"
                data-color="danger"
                loading={busy}
                onClick={() =>
                  void save((backend) => backend.removePerson(removing.id), t.settings.removed).then((done) => {
                    if (done) setRemoving(null);
                  })
                }
              >
                {t.common.remove}
              </Button>
            </div>
          </div>
        </Dialog>
      )}
    </section>
  );
}

function PersonDialog({ person, onClose }: { person: PersonForm; onClose: () => void }) {
  const t = useTexts();
  const { busy, fault, save, touched } = useSaving();
  const [form, setForm] = useState<PersonForm>({ ...person });
  const change = (part: Partial<PersonForm>) => {
    setForm((before) => ({ ...before, ...part }));
    touched();
  };
  const field = (name: "name" | "title" | "hpr" | "her" | "phone", label: string, more: { hint?: string; inputMode?: "numeric" | "tel" } = {}) => (
    <Field name={name} label={label} {...more} value={form[name]} error={fault(name)} onValue={(value) => change({ [name]: value })} />
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void save((backend) => backend.savePerson({ id: form.id, name: form.name, title: form.title, orders: form.orders, hpr: form.hpr, her: form.her, phone: form.phone })).then((done) => {
      if (done) onClose();
    });
  };
  const title = person.id ? t.settings.editPerson : t.settings.addPerson;
  return (
    <Dialog label={title} onClose={onClose}>
      <form className="dialog__body" onSubmit={submit} noValidate>
        <h2 className="t16">{title}</h2>
        {field("name", t.guide.name)}
        {field("title", t.guide.personTitle, { hint: t.guide.titleHint })}
        <label className="check">
          <input type="checkbox" checked={form.orders} onChange={(event) => change({ orders: event.target.checked })} />
          {t.settings.mayOrder}
        </label>
        {form.orders && (
          <>
            {field("hpr", t.guide.hpr, { inputMode: "numeric" })}
            {field("her", t.guide.her, { inputMode: "numeric" })}
            {field("phone", t.guide.phone, { inputMode: "tel" })}
          </>
        )}
        <div className="dialog__actions">
          <Button size="small" variant="tertiary" type="button" onClick={onClose}>
            {t.common.cancel}
          </Button>
          <Button size="small" type="submit" loading={busy} data-act="save-person">
            {t.common.save}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
