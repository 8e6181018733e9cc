//! The four lights of a requisition, from its messages and from what the laboratory told. Pure.

use jiff::Timestamp;
use serde::Serialize;
use specta::Type;
use uuid::Uuid;

use super::Fact;
use crate::{
    outbox::{Kind, Reason, State},
    requisition,
    store::{EventKind, OutboxRow, Phase},
};

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
    /// Yes; a later message (change, addition, cancellation) has no answer yet, and until then the first holds.
    Pending,
    /// It was, and is cancelled since.
    Cancelled,
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

/// Derives the lights. Replaced and withdrawn messages do not count.
pub(in crate::store) fn lights(phase: Phase, rows: &[OutboxRow], events: &[Fact], expects_specimens: bool) -> Lights {
    let replaced: Vec<Uuid> = rows.iter().filter_map(|row| row.replaces).collect();
    let current: Vec<&OutboxRow> = rows
        .iter()
        .filter(|row| row.entry.state != State::Withdrawn && !replaced.contains(&row.entry.message_id))
        .collect();
    let accepted = accepted(&current);
    // Of what was taken back, nothing more is waited for.
    let cancelled = accepted.light == Light::Cancelled;
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
            Some(_) | None if expects_specimens && !cancelled => Moment::new(Light::None, None),
            Some(_) | None => Moment::new(Light::NotApplicable, None),
        },
    };
    let answered = match (first(&[EventKind::Answered]), first(&[EventKind::CancelledByProvider, EventKind::Expired])) {
        (Some(at), _) => Moment::new(Light::Yes, Some(at)),
        (None, Some(at)) => Moment::new(Light::No, Some(at)),
        (None, None) => match first(&[EventKind::PartlyAnswered]) {
            Some(at) => Moment::new(Light::Partly, Some(at)),
            None if cancelled => Moment::new(Light::NotApplicable, None),
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
    Lights { sent: worst(&current, sent_light), accepted, received, answered }
}

/// What the receiver made of the requisition, and then of what was asked for since. A later message that has no answer, or
/// got a no, takes nothing back of what was accepted before.
fn accepted(current: &[&OutboxRow]) -> Moment {
    let first: Vec<&OutboxRow> = current.iter().copied().filter(|row| row.entry.kind == Kind::New).collect();
    // Of a requisition that another program sent, there are only later messages.
    let base = worst(if first.is_empty() { current } else { &first }, accepted_light);
    if !matches!(base.light, Light::Yes | Light::Faults) {
        return base;
    }
    let later = || current.iter().filter(|row| row.entry.kind != Kind::New);
    let cancelled = later().find(|row| {
        row.entry.kind == Kind::Cancel && matches!(row.entry.state, State::Accepted | State::AcceptedWithErrors)
    });
    if let Some(cancel) = cancelled {
        return Moment::new(Light::Cancelled, cancel.settled_at);
    }
    later()
        .filter_map(|row| match row.entry.state {
            State::Rejected | State::NeedsAttention(_) if !row.entry.resolved => {
                Some(Moment::new(Light::Partly, row.settled_at.or(Some(row.entry.created_at))))
            }
            State::Queued | State::Sending | State::Delivered => {
                Some(Moment::new(Light::Pending, Some(row.entry.created_at)))
            }
            State::Rejected
            | State::NeedsAttention(_)
            | State::Accepted
            | State::AcceptedWithErrors
            | State::Withdrawn => None,
        })
        .max_by_key(|moment| (moment.light == Light::Partly, moment.at))
        .unwrap_or(base)
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
        Light::Partly | Light::Pending => 2,
        Light::Yes | Light::Cancelled => 1,
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
