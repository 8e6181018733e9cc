//! Order documents that come from a record system and go back to it, and attachments from files.

use std::path::PathBuf;

use requisition::order;
use serde_json::{Value, json};

use super::*;
use crate::panels::DialogWords;
use crate::views::HandedOver;

const PROVIDER: &str = "balsam-lab";

fn document(office: &Office, change: impl FnOnce(&mut Value)) -> PathBuf {
    let mut order = json!({
        "format": "rekvirent-order/1", "kind": "new", "status": "test", "discipline": "CLIN",
        "requisition": {"id": "5a1a9788-f9e1-11db-8314-0800200c9a66", "issued": "2026-11-20T09:30:00"},
        "patient": {"ids": {"FNR": "13116900216"}, "name": {"family": "Danser", "given": "Line"}},
        "requester": {
            "organisation": {"name": "Kattskinnet legesenter", "ids": {"HER": "91096"}},
            "person": {"name": "August September", "ids": {"HER": "91100", "HPR": "9144897"}}
        },
        "orderingClinician": {"name": "August September", "ids": {"HPR": "9144897", "HER": "91100"}, "phone": "53759889"},
        "serviceProvider": {
            "organisation": {"name": "Balsam sykehus HF", "ids": {"HER": "999900"}},
            "departments": [{"name": "Medisinsk biokjemi", "ids": {"HER": "999901"}}]
        },
        "reasons": [{"heading": "PROB", "text": "Feber og hoste i fire dager."}],
        "services": [{"code": {"system": "NLK", "code": "NPU19748", "display": "P-CRP"}, "specimens": ["a"]}],
        "specimens": [{"key": "a", "material": {"text": "Serum"}, "notCollected": true}]
    });
    change(&mut order);
    let path = office._dir.path().join("ordre.json");
    std::fs::write(&path, order.to_string()).unwrap();
    path
}

fn give(office: &Office, path: PathBuf) -> HandedOver {
    office.controller.hand_over(path);
    office.controller.take_handovers().unwrap().remove(0)
}

