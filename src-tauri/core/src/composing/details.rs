//! What a draft says beside services and answers: containers that are described one by one, series, attachments, earlier
//! findings, where it is collected, and what a record system ordered that nobody has found in a catalogue yet.
//!
//! Values only. How they are taken is in `edits`, what follows from them in `plan`, `compose` and `requisition::order`. They
//! speak of a patient: `Debug` prints none of it.

use std::fmt;

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::order::{self, MimeType};

/// One container of a line that has several: a jar of pathology, or the same analysis from another site or material.
///
/// A line without any is taken as the catalogue plans it, and its questions are answered for all of it. A line with some is
/// taken in exactly these, each with its own number and label. The questions for site, measure and comment of a specimen are
/// then not asked at the line: each container says them for itself.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct LineContainer {
    /// Unique in the line, never used again in it. Of an edit that adds one it is ignored.
    pub id: u32,
    /// Material, as the service's alternatives in the catalogue call it; the first of them where none is said. The
    /// container that is planned follows from it.
    #[serde(default)]
    pub material: Option<String>,
    /// Where it is taken from: "Legg, 10 cm over ytre ankelknoke".
    #[serde(default)]
    pub site: String,
    /// Which side.
    #[serde(default)]
    pub side: Option<Side>,
    /// How it is taken: "Stansebiopsi".
    #[serde(default)]
    pub procedure: String,
    /// Fixative or medium, where it is another than the container's own: "NaCl 9 mg/mL".
    #[serde(default)]
    pub fixative: String,
    /// Largest measure, in millimetres; more than 0, at most 1000.
    #[serde(default)]
    pub size_mm: Option<f64>,
    /// What else the laboratory should know: "Sutur kl. 12".
    #[serde(default)]
    pub comment: String,
    /// What it brings along, where it was taken or labelled before its order came here. No edit of the window changes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brought: Option<Brought>,
}

/// That a specimen was taken or labelled before its order came here from a record system. It stays as it was told: another
/// specimen may be taken instead of it, but nobody rewrites it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Brought {
    /// Name of the specimen in the order document. Containers of several lines with one name are one and the same.
    pub key: String,
    /// Number on its label, as it stands there.
    pub number: Option<String>,
    /// When it was taken, as the document says it: a day, or a day with a time. None where it is still to be taken.
    pub collected: Option<String>,
    /// What it is, where the catalogue would take the service from something else.
    pub material: Option<String>,
}

/// What a record system ordered as one service, kept with a line until somebody says which service of a catalogue it is.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Ordered {
    /// As the document has it.
    pub service: order::Service,
    /// The document's specimens that serve it.
    pub specimens: Vec<order::Specimen>,
    /// Radiology: whether the examination may be changed.
    pub may_change_modality: Option<bool>,
    /// Name of the receiver, where no catalogue of it is in use here.
    pub unknown_receiver: Option<String>,
    /// The services that it may be, the likeliest first. None of them is chosen by the program.
    pub candidates: Vec<Candidate>,
}

/// A service that may be meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// Provider id.
    pub provider: String,
    /// Service id.
    pub service: String,
}

impl Ordered {
    /// What it is called in the document, with its modifiers: "UL Lever, Intravenøs kontrast".
    #[must_use]
    pub fn name(&self) -> String {
        let shown = |code: &crate::codes::Code| {
            if code.display.is_empty() { code.code.clone().unwrap_or_default() } else { code.display.clone() }
        };
        let parts = std::iter::once(&self.service.code).chain(&self.service.specs).map(shown);
        parts.collect::<Vec<_>>().join(", ")
    }

    /// What its specimens are and where they are from, each once: "Sårsekret, Legg".
    #[must_use]
    pub fn taken_from(&self) -> Vec<String> {
        let mut said: Vec<String> = Vec::new();
        for specimen in &self.specimens {
            let coded = specimen.material.code.as_ref().map(|code| code.display.clone());
            let material = specimen.material.text.clone().or(coded);
            let words: Vec<String> = material.into_iter().chain(specimen.anatomical_origin.clone()).collect();
            let words = words.join(", ");
            if !words.is_empty() && !said.contains(&words) {
                said.push(words);
            }
        }
        said
    }
}

