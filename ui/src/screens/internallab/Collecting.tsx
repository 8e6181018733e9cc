// One requisition in the internal lab: checklist, labels, times, and completing it. The core decides what may be done; every
// act is saved before the screen shows it.
import { Button } from "@navikt/ds-react";
import { ArrowLeftIcon, ExclamationmarkTriangleFillIcon } from "@navikt/aksel-icons";
import { useCallback, useEffect, useRef, useState } from "react";
import { ErrorNote } from "../../components/ErrorNote";
import { PatientBanner } from "../../components/PatientBanner";
import { Question } from "../../components/Question";
import { UrgencyTag } from "../../components/UrgencyTag";
import { age, fullName, inLanguage, timeOrDateTime } from "../../format";
import { isoMinute } from "../../format/typed";
import { useStatus } from "../../frame/status";
import { useTell } from "../../frame/toasts";
import { useBackend } from "../../ipc/backend";
import { asFailure } from "../../ipc/failure";
import type { CollectionAct, CollectionView, LabelSheetView, Specimen } from "../../ipc/model";
import { useQuery } from "../../ipc/query";
import { useLanguage, useTexts, type Texts } from "../../texts";
import { Checklist } from "./Checklist";
import { calledAlone, collectedAt, collectedBy, isHere, isOpen, labelOf, nextToScan, questions, servicesOf, takenTogether, unprinted, unscanned } from "./collecting";
import { CorrectDialog } from "./CorrectDialog";
import { NumbersAlarm, scarceNumbers } from "./NumbersAlarm";
import { Ordered } from "./Ordered";
import { PatientDialog } from "./PatientDialog";
import { ReturnDialog } from "./ReturnDialog";
import { ScanBand, type Scanned } from "./ScanBand";
import { SheetDialog } from "./SheetDialog";
import { SidePane, type Taking } from "./SidePane";
import { UnscannedDialog } from "./UnscannedDialog";

export type CollectingProps = {
  id: string;
  scanned: Scanned | null;
  /** A container that was scanned at the list: if it was at home, its time is asked. */
  returned: string | null;
  onReturned: () => void;
  onScan: (text: string) => Promise<void>;
  onClearScan: () => void;
  onLeave: () => void;
  now: Date;
};

