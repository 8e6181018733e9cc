//! Panels as the people who use them would report it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::composing::composition::{Missing, NotOffered};
use crate::composing::draft::Edit;
use crate::composing::fixture::{a, both, catalogues, composed, draft, draft_with, edit};
use crate::composing::{EditRefused, apply_with};

fn member(provider: &str, service: &str) -> Member {
    Member {
        provider: provider.into(),
        service: service.into(),
        name: service.to_uppercase(),
        optional: false,
        answers: BTreeMap::new(),
    }
}

fn panel(name: &str, members: &[(&str, &str)]) -> OfficePanel {
    let members = members.iter().map(|(provider, service)| member(provider, service)).collect();
    OfficePanel { name: name.into(), words: Vec::new(), members }
}

fn pick(draft: &mut Draft, panel: &OfficePanel, catalogues: &Catalogues) -> Picked {
    let offer = Offer { id: "p1".into(), panel: panel.clone() };
    let edit = Edit::AddOfficePanel { panel: "p1".into() };
    apply_with(draft, edit, catalogues, &[offer], Timestamp::UNIX_EPOCH).expect("taken").expect("a panel was picked")
}

#[test]
fn a_panel_of_two_providers_adds_what_is_not_there_yet_and_says_what_was() {
    let catalogues = both();
    let mut draft = draft_with(&["tsh"], &catalogues);
    let picked = pick(&mut draft, &panel("Årskontroll", &[("a", "tsh"), ("a", "hb"), ("b", "alat")]), &catalogues);
    assert_eq!((picked.added, picked.already), (vec!["hb".to_owned(), "alat".into()], vec!["tsh".to_owned()]));
    assert!(picked.missing.is_empty());
    let shown: Vec<_> = draft.lines.iter().map(|line| (line.service.as_str(), line.panel_name.as_deref())).collect();
    assert_eq!(shown, [("tsh", None), ("hb", Some("Årskontroll")), ("alat", Some("Årskontroll"))]);
    let basket = composed(&draft, &catalogues, &[]);
    assert_eq!(basket.groups[0].lines[1].panel.as_deref(), Some("Årskontroll"));
}

#[test]
fn a_panel_with_missing_members_orders_nothing_less_until_each_was_decided_on() {
    let catalogues = both();
    let whole = panel("Årskontroll", &[("a", "hb"), ("a", "gammel"), ("a", "borte"), ("c", "crp")]);
    let mut draft = draft();
    let picked = pick(&mut draft, &whole, &catalogues);
    assert_eq!(picked.missing, ["gammel", "BORTE", "CRP"]);
    // As a crash or another person would find it.
    let kept = serde_json::to_string(&draft).expect("a draft is kept");
    let mut draft: Draft = serde_json::from_str(&kept).expect("a draft is read");
    let composition = composed(&draft, &catalogues, &[]);
    let stops = |composition: &crate::composing::Composition| {
        composition
            .missing
            .iter()
            .filter(|each| matches!(each, Missing::Stop { rule, .. } if rule == "withdrawn"))
            .count()
    };
    assert_eq!(stops(&composition), 3);
    assert!(matches!(composition.missing[0], Missing::Stop { .. }), "it is jumped to before any question");
    let told: Vec<_> = composition.findings.iter().map(|finding| finding.params["panel"].as_str()).collect();
    assert_eq!(told, ["Årskontroll"; 3]);
    let why: Vec<_> =
        composition.groups.iter().flat_map(|group| &group.lines).filter_map(|line| line.withdrawn.clone()).collect();
    assert_eq!(
        why.iter().map(|each| each.why).collect::<Vec<_>>(),
        [NotOffered::Withdrawn, NotOffered::Gone, NotOffered::NoCatalogue]
    );
    assert_eq!(why[0].replacement.as_deref(), Some("tsh"));

    // Adding it once more changes nothing and hides nothing.
    assert_eq!(pick(&mut draft, &whole, &catalogues).missing.len(), 3);
    assert_eq!(draft.lines.len(), 4);

    edit(&mut draft, &catalogues, Edit::ReplaceLine { line: 2 });
    edit(&mut draft, &catalogues, Edit::RemoveLine { line: 3 });
    assert_eq!(stops(&composed(&draft, &catalogues, &[])), 1);
    edit(&mut draft, &catalogues, Edit::RemoveLine { line: 4 });
    assert_eq!(composed(&draft, &catalogues, &[]).missing, []);
    let ordered: Vec<_> = draft.lines.iter().map(|line| line.service.as_str()).collect();
    assert_eq!(ordered, ["hb", "tsh"]);
    assert_eq!(draft.lines[1].panel_name.as_deref(), Some("Årskontroll"), "the replacement stands for the member");
}

