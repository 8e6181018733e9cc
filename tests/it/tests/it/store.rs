//! The store where it hurts: a full disk, a read-only disk, a second owner.

use std::path::Path;
use std::process::Command as Process;

use it::orders::{document, frozen};
use jiff::Timestamp;
use requisition::outbox::{Jitter, Kind, Outcome, Priority, Private, Verdict};
use requisition::store::{Error, EventKind, Key, NewEvent, NewReceipt, ReceiptFault, Store};
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

/// The canary: a patient and clinical words that nobody else has go through queue, attempt, receipt and event, and what an
/// operator may send away holds none of them; nor do the store's files in the clear.
#[test]
fn what_an_operator_may_send_away_names_nobody() {
    const NUMBER: &str = "15076500565";
    let folder = tempfile::tempdir().unwrap();
    let (path, key_file) = (folder.path().join("s.sqlite"), folder.path().join("key"));
    key().create_file(&key_file).unwrap();
    let (requisition, message) = (Uuid::new_v4(), Uuid::new_v4());
    let mut order = document(requisition, "new");
    order["patient"] = serde_json::json!({
        "ids": {"FNR": NUMBER}, "name": {"family": "Kvitrekanari", "given": "Sølvfugl"}
    });
    order["comments"] = serde_json::json!([{"text": "Hvesende pust i bokfinkskogen"}]);
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
    std::fs::write(folder.path().join("order.json"), order.to_string()).unwrap();
    let (code, queued, error) = tool(&["enqueue", "order.json"]);
    assert_eq!(code, Some(0), "{error}");
    std::fs::remove_file(folder.path().join("order.json")).unwrap();

    let store = Store::open(&path, &key()).unwrap();
    let at = Timestamp::now();
    let queued: serde_json::Value = serde_json::from_str(&queued).unwrap();
    let queued: Uuid = queued["messageId"].as_str().unwrap().parse().unwrap();
    assert!(
        String::from_utf8(store.message_bytes(queued).unwrap()).unwrap().contains("bokfinkskogen"),
        "it is in the store"
    );
    let words = || Some(Private::new("Kvitrekanari er ukjent"));
    let (ready, _) = store.begin_attempt(queued, at).unwrap();
    let refused = Outcome::Refused { status: 422, detail: words() };
    store.end_attempt(queued, ready.attempt, &refused, Jitter::new(0.5), at).unwrap();
    let fault =
        |code: &str| ReceiptFault { code: code.into(), display: "Sølvfugl".into(), text: "Kvitrekanari".into() };
    let receipt = |of: Uuid| NewReceipt {
        message_id: of.to_string(),
        original_id: None,
        verdict: Some(Verdict::Rejected),
        faults: vec![fault("E35"), fault("Kvitrekanari")],
        raw: format!("Kvitrekanari {NUMBER}"),
        received_at: at,
    };
    store.take_receipts("gateway", &[receipt(queued), receipt(message)], "1", at).unwrap();
    let event = NewEvent {
        cursor: "1".into(),
        message_id: None,
        requisition_id: Some(requisition.to_string()),
        specimen: Some("Sølvfugl".into()),
        kind: EventKind::SpecimenRejected,
        at,
        text: Some("Kvitrekanari har hemolyse".into()),
    };
    store.take_events("gateway", &[event], "1", at).unwrap();
    drop(store);

    let canaries = ["Kvitrekanari", "Sølvfugl", NUMBER, "bokfinkskogen", "hemolyse", "Danser", "Hemoglobin"];
    let ids = [requisition.to_string(), queued.to_string(), message.to_string()];
    let (code, out, error) = tool(&["diagnostics"]);
    assert_eq!(code, Some(0), "{error}");
    for (command, said) in [("diagnostics", &out), ("its errors", &error), ("list", &tool(&["list"]).1)] {
        for canary in canaries {
            assert!(!said.contains(canary), "{command}: {canary} in {said}");
        }
    }
    assert!(ids.iter().all(|id| !out.contains(id)), "{out}");
    let told: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(told["store"]["faults"][0]["why"], "E35", "and yet it tells what is the matter: {out}");
    assert_eq!(told["store"]["unknown_receipts"], 1);
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap().path();
        if file.is_file() {
            let bytes = std::fs::read(&file).unwrap();
            let clear = |canary: &str| bytes.windows(canary.len()).any(|window| window == canary.as_bytes());
            assert!(!canaries.iter().any(|canary| clear(canary)), "{}", file.display());
        }
    }
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
