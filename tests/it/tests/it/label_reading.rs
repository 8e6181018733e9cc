//! Labels read back after what paper and scanner do to it. A part of the whole matrix, which
//! `make labels` runs through an independent ZPL renderer as well.

use it::labels::{long_sami_name, number};
use it::print::{Damage, Decoder, Picture, Symbol, installed};
use requisition::labels::{Dpi, Layout, PrintedSymbol, Stock, Symbology, bitmap, layout};

#[test]
fn a_label_that_was_printed_badly_is_read_right_by_both_decoders() {
    let zbar = installed(&["zbarimg"]);
    let dmtx = installed(&["dmtxread"]);
    let mut wrong = Vec::new();
    let mut unread = Vec::new();
    // The usual stock at both resolutions, and the smallest at the coarser one.
    for (at, (name, dpi)) in
        [("50x25mm", Dpi::D203), ("50x25mm", Dpi::D300), ("38x19mm", Dpi::D203)].into_iter().enumerate()
    {
        let stock = Stock::parse(name).unwrap();
        for symbology in [Symbology::Code128, Symbology::DataMatrix] {
            let label = layout(&long_sami_name(&number(1_285 + at as u32)), &stock, dpi, symbology).unwrap();
            let symbol = match label.symbol {
                PrintedSymbol::Code128 | PrintedSymbol::Both => Symbol::Code128,
                PrintedSymbol::DataMatrix => Symbol::DataMatrix,
            };
            for damage in Damage::ALL {
                let seen = damage.of(&dots(&label), at as u64 + 1, 0);
                let decoders = Decoder::both(symbol).into_iter().filter(|decoder| match decoder {
                    Decoder::Zxing => true,
                    Decoder::Zbar => zbar,
                    Decoder::Dmtx => dmtx,
                });
                let read: Vec<Option<String>> = decoders.map(|decoder| decoder.read(&seen, symbol)).collect();
                let case = format!("{name} {dpi:?} {symbol:?} {damage:?} at {:.3} mm", label.module_mm());
                if read.iter().flatten().any(|text| *text != label.number) {
                    wrong.push(case);
                } else if read.iter().any(Option::is_none) {
                    unread.push(case);
                }
            }
        }
    }
    assert!(wrong.is_empty(), "read wrong: {wrong:#?}");
    assert!(unread.is_empty(), "not read by both: {unread:#?}");
}

fn dots(label: &Layout) -> Picture {
    let picture = bitmap(label).unwrap();
    let per_mm = label.dpi.per_metre() as f32 / 1000.0;
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    Picture::of_dots(width, height, per_mm, |x, y| picture.black(x as _, y as _)).bordered(2.0)
}
