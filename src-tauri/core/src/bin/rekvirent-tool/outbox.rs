//! `outbox`: the durable queue without a window, as the application uses it.
//!
//! What `enqueue` reports is committed; `deliver` may be killed at any moment and started again. Nothing here decides what
//! follows from a failure: it runs the core's own dispatcher.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::{Context, anyhow};
use clap::Subcommand;
use jiff::{Timestamp, Zoned};
use requisition::codes::MessageVersion;
use requisition::composing::draft;
use requisition::dispatch::{AtMoment, Dispatcher, Line, Moment, Observer, Options};
use requisition::ids::{MessageId, RequisitionId};
use requisition::message::{self, Envelope};
use requisition::order::{self, Order};
use requisition::outbox::{Kind, Priority, RECEIPT_WITHIN_HOURS};
use requisition::parties::Party;
use requisition::store::{
    Changes, Error, Finalise, Key, NewEntry, NewRequisition, NewSpecimen, OutboxRow, SpecimenStatus, Store,
};
use requisition::transport::{HttpGateway, Token};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::Failure;
use crate::compose::{norwegian_now, read_order};

/// The connection that this tool's own entries go by.
const LINE: &str = "gateway";
/// Moment of `enqueue`: a message is composed and not yet in the queue.
const COMPOSED: &str = "composed";
/// Moment of `enqueue`: a message is in the queue and not yet reported.
const QUEUED: &str = "queued";

/// Arguments of `outbox`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Compose messages and put them in the queue; one line of JSON for each, once it is safe on disk
    Enqueue {
        /// Order documents (rekvirent-order/1)
        #[arg(required = true)]
        orders: Vec<PathBuf>,
        #[command(flatten)]
        place: Place,
        /// Version of the national message
        #[arg(long, value_name = "VERSION", value_parser = ["1.6", "1.5"], default_value = "1.6")]
        message_version: String,
        /// For trials: stand still at this moment (`composed`, `queued`), to be killed there
        #[arg(long, value_name = "MOMENT", value_parser = [COMPOSED, QUEUED], hide = true)]
        hold_at: Option<String>,
    },
    /// What is in the queue and what became of it
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Take a message out that certainly never arrived
    Withdraw {
        /// Message id, or the requisition id of its only waiting message
        id: Uuid,
        #[command(flatten)]
        place: Place,
    },
    /// What an operator may send away when something is wrong: states, counts and codes, and nobody's data
    Diagnostics {
        #[command(flatten)]
        place: Place,
    },
    /// Run the dispatcher: send what is queued, read receipts and events
    Deliver {
        #[command(flatten)]
        place: Place,
        /// Address of the hospital gateway; https, but for loopback
        #[arg(long, value_name = "URL")]
        gateway: String,
        /// File with the bearer token
        #[arg(long, value_name = "FILE")]
        token_file: Option<PathBuf>,
        /// End when nothing is left to send and receipts have been read
        #[arg(long)]
        until_idle: bool,
        /// With --until-idle: seconds to wait for receipts that are still missing
        #[arg(long, value_name = "SECONDS", default_value_t = 5)]
        receipt_patience: u64,
        /// With --until-idle: give up after so many seconds (exit 3); the queue keeps what is left
        #[arg(long, value_name = "SECONDS")]
        give_up_after: Option<u64>,
        /// For trials: stand still at this moment of the dispatcher, to be killed there
        #[arg(long, value_name = "MOMENT", hide = true)]
        hold_at: Option<String>,
        /// For trials: let the moment pass so many times first
        #[arg(long, value_name = "TIMES", default_value_t = 0, hide = true)]
        hold_after: u32,
    },
}

/// Where the queue is and what opens it.
#[derive(Debug, clap::Args)]
struct Place {
    /// The store (SQLCipher)
    #[arg(long, value_name = "FILE")]
    store: PathBuf,
    /// Its key: 64 hexadecimal digits. `enqueue` makes key and store when neither is there
    #[arg(long, value_name = "FILE")]
    key_file: PathBuf,
}

