//! What the window shows. A view holds everything a screen needs, so that a screen asks once.

use requisition::catalogue::model::Text;
use requisition::composing::composition::ContainerRef;
use requisition::composing::draft::Urgency;
use requisition::numbers::Supply;
use requisition::outbox::{Kind, Waiting};
use requisition::receipt::AppRecErrorCode;
use requisition::requisition::follow_up::{AddOn, Barred, NoAddOn};
use requisition::requisition::{PatientCheckRule, Requisition, State};
use serde::{Deserialize, Serialize};
use specta::Type;

mod composing;
mod handbook;
mod handover;
mod reading;
mod support;

pub use composing::*;
pub use handbook::*;
pub use handover::*;
pub use reading::*;
pub use support::*;

/// How far the application has come with opening its store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum Stage {
    /// Ready for work.
    Ready,
    /// No keyring on this machine: a passphrase is offered, never taken for granted.
    NoKeyring,
    /// The keyring is there but locked.
    KeyringLocked,
    /// A store is here but its key is not in the keyring.
    KeyMissing,
    /// A passphrase protects the store.
    NeedsPassphrase,
    /// Another instance has the store open.
    InUse,
    /// The store was written by a newer version of the application.
    NewerStore,
    /// The store's file is damaged: a backup can take its place.
    Damaged {
        /// Reference that also stands in the log.
        reference: String,
    },
    /// The store could not be opened.
    Failed {
        /// Error code.
        code: String,
        /// Reference that also stands in the log.
        reference: String,
    },
}

/// The application as a whole.
#[derive(Clone, Debug, Serialize, Type)]
pub struct AppView {
    /// How far it has come.
    pub stage: Stage,
    /// Version of the application.
    pub version: String,
    /// Office, somebody who orders and a catalogue are in place.
    pub set_up: bool,
    /// What is still to be set up, in order: `office`, `requester`, `provider`.
    pub to_set_up: Vec<String>,
    /// A demo hospital was named at start.
    pub demo: bool,
    /// `nb`, `nn`, `en`.
    pub language: String,
    /// `system`, `light`, `dark`.
    pub theme: String,
    /// Where the data is kept.
    pub data_dir: String,
}

/// The status strip and the numbers on the rail.
#[derive(Clone, Debug, Serialize, Type)]
pub struct StatusView {
    /// The line to each provider.
    pub lines: Vec<LineStatus>,
    /// Messages in the queue.
    pub queued: u32,
    /// Since when the oldest has waited, RFC 3339.
    pub oldest: Option<String>,
    /// Requisitions waiting in the internal lab.
    pub waiting: u32,
    /// What alarms in the internal lab: somebody waits too long, labels were printed and not sent, specimen numbers run out.
    pub lab_alarms: u32,
    /// Items that need somebody.
    pub needs_you: u32,
    /// What is the matter with disk or backups.
    pub storage: Option<StorageTrouble>,
    /// Catalogues in use.
    pub catalogues: Vec<CatalogueStatus>,
    /// How far the specimen numbers reach, for each provider that there is a line to.
    pub numbers: Vec<NumbersView>,
    /// Updates of catalogues that nobody has read.
    pub unread_updates: u32,
    /// Who is signed in.
    pub signed_in: Option<PersonView>,
}

/// How far the specimen numbers for a provider reach.
#[derive(Clone, Debug, Serialize, Type)]
pub struct NumbersView {
    /// Provider id.
    pub provider: String,
    /// Its name.
    pub provider_name: String,
    /// Where they come from.
    pub source: NumberSource,
    /// The provider leases no numbers: more of them come only with a station number from paper.
    pub leases_none: bool,
    /// How many are left.
    pub left: u32,
    /// How long they last.
    pub supply: Supply,
}

/// Where specimen numbers come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum NumberSource {
    /// This workstation's own counter.
    Station,
    /// Blocks of the provider's own series.
    Leased,
    /// There are none, so that no labels can be made.
    Nothing,
}

