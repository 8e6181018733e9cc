//! What becomes of every order of the national acceptance test when a record system hands it over, from a table:
//! `cases/handover.csv`. Each is given to the office that it is from; what another office wrote is refused.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use it::shared;
use jiff::Zoned;
use requisition::catalogue::model::Indexed;
use requisition::catalogue::search::{Engine, HitKind, Usage};
use requisition::composing::draft::{Candidate, Draft, Line};
use requisition::composing::handover::{Desk, Opened, Orderer, open};
use requisition::composing::{Catalogues, Context};
use requisition::order::{self, Kind, Order, Problem, Status};
use requisition::requisition::{from_draft, to_order};
use serde_json::json;
use uuid::Uuid;

use crate::composing::{catalogues, requester};

#[test]
fn every_given_acceptance_case_opens_as_the_table_says_or_is_refused_for_the_reason_that_it_gives() {
    let Some(shared) = shared() else { return };
    let (table, catalogues) = (table(), catalogues());
    let engine = engine(&catalogues);
    let mut wrong = Vec::new();
    let mut seen = 0;
    for (case, order) in given(&shared) {
        let office = order.requester.organisation.ids.her.as_ref().map(ToString::to_string).unwrap_or_default();
        let becomes = match give(&order, &office, &catalogues, &engine) {
            Ok(opened) => {
                nothing_is_lost(&case, &order, &opened);
                said(&opened.draft)
            }
            Err(problems) => refused(&problems),
        };
        let wanted = table.get(&case).map_or("", String::as_str);
        if wanted != becomes {
            wrong.push(format!("{case};{becomes}"));
        }
        seen += 1;
    }
    assert!(wrong.is_empty(), "these are not as the table says:\n{}", wrong.join("\n"));
    assert_eq!(seen, table.len(), "every row is a case");
    let refused = table.values().filter(|becomes| becomes.starts_with("refused")).count();
    assert_eq!(refused, 4, "what follows up on a requisition that was sent, and nothing else");
}

#[test]
fn what_was_taken_and_labelled_before_is_sent_with_its_time_its_number_and_every_word() {
    let catalogues = catalogues();
    let engine = engine(&catalogues);
    let mut document = it::orders::document(Uuid::from_u128(7), "new");
    document["discipline"] = json!("HIST");
    document["serviceProvider"]["departments"] = json!([{"name": "Patologi", "ids": {"HER": "999905"}}]);
    document["services"] = json!([{
        "code": {"system": "volven:8219", "code": "A", "display": "Histologisk undersøkelse"},
        "specs": [
            {"system": "NORPAT", "code": "T01000", "display": "hud"},
            {"system": "NORPAT", "code": "P11410", "display": "eksisjonsbiopsi"}
        ],
        "specimens": ["a", "b"]
    }]);
    let taken = json!({
        "key": "a", "ids": {"requester": "Case1-2221455"}, "material": {"text": "Hudbiopsi"}, "collected": "2026-11-25",
        "anatomicalOrigin": "Venstre underarm", "preservative": "NaCl", "collectorComment": "Stansebiopsi",
        "measures": [{"quantity": "Lengde", "value": 4.0, "unit": "mm"}, {"quantity": "Volum", "value": 1.0, "unit": "ml"}],
        "comment": "Sutur kl. 12"
    });
    let mut second = taken.clone();
    second["key"] = json!("b");
    second["collected"] = json!("2026-11-25T08:25:00");
    document["specimens"] = json!([taken, second]);
    let order = order::read(document.to_string().as_bytes(), &now(), None).unwrap();
    let draft = give(&order, "91096", &catalogues, &engine).unwrap_or_else(|problems| panic!("{problems:?}")).draft;
    let now = now();
    let context = Context { today: now.date(), now: &now, history: &[] };
    let mut id = 0;
    let made = from_draft(&draft, &catalogues, &requester(), &context, || {
        id += 1;
        Uuid::from_u128(id)
    });
    let made = made.unwrap_or_else(|error| panic!("{error:?}"));
    let sent = to_order(&made[0], Status::Test, &now).unwrap_or_else(|problems| panic!("{problems:?}"));

    let numbers: Vec<_> = sent.specimens.iter().map(|one| one.ids.requester.as_deref()).collect();
    assert_eq!(numbers, [Some("Case1-2221455"); 2], "several may share one label number");
    let times: Vec<_> = sent.specimens.iter().map(|one| one.collected.as_ref().unwrap().to_string()).collect();
    assert_eq!(times, ["2026-11-25", "2026-11-25T08:25:00+01:00"], "a day stays a day");
    let first = &sent.specimens[0];
    assert_eq!(first.material.text.as_deref(), Some("Hudbiopsi"));
    assert_eq!(first.anatomical_origin.as_deref(), Some("Venstre underarm"));
    assert_eq!(
        (first.preservative.as_deref(), first.collector_comment.as_deref()),
        (Some("NaCl"), Some("Stansebiopsi"))
    );
    assert_eq!(first.measures[0].value, 4.0);
    let comment = first.comment.clone().unwrap();
    assert!(comment.contains("Sutur kl. 12") && comment.contains("Volum: 1 ml"), "{comment}");
}

