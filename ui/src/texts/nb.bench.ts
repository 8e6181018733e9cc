// The words around the collecting bench, in bokmål: who sits in the chair, what alarms, what goes without a scan. Part of
// the one source: `nb.ts` takes them in.
type Codes = Record<string, string>;

const plural = (n: number, one: string, many: string) => `${n} ${n === 1 ? one : many}`;

export const bench = {
  check: {
    title: "Er det riktig pasient?",
    body: "La pasienten si navn og nummer selv. Kryss av for det som stemmer.",
    name: (name: string) => `Navnet: ${name}`,
    number: (number: string) => `Fødselsnummeret: ${number}`,
    birthDate: (date: string) => `Fødselsdatoen: ${date}`,
    nothingElse: "Verken fødselsnummer eller fødselsdato er kjent.",
    typed: "Fødselsnummer eller fødselsdato, slik pasienten sier det",
    typedHint: "11 siffer, eller ddmmåå. Kan også skannes fra armbånd eller kort.",
    otherPatient: (name: string) => `Stopp! Dette er ikke ${name}. Se etter hvem som sitter i stolen.`,
    two: "Bekreft både navnet og det andre kjennetegnet.",
    confirm: "Riktig pasient",
    open: "Bekreft pasienten",
    justBefore: (name: string, ago: string) => `${name} var åpen her for ${ago} siden.`,
    justBeforeMore: "Se etter at rett pasient sitter i stolen før du merker rør.",
    numberMatches: "Nummeret er denne pasientens.",
    numberOther: "Nummeret er en annen pasients. Se etter hvem som sitter i stolen.",
    wrongPatient: "Stopp! Feil pasient.",
  },
  unscanned: {
    title: (n: number) => (n === 1 ? "Én etikett er ikke skannet på røret" : `${n} etiketter er ikke skannet på rørene`),
    body: "Skann dem først hvis du kan. Ellers: hvorfor sendes de uten?",
    told: (receiver: string) => `${receiver} får vite det i meldingen.`,
    reasons: { no_scanner: "skanner mangler", unreadable: "etiketten lar seg ikke lese", too_small: "for liten beholder", other: "annen grunn" } as Codes,
    choose: "Velg grunn",
    send: "Send uten skanning",
    back: "Skann først",
    row: "sendes uten skanning",
  },
  correct: {
    menu: "Rett prøvetaker og tid",
    title: (name: string) => `${name}: hvem tok prøven, og når?`,
  },
  takenBy: (time: string, name: string) => `Tatt ${time} av ${name}`,
  held: {
    by: (name: string, time: string) => `${name} har denne åpen siden ${time}.`,
    inList: (name: string) => `Åpen hos ${name}`,
    takeOver: "Ta over",
  },
  alarms: {
    region: "Alarmer i internlab",
    labelled: (n: number) => `${n} merket, ikke sendt`,
    late: (n: number) => `${n} venter for lenge`,
    labelledSince: (age: string) => `Merket for ${age} siden, ikke sendt`,
    numbers: (provider: string, left: number) => (left === 0 ? `Ingen prøvenumre igjen fra ${provider}` : `Bare ${plural(left, "prøvenummer", "prøvenumre")} igjen fra ${provider}`),
    numbersMore: "Nye hentes når det er linje. Uten linje: ring laboratoriet.",
    rail: (n: number) => plural(n, "alarm", "alarmer"),
    show: "Vis",
  },
  sort: { label: "Sorter etter", urgency: "Hast", age: "Ventetid", due: "Frist", patient: "Pasient" } as Codes,
  due: (time: string) => `frist ${time}`,
  scan: {
    cancelled: "Rekvisisjonen er trukket. Nummeret skal ikke brukes.",
    givenUp: "Prøven er merket som ødelagt eller ikke tatt. Legg røret bort. Det skal ikke sendes.",
  },
  leftover: "Etiketter til overs",
  problems: {
    queue: "Skriverkøen finnes ikke lenger.",
    unreachable: "Skriveren svarer ikke.",
    timeout: "Skriveren svarte ikke i tide.",
    stopped: "Skriveren er stoppet: tom for papir, åpent lokk eller satt på pause.",
    not_accepting: "Skriverkøen tar ikke imot utskrifter.",
    refused: "Skriveren avviste utskriften.",
    broken: "Forbindelsen brøt mens etiketten ble sendt. Den kan ha kommet ut.",
    language: "Skriveren forstår ikke etiketten.",
    cancelled: "Utskriften ble avbrutt i skriverkøen.",
    aborted: "Skriverkøen ga opp utskriften.",
    taken_back: "Etiketten kom ikke ut, og utskriften er tatt tilbake.",
    stuck: "Etiketten står i skriverkøen og kan komme ut senere. Se til skriveren.",
    unknown: "Skriverkøen svarer ikke. Se etter om etiketten kom ut.",
  } as Codes,
  notOut: (why: string) => `En etikett kom ikke ut. ${why}`,
  printAgain: "Se til skriveren, og skriv ut på nytt. Nummeret er det samme.",
  paper: {
    print: "Skriv ut",
    printCourier: "Skriv ut budliste",
    printed: "Sendt til skriveren.",
    draftMade: (from: string) => `Papirskjema fra ${from} er lest inn som utkast.`,
    unknown: (names: string) => `Finnes ikke i katalogene her: ${names}. Finn dem selv, eller ring.`,
  },
  settings: {
    check: "Før etiketter skrives ut",
    checkRules: {
      confirm: "navn og fødselsnummer krysses av, hver gang",
      type: "navnet krysses av, fødselsnummer eller fødselsdato skrives eller skannes, hver gang",
      after_another: "bare når en annen pasient nettopp var åpen",
    } as Codes,
    checkMore: "Var en annen pasient åpen de siste ti minuttene, spørres det alltid.",
    paper: "Skriver for skjema, pakkseddel og budliste (A4)",
    noPaper: "ingen, lagre som fil",
  },
};

export const benchRefusals = {
  patient_check: { text: () => "Pasienten er ikke bekreftet.", action: "Bekreft navn og nummer, og skriv ut på nytt." },
  unscanned: { text: () => "Noen etiketter er ikke skannet på rørene.", action: "Skann dem, eller si hvorfor de sendes uten." },
};
