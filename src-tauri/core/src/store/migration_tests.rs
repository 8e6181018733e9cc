//! Files as earlier versions left them, brought up to date: nothing of them may be lost. `frozen/README.md` says what is
//! in them.

use jiff::Timestamp;
use serde_json::Value;
use tempfile::TempDir;
use uuid::Uuid;

use super::*;
use crate::composing::panels::{Member, OfficePanel};
use crate::numbers::{DeviceSecret, Enrolment, LeasedBlocks, PendingLease, Station};
use crate::outbox::{Jitter, Kind, Outcome, Reason, State, TransportReceipt, Verdict};

const V1: &[u8] = include_bytes!("frozen/v1.sqlite");
const V3: &[u8] = include_bytes!("frozen/v3.sqlite");
const V5: &[u8] = include_bytes!("frozen/v5.sqlite");

#[test]
fn a_store_of_version_one_keeps_its_queue_and_delivers_the_frozen_bytes() {
    let (_folder, path) = thaw(V1);
    let store = Store::open(&path, &key()).unwrap();
    let states: Vec<State> = store.all_entries().unwrap().into_iter().map(|row| row.entry.state).collect();
    assert_eq!(states, [State::Delivered, State::Queued, State::Queued, State::Sending]);
    store.recover_interrupted(now()).unwrap();
    let ready = store.ready("balsam", now() + jiff::SignedDuration::from_hours(1), 10).unwrap();
    assert_eq!(ready.len(), 3);
    for message in ready {
        let (sending, _) = store.begin_attempt(message, now()).unwrap();
        let expected = format!("<Message><MsgId V=\"{message}\"/>Gundersen, Roland</Message>");
        assert_eq!(sending.bytes, expected.into_bytes());
        let receipt = TransportReceipt { id: "r".into(), received_at: None, duplicate: false };
        store.end_attempt(message, sending.attempt, &Outcome::Receipt(receipt), Jitter::new(0.5), now()).unwrap();
    }
    assert_eq!(store.queue_summary().unwrap().count, 0);
    let receipt = NewReceipt {
        message_id: Uuid::from_u128(0xa001).to_string(),
        original_id: None,
        verdict: Some(Verdict::Accepted),
        faults: Vec::new(),
        raw: "ok".into(),
        received_at: now(),
    };
    store.take_receipts("balsam", &[receipt], "1", now()).unwrap();
    assert!(store.all_entries().unwrap().iter().all(|row| row.entry.state != State::NeedsAttention(Reason::NoReceipt)));
    assert_eq!(store.worklist::<Value>().unwrap().len(), 1);
    assert_eq!(store.drafts::<Value>().unwrap().len(), 1);
}

#[test]
fn a_store_of_version_three_keeps_every_message_with_its_bytes_when_they_move_beside_the_queue() {
    let (_folder, path) = thaw(V3);
    let store = Store::open(&path, &key()).unwrap();
    let rows = store.all_entries().unwrap();
    let told: Vec<(&str, &str, u32, u32)> =
        rows.iter().map(|row| (row.entry.kind.word(), row.entry.state.word(), row.entry.attempts, row.size)).collect();
    assert_eq!(
        told,
        [
            ("N", "needs_attention", 1, 85),
            ("N", "queued", 1, 85),
            ("N", "queued", 1, 85),
            ("N", "queued", 2, 85),
            ("M", "queued", 1, 11_159),
            ("C", "queued", 1, 1_769),
            ("N", "withdrawn", 0, 2_325),
        ]
    );
    for row in &rows {
        let message = row.entry.message_id;
        assert_eq!(store.message_bytes(message).unwrap().len(), row.size as usize);
        let attempts = u32::try_from(store.attempts(message).unwrap().len()).unwrap();
        assert_eq!(attempts, row.entry.attempts);
        if row.entry.state == State::Queued {
            let (ready, _) = store.begin_attempt(message, now()).unwrap();
            assert!(ready.intact, "as frozen: {message}");
        }
    }
    let faults = |pragma: &str| store.read(|db| Ok(db.prepare(pragma)?.exists([])?)).unwrap();
    assert!(!faults("PRAGMA foreign_key_check"));
    let changed = rows.iter().find(|row| row.entry.kind == Kind::Change).unwrap();
    let accepted = NewReceipt {
        message_id: changed.entry.message_id.to_string(),
        original_id: None,
        verdict: Some(Verdict::Accepted),
        faults: Vec::new(),
        raw: "ok".into(),
        received_at: now(),
    };
    store.take_receipts("gateway", &[accepted], "1", now()).unwrap();
    let content: Value = store.requisition(changed.entry.requisition_id).unwrap().content;
    assert_eq!(content["amended"], true, "what was asked for before the update holds once it is accepted");
    let copies = super::backup::list(&super::backup::folder_of(&path)).unwrap();
    let ours = i64::try_from(super::schema::MIGRATIONS.len()).ok();
    assert_eq!(copies.iter().map(|copy| copy.before_version).collect::<Vec<_>>(), [ours]);
}

