// What the scanner waits for, and what it just read. A wrong tube turns the band red and stays until the right one is
// scanned or somebody has understood; the alarm sounds when it comes.
import { Button } from "@navikt/ds-react";
import { CheckmarkCircleFillIcon, ExclamationmarkTriangleFillIcon, XMarkOctagonFillIcon } from "@navikt/aksel-icons";
import { useEffect, useRef, useState, type FormEvent } from "react";
import { BarcodeIcon } from "../../components/BarcodeIcon";
import type { ScanView } from "../../ipc/model";
import { useTexts, type Texts } from "../../texts";

/** What was read last, and with which requisition open. */
export type Scanned = { answer: ScanView; text: string; open: string | null };

export type ScanBandProps = {
  scanned: Scanned | null;
  /** Name of the container awaited. */
  next: string | null;
  /** Every container here is confirmed. */
  done: boolean;
  /** Labels were printed. */
  labelled: boolean;
  onScan: (text: string) => Promise<void>;
  onClear: () => void;
};

export function ScanBand({ scanned, next, done, labelled, onScan, onClear }: ScanBandProps) {
  const t = useTexts();
  const [typing, setTyping] = useState(false);
  const answer = scanned?.answer;
  const stop = stops(answer);
  const unknown = answer?.scan === "unknown";
  const tone = stop ? "stop" : unknown ? "warn" : done ? "done" : "ready";
  return (
    <div className={`band band--${tone}`} data-band={answer?.scan ?? tone}>
      <span className="band__icon">
        {stop ? (
          <XMarkOctagonFillIcon className="stop-icon" aria-hidden />
        ) : unknown ? (
          <ExclamationmarkTriangleFillIcon className="warn-icon" aria-hidden />
        ) : done ? (
          <CheckmarkCircleFillIcon className="ok-icon" aria-hidden />
        ) : (
          <BarcodeIcon />
        )}
      </span>
      <p className="band__words" role={stop ? "alert" : "status"}>
        <BandWords answer={answer} next={next} done={done} labelled={labelled} t={t} />
      </p>
      {stop && (
        <Button size="small" variant="secondary" data-color="danger" onClick={onClear}>
          {t.internallab.scan.understood}
        </Button>
      )}
      {!stop && !typing && (
        <button type="button" className="link-button band__type" onClick={() => setTyping(true)}>
          {t.internallab.scan.typeNumber}
        </button>
      )}
      {!stop && typing && <TypedNumber onScan={onScan} onClose={() => setTyping(false)} />}
    </div>
  );
}

/** A tube or a person that does not belong here: it stays until somebody has understood. */
export function stops(answer: ScanView | undefined): boolean {
  return answer?.scan === "wrong" || answer?.scan === "given_up" || (answer?.scan === "patient" && !answer.matches);
}

/** What is wrong, in words. */
export function stopWords(answer: ScanView | undefined, t: Texts): string {
  switch (answer?.scan) {
    case "wrong":
      return answer.cancelled ? t.bench.scan.cancelled : answer.sent ? t.internallab.scan.sent : answer.other_patient ? t.internallab.scan.otherPatient : t.internallab.scan.otherRequisition;
    case "given_up":
      return t.bench.scan.givenUp;
    default:
      return t.bench.check.numberOther;
  }
}

function BandWords({ answer, next, done, labelled, t }: { answer: ScanView | undefined; next: string | null; done: boolean; labelled: boolean; t: Texts }) {
  const words = t.internallab.scan;
  if (stops(answer)) {
    return (
      <>
        <span className="strong">{answer?.scan === "patient" ? t.bench.check.wrongPatient : words.wrong}</span> {stopWords(answer, t)}
      </>
    );
  }
  if (answer?.scan === "unknown") {
    return (
      <>
        <span className="strong">{words.notConfirmed}</span> {words.unknown[answer.code] ?? words.unknown["not_here"]}
      </>
    );
  }
  if (done) return <span className="strong">{words.allConfirmed}</span>;
  if (!labelled) {
    return (
      <>
        <span className="strong">{words.printFirst}</span> {words.printFirstMore}
      </>
    );
  }
  return (
    <>
      <span className="strong">{answer?.scan === "already" ? words.already : answer?.scan === "confirmed" ? words.confirmed : words.ready}</span> {next && words.next(next)}
    </>
  );
}

function TypedNumber({ onScan, onClose }: { onScan: (text: string) => Promise<void>; onClose: () => void }) {
  const t = useTexts();
  const [text, setText] = useState("");
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const number = text.replace(/\s/g, "");
    if (!number) return;
    void onScan(number).then(() => setText(""));
  };
  return (
    <form className="band__form" onSubmit={submit}>
      <input
        ref={field}
        className="field band__field"
        aria-label={t.internallab.scan.number}
        placeholder={t.internallab.scan.number}
        inputMode="numeric"
        autoComplete="off"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => event.key === "Escape" && onClose()}
      />
      <Button size="small" variant="secondary" type="submit">
        {t.internallab.scan.confirm}
      </Button>
    </form>
  );
}
