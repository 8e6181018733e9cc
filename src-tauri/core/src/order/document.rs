//! The order document `rekvirent-order/1` as values.
//!
//! The same types are what an integrator hands over as JSON and what the application builds when a requisition is
//! finalised, so a field keeps its name and meaning for as long as stored requisitions exist. They print nothing about a
//! patient in Debug output.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Attachment, Moment, Service, Specimen};
use crate::codes::{Code, Discipline};
use crate::ids::RequisitionId;
use crate::parties::{Clinician, Party, Patient, Person, redacted};

/// One complete requisition with all codes resolved.
#[derive(Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    /// Always `rekvirent-order/1`.
    pub format: Format,
    /// New, change, addition or cancellation.
    pub kind: Kind,
    /// Test or production.
    #[serde(default)]
    pub status: Status,
    /// Ids and time of the requisition itself.
    #[serde(default, skip_serializing_if = "RequisitionHead::is_empty")]
    pub requisition: RequisitionHead,
    /// What it is about, list 8202.
    pub discipline: Discipline,
    /// The patient.
    pub patient: Patient,
    /// Sending party.
    pub requester: Party,
    /// Who orders.
    pub ordering_clinician: Clinician,
    /// The patient's regular general practitioner; for the record only, the message has no place for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub regular_gp: Option<Person>,
    /// Receiving party.
    pub service_provider: Party,
    /// Who else gets request or answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub copy_recipients: Vec<CopyRecipient>,
    /// Who pays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment: Option<Payment>,
    /// How urgent the report is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urgency: Option<Urgency>,
    /// When the answer is wanted by: a day, or a day with a time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[specta(type = Option<String>)]
    pub requested_report_date: Option<Moment>,
    /// Reservation against registration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reservation: Option<Reservation>,
    /// Clinical texts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Reason>,
    /// Diagnoses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub diagnoses: Vec<Diagnosis>,
    /// Clinical findings and earlier results.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<ClinicalFinding>,
    /// Structured information: pregnancy, MR safety, gynaecology, cave.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub information_items: Vec<InformationItem>,
    /// Radiology: whether the radiologist may change modality or add examinations.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub may_change_modality: Option<bool>,
    /// Comments; the reason of a cancellation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub comments: Vec<Comment>,
    /// What is requested.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<Service>,
    /// What is sent, or will be collected.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub specimens: Vec<Specimen>,
    /// Documents that go along.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
}

/// The format and its version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub enum Format {
    /// The only one so far.
    #[default]
    #[serde(rename = "rekvirent-order/1")]
    V1,
}

/// What a requisition message does (ServType, list 7309).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A new requisition.
    New,
    /// A complete new version of one that was sent.
    Change,
    /// More services on material already sent.
    Addition,
    /// The whole requisition is cancelled.
    Cancel,
}

/// Whether the message is a test.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Marked as a test.
    Test,
    /// For care.
    #[default]
    Production,
}

/// Ids and time of the requisition; the same in every follow-up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RequisitionHead {
    /// The requester's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<RequisitionId>,
    /// When it was written, with a time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[specta(type = Option<String>)]
    pub issued: Option<Moment>,
    /// Number that the service provider has already given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_provider_id: Option<String>,
}

impl RequisitionHead {
    /// Nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A party that gets a copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CopyRecipient {
    /// Who.
    #[serde(flatten)]
    pub party: Party,
    /// What; the receiver decides where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gets: Option<CopyOf>,
}

/// What a copy recipient gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum CopyOf {
    /// The requisition.
    Request,
    /// The answer.
    Answer,
    /// Requisition and answer.
    Both,
}

/// Who pays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Payment {
    /// List 4101: 1 ordinary patient, RE requester, 30 self-paying …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Who pays instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payer: Option<Payer>,
}

/// A party that pays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Payer {
    /// Who.
    #[serde(flatten)]
    pub party: Party,
    /// In what capacity.
    pub guarantor_type: String,
}

/// How urgent the report is (list 8115).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
pub enum Urgency {
    /// High.
    #[serde(rename = "H")]
    High,
    /// Normal.
    #[serde(rename = "N")]
    Normal,
    /// Low.
    #[serde(rename = "L")]
    Low,
}

/// Reservation against registration (list 3108).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
pub enum Reservation {
    /// Reserved.
    #[serde(rename = "R")]
    Reserved,
    /// Permitted.
    #[serde(rename = "T")]
    Permitted,
    /// Not cleared up.
    #[serde(rename = "U")]
    Unclear,
}

/// A clinical text under a heading.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Reason {
    /// List 8231: PROB, KF, RU, MU …
    pub heading: String,
    /// The text, carried unchanged.
    pub text: String,
}

/// A diagnosis.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Diagnosis {
    /// Main or secondary.
    pub role: DiagnosisRole,
    /// The diagnosis.
    pub code: Code,
}

/// Place of a diagnosis among others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum DiagnosisRole {
    /// Hoveddiagnose.
    Main,
    /// Bidiagnose.
    Secondary,
}

/// A clinical finding or an earlier result.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ClinicalFinding {
    /// What was found.
    pub text: String,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[specta(type = Option<String>)]
    pub date: Option<Moment>,
}

/// A piece of structured information about the patient.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct InformationItem {
    /// List 8233: NB, OPPL, GOPL, CAVE …
    #[serde(rename = "type")]
    pub item_type: String,
    /// Coded; it or the text is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
    /// As text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Comment to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// Since when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[specta(type = Option<String>)]
    pub from: Option<Moment>,
    /// Until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[specta(type = Option<String>)]
    pub to: Option<Moment>,
    /// When it was observed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[specta(type = Option<String>)]
    pub date: Option<Moment>,
}

/// A comment to the whole requisition.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Comment {
    /// List 8234.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heading: Option<String>,
    /// The text.
    pub text: String,
}

redacted!(Reason, Diagnosis, ClinicalFinding, InformationItem, Comment);

impl std::fmt::Debug for Order {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Order")
            .field("kind", &self.kind)
            .field("id", &self.requisition.id)
            .field("discipline", &self.discipline)
            .field("services", &self.services.len())
            .field("specimens", &self.specimens.len())
            .field("attachments", &self.attachments.len())
            .finish_non_exhaustive()
    }
}
