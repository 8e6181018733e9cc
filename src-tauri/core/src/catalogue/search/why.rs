//! Saying why something was found, and what to mark in it. Done for the shown hits only.

use super::{
    Field, Range, Why,
    asked::{Asked, Matcher, Query},
    fold::{self, Spelling},
    index::{Class, Entry, Segment},
};

/// Which words of the query a text carries, as bits.
#[derive(Clone, Copy, Debug, Default)]
struct Carried {
    /// Begins with them.
    typed: u8,
    /// Has them inside.
    parts: u8,
}

/// All words of the query written together.
const TOGETHER: u8 = 1 << 7;

/// Explains one hit: the text that decided it is the first, in the order of fields, that carries the word hardest to find.
pub(super) struct Explaining<'a> {
    pub segment: &'a Segment,
    pub asked: &'a Asked<'a>,
    pub query: &'a Query,
}

impl Explaining<'_> {
    /// Why a document was found; `exact` is the text that was typed as a whole.
    pub(super) fn why(&self, doc: u32, exact: Option<u16>, slipped: bool) -> Why {
        let name = self.segment.docs.name(doc);
        let words: Vec<&str> = self.query.words.iter().collect();
        let in_name = self.mark(name, &words);
        let (text, typo, in_word) = match exact {
            Some(text) => (u32::from(text), false, None),
            None => self.decisive(doc, slipped),
        };
        let (field, word) = self.segment.docs.text(doc, text);
        let in_word = match in_word {
            Some(ranges) => ranges,
            None if text == 0 => in_name.clone(),
            None => self.mark(word, &words),
        };
        Why { field, word: word.to_owned(), typo, in_word, in_name }
    }

    /// The text that decided, whether it is only similar, and what to mark where that is not simply what was typed.
    fn decisive(&self, doc: u32, slipped: bool) -> (u32, bool, Option<Vec<Range>>) {
        let entries = self.segment.entries_of(doc);
        if slipped && let Some((text, range)) = self.slip(doc, entries) {
            return (text, true, Some(range.into_iter().collect()));
        }
        let carried = self.carried(entries, self.segment.docs.texts_of(doc));
        let all = u8::MAX >> (8 - self.asked.words.len());
        let best = self.first_of(doc, |text| {
            let carried = carried[text];
            if carried.typed & all == all || carried.typed & TOGETHER != 0 {
                return Some(0);
            }
            let parts = carried.typed | carried.parts;
            (parts & all == all || parts & TOGETHER != 0).then_some(1)
        });
        if let Some(text) = best {
            return (text, false, None);
        }
        // No one text carries all words: name the one that carries the word the name lacks.
        let in_name = carried[0].typed | carried[0].parts;
        let missing = (0..self.asked.words.len()).find(|at| in_name >> at & 1 == 0);
        let carrier = missing.and_then(|at| {
            self.first_of(doc, |text| {
                let (typed, parts) = (carried[text].typed >> at & 1, carried[text].parts >> at & 1);
                (typed | parts == 1).then_some(1 - typed)
            })
        });
        match (missing, carrier) {
            (Some(at), Some(text)) => {
                let one: Vec<&str> = self.query.words.iter().nth(at).into_iter().collect();
                let marked = mark(self.segment.docs.text(doc, text).1, &one, one.first().copied().unwrap_or_default());
                (text, false, Some(marked))
            }
            _ => (0, false, None),
        }
    }

    /// The text of the least quality number, then in the order of fields.
    fn first_of(&self, doc: u32, quality: impl Fn(usize) -> Option<u8>) -> Option<u32> {
        (0..self.segment.docs.texts_of(doc))
            .filter_map(|text| {
                let quality = quality(text as usize)?;
                Some((quality, order(self.segment.docs.text(doc, text).0), text))
            })
            .min()
            .map(|(_, _, text)| text)
    }

    fn carried(&self, entries: &[Entry], texts: u32) -> Vec<Carried> {
        let mut carried = vec![Carried::default(); texts as usize];
        for (at, matcher) in self.asked.words.iter().enumerate() {
            self.note(matcher, 1 << at, entries, &mut carried);
        }
        if let Some(together) = &self.asked.together {
            self.note(together, TOGETHER, entries, &mut carried);
        }
        carried
    }

    fn note(&self, matcher: &Matcher, bit: u8, entries: &[Entry], carried: &mut [Carried]) {
        for entry in entries {
            let Some(text) = carried.get_mut(usize::from(entry.text)) else { continue };
            if entry.word >= matcher.words.0 && entry.word < matcher.words.1 {
                text.typed |= bit;
            } else if matcher.other(entry.word) == Some(Class::Substring) {
                text.parts |= bit;
            }
        }
    }

    /// The text with the word that a slip led to, and where it stands there.
    fn slip(&self, doc: u32, entries: &[Entry]) -> Option<(u32, Option<Range>)> {
        let slips = |matcher: &Matcher| {
            let found = |entry: &Entry| {
                let typed = entry.word >= matcher.words.0 && entry.word < matcher.words.1;
                typed || matcher.other(entry.word) == Some(Class::Substring)
            };
            if entries.iter().any(found) {
                return None;
            }
            entries
                .iter()
                .filter_map(|entry| {
                    let class = matcher.other(entry.word)?;
                    let field = self.segment.docs.text(doc, u32::from(entry.text)).0;
                    Some((class, order(field), entry.text, entry.word))
                })
                .min()
        };
        let (_, _, text, word) = self.asked.words.iter().chain(&self.asked.together).find_map(slips)?;
        let letters = self.segment.docs.text(doc, u32::from(text)).1;
        let word = self.segment.dictionary.word(word);
        let place = fold::spellings(letters).iter().find_map(|spelling| place(&folded(letters, *spelling), word));
        Some((u32::from(text), place))
    }

    fn mark(&self, text: &str, words: &[&str]) -> Vec<Range> {
        mark(text, words, self.query.whole.as_deref().unwrap_or(self.query.words.joined()))
    }
}

