//! From a catalogue to the message: whatever a provider offers can be composed, collected, sent and read by the receiver.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use it::judge::judge;
use it::shared;
use jiff::{Timestamp, Zoned};
use requisition::catalogue::authoring;
use requisition::catalogue::model::{AnswerType, Indexed, Severity};
use requisition::codes::MessageVersion;
use requisition::composing::composition::{AskedQuestion, Composition, Subject};
use requisition::composing::draft::{Answer, Diagnosis, Draft, Edit, Patient, Urgency};
use requisition::composing::{Catalogues, Context, apply, compose};
use requisition::ids::MessageId;
use requisition::message::{Envelope, check, render};
use requisition::order::Status;
use requisition::requisition::{Requester, Requisition, SpecimenStatus, from_draft, to_order};
use uuid::Uuid;

#[test]
fn every_service_on_offer_can_be_ordered_collected_and_sent() {
    let catalogues = catalogues();
    let mut faults = Vec::new();
    let mut sent = 0;
    for indexed in catalogues.iter() {
        for service in indexed.catalogue().services.iter().filter(|service| !service.withdrawn) {
            let provider = &indexed.catalogue().provider.id;
            let add = Edit::AddService { provider: provider.clone(), service: service.id.clone() };
            match send(&[add], &catalogues) {
                Ok(messages) => sent += messages.len(),
                Err(fault) => faults.push(format!("{provider}/{}: {fault}", service.id)),
            }
        }
    }
    assert!(faults.is_empty(), "{} of them:\n{}", faults.len(), faults.join("\n"));
    assert!(sent > 100, "only {sent} were sent");
}

#[test]
fn every_panel_becomes_messages_that_the_official_schema_and_rules_take() {
    let catalogues = catalogues();
    let mut messages = Vec::new();
    for indexed in catalogues.iter() {
        for panel in &indexed.catalogue().panels {
            let provider = indexed.catalogue().provider.id.clone();
            let add = Edit::AddPanel { provider, panel: panel.id.clone() };
            let made = send(&[add], &catalogues).unwrap_or_else(|fault| panic!("{}: {fault}", panel.id));
            messages.extend(made.into_iter().map(|message| (panel.id.clone(), message)));
        }
    }
    assert!(!messages.is_empty());
    let Some(shared) = shared() else { return };
    judge(&shared, MessageVersion::V1_6, &messages);
}

#[test]
fn one_basket_of_everything_common_splits_by_department_and_every_part_is_taken() {
    let catalogues = catalogues();
    let picked: Vec<Edit> = catalogues
        .iter()
        .flat_map(|indexed| {
            let catalogue = indexed.catalogue();
            let mut departments = BTreeSet::new();
            let first = catalogue
                .services
                .iter()
                .filter(move |service| !service.withdrawn && departments.insert(&service.department));
            first.map(|service| Edit::AddService {
                provider: catalogue.provider.id.clone(),
                service: service.id.clone(),
            })
        })
        .collect();
    let parts = picked.len();
    let messages = send(&picked, &catalogues).expect("the basket is sent");
    assert_eq!(messages.len(), parts);
    let Some(shared) = shared() else { return };
    let named: Vec<_> = messages.into_iter().enumerate().map(|(at, message)| (format!("part-{at}"), message)).collect();
    judge(&shared, MessageVersion::V1_6, &named);
}

/// Composes, answers, passes warnings, collects and renders, as a busy but dutiful user would.
fn send(edits: &[Edit], catalogues: &Catalogues) -> Result<Vec<Vec<u8>>, String> {
    let draft = settled(patient(), edits, &[], catalogues)?;
    let context = Context { today: now().date(), now: &now(), history: &[] };
    let made =
        from_draft(&draft, catalogues, &requester(), &context, Uuid::now_v7).map_err(|error| format!("{error:?}"))?;
    made.into_iter().map(message).collect()
}

/// A draft with everything answered and settled: with the given answers where they are asked for, with any others else.
pub fn settled(
    patient: Patient,
    edits: &[Edit],
    answers: &[(&str, Answer)],
    catalogues: &Catalogues,
) -> Result<Draft, String> {
    let mut draft = Draft::new(Uuid::now_v7().to_string(), patient, Some("r1".into()), Timestamp::UNIX_EPOCH);
    let edit = |draft: &mut Draft, edit: Edit| {
        apply(draft, edit, catalogues, now().timestamp()).map_err(|error| format!("{error}"))
    };
    for picked in edits {
        edit(&mut draft, picked.clone())?;
    }
    edit(&mut draft, Edit::ClinicalText { text: "Slapp i tre uker.\n\nVekttap < 3 kg & feber; æøå «test».".into() })?;
    edit(&mut draft, Edit::Urgency { urgency: Urgency::Urgent })?;
    let diagnosis = Diagnosis { system: "ICPC2".into(), code: "A04".into(), display: "Slapphet/tretthet".into() };
    edit(&mut draft, Edit::Diagnoses { diagnoses: vec![diagnosis] })?;
    // An answer may bring up another question.
    for _ in 0..5 {
        let composition = composed(&draft, catalogues);
        if composition.missing.is_empty() {
            return Ok(draft);
        }
        for line in composition.groups.iter().flat_map(|group| &group.lines) {
            for question in line.questions.iter().filter(|question| question.answer.is_none()) {
                let given = answers.iter().find(|(id, _)| *id == question.id).map(|(_, answer)| answer.clone());
                let answer = Some(given.unwrap_or_else(|| some_answer(question)));
                edit(&mut draft, Edit::Answer { line: line.id, question: question.id.clone(), answer })?;
            }
        }
        for finding in composed(&draft, catalogues).findings {
            if finding.severity == Severity::Warn && finding.overridden.is_none() {
                let line = if let Subject::Line { line } = finding.subject { Some(line) } else { None };
                let reason = finding.override_reasons.first().map(|reason| reason.value.clone());
                let provider = finding.provider.unwrap_or_default();
                edit(&mut draft, Edit::Override { line, provider, rule: finding.rule, reason })?;
            }
        }
    }
    Err(format!("{:?}", composed(&draft, catalogues).missing))
}

