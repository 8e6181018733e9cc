// The containers of one requisition in order of draw, each with what it is for, how it is handled, how far it has come and
// what can be done with it.
import { ActionMenu } from "@navikt/ds-react";
import { CheckmarkCircleFillIcon, CircleIcon, HouseIcon, MenuElipsisHorizontalIcon, XMarkOctagonFillIcon } from "@navikt/aksel-icons";
import type { ReactNode } from "react";
import { BarcodeIcon } from "../../components/BarcodeIcon";
import { hasGel } from "../../components/SpecimenRack";
import { Tube } from "../../components/Tube";
import { decimal, inLanguage, specimenNumber, timeOrDateTime } from "../../format";
import type { CollectionAct, CollectionView, LabelView, Specimen } from "../../ipc/model";
import { useLanguage, useTexts, type Texts } from "../../texts";
import { calledAlone, describedWords, inOrder, labelOf, NOT_TAKEN, servicesOf, SPOILED } from "./collecting";

export type ChecklistProps = {
  view: CollectionView;
  /** The one whose scan is awaited. */
  next: string | null;
  /** The one whose label is shown. */
  shown: string | null;
  onShow: (specimen: string) => void;
  onAct: (acts: CollectionAct[]) => void;
  onCollect: (specimen: string) => void;
  onReturned: (specimen: string) => void;
  onCorrect: (specimen: string) => void;
  onReprint: (specimen: string) => void;
  now: Date;
};

export function Checklist(props: ChecklistProps) {
  const t = useTexts();
  return (
    <ol className="checklist" aria-label={t.internallab.containers}>
      {inOrder(props.view.requisition.specimens).map((specimen) => (
        <Row key={specimen.id} specimen={specimen} label={labelOf(props.view.labels, specimen)} {...props} />
      ))}
    </ol>
  );
}

type RowProps = ChecklistProps & { specimen: Specimen; label: LabelView | null };

function Row(props: RowProps) {
  const { view, specimen, label, next, shown, onShow, now } = props;
  const t = useTexts();
  const language = useLanguage();
  const { status } = specimen.status;
  const state = rowState(specimen, label, next === specimen.id, now, t);
  const name = inLanguage(specimen.container_name, language);
  const described = describedWords(specimen, language, t);
  const handling = [...specimen.handling.map((each) => inLanguage(each, language))].filter(Boolean).join(" ");
  const away = status === "at_home";
  const over = status === "not_taken" || status === "spoiled";
  const kind = ["container", away && "container--away", over && "container--over", next === specimen.id && "container--next"].filter(Boolean).join(" ");
  return (
    <li className={kind} data-specimen={specimen.id} data-status={specimen.confirmed ? "confirmed" : status} aria-current={next === specimen.id ? "step" : undefined}>
      {!away && (
        <span className="container__number">
          {specimen.draw !== null && (
            <>
              <span aria-hidden="true">{specimen.draw}</span>
              <span className="sr-only">{t.plan.drawOrder(specimen.draw)}</span>
            </>
          )}
          {specimen.draw === null && specimen.letter && (
            <>
              <span aria-hidden="true">{specimen.letter}</span>
              <span className="sr-only">{t.containers.one(specimen.letter)}</span>
            </>
          )}
        </span>
      )}
      <Tube kind={specimen.kind} colour={specimen.colour} gel={hasGel({ container: { id: specimen.container, name: specimen.container_name } })} labelled={(label?.asked ?? 0) > 0} height={away ? 44 : 70} faint={over} />
      <div className="container__facts">
        <p>
          <button type="button" className="bare container__name strong" aria-pressed={shown === specimen.id} onClick={() => onShow(specimen.id)}>
            {away && specimen.letter ? `${specimen.letter} · ${name}` : name}
            <span className="sr-only">{`, ${t.basket.cap(inLanguage(specimen.colour_name, language))}. ${t.internallab.showLabel}`}</span>
          </button>{" "}
          {specimen.fill_ml !== null && <span className="muted">{t.internallab.volume(decimal(specimen.fill_ml, language, 2))}</span>}
          {specimen.retake_of && <span className="muted">{` · ${t.internallab.retake}`}</span>}
        </p>
        {described && <p className="container__described strong">{described}</p>}
        <p className="container__services">{servicesOf(view.requisition, specimen)}</p>
        {specimen.status.status === "collected" && <p className="t13 muted">{t.bench.takenBy(timeOrDateTime(specimen.status.at, now), specimen.status.by)}</p>}
        {handling && !away && <p className="muted">{handling}</p>}
        {away && <p className="muted">{t.internallab.atHomeMore(label?.asked ?? 0)}</p>}
      </div>
      {away ? (
        <button type="button" className="container__return" onClick={() => props.onReturned(specimen.id)}>
          <HouseIcon aria-hidden /> {t.internallab.waitsForReturn}
        </button>
      ) : (
        <div className="container__state">
          <span className="container__state-icon">{state.icon}</span>
          <div>
            <p className={`strong ${state.tone}`}>{state.title}</p>
            {state.detail && <p className="t13 muted">{state.detail}</p>}
            {specimen.number && <p className="t13 muted nowrap">{specimenNumber(specimen.number)}</p>}
          </div>
        </div>
      )}
      <RowMenu {...props} name={calledAlone(specimen, language, t)} />
    </li>
  );
}

