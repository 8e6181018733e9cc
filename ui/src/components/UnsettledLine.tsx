// What a record system ordered and nobody has said yet which service it is. It stands on top of the basket and stops the draft
// until somebody chooses, or leaves it out: the program never chooses among services by itself. What is like it is offered at
// once, and everything else is searched for in the same field, as in the large search.
import { Button } from "@navikt/ds-react";
import { XMarkOctagonFillIcon } from "@navikt/aksel-icons";
import { useState } from "react";
import type { BasketLine as Line, HitView, ServiceChoice } from "../ipc/model";
import { useQuery } from "../ipc/query";
import { useTexts } from "../texts";
import { findingAnchor } from "./FindingNote";
import { Highlight, type Range } from "./Highlight";
import { useListbox } from "./listbox";

type Props = {
  line: Line;
  draft: string;
  /** Services of the draft: what was ordered may be one of them. */
  inBasket: readonly ServiceChoice[];
  onSettle: (choice: ServiceChoice) => void;
  onLeaveOut: () => void;
};

export function UnsettledLine({ line, draft, inBasket, onSettle, onLeaveOut }: Props) {
  const t = useTexts();
  const ordered = line.withdrawn?.ordered;
  const choices = ordered?.choices ?? [];
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
      <div className="finding__reasons unsettled__reasons">
        <ServiceField name={line.name} draft={draft} choices={choices} inBasket={inBasket} onSettle={onSettle} />
        <Button size="xsmall" variant="tertiary" className="line__leave" data-act="leave-out" aria-label={t.panels.leaveOutName(line.name)} onClick={onLeaveOut}>
          {t.panels.leaveOut}
        </Button>
      </div>
    </li>
  );
}

type Option = ServiceChoice & { hint: string; ranges: readonly Range[] };
type FieldProps = { name: string; draft: string; choices: readonly ServiceChoice[]; inBasket: readonly ServiceChoice[]; onSettle: (choice: ServiceChoice) => void };

const key = ({ provider, service }: ServiceChoice) => `${provider}/${service}`;

function ServiceField({ name, draft, choices, inBasket, onSettle }: FieldProps) {
  const t = useTexts();
  const words = t.handover;
  const [query, setQuery] = useState("");
  const [open, setOpen] = useState(false);
  const asked = query.trim();
  const found = useQuery(`settle ${draft} ${asked}`, ["catalogue", "settings"], asked ? (backend) => backend.search(asked, draft, null) : null);
  // An answer to other letters is not offered: Enter would take what nobody sees.
  const hits = found.data?.query.trim() === asked ? found.data.hits : null;
  const known = new Set(choices.map(key));
  const offered: Option[] = asked
    ? (hits ?? []).filter(orderable).map((hit) => ({ provider: hit.provider, provider_name: hit.provider_name, service: hit.id, name: hit.name, hint: [hit.material, hit.provider_name].filter(Boolean).join(" · "), ranges: hit.matched === hit.name ? hit.ranges : [] }))
    : [
        ...choices.map((each) => ({ ...each, hint: each.provider_name, ranges: [] })),
        ...inBasket.filter((each) => !known.has(key(each))).map((each) => ({ ...each, hint: words.inBasket, ranges: [] })),
      ];
  const options = open ? offered : [];
  const settle = (option: Option) => onSettle({ provider: option.provider, provider_name: option.provider_name, service: option.service, name: option.name });
  // Nothing is picked unasked, however good a hit it is.
  const list = useListbox({ count: options.length, token: `${asked} ${options.length}`, first: -1, onPick: (index) => options[index] && settle(options[index]), onEscape: () => (query ? setQuery("") : setOpen(false)) });
  return (
    <div className="unsettled__search">
      <input
        className="field field--wide"
        data-field="service"
        aria-label={words.choose(name)}
        placeholder={words.search}
        value={query}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onChange={(event) => {
          setOpen(true);
          setQuery(event.target.value);
        }}
        onKeyDown={list.onKeyDown}
        {...list.field}
      />
      <div className={options.length > 0 ? "diagnosis__list" : "sr-only"} id={list.listId} role="listbox" aria-label={t.find.results} tabIndex={-1}>
        {options.map((option, index) => (
          <div
            key={key(option)}
            id={list.optionId(index)}
            role="option"
            aria-selected={index === list.active}
            className="diagnosis__option unsettled__option"
            data-service={option.service}
            onMouseDown={(event) => event.preventDefault()}
            onMouseMove={() => index !== list.active && list.setActive(index)}
            onClick={() => settle(option)}
          >
            <span>
              <Highlight text={option.name} ranges={option.ranges} />
            </span>
            <span className="t13 muted">{option.hint}</span>
          </div>
        ))}
      </div>
      {open && asked !== "" && hits !== null && options.length === 0 && (
        <p className="t13 muted" role="status">
          {t.find.none(asked)}
        </p>
      )}
    </div>
  );
}

/** A panel is several services, and what is withdrawn is not to be had. */
function orderable(hit: HitView): boolean {
  return hit.kind === "service" && !hit.withdrawn;
}
