//! Numbers that registers give to units and health workers.

use std::fmt;

use serde::Serialize;
use specta::Type;

use super::travels_as_text;

/// Why a register number is refused. The window words it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum RegisterNumberError {
    /// Not the digits, or not the count of digits, of this register.
    #[error("does not have the digits of such a number")]
    Digits,
    /// The check digit does not hold.
    #[error("has a check digit that does not hold")]
    CheckDigit,
}

macro_rules! register_number {
    ($(#[$doc:meta])* $name:ident, $check:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Type)]
        #[specta(transparent)]
        pub struct $name(String);

        impl $name {
            /// The digits.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            fn text(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = RegisterNumberError;

            fn try_from(text: String) -> Result<Self, RegisterNumberError> {
                let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
                if !digits.bytes().all(|b| b.is_ascii_digit()) {
                    return Err(RegisterNumberError::Digits);
                }
                let check: fn(&[u8]) -> Result<(), RegisterNumberError> = $check;
                check(digits.as_bytes())?;
                Ok(Self(digits))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        travels_as_text!($name);
    };
}

register_number! {
    /// Organisation number of the Central Coordinating Register (ENH): nine digits, the first 8 or 9, modulus 11.
    OrganisationNumber, organisation
}
register_number! {
    /// Number in the register of health workers (HPR): seven to nine digits, no published check digit.
    HprNumber, |digits| if (7..=9).contains(&digits.len()) { Ok(()) } else { Err(RegisterNumberError::Digits) }
}
register_number! {
    /// HER-id: key in the address register, a positive integer of at most nine digits.
    HerId, |digits| match digits {
        [b'1'..=b'9', rest @ ..] if rest.len() < 9 => Ok(()),
        _ => Err(RegisterNumberError::Digits),
    }
}

fn organisation(digits: &[u8]) -> Result<(), RegisterNumberError> {
    if digits.len() != 9 || !matches!(digits[0], b'8' | b'9') {
        return Err(RegisterNumberError::Digits);
    }
    let sum: u32 = digits.iter().zip([3, 2, 7, 6, 5, 4, 3, 2]).map(|(d, weight)| u32::from(d - b'0') * weight).sum();
    // A remainder of 1 would need the digit 10: such numbers are never issued.
    let check = (11 - sum % 11) % 11;
    if check == u32::from(digits[8] - b'0') { Ok(()) } else { Err(RegisterNumberError::CheckDigit) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn organisation_numbers_are_checked_with_modulus_11() {
        for right in ["883974832", "971318864", "974744570", "974 744 570"] {
            assert!(right.parse::<OrganisationNumber>().is_ok(), "{right}");
        }
        assert_eq!("883974833".parse::<OrganisationNumber>(), Err(RegisterNumberError::CheckDigit));
        assert_eq!("783974832".parse::<OrganisationNumber>(), Err(RegisterNumberError::Digits));
        assert_eq!("88397483".parse::<OrganisationNumber>(), Err(RegisterNumberError::Digits));
    }

    #[test]
    fn her_ids_have_no_leading_zero_and_no_dot() {
        assert_eq!("91096".parse::<HerId>().unwrap().as_str(), "91096");
        for wrong in ["", "0", "091096", "91096.1", "1234567890"] {
            assert_eq!(wrong.parse::<HerId>(), Err(RegisterNumberError::Digits), "{wrong}");
        }
    }

    #[test]
    fn hpr_numbers_keep_their_leading_zeros() {
        assert_eq!("009144897".parse::<HprNumber>().unwrap().as_str(), "009144897");
        assert!("914489".parse::<HprNumber>().is_err());
    }
}
