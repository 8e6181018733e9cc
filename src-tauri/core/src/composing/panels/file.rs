//! Panels as a file, to carry from one office to another: `rekvirent-panels/1`.
//!
//! ```json
//! {
//!   "format": "rekvirent-panels/1",
//!   "panels": [{
//!     "name": "Årskontroll",
//!     "words": ["diabetes"],
//!     "members": [
//!       { "provider": "balsam-lab", "service": "hba1c", "name": "HbA1c" },
//!       { "provider": "balsam-lab", "service": "acr", "name": "U-Albumin/kreatinin", "optional": true }
//!     ]
//!   }],
//!   "favourites": [{ "provider": "balsam-lab", "service": "crp", "name": "CRP" }]
//! }
//! ```
//!
//! `provider` and `service` are the ids of the provider's catalogue; `name` is what the office that wrote the file read
//! there. A panel may further hold `answers` by question id, as `{ "type": "boolean", "value": true }`, of the coded kinds
//! `boolean`, `choice` and `choices` alone: a file cannot carry anything of a patient. It says nothing of persons: who
//! reads it in decides whether its panels are shared.
//!
//! A file is at most [`LARGEST`] bytes, UTF-8. A field that the format does not have is refused by its name, since it may
//! mean something; another number after the slash is another format. A field's meaning never changes.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserializer, Error as _, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{CodedAnswer, LONGEST_ID, OfficePanel, PanelFault, id};

/// The format that this program writes and reads.
pub const FORMAT: &str = "rekvirent-panels/1";
/// Largest file, in bytes: far beyond any office's panels, and a bound on what reading costs.
pub const LARGEST: usize = 4 << 20;
/// Most panels in a file.
const MOST_PANELS: usize = 1000;
/// Most favourites in a file.
const MOST_FAVOURITES: usize = 5000;

/// What a file holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PanelFile {
    /// [`FORMAT`].
    pub format: String,
    /// The panels.
    #[serde(default)]
    pub panels: Vec<OfficePanel>,
    /// Favourites.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub favourites: Vec<FileFavourite>,
}

/// A favourite in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileFavourite {
    /// Provider (catalogue) id.
    pub provider: String,
    /// Service id.
    pub service: String,
    /// Name when it was marked; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
}

/// Why a file was not read. Nothing of it was taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileRefused {
    /// Larger than [`LARGEST`].
    #[error("the file is larger than {LARGEST} bytes")]
    TooLarge,
    /// No JSON, or no file of this kind.
    #[error("this is no file of panels ({0})")]
    NotPanels(String),
    /// A later format.
    #[error("the file is of format {0}; this program reads {FORMAT}")]
    OtherFormat(String),
    /// A field that is missing, unknown, twice, or of another form; names it with its place.
    #[error("{path}: {what}")]
    Field {
        /// Where: `panels[1].members[0]`.
        path: String,
        /// What is wrong, in English, with the field's name.
        what: String,
    },
}

/// The file of these panels and favourites, as bytes. The same content gives the same bytes.
///
/// # Errors
/// [`FileRefused::TooLarge`] where it would be larger than can be read in again.
pub fn write(panels: Vec<OfficePanel>, favourites: Vec<FileFavourite>) -> Result<Vec<u8>, FileRefused> {
    let file = PanelFile { format: FORMAT.to_owned(), panels, favourites };
    let mut bytes = serde_json::to_vec_pretty(&file).map_err(|error| FileRefused::NotPanels(error.to_string()))?;
    bytes.push(b'\n');
    if bytes.len() > LARGEST || file.panels.len() > MOST_PANELS || file.favourites.len() > MOST_FAVOURITES {
        return Err(FileRefused::TooLarge);
    }
    Ok(bytes)
}

/// Reads a file, whole or not at all.
///
/// # Errors
/// [`FileRefused`] says what is wrong, and where.
pub fn read(bytes: &[u8]) -> Result<PanelFile, FileRefused> {
    if bytes.len() > LARGEST {
        return Err(FileRefused::TooLarge);
    }
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    // The format first: a later one may have fields of its own.
    let seen: Value = serde_json::from_slice(bytes).map_err(|error| FileRefused::NotPanels(error.to_string()))?;
    match seen.get("format").and_then(Value::as_str) {
        Some(FORMAT) => {}
        Some(other) if other.starts_with("rekvirent-panels/") => {
            return Err(FileRefused::OtherFormat(other.chars().take(40).collect()));
        }
        Some(_) | None => return Err(FileRefused::NotPanels("its format is not named".to_owned())),
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let file: PanelFile = serde_path_to_error::deserialize(&mut reader)
        .map_err(|error| FileRefused::Field { path: error.path().to_string(), what: error.inner().to_string() })?;
    file.checked()
}

/// Answers of which none stands twice: of two to one question, nobody could say which one counts.
pub(super) fn each_once<'de, D: Deserializer<'de>>(reader: D) -> Result<BTreeMap<String, CodedAnswer>, D::Error> {
    struct Answers;
    impl<'de> Visitor<'de> for Answers {
        type Value = BTreeMap<String, CodedAnswer>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("answers by question id")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut answers = BTreeMap::new();
            while let Some((question, answer)) = map.next_entry::<String, CodedAnswer>()? {
                if answers.insert(question, answer).is_some() {
                    return Err(A::Error::custom("an answer stands twice"));
                }
            }
            Ok(answers)
        }
    }
    reader.deserialize_map(Answers)
}

impl PanelFile {
    fn checked(self) -> Result<Self, FileRefused> {
        let refused = |fault: PanelFault| FileRefused::Field { path: fault.field, what: fault.reason.to_owned() };
        let many = |path: &str| FileRefused::Field { path: path.to_owned(), what: "too_many".to_owned() };
        if self.panels.len() > MOST_PANELS {
            return Err(many("panels"));
        }
        if self.favourites.len() > MOST_FAVOURITES {
            return Err(many("favourites"));
        }
        let checked = self.panels.into_iter().enumerate();
        let panels = checked
            .map(|(at, panel)| panel.checked().map_err(|fault| refused(fault.under(&format!("panels[{at}]")))))
            .collect::<Result<Vec<_>, _>>()?;
        for (at, favourite) in self.favourites.iter().enumerate() {
            let named = favourite.name.chars().count() <= LONGEST_ID;
            let sound = id("provider", &favourite.provider)
                .and_then(|_| id("service", &favourite.service))
                .and_then(|_| if named { Ok(()) } else { Err(PanelFault::new("name", "too_long")) });
            sound.map_err(|fault| refused(fault.under(&format!("favourites[{at}]"))))?;
        }
        Ok(Self { panels, ..self })
    }
}
