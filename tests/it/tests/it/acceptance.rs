//! The national acceptance test for sending systems, and cases of our own for every field of the order document: composed
//! by the real tool and judged by the judge that integrators use, against the official schemas.

use std::path::{Path, PathBuf};
use std::process::Command;

use it::{shared, tool};

#[test]
fn the_given_acceptance_cases_are_composed_and_the_bad_documents_refused() {
    let Some(shared) = shared() else { return };
    judge(&shared, &shared.join("acceptance/given"));
}

#[test]
fn every_field_of_the_order_document_reaches_its_place_in_the_message() {
    let Some(shared) = shared() else { return };
    judge(&shared, &cases());
}

#[test]
fn a_refused_document_leaves_no_file_and_names_its_fields() {
    let folder = tempfile::tempdir().unwrap();
    let (order, out) = (folder.path().join("order.json"), folder.path().join("out.xml"));
    for (document, code, word) in [
        (&b"{\"format\": "[..], 1, "JSON"),
        (b"{\"format\": \"\xe6\"}", 1, "UTF-8"),
        (b"[]", 1, "JSON"),
        (b"{\"format\": \"rekvirent-order/1\"}", 1, "orderingClinician: is missing"),
    ] {
        std::fs::write(&order, document).unwrap();
        let (status, error) = compose(&order, &["--message-version", "1.6", "-o", out.to_str().unwrap()]);
        assert_eq!(status, Some(code), "{error}");
        assert!(error.contains(word), "{error}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing but the document");
    }
}

#[test]
fn exit_codes_tell_usage_and_environment_apart() {
    let order = cases().join("cancellation/order.json");
    assert_eq!(compose(&order, &["--message-version", "1.4"]).0, Some(2));
    assert_eq!(compose(&order, &[]).0, Some(2));
    assert_eq!(compose(Path::new("/nowhere/order.json"), &["--message-version", "1.6"]).0, Some(3));
    assert_eq!(compose(&order, &["--message-version", "1.6", "-o", "/nowhere/out.xml"]).0, Some(3));
    assert_eq!(compose(&order, &["--message-version", "1.5"]).0, Some(0));
}

#[test]
fn a_message_replaces_an_older_file_whole() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.xml");
    std::fs::write(&out, "x".repeat(100_000)).unwrap();
    let order = cases().join("cancellation/order.json");
    assert_eq!(compose(&order, &["--message-version", "1.6", "-o", out.to_str().unwrap()]).0, Some(0));
    let message = std::fs::read(&out).unwrap();
    requisition::message::check(&message).unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cases")
}

fn judge(shared: &Path, cases: &Path) {
    let judge = shared.join("acceptance/check.py");
    let done = Command::new("python3")
        .arg(judge)
        .args(["--tool", tool().to_str().unwrap(), "--schemas"])
        .arg(shared.join("standard/schemas"))
        .arg(cases)
        .output();
    let Ok(done) = done else {
        println!("skipped: python3 is missing");
        return;
    };
    let said = String::from_utf8_lossy(&done.stdout);
    if String::from_utf8_lossy(&done.stderr).contains("'xmllint'") {
        println!("skipped: neither lxml nor xmllint is there");
        return;
    }
    assert!(done.status.success(), "{said}{}", String::from_utf8_lossy(&done.stderr));
}

fn compose(order: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let done = Command::new(tool()).arg("compose").arg(order).args(arguments).output().unwrap();
    (done.status.code(), String::from_utf8_lossy(&done.stderr).into_owned())
}
