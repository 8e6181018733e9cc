//! The one integration binary.

mod acceptance;
mod catalogue;
mod composing;
mod days_offline;
mod delivery;
mod disciplines;
mod grown;
mod labels;
mod messages;
mod module_direction;
mod nlk;
mod outbox_model;
mod paper;
mod publishing;
mod store;
