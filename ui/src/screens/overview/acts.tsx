// What can be done with a requisition that was sent or waits: some acts ask first, some open another screen.
import { Button } from "@navikt/ds-react";
import { PhoneIcon } from "@navikt/aksel-icons";
import { useCallback, useState, type FormEvent } from "react";
import { Dialog } from "../../components/Dialog";
import { useNavigation } from "../../frame/navigation";
import { useTell } from "../../frame/toasts";
import { useBackend } from "../../ipc/backend";
import { asFailure } from "../../ipc/failure";
import type { DetailView, NeedView, PersonView, SentMessage } from "../../ipc/model";
import { useTexts } from "../../texts";
import { AddOnDialog } from "./AddOnDialog";
import { ChangeDialog } from "./ChangeDialog";
import { CorrectionDialog } from "./CorrectionDialog";
import { MessageDialog } from "./MessageDialog";

type Asking =
  | { ask: "fix" | "change" | "add_on"; detail: DetailView }
  | { ask: "cancel" | "withdraw"; id: string }
  | { ask: "phone"; id: string; need: NeedView | null }
  | { ask: "message"; messages: readonly SentMessage[] };

export type Acts = {
  start: (act: string, id: string, need: NeedView | null, detail?: DetailView) => void;
  /** `<act> <id>` while it is under way. */
  busy: string | null;
  asking: Asking | null;
  close: () => void;
  run: (act: string, id: string, done: string, work: () => Promise<unknown>) => Promise<boolean>;
};

export function useActs(onShow: (id: string) => void): Acts {
  const t = useTexts();
  const backend = useBackend();
  const tell = useTell();
  const { go } = useNavigation();
  const [busy, setBusy] = useState<string | null>(null);
  const [asking, setAsking] = useState<Asking | null>(null);
  const close = useCallback(() => setAsking(null), []);

  const run = useCallback<Acts["run"]>(
    async (act, id, done, work) => {
      setBusy(`${act} ${id}`);
      try {
        await work();
        if (done) tell.say(done);
        return true;
      } catch (thrown) {
        tell.fail(asFailure(thrown));
        return false;
      } finally {
        setBusy(null);
      }
    },
    [tell],
  );

  const start: Acts["start"] = (act, id, need, detail) => {
    switch (act) {
      case "complete":
        return go({ screen: "internalLab", requisition: id });
      case "resend":
        return void run(act, id, t.overview.resent, () => backend.resend(id));
      case "fix_and_resend":
        return void run(act, id, "", async () => setAsking({ ask: "fix", detail: detail ?? (await backend.detail(id)) }));
      case "phone":
        return setAsking({ ask: "phone", id, need });
      case "acknowledge":
        return need ? void run(act, id, t.overview.settled, () => backend.settle(need.key, "acknowledge")) : onShow(id);
      case "change":
      case "add_on":
        return void run(act, id, "", async () => setAsking({ ask: act, detail: detail ?? (await backend.detail(id)) }));
      case "cancel":
      case "withdraw":
        // What was never sent is taken back without a word to anybody.
        return setAsking({ ask: act === "cancel" && detail?.row.state === "finalised" ? "cancel" : "withdraw", id });
      case "copy":
        return void run(act, id, t.overview.copied, async () => {
          const copy = await backend.copyToDraft(id);
          go({ screen: "compose", draft: copy.draft.id });
        });
      case "form":
        return void run(act, id, "", async () => {
          const file = await backend.saveForm(id, t.overview.formDialog);
          if (file) tell.say(t.overview.formSaved(file));
        });
      case "print_form":
        return void run(act, id, "", () => backend.printForm(id));
      case "hand_back":
        return void run(act, id, "", async () => {
          const files = await backend.handBack(id, { title: t.handover.backTitle, kind: t.handover.backKind });
          if (files) tell.say(t.handover.backDone(files.join(", ")));
        });
      case "message":
        return void run(act, id, "", async () => setAsking({ ask: "message", messages: await backend.messages(id) }));
      default:
        return onShow(id);
    }
  };

  return { start, busy, asking, close, run };
}

