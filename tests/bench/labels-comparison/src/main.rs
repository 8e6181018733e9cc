//! Labels beside krilla (Rust) and ReportLab (Python): the same pages with the same letters, bars and font, made in one run on
//! one machine, each the median of many. The figure is the ratio; every page is read back.
//!
//! ReportLab runs in the Python that `REPORTLAB_PYTHON` names; without it, that column is empty and said to be.

use std::hint::black_box;
use std::io::Write as _;
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use anyhow::{Context, Result};
use krilla::SerializeSettings;
use krilla::geom::{Point, Rect, PathBuilder};
use krilla::page::PageSettings;
use krilla::text::{Font, TextDirection};
use labels_comparison::ordinary;
use labels_comparison::print::{Decoder, Picture, Symbol};
use requisition::labels::{Dpi, Item, Layout, Stock, Symbology, Text, Weight, layout, pdf, zpl};
use serde_json::json;

const REGULAR: &[u8] = include_bytes!("../../../../assets/fonts/label-regular.ttf");
const SEMIBOLD: &[u8] = include_bytes!("../../../../assets/fonts/label-semibold.ttf");
const COUNTS: [u32; 4] = [1, 20, 100, 400];

fn main() -> Result<ExitCode> {
    let python = std::env::var_os("REPORTLAB_PYTHON");
    if python.is_none() {
        println!("ReportLab is left out: REPORTLAB_PYTHON names no Python that has it");
    }
    println!("median milliseconds; layout included for all");
    let mut lost = Vec::new();
    for count in COUNTS {
        let contents: Vec<_> = (0..count).map(ordinary).collect();
        let placed = |dpi| -> Vec<Layout> {
            contents
                .iter()
                .map(|content| layout(content, &Stock::standard(), dpi, Symbology::Code128).expect("it fits"))
                .collect()
        };
        let rounds = if count >= 100 { 21 } else { 101 };
        let ours = median(rounds, || pdf(&placed(Dpi::D300), 0).expect("pages"));
        let zebra = median(rounds, || zpl(&placed(Dpi::D203)).expect("a job"));
        let theirs = median(rounds, || with_krilla(&placed(Dpi::D300), true).expect("pages"));
        let loose = median(rounds, || with_krilla(&placed(Dpi::D300), false).expect("pages"));
        let reportlab = python.as_ref().map(|python| with_reportlab(python, &placed(Dpi::D300), rounds)).transpose()?;
        let (bytes, their_bytes) =
            (pdf(&placed(Dpi::D300), 0)?.len(), with_krilla(&placed(Dpi::D300), true)?.len());
        let fastest = theirs.min(loose).min(reportlab.unwrap_or(f64::MAX));
        println!(
            "{count:4} labels: pdf {ours:8.3}  zpl {zebra:8.3} | krilla {theirs:8.3}, uncompressed {loose:8.3} | ReportLab {} | of the fastest {:5.2} | {bytes} bytes, krilla {their_bytes}",
            reportlab.map_or_else(|| "       -".to_owned(), |time| format!("{time:8.3}")),
            ours / fastest
        );
        let within = if count == 1 { ours <= fastest + 1.0 } else { count < 100 || ours <= fastest };
        if !within {
            lost.push(count);
        }
        for (maker, document) in [("ours", pdf(&placed(Dpi::D300), 0)?), ("krilla", with_krilla(&placed(Dpi::D300), true)?)] {
            let pages = Picture::pages(&document, 300.0);
            let read = pages.iter().zip(&contents).filter(|(page, content)| {
                Decoder::Zxing.read(page, Symbol::Code128).as_deref() == Some(content.number.as_str())
            });
            let read = read.count();
            anyhow::ensure!(read == contents.len(), "{maker}: {read} of {count} read back");
        }
    }
    println!("all read back; goal missed at: {lost:?}");
    Ok(if lost.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn median<T>(rounds: usize, mut work: impl FnMut() -> T) -> f64 {
    black_box(work());
    let mut times: Vec<f64> = (0..rounds)
        .map(|_| {
            let began = Instant::now();
            black_box(work());
            began.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[rounds / 2]
}

/// The same labels by krilla. The fonts are read once, outside, as ours are.
fn with_krilla(labels: &[Layout], compressed: bool) -> Result<Vec<u8>> {
    thread_local! {
        static FONTS: Option<[Font; 2]> = Some([Font::new(REGULAR.into(), 0)?, Font::new(SEMIBOLD.into(), 0)?]);
    }
    let fonts = FONTS.with(|fonts| (*fonts).clone()).context("the fonts")?;
    let settings = SerializeSettings { compress_content_streams: compressed, ..SerializeSettings::default() };
    let mut document = krilla::Document::new_with(settings);
    for label in labels {
        let points = |dots: f32| label.dpi.points(dots);
        let (width, height) = (points(label.width as f32), points(label.height as f32));
        let mut page = document.start_page_with(PageSettings::from_wh(width, height).context("a size")?);
        let mut surface = page.surface();
        let white = krilla::paint::Fill { paint: krilla::color::luma::Color::white().into(), ..Default::default() };
        let black = krilla::paint::Fill { paint: krilla::color::luma::Color::black().into(), ..Default::default() };
        for item in &label.items {
            let boxes: Vec<(f32, f32, f32, f32)> = match item {
                Item::Text(Text { x, baseline, size, weight, inverted, text, .. }) => {
                    surface.set_fill(Some(if *inverted { white.clone() } else { black.clone() }));
                    let font = fonts[usize::from(*weight == Weight::Semibold)].clone();
                    let at = Point::from_xy(points(*x), points(*baseline));
                    surface.draw_text(at, font, points(*size), text, false, TextDirection::Auto);
                    continue;
                }
                Item::Box { x, y, width, height } => vec![(*x as f32, *y as f32, *width as f32, *height as f32)],
                Item::Bars { x, y, height, module, symbol } => symbol
                    .bars()
                    .map(|(at, wide)| ((x + at as i32 * module) as f32, *y as f32, (wide as i32 * module) as f32, *height as f32))
                    .collect(),
                Item::Matrix { .. } => Vec::new(),
            };
            let mut path = PathBuilder::new();
            for (x, y, width, height) in boxes {
                path.push_rect(Rect::from_xywh(points(x), points(y), points(width), points(height)).context("a box")?);
            }
            surface.set_fill(Some(black.clone()));
            surface.draw_path(&path.finish().context("a path")?);
        }
        surface.finish();
        page.finish();
    }
    document.finish().map_err(|error| anyhow::anyhow!("{error:?}"))
}

/// The same labels by ReportLab, timed inside Python: starting it is not counted.
fn with_reportlab(python: &std::ffi::OsStr, labels: &[Layout], rounds: usize) -> Result<f64> {
    let pages: Vec<_> = labels.iter().map(drawn).collect();
    let fonts = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../assets/fonts");
    let mut child = Command::new(python)
        .args([concat!(env!("CARGO_MANIFEST_DIR"), "/reportlab_labels.py"), fonts, &rounds.min(21).to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut input = child.stdin.take().context("an input")?;
    input.write_all(serde_json::to_string(&pages)?.as_bytes())?;
    drop(input);
    let output = child.wait_with_output()?;
    anyhow::ensure!(output.status.success(), "ReportLab failed");
    Ok(String::from_utf8(output.stdout)?.trim().parse()?)
}

/// What is drawn, in points from the lower left corner: ReportLab's own terms, so that it has nothing to compute.
fn drawn(label: &Layout) -> serde_json::Value {
    let points = |dots: f32| label.dpi.points(dots);
    let up = |dots: f32| points(label.height as f32 - dots);
    let mut texts = Vec::new();
    let mut boxes = Vec::new();
    for item in &label.items {
        match item {
            Item::Text(Text { x, baseline, size, weight, inverted, text, .. }) => {
                texts.push(json!([points(*x), up(*baseline), points(*size), *weight == Weight::Semibold, inverted, text]));
            }
            Item::Box { x, y, width, height } => boxes.push(json!([
                points(*x as f32), up((y + height) as f32), points(*width as f32), points(*height as f32)
            ])),
            Item::Bars { x, y, height, module, symbol } => {
                for (at, wide) in symbol.bars() {
                    let left = points((x + at as i32 * module) as f32);
                    boxes.push(json!([left, up((y + height) as f32), points((wide as i32 * module) as f32), points(*height as f32)]));
                }
            }
            Item::Matrix { .. } => {}
        }
    }
    json!({"width": points(label.width as f32), "height": points(label.height as f32), "texts": texts, "boxes": boxes})
}
