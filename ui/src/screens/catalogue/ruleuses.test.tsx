// How decision support is heeded, on the provider's page.
import { render, screen, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { BackendContext } from "../../ipc/backend";
import type { RuleUse } from "../../ipc/model";
import { fakeBackend } from "../../ipc/testing/fake";
import { RuleUses } from "./RuleUses";

const text = (nb: string) => ({ nb, nn: nb, en: nb });
const rule = (more: Partial<RuleUse>): RuleUse => ({ rule: "r", services: [], more_services: 0, severity: "warn", text: null, source: null, checked: null, shown: 0, overridden: 0, reasons: [], ...more });

it("each_rule_stands_with_its_source_its_counts_and_the_reasons_against_it", async () => {
  const rules = [
    rule({ rule: "retest", services: ["Ferritin", "Jern", "TIBC"], more_services: 2, text: text("Sist bestilt for {days} dager siden."), source: "Brukerhåndbok", checked: "2026-11-20", shown: 14, overridden: 9, reasons: [[text("Endret behandling"), 6], [text("Annet"), 3]] }),
    rule({ rule: "duplicate", shown: 2 }),
  ];
  const backend = fakeBackend({ ruleUses: async () => ({ since: "2025-11-26", rules }) });
  render(
    <BackendContext.Provider value={backend}>
      <RuleUses provider="balsam" />
    </BackendContext.Provider>,
  );
  const rows = within(await screen.findByRole("table")).getAllByRole("row");
  expect(rows[1]!.textContent).toContain("Ferritin, Jern, TIBC og 2 til: ");
  expect(rows[1]!.textContent).toContain("Sist bestilt for … dager siden.");
  expect(rows[1]!.textContent).toContain("Brukerhåndbok, 20.11.2026");
  expect(rows[1]!.textContent).toContain("Endret behandling (6), Annet (3)");
  expect(within(rows[1]!).getAllByRole("cell").map((cell) => cell.textContent?.slice(0, 2))).toEqual(["Va", "14", "9E"]);
  expect(rows[2]!.textContent).toContain("Samme analyse to ganger");
});
