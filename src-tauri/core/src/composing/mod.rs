//! Drafts: what was picked and answered, and everything that follows from it.
//!
//! Composing is values in, values out. It knows no database, no message and no window: a draft with problems is not an
//! error but a draft with findings.
//!
//! [`apply`] makes one edit; [`compose`] works out everything that follows; [`plan::plan`] says what to take and
//! [`plan::effect`] what one more service would add to it.

mod basket;
pub mod catalogues;
mod choice;
mod compose;
pub mod composition;
mod conditions;
pub mod details;
pub mod draft;
mod edits;
mod extras;
mod findings;
pub mod handover;
pub mod news;
pub mod panels;
pub mod patient;
pub mod plan;
mod questions;
pub mod text;

#[cfg(test)]
mod details_tests;
#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod removal_tests;
#[cfg(test)]
mod tests;

pub use catalogues::Catalogues;
pub(crate) use compose::asked_by_line;
pub use compose::{Context, PastOrder, compose, last_ordered_of};
pub use composition::Composition;
pub use edits::{EditRefused, MOST_LINES, apply, apply_with, carry_over, fitting_answer};
pub(crate) use findings::wording;
pub use findings::{own_reasons, own_rule_names};
pub use plan::{Effect, effect};
