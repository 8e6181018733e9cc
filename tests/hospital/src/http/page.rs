//! The hospital's web page. Being written.
use axum::extract::{Path, State};
use axum::http::StatusCode;
use super::Shared;
pub(super) async fn overview(State(_app): State<Shared>) -> StatusCode { StatusCode::OK }
pub(super) async fn readable(State(_app): State<Shared>, Path(_id): Path<String>) -> StatusCode { StatusCode::OK }
pub(super) async fn raw(State(_app): State<Shared>, Path(_id): Path<String>) -> StatusCode { StatusCode::OK }
pub(super) async fn set_behaviour(State(_app): State<Shared>) -> StatusCode { StatusCode::OK }
pub(super) async fn make_event(State(_app): State<Shared>) -> StatusCode { StatusCode::OK }