/// What is the matter with the disk or the backups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum StorageTrouble {
    /// Little room is left.
    DiskLow,
    /// Nothing more can be written.
    DiskFull,
    /// The data folder cannot be written.
    ReadOnly,
    /// No daily backup for days.
    BackupMissed,
}

/// Backups and the disk they stand on.
#[derive(Clone, Debug, Serialize, Type)]
pub struct StorageView {
    /// Where backups go.
    pub folder: String,
    /// The office chose it; otherwise it lies beside the store.
    pub own_folder: bool,
    /// Newest first.
    pub backups: Vec<BackupView>,
    /// When the newest was made, RFC 3339.
    pub last: Option<String>,
    /// Room on the disk of the data, in MiB.
    pub free_mb: Option<u32>,
    /// What is the matter.
    pub trouble: Option<StorageTrouble>,
    /// The account of a restore that nobody has read.
    pub restored: Option<RestoredView>,
}

/// One backup.
#[derive(Clone, Debug, Serialize, Type)]
pub struct BackupView {
    /// File name.
    pub name: String,
    /// When it was made, RFC 3339.
    pub made: String,
    /// Size in KiB.
    pub size_kb: u32,
    /// Made before an update of the program, not by the day.
    pub before_update: bool,
}

/// What going back to a backup means.
#[derive(Clone, Debug, Serialize, Type)]
pub struct RestoredView {
    /// The newest fact in the backup, RFC 3339: what was done after it may be missing.
    pub newest: Option<String>,
    /// Messages that are sent again to be sure.
    pub queued_again: u32,
    /// Messages that hospitals have and this office does not know any more.
    pub strangers: u32,
}

/// What an operator may be sent.
#[derive(Clone, Debug, Serialize, Type)]
pub struct DiagnosticsView {
    /// The file.
    pub path: String,
    /// What stands in it.
    pub text: String,
}

/// The line to one provider.
#[derive(Clone, Debug, Serialize, Type)]
pub struct LineStatus {
    /// Provider id.
    pub provider: String,
    /// Name.
    pub name: String,
    /// It answered last time it was asked; none before the first answer.
    pub online: Option<bool>,
    /// Since when, RFC 3339.
    pub since: Option<String>,
}

/// A catalogue in use.
#[derive(Clone, Debug, Serialize, Type)]
pub struct CatalogueStatus {
    /// Provider id.
    pub provider: String,
    /// Name.
    pub name: String,
    /// Version; none while nothing was fetched.
    pub version: Option<String>,
    /// First day it applies.
    pub valid_from: Option<String>,
    /// When it was last checked for a new one, RFC 3339.
    pub checked: Option<String>,
    /// Older than its provider allows.
    pub stale: bool,
    /// Demonstration data.
    pub demo: bool,
    /// Services in it.
    pub services: u32,
    /// Why the last refresh gave nothing.
    pub problem: Option<String>,
    /// A version that is here already and applies from a later day.
    pub coming: Option<ComingCatalogue>,
}

/// A version that is taken into use on its day.
#[derive(Clone, Debug, Serialize, Type)]
pub struct ComingCatalogue {
    /// Version.
    pub version: String,
    /// First day it applies, `YYYY-MM-DD`.
    pub valid_from: String,
}

/// A catalogue read from a file.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ImportedCatalogue {
    /// Provider id.
    pub provider: String,
    /// Name of the provider.
    pub name: String,
    /// Version.
    pub version: String,
    /// First day it applies, `YYYY-MM-DD`.
    pub valid_from: String,
    /// What became of it.
    pub standing: CatalogueStanding,
}

/// What became of a catalogue that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum CatalogueStanding {
    /// It is in use now.
    InUse,
    /// It was in use already.
    Same,
    /// It waits for its day.
    Waiting,
}

/// Somebody who works at the office.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PersonView {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Title.
    pub title: String,
    /// May order.
    pub orders: bool,
    /// HPR number.
    pub hpr: String,
    /// HER-id.
    pub her: String,
    /// Telephone.
    pub phone: String,
}

/// The office.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct OfficeView {
    /// Name.
    pub name: String,
    /// Organisation number.
    pub organisation_number: String,
    /// HER-id.
    pub her: String,
    /// Telephone.
    pub phone: String,
    /// Letters on the label.
    pub label_code: String,
}

