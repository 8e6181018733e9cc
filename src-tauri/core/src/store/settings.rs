//! Settings: office, requesters, connections, preferences; number marks; how often services are used.

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

    /// The number up to which specimen numbers of a station may be in use; 0 for a new station.
    ///
    /// # Errors
    ///
    /// Those of any read.
    pub fn number_mark(&self, station: &str) -> Result<u32> {
        self.read(|db| {
            let mark: Option<i64> = db
                .prepare_cached("SELECT high_water FROM number_marks WHERE station = ?1")?
                .query_row([station], |row| row.get(0))
                .optional()?;
            Ok(u32::try_from(mark.unwrap_or(0)).unwrap_or(u32::MAX))
        })
    }

    /// Makes a new high-water mark durable. Do this before a number below it is used.
    ///
    /// # Errors
    ///
    /// [`Error::NotNow`] where the mark would fall.
    pub fn raise_number_mark(&self, station: &str, high_water: u32, now: Timestamp) -> Result<()> {
        self.write(|tx| {
            let known: Option<i64> =
                tx.prepare_cached("SELECT high_water FROM number_marks WHERE station = ?1")?.query_row([station], |row| row.get(0)).optional()?;
            if known.is_some_and(|known| known > i64::from(high_water)) {
                return Err(Error::NotNow { why: "a number mark never falls" });
            }
            tx.prepare_cached(
                "INSERT INTO number_marks (station, high_water, changed_at) VALUES (?1, ?2, ?3)
                 ON CONFLICT (station) DO UPDATE SET high_water = excluded.high_water, changed_at = excluded.changed_at",
            )?
            .execute(params![station, i64::from(high_water), millis(now)])?;
            Ok(())
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
