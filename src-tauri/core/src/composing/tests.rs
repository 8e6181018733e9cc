//! What a draft says, as the people who use it would report it.

use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::catalogue::model::Severity;
use crate::composing::composition::{AskedQuestion, Finding, Missing, PlannedSpecimen, Subject};
use crate::composing::draft::{Answer, Draft, Edit, Line, Urgency};
use crate::composing::findings::urgent_word;
use crate::composing::fixture::{self, a, b, both, catalogues, composed, draft, draft_with, edit, now, way};
use crate::composing::plan::plan;
use crate::composing::{Catalogues, Composition, EditRefused, PastOrder, apply, effect};

fn refused(draft: &mut Draft, catalogues: &Catalogues, edit: Edit) -> EditRefused {
    let before = draft.clone();
    let error = apply(draft, edit, catalogues, Timestamp::UNIX_EPOCH).expect_err("the edit is refused");
    assert!(*draft == before, "a refused edit changed the draft");
    error
}

fn answer(line: u32, question: &str, answer: Answer) -> Edit {
    Edit::Answer { line, question: question.into(), answer: Some(answer) }
}

fn finding<'a>(composition: &'a Composition, rule: &str) -> Option<&'a Finding> {
    composition.findings.iter().find(|finding| finding.rule == rule)
}

fn asked(composition: &Composition, line: u32) -> Vec<&AskedQuestion> {
    composition
        .groups
        .iter()
        .flat_map(|group| &group.lines)
        .filter(|known| known.id == line)
        .flat_map(|line| &line.questions)
        .collect()
}

fn asked_ids(composition: &Composition, line: u32) -> Vec<&str> {
    asked(composition, line).into_iter().map(|question| question.id.as_str()).collect()
}

fn past(service: &str, days: i64) -> PastOrder {
    let at = now().timestamp() - jiff::SignedDuration::from_hours(24 * days);
    PastOrder { provider: "a".into(), service: service.into(), code: None, at }
}

#[test]
fn a_service_picked_twice_is_refused_with_the_line_that_has_it() {
    let (catalogues, mut draft) = (both(), draft());
    let add = || Edit::AddService { provider: "a".into(), service: "tsh".into() };
    edit(&mut draft, &catalogues, add());
    assert_eq!(refused(&mut draft, &catalogues, add()), EditRefused::Duplicate { line: 1, name: "tsh".into() });
}

#[test]
fn a_line_id_is_never_used_again_in_a_draft() {
    let catalogues = both();
    let mut draft = draft_with(&["tsh", "ft4"], &catalogues);
    edit(&mut draft, &catalogues, Edit::RemoveLine { line: 2 });
    edit(&mut draft, &catalogues, Edit::AddService { provider: "a".into(), service: "hb".into() });
    assert_eq!(draft.lines.iter().map(|line| line.id).collect::<Vec<_>>(), [1, 3]);
    assert_eq!(draft.revision, 4);
}

#[test]
fn a_panel_with_withdrawn_and_vanished_members_orders_nothing_silently_less() {
    let (catalogues, mut draft) = (both(), draft());
    edit(&mut draft, &catalogues, Edit::AddPanel { provider: "a".into(), panel: "rester".into() });
    let composition = composed(&draft, &catalogues, &[]);
    let stops: Vec<_> = composition
        .missing
        .iter()
        .filter(|missing| matches!(missing, Missing::Stop { rule, .. } if rule == "withdrawn"))
        .collect();
    assert_eq!((draft.lines.len(), stops.len()), (3, 2));
    let names: Vec<_> =
        composition.findings.iter().filter(|f| f.rule == "withdrawn").map(|f| f.params["name"].as_str()).collect();
    assert_eq!(names, ["gammel", "borte"]);
    edit(&mut draft, &catalogues, Edit::ReplaceLine { line: 2 });
    assert_eq!((draft.lines[1].service.as_str(), draft.lines[1].id), ("tsh", 4));
    assert_eq!(
        refused(&mut draft, &catalogues, Edit::ReplaceLine { line: 3 }),
        EditRefused::NoReplacement { name: "borte".into() }
    );
}

