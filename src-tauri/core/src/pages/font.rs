//! The print font: what a text measures and how its letters are drawn, the same for every renderer.
//!
//! No kerning and no ligatures: a text is as wide as the sum of its advances in PDF, in dots and on screen.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use ttf_parser::{Face, GlyphId};
use unicode_normalization::UnicodeNormalization;

use super::PageError;

pub(crate) const REGULAR: &[u8] =
    include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/fonts/label-regular.ttf"));
pub(crate) const SEMIBOLD: &[u8] =
    include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/fonts/label-semibold.ttf"));

/// The two weights of print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// 400.
    Regular,
    /// 600.
    Semibold,
}

/// Height of capitals, in em.
pub(crate) const CAP_HEIGHT: f32 = 0.66;
/// How far an accented capital reaches above the baseline, in em.
pub(crate) const ASCENT: f32 = 0.90;
/// How far letters reach below the baseline, in em.
pub(crate) const DESCENT: f32 = 0.22;

struct Faces {
    regular: Face<'static>,
    semibold: Face<'static>,
}

static FACES: LazyLock<Option<Faces>> =
    LazyLock::new(|| Some(Faces { regular: Face::parse(REGULAR, 0).ok()?, semibold: Face::parse(SEMIBOLD, 0).ok()? }));

/// The face of a weight.
pub(crate) fn face(weight: Weight) -> Result<&'static Face<'static>, PageError> {
    let faces = FACES.as_ref().ok_or(PageError::Font)?;
    Ok(match weight {
        Weight::Regular => &faces.regular,
        Weight::Semibold => &faces.semibold,
    })
}

/// A text's width in em.
pub(crate) fn width(text: &str, weight: Weight) -> Result<f32, PageError> {
    let face = face(weight)?;
    let units: u32 = text.chars().filter_map(|c| face.glyph_index(c)).map(|glyph| advance(face, glyph)).sum();
    Ok(units as f32 / f32::from(face.units_per_em()))
}

/// The glyphs of a text; letters that the font has not are left out, so ask for [`printable`] text.
pub(crate) fn glyphs(text: &str, weight: Weight) -> Result<impl Iterator<Item = u16> + '_, PageError> {
    let face = face(weight)?;
    Ok(text.chars().filter_map(|c| face.glyph_index(c)).map(|glyph| glyph.0))
}

pub(crate) fn advance(face: &Face<'_>, glyph: GlyphId) -> u32 {
    u32::from(face.glyph_hor_advance(glyph).unwrap_or(0))
}

/// The text in letters the font has: composed, control characters and line breaks as spaces, a letter without a drawing
/// as its base letter, and as `?` when it has none. A letter is never dropped silently.
pub(crate) fn printable(text: &str) -> Result<String, PageError> {
    let face = face(Weight::Regular)?;
    let mut out = String::with_capacity(text.len());
    for character in text.nfc() {
        let character = match character {
            'ʼ' | '′' => '’',
            c if c.is_whitespace() || c.is_control() => ' ',
            c => c,
        };
        if character == ' ' {
            if !out.ends_with(' ') {
                out.push(' ');
            }
        } else if face.glyph_index(character).is_some() {
            out.push(character);
        } else {
            let base = std::iter::once(character).nfd().find(|c| face.glyph_index(*c).is_some());
            let is_mark = unicode_normalization::char::is_combining_mark(character);
            out.extend(base.or((!is_mark).then_some('?')));
        }
    }
    Ok(out.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_of_the_official_languages_of_norway_is_drawn() {
        let letters = "æøåÆØÅáčđŋšŧžÁČĐŊŠŦŽïöäÏÖÄńñŃÑâõǯǮʒƷǧǦǥǤćĆéÉèòóôüÜ’·–…";
        assert_eq!(printable(letters).unwrap(), letters);
        for weight in [Weight::Regular, Weight::Semibold] {
            for letter in letters.chars() {
                assert!(face(weight).unwrap().glyph_index(letter).is_some(), "{letter} {weight:?}");
            }
        }
    }

    #[test]
    fn a_letter_we_cannot_draw_is_seen_to_be_missing() {
        assert_eq!(printable("A\u{30a}sa\r\n  Łukasz\t李").unwrap(), "Åsa Łukasz ?");
        assert_eq!(printable("Ǩ").unwrap(), "K");
    }
}
