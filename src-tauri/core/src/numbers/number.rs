//! The number itself: station, counter and two check digits.
//!
//! Twelve digits are 101 modules of Code 128 in code set C. Two check digits by ISO 7064 MOD 97-10 find every single wrong
//! digit, every swap, jump and twin error; a shorter check digit does not.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// How many digits a number has; the longer form leaves room for a seven-digit counter where the laboratory takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum Width {
    /// Five digits of station, five of counter, two of check.
    #[default]
    Twelve,
    /// Five digits of station, seven of counter, two of check.
    Fourteen,
}

impl Width {
    /// Number of digits, check digits included.
    pub const fn digits(self) -> usize {
        match self {
            Self::Twelve => 12,
            Self::Fourteen => 14,
        }
    }

    /// The last counter value that can be written.
    pub const fn last_counter(self) -> u32 {
        match self {
            Self::Twelve => 99_999,
            Self::Fourteen => 9_999_999,
        }
    }

    /// How many counter values there are, zero included.
    pub(crate) const fn counters(self) -> u64 {
        self.last_counter() as u64 + 1
    }
}

/// A station number, leased once by a workstation at enrolment and never given to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, specta::Type)]
#[serde(try_from = "u32", into = "u32")]
#[specta(transparent)]
pub struct Station(u32);

/// Why a station number was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum StationError {
    /// More than five digits, or zero, which is kept for tests of scanners and printers.
    #[error("a station number is 1 to 99999, not {0}")]
    OutOfRange(u32),
}

impl Station {
    /// A station number, 1 to 99 999.
    pub fn new(number: u32) -> Result<Self, StationError> {
        match number {
            1..=99_999 => Ok(Self(number)),
            _ => Err(StationError::OutOfRange(number)),
        }
    }

    /// The number as it is leased.
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl TryFrom<u32> for Station {
    type Error = StationError;
    fn try_from(number: u32) -> Result<Self, StationError> {
        Self::new(number)
    }
}

impl From<Station> for u32 {
    fn from(station: Station) -> u32 {
        station.0
    }
}

/// A specimen number with right check digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, specta::Type)]
#[serde(try_from = "String", into = "String")]
#[specta(transparent)]
pub struct SpecimenNumber(#[specta(type = String)] Digits);

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Digits {
    width: Width,
    value: u64,
}

/// Why a text is not a specimen number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NumberError {
    /// A character that is no digit; spaces between groups are allowed.
    #[error("character {position} is not a digit")]
    NotADigit {
        /// Which character, counted from 1.
        position: usize,
    },
    /// Neither 12 nor 14 digits.
    #[error("a specimen number has 12 or 14 digits, this has {digits}")]
    Length {
        /// How many digits there were.
        digits: usize,
    },
    /// The check digits are wrong: a digit was misread or two were swapped.
    #[error("the check digits are wrong")]
    CheckDigits,
    /// Station zero is never leased.
    #[error("no workstation has station number zero")]
    Station,
    /// The counter does not fit the width.
    #[error("the counter does not fit the number")]
    Counter,
}

impl SpecimenNumber {
    /// The number of a station's counter value.
    pub fn new(station: Station, counter: u32, width: Width) -> Result<Self, NumberError> {
        if counter > width.last_counter() {
            return Err(NumberError::Counter);
        }
        let body = u64::from(station.get()) * width.counters() + u64::from(counter);
        Ok(Self(Digits { width, value: body * 100 + check_digits(body) }))
    }

    /// Reads a number as printed or scanned; spaces between the groups are allowed.
    pub fn parse(text: &str) -> Result<Self, NumberError> {
        let mut value = 0_u64;
        let mut digits = 0_usize;
        for (index, character) in text.chars().enumerate() {
            if character == ' ' || character == '\u{a0}' {
                continue;
            }
            let Some(digit) = character.to_digit(10) else {
                return Err(NumberError::NotADigit { position: index + 1 });
            };
            digits += 1;
            value = value.saturating_mul(10).saturating_add(u64::from(digit));
        }
        let width = match digits {
            12 => Width::Twelve,
            14 => Width::Fourteen,
            _ => return Err(NumberError::Length { digits }),
        };
        // Compared with the digits that would have been written: a bare "mod 97 is 1" also accepts a few that never are.
        if value % 100 != check_digits(value / 100) {
            return Err(NumberError::CheckDigits);
        }
        let number = Self(Digits { width, value });
        if number.station_value() == 0 {
            return Err(NumberError::Station);
        }
        Ok(number)
    }

    fn station_value(self) -> u64 {
        self.0.value / 100 / self.0.width.counters()
    }

    /// The station that made it.
    pub fn station(self) -> Station {
        // Five digits by construction.
        Station(u32::try_from(self.station_value()).unwrap_or(99_999))
    }

    /// The station's counter value.
    pub fn counter(self) -> u32 {
        u32::try_from(self.0.value / 100 % self.0.width.counters()).unwrap_or(u32::MAX)
    }

