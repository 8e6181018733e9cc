//! A machine whose store is not as it left it makes no numbers before a new station is leased.

use std::collections::HashSet;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_was_put_back_to_this_morning_gives_no_number_of_this_morning_again() {
    let desk = Desk::new();
    let mut given = desk.numbers(60);
    let backup = desk.copied();
    given.extend(desk.numbers(60));
    let desk = desk.after_putting_back(&backup);
    assert_eq!(desk.here().next_number().err().unwrap().code, ErrorCode::NoStation);
    let first = desk.here().lease_to_ask().unwrap().unwrap();
    // The answer may be lost: the same question is asked again.
    assert_eq!(desk.here().lease_to_ask().unwrap(), Some(first));
    desk.here().keep_station(Station::new(40_171).unwrap()).unwrap();
    assert_eq!(desk.here().lease_to_ask().unwrap(), None);
    given.extend(desk.numbers(60));
    assert_eq!(given.iter().collect::<HashSet<_>>().len(), given.len(), "a number came twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_that_is_only_started_again_keeps_its_station() {
    let desk = Desk::new();
    let before = desk.numbers(3);
    let desk = desk.started_again();
    let after = desk.numbers(3);
    assert_eq!(after[0][..5], before[0][..5]);
    assert!(before.iter().all(|number| !after.contains(number)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_whose_keyring_has_no_witness_of_its_numbers_enrols_anew() {
    let desk = Desk::new();
    desk.numbers(3);
    desk.ring.entries.lock().unwrap().retain(|name, _| !name.starts_with("device-"));
    let desk = desk.started_again();
    assert_eq!(desk.here().next_number().err().unwrap().code, ErrorCode::NoStation);
    assert!(desk.here().lease_to_ask().unwrap().is_some());
}

/// A machine: a data folder and a keyring.
struct Desk {
    dir: TempDir,
    ring: Arc<Ring>,
    controller: Controller,
}

impl Desk {
    fn new() -> Self {
        let desk = Self::open(tempfile::tempdir().unwrap(), Arc::new(Ring::default()));
        desk.here().keep_station(Station::new(40_170).unwrap()).unwrap();
        desk
    }

    fn open(dir: TempDir, ring: Arc<Ring>) -> Self {
        let data = DataDir::prepare(dir.path()).unwrap();
        let keyring: Arc<dyn Keyring> = ring.clone();
        let controller = Controller::new(data, Args::default(), keyring, Arc::new(Quiet::default()));
        controller.open();
        assert_eq!(controller.app().unwrap().stage, Stage::Ready);
        Self { dir, ring, controller }
    }

    fn here(&self) -> Arc<Workplace> {
        self.controller.here().unwrap()
    }

    fn numbers(&self, count: usize) -> Vec<String> {
        (0..count).map(|_| self.here().next_number().unwrap()).collect()
    }

    fn key(&self) -> requisition::store::Key {
        let entries = self.ring.entries.lock().unwrap();
        let key = entries.iter().find(|(name, _)| name.starts_with("database-key")).unwrap().1;
        requisition::store::Key::from_bytes(key.as_slice().try_into().unwrap())
    }

    fn copied(&self) -> std::path::PathBuf {
        let copy = self.dir.path().join("this-morning.sqlite");
        self.here().store.backup(&copy, &self.key()).unwrap();
        copy
    }

    fn after_putting_back(self, backup: &Path) -> Self {
        let key = self.key();
        let Self { dir, ring, controller } = self;
        let store = dir.path().join("requisitions.sqlite");
        close(controller, dir.path());
        requisition::store::Store::restore(backup, &store, &key, "Ida Januar", now().timestamp()).unwrap();
        Self::open(dir, ring)
    }

    fn started_again(self) -> Self {
        let Self { dir, ring, controller } = self;
        close(controller, dir.path());
        Self::open(dir, ring)
    }
}

/// Closes the store: the last of the program's tasks that holds it ends by itself, and lets go of the file that says so.
fn close(controller: Controller, dir: &Path) {
    tokio::task::block_in_place(|| controller.close());
    drop(controller);
    let owned = std::fs::File::open(dir.join("requisitions.sqlite.lock")).unwrap();
    let patience = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while owned.try_lock().is_err() && std::time::Instant::now() < patience {
        std::thread::yield_now();
    }
    assert!(owned.try_lock().is_ok(), "the store is still open");
}
