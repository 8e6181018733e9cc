import { describe, expect, it } from "vitest";
import { isIdentityNumber } from "./identity";

describe("an identity number", () => {
  it("is_known_by_its_control_digits_also_where_it_is_a_test_persons_or_a_d_number", () => {
    const people = ["13116900216", "13816900233", "13776900235", "13516900460", "70019950032", "53816900227", "80005484026", "30108299939"];
    expect(people.filter((number) => !isIdentityNumber(number))).toEqual([]);
  });

  it("is_not_seen_in_a_laboratorys_number_of_eleven_digits", () => {
    const others = ["70000000041", "13116900217", "12345678901", "00116900216", "80005484027", "1311690021", "131169002160"];
    expect(others.filter(isIdentityNumber)).toEqual([]);
  });
});
