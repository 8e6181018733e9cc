//! People and organisations that a requisition names.
//!
//! The forms are those of the order document. A party here is what stands in a message: nothing is looked up, and a
//! patient is never printed by Debug.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::codes::Sex;
use crate::ids::{HerId, HprNumber, NationalId};

/// Debug output that says only what kind of thing it is: the value is about a patient.
macro_rules! redacted {
    ($($name:ident),+ $(,)?) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )+};
}
pub(crate) use redacted;

/// Ids of a unit (list 9051).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "UPPERCASE")]
pub struct UnitIds {
    /// Id in the address register.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub her: Option<HerId>,
    /// Organisation number. Text, because the order document asks for its form only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enh: Option<String>,
    /// Id in the register of units in the specialist health service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rsh: Option<String>,
    /// Local id of an institution.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lin: Option<String>,
    /// Local id of a department.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lav: Option<String>,
}

/// Ids of a health worker (list 8116).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "UPPERCASE")]
pub struct PersonIds {
    /// Id in the address register.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub her: Option<HerId>,
    /// Number in the register of health workers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hpr: Option<HprNumber>,
}

/// An organisation, department or section.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Unit {
    /// Name.
    pub name: String,
    /// Ids.
    #[serde(default, skip_serializing_if = "UnitIds::is_empty")]
    pub ids: UnitIds,
}

/// A health worker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Person {
    /// Name, "August September".
    pub name: String,
    /// Ids.
    #[serde(default, skip_serializing_if = "PersonIds::is_empty")]
    pub ids: PersonIds,
}

/// A postal address.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Address {
    /// Street and number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub street: Option<String>,
    /// Postal code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// Post town.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
}

/// A party of a requisition: an organisation, then departments from large to small, or a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Party {
    /// The organisation.
    pub organisation: Unit,
    /// Departments and sections, from large to small.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub departments: Vec<Unit>,
    /// The communication party, where it is a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<Person>,
    /// Telephone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// E-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
}

/// Who orders: a clinician, or a unit alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Clinician {
    /// Name; it or the unit is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Profession, list 9060.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profession: Option<String>,
    /// Ids.
    #[serde(default, skip_serializing_if = "PersonIds::is_empty")]
    pub ids: PersonIds,
    /// The clinician's unit, or the ordering unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Unit>,
    /// Contact telephone.
    pub phone: String,
    /// E-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
}

/// A patient's numbers (list 8327).
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "UPPERCASE")]
pub struct PatientIds {
    /// Fødselsnummer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fnr: Option<NationalId>,
    /// D-nummer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dnr: Option<NationalId>,
    /// Felles hjelpenummer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fhn: Option<NationalId>,
    /// H-nummer or another number that only the requester knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hnr: Option<String>,
}

/// Local numbers of one thing at its two ends.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct LocalIds {
    /// The requester's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requester: Option<String>,
    /// The service provider's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_provider: Option<String>,
}

/// A patient's name.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PatientName {
    /// Family name.
    pub family: String,
    /// Given names, middle names included.
    pub given: String,
}

/// The patient.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Patient {
    /// National or local numbers.
    pub ids: PatientIds,
    /// Numbers in the local systems.
    #[serde(default, skip_serializing_if = "LocalIds::is_empty")]
    pub local_ids: LocalIds,
    /// Name.
    pub name: PatientName,
    /// Sex; there when no national number is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sex: Option<Sex>,
    /// Date of birth; there when no national number is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[specta(type = Option<String>)]
    pub birth_date: Option<Date>,
    /// Address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
    /// Telephone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// E-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Admission category, list 8240; nothing for a patient who is not admitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admission_category: Option<String>,
}

redacted!(Address, LocalIds, PatientIds, PatientName, Patient);

impl UnitIds {
    /// No id at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl PersonIds {
    /// No id at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl LocalIds {
    /// No id at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl PatientIds {
    /// A national number that identifies the patient everywhere: FNR, else DNR, else FHN.
    #[must_use]
    pub fn national(&self) -> Option<&NationalId> {
        self.fnr.as_ref().or(self.dnr.as_ref()).or(self.fhn.as_ref())
    }
}

impl PatientName {
    /// As the message writes it: "Family, Given".
    #[must_use]
    pub fn family_first(&self) -> String {
        format!("{}, {}", self.family, self.given)
    }
}
