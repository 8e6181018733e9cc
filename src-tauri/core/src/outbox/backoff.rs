//! How long to wait: capped, jittered, and obedient to `Retry-After` within reason.

use jiff::{SignedDuration, Timestamp, fmt::rfc2822};

use super::Priority;

/// No entry ever waits longer than this for its next attempt, whatever a gateway or a wrong clock says.
pub const LONGEST_WAIT: SignedDuration = SignedDuration::from_mins(60);

/// First wait after a failure.
const FIRST: SignedDuration = SignedDuration::from_secs(4);
/// Longest wait that we choose ourselves, for routine messages.
const CAP_ROUTINE: SignedDuration = SignedDuration::from_mins(15);
/// Longest wait that we choose ourselves, for urgent messages.
const CAP_URGENT: SignedDuration = SignedDuration::from_mins(2);

/// A random number in 0..1, drawn by the caller.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Jitter(f64);

impl Jitter {
    /// Takes a number in 0..1; anything else counts as the nearest end.
    #[must_use]
    pub fn new(share: f64) -> Self {
        Self(if share.is_nan() { 0.0 } else { share.clamp(0.0, 1.0) })
    }
}

/// What a gateway asked for in `Retry-After` (RFC 9110, 10.2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryAfter {
    /// So many seconds from now.
    Seconds(u32),
    /// At this time, by the gateway's clock.
    At(Timestamp),
}

impl RetryAfter {
    /// Reads the header's value: seconds or an HTTP date. Anything else counts as absent.
    #[must_use]
    pub fn parse(value: &str) -> Option<Self> {
        let value = value.trim();
        if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) {
            // More digits than fit is a very long time, and capped later.
            return Some(Self::Seconds(value.parse().unwrap_or(u32::MAX)));
        }
        rfc2822::parse(value).ok().map(|zoned| Self::At(zoned.timestamp()))
    }

    fn wait(self, now: Timestamp) -> SignedDuration {
        let asked = match self {
            Self::Seconds(seconds) => SignedDuration::from_secs(i64::from(seconds)),
            Self::At(at) => at.duration_since(now),
        };
        asked.clamp(SignedDuration::ZERO, LONGEST_WAIT)
    }
}

/// The wait after `failures` failures in a row: doubling from 4 s, at most 15 minutes (urgent: 2), half of it fixed and half jitter.
#[must_use]
pub fn backoff(failures: u32, priority: Priority, jitter: Jitter) -> SignedDuration {
    let cap = match priority {
        Priority::Urgent => CAP_URGENT,
        Priority::Routine => CAP_ROUTINE,
    };
    let doublings = failures.saturating_sub(1).min(16);
    let full = FIRST.saturating_mul(1_i32 << doublings).min(cap);
    let half = full / 2;
    half + half.mul_f64_safe(jitter.0)
}

/// The time of the next attempt: our own backoff, or later if the gateway asked for it.
#[must_use]
pub fn wait_until(
    now: Timestamp,
    failures: u32,
    priority: Priority,
    asked: Option<RetryAfter>,
    jitter: Jitter,
) -> Timestamp {
    let own = backoff(failures, priority, jitter);
    let wait = match asked {
        // A little jitter on top, or a thousand offices come back in the same second.
        Some(asked) => own.max(asked.wait(now) + SignedDuration::from_secs(3).mul_f64_safe(jitter.0)),
        None => own,
    };
    now.saturating_add(wait.min(LONGEST_WAIT)).unwrap_or(now)
}

/// Whether an attempt planned for `at` is due. A plan further ahead than any wait we make was written under a wrong clock, and is due.
#[must_use]
pub fn is_due(at: Timestamp, now: Timestamp) -> bool {
    at <= now || at.duration_since(now) > LONGEST_WAIT
}

/// Multiplication that cannot panic, for a factor known to lie in 0..1.
trait Scale {
    fn mul_f64_safe(self, share: f64) -> Self;
}

impl Scale for SignedDuration {
    fn mul_f64_safe(self, share: f64) -> Self {
        SignedDuration::try_from_secs_f64(self.as_secs_f64() * share).unwrap_or(self)
    }
}
