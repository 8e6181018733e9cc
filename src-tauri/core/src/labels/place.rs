//! The text rows above and below the symbol, and how a text that is too long gives way.
//!
//! Order of giving way: what becomes of labels left over is left out, sizes go down, the given names are cut, the family name
//! is cut last. Identifier and number only get smaller; when even that does not help, the label is refused.

use super::content::{Collection, LabelContent};
use super::layout::{Item, line_height};
use super::stock::{Dpi, Stock};
use super::{LabelError, LabelPart};
use crate::numbers::SpecimenNumber;
use crate::pages::font::{self, Weight};

/// How far a size may go down before letters are cut.
const SHRINK: f32 = 0.8;
/// How far a name goes down before its letters are cut.
const NAME_SHRINK: f32 = 0.62;
/// How far the second identifier goes down to let the name stand beside it.
const IDENTITY_SHRINK: f32 = 0.86;
/// The smallest text, in millimetres of em: about 4.5 points.
const SMALLEST: f32 = 1.6;
/// Bars of this height are hit at the first try (AIM USS Code 128: 6.4 mm, or 15 % of the symbol's length), in micrometres.
const EASY_BARS: u32 = 6_400;
/// Between two texts of one row, in em of the smaller.
const GAP: f32 = 0.6;

/// A text with its size and width, not yet placed.
#[derive(Clone)]
pub(crate) struct Typeset {
    pub(crate) text: String,
    pub(crate) weight: Weight,
    pub(crate) size: f32,
    pub(crate) width: f32,
}

impl Typeset {
    fn new(text: String, weight: Weight, size: f32) -> Result<Self, LabelError> {
        let width = font::width(&text, weight)? * size;
        Ok(Self { text, weight, size, width })
    }

    fn resized(self, size: f32) -> Self {
        Self { width: self.width * size / self.size, size, ..self }
    }

    /// Smaller until it fits, down to `least`; `None` when it still does not.
    fn shrunk(self, room: f32, least: f32) -> Option<Self> {
        if self.width <= room {
            return Some(self);
        }
        let size = self.size * room / self.width;
        (size >= least).then(|| self.resized(size))
    }

    /// Smaller, then cut at the end with an ellipsis; `None` when not even a letter has room.
    fn cut(text: &str, weight: Weight, size: f32, room: f32) -> Result<Option<Self>, LabelError> {
        if text.is_empty() {
            return Ok(None);
        }
        let whole = Self::new(text.to_owned(), weight, size)?;
        if let Some(fitting) = whole.shrunk(room, size * SHRINK) {
            return Ok(Some(fitting));
        }
        for end in text.char_indices().map(|(at, _)| at).skip(1).collect::<Vec<_>>().into_iter().rev() {
            let shorter = Self::new(format!("{}…", text[..end].trim_end()), weight, size * SHRINK)?;
            if shorter.width <= room {
                return Ok(Some(shorter));
            }
        }
        Ok(None)
    }
}

/// The text sizes of a label, in dots.
#[derive(Clone, Copy)]
struct Sizes {
    name: f32,
    line: f32,
    number: f32,
    small: f32,
    container: f32,
    least: f32,
}

impl Sizes {
    fn of(stock: &Stock, dpi: Dpi) -> Self {
        // The drawing is for 25 mm of height; wide but low labels must not grow out of their height, nor narrow ones of
        // their width.
        let scale = (stock.height() as f32 / 25_000.0).min(stock.width() as f32 / 45_000.0).clamp(0.62, 1.35);
        let dots = |mm: f32| dpi.from_mm((mm * scale).max(SMALLEST));
        Self {
            name: dots(3.5),
            line: dots(2.6),
            number: dots(2.7),
            small: dots(2.2),
            container: dots(2.7),
            least: dpi.from_mm(SMALLEST),
        }
    }
}

