//! What each update changed, kept so that the office can read it when it has time, and told apart from what it has read.
//!
//! Kept beside the packages and as disposable as they are: when the cache is made anew, old news is gone with it.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::{Cache, CacheError};
use crate::catalogue::diff::Diff;

/// Updates kept for each provider.
pub const KEPT_NEWS: u32 = 10;

/// An update of a catalogue. Nothing of the office's own is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// Names it to [`Cache::mark_seen`].
    pub id: i64,
    /// What changed, from which version to which; [`Diff::from`] is always there.
    pub diff: Diff,
    /// When it was taken into use.
    pub installed_at: Timestamp,
    /// When somebody looked at it.
    pub seen_at: Option<Timestamp>,
}

impl Cache {
    /// The last updates, of one provider or of all, newest first; at most [`KEPT_NEWS`] for each provider.
    ///
    /// # Errors
    /// When the cache cannot be read.
    pub fn news(&self, provider: Option<&str>) -> Result<Vec<News>, CacheError> {
        let mut statement = self.connection.prepare(
            "SELECT id, provider, from_version, to_version, installed_at, changes, seen_at FROM news
             WHERE ?1 IS NULL OR provider = ?1 ORDER BY id DESC",
        )?;
        let rows = statement.query_map([provider], |row| {
            let changes: String = row.get(5)?;
            let at: String = row.get(4)?;
            let seen: Option<String> = row.get(6)?;
            let diff = serde_json::from_str(&changes).ok().map(|changes| {
                Ok::<_, rusqlite::Error>(Diff { provider: row.get(1)?, from: row.get(2)?, to: row.get(3)?, changes })
            });
            Ok((row.get(0)?, diff.transpose()?, at.parse().ok(), seen.and_then(|text| text.parse().ok())))
        })?;
        let mut news = Vec::new();
        for row in rows {
            // What an older program wrote in other words is no longer news to anybody.
            if let (id, Some(diff), Some(installed_at), seen_at) = row? {
                news.push(News { id, diff, installed_at, seen_at });
            }
        }
        Ok(news)
    }

    /// Notes that somebody looked at an update. The first look counts; an id that is gone changes nothing.
    ///
    /// # Errors
    /// When the cache cannot be written.
    pub fn mark_seen(&self, id: i64, now: Timestamp) -> Result<(), CacheError> {
        let sql = "UPDATE news SET seen_at = ?2 WHERE id = ?1 AND seen_at IS NULL";
        self.connection.execute(sql, params![id, now.to_string()])?;
        Ok(())
    }
}

/// Keeps what an update changed and drops the oldest. A first catalogue has no version before it and is not kept.
pub(super) fn keep(connection: &Connection, diff: &Diff, now: Timestamp) -> Result<(), rusqlite::Error> {
    let Some(from) = &diff.from else { return Ok(()) };
    let changes =
        serde_json::to_string(&diff.changes).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
    connection.execute(
        "INSERT INTO news (provider, from_version, to_version, installed_at, changes) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![diff.provider, from, diff.to, now.to_string(), changes],
    )?;
    connection.execute(
        "DELETE FROM news WHERE provider = ?1
         AND id NOT IN (SELECT id FROM news WHERE provider = ?1 ORDER BY id DESC LIMIT ?2)",
        params![diff.provider, KEPT_NEWS],
    )?;
    Ok(())
}
