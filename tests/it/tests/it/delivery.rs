//! Delivery against a line that fails in every way a line can, and against the simulated hospital.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hospital::{Behaviour, EventKind as HospitalEvent, Refusal, Rejection};
use it::orders::frozen;
use jiff::Timestamp;
use requisition::dispatch::{Dispatcher, Input, Line, Observer, Options};
use requisition::outbox::{Act, Jitter, Kind, NoWithdrawal, Outcome, Priority, Reason, State, Waiting, right_acts};
use requisition::store::{Changes, Error, Finalise, Key, Light, Problem, Store};
use requisition::transport::{HttpGateway, Submission, Token, Transport, Trouble};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use uuid::Uuid;

/// What the other end of the line does with a connection once it has read the request.
#[derive(Clone)]
enum Answer {
    /// Says this and closes.
    Says(String),
    /// Says this and resets the connection.
    SaysAndResets(String),
    /// Closes without a byte, having taken the message.
    Nothing,
    /// Never answers.
    Silence,
    /// One byte at a time.
    Drip(String),
    /// A body without end.
    Endless,
}

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

#[tokio::test]
async fn a_message_travels_with_every_header_of_the_contract() {
    let office = Office::new();
    let message = office.queue(Kind::New);
    let (address, seen) = line_that(vec![Answer::Says(ok_202(&receipt_for(message)))]).await;
    let token = Token::new("hemmelig".into());
    office.try_once(message, &HttpGateway::new(&format!("http://{address}/base"), Some(token)).unwrap()).await;
    let request = String::from_utf8(seen.lock().unwrap()[0].clone()).unwrap();
    let head = request.split("\r\n\r\n").next().unwrap().to_ascii_lowercase();
    assert!(head.starts_with("post /base/v1/messages http/1.1"), "{head}");
    for header in [
        format!("message-id: {message}"),
        format!("idempotency-key: {message}"),
        "content-type: application/xml".into(),
        "receiver: her:999901".into(),
        "authorization: bearer hemmelig".into(),
        "content-digest: sha-256=:".into(),
    ] {
        assert!(head.contains(&header), "{header} in {head}");
    }
}

#[tokio::test]
async fn bytes_that_changed_on_disk_are_never_sent() {
    let (address, seen) = line_that(vec![Answer::Silence]).await;
    let office = Office::new();
    let message = office.queue(Kind::New);
    let office = office.after(|path| {
        let file = rusqlite::Connection::open(path).unwrap();
        file.pragma_update(None, "key", format!("x'{}'", Key::from_bytes([7; 32]).to_hex().as_str())).unwrap();
        file.execute_batch("DROP TRIGGER messages_frozen; UPDATE messages SET bytes = CAST('<Message/>' AS BLOB)")
            .unwrap();
    });
    let running = office.deliver_to(&[("balsam", format!("http://{address}"))]);
    let damaged = State::NeedsAttention(Reason::Damaged);
    office.until("found", |store| store.entry(message).unwrap().entry.state == damaged).await;
    running.shut_down().await;
    assert!(seen.lock().unwrap().iter().all(|request| !request.starts_with(b"POST")));
}

#[tokio::test]
async fn a_requisition_is_sent_accepted_received_and_answered() {
    let hospital = hospital::start(hospital::Options::default()).await.unwrap();
    let office = Office::new();
    let message = office.queue(Kind::New);
    let requisition = office.requisition_of(message);
    let running = office.deliver_to(&[("balsam", hospital.url())]);
    office.until("accepted", |store| store.entry(message).unwrap().entry.state == State::Accepted).await;
    hospital.make_event(&requisition.to_string(), HospitalEvent::SpecimenReceived, None, None).unwrap();
    hospital.make_event(&requisition.to_string(), HospitalEvent::Answered, None, None).unwrap();
    running.tell(Input::Receipts);
    office.until("answered", |store| store.lights(requisition).unwrap().answered.light == Light::Yes).await;
    assert_eq!(office.store.lights(requisition).unwrap().received.light, Light::Yes);
    assert_eq!(running.lines()[0].online, Some(true));
    running.shut_down().await;
}

