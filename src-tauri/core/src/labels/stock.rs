//! What labels are printed on: rolls and sheets, and the printer's dots.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A print head's resolution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, specta::Type)]
pub enum Dpi {
    /// 203 dpi: exactly 8 dots to the millimetre, most label printers.
    #[serde(rename = "203")]
    D203,
    /// 300 dpi, and what an office printer is laid out for.
    #[default]
    #[serde(rename = "300")]
    D300,
}

impl Dpi {
    /// Dots per inch as the printer's data sheet says.
    pub const fn per_inch(self) -> u32 {
        match self {
            Self::D203 => 203,
            Self::D300 => 300,
        }
    }

    /// Dots per metre. A "203 dpi" head has 8 dots to the millimetre, that is 203.2.
    pub const fn per_metre(self) -> u32 {
        match self {
            Self::D203 => 8_000,
            Self::D300 => 11_811,
        }
    }

    /// Whole dots that fit in a length in micrometres.
    pub const fn dots(self, micrometres: u32) -> i32 {
        (micrometres as u64 * self.per_metre() as u64 / 1_000_000) as i32
    }

    /// A length in dots as PDF points (1/72 inch).
    pub fn points(self, dots: f32) -> f32 {
        dots / self.per_metre() as f32 * (72.0 / 0.0254)
    }

    /// A length in millimetres as dots, unrounded.
    pub fn from_mm(self, mm: f32) -> f32 {
        mm * self.per_metre() as f32 / 1000.0
    }
}

/// A sheet of labels for an office printer; lengths in micrometres.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// Page width.
    pub page_width: u32,
    /// Page height.
    pub page_height: u32,
    /// Labels beside each other.
    pub columns: u32,
    /// Labels below each other.
    pub rows: u32,
    /// Left edge of the first label.
    pub left: u32,
    /// Upper edge of the first label.
    pub top: u32,
    /// From one label's left edge to the next one's.
    pub pitch_x: u32,
    /// From one label's upper edge to the next one's.
    pub pitch_y: u32,
}

impl Sheet {
    /// Labels on one sheet.
    pub const fn cells(&self) -> u32 {
        self.columns * self.rows
    }

    /// Where labels stand that begin at a label of a sheet, counted from 0 in reading order, and go on with new sheets.
    pub fn places(&self, first: u32) -> impl Iterator<Item = Place> + '_ {
        (first % self.cells()..).map(|at| {
            let on_page = at % self.cells();
            Place {
                page: at / self.cells(),
                left: self.left + on_page % self.columns * self.pitch_x,
                top: self.top + on_page / self.columns * self.pitch_y,
            }
        })
    }

    /// How many sheets labels take.
    pub const fn pages(&self, first: u32, labels: u32) -> u32 {
        (first % self.cells() + labels).div_ceil(self.cells())
    }
}

/// Where a label stands; lengths in micrometres.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The sheet, counted from 0.
    pub page: u32,
    /// Its left edge on the sheet.
    pub left: u32,
    /// Its upper edge on the sheet.
    pub top: u32,
}

/// One kind of label; lengths in micrometres.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Stock {
    name: String,
    width: u32,
    height: u32,
    margin: u32,
    sheet: Option<Sheet>,
}

/// Why a stock's name was refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StockError {
    /// Neither a known sheet nor WIDTHxHEIGHTmm.
    #[error("a stock is WIDTHxHEIGHTmm, as 50x25mm, or one of the sheets a4-3x8, a4-3x7, a4-4x12; not {0:?}")]
    Unknown(String),
    /// Too small for a name and a barcode, or wider than label printers are.
    #[error("a label is 25 to 110 mm wide and 12 to 150 mm high, not {0}")]
    Size(String),
}

const A4: (u32, u32) = (210_000, 297_000);

impl Stock {
    /// The stock that is meant when none is named: a roll of 50 x 25 mm.
    pub fn standard() -> Self {
        Self { name: "50x25mm".into(), width: 50_000, height: 25_000, margin: 1_000, sheet: None }
    }

    /// The stocks offered for choice; any other roll can be named by its size.
    pub const OFFERED: [&str; 7] = ["50x25mm", "38x19mm", "50x30mm", "70x37mm", "a4-3x8", "a4-3x7", "a4-4x12"];

