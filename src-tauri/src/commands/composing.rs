//! Commands about a draft beyond its edits.

use super::{Answer, Here};
use crate::panels::DialogWords;
use crate::views::{DraftView, EarlierAnswer, OrderedBefore, RuleUses};

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
