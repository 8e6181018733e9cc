//! Commands that read the handbook: the tree, the pages of services and providers, and what updates changed.

use super::{Answer, Here};
use crate::forms::GroupForm;
use crate::panels::Whose;
use crate::views::{ProviderPage, ServicePage, TreePage, TreeProvider, UpdateRow, UpdateView};

/// The tree of all that is offered, without the services.
#[tauri::command(async)]
#[specta::specta]
pub fn tree(here: Here<'_>) -> Answer<Vec<TreeProvider>> {
    here.tree()
}

/// Some of the services of a group in the tree.
#[tauri::command(async)]
#[specta::specta]
pub fn tree_services(here: Here<'_>, at: GroupForm, offset: u32, count: u32) -> Answer<TreePage> {
    here.tree_services(&at, offset, count)
}

/// The handbook page of a service.
#[tauri::command(async)]
#[specta::specta]
pub fn service_page(here: Here<'_>, provider: String, service: String, draft: Option<String>) -> Answer<ServicePage> {
    here.service_page(provider, service, draft)
}

/// The handbook page of a provider.
#[tauri::command(async)]
#[specta::specta]
pub fn provider_page(here: Here<'_>, provider: String) -> Answer<ProviderPage> {
    here.provider_page(provider)
}

/// The updates of catalogues that are kept, newest first.
#[tauri::command(async)]
#[specta::specta]
pub fn updates(here: Here<'_>) -> Answer<Vec<UpdateRow>> {
    here.updates()
}

/// What an update changed.
#[tauri::command(async)]
#[specta::specta]
pub fn update(here: Here<'_>, id: String) -> Answer<UpdateView> {
    here.update(id)
}

/// Notes that somebody has read an update.
#[tauri::command(async)]
#[specta::specta]
pub fn read_update(here: Here<'_>, id: String) -> Answer<Vec<UpdateRow>> {
    here.read_update(id)
}

/// Marks or unmarks a favourite, of the one signed in or of the office.
#[tauri::command(async)]
#[specta::specta]
pub fn set_favourite(here: Here<'_>, provider: String, service: String, whose: Whose, favourite: bool) -> Answer<()> {
    here.set_favourite(provider, service, whose, favourite)
}
