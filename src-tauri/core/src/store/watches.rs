//! Requisitions of which something is missing that nobody tells: specimens that never arrived, answers that are late, and
//! messages that wait too long. Each is raised once, leaves the list by news or by a person's act, and the act is kept.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

use super::{
    Changes, Error, NeedsYou, Problem, Result, Store, audit,
    open::{millis, time, uuid, word},
};
use crate::outbox::Act;

/// A specimen that is sent arrives within this time: a courier's round, and a weekend.
const ARRIVES_WITHIN: SignedDuration = SignedDuration::from_hours(72);
/// What was not missed for so long is not missed any more: older requisitions are not looked at.
const LOOKED_AT_FOR: SignedDuration = SignedDuration::from_hours(24 * 180);
/// Requisitions of so long are looked at while others wait for the store.
const LOOKED_AT_ONCE: SignedDuration = SignedDuration::from_hours(24 * 3);

/// What is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Watch {
    /// Taken, sent and accepted, and the laboratory has not told of the specimen.
    NotArrived,
    /// The time that the catalogue promised has gone, and there is no answer.
    LateAnswer,
    /// The message waits in the queue for longer than it may. Derived; only the act is kept.
    WaitingTooLong,
}

impl Watch {
    /// The stable word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::NotArrived => "not_arrived",
            Self::LateAnswer => "late_answer",
            Self::WaitingTooLong => "waiting_too_long",
        }
    }

    fn of(word: &str) -> Option<Self> {
        [Self::NotArrived, Self::LateAnswer, Self::WaitingTooLong].into_iter().find(|watch| watch.word() == word)
    }
}

/// Accepted by the receiver and not taken back, over `requisitions AS r`.
const UNDER_WAY: &str = "r.phase = 'finalised'
  AND EXISTS (SELECT 1 FROM outbox AS o WHERE o.requisition_id = r.id AND o.kind = 'N' AND o.state IN ('accepted', 'accepted_with_errors'))
  AND NOT EXISTS (SELECT 1 FROM outbox AS o WHERE o.requisition_id = r.id AND o.kind = 'C' AND o.state <> 'withdrawn')";

/// The watch still holds, over `watches AS w`: no news has come that ends it, and the requisition was not taken back.
pub(super) const HOLDS: &str = "CASE w.problem
  WHEN 'not_arrived' THEN NOT EXISTS (SELECT 1 FROM events AS e WHERE e.requisition_id = w.requisition_id)
  WHEN 'late_answer' THEN NOT EXISTS (SELECT 1 FROM events AS e WHERE e.requisition_id = w.requisition_id
    AND e.type IN ('answered', 'cancelled-by-provider', 'expired'))
  ELSE 0 END
  AND NOT EXISTS (SELECT 1 FROM outbox AS c WHERE c.requisition_id = w.requisition_id AND c.kind = 'C' AND c.state <> 'withdrawn')";

impl Store {
    /// Raises what is missing now: specimens that should have arrived, answers that were promised.
    ///
    /// # Errors
    ///
    /// Those of any write.
    pub fn raise_watches(&self, now: Timestamp) -> Result<Changes> {
        let mut since = now.saturating_sub(LOOKED_AT_FOR).unwrap_or(Timestamp::MIN);
        let mut changes = Changes::NONE;
        // Half a year of requisitions is a long look, and others want the store meanwhile.
        while since < now {
            let until = since.saturating_add(LOOKED_AT_ONCE).unwrap_or(now).min(now);
            changes = changes.and(self.raise_watches_of(since, until, now)?);
            since = until;
        }
        Ok(changes)
    }

