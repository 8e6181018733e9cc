// Containers whose label nobody scanned on them: they can go, but somebody says why, and the receiver that wants to know is told.
import { Button } from "@navikt/ds-react";
import { useState, type FormEvent } from "react";
import { Dialog } from "../../components/Dialog";
import { specimenNumber } from "../../format";
import type { CollectionAct, CollectionView, Specimen } from "../../ipc/model";
import { useLanguage, useTexts } from "../../texts";
import { calledAlone, describedWords, UNSCANNED } from "./collecting";

export type UnscannedDialogProps = {
  view: CollectionView;
  specimens: Specimen[];
  busy: boolean;
  onClose: () => void;
  onSend: (act: CollectionAct) => Promise<void>;
};

export function UnscannedDialog({ view, specimens, busy, onClose, onSend }: UnscannedDialogProps) {
  const t = useTexts();
  const words = t.bench.unscanned;
  const language = useLanguage();
  const [reason, setReason] = useState("");
  const [asked, setAsked] = useState(false);
  const { receiver } = view.requisition;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!reason) return setAsked(true);
    void onSend({ act: "send_unscanned", specimens: specimens.map((one) => one.id), reason });
  };
  return (
    <Dialog label={words.title(specimens.length)} onClose={onClose}>
      <form className="dialog__body" onSubmit={submit} data-dialog="unscanned">
        <h2 className="t16">{words.title(specimens.length)}</h2>
        <ul className="unscanned">
          {specimens.map((one) => (
            <li key={one.id} className="t14">
              <span className="strong">{calledAlone(one, language, t)}</span> {describedWords(one, language, t)} <span className="nowrap">{one.number && specimenNumber(one.number)}</span>
            </li>
          ))}
        </ul>
        <fieldset className="settings__choices">
          <legend>{words.body}</legend>
          {UNSCANNED.map((code) => (
            <label key={code} className="check">
              <input type="radio" name="unscanned" value={code} checked={reason === code} onChange={() => setReason(code)} />
              {words.reasons[code] ?? code}
            </label>
          ))}
        </fieldset>
        {receiver.tell_unscanned && <p className="t14 muted">{words.told(receiver.provider_name)}</p>}
        {asked && !reason && (
          <p className="question__error" role="alert">
            {words.choose}
          </p>
        )}
        <div className="dialog__actions">
          <Button size="small" variant="secondary" type="button" onClick={onClose}>
            {words.back}
          </Button>
          <Button size="small" type="submit" loading={busy} data-act="send-unscanned">
            {words.send}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
