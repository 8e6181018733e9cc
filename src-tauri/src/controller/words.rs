//! Core errors in the window's words: a code it can act on. The technical chain goes to the log, never patient data.

use requisition::composing::EditRefused;
use requisition::store;

use crate::error::{CommandError, ErrorCode};

impl From<store::Error> for CommandError {
    fn from(error: store::Error) -> Self {
        use store::Error as E;
        match &error {
            E::InUse => Self::new(ErrorCode::AlreadyOpen),
            E::WrongKey => Self::caused(ErrorCode::WrongPassphrase, &error),
            E::Newer { .. } => Self::caused(ErrorCode::NewerStore, &error),
            E::DiskFull => Self::caused(ErrorCode::DiskFull, &error),
            E::ReadOnly | E::NetworkPath { .. } => Self::caused(ErrorCode::ReadOnly, &error),
            E::Damaged { .. } => Self::caused(ErrorCode::StoreDamaged, &error),
            E::NotFound { .. } => Self::new(ErrorCode::NotFound),
            E::Stale { .. } => Self::new(ErrorCode::Stale),
            E::Taken { what } => Self::caused(ErrorCode::NotNow, &error).with("reason", *what),
            E::NotNow { .. } => Self::caused(ErrorCode::NotNow, &error).with("reason", "state"),
            E::NoWithdrawal(_) => Self::caused(ErrorCode::NotNow, &error).with("reason", "withdrawal"),
            E::Io(_) => Self::caused(ErrorCode::FileRefused, &error),
            E::Key { .. } | E::Content | E::NoRandomness | E::Database(_) => Self::internal(&error),
        }
    }
}

impl From<EditRefused> for CommandError {
    fn from(refused: EditRefused) -> Self {
        let mut error = Self::new(ErrorCode::EditRefused).with("reason", refused.code());
        error.params.extend(refused.params());
        error
    }
}