#[tokio::test]
async fn a_rejection_is_shown_in_the_receivers_own_words_until_a_corrected_message_is_accepted() {
    let hospital = hospital::start(hospital::Options::default()).await.unwrap();
    let text = "Rekvirenten er ikke kjent hos oss";
    let rejection = Rejection { code: "E21".into(), text: text.into(), times: Some(1) };
    hospital.set_behaviour(Behaviour { reject: Some(rejection), ..Behaviour::default() });
    let office = Office::new();
    let message = office.queue(Kind::New);
    let requisition = office.requisition_of(message);
    let running = office.deliver_to(&[("balsam", hospital.url())]);
    office.until("rejected", |store| store.entry(message).unwrap().entry.state == State::Rejected).await;
    let needs = office.store.needs_you(Timestamp::now()).unwrap();
    assert_eq!(needs.len(), 1);
    assert_eq!((needs[0].code.as_deref(), needs[0].words.as_deref()), (Some("E21"), Some(text)));
    assert_eq!(needs[0].acts.first(), Some(&Act::FixAndResend));

    let corrected = Uuid::new_v4();
    let mut item = frozen(requisition, corrected, Kind::New, "balsam", Priority::Routine);
    item.entry.replaces = Some(message);
    office.store.finalise(&[item], None, "Kari", Timestamp::now()).unwrap();
    running.tell(Input::Enqueued);
    office.until("corrected", |store| store.entry(corrected).unwrap().entry.state == State::Accepted).await;
    assert!(office.store.needs_you(Timestamp::now()).unwrap().is_empty());
    assert_eq!(office.store.lights(requisition).unwrap().accepted.light, Light::Yes);
    running.shut_down().await;
}

#[tokio::test]
async fn a_hospital_that_is_down_leaves_the_queue_waiting_and_it_drains_by_itself_when_it_is_back() {
    let hospital = hospital::start(hospital::Options::default()).await.unwrap();
    let port = hospital.port();
    hospital.shutdown().await;
    let office = Office::new();
    let messages: Vec<Uuid> = (0..5).map(|_| office.queue(Kind::New)).collect();
    let running = office.deliver_to(&[("balsam", format!("http://127.0.0.1:{port}"))]);
    office.until("seen to be down", |_| running.lines()[0].online == Some(false)).await;
    assert_eq!(running.lines()[0].why, Some(Waiting::Unreachable));
    let summary = office.store.queue_summary().unwrap();
    assert_eq!((summary.count, summary.providers[0].count), (5, 5));
    assert!(summary.oldest.is_some());

    let hospital = hospital::start(hospital::Options { port, ..hospital::Options::default() }).await.unwrap();
    office
        .until("drained", |store| messages.iter().all(|id| store.entry(*id).unwrap().entry.state == State::Accepted))
        .await;
    assert_eq!(running.lines()[0].online, Some(true));
    assert_eq!(hospital.received().len(), 5);
    assert!(hospital.received().iter().all(|message| message.copies == 1));
    running.shut_down().await;
}

#[tokio::test]
async fn an_answer_that_is_lost_makes_a_duplicate_on_the_line_and_one_effect_at_the_hospital() {
    let hospital = hospital::start(hospital::Options::default()).await.unwrap();
    hospital.set_behaviour(Behaviour { lose_answer: 1, no_receipts: true, ..Behaviour::default() });
    let office = Office::new();
    let message = office.queue(Kind::New);
    let running = office.deliver_to(&[("balsam", hospital.url())]);
    office.until("delivered", |store| store.entry(message).unwrap().entry.state == State::Delivered).await;
    let received = hospital.received();
    assert_eq!((received.len(), received[0].copies), (1, 2));
    assert_eq!(hospital.effects().len(), 1);
    let attempts = office.store.attempts(message).unwrap();
    assert_eq!(attempts.len(), 2);
    assert_eq!((attempts[0].outcome.as_deref(), attempts[1].outcome.as_deref()), (Some("no_answer"), Some("receipt")));
    running.shut_down().await;
}

#[tokio::test]
async fn a_provider_that_is_down_costs_the_others_nothing() {
    let well = hospital::start(hospital::Options::default()).await.unwrap();
    let down = hospital::start(hospital::Options::default()).await.unwrap();
    down.set_behaviour(Behaviour { silent: 1_000, ..Behaviour::default() });
    let office = Office::new();
    let stuck: Vec<Uuid> = (0..10).map(|_| office.queue_to("down", Kind::New, Priority::Urgent)).collect();
    let free: Vec<Uuid> = (0..10).map(|_| office.queue_to("well", Kind::New, Priority::Routine)).collect();
    let running = office.deliver_to(&[("down", down.url()), ("well", well.url())]);
    office
        .until("the well one", |store| free.iter().all(|id| store.entry(*id).unwrap().entry.state == State::Accepted))
        .await;
    assert!(stuck.iter().all(|id| !matches!(office.store.entry(*id).unwrap().entry.state, State::Accepted)));
    running.shut_down().await;
}

