// The words of what a draft says beside services and clinical text, in bokmål. Part of the one source: `nb.ts` takes them in.
const plural = (n: number, one: string, many: string) => `${n} ${n === 1 ? one : many}`;

export const interview = {
  title: "Spørsmål til pasienten",
  safety: "Sikkerhetsspørsmål",
  intro: "Les høyt, eller la pasienten lese selv. Hvert spørsmål må besvares i dag.",
  progress: (answered: number, total: number) => `${answered} av ${total} besvart`,
  start: "Start samtalen",
  proceed: "Fortsett samtalen",
  again: "Se eller endre svarene",
  answers: "Svarene",
  number: (n: number, total: number) => `Spørsmål ${n} av ${total}`,
  unanswered: "Ikke besvart",
  last: (when: string) => `Svarte ${when}:`,
  still: (answer: string) => `Gjelder fortsatt: ${answer}`,
  fromLast: (n: number) => `${plural(n, "svar", "svar")} fra sist er klare til å bekreftes.`,
  next: "Neste ubesvarte",
  done: "Ferdig",
  language: "Språk for pasienten",
  languages: { nb: "Bokmål", nn: "Nynorsk", en: "English" },
  optional: "kan stå tomt",
};

export const missingList = {
  show: "Vis alt som gjenstår",
  hide: "Skjul listen",
  title: "Dette gjenstår",
  question: (line: string, question: string) => `${line}: ${question}`,
};

export const ruleFacts = {
  show: "Om regelen",
  text: "Regel",
  from: "Fra",
  source: "Kilde",
  checked: "Kontrollert",
  id: "Id",
  own: "Rekvirents egen kontroll",
};

export const containers = {
  title: "Beholdere",
  several: "Flere beholdere",
  hint: "Hver beholder får sin egen etikett med eget nummer.",
  add: "Legg til beholder",
  remove: (name: string) => `Fjern beholder ${name}`,
  one: (name: string) => `Beholder ${name}`,
  site: "Lokalisasjon",
  sitePlaceholder: "Så presist at stedet kan finnes igjen",
  side: "Side",
  sides: { right: "Høyre", left: "Venstre", midline: "Midtlinje" },
  procedure: "Prosedyre",
  procedures: ["Stansebiopsi", "Eksisjonsbiopsi", "Shavebiopsi", "Curettage", "Nålebiopsi", "Skrap"],
  material: "Materiale",
  fixative: "Fiksering",
  fixativeUsual: (usual: string) => `${usual} (vanlig)`,
  unit: "mm",
  size: "Største mål",
  sizeInvalid: "Skriv et mål mellom 0 og 1000 mm.",
  comment: "Orientering og annet",
  more: (name: string) => `Mer om beholder ${name}`,
  moreTitle: "Prosedyre, fiksering, orientering",
  siteMissing: "må fylles ut",
};

export const series = {
  open: "Serie eller annen dag",
  day: "Dag for denne",
  standing: "Fast serie",
  times: "Antall ganger",
  every: "Hver",
  units: { day: "dag", week: "uke", month: "måned" },
  start: "Første gang",
  end: "Siste dag",
  instructions: "Ellers",
  instructionsHint: "For eksempel: før neste dose",
  summary: (times: string, every: string, end: string) => [times, every, end].filter(Boolean).join(" · "),
  summaryTimes: (n: number) => `${n} ganger`,
  summaryEvery: (n: number, unit: string) => (n === 1 ? `hver ${unit}` : `hver ${n}. ${unit}`),
  summaryEnd: (day: string) => `til ${day}`,
  summaryDay: (day: string) => `tas ${day}`,
  stop: "Fjern serien",
  close: "Ferdig",
  timesInvalid: "Et tall fra 2 til 999.",
};

export const place = {
  label: "Prøven tas",
  office: "Her",
  home: "Hjemme",
  elsewhere: "Et annet sted",
  name: "Hvem tar prøven?",
  namePlaceholder: "Sykehus, sykehjem eller kontor",
  homeHint: "Det pasienten kan ta selv, får etikett nå. Resten tas her.",
  elsewhereHint: "Rekvisisjonen sendes med en gang og sier hvem som tar prøven.",
};

export const pathway = {
  cancer: "Pakkeforløp for kreft",
};

export const earlier = {
  title: "Tidligere funn og svar",
  add: "Legg til funn",
  text: "Funn eller svar",
  textPlaceholder: "Prøvenummer, sted, svar",
  date: "Dato eller år",
  dateInvalid: "Skriv år, mm.åååå eller dd.mm.åååå.",
  remove: (text: string) => `Fjern funnet ${text}`,
};

