//! Commands of a requisition being composed: the patient, the draft and its edits, the search, and what goes along.

use requisition::composing::draft::Edit;

use super::{Answer, Here};
use crate::forms::{HandOn, PatientForm};
use crate::panels::DialogWords;
use crate::views::{
    DraftRow, DraftView, EarlierAnswer, HandedOn, OrderedBefore, PatientCheckView, PatientView, RuleUses, SearchView,
};

/// Checks a patient form while it is typed.
#[tauri::command(async)]
#[specta::specta]
pub fn check_patient(here: Here<'_>, form: PatientForm) -> Answer<PatientCheckView> {
    here.check_patient(form)
}

/// Patients of this workstation, by name or number, newest first.
#[tauri::command(async)]
#[specta::specta]
pub fn recent_patients(here: Here<'_>, text: String) -> Answer<Vec<PatientView>> {
    here.recent_patients(text)
}

/// All drafts, newest first.
#[tauri::command(async)]
#[specta::specta]
pub fn drafts(here: Here<'_>) -> Answer<Vec<DraftRow>> {
    here.drafts()
}

/// Begins a draft.
#[tauri::command(async)]
#[specta::specta]
pub fn start_draft(here: Here<'_>, form: PatientForm) -> Answer<DraftView> {
    here.start_draft(form)
}

/// A draft with all that follows from it.
#[tauri::command(async)]
#[specta::specta]
pub fn draft(here: Here<'_>, id: String) -> Answer<DraftView> {
    here.draft(id)
}

/// Edits a draft; it is saved before this answers.
#[tauri::command(async)]
#[specta::specta]
pub fn edit_draft(here: Here<'_>, id: String, edit: Edit) -> Answer<DraftView> {
    here.edit_draft(id, edit)
}

/// Throws a draft away.
#[tauri::command(async)]
#[specta::specta]
pub fn discard_draft(here: Here<'_>, id: String) -> Answer<()> {
    here.discard_draft(id)
}

/// Hands a draft on.
#[tauri::command(async)]
#[specta::specta]
pub fn hand_on(here: Here<'_>, id: String, way: HandOn) -> Answer<HandedOn> {
    here.hand_on(id, way)
}

/// Hits for what is typed, or the first of them; with nothing typed, what the office usually orders.
#[tauri::command(async)]
#[specta::specta]
pub fn search(here: Here<'_>, query: String, draft: Option<String>, first: Option<u32>) -> Answer<SearchView> {
    here.search(query, draft, first.map(|first| first as usize))
}

/// What the patient answered last time, here, to the questions that are asked of the patient.
#[tauri::command(async)]
#[specta::specta]
pub fn interview(here: Here<'_>, id: String) -> Answer<Vec<EarlierAnswer>> {
    here.interview(id)
}

/// Asks for a file in the desktop's dialog and attaches it to a draft. Nothing where none is chosen.
#[tauri::command]
#[specta::specta]
pub async fn choose_attachment(here: Here<'_>, id: String, words: DialogWords) -> Answer<Option<DraftView>> {
    here.choose_attachment(id, words).await
}

/// Attaches a file that lies at this place to a draft.
#[tauri::command(async)]
#[specta::specta]
pub fn attach_file(here: Here<'_>, id: String, path: String) -> Answer<DraftView> {
    here.attach_file(id, path)
}

/// What the patient of a draft has had ordered here before.
#[tauri::command(async)]
#[specta::specta]
pub fn ordered_before(here: Here<'_>, draft: String) -> Answer<Vec<OrderedBefore>> {
    here.ordered_before(draft)
}

/// How the rules of a provider are heeded here.
#[tauri::command(async)]
#[specta::specta]
pub fn rule_uses(here: Here<'_>, provider: String) -> Answer<RuleUses> {
    here.rule_uses(provider)
}
