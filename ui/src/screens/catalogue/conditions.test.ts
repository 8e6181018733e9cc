// Conditions in words: what is simple is said, what is not is not guessed at.
import { describe, expect, it } from "vitest";
import type { Question } from "../../ipc/model";
import { nb } from "../../texts/nb";
import { askedWhen, conditionWords } from "./conditions";

const text = (words: string) => ({ nb: words, nn: "", en: "" });
const question = (id: string, more: Partial<Question> = {}): Question => ({ id, phase: "order", answer: "boolean", text: text(id), place: { kind: "not_sent" }, ...more });
const QUESTIONS = [question("Gravid"), question("Type", { answer: "choice", options: [{ value: "first", text: text("Første gang") }] })];
const words = (condition: string) => conditionWords(condition, QUESTIONS, nb, "nb");

describe("conditions of questions", () => {
  it("are_told_in_words_where_they_are_simple", () => {
    expect(words("urgency != 'routine'")).toBe("når det haster");
    expect(words("sex != '1' && (age < 0 || (age >= 12 && age <= 55))")).toBe("for andre enn menn, og fra 12 til og med 55 år");
    expect(words("has(answers.Gravid) && answers.Gravid == true")).toBe("når «Gravid» er ja");
    expect(words("has(answers.Type) && answers.Type == 'first'")).toBe("når «Type» er «Første gang»");
    expect(words("has(answers.Gravid)")).toBe("når «Gravid» er besvart");
  });

  it("are_not_guessed_at_where_they_are_not", () => {
    expect(words("services.exists(s, s == 'glukose')")).toBeNull();
    expect(words("sex == '2' || urgency == 'cito'")).toBeNull();
    expect(askedWhen(question("x", { required: "last_days.x < 3" }), QUESTIONS, nb, "nb")).toEqual(["må besvares i noen tilfeller"]);
    expect(askedWhen(question("x", { required: "true" }), QUESTIONS, nb, "nb")).toEqual(["må alltid besvares"]);
  });
});
