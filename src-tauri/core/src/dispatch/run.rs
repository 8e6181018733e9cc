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
    line::{self, Done, LineState, ReadError, blocking, draw},
};
use crate::{
    outbox::{Lane, Outcome},
    store::{Changes, Ended, Error, Ready, Store},
    transport::Trouble,
};

/// However little happens, the clock is looked at this often: it may have been set, or the machine may have slept.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);
/// Between two looks for silent messages.
const ALARMS_EVERY: Duration = Duration::from_secs(60);
/// Entries chosen at once.
const BATCH: u32 = 64;

/// The loop's state.
pub(super) struct Run {
    store: Arc<Store>,
    observer: Arc<dyn Observer>,
    options: Options,
    lines: Vec<LineState>,
    work: JoinSet<Done>,
    /// Outcomes that are not on disk yet.
    unwritten: Vec<Ended>,
    /// A turn at the store is under way: there is one at a time, and what comes meanwhile goes with the next.
    turning: bool,
    /// Nothing new begins any more.
    closing: bool,
    /// Until then nothing is begun: the store refused.
    resting_until: Option<Instant>,
    next_alarms: Instant,
    facts: watch::Sender<Vec<LineFact>>,
    rounds: watch::Sender<u64>,
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

    async fn recover(&mut self) -> Result<(), Error> {
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

    async fn finish(&mut self, done: Done) {
        match done {
            Done::Turned { ended, begun, result } => self.finish_turn(ended, begun, result),
            Done::Attempted { provider, ended } => {
                self.on(&provider, |line| {
                    line.in_flight = line.in_flight.saturating_sub(1);
                    line.probing = false;
                });
                self.contact(&provider, &ended.outcome).await;
                if matches!(ended.outcome, Outcome::Receipt(_)) {
                    self.read_soon(&provider);
                }
                self.unwritten.push(ended);
            }
            Done::Probed { provider, result: Err(trouble) } => {
                self.on(&provider, |line| line.probing = false);
                self.contact(&provider, &outcome_of_health(&trouble)).await;
            }
            Done::Probed { provider, result: Ok(()) } => self.try_slow_line(&provider).await,
            Done::Read { provider, result } => self.finish_reading(&provider, result).await,
            Done::Alarmed(Ok(changes)) => self.tell(changes),
            Done::Alarmed(Err(error)) => self.rest(&error),
        }
    }

    /// A turn that the store took lets what it recorded go; one that it refused is taken again later.
    fn finish_turn(
        &mut self,
        ended: Vec<Ended>,
        begun: Vec<(String, Uuid)>,
        result: Result<(Vec<Ready>, Changes), Error>,
    ) {
        self.turning = false;
        let (mut ready, changes) = match result {
            Ok(turned) => turned,
            Err(error) => {
                self.unwritten.extend(ended);
                for (provider, _) in begun {
                    self.on(&provider, LineState::not_begun);
                }
                return self.rest(&error);
            }
        };
        for (provider, message) in begun {
            let recorded = ready.iter().position(|ready| ready.message_id == message).map(|at| ready.swap_remove(at));
            let transport =
                self.lines.iter().find(|line| line.provider == provider).map(|line| Arc::clone(&line.transport));
            match (recorded, transport) {
                (Some(ready), Some(transport)) if !self.closing => {
                    self.work.spawn(line::attempt(provider, transport, ready, self.options.clone()));
                }
                // Recorded, and yet nothing will be sent: the line is gone, or the program ends.
                (Some(ready), _) => {
                    self.on(&provider, LineState::not_begun);
                    let (message_id, attempt) = (ready.message_id, ready.attempt);
                    self.unwritten.push(Ended { message_id, attempt, outcome: Outcome::Interrupted, jitter: draw() });
                }
                // It left the queue since it was chosen.
                (None, _) => self.on(&provider, LineState::not_begun),
            }
        }
        self.tell(changes);
    }

    /// A slow line says that it is well: the first message that is due tries it.
    async fn try_slow_line(&mut self, provider: &str) {
        let (store, of, clock) = (Arc::clone(&self.store), provider.to_owned(), self.options.clock);
        match blocking(move || store.ready(&of, clock(), 1)).await {
            Ok(ready) => match ready.first() {
                Some(message) => self.on(provider, |line| line.trial = Some(*message)),
                None => {
                    self.on(provider, |line| line.probing = false);
                    self.answered(provider).await;
                }
            },
            Err(error) => {
                self.on(provider, |line| line.probing = false);
                self.rest(&error);
            }
        }
    }

    async fn finish_reading(&mut self, provider: &str, result: Result<Changes, ReadError>) {
        let store = Arc::clone(&self.store);
        let awaiting = blocking(move || store.awaits_receipts()).await.unwrap_or(false);
        let pause = if awaiting { self.options.poll_awaiting } else { self.options.poll_idle };
        let (failures, trouble) = match result {
            Ok(changes) => {
                // Receipts that can be read do not yet say that messages are taken: a slow line is opened by its probe.
                if self.lines.iter().any(|line| line.provider == provider && matches!(line.lane, Lane::Open { .. })) {
                    self.answered(provider).await;
                }
                self.tell(changes);
                (0, None)
            }
            Err(ReadError::Line(trouble)) => (1, Some(trouble)),
            Err(ReadError::Store(error)) => {
                self.rest(&error);
                (1, None)
            }
        };
        self.on(provider, |line| {
            line.reading = false;
            line.read_failures = if failures == 0 { 0 } else { line.read_failures.saturating_add(1) };
            line.next_read = Instant::now() + pause.saturating_mul(line.read_failures.clamp(1, 20));
        });
        match trouble {
            None => {}
            // The line is gone, or closed to us.
            Some(trouble @ (Trouble::Unreachable | Trouble::NoAnswer | Trouble::NotLetIn { .. })) => {
                self.contact(provider, &trouble.outcome()).await
            }
            // Receipts fail by themselves: messages may still go.
            Some(trouble @ (Trouble::TryLater { .. } | Trouble::Refused { .. } | Trouble::Broken { .. })) => {
                tracing::warn!(provider, %trouble, "receipts or events cannot be read");
            }
        }
        self.rounds.send_modify(|rounds| *rounds += 1);
    }

    /// After a fault of our own in a piece of work: stop the others and find everything again in the store.
    async fn forget_work(&mut self) {
        tracing::error!("a piece of delivery work failed; starting over");
        self.work.shutdown().await;
        self.unwritten.clear();
        self.turning = false;
        for line in &mut self.lines {
            line.in_flight = 0;
            line.trial = None;
            line.probing = false;
            line.reading = false;
            line.chosen.clear();
        }
        if let Err(error) = self.recover().await {
            self.rest(&error);
        }
    }

    async fn contact(&mut self, provider: &str, outcome: &Outcome) {
        let now = (self.options.clock)();
        let mut again = false;
        let mut news = false;
        self.on(provider, |line| {
            let before = line.fact();
            again = line.contact(outcome, now, draw());
            news = line.fact() != before;
        });
        if again {
            self.hasten(provider).await;
        }
        if news {
            self.show();
            self.tell(Changes::CONNECTIONS);
        }
    }

    async fn answered(&mut self, provider: &str) {
        let now = (self.options.clock)();
        let mut again = false;
        let mut news = false;
        self.on(provider, |line| {
            again = matches!(line.lane, Lane::Slow { .. });
            line.lane = line.lane.answered(now);
            let before = line.fact();
            line.why = None;
            if line.online.is_none_or(|(online, _)| !online) {
                line.online = Some((true, now));
            }
            news = line.fact() != before;
        });
        if again {
            self.hasten(provider).await;
        }
        if news {
            self.show();
            self.tell(Changes::CONNECTIONS);
        }
    }

    /// The line answers again: what waited only for it goes now.
    async fn hasten(&mut self, provider: &str) {
        self.read_soon(provider);
        let (store, of, clock) = (Arc::clone(&self.store), provider.to_owned(), self.options.clock);
        match blocking(move || store.hasten(&of, clock())).await {
            Ok(changes) => self.tell(changes),
            Err(error) => self.rest(&error),
        }
    }

    fn read_soon(&mut self, provider: &str) {
        let soon = Instant::now() + self.options.poll_awaiting;
        self.on(provider, |line| line.next_read = line.next_read.min(soon));
    }

    fn rest(&mut self, error: &Error) {
        tracing::error!(%error, "the store refused; resting");
        self.resting_until = Some(Instant::now() + self.options.rest);
        self.observer.store_failed(error);
    }

    fn on(&mut self, provider: &str, act: impl FnOnce(&mut LineState)) {
        // A line that was taken out of the settings meanwhile is nobody's any more.
        if let Some(line) = self.lines.iter_mut().find(|line| line.provider == provider) {
            act(line);
        }
    }

    fn show(&self) {
        self.facts.send_replace(self.lines.iter().map(LineState::fact).collect());
    }

    fn tell(&self, changes: Changes) {
        if changes.any() {
            self.observer.changed(changes);
        }
    }
}

/// A health answer that is a plain refusal is no health: the address is not a gateway's.
fn outcome_of_health(trouble: &Trouble) -> Outcome {
    match trouble {
        Trouble::Refused { status, .. } => Outcome::Broken { status: Some(*status) },
        Trouble::TryLater { retry_after, .. } => {
            Outcome::TryLater { status: 503, retry_after: *retry_after, detail: None }
        }
        Trouble::Unreachable | Trouble::NoAnswer | Trouble::NotLetIn { .. } | Trouble::Broken { .. } => {
            trouble.outcome()
        }
    }
}

fn until(at: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(at.duration_since(now)).unwrap_or(Duration::ZERO)
}
