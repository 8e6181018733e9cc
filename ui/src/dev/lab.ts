// The made-up internal lab, overview and settings of the development page: the states that the design pictures show.
import type { Backend } from "../ipc/backend";
import { CommandFailure } from "../ipc/failure";
import type { CollectionAct, CollectionView, ContainerRef, LabelView, LightView, NeedView, OverviewRow, PatientView, Requisition, ScanView, SettingsView, Specimen, StorageView, WorkItem } from "../ipc/model";

const text = (nb: string) => ({ nb, nn: "", en: "" });
const ref = (id: string, nb: string, colour: string, kind: ContainerRef["kind"] = "tube"): ContainerRef => ({ id, name: text(nb), colour, colour_name: text(id.toLowerCase()), kind });
const CITRATE = ref("CIT", "Sitratrør", "#6db7e3");
const GEL = ref("GEL", "Serum, gel", "#e6b83a");
const SERUM = ref("SER", "Serum uten gel", "#cf3b35");
const EDTA = ref("EDTA", "EDTA", "#9870c9");
const FLUORIDE = ref("FLU", "Fluorid", "#959ca6");
const URINE = ref("URI", "Urin, borsyre", "#86b04a", "urine");

const person = (family: string, given: string, number: string | null, birth: string, sex: string): PatientView => ({
  patient: { national_id: number, id_kind: number ? "FNR" : null, family, given, birth_date: birth, sex, phone: null, street: null, postal_code: null, city: null },
  age: null,
  synthetic: true,
});
const LINE = person("Danser", "Line", "13116900216", "1969-11-13", "2");
const FOLKE = person("Danser", "Folke", "14019800513", "1998-01-14", "1");
const ROLAND = person("Gundersen", "Roland", "15076500565", "1965-07-15", "1");
const GRY = person("Telokk", "Gry", "12057900499", "1979-05-12", "2");
const FINN = person("Dottno", "Finn", "21016400952", "1964-01-21", "1");

function label(name: string, number: string, container: string): string {
  const bars = [...number].map((digit, at) => `<rect x="${40 + at * 34}" y="110" width="${6 + Number(digit) * 2}" height="90"/>`).join("");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 500 250"><rect width="500" height="250" fill="#fff"/><text x="20" y="44" font-family="sans-serif" font-weight="700" font-size="34">${name}</text><text x="20" y="84" font-family="sans-serif" font-size="26">K 57</text>${bars}<text x="20" y="236" font-family="sans-serif" font-weight="700" font-size="26">${container}</text></svg>`;
}

