// The words of what a draft says beside services and clinical text, in English.
import type {
  attachments as nbAttachments,
  containers as nbContainers,
  earlier as nbEarlier,
  handover as nbHandover,
  interview as nbInterview,
  missingList as nbMissing,
  orderRefusals as nbOrder,
  pathway as nbPathway,
  place as nbPlace,
  ruleFacts as nbRule,
  ruleUses as nbRuleUses,
  series as nbSeries,
} from "./nb.compose";

const plural = (n: number, one: string, many: string) => `${n} ${n === 1 ? one : many}`;

export const interview: typeof nbInterview = {
  title: "Questions to the patient",
  safety: "Safety questions",
  intro: "Read aloud, or let the patient read. Every question must be answered today.",
  progress: (answered, total) => `${answered} of ${total} answered`,
  start: "Start the interview",
  proceed: "Go on with the interview",
  again: "See or change the answers",
  answers: "The answers",
  number: (n, total) => `Question ${n} of ${total}`,
  unanswered: "Not answered",
  last: (when) => `Answered ${when}:`,
  still: (answer) => `Still so: ${answer}`,
  fromLast: (n) => `${plural(n, "answer", "answers")} from last time can be confirmed.`,
  next: "Next unanswered",
  done: "Done",
  language: "Language for the patient",
  languages: { nb: "Bokmål", nn: "Nynorsk", en: "English" },
  optional: "may be left empty",
};

export const missingList: typeof nbMissing = {
  show: "Show all that is missing",
  hide: "Hide the list",
  title: "Still missing",
  question: (line, question) => `${line}: ${question}`,
};

export const ruleFacts: typeof nbRule = {
  show: "About the rule",
  text: "Rule",
  from: "From",
  source: "Source",
  checked: "Checked",
  id: "Id",
  own: "Rekvirent's own check",
};

export const containers: typeof nbContainers = {
  title: "Containers",
  several: "Several containers",
  hint: "Each container gets its own label with its own number.",
  add: "Add container",
  remove: (name) => `Remove container ${name}`,
  one: (name) => `Container ${name}`,
  site: "Site",
  sitePlaceholder: "So exactly that the place can be found again",
  side: "Side",
  sides: { right: "Right", left: "Left", midline: "Midline" },
  procedure: "Procedure",
  procedures: ["Punch biopsy", "Excision biopsy", "Shave biopsy", "Curettage", "Needle biopsy", "Scraping"],
  material: "Material",
  fixative: "Fixative",
  fixativeUsual: (usual) => `${usual} (usual)`,
  unit: "mm",
  size: "Largest measure",
  sizeInvalid: "Write a measure between 0 and 1000 mm.",
  comment: "Orientation and other",
  more: (name) => `More about container ${name}`,
  moreTitle: "Procedure, fixative, orientation",
  siteMissing: "must be filled in",
};

export const series: typeof nbSeries = {
  open: "Series or another day",
  day: "Day for this one",
  standing: "Standing series",
  times: "Number of times",
  every: "Every",
  units: { day: "day", week: "week", month: "month" },
  start: "First time",
  end: "Last day",
  instructions: "Other",
  instructionsHint: "For instance: before the next dose",
  summary: (times, every, end) => [times, every, end].filter(Boolean).join(" · "),
  summaryTimes: (n) => `${n} times`,
  summaryEvery: (n, unit) => (n === 1 ? `every ${unit}` : `every ${n} ${unit}s`),
  summaryEnd: (day) => `until ${day}`,
  summaryDay: (day) => `taken ${day}`,
  stop: "Remove the series",
  close: "Done",
  timesInvalid: "A number from 2 to 999.",
};

export const place: typeof nbPlace = {
  label: "The specimen is taken",
  office: "Here",
  home: "At home",
  elsewhere: "Elsewhere",
  name: "Who takes the specimen?",
  namePlaceholder: "Hospital, nursing home or office",
  homeHint: "What the patient can take gets its label now. The rest is taken here.",
  elsewhereHint: "The requisition is sent at once and says who takes the specimen.",
};

export const pathway: typeof nbPathway = {
  cancer: "Cancer pathway",
};

export const earlier: typeof nbEarlier = {
  title: "Earlier findings and results",
  add: "Add finding",
  text: "Finding or result",
  textPlaceholder: "Specimen number, place, result",
  date: "Date or year",
  dateInvalid: "Write a year, mm.yyyy or dd.mm.yyyy.",
  remove: (text) => `Remove the finding ${text}`,
};

