// What a record system ordered is settled by a person: nothing is chosen before somebody chooses.
import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { demoBackend } from "../dev/backend";
import { BackendContext } from "../ipc/backend";
import type { BasketLine, ServiceChoice } from "../ipc/model";
import { UnsettledLine } from "./UnsettledLine";

const choice = (service: string, name: string) => ({ provider: "balsam", provider_name: "Balsam sykehus", service, name });
const line = (choices: ReturnType<typeof choice>[]) =>
  ({ id: 3, provider: "balsam", service: "", name: "Dyrkning", withdrawn: { why: "unsettled", replacement: null, replacement_name: null, ordered: { unknown_receiver: null, taken_from: ["Sårsekret, Legg"], choices } } }) as unknown as BasketLine;

function show(choices: ReturnType<typeof choice>[]) {
  const settle = vi.fn<(choice: ServiceChoice) => void>();
  const leave = vi.fn();
  render(
    <BackendContext.Provider value={demoBackend(new URLSearchParams("theme=light"))}>
      <ul>
        <UnsettledLine line={line(choices)} draft="d" inBasket={[choice("crp", "CRP")]} onSettle={settle} onLeaveOut={leave} />
      </ul>
    </BackendContext.Provider>,
  );
  return { user: userEvent.setup(), settle, leave, field: screen.getByRole("combobox", { name: "Tjeneste for «Dyrkning»" }) };
}

it("no_service_is_chosen_before_somebody_chooses_one", async () => {
  const { user, settle, field } = show([choice("sar", "Sår, dyrkning"), choice("urin", "Urin, dyrkning")]);
  screen.getByText(/Fra: Sårsekret, Legg\./);
  await user.click(field);
  expect(within(screen.getByRole("listbox")).getAllByRole("option").map((one) => one.textContent)).toEqual(["Sår, dyrkningBalsam sykehus", "Urin, dyrkningBalsam sykehus", "CRPi rekvisisjonen"]);
  await user.keyboard("{Enter}");
  expect(settle).not.toHaveBeenCalled();
  await user.keyboard("{ArrowDown}{Enter}");
  expect(settle).toHaveBeenCalledWith(choice("sar", "Sår, dyrkning"));
});

it("a_service_that_is_not_like_what_was_ordered_is_searched_for_in_the_row_itself", async () => {
  const { user, settle, leave, field } = show([]);
  await user.type(field, "ferritin");
  await waitFor(() => expect(document.querySelector("[role=option][data-service=ferritin]")).toBeTruthy(), { timeout: 5_000 });
  await user.keyboard("{Enter}");
  expect(settle).not.toHaveBeenCalled();
  await user.keyboard("{ArrowDown}{Enter}");
  expect(settle.mock.calls[0]?.[0]).toMatchObject({ service: "ferritin" });
  await user.click(screen.getByRole("button", { name: /Utelat/ }));
  expect(leave).toHaveBeenCalled();
});

it("letters_that_find_nothing_are_said_to_find_nothing_and_escape_takes_them_away", async () => {
  const { user, field } = show([choice("sar", "Sår, dyrkning")]);
  await user.type(field, "qqqqqq");
  await screen.findByText(/qqqqqq/);
  expect(screen.queryAllByRole("option")).toEqual([]);
  await user.keyboard("{Escape}");
  await screen.findByRole("option", { name: /Sår, dyrkning/ });
});
