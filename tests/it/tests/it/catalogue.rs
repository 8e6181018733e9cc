//! The catalogue as a whole: the demo providers from their text to an opened package, and the search held to its promises.

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use proptest::prelude::*;
use requisition::catalogue::authoring;
use requisition::catalogue::model::{Catalogue, Indexed};
use requisition::catalogue::package::{self, Refusal};
use requisition::catalogue::search::{Engine, Usage};

fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn provider(name: &str) -> Catalogue {
    authoring::build(&top().join("catalog-data").join(name)).unwrap_or_else(|mistakes| {
        panic!("{name}: {}", mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    })
}

static BALSAM: LazyLock<Catalogue> = LazyLock::new(|| provider("balsam-lab"));
static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::build(&[Arc::new(Indexed::new(BALSAM.clone()))]));

fn ids(query: &str, limit: usize) -> Vec<String> {
    ENGINE.search(query, &Usage::default(), limit).hits.into_iter().map(|hit| hit.id.to_owned()).collect()
}

#[test]
fn packages_signed_with_the_demonstration_key_open_with_the_key_the_application_ships() {
    let secret = std::fs::read_to_string(top().join("tests/hospital/keys/demo.key")).unwrap();
    let public = std::fs::read_to_string(top().join("assets/demo/demo.pub")).unwrap();
    for name in ["balsam-lab", "furumo"] {
        let catalogue = provider(name);
        let bytes = package::pack(&catalogue).unwrap();
        assert_eq!(bytes, package::pack(&provider(name)).unwrap(), "the same text makes the same package");
        let signature = package::sign(&bytes, &secret, None, &catalogue).unwrap();
        assert_eq!(package::open(&bytes, &signature, &public, name, None).unwrap(), catalogue);
        let mut changed = bytes.clone();
        changed[bytes.len() / 3] ^= 0x40;
        assert_eq!(package::open(&changed, &signature, &public, name, None), Err(Refusal::BadSignature));
    }
}

#[test]
fn queries_of_the_office_find_what_was_meant() {
    find_what_was_meant("queries.tsv", 700, &ENGINE);
}

#[test]
fn imaging_and_pathology_are_found_among_everything_else() {
    let all = ["balsam-lab", "balsam-bilde-patologi", "furumo"].map(|name| Arc::new(Indexed::new(provider(name))));
    find_what_was_meant("queries-imaging.tsv", 190, &Engine::build(&all));
}

/// Holds an engine to a published set of queries: what was meant is first in 95 of 100, and always among the first five.
fn find_what_was_meant(set: &str, least: usize, engine: &Engine) {
    let text = std::fs::read_to_string(top().join("tests/bench").join(set)).unwrap();
    let queries: Vec<Vec<&str>> = text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| line.split('\t').collect())
        .collect();
    assert!(queries.len() >= least, "{}", queries.len());
    let mut first = 0;
    for query in &queries {
        let hits = engine.search(query[0], &Usage::default(), 5).hits;
        let found: Vec<String> = hits.into_iter().map(|hit| hit.id.to_owned()).collect();
        let meant = |id: &String| query[1].split('|').any(|meant| meant == id);
        assert!(found.iter().any(meant), "{} is not among the first five: {found:?}", query[0]);
        first += usize::from(found.first().is_some_and(meant));
    }
    let share = first as f64 / queries.len() as f64;
    println!("{set}: hit@1 {share:.3}, hit@5 1.000 of {} queries", queries.len());
    assert!(share >= 0.95, "{share}");
}

/// A slip at a place: a letter left out, doubled by another, exchanged, or two swapped.
fn slip(word: &str, place: usize, kind: usize) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    let at = place % letters.len();
    let other = char::from(b'a' + u8::try_from(place * 7 % 26).unwrap());
    match kind % 4 {
        0 => drop(letters.remove(at)),
        1 => letters.insert(at, other),
        2 => letters[at] = other,
        _ if at + 1 < letters.len() => letters.swap(at, at + 1),
        _ => letters[at] = other,
    }
    letters.into_iter().collect()
}

/// Share of slips after which the service is still among the first ten.
fn found_after(least: usize, slips: &[(usize, usize)]) -> f64 {
    let (mut tried, mut found) = (0_u32, 0_u32);
    for service in BALSAM.services.iter().filter(|service| !service.withdrawn) {
        let name = service.name.to_lowercase();
        if !name.chars().all(char::is_alphabetic) || name.chars().count() < least {
            continue;
        }
        for (place, kind) in slips {
            let mut typed = slip(&name, *place, *kind);
            if least >= 8 {
                typed = slip(&typed, place + 4, kind + 1);
            }
            tried += 1;
            found += u32::from(ids(&typed, 10).contains(&service.id));
        }
    }
    assert!(tried > 200, "{tried}");
    f64::from(found) / f64::from(tried)
}

#[test]
fn slips_of_the_finger_still_find_the_analysis() {
    let slips: Vec<(usize, usize)> = (0..5).flat_map(|place| (0..4).map(move |kind| (place, kind))).collect();
    let (single, double) = (found_after(4, &slips), found_after(8, &slips));
    println!("found in the first ten: {single:.3} of single slips, {double:.3} of double");
    assert!(single >= 0.99, "{single}");
    assert!(double >= 0.93, "{double}");
}

#[test]
fn the_same_analysis_at_two_providers_is_shown_as_two() {
    let engine = Engine::build(&[Arc::new(Indexed::new(BALSAM.clone())), Arc::new(Indexed::new(provider("furumo")))]);
    let hits = engine.search("ferritin", &Usage::default(), 10).hits;
    let providers: Vec<&str> = hits.iter().filter(|hit| hit.id == "ferritin").map(|hit| hit.provider).collect();
    assert_eq!(providers, ["balsam-lab", "furumo"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn whatever_a_laboratory_writes_reads_back_unchanged(
        name in "\\PC{0,40}", thousandths in 0..1_000_000_u32, synonyms in prop::collection::vec("\\PC{0,20}", 0..4), days in any::<u32>(),
    ) {
        static KEYS: LazyLock<(String, String)> = LazyLock::new(|| package::keygen().unwrap());
        let mut catalogue = BALSAM.clone();
        catalogue.services.truncate(3);
        let first = Arc::make_mut(&mut catalogue.services[0]);
        first.name = name;
        first.specimens[0].volume_ml = f64::from(thousandths) / 1000.0;
        let second = Arc::make_mut(&mut catalogue.services[1]);
        second.synonyms = synonyms;
        second.retest_days = Some(days);
        let bytes = package::pack(&catalogue).unwrap();
        let signature = package::sign(&bytes, &KEYS.0, None, &catalogue).unwrap();
        prop_assert_eq!(package::open(&bytes, &signature, &KEYS.1, "balsam-lab", None).unwrap(), catalogue);
    }
}
