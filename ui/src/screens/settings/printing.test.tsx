// The printer of the labels: what can be chosen, and when a test label can be pressed.
import { screen, waitFor } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { openWindow } from "../../dev/opened";

async function open() {
  const { backend, user } = openWindow();
  await screen.findByRole("navigation", { name: "Skjermer" });
  await user.keyboard("{Control>}5{/Control}");
  await user.click(await screen.findByRole("button", { name: "Utskrift" }));
  await screen.findByRole("radio", { name: /Labbenk 1/ });
  return { backend, user };
}

const stock = () => document.getElementById("printing-stock") as HTMLSelectElement;

describe("the printer of the labels", () => {
  it("a_printer_that_was_just_saved_prints_its_test_label_before_the_settings_were_read_again", async () => {
    const { backend, user } = await open();
    const test = vi.spyOn(backend, "printTestLabel");
    const stale = structuredClone(await backend.settings());
    backend.settings = async () => stale;
    await user.click(screen.getByRole("radio", { name: /Labbenk 1/ }));
    await user.selectOptions(stock(), "38x19mm");
    const button = screen.getByRole("button", { name: "Skriv ut testetikett" });
    expect(button).toHaveProperty("disabled", true);
    const save = document.querySelector<HTMLButtonElement>("[data-act=save-printing]")!;
    await user.click(save);
    await waitFor(() => expect(button).toHaveProperty("disabled", false));
    expect(document.activeElement, "the form stands where it stood").toBe(save);
    await user.click(button);
    expect(test).toHaveBeenCalledOnce();
  });

  it("a_raw_queue_is_told_that_it_takes_no_sheets_as_soon_as_both_are_chosen", async () => {
    const { user } = await open();
    await user.click(screen.getByRole("radio", { name: /Labbenk 1/ }));
    expect(screen.queryByRole("alert")).toBeNull();
    await user.selectOptions(stock(), "a4-3x8");
    expect((await screen.findByRole("alert")).textContent).toContain("tar ikke ark");
    expect(stock().getAttribute("aria-describedby")).toBe(screen.getByRole("alert").id);
    await user.click(screen.getByRole("radio", { name: /Kontor/ }));
    expect(screen.queryByRole("alert")).toBeNull();
  });
});
