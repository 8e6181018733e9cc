//! Who has to act, and on what: one list, gathered from messages, events, labels and watches. An item leaves it by an act,
//! or by news that settles it.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, params};
use uuid::Uuid;

use super::facts;
use crate::{
    outbox::{Act, Reason, State, Waiting, acts_for},
    store::{
        EventKind, Result, Store,
        open::{maybe_time, millis, time, uuid, word},
        outbox,
        watches::{self, Watch},
    },
};

/// A queued urgent message older than this needs a person, who can phone.
const URGENT_MAY_WAIT: SignedDuration = SignedDuration::from_mins(30);
/// A queued routine message older than this needs a person.
const ROUTINE_MAY_WAIT: SignedDuration = SignedDuration::from_hours(24);
/// Labels older than this on a requisition that was not sent are an alarm.
const LABELLED_MAY_WAIT: SignedDuration = SignedDuration::from_hours(12);
/// The same of what is urgent.
const URGENT_LABELLED_MAY_WAIT: SignedDuration = SignedDuration::from_hours(1);

/// What somebody has to see to.
#[derive(Clone, Debug, PartialEq)]
pub enum Problem {
    /// The receiving system rejected the message.
    Rejected,
    /// It accepted the message and found faults in it.
    AcceptedWithErrors,
    /// The message cannot go on.
    Attention(Reason),
    /// The message has been queued for too long.
    WaitingTooLong(Waiting),
    /// Labels are out and nothing was sent.
    LabelledNotSent,
    /// Something that was promised has not come.
    Missing(Watch),
    /// The laboratory told of something that changes matters.
    Event {
        /// Its id in this store.
        id: i64,
        /// What happened.
        kind: EventKind,
    },
}

/// One item of the needs-you list. Has no `Debug`: it may speak of a patient.
#[derive(Clone)]
pub struct NeedsYou {
    /// Requisition.
    pub requisition_id: Uuid,
    /// Message, where it is about one.
    pub message_id: Option<Uuid>,
    /// Provider id.
    pub provider: String,
    /// What is the matter.
    pub problem: Problem,
    /// Since when.
    pub at: Timestamp,
    /// The receiver's or gateway's own words.
    pub words: Option<String>,
    /// The receiver's error code (list 8221), or the HTTP status.
    pub code: Option<String>,
    /// The right acts, the best first; empty where the act is not about a message.
    pub acts: &'static [Act],
}

impl Store {
    /// Everything that needs a person, the oldest first. An item leaves the list by an act, or by news that settles it.
    ///
    /// # Errors
    ///
    /// Those of any read.
    pub fn needs_you(&self, now: Timestamp) -> Result<Vec<NeedsYou>> {
        self.read(|db| {
            let mut items = needed_by_messages(db)?;
            needed_by_waiting(db, now, &mut items)?;
            needed_by_events(db, &mut items)?;
            needed_by_labels(db, now, &mut items)?;
            watches::needed(db, &mut items)?;
            items.sort_by_key(|item| item.at);
            Ok(items)
        })
    }
}

fn needed_by_messages(db: &Connection) -> Result<Vec<NeedsYou>> {
    let mut statement = db.prepare_cached(&format!(
        "{} FROM outbox WHERE state IN ('rejected', 'accepted_with_errors', 'needs_attention') AND resolved_at IS NULL ORDER BY sequence",
        outbox::SELECT
    ))?;
    let rows = statement.query_map([], outbox::raw)?.collect::<rusqlite::Result<Vec<_>>>()?;
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        let entry = &row.entry;
        let problem = match entry.state {
            State::Rejected => Problem::Rejected,
            State::AcceptedWithErrors => Problem::AcceptedWithErrors,
            State::NeedsAttention(reason) => Problem::Attention(reason),
            State::Queued | State::Sending | State::Delivered | State::Accepted | State::Withdrawn => continue,
        };
        let (code, words) = what_they_said(db, entry.message_id, &problem)?;
        items.push(NeedsYou {
            requisition_id: entry.requisition_id,
            message_id: Some(entry.message_id),
            provider: entry.provider.clone(),
            problem,
            at: row.settled_at.or(entry.delivered_at).unwrap_or(entry.created_at),
            words,
            code,
            acts: acts_for(entry.kind, entry.state),
        });
    }
    Ok(items)
}

/// Code and words of the newest receipt, or of the newest attempt where the line refused.
fn what_they_said(db: &Connection, message: Uuid, problem: &Problem) -> Result<(Option<String>, Option<String>)> {
    let from_receipt = match problem {
        Problem::Rejected | Problem::AcceptedWithErrors | Problem::Attention(Reason::Contradiction) => true,
        Problem::Attention(_)
        | Problem::WaitingTooLong(_)
        | Problem::LabelledNotSent
        | Problem::Missing(_)
        | Problem::Event { .. } => false,
    };
    let sql = if from_receipt {
        "SELECT json_extract(faults, '$[0].code'), coalesce(nullif(json_extract(faults, '$[0].text'), ''), json_extract(faults, '$[0].display'))
         FROM receipts WHERE message_id = ?1 ORDER BY verdict = 'rejected' DESC, id DESC LIMIT 1"
    } else {
        "SELECT CAST(status AS TEXT), detail FROM attempts WHERE message_id = ?1 ORDER BY number DESC LIMIT 1"
    };
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query([message.to_string()])?;
    Ok(match rows.next()? {
        Some(row) => (row.get(0)?, row.get(1)?),
        None => (None, None),
    })
}

