//! `GET /v1/receipts` and `GET /v1/events`: in order, replayable from any cursor, with long polling.

use std::time::Duration;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Shared;
use super::problem::Problem;
use crate::ledger::Ledger;

/// Longest wait of one poll, in seconds.
const LONGEST_WAIT: f64 = 60.0;

#[derive(Deserialize)]
pub(super) struct Place {
    #[serde(default)]
    after: String,
    limit: Option<u32>,
    wait: Option<f64>,
}

pub(super) async fn receipts(
    State(app): State<Shared>,
    place: Result<Query<Place>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    feed(&app, &asked(place)?, "receipts", |ledger, from, limit| part(&ledger.receipts, from, limit)).await
}

pub(super) async fn events(
    State(app): State<Shared>,
    place: Result<Query<Place>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    feed(&app, &asked(place)?, "events", |ledger, from, limit| part(&ledger.events, from, limit)).await
}

fn asked(place: Result<Query<Place>, QueryRejection>) -> Result<Place, Problem> {
    let Query(place) = place.map_err(|_| Problem::new(StatusCode::BAD_REQUEST, "query", "The query cannot be read"))?;
    Ok(place)
}

async fn feed(
    app: &Shared,
    place: &Place,
    name: &str,
    read: impl Fn(&Ledger, usize, usize) -> Vec<Value>,
) -> Result<Json<Value>, Problem> {
    let from = match place.after.as_str() {
        "" => 0,
        cursor => cursor
            .parse::<usize>()
            .map_err(|_| Problem::new(StatusCode::BAD_REQUEST, "cursor", "The cursor is not one of ours"))?,
    };
    let limit = place.limit.unwrap_or(100).clamp(1, 1000) as usize;
    let wait = place.wait.filter(|wait| wait.is_finite()).unwrap_or(0.0).clamp(0.0, LONGEST_WAIT);
    let mut changed = app.changed.subscribe();
    let deadline = tokio::time::Instant::now() + Duration::from_secs_f64(wait);
    loop {
        changed.mark_unchanged();
        let found = read(&app.ledger(), from, limit);
        let next = found.last().and_then(|last| last["cursor"].as_str()).unwrap_or(&place.after).to_owned();
        let in_time =
            found.is_empty() && matches!(tokio::time::timeout_at(deadline, changed.changed()).await, Ok(Ok(())));
        if !in_time {
            return Ok(Json(json!({ name: found, "next": next })));
        }
    }
}

/// Entries after a cursor. A cursor beyond the end was handed out by a hospital that has lost its memory since: it
/// starts over, for a receipt told twice is harmless and one never told is not.
fn part<T: serde::Serialize>(all: &[T], after: usize, limit: usize) -> Vec<Value> {
    let from = if after > all.len() { 0 } else { after };
    all.iter().skip(from).take(limit).filter_map(|entry| serde_json::to_value(entry).ok()).collect()
}
