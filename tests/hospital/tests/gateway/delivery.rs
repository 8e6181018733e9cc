//! Delivery, receipts, events, number blocks, catalogues, health.

use hospital::{EventKind, Options, State};

use crate::support::*;

#[tokio::test]
async fn the_same_message_twice_gets_the_same_receipt_and_has_one_effect() {
    let hospital = hospital().await;
    let order = order();
    let first = send(&hospital, &order).await;
    assert_eq!(first.status(), 202);
    let first = json(first).await;
    let second = json(send(&hospital, &order).await).await;
    assert_eq!(first["receiptId"], second["receiptId"]);
    assert_eq!((first["duplicate"].as_bool(), second["duplicate"].as_bool()), (Some(false), Some(true)));
    assert_eq!(first["receivedAt"], second["receivedAt"]);
    assert_eq!(hospital.received().len(), 1);
    assert_eq!(hospital.received()[0].copies, 2);
    assert_eq!(hospital.effects().len(), 1);
    assert_eq!(hospital.receipts().len(), 1);
}

#[tokio::test]
async fn the_same_message_id_with_other_bytes_is_a_conflict_and_changes_nothing() {
    let hospital = hospital().await;
    let order = order();
    send(&hospital, &order).await;
    let other = Order { text: "Noe annet".into(), ..order.clone() };
    let answer = send(&hospital, &other).await;
    assert_eq!(answer.status(), 409);
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    assert_eq!(hospital.received()[0].bytes, order.xml().as_bytes());
}

#[tokio::test]
async fn headers_that_do_not_agree_are_refused_for_good() {
    let hospital = hospital().await;
    let (client, order) = (client(), order());
    let xml = order.xml();
    let good = |id: &str| delivery(&client, &hospital.url(), id, "999901", &xml);
    let post = || client.post(format!("{}/v1/messages", hospital.url())).body(xml.clone());
    let cases = [
        (415, post().header("Content-Type", "application/json")),
        (415, post()),
        (400, post().header("Content-Type", "application/xml")),
        (422, good("11111111-1111-4111-8111-111111111111")),
        (404, delivery(&client, &hospital.url(), &order.message_id, "123", &xml)),
        (400, delivery(&client, &hospital.url(), &order.message_id, "x", &xml)),
    ];
    for (status, request) in cases {
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), status, "{}", answer.text().await.unwrap());
    }
    let wrong_digest = post()
        .header("Content-Type", "application/xml; charset=utf-8")
        .header("Message-Id", &order.message_id)
        .header("Idempotency-Key", &order.message_id)
        .header("Receiver", "her:999901")
        .header("Content-Digest", digest(b"another body"));
    let answer = wrong_digest.send().await.unwrap();
    assert_eq!(answer.status(), 400);
    assert!(json(answer).await["detail"].as_str().unwrap().contains("Content-Digest"));
    let other_key =
        delivery(&client, &hospital.url(), &order.message_id, "999901", &xml).header("Idempotency-Key", "second");
    assert_eq!(other_key.send().await.unwrap().status(), 400, "two keys are as bad as none");
    assert!(hospital.received().is_empty());
}

#[tokio::test]
async fn only_the_right_token_opens_the_door_where_one_is_configured() {
    let hospital = hospital::start(Options { token: Some("hemmelig".into()), ..Options::default() }).await.unwrap();
    let (client, order) = (client(), order());
    let request = || delivery(&client, &hospital.url(), &order.message_id, order.her, &order.xml());
    assert_eq!(request().send().await.unwrap().status(), 401);
    assert_eq!(request().bearer_auth("feil").send().await.unwrap().status(), 401);
    assert_eq!(request().bearer_auth("hemmelig").send().await.unwrap().status(), 202);
    assert_eq!(get(&hospital, "/v1/health").await.status(), 200);
}

#[tokio::test]
async fn a_message_over_the_limit_is_refused_for_its_size() {
    let hospital = hospital::start(Options { max_message: 5000, ..Options::default() }).await.unwrap();
    assert_eq!(send(&hospital, &order()).await.status(), 202);
    for length in [5000, 15_000] {
        assert_eq!(send(&hospital, &Order { text: "x".repeat(length), ..order() }).await.status(), 413);
    }
    assert_eq!(hospital.received().len(), 1);
}