/// Runs the command; a list of messages is told one by one where `jsonl` is wanted.
pub fn run(arguments: &Arguments, jsonl: bool) -> Result<(), Failure> {
    match &arguments.command {
        Command::Enqueue { orders, place, message_version, hold_at } => {
            enqueue(orders, place, message_version, hold_at.as_deref())
        }
        Command::List { place } => list(place, jsonl),
        Command::Withdraw { id, place } => withdraw(*id, place),
        Command::Diagnostics { place } => {
            let store = place.open(false)?;
            let found = store.diagnostics().context("cannot read the queue")?;
            let queue = store.queue_summary().context("cannot read the queue")?;
            print(&json!({ "version": env!("CARGO_PKG_VERSION"), "store": found, "queue": queue }))
        }
        Command::Deliver {
            place,
            gateway,
            token_file,
            until_idle,
            receipt_patience,
            give_up_after,
            hold_at,
            hold_after,
        } => {
            let at = hold_at.as_deref().map(|word| holding(word, *hold_after)).transpose()?;
            let store = Arc::new(place.open(false)?);
            let token = match token_file {
                None => None,
                Some(path) => {
                    let text =
                        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
                    Some(Token::new(text.trim().to_owned()))
                }
            };
            let gateway =
                HttpGateway::new(gateway, token).map_err(|error| Failure::Usage(format!("--gateway: {error}")))?;
            let idle = until_idle.then(|| Idle {
                patience: Duration::from_secs(*receipt_patience),
                give_up_after: give_up_after.map(Duration::from_secs),
            });
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("no runtime")?;
            runtime.block_on(deliver(store, gateway, idle, at))
        }
    }
}

impl Place {
    fn open(&self, may_create: bool) -> Result<Store, Failure> {
        let shown = self.store.display();
        let missing = !self.store.exists();
        if missing && !may_create {
            return Err(Failure::Environment(anyhow!("there is no store at {shown}")));
        }
        if missing && !self.key_file.exists() {
            let key = Key::generate().context("no key")?;
            key.create_file(&self.key_file).with_context(|| format!("cannot write {}", self.key_file.display()))?;
            eprintln!("made a new key in {}", self.key_file.display());
        }
        let key = Key::read_file(&self.key_file).with_context(|| format!("cannot read {}", self.key_file.display()))?;
        Ok(Store::open(&self.store, &key).with_context(|| format!("cannot open {shown}"))?)
    }
}

fn enqueue(orders: &[PathBuf], place: &Place, version: &str, hold_at: Option<&str>) -> Result<(), Failure> {
    let version = if version == "1.5" { MessageVersion::V1_5 } else { MessageVersion::V1_6 };
    // All are read and composed before the first is queued: a mistake in the last one queues none.
    let composed = orders
        .iter()
        .map(|path| compose(path, version).map_err(|failure| naming(failure, path, orders.len())))
        .collect::<Result<Vec<_>, Failure>>()?;
    let store = place.open(true)?;
    for (item, path) in composed.into_iter().zip(orders) {
        let (message_id, requisition_id) = (item.entry.message_id, item.entry.requisition_id);
        let kind = item.entry.kind;
        if hold_at == Some(COMPOSED) {
            hold(COMPOSED);
        }
        match store.finalise(&[item], None, "rekvirent-tool", now()?) {
            Ok(_) => {}
            Err(Error::NotNow { why }) => {
                return Err(naming(Failure::Refused(vec![format!("requisition.id: {why}")]), path, orders.len()));
            }
            Err(error) => return Err(Failure::Environment(anyhow::Error::new(error).context("nothing was queued"))),
        }
        if hold_at == Some(QUEUED) {
            hold(QUEUED);
        }
        print(&json!({
            "order": path.display().to_string(),
            "messageId": message_id,
            "requisitionId": requisition_id,
            "kind": kind,
            "state": "queued",
        }))?;
    }
    Ok(())
}

fn compose(path: &Path, version: MessageVersion) -> Result<Finalise, Failure> {
    let now = norwegian_now()?;
    let mut order = read_order(path, &now)?;
    if order.kind == order::Kind::New {
        order.requisition.id.get_or_insert_with(|| RequisitionId::from_uuid(Uuid::new_v4()));
        order.requisition.issued.get_or_insert_with(|| order::Moment::from(&now));
    }
    freeze(&order, version, now)
}

