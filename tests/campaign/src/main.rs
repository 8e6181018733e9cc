//! The campaigns as a program: each runs until it has done what it was told, says what came of it, and fails when a promise
//! was broken or a control did not fail.

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use campaign::numbers::Rule;
use campaign::{kill, numbers, power, soak};
use clap::{Parser, Subcommand};

/// Breaks everything around delivery, many times.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    campaign: Campaign,
    /// Repeats a campaign; a new seed by itself.
    #[arg(long, global = true)]
    seed: Option<u64>,
}

#[derive(Subcommand)]
enum Campaign {
    /// Kill the tool while it queues and delivers
    Kill {
        #[arg(long, default_value_t = 2_000)]
        kills: u32,
    },
    /// Cut the power of the disk that the store stands on
    Power {
        #[arg(long, default_value_t = 60)]
        cuts: u32,
    },
    /// Drain a long queue through a gateway that fails on one call in ten
    Soak {
        #[arg(long, default_value_t = 10_000)]
        messages: u32,
    },
    /// Number specimens on workstations that crash, are restored, copied and reinstalled
    Numbers {
        #[arg(long, default_value_t = 1_000_000)]
        numbers: u32,
    },
    /// All of them
    All,
    /// The writer of the power campaign's control
    #[command(hide = true)]
    WriteRows {
        path: PathBuf,
        #[arg(long)]
        synchronous: String,
    },
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let Arguments { campaign, seed } = Arguments::parse();
    let seed = seed.unwrap_or_else(new_seed);
    match campaign {
        Campaign::Kill { kills } => kills_of(kills, seed).await,
        Campaign::Power { cuts } => cuts_of(cuts, seed).await,
        Campaign::Soak { messages } => soak_of(messages, seed).await,
        Campaign::Numbers { numbers } => numbers_of(numbers, seed),
        Campaign::All => {
            numbers_of(1_000_000, seed)?;
            kills_of(2_000, seed).await?;
            cuts_of(60, seed).await?;
            soak_of(10_000, seed).await
        }
        Campaign::WriteRows { path, synchronous } => power::write_rows(&path, &synchronous),
    }
}

async fn kills_of(kills: u32, seed: u64) -> anyhow::Result<()> {
    let report = kill::run(kills, seed).await?;
    println!("kill: {} kills; {report:?}", report.kills());
    let doubled = kill::control(200, seed).await?;
    println!("kill: with a fresh id for each try {doubled} of 200 requisitions came more than once");
    anyhow::ensure!(doubled > 0, "the control did not double: the campaign proves nothing");
    Ok(())
}

async fn cuts_of(cuts: u32, seed: u64) -> anyhow::Result<()> {
    let Some(report) = power::run(cuts, seed).await? else { return Ok(()) };
    println!("power: {report:?}");
    let controls = power::control(cuts.div_ceil(6), seed)?.unwrap_or_default();
    for control in &controls {
        println!("power: {control:?}");
        let must_lose = control.synchronous != "FULL";
        anyhow::ensure!((control.lost > 0) == must_lose, "the control is not as it must be");
    }
    Ok(())
}

async fn soak_of(messages: u32, seed: u64) -> anyhow::Result<()> {
    let report = soak::run(messages, seed).await?;
    println!("soak: {report:?}; ratio to the floor {:.2}", report.ratio());
    anyhow::ensure!(report.ratio() >= 0.5, "slower than half the floor");
    anyhow::ensure!(report.growth < 16.0, "the memory grew");
    Ok(())
}

fn numbers_of(count: u32, seed: u64) -> anyhow::Result<()> {
    let report = numbers::run(10, count, seed, Rule::AsTheApplication)?;
    println!("numbers: {report:?}");
    for (rule, words) in
        [(Rule::StoreAlone, "trusting the store alone"), (Rule::OneStationForAll, "one station for all")]
    {
        let control = numbers::run(10, count / 5, seed, rule)?;
        println!("numbers: {words}, {} of {} came to a hospital twice", control.doubled, control.numbers);
        anyhow::ensure!(control.doubled > 0, "the control did not double: the campaign proves nothing");
    }
    Ok(())
}

fn new_seed() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::from(now.subsec_nanos()) ^ now.as_secs()
}
