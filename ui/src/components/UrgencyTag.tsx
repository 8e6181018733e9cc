// How urgent, in the colour that follows it everywhere: amber for urgent, red for cito, nothing for routine.
import { Tag } from "@navikt/ds-react";
import { ExclamationmarkTriangleIcon } from "@navikt/aksel-icons";
import type { Urgency } from "../ipc/model";
import { useTexts } from "../texts";

export function UrgencyTag({ urgency, large = false }: { urgency: Urgency; large?: boolean }) {
  const t = useTexts();
  if (urgency === "routine") return null;
  return (
    <Tag
      size={large ? "small" : "xsmall"}
      variant={urgency === "cito" ? "strong" : "moderate"}
      data-color={urgency === "cito" ? "danger" : "warning"}
      className="urgency-tag"
      icon={large ? <ExclamationmarkTriangleIcon aria-hidden /> : undefined}
    >
      {t.urgency[urgency]}
    </Tag>
  );
}
