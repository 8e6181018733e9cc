//! The overview as the window shows it: lights, what needs somebody, and the story of a requisition.

use requisition::catalogue::model::Text;
use requisition::composing::draft::Urgency;
use requisition::outbox::{Kind, Waiting};
use requisition::receipt::AppRecErrorCode;
use requisition::requisition::follow_up::{AddOn, Barred, NoAddOn};
use requisition::requisition::{Requisition, State};
use serde::Serialize;
use specta::Type;

use super::PatientView;

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
