// A made-up backend that shows the compose screen with a full basket. All patients are the national test persons.
import { fakeBackend, type FakeBackend } from "../ipc/testing/fake";
import { labBackend } from "./lab";
import { panelsBackend } from "./panels";
import type { AppView, AskedQuestion, BasketLine, Composition, ContainerRef, Draft, DraftView, Edit, Finding, HitView, PanelView, PatientCheckView, PatientForm, PatientView, PlannedSpecimen, ServicePage, StatusView, TreePage, TreeProvider } from "../ipc/model";

const text = (nb: string, en = "") => ({ nb, nn: "", en });
const container = (id: string, nb: string, colour: string, colourName: string, kind: ContainerRef["kind"] = "tube"): ContainerRef => ({ id, name: text(nb), colour, colour_name: text(colourName), kind });
const CITRATE = container("CIT", "Sitratrør", "#6db7e3", "lyseblå");
const GEL = container("GEL", "Serum, gel", "#e6b83a", "gul");
const SERUM = container("SER", "Serum uten gel", "#cf3b35", "rød");
const HEPARIN = container("HEP", "Plasma, heparin", "#3f9d5d", "grønn");
const EDTA = container("EDTA", "EDTA", "#9870c9", "lilla");
const URINE = container("URI", "Urin, borsyre", "#86b04a", "grønn", "urine");
const SWAB = container("SWAB", "Pensel, eSwab", "#d9669a", "rosa", "swab");
const JAR = container("JAR", "Formalinglass", "#dddddd", "hvit", "jar");
const FAECES = container("FEC", "Avføringsrør", "#4c6fb1", "blå", "faeces");
const BOTTLE = container("BC", "Blodkultur", "#2d8f86", "turkis", "bottle");
const SLIDE = container("SL", "Objektglass", "#b9c3d0", "grå", "slide");

type Entry = { id: string; name: string; code: string; container: ContainerRef; material: string; department: string; volume: number; fasting?: boolean; provider?: string; handbook?: string; unit?: string; usage?: string; withdrawn?: string };
const CHEM = "Medisinsk biokjemi";
const PHARM = "Klinisk farmakologi";
const MICRO = "Medisinsk mikrobiologi";
const SERVICES: Entry[] = [
  { id: "hb", name: "Hemoglobin", code: "NOR05172", container: EDTA, material: "Fullblod, EDTA", department: CHEM, volume: 3 },
  { id: "hba1c", name: "HbA1c", code: "NPU27300", container: EDTA, material: "Fullblod, EDTA", department: CHEM, volume: 3 },
  { id: "crp", name: "CRP", code: "NPU19748", container: GEL, material: "Serum, gelrør", department: CHEM, volume: 5 },
  { id: "tsh", name: "TSH", code: "NPU03577", container: GEL, material: "Serum, gelrør", department: CHEM, volume: 5 },
  { id: "inr", name: "INR", code: "NPU01685", container: CITRATE, material: "Plasma, sitratrør", department: CHEM, volume: 2.7 },
  { id: "li", name: "Litium", code: "NPU02613", container: SERUM, material: "Serum, rør uten gel", department: PHARM, volume: 4 },
  { id: "ub", name: "Urin, bakteriedyrkning", code: "NPU06096", container: URINE, material: "Urin, borsyre", department: MICRO, volume: 10 },
  { id: "ferritin", name: "Ferritin", code: "NPU19763", container: GEL, material: "Serum, gelrør", department: CHEM, volume: 5, unit: "µg/L", usage: "P-Ferritin", handbook: "Mål på kroppens jernlager. Lav verdi bekrefter jernmangel. Kan være falskt normal ved inflammasjon, vurder sammen med CRP." },
  { id: "transferrin", name: "Transferrin", code: "NPU26470", container: GEL, material: "Serum, gelrør", department: CHEM, volume: 5 },
  { id: "tfmet", name: "Transferrinmetning", code: "NOR25929", container: GEL, material: "Serum, gelrør", department: CHEM, volume: 5, fasting: true },
  { id: "jern", name: "Jern", code: "NPU02508", container: GEL, material: "Serum, gelrør", department: CHEM, volume: 5, fasting: true },
  { id: "cdt", name: "CDT", code: "NOR25928", container: GEL, material: "Serum, gelrør", department: CHEM, volume: 5 },
  { id: "f-ferritin", name: "Ferritin", code: "NPU19763", container: HEPARIN, material: "Plasma, heparinrør", department: CHEM, volume: 4, provider: "furumo" },
  { id: "f-transferrin", name: "Transferrin", code: "NPU26470", container: HEPARIN, material: "Plasma, heparinrør", department: CHEM, volume: 4, provider: "furumo" },
  { id: "sr", name: "SR (senkning)", code: "NPU03404", container: EDTA, material: "Fullblod, EDTA", department: CHEM, volume: 3, withdrawn: "crp" },
  { id: "hals", name: "Halsprøve, bakteriedyrkning", code: "NPU12345", container: SWAB, material: "Sekret, pensel", department: MICRO, volume: 0 },
  { id: "hbf", name: "Hb i feces", code: "NPU26825", container: FAECES, material: "Feces", department: CHEM, volume: 0 },
  { id: "bk", name: "Blodkultur", code: "NPU10101", container: BOTTLE, material: "Blod", department: MICRO, volume: 10 },
  { id: "hist", name: "Hudbiopsi", code: "T01000", container: JAR, material: "Vev", department: "Patologi", volume: 0 },
  { id: "cyt", name: "Cervixcytologi, utstryk", code: "T83000", container: SLIDE, material: "Utstryk", department: "Patologi", volume: 0 },
];
const PROVIDERS: Record<string, string> = { balsam: "Balsam sykehus", furumo: "Furumo laboratorium" };
const ORDER = [BOTTLE, CITRATE, GEL, SERUM, HEPARIN, EDTA, URINE, SWAB, FAECES, JAR, SLIDE];
const DRAWN = [BOTTLE, CITRATE, GEL, SERUM, HEPARIN, EDTA];

