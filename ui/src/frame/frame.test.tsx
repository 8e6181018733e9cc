import { screen, waitFor } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { openWindow } from "../dev/opened";
import { lineState } from "./StatusStrip";

const shownScreen = () => document.querySelector("main")?.getAttribute("data-screen-shown");

describe("the frame", () => {
  it("a_store_that_opened_before_the_window_listened_is_found_open", async () => {
    let asked = 0;
    openWindow((backend) => {
      const app = backend.app;
      backend.app = async () => {
        asked += 1;
        const ready = await app();
        return asked === 1 ? { ...ready, stage: { stage: "failed", code: "notOpenedYet", reference: "" } } : ready;
      };
    });
    await waitFor(() => expect(asked).toBeGreaterThan(0));
    expect(screen.queryByRole("alert")).toBeNull();
    expect(screen.queryByRole("button", { name: "Prøv igjen" })).toBeNull();
    // Nobody tells of a change.
    await screen.findByRole("navigation", { name: "Skjermer" });
  });

  it("ctrl_and_a_digit_open_the_screens", async () => {
    const { user } = openWindow();
    await screen.findByRole("navigation", { name: "Skjermer" });
    await user.keyboard("{Control>}3{/Control}");
    expect(shownScreen()).toBe("overview");
    await user.keyboard("{Control>}1{/Control}");
    expect(shownScreen()).toBe("compose");
  });

  it("a_laboratorys_number_of_eleven_digits_is_a_scan_and_a_persons_stays_in_its_field", async () => {
    const { user } = openWindow();
    await screen.findByRole("navigation", { name: "Skjermer" });
    await user.keyboard("{Control>}3{/Control}");
    await user.keyboard("13116900216{Enter}");
    expect(shownScreen()).toBe("overview");
    await user.keyboard("70000000041{Enter}");
    await waitFor(() => expect(shownScreen()).toBe("internalLab"));
    // Where a person's number is asked for, a misread one is the field's to refuse.
    await user.keyboard("{Control>}1{/Control}");
    await user.type(await screen.findByRole("textbox", { name: /11 siffer/ }), "13116900217{Enter}");
    expect(shownScreen()).toBe("compose");
  });

  it("the_numbers_on_the_rail_are_said_in_words", async () => {
    openWindow();
    await screen.findByRole("button", { name: /Internlab, 7 venter, 2 alarmer/ });
    await screen.findByRole("button", { name: /Oversikt, 3 trenger deg/ });
  });

  it("the_tray_says_how_many_need_somebody_and_leads_to_them", async () => {
    const { backend } = openWindow((backend) => {
      backend.sayInTray = vi.fn(async () => undefined);
    });
    await waitFor(() => expect(backend.sayInTray).toHaveBeenLastCalledWith({ needs: "3 trenger deg", show: "Vis Rekvirent" }));
    expect(shownScreen()).toBe("compose");
    backend.asked();
    await waitFor(() => expect(shownScreen()).toBe("overview"));
  });

  it("the_palette_goes_to_a_screen_by_a_few_letters", async () => {
    const { user } = openWindow();
    await screen.findByRole("navigation");
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await screen.findByRole("combobox", { name: "Skjerm, handling eller pasient" }), "labh{Enter}");
    await waitFor(() => expect(shownScreen()).toBe("catalogue"));
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it("the_palette_presses_the_buttons_of_the_screen_under_it", async () => {
    const { user, backend } = openWindow();
    const handOn = vi.spyOn(backend, "handOn");
    await user.click(await screen.findByRole("button", { name: /Fortsett: Gry/ }));
    await screen.findByRole("button", { name: "Til internlab" });
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await screen.findByRole("combobox", { name: "Skjerm, handling eller pasient" }), "til intern{Enter}");
    await waitFor(() => expect(handOn).toHaveBeenCalledExactlyOnceWith(expect.any(String), "internal_lab"));
  });

  it("the_language_changes_at_once_and_the_page_says_which_it_is", async () => {
    const { user } = openWindow();
    await screen.findByRole("navigation", { name: "Skjermer" });
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await screen.findByRole("combobox"), "nynorsk{Enter}");
    await screen.findByRole("button", { name: "Labhandbok" });
    expect(document.documentElement.lang).toBe("nn");
  });

  it("the_strip_is_read_again_when_the_shell_says_that_the_queue_changed", async () => {
    const { backend } = openWindow();
    await screen.findByText(/3 i kø/);
    const status = await backend.status();
    backend.status = vi.fn(async () => ({ ...status, queued: 0, oldest: null }));
    backend.changed("outbox");
    await screen.findByText("Ingen i kø");
  });

  it("one_line_that_is_down_makes_it_offline_since_the_earliest", () => {
    const line = (online: boolean | null, since: string | null) => ({ provider: "p", name: "P", online, since });
    expect(lineState({ lines: [line(true, null), line(false, "2026-11-23T09:14:00Z"), line(false, "2026-11-23T08:00:00Z")] })).toEqual({ state: "offline", since: "2026-11-23T08:00:00Z" });
    expect(lineState({ lines: [line(true, null), line(null, null)] }).state).toBe("online");
    expect(lineState({ lines: [line(null, null)] }).state).toBe("unknown");
    expect(lineState(null).state).toBe("unknown");
  });
});

describe("what stands in the way", () => {
  it("a_missing_keyring_offers_a_passphrase_and_takes_no_short_one", async () => {
    const start = vi.fn();
    const { user } = openWindow((backend) => {
      backend.startWithPassphrase = start.mockResolvedValue({});
    }, "stage=no_keyring");
    await screen.findByRole("heading", { name: "Ingen nøkkelring på denne maskinen" });
    await user.type(screen.getByLabelText("Passordfrase"), "kort");
    await user.click(screen.getByRole("button", { name: "Lag og åpne" }));
    expect(screen.getByText("Passordfrasen må ha minst 12 tegn.")).toBeTruthy();
    expect(start).not.toHaveBeenCalled();
  });

  it("data_open_elsewhere_is_said_and_can_be_tried_again", async () => {
    const { user, backend } = openWindow(undefined, "stage=in_use");
    const retry = vi.spyOn(backend, "retryStart");
    await user.click(await screen.findByRole("button", { name: "Prøv igjen" }));
    expect(retry).toHaveBeenCalled();
  });

  it("a_new_office_is_led_through_the_guide_or_takes_the_demonstration", async () => {
    const { user } = openWindow(undefined, "guide");
    await screen.findByRole("heading", { name: "Før den første rekvisisjonen" });
    await user.click(screen.getByRole("button", { name: "Bruk demokontoret" }));
    await screen.findByRole("navigation", { name: "Skjermer" });
  });
});
