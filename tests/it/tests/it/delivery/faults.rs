//! Every fault of the line, row by row: where it leaves the message, and what the office is shown of it.

use std::time::Duration;

use jiff::Timestamp;
use requisition::outbox::{Kind, NoWithdrawal, Outcome, Priority, Reason, State, Waiting, right_acts};
use requisition::store::{Error, Problem};
use requisition::transport::HttpGateway;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use uuid::Uuid;

use super::line::{Answer, body_of, cut, line_that, ok_202, quick, receipt_for, reply};
use super::office::Office;

#[tokio::test]
async fn every_fault_of_the_line_leaves_the_message_where_its_row_says() {
    use Waiting::{BrokenAnswer, NoAnswer, NotLetIn, TryLater};
    let message = Uuid::new_v4();
    let receipt = receipt_for(message);
    let queued = |why| (State::Queued, Some(why));
    let stuck = |reason| (State::NeedsAttention(reason), None);
    let mut rows = vec![
        ("reset in the middle of the answer", Answer::SaysAndResets(cut(&ok_202(&receipt))), queued(NoAnswer)),
        ("answer lost after acceptance", Answer::Nothing, queued(NoAnswer)),
        ("half-open line", Answer::Silence, queued(NoAnswer)),
        ("slow drip", Answer::Drip(ok_202(&receipt)), queued(NoAnswer)),
        ("body shorter than its length", Answer::Says(cut(&ok_202(&receipt))), queued(NoAnswer)),
        ("endless body", Answer::Endless, queued(BrokenAnswer)),
        (
            "guest network's welcome page",
            Answer::Says(reply(200, "text/html", "<html>Velkommen")),
            queued(BrokenAnswer),
        ),
        ("202 that is no receipt", Answer::Says(reply(202, "text/html", "<html>ok")), queued(BrokenAnswer)),
        ("truncated JSON", Answer::Says(ok_202(&receipt[..receipt.len() / 2])), queued(BrokenAnswer)),
        ("receipt of another message", Answer::Says(ok_202(&receipt_for(Uuid::new_v4()))), queued(BrokenAnswer)),
        ("not HTTP at all", Answer::Says("SSH-2.0-OpenSSH\r\n".into()), queued(NoAnswer)),
        (
            "redirect",
            Answer::Says("HTTP/1.1 307 x\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n".into()),
            queued(BrokenAnswer),
        ),
        ("accepted", Answer::Says(ok_202(&receipt)), (State::Delivered, None)),
    ];
    let statuses = [
        (400, stuck(Reason::Malformed)),
        (401, queued(NotLetIn)),
        (403, queued(NotLetIn)),
        (404, stuck(Reason::UnknownReceiver)),
        (408, queued(TryLater)),
        (409, stuck(Reason::Conflict)),
        (413, stuck(Reason::TooLarge)),
        (415, stuck(Reason::Malformed)),
        (422, stuck(Reason::Malformed)),
        (425, queued(TryLater)),
        (429, queued(TryLater)),
        (500, queued(TryLater)),
        (502, queued(TryLater)),
        (503, queued(TryLater)),
        (504, queued(TryLater)),
        (507, queued(BrokenAnswer)),
    ];
    let problem = r#"{"type":"about:blank","title":"t","detail":"Meldingen kan ikke leses"}"#;
    let named: Vec<(String, _)> =
        statuses.iter().map(|(status, end)| (format!("HTTP {status}"), (*status, *end))).collect();
    for (name, (status, end)) in &named {
        rows.push((name, Answer::Says(reply(*status, "application/problem+json", problem)), *end));
    }
    let texts = Texts::read();
    for (name, answer, (state, waiting)) in rows {
        let office = Office::new();
        office.queue_as(message, Kind::New, Priority::Routine);
        let (address, seen) = line_that(vec![answer]).await;
        let outcome = office.try_once(message, &quick(address)).await;
        let row = office.store.entry(message).unwrap();
        assert_eq!(row.entry.state, state, "{name}: {outcome:?}");
        if let Some(waiting) = waiting {
            assert_eq!(row.entry.waiting, waiting, "{name}");
            assert!(row.entry.next_attempt_at > Timestamp::now() - Duration::from_secs(5), "{name}");
        }
        assert_eq!(state.needs_you(), !right_acts(state).is_empty(), "{name}");
        assert_eq!(seen.lock().unwrap().len(), 1, "{name}: one request, never repeated by the transport itself");
        let attempts = office.store.attempts(message).unwrap();
        assert_eq!(attempts.len(), 1, "{name}");
        assert_eq!(attempts[0].outcome.as_deref(), Some(outcome.word()), "{name}: on record");
        assert_eq!(
            office.store.message_bytes(message).unwrap(),
            body_of(&seen.lock().unwrap()[0]),
            "{name}: as frozen"
        );
        hold_what_is_shown(&office, name, message, state, &texts);

        // What can still go goes with the same bytes and the same id.
        if state == State::Queued {
            let (address, again) = line_that(vec![Answer::Says(ok_202(&receipt))]).await;
            office.try_once(message, &quick(address)).await;
            assert_eq!(office.store.entry(message).unwrap().entry.state, State::Delivered, "{name}, then well");
            assert_eq!(body_of(&seen.lock().unwrap()[0]), body_of(&again.lock().unwrap()[0]), "{name}: same bytes");
        }
    }
}

