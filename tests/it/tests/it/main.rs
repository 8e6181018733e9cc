//! The one integration binary.

mod acceptance;
mod catalogue;
mod composing;
mod days_offline;
mod decision_support;
mod delivery;
mod disciplines;
mod grown;
mod handover;
mod label_reading;
mod labels;
mod messages;
mod module_direction;
mod nlk;
mod outbox_model;
mod paper;
mod preflight;
mod publishing;
mod reading_back;
mod splitting;
mod store;
mod tool;
mod trust;
