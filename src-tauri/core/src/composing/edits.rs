//! Edits of a draft: each one is taken whole or refused with a reason.
//!
//! An edit is refused when it could never be sent or would order something else than the user asked for. Everything
//! else, an incomplete draft included, is taken and commented on by [`crate::composing::compose`].

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use serde::Serialize;
use specta::Type;

use crate::catalogue::model::{AnswerType, Question};
use crate::composing::catalogues::{Catalogues, questions_of, replacement};
use crate::composing::draft::{Answer, Diagnosis, Draft, Edit, Line, Override, Patient};
use crate::composing::findings::own_reasons;
use crate::composing::panels::{self, Offer, Picked, Source};
use crate::composing::text::{self, LONGEST_LABEL, LONGEST_TEXT, TextFault};

/// Most lines in one draft: far beyond any order, and a bound on all work that follows from a draft.
pub const MOST_LINES: usize = 300;
/// Longest clinical text that is kept. Receivers take less, which is a finding; a pasted text is not lost before it is cut.
const LONGEST_KEPT: usize = 100_000;
/// Most diagnoses and copy recipients.
const MOST_ENTRIES: usize = 50;

/// Why an edit was refused. The window words it by its code; no variant carries what was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum EditRefused {
    /// No catalogue of this provider is in use.
    #[error("no catalogue of {provider} is in use")]
    UnknownProvider {
        /// Provider id.
        provider: String,
    },
    /// The catalogue has no such service.
    #[error("{provider} has no service {service}")]
    UnknownService {
        /// Provider id.
        provider: String,
        /// Service id.
        service: String,
    },
    /// The catalogue has no such panel.
    #[error("{provider} has no panel {panel}")]
    UnknownPanel {
        /// Provider id.
        provider: String,
        /// Panel id.
        panel: String,
    },
    /// The service is no longer offered.
    #[error("{name} is withdrawn")]
    Withdrawn {
        /// Its name.
        name: String,
        /// Service id that took its place.
        replacement: Option<String>,
        /// Its name.
        replacement_name: Option<String>,
    },
    /// The service, or every service of the panel, is in the draft already.
    #[error("{name} is in the draft already")]
    Duplicate {
        /// Line that has it.
        line: u32,
        /// Name of the service or panel.
        name: String,
    },
    /// There is no such line.
    #[error("the draft has no line {line}")]
    UnknownLine {
        /// Line id.
        line: u32,
    },
    /// The line's service does not ask this.
    #[error("the line does not ask {question}")]
    UnknownQuestion {
        /// Question id.
        question: String,
    },
    /// The answer is of another kind than the question, or not among its options.
    #[error("{question} cannot be answered with that")]
    WrongAnswer {
        /// Question id.
        question: String,
    },
    /// The line has nothing to be replaced with.
    #[error("{name} has no replacement")]
    NoReplacement {
        /// Name of the service.
        name: String,
    },
    /// The rule is not known, or does not take this reason.
    #[error("{rule} takes no such reason")]
    UnknownReason {
        /// Rule id.
        rule: String,
    },
    /// A character that no message can carry.
    #[error("{field} has the character U+{character:04X} after {at} characters, which no message can carry")]
    UnsafeText {
        /// Field of the draft.
        field: String,
        /// Code point.
        character: u32,
        /// Characters before it.
        at: u32,
    },
    /// Longer than anything can be sent.
    #[error("{field} has {length} characters; {limit} can be kept")]
    TooLong {
        /// Field of the draft.
        field: String,
        /// Characters in it.
        length: u32,
        /// Characters that can be kept.
        limit: u32,
    },
    /// More entries than can be kept.
    #[error("{field} has more than {limit} entries")]
    TooMany {
        /// Field of the draft.
        field: String,
        /// Entries that can be kept.
        limit: u32,
    },
    /// Not a value of its list, or no day that exists.
    #[error("{field} is no value that can be sent")]
    WrongValue {
        /// Field of the draft.
        field: String,
    },
    /// The identity is another person's: that takes a new draft.
    #[error("the draft is for another patient")]
    OtherPatient,
}

