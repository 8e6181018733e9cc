use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::*;

#[test]
fn every_outcome_in_every_state_has_its_step() {
    for state in State::all() {
        for outcome in outcomes() {
            let step = next_step(&entry(state), &outcome, now(), Jitter::new(0.5));
            let expected = match (state, &outcome) {
                (State::Sending | State::Queued, Outcome::Receipt(_)) => "deliver",
                (State::Sending, Outcome::Refused { .. } | Outcome::Conflict { .. } | Outcome::Damaged) => "attend",
                (
                    State::Sending,
                    Outcome::NotLetIn { .. }
                    | Outcome::TryLater { .. }
                    | Outcome::Unreachable
                    | Outcome::NotTrusted
                    | Outcome::NoAnswer
                    | Outcome::Broken { .. }
                    | Outcome::Interrupted,
                ) => "queue",
                _ => "keep",
            };
            let got = match step {
                Step::Deliver(_) => "deliver",
                Step::Queue { .. } => "queue",
                Step::Attend(_) => "attend",
                Step::Keep => "keep",
            };
            assert_eq!(got, expected, "{state:?} + {outcome:?}");
        }
    }
}

#[test]
fn a_refusal_says_which_act_can_mend_it() {
    for (status, reason) in [
        (400, Reason::Malformed),
        (404, Reason::UnknownReceiver),
        (413, Reason::TooLarge),
        (415, Reason::Malformed),
        (422, Reason::Malformed),
    ] {
        let step =
            next_step(&entry(State::Sending), &Outcome::Refused { status, detail: None }, now(), Jitter::new(0.0));
        assert_eq!(step, Step::Attend(reason), "{status}");
        assert!(!right_acts(State::NeedsAttention(reason)).is_empty());
    }
}

#[test]
fn no_number_of_failures_makes_an_entry_leave_the_queue() {
    let mut tried = entry(State::Sending);
    for attempts in [1, 2, 7, 8, 100, 40_000, u32::MAX] {
        tried.attempts = attempts;
        for outcome in [
            Outcome::Unreachable,
            Outcome::NoAnswer,
            Outcome::TryLater { status: 503, retry_after: None, detail: None },
        ] {
            let Step::Queue { at, .. } = next_step(&tried, &outcome, now(), Jitter::new(1.0)) else {
                panic!("{attempts} {outcome:?}")
            };
            let wait = at.duration_since(now());
            assert!(
                wait >= SignedDuration::from_secs(2) && wait <= SignedDuration::from_mins(15),
                "{attempts}: {wait}"
            );
        }
    }
}

#[test]
fn urgent_messages_wait_two_minutes_at_the_most() {
    for failures in 1..40 {
        assert!(backoff(failures, Priority::Urgent, Jitter::new(1.0)) <= SignedDuration::from_mins(2));
    }
    assert!(backoff(1, Priority::Routine, Jitter::new(0.0)) < backoff(1, Priority::Routine, Jitter::new(1.0)));
}

#[test]
fn retry_after_is_obeyed_in_both_forms_and_within_reason() {
    let date = "Sun, 06 Nov 1994 08:49:37 GMT";
    assert_eq!(RetryAfter::parse(" 120 "), Some(RetryAfter::Seconds(120)));
    assert_eq!(RetryAfter::parse("99999999999999"), Some(RetryAfter::Seconds(u32::MAX)));
    assert_eq!(RetryAfter::parse(date), Some(RetryAfter::At("1994-11-06T08:49:37Z".parse().unwrap())));
    for nonsense in ["", "soon", "-5", "1.5", "Sun, 99 Nov 1994"] {
        assert_eq!(RetryAfter::parse(nonsense), None, "{nonsense}");
    }
    let wait = |asked| wait_until(now(), 1, Priority::Routine, Some(asked), Jitter::new(0.0)).duration_since(now());
    assert_eq!(wait(RetryAfter::Seconds(120)), SignedDuration::from_secs(120));
    assert_eq!(wait(RetryAfter::At(now() + SignedDuration::from_secs(90))), SignedDuration::from_secs(90));
    assert_eq!(wait(RetryAfter::Seconds(u32::MAX)), LONGEST_WAIT);
    // In the past, or at once: our own backoff still stands.
    assert_eq!(wait(RetryAfter::At(now() - SignedDuration::from_hours(1))), SignedDuration::from_secs(2));
}

#[test]
fn a_clock_that_was_wrong_by_hours_holds_nothing_back() {
    let planned_under_a_fast_clock = now() + SignedDuration::from_hours(7);
    assert!(is_due(planned_under_a_fast_clock, now()));
    assert!(is_due(now(), now()));
    assert!(!is_due(now() + SignedDuration::from_secs(1), now()));
}

