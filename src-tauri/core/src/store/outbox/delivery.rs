//! What the delivery loop asks of the queue: what is due, attempts begun and ended, and alarms.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Transaction, params};
use uuid::Uuid;

use super::{HELD_BACK, SELECT, digest, find, raw};
use crate::{
    outbox::{self, Jitter, LONGEST_WAIT, Outcome, Reason, Step, next_step},
    store::{
        Changes, Error, Result, Store,
        open::{maybe_time, millis, uuid},
    },
};

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
                       AND waiting IN ('unreachable', 'not_trusted', 'no_answer', 'broken_answer', 'not_let_in', 'interrupted')",
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
}

/// Records an attempt of a message that waits and that nothing holds back.
fn begin(tx: &Transaction<'_>, message: Uuid, now: Timestamp) -> Result<Option<Ready>> {
    let id = message.to_string();
    let (state, held, attempts, bytes, sha256, receiver_her): (String, bool, u32, Vec<u8>, [u8; 32], String) = tx
        .prepare_cached(&format!(
            "SELECT o.state, EXISTS ({HELD_BACK}), o.attempts, m.bytes, o.sha256, o.receiver_her
             FROM outbox AS o JOIN messages AS m USING (message_id) WHERE o.message_id = ?1"
        ))?
        .query_row([&id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?)))
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
