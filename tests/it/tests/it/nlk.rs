//! The national laboratory code list as a provider: thousands of services without a mistake, found by the names that people
//! use.

use std::collections::BTreeSet;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use it::{shared, tool};
use requisition::catalogue::authoring;
use requisition::catalogue::model::Indexed;
use requisition::catalogue::search::{Engine, Usage};

#[test]
fn the_national_code_list_becomes_a_provider_that_builds_and_is_searched() {
    let Some(list) =
        shared().map(|shared| shared.join("catalogue-facts/nlk_7280.77.csv")).filter(|list| list.is_file())
    else {
        println!("skipped: the national code list (nlk_7280.77.csv) is not among the reference material");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("nlk");
    let made = Command::new(tool()).args(["catalogue", "import-nlk"]).arg(&list).arg("-o").arg(&dir).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let begun = Instant::now();
    let report = authoring::inspect(&dir);
    let took = begun.elapsed();
    println!("{} warnings, built in {took:?}", report.warnings.len());
    assert!(report.mistakes.is_empty(), "{:?}", &report.mistakes[..report.mistakes.len().min(20)]);
    // Seconds where a release takes a fraction of one; a check that grew with the square of the rows would take minutes.
    assert!(took < Duration::from_secs(60), "{took:?}");
    let catalogue = report.catalogue.unwrap();
    let offered = catalogue.services.iter().filter(|service| !service.withdrawn);
    assert_eq!(offered.clone().count(), 9_679, "every current code, and no other");
    let names: BTreeSet<String> = offered.clone().map(|service| service.name.to_lowercase()).collect();
    assert_eq!(names.len(), 9_679, "each has a name of its own");
    assert!(offered.clone().all(|service| !service.group.is_empty() && service.specimens.len() == 1));
    let engine = Engine::build(&[Arc::new(Indexed::new(catalogue))]);
    for (query, code) in [
        ("P-TSH", "npu03577"),
        ("ferritin", "npu19763"),
        ("alaninaminotransferase", "npu19651"),
        ("NPU03577", "npu03577"),
        ("inr", "npu01685"),
    ] {
        let hits = engine.search(query, &Usage::default(), 10).hits;
        let found: Vec<&str> = hits.iter().map(|hit| hit.id).collect();
        assert!(found.contains(&code), "{query}: {found:?}");
    }
    let gone = engine.search("NOR05001", &Usage::default(), 5).hits;
    assert!(gone.iter().any(|hit| hit.withdrawn && hit.replaced_by.is_some()), "a withdrawn code leads on: {gone:?}");
}
