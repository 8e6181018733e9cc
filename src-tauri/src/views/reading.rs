//! Messages as their receivers see them, before and after sending.

use requisition::catalogue::model::Text;
use requisition::message::ReadableMessage;
use requisition::outbox::Kind;
use serde::Serialize;
use specta::Type;

use crate::error::CommandError;

/// What a draft becomes when it is handed on: what goes where.
#[derive(Clone, Serialize, Type)]
pub struct PreviewView {
    /// One for each requisition, in the order of the basket.
    pub parts: Vec<PreviewPart>,
    /// Things still to be settled in the draft; while there are any, there is no message to show.
    pub missing: u32,
}

/// One requisition of a draft.
#[derive(Clone, Serialize, Type)]
pub struct PreviewPart {
    /// Provider name.
    pub provider_name: String,
    /// Organisation that receives.
    pub organisation: String,
    /// Department that receives.
    pub department: String,
    /// HER-id of the department.
    pub her: String,
    /// Discipline on screen.
    pub discipline_name: Text,
    /// Names of its services.
    pub services: Vec<String>,
    /// Containers that go with it.
    pub containers: Vec<PreviewContainer>,
    /// The message as it would be sent now.
    pub message: Option<ReadableMessage>,
    /// Why there is no message, where nothing is missing in the draft.
    pub problem: Option<CommandError>,
}

/// Containers of one kind.
#[derive(Clone, Serialize, Type)]
pub struct PreviewContainer {
    /// What they are called.
    pub name: Text,
    /// How many.
    pub count: u32,
}

/// A message of a requisition.
#[derive(Clone, Serialize, Type)]
pub struct SentMessage {
    /// MsgId, where it is frozen; none for what would be sent now.
    pub message_id: Option<String>,
    /// What it does.
    pub kind: Kind,
    /// When it was frozen, RFC 3339.
    pub made: Option<String>,
    /// As its receiver sees it; none where the frozen bytes cannot be read any more.
    pub readable: Option<ReadableMessage>,
    /// The bytes as text.
    pub xml: String,
}
