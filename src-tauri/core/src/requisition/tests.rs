//! From a settled draft to what is sent, as the internal lab would report it.

use uuid::Uuid;

use crate::catalogue::model::LabelPer;
use crate::composing::composition::Missing;
use crate::composing::draft::{
    Answer, Attachment, CollectionPlace, Draft, EarlierFinding, Edit, Interval, IntervalUnit, LineContainer,
    LineSeries, Side, Urgency,
};
use crate::composing::fixture::{both, draft_with, edit, now};
use crate::composing::{Catalogues, Context};
use crate::order::{Action, Status};
use crate::requisition::bench::CheckRefused;
use crate::requisition::follow_up::{Change, change_order, changed};
use crate::requisition::{
    CollectionRefused, Identifier, NotComposable, NotReady, PatientCheckForm, PatientCheckRule, Requester, Requisition,
    Scan, SpecimenStatus, State, from_draft, to_order,
};

fn requester() -> Requester {
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

fn ids() -> impl FnMut() -> Uuid {
    let mut next = 0;
    move || {
        next += 1;
        Uuid::from_u128(0x0192_f000_0000_7000_8000_0000_0000_0000 + next)
    }
}

fn made(draft: &Draft, catalogues: &Catalogues) -> Result<Vec<Requisition>, NotComposable> {
    let context = Context { today: now().date(), now: &now(), history: &[] };
    from_draft(draft, catalogues, &requester(), &context, ids())
}

fn one(services: &[&str]) -> Requisition {
    let catalogues = both();
    let mut made = made(&draft_with(services, &catalogues), &catalogues).expect("the draft is settled");
    assert_eq!(made.len(), 1);
    made.remove(0)
}

fn id(requisition: &Requisition, container: &str) -> String {
    requisition.specimens.iter().find(|specimen| specimen.container == container).expect("a specimen").id.clone()
}

fn number(requisition: &mut Requisition) -> Vec<String> {
    let mut next = requisition.specimens.iter().filter(|specimen| specimen.number.is_some()).count();
    let mut alloc = || {
        next += 1;
        Ok::<_, ()>(format!("N{next}"))
    };
    requisition.assign_numbers(&mut alloc).expect("numbers are there")
}

#[test]
fn a_mixed_basket_becomes_one_requisition_for_each_department() {
    let catalogues = both();
    let mut draft = draft_with(&["tsh", "urindyrkning", "hb", "b/crp", "mr-kne"], &catalogues);
    for (line, question, answer) in [(2, "pregnant", false), (5, "modality", true), (5, "pacemaker", false)] {
        edit(
            &mut draft,
            &catalogues,
            Edit::Answer { line, question: question.into(), answer: Some(Answer::Boolean(answer)) },
        );
    }
    edit(&mut draft, &catalogues, Edit::ClinicalText { text: "Slapp i tre uker.".into() });
    let requisitions = made(&draft, &catalogues).expect("the draft is settled");
    let shown: Vec<(&str, usize, usize)> =
        requisitions.iter().map(|r| (r.receiver.department.as_str(), r.services.len(), r.specimens.len())).collect();
    assert_eq!(shown, [("biokjemi", 2, 2), ("mikro", 1, 1), ("lab", 1, 1), ("rontgen", 1, 0)]);
    for requisition in &requisitions {
        let order = to_order(requisition, Status::Test, &now()).map_err(|problems| format!("{problems:?}"));
        assert!(order.is_ok(), "{}: {:?}", requisition.receiver.department, order.err());
    }
}

#[test]
fn a_draft_with_something_unsettled_is_handed_on_to_nobody() {
    let catalogues = both();
    let missing = vec![Missing::Question { line: 1, question: "dose".into() }];
    assert_eq!(made(&draft_with(&["litium"], &catalogues), &catalogues).err(), Some(NotComposable::Unsettled(missing)));
}

#[test]
fn answers_and_reasons_stand_where_the_catalogue_wants_them() {
    let catalogues = both();
    let mut draft = draft_with(&["mr-kne"], &catalogues);
    edit(
        &mut draft,
        &catalogues,
        Edit::Answer { line: 1, question: "modality".into(), answer: Some(Answer::Boolean(false)) },
    );
    edit(
        &mut draft,
        &catalogues,
        Edit::Answer { line: 1, question: "side".into(), answer: Some(Answer::Choice("right".into())) },
    );
    edit(
        &mut draft,
        &catalogues,
        Edit::Answer { line: 1, question: "pacemaker".into(), answer: Some(Answer::Boolean(false)) },
    );
    edit(&mut draft, &catalogues, Edit::ClinicalText { text: "Låsninger. Haster.".into() });
    let give = Edit::Override {
        line: None,
        provider: String::new(),
        rule: "urgency_in_text".into(),
        reason: Some("not_urgent".into()),
    };
    edit(&mut draft, &catalogues, give);
    let requisition = made(&draft, &catalogues).expect("settled").remove(0);
    let order = to_order(&requisition, Status::Test, &now()).expect("an order");
    assert_eq!(order.may_change_modality, Some(false));
    assert_eq!(order.services[0].specs[0].code.as_deref(), Some("ZTX0XA"));
    assert_eq!(order.services[0].comment.as_deref(), Some("Hasteord i teksten: Haster ikke"));
    let item = &order.information_items[0];
    assert_eq!(
        (item.item_type.as_str(), item.code.as_ref().and_then(|code| code.code.as_deref())),
        ("NB", Some("NOPAC"))
    );
    assert_eq!((order.reasons[0].heading.as_str(), order.reasons[0].text.as_str()), ("PROB", "Låsninger. Haster."));
    assert!(order.specimens.is_empty());
}

#[test]
fn at_once_is_high_urgency_and_the_priority_that_the_list_calls_immediate() {
    let mut requisition = one(&["hb"]);
    requisition.urgency = Urgency::Cito;
    let order = to_order(&requisition, Status::Test, &now()).expect("an order");
    assert_eq!((order.urgency, order.services[0].priority.as_deref()), (Some(crate::order::Urgency::High), Some("0")));
    requisition.urgency = Urgency::Routine;
    let order = to_order(&requisition, Status::Test, &now()).expect("an order");
    assert_eq!((order.urgency, order.services[0].priority.as_deref()), (Some(crate::order::Urgency::Normal), None));
}

#[test]
fn a_patient_without_a_number_is_sent_with_one_that_nobody_else_has() {
    let mut requisition = one(&["hb"]);
    requisition.patient.national_id = None;
    let order = to_order(&requisition, Status::Test, &now()).expect("an order");
    assert_eq!(order.patient.ids.hnr, requisition.draft);
    assert!(order.patient.birth_date.is_some() && order.patient.sex.is_some());
}

#[test]
fn a_requester_without_an_address_is_named_and_not_sent() {
    let mut requisition = one(&["hb"]);
    requisition.requester.office_her = String::new();
    let problems = to_order(&requisition, Status::Test, &now()).expect_err("refused");
    assert_eq!(problems[0].path, "requester.organisation.ids.HER");
}

#[test]
fn a_time_of_collection_in_the_future_is_refused_and_wall_clock_is_the_offices() {
    let mut requisition = one(&["hb"]);
    let edta = id(&requisition, "EDTA");
    assert_eq!(requisition.collect(&edta, "2026-11-23T10:16", "Anne", &now()), Err(CollectionRefused::InFuture));
    assert_eq!(requisition.collect(&edta, "2026-13-23T10:16", "Anne", &now()), Err(CollectionRefused::WrongTime));
    assert_eq!(requisition.collect(&edta, "2026-11-23T10:00", "  ", &now()), Err(CollectionRefused::WrongName));
    assert_eq!(requisition.collect(&edta, "2026-11-23T09:00:00Z", " Anne ", &now()), Ok(()));
    let expected = SpecimenStatus::Collected { at: "2026-11-23T10:00:00+01:00".into(), by: "Anne".into() };
    assert!(requisition.specimens[0].status == expected);
}

#[test]
fn the_state_follows_the_specimens() {
    let mut requisition = one(&["hb", "tsh"]);
    let (edta, gel) = (id(&requisition, "EDTA"), id(&requisition, "GEL"));
    assert_eq!(requisition.state(), State::WaitingForCollection);
    requisition.collect(&edta, "2026-11-23T10:00", "Anne", &now()).expect("taken");
    assert_eq!(requisition.state(), State::PartlyCollected);
    requisition.not_taken(&gel, "difficult").expect("decided");
    assert_eq!(requisition.state(), State::Collected);
    assert_eq!(requisition.not_taken(&gel, "bad mood"), Err(CollectionRefused::UnknownReason));
    requisition.undo(&gel).expect("back");
    assert_eq!(requisition.state(), State::PartlyCollected);
}

#[test]
fn a_specimen_taken_again_never_gets_the_spoiled_ones_number() {
    let mut requisition = one(&["hb"]);
    for per in [LabelPer::Container, LabelPer::Specimen, LabelPer::Requisition] {
        requisition = one(&["hb"]);
        requisition.receiver.label_per = per;
        number(&mut requisition);
        let edta = id(&requisition, "EDTA");
        requisition.spoiled(&edta, "clotted").expect("spoiled");
        let again = requisition.retake(&edta, Uuid::from_u128(77)).expect("again");
        assert_eq!(requisition.retake(&edta, Uuid::from_u128(78)), Err(CollectionRefused::WrongState("taken again")));
        assert_eq!(number(&mut requisition), [again.as_str()]);
        let numbers: Vec<_> = requisition.specimens.iter().filter_map(|specimen| specimen.number.as_deref()).collect();
        assert_eq!(numbers, ["N1", "N2"], "{per:?}");
        requisition.collect(&again, "2026-11-23T10:00", "Anne", &now()).expect("taken");
    }
    let order = to_order(&requisition, Status::Test, &now()).expect("an order");
    let sent: Vec<_> = order.specimens.iter().map(|specimen| specimen.ids.requester.as_deref()).collect();
    assert_eq!(sent, [Some("N2")], "the spoiled specimen is not in the message");
}

#[test]
fn numbers_are_shared_as_the_receiver_wants_them() {
    for (per, expected) in [
        (LabelPer::Container, vec!["N1", "N2", "N3"]),
        (LabelPer::Specimen, vec!["N1", "N1", "N2"]),
        (LabelPer::Requisition, vec!["N1", "N1", "N1"]),
    ] {
        let mut requisition = one(&["tsh", "kryo", "hb"]);
        requisition.receiver.label_per = per;
        assert_eq!(number(&mut requisition).len(), 3);
        let numbers: Vec<_> = requisition.specimens.iter().filter_map(|specimen| specimen.number.clone()).collect();
        assert_eq!(numbers, expected, "{per:?}");
        assert_eq!(number(&mut requisition).len(), 0, "a second time gives none");
    }
}

#[test]
fn a_tube_of_a_later_sample_is_another_specimen() {
    let mut requisition = one(&["tsh", "kryo", "hb"]);
    requisition.receiver.label_per = LabelPer::Specimen;
    let serum: Vec<String> = requisition.specimens.iter().take(2).map(|specimen| specimen.id.clone()).collect();
    assert_eq!(requisition.specimens[0].material, requisition.specimens[1].material);
    requisition.collect(&serum[0], "2026-11-23T09:00", "Anne", &now()).expect("taken");
    let mut later = requisition.clone();
    requisition.collect(&serum[1], "2026-11-23T09:03", "Anne", &now()).expect("taken with it");
    later.collect(&serum[1], "2026-11-23T10:00", "Anne", &now()).expect("taken an hour later");
    for (mut taken, shared) in [(requisition, true), (later, false)] {
        number(&mut taken);
        assert_eq!(taken.specimens[0].number == taken.specimens[1].number, shared);
    }
}

#[test]
fn when_numbers_run_out_nothing_is_half_numbered() {
    let mut requisition = one(&["tsh", "hb"]);
    let mut left = vec!["N1".to_owned()];
    assert_eq!(requisition.assign_numbers(|| left.pop().ok_or("none left")), Err("none left"));
    assert!(requisition.specimens.iter().all(|specimen| specimen.number.is_none()));
}

#[test]
fn a_container_from_home_is_opened_by_its_scan_and_asks_the_time() {
    let catalogues = both();
    let mut draft = draft_with(&["urindyrkning"], &catalogues);
    edit(&mut draft, &catalogues, Edit::ClinicalText { text: "Dysuri".into() });
    let mut requisition = made(&draft, &catalogues).expect("settled").remove(0);
    number(&mut requisition);
    let urine = id(&requisition, "URIN");
    requisition.at_home(&urine).expect("given");
    assert_eq!(requisition.ready_to_send(), Err(vec![NotReady::AtHome { specimen: urine.clone() }]));
    assert_eq!(requisition.confirm_scan("N1", &now()), Scan::CameBack { specimen: urine.clone() });
    requisition.returned(&urine, "2026-11-23T07:00", "Line Danser", &now()).expect("back");
    assert_eq!(
        (requisition.ready_to_send(), requisition.confirm_scan("N1", &now())),
        (Ok(()), Scan::Already { specimen: urine })
    );
    assert_eq!(requisition.confirm_scan("N9", &now()), Scan::Unknown);
}

#[test]
fn what_is_not_done_yet_is_named_before_sending() {
    let mut requisition = one(&["glukose", "hb"]);
    let (gel, edta) = (id(&requisition, "GEL"), id(&requisition, "EDTA"));
    requisition.collect(&gel, "2026-11-23T10:00", "Anne", &now()).expect("taken");
    let key = requisition.services[0].key.clone();
    let left = requisition.ready_to_send().expect_err("not ready");
    assert_eq!(
        left,
        [
            NotReady::Unnumbered { specimen: gel.clone() },
            NotReady::Waiting { specimen: edta.clone() },
            NotReady::Question { service: key.clone(), question: "fasting".into() }
        ]
    );
    assert_eq!(
        requisition.answer(&key, "fasting", Some(Answer::Text("ja".into()))),
        Err(CollectionRefused::WrongAnswer)
    );
    requisition.answer(&key, "fasting", Some(Answer::Boolean(true))).expect("answered");
    number(&mut requisition);
    requisition.not_taken(&edta, "refused").expect("decided");
    assert_eq!(requisition.ready_to_send(), Err(vec![NotReady::Unscanned { specimen: gel.clone() }]));
    requisition.confirm_scan("N1", &now());
    assert_eq!(requisition.ready_to_send(), Ok(()));
    let order = to_order(&requisition, Status::Test, &now()).expect("an order");
    let gel = order.specimens.iter().find(|specimen| specimen.key == gel).expect("the tube");
    let heading = gel.pretreatment.as_ref().and_then(|given| given.heading.as_deref());
    assert_eq!((heading, gel.collected.is_some()), (Some("FA"), true));
    let edta = order.specimens.iter().find(|specimen| specimen.key == edta).expect("the tube");
    assert_eq!((edta.not_collected, edta.ids.requester.as_deref()), (true, None));
    assert_eq!(edta.comment.as_deref(), Some("Ikke tatt: pasienten ønsket det ikke."));
}

#[test]
fn a_tube_that_goes_without_a_scan_says_why_to_a_receiver_that_wants_to_know() {
    let mut requisition = one(&["hb"]);
    let edta = id(&requisition, "EDTA");
    number(&mut requisition);
    assert_eq!(
        requisition.send_unscanned(&edta, "no_scanner"),
        Err(CollectionRefused::WrongState("planned")),
        "nothing was taken yet"
    );
    requisition.collect(&edta, "2026-11-23T10:00", "Anne", &now()).expect("taken");
    assert_eq!(requisition.send_unscanned(&edta, "lazy"), Err(CollectionRefused::UnknownReason));
    requisition.send_unscanned(&edta, "unreadable").expect("said why");
    assert_eq!(requisition.ready_to_send(), Ok(()));
    for (tell, expected) in [
        (false, None),
        (true, Some("Etiketten ble ikke skannet på beholderen ved prøvetaking: etiketten lot seg ikke lese.")),
    ] {
        requisition.receiver.tell_unscanned = tell;
        let order = to_order(&requisition, Status::Test, &now()).expect("an order");
        assert_eq!(order.specimens[0].comment.as_deref(), expected);
    }
    assert_eq!(requisition.confirm_scan("N1", &now()), Scan::Confirmed { specimen: edta.clone() });
    assert_eq!(requisition.specimens[0].unscanned, None, "it was scanned after all");
}

#[test]
fn a_container_that_came_back_without_a_scan_is_not_taken_for_scanned() {
    let mut requisition = one(&["hb"]);
    let edta = id(&requisition, "EDTA");
    number(&mut requisition);
    requisition.confirm_scan("N1", &now());
    requisition.at_home(&edta).expect("given");
    requisition.returned(&edta, "2026-11-23T07:00", "Line Danser", &now()).expect("back");
    assert_eq!(requisition.ready_to_send(), Err(vec![NotReady::Unscanned { specimen: edta }]));
}

#[test]
fn nothing_taken_is_nothing_to_send() {
    let mut requisition = one(&["hb"]);
    let edta = id(&requisition, "EDTA");
    requisition.not_taken(&edta, "refused").expect("decided");
    assert_eq!(requisition.ready_to_send(), Err(vec![NotReady::NothingTaken]));
}

#[test]
fn the_untaken_remainder_becomes_its_own_requisition_and_nothing_is_lost() {
    let mut requisition = one(&["tsh", "ft4", "hb"]);
    let (gel, edta) = (id(&requisition, "GEL"), id(&requisition, "EDTA"));
    requisition.receiver.label_per = LabelPer::Requisition;
    number(&mut requisition);
    requisition.collect(&gel, "2026-11-23T10:00", "Anne", &now()).expect("taken");
    let before = requisition.clone();
    let rest = requisition.split_remainder(|| Uuid::from_u128(99)).expect("a remainder");
    assert_ne!(rest.id, requisition.id);
    let names = |r: &Requisition| r.services.iter().map(|service| service.name.clone()).collect::<Vec<_>>();
    assert_eq!((names(&requisition), names(&rest)), (vec!["tsh".to_owned(), "ft4".to_owned()], vec!["hb".to_owned()]));
    assert_eq!(before.specimens.len(), requisition.specimens.len() + rest.specimens.len());
    requisition.confirm_scan("N1", &now());
    assert_eq!(requisition.ready_to_send(), Ok(()));
    assert_eq!(rest.specimens[0].number, None, "a number in two requisitions would join them");
    assert_ne!(rest.specimens[0].id, edta, "its label is void, so it is another specimen");
    assert!(requisition.split_remainder(|| Uuid::from_u128(100)).is_none());
}

#[test]
fn a_catalogue_update_does_not_change_what_was_ordered() {
    let requisition = one(&["hb"]);
    let kept = serde_json::to_string(&requisition).expect("JSON");
    let read: Requisition = serde_json::from_str(&kept).expect("the same");
    assert!(read == requisition);
    assert_eq!(
        (read.receiver.catalogue_version.as_str(), read.specimens[0].container_label.as_str()),
        ("2026.11.1", "EDTA")
    );
    assert!(!format!("{read:?}").contains("Danser"));
}

#[test]
fn three_jars_reach_the_pathologist_with_their_letters_sites_and_fixatives() {
    let catalogues = both();
    let mut draft = draft_with(&["p/hud"], &catalogues);
    for (site, side, material, size_mm) in [
        ("Rygg", None, None, Some(8.0)),
        ("Legg", Some(Side::Left), Some("Hud, ufiksert"), None),
        ("Kinn", Some(Side::Right), None, None),
    ] {
        edit(&mut draft, &catalogues, Edit::AddContainer { line: 1 });
        let container = LineContainer {
            id: draft.lines[0].last_container,
            material: material.map(str::to_owned),
            site: site.into(),
            side,
            procedure: "Stansebiopsi".into(),
            size_mm,
            ..LineContainer::default()
        };
        edit(&mut draft, &catalogues, Edit::DescribeContainer { line: 1, container });
    }
    edit(&mut draft, &catalogues, Edit::CancerPathway { on: true });
    let found = EarlierFinding { text: "H24-1234: dysplastisk nevus".into(), date: Some("2024-05".into()) };
    edit(&mut draft, &catalogues, Edit::EarlierFindings { findings: vec![found] });
    let sketch = b"%PDF-1.4 skisse";
    let id = Uuid::from_u128(7);
    let attachment = Attachment::of(id.to_string(), "Skisse".into(), sketch, "2026-11-23T10:00:00+01:00".into());
    edit(&mut draft, &catalogues, Edit::Attach { attachment: attachment.expect("a PDF") });

    let mut requisition = made(&draft, &catalogues).expect("settled").remove(0);
    number(&mut requisition);
    let first = requisition.specimens[0].id.clone();
    requisition.collect(&first, "2026-11-23T09:30", "Ida", &now()).expect("taken");
    let problems = to_order(&requisition, Status::Test, &now()).expect_err("the content is in the store");
    assert_eq!(problems[0].path, "attachments[0].base64");
    let requisition = requisition.with_contents(|_| Ok::<_, ()>(sketch.to_vec())).expect("it is read");
    let order =
        to_order(&requisition, Status::Test, &now()).map_err(|problems| format!("{problems:?}")).expect("an order");

    assert_eq!(order.services.len(), 1);
    assert_eq!(order.services[0].priority.as_deref(), Some("PK"));
    assert_eq!(order.services[0].specimens.len(), 3);
    let said: Vec<_> = order
        .specimens
        .iter()
        .map(|one| {
            (
                one.ids.requester.as_deref(),
                one.anatomical_origin.as_deref(),
                one.preservative.as_deref(),
                one.comment.as_deref(),
                one.collector_comment.as_deref(),
            )
        })
        .collect();
    assert_eq!(
        said,
        [
            (Some("N1"), Some("Rygg"), Some("Formalin 4 %"), Some("Beholder A"), Some("Stansebiopsi")),
            (Some("N2"), Some("Legg, venstre side"), Some("NaCl 9 mg/mL"), Some("Beholder B\nStansebiopsi"), None),
            (Some("N3"), Some("Kinn, høyre side"), Some("Formalin 4 %"), Some("Beholder C\nStansebiopsi"), None),
        ]
    );
    assert_eq!(order.specimens[0].measures[0].value, 8.0);
    assert_eq!(order.findings[0].date.as_ref().map(|date| date.as_str()), Some("2024-05"));
    assert_eq!(order.information_items[0].text.as_deref(), Some("Pakkeforløp for kreft"));
    assert_eq!(order.attachments[0].content().as_deref(), Some(&sketch[..]));
}

#[test]
fn what_is_urgent_at_once_stays_at_once_in_a_cancer_pathway() {
    let catalogues = both();
    let mut draft = draft_with(&["p/hud"], &catalogues);
    let site = Edit::Answer { line: 1, question: "site".into(), answer: Some(Answer::Text("Rygg".into())) };
    edit(&mut draft, &catalogues, site);
    edit(&mut draft, &catalogues, Edit::CancerPathway { on: true });
    edit(&mut draft, &catalogues, Edit::Urgency { urgency: Urgency::Cito });
    let requisition = made(&draft, &catalogues).expect("settled").remove(0);
    let order = to_order(&requisition, Status::Test, &now()).expect("an order");
    assert_eq!(order.services[0].priority.as_deref(), Some("0"));
    assert_eq!(order.information_items.len(), 1, "the pathway is still told");
}

#[test]
fn a_series_and_where_it_is_taken_stand_in_the_order() {
    let catalogues = both();
    let mut draft = draft_with(&["tsh", "urindyrkning"], &catalogues);
    let pregnant = Edit::Answer { line: 2, question: "pregnant".into(), answer: Some(Answer::Boolean(false)) };
    edit(&mut draft, &catalogues, pregnant);
    edit(&mut draft, &catalogues, Edit::ClinicalText { text: "Kontroll av dosen.".into() });
    let series = LineSeries {
        times: Some(6),
        every: Some(Interval { count: 4, unit: IntervalUnit::Week }),
        start: Some("2026-12-01".into()),
        ..LineSeries::default()
    };
    edit(&mut draft, &catalogues, Edit::Series { line: 1, series: Some(series) });
    edit(&mut draft, &catalogues, Edit::PlannedDate { date: Some("2026-12-01".into()) });
    let place = CollectionPlace::Elsewhere { name: "Furumo sykehjem".into() };
    edit(&mut draft, &catalogues, Edit::CollectionPlace { place });
    let requisition = made(&draft, &catalogues).expect("settled").remove(0);
    let order = to_order(&requisition, Status::Test, &now()).expect("an order");
    let series = order.services[0].series.as_ref().expect("a series");
    assert_eq!((series.times, series.interval.as_deref()), (Some(6), Some("Hver 4. uke")));
    assert_eq!(order.comments[0].text, "Prøvene tas av: Furumo sykehjem.");
    assert!(order.specimens[0].not_collected);
    assert_eq!(order.specimens[0].planned_date.as_ref().map(|day| day.as_str()), Some("2026-12-01"));

    edit(&mut draft, &catalogues, Edit::CollectionPlace { place: CollectionPlace::Home });
    let home: Vec<bool> = made(&draft, &catalogues)
        .expect("settled")
        .iter()
        .flat_map(|one| &one.specimens)
        .map(|one| one.status == SpecimenStatus::AtHome)
        .collect();
    assert_eq!(home, [false, true], "blood is drawn here, urine waits with the patient");
}

#[test]
fn the_patient_is_made_sure_of_by_two_identifiers_and_never_by_somebody_elses() {
    let mut requisition = one(&["hb"]);
    let number = requisition.patient.national_id.clone().expect("a number");
    let mut confirm = |rule, name, second, typed: &str| {
        let form = PatientCheckForm { name, second, typed: typed.into() };
        let outcome = requisition.confirm_patient(rule, &form, "Ida", now().timestamp());
        outcome.map(|()| requisition.patient_check.take().expect("taken down").identifiers)
    };
    use PatientCheckRule::{Confirm, Type};
    let both = Ok(vec![Identifier::Name, Identifier::Number]);
    assert_eq!(confirm(Confirm, true, true, ""), both);
    assert_eq!(confirm(Confirm, true, false, ""), Err(CheckRefused::TwoIdentifiers));
    assert_eq!(confirm(Confirm, false, true, ""), Err(CheckRefused::TwoIdentifiers));
    assert_eq!(confirm(Type, true, true, ""), Err(CheckRefused::TwoIdentifiers), "a tick is not enough");
    assert_eq!(confirm(Type, true, true, &number), both);
    assert_eq!(confirm(Type, true, true, "13 11 69"), Ok(vec![Identifier::Name, Identifier::BirthDate]));
    assert_eq!(confirm(Confirm, true, true, "14019800513"), Err(CheckRefused::OtherPatient));
}

#[test]
fn a_deadline_follows_the_urgency_or_the_planned_day_and_what_is_at_home_is_waited_for() {
    let mut requisition = one(&["hb"]);
    let (zone, since) = (now().time_zone().clone(), now().timestamp());
    let hours = |requisition: &Requisition| requisition.due(since, &zone).duration_since(since).as_mins();
    assert_eq!(hours(&requisition), 24 * 60);
    requisition.urgency = Urgency::Cito;
    assert_eq!(hours(&requisition), 15);
    assert!(requisition.waits_too_long(since, since + jiff::SignedDuration::from_mins(16), &zone));
    requisition.urgency = Urgency::Routine;
    requisition.planned_date = Some("2026-11-25".into());
    assert_eq!(requisition.due(since, &zone).to_zoned(zone.clone()).date().to_string(), "2026-11-26");
    let edta = id(&requisition, "EDTA");
    requisition.at_home(&edta).expect("given");
    assert!(!requisition.waits_too_long(since, since + jiff::SignedDuration::from_hours(900), &zone));
}

#[test]
fn labels_alarm_when_the_requisition_is_put_back_and_not_while_somebody_works_on_it() {
    let mut requisition = one(&["hb"]);
    let edta = id(&requisition, "EDTA");
    let printed = now().timestamp();
    let later = |minutes| printed + jiff::SignedDuration::from_mins(minutes);
    let asked = |specimen: &str| (specimen == edta).then_some(printed);
    assert_eq!(requisition.labelled_and_left(|_| None, false, later(60)), None, "nothing was printed");
    assert_eq!(requisition.labelled_and_left(asked, true, later(10)), None);
    assert_eq!(requisition.labelled_and_left(asked, true, later(16)), Some(printed), "left lying");
    assert_eq!(requisition.labelled_and_left(asked, false, later(1)), Some(printed), "put back");
    requisition.at_home(&edta).expect("given");
    assert_eq!(requisition.labelled_and_left(asked, false, later(60)), None, "it left with the patient");
}

#[test]
fn a_second_change_no_longer_names_the_specimen_whose_services_are_all_out() {
    let mut requisition = one(&["tsh", "hb"]);
    number(&mut requisition);
    let change = |without: &str| Change {
        clinical_text: "Slapp".into(),
        urgency: Urgency::Routine,
        without: vec![without.to_owned()],
    };
    let first = change_order(&requisition, &change("s2"), Status::Test, &now()).expect("an order");
    let actions: Vec<Action> = first.services.iter().map(|service| service.action).collect();
    assert_eq!((actions, first.specimens.len()), (vec![Action::Unchanged, Action::Cancelled], 2));
    let after = changed(&requisition, &change("s2"));
    let second = change_order(&after, &change("s9"), Status::Test, &now()).expect("the EDTA tube serves nothing now");
    assert_eq!((second.services.len(), second.specimens.len()), (1, 1));
}
