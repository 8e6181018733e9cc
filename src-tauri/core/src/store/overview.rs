//! What is shown of requisitions: lights, lists, timelines, and who has to act. All of it is derived from the facts when
//! it is asked for, and none of it is stored.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, Row, params};
use serde::Serialize;
use specta::Type;
use uuid::Uuid;

use super::{
    EventKind, OutboxRow, Phase, Result, Store,
    open::{fold, maybe_time, millis, time, uuid, word},
    outbox, receipts,
    requisitions::{phase_of, urgency_of},
    watches::{self, Watch},
};
use crate::{
    composing::draft::Urgency,
    outbox::{Act, Priority, Reason, State, Waiting, acts_for},
    requisition,
};

/// A queued urgent message older than this needs a person, who can phone.
const URGENT_MAY_WAIT: SignedDuration = SignedDuration::from_mins(30);
/// A queued routine message older than this needs a person.
const ROUTINE_MAY_WAIT: SignedDuration = SignedDuration::from_hours(24);
/// Labels older than this on a requisition that was not sent are an alarm.
const LABELLED_MAY_WAIT: SignedDuration = SignedDuration::from_hours(12);
/// The same of what is urgent.
const URGENT_LABELLED_MAY_WAIT: SignedDuration = SignedDuration::from_hours(1);

/// One light.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Light {
    /// Nothing yet.
    None,
    /// There is nothing to wait for.
    NotApplicable,
    /// Waits in the internal lab.
    Waiting,
    /// In the queue.
    Queued,
    /// Yes.
    Yes,
    /// In part.
    Partly,
    /// Yes, with faults.
    Faults,
    /// No.
    No,
    /// Somebody has to see to it.
    Attention,
}

/// A light and since when it shows what it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
pub struct Moment {
    /// The light.
    pub light: Light,
    /// Since when, RFC 3339.
    #[specta(type = Option<String>)]
    pub at: Option<Timestamp>,
}

impl Moment {
    fn new(light: Light, at: Option<Timestamp>) -> Self {
        Self { light, at }
    }
}

/// The four separate facts of a requisition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
pub struct Lights {
    /// The line took everything there is to send.
    pub sent: Moment,
    /// The receiving system accepted it.
    pub accepted: Moment,
    /// A specimen arrived.
    pub received: Moment,
    /// The answer is out.
    pub answered: Moment,
}

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

/// Derives the lights. Replaced and withdrawn messages do not count.
pub(super) fn lights(phase: Phase, rows: &[OutboxRow], events: &[Fact], expects_specimens: bool) -> Lights {
    let replaced: Vec<Uuid> = rows.iter().filter_map(|row| row.replaces).collect();
    let current: Vec<&OutboxRow> = rows
        .iter()
        .filter(|row| row.entry.state != State::Withdrawn && !replaced.contains(&row.entry.message_id))
        .collect();
    let waiting = match phase {
        requisition::State::WaitingForCollection
        | requisition::State::PartlyCollected
        | requisition::State::Collected => Light::Waiting,
        requisition::State::Finalised => Light::None,
        requisition::State::Cancelled => Light::NotApplicable,
    };
    let first =
        |kinds: &[EventKind]| events.iter().filter(|event| kinds.contains(&event.kind)).map(|event| event.at).min();
    let received = match (first(&[EventKind::SpecimenReceived]), first(&[EventKind::SpecimenRejected])) {
        (Some(at), None) => Moment::new(Light::Yes, Some(at)),
        (Some(_), Some(at)) => Moment::new(Light::Partly, Some(at)),
        (None, Some(at)) => Moment::new(Light::No, Some(at)),
        // An answer says that there was something to answer on.
        (None, None) => match first(&[EventKind::Answered, EventKind::PartlyAnswered]) {
            Some(at) if expects_specimens => Moment::new(Light::Yes, Some(at)),
            Some(_) | None if expects_specimens => Moment::new(Light::None, None),
            Some(_) | None => Moment::new(Light::NotApplicable, None),
        },
    };
    let answered = match (first(&[EventKind::Answered]), first(&[EventKind::CancelledByProvider, EventKind::Expired])) {
        (Some(at), _) => Moment::new(Light::Yes, Some(at)),
        (None, Some(at)) => Moment::new(Light::No, Some(at)),
        (None, None) => match first(&[EventKind::PartlyAnswered]) {
            Some(at) => Moment::new(Light::Partly, Some(at)),
            None => Moment::new(Light::None, None),
        },
    };
    if current.is_empty() {
        return Lights {
            sent: Moment::new(waiting, None),
            accepted: Moment::new(Light::None, None),
            received,
            answered,
        };
    }
    Lights { sent: worst(&current, sent_light), accepted: worst(&current, accepted_light), received, answered }
}

