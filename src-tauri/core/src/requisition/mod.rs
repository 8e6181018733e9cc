//! A requisition as a value: frozen catalogue facts, specimens, and its life.
//!
//! What a draft becomes when it is handed to the internal lab or sent. It copies every catalogue fact it used, so a
//! catalogue update never rewrites history. It knows no database and no message bytes.

mod answers;
pub mod bench;
pub mod collecting;
mod completing;
mod create;
pub mod follow_up;
pub mod from_paper;
mod numbering;
pub mod order;
mod preflight;
#[cfg(test)]
mod tests;
pub mod waiting;

use std::fmt;

use jiff::Zoned;
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::catalogue::model::{Coded, ContainerKind, LabelPer, MessageVersion, Spin, Symbology, Text};
use crate::composing::composition::AskedQuestion;
use crate::composing::draft::{
    Answer, Attachment, CollectionPlace, CopyRecipient, Diagnosis, EarlierFinding, LineContainer, LineSeries, Patient,
    Urgency,
};

pub use bench::{Bench, Identifier, PatientCheck, PatientCheckForm, PatientCheckRule};
pub use collecting::{CollectionRefused, Scan, time_of_collection};
pub use completing::NotReady;
pub use create::{NotComposable, from_draft};
pub use order::to_order;
pub use preflight::preflight;

/// A time as requisitions keep it: RFC 3339 with the office's offset, to the second.
pub(crate) fn written(time: &Zoned) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// One request from one requester for one patient to one service provider's department.
#[derive(Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct Requisition {
    /// Our id, a UUID; the same in change, addition and cancellation.
    pub id: String,
    /// The draft it came from.
    pub draft: Option<String>,
    /// When it was written, RFC 3339 with the office's offset.
    pub issued: String,
    /// For whom.
    pub patient: Patient,
    /// Who orders.
    pub requester: Requester,
    /// Who performs.
    pub receiver: Receiver,
    /// How urgent.
    pub urgency: Urgency,
    /// Clinical information.
    pub clinical_text: String,
    /// Diagnoses.
    pub diagnoses: Vec<Diagnosis>,
    /// List 4101.
    pub payment: String,
    /// Who gets a copy.
    pub copy_recipients: Vec<CopyRecipient>,
    /// A word to the collector; never sent.
    pub note_to_collector: String,
    /// A word from the collector to the laboratory.
    pub note_to_laboratory: String,
    /// Planned day.
    pub planned_date: Option<String>,
    /// Where its specimens are taken.
    #[serde(default)]
    pub collection: CollectionPlace,
    /// In a cancer pathway.
    #[serde(default)]
    pub cancer_pathway: bool,
    /// Earlier findings and results.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier_findings: Vec<EarlierFinding>,
    /// Documents that go along.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Document>,
    /// What is requested.
    pub services: Vec<RequestedService>,
    /// What is taken for it.
    pub specimens: Vec<Specimen>,
    /// That somebody made sure of the patient, the last time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patient_check: Option<PatientCheck>,
}

/// A document that goes along.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Document {
    /// What it is.
    #[serde(flatten)]
    pub about: Attachment,
    /// Its content, once it has been read from the store ([`Requisition::with_contents`]). Never kept with the requisition.
    #[serde(skip)]
    pub content: Option<Vec<u8>>,
}

impl Requisition {
    /// The requisition with the contents of its attachments, as they are needed for a message. `content` gives that of an
    /// attachment's id.
    ///
    /// # Errors
    /// Those of `content`.
    pub fn with_contents<E>(mut self, mut content: impl FnMut(&str) -> Result<Vec<u8>, E>) -> Result<Self, E> {
        for document in &mut self.attachments {
            document.content = Some(content(&document.about.id)?);
        }
        Ok(self)
    }
}

/// Office and clinician as they were when the requisition was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Requester {
    /// Requester id in the settings.
    pub id: String,
    /// Clinician's name, "August September".
    pub name: String,
    /// HPR number.
    pub hpr: Option<String>,
    /// HER-id of the person.
    pub her: String,
    /// List 9060, `LE` doctor.
    pub profession: Option<String>,
    /// Contact telephone.
    pub phone: String,
    /// Office name.
    pub office: String,
    /// HER-id of the office.
    pub office_her: String,
    /// Organisation number of the office.
    pub office_number: String,
    /// Up to eight letters for the label.
    pub label_code: String,
}

