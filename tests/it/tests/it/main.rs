//! The one integration binary.

mod acceptance;
mod composing;
mod delivery;
mod labels;
mod messages;
mod module_direction;
