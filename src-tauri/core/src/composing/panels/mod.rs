//! The office's own panels: services that are ordered together, of one provider or of several.
//!
//! A panel is a value that names services; what they are stands in the catalogues and is looked up whenever the panel is
//! shown or added. So a catalogue update changes what a panel can do ([`check`]) but never the panel itself, and adding one
//! with a member that is no longer offered brings a line that stops the draft until somebody decides ([`add`]): it never
//! orders silently less.
//!
//! No patient data: a panel keeps coded answers of questions that the laboratory marks as safe to copy, and no text,
//! number or date of anybody.

mod add;
mod check;
mod file;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::composing::catalogues::Catalogues;
use crate::composing::draft::{Answer, Draft};
use crate::composing::edits::MOST_LINES;
use crate::composing::text;

pub use add::{Offer, Picked, PickedMember};
pub(crate) use add::{Source, add};
pub use check::{CheckedMember, Replacement, Standing, check, mend};
pub use file::{FORMAT, FileFavourite, FileRefused, LARGEST, PanelFile, read, write};

/// Longest name and search word, in characters: one line of the search pane.
pub const LONGEST_NAME: usize = 80;
/// Most search words of a panel.
pub const MOST_WORDS: usize = 20;
/// Most answers kept with one member.
const MOST_ANSWERS: usize = 50;
/// Longest id of a catalogue, in characters.
const LONGEST_ID: usize = 200;

/// A panel of the office.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct OfficePanel {
    /// What the office calls it.
    pub name: String,
    /// Other words to find it by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<String>,
    /// Its services, in the order in which they are added.
    pub members: Vec<Member>,
}

/// A service in a panel.
#[derive(Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Provider (catalogue) id.
    pub provider: String,
    /// Service id.
    pub service: String,
    /// Name when it was put in: what is said if the catalogue drops it.
    pub name: String,
    /// Not added with the rest, but offered beside it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
    /// Answers that go along, by question id: coded ones of questions that are safe to copy.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty", deserialize_with = "file::each_once")]
    pub answers: BTreeMap<String, CodedAnswer>,
}

/// An answer that is one of the laboratory's own values, and so nobody's. A text, a number or a date may be somebody's:
/// there is no way to put one in a panel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "type", content = "value", rename_all = "snake_case", deny_unknown_fields)]
pub enum CodedAnswer {
    /// Yes or no.
    Boolean(bool),
    /// One option's value.
    Choice(String),
    /// Several options' values.
    Choices(Vec<String>),
}

/// Why something is no panel.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {reason}")]
pub struct PanelFault {
    /// Where, as a path: `members[2].service`.
    pub field: String,
    /// `empty`, `too_long`, `too_many`, `twice` or `invalid`.
    pub reason: &'static str,
}

impl PanelFault {
    fn new(field: impl Into<String>, reason: &'static str) -> Self {
        Self { field: field.into(), reason }
    }

    fn under(self, place: &str) -> Self {
        Self { field: format!("{place}.{}", self.field), ..self }
    }
}

impl OfficePanel {
    /// The one door by which a panel comes in, from the window or from a file. Names lose the white space around them.
    ///
    /// # Errors
    /// [`PanelFault`] names the field.
    pub fn checked(self) -> Result<Self, PanelFault> {
        let name = label("name", &self.name)?;
        if self.words.len() > MOST_WORDS {
            return Err(PanelFault::new("words", "too_many"));
        }
        let words = self.words.iter().map(|word| label("words", word)).collect::<Result<Vec<_>, _>>()?;
        if self.members.is_empty() {
            return Err(PanelFault::new("members", "empty"));
        }
        if self.members.len() > MOST_LINES {
            return Err(PanelFault::new("members", "too_many"));
        }
        let mut members: Vec<Member> = Vec::with_capacity(self.members.len());
        for (at, member) in self.members.into_iter().enumerate() {
            let place = format!("members[{at}]");
            let member = member.checked().map_err(|fault| fault.under(&place))?;
            if members.iter().any(|known| known.is(&member.provider, &member.service)) {
                return Err(PanelFault::new("service", "twice").under(&place));
            }
            members.push(member);
        }
        Ok(Self { name, words, members })
    }