#[test]
fn a_withdrawn_service_is_refused_with_its_replacement() {
    let (catalogues, mut draft) = (both(), draft());
    let edit = Edit::AddService { provider: "a".into(), service: "gammel".into() };
    let expected = EditRefused::Withdrawn {
        name: "gammel".into(),
        replacement: Some("tsh".into()),
        replacement_name: Some("tsh".into()),
    };
    assert_eq!(refused(&mut draft, &catalogues, edit), expected);
}

#[test]
fn text_that_no_message_can_carry_is_refused_with_its_place() {
    let (catalogues, mut draft) = (both(), draft());
    let edit = Edit::ClinicalText { text: "Magesmerter\u{b}siden i går".into() };
    let expected = EditRefused::UnsafeText { field: "clinical_text".into(), character: 0xb, at: 11 };
    assert_eq!(refused(&mut draft, &catalogues, edit), expected);
}

#[test]
fn another_persons_number_is_not_typed_into_a_draft() {
    let (catalogues, mut draft) = (both(), draft());
    let mut other = fixture::patient();
    other.national_id = Some("12057900499".into());
    assert_eq!(refused(&mut draft, &catalogues, Edit::Patient { patient: other }), EditRefused::OtherPatient);
}

#[test]
fn an_answer_of_another_kind_is_refused_and_an_empty_one_takes_it_back() {
    let catalogues = both();
    let mut draft = draft_with(&["litium"], &catalogues);
    let wrong = EditRefused::WrongAnswer { question: "dose".into() };
    assert_eq!(refused(&mut draft, &catalogues, answer(1, "dose", Answer::Boolean(true))), wrong);
    assert_eq!(refused(&mut draft, &catalogues, answer(1, "dose", Answer::DateTime("2026-02-30T08:00".into()))), wrong);
    edit(&mut draft, &catalogues, answer(1, "dose", Answer::DateTime("2026-11-23T08:00:00".into())));
    assert!(draft.lines[0].answers["dose"] == Answer::DateTime("2026-11-23T08:00".into()));
    edit(&mut draft, &catalogues, answer(1, "why", Answer::Text("   ".into())));
    assert!(!draft.lines[0].answers.contains_key("why"));
}

#[test]
fn a_question_appears_when_its_condition_holds_and_its_stale_answer_counts_for_nothing() {
    let catalogues = both();
    let mut draft = draft_with(&["litium"], &catalogues);
    assert_eq!(asked_ids(&composed(&draft, &catalogues, &[]), 1), ["dose", "level"]);
    edit(&mut draft, &catalogues, answer(1, "level", Answer::Number(1.4)));
    edit(&mut draft, &catalogues, answer(1, "why", Answer::Text("Kontroll".into())));
    assert_eq!(asked_ids(&composed(&draft, &catalogues, &[]), 1), ["dose", "level", "why"]);
    edit(&mut draft, &catalogues, answer(1, "level", Answer::Number(0.8)));
    assert_eq!(asked_ids(&composed(&draft, &catalogues, &[]), 1), ["dose", "level"]);
}

#[test]
fn a_shared_question_is_shown_once_and_answered_for_all() {
    let catalogues = both();
    let mut draft = draft_with(&["hcg", "urindyrkning"], &catalogues);
    let before = composed(&draft, &catalogues, &[]);
    assert_eq!((asked_ids(&before, 1), asked_ids(&before, 2)), (vec!["pregnant"], vec!["site"]));
    edit(&mut draft, &catalogues, answer(2, "pregnant", Answer::Boolean(true)));
    let after = composed(&draft, &catalogues, &[]);
    assert!(asked(&after, 1)[0].answer == Some(Answer::Boolean(true)));
    assert_eq!(asked_ids(&after, 1), ["pregnant", "week"]);
    assert!(after.missing.contains(&Missing::Question { line: 1, question: "week".into() }));
}

#[test]
fn a_condition_that_cannot_be_evaluated_shows_its_question_and_crashes_nothing() {
    let mut catalogue = a();
    for (condition, visible, required) in [
        ("age < 'x'", true, true),
        ("answers.nobody == 1", true, true),
        ("size(services) / 0 == 1", true, true),
        ("this is no condition", true, true),
        ("sex", true, true),
        ("services.all(a, services.all(b, services.all(c, services.all(d, true))))", true, true),
        ("false", false, false),
    ] {
        catalogue["questions"][0]["visible"] = json!(condition);
        catalogue["questions"][0]["required"] = json!(condition);
        let catalogues = catalogues(&[catalogue.clone()]);
        let composition = composed(&draft_with(&["litium"], &catalogues), &catalogues, &[]);
        let found = asked(&composition, 1).into_iter().find(|question| question.id == "dose");
        assert_eq!(found.map(|question| question.required), visible.then_some(required), "{condition}");
    }
}

