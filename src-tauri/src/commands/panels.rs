//! Commands about panels of the office and favourites.

use super::{Answer, Here};
use crate::panels::{
    BasketForm, DialogWords, Exported, ImportForm, ImportView, Imported, PanelForm, PanelSaved, PanelsView,
};

/// Panels and favourites of the office, checked against the catalogues in use.
#[tauri::command(async)]
#[specta::specta]
pub fn panels(here: Here<'_>) -> Answer<PanelsView> {
    here.panels()
}

/// Keeps a basket as a panel.
#[tauri::command(async)]
#[specta::specta]
pub fn keep_basket(here: Here<'_>, form: BasketForm) -> Answer<PanelSaved> {
    here.keep_basket(form)
}

/// Saves an edited panel, or a new one.
#[tauri::command(async)]
#[specta::specta]
pub fn save_panel(here: Here<'_>, form: PanelForm) -> Answer<PanelSaved> {
    here.save_panel(form)
}

/// Shares a panel with the office, or makes it one's own.
#[tauri::command(async)]
#[specta::specta]
pub fn share_panel(here: Here<'_>, id: String, shared: bool) -> Answer<PanelSaved> {
    here.share_panel(id, shared)
}

/// Makes a copy of a panel.
#[tauri::command(async)]
#[specta::specta]
pub fn duplicate_panel(here: Here<'_>, id: String, name: String) -> Answer<PanelSaved> {
    here.duplicate_panel(id, name)
}

/// Puts a withdrawn member's replacement in its place.
#[tauri::command(async)]
#[specta::specta]
pub fn mend_panel(here: Here<'_>, id: String, provider: String, service: String) -> Answer<PanelSaved> {
    here.mend_panel(id, provider, service)
}

/// Deletes a panel.
#[tauri::command(async)]
#[specta::specta]
pub fn delete_panel(here: Here<'_>, id: String) -> Answer<()> {
    here.delete_panel(id)
}

/// Writes panels to a file that the person chooses; all of them, with the favourites, where none is named.
#[tauri::command]
#[specta::specta]
pub async fn export_panels(here: Here<'_>, ids: Vec<String>, words: DialogWords) -> Answer<Option<Exported>> {
    here.export_panels(ids, words).await
}

/// Reads a file of panels that the person chooses and shows what it would bring.
#[tauri::command]
#[specta::specta]
pub async fn read_panels(here: Here<'_>, words: DialogWords) -> Answer<Option<ImportView>> {
    here.read_panels(words).await
}

/// Takes what was chosen of the file that was shown last.
#[tauri::command(async)]
#[specta::specta]
pub fn take_panels(here: Here<'_>, form: ImportForm) -> Answer<Imported> {
    here.take_panels(form)
}