#[tokio::test]
async fn a_cancel_waits_for_what_it_cancels() {
    let hospital = hospital::start(hospital::Options::default()).await.unwrap();
    let refuse = Refusal { status: 500, times: Some(2), retry_after: None };
    hospital.set_behaviour(Behaviour { refuse: Some(refuse), ..Behaviour::default() });
    let office = Office::new();
    let message = office.queue(Kind::New);
    let requisition = office.requisition_of(message);
    let cancel = Uuid::new_v4();
    let item = frozen(requisition, cancel, Kind::Cancel, "balsam", Priority::Urgent);
    office.store.finalise(&[item], None, "Kari", Timestamp::now()).unwrap();
    let running = office.deliver_to(&[("balsam", hospital.url())]);
    office.until("cancelled", |store| store.entry(cancel).unwrap().entry.state == State::Accepted).await;
    let order: Vec<String> = hospital.received().into_iter().map(|received| received.message_id).collect();
    assert_eq!(order, [message.to_string(), cancel.to_string()]);
    running.shut_down().await;
}

#[tokio::test]
async fn receipts_that_repeat_contradict_or_speak_of_strangers_end_where_they_should() {
    let unreadable = "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a \"aaaa\">]><x>&a;</x>";
    let external = "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/hostname\">]><AppRec>&a;</AppRec>";
    let levels: String =
        (1..20).map(|at| format!("<!ENTITY a{at} \"{}\">", format!("&a{};", at - 1).repeat(10))).collect();
    let laughs = format!("<!DOCTYPE x [<!ENTITY a0 \"ha\">{levels}]><AppRec>&a19;</AppRec>");
    let deep = format!("{}{}", "<a>".repeat(20_000), "</a>".repeat(20_000));
    let many = format!("<AppRec>{}</AppRec>", "<a/>".repeat(50_000));
    let large = format!("<AppRec><!--{}--></AppRec>", "x".repeat(2 * 1024 * 1024));
    let says = |text: String| Behaviour { receipt_text: Some(text), ..Behaviour::default() };
    for (name, behaviour, state) in [
        ("twice", Behaviour { duplicate_receipts: true, ..Behaviour::default() }, State::Accepted),
        ("strangers", Behaviour { unknown_receipts: true, ..Behaviour::default() }, State::Accepted),
        (
            "contradiction",
            Behaviour { contradictory_receipts: true, ..Behaviour::default() },
            State::NeedsAttention(Reason::Contradiction),
        ),
        ("cut in half", Behaviour { truncated_receipts: true, ..Behaviour::default() }, State::Delivered),
        ("hostile entities", says(unreadable.into()), State::Delivered),
        ("billion laughs", says(laughs), State::Delivered),
        ("external entity", says(external.into()), State::Delivered),
        ("too deep", says(deep), State::Delivered),
        ("too many elements", says(many), State::Delivered),
        ("too large", says(large), State::Delivered),
        ("another document", says("<html><body>Velkommen</body></html>".into()), State::Delivered),
        ("empty", says(" ".into()), State::Delivered),
    ] {
        let hospital = hospital::start(hospital::Options::default()).await.unwrap();
        hospital.set_behaviour(behaviour);
        let office = Office::new();
        let message = office.queue(Kind::New);
        let running = office.deliver_to(&[("balsam", hospital.url())]);
        office
            .until(name, |store| {
                store.entry(message).unwrap().entry.state == state && !store.receipts(message).unwrap().is_empty()
            })
            .await;
        running.shut_down().await;
    }
}

#[tokio::test]
async fn an_office_that_is_not_let_in_loses_nothing_and_is_told_at_once() {
    let hospital = hospital::start(hospital::Options { token: Some("riktig".into()), ..hospital::Options::default() })
        .await
        .unwrap();
    let office = Office::new();
    let message = office.queue(Kind::New);
    let running = office.deliver_to(&[("balsam", hospital.url())]);
    office.until("told", |_| running.lines()[0].why == Some(Waiting::NotLetIn)).await;
    office
        .until("on the list", |store| {
            store
                .needs_you(Timestamp::now())
                .unwrap()
                .iter()
                .any(|item| item.problem == Problem::WaitingTooLong(Waiting::NotLetIn))
        })
        .await;
    // The office mends its token: the same message goes.
    let transport = HttpGateway::new(&hospital.url(), Some(Token::new("riktig".into()))).unwrap();
    running.tell(Input::Lines(vec![Line { provider: "balsam".into(), transport: Arc::new(transport) }]));
    office.until("accepted", |store| store.entry(message).unwrap().entry.state == State::Accepted).await;
    running.shut_down().await;
}

