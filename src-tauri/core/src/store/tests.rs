mod following;

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
fn a_second_instance_on_the_same_data_is_refused() {
    let place = Place::new();
    let _first = place.open();
    assert!(matches!(Store::open(&place.path, &place.key), Err(Error::InUse)));
}

#[test]
fn another_key_opens_nothing_and_the_right_one_still_does() {
    let place = Place::new();
    place.open().set_setting("office", &json!({"name": "Kattskinnet"}), now()).unwrap();
    assert!(matches!(Store::open(&place.path, &Key::from_bytes([9; 32])), Err(Error::WrongKey)));
    let kept: Option<Value> = place.open().setting("office").unwrap();
    assert_eq!(kept.unwrap()["name"], "Kattskinnet");
}

#[test]
fn nothing_readable_stands_in_the_files() {
    let place = Place::new();
    let store = place.open();
    store.finalise(&[finalise(1, Kind::New)], None, "tester", now()).unwrap();
    for file in std::fs::read_dir(place.folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(9).any(|window| window == b"Gundersen"), "a name in the clear");
        assert!(!bytes.starts_with(b"SQLite format 3"));
    }
}

#[test]
fn a_file_of_a_newer_program_is_refused_and_left_alone() {
    let place = Place::new();
    place.open().write(|tx| Ok(tx.pragma_update(None, "user_version", 99)?)).unwrap();
    let known = i64::try_from(schema::MIGRATIONS.len()).unwrap();
    assert!(matches!(Store::open(&place.path, &place.key), Err(Error::Newer { file: 99, ours }) if ours == known));
}

#[test]
fn a_flipped_bit_is_found_at_start() {
    let place = Place::new();
    let store = place.open();
    for n in 1..20 {
        store.finalise(&[finalise(n, Kind::New)], None, "tester", now()).unwrap();
    }
    drop(store);
    let mut bytes = std::fs::read(&place.path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&place.path, bytes).unwrap();
    assert!(matches!(Store::open(&place.path, &place.key), Err(Error::Damaged { .. })));
}

#[test]
fn a_passphrase_gives_the_key_back_and_a_wrong_one_gives_another() {
    let key = Key::generate().unwrap();
    let file = PassphraseFile::wrap(&key, "kattepus på taket").unwrap();
    let text = serde_json::to_string(&file).unwrap();
    let read: PassphraseFile = serde_json::from_str(&text).unwrap();
    assert!(read.unwrap_key("kattepus på taket").unwrap() == key);
    assert!(read.unwrap_key("kattepus på tak").unwrap() != key);
    assert!(!text.contains(key.to_hex().as_str()));
}

#[test]
fn a_network_drive_is_told_from_a_local_one() {
    let mounts = "/dev/sda1 / ext4 rw 0 0\nserver:/home /home nfs4 rw 0 0\n/dev/sdb1 /home/local ext4 rw 0 0\n//nas/x /mnt/my\\040share cifs rw 0 0\n";
    let kind = |path: &str| open::network_filesystem(mounts, std::path::Path::new(path));
    assert_eq!(kind("/var/lib"), None);
    assert_eq!(kind("/home/kari"), Some("nfs4".into()));
    assert_eq!(kind("/home/local/kari"), None);
    assert_eq!(kind("/mnt/my share/x"), Some("cifs".into()));
}

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
fn an_attempt_is_on_disk_before_the_first_byte_and_survives_the_end_of_the_program() {
    let place = Place::new();
    let store = place.open();
    store.finalise(&[finalise(1, Kind::New)], None, "tester", now()).unwrap();
    let (ready, _) = store.begin_attempt(message(1), now()).unwrap();
    assert!(ready.intact && ready.attempt == 1 && ready.bytes == bytes(1));
    assert!(matches!(store.begin_attempt(message(1), now()), Err(Error::NotNow { .. })));
    drop(store);
    let store = place.open();
    assert_eq!(store.entry(message(1)).unwrap().entry.state, State::Sending);
    assert_eq!(store.recover_interrupted(now()).unwrap().0, 1);
    assert_eq!(store.ready("balsam", now(), 10).unwrap(), [message(1)]);
    assert_eq!(store.attempts(message(1)).unwrap()[0].outcome.as_deref(), Some("interrupted"));
    // It may have arrived, so only a cancel can take it back.
    assert!(matches!(
        store.withdraw(message(1), "tester", now()),
        Err(Error::NoWithdrawal(NoWithdrawal::MayHaveArrived))
    ));
}

