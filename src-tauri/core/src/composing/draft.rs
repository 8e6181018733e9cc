//! A draft: what the user picked, wrote and answered, and nothing that can be worked out from it.
//!
//! Catalogue facts are not copied here; they are looked up afresh until the draft becomes requisitions, so a catalogue
//! update shows at once. Carries patient data: `Debug` prints none of it.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use specta::Type;

pub use super::details::{
    Attachment, AttachmentRefused, Brought, Candidate, CollectionPlace, DepartmentRef, EarlierFinding, Interval,
    IntervalUnit, LineContainer, LineSeries, Ordered, Side,
};

/// A draft as it is kept and as the window sees it.
#[derive(Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct Draft {
    /// UUIDv7.
    pub id: String,
    /// Grows by one at every edit.
    pub revision: u32,
    /// When it was begun, RFC 3339.
    pub created: String,
    /// When it was last edited, RFC 3339.
    pub updated: String,
    /// For whom.
    pub patient: Patient,
    /// Requester id from the settings; the only one or the last one by default.
    pub requester: Option<String>,
    /// What was picked, in the order it was picked.
    pub lines: Vec<Line>,
    /// Id of the last line ever made, so that none is used twice.
    #[serde(default)]
    #[specta(skip)]
    pub last_line: u32,
    /// Answers to questions that all lines share, by `provider/question`.
    pub shared_answers: BTreeMap<String, Answer>,
    /// Clinical information.
    pub clinical_text: String,
    /// Diagnoses, the main one first.
    pub diagnoses: Vec<Diagnosis>,
    /// How urgent.
    pub urgency: Urgency,
    /// List 4101; ordinary patient by default.
    pub payment: String,
    /// Who gets a copy.
    pub copy_recipients: Vec<CopyRecipient>,
    /// A word from the doctor to the one who collects; never sent.
    pub note_to_collector: String,
    /// Reasons given for going on against a `warn`.
    pub overrides: Vec<Override>,
    /// When the specimens are to be taken, `YYYY-MM-DD`, where it is not now. A line may have a day of its own.
    pub planned_date: Option<String>,
    /// Where the specimens are taken.
    #[serde(default)]
    pub collection: CollectionPlace,
    /// The patient is, or is to be, in a cancer pathway (pakkeforløp).
    #[serde(default)]
    pub cancer_pathway: bool,
    /// Earlier findings and results.
    #[serde(default)]
    pub earlier_findings: Vec<EarlierFinding>,
    /// Documents that go along.
    #[serde(default)]
    pub attachments: Vec<Attachment>,
    /// Id that a record system gave the requisition when it handed it over; the requisition keeps it.
    #[serde(default)]
    pub origin: Option<String>,
    /// By line id, the version of its catalogue that somebody has seen it with; later changes are news.
    #[serde(default)]
    #[specta(skip)]
    pub based_on: BTreeMap<u32, String>,
    /// Id of the requisition on the paper form that it was read from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[specta(skip)]
    pub from_paper: Option<String>,
    /// What the last edit took out, whole, so that it can be put back as it was; the next edit of another kind forgets it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[specta(skip)]
    pub removed: Option<Box<Removed>>,
}

/// The patient of a draft. Identified by a number, or by name, birth date and sex.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Patient {
    /// 11 digits, already checked.
    pub national_id: Option<String>,
    /// `FNR`, `DNR`, `FHN` (list 8327), where there is a number.
    pub id_kind: Option<String>,
    /// Family name.
    pub family: String,
    /// Given and middle names.
    pub given: String,
    /// `YYYY-MM-DD`; from the number where it can be derived.
    pub birth_date: Option<String>,
    /// List 3101: `1` male, `2` female, `0` unknown, `9` not specified.
    pub sex: String,
    /// Telephone.
    pub phone: Option<String>,
    /// Street address.
    pub street: Option<String>,
    /// Postal code.
    pub postal_code: Option<String>,
    /// City.
    pub city: Option<String>,
}

/// One picked service.
#[derive(Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct Line {
    /// Unique in the draft, never used again in it.
    pub id: u32,
    /// Provider (catalogue) id.
    pub provider: String,
    /// Service id.
    pub service: String,
    /// Panel it came with: the id of a provider's panel or of one of the office.
    pub panel: Option<String>,
    /// Name of that panel when it was picked. Drafts of earlier versions lack it.
    #[serde(default)]
    pub panel_name: Option<String>,
    /// Name when it was picked, shown if the service is gone from the catalogue.
    pub name: String,
    /// Answers by question id.
    pub answers: BTreeMap<String, Answer>,
    /// Containers that are described one by one; none where the catalogue's plan is taken.
    #[serde(default)]
    pub containers: Vec<LineContainer>,
    /// Id of the last container ever described, so that none is used twice.
    #[serde(default)]
    #[specta(skip)]
    pub last_container: u32,
    /// The day on which this line is taken, `YYYY-MM-DD`, where it is another than the draft's. Lines of different days
    /// become requisitions of their own.
    #[serde(default)]
    pub planned_date: Option<String>,
    /// The line is a standing series.
    #[serde(default)]
    pub series: Option<LineSeries>,
    /// What a record system ordered, while nobody has said which service it is: the line has no service yet then, and its
    /// provider is empty where no catalogue of the receiver is in use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[specta(skip)]
    pub ordered: Option<Box<Ordered>>,
}