/// The rows of one label.
pub(crate) struct Rows<'a> {
    content: &'a LabelContent,
    dpi: Dpi,
    sizes: Sizes,
    margin: f32,
    width: f32,
    height: f32,
    name: Typeset,
    identity: Option<Typeset>,
    urgency: Option<Typeset>,
    /// The name has a row of its own, and the identifier the next.
    tall: bool,
    /// What becomes of labels left over, in the last row.
    leftover: Option<Typeset>,
}

impl<'a> Rows<'a> {
    pub(crate) fn of(content: &'a LabelContent, stock: &Stock, dpi: Dpi) -> Result<Self, LabelError> {
        let sizes = Sizes::of(stock, dpi);
        let margin = dpi.dots(stock.margin()) as f32;
        let (width, height) = (dpi.dots(stock.width()) as f32, dpi.dots(stock.height()) as f32);
        let room = width - 2.0 * margin;
        let identity_text = font::printable(&content.identity.line())?;
        let identity = if identity_text.is_empty() {
            None
        } else {
            let text = Typeset::new(identity_text, Weight::Semibold, sizes.name)?;
            Some(text.shrunk(room, sizes.least).ok_or(LabelError::DoesNotFit { part: LabelPart::Identity })?)
        };
        let urgency = match content.urgency.word() {
            Some(word) => Some(Typeset::new(word.to_owned(), Weight::Semibold, sizes.line * 0.95)?),
            None => None,
        };
        let mut rows = Self {
            content,
            dpi,
            sizes,
            margin,
            width,
            height,
            name: Typeset::new(String::new(), Weight::Semibold, sizes.name)?,
            identity,
            urgency,
            tall: false,
            leftover: None,
        };
        rows.place_name(room)?;
        rows.leftover = rows.leftover_row(room)?;
        Ok(rows)
    }

    /// The name beside the identifier, or in a row of its own.
    fn place_name(&mut self, room: f32) -> Result<(), LabelError> {
        let (content, sizes, dpi) = (self.content, self.sizes, self.dpi);
        let whole = Typeset::new(name(&content.family, &content.given)?, Weight::Semibold, sizes.name)?;
        // Beside each other: the identifier at its full size, else a little smaller.
        for share in [1.0, IDENTITY_SHRINK] {
            let identity = self.identity.clone().map(|text| {
                let size = text.size * share;
                text.resized(size)
            });
            let beside = identity.as_ref().map_or(0.0, |text| text.width + GAP * text.size);
            if let Some(fitting) = whole.clone().shrunk(room - beside, sizes.name * SHRINK) {
                (self.name, self.identity) = (fitting, identity);
                return Ok(());
            }
        }
        // A row more, if that leaves the bars high enough to be hit by a scanner.
        self.tall = true;
        if self.symbol_height() >= Self::least_symbol_height(dpi) {
            self.name = shortened(content, room, sizes)?;
        } else {
            self.tall = false;
            self.identity = self.identity.take().map(|text| {
                let size = (text.size * IDENTITY_SHRINK).max(sizes.least.min(text.size));
                text.resized(size)
            });
            let beside = self.identity.as_ref().map_or(0.0, |text| text.width + GAP * text.size);
            self.name = shortened(content, room - beside, sizes)?;
        }
        Ok(())
    }

    /// What becomes of labels left over: whole, and only where the bars stay easy to hit. Half an instruction is worse than
    /// none, and it stands on the screen as well.
    fn leftover_row(&self, room: f32) -> Result<Option<Typeset>, LabelError> {
        let words = self.content.leftover.as_deref().map(font::printable).transpose()?.unwrap_or_default();
        if words.is_empty() {
            return Ok(None);
        }
        let spare = (self.symbol_height() - self.dpi.dots(EASY_BARS) - 1) as f32;
        let size = (spare / line_height(1.0)).min(self.sizes.small);
        if size < self.sizes.least {
            return Ok(None);
        }
        Ok(Typeset::new(words, Weight::Regular, size)?.shrunk(room, self.sizes.least))
    }

