//! One provider's line as the loop keeps it, and the pieces of work that run beside the loop.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use jiff::Timestamp;
use tokio::{task::spawn_blocking, time::Instant};
use uuid::Uuid;

use super::{Line, LineFact, Moment, Options, intake};
use crate::{
    outbox::{Jitter, Lane, LaneNews, Outcome, Waiting},
    store::{Changes, Ended, Error, Ready, Store, Stream},
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
    /// The message that tries a slow line whose health is good.
    pub(super) trial: Option<Uuid>,
    /// Being recorded or sent.
    pub(super) in_flight: usize,
    /// From the question after its health until the trial's outcome.
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
            lane: Lane::Open { since: now, misses: 0 },
            online: None,
            why: None,
            chosen: VecDeque::new(),
            trial: None,
            in_flight: 0,
            probing: false,
            reading: false,
            read_failures: 0,
            next_read: Instant::now(),
        }
    }

    /// What was chosen for this line was not begun after all.
    pub(super) fn not_begun(&mut self) {
        self.in_flight = self.in_flight.saturating_sub(1);
        self.probing = false;
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
        let online = match (news, self.lane) {
            (LaneNews::Answers, _) => true,
            // One call that failed among others that did well is no line that is down; the first of all is what we know.
            (LaneNews::Fails, Lane::Open { .. }) if self.online.is_some() => {
                return false;
            }
            (LaneNews::Fails, Lane::Open { .. } | Lane::Slow { .. }) => false,
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
    /// A turn at the store: outcomes written, attempts recorded.
    Turned {
        /// What was to be written; again where it could not be.
        ended: Vec<Ended>,
        /// What was to begin.
        begun: Vec<(String, Uuid)>,
        result: Result<(Vec<Ready>, Changes), Error>,
    },
    /// An attempt that was begun, and what it gave.
    Attempted { provider: String, ended: Ended },
    /// A slow line was asked after its health.
    Probed { provider: String, result: Result<(), Trouble> },
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

/// Writes outcomes down and records the attempts that begin, in one durable write.
pub(super) async fn turn(store: Arc<Store>, ended: Vec<Ended>, begun: Vec<(String, Uuid)>, options: Options) -> Done {
    let messages: Vec<Uuid> = begun.iter().map(|(_, message)| *message).collect();
    let done = spawn_blocking(move || {
        let result = store.turn(&ended, &messages, (options.clock)());
        if result.is_ok() && !messages.is_empty() {
            options.reached(Moment::Recorded);
        }
        if result.is_ok() && !ended.is_empty() {
            options.reached(Moment::Written);
        }
        (ended, result)
    })
    .await;
    match done {
        Ok((ended, result)) => Done::Turned { ended, begun, result },
        // Whatever of it was written is found again in the store.
        Err(_) => Done::Turned { ended: Vec::new(), begun, result: Err(THREAD) },
    }
}

/// Sends one message whose attempt is on disk.
pub(super) async fn attempt(provider: String, transport: Arc<dyn Transport>, ready: Ready, options: Options) -> Done {
    let (message_id, attempt) = (ready.message_id, ready.attempt);
    let outcome = if ready.intact {
        let submission =
            Submission { message_id, receiver_her: ready.receiver_her, sha256: ready.sha256, bytes: ready.bytes };
        transport.submit(&submission).await
    } else {
        Outcome::Damaged
    };
    options.reached(Moment::Answered);
    Done::Attempted { provider, ended: Ended { message_id, attempt, outcome, jitter: draw() } }
}

/// Asks a slow line whether it is there.
pub(super) async fn probe(provider: String, transport: Arc<dyn Transport>) -> Done {
    Done::Probed { result: transport.health().await, provider }
}

/// Reads receipts and events to their ends.
pub(super) async fn read(store: Arc<Store>, provider: String, transport: Arc<dyn Transport>, options: Options) -> Done {
    let result = read_streams(&store, &provider, transport.as_ref(), &options).await;
    Done::Read { provider, result }
}

async fn read_streams(
    store: &Arc<Store>,
    provider: &str,
    transport: &dyn Transport,
    options: &Options,
) -> Result<Changes, ReadError> {
    let clock = options.clock;
    let mut changes = Changes::NONE;
    let mut after = cursor(store, provider, Stream::Receipts).await?;
    loop {
        let page = transport.fetch_receipts(after.as_deref(), Duration::ZERO).await.map_err(ReadError::Line)?;
        let next = page.next.or_else(|| after.clone());
        if page.receipts.is_empty() {
            break;
        }
        options.reached(Moment::Fetched);
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
        options.reached(Moment::Taken);
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
        options.reached(Moment::Fetched);
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
        options.reached(Moment::Taken);
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
    Done::Alarmed(blocking(move || Ok(store.raise_alarms(clock())?.and(store.raise_watches(clock())?))).await)
}

/// Runs a call of the store on a thread for blocking work.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    spawn_blocking(work).await.unwrap_or(Err(THREAD))
}

/// Our own fault in a call of the store.
const THREAD: Error = Error::NotNow { why: "the store's thread failed" };

/// A random share.
pub(super) fn draw() -> Jitter {
    Jitter::new(rand::random::<f64>())
}

fn waiting(outcome: &Outcome) -> Option<Waiting> {
    match outcome {
        Outcome::NotLetIn { .. } => Some(Waiting::NotLetIn),
        Outcome::TryLater { .. } => Some(Waiting::TryLater),
        Outcome::Unreachable => Some(Waiting::Unreachable),
        Outcome::NotTrusted => Some(Waiting::NotTrusted),
        Outcome::NoAnswer => Some(Waiting::NoAnswer),
        Outcome::Broken { .. } => Some(Waiting::BrokenAnswer),
        Outcome::Receipt(_)
        | Outcome::Refused { .. }
        | Outcome::Conflict { .. }
        | Outcome::Damaged
        | Outcome::Interrupted => None,
    }
}
