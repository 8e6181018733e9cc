// The interview: explicit answers, last time's offered and never taken for granted.
import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { BackendContext } from "../../ipc/backend";
import { fakeBackend } from "../../ipc/testing/fake";
import type { AskedQuestion, DraftView } from "../../ipc/model";
import { InterviewBlock, type InterviewQuestion } from "./Interview";
import { readPast, writePast } from "./planned";

const now = new Date(2026, 10, 23, 9, 41);
const words = (nb: string, en = "") => ({ nb, nn: "", en });

function asked(id: string, more: Partial<AskedQuestion> = {}): InterviewQuestion {
  const options = ["no", "yes"].map((value) => ({ value, text: words(value === "no" ? "Nei" : "Ja", value === "no" ? "No" : "Yes") }));
  const question: AskedQuestion = { id, phase: "order", answer_type: "choice", text: words(`Har du ${id}?`, `Do you have ${id}?`), help: null, options, unit: null, min: null, max: null, required: true, answer: null, shared: true, interview: true, ...more };
  return { line: 1, provider: "balsam", question };
}

function open(questions: InterviewQuestion[]) {
  const onAnswer = vi.fn();
  const backend = fakeBackend({ interview: async () => [{ provider: "balsam", question: "klips", answer: { type: "choice", value: "no" }, at: "2026-03-12T10:00:00Z" }] });
  const view = { draft: { id: "d", lines: [] }, patient: { patient: { given: "Line", family: "Danser", birth_date: "1969-11-13" } } } as unknown as DraftView;
  const user = userEvent.setup();
  render(
    <BackendContext.Provider value={backend}>
      <InterviewBlock asked={questions} view={view} service="MR kne" now={now} onAnswer={onAnswer} />
    </BackendContext.Provider>,
  );
  return { user, onAnswer };
}

describe("the interview", () => {
  it("shows_last_times_answer_and_leaves_the_question_open_until_it_is_given_again", async () => {
    const { user, onAnswer } = open([asked("pacemaker"), asked("klips")]);
    await user.click(screen.getByRole("button", { name: "Start samtalen" }));
    const clip = screen.getByRole("group", { name: /Har du klips/ });
    const still = await within(clip).findByRole("button", { name: "Gjelder fortsatt: Nei" });
    expect(within(clip).getAllByRole("radio").every((radio) => !(radio as HTMLInputElement).checked)).toBe(true);
    expect(onAnswer).not.toHaveBeenCalled();
    await user.click(still);
    expect(onAnswer).toHaveBeenCalledWith(1, "klips", { type: "choice", value: "no" }, false);
  });

  it("begins_at_the_first_open_question_and_enter_goes_on_to_the_next", async () => {
    const { user } = open([asked("pacemaker", { answer: { type: "choice", value: "no" } }), asked("klips"), asked("pumpe")]);
    await user.click(screen.getByRole("button", { name: "Fortsett samtalen" }));
    expect(document.activeElement?.closest("[data-question]")?.getAttribute("data-question")).toBe("klips");
    await user.keyboard("{Enter}");
    expect(document.activeElement?.closest("[data-question]")?.getAttribute("data-question")).toBe("pumpe");
  });

  it("speaks_the_patients_language_without_changing_that_of_the_screens", async () => {
    const { user } = open([asked("pacemaker")]);
    await user.click(screen.getByRole("button", { name: "Start samtalen" }));
    await user.click(screen.getByRole("radio", { name: "English" }));
    expect(screen.getByText("Do you have pacemaker?")).toBeTruthy();
    expect(screen.getByRole("button", { name: "Ferdig" })).toBeTruthy();
  });
});

describe("a date that has been", () => {
  it("may_be_a_year_or_a_month_and_comes_back_as_it_was_written", () => {
    for (const [typed, kept] of [["2024", "2024"], ["03.2024", "2024-03"], ["5.3.2024", "2024-03-05"]] as const) {
      expect(readPast(typed, now)).toBe(kept);
    }
    for (const wrong of ["13.2024", "i fjor", "24"]) expect(readPast(wrong, now)).toBeNull();
    expect(writePast("2024-03")).toBe("03.2024");
  });
});
