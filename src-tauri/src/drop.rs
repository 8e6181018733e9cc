//! Files dropped on the window. The window itself has no right to any file: the desktop hands the paths to the program, and
//! the window learns what became of them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tauri::{AppHandle, Manager as _};
use tauri_specta::Event as _;

use crate::controller::{ATTACHMENT_ENDINGS, CATALOGUE_ENDINGS, Controller, ORDER_ENDINGS};
use crate::error::{CommandError, ErrorCode};
use crate::events::{Dropped, tell_of_handovers};

/// What a file is by its name: each kind goes its own way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A catalogue package, a delta, or the signature of one.
    Catalogue,
    /// An order document of a record system.
    Order,
    /// What may be attached to a draft.
    Attachment,
    /// Nothing we read.
    Unknown,
}

impl Kind {
    fn of(path: &Path) -> Self {
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
        let kinds = [
            (CATALOGUE_ENDINGS, Self::Catalogue),
            (ORDER_ENDINGS, Self::Order),
            (ATTACHMENT_ENDINGS, Self::Attachment),
        ];
        let known = kinds.into_iter().find(|(endings, _)| endings.contains(&ending.as_str()));
        known.map_or(Self::Unknown, |(_, kind)| kind)
    }
}

/// Takes dropped files in, each kind in its own way, and tells the window.
pub fn take(app: &AppHandle, paths: Vec<PathBuf>) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let Some(controller) = app.try_state::<Arc<Controller>>() else { return };
        let of_kind =
            |kind: Kind| paths.iter().filter(|path| Kind::of(path) == kind).cloned().collect::<Vec<PathBuf>>();
        let (catalogues, orders, unknown) = (of_kind(Kind::Catalogue), of_kind(Kind::Order), of_kind(Kind::Unknown));
        let attachments = of_kind(Kind::Attachment).iter().map(|path| path.display().to_string()).collect();
        if !orders.is_empty() {
            orders.into_iter().for_each(|order| controller.hand_over(order));
            tell_of_handovers(&app);
        }
        let mut told = Dropped { catalogues: Vec::new(), attachments, refused: None };
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
        assert_eq!(kind("ordre.JSON"), Kind::Order);
        for name in ["skisse.pdf", "bilde.JPG", "notat.txt"] {
            assert_eq!(kind(name), Kind::Attachment, "{name}");
        }
        for name in ["order.xml", "rkvcat", "", "a.rkvcat.exe"] {
            assert_eq!(kind(name), Kind::Unknown, "{name}");
        }
    }
}