/// A line that was taken out, with what the draft said of it elsewhere. What it shares with other lines stayed in the draft.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Removed {
    /// The line.
    pub line: Line,
    /// Its place among the lines, counted from 0.
    pub at: usize,
    /// All the reasons of the draft as they were, its own among them.
    pub overrides: Vec<Override>,
    /// The version of its catalogue that it was seen with.
    pub based_on: Option<String>,
}

/// An answer.
#[derive(Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub enum Answer {
    /// Yes or no.
    Boolean(bool),
    /// One option's value.
    Choice(String),
    /// Several options' values.
    Choices(Vec<String>),
    /// Free text.
    Text(String),
    /// A number in the question's unit.
    Number(f64),
    /// `YYYY-MM-DD`.
    Date(String),
    /// `YYYY-MM-DDTHH:MM`, wall clock.
    DateTime(String),
}

/// How urgent, one field that drives message, label, list and phone prompt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// Ordinary.
    #[default]
    Routine,
    /// Urgent.
    Urgent,
    /// At once.
    Cito,
}

/// A diagnosis.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Diagnosis {
    /// `ICPC2` or `ICD10`.
    pub system: String,
    /// Code.
    pub code: String,
    /// Text.
    pub display: String,
}

/// A copy recipient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CopyRecipient {
    /// Organisation.
    pub organisation: String,
    /// HER-id of the organisation.
    pub organisation_her: String,
    /// Person or department.
    pub name: String,
    /// HER-id of the person or department.
    pub her: String,
    /// Whether `name` is a person.
    pub person: bool,
}

/// A coded reason for going on against a `warn`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Override {
    /// Line it concerns; none for the whole draft.
    pub line: Option<u32>,
    /// Provider id.
    pub provider: String,
    /// Rule id.
    pub rule: String,
    /// Value of the override reason.
    pub reason: String,
}

/// One edit. Each is saved before the window hears of it.
#[derive(Clone, Serialize, Deserialize, Type)]
#[serde(tag = "edit", rename_all = "snake_case")]
pub enum Edit {
    /// Pick a service.
    AddService {
        /// Provider id.
        provider: String,
        /// Service id.
        service: String,
    },
    /// Pick a provider's panel: all its services.
    AddPanel {
        /// Provider id.
        provider: String,
        /// Panel id.
        panel: String,
    },
    /// Pick a panel of the office: all its services.
    AddOfficePanel {
        /// Id of the panel.
        panel: String,
    },
    /// Take a line out.
    RemoveLine {
        /// Line id.
        line: u32,
    },
    /// Put a line that the last edit took out back in its place, with everything that was said of it.
    RestoreLine {
        /// Line id.
        line: u32,
    },
    /// Put a withdrawn service's replacement in its place.
    ReplaceLine {
        /// Line id.
        line: u32,
    },
    /// Say which service it is that a record system ordered. What it said of the service and its specimens goes along.
    SettleLine {
        /// Line id.
        line: u32,
        /// Provider id.
        provider: String,
        /// Service id.
        service: String,
    },
    /// Answer a question, or take the answer back.
    Answer {
        /// Line id.
        line: u32,
        /// Question id.
        question: String,
        /// The answer; none takes it back.
        answer: Option<Answer>,
    },
    /// Give a reason for going on, or take it back.
    Override {
        /// Line id; none for the whole draft.
        line: Option<u32>,
        /// Provider id.
        provider: String,
        /// Rule id.
        rule: String,
        /// Reason value; none takes it back.
        reason: Option<String>,
    },
    /// Clinical information.
    ClinicalText {
        /// The whole text.
        text: String,
    },
    /// A word to the collector.
    NoteToCollector {
        /// The whole text.
        text: String,
    },
    /// All diagnoses.
    Diagnoses {
        /// The main one first.
        diagnoses: Vec<Diagnosis>,
    },
    /// Urgency.
    Urgency {
        /// How urgent.
        urgency: Urgency,
    },
    /// Payment.
    Payment {
        /// List 4101.
        category: String,
    },
    /// All copy recipients.
    CopyRecipients {
        /// Who.
        recipients: Vec<CopyRecipient>,
    },
    /// Who orders.
    Requester {
        /// Requester id from the settings.
        requester: String,
    },
    /// The patient's own facts (address, telephone, name); never another person.
    Patient {
        /// The patient.
        patient: Patient,
    },
    /// Planned day of the draft.
    PlannedDate {
        /// `YYYY-MM-DD`, or none for now.
        date: Option<String>,
    },
    /// Planned day of one line.
    LinePlannedDate {
        /// Line id.
        line: u32,
        /// `YYYY-MM-DD`, or none for that of the draft.
        date: Option<String>,
    },
    /// Make a line a standing series, or no longer.
    Series {
        /// Line id.
        line: u32,
        /// The whole series; none for a line that is taken once.
        series: Option<LineSeries>,
    },
    /// Describe one more container of a line. The first one of a line takes over what was answered for site and measure; a
    /// later one is like the one before it, without site and comment.
    AddContainer {
        /// Line id.
        line: u32,
    },
    /// Say what a container of a line is.
    DescribeContainer {
        /// Line id.
        line: u32,
        /// The whole of it; its id says which one.
        container: LineContainer,
    },
    /// Take a container out. Without any, the line is taken as the catalogue plans it.
    RemoveContainer {
        /// Line id.
        line: u32,
        /// Container id.
        container: u32,
    },
    /// Where the specimens are taken.
    CollectionPlace {
        /// The place.
        place: CollectionPlace,
    },
    /// Cancer pathway.
    CancerPathway {
        /// Whether the patient is in one.
        on: bool,
    },
    /// All earlier findings.
    EarlierFindings {
        /// In the order they are shown.
        findings: Vec<EarlierFinding>,
    },
    /// Attach a document whose content is in the store already.
    Attach {
        /// The document, as [`Attachment::of`] found it out.
        attachment: Attachment,
    },
    /// Say what an attached document is and where it goes.
    DescribeAttachment {
        /// Id of the attachment.
        id: String,
        /// What it is.
        description: String,
        /// The department it goes to, or none.
        only: Option<DepartmentRef>,
    },
    /// Take an attached document out.
    RemoveAttachment {
        /// Id of the attachment.
        id: String,
    },
    /// What new catalogues changed for this draft has been seen.
    SeenCatalogue,
}

