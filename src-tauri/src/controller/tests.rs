//! The controller without a window: a recording desktop, a keyring in memory, the demo catalogues, and a line that nobody
//! answers. What is proven here is what the window's commands do.

mod bench;
mod catalogues;
mod enrolment;
mod handover;
mod outbox;
mod panels;
mod paper;
mod reading;
mod search;
mod sheets;
mod support;

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use requisition::catalogue::{authoring, package};
use requisition::requisition::SpecimenStatus;
use tempfile::TempDir;
use zeroize::Zeroizing;

use super::settings::{Connection, DEMO_KEY};
use super::*;
use crate::forms::{CollectionAct, HandOn, OverviewForm, PatientForm, Secret, StationForm};
use crate::keyring::KeyringError;
use crate::views::{CollectionView, ScanView};
use requisition::composing::draft::Edit;

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_taken_stays_behind_with_its_number_and_is_found_by_it() {
    let office = Office::open("balsam-lab");
    let id = office.waiting(&["hemoglobin", "crp", "inr"]);
    let before = office.numbered(&id);
    let first = before.requisition.specimens[0].clone();
    office.record(&id, collected(&[&first.id]));
    office.controller.scan(first.number.clone().unwrap(), Some(id.clone())).unwrap();
    let sent = office.controller.complete(id.clone()).unwrap();
    assert_eq!((sent.queued, sent.requisitions.len()), (1, 1));
    let left = &sent.requisitions[0];
    let last = before.requisition.specimens.last().unwrap();
    let found = office.controller.scan(last.number.clone().unwrap(), None).unwrap();
    assert!(matches!(found, ScanView::Opens { requisition, specimen } if requisition == *left && specimen == last.id));
    let gone = office.controller.scan(first.number.unwrap(), Some(left.clone())).unwrap();
    assert!(matches!(gone, ScanView::Wrong { sent: true, other_patient: false, .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn containers_that_share_a_number_have_a_label_each() {
    let office = Office::open("furumo");
    let id = office.waiting(&["hemoglobin", "crp", "ferritin"]);
    let view = office.numbered(&id);
    let numbers: Vec<&str> = view.labels.iter().map(|label| label.number.as_str()).collect();
    assert_eq!(numbers.len(), view.requisition.specimens.len());
    assert!(numbers.len() > 1 && numbers.iter().all(|number| *number == numbers[0]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tube_of_another_patient_stops_loudly() {
    let office = Office::open("balsam-lab");
    let mine = office.waiting(&["hemoglobin"]);
    let other = office.waiting_for("14019800513", "Folke", &["hemoglobin"]);
    let theirs = office.numbered(&other).requisition.specimens[0].number.clone().unwrap();
    let scanned = office.controller.scan(theirs, Some(mine)).unwrap();
    assert!(matches!(scanned, ScanView::Wrong { sent: false, other_patient: true, .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_queued_is_shown_as_queued_and_can_be_taken_back() {
    let office = Office::open("balsam-lab");
    let id = office.waiting(&["crp"]);
    let tubes: Vec<String> = office.numbered(&id).requisition.specimens.iter().map(|one| one.id.clone()).collect();
    let tubes: Vec<&str> = tubes.iter().map(String::as_str).collect();
    office.record(&id, collected(&tubes));
    office.scanned(&id);
    office.controller.complete(id.clone()).unwrap();
    let row = &office.overview().rows[0];
    assert_eq!((row.sent.state.as_str(), row.accepted.state.as_str()), ("queued", "none"));
    let detail = office.controller.cancel(id, "Feil pasient".into()).unwrap();
    assert!(detail.timeline.iter().any(|fact| fact.fact == "withdraw"), "it is on record");
    assert_eq!(office.controller.status().unwrap().queued, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_from_home_asks_its_time_when_it_is_scanned_and_is_then_sent() {
    let office = Office::open("balsam-lab");
    let id = office.waiting(&["crp"]);
    let tube = office.numbered(&id).requisition.specimens[0].clone();
    office.record(&id, CollectionAct::AtHome { specimen: tube.id.clone() });
    let scanned = office.controller.scan(tube.number.unwrap(), Some(id.clone())).unwrap();
    assert!(matches!(scanned, ScanView::CameBack { .. }));
    let at = Some("2026-01-02T07:30".to_owned());
    office.record(&id, CollectionAct::Collected { specimens: vec![tube.id], by: "pasienten".into(), at });
    assert!(office.controller.collection(id.clone()).unwrap().requisition.specimens[0].confirmed.is_some());
    assert_eq!(office.controller.complete(id).unwrap().queued, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_of_collection_in_the_future_is_refused_and_nothing_is_recorded() {
    let office = Office::open("balsam-lab");
    let id = office.waiting(&["crp"]);
    let tube = office.controller.collection(id.clone()).unwrap().requisition.specimens[0].id.clone();
    let act = CollectionAct::Collected {
        specimens: vec![tube],
        by: "Ida Januar".into(),
        at: Some("2999-01-01T10:00".into()),
    };
    let refused = office.controller.record(id.clone(), act).err().unwrap();
    assert_eq!(refused.params["reason"], "in_future");
    let after = office.controller.collection(id).unwrap().requisition.specimens[0].status.clone();
    assert!(after == SpecimenStatus::Planned);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_keyring_nothing_is_stored_until_a_passphrase_is_chosen() {
    let dir = tempfile::tempdir().unwrap();
    let controller = controller(dir.path(), Ring { missing: true, ..Ring::default() });
    controller.open();
    assert_eq!(controller.app().unwrap().stage, Stage::NoKeyring);
    assert!(!dir.path().join("requisitions.sqlite").exists());
    let short = controller.start_with_passphrase(secret("kort")).err().unwrap();
    assert_eq!(short.code, ErrorCode::InvalidField);
    assert_eq!(controller.start_with_passphrase(secret("en lang nok frase")).unwrap().stage, Stage::Ready);
}

/// An office with one catalogue, whose hospital does not answer.
struct Office {
    controller: Controller,
    desktop: Arc<Quiet>,
    _dir: TempDir,
}

impl Office {
    fn open(provider: &str) -> Self {
        let office = Self::without_numbers(provider);
        office.controller.give_station(station_of(provider, "40170")).unwrap();
        office
    }

    fn without_numbers(provider: &str) -> Self {
        let office = Self::with_nothing(provider);
        let top = Path::new(env!("CARGO_MANIFEST_DIR"));
        let catalogue = authoring::build(&top.join("catalog-data").join(provider)).unwrap();
        let bytes = package::pack(&catalogue).unwrap();
        let key = std::fs::read_to_string(top.join("tests/hospital/keys/demo.key")).unwrap();
        let signature = package::sign(&bytes, &key, None, &catalogue).unwrap();
        office.controller.here().unwrap().shelf.install_signed(provider, &bytes, &signature, None).unwrap();
        office
    }

    /// The line to a provider is set up, and nothing has come through it.
    fn with_nothing(provider: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let desktop = Arc::new(Quiet::default());
        let controller = controller_on(dir.path(), Ring::default(), Arc::clone(&desktop));
        controller.open();
        let here = controller.here().unwrap();
        here.take_demo_office().unwrap();
        let gateway = "http://127.0.0.1:9".to_owned();
        let public_key = DEMO_KEY.trim().to_owned();
        let line = Connection { provider: provider.into(), gateway, public_key, token: String::new() };
        here.shelf.pin(&line).unwrap();
        here.keep_connection(line).unwrap();
        Self { controller, desktop, _dir: dir }
    }

    fn waiting(&self, services: &[&str]) -> String {
        self.waiting_for("13116900216", "Line", services)
    }

    fn waiting_for(&self, number: &str, given: &str, services: &[&str]) -> String {
        let form = PatientForm {
            number: number.into(),
            family: "Danser".into(),
            given: given.into(),
            ..PatientForm::default()
        };
        let draft = self.controller.start_draft(form).unwrap().draft.id;
        let provider = self.controller.here().unwrap().shelf.names().keys().next().cloned().unwrap();
        for service in services {
            let edit = Edit::AddService { provider: provider.clone(), service: (*service).into() };
            self.controller.edit_draft(draft.clone(), edit).unwrap();
        }
        self.controller.hand_on(draft, HandOn::InternalLab).unwrap().requisitions.remove(0)
    }

    /// With numbers and frozen labels, as after a print.
    fn numbered(&self, id: &str) -> CollectionView {
        let here = self.controller.here().unwrap();
        let mut stored = here.waiting(id).unwrap();
        here.number_and_freeze(&mut stored).unwrap();
        self.controller.collection(id.into()).unwrap()
    }

    /// Scans every label on its tube.
    fn scanned(&self, id: &str) {
        for specimen in self.controller.collection(id.into()).unwrap().requisition.specimens {
            let number = specimen.number.unwrap();
            self.controller.scan(number, Some(id.into())).unwrap();
        }
    }

    fn record(&self, id: &str, act: CollectionAct) {
        self.controller.record(id.into(), act).unwrap();
    }

    fn overview(&self) -> crate::views::OverviewView {
        let none = String::new;
        let form = OverviewForm {
            text: none(),
            state: "all".into(),
            provider: none(),
            requester: none(),
            days: 0,
            offset: 0,
            limit: 10,
        };
        self.controller.overview(form).unwrap()
    }
}

/// A station that a provider gave on paper, typed twice.
fn station_of(provider: &str, station: &str) -> StationForm {
    StationForm { provider: provider.into(), station: station.into(), again: station.into() }
}

fn collected(specimens: &[&str]) -> CollectionAct {
    let specimens = specimens.iter().map(|id| (*id).to_owned()).collect();
    CollectionAct::Collected { specimens, by: "Ida Januar".into(), at: None }
}

fn secret(text: &str) -> Secret {
    serde_json::from_value(text.into()).unwrap()
}

fn controller(dir: &Path, ring: Ring) -> Controller {
    controller_on(dir, ring, Arc::new(Quiet::default()))
}

fn controller_on(dir: &Path, ring: Ring, desktop: Arc<Quiet>) -> Controller {
    let data = DataDir::prepare(dir).unwrap();
    Controller::new(data, Args::default(), Arc::new(ring), desktop)
}

/// A desktop that hears nothing, with a person at it who chooses the same file every time, or none.
#[derive(Default)]
struct Quiet {
    file: Mutex<Option<PathBuf>>,
}

impl Quiet {
    fn choose(&self, file: &Path) {
        *self.file.lock().unwrap() = Some(file.to_owned());
    }

    fn cancel(&self) {
        *self.file.lock().unwrap() = None;
    }
}

impl Desktop for Quiet {
    fn changed(&self, _topics: &[Topic]) {}
    fn needs_you(&self, _count: u32) {}
    fn say_in_tray(&self, _words: &crate::forms::TrayWords) {}
    fn ask_for_file(&self, _question: FileQuestion) -> oneshot::Receiver<Option<PathBuf>> {
        let (answer, answered) = oneshot::channel();
        answer.send(self.file.lock().unwrap().clone()).unwrap();
        answered
    }
}

/// A keyring in memory.
#[derive(Default)]
struct Ring {
    entries: Mutex<HashMap<String, Vec<u8>>>,
    missing: bool,
    /// It takes nothing, as when somebody has closed it.
    refuses: AtomicBool,
}

impl Keyring for Ring {
    fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeyringError> {
        if self.missing {
            return Err(KeyringError::Missing);
        }
        Ok(self.entries.lock().unwrap().get(name).cloned().map(Zeroizing::new))
    }

    fn write(&self, name: &str, secret: &[u8]) -> Result<(), KeyringError> {
        if self.refuses.load(std::sync::atomic::Ordering::Relaxed) {
            return Err(KeyringError::Missing);
        }
        self.entries.lock().unwrap().insert(name.into(), secret.into());
        Ok(())
    }
}
