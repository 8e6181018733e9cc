import { describe, expect, it } from "vitest";
import { texts } from "../texts";
import { age, dateTime, decimal, diskSpace, inLanguage, longDate, nationalId, patientAge, shortDate, specimenNumber, timeOrDateTime, whole } from ".";
import { isoMinute, readDate, readDateTime, readNumber, readTime, writeDateTime } from "./typed";

const now = new Date(2026, 10, 23, 9, 41);

describe("what is shown", () => {
  it("dates_carry_the_year_only_when_it_is_not_this_one", () => {
    expect(shortDate("2026-11-20", now)).toBe("20.11.");
    expect(shortDate("2025-11-20", now)).toBe("20.11.2025");
    expect(longDate("1969-11-13")).toBe("13.11.1969");
  });
  it("todays_times_stand_alone_and_others_with_their_day", () => {
    expect(timeOrDateTime("2026-11-23T09:14:00", now)).toBe("09:14");
    expect(timeOrDateTime("2026-11-22T09:14:00", now)).toBe("22.11. 09:14");
    expect(dateTime("not a time", now)).toBe("not a time");
  });
  it("an_age_is_never_negative_when_the_clock_was_set_back", () => {
    expect(age("2026-11-23T10:41:00", now, texts.nb)).toBe("under 1 min");
    expect(age("2026-11-23T09:15:00", now, texts.nb)).toBe("26 min");
    expect(age("2026-11-23T08:31:00", now, texts.nb)).toBe("1 t 10 min");
    expect(age("2026-11-21T09:00:00", now, texts.nb)).toBe("2 dager");
    expect(age("2026-11-21T09:00:00", now, texts.nn)).toBe("2 dagar");
  });
  it("numbers_are_written_the_norwegian_way", () => {
    expect(decimal(14.7, "nb")).toBe("14,7");
    expect(decimal(5, "nn")).toBe("5");
    expect(decimal(14.7, "en")).toBe("14.7");
    expect(whole(10000)).toBe("10 000");
    expect(diskSpace(740, "nb")).toBe("740 MB");
    expect(diskSpace(59509, "nn")).toBe("59,5 GB");
    expect(diskSpace(59509, "en")).toBe("59.5 GB");
    expect(nationalId("13116900216")).toBe("131169 00216");
    expect(specimenNumber("401700128584")).toBe("4017 0012 8584");
  });
  it("a_birthday_tomorrow_does_not_count_yet", () => {
    expect(patientAge("1969-11-24", now, texts.nb)).toBe("56 år");
    expect(patientAge("1969-11-23", now, texts.nb)).toBe("57 år");
    expect(patientAge("2026-01-01", now, texts.nb)).toBe("10 md.");
  });
  it("a_text_that_is_not_translated_is_shown_in_bokmål", () => {
    expect(inLanguage({ nb: "rør", nn: "røyr" }, "nn")).toBe("røyr");
    expect(inLanguage({ nb: "rør", en: "" }, "en")).toBe("rør");
  });
});

describe("what is typed", () => {
  it("a_time_of_last_dose_is_read_however_it_is_typed", () => {
    for (const typed of ["22.11. 21:00", "22.11 2100", "22/11 21.00", "2211 2100", "22.11.2026 21:00", "22.11.26 kl. 21:00"]) {
      expect(readDateTime(typed, now), typed).toBe("2026-11-22T21:00");
    }
  });
  it("a_time_alone_that_has_not_been_yet_is_yesterdays", () => {
    expect(readDateTime("21:00", now)).toBe("2026-11-22T21:00");
    expect(readDateTime("0700", now)).toBe("2026-11-23T07:00");
  });
  it("a_date_without_year_is_the_last_such_day", () => {
    expect(readDate("23.11.", now)).toBe("2026-11-23");
    expect(readDate("25.12", now)).toBe("2025-12-25");
    expect(readDate("29.2.", now)).toBe("2024-02-29");
    expect(readDate("13.11.69", now)).toBe("1969-11-13");
  });
  it("a_date_that_does_not_exist_is_not_guessed_at", () => {
    for (const typed of ["31.2.2026", "0.1.2026", "12.13.2026", "tirsdag", "", "1.1.20260"]) expect(readDate(typed, now), typed).toBeNull();
    expect(readDateTime("22.11. 24:00", now)).toBeNull();
    expect(readTime("9.60")).toBeNull();
  });
  it("numbers_take_comma_and_point_and_nothing_else", () => {
    expect(readNumber("38,5")).toBe(38.5);
    expect(readNumber("38.5")).toBe(38.5);
    expect(readNumber("1e3")).toBeNull();
    expect(readNumber("38,")).toBeNull();
  });
  it("an_answer_is_shown_again_as_it_is_written", () => {
    expect(writeDateTime("2026-11-22T21:00")).toBe("22.11.2026 21:00");
    expect(isoMinute(now)).toBe("2026-11-23T09:41");
  });
});
