//! Commands about order documents of a record system.

use super::{Answer, Here};
use crate::panels::DialogWords;
use crate::views::HandedOver;

/// Opens the order documents that have come.
#[tauri::command(async)]
#[specta::specta]
pub fn take_handovers(here: Here<'_>) -> Answer<Vec<HandedOver>> {
    here.take_handovers()
}

/// Writes a finished requisition as order document, message and PDF where the person chooses.
#[tauri::command]
#[specta::specta]
pub async fn hand_back(here: Here<'_>, id: String, words: DialogWords) -> Answer<Option<Vec<String>>> {
    here.hand_back(id, words).await
}
