//! A label as SVG for the screen: the same places and widths as in print, in the window's copy of the font.
//!
//! Everything from outside is escaped; no script, style sheet, link or address is written.

use std::fmt::Write;

use super::LabelError;
use super::layout::{Item, Layout, Text};
use crate::pages::Weight;

/// The label as one `<svg>` element, in dots; it scales to the size its container gives it.
pub fn svg(label: &Layout) -> String {
    let mut out = String::with_capacity(6_000);
    // Writing to a String cannot fail.
    let _ = draw(label, &mut out);
    out
}

/// Labels on their sheets, beginning at a label of the first (`first_cell` as for PDF): one `<svg>` element for each sheet.
///
/// # Errors
/// [`LabelError::MixedStock`]; [`LabelError::Output`] for labels of a roll, or none.
pub fn svg_pages(labels: &[Layout], first_cell: u32) -> Result<Vec<String>, LabelError> {
    let Some((first, sheet)) = labels.first().and_then(|first| Some((first, first.stock.sheet()?))) else {
        return Err(LabelError::Output);
    };
    if labels.iter().any(|label| label.stock != first.stock || label.dpi != first.dpi) {
        return Err(LabelError::MixedStock);
    }
    let dots = |micrometres: u32| first.dpi.dots(micrometres);
    let mut pages = vec![String::new(); sheet.pages(first_cell, labels.len() as u32) as usize];
    for (label, place) in labels.iter().zip(sheet.places(first_cell)) {
        let Some(page) = pages.get_mut(place.page as usize) else { return Err(LabelError::Output) };
        // Writing to a String cannot fail.
        let _ = write!(page, r#"<g transform="translate({} {})">"#, dots(place.left), dots(place.top));
        let _ = items(label, page);
        page.push_str("</g>");
    }
    let (width, height) = (dots(sheet.page_width) as f32, dots(sheet.page_height) as f32);
    let whole = |drawn: String| {
        let mut out = String::with_capacity(drawn.len() + 300);
        let _ = open(width, height, &mut out);
        out + &drawn + "</svg>"
    };
    Ok(pages.into_iter().map(whole).collect())
}

fn draw(label: &Layout, out: &mut String) -> std::fmt::Result {
    open(label.width as f32, label.height as f32, out)?;
    items(label, out)?;
    out.push_str("</svg>");
    Ok(())
}

/// White paper, and what holds for everything on it.
fn open(width: f32, height: f32, out: &mut String) -> std::fmt::Result {
    write!(
        out,
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" font-family="'Source Sans 3 Variable', 'Source Sans 3', sans-serif" fill="#000"><rect width="{width}" height="{height}" fill="#fff"/>"##
    )
}

fn items(label: &Layout, out: &mut String) -> std::fmt::Result {
    for item in &label.items {
        match item {
            Item::Text(Text { x, baseline, size, weight, width, inverted, text }) => {
                let weight = match weight {
                    Weight::Regular => 400,
                    Weight::Semibold => 600,
                };
                let fill = if *inverted { r##" fill="#fff""## } else { "" };
                write!(
                    out,
                    r#"<text x="{x:.2}" y="{baseline:.2}" font-size="{size:.2}" font-weight="{weight}" textLength="{width:.2}" lengthAdjust="spacingAndGlyphs"{fill}>{}</text>"#,
                    Escaped(text)
                )?;
            }
            Item::Box { x, y, width, height } => {
                write!(out, r#"<rect x="{x}" y="{y}" width="{width}" height="{height}"/>"#)?;
            }
            Item::Bars { x, y, height, module, symbol } => {
                out.push_str(r#"<path shape-rendering="crispEdges" d=""#);
                for (at, bar) in symbol.bars() {
                    let (left, bar) = (x + at as i32 * module, bar as i32 * module);
                    write!(out, "M{left} {y}h{bar}v{height}h-{bar}z")?;
                }
                out.push_str(r#""/>"#);
            }
            Item::Matrix { x, y, module, symbol } => {
                out.push_str(r#"<path shape-rendering="crispEdges" d=""#);
                for (at, row, run) in symbol.runs() {
                    let (left, top, run) = (x + at as i32 * module, y + row as i32 * module, run as i32 * module);
                    write!(out, "M{left} {top}h{run}v{module}h-{run}z")?;
                }
                out.push_str(r#""/>"#);
            }
        }
    }
    Ok(())
}

struct Escaped<'a>(&'a str);

impl std::fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for character in self.0.chars() {
            match character {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}
