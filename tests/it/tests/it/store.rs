//! The store where it hurts: a full disk, a read-only disk, a second owner, and any order of events at all.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command as Process;

use it::orders::{document, frozen};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use requisition::outbox::{
    Jitter, Kind, Outcome, Priority, Reason, State, TransportReceipt, Verdict, blocks_followers,
};
use requisition::store::{Error, Key, NewReceipt, Store};
use tempfile::TempDir;
use uuid::Uuid;

#[test]
fn a_disk_that_fills_up_while_finalising_is_told_and_loses_nothing() {
    let Some(disk) = SmallDisk::mount() else { return };
    let path = disk.path().join("requisitions.sqlite");
    let store = Store::open(&path, &key()).unwrap();
    let mut kept = Vec::new();
    let refused = loop {
        let message = Uuid::new_v4();
        let mut item = frozen(Uuid::new_v4(), message, Kind::New, "balsam", Priority::Routine);
        item.requisition.content = format!("\"{}\"", "x".repeat(20_000));
        match store.finalise(&[item], None, "tester", Timestamp::now()) {
            Ok(_) => kept.push(message),
            Err(error) => break error,
        }
        assert!(kept.len() < 10_000, "the disk never filled");
    };
    assert!(matches!(refused, Error::DiskFull), "{refused:?}");
    assert!(!kept.is_empty());
    // Reading goes on, and so does everything after some room is made.
    let count = store.queue_summary().unwrap().count;
    assert_eq!(usize::try_from(count).unwrap(), kept.len());
    std::fs::remove_file(disk.path().join("ballast")).unwrap();
    let message = Uuid::new_v4();
    let item = frozen(Uuid::new_v4(), message, Kind::New, "balsam", Priority::Routine);
    store.finalise(&[item], None, "tester", Timestamp::now()).unwrap();
    kept.push(message);
    drop(store);
    let store = Store::open(&path, &key()).unwrap();
    let there: Vec<Uuid> = store.all_entries().unwrap().into_iter().map(|row| row.entry.message_id).collect();
    assert_eq!(there, kept);
}

#[test]
fn a_disk_that_became_read_only_is_told() {
    let Some(disk) = SmallDisk::mount() else { return };
    let path = disk.path().join("requisitions.sqlite");
    drop(Store::open(&path, &key()).unwrap());
    disk.make_read_only();
    let refused = Store::open(&path, &key()).unwrap_err();
    assert!(matches!(refused, Error::ReadOnly), "{refused:?}");
}

#[test]
fn the_tool_politely_refuses_a_store_that_another_program_has_open() {
    let folder = tempfile::tempdir().unwrap();
    let (store, key_file) = (folder.path().join("s.sqlite"), folder.path().join("key"));
    key().create_file(&key_file).unwrap();
    let owner = Store::open(&store, &key()).unwrap();
    let list = || {
        let output = Process::new(it::tool())
            .args(["outbox", "list", "--store"])
            .arg(&store)
            .arg("--key-file")
            .arg(&key_file)
            .output()
            .unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, out, error) = list();
    assert_eq!((code, out.as_str()), (Some(3), ""));
    assert!(error.contains("another instance"), "{error}");
    drop(owner);
    assert_eq!(list().0, Some(0));
    std::fs::remove_file(&key_file).unwrap();
    Key::from_bytes([8; 32]).create_file(&key_file).unwrap();
    let (code, _, error) = list();
    assert_eq!(code, Some(3));
    assert!(error.contains("key does not open"), "{error}");
}

