// The catalogue's tree as its users report it: by keyboard, level by level, and with a group of thousands.
import { act, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { BackendContext } from "../ipc/backend";
import type { HitView, TreeProvider } from "../ipc/model";
import { fakeBackend } from "../ipc/testing/fake";
import { CatalogueTree } from "./CatalogueTree";
import { treeMove, treeRows, typedAhead } from "./treeRows";

const text = (nb: string) => ({ nb, nn: "", en: "" });
const TREE: TreeProvider[] = [
  {
    provider: "balsam",
    name: "Balsam sykehus",
    services: 3002,
    departments: [
      { id: "bio", name: text("Biokjemi"), services: 3000, groups: [{ name: "Alt", services: 3000 }] },
      { id: "mikro", name: text("Mikrobiologi"), services: 2, groups: [{ name: "Dyrkning", services: 2 }] },
    ],
  },
];
const service = (index: number): HitView => ({
  kind: "service",
  provider: "balsam",
  provider_name: "Balsam sykehus",
  department_name: text("Biokjemi"),
  id: `s${index}`,
  name: `Analyse ${index}`,
  code: `NPU${index}`,
  material: "Serum",
  colour: null,
  fasting: false,
  in_draft: false,
  withdrawn: false,
  missing: 0,
  replacement: null,
  elsewhere: [],
  why: "",
  matched: "",
  ranges: [],
});

function show() {
  const picked = vi.fn();
  const asked = vi.fn();
  const backend = fakeBackend({
    tree: async () => TREE,
    treeServices: async (at, offset, count) => {
      asked(at.group, offset);
      const total = at.group === "Alt" ? 3000 : 2;
      return { total, services: Array.from({ length: Math.min(count, total - offset) }, (_, index) => service(offset + index)) };
    },
  });
  render(
    <BackendContext.Provider value={backend}>
      <CatalogueTree label="Katalogen" onPick={picked} />
    </BackendContext.Provider>,
  );
  return { picked, asked };
}

describe("the tree of the catalogue", () => {
  it("opens_by_arrows_and_picks_a_service_by_enter", async () => {
    const user = userEvent.setup();
    const { picked } = show();
    await screen.findByText("Biokjemi");
    screen.getByRole("tree").focus();
    await user.keyboard("{ArrowDown}{ArrowDown}{ArrowRight}{ArrowDown}{ArrowRight}{ArrowRight}");
    const row = await screen.findByText("Analyse 0");
    expect(row.closest("[role=treeitem]")?.getAttribute("aria-level")).toBe("4");
    await user.keyboard("{Enter}");
    expect(picked).toHaveBeenCalledWith(expect.objectContaining({ id: "s0" }));
    await user.keyboard("{ArrowLeft}{ArrowLeft}");
    expect(screen.queryByText("Analyse 0")).toBeNull();
  });

  it("draws_only_the_rows_in_sight_of_a_group_of_thousands_and_asks_for_one_page_of_it", async () => {
    const user = userEvent.setup();
    const { asked } = show();
    await user.click(await screen.findByText("Biokjemi"));
    await user.click(await screen.findByText("Alt"));
    await screen.findByText("Analyse 5");
    const tree = screen.getByRole("tree");
    expect(within(tree).getAllByRole("treeitem").length).toBeLessThan(60);
    expect(within(tree).getByText("Analyse 5").closest("[role=treeitem]")?.getAttribute("aria-setsize")).toBe("3000");
    expect(asked.mock.calls).toEqual([["Alt", 0]]);
  });

  it("fetches_the_services_anew_when_the_catalogue_changes", async () => {
    const user = userEvent.setup();
    let version = 1;
    const backend = fakeBackend({ tree: async () => structuredClone(TREE), treeServices: async () => ({ total: 2, services: [{ ...service(0), name: `Versjon ${version}` }] }) });
    render(
      <BackendContext.Provider value={backend}>
        <CatalogueTree label="Katalogen" onPick={() => undefined} />
      </BackendContext.Provider>,
    );
    await user.click(await screen.findByText("Mikrobiologi"));
    await user.click(await screen.findByText("Dyrkning"));
    await screen.findByText("Versjon 1");
    version = 2;
    act(() => backend.changed("catalogue"));
    await screen.findByText("Versjon 2");
  });

  it("moves_as_the_tree_pattern_says", () => {
    const rows = treeRows(TREE, new Set(["balsam", "balsam/mikro"]), (department) => department.name.nb);
    expect(rows.map((row) => (row.kind === "branch" ? row.name : row.key))).toEqual(["Balsam sykehus", "Biokjemi", "Mikrobiologi", "Dyrkning"]);
    expect(treeMove("End", rows, 0, 10)).toEqual({ to: 3 });
    expect(treeMove("ArrowRight", rows, 1, 10)).toEqual({ toggle: "balsam/bio" });
    expect(treeMove("ArrowRight", rows, 2, 10)).toEqual({ to: 3 });
    expect(treeMove("ArrowLeft", rows, 3, 10)).toEqual({ to: 2 });
    expect(treeMove("ArrowLeft", rows, 1, 10)).toEqual({ to: 0 });
    expect(typedAhead("mi", rows, 0, (row) => (row.kind === "branch" ? row.name : undefined))).toBe(2);
    expect(typedAhead("x", rows, 0, (row) => (row.kind === "branch" ? row.name : undefined))).toBe(-1);
  });
});
