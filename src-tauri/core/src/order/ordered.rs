//! What an order document asks for, as values: services, the specimens that serve them, and what is enclosed.
//!
//! The same promise as for the document itself: a field keeps its name and meaning for as long as stored requisitions exist.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::Moment;
use crate::codes::Code;
use crate::parties::{LocalIds, redacted};

/// One requested service.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Service {
    /// What is done with it in this message.
    #[serde(default)]
    pub action: Action,
    /// What is requested.
    pub code: Code,
    /// The same service in the receiver's own code; not together with `specs`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local_code: Option<Code>,
    /// Laterality, contrast, single tests of a group.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub specs: Vec<Code>,
    /// Comment to the service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// List 8304.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
    /// List 8248.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// When the examination is wanted: a day, or a day with a time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[specta(type = Option<String>)]
    pub requested_date: Option<Moment>,
    /// A standing series.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series: Option<Series>,
    /// Keys of the specimens that serve it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub specimens: Vec<String>,
}

/// What a message does with one service (ServType, list 7309).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Requested now.
    #[default]
    New,
    /// As it was.
    Unchanged,
    /// Changed.
    Changed,
    /// No longer wanted.
    Cancelled,
}

/// A standing series.
#[derive(Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Series {
    /// How many times.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    /// From.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[specta(type = Option<String>)]
    pub start: Option<Moment>,
    /// To.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[specta(type = Option<String>)]
    pub end: Option<Moment>,
    /// How often, as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<String>,
    /// When it ends, as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_condition: Option<String>,
    /// How it is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instructions: Option<String>,
}

/// A specimen, collected or wanted.
#[derive(Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Specimen {
    /// Name inside this document.
    pub key: String,
    /// Label numbers: any string, never parsed.
    #[serde(default, skip_serializing_if = "LocalIds::is_empty")]
    pub ids: LocalIds,
    /// What it is.
    pub material: Material,
    /// Site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anatomical_origin: Option<String>,
    /// When it was taken; nothing when `not_collected`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[specta(type = Option<String>)]
    pub collected: Option<Moment>,
    /// Not taken yet.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub not_collected: bool,
    /// When it is to be taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[specta(type = Option<String>)]
    pub planned_date: Option<Moment>,
    /// How it was taken, as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collector_comment: Option<String>,
    /// How it was taken, coded (8275).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collection_method: Option<Code>,
    /// Fixative.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preservative: Option<String>,
    /// Count of containers or smears.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u32>,
    /// How it was, or is to be, handled.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub handling: Vec<String>,
    /// Length, volume.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub measures: Vec<Measure>,
    /// How the patient was prepared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pretreatment: Option<Pretreatment>,
    /// Comment to the specimen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// What a specimen is: as text, coded, or both.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Material {
    /// As text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Coded (8216, 8351 …).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
}

/// A measure of a specimen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Measure {
    /// What is measured: Lengde, Volum.
    pub quantity: String,
    /// The number.
    pub value: f64,
    /// Its unit.
    pub unit: String,
}

/// How the patient was prepared.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Pretreatment {
    /// List 8232: FA fasting …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heading: Option<String>,
    /// As text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// A document that goes along: its content, or where the content lies.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Attachment {
    /// Id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What it is.
    pub description: String,
    /// Its kind.
    pub mime_type: MimeType,
    /// When it was made, with a time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[specta(type = Option<String>)]
    pub date: Option<Moment>,
    /// The content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base64: Option<String>,
    /// Where the content lies, relative to the order document. Reading the document replaces it by the content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

/// What kind of document an attachment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
pub enum MimeType {
    /// PDF.
    #[serde(rename = "application/pdf")]
    Pdf,
    /// JPEG.
    #[serde(rename = "image/jpeg")]
    Jpeg,
    /// PNG.
    #[serde(rename = "image/png")]
    Png,
    /// Text.
    #[serde(rename = "text/plain")]
    Text,
}

impl MimeType {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Text => "text/plain",
        }
    }
}

redacted!(Service, Series, Specimen, Pretreatment, Attachment);