#[test]
fn a_rule_that_cannot_be_evaluated_is_silent() {
    let mut catalogue = a();
    catalogue["rules"][0]["condition"] = json!("answers.nobody == 1");
    let catalogues = catalogues(&[catalogue]);
    assert!(finding(&composed(&draft_with(&["litium"], &catalogues), &catalogues, &[]), "litium-nyre").is_none());
}

#[test]
fn a_rule_speaks_with_source_and_day_and_stops_when_it_is_satisfied() {
    let catalogues = both();
    let composition = composed(&draft_with(&["litium"], &catalogues), &catalogues, &[]);
    let note = finding(&composition, "litium-nyre").expect("the rule speaks");
    assert_eq!(
        (note.source.as_deref(), note.checked.as_deref()),
        (Some("Laget for demonstrasjon"), Some("2026-11-20"))
    );
    assert_eq!((note.severity, &note.subject), (Severity::Note, &Subject::Line { line: 1 }));
    let composition = composed(&draft_with(&["litium", "glukose"], &catalogues), &catalogues, &[]);
    assert!(finding(&composition, "litium-nyre").is_none());
}

#[test]
fn a_warning_is_passed_by_one_coded_reason_and_only_by_one_of_its_own() {
    let catalogues = both();
    let mut draft = draft_with(&["urindyrkning"], &catalogues);
    edit(&mut draft, &catalogues, answer(1, "pregnant", Answer::Boolean(false)));
    let missing = composed(&draft, &catalogues, &[]).missing;
    assert_eq!(missing, [Missing::Warning { subject: Subject::Draft, rule: "tekst".into() }]);
    let give = |reason: &str| Edit::Override {
        line: None,
        provider: "a".into(),
        rule: "tekst".into(),
        reason: Some(reason.into()),
    };
    assert_eq!(refused(&mut draft, &catalogues, give("nonsense")), EditRefused::UnknownReason { rule: "tekst".into() });
    edit(&mut draft, &catalogues, give("intended"));
    assert_eq!(composed(&draft, &catalogues, &[]).missing.len(), 1, "a reason of another rule passes nothing");
    edit(&mut draft, &catalogues, give("screening"));
    assert_eq!(composed(&draft, &catalogues, &[]).missing, []);
}

#[test]
fn a_repeat_within_the_interval_warns_and_one_after_it_only_says_when() {
    let catalogues = both();
    let draft = draft_with(&["crp"], &catalogues);
    let soon = composed(&draft, &catalogues, &[past("crp", 40), past("crp", 3)]);
    let warning = finding(&soon, "retest_too_soon").expect("a warning");
    assert_eq!((warning.params["days"].as_str(), warning.params["within"].as_str()), ("3", "14"));
    let values: Vec<&str> = warning.override_reasons.iter().map(|reason| reason.value.as_str()).collect();
    assert_eq!(values, ["changed_treatment", "unexpected_answer", "other"]);
    let later = composed(&draft, &catalogues, &[past("crp", 14)]);
    assert!(finding(&later, "retest_too_soon").is_none());
    assert_eq!(later.groups[0].lines[0].last_ordered.as_ref().map(|last| last.days), Some(14));
}

#[test]
fn the_word_for_urgency_in_the_text_is_asked_about_until_the_urgency_is_set() {
    let catalogues = both();
    let mut draft = draft_with(&["hb"], &catalogues);
    edit(&mut draft, &catalogues, Edit::ClinicalText { text: "Blødning. Haster!".into() });
    assert_eq!(
        finding(&composed(&draft, &catalogues, &[]), "urgency_in_text").map(|f| f.params["word"].as_str()),
        Some("haster")
    );
    edit(&mut draft, &catalogues, Edit::Urgency { urgency: Urgency::Cito });
    assert!(finding(&composed(&draft, &catalogues, &[]), "urgency_in_text").is_none());
    for (text, word) in [
        ("CITO", Some("cito")),
        ("ø-hjelp", Some("ø-hjelp")),
        ("Øyeblikkelig svar", Some("øyeblikkelig")),
        ("haster ikke", None),
        ("Det ikke haster", None),
        ("Citodon 1x3, akutt bronkitt, hastighet", None),
    ] {
        assert_eq!(urgent_word(text).as_deref(), word, "{text}");
    }
}

