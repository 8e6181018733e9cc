//! From the first attempt to the last receipt: what is on disk at every step, and what the lights say of it.

use super::*;

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

fn finalise_again(like: &Finalise, replaces: Option<Uuid>) -> Finalise {
    let mut item = finalise(2, like.entry.kind);
    item.requisition = requisition(1);
    item.entry.requisition_id = like.entry.requisition_id;
    item.entry.replaces = replaces;
    item
}
