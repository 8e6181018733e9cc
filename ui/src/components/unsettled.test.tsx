// What a record system ordered is settled by a person: nothing is chosen before somebody chooses.
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import type { BasketLine } from "../ipc/model";
import { UnsettledLine } from "./UnsettledLine";

const choice = (service: string, name: string) => ({ provider: "balsam", provider_name: "Balsam sykehus", service, name });
const line = (choices: ReturnType<typeof choice>[]) =>
  ({ id: 3, provider: "balsam", service: "", name: "Dyrkning", withdrawn: { why: "unsettled", replacement: null, replacement_name: null, ordered: { unknown_receiver: null, taken_from: ["Sårsekret, Legg"], choices } } }) as unknown as BasketLine;

it("no_service_is_chosen_before_somebody_chooses_one", async () => {
  const user = userEvent.setup();
  const settle = vi.fn();
  render(<UnsettledLine line={line([choice("sar", "Sår, dyrkning"), choice("urin", "Urin, dyrkning")])} inBasket={[choice("crp", "CRP")]} onSettle={settle} onLeaveOut={() => undefined} />);
  screen.getByText(/Fra: Sårsekret, Legg\./);
  const use = screen.getByRole<HTMLButtonElement>("button", { name: "Bruk denne" });
  expect(use.disabled).toBe(true);
  await user.selectOptions(screen.getByRole("combobox", { name: "Tjeneste for «Dyrkning»" }), "Sår, dyrkning, Balsam sykehus");
  await user.click(use);
  expect(settle).toHaveBeenCalledWith(choice("sar", "Sår, dyrkning"));
});

it("a_service_that_was_added_from_the_search_can_be_chosen_where_none_is_like_it", async () => {
  const user = userEvent.setup();
  const settle = vi.fn();
  const leave = vi.fn();
  render(<UnsettledLine line={line([])} inBasket={[choice("crp", "CRP")]} onSettle={settle} onLeaveOut={leave} />);
  await user.selectOptions(screen.getByRole("combobox"), "CRP (i rekvisisjonen)");
  await user.click(screen.getByRole("button", { name: "Bruk denne" }));
  expect(settle).toHaveBeenCalledWith(choice("crp", "CRP"));
  await user.click(screen.getByRole("button", { name: /Utelat/ }));
  expect(leave).toHaveBeenCalled();
});