#[test]
fn what_a_receiver_would_reject_stops_and_says_who_rejects() {
    let catalogues = both();
    let mut draft = draft_with(&["b/crp", "b/alat"], &catalogues);
    draft.patient.national_id = None;
    edit(&mut draft, &catalogues, Edit::ClinicalText { text: "x".repeat(201) });
    let composition = composed(&draft, &catalogues, &[]);
    for rule in ["national_id_required", "too_long", "too_many_services"] {
        let stop = finding(&composition, rule).unwrap_or_else(|| panic!("{rule} is not found"));
        assert_eq!((stop.severity, stop.provider_name.as_deref()), (Severity::Stop, Some("Sykehus b")), "{rule}");
    }
    assert_eq!(composition.clinical_text_limit, 200);
    draft.patient.birth_date = None;
    assert!(finding(&composed(&draft, &catalogues, &[]), "patient_unidentified").is_some());
}

#[test]
fn the_same_analysis_at_two_providers_is_a_quiet_fact() {
    let catalogues = both();
    let composition = composed(&draft_with(&["crp", "b/crp"], &catalogues), &catalogues, &[]);
    let note = finding(&composition, "also_elsewhere").expect("a note");
    assert_eq!((note.severity, &note.subject), (Severity::Note, &Subject::Line { line: 2 }));
    assert!(finding(&composition, "duplicate").is_none());
    assert_eq!(composition.parts.len(), 2);
}

#[test]
fn sex_and_age_outside_the_limits_are_warned_about() {
    let catalogues = both();
    let mut draft = draft_with(&["hcg"], &catalogues);
    draft.patient.sex = "1".into();
    draft.patient.birth_date = Some("2020-01-01".into());
    let composition = composed(&draft, &catalogues, &[]);
    assert!(finding(&composition, "sex_mismatch").is_some());
    assert_eq!(finding(&composition, "age_limit").map(|f| f.params["age"].as_str()), Some("6"));
}

#[test]
fn an_mr_is_sent_without_collection_and_never_without_the_permission() {
    let catalogues = both();
    let mut draft = draft_with(&["mr-kne"], &catalogues);
    let composition = composed(&draft, &catalogues, &[]);
    assert!(composition.nothing_to_collect && composition.plan.is_empty());
    let expected = |question: &str| Missing::Question { line: 1, question: question.into() };
    assert_eq!(composition.missing, [expected("modality"), expected("pacemaker")]);
    edit(&mut draft, &catalogues, answer(1, "pacemaker", Answer::Boolean(true)));
    assert_eq!(finding(&composed(&draft, &catalogues, &[]), "mr-pacemaker").map(|f| f.severity), Some(Severity::Stop));
}

#[test]
fn what_is_missing_is_listed_as_it_stands_on_the_screen() {
    let catalogues = both();
    let mut draft = draft_with(&["litium", "urindyrkning"], &catalogues);
    draft.requester = None;
    draft.patient.given = String::new();
    let missing = composed(&draft, &catalogues, &[]).missing;
    let expected = [
        Missing::Stop { subject: Subject::Patient, rule: "patient_name".into() },
        Missing::Requester,
        Missing::Question { line: 1, question: "dose".into() },
        Missing::Question { line: 2, question: "pregnant".into() },
        Missing::Warning { subject: Subject::Draft, rule: "tekst".into() },
    ];
    // The pregnancy question is required below 55 only.
    let expected: Vec<Missing> = expected
        .into_iter()
        .filter(|missing| !matches!(missing, Missing::Question { question, .. } if question == "pregnant"))
        .collect();
    assert_eq!(missing, expected);
    assert!(composed(&fixture::draft(), &catalogues, &[]).missing.contains(&Missing::Services));
}

