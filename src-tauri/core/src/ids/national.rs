//! National identity numbers: fødselsnummer, D-nummer and felles hjelpenummer.
//!
//! Rules: HIS 1001:2010 and, for the control digits from 2032, Skatteetaten's validator. A number never appears in Debug
//! output or in an error: it identifies a patient.

use std::fmt;

use jiff::civil::Date;
use serde::Serialize;
use specta::Type;

use super::travels_as_text;
use crate::codes::Sex;

/// An 11-digit number that passes its control digits and, where it carries one, has a date that exists.
#[derive(Clone, PartialEq, Eq, Hash, Type)]
#[specta(transparent)]
pub struct NationalId(String);

/// Which register gave the number (list 8327).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Type)]
#[serde(rename_all = "UPPERCASE")]
pub enum NationalIdKind {
    /// Fødselsnummer.
    Fnr,
    /// D-nummer: day of birth + 40.
    Dnr,
    /// Felles hjelpenummer: starts with 8 or 9 and carries no date.
    Fhn,
}

/// By which rule the first control digit holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum NumberRule {
    /// The rule until 2031: century and sex can be derived.
    Until2031,
    /// Only the relaxed rule from 2032: neither century nor sex can be derived.
    From2032,
}

/// Why a number is refused. The window words it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Type, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum NationalIdError {
    /// Not eleven digits (spaces aside).
    #[error("is not eleven digits")]
    NotElevenDigits,
    /// The first six digits are no date.
    #[error("has no date that exists in its first six digits")]
    NoSuchDate,
    /// The control digits do not hold.
    #[error("has control digits that do not hold")]
    ControlDigits,
    /// Looks like an H-number (month + 40): local to one organisation and never enough for exchange.
    #[error("looks like an H-number, which only the organisation that gave it knows")]
    LocalNumber,
}

impl NationalId {
    /// Parses eleven digits; spaces between them are tolerated.
    ///
    /// # Errors
    /// [`NationalIdError`] says why the number is refused.
    pub fn parse(text: &str) -> Result<Self, NationalIdError> {
        let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        if compact.len() != 11 || !compact.bytes().all(|b| b.is_ascii_digit()) {
            return Err(NationalIdError::NotElevenDigits);
        }
        let id = Self(compact);
        let digits = id.digits();
        let remainder = first_remainder(&digits);
        let second = second_holds(&digits);
        if id.kind() == NationalIdKind::Fhn {
            return if remainder == 0 && second { Ok(id) } else { Err(NationalIdError::ControlDigits) };
        }
        let holds = remainder <= 3 && second;
        let Some((day, month)) = id.day_and_month() else {
            return Err(NationalIdError::NoSuchDate);
        };
        // 29 February is right in some century; which one cannot always be told, so any will do.
        let year = i16::from(digits[4] * 10 + digits[5]);
        if ![1800, 1900, 2000].iter().any(|century| Date::new(century + year, month, day).is_ok()) {
            return Err(NationalIdError::NoSuchDate);
        }
        if holds {
            return Ok(id);
        }
        let local = (41..=52).contains(&(digits[2] * 10 + digits[3]));
        Err(if local { NationalIdError::LocalNumber } else { NationalIdError::ControlDigits })
    }

    /// Which register gave it.
    #[must_use]
    pub fn kind(&self) -> NationalIdKind {
        match self.0.as_bytes()[0] {
            b'8' | b'9' => NationalIdKind::Fhn,
            b'4'..=b'7' => NationalIdKind::Dnr,
            _ => NationalIdKind::Fnr,
        }
    }

    /// Which rule its first control digit follows. FH-numbers follow the old one.
    #[must_use]
    pub fn rule(&self) -> NumberRule {
        if first_remainder(&self.digits()) == 0 { NumberRule::Until2031 } else { NumberRule::From2032 }
    }

    /// Whether it is a made-up number for tests: month + 80 (Tenor), + 65 or + 40.
    #[must_use]
    pub fn is_synthetic(&self) -> bool {
        let digits = self.digits();
        self.kind() != NationalIdKind::Fhn && digits[2] * 10 + digits[3] > 12
    }

    /// The date of birth, where the number tells it (HIS 1001: the individual number gives the century).
    #[must_use]
    pub fn birth_date(&self) -> Option<Date> {
        if self.rule() == NumberRule::From2032 {
            return None;
        }
        let (day, month) = self.day_and_month()?;
        let d = self.digits();
        let year = i16::from(d[4] * 10 + d[5]);
        let individual = u16::from(d[6]) * 100 + u16::from(d[7]) * 10 + u16::from(d[8]);
        let century = match (individual, year) {
            (0..=499, _) => 1900,
            (500..=749, 55..) => 1800,
            (500..=999, ..=39) => 2000,
            (900..=999, _) => 1900,
            _ => return None,
        };
        Date::new(century + year, month, day).ok()
    }

