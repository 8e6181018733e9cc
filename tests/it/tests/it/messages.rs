//! Order documents and the messages they become, seen from outside: what is refused is named, what is accepted arrives
//! unchanged with a reader that is not ours.

use jiff::Zoned;
use proptest::prelude::*;
use requisition::codes::MessageVersion;
use requisition::message::{Envelope, check, render};
use requisition::order::{self, Order};
use requisition::receipt::{self, AppRecStatus, Original};
use serde_json::{Value, json};

const LABORATORY: &str = include_str!("../../cases/laboratory-everything/order.json");
const RADIOLOGY: &str = include_str!("../../cases/radiology-everything/order.json");
const CANCELLATION: &str = include_str!("../../cases/cancellation/order.json");
const ADDITION: &str = include_str!("../../cases/addition-without-national-number/order.json");

const MESSAGE_ID: &str = "1b7c3a52-60a4-4d0e-9a41-0d4d3f3a0006";

/// What is done to a document.
enum Edit {
    /// Put a value there.
    Set(Value),
    /// Take the field away.
    Drop,
}
use Edit::{Drop, Set};

#[test]
fn every_wrong_field_is_refused_by_its_own_path() {
    let nine_numbers = "x".repeat(101);
    for (pointer, edit, path) in [
        ("/format", Set(json!("rekvirent-order/2")), "format"),
        ("/kind", Set(json!("renew")), "kind"),
        ("/discipline", Set(json!("AN")), "discipline"),
        ("/patient", Drop, "patient"),
        ("/patient/ids", Set(json!({})), "patient.ids"),
        ("/patient/ids/DNR", Set(json!("70019950033")), "patient.ids.DNR"),
        ("/patient/ids/FHN", Set(json!("80005484027")), "patient.ids.FHN"),
        ("/patient/ids/FNR", Set(json!("13116900217")), "patient.ids.FNR"),
        ("/patient/ids/FNR", Set(json!("70019950032")), "patient.ids.FNR"),
        ("/patient/ids/FNR", Set(json!("131169 00216")), "patient.ids.FNR"),
        ("/patient/ids/FNR", Set(json!(13_116_900_216_i64)), "patient.ids.FNR"),
        ("/patient/name/given", Drop, "patient.name.given"),
        ("/patient/name/family", Set(json!("  ")), "patient.name.family"),
        ("/patient/sex", Set(json!("M")), "patient.sex"),
        ("/patient/sex", Set(json!(null)), "patient.sex"),
        ("/patient/birthDate", Set(json!("2999-01-01")), "patient.birthDate"),
        ("/patient/birthDate", Set(json!("1849-12-31")), "patient.birthDate"),
        ("/patient/birthDate", Set(json!("1969-02-29")), "patient.birthDate"),
        ("/patient/birthDate", Set(json!("1969-02-28T10:00")), "patient.birthDate"),
        ("/patient/phone", Set(json!("ring meg")), "patient.phone"),
        ("/patient/email", Set(json!("a@b")), "patient.email"),
        ("/patient/admissionCategory", Set(json!("7")), "patient.admissionCategory"),
        ("/patient/address/county", Set(json!("x")), "patient.address.county"),
        ("/requester/organisation/ids/HER", Drop, "requester.organisation.ids.HER"),
        ("/requester/organisation/ids/HER", Set(json!("0123")), "requester.organisation.ids.HER"),
        ("/requester/departments/1/ids/HER", Drop, "requester.departments[0].ids.HER"),
        ("/serviceProvider/person/ids", Drop, "serviceProvider.person.ids.HER"),
        ("/serviceProvider/person", Drop, "serviceProvider.departments"),
        ("/orderingClinician/phone", Drop, "orderingClinician.phone"),
        ("/orderingClinician/profession", Set(json!("QQ")), "orderingClinician.profession"),
        ("/orderingClinician/ids/HPR", Set(json!("12")), "orderingClinician.ids.HPR"),
        ("/requisition/id", Set(json!("42")), "requisition.id"),
        ("/requisition/id", Drop, "requisition.id"),
        ("/requisition/issued", Set(json!("2024-03-05")), "requisition.issued"),
        ("/requisition/issued", Set(json!("2999-03-05T10:00")), "requisition.issued"),
        ("/requisition/serviceProviderId", Set(json!(nine_numbers)), "requisition.serviceProviderId"),
        ("/copyRecipients/0/gets", Set(json!("nothing")), "copyRecipients[0].gets"),
        ("/copyRecipients/0/organisation", Drop, "copyRecipients[0].organisation"),
        ("/payment/category", Set(json!("77")), "payment.category"),
        ("/payment/payer/guarantorType", Drop, "payment.payer.guarantorType"),
        ("/urgency", Set(json!("X")), "urgency"),
        ("/requestedReportDate", Set(json!("2024-03")), "requestedReportDate"),
        ("/reservation", Set(json!("N")), "reservation"),
        ("/reasons/0/heading", Set(json!("XX")), "reasons[0].heading"),
        ("/reasons/0/text", Set(json!("a\u{b}b")), "reasons[0].text"),
        ("/reasons/0/text", Set(json!("å".repeat(10_001))), "reasons[0].text"),
        ("/diagnoses/0/code/code", Drop, "diagnoses[0].code.code"),
        ("/diagnoses/0/role", Set(json!("third")), "diagnoses[0].role"),
        ("/findings/0/date", Set(json!("2999")), "findings[0].date"),
        ("/informationItems/0/text", Drop, "informationItems[0].code"),
        ("/informationItems/0/type", Set(json!("ZZ")), "informationItems[0].type"),
        ("/informationItems/0/from", Set(json!("1849")), "informationItems[0].from"),
        ("/informationItems/1/code/code", Set(json!("ZZ")), "informationItems[1].code.code"),
        ("/comments/0/heading", Set(json!("ZZ")), "comments[0].heading"),
        ("/services", Set(json!([])), "services"),
        ("/services", Drop, "services"),
        ("/services/0/code/code", Set(json!("NPU00000")), "services[0].code.code"),
        ("/services/0/code/display", Drop, "services[0].code.display"),
        ("/services/0/code/display", Set(json!("x".repeat(301))), "services[0].code.display"),
        ("/services/0/code/system", Set(json!("volven:9999")), "services[0].code.system"),
        ("/services/0/specs", Set(json!([{"system": "LOCAL", "display": "x"}])), "services[0].localCode"),
        ("/services/0/specimens/0", Set(json!("zz")), "services[0].specimens[0]"),
        ("/services/0/specimens", Set(json!(["a", "b", "a"])), "services[0].specimens[2]"),
        ("/services/0/specimens", Drop, "services[0].specimens"),
        ("/services/0/priority", Set(json!("NORM")), "services[0].priority"),
        ("/services/3/purpose", Set(json!("9")), "services[3].purpose"),
        ("/services/4/series", Set(json!({})), "services[4].series"),
        ("/services/4/series/times", Set(json!(0)), "services[4].series.times"),
        ("/services/4/series/times", Set(json!(1.5)), "services[4].series.times"),
        ("/services/2/action", Set(json!("deleted")), "services[2].action"),
        ("/specimens/1/key", Set(json!("a")), "specimens[1].key"),
        ("/specimens/0/collected", Set(json!("2999-01-01")), "specimens[0].collected"),
        ("/specimens/0/collected", Set(json!("2024-02-30T10:00")), "specimens[0].collected"),
        ("/specimens/0/collected", Drop, "specimens[0].collected"),
        ("/specimens/0/notCollected", Set(json!(true)), "specimens[0].collected"),
        ("/specimens/2/notCollected", Set(json!(false)), "specimens[2].notCollected"),
        ("/specimens/0/plannedDate", Set(json!("2024-03-06")), "specimens[0].plannedDate"),
        ("/specimens/2/collectorComment", Set(json!("x")), "specimens[2].collectorComment"),
        ("/specimens/0/material", Set(json!({})), "specimens[0].material"),
        ("/specimens/3/material/code/code", Set(json!("ZZ")), "specimens[3].material.code.code"),
        ("/specimens/1/collectionMethod/code", Set(json!("ZZ")), "specimens[1].collectionMethod.code"),
        ("/specimens/0/number", Set(json!("2")), "specimens[0].number"),
        ("/specimens/0/measures/0/value", Set(json!("2,5")), "specimens[0].measures[0].value"),
        ("/specimens/2/pretreatment/heading", Set(json!("ZZ")), "specimens[2].pretreatment.heading"),
        ("/attachments/0/base64", Set(json!("%%%%")), "attachments[0].base64"),
        ("/attachments/0/base64", Drop, "attachments[0].base64"),
        ("/attachments/0/path", Set(json!("a.txt")), "attachments[0].path"),
        ("/attachments/0/mimeType", Set(json!("application/pdf")), "attachments[0].mimeType"),
        ("/attachments/0/mimeType", Set(json!("text/html")), "attachments[0].mimeType"),
        ("/attachments/0/date", Set(json!("2999-03-01T10:00")), "attachments[0].date"),
        ("/attachments/0/date", Set(json!("2024-03-01")), "attachments[0].date"),
        ("/urgensy", Set(json!("H")), "urgensy"),
    ] {
        refused_at(LABORATORY, pointer, edit, path);
    }
}

