//! One queued message: what it is, where it stands, and what may be done with it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

use super::{is_due, words::words};

words! {
    /// What a message does to its requisition (list 7309, ServType).
    Kind {
        /// New requisition.
        New = "N",
        /// Complete change of it.
        Change = "M",
        /// Addition to it.
        Addition = "A",
        /// Cancel of the whole of it.
        Cancel = "C",
    }
}

words! {
    /// Which entries go first. Urgent sorts before routine.
    Priority {
        /// Goes before all routine messages.
        Urgent = "urgent",
        /// Everything else.
        Routine = "routine",
    }
}

words! {
    /// Why an entry in the queue has not been sent yet.
    Waiting {
        /// Never tried.
        NotTried = "not_tried",
        /// No connection came about: nothing of it can have arrived.
        Unreachable = "unreachable",
        /// Nobody vouches for who answers: nothing was sent. Network, address or certificate has to be seen to.
        NotTrusted = "not_trusted",
        /// It was sent, and no answer came.
        NoAnswer = "no_answer",
        /// An answer came that the contract does not know.
        BrokenAnswer = "broken_answer",
        /// The gateway asks for patience.
        TryLater = "try_later",
        /// The gateway does not let this office in. The office has to see to its credentials.
        NotLetIn = "not_let_in",
        /// This program was stopped in the middle of an attempt.
        Interrupted = "interrupted",
        /// A person asked for another try.
        Asked = "asked",
    }
}

words! {
    /// Why an entry cannot go on without a person.
    Reason {
        /// The gateway refused the message's form (400, 415, 422).
        Malformed = "malformed",
        /// The gateway knows no such receiver (404).
        UnknownReceiver = "unknown_receiver",
        /// The gateway takes no message of this size (413).
        TooLarge = "too_large",
        /// The gateway has other bytes under this message id (409). Never sent again blindly.
        Conflict = "conflict",
        /// No application receipt within the time limit.
        NoReceipt = "no_receipt",
        /// Receipts that cannot both be true.
        Contradiction = "contradiction",
        /// The frozen bytes are not what they were: they are not sent.
        Damaged = "damaged",
    }
}

/// Where an entry stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(tag = "state", content = "reason", rename_all = "snake_case")]
pub enum State {
    /// Waits for its turn.
    Queued,
    /// An attempt is recorded and under way.
    Sending,
    /// The line took it: there is a transport receipt.
    Delivered,
    /// The receiving system accepted it.
    Accepted,
    /// The receiving system accepted it and found faults in it.
    AcceptedWithErrors,
    /// The receiving system rejected it.
    Rejected,
    /// A person took it out of the queue before it went.
    Withdrawn,
    /// It cannot go on without a person.
    NeedsAttention(Reason),
}

impl State {
    const WITHOUT_REASON: [Self; 7] = [
        Self::Queued,
        Self::Sending,
        Self::Delivered,
        Self::Accepted,
        Self::AcceptedWithErrors,
        Self::Rejected,
        Self::Withdrawn,
    ];

    /// Every state, for tables and tests.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let mut all = Self::WITHOUT_REASON.to_vec();
        all.extend(Reason::ALL.iter().copied().map(Self::NeedsAttention));
        all
    }

    /// The stable word of the state, without its reason.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Delivered => "delivered",
            Self::Accepted => "accepted",
            Self::AcceptedWithErrors => "accepted_with_errors",
            Self::Rejected => "rejected",
            Self::Withdrawn => "withdrawn",
            Self::NeedsAttention(_) => "needs_attention",
        }
    }

    /// The reason, where there is one.
    #[must_use]
    pub fn reason(self) -> Option<Reason> {
        match self {
            Self::NeedsAttention(reason) => Some(reason),
            Self::Queued
            | Self::Sending
            | Self::Delivered
            | Self::Accepted
            | Self::AcceptedWithErrors
            | Self::Rejected
            | Self::Withdrawn => None,
        }
    }

    /// The state of a word and a reason; none where they do not belong together.
    #[must_use]
    pub fn of(word: &str, reason: Option<&str>) -> Option<Self> {
        match (word, reason) {
            ("needs_attention", Some(reason)) => Reason::of(reason).map(Self::NeedsAttention),
            (word, None) => Self::WITHOUT_REASON.into_iter().find(|state| state.word() == word),
            (_, Some(_)) => None,
        }
    }

    /// Whether a person has to act on it.
    #[must_use]
    pub fn needs_you(self) -> bool {
        match self {
            Self::Rejected | Self::AcceptedWithErrors | Self::NeedsAttention(_) => true,
            Self::Queued | Self::Sending | Self::Delivered | Self::Accepted | Self::Withdrawn => false,
        }
    }
}

words! {
    /// What a person may do with an entry that needs one.
    Act {
        /// Make a corrected new message, linked to this one.
        FixAndResend = "fix_and_resend",
        /// Send the same bytes once more.
        Resend = "resend",
        /// Take it out: it never arrived.
        Withdraw = "withdraw",
        /// Telephone the receiver.
        Phone = "phone",
        /// Print the paper form.
        Paper = "paper",
        /// Read and understood; nothing more to do.
        Acknowledge = "acknowledge",
    }
}