#[tokio::test]
async fn what_never_connected_certainly_did_not_arrive_and_can_be_withdrawn() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let plain = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            stream.write_all(b"HTTP/1.1 400 no\r\n\r\n").await.ok();
        }
    });
    for (name, address) in [
        ("refused", format!("http://{closed}")),
        ("no such name", "https://gateway.invalid".to_owned()),
        ("no TLS at the other end", format!("https://{plain}")),
    ] {
        let office = Office::new();
        let message = office.queue(Kind::New);
        let gateway = HttpGateway::with_patience(&address, None, Duration::from_secs(5)).unwrap();
        assert_eq!(office.try_once(message, &gateway).await, Outcome::Unreachable, "{name}");
        office.store.withdraw(message, "tester", Timestamp::now()).unwrap();
        assert_eq!(office.store.entry(message).unwrap().entry.state, State::Withdrawn, "{name}");
    }
    // An answer that was lost is another matter.
    let office = Office::new();
    let message = office.queue(Kind::New);
    let (address, _) = line_that(vec![Answer::Nothing]).await;
    office.try_once(message, &quick(address)).await;
    let refused = office.store.withdraw(message, "tester", Timestamp::now());
    assert!(matches!(refused, Err(Error::NoWithdrawal(NoWithdrawal::MayHaveArrived))));
}

/// What the office sees of a message that stands so: who is needed, with the code and the words, each with a text in all
/// languages; or nobody yet, and after a day the reason why it waits.
fn hold_what_is_shown(office: &Office, name: &str, message: Uuid, state: State, texts: &Texts) {
    let now = Timestamp::now();
    let needs = office.store.needs_you(now).unwrap();
    let waiting = office.store.entry(message).unwrap().entry.waiting;
    match state {
        State::NeedsAttention(reason) => {
            let [need] = needs.as_slice() else { panic!("{name}: {} items", needs.len()) };
            assert!(need.problem == Problem::Attention(reason) && need.message_id == Some(message), "{name}");
            assert!(need.code.is_some() && need.words.as_deref() == Some("Meldingen kan ikke leses"), "{name}");
            texts.hold(name, &["reasons", "meaning"], reason.word());
        }
        State::Queued => {
            // A line that does not let the office in is told at once, all else when it has lasted.
            assert_eq!(needs.len(), usize::from(waiting == Waiting::NotLetIn), "{name}");
            let later = office.store.needs_you(now + Duration::from_secs(25 * 3_600)).unwrap();
            let [need] = later.as_slice() else { panic!("{name}: {} items a day later", later.len()) };
            assert!(need.problem == Problem::WaitingTooLong(waiting), "{name}");
            texts.hold(name, &["reasons", "meaning"], "waiting_too_long");
            texts.hold(name, &["why"], waiting.word());
        }
        State::Delivered => assert!(needs.is_empty(), "{name}"),
        other => panic!("{name}: {other:?} is no end of a row"),
    }
    let story = office.store.timeline(office.requisition_of(message)).unwrap();
    assert!(story.iter().any(|fact| fact.fact == "attempt"), "{name}: the story tells of the attempt");
}

/// The window's words, as they stand in its source: a typed record of each kind, in each language.
struct Texts(Vec<(&'static str, String)>);

impl Texts {
    fn read() -> Self {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/src/texts");
        let read = |language| {
            let path = folder.join(format!("{language}.outbox.ts"));
            (language, std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
        };
        Self(["nb", "nn", "en"].map(read).to_vec())
    }

    fn hold(&self, row: &str, records: &[&str], code: &str) {
        for (language, text) in &self.0 {
            for record in records {
                let begin =
                    text.find(&format!("\n  {record}: {{")).unwrap_or_else(|| panic!("{language}: no {record}"));
                let end = begin + text[begin..].find("\n  }").unwrap();
                assert!(
                    text[begin..end].contains(&format!("\n    {code}: ")),
                    "{row}: no {record}.{code} in {language}"
                );
            }
        }
    }
}
