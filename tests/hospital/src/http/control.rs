//! The control calls: behaviour, events and receipts on demand, and what was received. For tests and the
//! demonstration, on loopback only; no token, no faults.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Shared;
use super::problem::Problem;
use crate::apprec::Verdict;
use crate::behaviour::Behaviour;
use crate::ledger::{Effect, Event, EventKind, Received};
use crate::reading::Fault;

pub(super) async fn behaviour(State(app): State<Shared>) -> Json<Behaviour> {
    Json(app.behaviour.borrow().clone())
}

pub(super) async fn set_behaviour(State(app): State<Shared>, body: Bytes) -> Result<Json<Behaviour>, Problem> {
    let behaviour: Behaviour = read(&body)?;
    app.set_behaviour(behaviour.clone());
    Ok(Json(behaviour))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct EventOrder {
    requisition_id: Option<String>,
    message_id: Option<String>,
    #[serde(rename = "type")]
    kind: EventKind,
    specimen_id: Option<String>,
    text: Option<String>,
}

pub(super) async fn make_event(State(app): State<Shared>, body: Bytes) -> Result<(StatusCode, Json<Event>), Problem> {
    let order: EventOrder = read(&body)?;
    let by_message =
        order.message_id.and_then(|id| app.ledger().message(&id).map(|message| message.summary.requisition_id.clone()));
    let requisition_id = order.requisition_id.or(by_message).ok_or_else(unknown)?;
    let event = app
        .make_event(&requisition_id, order.kind, order.specimen_id, order.text)
        .map_err(|error| Problem::own_fault(&error))?;
    Ok((StatusCode::CREATED, Json(event.ok_or_else(unknown)?)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct ReceiptOrder {
    message_id: String,
    /// Any text in place of a receipt.
    app_rec: Option<String>,
    /// A rejection instead of the hospital's own verdict.
    reject: Option<Reason>,
    /// An acceptance instead of the hospital's own verdict.
    #[serde(default)]
    accept: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reason {
    code: String,
    text: String,
}

pub(super) async fn make_receipt(State(app): State<Shared>, body: Bytes) -> Result<StatusCode, Problem> {
    let order: ReceiptOrder = read(&body)?;
    let text = match order.app_rec {
        Some(text) => text,
        None => {
            let message = app.ledger().message(&order.message_id).cloned().ok_or_else(unknown)?;
            let verdict = match order.reject {
                Some(reason) => Verdict::of(vec![Fault::rejects(&reason.code, reason.text)]),
                None if order.accept => Verdict::of(Vec::new()),
                None => message.verdict,
            };
            crate::written(&message.summary, &verdict)
        }
    };
    app.ledger().add_receipt(&order.message_id, text, Timestamp::now()).map_err(|error| Problem::own_fault(&error))?;
    app.tell();
    Ok(StatusCode::CREATED)
}

pub(super) async fn received(State(app): State<Shared>) -> Json<Value> {
    let ledger = app.ledger();
    Json(json!({ "received": ledger.received().iter().map(|message| shown(message, false)).collect::<Vec<_>>() }))
}

pub(super) async fn received_one(
    State(app): State<Shared>,
    Path(message_id): Path<String>,
) -> Result<Json<Value>, Problem> {
    app.ledger().message(&message_id).map(|message| Json(shown(message, true))).ok_or_else(unknown)
}

pub(super) async fn effects(State(app): State<Shared>) -> Json<Value> {
    let effects: Vec<Effect> = app.ledger().effects();
    Json(json!({ "effects": effects }))
}

fn shown(message: &Received, with_bytes: bool) -> Value {
    let mut value = json!({
        "messageId": message.message_id,
        "receiptId": message.receipt_id,
        "receivedAt": message.received_at,
        "receiver": message.receiver,
        "copies": message.copies,
        "size": message.bytes.len(),
        "verdict": message.verdict,
        "summary": message.summary,
    });
    if with_bytes {
        value["bytes"] = STANDARD.encode(&message.bytes).into();
    }
    value
}

fn read<T: for<'de> Deserialize<'de>>(body: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|error| {
        Problem::new(StatusCode::BAD_REQUEST, "json", "The order cannot be read").detail(error.to_string())
    })
}

fn unknown() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "unknown", "The hospital has no such message or requisition")
}
