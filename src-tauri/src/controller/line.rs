//! The lines to the hospitals: one dispatcher for all of them, told when there is something to do, and the status strip's
//! facts about each.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use requisition::dispatch::{Dispatcher, Input, Line as DispatchLine, LineFact, Observer, Options};
use requisition::numbers::Supply;
use requisition::store::{Changes, Error as StoreError, Store};
use requisition::transport::{HttpGateway, SetupError, Token};
use tokio::runtime::Handle;

use super::settings::{Connection, connections};
use super::{Answer, Controller, Desktop, tell};
use crate::error::{CommandError, ErrorCode};
use crate::views::{LineStatus, NumbersView, StatusView};

/// The running dispatcher.
pub struct Line {
    dispatcher: Mutex<Option<Dispatcher>>,
    runtime: Handle,
}

/// Passes what the dispatcher did on to the desktop. A long queue that drains changes something many times a second; the
/// window is told a few times, or it would do nothing but fetch.
struct Watch {
    desktop: Arc<dyn Desktop>,
    pending: Arc<Mutex<Pending>>,
}

/// The window is told at most this often.
const TELL_EVERY: Duration = Duration::from_millis(200);

#[derive(Default)]
struct Pending {
    changes: Changes,
    /// Somebody is going to tell them.
    on_its_way: bool,
}

impl Observer for Watch {
    fn changed(&self, changes: Changes) {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        if pending.on_its_way {
            pending.changes = pending.changes.and(changes);
            return;
        }
        pending.on_its_way = true;
        drop(pending);
        tell(self.desktop.as_ref(), changes);
        let (desktop, pending) = (Arc::clone(&self.desktop), Arc::clone(&self.pending));
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(TELL_EVERY).await;
                let gathered = {
                    let mut pending = pending.lock().unwrap_or_else(PoisonError::into_inner);
                    let gathered = std::mem::take(&mut pending.changes);
                    pending.on_its_way = gathered.any();
                    gathered
                };
                if !gathered.any() {
                    return;
                }
                tell(desktop.as_ref(), gathered);
            }
        });
    }

    fn store_failed(&self, error: &StoreError) {
        tracing::error!(%error, "the dispatcher cannot write; it rests and tries again");
        self.changed(Changes::OUTBOX);
    }
}

impl Line {
    /// Starts delivering what is queued.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn start(store: &Arc<Store>, desktop: &Arc<dyn Desktop>) -> Answer<Self> {
        let runtime = Handle::try_current().map_err(|error| CommandError::internal(&error))?;
        let lines = lines(&connections(store)?);
        let watch = Arc::new(Watch { desktop: Arc::clone(desktop), pending: Arc::default() });
        let dispatcher = Dispatcher::start(Arc::clone(store), lines, watch, Options::default());
        Ok(Self { dispatcher: Mutex::new(Some(dispatcher)), runtime })
    }

    /// There is something new in the queue.
    pub fn wake(&self) {
        self.say(Input::Enqueued);
    }

    /// Try the lines now.
    pub fn try_now(&self) {
        self.say(Input::NetworkUp);
    }

    /// The connections were changed.
    pub fn reconnect(&self, all: &[Connection]) {
        self.say(Input::Lines(lines(all)));
    }

    /// Whether a provider answered last.
    pub fn online(&self, provider: &str) -> bool {
        self.facts().iter().any(|fact| fact.provider == provider && fact.online == Some(true))
    }

    /// What is known of each line.
    pub fn facts(&self) -> Vec<LineFact> {
        self.held(|dispatcher| dispatcher.lines()).unwrap_or_default()
    }

    /// Stops, and waits for what is under way to end.
    pub fn stop(&self) {
        let running = self.dispatcher.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(dispatcher) = running else { return };
        let end = || self.runtime.block_on(dispatcher.shut_down());
        // The window's commands run on the runtime's own threads, which may not wait for it as others do.
        if Handle::try_current().is_ok() { tokio::task::block_in_place(end) } else { end() }
    }

    fn say(&self, input: Input) {
        self.held(|dispatcher| dispatcher.tell(input));
    }

    fn held<T>(&self, act: impl FnOnce(&Dispatcher) -> T) -> Option<T> {
        self.dispatcher.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(act)
    }
}

/// The gateway of a connection.
///
/// # Errors
/// [`ErrorCode::InvalidField`] where the address cannot be used.
pub fn gateway(connection: &Connection) -> Answer<HttpGateway> {
    let token = Some(connection.token.clone()).filter(|token| !token.is_empty()).map(Token::new);
    HttpGateway::new(&connection.gateway, token).map_err(|error| setup(&error))
}

fn setup(error: &SetupError) -> CommandError {
    CommandError::caused(ErrorCode::InvalidField, error).with("field", "gateway").with("reason", "invalid")
}

/// Connections that cannot be used are left out: their messages wait, and the strip says that they do.
fn lines(all: &[Connection]) -> Vec<DispatchLine> {
    all.iter()
        .filter_map(|connection| {
            let transport = gateway(connection).ok()?;
            Some(DispatchLine { provider: connection.provider.clone(), transport: Arc::new(transport) })
        })
        .collect()
}

/// How many supplies of specimen numbers alarm, each as one of the internal lab's alarms.
fn scarce(numbers: &[NumbersView]) -> u32 {
    let alarming = numbers.iter().filter(|one| matches!(one.supply, Supply::Alarm | Supply::Empty));
    u32::try_from(alarming.count()).unwrap_or(u32::MAX)
}

impl Controller {
    /// The status strip and the numbers on the rail.
    ///
    /// # Errors
    /// When the store fails.
    pub fn status(&self) -> Answer<StatusView> {
        let here = self.here()?;
        let queue = here.store.queue_summary()?;
        let names = here.shelf.names();
        let facts = here.line.facts();
        let lines = connections(&here.store)?
            .into_iter()
            .map(|connection| {
                let fact = facts.iter().find(|fact| fact.provider == connection.provider);
                LineStatus {
                    name: names.get(&connection.provider).cloned().unwrap_or_else(|| connection.provider.clone()),
                    provider: connection.provider,
                    online: fact.and_then(|fact| fact.online),
                    since: fact.and_then(|fact| fact.since).map(|since| since.to_string()),
                }
            })
            .collect();
        // The account of a restore is on the same list until it is read.
        let restored = usize::from(here.store.restore_account()?.is_some());
        let needs_you = u32::try_from(here.needing()?.len() + restored).unwrap_or(u32::MAX);
        let waiting = u32::try_from(here.store.worklist::<serde::de::IgnoredAny>()?.len()).unwrap_or(u32::MAX);
        here.desktop.needs_you(needs_you);
        let numbers =
            here.number_supplies(|provider| names.get(provider).cloned().unwrap_or_else(|| provider.to_owned()))?;
        Ok(StatusView {
            lines,
            queued: queue.count,
            oldest: queue.oldest.map(|oldest| oldest.to_string()),
            waiting,
            lab_alarms: here.lab_alarms()? + scarce(&numbers),
            needs_you,
            storage: here.storage_trouble(),
            catalogues: here.catalogue_statuses()?,
            numbers,
            unread_updates: here.unread_updates()?,
            signed_in: here.signed_in()?,
        })
    }
}