/// A side of the body, seen from the patient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Right.
    Right,
    /// Left.
    Left,
    /// In the midline.
    Midline,
}

impl Side {
    /// As a receiver reads it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Right => "høyre side",
            Self::Left => "venstre side",
            Self::Midline => "midtlinjen",
        }
    }
}

impl LineContainer {
    /// Site and side, as a receiver reads them; nothing where neither is said.
    #[must_use]
    pub fn place(&self) -> Option<String> {
        let site = Some(self.site.as_str()).filter(|site| !site.is_empty());
        let parts: Vec<&str> = site.into_iter().chain(self.side.map(Side::words)).collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }
}

/// A standing series: the same service again and again. At least one of `times` and `end` says when it is over.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct LineSeries {
    /// How many times, from 2.
    #[serde(default)]
    pub times: Option<u32>,
    /// How often.
    #[serde(default)]
    pub every: Option<Interval>,
    /// First day, `YYYY-MM-DD`.
    #[serde(default)]
    pub start: Option<String>,
    /// Last day, `YYYY-MM-DD`.
    #[serde(default)]
    pub end: Option<String>,
    /// What else to know: "Før neste dose".
    #[serde(default)]
    pub instructions: String,
}

/// How often a series repeats: every `count` days, weeks or months.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Interval {
    /// From 1 to 365.
    pub count: u32,
    /// Of what.
    pub unit: IntervalUnit,
}

/// Unit of an interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "they are the units")]
pub enum IntervalUnit {
    Day,
    Week,
    Month,
}

impl Interval {
    /// As a receiver reads it: "Hver uke", "Hver 4. uke".
    #[must_use]
    pub fn words(self) -> String {
        let (each, unit) = match self.unit {
            IntervalUnit::Day => ("Hver", "dag"),
            IntervalUnit::Week => ("Hver", "uke"),
            IntervalUnit::Month => ("Hver", "måned"),
        };
        if self.count == 1 { format!("{each} {unit}") } else { format!("{each} {}. {unit}", self.count) }
    }
}

/// A document that goes along. Its content lies in the store under its id, so that an edit of the draft moves no megabytes.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Attachment {
    /// Id of the content (`store::attachments`), a UUID.
    pub id: String,
    /// What it is: "Skisse av lokalisasjon". The receiver shows it, so it must not be empty.
    pub description: String,
    /// PDF, JPEG, PNG or text, found out from the content.
    pub kind: MimeType,
    /// Size of the content, in bytes.
    pub bytes: u32,
    /// When it was attached, RFC 3339.
    pub added: String,
    /// The department it goes to; none for every requisition that the draft becomes, or for those to pathology where there
    /// are such.
    #[serde(default)]
    pub only: Option<DepartmentRef>,
}

/// Largest single attachment that is taken at all, in bytes; receivers take less and say so in their catalogues.
pub const LARGEST_ATTACHMENT: usize = 50 * 1024 * 1024;

/// Why a file cannot be attached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum AttachmentRefused {
    /// It is empty.
    #[error("the file is empty")]
    Empty,
    /// Larger than anybody takes.
    #[error("the file is larger than {limit} bytes")]
    TooLarge {
        /// Largest size, in bytes.
        limit: u32,
    },
    /// Neither PDF, JPEG, PNG nor text.
    #[error("the file is neither PDF, JPEG, PNG nor text")]
    UnknownKind,
}

