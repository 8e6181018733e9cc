//! The search beside others, in one run: the same services, the same keystrokes, the ten best, everything warm.
//!
//! `make bench` runs it; names of engines as arguments leave out the others. Prints a table and writes `tests/bench/results/search.json`. For each keystroke the median over the
//! passes counts, since the machine does other things as well; p50 and p99 are over the keystrokes. All engines index
//! name, codes, official name and synonyms. FTS5 forgives no slips.

mod fts5;
mod minisearch;
mod simple;
mod tantivy_engine;
#[path = "../../src/services.rs"]
mod services;

use std::{error::Error, hint::black_box, sync::Arc, time::Instant};

use requisition::catalogue::{
    model::{Catalogue, Indexed},
    search::{Engine, Usage},
};
use serde::Serialize;

/// Hits asked for.
const LIMIT: usize = 10;

/// One service as every engine gets it.
#[derive(Debug, Serialize)]
pub struct Row {
    id: usize,
    name: String,
    code: String,
    official: String,
    synonyms: String,
    priority: u32,
}

/// What one engine took.
#[derive(Debug, Serialize)]
struct Figures {
    engine: &'static str,
    services: usize,
    /// Microseconds.
    p50: f64,
    /// Microseconds.
    p99: f64,
    /// Milliseconds.
    build: f64,
    /// Bytes.
    memory: usize,
    /// Keystrokes with at least one hit.
    answered: usize,
}

/// An engine under test: fills itself once, then answers keystrokes with the number of hits.
trait Contender {
    fn answer(&self, query: &str) -> usize;
    fn memory(&self) -> usize;
}

impl Contender for Engine {
    fn answer(&self, query: &str) -> usize {
        thread_local!(static NONE: Usage = Usage::default());
        NONE.with(|usage| self.search(query, usage, LIMIT).hits.len())
    }

    fn memory(&self) -> usize {
        Engine::memory(self)
    }
}

type Fallible<T> = Result<T, Box<dyn Error>>;

fn main() -> Fallible<()> {
    let keystrokes = services::keystrokes();
    let results = services::top().join("tests/bench/results");
    std::fs::create_dir_all(&results)?;
    std::fs::write(results.join("keystrokes.json"), serde_json::to_vec(&keystrokes)?)?;
    println!("{} keystrokes; the median of several passes counts for each; p50 and p99 in microseconds\n", keystrokes.len());
    let only: Vec<String> = std::env::args().skip(1).collect();
    let wanted = |engine: &str| only.is_empty() || only.iter().any(|one| one == engine);
    let mut all = Vec::new();
    for size in [10_000, 100_000] {
        let catalogue = services::synthetic(size);
        let rows = rows(&catalogue);
        let file = results.join(format!("services-{size}.json"));
        std::fs::write(&file, serde_json::to_vec(&rows)?)?;
        let indexed = [Arc::new(Indexed::new(catalogue))];
        let passes = if size > 10_000 { 3 } else { 5 };
        let mut figures = vec![measure("rekvirent", size, passes, &keystrokes, || Ok(Engine::build(&indexed)))?];
        if wanted("simple") {
            figures.push(measure("simple", size, passes, &keystrokes, || simple::Simple::build(&rows))?);
        }
        if wanted("tantivy") {
            figures.push(measure("tantivy", size, passes, &keystrokes, || tantivy_engine::Tantivy::build(&rows))?);
        }
        if wanted("fts5") {
            let passes = if size > 10_000 { 1 } else { 3 };
            figures.push(measure("fts5", size, passes, &keystrokes, || fts5::Fts5::build(&rows))?);
        }
        if wanted("minisearch") {
            // It needs minutes for all keystrokes over the larger set: there every eighth is typed, once.
            let (passes, every) = if size > 10_000 { (1, 8) } else { (3, 1) };
            figures.push(minisearch::measure(size, &file, &results.join("keystrokes.json"), passes, every)?);
        }
        table(&figures);
        all.extend(figures);
    }
    std::fs::write(results.join("search.json"), serde_json::to_vec_pretty(&all)?)?;
    Ok(())
}

fn rows(catalogue: &Catalogue) -> Vec<Row> {
    let services = catalogue.services.iter().enumerate();
    services
        .map(|(id, service)| Row {
            id,
            name: service.name.clone(),
            code: service.code.code.clone().unwrap_or_default(),
            official: service.code.display.clone(),
            synonyms: service.synonyms.join("; "),
            priority: service.priority,
        })
        .collect()
}

fn measure<C: Contender>(
    engine: &'static str,
    services: usize,
    passes: usize,
    keystrokes: &[String],
    build: impl Fn() -> Fallible<C>,
) -> Fallible<Figures> {
    let started = Instant::now();
    let contender = build()?;
    let build = started.elapsed().as_secs_f64() * 1e3;
    for query in keystrokes.iter().step_by(4) {
        black_box(contender.answer(query));
    }
    let mut times = vec![Vec::with_capacity(passes); keystrokes.len()];
    let mut answered = 0;
    for _ in 0..passes {
        answered = 0;
        for (query, times) in keystrokes.iter().zip(&mut times) {
            let started = Instant::now();
            let hits = black_box(contender.answer(black_box(query)));
            times.push(started.elapsed().as_secs_f64() * 1e6);
            answered += usize::from(hits > 0);
        }
    }
    Ok(figures(engine, services, build, contender.memory(), answered, times))
}

fn figures(
    engine: &'static str,
    services: usize,
    build: f64,
    memory: usize,
    answered: usize,
    times: Vec<Vec<f64>>,
) -> Figures {
    let mut medians: Vec<f64> = times
        .into_iter()
        .filter(|times| !times.is_empty())
        .map(|mut times| {
            times.sort_by(f64::total_cmp);
            times[times.len() / 2]
        })
        .collect();
    medians.sort_by(f64::total_cmp);
    let at = |hundredths: usize| medians[(medians.len() - 1) * hundredths / 100];
    Figures { engine, services, p50: at(50), p99: at(99), build, memory, answered }
}

fn table(figures: &[Figures]) {
    let ours = &figures[0];
    println!("{} services", ours.services);
    println!("  engine          p50        p99    times ours (p50, p99)   build ms   memory MB   answered");
    for one in figures {
        let (p50, p99) = (one.p50 / ours.p50, one.p99 / ours.p99);
        println!(
            "  {:<10} {:>8.1} {:>10.1} {p50:>14.1} {p99:>9.1} {:>10.1} {:>11.1} {:>10}",
            one.engine,
            one.p50,
            one.p99,
            one.build,
            one.memory as f64 / 1e6,
            one.answered,
        );
    }
    println!();
}

/// Folds a text the way every engine here gets it: small letters without marks.
fn folded(text: &str) -> String {
    use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
    let plain = text.to_lowercase().replace('ø', "o").replace('æ', "ae");
    plain.nfd().filter(|c| !is_combining_mark(*c)).collect()
}

/// Slips that the engines forgive in a word.
fn slips(word: &str) -> u8 {
    if word.bytes().filter(u8::is_ascii_digit).count() >= 3 {
        return 0;
    }
    match word.chars().count() {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    }
}

fn words(text: &str) -> Vec<String> {
    folded(text).split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}
