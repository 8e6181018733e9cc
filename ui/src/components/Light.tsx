// One of the four facts about a requisition: an icon with a word or a date, never colour alone.
import { CheckmarkCircleFillIcon, CircleSlashIcon, ClockIcon, HourglassIcon, XMarkOctagonFillIcon } from "@navikt/aksel-icons";
import { useTexts } from "../texts";

export type LightState = "done" | "waiting" | "partly" | "late" | "failed" | "cancelled" | "none";

/** `column` is the name of the light, for those who cannot see which column it stands in. */
export function Light({ state, word, column }: { state: LightState; word?: string | null; column: string }) {
  const t = useTexts();
  const hidden = <span className="sr-only">{`${column}: `}</span>;
  switch (state) {
    case "done":
      return (
        <span className="lamp">
          <CheckmarkCircleFillIcon className="ok-icon" aria-hidden />
          {hidden}
          {word}
        </span>
      );
    case "partly":
      return (
        <span className="lamp">
          <ClockIcon className="lamp__clock" aria-hidden />
          {hidden}
          {word}
        </span>
      );
    case "waiting":
    case "late":
      return (
        <span className="lamp">
          <HourglassIcon className="warn-icon" aria-hidden />
          {hidden}
          {word ?? t.lights.waiting}
        </span>
      );
    case "failed":
      return (
        <span className="lamp lamp--stop">
          <XMarkOctagonFillIcon className="stop-icon" aria-hidden />
          {hidden}
          {word}
        </span>
      );
    case "cancelled":
      return (
        <span className="lamp muted">
          <CircleSlashIcon aria-hidden />
          {hidden}
          {word}
        </span>
      );
    case "none":
      return (
        <span className="lamp muted">
          {hidden}
          <span aria-hidden="true">—</span>
          <span className={word ? undefined : "sr-only"}>{word ?? t.common.notYet}</span>
        </span>
      );
  }
}
