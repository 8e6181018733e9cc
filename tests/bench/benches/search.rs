//! Search, keystroke by keystroke: every beginning of every published query, over Balsam and over 10 000 and 100 000
//! synthetic services. Prints p50 and p99 of a keystroke besides criterion's own figures.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use bench::services::{balsam, keystrokes, synthetic};
use criterion::{Criterion, criterion_group, criterion_main};
use requisition::catalogue::model::Indexed;
use requisition::catalogue::search::{Engine, Touched, Usage};

/// What the list shows.
const LIMIT: usize = 50;

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
        let (took, memory) = (start.elapsed().as_secs_f64() * 1e3, engine.memory() as f64 / 1e6);
        println!("{name}: {} found, index built in {took:.1} ms, {memory:.1} MB", engine.len());
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
            let services = indexed[0].catalogue().services.iter().rev().take(100);
            let services: Vec<String> = services.map(|service| service.id.clone()).collect();
            let provider = &indexed[0].catalogue().provider.id;
            let touched = Touched { provider, services: &services, panels: &[] };
            group.bench_function(format!("renew-100/{name}"), |b| {
                b.iter(|| black_box(engine.renewed(&indexed, &touched)));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, search);
criterion_main!(benches);