const patient = (family: string, given: string, id: string, birth: string, sex: string): PatientView => ({
  patient: { national_id: id, id_kind: "FNR", family, given, birth_date: birth, sex, phone: null, street: null, postal_code: null, city: null },
  age: null,
  synthetic: true,
});
const PATIENTS = [
  patient("Danser", "Line", "13116900216", "1969-11-13", "2"),
  patient("Gundersen", "Roland", "15076500565", "1965-07-15", "1"),
  patient("Dottno", "Finn", "21016400952", "1964-01-21", "1"),
  patient("Telokk", "Gry", "12057900499", "1979-05-12", "2"),
  patient("Danser", "Folke", "14019800513", "1998-01-14", "1"),
];

const PERSON = { id: "aug", name: "August September", title: "lege", orders: true, hpr: "9144900", her: "8094866", phone: "22 00 00 00" };

export function demoBackend(search: URLSearchParams): FakeBackend {
  const app: AppView = {
    stage: { stage: search.get("stage") ?? "ready" } as AppView["stage"],
    version: "0.1.0",
    set_up: !search.has("guide"),
    to_set_up: search.has("guide") ? ["office", "requester", "provider"] : [],
    demo: true,
    language: search.get("lang") ?? "nb",
    theme: search.get("theme") ?? "system",
    data_dir: "~/.local/share/rekvirent",
  };
  const now = new Date();
  const at = (minutes: number) => new Date(now.getTime() - minutes * 60_000).toISOString();
  const status: StatusView = {
    lines: [
      { provider: "balsam", name: "Balsam sykehus", online: search.has("online"), since: at(27) },
      { provider: "furumo", name: "Furumo laboratorium", online: true, since: at(600) },
    ],
    queued: 3,
    oldest: at(26),
    lab_alarms: 2,
    waiting: 7,
    needs_you: 3,
    storage: search.has("low") ? "disk_low" : null,
    catalogues: [
      { provider: "balsam", name: "Balsam sykehus", version: "2026.11.2", valid_from: "2026-11-20", checked: null, stale: false, demo: search.has("demo"), services: 250, problem: null, refused: null, coming: null },
      { provider: "furumo", name: "Furumo laboratorium", version: "2026.10.4", valid_from: "2026-10-28", checked: null, stale: false, demo: false, services: 40, problem: null, refused: null, coming: null },
    ],
    numbers: search.has("numbers") ? [{ provider: "furumo", provider_name: "Furumo laboratorium", source: "leased", station: null, leases_none: search.has("paper"), left: search.has("out") ? 0 : 24, supply: search.has("out") ? "empty" : "alarm" }] : [],
    unread_updates: 0,
    signed_in: { ...PERSON, id: "ida", name: "Ida Januar", title: "helsesekretær", orders: false },
  };
  const drafts = new Map<string, Draft>();
  const make = (id: string, who: PatientView, services: string[]): Draft => ({
    id,
    revision: 1,
    created: at(30),
    updated: at(5),
    patient: who.patient,
    requester: PERSON.id,
    lines: services.map((service, index) => line(index + 1, service)),
    shared_answers: {},
    clinical_text: services.length > 0 ? "Tretthet og tung pust ved anstrengelse siste 6 uker. Litium 900 mg/døgn, stabil dose siden 2019. Anemi? Kontroll av litium og stoffskifte. Residiverende UVI." : "",
    diagnoses:
      services.length > 0
        ? [
            { system: "ICPC2", code: "A04", display: "Slapphet/tretthet" },
            { system: "ICPC2", code: "B82", display: "Anemi IKA" },
          ]
        : [],
    urgency: "routine",
    payment: "1",
    copy_recipients: [],
    note_to_collector: "",
    overrides: [],
    planned_date: null,
  });
  drafts.set("full", make("full", PATIENTS[0]!, ["hb", "hba1c", "crp", "tsh", "inr", "li", "ub"]));
  drafts.set("second", make("second", PATIENTS[3]!, ["hb", "ferritin"]));
  drafts.set("wide", make("wide", PATIENTS[1]!, ["hb", "crp", "inr", "li", "ub", "hals", "hbf", "bk", "hist", "cyt", "f-ferritin"]));
  const draft = (id: string): DraftView => view(drafts.get(id)!);

  const office = panelsBackend((id) => (drafts.get(id)?.lines ?? []).map(({ provider, service, name }) => ({ provider, service, name })));
  return fakeBackend({
    ...labBackend(search),
    ...office.commands,
    app: async () => ({ ...app }),
    retryStart: async () => ({ ...app }),
    savePreferences: async (form) => Object.assign(app, form) && { ...app },
    useDemo: async () => Object.assign(app, { set_up: true, to_set_up: [] }) && { ...app },
    status: async () => status,
    checkPatient: async (form) => check(form),
    recentPatients: async (typed) => PATIENTS.filter(({ patient: one }) => `${one.given} ${one.family} ${one.national_id}`.toLowerCase().includes(typed.trim().toLowerCase())),
    drafts: async () =>
      [...drafts.values()].map((one) => ({
        id: one.id,
        patient: { patient: one.patient, age: null, synthetic: true },
        services: one.lines.slice(0, 3).map((each) => each.name),
        count: one.lines.length,
        urgency: one.id === "second" ? "urgent" : one.urgency,
        updated: one.updated,
        gone: [],
        changed: one.id === "second" ? ["Ferritin"] : [],
      })),
    startDraft: async (form) => {
      const known = PATIENTS.find((one) => one.patient.national_id === (form.number ?? "").replace(/\D/g, "")) ?? PATIENTS[0]!;
      const id = `new-${drafts.size}`;
      drafts.set(id, make(id, known, []));
      return draft(id);
    },
    draft: async (id) => draft(id),
    editDraft: async (id, edit) => {
      const before = drafts.get(id)!;
      const panel = edit.edit === "add_office_panel" ? office.panels.find((one) => one.id === edit.panel) : undefined;
      if (!panel) {
        drafts.set(id, edited(before, edit));
        return draft(id);
      }
      const always = panel.members.filter((one) => !one.optional);
      const there = (service: string) => before.lines.some((each) => each.service === service);
      const after = always.filter((one) => !there(one.service)).reduce((sum, one) => edited(sum, { edit: "add_service", provider: one.provider, service: one.service }), before);
      drafts.set(id, { ...after, lines: after.lines.map((each) => (there(each.service) ? each : { ...each, panel: panel.id, panel_name: panel.name })) });
      const named = (fits: (service: string, offered: boolean) => boolean) => always.filter((one) => fits(one.service, one.standing.standing === "offered")).map((one) => one.name);
      return {
        ...draft(id),
        picked: {
          panel: panel.name,
          added: named((service, offered) => offered && !there(service)),
          already: named((service, offered) => offered && there(service)),
          missing: named((_, offered) => !offered),
          optional: panel.members.filter((one) => one.optional && !there(one.service)).map(({ provider, service, name }) => ({ provider, service, name })),
        },
      };
    },
    discardDraft: async (id) => {
      drafts.delete(id);
      return null;
    },
    handOn: async (id) => {
      drafts.delete(id);
      return { requisitions: ["r1"], queued: 1 };
    },
    search: async (query, id, first) => found(query, id ? drafts.get(id) : undefined, office.panels, first),
    tree: async () => tree(),
    treeServices: async ({ provider, department }, offset, count) => services(provider, department, offset, count),
    updates: async () => [],
    orderedBefore: async () => [{ provider: "balsam", service: "crp", last: { at: "2026-11-11T10:00:00+01:00", days: 12 } }],
    ruleUses: async () => ({
      since: "2025-11-23",
      rules: [
        {
          rule: "retest-ferritin",
          services: ["Ferritin"],
          more_services: 0,
          severity: "warn",
          text: { nb: "Ferritin endrer seg langsomt.", nn: "Ferritin endrar seg sakte.", en: "Ferritin changes slowly." },
          source: "Nasjonal brukerhåndbok",
          checked: "2026-11-20",
          shown: 14,
          overridden: 9,
          reasons: [[{ nb: "Endret behandling", nn: "Endra behandling", en: "Changed treatment" }, 6]],
        },
        { rule: "duplicate", services: [], more_services: 0, severity: "warn", text: null, source: null, checked: null, shown: 2, overridden: 0, reasons: [] },
      ],
    }),
    servicePage: async (provider, service, id) => page(provider, service, id ? drafts.get(id) : undefined),
  });
}

