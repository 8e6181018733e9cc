//! Reading what a gateway answers. Everything here treats the text as a stranger's: bounded, typed, or set aside.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use super::{EventPage, EventWord, LeaseAnswer, LeaseRequest, RawEvent, RawReceipt, ReceiptPage, Trouble};
use crate::outbox::{Outcome, Private, RetryAfter, TransportReceipt};

/// Longest cursor or id that is taken from a gateway.
const LONGEST_ID: usize = 200;

/// What an answer to a submission means: the gateway contract's table.
pub(super) fn submission(status: u16, retry_after: Option<RetryAfter>, body: &[u8], message_id: Uuid) -> Outcome {
    let detail = || problem(body);
    match status {
        202 => accepted(body, message_id).map_or(Outcome::Broken { status: Some(202) }, Outcome::Receipt),
        400 | 404 | 413 | 415 | 422 => Outcome::Refused { status, detail: detail() },
        401 | 403 => Outcome::NotLetIn { status, detail: detail() },
        409 => Outcome::Conflict { detail: detail() },
        408 | 425 | 429 | 500 | 502 | 503 | 504 => Outcome::TryLater { status, retry_after, detail: detail() },
        other => Outcome::Broken { status: Some(other) },
    }
}

/// What an answer other than the expected one means for a question.
pub(super) fn trouble(status: u16, retry_after: Option<RetryAfter>, body: &[u8]) -> Trouble {
    match status {
        401 | 403 => Trouble::NotLetIn { status },
        408 | 425 | 429 | 500 | 502 | 503 | 504 => Trouble::TryLater { status, retry_after },
        400..=499 => Trouble::Refused { status, detail: problem(body) },
        other => Trouble::Broken { status: Some(other) },
    }
}

/// A transport receipt, if it is one and speaks of our message.
fn accepted(body: &[u8], message_id: Uuid) -> Option<TransportReceipt> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Accepted {
        receipt_id: String,
        message_id: String,
        received_at: Option<String>,
        #[serde(default)]
        duplicate: bool,
    }
    let accepted: Accepted = serde_json::from_slice(body).ok()?;
    let ours = Uuid::parse_str(&accepted.message_id).is_ok_and(|named| named == message_id);
    let id = accepted.receipt_id;
    (ours && !id.is_empty() && id.len() <= LONGEST_ID).then(|| TransportReceipt {
        id,
        received_at: accepted.received_at.as_deref().and_then(|at| at.parse().ok()),
        duplicate: accepted.duplicate,
    })
}

/// The gateway's own words: `detail`, or `title`, of an RFC 9457 problem.
fn problem(body: &[u8]) -> Option<Private> {
    #[derive(Deserialize)]
    struct Problem {
        title: Option<String>,
        detail: Option<String>,
    }
    let problem: Problem = serde_json::from_slice(body).ok()?;
    problem.detail.or(problem.title).filter(|text| !text.trim().is_empty()).map(|text| Private::new(&text))
}

