// One picked service: its name and code, when it was last ordered, its questions and what rules say about it.
import { ArrowsSquarepathIcon, ClockDashedIcon, XMarkIcon } from "@navikt/aksel-icons";
import type { ReactNode } from "react";
import { inLanguage, type Language } from "../format";
import type { Answer, AskedQuestion, BasketLine as Line, Finding, LineNews } from "../ipc/model";
import { useLanguage, useTexts, type Texts } from "../texts";
import { factLines } from "./changes";
import { CapDot } from "./CapDot";
import { FindingNote } from "./FindingNote";
import { Question } from "./Question";

export type BasketLineProps = {
  line: Line;
  questions: readonly AskedQuestion[];
  findings: readonly Finding[];
  /** What new catalogues changed since the draft was last seen. */
  news: readonly LineNews[];
  /** What stands below the questions: what the line says beyond them. */
  children?: ReactNode;
  /** What is said about when it is taken, and the way to change that. */
  when?: ReactNode;
  onRemove: () => void;
  onAnswer: (question: string, answer: Answer | null, typed: boolean) => void;
  onOverride: (finding: Finding, reason: string | null) => void;
  now: Date;
};

export function BasketLine({ line, questions, findings, news, children, when, onRemove, onAnswer, onOverride, now }: BasketLineProps) {
  const t = useTexts();
  const language = useLanguage();
  const facts = [
    line.panel ? t.basket.fromPanel(line.panel) : "",
    line.preparation ? inLanguage(line.preparation, language) : "",
  ].filter(Boolean);
  return (
    <li className="line" data-line={line.id} data-service={line.service}>
      <div className="line__head">
        <CapDot colour={line.container?.colour} />
        <span className="line__name ellipsis" title={line.name}>
          {line.name}
          {line.container && <span className="sr-only">{`, ${inLanguage(line.container.name, language)}`}</span>}
        </span>
        <span className="line__code">{line.code}</span>
      </div>
      <div className="line__body">
        {facts.length > 0 && <p className="t14 muted">{facts.join(" · ")}</p>}
        {line.last_ordered && (
          <p className="line__fact">
            <ClockDashedIcon aria-hidden />
            {t.basket.lastOrdered(t.time.daysAgo(line.last_ordered.days))}
          </p>
        )}
        {news.map(({ change }) => (
          <p key={`${change.item} ${change.id}`} className="line__news">
            <ArrowsSquarepathIcon aria-hidden />
            <span>{newsWords(change, t, language)}</span>
          </p>
        ))}
        {questions.map((question) => (
          <Question key={question.id} id={`question-${line.id}-${question.id}`} question={question} now={now} onAnswer={(answer, typed) => onAnswer(question.id, answer, typed)} />
        ))}
        {children}
        {findings.map((finding) => (
          <FindingNote key={`${finding.provider} ${finding.rule}`} finding={finding} now={now} onOverride={(reason) => onOverride(finding, reason)} />
        ))}
      </div>
      {when}
      {/* Last, so that the keyboard meets questions and warnings before it. */}
      <button type="button" className="icon-button line__remove" onClick={onRemove} aria-label={t.basket.remove(line.name)}>
        <XMarkIcon aria-hidden />
      </button>
    </li>
  );
}

function newsWords(change: LineNews["change"], t: Texts, language: Language): string {
  const facts = factLines(change, t, language).join(". ");
  if (change.item === "service") return [t.handbook.inDraft.lineChanged, facts].filter(Boolean).join(" ");
  if (change.kind === "new") return `${t.handbook.inDraft.newRule}: ${change.name}`;
  // A question stands right below in its new words.
  return [t.handbook.inDraft.lineChanged, change.item === "question" ? "" : `${change.name}.`, facts].filter(Boolean).join(" ");
}