    /// Bars lower than this are missed by hand scanners: 4.5 mm.
    pub(crate) const fn least_symbol_height(dpi: Dpi) -> i32 {
        dpi.dots(4_500)
    }

    pub(crate) fn margin(&self) -> i32 {
        self.margin as i32
    }

    fn heights_above(&self) -> f32 {
        let name = line_height(self.sizes.name);
        name + line_height(self.sizes.line) + if self.tall { name } else { 0.0 } + self.air()
    }

    fn heights_below(&self) -> f32 {
        line_height(self.sizes.number) + line_height(self.sizes.container) + self.leftover_height() + self.air() * 0.5
    }

    fn leftover_height(&self) -> f32 {
        self.leftover.as_ref().map_or(0.0, |row| line_height(row.size))
    }

    fn air(&self) -> f32 {
        self.dpi.from_mm(0.4)
    }

    pub(crate) fn symbol_top(&self) -> i32 {
        (self.margin + self.heights_above()).ceil() as i32
    }

    pub(crate) fn symbol_height(&self) -> i32 {
        let bottom = (self.height - self.margin - self.heights_below()).floor() as i32;
        bottom - self.symbol_top()
    }

    /// The height for a square that stands alone, down to the container's row.
    pub(crate) fn square_height(&self) -> i32 {
        let below = line_height(self.sizes.container) + self.leftover_height();
        let bottom = self.height - self.margin - below - self.air() * 0.5;
        bottom.floor() as i32 - self.symbol_top()
    }

    /// The rows above the symbol.
    pub(crate) fn above(&self) -> Result<Vec<Item>, LabelError> {
        let mut items = Vec::with_capacity(8);
        let right = self.width - self.margin;
        let mut baseline = self.margin + self.sizes.name * font::ASCENT * 0.96;
        items.push(self.name.clone().item(self.margin, baseline, false));
        if self.tall {
            baseline += line_height(self.sizes.name);
        }
        if let Some(identity) = &self.identity {
            let x = if self.tall { self.margin } else { right - identity.width };
            items.push(identity.clone().item(x, baseline, false));
        }
        let next = baseline + line_height(self.sizes.name) * 0.28 + line_height(self.sizes.line) * 0.74;
        let mut line_end = right;
        if let Some(word) = &self.urgency {
            let at = if self.tall { baseline } else { next };
            let box_left = self.urgency_box(word, at, &mut items);
            if !self.tall {
                line_end = box_left - self.sizes.line * GAP;
            }
        }
        self.collection_line(next, line_end, &mut items)?;
        Ok(items)
    }

    /// The inverted box at the right end; gives its left edge.
    fn urgency_box(&self, word: &Typeset, baseline: f32, items: &mut Vec<Item>) -> f32 {
        let pad = word.size * 0.28;
        let box_width = (word.width + 2.0 * pad).ceil();
        let left = (self.width - self.margin - box_width).floor();
        let top = (baseline - word.size * (font::CAP_HEIGHT + 0.13)).floor();
        let bottom = (baseline + word.size * 0.15).ceil();
        items.push(Item::Box { x: left as i32, y: top as i32, width: box_width as i32, height: (bottom - top) as i32 });
        items.push(word.clone().item(left + pad, baseline, true));
        left
    }

    fn collection_line(&self, baseline: f32, right: f32, items: &mut Vec<Item>) -> Result<(), LabelError> {
        let size = self.sizes.line;
        let who = font::printable(&self.content.sex_age)?;
        let collected = match self.content.collection {
            Collection::At(time) => format!("Tatt {}", time.strftime("%d.%m.%y %H:%M")),
            Collection::On(date) => format!("Tatt {}", date.strftime("%d.%m.%y")),
            Collection::ToBeWritten => "Tatt:".to_owned(),
        };
        let text = if who.is_empty() { collected } else { format!("{who} · {collected}") };
        if let Some(text) = Typeset::cut(&text, Weight::Regular, size, right - self.margin)? {
            let end = self.margin + text.width + size * 0.2;
            items.push(text.item(self.margin, baseline, false));
            if self.content.collection == Collection::ToBeWritten && right - end > size {
                let thickness = self.dpi.dots(150).max(1);
                let y = baseline.ceil() as i32;
                items.push(Item::Box { x: end as i32, y, width: (right - end) as i32, height: thickness });
            }
        }
        Ok(())
    }