#[tokio::test]
async fn everything_is_delivered_once_through_a_line_where_every_fifth_call_fails() {
    let hospital = hospital::start(hospital::Options::default()).await.unwrap();
    hospital.set_behaviour(Behaviour { failure_rate: 0.2, seed: 7, ..Behaviour::default() });
    let office = Office::new();
    let messages: Vec<Uuid> = (0..40).map(|_| office.queue(Kind::New)).collect();
    let running = office.deliver_to(&[("balsam", hospital.url())]);
    // The waits between tries are the product's own; hints that the network is back cut them short.
    let hints = async {
        loop {
            tokio::time::sleep(Duration::from_millis(100)).await;
            for message in &messages {
                if office.store.entry(*message).unwrap().entry.state == State::Queued {
                    office.store.resend(*message, "tester", Timestamp::now()).ok();
                }
            }
            running.tell(Input::NetworkUp);
            running.tell(Input::Enqueued);
        }
    };
    let drained = office
        .until("drained", |store| messages.iter().all(|id| store.entry(*id).unwrap().entry.state == State::Accepted));
    tokio::select! { () = drained => {}, () = hints => {} }
    let received = hospital.received();
    assert_eq!(received.len(), 40);
    assert_eq!(hospital.effects().len(), 40);
    assert!(hospital.effects().iter().all(|effect| effect.message_ids.len() == 1));
    running.shut_down().await;
}

#[tokio::test]
async fn numbers_catalogue_and_health_are_facts_of_the_same_line() {
    let hospital = hospital::start(hospital::Options::default()).await.unwrap();
    let gateway = HttpGateway::new(&hospital.url(), None).unwrap();
    gateway.health().await.unwrap();
    let request = requisition::transport::LeaseRequest {
        lease_id: Uuid::new_v4(),
        provider: "balsam-lab".into(),
        workstation: "w1".into(),
        count: 50,
        kind: requisition::transport::LeaseKind::Numbers,
    };
    let first = gateway.lease_numbers(&request).await.unwrap();
    assert_eq!(gateway.lease_numbers(&request).await.unwrap(), first);
    let wanted = requisition::transport::CatalogueRequest { provider: "nobody".into(), ..Default::default() };
    assert!(matches!(gateway.fetch_catalogue(&wanted).await, Err(Trouble::Refused { status: 404, .. })));
}

/// An office: a store in a folder of its own, and somebody who is told when it changes.
struct Office {
    _folder: TempDir,
    store: Arc<Store>,
    changed: Arc<Bell>,
}

impl Office {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("requisitions.sqlite"), &Key::from_bytes([7; 32])).unwrap();
        Self { _folder: folder, store: Arc::new(store), changed: Arc::new(Bell(watch::channel(0).0)) }
    }

    /// Closes the store, lets something happen to its file, and opens it again.
    fn after(self, happens: impl FnOnce(&std::path::Path)) -> Self {
        let Self { _folder: folder, store, changed } = self;
        let path = store.path().to_owned();
        drop(store);
        happens(&path);
        let store = Arc::new(Store::open(&path, &Key::from_bytes([7; 32])).unwrap());
        Self { _folder: folder, store, changed }
    }

    fn queue(&self, kind: Kind) -> Uuid {
        self.queue_to("balsam", kind, Priority::Routine)
    }

    fn queue_to(&self, provider: &str, kind: Kind, priority: Priority) -> Uuid {
        let message = Uuid::new_v4();
        self.put(frozen(Uuid::new_v4(), message, kind, provider, priority));
        message
    }

    fn queue_as(&self, message: Uuid, kind: Kind, priority: Priority) {
        self.put(frozen(Uuid::new_v4(), message, kind, "balsam", priority));
    }

    fn put(&self, item: Finalise) {
        self.store.finalise(&[item], None, "Kari", Timestamp::now()).unwrap();
    }

    fn requisition_of(&self, message: Uuid) -> Uuid {
        self.store.entry(message).unwrap().entry.requisition_id
    }

    /// One attempt, without a dispatcher.
    async fn try_once(&self, message: Uuid, transport: &dyn Transport) -> Outcome {
        let (ready, _) = self.store.begin_attempt(message, Timestamp::now()).unwrap();
        let (attempt, submission) = (
            ready.attempt,
            Submission {
                message_id: message,
                receiver_her: ready.receiver_her,
                sha256: ready.sha256,
                bytes: ready.bytes,
            },
        );
        let outcome = transport.submit(&submission).await;
        self.store.end_attempt(message, attempt, &outcome, Jitter::new(0.5), Timestamp::now()).unwrap();
        outcome
    }

    fn deliver_to(&self, lines: &[(&str, String)]) -> Dispatcher {
        let lines = lines
            .iter()
            .map(|(provider, url)| Line {
                provider: (*provider).to_owned(),
                transport: Arc::new(HttpGateway::with_patience(url, None, Duration::from_secs(5)).unwrap()),
            })
            .collect();
        let options = Options {
            poll_awaiting: Duration::from_millis(50),
            poll_idle: Duration::from_millis(200),
            ..Options::default()
        };
        Dispatcher::start(Arc::clone(&self.store), lines, Arc::clone(&self.changed) as Arc<dyn Observer>, options)
    }

    /// Waits until something holds, looking whenever the dispatcher says that something changed.
    async fn until(&self, what: &str, holds: impl Fn(&Store) -> bool) {
        let mut rings = self.changed.0.subscribe();
        let waiting = async {
            while !holds(&self.store) {
                rings.changed().await.unwrap();
            }
        };
        assert!(tokio::time::timeout(Duration::from_secs(60), waiting).await.is_ok(), "never came: {what}");
    }
}

