//! One provider's line as the loop keeps it, and the pieces of work that run beside the loop.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use jiff::Timestamp;
use tokio::{task::spawn_blocking, time::Instant};
use uuid::Uuid;

use super::{Line, LineFact, intake};
use crate::{
    outbox::{Jitter, Lane, Outcome, Waiting},
    store::{Changes, Error, Store, Stream},
    transport::{Submission, Transport, Trouble},
};

/// What the loop knows of a line.
pub(super) struct LineState {
    pub(super) provider: String,
    pub(super) transport: Arc<dyn Transport>,
    pub(super) lane: Lane,
    /// Since when it answers or not; none before it was tried.
    pub(super) online: Option<(bool, Timestamp)>,
    pub(super) why: Option<Waiting>,
    /// Chosen and not yet begun.
    pub(super) chosen: VecDeque<Uuid>,
    pub(super) in_flight: usize,
    pub(super) probing: bool,
    pub(super) reading: bool,
    pub(super) read_failures: u32,
    pub(super) next_read: Instant,
}

impl LineState {
    pub(super) fn new(line: Line, now: Timestamp) -> Self {
        Self {
            provider: line.provider,
            transport: line.transport,
            lane: Lane::Open { since: now },
            online: None,
            why: None,
            chosen: VecDeque::new(),
            in_flight: 0,
            probing: false,
            reading: false,
            read_failures: 0,
            next_read: Instant::now(),
        }
    }

    pub(super) fn fact(&self) -> LineFact {
        LineFact {
            provider: self.provider.clone(),
            online: self.online.map(|(online, _)| online),
            since: self.online.map(|(_, since)| since),
            why: self.why,
        }
    }

    /// Takes what a contact told. Returns whether the line has just begun to answer again.
    pub(super) fn contact(&mut self, outcome: &Outcome, now: Timestamp, jitter: Jitter) -> bool {
        let before = self.lane;
        self.lane = before.after(outcome, now, jitter);
        let Some(news) = Lane::news(outcome) else { return false };
        let online = match news {
            crate::outbox::LaneNews::Answers => true,
            crate::outbox::LaneNews::Fails => false,
        };
        self.why = if online { None } else { waiting(outcome) };
        if self.online.is_none_or(|(was, _)| was != online) {
            self.online = Some((online, now));
        }
        matches!((before, self.lane), (Lane::Slow { .. }, Lane::Open { .. }))
    }
}

/// What a piece of work came to.
pub(super) enum Done {
    /// An attempt that was begun.
    Attempted {
        provider: String,
        message: Uuid,
        attempt: u32,
        outcome: Outcome,
        /// It could not be written down: kept in memory until it can.
        unwritten: Option<Error>,
    },
    /// An entry that could not be begun: it left the queue meanwhile, or the store refused.
    NotBegun { provider: String, refusal: Option<Error> },
    /// A probe of a slow line, with the attempt it led to.
    Probed { provider: String, result: Result<(), Trouble>, then: Option<Box<Done>> },
    /// A reading of receipts and events.
    Read { provider: String, result: Result<Changes, ReadError> },
    /// Alarms.
    Alarmed(Result<Changes, Error>),
}

/// Why a reading ended early.
pub(super) enum ReadError {
    Line(Trouble),
    Store(Error),
}

/// Begins, sends and ends one attempt.
pub(super) async fn attempt(
    store: Arc<Store>,
    provider: String,
    transport: Arc<dyn Transport>,
    message: Uuid,
    clock: fn() -> Timestamp,
) -> Done {
    let begun = {
        let store = Arc::clone(&store);
        blocking(move || store.begin_attempt(message, clock())).await
    };
    let ready = match begun {
        Ok((ready, _)) => ready,
        // Withdrawn, or settled by a receipt, since it was chosen.
        Err(Error::NotNow { .. } | Error::NotFound { .. }) => return Done::NotBegun { provider, refusal: None },
        Err(error) => return Done::NotBegun { provider, refusal: Some(error) },
    };
    let attempt = ready.attempt;
    let outcome = if ready.intact {
        let submission = Submission {
            message_id: message,
            receiver_her: ready.receiver_her,
            sha256: ready.sha256,
            bytes: ready.bytes,
        };
        transport.submit(&submission).await
    } else {
        Outcome::Damaged
    };
    let written = {
        let outcome = outcome.clone();
        blocking(move || store.end_attempt(message, attempt, &outcome, draw(), clock())).await
    };
    Done::Attempted { provider, message, attempt, outcome, unwritten: written.err() }
}

