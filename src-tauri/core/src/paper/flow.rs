//! Text that flows down A4 pages: headings, rows of label and value, tables, and a line at the foot of every page.

use crate::labels::{Code128, Matrix};
use crate::pages::font::{printable, width};
use crate::pages::{Document, POINTS_PER_MM, Page, Weight};

use super::PaperError;

/// A4 in points.
const WIDTH: f32 = 210.0 * POINTS_PER_MM;
const HEIGHT: f32 = 297.0 * POINTS_PER_MM;
const MARGIN: f32 = 15.0 * POINTS_PER_MM;
const FOOT: f32 = 16.0 * POINTS_PER_MM;
/// Size of running text in points.
pub(super) const TEXT: f32 = 9.5;
const LINE: f32 = 1.28;
/// Dots of 1/300 inch: what an office printer resolves.
const DOT: f32 = 72.0 / 300.0;
/// A module of a square: five dots, 0.42 mm.
const SQUARE: f32 = 5.0 * DOT;

/// A column of a table.
pub(super) struct Column {
    pub title: &'static str,
    /// Share of the width.
    pub share: f32,
}

/// Pages under way.
pub(super) struct Flow {
    pages: Vec<Page>,
    page: Page,
    y: f32,
}

pub(super) fn mm(length: f32) -> f32 {
    length * POINTS_PER_MM
}

impl Flow {
    pub(super) fn new() -> Self {
        Self { pages: Vec::new(), page: Page::new(HEIGHT, 16 * 1024), y: MARGIN }
    }

    pub(super) fn width() -> f32 {
        WIDTH - 2.0 * MARGIN
    }

    /// Begins a new page where less than `height` is left.
    pub(super) fn room(&mut self, height: f32) {
        if self.y + height > HEIGHT - FOOT && self.y > MARGIN {
            self.pages.push(std::mem::replace(&mut self.page, Page::new(HEIGHT, 16 * 1024)));
            self.y = MARGIN;
        }
    }

    pub(super) fn space(&mut self, height: f32) {
        self.y += height;
    }

    /// A paragraph over the whole width.
    pub(super) fn paragraph(&mut self, text: &str, size: f32, weight: Weight) -> Result<(), PaperError> {
        for line in lines(text, weight, size, Self::width())? {
            self.room(size * LINE);
            self.line(&line, MARGIN, size, weight, false)?;
            self.y += size * LINE;
        }
        Ok(())
    }

    /// A black band with white words: nobody overlooks it.
    pub(super) fn band(&mut self, text: &str, size: f32) -> Result<(), PaperError> {
        let rows = lines(text, Weight::Semibold, size, Self::width() - mm(4.0))?;
        let height = rows.len() as f32 * size * LINE + mm(2.4);
        self.room(height);
        self.page.rectangle(MARGIN, self.y, Self::width(), height);
        self.page.fill();
        self.y += mm(1.0);
        for line in rows {
            self.line(&line, MARGIN + mm(2.0), size, Weight::Semibold, true)?;
            self.y += size * LINE;
        }
        self.y += mm(1.4);
        Ok(())
    }

    /// A heading with a rule under it, never alone at the foot of a page.
    pub(super) fn heading(&mut self, text: &str) -> Result<(), PaperError> {
        self.room(mm(16.0));
        self.y += mm(2.5);
        self.line(text, MARGIN, 11.0, Weight::Semibold, false)?;
        self.y += 11.0 * LINE;
        self.page.rectangle(MARGIN, self.y, Self::width(), 0.6);
        self.page.fill();
        self.y += mm(1.2);
        Ok(())
    }

    /// A label and its value beside it, with a smaller text behind.
    pub(super) fn row(&mut self, label: &str, value: &str, detail: Option<&str>) -> Result<(), PaperError> {
        let left = mm(38.0);
        let value = detail.map_or_else(|| value.to_owned(), |detail| format!("{value}  ({detail})"));
        let rows = lines(&value, Weight::Regular, TEXT, Self::width() - left)?;
        for (at, row) in rows.iter().enumerate() {
            self.room(TEXT * LINE);
            if at == 0 {
                self.line(label, MARGIN, TEXT, Weight::Semibold, false)?;
            }
            self.line(row, MARGIN + left, TEXT, Weight::Regular, false)?;
            self.y += TEXT * LINE;
        }
        Ok(())
    }

    /// A table's head.
    pub(super) fn head(&mut self, columns: &[Column]) -> Result<(), PaperError> {
        self.room(mm(14.0));
        let mut x = MARGIN;
        for column in columns {
            self.line(column.title, x, TEXT - 1.0, Weight::Semibold, false)?;
            x += column.share * Self::width();
        }
        self.y += TEXT * LINE;
        self.page.rectangle(MARGIN, self.y, Self::width(), 0.4);
        self.page.fill();
        self.y += mm(0.8);
        Ok(())
    }