    /// The rows below the symbol.
    ///
    /// `beside` is where a square that stands alone ends with its quiet zone: the number then stands beside it, not below,
    /// and the square is so much larger.
    pub(crate) fn below(&self, beside: Option<i32>) -> Result<Vec<Item>, LabelError> {
        let mut items = Vec::with_capacity(7);
        let last = self.height - self.margin - self.leftover_height() - self.sizes.container * font::DESCENT;
        let number_line = last - line_height(self.sizes.container) * 0.98;
        match beside {
            None => self.number_row(number_line, &mut items)?,
            Some(left) => self.number_beside(left as f32, number_line, &mut items)?,
        }
        self.container_row(last, &mut items)?;
        if let Some(row) = &self.leftover {
            items.push(row.clone().item(self.margin, self.height - self.margin - row.size * font::DESCENT, false));
        }
        Ok(items)
    }

    /// The number in digits, whole or not at all.
    fn number(&self, room: f32) -> Result<Typeset, LabelError> {
        let spoken = SpecimenNumber::parse(&self.content.number)
            .map_or_else(|_| font::printable(&self.content.number), |number| Ok(number.grouped()))?;
        Typeset::new(spoken, Weight::Semibold, self.sizes.number)?
            .shrunk(room, self.sizes.least)
            .ok_or(LabelError::DoesNotFit { part: LabelPart::Number })
    }

    /// What the receiver's rule adds, and which print it is.
    fn remarks(&self) -> Result<String, LabelError> {
        let mut remarks = Vec::with_capacity(2);
        remarks.extend(self.content.extra.as_deref().map(font::printable).transpose()?);
        remarks.extend(self.content.reprint.map(|count| format!("Kopi {count}")));
        Ok(remarks.join(" · "))
    }

    /// Number over requester and remarks, to the right of a square.
    fn number_beside(&self, left: f32, baseline: f32, items: &mut Vec<Item>) -> Result<(), LabelError> {
        let (sizes, right) = (self.sizes, self.width - self.margin);
        let number = self.number(right - left)?;
        let remarks = self.remarks()?;
        items.push(number.item(left, baseline - line_height(sizes.small), false));
        let mut end = right;
        if let Some(text) = Typeset::cut(&remarks, Weight::Regular, sizes.small, (right - left) * 0.55)? {
            end -= text.width + GAP * sizes.small;
            let x = right - text.width;
            items.push(text.item(x, baseline, false));
        }
        let requester = font::printable(&self.content.requester)?;
        if let Some(text) = Typeset::cut(&requester, Weight::Regular, sizes.small, end - left)? {
            items.push(text.item(left, baseline, false));
        }
        Ok(())
    }

    fn number_row(&self, baseline: f32, items: &mut Vec<Item>) -> Result<(), LabelError> {
        let sizes = self.sizes;
        let number = self.number(self.width - 2.0 * self.margin)?;
        let number_x = (self.width - number.width) / 2.0;
        let side = number_x - self.margin - GAP * sizes.small;
        let requester = font::printable(&self.content.requester)?;
        if let Some(text) = Typeset::cut(&requester, Weight::Regular, sizes.small, side)? {
            items.push(text.item(self.margin, baseline, false));
        }
        let right = self.width - self.margin;
        let end = number_x + number.width;
        items.push(number.item(number_x, baseline, false));
        let remarks = self.remarks()?;
        if let Some(text) = Typeset::cut(&remarks, Weight::Regular, sizes.small, right - end - GAP * sizes.small)? {
            let x = right - text.width;
            items.push(text.item(x, baseline, false));
        }
        Ok(())
    }

