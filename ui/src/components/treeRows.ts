// A tree as the list of its visible rows, and the keys that move in it (WAI-ARIA tree pattern). Pure, so that the rules can be
// tested without a window, and so that only the rows in sight need to be drawn.
import type { HitView, TreeProvider } from "../ipc/model";

/** Where a row's services are asked for. */
export type GroupAt = { provider: string; department: string; group: string };

export type BranchRow = { kind: "branch"; key: string; parent: string | null; level: 1 | 2 | 3; name: string; count: number; open: boolean; set: number; size: number };
export type ServiceRow = { kind: "service"; key: string; parent: string; level: 4; at: GroupAt; index: number; set: number; size: number };
export type TreeRow = BranchRow | ServiceRow;

export const groupKey = ({ provider, department, group }: GroupAt) => `${provider}/${department}/${group}`;

/** The rows of a tree whose branches in `open` are open. */
export function treeRows(providers: readonly TreeProvider[], open: ReadonlySet<string>, name: (department: TreeProvider["departments"][number]) => string): TreeRow[] {
  const rows: TreeRow[] = [];
  const branch = (row: Omit<BranchRow, "kind" | "open">): boolean => {
    const isOpen = open.has(row.key);
    rows.push({ ...row, kind: "branch", open: isOpen });
    return isOpen;
  };
  providers.forEach((provider, at) => {
    const key = provider.provider;
    if (!branch({ key, parent: null, level: 1, name: provider.name, count: provider.services, set: at + 1, size: providers.length })) return;
    provider.departments.forEach((department, departmentAt) => {
      const departmentKey = `${key}/${department.id}`;
      if (!branch({ key: departmentKey, parent: key, level: 2, name: name(department), count: department.services, set: departmentAt + 1, size: provider.departments.length })) return;
      department.groups.forEach((group, groupAt) => {
        const place = { provider: key, department: department.id, group: group.name };
        const own = groupKey(place);
        if (!branch({ key: own, parent: departmentKey, level: 3, name: group.name, count: group.services, set: groupAt + 1, size: department.groups.length })) return;
        for (let index = 0; index < group.services; index++) {
          rows.push({ kind: "service", key: `${own}#${index}`, parent: own, level: 4, at: place, index, set: index + 1, size: group.services });
        }
      });
    });
  });
  return rows;
}

export type TreeMove = { to: number } | { toggle: string } | null;

/** What a key does on the row at `active`: moves, opens or closes a branch, or nothing. */
export function treeMove(key: string, rows: readonly TreeRow[], active: number, page: number): TreeMove {
  const row = rows[active];
  const last = rows.length - 1;
  if (last < 0) return null;
  switch (key) {
    case "ArrowDown":
      return { to: Math.min(last, active + 1) };
    case "ArrowUp":
      return { to: Math.max(0, active - 1) };
    case "PageDown":
      return { to: Math.min(last, active + page) };
    case "PageUp":
      return { to: Math.max(0, active - page) };
    case "Home":
      return { to: 0 };
    case "End":
      return { to: last };
    case "ArrowRight":
      if (row?.kind !== "branch") return null;
      return row.open ? { to: Math.min(last, active + 1) } : { toggle: row.key };
    case "ArrowLeft": {
      if (!row) return null;
      if (row.kind === "branch" && row.open) return { toggle: row.key };
      const parent = rows.findIndex((each) => each.key === row.parent);
      return parent < 0 ? null : { to: parent };
    }
    default:
      return null;
  }
}

/** The next row, going round, whose name begins with what was typed; a single letter leaves the row one is on. */
export function typedAhead(typed: string, rows: readonly TreeRow[], active: number, name: (row: TreeRow) => string | undefined): number {
  const wanted = typed.toLocaleLowerCase("nb");
  const from = typed.length > 1 ? active : active + 1;
  for (let step = 0; step < rows.length; step++) {
    const at = (Math.max(0, from) + step) % rows.length;
    const row = rows[at];
    if (row && name(row)?.toLocaleLowerCase("nb").startsWith(wanted)) return at;
  }
  return -1;
}

/** Services of groups, by page, as they come in. */
export type Loaded = ReadonlyMap<string, HitView>;
