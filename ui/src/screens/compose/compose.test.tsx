// The compose screen in the whole window, over the made-up backend.
import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { openWindow, type Demo } from "../../dev/opened";
import { CommandFailure } from "../../ipc/failure";
import { texts } from "../../texts";
import { missingWords } from "./ActionBar";
import { readPlanned } from "./planned";
import { entry, searchDiagnoses } from "./diagnoses";

async function open(patient: RegExp | null, prepare?: (backend: Demo) => void) {
  const { backend, user } = openWindow(prepare);
  if (patient) await user.click(await screen.findByRole("button", { name: patient }));
  return { backend, user };
}

const openFull = async (prepare?: (backend: Demo) => void) => {
  const opened = await open(/Fortsett: Line Danser/, prepare);
  return { ...opened, search: await screen.findByRole("combobox", { name: "Søk etter tjenester" }) };
};

describe("beginning", () => {
  it("what_is_missing_has_the_focus_when_enter_could_not_begin", async () => {
    const { user } = await open(null, (backend) => {
      const real = backend.checkPatient;
      backend.checkPatient = async (form) => ({ ...(await real(form)), known: null });
    });
    await user.type(await screen.findByRole("textbox", { name: /11 siffer/ }), "15076500565");
    const family = await screen.findByRole("textbox", { name: /Etternavn/ });
    await user.keyboard("{Enter}");
    await waitFor(() => expect(document.activeElement).toBe(family));
  });
});

