//! The one integration binary.

mod labels;
