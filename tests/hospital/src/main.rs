//! The simulated hospital as a program, for demonstrations and for trying a line. It listens on this machine only.

use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;

/// A simulated hospital: receives requisitions with synthetic patients, answers them, and misbehaves when told to.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Port on 127.0.0.1; 0 takes a free one.
    #[arg(long, default_value_t = 8087)]
    port: u16,
    /// Folder of catalogue packages: PROVIDER.rkvcat, PROVIDER.rkvcat.minisig, PROVIDER.json.
    #[arg(long, value_name = "DIR")]
    catalogues: Option<PathBuf>,
    /// Folder where the hospital remembers what it received; without it everything is forgotten at the end.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Bearer token that senders must show.
    #[arg(long)]
    token: Option<String>,
    /// Milliseconds from a message to its application receipt.
    #[arg(long, default_value_t = 1500)]
    receipt_delay_ms: u64,
    /// Let specimens arrive after this many seconds and answers follow after as many again.
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "20")]
    auto_events: Option<u64>,
    /// HER-id that this hospital answers for, in addition to the national test receivers; may be repeated.
    #[arg(long, value_name = "HER-ID")]
    receiver: Vec<String>,
    /// Answer for every HER-id.
    #[arg(long)]
    any_receiver: bool,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "hospital=info".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let arguments = Arguments::parse();
    let mut options = hospital::Options {
        port: arguments.port,
        catalogues: arguments.catalogues,
        data_dir: arguments.data,
        token: arguments.token,
        receipt_delay: Duration::from_millis(arguments.receipt_delay_ms),
        auto_events: arguments.auto_events.map(Duration::from_secs),
        ..hospital::Options::default()
    };
    options.receivers.extend(arguments.receiver);
    if arguments.any_receiver {
        options.receivers.clear();
    }
    let hospital = hospital::start(options).await?;
    println!("{}", hospital.url());
    tokio::signal::ctrl_c().await?;
    hospital.shutdown().await;
    Ok(())
}