    /// Of the requisitions that were made from `since` to `until`.
    fn raise_watches_of(&self, since: Timestamp, until: Timestamp, now: Timestamp) -> Result<Changes> {
        let latest = now.saturating_sub(ARRIVES_WITHIN).unwrap_or(Timestamp::MIN);
        self.write(|tx| {
            let missing = tx
                .prepare_cached(&format!(
                    "INSERT INTO watches (requisition_id, problem, raised_at)
                     SELECT r.id, 'not_arrived', ?1 FROM requisitions AS r
                     WHERE r.created_at BETWEEN ?2 AND min(?3, ?4) AND {UNDER_WAY}
                       AND EXISTS (SELECT 1 FROM specimens AS s WHERE s.requisition_id = r.id AND s.status = 'collected')
                       AND NOT EXISTS (SELECT 1 FROM events AS e WHERE e.requisition_id = r.id)
                       AND (SELECT min(o.delivered_at) FROM outbox AS o WHERE o.requisition_id = r.id) <= ?4
                     ON CONFLICT (requisition_id, problem) DO NOTHING"
                ))?
                .execute(params![millis(now), millis(since), millis(until), millis(latest)])?;
            // Counted from the arrival of the specimen; from the delivery where nothing is to arrive.
            let late = tx
                .prepare_cached(&format!(
                    "INSERT INTO watches (requisition_id, problem, raised_at)
                     SELECT r.id, 'late_answer', ?1 FROM requisitions AS r
                     WHERE r.created_at BETWEEN ?2 AND ?3 AND {UNDER_WAY}
                       AND NOT EXISTS (SELECT 1 FROM events AS e WHERE e.requisition_id = r.id
                         AND e.type IN ('answered', 'cancelled-by-provider', 'expired'))
                       AND coalesce(
                         (SELECT min(e.at) FROM events AS e WHERE e.requisition_id = r.id AND e.type = 'specimen-received'),
                         CASE WHEN EXISTS (SELECT 1 FROM specimens AS s WHERE s.requisition_id = r.id) THEN NULL
                           ELSE (SELECT min(o.delivered_at) FROM outbox AS o WHERE o.requisition_id = r.id) END)
                         + 86400000 * (SELECT max(json_extract(s.value, '$.turnaround_days')) FROM json_each(r.content, '$.services') AS s) < ?1
                     ON CONFLICT (requisition_id, problem) DO NOTHING"
                ))?
                .execute(params![millis(now), millis(since), millis(until)])?;
            Ok(if missing + late == 0 { Changes::NONE } else { Changes::REQUISITIONS })
        })
    }

    /// Takes down that a person dealt with what is missing, or with a message that waits.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] where there is no such requisition.
    pub fn settle_watch(
        &self,
        requisition: Uuid,
        watch: Watch,
        act: Act,
        who: &str,
        now: Timestamp,
    ) -> Result<Changes> {
        self.write(|tx| {
            let id = requisition.to_string();
            let known: Option<i64> =
                tx.query_row("SELECT 1 FROM requisitions WHERE id = ?1", [&id], |row| row.get(0)).optional()?;
            known.ok_or(Error::NotFound { what: "requisition" })?;
            tx.prepare_cached(
                "INSERT INTO watches (requisition_id, problem, raised_at, resolved_at, resolved_by, resolved_act) VALUES (?1, ?2, ?3, ?3, ?4, ?5)
                 ON CONFLICT (requisition_id, problem) DO UPDATE SET
                   resolved_at = excluded.resolved_at, resolved_by = excluded.resolved_by, resolved_act = excluded.resolved_act",
            )?
            .execute(params![id, watch.word(), millis(now), who, act.word()])?;
            audit::note(tx, now, who, act.word(), &id, "")?;
            Ok(Changes::REQUISITIONS)
        })
    }

    /// How many requisitions miss what, whether somebody has dealt with it or not.
    ///
    /// # Errors
    ///
    /// Those of any read.
    pub fn watch_counts(&self) -> Result<Vec<(Watch, u32)>> {
        self.read(|db| {
            let mut statement = db.prepare_cached(&format!(
                "SELECT w.problem, count(*) FROM watches AS w WHERE w.problem <> 'waiting_too_long' AND {HOLDS} GROUP BY 1"
            ))?;
            let rows =
                statement.query_map([], |row| Ok((word(Watch::of(&row.get::<_, String>(0)?))?, row.get(1)?)))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }
}

/// What is missing and nobody has dealt with.
pub(super) fn needed(db: &Connection, items: &mut Vec<NeedsYou>) -> Result<()> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT w.requisition_id, w.problem, w.raised_at, r.provider FROM watches AS w JOIN requisitions AS r ON r.id = w.requisition_id
         WHERE w.resolved_at IS NULL AND {HOLDS}"
    ))?;
    let rows = statement.query_map([], |row| {
        Ok(NeedsYou {
            requisition_id: uuid(&row.get::<_, String>(0)?)?,
            message_id: None,
            provider: row.get(3)?,
            problem: Problem::Missing(word(Watch::of(&row.get::<_, String>(1)?))?),
            at: time(row.get(2)?)?,
            words: None,
            code: None,
            acts: &[Act::Phone, Act::Acknowledge],
        })
    })?;
    for row in rows {
        items.push(row?);
    }
    Ok(())
}
