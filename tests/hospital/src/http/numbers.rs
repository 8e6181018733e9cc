//! `POST /v1/number-blocks`: specimen numbers on lease. The same lease id gets the same block for ever.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::Shared;
use super::problem::Problem;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Lease {
    lease_id: String,
    provider: String,
    workstation: String,
    count: u32,
    kind: Option<Kind>,
}

/// What is leased: numbers to be used as they are, or a station that numbers by itself.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Numbers,
    Station,
}

pub(super) async fn lease(State(app): State<Shared>, body: axum::body::Bytes) -> Result<Response, Problem> {
    let bad = |detail: &str| Problem::new(StatusCode::BAD_REQUEST, "lease", "The lease cannot be read").detail(detail);
    let lease: Lease =
        serde_json::from_slice(&body).map_err(|_| bad("leaseId, provider, workstation and count are needed"))?;
    if uuid::Uuid::try_parse(&lease.lease_id).is_err() {
        return Err(bad("leaseId is not a UUID"));
    }
    if lease.workstation.trim().is_empty() || lease.provider.trim().is_empty() {
        return Err(bad("provider and workstation must not be empty"));
    }
    if !(1..=100_000).contains(&lease.count) {
        return Err(bad("count is not from 1 to 100 000"));
    }
    if app.options.plain_leases && lease.kind.is_some() {
        return Err(bad("kind is not known"));
    }
    let granted = app.ledger().leases(&lease.provider, &lease.lease_id);
    let no_more = app.options.most_leases.is_some_and(|most| granted >= most);
    if no_more || app.options.no_number_blocks.contains(&lease.provider) {
        return Err(Problem::new(StatusCode::CONFLICT, "no-number-blocks", "This provider leases no numbers"));
    }
    let count = lease.count.min(app.options.largest_block.unwrap_or(u32::MAX));
    let block = match lease.kind {
        Some(Kind::Station) if !app.options.no_stations => app.ledger().lease_station(&lease.lease_id, &lease.provider),
        Some(Kind::Station | Kind::Numbers) | None => app.ledger().lease(&lease.lease_id, &lease.provider, count),
    };
    let block = block.map_err(|error| Problem::own_fault(&error))?;
    let answer = serde_json::json!({ "leaseId": block.lease_id, "first": block.first, "last": block.last, "scheme": block.scheme });
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}