#[test]
fn a_service_replaced_twice_leads_to_the_one_of_today_and_a_circle_to_none() {
    let mut catalogue = a();
    let withdrawn = |id: &str, by: &str| {
        let service = crate::composing::fixture::service(id, "", "biokjemi", &[]);
        crate::composing::fixture::with(service, json!({ "withdrawn": true, "replaced_by": by }))
    };
    let services = catalogue["services"].as_array_mut().expect("services");
    services.extend([withdrawn("eldre", "gammel"), withdrawn("en", "to"), withdrawn("to", "en")]);
    let catalogues = catalogues(&[catalogue]);
    let checked = check(&panel("p", &[("a", "eldre"), ("a", "en")]), &catalogues);
    let tsh = Replacement { service: "tsh".into(), name: "tsh".into() };
    assert_eq!(checked[0].standing, Standing::Withdrawn { replacement: Some(tsh) });
    assert_eq!(checked[1].standing, Standing::Withdrawn { replacement: None });
}

#[test]
fn optional_members_are_offered_and_not_added() {
    let catalogues = both();
    let mut whole = panel("Stoffskifte", &[("a", "tsh"), ("a", "ft4"), ("a", "gammel")]);
    whole.members[1].optional = true;
    whole.members[2].optional = true;
    let mut draft = draft();
    let picked = pick(&mut draft, &whole, &catalogues);
    assert_eq!((draft.lines.len(), picked.missing.len()), (1, 0));
    assert_eq!(picked.optional.iter().map(|each| each.service.as_str()).collect::<Vec<_>>(), ["ft4"]);
}

#[test]
fn a_providers_panel_with_a_missing_member_is_no_better_than_one_of_the_office() {
    let (catalogues, mut draft) = (both(), draft());
    let edit = Edit::AddPanel { provider: "a".into(), panel: "rester".into() };
    let picked = apply_with(&mut draft, edit, &catalogues, &[], Timestamp::UNIX_EPOCH).expect("taken").expect("picked");
    assert_eq!((picked.added.len(), picked.missing.len()), (1, 2));
    assert_eq!(composed(&draft, &catalogues, &[]).findings[0].params["panel"], "Gammel pakke");
}

#[test]
fn a_panel_that_is_not_offered_to_this_person_is_unknown() {
    let (catalogues, mut draft) = (both(), draft());
    let edit = Edit::AddOfficePanel { panel: "another".into() };
    let refused = apply_with(&mut draft, edit, &catalogues, &[], Timestamp::UNIX_EPOCH);
    assert!(matches!(refused, Err(EditRefused::UnknownPanel { .. })));
    assert!(draft.lines.is_empty());
}

/// Catalogue `a` with a shared yes-or-no question and a choice that are safe to copy.
fn safe() -> Catalogues {
    let mut catalogue = a();
    for question in catalogue["questions"].as_array_mut().expect("questions") {
        if ["pregnant", "side", "why", "level"].contains(&question["id"].as_str().expect("an id")) {
            question["safe_to_copy"] = json!(true);
        }
    }
    catalogues(&[catalogue])
}

#[test]
fn coded_answers_that_are_safe_go_along_and_nothing_that_may_be_somebodys() {
    let catalogues = safe();
    let mut basket = draft_with(&["litium", "hcg", "mr-kne"], &catalogues);
    let given = [
        (1, "level", Answer::Number(1.4)),
        (1, "why", Answer::Text("Line Danser er trøtt".into())),
        (1, "dose", Answer::DateTime("2026-11-23T08:00".into())),
        (2, "pregnant", Answer::Boolean(true)),
        (3, "side", Answer::Choice("left".into())),
        (3, "pacemaker", Answer::Boolean(false)),
    ];
    for (line, question, answer) in given {
        edit(&mut basket, &catalogues, Edit::Answer { line, question: question.into(), answer: Some(answer) });
    }
    let saved = OfficePanel::of_draft("  Mine  ", &basket, &catalogues).expect("a panel");
    assert_eq!(saved.name, "Mine");
    let kept: Vec<Vec<&str>> =
        saved.members.iter().map(|member| member.answers.keys().map(String::as_str).collect()).collect();
    assert_eq!(kept, [vec![], vec!["pregnant"], vec!["side"]]);
    let text = serde_json::to_string(&saved).expect("a panel is written");
    for secret in ["Danser", "13116900216", "1.4", "2026-11-23"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }

    let mut fresh = draft();
    pick(&mut fresh, &saved, &catalogues);
    assert!(fresh.shared_answers["a/pregnant"] == Answer::Boolean(true));
    assert!(fresh.lines[2].answers["side"] == Answer::Choice("left".into()));
    // An answer that somebody gave for this patient stays, and one that the catalogue dropped is left out.
    let mut answered = draft_with(&["urindyrkning"], &catalogues);
    let no = Edit::Answer { line: 1, question: "pregnant".into(), answer: Some(Answer::Boolean(false)) };
    edit(&mut answered, &catalogues, no);
    pick(&mut answered, &saved, &both());
    assert!(answered.shared_answers["a/pregnant"] == Answer::Boolean(false));
    assert!(answered.lines[3].answers.is_empty(), "no longer safe to copy");
}

