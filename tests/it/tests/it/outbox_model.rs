//! The store beside a simple truth: random commands, power cuts among them, run against both, and after each they must
//! agree on where every message stands, who may go next and who needs a person. What fails is shrunk to the shortest story.
//!
//! The truth is a list in memory that knows no database, no SQL and none of the core's own decisions; only the names of
//! the states are shared.

use std::collections::BTreeSet;
use std::path::PathBuf;

use it::orders::frozen;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};
use requisition::outbox::{Act, Jitter, Kind, Outcome, Priority, Reason, State, TransportReceipt, Verdict, pick};
use requisition::store::{Ended, Key, NewReceipt, Store};
use tempfile::TempDir;
use uuid::Uuid;

prop_state_machine! {
    #![proptest_config(ProptestConfig { cases: 64, max_shrink_iters: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn store_and_simple_truth_agree_whatever_happens(sequential 1..50 => Office);
}

/// One thing that happens at an office. Messages are named by their place in the list of all.
#[derive(Clone, Debug)]
enum Happening {
    /// A requisition is finalised, or followed up by a change or a cancel.
    Enqueue {
        requisition: u8,
        urgent: bool,
        kind: Kind,
    },
    Attempt {
        message: usize,
        fault: Fault,
    },
    Receipt {
        message: usize,
        verdict: Verdict,
    },
    Withdraw {
        message: usize,
    },
    Resend {
        message: usize,
    },
    /// A person phoned, or read it.
    Settle {
        message: usize,
        act: Act,
    },
    Wait {
        minutes: u32,
    },
    PowerCut,
}

/// How an attempt ends.
#[derive(Clone, Copy, Debug)]
enum Fault {
    None,
    AnswerLost,
    NeverConnected,
    Malformed,
    UnknownReceiver,
    NotLetIn,
    Overloaded,
    KilledBeforeSending,
    KilledAfterSending,
}

/// A message, as simply as it can be told.
#[derive(Clone, Debug)]
struct Message {
    requisition: u8,
    kind: Kind,
    urgent: bool,
    state: State,
    /// The hospital has it.
    arrived: bool,
    /// It was sent so that nobody can tell.
    unsure: bool,
    settled: bool,
    /// Minute from which silence counts.
    silent_since: u32,
}

/// The simple truth.
#[derive(Clone, Debug, Default)]
struct Truth {
    messages: Vec<Message>,
    minute: u32,
}

impl Truth {
    fn held_back(&self, at: usize) -> bool {
        let waits = |earlier: &Message| match earlier.state {
            State::Queued => true,
            State::NeedsAttention(Reason::Malformed | Reason::UnknownReceiver) => !earlier.settled,
            _ => false,
        };
        let own = &self.messages[at];
        self.messages[..at].iter().any(|earlier| earlier.requisition == own.requisition && waits(earlier))
    }

    fn may_begin(&self, at: usize) -> bool {
        self.messages[at].state == State::Queued && !self.held_back(at)
    }

    fn may_withdraw(&self, at: usize) -> bool {
        let message = &self.messages[at];
        let in_hand =
            matches!(message.state, State::Queued | State::NeedsAttention(Reason::Malformed | Reason::UnknownReceiver));
        in_hand && !message.unsure
    }

    fn may_resend(&self, at: usize) -> bool {
        let message = &self.messages[at];
        match message.state {
            State::Queued | State::NeedsAttention(Reason::NoReceipt) => true,
            // A cancellation that was refused is spoken of, not sent again.
            State::NeedsAttention(Reason::UnknownReceiver) => message.kind != Kind::Cancel,
            _ => false,
        }
    }

    fn needs_you(&self, at: usize) -> bool {
        let message = &self.messages[at];
        let stuck = matches!(message.state, State::Rejected | State::AcceptedWithErrors | State::NeedsAttention(_));
        stuck && !message.settled
    }

    fn may_settle(&self, at: usize, act: Act) -> bool {
        use Reason::{Contradiction, NoReceipt};
        let Message { state, kind, .. } = self.messages[at];
        let cancel = kind == Kind::Cancel;
        let refused = matches!(state, State::NeedsAttention(Reason::Malformed | Reason::UnknownReceiver));
        let to_phone =
            matches!(state, State::Rejected | State::NeedsAttention(NoReceipt | Contradiction)) || (cancel && refused);
        let to_read = state == State::AcceptedWithErrors || (cancel && state == State::Rejected);
        match act {
            Act::Phone => to_phone || to_read,
            Act::Acknowledge => to_read,
            Act::FixAndResend | Act::Resend | Act::Withdraw | Act::Paper => false,
        }
    }

