//! Where everything stands on a label, in whole dots of the printer.
//!
//! From the top: name and second identifier; sex, age and time of collection, and the urgency box; the bars; requester,
//! number and print mark; container and department; what becomes of labels left over, where there is room. A long name gets a row of its own at the cost of the bars' height. A
//! Data Matrix that stands alone has the number beside it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::code128::{Code128, QUIET_ZONE};
use super::content::LabelContent;
use super::matrix::{MATRIX_QUIET_ZONE, Matrix};
use super::place::{Rows, Typeset};
use super::stock::{Dpi, Stock};
use super::{LabelError, LabelPart};
use crate::pages::font::{self, Weight};

/// How the number is to be made machine-readable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum Symbology {
    /// Code 128. A text that it cannot carry, or that would need bars thinner than scanners read on this stock, is
    /// printed as Data Matrix instead.
    #[default]
    Code128,
    /// Data Matrix.
    DataMatrix,
    /// Both, beside each other; Data Matrix alone where there is no room for both.
    Both,
}

/// What was printed for the scanner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum PrintedSymbol {
    /// Bars.
    Code128,
    /// The square.
    DataMatrix,
    /// Bars and square.
    Both,
}

/// A line of text.
#[derive(Clone, PartialEq)]
pub struct Text {
    /// Left end in dots.
    pub x: f32,
    /// Baseline in dots from the top.
    pub baseline: f32,
    /// Em in dots.
    pub size: f32,
    /// Weight.
    pub weight: Weight,
    /// Width in dots: the sum of the advances.
    pub width: f32,
    /// White, on a box that was placed before it.
    pub inverted: bool,
    /// The letters, all of which the font has.
    pub text: String,
}

// The text may be a patient's name.
impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Text").field("x", &self.x).field("baseline", &self.baseline).finish_non_exhaustive()
    }
}

/// One thing on the label; x and y are its upper left corner in dots.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// A line of text.
    Text(Text),
    /// A filled box.
    Box {
        /// Left.
        x: i32,
        /// Top.
        y: i32,
        /// Width.
        width: i32,
        /// Height.
        height: i32,
    },
    /// Bars; the quiet zones around them are kept free.
    Bars {
        /// Left end of the first bar.
        x: i32,
        /// Top.
        y: i32,
        /// Height of the bars.
        height: i32,
        /// Dots of one module.
        module: i32,
        /// The symbol.
        symbol: Code128,
    },
    /// A Data Matrix; the quiet zone around it is kept free.
    Matrix {
        /// Left.
        x: i32,
        /// Top.
        y: i32,
        /// Dots of one module.
        module: i32,
        /// The symbol.
        symbol: Matrix,
    },
}

/// A label with everything in its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Layout {
    /// What it is printed on.
    pub stock: Stock,
    /// The printer's dots.
    pub dpi: Dpi,
    /// Width of the label in dots.
    pub width: i32,
    /// Height of the label in dots.
    pub height: i32,
    /// What the scanner reads.
    pub number: String,
    /// How it is made readable.
    pub symbol: PrintedSymbol,
    /// What to draw, in this order.
    pub items: Vec<Item>,
}

impl Layout {
    /// The texts in reading order.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.items.iter().filter_map(|item| match item {
            Item::Text(text) => Some(text.text.as_str()),
            Item::Box { .. } | Item::Bars { .. } | Item::Matrix { .. } => None,
        })
    }

    /// The narrowest bar or square in millimetres.
    pub fn module_mm(&self) -> f32 {
        let narrowest = self.items.iter().filter_map(|item| match item {
            Item::Bars { module, .. } | Item::Matrix { module, .. } => Some(*module),
            Item::Text(_) | Item::Box { .. } => None,
        });
        narrowest.min().unwrap_or(0) as f32 * 1000.0 / self.dpi.per_metre() as f32
    }
}

/// Places one label, for a label printer of these dots; a sheet is placed in its own ([`Stock::dots_of`]). Fails when the number
/// or the second identifier cannot be shown whole and readable.
pub fn layout(content: &LabelContent, stock: &Stock, dpi: Dpi, symbology: Symbology) -> Result<Layout, LabelError> {
    let dpi = stock.dots_of(dpi);
    let (width, height) = (dpi.dots(stock.width()), dpi.dots(stock.height()));
    let rows = Rows::of(content, stock, dpi)?;
    let (symbol, symbols) = symbols(&content.number, symbology, &rows, width, dpi)?;
    let mut items = rows.above()?;
    let beside = match (symbol, &symbols[..]) {
        (PrintedSymbol::DataMatrix, [Item::Matrix { x, module, symbol, .. }]) => {
            Some(x + (symbol.size() + MATRIX_QUIET_ZONE) as i32 * module + rows.margin())
        }
        _ => None,
    };
    items.extend(symbols);
    items.extend(rows.below(beside)?);
    Ok(Layout { stock: stock.clone(), dpi, width, height, number: content.number.clone(), symbol, items })
}