impl Line {
    /// A line as it is when a service is picked.
    #[must_use]
    pub fn new(id: u32, provider: &str, service: &str, name: String) -> Self {
        Self {
            id,
            provider: provider.to_owned(),
            service: service.to_owned(),
            panel: None,
            panel_name: None,
            name,
            answers: BTreeMap::new(),
            containers: Vec::new(),
            last_container: 0,
            planned_date: None,
            series: None,
            ordered: None,
        }
    }
}

impl Draft {
    /// An empty draft for a patient.
    #[must_use]
    pub fn new(id: String, patient: Patient, requester: Option<String>, now: Timestamp) -> Self {
        let now = now.to_string();
        Self {
            id,
            revision: 0,
            created: now.clone(),
            updated: now,
            patient,
            requester,
            lines: Vec::new(),
            last_line: 0,
            shared_answers: BTreeMap::new(),
            clinical_text: String::new(),
            diagnoses: Vec::new(),
            urgency: Urgency::Routine,
            payment: ORDINARY_PATIENT.into(),
            copy_recipients: Vec::new(),
            note_to_collector: String::new(),
            overrides: Vec::new(),
            planned_date: None,
            collection: CollectionPlace::Office,
            cancer_pathway: false,
            earlier_findings: Vec::new(),
            attachments: Vec::new(),
            origin: None,
            based_on: BTreeMap::new(),
            from_paper: None,
            removed: None,
        }
    }

    /// A line by id.
    #[must_use]
    pub fn line(&self, id: u32) -> Option<&Line> {
        self.lines.iter().find(|line| line.id == id)
    }

    /// The day on which a line is taken: its own, or the draft's; none for now.
    #[must_use]
    pub fn day_of<'a>(&'a self, line: &'a Line) -> Option<&'a str> {
        line.planned_date.as_deref().or(self.planned_date.as_deref())
    }

    /// Key of a shared answer in [`Draft::shared_answers`].
    #[must_use]
    pub fn shared_key(provider: &str, question: &str) -> String {
        format!("{provider}/{question}")
    }
}

/// "Vanlig pasient" in list 4101.
const ORDINARY_PATIENT: &str = "1";

impl fmt::Debug for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Draft")
            .field("id", &self.id)
            .field("revision", &self.revision)
            .field("lines", &self.lines.len())
            .finish_non_exhaustive()
    }
}

/// `Debug` of what a patient said or is: the type's name alone.
macro_rules! redacted {
    ($($name:ident),+) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )+};
}
redacted!(Patient, Line, Answer, Diagnosis, Edit);
