// Questions that are asked of the patient in their own words, on a screen of their own. An answer from last time is shown and
// never taken for granted: it counts once it has been given again. Every answer is saved at once, so closing loses nothing.
import { Button, ToggleGroup } from "@navikt/ds-react";
import { CheckmarkCircleFillIcon, PersonChatIcon } from "@navikt/aksel-icons";
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { Dialog } from "../../components/Dialog";
import { AnswerField, answerWords } from "../../components/Question";
import { fullName, inLanguage, longDate, type Language } from "../../format";
import type { Answer, AskedQuestion, BasketLine, DraftView, EarlierAnswer } from "../../ipc/model";
import { useQuery } from "../../ipc/query";
import { texts, TextsProvider, useLanguage, useTexts } from "../../texts";

export type InterviewQuestion = { line: number; provider: string; question: AskedQuestion };

/** The questions of an interview that stand at a line. */
export function interviewAt(line: BasketLine, questions: readonly AskedQuestion[]): InterviewQuestion[] {
  return questions.filter((question) => question.interview).map((question) => ({ line: line.id, provider: line.provider, question }));
}

type OnAnswer = (line: number, question: string, answer: Answer | null, typed: boolean) => void;
type BlockProps = { asked: readonly InterviewQuestion[]; view: DraftView; service: string; now: Date; onAnswer: OnAnswer };

