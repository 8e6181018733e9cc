//! What follows from a draft and the catalogues: groups, questions, findings, the specimen plan and the parts it becomes.
//!
//! Everything here is worked out anew after each edit and never stored.

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::catalogue::model::{AnswerOption, AnswerType, Coded, ContainerKind, Phase, Severity, Text};
use crate::composing::draft::{Answer, Brought};

/// All that follows from a draft.
#[derive(Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct Composition {
    /// The basket, by provider and department, in the order of the first pick.
    pub groups: Vec<Group>,
    /// Containers to take, in order of draw, the rest after them.
    pub plan: Vec<PlannedSpecimen>,
    /// Everything a rule says, hardest first.
    pub findings: Vec<Finding>,
    /// What still has to be answered or settled before it can be handed on.
    pub missing: Vec<Missing>,
    /// The requisitions it will become.
    pub parts: Vec<Part>,
    /// The strictest text limit of the receivers, in characters.
    pub clinical_text_limit: u32,
    /// Nothing to collect here: *Send* takes the place of *Collect now*.
    pub nothing_to_collect: bool,
    /// Size of all attachments, in bytes.
    #[serde(default)]
    pub attachments_bytes: u32,
    /// The strictest limit of the receivers that get attachments, in bytes; 0 where nobody gets any.
    #[serde(default)]
    pub attachments_limit: u32,
}

/// Lines of one department.
#[derive(Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct Group {
    /// Provider id.
    pub provider: String,
    /// Provider name.
    pub provider_name: String,
    /// Department id.
    pub department: String,
    /// Discipline on screen: "Medisinsk biokjemi".
    pub department_name: Text,
    /// The lines.
    pub lines: Vec<BasketLine>,
}

/// A line with all that belongs to it.
#[derive(Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct BasketLine {
    /// Line id.
    pub id: u32,
    /// Provider id.
    pub provider: String,
    /// Service id.
    pub service: String,
    /// Name.
    pub name: String,
    /// Code shown.
    pub code: String,
    /// Panel name it came with.
    pub panel: Option<String>,
    /// Cap colour of its container, and the container's name.
    pub container: Option<ContainerRef>,
    /// Preparation of the patient.
    pub preparation: Option<Text>,
    /// Questions that are visible now.
    pub questions: Vec<AskedQuestion>,
    /// When this patient last had it ordered here.
    pub last_ordered: Option<LastOrdered>,
    /// Containers that the line describes one by one, in its order.
    #[serde(default)]
    pub containers: Vec<BasketContainer>,
    /// What a container of the line may be taken from, the usual one first; empty where nothing is taken, so that no
    /// container can be described.
    #[serde(default)]
    pub materials: Vec<MaterialOffer>,
    /// The day on which it is taken, `YYYY-MM-DD`: its own or the draft's.
    #[serde(default)]
    pub planned_date: Option<String>,
    /// The service is gone from the catalogue; its replacement, if there is one.
    pub withdrawn: Option<Withdrawn>,
}

/// A described container as it will be taken. What was written about it stands in the draft.
#[derive(Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct BasketContainer {
    /// Container id within the line.
    pub id: u32,
    /// Its letter, in pathology where there are several.
    pub letter: Option<String>,
    /// What it is taken from.
    pub material: String,
    /// What it is taken in.
    pub container: ContainerRef,
    /// Fixative or medium that it will have: its own, or the container's.
    pub fixative: Option<String>,
    /// The site has to be said and is not.
    pub site_missing: bool,
    /// It was taken or labelled before its order came here.
    #[serde(default)]
    pub brought: Option<Brought>,
}

/// A material that a service may be taken from.
#[derive(Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct MaterialOffer {
    /// As [`crate::composing::draft::LineContainer::material`] takes it.
    pub material: String,
    /// The container that goes with it.
    pub container: ContainerRef,
    /// What is in that container already.
    pub fixative: Option<String>,
}

/// What a line's container looks like.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ContainerRef {
    /// Container id.
    pub id: String,
    /// Name.
    pub name: Text,
    /// `#rrggbb`.
    pub colour: String,
    /// Colour in words.
    pub colour_name: Text,
    /// Drawing.
    pub kind: ContainerKind,
}

/// An earlier requisition of the same service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct LastOrdered {
    /// RFC 3339.
    pub at: String,
    /// Whole days ago.
    pub days: u32,
}

/// A service that is no longer offered. Its line stays, and stops the draft, until somebody puts the replacement in its
/// place or leaves it out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Withdrawn {
    /// Service id that took its place.
    pub replacement: Option<String>,
    /// Its name.
    pub replacement_name: Option<String>,
    /// Why it is not offered.
    pub why: NotOffered,
    /// What a record system ordered, where nobody has said yet which service it is.
    #[serde(default)]
    pub ordered: Option<OrderedAs>,
}

/// What a record system ordered and somebody has to find in a catalogue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct OrderedAs {
    /// Name of the receiver, where no catalogue of it is in use here.
    pub unknown_receiver: Option<String>,
    /// What it is to be taken from: "Sårsekret, Legg".
    pub taken_from: Vec<String>,
    /// The services that it may be and that are offered, the likeliest first.
    pub choices: Vec<ServiceChoice>,
}

/// A service to choose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ServiceChoice {
    /// Provider id.
    pub provider: String,
    /// Its name.
    pub provider_name: String,
    /// Service id.
    pub service: String,
    /// Its name.
    pub name: String,
}

