// What the checklist shows of a requisition in the internal lab, derived from the core's facts. Pure: nothing here decides
// what may be done, the core does.
import { decimal, inLanguage, parseMoment, type Language } from "../../format";
import type { CollectionView, LabelView, RequestedService, Requisition, Specimen, WorkItem } from "../../ipc/model";
import type { Texts } from "../../texts";

export const NOT_TAKEN = ["difficult", "refused", "not_fasting", "no_material", "other"] as const;
export const SPOILED = ["haemolysed", "clotted", "underfilled", "broken", "mislabelled", "other"] as const;
export const UNSCANNED = ["no_scanner", "unreadable", "too_small", "other"] as const;

/** Drawn tubes in order of draw, then the rest, then what goes home; a retake stands after the one it replaces. */
export function inOrder(specimens: readonly Specimen[]): Specimen[] {
  const rank = (one: Specimen) => (one.status.status === "at_home" ? 2_000 : (one.draw ?? 1_000));
  return specimens.map((one, at) => ({ one, at })).sort((a, b) => rank(a.one) - rank(b.one) || a.at - b.at).map(({ one }) => one);
}

/** Neither given up nor out of the house: counts in "n of m confirmed". */
export function isHere(specimen: Specimen): boolean {
  const { status } = specimen.status;
  return status === "planned" || status === "collected";
}

export function isOpen(specimen: Specimen): boolean {
  return specimen.status.status === "planned";
}

/** The tube whose scan is awaited: the first here that was labelled and not confirmed. */
export function nextToScan(specimens: readonly Specimen[], labels: readonly LabelView[]): Specimen | null {
  return inOrder(specimens).find((one) => isHere(one) && !one.confirmed && labelOf(labels, one)?.asked) ?? null;
}

export function labelOf(labels: readonly LabelView[], specimen: Specimen): LabelView | null {
  return labels.find((label) => label.specimen === specimen.id) ?? null;
}

/** Specimens that can still be used and have no label: never asked for, or the printer did not take it. */
export function unprinted(view: Pick<CollectionView, "requisition" | "labels">): string[] {
  const bare = (one: Specimen) => {
    const label = labelOf(view.labels, one);
    return !label?.asked || label.problem !== null;
  };
  return view.requisition.specimens.filter((one) => (isHere(one) || one.status.status === "at_home") && bare(one)).map((one) => one.id);
}

export function servicesOf(requisition: Pick<Requisition, "services">, specimen: Specimen): string {
  return requisition.services.filter((service) => specimen.services.includes(service.key)).map((service) => service.name).join(", ");
}

/** What it is called where it stands alone: "Beholder B: Formalinbeger". */
export function calledAlone(specimen: Specimen, language: Language, t: Texts): string {
  const name = inLanguage(specimen.container_name, language);
  return specimen.letter ? `${t.containers.one(specimen.letter)}: ${name}` : name;
}

/** What the doctor wrote about this one container: where it is taken from, how, how large, in what, and anything else. */
export function describedWords(specimen: Pick<Specimen, "described">, language: Language, t: Texts): string {
  const { described } = specimen;
  if (!described) return "";
  const side = described.side ? t.containers.sides[described.side].toLocaleLowerCase("nb") : "";
  const place = [described.site, side].filter(Boolean).join(", ");
  const size = described.size_mm ? `${decimal(described.size_mm, language)} ${t.containers.unit}` : "";
  return [place, described.procedure, size, described.fixative, described.comment].filter(Boolean).join(" · ");
}

export type CollectionQuestion = { service: RequestedService; question: RequestedService["answers"][number]["question"] };

/** What is asked at collection; a shared question once. */
export function questions(requisition: Pick<Requisition, "services">): CollectionQuestion[] {
  const shown = new Set<string>();
  return requisition.services.flatMap((service) =>
    service.answers.flatMap((given) => {
      const { question } = given;
      if (question.phase !== "collection" || (question.shared && shown.has(question.id))) return [];
      shown.add(question.id);
      return [{ service, question: { ...question, answer: given.answer } }];
    }),
  );
}

