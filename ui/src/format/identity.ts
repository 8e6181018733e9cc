// Whether digits can be a person's identity number. The core checks every number that is used; this only tells what a scanner
// typed apart from a laboratory's number of the same length, at once and without asking.

const FIRST = [3, 7, 6, 1, 8, 9, 4, 5, 2, 1];
const SECOND = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1];
/** What is added to the month: nothing, 40 (H-numbers and test persons), 65 or 80 (test persons). */
const MONTHS = [0, 40, 65, 80];

/** Eleven digits whose control digits hold (from 2032 the first may leave 1, 2 or 3), and that begin with a day of some month. */
export function isIdentityNumber(text: string): boolean {
  if (!/^\d{11}$/.test(text)) return false;
  const digits = [...text].map(Number);
  const left = (weights: readonly number[]) => weights.reduce((sum, weight, at) => sum + weight * digits[at]!, 0) % 11;
  if (left(SECOND) !== 0) return false;
  // A common help number carries no date.
  if (digits[0]! >= 8) return left(FIRST) === 0;
  const [day, month] = [Number(text.slice(0, 2)) % 40, Number(text.slice(2, 4))];
  const dated = day >= 1 && day <= 31 && MONTHS.some((more) => month > more && month <= more + 12);
  return dated && left(FIRST) <= 3;
}