impl EditRefused {
    /// The code by which the window words it.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownProvider { .. } => "unknown_provider",
            Self::UnknownService { .. } => "unknown_service",
            Self::UnknownPanel { .. } => "unknown_panel",
            Self::Withdrawn { .. } => "withdrawn",
            Self::Duplicate { .. } => "duplicate",
            Self::UnknownLine { .. } => "unknown_line",
            Self::UnknownQuestion { .. } => "unknown_question",
            Self::WrongAnswer { .. } => "wrong_answer",
            Self::NoReplacement { .. } => "no_replacement",
            Self::UnknownReason { .. } => "unknown_reason",
            Self::UnsafeText { .. } => "unsafe_text",
            Self::TooLong { .. } => "too_long",
            Self::TooMany { .. } => "too_many",
            Self::WrongValue { .. } => "wrong_value",
            Self::OtherPatient => "other_patient",
        }
    }

    /// Figures and names for the wording.
    #[must_use]
    pub fn params(&self) -> BTreeMap<String, String> {
        let pairs: Vec<(&str, String)> = match self {
            Self::UnknownProvider { provider } => vec![("provider", provider.clone())],
            Self::UnknownService { provider, service } => {
                vec![("provider", provider.clone()), ("service", service.clone())]
            }
            Self::UnknownPanel { provider, panel } => vec![("provider", provider.clone()), ("panel", panel.clone())],
            Self::Withdrawn { name, replacement, replacement_name } => vec![
                ("name", name.clone()),
                ("replacement", replacement.clone().unwrap_or_default()),
                ("replacement_name", replacement_name.clone().unwrap_or_default()),
            ],
            Self::Duplicate { line, name } => vec![("line", line.to_string()), ("name", name.clone())],
            Self::UnknownLine { line } => vec![("line", line.to_string())],
            Self::UnknownQuestion { question } | Self::WrongAnswer { question } => vec![("question", question.clone())],
            Self::NoReplacement { name } => vec![("name", name.clone())],
            Self::UnknownReason { rule } => vec![("rule", rule.clone())],
            Self::UnsafeText { field, character, at } => {
                vec![("field", field.clone()), ("character", format!("U+{character:04X}")), ("at", at.to_string())]
            }
            Self::TooLong { field, length, limit } => {
                vec![("field", field.clone()), ("length", length.to_string()), ("limit", limit.to_string())]
            }
            Self::TooMany { field, limit } => vec![("field", field.clone()), ("limit", limit.to_string())],
            Self::WrongValue { field } => vec![("field", field.clone())],
            Self::OtherPatient => vec![],
        };
        pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

/// Makes one edit, where the office has no panels. A refused edit leaves the draft as it was.
///
/// # Errors
/// [`EditRefused`] says why the edit was not made.
pub fn apply(draft: &mut Draft, edit: Edit, catalogues: &Catalogues, now: Timestamp) -> Result<(), EditRefused> {
    apply_with(draft, edit, catalogues, &[], now).map(|_| ())
}

/// Makes one edit; `office` are the office's panels that may be added. Says what became of a panel that was picked. A
/// refused edit leaves the draft as it was.
///
/// A panel brings every one of its services, the withdrawn and the vanished ones too: those become lines with a `stop`, so
/// that nothing is left out without somebody deciding it.
///
/// # Errors
/// [`EditRefused`] says why the edit was not made.
pub fn apply_with(
    draft: &mut Draft,
    edit: Edit,
    catalogues: &Catalogues,
    office: &[Offer],
    now: Timestamp,
) -> Result<Option<Picked>, EditRefused> {
    let mut picked = None;
    match edit {
        Edit::AddService { provider, service } => add_service(draft, provider, service, catalogues)?,
        Edit::AddPanel { provider, panel } => {
            picked = Some(panels::add(draft, &providers_panel(&provider, &panel, catalogues)?, catalogues)?);
        }
        Edit::AddOfficePanel { panel } => {
            let Some(offer) = office.iter().find(|offer| offer.id == panel) else {
                return Err(EditRefused::UnknownPanel { provider: String::new(), panel });
            };
            picked = Some(panels::add(draft, &Source::from(offer), catalogues)?);
        }
        Edit::RemoveLine { line } => remove_line(draft, line)?,
        Edit::ReplaceLine { line } => replace_line(draft, line, catalogues)?,
        Edit::Answer { line, question, answer } => set_answer(draft, line, &question, answer, catalogues)?,
        Edit::Override { line, provider, rule, reason } => {
            set_override(draft, line, provider, rule, reason, catalogues)?
        }
        Edit::ClinicalText { text } => draft.clinical_text = kept_text("clinical_text", &text)?,
        Edit::NoteToCollector { text } => draft.note_to_collector = kept_text("note_to_collector", &text)?,
        Edit::Diagnoses { diagnoses } => draft.diagnoses = checked_diagnoses(diagnoses)?,
        Edit::Urgency { urgency } => draft.urgency = urgency,
        Edit::Payment { category } => draft.payment = list_code("payment", &category)?,
        Edit::CopyRecipients { mut recipients } => {
            at_most("copy_recipients", recipients.len(), MOST_ENTRIES)?;
            for recipient in &mut recipients {
                recipient.organisation = label("copy_recipients", &recipient.organisation)?;
                recipient.name = label("copy_recipients", &recipient.name)?;
            }
            draft.copy_recipients = recipients;
        }
        Edit::Requester { requester } => draft.requester = Some(label("requester", &requester)?),
        Edit::Patient { patient } => draft.patient = same_patient(&draft.patient, patient)?,
        Edit::PlannedDate { date } => draft.planned_date = date.map(|date| existing_day(&date)).transpose()?,
        Edit::SeenCatalogue => draft.based_on.clear(),
    }
    base_on(draft, catalogues);
    draft.revision = draft.revision.saturating_add(1);
    draft.updated = now.to_string();
    Ok(picked)
}

/// Notes for each line the version of the catalogue it is seen with, where none is noted: later changes are news to it.
fn base_on(draft: &mut Draft, catalogues: &Catalogues) {
    let lines = &draft.lines;
    draft.based_on.retain(|id, _| lines.iter().any(|line| line.id == *id));
    for line in lines {
        if let Some(indexed) = catalogues.get(&line.provider) {
            draft.based_on.entry(line.id).or_insert_with(|| indexed.catalogue().version.clone());
        }
    }
}

fn add_service(
    draft: &mut Draft,
    provider: String,
    service: String,
    catalogues: &Catalogues,
) -> Result<(), EditRefused> {
    let Some(indexed) = catalogues.get(&provider) else {
        return Err(EditRefused::UnknownProvider { provider });
    };
    let Some(found) = indexed.service(&service) else {
        return Err(EditRefused::UnknownService { provider, service });
    };
    if found.withdrawn {
        let replacement = replacement(indexed, found);
        return Err(EditRefused::Withdrawn {
            name: found.name.clone(),
            replacement: replacement.map(|new| new.id.clone()),
            replacement_name: replacement.map(|new| new.name.clone()),
        });
    }
    if let Some(line) = line_of(draft, &provider, &service) {
        return Err(EditRefused::Duplicate { line: line.id, name: line.name.clone() });
    }
    at_most("lines", draft.lines.len() + 1, MOST_LINES)?;
    let name = found.name.clone();
    push_line(draft, &provider, &service, None, name);
    Ok(())
}

fn providers_panel(provider: &str, panel: &str, catalogues: &Catalogues) -> Result<Source, EditRefused> {
    let Some(indexed) = catalogues.get(provider) else {
        return Err(EditRefused::UnknownProvider { provider: provider.to_owned() });
    };
    let Some(found) = indexed.panel(panel) else {
        return Err(EditRefused::UnknownPanel { provider: provider.to_owned(), panel: panel.to_owned() });
    };
    Ok(Source::of_provider(indexed, found))
}

fn remove_line(draft: &mut Draft, line: u32) -> Result<(), EditRefused> {
    let at = position(draft, line)?;
    draft.lines.remove(at);
    draft.overrides.retain(|given| given.line != Some(line));
    Ok(())
}

fn replace_line(draft: &mut Draft, line: u32, catalogues: &Catalogues) -> Result<(), EditRefused> {
    let at = position(draft, line)?;
    let Line { provider, service, name, .. } = &draft.lines[at];
    let found = catalogues.service(provider, service).filter(|(_, old)| old.withdrawn);
    let Some((indexed, new)) = found.and_then(|(indexed, old)| Some((indexed, replacement(indexed, old)?))) else {
        return Err(EditRefused::NoReplacement { name: name.clone() });
    };
    let provider = provider.clone();
    let Line { panel, panel_name, .. } = draft.lines[at].clone();
    if line_of(draft, &provider, &new.id).is_some() {
        // The replacement is ordered already, so the old line only goes.
        return remove_line(draft, line);
    }
    draft.last_line = draft.last_line.max(highest_line(draft)) + 1;
    let id = draft.last_line;
    // What was answered for the old one stands for the new one where it asks the same.
    let asks = |question: &str, answer: &Answer| {
        questions_of(indexed, new)
            .find(|asked| asked.id == question)
            .is_some_and(|asked| fitting_answer(asked, answer.clone()).is_ok_and(|kept| kept.is_some()))
    };
    let answers = std::mem::take(&mut draft.lines[at].answers);
    let answers = answers.into_iter().filter(|(question, answer)| asks(question, answer)).collect();
    draft.lines[at] =
        Line { id, provider, service: new.id.clone(), panel, panel_name, name: new.name.clone(), answers };
    draft.overrides.retain(|given| given.line != Some(line));
    Ok(())
}

fn set_answer(
    draft: &mut Draft,
    line: u32,
    question: &str,
    answer: Option<Answer>,
    catalogues: &Catalogues,
) -> Result<(), EditRefused> {
    let at = position(draft, line)?;
    let Line { provider, service, .. } = &draft.lines[at];
    let asked = catalogues
        .service(provider, service)
        .and_then(|(indexed, service)| questions_of(indexed, service).find(|asked| asked.id == question));
    let Some(asked) = asked else {
        return Err(EditRefused::UnknownQuestion { question: question.to_owned() });
    };
    let answer = answer.map(|answer| fitting_answer(asked, answer)).transpose()?.flatten();
    let (answers, key) = if asked.shared {
        (&mut draft.shared_answers, Draft::shared_key(&draft.lines[at].provider, question))
    } else {
        (&mut draft.lines[at].answers, question.to_owned())
    };
    match answer {
        Some(answer) => answers.insert(key, answer),
        None => answers.remove(&key),
    };
    Ok(())
}

/// The answer as it is kept; none where it is empty. Numbers outside the question's bounds are kept and become findings,
/// since the way to 120 leads over 1.
///
/// # Errors
/// When the question takes no such answer.
pub fn fitting_answer(question: &Question, answer: Answer) -> Result<Option<Answer>, EditRefused> {
    let wrong = || EditRefused::WrongAnswer { question: question.id.clone() };
    let is_option = |value: &String| question.options.iter().any(|option| option.value == *value);
    match (question.answer, answer) {
        (AnswerType::Boolean, Answer::Boolean(yes)) => Ok(Some(Answer::Boolean(yes))),
        (AnswerType::Choice, Answer::Choice(value)) if is_option(&value) => Ok(Some(Answer::Choice(value))),
        (AnswerType::Choices, Answer::Choices(values)) if values.iter().all(is_option) => {
            // In the order of the options and each once, so that equal answers are equal.
            let chosen = question.options.iter().map(|option| &option.value).filter(|value| values.contains(value));
            let chosen: Vec<String> = chosen.cloned().collect();
            Ok((!chosen.is_empty()).then_some(Answer::Choices(chosen)))
        }
        (AnswerType::Text, Answer::Text(written)) => {
            let taken =
                text::text(&written, LONGEST_TEXT).map_err(|fault| refused(&question.id, LONGEST_TEXT, fault))?;
            Ok((!taken.trim().is_empty()).then_some(Answer::Text(taken)))
        }
        (AnswerType::Number, Answer::Number(number)) if number.is_finite() => Ok(Some(Answer::Number(number))),
        (AnswerType::Date, Answer::Date(day)) => {
            day.parse::<Date>().map(|day| Some(Answer::Date(day.to_string()))).map_err(|_| wrong())
        }
        (AnswerType::DateTime, Answer::DateTime(time)) => {
            let time = time.parse::<DateTime>().map_err(|_| wrong())?;
            Ok(Some(Answer::DateTime(time.strftime("%Y-%m-%dT%H:%M").to_string())))
        }
        (
            AnswerType::Boolean
            | AnswerType::Choice
            | AnswerType::Choices
            | AnswerType::Text
            | AnswerType::Number
            | AnswerType::Date
            | AnswerType::DateTime,
            _,
        ) => Err(wrong()),
    }
}

fn set_override(
    draft: &mut Draft,
    line: Option<u32>,
    provider: String,
    rule: String,
    reason: Option<String>,
    catalogues: &Catalogues,
) -> Result<(), EditRefused> {
    if let Some(line) = line {
        position(draft, line)?;
    }
    if let Some(reason) = &reason {
        let offered =
            catalogues.rule(&provider, &rule).map_or_else(own_reasons, |known| known.override_reasons.clone());
        if !offered.iter().chain(&own_reasons()).any(|option| option.value == *reason) {
            return Err(EditRefused::UnknownReason { rule });
        }
    }
    draft.overrides.retain(|given| !(given.line == line && given.provider == provider && given.rule == rule));
    if let Some(reason) = reason {
        draft.overrides.push(Override { line, provider, rule, reason });
    }
    Ok(())
}

fn checked_diagnoses(diagnoses: Vec<Diagnosis>) -> Result<Vec<Diagnosis>, EditRefused> {
    at_most("diagnoses", diagnoses.len(), MOST_ENTRIES)?;
    diagnoses
        .into_iter()
        .map(|diagnosis| {
            let known = matches!(diagnosis.system.as_str(), "ICPC2" | "ICD10");
            let code = label("diagnoses", &diagnosis.code)?;
            if !known || code.is_empty() || code.len() > 20 {
                return Err(EditRefused::WrongValue { field: "diagnoses".into() });
            }
            Ok(Diagnosis { system: diagnosis.system, code, display: label("diagnoses", &diagnosis.display)? })
        })
        .collect()
}

/// The same person with other facts. A national number may be filled in where there was none, never changed.
fn same_patient(before: &Patient, patient: Patient) -> Result<Patient, EditRefused> {
    match (&before.national_id, &patient.national_id) {
        (Some(old), Some(new)) if old == new => {}
        (None, _) => {
            if before.birth_date.is_some() && patient.birth_date.is_some() && before.birth_date != patient.birth_date {
                return Err(EditRefused::OtherPatient);
            }
        }
        (Some(_), _) => return Err(EditRefused::OtherPatient),
    }
    let optional = |field: &str, value: &Option<String>| -> Result<Option<String>, EditRefused> {
        let value = value.as_deref().map(|value| label(field, value)).transpose()?;
        Ok(value.filter(|value| !value.is_empty()))
    };
    if !matches!(patient.sex.as_str(), "0" | "1" | "2" | "9") {
        return Err(EditRefused::WrongValue { field: "sex".into() });
    }
    Ok(Patient {
        family: label("family", &patient.family)?,
        given: label("given", &patient.given)?,
        birth_date: patient.birth_date.as_deref().map(existing_day).transpose()?,
        phone: optional("phone", &patient.phone)?,
        street: optional("street", &patient.street)?,
        postal_code: optional("postal_code", &patient.postal_code)?,
        city: optional("city", &patient.city)?,
        national_id: patient.national_id,
        id_kind: patient.id_kind,
        sex: patient.sex,
    })
}

fn kept_text(field: &str, written: &str) -> Result<String, EditRefused> {
    text::text(written, LONGEST_KEPT).map_err(|fault| refused(field, LONGEST_KEPT, fault))
}

fn label(field: &str, written: &str) -> Result<String, EditRefused> {
    text::line(written, LONGEST_LABEL).map_err(|fault| refused(field, LONGEST_LABEL, fault))
}

fn refused(field: &str, limit: usize, fault: TextFault) -> EditRefused {
    let small = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    match fault {
        TextFault::Unsafe { character, at } => {
            EditRefused::UnsafeText { field: field.to_owned(), character: u32::from(character), at: small(at) }
        }
        TextFault::TooLong { length } => {
            EditRefused::TooLong { field: field.to_owned(), length: small(length), limit: small(limit) }
        }
    }
}

fn list_code(field: &str, code: &str) -> Result<String, EditRefused> {
    let fits =
        (1..=12).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    fits.then(|| code.to_owned()).ok_or_else(|| EditRefused::WrongValue { field: field.to_owned() })
}

fn existing_day(day: &str) -> Result<String, EditRefused> {
    let wrong = |_| EditRefused::WrongValue { field: "date".into() };
    day.parse::<Date>().map(|day| day.to_string()).map_err(wrong)
}

fn at_most(field: &str, count: usize, limit: usize) -> Result<(), EditRefused> {
    if count <= limit {
        return Ok(());
    }
    Err(EditRefused::TooMany { field: field.to_owned(), limit: u32::try_from(limit).unwrap_or(u32::MAX) })
}

/// Whether a draft may have so many lines.
pub(crate) fn at_most_lines(count: usize) -> Result<(), EditRefused> {
    at_most("lines", count, MOST_LINES)
}

/// The line that has a service already.
pub(crate) fn line_of<'a>(draft: &'a Draft, provider: &str, service: &str) -> Option<&'a Line> {
    draft.lines.iter().find(|line| line.provider == provider && line.service == service)
}

