//! From the start of the process to the window: the data folder, the log, and a window that shows our own pages and
//! nothing else.
//!
//! The log never holds patient data, and no switch makes it say more: what nobody can turn on, nobody can leak.

use std::{
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use anyhow::Context as _;
use clap::Parser as _;
use tauri::{AppHandle, Manager as _, Theme as WindowTheme, Url, WebviewUrl, WebviewWindowBuilder};
use tracing_subscriber::{filter::Targets, layer::SubscriberExt as _, util::SubscriberInitExt as _};

use crate::args::{Args, Theme};
use crate::controller::Controller;
use crate::desktop::WindowDesktop;
use crate::events;
use crate::keyring::DesktopKeyring;
use crate::tray;

/// The label of the one window; the capabilities name it.
pub const MAIN: &str = "main";

/// A log file is put aside at this size, and one older one is kept.
const LOG_LIMIT: u64 = 4 << 20;

/// The folder that holds everything this office has: store, catalogue cache, log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataDir {
    root: PathBuf,
    installation: String,
}

impl DataDir {
    /// Makes the folder if need be, closed to other users, and reads its name in the keyring.
    ///
    /// # Errors
    /// When the file system refuses, or the folder's name file is not one.
    pub fn prepare(root: &Path) -> io::Result<Self> {
        fs::create_dir_all(root)?;
        close_to_others(root)?;
        let root = root.canonicalize()?;
        let installation = installation(&root.join("installation"))?;
        Ok(Self { root, installation })
    }

    /// The encrypted store of requisitions.
    #[must_use]
    pub fn requisitions(&self) -> PathBuf {
        self.root.join("requisitions.sqlite")
    }

    /// The replaceable store of catalogues.
    #[must_use]
    pub fn catalogue(&self) -> PathBuf {
        self.root.join("catalogue.sqlite")
    }

    /// The folder itself.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The name under which the keyring keeps this folder's secrets. It moves with the folder.
    #[must_use]
    pub fn installation(&self) -> &str {
        &self.installation
    }

    fn logs(&self) -> PathBuf {
        self.root.join("logs")
    }
}

/// Says that there is no display, which the window library would only answer with a panic.
///
/// # Errors
/// When no display is named.
pub fn need_display() -> anyhow::Result<()> {
    let named = |variable: &str| std::env::var_os(variable).is_some_and(|value| !value.is_empty());
    anyhow::ensure!(
        !cfg!(target_os = "linux") || named("DISPLAY") || named("WAYLAND_DISPLAY"),
        "there is no display to open a window on"
    );
    Ok(())
}

/// Prepares the data folder, opens the window, and then the store behind it.
///
/// # Errors
/// When the folder cannot be prepared or the window cannot be made.
pub fn open(app: &mut tauri::App, args: &Args) -> anyhow::Result<()> {
    let root = match &args.data_dir {
        Some(dir) => dir.clone(),
        None => app.path().app_data_dir().context("this platform names no folder for application data")?,
    };
    let data = DataDir::prepare(&root).with_context(|| format!("the data folder {} cannot be used", root.display()))?;
    if let Err(error) = start_log(&data.logs()) {
        // A full or read-only disk: the window opens all the same, and says so.
        eprintln!("the log cannot be written: {}", error.kind());
    }
    tracing::info!(version = env!("CARGO_PKG_VERSION"), "started");

    app.handle().plugin(
        tauri_plugin_window_state::Builder::new()
            // An absolute name stands for itself, so that two data folders keep two windows.
            .with_filename(data.root().join("window.json").to_string_lossy())
            .build(),
    )?;
    let window = WebviewWindowBuilder::new(app, MAIN, WebviewUrl::default())
        .title("Rekvirent")
        .inner_size(1280.0, 800.0)
        .min_inner_size(640.0, 400.0)
        .data_directory(data.root().join("webview"))
        .theme(window_theme(args.theme))
        .on_navigation(is_our_own)
        .on_new_window(|_, _| tauri::webview::NewWindowResponse::Deny);
    let controller = Arc::new(Controller::new(
        data,
        args.clone(),
        Arc::new(DesktopKeyring),
        Arc::new(WindowDesktop::new(app.handle().clone())),
    ));
    app.manage(Arc::clone(&controller));
    let window = window.build().context("the window cannot be made")?;
    #[cfg(target_os = "linux")]
    crate::painting::suit(&window)?;
    #[cfg(not(target_os = "linux"))]
    drop(window);
    if let Err(error) = tray::put(app) {
        tracing::warn!(error = format!("{error:#}"), "no icon in the tray");
    }
    // After the window: a keyring may ask the person to unlock it, and that may take its time.
    tauri::async_runtime::spawn_blocking(move || controller.open());
    Ok(())
}

/// Stops sending and closes the store. What is queued is on disk.
pub fn close(app: &AppHandle) {
    if let Some(controller) = app.try_state::<Arc<Controller>>() {
        controller.close();
        tracing::info!("closed");
    }
}