/// Why a service cannot be ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum NotOffered {
    /// The provider has withdrawn it.
    Withdrawn,
    /// The provider's catalogue does not have it.
    Gone,
    /// No catalogue of the provider is in use here.
    NoCatalogue,
    /// A record system ordered it, and nobody has said yet which service it is.
    Unsettled,
}

/// A question as it is asked now.
#[derive(Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct AskedQuestion {
    /// Question id.
    pub id: String,
    /// When.
    pub phase: Phase,
    /// Kind of answer.
    pub answer_type: AnswerType,
    /// The question.
    pub text: Text,
    /// Help.
    pub help: Option<Text>,
    /// Options.
    pub options: Vec<AnswerOption>,
    /// Unit.
    pub unit: Option<String>,
    /// Smallest number.
    pub min: Option<f64>,
    /// Largest number.
    pub max: Option<f64>,
    /// Must be answered.
    pub required: bool,
    /// The answer so far.
    pub answer: Option<Answer>,
    /// Shared with other lines: shown at the first of them only.
    pub shared: bool,
    /// Asked of the patient, on a screen of its own.
    #[serde(default)]
    pub interview: bool,
}

/// A container to take.
#[derive(Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct PlannedSpecimen {
    /// Unique in the plan: provider, department, container, material, handling.
    pub key: String,
    /// Provider id.
    pub provider: String,
    /// Department id.
    pub department: String,
    /// What holds it.
    pub container: ContainerRef,
    /// Number in the order of draw, from 1; none for what is not drawn.
    pub draw: Option<u32>,
    /// Containers.
    pub count: u32,
    /// Nominal volume of one, in millilitres.
    pub fill_ml: Option<f64>,
    /// Material as text.
    pub material: String,
    /// Material code.
    pub material_code: Option<Coded>,
    /// Handling class.
    pub handling_class: String,
    /// Handling, container's and services' own.
    pub handling: Vec<Text>,
    /// The lines it serves.
    pub lines: Vec<u32>,
    /// Their names.
    pub services: Vec<String>,
    /// Often taken at home.
    pub take_home: bool,
    /// The day on which it is taken, `YYYY-MM-DD`, where it is not now.
    #[serde(default)]
    pub planned_date: Option<String>,
    /// Letter by which pathology tells several containers of one requisition apart.
    #[serde(default)]
    pub letter: Option<String>,
    /// The described container that it is; the first one, where several lines share it.
    #[serde(default)]
    pub described: Option<DescribedRef>,
    /// It was taken or labelled before its order came here.
    #[serde(default)]
    pub brought: Option<Brought>,
}

/// A described container of a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DescribedRef {
    /// Line id.
    pub line: u32,
    /// Container id within the line.
    pub container: u32,
}

/// What a finding is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(tag = "about", rename_all = "snake_case")]
pub enum Subject {
    /// One line.
    Line {
        /// Line id.
        line: u32,
    },
    /// The patient.
    Patient,
    /// Who orders.
    Requester,
    /// The clinical text.
    ClinicalText,
    /// The whole draft.
    Draft,
}

/// What a rule says about a draft.
#[derive(Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct Finding {
    /// Who rejects or advises.
    pub provider: Option<String>,
    /// Its name.
    pub provider_name: Option<String>,
    /// Rule id of the catalogue, or our own code (`urgency_in_text`, `too_long`, `duplicate`, `withdrawn` …).
    pub rule: String,
    /// How hard.
    pub severity: Severity,
    /// What it is about.
    pub subject: Subject,
    /// The catalogue's text; our own codes are worded by the window.
    pub text: Option<Text>,
    /// Figures for the wording, by name.
    pub params: std::collections::BTreeMap<String, String>,
    /// Reasons that let it pass.
    pub override_reasons: Vec<AnswerOption>,
    /// The reason given.
    pub overridden: Option<String>,
    /// Title of the source.
    pub source: Option<String>,
    /// Day the rule was checked.
    pub checked: Option<String>,
}

/// Something to settle before handing on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Missing {
    /// A required question.
    Question {
        /// Line id.
        line: u32,
        /// Question id.
        question: String,
    },
    /// A warning without a reason.
    Warning {
        /// What it is about.
        subject: Subject,
        /// Rule id.
        rule: String,
    },
    /// A stop.
    Stop {
        /// What it is about.
        subject: Subject,
        /// Rule id.
        rule: String,
    },
    /// Nothing was picked.
    Services,
    /// Nobody orders.
    Requester,
}

/// One requisition that the draft becomes.
#[derive(Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct Part {
    /// Provider id.
    pub provider: String,
    /// Provider name.
    pub provider_name: String,
    /// Department id.
    pub department: String,
    /// Discipline on screen.
    pub department_name: Text,
    /// List 8202.
    pub discipline: String,
    /// Lines in it.
    pub lines: Vec<u32>,
    /// Keys of its planned specimens.
    pub specimens: Vec<String>,
    /// The day it is for, `YYYY-MM-DD`, where it is not now.
    #[serde(default)]
    pub planned_date: Option<String>,
    /// What sets it apart from another requisition to the same department: a material, or a service.
    #[serde(default)]
    pub only: Option<String>,
    /// Ids of the attachments that go with it.
    #[serde(default)]
    pub attachments: Vec<String>,
}