#[tokio::test]
async fn receipts_come_in_order_and_replay_from_any_cursor() {
    let hospital = hospital().await;
    let orders = [order(), order(), order()];
    for order in &orders {
        send(&hospital, order).await;
    }
    let page = json(get(&hospital, "/v1/receipts?limit=2").await).await;
    let ids: Vec<_> =
        page["receipts"].as_array().unwrap().iter().map(|receipt| receipt["messageId"].as_str().unwrap()).collect();
    assert_eq!(ids, [&orders[0].message_id, &orders[1].message_id]);
    let rest = json(get(&hospital, &format!("/v1/receipts?after={}", page["next"].as_str().unwrap())).await).await;
    assert_eq!(rest["receipts"][0]["messageId"], orders[2].message_id.as_str());
    let (status, errors, original) = read_apprec(rest["receipts"][0]["appRec"].as_str().unwrap());
    assert_eq!((status.as_str(), errors.len(), original), ("1", 0, orders[2].message_id.clone()));
    let next = rest["next"].as_str().unwrap();
    let empty = json(get(&hospital, &format!("/v1/receipts?after={next}")).await).await;
    assert_eq!((empty["receipts"].as_array().unwrap().len(), empty["next"].as_str()), (0, Some(next)));
    let again = json(get(&hospital, "/v1/receipts?after=999").await).await;
    assert_eq!(
        again["receipts"].as_array().unwrap().len(),
        3,
        "a cursor of a hospital that lost its memory starts over"
    );
    for bad in ["after=tull", "limit=mange", "wait=x"] {
        let answer = get(&hospital, &format!("/v1/receipts?{bad}")).await;
        assert_eq!(
            (answer.status().as_u16(), answer.headers()["content-type"].to_str().unwrap()),
            (400, "application/problem+json")
        );
    }
}

#[tokio::test]
async fn a_poll_that_waits_ends_when_the_receipt_comes() {
    let hospital = hospital().await;
    let order = order();
    let url = format!("{}/v1/receipts?wait=50", hospital.url());
    let poll = tokio::spawn(async move { json(client().get(url).send().await.unwrap()).await });
    send(&hospital, &order).await;
    assert_eq!(poll.await.unwrap()["receipts"][0]["messageId"], order.message_id.as_str());
}