#[test]
fn rules_between_fields_are_kept_in_every_kind_and_discipline() {
    let contradiction = json!([
        {"type": "NB", "code": {"system": "volven:8210", "code": "PAC", "display": "Pacemaker elektrode"}},
        {"type": "NB", "code": {"system": "volven:8210", "code": "NOPAC", "display": "Ikke Pacemaker elektrode"}}]);
    for (document, pointer, edit, path) in [
        (RADIOLOGY, "/mayChangeModality", Drop, "mayChangeModality"),
        (RADIOLOGY, "/informationItems", Set(contradiction), "informationItems[1].code.code"),
        (RADIOLOGY, "/patient/sex", Drop, "patient.sex"),
        (RADIOLOGY, "/patient/birthDate", Drop, "patient.birthDate"),
        (RADIOLOGY, "/orderingClinician/unit", Drop, "orderingClinician.name"),
        (RADIOLOGY, "/services/0/action", Set(json!("unchanged")), "services[0].action"),
        (RADIOLOGY, "/services/0/specimens", Set(json!(["a"])), "services[0].specimens"),
        (
            RADIOLOGY,
            "/specimens",
            Set(json!([{ "key": "a", "material": { "text": "x" }, "notCollected": true }])),
            "specimens[0].key",
        ),
        (RADIOLOGY, "/patient/ids", Set(json!({})), "patient.ids"),
        (LABORATORY, "/services/0/localCode/system", Set(json!("NLK")), "services[0].localCode.code"),
        (ADDITION, "/kind", Set(json!("new")), "services[0].action"),
        (ADDITION, "/services/0/action", Set(json!("cancelled")), "services[0].action"),
        (ADDITION, "/requisition", Drop, "requisition.id"),
        (ADDITION, "/services/1/specimens", Drop, "services[1].specimens"),
        (CANCELLATION, "/services/0/action", Drop, "services[0].action"),
        (CANCELLATION, "/requisition/issued", Drop, "requisition.issued"),
    ] {
        refused_at(document, pointer, edit, path);
    }
}

