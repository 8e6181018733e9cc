// The message as it was frozen, set out for reading. What is copied is the bytes that were sent, unchanged.
import { Button } from "@navikt/ds-react";
import { Dialog } from "../../components/Dialog";
import { useTell } from "../../frame/toasts";
import { useTexts } from "../../texts";
import { copyText } from "../../format/clipboard";
import { pretty } from "./words";

export function MessageDialog({ xml, messageId, onClose }: { xml: string; messageId: string | null; onClose: () => void }) {
  const t = useTexts();
  const tell = useTell();
  return (
    <Dialog label={t.overview.messageTitle} className="message" onClose={onClose}>
      <div className="dialog__body">
        <h2 className="t16">{t.overview.messageTitle}</h2>
        {messageId && <p className="t13 muted">{t.overview.messageId(messageId)}</p>}
        <pre className="message__xml" tabIndex={0} aria-label={t.overview.messageTitle}>
          {pretty(xml)}
        </pre>
        <p className="t13 muted">{t.overview.messageIndented}</p>
        <div className="dialog__actions">
          <Button size="small" variant="secondary" onClick={() => void copyText(xml).then((done) => done && tell.say(t.overview.messageCopied))}>
            {t.overview.messageCopy}
          </Button>
          <Button size="small" onClick={onClose}>
            {t.common.close}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