#[tokio::test]
async fn what_happens_to_the_specimen_is_told_as_events() {
    let hospital = hospital().await;
    let order = order();
    send(&hospital, &order).await;
    hospital.make_event(&order.requisition_id, EventKind::SpecimenReceived, Some(&order.specimen), None).unwrap();
    let control = format!(r#"{{"messageId": "{}", "type": "answered", "text": "Ferdig"}}"#, order.message_id);
    let answer = client().post(format!("{}/control/events", hospital.url())).body(control).send().await.unwrap();
    assert_eq!(answer.status(), 201);
    let events = json(get(&hospital, "/v1/events").await).await;
    assert_eq!(events["events"][0]["type"], "specimen-received");
    assert_eq!(events["events"][0]["specimenId"], order.specimen.as_str());
    assert_eq!(events["events"][1]["type"], "answered");
    assert_eq!(events["events"][1]["specimenId"], serde_json::Value::Null);
    assert_eq!(events["events"][1]["requisitionId"], order.requisition_id.as_str());
    assert_eq!(events["next"], "2");
    assert_eq!(hospital.effects()[0].state, State::Answered);
}

#[tokio::test]
async fn a_lease_of_numbers_is_the_same_block_for_ever_and_blocks_do_not_overlap() {
    let hospital =
        hospital::start(Options { no_number_blocks: vec!["ingen".into()], ..Options::default() }).await.unwrap();
    let lease = async |id: &str, provider: &str| {
        let body =
            format!(r#"{{"leaseId": "{id}", "provider": "{provider}", "workstation": "kontor-1", "count": 500}}"#);
        client().post(format!("{}/v1/number-blocks", hospital.url())).body(body).send().await.unwrap()
    };
    let one = "11111111-1111-4111-8111-111111111111";
    let answer = lease(one, "balsam").await;
    assert_eq!(answer.status(), 201);
    let first = json(answer).await;
    assert_eq!(json(lease(one, "balsam").await).await, first);
    let second = json(lease("22222222-2222-4222-8222-222222222222", "balsam").await).await;
    let number = |value: &serde_json::Value| value.as_str().unwrap().parse::<u64>().unwrap();
    assert_eq!(number(&first["last"]) - number(&first["first"]), 499);
    assert!(number(&second["first"]) > number(&first["last"]));
    let station = async |id: &str, provider: &str| {
        let body = format!(
            r#"{{"leaseId": "{id}", "provider": "{provider}", "workstation": "k", "count": 1, "kind": "station"}}"#
        );
        json(client().post(format!("{}/v1/number-blocks", hospital.url())).body(body).send().await.unwrap()).await
    };
    let mine = station("44444444-4444-4444-8444-444444444444", "balsam").await;
    assert_eq!((mine["scheme"].as_str(), &mine["first"]), (Some("station-5"), &mine["last"]));
    assert_eq!(station("44444444-4444-4444-8444-444444444444", "balsam").await, mine);
    assert_ne!(station("55555555-5555-4555-8555-555555555555", "balsam").await["first"], mine["first"]);
    assert_ne!(station("66666666-6666-4666-8666-666666666666", "balsam-rad").await["first"], mine["first"]);
    assert_eq!(lease("33333333-3333-4333-8333-333333333333", "ingen").await.status(), 409);
    assert_eq!(lease("ikke-en-uuid", "balsam").await.status(), 400);
}

#[tokio::test]
async fn a_catalogue_is_served_with_version_signature_and_resumed_by_range() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("balsam.rkvcat"), b"0123456789").unwrap();
    std::fs::write(folder.path().join("balsam.rkvcat.minisig"), "untrusted comment: x\nabc\n").unwrap();
    std::fs::write(folder.path().join("balsam.json"), r#"{"version": "2026.11.1"}"#).unwrap();
    let hospital =
        hospital::start(Options { catalogues: Some(folder.path().into()), ..Options::default() }).await.unwrap();
    let url = format!("{}/v1/catalogues/balsam", hospital.url());
    let answer = client().get(&url).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let headers = answer.headers().clone();
    assert_eq!(headers["content-type"], "application/vnd.rekvirent.catalogue");
    assert_eq!(headers["catalogue-version"], "2026.11.1");
    assert_eq!(headers["catalogue-signature"], "dW50cnVzdGVkIGNvbW1lbnQ6IHgKYWJjCg==");
    assert_eq!(answer.text().await.unwrap(), "0123456789");
    let with = async |name: &str, value: &str| client().get(&url).header(name, value).send().await.unwrap();
    assert_eq!(with("If-None-Match", headers["etag"].to_str().unwrap()).await.status(), 304);
    assert_eq!(get(&hospital, "/v1/catalogues/balsam?have=2026.11.1").await.status(), 304);
    assert_eq!(get(&hospital, "/v1/catalogues/balsam?have=2026.10.1").await.status(), 200);
    let part = with("Range", "bytes=4-").await;
    assert_eq!((part.status().as_u16(), part.headers()["content-range"].to_str().unwrap()), (206, "bytes 4-9/10"));
    assert_eq!(part.text().await.unwrap(), "456789");
    assert_eq!(with("Range", "bytes=-2").await.text().await.unwrap(), "89");
    assert_eq!(with("Range", "bytes=10-").await.status(), 416);
    assert_eq!(get(&hospital, "/v1/catalogues/ukjent").await.status(), 404);
    assert_eq!(get(&hospital, "/v1/catalogues/..%2Fbalsam").await.status(), 404);
}

#[tokio::test]
async fn a_restarted_hospital_remembers_what_it_answered_for() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { data_dir: Some(folder.path().into()), ..Options::default() };
    let before = hospital::start(options.clone()).await.unwrap();
    let order = order();
    let first = json(send(&before, &order).await).await;
    before.make_event(&order.requisition_id, EventKind::SpecimenReceived, None, None).unwrap();
    let port = before.port();
    before.shutdown().await;
    let file = folder.path().join("hospital.jsonl");
    let mut half = std::fs::read(&file).unwrap();
    half.extend_from_slice(b"{\"entry\":\"mess");
    std::fs::write(&file, half).unwrap();
    let after = hospital::start(Options { port, ..options }).await.unwrap();
    let again = json(send(&after, &order).await).await;
    assert_eq!((&again["receiptId"], again["duplicate"].as_bool()), (&first["receiptId"], Some(true)));
    assert_eq!(after.receipts().len(), 1);
    assert_eq!(after.effects()[0].state, State::SpecimenReceived);
}