#[test]
fn services_that_can_share_a_tube_do_and_tubes_stand_in_order_of_draw() {
    let catalogues = both();
    let planned =
        composed(&draft_with(&["hb", "crp", "tsh", "ft4", "urindyrkning"], &catalogues), &catalogues, &[]).plan;
    let shown: Vec<(&str, Option<u32>, u32, &[u32])> = planned
        .iter()
        .map(|specimen| (specimen.container.id.as_str(), specimen.draw, specimen.count, specimen.lines.as_slice()))
        .collect();
    assert_eq!(
        shown,
        [("GEL", Some(1), 1, &[2_u32, 3, 4][..]), ("EDTA", Some(2), 1, &[1][..]), ("URIN", None, 1, &[5][..])]
    );
}

#[test]
fn an_alternative_that_saves_a_tube_is_chosen_over_the_preferred_one() {
    let mut catalogue = a();
    let fixture = fixture::service("x", "", "biokjemi", &[way("SITRAT", "Plasma", 0.1), way("EDTA", "Blod", 0.1)]);
    catalogue["services"].as_array_mut().expect("services").push(fixture);
    let catalogues = catalogues(&[catalogue]);
    let planned = plan(&draft_with(&["hb", "x"], &catalogues).lines, &catalogues);
    assert_eq!(planned.iter().map(|p| p.container.id.as_str()).collect::<Vec<_>>(), ["EDTA"]);
    let alone = plan(&draft_with(&["x"], &catalogues).lines, &catalogues);
    assert_eq!(alone[0].container.id, "SITRAT");
}

#[test]
fn a_full_tube_takes_another_and_an_own_container_stands_alone() {
    let mut catalogue = a();
    let thirsty = fixture::service("t", "", "biokjemi", &[way("GEL", "Serum", 1.7)]);
    catalogue["services"].as_array_mut().expect("services").push(thirsty);
    let catalogues = catalogues(&[catalogue]);
    // 5 ml of blood give 2 ml of serum, of which 0.2 stay in the tube: 1.8 ml.
    let planned = plan(&draft_with(&["t", "tsh", "kryo"], &catalogues).lines, &catalogues);
    let counts: Vec<(u32, usize)> = planned.iter().map(|p| (p.count, p.lines.len())).collect();
    assert_eq!(counts, [(2, 2), (1, 1)]);
}

#[test]
fn the_focused_service_tells_what_it_would_add() {
    let catalogues = both();
    let draft = draft_with(&["tsh"], &catalogues);
    let fits = effect(&draft, "a", "ft4", &catalogues);
    assert_eq!(fits.fits_in.map(|container| container.id), Some("GEL".into()));
    assert!(fits.new_containers.is_empty() && fits.joins.is_some());
    let adds = effect(&draft, "a", "hb", &catalogues);
    assert!(adds.fits_in.is_none() && adds.joins.is_none());
    assert_eq!(
        adds.new_containers.iter().map(|new| (new.container.id.as_str(), new.count)).collect::<Vec<_>>(),
        [("EDTA", 1)]
    );
    assert!(effect(&draft, "a", "tsh", &catalogues).ordered);
    assert!(effect(&draft, "a", "mr-kne", &catalogues).new_containers.is_empty());
}

/// A catalogue of services with made-up ways to take them, in one department.
fn services() -> impl Strategy<Value = Vec<Value>> {
    let ways = prop::collection::vec((0..4_usize, 0..2_usize, 0..30_u32, prop::bool::weighted(0.1)), 1..4);
    prop::collection::vec(ways, 1..14).prop_map(|services| {
        let made = services.into_iter().enumerate().map(|(at, ways)| {
            let ways: Vec<Value> = ways
                .into_iter()
                .map(|(container, material, tenths, own)| {
                    let container = ["GEL", "EDTA", "SITRAT", "URIN"][container];
                    let way = way(container, ["Serum", "Plasma"][material], f64::from(tenths) / 10.0);
                    fixture::with(way, json!({ "own_container": own }))
                })
                .collect();
            fixture::service(&format!("s{at:02}"), "", "biokjemi", &ways)
        });
        made.collect()
    })
}

fn lines(ids: impl Iterator<Item = usize>) -> Vec<Line> {
    ids.map(|at| Line::new(u32::try_from(at).expect("small") + 1, "a", &format!("s{at:02}"), String::new())).collect()
}

