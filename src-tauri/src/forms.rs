//! What the window sends in. A form is what a person typed: nothing in it is trusted until a checked constructor has
//! taken it.

pub use requisition::composing::patient::PatientForm;
pub use requisition::requisition::{PatientCheckForm, PatientCheckRule};

use requisition::composing::draft::{Answer, Urgency};
use serde::Deserialize;
use specta::Type;

/// The office, set up once.
#[derive(Clone, Debug, Deserialize, Type)]
pub struct OfficeForm {
    /// Name.
    pub name: String,
    /// Organisation number, 9 digits.
    pub organisation_number: String,
    /// HER-id of the office.
    pub her: String,
    /// Telephone.
    pub phone: String,
    /// Up to eight letters for the label.
    pub label_code: String,
}

/// A station number that a provider gave on paper.
#[derive(Clone, Debug, Deserialize, Type)]
pub struct StationForm {
    /// Who gave it: a provider that there is a line to.
    pub provider: String,
    /// Five digits.
    pub station: String,
    /// The same once more.
    pub again: String,
}

/// Somebody who works at the office.
#[derive(Clone, Debug, Deserialize, Type)]
pub struct PersonForm {
    /// Known person, or none for a new one.
    pub id: Option<String>,
    /// "August September".
    pub name: String,
    /// What they are called: "lege", "helsesekretær".
    pub title: String,
    /// May order.
    pub orders: bool,
    /// HPR number; may be empty for those who only collect.
    pub hpr: String,
    /// HER-id of the person; wanted of those who order.
    pub her: String,
    /// Contact telephone; wanted of those who order.
    pub phone: String,
}

/// The line to one service provider.
#[derive(Clone, Deserialize, Type)]
pub struct ConnectionForm {
    /// Provider (catalogue) id.
    pub provider: String,
    /// Address of the hospital gateway.
    pub gateway: String,
    /// The provider's public key, minisign.
    pub public_key: String,
    /// Bearer token; empty keeps the one there is.
    pub token: String,
}

/// Language and colours.
#[derive(Clone, Debug, Deserialize, Type)]
pub struct PreferencesForm {
    /// `nb`, `nn`, `en`.
    pub language: String,
    /// `system`, `light`, `dark`.
    pub theme: String,
}

/// Where labels come out.
#[derive(Clone, Debug, Deserialize, Type)]
pub struct PrintingForm {
    /// `queue` (the system's print spooler) or `socket` (ZPL to a label printer's port).
    pub kind: String,
    /// Queue name, or `host:port`.
    pub target: String,
    /// Label stock: `50x25mm` …
    pub stock: String,
    /// Dots per inch: 203 or 300.
    pub dpi: u32,
}

/// A change of what was sent.
#[derive(Clone, Deserialize, Type)]
pub struct ChangeForm {
    /// Clinical information.
    pub clinical_text: String,
    /// How urgent.
    pub urgency: Urgency,
    /// Keys of services that are taken out.
    pub without: Vec<String>,
}

/// What is put right in a rejected requisition. Its specimens keep their numbers: they are on the tubes.
#[derive(Clone, Deserialize, Type)]
pub struct CorrectionForm {
    /// Clinical information.
    pub clinical_text: String,
    /// Family name.
    pub family: String,
    /// Given names.
    pub given: String,
    /// How urgent.
    pub urgency: Urgency,
    /// Requester id.
    pub requester: String,
    /// Keys of services to leave out.
    pub without: Vec<String>,
}

/// Where a draft goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum HandOn {
    /// To the internal lab's list.
    InternalLab,
    /// To the internal lab, and open it there.
    CollectNow,
    /// To the outbox at once, with whatever is not collected said so.
    Send,
}

/// What the collector did.
#[derive(Clone, Deserialize, Type)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum CollectionAct {
    /// Taken, by the given collector at the given time (RFC 3339 or wall clock `YYYY-MM-DDTHH:MM`; none for now).
    Collected {
        /// Specimen ids.
        specimens: Vec<String>,
        /// Collector's name.
        by: String,
        /// When.
        at: Option<String>,
    },
    /// Back to planned.
    Undo {
        /// Specimen id.
        specimen: String,
    },
    /// Not taken.
    NotTaken {
        /// Specimen id.
        specimen: String,
        /// Coded reason: `difficult`, `refused`, `not_fasting`, `no_material`, `other`.
        reason: String,
    },
    /// Taken but useless; a new one gets a new number.
    Spoiled {
        /// Specimen id.
        specimen: String,
        /// Coded reason: `haemolysed`, `clotted`, `underfilled`, `broken`, `mislabelled`, `other`.
        reason: String,
        /// Take it again.
        retake: bool,
    },
    /// Came back from the patient.
    Returned {
        /// Specimen id.
        specimen: String,
        /// Who took it: the patient's name or the collector's.
        by: String,
        /// When it was taken (RFC 3339 or wall clock `YYYY-MM-DDTHH:MM`).
        at: String,
    },
    /// Goes to the laboratory although its label was not scanned on it.
    SendUnscanned {
        /// Specimen ids.
        specimens: Vec<String>,
        /// Coded reason: `no_scanner`, `unreadable`, `too_small`, `other`.
        reason: String,
    },
    /// Goes home with the patient.
    AtHome {
        /// Specimen id.
        specimen: String,
    },
    /// An answer of the collection phase.
    Answer {
        /// Service key.
        service: String,
        /// Question id.
        question: String,
        /// The answer.
        answer: Option<Answer>,
    },
    /// A word to the laboratory.
    NoteToLaboratory {
        /// The whole text.
        text: String,
    },
}

/// Which requisitions the overview shows.
#[derive(Clone, Deserialize, Type)]
pub struct OverviewForm {
    /// Patient name or number, or specimen number.
    pub text: String,
    /// `all`, `waiting`, `queued`, `needs_you`, `unconfirmed`, `awaiting_answer`, `partly_answered`, `answered`, `ended`, `cancelled`.
    pub state: String,
    /// Provider id, or empty.
    pub provider: String,
    /// Requester id, or empty.
    pub requester: String,
    /// Days back; 0 for all.
    pub days: u32,
    /// First row.
    pub offset: u32,
    /// Rows, 200 at the most.
    pub limit: u32,
}

/// A passphrase on its way in: never printed, and wiped when dropped.
#[derive(Clone, Deserialize, Type)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The passphrase.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.0);
    }
}

/// A group in the handbook's tree.
#[derive(Debug, Clone, Deserialize, Type)]
pub struct GroupForm {
    /// Provider id.
    pub provider: String,
    /// Department id.
    pub department: String,
    /// Name of the group.
    pub group: String,
}

/// What the menu of the tray icon says, in the language of the screens: the window has the words.
#[derive(Debug, Clone, Deserialize, Type)]
pub struct TrayWords {
    /// Opens what needs somebody, with its number: `3 trenger deg`.
    pub needs: String,
    /// Brings the window to the front.
    pub show: String,
}
