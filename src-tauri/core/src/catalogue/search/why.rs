//! Saying why something was found, and what to mark in it. Done for the shown hits only.

use super::{
    Field, Range, Why,
    fold::{self, Spelling},
    fuzzy,
    index::Doc,
};

/// The text that decided the match: the first, in the order of fields, that carries the word hardest to find.
pub(super) fn explain(doc: &Doc, words: &[String], joined: &str) -> Why {
    let in_name = mark(&doc.name, words, joined);
    let best = doc
        .texts
        .iter()
        .filter_map(|(field, text)| quality(text, words, joined).map(|q| ((q, order(*field)), *field, text)))
        .min_by_key(|(key, _, _)| *key);
    if let Some((_, field, text)) = best {
        let in_word = mark(text, words, joined);
        return Why { field, word: text.to_string(), typo: false, in_word, in_name };
    }
    // No one text carries all words: name the one that carries the word the name lacks.
    let missing = words.iter().find(|word| mark(&doc.name, std::slice::from_ref(word), word).is_empty());
    if let Some(word) = missing {
        let one = std::slice::from_ref(word);
        let carrier = doc.texts.iter().find(|(_, text)| quality(text, one, word).is_some());
        if let Some((field, text)) = carrier {
            return Why { field: *field, word: text.to_string(), typo: false, in_word: mark(text, one, word), in_name };
        }
        let near = doc
            .texts
            .iter()
            .filter_map(|(field, text)| {
                similar(text, word).map(|(slips, range)| (slips, order(*field), *field, text, range))
            })
            .min_by_key(|(slips, order, ..)| (*slips, *order));
        if let Some((_, _, field, text, range)) = near {
            return Why { field, word: text.to_string(), typo: true, in_word: vec![range], in_name };
        }
    }
    Why { field: Field::Name, word: doc.name.to_string(), typo: missing.is_some(), in_word: in_name.clone(), in_name }
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

/// 0 the whole text, 1 beginnings of its words, 2 parts; nothing when a word is missing.
fn quality(text: &str, words: &[String], joined: &str) -> Option<u8> {
    spellings(text)
        .iter()
        .copied()
        .filter_map(|spelling| {
            let whole = fold::joined(text, spelling);
            if whole == joined {
                return Some(0);
            }
            let keys = fold::keys(text, spelling);
            let begins = |word: &str| keys.iter().any(|(key, _)| key.starts_with(word));
            if words.iter().all(|word| begins(word)) || begins(joined) {
                return Some(1);
            }
            let inside = |word: &str| word.len() >= 3 && keys.iter().any(|(key, _)| key.contains(word));
            words.iter().all(|word| begins(word) || inside(word)).then_some(2)
        })
        .min()
}

/// Both spellings only where a text has letters that are spelled in two ways.
fn spellings(text: &str) -> &'static [Spelling] {
    if text.is_ascii() { &[Spelling::Plain] } else { &[Spelling::Plain, Spelling::Digraph] }
}

/// The parts of a text that the words stand for.
fn mark(text: &str, words: &[String], joined: &str) -> Vec<Range> {
    let mut ranges = Vec::new();
    for spelling in spellings(text).iter().copied() {
        let letters = letters(text, spelling);
        for word in words {
            ranges.extend(place(&letters, word));
        }
        if ranges.is_empty() {
            ranges.extend(place(&letters, joined));
        }
        if !ranges.is_empty() {
            break;
        }
    }
    ranges.sort_unstable();
    let mut merged: Vec<Range> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

/// A folded letter and where its source stands.
struct Letter {
    byte: u8,
    range: Range,
    begins_word: bool,
}

fn letters(text: &str, spelling: Spelling) -> Vec<Letter> {
    let mut out = Vec::with_capacity(text.len());
    let mut unit = 0;
    let mut folded = String::new();
    let mut in_word = false;
    for c in text.chars() {
        let next = unit + u32::try_from(c.len_utf16()).unwrap_or(1);
        folded.clear();
        if c.is_alphanumeric() {
            fold::fold_char(c, spelling, &mut folded);
        }
        for (at, byte) in folded.bytes().enumerate() {
            let range = Range { start: unit, end: next };
            out.push(Letter { byte, range, begins_word: !in_word && at == 0 });
        }
        in_word = !folded.is_empty();
        unit = next;
    }
    out
}

fn place(letters: &[Letter], word: &str) -> Option<Range> {
    let word = word.as_bytes();
    if word.is_empty() || letters.len() < word.len() {
        return None;
    }
    let fits = |at: &usize| letters[*at..*at + word.len()].iter().zip(word).all(|(letter, byte)| letter.byte == *byte);
    let last = letters.len() - word.len();
    let at = (0..=last)
        .filter(|at| letters[*at].begins_word)
        .find(fits)
        .or_else(|| if word.len() >= 3 { (0..=last).find(fits) } else { None })?;
    Some(Range { start: letters[at].range.start, end: letters[at + word.len() - 1].range.end })
}

/// The word of a text that is within the slips of the typed one.
fn similar(text: &str, word: &str) -> Option<(u8, Range)> {
    let mut best: Option<(u8, Range)> = None;
    let letters = letters(text, Spelling::Plain);
    let mut at = 0;
    while at < letters.len() {
        let end = letters[at + 1..].iter().position(|letter| letter.begins_word).map_or(letters.len(), |n| at + 1 + n);
        let bytes: Vec<u8> = letters[at..end].iter().map(|letter| letter.byte).collect();
        if let Ok(folded) = String::from_utf8(bytes) {
            let found = fuzzy::search(&[folded.into_boxed_str()], word, fuzzy::allowed(word));
            if let Some((_, slips)) = found.first()
                && best.is_none_or(|(least, _)| *slips < least)
            {
                best = Some((*slips, Range { start: letters[at].range.start, end: letters[end - 1].range.end }));
            }
        }
        at = end;
    }
    best
}
