//! The store on real files: what is saved, frozen, numbered and found again.

mod answers;
mod following;
mod opening;

use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tempfile::TempDir;
use uuid::Uuid;

use super::*;
use crate::{
    catalogue::model::MessageVersion,
    composing::draft::Urgency,
    outbox::{
        Act, Jitter, Kind, NoWithdrawal, Outcome, Priority, Reason, State, Step, TransportReceipt, Verdict, pick,
    },
};

#[test]
fn an_edit_of_an_old_draft_is_refused_and_every_save_is_kept() {
    let place = Place::new();
    let store = place.open();
    let id = Uuid::from_u128(7);
    let (first, changes) = store.save_draft(id, 0, &json!({"text": "a"}), now()).unwrap();
    assert_eq!((first, changes), (1, Changes::DRAFTS));
    store.save_draft(id, 1, &json!({"text": "ab"}), now()).unwrap();
    assert!(matches!(store.save_draft(id, 1, &json!({"text": "x"}), now()), Err(Error::Stale { .. })));
    drop(store);
    let draft: StoredDraft<Value> = place.open().draft(id).unwrap();
    assert_eq!((draft.revision, draft.content["text"].as_str()), (2, Some("ab")));
}

#[test]
fn handing_on_a_draft_makes_its_requisitions_and_lets_go_of_the_draft() {
    let place = Place::new();
    let store = place.open();
    let draft = Uuid::from_u128(7);
    store.save_draft(draft, 0, &json!({}), now()).unwrap();
    store.place(&[requisition(1), requisition(2)], Some(draft), "tester", now()).unwrap();
    assert!(store.drafts::<Value>().unwrap().is_empty());
    assert_eq!(store.worklist::<Value>().unwrap().len(), 2);
    assert_eq!(store.lights(id(1)).unwrap().sent.light, Light::Waiting);
}

#[test]
fn a_specimen_number_belongs_to_one_requisition_for_ever() {
    let place = Place::new();
    let store = place.open();
    let mut first = requisition(1);
    first.specimens = vec![specimen("s1", Some("100000000161"))];
    store.place(&[first], None, "tester", now()).unwrap();
    let mut second = requisition(2);
    second.specimens = vec![specimen("s2", Some("100000000161"))];
    assert!(matches!(store.place(&[second], None, "tester", now()), Err(Error::Taken { what: "specimen number" })));
    // Nothing of the refused one is left.
    assert!(matches!(store.requisition::<Value>(id(2)), Err(Error::NotFound { .. })));
    // Taken out of the plan, the number is burned, not given back.
    store.save_requisition(&requisition(1), Phase::Collected, 1, now()).unwrap();
    assert_eq!(store.specimen_by_number("100000000161").unwrap().unwrap().requisition_id, id(1));
}

#[test]
fn finalising_twice_queues_once_and_other_bytes_under_the_same_id_are_refused() {
    let place = Place::new();
    let store = place.open();
    assert!(store.finalise(&[finalise(1, Kind::New)], None, "tester", now()).unwrap().outbox);
    assert!(!store.finalise(&[finalise(1, Kind::New)], None, "tester", now()).unwrap().any());
    let mut other = finalise(1, Kind::New);
    other.entry.bytes = b"<other/>".to_vec();
    assert!(matches!(store.finalise(&[other], None, "tester", now()), Err(Error::Taken { what: "message id" })));
    assert_eq!(store.queue_summary().unwrap().count, 1);
}

#[test]
fn one_bad_requisition_of_a_draft_holds_back_all_of_them() {
    let place = Place::new();
    let store = place.open();
    let mut bad = finalise(2, Kind::New);
    bad.entry.requisition_id = id(99);
    assert!(store.finalise(&[finalise(1, Kind::New), bad], None, "tester", now()).is_err());
    assert_eq!(store.queue_summary().unwrap().count, 0);
    assert!(store.requisition::<Value>(id(1)).is_err());
}

#[test]
fn frozen_rows_resist_even_sql() {
    let place = Place::new();
    let store = place.open();
    store.finalise(&[finalise(1, Kind::New)], None, "tester", now()).unwrap();
    for sql in [
        "UPDATE messages SET bytes = x'00'",
        "UPDATE outbox SET size = 1",
        "DELETE FROM messages",
        "INSERT INTO messages (message_id, bytes) VALUES ('00000000-0000-0000-0000-00000000ffff', x'00')",
        "INSERT INTO outbox (message_id, requisition_id, kind, size, sha256, receiver_her, provider, version, priority, receipt_hours, state,
           next_attempt_at, created_at, silent_since)
         SELECT '00000000-0000-0000-0000-00000000fffe', requisition_id, kind, size, sha256, receiver_her, provider, version, priority,
           receipt_hours, state, next_attempt_at, created_at, silent_since FROM outbox",
        "UPDATE outbox SET message_id = '00000000-0000-0000-0000-000000000000'",
        "DELETE FROM outbox",
        "DELETE FROM audit",
        "UPDATE outbox SET state = 'needs_attention'",
        "UPDATE outbox SET state = 'accepted'",
        "UPDATE outbox SET state = 'sending'",
        "UPDATE outbox SET state = 'lost'",
    ] {
        assert!(store.write(|tx| Ok(tx.execute(sql, [])?)).is_err(), "{sql}");
    }
}

