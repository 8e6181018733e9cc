//! Keeping what the office has: a backup each day, a word before the disk is full, the way back to a backup, and what an
//! operator may be sent when something is wrong.
//!
//! Going back is a person's act, and its account stays until somebody has read it. What leaves the machine in a diagnostics
//! file is counts, states, codes and versions, and nothing that a patient could be known by.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, Weak};
use std::time::Duration;

use requisition::store::backup::{self, folder_of};
use requisition::store::{BackupFile, Error as StoreError, Store};
use serde_json::json;

use super::settings::{connections, key};
use super::{Answer, Controller, Workplace, now};
use crate::error::{CommandError, ErrorCode};
use crate::events::Topic;
use crate::views::{AppView, BackupView, DiagnosticsView, RestoredView, StorageTrouble, StorageView};

/// Between two looks at the disk.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// Less room than this is told: a day's work and a backup still fit.
const LOW: u64 = 500 << 20;
/// Less room than this will refuse the next writes.
const FULL: u64 = 20 << 20;
/// A daily backup that has not come about for so long is told, in hours.
const BACKUP_MISSED_AFTER: i64 = 3 * 24;
/// How long closing waits for what still uses the store.
const CLOSING_WAITS: u32 = 50;

/// What the last look at the disk found.
#[derive(Clone, Debug, Default)]
pub struct Disk {
    /// Bytes free.
    free: Option<u64>,
    /// What is the matter.
    trouble: Option<StorageTrouble>,
}

impl Controller {
    /// Backups, room on the disk, and the account of a restore.
    ///
    /// # Errors
    /// When the backup folder cannot be read.
    pub fn storage(&self) -> Answer<StorageView> {
        let folder = self.backup_folder();
        let backups = backup::list(&folder)?;
        let mut view = StorageView {
            own_folder: folder != folder_of(&self.data.requisitions()),
            folder: folder.display().to_string(),
            last: backups.iter().map(|file| file.made_at).max().map(|at| at.to_string()),
            backups: backups.iter().map(backup_view).collect(),
            free_mb: None,
            trouble: None,
            restored: None,
        };
        let here = match self.here() {
            Ok(here) => here,
            Err(_) => return Ok(view),
        };
        let disk = here.disk.lock().unwrap_or_else(PoisonError::into_inner).clone();
        view.free_mb = disk.free.map(|free| u32::try_from(free >> 20).unwrap_or(u32::MAX));
        view.trouble = disk.trouble;
        view.restored = here.store.restore_account()?.map(|account| RestoredView {
            newest: account.reconcile.newest.map(|at| at.to_string()),
            queued_again: account.reconcile.queued_again,
            strangers: account.strangers,
        });
        Ok(view)
    }

    /// Makes a backup now.
    ///
    /// # Errors
    /// [`ErrorCode::DiskFull`], [`ErrorCode::ReadOnly`]; the store works on.
    pub fn back_up_now(&self) -> Answer<StorageView> {
        let here = self.here()?;
        let made = here.store.backup_now(&self.backup_folder(), &here.key, now().timestamp());
        // Also when it failed: the strip says why before the next minute's look.
        here.look_at_disk(self.data.root(), &self.backup_folder());
        made?;
        self.storage()
    }

