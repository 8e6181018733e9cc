//! The sorted dictionary of folded words: beginnings, parts of words, and words within one or two slips of the finger.
//!
//! Slips are found by one walk over the sorted words with a bit-parallel automaton (Wu and Manber, 1992, with swaps of
//! neighbours): a word shares the states of the beginning it has in common with the word before it, and a beginning that
//! is too far away is passed over with everything that starts like it. Where one slip is allowed, only words that begin with
//! the same two letters are walked over: a slip in those two leaves the rest as it was, and that is looked up by its letters.

use std::{cmp::Reverse, ops::RangeInclusive};

use super::index::number;

/// Sorted, different words.
#[derive(Debug, Default)]
pub(super) struct Dictionary {
    letters: Vec<u8>,
    /// Where each word starts among the letters; one more at the end.
    starts: Vec<u32>,
    /// How many letters each word has in common with the one before it.
    shared: Vec<u8>,
    /// The least of `shared` in every block, so that what starts alike is passed over in strides.
    least: Vec<u8>,
    /// Three letters with their place in a word, and that word; sorted.
    trigrams: Vec<(u32, u32)>,
    /// For each pair of letters, the first word that does not stand before them; one more at the end.
    pages: Vec<u32>,
    /// The same among the trigrams.
    trigram_pages: Vec<u32>,
}

/// Words within the slips: a range of the dictionary, and how many slips.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Near {
    pub from: u32,
    pub to: u32,
    pub slips: u8,
}

/// Slips allowed for a word: none in short ones and in numbers, where a neighbour is another analysis.
pub(super) fn allowed(word: &str) -> u8 {
    if word.bytes().filter(u8::is_ascii_digit).count() >= 3 {
        return 0;
    }
    match word.chars().filter(|c| c.is_alphabetic()).count() {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    }
}

const BLOCK: usize = 64;
/// Longest word that slips are sought for, so that the states of the automaton fit in 32 bits.
const LONGEST: usize = 30;
/// Shortest word of which a beginning with a slip is enough: in shorter ones the rest of the word is needed.
const SHORTEST_BEGUN: usize = 5;
/// Last place in a word that trigrams know; it stands for all later ones too.
const LAST_PLACE: usize = 255;

