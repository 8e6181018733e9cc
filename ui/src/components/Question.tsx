// A provider's question with its answer: inline where it belongs, saved as soon as it makes sense, and never lost while
// it is being typed. Serves the one who orders and the one who collects.
import { Chips } from "@navikt/ds-react";
import { QuestionmarkDiamondIcon } from "@navikt/aksel-icons";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { decimal, inLanguage } from "../format";
import { isoDay, isoMinute, readDate, readDateTime, readNumber, writeDate, writeDateTime } from "../format/typed";
import type { Answer, AskedQuestion } from "../ipc/model";
import { useLanguage, useTexts, type Texts } from "../texts";

/** Options up to this many are chips; more are a list to choose from. */
const MOST_CHIPS = 6;

export type QuestionProps = {
  question: AskedQuestion;
  /** Unique on the screen; the action bar jumps to it. */
  id: string;
  /** `typed` says that more letters may follow. */
  onAnswer: (answer: Answer | null, typed: boolean) => void;
  now: Date;
};

export function Question({ question, id, onAnswer, now }: QuestionProps) {
  const t = useTexts();
  const language = useLanguage();
  const answered = question.answer !== null;
  const kind = !question.required ? "question question--free" : answered ? "question question--answered" : "question";
  const labelId = `${id}-label`;
  return (
    <div className={kind} id={id} data-question={question.id}>
      <p className="question__label" id={labelId}>
        {inLanguage(question.text, language)}{" "}
        {question.required && !answered && (
          <span className="question__must">
            <QuestionmarkDiamondIcon aria-hidden />
            {t.basket.mustAnswer}
          </span>
        )}
        {!question.required && <span className="question__may">{t.common.optional}</span>}
      </p>
      {question.help && <p className="question__help">{inLanguage(question.help, language)}</p>}
      <AnswerField question={question} labelId={labelId} id={id} onAnswer={onAnswer} now={now} />
    </div>
  );
}

/** An answer in words, as it was picked or typed. */
export function answerWords(question: AskedQuestion, answer: Answer, t: Texts, language: "nb" | "nn" | "en"): string {
  const option = (value: string) => {
    const known = question.options.find((each) => each.value === value);
    return known ? inLanguage(known.text, language) : value;
  };
  switch (answer.type) {
    case "boolean":
      return answer.value ? t.common.yes : t.common.no;
    case "choice":
      return option(answer.value);
    case "choices":
      return answer.value.map(option).join(", ");
    case "text":
      return answer.value;
    case "number":
      return [answer.value === null ? "" : decimal(answer.value, language, 6), question.unit].filter(Boolean).join(" ");
    case "date":
      return writeDate(answer.value);
    case "date_time":
      return writeDateTime(answer.value);
  }
}

