//! What became of an order document that a record system handed over.

use serde::Serialize;
use specta::Type;

use crate::error::CommandError;

/// An order document, opened or refused.
#[derive(Clone, Serialize, Type)]
pub struct HandedOver {
    /// The draft that it is, where it was opened.
    pub draft: Option<String>,
    /// The requisition that it is, where it has left its draft.
    pub requisition: Option<String>,
    /// Given and family name of its patient, for the word that says so.
    pub patient: String,
    /// It was opened before: this is that draft or requisition.
    pub known: bool,
    /// Why it was not opened.
    pub refused: Option<CommandError>,
}
