//! Reading a message back and holding it to the structure of the standard, without the official schema at hand.

use super::tree::TreeError;

/// What is wrong with a message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StructureError {
    /// It cannot be read.
    #[error("the message {0}")]
    Unreadable(#[from] TreeError),
}

/// Checks a message.
///
/// # Errors
/// The first thing that is wrong.
pub fn check(_message: &[u8]) -> Result<(), StructureError> {
    Ok(())
}
