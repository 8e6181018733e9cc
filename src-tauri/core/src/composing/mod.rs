//! Drafts: what was picked and answered, and everything that follows from it.
//!
//! Composing is values in, values out. It knows no database, no message and no window: a draft with problems is not an
//! error but a draft with findings.

pub mod composition;
pub mod draft;