#[test]
fn the_favourites_of_version_one_are_shared_ones_now_and_none_is_lost() {
    let (folder, path) = thaw(V1);
    let store = Store::open(&path, &key()).unwrap();
    let favourites: Vec<(Option<String>, String, String)> =
        store.favourites().unwrap().into_iter().map(|one| (one.owner, one.provider, one.service)).collect();
    let shared = |provider: &str, service: &str| (None, provider.to_owned(), service.to_owned());
    assert_eq!(
        favourites,
        [
            shared("balsam-lab", "crp"),
            shared("balsam-lab", "hemoglobin"),
            shared("furumo", "tsh"),
            shared("balsam-lab", "borte/no")
        ]
    );
    assert_eq!(store.setting::<Value>("favourites").unwrap(), None);
    let office: Option<Value> = store.setting("office").unwrap();
    assert_eq!(office.unwrap()["name"], "Kattskinnet legesenter");
    let kept = super::backup::list(&folder.path().join("backups")).unwrap();
    assert!(kept.len() == 1 && kept[0].before_version.is_some(), "a copy from before");
}

#[test]
fn a_panel_is_saved_whole_once_for_each_owner_and_on_record() {
    let (_folder, path) = thaw(V1);
    let store = Store::open(&path, &key()).unwrap();
    let (mine, shared) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let panel = panel("Årskontroll");
    let own = PanelWrite { id: mine, seen: 0, owner: Some("ida"), panel: &panel, act: "panel_saved" };
    let all = PanelWrite { id: shared, owner: None, ..own.clone() };
    assert_eq!(store.save_panels(&[own.clone(), all], &[], "Ida Januar", now()).unwrap(), Changes::PANELS);
    assert_eq!(store.panels().unwrap().len(), 2, "one name for each owner");
    assert_eq!(store.panel_named(None, "ÅRSKONTROLL ").unwrap().unwrap().id, shared);

    let third = PanelWrite { id: Uuid::from_u128(3), ..own.clone() };
    let fine = PanelWrite { id: Uuid::from_u128(4), owner: Some("august"), ..own.clone() };
    assert!(matches!(store.save_panels(&[fine, third], &[], "x", now()), Err(Error::Taken { what: "panel name" })));
    assert_eq!(store.panels().unwrap().len(), 2, "all of them or none");
    assert!(matches!(store.save_panels(std::slice::from_ref(&own), &[], "x", now()), Err(Error::Stale { .. })));
    let again = PanelWrite { seen: 1, act: "panel_replaced", ..own };
    store.save_panels(&[again], &[], "August September", now()).unwrap();
    drop(store);

    let store = Store::open(&path, &key()).unwrap();
    let kept = store.panel(mine).unwrap();
    assert_eq!((kept.revision, kept.owner.as_deref(), kept.updated_by.as_str()), (2, Some("ida"), "August September"));
    assert_eq!(kept.panel, panel);
    store.delete_panel(mine, "Ida Januar", now()).unwrap();
    assert!(matches!(store.delete_panel(mine, "x", now()), Err(Error::NotFound { .. })));
    let acts: Vec<String> = store.audit(&mine.to_string()).unwrap().into_iter().map(|row| row.act).collect();
    assert_eq!(acts, ["panel_saved", "panel_replaced", "panel_deleted"]);
}

#[test]
fn a_favourite_is_marked_for_one_person_or_all_and_marking_it_again_moves_nothing() {
    let (_folder, path) = thaw(V1);
    let store = Store::open(&path, &key()).unwrap();
    let mark = |owner: Option<&str>, service: &str| {
        let owner = owner.map(str::to_owned);
        let one = Favourite { owner, provider: "balsam-lab".into(), service: service.into(), name: "CRP".into() };
        store.mark_favourite(&one, now() + jiff::SignedDuration::from_hours(1)).unwrap();
    };
    mark(Some("ida"), "crp");
    mark(None, "crp");
    let of_crp = || -> Vec<_> {
        let all = store.favourites().unwrap().into_iter();
        all.filter(|one| one.service == "crp").map(|one| (one.owner, one.name)).collect()
    };
    assert_eq!(of_crp(), [(None, "CRP".to_owned()), (Some("ida".to_owned()), "CRP".to_owned())]);
    assert_eq!(store.favourites().unwrap()[0].service, "crp", "it keeps its place");
    store.unmark_favourite(None, "balsam-lab", "crp").unwrap();
    store.unmark_favourite(None, "balsam-lab", "crp").unwrap();
    assert_eq!(of_crp().len(), 1);
}

#[test]
fn a_store_of_version_one_takes_attachments_and_counts_rules_and_keeps_its_queue() {
    let (_folder, path) = thaw(V1);
    let store = Store::open(&path, &key()).unwrap();
    let queued = store.all_entries().unwrap().len();
    let (draft, content) = (Uuid::from_u128(0xd1), Uuid::from_u128(0xa1));
    store.put_attachment(content, b"%PDF-1.4", now()).unwrap();
    let shown = ShownRule { provider: "balsam-lab".into(), rule: "retest-crp".into(), line: Some(1), overridden: None };
    store.note_rules(draft, &[shown], now()).unwrap();
    drop(store);
    let store = Store::open(&path, &key()).unwrap();
    assert_eq!(store.attachment(&content.to_string()).unwrap(), b"%PDF-1.4");
    assert_eq!(store.rule_counts(Timestamp::UNIX_EPOCH).unwrap()[0].shown, 1);
    assert_eq!(store.all_entries().unwrap().len(), queued);
}

