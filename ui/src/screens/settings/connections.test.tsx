import { act, screen, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { openWindow, type Demo } from "../../dev/opened";
import { CommandFailure } from "../../ipc/failure";
import type { CatalogueStatus } from "../../ipc/model";

async function open(change: Partial<CatalogueStatus> = {}, prepare: (backend: Demo) => void = () => undefined) {
  const { backend, user } = openWindow((backend) => {
    const status = backend.status.bind(backend);
    backend.status = async () => {
      const before = await status();
      return { ...before, catalogues: before.catalogues.map((each) => (each.provider === "balsam" ? { ...each, ...change } : each)) };
    };
    prepare(backend);
  });
  const patient = { timeout: 10_000 };
  await screen.findByText("Innstillinger", {}, patient);
  await user.keyboard("{Control>}5{/Control}");
  await user.click(await screen.findByText("Tjenesteytere og linjer", {}, patient));
  const balsam = await screen.findByText(/Katalog 2026\.11\.2, gjelder fra/, {}, patient);
  return { backend, user, balsam: balsam.closest("li")! };
}

describe("the catalogues in the settings", { timeout: 30_000 }, () => {
  it("a_catalogue_older_than_its_provider_allows_is_an_alarm", async () => {
    const { balsam } = await open({ stale: true });
    expect(within(balsam).getByRole("alert").textContent).toContain("eldre enn tjenesteyteren tillater");
  });

  it("a_catalogue_that_is_fresh_is_no_alarm", async () => {
    const { balsam } = await open({ stale: false });
    expect(within(balsam).queryByRole("alert")).toBeNull();
  });

  it("a_version_of_a_later_day_is_told_of_beside_the_one_in_use", async () => {
    const { balsam } = await open({ coming: { version: "2027.1.1", valid_from: "2027-01-01" } });
    expect(within(balsam).getByText(/Katalog 2027\.1\.1 er hentet og tas i bruk/)).toBeTruthy();
    expect(within(balsam).getByText(/Katalog 2026\.11\.2/)).toBeTruthy();
  });

  it("a_chosen_file_says_what_became_of_it_and_no_file_says_nothing", async () => {
    const { user, backend } = await open();
    backend.chooseCatalogue = async () => null;
    await user.click(screen.getByText("Velg fil …"));
    expect(document.querySelector("[data-imported]")).toBeNull();
    backend.chooseCatalogue = async () => ({ provider: "balsam", name: "Balsam sykehus", version: "2027.1.1", valid_from: "2027-01-01", standing: "waiting" });
    await user.click(screen.getByText("Velg fil …"));
    await screen.findByText(/Balsam sykehus: katalog 2027\.1\.1 er lagret og tas i bruk/);
  });

  it("a_catalogue_that_came_and_was_refused_is_told_in_the_strip_and_why_in_the_settings", async () => {
    const { balsam } = await open({ problem: "catalogueRefused", refused: "bad_signature" });
    expect(within(balsam).getByRole("alert").textContent).toContain("Katalogen er ikke signert av tjenesteyteren. Den er ikke tatt i bruk. Kontroller nøkkelen");
    expect(document.querySelector(".strip__cell--stale")?.textContent).toContain("Balsam sykehus: ny katalog avvist");
  });

  it("a_line_that_works_and_brought_no_catalogue_says_that_nothing_can_be_ordered", async () => {
    const { balsam } = await open();
    expect(within(balsam).queryByText(/Ingen katalog er hentet/)).toBeNull();
    document.body.replaceChildren();
    await open({}, (backend) => {
      const status = backend.status.bind(backend);
      backend.status = async () => {
        const before = await status();
        const furumo = { version: null, valid_from: null, services: 0, problem: "refused" };
        return { ...before, catalogues: before.catalogues.map((each) => (each.provider === "balsam" ? each : { ...each, ...furumo })) };
      };
    });
    const others = document.querySelectorAll("[data-connection]:not([data-connection='balsam'])");
    expect(others.length).toBeGreaterThan(0);
    for (const other of others) expect(other.textContent).toContain("Ingen katalog er hentet herfra, så ingenting kan bestilles.");
    expect(document.querySelector(".strip__cell--stale")?.textContent).toContain("Furumo laboratorium: ingen katalog");
  });

  it("a_hundred_thousand_specimen_numbers_are_written_as_a_figure_that_can_be_read", async () => {
    await open({}, (backend) => {
      const status = backend.status.bind(backend);
      backend.status = async () => ({
        ...(await status()),
        numbers: [{ provider: "balsam", provider_name: "Balsam sykehus", source: "station", station: "40001", leases_none: false, left: 100_000, supply: "enough" }],
      });
    });
    await screen.findByText(/lages her, også uten linje\. 100\s000 igjen\./);
  });

  it("an_unknown_key_says_how_to_set_its_provider_up", async () => {
    const { user } = await open({}, (backend) => {
      backend.importCatalogue = async () => {
        throw new CommandFailure({ code: "catalogueRefused", params: { reason: "unknown_key", key: "0123456789ABCDEF" }, reference: "1" });
      };
    });
    await user.type(screen.getByLabelText("Eller skriv filens plassering"), "/media/usb/a.rkvcat{Enter}");
    await screen.findByText(/Ingen tjenesteyter her har nøkkelen filen er signert med \(0123456789ABCDEF\)/);
    expect(screen.getByText(/Sett opp tjenesteyteren først/)).toBeTruthy();
  });

  it("what_became_of_dropped_files_is_said_on_whatever_screen_one_is", async () => {
    const { user, backend } = await open();
    await user.keyboard("{Control>}1{/Control}");
    act(() =>
      backend.dropped({
        catalogues: [{ provider: "balsam", name: "Balsam sykehus", version: "2026.12.1", valid_from: "2026-12-01", standing: "in_use" }],
        attachments: [], refused: { code: "catalogueRefused", params: { reason: "wrong_base" }, reference: "2" },
      }),
    );
    await screen.findByText("Balsam sykehus: katalog 2026.12.1 er tatt i bruk.");
    await screen.findByText(/bygger på en annen utgave/);
  });
});
