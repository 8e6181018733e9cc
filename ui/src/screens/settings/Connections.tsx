// The lines to the hospitals and the catalogues that came through them, or from a file where there is no line.
import { Button } from "@navikt/ds-react";
import { CheckmarkCircleFillIcon, ExclamationmarkTriangleFillIcon, FileImportIcon, PlusIcon, XMarkOctagonFillIcon } from "@navikt/aksel-icons";
import { useState, type FormEvent } from "react";
import { Dialog } from "../../components/Dialog";
import { NotYetNote, waitsForItsDay } from "../../components/NotYet";
import { longDate, timeOrDateTime, whole } from "../../format";
import { useNow } from "../../frame/clock";
import { importedWords } from "../../frame/Drops";
import { useStatus } from "../../frame/status";
import { refusedCatalogue } from "../../ipc/failure";
import type { CatalogueStatus, ConnectionForm, ConnectionTest, ConnectionView, ImportedCatalogue, LineStatus } from "../../ipc/model";
import { useTexts, type Texts } from "../../texts";
import { Field } from "./Field";
import { useSaving, type Saving } from "./saving";
import { StationNumber } from "./StationNumber";

type ConnectionsProps = { connections: readonly ConnectionView[]; unclaimed: string | null; asked: string | null };

/** `asked` is the provider whose station number somebody came to type. */
export function Connections({ connections, unclaimed, asked }: ConnectionsProps) {
  const t = useTexts();
  const status = useStatus();
  const saving = useSaving();
  const [editing, setEditing] = useState<ConnectionForm | null>(null);
  const [removing, setRemoving] = useState<ConnectionView | null>(null);
  const name = (one: ConnectionView) => one.name || one.provider;
  return (
    <section className="settings__form" aria-labelledby="connections-title">
      <div className="settings__head">
        <h2 className="t16" id="connections-title">
          {t.settings.section.connections}
        </h2>
        <Button size="small" variant="secondary" icon={<PlusIcon aria-hidden />} data-act="add-connection" onClick={() => setEditing({ provider: "", gateway: "", public_key: "", token: "" })}>
          {t.settings.addConnection}
        </Button>
      </div>
      {connections.length === 0 && <p className="muted">{t.settings.noConnections}</p>}
      <ul className="settings__list">
        {connections.map((one) => (
          <Connection
            key={one.provider}
            connection={one}
            line={status?.lines.find((line) => line.provider === one.provider) ?? null}
            catalogue={status?.catalogues.find((each) => each.provider === one.provider) ?? null}
            onEdit={() => setEditing({ provider: one.provider, gateway: one.gateway, public_key: one.public_key, token: "" })}
            onRemove={() => setRemoving(one)}
          />
        ))}
      </ul>
      {connections.length > 0 && <StationNumber unclaimed={unclaimed} numbers={status?.numbers ?? []} asked={asked} />}
      <ImportForm saving={saving} />
      {editing && <ConnectionDialog form={editing} known={connections.find((one) => one.provider === editing.provider) ?? null} onClose={() => setEditing(null)} />}
      {removing && (
        <Dialog label={t.settings.removeConnection(name(removing))} onClose={() => setRemoving(null)}>
          <div className="dialog__body">
            <h2 className="t16">{t.settings.removeConnection(name(removing))}</h2>
            <p>{t.settings.removeConnectionBody}</p>
            <div className="dialog__actions">
              <Button size="small" variant="tertiary" onClick={() => setRemoving(null)}>
                {t.common.cancel}
              </Button>
              <Button
                size="small"
                data-color="danger"
                loading={saving.busy}
                onClick={() =>
                  void saving.save((backend) => backend.removeConnection(removing.provider), t.settings.removed).then((done) => {
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

type ConnectionProps = { connection: ConnectionView; line: LineStatus | null; catalogue: CatalogueStatus | null; onEdit: () => void; onRemove: () => void };

function Connection({ connection, line, catalogue, onEdit, onRemove }: ConnectionProps) {
  const t = useTexts();
  const now = useNow();
  const { busy, save } = useSaving();
  const [test, setTest] = useState<ConnectionTest | null>(null);
  const name = connection.name || connection.provider;
  const online = test ? test.ok : (line?.online ?? null);
  return (
    <li className="settings__item" data-connection={connection.provider}>
      <div className="settings__facts">
        <p>
          <span className="strong">{name}</span> <span className="muted">{connection.gateway}</span>
        </p>
        <p className="settings__state t14">
          {online === true && <CheckmarkCircleFillIcon className="ok-icon" aria-hidden />}
          {online === false && <XMarkOctagonFillIcon className="stop-icon" aria-hidden />}
          <span role="status">{test ? testWords(test, t) : online === true ? t.settings.lineUp : online === false ? t.settings.lineDown(line?.since ? timeOrDateTime(line.since, now) : "") : t.settings.lineUnknown}</span>
        </p>
        {!catalogue?.version && !(catalogue && waitsForItsDay(catalogue)) && (
          <p className="settings__state t14" data-no-catalogue={connection.provider}>
            <ExclamationmarkTriangleFillIcon className="warn-icon" aria-hidden /> {t.settings.noCatalogue}
          </p>
        )}
        {catalogue?.version && (
          <p className="t14 muted">
            {t.settings.catalogue(catalogue.version, catalogue.valid_from ? longDate(catalogue.valid_from) : t.common.unknown, whole(catalogue.services), catalogue.checked ? timeOrDateTime(catalogue.checked, now) : t.common.unknown)}
          </p>
        )}
        {catalogue && waitsForItsDay(catalogue) && <NotYetNote catalogue={catalogue} />}
        {catalogue?.coming && (
          <p className="t14" data-coming={catalogue.coming.version}>
            {t.settings.coming(catalogue.coming.version, longDate(catalogue.coming.valid_from))}
          </p>
        )}
        {catalogue?.refused != null && (
          <p className="settings__state t14" role="alert" data-refused={catalogue.refused}>
            <ExclamationmarkTriangleFillIcon className="warn-icon" aria-hidden /> {refusedCatalogue(catalogue.refused, t)}
          </p>
        )}
        {catalogue?.stale && (
          <p className="settings__state t14" role="alert">
            <ExclamationmarkTriangleFillIcon className="warn-icon" aria-hidden /> {t.settings.stale}
          </p>
        )}
        <p className="t13 muted settings__key">{t.settings.key(connection.public_key.trim().split("\n").pop() ?? "")}</p>
        <p className="t13 muted">{connection.has_token ? t.settings.hasToken : t.settings.noToken}</p>
      </div>
      <div className="settings__acts">
        <Button size="small" variant="secondary" loading={busy} data-act="test-line" onClick={() => void save((backend) => backend.testConnection(connection.provider), setTest)}>
          {t.settings.testLine}
        </Button>
        <Button size="small" variant="tertiary" aria-label={`${t.common.edit} ${name}`} onClick={onEdit}>
          {t.common.edit}
        </Button>
        <Button size="small" variant="tertiary" aria-label={`${t.common.remove} ${name}`} onClick={onRemove}>
          {t.common.remove}
        </Button>
      </div>
    </li>
  );
}

export function testWords(test: ConnectionTest, t: Texts): string {
  if (test.ok) return test.catalogue ? t.settings.testOk(test.catalogue) : t.settings.lineUp;
  const words = t.settings.trouble;
  return [words[test.code ?? "other"] ?? words["other"]!, test.detail ? `«${test.detail}»` : ""].filter(Boolean).join(" ");
}

function ConnectionDialog({ form: first, known, onClose }: { form: ConnectionForm; known: ConnectionView | null; onClose: () => void }) {
  const t = useTexts();
  const { busy, fault, save, touched } = useSaving();
  const [form, setForm] = useState(first);
  const [test, setTest] = useState<ConnectionTest | null>(null);
  const change = (part: Partial<ConnectionForm>) => {
    setForm((before) => ({ ...before, ...part }));
    setTest(null);
    touched();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void save((backend) => backend.saveConnection(form), (answer) => {
      setTest(answer);
      if (answer.ok) onClose();
    });
  };
  const title = known ? t.settings.editConnection : t.settings.addConnection;
  return (
    <Dialog label={title} onClose={onClose}>
      <form className="dialog__body" onSubmit={submit} noValidate>
        <h2 className="t16">{title}</h2>
        <Field name="provider" label={t.guide.providerId} readOnly={known !== null} value={form.provider} error={fault("provider")} onValue={(provider) => change({ provider })} />
        <Field name="gateway" label={t.guide.gateway} inputMode="url" value={form.gateway} error={fault("gateway")} onValue={(gateway) => change({ gateway })} />
        <Field name="public_key" label={t.guide.publicKey} hint={t.guide.publicKeyHint} value={form.public_key} error={fault("public_key")} onValue={(public_key) => change({ public_key })} />
        <Field name="token" type="password" label={t.guide.token} hint={known?.has_token ? t.settings.tokenKept : undefined} value={form.token} error={fault("token")} onValue={(token) => change({ token })} />
        {test && !test.ok && (
          <p className="finding finding--warn" role="alert">
            <ExclamationmarkTriangleFillIcon className="warn-icon" aria-hidden />
            <span>{`${testWords(test, t)} ${t.settings.savedAnyway}`}</span>
          </p>
        )}
        <div className="dialog__actions">
          <Button size="small" variant="tertiary" type="button" onClick={onClose}>
            {t.common.close}
          </Button>
          <Button size="small" type="submit" loading={busy} data-act="save-connection">
            {t.guide.connect}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function ImportForm({ saving }: { saving: Saving }) {
  const t = useTexts();
  const [path, setPath] = useState("");
  const [taken, setTaken] = useState<ImportedCatalogue | null>(null);
  const choose = () => {
    setTaken(null);
    void saving.save((backend) => backend.chooseCatalogue({ title: t.settings.importTitle, kind: t.settings.importKind }), setTaken);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTaken(null);
    if (path.trim()) void saving.save((backend) => backend.importCatalogue(path.trim()), setTaken);
  };
  return (
    <form className="settings__import" onSubmit={submit}>
      <h3 className="t14 strong">{t.settings.importTitle}</h3>
      <p className="t14 muted">{t.settings.importBody}</p>
      <div>
        <Button size="small" variant="secondary" type="button" icon={<FileImportIcon aria-hidden />} loading={saving.busy} data-act="choose-catalogue" onClick={choose}>
          {t.settings.importChoose}
        </Button>
      </div>
      <div className="settings__import-row">
        <Field
          name="path"
          label={t.settings.importPath}
          value={path}
          onValue={(value) => {
            setPath(value);
            setTaken(null);
          }}
        />
        <Button size="small" variant="secondary" type="submit" loading={saving.busy} data-act="import-catalogue">
          {t.settings.import}
        </Button>
      </div>
      {taken && (
        <p role="status" className="settings__state t14" data-imported={taken.standing}>
          <CheckmarkCircleFillIcon className="ok-icon" aria-hidden /> {importedWords(taken, t)}
        </p>
      )}
    </form>
  );
}
