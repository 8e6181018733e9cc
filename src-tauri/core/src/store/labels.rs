//! Labels: frozen snapshots, and the separate facts of asking for a print, the spooler taking it, and a person seeing it.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::{
    Changes, Error, Result, Store, audit,
    open::{maybe_time, millis, time},
};

/// A label to freeze.
pub struct NewLabel<T> {
    /// Specimen id.
    pub specimen: String,
    /// Number on it.
    pub specimen_number: String,
    /// Everything on it.
    pub snapshot: T,
}

/// A frozen label and its prints. Has no `Debug`: it names a patient.
pub struct StoredLabel<T> {
    /// Id in this store.
    pub id: i64,
    /// Specimen id.
    pub specimen: String,
    /// Number on it.
    pub specimen_number: String,
    /// Everything on it.
    pub snapshot: T,
    /// When it was frozen.
    pub created_at: Timestamp,
    /// Prints, the first one first.
    pub prints: Vec<PrintJob>,
}

/// One print of one label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrintJob {
    /// Id in this store.
    pub id: i64,
    /// 0 for the first print, then counted.
    pub reprint: u32,
    /// Copies asked for.
    pub copies: u32,
    /// Printer queue.
    pub printer: String,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// When the spooler took it. That is not yet paper.
    pub spooled_at: Option<Timestamp>,
    /// When a person confirmed it.
    pub confirmed_at: Option<Timestamp>,
    /// Code of the spooler's refusal.
    pub failure: Option<String>,
}

impl Store {
    /// Freezes labels of a requisition; returns their ids in order. Freeze before printing.
    ///
    /// # Errors
    ///
    /// Those of any write.
    pub fn freeze_labels<T: Serialize>(
        &self,
        requisition: Uuid,
        labels: &[NewLabel<T>],
        now: Timestamp,
    ) -> Result<(Vec<i64>, Changes)> {
        let texts = labels
            .iter()
            .map(|label| serde_json::to_string(&label.snapshot))
            .collect::<std::result::Result<Vec<_>, _>>()?;
        self.write(|tx| {
            let mut statement =
                tx.prepare_cached("INSERT INTO labels (requisition_id, specimen_id, specimen_number, snapshot, created_at) VALUES (?1, ?2, ?3, ?4, ?5)")?;
            let mut ids = Vec::with_capacity(labels.len());
            for (label, text) in labels.iter().zip(&texts) {
                ids.push(statement.insert(params![requisition.to_string(), label.specimen, label.specimen_number, text, millis(now)])?);
            }
            Ok((ids, Changes::LABELS))
        })
    }

    /// Labels of a requisition with their prints.
    ///
    /// # Errors
    ///
    /// Those of any read.
    pub fn labels<T: DeserializeOwned>(&self, requisition: Uuid) -> Result<Vec<StoredLabel<T>>> {
        self.read(|db| {
            let mut statement =
                db.prepare_cached("SELECT id, specimen_id, specimen_number, snapshot, created_at FROM labels WHERE requisition_id = ?1 ORDER BY id")?;
            let mut prints = db.prepare_cached(
                "SELECT id, reprint, copies, printer, asked_at, spooled_at, confirmed_at, failure FROM label_prints WHERE label_id = ?1 ORDER BY reprint",
            )?;
            let mut rows = statement.query([requisition.to_string()])?;
            let mut labels = Vec::new();
            while let Some(row) = rows.next()? {
                let id: i64 = row.get("id")?;
                let text: String = row.get("snapshot")?;
                let of_label = prints.query_map([id], |row| {
                    Ok(PrintJob {
                        id: row.get("id")?,
                        reprint: row.get("reprint")?,
                        copies: row.get("copies")?,
                        printer: row.get("printer")?,
                        asked_at: time(row.get("asked_at")?)?,
                        spooled_at: maybe_time(row.get("spooled_at")?)?,
                        confirmed_at: maybe_time(row.get("confirmed_at")?)?,
                        failure: row.get("failure")?,
                    })
                })?;
                labels.push(StoredLabel {
                    id,
                    specimen: row.get("specimen_id")?,
                    specimen_number: row.get("specimen_number")?,
                    snapshot: serde_json::from_str(&text)?,
                    created_at: time(row.get("created_at")?)?,
                    prints: of_label.collect::<rusqlite::Result<_>>()?,
                });
            }
            Ok(labels)
        })
    }

    /// Takes down that a print is asked for, before the spooler is; returns the print's id and whether it is a reprint (0 is the first).
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`].
    pub fn begin_print(
        &self,
        label: i64,
        printer: &str,
        copies: u32,
        who: &str,
        now: Timestamp,
    ) -> Result<(i64, u32, Changes)> {
        self.write(|tx| {
            let of: Option<String> =
                tx.prepare_cached("SELECT requisition_id FROM labels WHERE id = ?1")?.query_row([label], |row| row.get(0)).optional()?;
            let requisition = of.ok_or(Error::NotFound { what: "label" })?;
            let reprint: u32 = tx
                .prepare_cached("SELECT count(*) FROM label_prints WHERE label_id = ?1")?
                .query_row([label], |row| row.get(0))?;
            let id = tx
                .prepare_cached(
                    "INSERT INTO label_prints (label_id, reprint, copies, printer, asked_at, asked_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                )?
                .insert(params![label, reprint, copies, printer, millis(now), who])?;
            audit::note(tx, now, who, if reprint == 0 { "label_print" } else { "label_reprint" }, &requisition, "")?;
            Ok((id, reprint, Changes::LABELS))
        })
    }

    /// Takes down that the spooler took a print, or the code of its refusal; also one that comes after the spooler had taken it,
    /// as when the paper is out: then the print is not on paper.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`].
    pub fn end_print(&self, print: i64, refusal: Option<&str>, now: Timestamp) -> Result<Changes> {
        self.write(|tx| {
            let changed = match refusal {
                None => {
                    tx.execute("UPDATE label_prints SET spooled_at = ?2 WHERE id = ?1", params![print, millis(now)])?
                }
                Some(code) => tx.execute(
                    "UPDATE label_prints SET spooled_at = NULL, failure = ?2 WHERE id = ?1",
                    params![print, code],
                )?,
            };
            if changed == 0 { Err(Error::NotFound { what: "print" }) } else { Ok(Changes::LABELS) }
        })
    }

    /// Takes down that a person has seen the label.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`].
    pub fn confirm_print(&self, print: i64, who: &str, now: Timestamp) -> Result<Changes> {
        self.write(|tx| {
            let changed = tx.execute(
                "UPDATE label_prints SET confirmed_at = ?2, confirmed_by = ?3 WHERE id = ?1",
                params![print, millis(now), who],
            )?;
            if changed == 0 { Err(Error::NotFound { what: "print" }) } else { Ok(Changes::LABELS) }
        })
    }
}