/// The light that most needs to be seen among the messages; of equals, the latest.
fn worst(rows: &[&OutboxRow], light: fn(&OutboxRow) -> Moment) -> Moment {
    let weight = |light: Light| match light {
        Light::Attention => 8,
        Light::No => 7,
        Light::Queued => 6,
        Light::Waiting => 5,
        Light::None => 4,
        Light::Faults => 3,
        Light::Partly => 2,
        Light::Yes => 1,
        Light::NotApplicable => 0,
    };
    rows.iter()
        .map(|row| light(row))
        .max_by_key(|moment| (weight(moment.light), moment.at))
        .unwrap_or(Moment::new(Light::None, None))
}

fn sent_light(row: &OutboxRow) -> Moment {
    let entry = &row.entry;
    match (entry.state, entry.delivered_at) {
        (State::Queued | State::Sending, _) => Moment::new(Light::Queued, Some(entry.created_at)),
        (_, Some(at)) => Moment::new(Light::Yes, Some(at)),
        (
            State::NeedsAttention(_)
            | State::Delivered
            | State::Accepted
            | State::AcceptedWithErrors
            | State::Rejected
            | State::Withdrawn,
            None,
        ) => Moment::new(Light::Attention, Some(entry.created_at)),
    }
}

fn accepted_light(row: &OutboxRow) -> Moment {
    match row.entry.state {
        State::Accepted => Moment::new(Light::Yes, row.settled_at),
        State::AcceptedWithErrors => Moment::new(Light::Faults, row.settled_at),
        State::Rejected => Moment::new(Light::No, row.settled_at),
        State::NeedsAttention(Reason::NoReceipt | Reason::Contradiction) => {
            Moment::new(Light::Attention, row.settled_at.or(row.entry.delivered_at))
        }
        State::NeedsAttention(
            Reason::Malformed | Reason::UnknownReceiver | Reason::TooLarge | Reason::Conflict | Reason::Damaged,
        )
        | State::Queued
        | State::Sending
        | State::Delivered
        | State::Withdrawn => Moment::new(Light::None, None),
    }
}

fn overview_row(db: &Connection, row: &Row<'_>) -> Result<OverviewRow> {
    let id = uuid(&row.get::<_, String>("id")?)?;
    let phase = word(phase_of(&row.get::<_, String>("phase")?))?;
    let lights = lights(phase, &outbox::of_requisition(db, id)?, &facts(db, id)?, row.get("expects")?);
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

fn needed_by_waiting(db: &Connection, now: Timestamp, items: &mut Vec<NeedsYou>) -> Result<()> {
    let mut statement =
        db.prepare_cached(&format!("{} FROM outbox WHERE state = 'queued' ORDER BY sequence", outbox::SELECT))?;
    let rows = statement.query_map([], outbox::raw)?.collect::<rusqlite::Result<Vec<_>>>()?;
    for row in rows {
        let entry = &row.entry;
        let patience = match entry.priority {
            Priority::Urgent => URGENT_MAY_WAIT,
            Priority::Routine => ROUTINE_MAY_WAIT,
        };
        // A line that does not let the office in is the office's to mend, at once.
        if entry.waiting != Waiting::NotLetIn && now.duration_since(entry.created_at) < patience {
            continue;
        }
        // Somebody has seen to it: it is told of again when it has waited as long once more.
        if watches::waiting_settled(db, entry.requisition_id)?.is_some_and(|at| now.duration_since(at) < patience) {
            continue;
        }
        let problem = Problem::WaitingTooLong(entry.waiting);
        let (code, words) = what_they_said(db, entry.message_id, &problem)?;
        items.push(NeedsYou {
            requisition_id: entry.requisition_id,
            message_id: Some(entry.message_id),
            provider: entry.provider.clone(),
            problem,
            at: entry.created_at,
            words,
            code,
            acts: &[Act::Resend, Act::Phone, Act::Paper],
        });
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
fn needed_by_labels(db: &Connection, now: Timestamp, items: &mut Vec<NeedsYou>) -> Result<()> {
    let mut statement = db.prepare_cached(
        "SELECT r.id, r.provider, min(p.asked_at) AS first FROM requisitions AS r
         JOIN labels AS l ON l.requisition_id = r.id JOIN label_prints AS p ON p.label_id = l.id
         JOIN specimens AS s ON s.id = l.specimen_id AND s.status IN ('planned', 'collected')
         WHERE r.phase NOT IN ('finalised', 'cancelled')
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
