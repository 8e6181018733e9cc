//! What follows from the outcome of an attempt.

use jiff::Timestamp;

use super::{Entry, Jitter, Reason, RetryAfter, State, Waiting, wait_until};

/// Text from a receiver. It may speak of a patient, so it never reaches a log or a `Debug` print.
#[derive(Clone, PartialEq, Eq)]
pub struct Private(String);

impl Private {
    /// Takes a text, cut at 2 000 characters.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.chars().take(2_000).collect())
    }

    /// The text, for the screen and the encrypted store.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Private {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Private({} bytes)", self.0.len())
    }
}

/// The line's word that it took a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransportReceipt {
    /// The gateway's id of the receipt; the same for a repeated message.
    pub id: String,
    /// When the gateway received the message, by its own clock.
    pub received_at: Option<Timestamp>,
    /// The gateway had it already.
    pub duplicate: bool,
}

/// What an attempt can give: the gateway contract's table, and the ways a line can fail.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// 202: the line took it.
    Receipt(TransportReceipt),
    /// 400, 404, 413, 415, 422: refused for good.
    Refused {
        /// HTTP status.
        status: u16,
        /// The gateway's reason.
        detail: Option<Private>,
    },
    /// 401, 403: this office is not let in.
    NotLetIn {
        /// HTTP status.
        status: u16,
        /// The gateway's reason.
        detail: Option<Private>,
    },
    /// 409: other bytes under this message id.
    Conflict {
        /// The gateway's reason.
        detail: Option<Private>,
    },
    /// 408, 425, 429, 500, 502, 503, 504: try again.
    TryLater {
        /// HTTP status.
        status: u16,
        /// `Retry-After`.
        retry_after: Option<RetryAfter>,
        /// The gateway's reason.
        detail: Option<Private>,
    },
    /// No connection came about (name, refused, no TLS): nothing of the message can have arrived.
    Unreachable,
    /// Who answered has no certificate that this machine trusts: nothing was sent to them.
    NotTrusted,
    /// The connection broke, or time ran out, after bytes may have left.
    NoAnswer,
    /// An answer that the contract does not know; with its status where it had one.
    Broken {
        /// HTTP status.
        status: Option<u16>,
    },
    /// The frozen bytes no longer match their hash: nothing was sent.
    Damaged,
    /// The program ended before the outcome was known.
    Interrupted,
}

impl Outcome {
    /// The stable word under which an attempt's outcome is kept.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Receipt(_) => "receipt",
            Self::Refused { .. } => "refused",
            Self::NotLetIn { .. } => "not_let_in",
            Self::Conflict { .. } => "conflict",
            Self::TryLater { .. } => "try_later",
            Self::Unreachable => "unreachable",
            Self::NotTrusted => "not_trusted",
            Self::NoAnswer => "no_answer",
            Self::Broken { .. } => "broken_answer",
            Self::Damaged => "damaged",
            Self::Interrupted => "interrupted",
        }
    }

    /// The HTTP status, where there was an answer.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Receipt(_) => Some(202),
            Self::Refused { status, .. } | Self::NotLetIn { status, .. } | Self::TryLater { status, .. } => {
                Some(*status)
            }
            Self::Conflict { .. } => Some(409),
            Self::Broken { status } => *status,
            Self::Unreachable | Self::NotTrusted | Self::NoAnswer | Self::Damaged | Self::Interrupted => None,
        }
    }

    /// The gateway's own words, where it had any.
    #[must_use]
    pub fn detail(&self) -> Option<&Private> {
        match self {
            Self::Refused { detail, .. }
            | Self::NotLetIn { detail, .. }
            | Self::Conflict { detail }
            | Self::TryLater { detail, .. } => detail.as_ref(),
            Self::Receipt(_)
            | Self::Unreachable
            | Self::NotTrusted
            | Self::NoAnswer
            | Self::Broken { .. }
            | Self::Damaged
            | Self::Interrupted => None,
        }
    }

    /// What the gateway asked for in `Retry-After`.
    #[must_use]
    pub fn retry_after(&self) -> Option<RetryAfter> {
        match self {
            Self::TryLater { retry_after, .. } => *retry_after,
            Self::Receipt(_)
            | Self::Refused { .. }
            | Self::NotLetIn { .. }
            | Self::Conflict { .. }
            | Self::Unreachable
            | Self::NotTrusted
            | Self::NoAnswer
            | Self::Broken { .. }
            | Self::Damaged
            | Self::Interrupted => None,
        }
    }

    /// Whether the message may have arrived although there is no receipt for it.
    #[must_use]
    pub fn may_have_arrived(&self) -> bool {
        match self {
            // A gateway that fails or asks for patience may have kept the message before it answered.
            Self::Receipt(_)
            | Self::Conflict { .. }
            | Self::TryLater { .. }
            | Self::NoAnswer
            | Self::Broken { .. }
            | Self::Interrupted => true,
            Self::Refused { .. } | Self::NotLetIn { .. } | Self::Unreachable | Self::NotTrusted | Self::Damaged => {
                false
            }
        }
    }
}

