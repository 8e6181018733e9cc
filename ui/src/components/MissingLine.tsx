// A service that was asked for and is not offered. It stands on top of the basket and stops the draft until somebody puts
// its replacement in, or leaves it out: nothing is silently ordered less.
import { Button } from "@navikt/ds-react";
import { XMarkOctagonFillIcon } from "@navikt/aksel-icons";
import type { BasketLine as Line } from "../ipc/model";
import { useTexts } from "../texts";
import { findingAnchor } from "./FindingNote";

type Props = {
  line: Line;
  /** The replacement stands in the basket already. */
  replacementThere: boolean;
  onReplace: () => void;
  onLeaveOut: () => void;
};

export function MissingLine({ line, replacementThere, onReplace, onLeaveOut }: Props) {
  const t = useTexts();
  const replacement = line.withdrawn?.replacement_name ?? null;
  const gone = line.withdrawn?.why === "no_catalogue" ? t.panels.noCatalogue : t.panels.notOffered;
  const then = replacement === null ? t.panels.noReplacement : replacementThere ? t.panels.replacementThere(replacement) : t.panels.replacement(replacement);
  return (
    <li className="finding finding--stop" data-line={line.id} data-service={line.service} id={findingAnchor({ rule: "withdrawn", subject: { about: "line", line: line.id } })}>
      <XMarkOctagonFillIcon className="stop-icon" title={t.basket.stop} />
      <p>
        <span className="strong">{gone(line.name, line.panel)}</span> {then}
      </p>
      <div className="finding__reasons">
        {replacement !== null && !replacementThere && (
          <Button size="xsmall" variant="secondary" data-act="replace" onClick={onReplace}>
            {t.panels.addReplacement(replacement)}
          </Button>
        )}
        <Button size="xsmall" variant={replacementThere ? "secondary" : "tertiary"} className="line__leave" data-act="leave-out" aria-label={t.panels.leaveOutName(line.name)} onClick={onLeaveOut}>
          {t.panels.leaveOut}
        </Button>
      </div>
    </li>
  );
}
