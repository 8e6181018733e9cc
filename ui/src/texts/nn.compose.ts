// The words of what a draft says beside services and clinical text, in nynorsk.
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
  title: "Spørsmål til pasienten",
  safety: "Tryggleiksspørsmål",
  intro: "Les høgt, eller lat pasienten lese sjølv. Kvart spørsmål må svarast på i dag.",
  progress: (answered, total) => `${answered} av ${total} svara på`,
  start: "Start samtalen",
  proceed: "Hald fram med samtalen",
  again: "Sjå eller endre svara",
  answers: "Svara",
  number: (n, total) => `Spørsmål ${n} av ${total}`,
  unanswered: "Ikkje svara på",
  last: (when) => `Svara ${when}:`,
  still: (answer) => `Gjeld framleis: ${answer}`,
  fromLast: (n) => `${plural(n, "svar", "svar")} frå sist er klare til å stadfestast.`,
  next: "Neste utan svar",
  done: "Ferdig",
  language: "Språk for pasienten",
  languages: { nb: "Bokmål", nn: "Nynorsk", en: "English" },
  optional: "kan stå tomt",
};

export const missingList: typeof nbMissing = {
  show: "Vis alt som gjenstår",
  hide: "Skjul lista",
  title: "Dette gjenstår",
  question: (line, question) => `${line}: ${question}`,
};

export const ruleFacts: typeof nbRule = {
  show: "Om regelen",
  text: "Regel",
  from: "Frå",
  source: "Kjelde",
  checked: "Kontrollert",
  id: "Id",
  own: "Rekvirent sin eigen kontroll",
};

export const containers: typeof nbContainers = {
  title: "Behaldarar",
  several: "Fleire behaldarar",
  hint: "Kvar behaldar får sin eigen etikett med eige nummer.",
  add: "Legg til behaldar",
  remove: (name) => `Fjern behaldar ${name}`,
  one: (name) => `Behaldar ${name}`,
  site: "Lokalisasjon",
  sitePlaceholder: "Så presist at staden kan finnast igjen",
  side: "Side",
  sides: { right: "Høgre", left: "Venstre", midline: "Midtlinje" },
  procedure: "Prosedyre",
  procedures: ["Stansebiopsi", "Eksisjonsbiopsi", "Shavebiopsi", "Curettage", "Nålebiopsi", "Skrap"],
  material: "Materiale",
  fixative: "Fiksering",
  fixativeUsual: (usual) => `${usual} (vanleg)`,
  unit: "mm",
  size: "Største mål",
  sizeInvalid: "Skriv eit mål mellom 0 og 1000 mm.",
  comment: "Orientering og anna",
  more: (name) => `Meir om behaldar ${name}`,
  moreTitle: "Prosedyre, fiksering, orientering",
  siteMissing: "må fyllast ut",
};

export const series: typeof nbSeries = {
  open: "Serie eller annan dag",
  day: "Dag for denne",
  standing: "Fast serie",
  times: "Tal på gonger",
  every: "Kvar",
  units: { day: "dag", week: "veke", month: "månad" },
  start: "Første gong",
  end: "Siste dag",
  instructions: "Elles",
  instructionsHint: "Til dømes: før neste dose",
  summary: (times, every, end) => [times, every, end].filter(Boolean).join(" · "),
  summaryTimes: (n) => `${n} gonger`,
  summaryEvery: (n, unit) => (n === 1 ? `kvar ${unit}` : `kvar ${n}. ${unit}`),
  summaryEnd: (day) => `til ${day}`,
  summaryDay: (day) => `blir teken ${day}`,
  stop: "Fjern serien",
  close: "Ferdig",
  timesInvalid: "Eit tal frå 2 til 999.",
};

export const place: typeof nbPlace = {
  label: "Prøva blir teken",
  office: "Her",
  home: "Heime",
  elsewhere: "Ein annan stad",
  name: "Kven tek prøva?",
  namePlaceholder: "Sjukehus, sjukeheim eller kontor",
  homeHint: "Det pasienten kan ta sjølv, får etikett no. Resten blir teke her.",
  elsewhereHint: "Rekvisisjonen blir send med ein gong og seier kven som tek prøva.",
};

export const pathway: typeof nbPathway = {
  cancer: "Pakkeforløp for kreft",
};

export const earlier: typeof nbEarlier = {
  title: "Tidlegare funn og svar",
  add: "Legg til funn",
  text: "Funn eller svar",
  textPlaceholder: "Prøvenummer, stad, svar",
  date: "Dato eller år",
  dateInvalid: "Skriv år, mm.åååå eller dd.mm.åååå.",
  remove: (text) => `Fjern funnet ${text}`,
};