export function labBackend(search: URLSearchParams): Partial<Backend> {
  const now = new Date();
  const at = (minutes: number) => new Date(now.getTime() - minutes * 60_000).toISOString();
  const item = (id: string, patient: PatientView, minutes: number, services: string[], containers: ContainerRef[], more: Partial<WorkItem> = {}): WorkItem => ({
    id,
    patient,
    urgency: "routine",
    services,
    containers,
    note: "",
    since: at(minutes),
    due: at(minutes - 60),
    planned: null,
    series: false,
    too_long: more.urgency === "urgent",
    held: null,
    at_home: false,
    labelled_since: null,
    print_problem: null,
    state: "waiting_for_collection",
    provider_name: "Balsam sykehus",
    ...more,
  });
  const worklist: WorkItem[] = [
    item("w1", FOLKE, 4, ["INR", "troponin T"], [CITRATE, GEL], { urgency: "cito" }),
    item("r1", LINE, 18, ["INR", "Ferritin", "CRP", "TSH", "Kreatinin", "ALAT", "Litium", "Hemoglobin", "HbA1c", "Bakteriedyrkning"], [CITRATE, GEL, SERUM, EDTA], { urgency: "urgent", note: "Stikkredd, ta prøven liggende" }),
    item("w3", ROLAND, 31, ["Glukosebelastning"], [FLUORIDE], { note: "Neste prøve 10:25" }),
    item("w4", GRY, 52, ["Lipider", "HbA1c"], [GEL, EDTA], { note: "Fastende siden 22:00", labelled_since: at(40) }),
    item("w5", FINN, 70, ["TSH", "fritt T4"], [GEL]),
    item("w6", person("Gundersen", "Roland", null, "1965-07-15", "1"), 2 * 24 * 60, ["Hb i feces"], [], { at_home: true }),
  ];

  const specimen = (id: string, container: ContainerRef, draw: number | null, ml: number, services: string[], handling: string, more: Partial<Specimen> = {}): Specimen => ({
    id,
    services,
    container: container.id,
    container_name: container.name,
    container_label: container.name.nb.toUpperCase(),
    kind: container.kind,
    colour: container.colour,
    colour_name: container.colour_name,
    draw,
    fill_ml: ml,
    material: "Serum",
    material_code: null,
    handling: [text(handling)],
    spin: null,
    storage: null,
    take_home: false,
    number: null,
    status: { status: "planned" },
    confirmed: null,
    retake_of: null,
    ...more,
  });
  const fresh = search.has("fresh");
  const taken = { status: "collected" as const, at: at(5), by: "Ida Januar" };
  const worked = (number: string, more: Partial<Specimen> = {}): Partial<Specimen> => (fresh ? {} : { number, status: taken, ...more });
  const services = ["INR", "Ferritin", "CRP", "TSH", "Kreatinin", "ALAT", "Litium", "Hemoglobin", "HbA1c", "Bakteriedyrkning"];
  const requisition: Requisition = {
    id: "r1",
    draft: null,
    issued: at(20),
    patient: LINE.patient,
    requester: { id: "aug", name: "August September", hpr: "9144900", her: "8094866", profession: "LE", phone: "22000000", office: "Kattskinnet legesenter", office_her: "8094867", office_number: "999999999", label_code: "KATT" },
    receiver: {
      provider: "balsam",
      provider_name: "Balsam sykehus",
      catalogue_version: "2026.11.2",
      organisation: "Balsam sykehus",
      organisation_her: "1",
      organisation_number: null,
      department: "mbk",
      department_name: "Medisinsk biokjemi",
      department_short: "KLFARM",
      department_her: "2",
      discipline_name: text("Medisinsk biokjemi"),
      discipline: "MBK",
      phone: "55 00 00 00",
      message_version: "1.6",
      label_per: "container",
      label_copies: 1,
      symbology: "code128",
      leftover: text("Kast etiketter som blir til overs."),
      tell_unscanned: true,
      receipt_within_hours: 24,
      change: true,
      addition: true,
      cancel: true,
    },
    urgency: "urgent",
    clinical_text: "Tretthet siste 6 uker. Litium 900 mg/døgn. Anemi?",
    diagnoses: [],
    payment: "1",
    copy_recipients: [],
    note_to_collector: fresh ? "Stikkredd, ta prøven liggende" : "",
    note_to_laboratory: fresh ? "" : "Stukket to ganger i venstre arm, for lite blod til sitratrør.",
    planned_date: null,
    services: services.map((name) => ({
      key: name,
      service: name,
      name,
      code: { system: "NLK", code: "NPU00000", display: name },
      local_code: null,
      answers:
        name === "Litium" && fresh
          ? [
              {
                question: { id: "last", phase: "collection", answer_type: "date_time", text: text("Når ble siste dose tatt?"), help: null, options: [], unit: null, min: null, max: null, required: true, answer: null, shared: false },
                place: { kind: "service_comment" },
                answer: null,
              },
            ]
          : [],
      overrides: [],
    })),
    specimens: [
      specimen("s1", CITRATE, 1, 2.7, ["INR"], "Fyll til merket. Vend 4 ganger.", fresh ? {} : { number: "401700128390", status: { status: "not_taken", reason: "difficult" } }),
      specimen("s2", GEL, 2, 5, ["Ferritin", "CRP", "TSH", "Kreatinin", "ALAT"], "Vend 8 ganger. Sentrifuger etter 30 min.", { spin: { after_minutes: 30, before_minutes: 120 }, ...worked("401700128487", { confirmed: at(3) }) }),
      specimen("s3", SERUM, 3, 4, ["Litium"], "Sentrifuger, pipetter av serum.", worked("401700128584")),
      specimen("s4", EDTA, 4, 3, ["Hemoglobin", "HbA1c"], "Vend 8–10 ganger. Ikke sentrifuger.", { storage: text("romtemperatur til henting 14:30"), ...worked("401700128681") }),
      specimen("s5", URINE, null, 10, ["Bakteriedyrkning"], "Vend 8 ganger.", fresh ? { take_home: true } : { take_home: true, number: "401700128778", status: { status: "at_home" } }),
    ],
  };
  const asked: Record<string, number> = fresh ? {} : { s1: 1, s2: 1, s3: 1, s4: 1, s5: 1 };
  const printing = search.has("noprinter") ? { kind: "", target: "", stock: "50x25mm", dpi: 203 } : { kind: "queue", target: "Labbenk 1", stock: "50x25mm", dpi: 203 };
  let sure = !search.has("unsure");
  const view = (): CollectionView => ({
    requisition: structuredClone(requisition),
    patient: LINE,
    state: "partly_collected",
    labels: requisition.specimens.map(
      (one): LabelView => ({
        specimen: one.id,
        number: one.number ?? "",
        svg: label("DANSER, LINE", one.number ?? "000000000000", `${one.container_label} ${one.fill_ml} mL`),
        asked: asked[one.id] ?? 0,
        spooled: asked[one.id] ? new Date().toISOString() : null,
        confirmed: one.confirmed,
        problem: null,
      }),
    ),
    collectors: ["Ida Januar", "August September"],
    collector: "Ida Januar",
    not_ready: requisition.specimens.some((one) => one.status.status === "collected") ? [] : ["nothing_taken"],
    remainder: requisition.specimens.filter((one) => one.status.status === "at_home" || one.status.status === "planned").map((one) => one.id),
    printing,
    bench: { rule: "confirm", needed: !sure, just_before: search.has("before") ? { name: "Danser, Folke", at: at(2) } : null },
    held: search.has("held") ? { by: "Kari Mars", since: at(12) } : null,
    online: search.has("online"),
  });
  const act = (done: CollectionAct) => {
    const of = (id: string) => requisition.specimens.find((one) => one.id === id)!;
    switch (done.act) {
      case "collected":
        done.specimens.forEach((id) => (of(id).status = { status: "collected", at: done.at ?? new Date().toISOString(), by: done.by }));
        break;
      case "undo":
        Object.assign(of(done.specimen), { status: { status: "planned" }, confirmed: null });
        break;
      case "not_taken":
      case "spoiled":
        of(done.specimen).status = { status: done.act, reason: done.reason };
        if (done.act === "spoiled" && done.retake) requisition.specimens.push({ ...of(done.specimen), id: `${done.specimen}b`, number: null, confirmed: null, status: { status: "planned" }, retake_of: done.specimen });
        break;
      case "send_unscanned":
        done.specimens.forEach((id) => (of(id).unscanned = done.reason));
        break;
      case "at_home":
        of(done.specimen).status = { status: "at_home" };
        break;
      case "answer":
        requisition.services.forEach((service) => service.answers.forEach((given) => given.question.id === done.question && (given.answer = done.answer)));
        break;
      case "note_to_laboratory":
        requisition.note_to_laboratory = done.text;
        break;
    }
  };
  const scan = (typed: string, open: string | null): ScanView => {
    const number = typed.replace(/\D/g, "");
    const found = requisition.specimens.find((one) => one.number === number);
    if (number === "999900000001") return { scan: "wrong", requisition: "w4", other_patient: true, sent: false, cancelled: false };
    if (!found) return { scan: "unknown", code: number.length === 12 ? "not_here" : "not_a_number" };
    if (open !== "r1") return { scan: "opens", requisition: "r1", specimen: found.id };
    if (found.confirmed) return { scan: "already", specimen: found.id };
    found.confirmed = new Date().toISOString();
    return { scan: "confirmed", specimen: found.id };
  };

  const lightOf = (state: string, minutes?: number): LightView => ({ state, at: minutes === undefined ? null : at(minutes) });
  const none = lightOf("none");
  const day = 24 * 60;
  const row = (id: string, patient: PatientView, names: string[], department: string, lights: [LightView, LightView, LightView, LightView], more: Partial<OverviewRow> = {}): OverviewRow => ({
    id,
    patient,
    services: names,
    provider_name: "Balsam sykehus",
    department_name: text(department),
    urgency: "routine",
    state: "finalised",
    sent: lights[0],
    accepted: lights[1],
    received: lights[2],
    answered: lights[3],
    ...more,
  });
  const rows: OverviewRow[] = [
    row("o1", LINE, ["MR caput"], "Radiologi", [lightOf("yes", 2 * day), lightOf("no", day), lightOf("not_applicable"), none]),
    row("o2", GRY, ["Cervixcytologi"], "Patologi", [lightOf("yes", 4 * day), lightOf("attention", 30), none, none]),
    row("r1", ROLAND, ["INR", "D-dimer"], "Biokjemi", [lightOf("attention"), none, none, none], { state: "collected" }),
    row("o4", FOLKE, ["Hemoglobin", "CRP", "TSH", "Litium"], "Biokjemi", [lightOf("queued"), none, none, none]),
    row("o5", FINN, ["Lipider", "HbA1c"], "Biokjemi", [lightOf("yes", 50), lightOf("yes", 49), lightOf("waiting"), none], { urgency: "urgent" }),
    row("o6", FINN, ["Tarmpatogene bakt."], "Mikrobiologi", [lightOf("yes", day), lightOf("yes", day), lightOf("yes", day), lightOf("partly", 60)]),
    row("o7", LINE, ["Ferritin", "B12", "folat"], "Biokjemi", [lightOf("yes", 3 * day), lightOf("yes", 3 * day), lightOf("yes", 3 * day), lightOf("yes", day)]),
    row("o8", FOLKE, ["Ultralyd abdomen"], "Radiologi", [lightOf("yes", 14 * day), lightOf("faults", 14 * day), lightOf("not_applicable"), lightOf("waiting")]),
  ];
  const need = (id: string, more: Partial<NeedView>): NeedView => {
    const of = rows.find((one) => one.id === id)!;
    return { key: `${id} ${more.reason ?? ""}`, id, patient: of.patient, services: of.services, count: 1, reason: "rejected", kind: "N", words: null, code: null, fault: null, waiting: null, others: [], receiver: `Balsam sykehus, ${of.department_name.nb.toLowerCase()}`, phone: "55 00 00 00", at: at(day), act: "fix_and_resend", ...more };
  };
  const needs = [need("o1", { words: "Svar om pacemaker mangler.", code: "X99", fault: "X99" }), need("o2", { reason: "no_receipt", act: "resend", at: at(4 * day) }), need("r1", { reason: "labelled_not_sent", act: "complete", at: at(1100) })];
  const settings: SettingsView = {
    office: { name: "Kattskinnet legesenter", organisation_number: "999999999", her: "8094867", phone: "22000000", label_code: "KATT" },
    people: [
      { id: "aug", name: "August September", title: "lege", orders: true, hpr: "9144900", her: "8094866", phone: "22 00 00 00" },
      { id: "ida", name: "Ida Januar", title: "helsesekretær", orders: false, hpr: "", her: "", phone: "" },
    ],
    connections: [
      { provider: "balsam", name: "Balsam sykehus", gateway: "https://mottak.balsam.example/", public_key: "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3", has_token: true },
      { provider: "furumo", name: "Furumo laboratorium", gateway: "https://mottak.furumo.example/", public_key: "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3", has_token: false },
    ],
    printing,
    paper_queue: "",
    patient_check: "confirm",
    stocks: ["50x25mm", "38x19mm", "50x30mm", "70x37mm", "a4-3x8", "a4-3x7", "a4-4x12"],
    key_place: "keyring",
    unclaimed_station: null,
    language: search.get("lang") ?? "nb",
    theme: search.get("theme") ?? "system",
  };
  const refuse = (field: string, reason: string) => {
    throw new CommandFailure({ code: "invalidField", params: { field, reason }, reference: "" });
  };
  const detail: Backend["detail"] = async (id) => {
    const of = rows.find((one) => one.id === id) ?? rows[0]!;
    const wanted = needs.find((one) => one.id === of.id) ?? null;
    const fact = (name: string, minutes: number, more: object = {}) => ({ fact: name, at: at(minutes), who: null, number: null, code: null, words: null, ...more });
    return {
      row: of,
      requisition: { ...requisition, id: of.id, patient: of.patient.patient, services: of.services.map((name) => ({ ...requisition.services[0]!, key: name, name })) },
      timeline: [
        fact("rejected", day, { code: "X99", words: "Svar om pacemaker mangler." }),
        fact("delivered", 2 * day),
        fact("attempt", 2 * day, { number: 2, code: "receipt 202" }),
        fact("attempt", 2 * day + 16, { number: 1, code: "unreachable" }),
        fact("finalised", 2 * day + 17, { who: "August September" }),
        fact("placed", 2 * day + 23),
      ],
      acts: wanted ? [wanted.act, "cancel", "message", "copy"] : ["change", "add_on", "cancel", "message", "copy"],
      barred: wanted ? [["change", "not_settled"], ["add_on", "not_settled"]] : [],
      addable: wanted ? [] : ["Ferritin", "TSH", "Vitamin B12"].map((name) => ({ service: name, name, specimen: "s2", number: "401700128390", until: at(-2 * day) })),
      not_addable: wanted ? [] : [{ name: "Litium", why: "asks" }],
      need: wanted,
      message_id: "0197f0c2-7b7e-7cc0-8000-000000000001",
    };
  };

  const storage: StorageView = {
    folder: "~/.local/share/rekvirent/backups",
    own_folder: false,
    backups: [1, 2, 3].map((days) => ({ name: `requisitions-${days}.sqlite`, made: at(days * day), size_kb: 4120 - days * 31, before_update: days === 3 })),
    last: at(day),
    free_mb: 81_204,
    trouble: search.has("low") ? "disk_low" : null,
    restored: search.has("restored") ? { newest: at(day), queued_again: 2, strangers: 1 } : null,
  };

  return {
    storage: async () => storage,
    backUpNow: async () => storage,
    saveBackupFolder: async () => storage,
    settleRestore: async () => Object.assign(storage, { restored: null }),
    saveDiagnostics: async () => ({ path: `${storage.folder}/rekvirent-diagnostics.json`, text: "" }),
    change: async (id) => detail(id),
    addOn: async (id) => detail(id),
    worklist: async () => worklist,
    collection: async () => view(),
    takeUp: async () => view(),
    putBack: async () => null,
    confirmPatient: async (_, form) => {
      if (form.typed && form.typed !== LINE.patient.national_id) refuse("typed", "not_this_patient");
      sure = true;
      return view();
    },
    record: async (_, done) => {
      act(done);
      return view();
    },
    printLabels: async (_, specimens) => {
      if (printing.kind === "") throw new CommandFailure({ code: "noPrinter", params: {}, reference: "1a2b3c4d" });
      specimens.forEach((id, index) => {
        asked[id] = (asked[id] ?? 0) + 1;
        const one = requisition.specimens.find((each) => each.id === id)!;
        one.number ??= `40170012${9000 + index * 97}`;
      });
      return { labels: specimens.length, job: "7" };
    },
    // The development page prints on a roll.
    labelSheet: async () => null,
    scan: async (typed, open) => scan(typed, open),
    complete: async () => ({ requisitions: ["rest"], queued: 1 }),
    overview: async (form) => ({
      needs: search.has("calm") ? [] : needs,
      rows: rows.filter((one) => `${one.patient.patient.given} ${one.patient.patient.family}`.toLowerCase().includes(form.text.toLowerCase())),
      total: 148,
      counts: [
        ["all", 148],
        ["queued", 3],
        ["unconfirmed", 6],
        ["waiting", 11],
        ["partly_answered", 4],
        ["answered", 124],
      ],
    }),
    detail,
    resend: detail,
    fixAndResend: (id) => detail(id),
    cancel: (id) => detail(id),
    settle: async () => null,
    saveForm: async () => null,
    packing: async () => ({ envelopes: [] }),
    savePacking: async () => null,
    savePage: async () => null,
    printPage: async () => ({ labels: 0, job: null }),
    message: async () => `<?xml version="1.0" encoding="UTF-8"?>\n<Message xmlns="http://www.kith.no/xmlstds/requisition/2012-02-15"><Type V="SERVREQ" DN="Rekvisisjon"/><MIGversion>v1.6 2012-02-15</MIGversion><ServReq><Ident><Id>13116900216</Id></Ident></ServReq></Message>`,
    settings: async () => settings,
    saveOffice: async (form) => {
      if (form.organisation_number.replace(/\s/g, "").length !== 9) refuse("organisation_number", "invalid");
      settings.office = form;
      return { ...settings };
    },
    savePerson: async (form) => {
      if (!form.name.trim()) refuse("name", "empty");
      settings.people = [...settings.people.filter((one) => one.id !== form.id), { ...form, id: form.id ?? `p${settings.people.length}` }];
      return { ...settings };
    },
    removePerson: async () => settings,
    signIn: async () => settings,
    saveConnection: async () => ({ ok: false, code: "unreachable", detail: null, catalogue: null }),
    testConnection: async (provider) => (provider === "balsam" ? { ok: true, code: null, detail: null, catalogue: "2026.11.2" } : { ok: false, code: "not_let_in", detail: null, catalogue: null }),
    importCatalogue: async () => {
      throw new CommandFailure({ code: "catalogueRefused", params: { reason: "bad_signature" }, reference: "9f8e7d6c" });
    },
    chooseCatalogue: async () => ({ provider: "balsam", name: "Balsam sykehus", version: "2026.12.1", valid_from: "2026-12-01", standing: "waiting" }),
    printers: async () => [
      { name: "Labbenk 1", info: "Zebra ZD421", state: "idle", reasons: ["none"], raw: true },
      { name: "Kontor", info: "HP LaserJet", state: "stopped", reasons: ["media-empty-error"], raw: false },
    ],
    savePrinting: async (form) => {
      settings.printing = form;
      return { ...settings };
    },
    printTestLabel: async () => ({ labels: 1, job: "8" }),
  };
}