#[test]
fn labels_stay_as_they_were_and_every_reprint_is_counted() {
    let place = Place::new();
    let store = place.open();
    store.place(&[requisition(1)], None, "tester", now()).unwrap();
    let label = NewLabel {
        specimen: "planned-1".into(),
        specimen_number: "100000000161".into(),
        snapshot: json!({"name": "Gundersen"}),
    };
    let (ids, _) = store.freeze_labels(id(1), &[label], now()).unwrap();
    let (first, reprint, _) = store.begin_print(ids[0], "zebra", 1, "Kari", now()).unwrap();
    assert_eq!(reprint, 0);
    store.end_print(first, Some("media-empty"), now()).unwrap();
    let (second, reprint, _) = store.begin_print(ids[0], "zebra", 2, "Kari", now()).unwrap();
    assert_eq!(reprint, 1);
    store.end_print(second, None, now()).unwrap();
    store.confirm_print(second, "Kari", now()).unwrap();
    let labels: Vec<StoredLabel<Value>> = store.labels(id(1)).unwrap();
    assert_eq!(labels[0].prints.len(), 2);
    assert_eq!(labels[0].prints[0].failure.as_deref(), Some("media-empty"));
    assert!(labels[0].prints[1].spooled_at.is_some());
    let tomorrow = now() + SignedDuration::from_hours(24);
    assert_eq!(store.needs_you(tomorrow).unwrap()[0].problem, Problem::LabelledNotSent);
}

#[test]
fn a_number_mark_rises_and_never_falls() {
    let place = Place::new();
    let store = place.open();
    let station = crate::numbers::Station::new(10_000).unwrap();
    assert!(store.number_marks().unwrap().is_empty());
    store.raise_number_mark(station, 50, now()).unwrap();
    assert!(matches!(store.raise_number_mark(station, 49, now()), Err(Error::NotNow { .. })));
    drop(store);
    assert_eq!(place.open().number_marks().unwrap()[&station].get(), 50);
}

#[test]
fn recent_patients_are_found_by_any_part_of_name_or_number() {
    let place = Place::new();
    let store = place.open();
    store.remember_patient("13116900216", "Danser, Line 13116900216", &json!({"family": "Danser"}), now()).unwrap();
    store.remember_patient("14019800513", "Danser, Folke 14019800513", &json!({"family": "Danser"}), now()).unwrap();
    let found =
        |query: &str| store.recent_patients::<Value>(query, 10).unwrap().into_iter().map(|p| p.key).collect::<Vec<_>>();
    assert_eq!(found("line danser"), ["13116900216"]);
    assert_eq!(found("140198"), ["14019800513"]);
    assert_eq!(found("DANSER").len(), 2);
    assert!(found("gundersen").is_empty());
}

#[test]
fn the_overview_is_searched_by_name_number_specimen_and_state() {
    let place = Place::new();
    let store = place.open();
    let mut first = requisition(1);
    first.specimens = vec![specimen("s1", Some("100000000161"))];
    store.place(&[first], None, "tester", now()).unwrap();
    deliver(&store, 2);
    let found = |filter: Filter| {
        store.overview(&filter, Page { offset: 0, limit: 10 }).unwrap().0.iter().map(|row| row.id).collect::<Vec<_>>()
    };
    let text = |text: &str| Filter { text: text.into(), ..Filter::default() };
    assert_eq!(found(Filter::default()).len(), 2);
    assert_eq!(found(text("gunder rol")).len(), 2);
    assert_eq!(found(text("15076500565")).len(), 2);
    assert_eq!(found(text("100000000161")), [id(1)]);
    assert!(found(text("danser")).is_empty());
    assert_eq!(found(Filter { statuses: vec![Status::Waiting], ..Filter::default() }), [id(1)]);
    assert_eq!(found(Filter { statuses: vec![Status::Unconfirmed, Status::Queued], ..Filter::default() }), [id(2)]);
    assert_eq!(store.overview(&Filter::default(), Page { offset: 1, limit: 10 }).unwrap().0.len(), 1);
    assert_eq!(store.overview(&Filter::default(), Page { offset: 1, limit: 10 }).unwrap().1, 2);
}

#[test]
fn diagnostics_count_everything_and_name_nobody() {
    let place = Place::new();
    let store = place.open();
    deliver(&store, 1);
    store.take_receipts("balsam", &[receipt(1, Verdict::Rejected, "a")], "1", now()).unwrap();
    let text = serde_json::to_string(&store.diagnostics().unwrap()).unwrap();
    assert!(text.contains("E21") && text.contains("rejected"));
    for secret in ["Gundersen", "15076500565", "Ukjent", &message(1).to_string()] {
        assert!(!text.contains(secret), "{secret}");
    }
}

