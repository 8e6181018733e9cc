//! The store where it hurts: a full disk, a read-only disk, a second owner.

use std::path::Path;
use std::process::Command as Process;

use it::orders::{document, frozen};
use jiff::Timestamp;
use requisition::outbox::{Kind, Priority};
use requisition::store::{Error, Key, Store};
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