/// The thinnest and the thickest bar in dots: 0.25 mm is read everywhere, thinner than 0.165 mm by few scanners; at 203 dpi a
/// single dot is too thin and bleeds.
const fn bar_modules(dpi: Dpi) -> (i32, i32) {
    match dpi {
        Dpi::D203 => (2, 3),
        Dpi::D300 => (2, 5),
    }
}

/// The smallest and the largest square of a Data Matrix in dots: 0.25 to 0.63 mm.
const fn matrix_modules(dpi: Dpi) -> (i32, i32) {
    match dpi {
        Dpi::D203 => (2, 5),
        Dpi::D300 => (3, 7),
    }
}

fn symbols(
    number: &str,
    symbology: Symbology,
    rows: &Rows,
    width: i32,
    dpi: Dpi,
) -> Result<(PrintedSymbol, Vec<Item>), LabelError> {
    match symbology {
        Symbology::Code128 => match bars(number, rows, 0, width, dpi) {
            Ok(bars) => Ok((PrintedSymbol::Code128, vec![bars])),
            Err(LabelError::NotCode128 | LabelError::DoesNotFit { .. }) => {
                Ok((PrintedSymbol::DataMatrix, vec![matrix(number, rows, width, true, dpi)?]))
            }
            Err(error) => Err(error),
        },
        Symbology::DataMatrix => Ok((PrintedSymbol::DataMatrix, vec![matrix(number, rows, width, true, dpi)?])),
        Symbology::Both => {
            let square = matrix(number, rows, width, false, dpi)?;
            let Item::Matrix { x, module, .. } = square else { return Err(LabelError::NotMatrix) };
            match bars(number, rows, 0, x - module * MATRIX_QUIET_ZONE as i32, dpi) {
                Ok(bars) => Ok((PrintedSymbol::Both, vec![bars, square])),
                Err(LabelError::NotCode128 | LabelError::DoesNotFit { .. }) => {
                    Ok((PrintedSymbol::DataMatrix, vec![matrix(number, rows, width, true, dpi)?]))
                }
                Err(error) => Err(error),
            }
        }
    }
}

/// Bars in the middle of `left..right`, as wide as whole dots allow.
fn bars(number: &str, rows: &Rows, left: i32, right: i32, dpi: Dpi) -> Result<Item, LabelError> {
    let symbol = Code128::encode(number)?;
    let (thinnest, thickest) = bar_modules(dpi);
    // The quiet zone is white paper: it may reach the label's edge, past the margin that text keeps.
    let with_quiet = (symbol.width() + 2 * QUIET_ZONE) as i32;
    let module = ((right - left) / with_quiet).min(thickest);
    if module < thinnest || rows.symbol_height() < Rows::least_symbol_height(dpi) {
        return Err(LabelError::DoesNotFit { part: LabelPart::Symbol });
    }
    let x = left + (right - left - symbol.width() as i32 * module) / 2;
    Ok(Item::Bars { x, y: rows.symbol_top(), height: rows.symbol_height(), module, symbol })
}

/// A Data Matrix at the left end of the label, or at its right end when bars stand beside it.
fn matrix(number: &str, rows: &Rows, width: i32, alone: bool, dpi: Dpi) -> Result<Item, LabelError> {
    let symbol = Matrix::encode(number)?;
    let (smallest, largest) = matrix_modules(dpi);
    let with_quiet = (symbol.size() + 2 * MATRIX_QUIET_ZONE) as i32;
    let height = if alone { rows.square_height() } else { rows.symbol_height() };
    let module = (height / with_quiet).min(width / with_quiet).min(largest);
    if module < smallest {
        return Err(LabelError::DoesNotFit { part: LabelPart::Symbol });
    }
    let side = symbol.size() as i32 * module;
    let quiet = MATRIX_QUIET_ZONE as i32 * module;
    let x = if alone { rows.margin() + quiet } else { width - rows.margin() - quiet - side };
    Ok(Item::Matrix { x, y: rows.symbol_top() + (height - side) / 2, module, symbol })
}

impl Typeset {
    pub(crate) fn item(self, x: f32, baseline: f32, inverted: bool) -> Item {
        let Self { text, weight, size, width } = self;
        Item::Text(Text { x, baseline, size, weight, width, inverted, text })
    }
}

/// Height of a line of text in dots.
pub(crate) fn line_height(size: f32) -> f32 {
    size * (font::ASCENT + font::DESCENT) * 0.96
}
