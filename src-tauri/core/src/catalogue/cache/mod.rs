//! `catalogue.sqlite`: the verified packages of this workstation.
//!
//! The file is disposable: everything in it can be fetched again, so a damaged one is set aside and an empty one takes
//! its place. It holds no patient data. What is read back is verified against the pinned key as if it had just arrived,
//! because the file lies unprotected on disk.

mod arrival;
mod download;
mod news;

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::{
    delta::Delta,
    model::Indexed,
    package::{self, Refusal},
};

pub use self::arrival::{Arrival, Base, Checked, Installed, Kept, MOST_DELTAS};
pub use self::download::Download;
pub use self::news::{KEPT_NEWS, News};

/// Layout of the file. Another number means another program's file: it is set aside.
const LAYOUT: i32 = 3;

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
    -- the one before is kept for the case that the one in use is found damaged; the waiting one applies from a later day
    slot         TEXT NOT NULL CHECK (slot IN ('current', 'previous', 'waiting')),
    version      TEXT NOT NULL,
    valid_from   TEXT NOT NULL,
    bytes        BLOB NOT NULL,
    signature    TEXT NOT NULL,
    installed_at TEXT NOT NULL,
    PRIMARY KEY (provider, slot)
) STRICT;
-- what leads from the package in a slot to the version in use, in this order; each as it arrived
CREATE TABLE delta (
    provider     TEXT NOT NULL,
    slot         TEXT NOT NULL,
    step         INTEGER NOT NULL,
    version      TEXT NOT NULL,
    bytes        BLOB NOT NULL,
    signature    TEXT NOT NULL,
    installed_at TEXT NOT NULL,
    PRIMARY KEY (provider, slot, step),
    FOREIGN KEY (provider, slot) REFERENCES package (provider, slot) ON DELETE CASCADE ON UPDATE CASCADE
) STRICT;
-- the beginning of a package whose line was cut; nothing of it is verified
CREATE TABLE download (
    provider     TEXT PRIMARY KEY NOT NULL REFERENCES provider (id) ON DELETE CASCADE,
    -- without a tag nobody could tell whether the rest belongs to the beginning
    etag         TEXT NOT NULL,
    version      TEXT,
    signature    TEXT,
    bytes        BLOB NOT NULL
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
    /// Another version was taken into use while this one was looked at: look again.
    #[error("another version was taken into use meanwhile")]
    Overtaken,
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
    /// A version that applies from a later day.
    pub waiting: Option<Waiting>,
    /// Tag of the last answer.
    pub etag: Option<String>,
    /// When the provider last answered.
    pub last_checked: Option<Timestamp>,
}

/// A version that is kept until its day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Version.
    pub version: String,
    /// First day it applies, `YYYY-MM-DD`.
    pub valid_from: String,
}

