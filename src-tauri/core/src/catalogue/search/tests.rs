//! What people at an office meet when they type.

use std::{
    path::Path,
    sync::{Arc, LazyLock},
};

use proptest::prelude::*;

use super::*;
use crate::catalogue::{
    authoring,
    model::{Catalogue, Indexed, Service},
};

static CATALOGUES: LazyLock<[Catalogue; 2]> = LazyLock::new(|| {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalog-data");
    ["balsam-lab", "furumo"].map(|name| authoring::build(&dir.join(name)).unwrap())
});
static BALSAM: LazyLock<Engine> = LazyLock::new(|| Engine::build(&[Arc::new(Indexed::new(CATALOGUES[0].clone()))]));

fn names(query: &str) -> Vec<String> {
    BALSAM.search(query, &Usage::default(), 8).hits.into_iter().map(|hit| hit.name.to_owned()).collect()
}

fn first(query: &str) -> Hit<'static> {
    BALSAM.search(query, &Usage::default(), 8).hits.into_iter().next().unwrap()
}

#[test]
fn ferr_finds_ferritin_first_and_says_why_the_others_are_there() {
    let hits = BALSAM.search("ferr", &Usage::default(), 8).hits;
    assert_eq!(hits[0].name, "Ferritin");
    assert_eq!(hits[0].why.marked[..], [Range { start: 0, end: 4 }]);
    let iron = hits.iter().find(|hit| hit.name == "Jern").unwrap();
    assert_eq!((iron.why.field, iron.why.word), (Field::Synonym, "ferrum"));
    assert_eq!(iron.why.marked[..], [Range { start: 0, end: 4 }]);
    let transferrin = hits.iter().find(|hit| hit.name == "Transferrin").unwrap();
    assert_eq!(transferrin.why.marked[..], [Range { start: 5, end: 9 }]);
    assert!(hits.iter().any(|hit| hit.kind == HitKind::Panel && hit.why.field == Field::Member));
}

#[test]
fn old_material_prefixes_find_the_analysis_of_today() {
    assert_eq!(first("S-Ferritin").name, "Ferritin");
    assert_eq!(first("p-kreatinin").name, "Kreatinin");
    assert_eq!(first("u-albumin").name, "Albumin i urin");
    assert_eq!(names("urin albumin")[..2].iter().filter(|name| name.contains("urin")).count(), 2);
}

#[test]
fn norwegian_letters_may_be_written_any_way() {
    for query in ["østradiol", "ostradiol", "oestradiol", "ØSTRADIOL"] {
        assert_eq!(first(query).name, "Østradiol", "{query}");
    }
}

#[test]
fn a_slip_of_the_finger_is_forgiven_and_said() {
    let hit = first("feritinn");
    assert_eq!(hit.name, "Ferritin");
    assert!(hit.why.typo);
    assert_eq!(hit.why.marked[..], [Range { start: 0, end: 8 }]);
}

