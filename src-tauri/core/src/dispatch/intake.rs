//! What a line hands out, as the store takes it.

use jiff::Timestamp;

use crate::{
    store::{EventKind, NewEvent, NewReceipt},
    transport::{EventWord, RawEvent, RawReceipt},
};

/// Reads an application receipt. One that cannot be read is kept all the same: it may be the only trace of a rejection.
pub(super) fn receipt(raw: RawReceipt, now: Timestamp) -> NewReceipt {
    NewReceipt {
        message_id: raw.message_id,
        original_id: None,
        verdict: None,
        faults: Vec::new(),
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
