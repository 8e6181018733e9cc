//! The lines to the hospitals: one dispatcher for all of them, told when there is something to do, and the status strip's
//! facts about each.

use std::sync::{Arc, Mutex, PoisonError};

use requisition::dispatch::{Dispatcher, Input, Line as DispatchLine, LineFact, Observer, Options};
use requisition::store::{Changes, Error as StoreError, Store};
use requisition::transport::{HttpGateway, SetupError, Token};
use tokio::runtime::Handle;

use super::settings::{Connection, connections};
use super::{Answer, Controller, Desktop, tell};
use crate::error::{CommandError, ErrorCode};
use crate::views::{LineStatus, StatusView};

/// The running dispatcher.
pub struct Line {
    dispatcher: Mutex<Option<Dispatcher>>,
    runtime: Handle,
}

/// Passes what the dispatcher did on to the desktop.
struct Watch {
    desktop: Arc<dyn Desktop>,
}

impl Observer for Watch {
    fn changed(&self, changes: Changes) {
        tell(self.desktop.as_ref(), changes);
    }

    fn store_failed(&self, error: &StoreError) {
        tracing::error!(%error, "the dispatcher cannot write; it rests and tries again");
        tell(self.desktop.as_ref(), Changes::OUTBOX);
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
        let watch = Arc::new(Watch { desktop: Arc::clone(desktop) });
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
        if let Some(dispatcher) = running {
            self.runtime.block_on(dispatcher.shut_down());
        }
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
        let needs_you = u32::try_from(here.store.needs_you(super::now().timestamp())?.len()).unwrap_or(u32::MAX);
        let waiting = u32::try_from(here.store.worklist::<serde::de::IgnoredAny>()?.len()).unwrap_or(u32::MAX);
        here.desktop.needs_you(needs_you);
        Ok(StatusView {
            lines,
            queued: queue.count,
            oldest: queue.oldest.map(|oldest| oldest.to_string()),
            waiting,
            needs_you,
            catalogues: here.catalogue_statuses()?,
            unread_updates: here.unread_updates()?,
            signed_in: here.signed_in()?,
        })
    }
}