#[test]
fn the_tool_queues_lists_and_withdraws_what_it_reported() {
    let folder = tempfile::tempdir().unwrap();
    let tool = |arguments: &[&str]| {
        let output = Process::new(it::tool())
            .arg("outbox")
            .args(arguments)
            .args(["--store", "s.sqlite", "--key-file", "key"])
            .current_dir(folder.path())
            .output()
            .unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let requisition = Uuid::new_v4();
    std::fs::write(folder.path().join("order.json"), document(requisition, "new").to_string()).unwrap();
    std::fs::write(folder.path().join("bad.json"), "{\"format\":\"rekvirent-order/1\"}").unwrap();

    // A mistake in one of them queues none.
    let (code, out, error) = tool(&["enqueue", "order.json", "bad.json"]);
    assert_eq!((code, out.as_str()), (Some(1), ""), "{error}");
    assert!(error.contains("bad.json: patient"), "{error}");
    assert!(!folder.path().join("s.sqlite").exists());

    let (code, out, error) = tool(&["enqueue", "order.json"]);
    assert_eq!(code, Some(0), "{error}");
    let reported: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(reported["requisitionId"], requisition.to_string());
    let (_, out, _) = tool(&["list"]);
    let listed: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&listed[0]["messageId"], &listed[0]["state"]), (&reported["messageId"], &"queued".into()));
    assert_eq!(tool(&["enqueue", "order.json"]).0, Some(1), "the same requisition again");
    let (code, out, _) = tool(&["withdraw", &requisition.to_string()]);
    assert_eq!(code, Some(0));
    assert!(out.contains("\"withdrawn\""));
    assert_eq!(tool(&["withdraw", &requisition.to_string()]).0, Some(1));
}

/// One thing that happens at an office.
#[derive(Clone, Debug)]
enum Happening {
    Enqueue { requisition: u8, urgent: bool, cancel: bool },
    Attempt { nth: u8, fault: Fault },
    Receipt { nth: u8, verdict: u8 },
    Withdraw { nth: u8 },
    Resend { nth: u8 },
    Wait { minutes: u16 },
    PowerCut,
}

/// How an attempt ends.
#[derive(Clone, Copy, Debug)]
enum Fault {
    None,
    AnswerLost,
    NeverConnected,
    Refused,
    NotLetIn,
    Overloaded,
    KilledBeforeSending,
    KilledAfterSending,
}