impl Dictionary {
    /// From sorted, different words.
    pub(super) fn build<'a>(words: impl ExactSizeIterator<Item = &'a str>) -> Self {
        let mut made = Self { starts: Vec::with_capacity(words.len() + 1), ..Self::default() };
        let mut before = "";
        for (at, word) in words.enumerate() {
            made.starts.push(number(made.letters.len()));
            made.letters.extend_from_slice(word.as_bytes());
            let shared = before.bytes().zip(word.bytes()).take_while(|(a, b)| a == b).count();
            made.shared.push(u8::try_from(shared).unwrap_or(u8::MAX));
            let threes = word.as_bytes().windows(3).enumerate();
            made.trigrams.extend(threes.map(|(place, three)| (trigram(three, place), number(at))));
            before = word;
        }
        made.starts.push(number(made.letters.len()));
        made.least = made.shared.chunks(BLOCK).map(|block| block.iter().copied().min().unwrap_or(0)).collect();
        made.trigrams.sort_unstable();
        made.pages = pages((0..made.len()).map(|at| page(made.word(number(at)))));
        made.trigram_pages = pages(made.trigrams.iter().map(|(three, _)| page(&three.to_be_bytes()[..3])));
        made
    }

    /// How many words there are.
    pub(super) fn len(&self) -> usize {
        self.shared.len()
    }

    /// Bytes held.
    pub(super) fn memory(&self) -> usize {
        self.letters.capacity()
            + self.starts.capacity() * 4
            + self.shared.capacity()
            + self.least.capacity()
            + self.trigrams.capacity() * 8
            + (self.pages.capacity() + self.trigram_pages.capacity()) * 4
    }

    /// A word as bytes: folded words are UTF-8, and nearly always ASCII.
    pub(super) fn word(&self, at: u32) -> &[u8] {
        &self.letters[self.starts[at as usize] as usize..self.starts[at as usize + 1] as usize]
    }

    /// The range of words that begin like this.
    pub(super) fn beginning(&self, prefix: &[u8]) -> (u32, u32) {
        let page = page(prefix);
        let next = if prefix.len() > 1 { page + 1 } else { page + KINDS };
        let within = (self.pages[page], self.pages[next.min(self.pages.len() - 1)]);
        if prefix.is_empty() { (0, number(self.len())) } else { self.beginning_within(within, prefix) }
    }

    /// The same, looked for in a part of the dictionary.
    pub(super) fn beginning_within(&self, (from, to): (u32, u32), prefix: &[u8]) -> (u32, u32) {
        let search = |mut low: u32, mut high: u32, before: &dyn Fn(&[u8]) -> bool| {
            while low < high {
                let middle = low.midpoint(high);
                if before(self.word(middle)) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            low
        };
        let first = search(from, to, &|word| word < prefix);
        (first, search(first, to, &|word| word.starts_with(prefix)))
    }

    /// Words that contain this one, by their rarest three letters; none for fewer than three. One may be named twice.
    pub(super) fn containing(&self, word: &[u8]) -> impl Iterator<Item = u32> {
        let (before, rarest) = self.rarest(word, |_| 0..=LAST_PLACE);
        let found = rarest.iter().map(|(three, at)| (place(*three), *at)).filter(move |(place, at)| match *place {
            LAST_PLACE => self.word(*at).windows(word.len()).any(|part| part == word),
            place => place >= before && self.word(*at)[place - before..].starts_with(word),
        });
        found.map(|(_, at)| at)
    }

    /// The rarest three letters of a word, of those that stand where they should by their place in it: their place, and
    /// where they are.
    fn rarest(&self, word: &[u8], places: impl Fn(usize) -> RangeInclusive<usize>) -> (usize, &[(u32, u32)]) {
        let threes = word.windows(3).enumerate();
        let found = threes.map(|(at, three)| {
            let (page, places) = (page(three), places(at));
            let alike = &self.trigrams[self.trigram_pages[page] as usize..self.trigram_pages[page + 1] as usize];
            let (first, last) = (trigram(three, *places.start()), trigram(three, *places.end()));
            let from = alike.partition_point(|(known, _)| *known < first);
            let to = from + alike[from..].partition_point(|(known, _)| *known <= last);
            (at, &alike[from..to])
        });
        found.min_by_key(|(_, found)| found.len()).unwrap_or_default()
    }

    /// The first word after this one that does not share its first `depth` letters.
    fn after(&self, at: usize, depth: usize) -> usize {
        let word = self.word(number(at));
        // A page knows where it ends, unless letters of several kinds share it.
        if depth <= 2 && word.len() >= depth && word[..depth].is_ascii() {
            let page = page(word);
            let next = if depth == 2 { page + 1 } else { page - page % KINDS + KINDS };
            return self.pages[next] as usize;
        }
        let mut next = at + 1;
        while next < self.len() {
            if next.is_multiple_of(BLOCK) && usize::from(self.least[next / BLOCK]) >= depth {
                next += BLOCK;
            } else if usize::from(self.shared[next]) >= depth {
                next += 1;
            } else {
                break;
            }
        }
        next.min(self.len())
    }

    /// Words within `limit` slips of `query`, and words that begin within one slip of it, in the order of the dictionary.
    /// A swap of neighbours is one slip.
    pub(super) fn near(&self, query: &[u8], limit: u8) -> Vec<Near> {
        match limit {
            _ if query.is_empty() || query.len() > LONGEST => Vec::new(),
            1 if query.len() >= SHORTEST_BEGUN => self.one_slip(query),
            1 => self.walk::<2>(query, (0, number(self.len()))),
            2 => self.walk::<3>(query, (0, number(self.len()))),
            _ => Vec::new(),
        }
    }

    /// Words that begin within one slip of a query that is long enough for its trigrams.
    fn one_slip(&self, query: &[u8]) -> Vec<Near> {
        let (two, rest) = query.split_at(2);
        let (from, to) = self.beginning(two);
        let mut found = self.walk::<2>(query, (from, to));
        let mut swapped = [0; LONGEST];
        let swapped = &mut swapped[..query.len()];
        swapped.copy_from_slice(query);
        swapped.swap(1, 2);
        let words = self.beginning(swapped);
        if words.0 < words.1 {
            found.push(Near { from: words.0, to: words.1, slips: 1 });
        }
        // Before the rest stand one, two or three letters in place of the two.
        let (before, rarest) = self.rarest(rest, |at| at + 1..=at + 3);
        for (three, at) in rarest.iter().filter(|(_, at)| *at < from || *at >= to) {
            let (begins, goes_on) = self.word(*at).split_at(place(*three) - before);
            if goes_on.starts_with(rest) && is_slip_of(begins, two) {
                found.push(Near { from: *at, to: at + 1, slips: 1 });
            }
        }
        // A word and what begins with it may both be there: the larger range first.
        found.sort_unstable_by_key(|near| (near.from, Reverse(near.to)));
        let mut last = 0;
        found.retain(|near| {
            let new = near.from >= last;
            last = near.to.max(last);
            new
        });
        found
    }

    /// The walk over a range of the words; `L` is one more than the slips allowed.
    fn walk<const L: usize>(&self, query: &[u8], (first, end): (u32, u32)) -> Vec<Near> {
        let mut found = Vec::new();
        let automaton = Automaton::<L>::new(query);
        let begun = query.len() >= SHORTEST_BEGUN;
        let mut states = [automaton.start(); LONGEST + 4];
        let (mut at, end) = (first as usize, end as usize);
        let mut known = false;
        while at < end {
            let word = self.word(number(at));
            // Of the first word's letters no state is known yet.
            let mut depth = if known { usize::from(self.shared[at]).min(word.len()) } else { 0 };
            known = true;
            let mut next = at + 1;
            let mut whole = true;
            while depth < word.len() {
                let before = if depth == 0 { None } else { Some((&states[depth - 1], word[depth - 1])) };
                let state = automaton.step(&states[depth], before, word[depth]);
                depth += 1;
                if begun && automaton.slips(&state).is_some_and(|slips| slips <= 1) {
                    next = self.after(at, depth);
                    found.push(Near { from: number(at), to: number(next), slips: 1 });
                    whole = false;
                    break;
                }
                if state.is_dead() || depth >= LONGEST + 3 {
                    next = self.after(at, depth);
                    whole = false;
                    break;
                }
                states[depth] = state;
            }
            if whole && let Some(slips) = automaton.slips(&states[word.len()]) {
                found.push(Near { from: number(at), to: number(at + 1), slips: slips.max(1) });
            }
            at = next;
        }
        found
    }
}

