//! `rekvirent-paper/1`: an order document as text that survives a printer, a scanner and a keyboard.
//!
//! | Step | What |
//! |---|---|
//! | document | the order as JSON (`rekvirent-order/1`), without attachments, keys in the order of the format |
//! | packed | one zstd frame with its content size and checksum, with `assets/paper/dictionary-1.json` as raw dictionary |
//! | text | base 32 (RFC 4648, section 6, without padding): only `A` to `Z` and `2` to `7` |
//! | parts | cut evenly so that each fits a Data Matrix of at most 80 by 80 modules |
//! | part | `RKVP1`, place, count (each one base 32 letter, `A` for 1), seven letters of the form's check, text, four of the part's |
//!
//! A scanner that acts as a keyboard types letters and digits alike under every keyboard layout that a Norwegian office has,
//! and shift or caps lock change nothing, since the text is read without regard to case; of other characters none is safe.
//! The form's check is the first 35 bits of the SHA-256 of the packed order, so that parts of two forms never mix; the
//! part's check is 20 bits of the SHA-256 of everything before it, so that a letter that was lost is noticed at once.
//!
//! Attachments are too large for paper: the form names them and they travel by themselves.

use std::collections::BTreeMap;

use jiff::Zoned;
use sha2::{Digest, Sha256};

use super::PaperError;
use crate::order::{self, Order};

/// Name of the format.
pub const FORMAT: &str = "rekvirent-paper/1";

/// What every part begins with; the digit is the version.
const MARK: &str = "RKVP1";
const DICTIONARY: &[u8] = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/paper/dictionary-1.json"));
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const FORM_CHECK: usize = 7;
const PART_CHECK: usize = 4;
const OVERHEAD: usize = MARK.len() + 2 + FORM_CHECK + PART_CHECK;
/// Letters that a Data Matrix of 80 by 80 modules holds in C40 (456 codewords, two for three letters, four for the change).
const PART_LETTERS: usize = 678;
/// Codes on one form. More would not be scanned by anybody.
const MOST_PARTS: usize = 12;
/// No order that can be sent is larger; a packed bomb is.
const LARGEST_DOCUMENT: usize = 1 << 20;

/// One part as it stands in a symbol.
#[derive(Clone, PartialEq, Eq)]
pub struct PaperCode(String);

impl PaperCode {
    /// The text of the symbol.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }
}

// It carries a patient.
impl std::fmt::Debug for PaperCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PaperCode({} letters)", self.0.len())
    }
}

/// The order in as few parts as it needs. Attachments stay out.
///
/// # Errors
/// [`PaperError::TooLarge`].
pub fn parts_of(order: &Order) -> Result<Vec<PaperCode>, PaperError> {
    let bare = Order { attachments: Vec::new(), ..order.clone() };
    let document = serde_json::to_vec(&bare).map_err(|_| PaperError::Document)?;
    let packed = packed(&document).map_err(|_| PaperError::Document)?;
    let text = base32(&packed);
    let room = PART_LETTERS - OVERHEAD;
    let count = text.len().div_ceil(room).max(1);
    if count > MOST_PARTS {
        return Err(PaperError::TooLarge { bytes: packed.len(), room: room * MOST_PARTS * 5 / 8 });
    }
    let check = digest(&packed, FORM_CHECK);
    let each = text.len().div_ceil(count);
    let parts = text.as_bytes().chunks(each.max(1)).enumerate().map(|(at, chunk)| {
        let mut part = String::with_capacity(OVERHEAD + chunk.len());
        part.push_str(MARK);
        part.push(letter(at));
        part.push(letter(count - 1));
        part.push_str(&check);
        part.extend(chunk.iter().copied().map(char::from));
        let own = digest(part.as_bytes(), PART_CHECK);
        part.push_str(&own);
        PaperCode(part)
    });
    Ok(parts.collect())
}

/// The order of a form whose parts are all there, in any order.
///
/// # Errors
/// The first part that is not ours or not whole; [`PaperError::Missing`]; [`PaperError::NoOrder`].
pub fn order_of<'a>(parts: impl IntoIterator<Item = &'a str>, now: &Zoned) -> Result<Order, PaperError> {
    let mut assembly = Assembly::default();
    for part in parts {
        assembly.add(part)?;
    }
    assembly.order(now)
}

/// How far the reading of a form has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Parts read.
    pub read: usize,
    /// Parts of the form.
    pub of: usize,
}

/// The parts of one form as the scanner reads them, in any order and as often as somebody scans them.
#[derive(Default)]
pub struct Assembly {
    check: String,
    count: usize,
    parts: BTreeMap<usize, String>,
}

impl Assembly {
    /// Whether a text claims to be a part of a form, of whatever version.
    #[must_use]
    pub fn is_part(text: &str) -> bool {
        let text = trimmed(text);
        text.len() > MARK.len() && text.get(..4).is_some_and(|mark| mark.eq_ignore_ascii_case(&MARK[..4]))
    }

