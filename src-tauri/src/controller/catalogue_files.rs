//! Catalogues from files: a USB stick at a place without a line, a file dropped on the window.
//!
//! The signature says which key it was made with, and so which provider's pinned key to check it against; nothing of the
//! file is looked at before that. Whose catalogue it is, the verified content says.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use requisition::catalogue::cache::{Arrival, Kept};
use requisition::catalogue::delta::Delta;
use requisition::catalogue::package::{self, LARGEST_PACKAGE, Refusal};

use super::catalogues::{File, Shelf, cache_error, install_error, refusal};
use super::{Answer, Controller, FileQuestion};
use crate::error::{CommandError, ErrorCode};
use crate::events::Topic;
use crate::panels::DialogWords;
use crate::views::{CatalogueStanding, ImportedCatalogue};

/// How packages, deltas and signatures end.
pub const ENDINGS: &[&str] = &["rkvcat", "rkvdelta", "minisig"];
/// The end of a signature's name, after the name of what it signs.
const SIGNATURE: &str = ".minisig";
/// A signature file larger than this is none.
const LARGEST_SIGNATURE: u64 = 4_096;

impl Controller {
    /// Asks for a package or delta in the desktop's dialog and takes it in. Nothing where none is chosen.
    ///
    /// # Errors
    /// As [`Self::import_catalogue`].
    pub async fn choose_catalogue(&self, words: DialogWords) -> Answer<Option<ImportedCatalogue>> {
        let question = FileQuestion { title: words.title, kind: words.kind, endings: ENDINGS, save_as: None };
        match self.desktop.ask_for_file(question).await.ok().flatten() {
            Some(path) => self.import_catalogues(&[path]).await.map(|mut taken| taken.pop()),
            None => Ok(None),
        }
    }

    /// Takes in a package or delta from a file, with its signature in the file of the same name and `.minisig`. The provider
    /// must be set up, since its key is what the file is checked against. No line is needed.
    ///
    /// # Errors
    /// [`ErrorCode::FileRefused`], [`ErrorCode::CatalogueRefused`] with the reason.
    pub async fn import_catalogue(&self, path: String) -> Answer<ImportedCatalogue> {
        let taken = self.import_catalogues(&[PathBuf::from(path)]).await?.pop();
        taken.ok_or_else(|| CommandError::new(ErrorCode::NotFound))
    }

    /// The same with several files, whole packages before deltas. The first that is refused ends it; those before it stay.
    ///
    /// # Errors
    /// As [`Self::import_catalogue`].
    pub async fn import_catalogues(&self, paths: &[PathBuf]) -> Answer<Vec<ImportedCatalogue>> {
        let here = self.here()?;
        let shelf = Arc::clone(&here.shelf);
        let files: BTreeSet<(bool, PathBuf)> = paths.iter().map(|path| signed_file(path)).collect();
        let taken = tokio::task::spawn_blocking(move || {
            let mut taken = Vec::new();
            for (_, path) in files {
                taken.push(take_file(&shelf, &path)?);
            }
            Ok(taken)
        });
        let taken = taken.await.map_err(|error| CommandError::internal(&error))?;
        here.desktop.changed(&[Topic::Catalogue]);
        taken
    }
}

/// The file that a signature belongs to, or the file itself; deltas sort after packages.
fn signed_file(path: &Path) -> (bool, PathBuf) {
    let path = match path.to_str().and_then(|name| name.strip_suffix(SIGNATURE)) {
        Some(signed) => PathBuf::from(signed),
        None => path.to_owned(),
    };
    (path.extension().is_some_and(|extension| extension == "rkvdelta"), path)
}

fn take_file(shelf: &Shelf, path: &Path) -> Answer<ImportedCatalogue> {
    let bytes = read(path, LARGEST_PACKAGE as u64)?;
    let mut name = path.as_os_str().to_owned();
    name.push(SIGNATURE);
    let signature = match read(Path::new(&name), LARGEST_SIGNATURE) {
        Ok(signature) => String::from_utf8_lossy(&signature).into_owned(),
        Err(_) => return Err(CommandError::new(ErrorCode::CatalogueRefused).with("reason", "no_signature")),
    };
    let signer = package::signer(&signature).ok_or_else(|| refusal(&Refusal::UnreadableSignature))?;
    let known = shelf.cache().providers().map_err(|error| cache_error(&error))?;
    let theirs = known.iter().find(|one| package::key_name(&one.public_key).is_ok_and(|key| key == signer));
    let Some(theirs) = theirs else {
        return Err(CommandError::new(ErrorCode::CatalogueRefused).with("reason", "unknown_key").with("key", signer));
    };
    package::verify(&bytes, &signature, &theirs.public_key).map_err(|error| refusal(&error))?;
    // Only now is there anything to read.
    let (provider, file) = match package::read_unverified(&bytes) {
        Ok(catalogue) => (catalogue.provider.id, File::Package),
        Err(not_a_package) => match Delta::open(&bytes, &signature, &theirs.public_key) {
            Ok(delta) => (delta.provider().to_owned(), File::Delta),
            Err(Refusal::Malformed(_)) => return Err(refusal(&not_a_package)),
            Err(other) => return Err(refusal(&other)),
        },
    };
    if !known.iter().any(|one| one.id == provider) {
        let unknown = CommandError::new(ErrorCode::CatalogueRefused).with("reason", "provider_not_set_up");
        return Err(unknown.with("provider", provider));
    }
    let arrival = Arrival { bytes, signature, etag: None };
    let kept = shelf.take_in(&provider, file, &arrival).map_err(|error| install_error(&error))?;
    Ok(imported(shelf, provider, kept))
}

fn imported(shelf: &Shelf, provider: String, kept: Kept) -> ImportedCatalogue {
    let in_use = shelf.catalogue(&provider);
    let catalogue = in_use.as_ref().map(|found| found.catalogue());
    let name = shelf.name(&provider).unwrap_or_else(|_| provider.clone());
    let (version, valid_from) =
        catalogue.map(|found| (found.version.clone(), found.valid_from.clone())).unwrap_or_default();
    let (standing, version, valid_from) = match kept {
        Kept::InUse(_) => (CatalogueStanding::InUse, version, valid_from),
        Kept::Same => (CatalogueStanding::Same, version, valid_from),
        Kept::Waiting(waiting) => (CatalogueStanding::Waiting, waiting.version, waiting.valid_from),
    };
    ImportedCatalogue { provider, name, version, valid_from, standing }
}

/// Reads a file that may be anything: no more of it than it may have.
fn read(path: &Path, largest: u64) -> Answer<Vec<u8>> {
    let unreadable = |error: std::io::Error| CommandError::caused(ErrorCode::FileRefused, &error);
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    file.take(largest + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > largest { Err(refusal(&Refusal::TooLarge)) } else { Ok(bytes) }
}