/// A message in the outbox, without its bytes: what decisions are made from. Carries no patient data.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// MsgId: frozen, and the same in every attempt.
    pub message_id: Uuid,
    /// ServReq/Id.
    pub requisition_id: Uuid,
    /// Place in the order in which messages were made.
    pub sequence: i64,
    /// What it does.
    pub kind: Kind,
    /// Which connection it goes by.
    pub provider: String,
    /// Urgent or routine.
    pub priority: Priority,
    /// Where it stands.
    pub state: State,
    /// Why it waits, while it is queued.
    pub waiting: Waiting,
    /// Attempts begun so far.
    pub attempts: u32,
    /// When it may be tried next.
    pub next_attempt_at: Timestamp,
    /// When it was put in the queue.
    pub created_at: Timestamp,
    /// The receipt alarm counts from here: when it was made, or when a person asked to have it sent again.
    pub silent_since: Timestamp,
    /// When the transport receipt, or the application receipt that came before it, was taken down.
    pub delivered_at: Option<Timestamp>,
    /// An attempt ended so that nobody can tell whether it arrived.
    pub may_have_arrived: bool,
    /// A person has dealt with it.
    pub resolved: bool,
}

/// Whether an entry holds back the later messages of its requisition.
#[must_use]
pub fn blocks_followers(state: State, resolved: bool) -> bool {
    match state {
        State::Queued | State::Sending => true,
        State::Delivered | State::Accepted | State::AcceptedWithErrors | State::Rejected | State::Withdrawn => false,
        State::NeedsAttention(reason) => match reason {
            Reason::Malformed | Reason::UnknownReceiver | Reason::TooLarge | Reason::Conflict | Reason::Damaged => {
                !resolved
            }
            Reason::NoReceipt | Reason::Contradiction => false,
        },
    }
}

/// The entries that may be sent now, first things first: urgent before routine, oldest first, and none before the earlier
/// messages of its own requisition. The store asks the same question in SQL; a test holds the two together.
#[must_use]
pub fn pick<'a>(entries: &'a [Entry], provider: &str, now: Timestamp) -> Vec<&'a Entry> {
    let mut ready: Vec<&Entry> = entries
        .iter()
        .filter(|entry| {
            entry.state == State::Queued && entry.provider == provider && is_due(entry.next_attempt_at, now)
        })
        .filter(|entry| {
            !entries.iter().any(|earlier| {
                earlier.requisition_id == entry.requisition_id
                    && earlier.sequence < entry.sequence
                    && blocks_followers(earlier.state, earlier.resolved)
            })
        })
        .collect();
    ready.sort_by_key(|entry| (entry.priority, entry.sequence));
    ready
}

/// Why an entry cannot be withdrawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoWithdrawal {
    /// It may have arrived; only a cancel message is safe.
    #[error("the message may have arrived already; send a cancel instead")]
    MayHaveArrived,
    /// It is on its way right now.
    #[error("the message is being sent right now")]
    UnderWay,
    /// It has left the queue already.
    #[error("the message has left the queue already")]
    NotWaiting,
}

/// Whether a person may take the entry out of the queue. Only what certainly never arrived can be withdrawn.
///
/// # Errors
///
/// Says why not.
pub fn withdraw(entry: &Entry) -> Result<(), NoWithdrawal> {
    let never_arrived = if entry.may_have_arrived { Err(NoWithdrawal::MayHaveArrived) } else { Ok(()) };
    match entry.state {
        State::Queued => never_arrived,
        State::Sending => Err(NoWithdrawal::UnderWay),
        State::Delivered | State::Accepted | State::AcceptedWithErrors | State::Rejected | State::Withdrawn => {
            Err(NoWithdrawal::NotWaiting)
        }
        State::NeedsAttention(reason) => match reason {
            Reason::Malformed | Reason::UnknownReceiver | Reason::TooLarge | Reason::Damaged => never_arrived,
            Reason::Conflict | Reason::NoReceipt | Reason::Contradiction => Err(NoWithdrawal::MayHaveArrived),
        },
    }
}

/// The acts that make sense for a message, the right one first; empty where nobody has to act. A cancellation that did not
/// go through is not corrected: its receiver is told by word of mouth, before the work is done.
#[must_use]
pub fn acts_for(kind: Kind, state: State) -> &'static [Act] {
    match (kind, state) {
        (Kind::Cancel, State::Rejected | State::AcceptedWithErrors) => &[Act::Phone, Act::Acknowledge],
        (
            Kind::Cancel,
            State::NeedsAttention(Reason::Malformed | Reason::TooLarge | Reason::UnknownReceiver | Reason::Damaged),
        ) => &[Act::Phone, Act::Withdraw],
        (Kind::New | Kind::Change | Kind::Addition | Kind::Cancel, state) => right_acts(state),
    }
}

/// The acts that make sense for a state, the right one first; empty where nobody has to act.
#[must_use]
pub fn right_acts(state: State) -> &'static [Act] {
    match state {
        State::Queued | State::Sending | State::Delivered | State::Accepted | State::Withdrawn => &[],
        State::AcceptedWithErrors => &[Act::Acknowledge, Act::FixAndResend, Act::Phone],
        State::Rejected => &[Act::FixAndResend, Act::Phone, Act::Paper],
        State::NeedsAttention(reason) => match reason {
            Reason::Malformed | Reason::TooLarge => &[Act::FixAndResend, Act::Paper, Act::Withdraw],
            Reason::UnknownReceiver => &[Act::Resend, Act::FixAndResend, Act::Paper, Act::Withdraw],
            Reason::Conflict | Reason::Contradiction => &[Act::Phone, Act::FixAndResend, Act::Paper],
            Reason::NoReceipt => &[Act::Phone, Act::Resend, Act::Paper],
            Reason::Damaged => &[Act::FixAndResend, Act::Paper, Act::Withdraw],
        },
    }
}
