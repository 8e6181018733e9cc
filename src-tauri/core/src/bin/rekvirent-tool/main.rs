//! The headless contract of the core: for catalogue authors, integrators, hospitals that try their line, and tests.
//!
//! Results go to standard output, progress and errors to standard error. The exit code says what kind of failure it
//! was. A command that fails leaves no output file behind, and nothing here decides anything clinical: it calls the core.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod catalogue;
mod compose;
mod import_nlk;
mod labels;
mod number;
mod outbox;
mod paper;
mod plan;

/// Compose, label, plan and deliver requisitions without a window.
///
/// Exit codes: 0 done; 1 the input is refused (each problem names its field by the path in the document); 2 wrong usage;
/// 3 the environment (a file, a key, the network).
#[derive(Debug, Parser)]
#[command(name = "rekvirent-tool", version, propagate_version = true)]
struct Cli {
    /// One JSON document per line, where a command answers with several
    #[arg(long, global = true)]
    jsonl: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write, check, sign, compare and search catalogues
    Catalogue(catalogue::Arguments),
    /// Turn an order document into a national requisition message
    Compose(compose::Arguments),
    /// Make the labels of an order document's specimens
    Labels(labels::Arguments),
    /// Say what a specimen number or national identity number is
    Number(number::Arguments),
    /// The durable queue: enqueue, list, withdraw, deliver
    Outbox(outbox::Arguments),
    /// The requisition form on paper, and the way back from its codes
    Paper(paper::Arguments),
    /// Say which containers an order's services take, in order of draw
    Plan(plan::Arguments),
}

/// Why a command did not do what it was asked.
#[derive(Debug)]
enum Failure {
    /// The input is refused: one line for each problem.
    Refused(Vec<String>),
    /// The arguments contradict each other.
    Usage(String),
    /// A file, a key or the network.
    Environment(anyhow::Error),
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Environment(error)
    }
}

fn main() -> ExitCode {
    let Cli { jsonl, command } = Cli::parse();
    let outcome = match command {
        Command::Catalogue(arguments) => catalogue::run(&arguments),
        Command::Compose(arguments) => compose::run(&arguments),
        Command::Labels(arguments) => labels::run(&arguments),
        Command::Number(arguments) => number::run(&arguments),
        Command::Outbox(arguments) => outbox::run(&arguments, jsonl),
        Command::Paper(arguments) => paper::run(&arguments),
        Command::Plan(arguments) => plan::run(&arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Refused(lines)) => {
            for line in lines {
                eprintln!("{line}");
            }
            ExitCode::from(1)
        }
        Err(Failure::Usage(text)) => {
            eprintln!("{text}");
            ExitCode::from(2)
        }
        Err(Failure::Environment(error)) => {
            eprintln!("{error:#}");
            ExitCode::from(3)
        }
    }
}