    fn attempt(&mut self, at: usize, fault: Fault) {
        if !self.may_begin(at) {
            return;
        }
        let message = &mut self.messages[at];
        let stuck = |reason| State::NeedsAttention(reason);
        match fault {
            Fault::None => (message.state, message.arrived, message.unsure) = (State::Delivered, true, true),
            Fault::AnswerLost | Fault::KilledAfterSending => (message.arrived, message.unsure) = (true, true),
            Fault::Overloaded | Fault::KilledBeforeSending => message.unsure = true,
            Fault::NeverConnected | Fault::NotLetIn => {}
            Fault::Malformed => message.state = stuck(Reason::Malformed),
            Fault::UnknownReceiver => message.state = stuck(Reason::UnknownReceiver),
        }
    }

    fn receipt(&mut self, at: usize, verdict: Verdict) {
        use State::{Accepted, AcceptedWithErrors, Delivered, NeedsAttention, Queued, Rejected, Withdrawn};
        let clash = NeedsAttention(Reason::Contradiction);
        let plain = match verdict {
            Verdict::Accepted => Accepted,
            Verdict::Rejected => Rejected,
            Verdict::AcceptedWithErrors => AcceptedWithErrors,
        };
        let message = &mut self.messages[at];
        let news = match (message.state, plain) {
            (Queued | Delivered | NeedsAttention(Reason::NoReceipt), plain) => Some(plain),
            (before, after) if before == after => None,
            (NeedsAttention(Reason::Contradiction), _) | (AcceptedWithErrors, Accepted) => None,
            (Accepted, AcceptedWithErrors) => Some(AcceptedWithErrors),
            (Withdrawn, Rejected) => None,
            (NeedsAttention(_), Rejected) => Some(Rejected),
            _ => Some(clash),
        };
        if let Some(state) = news {
            (message.state, message.settled, message.unsure) = (state, false, true);
        }
    }

    fn withdraw(&mut self, at: usize) {
        if !self.may_withdraw(at) {
            return;
        }
        let Message { requisition, kind, .. } = self.messages[at];
        self.messages[at].state = State::Withdrawn;
        self.messages[at].settled = true;
        if kind == Kind::New {
            for later in self.messages[at + 1..].iter_mut() {
                if later.requisition == requisition && later.state == State::Queued {
                    (later.state, later.settled) = (State::Withdrawn, true);
                }
            }
        }
    }

    fn wait(&mut self, minutes: u32) {
        self.minute += minutes;
        for message in &mut self.messages {
            // The demo provider promises its receipts within a day.
            if message.state == State::Delivered && self.minute - message.silent_since >= 24 * 60 {
                message.state = State::NeedsAttention(Reason::NoReceipt);
            }
        }
    }
}

impl ReferenceStateMachine for Truth {
    type State = Self;
    type Transition = Happening;

    fn init_state() -> BoxedStrategy<Self> {
        Just(Self::default()).boxed()
    }

    fn transitions(state: &Self) -> BoxedStrategy<Happening> {
        let kind = prop_oneof![Just(Kind::Change), Just(Kind::Cancel)];
        let enqueue = (0..4_u8, any::<bool>(), kind).prop_map(|(requisition, urgent, kind)| Happening::Enqueue {
            requisition,
            urgent,
            kind,
        });
        if state.messages.is_empty() {
            return enqueue.boxed();
        }
        let any_message = 0..state.messages.len();
        let fault = prop_oneof![
            4 => Just(Fault::None),
            2 => Just(Fault::AnswerLost),
            2 => Just(Fault::NeverConnected),
            1 => Just(Fault::Malformed),
            1 => Just(Fault::UnknownReceiver),
            1 => Just(Fault::NotLetIn),
            1 => Just(Fault::Overloaded),
            1 => Just(Fault::KilledBeforeSending),
            1 => Just(Fault::KilledAfterSending),
        ];
        let verdict = prop::sample::select(Verdict::ALL);
        let act = prop_oneof![Just(Act::Phone), Just(Act::Acknowledge)];
        prop_oneof![
            4 => enqueue,
            8 => (any_message.clone(), fault).prop_map(|(message, fault)| Happening::Attempt { message, fault }),
            4 => (any_message.clone(), verdict).prop_map(|(message, verdict)| Happening::Receipt { message, verdict }),
            2 => any_message.clone().prop_map(|message| Happening::Withdraw { message }),
            2 => any_message.clone().prop_map(|message| Happening::Resend { message }),
            2 => (any_message, act).prop_map(|(message, act)| Happening::Settle { message, act }),
            3 => (1..3_000_u32).prop_map(|minutes| Happening::Wait { minutes }),
            1 => Just(Happening::PowerCut),
        ]
        .boxed()
    }

