//! The hospital from outside, as a sender meets it.

mod behaviours;
mod contract;
mod delivery;
mod reading;
mod support;