describe("finding", () => {
  it("enter_adds_the_best_hit_and_the_focus_stays_in_the_field", async () => {
    const { user, search } = await openFull();
    await user.type(search, "ferr");
    await screen.findByRole("option", { name: /Transferrinmetning/ });
    expect(search.getAttribute("aria-activedescendant")).toBe(screen.getAllByRole("option")[0]!.id);
    await user.keyboard("{Enter}");
    const basket = screen.getByRole("region", { name: "Rekvisisjon" });
    await within(basket).findByText("Ferritin");
    expect(document.activeElement).toBe(search);
    expect(search).toHaveProperty("value", "ferr");
    await user.keyboard("krea");
    expect(search).toHaveProperty("value", "krea");
  });

  it("enter_before_the_answer_picks_from_that_answer_and_not_from_the_one_before", async () => {
    let answer: () => void = () => undefined;
    const { user, search, backend } = await openFull((backend) => {
      const real = backend.search;
      backend.search = (query, ...rest) => (query === "ferr" ? new Promise((resolve) => (answer = () => void real(query, ...rest).then(resolve))) : real(query, ...rest));
    });
    const edit = vi.spyOn(backend, "editDraft");
    await user.type(search, "fer");
    await waitFor(() => expect(search.getAttribute("aria-activedescendant")).toBeTruthy());
    await user.keyboard("r{Enter}");
    expect(edit).not.toHaveBeenCalled();
    await act(async () => answer());
    await within(screen.getByRole("region", { name: "Rekvisisjon" })).findByText("Ferritin");
    expect(edit.mock.calls.map(([, one]) => one)).toEqual([expect.objectContaining({ service: "ferritin" })]);
  });

  it("enter_before_the_answer_is_forgotten_when_another_letter_follows", async () => {
    let answer: () => void = () => undefined;
    const { user, search, backend } = await openFull((backend) => {
      const real = backend.search;
      backend.search = (query, ...rest) => (query === "fer" ? new Promise((resolve) => (answer = () => void real(query, ...rest).then(resolve))) : real(query, ...rest));
    });
    const edit = vi.spyOn(backend, "editDraft");
    await user.type(search, "fer{Enter}r");
    await act(async () => answer());
    await screen.findByText("8 treff i 2 kataloger");
    await user.keyboard("{ArrowDown}{Enter}");
    await waitFor(() => expect(edit).toHaveBeenCalled());
    const second = screen.getAllByRole("option")[1]!.dataset["service"];
    expect(edit.mock.calls.map(([, one]) => one)).toEqual([expect.objectContaining({ service: second })]);
  });

  it("enter_is_forgotten_when_the_search_fails_and_adds_nothing_when_it_comes_back", async () => {
    let down = true;
    const { user, search, backend } = await openFull((backend) => {
      const real = backend.search;
      backend.search = (query, ...rest) => (query === "ferr" && down ? Promise.reject(new CommandFailure({ code: "internal", params: {}, reference: "" })) : real(query, ...rest));
    });
    const edit = vi.spyOn(backend, "editDraft");
    await user.type(search, "ferr{Enter}");
    await screen.findByRole("alert");
    down = false;
    act(() => backend.changed("catalogue"));
    await screen.findByText("8 treff i 2 kataloger");
    await user.keyboard("{ArrowDown}{Enter}");
    await waitFor(() => expect(edit).toHaveBeenCalled());
    const second = screen.getAllByRole("option")[1]!.dataset["service"];
    expect(edit.mock.calls.map(([, one]) => one)).toEqual([expect.objectContaining({ edit: "add_service", service: second })]);
  });

  it("the_page_of_a_hit_is_asked_for_when_the_letters_stop_coming", async () => {
    const { search, backend } = await openFull();
    const page = vi.spyOn(backend, "servicePage");
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      for (const value of ["f", "fe", "fer", "ferr"]) {
        fireEvent.change(search, { target: { value } });
        await act(async () => vi.advanceTimersByTime(100));
      }
      expect(search.getAttribute("aria-activedescendant")).toBe(screen.getAllByRole("option")[0]!.id);
      expect(page).not.toHaveBeenCalled();
      for (let step = 0; step < 4; step++) await act(async () => vi.advanceTimersByTime(100));
      expect(page).toHaveBeenCalledExactlyOnceWith("balsam", "ferritin", "full");
    } finally {
      vi.useRealTimers();
    }
  });

  it("nothing_is_picked_from_an_empty_field", async () => {
    const { user, search, backend } = await openFull();
    const edit = vi.spyOn(backend, "editDraft");
    await user.click(search);
    await screen.findAllByRole("option");
    expect(search.getAttribute("aria-activedescendant")).toBeNull();
    await user.keyboard("{Enter}");
    expect(edit).not.toHaveBeenCalled();
  });

  it("escape_clears_and_the_usual_ones_come_back", async () => {
    const { user, search } = await openFull();
    await user.type(search, "ferr");
    await screen.findByText("8 treff i 2 kataloger");
    await user.keyboard("{Escape}");
    expect(search).toHaveProperty("value", "");
    await screen.findByText("Nylig brukt");
  });

  it("while_letters_come_only_the_hits_in_sight_are_asked_for_and_the_rest_in_a_pause", async () => {
    const { user, search, backend } = await openFull((backend) => {
      const real = backend.search;
      backend.search = (query, draft, first) => real(query, draft, first === null ? null : 3);
    });
    const asked = vi.spyOn(backend, "search");
    await user.type(search, "ferr");
    await waitFor(() => expect(screen.getAllByRole("option")).toHaveLength(3));
    expect(screen.getByText("8 treff i 2 kataloger")).toBeTruthy();
    expect(asked.mock.calls.map(([query, , first]) => [query, first])).toEqual(["f", "fe", "fer", "ferr"].map((query) => [query, 14]));
    await waitFor(() => expect(screen.getAllByRole("option")).toHaveLength(8));
    expect(screen.getByText("8 treff i 2 kataloger")).toBeTruthy();
    expect(asked.mock.lastCall?.[2]).toBeNull();
  });

  it("an_answer_to_an_older_query_is_dropped", async () => {
    const late: (() => void)[] = [];
    const { user, search } = await openFull((backend) => {
      const real = backend.search;
      backend.search = (query, ...rest) => (query === "f" ? new Promise((resolve) => late.push(() => void real(query, ...rest).then(resolve))) : real(query, ...rest));
    });
    await user.type(search, "ferr");
    await screen.findByText("8 treff i 2 kataloger");
    await act(async () => late.forEach((answer) => answer()));
    expect(screen.getByText("8 treff i 2 kataloger")).toBeTruthy();
  });

  it("the_arrow_keys_move_through_the_groups_as_they_are_shown", async () => {
    const { user, search } = await openFull();
    await user.type(search, "ferr");
    await screen.findByText("8 treff i 2 kataloger");
    await user.keyboard("{End}");
    const last = screen.getAllByRole("option").at(-1)!;
    expect(search.getAttribute("aria-activedescendant")).toBe(last.id);
    expect(last.textContent).toContain("Anemi");
    await user.keyboard("{ArrowDown}");
    expect(search.getAttribute("aria-activedescendant")).toBe(screen.getAllByRole("option")[0]!.id);
  });

  it("slash_leads_to_the_search_but_is_a_letter_in_a_text", async () => {
    const { user, search } = await openFull();
    const text = screen.getByRole("textbox", { name: "Kliniske opplysninger" });
    await user.click(text);
    await user.keyboard("/");
    expect(document.activeElement).toBe(text);
    screen.getByRole("button", { name: "Ta prøve nå" }).focus();
    await user.keyboard("/");
    expect(document.activeElement).toBe(search);
  });
});

