//! The delivery loop: the one place that waits.
//!
//! One task takes one kind of input at a time, asks the pure rules of [`crate::outbox`] what follows, and does it: sends
//! what is due, writes outcomes down, reads receipts and events, raises alarms. The window and the headless tool run the
//! same one. It decides nothing itself, renders nothing, and drops nothing: what it could not write down it keeps and
//! writes down later, and what was cut off by the end of the program is found again in the store.
//!
//! Each provider has its own line, so that one that is down costs the others nothing. Every call of the store runs on a
//! thread for blocking work: neither the loop nor the window waits for a disk.

mod ended;
mod intake;
mod line;
mod run;

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use serde::Serialize;
use specta::Type;
use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
};

use crate::{
    outbox::Waiting,
    store::{Changes, Error, Store},
    transport::Transport,
};

/// What the dispatcher is told.
pub enum Input {
    /// Something new is in the queue, or a person asked for another try.
    Enqueued,
    /// Something hints that the network is back. It is tried, not believed.
    NetworkUp,
    /// Look at the clock now.
    Timer,
    /// Read receipts and events now.
    Receipts,
    /// The connections were changed: these are all of them.
    Lines(Vec<Line>),
    /// Stop: nothing new is begun, what is under way may end within the grace.
    Shutdown,
}

/// A connection to one provider.
#[derive(Clone)]
pub struct Line {
    /// Provider id, as entries name it.
    pub provider: String,
    /// How it is reached.
    pub transport: Arc<dyn Transport>,
}

/// Whether a provider answers, and since when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub struct LineFact {
    /// Provider id.
    pub provider: String,
    /// It answers as it should; none before it was tried.
    pub online: Option<bool>,
    /// Since when, RFC 3339.
    #[specta(type = Option<String>)]
    pub since: Option<Timestamp>,
    /// What is the matter, while it does not.
    pub why: Option<Waiting>,
}

impl LineFact {
    fn untried(provider: &str) -> Self {
        Self { provider: provider.to_owned(), online: None, since: None, why: None }
    }
}

/// Who is told what the dispatcher did.
pub trait Observer: Send + Sync {
    /// Something was written, or a line changed.
    fn changed(&self, changes: Changes);

    /// The store refused. The dispatcher rests and tries again; somebody should know.
    fn store_failed(&self, error: &Error);
}

/// The moments between two durable steps, at any of which the program may end without loss. Trials end it there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// What an earlier run left unfinished is back in the queue.
    Recovered,
    /// An attempt is on disk; its first byte has not left.
    Recorded,
    /// The other end has answered, or not; nothing of it is on disk.
    Answered,
    /// The outcome is on disk.
    Written,
    /// A page of receipts or events has come; nothing of it is on disk.
    Fetched,
    /// The page and its cursor are on disk.
    Taken,
}

impl Moment {
    /// Every moment, with the word by which a trial names it.
    pub const ALL: [(Self, &str); 6] = [
        (Self::Recovered, "recovered"),
        (Self::Recorded, "recorded"),
        (Self::Answered, "answered"),
        (Self::Written, "written"),
        (Self::Fetched, "fetched"),
        (Self::Taken, "taken"),
    ];
}

/// Called at each [`Moment`], on the thread that reached it.
pub type AtMoment = Arc<dyn Fn(Moment) + Send + Sync>;

/// How often and how much.
#[derive(Clone)]
pub struct Options {
    /// Messages under way at once, for each line.
    pub in_flight: usize,
    /// Between two readings of receipts and events while some are awaited.
    pub poll_awaiting: Duration,
    /// Between two readings while none are awaited.
    pub poll_idle: Duration,
    /// For ending what is under way at shutdown.
    pub grace: Duration,
    /// After the store refused.
    pub rest: Duration,
    /// The clock.
    pub clock: fn() -> Timestamp,
    /// For trials; in the application nothing.
    pub at: Option<AtMoment>,
}

impl Options {
    fn reached(&self, moment: Moment) {
        if let Some(at) = &self.at {
            at(moment);
        }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            in_flight: 4,
            poll_awaiting: Duration::from_secs(3),
            poll_idle: Duration::from_secs(30),
            grace: Duration::from_secs(3),
            rest: Duration::from_secs(5),
            clock: wall_clock,
            at: None,
        }
    }
}

/// A running dispatcher.
pub struct Dispatcher {
    inputs: mpsc::UnboundedSender<Input>,
    facts: watch::Receiver<Vec<LineFact>>,
    rounds: watch::Receiver<u64>,
    store: Arc<Store>,
    task: JoinHandle<()>,
}

impl Dispatcher {
    /// Starts delivering, on the runtime this is called from. Attempts that the end of an earlier run cut off go back in
    /// the queue first.
    #[must_use]
    pub fn start(store: Arc<Store>, lines: Vec<Line>, observer: Arc<dyn Observer>, options: Options) -> Self {
        let (inputs, receiver) = mpsc::unbounded_channel();
        let untried = lines.iter().map(|line| LineFact::untried(&line.provider)).collect();
        let (facts_to, facts) = watch::channel(untried);
        let (rounds_to, rounds) = watch::channel(0);
        let run = run::Run::new(Arc::clone(&store), lines, observer, options, facts_to, rounds_to);
        let task = tokio::spawn(run.go(receiver));
        Self { inputs, facts, rounds, store, task }
    }

    /// Tells it something. After its end nobody listens any more, which is no error.
    pub fn tell(&self, input: Input) {
        self.inputs.send(input).ok();
    }

    /// Whether each provider answers, and since when.
    #[must_use]
    pub fn lines(&self) -> Vec<LineFact> {
        self.facts.borrow().clone()
    }

    /// Waits until nothing more can be sent and every receipt that comes within `patience` has come.
    ///
    /// # Errors
    ///
    /// Those of reading the store.
    pub async fn idle(&self, patience: Duration) -> Result<(), Error> {
        let mut rounds = self.rounds.clone();
        let mut quiet_since = tokio::time::Instant::now();
        let mut last = None;
        let mut reads = *rounds.borrow_and_update();
        loop {
            let store = Arc::clone(&self.store);
            let asked = tokio::time::Instant::now();
            let backlog = tokio::task::spawn_blocking(move || store.backlog())
                .await
                .unwrap_or(Err(Error::NotNow { why: "the store's thread failed" }))?;
            // The queue itself goes first.
            let pause = Duration::from_millis(50).max(asked.elapsed() * 20);
            if last != Some(backlog) || backlog.movable {
                last = Some(backlog);
                quiet_since = tokio::time::Instant::now();
                reads = *rounds.borrow_and_update();
            } else {
                let read_since = *rounds.borrow_and_update() > reads;
                if (read_since && backlog.awaiting == 0) || quiet_since.elapsed() >= patience {
                    return Ok(());
                }
                self.tell(Input::Receipts);
            }
            tokio::time::sleep(pause).await;
        }
    }

    /// Stops it and waits for its end.
    pub async fn shut_down(self) {
        self.tell(Input::Shutdown);
        self.task.await.ok();
    }
}

#[expect(clippy::disallowed_methods, reason = "the dispatcher is where the clock comes in")]
fn wall_clock() -> Timestamp {
    Timestamp::now()
}
