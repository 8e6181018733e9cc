//! Containers, series, days, places and attachments of a draft, as the people who use it would report it.

use jiff::Timestamp;

use crate::catalogue::model::Severity;
use crate::composing::composition::{BasketLine, Missing, Subject};
use crate::composing::draft::{
    Answer, Attachment, CollectionPlace, DepartmentRef, Draft, EarlierFinding, Edit, Interval, IntervalUnit,
    LineContainer, LineSeries, Side,
};
use crate::composing::fixture::{both, composed, draft_with, edit, now};
use crate::composing::{Catalogues, Composition, Context, EditRefused, PastOrder, apply, last_ordered_of};
use crate::order::MimeType;

fn refused(draft: &mut Draft, catalogues: &Catalogues, edit: Edit) -> EditRefused {
    apply(draft, edit, catalogues, Timestamp::UNIX_EPOCH).expect_err("the edit is refused")
}

fn line(composition: &Composition, id: u32) -> &BasketLine {
    composition.groups.iter().flat_map(|group| &group.lines).find(|line| line.id == id).expect("the line is there")
}

fn shown(composition: &Composition, id: u32) -> Vec<(Option<&str>, &str, Option<&str>)> {
    line(composition, id)
        .containers
        .iter()
        .map(|one| (one.letter.as_deref(), one.material.as_str(), one.fixative.as_deref()))
        .collect()
}

fn rules(composition: &Composition) -> Vec<(&str, Severity)> {
    composition.findings.iter().map(|finding| (finding.rule.as_str(), finding.severity)).collect()
}

fn described(id: u32, site: &str) -> LineContainer {
    LineContainer { id, site: site.into(), ..LineContainer::default() }
}

#[test]
fn jars_are_lettered_in_the_order_of_lines_and_each_says_its_own_site() {
    let catalogues = both();
    let mut draft = draft_with(&["p/hud", "p/negl"], &catalogues);
    let site = Edit::Answer { line: 1, question: "site".into(), answer: Some(Answer::Text("Rygg".into())) };
    edit(&mut draft, &catalogues, site);
    let size = Edit::Answer { line: 1, question: "size".into(), answer: Some(Answer::Number(8.0)) };
    edit(&mut draft, &catalogues, size);
    edit(&mut draft, &catalogues, Edit::AddContainer { line: 1 });
    edit(&mut draft, &catalogues, Edit::AddContainer { line: 1 });
    let first = &draft.lines[0].containers[0];
    assert_eq!((first.site.as_str(), first.size_mm), ("Rygg", Some(8.0)), "what was answered is taken over");
    let second = LineContainer {
        material: Some("Hud, ufiksert".into()),
        side: Some(Side::Left),
        procedure: "Stansebiopsi".into(),
        ..described(2, "")
    };
    edit(&mut draft, &catalogues, Edit::DescribeContainer { line: 1, container: second });

    let composition = composed(&draft, &catalogues, &[]);
    assert_eq!(
        shown(&composition, 1),
        [(Some("A"), "Hudbiopsi", Some("Formalin 4 %")), (Some("B"), "Hud, ufiksert", Some("NaCl 9 mg/mL"))]
    );
    let letters: Vec<_> = composition.plan.iter().map(|planned| planned.letter.as_deref()).collect();
    assert_eq!(letters, [Some("A"), Some("B"), Some("C")], "the nail is the third jar");
    assert!(line(&composition, 1).questions.is_empty(), "the jars say site and size for themselves");
    assert_eq!(line(&composition, 2).questions.len(), 2);
    assert_eq!(composition.missing, [Missing::Question { line: 2, question: "site".into() }]);
}

