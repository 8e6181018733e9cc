// What alarms in the internal lab: labels that lie about, people who wait too long, and specimen numbers that run out. It stands on top of the list whatever is
// searched for, and each leads to the one that has waited longest.
import { ExclamationmarkTriangleFillIcon } from "@navikt/aksel-icons";
import { useNow } from "../../frame/clock";
import { useStatus } from "../../frame/status";
import type { WorkItem } from "../../ipc/model";
import { useTexts } from "../../texts";
import { NumbersAlarm, scarceNumbers } from "./NumbersAlarm";

export function Alarms({ items, onOpen }: { items: readonly WorkItem[]; onOpen: (id: string) => void }) {
  const t = useTexts();
  useNow();
  const scarce = scarceNumbers(useStatus()?.numbers ?? []);
  const labelled = items.filter((item) => item.labelled_since !== null).sort((a, b) => (a.labelled_since ?? "").localeCompare(b.labelled_since ?? ""));
  const late = items.filter((item) => item.too_long).sort((a, b) => a.due.localeCompare(b.due));
  const lines = [
    { key: "labelled", of: labelled, words: t.bench.alarms.labelled },
    { key: "late", of: late, words: t.bench.alarms.late },
  ].filter((line) => line.of.length > 0);
  if (lines.length === 0 && scarce.length === 0) return null;
  return (
    <section className="lab__alarms" aria-label={t.bench.alarms.region} role="alert">
      {lines.map(({ key, of, words }) => (
        <p key={key} data-alarm={key}>
          <ExclamationmarkTriangleFillIcon aria-hidden />
          <span className="strong">{words(of.length)}</span>
          <button type="button" className="link-button" onClick={() => of[0] && onOpen(of[0].id)}>
            {t.bench.alarms.show}
            <span className="sr-only">{` ${words(of.length)}`}</span>
          </button>
        </p>
      ))}
      {scarce.map((one) => (
        <NumbersAlarm key={one.provider} numbers={one} />
      ))}
    </section>
  );
}