    fn preconditions(state: &Self, happening: &Happening) -> bool {
        let there = |at: usize| state.messages.get(at);
        match *happening {
            Happening::Enqueue { .. } | Happening::Wait { .. } | Happening::PowerCut => true,
            // A line that has a message answers with its receipt: it refuses only what it has not.
            Happening::Attempt { message, fault: Fault::Malformed | Fault::UnknownReceiver } => {
                there(message).is_some_and(|message| !message.arrived)
            }
            // The hospital speaks of what it has.
            Happening::Receipt { message, .. } => there(message).is_some_and(|message| message.arrived),
            Happening::Attempt { message, .. }
            | Happening::Withdraw { message }
            | Happening::Resend { message }
            | Happening::Settle { message, .. } => there(message).is_some(),
        }
    }

    fn apply(mut state: Self, happening: &Happening) -> Self {
        match *happening {
            Happening::Enqueue { requisition, urgent, kind } => {
                let kind = state.kind_of(requisition, kind);
                state.messages.push(Message {
                    requisition,
                    kind,
                    urgent,
                    state: State::Queued,
                    arrived: false,
                    unsure: false,
                    settled: false,
                    silent_since: state.minute,
                });
            }
            Happening::Attempt { message, fault } => state.attempt(message, fault),
            Happening::Receipt { message, verdict } => state.receipt(message, verdict),
            Happening::Withdraw { message } => state.withdraw(message),
            Happening::Resend { message } => {
                if state.may_resend(message) {
                    let minute = state.minute;
                    let message = &mut state.messages[message];
                    (message.state, message.settled, message.silent_since) = (State::Queued, false, minute);
                }
            }
            Happening::Settle { message, act } => {
                if state.may_settle(message, act) {
                    state.messages[message].settled = true;
                }
            }
            Happening::Wait { minutes } => state.wait(minutes),
            Happening::PowerCut => {}
        }
        state
    }
}

impl Truth {
    /// The first message of a requisition is a new one.
    fn kind_of(&self, requisition: u8, follow_up: Kind) -> Kind {
        if self.messages.iter().any(|message| message.requisition == requisition) { follow_up } else { Kind::New }
    }
}

/// The store under test.
struct Office {
    _folder: TempDir,
    path: PathBuf,
    store: Option<Store>,
}

impl Office {
    fn store(&self) -> &Store {
        self.store.as_ref().unwrap()
    }

    fn restart(&mut self, now: Timestamp) {
        drop(self.store.take());
        // A program that another test starts at this moment holds copies of all open files until it has begun.
        let patience = std::time::Instant::now() + std::time::Duration::from_secs(10);
        let store = loop {
            match Store::open(&self.path, &Key::from_bytes([7; 32])) {
                Err(requisition::store::Error::InUse) if std::time::Instant::now() < patience => {
                    std::thread::yield_now();
                }
                opened => break opened.unwrap(),
            }
        };
        store.recover_interrupted(now).unwrap();
        self.store = Some(store);
    }

    fn attempt(&mut self, message: Uuid, fault: Fault, may: bool, now: Timestamp) {
        let (mut ready, _) = self.store().turn(&[], &[message], now).unwrap();
        assert_eq!(ready.len(), usize::from(may), "begins and should not, or the other way round");
        let Some(ready) = ready.pop() else { return };
        assert!(ready.intact && ready.bytes == bytes_of(message), "other bytes than were frozen");
        let outcome = match fault {
            Fault::None => {
                let id = message.to_string();
                Outcome::Receipt(TransportReceipt { id, received_at: None, duplicate: false })
            }
            Fault::AnswerLost => Outcome::NoAnswer,
            Fault::NeverConnected => Outcome::Unreachable,
            Fault::Malformed => Outcome::Refused { status: 422, detail: None },
            Fault::UnknownReceiver => Outcome::Refused { status: 404, detail: None },
            Fault::NotLetIn => Outcome::NotLetIn { status: 401, detail: None },
            Fault::Overloaded => Outcome::TryLater { status: 503, retry_after: None, detail: None },
            Fault::KilledBeforeSending | Fault::KilledAfterSending => return self.restart(now),
        };
        let ended = Ended { message_id: message, attempt: ready.attempt, outcome, jitter: Jitter::new(0.5) };
        self.store().turn(&[ended], &[], now).unwrap();
    }
}

