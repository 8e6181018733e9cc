import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import type { AskedQuestion, Finding } from "../ipc/model";
import { texts } from "../texts";
import { rim } from "./CapDot";
import { FindingNote, findingText, lead } from "./FindingNote";
import { Highlight, rangesOf } from "./Highlight";
import { asAddress } from "./LabelPreview";
import { Light } from "./Light";
import { moved } from "./listbox";
import { Question } from "./Question";
import { hasGel } from "./SpecimenRack";

const now = new Date(2026, 10, 23, 9, 41);

describe("a list under a field", () => {
  it("goes_round_at_its_ends_and_stops_at_them_with_the_page_keys", () => {
    expect(moved("ArrowDown", -1, 3, 8)).toBe(0);
    expect(moved("ArrowDown", 2, 3, 8)).toBe(0);
    expect(moved("ArrowUp", 0, 3, 8)).toBe(2);
    expect(moved("ArrowUp", -1, 3, 8)).toBe(2);
    expect(moved("PageDown", 1, 30, 8)).toBe(9);
    expect(moved("PageDown", 28, 30, 8)).toBe(29);
    expect(moved("PageUp", 3, 30, 8)).toBe(0);
    expect(moved("Home", 9, 30, 8)).toBe(0);
    expect(moved("End", 9, 30, 8)).toBe(29);
    expect(moved("a", 0, 3, 8)).toBeNull();
    expect(moved("ArrowDown", -1, 0, 8)).toBeNull();
  });
});

describe("marked letters", () => {
  it("count_characters_and_not_code_units", () => {
    const { container } = render(<Highlight text="𝛼-føtoprotein" ranges={[[2, 5]]} />);
    expect(container.querySelector("mark")?.textContent).toBe("føt");
    expect(container.textContent).toBe("𝛼-føtoprotein");
  });
  it("ignore_ranges_that_overlap", () => {
    const { container } = render(
      <Highlight
        text="ferritin"
        ranges={[
          [0, 4],
          [2, 6],
        ]}
      />,
    );
    expect(container.textContent).toBe("ferritin");
  });
  it("are_found_without_regard_to_case", () => {
    expect(rangesOf("Transferrin", "ferr")).toEqual([[5, 9]]);
    expect(rangesOf("Jern", "x")).toEqual([]);
  });
});

const finding = (more: Partial<Finding>): Finding => ({
  provider: "balsam",
  provider_name: "Balsam sykehus",
  rule: "hba1c",
  severity: "warn",
  subject: { about: "line", line: 1 },
  text: { nb: "Målt for 5 uker siden. Vent til 8 uker.", nn: "", en: "" },
  params: {},
  override_reasons: [{ value: "changed", text: { nb: "Endret behandling" } }],
  overridden: null,
  source: null,
  checked: null,
  ...more,
});

describe("a finding", () => {
  it("takes_one_click_to_override_and_can_be_taken_back", async () => {
    const onOverride = vi.fn();
    const { rerender } = render(<FindingNote finding={finding({})} now={now} onOverride={onOverride} />);
    await userEvent.click(screen.getByRole("button", { name: "Endret behandling" }));
    expect(onOverride).toHaveBeenLastCalledWith("changed");
    rerender(<FindingNote finding={finding({ overridden: "changed" })} now={now} onOverride={onOverride} />);
    expect(screen.getByText(/Beholdt: Endret behandling/)).toBeTruthy();
    await userEvent.click(screen.getByRole("button", { name: "Angre" }));
    expect(onOverride).toHaveBeenLastCalledWith(null);
  });
  it("tells_whose_rule_it_is_its_source_and_its_day_when_asked_also_after_it_was_overridden", async () => {
    const user = userEvent.setup();
    const whole = { text: { nb: "Målt for fem uker siden. Vent til åtte." }, override_reasons: [{ value: "changed", text: { nb: "Endret behandling" } }], overridden: "changed", source: "Brukerhåndboken", checked: "2026-11-20" };
    render(<FindingNote finding={finding({ severity: "warn", ...whole })} now={now} onOverride={() => undefined} />);
    expect(screen.queryByText(/Vent til åtte/)).toBeNull();
    await user.click(screen.getByRole("button", { name: "Om regelen" }));
    for (const fact of [/Vent til åtte/, "Balsam sykehus", "Brukerhåndboken", "20.11."]) expect(screen.getByText(fact)).toBeTruthy();
  });
  it("a_stop_offers_no_way_round_it", () => {
    render(<FindingNote finding={finding({ severity: "stop" })} now={now} onOverride={() => undefined} />);
    expect(screen.getAllByRole("button").map((each) => each.textContent)).toEqual(["Om regelen"]);
    expect(screen.getByTitle("Stopp")).toBeTruthy();
  });
  it("our_own_codes_are_worded_here_with_their_figures", () => {
    const own = finding({ text: null, rule: "too_long", params: { limit: "4000", length: "4100" } });
    expect(findingText(own, texts.nb, "nb")).toBe("Balsam sykehus avviser mer enn 4000 tegn. Teksten har 4100.");
    expect(findingText(finding({ text: null, rule: "new_rule" }), texts.nb, "nb")).toContain("new_rule");
  });
  it("its_first_sentence_leads", () => {
    expect(lead("Målt 41 mmol/mol. Vent.")).toEqual(["Målt 41 mmol/mol.", "Vent."]);
    expect(lead("Bare én")).toEqual(["Bare én", ""]);
  });
});

