//! Documents of a record system against the demo catalogue of pathology and radiology.

use std::path::Path;
use std::sync::Arc;

use jiff::Zoned;
use serde_json::{Value, json};

use super::*;
use crate::catalogue::authoring;
use crate::catalogue::model::Indexed;
use crate::composing::composition::{Composition, Missing, NotOffered};
use crate::composing::draft::{Answer, LineContainer, Side};
use crate::composing::edits::EditRefused;
use crate::composing::{Context, compose};

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
fn what_words_cannot_carry_is_refused_by_its_path() {
    let with = |field: &str, value: Value| {
        let mut order = histology();
        order[field] = value;
        order
    };
    let mut elsewhere = histology();
    elsewhere["requester"]["organisation"]["ids"]["HER"] = json!("8094866");
    let party = json!({"organisation": {"name": "Vassenden legekontor", "ids": {"HER": "91097"}}, "person": {"name": "Rita Lin", "ids": {"HER": "91103"}}});
    let mut payer = json!({"payer": party.clone()});
    payer["payer"]["guarantorType"] = json!("Arbeidsgiver");
    let mut copy = party;
    copy["gets"] = json!("request");
    let cases = [
        (elsewhere, "requester.organisation.ids.HER", ProblemCode::OtherOffice),
        (with("reservation", json!("R")), "reservation", ProblemCode::NotHeld),
        (with("payment", payer), "payment.payer", ProblemCode::NotHeld),
        (with("copyRecipients", json!([copy])), "copyRecipients[0].gets", ProblemCode::NotHeld),
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

#[test]
fn what_has_no_field_in_a_draft_stands_as_words_where_it_is_seen() {
    let mut order = histology();
    order["requestedReportDate"] = json!("2026-12-24");
    order["urgency"] = json!("L");
    order["patient"]["email"] = json!("roland@example.no");
    order["services"][0]["priority"] = json!("14");
    order["diagnoses"][0]["code"] = code("volven:8219", "A", "Histologisk undersøkelse");
    let draft = opened(order).draft;
    let said =
        ["Svar ønskes innen: 2026-12-24", "Hastegrad: lav", "roland@example.no", "prioritet", "Diagnose: Histologisk"];
    for words in said {
        assert!(draft.clinical_text.contains(words), "{words} is not in {}", draft.clinical_text);
    }
}

#[test]
fn a_code_of_several_services_is_a_line_that_somebody_settles_and_what_was_said_of_it_goes_along() {
    let mut order = histology();
    order["services"][0]["specs"] = json!([]);
    order["specimens"][0]["preservative"] = json!("NaCl");
    order["services"][0]["comment"] = json!("Ring ved malignitet");
    let mut draft = opened(order).draft;
    let waiting = draft.lines[0].ordered.as_ref().unwrap();
    let all = waiting.candidates.iter().filter(|one| one.service.starts_with("hist-")).count();
    assert!(all > 5 && waiting.candidates.len() == all, "every service of the code: {all}");
    assert_eq!((draft.lines[0].service.as_str(), draft.lines[0].name.as_str()), ("", "Histologisk undersøkelse"));
    let before = composed(&draft);
    let stops = |composition: &Composition| {
        composition
            .missing
            .iter()
            .filter(|each| matches!(each, Missing::Stop { rule, .. } if rule == "unsettled"))
            .count()
    };
    assert_eq!((stops(&before), before.plan.len()), (1, 0), "it is not sent and nothing is taken for it");
    let shown = before.groups[0].lines[0].withdrawn.clone().unwrap();
    assert_eq!(shown.why, NotOffered::Unsettled);
    assert!(shown.ordered.unwrap().choices.iter().any(|choice| choice.name == "Hud, eksisjonsbiopsi"));

    let (id, revision) = (draft.lines[0].id, draft.revision);
    let settle = |service: &str| Edit::SettleLine { line: id, provider: PROVIDER.into(), service: service.into() };
    assert!(edit(&mut draft, settle("finnes-ikke")).is_err() && draft.lines[0].ordered.is_some());
    edit(&mut draft, settle("hist-hud-eksisjon")).unwrap();
    assert_eq!(draft.revision, revision + 1);
    let line = &draft.lines[0];
    assert!(line.ordered.is_none() && line.service == "hist-hud-eksisjon" && line.id == id);
    assert!(line.answers["site"] == Answer::Text("Venstre legg".into()));
    assert!(line.answers["size_mm"] == Answer::Number(4.0));
    assert!(draft.clinical_text.contains("Fikseringsmiddel: NaCl"), "{}", draft.clinical_text);
    assert_eq!(stops(&composed(&draft)), 0);
}

#[test]
fn what_no_catalogue_offers_and_what_goes_to_an_unknown_receiver_waits_for_somebody_too() {
    let mut unknown = histology();
    unknown["services"][0] = json!({"code": code("LOCAL", "", "Månesyke"), "specimens": ["a"]});
    unknown["services"][0]["code"].as_object_mut().unwrap().remove("code");
    let draft = opened(unknown).draft;
    assert!(draft.lines[0].ordered.as_ref().unwrap().candidates.is_empty());
    assert_eq!(draft.lines[0].provider, PROVIDER);
    let mut receiver = magnetic_resonance();
    receiver["serviceProvider"]["organisation"] = json!({"name": "ST OLAVS HOSPITAL HF", "ids": {"HER": "59"}});
    receiver["serviceProvider"]["departments"][0]["ids"]["HER"] = json!("91120");
    let mut draft = opened(receiver).draft;
    let waiting = draft.lines[0].ordered.as_ref().unwrap();
    assert_eq!(waiting.unknown_receiver.as_deref(), Some("ST OLAVS HOSPITAL HF"));
    assert_eq!(waiting.candidates[0].service, "mr-kne", "another provider offers the same code");
    let line = draft.lines[0].id;
    edit(&mut draft, Edit::SettleLine { line, provider: PROVIDER.into(), service: "mr-kne".into() }).unwrap();
    assert!(draft.lines[0].answers["side"] == Answer::Choice("right".into()), "its side came along");
    let may = draft.shared_answers.get(&Draft::shared_key(PROVIDER, "may_change"));
    assert!(may == Some(&Answer::Boolean(true)), "and the permission");
}

#[test]
fn a_specimen_that_was_taken_and_labelled_keeps_time_and_number_whatever_is_said_of_it() {
    let mut order = histology();
    let taken = json!({
        "key": "a", "ids": {"requester": "Case1-2221455"}, "material": {"text": "Hudbiopsi"}, "collected": "2026-11-25",
        "anatomicalOrigin": "Venstre underarm", "preservative": "NaCl", "collectorComment": "Stansebiopsi",
        "measures": [{"quantity": "Lengde", "value": 4.0, "unit": "mm"}, {"quantity": "Volum", "value": 1.0, "unit": "ml"}],
        "comment": "Sutur kl. 12"
    });
    let mut second = taken.clone();
    second["key"] = json!("b");
    second["collected"] = json!("2026-11-25T08:25:00");
    order["specimens"] = json!([taken, second]);
    order["services"][0]["specimens"] = json!(["a", "b"]);
    let mut draft = opened(order).draft;
    let kept = draft.lines[0].containers[0].clone();
    let window = Edit::DescribeContainer {
        line: draft.lines[0].id,
        container: LineContainer { site: "Høyre underarm".into(), brought: None, ..kept.clone() },
    };
    edit(&mut draft, window).unwrap();
    assert!(draft.lines[0].containers[0].brought == kept.brought, "no edit of the window rewrites what was told");
    let brought = kept.brought.unwrap();
    assert_eq!((brought.number.as_deref(), brought.collected.as_deref()), (Some("Case1-2221455"), Some("2026-11-25")));
    let composition = composed(&draft);
    assert_eq!(composition.plan.len(), 2);
    assert!(composition.plan.iter().all(|specimen| specimen.draw.is_none() && specimen.material == "Hudbiopsi"));
}

#[test]
fn two_services_of_one_specimen_are_taken_in_one_container_and_a_second_specimen_of_a_service_is_one_more() {
    let mut order = histology();
    order["specimens"][0] =
        json!({"key": "a", "ids": {"requester": "17"}, "material": {"text": "Hud"}, "collected": "2026-11-25"});
    let first = order["services"][0].clone();
    let mut other = first.clone();
    other["specs"] = json!([code("NORPAT", "T01000", "hud"), code("NORPAT", "P11480", "stansebiopsi")]);
    let mut again = first;
    again["specimens"] = json!(["b"]);
    order["services"].as_array_mut().unwrap().extend([other, again]);
    let second = json!({"key": "b", "material": {"text": "Hud"}, "notCollected": true, "anatomicalOrigin": "Rygg"});
    order["specimens"].as_array_mut().unwrap().push(second);
    let draft = opened(order).draft;
    let shown: Vec<_> = draft.lines.iter().map(|line| (line.ordered.is_some(), line.containers.len())).collect();
    assert_eq!(shown, [(false, 2), (false, 1)], "the third is one more container of the first");
    let plan = composed(&draft).plan;
    let serves: Vec<_> = plan.iter().map(|specimen| specimen.lines.clone()).collect();
    assert_eq!(serves, [vec![1, 2], vec![1]]);
    let numbers: Vec<_> =
        plan.iter().map(|one| one.brought.as_ref().and_then(|brought| brought.number.clone())).collect();
    assert_eq!(numbers, [Some("17".to_owned()), None], "what is still to be taken gets a number here");
}

fn edit(draft: &mut Draft, edit: Edit) -> Result<(), EditRefused> {
    apply(draft, edit, &catalogues(), now().timestamp())
}

fn composed(draft: &Draft) -> Composition {
    let now = now();
    compose(draft, &catalogues(), &Context { today: now.date(), now: &now, history: &[] })
}

const PROVIDER: &str = "balsam-bilde-patologi";

fn now() -> Zoned {
    "2026-11-26T10:00:00+01:00[Europe/Oslo]".parse().unwrap()
}

fn catalogues() -> Catalogues {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalog-data").join(PROVIDER);
    let catalogue = authoring::build(&folder).unwrap_or_else(|mistakes| panic!("{} mistakes", mistakes.len()));
    Catalogues::new([Arc::new(Indexed::new(catalogue))])
}

fn attempt(order: Value) -> Result<Opened, Vec<Problem>> {
    let order = order::read(order.to_string().as_bytes(), &now(), None)?;
    let orderers = [Orderer { id: "august".into(), her: "91100".into(), hpr: "9144897".into() }];
    let desk = Desk { office_her: "91096", orderers: &orderers };
    open(&order, "0190f3a0-0000-7000-8000-000000000001".into(), &desk, &catalogues(), &|_| Vec::new(), &now())
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
