//! Recent patients of this workstation.

use jiff::Timestamp;
use rusqlite::params;
use serde::{Serialize, de::DeserializeOwned};

use super::{
    Changes, Result, Store,
    open::{fold, millis, time},
};

/// A patient that this workstation has used. Has no `Debug`: it is a patient.
pub struct RecentPatient<T> {
    /// National id, or name, birth date and sex.
    pub key: String,
    /// The patient as the caller keeps it.
    pub content: T,
    /// Last used.
    pub used_at: Timestamp,
}

impl Store {
    /// Remembers a patient. `key` is the national id, or name, birth date and sex; `found_by` is what it is searched by (name and number).
    ///
    /// # Errors
    ///
    /// Those of any write.
    pub fn remember_patient<T: Serialize>(
        &self,
        key: &str,
        found_by: &str,
        content: &T,
        now: Timestamp,
    ) -> Result<Changes> {
        let text = serde_json::to_string(content)?;
        self.write(|tx| {
            tx.prepare_cached(
                "INSERT INTO patients_recent (key, folded, content, used_at, uses) VALUES (?1, ?2, ?3, ?4, 1)
                 ON CONFLICT (key) DO UPDATE SET folded = excluded.folded, content = excluded.content, used_at = excluded.used_at, uses = uses + 1",
            )?
            .execute(params![key, fold(found_by), text, millis(now)])?;
            Ok(Changes::PATIENTS)
        })
    }

    /// Recent patients whose name or number contains every word of `query`, last used first.
    ///
    /// # Errors
    ///
    /// Those of any read.
    pub fn recent_patients<T: DeserializeOwned>(&self, query: &str, limit: u32) -> Result<Vec<RecentPatient<T>>> {
        let folded = fold(query);
        let words: Vec<&str> = folded.split_whitespace().collect();
        self.read(|db| {
            let mut statement =
                db.prepare_cached("SELECT key, folded, content, used_at FROM patients_recent ORDER BY used_at DESC")?;
            let mut rows = statement.query([])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                let text: String = row.get("folded")?;
                if !words.iter().all(|word| text.contains(word)) {
                    continue;
                }
                let content: String = row.get("content")?;
                found.push(RecentPatient {
                    key: row.get("key")?,
                    content: serde_json::from_str(&content)?,
                    used_at: time(row.get("used_at")?)?,
                });
                if found.len() >= limit as usize {
                    break;
                }
            }
            Ok(found)
        })
    }

    /// Forgets a patient of the list; requisitions keep theirs.
    ///
    /// # Errors
    ///
    /// Those of any write.
    pub fn forget_patient(&self, key: &str) -> Result<Changes> {
        self.write(|tx| {
            tx.execute("DELETE FROM patients_recent WHERE key = ?1", [key])?;
            Ok(Changes::PATIENTS)
        })
    }
}
