//! What happens in an office, in the real window.

mod composing;
mod opening;
mod steps;
mod surroundings;
