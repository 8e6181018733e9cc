//! Opening the store: who may, on what, with which guarantees. And the one way in which anything is written.

use std::{
    fs::{File, OpenOptions, TryLockError},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior, config::DbConfig};
use uuid::Uuid;

use super::{Error, Key, Result, schema::MIGRATIONS};

/// Memory for decrypted pages, in KiB: the entries of some ten thousand messages with their indexes.
const CACHE_KIB: i64 = 16 << 10;

/// The open store. One process owns the file as long as this lives; threads share it.
pub struct Store {
    connection: Mutex<Connection>,
    path: PathBuf,
    // Held, not read: the lock goes with it.
    _owner: File,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Store(…)")
    }
}

impl Store {
    /// Opens the store, and creates it where there is none.
    ///
    /// Takes the ownership lock, checks key, file and version, and brings an older file up to date after backing it up
    /// beside itself.
    ///
    /// # Errors
    ///
    /// [`Error::InUse`], [`Error::WrongKey`], [`Error::Newer`], [`Error::Damaged`], [`Error::NetworkPath`],
    /// [`Error::ReadOnly`], [`Error::DiskFull`]; the file is left as it was.
    pub fn open(path: &Path, key: &Key) -> Result<Self> {
        refuse_network_path(path)?;
        let owner = own(path)?;
        keep_private(path)?;
        let mut connection = connect(path, key)?;
        check(&connection)?;
        migrate(&mut connection, path, key, MIGRATIONS)?;
        Ok(Self { connection: Mutex::new(connection), path: path.to_owned(), _owner: owner })
    }

    /// Where the file stands.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Runs `work` in one transaction that is durable when this returns, and as if it had never begun when it fails.
    pub(super) fn write<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
        let mut connection = self.lock();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let value = work(&transaction)?;
        transaction.commit()?;
        Ok(value)
    }

    /// Runs `work` on a state that does not change meanwhile.
    pub(super) fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        work(&self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        // A panic in the middle of a transaction rolled it back: the connection is as good as before.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Opens a connection and gives it the key and the guarantees that every use of this file relies on.
pub(super) fn connect(path: &Path, key: &Key) -> Result<Connection> {
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    // The engine prints failures of its own accord; ours are values.
    connection.pragma_update_and_check(None, "cipher_log_level", "NONE", |_| Ok(())).ok();
    connection.pragma_update(None, "key", key.pragma().as_str())?;
    if connection.pragma_query_value(None, "cipher_version", |row| row.get::<_, String>(0)).is_err() {
        return Err(Error::Database("the engine was built without encryption".into()));
    }
    // One owner: nobody else writes, and there is no shared-memory file that a full disk could fail on.
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    // The first read tells whether the key fits.
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0))?;
    let mode: String = connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    if mode != "wal" {
        return Err(Error::ReadOnly);
    }
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "secure_delete", true)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    // A page that is not held is decrypted and proven again each time it is read.
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// Checks every page against its HMAC, and the structure.
pub(super) fn check(connection: &Connection) -> Result<()> {
    let faults = |pragma: &str| -> Result<Vec<String>> {
        let mut statement = connection.prepare(pragma)?;
        let rows = statement.query_map([], |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
        Ok(rows)
    };
    if !faults("PRAGMA cipher_integrity_check")?.is_empty() {
        return Err(Error::Damaged { what: "pages fail their check".into() });
    }
    let structure = faults("PRAGMA quick_check(1)")?;
    if structure != ["ok"] {
        return Err(Error::Damaged { what: "the structure of the file fails its check".into() });
    }
    Ok(())
}

/// Brings the tables up to date, one durable step a version; the file is kept as it was before the first.
pub(super) fn migrate(connection: &mut Connection, path: &Path, key: &Key, migrations: &[&str]) -> Result<()> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let ours = i64::try_from(migrations.len()).unwrap_or(i64::MAX);
    if version > ours || version < 0 {
        return Err(Error::Newer { file: version, ours });
    }
    if version > 0 && version < ours {
        super::backup::before_migration(connection, path, key, ours)?;
    }
    for (at, sql) in (version..ours).zip(migrations.iter().skip(usize::try_from(version).unwrap_or(0))) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(sql)?;
        transaction.pragma_update(None, "user_version", at + 1)?;
        transaction.commit()?;
    }
    Ok(())
}

