//! Backups of the running store, under the same key, and going back to one.
//!
//! A backup is made while work goes on: the log is folded into the file, the file is copied while it stands still, and the
//! copy is checked page by page before it counts. Nothing here decides on its own to go back: that is a person's act.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use rusqlite::{Connection, backup::Backup as Copying, params};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Changes, Error, Key, Result, Store, audit, open};

/// A new backup is due this long after the last one: a little less than a day, so that the hour does not wander.
const EVERY: SignedDuration = SignedDuration::from_hours(20);
/// For so long one of each day is kept.
const DAYS: i64 = 7;
/// And for so long one of each week.
const WEEKS: i64 = 5;
/// Pages of the log after which the engine folds it into the file by itself.
const AUTOCHECKPOINT: u32 = 1_000;
/// Setting under which the account of a restore is kept until somebody has read it.
const RESTORED: &str = "restored";

/// What must be asked of the gateway after going back to a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Reconcile {
    /// Entries put back in the queue: their attempts after the backup are unknown, and the gateway knows duplicates by their ids.
    pub queued_again: u32,
    /// The newest fact in the backup, RFC 3339. What was made after it may be missing.
    #[specta(type = Option<String>)]
    pub newest: Option<Timestamp>,
}

/// What a person is told after going back to a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub struct RestoreAccount {
    /// What was asked again.
    pub reconcile: Reconcile,
    /// Messages that hospitals have receipted and this store does not know: made after the backup, and missing here.
    pub strangers: u32,
}

/// A backup file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupFile {
    /// Where it stands.
    pub path: PathBuf,
    /// When it was made.
    pub made_at: Timestamp,
    /// Bytes.
    pub size: u64,
    /// Made before the file was brought to this version of the tables; none for the daily ones.
    pub before_version: Option<i64>,
}

impl Store {
    /// Copies the store, while it is in use, into a new file under the same key, and checks every page of the copy. Others
    /// may read and write meanwhile; what they write after the copy began is not in it.
    ///
    /// # Errors
    ///
    /// [`Error::Taken`] where the file exists; [`Error::DiskFull`]; [`Error::Damaged`] where the copy is not whole. No half
    /// copy is left behind.
    pub fn backup(&self, to: &Path, key: &Key) -> Result<()> {
        if to.exists() {
            return Err(Error::Taken { what: "backup file" });
        }
        let part = ending(to, ".part");
        let _still = StandingStill::begin(self)?;
        let made = self.copy_file(&part).and_then(|()| verify(&part, key)).and_then(|()| Ok(fs::rename(&part, to)?));
        if made.is_err() {
            remove(&part);
        }
        made
    }

    fn copy_file(&self, to: &Path) -> Result<()> {
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut target = options.open(to)?;
        std::io::copy(&mut fs::File::open(self.path())?, &mut target)?;
        Ok(target.sync_all()?)
    }

    /// Makes the backup of the day where one is due, and lets go of those that are outdated. Returns the new file.
    ///
    /// # Errors
    ///
    /// As [`Store::backup`]; outdated files that cannot be removed are no error.
    pub fn backup_if_due(&self, folder: &Path, key: &Key, now: Timestamp) -> Result<Option<PathBuf>> {
        fs::create_dir_all(folder)?;
        let last = daily(folder)?.into_iter().map(|file| file.made_at).max();
        if !is_due(last, now) {
            return Ok(None);
        }
        self.backup_now(folder, key, now).map(Some)
    }

    /// Makes a backup now and lets go of those that are outdated.
    ///
    /// # Errors
    ///
    /// As [`Store::backup`].
    pub fn backup_now(&self, folder: &Path, key: &Key, now: Timestamp) -> Result<PathBuf> {
        fs::create_dir_all(folder)?;
        let named = |at: Timestamp| {
            folder.join(at.to_zoned(TimeZone::UTC).strftime("requisitions-%Y%m%dT%H%M%SZ.sqlite").to_string())
        };
        // A copy asked for in the second of another one is named after the next second.
        let mut seconds = (0..60).map(|later| named(now + SignedDuration::from_secs(later)));
        let to = seconds.find(|path| !path.exists()).unwrap_or_else(|| named(now));
        self.backup(&to, key)?;
        let files = daily(folder)?;
        let made: Vec<Timestamp> = files.iter().map(|file| file.made_at).collect();
        for at in outdated(&made, now) {
            if let Err(error) = fs::remove_file(&files[at].path) {
                tracing::warn!(kind = ?error.kind(), "an outdated backup cannot be removed");
            }
        }
        Ok(to)
    }

