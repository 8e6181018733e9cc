//! Backups of the running store, under the same key, and going back to one.

use std::{path::Path, time::Duration};

use jiff::Timestamp;
use rusqlite::{Connection, backup::Backup, params};
use serde::Serialize;
use specta::Type;

use super::{Changes, Error, Key, Result, Store, audit, open};

/// What must be asked of the gateway after going back to a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub struct Reconcile {
    /// Entries put back in the queue: their attempts after the backup are unknown, and the gateway knows duplicates by their ids.
    pub queued_again: u32,
    /// The newest fact in the backup, RFC 3339. What was made after it may be missing.
    #[specta(type = Option<String>)]
    pub newest: Option<Timestamp>,
}

impl Store {
    /// Copies the store, while it is in use, into a new file under the same key.
    ///
    /// # Errors
    ///
    /// [`Error::Taken`] where the file exists; [`Error::DiskFull`]; no half copy is left behind.
    pub fn backup(&self, to: &Path, key: &Key) -> Result<()> {
        self.read(|db| copy(db, to, key))
    }

    /// After going back to a backup: everything unfinished is asked for again, and all receipts and events are read from
    /// the beginning. Numbers must come from a new station: the old counter may have gone further.
    ///
    /// # Errors
    ///
    /// Those of any write.
    pub fn reconcile_after_restore(&self, who: &str, now: Timestamp) -> Result<(Reconcile, Changes)> {
        let (recovered, _) = self.recover_interrupted(now)?;
        self.write(|tx| {
            let again = tx.execute(
                "UPDATE outbox SET next_attempt_at = ?1, may_have_arrived = 1 WHERE state = 'queued'",
                params![open::millis(now)],
            )?;
            tx.execute("DELETE FROM cursors", [])?;
            let newest: Option<i64> = tx.query_row("SELECT max(at) FROM audit", [], |row| row.get(0))?;
            audit::note(tx, now, who, "restored", "store", "")?;
            let queued_again = u32::try_from(again).unwrap_or(u32::MAX).max(recovered);
            Ok((Reconcile { queued_again, newest: open::maybe_time(newest)? }, Changes::OUTBOX))
        })
    }

    /// Puts a backup in the store's place. The store must be closed; its own file is kept beside it with the ending `.replaced`.
    ///
    /// # Errors
    ///
    /// [`Error::WrongKey`], [`Error::Damaged`] where the backup is no good: then nothing is moved. [`Error::InUse`].
    pub fn restore(from: &Path, path: &Path, key: &Key) -> Result<()> {
        // Opening takes the lock and checks every page of the backup.
        drop(Self::open(from, key)?);
        let lock = open::own(path)?;
        let beside = |ending: &str| {
            let mut name = path.as_os_str().to_owned();
            name.push(ending);
            std::path::PathBuf::from(name)
        };
        let incoming = beside(".incoming");
        std::fs::copy(from, &incoming)?;
        std::fs::File::open(&incoming)?.sync_all()?;
        // The write-ahead log belongs to the old file: both are kept, under the same new name.
        for ending in ["", "-wal", "-shm"] {
            let old = beside(ending);
            if old.exists() {
                std::fs::rename(&old, beside(&format!(".replaced{ending}")))?;
            }
        }
        std::fs::rename(&incoming, path)?;
        drop(lock);
        Ok(())
    }
}

/// Copies an open database into a new file.
pub(super) fn copy(source: &Connection, to: &Path, key: &Key) -> Result<()> {
    if to.exists() {
        return Err(Error::Taken { what: "backup file" });
    }
    let result = copy_into(source, to, key);
    if result.is_err() {
        // What is left is no backup; the name is ours since nothing stood there.
        std::fs::remove_file(to).ok();
    }
    result
}

fn copy_into(source: &Connection, to: &Path, key: &Key) -> Result<()> {
    let mut target = Connection::open(to)?;
    target.pragma_update(None, "key", key.pragma().as_str())?;
    target.pragma_update(None, "synchronous", "FULL")?;
    Backup::new(source, &mut target)?.run_to_completion(256, Duration::ZERO, None)?;
    open::check(&target)?;
    drop(target);
    std::fs::File::open(to)?.sync_all()?;
    Ok(())
}
