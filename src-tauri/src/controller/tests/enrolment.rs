//! A machine whose store is not as it left it makes no numbers before a new station is leased.

use std::collections::HashSet;

use requisition::numbers::Supply;
use requisition::transport::HttpGateway;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_was_put_back_to_this_morning_gives_no_number_of_this_morning_again() {
    let desk = Desk::new();
    let mut given = desk.numbers(60);
    let backup = desk.copied();
    given.extend(desk.numbers(60));
    let desk = desk.after_putting_back(&backup);
    assert_eq!(desk.here().next_number("balsam-lab").err().unwrap().code, ErrorCode::NoStation);
    let first = desk.here().lease_to_ask("balsam-lab").unwrap().unwrap();
    // The answer may be lost: the same question is asked again.
    assert_eq!(desk.here().lease_to_ask("balsam-lab").unwrap(), Some(first));
    desk.here().keep_station(Station::new(40_171).unwrap()).unwrap();
    assert_eq!(desk.here().lease_to_ask("balsam-lab").unwrap(), None);
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
    assert_eq!(desk.here().next_number("balsam-lab").err().unwrap().code, ErrorCode::NoStation);
    assert!(desk.here().lease_to_ask("balsam-lab").unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hospital_that_leases_blocks_only_numbers_tubes_of_its_own_series_and_none_comes_twice() {
    let options = hospital::Options { no_stations: true, ..hospital::Options::default() };
    let hospital = hospital::start(options).await.unwrap();
    let lines = ["balsam-lab", "furumo"].map(|provider| Connection {
        provider: provider.into(),
        gateway: hospital.url(),
        public_key: String::new(),
        token: String::new(),
    });
    let gateway = HttpGateway::new(&hospital.url(), None).unwrap();
    let desk = Desk::open(tempfile::tempdir().unwrap(), Arc::new(Ring::default()));
    assert_eq!(desk.here().next_number("balsam-lab").err().unwrap().code, ErrorCode::NoStation);
    for line in &lines {
        desk.here().enrol(line, &gateway).await.unwrap();
    }
    assert_eq!(desk.here().lease_to_ask("balsam-lab").unwrap(), None, "there are enough");
    let mut given = desk.numbers(60);
    assert_eq!(given[0], "700000000001");
    // Each laboratory's tubes have numbers of its own series; the two happen to begin alike here.
    assert_eq!(desk.here().next_number("furumo").unwrap(), "700000000001");
    // A start burns what was covered.
    let desk = desk.started_again();
    given.extend(desk.numbers(10));
    assert_eq!(given[60], "700000000101");
    let backup = desk.copied();
    given.extend(desk.numbers(290));
    let told = desk.controller.status().unwrap().numbers;
    let (left, supply) = (told[0].left, told[0].supply);
    assert_eq!((left, supply), (100, Supply::Alarm), "400 of 500 in a day");
    // The line is there: refilled before they run out.
    desk.here().enrol(&lines[0], &gateway).await.unwrap();
    assert_eq!(desk.controller.status().unwrap().numbers[0].left, 600);
    given.extend(desk.numbers(120));
    // Put back to this morning: what was leased is never used again.
    let desk = desk.after_putting_back(&backup);
    assert_eq!(desk.here().next_number("balsam-lab").err().unwrap().code, ErrorCode::NoStation);
    desk.here().enrol(&lines[0], &gateway).await.unwrap();
    given.extend(desk.numbers(100));
    assert_eq!(given.iter().collect::<HashSet<_>>().len(), 580, "a number came twice");
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
        (0..count).map(|_| self.here().next_number("balsam-lab").unwrap()).collect()
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