/// Asks a slow line whether it is there, and if so tries it with the first message that is due.
pub(super) async fn probe(
    store: Arc<Store>,
    provider: String,
    transport: Arc<dyn Transport>,
    clock: fn() -> Timestamp,
) -> Done {
    if let Err(trouble) = transport.health().await {
        return Done::Probed { provider, result: Err(trouble), then: None };
    }
    let first = {
        let (store, provider) = (Arc::clone(&store), provider.clone());
        blocking(move || store.ready(&provider, clock(), 1)).await
    };
    let then = match first {
        Ok(ready) => match ready.first() {
            Some(message) => Some(Box::new(attempt(store, provider.clone(), transport, *message, clock).await)),
            None => None,
        },
        Err(error) => Some(Box::new(Done::NotBegun { provider: provider.clone(), refusal: Some(error) })),
    };
    Done::Probed { provider, result: Ok(()), then }
}

/// Reads receipts and events to their ends.
pub(super) async fn read(
    store: Arc<Store>,
    provider: String,
    transport: Arc<dyn Transport>,
    clock: fn() -> Timestamp,
) -> Done {
    let result = read_streams(&store, &provider, transport.as_ref(), clock).await;
    Done::Read { provider, result }
}

async fn read_streams(
    store: &Arc<Store>,
    provider: &str,
    transport: &dyn Transport,
    clock: fn() -> Timestamp,
) -> Result<Changes, ReadError> {
    let mut changes = Changes::NONE;
    let mut after = cursor(store, provider, Stream::Receipts).await?;
    loop {
        let page = transport.fetch_receipts(after.as_deref(), Duration::ZERO).await.map_err(ReadError::Line)?;
        let next = page.next.or_else(|| after.clone());
        if page.receipts.is_empty() {
            break;
        }
        let (kept, of, to) = (Arc::clone(store), provider.to_owned(), next.clone().unwrap_or_default());
        changes = changes.and(
            blocking(move || {
                let now = clock();
                let receipts: Vec<_> = page.receipts.into_iter().map(|raw| intake::receipt(raw, now)).collect();
                kept.take_receipts(&of, &receipts, &to, now)
            })
            .await
            .map_err(ReadError::Store)?,
        );
        // A cursor that stands still would have us read the same page for ever.
        if next == after {
            break;
        }
        after = next;
    }
    let mut after = cursor(store, provider, Stream::Events).await?;
    loop {
        let page = transport.fetch_events(after.as_deref()).await.map_err(ReadError::Line)?;
        let next = page.next.or_else(|| after.clone());
        if page.unknown > 0 {
            tracing::warn!(provider, unknown = page.unknown, "events of a kind this program does not know");
        }
        if page.events.is_empty() && next == after {
            break;
        }
        let (kept, of, to) = (Arc::clone(store), provider.to_owned(), next.clone().unwrap_or_default());
        changes = changes.and(
            blocking(move || {
                let now = clock();
                let events: Vec<_> = page.events.into_iter().map(|raw| intake::event(raw, now)).collect();
                kept.take_events(&of, &events, &to, now)
            })
            .await
            .map_err(ReadError::Store)?,
        );
        if next == after {
            break;
        }
        after = next;
    }
    Ok(changes)
}

async fn cursor(store: &Arc<Store>, provider: &str, stream: Stream) -> Result<Option<String>, ReadError> {
    let (store, provider) = (Arc::clone(store), provider.to_owned());
    blocking(move || store.cursor(&provider, stream)).await.map_err(ReadError::Store)
}

/// Raises the alarms of silent messages.
pub(super) async fn alarm(store: Arc<Store>, clock: fn() -> Timestamp) -> Done {
    Done::Alarmed(blocking(move || store.raise_alarms(clock())).await)
}

/// Runs a call of the store on a thread for blocking work.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    spawn_blocking(work).await.unwrap_or(Err(Error::NotNow { why: "the store's thread failed" }))
}

/// A random share.
pub(super) fn draw() -> Jitter {
    Jitter::new(rand::random::<f64>())
}

fn waiting(outcome: &Outcome) -> Option<Waiting> {
    match outcome {
        Outcome::NotLetIn { .. } => Some(Waiting::NotLetIn),
        Outcome::TryLater { .. } => Some(Waiting::TryLater),
        Outcome::Unreachable => Some(Waiting::Unreachable),
        Outcome::NoAnswer => Some(Waiting::NoAnswer),
        Outcome::Broken { .. } => Some(Waiting::BrokenAnswer),
        Outcome::Receipt(_)
        | Outcome::Refused { .. }
        | Outcome::Conflict { .. }
        | Outcome::Damaged
        | Outcome::Interrupted => None,
    }
}
