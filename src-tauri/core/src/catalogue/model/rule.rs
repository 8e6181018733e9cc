//! A provider's decision support, and its rules for labels.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{AnswerOption, Text};

/// How hard a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// A quiet fact.
    Note,
    /// Wants a coded reason to go on.
    Warn,
    /// Safety or certain rejection: cannot be sent like this.
    Stop,
}

/// A decision support rule of the provider.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Id within the catalogue.
    pub id: String,
    /// Service ids it concerns; it is tried once for each of them in the draft. Empty: once for the draft.
    #[serde(default)]
    pub services: Vec<String>,
    /// CEL condition: the rule speaks when it is true.
    pub condition: String,
    /// How hard.
    pub severity: Severity,
    /// What it says; `{days}` and the like are filled from `last_days`.
    pub text: Text,
    /// Coded reasons that let a `warn` pass.
    #[serde(default)]
    pub override_reasons: Vec<AnswerOption>,
    /// Source id.
    pub source: String,
    /// Day it was last checked, `YYYY-MM-DD`.
    pub checked: String,
}

/// Letters that a label has room for when it says what becomes of those left over.
pub const LEFTOVER_LETTERS: usize = 40;

/// How many labels, and what they carry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct LabelRule {
    /// Id within the catalogue.
    pub id: String,
    /// What one label stands for.
    pub per: LabelPer,
    /// Labels for each.
    pub copies: u32,
    /// Symbol with the specimen number.
    pub symbology: Symbology,
    /// What becomes of labels left over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leftover: Option<Text>,
    /// The same in few words on the label itself, bokmål as all that stands there; at most [`LEFTOVER_LETTERS`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leftover_label: Option<String>,
    /// The laboratory wants to know, in the message, of containers whose label was not scanned on them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub tell_unscanned: bool,
    /// Source id.
    pub source: String,
}

/// What one specimen number stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum LabelPer {
    /// Each container has its own number.
    Container,
    /// All containers of one material and time share one.
    Specimen,
    /// The whole requisition shares one.
    Requisition,
}

/// Barcode symbology.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Symbology {
    /// Code 128 (ISO/IEC 15417).
    Code128,
    /// Data Matrix ECC 200 (ISO/IEC 16022).
    DataMatrix,
}
