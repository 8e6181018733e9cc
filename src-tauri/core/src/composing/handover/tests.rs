//! Documents of a record system against the demo catalogue of pathology and radiology.

use std::path::Path;
use std::sync::Arc;

use jiff::Zoned;
use serde_json::{Value, json};

use super::*;
use crate::catalogue::authoring;
use crate::catalogue::model::Indexed;
use crate::composing::draft::{Answer, Side};

#[test]
fn an_excision_with_its_site_measure_and_texts_is_a_draft_with_patient_and_requester() {
    let opened = opened(histology());
    let draft = opened.draft;
    assert_eq!(draft.patient.national_id.as_deref(), Some("15076500565"));
    assert_eq!(draft.requester.as_deref(), Some("august"));
    assert_eq!(draft.origin.as_deref(), Some("5a1a9788-f9e1-11db-8314-0800200c9a66"));
    assert_eq!(draft.lines.len(), 1);
    assert_eq!(draft.lines[0].service, "hist-hud-eksisjon");
    let answers = &draft.lines[0].answers;
    assert!(answers["site"] == Answer::Text("Venstre legg".into()));
    assert!(answers["size_mm"] == Answer::Number(4.0));
    assert!(draft.clinical_text.starts_with("Pigmentert lesjon i vekst."));
    assert!(draft.clinical_text.contains("Ring ved malignitet"), "a comment is not lost: {}", draft.clinical_text);
    assert!(draft.diagnoses[0].system == "ICPC2" && draft.diagnoses[1].system == "ICD10", "the main one comes first");
    assert_eq!(draft.urgency, Urgency::Urgent);
    assert!(
        draft.earlier_findings[0].text == "Dysplastisk nevus"
            && draft.earlier_findings[0].date.as_deref() == Some("2024-03-05")
    );
    let enclosed = &opened.attachments[0];
    assert!(enclosed.kind == MimeType::Pdf && enclosed.content.starts_with(b"%PDF-"));
}

#[test]
fn several_specimens_of_one_service_are_containers_one_by_one() {
    let mut order = histology();
    order["services"][0]["specimens"] = json!(["a", "b"]);
    let second = json!({"key": "b", "material": {"text": "Hud"}, "notCollected": true, "anatomicalOrigin": "Rygg", "preservative": "NaCl"});
    order["specimens"].as_array_mut().unwrap().push(second);
    let draft = opened(order).draft;
    let containers = &draft.lines[0].containers;
    let said: Vec<_> = containers.iter().map(|one| (one.site.as_str(), one.fixative.as_str(), one.size_mm)).collect();
    assert_eq!(said, [("Venstre legg", "", Some(4.0)), ("Rygg", "NaCl", None)]);
    assert!(containers.iter().all(|one| one.side.is_none_or(|side| side == Side::Left)));
}

#[test]
fn side_and_permission_are_answers_and_what_the_patient_is_asked_is_only_told() {
    let draft = opened(magnetic_resonance()).draft;
    assert!(draft.lines[0].answers["side"] == Answer::Choice("right".into()));
    let shared = |question: &str| draft.shared_answers.get(&Draft::shared_key(PROVIDER, question));
    assert!(shared("may_change") == Some(&Answer::Boolean(true)));
    assert!(shared("mr_pacemaker").is_none(), "the interview asks");
    assert!(
        draft.clinical_text.contains("Pacemaker elektrode (PAC)"),
        "and the document is seen: {}",
        draft.clinical_text
    );
}

#[test]
fn whoever_is_not_known_here_leaves_the_draft_without_a_requester() {
    let mut order = histology();
    order["orderingClinician"]["ids"] = json!({"HER": "8094866"});
    assert!(opened(order).draft.requester.is_none());
}

#[test]
fn what_a_draft_cannot_carry_is_refused_by_its_path() {
    let specimen = |field: &str, value: Value| {
        let mut order = histology();
        order["specimens"][0][field] = value;
        order
    };
    let with = |field: &str, value: Value| {
        let mut order = histology();
        order[field] = value;
        order
    };
    let service = |field: &str, value: Value| {
        let mut order = histology();
        order["services"][0][field] = value;
        order
    };
    let mut collected = specimen("collected", json!("2026-11-20T10:00:00"));
    collected["specimens"][0].as_object_mut().unwrap().remove("notCollected");
    let mut elsewhere = histology();
    elsewhere["requester"]["organisation"]["ids"]["HER"] = json!("8094866");
    let mut receiver = histology();
    receiver["serviceProvider"]["organisation"]["ids"]["HER"] = json!("8094866");
    receiver["serviceProvider"]["departments"][0]["ids"]["HER"] = json!("8094867");
    let mut email = histology();
    email["patient"]["email"] = json!("roland@example.no");
    let cases = [
        (collected, "specimens[0].collected", ProblemCode::NotHeld),
        (specimen("ids", json!({"requester": "0012"})), "specimens[0].ids.requester", ProblemCode::NotHeld),
        (elsewhere, "requester.organisation.ids.HER", ProblemCode::OtherOffice),
        (receiver, "serviceProvider.organisation.ids.HER", ProblemCode::NotOffered),
        (email, "patient.email", ProblemCode::NotHeld),
        (with("reservation", json!("R")), "reservation", ProblemCode::NotHeld),
        (with("urgency", json!("L")), "urgency", ProblemCode::NotHeld),
        (with("requestedReportDate", json!("2026-12-24")), "requestedReportDate", ProblemCode::NotHeld),
        (service("specs", json!([])), "services[0].code", ProblemCode::Ambiguous),
        (service("code", code("NLK", "NPU19748", "P-CRP")), "services[0].code", ProblemCode::NotOffered),
        (service("priority", json!("14")), "services[0].priority", ProblemCode::NotHeld),
    ];
    for (order, path, code) in cases {
        let problems = refused(order);
        assert!(problems.iter().any(|one| one.path == path && one.code == code), "{path}: {problems:?}");
    }
}

