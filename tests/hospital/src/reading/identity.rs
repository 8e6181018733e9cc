//! National identity numbers, by the receiver's own arithmetic.
//!
//! Source: HIS 1001 (person identifiers) and the tax authority's rule for numbers issued from 2032. Must never log or
//! quote a number.

/// What is wrong with a number of a declared type, or nothing.
pub fn fault_in(number: &str, id_type: &str) -> Option<&'static str> {
    match id_type {
        "FNR" | "DNR" => {
            let Some(digits) = digits(number) else { return Some("nummeret har ikke elleve siffer") };
            let first_fits = if id_type == "FNR" { digits[0] <= 3 } else { (4..=7).contains(&digits[0]) };
            if !first_fits {
                return Some("første siffer hører ikke til denne nummertypen");
            }
            if !date_holds(&digits) {
                return Some("fødselsdatoen i nummeret finnes ikke");
            }
            (!controls_hold(&digits, 3)).then_some("kontrollsifrene stemmer ikke")
        }
        "FHN" => {
            let Some(digits) = digits(number) else { return Some("nummeret har ikke elleve siffer") };
            if digits[0] < 8 {
                return Some("et felles hjelpenummer begynner med 8 eller 9");
            }
            (!controls_hold(&digits, 0)).then_some("kontrollsifrene stemmer ikke")
        }
        // Local to one organisation; no form is prescribed.
        _ => None,
    }
}

/// Day, month and two-digit year inside a birth number or D-number, synthetic additions taken off.
pub fn date_in(number: &str) -> Option<(u32, u32, u32)> {
    let digits = digits(number)?;
    let two = |at: usize| digits[at] * 10 + digits[at + 1];
    let day = if digits[0] > 3 { two(0).checked_sub(40)? } else { two(0) };
    let month = match two(2) {
        month @ 81.. => month - 80,
        month @ 66..=77 => month - 65,
        month @ 41..=52 => month - 40,
        month => month,
    };
    Some((day, month, two(4)))
}

fn digits(number: &str) -> Option<[u32; 11]> {
    let mut digits = [0; 11];
    if number.len() != 11 {
        return None;
    }
    for (digit, letter) in digits.iter_mut().zip(number.chars()) {
        *digit = letter.to_digit(10)?;
    }
    Some(digits)
}

/// The highest remainder allowed for the first control digit is 0 before 2032 and 3 after.
fn controls_hold(digits: &[u32; 11], highest_remainder: u32) -> bool {
    let sum = |weights: &[u32]| -> u32 { digits.iter().zip(weights).map(|(digit, weight)| digit * weight).sum() };
    sum(&[3, 7, 6, 1, 8, 9, 4, 5, 2, 1]) % 11 <= highest_remainder && sum(&[5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 == 0
}

fn date_holds(digits: &[u32; 11]) -> bool {
    let number: String = digits.iter().filter_map(|digit| char::from_digit(*digit, 10)).collect();
    let Some((day, month, year)) = date_in(&number) else { return false };
    [1900, 2000].into_iter().any(|century| {
        let (Ok(year), Ok(month), Ok(day)) = (i16::try_from(century + year), i8::try_from(month), i8::try_from(day))
        else {
            return false;
        };
        jiff::civil::Date::new(year, month, day).is_ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_the_tax_authority_calls_valid_are_taken_and_the_others_not() {
        for number in
            ["15076500565", "13116900216", "30108299920", "30108299939", "12057900499", "21016400952", "14019800513"]
        {
            assert_eq!(fault_in(number, "FNR"), None, "{number}");
        }
        for number in
            ["20036914712", "01015000322", "15076500566", "1507650056", "1507650056x", "00000000000", "80005484026"]
        {
            assert!(fault_in(number, "FNR").is_some(), "{number}");
        }
        assert_eq!(fault_in("70019950032", "DNR"), None);
        assert!(fault_in("70019950032", "FNR").is_some());
        for number in ["80005484026", "80005045804", "80009001259"] {
            assert_eq!(fault_in(number, "FHN"), None, "{number}");
        }
        assert!(fault_in("80005484027", "FHN").is_some());
    }
}