    /// Chooses where backups go; nothing typed is the folder beside the store.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidField`] where there is no such folder, or nothing can be written there.
    pub fn save_backup_folder(&self, folder: &str) -> Answer<StorageView> {
        let here = self.here()?;
        let folder = folder.trim();
        let kept = self.backup_folder_file();
        if folder.is_empty() {
            match fs::remove_file(&kept) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(CommandError::caused(ErrorCode::FileRefused, &error));
                }
                Ok(()) | Err(_) => {}
            }
        } else {
            let folder = Path::new(folder);
            if !folder.is_absolute() || !folder.is_dir() {
                return Err(super::settings::refused("folder", "no_folder"));
            }
            write_probe(folder).map_err(|_| super::settings::refused("folder", "not_writable"))?;
            fs::write(&kept, folder.as_os_str().as_encoded_bytes())
                .map_err(|error| CommandError::caused(ErrorCode::FileRefused, &error))?;
        }
        here.desktop.changed(&[Topic::Settings]);
        self.storage()
    }

    /// Puts a backup in the place of the store, and opens it. What was there is kept beside it.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`]; [`ErrorCode::StoreDamaged`] and [`ErrorCode::KeyLost`] where the backup is no good: then
    /// everything stays as it was.
    pub fn restore_backup(&self, name: &str) -> Answer<AppView> {
        let _one = self.opening.lock().unwrap_or_else(PoisonError::into_inner);
        let known = backup::list(&self.backup_folder())?;
        let wanted = known.into_iter().find(|file| file_name(file) == name);
        let from = wanted.ok_or_else(|| CommandError::new(ErrorCode::NotFound))?.path;
        let held = self.key.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let (key, key_place) = held.ok_or_else(|| CommandError::new(ErrorCode::StoreClosed))?;
        let who = self.here().and_then(|here| here.who()).unwrap_or_default();
        self.close();
        let path = self.data.requisitions();
        let restored = || -> Result<(), StoreError> {
            Store::restore(&from, &path, &key, &who, now().timestamp())?;
            // The stations' counters may have gone further than the backup knows: their numbers are not given again.
            let store = Store::open(&path, &key)?;
            store.forget_stations()?;
            store.forget_setting(key::LEASES)?;
            Ok(())
        };
        let mut outcome = restored();
        for _ in 0..CLOSING_WAITS {
            if !matches!(outcome, Err(StoreError::InUse)) {
                break;
            }
            std::thread::sleep(Duration::from_millis(100));
            outcome = restored();
        }
        self.take_over(self.open_with(&key, key_place));
        outcome?;
        tracing::info!("a backup was put in the store's place");
        self.app()
    }

    /// Takes down that somebody has read the account of a restore.
    ///
    /// # Errors
    /// When the store fails.
    pub fn settle_restore(&self) -> Answer<StorageView> {
        let here = self.here()?;
        here.tell(here.store.settle_restore(&here.who()?, now().timestamp())?);
        self.storage()
    }

    /// Writes what an operator may send away into a file, and says where it is.
    ///
    /// # Errors
    /// [`ErrorCode::FileRefused`].
    pub fn save_diagnostics(&self) -> Answer<DiagnosticsView> {
        let here = self.here()?;
        let text = self.diagnostics_text(&here)?;
        let folder = self.data.root().join("diagnostics");
        let path = folder.join(now().strftime("rekvirent-diagnostics-%Y%m%dT%H%M%S.json").to_string());
        let write = || {
            fs::create_dir_all(&folder)?;
            fs::write(&path, &text)
        };
        write().map_err(|error: std::io::Error| CommandError::caused(ErrorCode::FileRefused, &error))?;
        Ok(DiagnosticsView { path: path.display().to_string(), text })
    }

    fn diagnostics_text(&self, here: &Workplace) -> Answer<String> {
        let storage = self.storage()?;
        let catalogues: Vec<_> = here
            .catalogue_statuses()?
            .into_iter()
            .map(|one| json!({ "provider": one.provider, "version": one.version, "checked": one.checked, "stale": one.stale, "services": one.services }))
            .collect();
        let needs = here.store.needs_you(now().timestamp())?.len();
        let found = json!({
            "made": now().strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
            "program": env!("CARGO_PKG_VERSION"),
            "system": { "os": std::env::consts::OS, "arch": std::env::consts::ARCH },
            "store": here.store.diagnostics()?,
            "queue": here.store.queue_summary()?,
            "needsYou": needs,
            "lines": here.line.facts(),
            "connections": connections(&here.store)?.len(),
            "catalogues": catalogues,
            "storage": {
                "freeMb": storage.free_mb,
                "trouble": storage.trouble,
                "backups": storage.backups.len(),
                "lastBackup": storage.last,
                "restored": storage.restored.is_some(),
            },
        });
        serde_json::to_string_pretty(&found).map_err(|error| CommandError::internal(&error))
    }

    /// Where backups go. Kept in a file of its own: it has to be known when the store does not open.
    pub(super) fn backup_folder(&self) -> PathBuf {
        match fs::read_to_string(self.backup_folder_file()) {
            Ok(chosen) if !chosen.trim().is_empty() => PathBuf::from(chosen.trim()),
            Ok(_) | Err(_) => folder_of(&self.data.requisitions()),
        }
    }

    fn backup_folder_file(&self) -> PathBuf {
        self.data.root().join("backup-folder")
    }

    /// Starts the daily backups and the looks at the disk.
    pub(super) fn keep(&self, workplace: &std::sync::Arc<Workplace>) {
        let (root, folder, chosen) =
            (self.data.root().to_owned(), folder_of(&self.data.requisitions()), self.backup_folder_file());
        let workplace = std::sync::Arc::downgrade(workplace);
        tokio::spawn(keep_safe(workplace, move || {
            let named = fs::read_to_string(&chosen).ok().filter(|named| !named.trim().is_empty());
            (root.clone(), named.map_or_else(|| folder.clone(), |named| PathBuf::from(named.trim())))
        }));
    }
}