    /// After going back to a backup: everything unfinished is asked for again, and all receipts and events are read from
    /// the beginning. Numbers must come from a new station: the old counter may have gone further.
    ///
    /// # Errors
    ///
    /// Those of any write.
    pub fn reconcile_after_restore(&self, who: &str, now: Timestamp) -> Result<(Reconcile, Changes)> {
        let (recovered, _) = self.recover_interrupted(now)?;
        let reconcile = self.write(|tx| {
            let again = tx.execute(
                "UPDATE outbox SET next_attempt_at = ?1, may_have_arrived = 1 WHERE state = 'queued'",
                params![open::millis(now)],
            )?;
            tx.execute("DELETE FROM cursors", [])?;
            let newest: Option<i64> = tx.query_row("SELECT max(at) FROM audit", [], |row| row.get(0))?;
            audit::note(tx, now, who, "restored", "store", "")?;
            let queued_again = u32::try_from(again).unwrap_or(u32::MAX).max(recovered);
            Ok(Reconcile { queued_again, newest: open::maybe_time(newest)? })
        })?;
        let changes = self.set_setting(RESTORED, &reconcile, now)?;
        Ok((reconcile, changes.and(Changes::OUTBOX)))
    }

    /// What is known of the last restore; none where there was none, or somebody has read it.
    ///
    /// # Errors
    ///
    /// Those of any read.
    pub fn restore_account(&self) -> Result<Option<RestoreAccount>> {
        let Some(reconcile) = self.setting::<Reconcile>(RESTORED)? else { return Ok(None) };
        let strangers = self.read(|db| {
            Ok(db.query_row(
                "SELECT count(DISTINCT named_id) FROM receipts WHERE message_id IS NULL
                   AND lower(named_id) NOT IN (SELECT message_id FROM outbox)",
                [],
                |row| row.get(0),
            )?)
        })?;
        Ok(Some(RestoreAccount { reconcile, strangers }))
    }

    /// Takes down that a person has read the account of the restore.
    ///
    /// # Errors
    ///
    /// Those of any write.
    pub fn settle_restore(&self, who: &str, now: Timestamp) -> Result<Changes> {
        self.write(|tx| audit::note(tx, now, who, "restore_read", "store", ""))?;
        self.forget_setting(RESTORED)
    }

    /// Puts a backup in the store's place and asks everything unfinished again. The store must be closed; its own file is
    /// kept beside it with the ending `.replaced`. The backup itself is only read.
    ///
    /// # Errors
    ///
    /// [`Error::InUse`]; [`Error::WrongKey`], [`Error::Damaged`], [`Error::Newer`] where the backup is no good: then the store
    /// stays as it was.
    pub fn restore(from: &Path, path: &Path, key: &Key, who: &str, now: Timestamp) -> Result<Reconcile> {
        let lock = open::own(path)?;
        let incoming = ending(path, ".incoming");
        remove(&incoming);
        let prepared = || -> Result<Reconcile> {
            fs::copy(from, &incoming)?;
            // Opening checks every page; closing folds the log into the file.
            let store = Self::open(&incoming, key)?;
            Ok(store.reconcile_after_restore(who, now)?.0)
        };
        let reconcile = match prepared() {
            Ok(reconcile) => reconcile,
            Err(error) => {
                remove(&incoming);
                return Err(error);
            }
        };
        fs::File::open(&incoming)?.sync_all()?;
        // The write-ahead log belongs to the old file: both are kept, under the same new name.
        for end in ["", "-wal", "-shm"] {
            let old = ending(path, end);
            if old.exists() {
                fs::rename(&old, ending(path, &format!(".replaced{end}")))?;
            }
        }
        fs::rename(&incoming, path)?;
        remove(&ending(&incoming, ".lock"));
        drop(lock);
        Ok(reconcile)
    }
}

/// The file beside the log, which the engine does not touch as long as this lives.
struct StandingStill<'a>(&'a Store);

impl<'a> StandingStill<'a> {
    fn begin(store: &'a Store) -> Result<Self> {
        let still = Self(store);
        store.read(|db| {
            db.pragma_update(None, "wal_autocheckpoint", 0)?;
            let busy: i64 = db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
            if busy == 0 { Ok(()) } else { Err(Error::NotNow { why: "the log cannot be folded into the file" }) }
        })?;
        Ok(still)
    }
}

impl Drop for StandingStill<'_> {
    fn drop(&mut self) {
        let resumed = self.0.read(|db| Ok(db.pragma_update(None, "wal_autocheckpoint", AUTOCHECKPOINT)?));
        if let Err(error) = resumed {
            tracing::warn!(%error, "the log is not folded into the file until the next start");
        }
    }
}

/// Whether a backup is due. One from the future was made under a wrong clock and holds nothing back.
#[must_use]
pub fn is_due(last: Option<Timestamp>, now: Timestamp) -> bool {
    last.is_none_or(|last| last > now || now.duration_since(last) >= EVERY)
}

/// Which of these backups are not kept: of each of the last days one, of each of the last weeks one, and never the newest.
#[must_use]
pub fn outdated(made: &[Timestamp], now: Timestamp) -> Vec<usize> {
    let mut newest_first: Vec<usize> = (0..made.len()).collect();
    newest_first.sort_by_key(|at| std::cmp::Reverse(made[*at]));
    let mut kept = Vec::new();
    let mut gone = Vec::new();
    for at in newest_first {
        let days = now.duration_since(made[at]).as_hours().div_euclid(24);
        let place = match days {
            ..0 => None,
            days if days < DAYS => Some(("day", days)),
            days if days < WEEKS * 7 => Some(("week", days / 7)),
            _ => Some(("past", 0)),
        };
        match place {
            // From the future: under a clock that was wrong, and perhaps the best there is.
            None => {}
            Some(_) if kept.is_empty() => kept.extend(place),
            Some(("past", _)) => gone.push(at),
            Some(place) if kept.contains(&place) => gone.push(at),
            Some(place) => kept.push(place),
        }
    }
    gone
}

