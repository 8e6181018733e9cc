//! `labels`: the labels of an order document's specimens.
//!
//! The barcode carries the specimen's own label number when the document has one. A specimen without one gets a number of a
//! station given with `--station`, or of the test station that is never leased; the tool keeps no counter, so numbers for
//! real tubes come from the application.

use std::path::PathBuf;

use anyhow::Context as _;
use requisition::labels::{self, Dpi, LabelError, LabelPart, Layout, Stock, Symbology};
use requisition::numbers::{SpecimenNumber, Station, Width};
use requisition::order::Order;
use serde_json::json;

use crate::Failure;
use crate::compose::{norwegian_now, read_order, write_whole};

/// No hospital leases this station: its numbers are for trying scanners and printers.
const TEST_STATION: u32 = 99_999;

/// Arguments of `labels`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The order document (JSON, UTF-8)
    order: PathBuf,
    /// Label stock: WIDTHxHEIGHTmm as 50x25mm, or a sheet: a4-3x8, a4-3x7, a4-4x12
    #[arg(long, default_value = "50x25mm", value_parser = Stock::parse)]
    stock: Stock,
    /// The label printer's resolution; 203 for zpl and 300 otherwise when left out. A sheet is always made for 300
    #[arg(long, value_parser = ["203", "300"])]
    dpi: Option<String>,
    /// What is written: pdf, zpl, png
    #[arg(long, value_enum)]
    format: Format,
    /// The barcode
    #[arg(long, value_enum, default_value_t = Symbol::Code128)]
    symbology: Symbol,
    /// On a sheet, how many labels have been used already
    #[arg(long, default_value_t = 0)]
    used: u32,
    /// Station for specimens that have no number
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=99_999), default_value_t = TEST_STATION)]
    station: u32,
    /// First counter value for specimens that have no number; arbitrary when left out
    #[arg(long, value_parser = clap::value_parser!(u32).range(0..=99_999))]
    counter: Option<u32>,
    /// Where the labels are written
    #[arg(short, long)]
    output: PathBuf,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Format {
    Pdf,
    Zpl,
    Png,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Symbol {
    Code128,
    Datamatrix,
    Both,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    if arguments.stock.sheet().is_some() && matches!(arguments.format, Format::Zpl) {
        return Err(Failure::Usage(LabelError::SheetOnLabelPrinter.to_string()));
    }
    let now = norwegian_now()?;
    let order = read_order(&arguments.order, &now)?;
    if order.specimens.is_empty() {
        return Err(Failure::Refused(vec!["specimens: there is no specimen to label".to_owned()]));
    }
    let numbers = numbers(&order, arguments)?;
    let contents = labels::contents_of(&order, now.date(), |at, _| numbers[at].0.clone());
    let dpi = match (arguments.dpi.as_deref(), arguments.format) {
        (Some("203"), _) | (None, Format::Zpl) => Dpi::D203,
        (Some(_), _) | (None, Format::Pdf | Format::Png) => Dpi::D300,
    };
    let dpi = arguments.stock.dots_of(dpi);
    let symbology = match arguments.symbology {
        Symbol::Code128 => Symbology::Code128,
        Symbol::Datamatrix => Symbology::DataMatrix,
        Symbol::Both => Symbology::Both,
    };
    let mut layouts = Vec::with_capacity(contents.len());
    let mut refused = Vec::new();
    for (at, content) in contents.iter().enumerate() {
        match labels::layout(content, &arguments.stock, dpi, symbology) {
            Ok(layout) => layouts.push(layout),
            Err(error) => refused.push(format!("{}: {error}", field(at, error))),
        }
    }
    if !refused.is_empty() {
        return Err(Failure::Refused(refused));
    }
    let bytes = match arguments.format {
        Format::Pdf => labels::pdf(&layouts, arguments.used),
        Format::Zpl => labels::zpl(&layouts).map(String::into_bytes),
        Format::Png => labels::page_bitmap(&layouts, arguments.used).and_then(|picture| labels::png(&picture, dpi)),
    };
    let bytes = bytes.context("the labels could not be drawn")?;
    write_whole(&arguments.output, &bytes)?;
    let placed = placed(&order, &numbers, &layouts);
    println!("{}", json!({ "stock": arguments.stock, "dpi": dpi.per_inch(), "labels": placed }));
    Ok(())
}

/// The number of each specimen, and whether it was made here.
fn numbers(order: &Order, arguments: &Arguments) -> Result<Vec<(String, bool)>, Failure> {
    let station = Station::new(arguments.station).map_err(|error| Failure::Usage(error.to_string()))?;
    let mut counter = match arguments.counter {
        Some(counter) => counter,
        None => arbitrary_counter()?,
    };
    let mut numbers = Vec::with_capacity(order.specimens.len());
    let mut made_any = false;
    for specimen in &order.specimens {
        let own = specimen.ids.requester.as_ref().or(specimen.ids.service_provider.as_ref());
        if let Some(own) = own {
            numbers.push((own.clone(), false));
            continue;
        }
        let number = SpecimenNumber::new(station, counter, Width::Twelve)
            .map_err(|error| Failure::Usage(format!("--counter: {error}")))?;
        counter += 1;
        made_any = true;
        numbers.push((number.digits(), true));
    }
    if made_any && arguments.station == TEST_STATION {
        eprintln!("specimens without a number got one of the test station: not for real tubes");
    }
    Ok(numbers)
}

fn arbitrary_counter() -> Result<u32, Failure> {
    let mut bytes = [0_u8; 4];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("no randomness from the system: {error}"))?;
    // Leaves room for a document's specimens above it.
    Ok(u32::from_le_bytes(bytes) % 99_000)
}

/// The field of the order document that a label could not be made of.
fn field(at: usize, error: LabelError) -> String {
    match error {
        LabelError::DoesNotFit { part: LabelPart::Identity } => "patient.ids".to_owned(),
        LabelError::DoesNotFit { part: LabelPart::Name } => "patient.name".to_owned(),
        LabelError::NotCode128
        | LabelError::NotMatrix
        | LabelError::DoesNotFit { part: LabelPart::Symbol | LabelPart::Number }
        | LabelError::MixedStock
        | LabelError::SheetOnLabelPrinter
        | LabelError::Font
        | LabelError::Output => format!("specimens[{at}].ids.requester"),
    }
}

fn placed(order: &Order, numbers: &[(String, bool)], layouts: &[Layout]) -> Vec<serde_json::Value> {
    let specimens = order.specimens.iter().zip(numbers).zip(layouts);
    specimens
        .map(|((specimen, (number, made)), layout)| {
            json!({
                "specimen": specimen.key,
                "number": number,
                "made": made,
                "symbol": layout.symbol,
                "module_mm": (f64::from(layout.module_mm()) * 1000.0).round() / 1000.0,
                "texts": layout.texts().collect::<Vec<_>>(),
            })
        })
        .collect()
}
