//! Finding a service while it is being typed: the heart of the product.
//!
//! One engine over all providers' services and panels, in memory, built once for each set of catalogues and never changed:
//! a new version of a catalogue gets a new engine, which shares with the old one what did not change ([`Engine::renewed`]).
//! A match says which word it matched. Kinds of match stand in a fixed order (exact, code, name, synonym, panel member,
//! part of a word, slip of the finger), so no slip ever stands above what was really typed; the laboratory's priority
//! and the office's own use decide within a kind. What is withdrawn stands below what can be ordered, and what took its
//! place is found by its name and code. Nothing here chooses for the user.

mod asked;
mod dictionary;
mod engine;
mod fold;
mod index;
mod office;
mod phrasing;
mod renewal;
mod texts;
mod usage;
mod why;

use serde::Serialize;
use smallvec::SmallVec;
use specta::Type;

use self::index::Class;
pub use self::{
    engine::Engine,
    office::{OfficeHit, Sought, office},
    renewal::Touched,
    usage::Usage,
};

/// What was found, as it stands in the engine: nothing is copied for a keystroke.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hits<'e> {
    /// The best ones, best first.
    pub hits: Vec<Hit<'e>>,
    /// How many there are in all.
    pub total: u32,
}

/// One thing found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit<'e> {
    /// Service or panel.
    pub kind: HitKind,
    /// Provider id.
    pub provider: &'e str,
    /// Service or panel id within the provider's catalogue.
    pub id: &'e str,
    /// Name as shown.
    pub name: &'e str,
    /// Which word matched.
    pub why: Why<'e>,
    /// Kind of match, 0 best; equal for hits that only priority and use tell apart.
    pub rank: u32,
    /// The service is withdrawn and cannot be ordered.
    pub withdrawn: bool,
    /// Id of the service that took its place.
    pub replaced_by: Option<&'e str>,
}

/// What a hit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum HitKind {
    /// One service.
    Service,
    /// A panel of services.
    Panel,
}

/// Why something was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Why<'e> {
    /// Where the decisive match stands.
    pub field: Field,
    /// The text that matched: the name, a synonym, the code, a member's name.
    pub word: &'e str,
    /// Only similar to what was typed.
    pub typo: bool,
    /// Parts of `word` to mark.
    #[serde(serialize_with = "as_list")]
    pub marked: Marked,
}

/// Parts of a text that the query stands for: nearly always one.
pub type Marked = SmallVec<[Range; 2]>;

fn as_list<S: serde::Serializer>(marked: &Marked, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(marked)
}

/// Part of a text in UTF-16 units, as the window counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Type)]
pub struct Range {
    /// First unit.
    pub start: u32,
    /// One past the last.
    pub end: u32,
}

/// Where a match stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The shown name.
    Name,
    /// The code.
    Code,
    /// The usage name in the message.
    Official,
    /// A synonym.
    Synonym,
    /// The material.
    Material,
    /// A member of the panel.
    Member,
}

impl Field {
    fn class(self, first: bool) -> Class {
        match self {
            Self::Name if first => Class::NameStart,
            Self::Name => Class::NameWord,
            Self::Code => Class::CodePrefix,
            Self::Official => Class::Official,
            Self::Synonym => Class::Synonym,
            Self::Material => Class::Material,
            Self::Member => Class::Member,
        }
    }

    fn exact(self) -> Option<Class> {
        match self {
            Self::Name | Self::Code => Some(Class::ExactName),
            Self::Official | Self::Synonym => Some(Class::ExactSynonym),
            Self::Material | Self::Member => None,
        }
    }
}

#[cfg(test)]
mod tests;
