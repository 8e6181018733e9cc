//! What application receipts, and their absence, do to an entry.

use jiff::{SignedDuration, Timestamp};

use super::{Entry, Reason, State, words::words};

/// No application receipt within so many hours counts as negative (HIS 80821; standard README, section 2).
pub const RECEIPT_WITHIN_HOURS: u32 = 96;

words! {
    /// What an application receipt says (list 8258).
    Verdict {
        /// 1: received and readable.
        Accepted = "accepted",
        /// 2: rejected.
        Rejected = "rejected",
        /// 3: received, with faults.
        AcceptedWithErrors = "accepted_with_errors",
    }
}

/// What a receipt does to its entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReceiptStep {
    /// The entry takes this state. A resolved entry needs a person again.
    Become(State),
    /// It says nothing new; the receipt is kept all the same.
    Repeat,
}

/// Decides what an application receipt does. It may be late, early (before the line's answer), repeated, or contradict
/// another. The receiving system's word is a stronger fact than the line's: it proves arrival.
#[must_use]
pub fn apply_receipt(entry: &Entry, verdict: Verdict) -> ReceiptStep {
    use ReceiptStep::{Become, Repeat};
    let plain = match verdict {
        Verdict::Accepted => State::Accepted,
        Verdict::Rejected => State::Rejected,
        Verdict::AcceptedWithErrors => State::AcceptedWithErrors,
    };
    let contradiction = Become(State::NeedsAttention(Reason::Contradiction));
    match entry.state {
        State::Queued | State::Sending | State::Delivered => Become(plain),
        State::Accepted => match verdict {
            Verdict::Accepted => Repeat,
            // The more serious of two positive words stands.
            Verdict::AcceptedWithErrors => Become(State::AcceptedWithErrors),
            Verdict::Rejected => contradiction,
        },
        State::AcceptedWithErrors => match verdict {
            Verdict::Accepted | Verdict::AcceptedWithErrors => Repeat,
            Verdict::Rejected => contradiction,
        },
        State::Rejected => match verdict {
            Verdict::Rejected => Repeat,
            Verdict::Accepted | Verdict::AcceptedWithErrors => contradiction,
        },
        // Taken out here, and yet received there: somebody must know.
        State::Withdrawn => match verdict {
            Verdict::Rejected => Repeat,
            Verdict::Accepted | Verdict::AcceptedWithErrors => contradiction,
        },
        State::NeedsAttention(reason) => match reason {
            // Late, and legal.
            Reason::NoReceipt => Become(plain),
            Reason::Contradiction => Repeat,
            Reason::Malformed | Reason::UnknownReceiver | Reason::TooLarge | Reason::Conflict | Reason::Damaged => {
                match verdict {
                    Verdict::Rejected => Become(State::Rejected),
                    // The line refused it, or holds other bytes under its id, and yet the receiver accepted something.
                    Verdict::Accepted | Verdict::AcceptedWithErrors => contradiction,
                }
            }
        },
    }
}

/// The alarm for a delivered message that nobody has answered within the provider's promise, at most 96 hours after it
/// was made. A clock that was set back gives no alarm, only a later one.
#[must_use]
pub fn alarm_if_silent(entry: &Entry, promised_hours: u32, now: Timestamp) -> Option<Reason> {
    let hours = i64::from(promised_hours.clamp(1, RECEIPT_WITHIN_HOURS));
    match entry.state {
        State::Delivered => {
            (now.duration_since(entry.silent_since) >= SignedDuration::from_hours(hours)).then_some(Reason::NoReceipt)
        }
        State::Queued
        | State::Sending
        | State::Accepted
        | State::AcceptedWithErrors
        | State::Rejected
        | State::Withdrawn
        | State::NeedsAttention(_) => None,
    }
}
