//! The headless tool as a campaign runs it: in an office of its own, killed at a moment or after a while.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use it::orders::document;
use requisition::store::{Key, Store};
use serde_json::Value;
use uuid::Uuid;

/// A moment that is not reached by then waits for something else: the run is killed where it stands.
const HOLDS_WITHIN: Duration = Duration::from_secs(2);

/// When the tool is killed.
#[derive(Clone, Debug)]
pub enum End {
    /// After so long, wherever it is; none lets it end by itself.
    After(Option<Duration>),
    /// At a labelled moment, which it reaches for the nth time (from 0).
    At(&'static str, u64),
}

/// What a run came to.
pub struct Ran {
    /// Requisitions that it reported as queued.
    pub reported: Vec<String>,
    /// It was killed before its own end.
    pub killed: bool,
    /// It stood at the labelled moment when it was killed.
    pub held: bool,
}

/// An office: order documents in one folder, the store in the same or on a disk of its own.
pub struct Office {
    tool: PathBuf,
    orders: PathBuf,
    store: PathBuf,
    written: u32,
}

impl Office {
    /// An office with its orders in one folder and its store in another.
    ///
    /// # Errors
    /// When the tool has not been built.
    pub fn new(orders: &Path, store: &Path) -> anyhow::Result<Self> {
        let tool = super::built_beside("rekvirent-tool")?;
        Ok(Self { tool, orders: orders.to_owned(), store: store.join("s.sqlite"), written: 0 })
    }

    /// Arguments that queue so many new requisitions.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn enqueue(&mut self, count: u32) -> anyhow::Result<Vec<String>> {
        let mut arguments = vec!["enqueue".to_owned()];
        for _ in 0..count {
            let name = format!("order-{}.json", self.written);
            self.written += 1;
            std::fs::write(self.orders.join(&name), document(Uuid::new_v4(), "new").to_string())?;
            arguments.push(name);
        }
        Ok(arguments)
    }

    /// Arguments that deliver until nothing more can be done.
    #[must_use]
    pub fn deliver(gateway: &str) -> Vec<String> {
        ["deliver", "--gateway", gateway, "--until-idle", "--receipt-patience", "1"].map(str::to_owned).to_vec()
    }

    /// Runs the tool and ends it as told.
    ///
    /// # Errors
    /// When it cannot be started, or says what cannot be read.
    pub fn run(&self, arguments: &[String], end: &End) -> anyhow::Result<Ran> {
        let mut command = self.command(arguments);
        if let End::At(moment, nth) = end {
            command.args(["--hold-at", moment]);
            if arguments.first().is_some_and(|first| first == "deliver") {
                command.args(["--hold-after", &nth.to_string()]);
            }
        }
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().context("the tool")?;
        let (killed, held) = match end {
            End::After(longest) => (kill_after(&mut child, *longest)?, false),
            End::At(..) => kill_when_it_holds(&mut child)?,
        };
        let mut text = String::new();
        child.stdout.take().context("no output")?.read_to_string(&mut text)?;
        let status = child.wait()?;
        let code = status.code();
        anyhow::ensure!(killed || !matches!(code, Some(2 | 101)), "the tool took no such order, or panicked: {code:?}");
        Ok(Ran { reported: reported(&text)?, killed, held })
    }

    /// The tool with these arguments on this office's store.
    #[must_use]
    pub fn command(&self, arguments: &[String]) -> Command {
        let mut command = Command::new(&self.tool);
        command.arg("outbox").args(arguments).arg("--store").arg(&self.store).args(["--key-file", "key"]);
        command.current_dir(&self.orders);
        command
    }

    /// Opens the store, which checks every page of it.
    ///
    /// # Errors
    /// When it is not whole.
    pub fn open(&self) -> anyhow::Result<Store> {
        let key = Key::read_file(&self.orders.join("key")).context("the key")?;
        Store::open(&self.store, &key).context("the store is not whole")
    }
}

/// The requisitions in what `enqueue` printed. A line that was cut off was not reported.
///
/// # Errors
/// When a whole line is no report.
pub fn reported(text: &str) -> anyhow::Result<Vec<String>> {
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    let mut found = Vec::new();
    for line in whole.lines() {
        let value: Value = serde_json::from_str(line).context("a line that is no JSON")?;
        found.extend(value["requisitionId"].as_str().map(str::to_owned));
    }
    Ok(found)
}

fn kill_after(child: &mut Child, longest: Option<Duration>) -> anyhow::Result<bool> {
    // Nobody reads the errors of these runs, and a full pipe would stop the tool.
    drain(child, |_| {});
    let Some(longest) = longest else {
        child.wait()?;
        return Ok(false);
    };
    let begun = Instant::now();
    while begun.elapsed() < longest {
        if child.try_wait()?.is_some() {
            return Ok(false);
        }
        std::thread::sleep(Duration::from_micros(300));
    }
    // SIGKILL: nothing of the program runs after it.
    child.kill()?;
    Ok(true)
}

fn kill_when_it_holds(child: &mut Child) -> anyhow::Result<(bool, bool)> {
    let (tell, told) = mpsc::channel();
    drain(child, move |line| {
        if line.starts_with("holding at ") {
            tell.send(()).ok();
        }
    });
    let begun = Instant::now();
    loop {
        if told.recv_timeout(Duration::from_millis(2)).is_ok() {
            child.kill()?;
            return Ok((true, true));
        }
        if child.try_wait()?.is_some() {
            return Ok((false, false));
        }
        if begun.elapsed() > HOLDS_WITHIN {
            child.kill()?;
            return Ok((true, false));
        }
    }
}

fn drain(child: &mut Child, mut hear: impl FnMut(&str) + Send + 'static) {
    if let Some(errors) = child.stderr.take() {
        std::thread::spawn(move || {
            for line in BufReader::new(errors).lines().map_while(Result::ok) {
                hear(&line);
            }
        });
    }
}
