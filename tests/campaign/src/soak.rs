//! The soak: a long queue drained through a gateway on which one call in ten fails. The memory does not grow, whoever looks
//! at the overview meanwhile is answered, and the messages go about as fast as this machine can make one durable commit and
//! one request for each.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use it::orders::frozen;
use jiff::Timestamp;
use requisition::dispatch::{Dispatcher, Line, Observer, Options};
use requisition::outbox::{Kind, Outcome, Priority, State};
use requisition::store::{Changes, Error, Key, Store};
use requisition::transport::{
    Answer, CatalogueAnswer, CatalogueRequest, EventPage, HttpGateway, LeaseAnswer, LeaseRequest, ReceiptPage,
    Submission, Transport, Trouble,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::power::open_rows;
use crate::{Chance, built_beside};

/// Share of the gateway's calls that fail.
const FAILURES: f64 = 0.1;

/// What a soak came to.
#[derive(Debug)]
pub struct Report {
    /// Messages.
    pub messages: u32,
    /// Copies of them on the line.
    pub copies: u64,
    /// Messages a second until nine of ten had their transport receipts. What failed waits before it is tried again, so the
    /// last ones wait for nothing else; and one whose answer was lost may get its application receipt first.
    pub rate: f64,
    /// Until all had their application receipts.
    pub drained: Duration,
    /// The floor: one durable commit and one request to the same gateway for each message, one after the other, a second.
    pub floor: f64,
    /// Growth of the memory held, from the first tenth to the end, in MiB.
    pub growth: f64,
    /// Looks at queue and needs-you list while it drained: the slowest of 100.
    pub look_p99: Duration,
}

impl Report {
    /// Throughput as a share of the floor.
    #[must_use]
    pub fn ratio(&self) -> f64 {
        self.rate / self.floor
    }
}

/// Drains so many messages.
///
/// # Errors
/// When one is lost or doubled, or does not go.
pub async fn run(messages: u32, seed: u64) -> anyhow::Result<Report> {
    let mut chance = Chance::new("soak", seed);
    let floor = floor(messages.min(1_000)).await?;
    let hospital = Gateway::start()?;
    hospital.fail(FAILURES, chance.below(1 << 32)).await?;
    let folder = tempfile::tempdir()?;
    let store = Arc::new(Store::open(&folder.path().join("s.sqlite"), &Key::from_bytes([7; 32]))?);
    for _ in 0..messages {
        let item = frozen(Uuid::new_v4(), Uuid::new_v4(), Kind::New, "balsam", Priority::Routine);
        store.finalise(&[item], None, "campaign", Timestamp::now())?;
    }
    let counting = Arc::new(Counting::new(HttpGateway::new(&hospital.url, None)?, messages));
    let line = Line { provider: "balsam".into(), transport: Arc::clone(&counting) as Arc<dyn Transport> };
    let begun = Instant::now();
    let looks = Looks::start(&store);
    let dispatcher = Dispatcher::start(Arc::clone(&store), vec![line], Arc::new(Quiet), Options::default());
    dispatcher.idle(Duration::from_secs(10)).await?;
    let drained = begun.elapsed();
    dispatcher.shut_down().await;
    let look_p99 = looks.stop().await?;
    let end = memory();
    let rows = store.all_entries()?;
    anyhow::ensure!(rows.iter().all(|row| row.entry.state == State::Accepted), "not everything was accepted");
    let copies = hospital.check_effects(rows.len()).await?;
    let (taken, start) = counting.marks();
    let rate = f64::from(messages) * 0.9 / taken.duration_since(begun).as_secs_f64();
    Ok(Report { messages, copies, rate, drained, floor, growth: end - start, look_p99 })
}

/// One durable commit and one request to a gateway that behaves, for each message, one after the other.
async fn floor(messages: u32) -> anyhow::Result<f64> {
    let hospital = Gateway::start()?;
    let gateway = HttpGateway::new(&hospital.url, None)?;
    let folder = tempfile::tempdir()?;
    let connection = open_rows(&folder.path().join("floor.sqlite"), "FULL")?;
    connection
        .execute_batch("CREATE TABLE written (id TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT, WITHOUT ROWID")?;
    let items: Vec<(Uuid, Vec<u8>)> = (0..messages)
        .map(|_| {
            let message_id = Uuid::new_v4();
            (message_id, frozen(Uuid::new_v4(), message_id, Kind::New, "balsam", Priority::Routine).entry.bytes)
        })
        .collect();
    let begun = Instant::now();
    for (message_id, bytes) in items {
        connection
            .prepare_cached("INSERT INTO written (id, bytes) VALUES (?1, ?2)")?
            .execute((message_id.to_string(), &bytes))?;
        let outcome = gateway.submit(&Submission::of(message_id, "999901".into(), bytes)).await;
        anyhow::ensure!(matches!(outcome, Outcome::Receipt(_)), "{outcome:?}");
    }
    Ok(f64::from(messages) / begun.elapsed().as_secs_f64())
}

/// The demo hospital as a program of its own, so that its memory is not ours.
struct Gateway {
    child: Child,
    url: String,
    client: reqwest::Client,
}

impl Gateway {
    fn start() -> anyhow::Result<Self> {
        rustls::crypto::ring::default_provider().install_default().ok();
        let mut child = Command::new(built_beside("hospital")?)
            .args(["--port", "0", "--any-receiver", "--receipt-delay-ms", "0"])
            .env("RUST_LOG", "error")
            .stdout(Stdio::piped())
            .spawn()
            .context("the hospital")?;
        let mut url = String::new();
        BufReader::new(child.stdout.take().context("no output")?).read_line(&mut url)?;
        Ok(Self { child, url: url.trim().to_owned(), client: reqwest::Client::new() })
    }

    async fn fail(&self, rate: f64, seed: u64) -> anyhow::Result<()> {
        let body = json!({ "failureRate": rate, "seed": seed, "scope": "everything" }).to_string();
        let answer = self.client.put(format!("{}/control/behaviour", self.url)).body(body).send().await?;
        anyhow::ensure!(answer.status().is_success(), "the hospital takes no orders: {}", answer.status());
        Ok(())
    }

    /// Holds what had effect against what was sent. Returns how many copies came.
    async fn check_effects(&self, messages: usize) -> anyhow::Result<u64> {
        let effects = self.ask("effects").await?;
        let received = self.ask("received").await?;
        let (effects, received) = (list(&effects, "effects")?, list(&received, "received")?);
        anyhow::ensure!(effects.len() == messages, "{} of {messages} had effect", effects.len());
        anyhow::ensure!(
            effects.iter().all(|effect| effect["messageIds"].as_array().is_some_and(|ids| ids.len() == 1)),
            "a requisition had effect twice"
        );
        let mut by_id = BTreeMap::new();
        for message in received {
            by_id.insert(message["messageId"].to_string(), message["copies"].as_u64().unwrap_or(0));
        }
        anyhow::ensure!(by_id.len() == messages, "{} of {messages} arrived", by_id.len());
        Ok(by_id.values().sum())
    }

    async fn ask(&self, what: &str) -> anyhow::Result<Value> {
        Ok(self.client.get(format!("{}/control/{what}", self.url)).send().await?.json().await?)
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn list<'a>(value: &'a Value, name: &str) -> anyhow::Result<&'a Vec<Value>> {
    value[name].as_array().with_context(|| format!("no {name}"))
}

/// A gateway that notes when its messages were taken.
struct Counting {
    inner: HttpGateway,
    messages: u32,
    marks: Mutex<Marks>,
}

struct Marks {
    taken: u32,
    at_90: Instant,
    memory_at_10: f64,
}

impl Counting {
    fn new(inner: HttpGateway, messages: u32) -> Self {
        let marks = Mutex::new(Marks { taken: 0, at_90: Instant::now(), memory_at_10: memory() });
        Self { inner, messages, marks }
    }

    fn taken(&self) {
        let mut marks = self.marks.lock().unwrap_or_else(PoisonError::into_inner);
        marks.taken += 1;
        if marks.taken == self.messages / 10 {
            marks.memory_at_10 = memory();
        }
        if marks.taken == self.messages * 9 / 10 {
            marks.at_90 = Instant::now();
        }
    }

    fn marks(&self) -> (Instant, f64) {
        let marks = self.marks.lock().unwrap_or_else(PoisonError::into_inner);
        (marks.at_90, marks.memory_at_10)
    }
}

impl Transport for Counting {
    fn submit<'a>(&'a self, submission: &'a Submission) -> Answer<'a, Outcome> {
        Box::pin(async move {
            let outcome = self.inner.submit(submission).await;
            if matches!(outcome, Outcome::Receipt(_)) {
                self.taken();
            }
            outcome
        })
    }

    fn fetch_receipts<'a>(
        &'a self,
        after: Option<&'a str>,
        wait: Duration,
    ) -> Answer<'a, Result<ReceiptPage, Trouble>> {
        self.inner.fetch_receipts(after, wait)
    }

    fn fetch_events<'a>(&'a self, after: Option<&'a str>) -> Answer<'a, Result<EventPage, Trouble>> {
        self.inner.fetch_events(after)
    }

    fn fetch_catalogue<'a>(&'a self, request: &'a CatalogueRequest) -> Answer<'a, Result<CatalogueAnswer, Trouble>> {
        self.inner.fetch_catalogue(request)
    }

    fn lease_numbers<'a>(&'a self, request: &'a LeaseRequest) -> Answer<'a, Result<LeaseAnswer, Trouble>> {
        self.inner.lease_numbers(request)
    }

    fn health(&self) -> Answer<'_, Result<(), Trouble>> {
        self.inner.health()
    }
}

