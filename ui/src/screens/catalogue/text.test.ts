// What is copied and what is printed says the same, whose it is and how old, and whether it can still be ordered.
import { describe, expect, it } from "vitest";
import { demoBackend } from "../../dev/backend";
import { nb } from "../../texts/nb";
import { handbookPage, pageText } from "./text";

const page = () => demoBackend(new URLSearchParams()).servicePage("balsam", "ferritin", null);

describe("a handbook page as words", () => {
  it("every_fact_that_is_printed_is_copied_too", async () => {
    const shown = await page();
    const copied = pageText(shown, nb, "nb");
    const printed = handbookPage(shown, nb, "nb");
    expect(printed.title).toBe("Ferritin");
    for (const fact of [printed.below, ...printed.lead, ...printed.sections.flatMap((one) => one.lines.map((line) => line.text)), ...printed.sources]) expect(copied).toContain(fact);
    expect(printed.sources.join()).toContain(shown.version);
  });

  it("a_withdrawn_service_says_so_before_anything_else", async () => {
    const shown = await page();
    const withdrawn = { ...shown, service: { ...shown.service, withdrawn: true }, replacement: { id: "crp", name: "CRP", code: "NPU19748" } };
    expect(handbookPage(withdrawn, nb, "nb").lead[0]).toBe("Utgått av katalogen. Erstattet av CRP.");
  });
});
