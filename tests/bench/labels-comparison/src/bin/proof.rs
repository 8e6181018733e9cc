//! Reads every label back: variant by stock by resolution by symbology, printed as PDF (rasterised by poppler) and as ZPL
//! (rendered by zpl-forge), after each damage, by two decoders that we did not write; takes the words out of each page again;
//! and holds what the label printer burns against the preview, dot by dot. Ends with a failure when a single number is not read
//! by both or is read wrong, and names it. With all damages at once a decoder may look three times, as a hand scanner looks tens
//! of times a second: the print is the same, the grain is not.
//!
//! One thing a decoder may leave unread, where the other reads it: ZXing bars thinner than 0.33 mm, which stand on small stock
//! and with long numbers, under all damages at once. That is ZXing and not the label: of such symbols with seven millimetres of
//! height and nothing beside them it read none of 20 at 0.17 mm and 8 of 40 at 0.25 mm, and all of 80 at 0.34 mm and more, while
//! zbar read all but one of the 140; and it leaves those of the ZPL labels as well, whose bars zpl-forge makes from the number by
//! itself.
//!
//! `--quick` takes a third of the variants; other arguments are words of which a label's name must have all, as `38x19mm` or
//! `"300 dpi"`. The result of a whole run is kept in `tests/bench/results/labels-proof.json`.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::{Context, Result};
use labels_comparison::labels::variants;
use labels_comparison::print::{Damage, Decoder, Picture, Symbol, installed, words};
use labels_comparison::{keep, of_zpl};
use requisition::labels::{Dpi, LabelContent, Layout, PrintedSymbol, Stock, Symbology, bitmap, layout, pdf, zpl};
use requisition::numbers::SpecimenNumber;
use serde_json::json;

/// How often a decoder may look at a label that has all damages at once.
const LOOKS: u64 = 3;
/// Bars thinner than this ZXing does not read when all damages come together, in millimetres.
const TOO_THIN_FOR_ZXING: f32 = 0.33;

/// One label of the matrix.
struct Case {
    name: String,
    content: LabelContent,
    label: Layout,
}

#[derive(Default)]
struct Count {
    read: u32,
    unread: u32,
    wrong: u32,
}

/// What was found, whichever thread found it.
#[derive(Default)]
struct Report {
    counts: BTreeMap<String, Count>,
    failures: Vec<String>,
}

fn main() -> Result<ExitCode> {
    if !installed(&["pdftoppm", "pdftotext", "zbarimg", "dmtxread"]) {
        return Ok(ExitCode::from(3));
    }
    let quick = std::env::args().any(|argument| argument == "--quick");
    let words: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--quick").collect();
    let (mut cases, refused) = matrix(if quick { 3 } else { 1 })?;
    cases.retain(|case| words.iter().all(|word| case.name.contains(word)));
    println!("{} labels; {refused} combinations refused as too small for what they should carry", cases.len());
    let (next, report) = (AtomicUsize::new(0), Mutex::new(Report::default()));
    let work = || {
        while let Some((at, case)) = taken(&cases, &next) {
            if at > 0 && at.is_multiple_of(50) {
                println!("{at} tried");
            }
            let found = try_out(case);
            let mut report = report.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            report.take(case, found);
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, Into::into) {
            scope.spawn(work);
        }
    });
    let report = report.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    for (what, count) in &report.counts {
        println!("{what:<42} read {:5}  unread {:3}  wrong {:3}", count.read, count.unread, count.wrong);
    }
    for failure in &report.failures {
        println!("FAILED {failure}");
    }
    let sum = |pick: fn(&Count) -> u32| report.counts.values().map(pick).sum::<u32>();
    let (read, unread, wrong) = (sum(|count| count.read), sum(|count| count.unread), sum(|count| count.wrong));
    println!("{read} read right, {unread} unread, {wrong} read wrong, {} failures", report.failures.len());
    let figures = json!({
        "labels": cases.len(), "refused": refused, "read": read, "unread": unread, "wrong": wrong, "failures": report.failures,
    });
    if !quick && words.is_empty() {
        keep("labels-proof.json", &figures)?;
    }
    Ok(if report.failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn taken<'a>(cases: &'a [Case], next: &AtomicUsize) -> Option<(usize, &'a Case)> {
    let at = next.fetch_add(1, Ordering::Relaxed);
    Some((at, cases.get(at)?))
}

/// Every label there is, and how many combinations have no room for what they should carry.
fn matrix(step: usize) -> Result<(Vec<Case>, u32)> {
    let (mut cases, mut refused) = (Vec::new(), 0);
    for (kind, content) in variants().into_iter().step_by(step) {
        for stock in Stock::OFFERED {
            for dpi in [Dpi::D203, Dpi::D300] {
                for symbology in [Symbology::Code128, Symbology::DataMatrix, Symbology::Both] {
                    let name = format!("{kind} on {stock} at {} dpi as {symbology:?}", dpi.per_inch());
                    match layout(&content, &Stock::parse(stock)?, dpi, symbology) {
                        // A sheet is the same for every label printer.
                        Ok(label) if label.dpi != dpi => {}
                        Ok(label) => cases.push(Case { name, content: content.clone(), label }),
                        Err(error) => {
                            refused += 1;
                            println!("refused: {name}: {error}");
                        }
                    }
                }
            }
        }
    }
    Ok((cases, refused))
}

