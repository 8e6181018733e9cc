//! Why an edit is refused: the reason, its code, and what its wording needs.

use std::collections::BTreeMap;

use serde::Serialize;
use specta::Type;

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
    /// The draft was edited since the line was taken out, or it never was.
    #[error("line {line} is not what was taken out last")]
    NothingRemoved {
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
            Self::NothingRemoved { .. } => "nothing_removed",
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
            Self::UnknownLine { line } | Self::NothingRemoved { line } => vec![("line", line.to_string())],
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
