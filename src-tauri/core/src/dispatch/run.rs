//! The loop itself.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
    time::{Instant, sleep_until, timeout},
};
use uuid::Uuid;

use super::{
    Input, Line, LineFact, Moment, Observer, Options,
    line::{self, Done, LineState, blocking},
};
use crate::{
    outbox::Lane,
    store::{Changes, Ended, Error, Store},
};

/// However little happens, the clock is looked at this often: it may have been set, or the machine may have slept.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);
/// Between two looks for silent messages.
const ALARMS_EVERY: Duration = Duration::from_secs(60);
/// Entries chosen at once.
const BATCH: u32 = 64;

/// The loop's state.
pub(super) struct Run {
    pub(super) store: Arc<Store>,
    observer: Arc<dyn Observer>,
    pub(super) options: Options,
    pub(super) lines: Vec<LineState>,
    pub(super) work: JoinSet<Done>,
    /// Outcomes that are not on disk yet.
    pub(super) unwritten: Vec<Ended>,
    /// A turn at the store is under way: there is one at a time, and what comes meanwhile goes with the next.
    pub(super) turning: bool,
    /// Nothing new begins any more.
    pub(super) closing: bool,
    /// Until then nothing is begun: the store refused.
    pub(super) resting_until: Option<Instant>,
    next_alarms: Instant,
    facts: watch::Sender<Vec<LineFact>>,
    pub(super) rounds: watch::Sender<u64>,
}

impl Run {
    pub(super) fn new(
        store: Arc<Store>,
        lines: Vec<Line>,
        observer: Arc<dyn Observer>,
        options: Options,
        facts: watch::Sender<Vec<LineFact>>,
        rounds: watch::Sender<u64>,
    ) -> Self {
        let now = (options.clock)();
        let lines = lines.into_iter().map(|line| LineState::new(line, now)).collect();
        Self {
            store,
            observer,
            options,
            lines,
            work: JoinSet::new(),
            unwritten: Vec::new(),
            turning: false,
            closing: false,
            resting_until: None,
            next_alarms: Instant::now(),
            facts,
            rounds,
        }
    }

    pub(super) async fn go(mut self, mut inputs: mpsc::UnboundedReceiver<Input>) {
        while let Err(error) = self.recover().await {
            self.observer.store_failed(&error);
            tokio::select! {
                () = tokio::time::sleep(self.options.rest) => {}
                input = inputs.recv() => if matches!(input, None | Some(Input::Shutdown)) { return },
            }
        }
        loop {
            let wake = self.act().await;
            tokio::select! {
                input = inputs.recv() => match input {
                    None | Some(Input::Shutdown) => break,
                    Some(input) => self.hear(input),
                },
                Some(done) = self.work.join_next(), if !self.work.is_empty() => match done {
                    Ok(done) => self.finish(done).await,
                    // Our own fault, and no reason to lose the message: the store knows that it was under way.
                    Err(_) => self.forget_work().await,
                },
                () = sleep_until(wake) => {}
            }
        }
        self.close().await;
    }

    /// Lets what is under way end, and writes down what it gave, for as long as the grace lasts.
    async fn close(&mut self) {
        self.closing = true;
        let grace = self.options.grace;
        let ending = async {
            loop {
                if !self.turning && !self.unwritten.is_empty() {
                    self.begin_turn(Vec::new());
                }
                match self.work.join_next().await {
                    Some(Ok(done)) => self.finish(done).await,
                    Some(Err(_)) => {}
                    None => return,
                }
                // A store that refuses now will hardly take it in the next three seconds.
                if self.resting_until.is_some() {
                    return;
                }
            }
        };
        timeout(grace, ending).await.ok();
    }

    pub(super) async fn recover(&mut self) -> Result<(), Error> {
        let (store, clock) = (Arc::clone(&self.store), self.options.clock);
        let (_, changes) = blocking(move || store.recover_interrupted(clock())).await?;
        self.options.reached(Moment::Recovered);
        self.tell(changes);
        self.show();
        Ok(())
    }

    fn hear(&mut self, input: Input) {
        let now = (self.options.clock)();
        match input {
            // What was chosen before may no longer be the most urgent.
            Input::Enqueued => self.lines.iter_mut().for_each(|line| line.chosen.clear()),
            Input::NetworkUp => self.lines.iter_mut().for_each(|line| {
                line.lane = line.lane.hinted(now);
                line.next_read = Instant::now();
            }),
            Input::Timer => self.resting_until = None,
            Input::Receipts => self.lines.iter_mut().for_each(|line| line.next_read = Instant::now()),
            Input::Lines(lines) => self.replace_lines(lines, now),
            Input::Shutdown => {}
        }
    }

    fn replace_lines(&mut self, lines: Vec<Line>, now: Timestamp) {
        let mut old = std::mem::take(&mut self.lines);
        for line in lines {
            match old.iter().position(|known| known.provider == line.provider) {
                Some(at) => {
                    let mut known = old.swap_remove(at);
                    known.transport = line.transport;
                    known.lane = known.lane.hinted(now);
                    known.next_read = Instant::now();
                    self.lines.push(known);
                }
                None => self.lines.push(LineState::new(line, now)),
            }
        }
        self.show();
        self.tell(Changes::CONNECTIONS);
    }

