//! The simulated hospital: it receives requisitions as a hospital's gateway does, checks them with its own reader,
//! answers with application receipts and events, serves its catalogue, leases specimen numbers, and misbehaves when
//! told to.
//!
//! For development, demonstrations and tests with synthetic patients. It must never depend on the core's encoders and
//! readers, must never be reachable from outside the machine, and must never be given real patients.

pub mod apprec;
mod behaviour;
mod http;
mod ledger;
pub mod reading;
mod wire;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Context;
use jiff::Timestamp;
use rand::{Rng, SeedableRng, rngs::StdRng};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub use apprec::{Status, Verdict};
pub use behaviour::{Behaviour, Refusal, Rejection, Scope};
pub use http::ROUTES;
pub use ledger::{Effect, Event, EventKind, NumberBlock, Receipt, Received, State};
pub use reading::{Fault, Severity, Summary, Version};

use ledger::Ledger;

/// How a hospital is set up.
#[derive(Debug, Clone)]
pub struct Options {
    /// Port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// Folder with `<provider>.rkvcat`, `<provider>.rkvcat.minisig` and `<provider>.json` (`{"version": "…"}`), and where there
    /// are deltas `<provider>.<from>-<to>.rkvdelta` with `.minisig`.
    pub catalogues: Option<PathBuf>,
    /// Folder where the hospital keeps what it knows; none means memory only.
    pub data_dir: Option<PathBuf>,
    /// Bearer token demanded by the contract's calls; none means that everybody is let in.
    pub token: Option<String>,
    /// Time from a message to its application receipt.
    pub receipt_delay: Duration,
    /// When set, an accepted requisition gets its specimen received after this time and is answered after twice this time.
    pub auto_events: Option<Duration>,
    /// HER-ids that are ours; empty means that every receiver is.
    pub receivers: Vec<String>,
    /// Largest message in bytes.
    pub max_message: usize,
    /// Longest text of one element, in characters.
    pub text_limit: usize,
    /// Providers that lease no specimen numbers.
    pub no_number_blocks: Vec<String>,
    /// Leases numbers in blocks only, whatever is asked for.
    pub no_stations: bool,
    /// Refuses a lease that says what it is for, as a gateway of the plain contract may that takes no word it does not know.
    pub plain_leases: bool,
    /// Most numbers in a block, whatever is asked for.
    pub largest_block: Option<u32>,
    /// Leases that a provider grants altogether; after them it grants none.
    pub most_leases: Option<usize>,
}

/// HER-ids of the synthetic receivers in the national test material: Balsam sykehus with its departments (999900 to
/// 999999 are not given to anybody), and the services that the official examples are addressed to.
pub fn test_receivers() -> Vec<String> {
    let examples = [59, 91093, 91120, 91263, 94673];
    examples.into_iter().chain(999_900..=999_999).map(|id: u32| id.to_string()).collect()
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            catalogues: None,
            data_dir: None,
            token: None,
            receipt_delay: Duration::ZERO,
            auto_events: None,
            receivers: test_receivers(),
            max_message: 20 * 1024 * 1024,
            text_limit: 4000,
            no_number_blocks: Vec::new(),
            no_stations: false,
            plain_leases: false,
            largest_block: None,
            most_leases: None,
        }
    }
}

/// A running hospital. Dropping it stops it as [`Hospital::shutdown`] does.
pub struct Hospital {
    app: Arc<App>,
    address: SocketAddr,
    closing: watch::Sender<bool>,
    server: Option<JoinHandle<()>>,
}

/// Starts a hospital.
///
/// # Errors
/// When the port is taken or the data folder cannot be read or written.
pub async fn start(options: Options) -> anyhow::Result<Hospital> {
    let ledger = Ledger::open(options.data_dir.as_deref(), options.text_limit)?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, options.port));
    let listener = TcpListener::bind(address).await.with_context(|| format!("port {} cannot be used", options.port))?;
    let address = listener.local_addr()?;
    let (closing, closed) = watch::channel(false);
    let app = Arc::new(App {
        options,
        ledger: Mutex::new(ledger),
        behaviour: watch::channel(Behaviour::default()).0,
        chance: Mutex::new(StdRng::seed_from_u64(0)),
        changed: watch::channel(0).0,
        closing: closed.clone(),
        digests: http::Digests::default(),
    });
    let unanswered = app.ledger().without_receipt();
    for message_id in unanswered {
        app.answer_later(message_id);
    }
    let router = http::router(Arc::clone(&app));
    let doorway = wire::Doorway { listener, closing: closed };
    let server = tokio::spawn(async move {
        let service = router.into_make_service_with_connect_info::<wire::Wire>();
        // Ends only when the task is aborted.
        let _ = axum::serve(doorway, service).await;
    });
    Ok(Hospital { app, address, closing, server: Some(server) })
}

