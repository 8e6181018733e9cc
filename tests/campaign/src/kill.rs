//! The kill campaign: the tool is killed at random points, and at every labelled moment, while it queues and delivers to a
//! hospital that fails at random. Everything that was reported arrives, with effect exactly once, and the store is whole.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use hospital::{Behaviour, Hospital};
use it::orders::frozen;
use jiff::Timestamp;
use requisition::dispatch::Moment;
use requisition::outbox::{Kind, Outcome, Priority, State};
use requisition::transport::{HttpGateway, Submission, Transport};
use uuid::Uuid;

use crate::Chance;
use crate::tool::{End, Office};

/// Moments of `enqueue`.
const QUEUEING: [&str; 2] = ["composed", "queued"];
/// Share of the hospital's answers that fail.
const FAILURES: f64 = 0.25;

/// Kills between two looks at what came of them.
const KILLS_OF_A_ROUND: u32 = 200;

/// What a campaign came to.
#[derive(Debug, Default)]
pub struct Report {
    /// Requisitions reported as queued.
    pub reported: usize,
    /// Messages that the hospital has.
    pub arrived: usize,
    /// Copies of them that came on the line.
    pub copies: u32,
    /// Runs killed at a random point.
    pub at_random: u32,
    /// Runs killed at a labelled moment.
    pub at_moments: BTreeMap<&'static str, u32>,
}

impl Report {
    /// All kills.
    #[must_use]
    pub fn kills(&self) -> u32 {
        self.at_random + self.at_moments.values().sum::<u32>()
    }
}

/// Kills until there were so many kills, in rounds: at the end of each, everything is let end well, and the hospital is held
/// against what was reported.
///
/// # Errors
/// When a promise is broken, or when too little happened for the campaign to mean anything.
pub async fn run(kills: u32, seed: u64) -> anyhow::Result<Report> {
    let mut chance = Chance::new("kill", seed);
    let mut report = Report::default();
    while report.kills() < kills {
        round(kills.min(report.kills() + KILLS_OF_A_ROUND), &mut chance, &mut report).await?;
        println!("  {} kills, {} reported and all of them found", report.kills(), report.reported);
    }
    Ok(report)
}

/// One round: an office with an empty store, and a hospital of its own. Opening checks every page, so a store that grew for
/// 2 000 kills would hold each run up for longer than all that a kill is to fall into.
async fn round(until: u32, chance: &mut Chance, report: &mut Report) -> anyhow::Result<()> {
    let hospital = careless_hospital(chance.below(u64::MAX)).await?;
    let folder = tempfile::tempdir()?;
    let mut office = Office::new(folder.path(), folder.path())?;
    let deliver = Office::deliver(&hospital.url());
    // One undisturbed round tells how long the tool takes here, so that kills fall all over its life.
    let first = office.enqueue(3)?;
    let begun = Instant::now();
    let mut reported = office.run(&first, &End::After(None))?.reported;
    let mut takes = begun.elapsed();
    let wanted = until - report.kills();
    let mut runs = 0;
    while report.kills() < until {
        runs += 1;
        anyhow::ensure!(runs < wanted * 8 + 100, "only {} kills after {runs} runs", report.kills());
        let queueing = chance.below(2) == 0;
        let arguments = if queueing { office.enqueue(3)? } else { deliver.clone() };
        let end = next_end(chance, queueing, takes);
        let begun = Instant::now();
        let ran = tokio::task::block_in_place(|| office.run(&arguments, &end))?;
        if queueing && !ran.killed {
            // It takes longer while the store grows, and on a machine that is busy now.
            takes = begun.elapsed();
        }
        reported.extend(ran.reported);
        match end {
            End::At(moment, _) if ran.held => *report.at_moments.entry(moment).or_default() += 1,
            End::At(..) | End::After(_) => report.at_random += u32::from(ran.killed),
        }
    }
    hospital.set_behaviour(Behaviour::default());
    let whole = tokio::task::block_in_place(|| finish(&office, &deliver, &reported))?;
    check_effects(&hospital, &reported)?;
    let received = hospital.received();
    anyhow::ensure!(received.len() == whole, "{} arrived and {whole} are in the store", received.len());
    report.reported += reported.len();
    report.arrived += received.len();
    report.copies += received.iter().map(|message| message.copies).sum::<u32>();
    Ok(())
}