/// Adds a service of an earlier requisition and tells its line. One that is no longer offered comes along too: its line
/// stops the draft until somebody decides on it, so that a copy never orders silently less.
///
/// # Errors
/// [`EditRefused`] where the draft has as many lines as it may.
pub fn carry_over(draft: &mut Draft, provider: &str, service: &str, name: &str) -> Result<u32, EditRefused> {
    if let Some(line) = line_of(draft, provider, service) {
        return Ok(line.id);
    }
    at_most_lines(draft.lines.len() + 1)?;
    push_line(draft, provider, service, None, name.to_owned());
    Ok(draft.last_line)
}

/// Appends a line, with id and name of the panel that brings it.
pub(crate) fn push_line(draft: &mut Draft, provider: &str, service: &str, panel: Option<(&str, &str)>, name: String) {
    draft.last_line = draft.last_line.max(highest_line(draft)) + 1;
    draft.lines.push(Line {
        id: draft.last_line,
        provider: provider.to_owned(),
        service: service.to_owned(),
        panel: panel.map(|(id, _)| id.to_owned()),
        panel_name: panel.map(|(_, name)| name.to_owned()),
        name,
        answers: BTreeMap::new(),
    });
}

fn highest_line(draft: &Draft) -> u32 {
    draft.lines.iter().map(|line| line.id).max().unwrap_or(0)
}

fn position(draft: &Draft, line: u32) -> Result<usize, EditRefused> {
    draft.lines.iter().position(|known| known.id == line).ok_or(EditRefused::UnknownLine { line })
}
