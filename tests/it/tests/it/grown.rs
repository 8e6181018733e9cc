//! Documents grown from the published schema: every valid one becomes a message that the official schema and the rules
//! beyond it take, in both versions; every one that is spoilt in one place is refused by that place's path.

use std::path::Path;
use std::process::Command;

use it::grown::Grower;
use it::judge::judge;
use it::{shared, tool};
use jiff::Zoned;
use requisition::codes::MessageVersion;
use requisition::message::{Envelope, check, render};
use requisition::order::{self, Kind, Moment, Order};
use serde_json::{Value, json};

/// Documents judged in one run. Each becomes two messages.
const DOCUMENTS: u64 = 250;

#[test]
fn every_document_that_the_published_schema_allows_becomes_a_message_that_receivers_take() {
    let Some(shared) = shared() else { return };
    let schema = schema(&shared);
    let versions = [MessageVersion::V1_6, MessageVersion::V1_5];
    let mut messages = versions.map(|_| Vec::new());
    for seed in 0..DOCUMENTS {
        let document = Grower::new(&schema, seed).order();
        let order = match read(&document) {
            Ok(order) => order,
            Err(problems) => panic!("seed {seed} is refused: {problems:?}\n{document:#}"),
        };
        for (version, made) in versions.into_iter().zip(&mut messages) {
            made.push((seed.to_string(), message(order.clone(), version)));
        }
    }
    for (version, made) in versions.into_iter().zip(&messages) {
        judge(&shared, version, made);
    }
}

#[test]
fn a_grown_document_goes_through_the_tool_as_integrators_run_it() {
    let Some(shared) = shared() else { return };
    let schema = schema(&shared);
    let folder = tempfile::tempdir().unwrap();
    for seed in 1_000..1_006 {
        let case = folder.path().join(seed.to_string());
        std::fs::create_dir(&case).unwrap();
        std::fs::write(case.join("order.json"), Grower::new(&schema, seed).order().to_string()).unwrap();
        std::fs::write(case.join("facts.json"), "[]").unwrap();
    }
    let done = Command::new("python3")
        .arg(shared.join("acceptance/check.py"))
        .args(["--tool", tool().to_str().unwrap(), "--schemas"])
        .arg(shared.join("standard/schemas"))
        .arg(folder.path())
        .output();
    let Ok(done) = done else { return println!("skipped: python3 is missing") };
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
}

/// Ways to spoil a value of a kind, and whether the refusal must stand at the value itself.
#[test]
fn a_document_that_is_spoilt_in_one_place_is_refused_by_that_place() {
    let Some(shared) = shared() else { return };
    let schema = schema(&shared);
    let mut spoilt = 0;
    for seed in 0..150 {
        let mut grower = Grower::new(&schema, seed);
        let document = grower.order();
        let mut places = Vec::new();
        leaves(&document, "", "", &mut places);
        for _ in 0..8 {
            let (pointer, path) = grower.pick(&places).clone();
            let wrong = grower
                .pick(&[
                    json!(null),
                    json!(""),
                    json!("  \u{a0}"),
                    json!("a\u{0}b"),
                    json!("a\u{fffe}"),
                    json!({}),
                    json!([[]]),
                    json!("x".repeat(10_001)),
                ])
                .clone();
            // The content of an attachment is as long as it likes.
            if pointer.ends_with("/base64") && wrong.as_str().is_some_and(|wrong| wrong.len() > 100) {
                continue;
            }
            let mut other = document.clone();
            *other.pointer_mut(&pointer).unwrap() = wrong.clone();
            let problems = read(&other).expect_err(&format!("seed {seed}, {path} = {wrong}"));
            assert!(
                problems.iter().any(|problem| problem.path.starts_with(&path)),
                "seed {seed}, {path} = {wrong}: {problems:?}"
            );
            spoilt += 1;
        }
        let (pointer, path) = grower.pick(&places).clone();
        let (parent, _) = pointer.rsplit_once('/').unwrap();
        let mut other = document.clone();
        if let Some(fields) = other.pointer_mut(parent).and_then(Value::as_object_mut) {
            fields.insert("urgensy".to_owned(), json!("H"));
            let around = path.rsplit_once('.').map_or_else(String::new, |(around, _)| format!("{around}."));
            let problems = read(&other).unwrap_err();
            assert!(problems.iter().any(|problem| problem.path == format!("{around}urgensy")), "{problems:?}");
        }
    }
    assert!(spoilt > 1_000);
}

/// Every value that is no object or list, by its JSON pointer and by the path that a refusal names.
fn leaves(value: &Value, pointer: &str, path: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                leaves(inner, &format!("{pointer}/{name}"), &path, found);
            }
        }
        Value::Array(items) => {
            for (at, inner) in items.iter().enumerate() {
                leaves(inner, &format!("{pointer}/{at}"), &format!("{path}[{at}]"), found);
            }
        }
        _ => found.push((pointer.to_owned(), path.to_owned())),
    }
}

fn schema(shared: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(shared.join("acceptance/order.schema.json")).unwrap()).unwrap()
}

fn now() -> Zoned {
    "2026-11-23T10:00:00+01:00[Europe/Oslo]".parse().unwrap()
}

fn read(document: &Value) -> Result<Order, Vec<order::Problem>> {
    order::read(&serde_json::to_vec(document).unwrap(), &now(), None)
}

fn message(mut order: Order, version: MessageVersion) -> Vec<u8> {
    if order.kind == Kind::New {
        order.requisition.id.get_or_insert("0b7e2f64-5a0c-4a52-9d10-6f1f0a2c0113".parse().unwrap());
        order.requisition.issued.get_or_insert(Moment::from(&now()));
    }
    let message_id = "1b7c3a52-60a4-4d0e-9a41-0d4d3f3a0006".parse().unwrap();
    let bytes = render(&order, &Envelope { message_id, generated: now() }, version).unwrap();
    check(&bytes).unwrap();
    bytes
}