export const attachments: typeof nbAttachments = {
  title: "Vedlegg",
  count: (n, size) => (n === 0 ? "Ingen" : `${plural(n, "vedlegg", "vedlegg")} · ${size}`),
  limit: (size, limit) => `${size} av høgst ${limit}`,
  choose: "Vel fil",
  drop: "PDF, JPEG, PNG eller tekst. Du kan òg sleppe fila på vindauget.",
  path: "Eller skriv kvar fila ligg",
  takePath: "Legg ved",
  description: "Kva er det?",
  describe: (name) => `Omtale av ${name}`,
  remove: (name) => `Fjern vedlegget ${name}`,
  to: "Går til",
  toAll: "Alle mottakarar (patologi når ho er med)",
  dialogTitle: "Legg ved ei fil",
  dialogKind: "PDF, bilete eller tekst",
  added: (name) => `${name} er lagt ved.`,
  noDraft: "Opne eit utkast før du slepp eit vedlegg på vindauget.",
  kinds: { "application/pdf": "PDF", "image/jpeg": "JPEG", "image/png": "PNG", "text/plain": "Tekst" },
};

export const handover: typeof nbHandover = {
  opened: (name) => `Rekvisisjonen for ${name} er opna som utkast.`,
  known: (name) => `Denne er opna før. Utkastet for ${name} er vist.`,
  sent: (name) => `Rekvisisjonen for ${name} er send før. Han er vist i Oversikt.`,
  unsettled: (name) => `Journalen har bestilt «${name}».`,
  settle: "Sei kva teneste det er. Inga er vald for deg.",
  unknownReceiver: (receiver) => `Katalogen til ${receiver} er ikkje i bruk her.`,
  takenFrom: (what) => `Frå: ${what}.`,
  choose: (name) => `Teneste for «${name}»`,
  search: "Søk etter tenesta",
  inBasket: "i rekvisisjonen",
  noChoice: "Inga teneste liknar. Søk etter henne her, eller ta bestillinga bort.",
  settled: (name) => `${name} er sett inn.`,
  takenAt: (when) => `Teken ${when}`,
  labelled: (number) => `merkt ${number}`,
  fromRecord: "Frå journalen",
  takeNew: "Ta ny prøve i staden",
  takeNewOf: (name) => `Ta ny prøve i staden for behaldar ${name}`,
  back: "Lever til journalen",
  backTitle: "Lever rekvisisjonen tilbake til journalen",
  backKind: "Rekvisisjon",
  backDone: (files) => `Skrive: ${files}.`,
};

export const orderRefusals: typeof nbOrder = {
  refused: (field, why) => `Fila blir ikkje opna. Feltet ${field}: ${why}`,
  action: "Ingenting er teke inn. Rett det i journalsystemet, og gi fila på nytt.",
  more: (n) => ` ${plural(n, "felt", "felt")} til må rettast.`,
  why: {
    unreadable: "fila kan ikkje lesast.",
    missing: "manglar.",
    unknown_field: "ukjent felt.",
    form: "har feil form.",
    blank: "er tomt.",
    too_long: "er for langt.",
    character: "har eit teikn som meldinga ikkje kan bere.",
    not_in_list: "koden finst ikkje i lista.",
    control_digits: "kontrollsifra stemmer ikkje.",
    no_such_date: "datoen finst ikkje.",
    impossible_date: "datoen kan ikkje stemme.",
    contradiction: "motseier eit anna felt.",
    attachment: "vedlegget kan ikkje brukast.",
    not_held: "har ingen plass i eit utkast her, og skal ikkje gå tapt.",
    other_office: "er ikkje dette kontoret.",
    follow_up: "gjeld ein rekvisisjon som er send. Endre eller avbestill han der han vart send frå.",
    other: "kan ikkje takast inn.",
  },
};

export const ruleUses: typeof nbRuleUses = {
  title: "Avgjerdsstøtte",
  since: (day) => `Slik er reglane brukte her sidan ${day}. Kvar linje i eit utkast blir talt éin gong.`,
  rule: "Regel, kjelde og dato",
  severity: "Grad",
  shown: "Vist",
  overridden: "Overstyrt",
  severities: { stop: "Stoppar", warn: "Varslar", note: "Opplyser" },
  about: (names, more) => (more > 0 ? `${names} og ${more} til` : names),
  ofProgram: "Programmet sin eigen regel",
  reason: (reason, times) => `${reason} (${times})`,
  own: {
    duplicate: "Same analyse to gonger",
    also_elsewhere: "Same analyse hos fleire",
    sex_mismatch: "Anna kjønn enn undersøkinga gjeld",
    age_limit: "Utanfor alderen som undersøkinga gjeld",
    retest_too_soon: "Bestilt igjen for tidleg",
    urgency_in_text: "Hasteord i teksten",
    brought_material: "Anna materiale enn laboratoriet bed om",
  },
};
