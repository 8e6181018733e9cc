//! What follows when a piece of work has ended: an attempt, a turn at the store, a probe of a slow line, a reading.

use std::sync::Arc;

use tokio::time::Instant;
use uuid::Uuid;

use super::{
    line::{self, Done, LineState, ReadError, blocking, draw},
    run::Run,
};
use crate::{
    outbox::{Lane, Outcome},
    store::{Changes, Ended, Error, Ready},
    transport::Trouble,
};

impl Run {
    pub(super) async fn finish(&mut self, done: Done) {
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
            Some(
                trouble @ (Trouble::Unreachable | Trouble::NotTrusted | Trouble::NoAnswer | Trouble::NotLetIn { .. }),
            ) => self.contact(provider, &trouble.outcome()).await,
            // Receipts fail by themselves: messages may still go.
            Some(trouble @ (Trouble::TryLater { .. } | Trouble::Refused { .. } | Trouble::Broken { .. })) => {
                tracing::warn!(provider, %trouble, "receipts or events cannot be read");
            }
        }
        self.rounds.send_modify(|rounds| *rounds += 1);
    }

    /// After a fault of our own in a piece of work: stop the others and find everything again in the store.
    pub(super) async fn forget_work(&mut self) {
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
}

/// A health answer that is a plain refusal is no health: the address is not a gateway's.
fn outcome_of_health(trouble: &Trouble) -> Outcome {
    match trouble {
        Trouble::Refused { status, .. } => Outcome::Broken { status: Some(*status) },
        Trouble::TryLater { retry_after, .. } => {
            Outcome::TryLater { status: 503, retry_after: *retry_after, detail: None }
        }
        Trouble::Unreachable
        | Trouble::NotTrusted
        | Trouble::NoAnswer
        | Trouble::NotLetIn { .. }
        | Trouble::Broken { .. } => trouble.outcome(),
    }
}
