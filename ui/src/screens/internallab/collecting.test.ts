// What the checklist shows of a requisition.
import { describe, expect, it } from "vitest";
import type { LabelView, Specimen, WorkItem } from "../../ipc/model";
import { nb } from "../../texts/nb";
import { afterCollection, calledAlone, describedWords, fitting, inOrder, nextToScan, stockName, unprinted, sorted, takenTogether, unscanned } from "./collecting";

const specimen = (id: string, more: Partial<Specimen> = {}): Specimen => ({
  id,
  services: [],
  container: id,
  container_name: { nb: id },
  container_label: id,
  kind: "tube",
  colour: "#e6b83a",
  colour_name: { nb: "gul" },
  draw: null,
  fill_ml: null,
  material: "Serum",
  material_code: null,
  handling: [],
  spin: null,
  storage: null,
  take_home: false,
  number: null,
  status: { status: "planned" },
  confirmed: null,
  retake_of: null,
  ...more,
});
const label = (id: string, asked: number): LabelView => ({ specimen: id, number: "1", svg: "", asked, spooled: null, confirmed: null, problem: null });

describe("the checklist", () => {
  it("puts_what_is_not_drawn_after_the_tubes_and_what_is_at_home_last", () => {
    const all = [specimen("home", { status: { status: "at_home" } }), specimen("urine"), specimen("edta", { draw: 2 }), specimen("gel", { draw: 1 })];
    expect(inOrder(all).map((one) => one.id)).toEqual(["gel", "edta", "urine", "home"]);
  });

  it("waits_for_the_first_labelled_tube_that_was_not_scanned", () => {
    const all = [specimen("a", { draw: 1, status: { status: "not_taken", reason: "difficult" } }), specimen("b", { draw: 2, confirmed: "2026-11-22T09:38:00+01:00" }), specimen("c", { draw: 3 }), specimen("d", { draw: 4 })];
    expect(nextToScan(all, [label("a", 1), label("b", 1), label("c", 1), label("d", 1)])?.id).toBe("c");
    expect(nextToScan(all, [label("c", 0), label("d", 1)])?.id).toBe("d");
  });

  it("asks_for_no_label_for_what_was_given_up", () => {
    const all = [specimen("a", { status: { status: "spoiled", reason: "clotted" } }), specimen("b"), specimen("c", { status: { status: "at_home" } })];
    expect(unprinted({ requisition: { specimens: all }, labels: [label("c", 1)] } as unknown as Parameters<typeof unprinted>[0])).toEqual(["b"]);
  });

  it("counts_spinning_from_when_the_tube_was_taken", () => {
    const [after] = afterCollection([specimen("gel", { spin: { after_minutes: 30, before_minutes: 120 }, status: { status: "collected", at: "2026-11-22T09:36:00", by: "Ida" } })]);
    expect([after?.from?.getHours(), after?.from?.getMinutes(), after?.until?.getHours()]).toEqual([10, 6, 11]);
  });
});

describe("what is sent without a scan", () => {
  const taken = { status: "collected" as const, at: "2026-11-22T09:36:00+01:00", by: "Ida" };
  it("is_only_what_was_taken_and_goes_now_and_was_not_explained", () => {
    const all = [
      specimen("scanned", { number: "1", status: taken, confirmed: "2026-11-22T09:38:00+01:00" }),
      specimen("explained", { number: "2", status: taken, unscanned: "unreadable" }),
      specimen("bare", { number: "3", status: taken }),
      specimen("behind", { number: "4", status: taken }),
      specimen("planned", { number: "5" }),
    ];
    const view = { requisition: { specimens: all }, remainder: ["behind"] } as unknown as Parameters<typeof unscanned>[0];
    expect(unscanned(view).map((one) => one.id)).toEqual(["bare"]);
  });

  it("is_corrected_together_only_with_what_was_taken_together", () => {
    const home = { ...taken, at: "2026-11-22T07:00:00+01:00" };
    expect(takenTogether([specimen("urine", { status: home }), specimen("a", { status: taken }), specimen("b", { status: taken })]).map((one) => one.id)).toEqual(["a", "b"]);
  });
});

describe("the list", () => {
  const item = (more: Partial<WorkItem>): WorkItem => ({ urgency: "routine", since: "2026-11-22T09:00:00Z", at_home: false, patient: { patient: { given: "Line", family: "Danser", national_id: "13116900216" } }, ...more }) as WorkItem;

  it("stands_in_the_order_that_somebody_chose", () => {
    const named = (family: string, since: string, due: string) => item({ since, due, patient: { patient: { given: "A", family, national_id: null } } as WorkItem["patient"] });
    const all = [named("Ås", "2026-11-22T09:10:00Z", "2026-11-22T09:25:00Z"), named("Berg", "2026-11-22T09:00:00Z", "2026-11-23T09:00:00Z")];
    const families = (by: Parameters<typeof sorted>[1]) => sorted(all, by).map((one) => one.patient.patient.family);
    expect(families("urgency")).toEqual(["Ås", "Berg"]);
    expect(families("age")).toEqual(["Berg", "Ås"]);
    expect(families("due")).toEqual(["Ås", "Berg"]);
    expect(families("patient")).toEqual(["Berg", "Ås"]);
  });

  it("is_found_in_by_name_either_way_round_and_by_parts_of_the_number", () => {
    const all = [item({})];
    expect(fitting(all, "line dan")).toHaveLength(1);
    expect(fitting(all, "danser, l")).toHaveLength(1);
    expect(fitting(all, "131169 002")).toHaveLength(1);
    expect(fitting(all, "folke")).toHaveLength(0);
  });
});

describe("a label stock", () => {
  it("is_written_as_people_write_it", () => {
    expect(stockName("50x25mm")).toBe("50 × 25 mm");
    expect(stockName("a4-3x8")).toBe("A4, 3 × 8");
  });
});

describe("a container that pathology tells from the others", () => {
  const jar = specimen("jar", { letter: "B", described: { id: 2, material: null, site: "Legg", side: "left", procedure: "Stansebiopsi", fixative: "", size_mm: 4.5, comment: "Sutur kl. 12" } });

  it("is_called_by_its_letter_where_it_stands_alone", () => {
    expect(calledAlone(jar, "nb", nb)).toBe("Beholder B: jar");
    expect(calledAlone({ ...jar, letter: null }, "nb", nb)).toBe("jar");
  });

  it("stands_with_everything_the_doctor_wrote_about_it", () => {
    expect(describedWords(jar, "nb", nb)).toBe("Legg, venstre · Stansebiopsi · 4,5 mm · Sutur kl. 12");
    expect(describedWords({ described: null }, "nb", nb)).toBe("");
  });
});
