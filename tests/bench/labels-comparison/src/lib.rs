//! What the proof and the comparison share: the labels of the tests, the tests' way of printing and reading them back, and a
//! renderer of ZPL that we did not write.

// By path: the crate around them has what integration tests need, which takes minutes to build.
#[path = "../../../it/src/labels.rs"]
pub mod labels;
#[path = "../../../it/src/print.rs"]
pub mod print;

use std::collections::HashMap;
use std::path::Path;

use anyhow::{Context, Result};
use requisition::labels::{Dpi, Layout};
use zpl_forge::forge::png::PngBackend;
use zpl_forge::{Resolution, Unit, ZplEngine};

use print::Picture;

/// The first label of a job as zpl-forge renders it, in the printer's dots.
///
/// # Errors
/// When it cannot.
pub fn of_zpl(job: &str, label: &Layout) -> Result<Picture> {
    let resolution = match label.dpi {
        Dpi::D203 => Resolution::Dpi203,
        Dpi::D300 => Resolution::Dpi300,
    };
    let inches = |dots: i32| Unit::Inches((f64::from(dots) / f64::from(label.dpi.per_inch())) as _);
    let engine = ZplEngine::new(job, inches(label.width), inches(label.height), resolution)?;
    let bytes = engine.render(PngBackend::new(), &HashMap::new())?;
    of_png(&bytes, label.dpi.per_metre() as f32 / 1000.0)
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

/// Keeps figures where those of the other benchmarks lie.
///
/// # Errors
/// When they cannot be written.
pub fn keep(name: &str, figures: &serde_json::Value) -> Result<()> {
    let results = Path::new(env!("CARGO_MANIFEST_DIR")).join("../results");
    std::fs::create_dir_all(&results)?;
    Ok(std::fs::write(results.join(name), serde_json::to_vec_pretty(figures)?)?)
}
