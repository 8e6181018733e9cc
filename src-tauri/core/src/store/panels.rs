//! Panels and favourites: the office's shared ones, and each person's own.
//!
//! An owner is a person's id; none means that the office shares it. Rows of a person who left stay: nothing here is
//! deleted but by somebody's act on it. No patient data, ever.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, Transaction, params};
use uuid::Uuid;

use super::{
    Changes, Error, Result, Store,
    audit::note,
    open::{millis, time, uuid},
};
use crate::composing::panels::{OfficePanel, folded_name};

/// A panel as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredPanel {
    /// UUIDv7.
    pub id: Uuid,
    /// Person whose own it is; none where the office shares it.
    pub owner: Option<String>,
    /// Number of saves.
    pub revision: u32,
    /// Name, words and members.
    pub panel: OfficePanel,
    /// Last saved.
    pub updated_at: Timestamp,
    /// By whom, as named then.
    pub updated_by: String,
}

/// A panel to be saved: a new one, or in place of what stands under its id.
#[derive(Clone, Debug)]
pub struct PanelWrite<'a> {
    /// Id.
    pub id: Uuid,
    /// Revision that the edit was made on; 0 for a new one.
    pub seen: u32,
    /// Person whose own it is; none to share it.
    pub owner: Option<&'a str>,
    /// The whole of it.
    pub panel: &'a OfficePanel,
    /// What was done, for the audit: `panel_saved`, `panel_shared`, `panel_imported` …
    pub act: &'a str,
}

/// A service that somebody, or the office, wants at hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Favourite {
    /// Person whose own it is; none where the office shares it.
    pub owner: Option<String>,
    /// Provider id.
    pub provider: String,
    /// Service id.
    pub service: String,
    /// Name when it was marked; empty where that is not known.
    pub name: String,
}

