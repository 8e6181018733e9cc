//! Who did what and when. Rows are only ever added, in the transaction of the act itself.

use jiff::Timestamp;
use rusqlite::{Transaction, params};

use super::{
    Result, Store,
    open::{millis, time},
};

/// One act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRow {
    /// When.
    pub at: Timestamp,
    /// Who: the signed-in user, or `program`.
    pub who: String,
    /// What, as a word.
    pub act: String,
    /// Id of what it was done to.
    pub subject: String,
    /// More, without patient data.
    pub detail: String,
}

impl Store {
    /// Acts on one thing, oldest first.
    ///
    /// # Errors
    ///
    /// Those of any read.
    pub fn audit(&self, subject: &str) -> Result<Vec<AuditRow>> {
        self.read(|db| {
            let mut statement =
                db.prepare_cached("SELECT at, who, act, subject, detail FROM audit WHERE subject = ?1 ORDER BY id")?;
            let rows = statement.query_map([subject], |row| {
                Ok(AuditRow {
                    at: time(row.get("at")?)?,
                    who: row.get("who")?,
                    act: row.get("act")?,
                    subject: row.get("subject")?,
                    detail: row.get("detail")?,
                })
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }
}

/// Writes an act down.
pub(super) fn note(
    tx: &Transaction<'_>,
    now: Timestamp,
    who: &str,
    act: &str,
    subject: &str,
    detail: &str,
) -> Result<()> {
    tx.prepare_cached("INSERT INTO audit (at, who, act, subject, detail) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![millis(now), who, act, subject, detail])?;
    Ok(())
}
