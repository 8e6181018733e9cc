//! What is wrong with an order document, and where.

use std::fmt;

use serde::Serialize;
use specta::Type;

/// One reason to refuse a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub struct Problem {
    /// Where, as a path in the document: `services[2].code.system`; `JSON` or `UTF-8` for a file that cannot be read.
    pub path: String,
    /// What kind of problem it is, for the window.
    pub code: ProblemCode,
    /// What is wrong, in English and without the value itself: it may be about a patient.
    pub explanation: String,
}

/// Kinds of problems.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ProblemCode {
    /// The file is not UTF-8, not JSON, or no object.
    Unreadable,
    /// A field is missing.
    Missing,
    /// A field that the format does not know, or the same field twice.
    UnknownField,
    /// Not of the form that the field asks for.
    Form,
    /// Empty, or nothing but blanks.
    Blank,
    /// Longer than the field carries.
    TooLong,
    /// A character that XML cannot carry.
    Character,
    /// A code that its list does not have.
    NotInList,
    /// Control digits do not hold.
    ControlDigits,
    /// A date that does not exist.
    NoSuchDate,
    /// A date before 1850, or in the future where that cannot be.
    ImpossibleDate,
    /// Two fields that cannot both be right.
    Contradiction,
    /// An attachment that cannot be read or is not what it says.
    Attachment,
    /// Right, and nothing that a draft here could hold.
    NotHeld,
    /// Another office orders.
    OtherOffice,
    /// A change, an addition or a cancellation: done with the requisition that was sent, not with a document.
    FollowUp,
}

impl Problem {
    pub(crate) fn new(path: impl Into<String>, code: ProblemCode, explanation: impl Into<String>) -> Self {
        Self { path: path.into(), code, explanation: explanation.into() }
    }

    pub(super) fn missing(path: impl Into<String>) -> Self {
        Self::new(path, ProblemCode::Missing, "is missing")
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.explanation)
    }
}
