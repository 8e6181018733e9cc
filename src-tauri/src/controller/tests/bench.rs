//! Who sits in the chair: the window's commands around taking up, checking the patient, and what alarms.

use requisition::labels::LabelContent;
use requisition::requisition::{PatientCheckForm, PatientCheckRule};
use requisition::store::StoredLabel;

use super::*;

fn sure() -> PatientCheckForm {
    PatientCheckForm { name: true, second: true, typed: String::new() }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_label_is_printed_before_the_patient_was_made_sure_of() {
    let office = Office::open("balsam-lab");
    let id = office.waiting(&["hemoglobin"]);
    let open = office.controller.take_up(id.clone(), false).unwrap();
    assert!(open.bench.needed && open.bench.just_before.is_none());
    let tube = open.requisition.specimens[0].id.clone();
    let refused = office.controller.print_labels(id.clone(), vec![tube.clone()], None).await.err().unwrap();
    assert_eq!((refused.code, refused.params["reason"].as_str()), (ErrorCode::NotReady, "patient_check"));
    assert_eq!(office.controller.collection(id.clone()).unwrap().requisition.specimens[0].number, None);
    let other = PatientCheckForm { typed: "14019800513".into(), ..sure() };
    let refused = office.controller.confirm_patient(id.clone(), other).err().unwrap();
    assert_eq!(refused.params["reason"], "not_this_patient");
    assert!(!office.controller.confirm_patient(id.clone(), sure()).unwrap().bench.needed);
    // There is no printer: it gets as far as that, and burns no number.
    let refused = office.controller.print_labels(id.clone(), vec![tube], None).await.err().unwrap();
    assert_eq!(refused.code, ErrorCode::NoPrinter);
    assert_eq!(office.controller.collection(id).unwrap().requisition.specimens[0].number, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_label_printed_again_a_moment_later_asks_nothing_until_another_patient_was_opened() {
    let office = Office::open("balsam-lab");
    let line = office.waiting(&["hemoglobin", "crp"]);
    let folke = office.waiting_for("14019800513", "Folke", &["hemoglobin"]);
    let tubes = office.controller.take_up(line.clone(), false).unwrap().requisition.specimens;
    office.controller.confirm_patient(line.clone(), sure()).unwrap();
    let print = async |at: usize| {
        office.controller.print_labels(line.clone(), vec![tubes[at].id.clone()], None).await.err().unwrap()
    };
    // There is no printer: it gets as far as that, for one tube, for the next, and for the first once more.
    for at in [0, 1, 0] {
        assert_eq!(print(at).await.code, ErrorCode::NoPrinter);
    }
    // She is put back and taken up again, and nobody else was there.
    office.controller.put_back(line.clone()).unwrap();
    assert!(!office.controller.take_up(line.clone(), false).unwrap().bench.needed);
    office.controller.take_up(folke, false).unwrap();
    assert!(office.controller.take_up(line.clone(), false).unwrap().bench.needed);
    assert_eq!(print(0).await.params["reason"], "patient_check");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_patient_of_a_moment_ago_is_told_and_asked_about_again() {
    let office = Office::open("balsam-lab");
    office.controller.save_patient_check(PatientCheckRule::AfterAnother).unwrap();
    let line = office.waiting(&["hemoglobin"]);
    let folke = office.waiting_for("14019800513", "Folke", &["hemoglobin"]);
    assert!(!office.controller.take_up(line.clone(), false).unwrap().bench.needed, "nobody else was here");
    office.controller.put_back(line.clone()).unwrap();
    let open = office.controller.take_up(folke.clone(), false).unwrap();
    assert!(open.bench.needed);
    assert_eq!(open.bench.just_before.unwrap().name, "Danser, Line");
    assert!(!office.controller.confirm_patient(folke, sure()).unwrap().bench.needed);
    assert!(office.controller.take_up(line, false).unwrap().bench.needed, "and back again");
}

#[tokio::test(flavor = "multi_thread")]
async fn others_see_who_has_it_open_until_it_is_put_back_or_the_program_starts_anew() {
    let office = Office::open("balsam-lab");
    let id = office.waiting(&["hemoglobin"]);
    let held = || office.controller.worklist().unwrap()[0].held.clone().map(|held| held.by);
    assert_eq!(held(), None);
    office.controller.take_up(id.clone(), false).unwrap();
    let first = office.controller.here().unwrap().who().unwrap();
    assert_eq!(held(), Some(first.clone()));
    let people = office.controller.settings().unwrap().people;
    let second = people.iter().find(|person| person.name != first).unwrap().clone();
    office.controller.sign_in(second.id).unwrap();
    assert_eq!(office.controller.take_up(id.clone(), false).unwrap().held.unwrap().by, first);
    office.controller.put_back(id.clone()).unwrap();
    assert_eq!(held(), Some(first), "it is not theirs to put back");
    assert!(office.controller.take_up(id, true).unwrap().held.is_none());
    assert_eq!(held(), Some(second.name));
    office.controller.here().unwrap().store.release_all().unwrap();
    assert_eq!(held(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_label_of_what_was_put_back_alarms_until_it_is_sent() {
    let office = Office::open("balsam-lab");
    let id = office.waiting(&["hemoglobin"]);
    let tube = office.numbered(&id).requisition.specimens[0].id.clone();
    let here = office.controller.here().unwrap();
    let labels: Vec<StoredLabel<LabelContent>> = here.store.labels(id.parse().unwrap()).unwrap();
    office.controller.take_up(id.clone(), false).unwrap();
    here.store.begin_print(labels[0].id, "zebra", 1, "Ida", now().timestamp()).unwrap();
    let alarms = || office.controller.status().unwrap().lab_alarms;
    assert_eq!(alarms(), 0, "somebody is at it");
    office.controller.put_back(id.clone()).unwrap();
    assert_eq!(alarms(), 1);
    assert!(office.controller.worklist().unwrap()[0].labelled_since.is_some());
    office.record(&id, collected(&[&tube]));
    office.scanned(&id);
    office.controller.complete(id).unwrap();
    assert_eq!(alarms(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_scanned_is_sent_only_with_a_reason_and_the_laboratory_reads_it() {
    let office = Office::open("balsam-lab");
    let id = office.waiting(&["hemoglobin"]);
    let tube = office.numbered(&id).requisition.specimens[0].id.clone();
    office.record(&id, collected(&[&tube]));
    assert_eq!(office.controller.collection(id.clone()).unwrap().not_ready, ["unscanned"]);
    let refused = office.controller.complete(id.clone()).err().unwrap();
    assert_eq!(refused.params["reason"], "unscanned");
    office.record(&id, CollectionAct::SendUnscanned { specimens: vec![tube], reason: "no_scanner".into() });
    office.controller.complete(id.clone()).unwrap();
    let message = office.controller.message(id).unwrap();
    assert!(message.contains("Etiketten ble ikke skannet på beholderen ved prøvetaking: skanner manglet."));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tube_that_was_given_up_or_withdrawn_and_another_persons_wristband_stop() {
    let office = Office::open("balsam-lab");
    let id = office.waiting(&["hemoglobin"]);
    let tube = office.numbered(&id).requisition.specimens[0].clone();
    let spoiled = CollectionAct::Spoiled { specimen: tube.id, reason: "clotted".into(), retake: true };
    office.record(&id, spoiled);
    let number = tube.number.unwrap();
    let scan = |text: &str| office.controller.scan(text.into(), Some(id.clone())).unwrap();
    assert!(matches!(scan(&number), ScanView::GivenUp { .. }));
    let again = office.numbered(&id).requisition.specimens[1].number.clone().unwrap();
    assert_ne!(again, number, "a retaken specimen has a new number, always");
    assert!(matches!(scan("13116900216"), ScanView::Patient { matches: true, .. }));
    assert!(matches!(scan("14019800513"), ScanView::Patient { matches: false, .. }));
    office.controller.cancel(id.clone(), "Feil pasient".into()).unwrap();
    let gone = office.controller.scan(again, None).unwrap();
    assert!(matches!(gone, ScanView::Wrong { cancelled: true, sent: false, .. }));
}