/// Chosen in the engine and from an index alone: of a queue of thousands that has only begun to wait, no row is read.
fn needed_by_waiting(db: &Connection, now: Timestamp, items: &mut Vec<NeedsYou>) -> Result<()> {
    // A line that does not let the office in, or whose other end nobody vouches for, is the office's to mend, at once. What somebody has seen to is told of again
    // when it has waited as long once more.
    let mut statement = db.prepare_cached(
        "SELECT o.requisition_id, o.message_id, o.provider, o.waiting, o.created_at, CAST(a.status AS TEXT), a.detail
         FROM outbox AS o INDEXED BY outbox_unsent
         LEFT JOIN attempts AS a ON a.message_id = o.message_id AND a.number = o.attempts
         LEFT JOIN watches AS w ON w.requisition_id = o.requisition_id AND w.problem = 'waiting_too_long'
         WHERE o.state IN ('queued', 'sending') AND o.state = 'queued'
           AND (o.waiting IN ('not_let_in', 'not_trusted') OR o.created_at <= CASE o.priority WHEN 'urgent' THEN ?1 ELSE ?2 END)
           AND (w.resolved_at IS NULL OR w.resolved_at <= CASE o.priority WHEN 'urgent' THEN ?1 ELSE ?2 END)
         ORDER BY o.sequence",
    )?;
    let before = |patience| millis(now.saturating_sub(patience).unwrap_or(Timestamp::MIN));
    let rows = statement.query_map(params![before(URGENT_MAY_WAIT), before(ROUTINE_MAY_WAIT)], |row| {
        Ok(NeedsYou {
            requisition_id: uuid(&row.get::<_, String>(0)?)?,
            message_id: Some(uuid(&row.get::<_, String>(1)?)?),
            provider: row.get(2)?,
            problem: Problem::WaitingTooLong(word(Waiting::of(&row.get::<_, String>(3)?))?),
            at: time(row.get(4)?)?,
            code: row.get(5)?,
            words: row.get(6)?,
            acts: &[Act::Resend, Act::Phone, Act::Paper],
        })
    })?;
    for row in rows {
        items.push(row?);
    }
    Ok(())
}

fn needed_by_events(db: &Connection, items: &mut Vec<NeedsYou>) -> Result<()> {
    let mut statement = db.prepare_cached(
        "SELECT DISTINCT requisition_id, provider FROM events WHERE requisition_id IS NOT NULL AND resolved_at IS NULL
           AND type IN ('specimen-rejected', 'cancelled-by-provider', 'expired')",
    )?;
    let found = statement
        .query_map([], |row| Ok((uuid(&row.get::<_, String>(0)?)?, row.get::<_, String>(1)?)))?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    for (requisition_id, provider) in found {
        for fact in facts(db, requisition_id)? {
            match fact.kind {
                EventKind::SpecimenReceived | EventKind::PartlyAnswered | EventKind::Answered => continue,
                EventKind::SpecimenRejected | EventKind::CancelledByProvider | EventKind::Expired if fact.resolved => {
                    continue;
                }
                EventKind::SpecimenRejected | EventKind::CancelledByProvider | EventKind::Expired => {}
            }
            items.push(NeedsYou {
                requisition_id,
                message_id: None,
                provider: provider.clone(),
                problem: Problem::Event { id: fact.id, kind: fact.kind },
                at: fact.at,
                words: fact.text,
                code: None,
                acts: &[Act::Acknowledge, Act::Phone],
            });
        }
    }
    Ok(())
}

/// Labels that were printed and belong to nothing that was sent. What is with the patient is not waited for here.
/// Labels that were printed and belong to nothing that was sent. What is with the patient is not waited for here.
fn needed_by_labels(db: &Connection, now: Timestamp, items: &mut Vec<NeedsYou>) -> Result<()> {
    let mut statement = db.prepare_cached(
        "SELECT r.id, r.provider, min(p.asked_at) AS first FROM requisitions AS r
         JOIN labels AS l ON l.requisition_id = r.id JOIN label_prints AS p ON p.label_id = l.id
         JOIN specimens AS s ON s.id = l.specimen_id AND s.status IN ('planned', 'collected')
         WHERE r.phase <> 'finalised' AND r.phase <> 'cancelled'
         GROUP BY r.id HAVING first <= CASE r.urgency WHEN 'routine' THEN ?1 ELSE ?2 END",
    )?;
    let before = |patience| millis(now.saturating_sub(patience).unwrap_or(Timestamp::MIN));
    let rows = statement
        .query_map(params![before(LABELLED_MAY_WAIT), before(URGENT_LABELLED_MAY_WAIT)], |row| {
            Ok((uuid(&row.get::<_, String>(0)?)?, row.get::<_, String>(1)?, maybe_time(row.get(2)?)?))
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    items.extend(rows.into_iter().map(|(requisition_id, provider, first)| NeedsYou {
        requisition_id,
        message_id: None,
        provider,
        problem: Problem::LabelledNotSent,
        at: first.unwrap_or(now),
        words: None,
        code: None,
        acts: &[],
    }));
    Ok(())
}
