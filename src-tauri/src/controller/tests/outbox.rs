//! What may follow a requisition that was sent, and keeping what the office has: behind the window's commands.

use requisition::outbox::{Jitter, Kind, Outcome, TransportReceipt, Verdict};
use requisition::requisition::follow_up::{Barred, WhyNot};
use requisition::store::{Ended, EventKind, NewEvent, NewReceipt};
use uuid::Uuid;

use super::*;
use crate::forms::ChangeForm;

/// Taken down as said by the hospital: the newest message of the requisition is taken and judged.
fn judge(office: &Office, id: &str, verdict: Verdict) -> Uuid {
    let here = office.controller.here().unwrap();
    let at = now().timestamp();
    let newest = here.store.entries(id.parse().unwrap()).unwrap().pop().unwrap().entry;
    let message_id = newest.message_id;
    let ready = here.store.turn(&[], &[message_id], at).unwrap().0.remove(0);
    let receipt = TransportReceipt { id: "r".into(), received_at: None, duplicate: false };
    let outcome = Outcome::Receipt(receipt);
    let ended = Ended { message_id, attempt: ready.attempt, outcome, jitter: Jitter::new(0.5) };
    here.store.turn(&[ended], &[], at).unwrap();
    let receipt = NewReceipt {
        message_id: message_id.to_string(),
        original_id: None,
        verdict: Some(verdict),
        faults: Vec::new(),
        raw: format!("{message_id} {verdict:?}"),
        received_at: at,
    };
    here.store.take_receipts(&newest.provider, &[receipt], "1", at).unwrap();
    message_id
}

fn happens(office: &Office, id: &str, kind: EventKind) {
    let here = office.controller.here().unwrap();
    let event = NewEvent {
        cursor: format!("{kind:?}"),
        message_id: None,
        requisition_id: Some(id.to_owned()),
        specimen: None,
        kind,
        at: now().timestamp(),
        text: None,
    };
    here.store.take_events("balsam-lab", &[event], "1", now().timestamp()).unwrap();
}

/// An office that has sent a requisition; its line leads nowhere, so that only what the test says happens.
fn sent(services: &[&str]) -> (Office, String) {
    let office = Office::open("balsam-lab");
    office.controller.here().unwrap().line.stop();
    let id = office.waiting(services);
    let tubes: Vec<String> = office.numbered(&id).requisition.specimens.iter().map(|one| one.id.clone()).collect();
    office.record(&id, collected(&tubes.iter().map(String::as_str).collect::<Vec<_>>()));
    office.scanned(&id);
    office.controller.complete(id.clone()).unwrap();
    (office, id)
}

fn why(office: &Office, id: &str, act: &str) -> Option<Barred> {
    let detail = office.controller.detail(id.into()).unwrap();
    detail.barred.into_iter().find(|(barred, _)| barred == act).map(|(_, why)| why)
}