export function ActDialogs({ acts, people }: { acts: Acts; people: readonly PersonView[] }) {
  const t = useTexts();
  const backend = useBackend();
  const { asking, close, run } = acts;
  if (!asking) return null;
  switch (asking.ask) {
    case "fix": {
      const id = asking.detail.row.id;
      return (
        <CorrectionDialog
          detail={asking.detail}
          people={people}
          onClose={close}
          onSend={async (form) => {
            if (await run("fix_and_resend", id, t.overview.fixedSent, () => backend.fixAndResend(id, form))) close();
          }}
          busy={acts.busy !== null}
        />
      );
    }
    case "change": {
      const id = asking.detail.row.id;
      return (
        <ChangeDialog
          detail={asking.detail}
          onClose={close}
          onSend={async (form) => {
            if (await run("change", id, t.outbox.changeDone, () => backend.change(id, form))) close();
          }}
          busy={acts.busy !== null}
        />
      );
    }
    case "add_on": {
      const id = asking.detail.row.id;
      return (
        <AddOnDialog
          detail={asking.detail}
          onClose={close}
          onSend={async (services) => {
            if (await run("add_on", id, t.outbox.addDone, () => backend.addOn(id, services))) close();
          }}
          busy={acts.busy !== null}
        />
      );
    }
    case "cancel":
    case "withdraw":
      return (
        <CancelDialog
          cancelling={asking.ask === "cancel"}
          onClose={close}
          busy={acts.busy !== null}
          onDone={async (reason) => {
            const done = asking.ask === "cancel" ? t.overview.cancelDone : t.overview.withdrawDone;
            if (await run(asking.ask, asking.id, done, () => backend.cancel(asking.id, reason))) close();
          }}
        />
      );
    case "phone":
      return (
        <Dialog label={t.overview.phoneTitle(asking.need?.receiver ?? "")} onClose={close}>
          <div className="dialog__body">
            <h2 className="t16">{t.overview.phoneTitle(asking.need?.receiver ?? "")}</h2>
            {asking.need?.phone ? (
              <p className="phone-number">
                <PhoneIcon aria-hidden />
                {asking.need.phone}
              </p>
            ) : (
              <p>{t.overview.noPhone}</p>
            )}
            <div className="dialog__actions">
              <Button size="small" variant="tertiary" onClick={close}>
                {t.common.close}
              </Button>
              <Button
                size="small"
                data-act="phoned"
                onClick={() => {
                  const need = asking.need;
                  if (!need) return close();
                  void run("phone", asking.id, t.overview.settled, () => backend.settle(need.key, "phone")).then((done) => {
                    if (done) close();
                  });
                }}
              >
                {t.overview.phoned}
              </Button>
            </div>
          </div>
        </Dialog>
      );
    case "message":
      return <MessageDialog messages={asking.messages} onClose={close} />;
  }
}

function CancelDialog({ cancelling, busy, onClose, onDone }: { cancelling: boolean; busy: boolean; onClose: () => void; onDone: (reason: string) => Promise<void> }) {
  const t = useTexts();
  const [reason, setReason] = useState("");
  const [missing, setMissing] = useState(false);
  const title = cancelling ? t.overview.cancelTitle : t.overview.withdrawTitle;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (cancelling && reason.trim() === "") return setMissing(true);
    void onDone(reason.trim());
  };
  return (
    <Dialog label={title} onClose={onClose}>
      <form className="dialog__body" onSubmit={submit}>
        <h2 className="t16">{title}</h2>
        <p>{cancelling ? t.overview.cancelBody : t.overview.withdrawBody}</p>
        {cancelling && (
          <div className="form-field">
            <label className="t14 strong" htmlFor="cancel-reason">
              {t.overview.reason}
            </label>
            <input
              id="cancel-reason"
              className="field field--wide"
              value={reason}
              aria-invalid={missing || undefined}
              aria-describedby={missing ? "cancel-reason-fault" : undefined}
              onChange={(event) => {
                setReason(event.target.value);
                setMissing(false);
              }}
            />
            {missing && (
              <p className="question__error" id="cancel-reason-fault" role="alert">
                {t.overview.reasonMissing}
              </p>
            )}
            <p>
              {t.overview.reasonPicks.map((pick) => (
                <button key={pick} type="button" className="quick-pick t14" onClick={() => setReason(pick)}>
                  {pick}
                </button>
              ))}
            </p>
          </div>
        )}
        <div className="dialog__actions">
          <Button size="small" variant="tertiary" type="button" onClick={onClose}>
            {t.common.back}
          </Button>
          <Button size="small" type="submit" data-color="danger" loading={busy} data-act="confirm-cancel">
            {cancelling ? t.overview.acts["cancel"] : t.overview.acts["withdraw"]}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
