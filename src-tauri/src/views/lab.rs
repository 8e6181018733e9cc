//! The internal lab as the window shows it: what waits, what is collected, its labels, and what a scan says.

use requisition::composing::composition::ContainerRef;
use requisition::composing::draft::Urgency;
use requisition::requisition::{PatientCheckRule, Requisition, State};
use serde::Serialize;
use specta::Type;

use super::{PatientView, PrintingView};

/// One on the internal lab's list.
#[derive(Clone, Serialize, Type)]
pub struct WorkItem {
    /// Requisition id.
    pub id: String,
    /// For whom.
    pub patient: PatientView,
    /// How urgent.
    pub urgency: Urgency,
    /// Service names.
    pub services: Vec<String>,
    /// Containers still to take.
    pub containers: Vec<ContainerRef>,
    /// The doctor's word.
    pub note: String,
    /// Since when, RFC 3339.
    pub since: String,
    /// When it should be taken at the latest, RFC 3339.
    pub due: String,
    /// The day it was ordered for, `YYYY-MM-DD`.
    pub planned: Option<String>,
    /// Something in it is a standing series.
    pub series: bool,
    /// It should have been taken by now.
    pub too_long: bool,
    /// Who has it open.
    pub held: Option<HeldView>,
    /// Waits for something taken at home.
    pub at_home: bool,
    /// Labels were printed then, RFC 3339, and lie about: it is not sent.
    pub labelled_since: Option<String>,
    /// Why a label of it did not come out.
    pub print_problem: Option<String>,
    /// State.
    pub state: State,
    /// Provider.
    pub provider_name: String,
}

/// Who has a requisition open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub struct HeldView {
    /// Name.
    pub by: String,
    /// Since when, RFC 3339.
    pub since: String,
}

/// How sure the collector is of the patient.
#[derive(Clone, Serialize, Type)]
pub struct BenchView {
    /// How the office makes sure.
    pub rule: PatientCheckRule,
    /// It has to be done before labels are printed.
    pub needed: bool,
    /// Another patient who was open a moment ago.
    pub just_before: Option<JustBefore>,
}

/// Another patient who was open a moment ago.
#[derive(Clone, Serialize, Type)]
pub struct JustBefore {
    /// "Family, Given".
    pub name: String,
    /// When last, RFC 3339.
    pub at: String,
}

/// A requisition in the internal lab.
#[derive(Clone, Serialize, Type)]
pub struct CollectionView {
    /// The requisition.
    pub requisition: Requisition,
    /// For the banner.
    pub patient: PatientView,
    /// State.
    pub state: State,
    /// Labels of its specimens.
    pub labels: Vec<LabelView>,
    /// People who may have collected.
    pub collectors: Vec<String>,
    /// The one signed in.
    pub collector: String,
    /// What stops completing: `waiting`, `at_home`, `unnumbered`, `unscanned`, `question`, `nothing_taken`.
    pub not_ready: Vec<String>,
    /// What completing leaves behind: specimen ids.
    pub remainder: Vec<String>,
    /// Where labels come out.
    pub printing: PrintingView,
    /// Whether the patient was made sure of.
    pub bench: BenchView,
    /// Somebody else than the one signed in has it open.
    pub held: Option<HeldView>,
    /// Offline: completing queues.
    pub online: bool,
}

/// A label.
#[derive(Clone, Serialize, Type)]
pub struct LabelView {
    /// Specimen id.
    pub specimen: String,
    /// Specimen number.
    pub number: String,
    /// The label as it prints, SVG.
    pub svg: String,
    /// Asked to print, times.
    pub asked: u32,
    /// The spooler took it, RFC 3339.
    pub spooled: Option<String>,
    /// Staff confirmed or scanned it, RFC 3339.
    pub confirmed: Option<String>,
    /// Why the last print failed.
    pub problem: Option<String>,
}

/// What scanning gave.
#[derive(Clone, Serialize, Type)]
#[serde(tag = "scan", rename_all = "snake_case")]
pub enum ScanView {
    /// One of this requisition's specimens: confirmed.
    Confirmed {
        /// Specimen id.
        specimen: String,
    },
    /// Confirmed before.
    Already {
        /// Specimen id.
        specimen: String,
    },
    /// Belongs to another requisition, of the same or another patient: stop.
    Wrong {
        /// Requisition it belongs to.
        requisition: String,
        /// Another patient.
        other_patient: bool,
        /// Already sent.
        sent: bool,
        /// Of a requisition that was withdrawn.
        cancelled: bool,
    },
    /// An identity number while a patient is open.
    Patient {
        /// The eleven digits.
        number: String,
        /// It is the patient who is open; another one stops.
        matches: bool,
    },
    /// Opens a requisition: a returned container, or a label scanned at the list.
    Opens {
        /// Requisition id.
        requisition: String,
        /// Specimen id.
        specimen: String,
    },
    /// A container taken at home is back: ask when it was taken, then record `returned`.
    CameBack {
        /// Specimen id.
        specimen: String,
    },
    /// Its specimen was given up (not taken, spoiled): it must not be sent.
    GivenUp {
        /// Specimen id.
        specimen: String,
    },
    /// A part of the code on a paper form; the others are awaited.
    PaperPart {
        /// Parts read.
        read: u32,
        /// Parts of the form.
        of: u32,
    },
    /// A whole paper form of a requisition that is ours.
    Paper {
        /// Requisition id.
        requisition: String,
    },
    /// A whole paper form of another office: a draft was made of it.
    PaperDraft {
        /// Draft id.
        draft: String,
        /// Name of the office.
        from: String,
        /// Names of services that no catalogue here knows.
        unknown: Vec<String>,
    },
    /// Nothing here has that number.
    Unknown {
        /// `check_digits`, `not_a_number`, `not_here`, `paper_damaged`, `paper_newer`, `paper_no_order`, `paper_patient`.
        code: String,
    },
}
