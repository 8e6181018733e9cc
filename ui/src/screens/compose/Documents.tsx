// What goes along with the clinical text: earlier findings, the cancer pathway, and attachments with their count and size
// against what the receiver takes.
import { Button } from "@navikt/ds-react";
import { PaperclipIcon, XMarkIcon } from "@navikt/aksel-icons";
import { useEffect, useRef, useState, type FormEvent } from "react";
import { useOwnText } from "../../components/ownText";
import { useTell } from "../../frame/toasts";
import { decimal, inLanguage } from "../../format";
import { useBackend } from "../../ipc/backend";
import type { EditQueue } from "../../ipc/editing";
import { asFailure } from "../../ipc/failure";
import type { Attachment, DraftView, EarlierFinding } from "../../ipc/model";
import { useLanguage, useTexts } from "../../texts";
import { readPast, writePast } from "./planned";

type Props = { view: DraftView; queue: EditQueue; now: Date };

export function CancerPathway({ view, queue }: Omit<Props, "now">) {
  const t = useTexts();
  return (
    <label className="check clinical__pathway">
      <input type="checkbox" checked={view.draft.cancer_pathway ?? false} data-field="cancer-pathway" onChange={(event) => queue.edit({ edit: "cancer_pathway", on: event.target.checked })} />
      {t.pathway.cancer}
    </label>
  );
}

export function EarlierFindings({ view, queue, now }: Props) {
  const t = useTexts();
  const findings = view.draft.earlier_findings ?? [];
  const save = (change: (before: readonly EarlierFinding[]) => EarlierFinding[]) => queue.edit((draft) => ({ edit: "earlier_findings", findings: change(draft.earlier_findings ?? []) }));
  const [text, setText] = useState("");
  const [date, setDate] = useState("");
  const [fault, setFault] = useState(false);
  const [adding, setAdding] = useState(false);
  const add = () => {
    const read = date.trim() === "" ? null : readPast(date, now);
    const wrong = date.trim() !== "" && read === null;
    setFault(wrong);
    if (wrong || text.trim() === "") return;
    save((before) => [...before, { text: text.trim(), date: read }]);
    setText("");
    setDate("");
    setAdding(false);
  };
  return (
    <div className="clinical__part documents" role="group" aria-label={t.earlier.title}>
      <h3 className="t15 strong">{t.earlier.title}</h3>
      {findings.length > 0 && (
        <ul className="documents__list">
          {findings.map((finding, at) => (
            <li key={at} className="documents__finding">
              <span>
                {finding.text} {finding.date && <span className="muted t13">{writePast(finding.date)}</span>}
              </span>
              <button type="button" className="icon-button" aria-label={t.earlier.remove(finding.text)} onClick={() => save((before) => before.filter((one) => one.text !== finding.text || one.date !== finding.date))}>
                <XMarkIcon aria-hidden />
              </button>
            </li>
          ))}
        </ul>
      )}
      {adding ? (
        <div className="documents__add">
          <label className="clinical__row">
            <span className="t13 muted">{t.earlier.text}</span>
            <input className="field field--wide" data-field="earlier" autoFocus placeholder={t.earlier.textPlaceholder} value={text} onChange={(event) => setText(event.target.value)} onKeyDown={(event) => event.key === "Enter" && add()} />
          </label>
          <label className="clinical__row">
            <span className="t13 muted">{t.earlier.date}</span>
            <input className="field field--moment" data-field="earlier-date" aria-invalid={fault || undefined} value={date} onChange={(event) => setDate(event.target.value)} onKeyDown={(event) => event.key === "Enter" && add()} />
          </label>
          {fault && (
            <span className="question__error" role="alert">
              {t.earlier.dateInvalid}
            </span>
          )}
          <span className="clinical__buttons">
            <Button size="small" variant="secondary" data-act="add-finding" onClick={add}>
              {t.earlier.add}
            </Button>
            <Button size="small" variant="tertiary" onClick={() => setAdding(false)}>
              {t.common.cancel}
            </Button>
          </span>
        </div>
      ) : (
        <button type="button" className="link-button" data-act="earlier-finding" onClick={() => setAdding(true)}>
          {t.earlier.add}
        </button>
      )}
    </div>
  );
}

