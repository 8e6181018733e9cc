import { beforeEach, describe, expect, it, vi } from "vitest";
import { editQueue } from "./editing";
import { CommandFailure } from "./failure";
import type { DraftView, Edit } from "./model";

const text = (words: string): Edit => ({ edit: "clinical_text", text: words });
const view = (revision: number) => ({ draft: { revision } }) as DraftView;

describe("edits of a draft", () => {
  let sent: Edit[];
  let answer: ((view: DraftView) => void)[];
  let shown: number[];
  let failures: string[];
  let stored: DraftView;
  const make = () =>
    editQueue(
      {
        editDraft: (_, edit) => {
          sent.push(edit);
          return new Promise((resolve) => answer.push(resolve));
        },
        draft: async () => stored,
      },
      "draft",
      { view: (each) => shown.push(each.draft.revision), failed: (failure) => failures.push(failure.code) },
    );

  beforeEach(() => {
    vi.useFakeTimers();
    sent = [];
    answer = [];
    shown = [];
    failures = [];
  });

  it("are_sent_one_at_a_time_in_the_order_they_were_made", async () => {
    const queue = make();
    queue.edit({ edit: "remove_line", line: 1 });
    queue.edit({ edit: "remove_line", line: 2 });
    expect(sent).toEqual([{ edit: "remove_line", line: 1 }]);
    answer[0]!(view(2));
    await vi.advanceTimersByTimeAsync(0);
    expect(sent).toHaveLength(2);
  });

  it("an_edit_of_a_whole_list_builds_on_the_edit_before_it_and_not_on_what_was_drawn", async () => {
    const queue = make();
    const one = { system: "ICPC2", code: "K86", display: "Hypertensjon" };
    const two = { system: "ICPC2", code: "T90", display: "Diabetes" };
    const add = (diagnosis: typeof one) => queue.edit(({ diagnoses }) => ({ edit: "diagnoses", diagnoses: [...diagnoses, diagnosis] }));
    stored = { draft: { revision: 1, diagnoses: [] as unknown } } as DraftView;
    add(one);
    add(two);
    await vi.advanceTimersByTimeAsync(0);
    stored = { draft: { revision: 2, diagnoses: [one] as unknown } } as DraftView;
    answer[0]!(stored);
    await vi.advanceTimersByTimeAsync(0);
    expect(sent).toEqual([
      { edit: "diagnoses", diagnoses: [one] },
      { edit: "diagnoses", diagnoses: [one, two] },
    ]);
  });

  it("only_the_last_answer_of_a_burst_is_drawn", async () => {
    const queue = make();
    queue.edit({ edit: "remove_line", line: 1 });
    queue.edit({ edit: "remove_line", line: 2 });
    answer[0]!(view(2));
    await vi.advanceTimersByTimeAsync(0);
    answer[1]!(view(3));
    await vi.advanceTimersByTimeAsync(0);
    expect(shown).toEqual([3]);
  });

  it("a_letter_stays_in_the_window_for_a_moment_only", async () => {
    const queue = make();
    queue.typed(text("T"));
    await vi.advanceTimersByTimeAsync(100);
    queue.typed(text("Tr"));
    // The pause is counted from the first letter, so that fast typing is saved on the way.
    await vi.advanceTimersByTimeAsync(50);
    expect(sent).toEqual([text("Tr")]);
  });

  it("what_was_typed_before_a_click_is_saved_before_it", () => {
    const queue = make();
    queue.typed(text("Trett"));
    queue.edit({ edit: "urgency", urgency: "cito" });
    expect(sent).toEqual([text("Trett")]);
  });

  it("leaving_the_screen_waits_until_all_is_saved", async () => {
    const queue = make();
    queue.typed(text("Trett"));
    let done: boolean | null = null;
    void queue.flush().then((saved) => (done = saved));
    await vi.advanceTimersByTimeAsync(0);
    expect(done).toBeNull();
    answer[0]!(view(2));
    await vi.advanceTimersByTimeAsync(0);
    expect(done).toBe(true);
  });

  it("a_refused_edit_is_told_and_the_next_one_still_goes", async () => {
    const told: string[] = [];
    let calls = 0;
    const queue = editQueue(
      {
        editDraft: async () => {
          calls += 1;
          if (calls === 1) throw new CommandFailure({ code: "diskFull", params: {}, reference: "a1" });
          return view(2);
        },
        draft: async () => view(1),
      },
      "draft",
      { view: () => told.push("view"), failed: (failure) => told.push(failure.code) },
    );
    queue.edit({ edit: "remove_line", line: 1 });
    queue.edit({ edit: "remove_line", line: 2 });
    expect(await queue.flush()).toBe(false);
    expect(told).toEqual(["diskFull", "view"]);
  });
});
