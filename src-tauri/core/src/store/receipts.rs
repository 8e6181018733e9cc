//! Application receipts and events as they come in, each page in one transaction with its cursor.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use specta::Type;
use uuid::Uuid;

use super::{
    Changes, Error, Result, Store, audit,
    open::{millis, time, uuid, word},
    outbox, requisitions,
};
use crate::outbox::{ReceiptStep, State, Verdict, apply_receipt};

/// A stream with a cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Application receipts.
    Receipts,
    /// Events.
    Events,
}

impl Stream {
    fn word(self) -> &'static str {
        match self {
            Self::Receipts => "receipts",
            Self::Events => "events",
        }
    }
}

/// A receipt as it came. Has no `Debug`: it may speak of a patient.
pub struct NewReceipt {
    /// The message that the gateway says it answers.
    pub message_id: String,
    /// The id that the document itself names: MsgId (1.6) or ServReq/Id (1.5).
    pub original_id: Option<String>,
    /// What it says; none where it cannot be read.
    pub verdict: Option<Verdict>,
    /// Its error codes and texts.
    pub faults: Vec<ReceiptFault>,
    /// The document.
    pub raw: String,
    /// When the gateway received it.
    pub received_at: Timestamp,
}

/// One fault of an application receipt.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ReceiptFault {
    /// Code of list 8221.
    pub code: String,
    /// The list's text.
    pub display: String,
    /// The receiver's own words.
    pub text: String,
}

impl std::fmt::Debug for ReceiptFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReceiptFault").field("code", &self.code).finish_non_exhaustive()
    }
}

/// A kept receipt. Has no `Debug`: it may speak of a patient.
pub struct ReceiptRow {
    /// What it says; none where it cannot be read.
    pub verdict: Option<Verdict>,
    /// Faults.
    pub faults: Vec<ReceiptFault>,
    /// The document.
    pub raw: String,
    /// When the gateway received it.
    pub received_at: Timestamp,
    /// When we took it down.
    pub taken_at: Timestamp,
    /// How often it came.
    pub times: u32,
}

/// What the laboratory tells (gateway contract, events).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum EventKind {
    /// A specimen arrived.
    SpecimenReceived,
    /// A specimen cannot be used.
    SpecimenRejected,
    /// Some answers are out.
    PartlyAnswered,
    /// All answers are out.
    Answered,
    /// The provider will not do it.
    CancelledByProvider,
    /// The requisition is too old.
    Expired,
}

impl EventKind {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::SpecimenReceived,
        Self::SpecimenRejected,
        Self::PartlyAnswered,
        Self::Answered,
        Self::CancelledByProvider,
        Self::Expired,
    ];

    /// The contract's word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::SpecimenReceived => "specimen-received",
            Self::SpecimenRejected => "specimen-rejected",
            Self::PartlyAnswered => "partly-answered",
            Self::Answered => "answered",
            Self::CancelledByProvider => "cancelled-by-provider",
            Self::Expired => "expired",
        }
    }

    /// The kind of a word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// An event as it came. Has no `Debug`: its text may speak of a patient.
pub struct NewEvent {
    /// Its cursor: the same event has the same one.
    pub cursor: String,
    /// Message it belongs to.
    pub message_id: Option<String>,
    /// Requisition it belongs to.
    pub requisition_id: Option<String>,
    /// Specimen it concerns.
    pub specimen: Option<String>,
    /// What happened.
    pub kind: EventKind,
    /// When, by the gateway's clock.
    pub at: Timestamp,
    /// The laboratory's words.
    pub text: Option<String>,
}

impl Store {
    /// Where a stream was read to; none before the first page.
    ///
    /// # Errors
    ///
    /// Those of any read.
    pub fn cursor(&self, provider: &str, stream: Stream) -> Result<Option<String>> {
        self.read(|db| {
            Ok(db
                .prepare_cached("SELECT value FROM cursors WHERE provider = ?1 AND stream = ?2")?
                .query_row([provider, stream.word()], |row| row.get(0))
                .optional()?)
        })
    }

