// Where specimen numbers come from, for each provider: it vouches for what it leased itself, and for nothing else. Where it leases
// none, it gives a station number on paper. That is typed twice: a wrong digit would be another office's.
import { Button } from "@navikt/ds-react";
import { ExclamationmarkTriangleFillIcon } from "@navikt/aksel-icons";
import { useId, useState, type FormEvent } from "react";
import { whole } from "../../format";
import type { NumbersView } from "../../ipc/model";
import { useTexts } from "../../texts";
import { Field } from "./Field";
import { useSaving } from "./saving";

/** Whoever leases its own series brings more of it by itself, unless it has stopped. */
const wanted = (one: NumbersView) => one.source === "nothing" || (one.supply !== "enough" && (one.source === "station" || one.leases_none));

export function StationNumber({ unclaimed, numbers, asked }: { unclaimed: string | null; numbers: readonly NumbersView[]; asked: string | null }) {
  const t = useTexts();
  const words = t.settings.numbers;
  const missing = numbers.filter(wanted);
  return (
    <section className="settings__numbers" aria-labelledby="numbers-title">
      <h3 className="t14 strong" id="numbers-title">
        {words.title}
      </h3>
      {numbers.map((one) =>
        one.source === "nothing" ? (
          <p className="settings__state t14" key={one.provider} data-numbers={one.provider}>
            <ExclamationmarkTriangleFillIcon className="warn-icon" aria-hidden />
            <span>{one.leases_none ? words.leasesNone(one.provider_name) : words.notYet(one.provider_name)}</span>
          </p>
        ) : (
          <p className="t14 muted" key={one.provider} data-numbers={one.provider}>
            {one.station ? words.station(one.provider_name, one.station, whole(one.left)) : one.leases_none ? words.leasesNoMore(one.provider_name, whole(one.left)) : words.leased(one.provider_name, whole(one.left))}
          </p>
        ),
      )}
      {unclaimed && numbers.some((one) => one.source === "nothing") && (
        <p className="settings__state t14" data-numbers="unclaimed">
          <ExclamationmarkTriangleFillIcon className="warn-icon" aria-hidden />
          <span>{words.unclaimed(unclaimed)}</span>
        </p>
      )}
      {missing.length > 0 && <FromPaper key={asked ?? ""} providers={missing} asked={asked} />}
    </section>
  );
}

function FromPaper({ providers, asked }: { providers: readonly NumbersView[]; asked: string | null }) {
  const t = useTexts();
  const words = t.settings.numbers;
  const id = useId();
  const { busy, fault, save, touched } = useSaving();
  const [form, setForm] = useState({ provider: asked ?? "", station: "", again: "" });
  // Where only one can have given it, nobody has to say who.
  const only = providers.length === 1 ? providers[0]!.provider : "";
  const provider = providers.some((one) => one.provider === form.provider) ? form.provider : only;
  const change = (part: Partial<typeof form>) => {
    setForm((before) => ({ ...before, ...part }));
    touched();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void save((backend) => backend.giveStation({ ...form, provider }), words.kept).then((kept) => kept && setForm({ provider: "", station: "", again: "" }));
  };
  return (
    <form className="settings__station" data-form="station" onSubmit={submit} noValidate>
      <p className="t14">{words.paper}</p>
      <div className="settings__import-row">
        <div className="form-field">
          <label className="t14 strong" htmlFor={id}>
            {words.from}
          </label>
          <select
            id={id}
            className="field field--wide"
            data-field="provider"
            value={provider}
            aria-invalid={fault("provider") ? true : undefined}
            aria-describedby={fault("provider") ? `${id}-fault` : undefined}
            onChange={(event) => change({ provider: event.target.value })}
          >
            {providers.length !== 1 && <option value="">{words.fromFirst}</option>}
            {providers.map((one) => (
              <option key={one.provider} value={one.provider}>
                {one.provider_name}
              </option>
            ))}
          </select>
          {fault("provider") && (
            <p className="question__error" id={`${id}-fault`} role="alert">
              {fault("provider")}
            </p>
          )}
        </div>
        <Field name="station" label={words.number} inputMode="numeric" maxLength={8} value={form.station} error={fault("station")} onValue={(station) => change({ station })} />
        <Field name="again" label={words.again} inputMode="numeric" maxLength={8} value={form.again} error={fault("again")} onValue={(again) => change({ again })} />
        <Button size="small" variant="secondary" type="submit" loading={busy} data-act="give-station">
          {words.keep}
        </Button>
      </div>
      <p className="t13 muted">{words.keyring}</p>
    </form>
  );
}
