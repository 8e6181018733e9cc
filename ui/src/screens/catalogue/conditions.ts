// A question's conditions in words, where they are simple. The conditions are the provider's and are tried by the core; what is
// not understood here is said to hold "in some cases", never guessed at.
import { inLanguage, type Language } from "../../format";
import type { Question } from "../../ipc/model";
import type { Texts } from "../../texts";

/** The condition in words; null where it is not simple. */
export function conditionWords(condition: string, questions: readonly Question[], t: Texts, language: Language): string | null {
  const words = t.handbook.conditions;
  const ages = /^\(?\s*age < 0 \|\| \(age >= (\d+) && age <= (\d+)\)\s*\)?$/;
  const parts: string[] = [];
  // A part in brackets belongs together.
  const pieces = condition.split(/\s*&&\s*(?![^(]*\))/).map((piece) => piece.trim());
  for (const piece of pieces) {
    const asked = /^has\(answers\.(\w+)\)$/.exec(piece);
    // "has(answers.x)" only guards what is said of x next to it.
    if (asked && pieces.some((other) => other !== piece && new RegExp(`\\banswers\\.${asked[1] ?? ""}\\b`).test(other))) continue;
    const told = asked ? words.answered(question(asked[1]) ?? "") : plain(piece);
    if (!told) return null;
    parts.push(told);
  }
  return parts.length > 0 ? words.and(parts) : null;

  function question(id: string | undefined): string | null {
    const found = questions.find((each) => each.id === id);
    return found ? inLanguage(found.text, language) : null;
  }
  function plain(piece: string): string | null {
    switch (piece) {
      case "sex == '2'":
        return words.women;
      case "sex == '1'":
        return words.men;
      case "sex != '1'":
        return words.notMen;
      case "sex != '2'":
        return words.notWomen;
      case "urgency != 'routine'":
        return words.urgent;
      case "urgency == 'routine'":
        return words.routine;
      case "urgency == 'cito'":
        return words.cito;
    }
    const between = ages.exec(piece);
    if (between) return words.ageBetween(between[1] ?? "", between[2] ?? "");
    const age = /^age (>=|<=|<) (\d+)$/.exec(piece);
    if (age) return age[1] === ">=" ? words.ageFrom(age[2] ?? "") : age[1] === "<=" ? words.ageTo(age[2] ?? "") : words.ageUnder(age[2] ?? "");
    const yes = /^answers\.(\w+)(?: == (true|false))?$/.exec(piece);
    if (yes) {
      const name = question(yes[1]);
      return name && (yes[2] === "false" ? words.no(name) : words.yes(name));
    }
    const chosen = /^answers\.(\w+) == '([^']*)'$/.exec(piece);
    const of = questions.find((each) => each.id === chosen?.[1]);
    const option = of?.options?.find((each) => each.value === chosen?.[2]);
    return of && option ? words.chosen(inLanguage(of.text, language), inLanguage(option.text, language)) : null;
  }
}

/** When a question is asked and when it must be answered, in words. */
export function askedWhen(question: Question, questions: readonly Question[], t: Texts, language: Language): string[] {
  const words = t.handbook.askedWhen;
  const of = (condition: string) => conditionWords(condition.trim(), questions, t, language);
  const lines: string[] = [];
  const visible = (question.visible ?? "").trim();
  const required = (question.required ?? "").trim();
  if (visible && visible !== "true") {
    const shown = of(visible);
    lines.push(shown ? words.shown(shown) : words.shownSometimes);
  }
  if (required === "true") lines.push(words.always);
  else if (required && required !== "false") {
    const must = of(required);
    lines.push(must ? words.when(must) : words.sometimes);
  }
  return lines;
}
