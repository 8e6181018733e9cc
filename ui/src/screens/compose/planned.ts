// Reading a day to come.
import { isoDay, readDate } from "../../format/typed";

/** A day to come: `3.12.` said in November is next month's, and `5.1.` next year's. */
export function readPlanned(typed: string, now: Date): string | null {
  const read = readDate(typed, now);
  if (!read) return null;
  const today = isoDay(now);
  if (read >= today || /\d{4}|[.\/ -]\d{1,2}[.\/ -]\d{2}$/.test(typed.trim())) return read;
  const thisYear = `${now.getFullYear()}${read.slice(4)}`;
  return thisYear >= today ? thisYear : `${now.getFullYear() + 1}${read.slice(4)}`;
}

/** A year, a month or a day that has been, as the core keeps it: `2024`, `2024-03`, `2024-03-05`. Null for anything else. */
export function readPast(typed: string, now: Date): string | null {
  const text = typed.trim();
  if (/^(18|19|20)\d{2}$/.test(text)) return text;
  const month = /^(\d{1,2})[.\/ -]((?:18|19|20)\d{2})$/.exec(text);
  if (month) return Number(month[1]) >= 1 && Number(month[1]) <= 12 ? `${month[2]}-${month[1]!.padStart(2, "0")}` : null;
  return readDate(text, now);
}

/** As it was read, back in its field. */
export function writePast(kept: string): string {
  return kept.split("-").reverse().join(".");
}
