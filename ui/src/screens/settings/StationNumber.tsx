// Where specimen numbers come from, and the station number that a hospital gives on paper where it leases none. It is typed twice:
// a wrong digit would be another office's.
import { Button } from "@navikt/ds-react";
import { ExclamationmarkTriangleFillIcon } from "@navikt/aksel-icons";
import { useState, type FormEvent } from "react";
import type { NumbersView } from "../../ipc/model";
import { useTexts } from "../../texts";
import { Field } from "./Field";
import { useSaving } from "./saving";

export function StationNumber({ station, numbers }: { station: string | null; numbers: readonly NumbersView[] }) {
  const t = useTexts();
  const words = t.settings.numbers;
  const own = numbers.find((one) => one.source === "station");
  // Whoever leases its own series brings more of it by itself, unless it has stopped.
  const wanted = numbers.some((one) => one.source === "nothing" || (one.supply !== "enough" && (one.source === "station" || one.leases_none)));
  return (
    <section className="settings__numbers" aria-labelledby="numbers-title">
      <h3 className="t14 strong" id="numbers-title">
        {words.title}
      </h3>
      {station && own && <p className="t14 muted">{words.station(station, own.left)}</p>}
      {numbers.map((one) =>
        one.source === "leased" ? (
          <p className="t14 muted" key={one.provider} data-numbers={one.provider}>
            {one.leases_none ? words.leasesNoMore(one.provider_name, one.left) : words.leased(one.provider_name, one.left)}
          </p>
        ) : one.source === "nothing" ? (
          <p className="settings__state t14" key={one.provider} data-numbers={one.provider}>
            <ExclamationmarkTriangleFillIcon className="warn-icon" aria-hidden />
            <span>{one.leases_none ? words.leasesNone(one.provider_name) : words.notYet(one.provider_name)}</span>
          </p>
        ) : null,
      )}
      {wanted && <FromPaper />}
    </section>
  );
}

function FromPaper() {
  const t = useTexts();
  const words = t.settings.numbers;
  const { busy, fault, save, touched } = useSaving();
  const [form, setForm] = useState({ station: "", again: "" });
  const change = (part: Partial<typeof form>) => {
    setForm((before) => ({ ...before, ...part }));
    touched();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void save((backend) => backend.giveStation(form), words.kept).then((kept) => kept && setForm({ station: "", again: "" }));
  };
  return (
    <form className="settings__station" data-form="station" onSubmit={submit} noValidate>
      <p className="t14">{words.paper}</p>
      <div className="settings__import-row">
        <Field name="station" label={words.number} inputMode="numeric" maxLength={8} value={form.station} error={fault("station")} onValue={(station) => change({ station })} />
        <Field name="again" label={words.again} inputMode="numeric" maxLength={8} value={form.again} error={fault("again")} onValue={(again) => change({ again })} />
        <Button size="small" variant="secondary" type="submit" loading={busy} data-act="give-station">
          {words.keep}
        </Button>
      </div>
    </form>
  );
}
