// A labelled field of a settings form, with what is wrong beside it.
import { useId, type InputHTMLAttributes } from "react";

export type FieldProps = Omit<InputHTMLAttributes<HTMLInputElement>, "onChange" | "value" | "id"> & {
  label: string;
  hint?: string;
  error?: string | null;
  value: string;
  onValue: (value: string) => void;
};

export function Field({ label, hint, error, value, onValue, ...input }: FieldProps) {
  const id = useId();
  const described = [hint ? `${id}-hint` : "", error ? `${id}-fault` : ""].filter(Boolean).join(" ");
  return (
    <div className="form-field">
      <label className="t14 strong" htmlFor={id}>
        {label}
      </label>
      {hint && (
        <p className="t13 muted" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <input
        {...input}
        id={id}
        className="field field--wide"
        autoComplete="off"
        spellCheck={false}
        aria-invalid={error ? true : undefined}
        aria-describedby={described || undefined}
        value={value}
        onChange={(event) => onValue(event.target.value)}
      />
      {error && (
        <p className="question__error" id={`${id}-fault`} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}
