//! The one integration binary.

mod acceptance;
mod catalogue;
mod composing;
mod delivery;
mod kill;
mod labels;
mod messages;
mod module_direction;
mod store;
