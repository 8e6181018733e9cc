// The internal lab: who waits on the left, one requisition's containers in the middle, labels and times on the right. The
// scanner works wherever the focus is.
import { XMarkOctagonFillIcon } from "@navikt/aksel-icons";
import { useCallback, useEffect, useState } from "react";
import { ErrorNote } from "../../components/ErrorNote";
import { useNow } from "../../frame/clock";
import { useNavigation, type Place } from "../../frame/navigation";
import { useTell } from "../../frame/toasts";
import { useWedge } from "../../frame/wedge";
import { useBackend } from "../../ipc/backend";
import { asFailure } from "../../ipc/failure";
import { useQuery } from "../../ipc/query";
import { useTexts } from "../../texts";
import { soundAlarm } from "./alarm";
import { Collecting } from "./Collecting";
import { stops, stopWords, type Scanned } from "./ScanBand";
import { WorkList } from "./WorkList";

export function InternalLabScreen({ place }: { place: Place }) {
  const t = useTexts();
  const backend = useBackend();
  const tell = useTell();
  const now = useNow();
  const { go } = useNavigation();
  const open = place.requisition ?? null;
  const list = useQuery("worklist", ["requisitions", "outbox"], (here) => here.worklist());
  const [scanned, setScanned] = useState<Scanned | null>(null);
  const [returned, setReturned] = useState<string | null>(null);

  const show = useCallback((requisition: string) => go({ screen: "internalLab", requisition }), [go]);
  useEffect(() => setScanned((before) => (before && before.open === open ? before : null)), [open]);

  const scan = useCallback(
    async (text: string) => {
      try {
        const answer = await backend.scan(text, open);
        if (answer.scan === "opens") {
          setReturned(answer.specimen);
          show(answer.requisition);
          return;
        }
        if (answer.scan === "paper_part") return tell.say(t.internallab.paper.part(answer.read, answer.of));
        if (answer.scan === "paper") return go(list.data?.some((item) => item.id === answer.requisition) ? { screen: "internalLab", requisition: answer.requisition } : { screen: "overview", requisition: answer.requisition });
        if (answer.scan === "paper_draft") {
          tell.say([t.bench.paper.draftMade(answer.from), answer.unknown.length > 0 ? t.bench.paper.unknown(answer.unknown.join(", ")) : ""].filter(Boolean).join(" "));
          return go({ screen: "compose", draft: answer.draft });
        }
        if (stops(answer)) soundAlarm();
        setScanned({ answer, text, open });
        if (answer.scan === "unknown") tell.whisper(t.internallab.scan.unknown[answer.code] ?? t.internallab.scan.unknown["not_here"] ?? "");
        list.refetch();
      } catch (thrown) {
        tell.fail(asFailure(thrown));
      }
    },
    [backend, go, list, open, show, t, tell],
  );
  useWedge(true, (text) => void scan(text));

  // Scanned on another screen, which leads here.
  const { scanned: elsewhere } = place;
  useEffect(() => {
    if (!elsewhere) return;
    go(open ? { screen: "internalLab", requisition: open } : { screen: "internalLab" });
    void scan(elsewhere);
  }, [elsewhere, go, open, scan]);

  return (
    <div className={open ? "lab lab--open" : "lab"}>
      <WorkList items={list.data} open={open} onOpen={show} onScan={(text) => void scan(text)} now={now} />
      {list.failure && !list.data && (
        <div className="lab__problem">
          <ErrorNote failure={list.failure} />
        </div>
      )}
      {open ? (
        <Collecting
          key={open}
          id={open}
          scanned={scanned?.open === open ? scanned : null}
          returned={returned}
          onReturned={() => setReturned(null)}
          onScan={scan}
          onClearScan={() => setScanned(null)}
          onLeave={() => go({ screen: "internalLab" })}
          now={now}
        />
      ) : (
        <div className="lab__nobody">
          <p className="t16">{t.internallab.chooseTitle}</p>
          <p className="muted">{t.internallab.choose}</p>
          {scanned && scanned.answer.scan === "unknown" && (
            <p className="lab__nobody-scan" role="alert">
              {t.internallab.scan.unknown[scanned.answer.code] ?? t.internallab.scan.unknown["not_here"]}
            </p>
          )}
          {scanned && stops(scanned.answer) && (
            <p className="band band--stop lab__nobody-stop" role="alert">
              <XMarkOctagonFillIcon className="stop-icon" aria-hidden />
              <span className="band__words">
                <span className="strong">{t.internallab.scan.wrong}</span> {stopWords(scanned.answer, t)}
              </span>
            </p>
          )}
        </div>
      )}
    </div>
  );
}