fn freeze(order: &Order, version: MessageVersion, now: Zoned) -> Result<Finalise, Failure> {
    let refused = |error: &dyn std::fmt::Display| Failure::Refused(vec![error.to_string()]);
    let requisition_id = order.requisition.id.as_ref().ok_or_else(|| refused(&"requisition.id: is missing"))?.uuid();
    let message_id = MessageId::from_uuid(Uuid::new_v4());
    let bytes =
        message::render(order, &Envelope { message_id, generated: now }, version).map_err(|error| refused(&error))?;
    message::check(&bytes).map_err(|error| refused(&error))?;
    let receiver_her = receiver(&order.service_provider)
        .ok_or_else(|| refused(&"serviceProvider.organisation.ids.HER: is missing"))?;
    let urgency = match order.urgency {
        Some(order::Urgency::High) => draft::Urgency::Urgent,
        Some(order::Urgency::Normal | order::Urgency::Low) | None => draft::Urgency::Routine,
    };
    let kind = match order.kind {
        order::Kind::New => Kind::New,
        order::Kind::Change => Kind::Change,
        order::Kind::Addition => Kind::Addition,
        order::Kind::Cancel => Kind::Cancel,
    };
    Ok(Finalise {
        requisition: requisition(order, requisition_id, urgency)?,
        entry: NewEntry {
            message_id: message_id.uuid(),
            requisition_id,
            kind,
            bytes,
            receiver_her,
            provider: LINE.to_owned(),
            version,
            priority: Priority::from(urgency),
            receipt_within_hours: RECEIPT_WITHIN_HOURS,
            replaces: None,
        },
    })
}

fn requisition(order: &Order, id: Uuid, urgency: draft::Urgency) -> Result<NewRequisition, Failure> {
    let names: Vec<&str> = order.services.iter().map(|service| service.code.display.as_str()).collect();
    Ok(NewRequisition {
        id,
        provider: LINE.to_owned(),
        department: String::new(),
        discipline: serde_json::to_value(order.discipline)
            .ok()
            .and_then(|v| v.as_str().map(str::to_owned))
            .unwrap_or_default(),
        urgency,
        patient_name: order.patient.name.family_first(),
        patient_number: order.patient.ids.national().map(|number| number.as_str().to_owned()).unwrap_or_default(),
        requester: String::new(),
        summary: names.join(", "),
        services: Vec::new(),
        // Numbers in a handed-over order belong to the system that made them: they are carried, not kept unique here.
        specimens: order
            .specimens
            .iter()
            .map(|specimen| NewSpecimen {
                id: format!("{id}/{}", specimen.key),
                number: None,
                status: SpecimenStatus::Planned,
            })
            .collect(),
        content: serde_json::to_string(order).context("the order cannot be kept")?,
    })
}

/// The communication party that receives: person, or the smallest department with a HER-id, or the organisation.
fn receiver(party: &Party) -> Option<String> {
    let person = party.person.as_ref().and_then(|person| person.ids.her.as_ref());
    let department = party.departments.iter().rev().find_map(|department| department.ids.her.as_ref());
    person.or(department).or(party.organisation.ids.her.as_ref()).map(|her| her.as_str().to_owned())
}

fn list(place: &Place, jsonl: bool) -> Result<(), Failure> {
    let rows = place.open(false)?.all_entries().context("cannot read the queue")?;
    let rows: Vec<Value> = rows.iter().map(shown).collect();
    if jsonl { rows.iter().try_for_each(print) } else { print(&Value::Array(rows)) }
}

fn shown(row: &OutboxRow) -> Value {
    let entry = &row.entry;
    json!({
        "messageId": entry.message_id,
        "requisitionId": entry.requisition_id,
        "kind": entry.kind,
        "state": entry.state.word(),
        "reason": entry.state.reason(),
        "waiting": (entry.state.word() == "queued").then_some(entry.waiting),
        "priority": entry.priority,
        "receiver": row.receiver_her,
        "attempts": entry.attempts,
        "size": row.size,
        "createdAt": entry.created_at,
        "nextAttemptAt": (entry.state.word() == "queued").then_some(entry.next_attempt_at),
        "deliveredAt": entry.delivered_at,
        "settledAt": row.settled_at,
    })
}