type RowState = { title: string; detail: string; icon: ReactNode; tone: string };

function rowState(specimen: Specimen, label: LabelView | null, next: boolean, now: Date, t: Texts): RowState {
  const words = t.internallab.state;
  const asked = label?.asked ?? 0;
  const stopped = <XMarkOctagonFillIcon className="stop-icon" aria-hidden />;
  switch (specimen.status.status) {
    case "not_taken":
      return { title: words.notTaken, detail: t.internallab.notTaken[specimen.status.reason] ?? specimen.status.reason, icon: stopped, tone: "state--stop" };
    case "spoiled":
      return { title: words.spoiled, detail: t.internallab.spoiled[specimen.status.reason] ?? specimen.status.reason, icon: stopped, tone: "state--stop" };
    case "at_home":
      return { title: t.internallab.waitsForReturn, detail: "", icon: <HouseIcon aria-hidden />, tone: "" };
    case "planned":
    case "collected": {
      const { status } = specimen.status;
      if (specimen.confirmed) {
        return { title: words.confirmed, detail: words.scannedAt(timeOrDateTime(specimen.confirmed, now)), icon: <CheckmarkCircleFillIcon className="ok-icon" aria-hidden />, tone: "state--ok" };
      }
      if (label?.problem) return { title: words.notPrinted, detail: t.bench.problems[label.problem] ?? words.printFailed, icon: stopped, tone: "state--stop" };
      if (next) return { title: words.scanNow, detail: words.waitsForTube, icon: <BarcodeIcon />, tone: "state--next" };
      if (specimen.unscanned) return { title: words.notScanned, detail: t.bench.unscanned.row, icon: <CircleIcon aria-hidden />, tone: "" };
      if (asked > 0) return { title: words.notScanned, detail: label?.spooled ? words.printed(asked) : words.printAsked, icon: <CircleIcon aria-hidden />, tone: "" };
      return { title: status === "collected" ? words.taken : words.toTake, detail: words.noLabel, icon: <CircleIcon aria-hidden />, tone: "" };
    }
  }
}

function RowMenu({ specimen, label, name, onAct, onCollect, onReturned, onCorrect, onReprint }: RowProps & { name: string }) {
  const t = useTexts();
  const words = t.internallab.menu;
  const { status } = specimen.status;
  const id = specimen.id;
  // Only what is not taken can be "not taken": what was marked taken is unmarked in the same breath.
  const unmark: CollectionAct[] = status === "collected" ? [{ act: "undo", specimen: id }] : [];
  const usable = status === "planned" || status === "collected" || status === "at_home";
  return (
    <ActionMenu>
      <ActionMenu.Trigger>
        <button type="button" className="icon-button container__menu" data-menu={id}>
          <MenuElipsisHorizontalIcon title={words.label(name)} />
        </button>
      </ActionMenu.Trigger>
      <ActionMenu.Content align="end">
        {status === "planned" && <ActionMenu.Item onSelect={() => onCollect(id)}>{words.taken}</ActionMenu.Item>}
        {status === "collected" && <ActionMenu.Item onSelect={() => onCorrect(id)}>{t.bench.correct.menu}</ActionMenu.Item>}
        {status === "at_home" && <ActionMenu.Item onSelect={() => onReturned(id)}>{words.returned}</ActionMenu.Item>}
        {status === "planned" && <ActionMenu.Item onSelect={() => onAct([{ act: "at_home", specimen: id }])}>{words.atHome}</ActionMenu.Item>}
        {usable && label && <ActionMenu.Item onSelect={() => onReprint(id)}>{label.asked > 0 ? words.printAgain : words.print}</ActionMenu.Item>}
        {status !== "planned" && <ActionMenu.Item onSelect={() => onAct([{ act: "undo", specimen: id }])}>{words.undo}</ActionMenu.Item>}
        {usable && (
          <>
            <ActionMenu.Divider />
            <Reasons title={words.notTaken} reasons={NOT_TAKEN} words={t.internallab.notTaken} onPick={(reason) => onAct([...unmark, { act: "not_taken", specimen: id, reason }])} />
            <Reasons title={words.spoiledRetake} reasons={SPOILED} words={t.internallab.spoiled} onPick={(reason) => onAct([{ act: "spoiled", specimen: id, reason, retake: true }])} />
            <Reasons title={words.spoiled} reasons={SPOILED} words={t.internallab.spoiled} onPick={(reason) => onAct([{ act: "spoiled", specimen: id, reason, retake: false }])} />
          </>
        )}
      </ActionMenu.Content>
    </ActionMenu>
  );
}

function Reasons({ title, reasons, words, onPick }: { title: string; reasons: readonly string[]; words: Record<string, string>; onPick: (reason: string) => void }) {
  return (
    <ActionMenu.Sub>
      <ActionMenu.SubTrigger>{title}</ActionMenu.SubTrigger>
      <ActionMenu.SubContent>
        {reasons.map((reason) => (
          <ActionMenu.Item key={reason} onSelect={() => onPick(reason)}>
            {words[reason] ?? reason}
          </ActionMenu.Item>
        ))}
      </ActionMenu.SubContent>
    </ActionMenu.Sub>
  );
}