fn next_end(chance: &mut Chance, queueing: bool, takes: Duration) -> End {
    if chance.below(2) == 0 {
        let longest = if queueing { takes * 3 / 2 } else { takes * 4 };
        let micros = u64::try_from(longest.as_micros()).unwrap_or(u64::MAX);
        return End::After(Some(Duration::from_micros(chance.below(micros))));
    }
    let moments: Vec<&'static str> =
        if queueing { QUEUEING.to_vec() } else { Moment::ALL.iter().map(|(_, word)| *word).collect() };
    let at = usize::try_from(chance.below(moments.len() as u64)).unwrap_or_default();
    End::At(moments[at], chance.below(3))
}

/// Everything that waits is asked for now, as a person would, and one undisturbed run delivers it. Returns how many
/// messages the store has.
fn finish(office: &Office, deliver: &[String], reported: &[String]) -> anyhow::Result<usize> {
    for _ in 0..2 {
        let store = office.open()?;
        for row in store.all_entries()? {
            if row.entry.state == State::Queued {
                store.resend(row.entry.message_id, "campaign", Timestamp::now())?;
            }
        }
        drop(store);
        let ended = office.command(deliver).args(["--give-up-after", "300"]).output()?;
        anyhow::ensure!(ended.status.success(), "the queue does not drain: {}", String::from_utf8_lossy(&ended.stderr));
    }
    let rows = office.open()?.all_entries()?;
    for requisition in reported {
        let of: Vec<_> = rows.iter().filter(|row| row.entry.requisition_id.to_string() == *requisition).collect();
        anyhow::ensure!(of.len() == 1, "{requisition} is in the store {} times", of.len());
    }
    for row in &rows {
        anyhow::ensure!(row.entry.state == State::Accepted, "{:?}", row.entry);
    }
    Ok(rows.len())
}

fn check_effects(hospital: &Hospital, reported: &[String]) -> anyhow::Result<()> {
    let effects: BTreeMap<String, usize> =
        hospital.effects().into_iter().map(|effect| (effect.requisition_id, effect.message_ids.len())).collect();
    for requisition in reported {
        anyhow::ensure!(effects.contains_key(requisition), "{requisition} was reported and has not arrived");
    }
    for (requisition, messages) in effects {
        anyhow::ensure!(messages == 1, "{requisition} has effect {messages} times");
    }
    let mut seen = BTreeMap::new();
    for message in hospital.received() {
        let before = seen.insert(message.summary.requisition_id.clone(), message.message_id);
        anyhow::ensure!(before.is_none(), "{} came under two message ids", message.summary.requisition_id);
    }
    Ok(())
}

/// The control: a sender that makes the message again, under a new id, for each try. Returns how many of `count`
/// requisitions the hospital then has more than once.
///
/// # Errors
/// When the hospital does not come up.
pub async fn control(count: usize, seed: u64) -> anyhow::Result<usize> {
    let hospital = careless_hospital(seed).await?;
    let gateway = HttpGateway::new(&hospital.url(), None)?;
    for _ in 0..count {
        let requisition = Uuid::new_v4();
        for _ in 0..20 {
            let message_id = Uuid::new_v4();
            let item = frozen(requisition, message_id, Kind::New, "balsam", Priority::Routine);
            let submission = Submission::of(message_id, "999901".into(), item.entry.bytes);
            if matches!(gateway.submit(&submission).await, Outcome::Receipt(_)) {
                break;
            }
        }
    }
    let mut copies: BTreeMap<String, usize> = BTreeMap::new();
    for message in hospital.received() {
        *copies.entry(message.summary.requisition_id).or_default() += 1;
    }
    Ok(copies.values().filter(|count| **count > 1).count())
}

async fn careless_hospital(seed: u64) -> anyhow::Result<Hospital> {
    let options = hospital::Options { receivers: Vec::new(), ..hospital::Options::default() };
    let hospital = hospital::start(options).await?;
    hospital.set_behaviour(Behaviour { failure_rate: FAILURES, seed, ..Behaviour::default() });
    Ok(hospital)
}
