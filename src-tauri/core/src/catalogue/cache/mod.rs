//! `catalogue.sqlite`: the verified packages of this workstation.
//!
//! The file is disposable: everything in it can be fetched again, so a damaged one is set aside and an empty one takes
//! its place. It holds no patient data. What is read back is verified against the pinned key as if it had just arrived,
//! because the file lies unprotected on disk.

mod news;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::{
    diff::{Diff, diff},
    model::Indexed,
    package::{self, Held, Refusal},
};

pub use self::news::{KEPT_NEWS, News};

/// Layout of the file. Another number means another program's file: it is set aside.
const LAYOUT: i32 = 2;

const SCHEMA: &str = "
CREATE TABLE provider (
    id           TEXT PRIMARY KEY NOT NULL,
    -- minisign public key, pinned when the line to the provider was set up
    public_key   TEXT NOT NULL,
    -- of the last answer, for If-None-Match
    etag         TEXT,
    -- RFC 3339, last time the provider answered, with or without news
    last_checked TEXT
) STRICT;
CREATE TABLE package (
    provider     TEXT NOT NULL REFERENCES provider (id) ON DELETE CASCADE,
    -- the one before is kept for the case that the one in use is found damaged
    slot         TEXT NOT NULL CHECK (slot IN ('current', 'previous')),
    version      TEXT NOT NULL,
    bytes        BLOB NOT NULL,
    signature    TEXT NOT NULL,
    installed_at TEXT NOT NULL,
    PRIMARY KEY (provider, slot)
) STRICT;
-- what an update changed, for the people at the desk; the first catalogue of a provider is no update
CREATE TABLE news (
    id           INTEGER PRIMARY KEY NOT NULL,
    provider     TEXT NOT NULL REFERENCES provider (id) ON DELETE CASCADE,
    from_version TEXT NOT NULL,
    to_version   TEXT NOT NULL,
    installed_at TEXT NOT NULL,
    -- canonical JSON of the changes
    changes      TEXT NOT NULL,
    -- when somebody looked at it; nothing before that
    seen_at      TEXT
) STRICT;
CREATE INDEX news_of ON news (provider, id);
";

/// The cache file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    /// SQLite said no.
    #[error("the catalogue cache: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// A damaged file cannot be set aside.
    #[error("the catalogue cache cannot be set aside: {0}")]
    Disk(#[from] std::io::Error),
}

/// A package was not installed; the one in use stays.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    /// No key is pinned for the provider.
    #[error("no key is pinned for `{0}`")]
    UnknownProvider(String),
    /// The package is refused.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The cache cannot be written.
    #[error(transparent)]
    Cache(#[from] CacheError),
}

impl From<rusqlite::Error> for InstallError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Cache(error.into())
    }
}

/// The cache, and what had to be done to open it.
#[derive(Debug)]
pub struct Opened {
    /// The cache.
    pub cache: Cache,
    /// Where a file that could not be used now lies.
    pub set_aside: Option<PathBuf>,
}

/// A provider the cache knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CachedProvider {
    /// Provider id.
    pub id: String,
    /// Pinned key.
    pub public_key: String,
    /// Version in use.
    pub version: Option<String>,
    /// When that version was installed.
    pub installed_at: Option<Timestamp>,
    /// Tag of the last answer.
    pub etag: Option<String>,
    /// When the provider last answered.
    pub last_checked: Option<Timestamp>,
}

/// A package taken into use.
#[derive(Debug)]
pub struct Installed {
    /// The catalogue.
    pub catalogue: Arc<Indexed>,
    /// What differs from the version before.
    pub diff: Diff,
}

/// A provider's catalogue as found at start.
#[derive(Debug)]
pub struct Loaded {
    /// Provider id.
    pub provider: String,
    /// The catalogue; nothing where none was installed or none can be trusted.
    pub catalogue: Option<Arc<Indexed>>,
    /// Why the package in use was not taken, where the one before took its place or nothing did.
    pub refusal: Option<Refusal>,
}

