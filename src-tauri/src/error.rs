//! What the window learns when a command fails: a code that it has words for, the values those words need, and a
//! reference that finds the technical chain in the log. Neither the error nor the log ever carries patient data.

use std::{collections::BTreeMap, error::Error};

use serde::{Deserialize, Serialize};
use specta::Type;

/// A failure that the window acts on or words differently. Everything else is [`ErrorCode::Internal`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum ErrorCode {
    /// Something that should not happen; the reference finds it in the log.
    Internal,
    /// A field of the form is not acceptable; `field` and `reason` say which and why.
    InvalidField,
    /// What the form refers to is not there (any more).
    NotFound,
    /// Nobody has unlocked the store yet.
    StoreClosed,
    /// Another start of the program has this data folder open.
    AlreadyOpen,
    /// This desktop offers no keyring.
    NoKeyring,
    /// The keyring is there but locked.
    KeyringLocked,
    /// The keyring answered with an error.
    KeyringFailed,
    /// There is data, but its key is not in the keyring.
    KeyLost,
    /// The passphrase does not open the store.
    WrongPassphrase,
    /// The disk is full.
    DiskFull,
    /// The file system refused.
    FileRefused,
    /// A file of panels that cannot be read; `reason` says why, `path` and `what` where.
    PanelFileRefused,
    /// An order document that cannot be opened; `path` names the field, `reason` what is wrong with it, `more` how many
    /// fields besides.
    OrderRefused,
    /// A file that cannot be attached; `reason` says why.
    AttachmentRefused,
    /// The print queue is gone or does not answer.
    PrinterGone,
    /// The printer refuses this size or format.
    PrinterRefused,
    /// No printer is chosen yet.
    NoPrinter,
    /// An edit of a draft that cannot be taken; `reason` says why.
    EditRefused,
    /// The draft or requisition cannot be handed on yet; `reason` says why.
    NotReady,
    /// No station number yet: the line to a provider has to be tested once before labels can be made.
    NoStation,
    /// All numbers of this station are used.
    NumbersUsedUp,
    /// The hospital does not answer.
    LineDown,
    /// The hospital does not let this office in.
    NotLetIn,
    /// A catalogue package that is not trusted or not usable; `reason` says why. The one in use stays in use.
    CatalogueRefused,
    /// Cannot be done in the state things are in; `reason` says why.
    NotNow,
    /// Somebody changed it meanwhile: look again.
    Stale,
    /// The store was written by a newer version of the program.
    NewerStore,
    /// The store is damaged.
    StoreDamaged,
    /// The store cannot be written where it lies.
    ReadOnly,
}

/// A failed command, as the window sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CommandError {
    /// Which wording.
    pub code: ErrorCode,
    /// The values that the wording names.
    pub params: BTreeMap<String, String>,
    /// Eight characters that are also in the log.
    pub reference: String,
}

impl CommandError {
    /// An expected refusal: nothing to look up in the log.
    #[must_use]
    pub fn new(code: ErrorCode) -> Self {
        Self { code, params: BTreeMap::new(), reference: reference() }
    }

    /// Adds a value that the wording names.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.params.insert(name.to_owned(), value.into());
        self
    }

    /// A failure with a technical cause, which goes to the log under the same reference.
    #[must_use]
    pub fn caused(code: ErrorCode, cause: &(dyn Error + 'static)) -> Self {
        let made = Self::new(code);
        tracing::error!(reference = %made.reference, code = ?code, "{}", chain(cause));
        made
    }

    /// A failure that nobody planned for.
    #[must_use]
    pub fn internal(cause: &(dyn Error + 'static)) -> Self {
        Self::caused(ErrorCode::Internal, cause)
    }
}

/// Eight hexadecimal characters: short enough to be read out on the telephone.
fn reference() -> String {
    let mut text = uuid::Uuid::new_v4().simple().to_string();
    text.truncate(8);
    text
}

/// The cause and its causes, outermost first.
fn chain(cause: &(dyn Error + 'static)) -> String {
    let mut text = cause.to_string();
    let mut next = cause.source();
    while let Some(inner) = next {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        next = inner.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_gets_every_cause_outermost_first() {
        #[derive(Debug, thiserror::Error)]
        #[error("the store would not open")]
        struct Outer(#[source] std::io::Error);
        let error = Outer(std::io::Error::other("no such device"));
        assert_eq!(chain(&error), "the store would not open: no such device");
    }

    #[test]
    fn two_failures_can_be_told_apart_on_the_telephone() {
        let (one, two) = (CommandError::new(ErrorCode::Internal), CommandError::new(ErrorCode::Internal));
        assert_eq!(one.reference.len(), 8);
        assert_ne!(one.reference, two.reference);
    }
}
