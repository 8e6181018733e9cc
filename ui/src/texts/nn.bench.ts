// The words around the collecting bench, in nynorsk.
import type { Texts } from "./nb";
import type { benchRefusals as nbRefusals } from "./nb.bench";

type Codes = Record<string, string>;

const plural = (n: number, one: string, many: string) => `${n} ${n === 1 ? one : many}`;

export const bench: Texts["bench"] = {
  check: {
    title: "Er det rett pasient?",
    body: "La pasienten seie namn og nummer sjølv. Kryss av for det som stemmer.",
    name: (name) => `Namnet: ${name}`,
    number: (number) => `Fødselsnummeret: ${number}`,
    birthDate: (date) => `Fødselsdatoen: ${date}`,
    nothingElse: "Verken fødselsnummer eller fødselsdato er kjend.",
    typed: "Fødselsnummer eller fødselsdato, slik pasienten seier det",
    typedHint: "11 siffer, eller ddmmåå. Kan òg skannast frå armband eller kort.",
    otherPatient: (name) => `Stopp! Dette er ikkje ${name}. Sjå etter kven som sit i stolen.`,
    two: "Stadfest både namnet og det andre kjenneteiknet.",
    confirm: "Rett pasient",
    open: "Stadfest pasienten",
    justBefore: (name, ago) => `${name} var open her for ${ago} sidan.`,
    justBeforeMore: "Sjå etter at rett pasient sit i stolen før du merkjer røyr.",
    numberMatches: "Nummeret er denne pasienten sitt.",
    numberOther: "Nummeret er ein annan pasient sitt. Sjå etter kven som sit i stolen.",
    wrongPatient: "Stopp! Feil pasient.",
  },
  unscanned: {
    title: (n) => (n === 1 ? "Éin etikett er ikkje skanna på røyret" : `${n} etikettar er ikkje skanna på røyra`),
    body: "Skann dei først om du kan. Elles: kvifor blir dei sende utan?",
    told: (receiver) => `${receiver} får vite det i meldinga.`,
    reasons: { no_scanner: "skannar manglar", unreadable: "etiketten lèt seg ikkje lese", too_small: "for liten behaldar", other: "annan grunn" } as Codes,
    choose: "Vel grunn",
    send: "Send utan skanning",
    back: "Skann først",
    row: "blir sendt utan skanning",
  },
  correct: {
    menu: "Rett prøvetakar og tid",
    title: (name) => `${name}: kven tok prøva, og når?`,
  },
  takenBy: (time, name) => `Teken ${time} av ${name}`,
  held: {
    by: (name, time) => `${name} har denne open sidan ${time}.`,
    inList: (name) => `Open hos ${name}`,
    takeOver: "Ta over",
  },
  alarms: {
    region: "Alarmar i internlab",
    labelled: (n) => `${n} merkt, ikkje sendt`,
    late: (n) => `${n} ventar for lenge`,
    labelledSince: (age) => `Merkt for ${age} sidan, ikkje sendt`,
    rail: (n) => plural(n, "alarm", "alarmar"),
    show: "Vis",
  },
  letter: (letter, container) => `behaldar ${letter} (${container})`,
  unnumbered: "Etiketten får nummer når han blir skriven ut.",
  ordered: {
    label: "Om prøvetakinga",
    planned: (day) => `Planlagd ${day}`,
    early: "Det er ikkje i dag.",
    passed: "Dagen er passert.",
    today: "Det er i dag.",
    home: "Blir teken heime:",
    homeMore: "det pasienten kan ta sjølv. Resten blir teke her.",
    series: (name) => `Fast serie, ${name}:`,
    from: (day) => `frå ${day}`,
  },
  numbers: {
    low: (provider, left) => `Berre ${plural(left, "prøvenummer", "prøvenummer")} att til ${provider}`,
    out: (provider) => `Ingen prøvenummer til ${provider}`,
    outMore: "Etikettar til dei kan ikkje lagast no. Ingenting er tapt: rekvisisjonane blir liggjande i lista.",
    line: "Nye blir henta av seg sjølve når linja verkar. Hastar det: bruk laboratoriet sine ferdigtrykte etikettar og papirskjemaet, og ring laboratoriet.",
    paper: "Laboratoriet leiger ikkje ut nummer. Be om eit stasjonsnummer på papir, og skriv det inn.",
    fetch: "Hent no",
    enter: "Skriv inn stasjonsnummer",
    asked: "Laboratoriet er spurt om fleire prøvenummer.",
  },
  sort: { label: "Sorter etter", urgency: "Hast", age: "Ventetid", due: "Frist", patient: "Pasient" } as Codes,
  due: (time) => `frist ${time}`,
  scan: {
    cancelled: "Rekvisisjonen er trekt. Nummeret skal ikkje brukast.",
    givenUp: "Prøva er merkt som øydelagd eller ikkje teken. Legg røyret bort. Det skal ikkje sendast.",
  },
  leftover: "Etikettar til overs",
  problems: {
    queue: "Skrivarkøen finst ikkje lenger.",
    unreachable: "Skrivaren svarar ikkje.",
    timeout: "Skrivaren svara ikkje i tide.",
    stopped: "Skrivaren er stoppa: tom for papir, ope lok eller sett på pause.",
    not_accepting: "Skrivarkøen tek ikkje imot utskrifter.",
    refused: "Skrivaren avviste utskrifta.",
    broken: "Sambandet braut medan etiketten vart send. Han kan ha kome ut.",
    language: "Skrivaren forstår ikkje etiketten.",
    cancelled: "Utskrifta vart avbroten i skrivarkøen.",
    aborted: "Skrivarkøen gav opp utskrifta.",
    taken_back: "Etiketten kom ikkje ut, og utskrifta er teken attende.",
    stuck: "Etiketten står i skrivarkøen og kan kome ut seinare. Sjå til skrivaren.",
    unknown: "Skrivarkøen svarar ikkje. Sjå etter om etiketten kom ut.",
  } as Codes,
  notOut: (why) => `Ein etikett kom ikkje ut. ${why}`,
  printAgain: "Sjå til skrivaren, og skriv ut på nytt. Nummeret er det same.",
  paper: {
    print: "Skriv ut",
    printCourier: "Skriv ut bodliste",
    draftMade: (from) => `Papirskjema frå ${from} er lese inn som utkast.`,
    unknown: (names) => `Finst ikkje i katalogane her: ${names}. Finn dei sjølv, eller ring.`,
  },
  settings: {
    check: "Før etikettar blir skrivne ut",
    checkRules: {
      confirm: "namn og fødselsnummer blir kryssa av, kvar gong",
      type: "namnet blir kryssa av, fødselsnummer eller fødselsdato blir skrive eller skanna, kvar gong",
      after_another: "berre når ein annan pasient nettopp var open",
    } as Codes,
    checkMore: "Var ein annan pasient open dei siste ti minutta, blir det alltid spurt.",
    paper: "Skrivar for skjema, pakksetel og bodliste (A4)",
    noPaper: "ingen, lagre som fil",
  },
};

export const benchRefusals: Pick<Texts["refusals"], keyof typeof nbRefusals> = {
  patient_check: { text: () => "Pasienten er ikkje stadfesta.", action: "Stadfest namn og nummer, og skriv ut på nytt." },
  unscanned: { text: () => "Nokre etikettar er ikkje skanna på røyra.", action: "Skann dei, eller sei kvifor dei blir sende utan." },
};