describe("the draft", () => {
  it("every_letter_of_the_clinical_text_reaches_the_core", async () => {
    const { user, backend } = await openFull();
    const edit = vi.spyOn(backend, "editDraft");
    const text = screen.getByRole("textbox", { name: "Kliniske opplysninger" });
    await user.type(text, " Ny tekst.");
    await waitFor(() => {
      const last = edit.mock.calls.at(-1)?.[1];
      expect(last?.edit === "clinical_text" && last.text.endsWith(" Ny tekst.")).toBe(true);
    });
  });

  it("what_is_missing_is_counted_and_the_link_leads_to_each_in_turn", async () => {
    const { user } = await openFull();
    const link = screen.getByRole("button", { name: "1 spørsmål og 1 advarsel gjenstår" });
    await user.click(link);
    expect(document.activeElement).toBe(screen.getByRole("textbox", { name: /Tidspunkt for siste dose/ }));
    await user.click(link);
    expect(document.activeElement).toBe(screen.getByRole("button", { name: "Endret behandling" }));
  });

  it("a_draft_with_something_missing_is_not_handed_on", async () => {
    const { user, backend } = await openFull();
    const handOn = vi.spyOn(backend, "handOn");
    await user.click(screen.getByRole("button", { name: "Ta prøve nå" }));
    expect(handOn).not.toHaveBeenCalled();
    expect(document.activeElement).toBe(screen.getByRole("textbox", { name: /Tidspunkt for siste dose/ }));
  });

  it("a_settled_draft_goes_to_the_internal_lab_and_opens_there", async () => {
    const { user, backend } = await openFull();
    const handOn = vi.spyOn(backend, "handOn");
    await user.click(screen.getByRole("button", { name: "I går 22:00" }));
    await user.click(await screen.findByRole("button", { name: "Uventet svar" }));
    await waitFor(() => expect(screen.queryByText(/gjenstår/)).toBeNull());
    await user.click(screen.getByRole("button", { name: "Ta prøve nå" }));
    await waitFor(() => expect(handOn).toHaveBeenCalledWith("full", "collect_now"));
    await waitFor(() => expect(document.querySelector("main")?.getAttribute("data-screen-shown")).toBe("internalLab"));
  });

  it("removing_a_line_leaves_the_focus_on_its_neighbour", async () => {
    const { user } = await openFull();
    await user.click(screen.getByRole("button", { name: "Fjern Hemoglobin" }));
    expect(document.activeElement).toBe(screen.getByRole("button", { name: "Fjern HbA1c" }));
    await waitFor(() => expect(screen.queryByRole("button", { name: "Fjern Hemoglobin" })).toBeNull());
    const left = screen.getAllByRole("button", { name: /^Fjern / }).filter((each) => each.closest(".basket"));
    await user.click(left.at(-1)!);
    expect(document.activeElement).toBe(left.at(-2));
  });

  it("a_line_that_was_removed_by_mistake_comes_back_to_its_place_by_one_key", async () => {
    const { user, backend } = await openFull();
    const edit = vi.spyOn(backend, "editDraft");
    const order = () => [...document.querySelectorAll(".basket [data-line]")].map((each) => each.getAttribute("data-service"));
    const before = order();
    await user.click(screen.getByRole("button", { name: "Fjern Hemoglobin" }));
    const undo = await screen.findByRole("button", { name: "Angre: Hemoglobin er fjernet." });
    expect(undo.closest("li")?.nextElementSibling).toBe(screen.getByRole("button", { name: "Fjern HbA1c" }).closest("li"));
    expect(screen.getByText("Hemoglobin er fjernet. Angre med Ctrl+Z.").closest("[aria-live]")).not.toBeNull();
    // In a text field the keys are the field's own.
    await user.click(screen.getByRole("combobox", { name: "Søk etter tjenester" }));
    await user.keyboard("{Control>}z{/Control}");
    expect(edit).toHaveBeenCalledTimes(1);
    screen.getByRole("button", { name: "Fjern HbA1c" }).focus();
    await user.keyboard("{Control>}z{/Control}");
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole("button", { name: "Fjern Hemoglobin" })));
    expect(edit).toHaveBeenLastCalledWith("full", { edit: "restore_line", line: expect.any(Number) });
    expect(order()).toEqual(before);
    expect(screen.getByText("Hemoglobin er satt tilbake.").closest("[aria-live]")).not.toBeNull();
    expect(screen.queryByRole("button", { name: /^Angre: / })).toBeNull();
  });

  it("the_way_back_for_a_removed_line_ends_with_the_next_change_or_when_the_draft_is_left", async () => {
    const { user } = await openFull();
    await user.click(screen.getByRole("button", { name: "Fjern Hemoglobin" }));
    await screen.findByRole("button", { name: /^Angre: / });
    await user.click(screen.getByRole("radio", { name: "Haster" }));
    expect(screen.queryByRole("button", { name: /^Angre: / })).toBeNull();
    await user.click(screen.getByRole("button", { name: "Fjern HbA1c" }));
    await screen.findByRole("button", { name: /^Angre: / });
    await user.click(screen.getByRole("button", { name: "Bytt pasient" }));
    await user.click(await screen.findByRole("button", { name: /Fortsett: Line Danser/ }));
    await screen.findByRole("region", { name: "Rekvisisjon" });
    expect(screen.queryByRole("button", { name: /^Angre: / })).toBeNull();
  });

  it("a_full_disk_is_told_and_the_screen_shows_what_is_stored", async () => {
    const { user } = await openFull((backend) => {
      backend.editDraft = () => Promise.reject(new CommandFailure({ code: "diskFull", params: {}, reference: "0a1b2c3d" }));
    });
    await user.click(screen.getByRole("radio", { name: "Cito" }));
    await screen.findByText("Disken er full.");
    expect(screen.getByText(/Referanse 0a1b2c3d/)).toBeTruthy();
    expect(screen.getByRole("radio", { name: "Rutine", checked: true })).toBeTruthy();
  });

  it("with_nothing_to_collect_send_is_the_filled_button_and_the_only_way", async () => {
    await openFull((backend) => {
      const real = backend.draft;
      backend.draft = async (id) => {
        const view = await real(id);
        return { ...view, composition: { ...view.composition, nothing_to_collect: true } };
      };
    });
    expect(screen.getByRole("button", { name: "Send" }).getAttribute("data-variant")).toBe("primary");
    expect(screen.queryByRole("button", { name: "Ta prøve nå" })).toBeNull();
  });
});

