// The scanner against the hands: bursts are scans, typing is typing.
import { describe, expect, it } from "vitest";
import { isCode, wedge } from "./wedge";

/** Types a text with a pause between its keys, then Enter. */
function typed(text: string, gap: number, pauses: Record<number, number> = {}): string | null {
  const scanner = wedge();
  let at = 1_000;
  [...text].forEach((key, index) => {
    at += pauses[index] ?? gap;
    scanner.key(key, at);
  });
  return scanner.key("Enter", at + gap);
}

describe("the scanner", () => {
  it("is_heard_when_a_number_comes_in_a_burst", () => {
    expect(typed("401700128584", 8)).toBe("401700128584");
    expect(typed("]C1401700128584", 8)).toBe("]C1401700128584");
    expect(typed("BS-2026-004711", 20)).toBe("BS-2026-004711");
  });

  it("is_heard_after_somebody_typed_something_else", () => {
    const scanner = wedge();
    let at = 0;
    for (const key of "litt tekst") scanner.key(key, (at += 120));
    at += 400;
    for (const key of "401700128584") scanner.key(key, (at += 8));
    expect(scanner.key("Enter", at + 8)).toBe("401700128584");
  });

  it("presses_shift_for_capitals_without_breaking_the_number", () => {
    const scanner = wedge();
    let at = 0;
    for (const key of ["Shift", "B", "Shift", "S", "1", "2", "3", "4", "5", "6"]) scanner.key(key, (at += 5));
    expect(scanner.key("Enter", at + 5)).toBe("BS123456");
  });
});

describe("a machine that is busy", () => {
  it("does_not_cut_a_number_in_two", () => {
    for (let at = 4; at < 12; at++) expect(typed("401700128584", 8, { [at]: 250 })).toBe("401700128584");
    expect(typed("401700128584", 8, { 5: 120, 9: 250 })).toBe("401700128584");
  });

  it("does_not_let_the_enter_of_a_scan_press_a_button", () => {
    const scanner = wedge();
    let at = 0;
    for (const key of "401700128584") scanner.key(key, (at += 8));
    expect(scanner.key("Enter", at + 250)).toBe("401700128584");
  });
});

describe("hands", () => {
  it("are_never_taken_for_a_scanner", () => {
    expect(typed("401700128584", 60)).toBeNull();
    expect(typed("13116900216", 90)).toBeNull();
    expect(typed("stikkredd", 8)).toBeNull();
    expect(typed("12345", 8)).toBeNull();
  });

  it("that_press_enter_long_after_a_burst_did_not_scan", () => {
    const scanner = wedge();
    let at = 0;
    for (const key of "401700128584") scanner.key(key, (at += 8));
    expect(scanner.key("Enter", at + 900)).toBeNull();
  });

  it("that_pause_in_a_number_start_over", () => {
    expect(typed("401700128584", 8, { 8: 400 })).toBeNull();
  });

  it("that_hit_two_keys_almost_at_once_are_still_hands", () => {
    const scanner = wedge();
    let at = 0;
    for (const [index, key] of [..."401700128584"].entries()) scanner.key(key, (at += index % 3 === 0 ? 130 : 15));
    expect(scanner.key("Enter", at + 130)).toBeNull();
  });
});

describe("a_code", () => {
  it("is_digits_and_capitals_never_words", () => {
    expect(isCode("401700128584")).toBe(true);
    expect(isCode("KLINISK-TEKST")).toBe(false);
    expect(isCode("line danser 123456")).toBe(false);
  });
});
