//! The simulated hospital as a program.
fn main() {}
