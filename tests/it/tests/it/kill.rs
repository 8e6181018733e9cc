//! The kill campaign: the tool killed at random points while it queues and delivers, against a hospital that fails at
//! random. Everything that was reported arrives, with effect exactly once, and the store is whole.
//!
//! `REKVIRENT_KILLS` sets the number of kills (40 by itself), `REKVIRENT_SEED` repeats a campaign.

use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use hospital::{Behaviour, Hospital};
use it::orders::{document, frozen};
use requisition::outbox::{Kind, Outcome, Priority};
use requisition::transport::{HttpGateway, Submission, Transport};
use serde_json::Value;
use tempfile::TempDir;
use uuid::Uuid;

#[tokio::test(flavor = "multi_thread")]
async fn whatever_was_reported_before_a_kill_arrives_with_effect_exactly_once() {
    let kills: u32 = std::env::var("REKVIRENT_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(40);
    let mut chance = Chance::from_environment();
    let hospital =
        hospital::start(hospital::Options { receivers: Vec::new(), ..hospital::Options::default() }).await.unwrap();
    hospital.set_behaviour(Behaviour { failure_rate: 0.25, seed: chance.draw(u64::MAX), ..Behaviour::default() });
    let office = TempDir::new().unwrap();
    let (mut reported, mut killed) = (Vec::new(), 0);
    // One undisturbed round tells how long the tool takes here, so that kills fall all over its life.
    let _built = it::tool();
    let mut orders = Orders::default();
    let enqueue = orders.write(office.path());
    let begun = Instant::now();
    reported.extend(run_and_kill(office.path(), &enqueue, Duration::from_secs(60)).0);
    let takes = begun.elapsed();
    let deliver = ["deliver", "--gateway", &hospital.url(), "--until-idle"].map(str::to_owned);
    for _ in 0..kills {
        let queueing = chance.draw(2) == 0;
        let arguments = if queueing { orders.write(office.path()) } else { deliver.to_vec() };
        let longest = if queueing { takes * 3 / 2 } else { takes * 4 };
        let after = Duration::from_micros(chance.draw(u64::try_from(longest.as_micros()).unwrap()));
        let (requisitions, was_killed) = run_and_kill(office.path(), &arguments, after);
        killed += u32::from(was_killed);
        reported.extend(requisitions);
    }
    assert!(killed * 4 >= kills, "only {killed} of {kills} were killed: the campaign proves nothing");
    assert!(reported.len() > 3, "nothing was reported: the campaign proves nothing");
    hospital.set_behaviour(Behaviour::default());
    let last = ["deliver", "--gateway", &hospital.url(), "--until-idle", "--give-up-after", "300"].map(str::to_owned);
    let finished = tool(office.path(), &last).status().unwrap();
    assert!(finished.success(), "the queue does not drain");

    println!("{} reported, {} arrived, {killed} killed", reported.len(), hospital.received().len());
    check_effects(&hospital, &reported);
    let listed = tool(office.path(), &["list".to_owned()]).output().unwrap();
    let listed: Value = serde_json::from_slice(&listed.stdout).unwrap();
    for requisition in &reported {
        let rows: Vec<&Value> =
            listed.as_array().unwrap().iter().filter(|row| row["requisitionId"] == requisition.as_str()).collect();
        assert_eq!(rows.len(), 1, "{requisition}");
        assert_eq!(rows[0]["state"], "accepted", "{requisition}");
    }
}

/// The control: a sender that makes the message again for each try does double, so the campaign above can fail.
#[tokio::test]
async fn a_sender_that_makes_a_new_id_for_each_try_would_double() {
    let hospital =
        hospital::start(hospital::Options { receivers: Vec::new(), ..hospital::Options::default() }).await.unwrap();
    hospital.set_behaviour(Behaviour { failure_rate: 0.25, seed: 7, ..Behaviour::default() });
    let gateway = HttpGateway::new(&hospital.url(), None).unwrap();
    for _ in 0..40 {
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
    let doubled = hospital.received().len() - 40;
    println!("{doubled} of 40 doubled with a fresh id per try");
    assert!(doubled > 0);
}

fn check_effects(hospital: &Hospital, reported: &[String]) {
    let effects = hospital.effects();
    for requisition in reported {
        let of: Vec<_> = effects.iter().filter(|effect| effect.requisition_id == *requisition).collect();
        assert_eq!(of.len(), 1, "{requisition} has not arrived once");
    }
    for effect in &effects {
        assert_eq!(effect.message_ids.len(), 1, "{} has effect twice", effect.requisition_id);
        let messages = hospital
            .received()
            .iter()
            .filter(|message| message.summary.requisition_id == effect.requisition_id)
            .count();
        assert_eq!(messages, 1, "{} came under two message ids", effect.requisition_id);
    }
}

/// Order documents, three at a time, none twice.
#[derive(Default)]
struct Orders(u32);

impl Orders {
    fn write(&mut self, office: &Path) -> Vec<String> {
        let mut arguments = vec!["enqueue".to_owned()];
        for _ in 0..3 {
            let name = format!("order-{}.json", self.0);
            self.0 += 1;
            std::fs::write(office.join(&name), document(Uuid::new_v4(), "new").to_string()).unwrap();
            arguments.push(name);
        }
        arguments
    }
}

/// Runs the tool, kills it after a while unless it ended before, and gives the requisitions that it reported as queued.
fn run_and_kill(office: &Path, arguments: &[String], after: Duration) -> (Vec<String>, bool) {
    let mut child = tool(office, arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let begun = Instant::now();
    while begun.elapsed() < after && child.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_micros(500));
    }
    let killed = child.try_wait().unwrap().is_none();
    child.kill().ok();
    let mut text = String::new();
    child.stdout.take().unwrap().read_to_string(&mut text).unwrap();
    child.wait().unwrap();
    // A line that was cut by the kill was not reported.
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    let named = |line: &str| serde_json::from_str::<Value>(line).unwrap()["requisitionId"].as_str().map(str::to_owned);
    (whole.lines().filter_map(named).collect(), killed)
}

fn tool(office: &Path, arguments: &[String]) -> Command {
    let mut command = Command::new(it::tool());
    command.arg("outbox").args(arguments).args(["--store", "s.sqlite", "--key-file", "key"]).current_dir(office);
    command
}

/// Reproducible chance: xorshift, its seed printed.
struct Chance(u64);

impl Chance {
    fn from_environment() -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos();
        let seed = std::env::var("REKVIRENT_SEED").ok().and_then(|text| text.parse().ok());
        let seed = seed.unwrap_or(u64::try_from(now % u128::from(u64::MAX)).unwrap()).max(1);
        println!("REKVIRENT_SEED={seed}");
        Self(seed)
    }

    fn draw(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }
}
