// The messages of a requisition as their receiver sees them, newest first, and as the bytes that were sent. What is copied is
// those bytes, unchanged.
import { Button } from "@navikt/ds-react";
import { useState } from "react";
import { Dialog } from "../../components/Dialog";
import { READ_ON_SCREEN, usePaper } from "../../components/paper";
import { PaperJobs } from "../../components/PaperJobs";
import { ReadableMessage } from "../../components/ReadableMessage";
import { useNow } from "../../frame/clock";
import { useTell } from "../../frame/toasts";
import { dateTime } from "../../format";
import { copyText } from "../../format/clipboard";
import { messagePage } from "../../format/sheet";
import type { SentMessage } from "../../ipc/model";
import { useTexts } from "../../texts";
import { pretty } from "./words";

export function MessageDialog({ messages, onClose }: { messages: readonly SentMessage[]; onClose: () => void }) {
  const t = useTexts();
  const tell = useTell();
  const now = useNow();
  const [at, setAt] = useState(0);
  const [raw, setRaw] = useState(false);
  const paper = usePaper();
  const message = messages[at];
  if (!message) return null;
  const words = t.message;
  const asXml = raw || !message.readable;
  const name = (one: SentMessage) => [words.outboxKinds[one.kind] ?? one.kind, one.made ? dateTime(one.made, now) : ""].filter(Boolean).join(" · ");
  return (
    <Dialog label={words.title} className="message" onClose={onClose}>
      <div className="dialog__body">
        <h2 className="t16">{words.title}</h2>
        {messages.length > 1 && (
          <select className="field" aria-label={words.which} value={at} onChange={(event) => setAt(Number(event.target.value))}>
            {messages.map((one, index) => (
              <option key={one.message_id ?? index} value={index}>
                {name(one)}
              </option>
            ))}
          </select>
        )}
        <p className="t13 muted">{message.message_id ? `${t.overview.messageId(message.message_id)}. ${words.intro}` : words.notFrozen}</p>
        {!message.readable && <p className="t14">{words.unreadable}</p>}
        {asXml ? (
          <>
            <pre className="message__xml" tabIndex={0} aria-label={t.overview.messageTitle}>
              {pretty(message.xml)}
            </pre>
            <p className="t13 muted">{t.overview.messageIndented}</p>
          </>
        ) : (
          <div className="message__scroll" tabIndex={0} role="group" aria-label={name(message)}>
            {message.readable && <ReadableMessage message={message.readable} label={name(message)} level={3} />}
          </div>
        )}
        <PaperJobs of={READ_ON_SCREEN} />
        <div className="dialog__actions">
          {message.readable && (
            <Button size="small" variant="tertiary" data-act="raw" onClick={() => setRaw(!raw)}>
              {raw ? words.asText : words.asXml}
            </Button>
          )}
          {asXml ? (
            <Button size="small" variant="secondary" onClick={() => void copyText(message.xml).then((done) => done && tell.say(t.overview.messageCopied))}>
              {t.overview.messageCopy}
            </Button>
          ) : (
            <Button
              size="small"
              variant="secondary"
              data-act="print"
              loading={paper.busy}
              onClick={() => message.readable && void paper.print(messagePage(message.readable, message.message_id ? [message.made ? words.made(dateTime(message.made, now)) : "", t.overview.messageId(message.message_id)].filter(Boolean).join(" · ") : words.notFrozen, t), words.saveDialog)}
            >
              {paper.printer ? words.print : words.save}
            </Button>
          )}
          <Button size="small" onClick={onClose}>
            {t.common.close}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
