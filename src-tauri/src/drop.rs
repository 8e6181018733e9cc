//! Files dropped on the window. The window itself has no right to any file: the desktop hands the paths to the program, and
//! the window learns what became of them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tauri::{AppHandle, Manager as _};
use tauri_specta::Event as _;

use crate::controller::{CATALOGUE_ENDINGS, Controller};
use crate::error::{CommandError, ErrorCode};
use crate::events::Dropped;

/// What a file is by its name: each kind goes its own way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A catalogue package, a delta, or the signature of one.
    Catalogue,
    /// Nothing we read.
    Unknown,
}

impl Kind {
    fn of(path: &Path) -> Self {
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
        if CATALOGUE_ENDINGS.contains(&ending.as_str()) { Self::Catalogue } else { Self::Unknown }
    }
}

/// Takes dropped files in, each kind in its own way, and tells the window.
pub fn take(app: &AppHandle, paths: Vec<PathBuf>) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let Some(controller) = app.try_state::<Arc<Controller>>() else { return };
        let (catalogues, unknown): (Vec<_>, Vec<_>) =
            paths.into_iter().partition(|path| Kind::of(path) == Kind::Catalogue);
        let mut told = Dropped { catalogues: Vec::new(), refused: None };
        match controller.import_catalogues(&catalogues).await {
            Ok(taken) => told.catalogues = taken,
            Err(error) => told.refused = Some(error),
        }
        if !unknown.is_empty() && told.refused.is_none() {
            told.refused = Some(CommandError::new(ErrorCode::CatalogueRefused).with("reason", "unknown_file"));
        }
        if let Err(error) = told.emit(&app) {
            tracing::warn!(%error, "the window was not told of dropped files");
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dropped_file_goes_the_way_of_its_kind() {
        let kind = |name: &str| Kind::of(Path::new(name));
        for name in ["balsam-lab.rkvcat", "X/BALSAM.RKVCAT", "a.1-2.rkvdelta", "a.rkvcat.minisig"] {
            assert_eq!(kind(name), Kind::Catalogue, "{name}");
        }
        for name in ["order.xml", "rkvcat", "", "a.rkvcat.exe"] {
            assert_eq!(kind(name), Kind::Unknown, "{name}");
        }
    }
}
