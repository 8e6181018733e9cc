//! Labels as PDF: vectors and embedded letters, one page per label on a roll, or sheets of them.

use super::LabelError;
use super::layout::{Item, Layout, Text};
use crate::pages::{Document, POINTS_PER_MM, Page};

/// About what one label takes, so that a page is written without growing.
const BYTES: usize = 4_096;

/// The labels as one PDF. On a sheet, `first_cell` is the first unused label, counted from 0 in reading order.
///
/// The document's own title names no patient: spoolers show it.
pub fn pdf(labels: &[Layout], first_cell: u32) -> Result<Vec<u8>, LabelError> {
    let Some(first) = labels.first() else { return Err(LabelError::Output) };
    if labels.iter().any(|label| label.stock != first.stock || label.dpi != first.dpi) {
        return Err(LabelError::MixedStock);
    }
    let (page_width, page_height) = first.stock.page();
    let (width, height) = (points(page_width), points(page_height));
    let mut document = Document::new("Etiketter", width, height, labels.len() * BYTES)?;
    match first.stock.sheet() {
        None => {
            for label in labels {
                let mut page = Page::new(height, BYTES);
                draw(label, (0.0, 0.0), &mut page)?;
                document.add(page);
            }
        }
        Some(sheet) => {
            let blank = || Page::new(height, sheet.cells() as usize * BYTES);
            let (mut page, mut on) = (blank(), 0);
            for (place, label) in sheet.places(first_cell).zip(labels) {
                if place.page > on {
                    document.add(std::mem::replace(&mut page, blank()));
                    on = place.page;
                }
                // On a whole dot, as in the picture: between two, every bar would be rounded by itself.
                let dots = |micrometres| label.dpi.points(label.dpi.dots(micrometres) as f32);
                draw(label, (dots(place.left), dots(place.top)), &mut page)?;
            }
            document.add(page);
        }
    }
    Ok(document.finish())
}

fn points(micrometres: u32) -> f32 {
    micrometres as f32 / 1000.0 * POINTS_PER_MM
}

/// Draws a label whose upper left corner is `at`, in points from the page's upper left corner.
fn draw(label: &Layout, at: (f32, f32), page: &mut Page) -> Result<(), LabelError> {
    let points = |dots: f32| label.dpi.points(dots);
    let rectangle = |page: &mut Page, x: i32, y: i32, width: i32, height: i32| {
        let [x, y, width, height] = [x, y, width, height].map(|dots| points(dots as f32));
        page.rectangle(at.0 + x, at.1 + y, width, height);
    };
    for item in &label.items {
        match item {
            Item::Text(Text { x, baseline, size, weight, inverted, text, .. }) => {
                let place = (at.0 + points(*x), at.1 + points(*baseline));
                page.text(place, points(*size), *weight, text, *inverted)?;
            }
            Item::Box { x, y, width, height } => {
                rectangle(page, *x, *y, *width, *height);
                page.fill();
            }
            Item::Bars { x, y, height, module, symbol } => {
                for (first, width) in symbol.bars() {
                    rectangle(page, x + first as i32 * module, *y, width as i32 * module, *height);
                }
                page.fill();
            }
            Item::Matrix { x, y, module, symbol } => {
                for (first, row, width) in symbol.runs() {
                    let (left, top) = (x + first as i32 * module, y + row as i32 * module);
                    rectangle(page, left, top, width as i32 * module, *module);
                }
                page.fill();
            }
        }
    }
    Ok(())
}
