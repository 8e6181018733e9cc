// No edit is lost: not between two quick clicks, not where a field vanishes under the hands of the one who types, not while an
// older answer is under way.
import { act, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { Question } from "../../components/Question";
import { settleTyping } from "../../components/settle";
import { editQueue, type Building, type EditQueue } from "../../ipc/editing";
import type { Answer, AskedQuestion, BasketLine, Draft, DraftView, Edit, LineContainer } from "../../ipc/model";
import { chosen } from "./Basket";
import { demoBackend } from "../../dev/backend";
import { BackendContext } from "../../ipc/backend";
import { Copies } from "./Clinical";
import { Containers } from "./Containers";
import { DiagnosisField } from "./DiagnosisField";
import { Attachments, EarlierFindings } from "./Documents";
import { Series } from "./Series";

const now = new Date("2026-11-26T10:00:00");
const line = { id: 1, name: "Hud, eksisjonsbiopsi", materials: [], containers: [] } as unknown as BasketLine;
const draftOf = (fields: object) => ({ id: "d", lines: [{ id: 1, containers: [], ...fields }] }) as unknown as Draft;
const viewOf = (draft: Draft) => ({ draft }) as unknown as DraftView;

/** A queue that makes its edits only when it is told to, over a draft that each edit changes. */
function slow(draft: Draft) {
  const sent: Edit[] = [];
  const waiting: (() => void)[] = [];
  const stored = draft as unknown as { lines: { series?: unknown }[] };
  const queue = editQueue(
    {
      editDraft: (_, edit) =>
        new Promise((resolve) =>
          waiting.push(() => {
            sent.push(edit);
            if (edit.edit === "series") stored.lines[0]!.series = edit.series;
            if (edit.edit === "diagnoses") draft.diagnoses = edit.diagnoses;
            if (edit.edit === "copy_recipients") draft.copy_recipients = edit.recipients;
            if (edit.edit === "earlier_findings") draft.earlier_findings = edit.findings;
            resolve(viewOf(draft));
          }),
        ),
      draft: async () => viewOf(structuredClone(draft)),
    },
    "d",
    { view: () => undefined, failed: () => undefined },
  );
  const answerAll = async () => {
    for (let round = 0; round < 12; round += 1) {
      await act(async () => undefined);
      waiting.shift()?.();
    }
  };
  return { queue, sent, answerAll };
}

const quiet = (): EditQueue & { made: (Edit | Building)[] } => {
  const made: (Edit | Building)[] = [];
  return { made, edit: (edit) => void made.push(edit), typed: (edit) => void made.push(edit), flush: async () => true };
};

it("fields_of_a_series_that_are_left_one_after_the_other_all_count_before_the_first_is_answered", async () => {
  const user = userEvent.setup();
  const draft = draftOf({ series: { times: null, every: null, start: null, end: null, instructions: "" } });
  const { queue, sent, answerAll } = slow(draft);
  render(<Series line={line} view={viewOf(structuredClone(draft))} queue={queue} now={now} />);
  await user.click(screen.getByRole("button", { name: /Serie eller annen dag/ }));
  await user.type(screen.getByLabelText("Antall ganger"), "6");
  await user.tab();
  await user.type(screen.getAllByLabelText("Hver")[0]!, "4");
  await user.tab();
  await user.type(screen.getByLabelText("Ellers"), "Før neste dose");
  await user.tab();
  await answerAll();
  expect(sent.at(-1)).toMatchObject({ series: { times: 6, every: { count: 4, unit: "week" }, instructions: "Før neste dose" } });
});

it("two_choices_that_are_clicked_before_the_first_is_answered_both_count", () => {
  const of = (...value: string[]): Answer => ({ type: "choices", value });
  // Drawn with nothing, clicked twice: each click says what it adds.
  const first = chosen(null, null, of("iud"));
  expect(chosen(first, null, of("conisation"))).toEqual(of("iud", "conisation"));
  expect(chosen(of("iud", "conisation"), of("iud", "conisation"), of("iud"))).toEqual(of("iud"));
  expect(chosen(of("iud"), of("iud"), null)).toBeNull();
});

it("a_measure_that_is_being_typed_counts_when_a_key_leads_to_another_screen", async () => {
  const user = userEvent.setup();
  const queue = quiet();
  const { unmount } = render(<Containers line={line} view={viewOf(draftOf({ containers: [{ id: 1 } as LineContainer] }))} queue={queue} />);
  await user.type(screen.getByLabelText(/Største mål/), "12");
  act(() => settleTyping());
  unmount();
  expect(queue.made.at(-1)).toMatchObject({ edit: "describe_container", container: { id: 1, size_mm: 12 } });
});

it("what_was_typed_in_one_container_is_sent_with_what_was_just_chosen_in_it_whatever_was_answered_meanwhile", async () => {
  const user = userEvent.setup();
  const queue = quiet();
  const shown = (first: Partial<LineContainer>) => <Containers line={line} view={viewOf(draftOf({ containers: [{ id: 1, ...first }] }))} queue={queue} />;
  const { rerender } = render(shown({}));
  await user.selectOptions(screen.getByLabelText("Side"), "left");
  await user.type(screen.getByLabelText("Lokalisasjon"), "Legg");
  rerender(shown({ side: "left" }));
  await user.click(screen.getByRole("button", { name: "Mer om beholder 1" }));
  await user.type(screen.getByLabelText("Fiksering"), "NaCl");
  rerender(shown({ side: "left", site: "Legg" }));
  await user.type(screen.getByLabelText(/Største mål/), "4");
  await user.click(screen.getByRole("button", { name: "Mer om beholder 1" }));
  expect(queue.made.at(-1)).toMatchObject({ container: { side: "left", site: "Legg", fixative: "NaCl", size_mm: 4 } });
});

it("a_date_that_is_taken_away_before_its_answer_has_come_is_taken_away", async () => {
  const user = userEvent.setup();
  const given = vi.fn();
  const question = { id: "q", answer_type: "date", text: { nb: "Siste menstruasjon" }, help: null, options: [], answer: null, required: false, phase: "order" } as unknown as AskedQuestion;
  render(<Question question={question} id="q" onAnswer={given} now={now} />);
  const field = screen.getByRole("textbox");
  await user.type(field, "10.11.");
  await user.tab();
  expect(given).toHaveBeenLastCalledWith({ type: "date", value: "2026-11-10" }, false);
  await user.clear(field);
  act(() => field.blur());
  expect(given).toHaveBeenLastCalledWith(null, false);
});

it("diagnoses_that_are_picked_one_after_the_other_all_count_before_the_first_is_answered", async () => {
  const user = userEvent.setup();
  const draft = { ...draftOf({}), diagnoses: [] } as Draft;
  const { queue, sent, answerAll } = slow(draft);
  // Drawn with what there was: no answer has come.
  render(<DiagnosisField diagnoses={[]} onChange={(change) => queue.edit((before) => ({ edit: "diagnoses", diagnoses: change(before.diagnoses) }))} />);
  const field = screen.getByRole("combobox");
  for (const code of ["R05", "A03"]) {
    await user.type(field, code);
    await waitFor(() => expect(screen.getAllByRole("option")[0]?.textContent).toContain(code), { timeout: 10_000 });
    await user.keyboard("{Enter}");
  }
  await answerAll();
  expect(sent.at(-1)).toMatchObject({ diagnoses: [{ code: "R05" }, { code: "A03" }] });
});

it("a_copy_that_is_added_while_another_is_on_its_way_takes_none_of_them_away", async () => {
  const user = userEvent.setup();
  const other = { organisation: "Kattskinnet legesenter", organisation_her: "1", name: "August September", her: "2", person: true };
  const draft = { ...draftOf({}), copy_recipients: [] } as unknown as Draft;
  const { queue, sent, answerAll } = slow(draft);
  const change = (make: (before: readonly (typeof other)[]) => (typeof other)[]) => queue.edit((before) => ({ edit: "copy_recipients", recipients: make(before.copy_recipients) }));
  render(<Copies recipients={[]} onChange={change} />);
  change((before) => [...before, other]);
  await user.click(screen.getByRole("button", { name: "Legg til kopimottaker" }));
  const [name, her, organisation, organisationHer] = screen.getAllByRole("textbox");
  for (const [field, text] of [[name, "Ida Januar"], [her, "34"], [organisation, "Furumo laboratorium"], [organisationHer, "56"]] as const) await user.type(field!, text);
  await user.click(screen.getByRole("button", { name: "Legg til kopimottaker" }));
  await answerAll();
  expect(sent.at(-1)).toMatchObject({ recipients: [{ her: "2" }, { her: "34", name: "Ida Januar", organisation_her: "56" }] });
});

it("an_earlier_finding_that_is_taken_away_and_one_that_is_added_both_count_before_the_first_is_answered", async () => {
  const user = userEvent.setup();
  const before = [{ text: "Polypp", date: null }, { text: "Ulcus", date: null }];
  const draft = { ...draftOf({}), earlier_findings: before } as unknown as Draft;
  const { queue, sent, answerAll } = slow(draft);
  render(<EarlierFindings view={viewOf(structuredClone(draft))} queue={queue} now={now} />);
  await user.click(screen.getByRole("button", { name: /Polypp/ }));
  await user.click(screen.getByRole("button", { name: "Legg til funn" }));
  await user.type(screen.getByPlaceholderText(/./), "Divertikler{Enter}");
  await answerAll();
  expect(sent.at(-1)).toMatchObject({ findings: [{ text: "Ulcus" }, { text: "Divertikler" }] });
});

it("what_an_attachment_is_called_and_whom_it_is_for_go_together_whatever_was_answered_meanwhile", async () => {
  const user = userEvent.setup();
  const queue = quiet();
  const part = (department: string) => ({ provider: "balsam", department, department_name: { nb: department, nn: department, en: department } });
  const draft = { ...draftOf({}), attachments: [{ id: "a", kind: "pdf", bytes: 900, description: "" }] };
  const view = { draft, composition: { parts: [part("PAT"), part("RAD")] } } as unknown as DraftView;
  const shown = () => (
    <BackendContext.Provider value={demoBackend(new URLSearchParams("theme=light"))}>
      <Attachments view={structuredClone(view)} queue={queue} onView={() => undefined} />
    </BackendContext.Provider>
  );
  const { rerender, unmount } = render(shown());
  await user.selectOptions(screen.getByRole("combobox"), "RAD");
  // An answer to what was there before draws the old choice once more.
  rerender(shown());
  await user.type(screen.getAllByRole("textbox")[0]!, "Skisse");
  act(() => settleTyping());
  unmount();
  expect(queue.made.at(-1)).toMatchObject({ edit: "describe_attachment", id: "a", description: "Skisse", only: { department: "RAD" } });
});