impl Workplace {
    /// What is the matter with disk or backups, for the strip.
    pub(super) fn storage_trouble(&self) -> Option<StorageTrouble> {
        self.disk.lock().unwrap_or_else(PoisonError::into_inner).trouble
    }

    /// Makes the day's backup where it is due. Whether it came about shows in how old the newest one is.
    fn back_up_if_due(&self, folder: &Path) {
        match self.store.backup_if_due(folder, &self.key, now().timestamp()) {
            Ok(Some(_)) => tracing::info!("the day's backup is made"),
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "the day's backup is not made"),
        }
    }

    fn look_at_disk(&self, root: &Path, backups: &Path) {
        let found = look(root, backups);
        let mut disk = self.disk.lock().unwrap_or_else(PoisonError::into_inner);
        let news = disk.trouble != found.trouble;
        *disk = found;
        drop(disk);
        if news {
            // The strip shows it, and the strip follows the line.
            self.desktop.changed(&[Topic::Outbox, Topic::Settings]);
        }
    }
}

async fn keep_safe(workplace: Weak<Workplace>, places: impl Fn() -> (PathBuf, PathBuf) + Send + 'static) {
    loop {
        let Some(here) = workplace.upgrade() else { return };
        let (root, folder) = places();
        let looked = tokio::task::spawn_blocking(move || {
            here.back_up_if_due(&folder);
            here.look_at_disk(&root, &folder);
        });
        if looked.await.is_err() {
            tracing::error!("looking at the disk failed");
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

fn look(root: &Path, backups: &Path) -> Disk {
    let free = fs4::available_space(root).ok();
    let trouble = match (write_probe(root), free) {
        (Err(error), _) if is_full(&error) => Some(StorageTrouble::DiskFull),
        (Err(_), _) => Some(StorageTrouble::ReadOnly),
        (Ok(()), Some(free)) if free < FULL => Some(StorageTrouble::DiskFull),
        (Ok(()), Some(free)) if free < LOW => Some(StorageTrouble::DiskLow),
        (Ok(()), _) => missed(backups).then_some(StorageTrouble::BackupMissed),
    };
    Disk { free, trouble }
}

/// No daily backup for days: it is tried each minute, so something keeps it from being made.
fn missed(backups: &Path) -> bool {
    let last = backup::list(backups).unwrap_or_default().into_iter().map(|file| file.made_at).max();
    last.is_none_or(|last| now().timestamp().duration_since(last).as_hours() > BACKUP_MISSED_AFTER)
}

/// Writes a little and takes it away again: whether a folder can be written is what writing says.
fn write_probe(folder: &Path) -> std::io::Result<()> {
    let path = folder.join(".rekvirent-probe");
    let mut file = fs::File::create(&path)?;
    let written = file.write_all(&[0; 4096]).and_then(|()| file.sync_all());
    fs::remove_file(&path)?;
    written
}

fn is_full(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded)
}

fn backup_view(file: &BackupFile) -> BackupView {
    BackupView {
        name: file_name(file),
        made: file.made_at.to_string(),
        size_kb: u32::try_from(file.size >> 10).unwrap_or(u32::MAX),
        before_update: file.before_version.is_some(),
    }
}

fn file_name(file: &BackupFile) -> String {
    file.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