/// Kinds of letters that pages are told apart by: none, ten digits, 26 letters, and all that is not ASCII.
const KINDS: usize = 38;

/// The page of what begins like this. Folded words have small ASCII letters, digits and what stands after all of them,
/// so that pages are in the order of the words.
fn page(word: &[u8]) -> usize {
    let kind = |at: usize| match word.get(at) {
        None => 0,
        Some(digit @ b'0'..=b'9') => usize::from(digit - b'0') + 1,
        Some(letter @ b'a'..=b'z') => usize::from(letter - b'a') + 11,
        Some(_) => KINDS - 1,
    };
    kind(0) * KINDS + kind(1)
}

/// Where each page starts, from the pages in their order.
fn pages(sorted: impl Iterator<Item = usize>) -> Vec<u32> {
    let mut starts = vec![0; KINDS * KINDS + 1];
    for page in sorted {
        starts[page + 1] += 1;
    }
    for at in 1..starts.len() {
        starts[at] += starts[at - 1];
    }
    starts
}

/// How much of the query may have been read with 0, 1 … slips: bit `j` stands for its first `j` letters.
#[derive(Clone, Copy, Debug)]
struct State<const L: usize>([u32; L]);

impl<const L: usize> State<L> {
    fn is_dead(&self) -> bool {
        self.0.iter().all(|bits| *bits == 0)
    }
}

struct Automaton<const L: usize> {
    /// For each letter, at which places of the query it stands.
    places: [u32; 256],
    length: u32,
    mask: u32,
}

impl<const L: usize> Automaton<L> {
    fn new(query: &[u8]) -> Self {
        let mut places = [0; 256];
        for (at, letter) in query.iter().enumerate() {
            places[usize::from(*letter)] |= 1 << at;
        }
        let length = number(query.len());
        Self { places, length, mask: u32::MAX >> (31 - length) }
    }

    /// Before any letter: letters of the query may be left out already.
    fn start(&self) -> State<L> {
        let mut bits = [1; L];
        for slips in 1..L {
            bits[slips] |= bits[slips - 1] << 1;
        }
        State(bits)
    }

