//! The power-cut campaign: the store stands on a disk of its own whose power is cut in the middle of things, so that every
//! write that was not flushed is gone. Nothing that was reported is lost.
//!
//! The disk is an ext4 image on a loop device; the cut is the file system's own shutdown call, which throws away what was
//! not flushed. That takes root; elsewhere the campaign says that it was skipped.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use requisition::outbox::State;
use requisition::store::Key;
use rusqlite::Connection;
use tempfile::TempDir;
use uuid::Uuid;

use crate::tool::{End, Office, reported};
use crate::{Chance, built_beside};

/// Requisitions that a run of the tool would queue if the power stayed.
const AT_ONCE: u32 = 60;
/// Rows that a control would write if the power stayed.
const ROWS: u32 = 100_000;

/// What a campaign came to.
#[derive(Debug)]
pub struct Report {
    /// Cuts while messages were queued.
    pub cuts_queueing: u32,
    /// Cuts while messages were delivered.
    pub cuts_delivering: u32,
    /// Requisitions reported as queued before a cut; every one of them was there after it.
    pub reported: usize,
    /// Messages that the hospital had when the power went; every one had its attempt on disk.
    pub sent: usize,
}

/// Cuts the power so many times. None where this machine lets us make no disk.
///
/// # Errors
/// When something that was reported is gone, or the store does not open.
pub async fn run(cuts: u32, seed: u64) -> anyhow::Result<Option<Report>> {
    let mut chance = Chance::new("power", seed);
    let Some(mut disk) = Disk::make()? else { return Ok(None) };
    let hospital = hospital::start(hospital::Options { receivers: Vec::new(), ..hospital::Options::default() }).await?;
    let folder = tempfile::tempdir()?;
    let mut office = Office::new(folder.path(), &disk.path())?;
    let deliver = Office::deliver(&hospital.url());
    let mut all = Vec::new();
    // Sent in the moment between a cut and the end of the program, which a real cut would not have left it.
    let mut ghosts = BTreeSet::new();
    let mut report = Report { cuts_queueing: 0, cuts_delivering: 0, reported: 0, sent: 0 };
    // One undisturbed round tells how long the tool takes here.
    let begun = Instant::now();
    let first = office.enqueue(AT_ONCE)?;
    all.extend(office.run(&first, &End::After(None))?.reported);
    let takes = begun.elapsed();
    for cut in 0..cuts {
        // Every fourth time what waits is being delivered.
        let delivering = cut % 4 == 3;
        let arguments = if delivering { deliver.clone() } else { office.enqueue(AT_ONCE)? };
        let longest = u64::try_from(takes.as_micros()).unwrap_or(u64::MAX);
        let after = Duration::from_micros(chance.below(longest));
        let at_hospital = || hospital.received().into_iter().map(|message| message.message_id).collect();
        let (said, there) =
            tokio::task::block_in_place(|| run_and_cut(&office, &arguments, after, &mut disk, at_hospital))?;
        all.extend(said);
        let rows = office.open()?.all_entries()?;
        for requisition in &all {
            let there = rows.iter().any(|row| row.entry.requisition_id.to_string() == *requisition);
            anyhow::ensure!(there, "{requisition} was reported, and is gone after cut {cut}");
        }
        for message in there.difference(&ghosts) {
            let row = rows.iter().find(|row| row.entry.message_id.to_string() == *message);
            let row = row.context("the hospital has a message that the store does not know")?;
            anyhow::ensure!(row.entry.attempts > 0, "{message} was sent, and its attempt is gone");
        }
        let now: BTreeSet<String> = at_hospital();
        ghosts.extend(now.difference(&there).cloned());
        report.cuts_queueing += u32::from(!delivering);
        report.cuts_delivering += u32::from(delivering);
    }
    let ended = tokio::task::block_in_place(|| office.command(&deliver).output())?;
    anyhow::ensure!(ended.status.success(), "the queue does not drain: {}", String::from_utf8_lossy(&ended.stderr));
    let rows = office.open()?.all_entries()?;
    anyhow::ensure!(rows.iter().all(|row| row.entry.state == State::Accepted), "not everything was accepted");
    anyhow::ensure!(hospital.received().len() == rows.len(), "the hospital has another number than the store");
    report.reported = all.len();
    report.sent = hospital.received().len();
    Ok(Some(report))
}