#[test]
fn every_problem_of_a_document_is_told_at_once() {
    let mut document: Value = serde_json::from_str(LABORATORY).unwrap();
    edit(&mut document, "/patient/name", Drop);
    edit(&mut document, "/services/0/code/code", Set(json!("x")));
    edit(&mut document, "/services/4/nonsense", Set(json!(1)));
    let problems = read(&document).unwrap_err();
    let paths: Vec<_> = problems.iter().map(|problem| problem.path.as_str()).collect();
    assert_eq!(paths, ["patient.name", "services[0].code.code", "services[4].nonsense"]);
}

#[test]
fn refusals_never_quote_what_is_said_about_the_patient() {
    let mut document: Value = serde_json::from_str(LABORATORY).unwrap();
    edit(&mut document, "/patient/ids/DNR", Set(json!("70019950033")));
    edit(&mut document, "/patient/birthDate", Set(json!("3000-01-01")));
    edit(&mut document, "/reasons/0/text", Set(json!("Hemmelig\u{1}")));
    for problem in read(&document).unwrap_err() {
        let line = problem.to_string();
        assert!(!["70019950033", "3000", "Hemmelig"].iter().any(|secret| line.contains(secret)), "{line}");
    }
}

#[test]
fn an_attachment_is_read_from_beside_the_document_and_only_there() {
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("case");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("a.pdf"), "%PDF-1.4 x").unwrap();
    std::fs::write(outer.path().join("b.pdf"), "%PDF-1.4 x").unwrap();
    let mut document: Value = serde_json::from_str(RADIOLOGY).unwrap();
    let mut with = |path: &str| {
        let attachment = json!([{"description": "d", "mimeType": "application/pdf", "path": path}]);
        edit(&mut document, "/attachments", Set(attachment));
        order::read(&serde_json::to_vec(&document).unwrap(), &now(), Some(&folder))
    };
    let order = with("a.pdf").unwrap();
    assert_eq!(order.attachments[0].content().unwrap(), b"%PDF-1.4 x");
    assert!(order.attachments[0].path.is_none());
    for path in ["../b.pdf", "missing.pdf", "."] {
        assert_eq!(with(path).unwrap_err()[0].path, "attachments[0].path", "{path}");
    }
}

