//! Reads every label back: variant by stock by resolution by symbology, printed as PDF (rasterised by poppler) and as ZPL
//! (rendered by zpl-forge), after each damage, by two decoders that we did not write. Ends with a failure when one number is
//! not read or one is read wrong, and names it. `--quick` takes a third of the variants.

use std::collections::{BTreeMap, HashMap};
use std::process::ExitCode;

use anyhow::{Context, Result};
use labels_comparison::print::{Damage, Decoder, Picture, Symbol, installed};
use labels_comparison::variants;
use requisition::labels::{Dpi, Item, Layout, PrintedSymbol, Stock, Symbology, layout, pdf, zpl};
use zpl_forge::forge::png::PngBackend;
use zpl_forge::{Resolution, Unit, ZplEngine};

#[derive(Default)]
struct Count {
    read: u32,
    unread: u32,
    wrong: u32,
}

fn main() -> Result<ExitCode> {
    if !installed(&["pdftoppm", "pdftotext", "zbarimg", "dmtxread"]) {
        return Ok(ExitCode::from(3));
    }
    let quick = std::env::args().any(|argument| argument == "--quick");
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    let mut failures = Vec::new();
    let (mut labels, mut refused) = (0_u32, 0_u32);
    for (kind, content) in variants().into_iter().step_by(if quick { 3 } else { 1 }) {
        for name in Stock::OFFERED {
            let stock = Stock::parse(name)?;
            for dpi in [Dpi::D203, Dpi::D300] {
                for symbology in [Symbology::Code128, Symbology::DataMatrix, Symbology::Both] {
                    let Ok(label) = layout(&content, &stock, dpi, symbology) else {
                        refused += 1;
                        println!("refused: {kind} on {name} at {} dpi as {symbology:?}", dpi.per_inch());
                        continue;
                    };
                    labels += 1;
                    let case = format!("{kind} on {name} at {} dpi as {symbology:?}", dpi.per_inch());
                    for (maker, dots) in printed(&label)? {
                        read_back(&label, maker, &dots, &case, &mut counts, &mut failures);
                    }
                }
            }
        }
    }
    println!("{labels} labels, {refused} refused as too small for what they should carry");
    for (what, count) in &counts {
        println!("{what:<42} read {:5}  unread {:3}  wrong {:3}", count.read, count.unread, count.wrong);
    }
    for failure in &failures {
        println!("FAILED {failure}");
    }
    Ok(if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The label in the printer's dots, by every way it is printed.
fn printed(label: &Layout) -> Result<Vec<(&'static str, Picture)>> {
    let per_mm = label.dpi.per_metre() as f32 / 1000.0;
    let page = pdf(std::slice::from_ref(label), 0)?;
    let page = Picture::pages(&page, per_mm * 25.4).into_iter().next().context("a page")?;
    let mut made = vec![("pdf", page)];
    if label.stock.sheet().is_none() {
        let job = zpl(std::slice::from_ref(label))?;
        let resolution = match label.dpi {
            Dpi::D203 => Resolution::Dpi203,
            Dpi::D300 => Resolution::Dpi300,
        };
        let inches = |dots: i32| f64::from(dots) / f64::from(label.dpi.per_inch());
        let (width, height) = (Unit::Inches(inches(label.width) as _), Unit::Inches(inches(label.height) as _));
        let engine = ZplEngine::new(&job, width, height, resolution)?;
        let bytes = engine.render(PngBackend::new(), &HashMap::new())?;
        made.push(("zpl", of_png(&bytes, per_mm)?));
    }
    Ok(made)
}

fn of_png(bytes: &[u8], per_mm: f32) -> Result<Picture> {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes));
    decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::STRIP_16);
    let mut reader = decoder.read_info()?;
    let mut pixels = vec![0; reader.output_buffer_size().context("a size")?];
    let frame = reader.next_frame(&mut pixels)?;
    let samples = frame.color_type.samples();
    let (width, height) = (frame.width as usize, frame.height as usize);
    Ok(Picture::of_dots(width, height, per_mm, |x, y| pixels[(y * width + x) * samples] < 128))
}

fn read_back(
    label: &Layout,
    maker: &str,
    dots: &Picture,
    case: &str,
    counts: &mut BTreeMap<String, Count>,
    failures: &mut Vec<String>,
) {
    let symbols: &[Symbol] = match label.symbol {
        PrintedSymbol::Code128 => &[Symbol::Code128],
        PrintedSymbol::DataMatrix => &[Symbol::DataMatrix],
        PrintedSymbol::Both => &[Symbol::Code128, Symbol::DataMatrix],
    };
    // A sheet's first label; a roll's label lies on its backing.
    let (width, height) = (label.width as usize, label.height as usize);
    let (left, top) = label.stock.sheet().map_or((0, 0), |sheet| {
        (label.dpi.dots(sheet.left) as usize, label.dpi.dots(sheet.top) as usize)
    });
    let dots = dots.cut(left, top, width, height).bordered(2.0);
    for (seed, damage) in Damage::ALL.into_iter().enumerate() {
        let seen = damage.of(&dots, seed as u64 + 1);
        for &symbol in symbols {
            for decoder in Decoder::both(symbol) {
                let count = counts.entry(format!("{symbol:?} {damage:?} {maker} {decoder:?}")).or_default();
                match decoder.read(&seen, symbol) {
                    Some(text) if text == label.number => count.read += 1,
                    Some(text) => {
                        count.wrong += 1;
                        failures.push(format!("WRONG {text}: {case}, {maker}, {damage:?}, {decoder:?}"));
                    }
                    None => {
                        count.unread += 1;
                        let module = label.items.iter().find_map(|item| match item {
                            Item::Bars { module, .. } | Item::Matrix { module, .. } => Some(*module),
                            Item::Text(_) | Item::Box { .. } => None,
                        });
                        failures.push(format!("{case}, {maker}, {symbol:?}, {damage:?}, {decoder:?}, {module:?} dots"));
                    }
                }
            }
        }
    }
}
