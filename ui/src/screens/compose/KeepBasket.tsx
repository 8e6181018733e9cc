// The basket kept as a panel in one step: a name, whose it is, Enter.
import { Button } from "@navikt/ds-react";
import { PackageIcon } from "@navikt/aksel-icons";
import { useState, type FormEvent } from "react";
import { Dialog } from "../../components/Dialog";
import { WhoseChoice } from "../../components/WhoseChoice";
import { useTell } from "../../frame/toasts";
import { useBackend } from "../../ipc/backend";
import type { EditQueue } from "../../ipc/editing";
import { asFailure } from "../../ipc/failure";
import type { PanelSaved } from "../../ipc/model";
import { useQuery } from "../../ipc/query";
import { useTexts } from "../../texts";
import { Field } from "../settings/Field";

type Taken = Extract<PanelSaved, { saved: "name_taken" }>;

export function KeepBasket({ draft, queue }: { draft: string; queue: EditQueue }) {
  const t = useTexts();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button size="xsmall" variant="tertiary" className="basket__keep" data-act="keep-basket" icon={<PackageIcon aria-hidden />} onClick={() => setOpen(true)}>
        {t.panels.keep}
      </Button>
      {open && <KeepDialog draft={draft} queue={queue} onClose={() => setOpen(false)} />}
    </>
  );
}

function KeepDialog({ draft, queue, onClose }: { draft: string; queue: EditQueue; onClose: () => void }) {
  const t = useTexts();
  const tell = useTell();
  const backend = useBackend();
  const panels = useQuery("panels", ["panels", "settings"], (here) => here.panels());
  const nobody = panels.data !== null && panels.data.person === null;
  const [name, setName] = useState("");
  const [shared, setShared] = useState(true);
  const [taken, setTaken] = useState<Taken | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  const change = (work: () => void) => {
    work();
    setTaken(null);
    setFault(null);
  };
  const save = async (replace: string | null) => {
    if (busy) return;
    setBusy(true);
    try {
      // What is still being typed may be an answer that goes along.
      await queue.flush();
      const saved = await backend.keepBasket({ draft, name, shared: shared || nobody, replace });
      if (saved.saved === "name_taken") return setTaken(saved);
      tell.say(t.panels.kept(saved.panel.name));
      onClose();
    } catch (thrown) {
      const failure = asFailure(thrown);
      if (failure.code === "invalidField") setFault(t.panels.problems[failure.params["reason"] ?? "other"] ?? t.panels.problems["other"]!);
      else tell.fail(failure);
    } finally {
      setBusy(false);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void save(taken?.id ?? null);
  };
  return (
    <Dialog label={t.panels.keep} onClose={onClose}>
      <form className="dialog__body" onSubmit={submit} noValidate>
        <h2 className="t16">{t.panels.keep}</h2>
        <p className="t14">{t.panels.keepBody}</p>
        <Field name="name" label={t.panels.name} value={name} error={fault} autoFocus onValue={(value) => change(() => setName(value))} />
        <WhoseChoice shared={shared} nobody={nobody} onShared={(chosen) => change(() => setShared(chosen))} />
        {taken && (
          <p role="alert" className="strong">
            {t.panels.taken(taken.name)}
          </p>
        )}
        <div className="dialog__actions">
          <Button size="small" variant="tertiary" type="button" onClick={onClose}>
            {t.common.cancel}
          </Button>
          <Button size="small" type="submit" loading={busy} data-act="save-panel">
            {taken ? t.panels.replace : t.common.save}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
