// Where the draft goes next. What is missing is counted in a link that jumps to it; one button is filled.
import { Button } from "@navikt/ds-react";
import { ChevronDownIcon, ChevronUpIcon, QuestionmarkDiamondIcon } from "@navikt/aksel-icons";
import { memo, useRef, useState } from "react";
import { findingAnchor } from "../../components/FindingNote";
import { useNavigation } from "../../frame/navigation";
import { useTell } from "../../frame/toasts";
import { useBackend } from "../../ipc/backend";
import type { EditQueue } from "../../ipc/editing";
import { asFailure } from "../../ipc/failure";
import type { DraftView, HandOn, Missing } from "../../ipc/model";
import { useTexts, type Texts } from "../../texts";
import { MissingList } from "./MissingList";
import { PreviewDialog } from "./PreviewDialog";

/** Drawn again only when the draft changes, not when another hit comes into focus. */
export const ActionBar = memo(function ActionBar({ view, queue }: { view: DraftView; queue: EditQueue }) {
  const t = useTexts();
  const backend = useBackend();
  const tell = useTell();
  const { go } = useNavigation();
  const [busy, setBusy] = useState<HandOn | null>(null);
  const turn = useRef(0);
  const [listed, setListed] = useState(false);
  const [previewing, setPreviewing] = useState(false);
  const { missing, nothing_to_collect, parts } = view.composition;
  const words = missingWords(missing, t);

  const jump = (from = turn.current) => {
    const target = missing[from % Math.max(1, missing.length)];
    turn.current = from + 1;
    if (target) focusMissing(target);
  };

  const saveDraft = async () => {
    if (!(await queue.flush())) return;
    tell.say(t.compose.draftSaved);
    go({ screen: "compose" });
  };

  const handOn = async (way: HandOn) => {
    if (missing.length > 0) {
      tell.whisper(words);
      return jump(0);
    }
    setBusy(way);
    try {
      if (!(await queue.flush())) return;
      const handed = await backend.handOn(view.draft.id, way);
      const [first] = handed.requisitions;
      if (way === "collect_now" && first) {
        // The draft is a requisition now: nobody comes back to it.
        go({ screen: "compose" });
        return go({ screen: "internalLab", requisition: first });
      }
      tell.say(way === "send" ? t.compose.sent(Math.max(1, handed.queued)) : t.compose.toLab);
      go({ screen: "compose" });
    } catch (thrown) {
      tell.fail(asFailure(thrown));
    } finally {
      setBusy(null);
    }
  };

  const filled: HandOn = nothing_to_collect ? "send" : "collect_now";
  const button = (way: HandOn, label: string) => (
    <Button size="small" variant={way === filled ? "primary" : "secondary"} loading={busy === way} disabled={busy !== null && busy !== way} data-act={way} data-command onClick={() => void handOn(way)}>
      {label}
    </Button>
  );
  return (
    <section className="actions" aria-label={t.palette.actions}>
      {missing.length > 0 && (
        <button type="button" className="actions__missing" onClick={() => jump()}>
          <QuestionmarkDiamondIcon aria-hidden />
          <span>{words}</span>
        </button>
      )}
      {missing.length > 1 && (
        <button
          type="button"
          className="icon-button"
          data-act="missing-list"
          aria-expanded={listed}
          aria-controls="missing-list"
          aria-label={listed ? t.missingList.hide : t.missingList.show}
          onClick={() => setListed(!listed)}
        >
          {listed ? <ChevronDownIcon aria-hidden /> : <ChevronUpIcon aria-hidden />}
        </button>
      )}
      {listed && missing.length > 1 && (
        <MissingList
          view={view}
          onJump={(at) => {
            setListed(false);
            jump(at);
          }}
        />
      )}
      {previewing && <PreviewDialog draft={view.draft.id} revision={view.draft.revision} onClose={() => setPreviewing(false)} />}
      <div className="actions__buttons">
        {parts.length > 0 && (
          <button type="button" className="link-button actions__preview" data-act="preview" onClick={() => void queue.flush().then(() => setPreviewing(true))}>
            {t.preview.open(parts.length)}
          </button>
        )}
        <Button size="small" variant="tertiary" data-act="save" data-command onClick={() => void saveDraft()}>
          {t.compose.saveDraft}
        </Button>
        {button("send", t.compose.send)}
        {!nothing_to_collect && button("internal_lab", t.compose.toInternalLab)}
        {!nothing_to_collect && button("collect_now", t.compose.collectNow)}
      </div>
    </section>
  );
});

export function missingWords(missing: readonly Missing[], t: Texts): string {
  const count = (what: Missing["what"]) => missing.filter((each) => each.what === what).length;
  if (count("services") > 0) return t.compose.missingServices;
  const counted = count("question") + count("warning") + count("stop");
  if (counted === 0 && count("requester") > 0) return t.compose.missingRequester;
  return counted > 0 ? t.compose.missing(count("question"), count("warning"), count("stop")) : "";
}

function focusMissing(missing: Missing) {
  // A question that lines share stands at the first of them, not at each that misses it.
  const asked = missing.what === "question" ? CSS.escape(missing.question) : null;
  // One of an interview stands behind the button that opens it.
  const elsewhere = asked && document.querySelector<HTMLElement>(`[data-question="${asked}"], [data-questions~="${asked}"]`);
  const element = document.getElementById(anchor(missing)) ?? elsewhere;
  if (!element) return;
  const inner = element.matches("input, select, textarea, button") ? element : element.querySelector<HTMLElement>("input, select, textarea, button");
  element.scrollIntoView({ block: "nearest" });
  (inner ?? element).focus();
}

function anchor(missing: Missing): string {
  switch (missing.what) {
    case "question":
      return `question-${missing.line}-${missing.question}`;
    case "warning":
    case "stop":
      return findingAnchor(missing);
    case "services":
      return "search";
    case "requester":
      return "requester";
  }
}
