// The made-up panels and favourites of the development page: one that is whole, one with a member that is gone, and one
// of somebody who left.
import type { Backend } from "../ipc/backend";
import { CommandFailure } from "../ipc/failure";
import type { CheckedMember, FavouriteView, PanelSaved, PanelView, PickedMember } from "../ipc/model";

export const member = (service: string, name: string, more: Partial<CheckedMember> = {}): CheckedMember => ({
  provider: "balsam",
  provider_name: "Balsam sykehus",
  service,
  name,
  code: "",
  optional: false,
  answers: 0,
  standing: { standing: "offered" },
  ...more,
});

const panel = (id: string, name: string, members: CheckedMember[], more: Partial<PanelView> = {}): PanelView => ({
  id,
  revision: 1,
  name,
  words: [],
  shared: true,
  members,
  missing: members.filter((one) => one.standing.standing !== "offered").length,
  providers: [...new Set(members.map((one) => one.provider_name))],
  updated: "2026-11-20T10:00:00Z",
  updated_by: "Ida Januar",
  ...more,
});

export function panelsBackend(basket: (draft: string) => PickedMember[]): { commands: Partial<Backend>; panels: PanelView[] } {
  const panels: PanelView[] = [
    panel("anemi", "Anemi", [member("hb", "Hemoglobin", { code: "NOR05172" }), member("ferritin", "Ferritin"), member("tfmet", "Transferrinmetning", { optional: true })]),
    panel("aars", "Årskontroll", [
      member("hba1c", "HbA1c", { answers: 1 }),
      member("sr", "SR (senkning)", { standing: { standing: "withdrawn", replacement: { service: "crp", name: "CRP" } } }),
      member("f-ferritin", "Ferritin", { provider: "furumo", provider_name: "Furumo laboratorium" }),
    ]),
    panel("egen", "Min faste", [member("tsh", "TSH")], { shared: false }),
  ];
  const left = [panel("gammel", "Gamle prøver", [member("li", "Litium")], { shared: false, updated_by: "Finn Dottno" })];
  const favourites: FavouriteView[] = [
    { provider: "balsam", provider_name: "Balsam sykehus", service: "crp", name: "CRP", mine: true, shared: true, left_behind: false, standing: { standing: "offered" } },
    { provider: "balsam", provider_name: "Balsam sykehus", service: "sr", name: "SR (senkning)", mine: false, shared: true, left_behind: false, standing: { standing: "withdrawn", replacement: null } },
  ];
  const find = (id: string): PanelView => {
    const found = [...panels, ...left].find((one) => one.id === id);
    if (!found) throw new CommandFailure({ code: "notFound", params: {}, reference: "0a1b2c3d" });
    return found;
  };
  const keep = (one: PanelView): PanelSaved => {
    const at = panels.findIndex((known) => known.id === one.id);
    if (at < 0) panels.push(one);
    else panels[at] = one;
    return { saved: "done", panel: one };
  };
  const named = (name: string, id: string | null) => panels.find((one) => one.id !== id && one.name.toLowerCase() === name.trim().toLowerCase());
  const refuse = (field: string, reason: string) => new CommandFailure({ code: "invalidField", params: { field, reason }, reference: "0a1b2c3d" });
  const commands: Partial<Backend> = {
    panels: async () => ({ person: "Ida Januar", panels: [...panels], left_behind: [...left], favourites: favourites.map((one) => ({ ...one })) }),
    keepBasket: async (form) => {
      if (form.name.trim() === "") throw refuse("name", "empty");
      const taken = named(form.name, null);
      if (taken && form.replace !== taken.id) return { saved: "name_taken", id: taken.id, name: taken.name };
      const members = basket(form.draft).map((one) => member(one.service, one.name, { provider: one.provider }));
      return keep(panel(taken?.id ?? `p${panels.length}`, form.name.trim(), members, { shared: form.shared }));
    },
    savePanel: async (form) => {
      if (form.name.trim() === "") throw refuse("name", "empty");
      if (form.members.length === 0) throw refuse("members", "empty");
      const taken = named(form.name, form.id);
      if (taken) return { saved: "name_taken", id: taken.id, name: taken.name };
      const before = form.id ? find(form.id).members : [];
      const members = form.members.map((one) => ({ ...(before.find((known) => known.service === one.service) ?? member(one.service, one.service)), optional: one.optional }));
      return keep(panel(form.id ?? `p${panels.length}`, form.name, members, { words: form.words, shared: form.shared, revision: form.revision + 1 }));
    },
    sharePanel: async (id, shared) => {
      const one = find(id);
      const at = left.indexOf(one);
      if (at >= 0) left.splice(at, 1);
      return keep({ ...one, shared });
    },
    duplicatePanel: async (id, name) => keep({ ...find(id), id: `p${panels.length}`, name }),
    mendPanel: async (id, _provider, service) => {
      const one = find(id);
      const members = one.members.map((known) => (known.service === service && known.standing.standing === "withdrawn" && known.standing.replacement ? member(known.standing.replacement.service, known.standing.replacement.name) : known));
      return keep(panel(one.id, one.name, members));
    },
    deletePanel: async (id) => {
      panels.splice(panels.indexOf(find(id)), 1);
      return null;
    },
    setFavourite: async (provider, service, whose, favourite) => {
      const one = favourites.find((known) => known.provider === provider && known.service === service);
      if (one && whose !== "left_behind") one[whose] = favourite;
      return null;
    },
    exportPanels: async (ids) => ({ file: "rekvirent-pakker.json", panels: ids.length || panels.length, favourites: ids.length ? 0 : favourites.length }),
    readPanels: async () => ({
      token: "t",
      file: "rekvirent-pakker.json",
      favourites: 1,
      panels: [
        { at: 0, name: "Anemi", members: [member("hb", "Hemoglobin")], missing: 0, taken_shared: true, taken_mine: false },
        { at: 1, name: "Lever", members: [member("alat", "ALAT"), member("x", "Gallesyrer", { standing: { standing: "gone" } })], missing: 1, taken_shared: false, taken_mine: false },
      ],
    }),
    takePanels: async (form) => ({ added: form.choices.filter((one) => one.take === "keep_both").length, replaced: form.choices.filter((one) => one.take === "replace").length, skipped: form.choices.filter((one) => one.take === "skip").length, favourites: 1 }),
  };
  return { commands, panels };
}
