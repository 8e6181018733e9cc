// Who sits in the chair: two identifiers are confirmed, as the patient says them, before a label is printed. Nothing is ticked
// beforehand, and Enter alone confirms nothing.
import { Button } from "@navikt/ds-react";
import { ExclamationmarkTriangleFillIcon, XMarkOctagonFillIcon } from "@navikt/aksel-icons";
import { useState, type FormEvent } from "react";
import { Dialog } from "../../components/Dialog";
import { age, fullName, longDate, nationalId } from "../../format";
import { useBackend } from "../../ipc/backend";
import { asFailure } from "../../ipc/failure";
import type { CollectionView } from "../../ipc/model";
import { useTexts } from "../../texts";
import { useTell } from "../../frame/toasts";
import { soundAlarm } from "./alarm";

export type PatientDialogProps = {
  view: CollectionView;
  /** The number that was scanned from a wristband or card. */
  scanned: string;
  now: Date;
  onClose: () => void;
  onConfirmed: (view: CollectionView) => void;
};

export function PatientDialog({ view, scanned, now, onClose, onConfirmed }: PatientDialogProps) {
  const t = useTexts();
  const words = t.bench.check;
  const backend = useBackend();
  const tell = useTell();
  const { patient, id } = view.requisition;
  const [name, setName] = useState(false);
  const [second, setSecond] = useState(false);
  const [typed, setTyped] = useState(scanned);
  const [fault, setFault] = useState<"two" | "other" | null>(null);
  const [busy, setBusy] = useState(false);
  const before = view.bench.just_before;
  const known = patient.national_id !== null || patient.birth_date !== null;
  const types = (view.bench.rule === "type" && known) || scanned !== "";

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!name || (types ? typed.trim() === "" : !second)) return setFault("two");
    setBusy(true);
    try {
      onConfirmed(await backend.confirmPatient(id, { name, second: second || types, typed: types ? typed : "" }));
    } catch (thrown) {
      const failure = asFailure(thrown);
      if (failure.code !== "invalidField") tell.fail(failure);
      else if (failure.params["reason"] === "not_this_patient") {
        soundAlarm();
        setFault("other");
      } else setFault("two");
    } finally {
      setBusy(false);
    }
  };

  const secondWords = patient.national_id ? words.number(nationalId(patient.national_id)) : patient.birth_date ? words.birthDate(longDate(patient.birth_date)) : words.nothingElse;
  return (
    <Dialog label={words.title} onClose={onClose}>
      <form className="dialog__body patient-check" onSubmit={(event) => void submit(event)} data-dialog="patient-check">
        <h2 className="t16">{words.title}</h2>
        {before && (
          <div className="patient-check__before" role="note" data-just-before>
            <ExclamationmarkTriangleFillIcon className="warn-icon" aria-hidden />
            <p>
              <span className="strong">{words.justBefore(before.name, age(before.at, now, t))}</span> {words.justBeforeMore}
            </p>
          </div>
        )}
        <p>{words.body}</p>
        <label className="check patient-check__choice">
          <input type="checkbox" checked={name} onChange={(event) => setName(event.target.checked)} />
          <span>{words.name(fullName(patient))}</span>
        </label>
        {types ? (
          <div className="form-field">
            <label className="t14 strong" htmlFor="patient-check-typed">
              {words.typed}
            </label>
            <input
              id="patient-check-typed"
              className="field field--wide"
              inputMode="numeric"
              autoComplete="off"
              aria-describedby="patient-check-hint"
              aria-invalid={fault === "other" || undefined}
              value={typed}
              onChange={(event) => {
                setTyped(event.target.value);
                setFault(null);
              }}
            />
            <p className="t13 muted" id="patient-check-hint">
              {words.typedHint}
            </p>
          </div>
        ) : (
          <label className="check patient-check__choice">
            <input type="checkbox" checked={second} onChange={(event) => setSecond(event.target.checked)} />
            <span>{secondWords}</span>
          </label>
        )}
        {fault === "other" && (
          <p className="band band--stop" role="alert">
            <XMarkOctagonFillIcon className="stop-icon" aria-hidden />
            <span className="band__words">{words.otherPatient(fullName(patient))}</span>
          </p>
        )}
        {fault === "two" && (
          <p className="question__error" role="alert">
            {words.two}
          </p>
        )}
        <div className="dialog__actions">
          <Button size="small" variant="tertiary" type="button" onClick={onClose}>
            {t.common.cancel}
          </Button>
          <Button size="small" type="submit" loading={busy} data-act="confirm-patient">
            {words.confirm}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
