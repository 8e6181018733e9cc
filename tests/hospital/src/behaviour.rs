//! What the hospital has been told to do wrong.
//!
//! Every field is a fault that a sender must survive. The default is a hospital that behaves. A behaviour is data: it
//! is set by tests through the handle, by other programs over HTTP and by a person on the web page, and never by what
//! a message says.

use serde::{Deserialize, Serialize};

/// Which calls the faults of transport apply to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// Only the delivery of messages.
    #[default]
    Messages,
    /// Only the polling of receipts and events.
    Feeds,
    /// Every call of the contract.
    Everything,
}

/// Faults to show from now on. All default to "behave".
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Behaviour {
    /// Answer every call of the contract with 503, health included.
    pub down: bool,
    /// Which calls `refuse`, `lose_answer`, `reset_mid_body`, `slow_drip_ms`, `garbage_body`, `silent` and
    /// `failure_rate` apply to.
    pub scope: Scope,
    /// Refuse with a status, for some calls or until told otherwise.
    pub refuse: Option<Refusal>,
    /// Carry out this many calls in full and close the connection without a byte of answer.
    pub lose_answer: u32,
    /// Carry out this many calls and reset the connection in the middle of the answer.
    pub reset_mid_body: u32,
    /// Carry out this many calls and answer with something that is not what the contract says, status 202/200.
    pub garbage_body: u32,
    /// Take this many requests and never answer, keeping the connection open (half-open line).
    pub silent: u32,
    /// Send answers eight bytes at a time with this pause in milliseconds between; 0 is off.
    pub slow_drip_ms: u64,
    /// Wait this many milliseconds before handling any call.
    pub delay_ms: u64,
    /// Reject new messages in the application receipt.
    pub reject: Option<Rejection>,
    /// Hold application receipts back; they are released when this is turned off.
    pub no_receipts: bool,
    /// Hand out every new receipt twice, with a cursor each.
    pub duplicate_receipts: bool,
    /// Cut every new receipt's XML in half.
    pub truncated_receipts: bool,
    /// Follow every new receipt by one that says the opposite.
    pub contradictory_receipts: bool,
    /// Precede every new receipt by one for a message nobody sent.
    pub unknown_receipts: bool,
    /// Hand out this text in place of every new receipt's XML (hostile entities, another document, nothing).
    pub receipt_text: Option<String>,
    /// Chance between 0 and 1 that a call fails in one of the ways above, drawn from `seed`.
    pub failure_rate: f64,
    /// Seed of the failures; the same seed and the same order of calls give the same failures.
    pub seed: u64,
}

/// A refusal of transport.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Refusal {
    /// The HTTP status to answer with, 400 to 599.
    pub status: u16,
    /// How many calls; absent means until told otherwise.
    #[serde(default)]
    pub times: Option<u32>,
    /// The `Retry-After` header to send, as seconds or an HTTP date.
    #[serde(default)]
    pub retry_after: Option<String>,
}

/// A rejection in the application receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Rejection {
    /// Error code of list 8221.
    pub code: String,
    /// The receiver's own words, in Norwegian; shown to the sender.
    pub text: String,
    /// How many messages; absent means until told otherwise.
    #[serde(default)]
    pub times: Option<u32>,
}

/// The fault chosen for one call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    Refuse { status: u16, retry_after: Option<String> },
    LoseAnswer,
    ResetMidBody,
    Garbage,
    Silent,
}

impl Behaviour {
    /// Takes the fault for the next call out of the behaviour, counting it down. `draw` is asked for a number in
    /// `0.0..1.0` only when a failure rate is set.
    pub(crate) fn next_fault(&mut self, mut draw: impl FnMut() -> f64) -> Option<Fault> {
        if let Some(refusal) = &mut self.refuse {
            let fault = Fault::Refuse { status: refusal.status, retry_after: refusal.retry_after.clone() };
            let over = spend(&mut refusal.times);
            if over {
                self.refuse = None;
            }
            return Some(fault);
        }
        for (left, fault) in [
            (&mut self.silent, Fault::Silent),
            (&mut self.lose_answer, Fault::LoseAnswer),
            (&mut self.reset_mid_body, Fault::ResetMidBody),
            (&mut self.garbage_body, Fault::Garbage),
        ] {
            if *left > 0 {
                *left -= 1;
                return Some(fault);
            }
        }
        if self.failure_rate > 0.0 && draw() < self.failure_rate {
            let refuse = |status| Fault::Refuse { status, retry_after: None };
            return Some(match (draw() * 6.0) as u32 {
                0 => refuse(503),
                1 => refuse(500),
                2 => refuse(429),
                3 => Fault::LoseAnswer,
                4 => Fault::ResetMidBody,
                _ => Fault::Garbage,
            });
        }
        None
    }

    /// Takes the rejection for the next new message, counting it down.
    pub(crate) fn next_rejection(&mut self) -> Option<(String, String)> {
        let rejection = self.reject.as_mut()?;
        let answer = (rejection.code.clone(), rejection.text.clone());
        if spend(&mut rejection.times) {
            self.reject = None;
        }
        Some(answer)
    }
}

/// Counts one use; true when that was the last.
fn spend(times: &mut Option<u32>) -> bool {
    match times {
        None => false,
        Some(left) => {
            *left = left.saturating_sub(1);
            *left == 0
        }
    }
}
