//! Every way of misbehaving shows on the line as it says.

use std::time::{Duration, Instant};

use hospital::{Behaviour, Hospital, Options, Refusal, Rejection, Scope};

use crate::support::*;

async fn told(behaviour: Behaviour) -> Hospital {
    let hospital = hospital().await;
    hospital.set_behaviour(behaviour);
    hospital
}

async fn try_send(hospital: &Hospital, order: &Order) -> Result<(u16, String), reqwest::Error> {
    let answer = delivery(&client(), &hospital.url(), &order.message_id, order.her, &order.xml()).send().await?;
    let status = answer.status().as_u16();
    Ok((status, answer.text().await?))
}

#[tokio::test]
async fn down_is_503_everywhere_until_it_is_up() {
    let hospital = told(Behaviour { down: true, ..Behaviour::default() }).await;
    assert_eq!(get(&hospital, "/v1/health").await.status(), 503);
    assert_eq!(send(&hospital, &order()).await.status(), 503);
    hospital.set_behaviour(Behaviour::default());
    assert_eq!(send(&hospital, &order()).await.status(), 202);
}

#[tokio::test]
async fn a_refusal_lasts_for_its_number_of_calls_and_says_when_to_come_back() {
    let refuse = Some(Refusal { status: 429, times: Some(2), retry_after: Some("3".into()) });
    let hospital = told(Behaviour { refuse, ..Behaviour::default() }).await;
    let order = order();
    for _ in 0..2 {
        let answer = send(&hospital, &order).await;
        assert_eq!((answer.status().as_u16(), answer.headers()["retry-after"].to_str().unwrap()), (429, "3"));
        assert_eq!(json(answer).await["retryable"], true);
    }
    assert_eq!(send(&hospital, &order).await.status(), 202);
    assert_eq!(hospital.behaviour().refuse, None);
}

#[tokio::test]
async fn an_answer_lost_after_acceptance_leaves_one_effect_and_a_duplicate_on_retry() {
    let hospital = told(Behaviour { lose_answer: 1, ..Behaviour::default() }).await;
    let order = order();
    assert!(try_send(&hospital, &order).await.is_err());
    assert_eq!(hospital.effects().len(), 1);
    let (status, body) = try_send(&hospital, &order).await.unwrap();
    assert_eq!(status, 202);
    assert!(body.contains("\"duplicate\":true"));
    assert_eq!(hospital.effects().len(), 1);
}

#[tokio::test]
async fn a_reset_in_the_middle_of_the_body_is_an_error_for_the_sender() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let hospital = told(Behaviour { reset_mid_body: 1, scope: Scope::Everything, ..Behaviour::default() }).await;
    let mut line = tokio::net::TcpStream::connect(("127.0.0.1", hospital.port())).await.unwrap();
    line.write_all(b"GET /v1/receipts HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let mut seen = Vec::new();
    let ended = line.read_to_end(&mut seen).await;
    let text = String::from_utf8_lossy(&seen);
    assert!(ended.is_err() || text.ends_with("{\"receipts\""), "cut off: {text}");
    hospital.set_behaviour(Behaviour { reset_mid_body: 1, ..Behaviour::default() });
    assert!(try_send(&hospital, &order()).await.is_err());
    assert_eq!(hospital.received().len(), 1);
}

#[tokio::test]
async fn garbage_says_202_and_is_no_transport_receipt() {
    let hospital = told(Behaviour { garbage_body: 1, ..Behaviour::default() }).await;
    let (status, body) = try_send(&hospital, &order()).await.unwrap();
    assert_eq!(status, 202);
    assert!(serde_json::from_str::<serde_json::Value>(&body).is_err());
}

#[tokio::test]
async fn a_silent_hospital_keeps_the_line_and_never_answers() {
    let hospital = told(Behaviour { silent: 1, ..Behaviour::default() }).await;
    let (url, unheard) = (hospital.url(), order());
    let waiting = tokio::spawn(async move {
        delivery(&client(), &url, &unheard.message_id, unheard.her, &unheard.xml()).send().await
    });
    while hospital.behaviour().silent > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(try_send(&hospital, &order()).await.unwrap().0, 202, "others are served");
    assert!(!waiting.is_finished());
    assert_eq!(hospital.received().len(), 1);
    hospital.shutdown().await;
    assert!(waiting.await.unwrap().is_err(), "only the end of the hospital ends the wait");
}

