// What a record system ordered and nobody has said yet which service it is. It stands on top of the basket and stops the draft
// until somebody chooses, or leaves it out: the program never chooses among services by itself.
import { Button } from "@navikt/ds-react";
import { XMarkOctagonFillIcon } from "@navikt/aksel-icons";
import { useId, useState } from "react";
import type { BasketLine as Line, ServiceChoice } from "../ipc/model";
import { useTexts } from "../texts";
import { findingAnchor } from "./FindingNote";

type Props = {
  line: Line;
  /** Services of the draft: what was ordered may be one of them. */
  inBasket: readonly ServiceChoice[];
  onSettle: (choice: ServiceChoice) => void;
  onLeaveOut: () => void;
};

export function UnsettledLine({ line, inBasket, onSettle, onLeaveOut }: Props) {
  const t = useTexts();
  const id = useId();
  const [chosen, setChosen] = useState("");
  const ordered = line.withdrawn?.ordered;
  const choices = ordered?.choices ?? [];
  const key = ({ provider, service }: ServiceChoice) => `${provider}/${service}`;
  const known = new Set(choices.map(key));
  const others = inBasket.filter((choice) => !known.has(key(choice)));
  const choice = [...choices, ...others].find((each) => key(each) === chosen);
  const words = t.handover;
  const told = [
    ordered?.unknown_receiver ? words.unknownReceiver(ordered.unknown_receiver) : "",
    (ordered?.taken_from ?? []).length > 0 ? words.takenFrom((ordered?.taken_from ?? []).join("; ")) : "",
  ].filter(Boolean);
  return (
    <li className="finding finding--stop" data-line={line.id} data-part="unsettled" id={findingAnchor({ rule: "unsettled", subject: { about: "line", line: line.id } })}>
      <XMarkOctagonFillIcon className="stop-icon" title={t.basket.stop} />
      <p>
        <span className="strong">{words.unsettled(line.name)}</span> {told.join(" ")} {choices.length > 0 ? words.settle : words.noChoice}
      </p>
      <div className="finding__reasons">
        {choices.length + others.length > 0 && (
          <>
            <select className="field unsettled__choice" id={id} data-field="service" aria-label={words.choose(line.name)} value={choice ? chosen : ""} onChange={(event) => setChosen(event.target.value)}>
              <option value="">{words.chooseFirst}</option>
              {choices.map((each) => (
                <option key={key(each)} value={key(each)}>
                  {`${each.name}, ${each.provider_name}`}
                </option>
              ))}
              {others.map((each) => (
                <option key={key(each)} value={key(each)}>
                  {words.inBasket(each.name)}
                </option>
              ))}
            </select>
            <Button size="xsmall" variant="secondary" data-act="settle" disabled={!choice} onClick={() => choice && onSettle(choice)}>
              {words.use}
            </Button>
          </>
        )}
        <Button size="xsmall" variant="tertiary" className="line__leave" data-act="leave-out" aria-label={t.panels.leaveOutName(line.name)} onClick={onLeaveOut}>
          {t.panels.leaveOut}
        </Button>
      </div>
      {choices.length > 0 && <p className="t13 muted unsettled__hint">{words.others}</p>}
    </li>
  );
}