/// Somebody who looks at the queue and at what needs somebody, as the window does, while it drains.
struct Looks {
    stop: tokio::sync::watch::Sender<bool>,
    looking: tokio::task::JoinHandle<anyhow::Result<Vec<Duration>>>,
}

impl Looks {
    fn start(store: &Arc<Store>) -> Self {
        let (stop, mut stopped) = tokio::sync::watch::channel(false);
        let store = Arc::clone(store);
        let looking = tokio::spawn(async move {
            let mut took = Vec::new();
            while !*stopped.borrow() {
                let store = Arc::clone(&store);
                let look = move || -> anyhow::Result<Duration> {
                    let begun = Instant::now();
                    store.queue_summary()?;
                    store.needs_you(Timestamp::now())?;
                    Ok(begun.elapsed())
                };
                took.push(tokio::task::spawn_blocking(look).await??);
                tokio::time::timeout(Duration::from_millis(100), stopped.changed()).await.ok();
            }
            took.sort();
            Ok(took)
        });
        Self { stop, looking }
    }

    async fn stop(self) -> anyhow::Result<Duration> {
        self.stop.send_replace(true);
        let took = self.looking.await??;
        let at = (took.len() * 99 / 100).min(took.len().saturating_sub(1));
        took.get(at).copied().context("nobody looked")
    }
}

/// Nobody is told; a store that refuses ends the campaign by the messages it misses.
struct Quiet;

impl Observer for Quiet {
    fn changed(&self, _: Changes) {}

    fn store_failed(&self, error: &Error) {
        eprintln!("the store refused: {error}");
    }
}

/// Memory that this process holds, in MiB; 0 where the system does not tell.
fn memory() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().trim_end_matches("kB").trim().parse::<f64>().unwrap_or(0.0) / 1024.0
}