fn happening() -> impl Strategy<Value = Happening> {
    let fault = prop_oneof![
        4 => Just(Fault::None),
        2 => Just(Fault::AnswerLost),
        2 => Just(Fault::NeverConnected),
        1 => Just(Fault::Refused),
        1 => Just(Fault::NotLetIn),
        1 => Just(Fault::Overloaded),
        1 => Just(Fault::KilledBeforeSending),
        1 => Just(Fault::KilledAfterSending),
    ];
    prop_oneof![
        4 => (0..4_u8, any::<bool>(), any::<bool>())
            .prop_map(|(requisition, urgent, cancel)| Happening::Enqueue { requisition, urgent, cancel }),
        8 => (any::<u8>(), fault).prop_map(|(nth, fault)| Happening::Attempt { nth, fault }),
        4 => (any::<u8>(), 0..3_u8).prop_map(|(nth, verdict)| Happening::Receipt { nth, verdict }),
        2 => any::<u8>().prop_map(|nth| Happening::Withdraw { nth }),
        1 => any::<u8>().prop_map(|nth| Happening::Resend { nth }),
        3 => (1..6_000_u16).prop_map(|minutes| Happening::Wait { minutes }),
        1 => Just(Happening::PowerCut),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, max_shrink_iters: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_in_any_order_nothing_is_lost_doubled_overtaken_or_stuck(happenings in prop::collection::vec(happening(), 1..60)) {
        let mut office = Office::new();
        for happening in &happenings {
            office.live(happening);
            office.hold_to_the_truth();
        }
        office.drain();
    }
}

/// The store under test, and the simple truth beside it.
struct Office {
    _folder: TempDir,
    path: PathBuf,
    store: Option<Store>,
    now: Timestamp,
    /// Frozen bytes by message, in the order they were made.
    made: Vec<(Uuid, u8, Kind, Vec<u8>)>,
    /// What the hospital has: how often each message came.
    at_hospital: BTreeMap<Uuid, u32>,
    /// Refused for good by the line.
    refused: Vec<Uuid>,
}

impl Office {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("requisitions.sqlite");
        let store = Some(Store::open(&path, &key()).unwrap());
        let now = "2026-11-23T08:00:00Z".parse().unwrap();
        let (made, refused) = (Vec::new(), Vec::new());
        Self { _folder: folder, path, store, now, made, at_hospital: BTreeMap::new(), refused }
    }

    fn store(&self) -> &Store {
        self.store.as_ref().unwrap()
    }

    fn live(&mut self, happening: &Happening) {
        match *happening {
            Happening::Enqueue { requisition, urgent, cancel } => self.enqueue(requisition, urgent, cancel),
            Happening::Attempt { nth, fault } => {
                let ready = self.store().ready("balsam", self.now, 100).unwrap();
                if let Some(message) = nth_of(&ready, nth) {
                    self.attempt(message, fault);
                }
            }
            Happening::Receipt { nth, verdict } => {
                let there: Vec<Uuid> = self.at_hospital.keys().copied().collect();
                if let Some(message) = nth_of(&there, nth) {
                    let verdict = Verdict::ALL[usize::from(verdict)];
                    let receipt = NewReceipt {
                        message_id: message.to_string(),
                        original_id: None,
                        verdict: Some(verdict),
                        faults: Vec::new(),
                        raw: verdict.word().into(),
                        received_at: self.now,
                    };
                    self.store().take_receipts("balsam", &[receipt], "1", self.now).unwrap();
                }
            }
            Happening::Withdraw { nth } => {
                if let Some(message) = nth_of(&self.messages(), nth) {
                    self.store().withdraw(message, "tester", self.now).ok();
                }
            }
            Happening::Resend { nth } => {
                if let Some(message) = nth_of(&self.messages(), nth) {
                    self.store().resend(message, "tester", self.now).ok();
                }
            }
            Happening::Wait { minutes } => {
                self.now += SignedDuration::from_mins(i64::from(minutes));
                self.store().raise_alarms(self.now).unwrap();
            }
            Happening::PowerCut => self.restart(),
        }
    }

    fn enqueue(&mut self, requisition: u8, urgent: bool, cancel: bool) {
        let known = self.made.iter().any(|made| made.1 == requisition);
        let kind = match (known, cancel) {
            (false, _) => Kind::New,
            (true, true) => Kind::Cancel,
            (true, false) => Kind::Change,
        };
        let message = Uuid::from_u128(0xa000 + u128::try_from(self.made.len()).unwrap());
        let priority = if urgent { Priority::Urgent } else { Priority::Routine };
        let mut item = frozen(Uuid::from_u128(u128::from(requisition) + 1), message, kind, "balsam", priority);
        item.entry.bytes = format!("{message} {kind:?}").into_bytes();
        self.made.push((message, requisition, kind, item.entry.bytes.clone()));
        self.store().finalise(&[item], None, "tester", self.now).unwrap();
    }

    fn attempt(&mut self, message: Uuid, fault: Fault) {
        let (ready, _) = self.store().begin_attempt(message, self.now).unwrap();
        let outcome = match fault {
            Fault::None => {
                let duplicate = self.arrives(message, &ready.bytes);
                Outcome::Receipt(TransportReceipt { id: message.to_string(), received_at: None, duplicate })
            }
            Fault::AnswerLost => {
                self.arrives(message, &ready.bytes);
                Outcome::NoAnswer
            }
            Fault::NeverConnected => Outcome::Unreachable,
            // A line that has the message answers with its receipt: it refuses only what it has not.
            Fault::Refused if self.at_hospital.contains_key(&message) => {
                return self.end(message, ready.attempt, &Outcome::NoAnswer);
            }
            Fault::Refused => {
                self.refused.push(message);
                Outcome::Refused { status: 422, detail: None }
            }
            Fault::NotLetIn => Outcome::NotLetIn { status: 401, detail: None },
            Fault::Overloaded => Outcome::TryLater { status: 503, retry_after: None, detail: None },
            Fault::KilledBeforeSending => return self.restart(),
            Fault::KilledAfterSending => {
                self.arrives(message, &ready.bytes);
                return self.restart();
            }
        };
        self.end(message, ready.attempt, &outcome);
    }

    /// The hospital gets the message; true when it had it already.
    fn arrives(&mut self, message: Uuid, bytes: &[u8]) -> bool {
        let (_, requisition, _, frozen) = self.made.iter().find(|made| made.0 == message).unwrap().clone();
        assert_eq!(bytes, frozen, "other bytes than were frozen");
        self.hold_order(message, requisition);
        let copies = self.at_hospital.entry(message).or_default();
        *copies += 1;
        *copies > 1
    }

    fn end(&self, message: Uuid, attempt: u32, outcome: &Outcome) {
        self.store().end_attempt(message, attempt, outcome, Jitter::new(0.5), self.now).unwrap();
    }

    /// Nothing may arrive before an earlier message of its requisition, unless that one will never go by itself.
    fn hold_order(&self, message: Uuid, requisition: u8) {
        for (earlier, ..) in self.made.iter().take_while(|made| made.0 != message).filter(|made| made.1 == requisition)
        {
            let row = self.store().entry(*earlier).unwrap().entry;
            let settled = self.at_hospital.contains_key(earlier) || !blocks_followers(row.state, row.resolved);
            assert!(settled, "{message} overtook {earlier} ({:?})", row.state);
        }
    }

    fn restart(&mut self) {
        drop(self.store.take());
        let store = Store::open(&self.path, &key()).unwrap();
        store.recover_interrupted(self.now).unwrap();
        self.store = Some(store);
    }

    fn hold_to_the_truth(&self) {
        let rows = self.store().all_entries().unwrap();
        assert_eq!(rows.iter().map(|row| row.entry.message_id).collect::<Vec<_>>(), self.messages(), "lost");
        for row in rows {
            let there = self.at_hospital.contains_key(&row.entry.message_id);
            match row.entry.state {
                State::Queued | State::Sending => {}
                State::Delivered | State::Accepted | State::AcceptedWithErrors | State::Rejected => {
                    assert!(there, "{:?} and the hospital has nothing", row.entry);
                }
                State::Withdrawn => assert!(!there, "withdrawn, and yet received: {:?}", row.entry),
                State::NeedsAttention(Reason::NoReceipt | Reason::Contradiction) => assert!(there),
                State::NeedsAttention(Reason::Malformed) => assert!(self.refused.contains(&row.entry.message_id)),
                State::NeedsAttention(other) => panic!("nothing here leads to {other:?}"),
            }
        }
    }

    /// A good line and enough time: everything that needs no person goes.
    fn drain(&mut self) {
        for _ in 0..self.made.len() {
            self.now += SignedDuration::from_mins(20);
            for message in self.store().ready("balsam", self.now, 1_000).unwrap() {
                self.attempt(message, Fault::None);
            }
        }
        self.hold_to_the_truth();
        assert_eq!(self.store().backlog().unwrap().movable, 0, "stuck");
        let needed: Vec<_> =
            self.store().needs_you(self.now).unwrap().into_iter().filter_map(|item| item.message_id).collect();
        for row in self.store().all_entries().unwrap().iter().filter(|row| row.entry.state.needs_you()) {
            assert!(needed.contains(&row.entry.message_id), "silently stuck: {:?}", row.entry);
        }
    }

    fn messages(&self) -> Vec<Uuid> {
        self.made.iter().map(|made| made.0).collect()
    }
}

fn nth_of(messages: &[Uuid], nth: u8) -> Option<Uuid> {
    if messages.is_empty() { None } else { Some(messages[usize::from(nth) % messages.len()]) }
}

fn key() -> Key {
    Key::from_bytes([7; 32])
}

/// A disk of 4 MB with some ballast on it, where this machine lets us make one.
struct SmallDisk(TempDir);

impl SmallDisk {
    fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mounted = Process::new("mount").args(["-t", "tmpfs", "-o", "size=4m", "small"]).arg(folder.path()).output();
        if !mounted.is_ok_and(|output| output.status.success()) {
            println!("skipped: no small disk can be mounted here (that takes root)");
            return None;
        }
        let disk = Self(folder);
        std::fs::write(disk.path().join("ballast"), vec![0; 1024 * 1024]).unwrap();
        Some(disk)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn make_read_only(&self) {
        let remounted = Process::new("mount").args(["-o", "remount,ro"]).arg(self.path()).status().unwrap();
        assert!(remounted.success());
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        Process::new("umount").arg(self.path()).status().ok();
    }
}