/// The hospital has a reader, a schema and a writer of its own: what agrees here does not agree with itself.
#[test]
fn a_receiver_with_its_own_reader_finds_no_fault_and_its_receipt_names_our_message() {
    for document in [LABORATORY, RADIOLOGY, CANCELLATION, ADDITION] {
        let mut order = read(&serde_json::from_str(document).unwrap()).unwrap();
        order.requisition.id.get_or_insert("0b7e2f64-5a0c-4a52-9d10-6f1f0a2c0113".parse().unwrap());
        order.requisition.issued.get_or_insert(order::Moment::from(&now()));
        for version in [MessageVersion::V1_5, MessageVersion::V1_6] {
            let message = message(&order, version);
            let (summary, faults) = hospital::reading::read(message.as_bytes(), 10_000).unwrap();
            let rejects = faults.iter().filter(|fault| fault.severity == hospital::Severity::Rejects);
            assert_eq!(rejects.collect::<Vec<_>>(), Vec::<&hospital::Fault>::new());
            let answer =
                hospital::apprec::write(&summary, &hospital::Verdict::of(faults), uuid::Uuid::new_v4(), &now());
            let answer = receipt::read(answer.as_bytes()).unwrap();
            assert_ne!(answer.status, AppRecStatus::Rejected);
            let original = match version {
                MessageVersion::V1_5 => Original::Requisition(order.requisition.id.unwrap()),
                MessageVersion::V1_6 => Original::Message(MESSAGE_ID.parse().unwrap()),
            };
            assert_eq!((answer.answers_version, answer.original), (version, original));
        }
    }
}

