//! The simulated hospital.
