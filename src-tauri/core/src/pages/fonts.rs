//! The print font as it lies in a document, packed once.
//!
//! The whole font is embedded: it is a subset already, and the same bytes in every document are what makes one label as
//! quick as its letters. Letters are written by glyph, and a table leads back to Unicode so that text can be copied and
//! searched.

use std::io::Write;
use std::sync::LazyLock;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Filter, Name, Pdf, Rect, Ref, Str};
use ttf_parser::{Face, GlyphId};

use super::PageError;
use super::font::{self, Weight};

/// Objects that one weight takes.
pub(super) const OBJECTS: i32 = 5;

struct Packed {
    name: &'static [u8],
    file: Vec<u8>,
    file_length: i32,
    to_unicode: Vec<u8>,
    widths: Vec<f32>,
    bounds: Rect,
    ascent: f32,
    descent: f32,
}

static PACKED: LazyLock<Option<[Packed; 2]>> = LazyLock::new(|| {
    Some([
        pack(b"RKVLBR+RekvirentLabel-Regular", font::REGULAR, Weight::Regular)?,
        pack(b"RKVLBS+RekvirentLabel-Semibold", font::SEMIBOLD, Weight::Semibold)?,
    ])
});

/// Writes both weights, the second one's objects behind the first one's.
pub(super) fn embed(pdf: &mut Pdf, first: i32) -> Result<(), PageError> {
    let packed = PACKED.as_ref().ok_or(PageError::Font)?;
    for (at, one) in packed.iter().enumerate() {
        write(pdf, one, first + at as i32 * OBJECTS);
    }
    Ok(())
}

fn write(pdf: &mut Pdf, packed: &Packed, first: i32) {
    let [font, descendant, descriptor, file, to_unicode] = std::array::from_fn(|at| Ref::new(first + at as i32));
    let base = Name(packed.name);
    pdf.type0_font(font)
        .base_font(base)
        .encoding_predefined(Name(b"Identity-H"))
        .descendant_font(descendant)
        .to_unicode(to_unicode);
    let mut cid = pdf.cid_font(descendant);
    cid.subtype(CidFontType::Type2)
        .base_font(base)
        .system_info(SYSTEM)
        .font_descriptor(descriptor)
        .default_width(0.0)
        .cid_to_gid_map_predefined(Name(b"Identity"));
    cid.widths().consecutive(0, packed.widths.iter().copied());
    drop(cid);
    pdf.font_descriptor(descriptor)
        .name(base)
        .flags(FontFlags::SYMBOLIC)
        .bbox(packed.bounds)
        .italic_angle(0.0)
        .ascent(packed.ascent)
        .descent(packed.descent)
        .cap_height(font::CAP_HEIGHT * 1000.0)
        .stem_v(90.0)
        .font_file2(file);
    pdf.stream(file, &packed.file).filter(Filter::FlateDecode).pair(Name(b"Length1"), packed.file_length);
    pdf.stream(to_unicode, &packed.to_unicode).filter(Filter::FlateDecode);
}

const SYSTEM: SystemInfo<'static> = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };

fn pack(name: &'static [u8], bytes: &[u8], weight: Weight) -> Option<Packed> {
    let face = font::face(weight).ok()?;
    let per_mille = |units: f32| units * 1000.0 / f32::from(face.units_per_em());
    let bounds = face.global_bounding_box();
    let [left, bottom, right, top] =
        [bounds.x_min, bounds.y_min, bounds.x_max, bounds.y_max].map(|units| per_mille(f32::from(units)));
    Some(Packed {
        name,
        file: deflated(bytes)?,
        file_length: i32::try_from(bytes.len()).ok()?,
        to_unicode: deflated(&to_unicode(face))?,
        widths: (0..face.number_of_glyphs())
            .map(|glyph| per_mille(font::advance(face, GlyphId(glyph)) as f32))
            .collect(),
        bounds: Rect::new(left, bottom, right, top),
        ascent: per_mille(f32::from(face.ascender())),
        descent: per_mille(f32::from(face.descender())),
    })
}

/// Which letter each glyph stands for. Of several letters with one drawing the first one counts.
fn to_unicode(face: &Face<'_>) -> Vec<u8> {
    let mut letters = vec![None; usize::from(face.number_of_glyphs())];
    let tables = face.tables().cmap.iter().flat_map(|cmap| cmap.subtables).filter(|table| table.is_unicode());
    for table in tables {
        table.codepoints(|code| {
            let (Some(letter), Some(glyph)) = (char::from_u32(code), table.glyph_index(code)) else { return };
            if let Some(place) = letters.get_mut(usize::from(glyph.0)) {
                place.get_or_insert(letter);
            }
        });
    }
    let mut map: UnicodeCmap<u16> = UnicodeCmap::new(Name(b"Letters"), SYSTEM);
    for (glyph, letter) in letters.into_iter().enumerate() {
        if let (Ok(glyph), Some(letter)) = (u16::try_from(glyph), letter) {
            map.pair(glyph, letter);
        }
    }
    map.finish().to_vec()
}

fn deflated(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut out = ZlibEncoder::new(Vec::with_capacity(bytes.len() / 2), Compression::best());
    out.write_all(bytes).ok()?;
    out.finish().ok()
}