    /// Reads a stock's name: `50x25mm`, or a sheet: `a4-3x8` (70 x 37 mm), `a4-3x7` (63.5 x 38.1 mm), `a4-4x12`
    /// (45.7 x 21.2 mm).
    pub fn parse(name: &str) -> Result<Self, StockError> {
        let wanted = name.trim().to_ascii_lowercase();
        // Full-bleed cells have the printer's unprintable border inside the outer labels: hence the wide margin.
        let sheet = match wanted.as_str() {
            "a4-3x8" => Some((70_000, 37_000, 5_000, 3, 8, 0, 500, 70_000, 37_000)),
            "a4-3x7" => Some((63_500, 38_100, 2_000, 3, 7, 7_200, 15_150, 66_000, 38_100)),
            "a4-4x12" => Some((45_700, 21_200, 1_000, 4, 12, 9_700, 21_300, 48_300, 21_200)),
            _ => None,
        };
        if let Some((width, height, margin, columns, rows, left, top, pitch_x, pitch_y)) = sheet {
            let sheet = Sheet { page_width: A4.0, page_height: A4.1, columns, rows, left, top, pitch_x, pitch_y };
            return Ok(Self { name: wanted, width, height, margin, sheet: Some(sheet) });
        }
        let size = wanted.strip_suffix("mm").and_then(|size| size.split_once('x'));
        let Some((width, height)) = size.and_then(|(w, h)| Some((micrometres(w)?, micrometres(h)?))) else {
            return Err(StockError::Unknown(name.to_owned()));
        };
        if !(25_000..=110_000).contains(&width) || !(12_000..=150_000).contains(&height) {
            return Err(StockError::Size(wanted));
        }
        let margin = if height < 20_000 { 700 } else { 1_000 };
        Ok(Self { name: wanted, width, height, margin, sheet: None })
    }

    /// The name it is stored and chosen by.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Width of one label in micrometres.
    pub const fn width(&self) -> u32 {
        self.width
    }

    /// Height of one label in micrometres.
    pub const fn height(&self) -> u32 {
        self.height
    }

    /// The border inside which nothing is printed, in micrometres.
    pub const fn margin(&self) -> u32 {
        self.margin
    }

    /// The sheet the labels stand on, if it is no roll.
    pub const fn sheet(&self) -> Option<&Sheet> {
        self.sheet.as_ref()
    }

    /// The dots that labels of this stock are placed in, for a label printer of these. A sheet goes through an office printer,
    /// which is no label printer: it is placed in 300 dots to the inch, whatever was chosen, and those are whole dots of 600 and
    /// 1 200 as well.
    pub const fn dots_of(&self, printer: Dpi) -> Dpi {
        match self.sheet {
            Some(_) => Dpi::D300,
            None => printer,
        }
    }

    /// Width and height of the page in micrometres: the label itself on a roll.
    pub fn page(&self) -> (u32, u32) {
        self.sheet.as_ref().map_or((self.width, self.height), |sheet| (sheet.page_width, sheet.page_height))
    }
}

/// Millimetres with at most three decimals as micrometres.
fn micrometres(text: &str) -> Option<u32> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.len() <= 3 && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(part) {
        return None;
    }
    Some(whole.parse::<u32>().ok()? * 1000 + format!("{part:0<3}").parse::<u32>().ok()?)
}

impl fmt::Display for Stock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl TryFrom<String> for Stock {
    type Error = StockError;
    fn try_from(name: String) -> Result<Self, StockError> {
        Self::parse(&name)
    }
}

impl From<Stock> for String {
    fn from(stock: Stock) -> String {
        stock.name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stock_is_known_by_its_name_and_nothing_absurd_is_taken() {
        assert_eq!(Stock::parse("50x25mm"), Ok(Stock::standard()));
        let odd = Stock::parse(" 63.5X38.1mm ").unwrap();
        assert_eq!((odd.width(), odd.height()), (63_500, 38_100));
        for offered in Stock::OFFERED {
            assert_eq!(Stock::parse(offered).unwrap().name(), offered);
        }
        assert!(matches!(Stock::parse("50x25"), Err(StockError::Unknown(_))));
        assert!(matches!(Stock::parse("+50x25mm"), Err(StockError::Unknown(_))));
        assert!(matches!(Stock::parse("5x2mm"), Err(StockError::Size(_))));
        assert!(matches!(Stock::parse("50x1500mm"), Err(StockError::Unknown(_))));
    }

    #[test]
    fn a_sheet_is_placed_for_an_office_printer_whatever_label_printer_was_chosen() {
        let sheet = Stock::parse("a4-4x12").unwrap();
        assert_eq!((sheet.dots_of(Dpi::D203), Stock::standard().dots_of(Dpi::D203)), (Dpi::D300, Dpi::D203));
    }

    #[test]
    fn labels_beyond_the_last_of_a_sheet_stand_on_the_next() {
        let stock = Stock::parse("a4-3x8").unwrap();
        let sheet = stock.sheet().unwrap();
        let places: Vec<(u32, u32, u32)> =
            sheet.places(22).take(3).map(|place| (place.page, place.left, place.top)).collect();
        assert_eq!(places, [(0, 70_000, 259_500), (0, 140_000, 259_500), (1, 0, 500)]);
        assert_eq!((sheet.pages(22, 2), sheet.pages(22, 3), sheet.pages(0, 24), sheet.pages(24, 1)), (1, 2, 1, 1));
    }

    #[test]
    fn every_sheets_labels_lie_on_the_page() {
        for name in Stock::OFFERED {
            let stock = Stock::parse(name).unwrap();
            if let Some(sheet) = stock.sheet() {
                assert!(sheet.left + (sheet.columns - 1) * sheet.pitch_x + stock.width() <= sheet.page_width, "{name}");
                assert!(sheet.top + (sheet.rows - 1) * sheet.pitch_y + stock.height() <= sheet.page_height, "{name}");
            }
        }
    }
}