export function Collecting(props: CollectingProps) {
  const { id, scanned, returned, onReturned, onScan, onClearScan, onLeave, now } = props;
  const t = useTexts();
  const language = useLanguage();
  const backend = useBackend();
  const tell = useTell();
  const numbers = useStatus()?.numbers ?? [];
  const query = useQuery(`collection ${id}`, ["requisitions", "settings"], (here) => here.collection(id));
  const [newer, setNewer] = useState<CollectionView | null>(null);
  const [shown, setShown] = useState<string | null>(null);
  const [taking, setTaking] = useState<Taking>({ by: null, at: null });
  const [busy, setBusy] = useState<"print" | "complete" | null>(null);
  const [asking, setAsking] = useState<string | null>(null);
  const [correcting, setCorrecting] = useState<string | null>(null);
  const [sendingUnscanned, setSendingUnscanned] = useState(false);
  /** The sheet is asked about: the labels that wait for it, and what is recorded before they are printed. */
  const [placing, setPlacing] = useState<{ specimens: string[]; before: CollectionAct | null; sheet: LabelSheetView } | null>(null);
  /** The patient is made sure of: what was scanned for it, and the labels that wait for it. */
  const [checking, setChecking] = useState<{ scanned: string; print: string[] } | null>(null);
  useEffect(() => setNewer(null), [query.data]);
  const view = newer ?? query.data;
  const { refetch } = query;

  useEffect(() => {
    backend.takeUp(id, false).then(setNewer, () => undefined);
    return () => void backend.putBack(id).catch(() => undefined);
  }, [backend, id]);

  const settled = useRef<Scanned | null>(null);
  useEffect(() => {
    if (!scanned || scanned === settled.current) return;
    settled.current = scanned;
    if (scanned.answer.scan === "confirmed" || scanned.answer.scan === "already") {
      setShown(null);
      refetch();
    }
    // A container that came back while its requisition is open.
    if (scanned.answer.scan === "came_back") {
      setShown(scanned.answer.specimen);
      setAsking(scanned.answer.specimen);
    }
    if (scanned.answer.scan === "patient" && scanned.answer.matches) setChecking((before) => ({ scanned: scanned.answer.scan === "patient" ? scanned.answer.number : "", print: before?.print ?? [] }));
  }, [scanned, refetch]);

  useEffect(() => {
    const home = returned && view?.requisition.specimens.find((one) => one.id === returned);
    if (!home) return;
    if (home.status.status === "at_home") setAsking(home.id);
    setShown(home.id);
    onReturned();
  }, [returned, view, onReturned]);

  const record = useCallback(
    async (acts: CollectionAct[]): Promise<boolean> => {
      try {
        let last: CollectionView | null = null;
        for (const act of acts) last = await backend.record(id, act);
        if (last) setNewer(last);
        return true;
      } catch (thrown) {
        tell.fail(asFailure(thrown));
        refetch();
        return false;
      }
    },
    [backend, id, refetch, tell],
  );

  if (!view) return <div className="lab__nobody">{query.failure ? <ErrorNote failure={query.failure} /> : <p className="muted">{t.common.loading}</p>}</div>;

  const { requisition } = view;
  const by = taking.by ?? collectedBy(requisition.specimens) ?? view.collector;
  const collect = (specimens: string[], at = taking.at): CollectionAct => ({ act: "collected", specimens, by, at });
  const open = requisition.specimens.filter(isOpen);
  const toTake = open.filter((one) => !one.take_home);
  const next = nextToScan(requisition.specimens, view.labels);
  const here = requisition.specimens.filter(isHere);
  const confirmed = here.filter((one) => one.confirmed).length;
  const counted = requisition.specimens.filter((one) => one.status.status !== "at_home" && one.status.status !== "spoiled").length;

  /** What was begun by `print`, once it is known where on the sheet the labels begin. */
  const printed = async (specimens: string[], before: CollectionAct | null, first: number | null) => {
    if (before && !(await record([before]))) return;
    const { labels } = await backend.printLabels(id, specimens, first);
    tell.say(t.internallab.printed(labels));
  };
  const printOnSheet = async (first: number) => {
    if (!placing) return;
    setPlacing(null);
    setBusy("print");
    try {
      await printed(placing.specimens, placing.before, first);
    } catch (thrown) {
      tell.fail(asFailure(thrown));
    } finally {
      refetch();
      setBusy(null);
    }
  };
  const print = async (specimens: string[], sure = !view.bench.needed) => {
    // Nothing is asked, taken or numbered for a label that cannot come out.
    if (view.printing.kind === "") return tell.fail({ code: "noPrinter", params: {}, reference: "" });
    if (!sure) return setChecking({ scanned: "", print: specimens });
    // The time goes on the label, so it is recorded before it is printed, and is in the picture of the sheet.
    const planned = toTake.filter((one) => specimens.includes(one.id)).map((one) => one.id);
    const before = planned.length > 0 && by ? collect(planned, taking.at ?? isoMinute(new Date())) : null;
    setBusy("print");
    try {
      const sheet = await backend.labelSheet(id, specimens, null, before);
      if (sheet) return setPlacing({ specimens, before, sheet });
      await printed(specimens, before, null);
    } catch (thrown) {
      tell.fail(asFailure(thrown));
    } finally {
      refetch();
      setBusy(null);
    }
  };

  const missing = unscanned(view);
  const complete = async (said = false) => {
    if (!said && view.not_ready.length > 0 && view.not_ready.every((why) => why === "unscanned") && missing.length > 0) return setSendingUnscanned(true);
    setBusy("complete");
    try {
      const handed = await backend.complete(id);
      tell.say(handed.requisitions.length > 0 ? t.internallab.completedPartly : view.online ? t.internallab.completed : t.internallab.completedOffline);
      onLeave();
    } catch (thrown) {
      tell.fail(asFailure(thrown));
      refetch();
    } finally {
      setBusy(null);
    }
  };

  const asked = questions(requisition);
  // Where there is no room for the list, its alarm stands here.
  const scarce = scarceNumbers(numbers.filter((one) => one.provider === requisition.receiver.provider));
  const corrected = requisition.specimens.find((one) => one.id === correcting);
  const name = (one: Specimen) => calledAlone(one, language, t);
  const awaited = (one: Specimen) => {
    const container = inLanguage(one.container_name, language).toLocaleLowerCase("nb");
    return one.letter ? t.bench.letter(one.letter, container) : container;
  };
  const labelled = view.labels.some((label) => label.asked > 0);
  return (
    <section className="collecting" aria-label={fullName(requisition.patient)} data-requisition={id}>
      <PatientBanner
        patient={{
          name: fullName(requisition.patient),
          nationalId: requisition.patient.national_id,
          idKind: requisition.patient.id_kind,
          birthDate: requisition.patient.birth_date,
          sex: requisition.patient.sex,
        }}
        requester={<span className="ellipsis">{[requisition.requester.name, requisition.requester.office].filter(Boolean).join(", ")}</span>}
        end={
          <>
            <UrgencyTag urgency={requisition.urgency} large />
            <button type="button" className="icon-button collecting__back" onClick={onLeave}>
              <ArrowLeftIcon title={t.internallab.backToList} />
            </button>
          </>
        }
        now={now}
      />
      <div className="collecting__main">
        <header className="collecting__head">
          <h2 className="t16">{t.internallab.inOrder}</h2>
          <span className="muted ellipsis">{requisition.receiver.provider_name}</span>
          <span className="collecting__count">
            <span className="strong">{confirmed}</span> {t.internallab.ofConfirmed(counted)}
          </span>
        </header>
        {view.held && (
          <p className="collecting__held" role="status">
            <ExclamationmarkTriangleFillIcon className="warn-icon" aria-hidden />
            <span>{t.bench.held.by(view.held.by, timeOrDateTime(view.held.since, now))}</span>
            <Button size="small" variant="secondary" data-act="take-over" onClick={() => void backend.takeUp(id, true).then(setNewer, (thrown: unknown) => tell.fail(asFailure(thrown)))}>
              {t.bench.held.takeOver}
            </Button>
          </p>
        )}
        {view.bench.needed && view.bench.just_before && (
          <p className="collecting__held" data-just-before>
            <ExclamationmarkTriangleFillIcon className="warn-icon" aria-hidden />
            <span>
              <span className="strong">{t.bench.check.justBefore(view.bench.just_before.name, age(view.bench.just_before.at, now, t))}</span> {t.bench.check.justBeforeMore}
            </span>
            <Button size="small" variant="secondary" data-act="check-patient" onClick={() => setChecking({ scanned: "", print: [] })}>
              {t.bench.check.open}
            </Button>
          </p>
        )}
        <ScanBand scanned={scanned} next={next ? awaited(next) : null} done={here.length > 0 && confirmed === here.length} labelled={labelled} onScan={onScan} onClear={onClearScan} />
        {scarce.map((one) => (
          <div key={one.provider} className="lab__alarms collecting__alarm">
            <NumbersAlarm numbers={one} />
          </div>
        ))}
        <Ordered requisition={requisition} now={now} />
        <Checklist
          view={view}
          next={next?.id ?? null}
          shown={shown ?? next?.id ?? null}
          onShow={setShown}
          onAct={(acts) => void record(acts)}
          onCollect={(specimen) => void record([collect([specimen])])}
          onReturned={setAsking}
          onCorrect={setCorrecting}
          onReprint={(specimen) => void print([specimen])}
          now={now}
        />
        {asked.length > 0 && (
          <section className="collecting__questions" aria-label={t.internallab.questions}>
            <h2 className="t16">{t.internallab.questions}</h2>
            {asked.map(({ service, question }) => (
              <div key={`${service.key} ${question.id}`}>
                {!question.shared && <p className="t13 muted">{service.name}</p>}
                <Question id={`collection-${service.key}-${question.id}`} question={question} now={now} onAnswer={(answer) => void record([{ act: "answer", service: service.key, question: question.id, answer }])} />
              </div>
            ))}
          </section>
        )}
      </div>
      <SidePane
        view={view}
        taking={{ by, at: taking.at }}
        collectedAt={collectedAt(requisition.specimens)}
        shown={shown ?? next?.id ?? null}
        onShow={setShown}
        onTaking={(change) => {
          setTaking((before) => ({ ...before, ...change }));
          // Corrected afterwards: what was taken together gets the new name or time. What came from home keeps its own.
          const taken = takenTogether(requisition.specimens).map((one) => one.id);
          const when = change.at !== undefined ? change.at : collectedAt(requisition.specimens);
          if (taken.length > 0 && when) void record([{ act: "collected", specimens: taken, by: change.by ?? by, at: when }]);
        }}
        toTake={toTake.length}
        onCollectAll={() => void record([collect(toTake.map((one) => one.id))])}
        unprinted={unprinted(view)}
        printing={busy === "print"}
        onPrint={(specimens) => void print(specimens)}
        onRetake={(specimen, reason) => void record([{ act: "spoiled", specimen, reason, retake: true }])}
        onNote={(text) => record([{ act: "note_to_laboratory", text }])}
        now={now}
      />
      <footer className="collecting__actions">
        <FooterWords view={view} t={t} />
        <Button size="small" variant="tertiary" data-act="put-back" data-command onClick={onLeave}>
          {t.internallab.putBack}
        </Button>
        <Button className="collecting__complete" loading={busy === "complete"} disabled={busy === "print"} data-act="complete" data-command onClick={() => void complete()}>
          {t.internallab.complete}
        </Button>
      </footer>
      {placing && (
        <SheetDialog
          id={id}
          specimens={placing.specimens}
          offered={placing.sheet}
          before={placing.before}
          printer={view.printing.target}
          unnumbered={requisition.specimens.some((one) => placing.specimens.includes(one.id) && !one.number)}
          onClose={() => setPlacing(null)}
          onPrint={(first) => void printOnSheet(first)}
        />
      )}
      {checking && (
        <PatientDialog
          key={checking.scanned}
          view={view}
          scanned={checking.scanned}
          now={now}
          onClose={() => setChecking(null)}
          onConfirmed={(sure) => {
            const { print: waiting } = checking;
            setNewer(sure);
            setChecking(null);
            if (waiting.length > 0) void print(waiting, true);
          }}
        />
      )}
      {sendingUnscanned && missing.length > 0 && (
        <UnscannedDialog
          view={view}
          specimens={missing}
          busy={busy === "complete"}
          onClose={() => setSendingUnscanned(false)}
          onSend={async (act) => {
            if (!(await record([act]))) return;
            setSendingUnscanned(false);
            await complete(true);
          }}
        />
      )}
      {corrected?.status.status === "collected" && (
        <CorrectDialog
          name={name(corrected)}
          by={corrected.status.by}
          at={corrected.status.at}
          collectors={view.collectors}
          now={now}
          onClose={() => setCorrecting(null)}
          onCorrected={async (who, at) => {
            if (await record([{ act: "collected", specimens: [corrected.id], by: who, at }])) setCorrecting(null);
          }}
        />
      )}
      {asking && (
        <ReturnDialog
          name={requisition.specimens.filter((one) => one.id === asking).map(name).join("")}
          now={now}
          onClose={() => setAsking(null)}
          onTaken={async (at) => {
            if (await record([collect([asking], at)])) setAsking(null);
          }}
        />
      )}
    </section>
  );
}