#[test]
fn words_that_were_found_apart_are_not_also_a_slip_in_one_word() {
    let imaging =
        authoring::build(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalog-data/balsam-bilde-patologi"));
    let engine = Engine::build(&[Arc::new(Indexed::new(imaging.unwrap()))]);
    let hits = engine.search("mr kne", &Usage::default(), 20).hits;
    assert_eq!(hits[0].name, "MR kne");
    let strangers: Vec<&str> = hits.iter().filter(|hit| hit.why.typo).map(|hit| hit.name).collect();
    assert_eq!(strangers, [] as [&str; 0]);
    // Where nothing is found that way, one word it may be.
    assert_eq!(first("d dimmer").name, first("d-dimer").name);
}

#[test]
fn a_code_with_a_wrong_digit_finds_nothing_rather_than_another_analysis() {
    assert_eq!(first("NPU19763").name, "Ferritin");
    assert!(BALSAM.search("NPU19764999", &Usage::default(), 8).hits.is_empty());
}

#[test]
fn a_withdrawn_analysis_stands_below_what_took_its_place_and_leads_to_it() {
    for query in ["T4, total", "NPU03578"] {
        let hits = BALSAM.search(query, &Usage::default(), 8).hits;
        assert_eq!((hits[0].id, hits[0].why.word.to_lowercase()), ("fritt-t4", query.to_lowercase()));
        let old = hits.iter().find(|hit| hit.id == "t4-total").unwrap();
        assert!(old.withdrawn);
        assert_eq!(old.replaced_by, Some("fritt-t4"));
    }
}

#[test]
fn what_the_office_uses_rises_among_equals_only() {
    let used = Usage::new([("balsam-lab", "kromogranin-a", 200), ("balsam-lab", "transferrin", 200)]);
    let hits = BALSAM.search("kr", &used, 8).hits;
    assert_eq!(hits[0].name, "Kromogranin A");
    assert_eq!(BALSAM.search("ferr", &used, 8).hits[0].name, "Ferritin");
}

#[test]
fn nothing_is_found_for_nothing() {
    for query in ["", "   ", "-", "§"] {
        assert_eq!(BALSAM.search(query, &Usage::default(), 8), Hits::default(), "{query:?}");
    }
}

#[test]
fn somebody_who_searches_never_waits_for_a_new_index() {
    let larger: Vec<Arc<Indexed>> =
        std::iter::repeat_with(|| Arc::new(Indexed::new(CATALOGUES[0].clone()))).take(9).collect();
    let in_use = std::sync::RwLock::new(Arc::new(Engine::build(&larger[..1])));
    let before = first("ferr");
    std::thread::scope(|scope| {
        let renewal = scope.spawn(|| {
            let new = Arc::new(Engine::build(&larger));
            *in_use.write().unwrap() = new;
        });
        let mut searches = 0;
        while !renewal.is_finished() {
            let engine = Arc::clone(&in_use.read().unwrap());
            let hits = engine.search("ferr", &Usage::default(), 50);
            assert_eq!(hits.hits[0], before, "a search sees the old or the new engine, and never something between");
            searches += 1;
        }
        assert!(searches > 20, "only {searches} searches while the index was built");
    });
    assert_eq!(in_use.read().unwrap().len(), 9 * BALSAM.len());
}

/// A new version of a catalogue, and what it touched.
fn changed(old: &Catalogue, changes: &[(usize, u8, usize)]) -> (Catalogue, Vec<String>, Vec<String>) {
    let mut new = old.clone();
    let (mut services, mut panels) = (Vec::new(), Vec::new());
    for (place, kind, other) in changes {
        let at = place % new.services.len();
        let other = other % new.services.len();
        match kind {
            0 => {
                let name = new.services[other].name.clone();
                Arc::make_mut(&mut new.services[at]).name = name;
            }
            1 => {
                let synonym = format!("{} extra", new.services[other].name);
                Arc::make_mut(&mut new.services[at]).synonyms.push(synonym);
            }
            2 => {
                let replacement = new.services[other].id.clone();
                let service = Arc::make_mut(&mut new.services[at]);
                service.withdrawn = true;
                service.replaced_by = Some(replacement);
            }
            3 => {
                let service = Arc::make_mut(&mut new.services[at]);
                service.withdrawn = !service.withdrawn;
            }
            4 => {
                let mut added = Service::clone(&new.services[at]);
                added.id = format!("{}-ny", added.id);
                added.priority = u32::try_from(*place % 100).unwrap();
                if new.services.iter().all(|known| known.id != added.id) {
                    services.push(added.id.clone());
                    new.services.insert(other, Arc::new(added));
                }
                continue;
            }
            5 => {
                services.push(new.services.remove(at).id.clone());
                continue;
            }
            _ => {
                let panel = place % new.panels.len();
                panels.push(new.panels[panel].id.clone());
                if new.panels.len() > 3 && place % 2 == 0 {
                    new.panels.remove(panel);
                } else {
                    new.panels[panel].services.truncate(other % 5);
                    new.panels[panel].name.push_str(" ny");
                }
                continue;
            }
        }
        services.push(new.services[at].id.clone());
    }
    (new, services, panels)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn an_engine_renewed_again_and_again_finds_what_one_built_anew_finds(
        versions in prop::collection::vec((0..2_usize, prop::collection::vec((0..10_000_usize, 0..7_u8, 0..10_000_usize), 0..40)), 1..4),
        queries in prop::collection::vec("[a-zæøå]{1,3}|[a-zæøå0-9]{1,3}( |-)[a-z]{1,4}|[a-z]{4,9}", 40),
        limit in 1..60_usize,
    ) {
        let mut catalogues = CATALOGUES.clone().map(|one| Arc::new(Indexed::new(one)));
        let mut engine = Engine::build(&catalogues);
        let names: Vec<String> = CATALOGUES[0].services.iter().map(|service| service.name.clone()).collect();
        for (owner, changes) in &versions {
            let (new, services, panels) = changed(catalogues[*owner].catalogue(), changes);
            let provider = new.provider.id.clone();
            catalogues[*owner] = Arc::new(Indexed::new(new));
            let touched = Touched { provider: &provider, services: &services, panels: &panels };
            engine = engine.renewed(&catalogues, &touched);
            let anew = Engine::build(&catalogues);
            prop_assert_eq!(engine.len(), anew.len());
            let usage = Usage::new(services.iter().map(|id| (provider.as_str(), id.as_str(), 20)));
            let typed = names.iter().skip(limit).step_by(17).flat_map(|name| {
                let cut = name.char_indices().nth(limit % 9 + 2).map_or(name.len(), |(at, _)| at);
                [name.clone(), name[..cut].to_owned(), name.replacen(['e', 'a', 'i'], "x", 1)]
            });
            let codes = services.iter().filter_map(|id| catalogues[*owner].service(id)?.code.code.clone());
            for query in queries.iter().cloned().chain(typed).chain(codes) {
                prop_assert_eq!(engine.search(&query, &usage, limit), anew.search(&query, &usage, limit), "{}", query);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_slip_ever_stands_above_what_was_really_typed(query in "[a-zæøå0-9 -]{1,12}") {
        let hits = BALSAM.search(&query, &Usage::default(), 50).hits;
        let first_slip = hits.iter().position(|hit| hit.rank >= Class::OneSlip as u32).unwrap_or(hits.len());
        prop_assert!(hits[first_slip..].iter().all(|hit| hit.rank >= Class::OneSlip as u32));
    }

    #[test]
    fn the_marked_parts_lie_inside_the_text(query in "\\PC{0,20}") {
        for hit in BALSAM.search(&query, &Usage::default(), 20).hits {
            let long = |text: &str| u32::try_from(text.encode_utf16().count()).unwrap();
            prop_assert!(hit.why.marked.iter().all(|r| r.start < r.end && r.end <= long(hit.why.word)));
        }
    }
}

#[test]
fn the_reasons_kept_for_crowded_beginnings_are_those_that_would_be_found() {
    let segment = &BALSAM.parts[0].segment;
    assert!(segment.crowds.len() > 50, "only {} crowds", segment.crowds.len());
    for crowd in &segment.crowds {
        let typed = segment.dictionary.word(crowd.words.0)[..crowd.length as usize].to_vec();
        let query = asked::Query::read(&String::from_utf8(typed).unwrap()).unwrap();
        let asked = asked::Asked::new(segment, &query);
        let explaining = why::Explaining { segment, asked: &asked, query: &query };
        for (at, (doc, _)) in segment.best_of(crowd).iter().enumerate().take(index::TOLD) {
            let kept = explaining.kept(segment.told(segment.told_of(crowd, at).unwrap()));
            let found = explaining.why(*doc, None, false, &mut why::Letters::default());
            assert_eq!(kept, found, "{:?}", query.words);
        }
    }
}
