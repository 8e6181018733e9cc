//! Saying why something was found, and what to mark in it. Done for the shown hits only.

use smallvec::{SmallVec, smallvec};

use super::{
    Field, Marked, Range, Why,
    asked::{Asked, Matcher, Query},
    fold::{self, Spelling},
    index::{Class, Crowd, Entry, Segment, Told, number},
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
pub(super) struct Explaining<'a, 'e> {
    pub segment: &'e Segment,
    pub asked: &'a Asked<'a>,
    pub query: &'a Query,
}

/// The letters of a text, kept between hits so that nothing is allocated for one.
#[derive(Debug, Default)]
pub(super) struct Letters(Vec<Letter>);

impl<'e> Explaining<'_, 'e> {
    /// Why a document was found; `exact` is the text that was typed as a whole.
    pub(super) fn why(&self, doc: u32, exact: Option<u16>, slipped: bool, letters: &mut Letters) -> Why<'e> {
        let entries = self.segment.entries_of(doc);
        if exact.is_none()
            && slipped
            && let Some((text, marked)) = self.slip(doc, entries, letters)
        {
            let (field, word) = self.segment.docs.text(doc, text);
            return Why { field, word, typo: true, marked: marked.into_iter().collect() };
        }
        let (text, only) = exact.map_or_else(|| self.decisive(doc, entries), |text| (u32::from(text), None));
        let (field, word) = self.segment.docs.text(doc, text);
        let marked = match only.and_then(|at| self.query.words.iter().nth(at)) {
            Some(only) => mark(word, std::iter::once(only), only, letters),
            None => {
                let joined = self.query.whole.as_deref().unwrap_or(self.query.words.joined());
                mark(word, self.query.words.iter(), joined, letters)
            }
        };
        Why { field, word, typo: false, marked }
    }

    /// The reason that was kept.
    pub(super) fn kept(&self, told: Told) -> Why<'e> {
        let word = self.segment.docs.letters(told.word);
        Why { field: told.field, word, typo: false, marked: told.marked.into_iter().collect() }
    }

    /// The text that decided, and which word of the query is to be marked in it where not all of them are.
    fn decisive(&self, doc: u32, entries: &[Entry]) -> (u32, Option<usize>) {
        let mut carried: SmallVec<[Carried; 24]> =
            smallvec![Carried::default(); self.segment.docs.texts_of(doc) as usize];
        for (at, matcher) in self.asked.words.iter().enumerate() {
            note(matcher, 1 << at, entries, &mut carried);
        }
        if let Some(together) = &self.asked.together {
            note(together, TOGETHER, entries, &mut carried);
        }
        let all = u8::MAX >> (8 - self.asked.words.len());
        let best = self.first_of(doc, &carried, |carried| {
            if carried.typed & all == all || carried.typed & TOGETHER != 0 {
                return Some(0);
            }
            let parts = carried.typed | carried.parts;
            (parts & all == all || parts & TOGETHER != 0).then_some(1)
        });
        if let Some(text) = best {
            return (text, None);
        }
        // No one text carries all words: name the one that carries the word the name lacks.
        let in_name = carried[0].typed | carried[0].parts;
        let missing = (0..self.asked.words.len()).find(|at| in_name >> at & 1 == 0);
        let carrier = missing.and_then(|at| {
            self.first_of(doc, &carried, |carried| {
                let (typed, parts) = (carried.typed >> at & 1, carried.parts >> at & 1);
                (typed | parts == 1).then_some(1 - typed)
            })
        });
        carrier.map_or((0, None), |text| (text, missing))
    }

    /// The text of the least quality number, then in the order of fields.
    fn first_of(&self, doc: u32, carried: &[Carried], quality: impl Fn(Carried) -> Option<u8>) -> Option<u32> {
        // Nothing stands before what is best in the name.
        if quality(carried[0]) == Some(0) {
            return Some(0);
        }
        (0..)
            .zip(carried)
            .filter_map(|(text, carried)| {
                let quality = quality(*carried)?;
                Some((quality, order(self.segment.docs.span(doc, text).0), text))
            })
            .min()
            .map(|(_, _, text)| text)
    }

    /// The text with the word that a slip led to, and where it stands there.
    fn slip(&self, doc: u32, entries: &[Entry], into: &mut Letters) -> Option<(u32, Option<Range>)> {
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
                    let field = self.segment.docs.span(doc, u32::from(entry.text)).0;
                    Some((class, order(field), entry.text, entry.word))
                })
                .min()
        };
        let (_, _, text, word) = self.asked.words.iter().chain(&self.asked.together).find_map(slips)?;
        let letters = self.segment.docs.text(doc, u32::from(text)).1;
        Some((u32::from(text), into.find(letters, self.segment.dictionary.word(word))))
    }
}

