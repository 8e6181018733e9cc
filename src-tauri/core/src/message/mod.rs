//! The national requisition message (HIS 80821), written from a finished order and read back.
//!
//! Writing is a pure function: the same order and envelope give the same bytes, and those bytes are what is frozen,
//! sent and shown. Nothing here looks anything up, shortens a text or shifts a time.

mod groups;
mod parties;
mod read;
mod readable;
mod render;
#[cfg(test)]
mod samples;
mod structure;
pub(crate) mod tree;
mod writer;

pub use read::{ReadError, ReadMessage, UncoveredError, read, uncovered};
pub use readable::{ReadableHeading, ReadableLabel, ReadableMessage, ReadableRow, ReadableSection, readable};
pub use render::{Envelope, RenderError, render};
pub use structure::{StructureError, check};
pub use tree::TreeError;

use crate::codes::MessageVersion;

/// What differs between the versions of the message.
pub(crate) const fn namespace(version: MessageVersion) -> &'static str {
    match version {
        MessageVersion::V1_5 => "http://www.kith.no/xmlstds/rekvisisjon/2008-12-01",
        MessageVersion::V1_6 => "http://www.kith.no/xmlstds/rekvisisjon/2012-02-15",
    }
}

/// Text of `MIGversion`.
pub(crate) const fn mig_version(version: MessageVersion) -> &'static str {
    match version {
        MessageVersion::V1_5 => "v1.5 2008-12-01",
        MessageVersion::V1_6 => "v1.6 2012-02-15",
    }
}
