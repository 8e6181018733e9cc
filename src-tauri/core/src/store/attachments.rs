//! Contents of attachments, apart from the drafts and requisitions that name them: an edit must not move megabytes, and a
//! requisition is read far oftener than its attachments.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use uuid::Uuid;

use super::{Changes, Error, Result, Store, open::millis};

/// Attachments that are still named, over `attachments AS a`: by a draft, a requisition, or a change on its way.
const NAMED: &str = "EXISTS (SELECT 1 FROM drafts AS d, json_each(d.content, '$.attachments') AS one WHERE one.value ->> '$.id' = a.id)
  OR EXISTS (SELECT 1 FROM requisitions AS r, json_each(r.content, '$.attachments') AS one WHERE one.value ->> '$.id' = a.id)
  OR EXISTS (SELECT 1 FROM amendments AS m, json_each(m.content, '$.attachments') AS one WHERE one.value ->> '$.id' = a.id)";

impl Store {
    /// Keeps a content under a new id. It is kept for as long as a draft or requisition names it, so it is put here before
    /// the draft that does.
    ///
    /// # Errors
    ///
    /// [`Error::Taken`] where the id is in use; an empty content is refused by the table.
    pub fn put_attachment(&self, id: Uuid, content: &[u8], now: Timestamp) -> Result<Changes> {
        self.write(|tx| {
            let put = tx
                .prepare_cached("INSERT OR IGNORE INTO attachments (id, content, added_at) VALUES (?1, ?2, ?3)")?
                .execute(params![id.to_string(), content, millis(now)])?;
            if put == 0 { Err(Error::Taken { what: "attachment" }) } else { Ok(Changes::NONE) }
        })
    }

    /// The content.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`].
    pub fn attachment(&self, id: &str) -> Result<Vec<u8>> {
        let content = self.read(|db| {
            Ok(db
                .prepare_cached("SELECT content FROM attachments WHERE id = ?1")?
                .query_row([id], |row| row.get(0))
                .optional()?)
        })?;
        content.ok_or(Error::NotFound { what: "attachment" })
    }

    /// Lets go of contents that nothing names any more and that were put before `before`, so that one whose draft is just
    /// being saved stays. Gives how many went.
    ///
    /// # Errors
    ///
    /// Those of any write.
    pub fn sweep_attachments(&self, before: Timestamp) -> Result<usize> {
        self.write(|tx| {
            let swept = format!(
                "DELETE FROM attachments WHERE id IN (SELECT a.id FROM attachments AS a WHERE a.added_at < ?1 AND NOT ({NAMED}))"
            );
            Ok(tx.execute(&swept, [millis(before)])?)
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::store::Key;

    #[test]
    fn a_content_is_kept_while_a_draft_names_it_and_goes_with_the_draft() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("requisitions.sqlite"), &Key::from_bytes([7; 32])).unwrap();
        let (draft, kept, stray) = (Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3));
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let (now, later) = (at("2026-11-23T09:00:00Z"), at("2026-11-23T10:00:00Z"));
        store.put_attachment(kept, b"%PDF-1", now).unwrap();
        store.put_attachment(stray, b"%PDF-2", now).unwrap();
        store.save_draft(draft, 0, &json!({ "attachments": [{ "id": kept }] }), now).unwrap();
        assert!(matches!(store.put_attachment(kept, b"x", now), Err(Error::Taken { .. })));
        assert_eq!(store.sweep_attachments(now).unwrap(), 0, "what was just put is given time");
        assert_eq!(store.sweep_attachments(later).unwrap(), 1);
        assert_eq!(store.attachment(&kept.to_string()).unwrap(), b"%PDF-1");
        assert!(matches!(store.attachment(&stray.to_string()), Err(Error::NotFound { .. })));
        store.discard_draft(draft).unwrap();
        assert_eq!(store.sweep_attachments(later).unwrap(), 1);
        assert!(store.put_attachment(Uuid::from_u128(4), b"", now).is_err());
    }
}
