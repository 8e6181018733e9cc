//! Commands that keep the data safe: backups, going back to one, and diagnostics without patient data.

use super::{Answer, Here};
use crate::views::{AppView, DiagnosticsView, StorageView};

/// Backups, room on the disk, and the account of a restore. Answers also while the store is closed.
#[tauri::command(async)]
#[specta::specta]
pub fn storage(here: Here<'_>) -> Answer<StorageView> {
    here.storage()
}

/// Makes a backup now.
#[tauri::command(async)]
#[specta::specta]
pub fn back_up_now(here: Here<'_>) -> Answer<StorageView> {
    here.back_up_now()
}

/// Chooses where backups go; nothing typed is the folder beside the store.
#[tauri::command(async)]
#[specta::specta]
pub fn save_backup_folder(here: Here<'_>, folder: String) -> Answer<StorageView> {
    here.save_backup_folder(&folder)
}

/// Puts a backup in the place of the store.
#[tauri::command(async)]
#[specta::specta]
pub fn restore_backup(here: Here<'_>, name: String) -> Answer<AppView> {
    here.restore_backup(&name)
}

/// Takes down that somebody has read the account of a restore.
#[tauri::command(async)]
#[specta::specta]
pub fn settle_restore(here: Here<'_>) -> Answer<StorageView> {
    here.settle_restore()
}

/// Writes what an operator may send away into a file.
#[tauri::command(async)]
#[specta::specta]
pub fn save_diagnostics(here: Here<'_>) -> Answer<DiagnosticsView> {
    here.save_diagnostics()
}
