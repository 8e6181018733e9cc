// What the collecting bench does before it prints, and where A4 comes out.
import type { PatientCheckRule, SettingsView } from "../../ipc/model";
import { useQuery } from "../../ipc/query";
import { useTexts } from "../../texts";
import { useSaving } from "./saving";

const RULES: readonly PatientCheckRule[] = ["confirm", "type", "after_another"];

export function Bench({ settings }: { settings: SettingsView }) {
  const t = useTexts();
  const words = t.bench.settings;
  const { busy, save } = useSaving();
  const printers = useQuery("printers", ["printers"], (backend) => backend.printers());
  const queues = (printers.data ?? []).map((queue) => queue.name);
  const chosen = settings.paper_queue;
  const offered = chosen && !queues.includes(chosen) ? [chosen, ...queues] : queues;
  return (
    <section className="settings__form" aria-label={words.check}>
      <fieldset className="settings__choices" disabled={busy}>
        <legend className="t14 strong">{words.check}</legend>
        {RULES.map((rule) => (
          <label key={rule} className="check">
            <input type="radio" name="patient-check" value={rule} checked={settings.patient_check === rule} onChange={() => void save((backend) => backend.savePatientCheck(rule))} />
            {words.checkRules[rule]}
          </label>
        ))}
        <p className="t13 muted">{words.checkMore}</p>
      </fieldset>
      <div className="form-field">
        <label className="t14 strong" htmlFor="paper-queue">
          {words.paper}
        </label>
        <select id="paper-queue" className="field field--wide field--select" value={chosen} disabled={busy} onChange={(event) => void save((backend) => backend.savePaperQueue(event.target.value))}>
          <option value="">{words.noPaper}</option>
          {offered.map((queue) => (
            <option key={queue}>{queue}</option>
          ))}
        </select>
      </div>
    </section>
  );
}
