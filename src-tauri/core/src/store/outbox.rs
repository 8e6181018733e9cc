//! The queue's rows: frozen messages and their attempts. What follows from an outcome is decided in [`crate::outbox`].

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use serde::Serialize;
use sha2::{Digest, Sha256};
use specta::Type;
use uuid::Uuid;

use super::{
    Changes, Error, Result, Store, audit,
    open::{maybe_time, millis, time, uuid, word},
};
use crate::{
    catalogue::model::MessageVersion,
    outbox::{
        self, Act, Entry, Jitter, Kind, LONGEST_WAIT, Outcome, Priority, Reason, State, Step, Waiting, next_step,
    },
    receipt::AppRecErrorCode,
};

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

/// An attempt that is recorded and may begin. Has no `Debug`: its bytes are a patient's.
pub struct Ready {
    /// MsgId.
    pub message_id: Uuid,
    /// Number of the attempt.
    pub attempt: u32,
    /// The frozen bytes.
    pub bytes: Vec<u8>,
    /// SHA-256 of the bytes as frozen.
    pub sha256: [u8; 32],
    /// HER-id of the receiving service.
    pub receiver_her: String,
    /// The frozen bytes are still what they were.
    pub intact: bool,
}

/// An attempt whose outcome is known and has to be written down.
#[derive(Clone, Debug)]
pub struct Ended {
    /// MsgId.
    pub message_id: Uuid,
    /// Number of the attempt.
    pub attempt: u32,
    /// What it gave.
    pub outcome: Outcome,
    /// For the wait that may follow.
    pub jitter: Jitter,
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

/// The queue at a glance.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Type)]
pub struct QueueSummary {
    /// Messages that have not gone yet.
    pub count: u32,
    /// When the oldest of them was made, RFC 3339.
    #[specta(type = Option<String>)]
    pub oldest: Option<Timestamp>,
    /// By provider.
    pub providers: Vec<ProviderQueue>,
}

/// One provider's part of the queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub struct ProviderQueue {
    /// Provider id.
    pub provider: String,
    /// Messages that have not gone yet.
    pub count: u32,
    /// When the oldest was made, RFC 3339.
    #[specta(type = String)]
    pub oldest: Timestamp,
    /// Why the oldest still waits.
    pub why: Waiting,
}

/// How much is still to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backlog {
    /// Messages under way, or queued with nothing but the line to wait for.
    pub movable: u32,
    /// Delivered messages without an application receipt.
    pub awaiting: u32,
}

/// The earlier messages of its requisition that hold entry `o` back: [`outbox::blocks_followers`] in SQL.
const HELD_BACK: &str =
    "SELECT 1 FROM outbox AS e WHERE e.requisition_id = o.requisition_id AND e.sequence < o.sequence
  AND (e.state IN ('queued', 'sending') OR (e.state = 'needs_attention' AND e.resolved_at IS NULL
    AND e.reason IN ('malformed', 'unknown_receiver', 'too_large', 'conflict', 'damaged')))";

/// How many entries are in one state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub struct StateCount {
    /// Provider id.
    pub provider: String,
    /// Word of the state.
    pub state: String,
    /// Word of the reason or of the waiting, or empty.
    pub why: String,
    /// How many.
    pub count: u32,
}

/// What an operator may send away: no patient data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub struct Diagnostics {
    /// Version of the store's tables.
    pub schema: u32,
    /// Entries by provider and state.
    pub states: Vec<StateCount>,
    /// Attempts by provider and outcome (with the HTTP status as `why`).
    pub attempts: Vec<StateCount>,
    /// Receivers' error codes by provider.
    pub faults: Vec<StateCount>,
    /// Receipts that speak of messages this store does not know.
    pub unknown_receipts: u32,
}