    fn container_row(&self, baseline: f32, items: &mut Vec<Item>) -> Result<(), LabelError> {
        let (sizes, room) = (self.sizes, self.width - 2.0 * self.margin);
        let container = font::printable(&self.content.container)?;
        let material = font::printable(&self.content.material)?;
        let (bold, plain) = if container.is_empty() { (material, String::new()) } else { (container, material) };
        // The volume stands last in a container's text and keeps its unit's letters: mL is not ML.
        let bold = upper_keeping_units(&bold);
        let department = font::printable(&self.content.department)?;
        let department = Typeset::cut(&department, Weight::Regular, sizes.small * 1.1, room * 0.45)?;
        let mut left_room = room;
        if let Some(text) = department {
            left_room -= text.width + GAP * sizes.small;
            let x = self.width - self.margin - text.width;
            items.push(text.item(x, baseline, false));
        }
        let Some(text) = Typeset::cut(&bold, Weight::Semibold, sizes.container, left_room)? else { return Ok(()) };
        let end = text.width + 0.35 * sizes.container;
        items.push(text.item(self.margin, baseline, false));
        let repeats = plain.is_empty() || bold.to_lowercase().contains(&plain.to_lowercase());
        let spare = left_room - end;
        if !repeats
            && spare > 3.0 * sizes.small
            && let Some(text) = Typeset::cut(&plain, Weight::Regular, sizes.small, spare)?
        {
            items.push(text.item(self.margin + end, baseline, false));
        }
        Ok(())
    }
}

/// Family name first, in capitals, as laboratories sort them.
fn name(family: &str, given: &str) -> Result<String, LabelError> {
    let family = font::printable(&font::printable(family)?.to_uppercase())?;
    let given = font::printable(&font::printable(given)?.to_uppercase())?;
    Ok(match (family.is_empty(), given.is_empty()) {
        (false, false) => format!("{family}, {given}"),
        (false, true) => family,
        (true, _) => given,
    })
}

/// The name in too little room: given names are cut letter by letter down to the first, then the family name.
fn shortened(content: &LabelContent, room: f32, sizes: Sizes) -> Result<Typeset, LabelError> {
    let least = (sizes.name * NAME_SHRINK).max(sizes.least);
    let whole = Typeset::new(name(&content.family, &content.given)?, Weight::Semibold, sizes.name)?;
    if let Some(fitting) = whole.shrunk(room, least) {
        return Ok(fitting);
    }
    let family = name(&content.family, "")?;
    let given: Vec<char> = name("", &content.given)?.chars().collect();
    for kept in (1..given.len()).rev() {
        let part: String = given[..kept].iter().collect();
        let text = Typeset::new(format!("{family}, {}…", part.trim_end()), Weight::Semibold, least)?;
        if text.width <= room {
            return Ok(text);
        }
    }
    let initial: String = given.first().map_or_else(String::new, |letter| format!(", {letter}…"));
    let initial = Typeset::new(initial, Weight::Semibold, least)?;
    let family = Typeset::cut(&family, Weight::Semibold, least / SHRINK, room - initial.width)?
        .ok_or(LabelError::DoesNotFit { part: LabelPart::Name })?;
    Typeset::new(family.text + &initial.text, Weight::Semibold, least)
}

/// Capitals for a container's name, but not for the unit behind a number: `SERUM UTEN GEL 4 mL`.
fn upper_keeping_units(text: &str) -> String {
    let mut after_number = false;
    let words = text.split(' ').map(|word| {
        let is_unit =
            after_number && matches!(word, "mL" | "ml" | "µL" | "dL" | "L" | "g" | "mg" | "cm" | "mm" | "stk");
        after_number = word.starts_with(|c: char| c.is_ascii_digit());
        if is_unit { word.to_owned() } else { word.to_uppercase() }
    });
    words.collect::<Vec<_>>().join(" ")
}