/// The cache of verified packages.
#[derive(Debug)]
pub struct Cache {
    connection: Connection,
}

impl Cache {
    /// Opens the cache, or makes it. A damaged file, or one of another layout, is set aside.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn open(path: &Path) -> Result<Opened, CacheError> {
        match Self::try_open(path) {
            Ok(cache) => Ok(Opened { cache, set_aside: None }),
            Err(rusqlite::Error::SqliteFailure(error, _))
                if !matches!(error.code, rusqlite::ErrorCode::NotADatabase | rusqlite::ErrorCode::DatabaseCorrupt) =>
            {
                Err(CacheError::Sqlite(rusqlite::Error::SqliteFailure(error, None)))
            }
            Err(_) => {
                let aside = set_aside(path)?;
                Ok(Opened { cache: Self::try_open(path)?, set_aside: Some(aside) })
            }
        }
    }

    fn try_open(path: &Path) -> Result<Self, rusqlite::Error> {
        let connection = Connection::open(path)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.busy_timeout(std::time::Duration::from_secs(5))?;
        let layout: i32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if layout == 0 {
            connection.execute_batch(&format!("BEGIN IMMEDIATE; {SCHEMA} PRAGMA user_version = {LAYOUT}; COMMIT;"))?;
        } else if layout != LAYOUT {
            return Err(rusqlite::Error::InvalidQuery);
        }
        let sound: String = connection.pragma_query_value(None, "quick_check", |row| row.get(0))?;
        if sound == "ok" { Ok(Self { connection }) } else { Err(rusqlite::Error::InvalidQuery) }
    }

    /// Pins a provider's public key, the first one or a new one. A package that the new key does not fit is dropped at the
    /// next load.
    ///
    /// # Errors
    /// [`Refusal::UnreadableKey`], or when the cache cannot be written.
    pub fn pin(&self, provider: &str, public_key: &str) -> Result<(), InstallError> {
        package::public_key(public_key)?;
        self.connection.execute(
            "INSERT INTO provider (id, public_key) VALUES (?1, ?2)
             ON CONFLICT (id) DO UPDATE SET public_key = excluded.public_key, etag = NULL",
            params![provider, public_key.trim()],
        )?;
        Ok(())
    }

    /// Forgets a provider with its packages.
    ///
    /// # Errors
    /// When the cache cannot be written.
    pub fn forget(&self, provider: &str) -> Result<(), CacheError> {
        self.connection.execute("DELETE FROM provider WHERE id = ?1", [provider])?;
        Ok(())
    }

    /// The providers known, by id.
    ///
    /// # Errors
    /// When the cache cannot be read.
    pub fn providers(&self) -> Result<Vec<CachedProvider>, CacheError> {
        let mut statement = self.connection.prepare(
            "SELECT provider.id, public_key, version, installed_at, etag, last_checked FROM provider
             LEFT JOIN package ON package.provider = provider.id AND slot = 'current' ORDER BY provider.id",
        )?;
        let time = |text: Option<String>| text.and_then(|text| text.parse().ok());
        let rows = statement.query_map([], |row| {
            Ok(CachedProvider {
                id: row.get(0)?,
                public_key: row.get(1)?,
                version: row.get(2)?,
                installed_at: time(row.get(3)?),
                etag: row.get(4)?,
                last_checked: time(row.get(5)?),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Verifies a package against the pinned key and the version in use, and takes it into use.
    ///
    /// # Errors
    /// When it is refused, or the cache cannot be written; the package in use stays.
    pub fn install(
        &mut self,
        provider: &str,
        bytes: &[u8],
        signature: &str,
        etag: Option<&str>,
        now: Timestamp,
    ) -> Result<Installed, InstallError> {
        let key = self.key(provider)?.ok_or_else(|| InstallError::UnknownProvider(provider.to_owned()))?;
        let current = self.stored(provider, "current")?.and_then(|stored| stored.open(provider, &key).ok());
        let held = current
            .as_ref()
            .and_then(|(catalogue, hash)| catalogue.version.parse().ok().map(|version| Held { version, hash: *hash }));
        let catalogue = package::open(bytes, signature, &key, provider, held.as_ref())?;
        let same = held.as_ref().is_some_and(|held| held.hash == package::hash(bytes));
        let transaction = self.connection.transaction()?;
        if !same {
            transaction.execute("DELETE FROM package WHERE provider = ?1 AND slot = 'previous'", [provider])?;
            transaction.execute("UPDATE package SET slot = 'previous' WHERE provider = ?1", [provider])?;
            transaction.execute(
                "INSERT INTO package (provider, slot, version, bytes, signature, installed_at)
                 VALUES (?1, 'current', ?2, ?3, ?4, ?5)",
                params![provider, catalogue.version, bytes, signature, now.to_string()],
            )?;
        }
        transaction.execute(
            "UPDATE provider SET etag = ?2, last_checked = ?3 WHERE id = ?1",
            params![provider, etag, now.to_string()],
        )?;
        let diff = diff(current.as_ref().map(|(old, _)| old), &catalogue);
        if !same {
            news::keep(&transaction, &diff, now)?;
        }
        transaction.commit()?;
        Ok(Installed { catalogue: Arc::new(Indexed::new(catalogue)), diff })
    }

    /// Notes that the provider answered and had nothing new.
    ///
    /// # Errors
    /// When the cache cannot be written.
    pub fn checked(&self, provider: &str, now: Timestamp) -> Result<(), CacheError> {
        self.connection
            .execute("UPDATE provider SET last_checked = ?2 WHERE id = ?1", params![provider, now.to_string()])?;
        Ok(())
    }

    /// Reads what is in use, verifying each package again; one that cannot be trusted gives way to the one before.
    ///
    /// # Errors
    /// When the cache cannot be read.
    pub fn load(&self) -> Result<Vec<Loaded>, CacheError> {
        let mut loaded = Vec::new();
        for CachedProvider { id, public_key, .. } in self.providers()? {
            let mut refusal = None;
            let mut catalogue = None;
            for slot in ["current", "previous"] {
                match self.stored(&id, slot)?.map(|stored| stored.open(&id, &public_key)) {
                    Some(Ok((found, _))) => {
                        catalogue = Some(Arc::new(Indexed::new(found)));
                        break;
                    }
                    Some(Err(reason)) => refusal = refusal.or(Some(reason)),
                    None => {}
                }
            }
            loaded.push(Loaded { provider: id, catalogue, refusal });
        }
        Ok(loaded)
    }

    fn key(&self, provider: &str) -> Result<Option<String>, CacheError> {
        let query = "SELECT public_key FROM provider WHERE id = ?1";
        Ok(self.connection.query_row(query, [provider], |row| row.get(0)).optional()?)
    }

    fn stored(&self, provider: &str, slot: &str) -> Result<Option<Stored>, CacheError> {
        let query = "SELECT bytes, signature FROM package WHERE provider = ?1 AND slot = ?2";
        let row = self
            .connection
            .query_row(query, [provider, slot], |row| Ok(Stored { bytes: row.get(0)?, signature: row.get(1)? }));
        Ok(row.optional()?)
    }
}

struct Stored {
    bytes: Vec<u8>,
    signature: String,
}

impl Stored {
    fn open(&self, provider: &str, key: &str) -> Result<(super::model::Catalogue, package::Hash), Refusal> {
        let catalogue = package::open(&self.bytes, &self.signature, key, provider, None)?;
        Ok((catalogue, package::hash(&self.bytes)))
    }
}

/// Moves a file out of the way. An earlier one that was set aside is replaced: it was no use either.
fn set_aside(path: &Path) -> Result<PathBuf, std::io::Error> {
    let beside = |suffix: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    };
    let aside = beside(".damaged");
    std::fs::rename(path, &aside)?;
    for leftover in ["-wal", "-shm"] {
        match std::fs::remove_file(beside(leftover)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
    }
    Ok(aside)
}

#[cfg(test)]
mod tests;
