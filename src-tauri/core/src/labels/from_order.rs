//! Labels of an order document: what its specimens say, in the short forms of a label.

use jiff::civil::{Date, Time};

use super::content::{Collection, LabelContent, LabelIdentity, LabelUrgency};
use crate::codes::Sex;
use crate::order::{Moment, Order, Precision, Specimen, Urgency};

/// One label for each specimen, in the order of the document.
///
/// `number_of` gives the number to print for a specimen by its place; `today` is the day whose age is printed when a
/// specimen has not been collected.
pub fn contents_of(
    order: &Order,
    today: Date,
    mut number_of: impl FnMut(usize, &Specimen) -> String,
) -> Vec<LabelContent> {
    let numbers: Vec<String> =
        order.specimens.iter().enumerate().map(|(at, specimen)| number_of(at, specimen)).collect();
    let labels = order.specimens.iter().enumerate().map(|(at, specimen)| {
        let collection = collection(specimen.collected.as_ref());
        let day = match collection {
            Collection::At(time) => time.date(),
            Collection::On(date) => date,
            Collection::ToBeWritten => today,
        };
        // Several specimens may share one number (a biopsy in two glasses): each label then says which it is.
        let sharing: Vec<usize> = (0..numbers.len()).filter(|other| numbers[*other] == numbers[at]).collect();
        let extra = (sharing.len() > 1)
            .then(|| format!("{} av {}", sharing.iter().filter(|other| **other <= at).count(), sharing.len()));
        LabelContent {
            number: numbers[at].clone(),
            family: order.patient.name.family.clone(),
            given: order.patient.name.given.clone(),
            identity: identity(order),
            sex_age: sex_age(order, day),
            collection,
            container: String::new(),
            material: material(specimen),
            department: order
                .service_provider
                .departments
                .last()
                .map(|department| department.name.clone())
                .unwrap_or_default(),
            requester: requester(order),
            urgency: match order.urgency {
                Some(Urgency::High) => LabelUrgency::Urgent,
                Some(Urgency::Normal | Urgency::Low) | None => LabelUrgency::Routine,
            },
            reprint: None,
            extra,
            leftover: None,
        }
    });
    labels.collect()
}

fn identity(order: &Order) -> LabelIdentity {
    let ids = &order.patient.ids;
    if let Some(number) = ids.fnr.as_ref().or(ids.dnr.as_ref()).or(ids.fhn.as_ref()) {
        return LabelIdentity::NationalId(number.as_str().to_owned());
    }
    match (&ids.hnr, order.patient.birth_date) {
        (_, Some(date)) => LabelIdentity::BirthDate(date),
        (Some(number), None) => LabelIdentity::Other(number.clone()),
        (None, None) => LabelIdentity::Unknown,
    }
}

/// `K 57`: sex and age in whole years on a day; months and days for the youngest, whose reference limits depend on them.
fn sex_age(order: &Order, day: Date) -> String {
    let ids = &order.patient.ids;
    let number = ids.fnr.as_ref().or(ids.dnr.as_ref()).or(ids.fhn.as_ref());
    let sex = order.patient.sex.or_else(|| number.and_then(crate::ids::NationalId::sex));
    let born = order.patient.birth_date.or_else(|| number.and_then(crate::ids::NationalId::birth_date));
    let letter = match sex {
        Some(Sex::Male) => "M",
        Some(Sex::Female) => "K",
        Some(Sex::Unknown | Sex::NotSpecified) | None => "",
    };
    let age = born.map_or_else(String::new, |born| age(born, day));
    [letter, age.as_str()].iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" ")
}

/// Age in whole years; under two years in months, under one month in days. Empty before birth.
pub fn age(born: Date, day: Date) -> String {
    if day < born {
        return String::new();
    }
    let before_birthday = (day.month(), day.day()) < (born.month(), born.day());
    let years = i32::from(day.year()) - i32::from(born.year()) - i32::from(before_birthday);
    if years >= 2 {
        return years.to_string();
    }
    let months = (i32::from(day.year()) - i32::from(born.year())) * 12 + i32::from(day.month())
        - i32::from(born.month())
        - i32::from(day.day() < born.day());
    if months >= 1 {
        return format!("{months} mnd");
    }
    format!("{} d", day.since(born).map_or(0, |span| span.get_days()))
}

fn collection(collected: Option<&Moment>) -> Collection {
    let Some(moment) = collected else { return Collection::ToBeWritten };
    let text = moment.as_str();
    match moment.precision() {
        Precision::Time => {
            // The wall-clock time as given: an offset is not applied.
            let date = text.get(..10).and_then(|date| date.parse::<Date>().ok());
            let time = text.get(11..16).and_then(|time| Time::strptime("%H:%M", time).ok());
            match (date, time) {
                (Some(date), Some(time)) => Collection::At(date.to_datetime(time)),
                (Some(date), None) => Collection::On(date),
                (None, _) => Collection::ToBeWritten,
            }
        }
        Precision::Day => text.parse().map_or(Collection::ToBeWritten, Collection::On),
        // A month or a year is no time of collection that a tube can carry.
        Precision::Month | Precision::Year => Collection::ToBeWritten,
    }
}

/// `Hudbiopsi, formalin`: the material as text or by its code's name, with what preserves it.
fn material(specimen: &Specimen) -> String {
    let material = specimen
        .material
        .text
        .clone()
        .or_else(|| specimen.material.code.as_ref().map(|code| code.display.clone()))
        .unwrap_or_default();
    match &specimen.preservative {
        Some(preservative) => format!("{material}, {preservative}"),
        None => material,
    }
}

/// `KATT SEP`: four letters of the office and three of the clinician's family name, since an order document has no code.
fn requester(order: &Order) -> String {
    let letters =
        |name: &str, count| name.chars().filter(|c| c.is_alphanumeric()).take(count).collect::<String>().to_uppercase();
    let office = letters(&order.requester.organisation.name, 4);
    let clinician = order.ordering_clinician.name.as_deref().and_then(|name| name.split_whitespace().last());
    let clinician = clinician.map_or_else(String::new, |name| letters(name, 3));
    [office, clinician].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn an_infants_age_is_told_in_months_and_days() {
        let born = date(2024, 2, 29);
        assert_eq!(age(born, date(2024, 3, 4)), "4 d");
        assert_eq!(age(born, date(2024, 3, 29)), "1 mnd");
        assert_eq!(age(born, date(2026, 2, 28)), "23 mnd");
        assert_eq!(age(born, date(2026, 3, 1)), "2");
        assert_eq!(age(born, date(2024, 2, 28)), "");
        assert_eq!(age(date(1969, 11, 13), date(2026, 11, 22)), "57");
    }

    #[test]
    fn a_collection_time_is_the_wall_clock_that_was_written() {
        let read = |text: &str| collection(Some(&Moment::parse(text).unwrap()));
        assert_eq!(read("2009-03-25T08:25:00+05:00"), Collection::At(date(2009, 3, 25).at(8, 25, 0, 0)));
        assert_eq!(read("2009-03-25T08:25"), Collection::At(date(2009, 3, 25).at(8, 25, 0, 0)));
        assert_eq!(read("2009-03-25"), Collection::On(date(2009, 3, 25)));
        assert_eq!(read("2009"), Collection::ToBeWritten);
        assert_eq!(collection(None), Collection::ToBeWritten);
    }
}
