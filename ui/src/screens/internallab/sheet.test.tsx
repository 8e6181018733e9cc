// A sheet that was begun: where the labels begin is chosen by keyboard, and what is shown is what will be printed.
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { BackendContext, type Backend } from "../../ipc/backend";
import { fakeBackend } from "../../ipc/testing/fake";
import type { CollectionAct, LabelSheetView } from "../../ipc/model";
import { SheetDialog } from "./SheetDialog";

const sheet = (first: number): LabelSheetView => ({
  columns: 3,
  rows: 8,
  first,
  labels: 2,
  page_width: 210_000,
  page_height: 297_000,
  left: 0,
  top: 500,
  pitch_x: 70_000,
  pitch_y: 37_000,
  width: 70_000,
  height: 37_000,
  pages: first === 23 ? [`<svg id="p${first}"/>`, "<svg/>"] : [`<svg id="p${first}"/>`],
});
const before: CollectionAct = { act: "collected", specimens: ["s1", "s2"], by: "Ida", at: "2026-11-26T09:36" };

function open(offered: number) {
  const labelSheet = vi.fn<Backend["labelSheet"]>(async (_id, _specimens, first) => sheet(first ?? 0));
  const onPrint = vi.fn();
  render(
    <BackendContext.Provider value={fakeBackend({ labelSheet })}>
      <SheetDialog id="r1" specimens={["s1", "s2"]} offered={sheet(offered)} before={before} printer="kontor" unnumbered onClose={() => undefined} onPrint={onPrint} />
    </BackendContext.Provider>,
  );
  return { labelSheet, onPrint, user: userEvent.setup() };
}

const chosen = () => screen.getByRole("radio", { checked: true });
const shown = () => decodeURIComponent(document.querySelector(".sheet__page img")?.getAttribute("src") ?? "");

it("the_arrows_choose_the_label_and_enter_prints_from_it", async () => {
  const { labelSheet, onPrint, user } = open(4);
  expect(chosen().getAttribute("aria-label")).toBe("Etikett 5, rad 2, kolonne 2, skrives ut nå");
  expect(document.activeElement).toBe(chosen());
  expect(screen.getAllByRole("radio", { name: /, brukt$/ })).toHaveLength(4);
  await user.keyboard("{ArrowDown}{ArrowRight}");
  expect(screen.getByText("Begynner på etikett 9 av 24.")).toBeTruthy();
  await vi.waitFor(() => expect(shown()).toContain('id="p8"'));
  // The picture has what will be recorded before the labels are printed.
  expect(labelSheet).toHaveBeenLastCalledWith("r1", ["s1", "s2"], 8, before);
  await user.keyboard("{Enter}");
  expect(onPrint).toHaveBeenCalledExactlyOnceWith(8);
});

it("no_arrow_leads_off_the_sheet_and_labels_that_do_not_fit_go_on_a_new_one", async () => {
  const { user } = open(0);
  await user.keyboard("{ArrowUp}{ArrowLeft}");
  expect(chosen().getAttribute("aria-label")).toContain("Etikett 1,");
  await user.keyboard("{End}");
  expect(screen.getByText("2 etiketter, på 2 ark. Legg et nytt ark bak det påbegynte.")).toBeTruthy();
  expect(await screen.findByRole("img", { name: "Arket slik det skrives ut, 2" })).toBeTruthy();
  await user.keyboard("{ArrowRight}");
  expect(chosen().getAttribute("aria-label")).toContain("Etikett 24,");
  await user.click(screen.getByRole("button", { name: "Nytt ark" }));
  expect(screen.getByText("Begynner på etikett 1 av 24.")).toBeTruthy();
});