fn order(field: Field) -> u8 {
    match field {
        Field::Name => 0,
        Field::Code => 1,
        Field::Synonym => 2,
        Field::Official => 3,
        Field::Material => 4,
        Field::Member => 5,
    }
}

/// The parts of a text that the words stand for, or all of them written together.
fn mark(text: &str, words: &[&str], joined: &str) -> Vec<Range> {
    let mut ranges = Vec::new();
    for spelling in fold::spellings(text) {
        let letters = folded(text, *spelling);
        ranges.extend(words.iter().filter_map(|word| place(&letters, word.as_bytes())));
        if ranges.is_empty() {
            ranges.extend(place(&letters, joined.as_bytes()));
        }
        if !ranges.is_empty() {
            break;
        }
    }
    if ranges.len() > 1 {
        ranges.sort_unstable();
        ranges.dedup_by(|next, last| {
            let touches = next.start <= last.end;
            if touches {
                last.end = last.end.max(next.end);
            }
            touches
        });
    }
    ranges
}

/// A folded letter and where its source stands.
struct Letter {
    byte: u8,
    begins_word: bool,
    range: Range,
}

fn folded(text: &str, spelling: Spelling) -> Vec<Letter> {
    let mut out = Vec::with_capacity(text.len() + 4);
    let mut unit = 0;
    let mut letters = String::new();
    let mut in_word = false;
    for c in text.chars() {
        let range = Range { start: unit, end: unit + u32::try_from(c.len_utf16()).unwrap_or(1) };
        unit = range.end;
        if c.is_ascii() {
            let letter = c.is_ascii_alphanumeric();
            if letter {
                let byte = u8::try_from(c).unwrap_or_default().to_ascii_lowercase();
                out.push(Letter { byte, begins_word: !in_word, range });
            }
            in_word = letter;
            continue;
        }
        letters.clear();
        if c.is_alphanumeric() {
            fold::fold_char(c, spelling, &mut letters);
        }
        for (at, byte) in letters.bytes().enumerate() {
            out.push(Letter { byte, begins_word: !in_word && at == 0, range });
        }
        in_word = !letters.is_empty();
    }
    out
}

/// Where a word stands: at the beginning of a word, else, from three letters, inside one.
fn place(letters: &[Letter], word: &[u8]) -> Option<Range> {
    if word.is_empty() || letters.len() < word.len() {
        return None;
    }
    let fits = |at: &usize| letters[*at..].iter().zip(word).all(|(letter, byte)| letter.byte == *byte);
    let last = letters.len() - word.len();
    let at = (0..=last)
        .filter(|at| letters[*at].begins_word)
        .find(fits)
        .or_else(|| if word.len() >= 3 { (0..=last).find(fits) } else { None })?;
    Some(Range { start: letters[at].range.start, end: letters[at + word.len() - 1].range.end })
}
