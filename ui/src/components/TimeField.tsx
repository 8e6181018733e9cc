// A moment that is now unless somebody says otherwise: shown as `dd.mm. tt:mm`, typed in any of the usual ways.
import { useEffect, useId, useRef, useState } from "react";
import { dateTime } from "../format";
import { isoMinute, readDateTime } from "../format/typed";
import { useTexts } from "../texts";

export type TimeFieldProps = {
  label: string;
  /** Wall clock or RFC 3339; null shows `fallback`, or nothing. */
  value: string | null;
  /** Shown while nothing was chosen: now. */
  fallback?: Date;
  onValue: (value: string) => void;
  now: Date;
  focus?: boolean;
};

export function TimeField({ label, value, fallback, onValue, now, focus = false }: TimeFieldProps) {
  const t = useTexts();
  const id = useId();
  const shown = value ? dateTime(value, now) : fallback ? dateTime(isoMinute(fallback), now) : "";
  const [text, setText] = useState<string | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (focus) field.current?.focus();
  }, [focus]);

  const settle = () => {
    if (text === null || text.trim() === shown) {
      setText(null);
      return setFault(null);
    }
    const read = readDateTime(text, now);
    if (!read) return setFault(t.basket.dateTimeInvalid);
    if (read > isoMinute(new Date(now.getTime() + 60_000))) return setFault(t.internallab.inFuture);
    setFault(null);
    setText(null);
    onValue(read);
  };

  return (
    <div className="time-field">
      <label className="t14 strong" htmlFor={id}>
        {label}
      </label>
      <input
        ref={field}
        id={id}
        className="field field--wide"
        placeholder={t.basket.dateTimeFormat}
        autoComplete="off"
        aria-invalid={fault ? true : undefined}
        aria-describedby={fault ? `${id}-fault` : undefined}
        value={text ?? shown}
        onChange={(event) => setText(event.target.value)}
        onBlur={settle}
        onKeyDown={(event) => event.key === "Enter" && settle()}
      />
      {fault && (
        <p className="question__error" id={`${id}-fault`} role="alert">
          {fault}
        </p>
      )}
    </div>
  );
}
