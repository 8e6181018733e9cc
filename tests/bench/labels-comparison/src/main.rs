//! Labels beside krilla (Rust) and ReportLab (Python): the same pages with the same letters, bars and font, made in one run on
//! one machine, each the median of many. The figure is the ratio; every page of every maker is read back, and every ZPL label.
//!
//! The goal: one label within a millisecond of the fastest, a hundred and more never slower than the fastest. What misses it is
//! named and the run fails. `REPORTLAB_PYTHON` names the Python that has ReportLab (`make labels` makes one). The result is kept
//! in `tests/bench/results/labels.json`.

use std::hint::black_box;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use krilla::SerializeSettings;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::page::PageSettings;
use krilla::text::{Font, TextDirection};
use labels_comparison::labels::{line_danser, number};
use labels_comparison::print::{Decoder, Picture, Symbol};
use labels_comparison::{keep, of_zpl};
use requisition::labels::{Dpi, Item, LabelContent, Layout, Stock, Symbology, Text, Weight, layout, pdf, zpl};
use serde_json::json;

const REGULAR: &[u8] = include_bytes!("../../../../assets/fonts/label-regular.ttf");
const SEMIBOLD: &[u8] = include_bytes!("../../../../assets/fonts/label-semibold.ttf");
const COUNTS: [u32; 4] = [1, 20, 100, 400];

/// Median milliseconds of each maker.
struct Times {
    pdf: f64,
    zpl: f64,
    krilla: f64,
    krilla_uncompressed: f64,
    reportlab: f64,
}

impl Times {
    fn fastest_other(&self) -> f64 {
        self.krilla.min(self.krilla_uncompressed).min(self.reportlab)
    }

    fn reaches_the_goal(&self, count: u32) -> bool {
        match count {
            1 => self.pdf <= self.fastest_other() + 1.0,
            2..100 => true,
            _ => self.pdf <= self.fastest_other(),
        }
    }
}

fn main() -> Result<ExitCode> {
    let python = std::env::var_os("REPORTLAB_PYTHON")
        .context("REPORTLAB_PYTHON names no Python that has ReportLab: `make labels` makes one")?;
    let folder = tempfile::tempdir()?;
    println!("median milliseconds; layout included for ours and krilla, not for ReportLab");
    let (mut missed, mut figures) = (Vec::new(), Vec::new());
    for count in COUNTS {
        let contents: Vec<LabelContent> = (0..count).map(|at| line_danser(&number(at))).collect();
        let rounds = if count >= 100 { 21 } else { 101 };
        let theirs = folder.path().join("reportlab.pdf");
        let times = Times {
            pdf: median(rounds, || pdf(&placed(&contents, Dpi::D300), 0)),
            zpl: median(rounds, || zpl(&placed(&contents, Dpi::D203))),
            krilla: median(rounds, || with_krilla(&placed(&contents, Dpi::D300), true)),
            krilla_uncompressed: median(rounds, || with_krilla(&placed(&contents, Dpi::D300), false)),
            reportlab: with_reportlab(&python, &placed(&contents, Dpi::D300), rounds.min(21), &theirs)?,
        };
        let ratio = times.pdf / times.fastest_other();
        println!(
            "{count:4} labels: PDF {:8.3}  ZPL {:8.3} | krilla {:8.3}, uncompressed {:8.3} | ReportLab {:8.3} | {ratio:.2} of the fastest other",
            times.pdf, times.zpl, times.krilla, times.krilla_uncompressed, times.reportlab
        );
        if !times.reaches_the_goal(count) {
            missed.push(count);
        }
        read_back("ours", &pdf(&placed(&contents, Dpi::D300), 0)?, &contents)?;
        read_back("krilla", &with_krilla(&placed(&contents, Dpi::D300), true)?, &contents)?;
        read_back("ReportLab", &std::fs::read(&theirs)?, &contents)?;
        read_back_zpl(&contents)?;
        figures.push(json!({
            "labels": count, "pdf": times.pdf, "zpl": times.zpl, "krilla": times.krilla,
            "krilla_uncompressed": times.krilla_uncompressed, "reportlab": times.reportlab,
            "of_the_fastest_other": ratio, "goal_reached": times.reaches_the_goal(count),
        }));
    }
    keep("labels.json", &json!(figures))?;
    println!("every page of every maker and every ZPL label was read back");
    if missed.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    println!("the goal is missed at {missed:?} labels");
    Ok(ExitCode::FAILURE)
}