/// The folder beside a store where its backups stand unless another is chosen.
#[must_use]
pub fn folder_of(store: &Path) -> PathBuf {
    store.parent().unwrap_or(Path::new("")).join("backups")
}

/// The backups in a folder, newest first; none where there is no such folder.
///
/// # Errors
///
/// [`Error::Io`].
pub fn list(folder: &Path) -> Result<Vec<BackupFile>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error.into()),
    };
    let mut files: Vec<BackupFile> = entries.filter_map(|entry| file_of(&entry.ok()?.path())).collect();
    files.sort_by_key(|file| std::cmp::Reverse(file.made_at));
    Ok(files)
}

fn daily(folder: &Path) -> Result<Vec<BackupFile>> {
    Ok(list(folder)?.into_iter().filter(|file| file.before_version.is_none()).collect())
}

fn file_of(path: &Path) -> Option<BackupFile> {
    let stem = path.file_name()?.to_str()?.strip_suffix(".sqlite")?;
    let size = fs::metadata(path).ok()?.len();
    if let Some(time) = stem.strip_prefix("requisitions-") {
        let time = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", time).ok()?;
        let made_at = time.to_zoned(TimeZone::UTC).ok()?.timestamp();
        return Some(BackupFile { path: path.to_owned(), made_at, size, before_version: None });
    }
    let version = stem.strip_prefix("before-version-")?.split('.').next()?.parse().ok()?;
    let changed = fs::metadata(path).ok()?.modified().ok()?;
    let made_at = Timestamp::try_from(changed).ok()?;
    Some(BackupFile { path: path.to_owned(), made_at, size, before_version: Some(version) })
}

/// Keeps the file as it is before its tables are brought to a version.
pub(super) fn before_migration(source: &Connection, store: &Path, key: &Key, version: i64) -> Result<()> {
    let folder = folder_of(store);
    fs::create_dir_all(&folder)?;
    let name = |attempt: u32| match attempt {
        0 => folder.join(format!("before-version-{version}.sqlite")),
        again => folder.join(format!("before-version-{version}.{again}.sqlite")),
    };
    // One that an earlier attempt made is kept: it may be of another state.
    let to = (0..u32::MAX).map(name).find(|path| !path.exists()).ok_or(Error::Taken { what: "backup file" })?;
    let part = ending(&to, ".part");
    remove(&part);
    let made = copy(source, &part, key).and_then(|()| Ok(fs::rename(&part, &to)?));
    if made.is_err() {
        remove(&part);
    }
    made
}

fn copy(source: &Connection, to: &Path, key: &Key) -> Result<()> {
    let mut target = Connection::open(to)?;
    target.pragma_update(None, "key", key.pragma().as_str())?;
    target.pragma_update(None, "synchronous", "FULL")?;
    Copying::new(source, &mut target)?.run_to_completion(256, Duration::ZERO, None)?;
    open::check(&target)?;
    drop(target);
    Ok(fs::File::open(to)?.sync_all()?)
}

/// Opens a copy and checks every page of it.
fn verify(path: &Path, key: &Key) -> Result<()> {
    open::check(&open::connect(path, key)?)
}

fn ending(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

/// Removes what we made ourselves, with its log; that it is not there is as good.
fn remove(path: &Path) {
    for end in ["", "-wal", "-shm"] {
        fs::remove_file(ending(path, end)).ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_backup_is_due_daily_and_a_clock_that_was_ahead_holds_none_back() {
        let now = at("2026-11-26T08:00:00Z");
        assert!(is_due(None, now));
        assert!(!is_due(Some(at("2026-11-26T03:00:00Z")), now));
        assert!(is_due(Some(at("2026-11-25T08:00:00Z")), now));
        assert!(is_due(Some(at("2027-03-01T08:00:00Z")), now));
    }

    #[test]
    fn a_week_of_days_and_five_weeks_are_kept_whatever_the_number_of_backups() {
        let now = at("2026-11-26T08:00:00Z");
        let hourly: Vec<Timestamp> = (0..24 * 90).map(|hours| now - SignedDuration::from_hours(hours)).collect();
        let gone = outdated(&hourly, now);
        let kept: Vec<i64> = (0..hourly.len())
            .filter(|at| !gone.contains(at))
            .map(|at| now.duration_since(hourly[at]).as_hours())
            .collect();
        assert_eq!(kept, [0, 24, 48, 72, 96, 120, 144, 168, 336, 504, 672]);
    }

    #[test]
    fn the_newest_backup_is_kept_however_old_it_is() {
        let old = [at("2024-01-01T08:00:00Z"), at("2024-01-02T08:00:00Z")];
        assert_eq!(outdated(&old, at("2026-11-26T08:00:00Z")), [0]);
    }
}