/// Why a document is in a crowd, as [`Explaining::why`] would say it.
pub(super) fn told(segment: &Segment, doc: u32, crowd: &Crowd, letters: &mut Letters) -> Told {
    let (from, to) = crowd.words;
    let of_crowd =
        segment.entries_of(doc).iter().skip_while(|entry| entry.word < from).take_while(|entry| entry.word < to);
    let texts = of_crowd.map(|entry| u32::from(entry.text));
    let text = texts.map(|text| (order(segment.docs.span(doc, text).0), text)).min().map_or(0, |(_, text)| text);
    let typed = &segment.dictionary.word(from)[..crowd.length as usize];
    let (field, word) = segment.docs.span(doc, text);
    Told { field, word, marked: letters.find(segment.docs.letters(word), typed) }
}

fn note(matcher: &Matcher, bit: u8, entries: &[Entry], carried: &mut [Carried]) {
    let (from, to) = matcher.words;
    // Most words are only looked for at the beginning, and a document has its words in their order.
    let entries = if matcher.others.is_empty() {
        let first = entries.iter().position(|entry| entry.word >= from).unwrap_or(entries.len());
        &entries[first..]
    } else {
        entries
    };
    for entry in entries {
        let typed = entry.word >= from && entry.word < to;
        if !typed && matcher.others.is_empty() {
            break;
        }
        let Some(text) = carried.get_mut(usize::from(entry.text)) else { continue };
        if typed {
            text.typed |= bit;
        } else if matcher.other(entry.word) == Some(Class::Substring) {
            text.parts |= bit;
        }
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
fn mark<'q>(text: &str, words: impl Iterator<Item = &'q str> + Clone, joined: &str, letters: &mut Letters) -> Marked {
    let marks = |place: &dyn Fn(&[u8]) -> Option<Range>| {
        let mut ranges: Marked = words.clone().filter_map(|word| place(word.as_bytes())).collect();
        if ranges.is_empty() {
            ranges.extend(place(joined.as_bytes()));
        }
        ranges
    };
    let mut ranges = Marked::new();
    if text.is_ascii() {
        ranges = marks(&|word| place_in_ascii(text.as_bytes(), word));
    } else {
        for spelling in fold::spellings(text) {
            let letters = letters.read(text, *spelling);
            ranges = marks(&|word| place(letters, word));
            if !ranges.is_empty() {
                break;
            }
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
#[derive(Clone, Copy, Debug)]
struct Letter {
    byte: u8,
    begins_word: bool,
    range: Range,
}

impl Letters {
    /// Where a folded word stands in a text, in whichever spelling it does.
    fn find(&mut self, text: &str, word: &[u8]) -> Option<Range> {
        if text.is_ascii() {
            return place_in_ascii(text.as_bytes(), word);
        }
        fold::spellings(text).iter().find_map(|spelling| place(self.read(text, *spelling), word))
    }

    /// Forgets what was read and folds a text.
    fn read(&mut self, text: &str, spelling: Spelling) -> &[Letter] {
        self.0.clear();
        let mut unit = 0;
        let mut folded = String::new();
        let mut in_word = false;
        for c in text.chars() {
            let range = Range { start: unit, end: unit + if u32::from(c) > 0xFFFF { 2 } else { 1 } };
            unit = range.end;
            if let Ok(byte) = u8::try_from(c)
                && byte.is_ascii()
            {
                let letter = byte.is_ascii_alphanumeric();
                if letter {
                    self.0.push(Letter { byte: byte.to_ascii_lowercase(), begins_word: !in_word, range });
                }
                in_word = letter;
                continue;
            }
            folded.clear();
            if c.is_alphanumeric() {
                fold::fold_char(c, spelling, &mut folded);
            }
            for (at, byte) in folded.bytes().enumerate() {
                self.0.push(Letter { byte, begins_word: !in_word && at == 0, range });
            }
            in_word = !folded.is_empty();
        }
        &self.0
    }
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

/// The same in a text of ASCII letters alone, as nearly all are: it need not be folded first, and its bytes are UTF-16 units.
fn place_in_ascii(text: &[u8], word: &[u8]) -> Option<Range> {
    let (first, rest) = word.split_first()?;
    let fits = |start: usize| {
        if !text[start].eq_ignore_ascii_case(first) {
            return None;
        }
        let mut end = start + 1;
        for byte in rest {
            end += text[end..].iter().position(u8::is_ascii_alphanumeric)?;
            if !text[end].eq_ignore_ascii_case(byte) {
                return None;
            }
            end += 1;
        }
        Some(Range { start: number(start), end: number(end) })
    };
    let begins_word = |at: &usize| *at == 0 || !text[at - 1].is_ascii_alphanumeric();
    let inside = || if word.len() >= 3 { (0..text.len()).find_map(fits) } else { None };
    (0..text.len()).filter(begins_word).find_map(fits).or_else(inside)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_word_is_marked_alike_in_a_text_that_is_folded_and_in_one_that_need_not_be(
            text in "[aAbB1 ,()-]{0,14}", word in "[ab1]{0,4}",
        ) {
            let mut letters = Letters::default();
            let folded = place(letters.read(&text, Spelling::Plain), word.as_bytes());
            prop_assert_eq!(place_in_ascii(text.as_bytes(), word.as_bytes()), folded);
        }
    }
}