impl Store {
    /// Every panel, by name: shared ones and all persons' own. Showing a person only what is theirs is the caller's part.
    ///
    /// # Errors
    ///
    /// Those of any read.
    pub fn panels(&self) -> Result<Vec<StoredPanel>> {
        let rows = self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT id, owner, revision, content, updated_at, updated_by FROM panels ORDER BY folded, owner",
            )?;
            Ok(statement.query_map([], raw)?.collect::<rusqlite::Result<Vec<_>>>()?)
        })?;
        rows.into_iter().map(Raw::typed).collect()
    }

    /// A panel by id.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`].
    pub fn panel(&self, id: Uuid) -> Result<StoredPanel> {
        let found = self.read(|db| {
            Ok(db
                .prepare_cached(
                    "SELECT id, owner, revision, content, updated_at, updated_by FROM panels WHERE id = ?1",
                )?
                .query_row([id.to_string()], raw)
                .optional()?)
        })?;
        found.ok_or(Error::NotFound { what: "panel" })?.typed()
    }

    /// The panel that has a name already, as names are told apart: by letters and digits, not by case, spaces or hyphens.
    ///
    /// # Errors
    ///
    /// Those of any read.
    pub fn panel_named(&self, owner: Option<&str>, name: &str) -> Result<Option<StoredPanel>> {
        let found = self.read(|db| {
            Ok(db
                .prepare_cached(
                    "SELECT id, owner, revision, content, updated_at, updated_by FROM panels
                     WHERE owner = ?1 AND folded = ?2",
                )?
                .query_row(params![owner.unwrap_or_default(), folded_name(name)], raw)
                .optional()?)
        })?;
        found.map(Raw::typed).transpose()
    }

    /// Saves panels and marks favourites, all of them or none.
    ///
    /// # Errors
    ///
    /// [`Error::Stale`] where one was changed or deleted meanwhile, [`Error::Taken`] where another one of the same owner
    /// has its name.
    pub fn save_panels(
        &self,
        panels: &[PanelWrite<'_>],
        favourites: &[Favourite],
        who: &str,
        now: Timestamp,
    ) -> Result<Changes> {
        self.write(|tx| {
            for write in panels {
                save(tx, write, who, now)?;
            }
            for favourite in favourites {
                mark(tx, favourite, now)?;
            }
            Ok(if panels.is_empty() && favourites.is_empty() { Changes::NONE } else { Changes::PANELS })
        })
    }

    /// Deletes a panel, by a person's act. Drafts and requisitions keep what was added by it.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`].
    pub fn delete_panel(&self, id: Uuid, who: &str, now: Timestamp) -> Result<Changes> {
        self.write(|tx| {
            if tx.execute("DELETE FROM panels WHERE id = ?1", [id.to_string()])? == 0 {
                return Err(Error::NotFound { what: "panel" });
            }
            note(tx, now, who, "panel_deleted", &id.to_string(), "")?;
            Ok(Changes::PANELS)
        })
    }

    /// Every favourite, in the order they were marked: shared ones and all persons' own.
    ///
    /// # Errors
    ///
    /// Those of any read.
    pub fn favourites(&self) -> Result<Vec<Favourite>> {
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT owner, provider, service, name FROM favourites ORDER BY marked_at, provider, service",
            )?;
            let rows = statement.query_map([], |row| {
                Ok(Favourite {
                    owner: owner(row)?,
                    provider: row.get("provider")?,
                    service: row.get("service")?,
                    name: row.get("name")?,
                })
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// Marks a favourite; one that is marked already keeps its place.
    ///
    /// # Errors
    ///
    /// Those of any write.
    pub fn mark_favourite(&self, favourite: &Favourite, now: Timestamp) -> Result<Changes> {
        self.write(|tx| {
            mark(tx, favourite, now)?;
            Ok(Changes::PANELS)
        })
    }

    /// Takes a mark back. Nothing to take back is nothing wrong.
    ///
    /// # Errors
    ///
    /// Those of any write.
    pub fn unmark_favourite(&self, owner: Option<&str>, provider: &str, service: &str) -> Result<Changes> {
        self.write(|tx| {
            let sql = "DELETE FROM favourites WHERE owner = ?1 AND provider = ?2 AND service = ?3";
            tx.prepare_cached(sql)?.execute(params![owner.unwrap_or_default(), provider, service])?;
            Ok(Changes::PANELS)
        })
    }
}

fn mark(tx: &Transaction<'_>, favourite: &Favourite, now: Timestamp) -> Result<()> {
    let Favourite { owner, provider, service, name } = favourite;
    tx.prepare_cached(
        "INSERT INTO favourites (owner, provider, service, name, marked_at) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (owner, provider, service) DO UPDATE SET name = excluded.name",
    )?
    .execute(params![owner.as_deref().unwrap_or_default(), provider, service, name, millis(now)])?;
    Ok(())
}

fn save(tx: &Transaction<'_>, write: &PanelWrite<'_>, who: &str, now: Timestamp) -> Result<()> {
    let id = write.id.to_string();
    let owner = write.owner.unwrap_or_default();
    let folded = folded_name(&write.panel.name);
    let known: Option<u32> = tx
        .prepare_cached("SELECT revision FROM panels WHERE id = ?1")?
        .query_row([&id], |row| row.get(0))
        .optional()?;
    if known.unwrap_or(0) != write.seen {
        return Err(Error::Stale { what: "panel" });
    }
    let taken: Option<String> = tx
        .prepare_cached("SELECT id FROM panels WHERE owner = ?1 AND folded = ?2 AND id <> ?3")?
        .query_row(params![owner, folded, id], |row| row.get(0))
        .optional()?;
    if taken.is_some() {
        return Err(Error::Taken { what: "panel name" });
    }
    tx.prepare_cached(
        "INSERT INTO panels (id, owner, folded, revision, content, created_at, updated_at, updated_by)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7)
         ON CONFLICT (id) DO UPDATE SET owner = excluded.owner, folded = excluded.folded, revision = excluded.revision,
           content = excluded.content, updated_at = excluded.updated_at, updated_by = excluded.updated_by",
    )?
    .execute(params![id, owner, folded, write.seen + 1, serde_json::to_string(write.panel)?, millis(now), who])?;
    note(tx, now, who, write.act, &id, "")
}

/// A row before its content is read.
struct Raw(StoredPanel, String);

impl Raw {
    fn typed(self) -> Result<StoredPanel> {
        let Self(stored, content) = self;
        Ok(StoredPanel { panel: serde_json::from_str(&content)?, ..stored })
    }
}

fn raw(row: &Row<'_>) -> rusqlite::Result<Raw> {
    let stored = StoredPanel {
        id: uuid(&row.get::<_, String>("id")?)?,
        owner: owner(row)?,
        revision: row.get("revision")?,
        panel: OfficePanel::default(),
        updated_at: time(row.get("updated_at")?)?,
        updated_by: row.get("updated_by")?,
    };
    Ok(Raw(stored, row.get("content")?))
}

fn owner(row: &Row<'_>) -> rusqlite::Result<Option<String>> {
    Ok(Some(row.get::<_, String>("owner")?).filter(|owner| !owner.is_empty()))
}