impl Hospital {
    /// Base address, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Pulls the plug: the port is closed and every open connection is reset. What is on disk stays.
    pub async fn shutdown(mut self) {
        let _ = self.closing.send(true);
        if let Some(server) = self.server.take() {
            server.abort();
            let _ = server.await;
        }
    }

    /// Every message received, in order of first arrival.
    pub fn received(&self) -> Vec<Received> {
        self.app.ledger().received().to_vec()
    }

    /// Requisitions that had effect, each once.
    pub fn effects(&self) -> Vec<Effect> {
        self.app.ledger().effects()
    }

    /// Receipts handed out so far, in order.
    pub fn receipts(&self) -> Vec<Receipt> {
        self.app.ledger().receipts.clone()
    }

    /// Events so far, in order.
    pub fn events(&self) -> Vec<Event> {
        self.app.ledger().events.clone()
    }

    /// How the hospital behaves now; counted faults show what is left.
    pub fn behaviour(&self) -> Behaviour {
        self.app.behaviour.borrow().clone()
    }

    /// Changes how the hospital behaves from now on.
    pub fn set_behaviour(&self, behaviour: Behaviour) {
        self.app.set_behaviour(behaviour);
    }

    /// Lets something happen to an accepted requisition.
    ///
    /// # Errors
    /// When the hospital has no such requisition, or its file cannot be written.
    pub fn make_event(
        &self,
        requisition_id: &str,
        kind: EventKind,
        specimen_id: Option<&str>,
        text: Option<&str>,
    ) -> anyhow::Result<Event> {
        self.app
            .make_event(requisition_id, kind, specimen_id.map(str::to_owned), text.map(str::to_owned))?
            .context("no such requisition at the hospital")
    }

    /// The laboratory tells of something that happened at another time than now.
    ///
    /// # Errors
    /// When the hospital has no such requisition, or cannot keep the event.
    pub fn make_event_at(&self, requisition_id: &str, kind: EventKind, at: Timestamp) -> anyhow::Result<Event> {
        self.app.make_event_at(requisition_id, kind, at)?.context("no such requisition at the hospital")
    }

    /// Puts a receipt with any text at all at the end of the feed.
    ///
    /// # Errors
    /// When the hospital's file cannot be written.
    pub fn put_receipt(&self, message_id: &str, app_rec: &str) -> anyhow::Result<()> {
        self.app.ledger().add_receipt(message_id, app_rec.to_owned(), Timestamp::now())?;
        self.app.tell();
        Ok(())
    }
}

impl Drop for Hospital {
    fn drop(&mut self) {
        let _ = self.closing.send(true);
        if let Some(server) = &self.server {
            server.abort();
        }
    }
}

/// The running hospital as its handlers see it.
pub(crate) struct App {
    pub(crate) options: Options,
    ledger: Mutex<Ledger>,
    behaviour: watch::Sender<Behaviour>,
    chance: Mutex<StdRng>,
    /// Counts changes of the feeds, for those who wait.
    changed: watch::Sender<u64>,
    closing: watch::Receiver<bool>,
    pub(crate) digests: http::Digests,
}

impl App {
    pub(crate) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set_behaviour(&self, behaviour: Behaviour) {
        let mut chance = self.chance.lock().unwrap_or_else(PoisonError::into_inner);
        *chance = StdRng::seed_from_u64(behaviour.seed);
        self.behaviour.send_replace(behaviour);
    }

    /// The fault of the next call, counted down.
    fn next_fault(&self) -> Option<behaviour::Fault> {
        let mut chance = self.chance.lock().unwrap_or_else(PoisonError::into_inner);
        let mut fault = None;
        self.behaviour.send_if_modified(|behaviour| {
            fault = behaviour.next_fault(|| chance.random::<f64>());
            false
        });
        fault
    }

    fn next_rejection(&self) -> Option<(String, String)> {
        let mut rejection = None;
        self.behaviour.send_if_modified(|behaviour| {
            rejection = behaviour.next_rejection();
            false
        });
        rejection
    }

    fn tell(&self) {
        self.changed.send_modify(|count| *count += 1);
    }

    pub(crate) fn make_event_at(
        &self,
        requisition_id: &str,
        kind: EventKind,
        at: Timestamp,
    ) -> anyhow::Result<Option<Event>> {
        let event = self.ledger().add_event(requisition_id, kind, None, None, at)?;
        self.tell();
        Ok(event)
    }

