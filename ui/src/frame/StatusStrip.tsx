// What is always true right now: the line, the queue, the catalogues, who works here, the time. It never moves and never hides.
import { ArrowsSquarepathIcon, CloudSlashIcon, DatabaseIcon, ExclamationmarkTriangleIcon, InboxUpIcon, PersonIcon, CloudIcon } from "@navikt/aksel-icons";
import { waitsForItsDay } from "../components/NotYet";
import { age, clockTime, parseMoment, shortDate, timeOrDateTime } from "../format";
import type { CatalogueStatus, StatusView } from "../ipc/model";
import { useTexts } from "../texts";
import { useNow } from "./clock";
import { useNavigation } from "./navigation";

export function StatusStrip({ status }: { status: StatusView | null }) {
  const t = useTexts();
  const now = useNow();
  const { go } = useNavigation();
  const line = lineState(status);
  const stale = status?.catalogues.some((each) => (each.version && each.stale) || each.refused !== null || waitsForItsDay(each) || cameToNothing(each)) ?? false;
  return (
    <footer className="strip" aria-label={t.strip.label}>
      {line.state === "offline" && (
        <span className="strip__cell strip__cell--line strip__cell--offline" data-line="offline">
          <CloudSlashIcon aria-hidden />
          {line.since ? t.strip.offlineSince(timeOrDateTime(line.since, now)) : t.strip.offline}
        </span>
      )}
      {line.state === "online" && (
        <span className="strip__cell strip__cell--line" data-line="online">
          <CloudIcon aria-hidden />
          {t.strip.online}
        </span>
      )}
      {status && (
        <span className="strip__cell" data-queued={status.queued}>
          <InboxUpIcon aria-hidden />
          {status.queued > 0 && status.oldest ? t.strip.queue(status.queued, age(status.oldest, now, t)) : t.strip.queueEmpty}
        </span>
      )}
      {status?.storage && (
        <span className="strip__cell strip__cell--stale" data-storage={status.storage} title={t.outbox.troubleAct[status.storage]}>
          <ExclamationmarkTriangleIcon aria-hidden />
          {t.outbox.trouble[status.storage]}
        </span>
      )}
      {status && (
        <span className={stale ? "strip__cell strip__cell--catalogues strip__cell--stale" : "strip__cell strip__cell--catalogues"} title={catalogueLine(status, now, t)}>
          <DatabaseIcon aria-hidden />
          <span className="ellipsis">{catalogueLine(status, now, t)}</span>
        </span>
      )}
      {status && status.unread_updates > 0 && (
        <button type="button" className="bare strip__cell strip__cell--news" onClick={() => go({ screen: "catalogue" })}>
          <ArrowsSquarepathIcon aria-hidden />
          {t.handbook.stripUnread(status.unread_updates)}
        </button>
      )}
      {status?.catalogues.some((each) => each.demo && each.version) && (
        <span className="strip__cell strip__cell--demo" title={t.strip.demo}>
          <span aria-hidden="true">{t.strip.demoShort}</span>
          <span className="sr-only">{t.strip.demo}</span>
        </span>
      )}
      <span className="strip__right">
        {status && (
          <span className="strip__cell strip__cell--person">
            <PersonIcon aria-hidden />
            <span className="sr-only">{t.strip.signedIn}</span>
            <span className="ellipsis">{status.signed_in ? [status.signed_in.name, status.signed_in.title].filter(Boolean).join(", ") : t.strip.nobody}</span>
          </span>
        )}
        <span className="strip__cell">{clockTime(now)}</span>
      </span>
    </footer>
  );
}

function catalogueLine(status: StatusView, now: Date, t: ReturnType<typeof useTexts>): string {
  const known = status.catalogues.filter((each) => each.version);
  const names = status.catalogues.filter((each) => each.version || waitsForItsDay(each)).map((each) => each.name);
  const waiting = status.catalogues.filter(waitsForItsDay).map((each) => t.strip.notYet(each.name, shortDate(each.coming?.valid_from ?? "", now)));
  waiting.push(...status.catalogues.filter(cameToNothing).map((each) => t.strip.missing(each.name)));
  waiting.push(...known.filter((each) => each.refused !== null).map((each) => t.strip.refused(each.name)));
  if (known.length === 0) return waiting.join(" · ") || t.strip.noCatalogue;
  const list = known.map((each) => {
    const words = t.strip.catalogue(shortName(each.name, names), each.version ?? "", each.valid_from ? shortDate(each.valid_from, now) : "");
    return each.stale ? `${words} ${t.strip.stale}` : words;
  });
  // What is missing stands first: the line is cut at its end where there is no room.
  return [...waiting, t.strip.catalogues(list.join(" · "))].join(" · ");
}

/** Set up and looked for, and nothing to order from: said here, since a missing name is not seen. */
const cameToNothing = (each: CatalogueStatus) => !each.version && each.problem !== null && !waitsForItsDay(each);

/** The first word, unless two catalogues begin alike: then the whole name tells them apart. */
function shortName(name: string, all: readonly string[]): string {
  const first = (of: string) => of.split(" ")[0] ?? of;
  return all.filter((other) => first(other) === first(name)).length > 1 ? name : first(name);
}

/** Offline as soon as one line is known to be down, since the earliest of them; nothing is claimed before a first answer. */
export function lineState(status: Pick<StatusView, "lines"> | null): { state: "online" | "offline" | "unknown"; since: string | null } {
  const down = status?.lines.filter((line) => line.online === false) ?? [];
  if (down.length > 0) {
    const since = down.flatMap((line) => (line.since && parseMoment(line.since) ? [line.since] : [])).sort((a, b) => parseMoment(a)!.getTime() - parseMoment(b)!.getTime());
    return { state: "offline", since: since[0] ?? null };
  }
  return { state: status?.lines.some((line) => line.online) ? "online" : "unknown", since: null };
}