#[test]
fn every_receipt_in_every_state_has_its_effect() {
    use Reason::{Conflict, Contradiction, Damaged, Malformed, NoReceipt, TooLarge, UnknownReceiver};
    use State::{Accepted, AcceptedWithErrors, Delivered, NeedsAttention, Queued, Rejected, Sending, Withdrawn};
    let clash = Some(NeedsAttention(Contradiction));
    // State; then what accepted, rejected and accepted-with-errors make of it (none: nothing new).
    let table = [
        (Queued, [Some(Accepted), Some(Rejected), Some(AcceptedWithErrors)]),
        (Sending, [Some(Accepted), Some(Rejected), Some(AcceptedWithErrors)]),
        (Delivered, [Some(Accepted), Some(Rejected), Some(AcceptedWithErrors)]),
        (Accepted, [None, clash, Some(AcceptedWithErrors)]),
        (AcceptedWithErrors, [None, clash, None]),
        (Rejected, [clash, None, clash]),
        (Withdrawn, [clash, None, clash]),
        (NeedsAttention(NoReceipt), [Some(Accepted), Some(Rejected), Some(AcceptedWithErrors)]),
        (NeedsAttention(Contradiction), [None, None, None]),
        (NeedsAttention(Malformed), [clash, Some(Rejected), clash]),
        (NeedsAttention(UnknownReceiver), [clash, Some(Rejected), clash]),
        (NeedsAttention(TooLarge), [clash, Some(Rejected), clash]),
        (NeedsAttention(Conflict), [clash, Some(Rejected), clash]),
        (NeedsAttention(Damaged), [clash, Some(Rejected), clash]),
    ];
    assert_eq!(table.len(), State::all().len());
    for (state, effects) in table {
        for (verdict, effect) in Verdict::ALL.iter().zip(effects) {
            let expected = effect.map_or(ReceiptStep::Repeat, ReceiptStep::Become);
            assert_eq!(apply_receipt(&entry(state), *verdict), expected, "{state:?} + {verdict:?}");
        }
    }
}

#[test]
fn the_same_receipt_a_second_time_never_changes_anything() {
    for state in State::all() {
        for verdict in Verdict::ALL {
            if let ReceiptStep::Become(next) = apply_receipt(&entry(state), *verdict) {
                assert_eq!(apply_receipt(&entry(next), *verdict), ReceiptStep::Repeat, "{state:?} + {verdict:?} twice");
            }
        }
    }
}

#[test]
fn silence_is_an_alarm_at_the_promised_hour_and_never_later_than_96() {
    let delivered = entry(State::Delivered);
    let after = |hours| now() + SignedDuration::from_hours(hours);
    assert_eq!(alarm_if_silent(&delivered, 24, after(23)), None);
    assert_eq!(alarm_if_silent(&delivered, 24, after(24)), Some(Reason::NoReceipt));
    assert_eq!(alarm_if_silent(&delivered, 500, after(95)), None);
    assert_eq!(alarm_if_silent(&delivered, 500, after(96)), Some(Reason::NoReceipt));
    // A clock set back gives no alarm.
    assert_eq!(alarm_if_silent(&delivered, 24, after(-300)), None);
    for state in State::all().into_iter().filter(|state| *state != State::Delivered) {
        assert_eq!(alarm_if_silent(&entry(state), 24, after(1_000)), None, "{state:?}");
    }
}

#[test]
fn only_what_certainly_never_arrived_can_be_withdrawn() {
    for state in State::all() {
        let sure = entry(state);
        let unsure = Entry { may_have_arrived: true, ..entry(state) };
        let possible = matches!(
            state,
            State::Queued
                | State::NeedsAttention(
                    Reason::Malformed | Reason::UnknownReceiver | Reason::TooLarge | Reason::Damaged
                )
        );
        assert_eq!(withdraw(&sure).is_ok(), possible, "{state:?}");
        assert!(withdraw(&unsure).is_err(), "{state:?}");
    }
}

#[test]
fn every_state_that_needs_somebody_names_an_act_and_no_other_does() {
    for state in State::all() {
        assert_eq!(state.needs_you(), !right_acts(state).is_empty(), "{state:?}");
        assert_eq!(State::of(state.word(), state.reason().map(Reason::word)), Some(state));
    }
    assert_eq!(State::of("needs_attention", None), None);
    assert_eq!(State::of("queued", Some("conflict")), None);
}

#[test]
fn a_cancel_never_overtakes_what_it_cancels() {
    let new = Entry { sequence: 1, ..entry(State::Queued) };
    let cancel = Entry {
        sequence: 2,
        kind: Kind::Cancel,
        priority: Priority::Urgent,
        message_id: Uuid::from_u128(2),
        ..entry(State::Queued)
    };
    for (state, free) in [
        (State::Queued, false),
        (State::Sending, false),
        (State::NeedsAttention(Reason::Malformed), false),
        (State::NeedsAttention(Reason::NoReceipt), true),
        (State::Delivered, true),
        (State::Accepted, true),
        (State::Rejected, true),
        (State::Withdrawn, true),
    ] {
        let queue = [Entry { state, ..new.clone() }, cancel.clone()];
        let picked = pick(&queue, "balsam", now());
        assert_eq!(picked.iter().any(|entry| entry.kind == Kind::Cancel), free, "{state:?}");
    }
}

