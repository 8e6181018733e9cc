//! What the controller asks of the desktop, carried out by the window. The controller names no Tauri type; this file is
//! where its wishes become Tauri's calls. Nothing it is told, and nothing it passes on, names a patient.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use tauri::{AppHandle, Manager as _, UserAttentionType};
use tauri_plugin_dialog::{DialogExt as _, FilePath};
use tauri_specta::Event as _;
use tokio::sync::oneshot;

use crate::controller::{Desktop, FileQuestion};
use crate::events::{Changed, Topic};
use crate::forms::TrayWords;
use crate::startup::MAIN;
use crate::tray;

/// The one window and its place in the task bar.
pub struct WindowDesktop {
    app: AppHandle,
    needing: AtomicU32,
}

impl WindowDesktop {
    /// For this application.
    #[must_use]
    pub fn new(app: AppHandle) -> Self {
        Self { app, needing: AtomicU32::new(0) }
    }
}

impl Desktop for WindowDesktop {
    fn changed(&self, topics: &[Topic]) {
        let event = Changed { topics: topics.to_vec() };
        if let Err(error) = event.emit(&self.app) {
            tracing::warn!(%error, "the window was not told of a change");
        }
    }

    fn needs_you(&self, count: u32) {
        let before = self.needing.swap(count, Ordering::Relaxed);
        if count != before {
            tray::count(&self.app, count);
        }
        let Some(window) = self.app.get_webview_window(MAIN) else { return };
        // A desktop without badges or without a way to ask for attention loses nothing: the window says it too.
        let _ = window.set_badge_count((count > 0).then_some(i64::from(count)));
        if count > before {
            let _ = window.request_user_attention(Some(UserAttentionType::Informational));
        }
    }

    fn say_in_tray(&self, words: &TrayWords) {
        tray::say(&self.app, words);
    }

    fn ask_for_file(&self, question: FileQuestion) -> oneshot::Receiver<Option<PathBuf>> {
        let (chosen, answer) = oneshot::channel();
        let mut dialog = self.app.dialog().file().set_title(question.title).add_filter(question.kind, question.endings);
        if let Some(window) = self.app.get_webview_window(MAIN) {
            dialog = dialog.set_parent(&window);
        }
        // Nobody may wait for the answer any more: the window was closed.
        let take = move |file: Option<FilePath>| drop(chosen.send(file.and_then(|file| file.into_path().ok())));
        match question.save_as {
            Some(name) => dialog.set_file_name(name).save_file(take),
            None => dialog.pick_file(take),
        }
        answer
    }
}
