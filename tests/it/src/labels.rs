//! Labels that offices print, the same for the tests, the reading back and the measurements: one that is read well in the one
//! is the one that was timed in the other. Synthetic patients only.

use jiff::civil::date;
use requisition::labels::{Collection, LabelContent, LabelIdentity, LabelUrgency};
use requisition::numbers::{SpecimenNumber, Station, Width};

/// A specimen number of a demonstration station.
///
/// # Panics
/// Above 99 999, the last of a station's twelve-digit numbers.
#[must_use]
pub fn number(counter: u32) -> String {
    let station = Station::new(40_170).expect("a station number");
    SpecimenNumber::new(station, counter, Width::Twelve).expect("a counter").digits()
}

/// An ordinary label, with whatever text its barcode carries.
#[must_use]
pub fn line_danser(number: &str) -> LabelContent {
    LabelContent {
        number: number.into(),
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
        leftover: None,
    }
}

/// The same with a name that needs a row of its own, in letters that few fonts have.
#[must_use]
pub fn long_sami_name(number: &str) -> LabelContent {
    LabelContent {
        family: "Østensjø-Ćalliliid".into(), given: "Nuvttohaš Ánne-Márjá".into(), ..line_danser(number)
    }
}

/// Every kind of label that offices print, with a word for it.
///
/// # Panics
/// Never: the numbers are within their series.
#[must_use]
pub fn variants() -> Vec<(&'static str, LabelContent)> {
    let with = |counter| line_danser(&number(counter));
    let everything_long = LabelContent {
        family: "Østensjø-Ćalliliid af Rosenborg".into(),
        department: "Klinisk fysiologisk laboratorium, avdeling for spesialanalyser".into(),
        container: "Serum uten gel, lysbeskyttet, 10 mL".into(),
        material: "Serum, nedfrosset".into(),
        leftover: Some("Send etiketter til overs med prøvene".into()),
        ..long_sami_name(&number(2))
    };
    let home = LabelContent {
        collection: Collection::ToBeWritten,
        identity: LabelIdentity::BirthDate(date(1969, 11, 13)),
        container: "Avføringsrør".into(),
        urgency: LabelUrgency::Routine,
        ..with(3)
    };
    let reprint = LabelContent {
        reprint: Some(2),
        extra: Some("2 av 12".into()),
        urgency: LabelUrgency::Immediate,
        leftover: Some("Kast etiketter til overs".into()),
        ..with(4)
    };
    let infant = LabelContent {
        family: "Sætermo".into(),
        given: "Nyfødt jente".into(),
        sex_age: "K 4 d".into(),
        identity: LabelIdentity::Unknown,
        ..with(99_999)
    };
    let station = Station::new(99_999).expect("a station number");
    let fourteen = SpecimenNumber::new(station, 9_999_999, Width::Fourteen).expect("a counter").digits();
    vec![
        ("ordinary", with(1_285)),
        ("long Sámi name", everything_long),
        ("taken at home", home),
        ("reprint, cito", reprint),
        ("fourteen digits", line_danser(&fourteen)),
        ("the laboratory's short text", line_danser("1104178-1")),
        ("the laboratory's long text", line_danser("Case1-1-11223344")),
        ("infant without number", infant),
    ]
}