pub fn composed(draft: &Draft, catalogues: &Catalogues) -> Composition {
    compose(draft, catalogues, &Context { today: now().date(), now: &now(), history: &[] })
}

pub fn message(mut requisition: Requisition) -> Result<Vec<u8>, String> {
    let mut next = 0_u32;
    let numbered = requisition.assign_numbers(|| {
        next += 1;
        Ok::<_, std::convert::Infallible>(format!("{next:012}"))
    });
    assert_eq!(numbered.map(|given| given.len()), Ok(requisition.specimens.len()));
    let specimens: Vec<String> = requisition.specimens.iter().map(|specimen| specimen.id.clone()).collect();
    for specimen in specimens {
        requisition
            .collect(&specimen, "2026-11-23T10:00", "Anne Sykepleier", &now())
            .map_err(|error| error.to_string())?;
    }
    for number in requisition.specimens.iter().filter_map(|specimen| specimen.number.clone()).collect::<Vec<_>>() {
        requisition.confirm_scan(&number, &now());
    }
    let open: Vec<(String, AskedQuestion)> = requisition
        .services
        .iter()
        .flat_map(|service| service.answers.iter().map(|given| (service.key.clone(), given)))
        .filter(|(_, given)| given.answer.is_none())
        .map(|(key, given)| (key, given.question.clone()))
        .collect();
    for (service, question) in open {
        let answer = Some(some_answer(&question));
        requisition.answer(&service, &question.id, answer).map_err(|error| format!("{}: {error}", question.id))?;
    }
    requisition.set_note_to_laboratory("Stukket to ganger.").map_err(|error| error.to_string())?;
    requisition.ready_to_send().map_err(|left| format!("{left:?}"))?;
    assert!(requisition.specimens.iter().all(|specimen| matches!(specimen.status, SpecimenStatus::Collected { .. })));
    let order = to_order(&requisition, Status::Test, &now()).map_err(|problems| format!("{problems:?}"))?;
    let envelope = Envelope { message_id: MessageId::from_uuid(Uuid::now_v7()), generated: now() };
    let bytes = render(&order, &envelope, MessageVersion::V1_6).map_err(|error| error.to_string())?;
    check(&bytes).map_err(|error| error.to_string())?;
    let older = render(&order, &envelope, MessageVersion::V1_5).map_err(|error| error.to_string())?;
    check(&older).map_err(|error| error.to_string())?;
    Ok(bytes)
}

fn some_answer(question: &AskedQuestion) -> Answer {
    let option = || question.options.last().map(|option| option.value.clone()).unwrap_or_default();
    match question.answer_type {
        AnswerType::Boolean => Answer::Boolean(false),
        AnswerType::Choice => Answer::Choice(option()),
        AnswerType::Choices => Answer::Choices(vec![option()]),
        AnswerType::Text => Answer::Text("Ja, siden i går".into()),
        AnswerType::Number => Answer::Number(question.min.or(question.max).unwrap_or(10.0)),
        AnswerType::Date => Answer::Date("2026-11-01".into()),
        AnswerType::DateTime => Answer::DateTime("2026-11-22T08:30".into()),
    }
}

pub fn catalogues() -> Catalogues {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalog-data");
    let directories =
        std::fs::read_dir(folder).expect("catalog-data is there").map(|entry| entry.expect("an entry").path());
    let providers = directories.filter(|path| path.join("provider.toml").is_file());
    let built = providers.map(|path| match authoring::build(&path) {
        Ok(catalogue) => Arc::new(Indexed::new(catalogue)),
        Err(mistakes) => panic!("{}: {} mistakes", path.display(), mistakes.len()),
    });
    Catalogues::new(built.collect::<Vec<_>>())
}

/// Line Danser, a national test person.
pub fn patient() -> Patient {
    Patient {
        national_id: Some("13116900216".into()),
        id_kind: Some("FNR".into()),
        family: "Danser".into(),
        given: "Line".into(),
        birth_date: Some("1969-11-13".into()),
        sex: "2".into(),
        phone: Some("78499889".into()),
        street: Some("Numedalsveien 52".into()),
        postal_code: Some("3602".into()),
        city: Some("Kongsberg".into()),
    }
}

pub fn requester() -> Requester {
    Requester {
        id: "r1".into(),
        name: "August September".into(),
        hpr: Some("9144897".into()),
        her: "91100".into(),
        profession: Some("LE".into()),
        phone: "53759889".into(),
        office: "Kattskinnet legesenter".into(),
        office_her: "91096".into(),
        office_number: "971318864".into(),
        label_code: "KATT".into(),
    }
}

pub fn now() -> Zoned {
    "2026-11-23T10:15:00+01:00[Europe/Oslo]".parse().expect("a time")
}