export const attachments = {
  title: "Vedlegg",
  count: (n: number, size: string) => (n === 0 ? "Ingen" : `${plural(n, "vedlegg", "vedlegg")} · ${size}`),
  limit: (size: string, limit: string) => `${size} av høyst ${limit}`,
  choose: "Velg fil",
  drop: "PDF, JPEG, PNG eller tekst. Du kan også slippe filen på vinduet.",
  path: "Eller skriv filens plassering",
  takePath: "Legg ved",
  description: "Hva er det?",
  describe: (name: string) => `Beskrivelse av ${name}`,
  remove: (name: string) => `Fjern vedlegget ${name}`,
  to: "Går til",
  toAll: "Alle mottakere (patologi når den er med)",
  dialogTitle: "Legg ved en fil",
  dialogKind: "PDF, bilde eller tekst",
  added: (name: string) => `${name} er lagt ved.`,
  noDraft: "Åpne et utkast før du slipper et vedlegg på vinduet.",
  kinds: { "application/pdf": "PDF", "image/jpeg": "JPEG", "image/png": "PNG", "text/plain": "Tekst" } as Record<string, string>,
};

export const handover = {
  opened: (name: string) => `Rekvisisjonen for ${name} er åpnet som utkast.`,
  known: (name: string) => `Denne er åpnet før. Utkastet for ${name} vises.`,
  sent: (name: string) => `Rekvisisjonen for ${name} er sendt før. Den vises i Oversikt.`,
  unsettled: (name: string) => `Journalen har bestilt «${name}».`,
  settle: "Si hvilken tjeneste det er. Ingen er valgt for deg.",
  unknownReceiver: (receiver: string) => `Katalogen til ${receiver} er ikke i bruk her.`,
  takenFrom: (what: string) => `Fra: ${what}.`,
  choose: (name: string) => `Tjeneste for «${name}»`,
  search: "Søk etter tjenesten",
  inBasket: "i rekvisisjonen",
  noChoice: "Ingen tjeneste ligner. Søk etter den her, eller ta bestillingen bort.",
  settled: (name: string) => `${name} er satt inn.`,
  takenAt: (when: string) => `Tatt ${when}`,
  labelled: (number: string) => `merket ${number}`,
  fromRecord: "Fra journalen",
  takeNew: "Ta ny prøve i stedet",
  takeNewOf: (name: string) => `Ta ny prøve i stedet for beholder ${name}`,
  back: "Lever til journalen",
  backTitle: "Lever rekvisisjonen tilbake til journalen",
  backKind: "Rekvisisjon",
  backDone: (files: string) => `Skrevet: ${files}.`,
};

export const orderRefusals = {
  refused: (field: string, why: string) => `Filen åpnes ikke. Feltet ${field}: ${why}`,
  action: "Ingenting er tatt inn. Rett det i journalsystemet, og gi filen på nytt.",
  more: (n: number) => ` ${plural(n, "felt", "felt")} til må rettes.`,
  why: {
    unreadable: "filen kan ikke leses.",
    missing: "mangler.",
    unknown_field: "ukjent felt.",
    form: "har feil form.",
    blank: "er tomt.",
    too_long: "er for langt.",
    character: "har et tegn som meldingen ikke kan bære.",
    not_in_list: "koden finnes ikke i listen.",
    control_digits: "kontrollsifrene stemmer ikke.",
    no_such_date: "datoen finnes ikke.",
    impossible_date: "datoen kan ikke stemme.",
    contradiction: "motsier et annet felt.",
    attachment: "vedlegget kan ikke brukes.",
    not_held: "har ingen plass i et utkast her, og skal ikke gå tapt.",
    other_office: "er ikke dette kontoret.",
    follow_up: "gjelder en rekvisisjon som er sendt. Endre eller avbestill den der den ble sendt fra.",
    other: "kan ikke tas inn.",
  } as Record<string, string>,
};

export const ruleUses = {
  title: "Beslutningsstøtte",
  since: (day: string) => `Slik er reglene brukt her siden ${day}. Hver linje i et utkast telles én gang.`,
  rule: "Regel, kilde og dato",
  severity: "Grad",
  shown: "Vist",
  overridden: "Overstyrt",
  severities: { stop: "Stopper", warn: "Varsler", note: "Opplyser" },
  about: (names: string, more: number) => (more > 0 ? `${names} og ${more} til` : names),
  ofProgram: "Programmets egen regel",
  reason: (reason: string, times: number) => `${reason} (${times})`,
  own: {
    duplicate: "Samme analyse to ganger",
    also_elsewhere: "Samme analyse hos flere",
    sex_mismatch: "Annet kjønn enn undersøkelsen gjelder",
    age_limit: "Utenfor alderen som undersøkelsen gjelder",
    retest_too_soon: "Bestilt igjen for tidlig",
    urgency_in_text: "Hasteord i teksten",
    brought_material: "Annet materiale enn laboratoriet ber om",
  } as Record<string, string>,
};
