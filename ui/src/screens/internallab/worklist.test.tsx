// The list of who waits, by keyboard alone.
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import type { WorkItem } from "../../ipc/model";
import { WorkList } from "./WorkList";

const item = (id: string, given: string, family: string) =>
  ({ id, patient: { patient: { given, family, national_id: null } }, urgency: "routine", since: "2026-11-26T08:00:00Z", services: ["Ferritin"], containers: [] }) as unknown as WorkItem;

function shown(open: string | null = null) {
  const onOpen = vi.fn();
  render(<WorkList items={[item("a", "Roland", "Gundersen"), item("b", "Line", "Danser"), item("c", "Roland", "Gundersen")]} open={open} onOpen={onOpen} onScan={vi.fn()} now={new Date("2026-11-26T09:00:00Z")} />);
  return { onOpen, user: userEvent.setup(), field: screen.getByRole("textbox") };
}

describe("the worklist", () => {
  it("has_the_focus_in_its_field_when_nobody_is_open", () => {
    const { field } = shown();
    expect(document.activeElement).toBe(field);
  });

  it("leaves_the_focus_alone_while_somebody_is_open", () => {
    const { field } = shown("a");
    expect(document.activeElement).not.toBe(field);
  });

  it("is_walked_by_arrows_and_opened_by_enter", async () => {
    const { user, field, onOpen } = shown();
    await user.keyboard("{ArrowDown}{ArrowDown}{Enter}");
    expect(onOpen).toHaveBeenLastCalledWith("b");
    await user.keyboard("{ArrowUp}{ArrowUp}");
    expect(document.activeElement).toBe(field);
  });

  it("a_name_that_several_have_leads_to_the_first_of_them_and_opens_none", async () => {
    const { user, onOpen } = shown();
    await user.keyboard("gunder{Enter}");
    expect(onOpen).not.toHaveBeenCalled();
    await user.keyboard("{Enter}");
    expect(onOpen).toHaveBeenCalledExactlyOnceWith("a");
  });
});