#[test]
fn a_panel_follows_the_catalogue_and_its_replacement_takes_one_act() {
    let catalogues = both();
    let mut whole = panel("Årskontroll", &[("a", "hb"), ("a", "gammel"), ("c", "x")]);
    let standing: Vec<_> = check(&whole, &catalogues).into_iter().map(|member| member.standing).collect();
    assert_eq!((&standing[0], &standing[2]), (&Standing::Offered, &Standing::NoCatalogue));
    mend(&mut whole, "a", "gammel", &catalogues).expect("there is a replacement");
    assert_eq!(whole.members[1].service, "tsh");
    assert!(mend(&mut whole, "a", "hb", &catalogues).is_err(), "nothing is wrong with it");
    assert!(mend(&mut whole, "c", "x", &catalogues).is_err());

    // The replacement is there already, as an optional one: it now is always added, once.
    let mut twice = panel("p", &[("a", "gammel"), ("a", "tsh")]);
    twice.members[1].optional = true;
    mend(&mut twice, "a", "gammel", &catalogues).expect("there is a replacement");
    assert_eq!((twice.members.len(), twice.members[0].optional), (1, false));
}

#[test]
fn what_is_no_panel_is_refused_with_its_place() {
    let fault = |panel: OfficePanel| panel.checked().expect_err("refused").to_string();
    assert_eq!(fault(panel(" - ", &[("a", "hb")])), "name: empty");
    assert_eq!(fault(panel(&"x".repeat(81), &[("a", "hb")])), "name: too_long");
    assert_eq!(fault(panel("p", &[])), "members: empty");
    assert_eq!(fault(panel("p", &[("a", "hb"), ("a", "hb")])), "members[1].service: twice");
    assert_eq!(fault(panel("p", &[("a", "hb"), ("", "crp")])), "members[1].provider: empty");
    assert_eq!(fault(panel("p", &[("a", "h\u{b}b")])), "members[0].service: invalid");
    assert!(OfficePanel::of_draft("p", &draft(), &both()).is_err());
    assert_eq!(folded_name("CRP-kontroll,  stor"), folded_name("crp kontroll Stor"));
}