fn placed(contents: &[LabelContent], dpi: Dpi) -> Vec<Layout> {
    let stock = Stock::standard();
    let one = |content| layout(content, &stock, dpi, Symbology::Code128).expect("an ordinary label fits");
    contents.iter().map(one).collect()
}

fn read_back(maker: &str, document: &[u8], contents: &[LabelContent]) -> Result<()> {
    let pages = Picture::pages(document, 300.0);
    ensure!(pages.len() == contents.len(), "{maker} made {} pages", pages.len());
    for (page, content) in pages.iter().zip(contents) {
        let read = Decoder::Zxing.read(page, Symbol::Code128);
        ensure!(read.as_ref() == Some(&content.number), "{maker}: {} was read as {read:?}", content.number);
    }
    Ok(())
}

fn read_back_zpl(contents: &[LabelContent]) -> Result<()> {
    for label in placed(contents, Dpi::D203) {
        let burned = of_zpl(&zpl(std::slice::from_ref(&label))?, &label)?;
        let read = Decoder::Zxing.read(&burned, Symbol::Code128);
        ensure!(read.as_ref() == Some(&label.number), "ZPL: {} was read as {read:?}", label.number);
    }
    Ok(())
}

/// Median milliseconds. A maker that fails is not timed.
fn median<T, E: std::fmt::Debug>(rounds: usize, mut work: impl FnMut() -> Result<T, E>) -> f64 {
    let mut once = || {
        let began = Instant::now();
        black_box(work().expect("pages"));
        began.elapsed().as_secs_f64() * 1000.0
    };
    once();
    let mut times: Vec<f64> = (0..rounds).map(|_| once()).collect();
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
                    .map(|(at, wide)| {
                        ((x + at as i32 * module) as f32, *y as f32, (wide as i32 * module) as f32, *height as f32)
                    })
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

/// The same labels by ReportLab, timed inside Python: starting it is not counted. Its pages go to `file`.
fn with_reportlab(python: &std::ffi::OsStr, labels: &[Layout], rounds: usize, file: &Path) -> Result<f64> {
    let pages: Vec<_> = labels.iter().map(drawn).collect();
    let fonts = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../assets/fonts");
    let mut child = Command::new(python)
        .args([concat!(env!("CARGO_MANIFEST_DIR"), "/reportlab_labels.py"), fonts, &rounds.to_string()])
        .arg(file)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut input = child.stdin.take().context("an input")?;
    input.write_all(serde_json::to_string(&pages)?.as_bytes())?;
    drop(input);
    let output = child.wait_with_output()?;
    ensure!(output.status.success(), "ReportLab failed");
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
                texts.push(json!([
                    points(*x),
                    up(*baseline),
                    points(*size),
                    *weight == Weight::Semibold,
                    inverted,
                    text
                ]));
            }
            Item::Box { x, y, width, height } => boxes.push(json!([
                points(*x as f32),
                up((y + height) as f32),
                points(*width as f32),
                points(*height as f32)
            ])),
            Item::Bars { x, y, height, module, symbol } => {
                for (at, wide) in symbol.bars() {
                    let left = points((x + at as i32 * module) as f32);
                    boxes.push(json!([
                        left,
                        up((y + height) as f32),
                        points((wide as i32 * module) as f32),
                        points(*height as f32)
                    ]));
                }
            }
            Item::Matrix { .. } => {}
        }
    }
    json!({"width": points(label.width as f32), "height": points(label.height as f32), "texts": texts, "boxes": boxes})
}
