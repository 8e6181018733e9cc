// Backups, the disk, the way back, and the file for whoever runs the system. Going back asks first and says what may be missing.
import { BodyShort, Button, TextField } from "@navikt/ds-react";
import { ExclamationmarkTriangleFillIcon } from "@navikt/aksel-icons";
import { useState, type FormEvent } from "react";
import { Dialog } from "../../components/Dialog";
import { ErrorNote } from "../../components/ErrorNote";
import { dateTime, diskSpace } from "../../format";
import { useNow } from "../../frame/clock";
import { useTell } from "../../frame/toasts";
import { useBackend } from "../../ipc/backend";
import { asFailure, type Failure } from "../../ipc/failure";
import type { AppView, BackupView, StorageView } from "../../ipc/model";
import { useQuery } from "../../ipc/query";
import { useLanguage, useTexts } from "../../texts";

export function Storage() {
  const t = useTexts();
  const language = useLanguage();
  const now = useNow();
  const backend = useBackend();
  const tell = useTell();
  const { data, failure, refetch } = useQuery("storage", ["settings"], (here) => here.storage());
  const [busy, setBusy] = useState<string | null>(null);
  const [saved, setSaved] = useState<string | null>(null);

  const run = (what: string, work: () => Promise<unknown>) => {
    setBusy(what);
    work()
      .then(refetch, (thrown: unknown) => tell.fail(asFailure(thrown)))
      .finally(() => setBusy(null));
  };
  if (!data) return failure ? <ErrorNote failure={failure} /> : null;
  return (
    <section className="settings__form settings__form--wide" aria-labelledby="storage-title">
      <h2 className="t16" id="storage-title">
        {t.outbox.storage}
      </h2>
      {data.trouble && (
        <p className="finding finding--warn" data-trouble={data.trouble}>
          <ExclamationmarkTriangleFillIcon className="warn-icon" aria-hidden />
          <span>
            <span className="strong">{t.outbox.trouble[data.trouble]}.</span> {t.outbox.troubleAct[data.trouble]}
          </span>
        </p>
      )}
      <p>{t.outbox.backupBody}</p>
      <dl className="facts">
        <dt>{t.outbox.last}</dt>
        <dd>{data.last ? dateTime(data.last, now) : t.common.none}</dd>
        <dt>{t.outbox.freeName}</dt>
        <dd>{data.free_mb === null ? t.common.none : t.outbox.free(diskSpace(data.free_mb, language))}</dd>
      </dl>
      <div>
        <Button
          size="small"
          variant="secondary"
          loading={busy === "backup"}
          data-act="back-up"
          onClick={() => run("backup", () => backend.backUpNow().then(() => tell.say(t.outbox.backedUp)))}
        >
          {t.outbox.backUpNow}
        </Button>
      </div>
      <Folder key={data.folder} data={data} busy={busy === "folder"} onSave={(folder) => run("folder", () => backend.saveBackupFolder(folder).then(() => tell.say(t.outbox.folderSaved)))} />
      <h3 className="t14 strong">{t.outbox.copies}</h3>
      <Copies backups={data.backups} onApp={() => window.location.reload()} />
      <h3 className="t14 strong">{t.outbox.diagnostics}</h3>
      <p>{t.outbox.diagnosticsBody}</p>
      <div>
        <Button size="small" variant="secondary" loading={busy === "diagnostics"} data-act="diagnostics" onClick={() => run("diagnostics", () => backend.saveDiagnostics().then((made) => setSaved(made.path)))}>
          {t.outbox.saveDiagnostics}
        </Button>
      </div>
      <BodyShort size="small" role="status" className="facts__path">
        {saved && t.outbox.diagnosticsSaved(saved)}
      </BodyShort>
    </section>
  );
}

function Folder({ data, busy, onSave }: { data: StorageView; busy: boolean; onSave: (folder: string) => void }) {
  const t = useTexts();
  const [folder, setFolder] = useState(data.own_folder ? data.folder : "");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSave(folder);
  };
  return (
    <form className="settings__row" onSubmit={submit}>
      <TextField size="small" label={t.outbox.folder} description={t.outbox.folderHint} value={folder} placeholder={data.folder} autoComplete="off" onChange={(event) => setFolder(event.target.value)} />
      <div>
        <Button size="small" variant="secondary" type="submit" loading={busy}>
          {t.outbox.saveFolder}
        </Button>
      </div>
    </form>
  );
}

/** The backups, each with its way back. Also on the screen that says that the data is damaged. */
export function Copies({ backups, onApp }: { backups: readonly BackupView[]; onApp: (app: AppView) => void }) {
  const t = useTexts();
  const now = useNow();
  const backend = useBackend();
  const [asking, setAsking] = useState<BackupView | null>(null);
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<Failure | null>(null);
  const restore = (name: string) => {
    setBusy(true);
    setRefused(null);
    backend.restoreBackup(name).then(onApp, (thrown: unknown) => setRefused(asFailure(thrown))).finally(() => setBusy(false));
  };
  if (backups.length === 0) return <p className="muted">{t.outbox.noCopies}</p>;
  return (
    <>
      <table className="rows copies" aria-label={t.outbox.copies}>
        <thead>
          <tr>
            <th scope="col">{t.outbox.made}</th>
            <th scope="col">{t.outbox.what}</th>
            <th scope="col">{t.outbox.size}</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {backups.map((one) => (
            <tr key={one.name} data-backup={one.name}>
              <td>{dateTime(one.made, now)}</td>
              <td>{one.before_update ? t.outbox.beforeUpdate : t.outbox.daily}</td>
              <td>{t.outbox.kilobytes(String(one.size_kb))}</td>
              <td>
                <Button size="xsmall" variant="tertiary" onClick={() => setAsking(one)}>
                  {t.outbox.restore}
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {asking && (
        <Dialog label={t.outbox.restoreTitle(dateTime(asking.made, now))} onClose={() => setAsking(null)}>
          <div className="dialog__body">
            <h2 className="t16">{t.outbox.restoreTitle(dateTime(asking.made, now))}</h2>
            <p>{t.outbox.restoreMissing}</p>
            <p>{t.outbox.restoreAsks}</p>
            <p>{t.outbox.restoreKept}</p>
            {refused && <ErrorNote failure={refused} />}
            <div className="dialog__actions">
              <Button size="small" variant="tertiary" type="button" onClick={() => setAsking(null)}>
                {t.common.cancel}
              </Button>
              <Button size="small" data-color="danger" loading={busy} data-act="restore" onClick={() => restore(asking.name)}>
                {t.outbox.restoreDo}
              </Button>
            </div>
          </div>
        </Dialog>
      )}
    </>
  );
}
