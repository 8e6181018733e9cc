//! Labels that a morning gives, and their reading back: shared by the proof and the comparison.

#[path = "../../../it/src/print.rs"]
pub mod print;

use jiff::civil::date;
use requisition::labels::{Collection, LabelContent, LabelIdentity, LabelUrgency};
use requisition::numbers::{SpecimenNumber, Station, Width};

/// A specimen number of a demonstration station.
#[must_use]
pub fn number(counter: u32) -> String {
    let station = Station::new(40_170).expect("a station number");
    SpecimenNumber::new(station, counter, Width::Twelve).expect("a counter").digits()
}

/// An ordinary label.
#[must_use]
pub fn ordinary(counter: u32) -> LabelContent {
    LabelContent {
        number: number(counter),
        family: "Danser".into(),
        given: "Line".into(),
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

/// Every kind of label that offices print, with a word for it.
#[must_use]
pub fn variants() -> Vec<(&'static str, LabelContent)> {
    let plain = ordinary(1_285);
    let long = LabelContent {
        number: number(2),
        family: "Østensjø-Ćalliliid af Rosenborg".into(),
        given: "Nuvttohaš Ánne-Márjá".into(),
        department: "Klinisk fysiologisk laboratorium".into(),
        ..plain.clone()
    };
    let home = LabelContent {
        number: number(3),
        collection: Collection::ToBeWritten,
        identity: LabelIdentity::BirthDate(date(1969, 11, 13)),
        container: "Avføringsrør".into(),
        urgency: LabelUrgency::Routine,
        ..plain.clone()
    };
    let reprint = LabelContent {
        number: number(4),
        reprint: Some(2),
        extra: Some("2 av 12".into()),
        urgency: LabelUrgency::Immediate,
        ..plain.clone()
    };
    let station = Station::new(99_999).expect("a station number");
    let fourteen = SpecimenNumber::new(station, 9_999_999, Width::Fourteen).expect("a counter").digits();
    let wide = LabelContent { number: fourteen, ..plain.clone() };
    let letters = LabelContent { number: "1104178-1".into(), ..plain.clone() };
    let lettered = LabelContent { number: "Case1-1-11223344".into(), ..plain.clone() };
    let infant = LabelContent {
        number: number(99_999),
        family: "Sætermo".into(),
        given: "Nyfødt jente".into(),
        sex_age: "K 4 d".into(),
        identity: LabelIdentity::Unknown,
        ..plain.clone()
    };
    vec![
        ("ordinary", plain),
        ("long Sámi name", long),
        ("taken at home", home),
        ("reprint, cito", reprint),
        ("fourteen digits", wide),
        ("the laboratory's short text", letters),
        ("the laboratory's long text", lettered),
        ("infant without number", infant),
    ]
}