function line(id: number, service: string): Draft["lines"][number] {
  const entry = SERVICES.find((each) => each.id === service)!;
  return { id, provider: entry.provider ?? "balsam", service, panel: null, panel_name: null, name: entry.name, answers: {} };
}

/** Drafts as they were before a line was taken out. */
const removed = new Map<string, Draft>();

function edited(draft: Draft, edit: Edit): Draft {
  const next: Draft = { ...draft, revision: draft.revision + 1 };
  switch (edit.edit) {
    case "add_service":
      return { ...next, lines: [...draft.lines, line(Math.max(0, ...draft.lines.map((each) => each.id)) + 1, edit.service)] };
    case "add_panel":
    case "add_office_panel":
      return ["hb", "ferritin", "crp"].reduce((sum, service) => (sum.lines.some((each) => each.service === service) ? sum : edited(sum, { edit: "add_service", provider: "balsam", service })), next);
    case "remove_line":
      removed.set(draft.id, draft);
      return { ...next, lines: draft.lines.filter((each) => each.id !== edit.line) };
    case "restore_line":
      return { ...(removed.get(draft.id) ?? draft), revision: next.revision };
    case "answer":
      return {
        ...next,
        lines: draft.lines.map((each) => {
          if (each.id !== edit.line) return each;
          const answers = { ...each.answers };
          if (edit.answer) answers[edit.question] = edit.answer;
          else delete answers[edit.question];
          return { ...each, answers };
        }),
      };
    case "override":
      return { ...next, overrides: [...draft.overrides.filter((each) => each.rule !== edit.rule), ...(edit.reason ? [{ line: edit.line, provider: edit.provider, rule: edit.rule, reason: edit.reason }] : [])] };
    case "clinical_text":
      return { ...next, clinical_text: edit.text };
    case "note_to_collector":
      return { ...next, note_to_collector: edit.text };
    case "diagnoses":
      return { ...next, diagnoses: edit.diagnoses };
    case "urgency":
      return { ...next, urgency: edit.urgency };
    case "payment":
      return { ...next, payment: edit.category };
    case "copy_recipients":
      return { ...next, copy_recipients: edit.recipients };
    case "planned_date":
      return { ...next, planned_date: edit.date };
    case "collection_place":
      return { ...next, collection: edit.place };
    case "cancer_pathway":
      return { ...next, cancer_pathway: edit.on };
    case "earlier_findings":
      return { ...next, earlier_findings: edit.findings };
    case "line_planned_date":
    case "series":
    case "add_container":
    case "describe_container":
    case "remove_container":
      return { ...next, lines: draft.lines.map((each) => (each.id === edit.line ? detailed(each, edit) : each)) };
    case "attach":
      return { ...next, attachments: [...(draft.attachments ?? []), edit.attachment] };
    case "describe_attachment":
      return { ...next, attachments: draft.attachments?.map((each) => (each.id === edit.id ? { ...each, description: edit.description, only: edit.only } : each)) };
    case "remove_attachment":
      return { ...next, attachments: draft.attachments?.filter((each) => each.id !== edit.id) };
    case "settle_line":
      return next;
    case "replace_line": {
      const old = draft.lines.find((each) => each.id === edit.line);
      const by = SERVICES.find((each) => each.id === old?.service)?.withdrawn;
      const rest = { ...next, lines: draft.lines.filter((each) => each.id !== edit.line) };
      return by && !rest.lines.some((each) => each.service === by) ? edited(rest, { edit: "add_service", provider: "balsam", service: by }) : rest;
    }
    case "requester":
    case "patient":
    case "seen_catalogue":
      return next;
  }
}

