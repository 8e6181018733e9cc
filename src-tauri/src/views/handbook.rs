//! What the handbook shows: the tree, a service's and a provider's page, and what updates changed.

use requisition::catalogue::diff::{Change, Item};
use requisition::catalogue::model::{Container, Department, Panel, Provider, Question, Rule, Service, Source, Text};
use requisition::composing::plan::Effect;
use serde::Serialize;
use specta::Type;

use super::{CatalogueStatus, HitView};

/// One provider in the tree, without its services: those are asked for group by group.
#[derive(Clone, Debug, Serialize, Type)]
pub struct TreeProvider {
    /// Provider id.
    pub provider: String,
    /// Name.
    pub name: String,
    /// Services that can be ordered.
    pub services: u32,
    /// Departments that offer something.
    pub departments: Vec<TreeDepartment>,
}

/// A department in the tree.
#[derive(Clone, Debug, Serialize, Type)]
pub struct TreeDepartment {
    /// Department id.
    pub id: String,
    /// Discipline.
    pub name: Text,
    /// Services that can be ordered.
    pub services: u32,
    /// Groups, in the provider's order.
    pub groups: Vec<TreeGroup>,
}

/// A group in the tree.
#[derive(Clone, Debug, Serialize, Type)]
pub struct TreeGroup {
    /// Name.
    pub name: String,
    /// Services that can be ordered.
    pub services: u32,
}

/// Some of a group's services.
#[derive(Clone, Serialize, Type)]
pub struct TreePage {
    /// The services, by name.
    pub services: Vec<HitView>,
    /// How many the group has.
    pub total: u32,
}

/// The same analysis (same code in the same system) at another provider.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct ElsewhereView {
    /// Provider id.
    pub provider: String,
    /// Provider name.
    pub provider_name: String,
    /// Service id there.
    pub service: String,
    /// Name there.
    pub name: String,
    /// Material and container there: "Plasma, heparin".
    pub material: String,
}

/// Another service of the same provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub struct ServiceRef {
    /// Service id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Code; empty where it has none.
    pub code: String,
}

/// A rule with the title of its source.
#[derive(Clone, Debug, Serialize, Type)]
pub struct RuleView {
    /// The rule as the catalogue has it.
    pub rule: Rule,
    /// Title of its source.
    pub source: String,
}

/// A handbook page.
#[derive(Clone, Serialize, Type)]
pub struct ServicePage {
    /// Provider id.
    pub provider: String,
    /// Provider name.
    pub provider_name: String,
    /// Version of the catalogue it stands in.
    pub version: String,
    /// Discipline.
    pub department_name: Text,
    /// Telephone.
    pub phone: Option<String>,
    /// Demonstration data.
    pub demo: bool,
    /// The service as the catalogue has it.
    pub service: Service,
    /// Its containers, in the order of its alternatives.
    pub containers: Vec<Container>,
    /// Its questions.
    pub questions: Vec<Question>,
    /// Rules that concern it.
    pub rules: Vec<RuleView>,
    /// Panels it is in.
    pub panels: Vec<Panel>,
    /// Title of its source.
    pub source: String,
    /// The same analysis at other providers.
    pub elsewhere: Vec<ElsewhereView>,
    /// What takes its place, where it is withdrawn.
    pub replacement: Option<ServiceRef>,
    /// The withdrawn services whose place it has taken.
    pub replaces: Vec<ServiceRef>,
    /// What updates changed, newest first.
    pub changes: Vec<ServiceChange>,
    /// What adding it to the open draft would do to the plan.
    pub effect: Option<Effect>,
}

/// What one update changed for a service.
#[derive(Clone, Debug, Serialize, Type)]
pub struct ServiceChange {
    /// Version that changed it.
    pub version: String,
    /// When that was taken into use, RFC 3339.
    pub at: String,
    /// What changed.
    pub change: Change,
}

/// A provider's page.
#[derive(Clone, Debug, Serialize, Type)]
pub struct ProviderPage {
    /// Who it is, what it refuses and what can be done after sending.
    pub provider: Provider,
    /// Receiving departments.
    pub departments: Vec<Department>,
    /// Where its facts come from.
    pub sources: Vec<Source>,
    /// Services that can be ordered.
    pub services: u32,
    /// Panels.
    pub panels: u32,
    /// Version, dates and alarms; none once the line was taken away.
    pub status: Option<CatalogueStatus>,
}

/// One update of a catalogue, counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub struct UpdateRow {
    /// Id of the update.
    pub id: String,
    /// Provider id.
    pub provider: String,
    /// Provider name.
    pub provider_name: String,
    /// Version before.
    pub from: String,
    /// Version after.
    pub to: String,
    /// When it was taken into use, RFC 3339.
    pub at: String,
    /// Somebody has read it.
    pub read: bool,
    /// What is new.
    pub new: u32,
    /// What is different.
    pub changed: u32,
    /// What can no longer be ordered and has no successor.
    pub withdrawn: u32,
    /// What has a successor.
    pub replaced: u32,
}

/// What an update changed.
#[derive(Clone, Debug, Serialize, Type)]
pub struct UpdateView {
    /// Counts and versions.
    pub row: UpdateRow,
    /// The changes, services first.
    pub changes: Vec<UpdateChange>,
}

/// One change with what it concerns.
#[derive(Clone, Debug, Serialize, Type)]
pub struct UpdateChange {
    /// The change.
    pub change: Change,
    /// What took its place, where it was replaced and the successor is still offered.
    pub replacement: Option<ServiceRef>,
    /// Some of the services that a changed container, question or rule concerns.
    pub concerns: Vec<ServiceRef>,
    /// How many it concerns in all.
    pub concerned: u32,
}

impl UpdateChange {
    /// Services come first, then what they are made of; the office's own order of interest.
    #[must_use]
    pub fn place(item: Item) -> u8 {
        match item {
            Item::Service => 0,
            Item::Panel => 1,
            Item::Container => 2,
            Item::Question => 3,
            Item::Rule => 4,
            Item::Provider => 5,
            Item::Department => 6,
            Item::LabelRule => 7,
        }
    }
}
