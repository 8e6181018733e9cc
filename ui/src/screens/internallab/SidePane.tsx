// Who took the specimens and when, the labels and their printer, a word to the laboratory, and what comes after collection.
import { ActionMenu, Button } from "@navikt/ds-react";
import { PrinterSmallIcon, TimerIcon } from "@navikt/aksel-icons";
import { useEffect, useId, useRef, useState } from "react";
import { LabelPreview } from "../../components/LabelPreview";
import { TimeField } from "../../components/TimeField";
import { clockTime, fullName, inLanguage, specimenNumber } from "../../format";
import { useNavigation } from "../../frame/navigation";
import type { CollectionView } from "../../ipc/model";
import { useLanguage, useTexts } from "../../texts";
import { afterCollection, calledAlone, inOrder, isHere, labelOf, SPOILED, stockName } from "./collecting";

/** Who takes, and when; null is the signed in one, and now. */
export type Taking = { by: string | null; at: string | null };

export type SidePaneProps = {
  view: CollectionView;
  taking: Taking;
  collectedAt: string | null;
  shown: string | null;
  onShow: (specimen: string) => void;
  onTaking: (change: Partial<Taking>) => void;
  toTake: number;
  onCollectAll: () => void;
  unprinted: string[];
  printing: boolean;
  onPrint: (specimens: string[]) => void;
  onRetake: (specimen: string, reason: string) => void;
  onNote: (text: string) => Promise<boolean>;
  now: Date;
};

