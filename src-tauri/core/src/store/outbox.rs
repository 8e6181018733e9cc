//! The queue's rows: frozen messages and their attempts. What follows from an outcome is decided in [`crate::outbox`].
//!
//! The bytes of a message stand in a table of their own, so that nothing but sending and showing one reads them.

mod account;
mod acts;
mod delivery;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    Error, Result, Store,
    open::{maybe_time, millis, time, uuid, word},
};
use crate::{
    catalogue::model::MessageVersion,
    outbox::{self, Entry, Kind, Priority, Reason, State, Waiting},
};

pub use account::{Backlog, Diagnostics, ProviderQueue, QueueSummary, StateCount};
pub(super) use acts::resolve;
pub use delivery::{Ended, Ready};

/// A finished message to put in the queue. Has no `Debug`: its bytes are a patient's.
pub struct NewEntry {
    /// MsgId of the message.
    pub message_id: Uuid,
    /// ServReq/Id of its requisition.
    pub requisition_id: Uuid,
    /// What it does.
    pub kind: Kind,
    /// The finished bytes.
    pub bytes: Vec<u8>,
    /// HER-id of the receiving service.
    pub receiver_her: String,
    /// The connection it goes by.
    pub provider: String,
    /// Version of the message format.
    pub version: MessageVersion,
    /// Urgent or routine.
    pub priority: Priority,
    /// Hours within which the receiver promises an application receipt; 96 at the most.
    pub receipt_within_hours: u32,
    /// The message that this one corrects.
    pub replaces: Option<Uuid>,
}

/// An entry with everything but its bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct OutboxRow {
    /// What decisions are made from.
    pub entry: Entry,
    /// HER-id of the receiving service.
    pub receiver_her: String,
    /// Version of the message format.
    pub version: MessageVersion,
    /// The message that this one corrects.
    pub replaces: Option<Uuid>,
    /// Size in bytes.
    pub size: u32,
    /// First application receipt.
    pub settled_at: Option<Timestamp>,
    /// When a person dealt with it.
    pub resolved_at: Option<Timestamp>,
}

/// One delivery attempt.
#[derive(Clone, Debug, PartialEq)]
pub struct AttemptRow {
    /// Number, from 1.
    pub number: u32,
    /// When it was recorded, before the first byte.
    pub started_at: Timestamp,
    /// When its outcome was known.
    pub ended_at: Option<Timestamp>,
    /// [`Outcome::word`].
    pub outcome: Option<String>,
    /// HTTP status.
    pub status: Option<u16>,
    /// The gateway's own words.
    pub detail: Option<outbox::Private>,
    /// Transport receipt.
    pub receipt_id: Option<String>,
}

/// The earlier messages of its requisition that hold entry `o` back: [`outbox::blocks_followers`] in SQL.
const HELD_BACK: &str =
    "SELECT 1 FROM outbox AS e WHERE e.requisition_id = o.requisition_id AND e.sequence < o.sequence
  AND (e.state IN ('queued', 'sending') OR (e.state = 'needs_attention' AND e.resolved_at IS NULL
    AND e.reason IN ('malformed', 'unknown_receiver', 'too_large', 'conflict', 'damaged')))";

impl Store {
    /// The frozen bytes of a message.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`].
    pub fn message_bytes(&self, message: Uuid) -> Result<Vec<u8>> {
        self.read(|db| {
            db.prepare_cached("SELECT bytes FROM messages WHERE message_id = ?1")?
                .query_row([message.to_string()], |row| row.get(0))
                .optional()?
                .ok_or(Error::NotFound { what: "message" })
        })
    }

    /// One message, without its bytes.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`].
    pub fn entry(&self, message: Uuid) -> Result<OutboxRow> {
        self.read(|db| find(db, message)?.ok_or(Error::NotFound { what: "message" }))
    }

    /// The messages of a requisition, in the order they were made.
    ///
    /// # Errors
    ///
    /// Those of any read.
    pub fn entries(&self, requisition: Uuid) -> Result<Vec<OutboxRow>> {
        self.read(|db| of_requisition(db, requisition))
    }

