// Adding to specimens that were sent: a long list is looked through by name, and what was ticked stays in sight.
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { BackendContext } from "../../ipc/backend";
import type { DetailView } from "../../ipc/model";
import { fakeBackend } from "../../ipc/testing/fake";
import { AddOnDialog } from "./AddOnDialog";

const offers = ["AFP", "ALAT", "Albumin", "Amylase", "Ferritin", "Jern", "Kreatinin", "TSH", "Urat"];

function open() {
  const onSend = vi.fn(async () => undefined);
  const addable = offers.map((name) => ({ service: name.toLowerCase(), name, specimen: "s1", number: "400010000875", until: "2026-11-28T12:00:00+01:00" }));
  render(
    <BackendContext.Provider value={fakeBackend({})}>
      <AddOnDialog detail={{ addable, not_addable: [] } as unknown as DetailView} busy={false} onClose={() => undefined} onSend={onSend} />
    </BackendContext.Provider>,
  );
  return { onSend, user: userEvent.setup() };
}

const listed = () => screen.queryAllByRole("checkbox").map((box) => box.closest("[data-add]")?.getAttribute("data-add"));

it("an_examination_is_found_by_its_name_and_what_was_ticked_before_stays", async () => {
  const { onSend, user } = open();
  const field = screen.getByRole("searchbox", { name: "Finn undersøkelse" });
  await user.type(field, "ferr");
  expect(listed()).toEqual(["ferritin"]);
  await user.click(screen.getByRole("checkbox"));
  await user.clear(field);
  await user.type(field, "TS");
  expect(listed()).toEqual(["ferritin", "tsh"]);
  await user.clear(field);
  await user.type(field, "finnes ikke");
  expect(listed()).toEqual(["ferritin"]);
  await user.click(screen.getByRole("button", { name: "Send tillegget" }));
  expect(onSend).toHaveBeenCalledWith(["ferritin"]);
});
