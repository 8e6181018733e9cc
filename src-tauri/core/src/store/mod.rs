//! The durable, encrypted store of requisitions and the outbox.
//!
//! One SQLCipher file that one process owns. Every write is one function that runs in one `BEGIN IMMEDIATE` transaction and
//! returns what it [changed](Changes); the caller tells the window by that. SQL stands here and nowhere else.
//!
//! This store is never deleted, emptied or repaired by code. A file written by a newer program is refused; a damaged one
//! is reported, not mended. Frozen bytes cannot be changed and queued messages cannot be deleted, and triggers in the file
//! itself say so. No error and no `Debug` print of this module carries patient data.

mod attachments;
mod audit;
pub mod backup;
mod changes;
mod drafts;
mod error;
mod key;
mod labels;
mod numbers;
mod open;
mod outbox;
mod overview;
mod panels;
mod paper;
mod patients;
mod receipts;
mod requisitions;
mod rules;
mod schema;
mod settings;
mod watches;

pub use audit::AuditRow;
pub use backup::{BackupFile, Reconcile, RestoreAccount};
pub use changes::Changes;
pub use drafts::StoredDraft;
pub use error::Error;
pub use key::{Key, PassphraseFile};
pub use labels::{NewLabel, PrintJob, StoredLabel};
pub use numbers::HeldStations;
pub use open::Store;
pub use outbox::{
    AttemptRow, Backlog, Diagnostics, Ended, NewEntry, OutboxRow, ProviderQueue, QueueSummary, Ready, StateCount,
};
pub use overview::{Filter, Light, Lights, Moment, NeedsYou, OverviewRow, Page, Problem, Status, TimelineRow};
pub use panels::{Favourite, PanelWrite, StoredPanel};
pub use paper::StoredPaperJob;
pub use patients::RecentPatient;
pub use receipts::{EventKind, NewEvent, NewReceipt, ReceiptFault, ReceiptRow, Stream};
pub use requisitions::{Finalise, NewRequisition, NewSpecimen, Phase, SpecimenRow, SpecimenStatus, StoredRequisition};
pub use rules::{RuleCount, RuleReason, ShownRule};
pub use watches::Watch;

/// Result of a store function.
pub type Result<T> = std::result::Result<T, Error>;

#[cfg(test)]
mod migration_tests;
#[cfg(test)]
mod tests;