/** In the basket: how far the interview has come, and the way to it. */
export function InterviewBlock({ asked, view, service, now, onAnswer }: BlockProps) {
  const t = useTexts();
  const language = useLanguage();
  const [open, setOpen] = useState(false);
  const answered = asked.filter(({ question }) => question.answer !== null).length;
  const left = asked.filter(({ question }) => question.required && question.answer === null).length;
  return (
    <div className={left > 0 ? "question interview-block" : "question question--answered interview-block"} data-questions={asked.map(({ question }) => question.id).join(" ")}>
      <p className="question__label">
        {t.interview.safety}
        {left > 0 && <span className="question__must"> {t.basket.mustAnswer}</span>}
      </p>
      <div className="question__row">
        <Button size="small" variant="secondary" icon={<PersonChatIcon aria-hidden />} data-act="interview" onClick={() => setOpen(true)}>
          {left === 0 ? t.interview.again : answered > 0 ? t.interview.proceed : t.interview.start}
        </Button>
        <span className="t14 muted interview-block__count">
          {left === 0 && <CheckmarkCircleFillIcon className="ok-icon" aria-hidden />} {t.interview.progress(answered, asked.length)}
        </span>
      </div>
      {answered > 0 && (
        <details className="interview-block__answers t14">
          <summary>{t.interview.answers}</summary>
          <dl>
            {asked.map(({ question }) => (
              <div key={question.id}>
                <dt>{inLanguage(question.text, language)}</dt>
                <dd>{question.answer ? answerWords(question, question.answer, t, language) : t.interview.unanswered}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
      {open && <Interview asked={asked} view={view} service={service} now={now} onAnswer={onAnswer} onClose={() => setOpen(false)} />}
    </div>
  );
}

function Interview({ asked, view, service, now, onAnswer, onClose }: BlockProps & { onClose: () => void }) {
  const t = useTexts();
  const own = useLanguage();
  const [language, setLanguage] = useState<Language>(own);
  const earlier = useQuery(`interview ${view.draft.id}`, [], (backend) => backend.interview(view.draft.id));
  const list = useRef<HTMLOListElement>(null);
  const answered = asked.filter(({ question }) => question.answer !== null).length;
  const last = ({ provider, question }: InterviewQuestion) => (earlier.data ?? []).find((one) => one.provider === provider && one.question === question.id) ?? null;
  const confirmable = asked.filter((one) => one.question.answer === null && last(one)).length;
  const { patient } = view.patient;

  const toNext = (from: Element | null) => {
    const all = [...(list.current?.children ?? [])];
    const after = all.slice(from ? all.findIndex((each) => each.contains(from)) + 1 : 0);
    const open = (each: Element) => each.getAttribute("data-answered") === "no";
    const target = from ? (after[0] ?? null) : (after.find(open) ?? null);
    target?.scrollIntoView({ block: "nearest" });
    target?.querySelector<HTMLElement>("input, select, textarea, button")?.focus();
  };
  // The first that is open has the keyboard; the dialog would give it to the choice of language.
  useEffect(() => {
    const open = list.current?.querySelector("[data-answered=no]") ?? list.current?.firstElementChild;
    open?.querySelector<HTMLElement>("input, select, textarea, button")?.focus();
  }, []);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || (event.target instanceof HTMLElement && event.target.closest("button"))) return;
    event.preventDefault();
    toNext(document.activeElement);
  };

  return (
    <Dialog label={t.interview.title} className="interview" onClose={onClose}>
      <div className="interview__page">
        <header className="interview__head">
          <div>
            <h2 className="t20">{t.interview.title}</h2>
            <p className="muted">{[fullName(patient), patient.birth_date ? longDate(patient.birth_date) : "", service].filter(Boolean).join(" · ")}</p>
          </div>
          <ToggleGroup size="small" data-color="neutral" aria-label={t.interview.language} value={language} onChange={(value) => setLanguage(value as Language)}>
            {(["nb", "nn", "en"] as const).map((each) => (
              <ToggleGroup.Item key={each} value={each}>
                {t.interview.languages[each]}
              </ToggleGroup.Item>
            ))}
          </ToggleGroup>
        </header>
        <p className="interview__intro">
          {texts[language].interview.intro} {confirmable > 0 && <span className="muted">{texts[language].interview.fromLast(confirmable)}</span>}
        </p>
        <TextsProvider language={language}>
          <ol className="interview__list" ref={list} onKeyDown={onKeyDown} lang={language}>
            {asked.map((one, at) => (
              <Item key={`${one.provider} ${one.question.id}`} asked={one} at={at + 1} total={asked.length} earlier={last(one)} now={now} onAnswer={onAnswer} />
            ))}
          </ol>
        </TextsProvider>
        <footer className="interview__foot">
          <span className="strong" role="status">
            {t.interview.progress(answered, asked.length)}
          </span>
          <span className="interview__buttons">
            {answered < asked.length && (
              <Button size="small" variant="secondary" data-act="next" onClick={() => toNext(null)}>
                {t.interview.next}
              </Button>
            )}
            <Button size="small" data-act="done" onClick={onClose}>
              {t.interview.done}
            </Button>
          </span>
        </footer>
      </div>
    </Dialog>
  );
}

type ItemProps = { asked: InterviewQuestion; at: number; total: number; earlier: EarlierAnswer | null; now: Date; onAnswer: OnAnswer };

/** One question. Its answers are radio buttons, which the arrow keys move among; Enter goes on to the next question. */
function Item({ asked: { line, question }, at, total, earlier, now, onAnswer }: ItemProps) {
  const t = useTexts();
  const language = useLanguage();
  const id = `interview-${line}-${question.id}`;
  const give = (answer: Answer | null, typed = false) => onAnswer(line, question.id, answer, typed);
  const was = earlier && question.answer === null ? answerWords(question, earlier.answer, t, language) : null;
  return (
    <li className="interview__item" data-question={question.id} data-answered={question.answer ? "yes" : "no"} data-required={question.required ? "yes" : "no"}>
      <fieldset className="interview__question">
        <legend>
          <span className="interview__number">
            {question.answer && <CheckmarkCircleFillIcon className="ok-icon" aria-hidden />} {t.interview.number(at, total)}
            {!question.required && ` (${t.interview.optional})`}
          </span>
          <span className="interview__words" id={`${id}-label`}>
            {inLanguage(question.text, language)}
          </span>
        </legend>
        {question.help && <p className="muted">{inLanguage(question.help, language)}</p>}
        {was && earlier && (
          <p className="interview__earlier">
            <span>
              {t.interview.last(longDate(earlier.at))} <span className="strong">{was}</span>
            </span>
            <Button size="small" variant="tertiary" data-act="still" onClick={() => give(earlier.answer)}>
              {t.interview.still(was)}
            </Button>
          </p>
        )}
        {question.answer_type === "choice" || question.answer_type === "boolean" ? (
          <div className="interview__answers">
            {choices(question, t.common.yes, t.common.no, language).map((choice) => (
              <label key={choice.words} className="interview__answer">
                <input type="radio" name={id} checked={JSON.stringify(question.answer) === JSON.stringify(choice.answer)} onChange={() => give(choice.answer)} />
                <span>{choice.words}</span>
              </label>
            ))}
          </div>
        ) : (
          <AnswerField question={question} id={id} labelId={`${id}-label`} now={now} onAnswer={give} />
        )}
      </fieldset>
    </li>
  );
}

function choices(question: AskedQuestion, yes: string, no: string, language: Language): { words: string; answer: Answer }[] {
  if (question.answer_type === "boolean") {
    return [
      { words: no, answer: { type: "boolean", value: false } },
      { words: yes, answer: { type: "boolean", value: true } },
    ];
  }
  return question.options.map((option) => ({ words: inLanguage(option.text, language), answer: { type: "choice", value: option.value } }));
}
