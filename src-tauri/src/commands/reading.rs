//! Commands that show messages as their receivers see them, and that put them and pages of the handbook on paper.

use requisition::paper::ReadablePage;

use super::{Answer, Here};
use crate::panels::DialogWords;
use crate::views::{PreviewView, PrintView, SentMessage};

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

/// Prints a page of the handbook, or a message, on the office's A4 printer.
#[tauri::command]
#[specta::specta]
pub async fn print_page(here: Here<'_>, page: ReadablePage) -> Answer<PrintView> {
    here.print_page(page).await
}

/// Writes a page of the handbook, or a message, as PDF to a file that the person chooses.
#[tauri::command]
#[specta::specta]
pub async fn save_page(here: Here<'_>, page: ReadablePage, words: DialogWords) -> Answer<Option<String>> {
    here.save_page(page, words).await
}
