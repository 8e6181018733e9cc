//! Coded values and the few lists that the program itself decides by.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use specta::Type;

use super::{ListNumber, OID_ROOT, list_text};

/// Version of the national requisition message (HIS 80821).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
pub enum MessageVersion {
    /// v1.5 2008-12-01.
    #[serde(rename = "1.5")]
    V1_5,
    /// v1.6 2012-02-15.
    #[serde(rename = "1.6")]
    V1_6,
}

/// Sex (list 3101).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
pub enum Sex {
    /// Not known.
    #[serde(rename = "0")]
    Unknown,
    /// Male.
    #[serde(rename = "1")]
    Male,
    /// Female.
    #[serde(rename = "2")]
    Female,
    /// Not specified.
    #[serde(rename = "9")]
    NotSpecified,
}

impl Sex {
    /// The code in list 3101.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unknown => "0",
            Self::Male => "1",
            Self::Female => "2",
            Self::NotSpecified => "9",
        }
    }
}

/// What a requisition is about: the values of list 8202 that may be sent (HIS 1160, HIS 1175).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "UPPERCASE")]
pub enum Discipline {
    /// Medical biochemistry.
    Clin,
    /// Microbiology.
    Mbio,
    /// Laboratory medicine: several laboratory specialities in one requisition.
    Lab,
    /// Histology.
    Hist,
    /// Cytology.
    Cyto,
    /// Autopsy.
    Obd,
    /// Computed tomography.
    Ct,
    /// Mammography.
    Ma,
    /// Magnetic resonance.
    Mr,
    /// X-ray.
    Rtg,
    /// Scintigraphy.
    Sci,
    /// Ultrasound.
    Ul,
}

impl Discipline {
    /// Every value.
    pub const ALL: [Self; 12] = [
        Self::Clin,
        Self::Mbio,
        Self::Lab,
        Self::Hist,
        Self::Cyto,
        Self::Obd,
        Self::Ct,
        Self::Ma,
        Self::Mr,
        Self::Rtg,
        Self::Sci,
        Self::Ul,
    ];

    /// The code in list 8202.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Clin => "CLIN",
            Self::Mbio => "MBIO",
            Self::Lab => "LAB",
            Self::Hist => "HIST",
            Self::Cyto => "CYTO",
            Self::Obd => "OBD",
            Self::Ct => "CT",
            Self::Ma => "MA",
            Self::Mr => "MR",
            Self::Rtg => "RTG",
            Self::Sci => "SCI",
            Self::Ul => "UL",
        }
    }

    /// The value with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|discipline| discipline.code() == code)
    }

    /// Pathology: tissue and cells, whose containers are told apart by letters.
    #[must_use]
    pub const fn is_pathology(self) -> bool {
        match self {
            Self::Hist | Self::Cyto | Self::Obd => true,
            Self::Clin | Self::Mbio | Self::Lab | Self::Ct | Self::Ma | Self::Mr | Self::Rtg | Self::Sci | Self::Ul => {
                false
            }
        }
    }

    /// Radiology: examinations of the patient. The others take specimens to a laboratory.
    #[must_use]
    pub const fn is_radiology(self) -> bool {
        match self {
            Self::Ct | Self::Ma | Self::Mr | Self::Rtg | Self::Sci | Self::Ul => true,
            Self::Clin | Self::Mbio | Self::Lab | Self::Hist | Self::Cyto | Self::Obd => false,
        }
    }
}

/// A code system of the order document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Type)]
#[specta(transparent)]
pub struct CodeSystem(#[specta(type = String)] System);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum System {
    Nlk,
    Ncrp,
    Norpat,
    Icpc2,
    Icd10,
    Local,
    Volven(ListNumber),
}

/// The name is none of `NLK`, `NCRP`, `NORPAT`, `ICPC2`, `ICD10`, `LOCAL`, `volven:NNNN`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not a code system of this format")]
pub struct UnknownCodeSystem;

impl CodeSystem {
    /// Norsk laboratoriekodeverk.
    pub const NLK: Self = Self(System::Nlk);
    /// Norwegian radiological procedures.
    pub const NCRP: Self = Self(System::Ncrp);
    /// Norwegian pathology codes.
    pub const NORPAT: Self = Self(System::Norpat);
    /// ICPC-2.
    pub const ICPC2: Self = Self(System::Icpc2);
    /// ICD-10.
    pub const ICD10: Self = Self(System::Icd10);
    /// Free text and codes of the receiver's own.
    pub const LOCAL: Self = Self(System::Local);

