//! `compose`: an order document becomes a national message.

use std::path::PathBuf;

use crate::Failure;

/// Arguments of `compose`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The order document (JSON, UTF-8)
    order: PathBuf,
    /// Version of the national message
    #[arg(long, value_parser = ["1.6", "1.5"])]
    message_version: String,
    /// Where the message is written; standard output when left out
    #[arg(short, long)]
    output: Option<PathBuf>,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let _ = (
        &arguments.order,
        &arguments.message_version,
        &arguments.output,
    );
    Err(Failure::Environment(anyhow::anyhow!(
        "composing is not built into this program yet"
    )))
}
