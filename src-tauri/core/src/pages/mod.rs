//! Pages for printers: PDF with the print font embedded, drawn in points from a page's upper left corner.
//!
//! Everything that leaves a printer as pages is made here: labels, forms and lists. A page is written as it is drawn, so that
//! a hundred of them cost little more than their own letters; the fonts are packed once for the life of the program. A
//! document's title never names a patient: spoolers show and keep it. The module knows no label and no requisition.

pub(crate) mod font;
mod fonts;

use pdf_writer::{Content, Name, Pdf, Rect, Ref, Str, TextStr};
use thiserror::Error;

pub use font::Weight;

/// Why a page could not be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PageError {
    /// The font that is built in cannot be read.
    #[error("the print font cannot be read")]
    Font,
}

/// Points in a millimetre.
pub(crate) const POINTS_PER_MM: f32 = 72.0 / 25.4;

const CATALOG: Ref = Ref::new(1);
const TREE: Ref = Ref::new(2);
const INFORMATION: Ref = Ref::new(3);
/// The fonts' objects, then two for each page.
const FIRST_FONT: i32 = 4;
const FIRST_PAGE: i32 = FIRST_FONT + fonts::OBJECTS * 2;

/// A document under way; all its pages have one size.
pub(crate) struct Document {
    pdf: Pdf,
    width: f32,
    height: f32,
    pages: i32,
}

impl Document {
    /// A document with pages of a size in points. `expected` is a guess of its bytes, fonts aside.
    pub(crate) fn new(title: &str, width: f32, height: f32, expected: usize) -> Result<Self, PageError> {
        let mut pdf = Pdf::with_capacity(expected + 64 * 1024);
        pdf.set_version(1, 5);
        pdf.catalog(CATALOG).pages(TREE).lang(TextStr("nb"));
        pdf.document_info(INFORMATION).title(TextStr(title)).producer(TextStr("Rekvirent"));
        fonts::embed(&mut pdf, FIRST_FONT)?;
        Ok(Self { pdf, width, height, pages: 0 })
    }

    /// Puts a page behind the others.
    pub(crate) fn add(&mut self, page: Page) {
        let (id, content) = (page_id(self.pages), Ref::new(page_id(self.pages).get() + 1));
        self.pages += 1;
        let mut written = self.pdf.page(id);
        written.parent(TREE).media_box(Rect::new(0.0, 0.0, self.width, self.height)).contents(content);
        let mut resources = written.resources();
        resources
            .fonts()
            .pair(name(Weight::Regular), Ref::new(FIRST_FONT))
            .pair(name(Weight::Semibold), Ref::new(FIRST_FONT + fonts::OBJECTS));
        drop(resources);
        drop(written);
        self.pdf.stream(content, &page.content.finish());
    }

    /// The document's bytes.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        let pages = self.pages;
        self.pdf.pages(TREE).kids((0..pages).map(page_id)).count(pages);
        self.pdf.finish()
    }
}

fn page_id(at: i32) -> Ref {
    Ref::new(FIRST_PAGE + 2 * at)
}

const fn name(weight: Weight) -> Name<'static> {
    match weight {
        Weight::Regular => Name(b"R"),
        Weight::Semibold => Name(b"S"),
    }
}

/// One page under way. Lengths are points, y counts downwards.
pub(crate) struct Page {
    content: Content,
    height: f32,
    glyphs: Vec<u8>,
}

impl Page {
    /// An empty page of a height in points.
    pub(crate) fn new(height: f32, expected: usize) -> Self {
        Self { content: Content::with_capacity(expected), height, glyphs: Vec::with_capacity(128) }
    }

    /// A line of letters that the font has; `white` on a box that was drawn before.
    pub(crate) fn text(
        &mut self,
        (x, baseline): (f32, f32),
        size: f32,
        weight: Weight,
        text: &str,
        white: bool,
    ) -> Result<(), PageError> {
        self.glyphs.clear();
        for glyph in font::glyphs(text, weight)? {
            self.glyphs.extend(glyph.to_be_bytes());
        }
        if white {
            self.content.set_fill_gray(1.0);
        }
        let at = (places(x), places(self.height - baseline));
        self.content.begin_text().set_font(name(weight), places(size)).next_line(at.0, at.1);
        self.content.show(Str(&self.glyphs)).end_text();
        if white {
            self.content.set_fill_gray(0.0);
        }
        Ok(())
    }

    /// Adds a rectangle to the shape that [`Page::fill`] blackens. Its edges keep five decimals: bars are whole dots of the
    /// printer, and a rounded edge would move a dot.
    pub(crate) fn rectangle(&mut self, x: f32, y: f32, width: f32, height: f32) {
        self.content.rect(exact(x), exact(self.height - y - height), exact(width), exact(height));
    }

    /// Blackens the rectangles that were added.
    pub(crate) fn fill(&mut self) {
        self.content.fill_nonzero();
    }
}

/// A position of letters: a hundredth of a point is less than any eye or printer resolves.
fn places(points: f32) -> f32 {
    (points * 100.0).round() / 100.0
}

fn exact(points: f32) -> f32 {
    (points * 10_000.0).round() / 10_000.0
}
