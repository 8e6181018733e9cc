//! What the shell tells the window unasked. The window fetches again what a topic names; it never guesses what a command
//! changed, and no event carries patient data.

use serde::{Deserialize, Serialize};
use specta::Type;
use tauri_specta::Event as _;

use crate::error::CommandError;
use crate::views::ImportedCatalogue;

/// Something stored has changed: fetch again what shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type, tauri_specta::Event)]
#[serde(rename_all = "camelCase")]
pub struct Changed {
    /// What changed, each topic at most once.
    pub topics: Vec<Topic>,
}

/// A part of what is stored, as the screens divide it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Topic {
    /// The office, its requesters, or how the program is set.
    Settings,
    /// Drafts: their list or one of them.
    Drafts,
    /// Requisitions, their lights and their timeline.
    Requisitions,
    /// The queue to the hospitals and the state of the line.
    Outbox,
    /// What can be ordered.
    Catalogue,
    /// Print queues and label stock.
    Printers,
    /// What is on its way out of the A4 printer.
    Papers,
    /// Panels and favourites of the office.
    Panels,
}

/// What became of files that were dropped on the window.
#[derive(Debug, Clone, Serialize, Deserialize, Type, tauri_specta::Event)]
#[serde(rename_all = "camelCase")]
pub struct Dropped {
    /// Catalogues that were read.
    pub catalogues: Vec<ImportedCatalogue>,
    /// Files that may be attached to the draft that is open; the window says to which.
    pub attachments: Vec<String>,
    /// Why the first that was not read is refused.
    pub refused: Option<CommandError>,
}

/// Order documents have come: the window asks for them when it can show them.
#[derive(Debug, Clone, Serialize, Deserialize, Type, tauri_specta::Event)]
pub struct Arrived {}

/// Somebody asked in the tray for what needs them: the window shows the list.
#[derive(Debug, Clone, Serialize, Deserialize, Type, tauri_specta::Event)]
pub struct Asked {}

/// Tells the window that order documents have come.
pub fn tell_of_handovers(app: &tauri::AppHandle) {
    if let Err(error) = (Arrived {}).emit(app) {
        tracing::warn!(%error, "the window was not told of an order document");
    }
}