    /// A table's row; its cells wrap.
    pub(super) fn cells(&mut self, columns: &[Column], cells: &[&str], weight: Weight) -> Result<(), PaperError> {
        let mut wrapped = Vec::with_capacity(cells.len());
        for (column, cell) in columns.iter().zip(cells) {
            wrapped.push(lines(cell, weight, TEXT, column.share * Self::width() - mm(2.0))?);
        }
        let height = wrapped.iter().map(Vec::len).max().unwrap_or(0) as f32 * TEXT * LINE;
        self.room(height);
        let (top, mut x) = (self.y, MARGIN);
        for (column, rows) in columns.iter().zip(&wrapped) {
            self.y = top;
            for row in rows {
                self.line(row, x, TEXT, weight, false)?;
                self.y += TEXT * LINE;
            }
            x += column.share * Self::width();
        }
        self.y = top + height + mm(0.6);
        Ok(())
    }

    /// Bars with their quiet zones at a distance from the left margin; three dots a module, 0.25 mm.
    pub(super) fn bars(&mut self, number: &str, left: f32, height: f32) -> Result<(), PaperError> {
        let Ok(symbol) = Code128::encode(number) else { return Ok(()) };
        let module = 3.0 * DOT;
        let x = whole(MARGIN + left + 10.0 * module);
        for (first, width) in symbol.bars() {
            self.page.rectangle(x + first as f32 * module, whole(self.y), width as f32 * module, whole(height));
        }
        self.page.fill();
        Ok(())
    }

    /// Side of the largest of the squares in points.
    pub(super) fn side(symbols: &[Matrix]) -> f32 {
        symbols.iter().map(Matrix::size).max().unwrap_or(0) as f32 * SQUARE
    }

    /// Squares beside each other, five dots a module (0.42 mm), as many rows as they need.
    pub(super) fn squares(&mut self, symbols: &[Matrix]) -> Result<(), PaperError> {
        let module = SQUARE;
        let side = Self::side(symbols);
        let gap = mm(5.0);
        let columns = ((Self::width() + gap) / (side + gap)).floor().max(1.0) as usize;
        for (row, symbols) in symbols.chunks(columns).enumerate() {
            self.room(side + gap);
            for (column, symbol) in symbols.iter().enumerate() {
                let (left, top) = (whole(MARGIN + column as f32 * (side + gap)), whole(self.y));
                for (x, y, run) in symbol.runs() {
                    let (x, y) = (left + x as f32 * module, top + y as f32 * module);
                    self.page.rectangle(x, y, run as f32 * module, module);
                }
                self.page.fill();
                let caption = (row * columns + column + 1).to_string();
                self.page.text((left, top + side + mm(3.2)), 7.5, Weight::Regular, &caption, false)?;
            }
            self.y += side + gap;
        }
        Ok(())
    }

    /// The document, with a line at the foot of every page and its place among them, in bokmål.
    pub(super) fn finish(self, title: &str, foot: &str) -> Result<Vec<u8>, PaperError> {
        self.finish_with(title, foot, |at, count| format!("Side {at} av {count}"))
    }

    /// The document, with each page's place, counted from 1, told in the words of who asks for it.
    pub(super) fn finish_with(
        mut self,
        title: &str,
        foot: &str,
        place: impl Fn(usize, usize) -> String,
    ) -> Result<Vec<u8>, PaperError> {
        self.pages.push(self.page);
        let count = self.pages.len();
        let mut document = Document::new(title, WIDTH, HEIGHT, count * 16 * 1024)?;
        let foot = printable(foot)?;
        for (at, mut page) in self.pages.into_iter().enumerate() {
            let place = place(at + 1, count);
            let baseline = HEIGHT - mm(9.0);
            page.text((MARGIN, baseline), 8.0, Weight::Regular, &foot, false)?;
            let right = WIDTH - MARGIN - width(&place, Weight::Regular)? * 8.0;
            page.text((right, baseline), 8.0, Weight::Regular, &place, false)?;
            document.add(page);
        }
        Ok(document.finish())
    }

    fn line(&mut self, text: &str, x: f32, size: f32, weight: Weight, white: bool) -> Result<(), PaperError> {
        let text = printable(text)?;
        Ok(self.page.text((x, self.y + size), size, weight, &text, white)?)
    }
}

/// On whole dots.
fn whole(points: f32) -> f32 {
    (points / DOT).round() * DOT
}

/// A text broken between words to a width; its own line ends stay, and a word that is too long is broken where it must be.
fn lines(text: &str, weight: Weight, size: f32, room: f32) -> Result<Vec<String>, PaperError> {
    let mut rows = Vec::new();
    for paragraph in text.lines() {
        let mut row = String::new();
        for word in printable(paragraph)?.split(' ') {
            let longer = if row.is_empty() { word.to_owned() } else { format!("{row} {word}") };
            if width(&longer, weight)? * size <= room {
                row = longer;
                continue;
            }
            if !row.is_empty() {
                rows.push(std::mem::take(&mut row));
            }
            for letter in word.chars() {
                row.push(letter);
                if width(&row, weight)? * size > room && row.chars().count() > 1 {
                    row.pop();
                    rows.push(std::mem::replace(&mut row, letter.to_string()));
                }
            }
        }
        rows.push(row);
    }
    if rows.is_empty() {
        rows.push(String::new());
    }
    Ok(rows)
}