/// Not a sample: each of them, in a text and in an attribute.
#[test]
fn every_character_there_is_arrives_or_is_refused() {
    let (mut texts, mut labels) = (vec![String::new()], vec![String::new()]);
    let mut refused = 0;
    for c in (0..=0x10_ffff).filter_map(char::from_u32) {
        if !legal(c) {
            let mut document: Value = serde_json::from_str(LABORATORY).unwrap();
            edit(&mut document, "/reasons/0/text", Set(json!(format!("a{c}b"))));
            assert_eq!(read(&document).unwrap_err()[0].path, "reasons[0].text");
            refused += 1;
            continue;
        }
        for (list, most) in [(&mut texts, 9_990), (&mut labels, 290)] {
            if list.last().unwrap().chars().count() >= most {
                list.push(String::new());
            }
            let last = list.last_mut().unwrap();
            // Nothing but blanks is empty, and that is refused for another reason.
            if last.is_empty() {
                last.push('x');
            }
            last.push(c);
        }
    }
    assert_eq!(refused, 29 + 2);
    let mut document: Value = serde_json::from_str(LABORATORY).unwrap();
    let reasons: Vec<Value> = texts.iter().map(|text| json!({ "heading": "PROB", "text": text })).collect();
    let specs: Vec<Value> = labels.iter().map(|label| json!({ "system": "LOCAL", "display": label })).collect();
    edit(&mut document, "/reasons", Set(json!(reasons)));
    edit(&mut document, "/services/1/specs", Set(json!(specs)));
    let order = read(&document).unwrap();
    for version in [MessageVersion::V1_5, MessageVersion::V1_6] {
        let message = message(&order, version);
        let message = roxmltree::Document::parse(&message).unwrap();
        let all = |name: &'static str| message.descendants().filter(move |node| node.tag_name().name() == name);
        let written: Vec<String> =
            all("ReasonAsText").map(|reason| reason.children().filter_map(value).collect()).collect();
        assert!(written == texts, "a text arrived as another");
        let written: Vec<&str> = all("Spec").filter_map(|spec| spec.attribute("OT")).collect();
        assert!(labels.iter().all(|label| written.contains(&label.as_str())), "a label arrived as another");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Texts, labels and ids arrive as they were written, in both versions; what XML cannot carry is refused.
    #[test]
    fn any_text_that_xml_can_carry_arrives_unchanged(text in any_text(), label in any_text(), id in any_text()) {
        let mut document: Value = serde_json::from_str(LABORATORY).unwrap();
        edit(&mut document, "/reasons/0/text", Set(json!(text)));
        edit(&mut document, "/services/0/code/display", Set(json!(label)));
        edit(&mut document, "/specimens/0/ids/requester", Set(json!(id)));
        let acceptable = [&text, &label, &id].iter().all(|s| s.chars().all(legal) && !s.trim().is_empty());
        let order = read(&document);
        prop_assert_eq!(order.is_ok(), acceptable);
        let Ok(order) = order else { return Ok(()) };
        for version in [MessageVersion::V1_5, MessageVersion::V1_6] {
            let message = message(&order, version);
            let message = roxmltree::Document::parse(&message).unwrap();
            let find = |name: &str| message.descendants().find(|node| node.tag_name().name() == name).unwrap();
            prop_assert_eq!(find("ReasonAsText").children().filter_map(value).collect::<String>(), text.clone());
            prop_assert_eq!(find("Investigation").first_element_child().unwrap().attribute("DN"), Some(label.as_str()));
            prop_assert_eq!(find("IdByRequester").parent_element().unwrap().tag_name().name(), "Patient");
            let specimen = find("AnalysedSubject");
            let number = specimen.children().find(|node| node.tag_name().name() == "IdByRequester").unwrap();
            prop_assert_eq!(number.text(), Some(id.as_str()));
        }
    }

    /// Whatever bytes a file has, reading it ends in an order or in problems.
    #[test]
    fn no_file_makes_the_reader_stumble(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(!order::read(&bytes, &now(), None).unwrap_err().is_empty());
    }
}

fn value(node: roxmltree::Node<'_, '_>) -> Option<String> {
    (node.tag_name().name() == "TextResultValue").then(|| node.text().unwrap_or_default().to_owned())
}

/// Letters, markup, blanks, line breaks of every kind, and now and then what XML cannot carry.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => "[ a-zæøå<>&'\"\\]\\[\t\r\n\u{a0}\u{85}\u{2028}]{1,40}",
        4 => "\\PC{1,40}",
        1 => "[a\u{0}-\u{1f}\u{fffe}\u{ffff}]{1,6}",
    ]
}

fn legal(c: char) -> bool {
    let code = u32::from(c);
    matches!(code, 0x9 | 0xa | 0xd) || (code >= 0x20 && code != 0xfffe && code != 0xffff)
}

fn now() -> Zoned {
    "2026-11-23T10:00:00+01:00[Europe/Oslo]".parse().unwrap()
}

fn read(document: &Value) -> Result<Order, Vec<order::Problem>> {
    order::read(&serde_json::to_vec(document).unwrap(), &now(), None)
}

fn message(order: &Order, version: MessageVersion) -> String {
    let message_id = MESSAGE_ID.parse().unwrap();
    let bytes = render(order, &Envelope { message_id, generated: now() }, version).unwrap();
    check(&bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn refused_at(document: &str, pointer: &str, what: Edit, path: &str) {
    let mut document: Value = serde_json::from_str(document).unwrap();
    assert!(read(&document).is_ok());
    edit(&mut document, pointer, what);
    let problems = read(&document).expect_err(pointer);
    assert!(problems.iter().any(|problem| problem.path == path), "{pointer}: {problems:?}");
}

fn edit(document: &mut Value, pointer: &str, edit: Edit) {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = document.pointer_mut(parent).unwrap();
    match (edit, parent) {
        (Set(value), Value::Array(items)) => items[name.parse::<usize>().unwrap()] = value,
        (Set(value), parent) => parent[name] = value,
        (Drop, parent) => assert!(parent.as_object_mut().unwrap().shift_remove(name).is_some(), "{pointer}"),
    }
}
