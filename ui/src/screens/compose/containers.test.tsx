// Containers described one by one: what was said of one is not taken back by an answer to something older.
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import type { EditQueue } from "../../ipc/editing";
import type { BasketLine, DraftView, LineContainer } from "../../ipc/model";
import { Containers } from "./Containers";

const line = { id: 1, name: "Hud, eksisjonsbiopsi", materials: [], containers: [] } as unknown as BasketLine;
const view = (containers: LineContainer[]) => ({ draft: { id: "d", lines: [{ id: 1, containers }] } }) as unknown as DraftView;

it("an_answer_to_an_older_edit_does_not_take_the_side_from_a_container", async () => {
  const user = userEvent.setup();
  const edit = vi.fn();
  const typed = vi.fn();
  const queue: EditQueue = { edit, typed, flush: async () => true };
  const shown = (first: Partial<LineContainer>) => <Containers line={line} view={view([{ id: 1, ...first }, { id: 2 }])} queue={queue} />;
  const { rerender } = render(shown({}));
  const of = (name: string, at: number) => screen.getAllByLabelText(name)[at]!;
  await user.type(of("Lokalisasjon", 0), "Rygg");
  await user.selectOptions(of("Side", 0), "right");
  await user.click(of("Lokalisasjon", 1));
  // The core answers what was typed before the side was chosen, and the hands are elsewhere.
  rerender(shown({ site: "Rygg" }));
  expect((of("Side", 0) as HTMLSelectElement).value).toBe("right");
  await user.click(screen.getByRole("button", { name: "Mer om beholder 1" }));
  await user.type(of("Orientering og annet", 0), "S");
  expect(typed).toHaveBeenLastCalledWith(expect.objectContaining({ container: expect.objectContaining({ site: "Rygg", side: "right", comment: "S" }) }));
});
