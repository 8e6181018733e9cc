//! Text that a message can carry.
//!
//! XML 1.0 (section 2.2) has no way to write most control characters, so a text with one of them could never be sent.
//! Such text is refused where it is written, with the place of the character, instead of being changed behind the
//! writer's back.

/// Longest text of the order document, in characters.
pub const LONGEST_TEXT: usize = 10_000;
/// Longest label of the order document (names, addresses), in characters.
pub const LONGEST_LABEL: usize = 300;

/// What is wrong with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextFault {
    /// A character that XML 1.0 cannot carry, and how many characters stand before it.
    Unsafe {
        /// The code point.
        character: char,
        /// Characters before it.
        at: usize,
    },
    /// More characters than can be sent anywhere.
    TooLong {
        /// Characters in the text.
        length: usize,
    },
}

/// Takes a text of several lines: line ends become `\n`, everything else stays as written.
///
/// # Errors
/// When XML cannot carry it or it is longer than `longest` characters.
pub fn text(written: &str, longest: usize) -> Result<String, TextFault> {
    let taken = written.replace("\r\n", "\n").replace('\r', "\n");
    check(&taken, longest)?;
    Ok(taken)
}

/// Takes a text of one line: white space around it goes, line ends and tabs become spaces.
///
/// # Errors
/// When XML cannot carry it or it is longer than `longest` characters.
pub fn line(written: &str, longest: usize) -> Result<String, TextFault> {
    let taken = text(written, usize::MAX)?.replace(['\n', '\t'], " ").trim().to_owned();
    check(&taken, longest)?;
    Ok(taken)
}

/// Whether XML 1.0 can carry a character.
#[must_use]
pub fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..='\u{10FFFF}')
}

fn check(text: &str, longest: usize) -> Result<(), TextFault> {
    if let Some((at, character)) = text.chars().enumerate().find(|(_, c)| !is_xml_char(*c)) {
        return Err(TextFault::Unsafe { character, at });
    }
    // Bytes bound characters from above, so most texts are never counted.
    if text.len() > longest {
        let length = text.chars().count();
        if length > longest {
            return Err(TextFault::TooLong { length });
        }
    }
    Ok(())
}
