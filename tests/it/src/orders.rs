//! Order documents and messages for tests of delivery: synthetic, complete, and as many as wanted.

use jiff::{Timestamp, tz::TimeZone};
use requisition::codes::MessageVersion;
use requisition::composing::draft::Urgency;
use requisition::ids::MessageId;
use requisition::message::{self, Envelope};
use requisition::order;
use requisition::outbox::{Kind, Priority};
use requisition::store::{Finalise, NewEntry, NewRequisition};
use serde_json::{Value, json};
use uuid::Uuid;

/// A laboratory requisition for Line Danser to Balsam sykehus, as an order document.
#[must_use]
pub fn document(requisition_id: Uuid, kind: &str) -> Value {
    let action = match kind {
        "cancel" => "cancelled",
        "change" => "changed",
        _ => "new",
    };
    json!({
        "format": "rekvirent-order/1",
        "kind": kind,
        "status": "test",
        "requisition": {"id": requisition_id, "issued": "2024-03-25T08:28:32"},
        "discipline": "CLIN",
        "patient": {"ids": {"FNR": "13116900216"}, "name": {"family": "Danser", "given": "Line"}},
        "requester": {
            "organisation": {"name": "Kattskinnet legesenter", "ids": {"HER": "91096", "ENH": "971318864"}},
            "person": {"name": "August September", "ids": {"HER": "91100", "HPR": "9144897"}}
        },
        "orderingClinician": {"name": "August September", "profession": "LE", "ids": {"HPR": "9144897"}, "phone": "53759889"},
        "serviceProvider": {
            "organisation": {"name": "Balsam sykehus HF", "ids": {"HER": "999900", "ENH": "883974832"}},
            "departments": [{"name": "Klinisk fysiologisk laboratorium", "ids": {"HER": "999901"}}]
        },
        "comments": if kind == "cancel" { json!([{"text": "Feil pasient"}]) } else { json!([]) },
        "services": [{
            "action": action,
            "code": {"system": "NLK", "code": "NOR05172", "display": "B-Hemoglobin"},
            "specimens": ["blod"]
        }],
        "specimens": [{"key": "blod", "material": {"text": "Blod"}, "collected": "2024-03-25T08:20:00"}]
    })
}

/// The same, frozen and ready for the outbox.
///
/// # Panics
/// When the document is not a good order.
#[must_use]
pub fn frozen(requisition_id: Uuid, message_id: Uuid, kind: Kind, provider: &str, priority: Priority) -> Finalise {
    let word = match kind {
        Kind::New => "new",
        Kind::Change => "change",
        Kind::Addition => "addition",
        Kind::Cancel => "cancel",
    };
    let document = document(requisition_id, word);
    let now = Timestamp::now().to_zoned(TimeZone::UTC);
    let order = order::read(document.to_string().as_bytes(), &now, None).expect("a good order");
    let envelope = Envelope { message_id: MessageId::from_uuid(message_id), generated: now };
    let bytes = message::render(&order, &envelope, MessageVersion::V1_6).expect("a message");
    Finalise {
        requisition: NewRequisition {
            id: requisition_id,
            provider: provider.to_owned(),
            department: "lab".into(),
            discipline: "CLIN".into(),
            urgency: Urgency::Routine,
            patient_name: "Danser, Line".into(),
            patient_number: "13116900216".into(),
            requester: "august".into(),
            summary: "B-Hemoglobin".into(),
            services: vec!["hb".into()],
            specimens: Vec::new(),
            content: document.to_string(),
        },
        entry: NewEntry {
            message_id,
            requisition_id,
            kind,
            bytes,
            receiver_her: "999901".into(),
            provider: provider.to_owned(),
            version: MessageVersion::V1_6,
            priority,
            receipt_within_hours: 24,
            replaces: None,
        },
    }
}
