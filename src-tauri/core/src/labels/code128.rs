//! Code 128 (ISO/IEC 15417): the shortest mix of code sets B and C for a text, and its bars.
//!
//! Only printable ASCII: what reads FNC 4 for other letters is too rare to print it on a tube.

use barcoders::sym::code128::Code128 as Encoder;

use super::LabelError;

/// Modules of quiet zone on each side (ISO/IEC 15417, 4.2.3).
pub const QUIET_ZONE: u32 = 10;

/// One character or digit pair, or a change of code set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// From here on, single characters.
    SetB,
    /// From here on, pairs of digits.
    SetC,
    /// One character in set B.
    One(char),
    /// Two digits in set C.
    Pair(char, char),
}

/// A text as a Code 128 symbol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code128 {
    parts: Vec<Part>,
    modules: Vec<bool>,
}

impl Code128 {
    /// The symbol of a text of printable ASCII characters.
    pub fn encode(text: &str) -> Result<Self, LabelError> {
        let characters: Vec<char> = text.chars().collect();
        if characters.is_empty() || characters.iter().any(|c| !(' '..='~').contains(c)) {
            return Err(LabelError::NotCode128);
        }
        let parts = shortest(&characters);
        // The encoder's notation: Ɓ and Ć choose the code set.
        let mut notation = String::with_capacity(text.len() + 8);
        for part in &parts {
            match *part {
                Part::SetB => notation.push('\u{181}'),
                Part::SetC => notation.push('\u{106}'),
                Part::One(c) => notation.push(c),
                Part::Pair(a, b) => notation.extend([a, b]),
            }
        }
        let modules = Encoder::new(&notation).map_err(|_| LabelError::NotCode128)?.encode();
        Ok(Self { parts, modules: modules.into_iter().map(|module| module == 1).collect() })
    }

    /// How many modules wide, without quiet zones.
    pub fn width(&self) -> u32 {
        self.modules.len() as u32
    }

    /// The modules from left to right; `true` is dark.
    pub fn modules(&self) -> &[bool] {
        &self.modules
    }

    /// Whether all of it is written in the code set it begins with.
    pub(crate) fn has_one_set(&self) -> bool {
        self.parts.iter().filter(|part| matches!(part, Part::SetB | Part::SetC)).count() == 1
    }

    pub(crate) fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The bars as first module and width in modules.
    pub fn bars(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        let mut at = 0_usize;
        std::iter::from_fn(move || {
            let start = at + self.modules.get(at..)?.iter().position(|dark| *dark)?;
            let length = self.modules[start..].iter().take_while(|dark| **dark).count();
            at = start + length;
            Some((start as u32, length as u32))
        })
    }
}