impl StateMachineTest for Office {
    type SystemUnderTest = Self;
    type Reference = Truth;

    fn init_test(_: &Truth) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("requisitions.sqlite");
        let store = Some(Store::open(&path, &Key::from_bytes([7; 32])).unwrap());
        Self { _folder: folder, path, store }
    }

    /// `truth` is as it is after the happening.
    fn apply(mut office: Self, truth: &Truth, happening: Happening) -> Self {
        let now = time_of(truth);
        match happening {
            Happening::Enqueue { requisition, .. } => {
                let at = truth.messages.len() - 1;
                let made = &truth.messages[at];
                let priority = if made.urgent { Priority::Urgent } else { Priority::Routine };
                let mut item =
                    frozen(Uuid::from_u128(u128::from(requisition) + 1), id(at), made.kind, "balsam", priority);
                item.entry.bytes = bytes_of(id(at));
                office.store().finalise(&[item], None, "tester", now).unwrap();
            }
            Happening::Attempt { message, fault } => {
                let waits = office.store().entry(id(message)).unwrap().entry.state == State::Queued;
                let held = truth.held_back(message);
                office.attempt(id(message), fault, waits && !held, now);
            }
            Happening::Receipt { message, verdict } => {
                let receipt = NewReceipt {
                    message_id: id(message).to_string(),
                    original_id: None,
                    verdict: Some(verdict),
                    faults: Vec::new(),
                    raw: verdict.word().into(),
                    received_at: now,
                };
                office.store().take_receipts("balsam", &[receipt], "1", now).unwrap();
            }
            // Whether it was refused shows in where the message stands.
            Happening::Withdraw { message } => drop(office.store().withdraw(id(message), "tester", now)),
            Happening::Resend { message } => drop(office.store().resend(id(message), "tester", now)),
            Happening::Settle { message, act } => drop(office.store().resolve(id(message), act, "tester", now)),
            Happening::Wait { .. } => drop(office.store().raise_alarms(now).unwrap()),
            Happening::PowerCut => office.restart(now),
        }
        office
    }

    fn check_invariants(office: &Self, truth: &Truth) {
        let rows = office.store().all_entries().unwrap();
        assert_eq!(rows.len(), truth.messages.len(), "lost or doubled");
        for (at, (row, message)) in rows.iter().zip(&truth.messages).enumerate() {
            let entry = &row.entry;
            assert_eq!((entry.message_id, entry.state), (id(at), message.state), "message {at}");
            assert_eq!(entry.resolved, message.settled, "message {at} is dealt with");
            assert_eq!(entry.may_have_arrived, message.unsure, "message {at} may have arrived");
            assert!(!message.arrived || entry.may_have_arrived, "message {at} arrived and is said not to have");
        }
        // A day on, nothing waits for its time any more: the query, the core's rule and the truth pick the same.
        let later = time_of(truth) + SignedDuration::from_hours(24);
        let ready: Vec<Uuid> = office.store().ready("balsam", later, 1_000).unwrap();
        let entries: Vec<_> = rows.iter().map(|row| row.entry.clone()).collect();
        let picked: Vec<Uuid> = pick(&entries, "balsam", later).iter().map(|entry| entry.message_id).collect();
        assert_eq!(ready, picked);
        let should: BTreeSet<Uuid> = (0..rows.len()).filter(|at| truth.may_begin(*at)).map(id).collect();
        assert_eq!(ready.into_iter().collect::<BTreeSet<_>>(), should);
        // Nobody is needed who is not named, and the other way round. What only waits is another list's.
        let needed: BTreeSet<Uuid> = office
            .store()
            .needs_you(time_of(truth))
            .unwrap()
            .into_iter()
            .filter(|item| !matches!(item.problem, requisition::store::Problem::WaitingTooLong(_)))
            .filter_map(|item| item.message_id)
            .collect();
        let should: BTreeSet<Uuid> = (0..rows.len()).filter(|at| truth.needs_you(*at)).map(id).collect();
        assert_eq!(needed, should, "silently stuck, or shown for nothing");
    }
}

fn id(at: usize) -> Uuid {
    Uuid::from_u128(0xa000 + at as u128)
}

fn bytes_of(message: Uuid) -> Vec<u8> {
    format!("the bytes of {message}").into_bytes()
}

fn time_of(truth: &Truth) -> Timestamp {
    let start: Timestamp = "2026-11-23T08:00:00Z".parse().unwrap();
    start + SignedDuration::from_mins(i64::from(truth.minute))
}