/// A connection; the token itself never goes to the window.
#[derive(Clone, Debug, Serialize, Type)]
pub struct ConnectionView {
    /// Provider id.
    pub provider: String,
    /// Name, once a catalogue told it.
    pub name: String,
    /// Gateway address.
    pub gateway: String,
    /// Public key.
    pub public_key: String,
    /// A token is kept.
    pub has_token: bool,
}

/// Where labels come out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PrintingView {
    /// `queue`, `socket`, or empty before it is chosen.
    pub kind: String,
    /// Queue name or `host:port`.
    pub target: String,
    /// Stock.
    pub stock: String,
    /// Dots per inch.
    pub dpi: u32,
}

/// Settings.
#[derive(Clone, Debug, Serialize, Type)]
pub struct SettingsView {
    /// The office, once set up.
    pub office: Option<OfficeView>,
    /// People.
    pub people: Vec<PersonView>,
    /// Lines.
    pub connections: Vec<ConnectionView>,
    /// Labels.
    pub printing: PrintingView,
    /// Print queue for forms and lists on A4; empty before it is chosen.
    pub paper_queue: String,
    /// How the patient is made sure of before labels are printed.
    pub patient_check: PatientCheckRule,
    /// Stocks to choose among.
    pub stocks: Vec<String>,
    /// `keyring` or `passphrase`.
    pub key_place: String,
    /// Station number for specimen numbers; none before enrolment.
    pub station: Option<String>,
    /// `nb`, `nn`, `en`.
    pub language: String,
    /// `system`, `light`, `dark`.
    pub theme: String,
}

/// What a test of a line gave.
#[derive(Clone, Debug, Serialize, Type)]
pub struct ConnectionTest {
    /// It answered as a gateway.
    pub ok: bool,
    /// Error code otherwise.
    pub code: Option<String>,
    /// The gateway's own words.
    pub detail: Option<String>,
    /// Version of the catalogue it offers and we took.
    pub catalogue: Option<String>,
}

/// A print queue.
#[derive(Clone, Debug, Serialize, Type)]
pub struct PrinterView {
    /// Queue name.
    pub name: String,
    /// What it is called.
    pub info: String,
    /// `idle`, `printing`, `stopped`, `unknown`.
    pub state: String,
    /// Reasons the spooler gives: `media-empty` …
    pub reasons: Vec<String>,
}

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

/// One light.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub struct LightView {
    /// `none`, `not_applicable`, `draft`, `waiting`, `queued`, `yes`, `partly`, `faults`, `no`, `attention`.
    pub state: String,
    /// When, RFC 3339.
    pub at: Option<String>,
}

/// A row of the overview.
#[derive(Clone, Serialize, Type)]
pub struct OverviewRow {
    /// Requisition id.
    pub id: String,
    /// For whom.
    pub patient: PatientView,
    /// Service names.
    pub services: Vec<String>,
    /// Provider.
    pub provider_name: String,
    /// Discipline.
    pub department_name: Text,
    /// How urgent.
    pub urgency: Urgency,
    /// State.
    pub state: State,
    /// Sent.
    pub sent: LightView,
    /// Accepted.
    pub accepted: LightView,
    /// Specimen received.
    pub received: LightView,
    /// Answered.
    pub answered: LightView,
}

/// Something that needs somebody.
#[derive(Clone, Serialize, Type)]
pub struct NeedView {
    /// Names the item; an act is about it and no other.
    pub key: String,
    /// Requisition id.
    pub id: String,
    /// For whom.
    pub patient: PatientView,
    /// Service names.
    pub services: Vec<String>,
    /// How many requisitions it is about: those that wait for one line are one item.
    pub count: u32,
    /// What it is about.
    pub reason: NeedReason,
    /// What kind of message it is about.
    pub kind: Option<Kind>,
    /// The receiver's own words.
    pub words: Option<String>,
    /// Receiver's error code or HTTP status, as it stands.
    pub code: Option<String>,
    /// Receiver's error code (list 8221), where there are words for it.
    pub fault: Option<AppRecErrorCode>,
    /// Why it waits.
    pub waiting: Option<Waiting>,
    /// Who: provider and department.
    pub receiver: String,
    /// Telephone of the receiver.
    pub phone: Option<String>,
    /// When it happened, RFC 3339.
    pub at: String,
    /// The one right act: `fix_and_resend`, `resend`, `complete`, `phone`, `acknowledge`.
    pub act: String,
    /// What else settles it, as above.
    pub others: Vec<String>,
}

