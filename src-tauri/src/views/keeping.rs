//! Where the data lie, as the window shows it: trouble with the disk, backups, a restore, diagnostics.

use serde::Serialize;
use specta::Type;

/// What is the matter with the disk or the backups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum StorageTrouble {
    /// Little room is left.
    DiskLow,
    /// Nothing more can be written.
    DiskFull,
    /// The data folder cannot be written.
    ReadOnly,
    /// No daily backup for days.
    BackupMissed,
}

/// Backups and the disk they stand on.
#[derive(Clone, Debug, Serialize, Type)]
pub struct StorageView {
    /// Where backups go.
    pub folder: String,
    /// The office chose it; otherwise it lies beside the store.
    pub own_folder: bool,
    /// Newest first.
    pub backups: Vec<BackupView>,
    /// When the newest was made, RFC 3339.
    pub last: Option<String>,
    /// Room on the disk of the data, in MiB.
    pub free_mb: Option<u32>,
    /// What is the matter.
    pub trouble: Option<StorageTrouble>,
    /// The account of a restore that nobody has read.
    pub restored: Option<RestoredView>,
}

/// One backup.
#[derive(Clone, Debug, Serialize, Type)]
pub struct BackupView {
    /// File name.
    pub name: String,
    /// When it was made, RFC 3339.
    pub made: String,
    /// Size in KiB.
    pub size_kb: u32,
    /// Made before an update of the program, not by the day.
    pub before_update: bool,
}

/// What going back to a backup means.
#[derive(Clone, Debug, Serialize, Type)]
pub struct RestoredView {
    /// The newest fact in the backup, RFC 3339: what was done after it may be missing.
    pub newest: Option<String>,
    /// Messages that are sent again to be sure.
    pub queued_again: u32,
    /// Messages that hospitals have and this office does not know any more.
    pub strangers: u32,
}

/// What an operator may be sent.
#[derive(Clone, Debug, Serialize, Type)]
pub struct DiagnosticsView {
    /// The file.
    pub path: String,
    /// What stands in it.
    pub text: String,
}
