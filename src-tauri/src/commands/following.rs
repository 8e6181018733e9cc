//! Commands about what was sent: the overview, and what can be done about a requisition.

use super::{Answer, Here};
use crate::forms::{ChangeForm, CorrectionForm, OverviewForm};
use crate::views::{DetailView, DraftView, OverviewView};

/// The overview.
#[tauri::command(async)]
#[specta::specta]
pub fn overview(here: Here<'_>, form: OverviewForm) -> Answer<OverviewView> {
    here.overview(form)
}

/// One requisition with its timeline.
#[tauri::command(async)]
#[specta::specta]
pub fn detail(here: Here<'_>, id: String) -> Answer<DetailView> {
    here.detail(id)
}

/// Sends the same message again, with the same id.
#[tauri::command(async)]
#[specta::specta]
pub fn resend(here: Here<'_>, id: String) -> Answer<DetailView> {
    here.resend(id)
}

/// Puts a rejected requisition right and sends it as a new message, linked to the rejected one.
#[tauri::command(async)]
#[specta::specta]
pub fn fix_and_resend(here: Here<'_>, id: String, form: CorrectionForm) -> Answer<DetailView> {
    here.fix_and_resend(id, form)
}

/// Changes what was sent: clinical information, urgency, services taken out.
#[tauri::command(async)]
#[specta::specta]
pub fn change(here: Here<'_>, id: String, form: ChangeForm) -> Answer<DetailView> {
    here.change(id, form)
}

/// Adds services to material that was sent.
#[tauri::command(async)]
#[specta::specta]
pub fn add_on(here: Here<'_>, id: String, services: Vec<String>) -> Answer<DetailView> {
    here.add_on(id, services)
}

/// Opens a copy as a new draft; answers are copied where that is safe.
#[tauri::command(async)]
#[specta::specta]
pub fn copy_to_draft(here: Here<'_>, id: String) -> Answer<DraftView> {
    here.copy_to_draft(id)
}

/// Takes back what was not sent yet, or asks the receiver to cancel what was.
#[tauri::command(async)]
#[specta::specta]
pub fn cancel(here: Here<'_>, id: String, reason: String) -> Answer<DetailView> {
    here.cancel(id, reason)
}

/// Settles an item that needs somebody, with who and when. `key` names the item, `act` what was done.
#[tauri::command(async)]
#[specta::specta]
pub fn settle(here: Here<'_>, key: String, act: String) -> Answer<()> {
    here.settle(&key, &act)
}

/// The frozen message as text.
#[tauri::command(async)]
#[specta::specta]
pub fn message(here: Here<'_>, id: String) -> Answer<String> {
    here.message(id)
}