#[test]
fn urgent_goes_before_routine_and_the_oldest_first() {
    let queue: Vec<Entry> =
        [(3, Priority::Routine), (1, Priority::Routine), (4, Priority::Urgent), (2, Priority::Urgent)]
            .into_iter()
            .map(|(sequence, priority)| Entry {
                sequence,
                priority,
                requisition_id: Uuid::from_u128(sequence as u128),
                ..entry(State::Queued)
            })
            .collect();
    let order: Vec<i64> = pick(&queue, "balsam", now()).iter().map(|entry| entry.sequence).collect();
    assert_eq!(order, [2, 4, 1, 3]);
    assert!(pick(&queue, "another", now()).is_empty());
}

#[test]
fn a_line_that_is_down_is_probed_ever_more_rarely_and_flows_at_once_when_it_answers() {
    let mut lane = Lane::Open { since: now(), misses: 0 };
    let mut at = now();
    let mut last = SignedDuration::ZERO;
    for _ in 0..8 {
        lane = lane.after(&Outcome::Unreachable, at, Jitter::new(0.0));
        // Three more that were under way fail as well: nothing new.
        for _ in 0..3 {
            assert_eq!(lane.after(&Outcome::NoAnswer, at, Jitter::new(1.0)), lane);
        }
        let Lane::Slow { probe_at, since, .. } = lane else { panic!("open") };
        assert_eq!(since, now());
        assert!(probe_at.duration_since(at) >= last);
        last = probe_at.duration_since(at);
        at = probe_at;
    }
    assert_eq!(last, SignedDuration::from_mins(1));
    assert!(matches!(lane.hinted(now()), Lane::Slow { probe_at, .. } if probe_at == now()));
    assert_eq!(
        lane.after(&Outcome::Refused { status: 422, detail: None }, now(), Jitter::new(0.0)),
        Lane::Open { since: now(), misses: 0 }
    );
}

#[test]
fn a_gateway_that_fails_on_one_call_in_ten_keeps_its_line_and_one_that_only_fails_loses_it() {
    let receipt = Outcome::Receipt(TransportReceipt { id: "r1".into(), received_at: None, duplicate: false });
    let unclear = [
        Outcome::NoAnswer,
        Outcome::Broken { status: Some(200) },
        Outcome::TryLater { status: 503, retry_after: None, detail: None },
    ];
    let mut lane = Lane::Open { since: now(), misses: 0 };
    for call in 0..1_000 {
        let outcome = if call % 10 == 0 { &unclear[call / 10 % 3] } else { &receipt };
        lane = lane.after(outcome, now(), Jitter::new(0.5));
        assert!(matches!(lane, Lane::Open { .. }), "call {call}");
    }
    for failure in 1..=FAILURES_THAT_CLOSE {
        lane = lane.after(&unclear[0], now(), Jitter::new(0.5));
        assert_eq!(matches!(lane, Lane::Slow { .. }), failure == FAILURES_THAT_CLOSE, "failure {failure}");
    }
    // What is certain needs no second word.
    for certain in [
        Outcome::Unreachable,
        Outcome::NotTrusted,
        Outcome::NotLetIn { status: 401, detail: None },
        Outcome::TryLater { status: 503, retry_after: Some(RetryAfter::Seconds(60)), detail: None },
    ] {
        let open = Lane::Open { since: now(), misses: 0 };
        assert!(matches!(open.after(&certain, now(), Jitter::new(0.5)), Lane::Slow { .. }), "{certain:?}");
    }
}

#[test]
fn debug_prints_of_an_outcome_hold_none_of_the_receivers_words() {
    let outcome = Outcome::Refused { status: 422, detail: Some(Private::new("Roland Gundersen er ukjent")) };
    assert!(!format!("{outcome:?}").contains("Gundersen"));
}

fn outcomes() -> Vec<Outcome> {
    vec![
        Outcome::Receipt(TransportReceipt { id: "r1".into(), received_at: None, duplicate: false }),
        Outcome::Refused { status: 422, detail: None },
        Outcome::NotLetIn { status: 401, detail: None },
        Outcome::Conflict { detail: None },
        Outcome::TryLater { status: 503, retry_after: Some(RetryAfter::Seconds(1)), detail: None },
        Outcome::Unreachable,
        Outcome::NotTrusted,
        Outcome::NoAnswer,
        Outcome::Broken { status: Some(200) },
        Outcome::Damaged,
        Outcome::Interrupted,
    ]
}

fn entry(state: State) -> Entry {
    Entry {
        message_id: Uuid::from_u128(1),
        requisition_id: Uuid::from_u128(100),
        sequence: 1,
        kind: Kind::New,
        provider: "balsam".into(),
        priority: Priority::Routine,
        state,
        waiting: Waiting::NotTried,
        attempts: 1,
        next_attempt_at: now(),
        created_at: now(),
        silent_since: now(),
        delivered_at: None,
        may_have_arrived: false,
        resolved: false,
    }
}

fn now() -> Timestamp {
    "2026-11-23T08:00:00Z".parse().unwrap()
}
