// The words around printers, in nynorsk.
import type { Texts } from "./nb";
import type { printRefusals as nbRefusals } from "./nb.print";

type Codes = Record<string, string>;

export const print: Texts["print"] = {
  papers: {
    region: "Utskrifter på A4",
    kinds: { requisition_form: "Rekvisisjon", packing_list: "Pakksetel", courier_list: "Bodliste", readable_page: "Side" },
    about: (paper, patient) => `${paper}, ${patient}`,
    asked: (printer) => `Blir send til skrivarkøen ${printer}.`,
    taken: (printer) => `Skrivarkøen ${printer} har teke imot. Ikkje skriven ut enno.`,
    comingOut: (printer) => `Skrivaren ${printer} er i gang.`,
    waits: (printer) => `Ikkje skriven ut: ${printer} har ikkje byrja. Skrivaren kan vere slegen av eller oppteken.`,
    waitsFor: (printer, why) => `Ikkje skriven ut: ${printer} ${why}.`,
    waitsMore: "Sjå til skrivaren. Arket kjem når han er klar, om du ikkje tek det tilbake.",
    out: (printer) => `Skriven ut på ${printer}.`,
    failed: {
      taken_back: "Teken tilbake. Ingenting er skrive ut.",
      withdrawn: "Teken tilbake. Kom noko ut likevel, ligg det i skrivaren.",
      cancelled: "Utskrifta vart avbroten. Noko kan ha kome ut.",
      aborted: "Ikkje skriven ut: skrivarkøen gav opp. Noko kan ha kome ut.",
      stuck: "Utskrifta lét seg ikkje ta tilbake og kan kome ut seinare. Sjå til skrivaren.",
      unknown: "Skrivarkøen svarar ikkje. Sjå etter om arket kom ut.",
    } as Codes,
    failedOther: "Ikkje skriven ut.",
    reasons: {
      "media-empty": "er tom for papir",
      "media-needed": "treng papir",
      "media-jam": "har papirstopp",
      "toner-empty": "er tom for tonar",
      "marker-supply-empty": "er tom for blekk eller tonar",
      "cover-open": "har ope deksel",
      "door-open": "har ope deksel",
      offline: "er slegen av eller fråkopla",
      paused: "er sett på pause",
      "connecting-to-device": "svarar ikkje, og er kanskje slegen av",
    } as Codes,
    takeBack: "Ta tilbake",
  },
  sheet: {
    title: "Kvar på arket?",
    body: (printer) => `Legg arket i ${printer}, og vel den første ledige etiketten.`,
    grid: "Første ledige etikett",
    gridHint: "Piltastane flyttar, Enter skriv ut.",
    cell: (n, row, column) => `Etikett ${n}, rad ${row}, kolonne ${column}`,
    used: "brukt",
    printed: "blir skriven ut no",
    free: "ledig",
    begins: (n, of) => `Byrjar på etikett ${n} av ${of}.`,
    sheets: (labels, sheets) => (sheets === 1 ? `${labels === 1 ? "1 etikett" : `${labels} etikettar`}, alle på dette arket.` : `${labels} etikettar, på ${sheets} ark. Legg ${sheets - 1 === 1 ? "eit nytt ark" : `${sheets - 1} nye ark`} bak det påbyrja.`),
    newSheet: "Nytt ark",
    numbersLater: "Prøver utan nummer får det når etikettane blir skrivne ut.",
    picture: (n) => `Arket slik det blir skrive ut, ${n}`,
    print: (n) => (n === 1 ? "Skriv ut 1 etikett" : `Skriv ut ${n} etikettar`),
    ownDots: "Ark blir skrivne ut med 300 punkt per tomme, på ein kontorskrivar.",
  },
};

export const printRefusals: Pick<Texts["refusals"], keyof typeof nbRefusals> = {
  print_taken_back: { text: () => "Etiketten kom ikkje ut, og utskrifta er teken tilbake.", action: "Sjå om skrivaren er på og har etikettar, og prøv igjen." },
  print_cancelled: { text: () => "Utskrifta vart avbroten i skrivarkøen.", action: "Sjå til skrivaren, og prøv igjen." },
  print_aborted: { text: () => "Skrivarkøen gav opp utskrifta.", action: "Sjå til skrivaren, og prøv igjen." },
  print_stuck: { text: () => "Etiketten står i skrivarkøen og kan kome ut seinare.", action: "Sjå til skrivaren." },
  print_unknown: { text: () => "Skrivarkøen svarar ikkje.", action: "Sjå etter om etiketten kom ut." },
};