    /// Takes a part in.
    ///
    /// # Errors
    /// [`PaperError::NotOurs`], [`PaperError::Newer`], [`PaperError::Damaged`], [`PaperError::OtherForm`]; what was read
    /// before stays.
    pub fn add(&mut self, text: &str) -> Result<Progress, PaperError> {
        let text = trimmed(text).to_ascii_uppercase();
        let Some(version) = text.strip_prefix(&MARK[..4]).and_then(|rest| rest.chars().next()) else {
            return Err(PaperError::NotOurs);
        };
        if !text.starts_with(MARK) {
            return Err(if version.is_ascii_digit() { PaperError::Newer } else { PaperError::NotOurs });
        }
        if text.len() < OVERHEAD || !text.is_ascii() {
            return Err(PaperError::Damaged);
        }
        let (body, own) = text.split_at(text.len() - PART_CHECK);
        if digest(body.as_bytes(), PART_CHECK) != own {
            return Err(PaperError::Damaged);
        }
        let rest = &body[MARK.len()..];
        let (Some(at), Some(last)) = (value(rest.as_bytes()[0]), value(rest.as_bytes()[1])) else {
            return Err(PaperError::Damaged);
        };
        let (check, chunk) = rest[2..].split_at(FORM_CHECK);
        let (at, count) = (usize::from(at), usize::from(last) + 1);
        if at >= count || count > MOST_PARTS {
            return Err(PaperError::Damaged);
        }
        if !self.parts.is_empty() && (self.check != check || self.count != count) {
            return Err(PaperError::OtherForm);
        }
        check.clone_into(&mut self.check);
        self.count = count;
        self.parts.insert(at, chunk.to_owned());
        Ok(self.progress())
    }

    /// How far it has come.
    #[must_use]
    pub fn progress(&self) -> Progress {
        Progress { read: self.parts.len(), of: self.count }
    }

    /// The order, once all parts are there. It is held to everything that a document from outside is held to.
    ///
    /// # Errors
    /// [`PaperError::Missing`], [`PaperError::Damaged`], [`PaperError::NoOrder`].
    pub fn order(&self, now: &Zoned) -> Result<Order, PaperError> {
        if self.count == 0 || self.parts.len() < self.count {
            return Err(PaperError::Missing(self.count.max(1) - self.parts.len()));
        }
        let text: String = self.parts.values().map(String::as_str).collect();
        let packed = from_base32(&text).ok_or(PaperError::Damaged)?;
        if digest(&packed, FORM_CHECK) != self.check {
            return Err(PaperError::Damaged);
        }
        let document = unpacked(&packed).map_err(|_| PaperError::Damaged)?;
        order::read(&document, now, None).map_err(PaperError::NoOrder)
    }
}

/// Without what a scanner adds: line ends and a symbology identifier (ISO/IEC 15424).
fn trimmed(text: &str) -> &str {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c.is_control());
    match text.as_bytes() {
        [b']', letter, modifier, ..] if letter.is_ascii_alphabetic() && modifier.is_ascii_alphanumeric() => &text[3..],
        _ => text,
    }
}

fn packed(document: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut packer = zstd::bulk::Compressor::with_dictionary(19, DICTIONARY)?;
    packer.include_checksum(true)?;
    packer.include_dictid(false)?;
    packer.compress(document)
}

fn unpacked(packed: &[u8]) -> std::io::Result<Vec<u8>> {
    zstd::bulk::Decompressor::with_dictionary(DICTIONARY)?.decompress(packed, LARGEST_DOCUMENT)
}

fn letter(value: usize) -> char {
    char::from(ALPHABET[value % ALPHABET.len()])
}

fn value(letter: u8) -> Option<u8> {
    match letter {
        b'A'..=b'Z' => Some(letter - b'A'),
        b'2'..=b'7' => Some(letter - b'2' + 26),
        _ => None,
    }
}

/// The first letters of a text's SHA-256.
fn digest(bytes: &[u8], letters: usize) -> String {
    let mut text = base32(&Sha256::digest(bytes)[..8]);
    text.truncate(letters);
    text
}

fn base32(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(5) * 8);
    let (mut held, mut bits) = (0_u32, 0);
    for byte in bytes {
        held = (held << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(letter((held >> bits) as usize & 31));
        }
        held &= (1 << bits) - 1;
    }
    if bits > 0 {
        text.push(letter((held << (5 - bits)) as usize & 31));
    }
    text
}

/// `None` for another letter, and for a rest that is not zero: no two texts mean the same bytes.
fn from_base32(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 5 / 8);
    let (mut held, mut bits) = (0_u32, 0);
    for letter in text.bytes() {
        held = (held << 5) | u32::from(value(letter)?);
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits) as u8);
        }
        held &= (1 << bits) - 1;
    }
    (bits < 5 && held == 0).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn base_32_is_that_of_the_rfc() {
        // RFC 4648, section 10, without padding.
        for (bytes, text) in [("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foob", "MZXW6YQ"), ("foobar", "MZXW6YTBOI")] {
            assert_eq!(base32(bytes.as_bytes()), text);
            assert_eq!(from_base32(text).as_deref(), Some(bytes.as_bytes()));
        }
        assert_eq!(from_base32("MZ"), None);
        assert_eq!(from_base32("M1"), None);
    }

    #[test]
    fn a_text_that_is_no_part_is_told_from_one_that_came_damaged_and_from_a_newer_one() {
        let mut assembly = Assembly::default();
        assert_eq!(assembly.add("401700128584"), Err(PaperError::NotOurs));
        assert_eq!(assembly.add("RKVP2AAXXXXXXXXXXXXXXXXXX"), Err(PaperError::Newer));
        assert_eq!(assembly.add("RKVP1AAXXXXXXXXXXXXXXXXXX"), Err(PaperError::Damaged));
        assert_eq!(assembly.add("RKVP1"), Err(PaperError::Damaged));
        assert!(Assembly::is_part("]d1rkvp1aab\r\n") && !Assembly::is_part("401700128584"));
        assert_eq!(assembly.progress(), Progress { read: 0, of: 0 });
    }

    proptest! {
        #[test]
        fn any_bytes_come_back(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert_eq!(from_base32(&base32(&bytes)), Some(bytes.clone()));
            prop_assert_eq!(unpacked(&packed(&bytes).unwrap()).unwrap(), bytes);
        }
    }
}