    /// Begins whatever may begin, and says when to look again.
    async fn act(&mut self) -> Instant {
        let soonest = Instant::now() + LONGEST_SLEEP;
        if let Some(until) = self.resting_until {
            if Instant::now() < until {
                return until.min(soonest);
            }
            self.resting_until = None;
        }
        let mut wake = soonest;
        if Instant::now() >= self.next_alarms {
            self.next_alarms = Instant::now() + ALARMS_EVERY;
            self.work.spawn(line::alarm(Arc::clone(&self.store), self.options.clock));
        }
        for at in 0..self.lines.len() {
            match self.act_on(at).await {
                Ok(next) => wake = wake.min(next),
                Err(error) => {
                    self.rest(&error);
                    return self.resting_until.unwrap_or(wake).min(wake);
                }
            }
        }
        if !self.turning {
            let begun = self.take_what_may_begin();
            self.begin_turn(begun);
        }
        wake.min(self.next_alarms)
    }

    async fn act_on(&mut self, at: usize) -> Result<Instant, Error> {
        let clock = self.options.clock;
        let in_flight = self.options.in_flight.max(1);
        let mut wake = Instant::now() + LONGEST_SLEEP;
        let line = &mut self.lines[at];
        match line.lane {
            Lane::Slow { probe_at, .. } => {
                line.chosen.clear();
                if line.probing || line.in_flight > 0 {
                    return Ok(wake);
                }
                let now = clock();
                if !crate::outbox::is_due(probe_at, now) {
                    return Ok(wake.min(Instant::now() + until(probe_at, now)));
                }
                line.probing = true;
                self.work.spawn(line::probe(line.provider.clone(), Arc::clone(&line.transport)));
                return Ok(wake);
            }
            Lane::Open { .. } => {}
        }
        // During a turn the queue still shows messages as waiting that are just being begun.
        if line.chosen.is_empty() && line.in_flight < in_flight && !self.turning {
            let (store, provider) = (Arc::clone(&self.store), line.provider.clone());
            let (ready, next) = blocking(move || {
                let now = clock();
                let ready = store.ready(&provider, now, BATCH)?;
                let next = if ready.is_empty() { store.next_due(&provider, now)? } else { None };
                Ok((ready, next.map(|due| until(due, now))))
            })
            .await?;
            line.chosen.extend(ready);
            if let Some(next) = next {
                wake = wake.min(Instant::now() + next);
            }
        }
        if !line.reading && Instant::now() >= line.next_read {
            line.reading = true;
            self.work.spawn(line::read(
                Arc::clone(&self.store),
                line.provider.clone(),
                Arc::clone(&line.transport),
                self.options.clone(),
            ));
        } else if !line.reading {
            wake = wake.min(line.next_read);
        }
        Ok(wake)
    }

    /// The messages for which there is room on their lines.
    fn take_what_may_begin(&mut self) -> Vec<(String, Uuid)> {
        let room = self.options.in_flight.max(1);
        let mut begun = Vec::new();
        for line in &mut self.lines {
            let next: Vec<Uuid> = match line.lane {
                Lane::Open { .. } => {
                    let count = room.saturating_sub(line.in_flight).min(line.chosen.len());
                    line.chosen.drain(..count).collect()
                }
                Lane::Slow { .. } => line.trial.take().into_iter().collect(),
            };
            line.in_flight += next.len();
            begun.extend(next.into_iter().map(|message| (line.provider.clone(), message)));
        }
        begun
    }

    /// Writes down what is known and records what begins, together.
    fn begin_turn(&mut self, begun: Vec<(String, Uuid)>) {
        if self.unwritten.is_empty() && begun.is_empty() {
            return;
        }
        self.turning = true;
        let ended = std::mem::take(&mut self.unwritten);
        self.work.spawn(line::turn(Arc::clone(&self.store), ended, begun, self.options.clone()));
    }

    pub(super) fn rest(&mut self, error: &Error) {
        tracing::error!(%error, "the store refused; resting");
        self.resting_until = Some(Instant::now() + self.options.rest);
        self.observer.store_failed(error);
    }

    pub(super) fn on(&mut self, provider: &str, act: impl FnOnce(&mut LineState)) {
        // A line that was taken out of the settings meanwhile is nobody's any more.
        if let Some(line) = self.lines.iter_mut().find(|line| line.provider == provider) {
            act(line);
        }
    }

    pub(super) fn show(&self) {
        self.facts.send_replace(self.lines.iter().map(LineState::fact).collect());
    }

    pub(super) fn tell(&self, changes: Changes) {
        if changes.any() {
            self.observer.changed(changes);
        }
    }
}

fn until(at: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(at.duration_since(now)).unwrap_or(Duration::ZERO)
}