    /// How many digits it is written with.
    pub const fn width(self) -> Width {
        self.0.width
    }

    /// The digits without spaces: what the barcode and the message carry.
    pub fn digits(self) -> String {
        format!("{:0width$}", self.0.value, width = self.0.width.digits())
    }

    /// For people: groups of four, as `4017 0012 8584`; the fourteen-digit form ends in a group of two.
    pub fn grouped(self) -> String {
        group_by_four(&self.digits())
    }
}

/// The two check digits of ISO 7064 MOD 97-10 over the digits before them: the whole then leaves 1 when divided by 97.
fn check_digits(body: u64) -> u64 {
    98 - (body % 97 * 100) % 97
}

/// Splits digits into groups of four from the left.
pub(crate) fn group_by_four(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() + digits.len() / 4);
    for (index, character) in digits.chars().enumerate() {
        if index > 0 && index % 4 == 0 {
            text.push(' ');
        }
        text.push(character);
    }
    text
}

impl fmt::Display for SpecimenNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.digits())
    }
}

// A specimen number is no patient data by itself; it is what the log and the laboratory agree on.
impl fmt::Debug for SpecimenNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SpecimenNumber({})", self.digits())
    }
}

impl std::str::FromStr for SpecimenNumber {
    type Err = NumberError;
    fn from_str(text: &str) -> Result<Self, NumberError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for SpecimenNumber {
    type Error = NumberError;
    fn try_from(text: String) -> Result<Self, NumberError> {
        Self::parse(&text)
    }
}

impl From<SpecimenNumber> for String {
    fn from(number: SpecimenNumber) -> String {
        number.digits()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn station(number: u32) -> Station {
        Station::new(number).unwrap()
    }

    #[test]
    fn the_number_on_the_drawn_label_is_one_of_ours() {
        let number = SpecimenNumber::parse("4017 0012 8584").unwrap();
        assert_eq!((number.station(), number.counter()), (station(40_170), 1_285));
        assert_eq!(number.to_string(), "401700128584");
        assert_eq!(number.grouped(), "4017 0012 8584");
    }

    #[test]
    fn a_low_station_keeps_its_leading_zeros() {
        let number = SpecimenNumber::new(station(7), 3, Width::Twelve).unwrap();
        assert_eq!(number.digits(), "000070000342");
        assert_eq!(SpecimenNumber::parse("000070000342"), Ok(number));
    }

    #[test]
    fn what_is_wrong_with_a_refused_text_is_told() {
        assert_eq!(SpecimenNumber::parse("4017 0012 858A"), Err(NumberError::NotADigit { position: 14 }));
        assert_eq!(SpecimenNumber::parse("40170012858"), Err(NumberError::Length { digits: 11 }));
        assert_eq!(SpecimenNumber::parse(""), Err(NumberError::Length { digits: 0 }));
        assert_eq!(SpecimenNumber::parse("401700128585"), Err(NumberError::CheckDigits));
        assert_eq!(SpecimenNumber::parse("000000000197"), Err(NumberError::CheckDigits));
        assert_eq!(SpecimenNumber::parse("000000000098"), Err(NumberError::Station));
        assert_eq!(SpecimenNumber::new(station(1), 100_000, Width::Twelve), Err(NumberError::Counter));
        assert_eq!(Station::new(0), Err(StationError::OutOfRange(0)));
    }

    proptest! {
        #[test]
        fn any_number_reads_back_as_itself(s in 1_u32..=99_999, c in 0_u32..=9_999_999, long: bool) {
            let (width, c) = if long { (Width::Fourteen, c) } else { (Width::Twelve, c % 100_000) };
            let number = SpecimenNumber::new(station(s), c, width).unwrap();
            prop_assert_eq!(SpecimenNumber::parse(&number.digits()), Ok(number));
            prop_assert_eq!(SpecimenNumber::parse(&number.grouped()), Ok(number));
            prop_assert_eq!((number.station().get(), number.counter(), number.width()), (s, c, width));
            let json = serde_json::to_string(&number).unwrap();
            prop_assert_eq!(serde_json::from_str::<SpecimenNumber>(&json).unwrap(), number);
        }

        #[test]
        fn no_misread_digit_and_no_swap_is_another_number(s in 1_u32..=99_999, c in 0_u32..=99_999, at in 0_usize..12, by in 1_u8..10) {
            let digits = SpecimenNumber::new(station(s), c, Width::Twelve).unwrap().digits().into_bytes();
            let mut misread = digits.clone();
            misread[at] = b'0' + (misread[at] - b'0' + by) % 10;
            prop_assert!(SpecimenNumber::parse(std::str::from_utf8(&misread).unwrap()).is_err());
            for distance in [1, 2] {
                if at + distance < 12 && digits[at] != digits[at + distance] {
                    let mut swapped = digits.clone();
                    swapped.swap(at, at + distance);
                    prop_assert!(SpecimenNumber::parse(std::str::from_utf8(&swapped).unwrap()).is_err());
                }
            }
        }
    }
}
