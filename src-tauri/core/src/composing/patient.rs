//! Who the patient is: a typed form, checked.
//!
//! Sufficient identification is name and national number, or name, birth date and sex (HIS 80821). A number that says
//! something else than the typed birth date or sex is a problem, never silently preferred: one of the two is another
//! person. The check never prints what was typed.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::codes::Sex;
use crate::composing::draft::Patient;
use crate::composing::text::{self, LONGEST_LABEL};
use crate::ids::{NationalId, NationalIdError, NationalIdKind};

/// Earliest year of birth that is believed.
const EARLIEST_YEAR: i16 = 1850;

/// A patient as typed. Empty texts are what was not filled in.
#[derive(Clone, Default, Serialize, Deserialize, Type)]
pub struct PatientForm {
    /// 11 digits, spaces allowed.
    pub number: String,
    /// Family name.
    pub family: String,
    /// Given and middle names.
    pub given: String,
    /// `dd.mm.yyyy` or `YYYY-MM-DD`; may be empty with a number that tells it.
    pub birth_date: String,
    /// List 3101; may be empty with a number that tells it.
    pub sex: String,
    /// Telephone.
    pub phone: String,
    /// Street.
    pub street: String,
    /// Postal code.
    pub postal_code: String,
    /// City.
    pub city: String,
}

/// What a checked form came to.
#[derive(Clone, Serialize, Type)]
pub struct PatientCheck {
    /// The patient, when nothing is wrong.
    pub patient: Option<Patient>,
    /// What is wrong, in the order of the form.
    pub problems: Vec<PatientProblem>,
    /// `131169 00216`, when the number is right.
    pub number: Option<String>,
    /// `FNR`, `DNR`, `FHN`.
    pub kind: Option<String>,
    /// A made-up number for tests.
    pub synthetic: bool,
    /// `YYYY-MM-DD`, from the number or as typed.
    pub birth_date: Option<String>,
    /// List 3101, from the number or as typed.
    pub sex: Option<String>,
    /// Whole years.
    pub age: Option<u32>,
}

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
pub struct PatientProblem {
    /// Field of the form.
    pub field: PatientField,
    /// Why.
    pub code: PatientProblemCode,
}

/// A field of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Type)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "they are the fields of the form")]
pub enum PatientField {
    Number,
    Family,
    Given,
    BirthDate,
    Sex,
    Phone,
    Street,
    PostalCode,
    City,
}

/// Why a field cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum PatientProblemCode {
    /// Must be filled in.
    Missing,
    /// Not eleven digits.
    NotElevenDigits,
    /// The first six digits are no date.
    NoSuchDate,
    /// The control digits do not hold.
    ControlDigits,
    /// An H-number: only the organisation that gave it knows it.
    LocalNumber,
    /// The number tells another birth date.
    BirthDateMismatch,
    /// The number tells another sex.
    SexMismatch,
    /// Lies in the future.
    InFuture,
    /// Before 1850.
    TooEarly,
    /// Not a value of its list, or no telephone number.
    WrongForm,
    /// A character that no message can carry.
    UnsafeText,
    /// More than 300 characters.
    TooLong,
}

