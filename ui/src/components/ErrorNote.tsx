// A failed command in the user's words: what happened, what to do, and the reference that finds it in the log.
import { XMarkOctagonFillIcon } from "@navikt/aksel-icons";
import type { ReactNode } from "react";
import { errorWords, type Failure } from "../ipc/failure";
import { useTexts } from "../texts";

export function ErrorNote({ failure, children }: { failure: Failure; children?: ReactNode }) {
  const t = useTexts();
  const words = errorWords(failure, t);
  return (
    <div className="error-note" role="alert">
      <XMarkOctagonFillIcon className="stop-icon" aria-hidden />
      <div>
        <p className="strong">{words.text}</p>
        <p>{words.action}</p>
        {failure.reference && <p className="t13 muted">{t.start.reference(failure.reference)}</p>}
        {children}
      </div>
    </div>
  );
}
