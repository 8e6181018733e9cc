//! Specimen labels: one layout, printed as PDF, ZPL II and picture.
//!
//! [`layout`] places everything once, in whole dots of the printer; the renderers only draw what it placed, so that the
//! preview is what prints. A label that cannot be read is not made: what does not fit is an error that names the part, and
//! neither the second identifier nor the specimen number is ever shortened. The module knows no printer.

mod code128;
mod content;
mod from_order;
mod layout;
mod letters;
mod matrix;
mod pdf;
mod place;
mod raster;
mod stock;
mod svg;
mod zpl;

use thiserror::Error;

use crate::pages::PageError;

pub use crate::pages::Weight;
pub use code128::{Code128, QUIET_ZONE};
pub use content::{Collection, LabelContent, LabelIdentity, LabelUrgency};
pub use from_order::{age, contents_of};
pub use layout::{Item, Layout, PrintedSymbol, Symbology, Text, layout};
pub use matrix::{MATRIX_QUIET_ZONE, Matrix};
pub use pdf::pdf;
pub use raster::{Bitmap, bitmap, page_bitmap, png};
pub use stock::{Dpi, Place, Sheet, Stock, StockError};
pub use svg::{svg, svg_pages};
pub use zpl::zpl;

/// Why a label could not be made. Names parts, never what stands in them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum LabelError {
    /// The number has characters that Code 128 cannot carry or scanners do not agree on.
    #[error("the number has characters that Code 128 cannot carry")]
    NotCode128,
    /// The number is empty or too long for a Data Matrix.
    #[error("the number cannot be written as a Data Matrix")]
    NotMatrix,
    /// A part does not fit on this stock even at the smallest readable size.
    #[error("{part} does not fit on this label")]
    DoesNotFit {
        /// Which part.
        part: LabelPart,
    },
    /// The labels of one job are for different stocks or resolutions.
    #[error("the labels of one job are for different stocks")]
    MixedStock,
    /// Label printers have no sheets.
    #[error("a sheet of labels is printed as PDF, not on a label printer")]
    SheetOnLabelPrinter,
    /// The label font that is built in cannot be read.
    #[error("the label font cannot be read")]
    Font,
    /// The page or the picture could not be written.
    #[error("the page could not be written")]
    Output,
}

impl From<PageError> for LabelError {
    fn from(error: PageError) -> Self {
        match error {
            PageError::Font => Self::Font,
        }
    }
}

/// A part of a label that may lack room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LabelPart {
    /// Bars or Data Matrix with their quiet zones.
    Symbol,
    /// The number in digits.
    Number,
    /// The second identifier.
    Identity,
    /// The name, even shortened.
    Name,
}

impl std::fmt::Display for LabelPart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Symbol => "the barcode with its quiet zones",
            Self::Number => "the specimen number",
            Self::Identity => "the patient's identity number",
            Self::Name => "the patient's name",
        })
    }
}
