//! Drafts: saved by every edit, so that a crash loses nothing.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::{
    Changes, Error, Result, Store,
    open::{millis, time, uuid},
};

/// A stored draft. Has no `Debug`: it speaks of a patient.
pub struct StoredDraft<T> {
    /// Id (UUIDv7).
    pub id: Uuid,
    /// Number of saves.
    pub revision: u32,
    /// The draft.
    pub content: T,
    /// First saved.
    pub created_at: Timestamp,
    /// Last saved.
    pub updated_at: Timestamp,
}

impl Store {
    /// Saves a draft. `seen` is the revision that the edit was made on; 0 for a new draft. Returns the new revision.
    ///
    /// # Errors
    ///
    /// [`Error::Stale`] where another window or an earlier edit was faster.
    pub fn save_draft<T: Serialize>(&self, id: Uuid, seen: u32, content: &T, now: Timestamp) -> Result<(u32, Changes)> {
        let text = serde_json::to_string(content)?;
        self.write(|tx| {
            let known: Option<u32> =
                tx.prepare_cached("SELECT revision FROM drafts WHERE id = ?1")?.query_row([id.to_string()], |row| row.get(0)).optional()?;
            if known.unwrap_or(0) != seen {
                return Err(Error::Stale { what: "draft" });
            }
            tx.prepare_cached(
                "INSERT INTO drafts (id, revision, content, created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?4)
                 ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, content = excluded.content, updated_at = excluded.updated_at",
            )?
            .execute(params![id.to_string(), seen + 1, text, millis(now)])?;
            Ok((seen + 1, Changes::DRAFTS))
        })
    }

    /// Reads a draft.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`].
    pub fn draft<T: DeserializeOwned>(&self, id: Uuid) -> Result<StoredDraft<T>> {
        let stored = self.read(|db| {
            Ok(db
                .prepare_cached("SELECT id, revision, content, created_at, updated_at FROM drafts WHERE id = ?1")?
                .query_row([id.to_string()], raw)
                .optional()?)
        })?;
        typed(stored.ok_or(Error::NotFound { what: "draft" })?)
    }

    /// All drafts, last edited first.
    ///
    /// # Errors
    ///
    /// Those of any read.
    pub fn drafts<T: DeserializeOwned>(&self) -> Result<Vec<StoredDraft<T>>> {
        let rows = self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT id, revision, content, created_at, updated_at FROM drafts ORDER BY updated_at DESC",
            )?;
            Ok(statement.query_map([], raw)?.collect::<rusqlite::Result<Vec<_>>>()?)
        })?;
        rows.into_iter().map(typed).collect()
    }

    /// Throws a draft away, by a person's act.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`].
    pub fn discard_draft(&self, id: Uuid) -> Result<Changes> {
        self.write(|tx| {
            if tx.execute("DELETE FROM drafts WHERE id = ?1", [id.to_string()])? == 0 {
                return Err(Error::NotFound { what: "draft" });
            }
            Ok(Changes::DRAFTS)
        })
    }
}

fn raw(row: &Row<'_>) -> rusqlite::Result<StoredDraft<String>> {
    Ok(StoredDraft {
        id: uuid(&row.get::<_, String>("id")?)?,
        revision: row.get("revision")?,
        content: row.get("content")?,
        created_at: time(row.get("created_at")?)?,
        updated_at: time(row.get("updated_at")?)?,
    })
}

fn typed<T: DeserializeOwned>(stored: StoredDraft<String>) -> Result<StoredDraft<T>> {
    let StoredDraft { id, revision, content, created_at, updated_at } = stored;
    Ok(StoredDraft { id, revision, content: serde_json::from_str(&content)?, created_at, updated_at })
}