/** When the specimens were taken, as the time field shows it: the latest there is. */
export function collectedAt(specimens: readonly Specimen[]): string | null {
  const times = specimens.flatMap((one) => (one.status.status === "collected" ? [one.status.at] : []));
  return times.sort((a, b) => (parseMoment(a)?.getTime() ?? 0) - (parseMoment(b)?.getTime() ?? 0)).pop() ?? null;
}

/** What was taken together, last: the specimens whose time the time field shows. */
export function takenTogether(specimens: readonly Specimen[]): Specimen[] {
  const latest = collectedAt(specimens);
  return specimens.filter((one) => one.status.status === "collected" && one.status.at === latest);
}

export function collectedBy(specimens: readonly Specimen[]): string | null {
  const taken = specimens.find((one) => one.status.status === "collected");
  return taken?.status.status === "collected" ? taken.status.by : null;
}

export type AfterCollection = { key: string; specimen: Specimen; from: Date | null; until: Date | null };

/** Spinning and storage of what was taken. */
export function afterCollection(specimens: readonly Specimen[]): AfterCollection[] {
  return inOrder(specimens).flatMap((specimen): AfterCollection[] => {
    const taken = specimen.status.status === "collected" ? parseMoment(specimen.status.at) : null;
    if (!taken) return [];
    const after = (minutes: number) => new Date(taken.getTime() + minutes * 60_000);
    const { spin } = specimen;
    if (spin) return [{ key: `spin ${specimen.id}`, specimen, from: after(spin.after_minutes), until: after(spin.before_minutes) }];
    return specimen.storage ? [{ key: `storage ${specimen.id}`, specimen, from: null, until: null }] : [];
  });
}

/** Taken containers that would be sent now without their label having been scanned on them, and nobody said why. */
export function unscanned(view: Pick<CollectionView, "requisition" | "remainder">): Specimen[] {
  return inOrder(view.requisition.specimens).filter((one) => one.status.status === "collected" && one.number !== null && !one.confirmed && !one.unscanned && !view.remainder.includes(one.id));
}

export const SORTS = ["urgency", "age", "due", "patient"] as const;
export type Sort = (typeof SORTS)[number];

/** The list in the order that somebody chose. The core gives it by urgency, then by age. */
export function sorted(items: readonly WorkItem[], by: Sort): WorkItem[] {
  const moment = (text: string) => parseMoment(text)?.getTime() ?? 0;
  const name = ({ patient: { patient } }: WorkItem) => `${patient.family} ${patient.given}`;
  switch (by) {
    case "urgency":
      return [...items];
    case "age":
      return [...items].sort((a, b) => moment(a.since) - moment(b.since));
    case "due":
      return [...items].sort((a, b) => moment(a.due) - moment(b.due));
    case "patient":
      return [...items].sort((a, b) => name(a).localeCompare(name(b), "nb"));
  }
}

/** Items of the list that fit what is typed: name, or digits of the number. */
export function fitting(items: readonly WorkItem[], typed: string): WorkItem[] {
  const text = typed.trim().toLocaleLowerCase("nb");
  const digits = text.replace(/\s/g, "");
  return items.filter(({ patient: { patient } }) => {
    const name = `${patient.given} ${patient.family} ${patient.family}, ${patient.given}`.toLocaleLowerCase("nb");
    return name.includes(text) || (/^\d+$/.test(digits) && (patient.national_id ?? "").includes(digits));
  });
}

/** Whether labels of this stock stand on sheets, and not on a roll. */
export function isSheet(stock: string): boolean {
  return stock.startsWith("a4-");
}

/** `50x25mm` as people write it: `50 × 25 mm`. */
export function stockName(stock: string): string {
  const size = /^(\d+)x(\d+)mm$/.exec(stock);
  if (size) return `${size[1]} × ${size[2]} mm`;
  const sheet = /^a4-(\d+)x(\d+)$/.exec(stock);
  return sheet ? `A4, ${sheet[1]} × ${sheet[2]}` : stock;
}
