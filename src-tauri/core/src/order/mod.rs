//! The order document: one complete requisition with all codes resolved.

mod document;
mod moment;

pub use document::*;
pub use moment::{Moment, MomentError, Precision};