    /// Forgets how far the streams of a provider were read, so that all of it is read again: after a restore.
    ///
    /// # Errors
    ///
    /// Those of any write.
    pub fn reset_cursors(&self, provider: &str) -> Result<Changes> {
        self.write(|tx| {
            tx.execute("DELETE FROM cursors WHERE provider = ?1", [provider])?;
            Ok(Changes::NONE)
        })
    }

    /// Takes a page of receipts and its cursor. A receipt that came before changes nothing; one of an unknown message is kept.
    ///
    /// # Errors
    ///
    /// Those of any write; then neither receipts nor cursor are kept.
    pub fn take_receipts(
        &self,
        provider: &str,
        receipts: &[NewReceipt],
        next: &str,
        now: Timestamp,
    ) -> Result<Changes> {
        self.write(|tx| {
            for receipt in receipts {
                take_receipt(tx, provider, receipt, now)?;
            }
            set_cursor(tx, provider, Stream::Receipts, next, now)?;
            Ok(if receipts.is_empty() { Changes::NONE } else { Changes::OUTBOX })
        })
    }

    /// Takes a page of events and its cursor.
    ///
    /// # Errors
    ///
    /// Those of any write; then neither events nor cursor are kept.
    pub fn take_events(&self, provider: &str, events: &[NewEvent], next: &str, now: Timestamp) -> Result<Changes> {
        self.write(|tx| {
            for event in events {
                let requisition = match known_requisition(tx, event.requisition_id.as_deref())? {
                    Some(known) => Some(known),
                    None => event.message_id.as_deref().map(|id| requisition_of_message(tx, id)).transpose()?.flatten(),
                };
                tx.prepare_cached(
                    "INSERT INTO events (provider, cursor, message_id, requisition_id, specimen, type, at, text, taken_at)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (provider, cursor) DO NOTHING",
                )?
                .execute(params![
                    provider,
                    event.cursor,
                    event.message_id,
                    requisition,
                    event.specimen,
                    event.kind.word(),
                    millis(event.at),
                    event.text,
                    millis(now)
                ])?;
            }
            set_cursor(tx, provider, Stream::Events, next, now)?;
            Ok(if events.is_empty() { Changes::NONE } else { Changes::REQUISITIONS })
        })
    }

