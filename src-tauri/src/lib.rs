//! The desktop shell: one window, the commands it may call, and what the operating system lends us (keyring, printers,
//! log files).
//!
//! It never decides anything about a requisition and holds no SQL: that is the core's. A command takes a form, calls the
//! core and answers a view.

pub mod args;
pub mod commands;
pub mod controller;
pub mod desktop;
pub mod drop;
pub mod error;
pub mod events;
pub mod forms;
pub mod keyring;
#[cfg(target_os = "linux")]
mod painting;
pub mod panels;
pub mod printers;
pub mod startup;
pub mod tray;
pub mod views;

use anyhow::Context as _;
use args::Args;
use tauri::{DragDropEvent, WindowEvent};

/// The one list of commands and events. The window's `ui/src/ipc/bindings.ts` is generated from it, and a test fails when
/// that file is stale.
pub fn bindings() -> tauri_specta::Builder<tauri::Wry> {
    tauri_specta::Builder::new().disable_serde_phases().commands(commands::all()).events(tauri_specta::collect_events![
        events::Changed,
        events::Dropped,
        events::Arrived,
        events::Asked
    ])
}

/// Opens the window and runs until it is closed.
///
/// # Errors
/// When the data folder cannot be made, or no window can be opened (no display, for instance).
pub fn run(args: Args) -> anyhow::Result<()> {
    startup::need_display()?;
    // The libraries for the line come without a choice of cryptography; this is ours. A second choice changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let bindings = bindings();
    let mut builder = tauri::Builder::default();
    if args.data_dir.is_none() {
        // First among the plugins: a second start must end before it opens anything. Another data folder is another
        // office, so there only the store's own lock guards.
        builder = builder.plugin(tauri_plugin_single_instance::init(|app, argv, folder| {
            startup::second_start(app, &argv, &folder);
        }));
    }
    let mut app = builder
        .plugin(tauri_plugin_dialog::init())
        .invoke_handler(bindings.invoke_handler())
        .build(tauri::generate_context!())
        .context("the desktop program could not be set up")?;
    // Not in Tauri's setup hook: a failure there is a panic.
    bindings.mount_events(&app);
    startup::open(&mut app, &args)?;
    app.run(|app, event| match event {
        tauri::RunEvent::WindowEvent { event: WindowEvent::DragDrop(DragDropEvent::Drop { paths, .. }), .. } => {
            drop::take(app, paths);
        }
        tauri::RunEvent::Exit => startup::close(app),
        _ => {}
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::{env, fs, path::Path};

    use specta_typescript::Typescript;

    /// Where the window's side of the contract lies.
    const BINDINGS: &str = "ui/src/ipc/bindings.ts";

    #[test]
    fn the_window_knows_the_commands_that_there_are() {
        let generated = {
            let dir = tempfile::tempdir().unwrap();
            let file = dir.path().join("bindings.ts");
            super::bindings()
                .export(
                    Typescript::default().header(
                        "// Generated from the shell's list of commands and events: do not edit. `make bindings` writes it.\n",
                    ),
                    &file,
                )
                .unwrap();
            fs::read_to_string(&file).unwrap()
        };
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(BINDINGS);
        if env::var_os("REKVIRENT_WRITE_BINDINGS").is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &generated).unwrap();
        }
        let kept = fs::read_to_string(&path).unwrap_or_default();
        assert!(kept == generated, "{BINDINGS} is stale: run `make bindings` and commit it");
    }
}
