// The page of panels and favourites in the handbook, over the made-up backend.
import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { openWindow } from "../../../dev/opened";
import { CommandFailure } from "../../../ipc/failure";

async function open() {
  const { backend, user } = openWindow();
  await user.click(await screen.findByRole("button", { name: /Labhåndbok/ }));
  await user.click(await screen.findByRole("button", { name: "Pakker og favoritter" }));
  await screen.findByRole("button", { name: "Årskontroll" });
  return { backend, user };
}

const item = (name: string) => screen.getByRole("button", { name }).closest("li")!;

describe("the panels of the office", () => {
  it("say_whether_everything_in_them_is_offered", async () => {
    await open();
    expect(item("Anemi").textContent).toContain("Alt tilbys");
    expect(item("Årskontroll").textContent).toContain("1 av 3 tilbys ikke lenger");
    expect(item("Årskontroll").textContent).toContain("Balsam sykehus, Furumo laboratorium");
  });

  it("take_the_replacement_in_by_one_click", async () => {
    const { user, backend } = await open();
    const mend = vi.spyOn(backend, "mendPanel");
    await user.click(screen.getByRole("button", { name: "Årskontroll" }));
    await user.click(screen.getByRole("button", { name: "Ta inn CRP" }));
    expect(mend).toHaveBeenCalledWith("aars", "balsam", "sr");
    backend.changed("panels");
    await waitFor(() => expect(item("Årskontroll").textContent).toContain("Alt tilbys"));
  });

  it("follow_the_catalogue_by_themselves", async () => {
    const { backend } = await open();
    const real = backend.panels;
    backend.panels = async () => {
      const view = await real();
      return { ...view, panels: view.panels.map((one) => ({ ...one, missing: one.id === "anemi" ? 1 : one.missing })) };
    };
    backend.changed("catalogue");
    await waitFor(() => expect(item("Anemi").textContent).toContain("1 av 3 tilbys ikke lenger"));
  });

  it("are_deleted_only_after_it_was_asked", async () => {
    const { user, backend } = await open();
    const remove = vi.spyOn(backend, "deletePanel");
    await user.click(screen.getByRole("button", { name: "Anemi" }));
    await user.click(screen.getByRole("button", { name: "Slett" }));
    const dialog = await screen.findByRole("dialog", { name: "Slette «Anemi»?" });
    expect(remove).not.toHaveBeenCalled();
    await user.click(within(dialog).getByRole("button", { name: "Slett" }));
    await waitFor(() => expect(remove).toHaveBeenCalledWith("anemi"));
  });

  it("are_edited_members_found_by_searching_and_put_in_order", async () => {
    const { user, backend } = await open();
    const save = vi.spyOn(backend, "savePanel");
    await user.click(screen.getByRole("button", { name: "Anemi" }));
    await user.click(screen.getByRole("button", { name: "Endre Anemi" }));
    const dialog = await screen.findByRole("dialog", { name: "Endre Anemi" });
    const words = within(dialog).getByRole("textbox", { name: /Andre søkeord/ });
    await user.type(words, "blodmangel, slapp");
    await user.type(within(dialog).getByRole("combobox", { name: "Legg til tjeneste" }), "crp");
    await within(dialog).findByRole("option", { name: /CRP/ });
    await user.keyboard("{Enter}");
    await user.click(within(dialog).getByRole("button", { name: "Flytt CRP opp" }));
    await user.click(within(dialog).getByRole("button", { name: "Fjern Hemoglobin" }));
    await user.click(within(dialog).getByRole("checkbox", { name: "Ferritin er valgfri" }));
    await user.click(within(dialog).getByRole("button", { name: "Lagre" }));
    await waitFor(() => expect(save).toHaveBeenCalled());
    const form = save.mock.calls[0]![0];
    expect(form.words).toEqual(["blodmangel", "slapp"]);
    expect(form.members.map((one) => [one.service, one.optional])).toEqual([
      ["ferritin", true],
      ["crp", false],
      ["tfmet", true],
    ]);
  });

  it("of_one_who_left_stand_apart_and_are_taken_over", async () => {
    const { user, backend } = await open();
    const share = vi.spyOn(backend, "sharePanel");
    const left = screen.getByRole("region", { name: "Etter personer som har sluttet" });
    await user.click(within(left).getByRole("button", { name: "Gamle prøver" }));
    await user.click(within(left).getByRole("button", { name: "Ta over" }));
    expect(share).toHaveBeenCalledWith("gammel", false);
  });

  it("chosen_ones_alone_go_to_the_file", async () => {
    const { user, backend } = await open();
    const write = vi.spyOn(backend, "exportPanels");
    await user.click(screen.getByRole("checkbox", { name: "Velg Anemi" }));
    await user.click(screen.getByRole("button", { name: "Skriv 1 valgt til fil" }));
    expect(write.mock.calls[0]![0]).toEqual(["anemi"]);
    await screen.findByText("rekvirent-pakker.json: 1 pakke er skrevet.");
  });
});

describe("a file of panels", () => {
  it("is_shown_before_anything_of_it_is_taken_and_what_is_here_is_not_touched_unasked", async () => {
    const { user, backend } = await open();
    const take = vi.spyOn(backend, "takePanels");
    await user.click(screen.getByRole("button", { name: "Hent fra fil" }));
    const dialog = await screen.findByRole("dialog", { name: "Hent pakker fra fil" });
    within(dialog).getByText("Navnet er i bruk her");
    within(dialog).getByText("1 av 2 tilbys ikke her: Gallesyrer");
    expect(within(dialog).getByRole("combobox", { name: "Hva skal skje med Anemi?" })).toHaveProperty("value", "skip");
    await user.selectOptions(within(dialog).getByRole("combobox", { name: "Hva skal skje med Anemi?" }), "Behold begge");
    expect(take).not.toHaveBeenCalled();
    await user.click(within(dialog).getByRole("button", { name: "Hent" }));
    await screen.findByText("2 nye pakker, 0 erstattet, 0 hoppet over.");
    expect(take.mock.calls[0]![0].choices).toEqual([
      { at: 0, take: "keep_both" },
      { at: 1, take: "keep_both" },
    ]);
  });

  it("that_cannot_be_read_is_refused_with_the_place_of_the_fault", async () => {
    const { user, backend } = await open();
    backend.readPanels = () => Promise.reject(new CommandFailure({ code: "panelFileRefused", params: { reason: "panel_field", path: "panels[0].colour", what: "unknown field `colour`" }, reference: "0a1b2c3d" }));
    await user.click(screen.getByRole("button", { name: "Hent fra fil" }));
    await screen.findByText("Noe i filen kan ikke leses: panels[0].colour (unknown field `colour`).");
  });
});

describe("favourites", () => {
  it("have_a_star_for_oneself_and_one_for_the_office", async () => {
    const { user, backend } = await open();
    const set = vi.spyOn(backend, "setFavourite");
    await user.click(screen.getByRole("button", { name: "CRP: kontorets favoritt", pressed: true }));
    expect(set).toHaveBeenCalledWith("balsam", "crp", "shared", false);
    await user.click(screen.getByRole("button", { name: "SR (senkning): min favoritt", pressed: false }));
    expect(set).toHaveBeenLastCalledWith("balsam", "sr", "mine", true);
    screen.getByText("tilbys ikke lenger");
  });
});
