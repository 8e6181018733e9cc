// The words around the collecting bench, in English.
import type { Texts } from "./nb";
import type { benchRefusals as nbRefusals } from "./nb.bench";

type Codes = Record<string, string>;

const plural = (n: number, one: string, many: string) => `${n} ${n === 1 ? one : many}`;

export const bench: Texts["bench"] = {
  check: {
    title: "Is it the right patient?",
    body: "Let the patient say name and number. Tick what is right.",
    name: (name) => `The name: ${name}`,
    number: (number) => `The national number: ${number}`,
    birthDate: (date) => `The birth date: ${date}`,
    nothingElse: "Neither number nor birth date is known.",
    typed: "National number or birth date, as the patient says it",
    typedHint: "11 digits, or ddmmyy. May be scanned from a wristband or card.",
    otherPatient: (name) => `Stop! This is not ${name}. See who sits in the chair.`,
    two: "Confirm both the name and the second identifier.",
    confirm: "Right patient",
    open: "Confirm the patient",
    justBefore: (name, ago) => `${name} was open here ${ago} ago.`,
    justBeforeMore: "Make sure that the right patient sits in the chair before you label tubes.",
    numberMatches: "The number is this patient's.",
    numberOther: "The number is another patient's. See who sits in the chair.",
    wrongPatient: "Stop! Wrong patient.",
  },
  unscanned: {
    title: (n) => (n === 1 ? "One label was not scanned on its tube" : `${n} labels were not scanned on their tubes`),
    body: "Scan them first if you can. Else: why are they sent without?",
    told: (receiver) => `${receiver} is told in the message.`,
    reasons: { no_scanner: "no scanner", unreadable: "the label cannot be read", too_small: "the container is too small", other: "another reason" } as Codes,
    choose: "Choose a reason",
    send: "Send without scanning",
    back: "Scan first",
    row: "sent without scanning",
  },
  correct: {
    menu: "Correct collector and time",
    title: (name) => `${name}: who took the specimen, and when?`,
  },
  takenBy: (time, name) => `Taken ${time} by ${name}`,
  held: {
    by: (name, time) => `${name} has had this open since ${time}.`,
    inList: (name) => `Open with ${name}`,
    takeOver: "Take over",
  },
  alarms: {
    region: "Alarms in the internal lab",
    labelled: (n) => `${n} labelled, not sent`,
    late: (n) => (n === 1 ? "1 waits too long" : `${n} wait too long`),
    labelledSince: (age) => `Labelled ${age} ago, not sent`,
    rail: (n) => plural(n, "alarm", "alarms"),
    show: "Show",
  },
  letter: (letter, container) => `container ${letter} (${container})`,
  unnumbered: "The label gets its number when it is printed.",
  ordered: {
    label: "About this collection",
    planned: (day) => `Planned for ${day}`,
    early: "That is not today.",
    passed: "The day has passed.",
    today: "That is today.",
    home: "At home:",
    homeMore: "what the patient can take. The rest is taken here.",
    series: (name) => `Standing series, ${name}:`,
    from: (day) => `from ${day}`,
  },
  numbers: {
    low: (provider, left) => `Only ${plural(left, "specimen number", "specimen numbers")} left for ${provider}`,
    out: (provider) => `No specimen numbers for ${provider}`,
    outMore: "Labels for them cannot be made now. Nothing is lost: the requisitions stay in the list.",
    line: "More are fetched by themselves when the line works. If it is urgent: use the laboratory's pre-printed labels and the paper form, and phone the laboratory.",
    paper: "The laboratory leases no numbers. Ask it for a station number on paper, and type it in.",
    fetch: "Fetch now",
    enter: "Type the station number",
    asked: "The laboratory was asked for more specimen numbers.",
  },
  sort: { label: "Sort by", urgency: "Urgency", age: "Waiting time", due: "Deadline", patient: "Patient" } as Codes,
  due: (time) => `deadline ${time}`,
  scan: {
    cancelled: "The requisition was withdrawn. The number must not be used.",
    givenUp: "The specimen is marked as spoiled or not taken. Put the tube away. It must not be sent.",
  },
  leftover: "Labels left over",
  problems: {
    queue: "The print queue does not exist any more.",
    unreachable: "The printer does not answer.",
    timeout: "The printer did not answer in time.",
    stopped: "The printer is stopped: out of paper, cover open, or paused.",
    not_accepting: "The print queue takes no jobs.",
    refused: "The printer refused the job.",
    broken: "The connection broke while the label was being sent. It may have come out.",
    language: "The printer does not understand the label.",
    cancelled: "The job was cancelled in the print queue.",
    aborted: "The print queue gave the job up.",
    taken_back: "The label did not come out, and the job was taken back.",
    stuck: "The label stands in the print queue and may come out later. See to the printer.",
    unknown: "The print queue does not answer. See whether the label came out.",
  } as Codes,
  notOut: (why) => `A label did not come out. ${why}`,
  printAgain: "See to the printer, and print again. The number stays the same.",
  paper: {
    print: "Print",
    printCourier: "Print courier list",
    draftMade: (from) => `The paper form from ${from} was read in as a draft.`,
    unknown: (names) => `Not in the catalogues here: ${names}. Find them yourself, or phone.`,
  },
  settings: {
    check: "Before labels are printed",
    checkRules: {
      confirm: "name and national number are ticked, every time",
      type: "the name is ticked, the national number or birth date is typed or scanned, every time",
      after_another: "only when another patient was open a moment ago",
    } as Codes,
    checkMore: "If another patient was open within the last ten minutes, it is always asked.",
    paper: "Printer for forms, packing list and courier list (A4)",
    noPaper: "none, save as a file",
  },
};

export const benchRefusals: Pick<Texts["refusals"], keyof typeof nbRefusals> = {
  patient_check: { text: () => "The patient was not confirmed.", action: "Confirm name and number, and print again." },
  unscanned: { text: () => "Some labels were not scanned on their tubes.", action: "Scan them, or say why they are sent without." },
};