#[tokio::test]
async fn a_slow_drip_and_a_delay_take_their_time() {
    let hospital = told(Behaviour { slow_drip_ms: 10, ..Behaviour::default() }).await;
    let start = Instant::now();
    assert_eq!(try_send(&hospital, &order()).await.unwrap().0, 202);
    assert!(start.elapsed() > Duration::from_millis(100));
    hospital.set_behaviour(Behaviour { delay_ms: 80, ..Behaviour::default() });
    let start = Instant::now();
    get(&hospital, "/v1/health").await;
    assert!(start.elapsed() >= Duration::from_millis(80));
}

#[tokio::test]
async fn the_next_message_is_rejected_with_the_words_that_were_given() {
    let reject =
        Some(Rejection { code: "E35".into(), text: "Pasienten er \"ukjent\" <her> & nå".into(), times: Some(1) });
    let hospital = told(Behaviour { reject, ..Behaviour::default() }).await;
    let (first, second) = (order(), order());
    send(&hospital, &first).await;
    send(&hospital, &second).await;
    let receipts = hospital.receipts();
    let (status, errors, original) = read_apprec(&receipts[0].app_rec);
    assert_eq!((status.as_str(), original), ("2", first.message_id));
    assert_eq!(errors, [("E35".to_owned(), "Pasienten er \"ukjent\" <her> & nå".to_owned())]);
    assert_eq!(read_apprec(&receipts[1].app_rec).0, "1");
    assert_eq!(hospital.effects().len(), 1, "a rejected message has no effect");
}

#[tokio::test]
async fn receipts_can_be_held_back_doubled_cut_contradicted_or_about_strangers() {
    let hospital = told(Behaviour { no_receipts: true, ..Behaviour::default() }).await;
    let held = order();
    send(&hospital, &held).await;
    assert!(hospital.receipts().is_empty());
    hospital.set_behaviour(Behaviour::default());
    let late = json(get(&hospital, "/v1/receipts?wait=30").await).await;
    assert_eq!(late["receipts"][0]["messageId"], held.message_id.as_str());

    hospital.set_behaviour(Behaviour { duplicate_receipts: true, ..Behaviour::default() });
    send(&hospital, &order()).await;
    let receipts = hospital.receipts();
    assert_eq!(receipts[1].app_rec, receipts[2].app_rec);
    assert_ne!(receipts[1].cursor, receipts[2].cursor);

    hospital.set_behaviour(Behaviour { truncated_receipts: true, ..Behaviour::default() });
    send(&hospital, &order()).await;
    assert!(roxmltree::Document::parse(&hospital.receipts()[3].app_rec).is_err());

    hospital.set_behaviour(Behaviour { contradictory_receipts: true, ..Behaviour::default() });
    send(&hospital, &order()).await;
    let receipts = hospital.receipts();
    assert_eq!(
        (read_apprec(&receipts[4].app_rec).0.as_str(), read_apprec(&receipts[5].app_rec).0.as_str()),
        ("1", "2")
    );
    assert_eq!(receipts[4].message_id, receipts[5].message_id);

    hospital.set_behaviour(Behaviour { unknown_receipts: true, ..Behaviour::default() });
    let known = order();
    send(&hospital, &known).await;
    let receipts = hospital.receipts();
    assert_ne!(receipts[6].message_id, known.message_id);
    assert_eq!(receipts[7].message_id, known.message_id);

    hospital.set_behaviour(Behaviour { receipt_text: Some("<!DOCTYPE x>".into()), ..Behaviour::default() });
    send(&hospital, &order()).await;
    assert_eq!(hospital.receipts()[8].app_rec, "<!DOCTYPE x>");
}

#[tokio::test]
async fn a_failure_rate_fails_the_same_calls_for_the_same_seed() {
    let mut runs = Vec::new();
    for _ in 0..2 {
        let hospital = told(Behaviour { failure_rate: 0.5, seed: 7, ..Behaviour::default() }).await;
        let mut outcomes = Vec::new();
        for _ in 0..20 {
            outcomes.push(try_send(&hospital, &order()).await.map(|(status, _)| status).unwrap_or_default());
        }
        runs.push(outcomes);
    }
    assert_eq!(runs[0], runs[1]);
    assert!(runs[0].contains(&202) && runs[0].iter().any(|status| *status != 202));
}

#[tokio::test]
async fn behaviour_is_read_and_set_over_http_too() {
    let hospital = hospital::start(Options::default()).await.unwrap();
    let url = format!("{}/control/behaviour", hospital.url());
    let set = client().put(&url).body(r#"{"down": true, "refuse": {"status": 500}}"#).send().await.unwrap();
    assert_eq!(set.status(), 200);
    assert!(hospital.behaviour().down);
    assert_eq!(json(client().get(&url).send().await.unwrap()).await["refuse"]["status"], 500);
    assert_eq!(client().put(&url).body(r#"{"dwon": true}"#).send().await.unwrap().status(), 400);
}
