//! A machine whose store is not as it left it makes no numbers before a new station is leased.

use std::collections::HashSet;

use requisition::numbers::{Block, Supply};
use requisition::transport::HttpGateway;

use super::*;
use crate::views::{NumberSource, NumbersView};

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_was_put_back_to_this_morning_gives_no_number_of_this_morning_again() {
    let desk = Desk::new();
    let mut given = desk.numbers(60);
    let backup = desk.copied();
    given.extend(desk.numbers(60));
    let desk = desk.after_putting_back(&backup);
    assert_eq!(desk.here().next_number("balsam-lab").err().unwrap().code, ErrorCode::NoStation);
    let first = desk.here().lease_to_ask("balsam-lab").unwrap().unwrap();
    // The answer may be lost: the same question is asked again, of the same provider.
    assert_eq!(desk.here().lease_to_ask("balsam-lab").unwrap().unwrap().lease_id, first.lease_id);
    assert_ne!(desk.here().lease_to_ask("furumo").unwrap().unwrap().lease_id, first.lease_id);
    desk.give("40171").unwrap();
    assert!(desk.here().lease_to_ask("balsam-lab").unwrap().is_none());
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
    let hospital = at_hospital(hospital::Options { no_stations: true, ..hospital::Options::default() }).await;
    let lines = hospital.lines();
    let desk = Desk::unnumbered();
    for line in &lines {
        desk.knows(line);
        assert_eq!(desk.here().next_number(&line.provider).err().unwrap().code, ErrorCode::NoStation);
        desk.here().enrol(line, &hospital.gateway).await.unwrap();
    }
    assert!(desk.here().lease_to_ask("balsam-lab").unwrap().is_none(), "there are enough");
    let mut given = desk.numbers(60);
    assert_eq!(given[0], "700000000001");
    // Each laboratory's tubes have numbers of its own series; the two happen to begin alike here.
    assert_eq!(desk.here().next_number("furumo").unwrap(), "700000000001");
    assert_eq!(desk.supply("balsam-lab").left, 440, "what is covered and not used yet is still there");
    // A start burns what was covered.
    let desk = desk.started_again();
    given.extend(desk.numbers(10));
    assert_eq!(given[60], "700000000101");
    let backup = desk.copied();
    given.extend(desk.numbers(290));
    let told = desk.supply("balsam-lab");
    assert_eq!(
        (told.left, told.supply, told.source),
        (100, Supply::Alarm, NumberSource::Leased),
        "400 of 500 in a day"
    );
    // The line is there: refilled before they run out, by as much as the use asks for, and no second time.
    desk.here().enrol(&lines[0], &hospital.gateway).await.unwrap();
    let refilled = desk.supply("balsam-lab");
    assert_eq!((refilled.left, refilled.supply), (100 + 57 * 21, Supply::Enough));
    desk.here().enrol(&lines[0], &hospital.gateway).await.unwrap();
    assert_eq!(desk.supply("balsam-lab").left, refilled.left, "one busy day leases one block");
    given.extend(desk.numbers(120));
    // Put back to this morning: what was leased is never used again.
    let desk = desk.after_putting_back(&backup);
    assert_eq!(desk.here().next_number("balsam-lab").err().unwrap().code, ErrorCode::NoStation);
    desk.here().enrol(&lines[0], &hospital.gateway).await.unwrap();
    given.extend(desk.numbers(100));
    assert_eq!(given.iter().collect::<HashSet<_>>().len(), 580, "a number came twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_refuses_our_word_for_a_station_is_asked_for_plain_numbers() {
    let hospital = at_hospital(hospital::Options { plain_leases: true, ..hospital::Options::default() }).await;
    let desk = Desk::unnumbered();
    let [line, _] = hospital.lines();
    desk.knows(&line);
    desk.here().enrol(&line, &hospital.gateway).await.unwrap();
    let told = desk.supply("balsam-lab");
    assert_eq!((told.left, told.source, told.leases_none), (500, NumberSource::Leased, false));
    assert_eq!(desk.numbers(1), ["700000000001"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_laboratory_that_leases_its_own_series_keeps_it_beside_a_station_from_paper() {
    let none = vec!["balsam-lab".to_owned()];
    let options = hospital::Options { no_stations: true, no_number_blocks: none, ..hospital::Options::default() };
    let hospital = at_hospital(options).await;
    let desk = Desk::unnumbered();
    for line in hospital.lines() {
        desk.knows(&line);
        desk.here().enrol(&line, &hospital.gateway).await.unwrap();
    }
    assert_eq!(desk.here().next_number("furumo").unwrap(), "700000000001");
    assert_eq!(desk.here().next_number("balsam-lab").err().unwrap().code, ErrorCode::NoStation);
    let told = desk.supply("balsam-lab");
    assert_eq!((told.source, told.supply, told.leases_none), (NumberSource::Nothing, Supply::Empty, true));
    desk.give("40170").unwrap();
    assert_eq!(desk.numbers(1)[0][..5], *"40170");
    let desk = desk.started_again();
    assert_eq!(desk.here().next_number("furumo").unwrap(), "700000000051", "what was covered is burned, and no more");
    assert_eq!(desk.supply("balsam-lab").source, NumberSource::Station);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_station_number_from_paper_is_typed_twice_and_never_taken_a_second_time() {
    let desk = Desk::unnumbered();
    let refused = |station: &str, again: &str| {
        let form = StationForm { station: station.into(), again: again.into() };
        let error = desk.controller.give_station(form).err().unwrap();
        (error.params["field"].clone(), error.params["reason"].clone())
    };
    for (station, again, field, reason) in [
        ("", "", "station", "empty"),
        ("4017", "4017", "station", "invalid"),
        ("00000", "00000", "station", "invalid"),
        ("4O170", "4O170", "station", "invalid"),
        ("401700", "401700", "station", "invalid"),
        ("40170", "40710", "again", "differs"),
    ] {
        assert_eq!(refused(station, again), (field.into(), reason.into()), "{station} {again}");
    }
    assert_eq!(desk.controller.settings().unwrap().station, None);
    desk.give("4 0170 ").unwrap();
    assert_eq!(desk.controller.settings().unwrap().station.as_deref(), Some("40170"));
    assert_eq!(refused("40171", "40171"), ("station".into(), "held".into()), "nobody needs another");
    let first = desk.numbers(60);

    // A backup is put in the store's place: the number on the slip is typed again, and refused.
    let backup = desk.copied();
    desk.numbers(60);
    let desk = desk.after_putting_back(&backup);
    assert_eq!(desk.refusal("40170"), "spent");
    assert_eq!(desk.refusal("40170"), "spent", "also when somebody insists");
    desk.give("40171").unwrap();
    assert!(desk.numbers(60).iter().all(|number| !first.contains(number)));

    // The store is carried to another machine, which knows nothing of it.
    desk.ring.entries.lock().unwrap().retain(|name, _| !name.starts_with("device-"));
    let desk = desk.started_again();
    assert_eq!(["40170", "40171"].map(|station| desk.refusal(station)), ["spent", "spent"]);
    desk.give("00007").unwrap();
    assert_eq!(desk.numbers(1)[0][..5], *"00007");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_no_numbers_are_leased_tubes_wait_until_the_station_from_paper_is_typed_and_reach_the_laboratory() {
    let none = vec!["balsam-lab".to_owned()];
    let hospital = at_hospital(hospital::Options { no_number_blocks: none, ..hospital::Options::default() }).await;
    let office = Office::without_numbers("balsam-lab");
    let here = office.controller.here().unwrap();
    let [line, _] = hospital.lines();
    here.enrol(&line, &hospital.gateway).await.unwrap();
    let id = office.waiting(&["hemoglobin"]);
    let mut stored = here.waiting(&id).unwrap();
    assert_eq!(here.number_and_freeze(&mut stored).err().unwrap().code, ErrorCode::NoStation);
    let told = office.controller.status().unwrap().numbers.remove(0);
    assert_eq!((told.supply, told.leases_none), (Supply::Empty, true));
    assert_eq!(office.controller.worklist().unwrap().len(), 1, "it waits as it was");

    office.controller.give_station(StationForm { station: "31415".into(), again: "31415".into() }).unwrap();
    let number = office.numbered(&id).requisition.specimens[0].number.clone().unwrap();
    assert_eq!(number[..5], *"31415");
    let tube = office.controller.collection(id.clone()).unwrap().requisition.specimens[0].id.clone();
    office.record(&id, collected(&[&tube]));
    office.scanned(&id);
    office.controller.complete(id).unwrap();
    here.line.reconnect(&[line]);
    let arrived = async || {
        while hospital.running.received().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), arrived()).await.unwrap();
    let message = String::from_utf8(hospital.running.received()[0].bytes.clone()).unwrap();
    assert!(message.contains(&number), "the tube and the message have one number");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_of_a_laboratorys_own_series_is_known_by_the_whole_of_it_whatever_its_check_digits() {
    let office = Office::without_numbers("balsam-lab");
    let here = office.controller.here().unwrap();
    for (first, last) in [("700000000041", "700000000041"), ("70000000041", "70000000041")] {
        here.keep_block("balsam-lab", Block::of_lease(first, last).unwrap()).unwrap();
        let id = office.waiting(&["hemoglobin"]);
        assert_eq!(office.numbered(&id).requisition.specimens[0].number.as_deref(), Some(first));
        let scan = |text: &str| office.controller.scan(text.into(), Some(id.clone())).unwrap();
        // One digit was misread: it is no tube here, and is never taken for the one that it resembles.
        let mut misread = first.to_owned();
        misread.replace_range(first.len() - 1.., "7");
        let other = scan(&misread);
        match first.len() {
            12 => assert!(matches!(other, ScanView::Unknown { ref code } if code == "check_digits")),
            _ => assert!(matches!(other, ScanView::Patient { matches: false, .. }), "eleven digits may be a person"),
        }
        let tube = office.controller.collection(id.clone()).unwrap().requisition.specimens[0].id.clone();
        assert!(office.controller.collection(id.clone()).unwrap().requisition.specimens[0].confirmed.is_none());
        let own = scan(&format!("]C0{first}\r"));
        assert!(matches!(own, ScanView::Confirmed { specimen } if specimen == tube), "{first}");
        assert!(matches!(scan("13116900216"), ScanView::Patient { matches: true, .. }), "the patient's own number");
        // With nothing open it leads to its requisition.
        let led = office.controller.scan(first.into(), None).unwrap();
        assert!(matches!(led, ScanView::Opens { requisition, .. } if requisition == id));
    }
}

/// A hospital and the way to it.
struct AtHospital {
    running: hospital::Hospital,
    gateway: HttpGateway,
}

async fn at_hospital(options: hospital::Options) -> AtHospital {
    let running = hospital::start(options).await.unwrap();
    let gateway = HttpGateway::new(&running.url(), None).unwrap();
    AtHospital { running, gateway }
}

impl AtHospital {
    /// Two providers at one gateway.
    fn lines(&self) -> [Connection; 2] {
        ["balsam-lab", "furumo"].map(|provider| Connection {
            provider: provider.into(),
            gateway: self.running.url(),
            public_key: DEMO_KEY.trim().to_owned(),
            token: String::new(),
        })
    }
}

/// A machine: a data folder and a keyring.
struct Desk {
    dir: TempDir,
    ring: Arc<Ring>,
    controller: Controller,
}

impl Desk {
    fn new() -> Self {
        let desk = Self::unnumbered();
        desk.give("40170").unwrap();
        desk
    }

    fn unnumbered() -> Self {
        Self::open(tempfile::tempdir().unwrap(), Arc::new(Ring::default()))
    }

    /// The line is set up, and nobody answers: what is leased is leased by the test alone.
    fn knows(&self, line: &Connection) {
        let silent = Connection { gateway: "http://127.0.0.1:9".into(), ..line.clone() };
        self.here().keep_connection(silent).unwrap();
    }

    /// Types a station number from paper, twice.
    fn give(&self, station: &str) -> Result<(), CommandError> {
        let form = StationForm { station: station.into(), again: station.into() };
        self.controller.give_station(form).map(|_| ())
    }

    /// Why a station number is refused.
    fn refusal(&self, station: &str) -> String {
        self.give(station).err().unwrap().params["reason"].clone()
    }

    /// What is told of a provider's numbers.
    fn supply(&self, provider: &str) -> NumbersView {
        let told = self.controller.status().unwrap().numbers;
        told.into_iter().find(|numbers| numbers.provider == provider).unwrap()
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
