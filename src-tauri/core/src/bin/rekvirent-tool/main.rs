//! The headless contract of the core.
fn main() {}