    fn step(&self, state: &State<L>, before: Option<(&State<L>, u8)>, letter: u8) -> State<L> {
        let here = self.places[usize::from(letter)];
        let mut next = [0; L];
        next[0] = (state.0[0] & here) << 1;
        for slips in 1..L {
            let less = state.0[slips - 1];
            // The letter fits, is one too many, stands for another, or one of the query's was left out before it.
            let mut bits = (state.0[slips] & here) << 1 | less | less << 1 | next[slips - 1] << 1;
            if let Some((earlier, last)) = before {
                bits |= ((earlier.0[slips - 1] & here) << 1 & self.places[usize::from(last)]) << 1;
            }
            next[slips] = bits & self.mask;
        }
        State(next)
    }

    /// With how few slips the whole query has been read.
    fn slips(&self, state: &State<L>) -> Option<u8> {
        (0..L).find(|slips| state.0[*slips] >> self.length & 1 == 1).and_then(|slips| u8::try_from(slips).ok())
    }
}

/// Three letters and their place in a word as a number that sorts by both.
fn trigram(three: &[u8], place: usize) -> u32 {
    u32::from_be_bytes([three[0], three[1], three[2], u8::try_from(place).unwrap_or(u8::MAX)])
}

/// The place of a trigram.
fn place(trigram: u32) -> usize {
    usize::from(trigram.to_be_bytes()[3])
}

/// Whether one slip leads from two letters to these: one left out, exchanged or put in, or both swapped.
fn is_slip_of(letters: &[u8], two: &[u8]) -> bool {
    match *letters {
        [one] => two.contains(&one),
        [a, b] => a == two[0] || b == two[1] || [b, a] == two,
        [a, b, c] => [a, b] == two || [a, c] == two || [b, c] == two,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The textbook distance, as an independent judge.
    fn distance(a: &[u8], b: &[u8]) -> usize {
        let mut d = vec![vec![0; b.len() + 1]; a.len() + 1];
        for i in 0..=a.len() {
            for j in 0..=b.len() {
                d[i][j] = if i == 0 || j == 0 {
                    i + j
                } else {
                    let change = d[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                    let mut best = change.min(d[i - 1][j] + 1).min(d[i][j - 1] + 1);
                    if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                        best = best.min(d[i - 2][j - 2] + 1);
                    }
                    best
                };
            }
        }
        d[a.len()][b.len()]
    }

    fn dictionary(words: &mut Vec<String>) -> Dictionary {
        words.sort_unstable();
        words.dedup();
        Dictionary::build(words.iter().map(String::as_str))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(600))]

        #[test]
        fn exactly_the_words_within_the_slips_are_found(
            mut words in prop::collection::vec("[abc]{1,9}", 1..90), query in "[abc]{4,9}", limit in 1u8..3,
        ) {
            let found = dictionary(&mut words).near(query.as_bytes(), limit);
            for (at, word) in words.iter().enumerate() {
                let whole = distance(word.as_bytes(), query.as_bytes());
                let begun = if query.len() >= SHORTEST_BEGUN {
                    (1..=word.len()).map(|end| distance(&word.as_bytes()[..end], query.as_bytes())).min().unwrap()
                } else {
                    usize::MAX
                };
                let near = if begun <= 1 { 1 } else { whole.max(1) };
                let expected = (near <= usize::from(limit)).then_some(near);
                let hit = found.iter().find(|near| (near.from as usize..near.to as usize).contains(&at));
                prop_assert_eq!(hit.map(|near| usize::from(near.slips)), expected, "{} ~ {}", word, query);
            }
            prop_assert!(found.is_sorted_by(|a, b| a.to <= b.from));
        }

        #[test]
        fn beginnings_and_parts_are_what_a_plain_search_finds(
            mut words in prop::collection::vec("[ab]{1,7}", 1..200), part in "[ab]{1,4}",
        ) {
            let dictionary = dictionary(&mut words);
            let (from, to) = dictionary.beginning(part.as_bytes());
            for (at, word) in words.iter().enumerate() {
                prop_assert_eq!((from as usize..to as usize).contains(&at), word.starts_with(&part));
            }
            let mut containing: Vec<usize> = dictionary.containing(part.as_bytes()).map(|at| at as usize).collect();
            containing.sort_unstable();
            containing.dedup();
            let plain = words.iter().enumerate().filter(|(_, word)| part.len() >= 3 && word.contains(&part));
            prop_assert_eq!(containing, plain.map(|(at, _)| at).collect::<Vec<_>>());
        }
    }
}
