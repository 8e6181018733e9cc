//! What happens in an office, in the real window.

mod opening;
mod surroundings;
