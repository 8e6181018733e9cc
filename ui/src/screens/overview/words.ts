// Lights, facts and needs in words and drawings. Codes come from the core; here they meet the language. Pure.
import type { LightState } from "../../components/Light";
import type { TimelineFact } from "../../components/Timeline";
import { dateTime, inLanguage, timeOrDate, type Language } from "../../format";
import type { DetailView, FactView, LightView, NeedView } from "../../ipc/model";
import type { Texts } from "../../texts";

export type LightColumn = "sent" | "accepted" | "received" | "answered";
export const COLUMNS: readonly LightColumn[] = ["sent", "accepted", "received", "answered"];

/** How a light is drawn, and the word or date beside it. */
export function light(column: LightColumn, view: LightView, now: Date, t: Texts): { state: LightState; word: string | null } {
  const when = view.at ? timeOrDate(view.at, now) : null;
  switch (view.state) {
    case "yes":
      return { state: "done", word: when };
    case "partly":
      return { state: "partly", word: t.overview.partly };
    case "faults":
      return { state: "waiting", word: t.lights.withErrors };
    case "queued":
      return { state: "waiting", word: t.lights.queued };
    case "pending":
      return { state: "waiting", word: t.lights.pending };
    case "cancelled":
      return { state: "cancelled", word: t.lights.cancelled };
    case "waiting":
      return { state: "waiting", word: t.lights.waiting };
    case "attention":
      return column === "sent" ? { state: "failed", word: t.lights.notSent } : { state: "late", word: t.lights.waiting };
    case "no":
      return { state: "failed", word: column === "sent" ? t.lights.notSent : column === "accepted" ? t.lights.rejected : t.lights.no };
    case "not_applicable":
      return { state: "none", word: t.common.notApplicable };
    case "draft":
      return { state: "none", word: t.overview.draft };
    default:
      return { state: "none", word: null };
  }
}

export function needTitle(need: NeedView, t: Texts): string {
  if (need.count > 1) return t.outbox.sameLine(need.count, need.receiver);
  const title = t.outbox.reasons[need.reason](need.receiver);
  return need.kind && need.kind !== "N" ? `${t.outbox.kinds[need.kind]}: ${title.charAt(0).toLocaleLowerCase()}${title.slice(1)}` : title;
}

/** The receiver's own words in quotes, then what it means for the patient, then what to do about it. */
export function needBody(need: NeedView, t: Texts): string {
  const quote = need.words ? `«${need.words}»` : "";
  const why = need.waiting ? t.outbox.why[need.waiting] : "";
  const fault = need.fault ? t.outbox.faults[need.fault] : "";
  const phone = need.act === "phone" && need.phone ? t.overview.receiverNumber(unbroken(need.phone)) : "";
  return [quote, meaning(need, t), fault, why, phone].filter(Boolean).join(" ");
}

/** A telephone number stays on one line. */
function unbroken(number: string): string {
  return number.replace(/ /g, "\u00a0");
}

/** What a change, an addition or a cancellation that did not go through means is another thing than for the first message. */
function meaning(need: NeedView, t: Texts): string {
  if (!isRefusal(need) || !need.kind || need.kind === "N") return t.outbox.meaning[need.reason];
  return need.kind === "C" ? t.outbox.cancelMeaning : t.outbox.followUpMeaning;
}

/** Red for what was refused, amber for what waits. */
export function isRefusal(need: NeedView): boolean {
  return ["rejected", "malformed", "unknown_receiver", "too_large", "specimen_rejected", "cancelled_by_provider", "damaged"].includes(need.reason);
}

const TONES: Record<string, TimelineFact["tone"]> = {
  rejected: "failed",
  specimen_rejected: "failed",
  cancelled_by_provider: "failed",
  expired: "failed",
  unreadable: "warn",
  faults: "warn",
  accepted_with_errors: "warn",
  delivered: "done",
  accepted: "done",
  finalised: "done",
  specimen_received: "done",
  answered: "done",
  partly_answered: "waiting",
};

export function timelineFact(fact: FactView, index: number, detail: DetailView, now: Date, t: Texts, language: Language): TimelineFact {
  const words = t.overview.facts;
  const receiver = `${detail.row.provider_name}, ${inLanguage(detail.row.department_name, language).toLocaleLowerCase(language)}`;
  const base = { key: `${fact.fact} ${fact.at} ${index}`, time: dateTime(fact.at, now), quote: fact.words ? `«${fact.words}»` : null, detail: null };
  if (fact.fact === "attempt") {
    const [outcome] = (fact.code ?? "").split(" ");
    const number = fact.number ?? 1;
    if (!outcome || outcome === "under_way") return { ...base, tone: "waiting", title: t.overview.attemptUnderWay(number) };
    // The gateway's answer to an attempt that arrived is a receipt, or one it had given before.
    if (outcome === "receipt" || outcome === "accepted" || outcome === "duplicate") return { ...base, quote: null, tone: "done", title: t.overview.sentAttempt(number) };
    const why = t.overview.outcomes[outcome] ?? t.overview.outcomes["other"]!;
    return { ...base, tone: outcome === "refused" || outcome === "conflict" || outcome === "damaged" ? "failed" : "waiting", title: t.overview.attemptFailed(number, why) };
  }
  const title = words[fact.fact] ?? words["other"]!;
  const isReceipt = ["rejected", "faults", "accepted_with_errors"].includes(fact.fact);
  return {
    ...base,
    tone: TONES[fact.fact] ?? "neutral",
    title: fact.who ? t.overview.by(title, fact.who) : title,
    detail: isReceipt && fact.code ? t.overview.code(fact.code, receiver) : null,
  };
}

/** Names while they fit, then how many more. */
export function serviceNames(services: readonly string[], t: Texts, most = 26): string {
  let shown = services[0] ?? "";
  let at = 1;
  while (at < services.length && `${shown}, ${services[at]}`.length <= most) shown = `${shown}, ${services[at++]}`;
  return at < services.length ? t.overview.more(shown, services.length - at) : shown;
}

/** The message for reading: one element a line, indented. Text is never changed, only the room between elements. */
export function pretty(xml: string): string {
  const pieces = xml.replace(/>\s+</g, "><").split(/(?=<)|(?<=>)/);
  const lines: string[] = [];
  let depth = 0;
  for (let at = 0; at < pieces.length; at += 1) {
    const piece = pieces[at]!;
    const closing = piece.startsWith("</");
    const opening = piece.startsWith("<") && !closing && !piece.endsWith("/>") && !piece.startsWith("<?") && !piece.startsWith("<!");
    if (closing) depth = Math.max(0, depth - 1);
    const next = pieces[at + 1];
    const after = pieces[at + 2];
    if (opening && next !== undefined && !next.startsWith("<") && after?.startsWith("</")) {
      lines.push("  ".repeat(depth) + piece + next + after);
      at += 2;
    } else if (opening && next?.startsWith("</")) {
      lines.push("  ".repeat(depth) + piece + next);
      at += 1;
    } else {
      if (piece.trim()) lines.push("  ".repeat(depth) + piece);
      if (opening) depth += 1;
    }
  }
  return lines.join("\n");
}