#[test]
fn what_another_office_wrote_is_refused_whatever_it_is() {
    let Some(shared) = shared() else { return };
    let catalogues = catalogues();
    let engine = engine(&catalogues);
    for (case, order) in given(&shared) {
        let problems = give(&order, "8094866", &catalogues, &engine).err().unwrap_or_default();
        let path = "requester.organisation.ids.HER";
        assert!(problems.iter().any(|problem| problem.path == path), "{case}: {problems:?}");
    }
}

#[test]
fn the_bad_documents_are_refused_before_anybody_sees_them() {
    let Some(shared) = shared() else { return };
    let mut seen = 0;
    for entry in std::fs::read_dir(shared.join("acceptance/given/bad")).unwrap() {
        let folder = entry.unwrap().path();
        let bytes = std::fs::read(folder.join("order.json")).unwrap();
        assert!(order::read(&bytes, &now(), Some(&folder)).is_err(), "{}", folder.display());
        seen += 1;
    }
    assert!(seen > 5);
}

/// `picked provider/service`, `? what was ordered (how many to choose between)`, each with its specimens `[number time]`.
fn said(draft: &Draft) -> String {
    let lines = draft.lines.iter().map(|line| {
        let what = match &line.ordered {
            None => format!("{}/{}", line.provider, line.service),
            Some(ordered) => {
                let choice = match ordered.candidates.len() {
                    0 => "none",
                    1 => "one",
                    _ => "several",
                };
                format!("? {} ({choice})", line.name)
            }
        };
        let brought = brought(line).into_iter().map(|(number, at)| format!(" [{number} {at}]"));
        format!("{what}{}", brought.collect::<String>())
    });
    lines.collect::<Vec<_>>().join(" | ")
}

fn refused(problems: &[Problem]) -> String {
    let paths: Vec<&str> = problems.iter().map(|problem| problem.path.as_str()).collect();
    format!("refused: {}", paths.join(", "))
}

/// Label number and time of what was taken or labelled before.
fn brought(line: &Line) -> Vec<(String, String)> {
    let said = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    match &line.ordered {
        None => {
            let brought = line.containers.iter().filter_map(|container| container.brought.as_ref());
            brought.map(|brought| (said(&brought.number), said(&brought.collected))).collect()
        }
        Some(ordered) => {
            let collected = |one: &order::Specimen| said(&one.collected.as_ref().map(ToString::to_string));
            ordered.specimens.iter().map(|one| (said(&one.ids.requester), collected(one))).collect()
        }
    }
}