/// What to do with the entry now.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// The line has it.
    Deliver(TransportReceipt),
    /// Back in the queue until then.
    Queue {
        /// Next attempt.
        at: Timestamp,
        /// Why it waits.
        why: Waiting,
    },
    /// A person has to see to it.
    Attend(Reason),
    /// The entry has got further by other news meanwhile; only the attempt's outcome is kept.
    Keep,
}

/// Decides what an attempt's outcome does to its entry. `entry.attempts` counts this attempt.
#[must_use]
pub fn next_step(entry: &Entry, outcome: &Outcome, now: Timestamp, jitter: Jitter) -> Step {
    match entry.state {
        State::Sending => after_attempt(entry, outcome, now, jitter),
        // A late answer: the attempt was already written off as interrupted. Only certain news counts.
        State::Queued => match outcome {
            Outcome::Receipt(receipt) => Step::Deliver(receipt.clone()),
            Outcome::Refused { .. }
            | Outcome::NotLetIn { .. }
            | Outcome::Conflict { .. }
            | Outcome::TryLater { .. }
            | Outcome::Unreachable
            | Outcome::NotTrusted
            | Outcome::NoAnswer
            | Outcome::Broken { .. }
            | Outcome::Damaged
            | Outcome::Interrupted => Step::Keep,
        },
        // The application receipt overtook the transport's answer, or a person acted.
        State::Delivered
        | State::Accepted
        | State::AcceptedWithErrors
        | State::Rejected
        | State::Withdrawn
        | State::NeedsAttention(_) => Step::Keep,
    }
}

fn after_attempt(entry: &Entry, outcome: &Outcome, now: Timestamp, jitter: Jitter) -> Step {
    let queue = |why, asked| Step::Queue { at: wait_until(now, entry.attempts, entry.priority, asked, jitter), why };
    match outcome {
        Outcome::Receipt(receipt) => Step::Deliver(receipt.clone()),
        Outcome::Refused { status: 404, .. } => Step::Attend(Reason::UnknownReceiver),
        Outcome::Refused { status: 413, .. } => Step::Attend(Reason::TooLarge),
        Outcome::Refused { .. } => Step::Attend(Reason::Malformed),
        Outcome::Conflict { .. } => Step::Attend(Reason::Conflict),
        Outcome::Damaged => Step::Attend(Reason::Damaged),
        Outcome::NotLetIn { .. } => queue(Waiting::NotLetIn, None),
        Outcome::TryLater { retry_after, .. } => queue(Waiting::TryLater, *retry_after),
        Outcome::Unreachable => queue(Waiting::Unreachable, None),
        Outcome::NotTrusted => queue(Waiting::NotTrusted, None),
        Outcome::NoAnswer => queue(Waiting::NoAnswer, None),
        Outcome::Broken { .. } => queue(Waiting::BrokenAnswer, None),
        // We were stopped; that says nothing about the line, so it is tried again at once.
        Outcome::Interrupted => Step::Queue { at: now, why: Waiting::Interrupted },
    }
}
