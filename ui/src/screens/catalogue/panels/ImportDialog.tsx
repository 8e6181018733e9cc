// What a file would bring, before anything of it is taken: names that are in use here, and members that are not offered.
import { Button } from "@navikt/ds-react";
import { ExclamationmarkTriangleFillIcon } from "@navikt/aksel-icons";
import { useState, type FormEvent } from "react";
import { Dialog } from "../../../components/Dialog";
import { WhoseChoice } from "../../../components/WhoseChoice";
import { useTell } from "../../../frame/toasts";
import { useBackend } from "../../../ipc/backend";
import { asFailure } from "../../../ipc/failure";
import type { ImportView, ImportedPanel, Take } from "../../../ipc/model";
import { useTexts } from "../../../texts";

export function ImportDialog({ file, person, onClose }: { file: ImportView; person: string | null; onClose: () => void }) {
  const t = useTexts();
  const tell = useTell();
  const backend = useBackend();
  const [shared, setShared] = useState(true);
  const [takes, setTakes] = useState<Readonly<Record<number, Take>>>({});
  const [favourites, setFavourites] = useState(file.favourites > 0);
  const [busy, setBusy] = useState(false);
  const clashes = (panel: ImportedPanel) => (shared ? panel.taken_shared : panel.taken_mine);
  // What is here already is not touched unasked.
  const take = (panel: ImportedPanel): Take => takes[panel.at] ?? (clashes(panel) ? "skip" : "keep_both");

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    try {
      const choices = file.panels.map((panel) => ({ at: panel.at, take: take(panel) }));
      const done = await backend.takePanels({ token: file.token, shared, choices, favourites });
      tell.say(t.panels.imported(done.added, done.replaced, done.skipped));
      onClose();
    } catch (thrown) {
      tell.fail(asFailure(thrown));
      setBusy(false);
    }
  };
  return (
    <Dialog label={t.panels.importTitle} className="panels__dialog" onClose={onClose}>
      <form className="dialog__body" onSubmit={(event) => void submit(event)}>
        <h2 className="t16">{t.panels.importTitle}</h2>
        <p>{file.panels.length > 0 ? t.panels.importBody(file.file) : t.panels.importEmpty}</p>
        <WhoseChoice shared={shared} nobody={person === null} onShared={setShared} />
        <ul aria-label={t.panels.list}>
          {file.panels.map((panel) => (
            <li key={panel.at} className="panels__import">
              <p className="panels__name">
                <span className="strong">{panel.name}</span> <span className="t14 muted">{t.panels.services(panel.members.length)}</span>
              </p>
              {clashes(panel) && <Warning words={t.panels.clash} />}
              {panel.missing > 0 && <Warning words={`${t.panels.notHere(panel.missing, panel.members.length)}: ${notHere(panel)}`} />}
              <select className="field" aria-label={t.panels.whatToDo(panel.name)} value={take(panel)} onChange={(event) => setTakes({ ...takes, [panel.at]: event.target.value as Take })}>
                <option value="keep_both">{clashes(panel) ? t.panels.takeBoth : t.panels.takeNew}</option>
                {clashes(panel) && <option value="replace">{t.panels.takeReplace}</option>}
                <option value="skip">{t.panels.takeSkip}</option>
              </select>
            </li>
          ))}
        </ul>
        {file.favourites > 0 && (
          <label className="check">
            <input type="checkbox" checked={favourites} onChange={() => setFavourites(!favourites)} />
            {t.panels.importFavourites(file.favourites)}
          </label>
        )}
        <div className="dialog__actions">
          <Button size="small" variant="tertiary" type="button" onClick={onClose}>
            {t.common.cancel}
          </Button>
          <Button size="small" type="submit" loading={busy} data-act="take-panels">
            {t.panels.importNow}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Warning({ words }: { words: string }) {
  return (
    <p className="panels__state">
      <ExclamationmarkTriangleFillIcon className="warn-icon" aria-hidden /> {words}
    </p>
  );
}

function notHere(panel: ImportedPanel): string {
  return panel.members.filter((member) => member.standing.standing !== "offered").map((member) => member.name).join(", ");
}