/** The field alone, for a screen that words the question in its own way. */
export function AnswerField(props: QuestionProps & { labelId: string }): ReactNode {
  const { question, labelId, onAnswer } = props;
  const t = useTexts();
  const language = useLanguage();
  const { answer } = question;
  switch (question.answer_type) {
    case "boolean": {
      const value = answer?.type === "boolean" ? answer.value : null;
      const pick = (picked: boolean) => onAnswer(value === picked ? null : { type: "boolean", value: picked }, false);
      return (
        <ChipRow labelId={labelId}>
          <Chips.Toggle checkmark={false} selected={value === true} onClick={() => pick(true)}>
            {t.common.yes}
          </Chips.Toggle>
          <Chips.Toggle checkmark={false} selected={value === false} onClick={() => pick(false)}>
            {t.common.no}
          </Chips.Toggle>
        </ChipRow>
      );
    }
    case "choice": {
      const value = answer?.type === "choice" ? answer.value : null;
      const pick = (picked: string) => onAnswer(picked === "" || picked === value ? null : { type: "choice", value: picked }, false);
      if (question.options.length > MOST_CHIPS) {
        return (
          <select className="field" aria-labelledby={labelId} aria-required={question.required} value={value ?? ""} onChange={(event) => pick(event.target.value)}>
            <option value="" />
            {question.options.map((option) => (
              <option key={option.value} value={option.value}>
                {inLanguage(option.text, language)}
              </option>
            ))}
          </select>
        );
      }
      return (
        <ChipRow labelId={labelId}>
          {question.options.map((option) => (
            <Chips.Toggle key={option.value} checkmark={false} selected={value === option.value} onClick={() => pick(option.value)}>
              {inLanguage(option.text, language)}
            </Chips.Toggle>
          ))}
        </ChipRow>
      );
    }
    case "choices": {
      const values = answer?.type === "choices" ? answer.value : [];
      const toggle = (picked: string) => {
        const next = question.options.map((option) => option.value).filter((value) => (value === picked ? !values.includes(value) : values.includes(value)));
        onAnswer(next.length > 0 ? { type: "choices", value: next } : null, false);
      };
      return (
        <ChipRow labelId={labelId}>
          {question.options.map((option) => (
            <Chips.Toggle key={option.value} selected={values.includes(option.value)} onClick={() => toggle(option.value)}>
              {inLanguage(option.text, language)}
            </Chips.Toggle>
          ))}
        </ChipRow>
      );
    }
    case "text":
      return <TypedField {...props} shape={textShape} wide />;
    case "number":
      return <TypedField {...props} shape={numberShape(question, t, language)} after={question.unit} className="field--number" />;
    case "date":
      return <TypedField {...props} shape={dateShape(props.now, t)} picks={dayPicks(props.now, t)} className="field--moment" />;
    case "date_time":
      return <TypedField {...props} shape={dateTimeShape(props.now, t)} picks={momentPicks(question.phase, props.now, t)} className="field--moment" />;
  }
}

function ChipRow({ labelId, children }: { labelId: string; children: ReactNode }) {
  return (
    <div role="group" aria-labelledby={labelId}>
      <Chips size="small" data-color="accent">
        {children}
      </Chips>
    </div>
  );
}

/** How one kind of answer is typed and shown. */
type Shape = {
  placeholder?: string;
  /** The answer in the field again. */
  write: (answer: Answer) => string;
  /** What was typed; a string is what is wrong with it. */
  read: (typed: string) => Answer | string;
  inputMode?: "text" | "decimal";
  /** Saved at every pause; else when the field is left, since half a date is another date. */
  eager: boolean;
};

const textShape: Shape = {
  write: (answer) => (answer.type === "text" ? answer.value : ""),
  read: (typed) => ({ type: "text", value: typed }),
  eager: true,
};

export function numberShape(question: Pick<AskedQuestion, "min" | "max">, t: Texts, language: "nb" | "nn" | "en"): Shape {
  const show = (value: number) => decimal(value, language, 6);
  return {
    write: (answer) => (answer.type === "number" && answer.value !== null ? show(answer.value) : ""),
    read: (typed) => {
      const value = readNumber(typed);
      if (value === null) return t.basket.numberInvalid;
      const { min, max } = question;
      const low = min !== null && value < min;
      const high = max !== null && value > max;
      if (low || high) {
        if (min !== null && max !== null) return t.basket.numberRange(show(min), show(max));
        return min !== null ? t.basket.numberMin(show(min)) : t.basket.numberMax(show(max ?? 0));
      }
      return { type: "number", value };
    },
    inputMode: "decimal",
    eager: true,
  };
}

function dateShape(now: Date, t: Texts): Shape {
  return {
    placeholder: t.basket.dateFormat,
    write: (answer) => (answer.type === "date" ? writeDate(answer.value) : ""),
    read: (typed) => {
      const value = readDate(typed, now);
      return value ? { type: "date", value } : t.basket.dateInvalid;
    },
    eager: false,
  };
}