struct Bell(watch::Sender<u64>);

impl Observer for Bell {
    fn changed(&self, _: Changes) {
        self.0.send_modify(|count| *count += 1);
    }

    fn store_failed(&self, error: &Error) {
        panic!("the store refused: {error}");
    }
}

type Seen = Arc<Mutex<Vec<Vec<u8>>>>;

/// A listener that reads one whole request on each connection and then does what the script says, the last line again and again.
async fn line_that(script: Vec<Answer>) -> (SocketAddr, Seen) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let seen = Seen::default();
    let notes = Arc::clone(&seen);
    tokio::spawn(async move {
        let mut at = 0;
        while let Ok((stream, _)) = listener.accept().await {
            let answer = script[at.min(script.len() - 1)].clone();
            at += 1;
            tokio::spawn(serve(stream, answer, Arc::clone(&notes)));
        }
    });
    (address, seen)
}

async fn serve(mut stream: TcpStream, answer: Answer, seen: Seen) {
    let Some(request) = read_request(&mut stream).await else { return };
    seen.lock().unwrap().push(request);
    match answer {
        Answer::Says(text) => {
            stream.write_all(text.as_bytes()).await.ok();
            stream.shutdown().await.ok();
        }
        Answer::SaysAndResets(text) => {
            stream.write_all(text.as_bytes()).await.ok();
            stream.flush().await.ok();
            stream.set_zero_linger().ok();
        }
        Answer::Nothing => {}
        Answer::Silence => std::future::pending::<()>().await,
        Answer::Drip(text) => {
            for byte in text.bytes() {
                if stream.write_all(&[byte]).await.is_err() {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(40)).await;
            }
        }
        Answer::Endless => {
            stream.write_all(b"HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\n\r\n").await.ok();
            while stream.write_all(&[b' '; 65_536]).await.is_ok() {}
        }
    }
}

async fn read_request(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let count = stream.read(&mut buffer).await.ok().filter(|count| *count > 0)?;
        request.extend_from_slice(&buffer[..count]);
        let Some(end) = request.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&request[..end]).to_ascii_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
        if request.len() >= end + 4 + length.unwrap_or(0) {
            return Some(request);
        }
    }
}

fn body_of(request: &[u8]) -> &[u8] {
    let end = request.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    &request[end + 4..]
}

fn quick(address: SocketAddr) -> HttpGateway {
    HttpGateway::with_patience(&format!("http://{address}"), None, Duration::from_millis(700)).unwrap()
}

fn receipt_for(message: Uuid) -> String {
    format!(r#"{{"receiptId":"r-1","messageId":"{message}","receivedAt":"2026-11-23T08:00:00Z","duplicate":false}}"#)
}

fn reply(status: u16, kind: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status} x\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

fn ok_202(body: &str) -> String {
    reply(202, "application/json", body)
}

/// An answer whose body ends before its length.
fn cut(answer: &str) -> String {
    answer[..answer.len() - 20].to_owned()
}
