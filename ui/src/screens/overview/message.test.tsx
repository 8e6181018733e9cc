// What is read in a dialog goes to the office's own printer, whole, or to a file where none is chosen: the desktop's print dialog
// is not asked.
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { demoBackend } from "../../dev/backend";
import { BackendContext } from "../../ipc/backend";
import type { SentMessage } from "../../ipc/model";
import { MessageDialog } from "./MessageDialog";

const message = {
  message_id: "7f3c",
  kind: "new",
  made: "2026-11-26T10:00:00Z",
  xml: "<Message/>",
  readable: {
    version: "1.6",
    test: false,
    kind: "N",
    sections: [
      { heading: "patient", rows: [{ label: "name", value: "Line Danser", detail: null }] },
      { heading: "requisition", rows: [{ label: "service", value: "CRP", detail: "NPU19748" }] },
    ],
  },
} as unknown as SentMessage;

function show(queue: string) {
  const backend = demoBackend(new URLSearchParams("theme=light"));
  const settings = backend.settings.bind(backend);
  backend.settings = async () => ({ ...(await settings()), paper_queue: queue });
  const printed = vi.spyOn(backend, "printPage");
  const saved = vi.spyOn(backend, "savePage");
  const desktop = vi.fn();
  window.print = desktop;
  render(
    <BackendContext.Provider value={backend}>
      <MessageDialog messages={[message]} onClose={() => undefined} />
    </BackendContext.Provider>,
  );
  return { printed, saved, desktop, user: userEvent.setup() };
}

it("a_message_comes_out_of_the_office_printer_as_it_stands_on_the_screen", async () => {
  const { printed, saved, desktop, user } = show("kontor");
  await user.click(await screen.findByRole("button", { name: "Skriv ut", hidden: true }));
  await waitFor(() => expect(printed).toHaveBeenCalledTimes(1));
  const page = printed.mock.calls[0]![0];
  expect(page.title).toBe("Ny rekvisisjon");
  expect(page.sections.map((section) => section.lines.map((line) => line.text))).toEqual([["Line Danser"], ["CRP\nNPU19748"]]);
  expect(page.below).toContain("7f3c");
  expect([saved.mock.calls.length, desktop.mock.calls.length]).toEqual([0, 0]);
});

it("a_message_is_saved_where_no_printer_is_chosen_and_the_button_says_so", async () => {
  const { printed, saved, user } = show("");
  await user.click(await screen.findByRole("button", { name: "Lagre som PDF", hidden: true }));
  await waitFor(() => expect(saved).toHaveBeenCalledTimes(1));
  expect(printed).not.toHaveBeenCalled();
});
