//! Commands that show messages as their receivers see them.

use super::{Answer, Here};
use crate::views::{PreviewView, SentMessage};

/// What a draft becomes: which requisitions, to whom, and the message of each.
#[tauri::command(async)]
#[specta::specta]
pub fn preview(here: Here<'_>, id: String) -> Answer<PreviewView> {
    here.preview(id)
}

/// The messages of a requisition as its receiver sees them, newest first.
#[tauri::command(async)]
#[specta::specta]
pub fn messages(here: Here<'_>, id: String) -> Answer<Vec<SentMessage>> {
    here.messages(id)
}