#[test]
fn a_receiver_that_wants_one_number_on_all_tubes_of_a_requisition_gets_it() {
    let place = Place::new();
    let store = place.open();
    let mut shared = requisition(1);
    shared.specimens = vec![specimen("a", Some("700000000063")), specimen("b", Some("700000000063"))];
    store.place(&[shared], None, "Ida", now()).unwrap();
    let mut other = requisition(2);
    other.specimens = vec![specimen("c", Some("700000000063"))];
    assert!(matches!(store.place(&[other], None, "Ida", now()), Err(Error::Taken { what: "specimen number" })));
}

#[test]
fn what_was_not_taken_stays_behind_with_its_number_and_its_label() {
    let place = Place::new();
    let store = place.open();
    let mut whole = requisition(1);
    whole.specimens = vec![specimen("taken", Some("700000000063")), specimen("left", Some("700000000160"))];
    store.place(&[whole], None, "Ida", now()).unwrap();
    let label = NewLabel { specimen: "left".into(), specimen_number: "700000000160".into(), snapshot: "{}" };
    store.freeze_labels(id(1), &[label], now()).unwrap();
    let mut sent = finalise(1, Kind::New);
    sent.requisition.specimens = vec![specimen("taken", Some("700000000063"))];
    let mut rest = requisition(2);
    rest.specimens = vec![specimen("left", Some("700000000160"))];
    store.finalise_leaving(&sent, &rest, "Ida", now()).unwrap();
    assert_eq!(store.specimen_by_number("700000000160").unwrap().unwrap().requisition_id, id(2));
    assert_eq!(store.specimen_by_number("700000000063").unwrap().unwrap().requisition_id, id(1));
    assert_eq!(store.labels::<String>(id(2)).unwrap().len(), 1);
    assert_eq!(store.worklist::<serde_json::Value>().unwrap().len(), 1);
}

#[test]
fn nothing_stays_behind_twice_when_the_message_cannot_be_frozen() {
    let place = Place::new();
    let store = place.open();
    store.finalise(&[finalise(1, Kind::New)], None, "Ida", now()).unwrap();
    let mut again = finalise(1, Kind::New);
    again.entry.message_id = message(9);
    assert!(store.finalise_leaving(&again, &requisition(2), "Ida", now()).is_err());
    assert!(store.worklist::<serde_json::Value>().unwrap().is_empty());
}

struct Place {
    folder: TempDir,
    path: PathBuf,
    key: Key,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("requisitions.sqlite");
        Self { folder, path, key: Key::from_bytes([7; 32]) }
    }

    fn open(&self) -> Store {
        Store::open(&self.path, &self.key).unwrap()
    }
}

fn now() -> Timestamp {
    "2026-11-23T08:00:00Z".parse().unwrap()
}

fn id(n: u128) -> Uuid {
    Uuid::from_u128(0x1000 + n)
}

fn message(n: u128) -> Uuid {
    Uuid::from_u128(0xa000 + n)
}

fn bytes(n: u128) -> Vec<u8> {
    format!("<Message><MsgId V=\"{}\"/>Gundersen, Roland</Message>", message(n)).into_bytes()
}

fn specimen(id: &str, number: Option<&str>) -> NewSpecimen {
    NewSpecimen { id: id.into(), number: number.map(str::to_owned), status: SpecimenStatus::Planned }
}

fn requisition(n: u128) -> NewRequisition {
    NewRequisition {
        id: id(n),
        provider: "balsam".into(),
        department: "lab".into(),
        discipline: "CLIN".into(),
        urgency: Urgency::Routine,
        patient_name: "Gundersen, Roland".into(),
        patient_number: "15076500565".into(),
        requester: "august".into(),
        summary: "P-CRP".into(),
        services: vec!["crp".into()],
        specimens: vec![specimen(&format!("planned-{n}"), None)],
        content: "{}".into(),
    }
}

fn finalise(n: u128, kind: Kind) -> Finalise {
    Finalise {
        requisition: requisition(n),
        entry: NewEntry {
            message_id: message(n),
            requisition_id: id(n),
            kind,
            bytes: bytes(n),
            receiver_her: "1234".into(),
            provider: "balsam".into(),
            version: MessageVersion::V1_6,
            priority: Priority::Routine,
            receipt_within_hours: 24,
            replaces: None,
        },
    }
}

fn transport_receipt() -> Outcome {
    Outcome::Receipt(TransportReceipt { id: "r1".into(), received_at: Some(now()), duplicate: false })
}

fn deliver(store: &Store, n: u128) {
    store.finalise(&[finalise(n, Kind::New)], None, "tester", now()).unwrap();
    store.begin_attempt(message(n), now()).unwrap();
    store.end_attempt(message(n), 1, &transport_receipt(), Jitter::new(0.5), now()).unwrap();
}

fn receipt(n: u128, verdict: Verdict, raw: &str) -> NewReceipt {
    let faults = match verdict {
        Verdict::Accepted => vec![],
        Verdict::Rejected | Verdict::AcceptedWithErrors => {
            vec![ReceiptFault { code: "E21".into(), display: "Feil".into(), text: "Ukjent rekvirent".into() }]
        }
    };
    NewReceipt {
        message_id: message(n).to_string(),
        original_id: Some(message(n).to_string()),
        verdict: Some(verdict),
        faults,
        raw: raw.into(),
        received_at: now(),
    }
}
