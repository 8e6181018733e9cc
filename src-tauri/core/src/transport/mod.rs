//! The line to a hospital: one trait, one method a fact.
