// The words around printers, in bokmål: what is on its way out on A4, and sheets of labels. Part of the one source: `nb.ts`
// takes them in.
type Codes = Record<string, string>;

export const print = {
  papers: {
    region: "Utskrifter på A4",
    kinds: { requisition_form: "Rekvisisjon", packing_list: "Pakkseddel", courier_list: "Budliste", readable_page: "Side" },
    about: (paper: string, patient: string) => `${paper}, ${patient}`,
    asked: (printer: string) => `Sendes til skriverkøen ${printer}.`,
    taken: (printer: string) => `Skriverkøen ${printer} har tatt imot. Ikke skrevet ut ennå.`,
    comingOut: (printer: string) => `Skriveren ${printer} er i gang.`,
    waits: (printer: string) => `Ikke skrevet ut: ${printer} har ikke begynt. Skriveren kan være slått av eller opptatt.`,
    waitsFor: (printer: string, why: string) => `Ikke skrevet ut: ${printer} ${why}.`,
    waitsMore: "Se til skriveren. Arket kommer når den er klar, hvis du ikke tar det tilbake.",
    out: (printer: string) => `Skrevet ut på ${printer}.`,
    failed: {
      taken_back: "Tatt tilbake. Ingenting er skrevet ut.",
      withdrawn: "Tatt tilbake. Kom noe ut likevel, ligger det i skriveren.",
      cancelled: "Utskriften ble avbrutt. Noe kan ha kommet ut.",
      aborted: "Ikke skrevet ut: skriverkøen ga opp. Noe kan ha kommet ut.",
      stuck: "Utskriften lot seg ikke ta tilbake og kan komme ut senere. Se til skriveren.",
      unknown: "Skriverkøen svarer ikke. Se etter om arket kom ut.",
    } as Codes,
    failedOther: "Ikke skrevet ut.",
    /** Keywords of RFC 8011, 5.4.12, after the printer's name. */
    reasons: {
      "media-empty": "er tom for papir",
      "media-needed": "trenger papir",
      "media-jam": "har papirstopp",
      "toner-empty": "er tom for toner",
      "marker-supply-empty": "er tom for blekk eller toner",
      "cover-open": "har åpent deksel",
      "door-open": "har åpent deksel",
      offline: "er slått av eller frakoblet",
      paused: "er satt på pause",
      "connecting-to-device": "svarer ikke, og er kanskje slått av",
    } as Codes,
    takeBack: "Ta tilbake",
  },
  sheet: {
    title: "Hvor på arket?",
    body: (printer: string) => `Legg arket i ${printer}, og velg den første ledige etiketten.`,
    grid: "Første ledige etikett",
    gridHint: "Piltastene flytter, Enter skriver ut.",
    cell: (n: number, row: number, column: number) => `Etikett ${n}, rad ${row}, kolonne ${column}`,
    used: "brukt",
    printed: "skrives ut nå",
    free: "ledig",
    begins: (n: number, of: number) => `Begynner på etikett ${n} av ${of}.`,
    sheets: (labels: number, sheets: number) => (sheets === 1 ? `${labels === 1 ? "1 etikett" : `${labels} etiketter`}, alle på dette arket.` : `${labels} etiketter, på ${sheets} ark. Legg ${sheets - 1 === 1 ? "et nytt ark" : `${sheets - 1} nye ark`} bak det påbegynte.`),
    newSheet: "Nytt ark",
    numbersLater: "Prøver uten nummer får det når etikettene skrives ut.",
    picture: (n: number) => `Arket slik det skrives ut, ${n}`,
    print: (n: number) => (n === 1 ? "Skriv ut 1 etikett" : `Skriv ut ${n} etiketter`),
    ownDots: "Ark skrives ut med 300 punkter per tomme, på en kontorskriver.",
  },
};

export const printRefusals = {
  print_taken_back: { text: () => "Etiketten kom ikke ut, og utskriften er tatt tilbake.", action: "Se om skriveren er på og har etiketter, og prøv igjen." },
  print_cancelled: { text: () => "Utskriften ble avbrutt i skriverkøen.", action: "Se til skriveren, og prøv igjen." },
  print_aborted: { text: () => "Skriverkøen ga opp utskriften.", action: "Se til skriveren, og prøv igjen." },
  print_stuck: { text: () => "Etiketten står i skriverkøen og kan komme ut senere.", action: "Se til skriveren." },
  print_unknown: { text: () => "Skriverkøen svarer ikke.", action: "Se etter om etiketten kom ut." },
};