/// The shortest sequence of symbol characters, found from the end: for each position the cost in either set.
fn shortest(characters: &[char]) -> Vec<Part> {
    let count = characters.len();
    let pair_at = |at: usize| at + 1 < count && characters[at].is_ascii_digit() && characters[at + 1].is_ascii_digit();
    // The cost of the rest when the symbol character at `at` is written in set B, in set C.
    let mut in_b = vec![0_u32; count + 2];
    let mut in_c = vec![0_u32; count + 2];
    const NEVER: u32 = u32::MAX / 2;
    for at in (0..count).rev() {
        let after_one = if at + 1 == count { 0 } else { in_b[at + 1].min(in_c[at + 1] + 1) };
        in_b[at] = 1 + after_one;
        in_c[at] = if pair_at(at) {
            let after_pair = if at + 2 == count { 0 } else { in_c[at + 2].min(in_b[at + 2] + 1) };
            1 + after_pair
        } else {
            NEVER
        };
    }
    let mut parts = Vec::with_capacity(count + 4);
    let mut at = 0;
    let mut c_set = in_c[0] <= in_b[0];
    parts.push(if c_set { Part::SetC } else { Part::SetB });
    while at < count {
        // Staying costs nothing, changing costs one.
        let (stay, change) = if c_set { (in_c[at], in_b[at]) } else { (in_b[at], in_c[at]) };
        if at > 0 && change + 1 < stay {
            c_set = !c_set;
            parts.push(if c_set { Part::SetC } else { Part::SetB });
        }
        if c_set {
            parts.push(Part::Pair(characters[at], characters[at + 1]));
            at += 2;
        } else {
            parts.push(Part::One(characters[at]));
            at += 1;
        }
    }
    parts
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Bar and space widths of the symbol characters 0 to 105 (ISO/IEC 15417, table 1), typed from the standard so that
    /// the encoder is not judged by itself.
    const WIDTHS: &str = "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 \
        122132 122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 \
        322211 212123 212321 232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 \
        113123 113321 133121 313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 \
        221411 431111 111224 111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 \
        413111 241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 \
        111341 131141 114113 114311 411113 411311 113141 114131 311141 411131 211412 211214 211232";
    const STOP: &str = "2331112";

    /// An independent reader: run lengths, symbol characters, check character, text.
    pub(crate) fn read(modules: &[bool]) -> Option<String> {
        let runs: String =
            modules.chunk_by(|a, b| a == b).map(|run| char::from_digit(run.len() as u32, 10).unwrap()).collect();
        let body = runs.strip_suffix(STOP)?;
        let table: Vec<&str> = WIDTHS.split_whitespace().collect();
        assert_eq!(table.len(), 106);
        let values: Vec<usize> = body
            .as_bytes()
            .chunks(6)
            .map(|six| table.iter().position(|widths| widths.as_bytes() == six))
            .collect::<Option<_>>()?;
        let (check, values) = values.split_last()?;
        let (start, data) = values.split_first()?;
        let sum = data.iter().enumerate().fold(*start, |sum, (i, value)| sum + (i + 1) * value) % 103;
        if sum != *check {
            return None;
        }
        let mut c_set = match start {
            104 => false,
            105 => true,
            _ => return None,
        };
        let mut text = String::new();
        for &value in data {
            match (c_set, value) {
                (true, 0..=99) => text.push_str(&format!("{value:02}")),
                (true, 100) => c_set = false,
                (false, 99) => c_set = true,
                (false, 0..=94) => text.push(char::from(b' ' + value as u8)),
                _ => return None,
            }
        }
        Some(text)
    }

    #[test]
    fn a_specimen_number_is_101_modules() {
        let symbol = Code128::encode("401700128584").unwrap();
        assert_eq!(symbol.width(), 101);
        assert_eq!(symbol.parts()[0], Part::SetC);
        assert_eq!(read(symbol.modules()).as_deref(), Some("401700128584"));
    }

    #[test]
    fn a_laboratorys_letters_and_digits_change_code_set_only_where_it_pays() {
        let sets = |text: &str| {
            Code128::encode(text).unwrap().parts().iter().filter(|p| matches!(p, Part::SetB | Part::SetC)).count()
        };
        assert_eq!(sets("Case1-1-11223344"), 2);
        assert_eq!(sets("A12B"), 1);
        assert_eq!(sets("12345"), 2);
        assert_eq!(Code128::encode("123").unwrap().width(), Code128::encode("ABC").unwrap().width());
    }

    #[test]
    fn letters_that_scanners_do_not_agree_on_are_refused() {
        assert_eq!(Code128::encode("prøve 1"), Err(LabelError::NotCode128));
        assert_eq!(Code128::encode(""), Err(LabelError::NotCode128));
        assert_eq!(Code128::encode("a\tb"), Err(LabelError::NotCode128));
    }

    #[test]
    fn the_bars_are_the_dark_modules() {
        let symbol = Code128::encode("Case-1").unwrap();
        let mut drawn = vec![false; symbol.width() as usize];
        for (first, width) in symbol.bars() {
            drawn[first as usize..(first + width) as usize].fill(true);
        }
        assert_eq!(drawn, symbol.modules());
    }

    proptest! {
        #[test]
        fn any_text_reads_back(text in "[ -~]{1,40}|[0-9]{1,20}|[0-9]{2,8}[A-Z]{1,3}[0-9]{2,8}") {
            let symbol = Code128::encode(&text).unwrap();
            prop_assert_eq!(read(symbol.modules()), Some(text));
        }
    }
}