#[test]
fn a_receipt_that_arrives_before_our_own_bookkeeping_closes_the_entry() {
    let place = Place::new();
    let store = place.open();
    store.finalise(&[finalise(1, Kind::New)], None, "tester", now()).unwrap();
    store.begin_attempt(message(1), now()).unwrap();
    store.take_receipts("balsam", &[receipt(1, Verdict::Accepted, "a")], "1", now()).unwrap();
    assert_eq!(store.entry(message(1)).unwrap().entry.state, State::Accepted);
    let (step, _) = store.end_attempt(message(1), 1, &Outcome::NoAnswer, Jitter::new(0.5), now()).unwrap();
    assert_eq!(step, Step::Keep);
    assert_eq!(store.entry(message(1)).unwrap().entry.state, State::Accepted);
}

#[test]
fn the_same_receipt_twice_is_kept_once_and_counted() {
    let place = Place::new();
    let store = place.open();
    deliver(&store, 1);
    for cursor in ["1", "2"] {
        store.take_receipts("balsam", &[receipt(1, Verdict::Rejected, "a")], cursor, now()).unwrap();
    }
    let kept = store.receipts(message(1)).unwrap();
    assert_eq!((kept.len(), kept[0].times), (1, 2));
    assert_eq!(store.entry(message(1)).unwrap().entry.state, State::Rejected);
    assert_eq!(store.cursor("balsam", Stream::Receipts).unwrap().as_deref(), Some("2"));
}

#[test]
fn a_receipt_of_a_message_we_do_not_know_is_kept_and_changes_nothing() {
    let place = Place::new();
    let store = place.open();
    deliver(&store, 1);
    store.take_receipts("balsam", &[receipt(42, Verdict::Accepted, "a")], "1", now()).unwrap();
    assert_eq!(store.entry(message(1)).unwrap().entry.state, State::Delivered);
    assert_eq!(store.diagnostics().unwrap().unknown_receipts, 1);
}

#[test]
fn a_receipt_that_names_the_requisition_finds_the_message_that_left() {
    let place = Place::new();
    let store = place.open();
    deliver(&store, 1);
    let mut old = receipt(1, Verdict::Accepted, "a");
    old.message_id = "gateway-17".into();
    old.original_id = Some(id(1).to_string().to_uppercase());
    store.take_receipts("balsam", &[old], "1", now()).unwrap();
    assert_eq!(store.entry(message(1)).unwrap().entry.state, State::Accepted);
}

#[test]
fn a_rejection_stays_on_the_list_until_somebody_acts_and_the_corrected_message_takes_its_place() {
    let place = Place::new();
    let store = place.open();
    deliver(&store, 1);
    store.take_receipts("balsam", &[receipt(1, Verdict::Rejected, "a")], "1", now()).unwrap();
    let needs = store.needs_you(now()).unwrap();
    assert_eq!(needs.len(), 1);
    assert_eq!(needs[0].problem, Problem::Rejected);
    assert_eq!((needs[0].code.as_deref(), needs[0].words.as_deref()), (Some("E21"), Some("Ukjent rekvirent")));
    assert_eq!(needs[0].acts[0], Act::FixAndResend);
    assert_eq!(store.lights(id(1)).unwrap().accepted.light, Light::No);
    assert!(matches!(store.resolve(message(1), Act::Acknowledge, "tester", now()), Err(Error::NotNow { .. })));

    let mut fixed = finalise(2, Kind::New);
    fixed.requisition = requisition(1);
    fixed.entry.requisition_id = id(1);
    assert!(matches!(
        store.finalise(&[finalise_again(&fixed, None)], None, "tester", now()),
        Err(Error::NotNow { .. })
    ));
    store.finalise(&[finalise_again(&fixed, Some(message(1)))], None, "Kari", now()).unwrap();
    assert!(store.needs_you(now()).unwrap().is_empty());
    assert_eq!(store.lights(id(1)).unwrap().sent.light, Light::Queued);
    assert!(
        store.audit(&id(1).to_string()).unwrap().iter().any(|row| row.act == "fix_and_resend" && row.who == "Kari")
    );
}

