//! What every field of the order document looks like, as one table, and the walk that holds a document to it.
//!
//! The table is the only description: documents from outside and orders built by the application are both walked. Rules
//! between fields are in `rules`.

use jiff::Zoned;
use serde_json::{Map, Value};

use super::{Moment, MomentError, Precision, Problem, ProblemCode};
use crate::codes::{CodeSystem, Discipline, ListNumber, in_nlk, list_text};
use crate::ids::{NationalId, NationalIdError, NationalIdKind, RequisitionId};

/// Longest clinical text, in characters.
const TEXT: usize = 10_000;
/// Longest name or label, in characters.
const LABEL: usize = 300;
/// Longest id, in characters.
const ID: usize = 100;
/// No date in a requisition is older.
const FIRST_YEAR: i16 = 1850;
/// Lists that receivers use and of which no complete copy is published: any code of theirs is accepted.
const OPEN_LISTS: [ListNumber; 2] = [8351, 8352];

enum Shape {
    Object(&'static [Field]),
    /// An object with at least one field.
    SomeOf(&'static [Field]),
    List(&'static Shape),
    /// Text of at most so many characters.
    Text(usize),
    /// Text of a form.
    Word(fn(&str) -> bool, &'static str),
    Choice(&'static [&'static str]),
    Discipline,
    Listed(ListNumber),
    Code,
    /// Least and greatest precision, and whether it must lie in the past.
    Moment(Precision, Precision, bool),
    Uuid,
    National(NationalIdKind),
    Flag,
    True,
    Count,
    Number,
    /// Judged with the attachment's content.
    Base64,
}

struct Field {
    name: &'static str,
    required: bool,
    shape: &'static Shape,
}

const fn must(name: &'static str, shape: &'static Shape) -> Field {
    Field { name, required: true, shape }
}

const fn may(name: &'static str, shape: &'static Shape) -> Field {
    Field { name, required: false, shape }
}

static ANY_TEXT: Shape = Shape::Text(TEXT);
static ANY_LABEL: Shape = Shape::Text(LABEL);
static ANY_ID: Shape = Shape::Text(ID);
static CODE: Shape = Shape::Code;
static FLAG: Shape = Shape::Flag;
static COUNT: Shape = Shape::Count;
static PAST_DAY: Shape = Shape::Moment(Precision::Day, Precision::Day, true);
static PAST_TIME: Shape = Shape::Moment(Precision::Time, Precision::Time, true);
static PAST_DAY_OR_TIME: Shape = Shape::Moment(Precision::Day, Precision::Time, true);
static PAST_PARTIAL: Shape = Shape::Moment(Precision::Year, Precision::Time, true);
static DAY_OR_TIME: Shape = Shape::Moment(Precision::Day, Precision::Time, false);
static PARTIAL: Shape = Shape::Moment(Precision::Year, Precision::Time, false);
static PHONE: Shape = Shape::Word(is_phone, "must be a telephone number: digits and spaces, perhaps after +");
static EMAIL: Shape = Shape::Word(is_email, "must be an e-mail address");
static HER: Shape = Shape::Word(is_her, "must be a HER-id: one to nine digits, the first not 0");
static HPR: Shape =
    Shape::Word(|s| (7..=9).contains(&s.len()) && digits(s), "must be an HPR number: seven to nine digits");
static ENH: Shape = Shape::Word(
    |s| s.len() == 9 && s.starts_with(['8', '9']) && digits(s),
    "must be an organisation number: nine digits, the first 8 or 9",
);

static LOCAL_IDS: Shape = Shape::Object(&[may("requester", &ANY_ID), may("serviceProvider", &ANY_ID)]);
static PERSON_IDS: Shape = Shape::Object(&[may("HER", &HER), may("HPR", &HPR)]);
static UNIT_IDS: Shape =
    Shape::Object(&[may("HER", &HER), may("ENH", &ENH), may("RSH", &ANY_ID), may("LIN", &ANY_ID), may("LAV", &ANY_ID)]);
static UNIT: Shape = Shape::Object(&[must("name", &ANY_LABEL), may("ids", &UNIT_IDS)]);
static PERSON: Shape = Shape::Object(&[must("name", &ANY_LABEL), may("ids", &PERSON_IDS)]);
static ADDRESS: Shape =
    Shape::Object(&[may("street", &ANY_LABEL), may("postalCode", &Shape::Text(12)), may("city", &ANY_LABEL)]);
static PARTY: Shape = Shape::Object(&[
    must("organisation", &UNIT),
    may("departments", &Shape::List(&UNIT)),
    may("person", &PERSON),
    may("phone", &PHONE),
    may("email", &EMAIL),
    may("address", &ADDRESS),
]);
static COPY_RECIPIENT: Shape = Shape::Object(&[
    must("organisation", &UNIT),
    may("departments", &Shape::List(&UNIT)),
    may("person", &PERSON),
    may("phone", &PHONE),
    may("email", &EMAIL),
    may("address", &ADDRESS),
    may("gets", &Shape::Choice(&["request", "answer", "both"])),
]);
static PAYER: Shape = Shape::Object(&[
    must("guarantorType", &ANY_LABEL),
    must("organisation", &UNIT),
    may("departments", &Shape::List(&UNIT)),
    may("person", &PERSON),
    may("phone", &PHONE),
    may("email", &EMAIL),
    may("address", &ADDRESS),
]);
static CLINICIAN: Shape = Shape::Object(&[
    may("name", &ANY_LABEL),
    may("profession", &Shape::Listed(9060)),
    may("ids", &PERSON_IDS),
    may("unit", &UNIT),
    must("phone", &PHONE),
    may("email", &EMAIL),
    may("address", &ADDRESS),
]);
static PATIENT: Shape = Shape::Object(&[
    must(
        "ids",
        &Shape::SomeOf(&[
            may("FNR", &Shape::National(NationalIdKind::Fnr)),
            may("DNR", &Shape::National(NationalIdKind::Dnr)),
            may("FHN", &Shape::National(NationalIdKind::Fhn)),
            may("HNR", &ANY_ID),
        ]),
    ),
    may("localIds", &LOCAL_IDS),
    must("name", &Shape::Object(&[must("family", &ANY_LABEL), must("given", &ANY_LABEL)])),
    may("sex", &Shape::Choice(&["0", "1", "2", "9"])),
    may("birthDate", &PAST_DAY),
    may("address", &ADDRESS),
    may("phone", &PHONE),
    may("email", &EMAIL),
    may("admissionCategory", &Shape::Listed(8240)),
]);
static INFORMATION_ITEM: Shape = Shape::Object(&[
    must("type", &Shape::Listed(8233)),
    may("code", &CODE),
    may("text", &ANY_TEXT),
    may("comment", &ANY_TEXT),
    may("from", &PARTIAL),
    may("to", &PARTIAL),
    may("date", &PARTIAL),
]);
static SERVICE: Shape = Shape::Object(&[
    may("action", &Shape::Choice(&["new", "unchanged", "changed", "cancelled"])),
    must("code", &CODE),
    may("localCode", &CODE),
    may("specs", &Shape::List(&CODE)),
    may("comment", &ANY_TEXT),
    may("priority", &Shape::Listed(8304)),
    may("purpose", &Shape::Listed(8248)),
    may("requestedDate", &DAY_OR_TIME),
    may(
        "series",
        &Shape::SomeOf(&[
            may("times", &COUNT),
            may("start", &DAY_OR_TIME),
            may("end", &DAY_OR_TIME),
            may("interval", &ANY_LABEL),
            may("endCondition", &ANY_LABEL),
            may("instructions", &ANY_TEXT),
        ]),
    ),
    may("specimens", &Shape::List(&ANY_ID)),
]);
static SPECIMEN: Shape = Shape::Object(&[
    must("key", &ANY_ID),
    may("ids", &LOCAL_IDS),
    must("material", &Shape::SomeOf(&[may("text", &ANY_LABEL), may("code", &CODE)])),
    may("anatomicalOrigin", &ANY_LABEL),
    may("collected", &PAST_DAY_OR_TIME),
    may("notCollected", &Shape::True),
    may("plannedDate", &DAY_OR_TIME),
    may("collectorComment", &ANY_TEXT),
    may("collectionMethod", &CODE),
    may("preservative", &ANY_LABEL),
    may("number", &COUNT),
    may("handling", &Shape::List(&ANY_LABEL)),
    may(
        "measures",
        &Shape::List(&Shape::Object(&[
            must("quantity", &ANY_LABEL),
            must("value", &Shape::Number),
            must("unit", &ANY_LABEL),
        ])),
    ),
    may("pretreatment", &Shape::SomeOf(&[may("heading", &Shape::Listed(8232)), may("text", &ANY_TEXT)])),
    may("comment", &ANY_TEXT),
]);
static ATTACHMENT: Shape = Shape::Object(&[
    may("id", &ANY_ID),
    must("description", &ANY_LABEL),
    must("mimeType", &Shape::Choice(&["application/pdf", "image/jpeg", "image/png", "text/plain"])),
    may("date", &PAST_TIME),
    may("base64", &Shape::Base64),
    may("path", &Shape::Text(4096)),
]);
static ORDER: Shape = Shape::Object(&[
    must("format", &Shape::Choice(&["rekvirent-order/1"])),
    must("kind", &Shape::Choice(&["new", "change", "addition", "cancel"])),
    may("status", &Shape::Choice(&["test", "production"])),
    may(
        "requisition",
        &Shape::Object(&[may("id", &Shape::Uuid), may("issued", &PAST_TIME), may("serviceProviderId", &ANY_ID)]),
    ),
    must("discipline", &Shape::Discipline),
    must("patient", &PATIENT),
    must("requester", &PARTY),
    must("orderingClinician", &CLINICIAN),
    may("regularGp", &PERSON),
    must("serviceProvider", &PARTY),
    may("copyRecipients", &Shape::List(&COPY_RECIPIENT)),
    may("payment", &Shape::Object(&[may("category", &Shape::Listed(4101)), may("payer", &PAYER)])),
    may("urgency", &Shape::Choice(&["H", "N", "L"])),
    may("requestedReportDate", &DAY_OR_TIME),
    may("reservation", &Shape::Choice(&["R", "T", "U"])),
    may("reasons", &Shape::List(&Shape::Object(&[must("heading", &Shape::Listed(8231)), must("text", &ANY_TEXT)]))),
    may(
        "diagnoses",
        &Shape::List(&Shape::Object(&[must("role", &Shape::Choice(&["main", "secondary"])), must("code", &CODE)])),
    ),
    may("findings", &Shape::List(&Shape::Object(&[must("text", &ANY_TEXT), may("date", &PAST_PARTIAL)]))),
    may("informationItems", &Shape::List(&INFORMATION_ITEM)),
    may("mayChangeModality", &FLAG),
    may("comments", &Shape::List(&Shape::Object(&[may("heading", &Shape::Listed(8234)), must("text", &ANY_TEXT)]))),
    may("services", &Shape::List(&SERVICE)),
    may("specimens", &Shape::List(&SPECIMEN)),
    may("attachments", &Shape::List(&ATTACHMENT)),
]);

/// Holds a whole document to the table.
pub(super) fn walk(document: &Value, now: &Zoned) -> Vec<Problem> {
    let mut walk = Walk { now, problems: Vec::new() };
    if document.is_object() {
        walk.value("", document, &ORDER);
    } else {
        walk.say("JSON", ProblemCode::Unreadable, "the document must be an object");
    }
    walk.problems
}

/// The path of a field inside an object.
pub(super) fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

struct Walk<'a> {
    now: &'a Zoned,
    problems: Vec<Problem>,
}

impl Walk<'_> {
    fn say(&mut self, path: &str, code: ProblemCode, explanation: impl Into<String>) {
        self.problems.push(Problem::new(path, code, explanation));
    }

    fn value(&mut self, path: &str, value: &Value, shape: &Shape) {
        match shape {
            Shape::Object(fields) => self.object(path, value, fields),
            Shape::SomeOf(fields) => {
                if value.as_object().is_some_and(Map::is_empty) {
                    let names: Vec<_> = fields.iter().map(|field| field.name).collect();
                    self.say(path, ProblemCode::Missing, format!("needs one of {}", names.join(", ")));
                }
                self.object(path, value, fields);
            }
            Shape::List(item) => match value.as_array() {
                Some(items) => {
                    for (at, value) in items.iter().enumerate() {
                        self.value(&format!("{path}[{at}]"), value, item);
                    }
                }
                None => self.say(path, ProblemCode::Form, "must be a list"),
            },
            Shape::Code => self.code(path, value),
            Shape::Flag if value.is_boolean() => {}
            Shape::Flag => self.say(path, ProblemCode::Form, "must be true or false"),
            Shape::True if *value == Value::Bool(true) => {}
            Shape::True => self.say(path, ProblemCode::Form, "must be true, or left out"),
            Shape::Number if value.is_number() => {}
            Shape::Number => self.say(path, ProblemCode::Form, "must be a number"),
            Shape::Count => match value.as_u64() {
                Some(1..=0xffff_ffff) => {}
                _ => self.say(path, ProblemCode::Form, "must be a whole number from 1"),
            },
            Shape::Text(_)
            | Shape::Word(..)
            | Shape::Choice(_)
            | Shape::Discipline
            | Shape::Listed(_)
            | Shape::Moment(..)
            | Shape::Uuid
            | Shape::National(_)
            | Shape::Base64 => match value.as_str() {
                Some(text) => self.text(path, text, shape),
                None => self.say(path, ProblemCode::Form, "must be text in quotation marks"),
            },
        }
    }

    fn object(&mut self, path: &str, value: &Value, fields: &[Field]) {
        let Some(object) = value.as_object() else {
            self.say(path, ProblemCode::Form, "must be an object");
            return;
        };
        for field in fields {
            match object.get(field.name) {
                Some(value) => self.value(&join(path, field.name), value, field.shape),
                None if field.required => self.problems.push(Problem::missing(join(path, field.name))),
                None => {}
            }
        }
        for name in object.keys().filter(|name| !fields.iter().any(|field| field.name == name.as_str())) {
            // A name of control characters would break the line it is reported on.
            let name: String = name.chars().take(ID).flat_map(char::escape_debug).collect();
            self.say(&join(path, &name), ProblemCode::UnknownField, "is not a field of this format");
        }
    }

    /// Judges the characters, then the form.
    fn text(&mut self, path: &str, text: &str, shape: &Shape) {
        if let Some(character) = text.chars().find(|c| !xml_can_carry(*c)) {
            let explanation = format!("has the character U+{:04X}, which XML cannot carry", u32::from(character));
            self.say(path, ProblemCode::Character, explanation);
            return;
        }
        if text.trim().is_empty() {
            self.say(path, ProblemCode::Blank, "must not be empty");
            return;
        }
        match shape {
            Shape::Text(limit) => {
                let length = text.chars().count();
                if length > *limit {
                    self.say(path, ProblemCode::TooLong, format!("is {length} characters long, the limit is {limit}"));
                }
            }
            Shape::Word(fits, explanation) if !fits(text) => self.say(path, ProblemCode::Form, *explanation),
            Shape::Choice(choices) if !choices.contains(&text) => {
                self.say(path, ProblemCode::Form, format!("must be one of {}", choices.join(", ")));
            }
            Shape::Discipline if Discipline::from_code(text).is_none() => {
                let codes = Discipline::ALL.map(Discipline::code).join(", ");
                self.say(path, ProblemCode::NotInList, format!("must be one of {codes}"));
            }
            Shape::Listed(list) if list_text(*list, text).is_none() => {
                self.say(path, ProblemCode::NotInList, format!("is not a code of list {list}"));
            }
            Shape::Uuid if text.parse::<RequisitionId>().is_err() => {
                self.say(path, ProblemCode::Form, "must be a UUID");
            }
            Shape::Moment(least, most, past) => self.moment(path, text, (*least, *most), *past),
            Shape::National(kind) => self.national(path, text, *kind),
            _ => {}
        }
    }

    fn moment(&mut self, path: &str, text: &str, (least, most): (Precision, Precision), past: bool) {
        let moment = match Moment::parse(text) {
            Ok(moment) => moment,
            Err(error) => {
                let code = match error {
                    MomentError::Form => ProblemCode::Form,
                    MomentError::NoSuchMoment => ProblemCode::NoSuchDate,
                };
                self.say(path, code, error.to_string());
                return;
            }
        };
        let precision = moment.precision();
        if precision < least || precision > most {
            let wanted = match (least, most) {
                (Precision::Time, _) => "must be a date with a time",
                (_, Precision::Day) => "must be a date without a time",
                _ => "must be a date, with or without a time",
            };
            self.say(path, ProblemCode::Form, wanted);
        } else if moment.year() < FIRST_YEAR {
            self.say(path, ProblemCode::ImpossibleDate, format!("lies before {FIRST_YEAR}"));
        } else if past && moment.is_after(self.now) {
            self.say(path, ProblemCode::ImpossibleDate, "lies in the future");
        }
    }

    fn national(&mut self, path: &str, text: &str, kind: NationalIdKind) {
        if text.len() != 11 || !digits(text) {
            self.say(path, ProblemCode::Form, "must be eleven digits");
            return;
        }
        match NationalId::parse(text) {
            Ok(id) if id.kind() == kind => {}
            Ok(id) => {
                let other = format!("{:?}", id.kind()).to_uppercase();
                self.say(path, ProblemCode::Form, format!("begins like another kind of number ({other})"));
            }
            Err(error) => {
                let code = match error {
                    NationalIdError::NoSuchDate => ProblemCode::NoSuchDate,
                    NationalIdError::NotElevenDigits => ProblemCode::Form,
                    NationalIdError::ControlDigits | NationalIdError::LocalNumber => ProblemCode::ControlDigits,
                };
                self.say(path, code, error.to_string());
            }
        }
    }

    fn code(&mut self, path: &str, value: &Value) {
        static FIELDS: [Field; 3] = [must("system", &ANY_LABEL), may("code", &ANY_ID), must("display", &ANY_LABEL)];
        self.object(path, value, &FIELDS);
        let Some(name) = value.get("system").and_then(Value::as_str) else {
            return;
        };
        let code = value.get("code").and_then(Value::as_str);
        let Ok(system) = CodeSystem::parse(name) else {
            let explanation = "must be one of NLK, NCRP, NORPAT, ICPC2, ICD10, LOCAL, volven:NNNN";
            self.say(&join(path, "system"), ProblemCode::NotInList, explanation);
            return;
        };
        let Some(code) = code else {
            let text_alone = system == CodeSystem::LOCAL || system == CodeSystem::NCRP;
            if !text_alone && value.get("code").is_none() && value.is_object() {
                self.problems.push(Problem::missing(join(path, "code")));
            }
            return;
        };
        if system == CodeSystem::NLK && !in_nlk(code) {
            self.say(&join(path, "code"), ProblemCode::NotInList, "is not a code of NLK (7280.77)");
        }
        if let Some(list) = system.list() {
            if !crate::codes::lists().contains_key(&list) {
                if !OPEN_LISTS.contains(&list) {
                    let explanation = format!("names list {list}, which this message does not use");
                    self.say(&join(path, "system"), ProblemCode::NotInList, explanation);
                }
            } else if list_text(list, code).is_none() {
                self.say(&join(path, "code"), ProblemCode::NotInList, format!("is not a code of list {list}"));
            }
        }
    }
}

/// XML 1.0, production 2 (Char).
fn xml_can_carry(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..='\u{10ffff}')
}

fn digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

fn is_her(text: &str) -> bool {
    (1..=9).contains(&text.len()) && digits(text) && !text.starts_with('0')
}

/// `^\+?[0-9][0-9 ]{2,18}$`
fn is_phone(text: &str) -> bool {
    let number = text.strip_prefix('+').unwrap_or(text);
    (3..=19).contains(&number.len())
        && number.starts_with(|c: char| c.is_ascii_digit())
        && number.bytes().all(|b| b.is_ascii_digit() || b == b' ')
}

/// `^[^@\s]+@[^@\s]+\.[^@\s]+$`, at most 200 characters.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let inner_dot = domain.char_indices().any(|(at, c)| c == '.' && at > 0 && at + 1 < domain.len());
    !local.is_empty()
        && inner_dot
        && !domain.contains('@')
        && !text.contains(char::is_whitespace)
        && text.chars().count() <= 200
}
