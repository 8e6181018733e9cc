//! Labels as ZPL II for label printers.
//!
//! Letters, boxes and squares go as one picture in the printer's own dots (`^GF`), because a printer's fonts lack Sámi
//! letters and measure otherwise; the bars of a number go as `^BC` with the module's dots and the code set spelled out, so that
//! the printer's firmware has nothing to decide. A text with a change of code set goes as dots too: not everything that
//! speaks ZPL knows the invocation characters in the middle of a text, and what does not prints them as letters. Nothing from
//! outside can become a command: text is dots, and the bars' data is escaped.

use std::fmt::Write;

use super::LabelError;
use super::code128::{Code128, Part};
use super::layout::{Item, Layout};
use super::letters::Letters;
use super::raster::Bitmap;

/// The labels as one job.
pub fn zpl(labels: &[Layout]) -> Result<String, LabelError> {
    let mut out = String::with_capacity(labels.len() * 4_000);
    let mut letters = Letters::default();
    for label in labels {
        if label.stock.sheet().is_some() {
            return Err(LabelError::SheetOnLabelPrinter);
        }
        one(label, &mut letters, &mut out)?;
    }
    Ok(out)
}

fn one(label: &Layout, letters: &mut Letters, out: &mut String) -> Result<(), LabelError> {
    let mut picture = Bitmap::white(label.width, label.height);
    let mut bars = String::new();
    for item in &label.items {
        match item {
            Item::Bars { x, y, height, module, symbol } if symbol.has_one_set() => {
                // Writing to a String cannot fail.
                let _ = writeln!(bars, "^FO{x},{y}^BY{module},2,{height}^BCN,{height},N,N,N,N^FD{}^FS", data(symbol));
            }
            Item::Text(_) | Item::Box { .. } | Item::Bars { .. } | Item::Matrix { .. } => {
                picture.draw(item, letters, 0, 0)?
            }
        }
    }
    let _ = write!(out, "^XA^PW{}^LL{}^LH0,0^LS0^PON\n^FX {}^FS\n", label.width, label.height, comment(&label.number));
    let row_bytes = (label.width as usize).div_ceil(8);
    let total = row_bytes * label.height as usize;
    let _ = writeln!(out, "^FO0,0^GFA,{total},{total},{row_bytes},{}^FS", picture_data(&picture));
    out.push_str(&bars);
    out.push_str("^PQ1^XZ\n");
    Ok(())
}

/// The number for people who read the job: letters and digits only.
fn comment(number: &str) -> String {
    number
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | ' ' | '/') { c } else { '.' })
        .collect()
}

/// The `^FD` data of a Code 128 field with one code set (ZPL II programming guide, `^BC`, table of invocation characters).
fn data(symbol: &Code128) -> String {
    let mut text = String::new();
    for part in symbol.parts() {
        match *part {
            Part::SetB => text.push_str(">:"),
            Part::SetC => text.push_str(">;"),
            Part::One('>') => text.push_str(">0"),
            Part::One('^') => text.push_str("><"),
            Part::One('~') => text.push_str(">="),
            Part::One(c) => text.push(c),
            Part::Pair(a, b) => text.extend([a, b]),
        }
    }
    text
}

/// The picture in ZPL's hexadecimal with its run lengths: `,` white to the end of the row, `!` black to the end, `:` as the
/// row before. `,` and `!` never begin a row: some take them for the end of the row before, and lose one.
fn picture_data(picture: &Bitmap) -> String {
    let mut out = String::new();
    let mut before: Option<&[u8]> = None;
    for row in picture.rows() {
        if before == Some(row) {
            out.push(':');
        } else {
            row_data(row, &mut out);
        }
        before = Some(row);
    }
    out
}

fn row_data(row: &[u8], out: &mut String) {
    let nibble = |at: usize| if at.is_multiple_of(2) { row[at / 2] >> 4 } else { row[at / 2] & 15 };
    let end = row.len() * 2;
    let mut at = 0;
    while at < end {
        let value = nibble(at);
        let mut next = at + 1;
        while next < end && nibble(next) == value {
            next += 1;
        }
        if next == end && at > 0 && (value == 0 || value == 15) {
            out.push(if value == 0 { ',' } else { '!' });
            return;
        }
        run_length(next - at, out);
        out.push(char::from(b"0123456789ABCDEF"[usize::from(value)]));
        at = next;
    }
}

/// `G` to `Y` are 1 to 19, `g` to `z` are 20 to 400 in twenties; they add up.
fn run_length(mut run: usize, out: &mut String) {
    while run >= 400 {
        out.push('z');
        run -= 400;
    }
    if run >= 20 {
        out.push(char::from(b'f' + (run / 20) as u8));
        run %= 20;
        if run > 0 {
            out.push(char::from(b'F' + run as u8));
        }
    } else if run > 1 {
        out.push(char::from(b'F' + run as u8));
    }
}
