//! What is shown of requisitions: lists, lights, timelines, and who has to act. All of it is derived from the facts when it
//! is asked for, and none of it is stored.

mod lights;
mod needs;

use jiff::Timestamp;
use rusqlite::{Connection, Row};
use serde::Serialize;
use specta::Type;
use uuid::Uuid;

use super::{
    EventKind, Phase, Result, Store,
    open::{fold, millis, time, uuid, word},
    outbox, receipts,
    requisitions::{phase_of, urgency_of},
    watches::{self, Watch},
};
use crate::composing::draft::Urgency;

pub use lights::{Light, Lights, Moment};
pub use needs::{NeedsYou, Problem};

/// Where a requisition stands, in one word, for filters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// In the internal lab.
    Waiting,
    /// Taken back or cancelled.
    Cancelled,
    /// Something of it has not gone yet.
    Queued,
    /// Rejected, refused, or otherwise stuck.
    NeedsYou,
    /// Gone, without an application receipt.
    Unconfirmed,
    /// Accepted, no answer yet.
    AwaitingAnswer,
    /// Some answers are out.
    PartlyAnswered,
    /// All answers are out.
    Answered,
    /// The provider will not do it, or it is too old.
    Ended,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 9] = [
        Self::Waiting,
        Self::Cancelled,
        Self::Queued,
        Self::NeedsYou,
        Self::Unconfirmed,
        Self::AwaitingAnswer,
        Self::PartlyAnswered,
        Self::Answered,
        Self::Ended,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Cancelled => "cancelled",
            Self::Queued => "queued",
            Self::NeedsYou => "needs_you",
            Self::Unconfirmed => "unconfirmed",
            Self::AwaitingAnswer => "awaiting_answer",
            Self::PartlyAnswered => "partly_answered",
            Self::Answered => "answered",
            Self::Ended => "ended",
        }
    }
}

/// [`Status`] in SQL, over `requisitions AS r`.
const STATUS: &str = "CASE
  WHEN r.phase = 'cancelled' THEN 'cancelled'
  WHEN r.phase <> 'finalised' THEN 'waiting'
  WHEN EXISTS (SELECT 1 FROM outbox AS o WHERE o.requisition_id = r.id AND o.state IN ('queued', 'sending')) THEN 'queued'
  WHEN EXISTS (SELECT 1 FROM outbox AS o WHERE o.requisition_id = r.id AND o.resolved_at IS NULL AND o.state IN ('needs_attention', 'rejected')) THEN 'needs_you'
  WHEN EXISTS (SELECT 1 FROM outbox AS o WHERE o.requisition_id = r.id AND o.kind = 'C' AND o.state IN ('accepted', 'accepted_with_errors')) THEN 'cancelled'
  WHEN NOT EXISTS (SELECT 1 FROM outbox AS o WHERE o.requisition_id = r.id AND o.state <> 'withdrawn') THEN 'cancelled'
  WHEN EXISTS (SELECT 1 FROM events AS e WHERE e.requisition_id = r.id AND e.type = 'answered') THEN 'answered'
  WHEN EXISTS (SELECT 1 FROM events AS e WHERE e.requisition_id = r.id AND e.type IN ('cancelled-by-provider', 'expired')) THEN 'ended'
  WHEN EXISTS (SELECT 1 FROM events AS e WHERE e.requisition_id = r.id AND e.type = 'partly-answered') THEN 'partly_answered'
  WHEN EXISTS (SELECT 1 FROM outbox AS o WHERE o.requisition_id = r.id AND o.state = 'delivered') THEN 'unconfirmed'
  ELSE 'awaiting_answer' END";

/// Which requisitions to list. Everything left out matches all.
#[derive(Clone, Default)]
pub struct Filter {
    /// Words of the patient's name or number, or a whole specimen number.
    pub text: String,
    /// Statuses; none for all.
    pub statuses: Vec<Status>,
    /// Provider id.
    pub provider: Option<String>,
    /// Requester id.
    pub requester: Option<String>,
    /// Made at or after.
    pub since: Option<Timestamp>,
    /// Made before.
    pub until: Option<Timestamp>,
    /// What is missing of them.
    pub missing: Option<Watch>,
}

/// Which part of a list.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// First row.
    pub offset: u32,
    /// Rows.
    pub limit: u32,
}

/// A row of the overview. Has no `Debug`: it names a patient.
#[derive(Clone)]
pub struct OverviewRow {
    /// ServReq/Id.
    pub id: Uuid,
    /// How far it has come here.
    pub phase: Phase,
    /// Where it stands.
    pub status: Status,
    /// Provider id.
    pub provider: String,
    /// Department id.
    pub department: String,
    /// How urgent.
    pub urgency: Urgency,
    /// "Family, Given".
    pub patient_name: String,
    /// 11 digits, or empty.
    pub patient_number: String,
    /// Requester id.
    pub requester: String,
    /// Service names.
    pub summary: String,
    /// When it was handed on.
    pub created_at: Timestamp,
    /// The content, JSON.
    pub content: String,
    /// The four lights.
    pub lights: Lights,
}

