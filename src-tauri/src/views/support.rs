//! Decision support as one looks at it.

use requisition::catalogue::model::{Severity, Text};
use requisition::composing::composition::LastOrdered;
use serde::Serialize;
use specta::Type;

/// When a patient last had a service ordered here.
#[derive(Clone, Serialize, Type)]
pub struct OrderedBefore {
    /// Provider id.
    pub provider: String,
    /// Service id.
    pub service: String,
    /// When.
    pub last: LastOrdered,
}

/// How the rules of a provider are heeded here.
#[derive(Clone, Serialize, Type)]
pub struct RuleUses {
    /// The day that is counted from, `YYYY-MM-DD`.
    pub since: String,
    /// The rules, the one most often gone against first.
    pub rules: Vec<RuleUse>,
}

/// A rule, and how it is heeded.
#[derive(Clone, Serialize, Type)]
pub struct RuleUse {
    /// Rule id of the catalogue, or code of one of the program's own rules.
    pub rule: String,
    /// Names of the services that it is about, the first few; none for one that is tried once for the whole draft.
    pub services: Vec<String>,
    /// How many services it is about besides those.
    pub more_services: u32,
    /// How hard.
    pub severity: Severity,
    /// What it says; none for one of the program's own, which the window words.
    pub text: Option<Text>,
    /// Title of its source.
    pub source: Option<String>,
    /// Day on which it was checked, `YYYY-MM-DD`.
    pub checked: Option<String>,
    /// Lines and drafts that it was shown for.
    pub shown: u32,
    /// Those of them where somebody went on against it.
    pub overridden: u32,
    /// The reasons given, with how often, the commonest first.
    pub reasons: Vec<(Text, u32)>,
}
