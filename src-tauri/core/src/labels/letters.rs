//! Letters in dots: dark where they cover half a dot. A job draws the same few letters hundreds of times, so each is drawn
//! once and stamped from then on.

use std::collections::HashMap;

use ttf_parser::{Face, GlyphId, OutlineBuilder};

use super::layout::Text;
use crate::pages::Weight;

/// Rows per dot row when letters are sampled.
const SUBROWS: i32 = 4;
/// Places within a dot at which a letter may begin: finer is not to be seen in print.
const PHASES: f32 = 4.0;

/// The letters of one job that have been drawn.
#[derive(Default)]
pub(crate) struct Letters {
    drawn: HashMap<(bool, u16, u32, u8), Dots>,
}

/// A letter's dots: for each row, counted from the baseline, the runs of dark dots as first column and length.
#[derive(Default)]
pub(crate) struct Dots {
    top: i32,
    rows: Vec<Vec<(i32, i32)>>,
}

impl Dots {
    pub(crate) fn rows(&self) -> impl Iterator<Item = (i32, &[(i32, i32)])> {
        (self.top..).zip(self.rows.iter().map(Vec::as_slice))
    }
}

impl Letters {
    /// A letter's dots when the pen is at `pen`, and the column from which they count.
    pub(crate) fn dots(&mut self, face: &Face<'_>, glyph: GlyphId, text: &Text, pen: f32) -> (&Dots, i32) {
        let at = (pen * PHASES).round() / PHASES;
        let column = at.floor();
        let phase = ((at - column) * PHASES) as u8;
        let key = (text.weight == Weight::Semibold, glyph.0, text.size.to_bits(), phase);
        let dots = self.drawn.entry(key).or_insert_with(|| {
            let scale = text.size / f32::from(face.units_per_em());
            let mut outline = Outline { scale, x: at - column, ..Outline::default() };
            face.outline_glyph(glyph, &mut outline);
            Dots::of(&outline.lines)
        });
        (dots, column as i32)
    }
}

impl Dots {
    /// Fills a closed outline by the non-zero rule.
    fn of(lines: &[Line]) -> Self {
        let bound = |pick: fn(&Line) -> [f32; 2]| {
            lines.iter().flat_map(pick).fold((f32::MAX, f32::MIN), |(low, high), v| (low.min(v), high.max(v)))
        };
        let ((x_low, x_high), (y_low, y_high)) = (bound(|l| [l.x0, l.x1]), bound(|l| [l.y0, l.y1]));
        if x_low > x_high {
            return Self::default();
        }
        let (first, end) = (x_low.floor() as i32, x_high.ceil() as i32);
        let (top, bottom) = (y_low.floor() as i32, y_high.ceil() as i32);
        let mut crossings: Vec<Vec<(f32, i32)>> = vec![Vec::new(); ((bottom - top).max(0) * SUBROWS) as usize];
        for line in lines {
            line.cross(top, &mut crossings);
        }
        let mut covered = vec![0.0_f32; (end - first).max(0) as usize];
        let mut rows = Vec::with_capacity((bottom - top).max(0) as usize);
        for subrows in crossings.chunks_mut(SUBROWS as usize) {
            covered.fill(0.0);
            for subrow in subrows {
                subrow.sort_by(|a, b| a.0.total_cmp(&b.0));
                let mut winding = 0;
                for pair in subrow.windows(2) {
                    winding += pair[0].1;
                    if winding != 0 {
                        cover(&mut covered, pair[0].0 - first as f32, pair[1].0 - first as f32);
                    }
                }
            }
            rows.push(runs(&covered, first));
        }
        Self { top, rows }
    }
}

/// The runs of cells that are covered by half or more.
fn runs(covered: &[f32], first: i32) -> Vec<(i32, i32)> {
    let mut runs: Vec<(i32, i32)> = Vec::new();
    for column in (first..).zip(covered).filter(|(_, share)| **share * 2.0 >= SUBROWS as f32).map(|(column, _)| column)
    {
        match runs.last_mut() {
            Some((start, length)) if *start + *length == column => *length += 1,
            _ => runs.push((column, 1)),
        }
    }
    runs
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
    /// Where it crosses the middles of the rows' parts, and whether downwards or upwards.
    fn cross(&self, top: i32, crossings: &mut [Vec<(f32, i32)>]) {
        let (high, low, down) = if self.y0 <= self.y1 { (self.y0, self.y1, 1) } else { (self.y1, self.y0, -1) };
        let middle = |y: f32| (y - top as f32) * SUBROWS as f32 - 0.5;
        let slope = (self.x1 - self.x0) / (self.y1 - self.y0);
        for at in middle(high).ceil().max(0.0) as usize..(middle(low).ceil().max(0.0) as usize).min(crossings.len()) {
            let y = top as f32 + (at as f32 + 0.5) / SUBROWS as f32;
            crossings[at].push((self.x0 + (y - self.y0) * slope, down));
        }
    }
}

/// A letter's outline as straight lines in dots.
#[derive(Default)]
struct Outline {
    scale: f32,
    x: f32,
    start: (f32, f32),
    at: (f32, f32),
    lines: Vec<Line>,
}

impl Outline {
    fn line(&mut self, x: f32, y: f32) {
        let place = |(x, y): (f32, f32)| (self.x + x * self.scale, -y * self.scale);
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
