//! A service provider and its departments: who receives, what they refuse, and what they can do after sending.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::Text;
pub use crate::codes::MessageVersion;

/// A service provider, its identity on the wire and what it demands of every requisition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// Stable id of the provider's catalogue, `balsam-lab`.
    pub id: String,
    /// Name on screen.
    pub name: String,
    /// Name of the organisation in the message.
    pub organisation: String,
    /// HER-id of the organisation.
    pub her: String,
    /// Organisation number (ENH).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation_number: Option<String>,
    /// Telephone for urgent contact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Demonstration data, not clinical truth: the screens must say so.
    #[serde(default)]
    pub demo: bool,
    /// National message version the receiver takes.
    pub message_version: MessageVersion,
    /// Days after which a package that was not renewed is an alarm.
    pub stale_after_days: u32,
    /// What the receiver rejects by size.
    pub limits: Limits,
    /// What may be done after sending.
    pub abilities: Abilities,
    /// Hours within which the receiver promises an application receipt; 96 at the most.
    pub receipt_within_hours: u32,
}

/// What the receiver rejects by size, in characters, pieces and bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Longest clinical text, in characters.
    pub clinical_text: u32,
    /// Most services in one requisition.
    pub services: u32,
    /// Whether the receiver refuses patients without an 11-digit number.
    pub national_id_required: bool,
    /// Largest sum of attachments, in bytes.
    pub attachments_bytes: u32,
}

/// What the receiver can do after a requisition was sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct Abilities {
    /// Takes a change message.
    pub change: bool,
    /// Takes added services on material already sent.
    pub addition: bool,
    /// Takes a cancellation.
    pub cancel: bool,
    /// Until when a change is taken: before the specimen is received, or before the answer.
    pub change_until: ChangeUntil,
}

/// The last moment at which a change is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ChangeUntil {
    /// Not after the receiver has registered the specimen.
    SpecimenReceived,
    /// Not after the first answer.
    Answered,
}

/// A receiving department: a communication party of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct Department {
    /// Id within the catalogue.
    pub id: String,
    /// Name, as in the message.
    pub name: String,
    /// Five to ten capitals for the label, `KLFARM`.
    pub short: String,
    /// HER-id of the service.
    pub her: String,
    /// Code of list 8202 for requisitions to it: `CLIN`, `MBIO`, `LAB`, `HIST`, `MR` …
    pub discipline: String,
    /// Name of the discipline on screen.
    pub discipline_name: Text,
    /// Telephone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Label rule; `default` where none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label_rule: Option<String>,
    /// What one requisition may hold; everything for the department where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requisition_per: Option<RequisitionPer>,
}

/// What a receiver wants in requisitions of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum RequisitionPer {
    /// Each material.
    Material,
    /// Each service.
    Service,
}