    pub(crate) fn make_event(
        &self,
        requisition_id: &str,
        kind: EventKind,
        specimen_id: Option<String>,
        text: Option<String>,
    ) -> anyhow::Result<Option<Event>> {
        let event = self.ledger().add_event(requisition_id, kind, specimen_id, text, Timestamp::now())?;
        self.tell();
        Ok(event)
    }

    /// Writes the application receipt now or after the delay, held back while the behaviour says so.
    pub(crate) fn answer_later(self: &Arc<Self>, message_id: String) {
        let held = self.behaviour.borrow().no_receipts;
        if self.options.receipt_delay.is_zero() && !held {
            self.answer(&message_id);
            return;
        }
        let app = Arc::clone(self);
        self.unless_closed(async move {
            tokio::time::sleep(app.options.receipt_delay).await;
            let mut behaviour = app.behaviour.subscribe();
            if behaviour.wait_for(|behaviour| !behaviour.no_receipts).await.is_ok() {
                app.answer(&message_id);
            }
        });
    }

    /// Specimen received, then answered, for the demonstration.
    pub(crate) fn events_later(self: &Arc<Self>, message: &Received) {
        let Some(pause) =
            self.options.auto_events.filter(|_| message.verdict.accepts() && message.summary.serv_type != "C")
        else {
            return;
        };
        let requisition_id = message.summary.requisition_id.clone();
        let specimens: Vec<String> = message.summary.specimen_ids().into_iter().map(str::to_owned).collect();
        let app = Arc::clone(self);
        self.unless_closed(async move {
            tokio::time::sleep(pause).await;
            if app.ledger().state(&requisition_id) == Some(State::Ordered) {
                let specimens: Vec<_> =
                    if specimens.is_empty() { vec![None] } else { specimens.into_iter().map(Some).collect() };
                for specimen in specimens {
                    app.log_failure(app.make_event(&requisition_id, EventKind::SpecimenReceived, specimen, None));
                }
            }
            tokio::time::sleep(pause).await;
            if app.ledger().state(&requisition_id) == Some(State::SpecimenReceived) {
                app.log_failure(app.make_event(&requisition_id, EventKind::Answered, None, None));
            }
        });
    }

    /// The application receipt of one message, as the behaviour wants it.
    fn answer(&self, message_id: &str) {
        let Some(message) = self.ledger().message(message_id).cloned() else { return };
        let behaviour = self.behaviour.borrow().clone();
        let mut ledger = self.ledger();
        let mut put = |about: &str, text: String| self.log_failure(ledger.add_receipt(about, text, Timestamp::now()));
        if behaviour.unknown_receipts {
            let mut stranger = message.summary.clone();
            stranger.message_id = uuid::Uuid::new_v4().to_string();
            stranger.requisition_id = uuid::Uuid::new_v4().to_string();
            put(&stranger.message_id.clone(), written(&stranger, &message.verdict));
        }
        let mut text = written(&message.summary, &message.verdict);
        if behaviour.truncated_receipts {
            let half = (text.len() / 2..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or_default();
            text.truncate(half);
        }
        if let Some(other) = behaviour.receipt_text {
            text = other;
        }
        put(&message.message_id, text.clone());
        if behaviour.duplicate_receipts {
            put(&message.message_id, text);
        }
        if behaviour.contradictory_receipts {
            let opposite = if message.verdict.accepts() {
                Verdict::of(vec![Fault::rejects(
                    "X99",
                    "Mottakssystemet avviste meldingen etter først å ha godtatt den.",
                )])
            } else {
                Verdict::of(Vec::new())
            };
            put(&message.message_id, written(&message.summary, &opposite));
        }
        drop(ledger);
        self.tell();
    }

    fn unless_closed(&self, work: impl Future<Output = ()> + Send + 'static) {
        let mut closing = self.closing.clone();
        tokio::spawn(async move {
            tokio::select! {
                () = work => {}
                _ = closing.wait_for(|closed| *closed) => {}
            }
        });
    }

    fn log_failure<T>(&self, outcome: anyhow::Result<T>) {
        if let Err(error) = outcome {
            tracing::error!("the hospital could not write its file: {error:#}");
        }
    }
}

fn written(summary: &Summary, verdict: &Verdict) -> String {
    let zone = jiff::tz::TimeZone::get("Europe/Oslo").unwrap_or(jiff::tz::TimeZone::UTC);
    apprec::write(summary, verdict, uuid::Uuid::new_v4(), &Timestamp::now().to_zoned(zone))
}
