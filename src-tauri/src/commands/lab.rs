//! Commands of the internal lab: who waits, whose specimens are taken, labels, scans, paper forms and packing lists.

use super::{Answer, Here};
use crate::forms::{CollectionAct, PatientCheckForm};
use crate::panels::DialogWords;
use crate::views::{CollectionView, HandedOn, PrintView, ScanView, WorkItem};

/// The internal lab's list.
#[tauri::command(async)]
#[specta::specta]
pub fn worklist(here: Here<'_>) -> Answer<Vec<WorkItem>> {
    here.worklist()
}

/// A requisition in the internal lab.
#[tauri::command(async)]
#[specta::specta]
pub fn collection(here: Here<'_>, id: String) -> Answer<CollectionView> {
    here.collection(id)
}

/// Opens a requisition in the internal lab, so that others see who has it; `over` takes it over from somebody else.
#[tauri::command(async)]
#[specta::specta]
pub fn take_up(here: Here<'_>, id: String, over: bool) -> Answer<CollectionView> {
    here.take_up(id, over)
}

/// Lets go of a requisition in the internal lab.
#[tauri::command(async)]
#[specta::specta]
pub fn put_back(here: Here<'_>, id: String) -> Answer<()> {
    here.put_back(id)
}

/// Takes down that somebody made sure of the patient.
#[tauri::command(async)]
#[specta::specta]
pub fn confirm_patient(here: Here<'_>, id: String, form: PatientCheckForm) -> Answer<CollectionView> {
    here.confirm_patient(id, form)
}

/// Records what the collector did.
#[tauri::command(async)]
#[specta::specta]
pub fn record(here: Here<'_>, id: String, act: CollectionAct) -> Answer<CollectionView> {
    here.record(id, act)
}

/// Takes what the scanner read, wherever the focus was.
#[tauri::command(async)]
#[specta::specta]
pub fn scan(here: Here<'_>, text: String, open: Option<String>) -> Answer<ScanView> {
    here.scan(text, open)
}

/// Completes a requisition: freezes its message in the outbox.
#[tauri::command(async)]
#[specta::specta]
pub fn complete(here: Here<'_>, id: String) -> Answer<HandedOn> {
    here.complete(id)
}

/// Writes the paper form of a requisition to a file that the person chooses.
#[tauri::command]
#[specta::specta]
pub async fn save_form(here: Here<'_>, id: String, words: DialogWords) -> Answer<Option<String>> {
    here.save_form(id, words).await
}

/// Prints the paper form of a requisition on the office's A4 printer.
#[tauri::command]
#[specta::specta]
pub async fn print_form(here: Here<'_>, id: String) -> Answer<PrintView> {
    here.print_form(id).await
}

/// What leaves with the next courier.
#[tauri::command(async)]
#[specta::specta]
pub fn packing(here: Here<'_>) -> Answer<requisition::paper::Packing> {
    here.packing()
}

/// Writes the packing list, or the courier's list, to a file that the person chooses.
#[tauri::command]
#[specta::specta]
pub async fn save_packing(here: Here<'_>, courier: bool, words: DialogWords) -> Answer<Option<String>> {
    here.save_packing(courier, words).await
}

/// Prints the packing list, or the courier's list, on the office's A4 printer.
#[tauri::command]
#[specta::specta]
pub async fn print_packing(here: Here<'_>, courier: bool) -> Answer<PrintView> {
    here.print_packing(courier).await
}