fn total(planned: &[PlannedSpecimen]) -> u32 {
    planned.iter().map(|specimen| specimen.count).sum()
}

/// The fewest containers by trying everything.
fn fewest_by_trying(services: &[Value]) -> u32 {
    let choices: Vec<usize> =
        services.iter().map(|service| service["specimens"].as_array().map_or(1, Vec::len)).collect();
    let mut best = u32::MAX;
    let all: usize = choices.iter().product();
    for mut code in 0..all {
        let fixed: Vec<Value> = services
            .iter()
            .zip(&choices)
            .map(|(service, ways)| {
                let way = service["specimens"][code % ways].clone();
                code /= ways;
                fixture::with(service.clone(), json!({ "specimens": [way] }))
            })
            .collect();
        let mut catalogue = a();
        catalogue["services"] = json!(fixed);
        let only = fixture::catalogues(&[catalogue]);
        best = best.min(total(&plan(&lines(0..services.len()), &only)));
    }
    best
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn any_plan_serves_every_line_once_with_enough_volume_and_in_any_order_of_picking(
        services in services(),
        order in any::<prop::sample::Index>(),
    ) {
        let mut catalogue = a();
        catalogue["services"] = json!(services);
        let catalogues = fixture::catalogues(&[catalogue]);
        let indexed = catalogues.get("a").expect("the catalogue");
        let all = lines(0..services.len());
        let planned = plan(&all, &catalogues);
        let mut turned = all.clone();
        turned.rotate_left(order.index(services.len()));
        turned.reverse();
        prop_assert!(plan(&turned, &catalogues) == planned, "the order of picking decides");

        let mut served: Vec<u32> = planned.iter().flat_map(|specimen| specimen.lines.clone()).collect();
        served.sort_unstable();
        prop_assert_eq!(served, all.iter().map(|line| line.id).collect::<Vec<_>>());
        for specimen in &planned {
            let container = indexed.container(&specimen.container.id).expect("a container");
            let usable = container.fill_ml.map(|fill| fill * container.yield_fraction - container.dead_ml);
            let mut volume = 0.0;
            for line in &specimen.lines {
                let service = indexed.service(&all[*line as usize - 1].service).expect("a service");
                let ways: Vec<_> = service.specimens.iter()
                    .filter(|way| way.container == specimen.container.id && way.material == specimen.material).collect();
                prop_assert!(!ways.is_empty(), "served by something that it does not take");
                prop_assert!(specimen.lines.len() == 1 || ways.iter().any(|way| !way.own_container), "an own container is shared");
                volume += ways.iter().map(|way| way.volume_ml).fold(f64::INFINITY, f64::min);
            }
            if let Some(usable) = usable {
                prop_assert!(f64::from(specimen.count) * usable + 1e-6 >= volume, "too little for what it serves");
            }
            prop_assert_eq!(specimen.draw.is_some(), container.order_of_draw.is_some());
        }
        let draws: Vec<u32> = planned.iter().filter_map(|specimen| specimen.draw).collect();
        prop_assert_eq!(draws.clone(), (1..=u32::try_from(draws.len()).expect("small")).collect::<Vec<_>>());
    }

    #[test]
    fn a_small_plan_has_the_fewest_containers_there_are(services in services()) {
        let services: Vec<Value> = services.into_iter().take(5).collect();
        let mut catalogue = a();
        catalogue["services"] = json!(services);
        let catalogues = fixture::catalogues(&[catalogue]);
        prop_assert_eq!(total(&plan(&lines(0..services.len()), &catalogues)), fewest_by_trying(&services));
    }

    #[test]
    fn any_text_is_kept_as_xml_carries_it_or_refused(text in any::<String>()) {
        let (catalogues, mut draft) = (fixture::catalogues(&[b()]), draft());
        let carried = text.chars().all(crate::composing::text::is_xml_char);
        let taken = apply(&mut draft, Edit::ClinicalText { text: text.clone() }, &catalogues, Timestamp::UNIX_EPOCH);
        prop_assert_eq!(taken.is_ok(), carried);
        if carried {
            prop_assert_eq!(draft.clinical_text, text.replace("\r\n", "\n").replace('\r', "\n"));
        }
    }
}
