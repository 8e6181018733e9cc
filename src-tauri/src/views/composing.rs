//! What the screens of composing show: patients, drafts, hits, and what became of a draft.

use requisition::catalogue::model::Text;
use requisition::composing::composition::Composition;
use requisition::composing::draft::{Answer, Draft, Patient, Urgency};
use requisition::composing::news::LineNews;
use requisition::composing::panels::Picked;
use serde::Serialize;
use specta::Type;

use super::{ElsewhereView, PersonView, ServiceRef};

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub struct FieldProblem {
    /// Field of the form.
    pub field: String,
    /// Code that the window words.
    pub code: String,
}

/// A patient form, checked.
#[derive(Clone, Serialize, Type)]
pub struct PatientCheckView {
    /// It can be used.
    pub ok: bool,
    /// What is wrong.
    pub problems: Vec<FieldProblem>,
    /// `131169 00216`.
    pub number: Option<String>,
    /// `FNR`, `DNR`, `FHN`.
    pub kind: Option<String>,
    /// A synthetic number.
    pub synthetic: bool,
    /// `YYYY-MM-DD`.
    pub birth_date: Option<String>,
    /// List 3101.
    pub sex: Option<String>,
    /// Whole years.
    pub age: Option<u32>,
    /// This workstation has met the patient: what it knows.
    pub known: Option<Patient>,
}

/// A patient for the banner and lists.
#[derive(Clone, Serialize, Type)]
pub struct PatientView {
    /// The facts.
    pub patient: Patient,
    /// Whole years today.
    pub age: Option<u32>,
    /// A synthetic number.
    pub synthetic: bool,
}

/// A draft in the list.
#[derive(Clone, Serialize, Type)]
pub struct DraftRow {
    /// Id.
    pub id: String,
    /// For whom.
    pub patient: PatientView,
    /// Names of the first services.
    pub services: Vec<String>,
    /// How many.
    pub count: u32,
    /// How urgent.
    pub urgency: Urgency,
    /// Last edit, RFC 3339.
    pub updated: String,
    /// Names of services in it that can no longer be ordered.
    pub gone: Vec<String>,
    /// Names of services whose container, questions or the like a new catalogue has changed since it was last seen.
    pub changed: Vec<String>,
}

/// A draft with all that follows from it.
#[derive(Clone, Serialize, Type)]
pub struct DraftView {
    /// The draft.
    pub draft: Draft,
    /// For the banner.
    pub patient: PatientView,
    /// Who orders.
    pub requester: Option<PersonView>,
    /// Office name.
    pub office: String,
    /// What follows.
    pub composition: Composition,
    /// What became of the panel that the last edit picked.
    pub picked: Option<Picked>,
    /// What new catalogues changed since it was last seen.
    pub news: Vec<LineNews>,
}

/// A hit on screen.
#[derive(Clone, Serialize, Type)]
pub struct HitView {
    /// `service`, `panel` of a provider, or `office_panel`.
    pub kind: String,
    /// Provider id; empty for a panel of the office.
    pub provider: String,
    /// Provider name; the office's for its panels.
    pub provider_name: String,
    /// Discipline; empty for panels.
    pub department_name: Text,
    /// Service or panel id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Code, or number of services of a panel.
    pub code: String,
    /// Material and container: "Serum, gelrør"; the providers of an office's panel.
    pub material: String,
    /// Colour of the container's cap, `#rrggbb`.
    pub colour: Option<String>,
    /// Fasting.
    pub fasting: bool,
    /// Already in the draft.
    pub in_draft: bool,
    /// Withdrawn: cannot be picked.
    pub withdrawn: bool,
    /// Members of a panel that are no longer offered.
    pub missing: u32,
    /// What takes the place of a withdrawn one.
    pub replacement: Option<ServiceRef>,
    /// The same analysis at other providers.
    pub elsewhere: Vec<ElsewhereView>,
    /// Field that matched: `name`, `code`, `synonym`, `member`, `typo`, `recent`, `favourite`; `panel` where nothing was typed.
    pub why: String,
    /// The word that matched.
    pub matched: String,
    /// Character ranges of the match in `name`, or in `matched` where another word matched.
    pub ranges: Vec<(u32, u32)>,
}

/// Hits for one keystroke.
#[derive(Clone, Serialize, Type)]
pub struct SearchView {
    /// The query they answer.
    pub query: String,
    /// The hits, best first within each provider and department.
    pub hits: Vec<HitView>,
    /// How many the list has, with those that were left out because only the first were asked for.
    pub listed: u32,
    /// All there are.
    pub total: u32,
    /// Catalogues searched.
    pub catalogues: u32,
    /// The best hit is no more than a guess, or one of several that are called just so: nothing may be taken unasked.
    pub ambiguous: bool,
    /// Microseconds the search took.
    pub micros: u32,
}

/// What became of a draft.
#[derive(Clone, Serialize, Type)]
pub struct HandedOn {
    /// The requisitions.
    pub requisitions: Vec<String>,
    /// How many went to the outbox.
    pub queued: u32,
}

/// What a patient answered earlier to a question of an interview.
#[derive(Clone, Serialize, Type)]
pub struct EarlierAnswer {
    /// Provider id.
    pub provider: String,
    /// Question id.
    pub question: String,
    /// The answer.
    pub answer: Answer,
    /// When it was given, RFC 3339.
    pub at: String,
}