#[test]
fn lights_follow_the_facts() {
    let place = Place::new();
    let store = place.open();
    store.finalise(&[finalise(1, Kind::New)], None, "tester", now()).unwrap();
    let four = |store: &Store| {
        let lights = store.lights(id(1)).unwrap();
        [lights.sent.light, lights.accepted.light, lights.received.light, lights.answered.light]
    };
    assert_eq!(four(&store), [Light::Queued, Light::None, Light::None, Light::None]);
    store.begin_attempt(message(1), now()).unwrap();
    store.end_attempt(message(1), 1, &transport_receipt(), Jitter::new(0.0), now()).unwrap();
    assert_eq!(four(&store), [Light::Yes, Light::None, Light::None, Light::None]);
    assert_eq!(store.overview_of(id(1)).unwrap().status, Status::Unconfirmed);
    store.take_receipts("balsam", &[receipt(1, Verdict::Accepted, "a")], "1", now()).unwrap();
    assert_eq!(four(&store), [Light::Yes, Light::Yes, Light::None, Light::None]);
    for (cursor, kind, expected) in [
        ("1", EventKind::SpecimenReceived, [Light::Yes, Light::Yes, Light::Yes, Light::None]),
        ("2", EventKind::PartlyAnswered, [Light::Yes, Light::Yes, Light::Yes, Light::Partly]),
        ("3", EventKind::Answered, [Light::Yes, Light::Yes, Light::Yes, Light::Yes]),
    ] {
        let event = NewEvent {
            cursor: cursor.into(),
            message_id: Some(message(1).to_string()),
            requisition_id: None,
            specimen: None,
            kind,
            at: now(),
            text: None,
        };
        store.take_events("balsam", &[event], cursor, now()).unwrap();
        assert_eq!(four(&store), expected);
    }
    assert_eq!(store.overview_of(id(1)).unwrap().status, Status::Answered);
    assert_eq!(store.status_counts(&Filter::default()).unwrap(), [(Status::Answered, 1)]);
    let story: Vec<String> = store.timeline(id(1)).unwrap().into_iter().map(|row| row.fact).collect();
    for fact in ["finalised", "attempt", "delivered", "accepted", "specimen-received", "answered"] {
        assert!(story.iter().any(|row| row == fact), "{fact} in {story:?}");
    }
}

#[test]
fn silence_raises_the_alarm_once_and_a_late_receipt_settles_it() {
    let place = Place::new();
    let store = place.open();
    deliver(&store, 1);
    let late = now() + SignedDuration::from_hours(25);
    assert!(!store.raise_alarms(now()).unwrap().any());
    assert!(store.raise_alarms(late).unwrap().any());
    assert!(!store.raise_alarms(late).unwrap().any());
    assert_eq!(store.needs_you(late).unwrap()[0].problem, Problem::Attention(Reason::NoReceipt));
    store.take_receipts("balsam", &[receipt(1, Verdict::Accepted, "a")], "1", late).unwrap();
    assert!(store.needs_you(late).unwrap().is_empty());
}