function dateTimeShape(now: Date, t: Texts): Shape {
  return {
    placeholder: t.basket.dateTimeFormat,
    write: (answer) => (answer.type === "date_time" ? writeDateTime(answer.value) : ""),
    read: (typed) => {
      const value = readDateTime(typed, now);
      return value ? { type: "date_time", value } : t.basket.dateTimeInvalid;
    },
    eager: false,
  };
}

type QuickPick = { label: string; answer: Answer };

function dayPicks(now: Date, t: Texts): QuickPick[] {
  return [
    { label: t.time.today, answer: { type: "date", value: isoDay(now) } },
    { label: t.time.yesterday, answer: { type: "date", value: isoDay(daysBefore(now, 1)) } },
  ];
}

/** For the one who orders, the hours at which evening medicine is usually taken; for the one who collects, now. */
function momentPicks(phase: AskedQuestion["phase"], now: Date, t: Texts): QuickPick[] {
  if (phase === "collection") return [{ label: t.basket.now, answer: { type: "date_time", value: isoMinute(now) } }];
  const yesterday = isoDay(daysBefore(now, 1));
  return ["21:00", "22:00"].map((time): QuickPick => ({ label: t.basket.yesterdayAt(time), answer: { type: "date_time", value: `${yesterday}T${time}` } }));
}

function daysBefore(now: Date, days: number): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() - days);
}

type TypedProps = QuestionProps & { labelId: string; shape: Shape; picks?: QuickPick[]; after?: string | null; className?: string; wide?: boolean };

function TypedField({ question, id, labelId, onAnswer, shape, picks = [], after, className, wide }: TypedProps) {
  const shown = question.answer ? shape.write(question.answer) : "";
  const [text, setText] = useState(shown);
  const [fault, setFault] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  // What was said last: the core may not have answered it yet when the field is left again.
  const said = useRef(shown);
  // What the core says counts, but never under the hands of the one who types.
  useEffect(() => {
    said.current = shown;
    if (document.activeElement !== field.current) setText(shown);
  }, [shown]);

  const change = (typed: string) => {
    setText(typed);
    setFault(null);
    if (!shape.eager) return;
    if (typed.trim() === "") return onAnswer(null, true);
    const read = shape.read(typed);
    if (typeof read !== "string") onAnswer(read, true);
  };
  const settle = () => {
    if (text === said.current) return setFault(null);
    if (text.trim() === "") {
      setFault(null);
      said.current = "";
      return onAnswer(null, false);
    }
    const read = shape.read(text);
    if (typeof read === "string") return setFault(read);
    setFault(null);
    said.current = shape.write(read);
    setText(said.current);
    onAnswer(read, false);
  };

  return (
    <>
      <div className="question__row">
        <span className={wide ? "question__wide" : "question__typed"}>
          <input
            ref={field}
            className={`field ${wide ? "field--wide" : ""} ${className ?? ""}`}
            aria-labelledby={labelId}
            aria-required={question.required}
            aria-invalid={fault ? true : undefined}
            aria-describedby={fault ? `${id}-fault` : undefined}
            inputMode={shape.inputMode}
            placeholder={shape.placeholder}
            autoComplete="off"
            value={text}
            onChange={(event) => change(event.target.value)}
            onBlur={settle}
            onKeyDown={(event) => {
              if (event.key === "Enter") settle();
            }}
          />
          {after && <span className="muted">{after}</span>}
        </span>
        {picks.map((pick) => (
          <button
            key={pick.label}
            type="button"
            className="quick-pick"
            onClick={() => {
              said.current = shape.write(pick.answer);
              setText(said.current);
              setFault(null);
              onAnswer(pick.answer, false);
            }}
          >
            {pick.label}
          </button>
        ))}
      </div>
      {fault && (
        <p className="question__error" id={`${id}-fault`} role="alert">
          {fault}
        </p>
      )}
    </>
  );
}
