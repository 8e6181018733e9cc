//! Labels as PDF: vectors and embedded letters, one page per label on a roll, or sheets of them.

use std::sync::LazyLock;

use printpdf::{
    Color, FontId, Greyscale, Mm, Op, PaintMode, ParsedFont, PdfDocument, PdfFontHandle, PdfPage, PdfSaveOptions,
    Point, Pt, Rect, TextItem,
};

use super::LabelError;
use super::font::{self, Weight};
use super::layout::{Item, Layout, Text};

static FONTS: LazyLock<Option<[ParsedFont; 2]>> = LazyLock::new(|| {
    let parse = |bytes| ParsedFont::from_bytes(bytes, 0, &mut Vec::new());
    Some([parse(font::REGULAR)?, parse(font::SEMIBOLD)?])
});

/// The labels as one PDF. On a sheet, `first_cell` is the first unused label, counted from 0 in reading order.
///
/// The document's own title names no patient: spoolers show it.
pub fn pdf(labels: &[Layout], first_cell: u32) -> Result<Vec<u8>, LabelError> {
    let Some(first) = labels.first() else { return Err(LabelError::Output) };
    if labels.iter().any(|label| label.stock != first.stock || label.dpi != first.dpi) {
        return Err(LabelError::MixedStock);
    }
    let [regular, semibold] = FONTS.as_ref().ok_or(LabelError::Font)?;
    let mut document = PdfDocument::new("Etiketter");
    let fonts = [document.add_font(regular), document.add_font(semibold)];
    let (page_width, page_height) = first.stock.page();
    let page_of = |ops| PdfPage::new(Mm(page_width as f32 / 1000.0), Mm(page_height as f32 / 1000.0), ops);
    let mut pages = Vec::new();
    match first.stock.sheet() {
        None => {
            for label in labels {
                let mut ops = Vec::new();
                draw(label, (0.0, 0.0), &fonts, &mut ops);
                pages.push(page_of(ops));
            }
        }
        Some(sheet) => {
            let first_cell = first_cell % sheet.cells();
            let mut ops = Vec::new();
            for (cell, label) in (first_cell..).zip(labels) {
                let on_page = cell % sheet.cells();
                if on_page == 0 && !ops.is_empty() {
                    pages.push(page_of(std::mem::take(&mut ops)));
                }
                let (column, row) = (on_page % sheet.columns, on_page / sheet.columns);
                let left = sheet.left + column * sheet.pitch_x;
                let top = sheet.top + row * sheet.pitch_y;
                draw(label, (micrometres(left), micrometres(top)), &fonts, &mut ops);
            }
            pages.push(page_of(ops));
        }
    }
    let options = PdfSaveOptions { subset_fonts: false, image_optimization: None, ..PdfSaveOptions::default() };
    let bytes = document.with_pages(pages).save(&options, &mut Vec::new());
    Ok(bytes)
}

fn micrometres(length: u32) -> f32 {
    length as f32 / 1000.0 * (72.0 / 25.4)
}

/// Draws a label whose upper left corner is `at`, in points from the page's upper left corner.
fn draw(label: &Layout, at: (f32, f32), fonts: &[FontId; 2], ops: &mut Vec<Op>) {
    let page_height = micrometres(label.stock.page().1);
    let points = |dots: f32| label.dpi.points(dots);
    let fill = |x: i32, y: i32, width: i32, height: i32| Op::DrawRectangle {
        rectangle: Rect {
            x: Pt(at.0 + points(x as f32)),
            y: Pt(page_height - at.1 - points((y + height) as f32)),
            width: Pt(points(width as f32)),
            height: Pt(points(height as f32)),
            mode: Some(PaintMode::Fill),
            winding_order: None,
        },
    };
    for item in &label.items {
        match item {
            Item::Text(Text { x, baseline, size, weight, inverted, text, .. }) => {
                if *inverted {
                    ops.push(grey(1.0));
                }
                let position = Point { x: Pt(at.0 + points(*x)), y: Pt(page_height - at.1 - points(*baseline)) };
                let font = match weight {
                    Weight::Regular => &fonts[0],
                    Weight::Semibold => &fonts[1],
                };
                ops.extend([
                    Op::StartTextSection,
                    Op::SetFont { font: PdfFontHandle::External(font.clone()), size: Pt(points(*size)) },
                    Op::SetTextCursor { pos: position },
                    Op::ShowText { items: vec![TextItem::Text(text.clone())] },
                    Op::EndTextSection,
                ]);
                if *inverted {
                    ops.push(grey(0.0));
                }
            }
            Item::Box { x, y, width, height } => ops.push(fill(*x, *y, *width, *height)),
            Item::Bars { x, y, height, module, symbol } => {
                ops.extend(
                    symbol.bars().map(|(at, width)| fill(x + at as i32 * module, *y, width as i32 * module, *height)),
                );
            }
            Item::Matrix { x, y, module, symbol } => {
                ops.extend(symbol.runs().map(|(at, row, width)| {
                    fill(x + at as i32 * module, y + row as i32 * module, width as i32 * module, *module)
                }));
            }
        }
    }
}

fn grey(percent: f32) -> Op {
    Op::SetFillColor { col: Color::Greyscale(Greyscale { percent, icc_profile: None }) }
}
