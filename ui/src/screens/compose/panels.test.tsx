// Panels of the office in the compose screen: kept from a basket, added by searching, and never silently less.
import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { openWindow } from "../../dev/opened";

async function openSecond() {
  const { backend, user } = openWindow();
  await user.click(await screen.findByRole("button", { name: /Fortsett: Gry Telokk/ }));
  return { backend, user, search: await screen.findByRole("combobox", { name: "Søk etter tjenester" }) };
}

const addAarskontroll = async () => {
  const opened = await openSecond();
  await opened.user.type(opened.search, "årskontroll");
  await screen.findByRole("option", { name: /Årskontroll/ });
  await opened.user.keyboard("{Enter}");
  return { ...opened, missing: await screen.findByRole("region", { name: "Må avgjøres" }) };
};

describe("keeping a basket", () => {
  it("a_name_and_enter_are_enough", async () => {
    const { user, backend } = await openSecond();
    const keep = vi.spyOn(backend, "keepBasket");
    await user.click(screen.getByRole("button", { name: "Lagre som pakke" }));
    expect(document.activeElement).toBe(await screen.findByRole("textbox", { name: "Navn på pakken" }));
    await user.keyboard("Slapp og trøtt{Enter}");
    await screen.findByText("Pakken «Slapp og trøtt» er lagret.");
    expect(keep).toHaveBeenCalledWith({ draft: "second", name: "Slapp og trøtt", shared: true, replace: null });
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it("a_name_that_is_taken_is_asked_about_before_it_is_replaced", async () => {
    const { user, backend } = await openSecond();
    const keep = vi.spyOn(backend, "keepBasket");
    await user.click(screen.getByRole("button", { name: "Lagre som pakke" }));
    await user.type(await screen.findByRole("textbox", { name: "Navn på pakken" }), "anemi{Enter}");
    await screen.findByText(/Det finnes alt en pakke som heter «Anemi»/);
    expect(keep).toHaveBeenCalledTimes(1);
    await user.click(screen.getByRole("button", { name: "Erstatt" }));
    await waitFor(() => expect(keep).toHaveBeenLastCalledWith(expect.objectContaining({ replace: "anemi" })));
  });

  it("a_name_without_letters_is_told_at_its_field", async () => {
    const { user } = await openSecond();
    await user.click(screen.getByRole("button", { name: "Lagre som pakke" }));
    await user.type(await screen.findByRole("textbox", { name: "Navn på pakken" }), " {Enter}");
    await screen.findByText("Må fylles ut.");
  });
});

describe("adding a panel of the office", () => {
  it("stands_under_the_offices_name_and_says_that_something_is_missing", async () => {
    const { user, search } = await openSecond();
    await user.type(search, "årsk");
    const option = await screen.findByRole("option", { name: /Årskontroll/ });
    expect(option.textContent).toContain("1 tilbys ikke lenger");
    expect(option.closest("[role=group]")?.textContent).toContain("Pakker Kattskinnet legesenter");
  });

  it("tells_what_was_added_and_what_is_missing", async () => {
    const { backend } = await addAarskontroll();
    await screen.findByText("Årskontroll: lagt til HbA1c, Ferritin; tilbys ikke lenger: SR (senkning).");
    expect((await backend.draft("second")).draft.lines).toHaveLength(5);
  });

  it("a_missing_member_stands_on_top_counts_as_a_stop_and_is_jumped_to", async () => {
    const { user, missing } = await addAarskontroll();
    within(missing).getByText("SR (senkning) i pakken «Årskontroll» tilbys ikke lenger.");
    await user.click(screen.getByRole("button", { name: /1 stopp gjenstår|1 stopp og 1 advarsel gjenstår/ }));
    expect(document.activeElement).toBe(within(missing).getByRole("button", { name: "Legg til CRP" }));
    const basket = screen.getByRole("region", { name: "Rekvisisjon" });
    expect(basket.querySelector(".line[data-service=sr]")).toBeNull();
  });

  it("a_draft_with_a_missing_member_is_not_handed_on", async () => {
    const { user, backend } = await addAarskontroll();
    const handOn = vi.spyOn(backend, "handOn");
    await user.click(screen.getByRole("button", { name: "Til internlab" }));
    expect(handOn).not.toHaveBeenCalled();
  });

  it("its_replacement_is_one_click_and_the_notice_is_gone", async () => {
    const { user, missing } = await addAarskontroll();
    await user.click(within(missing).getByRole("button", { name: "Legg til CRP" }));
    await screen.findByRole("button", { name: "Fjern CRP" });
    expect(screen.queryByRole("region", { name: "Må avgjøres" })).toBeNull();
  });

  it("leaving_it_out_is_a_decision_too", async () => {
    const { user, missing } = await addAarskontroll();
    await user.click(within(missing).getByRole("button", { name: "Utelat SR (senkning)" }));
    await waitFor(() => expect(screen.queryByRole("region", { name: "Må avgjøres" })).toBeNull());
    expect(screen.queryByRole("button", { name: "Fjern CRP" })).toBeNull();
  });

  it("optional_ones_are_offered_beside_and_taken_by_a_click", async () => {
    const { user, search } = await openSecond();
    await user.type(search, "anemi");
    await screen.findByRole("option", { name: /Anemi/ });
    await user.keyboard("{Enter}");
    const offered = await screen.findByRole("group", { name: "Kan også tas med fra Anemi:" });
    await user.click(within(offered).getByRole("button", { name: "Transferrinmetning" }));
    await screen.findByRole("button", { name: "Fjern Transferrinmetning" });
    expect(screen.queryByRole("group", { name: /Kan også tas med/ })).toBeNull();
  });
});
