//! What a scanned or typed text is. Used wherever the scanner may point: it never guesses, and an unknown text is an answer.

use serde::{Deserialize, Serialize};

use super::number::{NumberError, SpecimenNumber};
use crate::ids::NationalId;

/// What a text turned out to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Identified {
    /// A specimen number of ours.
    Specimen {
        /// The number.
        number: SpecimenNumber,
    },
    /// Has the form of one of our numbers but not its check digits: misread or mistyped, never to be looked up.
    WrongCheckDigits {
        /// The digits as they were read.
        digits: String,
    },
    /// A person's identity number: eleven digits whose control digits hold. Other laboratories' numbers may have eleven too.
    Person {
        /// The digits.
        digits: String,
    },
    /// Something else, perhaps a number of the laboratory's own series.
    Other {
        /// The text without the scanner's additions.
        text: String,
    },
    /// Nothing was left when the scanner's additions were taken away.
    Empty,
}

/// Says what a text is.
pub fn identify(scanned: &str) -> Identified {
    let text = without_scanner_additions(scanned);
    if text.is_empty() {
        return Identified::Empty;
    }
    let compact: String = text.chars().filter(|c| !matches!(c, ' ' | '\u{a0}')).collect();
    match SpecimenNumber::parse(&compact) {
        Ok(number) => Identified::Specimen { number },
        Err(NumberError::CheckDigits | NumberError::Station | NumberError::Counter) => {
            Identified::WrongCheckDigits { digits: compact }
        }
        Err(NumberError::Length { digits: 11 }) if NationalId::parse(&compact).is_ok() => {
            Identified::Person { digits: compact }
        }
        Err(NumberError::Length { .. }) => Identified::Other { text: compact },
        Err(NumberError::NotADigit { .. }) => Identified::Other { text: text.to_owned() },
    }
}

/// Takes away line ends and the symbology identifier that a scanner may be set to put in front
/// (ISO/IEC 15424: `]C0` Code 128, `]C1` GS1-128, `]d1` Data Matrix …).
fn without_scanner_additions(scanned: &str) -> &str {
    let text = scanned.trim_matches(|c: char| c.is_whitespace() || c.is_control());
    let mut characters = text.chars();
    match (characters.next(), characters.next(), characters.next()) {
        (Some(']'), Some(letter), Some(modifier))
            if letter.is_ascii_alphabetic() && modifier.is_ascii_alphanumeric() =>
        {
            characters.as_str()
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scanner_that_adds_its_prefix_and_return_reads_the_same_number() {
        let number = SpecimenNumber::parse("401700128584").unwrap();
        for text in ["401700128584", "4017 0012 8584\r\n", "]C0401700128584", "\t]d1401700128584"] {
            assert_eq!(identify(text), Identified::Specimen { number }, "{text:?}");
        }
    }

    #[test]
    fn a_misread_number_is_not_taken_for_the_laboratorys() {
        assert_eq!(identify("401700128583"), Identified::WrongCheckDigits { digits: "401700128583".into() });
        assert_eq!(identify(" Case1-1-11223344\n"), Identified::Other { text: "Case1-1-11223344".into() });
        assert_eq!(identify("]C0\r"), Identified::Empty);
    }

    #[test]
    fn eleven_digits_are_a_person_only_where_the_control_digits_hold() {
        // Birth numbers, also of test persons with 80, 65 and 40 on the month; D-numbers; a common help number.
        let born = ["131169 00216", "13816900233", "13776900235", "13516900460"];
        for number in born.into_iter().chain(["70019950032", "53816900227", "80005484026"]) {
            assert_eq!(identify(number), Identified::Person { digits: number.replace(' ', "") }, "{number}");
        }
        for number in ["13116900217", "70000000041", "12345678901"] {
            assert_eq!(identify(number), Identified::Other { text: number.into() }, "{number}");
        }
    }
}