#[test]
fn a_jar_without_its_site_stops_the_draft_and_is_pointed_at() {
    let catalogues = both();
    let mut draft = draft_with(&["p/hud"], &catalogues);
    edit(&mut draft, &catalogues, Edit::AddContainer { line: 1 });
    edit(&mut draft, &catalogues, Edit::AddContainer { line: 1 });
    edit(&mut draft, &catalogues, Edit::DescribeContainer { line: 1, container: described(1, "Rygg") });
    let composition = composed(&draft, &catalogues, &[]);
    assert_eq!(
        composition.missing,
        [Missing::Stop { subject: Subject::Line { line: 1 }, rule: "container_site".into() }]
    );
    let silent: Vec<bool> = line(&composition, 1).containers.iter().map(|one| one.site_missing).collect();
    assert_eq!(silent, [false, true]);
    edit(&mut draft, &catalogues, Edit::RemoveContainer { line: 1, container: 2 });
    assert!(composed(&draft, &catalogues, &[]).missing.is_empty());
    edit(&mut draft, &catalogues, Edit::AddContainer { line: 1 });
    assert_eq!(draft.lines[0].containers[1].id, 3, "an id is never used again");
}

#[test]
fn one_jar_alone_has_no_letter() {
    let catalogues = both();
    let mut draft = draft_with(&["p/hud"], &catalogues);
    assert_eq!(composed(&draft, &catalogues, &[]).plan[0].letter, None);
    edit(&mut draft, &catalogues, Edit::AddContainer { line: 1 });
    assert_eq!(shown(&composed(&draft, &catalogues, &[]), 1), [(None, "Hudbiopsi", Some("Formalin 4 %"))]);
}

#[test]
fn what_could_never_be_taken_is_not_described() {
    let catalogues = both();
    let mut draft = draft_with(&["p/hud"], &catalogues);
    edit(&mut draft, &catalogues, Edit::AddContainer { line: 1 });
    let wrong = |field: &str| EditRefused::WrongValue { field: field.into() };
    let describe = |container: LineContainer| Edit::DescribeContainer { line: 1, container };
    let urine = LineContainer { material: Some("Urin".into()), ..described(1, "") };
    assert_eq!(refused(&mut draft, &catalogues, describe(urine)), wrong("containers"));
    let endless = LineContainer { size_mm: Some(f64::NAN), ..described(1, "") };
    assert_eq!(refused(&mut draft, &catalogues, describe(endless)), wrong("containers"));
    assert_eq!(refused(&mut draft, &catalogues, describe(described(9, "Rygg"))), wrong("containers"));
    let unsafe_site = refused(&mut draft, &catalogues, describe(described(1, "Ry\u{1}gg")));
    assert!(matches!(unsafe_site, EditRefused::UnsafeText { .. }));
}

#[test]
fn the_same_analysis_from_three_sites_is_three_requisitions_where_the_receiver_wants_each_material_apart() {
    let catalogues = both();
    let mut draft = draft_with(&["p/klamydia", "p/gonore"], &catalogues);
    for material in ["Urin", "Cervix", "Rektum"] {
        edit(&mut draft, &catalogues, Edit::AddContainer { line: 1 });
        let id = draft.lines[0].last_container;
        let container = LineContainer { material: Some(material.into()), ..described(id, "") };
        edit(&mut draft, &catalogues, Edit::DescribeContainer { line: 1, container });
    }
    let composition = composed(&draft, &catalogues, &[]);
    let parts: Vec<(Option<&str>, &[u32], usize)> = composition
        .parts
        .iter()
        .map(|part| (part.only.as_deref(), part.lines.as_slice(), part.specimens.len()))
        .collect();
    assert_eq!(parts, [(Some("Cervix"), &[1][..], 1), (Some("Rektum"), &[1][..], 1), (Some("Urin"), &[1, 2][..], 2)]);
    assert!(line(&composition, 1).containers.iter().all(|one| one.letter.is_none()), "letters are pathology's");
}

#[test]
fn lines_of_different_days_share_no_tube_and_no_requisition() {
    let catalogues = both();
    let mut draft = draft_with(&["tsh", "ft4", "glukose"], &catalogues);
    assert_eq!(composed(&draft, &catalogues, &[]).plan.len(), 1);
    edit(&mut draft, &catalogues, Edit::PlannedDate { date: Some("2026-12-01".into()) });
    edit(&mut draft, &catalogues, Edit::LinePlannedDate { line: 3, date: Some("2026-12-08".into()) });
    edit(&mut draft, &catalogues, Edit::LinePlannedDate { line: 2, date: Some("2026-12-01".into()) });
    let composition = composed(&draft, &catalogues, &[]);
    let planned: Vec<_> =
        composition.plan.iter().map(|planned| (planned.planned_date.as_deref(), planned.lines.as_slice())).collect();
    assert_eq!(planned, [(Some("2026-12-01"), &[1, 2][..]), (Some("2026-12-08"), &[3][..])]);
    let parts: Vec<_> = composition.parts.iter().map(|part| part.planned_date.as_deref()).collect();
    assert_eq!(parts, [Some("2026-12-01"), Some("2026-12-08")]);
    let wrong = Edit::LinePlannedDate { line: 1, date: Some("2026-02-30".into()) };
    assert_eq!(refused(&mut draft, &catalogues, wrong), EditRefused::WrongValue { field: "date".into() });
}