/// Checks a form. `synthetic` is told whether or not anything is wrong, so that the caller can refuse made-up numbers in
/// production and real ones in tests.
#[must_use]
pub fn check(form: &PatientForm, today: Date) -> PatientCheck {
    let mut problems = Vec::new();
    let number = match form.number.trim() {
        "" => None,
        typed => {
            NationalId::parse(typed).map_err(|error| problems.push(wrong(PatientField::Number, error.into()))).ok()
        }
    };
    let mut label = |field, written: &str, needed: bool| match text::line(written, longest(field)) {
        Ok(taken) if needed && taken.is_empty() => {
            problems.push(wrong(field, PatientProblemCode::Missing));
            taken
        }
        Ok(taken) => taken,
        Err(text::TextFault::Unsafe { .. }) => {
            problems.push(wrong(field, PatientProblemCode::UnsafeText));
            String::new()
        }
        Err(text::TextFault::TooLong { .. }) => {
            problems.push(wrong(field, PatientProblemCode::TooLong));
            String::new()
        }
    };
    let family = label(PatientField::Family, &form.family, true);
    let given = label(PatientField::Given, &form.given, true);
    let phone = label(PatientField::Phone, &form.phone, false);
    let street = label(PatientField::Street, &form.street, false);
    let postal_code = label(PatientField::PostalCode, &form.postal_code, false);
    let city = label(PatientField::City, &form.city, false);
    if !phone.is_empty() && !is_phone(&phone) {
        problems.push(wrong(PatientField::Phone, PatientProblemCode::WrongForm));
    }
    // A number that was typed wrongly stands in place of birth date and sex until it is corrected.
    let has_number = !form.number.trim().is_empty();
    let birth_date = birth_date(form, number.as_ref(), today, has_number, &mut problems);
    let sex = sex(form, number.as_ref(), has_number, &mut problems);
    problems.sort_by_key(|problem| problem.field);
    let kind = number.as_ref().map(|number| kind_code(number.kind()).to_owned());
    let some = |text: String| (!text.is_empty()).then_some(text);
    let patient = problems.is_empty().then(|| Patient {
        national_id: number.as_ref().map(|number| number.as_str().to_owned()),
        id_kind: kind.clone(),
        family,
        given,
        birth_date: birth_date.map(|day| day.to_string()),
        sex: sex.unwrap_or(Sex::Unknown).code().to_owned(),
        phone: some(phone),
        street: some(street),
        postal_code: some(postal_code),
        city: some(city),
    });
    PatientCheck {
        patient,
        problems,
        kind,
        synthetic: number.as_ref().is_some_and(NationalId::is_synthetic),
        number: number.as_ref().map(NationalId::formatted),
        birth_date: birth_date.map(|day| day.to_string()),
        sex: sex.map(|sex| sex.code().to_owned()),
        age: birth_date.and_then(|day| years_between(day, today)),
    }
}

/// The patient's age in whole years on a day; none when the birth date is not known or later.
#[must_use]
pub fn age_on(patient: &Patient, day: Date) -> Option<u32> {
    years_between(patient.birth_date.as_deref()?.parse().ok()?, day)
}

/// `FNR`, `DNR` or `FHN` of list 8327.
#[must_use]
pub const fn kind_code(kind: NationalIdKind) -> &'static str {
    match kind {
        NationalIdKind::Fnr => "FNR",
        NationalIdKind::Dnr => "DNR",
        NationalIdKind::Fhn => "FHN",
    }
}

fn birth_date(
    form: &PatientForm,
    number: Option<&NationalId>,
    today: Date,
    has_number: bool,
    problems: &mut Vec<PatientProblem>,
) -> Option<Date> {
    let mut problem = |code| problems.push(wrong(PatientField::BirthDate, code));
    let told = number.and_then(NationalId::birth_date);
    let typed = match form.birth_date.trim() {
        "" => {
            if !has_number {
                problem(PatientProblemCode::Missing);
            }
            return told;
        }
        typed => match parse_day(typed) {
            Some(day) => day,
            None => {
                problem(PatientProblemCode::NoSuchDate);
                return told;
            }
        },
    };
    if typed > today {
        problem(PatientProblemCode::InFuture);
    } else if typed.year() < EARLIEST_YEAR {
        problem(PatientProblemCode::TooEarly);
    } else if told.is_some_and(|told| told != typed) {
        problem(PatientProblemCode::BirthDateMismatch);
    }
    Some(typed)
}

fn sex(
    form: &PatientForm,
    number: Option<&NationalId>,
    has_number: bool,
    problems: &mut Vec<PatientProblem>,
) -> Option<Sex> {
    let told = number.and_then(NationalId::sex);
    let typed = match form.sex.trim() {
        "" => {
            if !has_number {
                problems.push(wrong(PatientField::Sex, PatientProblemCode::Missing));
            }
            return told;
        }
        "0" => Sex::Unknown,
        "1" => Sex::Male,
        "2" => Sex::Female,
        "9" => Sex::NotSpecified,
        _ => {
            problems.push(wrong(PatientField::Sex, PatientProblemCode::WrongForm));
            return told;
        }
    };
    let says_something = matches!(typed, Sex::Male | Sex::Female);
    if says_something && told.is_some_and(|told| told != typed) {
        problems.push(wrong(PatientField::Sex, PatientProblemCode::SexMismatch));
    }
    Some(if says_something { typed } else { told.unwrap_or(typed) })
}

