// The packing list on screen: what holds for several containers is said once, and each container is there.
import { render, screen, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { BackendContext } from "../../ipc/backend";
import type { PackedSpecimen } from "../../ipc/model";
import { fakeBackend } from "../../ipc/testing/fake";
import { PackingDialog } from "./PackingDialog";

const specimen = (number: string, patient: string, more: Partial<PackedSpecimen> = {}): PackedSpecimen => ({
  requisition: `r${number}`,
  number,
  patient,
  container: "SERUM GEL",
  material: "Serum",
  handling: ["Vend 5–10 ganger."],
  collected: "2026-11-26T08:00:00+01:00",
  confirmed: true,
  urgent: false,
  ...more,
});

it("containers_of_one_kind_stand_together_and_their_handling_is_said_once", async () => {
  const specimens = [specimen("400010000875", "Gundersen, Roland"), specimen("400010001748", "Bråthen, Ylva", { confirmed: false }), specimen("400010000972", "Danser, Line", { container: "EDTA", material: "", handling: [], urgent: true })];
  const envelope = { organisation: "Balsam sykehus HF", department: "Medisinsk biokjemi", storage: "Kjøleskap", urgent: true, specimens, leftover: null };
  const backend = fakeBackend({ packing: async () => ({ envelopes: [envelope] }), settings: () => Promise.reject(new Error("not asked for")) });
  render(
    <BackendContext.Provider value={backend}>
      <PackingDialog onClose={() => undefined} />
    </BackendContext.Provider>,
  );
  const gel = await screen.findByRole("list", { name: /SERUM GEL · Serum 2 beholdere/ });
  expect(within(gel).getAllByRole("listitem").map((one) => one.textContent)).toEqual(["4000 1000 0875Gundersen, Roland", "4000 1000 1748Bråthen, Ylvaikke skannet"]);
  expect(screen.getAllByText("Vend 5–10 ganger.")).toHaveLength(1);
  const edta = screen.getByRole("list", { name: /EDTA 1 beholder/ });
  expect(within(edta).getByRole("listitem").textContent).toContain("Haster");
  expect(screen.getByRole("heading", { name: "Konvolutt 1: Balsam sykehus HF, Medisinsk biokjemi" }).parentElement?.textContent).toContain("Haster3 beholdere");
});