impl Store {
    /// Messages of a provider that may be sent now: urgent before routine, oldest first, none before the earlier messages of its requisition.
    ///
    /// # Errors
    ///
    /// Those of any read.
    pub fn ready(&self, provider: &str, now: Timestamp, limit: u32) -> Result<Vec<Uuid>> {
        self.read(|db| {
            let mut statement = db.prepare_cached(&format!(
                "SELECT message_id FROM outbox AS o
                 WHERE state = 'queued' AND provider = ?1 AND (next_attempt_at <= ?2 OR next_attempt_at > ?3) AND NOT EXISTS ({HELD_BACK})
                 ORDER BY priority DESC, sequence LIMIT ?4"
            ))?;
            let latest = now.saturating_add(LONGEST_WAIT).unwrap_or(Timestamp::MAX);
            let rows = statement.query_map(params![provider, millis(now), millis(latest), limit], |row| uuid(&row.get::<_, String>(0)?))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// When the next queued message of a provider becomes due after `now`; none where none will.
    ///
    /// # Errors
    ///
    /// Those of any read.
    pub fn next_due(&self, provider: &str, now: Timestamp) -> Result<Option<Timestamp>> {
        self.read(|db| {
            let next: Option<i64> = db
                .prepare_cached("SELECT min(next_attempt_at) FROM outbox WHERE state = 'queued' AND provider = ?1 AND next_attempt_at > ?2")?
                .query_row(params![provider, millis(now)], |row| row.get(0))?;
            Ok(maybe_time(next)?)
        })
    }

    /// How much is still to be done.
    ///
    /// # Errors
    ///
    /// Those of any read.
    pub fn backlog(&self) -> Result<Backlog> {
        self.read(|db| {
            let count = |sql: &str| -> Result<u32> { Ok(db.prepare_cached(sql)?.query_row([], |row| row.get(0))?) };
            Ok(Backlog {
                movable: count(&format!(
                    "SELECT count(*) FROM outbox AS o WHERE state = 'sending' OR (state = 'queued' AND NOT EXISTS ({HELD_BACK}))"
                ))?,
                awaiting: count("SELECT count(*) FROM outbox WHERE state = 'delivered'")?,
            })
        })
    }

    /// Whether a delivered message still waits for its application receipt.
    ///
    /// # Errors
    ///
    /// Those of any read.
    pub fn awaits_receipts(&self) -> Result<bool> {
        self.read(|db| {
            Ok(db
                .prepare_cached("SELECT EXISTS (SELECT 1 FROM outbox WHERE state = 'delivered')")?
                .query_row([], |row| row.get(0))?)
        })
    }

    /// Records an attempt, durably, and hands out the frozen bytes. Call before the first byte is sent.
    ///
    /// # Errors
    ///
    /// [`Error::NotNow`] where the message is not queued (any more).
    pub fn begin_attempt(&self, message: Uuid, now: Timestamp) -> Result<(Ready, Changes)> {
        self.write(|tx| {
            let ready = begin(tx, message, now)?;
            Ok((ready.ok_or(Error::NotNow { why: "the message is not waiting to be sent" })?, Changes::OUTBOX))
        })
    }

    /// One turn of the delivery loop, in one durable write: the outcomes of attempts that ended, and the attempts that
    /// begin. Hands out the frozen bytes of those that may begin; a message that is not waiting any more, or is held back by
    /// an earlier one of its requisition, is left out.
    ///
    /// # Errors
    ///
    /// Those of any write; nothing of the turn is kept then.
    pub fn turn(&self, ended: &[Ended], begun: &[Uuid], now: Timestamp) -> Result<(Vec<Ready>, Changes)> {
        if ended.is_empty() && begun.is_empty() {
            return Ok((Vec::new(), Changes::NONE));
        }
        self.write(|tx| {
            for Ended { message_id, attempt, outcome, jitter } in ended {
                match conclude(tx, *message_id, *attempt, outcome, *jitter, now) {
                    // An attempt that this store never began cannot be ended in it, however often it is tried.
                    Ok(_) | Err(Error::NotFound { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
            let mut ready = Vec::with_capacity(begun.len());
            for message in begun {
                match begin(tx, *message, now) {
                    Ok(begun) => ready.extend(begun),
                    Err(Error::NotFound { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
            Ok((ready, Changes::OUTBOX))
        })
    }

    /// Writes an attempt's outcome down and does what follows from it.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] where the attempt was never begun.
    pub fn end_attempt(
        &self,
        message: Uuid,
        attempt: u32,
        outcome: &Outcome,
        jitter: Jitter,
        now: Timestamp,
    ) -> Result<(Step, Changes)> {
        self.write(|tx| Ok((conclude(tx, message, attempt, outcome, jitter, now)?, Changes::OUTBOX)))
    }

    /// Puts messages whose attempt was cut off by the end of the program back in the queue. Call once after opening, before anything is sent.
    ///
    /// # Errors
    ///
    /// Those of any write.
    pub fn recover_interrupted(&self, now: Timestamp) -> Result<(u32, Changes)> {
        self.write(|tx| {
            let open: Vec<(String, u32)> = tx
                .prepare_cached(
                    "SELECT a.message_id, a.number FROM attempts AS a WHERE a.ended_at IS NULL
                     ORDER BY a.id",
                )?
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<rusqlite::Result<_>>()?;
            for (id, number) in &open {
                conclude(tx, uuid(id)?, *number, &Outcome::Interrupted, Jitter::new(0.0), now)?;
            }
            let count = u32::try_from(open.len()).unwrap_or(u32::MAX);
            Ok((count, if count == 0 { Changes::NONE } else { Changes::OUTBOX }))
        })
    }

    /// Makes the messages of a provider that wait only for its line due now: the line answers again.
    ///
    /// # Errors
    ///
    /// Those of any write.
    pub fn hasten(&self, provider: &str, now: Timestamp) -> Result<Changes> {
        self.write(|tx| {
            let changed = tx
                .prepare_cached(
                    "UPDATE outbox SET next_attempt_at = ?2 WHERE state = 'queued' AND provider = ?1 AND next_attempt_at > ?2
                       AND waiting IN ('unreachable', 'no_answer', 'broken_answer', 'not_let_in', 'interrupted')",
                )?
                .execute(params![provider, millis(now)])?;
            Ok(if changed == 0 { Changes::NONE } else { Changes::OUTBOX })
        })
    }

    /// Raises the alarm for delivered messages without an application receipt in time.
    ///
    /// # Errors
    ///
    /// Those of any write.
    pub fn raise_alarms(&self, now: Timestamp) -> Result<Changes> {
        let silent = self.read(|db| {
            let mut statement =
                db.prepare_cached(&format!("{SELECT}, receipt_hours FROM outbox WHERE state = 'delivered'"))?;
            let rows = statement.query_map([], |row| Ok((raw(row)?, row.get::<_, u32>("receipt_hours")?)))?;
            Ok(rows.collect::<rusqlite::Result<Vec<_>>>()?)
        })?;
        let alarmed: Vec<(Uuid, Reason)> = silent
            .iter()
            .filter_map(|(row, hours)| {
                outbox::alarm_if_silent(&row.entry, *hours, now).map(|reason| (row.entry.message_id, reason))
            })
            .collect();
        if alarmed.is_empty() {
            return Ok(Changes::NONE);
        }
        self.write(|tx| {
            for (message, reason) in &alarmed {
                // A receipt may have come between the two.
                tx.prepare_cached("UPDATE outbox SET state = 'needs_attention', reason = ?2 WHERE message_id = ?1 AND state = 'delivered'")?
                    .execute(params![message.to_string(), reason.word()])?;
            }
            Ok(Changes::OUTBOX)
        })
    }

    /// Takes a message that certainly never arrived out of the queue, by a person's act, and with it the later messages of
    /// a requisition that the receiver then never had.
    ///
    /// # Errors
    ///
    /// [`Error::NoWithdrawal`], [`Error::NotFound`].
    pub fn withdraw(&self, message: Uuid, who: &str, now: Timestamp) -> Result<Changes> {
        self.write(|tx| {
            let first = find(tx, message)?.ok_or(Error::NotFound { what: "message" })?;
            outbox::withdraw(&first.entry)?;
            let mut out = vec![first.entry.clone()];
            if first.entry.kind == Kind::New {
                let later = of_requisition(tx, first.entry.requisition_id)?;
                out.extend(later.into_iter().map(|row| row.entry).filter(|entry| entry.sequence > first.entry.sequence && entry.state == State::Queued));
            }
            for entry in out {
                tx.prepare_cached(
                    "UPDATE outbox SET state = 'withdrawn', reason = NULL, resolved_at = ?2, resolved_by = ?3, resolved_act = 'withdraw' WHERE message_id = ?1",
                )?
                .execute(params![entry.message_id.to_string(), millis(now), who])?;
                audit::note(tx, now, who, Act::Withdraw.word(), &entry.requisition_id.to_string(), &entry.message_id.to_string())?;
            }
            Ok(Changes::OUTBOX)
        })
    }

    /// Sends the same bytes again, or now rather than later, by a person's act.
    ///
    /// # Errors
    ///
    /// [`Error::NotNow`] where sending again is not a right act for its state; [`Error::NotFound`].
    pub fn resend(&self, message: Uuid, who: &str, now: Timestamp) -> Result<Changes> {
        self.write(|tx| {
            let row = find(tx, message)?.ok_or(Error::NotFound { what: "message" })?;
            let entry = &row.entry;
            if entry.state != State::Queued && !outbox::acts_for(entry.kind, entry.state).contains(&Act::Resend) {
                return Err(Error::NotNow { why: "the same bytes would do no good" });
            }
            tx.prepare_cached(
                "UPDATE outbox SET state = 'queued', reason = NULL, waiting = 'asked', next_attempt_at = ?2, silent_since = max(silent_since, ?2),
                   resolved_at = NULL, resolved_by = NULL, resolved_act = NULL
                 WHERE message_id = ?1",
            )?
            .execute(params![message.to_string(), millis(now)])?;
            audit::note(tx, now, who, Act::Resend.word(), &entry.requisition_id.to_string(), &message.to_string())?;
            Ok(Changes::OUTBOX)
        })
    }

    /// Takes down that a person dealt with a message that needed one; it leaves the list by this alone.
    ///
    /// # Errors
    ///
    /// [`Error::NotNow`] where nobody is needed or the act does not fit; [`Error::NotFound`].
    pub fn resolve(&self, message: Uuid, act: Act, who: &str, now: Timestamp) -> Result<Changes> {
        self.write(|tx| {
            let row = find(tx, message)?.ok_or(Error::NotFound { what: "message" })?;
            match act {
                Act::Withdraw | Act::Resend | Act::FixAndResend => {
                    Err(Error::NotNow { why: "this act has its own way" })
                }
                Act::Phone | Act::Paper | Act::Acknowledge => {
                    resolve(tx, message, row.entry.requisition_id, act, who, now).map(|()| Changes::OUTBOX)
                }
            }
        })
    }

    /// The frozen bytes of a message.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`].
    pub fn message_bytes(&self, message: Uuid) -> Result<Vec<u8>> {
        self.read(|db| {
            db.prepare_cached("SELECT bytes FROM outbox WHERE message_id = ?1")?
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

    /// The queue at a glance.
    ///
    /// # Errors
    ///
    /// Those of any read.
    pub fn queue_summary(&self) -> Result<QueueSummary> {
        self.read(|db| {
            // SQLite takes the bare column from the row that has the minimum.
            let mut statement = db.prepare_cached(
                "SELECT provider, count(*) AS count, min(created_at) AS oldest, waiting FROM outbox
                 WHERE state IN ('queued', 'sending') GROUP BY provider ORDER BY provider",
            )?;
            let providers = statement
                .query_map([], |row| {
                    Ok(ProviderQueue {
                        provider: row.get("provider")?,
                        count: row.get("count")?,
                        oldest: time(row.get("oldest")?)?,
                        why: word(Waiting::of(&row.get::<_, String>("waiting")?))?,
                    })
                })?
                .collect::<rusqlite::Result<Vec<_>>>()?;
            Ok(QueueSummary {
                count: providers.iter().map(|provider| provider.count).sum(),
                oldest: providers.iter().map(|provider| provider.oldest).min(),
                providers,
            })
        })
    }

    /// What an operator may send away: counts, states and codes.
    ///
    /// # Errors
    ///
    /// Those of any read.
    pub fn diagnostics(&self) -> Result<Diagnostics> {
        self.read(|db| {
            let counts = |sql: &str| -> Result<Vec<StateCount>> {
                let mut statement = db.prepare(sql)?;
                let rows = statement.query_map([], |row| {
                    Ok(StateCount { provider: row.get(0)?, state: row.get(1)?, why: row.get(2)?, count: row.get(3)? })
                })?;
                Ok(rows.collect::<rusqlite::Result<_>>()?)
            };
            Ok(Diagnostics {
                schema: db.pragma_query_value(None, "user_version", |row| row.get(0))?,
                states: counts(
                    "SELECT provider, state, coalesce(reason, CASE state WHEN 'queued' THEN waiting ELSE '' END) AS why, count(*)
                     FROM outbox GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
                )?,
                attempts: counts(
                    "SELECT o.provider, coalesce(a.outcome, 'under_way'), coalesce(CAST(a.status AS TEXT), ''), count(*)
                     FROM attempts AS a JOIN outbox AS o USING (message_id) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
                )?,
                faults: known_codes(counts(
                    "SELECT r.provider, r.verdict, coalesce(json_extract(f.value, '$.code'), ''), count(*)
                     FROM receipts AS r, json_each(r.faults) AS f GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
                )?),
                unknown_receipts: db.query_row("SELECT count(*) FROM receipts WHERE message_id IS NULL", [], |row| row.get(0))?,
            })
        })
    }
}

/// A receiver writes what it likes where a code should stand: only codes of the list leave this office.
fn known_codes(counts: Vec<StateCount>) -> Vec<StateCount> {
    counts
        .into_iter()
        .map(|count| match AppRecErrorCode::from_code(&count.why) {
            Some(_) => count,
            None => StateCount { why: "other".into(), ..count },
        })
        .collect()
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
    tx.prepare_cached(
        "INSERT INTO outbox (message_id, requisition_id, kind, bytes, sha256, receiver_her, provider, version, priority, receipt_hours, replaces,
           state, next_attempt_at, created_at, silent_since)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 'queued', ?12, ?12, ?12)",
    )?
    .execute(params![
        entry.message_id.to_string(),
        entry.requisition_id.to_string(),
        entry.kind.word(),
        entry.bytes,
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

/// Marks an entry as dealt with by a person.
pub(super) fn resolve(
    tx: &Transaction<'_>,
    message: Uuid,
    requisition: Uuid,
    act: Act,
    who: &str,
    now: Timestamp,
) -> Result<()> {
    let row = find(tx, message)?.ok_or(Error::NotFound { what: "message" })?;
    if row.entry.requisition_id != requisition || !outbox::acts_for(row.entry.kind, row.entry.state).contains(&act) {
        return Err(Error::NotNow { why: "the message needs no such act" });
    }
    tx.prepare_cached("UPDATE outbox SET resolved_at = ?2, resolved_by = ?3, resolved_act = ?4 WHERE message_id = ?1")?
        .execute(params![message.to_string(), millis(now), who, act.word()])?;
    audit::note(tx, now, who, act.word(), &requisition.to_string(), &message.to_string())
}

/// Records an attempt of a message that waits and that nothing holds back.
fn begin(tx: &Transaction<'_>, message: Uuid, now: Timestamp) -> Result<Option<Ready>> {
    let id = message.to_string();
    let (state, held, attempts, bytes, sha256, receiver_her): (String, bool, u32, Vec<u8>, [u8; 32], String) = tx
        .prepare_cached(&format!(
            "SELECT state, EXISTS ({HELD_BACK}), attempts, bytes, sha256, receiver_her FROM outbox AS o WHERE message_id = ?1"
        ))?
        .query_row([&id], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?))
        })
        .optional()?
        .ok_or(Error::NotFound { what: "message" })?;
    if state != "queued" || held {
        return Ok(None);
    }
    let attempt = attempts + 1;
    tx.prepare_cached("INSERT INTO attempts (message_id, number, started_at) VALUES (?1, ?2, ?3)")?
        .execute(params![id, attempt, millis(now)])?;
    tx.prepare_cached("UPDATE outbox SET state = 'sending', attempts = ?2 WHERE message_id = ?1")?
        .execute(params![id, attempt])?;
    let intact = digest(&bytes) == sha256;
    Ok(Some(Ready { message_id: message, attempt, bytes, sha256, receiver_her, intact }))
}

fn conclude(
    tx: &Transaction<'_>,
    message: Uuid,
    attempt: u32,
    outcome: &Outcome,
    jitter: Jitter,
    now: Timestamp,
) -> Result<Step> {
    let id = message.to_string();
    let row = find(tx, message)?.ok_or(Error::NotFound { what: "message" })?;
    let step = next_step(&row.entry, outcome, now, jitter);
    let (receipt_id, duplicate) = match outcome {
        Outcome::Receipt(receipt) => (Some(&receipt.id), Some(receipt.duplicate)),
        _ => (None, None),
    };
    let ended = tx
        .prepare_cached(
            "UPDATE attempts SET ended_at = ?3, outcome = ?4, status = ?5, detail = ?6, receipt_id = ?7, duplicate = ?8
             WHERE message_id = ?1 AND number = ?2",
        )?
        .execute(params![
            id,
            attempt,
            millis(now),
            outcome.word(),
            outcome.status(),
            outcome.detail().map(outbox::Private::expose),
            receipt_id,
            duplicate
        ])?;
    if ended == 0 {
        return Err(Error::NotFound { what: "attempt" });
    }
    if outcome.may_have_arrived() {
        tx.prepare_cached("UPDATE outbox SET may_have_arrived = 1 WHERE message_id = ?1")?.execute([&id])?;
    }
    match &step {
        Step::Deliver(_) => {
            tx.prepare_cached("UPDATE outbox SET state = 'delivered', delivered_at = coalesce(delivered_at, ?2) WHERE message_id = ?1")?
                .execute(params![id, millis(now)])?;
        }
        Step::Queue { at, why } => {
            tx.prepare_cached(
                "UPDATE outbox SET state = 'queued', waiting = ?2, next_attempt_at = ?3 WHERE message_id = ?1",
            )?
            .execute(params![id, why.word(), millis(*at)])?;
        }
        Step::Attend(reason) => {
            tx.prepare_cached("UPDATE outbox SET state = 'needs_attention', reason = ?2 WHERE message_id = ?1")?
                .execute(params![id, reason.word()])?;
        }
        Step::Keep => {}
    }
    Ok(step)
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
     created_at, silent_since, delivered_at, may_have_arrived, resolved_at, receiver_her, version, replaces, length(bytes) AS size, settled_at";

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