export function Attachments({ view, queue, onView }: Omit<Props, "now"> & { onView: (view: DraftView) => void }) {
  const t = useTexts();
  const language = useLanguage();
  const backend = useBackend();
  const tell = useTell();
  const words = t.attachments;
  const { attachments_bytes: bytes = 0, attachments_limit: limit = 0 } = view.composition;
  const attached = view.draft.attachments ?? [];
  const [path, setPath] = useState("");
  const [busy, setBusy] = useState(false);
  const over = limit > 0 && bytes > limit;

  const take = async (work: () => Promise<DraftView | null>) => {
    setBusy(true);
    try {
      if (!(await queue.flush())) return;
      const after = await work();
      if (after) onView(after);
    } catch (thrown) {
      tell.fail(asFailure(thrown));
    } finally {
      setBusy(false);
    }
  };
  const typed = (event: FormEvent) => {
    event.preventDefault();
    const file = path.trim();
    if (file !== "") void take(() => backend.attachFile(view.draft.id, file)).then(() => setPath(""));
  };
  return (
    <div className="clinical__part documents" role="group" aria-label={words.title}>
      <div className="clinical__label">
        <h3 className="t15 strong">{words.title}</h3>
        <span className={over ? "clinical__counter clinical__counter--over" : "clinical__counter"} data-part="attachment-count">
          {words.count(attached.length, limit > 0 ? words.limit(size(bytes, language), size(limit, language)) : size(bytes, language))}
        </span>
      </div>
      <ul className="documents__list">
        {attached.map((one) => (
          <Attached key={one.id} one={one} view={view} queue={queue} />
        ))}
      </ul>
      <div>
        <Button size="small" variant="secondary" icon={<PaperclipIcon aria-hidden />} loading={busy} data-act="attach" onClick={() => void take(() => backend.chooseAttachment(view.draft.id, { title: words.dialogTitle, kind: words.dialogKind }))}>
          {words.choose}
        </Button>
      </div>
      <p className="t13 muted">{words.drop}</p>
      <form className="documents__path" onSubmit={typed}>
        <label className="clinical__row">
          <span className="t13 muted">{words.path}</span>
          <input className="field field--wide" data-field="attachment-path" autoComplete="off" value={path} onChange={(event) => setPath(event.target.value)} />
        </label>
        {path.trim() !== "" && (
          <Button size="small" variant="tertiary" type="submit">
            {words.takePath}
          </Button>
        )}
      </form>
    </div>
  );
}

function Attached({ one, view, queue }: { one: Attachment; view: DraftView; queue: EditQueue }) {
  const t = useTexts();
  const language = useLanguage();
  const words = t.attachments;
  const [text, setText, field] = useOwnText<HTMLInputElement>(one.description);
  const { parts } = view.composition;
  const only = one.only ?? null;
  const receiver = only ? `${only.provider} ${only.department}` : "";
  // A department that was just chosen goes along with the next letter, and the letters with the department.
  const latest = useRef(receiver);
  useEffect(() => void (latest.current = receiver), [receiver]);
  const describe = (description: string, chosen: string) => {
    const part = parts.find((each) => `${each.provider} ${each.department}` === chosen);
    return { edit: "describe_attachment" as const, id: one.id, description, only: part ? { provider: part.provider, department: part.department } : null };
  };
  return (
    <li className="documents__one" data-attachment={one.id}>
      <div className="documents__head">
        <span className="t13 muted">{`${words.kinds[one.kind] ?? one.kind} · ${size(one.bytes, language)}`}</span>
        <button type="button" className="icon-button" aria-label={words.remove(one.description)} onClick={() => queue.edit({ edit: "remove_attachment", id: one.id })}>
          <XMarkIcon aria-hidden />
        </button>
      </div>
      <input
        ref={field}
        className="field field--wide"
        aria-label={words.describe(words.kinds[one.kind] ?? one.kind)}
        placeholder={words.description}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          queue.typed(describe(event.target.value, latest.current));
        }}
        onBlur={() => void queue.flush()}
      />
      {parts.length > 1 && (
        <label className="clinical__row">
          <span className="t13 muted">{words.to}</span>
          <select className="field" value={receiver} onChange={(event) => {
              latest.current = event.target.value;
              queue.edit(describe(text, event.target.value));
            }}>
            <option value="">{words.toAll}</option>
            {parts.map((part) => (
              <option key={`${part.provider} ${part.department}`} value={`${part.provider} ${part.department}`}>
                {inLanguage(part.department_name, language)}
              </option>
            ))}
          </select>
        </label>
      )}
    </li>
  );
}

/** `340 kB`, `2,4 MB`. */
export function size(bytes: number, language: "nb" | "nn" | "en"): string {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${decimal(bytes / 1_000_000, language, 1)} MB`;
}