type DetailEdit = Extract<Edit, { edit: "line_planned_date" | "series" | "add_container" | "describe_container" | "remove_container" }>;

function detailed(line: Draft["lines"][number], edit: DetailEdit): Draft["lines"][number] {
  const containers = line.containers ?? [];
  switch (edit.edit) {
    case "line_planned_date":
      return { ...line, planned_date: edit.date };
    case "series":
      return { ...line, series: edit.series };
    case "add_container":
      return { ...line, containers: [...containers, { id: Math.max(0, ...containers.map((each) => each.id)) + 1 }] };
    case "describe_container":
      return { ...line, containers: containers.map((each) => (each.id === edit.container.id ? edit.container : each)) };
    case "remove_container":
      return { ...line, containers: containers.filter((each) => each.id !== edit.container) };
  }
}

function view(draft: Draft): DraftView {
  return { draft, patient: { patient: draft.patient, age: 57, synthetic: true }, requester: PERSON, office: "Kattskinnet legesenter", composition: composition(draft), news: [], picked: null };
}

const question = (id: string, answerType: AskedQuestion["answer_type"], words: string, more: Partial<AskedQuestion> = {}): AskedQuestion => ({
  id,
  phase: "order",
  answer_type: answerType,
  text: text(words),
  help: null,
  options: [],
  unit: null,
  min: null,
  max: null,
  required: false,
  answer: null,
  shared: false,
  interview: false,
  ...more,
});

