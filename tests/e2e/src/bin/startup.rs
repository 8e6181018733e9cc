//! Measures the start of the application, process start to first usable search field, beside an empty Tauri window in the
//! same run and in turn: the machine's mood meets both alike. What counts is the ratio.
//!
//! Run by `make bench`, in a release build.

use std::{fs, path::Path};

use anyhow::{Context as _, ensure};
use e2e::{Office, Window};

/// Starts of each; the first of each warms the caches and is not counted.
const STARTS: usize = 8;

/// Milliseconds from process start.
#[derive(Debug, Clone, Copy)]
struct Start {
    painted: f64,
    usable: f64,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let office = Office::open().await?;
    let empty = e2e::office::built_beside("empty-window")?;
    ensure!(empty.is_file(), "{} has not been built: run `make bench`", empty.display());

    let first = office.start().await?;
    first.button("Bruk demokontoret").await?.click().await?;
    first.heading("Hvem gjelder det?").await?;
    first.close().await?;

    let (mut ours, mut floor) = (Vec::new(), Vec::new());
    for turn in 0..STARTS {
        let one = measure(office.start_other(&empty, &[]).await?).await?;
        let other = measure(office.start().await?).await?;
        if turn > 0 {
            floor.push(one);
            ours.push(other);
        }
    }
    println!("start-up, median of {} (lowest to highest), ms from process start", STARTS - 1);
    let painted =
        (line("empty window, painted", &floor, |s| s.painted), line("Rekvirent, painted", &ours, |s| s.painted));
    let usable =
        (line("empty window, field", &floor, |s| s.usable), line("Rekvirent, search field", &ours, |s| s.usable));
    println!("ratio: painted {:.2}, usable {:.2}", painted.1 / painted.0, usable.1 / usable.0);
    Ok(())
}

/// Looks at a window that was just started, then closes it.
async fn measure(window: Window) -> anyhow::Result<Start> {
    let pid = window.application().context("no application runs")?;
    let began = started_at(pid)?;
    let times = window
        .session()
        .execute_async(
            "const done = arguments[arguments.length - 1];
             const look = () => {
               const field = document.querySelector('[data-search-field]');
               const paint = performance.getEntriesByName('first-contentful-paint')[0];
               if (!field || !field.getBoundingClientRect().width || !paint) return requestAnimationFrame(look);
               done([performance.timeOrigin + paint.startTime, Date.now()]);
             };
             look();",
            Vec::new(),
        )
        .await?;
    let [painted, usable]: [f64; 2] = times.convert()?;
    window.close().await?;
    Ok(Start { painted: painted - began, usable: usable - began })
}

/// When a process was started, in milliseconds since 1970; exact to the kernel's hundredth of a second.
fn started_at(pid: u32) -> anyhow::Result<f64> {
    let stat = fs::read_to_string(Path::new("/proc").join(pid.to_string()).join("stat"))?;
    let after_name = stat.rsplit_once(')').context("a strange /proc/PID/stat")?.1;
    let ticks: f64 = after_name.split_whitespace().nth(19).context("no start time in /proc/PID/stat")?.parse()?;
    let uptime: f64 = fs::read_to_string("/proc/uptime")?.split_whitespace().next().context("no uptime")?.parse()?;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs_f64();
    Ok((now - uptime + ticks / 100.0) * 1000.0)
}

/// Prints one line and gives its median.
fn line(what: &str, starts: &[Start], value: impl Fn(&Start) -> f64) -> f64 {
    let mut all: Vec<f64> = starts.iter().map(value).collect();
    all.sort_by(f64::total_cmp);
    let median = all.get(all.len() / 2).copied().unwrap_or(f64::NAN);
    let (low, high) = (all.first().copied().unwrap_or(f64::NAN), all.last().copied().unwrap_or(f64::NAN));
    println!("{what:<26} {median:>6.0}   ({low:.0} to {high:.0})");
    median
}