    /// A panel of what a draft holds. Answers stay behind but for coded ones that are safe to copy.
    ///
    /// # Errors
    /// [`PanelFault`] where the name is none, or the draft is empty.
    pub fn of_draft(name: &str, draft: &Draft, catalogues: &Catalogues) -> Result<Self, PanelFault> {
        // What a record system ordered and nobody has settled is no service that a panel could name.
        let members = draft.lines.iter().filter(|line| line.ordered.is_none()).map(|line| {
            let offered = catalogues.service(&line.provider, &line.service);
            let question = |id: &str| offered.and_then(|(indexed, _)| indexed.question(id));
            let asked = offered.map_or(&[][..], |(_, service)| service.questions.as_slice());
            let kept = asked.iter().filter_map(|id| {
                let question = question(id).filter(|question| question.safe_to_copy)?;
                let answer = if question.shared {
                    draft.shared_answers.get(&Draft::shared_key(&line.provider, id))
                } else {
                    line.answers.get(id)
                }?;
                Some((id.clone(), CodedAnswer::of(answer)?))
            });
            Member {
                provider: line.provider.clone(),
                service: line.service.clone(),
                name: offered.map_or_else(|| line.name.clone(), |(_, service)| service.name.clone()),
                optional: false,
                answers: kept.collect(),
            }
        });
        Self { name: name.to_owned(), words: Vec::new(), members: members.collect() }.checked()
    }

    /// Whether it holds a service.
    #[must_use]
    pub fn holds(&self, provider: &str, service: &str) -> bool {
        self.members.iter().any(|member| member.is(provider, service))
    }
}

impl Member {
    fn is(&self, provider: &str, service: &str) -> bool {
        self.provider == provider && self.service == service
    }

    fn checked(self) -> Result<Self, PanelFault> {
        if self.answers.len() > MOST_ANSWERS {
            return Err(PanelFault::new("answers", "too_many"));
        }
        for (question, answer) in &self.answers {
            id("answers", question)?;
            if !answer.short() {
                return Err(PanelFault::new(format!("answers.{question}"), "too_long"));
            }
        }
        Ok(Self {
            provider: id("provider", &self.provider)?,
            service: id("service", &self.service)?,
            name: text::line(&self.name, text::LONGEST_LABEL).map_err(|_| PanelFault::new("name", "invalid"))?,
            ..self
        })
    }
}

impl CodedAnswer {
    /// The answer, where it is of a coded kind.
    #[must_use]
    pub fn of(answer: &Answer) -> Option<Self> {
        match answer {
            Answer::Boolean(yes) => Some(Self::Boolean(*yes)),
            Answer::Choice(value) => Some(Self::Choice(value.clone())),
            Answer::Choices(values) => Some(Self::Choices(values.clone())),
            Answer::Text(_) | Answer::Number(_) | Answer::Date(_) | Answer::DateTime(_) => None,
        }
    }

    fn short(&self) -> bool {
        let short = |value: &String| value.len() <= LONGEST_ID;
        match self {
            Self::Boolean(_) => true,
            Self::Choice(value) => short(value),
            Self::Choices(values) => values.len() <= MOST_ANSWERS && values.iter().all(short),
        }
    }
}

impl From<CodedAnswer> for Answer {
    fn from(answer: CodedAnswer) -> Self {
        match answer {
            CodedAnswer::Boolean(yes) => Self::Boolean(yes),
            CodedAnswer::Choice(value) => Self::Choice(value),
            CodedAnswer::Choices(values) => Self::Choices(values),
        }
    }
}

/// A name as names are told apart: case, spaces, hyphens and commas do not count.
#[must_use]
pub fn folded_name(name: &str) -> String {
    let lower = name.to_lowercase();
    let words = lower.split(|c: char| c.is_whitespace() || c == '-' || c == ',').filter(|part| !part.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

fn label(field: &str, written: &str) -> Result<String, PanelFault> {
    let reason = match text::line(written, LONGEST_NAME) {
        Ok(taken) if folded_name(&taken).is_empty() => "empty",
        Ok(taken) => return Ok(taken),
        Err(text::TextFault::TooLong { .. }) => "too_long",
        Err(text::TextFault::Unsafe { .. }) => "invalid",
    };
    Err(PanelFault::new(field, reason))
}

fn id(field: &str, written: &str) -> Result<String, PanelFault> {
    match text::line(written, LONGEST_ID) {
        Ok(taken) if taken.is_empty() => Err(PanelFault::new(field, "empty")),
        Ok(taken) if taken == written => Ok(taken),
        Ok(_) | Err(_) => Err(PanelFault::new(field, "invalid")),
    }
}

impl std::fmt::Debug for Member {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Member({}/{})", self.provider, self.service)
    }
}

#[cfg(test)]
mod tests;
