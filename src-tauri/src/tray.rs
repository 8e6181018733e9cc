//! The icon in the system tray: how many things need somebody, seen while the window lies behind others. The number is
//! drawn into the icon, since few desktops write a text beside one. Nothing here names a patient.

use std::panic::{self, AssertUnwindSafe};

use anyhow::{Context as _, anyhow};
use tauri::image::Image;
use tauri::menu::{Menu, MenuItem};
use tauri::tray::{MouseButton, TrayIconBuilder, TrayIconEvent};
use tauri::{App, AppHandle, Manager as _, Wry, include_image};
use tauri_specta::Event as _;

use crate::events::Asked;
use crate::forms::TrayWords;
use crate::startup::come_forward;

/// The one icon, and the end of its file's name on Linux.
const ICON: &str = "needs-you";
const NEEDS: &str = "needs";
const SHOW: &str = "show";

/// By how many need somebody; the last stands for all above.
const ICONS: [Image<'static>; 11] = [
    include_image!("src-tauri/icons/tray/none.png"),
    include_image!("src-tauri/icons/tray/1.png"),
    include_image!("src-tauri/icons/tray/2.png"),
    include_image!("src-tauri/icons/tray/3.png"),
    include_image!("src-tauri/icons/tray/4.png"),
    include_image!("src-tauri/icons/tray/5.png"),
    include_image!("src-tauri/icons/tray/6.png"),
    include_image!("src-tauri/icons/tray/7.png"),
    include_image!("src-tauri/icons/tray/8.png"),
    include_image!("src-tauri/icons/tray/9.png"),
    include_image!("src-tauri/icons/tray/more.png"),
];

/// The entries whose words change.
struct Entries {
    needs: MenuItem<Wry>,
    show: MenuItem<Wry>,
}

/// Puts the icon into the tray. A desktop without one, or without the library for it, is no reason not to start.
///
/// # Errors
/// When the desktop has no place for it.
pub fn put(app: &App) -> anyhow::Result<()> {
    let entry = |id: &str| MenuItem::with_id(app, id, "Rekvirent", true, None::<&str>);
    let entries = Entries { needs: entry(NEEDS)?, show: entry(SHOW)? };
    let menu = Menu::with_items(app, &[&entries.needs, &entries.show])?;
    let icon = TrayIconBuilder::with_id(ICON)
        .icon(icon(0))
        .tooltip("Rekvirent")
        .menu(&menu)
        .show_menu_on_left_click(false)
        .on_menu_event(|app, chosen| match chosen.id().as_ref() {
            NEEDS => show_what_needs(app),
            SHOW => come_forward(app),
            _ => {}
        })
        .on_tray_icon_event(|icon, event| {
            if matches!(event, TrayIconEvent::Click { button: MouseButton::Left, .. }) {
                come_forward(icon.app_handle());
            }
        });
    // On Linux the library is looked for when the icon is made, and where it is missing the binding panics.
    panic::catch_unwind(AssertUnwindSafe(|| icon.build(app)))
        .map_err(|_| anyhow!("the desktop's library for tray icons is missing"))?
        .context("the desktop takes no tray icon")?;
    app.manage(entries);
    Ok(())
}

/// Shows how many things need somebody.
pub fn count(app: &AppHandle, needing: u32) {
    // No icon: the window says it too.
    let Some(tray) = app.tray_by_id(ICON) else { return };
    if let Err(error) = tray.set_icon(Some(icon(needing))) {
        tracing::warn!(%error, "the tray icon cannot be changed");
    }
}

/// Says it in these words.
pub fn say(app: &AppHandle, words: &TrayWords) {
    let (Some(tray), Some(entries)) = (app.tray_by_id(ICON), app.try_state::<Entries>()) else { return };
    let said = entries.needs.set_text(&words.needs).and_then(|()| entries.show.set_text(&words.show));
    // Linux knows no tooltip; it is said in the menu.
    if let Err(error) = said.and_then(|()| tray.set_tooltip(Some(format!("Rekvirent: {}", words.needs)))) {
        tracing::warn!(%error, "the tray icon cannot be worded");
    }
}

fn icon(needing: u32) -> Image<'static> {
    let last = ICONS.len() - 1;
    ICONS[usize::try_from(needing).unwrap_or(last).min(last)].clone()
}

fn show_what_needs(app: &AppHandle) {
    come_forward(app);
    if let Err(error) = (Asked {}).emit(app) {
        tracing::warn!(%error, "the window was not told what is asked for");
    }
}