#[test]
fn withdrawing_a_new_requisition_takes_what_follows_it_along() {
    let place = Place::new();
    let store = place.open();
    let mut cancel = finalise(2, Kind::Cancel);
    cancel.requisition = requisition(1);
    cancel.entry.requisition_id = id(1);
    store.finalise(&[finalise(1, Kind::New), cancel], None, "tester", now()).unwrap();
    assert_eq!(store.ready("balsam", now(), 10).unwrap(), [message(1)]);
    store.withdraw(message(1), "tester", now()).unwrap();
    assert!(store.all_entries().unwrap().iter().all(|row| row.entry.state == State::Withdrawn));
    assert_eq!(store.overview_of(id(1)).unwrap().status, Status::Cancelled);
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
fn a_backup_taken_while_in_use_is_whole_and_going_back_asks_everything_again() {
    let place = Place::new();
    let store = place.open();
    deliver(&store, 1);
    store.take_receipts("balsam", &[], "17", now()).unwrap();
    store.finalise(&[finalise(2, Kind::New)], None, "tester", now()).unwrap();
    let backup = place.folder.path().join("backup.sqlite");
    store.backup(&backup, &place.key).unwrap();
    assert!(matches!(store.backup(&backup, &place.key), Err(Error::Taken { .. })));
    store.finalise(&[finalise(3, Kind::New)], None, "tester", now()).unwrap();
    let restore = |key: &Key| Store::restore(&backup, &place.path, key, "Kari", now());
    assert!(matches!(restore(&place.key), Err(Error::InUse)));
    drop(store);
    let before = std::fs::read(&backup).unwrap();
    assert!(matches!(restore(&Key::from_bytes([1; 32])), Err(Error::WrongKey)));
    let reconcile = restore(&place.key).unwrap();
    assert!(std::fs::read(&backup).unwrap() == before, "the backup itself was changed");
    let store = place.open();
    assert_eq!((reconcile.queued_again, reconcile.newest), (1, Some(now())));
    assert_eq!(store.all_entries().unwrap().len(), 2);
    assert_eq!(store.cursor("balsam", Stream::Receipts).unwrap(), None);
    // The hospital speaks of the third, which is missing here: that is told until somebody has read it.
    store.take_receipts("balsam", &[receipt(3, Verdict::Accepted, "<ok/>")], "18", now()).unwrap();
    let account = store.restore_account().unwrap().unwrap();
    assert_eq!((account.reconcile, account.strangers), (reconcile, 1));
    store.settle_restore("Kari", now()).unwrap();
    assert_eq!(store.restore_account().unwrap(), None);
    // What was replaced is kept.
    assert!(place.path.with_extension("sqlite.replaced").exists());
}

#[test]
fn work_goes_on_while_a_backup_is_made_and_is_not_in_it() {
    let place = Place::new();
    let store = place.open();
    for n in 1..200 {
        store.finalise(&[finalise(n, Kind::New)], None, "tester", now()).unwrap();
    }
    let folder = place.folder.path().join("backups");
    std::thread::scope(|threads| {
        let copying = threads.spawn(|| store.backup_now(&folder, &place.key, now()).unwrap());
        for n in 1_000..1_100 {
            store.finalise(&[finalise(n, Kind::New)], None, "tester", now()).unwrap();
        }
        let made = copying.join().unwrap();
        let listed = backup::list(&folder).unwrap();
        assert_eq!((listed.len(), &listed[0].path), (1, &made));
        assert_eq!(listed[0].made_at, now());
    });
    assert_eq!(store.backup_if_due(&folder, &place.key, now()).unwrap(), None);
    let made = backup::list(&folder).unwrap().remove(0).path;
    drop(store);
    let copy = Store::open(&made, &place.key).unwrap();
    let entries = copy.all_entries().unwrap();
    assert!((199..=299).contains(&entries.len()), "{}", entries.len());
    assert!(entries.iter().zip(1..).all(|(row, at)| row.entry.sequence == at), "a gap in the copy");
}

#[test]
fn a_backup_that_a_full_disk_cut_short_leaves_nothing_behind() {
    let place = Place::new();
    let store = place.open();
    let nowhere = place.folder.path().join("no such folder").join("backup.sqlite");
    assert!(store.backup(&nowhere, &place.key).is_err());
    // The store works on, log and all.
    store.finalise(&[finalise(1, Kind::New)], None, "tester", now()).unwrap();
    assert!(!nowhere.exists());
}

#[test]
fn queued_messages_survive_a_new_version_of_the_tables_and_the_file_is_kept_as_it_was() {
    let place = Place::new();
    let store = place.open();
    store.finalise(&[finalise(1, Kind::New)], None, "tester", now()).unwrap();
    deliver(&store, 2);
    drop(store);
    let next: Vec<&str> =
        [super::schema::MIGRATIONS, &["ALTER TABLE outbox ADD COLUMN note TEXT NOT NULL DEFAULT ''"]].concat();
    let migrate = |migrations: &[&str]| {
        let mut connection = super::open::connect(&place.path, &place.key).unwrap();
        super::open::migrate(&mut connection, &place.path, &place.key, migrations)
    };
    // One that fails changes nothing, and may be tried again.
    let broken: Vec<&str> = [
        super::schema::MIGRATIONS,
        &["ALTER TABLE outbox ADD COLUMN one TEXT; ALTER TABLE nowhere ADD COLUMN two TEXT"],
    ]
    .concat();
    assert!(migrate(&broken).is_err());
    assert_eq!(place.open().all_entries().unwrap().len(), 2);
    migrate(&next).unwrap();
    assert!(matches!(Store::open(&place.path, &place.key), Err(Error::Newer { .. })), "an older program opens it");
    let kept = backup::list(&backup::folder_of(&place.path)).unwrap();
    assert_eq!(kept.len(), 2);
    assert!(kept.iter().all(|file| file.before_version == i64::try_from(next.len()).ok()));
    let before = Store::open(&kept[0].path, &place.key).unwrap();
    assert_eq!(before.ready("balsam", now(), 10).unwrap(), [message(1)]);
    assert_eq!(before.message_bytes(message(1)).unwrap(), bytes(1));
    let after = super::open::connect(&place.path, &place.key).unwrap();
    let queued: i64 = after
        .query_row("SELECT count(*) FROM outbox JOIN messages USING (message_id) WHERE state = 'queued' AND length(bytes) = size", [], |row| row.get(0))
        .unwrap();
    assert_eq!(queued, 1);
}

#[test]
fn the_query_and_the_pure_rule_pick_the_same_entries() {
    let place = Place::new();
    let store = place.open();
    let mut seed = 7_u64;
    let mut draw = |n: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % n
    };
    for n in 1..=60_u128 {
        let requisition_number = u128::from(draw(20)) + 1;
        let known = store.requisition::<Value>(id(requisition_number)).is_ok();
        let mut item = finalise(n, if known { Kind::Change } else { Kind::New });
        item.requisition = requisition(requisition_number);
        item.entry.requisition_id = id(requisition_number);
        item.entry.priority = if draw(3) == 0 { Priority::Urgent } else { Priority::Routine };
        store.finalise(&[item], None, "tester", now()).unwrap();
        for _ in 0..draw(3) {
            let Some(next) =
                store.ready("balsam", now(), 50).unwrap().into_iter().nth(usize::try_from(draw(3)).unwrap())
            else {
                continue;
            };
            let (ready, _) = store.begin_attempt(next, now()).unwrap();
            let outcome = match draw(5) {
                0 => transport_receipt(),
                1 => Outcome::Refused { status: 422, detail: None },
                2 => Outcome::Unreachable,
                3 => Outcome::Conflict { detail: None },
                _ => continue,
            };
            store.end_attempt(next, ready.attempt, &outcome, Jitter::new(0.5), now()).unwrap();
        }
        for later in [now(), now() + SignedDuration::from_secs(30)] {
            let all: Vec<_> = store.all_entries().unwrap().into_iter().map(|row| row.entry).collect();
            let pure: Vec<Uuid> = pick(&all, "balsam", later).iter().map(|entry| entry.message_id).collect();
            assert_eq!(store.ready("balsam", later, 1_000).unwrap(), pure);
        }
    }
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

fn finalise_again(like: &Finalise, replaces: Option<Uuid>) -> Finalise {
    let mut item = finalise(2, like.entry.kind);
    item.requisition = requisition(1);
    item.entry.requisition_id = like.entry.requisition_id;
    item.entry.replaces = replaces;
    item
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
