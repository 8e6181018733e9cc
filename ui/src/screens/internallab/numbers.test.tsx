import { screen, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { openLab } from "../../dev/lab.opened";
import type { NumbersView } from "../../ipc/model";
import { scarceNumbers } from "./NumbersAlarm";

async function open(query: string) {
  const { backend, user } = await openLab(query, (backend) => void vi.spyOn(backend, "status"));
  const alarms = await screen.findByRole("alert", { name: "Alarmer i internlab" }, { timeout: 10_000 });
  return { backend, user, asked: vi.mocked(backend.status), alarms };
}

describe("numbers that run out", { timeout: 30_000 }, () => {
  it("say_what_is_left_and_are_fetched_at_once_by_a_click", async () => {
    const { backend, user, alarms } = await open("numbers");
    expect(within(alarms).getByText("Bare 24 prøvenumre igjen til Furumo laboratorium")).toBeTruthy();
    expect(within(alarms).queryByText(/Ingenting er tapt/)).toBeNull();
    const tested = vi.fn(async () => ({ ok: false, code: "unreachable", detail: null, catalogue: null }));
    backend.testConnection = tested;
    await user.click(within(alarms).getByRole("button", { name: "Hent nå" }));
    expect(tested).toHaveBeenCalledWith("furumo");
  });

  it("lead_to_the_station_number_where_the_laboratory_leases_none", async () => {
    const { user, alarms } = await open("numbers&out&paper");
    expect(within(alarms).getByText(/Ingenting er tapt/)).toBeTruthy();
    await user.click(within(alarms).getByRole("button", { name: "Skriv inn stasjonsnummer" }));
    await screen.findByRole("heading", { name: "Prøvenumre" });
  });

  it("lead_to_the_settings_and_back_to_the_requisition_that_was_open", async () => {
    const { user, alarms } = await open("numbers&out&paper");
    const waiting = document.querySelector<HTMLButtonElement>("li > .lab__item")!;
    const patient = within(waiting).getAllByText(/./)[0]!.textContent!;
    await user.click(waiting);
    await screen.findByRole("heading", { name: "Prøver i tapperekkefølge" });
    await user.click(within(alarms).getByRole("button", { name: "Skriv inn stasjonsnummer" }));
    await screen.findByRole("heading", { name: "Prøvenumre" });
    await user.keyboard("{Control>}2{/Control}");
    await screen.findByRole("heading", { name: "Prøver i tapperekkefølge" });
    expect(document.querySelector("[aria-current] .strong, .lab__item[aria-current]")?.textContent ?? "").toContain(patient);
  });

  it("are_read_once_for_frame_and_alarm", async () => {
    const { asked } = await open("numbers");
    expect(asked).toHaveBeenCalledTimes(1);
  });

  it("alarm_for_each_laboratory_that_has_given_none_to_this_workstation", () => {
    const one = (provider: string, source: NumbersView["source"], supply: NumbersView["supply"]): NumbersView => ({ provider, provider_name: provider, source, station: null, leases_none: false, left: 1, supply });
    const all = [one("a", "station", "enough"), one("b", "leased", "enough"), one("c", "station", "alarm"), one("d", "nothing", "empty")];
    expect(scarceNumbers(all).map((each) => each.provider)).toEqual(["c", "d"]);
  });
});