/// A page of receipts. One entry that cannot be read must not hold back those behind it: it is handed on as it is.
pub(super) fn receipts(body: &[u8]) -> Result<ReceiptPage, Trouble> {
    #[derive(Deserialize)]
    struct Page {
        receipts: Vec<Value>,
        next: Option<String>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Entry {
        message_id: String,
        received_at: Option<String>,
        app_rec: String,
    }
    let page: Page = serde_json::from_slice(body).map_err(|_| Trouble::Broken { status: Some(200) })?;
    let receipts = page
        .receipts
        .into_iter()
        .map(|value| match Entry::deserialize(&value) {
            Ok(entry) if entry.message_id.len() <= LONGEST_ID => RawReceipt {
                message_id: entry.message_id,
                received_at: when(entry.received_at),
                document: entry.app_rec,
            },
            Ok(_) | Err(_) => RawReceipt { message_id: String::new(), received_at: None, document: value.to_string() },
        })
        .collect();
    Ok(ReceiptPage { receipts, next: cursor(page.next)? })
}

/// A page of events.
pub(super) fn events(body: &[u8]) -> Result<EventPage, Trouble> {
    #[derive(Deserialize)]
    struct Page {
        events: Vec<Value>,
        next: Option<String>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Entry {
        cursor: String,
        message_id: Option<String>,
        requisition_id: Option<String>,
        specimen_id: Option<String>,
        #[serde(rename = "type")]
        kind: EventWord,
        at: Option<String>,
        text: Option<String>,
    }
    let page: Page = serde_json::from_slice(body).map_err(|_| Trouble::Broken { status: Some(200) })?;
    let mut events = Vec::with_capacity(page.events.len());
    let mut unknown = 0;
    for value in page.events {
        match Entry::deserialize(&value) {
            Ok(entry) if entry.cursor.len() <= LONGEST_ID => events.push(RawEvent {
                cursor: entry.cursor,
                message_id: entry.message_id,
                requisition_id: entry.requisition_id,
                specimen: entry.specimen_id,
                kind: entry.kind,
                at: when(entry.at),
                text: entry.text,
            }),
            Ok(_) | Err(_) => unknown += 1,
        }
    }
    Ok(EventPage { events, unknown, next: cursor(page.next)? })
}

/// An answer to a lease.
pub(super) fn lease(body: &[u8], request: &LeaseRequest) -> Result<LeaseAnswer, Trouble> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Lease {
        lease_id: Uuid,
        first: String,
        last: String,
        #[serde(default)]
        scheme: String,
    }
    match serde_json::from_slice::<Lease>(body) {
        Ok(lease) if lease.lease_id == request.lease_id => {
            Ok(LeaseAnswer::Granted { first: lease.first, last: lease.last, scheme: lease.scheme })
        }
        Ok(_) | Err(_) => Err(Trouble::Broken { status: Some(201) }),
    }
}

fn cursor(next: Option<String>) -> Result<Option<String>, Trouble> {
    match next {
        Some(next) if next.len() > LONGEST_ID => Err(Trouble::Broken { status: Some(200) }),
        next => Ok(next.filter(|next| !next.is_empty())),
    }
}

fn when(text: Option<String>) -> Option<Timestamp> {
    text.and_then(|text| text.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: Uuid = Uuid::from_u128(1);

    #[test]
    fn every_status_of_the_contract_means_what_its_table_says() {
        let receipt =
            format!(r#"{{"receiptId":"r","messageId":"{ID}","receivedAt":"2026-11-23T08:00:00Z","duplicate":true}}"#);
        let means = |status, body: &str| submission(status, None, body.as_bytes(), ID).word();
        assert_eq!(means(202, &receipt), "receipt");
        for status in [400, 404, 413, 415, 422] {
            assert_eq!(means(status, ""), "refused", "{status}");
        }
        for status in [401, 403] {
            assert_eq!(means(status, ""), "not_let_in", "{status}");
        }
        assert_eq!(means(409, ""), "conflict");
        for status in [408, 425, 429, 500, 502, 503, 504] {
            assert_eq!(means(status, ""), "try_later", "{status}");
        }
        for status in [200, 201, 204, 301, 302, 402, 405, 407, 410, 418, 426, 431, 451, 501, 505, 511, 599] {
            assert_eq!(means(status, &receipt), "broken_answer", "{status}");
        }
    }

    #[test]
    fn a_receipt_for_another_message_is_no_receipt() {
        for body in [
            "",
            "{}",
            "<html>Velkommen til gjestenettet</html>",
            r#"{"receiptId":"r","messageId":"#,
            r#"{"receiptId":"","messageId":"00000000-0000-0000-0000-000000000001"}"#,
            r#"{"receiptId":"r","messageId":"00000000-0000-0000-0000-000000000002"}"#,
        ] {
            assert_eq!(submission(202, None, body.as_bytes(), ID).word(), "broken_answer", "{body}");
        }
    }

    #[test]
    fn the_gateways_words_are_kept_and_bounded() {
        let long = format!(r#"{{"title":"t","detail":"{}"}}"#, "å".repeat(10_000));
        let outcome = submission(422, None, long.as_bytes(), ID);
        assert_eq!(outcome.detail().unwrap().expose().chars().count(), 2_000);
        let titled = submission(422, None, br#"{"title":"Ukjent mottaker","detail":" "}"#, ID);
        assert_eq!(titled.detail(), None);
    }

    #[test]
    fn one_unreadable_receipt_does_not_hold_back_the_others() {
        let page = receipts(br#"{"receipts":[{"cursor":"1"},{"cursor":"2","messageId":"m","appRec":"<x/>","receivedAt":"nonsense"}],"next":"2"}"#).unwrap();
        assert_eq!(page.receipts.len(), 2);
        assert!(page.receipts[0].message_id.is_empty() && page.receipts[0].document.contains("cursor"));
        assert_eq!((page.receipts[1].message_id.as_str(), page.next.as_deref()), ("m", Some("2")));
        assert!(receipts(b"{\"receipts\":[").is_err());
    }

    #[test]
    fn events_of_an_unknown_kind_are_counted_and_passed_over() {
        let page = events(br#"{"events":[{"cursor":"1","type":"abducted","at":"x"},{"cursor":"2","messageId":null,"requisitionId":"r","specimenId":null,"type":"partly-answered","at":"2026-11-23T08:00:00Z","text":null}],"next":"2"}"#).unwrap();
        assert_eq!((page.events.len(), page.unknown), (1, 1));
        assert_eq!(page.events[0].kind, EventWord::PartlyAnswered);
    }
}