/// `dd.mm.yyyy`, as people write it here, or `YYYY-MM-DD`.
fn parse_day(typed: &str) -> Option<Date> {
    if let Ok(day) = typed.parse() {
        return Some(day);
    }
    let mut parts = typed.split('.').map(str::trim);
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

fn years_between(born: Date, day: Date) -> Option<u32> {
    let before_birthday = (day.month(), day.day()) < (born.month(), born.day());
    u32::try_from(i32::from(day.year()) - i32::from(born.year()) - i32::from(before_birthday)).ok()
}

/// As the order document takes it: digits and spaces, a plus before them.
fn is_phone(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or(text);
    (3..=19).contains(&digits.len())
        && digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || c == ' ')
}

fn longest(field: PatientField) -> usize {
    match field {
        PatientField::PostalCode => 12,
        PatientField::Number
        | PatientField::Family
        | PatientField::Given
        | PatientField::BirthDate
        | PatientField::Sex
        | PatientField::Phone
        | PatientField::Street
        | PatientField::City => LONGEST_LABEL,
    }
}

fn wrong(field: PatientField, code: PatientProblemCode) -> PatientProblem {
    PatientProblem { field, code }
}

impl From<NationalIdError> for PatientProblemCode {
    fn from(error: NationalIdError) -> Self {
        match error {
            NationalIdError::NotElevenDigits => Self::NotElevenDigits,
            NationalIdError::NoSuchDate => Self::NoSuchDate,
            NationalIdError::ControlDigits => Self::ControlDigits,
            NationalIdError::LocalNumber => Self::LocalNumber,
        }
    }
}

impl fmt::Debug for PatientForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PatientForm(…)")
    }
}

impl fmt::Debug for PatientCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PatientCheck").field("problems", &self.problems).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::PatientField::{BirthDate, Family, Given, Number, Phone};
    use super::PatientProblemCode::{
        BirthDateMismatch, ControlDigits, InFuture, Missing, NoSuchDate, SexMismatch, UnsafeText, WrongForm,
    };
    use super::*;

    fn form(number: &str, birth_date: &str, sex: &str) -> PatientForm {
        PatientForm {
            number: number.into(),
            family: "Danser".into(),
            given: "Line".into(),
            birth_date: birth_date.into(),
            sex: sex.into(),
            ..PatientForm::default()
        }
    }

    fn problems(form: &PatientForm) -> Vec<(PatientField, PatientProblemCode)> {
        let check = check(form, date(2026, 11, 23));
        assert_eq!(check.patient.is_some(), check.problems.is_empty());
        check.problems.into_iter().map(|problem| (problem.field, problem.code)).collect()
    }

    #[test]
    fn a_number_tells_birth_date_sex_and_age() {
        let check = check(&form(" 131169 00216", "", ""), date(2026, 11, 12));
        let patient = check.patient.expect("nothing is wrong");
        assert_eq!((patient.birth_date.as_deref(), patient.sex.as_str()), (Some("1969-11-13"), "2"));
        assert_eq!(
            (check.number.as_deref(), check.kind.as_deref(), check.age),
            (Some("131169 00216"), Some("FNR"), Some(56))
        );
        assert_eq!(age_on(&patient, date(2026, 11, 13)), Some(57));
    }

    #[test]
    fn what_the_number_contradicts_is_a_problem() {
        assert_eq!(
            problems(&form("13116900216", "14.11.1969", "1")),
            [(BirthDate, BirthDateMismatch), (PatientField::Sex, SexMismatch)]
        );
        assert_eq!(problems(&form("13116900216", "13.11.1969", "2")), []);
        assert_eq!(problems(&form("13116900217", "", "")), [(Number, ControlDigits)]);
    }

    #[test]
    fn without_a_number_name_birth_date_and_sex_are_wanted() {
        let nothing = problems(&PatientForm::default());
        assert_eq!(nothing, [(Family, Missing), (Given, Missing), (BirthDate, Missing), (PatientField::Sex, Missing)]);
        assert_eq!(problems(&form("", "1969-11-13", "2")), []);
        assert_eq!(problems(&form("", "31.02.1969", "2")), [(BirthDate, NoSuchDate)]);
        assert_eq!(problems(&form("", "2027-01-01", "2")), [(BirthDate, InFuture)]);
    }

    #[test]
    fn texts_that_could_never_be_sent_are_named_by_their_field() {
        let mut wrong = form("13116900216", "", "");
        wrong.family = "Dan\u{7}ser".into();
        wrong.phone = "ring meg".into();
        assert_eq!(problems(&wrong), [(Family, UnsafeText), (Phone, WrongForm)]);
    }

    #[test]
    fn a_number_from_2032_takes_the_typed_birth_date() {
        assert_eq!(problems(&form("30108299939", "30.10.1982", "1")), []);
    }
}
