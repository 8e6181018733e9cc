// What is told, and how long it stands.
import { act, screen, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { openWindow, type Demo } from "../dev/opened";
import { CommandFailure } from "../ipc/failure";

const fullDisk = () => new CommandFailure({ code: "diskFull", params: {}, reference: "" });
const told = () => screen.queryByText("Disken er full.");
const shownScreen = () => document.querySelector("main")?.getAttribute("data-screen-shown");

async function open(prepare: (backend: Demo) => void) {
  const { user } = openWindow(prepare);
  await user.click(await screen.findByRole("button", { name: /Fortsett: Line Danser/ }));
  await screen.findByRole("radio", { name: "Cito" });
  return user;
}

describe("a fault", () => {
  it("of_an_act_goes_with_the_screen_that_it_was_done_on", async () => {
    const user = await open((backend) => (backend.editDraft = () => Promise.reject(fullDisk())));
    for (const leave of [() => user.keyboard("{Control>}3{/Control}"), () => user.click(screen.getByRole("button", { name: "Bytt pasient" }))]) {
      await user.click(screen.getByRole("radio", { name: "Cito" }));
      await screen.findByText("Disken er full.");
      await leave();
      await waitFor(() => expect(told()).toBeNull());
      if (shownScreen() === "overview") await user.keyboard("{Control>}1{/Control}");
      expect(told()).toBeNull();
    }
  });

  it("that_shows_after_its_screen_was_left_stays_until_it_is_closed", async () => {
    let refuse: () => void = () => undefined;
    const user = await open((backend) => (backend.editDraft = () => new Promise((_, reject) => (refuse = () => reject(fullDisk())))));
    await user.click(screen.getByRole("radio", { name: "Cito" }));
    await user.keyboard("{Control>}3{/Control}");
    await act(async () => refuse());
    await screen.findByText("Disken er full.");
    await user.keyboard("{Control>}5{/Control}");
    expect(shownScreen()).toBe("settings");
    expect(told()).not.toBeNull();
    await user.click(screen.getByRole("button", { name: "Lukk", hidden: true }));
    expect(told()).toBeNull();
  });

  it("that_no_screen_caused_stays_on_every_screen_until_it_is_closed", async () => {
    const user = await open((backend) => (backend.takeHandovers = () => Promise.reject(fullDisk())));
    await screen.findByText("Disken er full.");
    for (const key of ["3", "5", "1"]) {
      await user.keyboard(`{Control>}${key}{/Control}`);
      expect(told()).not.toBeNull();
    }
    await user.click(screen.getByRole("button", { name: "Lukk", hidden: true }));
    expect(told()).toBeNull();
  });
});