    /// All messages, in the order they were made.
    ///
    /// # Errors
    ///
    /// Those of any read.
    pub fn all_entries(&self) -> Result<Vec<OutboxRow>> {
        self.read(|db| {
            let mut statement = db.prepare_cached(&format!("{SELECT} FROM outbox ORDER BY sequence"))?;
            Ok(statement.query_map([], raw)?.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// Attempts of a message, first one first.
    ///
    /// # Errors
    ///
    /// Those of any read.
    pub fn attempts(&self, message: Uuid) -> Result<Vec<AttemptRow>> {
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT number, started_at, ended_at, outcome, status, detail, receipt_id FROM attempts WHERE message_id = ?1 ORDER BY number",
            )?;
            let rows = statement.query_map([message.to_string()], |row| {
                Ok(AttemptRow {
                    number: row.get("number")?,
                    started_at: time(row.get("started_at")?)?,
                    ended_at: maybe_time(row.get("ended_at")?)?,
                    outcome: row.get("outcome")?,
                    status: row.get("status")?,
                    detail: row.get::<_, Option<String>>("detail")?.map(|text| outbox::Private::new(&text)),
                    receipt_id: row.get("receipt_id")?,
                })
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }
}

/// Whether the message is in the queue already with these very bytes.
pub(super) fn is_known(tx: &Transaction<'_>, entry: &NewEntry) -> Result<bool> {
    let known: Option<[u8; 32]> = tx
        .prepare_cached("SELECT sha256 FROM outbox WHERE message_id = ?1")?
        .query_row([entry.message_id.to_string()], |row| row.get(0))
        .optional()?;
    match known {
        None => Ok(false),
        Some(known) if known == digest(&entry.bytes) => Ok(true),
        Some(_) => Err(Error::Taken { what: "message id" }),
    }
}

/// Freezes a message in the queue.
pub(super) fn insert(tx: &Transaction<'_>, entry: &NewEntry, now: Timestamp) -> Result<()> {
    let version = match entry.version {
        MessageVersion::V1_5 => "1.5",
        MessageVersion::V1_6 => "1.6",
    };
    let id = entry.message_id.to_string();
    tx.prepare_cached("INSERT INTO messages (message_id, bytes) VALUES (?1, ?2)")?.execute(params![id, entry.bytes])?;
    tx.prepare_cached(
        "INSERT INTO outbox (message_id, requisition_id, kind, size, sha256, receiver_her, provider, version, priority, receipt_hours, replaces,
           state, next_attempt_at, created_at, silent_since)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 'queued', ?12, ?12, ?12)",
    )?
    .execute(params![
        id,
        entry.requisition_id.to_string(),
        entry.kind.word(),
        i64::try_from(entry.bytes.len()).unwrap_or(i64::MAX),
        digest(&entry.bytes),
        entry.receiver_her,
        entry.provider,
        version,
        entry.priority.word(),
        entry.receipt_within_hours.clamp(1, outbox::RECEIPT_WITHIN_HOURS),
        entry.replaces.map(|id| id.to_string()),
        millis(now),
    ])?;
    Ok(())
}

/// Puts an entry in a state that a receipt gave it.
pub(super) fn settle(tx: &Transaction<'_>, message: Uuid, state: State, now: Timestamp) -> Result<()> {
    tx.prepare_cached(
        "UPDATE outbox SET state = ?2, reason = ?3, may_have_arrived = 1, delivered_at = coalesce(delivered_at, ?4), settled_at = coalesce(settled_at, ?4),
           resolved_at = NULL, resolved_by = NULL, resolved_act = NULL
         WHERE message_id = ?1",
    )?
    .execute(params![message.to_string(), state.word(), state.reason().map(Reason::word), millis(now)])?;
    Ok(())
}

pub(super) fn find(db: &Connection, message: Uuid) -> Result<Option<OutboxRow>> {
    Ok(db
        .prepare_cached(&format!("{SELECT} FROM outbox WHERE message_id = ?1"))?
        .query_row([message.to_string()], raw)
        .optional()?)
}

pub(super) fn of_requisition(db: &Connection, requisition: Uuid) -> Result<Vec<OutboxRow>> {
    let mut statement =
        db.prepare_cached(&format!("{SELECT} FROM outbox WHERE requisition_id = ?1 ORDER BY sequence"))?;
    Ok(statement.query_map([requisition.to_string()], raw)?.collect::<rusqlite::Result<_>>()?)
}

pub(super) const SELECT: &str = "SELECT message_id, requisition_id, sequence, kind, provider, priority, state, reason, waiting, attempts, next_attempt_at, \
     created_at, silent_since, delivered_at, may_have_arrived, resolved_at, receiver_her, version, replaces, size, settled_at";

pub(super) fn raw(row: &Row<'_>) -> rusqlite::Result<OutboxRow> {
    let text = |column: &str| row.get::<_, String>(column);
    let resolved_at = maybe_time(row.get("resolved_at")?)?;
    Ok(OutboxRow {
        entry: Entry {
            message_id: uuid(&text("message_id")?)?,
            requisition_id: uuid(&text("requisition_id")?)?,
            sequence: row.get("sequence")?,
            kind: word(Kind::of(&text("kind")?))?,
            provider: text("provider")?,
            priority: word(Priority::of(&text("priority")?))?,
            state: word(State::of(&text("state")?, row.get::<_, Option<String>>("reason")?.as_deref()))?,
            waiting: word(Waiting::of(&text("waiting")?))?,
            attempts: row.get("attempts")?,
            next_attempt_at: time(row.get("next_attempt_at")?)?,
            created_at: time(row.get("created_at")?)?,
            silent_since: time(row.get("silent_since")?)?,
            delivered_at: maybe_time(row.get("delivered_at")?)?,
            may_have_arrived: row.get("may_have_arrived")?,
            resolved: resolved_at.is_some(),
        },
        receiver_her: text("receiver_her")?,
        version: if text("version")? == "1.5" { MessageVersion::V1_5 } else { MessageVersion::V1_6 },
        replaces: row.get::<_, Option<String>>("replaces")?.as_deref().map(uuid).transpose()?,
        size: row.get("size")?,
        settled_at: maybe_time(row.get("settled_at")?)?,
        resolved_at,
    })
}

fn digest(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}
