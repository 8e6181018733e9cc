// What is said of a form that was printed: what the spooler took is not printed, and what waits is said with its reason.
import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { BackendContext } from "../ipc/backend";
import { fakeBackend } from "../ipc/testing/fake";
import type { PaperJobState, PaperJobView } from "../ipc/model";
import { PaperJobs } from "./PaperJobs";

const job = (state: PaperJobState, more: Partial<PaperJobView> = {}): PaperJobView => ({ id: 1, paper: "requisition_form", patient: "Danser, Line", printer: "kontor", asked_at: "2026-11-26T08:00:00Z", taken_at: null, state, ...more });

function open(first: PaperJobView) {
  let jobs = [first];
  const backend = fakeBackend({ paperJobs: async () => jobs, takeBackPaper: vi.fn(async () => null), forgetPaper: vi.fn(async () => null) });
  render(
    <BackendContext.Provider value={backend}>
      <PaperJobs />
      <div data-testid="dialog">
        <PaperJobs of={["packing_list"]} />
      </div>
    </BackendContext.Provider>,
  );
  const become = (next: PaperJobView[]) =>
    act(async () => {
      jobs = next;
      backend.changed("papers");
    });
  return { backend, become, user: userEvent.setup() };
}

it("what_the_spooler_took_is_called_printed_only_when_the_printer_has_it", async () => {
  const { backend, become, user } = open(job({ state: "asked" }));
  expect(await screen.findByText("Rekvisisjon, Danser, Line:")).toBeTruthy();
  expect(screen.getByText("Sendes til skriverkøen kontor.")).toBeTruthy();
  await become([job({ state: "taken" })]);
  expect(screen.getByText("Skriverkøen kontor har tatt imot. Ikke skrevet ut ennå.")).toBeTruthy();
  await become([job({ state: "waits", reasons: ["connecting-to-device", "something-new"] })]);
  expect(screen.getByText("Ikke skrevet ut: kontor svarer ikke, og er kanskje slått av.")).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Ta tilbake" }));
  expect(backend.takeBackPaper).toHaveBeenCalledWith(1);
  await become([job({ state: "out" })]);
  expect(screen.getByText("Skrevet ut på kontor.")).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Ta tilbake" })).toBeNull();
});

it("what_did_not_come_out_stays_until_it_is_read_and_a_dialog_tells_only_of_its_own", async () => {
  const { backend, become, user } = open(job({ state: "failed", why: "aborted" }));
  expect(await screen.findByText("Ikke skrevet ut: skriverkøen ga opp. Noe kan ha kommet ut.")).toBeTruthy();
  expect(screen.getByTestId("dialog").textContent).toBe("");
  await user.click(screen.getByRole("button", { name: "Lukk" }));
  expect(backend.forgetPaper).toHaveBeenCalledWith(1);
  await become([job({ state: "waits", reasons: [] }, { paper: "packing_list", patient: null })]);
  expect(screen.getByTestId("dialog").textContent).toContain("Pakkseddel: Ikke skrevet ut: kontor har ikke begynt.");
});
