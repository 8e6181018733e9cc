//! The life of a queued message, as pure decisions.
//!
//! A requisition that says "sent" and is not is the worst thing this program could do, so everything that decides what
//! happens to a queued message stands here, apart from the network, the clock and the database, and can be tried in every
//! combination. Nothing in this module waits, reads a clock, draws a random number or does any input or output; and no
//! value in it carries patient data.
//!
//! The rules it keeps:
//!
//! * The finished bytes and the message id were frozen with the requisition. A message is sent again as it was, never made again.
//! * No number of failures removes an entry. It leaves the queue by a receipt, or by a person's act.
//! * Messages of one requisition go in the order they were made: a cancel never overtakes what it cancels.

mod backoff;
mod entry;
mod lane;
mod receipts;
mod step;
mod words;

pub use backoff::{Jitter, LONGEST_WAIT, RetryAfter, backoff, is_due, wait_until};
pub use entry::{
    Act, Entry, Kind, NoWithdrawal, Priority, Reason, State, Waiting, acts_for, blocks_followers, pick, right_acts,
    withdraw,
};
pub use lane::{FAILURES_THAT_CLOSE, Lane, LaneNews};
pub use receipts::{RECEIPT_WITHIN_HOURS, ReceiptStep, Verdict, alarm_if_silent, apply_receipt};
pub use step::{Outcome, Private, Step, TransportReceipt, next_step};

#[cfg(test)]
mod tests;
