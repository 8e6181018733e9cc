//! What can go wrong with the store, as far as somebody can act on it.

use rusqlite::ErrorCode;

use crate::outbox::NoWithdrawal;

/// An error of the store. Its text names no patient.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another instance owns the data.
    #[error("another instance of the program has this store open")]
    InUse,
    /// The key does not open this file (or its first page is damaged).
    #[error("the key does not open this store")]
    WrongKey,
    /// Written by a newer program.
    #[error("the store is of version {file}; this program knows version {ours}")]
    Newer {
        /// Version of the file.
        file: i64,
        /// Newest version known here.
        ours: i64,
    },
    /// No room left. Nothing of the write remains.
    #[error("the disk is full; nothing was written")]
    DiskFull,
    /// The file or its folder cannot be written.
    #[error("the store cannot be written here")]
    ReadOnly,
    /// The file stands on a network drive, where locks and flushes cannot be trusted.
    #[error("the store must not stand on a network drive ({filesystem})")]
    NetworkPath {
        /// Kind of file system.
        filesystem: String,
    },
    /// The file is damaged.
    #[error("the store is damaged: {what}")]
    Damaged {
        /// What the check found; no content.
        what: String,
    },
    /// There is no such thing.
    #[error("no such {what}")]
    NotFound {
        /// Kind of thing.
        what: &'static str,
    },
    /// Someone else changed it since it was read.
    #[error("the {what} was changed meanwhile")]
    Stale {
        /// Kind of thing.
        what: &'static str,
    },
    /// It is there already, and is another one.
    #[error("the {what} is taken already")]
    Taken {
        /// Kind of thing.
        what: &'static str,
    },
    /// It cannot be done in the state things are in.
    #[error("not possible now: {why}")]
    NotNow {
        /// Why.
        why: &'static str,
    },
    /// The message cannot be withdrawn.
    #[error(transparent)]
    NoWithdrawal(#[from] NoWithdrawal),
    /// A key file or passphrase file that cannot be used.
    #[error("key: {what}")]
    Key {
        /// What is wrong with it.
        what: String,
    },
    /// The file system refused.
    #[error("file system: {0}")]
    Io(std::io::ErrorKind),
    /// A value that cannot be written as JSON, or stored JSON that is not of the expected shape.
    #[error("stored content has another shape than expected")]
    Content,
    /// The operating system gave no random numbers.
    #[error("the operating system gives no random numbers")]
    NoRandomness,
    /// Anything else from the database engine.
    #[error("database: {0}")]
    Database(String),
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        match &error {
            rusqlite::Error::SqliteFailure(failure, message) => match failure.code {
                ErrorCode::DiskFull => Self::DiskFull,
                ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen => Self::ReadOnly,
                ErrorCode::NotADatabase => Self::WrongKey,
                ErrorCode::DatabaseCorrupt => Self::Damaged { what: "a page fails its check".into() },
                ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::InUse,
                // Messages of constraints name tables and columns, never values.
                _ => Self::Database(format!("{} ({})", message.as_deref().unwrap_or("failure"), failure.extended_code)),
            },
            rusqlite::Error::QueryReturnedNoRows => Self::NotFound { what: "row" },
            // A conversion failure prints the value it met: leave it out.
            rusqlite::Error::FromSqlConversionFailure(column, ..) | rusqlite::Error::InvalidColumnType(column, ..) => {
                Self::Damaged { what: format!("column {column} holds a value of another kind") }
            }
            _ => Self::Database("unexpected use of the engine".into()),
        }
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::DiskFull,
            std::io::ErrorKind::ReadOnlyFilesystem | std::io::ErrorKind::PermissionDenied => Self::ReadOnly,
            kind => Self::Io(kind),
        }
    }
}

impl From<serde_json::Error> for Error {
    fn from(_: serde_json::Error) -> Self {
        // serde's message may quote the content.
        Self::Content
    }
}