describe("for whom", () => {
  it("a_known_number_fills_in_the_name_and_starts", async () => {
    const { user, backend } = await open(null);
    const start = vi.spyOn(backend, "startDraft");
    await user.type(await screen.findByRole("textbox", { name: /11 siffer/ }), "150765 00565");
    await waitFor(() => expect(screen.getByRole("textbox", { name: "Etternavn" })).toHaveProperty("value", "Gundersen"));
    await user.keyboard("{Enter}");
    await waitFor(() => expect(start).toHaveBeenCalled());
    await screen.findByRole("heading", { name: "Roland Gundersen" });
  });

  it("the_name_can_be_typed_while_the_core_still_checks", async () => {
    const { user } = await open(null, (backend) => {
      const real = backend.checkPatient;
      backend.checkPatient = (form) => new Promise((resolve) => setTimeout(() => void real(form).then((checked) => resolve({ ...checked, known: null })), 40));
    });
    await user.type(await screen.findByRole("textbox", { name: /11 siffer/ }), "15076500565");
    await user.type(await screen.findByRole("textbox", { name: "Fornavn og mellomnavn" }), "Roland");
    await user.type(screen.getByRole("textbox", { name: "Etternavn" }), "Gundersen");
    expect(screen.getByRole("textbox", { name: "Fornavn og mellomnavn" })).toHaveProperty("value", "Roland");
    expect(screen.getByRole("textbox", { name: "Etternavn" })).toHaveProperty("value", "Gundersen");
  });

  it("a_wrong_number_is_refused_with_the_reason", async () => {
    const { user, backend } = await open(null);
    const start = vi.spyOn(backend, "startDraft");
    await user.type(await screen.findByRole("textbox", { name: /11 siffer/ }), "15076500566{Enter}");
    await screen.findByText("Kontrollsifrene stemmer ikke. Se etter en tastefeil.");
    expect(start).not.toHaveBeenCalled();
  });

  it("a_draft_is_discarded_only_after_it_was_asked", async () => {
    const { user, backend } = await open(/Forkast: Gry Telokk/);
    const discard = vi.spyOn(backend, "discardDraft");
    const dialog = await screen.findByRole("dialog", { name: "Forkaste utkastet?" });
    await user.click(within(dialog).getByRole("button", { name: "Avbryt" }));
    expect(discard).not.toHaveBeenCalled();
    await user.click(screen.getByRole("button", { name: /Forkast: Gry Telokk/ }));
    await user.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Forkast" }));
    await waitFor(() => expect(discard).toHaveBeenCalledWith("second"));
  });
});

