//! Specimen numbers made offline, with check digits.