/// What one decoder made of one picture of a label.
struct Reading {
    what: String,
    /// The decoder is known to leave such unread, and the other one reads it.
    may_stay_unread: bool,
    text: Option<String>,
}

impl Report {
    fn take(&mut self, case: &Case, found: Result<(Vec<Reading>, Vec<String>)>) {
        let (readings, faults) = match found {
            Ok(found) => found,
            Err(error) => return self.failures.push(format!("{}: {error:#}", case.name)),
        };
        self.failures.extend(faults.into_iter().map(|fault| format!("{}: {fault}", case.name)));
        for Reading { what, may_stay_unread, text } in readings {
            let at = format!("{}, {what}, bars or squares of {:.3} mm", case.name, case.label.module_mm());
            let count = self.counts.entry(what).or_default();
            match text {
                Some(text) if text == case.label.number => count.read += 1,
                Some(text) => {
                    count.wrong += 1;
                    self.failures.push(format!("WRONG {text}: {at}"));
                }
                None => {
                    count.unread += 1;
                    if !may_stay_unread {
                        self.failures.push(format!("unread: {at}"));
                    }
                }
            }
        }
    }
}

/// Prints a label by every way, reads it back, and says what else is wrong with it.
fn try_out(case: &Case) -> Result<(Vec<Reading>, Vec<String>)> {
    let label = &case.label;
    let one = std::slice::from_ref(label);
    let per_mm = label.dpi.per_metre() as f32 / 1000.0;
    let document = pdf(one, 0)?;
    let mut faults = missing_words(case, &document);
    let page = Picture::pages(&document, per_mm * 25.4).into_iter().next().context("a page")?;
    // A sheet's first label; a roll's label is the page.
    let (left, top) = label
        .stock
        .sheet()
        .map_or((0, 0), |sheet| (label.dpi.dots(sheet.left) as usize, label.dpi.dots(sheet.top) as usize));
    let mut printed = vec![("pdf", page.cut(left, top, label.width as usize, label.height as usize))];
    if label.stock.sheet().is_none() {
        let burned = of_zpl(&zpl(one)?, label)?;
        let preview = bitmap(label)?;
        let differing = (0..label.height)
            .flat_map(|y| (0..label.width).map(move |x| (x, y)))
            .filter(|(x, y)| burned.dark(*x as usize, *y as usize) != preview.black(*x, *y));
        let differing = differing.count();
        if differing > 0 {
            faults.push(format!("the label printer burns {differing} dots otherwise than the preview shows"));
        }
        printed.push(("zpl", burned));
    }
    let mut readings = Vec::new();
    for (maker, dots) in printed {
        let lying = dots.bordered(2.0);
        for (seed, damage) in Damage::ALL.into_iter().enumerate() {
            let looks = if damage == Damage::Everything { LOOKS } else { 1 };
            let seen: Vec<Picture> = (0..looks).map(|look| damage.of(&lying, seed as u64 + 1, look)).collect();
            for &symbol in symbols(label) {
                let read = Decoder::both(symbol)
                    .map(|decoder| (decoder, seen.iter().find_map(|seen| decoder.read(seen, symbol))));
                let by_one = read.iter().any(|(_, text)| text.as_ref() == Some(&label.number));
                let too_thin = symbol == Symbol::Code128 && label.module_mm() < TOO_THIN_FOR_ZXING;
                for (decoder, text) in read {
                    let what = format!("{symbol:?} {damage:?} {maker} {decoder:?}");
                    let known = damage == Damage::Everything && too_thin && decoder == Decoder::Zxing;
                    readings.push(Reading { what, may_stay_unread: known && by_one, text });
                }
            }
        }
    }
    Ok((readings, faults))
}

const fn symbols(label: &Layout) -> &'static [Symbol] {
    match label.symbol {
        PrintedSymbol::Code128 => &[Symbol::Code128],
        PrintedSymbol::DataMatrix => &[Symbol::DataMatrix],
        PrintedSymbol::Both => &[Symbol::Code128, Symbol::DataMatrix],
    }
}

/// What stands on the label and cannot be taken out of the page as text, and what has to stand there and does not.
fn missing_words(case: &Case, document: &[u8]) -> Vec<String> {
    let joined = |text: &str| text.split_whitespace().collect::<String>();
    let extracted = joined(&words(document));
    let number = SpecimenNumber::parse(&case.content.number)
        .map_or_else(|_| case.content.number.clone(), |number| number.grouped());
    let must = [case.content.identity.line(), number];
    let placed = case.label.texts().map(str::to_owned).chain(must);
    placed
        .filter(|text| !extracted.contains(&joined(text)))
        .map(|text| format!("the page lacks the text {text}"))
        .collect()
}
