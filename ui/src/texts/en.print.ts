// The words around printers, in English.
import type { Texts } from "./nb";
import type { printRefusals as nbRefusals } from "./nb.print";

type Codes = Record<string, string>;

export const print: Texts["print"] = {
  papers: {
    region: "Prints on A4",
    kinds: { requisition_form: "Requisition", packing_list: "Packing list", courier_list: "Courier list", readable_page: "Page" },
    about: (paper, patient) => `${paper}, ${patient}`,
    asked: (printer) => `Going to the print queue ${printer}.`,
    taken: (printer) => `The print queue ${printer} has taken it. Not printed yet.`,
    comingOut: (printer) => `The printer ${printer} is at it.`,
    waits: (printer) => `Not printed: ${printer} has not begun. The printer may be switched off or busy.`,
    waitsFor: (printer, why) => `Not printed: ${printer} ${why}.`,
    waitsMore: "See to the printer. The sheet comes when it is ready, unless you take it back.",
    out: (printer) => `Printed on ${printer}.`,
    failed: {
      taken_back: "Taken back. Nothing was printed.",
      withdrawn: "Taken back. If anything came out after all, it lies in the printer.",
      cancelled: "The print was cancelled. Some of it may have come out.",
      aborted: "Not printed: the print queue gave up. Some of it may have come out.",
      stuck: "The print could not be taken back and may come out later. See to the printer.",
      unknown: "The print queue does not answer. See whether the sheet came out.",
    } as Codes,
    failedOther: "Not printed.",
    reasons: {
      "media-empty": "is out of paper",
      "media-needed": "needs paper",
      "media-jam": "has a paper jam",
      "toner-empty": "is out of toner",
      "marker-supply-empty": "is out of ink or toner",
      "cover-open": "has an open cover",
      "door-open": "has an open cover",
      offline: "is switched off or not connected",
      paused: "is paused",
      "connecting-to-device": "does not answer, and may be switched off",
    } as Codes,
    takeBack: "Take back",
  },
  sheet: {
    title: "Where on the sheet?",
    body: (printer) => `Put the sheet into ${printer}, and choose the first label that is free.`,
    grid: "First free label",
    gridHint: "The arrow keys move, Enter prints.",
    cell: (n, row, column) => `Label ${n}, row ${row}, column ${column}`,
    used: "used",
    printed: "printed now",
    free: "free",
    begins: (n, of) => `Begins at label ${n} of ${of}.`,
    sheets: (labels, sheets) => (sheets === 1 ? `${labels === 1 ? "1 label" : `${labels} labels`}, all on this sheet.` : `${labels} labels, on ${sheets} sheets. Put ${sheets - 1 === 1 ? "a new sheet" : `${sheets - 1} new sheets`} behind the one begun.`),
    newSheet: "New sheet",
    numbersLater: "Specimens without a number get one when the labels are printed.",
    picture: (n) => `The sheet as it prints, ${n}`,
    print: (n) => (n === 1 ? "Print 1 label" : `Print ${n} labels`),
    ownDots: "Sheets are printed at 300 dots per inch, on an office printer.",
  },
};

export const printRefusals: Pick<Texts["refusals"], keyof typeof nbRefusals> = {
  print_taken_back: { text: () => "The label did not come out, and the job was taken back.", action: "See that the printer is on and has labels, and try again." },
  print_cancelled: { text: () => "The job was cancelled in the print queue.", action: "See to the printer, and try again." },
  print_aborted: { text: () => "The print queue gave the job up.", action: "See to the printer, and try again." },
  print_stuck: { text: () => "The label stands in the print queue and may come out later.", action: "See to the printer." },
  print_unknown: { text: () => "The print queue does not answer.", action: "See whether the label came out." },
};
