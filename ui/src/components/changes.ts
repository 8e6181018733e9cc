// What a new catalogue changed, in words: one line for each fact, with what it was and what it is.
import { decimal, inLanguage, type Language } from "../format";
import type { Change, Fact, Told } from "../ipc/model";
import type { Texts } from "../texts";

/** Fields that hold lists, of which only what went and what came is told. */
const LISTS = new Set(["synonyms", "questions", "services", "optional", "options", "override_reasons", "specimens"]);

/** The facts of a change, one line each. */
export function factLines(change: Pick<Change, "facts">, t: Texts, language: Language): string[] {
  return (change.facts ?? []).map((fact) => t.handbook.fact(fieldName(fact.field, t), factWords(fact, t, language)));
}

function fieldName(field: string, t: Texts): string {
  return t.handbook.fields[field] ?? t.handbook.fields["other"] ?? field;
}

function factWords(fact: Fact, t: Texts, language: Language): string {
  const words = (told: readonly Told[]) => told.map((one) => toldWords(fact.field, one, t, language)).join(LISTS.has(fact.field) ? ", " : " ");
  const [before, after] = [words(fact.before), words(fact.after)];
  // One specimen for another is a change; several are what went and what came.
  if (LISTS.has(fact.field) && !(fact.before.length === 1 && fact.after.length === 1)) return t.handbook.removedAndAdded(before, after);
  return t.handbook.arrow(before || t.handbook.nothing, after || t.handbook.nothing);
}

function toldWords(field: string, told: Told, t: Texts, language: Language): string {
  const last = field.split(".").at(-1) ?? field;
  switch (told.type) {
    case "flag":
      return told.value ? t.common.yes : t.common.no;
    case "number":
      return withUnit(last, Number(told.value), t, language);
    case "words":
      return t.handbook.codes[`${last}.${told.value.nb}`] ?? inLanguage(told.value, language);
  }
}

function withUnit(field: string, value: number, t: Texts, language: Language): string {
  const figure = decimal(value, language, 2);
  switch (field) {
    case "turnaround_days":
    case "retest_days":
    case "stale_after_days":
      return t.handbook.days(figure);
    case "add_on_hours":
    case "receipt_within_hours":
      return t.handbook.hours(figure);
    case "after_minutes":
    case "before_minutes":
      return t.handbook.minutes(figure);
    case "min_age":
    case "max_age":
      return t.handbook.years(figure);
    case "fill_ml":
    case "dead_ml":
      return t.handbook.millilitres(figure);
    case "clinical_text":
      return t.handbook.letters(figure);
    case "attachments_bytes":
      return t.handbook.megabytes(decimal(value / 1_000_000, language, 1));
    default:
      return figure;
  }
}