#[tokio::test]
async fn a_pulled_plug_refuses_new_connections_and_ends_open_ones() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let hospital = hospital().await;
    let url = hospital.url();
    let mut line = tokio::net::TcpStream::connect(("127.0.0.1", hospital.port())).await.unwrap();
    line.write_all(b"GET /v1/health HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let mut answer = [0; 1024];
    assert!(line.read(&mut answer).await.unwrap() > 0);
    hospital.shutdown().await;
    assert_eq!(line.read(&mut answer).await.unwrap_or(0), 0, "the open line has ended");
    assert!(client().get(format!("{url}/v1/health")).send().await.is_err());
}

#[tokio::test]
async fn a_delta_is_served_to_those_who_have_the_version_it_leads_from_and_an_earlier_version_to_who_asks_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    put("balsam.rkvcat", b"whole");
    put("balsam.rkvcat.minisig", b"w");
    put("balsam.json", br#"{"version": "2026.11.3"}"#);
    put("balsam.2026.11.2-2026.11.3.rkvdelta", b"delta");
    put("balsam.2026.11.2-2026.11.3.rkvdelta.minisig", b"d");
    put("balsam.2026.11.1-2026.11.2.rkvdelta", b"leads to an old one");
    put("balsam.2026.11.1-2026.11.2.rkvdelta.minisig", b"d");
    let hospital =
        hospital::start(Options { catalogues: Some(folder.path().into()), ..Options::default() }).await.unwrap();
    let whole = get(&hospital, "/v1/catalogues/balsam").await;
    let tag = whole.headers()["etag"].clone();
    let delta = get(&hospital, "/v1/catalogues/balsam?have=2026.11.2").await;
    let headers = delta.headers().clone();
    assert_eq!(headers["content-type"], "application/vnd.rekvirent.catalogue-delta");
    assert_eq!((&headers["etag"], &headers["catalogue-version"]), (&tag, &"2026.11.3".parse().unwrap()));
    assert_eq!(
        (headers["catalogue-signature"].to_str().unwrap(), &delta.bytes().await.unwrap()[..]),
        ("ZA==", &b"delta"[..])
    );
    for other in ["2026.11.1", "2026.11.9", "../balsam", ""] {
        let whole = get(&hospital, &format!("/v1/catalogues/balsam?have={other}")).await;
        assert_eq!(whole.headers()["content-type"], "application/vnd.rekvirent.catalogue", "{other}");
    }
    put("balsam.2026.11.2.rkvcat", b"before");
    put("balsam.2026.11.2.rkvcat.minisig", b"b");
    let before = get(&hospital, "/v1/catalogues/balsam?version=2026.11.2").await;
    let headers = before.headers().clone();
    assert_eq!((&headers["catalogue-version"], headers["etag"] == tag), (&"2026.11.2".parse().unwrap(), false));
    assert_eq!(&before.bytes().await.unwrap()[..], b"before");
    assert_eq!(get(&hospital, "/v1/catalogues/balsam?version=2026.11.3").await.headers()["etag"], tag);
    for gone in ["2026.11.1", "../balsam", "2026.11.1-2026.11.2"] {
        assert_eq!(get(&hospital, &format!("/v1/catalogues/balsam?version={gone}")).await.status(), 404, "{gone}");
    }
    let url = format!("{}/v1/catalogues/balsam?have=2026.11.2", hospital.url());
    let rest = client().get(url).header("Range", "bytes=2-").header("If-Range", tag).send().await.unwrap();
    assert_eq!((rest.status().as_u16(), &rest.bytes().await.unwrap()[..]), (206, &b"ole"[..]));
}
