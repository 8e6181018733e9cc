//! Labels in dots: what a print head burns, as bits and as PNG.
//!
//! Black or white, nothing between, since that is all a label printer knows; bars are whole dots and letters are dark where
//! they cover half a dot.

use ttf_parser::{GlyphId, OutlineBuilder};

use super::LabelError;
use super::font;
use super::layout::{Item, Layout, Text};

/// Rows per dot row when letters are sampled.
const SUBROWS: i32 = 4;

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

    fn fill(&mut self, x: i32, y: i32, width: i32, height: i32) {
        for row in y..y + height {
            for column in x..x + width {
                self.set(column, row, true);
            }
        }
    }

    pub(crate) fn draw(&mut self, item: &Item, left: i32, top: i32) -> Result<(), LabelError> {
        match item {
            Item::Text(text) => self.letters(text, left, top)?,
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

    fn letters(&mut self, text: &Text, left: i32, top: i32) -> Result<(), LabelError> {
        let face = font::face(text.weight)?;
        let scale = text.size / f32::from(face.units_per_em());
        let mut pen = left as f32 + text.x;
        for glyph in text.text.chars().filter_map(|c| face.glyph_index(c)) {
            let mut outline = Outline { scale, x: pen, y: top as f32 + text.baseline, ..Outline::default() };
            face.outline_glyph(GlyphId(glyph.0), &mut outline);
            self.glyph(&outline.lines, !text.inverted);
            pen += font::advance(face, glyph) as f32 * scale;
        }
        Ok(())
    }

    /// Fills a closed outline by the non-zero rule.
    fn glyph(&mut self, lines: &[Line], black: bool) {
        let bound = |pick: fn(&Line) -> [f32; 2]| {
            lines.iter().flat_map(pick).fold((f32::MAX, f32::MIN), |(low, high), v| (low.min(v), high.max(v)))
        };
        let ((x_low, x_high), (y_low, y_high)) = (bound(|l| [l.x0, l.x1]), bound(|l| [l.y0, l.y1]));
        if x_low > x_high {
            return;
        }
        let (first, end) = (x_low.floor() as i32, x_high.ceil() as i32);
        let mut covered = vec![0.0_f32; (end - first).max(0) as usize];
        let mut crossings: Vec<(f32, i32)> = Vec::with_capacity(16);
        for row in y_low.floor() as i32..y_high.ceil() as i32 {
            covered.fill(0.0);
            for subrow in 0..SUBROWS {
                let y = row as f32 + (subrow as f32 + 0.5) / SUBROWS as f32;
                crossings.clear();
                crossings.extend(lines.iter().filter_map(|line| line.crossing(y)));
                crossings.sort_by(|a, b| a.0.total_cmp(&b.0));
                let mut winding = 0;
                for pair in crossings.windows(2) {
                    winding += pair[0].1;
                    if winding != 0 {
                        cover(&mut covered, pair[0].0 - first as f32, pair[1].0 - first as f32);
                    }
                }
            }
            for (column, share) in covered.iter().enumerate() {
                if *share * 2.0 >= SUBROWS as f32 {
                    self.set(first + column as i32, row, black);
                }
            }
        }
    }
}

/// Adds a span to the cells that it covers, by how much of each.
fn cover(cells: &mut [f32], from: f32, to: f32) {
    let (first, last) = (from.max(0.0).floor() as usize, (to.max(0.0).ceil() as usize).min(cells.len()));
    for (cell, share) in cells.iter_mut().enumerate().take(last).skip(first) {
        *share += (to.min(cell as f32 + 1.0) - from.max(cell as f32)).max(0.0);
    }
}

#[derive(Debug, Clone, Copy)]
struct Line {
    x0: f32,
    y0: f32,
    x1: f32,
    y1: f32,
}

impl Line {
    /// Where it crosses a height, and whether downwards or upwards.
    fn crossing(&self, y: f32) -> Option<(f32, i32)> {
        let down = self.y0 <= y && y < self.y1;
        let up = self.y1 <= y && y < self.y0;
        let x = || self.x0 + (y - self.y0) * (self.x1 - self.x0) / (self.y1 - self.y0);
        (down || up).then(|| (x(), if down { 1 } else { -1 }))
    }
}

/// A letter's outline as straight lines in dots.
#[derive(Default)]
struct Outline {
    scale: f32,
    x: f32,
    y: f32,
    start: (f32, f32),
    at: (f32, f32),
    lines: Vec<Line>,
}

impl Outline {
    fn line(&mut self, x: f32, y: f32) {
        let place = |(x, y): (f32, f32)| (self.x + x * self.scale, self.y - y * self.scale);
        let ((x0, y0), (x1, y1)) = (place(self.at), place((x, y)));
        self.lines.push(Line { x0, y0, x1, y1 });
        self.at = (x, y);
    }
}

impl OutlineBuilder for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        (self.start, self.at) = ((x, y), (x, y));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.line(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let (x0, y0) = self.at;
        for step in 1_u8..=4 {
            let t = f32::from(step) / 4.0;
            let blend = |a: f32, b: f32, c: f32| (1.0 - t) * (1.0 - t) * a + 2.0 * t * (1.0 - t) * b + t * t * c;
            self.line(blend(x0, x1, x), blend(y0, y1, y));
        }
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let (x0, y0) = self.at;
        for step in 1_u8..=6 {
            let t = f32::from(step) / 6.0;
            let u = 1.0 - t;
            let blend = |a: f32, b: f32, c: f32, d: f32| {
                u * u * u * a + 3.0 * u * u * t * b + 3.0 * u * t * t * c + t * t * t * d
            };
            self.line(blend(x0, x1, x2, x), blend(y0, y1, y2, y));
        }
    }

    fn close(&mut self) {
        let (x, y) = self.start;
        self.line(x, y);
    }
}

/// One label in the dots of its printer.
pub fn bitmap(label: &Layout) -> Result<Bitmap, LabelError> {
    let mut picture = Bitmap::white(label.width, label.height);
    for item in &label.items {
        picture.draw(item, 0, 0)?;
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
            let pages = (first_cell % sheet.cells() + count).div_ceil(sheet.cells());
            Bitmap::white(dots(sheet.page_width), dots(sheet.page_height) * pages as i32)
        }
    };
    for (index, label) in labels.iter().enumerate() {
        let (left, top) = match first.stock.sheet() {
            None => (0, first.height * index as i32),
            Some(sheet) => {
                let cell = first_cell % sheet.cells() + index as u32;
                let (page, on_page) = (cell / sheet.cells(), cell % sheet.cells());
                let left = dots(sheet.left + on_page % sheet.columns * sheet.pitch_x);
                let top = dots(sheet.top + on_page / sheet.columns * sheet.pitch_y);
                (left, top + dots(sheet.page_height) * page as i32)
            }
        };
        for item in &label.items {
            picture.draw(item, left, top)?;
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