fn nothing_is_lost(case: &str, order: &Order, opened: &Opened) {
    let draft = &opened.draft;
    assert_eq!(order.kind, Kind::New, "{case}");
    let number = order.patient.ids.national().map(|number| number.as_str().to_owned());
    assert_eq!(draft.patient.national_id, number, "{case}");
    assert_eq!(draft.patient.family, order.patient.name.family, "{case}");
    let ordered_by = order.ordering_clinician.ids.hpr.as_ref().map(ToString::to_string);
    assert_eq!(draft.requester, ordered_by, "{case}: who orders is known here by the number");
    for reason in &order.reasons {
        assert!(draft.clinical_text.contains(&reason.text), "{case}: {}", draft.clinical_text);
    }
    assert_eq!(draft.copy_recipients.len(), order.copy_recipients.len(), "{case}");
    assert_eq!(draft.diagnoses.len(), order.diagnoses.len(), "{case}");
    assert_eq!(draft.earlier_findings.len(), order.findings.len(), "{case}");
    assert_eq!(opened.attachments.len(), order.attachments.len(), "{case}");
    assert_eq!(draft.lines.len(), order.services.len(), "{case}: nothing is silently ordered less");
    for (line, service) in draft.lines.iter().zip(&order.services) {
        let serving = order.specimens.iter().filter(|one| service.specimens.contains(&one.key));
        let labelled = serving.filter_map(|one| one.ids.requester.clone());
        let kept: Vec<String> = brought(line).into_iter().map(|(number, _)| number).collect();
        assert_eq!(kept, labelled.collect::<Vec<_>>(), "{case}: label numbers");
    }
    for item in &order.information_items {
        let display = item.code.as_ref().map(|code| code.display.clone()).unwrap_or_default();
        let answered = !draft.shared_answers.is_empty();
        assert!(draft.clinical_text.contains(&display) || answered, "{case}: {display}");
    }
}

fn give(order: &Order, office: &str, catalogues: &Catalogues, engine: &Engine) -> Result<Opened, Vec<Problem>> {
    // Whoever orders in the cases, by their HPR numbers.
    let orderers = ["9144897", "9144900"].map(|hpr| Orderer { id: hpr.into(), her: String::new(), hpr: hpr.into() });
    let desk = Desk { office_her: office, orderers: &orderers };
    let usage = Usage::default();
    let suggest = |words: &str| -> Vec<Candidate> {
        let found = engine.search(words, &usage, 12).hits.into_iter();
        let offered = found.filter(|hit| hit.kind == HitKind::Service && !hit.withdrawn);
        offered.map(|hit| Candidate { provider: hit.provider.into(), service: hit.id.into() }).collect()
    };
    open(order, "0190f3a0-0000-7000-8000-000000000001".into(), &desk, catalogues, &suggest, &now())
}

fn given(shared: &Path) -> Vec<(String, Order)> {
    let mut cases = Vec::new();
    for entry in std::fs::read_dir(shared.join("acceptance/given")).unwrap() {
        let folder = entry.unwrap().path();
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let Ok(bytes) = std::fs::read(folder.join("order.json")) else { continue };
        let order =
            order::read(&bytes, &now(), Some(&folder)).unwrap_or_else(|problems| panic!("{name}: {problems:?}"));
        cases.push((name, order));
    }
    cases.sort_by(|(a, _), (b, _)| a.cmp(b));
    cases
}

fn table() -> BTreeMap<String, String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/handover.csv");
    let text = std::fs::read_to_string(path).unwrap();
    let rows = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).skip(1);
    rows.map(|row| row.split_once(';').map(|(case, becomes)| (case.to_owned(), becomes.to_owned())).unwrap()).collect()
}

fn engine(catalogues: &Catalogues) -> Engine {
    let all: Vec<Arc<Indexed>> = catalogues.iter().map(Arc::clone).collect();
    Engine::build(&all)
}

fn now() -> Zoned {
    "2026-11-26T10:00:00+01:00[Europe/Oslo]".parse().unwrap()
}