#[test]
fn a_number_that_says_another_birth_date_is_refused() {
    let mut order = histology();
    order["patient"]["birthDate"] = json!("1965-07-16");
    let problems = refused(order);
    assert!(problems.iter().any(|one| one.path == "patient.birthDate"), "{problems:?}");
}

const PROVIDER: &str = "balsam-bilde-patologi";

fn now() -> Zoned {
    "2026-11-26T10:00:00+01:00[Europe/Oslo]".parse().unwrap()
}

fn attempt(order: Value) -> Result<Opened, Vec<Problem>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalog-data").join(PROVIDER);
    let catalogue = authoring::build(&folder).unwrap_or_else(|mistakes| panic!("{} mistakes", mistakes.len()));
    let catalogues = Catalogues::new([Arc::new(Indexed::new(catalogue))]);
    let order = order::read(order.to_string().as_bytes(), &now(), None)?;
    let orderers = [Orderer { id: "august".into(), her: "91100".into(), hpr: "9144897".into() }];
    let desk = Desk { office_her: "91096", orderers: &orderers };
    open(&order, "0190f3a0-0000-7000-8000-000000000001".into(), &desk, &catalogues, &now())
}

fn opened(order: Value) -> Opened {
    attempt(order).unwrap_or_else(|problems| panic!("{problems:?}"))
}

fn refused(order: Value) -> Vec<Problem> {
    attempt(order).err().unwrap_or_default()
}

fn code(system: &str, code: &str, display: &str) -> Value {
    json!({"system": system, "code": code, "display": display})
}

fn histology() -> Value {
    json!({
        "format": "rekvirent-order/1", "kind": "new", "status": "test", "discipline": "HIST",
        "requisition": {"id": "5a1a9788-f9e1-11db-8314-0800200c9a66", "issued": "2026-11-26T09:30:00"},
        "patient": {"ids": {"FNR": "15076500565"}, "name": {"family": "Gundersen", "given": "Roland"}, "sex": "1", "birthDate": "1965-07-15"},
        "requester": {
            "organisation": {"name": "Kattskinnet legesenter", "ids": {"HER": "91096"}},
            "person": {"name": "August September", "ids": {"HER": "91100", "HPR": "9144897"}}
        },
        "orderingClinician": {"name": "August September", "profession": "LE", "ids": {"HPR": "9144897", "HER": "91100"}, "phone": "53759889"},
        "serviceProvider": {
            "organisation": {"name": "Balsam sykehus HF", "ids": {"HER": "999900"}},
            "departments": [{"name": "Patologi", "ids": {"HER": "999905"}}]
        },
        "urgency": "H",
        "reasons": [{"heading": "PROB", "text": "Pigmentert lesjon i vekst."}],
        "comments": [{"text": "Ring ved malignitet"}],
        "diagnoses": [
            {"role": "secondary", "code": code("ICD10", "D225", "Melanocyttnevus på kropp")},
            {"role": "main", "code": code("ICPC2", "S82", "Nevus/føflekk")}
        ],
        "findings": [{"text": "Dysplastisk nevus", "date": "2024-03-05"}],
        "services": [{
            "code": code("volven:8219", "A", "Histologisk undersøkelse"),
            "specs": [code("NORPAT", "T01000", "hud"), code("NORPAT", "P11410", "eksisjonsbiopsi")],
            "specimens": ["a"]
        }],
        "specimens": [{
            "key": "a", "material": {"text": "Hud"}, "notCollected": true, "anatomicalOrigin": "Venstre legg",
            "measures": [{"quantity": "Lengde", "value": 4.0, "unit": "mm"}]
        }],
        "attachments": [{"description": "Skisse", "mimeType": "application/pdf", "base64": "JVBERi0xLjQKJSVFT0YK"}]
    })
}

fn magnetic_resonance() -> Value {
    let mut order = histology();
    let fields = order.as_object_mut().unwrap();
    for gone in ["specimens", "attachments", "findings", "urgency"] {
        fields.remove(gone);
    }
    order["discipline"] = json!("MR");
    order["serviceProvider"]["departments"] = json!([{"name": "Radiologi", "ids": {"HER": "999911"}}]);
    order["mayChangeModality"] = json!(true);
    order["informationItems"] = json!([{"type": "NB", "code": code("volven:8210", "PAC", "Pacemaker elektrode")}]);
    order["services"] = json!([{
        "code": code("NCRP", "SNG0AG", "MR Kne"),
        "specs": [code("NCRP", "ZTX0XA", "Høyresidig bildediagnostisk undersøkelse")]
    }]);
    order
}