#[test]
fn a_series_says_how_often_and_when_it_is_over() {
    let catalogues = both();
    let mut draft = draft_with(&["tsh"], &catalogues);
    let set = |series: LineSeries| Edit::Series { line: 1, series: Some(series) };
    let weekly = Some(Interval { count: 4, unit: IntervalUnit::Week });
    let says = |draft: &Draft| -> Vec<String> {
        composed(draft, &catalogues, &[]).findings.iter().map(|finding| finding.rule.clone()).collect()
    };
    edit(&mut draft, &catalogues, set(LineSeries::default()));
    assert_eq!(says(&draft), ["series_endless", "series_no_interval"]);
    let backwards = LineSeries {
        every: weekly,
        start: Some("2026-12-01".into()),
        end: Some("2026-11-30".into()),
        ..LineSeries::default()
    };
    edit(&mut draft, &catalogues, set(backwards));
    assert_eq!(says(&draft), ["series_backwards"]);
    edit(&mut draft, &catalogues, set(LineSeries { every: weekly, times: Some(6), ..LineSeries::default() }));
    assert_eq!(says(&draft), Vec::<String>::new());
    for never in [
        LineSeries { times: Some(1), ..LineSeries::default() },
        LineSeries { every: Some(Interval { count: 0, unit: IntervalUnit::Day }), ..LineSeries::default() },
    ] {
        let error = refused(&mut draft, &catalogues, set(never));
        assert_eq!(error, EditRefused::WrongValue { field: "series".into() });
    }
}

#[test]
fn what_is_taken_elsewhere_is_sent_at_once_and_says_who_takes_it() {
    let catalogues = both();
    let mut draft = draft_with(&["tsh"], &catalogues);
    assert!(!composed(&draft, &catalogues, &[]).nothing_to_collect);
    let elsewhere = |name: &str| Edit::CollectionPlace { place: CollectionPlace::Elsewhere { name: name.into() } };
    edit(&mut draft, &catalogues, elsewhere(""));
    let composition = composed(&draft, &catalogues, &[]);
    assert!(composition.nothing_to_collect);
    assert_eq!(rules(&composition), [("collection_place_unnamed", Severity::Stop)]);
    edit(&mut draft, &catalogues, elsewhere("Furumo sykehjem"));
    assert!(composed(&draft, &catalogues, &[]).missing.is_empty());
}

fn document(id: u128, kind: MimeType, bytes: u32) -> Attachment {
    Attachment {
        id: uuid::Uuid::from_u128(id).to_string(),
        description: "Skisse".into(),
        kind,
        bytes,
        added: "2026-11-23T10:00:00+01:00".into(),
        only: None,
    }
}

#[test]
fn an_attachment_goes_to_pathology_alone_unless_it_is_meant_for_somebody_else() {
    let catalogues = both();
    let mut draft = draft_with(&["tsh", "p/hud"], &catalogues);
    edit(&mut draft, &catalogues, Edit::Attach { attachment: document(1, MimeType::Pdf, 1000) });
    let sent = |draft: &Draft| -> Vec<usize> {
        composed(draft, &catalogues, &[]).parts.iter().map(|part| part.attachments.len()).collect()
    };
    assert_eq!(sent(&draft), [0, 1]);
    let to = |provider: &str, department: &str| Edit::DescribeAttachment {
        id: document(1, MimeType::Pdf, 1).id,
        description: "Skisse".into(),
        only: Some(DepartmentRef { provider: provider.into(), department: department.into() }),
    };
    edit(&mut draft, &catalogues, to("a", "biokjemi"));
    assert_eq!(sent(&draft), [1, 0]);
    let composition = composed(&draft, &catalogues, &[]);
    assert!(rules(&composition).contains(&("attachment_by_agreement", Severity::Note)));
    edit(&mut draft, &catalogues, to("a", "mikro"));
    assert!(rules(&composed(&draft, &catalogues, &[])).contains(&("attachment_nowhere", Severity::Stop)));
    let nowhere = refused(&mut draft, &catalogues, to("a", "borte"));
    assert_eq!(nowhere, EditRefused::WrongValue { field: "attachments".into() });
}