    /// The sex, where the number tells it: digit 9 is odd for men.
    #[must_use]
    pub fn sex(&self) -> Option<Sex> {
        if self.kind() == NationalIdKind::Fhn || self.rule() == NumberRule::From2032 {
            return None;
        }
        Some(if self.digits()[8] % 2 == 1 { Sex::Male } else { Sex::Female })
    }

    /// The eleven digits, for the message and the store.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As people read it: `131169 00216`.
    #[must_use]
    pub fn formatted(&self) -> String {
        format!("{} {}", &self.0[..6], &self.0[6..])
    }

    fn text(&self) -> &str {
        &self.0
    }

    fn digits(&self) -> [u8; 11] {
        let mut digits = [0; 11];
        for (digit, byte) in digits.iter_mut().zip(self.0.bytes()) {
            *digit = byte - b'0';
        }
        digits
    }

    /// Day and month without the offsets of D-numbers and synthetic numbers.
    fn day_and_month(&self) -> Option<(i8, i8)> {
        if self.kind() == NationalIdKind::Fhn {
            return None;
        }
        let d = self.digits();
        let (day, month) = (d[0] * 10 + d[1], d[2] * 10 + d[3]);
        let day = if day > 40 { day - 40 } else { day };
        let month = match month {
            1..=12 => month,
            41..=52 => month - 40,
            66..=77 => month - 65,
            81..=92 => month - 80,
            _ => return None,
        };
        Some((i8::try_from(day).ok()?, i8::try_from(month).ok()?))
    }
}

fn weighted(digits: &[u8], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(digit, weight)| u32::from(*digit) * weight).sum()
}

/// 0 until 2031, 0 to 3 from 2032.
fn first_remainder(digits: &[u8; 11]) -> u32 {
    weighted(digits, &[3, 7, 6, 1, 8, 9, 4, 5, 2, 1]) % 11
}

fn second_holds(digits: &[u8; 11]) -> bool {
    weighted(digits, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)
}

impl TryFrom<String> for NationalId {
    type Error = NationalIdError;

    fn try_from(text: String) -> Result<Self, NationalIdError> {
        Self::parse(&text)
    }
}

impl fmt::Debug for NationalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NationalId({:?}, …)", self.kind())
    }
}

travels_as_text!(NationalId);

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_test_persons_have_their_birthdays_and_sexes() {
        for (number, born, sex) in [
            ("15076500565", date(1965, 7, 15), Sex::Male),
            ("21016400952", date(1964, 1, 21), Sex::Male),
            ("12057900499", date(1979, 5, 12), Sex::Female),
            ("13116900216", date(1969, 11, 13), Sex::Female),
            ("14019800513", date(1998, 1, 14), Sex::Male),
        ] {
            let id = NationalId::parse(number).unwrap();
            assert_eq!(
                (id.kind(), id.birth_date(), id.sex()),
                (NationalIdKind::Fnr, Some(born), Some(sex)),
                "{number}"
            );
            assert!(!id.is_synthetic());
        }
    }

    #[test]
    fn a_number_from_2032_is_accepted_but_tells_neither_century_nor_sex() {
        let id = NationalId::parse("30108299939").unwrap();
        assert_eq!((id.rule(), id.birth_date(), id.sex()), (NumberRule::From2032, None, None));
        assert_eq!(NationalId::parse("30108299920").unwrap().rule(), NumberRule::Until2031);
    }

    #[test]
    fn wrong_digits_say_why() {
        assert_eq!(NationalId::parse("20036914712"), Err(NationalIdError::ControlDigits));
        assert_eq!(NationalId::parse("01015000322"), Err(NationalIdError::ControlDigits));
        assert_eq!(NationalId::parse("32016400952"), Err(NationalIdError::NoSuchDate));
        assert_eq!(NationalId::parse("29020105729"), Err(NationalIdError::NoSuchDate));
        assert_eq!(NationalId::parse("1311690021"), Err(NationalIdError::NotElevenDigits));
        assert_eq!(NationalId::parse("1311690021x"), Err(NationalIdError::NotElevenDigits));
        assert_eq!(NationalId::parse("13516900210"), Err(NationalIdError::LocalNumber));
    }

    #[test]
    fn other_registers_have_their_own_rules() {
        assert_eq!(NationalId::parse("70019950032").unwrap().kind(), NationalIdKind::Dnr);
        for number in ["80005484026", "80005045804", "80009001259"] {
            let id = NationalId::parse(number).unwrap();
            assert_eq!((id.kind(), id.birth_date(), id.sex()), (NationalIdKind::Fhn, None, None));
        }
        assert_eq!(NationalId::parse("80005484027"), Err(NationalIdError::ControlDigits));
    }

    #[test]
    fn people_write_spaces_and_read_six_and_five() {
        let id = NationalId::parse(" 131169 00216").unwrap();
        assert_eq!((id.as_str(), id.formatted().as_str()), ("13116900216", "131169 00216"));
    }

    #[test]
    fn debug_output_never_shows_the_number() {
        let shown = format!("{:?}", NationalId::parse("13116900216").unwrap());
        assert!(!shown.contains("131169") && !shown.contains("00216"), "{shown}");
    }
}
