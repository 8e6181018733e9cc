// Where words about what just happened may stand: above what is at the foot of the screen, and never on the field that somebody
// is writing in. Pure, so that the rule can be tested.

type Size = { width: number; height: number };
export type Box = { left: number; right: number; top: number; bottom: number };

/** From the window's edge and from what the toast stays clear of, in CSS pixels. */
const GAP = 8;
const EDGE = 16;

/** The top of a toast at the right edge, in CSS pixels: as low as it may be, else at the top of the window. */
export function freePlace(toast: Size, window: Size, feet: readonly Box[], focused: Box | null): number {
  const at = (top: number): Box => ({ left: window.width - EDGE - toast.width, right: window.width - EDGE, top, bottom: top + toast.height });
  const highest = feet.filter((foot) => foot.bottom > foot.top && foot.right > at(0).left).reduce((top, foot) => Math.min(top, foot.top), window.height);
  const low = Math.max(EDGE, highest - GAP - toast.height);
  if (!focused || !meets(at(low), focused)) return low;
  const above = focused.top - GAP - toast.height;
  return above >= EDGE ? above : meets(at(EDGE), focused) ? low : EDGE;
}

function meets(one: Box, other: Box): boolean {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}
