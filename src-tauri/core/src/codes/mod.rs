//! Code systems and code lists of the national message.
//!
//! A code is written to a receiver only when its list has it. The lists are data (`assets/codelists/`), embedded when the
//! program is built; nothing here guesses a text for a code that a list lacks.

mod lists;
mod values;

pub use lists::{ListNumber, in_nlk, list_text, lists};
pub use values::{Code, CodeSystem, Discipline, MessageVersion, Sex, UnknownCodeSystem};

/// Root of the object identifiers of Norwegian code lists (HIS 80821 §4.4).
pub const OID_ROOT: &str = "2.16.578.1.12.4.1.1.";
