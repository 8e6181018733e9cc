//! Benchmarks, and what they share.

pub mod services;