function questions(service: string): AskedQuestion[] {
  if (service === "li") return [question("dose", "date_time", "Tidspunkt for siste dose", { required: true })];
  if (service === "bk")
    return [
      question("abx", "boolean", "Får pasienten antibiotika?", { required: true }),
      question("site", "choice", "Stikksted", { options: ["Venstre arm", "Høyre arm", "Kateter"].map((each) => ({ value: each, text: text(each) })) }),
      question("symptoms", "choices", "Symptomer", { options: ["Feber", "Frostanfall", "Utslett"].map((each) => ({ value: each, text: text(each) })) }),
      question("temp", "number", "Temperatur", { unit: "°C", min: 30, max: 45 }),
      question("onset", "date", "Symptomdebut", { help: text("Første dag med feber.") }),
      question("travel", "text", "Reise siste måned"),
    ];
  return [];
}

function composition(draft: Draft): Composition {
  const groups: Composition["groups"] = [];
  for (const each of draft.lines) {
    const entry = SERVICES.find((one) => one.id === each.service)!;
    let group = groups.find((one) => one.provider === each.provider && one.department === entry.department);
    if (!group) groups.push((group = { provider: each.provider, provider_name: PROVIDERS[each.provider]!, department: entry.department, department_name: text(entry.department), lines: [] }));
    const basket: BasketLine = {
      id: each.id,
      provider: each.provider,
      service: each.service,
      name: entry.name,
      code: entry.code,
      panel: each.panel_name ?? null,
      container: entry.container,
      preparation: null,
      questions: questions(each.service).map((one) => ({ ...one, answer: each.answers[one.id] ?? null })),
      last_ordered: each.service === "crp" ? { at: "2026-11-11T10:00:00+01:00", days: 12 } : null,
      withdrawn: entry.withdrawn ? { replacement: entry.withdrawn, replacement_name: SERVICES.find((one) => one.id === entry.withdrawn)!.name, why: "withdrawn" } : null,
    };
    group.lines.push(basket);
  }
  const findings: Finding[] = draft.lines
    .filter((each) => each.service === "hba1c")
    .map((each) => ({
      provider: "balsam",
      provider_name: "Balsam sykehus",
      rule: "hba1c-interval",
      severity: "warn",
      subject: { about: "line", line: each.id },
      text: text("Målt for 5 uker siden (41 mmol/mol). Balsam anbefaler minst 8 uker mellom prøvene."),
      params: {},
      override_reasons: ["Endret behandling", "Uventet svar", "Annet"].map((reason) => ({ value: reason, text: text(reason) })),
      overridden: draft.overrides.find((one) => one.rule === "hba1c-interval")?.reason ?? null,
      source: null,
      checked: null,
    }));
  if (/cito|haster/i.test(draft.clinical_text) && draft.urgency === "routine") {
    findings.push({ provider: null, provider_name: null, rule: "urgency_in_text", severity: "note", subject: { about: "clinical_text" }, text: null, params: { word: "haster" }, override_reasons: [], overridden: null, source: null, checked: null });
  }
  const missing: Composition["missing"] = [
    ...groups.flatMap((group) => group.lines.filter((each) => each.withdrawn).map((each) => ({ what: "stop" as const, subject: { about: "line" as const, line: each.id }, rule: "withdrawn" }))),
    ...groups.flatMap((group) => group.lines.flatMap((each) => each.questions.filter((one) => one.required && !one.answer).map((one) => ({ what: "question" as const, line: each.id, question: one.id })))),
    ...findings.filter((one) => one.severity === "warn" && !one.overridden).map((one) => ({ what: "warning" as const, subject: one.subject, rule: one.rule })),
    ...(draft.lines.length === 0 ? [{ what: "services" as const }] : []),
  ];
  return { groups, plan: plan(draft), findings, missing, parts: [], clinical_text_limit: 4000, nothing_to_collect: draft.lines.length === 0 };
}