const question = (more: Partial<AskedQuestion>): AskedQuestion => ({
  id: "q",
  phase: "order",
  answer_type: "date_time",
  text: { nb: "Tidspunkt for siste dose" },
  help: null,
  options: [],
  unit: null,
  min: null,
  max: null,
  required: true,
  answer: null,
  shared: false,
  ...more,
});

describe("a question", () => {
  it("half_a_date_is_not_an_answer_until_the_field_is_left", async () => {
    const onAnswer = vi.fn();
    render(<Question id="q1" question={question({})} now={now} onAnswer={onAnswer} />);
    const field = screen.getByRole("textbox", { name: /Tidspunkt for siste dose/ });
    await userEvent.type(field, "22.11. 21:00");
    expect(onAnswer).not.toHaveBeenCalled();
    await userEvent.tab();
    expect(onAnswer).toHaveBeenCalledWith({ type: "date_time", value: "2026-11-22T21:00" }, false);
  });
  it("says_what_is_wrong_and_keeps_what_was_typed", async () => {
    const onAnswer = vi.fn();
    render(<Question id="q1" question={question({})} now={now} onAnswer={onAnswer} />);
    const field = screen.getByRole("textbox");
    await userEvent.type(field, "i går kveld");
    await userEvent.tab();
    expect(onAnswer).not.toHaveBeenCalled();
    expect(screen.getByRole("alert").textContent).toContain("dd.mm. tt:mm");
    expect(field).toHaveProperty("value", "i går kveld");
    expect(field.getAttribute("aria-invalid")).toBe("true");
  });
  it("says_in_words_whether_it_must_be_answered_or_may_be_skipped", () => {
    const options = Array.from({ length: 7 }, (_, at) => ({ value: `${at}`, text: { nb: `Valg ${at}` } }));
    const asked = (more: Partial<AskedQuestion>) => render(<Question id="q1" question={question({ answer_type: "boolean", ...more })} now={now} onAnswer={vi.fn()} />);
    const must = asked({});
    expect(screen.getByRole("group", { name: "Tidspunkt for siste dose må besvares" })).toBeTruthy();
    expect(must.container.querySelector(".question__must svg")).not.toBeNull();
    must.unmount();
    const done = asked({ answer: { type: "boolean", value: true } });
    expect(screen.getByRole("group", { name: "Tidspunkt for siste dose" })).toBeTruthy();
    done.unmount();
    for (const answer of [null, { type: "boolean" as const, value: true }]) {
      const may = asked({ required: false, answer });
      expect(screen.getByRole("group", { name: "Tidspunkt for siste dose valgfritt" })).toBeTruthy();
      expect(may.container.querySelector(".question--free")).not.toBeNull();
      may.unmount();
    }
    asked({ answer_type: "choice", options });
    expect(screen.getByRole("combobox").getAttribute("aria-required")).toBe("true");
  });
  it("evening_medicine_is_one_click", async () => {
    const onAnswer = vi.fn();
    render(<Question id="q1" question={question({})} now={now} onAnswer={onAnswer} />);
    await userEvent.click(screen.getByRole("button", { name: "I går 22:00" }));
    expect(onAnswer).toHaveBeenCalledWith({ type: "date_time", value: "2026-11-22T22:00" }, false);
  });
  it("a_number_outside_its_bounds_is_not_sent", async () => {
    const onAnswer = vi.fn();
    render(<Question id="q1" question={question({ answer_type: "number", unit: "°C", min: 30, max: 45 })} now={now} onAnswer={onAnswer} />);
    await userEvent.type(screen.getByRole("textbox"), "50,5");
    await userEvent.tab();
    expect(onAnswer).not.toHaveBeenCalled();
    expect(screen.getByRole("alert").textContent).toBe("Mellom 30 og 45.");
  });
  it("pressing_the_chosen_option_again_takes_the_answer_back", async () => {
    const onAnswer = vi.fn();
    const options = ["Ja", "Vet ikke"].map((value) => ({ value, text: { nb: value } }));
    render(<Question id="q1" question={question({ answer_type: "choice", options, answer: { type: "choice", value: "Ja" } })} now={now} onAnswer={onAnswer} />);
    await userEvent.click(screen.getByRole("button", { name: "Ja", pressed: true }));
    expect(onAnswer).toHaveBeenCalledWith(null, false);
  });
});

describe("small parts", () => {
  it("a_light_names_its_column_and_says_not_yet_in_words", () => {
    const { container } = render(<Light state="none" column="Besvart" />);
    expect(container.textContent).toBe("Besvart: —Ikke ennå");
  });
  it("a_cap_colour_gets_a_darker_rim", () => {
    expect(rim("#ffffff")).toBe("#b8b8b8");
    expect(rim("red")).toBe("#5d6573");
  });
  it("serum_without_gel_is_drawn_without_gel", () => {
    expect(hasGel({ container: { id: "GEL", name: { nb: "Serum, gel" } } })).toBe(true);
    expect(hasGel({ container: { id: "SERUM", name: { nb: "Serum uten gel" } } })).toBe(false);
  });
  it("a_label_is_shown_as_an_image_that_cannot_run_anything", () => {
    expect(asAddress("<svg><script/></svg>")).toMatch(/^data:image\/svg\+xml/);
    expect(asAddress("data:image/png;base64,AA")).toBe("data:image/png;base64,AA");
  });
});