impl Attachment {
    /// A document as [`crate::composing::draft::Edit::Attach`] takes it, its kind found out from the content. `added` is
    /// now, RFC 3339 with the office's offset; it becomes the date of the document.
    ///
    /// # Errors
    /// [`AttachmentRefused`].
    pub fn of(id: String, description: String, content: &[u8], added: String) -> Result<Self, AttachmentRefused> {
        if content.is_empty() {
            return Err(AttachmentRefused::Empty);
        }
        let bytes = u32::try_from(content.len()).unwrap_or(u32::MAX);
        if content.len() > LARGEST_ATTACHMENT {
            return Err(AttachmentRefused::TooLarge { limit: u32::try_from(LARGEST_ATTACHMENT).unwrap_or(u32::MAX) });
        }
        let kind = MimeType::of(content).ok_or(AttachmentRefused::UnknownKind)?;
        Ok(Self { id, description, kind, bytes, added, only: None })
    }
}

/// A receiving department of a catalogue.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
pub struct DepartmentRef {
    /// Provider id.
    pub provider: String,
    /// Department id.
    pub department: String,
}

/// An earlier finding or result that the receiver should know.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct EarlierFinding {
    /// What was found: "Hudbiopsi H24-1234: dysplastisk nevus".
    pub text: String,
    /// When: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    #[serde(default)]
    pub date: Option<String>,
}

/// Where the specimens are taken.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "place", rename_all = "snake_case")]
pub enum CollectionPlace {
    /// Here, by the office.
    #[default]
    Office,
    /// At home, by the patient: what can be taken so waits as with the patient, the rest is taken here.
    Home,
    /// At the hospital, a nursing home or another office. Nothing is taken here, so the requisition is sent at once and says
    /// who takes it.
    Elsewhere {
        /// Who takes it: "Furumo sykehjem, avdeling 2".
        name: String,
    },
}

impl CollectionPlace {
    /// Nothing is taken here.
    #[must_use]
    pub const fn is_elsewhere(&self) -> bool {
        match self {
            Self::Elsewhere { .. } => true,
            Self::Office | Self::Home => false,
        }
    }
}

macro_rules! redacted {
    ($($name:ident),+) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )+};
}
redacted!(LineContainer, Brought, Ordered, LineSeries, Attachment, EarlierFinding, CollectionPlace);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_read_as_people_say_them() {
        let every = |count, unit| Interval { count, unit }.words();
        assert_eq!(every(1, IntervalUnit::Week), "Hver uke");
        assert_eq!(every(4, IntervalUnit::Week), "Hver 4. uke");
        assert_eq!(every(2, IntervalUnit::Day), "Hver 2. dag");
        assert_eq!(every(3, IntervalUnit::Month), "Hver 3. måned");
    }

    #[test]
    fn a_file_is_attached_as_what_it_is_and_not_as_what_it_is_called() {
        let of = |content: &[u8]| {
            Attachment::of(String::new(), "skisse.pdf".into(), content, String::new())
                .map(|made| (made.kind, made.bytes))
        };
        assert_eq!(of(b"%PDF-1.4 x"), Ok((MimeType::Pdf, 10)));
        assert_eq!(of(&[0xff, 0xd8, 0xff, 0xe0]), Ok((MimeType::Jpeg, 4)));
        assert_eq!(of("Blåbær".as_bytes()), Ok((MimeType::Text, 8)));
        assert_eq!(of(b""), Err(AttachmentRefused::Empty));
        assert_eq!(of(b"MZ\0\0"), Err(AttachmentRefused::UnknownKind));
        assert!(matches!(of(&vec![b'a'; LARGEST_ATTACHMENT + 1]), Err(AttachmentRefused::TooLarge { .. })));
    }

    #[test]
    fn a_place_is_site_and_side_or_whichever_is_known() {
        let at = |site: &str, side| LineContainer { site: site.into(), side, ..LineContainer::default() }.place();
        assert_eq!(at("Legg", Some(Side::Left)).as_deref(), Some("Legg, venstre side"));
        assert_eq!(at("Rygg", None).as_deref(), Some("Rygg"));
        assert_eq!(at("", Some(Side::Right)).as_deref(), Some("høyre side"));
        assert_eq!(at("", None), None);
    }
}