    /// Receipts of a message, in the order they were taken.
    ///
    /// # Errors
    ///
    /// Those of any read.
    pub fn receipts(&self, message: Uuid) -> Result<Vec<ReceiptRow>> {
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT verdict, faults, raw, received_at, taken_at, times FROM receipts WHERE message_id = ?1 ORDER BY id",
            )?;
            let mut rows = statement.query([message.to_string()])?;
            let mut receipts = Vec::new();
            while let Some(row) = rows.next()? {
                receipts.push(ReceiptRow {
                    verdict: Verdict::of(&row.get::<_, String>("verdict")?),
                    faults: serde_json::from_str(&row.get::<_, String>("faults")?)?,
                    raw: row.get("raw")?,
                    received_at: time(row.get("received_at")?)?,
                    taken_at: time(row.get("taken_at")?)?,
                    times: row.get("times")?,
                });
            }
            Ok(receipts)
        })
    }

    /// Takes down that a person dealt with an event (rejected specimen, cancelled by the provider, expired).
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`].
    pub fn resolve_event(&self, event: i64, act: &str, who: &str, now: Timestamp) -> Result<Changes> {
        self.write(|tx| {
            let subject: Option<Option<String>> = tx
                .query_row("SELECT requisition_id FROM events WHERE id = ?1", [event], |row| row.get(0))
                .optional()?;
            let subject = subject.ok_or(Error::NotFound { what: "event" })?;
            tx.execute(
                "UPDATE events SET resolved_at = ?2, resolved_by = ?3, resolved_act = ?4 WHERE id = ?1",
                params![event, millis(now), who, act],
            )?;
            audit::note(tx, now, who, act, &subject.unwrap_or_default(), "event")?;
            Ok(Changes::REQUISITIONS)
        })
    }
}

fn take_receipt(tx: &Transaction<'_>, provider: &str, receipt: &NewReceipt, now: Timestamp) -> Result<()> {
    let message = match_message(tx, provider, receipt)?;
    let digest: [u8; 32] = Sha256::digest(receipt.raw.as_bytes()).into();
    tx.prepare_cached(
        "INSERT INTO receipts (provider, message_id, named_id, verdict, faults, raw, digest, received_at, taken_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
         ON CONFLICT (provider, named_id, digest) DO UPDATE SET times = times + 1, message_id = coalesce(message_id, excluded.message_id)",
    )?
    .execute(params![
        provider,
        message.map(|id| id.to_string()),
        receipt.message_id,
        receipt.verdict.map_or("unreadable", Verdict::word),
        serde_json::to_string(&receipt.faults)?,
        receipt.raw,
        digest,
        millis(receipt.received_at),
        millis(now)
    ])?;
    // An unreadable receipt proves nothing but that something came; the silence alarm still counts.
    let (Some(message), Some(verdict)) = (message, receipt.verdict) else { return Ok(()) };
    let Some(row) = outbox::find(tx, message)? else { return Ok(()) };
    match apply_receipt(&row.entry, verdict) {
        ReceiptStep::Become(state) => {
            outbox::settle(tx, message, state, now)?;
            if matches!(state, State::Accepted | State::AcceptedWithErrors) {
                requisitions::apply_amendment(tx, message, now)?;
            }
            Ok(())
        }
        ReceiptStep::Repeat => Ok(()),
    }
}

/// The entry that a receipt speaks of. The document's own word counts before the gateway's; a 1.5 receipt names the requisition.
fn match_message(tx: &Transaction<'_>, provider: &str, receipt: &NewReceipt) -> Result<Option<Uuid>> {
    let mut by_message = tx.prepare_cached("SELECT message_id FROM outbox WHERE message_id = ?1 AND provider = ?2")?;
    let gateway_says: Option<String> = by_message
        .query_row([receipt.message_id.to_ascii_lowercase().as_str(), provider], |row| row.get(0))
        .optional()?;
    let document_says: Option<String> = match &receipt.original_id {
        None => None,
        Some(original) => {
            let original = original.to_ascii_lowercase();
            let direct = by_message.query_row([original.as_str(), provider], |row| row.get(0)).optional()?;
            match (direct, &gateway_says) {
                (Some(direct), _) => Some(direct),
                (None, Some(_)) => None,
                // The newest message of the requisition that has left here.
                (None, None) => tx
                    .prepare_cached(
                        "SELECT message_id FROM outbox WHERE requisition_id = ?1 AND provider = ?2 AND attempts > 0 AND state <> 'withdrawn'
                         ORDER BY sequence DESC LIMIT 1",
                    )?
                    .query_row([original.as_str(), provider], |row| row.get(0))
                    .optional()?,
            }
        }
    };
    Ok(document_says.or(gateway_says).as_deref().map(uuid).transpose()?)
}

fn known_requisition(db: &Connection, id: Option<&str>) -> Result<Option<String>> {
    let Some(id) = id else { return Ok(None) };
    Ok(db
        .prepare_cached("SELECT id FROM requisitions WHERE id = ?1")?
        .query_row([id.to_ascii_lowercase()], |row| row.get(0))
        .optional()?)
}

fn requisition_of_message(db: &Connection, id: &str) -> Result<Option<String>> {
    Ok(db
        .prepare_cached("SELECT requisition_id FROM outbox WHERE message_id = ?1")?
        .query_row([id.to_ascii_lowercase()], |row| row.get(0))
        .optional()?)
}

fn set_cursor(tx: &Transaction<'_>, provider: &str, stream: Stream, value: &str, now: Timestamp) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO cursors (provider, stream, value, changed_at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (provider, stream) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at WHERE value <> excluded.value",
    )?
    .execute(params![provider, stream.word(), value, millis(now)])?;
    Ok(())
}

/// A stored event's kind.
pub(super) fn kind(text: &str) -> rusqlite::Result<EventKind> {
    word(EventKind::of(text))
}