export const attachments: typeof nbAttachments = {
  title: "Attachments",
  count: (n, size) => (n === 0 ? "None" : `${plural(n, "attachment", "attachments")} · ${size}`),
  limit: (size, limit) => `${size} of at most ${limit}`,
  choose: "Choose file",
  drop: "PDF, JPEG, PNG or text. The file can also be dropped on the window.",
  path: "Or write where the file is",
  takePath: "Attach",
  description: "What is it?",
  describe: (name) => `Description of ${name}`,
  remove: (name) => `Remove the attachment ${name}`,
  to: "Goes to",
  toAll: "All receivers (pathology where it is among them)",
  dialogTitle: "Attach a file",
  dialogKind: "PDF, image or text",
  added: (name) => `${name} is attached.`,
  noDraft: "Open a draft before you drop an attachment on the window.",
  kinds: { "application/pdf": "PDF", "image/jpeg": "JPEG", "image/png": "PNG", "text/plain": "Text" },
};

export const handover: typeof nbHandover = {
  opened: (name) => `The requisition for ${name} is open as a draft.`,
  known: (name) => `This one was opened before. The draft for ${name} is shown.`,
  sent: (name) => `The requisition for ${name} was sent before. It is shown in the overview.`,
  unsettled: (name) => `The record ordered “${name}”.`,
  settle: "Say which service it is. None is chosen for you.",
  unknownReceiver: (receiver) => `The catalogue of ${receiver} is not in use here.`,
  takenFrom: (what) => `From: ${what}.`,
  choose: (name) => `Service for “${name}”`,
  search: "Search for the service",
  inBasket: "in the requisition",
  noChoice: "No service is like it. Search for it here, or leave the order out.",
  settled: (name) => `${name} is put in.`,
  takenAt: (when) => `Taken ${when}`,
  labelled: (number) => `labelled ${number}`,
  fromRecord: "From the record",
  takeNew: "Take a new specimen instead",
  takeNewOf: (name) => `Take a new specimen instead of container ${name}`,
  back: "Hand back to the record",
  backTitle: "Hand the requisition back to the record",
  backKind: "Requisition",
  backDone: (files) => `Written: ${files}.`,
};

export const orderRefusals: typeof nbOrder = {
  refused: (field, why) => `The file is not opened. The field ${field}: ${why}`,
  action: "Nothing was taken in. Put it right in the record system, and give the file again.",
  more: (n) => ` ${plural(n, "more field", "more fields")} must be put right.`,
  why: {
    unreadable: "the file cannot be read.",
    missing: "is missing.",
    unknown_field: "unknown field.",
    form: "has the wrong form.",
    blank: "is blank.",
    too_long: "is too long.",
    character: "has a character that the message cannot carry.",
    not_in_list: "the code is not in its list.",
    control_digits: "the control digits do not hold.",
    no_such_date: "the date does not exist.",
    impossible_date: "the date cannot be right.",
    contradiction: "contradicts another field.",
    attachment: "the attachment cannot be used.",
    not_held: "has no place in a draft here, and must not be lost.",
    other_office: "is not this office.",
    follow_up: "is about a requisition that was sent. Change or cancel it where it was sent from.",
    other: "cannot be taken in.",
  },
};

export const ruleUses: typeof nbRuleUses = {
  title: "Decision support",
  since: (day) => `How the rules were used here since ${day}. Each line of a draft is counted once.`,
  rule: "Rule, source and date",
  severity: "Severity",
  shown: "Shown",
  overridden: "Overridden",
  severities: { stop: "Stops", warn: "Warns", note: "Tells" },
  about: (names, more) => (more > 0 ? `${names} and ${more} more` : names),
  ofProgram: "The program's own rule",
  reason: (reason, times) => `${reason} (${times})`,
  own: {
    duplicate: "The same analysis twice",
    also_elsewhere: "The same analysis at several providers",
    sex_mismatch: "Another sex than the examination is for",
    age_limit: "Outside the age that the examination is for",
    retest_too_soon: "Ordered again too soon",
    urgency_in_text: "Words for urgency in the text",
    brought_material: "Another material than the laboratory asks for",
  },
};