/// Another start found us running: come to the front, and take over what it was asked to do.
pub fn second_start(app: &AppHandle, argv: &[String], folder: &str) {
    match Args::try_parse_from(argv) {
        Ok(args) => {
            tracing::info!(demo = args.demo.is_some(), order = args.order.is_some(), "started a second time");
            if let (Some(order), Some(controller)) = (args.order, app.try_state::<Arc<Controller>>()) {
                // It was named where the second start stood.
                controller.hand_over(Path::new(folder).join(order));
                events::tell_of_handovers(app);
            }
        }
        Err(_) => tracing::warn!("started a second time with arguments that mean nothing here"),
    }
    come_forward(app);
}

/// Brings the window before the others.
pub fn come_forward(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(MAIN) {
        // Each of these may be refused by the desktop; the window is open all the same.
        let _ = window.unminimize();
        let _ = window.show();
        let _ = window.set_focus();
    }
}

/// Whether the window may show this address: only the pages inside the program.
fn is_our_own(url: &Url) -> bool {
    let shipped = match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        "http" | "https" => url.host_str() == Some("tauri.localhost"),
        _ => false,
    };
    // `tauri dev` serves the pages while they are being written.
    shipped || (tauri::is_dev() && url.host_str() == Some("localhost") && url.port() == Some(5173))
}

fn window_theme(theme: Option<Theme>) -> Option<WindowTheme> {
    match theme {
        Some(Theme::Light) => Some(WindowTheme::Light),
        Some(Theme::Dark) => Some(WindowTheme::Dark),
        Some(Theme::System) | None => None,
    }
}

/// Reads the folder's random name, or gives it one.
fn installation(file: &Path) -> io::Result<String> {
    // Looked for first: where nothing can be written, making it would not fail by its being there.
    match fs::read_to_string(file) {
        Ok(text) => {
            let id = uuid::Uuid::parse_str(text.trim())
                .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "its file `installation` is damaged"))?;
            Ok(id.to_string())
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let id = uuid::Uuid::new_v4().to_string();
            // Another start may be first: then this one fails, and the next finds the name.
            let mut new = File::create_new(file)?;
            io::Write::write_all(&mut new, id.as_bytes())?;
            new.sync_all()?;
            Ok(id)
        }
        Err(error) => Err(error),
    }
}

#[cfg(unix)]
fn close_to_others(dir: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    if fs::metadata(dir)?.permissions().mode() & 0o777 == 0o700 {
        // Nothing to write, where nothing can be written.
        return Ok(());
    }
    fs::set_permissions(dir, fs::Permissions::from_mode(0o700))
}

/// Elsewhere the user's profile is closed to others by itself.
#[cfg(not(unix))]
fn close_to_others(_dir: &Path) -> io::Result<()> {
    Ok(())
}

/// Sends what we log to a file. The libraries speak only when something is wrong: in their detail they would print bytes
/// of messages.
fn start_log(dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)?;
    let path = dir.join("rekvirent.log");
    if fs::metadata(&path).is_ok_and(|found| found.len() > LOG_LIMIT) {
        fs::rename(&path, dir.join("rekvirent.old.log"))?;
    }
    let file = OpenOptions::new().create(true).append(true).open(path)?;
    let ours = tracing::Level::INFO;
    let targets = Targets::new()
        .with_default(tracing::Level::WARN)
        .with_target("rekvirent", ours)
        .with_target("requisition", ours);
    let lines = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(Mutex::new(file));
    // A second subscriber in one process (tests) is no reason not to start.
    let _ = tracing_subscriber::registry().with(targets).with(lines).try_init();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_data_folder_keeps_its_name_when_it_moves() {
        let place = tempfile::tempdir().unwrap();
        let first = DataDir::prepare(&place.path().join("one")).unwrap();
        fs::rename(first.root(), place.path().join("two")).unwrap();
        let moved = DataDir::prepare(&place.path().join("two")).unwrap();
        assert_eq!(first.installation(), moved.installation());
        let other = DataDir::prepare(&place.path().join("one")).unwrap();
        assert_ne!(first.installation(), other.installation());
    }

    #[test]
    fn a_damaged_name_file_is_not_replaced_by_a_new_name() {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join("installation"), "half a na").unwrap();
        assert!(DataDir::prepare(place.path()).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn other_users_cannot_look_into_the_data_folder() {
        use std::os::unix::fs::PermissionsExt as _;
        let place = tempfile::tempdir().unwrap();
        let data = DataDir::prepare(&place.path().join("data")).unwrap();
        let mode = fs::metadata(data.root()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }

    #[test]
    fn the_window_goes_nowhere_but_home() {
        let may = |text: &str| is_our_own(&Url::parse(text).unwrap());
        assert!(may("tauri://localhost/index.html"));
        assert!(may("http://tauri.localhost/index.html"));
        assert!(!may("https://example.org/"));
        assert!(!may("file:///etc/passwd"));
        assert!(!may("data:text/html,hello"));
        assert!(!may("tauri://elsewhere/"));
    }
}