#[test]
fn the_station_of_version_five_is_nobodys_until_it_is_known_whose_and_its_counter_goes_on() {
    let (_folder, path) = thaw(V5);
    let store = Store::open(&path, &key()).unwrap();
    let held = store.stations().unwrap();
    let station = Station::new(40_170).unwrap();
    let enrolment = Enrolment { station, device: DeviceSecret::new([7; 32]).print() };
    assert_eq!((held.stations.len(), held.unclaimed.as_ref()), (0, Some(&enrolment)));
    assert_eq!(store.setting::<Value>("enrolment").unwrap(), None);
    assert_eq!(store.number_marks().unwrap()[&station].get(), 150);
    let asked: std::collections::BTreeMap<String, PendingLease> = store.setting("number_leases").unwrap().unwrap();
    assert!(asked.contains_key("balsam-lab"), "what was asked for is read");
    assert_eq!(store.setting::<LeasedBlocks>("leased_numbers").unwrap().unwrap().left("furumo"), Some(450));
    assert_eq!(store.queue_summary().unwrap().count, 5, "what waited still does");

    store.keep_station("balsam-lab", &enrolment, now()).unwrap();
    store.keep_station("furumo", &enrolment, now()).unwrap();
    drop(store);
    let held = Store::open(&path, &key()).unwrap().stations().unwrap();
    assert_eq!((held.stations.len(), held.unclaimed), (2, None));
}

#[test]
fn older_stores_take_down_what_waits_at_the_printer_and_keep_their_queues() {
    for frozen in [V1, V3, V5] {
        let (_folder, path) = thaw(frozen);
        let store = Store::open(&path, &key()).unwrap();
        let queued = store.all_entries().unwrap().len();
        assert!(store.paper_jobs().unwrap().is_empty());
        let form = |job: i32, patient: &str| StoredPaperJob {
            queue: "kontor".into(),
            job,
            paper: "requisition_form".into(),
            patient: Some(patient.into()),
            asked_at: now() + jiff::SignedDuration::from_secs(i64::from(job)),
            taken_at: now() + jiff::SignedDuration::from_mins(1),
        };
        let list = StoredPaperJob { queue: "lager".into(), paper: "packing_list".into(), patient: None, ..form(7, "") };
        for one in [&form(8, "Danser, Line"), &list, &form(7, "Gundersen, Roland")] {
            assert_eq!(store.keep_paper_job(one).unwrap(), Changes::PAPERS);
        }
        // The spooler counts from 1 again: its number is another job now.
        store.keep_paper_job(&form(8, "Folke Danser")).unwrap();
        drop(store);

        let store = Store::open(&path, &key()).unwrap();
        let told = |store: &Store| -> Vec<(String, i32, Option<String>)> {
            store.paper_jobs().unwrap().into_iter().map(|one| (one.queue, one.job, one.patient)).collect()
        };
        let kontor = |job, patient: &str| ("kontor".to_owned(), job, Some(patient.to_owned()));
        let lager = ("lager".to_owned(), 7, None);
        assert_eq!(told(&store), [kontor(7, "Gundersen, Roland"), lager.clone(), kontor(8, "Folke Danser")]);
        assert!(store.paper_jobs().unwrap()[2] == form(8, "Folke Danser"));
        assert_eq!(store.forget_paper_job("kontor", 7).unwrap(), Changes::PAPERS);
        assert_eq!(store.forget_paper_job("kontor", 7).unwrap(), Changes::NONE);
        assert_eq!(told(&store), [lager, kontor(8, "Folke Danser")]);
        assert_eq!(store.all_entries().unwrap().len(), queued);
        drop(store);
        for file in std::fs::read_dir(path.parent().unwrap()).unwrap().flatten() {
            let bytes = std::fs::read(file.path()).unwrap_or_default();
            let seen = bytes.windows(12).any(|part| part == b"Folke Danser");
            assert!(!seen, "{} holds a name in clear text", file.path().display());
        }
    }
}

fn panel(name: &str) -> OfficePanel {
    let member = |service: &str| Member {
        provider: "balsam-lab".into(),
        service: service.into(),
        name: service.to_uppercase(),
        optional: service == "crp",
        answers: std::collections::BTreeMap::new(),
    };
    OfficePanel { name: name.into(), words: vec!["diabetes".into()], members: vec![member("hba1c"), member("crp")] }
}

/// The file, where it can be written.
fn thaw(frozen: &[u8]) -> (TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("requisitions.sqlite");
    std::fs::write(&path, frozen).unwrap();
    (folder, path)
}

fn key() -> Key {
    Key::from_bytes([7; 32])
}

fn now() -> Timestamp {
    "2026-11-23T09:00:00Z".parse().unwrap()
}
