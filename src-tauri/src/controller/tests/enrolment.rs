//! A machine whose store is not as it left it makes no numbers before a new station is leased.

use std::collections::HashSet;
use std::sync::atomic::Ordering;

use requisition::numbers::{Block, Supply};
use requisition::transport::HttpGateway;

use super::*;
use crate::controller::settings::key;
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
    // Each laboratory's tubes have numbers of its own series.
    assert_eq!(desk.here().next_number("furumo").unwrap(), "720000000001");
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
    assert_eq!(desk.here().next_number("furumo").unwrap(), "720000000001");
    assert_eq!(desk.here().next_number("balsam-lab").err().unwrap().code, ErrorCode::NoStation);
    let told = desk.supply("balsam-lab");
    assert_eq!((told.source, told.supply, told.leases_none), (NumberSource::Nothing, Supply::Empty, true));
    desk.give("40170").unwrap();
    assert_eq!(desk.numbers(1)[0][..5], *"40170");
    let desk = desk.started_again();
    assert_eq!(desk.here().next_number("furumo").unwrap(), "720000000051", "what was covered is burned, and no more");
    assert_eq!(desk.supply("balsam-lab").source, NumberSource::Station);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_station_number_from_paper_is_typed_twice_and_never_taken_a_second_time() {
    let desk = Desk::unnumbered();
    desk.knows_balsam();
    let refused = |station: &str, again: &str| {
        let form = StationForm { again: again.into(), ..station_of("balsam-lab", station) };
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
    assert_eq!(desk.supply("balsam-lab").station, None);
    let nowhere = desk.controller.give_station(station_of("furumo", "40170")).err().unwrap();
    assert_eq!(nowhere.params["field"], "provider");
    desk.give("4 0170 ").unwrap();
    assert_eq!(desk.supply("balsam-lab").station.as_deref(), Some("40170"));
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

    office.controller.give_station(station_of("balsam-lab", "31415")).unwrap();
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
        let code = if first.len() == 12 { "check_digits" } else { "not_here" };
        assert!(matches!(other, ScanView::Unknown { code: ref said } if said == code), "{first}");
        let tube = office.controller.collection(id.clone()).unwrap().requisition.specimens[0].id.clone();
        assert!(office.controller.collection(id.clone()).unwrap().requisition.specimens[0].confirmed.is_none());
        let own = scan(&format!("]C0{first}\r"));
        assert!(matches!(own, ScanView::Confirmed { specimen } if specimen == tube), "{first}");
        assert!(matches!(scan("13116900216"), ScanView::Patient { matches: true, .. }), "the patient's own number");
        assert!(matches!(scan("14019800513"), ScanView::Patient { matches: false, .. }), "another person's");
        // With nothing open it leads to its requisition.
        let led = office.controller.scan(first.into(), None).unwrap();
        assert!(matches!(led, ScanView::Opens { requisition, .. } if requisition == id));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hospitals_that_lease_the_same_station_get_no_number_twice_and_only_their_own() {
    let (balsam, furumo) =
        (at_hospital(hospital::Options::default()).await, at_hospital(hospital::Options::default()).await);
    let desk = Desk::unnumbered();
    let ([line, _], [_, other]) = (balsam.lines(), furumo.lines());
    for line in [&line, &other] {
        desk.knows(line);
    }
    desk.here().enrol(&line, &balsam.gateway).await.unwrap();
    let first = desk.numbers(60);
    // The other hospital has leased nothing to this workstation: it knows none of its numbers.
    assert_eq!(desk.here().next_number("furumo").err().unwrap().code, ErrorCode::NoStation);
    let told = desk.supply("furumo");
    assert_eq!((told.source, told.supply, told.station), (NumberSource::Nothing, Supply::Empty, None));
    assert_eq!(desk.controller.status().unwrap().lab_alarms, 1);
    desk.here().enrol(&other, &furumo.gateway).await.unwrap();
    assert_eq!(desk.supply("furumo").station, desk.supply("balsam-lab").station, "both count from the same");
    let mut given: Vec<String> = (0..60).map(|_| desk.here().next_number("furumo").unwrap()).collect();
    given.extend(first);
    let desk = desk.started_again();
    given.extend(desk.numbers(60));
    given.extend((0..60).map(|_| desk.here().next_number("furumo").unwrap()));
    assert_eq!(given.iter().collect::<HashSet<_>>().len(), 240, "a number came twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_laboratories_whose_series_begin_alike_number_no_two_tubes_alike() {
    let hospital = || at_hospital(hospital::Options { no_stations: true, ..hospital::Options::default() });
    let (one, two) = (hospital().await, hospital().await);
    let desk = Desk::unnumbered();
    let lines =
        ["fjellvik", "granli"].map(|provider| Connection { provider: provider.into(), ..one.lines()[0].clone() });
    for (line, at) in lines.iter().zip([&one, &two]) {
        desk.knows(line);
        desk.here().enrol(line, &at.gateway).await.unwrap();
    }
    let mut given: Vec<String> = Vec::new();
    for provider in ["fjellvik", "granli"] {
        given.extend((0..120).map(|_| desk.here().next_number(provider).unwrap()));
    }
    assert_eq!((given[0].as_str(), given[120].as_str()), ("790000000001", "790000000501"));
    assert_eq!(given.iter().collect::<HashSet<_>>().len(), 240);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_station_from_paper_is_not_lost_when_the_keyring_fails_just_then() {
    let desk = Desk::unnumbered();
    desk.knows_balsam();
    // The line was asked: the keyring knows this device.
    desk.here().lease_to_ask("balsam-lab").unwrap();
    desk.ring.refuses.store(true, Ordering::Relaxed);
    assert_eq!(desk.give("40170").err().unwrap().code, ErrorCode::KeyringFailed);
    let desk = desk.started_again();
    desk.ring.refuses.store(true, Ordering::Relaxed);
    assert_eq!(desk.give("40170").err().unwrap().code, ErrorCode::KeyringFailed, "it still fails");
    desk.ring.refuses.store(false, Ordering::Relaxed);
    desk.give("40170").unwrap();
    let first = desk.numbers(3);
    assert_eq!(first[0][..5], *"40170");
    // A second slip of the finger on the same note changes nothing.
    desk.give("40170").unwrap();
    desk.ring.refuses.store(true, Ordering::Relaxed);
    let refused = (0..60).find_map(|_| desk.here().next_number("balsam-lab").err()).unwrap();
    assert_eq!(refused.code, ErrorCode::KeyringFailed, "no number that the witness was not told of");
    desk.ring.refuses.store(false, Ordering::Relaxed);
    let desk = desk.started_again();
    assert!(desk.numbers(3).iter().all(|number| number[..5] == *"40170" && !first.contains(number)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_of_version_five_goes_on_with_its_station_for_the_hospital_that_leased_it() {
    let desk = Desk::of_version_five(&["balsam-lab", "furumo"]);
    assert_eq!(desk.supply("balsam-lab").station.as_deref(), Some("40170"));
    assert_eq!(desk.numbers(1), ["401700015094"], "above what was covered");
    assert_eq!(desk.here().next_number("furumo").unwrap(), "700000000051");
    let desk = desk.started_again();
    assert_eq!(desk.numbers(1)[0][..7], *"4017000");
    assert_eq!(desk.controller.settings().unwrap().unclaimed_station, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_station_of_version_five_that_more_than_one_can_have_given_waits_for_somebody_who_knows() {
    let desk = Desk::of_version_five(&["balsam-lab", "granli"]);
    let lines = ["balsam-lab", "granli"];
    assert_eq!(desk.controller.settings().unwrap().unclaimed_station.as_deref(), Some("40170"));
    for provider in lines {
        assert_eq!(desk.here().next_number(provider).err().unwrap().code, ErrorCode::NoStation);
        assert!(desk.here().lease_to_ask(provider).unwrap().is_some(), "the line brings one of its own");
    }
    desk.give("40170").unwrap();
    assert_eq!(desk.numbers(1), ["401700015094"], "its counter goes on");
    assert_eq!(desk.here().next_number("granli").err().unwrap().code, ErrorCode::NoStation);
    assert_eq!(desk.controller.settings().unwrap().unclaimed_station, None);
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
        desk.knows_balsam();
        desk.give("40170").unwrap();
        desk
    }

    fn unnumbered() -> Self {
        Self::open(tempfile::tempdir().unwrap(), Arc::new(Ring::default()))
    }

    /// A workstation as a program of version five left it, with lines to these providers and its witness in the keyring. Where
    /// two of them are known, somebody may have brought the station from either: one says that it leases none.
    fn of_version_five(providers: &[&str]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = dir.path().join("requisitions.sqlite");
        let frozen = Path::new(env!("CARGO_MANIFEST_DIR")).join("src-tauri/core/src/store/frozen/v5.sqlite");
        std::fs::copy(frozen, &store).unwrap();
        let ring = Arc::new(Ring::default());
        let data = DataDir::prepare(dir.path()).unwrap();
        let witness = [40_170_u32, 150, 51].into_iter().flat_map(u32::to_be_bytes);
        let witness: Vec<u8> = [7; 32].into_iter().chain(witness).collect();
        ring.write(&format!("database-key-{}", data.installation()), &[7; 32]).unwrap();
        ring.write(&format!("device-{}", data.installation()), &witness).unwrap();
        drop(data);
        let key = requisition::store::Key::from_bytes([7; 32]);
        let opened = requisition::store::Store::open(&store, &key).unwrap();
        let public_key = DEMO_KEY.trim();
        let lines: Vec<_> = providers
            .iter()
            .map(|provider| serde_json::json!({"provider": provider, "gateway": "http://127.0.0.1:9", "public_key": public_key, "token": ""}))
            .collect();
        opened.set_setting(key::CONNECTIONS, &lines, now().timestamp()).unwrap();
        // The office of the frozen file is no office.
        for gone in [key::OFFICE, key::PEOPLE, key::SIGNED_IN] {
            opened.forget_setting(gone).unwrap();
        }
        if providers.contains(&"granli") {
            opened.set_setting(key::LEASES_NONE, &["granli"], now().timestamp()).unwrap();
        }
        drop(opened);
        Self::open(dir, ring)
    }

    /// The line is set up, and nobody answers: what is leased is leased by the test alone.
    fn knows(&self, line: &Connection) {
        let silent = Connection { gateway: "http://127.0.0.1:9".into(), ..line.clone() };
        self.here().keep_connection(silent).unwrap();
    }

    fn knows_balsam(&self) {
        let [gateway, token] = [String::new(), String::new()];
        let public_key = DEMO_KEY.trim().to_owned();
        self.knows(&Connection { provider: "balsam-lab".into(), gateway, public_key, token });
    }

    /// Types a station number that the hospital gave on paper, twice.
    fn give(&self, station: &str) -> Result<(), CommandError> {
        self.controller.give_station(station_of("balsam-lab", station)).map(|_| ())
    }

    /// Why a station number is refused.
    fn refusal(&self, station: &str) -> String {
        self.give(station).err().unwrap().params["reason"].clone()
    }

    /// What is told of a provider's numbers.
    fn supply(&self, provider: &str) -> NumbersView {
        let told = self.here().number_supplies(str::to_owned).unwrap();
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