/// What a version that waits says of itself, for a provider of which nothing is in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announced {
    /// Version.
    pub version: String,
    /// Name of the provider.
    pub name: String,
    /// The version before it.
    pub previous: Option<String>,
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
    /// What is in use, by provider: verified when it was loaded or taken into use.
    in_use: HashMap<String, Arc<Indexed>>,
    /// What waiting packages say, by provider, where somebody asked.
    announced: HashMap<String, Announced>,
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
        if sound == "ok" {
            Ok(Self { connection, in_use: HashMap::new(), announced: HashMap::new() })
        } else {
            Err(rusqlite::Error::InvalidQuery)
        }
    }

    /// Pins a provider's public key, the first one or a new one. A package that the new key does not fit is dropped at the
    /// next load. The same key again changes nothing.
    ///
    /// # Errors
    /// [`Refusal::UnreadableKey`], or when the cache cannot be written.
    pub fn pin(&self, provider: &str, public_key: &str) -> Result<(), InstallError> {
        package::public_key(public_key)?;
        self.connection.execute(
            "INSERT INTO provider (id, public_key) VALUES (?1, ?2)
             ON CONFLICT (id) DO UPDATE SET public_key = excluded.public_key, etag = NULL
             WHERE public_key <> excluded.public_key",
            params![provider, public_key.trim()],
        )?;
        Ok(())
    }

    /// Forgets a provider with its packages.
    ///
    /// # Errors
    /// When the cache cannot be written.
    pub fn forget(&mut self, provider: &str) -> Result<(), CacheError> {
        self.in_use.remove(provider);
        self.connection.execute("DELETE FROM provider WHERE id = ?1", [provider])?;
        Ok(())
    }

    /// What is in use of a provider, as it was last loaded or taken into use.
    #[must_use]
    pub fn in_use(&self, provider: &str) -> Option<Arc<Indexed>> {
        self.in_use.get(provider).cloned()
    }

    /// What the version that waits says of its provider; nothing where none waits or it cannot be trusted.
    ///
    /// # Errors
    /// When the cache cannot be read.
    pub fn announced(&mut self, provider: &str) -> Result<Option<Announced>, CacheError> {
        let sql =
            "SELECT version, bytes, signature, public_key FROM package JOIN provider ON provider.id = package.provider
                   WHERE provider = ?1 AND slot = 'waiting'";
        let mut statement = self.connection.prepare(sql)?;
        let mut rows = statement.query([provider])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let version: String = row.get(0)?;
        if let Some(known) = self.announced.get(provider).filter(|known| known.version == version) {
            return Ok(Some(known.clone()));
        }
        let (bytes, signature, key): (Vec<u8>, String, String) = (row.get(1)?, row.get(2)?, row.get(3)?);
        let Ok(catalogue) = package::open(&bytes, &signature, &key, provider, None) else { return Ok(None) };
        let announced = Announced { version, name: catalogue.provider.name, previous: catalogue.previous };
        self.announced.insert(provider.to_owned(), announced.clone());
        Ok(Some(announced))
    }

    /// The providers known, by id.
    ///
    /// # Errors
    /// When the cache cannot be read.
    pub fn providers(&self) -> Result<Vec<CachedProvider>, CacheError> {
        let mut statement = self.connection.prepare(
            "SELECT provider.id, public_key, COALESCE(last.version, now.version),
                    COALESCE(last.installed_at, now.installed_at), etag, last_checked, later.version, later.valid_from
             FROM provider
             LEFT JOIN package AS now ON now.provider = provider.id AND now.slot = 'current'
             LEFT JOIN package AS later ON later.provider = provider.id AND later.slot = 'waiting'
             LEFT JOIN delta AS last ON last.provider = provider.id AND last.slot = 'current' AND last.step =
                 (SELECT MAX(step) FROM delta WHERE delta.provider = provider.id AND delta.slot = 'current')
             ORDER BY provider.id",
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
                waiting: match (row.get(6)?, row.get(7)?) {
                    (Some(version), Some(valid_from)) => Some(Waiting { version, valid_from }),
                    _ => None,
                },
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
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

    /// Reads what is in use, verifying each package and delta again. One that cannot be trusted is dropped, and what was
    /// before it takes its place until the provider is asked again.
    ///
    /// # Errors
    /// When the cache cannot be read or mended.
    pub fn load(&mut self) -> Result<Vec<Loaded>, CacheError> {
        let mut loaded = Vec::new();
        for CachedProvider { id, public_key, .. } in self.providers()? {
            let mut refusal = None;
            let mut found = self.open_slot(&id, "current", &public_key, &mut refusal)?;
            if found.is_none() && refusal.is_some() {
                let transaction = self.connection.transaction()?;
                transaction.execute("DELETE FROM package WHERE provider = ?1 AND slot = 'current'", [&id])?;
                let sql = "UPDATE package SET slot = 'current' WHERE provider = ?1 AND slot = 'previous'";
                transaction.execute(sql, [&id])?;
                transaction.commit()?;
                found = self.open_slot(&id, "current", &public_key, &mut refusal)?;
            }
            if refusal.is_some() {
                // The tag stood for what was dropped: with it the provider would answer that we have the newest.
                self.connection.execute("UPDATE provider SET etag = NULL WHERE id = ?1", [&id])?;
            }
            let catalogue = found.map(Arc::new);
            match &catalogue {
                Some(catalogue) => self.in_use.insert(id.clone(), Arc::clone(catalogue)),
                None => self.in_use.remove(&id),
            };
            loaded.push(Loaded { provider: id, catalogue, refusal });
        }
        Ok(loaded)
    }

    /// Opens a package and follows its deltas as far as they can be trusted; the rest of them is dropped.
    fn open_slot(
        &self,
        provider: &str,
        slot: &str,
        key: &str,
        refusal: &mut Option<Refusal>,
    ) -> Result<Option<Indexed>, CacheError> {
        let sql = "SELECT bytes, signature FROM package WHERE provider = ?1 AND slot = ?2";
        let row = |row: &rusqlite::Row<'_>| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, String>(1)?));
        let Some((bytes, signature)) = self.connection.query_row(sql, [provider, slot], row).optional()? else {
            return Ok(None);
        };
        let mut found = match package::open(&bytes, &signature, key, provider, None) {
            Ok(catalogue) => Indexed::new(catalogue),
            Err(reason) => {
                refusal.get_or_insert(reason);
                return Ok(None);
            }
        };
        let sql = "SELECT bytes, signature, step FROM delta WHERE provider = ?1 AND slot = ?2 ORDER BY step";
        let mut statement = self.connection.prepare(sql)?;
        let mut rows = statement.query([provider, slot])?;
        while let Some(row) = rows.next()? {
            let (bytes, signature, step): (Vec<u8>, String, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
            match Delta::open(&bytes, &signature, key).and_then(|delta| delta.apply(&found)) {
                Ok(next) => found = next,
                Err(reason) => {
                    refusal.get_or_insert(reason);
                    let sql = "DELETE FROM delta WHERE provider = ?1 AND slot = ?2 AND step >= ?3";
                    self.connection.execute(sql, params![provider, slot, step])?;
                    break;
                }
            }
        }
        Ok(Some(found))
    }

    fn key(&self, provider: &str) -> Result<Option<String>, CacheError> {
        let query = "SELECT public_key FROM provider WHERE id = ?1";
        Ok(self.connection.query_row(query, [provider], |row| row.get(0)).optional()?)
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
