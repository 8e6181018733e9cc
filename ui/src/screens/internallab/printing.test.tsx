// Labels that cannot come out: nothing else happens on the way to finding out.
import { screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { openLab } from "../../dev/lab.opened";

it("without_a_printer_nothing_is_taken_and_nobody_is_asked_who_the_patient_is", async () => {
  const { backend, user } = await openLab("noprinter");
  const record = vi.spyOn(backend, "record");
  const print = vi.spyOn(backend, "printLabels");
  const [line] = await screen.findAllByRole("button", { name: /Danser.*analyser/ }, { timeout: 10_000 });
  await user.click(line!);
  await user.click(await screen.findByRole("button", { name: /^Skriv ut/ }));
  await screen.findByText("Ingen skriver er valgt.");
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(record).not.toHaveBeenCalled();
  expect(print).not.toHaveBeenCalled();
}, 30_000);
