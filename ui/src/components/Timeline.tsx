// The facts of a requisition, newest first, each with its time.
import { CheckmarkCircleFillIcon, CircleIcon, ClockIcon, ExclamationmarkTriangleFillIcon, XMarkOctagonFillIcon } from "@navikt/aksel-icons";

export type TimelineFact = {
  key: string;
  tone: "done" | "waiting" | "warn" | "failed" | "neutral";
  title: string;
  /** The receiver's own words, quoted by the caller. */
  quote?: string | null;
  detail?: string | null;
  time: string;
};

export function Timeline({ facts, label }: { facts: readonly TimelineFact[]; label: string }) {
  return (
    <ol className="timeline" aria-label={label}>
      {facts.map((fact) => (
        <li key={fact.key} className="timeline__fact">
          <ToneIcon tone={fact.tone} />
          <div>
            <p className={fact.tone === "failed" ? "strong" : undefined}>{fact.title}</p>
            {fact.quote && <p>{fact.quote}</p>}
            {fact.detail && <p className="t13 muted">{fact.detail}</p>}
            <p className="t13 muted">{fact.time}</p>
          </div>
        </li>
      ))}
    </ol>
  );
}

function ToneIcon({ tone }: { tone: TimelineFact["tone"] }) {
  switch (tone) {
    case "done":
      return <CheckmarkCircleFillIcon className="ok-icon" aria-hidden />;
    case "waiting":
      return <ClockIcon className="warn-icon" aria-hidden />;
    case "warn":
      return <ExclamationmarkTriangleFillIcon className="warn-icon" aria-hidden />;
    case "failed":
      return <XMarkOctagonFillIcon className="stop-icon" aria-hidden />;
    case "neutral":
      return <CircleIcon aria-hidden />;
  }
}
