//! What stands on a label: a frozen snapshot, so that a reprint is the same label and says that it is a reprint.
//!
//! It carries a patient: its `Debug` shows the specimen number only.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One label. Everything is as printed; nothing is looked up later.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct LabelContent {
    /// What the barcode carries: a specimen number, or the laboratory's own text.
    pub number: String,
    /// Family name as registered.
    pub family: String,
    /// Given names as registered.
    pub given: String,
    /// The second identifier.
    pub identity: LabelIdentity,
    /// Sex and age in short, as `K 57`; empty when unknown.
    pub sex_age: String,
    /// When the specimen was collected.
    pub collection: Collection,
    /// The container with its volume, as `Serum uten gel 4 mL`; may be empty when only the material is known.
    pub container: String,
    /// The material.
    pub material: String,
    /// The receiving department in short, as `KLFARM BALSAM`.
    pub department: String,
    /// The requester in short, as `KATT SEP`.
    pub requester: String,
    /// How urgent it is.
    pub urgency: LabelUrgency,
    /// Which print this is, when it is not the first: 1 is the first reprint.
    pub reprint: Option<u32>,
    /// A short remark of the receiver's label rule, as `1 av 2` or `rest`.
    pub extra: Option<String>,
    /// What becomes of labels left over, in the receiver's few words. Stands on stock that has room for it whole.
    #[serde(default)]
    pub leftover: Option<String>,
}

/// The patient's second identifier.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum LabelIdentity {
    /// Eleven digits.
    NationalId(String),
    /// No number: the birth date.
    BirthDate(#[specta(type = String)] jiff::civil::Date),
    /// Another identifier as it is written, as a local or foreign number.
    Other(String),
    /// Neither number nor birth date is known.
    Unknown,
}

/// When the specimen was collected, as far as it is known when the label is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum Collection {
    /// Date and time of day, office time.
    At(#[specta(type = String)] jiff::civil::DateTime),
    /// The day only.
    On(#[specta(type = String)] jiff::civil::Date),
    /// Not yet: a line to write it on.
    ToBeWritten,
}

/// Urgency as it is shown: a box that cannot be overlooked, in the words of the laboratory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum LabelUrgency {
    /// No box.
    #[default]
    Routine,
    /// HASTER.
    Urgent,
    /// CITO: at once.
    Immediate,
}

impl LabelUrgency {
    /// The word in the box.
    pub const fn word(self) -> Option<&'static str> {
        match self {
            Self::Routine => None,
            Self::Urgent => Some("HASTER"),
            Self::Immediate => Some("CITO"),
        }
    }
}

impl LabelIdentity {
    /// As printed: eleven digits in 6 + 5, a birth date with all its digits.
    pub fn line(&self) -> String {
        match self {
            Self::NationalId(digits) if digits.len() == 11 && digits.is_ascii() => {
                format!("{} {}", &digits[..6], &digits[6..])
            }
            Self::NationalId(text) | Self::Other(text) => text.clone(),
            Self::BirthDate(date) => format!("f. {}", date.strftime("%d.%m.%Y")),
            Self::Unknown => String::new(),
        }
    }
}

impl fmt::Debug for LabelContent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LabelContent").field("number", &self.number).finish_non_exhaustive()
    }
}

impl fmt::Debug for LabelIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NationalId(_) => "NationalId(…)",
            Self::BirthDate(_) => "BirthDate(…)",
            Self::Other(_) => "Other(…)",
            Self::Unknown => "Unknown",
        })
    }
}
