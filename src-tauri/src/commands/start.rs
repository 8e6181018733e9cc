//! Commands that open the program, and what stands around the screens: the status strip and the tray.

use super::{Answer, Here};
use crate::forms::{Secret, TrayWords};
use crate::views::{AppView, StatusView};

/// How far the application has come.
#[tauri::command(async)]
#[specta::specta]
pub fn app(here: Here<'_>) -> Answer<AppView> {
    here.app()
}

/// Tries again to open the store, for instance after the keyring was unlocked.
#[tauri::command(async)]
#[specta::specta]
pub fn retry_start(here: Here<'_>) -> Answer<AppView> {
    here.retry_start()
}

/// Opens a store that a passphrase protects.
#[tauri::command(async)]
#[specta::specta]
pub fn unlock(here: Here<'_>, passphrase: Secret) -> Answer<AppView> {
    here.unlock(passphrase)
}

/// Protects a new store by a passphrase, where there is no keyring.
#[tauri::command(async)]
#[specta::specta]
pub fn start_with_passphrase(here: Here<'_>, passphrase: Secret) -> Answer<AppView> {
    here.start_with_passphrase(passphrase)
}

/// The status strip and the numbers on the rail.
#[tauri::command(async)]
#[specta::specta]
pub fn status(here: Here<'_>) -> Answer<StatusView> {
    here.status()
}

/// What the menu of the tray icon says.
#[tauri::command]
#[specta::specta]
pub fn say_in_tray(here: Here<'_>, words: TrayWords) {
    here.say_in_tray(&words);
}

/// Fills in the demo office, its people and the demo hospital named at start.
#[tauri::command]
#[specta::specta]
pub async fn use_demo(here: Here<'_>) -> Answer<AppView> {
    here.use_demo().await
}
