//! The OpenAPI document, the list of routes and the router say the same; and the web page.

use std::collections::BTreeSet;

use hospital::{Behaviour, Options};

use crate::support::*;

/// Methods and paths of the document, read by its indentation.
fn documented() -> BTreeSet<(String, String)> {
    let text = include_str!("../../openapi.yaml");
    let paths = text.split("\npaths:\n").nth(1).unwrap().split("\ncomponents:").next().unwrap();
    let mut found = BTreeSet::new();
    let mut path = "";
    for line in paths.lines() {
        let word = line.trim_end_matches(':').trim();
        if line.starts_with("  /") {
            path = word;
        } else if line.starts_with("    ") && !line.starts_with("     ") {
            found.insert((word.to_uppercase(), path.to_owned()));
        }
    }
    found
}

#[test]
fn the_document_and_the_list_of_routes_name_the_same_calls() {
    let listed: BTreeSet<_> =
        hospital::ROUTES.iter().map(|(method, path)| ((*method).to_owned(), (*path).to_owned())).collect();
    assert_eq!(documented(), listed);
}

#[test]
fn the_document_knows_every_member_of_the_behaviour() {
    let text = include_str!("../../openapi.yaml");
    let documented = text.split("\n    Behaviour:\n").nth(1).unwrap();
    let serde_json::Value::Object(members) = serde_json::to_value(Behaviour::default()).unwrap() else {
        panic!("no object")
    };
    for member in members.keys() {
        assert!(documented.contains(&format!("        {member}: ")), "{member}");
    }
}

#[tokio::test]
async fn every_documented_call_is_answered_and_nothing_else_is() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("balsam.rkvcat"), b"x").unwrap();
    std::fs::write(folder.path().join("balsam.rkvcat.minisig"), b"x").unwrap();
    let hospital =
        hospital::start(Options { catalogues: Some(folder.path().into()), ..Options::default() }).await.unwrap();
    let order = order();
    send(&hospital, &order).await;
    for (method, path) in documented() {
        let filled = path.replace("{provider}", "balsam").replace("{messageId}", &order.message_id);
        let url = format!("{}{filled}", hospital.url());
        let answer = client().request(method.parse().unwrap(), url).send().await.unwrap();
        assert!(!matches!(answer.status().as_u16(), 404 | 405), "{method} {path}: {}", answer.status());
    }
    assert_eq!(get(&hospital, "/v1/annet").await.status(), 404);
    let wrong = client().delete(format!("{}/v1/messages", hospital.url())).send().await.unwrap();
    assert_eq!(wrong.status(), 405);
    assert_eq!(wrong.headers()["content-type"], "application/problem+json");
}

#[tokio::test]
async fn the_page_shows_what_came_says_that_it_is_simulated_and_its_buttons_work() {
    let hospital = hospital().await;
    let order = Order { text: "&lt;script&gt;alert(1)&lt;/script&gt;".into(), ..order() };
    send(&hospital, &order).await;
    let page = get(&hospital, "/").await.text().await.unwrap();
    for words in ["simulert sykehus", "syntetiske", "Danser, Line", "P-Natrium", &order.specimen, "Godtatt", "Bestilt"]
    {
        assert!(page.contains(words), "{words}");
    }
    let readable = get(&hospital, &format!("/messages/{}", order.message_id)).await.text().await.unwrap();
    assert!(readable.contains("&lt;script&gt;") && !readable.contains("<script"));
    let raw = get(&hospital, &format!("/messages/{}/xml", order.message_id)).await;
    assert!(raw.headers()["content-type"].to_str().unwrap().starts_with("text/plain"));
    assert_eq!(raw.text().await.unwrap(), order.xml());
    let press = async |path: &str, form: String| {
        let request = client()
            .post(format!("{}{path}", hospital.url()))
            .header("Content-Type", "application/x-www-form-urlencoded");
        request.body(form).send().await.unwrap().status()
    };
    assert_eq!(
        press("/page/events", format!("requisitionId={}&type=partly-answered", order.requisition_id)).await,
        200
    );
    assert_eq!(hospital.effects()[0].state, hospital::State::PartlyAnswered);
    assert_eq!(press("/page/behaviour", "mode=nede".into()).await, 200);
    assert!(hospital.behaviour().down);
    assert_eq!(press("/page/behaviour", "mode=ukjent".into()).await, 400);
    let modes: Vec<&str> =
        page.split("name=\"mode\" value=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert!(modes.len() > 10);
    for mode in modes {
        assert_eq!(press("/page/behaviour", format!("mode={mode}")).await, 200, "{mode}");
    }
}

#[tokio::test]
async fn receipts_and_received_messages_can_be_handled_over_http() {
    let hospital = hospital().await;
    let order = order();
    send(&hospital, &order).await;
    let put = async |body: serde_json::Value| {
        client()
            .post(format!("{}/control/receipts", hospital.url()))
            .body(body.to_string())
            .send()
            .await
            .unwrap()
            .status()
    };
    assert_eq!(
        put(serde_json::json!({ "messageId": order.message_id, "reject": { "code": "E35", "text": "Sent" } })).await,
        201
    );
    assert_eq!(read_apprec(&hospital.receipts()[1].app_rec).0, "2");
    assert_eq!(put(serde_json::json!({ "messageId": "fremmed", "appRec": "<" })).await, 201);
    assert_eq!(hospital.receipts()[2].app_rec, "<");
    assert_eq!(put(serde_json::json!({ "messageId": "fremmed" })).await, 404);
    let list = json(get(&hospital, "/control/received").await).await;
    assert_eq!(list["received"][0]["summary"]["patient"]["name"], "Danser, Line");
    assert_eq!(list["received"][0]["verdict"]["status"], "accepted");
    let one = json(get(&hospital, &format!("/control/received/{}", order.message_id)).await).await;
    assert!(one["bytes"].is_string());
    assert_eq!(json(get(&hospital, "/control/effects").await).await["effects"][0]["state"], "ordered");
}

#[tokio::test]
async fn a_demonstration_hospital_receives_and_answers_by_itself() {
    let options = Options {
        auto_events: Some(std::time::Duration::from_millis(5)),
        receipt_delay: std::time::Duration::from_millis(5),
        ..Options::default()
    };
    let hospital = hospital::start(options).await.unwrap();
    let order = order();
    send(&hospital, &order).await;
    let receipts = json(get(&hospital, "/v1/receipts?wait=30").await).await;
    assert_eq!(receipts["receipts"][0]["messageId"], order.message_id.as_str());
    let received = json(get(&hospital, "/v1/events?wait=30").await).await;
    assert_eq!(received["events"][0]["type"], "specimen-received");
    assert_eq!(received["events"][0]["specimenId"], order.specimen.as_str());
    let answered = json(get(&hospital, "/v1/events?wait=30&after=1").await).await;
    assert_eq!(answered["events"][0]["type"], "answered");
}
