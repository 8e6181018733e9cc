//! What people at an office meet when they type.

use std::{
    path::Path,
    sync::{Arc, LazyLock},
};

use proptest::prelude::*;

use super::*;
use crate::catalogue::authoring;

static BALSAM: LazyLock<Engine> = LazyLock::new(|| {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalog-data/balsam-lab");
    Engine::build(&[Arc::new(Indexed::new(authoring::build(&dir).unwrap()))])
});

fn names(query: &str) -> Vec<String> {
    BALSAM.search(query, &Usage::default(), 8).hits.into_iter().map(|hit| hit.name).collect()
}

fn first(query: &str) -> Hit {
    BALSAM.search(query, &Usage::default(), 8).hits.into_iter().next().unwrap()
}

#[test]
fn ferr_finds_ferritin_first_and_says_why_the_others_are_there() {
    let hits = BALSAM.search("ferr", &Usage::default(), 8).hits;
    assert_eq!(hits[0].name, "Ferritin");
    assert_eq!(hits[0].why.in_name, [Range { start: 0, end: 4 }]);
    let iron = hits.iter().find(|hit| hit.name == "Jern").unwrap();
    assert_eq!((iron.why.field, iron.why.word.as_str()), (Field::Synonym, "ferrum"));
    assert_eq!(iron.why.in_word, [Range { start: 0, end: 4 }]);
    let transferrin = hits.iter().find(|hit| hit.name == "Transferrin").unwrap();
    assert_eq!(transferrin.why.in_name, [Range { start: 5, end: 9 }]);
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
    assert_eq!(hit.why.in_word, [Range { start: 0, end: 8 }]);
}

#[test]
fn a_code_with_a_wrong_digit_finds_nothing_rather_than_another_analysis() {
    assert_eq!(first("NPU19763").name, "Ferritin");
    assert!(BALSAM.search("NPU19764999", &Usage::default(), 8).hits.is_empty());
}

#[test]
fn a_withdrawn_analysis_is_found_and_leads_to_its_replacement() {
    let hit = first("T4, total");
    assert!(hit.withdrawn);
    assert_eq!(hit.replaced_by.as_deref(), Some("fritt-t4"));
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
            prop_assert!(hit.why.in_name.iter().all(|r| r.start < r.end && r.end <= long(&hit.name)));
            prop_assert!(hit.why.in_word.iter().all(|r| r.start < r.end && r.end <= long(&hit.why.word)));
        }
    }
}
