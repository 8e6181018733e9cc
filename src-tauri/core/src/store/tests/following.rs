//! What follows a requisition that was sent: what is missed when nothing comes, and how its lights show what was asked for since.

use super::*;

const TAKEN: &str = "2026-11-23T08:40:00+01:00";

#[test]
fn a_specimen_that_never_arrived_is_told_after_three_days_and_settled_by_news_or_by_a_person() {
    let place = Place::new();
    let store = place.open();
    for n in [1, 2] {
        accepted_and_taken(&store, n, &[]);
    }
    let (soon, late) = (now() + SignedDuration::from_hours(71), now() + SignedDuration::from_hours(73));
    assert!(!store.raise_watches(soon).unwrap().any());
    assert!(store.needs_you(soon).unwrap().is_empty());
    assert!(store.raise_watches(late).unwrap().requisitions);
    assert!(!store.raise_watches(late).unwrap().any(), "told once");
    assert_eq!(store.watch_counts().unwrap(), [(Watch::NotArrived, 2)]);
    let missing = Filter { missing: Some(Watch::NotArrived), ..Filter::default() };
    assert_eq!(store.overview(&missing, ALL).unwrap().1, 2);
    let needs = store.needs_you(late).unwrap();
    assert!(needs.iter().all(|need| need.problem == Problem::Missing(Watch::NotArrived)));
    assert!(needs.iter().all(|need| need.acts == [Act::Phone, Act::Acknowledge]));

    happens(&store, 1, EventKind::SpecimenReceived, late);
    store.settle_watch(id(2), Watch::NotArrived, Act::Phone, "Ida", late).unwrap();
    assert!(store.needs_you(late).unwrap().is_empty());
    // Somebody has phoned, and it is still not there.
    assert_eq!(store.watch_counts().unwrap(), [(Watch::NotArrived, 1)]);
    assert!(store.audit(&id(2).to_string()).unwrap().iter().any(|row| row.act == "phone" && row.who == "Ida"));
    assert!(!store.raise_watches(late + SignedDuration::from_hours(24)).unwrap().any());
}

#[test]
fn a_late_answer_is_counted_from_the_arrival_of_the_specimen_and_by_the_slowest_service() {
    let place = Place::new();
    let store = place.open();
    accepted_and_taken(&store, 1, &[1, 4]);
    let arrived = now() + SignedDuration::from_hours(20);
    happens(&store, 1, EventKind::SpecimenReceived, arrived);
    let days = |days: i64| arrived + SignedDuration::from_hours(24 * days);
    assert!(!store.raise_watches(days(4)).unwrap().any(), "promised, and not over yet");
    assert!(store.raise_watches(days(4) + SignedDuration::from_mins(1)).unwrap().any());
    let needs = store.needs_you(days(5)).unwrap();
    assert_eq!((needs.len(), needs[0].problem.clone()), (1, Problem::Missing(Watch::LateAnswer)));
    happens(&store, 1, EventKind::PartlyAnswered, days(5));
    assert_eq!(store.needs_you(days(5)).unwrap().len(), 1, "a part of the answer is not the answer");
    happens(&store, 1, EventKind::Answered, days(6));
    assert!(store.needs_you(days(6)).unwrap().is_empty());
    assert!(store.watch_counts().unwrap().is_empty());
}

#[test]
fn an_answer_for_which_nothing_has_to_arrive_is_counted_from_the_delivery_and_no_promise_is_never_late() {
    let place = Place::new();
    let store = place.open();
    accepted(&store, 1, "{\"services\": [{\"turnaround_days\": 2}]}", Vec::new());
    accepted(&store, 2, "{\"services\": [{\"turnaround_days\": null}]}", Vec::new());
    store.raise_watches(now() + SignedDuration::from_hours(24 * 3)).unwrap();
    assert_eq!(store.watch_counts().unwrap(), [(Watch::LateAnswer, 1)]);
    assert_eq!(store.needs_you(now()).unwrap()[0].requisition_id, id(1));
}

#[test]
fn what_was_cancelled_or_rejected_or_is_half_a_year_old_is_not_missed() {
    let place = Place::new();
    let store = place.open();
    accepted_and_taken(&store, 1, &[1]);
    cancel(&store, 1, 11);
    accepted_and_taken(&store, 2, &[1]);
    store.take_receipts("balsam", &[receipt(2, Verdict::Rejected, "no")], "9", now()).unwrap();
    assert!(!store.raise_watches(now() + SignedDuration::from_hours(24 * 10)).unwrap().any());
    accepted_and_taken(&store, 3, &[1]);
    assert!(!store.raise_watches(now() + SignedDuration::from_hours(24 * 181)).unwrap().any());
    assert!(store.raise_watches(now() + SignedDuration::from_hours(24 * 179)).unwrap().any());
}

