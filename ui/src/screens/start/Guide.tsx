// Before the first requisition: the office, somebody who orders, and a provider with its catalogue. Each step is saved when it
// is left, so an interrupted guide goes on where it was.
import { Button, TextField } from "@navikt/ds-react";
import { useEffect, useState, type FormEvent } from "react";
import { ErrorNote } from "../../components/ErrorNote";
import { useTell } from "../../frame/toasts";
import { useBackend, type Backend } from "../../ipc/backend";
import { asFailure, type Failure } from "../../ipc/failure";
import type { AppView } from "../../ipc/model";
import { useTexts } from "../../texts";

const STEPS = ["office", "requester", "provider"] as const;
type Step = (typeof STEPS)[number];

export function Guide({ app, onApp }: { app: AppView; onApp: (app: AppView) => void }) {
  const t = useTexts();
  const backend = useBackend();
  const tell = useTell();
  const step = STEPS.find((each) => app.to_set_up.includes(each)) ?? "provider";
  const [failure, setFailure] = useState<Failure | null>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => setFailure(null), [step]);

  const save = (command: (backend: Backend) => Promise<unknown>) => {
    setBusy(true);
    setFailure(null);
    command(backend)
      .then(() => backend.app())
      .then(onApp)
      .catch((thrown: unknown) => setFailure(asFailure(thrown)))
      .finally(() => setBusy(false));
  };
  const fieldFailure = (field: string): string | null => {
    if (failure?.code !== "invalidField" || failure.params["field"] !== field) return null;
    return t.guide.problems[failure.params["reason"] ?? "other"] ?? t.guide.problems["other"] ?? null;
  };
  const shown = failure && failure.code !== "invalidField" ? failure : null;

  return (
    <main className="start">
      <div className="start__card start__card--wide">
        <p className="t14 muted">{t.guide.step(STEPS.indexOf(step) + 1, STEPS.length)}</p>
        <h1 className="t20">{t.guide.title}</h1>
        <p>{t.guide.intro}</p>
        {app.demo && (
          <div className="start__demo">
            <p>{t.guide.demoBody}</p>
            <Button size="small" variant="secondary" loading={busy} onClick={() => save((here) => here.useDemo().then(onApp))}>
              {t.guide.demo}
            </Button>
          </div>
        )}
        <StepForm
          key={step}
          step={step}
          busy={busy}
          error={fieldFailure}
          onOffice={(form) => save((here) => here.saveOffice(form))}
          onPerson={(form) => save((here) => here.savePerson(form))}
          onProvider={(form) =>
            save(async (here) => {
              const test = await here.saveConnection(form);
              tell.say(test.ok ? t.guide.connected(form.provider) : t.guide.notConnected);
            })
          }
        />
        {shown && <ErrorNote failure={shown} />}
      </div>
    </main>
  );
}

type FormProps = {
  step: Step;
  busy: boolean;
  error: (field: string) => string | null;
  onOffice: (form: Parameters<Backend["saveOffice"]>[0]) => void;
  onPerson: (form: Parameters<Backend["savePerson"]>[0]) => void;
  onProvider: (form: Parameters<Backend["saveConnection"]>[0]) => void;
};

function StepForm({ step, busy, error, onOffice, onPerson, onProvider }: FormProps) {
  const t = useTexts();
  const [values, setValues] = useState<Record<string, string>>({});
  const value = (name: string) => values[name] ?? "";
  const field = (name: string, label: string, options: { hint?: string; type?: string; focus?: boolean; inputMode?: "numeric" | "tel" } = {}) => (
    <TextField
      size="small"
      name={name}
      label={label}
      description={options.hint}
      type={(options.type ?? "text") as "text"}
      inputMode={options.inputMode}
      autoFocus={options.focus}
      autoComplete="off"
      value={value(name)}
      onChange={(event) => setValues((all) => ({ ...all, [name]: event.target.value }))}
      error={error(name)}
    />
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    switch (step) {
      case "office":
        return onOffice({ name: value("name"), organisation_number: value("organisation_number"), her: value("her"), phone: value("phone"), label_code: value("label_code") });
      case "requester":
        return onPerson({ id: null, name: value("name"), title: value("title"), orders: true, hpr: value("hpr"), her: value("her"), phone: value("phone") });
      case "provider":
        return onProvider({ provider: value("provider"), gateway: value("gateway"), public_key: value("public_key"), token: value("token") });
    }
  };
  return (
    <form className="start__form start__form--grid" onSubmit={submit} noValidate>
      <h2 className="t16">{{ office: t.guide.office, requester: t.guide.requester, provider: t.guide.provider }[step]}</h2>
      {step === "office" && (
        <>
          {field("name", t.guide.officeName, { focus: true })}
          {field("organisation_number", t.guide.organisationNumber, { inputMode: "numeric" })}
          {field("her", t.guide.her, { hint: t.guide.herHint, inputMode: "numeric" })}
          {field("phone", t.guide.phone, { inputMode: "tel" })}
          {field("label_code", t.guide.code, { hint: t.guide.codeHint })}
        </>
      )}
      {step === "requester" && (
        <>
          {field("name", t.guide.name, { focus: true })}
          {field("title", t.guide.personTitle, { hint: t.guide.titleHint })}
          {field("hpr", t.guide.hpr, { inputMode: "numeric" })}
          {field("her", t.guide.her, { inputMode: "numeric" })}
          {field("phone", t.guide.phone, { inputMode: "tel" })}
        </>
      )}
      {step === "provider" && (
        <>
          {field("provider", t.guide.providerId, { focus: true })}
          {field("gateway", t.guide.gateway)}
          {field("public_key", t.guide.publicKey, { hint: t.guide.publicKeyHint })}
          {field("token", t.guide.token, { type: "password" })}
        </>
      )}
      <div className="start__actions">
        <Button size="small" type="submit" loading={busy}>
          {step === "provider" ? t.guide.connect : t.common.next}
        </Button>
      </div>
    </form>
  );
}
