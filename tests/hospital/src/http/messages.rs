//! `POST /v1/messages`: what comes in. A message is answered 202 once it can be read and is safely stored; whether it is
//! right is told by the application receipt.

use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::Shared;
use super::problem::Problem;
use crate::Options;
use crate::apprec::Verdict;
use crate::ledger::{Received, Taken};
use crate::reading::{self, Fault, Summary};

pub(super) async fn deliver(State(app): State<Shared>, headers: HeaderMap, body: Body) -> Result<Response, Problem> {
    let content_type = text_header(&headers, "content-type").unwrap_or_default();
    if !content_type.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/xml")) {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "content-type",
            "The message must be application/xml",
        ));
    }
    if headers.contains_key(header::CONTENT_ENCODING) {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "content-encoding",
            "The message must not be compressed",
        ));
    }
    let bytes = whole_body(&headers, body, app.options.max_message).await?;
    let (message_id, receiver) = check_headers(&headers, &bytes)?;
    if app.ledger().message(&message_id).is_some_and(|known| known.bytes != bytes) {
        return Err(conflict());
    }
    let ours = &app.options.receivers;
    if !ours.is_empty() && !ours.contains(&receiver) {
        return Err(Problem::new(StatusCode::NOT_FOUND, "unknown-receiver", "The receiver is not here")
            .detail("HER-id-en i Receiver tilhører ikke dette sykehuset."));
    }
    let (summary, faults) = reading::read(&bytes, app.options.text_limit).map_err(|fault| {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "unreadable", "The message cannot be read")
            .detail(format!("{}: {}", fault.code, fault.text))
    })?;
    if !summary.message_id.eq_ignore_ascii_case(&message_id) {
        return Err(Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "message-id",
            "Message-Id is not the message's MsgId",
        ));
    }
    let misaddressed = misaddressed(&summary, &receiver, &app.options);
    let taken = app.ledger().take(&bytes, summary, &receiver, Timestamp::now(), |mut in_context| {
        let mut faults: Vec<Fault> = misaddressed.into_iter().chain(faults).collect();
        faults.append(&mut in_context);
        if let Some((code, text)) = app.next_rejection() {
            faults.insert(0, Fault::rejects(&code, text));
        }
        Verdict::of(faults)
    });
    match taken.map_err(|error| Problem::own_fault(&error))? {
        Taken::New(received) => {
            tracing::info!(message = received.message_id, status = ?received.verdict.status, "received");
            app.answer_later(received.message_id.clone());
            app.events_later(&received);
            app.tell();
            Ok(transport_receipt(&received, false))
        }
        Taken::Duplicate(received) => {
            tracing::info!(message = received.message_id, copies = received.copies, "received again");
            Ok(transport_receipt(&received, true))
        }
        Taken::OtherBytes => Err(conflict()),
    }
}

fn transport_receipt(received: &Received, duplicate: bool) -> Response {
    let receipt = serde_json::json!({
        "receiptId": received.receipt_id,
        "messageId": received.message_id,
        "receivedAt": received.received_at,
        "duplicate": duplicate,
    });
    (StatusCode::ACCEPTED, Json(receipt)).into_response()
}

fn conflict() -> Problem {
    Problem::new(StatusCode::CONFLICT, "other-bytes", "This message id was received with other bytes")
        .detail("En annen melding med samme MsgId er allerede mottatt. Send den ikke på nytt uten å undersøke hvorfor.")
}

async fn whole_body(headers: &HeaderMap, body: Body, limit: usize) -> Result<Vec<u8>, Problem> {
    let too_large = || {
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "The message is too large")
            .detail(format!("Meldingen er større enn {limit} byte."))
    };
    // Somewhat more is read than is taken: a sender still busy sending would meet a reset and never see the answer.
    let patience = limit.saturating_mul(4);
    let announced = text_header(headers, "content-length").and_then(|length| length.parse::<usize>().ok());
    if announced.is_some_and(|length| length > patience) {
        return Err(too_large());
    }
    match to_bytes(body, patience).await {
        Ok(bytes) if bytes.len() > limit => Err(too_large()),
        Ok(bytes) => Ok(bytes.into()),
        Err(error) if is_over_limit(&error) => Err(too_large()),
        Err(_) => {
            Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "broken-body", "The message did not arrive whole")
                .retryable())
        }
    }
}

/// axum tells an overlong body from a broken one only by the words of the cause.
fn is_over_limit(error: &axum::Error) -> bool {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = cause {
        if error.to_string().contains("length limit") {
            return true;
        }
        cause = error.source();
    }
    false
}

/// The message id and the receiver's HER-id, when the headers agree with each other and with the bytes.
fn check_headers(headers: &HeaderMap, bytes: &[u8]) -> Result<(String, String), Problem> {
    let bad =
        |detail: &str| Problem::new(StatusCode::BAD_REQUEST, "headers", "A header is missing or wrong").detail(detail);
    let message_id = text_header(headers, "message-id").ok_or_else(|| bad("Message-Id is missing"))?;
    let key = text_header(headers, "idempotency-key").ok_or_else(|| bad("Idempotency-Key is missing"))?;
    // RFC drafts quote the key; both forms are met.
    if key.trim_matches('"') != message_id {
        return Err(bad("Idempotency-Key is not Message-Id"));
    }
    let receiver = text_header(headers, "receiver").ok_or_else(|| bad("Receiver is missing"))?;
    let her_id =
        receiver.strip_prefix("her:").filter(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()));
    let her_id = her_id.ok_or_else(|| bad("Receiver is not her:<HER-id>"))?;
    let digest = text_header(headers, "content-digest").ok_or_else(|| bad("Content-Digest is missing"))?;
    let told = digest.split(',').find_map(|member| member.trim().strip_prefix("sha-256=:")?.strip_suffix(':'));
    let told = told.and_then(|text| STANDARD.decode(text).ok()).ok_or_else(|| bad("Content-Digest has no sha-256"))?;
    if told != Sha256::digest(bytes).as_slice() {
        return Err(bad("Content-Digest does not match the body"));
    }
    Ok((message_id.to_owned(), her_id.to_owned()))
}

/// The line's receiver has to be the service provider or a copy recipient of the message itself.
fn misaddressed(summary: &Summary, receiver: &str, options: &Options) -> Option<Fault> {
    let named = |id: &str| {
        summary.provider.her_ids().chain(summary.copies.iter().flat_map(|copy| copy.her_ids())).any(|other| other == id)
    };
    let ours = options.receivers.is_empty() || options.receivers.iter().any(|id| named(id));
    if !ours {
        return Some(Fault::rejects("E21", "Tjenesteyteren i meldingen finnes ikke ved dette sykehuset."));
    }
    (!named(receiver)).then(|| Fault::rejects("E21", "Meldingen er adressert til en annen enn den er sendt til."))
}

/// The header's text; nothing when it is absent, unreadable or given twice.
fn text_header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return None };
    value.to_str().ok().map(str::trim)
}
