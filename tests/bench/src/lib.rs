//! Benchmarks, and what they share.

// Only these labels: the crate around them has what integration tests need, and none of that is measured.
#[path = "../../it/src/labels.rs"]
pub mod labels;
pub mod services;