/// Why somebody is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum NeedReason {
    /// The receiving system rejected the message.
    Rejected,
    /// It accepted the message and found faults in it.
    Faults,
    /// The gateway refused its form.
    Malformed,
    /// The gateway knows no such receiver.
    UnknownReceiver,
    /// The gateway takes no message of this size.
    TooLarge,
    /// The gateway has other bytes under its id.
    Conflict,
    /// No receipt in time.
    NoReceipt,
    /// Receipts that cannot both be true.
    Contradiction,
    /// The frozen bytes are not what they were.
    Damaged,
    /// It waits in the queue for too long.
    WaitingTooLong,
    /// Labels are out and nothing was sent.
    LabelledNotSent,
    /// A specimen cannot be used.
    SpecimenRejected,
    /// The provider will not do it.
    CancelledByProvider,
    /// The requisition is too old.
    Expired,
    /// The specimen was sent and has not arrived.
    NotArrived,
    /// The answer is late.
    LateAnswer,
}

/// The overview.
#[derive(Clone, Serialize, Type)]
pub struct OverviewView {
    /// Needs somebody.
    pub needs: Vec<NeedView>,
    /// Rows.
    pub rows: Vec<OverviewRow>,
    /// All that fit the filter.
    pub total: u32,
    /// How many fit each state: `all`, `waiting`, `queued`, `needs_you`, `unconfirmed`, `awaiting_answer`, `partly_answered`, `answered`,
    /// `ended`, `cancelled`.
    pub counts: Vec<(String, u32)>,
}

/// A fact on the timeline.
#[derive(Clone, Serialize, Type)]
pub struct FactView {
    /// `draft`, `waiting`, `collected`, `labels_asked`, `labels_spooled`, `finalised`, `attempt`, `delivered`, `accepted`, `faults`, `rejected`,
    /// `specimen_received`, `partly_answered`, `answered`, `cancelled`, `expired`, `resent`, `withdrawn` …
    pub fact: String,
    /// When, RFC 3339.
    pub at: String,
    /// Who, where somebody did it.
    pub who: Option<String>,
    /// Number of the attempt, or of labels.
    pub number: Option<u32>,
    /// Code of what went wrong.
    pub code: Option<String>,
    /// The other side's own words.
    pub words: Option<String>,
}

/// One requisition in the drawer.
#[derive(Clone, Serialize, Type)]
pub struct DetailView {
    /// The row.
    pub row: OverviewRow,
    /// The requisition.
    pub requisition: Requisition,
    /// Newest first.
    pub timeline: Vec<FactView>,
    /// What may be done now, the right one first: `fix_and_resend`, `resend`, `phone`, `acknowledge`, `complete`, `withdraw`, `change`,
    /// `add_on`, `cancel`, `copy`, `message`.
    pub acts: Vec<String>,
    /// What cannot be done electronically now, and why: `change`, `add_on`, `cancel`.
    pub barred: Vec<(String, Barred)>,
    /// What can be added to the material that was sent.
    pub addable: Vec<AddOn>,
    /// What cannot be added although it is taken from the same material, with the reason.
    pub not_addable: Vec<NoAddOn>,
    /// Needs somebody.
    pub need: Option<NeedView>,
    /// Message id of the newest message.
    pub message_id: Option<String>,
}

/// What printing gave.
#[derive(Clone, Serialize, Type)]
pub struct PrintView {
    /// Labels printed.
    pub labels: u32,
    /// Job number of the spooler.
    pub job: Option<String>,
}
