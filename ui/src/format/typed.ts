// Reading what people type as dates and times: `dd.mm. tt:mm`, and the shorter ways everybody writes them.
// The answer is the wall clock as it was typed, `YYYY-MM-DD` or `YYYY-MM-DDTHH:MM`; no time zone is ever applied.

const two = (n: number) => String(n).padStart(2, "0");

/** Local day of a moment, `YYYY-MM-DD`. */
export function isoDay(moment: Date): string {
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}

/** Local wall clock of a moment, `YYYY-MM-DDTHH:MM`. */
export function isoMinute(moment: Date): string {
  return `${isoDay(moment)}T${two(moment.getHours())}:${two(moment.getMinutes())}`;
}

/**
 * `22.11.`, `22.11.26`, `22.11.2026`, `2211`, `221126`, `22112026`. Without a year it is the last such day up to tomorrow:
 * answers are about what has been. Null when it is not a date that exists.
 */
export function readDate(typed: string, now: Date): string | null {
  const text = typed.trim();
  const match = /^(\d{1,2})[.\/ -](\d{1,2})(?:[.\/ -](\d{4}|\d{2})?)?$/.exec(text) ?? /^(\d{2})(\d{2})(\d{4}|\d{2})?$/.exec(text);
  if (!match) return null;
  const day = Number(match[1]);
  const month = Number(match[2]);
  if (match[3]) {
    const year = match[3].length === 4 ? Number(match[3]) : century(Number(match[3]), now);
    return existing(year, month, day);
  }
  const tomorrow = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1);
  // 29 February may need up to eight years.
  for (let year = tomorrow.getFullYear(); year > tomorrow.getFullYear() - 9; year -= 1) {
    const found = existing(year, month, day);
    if (found && found <= isoDay(tomorrow)) return found;
  }
  return null;
}

/** A date, then a time: `22.11. 09:36`, `22.11 0936`, `2211 936`. A time alone is today's, or yesterday's if it has not been yet. */
export function readDateTime(typed: string, now: Date): string | null {
  const text = typed.trim().replace(/\s+kl\.?\s+/i, " ");
  const split = /^(.*?)[\s,]+(\d{1,2})[:.]?(\d{2})$/.exec(text);
  if (split?.[1]) {
    const day = readDate(split[1], now);
    const time = readTime(`${split[2]}:${split[3]}`);
    return day && time ? `${day}T${time}` : null;
  }
  const time = readTime(text);
  if (!time) return null;
  const today = `${isoDay(now)}T${time}`;
  if (today <= isoMinute(now)) return today;
  return `${isoDay(new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1))}T${time}`;
}

/** `9:36`, `09:36`, `09.36`, `0936`. */
export function readTime(typed: string): string | null {
  const match = /^(\d{1,2})[:.](\d{2})$/.exec(typed.trim()) ?? /^(\d{2})(\d{2})$/.exec(typed.trim());
  if (!match) return null;
  const hour = Number(match[1]);
  const minute = Number(match[2]);
  return hour < 24 && minute < 60 ? `${two(hour)}:${two(minute)}` : null;
}

/** A number with comma or point. */
export function readNumber(typed: string): number | null {
  const text = typed.trim().replace(/\s/g, "").replace(",", ".");
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : null;
}

/** How an answer that was given is shown in its field again: `22.11.2026`. */
export function writeDate(iso: string): string {
  const match = /^(\d{4})-(\d{2})-(\d{2})/.exec(iso);
  return match ? `${match[3]}.${match[2]}.${match[1]}` : iso;
}

/** `22.11.2026 09:36`. */
export function writeDateTime(iso: string): string {
  const time = /T(\d{2}:\d{2})/.exec(iso);
  return time ? `${writeDate(iso)} ${time[1]}` : writeDate(iso);
}

/** Two-digit years are of this century up to next year, else of the last. */
function century(short: number, now: Date): number {
  const next = (now.getFullYear() + 1) % 100;
  const base = Math.floor(now.getFullYear() / 100) * 100;
  return short <= next ? base + short : base - 100 + short;
}

function existing(year: number, month: number, day: number): string | null {
  const made = new Date(year, month - 1, day);
  made.setFullYear(year);
  return made.getMonth() === month - 1 && made.getDate() === day && month >= 1 ? `${year}-${two(month)}-${two(day)}` : null;
}