function plan(draft: Draft): PlannedSpecimen[] {
  const used = draft.lines.map((each) => ({ line: each, entry: SERVICES.find((one) => one.id === each.service)! })).filter(({ entry }) => !entry.withdrawn);
  let draw = 0;
  return ORDER.flatMap((one): PlannedSpecimen[] => {
    const served = used.filter(({ entry }) => entry.container === one);
    if (served.length === 0) return [];
    return [
      {
        key: one.id,
        provider: served[0]!.line.provider,
        department: served[0]!.entry.department,
        container: one,
        draw: DRAWN.includes(one) ? ++draw : null,
        count: 1,
        fill_ml: served[0]!.entry.volume || null,
        material: served[0]!.entry.material,
        material_code: null,
        handling_class: "room",
        handling: [],
        lines: served.map(({ line: own }) => own.id),
        services: served.map(({ entry }) => (entry.id === "ub" ? "Bakteriedyrkning" : entry.name)),
        take_home: false,
      },
    ];
  });
}

const hit = (entry: Entry, draft: Draft | undefined, why: string, matched = "", ranges: [number, number][] = []): HitView => ({
  kind: "service",
  provider: entry.provider ?? "balsam",
  provider_name: PROVIDERS[entry.provider ?? "balsam"]!,
  department_name: text(entry.department),
  id: entry.id,
  name: entry.name,
  code: entry.code,
  material: entry.material,
  colour: entry.container.colour,
  fasting: entry.fasting ?? false,
  in_draft: draft?.lines.some((each) => each.service === entry.id) ?? false,
  withdrawn: false,
  missing: 0,
  replacement: null,
  elsewhere: [],
  why,
  matched,
  ranges,
});

function found(query: string, draft: Draft | undefined, panels: PanelView[] = [], first: number | null = null) {
  const needle = query.trim().toLowerCase();
  let hits: HitView[];
  if (needle === "") hits = [...SERVICES.slice(0, 6).map((entry, index) => hit(entry, draft, index < 3 ? "recent" : "favourite")), ...panels.map((one) => officePanel(one, draft))];
  else {
    const synonyms: Record<string, string> = { jern: "ferrum", cdt: "transferrin" };
    hits = SERVICES.filter((entry) => !entry.withdrawn).flatMap((entry) => {
      const start = entry.name.toLowerCase().indexOf(needle);
      if (start >= 0) return [hit(entry, draft, "name", "", [[start, start + needle.length]])];
      const synonym = synonyms[entry.id];
      const inside = synonym?.indexOf(needle) ?? -1;
      return synonym && inside >= 0 ? [hit(entry, draft, "synonym", synonym, [[inside, inside + needle.length]])] : [];
    });
    if ("ferritin".includes(needle)) {
      hits.push({ ...hit(SERVICES[0]!, draft, "member", "ferritin", [[0, needle.length]]), kind: "panel", id: "anemi", name: "Anemi", code: "13", material: "", colour: null, department_name: text(""), in_draft: false });
    }
  }
  if (needle !== "") hits.push(...panels.filter((one) => one.name.toLowerCase().includes(needle)).map((one) => ({ ...officePanel(one, draft), why: "name" })));
  return { query, hits: hits.slice(0, first ?? hits.length), listed: hits.length, total: hits.length, catalogues: 2, ambiguous: false, micros: 90 };
}

