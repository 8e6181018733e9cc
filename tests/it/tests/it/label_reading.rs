//! Labels read back after what paper and scanner do to it. A part of the whole matrix, which
//! `make labels` runs through an independent ZPL renderer as well.

use it::print::{Damage, Decoder, Picture, Symbol, installed};
use jiff::civil::date;
use requisition::labels::{
    Collection, Dpi, LabelContent, LabelIdentity, LabelUrgency, Layout, PrintedSymbol, Stock, Symbology, bitmap, layout,
};
use requisition::numbers::{SpecimenNumber, Station, Width};

#[test]
fn a_label_that_was_printed_badly_is_read_right_or_not_at_all() {
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
            let label = layout(&content(at as u32), &stock, dpi, symbology).unwrap();
            let symbol = match label.symbol {
                PrintedSymbol::Code128 | PrintedSymbol::Both => Symbol::Code128,
                PrintedSymbol::DataMatrix => Symbol::DataMatrix,
            };
            for damage in [Damage::Bleed, Damage::Noise, Damage::Askew, Damage::Blur] {
                let seen = damage.of(&dots(&label), at as u64 + 1);
                let decoders = Decoder::both(symbol).into_iter().filter(|decoder| match decoder {
                    Decoder::Zxing => true,
                    Decoder::Zbar => zbar,
                    Decoder::Dmtx => dmtx,
                });
                let read: Vec<Option<String>> = decoders.map(|decoder| decoder.read(&seen, symbol)).collect();
                let case = format!("{name} {dpi:?} {symbol:?} {damage:?} at {:.3} mm", label.module_mm());
                if read.iter().flatten().any(|text| *text != label.number) {
                    wrong.push(case);
                // A still picture of bars full of specks, without the many lines that a scanner takes, may stay unread.
                } else if damage != Damage::Noise && read.iter().all(Option::is_none) {
                    unread.push(case);
                }
            }
        }
    }
    assert!(wrong.is_empty(), "read wrong: {wrong:#?}");
    assert!(unread.is_empty(), "read by no decoder: {unread:#?}");
}

fn dots(label: &Layout) -> Picture {
    let picture = bitmap(label).unwrap();
    let per_mm = label.dpi.per_metre() as f32 / 1000.0;
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    Picture::of_dots(width, height, per_mm, |x, y| picture.black(x as _, y as _)).bordered(2.0)
}

fn content(counter: u32) -> LabelContent {
    let station = Station::new(40_170).unwrap();
    LabelContent {
        number: SpecimenNumber::new(station, 1_285 + counter, Width::Twelve).unwrap().digits(),
        family: "Østensjø-Ćalliliid".into(),
        given: "Nuvttohaš Ánne-Márjá".into(),
        identity: LabelIdentity::NationalId("13116900216".into()),
        sex_age: "K 57".into(),
        collection: Collection::At(date(2026, 11, 22).at(9, 36, 0, 0)),
        container: "Serum uten gel 4 mL".into(),
        material: "Serum".into(),
        department: "KLFARM BALSAM".into(),
        requester: "KATT SEP".into(),
        urgency: LabelUrgency::Urgent,
        reprint: None,
        extra: None,
    }
}
