//! The beginning of a package whose line was cut, kept so that the next try goes on from there, after a restart too.
//!
//! Nothing of it is verified or looked at: that comes when it is whole.

use rusqlite::{OptionalExtension, params};

use super::{Cache, CacheError};

/// The beginning of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Download {
    /// Tag of the package: the rest is only added to it under the same one.
    pub etag: String,
    /// Version, as the line says.
    pub version: Option<String>,
    /// Signature of the whole, as the line sent it.
    pub signature: Option<String>,
    /// Bytes so far.
    pub bytes: Vec<u8>,
}

impl Cache {
    /// What has been fetched of a provider's package.
    ///
    /// # Errors
    /// When the cache cannot be read.
    pub fn download(&self, provider: &str) -> Result<Option<Download>, CacheError> {
        let sql = "SELECT etag, version, signature, bytes FROM download WHERE provider = ?1";
        let row = self.connection.query_row(sql, [provider], |row| {
            Ok(Download { etag: row.get(0)?, version: row.get(1)?, signature: row.get(2)?, bytes: row.get(3)? })
        });
        Ok(row.optional()?)
    }

    /// Keeps the beginning of a package, in place of one kept before; nothing drops it.
    ///
    /// # Errors
    /// When the cache cannot be written.
    pub fn keep_download(&self, provider: &str, download: Option<&Download>) -> Result<(), CacheError> {
        match download {
            None => self.connection.execute("DELETE FROM download WHERE provider = ?1", [provider])?,
            Some(Download { etag, version, signature, bytes }) => self.connection.execute(
                "INSERT INTO download (provider, etag, version, signature, bytes) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (provider) DO UPDATE SET etag = excluded.etag, version = excluded.version,
                     signature = excluded.signature, bytes = excluded.bytes",
                params![provider, etag, version, signature, bytes],
            )?,
        };
        Ok(())
    }
}
