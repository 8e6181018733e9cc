// How dates, times, ages and numbers are written on the screens: the Norwegian way in all three languages
// (dd.mm.yyyy, 24 hours, decimal comma; English gets the decimal point). Pure: "now" is always an argument.
import type { Texts } from "../texts";

export type Language = "nb" | "nn" | "en";

/** A day or a moment as the core writes them: `YYYY-MM-DD`, `YYYY-MM-DDTHH:MM`, or RFC 3339 with an offset. */
export function parseMoment(text: string): Date | null {
  const day = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  const moment = day ? new Date(Number(day[1]), Number(day[2]) - 1, Number(day[3])) : new Date(text);
  return Number.isNaN(moment.getTime()) ? null : moment;
}

const two = (n: number) => String(n).padStart(2, "0");

/** `20.11.`, with the year when it is not this one. */
export function shortDate(text: string, now: Date): string {
  const moment = parseMoment(text);
  if (!moment) return text;
  const day = `${two(moment.getDate())}.${two(moment.getMonth() + 1)}.`;
  return moment.getFullYear() === now.getFullYear() ? day : `${day}${moment.getFullYear()}`;
}

/** `20.11.2026`. */
export function longDate(text: string): string {
  const moment = parseMoment(text);
  if (!moment) return text;
  return `${two(moment.getDate())}.${two(moment.getMonth() + 1)}.${moment.getFullYear()}`;
}

/** `09:14`. */
export function clockTime(moment: Date): string {
  return `${two(moment.getHours())}:${two(moment.getMinutes())}`;
}

/** `22.11. 09:36`. */
export function dateTime(text: string, now: Date): string {
  const moment = parseMoment(text);
  return moment ? `${shortDate(text, now)} ${clockTime(moment)}` : text;
}

/** The time alone when it is today's, else date and time. */
export function timeOrDateTime(text: string, now: Date): string {
  const moment = parseMoment(text);
  if (!moment) return text;
  return sameDay(moment, now) ? clockTime(moment) : dateTime(text, now);
}

/** The time alone when it is today's, else the date alone: what a light has room for. */
export function timeOrDate(text: string, now: Date): string {
  const moment = parseMoment(text);
  if (!moment) return text;
  return sameDay(moment, now) ? clockTime(moment) : shortDate(text, now);
}

export function sameDay(one: Date, other: Date): boolean {
  return one.getFullYear() === other.getFullYear() && one.getMonth() === other.getMonth() && one.getDate() === other.getDate();
}

/** How long since: `under 1 min`, `26 min`, `1 t 10 min`, `2 dager`. A clock set back gives the shortest, never a negative age. */
export function age(since: string, now: Date, t: Texts): string {
  const from = parseMoment(since);
  if (!from) return "";
  return duration(Math.max(0, Math.floor((now.getTime() - from.getTime()) / 60_000)), t);
}

/** A number of minutes in words. */
export function duration(minutes: number, t: Texts): string {
  if (minutes < 1) return t.time.underAMinute;
  if (minutes < 60) return t.time.minutes(minutes);
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return t.time.hoursMinutes(hours, minutes % 60);
  return t.time.days(Math.floor(hours / 24));
}

/** `14,7`; at most `decimals` decimals, none when there is nothing to show. */
export function decimal(value: number, language: Language, decimals = 1): string {
  const rounded = Math.round(value * 10 ** decimals) / 10 ** decimals;
  const text = String(rounded);
  return language === "en" ? text : text.replace(".", ",");
}

/** Thin groups of three, as Norwegian is set: `10 000`. */
export function whole(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+(?!\d))/g, " ");
}

/** Room on a disk, in the units that disks are bought by. */
export function diskSpace(megabytes: number, language: Language): string {
  return megabytes < 1000 ? `${whole(megabytes)} MB` : `${decimal(megabytes / 1000, language)} GB`;
}

/** `131169 00216`: birth part and personal part. */
export function nationalId(id: string): string {
  return id.length === 11 ? `${id.slice(0, 6)} ${id.slice(6)}` : id;
}

/** `4017 0012 8584`: specimen numbers in fours. */
export function specimenNumber(number: string): string {
  return number.replace(/(.{4})(?=.)/g, "$1 ");
}

/** Whole years at `now`; for children under two, months. */
export function patientAge(birthDate: string, now: Date, t: Texts): string {
  const born = parseMoment(birthDate);
  if (!born) return "";
  let months = (now.getFullYear() - born.getFullYear()) * 12 + now.getMonth() - born.getMonth();
  if (now.getDate() < born.getDate()) months -= 1;
  if (months < 0) return "";
  return months < 24 ? t.time.months(months) : t.time.years(Math.floor(months / 12));
}

/** A catalogue's text in the language of the screens; bokmål stands in for what is not translated. */
export function inLanguage(text: { nb: string; nn?: string; en?: string }, language: Language): string {
  return (language === "nb" ? text.nb : text[language]) || text.nb;
}

/** "Family, given" people read as "Given Family". */
export function fullName(patient: { given: string; family: string }): string {
  return [patient.given, patient.family].filter(Boolean).join(" ");
}
