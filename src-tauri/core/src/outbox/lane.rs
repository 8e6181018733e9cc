//! One provider's line: flowing, or slow because the provider is down.
//!
//! A provider that is down must cost the others nothing and must not be hammered; and when it is back, everything flows
//! at once. Whether it is there is what its answers say, never what the operating system says about the network.

use jiff::Timestamp;

use super::{Jitter, Outcome, Priority, RetryAfter, is_due, wait_until};

/// So many unclear failures in a row, with no answer between them, mean that the provider is down. A gateway that fails on
/// one call in ten and takes the others is not: its messages go on, each failed one after its own wait.
pub const FAILURES_THAT_CLOSE: u32 = 5;

/// The state of a line. It is kept in memory only: a fresh start tries at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// Entries flow.
    Open {
        /// Since when it answers.
        since: Timestamp,
        /// Unclear failures since the last answer.
        misses: u32,
    },
    /// Nothing but one probe at a time.
    Slow {
        /// Since when it does not answer as it should.
        since: Timestamp,
        /// Failures in a row.
        failures: u32,
        /// Next probe.
        probe_at: Timestamp,
    },
}

/// What a contact with the provider told about the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LaneNews {
    /// It answered by the contract.
    Answers,
    /// It did not.
    Fails,
}

impl Lane {
    /// What an attempt's outcome tells about the line, as against about its message.
    #[must_use]
    pub fn news(outcome: &Outcome) -> Option<LaneNews> {
        match outcome {
            // A gateway that fails on one message may do well with the next: 500 and the like keep the lane open.
            Outcome::Receipt(_) | Outcome::Refused { .. } | Outcome::Conflict { .. } => Some(LaneNews::Answers),
            Outcome::TryLater { status, .. } => match status {
                408 | 425 | 500 => Some(LaneNews::Answers),
                _ => Some(LaneNews::Fails),
            },
            Outcome::NotLetIn { .. }
            | Outcome::Unreachable
            | Outcome::NotTrusted
            | Outcome::NoAnswer
            | Outcome::Broken { .. } => Some(LaneNews::Fails),
            Outcome::Damaged | Outcome::Interrupted => None,
        }
    }

    /// Whether one such failure says for certain that nothing more should be sent now: nobody is there, or somebody
    /// whom nobody vouches for, the office is not let in, or the gateway itself names a time. A lost or broken answer may be that one call's.
    fn is_certain(outcome: &Outcome) -> bool {
        match outcome {
            Outcome::Unreachable | Outcome::NotTrusted | Outcome::NotLetIn { .. } => true,
            Outcome::TryLater { retry_after, .. } => retry_after.is_some(),
            Outcome::NoAnswer
            | Outcome::Broken { .. }
            | Outcome::Receipt(_)
            | Outcome::Refused { .. }
            | Outcome::Conflict { .. }
            | Outcome::Damaged
            | Outcome::Interrupted => false,
        }
    }

    /// The lane after an outcome.
    #[must_use]
    pub fn after(self, outcome: &Outcome, now: Timestamp, jitter: Jitter) -> Self {
        match Self::news(outcome) {
            None => self,
            Some(LaneNews::Answers) => self.answered(now),
            Some(LaneNews::Fails) => match self {
                Self::Open { since, misses }
                    if !Self::is_certain(outcome) && misses.saturating_add(1) < FAILURES_THAT_CLOSE =>
                {
                    Self::Open { since, misses: misses + 1 }
                }
                Self::Open { .. } | Self::Slow { .. } => self.failed(outcome.retry_after(), now, jitter),
            },
        }
    }

    /// The lane after a contact that answered.
    #[must_use]
    pub fn answered(self, now: Timestamp) -> Self {
        match self {
            Self::Open { since, .. } => Self::Open { since, misses: 0 },
            Self::Slow { .. } => Self::Open { since: now, misses: 0 },
        }
    }

    /// The lane after a contact that showed the provider to be down.
    fn failed(self, asked: Option<RetryAfter>, now: Timestamp, jitter: Jitter) -> Self {
        let next = |failures| wait_until(now, failures, Priority::Urgent, asked, jitter);
        match self {
            Self::Open { .. } => Self::Slow { since: now, failures: 1, probe_at: next(1) },
            // Others that were under way when it went down fail too: that is one failure, not many.
            Self::Slow { since, failures, probe_at } if !is_due(probe_at, now) => {
                let probe_at = if asked.is_some() { probe_at.max(next(failures)) } else { probe_at };
                Self::Slow { since, failures, probe_at }
            }
            Self::Slow { since, failures, .. } => {
                let failures = failures.saturating_add(1);
                Self::Slow { since, failures, probe_at: next(failures) }
            }
        }
    }

    /// The lane when something hints that the network is back: probe now, believe nothing yet.
    #[must_use]
    pub fn hinted(self, now: Timestamp) -> Self {
        match self {
            Self::Open { .. } => self,
            Self::Slow { since, failures, .. } => Self::Slow { since, failures, probe_at: now },
        }
    }
}
