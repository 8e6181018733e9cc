//! Settings: office, requesters, connections, preferences; how often services are used.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use serde::{Serialize, de::DeserializeOwned};

use super::{Changes, Error, Result, Store, open::millis};

impl Store {
    /// Reads a setting.
    ///
    /// # Errors
    ///
    /// [`Error::Content`] where it is of another shape.
    pub fn setting<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>> {
        let text: Option<String> = self.read(|db| {
            Ok(db
                .prepare_cached("SELECT value FROM settings WHERE key = ?1")?
                .query_row([key], |row| row.get(0))
                .optional()?)
        })?;
        text.map(|text| serde_json::from_str(&text).map_err(Error::from)).transpose()
    }

    /// Writes a setting.
    ///
    /// # Errors
    ///
    /// [`Error::DiskFull`], [`Error::ReadOnly`].
    pub fn set_setting<T: Serialize>(&self, key: &str, value: &T, now: Timestamp) -> Result<Changes> {
        let text = serde_json::to_string(value)?;
        self.write(|tx| {
            tx.prepare_cached(
                "INSERT INTO settings (key, value, changed_at) VALUES (?1, ?2, ?3)
                 ON CONFLICT (key) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at",
            )?
            .execute(params![key, text, millis(now)])?;
            Ok(Changes::SETTINGS)
        })
    }

    /// Forgets a setting.
    ///
    /// # Errors
    ///
    /// Those of any write.
    pub fn forget_setting(&self, key: &str) -> Result<Changes> {
        self.write(|tx| {
            let gone = tx.prepare_cached("DELETE FROM settings WHERE key = ?1")?.execute([key])?;
            Ok(if gone == 0 { Changes::NONE } else { Changes::SETTINGS })
        })
    }

    /// How often the office has ordered each service of a provider, most used first.
    ///
    /// # Errors
    ///
    /// Those of any read.
    pub fn service_uses(&self, provider: &str) -> Result<Vec<(String, u32)>> {
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT service, uses FROM service_uses WHERE provider = ?1 ORDER BY uses DESC, service",
            )?;
            let rows = statement.query_map([provider], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }
}

/// Counts services as used, within a finalising transaction.
pub(super) fn count_uses(
    tx: &rusqlite::Transaction<'_>,
    provider: &str,
    services: &[String],
    now: Timestamp,
) -> Result<()> {
    let mut statement = tx.prepare_cached(
        "INSERT INTO service_uses (provider, service, uses, used_at) VALUES (?1, ?2, 1, ?3)
         ON CONFLICT (provider, service) DO UPDATE SET uses = uses + 1, used_at = excluded.used_at",
    )?;
    for service in services {
        statement.execute(params![provider, service, millis(now)])?;
    }
    Ok(())
}