fn message(office: &Office, id: &str) -> String {
    office.controller.message(id.into()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_names_everything_and_holds_once_the_receiver_has_accepted_it() {
    let (office, id) = sent(&["hemoglobin", "crp"]);
    assert_eq!(why(&office, &id, "change"), Some(Barred::NotSettled), "nothing is changed that is not there yet");
    judge(&office, &id, Verdict::Accepted);
    let detail = office.controller.detail(id.clone()).unwrap();
    assert!(detail.acts.contains(&"change".to_owned()), "{:?}", detail.acts);
    let out = detail.requisition.services[1].clone();
    let form = ChangeForm {
        clinical_text: "Likevel bare anemi".into(),
        urgency: detail.requisition.urgency,
        without: vec![out.key.clone()],
    };
    let after = office.controller.change(id.clone(), form).unwrap();
    assert_eq!(after.requisition.services.len(), 2, "until it is accepted the receiver has both");
    assert!(after.acts.contains(&"withdraw".to_owned()));
    let xml = message(&office, &id);
    assert!(xml.contains("<ServType V=\"M\""), "{xml}");
    assert!(xml.contains("V=\"C\"") && xml.contains("V=\"H\""), "what stays and what goes are both named: {xml}");
    let here = office.controller.here().unwrap();
    let entries = here.store.entries(id.parse().unwrap()).unwrap();
    assert_eq!(entries.iter().map(|row| row.entry.kind).collect::<Vec<_>>(), [Kind::New, Kind::Change]);

    judge(&office, &id, Verdict::Accepted);
    let changed = office.controller.detail(id.clone()).unwrap().requisition;
    assert_eq!((changed.services.len(), changed.clinical_text.as_str()), (1, "Likevel bare anemi"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_is_rejected_changes_nothing_and_says_that_the_first_still_holds() {
    let (office, id) = sent(&["hemoglobin", "crp"]);
    judge(&office, &id, Verdict::Accepted);
    let before = office.controller.detail(id.clone()).unwrap().requisition;
    let form = ChangeForm { clinical_text: "Annet".into(), urgency: before.urgency, without: Vec::new() };
    office.controller.change(id.clone(), form).unwrap();
    judge(&office, &id, Verdict::Rejected);
    let detail = office.controller.detail(id.clone()).unwrap();
    assert!(detail.requisition == before);
    let need = detail.need.unwrap();
    assert_eq!((need.kind, need.act.as_str()), (Some(Kind::Change), "fix_and_resend"));
    // Settled by telephone, with who and when.
    office.controller.settle(&need.key, "phone").unwrap();
    assert!(office.overview().needs.is_empty());
    let story = office.controller.detail(id).unwrap().timeline;
    assert!(story.iter().any(|fact| fact.fact == "phone" && fact.who.is_some()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_addition_is_taken_from_material_that_was_sent_and_from_no_other() {
    let (office, id) = sent(&["crp"]);
    judge(&office, &id, Verdict::Accepted);
    let detail = office.controller.detail(id.clone()).unwrap();
    let taken = &detail.requisition.specimens[0];
    assert!(!detail.addable.is_empty());
    assert!(detail.addable.iter().all(|offer| offer.specimen == taken.id && offer.service != "crp"));
    let offer = detail.addable[0].service.clone();
    assert!(office.controller.add_on(id.clone(), vec!["finnes-ikke".into()]).is_err());
    office.controller.add_on(id.clone(), vec![offer]).unwrap();
    let xml = message(&office, &id);
    assert!(xml.contains("<ServType V=\"A\"") && xml.contains("V=\"H\""), "{xml}");
    judge(&office, &id, Verdict::Accepted);
    assert_eq!(office.controller.detail(id).unwrap().requisition.services.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_in_the_tube_bounds_what_is_added_and_what_cannot_be_is_named_with_the_reason() {
    let (office, id) = sent(&["crp"]);
    judge(&office, &id, Verdict::Accepted);
    let detail = office.controller.detail(id.clone()).unwrap();
    let tube = detail.requisition.specimens[0].clone();
    let [first, second, third, asking] = [0, 1, 2, 3].map(|at: usize| detail.addable[at].service.clone());
    office.publish("balsam-lab", "2027.1.1", |catalogue| {
        let container = catalogue.containers.iter().find(|one| one.id == tube.container).unwrap();
        let usable = container.usable_ml().unwrap();
        let question = catalogue.questions[0].id.clone();
        for service in &mut catalogue.services {
            let share = match service.id.as_str() {
                "crp" => 0.1,
                id if id == first || id == second => 0.5,
                id if id == third => 0.95,
                _ => 0.0,
            };
            let service = Arc::make_mut(service);
            for way in service.specimens.iter_mut().filter(|way| way.container == tube.container) {
                way.volume_ml = usable * share;
            }
            if service.id == asking {
                service.questions = vec![question.clone()];
            }
        }
    });
    let detail = office.controller.detail(id.clone()).unwrap();
    let offered = |service: &String| detail.addable.iter().any(|offer| offer.service == *service);
    assert!(offered(&first) && offered(&second) && !offered(&third) && !offered(&asking));
    let why: Vec<WhyNot> = detail.not_addable.iter().map(|refused| refused.why).collect();
    assert!(why.contains(&WhyNot::TooLittle) && why.contains(&WhyNot::Asks), "{:?}", detail.not_addable);
    let refused = office.controller.add_on(id.clone(), vec![first.clone(), second]).err().unwrap();
    assert_eq!((refused.code, refused.params["reason"].as_str()), (ErrorCode::NotNow, "too_little"));
    office.controller.add_on(id, vec![first]).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_receiver_no_longer_takes_is_not_offered_and_the_reason_is_said() {
    let (office, id) = sent(&["crp"]);
    judge(&office, &id, Verdict::Accepted);
    happens(&office, &id, EventKind::SpecimenReceived);
    assert_eq!(why(&office, &id, "cancel"), Some(Barred::Received));
    happens(&office, &id, EventKind::Answered);
    assert_eq!(why(&office, &id, "change"), Some(Barred::Answered));
    assert_eq!(why(&office, &id, "add_on"), Some(Barred::Answered));
    let before = office.controller.detail(id.clone()).unwrap().requisition;
    let form = ChangeForm { clinical_text: "For sent".into(), urgency: before.urgency, without: Vec::new() };
    let refused = office.controller.change(id, form).err().unwrap();
    assert_eq!((refused.code, refused.params["reason"].as_str()), (ErrorCode::NotNow, "answered"));
}

#[tokio::test(flavor = "multi_thread")]
async fn going_back_to_a_backup_tells_what_may_be_missing_until_somebody_has_read_it() {
    let (office, first) = sent(&["crp"]);
    let made = office.controller.back_up_now().unwrap();
    assert_eq!(made.backups.len(), 1);
    let second = office.waiting(&["hemoglobin"]);
    let app = office.controller.restore_backup(&made.backups[0].name).unwrap();
    assert_eq!(app.stage, Stage::Ready);
    assert!(office.controller.detail(first).is_ok());
    assert_eq!(office.controller.detail(second).err().unwrap().code, ErrorCode::NotFound, "made after the backup");
    let account = office.controller.storage().unwrap().restored.unwrap();
    assert_eq!(account.queued_again, 1);
    assert!(account.newest.is_some());
    assert_eq!(office.controller.status().unwrap().needs_you, 1, "it is on the list");
    // Numbers are not given twice: the station is another.
    let here = office.controller.here().unwrap();
    assert_eq!(here.store.stations().unwrap(), requisition::store::HeldStations::default());
    drop(here);
    assert!(office.controller.settle_restore().unwrap().restored.is_none());
    assert_eq!(office.controller.status().unwrap().needs_you, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_file_is_said_and_a_backup_takes_its_place() {
    let (office, id) = sent(&["crp"]);
    let backup = office.controller.back_up_now().unwrap().backups.remove(0).name;
    office.controller.close();
    let path = office._dir.path().join("requisitions.sqlite");
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    office.controller.open();
    assert!(matches!(office.controller.app().unwrap().stage, Stage::Damaged { .. }));
    assert_eq!(office.controller.storage().unwrap().backups.len(), 1, "listed while the store is closed");
    assert_eq!(office.controller.restore_backup(&backup).unwrap().stage, Stage::Ready);
    assert!(office.controller.detail(id).is_ok());
    assert!(path.with_extension("sqlite.replaced").exists(), "the damaged file is kept");
}

/// The canary: a patient with a name that nobody has, words of receiver and gateway, and none of it in the file.
#[tokio::test(flavor = "multi_thread")]
async fn the_diagnostics_file_names_nobody() {
    let office = Office::open("balsam-lab");
    office.controller.here().unwrap().line.stop();
    let id = office.waiting_for("14019800513", "Kvitrekanari", &["crp"]);
    let tubes: Vec<String> = office.numbered(&id).requisition.specimens.iter().map(|one| one.id.clone()).collect();
    office.record(&id, collected(&tubes.iter().map(String::as_str).collect::<Vec<_>>()));
    office.scanned(&id);
    office.controller.complete(id.clone()).unwrap();
    let message = judge(&office, &id, Verdict::Accepted);
    let here = office.controller.here().unwrap();
    let fault = |code: &str| requisition::store::ReceiptFault {
        code: code.into(),
        display: "Kvitrekanari".into(),
        text: "Kvitrekanari er ukjent".into(),
    };
    let receipt = NewReceipt {
        message_id: message.to_string(),
        original_id: None,
        verdict: Some(Verdict::Rejected),
        faults: vec![fault("E35"), fault("Kvitrekanari 14019800513")],
        raw: "Kvitrekanari".into(),
        received_at: now().timestamp(),
    };
    here.store.take_receipts("balsam-lab", &[receipt], "2", now().timestamp()).unwrap();
    let made = office.controller.save_diagnostics().unwrap();
    let text = std::fs::read_to_string(&made.path).unwrap();
    for canary in ["Kvitrekanari", "14019800513", "Danser", "CRP", "crp", &id, &message.to_string()] {
        assert!(!text.contains(canary), "{canary} in {text}");
    }
    let found: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(found["store"]["states"][0]["state"], "needs_attention");
    assert_eq!(found["store"]["attempts"][0]["state"], "receipt");
    let codes: Vec<_> = found["store"]["faults"].as_array().unwrap().iter().map(|fault| &fault["why"]).collect();
    assert_eq!(codes, ["E35", "other"]);
    assert!(found["program"].is_string() && found["storage"]["freeMb"].is_number());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_keeps_what_is_no_longer_offered_until_somebody_decides_on_it() {
    let (office, id) = sent(&["crp", "sr"]);
    office.publish("balsam-lab", "2027.1.1", |catalogue| {
        let sr = catalogue.services.iter().position(|service| service.id == "sr").unwrap();
        Arc::make_mut(&mut catalogue.services[sr]).withdrawn = true;
    });
    let copy = office.controller.copy_to_draft(id).unwrap();
    let services: Vec<&str> = copy.draft.lines.iter().map(|line| line.service.as_str()).collect();
    assert_eq!(services, ["crp", "sr"]);
    let refused = office.controller.hand_on(copy.draft.id.to_string(), HandOn::InternalLab).err().unwrap();
    assert_eq!(refused.params["reason"], "stop");
}