export function SidePane(props: SidePaneProps) {
  const { view, taking, collectedAt, onTaking, toTake, onCollectAll, now } = props;
  const t = useTexts();
  const language = useLanguage();
  const id = useId();
  const collectors = taking.by && !view.collectors.includes(taking.by) ? [taking.by, ...view.collectors] : view.collectors;
  const after = afterCollection(view.requisition.specimens);
  return (
    <aside className="side" aria-label={t.internallab.side}>
      <div className="side__block side__taking">
        <div>
          <label className="t14 strong" htmlFor={`${id}-by`}>
            {t.internallab.collector}
          </label>
          <select id={`${id}-by`} className="field field--wide field--select" value={taking.by ?? ""} onChange={(event) => onTaking({ by: event.target.value })}>
            {!taking.by && <option value="">{t.internallab.chooseCollector}</option>}
            {collectors.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </div>
        <TimeField label={t.internallab.takenLabel} value={taking.at ?? collectedAt} fallback={now} onValue={(at) => onTaking({ at })} now={now} />
        {toTake > 0 && (
          <Button size="small" variant="secondary" className="side__wide" data-act="collect-all" data-command onClick={onCollectAll}>
            {t.internallab.takeAll(toTake)}
          </Button>
        )}
      </div>
      <Labels {...props} />
      <Note key={view.requisition.id} text={view.requisition.note_to_laboratory} onNote={props.onNote} />
      {after.length > 0 && (
        <section className="side__block" aria-label={t.internallab.after}>
          <h3 className="t14 strong">{t.internallab.after}</h3>
          <ul className="side__after">
            {after.map(({ key, specimen, from, until }) => {
              const name = calledAlone(specimen, language, t);
              return (
                <li key={key}>
                  <TimerIcon aria-hidden />
                  {from && until ? (
                    <span>
                      {t.internallab.spinFrom(name)} <span className="strong">{clockTime(from)}</span>
                      {t.internallab.spinUntil} <span className="strong">{clockTime(until)}</span>
                    </span>
                  ) : (
                    <span>{`${name}: ${specimen.storage ? inLanguage(specimen.storage, language) : ""}`}</span>
                  )}
                </li>
              );
            })}
          </ul>
        </section>
      )}
    </aside>
  );
}

function Labels({ view, shown, onShow, unprinted, printing, onPrint, onRetake }: SidePaneProps) {
  const t = useTexts();
  const language = useLanguage();
  const { go } = useNavigation();
  const specimens = inOrder(view.requisition.specimens).filter((one) => labelOf(view.labels, one));
  const at = Math.max(0, specimens.findIndex((one) => one.id === shown));
  const current = specimens[at];
  const label = current ? labelOf(view.labels, current) : null;
  const chosen = view.printing.kind !== "" && view.printing.target !== "";
  return (
    <section className="side__labels" aria-label={t.internallab.labels}>
      <LabelPreview
        labels={specimens.map((one) => {
          const own = labelOf(view.labels, one)!;
          return { key: one.id, picture: own.svg, alt: t.label.alt(fullName(view.requisition.patient), specimenNumber(own.number)) };
        })}
        at={at}
        onAt={(index) => specimens[index] && onShow(specimens[index].id)}
      />
      <div className="side__block side__printing">
        <p className="side__printer muted">
          <PrinterSmallIcon aria-hidden />
          {chosen ? (
            <span className="ellipsis" title={view.printing.target}>{`${view.printing.target} · ${stockName(view.printing.stock)}`}</span>
          ) : (
            <button type="button" className="link-button" onClick={() => go({ screen: "settings", section: "printing" })}>
              {t.internallab.choosePrinter}
            </button>
          )}
        </p>
        {label?.problem && (
          <p className="question__error" role="alert">
            {t.bench.problems[label.problem] ?? t.internallab.state.printFailed} {t.bench.printAgain}
          </p>
        )}
        {view.requisition.receiver.leftover && (
          <p className="t13" data-leftover>
            <span className="strong">{`${t.bench.leftover}: `}</span>
            {inLanguage(view.requisition.receiver.leftover, language)}
          </p>
        )}
        {label && label.number === "" && <p className="t13 muted">{t.bench.unnumbered}</p>}
        {label && label.asked > 1 && <p className="t13 muted">{t.internallab.printedTimes(label.asked)}</p>}
        <div className="side__buttons">
          {unprinted.length > 0 ? (
            <Button size="small" variant="secondary" loading={printing} data-act="print" data-command onClick={() => onPrint(unprinted)}>
              {t.internallab.print(unprinted.length)}
            </Button>
          ) : (
            current && (
              <Button size="small" variant="secondary" loading={printing} data-act="print-again" data-command onClick={() => onPrint([current.id])}>
                {t.internallab.printAgain}
              </Button>
            )
          )}
          {current && isHere(current) && label && label.asked > 0 && (
            <ActionMenu>
              <ActionMenu.Trigger>
                <Button size="small" variant="tertiary">
                  {t.internallab.newSpecimen}
                </Button>
              </ActionMenu.Trigger>
              <ActionMenu.Content>
                <ActionMenu.Group label={t.internallab.newSpecimenWhy}>
                  {SPOILED.map((reason) => (
                    <ActionMenu.Item key={reason} onSelect={() => onRetake(current.id, reason)}>
                      {t.internallab.spoiled[reason] ?? reason}
                    </ActionMenu.Item>
                  ))}
                </ActionMenu.Group>
              </ActionMenu.Content>
            </ActionMenu>
          )}
        </div>
      </div>
    </section>
  );
}

const NOTE_PAUSE_MS = 500;

/** Saved at every pause and when it is left; what the core has is shown again only when nobody is writing. */
function Note({ text, onNote }: { text: string; onNote: (text: string) => Promise<boolean> }) {
  const t = useTexts();
  const id = useId();
  const [typed, setTyped] = useState<string | null>(null);
  const latest = useRef({ typed, onNote });
  latest.current = { typed, onNote };
  const save = () => {
    const { typed: now } = latest.current;
    if (now !== null) void latest.current.onNote(now);
  };
  useEffect(() => {
    if (typed === null) return;
    const timer = setTimeout(save, NOTE_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  useEffect(() => save, []);
  return (
    <div className="side__block">
      <label className="t14 strong" htmlFor={id}>
        {t.internallab.noteToLaboratory}
      </label>
      <textarea
        id={id}
        className="field field--wide side__note"
        rows={2}
        value={typed ?? text}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={() => {
          if (typed === null) return;
          void onNote(typed).then((saved) => saved && setTyped(null));
        }}
      />
    </div>
  );
}
