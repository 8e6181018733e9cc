//! Search, keystroke by keystroke: every beginning of every published query, over Balsam and over 10 000 and 100 000
//! synthetic services. Prints p50 and p99 of a keystroke besides criterion's own figures.

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use criterion::{Criterion, criterion_group, criterion_main};
use requisition::catalogue::authoring;
use requisition::catalogue::model::{Catalogue, Indexed};
use requisition::catalogue::search::{Engine, Usage};

/// What the list shows.
const LIMIT: usize = 50;

fn top() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn balsam() -> Catalogue {
    authoring::build(&top().join("catalog-data/balsam-lab")).expect("Balsam builds")
}

/// Balsam's services over and over under made-up names, so that words are as many and as alike as in a real code list.
fn synthetic(count: usize) -> Catalogue {
    const SYLLABLES: [&str; 24] = [
        "ka", "li", "tro", "pon", "fer", "tin", "glo", "bul", "ste", "rol", "ami", "lase", "pep", "tid", "hor", "mon",
        "vi", "rus", "anti", "stoff", "kre", "xo", "dy", "phen",
    ];
    let mut catalogue = balsam();
    let base = catalogue.services.clone();
    let mut state = 1_u64;
    let mut next = move |below: usize| {
        // Knuth's generator: the same services in every run.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap_or(0) % below
    };
    for at in catalogue.services.len()..count {
        let mut service = base[at % base.len()].as_ref().clone();
        let mut word = |parts: usize| (0..parts).map(|_| SYLLABLES[next(SYLLABLES.len())]).collect::<String>();
        let (first, second) = (word(2 + at % 3), word(2));
        service.name = format!("{first}-{second} {}", base[at % base.len()].name);
        service.id = format!("s{at}");
        service.code.code = Some(format!("NPU{:05}", at % 100_000));
        service.code.display = format!("P-{}", service.name);
        service.synonyms = vec![second];
        service.priority = u32::try_from(at % 40).unwrap_or(0);
        catalogue.services.push(Arc::new(service));
    }
    catalogue
}

fn keystrokes() -> Vec<String> {
    let text = std::fs::read_to_string(top().join("tests/bench/queries.tsv")).expect("queries.tsv");
    text.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .filter_map(|line| line.split('\t').next())
        .flat_map(|query| query.char_indices().map(|(at, c)| query[..at + c.len_utf8()].to_owned()).collect::<Vec<_>>())
        .collect()
}

fn percentiles(engine: &Engine, keys: &[String], name: &str) {
    let usage = Usage::default();
    let mut times: Vec<f64> = Vec::with_capacity(keys.len() * 5);
    for _ in 0..5 {
        for key in keys {
            let start = Instant::now();
            black_box(engine.search(black_box(key), &usage, LIMIT));
            times.push(start.elapsed().as_secs_f64() * 1e3);
        }
    }
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    println!(
        "{name}: {} keystrokes, p50 {:.3} ms, p99 {:.3} ms, worst {:.3} ms",
        keys.len(),
        at(0.5),
        at(0.99),
        at(1.0)
    );
}

fn search(c: &mut Criterion) {
    let keys = keystrokes();
    let mut group = c.benchmark_group("search");
    group.sample_size(10);
    for (name, catalogue) in
        [("balsam", balsam()), ("synthetic-10000", synthetic(10_000)), ("synthetic-100000", synthetic(100_000))]
    {
        let indexed = [Arc::new(Indexed::new(catalogue))];
        let start = Instant::now();
        let engine = Engine::build(&indexed);
        println!("{name}: {} found, index built in {:.1} ms", engine.len(), start.elapsed().as_secs_f64() * 1e3);
        percentiles(&engine, &keys, name);
        let usage = Usage::default();
        group.bench_function(format!("all-keystrokes/{name}"), |b| {
            b.iter(|| {
                for key in &keys {
                    black_box(engine.search(key, &usage, LIMIT));
                }
            });
        });
        if name != "synthetic-100000" {
            group.bench_function(format!("build/{name}"), |b| b.iter(|| black_box(Engine::build(&indexed))));
        }
    }
    group.finish();
}

criterion_group!(benches, search);
criterion_main!(benches);
