//! What can be ordered: services with the ways to take their specimens, and panels of them.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::Text;

/// A coded value with its system, as in the order document (`NLK`, `NCRP`, `NORPAT`, `LOCAL`, `volven:NNNN`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct Coded {
    /// Code system.
    pub system: String,
    /// Code; nothing for local services known by text alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Text sent with it.
    pub display: String,
}

impl Coded {
    /// Whether it names a kind of examination that many services share, as list 8219 does ("Histologisk undersøkelse").
    #[must_use]
    pub fn is_a_kind(&self) -> bool {
        self.system == "volven:8219"
    }

    /// Whether the code alone says which service is meant, at every provider.
    #[must_use]
    pub fn names_one_service(&self) -> bool {
        self.code.is_some() && self.system != "LOCAL" && !self.is_a_kind()
    }
}

/// Anything orderable.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Id within the catalogue, stable over versions.
    pub id: String,
    /// Code and usage name in the message.
    pub code: Coded,
    /// The same service in the receiver's own code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local_code: Option<Coded>,
    /// Codes that always go with it and say what the code alone leaves open: site and procedure of a histological
    /// examination (NORPAT). Not together with [`Service::local_code`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub specs: Vec<Coded>,
    /// Name on screen: "Ferritin".
    pub name: String,
    /// Lay words, brand names, old names, abbreviations.
    #[serde(default)]
    pub synonyms: Vec<String>,
    /// Department id.
    pub department: String,
    /// Group in the tree: "Jernstatus, anemi, vitaminer".
    pub group: String,
    /// Ranking priority, 0 (rare) to 100 (daily).
    #[serde(default)]
    pub priority: u32,
    /// Unit of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Handbook text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handbook: Option<Text>,
    /// How the patient prepares: fasting, morning, before next dose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preparation: Option<Text>,
    /// The patient must fast.
    #[serde(default)]
    pub fasting: bool,
    /// Specimen alternatives, best first; none for examinations of the patient.
    #[serde(default)]
    pub specimens: Vec<SpecimenAlternative>,
    /// Question ids.
    #[serde(default)]
    pub questions: Vec<String>,
    /// Usual days until the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turnaround_days: Option<u32>,
    /// Hours for which the analysis can be added to a specimen already taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub add_on_hours: Option<u32>,
    /// Days within which a repeat is seldom useful, with its source in `rules`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retest_days: Option<u32>,
    /// Only for this sex: `1` male, `2` female (list 3101).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sex: Option<String>,
    /// Youngest age in whole years.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_age: Option<u32>,
    /// Oldest age in whole years.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age: Option<u32>,
    /// Service id that took its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<String>,
    /// Withdrawn: found, but not orderable.
    #[serde(default)]
    pub withdrawn: bool,
    /// Source id.
    pub source: String,
    /// Day the fact was last checked, `YYYY-MM-DD`.
    pub checked: String,
}

/// One way to take what a service needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct SpecimenAlternative {
    /// Material as text: "Serum".
    pub material: String,
    /// Material code, list 8351 or 8216.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub material_code: Option<Coded>,
    /// Container id.
    pub container: String,
    /// Usable material needed, in millilitres.
    #[serde(default)]
    pub volume_ml: f64,
    /// Specimens of different handling never share a container: `room`, `cold`, `ice`, `dark`, `frozen`.
    #[serde(default = "room")]
    pub handling_class: String,
    /// Handling beyond the container's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handling: Option<Text>,
    /// Never shares a container with other services.
    #[serde(default)]
    pub own_container: bool,
}

fn room() -> String {
    "room".into()
}

/// Services ordered together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct Panel {
    /// Id within the catalogue.
    pub id: String,
    /// Name.
    pub name: String,
    /// Other words for it.
    #[serde(default)]
    pub synonyms: Vec<String>,
    /// Service ids that are always in it.
    pub services: Vec<String>,
    /// Service ids that may be added.
    #[serde(default)]
    pub optional: Vec<String>,
    /// Source id.
    pub source: String,
}
