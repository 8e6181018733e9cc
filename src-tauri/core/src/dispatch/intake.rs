//! What a line hands out, as the store takes it.

use jiff::Timestamp;

use crate::{
    outbox::Verdict,
    receipt::{self, AppRecStatus},
    store::{EventKind, NewEvent, NewReceipt, ReceiptFault},
    transport::{EventWord, RawEvent, RawReceipt},
};

/// Reads an application receipt. One that cannot be read is kept all the same: it may be the only trace of a rejection.
pub(super) fn receipt(raw: RawReceipt, now: Timestamp) -> NewReceipt {
    let read = receipt::read(raw.document.as_bytes());
    let (original_id, verdict, faults) = match read {
        Ok(app_rec) => {
            let verdict = match app_rec.status {
                AppRecStatus::Ok => Verdict::Accepted,
                AppRecStatus::Rejected => Verdict::Rejected,
                AppRecStatus::OkWithErrors => Verdict::AcceptedWithErrors,
            };
            let faults = app_rec.errors.into_iter().map(|error| ReceiptFault {
                code: error.code,
                display: error.text,
                text: error.explanation.unwrap_or_default(),
            });
            (Some(app_rec.original_id), Some(verdict), faults.collect())
        }
        Err(error) => {
            tracing::warn!(%error, "an application receipt cannot be read");
            (None, None, Vec::new())
        }
    };
    NewReceipt {
        message_id: raw.message_id,
        original_id,
        verdict,
        faults,
        raw: raw.document,
        received_at: raw.received_at.unwrap_or(now),
    }
}

/// Takes an event over.
pub(super) fn event(raw: RawEvent, now: Timestamp) -> NewEvent {
    NewEvent {
        cursor: raw.cursor,
        message_id: raw.message_id,
        requisition_id: raw.requisition_id,
        specimen: raw.specimen,
        kind: match raw.kind {
            EventWord::SpecimenReceived => EventKind::SpecimenReceived,
            EventWord::SpecimenRejected => EventKind::SpecimenRejected,
            EventWord::PartlyAnswered => EventKind::PartlyAnswered,
            EventWord::Answered => EventKind::Answered,
            EventWord::CancelledByProvider => EventKind::CancelledByProvider,
            EventWord::Expired => EventKind::Expired,
        },
        at: raw.at.unwrap_or(now),
        text: raw.text,
    }
}
