// What the checklist shows of a requisition in the internal lab, derived from the core's facts. Pure: nothing here decides
// what may be done, the core does.
import { parseMoment } from "../../format";
import type { CollectionView, LabelView, RequestedService, Requisition, Specimen, WorkItem } from "../../ipc/model";

export const NOT_TAKEN = ["difficult", "refused", "not_fasting", "no_material", "other"] as const;
export const SPOILED = ["haemolysed", "clotted", "underfilled", "broken", "mislabelled", "other"] as const;

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

/** How long a patient may wait before the list turns amber, in minutes. */
const PATIENCE: Record<WorkItem["urgency"], number> = { cito: 15, urgent: 60, routine: 24 * 60 };

export function waitsTooLong(item: Pick<WorkItem, "urgency" | "since" | "at_home">, now: Date): boolean {
  const since = parseMoment(item.since);
  return !item.at_home && since !== null && now.getTime() - since.getTime() > PATIENCE[item.urgency] * 60_000;
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

/** `50x25mm` as people write it: `50 × 25 mm`. */
export function stockName(stock: string): string {
  const size = /^(\d+)x(\d+)mm$/.exec(stock);
  if (size) return `${size[1]} × ${size[2]} mm`;
  const sheet = /^a4-(\d+)x(\d+)$/.exec(stock);
  return sheet ? `A4, ${sheet[1]} × ${sheet[2]}` : stock;
}
