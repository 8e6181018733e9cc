//! The one integration binary.

mod acceptance;
mod labels;
mod messages;
mod module_direction;
