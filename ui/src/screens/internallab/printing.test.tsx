// Labels that cannot come out: nothing else happens on the way to finding out.
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { App } from "../../App";
import { demoBackend } from "../../dev/backend";
import { BackendContext } from "../../ipc/backend";

it("without_a_printer_nothing_is_taken_and_nobody_is_asked_who_the_patient_is", async () => {
  const backend = demoBackend(new URLSearchParams("theme=light&noprinter"));
  const record = vi.spyOn(backend, "record");
  const print = vi.spyOn(backend, "printLabels");
  render(
    <BackendContext.Provider value={backend}>
      <App />
    </BackendContext.Provider>,
  );
  const user = userEvent.setup();
  await screen.findByText("Innstillinger", {}, { timeout: 10_000 });
  await user.keyboard("{Control>}2{/Control}");
  const [line] = await screen.findAllByRole("button", { name: /Danser.*analyser/ }, { timeout: 10_000 });
  await user.click(line!);
  await user.click(await screen.findByRole("button", { name: /^Skriv ut/ }));
  await screen.findByText("Ingen skriver er valgt.");
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(record).not.toHaveBeenCalled();
  expect(print).not.toHaveBeenCalled();
}, 30_000);