/// Starts the tool, cuts the power under it, and gives what it had reported, and what the hospital had, until then.
fn run_and_cut(
    office: &Office,
    arguments: &[String],
    after: Duration,
    disk: &mut Disk,
    at_hospital: impl Fn() -> BTreeSet<String>,
) -> anyhow::Result<(Vec<String>, BTreeSet<String>)> {
    let mut child = office.command(arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let heard = Heard::from(child.stdout.take().context("no output")?);
    std::thread::sleep(after);
    let (text, there) = (heard.so_far(), at_hospital());
    disk.cut()?;
    child.kill()?;
    child.wait()?;
    disk.power_on()?;
    Ok((reported(&text)?, there))
}

/// What a program has said so far. A power cut ends the whole machine; here the program lives on for some milliseconds, in
/// which a flush that the cut overtook may still seem to have gone well. What it says then, it would never have said.
struct Heard(Arc<Mutex<String>>);

impl Heard {
    fn from(output: ChildStdout) -> Self {
        let heard = Arc::new(Mutex::new(String::new()));
        let kept = Arc::clone(&heard);
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                kept.push_str(&line);
                kept.push('\n');
            }
        });
        Self(heard)
    }

    fn so_far(&self) -> String {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// How often a store with weaker guarantees lost rows that it had confirmed, by the same cuts.
#[derive(Debug)]
pub struct Control {
    /// `synchronous` of the database.
    pub synchronous: &'static str,
    /// Rows that were confirmed before the cuts.
    pub confirmed: u64,
    /// Of them, gone.
    pub lost: u64,
}

/// The control: the same kind of file with `FULL` (which must lose nothing), `NORMAL` and `OFF` (which must lose rows, and
/// have so many cuts to do it in).
///
/// # Errors
/// When the writer cannot be run.
pub fn control(cuts: u32, seed: u64) -> anyhow::Result<Option<Vec<Control>>> {
    let mut chance = Chance::new("power control", seed);
    let mut controls = Vec::new();
    for synchronous in ["FULL", "NORMAL", "OFF"] {
        let Some(mut disk) = Disk::make()? else { return Ok(None) };
        let mut control = Control { synchronous, confirmed: 0, lost: 0 };
        for _ in 0..cuts {
            let after = Duration::from_millis(100 + chance.below(200));
            let (confirmed, kept) = write_and_cut(&mut disk, synchronous, after)?;
            control.confirmed += confirmed;
            control.lost += confirmed.saturating_sub(kept);
            if control.lost > 0 {
                break;
            }
        }
        controls.push(control);
    }
    Ok(Some(controls))
}

fn write_and_cut(disk: &mut Disk, synchronous: &str, after: Duration) -> anyhow::Result<(u64, u64)> {
    let path = disk.path().join(format!("{}.sqlite", Uuid::new_v4()));
    let mut child = Command::new(built_beside("campaign")?)
        .args(["write-rows", "--synchronous", synchronous])
        .arg(&path)
        .stdout(Stdio::piped())
        // After the cut every write of it is refused.
        .stderr(Stdio::null())
        .spawn()?;
    let heard = Heard::from(child.stdout.take().context("no output")?);
    let begun = Instant::now();
    while heard.so_far().is_empty() {
        anyhow::ensure!(begun.elapsed() < Duration::from_secs(60), "the writer wrote nothing");
        std::thread::sleep(Duration::from_millis(5));
    }
    std::thread::sleep(after);
    let confirmed = heard.so_far().lines().count();
    disk.cut()?;
    child.kill()?;
    child.wait()?;
    disk.power_on()?;
    let kept = rows_in(&path).unwrap_or(0);
    Ok((u64::try_from(confirmed)?, kept))
}

fn rows_in(path: &Path) -> anyhow::Result<u64> {
    let count: i64 = open_rows(path, "FULL")?.query_row("SELECT count(*) FROM written", [], |row| row.get(0))?;
    Ok(u64::try_from(count)?)
}

/// The control's writer: rows of a message's size, each confirmed on standard output once it is committed.
///
/// # Errors
/// When the disk refuses, which it does after the cut.
pub fn write_rows(path: &Path, synchronous: &str) -> anyhow::Result<()> {
    let connection = open_rows(path, synchronous)?;
    connection.execute_batch("CREATE TABLE written (number INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT")?;
    let bytes = vec![b'x'; 6_000];
    let mut out = std::io::stdout().lock();
    for number in 0..ROWS {
        connection.execute("INSERT INTO written (number, bytes) VALUES (?1, ?2)", (number, &bytes))?;
        writeln!(out, "{number}")?;
        out.flush()?;
    }
    Ok(())
}

/// A database as the store opens its own, but for the guarantee.
///
/// # Errors
/// When it cannot be opened.
pub fn open_rows(path: &Path, synchronous: &str) -> anyhow::Result<Connection> {
    let connection = Connection::open(path)?;
    // After a cut the engine would tell of torn pages on its own.
    connection.pragma_update_and_check(None, "cipher_log_level", "NONE", |_| Ok(())).ok();
    connection.pragma_update(None, "key", format!("x'{}'", Key::from_bytes([7; 32]).to_hex().as_str()))?;
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", synchronous)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    Ok(connection)
}

/// A disk whose power can be cut.
struct Disk {
    place: TempDir,
    mounted: bool,
}

impl Disk {
    /// Makes one; none where this machine does not let us.
    fn make() -> anyhow::Result<Option<Self>> {
        let place = tempfile::tempdir()?;
        let image = place.path().join("image");
        std::fs::File::create(&image)?.set_len(256 * 1024 * 1024)?;
        std::fs::create_dir(place.path().join("disk"))?;
        let mut disk = Self { place, mounted: false };
        let made = Command::new("mkfs.ext4").args(["-q", "-F"]).arg(&image).output();
        if !made.is_ok_and(|made| made.status.success()) || disk.power_on().is_err() {
            println!("skipped: no disk whose power can be cut can be made here (that takes root and mkfs.ext4)");
            return Ok(None);
        }
        Ok(Some(disk))
    }

    fn path(&self) -> PathBuf {
        self.place.path().join("disk")
    }

    /// Throws away every write that was not flushed; the disk refuses everything from then on.
    fn cut(&self) -> anyhow::Result<()> {
        // EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH (linux/ext4). Perl is in every Debian.
        let call = "open(my $file, '<', $ARGV[0]) or die; my $how = pack('L', 2); ioctl($file, 0x8004587d, $how) or die \"$!\"";
        let marker = self.path().join("lost+found");
        let done = Command::new("perl").args(["-e", call]).arg(marker).output().context("perl")?;
        anyhow::ensure!(done.status.success(), "no power cut: {}", String::from_utf8_lossy(&done.stderr));
        Ok(())
    }

    /// Mounts it, after a cut with what was flushed.
    fn power_on(&mut self) -> anyhow::Result<()> {
        if self.mounted {
            run_well("umount", &[self.path().as_os_str()])?;
            self.mounted = false;
        }
        let image = self.place.path().join("image");
        run_well("mount", &["-o".as_ref(), "loop".as_ref(), image.as_os_str(), self.path().as_os_str()])?;
        self.mounted = true;
        Ok(())
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        if self.mounted {
            Command::new("umount").arg(self.path()).status().ok();
        }
    }
}

fn run_well(program: &str, arguments: &[&std::ffi::OsStr]) -> anyhow::Result<()> {
    let done = Command::new(program).args(arguments).output().with_context(|| program.to_owned())?;
    anyhow::ensure!(done.status.success(), "{program}: {}", String::from_utf8_lossy(&done.stderr));
    Ok(())
}