fn words() -> DialogWords {
    serde_json::from_value(json!({"title": "t", "kind": "k"})).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_opens_as_a_draft_keeps_its_id_and_goes_back_when_it_is_sent() {
    let office = Office::open(PROVIDER);
    let given = give(&office, document(&office, |_| {}));
    let draft = given.draft.clone().unwrap_or_else(|| panic!("{:?}", given.refused));
    assert!(!given.known && given.patient == "Line Danser");
    let view = office.controller.draft(draft.clone()).unwrap();
    assert!(view.requester.is_some() && view.draft.lines[0].service == "crp");
    assert_eq!(view.composition.missing.len(), 0);

    let again = give(&office, document(&office, |_| {}));
    assert!(again.known && again.draft.as_ref() == Some(&draft), "one requisition, one draft");

    let sent = office.controller.hand_on(draft, HandOn::Send).unwrap().requisitions.remove(0);
    assert_eq!(sent, "5a1a9788-f9e1-11db-8314-0800200c9a66");
    let late = give(&office, document(&office, |_| {}));
    assert!(late.known && late.draft.is_none() && late.refused.is_none(), "what was sent is not made anew");
    assert_eq!(late.requisition.as_ref(), Some(&sent));
    let cancel = |order: &mut Value| {
        order["kind"] = json!("cancel");
        order["services"] = json!([]);
        order["specimens"] = json!([]);
    };
    let cancelled = give(&office, document(&office, cancel));
    assert_eq!(cancelled.requisition.as_ref(), Some(&sent), "it is cancelled where it was sent from");

    let folder = office._dir.path().join("journal");
    std::fs::create_dir(&folder).unwrap();
    office.desktop.choose(&folder.join("line.json"));
    let written = office.controller.hand_back(sent.clone(), words()).await.unwrap().unwrap();
    assert_eq!(written, ["line.json", "line.xml", "line.pdf"]);
    let read = |name: &str| std::fs::read(folder.join(name)).unwrap();
    let order = order::read(&read("line.json"), &now(), Some(&folder)).unwrap();
    assert_eq!(order.requisition.id.map(|id| id.to_string()), Some(sent));
    assert!(String::from_utf8(read("line.xml")).unwrap().contains("Feber og hoste"));
    assert!(read("line.pdf").starts_with(b"%PDF-"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_that_nobody_knows_or_that_a_draft_cannot_carry_is_named_and_nothing_is_opened() {
    let office = Office::open(PROVIDER);
    let unknown = give(&office, document(&office, |order| order["hemmelig"] = json!(1))).refused.unwrap();
    assert_eq!((unknown.params["path"].as_str(), unknown.params["reason"].as_str()), ("hemmelig", "unknown_field"));
    let foreign = |order: &mut Value| order["requester"]["organisation"]["ids"]["HER"] = json!("8094866");
    let foreign = give(&office, document(&office, foreign)).refused.unwrap();
    assert_eq!(foreign.params["path"], "requester.organisation.ids.HER");
    let text = "a\u{0}b";
    let unsafe_text =
        give(&office, document(&office, |order| order["reasons"][0]["text"] = json!(text))).refused.unwrap();
    assert_eq!(unsafe_text.params["path"], "reasons[0].text");
    assert!(office.controller.drafts().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tube_that_was_taken_before_is_scanned_by_its_own_label_in_the_internal_lab_and_sent() {
    let office = Office::open(PROVIDER);
    let taken = |order: &mut Value| {
        order["specimens"][0] = json!({
            "key": "a", "ids": {"requester": "Case1-1-11223344"}, "material": {"text": "Serum"}, "collected": "2026-01-20T08:25:00"
        });
    };
    let given = give(&office, document(&office, taken));
    let draft = given.draft.unwrap_or_else(|| panic!("{:?}", given.refused));
    let id = office.controller.hand_on(draft, HandOn::CollectNow).unwrap().requisitions.remove(0);
    let waiting = office.controller.collection(id.clone()).unwrap().requisition.specimens.remove(0);
    assert_eq!(waiting.number.as_deref(), Some("Case1-1-11223344"), "it gets no new number");
    assert!(
        matches!(waiting.status, SpecimenStatus::Collected { ref at, .. } if at.starts_with("2026-01-20T08:25:00"))
    );
    assert_eq!(
        office.controller.complete(id.clone()).err().unwrap().code,
        ErrorCode::NotReady,
        "nobody has scanned it"
    );
    office.controller.scan("Case1-1-11223344".into(), Some(id.clone())).unwrap();
    assert_eq!(office.controller.complete(id).unwrap().queued, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_comes_before_the_store_is_open_waits() {
    let dir = tempfile::tempdir().unwrap();
    let controller = controller(dir.path(), Ring::default());
    controller.hand_over("/finnes/ikke.json".into());
    assert_eq!(controller.take_handovers().err().unwrap().code, ErrorCode::StoreClosed);
    controller.open();
    let told = controller.take_handovers().unwrap();
    assert_eq!(told[0].refused.as_ref().unwrap().code, ErrorCode::FileRefused);
    assert!(controller.take_handovers().unwrap().is_empty(), "it is told once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_attached_by_what_it_is_and_nothing_else_is() {
    let office = Office::open("balsam-bilde-patologi");
    let form = PatientForm {
        number: "13116900216".into(),
        family: "Danser".into(),
        given: "Line".into(),
        ..PatientForm::default()
    };
    let draft = office.controller.start_draft(form).unwrap().draft.id;
    let file = |name: &str, content: &[u8]| {
        let path = office._dir.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.display().to_string()
    };
    let view = office.controller.attach_file(draft.clone(), file("skisse.pdf", b"%PDF-1.4\n")).unwrap();
    let attached = &view.draft.attachments[0];
    assert!(attached.description == "skisse" && attached.bytes == 9);
    assert_eq!(view.composition.attachments_bytes, 9);
    for (path, reason) in
        [(file("program.pdf", b"MZ\x90\x00"), "attachment_unknown"), (file("tom.pdf", b""), "attachment_empty")]
    {
        let refused = office.controller.attach_file(draft.clone(), path).err().unwrap();
        assert_eq!(refused.params["reason"], reason);
    }
    office.desktop.cancel();
    assert!(office.controller.choose_attachment(draft, words()).await.unwrap().is_none());
}