#[test]
fn until_a_cancellation_is_answered_the_receiver_has_still_accepted_the_requisition() {
    let place = Place::new();
    let store = place.open();
    accepted_and_taken(&store, 1, &[1]);
    let accepted = |store: &Store| store.lights(id(1)).unwrap().accepted.light;
    assert_eq!(accepted(&store), Light::Yes);
    cancel(&store, 1, 11);
    assert_eq!(accepted(&store), Light::Pending, "queued");
    send(&store, 11);
    assert_eq!(accepted(&store), Light::Pending, "delivered");
    store.take_receipts("balsam", &[receipt(11, Verdict::Rejected, "no")], "2", now()).unwrap();
    assert_eq!(accepted(&store), Light::Partly, "the requisition is, the cancellation is not");
    store.resolve(message(11), Act::Phone, "Ida", now()).unwrap();
    assert_eq!(accepted(&store), Light::Yes, "settled by telephone: the requisition holds");
    cancel(&store, 1, 12);
    send(&store, 12);
    store.take_receipts("balsam", &[receipt(12, Verdict::Accepted, "yes")], "3", now()).unwrap();
    let lights = store.lights(id(1)).unwrap();
    let shown = [lights.sent.light, lights.accepted.light, lights.received.light, lights.answered.light];
    assert_eq!(shown, [Light::Yes, Light::Cancelled, Light::NotApplicable, Light::NotApplicable]);
}

#[test]
fn a_queue_that_waits_is_told_when_its_patience_is_over_urgent_sooner_and_again_after_somebody_saw_to_it() {
    let place = Place::new();
    let store = place.open();
    store.finalise(&[finalise(1, Kind::New)], None, "tester", now()).unwrap();
    let mut urgent = finalise(2, Kind::New);
    urgent.entry.priority = Priority::Urgent;
    store.finalise(&[urgent], None, "tester", now()).unwrap();
    let told = |at: Timestamp| -> Vec<Uuid> {
        store.needs_you(at).unwrap().into_iter().filter_map(|need| need.message_id).collect()
    };
    let after = |mins: i64| now() + SignedDuration::from_mins(mins);
    assert!(told(after(29)).is_empty());
    assert_eq!(told(after(30)), [message(2)]);
    assert_eq!(told(after(24 * 60)), [message(1), message(2)]);
    store.settle_watch(id(2), Watch::WaitingTooLong, Act::Phone, "Ida", after(40)).unwrap();
    assert!(told(after(69)).is_empty());
    assert_eq!(told(after(70)), [message(2)]);
    // Under way it is nobody's for the moment; refused at the door it is told of at once, with what was said.
    store.begin_attempt(message(1), after(70)).unwrap();
    assert_eq!(told(after(25 * 60)), [message(2)]);
    let outcome = Outcome::NotLetIn { status: 403, detail: Some(crate::outbox::Private::new("Ukjent nøkkel")) };
    store.end_attempt(message(1), 1, &outcome, Jitter::new(0.5), after(70)).unwrap();
    let needs = store.needs_you(after(71)).unwrap();
    let first = needs.iter().find(|need| need.message_id == Some(message(1))).unwrap();
    assert_eq!((first.code.as_deref(), first.words.as_deref()), (Some("403"), Some("Ukjent nøkkel")));
}

const ALL: Page = Page { offset: 0, limit: 100 };

fn accepted_and_taken(store: &Store, n: u128, days: &[u32]) {
    let services: Vec<Value> = days.iter().map(|days| json!({ "turnaround_days": days })).collect();
    let tube = NewSpecimen {
        id: format!("tube-{n}"),
        number: Some(format!("{n:012}")),
        status: SpecimenStatus::Collected { at: TAKEN.into(), by: "Ida".into() },
    };
    accepted(store, n, &json!({ "services": services }).to_string(), vec![tube]);
}

fn accepted(store: &Store, n: u128, content: &str, specimens: Vec<NewSpecimen>) {
    let mut item = finalise(n, Kind::New);
    item.requisition.content = content.into();
    item.requisition.specimens = specimens;
    store.finalise(&[item], None, "tester", now()).unwrap();
    send(store, n);
    store.take_receipts("balsam", &[receipt(n, Verdict::Accepted, &format!("yes {n}"))], "1", now()).unwrap();
}

fn cancel(store: &Store, n: u128, by: u128) {
    let mut item = finalise(by, Kind::Cancel);
    item.requisition = NewRequisition { specimens: Vec::new(), ..requisition(n) };
    item.entry.requisition_id = id(n);
    store.finalise(&[item], None, "tester", now()).unwrap();
}

fn send(store: &Store, n: u128) {
    let (ready, _) = store.begin_attempt(message(n), now()).unwrap();
    store.end_attempt(message(n), ready.attempt, &transport_receipt(), Jitter::new(0.5), now()).unwrap();
}

fn happens(store: &Store, n: u128, kind: EventKind, at: Timestamp) {
    let event = NewEvent {
        cursor: format!("{n} {kind:?}"),
        message_id: None,
        requisition_id: Some(id(n).to_string()),
        specimen: None,
        kind,
        at,
        text: None,
    };
    store.take_events("balsam", &[event], "1", at).unwrap();
}
