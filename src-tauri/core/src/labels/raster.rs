//! Labels in dots: what a print head burns, as bits and as PNG.
//!
//! Black or white, nothing between, since that is all a label printer knows; bars are whole dots and letters are dark where
//! they cover half a dot.

use super::LabelError;
use super::layout::{Item, Layout, Text};
use super::letters::{Dots, Letters};
use crate::pages::font;

/// A black-and-white picture; a set bit is black, rows start at a byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bitmap {
    width: i32,
    height: i32,
    stride: usize,
    bits: Vec<u8>,
}

impl Bitmap {
    pub(crate) fn white(width: i32, height: i32) -> Self {
        let (width, height) = (width.max(0), height.max(0));
        let stride = (width as usize).div_ceil(8);
        Self { width, height, stride, bits: vec![0; stride * height as usize] }
    }

    /// Width in dots.
    pub const fn width(&self) -> i32 {
        self.width
    }

    /// Height in dots.
    pub const fn height(&self) -> i32 {
        self.height
    }

    /// Whether a dot is black; outside it is white.
    pub fn black(&self, x: i32, y: i32) -> bool {
        (0..self.width).contains(&x)
            && (0..self.height).contains(&y)
            && self.bits[y as usize * self.stride + x as usize / 8] & (0x80 >> (x % 8)) != 0
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = &[u8]> {
        self.bits.chunks_exact(self.stride.max(1))
    }

    fn set(&mut self, x: i32, y: i32, black: bool) {
        if (0..self.width).contains(&x) && (0..self.height).contains(&y) {
            let (byte, bit) = (y as usize * self.stride + x as usize / 8, 0x80 >> (x % 8));
            if black { self.bits[byte] |= bit } else { self.bits[byte] &= !bit }
        }
    }

    /// Blackens a rectangle, byte by byte; what lies outside is left out.
    fn fill(&mut self, x: i32, y: i32, width: i32, height: i32) {
        let (first, end) = (x.max(0), (x + width).min(self.width));
        if first >= end {
            return;
        }
        let (first_byte, last_byte) = (first as usize / 8, (end - 1) as usize / 8);
        let (head, tail) = (0xFF_u8 >> (first % 8), 0xFF_u8 << (7 - (end - 1) % 8));
        for row in y.max(0)..(y + height).min(self.height) {
            let row = &mut self.bits[row as usize * self.stride..][first_byte..=last_byte];
            match row {
                [only] => *only |= head & tail,
                [first, between @ .., last] => {
                    *first |= head;
                    between.fill(0xFF);
                    *last |= tail;
                }
                [] => {}
            }
        }
    }

    pub(crate) fn draw(&mut self, item: &Item, letters: &mut Letters, left: i32, top: i32) -> Result<(), LabelError> {
        match item {
            Item::Text(text) => self.letters(text, letters, left, top)?,
            Item::Box { x, y, width, height } => self.fill(left + x, top + y, *width, *height),
            Item::Bars { x, y, height, module, symbol } => {
                for (at, bar) in symbol.bars() {
                    self.fill(left + x + at as i32 * module, top + y, bar as i32 * module, *height);
                }
            }
            Item::Matrix { x, y, module, symbol } => {
                for (at, row, run) in symbol.runs() {
                    self.fill(
                        left + x + at as i32 * module,
                        top + y + row as i32 * module,
                        run as i32 * module,
                        *module,
                    );
                }
            }
        }
        Ok(())
    }

    fn letters(&mut self, text: &Text, letters: &mut Letters, left: i32, top: i32) -> Result<(), LabelError> {
        let face = font::face(text.weight)?;
        let scale = text.size / f32::from(face.units_per_em());
        // Letters stand on whole dots: a baseline between two rows would blur every one of them.
        let baseline = top + text.baseline.round() as i32;
        let mut pen = left as f32 + text.x;
        for glyph in text.text.chars().filter_map(|c| face.glyph_index(c)) {
            let (dots, column) = letters.dots(face, glyph, text, pen);
            self.stamp(dots, column, baseline, !text.inverted);
            pen += font::advance(face, glyph) as f32 * scale;
        }
        Ok(())
    }

    fn stamp(&mut self, dots: &Dots, column: i32, baseline: i32, black: bool) {
        for (row, covered) in dots.rows() {
            for (first, length) in covered {
                if black {
                    self.fill(column + first, baseline + row, *length, 1);
                } else {
                    (0..*length).for_each(|at| self.set(column + first + at, baseline + row, false));
                }
            }
        }
    }
}

/// One label in the dots of its printer.
pub fn bitmap(label: &Layout) -> Result<Bitmap, LabelError> {
    let mut picture = Bitmap::white(label.width, label.height);
    let mut letters = Letters::default();
    for item in &label.items {
        picture.draw(item, &mut letters, 0, 0)?;
    }
    Ok(picture)
}

/// Labels as they come off the printer: below each other on a roll, on their sheets otherwise (`first_cell` as for PDF).
pub fn page_bitmap(labels: &[Layout], first_cell: u32) -> Result<Bitmap, LabelError> {
    let Some(first) = labels.first() else { return Err(LabelError::Output) };
    if labels.iter().any(|label| label.stock != first.stock || label.dpi != first.dpi) {
        return Err(LabelError::MixedStock);
    }
    let dots = |micrometres: u32| first.dpi.dots(micrometres);
    let count = labels.len() as u32;
    let mut picture = match first.stock.sheet() {
        None => Bitmap::white(first.width, first.height * count as i32),
        Some(sheet) => {
            Bitmap::white(dots(sheet.page_width), dots(sheet.page_height) * sheet.pages(first_cell, count) as i32)
        }
    };
    let mut letters = Letters::default();
    let mut draw = |label: &Layout, left: i32, top: i32| {
        label.items.iter().try_for_each(|item| picture.draw(item, &mut letters, left, top))
    };
    match first.stock.sheet() {
        None => labels.iter().zip(0..).try_for_each(|(label, at)| draw(label, 0, first.height * at))?,
        Some(sheet) => {
            for (label, place) in labels.iter().zip(sheet.places(first_cell)) {
                let page_top = dots(sheet.page_height) * place.page as i32;
                draw(label, dots(place.left), dots(place.top) + page_top)?;
            }
        }
    }
    Ok(picture)
}

/// A picture as PNG, one bit a dot, with its resolution.
pub fn png(picture: &Bitmap, dpi: super::Dpi) -> Result<Vec<u8>, LabelError> {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, picture.width as u32, picture.height as u32);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    encoder.set_pixel_dims(Some(png::PixelDimensions {
        xppu: dpi.per_metre(),
        yppu: dpi.per_metre(),
        unit: png::Unit::Meter,
    }));
    let mut writer = encoder.write_header().map_err(|_| LabelError::Output)?;
    // In PNG one is white.
    let inverted: Vec<u8> = picture.bits.iter().map(|byte| !byte).collect();
    writer.write_image_data(&inverted).map_err(|_| LabelError::Output)?;
    writer.finish().map_err(|_| LabelError::Output)?;
    Ok(out)
}
