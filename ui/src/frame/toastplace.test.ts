import { describe, expect, it } from "vitest";
import { freePlace, type Box } from "./toastplace";

const box = (left: number, top: number, right: number, bottom: number): Box => ({ left, top, right, bottom });
const clear = (top: number, size: { width: number; height: number }, window: { width: number; height: number }, other: Box) =>
  top + size.height <= other.top || top >= other.bottom || window.width - 16 - size.width >= other.right;

describe("a toast", () => {
  const small = { width: 640, height: 400 };
  const toast = { width: 420, height: 78 };
  const feet = [box(78, 240, 640, 370), box(0, 370, 640, 400)];

  it("stands_above_the_foot_of_an_enlarged_screen", () => {
    const top = freePlace(toast, small, feet, null);
    expect(feet.every((foot) => clear(top, toast, small, foot))).toBe(true);
    expect(top).toBe(240 - 8 - 78);
  });

  it("makes_way_for_the_field_that_somebody_writes_in", () => {
    for (const focused of [box(90, 180, 600, 220), box(300, 90, 620, 130), box(90, 16, 630, 60)]) {
      const top = freePlace(toast, small, feet, focused);
      expect(clear(top, toast, small, focused)).toBe(true);
      expect(feet.every((foot) => clear(top, toast, small, foot))).toBe(true);
    }
  });

  it("leaves_a_foot_that_is_not_under_it_alone", () => {
    const top = freePlace(toast, { width: 1280, height: 800 }, [box(0, 500, 400, 770), box(0, 770, 1280, 800)], null);
    expect(top).toBe(770 - 8 - 78);
  });
});