#[test]
fn more_than_the_receiver_takes_is_found_before_it_is_sent() {
    let catalogues = both();
    let mut draft = draft_with(&["p/hud"], &catalogues);
    edit(&mut draft, &catalogues, Edit::Attach { attachment: document(1, MimeType::Pdf, 600_000) });
    let composition = composed(&draft, &catalogues, &[]);
    assert_eq!((composition.attachments_bytes, composition.attachments_limit), (600_000, 1_000_000));
    assert_eq!(rules(&composition), []);
    edit(&mut draft, &catalogues, Edit::Attach { attachment: document(2, MimeType::Pdf, 600_000) });
    assert_eq!(rules(&composed(&draft, &catalogues, &[])), [("attachments_too_large", Severity::Stop)]);
    let twice = Edit::Attach { attachment: document(2, MimeType::Pdf, 1) };
    assert_eq!(refused(&mut draft, &catalogues, twice), EditRefused::WrongValue { field: "attachments".into() });
    edit(&mut draft, &catalogues, Edit::RemoveAttachment { id: document(1, MimeType::Pdf, 1).id });
    edit(
        &mut draft,
        &catalogues,
        Edit::DescribeAttachment { id: document(2, MimeType::Pdf, 1).id, description: "  ".into(), only: None },
    );
    assert_eq!(rules(&composed(&draft, &catalogues, &[])), [("attachment_undescribed", Severity::Stop)]);
}

#[test]
fn an_earlier_finding_may_be_a_year_and_never_a_day_to_come() {
    let catalogues = both();
    let mut draft = draft_with(&["tsh"], &catalogues);
    let tell = |date: &str| Edit::EarlierFindings {
        findings: vec![EarlierFinding { text: "TSH 8,2".into(), date: Some(date.into()) }],
    };
    edit(&mut draft, &catalogues, tell("2019"));
    assert!(composed(&draft, &catalogues, &[]).missing.is_empty());
    edit(&mut draft, &catalogues, tell("2026-12-24"));
    assert_eq!(rules(&composed(&draft, &catalogues, &[])), [("earlier_finding_future", Severity::Stop)]);
    let error = refused(&mut draft, &catalogues, tell("2026-02-30"));
    assert_eq!(error, EditRefused::WrongValue { field: "earlier_findings".into() });
}

#[test]
fn when_a_service_was_last_ordered_is_known_before_it_is_picked_and_at_every_provider() {
    let catalogues = both();
    let past = |provider: &str, service: &str, code: Option<&str>, days: i64| PastOrder {
        provider: provider.into(),
        service: service.into(),
        code: code.map(str::to_owned),
        at: now().timestamp() - jiff::SignedDuration::from_hours(24 * days),
    };
    let history = [
        past("a", "crp", Some("NPU19748"), 40),
        past("b", "crp", Some("NPU19748"), 9),
        past("a", "urindyrkning", None, 3),
        // A clock that was wrong once says nothing.
        past("a", "tsh", Some("NPU03577"), -2),
    ];
    let now = now();
    let context = Context { today: now.date(), now: &now, history: &history };
    let days =
        |provider: &str, service: &str| last_ordered_of(provider, service, &catalogues, &context).map(|last| last.days);
    assert_eq!((days("a", "crp"), days("b", "crp")), (Some(9), Some(9)));
    assert_eq!((days("a", "urindyrkning"), days("p", "klamydia")), (Some(3), None));
    assert_eq!(days("a", "tsh"), None);
    assert_eq!(days("borte", "crp"), None);
}