fn withdraw(id: Uuid, place: &Place) -> Result<(), Failure> {
    let store = place.open(false)?;
    let message = match store.entry(id) {
        Ok(row) => row.entry.message_id,
        Err(Error::NotFound { .. }) => {
            let entries = store.entries(id).context("cannot read the queue")?;
            let waiting: Vec<_> = entries.iter().filter(|row| row.entry.state.word() == "queued").collect();
            match waiting.as_slice() {
                [only] => only.entry.message_id,
                [] => return Err(Failure::Refused(vec![format!("{id}: nothing of this id waits in the queue")])),
                [..] => return Err(Failure::Refused(vec![format!("{id}: several messages wait; name one")])),
            }
        }
        Err(error) => return Err(Failure::Environment(error.into())),
    };
    match store.withdraw(message, "rekvirent-tool", now()?) {
        Ok(_) => print(&shown(&store.entry(message).context("cannot read the queue")?)),
        Err(Error::NoWithdrawal(why)) => Err(Failure::Refused(vec![format!("{message}: {why}")])),
        Err(error) => Err(Failure::Environment(error.into())),
    }
}

/// When to end by itself.
struct Idle {
    patience: Duration,
    give_up_after: Option<Duration>,
}

async fn deliver(
    store: Arc<Store>,
    gateway: HttpGateway,
    idle: Option<Idle>,
    at: Option<AtMoment>,
) -> Result<(), Failure> {
    let gateway = Arc::new(gateway);
    let mut providers: Vec<String> =
        store.all_entries().context("cannot read the queue")?.into_iter().map(|row| row.entry.provider).collect();
    providers.push(LINE.to_owned());
    providers.sort();
    providers.dedup();
    let lines = providers.into_iter().map(|provider| Line { provider, transport: gateway.clone() }).collect();
    let options = Options {
        poll_awaiting: Duration::from_millis(200),
        poll_idle: Duration::from_secs(5),
        at,
        ..Options::default()
    };
    let dispatcher = Dispatcher::start(Arc::clone(&store), lines, Arc::new(Quiet), options);
    let ended = match idle {
        Some(Idle { patience, give_up_after }) => {
            let longest = give_up_after.unwrap_or(Duration::from_secs(u64::from(u32::MAX)));
            tokio::select! {
                ended = tokio::time::timeout(longest, dispatcher.idle(patience)) => match ended {
                    Ok(ended) => ended.map_err(|error| Failure::Environment(error.into())),
                    Err(_) => Err(Failure::Environment(anyhow!("gave up; the queue keeps what is left"))),
                },
                _ = tokio::signal::ctrl_c() => Ok(()),
            }
        }
        None => tokio::signal::ctrl_c().await.context("no signals").map_err(Failure::Environment),
    };
    let lines = dispatcher.lines();
    dispatcher.shut_down().await;
    let diagnostics = store.diagnostics().context("cannot read the queue")?;
    print(&json!({ "states": diagnostics.states, "lines": lines }))?;
    ended
}

/// What stands still at a moment of the dispatcher.
fn holding(word: &str, after: u32) -> Result<AtMoment, Failure> {
    let named = Moment::ALL.into_iter().find(|(_, known)| *known == word);
    let (wanted, word) = named.ok_or_else(|| Failure::Usage(format!("--hold-at: there is no moment {word}")))?;
    let passed = AtomicU32::new(0);
    Ok(Arc::new(move |moment| {
        if moment == wanted && passed.fetch_add(1, Ordering::Relaxed) >= after {
            hold(word);
        }
    }))
}

/// Says where this program stands, and stays there until it is killed.
fn hold(word: &str) {
    eprintln!("holding at {word}");
    loop {
        std::thread::park();
    }
}

/// Nobody watches; a store that refuses is told.
struct Quiet;

impl Observer for Quiet {
    fn changed(&self, _: Changes) {}

    fn store_failed(&self, error: &Error) {
        eprintln!("the store refused: {error}");
    }
}

fn naming(failure: Failure, path: &Path, documents: usize) -> Failure {
    match failure {
        Failure::Refused(lines) if documents > 1 => {
            Failure::Refused(lines.into_iter().map(|line| format!("{}: {line}", path.display())).collect())
        }
        other => other,
    }
}

fn print(value: &Value) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{value}").and_then(|()| out.flush()).context("cannot write to standard output")?;
    Ok(())
}

fn now() -> Result<Timestamp, Failure> {
    Ok(norwegian_now()?.timestamp())
}
