//! Delivery against the simulated hospital, and against a line that fails in every way a line can.

mod faults;
mod line;
mod office;

use std::sync::Arc;
use std::time::Duration;

use hospital::{Behaviour, EventKind as HospitalEvent, Refusal, Rejection};
use it::orders::frozen;
use jiff::Timestamp;
use requisition::dispatch::{Input, Line};
use requisition::outbox::{Act, Kind, Priority, Reason, State, Waiting};
use requisition::store::{Key, Light, Problem};
use requisition::transport::{HttpGateway, Token, Transport, Trouble};
use uuid::Uuid;

use self::line::{Answer, line_that, ok_202, receipt_for};
use self::office::Office;

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