    /// A list by its number.
    #[must_use]
    pub const fn volven(list: ListNumber) -> Self {
        Self(System::Volven(list))
    }

    /// The list, where the system is one of the numbered lists.
    #[must_use]
    pub const fn list(self) -> Option<ListNumber> {
        match self.0 {
            System::Volven(list) => Some(list),
            System::Nlk | System::Ncrp | System::Norpat | System::Icpc2 | System::Icd10 | System::Local => None,
        }
    }

    /// Parses the name in an order document or a catalogue.
    ///
    /// # Errors
    /// [`UnknownCodeSystem`].
    pub fn parse(name: &str) -> Result<Self, UnknownCodeSystem> {
        Ok(match name {
            "NLK" => Self::NLK,
            "NCRP" => Self::NCRP,
            "NORPAT" => Self::NORPAT,
            "ICPC2" => Self::ICPC2,
            "ICD10" => Self::ICD10,
            "LOCAL" => Self::LOCAL,
            _ => {
                let digits = name.strip_prefix("volven:").ok_or(UnknownCodeSystem)?;
                if digits.len() != 4 || !digits.bytes().all(|b| b.is_ascii_digit()) {
                    return Err(UnknownCodeSystem);
                }
                Self::volven(digits.parse().map_err(|_| UnknownCodeSystem)?)
            }
        })
    }

    /// The object identifier written as S.
    #[must_use]
    pub fn oid(self) -> String {
        let number = match self.0 {
            System::Nlk => 7280,
            System::Ncrp => 7270,
            System::Norpat => 7010,
            System::Icpc2 => 7170,
            System::Icd10 => 7110,
            System::Local => 8212,
            System::Volven(list) => list,
        };
        format!("{OID_ROOT}{number:04}")
    }
}

impl fmt::Display for CodeSystem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            System::Nlk => f.write_str("NLK"),
            System::Ncrp => f.write_str("NCRP"),
            System::Norpat => f.write_str("NORPAT"),
            System::Icpc2 => f.write_str("ICPC2"),
            System::Icd10 => f.write_str("ICD10"),
            System::Local => f.write_str("LOCAL"),
            System::Volven(list) => write!(f, "volven:{list:04}"),
        }
    }
}

impl Serialize for CodeSystem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CodeSystem {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// A coded value, and what people read.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
pub struct Code {
    /// Whose code it is.
    pub system: CodeSystem,
    /// The code; only `LOCAL` and `NCRP` (free-text examinations) go without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// What the receiver shows.
    pub display: String,
}

impl Code {
    /// A code with its text.
    #[must_use]
    pub fn new(system: CodeSystem, code: impl Into<String>, display: impl Into<String>) -> Self {
        Self { system, code: Some(code.into()), display: display.into() }
    }

    /// A service or value that the receiver knows only by its text.
    #[must_use]
    pub fn text(display: impl Into<String>) -> Self {
        Self { system: CodeSystem::LOCAL, code: None, display: display.into() }
    }

    /// A value of one of the numbered lists with the list's own text; `None` when the list lacks it.
    #[must_use]
    pub fn of_list(list: ListNumber, code: &str) -> Option<Self> {
        Some(Self::new(CodeSystem::volven(list), code, list_text(list, code)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn systems_have_the_identifiers_of_the_standard() {
        for (name, oid) in [
            ("NLK", "7280"),
            ("NCRP", "7270"),
            ("NORPAT", "7010"),
            ("ICPC2", "7170"),
            ("ICD10", "7110"),
            ("LOCAL", "8212"),
            ("volven:8351", "8351"),
        ] {
            let system = CodeSystem::parse(name).unwrap();
            assert_eq!((system.to_string().as_str(), system.oid()), (name, format!("2.16.578.1.12.4.1.1.{oid}")));
        }
        for wrong in ["SNOMED", "nlk", "volven:835", "volven:83511", "volven:+351", ""] {
            assert_eq!(CodeSystem::parse(wrong), Err(UnknownCodeSystem), "{wrong}");
        }
    }

    #[test]
    fn every_discipline_is_in_its_list() {
        for discipline in Discipline::ALL {
            assert!(list_text(8202, discipline.code()).is_some());
            assert_eq!(Discipline::from_code(discipline.code()), Some(discipline));
        }
    }
}