#[test]
fn a_file_of_another_kind_or_with_anything_unknown_in_it_is_refused_by_name() {
    let refused = |text: &str| read(text.as_bytes()).expect_err("refused").to_string();
    assert!(refused("{").starts_with("this is no file of panels"));
    assert!(refused(r#"{"format":"rekvirent-order/1"}"#).starts_with("this is no file of panels"));
    assert_eq!(
        refused(r#"{"format":"rekvirent-panels/2","news":1}"#),
        "the file is of format rekvirent-panels/2; this program reads rekvirent-panels/1"
    );
    let with = |member: &str| {
        format!(
            r#"{{"format":"{FORMAT}","panels":[{{"name":"p","members":[{{"provider":"a","service":"hb","name":"Hb"{member}}}]}}]}}"#
        )
    };
    assert!(read(with("").as_bytes()).is_ok());
    let colour = refused(&with(r#","colour":"red""#));
    assert!(colour.starts_with("panels[0].members[0].colour: unknown field `colour`"), "{colour}");
    let written = refused(&with(r#","answers":{"why":{"type":"text","value":"Line Danser"}}"#));
    assert!(written.starts_with("panels[0].members[0].answers.why") && written.contains("unknown variant `text`"));
    assert!(!written.contains("Danser"), "{written}");
    let extra = refused(&with(r#","answers":{"q":{"type":"boolean","value":true,"of":"Danser"}}"#));
    assert!(extra.contains("answers.q") && !extra.contains("Danser"), "{extra}");
    let twice = r#"{"type":"boolean","value":true}"#;
    let twice = refused(&with(&format!(r#","answers":{{"q":{twice},"q":{twice}}}"#)));
    assert!(twice.contains("an answer stands twice"), "{twice}");
    assert_eq!(refused(&with("").replace("\"hb\"", "\"\"")), "panels[0].members[0].service: empty");
    assert_eq!(read(&vec![b' '; LARGEST + 1]), Err(FileRefused::TooLarge));
}

fn answers() -> impl Strategy<Value = BTreeMap<String, CodedAnswer>> {
    let answer = prop_oneof![
        any::<bool>().prop_map(CodedAnswer::Boolean),
        "[a-zæøå\"\\\\ ]{0,12}".prop_map(CodedAnswer::Choice),
        prop::collection::vec("[a-z]{0,5}", 0..4).prop_map(CodedAnswer::Choices),
    ];
    prop::collection::btree_map("[a-z0-9-]{1,12}", answer, 0..4)
}

fn panels() -> impl Strategy<Value = Vec<OfficePanel>> {
    let member = ("[a-z-]{1,10}", "[a-z0-9-]{1,10}", "\\PC{0,30}", any::<bool>(), answers())
        .prop_map(|(provider, service, name, optional, answers)| Member { provider, service, name, optional, answers });
    let panel = ("\\PC{1,40}", prop::collection::vec("\\PC{1,20}", 0..4), prop::collection::vec(member, 1..12));
    let checked = panel
        .prop_map(|(name, words, members)| OfficePanel { name, words, members }.checked())
        .prop_filter_map("only what is a panel", Result::ok);
    prop::collection::vec(checked, 0..6)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_again_the_same_and_the_same_content_gives_the_same_bytes(panels in panels()) {
        let favourites = panels.iter().flat_map(|panel| &panel.members).take(5).map(|member| FileFavourite {
            provider: member.provider.clone(),
            service: member.service.clone(),
            name: member.name.clone(),
        });
        let favourites: Vec<FileFavourite> = favourites.collect();
        let bytes = write(panels.clone(), favourites.clone()).expect("written");
        let file = read(&bytes).expect("read");
        prop_assert_eq!(&file.panels, &panels);
        prop_assert_eq!(&file.favourites, &favourites);
        prop_assert_eq!(write(file.panels, file.favourites).expect("written"), bytes);
    }

    #[test]
    fn any_bytes_at_all_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(read(&bytes).is_err());
    }

    #[test]
    fn any_panel_on_any_basket_leaves_every_member_in_it_once(
        before in prop::collection::vec(0..5_usize, 0..4),
        members in prop::collection::vec((0..7_usize, any::<bool>()), 1..8),
    ) {
        let catalogues = both();
        let known = [("a", "tsh"), ("a", "hb"), ("a", "crp"), ("b", "crp"), ("b", "alat"), ("a", "gammel"), ("c", "x")];
        let mut draft = draft();
        for at in before {
            let (provider, service) = known[at];
            let edit = Edit::AddService { provider: provider.into(), service: service.into() };
            crate::composing::apply(&mut draft, edit, &catalogues, Timestamp::UNIX_EPOCH).ok();
        }
        let mut whole = OfficePanel { name: "p".into(), ..OfficePanel::default() };
        for (at, optional) in members {
            let (provider, service) = known[at];
            if !whole.holds(provider, service) {
                whole.members.push(Member { optional, ..member(provider, service) });
            }
        }
        let picked = pick(&mut draft, &whole, &catalogues);
        let always = whole.members.iter().filter(|member| !member.optional);
        prop_assert_eq!(picked.added.len() + picked.already.len() + picked.missing.len(), always.clone().count());
        for member in always {
            let lines = draft.lines.iter().filter(|line| member.is(&line.provider, &line.service)).count();
            prop_assert_eq!(lines, 1, "{:?}", member);
        }
        let orderable = |line: &crate::composing::draft::Line| catalogues.orderable(&line.provider, &line.service).is_some();
        let unorderable = draft.lines.iter().filter(|line| !orderable(line)).count();
        let stops = composed(&draft, &catalogues, &[]).missing.into_iter();
        let stops = stops.filter(|each| matches!(each, Missing::Stop { rule, .. } if rule == "withdrawn")).count();
        prop_assert_eq!(stops, unorderable);
    }
}
