//! Commands around printers: labels and the sheets they stand on, and what is on its way out of the A4 printer.

use super::{Answer, Here};
use crate::forms::CollectionAct;
use crate::views::{LabelSheetView, PaperJobView, PrintView};

/// Gives numbers where there are none yet, and prints labels; on a sheet from the label `first` on.
#[tauri::command]
#[specta::specta]
pub async fn print_labels(here: Here<'_>, id: String, specimens: Vec<String>, first: Option<u32>) -> Answer<PrintView> {
    here.print_labels(id, specimens, first).await
}

/// Labels as they will stand on their sheet; nothing where they come from a roll.
#[tauri::command(async)]
#[specta::specta]
pub fn label_sheet(
    here: Here<'_>,
    id: String,
    specimens: Vec<String>,
    first: Option<u32>,
    before: Option<CollectionAct>,
) -> Answer<Option<LabelSheetView>> {
    here.label_sheet(id, specimens, first, before)
}

/// What is on its way out of the A4 printer.
#[tauri::command(async)]
#[specta::specta]
pub fn paper_jobs(here: Here<'_>) -> Answer<Vec<PaperJobView>> {
    here.paper_jobs()
}

/// Takes a job back that waits for the A4 printer.
#[tauri::command]
#[specta::specta]
pub async fn take_back_paper(here: Here<'_>, id: u32) -> Answer<()> {
    here.take_back_paper(id).await
}

/// Forgets a job for the A4 printer: somebody has read what became of it.
#[tauri::command(async)]
#[specta::specta]
pub fn forget_paper(here: Here<'_>, id: u32) -> Answer<()> {
    here.forget_paper(id)
}