/// The receiving department, with the facts and rules that were in force.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Receiver {
    /// Provider (catalogue) id.
    pub provider: String,
    /// Name on screen.
    pub provider_name: String,
    /// Catalogue version used.
    pub catalogue_version: String,
    /// Organisation name in the message.
    pub organisation: String,
    /// HER-id of the organisation.
    pub organisation_her: String,
    /// Organisation number.
    pub organisation_number: Option<String>,
    /// Department id.
    pub department: String,
    /// Department name.
    pub department_name: String,
    /// Short name for the label.
    pub department_short: String,
    /// HER-id of the department.
    pub department_her: String,
    /// Discipline on screen.
    pub discipline_name: Text,
    /// List 8202.
    pub discipline: String,
    /// Telephone.
    pub phone: Option<String>,
    /// Message version it takes.
    pub message_version: MessageVersion,
    /// What a specimen number stands for.
    pub label_per: LabelPer,
    /// Labels for each.
    pub label_copies: u32,
    /// Symbol.
    pub symbology: Symbology,
    /// What becomes of labels left over.
    pub leftover: Option<Text>,
    /// The same in few words, for the label.
    #[serde(default)]
    pub leftover_label: Option<String>,
    /// Wants to know of containers whose label was not scanned on them.
    #[serde(default)]
    pub tell_unscanned: bool,
    /// Hours within which a receipt is promised.
    pub receipt_within_hours: u32,
    /// Takes changes, additions, cancellations.
    pub change: bool,
    /// Takes additions.
    pub addition: bool,
    /// Takes cancellations.
    pub cancel: bool,
}

/// A service as it was when picked.
#[derive(Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct RequestedService {
    /// Unique in the requisition.
    pub key: String,
    /// Service id in the catalogue.
    pub service: String,
    /// Name.
    pub name: String,
    /// Code in the message.
    pub code: Coded,
    /// The receiver's own code.
    pub local_code: Option<Coded>,
    /// Codes that always go with it.
    #[serde(default)]
    pub specs: Vec<Coded>,
    /// Questions as they were asked, with their answers and where they go.
    pub answers: Vec<GivenAnswer>,
    /// Reasons given against warnings: rule text and reason text in bokmål.
    pub overrides: Vec<String>,
    /// Days until the answer, as the catalogue promised them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turnaround_days: Option<u32>,
    /// A standing series.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series: Option<LineSeries>,
}

/// An answer together with the question as it was.
#[derive(Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct GivenAnswer {
    /// The question.
    pub question: AskedQuestion,
    /// Where it goes.
    pub place: crate::catalogue::model::AnswerPlace,
    /// Answer; none while the collection phase has not come to it.
    pub answer: Option<Answer>,
}

/// What is taken: one container.
#[derive(Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct Specimen {
    /// UUIDv7.
    pub id: String,
    /// Keys of the services it serves.
    pub services: Vec<String>,
    /// Container id.
    pub container: String,
    /// Container name.
    pub container_name: Text,
    /// Name on the label.
    pub container_label: String,
    /// Drawing.
    pub kind: ContainerKind,
    /// Cap colour.
    pub colour: String,
    /// Colour in words.
    pub colour_name: Text,
    /// Number in the order of draw.
    pub draw: Option<u32>,
    /// Volume, in millilitres.
    pub fill_ml: Option<f64>,
    /// Material.
    pub material: String,
    /// Material code.
    pub material_code: Option<Coded>,
    /// Handling.
    pub handling: Vec<Text>,
    /// Spinning times.
    pub spin: Option<Spin>,
    /// How it is kept until the courier comes.
    pub storage: Option<Text>,
    /// Fixative or medium in the container, as the receiver reads it.
    #[serde(default)]
    pub preservative: Option<String>,
    /// Letter by which pathology tells it from the others: A, B, C.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub letter: Option<String>,
    /// What was written about this container.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub described: Option<LineContainer>,
    /// Often taken at home.
    pub take_home: bool,
    /// Specimen number, once labelled.
    pub number: Option<String>,
    /// How far it has come.
    pub status: SpecimenStatus,
    /// When its label was scanned on the container, RFC 3339.
    pub confirmed: Option<String>,
    /// Coded reason for sending it without that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unscanned: Option<String>,
    /// The specimen this one was taken again for.
    pub retake_of: Option<String>,
}

/// How far a specimen has come.
#[derive(Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum SpecimenStatus {
    /// To be taken.
    Planned,
    /// Taken.
    Collected {
        /// RFC 3339 with offset.
        at: String,
        /// Collector's name.
        by: String,
    },
    /// With the patient; the time is asked when it returns.
    AtHome,
    /// Not taken.
    NotTaken {
        /// Coded reason.
        reason: String,
    },
    /// Taken but useless.
    Spoiled {
        /// Coded reason.
        reason: String,
    },
}

/// The life of a requisition on this workstation (DESIGN.md, "Requisition life"). What the line and the receiver say is
/// derived from the outbox and its receipts and never stored here twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Handed to the internal lab.
    WaitingForCollection,
    /// Some of its specimens are taken.
    PartlyCollected,
    /// All are taken or settled; not yet sent.
    Collected,
    /// Frozen and in the outbox.
    Finalised,
    /// Taken back before it was sent, or cancelled.
    Cancelled,
}

impl fmt::Debug for Requisition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Requisition")
            .field("id", &self.id)
            .field("services", &self.services.len())
            .finish_non_exhaustive()
    }
}