/// Makes sure that only the file's owner can read it, encrypted as it is.
fn keep_private(path: &Path) -> Result<()> {
    #[cfg(unix)]
    if !path.exists() {
        let mut options = OpenOptions::new();
        options.create(true).write(true).truncate(false);
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        drop(options.open(path)?);
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// Takes the advisory lock beside the store, which says that this process owns it.
pub(super) fn own(path: &Path) -> Result<File> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let file = OpenOptions::new().create(true).write(true).truncate(false).open(PathBuf::from(name))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::InUse),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

/// File systems on which locks and flushes cannot be trusted.
const NETWORK: &[&str] = &[
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "smbfs",
    "afs",
    "ceph",
    "glusterfs",
    "lustre",
    "ncpfs",
    "fuse.sshfs",
    "fuse.rclone",
    "davfs",
];

/// Best effort: what the mount table says on Linux, what the path looks like elsewhere.
fn refuse_network_path(path: &Path) -> Result<()> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let folder = folder.canonicalize()?;
    if folder
        .to_str()
        .is_some_and(|text| (text.starts_with(r"\\") && !text.starts_with(r"\\?\")) || text.starts_with(r"\\?\UNC\"))
    {
        return Err(Error::NetworkPath { filesystem: "network share".into() });
    }
    match std::fs::read_to_string("/proc/self/mounts") {
        Ok(mounts) => match network_filesystem(&mounts, &folder) {
            Some(filesystem) => Err(Error::NetworkPath { filesystem }),
            None => Ok(()),
        },
        Err(_) => Ok(()),
    }
}

/// The network file system that `folder` stands on, by a mount table as in `/proc/self/mounts`.
pub(super) fn network_filesystem(mounts: &str, folder: &Path) -> Option<String> {
    let mut nearest: Option<(usize, &str)> = None;
    for line in mounts.lines() {
        let mut words = line.split(' ');
        let (Some(_), Some(at), Some(kind)) = (words.next(), words.next(), words.next()) else { continue };
        let at = at.replace(r"\040", " ");
        // A later mount on the same place covers the earlier one.
        if folder.starts_with(&at) && nearest.is_none_or(|(length, _)| at.len() >= length) {
            nearest = Some((at.len(), kind));
        }
    }
    nearest.map(|(_, kind)| kind).filter(|kind| NETWORK.contains(kind)).map(str::to_owned)
}

/// A time as stored.
pub(super) fn millis(time: Timestamp) -> i64 {
    time.as_millisecond()
}

/// A stored time.
pub(super) fn time(millis: i64) -> rusqlite::Result<Timestamp> {
    Timestamp::from_millisecond(millis).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(0, millis))
}

/// A stored time that may be absent.
pub(super) fn maybe_time(millis: Option<i64>) -> rusqlite::Result<Option<Timestamp>> {
    millis.map(time).transpose()
}

/// A stored identifier.
pub(super) fn uuid(text: &str) -> rusqlite::Result<Uuid> {
    Uuid::parse_str(text).map_err(|_| rusqlite::Error::InvalidColumnType(0, "id".into(), rusqlite::types::Type::Text))
}

/// A stored word of an enum.
pub(super) fn word<T>(found: Option<T>) -> rusqlite::Result<T> {
    found.ok_or_else(|| rusqlite::Error::InvalidColumnType(0, "word".into(), rusqlite::types::Type::Text))
}

/// Folds names and numbers for search: lower case, no hyphens or doubled spaces.
pub(super) fn fold(text: &str) -> String {
    let lower = text.to_lowercase();
    lower
        .split(|c: char| c.is_whitespace() || c == '-' || c == ',')
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}
