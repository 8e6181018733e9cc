// What stands in the way of working, said plainly, with the one thing to do about it. Never goes on by itself.
import { Button, TextField } from "@navikt/ds-react";
import { KeyVerticalIcon, PadlockLockedIcon, XMarkOctagonIcon } from "@navikt/aksel-icons";
import { useState, type FormEvent, type ReactNode } from "react";
import { ErrorNote } from "../../components/ErrorNote";
import { useBackend, type Backend } from "../../ipc/backend";
import { asFailure, errorWords, type Failure } from "../../ipc/failure";
import type { AppView } from "../../ipc/model";
import { useQuery } from "../../ipc/query";
import { useTexts } from "../../texts";
import { Copies } from "../settings/Storage";

const SHORTEST_PASSPHRASE = 12;

type Props = { app: AppView | null; failure: Failure | null; onApp: (app: AppView) => void };

export function StageScreen({ app, failure, onApp }: Props) {
  const t = useTexts();
  const backend = useBackend();
  const [refused, setRefused] = useState<Failure | null>(null);
  const [busy, setBusy] = useState(false);

  const ask = (command: (backend: Backend) => Promise<AppView>) => {
    setBusy(true);
    setRefused(null);
    command(backend).then(
      (view) => {
        setBusy(false);
        onApp(view);
      },
      (thrown: unknown) => {
        setBusy(false);
        setRefused(asFailure(thrown));
      },
    );
  };
  const again = (
    <Button size="small" loading={busy} onClick={() => ask((here) => here.retryStart())}>
      {t.common.retry}
    </Button>
  );

  if (!app) {
    return failure ? (
      <Page title={t.start.failed} icon={<XMarkOctagonIcon aria-hidden />}>
        <ErrorNote failure={failure} />
        {again}
      </Page>
    ) : (
      <div className="start" role="status">
        <p className="muted">{t.start.opening}</p>
      </div>
    );
  }
  const stage = app.stage;
  const told = refused && <ErrorNote failure={refused} />;
  switch (stage.stage) {
    case "ready":
      return null;
    case "in_use":
      return (
        <Page title={t.start.openElsewhere} icon={<PadlockLockedIcon aria-hidden />} app={app}>
          <p>{t.start.openElsewhereBody}</p>
          <p>{t.start.openElsewhereAction}</p>
          {told}
          {again}
        </Page>
      );
    case "keyring_locked":
      return (
        <Page title={t.start.keyringLocked} icon={<PadlockLockedIcon aria-hidden />} app={app}>
          <p>{t.start.keyringLockedBody}</p>
          {told}
          {again}
        </Page>
      );
    case "key_missing":
      return (
        <Page title={t.start.keyLost} icon={<KeyVerticalIcon aria-hidden />} app={app}>
          <p>{t.start.keyLostBody}</p>
          {told}
          {again}
        </Page>
      );
    case "damaged":
      return (
        <Page title={t.outbox.damaged} icon={<XMarkOctagonIcon aria-hidden />} app={app}>
          <p>{t.outbox.damagedBody}</p>
          <Backups onApp={onApp} />
          {told}
          {again}
        </Page>
      );
    case "newer_store":
      return (
        <Page title={t.start.newerStore} icon={<XMarkOctagonIcon aria-hidden />} app={app}>
          <p>{t.start.newerStoreBody}</p>
        </Page>
      );
    case "no_keyring":
      return (
        <Page title={t.start.keyringMissing} icon={<KeyVerticalIcon aria-hidden />} app={app}>
          <p>{t.start.keyringMissingBody}</p>
          <Passphrase fresh busy={busy} refused={refused} onGiven={(passphrase) => ask((here) => here.startWithPassphrase(passphrase))} />
        </Page>
      );
    case "needs_passphrase":
      return (
        <Page title={t.start.passphraseEnter} icon={<PadlockLockedIcon aria-hidden />} app={app}>
          <Passphrase fresh={false} busy={busy} refused={refused} onGiven={(passphrase) => ask((here) => here.unlock(passphrase))} />
        </Page>
      );
    case "failed":
      return (
        <Page title={t.start.failed} icon={<XMarkOctagonIcon aria-hidden />} app={app}>
          <ErrorNote failure={{ code: stage.code, params: {}, reference: stage.reference }} />
          {told}
          {again}
        </Page>
      );
  }
}

function Backups({ onApp }: { onApp: (app: AppView) => void }) {
  const { data } = useQuery("storage", [], (here) => here.storage());
  return data ? <Copies backups={data.backups} onApp={onApp} /> : null;
}

function Page({ title, icon, app, children }: { title: string; icon: ReactNode; app?: AppView; children: ReactNode }) {
  const t = useTexts();
  return (
    <main className="start">
      <div className="start__card">
        <span className="start__icon">{icon}</span>
        <h1 className="t20">{title}</h1>
        {children}
        {app && (
          <p className="t13 muted start__foot">
            {t.start.version(app.version)} · {t.start.dataIn(app.data_dir)}
          </p>
        )}
      </div>
    </main>
  );
}

function Passphrase({ fresh, busy, refused, onGiven }: { fresh: boolean; busy: boolean; refused: Failure | null; onGiven: (passphrase: string) => void }) {
  const t = useTexts();
  const [one, setOne] = useState("");
  const [two, setTwo] = useState("");
  const [tried, setTried] = useState(false);
  const short = fresh && [...one].length < SHORTEST_PASSPHRASE;
  const differs = fresh && one !== two;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!short && !differs && one) onGiven(one);
  };
  const wrong = refused?.code === "wrongPassphrase" ? errorWords(refused, t).text : null;
  return (
    <form className="start__form" onSubmit={submit}>
      {fresh && (
        <>
          <h2 className="t16">{t.start.passphraseNew}</h2>
          <p>{t.start.passphraseNewBody}</p>
        </>
      )}
      <TextField
        size="small"
        type="password"
        label={t.start.passphrase}
        value={one}
        autoFocus
        autoComplete={fresh ? "new-password" : "current-password"}
        onChange={(event) => setOne(event.target.value)}
        error={wrong ?? (tried && short ? t.start.passphraseShort : null)}
      />
      {fresh && (
        <TextField
          size="small"
          type="password"
          label={t.start.passphraseAgain}
          value={two}
          autoComplete="new-password"
          onChange={(event) => setTwo(event.target.value)}
          error={tried && !short && differs ? t.start.passphraseDiffers : null}
        />
      )}
      {refused && !wrong && <ErrorNote failure={refused} />}
      <div>
        <Button size="small" type="submit" loading={busy}>
          {fresh ? t.start.make : t.start.open}
        </Button>
      </div>
    </form>
  );
}
