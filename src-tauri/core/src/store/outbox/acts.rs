//! What a person does with a message: withdraw it, send it again, or note what was done by other means.

use jiff::Timestamp;
use rusqlite::{Transaction, params};
use uuid::Uuid;

use super::{find, of_requisition};
use crate::{
    outbox::{self, Act, Kind, State},
    store::{Changes, Error, Result, Store, audit, open::millis},
};

impl Store {
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
}

/// Marks an entry as dealt with by a person.
pub(in crate::store) fn resolve(
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