describe("small rules", () => {
  it("what_is_missing_is_said_in_one_line", () => {
    expect(missingWords([{ what: "services" }], texts.nb)).toBe("Legg til minst én tjeneste");
    expect(missingWords([{ what: "requester" }], texts.nb)).toBe("Velg rekvirent");
    expect(missingWords([{ what: "stop", subject: { about: "patient" }, rule: "x" }, { what: "question", line: 1, question: "a" }, { what: "question", line: 1, question: "b" }], texts.nb)).toBe("1 stopp og 2 spørsmål gjenstår");
    expect(missingWords([], texts.nb)).toBe("");
  });

  it("a_planned_day_is_one_to_come", () => {
    const now = new Date(2026, 10, 23, 9, 41);
    expect(readPlanned("3.12.", now)).toBe("2026-12-03");
    expect(readPlanned("5.1.", now)).toBe("2027-01-05");
    expect(readPlanned("23.11.", now)).toBe("2026-11-23");
    expect(readPlanned("5.1.2027", now)).toBe("2027-01-05");
  });

  it("diagnoses_are_ranked_code_first_and_found_by_any_word", () => {
    const entries = [entry("ICPC2", "B82", "Anemi IKA"), entry("ICD10", "D649", "Uspesifisert anemi"), entry("ICPC2", "A04", "Slapphet/tretthet"), entry("ICD10", "B820", "Annet")];
    expect(searchDiagnoses(entries, "b82").map((each) => each.code)).toEqual(["B82", "B820"]);
    expect(searchDiagnoses(entries, "anemi").map((each) => each.code)).toEqual(["B82", "D649"]);
    expect(searchDiagnoses(entries, "tretthet").map((each) => each.code)).toEqual(["A04"]);
    expect(searchDiagnoses(entries, "D64.9").map((each) => each.code)).toEqual(["D649"]);
    expect(searchDiagnoses(entries, "  ")).toEqual([]);
  });
});
