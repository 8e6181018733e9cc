//! The gateway over HTTP: one list of routes, and around the contract's calls the faults that the hospital was told to
//! show. Control calls and the web page are never faulty and need no token: they are for the person or the test that
//! holds the strings.

mod catalogues;
mod control;
mod feeds;
mod messages;
mod numbers;
mod page;
mod problem;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post, put};

pub(crate) use catalogues::Digests;

use crate::App;
use crate::behaviour::{Fault, Scope};
use crate::wire::{Line, Wire};
use problem::Problem;

pub(crate) type Shared = Arc<App>;

/// Every method and path that the hospital answers, in the form that the OpenAPI document uses.
pub const ROUTES: &[(&str, &str)] = &[
    ("POST", "/v1/messages"),
    ("GET", "/v1/receipts"),
    ("GET", "/v1/events"),
    ("GET", "/v1/catalogues/{provider}"),
    ("POST", "/v1/number-blocks"),
    ("GET", "/v1/health"),
    ("GET", "/control/behaviour"),
    ("PUT", "/control/behaviour"),
    ("POST", "/control/events"),
    ("POST", "/control/receipts"),
    ("GET", "/control/received"),
    ("GET", "/control/received/{messageId}"),
    ("GET", "/control/effects"),
    ("GET", "/"),
    ("GET", "/messages/{messageId}"),
    ("GET", "/messages/{messageId}/xml"),
    ("POST", "/page/behaviour"),
    ("POST", "/page/events"),
];

pub(crate) fn router(app: Shared) -> Router {
    let mut contract = Router::new();
    let mut strings = Router::new();
    for (method, path) in ROUTES {
        if path.starts_with("/v1/") {
            contract = contract.route(path, handler(method, path));
        } else {
            strings = strings.route(path, handler(method, path));
        }
    }
    contract
        .layer(middleware::from_fn_with_state(Arc::clone(&app), faults))
        // A test may order receipts of any size.
        .merge(strings.layer(DefaultBodyLimit::disable()))
        .fallback(|| async { Problem::new(StatusCode::NOT_FOUND, "not-found", "No such resource") })
        .method_not_allowed_fallback(|| async {
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", "No such method here")
        })
        .with_state(app)
}

/// The handler of one line of the list; a line without one fails every test that starts a hospital.
fn handler(method: &str, path: &str) -> MethodRouter<Shared> {
    match (method, path) {
        ("POST", "/v1/messages") => post(messages::deliver),
        ("GET", "/v1/receipts") => get(feeds::receipts),
        ("GET", "/v1/events") => get(feeds::events),
        ("GET", "/v1/catalogues/{provider}") => get(catalogues::package),
        ("POST", "/v1/number-blocks") => post(numbers::lease),
        ("GET", "/v1/health") => get(health),
        ("GET", "/control/behaviour") => get(control::behaviour),
        ("PUT", "/control/behaviour") => put(control::set_behaviour),
        ("POST", "/control/events") => post(control::make_event),
        ("POST", "/control/receipts") => post(control::make_receipt),
        ("GET", "/control/received") => get(control::received),
        ("GET", "/control/received/{messageId}") => get(control::received_one),
        ("GET", "/control/effects") => get(control::effects),
        ("GET", "/") => get(page::overview),
        ("GET", "/messages/{messageId}") => get(page::readable),
        ("GET", "/messages/{messageId}/xml") => get(page::raw),
        ("POST", "/page/behaviour") => post(page::set_behaviour),
        ("POST", "/page/events") => post(page::make_event),
        (method, path) => unreachable!("{method} {path} is listed and has no handler"),
    }
}

async fn health() -> impl IntoResponse {
    axum::Json(serde_json::json!({ "status": "ok" }))
}

/// Delay, refusal, silence, lost and broken answers, and the door itself.
async fn faults(
    State(app): State<Shared>,
    ConnectInfo(wire): ConnectInfo<Wire>,
    request: Request,
    next: Next,
) -> Response {
    wire.set(Line::Normal);
    let behaviour = app.behaviour.borrow().clone();
    if behaviour.delay_ms > 0 {
        tokio::time::sleep(Duration::from_millis(behaviour.delay_ms)).await;
    }
    if behaviour.down {
        return Problem::new(StatusCode::SERVICE_UNAVAILABLE, "down", "The hospital is down for maintenance")
            .retryable()
            .into_response();
    }
    let path = request.uri().path();
    let health = path == "/v1/health";
    let concerned = !health
        && match behaviour.scope {
            Scope::Messages => path == "/v1/messages",
            Scope::Feeds => matches!(path, "/v1/receipts" | "/v1/events"),
            Scope::Everything => true,
        };
    let fault = if concerned { app.next_fault() } else { None };
    match &fault {
        Some(Fault::Refuse { status, retry_after }) => return refusal(*status, retry_after.as_deref()),
        Some(Fault::Silent) => std::future::pending::<()>().await,
        Some(Fault::LoseAnswer | Fault::ResetMidBody | Fault::Garbage) | None => {}
    }
    if !health && let Some(problem) = at_the_door(&app, request.headers()) {
        return problem.into_response();
    }
    let response = next.run(request).await;
    if concerned && behaviour.slow_drip_ms > 0 {
        wire.set(Line::Drip(Duration::from_millis(behaviour.slow_drip_ms)));
    }
    match fault {
        Some(Fault::LoseAnswer) => {
            wire.set(Line::CutAfter(0));
            response
        }
        Some(Fault::ResetMidBody) => cut_in_the_middle(response, &wire).await,
        Some(Fault::Garbage) => {
            let status = if response.status().is_success() { response.status() } else { StatusCode::OK };
            (status, [(header::CONTENT_TYPE, "text/html")], "<html><body>Velkommen til gjestenettet{{{\u{0}")
                .into_response()
        }
        Some(Fault::Refuse { .. } | Fault::Silent) | None => response,
    }
}

fn refusal(status: u16, retry_after: Option<&str>) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    let mut problem = Problem::new(status, "told-to-refuse", "The simulated hospital was told to refuse this call");
    if status.is_server_error() || matches!(status.as_u16(), 408 | 425 | 429) {
        problem = problem.retryable();
    }
    let mut response = problem.into_response();
    if let Some(value) = retry_after.and_then(|value| HeaderValue::from_str(value).ok()) {
        response.headers_mut().insert(header::RETRY_AFTER, value);
    }
    response
}

/// 401 unless the right token is shown, where one is demanded.
fn at_the_door(app: &App, headers: &HeaderMap) -> Option<Problem> {
    let token = app.options.token.as_deref()?;
    let shown = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let fits = shown
        .and_then(|value| value.split_once(' '))
        .is_some_and(|(scheme, value)| scheme.eq_ignore_ascii_case("bearer") && value.trim() == token);
    (!fits).then(|| Problem::new(StatusCode::UNAUTHORIZED, "unauthorized", "A valid bearer token is needed"))
}

/// Lets the head and half of the body through and resets the line.
async fn cut_in_the_middle(response: Response, wire: &Wire) -> Response {
    let (mut parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    parts.headers.insert(header::CONTENT_LENGTH, bytes.len().into());
    let reason = parts.status.canonical_reason().unwrap_or_default().len();
    let date_line = 37;
    let head: usize = parts.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    wire.set(Line::CutAfter("HTTP/1.1 202 \r\n".len() + reason + head + date_line + 2 + bytes.len() / 2));
    Response::from_parts(parts, Body::from(bytes))
}
