//! What a catalogue package says, as values.
//!
//! Everything that laboratories disagree about (containers, handling, questions, rules, label rules, limits) belongs to
//! the provider here and never to our code. The types are the content of the package (canonical JSON), so a field's
//! meaning never changes: a new meaning gets a new field.

mod container;
mod indexed;
mod provider;
mod question;
mod rule;
mod service;

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use specta::Type;

pub use container::{Container, ContainerKind, Spin};
pub use indexed::{Index, Indexed};
pub use provider::{Abilities, ChangeUntil, Department, Limits, MessageVersion, Provider, RequisitionPer};
pub use question::{AnswerOption, AnswerPlace, AnswerType, Phase, Question};
pub use rule::{LEFTOVER_LETTERS, LabelPer, LabelRule, Rule, Severity, Symbology};
pub use service::{Coded, Panel, Service, SpecimenAlternative};

/// A text in the three languages of the screens. Bokmål is always there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Norwegian bokmål.
    pub nb: String,
    /// Norwegian nynorsk; bokmål is shown where it is empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub nn: String,
    /// English; bokmål is shown where it is empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub en: String,
}

/// One provider's whole offer at one version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    /// Format of the package content; [`FORMAT`].
    pub format: u32,
    /// Who offers.
    pub provider: Provider,
    /// Version, compared number by number: `2026.11.2`.
    pub version: String,
    /// First day it applies, `YYYY-MM-DD`.
    pub valid_from: String,
    /// The version before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<String>,
    /// Receiving departments.
    pub departments: Vec<Department>,
    /// Containers, in the provider's own priority.
    pub containers: Vec<Container>,
    /// Services. Shared, because two versions of a large catalogue differ in a few of them.
    pub services: Vec<Arc<Service>>,
    /// Panels.
    #[serde(default)]
    pub panels: Vec<Panel>,
    /// Questions that services refer to.
    #[serde(default)]
    pub questions: Vec<Question>,
    /// Decision support rules.
    #[serde(default)]
    pub rules: Vec<Rule>,
    /// Label rules; the one named `default` is used where a department names none.
    #[serde(default)]
    pub label_rules: Vec<LabelRule>,
    /// Where the facts come from.
    #[serde(default)]
    pub sources: Vec<Source>,
}

/// The package format this program reads and writes.
pub const FORMAT: u32 = 1;

/// Where a fact comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Id within the catalogue.
    pub id: String,
    /// Title.
    pub title: String,
    /// Address, as a reference only: the application never opens it by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}