/// One fact of a requisition's story. Has no `Debug`: it may speak of a patient.
#[derive(Clone)]
pub struct TimelineRow {
    /// When.
    pub at: Timestamp,
    /// Word of the fact: an act of the audit, `attempt`, `delivered`, a verdict, or an event's word.
    pub fact: String,
    /// Who did it, where somebody did.
    pub who: Option<String>,
    /// Message it is about.
    pub message_id: Option<Uuid>,
    /// Number of the attempt.
    pub number: Option<u32>,
    /// HTTP status, error code or outcome.
    pub code: Option<String>,
    /// The other side's own words.
    pub words: Option<String>,
}

/// An event as the lights see it.
pub(super) struct Fact {
    id: i64,
    kind: EventKind,
    at: Timestamp,
    text: Option<String>,
    resolved: bool,
}

impl Store {
    /// Requisitions that fit a filter, newest first, and how many there are.
    ///
    /// # Errors
    ///
    /// Those of any read.
    pub fn overview(&self, filter: &Filter, page: Page) -> Result<(Vec<OverviewRow>, u32)> {
        let (clause, mut values) = filter.sql();
        self.read(|db| {
            let total = db
                .prepare(&format!("SELECT count(*) FROM requisitions AS r WHERE {clause}"))?
                .query_row(rusqlite::params_from_iter(&values), |row| row.get(0))?;
            values.push(i64::from(page.limit).into());
            values.push(i64::from(page.offset).into());
            let mut statement = db.prepare(&format!(
                "SELECT id, phase, provider, department, urgency, patient_name, patient_number, requester, summary, created_at, content, {STATUS} AS status,
                   EXISTS (SELECT 1 FROM specimens AS s WHERE s.requisition_id = r.id) AS expects
                 FROM requisitions AS r WHERE {clause} ORDER BY created_at DESC, id LIMIT ? OFFSET ?"
            ))?;
            let mut rows = statement.query(rusqlite::params_from_iter(&values))?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                found.push(overview_row(db, row)?);
            }
            Ok((found, total))
        })
    }

    /// How many requisitions of a filter stand where.
    ///
    /// # Errors
    ///
    /// Those of any read.
    pub fn status_counts(&self, filter: &Filter) -> Result<Vec<(Status, u32)>> {
        let (clause, values) = Filter { statuses: Vec::new(), ..filter.clone() }.sql();
        self.read(|db| {
            let mut statement = db.prepare(&format!(
                "SELECT {STATUS} AS status, count(*) FROM requisitions AS r WHERE {clause} GROUP BY 1"
            ))?;
            let rows = statement.query_map(rusqlite::params_from_iter(&values), |row| {
                Ok((status(&row.get::<_, String>(0)?)?, row.get(1)?))
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// One row of the overview.
    ///
    /// # Errors
    ///
    /// [`super::Error::NotFound`].
    pub fn overview_of(&self, requisition: Uuid) -> Result<OverviewRow> {
        self.read(|db| {
            let mut statement = db.prepare_cached(&format!(
                "SELECT id, phase, provider, department, urgency, patient_name, patient_number, requester, summary, created_at, content, {STATUS} AS status,
                   EXISTS (SELECT 1 FROM specimens AS s WHERE s.requisition_id = r.id) AS expects
                 FROM requisitions AS r WHERE id = ?1"
            ))?;
            let mut rows = statement.query([requisition.to_string()])?;
            match rows.next()? {
                Some(row) => overview_row(db, row),
                None => Err(super::Error::NotFound { what: "requisition" }),
            }
        })
    }

    /// The four lights of a requisition.
    ///
    /// # Errors
    ///
    /// [`super::Error::NotFound`].
    pub fn lights(&self, requisition: Uuid) -> Result<Lights> {
        Ok(self.overview_of(requisition)?.lights)
    }

    /// Everything that needs a person, the oldest first. An item leaves the list by an act, or by news that settles it.
    /// The story of a requisition, newest first.
    ///
    /// # Errors
    ///
    /// Those of any read.
    pub fn timeline(&self, requisition: Uuid) -> Result<Vec<TimelineRow>> {
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT at, act, who, CASE WHEN length(detail) = 36 THEN detail END, NULL, CASE WHEN length(detail) < 36 THEN detail END, NULL
                   FROM audit WHERE subject = ?1
                 UNION ALL SELECT a.started_at, 'attempt', NULL, a.message_id, a.number,
                     coalesce(a.outcome || CASE WHEN a.status IS NULL THEN '' ELSE ' ' || a.status END, 'under_way'), a.detail
                   FROM attempts AS a JOIN outbox AS o USING (message_id) WHERE o.requisition_id = ?1
                 UNION ALL SELECT delivered_at, 'delivered', NULL, message_id, NULL, kind, NULL
                   FROM outbox WHERE requisition_id = ?1 AND delivered_at IS NOT NULL
                 UNION ALL SELECT r.taken_at, r.verdict, NULL, r.message_id, NULL, json_extract(r.faults, '$[0].code'),
                     coalesce(nullif(json_extract(r.faults, '$[0].text'), ''), json_extract(r.faults, '$[0].display'))
                   FROM receipts AS r JOIN outbox AS o USING (message_id) WHERE o.requisition_id = ?1
                 UNION ALL SELECT at, type, NULL, NULL, NULL, specimen, text FROM events WHERE requisition_id = ?1
                 ORDER BY 1 DESC",
            )?;
            let rows = statement.query_map([requisition.to_string()], |row| {
                Ok(TimelineRow {
                    at: time(row.get(0)?)?,
                    fact: row.get(1)?,
                    who: row.get(2)?,
                    message_id: row.get::<_, Option<String>>(3)?.and_then(|id| Uuid::parse_str(&id).ok()),
                    number: row.get(4)?,
                    code: row.get(5)?,
                    words: row.get(6)?,
                })
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }
}

impl Filter {
    fn sql(&self) -> (String, Vec<rusqlite::types::Value>) {
        let mut clauses = vec!["1".to_owned()];
        let mut values: Vec<rusqlite::types::Value> = Vec::new();
        let mut add = |clause: &str, value: rusqlite::types::Value| {
            clauses.push(clause.to_owned());
            values.push(value);
        };
        let folded = fold(&self.text);
        if folded.len() >= 8 && folded.bytes().all(|b| b.is_ascii_digit()) && folded.len() != 11 {
            add("EXISTS (SELECT 1 FROM specimens AS s WHERE s.requisition_id = r.id AND s.number = ?)", folded.into());
        } else {
            for text in folded.split_whitespace() {
                add("instr(r.patient_folded, ?) > 0", text.to_owned().into());
            }
        }
        if let Some(provider) = &self.provider {
            add("r.provider = ?", provider.clone().into());
        }
        if let Some(requester) = &self.requester {
            add("r.requester = ?", requester.clone().into());
        }
        if let Some(since) = self.since {
            add("r.created_at >= ?", millis(since).into());
        }
        if let Some(until) = self.until {
            add("r.created_at < ?", millis(until).into());
        }
        if let Some(missing) = self.missing {
            clauses.push(format!(
                "EXISTS (SELECT 1 FROM watches AS w WHERE w.requisition_id = r.id AND w.problem = '{}' AND {})",
                missing.word(),
                watches::HOLDS
            ));
        }
        if !self.statuses.is_empty() {
            // Our own words, not a person's.
            let list: Vec<String> = self.statuses.iter().map(|status| format!("'{}'", status.word())).collect();
            clauses.push(format!("{STATUS} IN ({})", list.join(", ")));
        }
        (clauses.join(" AND "), values)
    }
}

fn overview_row(db: &Connection, row: &Row<'_>) -> Result<OverviewRow> {
    let id = uuid(&row.get::<_, String>("id")?)?;
    let phase = word(phase_of(&row.get::<_, String>("phase")?))?;
    let lights = lights::lights(phase, &outbox::of_requisition(db, id)?, &facts(db, id)?, row.get("expects")?);
    Ok(OverviewRow {
        id,
        phase,
        status: status(&row.get::<_, String>("status")?)?,
        provider: row.get("provider")?,
        department: row.get("department")?,
        urgency: word(urgency_of(&row.get::<_, String>("urgency")?))?,
        patient_name: row.get("patient_name")?,
        patient_number: row.get("patient_number")?,
        requester: row.get("requester")?,
        summary: row.get("summary")?,
        created_at: time(row.get("created_at")?)?,
        content: row.get("content")?,
        lights,
    })
}

fn status(text: &str) -> rusqlite::Result<Status> {
    word(Status::ALL.into_iter().find(|status| status.word() == text))
}

fn facts(db: &Connection, requisition: Uuid) -> Result<Vec<Fact>> {
    let mut statement = db.prepare_cached(
        "SELECT id, type, at, text, resolved_at FROM events WHERE requisition_id = ?1 ORDER BY at, id",
    )?;
    let rows = statement.query_map([requisition.to_string()], |row| {
        Ok(Fact {
            id: row.get("id")?,
            kind: receipts::kind(&row.get::<_, String>("type")?)?,
            at: time(row.get("at")?)?,
            text: row.get("text")?,
            resolved: row.get::<_, Option<i64>>("resolved_at")?.is_some(),
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