/** What completing leaves behind, what stops it, and what the line does with it. */
function FooterWords({ view, t }: { view: CollectionView; t: Texts }) {
  const { requisition } = view;
  const behind = requisition.specimens.filter((one) => view.remainder.includes(one.id));
  const services = [...new Set(behind.flatMap((one) => servicesOf(requisition, one).split(", ").filter(Boolean)))];
  const unprintedLabels = requisition.specimens.filter((one) => isHere(one) && one.number && !labelOf(view.labels, one)?.asked).length;
  const words = (why: string) => t.internallab.notReady[why] ?? t.internallab.notReady["other"] ?? "";
  // What was not scanned is asked about on completing; everything else has to be done first.
  const blocked = view.not_ready.find((why) => why !== "unscanned");
  const behindWords = services.length > 0 ? t.internallab.staysBehind(services.join(", ")) : "";
  const left = view.not_ready.includes("unscanned") ? words("unscanned") : unprintedLabels > 0 ? t.internallab.unlabelled : "";
  const first = blocked ? words(blocked) : [behindWords, left].filter(Boolean).join(" ");
  const offline = view.online ? "" : t.internallab.offline(services.length > 0);
  if (!first && !offline) return <p className="collecting__words muted">{t.internallab.allReady}</p>;
  return (
    <div className="collecting__words" role="status">
      <ExclamationmarkTriangleFillIcon className="warn-icon" aria-hidden />
      <div>
        {first && <p>{first}</p>}
        {offline && <p className={first ? "t14 muted" : undefined}>{offline}</p>}
      </div>
    </div>
  );
}