function officePanel(panel: PanelView, draft: Draft | undefined): HitView {
  const own = { id: panel.id, name: panel.name, code: String(panel.members.length), material: panel.providers.join(", "), missing: panel.missing };
  return { ...hit(SERVICES[0]!, draft, "panel"), kind: "office_panel", provider: "", provider_name: "Kattskinnet legesenter", department_name: text(""), colour: null, in_draft: false, ...own };
}

const GROUP = "Vanlige analyser";

const own = (provider: string, department?: string) => SERVICES.filter((each) => (each.provider ?? "balsam") === provider && !each.withdrawn && (department === undefined || each.department === department));

function tree(): TreeProvider[] {
  return Object.entries(PROVIDERS).map(([provider, name]) => {
    const departments = [...new Set(own(provider).map((each) => each.department))].map((id) => {
      const services = own(provider, id).length;
      return { id, name: text(id), services, groups: [{ name: GROUP, services }] };
    });
    return { provider, name, services: own(provider).length, departments };
  });
}

function services(provider: string, department: string, offset: number, count: number): TreePage {
  const all = own(provider, department);
  return { services: all.slice(offset, offset + count).map((each) => hit(each, undefined, "")), total: all.length };
}

function page(provider: string, id: string, draft: Draft | undefined): ServicePage {
  const entry = SERVICES.find((each) => each.id === id)!;
  const planned = draft ? plan(draft).find((each) => each.container === entry.container) : undefined;
  const present = draft?.lines.some((each) => each.service === id) ?? false;
  return {
    provider,
    provider_name: PROVIDERS[provider]!,
    department_name: text(entry.department),
    phone: null,
    demo: true,
    service: {
      id,
      code: { system: "NLK", code: entry.code, display: entry.usage ?? entry.name },
      name: entry.name,
      department: entry.department,
      group: "Vanlige analyser",
      unit: entry.unit ?? null,
      handbook: entry.handbook ? text(entry.handbook) : null,
      source: "facts",
      checked: "2026-11-01",
    },
    containers: [{ id: entry.container.id, name: entry.container.name, label_name: "", kind: entry.container.kind, colour: entry.container.colour, colour_name: entry.container.colour_name, fill_ml: entry.volume, source: "facts" } as ServicePage["containers"][number]],
    questions: [],
    rules: [],
    panels: [],
    source: "Brukerhåndbok",
    version: "2026.11.2",
    elsewhere: [],
    replacement: null,
    replaces: [],
    changes: [],
    effect: present ? null : planned ? { ordered: false, fits_in: entry.container, new_containers: [], joins: planned.key } : { ordered: false, fits_in: null, new_containers: [{ container: entry.container, count: 1 }], joins: null },
  };
}

function check(form: PatientForm): PatientCheckView {
  const digits = (form.number ?? "").replace(/\D/g, "");
  const known = PATIENTS.find((one) => one.patient.national_id === digits);
  const problems: PatientCheckView["problems"] = [];
  if (form.number && digits.length !== 11) problems.push({ field: "number", code: "not_eleven_digits" });
  else if (form.number && !known) problems.push({ field: "number", code: "control_digits" });
  if (!form.number && !form.birth_date) problems.push({ field: "birth_date", code: "missing" });
  if (!form.family) problems.push({ field: "family", code: "missing" });
  return {
    ok: problems.length === 0,
    problems,
    number: known ? digits : null,
    kind: known ? "FNR" : null,
    synthetic: true,
    birth_date: known?.patient.birth_date ?? null,
    sex: known?.patient.sex ?? null,
    age: null,
    known: known?.patient ?? null,
  };
}
