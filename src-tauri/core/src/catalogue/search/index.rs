//! One segment of the index: where each word of the dictionary stands, and the answers to crowded beginnings.
//!
//! A segment never changes. Everything it says of a document depends on that document alone, so that a search over
//! several segments gives what a search over one would give.

use std::collections::HashMap;

use super::{
    Field, HitKind, Range,
    dictionary::Dictionary,
    fold::{self, Words},
    texts::{Docs, Span},
    why::{self, Letters},
};

/// How good a match is, best first. Everything that was really typed stands before the slips of the finger, and within
/// each of the two what is withdrawn stands last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum Class {
    ExactName,
    ExactSynonym,
    CodePrefix,
    NameStart,
    NameWord,
    Official,
    Synonym,
    Material,
    Member,
    Substring,
    Withdrawn,
    OneSlip,
    TwoSlips,
    WithdrawnSlip,
}

impl Class {
    /// Twice the class, one more where the match is less than whole.
    pub(super) fn rank(self, partly: bool) -> u8 {
        self as u8 * 2 + u8::from(partly)
    }

    /// Whether it is in the shown name.
    pub(super) fn in_name(self) -> bool {
        matches!(self, Self::NameStart | Self::NameWord)
    }
}

/// One word of one document.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    /// Position in the dictionary, which is sorted: a beginning is a range of these.
    pub word: u32,
    /// Which of the document's texts it stands in.
    pub text: u16,
    /// Kind of a match here, before it is known whether the whole word was typed.
    pub class: Class,
}

/// One document of one word.
#[derive(Clone, Copy, Debug)]
pub(super) struct Posting {
    pub doc: u32,
    /// The best class of the word in the document.
    pub class: Class,
}

/// A whole text of a document, known by the hash of its folded letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Phrase {
    hash: u32,
    doc: u32,
    class: Class,
    text: u16,
}

/// The answer to a beginning that so many words share that a keystroke would wait for it.
#[derive(Debug)]
pub(super) struct Crowd {
    pub words: (u32, u32),
    /// Letters of the beginning.
    pub length: u32,
    /// The beginning that is one letter shorter, which is a crowd as well.
    parent: Option<u32>,
    /// How many documents there are in all.
    pub total: u32,
    best: (u32, u32),
    /// Where the reasons of the first [`TOLD`] of the best start.
    told: u32,
}

/// Why a document stands in a crowd: the text that decided it, and what is marked there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Told {
    pub field: Field,
    pub word: Span,
    pub marked: Option<Range>,
}

#[derive(Debug, Default)]
pub(super) struct Segment {
    pub docs: Docs,
    pub dictionary: Dictionary,
    /// For each word, where its postings start; one more at the end.
    starts: Vec<u32>,
    postings: Vec<Posting>,
    /// For each document, where its entries start; one more at the end.
    doc_starts: Vec<u32>,
    /// Words by document, sorted within each.
    entries: Vec<Entry>,
    phrases: Vec<Phrase>,
    /// Where the phrases of each beginning of a hash start; one more at the end.
    phrase_pages: Vec<u32>,
    pub crowds: Vec<Crowd>,
    /// For each word, the longest crowded beginning it has.
    crowd_of: Vec<Option<u32>>,
    /// Best documents of the crowds with their ranks, best first.
    best: Vec<(u32, u8)>,
    /// The reasons of the very best of them.
    told: Vec<Told>,
    /// Documents by the hash of provider and id, sorted.
    by_id: Vec<(u32, u32)>,
}

/// Postings above which a beginning is answered from what was found out at building.
const CROWDED: u32 = 20;
/// Letters of a material that say something before the word is whole.
const USEFUL_MATERIAL: u32 = 3;
/// Bits of a hash that a page of phrases leaves open: 4 096 pages.
const PHRASE_SHIFT: u32 = 20;
/// Kept for each crowd: more than any list shows.
const KEPT: usize = 64;
/// Of so many of them it is also kept why they are there: what is seen without scrolling.
pub(super) const TOLD: usize = 12;

impl Segment {
    pub(super) fn build(docs: Docs) -> Self {
        let mut segment = Self { docs, ..Self::default() };
        segment.fill();
        segment.find_crowds();
        segment.tell_crowds();
        segment
    }

    /// The words of a document, sorted.
    pub(super) fn entries_of(&self, doc: u32) -> &[Entry] {
        &self.entries[self.doc_starts[doc as usize] as usize..self.doc_starts[doc as usize + 1] as usize]
    }

    /// The documents of a range of words; one that has several of the words is there several times.
    pub(super) fn postings_in(&self, (from, to): (u32, u32)) -> &[Posting] {
        &self.postings[self.starts[from as usize] as usize..self.starts[to as usize] as usize]
    }

    /// Documents with a text that is, as one word, exactly this: document, class, and which text.
    pub(super) fn exactly(&self, joined: &str) -> impl Iterator<Item = (u32, Class, u16)> {
        let hash = hash(joined.as_bytes());
        let page = (hash >> PHRASE_SHIFT) as usize;
        let alike = &self.phrases[self.phrase_pages[page] as usize..self.phrase_pages[page + 1] as usize];
        let from = alike.partition_point(|phrase| phrase.hash < hash);
        let found = alike[from..].iter().take_while(move |phrase| phrase.hash == hash);
        let mut words = Words::default();
        found.filter_map(move |phrase| {
            let text = self.docs.text(phrase.doc, u32::from(phrase.text)).1;
            let same = fold::spellings(text).iter().any(|spelling| {
                words.read(text, *spelling);
                words.joined() == joined
            });
            same.then_some((phrase.doc, phrase.class, phrase.text))
        })
    }

    /// The document of a service or panel.
    pub(super) fn find(&self, kind: HitKind, provider: &str, id: &str) -> Option<u32> {
        let hash = id_hash(provider, id);
        let from = self.by_id.partition_point(|(known, _)| *known < hash);
        let found = self.by_id[from..].iter().take_while(|(known, _)| *known == hash);
        found.map(|(_, doc)| *doc).find(|doc| {
            self.docs.doc(*doc).kind == kind && self.docs.id(*doc) == id && self.docs.provider(*doc) == provider
        })
    }

    /// Position of the crowd of a beginning, if it is one.
    pub(super) fn crowd(&self, words: (u32, u32), length: usize) -> Option<usize> {
        if words.0 == words.1 {
            return None;
        }
        self.crowds_of(words.0).find(|at| self.crowds[*at].length as usize == length)
    }

    /// The crowds a word belongs to, the longest first.
    pub(super) fn crowds_of(&self, word: u32) -> impl Iterator<Item = usize> {
        std::iter::successors(self.crowd_of[word as usize], |at| self.crowds[*at as usize].parent).map(|at| at as usize)
    }

    /// The best documents of a crowd with their ranks, best first.
    pub(super) fn best_of(&self, crowd: &Crowd) -> &[(u32, u8)] {
        &self.best[crowd.best.0 as usize..crowd.best.1 as usize]
    }

    /// Place of the reason of one of the best documents of a crowd, if it is kept.
    pub(super) fn told_of(&self, crowd: &Crowd, best: usize) -> Option<u32> {
        (best < TOLD).then(|| crowd.told + number(best))
    }

    /// One of the reasons that are kept.
    pub(super) fn told(&self, at: u32) -> Told {
        self.told[at as usize]
    }

    /// The rank of a document for a beginning.
    pub(super) fn rank_in(&self, doc: u32, (from, to): (u32, u32), length: usize) -> Option<u8> {
        let entries = self.entries_of(doc);
        let first = entries.iter().position(|entry| entry.word >= from)?;
        entries[first..]
            .iter()
            .take_while(|entry| entry.word < to)
            .filter_map(|entry| typed(entry.class, self.is_whole(entry.word, length), length))
            .min()
    }

    /// Whether a word of a document is what a crowd that it belongs to was typed for.
    pub(super) fn counts_in(&self, entry: &Entry, crowd: &Crowd) -> bool {
        let length = crowd.length as usize;
        typed(entry.class, self.is_whole(entry.word, length), length).is_some()
    }

    /// Whether so many letters of a word are all of it.
    pub(super) fn is_whole(&self, word: u32, length: usize) -> bool {
        self.dictionary.word(word).len() == length
    }

    /// Which of two documents of equal rank and score stands first.
    pub(super) fn order(&self, doc: u32) -> (u64, &str, &str, &str) {
        (self.docs.doc(doc).alphabet, self.docs.name(doc), self.docs.provider(doc), self.docs.id(doc))
    }

    /// Bytes held.
    pub(super) fn memory(&self) -> usize {
        self.docs.memory()
            + self.dictionary.memory()
            + (self.starts.capacity() + self.doc_starts.capacity() + self.phrase_pages.capacity()) * 4
            + self.postings.capacity() * size_of::<Posting>()
            + self.entries.capacity() * size_of::<Entry>()
            + self.phrases.capacity() * size_of::<Phrase>()
            + self.crowds.capacity() * size_of::<Crowd>()
            + self.told.capacity() * size_of::<Told>()
            + (self.crowd_of.capacity() + self.best.capacity() + self.by_id.capacity()) * 8
    }

    fn fill(&mut self) {
        let raw = self.read_texts();
        let mut known: Vec<(&str, u32)> = raw.words.iter().map(|(word, number)| (word.as_str(), *number)).collect();
        known.sort_unstable();
        // Words get their final numbers in sorted order.
        let mut place = vec![0; known.len()];
        for (at, (_, first_number)) in known.iter().enumerate() {
            place[*first_number as usize] = number(at);
        }
        self.dictionary = Dictionary::build(known.iter().map(|(word, _)| *word));
        drop(known);
        self.entries = raw.entries;
        for entry in &mut self.entries {
            entry.word = place[entry.word as usize];
        }
        self.doc_starts = raw.doc_starts;
        self.phrases = raw.phrases;
        self.phrases.sort_unstable();
        self.page_phrases();
        self.by_id.sort_unstable();
        self.sort_entries();
        self.post();
    }

    fn page_phrases(&mut self) {
        self.phrase_pages = vec![0; (u32::MAX >> PHRASE_SHIFT) as usize + 2];
        for phrase in &self.phrases {
            self.phrase_pages[(phrase.hash >> PHRASE_SHIFT) as usize + 1] += 1;
        }
        for at in 1..self.phrase_pages.len() {
            self.phrase_pages[at] += self.phrase_pages[at - 1];
        }
    }

    /// Reads every text of every document; words get numbers in the order in which they are met.
    fn read_texts(&mut self) -> Raw {
        let mut raw = Raw { doc_starts: vec![0], ..Raw::default() };
        let mut words = Words::default();
        for doc in 0..number(self.docs.len()) {
            self.by_id.push((id_hash(self.docs.provider(doc), self.docs.id(doc)), doc));
            for text in 0..self.docs.texts_of(doc) {
                let (field, letters) = self.docs.text(doc, text);
                let text = u16::try_from(text).unwrap_or(u16::MAX);
                for spelling in fold::spellings(letters) {
                    words.read(letters, *spelling);
                    words.each_key(|key, first| {
                        let word = raw.number_of(key);
                        raw.entries.push(Entry { word, text, class: field.class(first) });
                    });
                    if let Some(class) = field.exact() {
                        raw.phrases.push(Phrase { hash: hash(words.joined().as_bytes()), doc, class, text });
                    }
                }
            }
            raw.doc_starts.push(number(raw.entries.len()));
        }
        raw
    }

    fn sort_entries(&mut self) {
        for doc in 0..self.docs.len() {
            let range = self.doc_starts[doc] as usize..self.doc_starts[doc + 1] as usize;
            self.entries[range].sort_unstable_by_key(|entry| (entry.word, entry.class, entry.text));
        }
    }

    /// The postings: for each word the documents in their order, each once, by counting.
    fn post(&mut self) {
        self.starts = vec![0; self.dictionary.len() + 1];
        let mut firsts: Vec<(u32, Posting)> = Vec::with_capacity(self.entries.len());
        for doc in 0..number(self.docs.len()) {
            let mut last = None;
            for entry in self.entries_of(doc) {
                // Entries of one word stand together, the best class first.
                if last != Some(entry.word) {
                    firsts.push((entry.word, Posting { doc, class: entry.class }));
                    last = Some(entry.word);
                }
            }
        }
        for (word, _) in &firsts {
            self.starts[*word as usize + 1] += 1;
        }
        for at in 1..self.starts.len() {
            self.starts[at] += self.starts[at - 1];
        }
        let mut next = self.starts.clone();
        self.postings = vec![Posting { doc: 0, class: Class::Member }; firsts.len()];
        for (word, posting) in firsts {
            let place = &mut next[word as usize];
            self.postings[*place as usize] = posting;
            *place += 1;
        }
    }

    /// Answers every crowded beginning once, since those are what a keystroke would wait for.
    fn find_crowds(&mut self) {
        self.crowd_of = vec![None; self.dictionary.len()];
        let mut seen = vec![u8::MAX; self.docs.len()];
        let mut level = vec![(None, (0, number(self.dictionary.len())))];
        let mut length = 0_u32;
        while !level.is_empty() {
            length += 1;
            let mut next = Vec::new();
            for (parent, (from, to)) in level {
                let mut at = from;
                while at < to {
                    let Some(prefix) = self.dictionary.word(at).get(..length as usize) else {
                        at += 1;
                        continue;
                    };
                    let words = self.dictionary.beginning_within((at, to), prefix);
                    at = words.1;
                    if self.starts[words.1 as usize] - self.starts[words.0 as usize] > CROWDED {
                        let crowd = number(self.crowds.len());
                        self.add_crowd(parent, words, length, &mut seen);
                        self.crowd_of[words.0 as usize..words.1 as usize].fill(Some(crowd));
                        next.push((Some(crowd), words));
                    }
                }
            }
            level = next;
        }
    }

    fn add_crowd(&mut self, parent: Option<u32>, words: (u32, u32), length: u32, seen: &mut [u8]) {
        // One letter more that leads to the same words leads to the same documents in the same order, unless it ends one of
        // them or makes a material count.
        if let Some(alike) = parent.map(|at| &self.crowds[at as usize])
            && alike.words == words
            && alike.length >= USEFUL_MATERIAL
            && !self.is_whole(words.0, length as usize)
        {
            let (total, best) = (alike.total, alike.best);
            self.crowds.push(Crowd { words, length, parent, total, best, told: 0 });
            return;
        }
        let mut docs = Vec::new();
        self.each_typed(words, length as usize, |doc, rank| {
            let best = &mut seen[doc as usize];
            if *best == u8::MAX {
                docs.push(doc);
            }
            *best = rank.min(*best);
        });
        let total = number(docs.len());
        let mut ranked: Vec<(u8, u8, i32, u32)> = docs
            .into_iter()
            .map(|doc| {
                let rank = std::mem::replace(&mut seen[doc as usize], u8::MAX);
                let found = self.docs.standing(doc);
                (demoted(rank, found.withdrawn), rank, -found.score, doc)
            })
            .collect();
        let order = |a: &(u8, u8, i32, u32), b: &(u8, u8, i32, u32)| {
            (a.0, a.1, a.2).cmp(&(b.0, b.1, b.2)).then_with(|| self.order(a.3).cmp(&self.order(b.3)))
        };
        if ranked.len() > KEPT {
            ranked.select_nth_unstable_by(KEPT, order);
            ranked.truncate(KEPT);
        }
        ranked.sort_unstable_by(order);
        let first = number(self.best.len());
        self.best.extend(ranked.into_iter().map(|(_, rank, _, doc)| (doc, rank)));
        self.crowds.push(Crowd { words, length, parent, total, best: (first, number(self.best.len())), told: 0 });
    }

    fn tell_crowds(&mut self) {
        let mut letters = Letters::default();
        let mut told = Vec::with_capacity(self.crowds.len() * TOLD);
        let mut starts = Vec::with_capacity(self.crowds.len());
        for crowd in &self.crowds {
            starts.push(number(told.len()));
            let best = self.best_of(crowd).iter().take(TOLD);
            told.extend(best.map(|(doc, _)| why::told(self, *doc, crowd, &mut letters)));
        }
        self.told = told;
        for (crowd, start) in self.crowds.iter_mut().zip(starts) {
            crowd.told = start;
        }
    }

    /// Every document of a beginning with its rank there, some of them several times.
    pub(super) fn each_typed(&self, words: (u32, u32), length: usize, mut found: impl FnMut(u32, u8)) {
        let (from, to) = words;
        // Only the first word of the range can be as short as what was typed.
        let after = if from < to && self.is_whole(from, length) { from + 1 } else { from };
        for (range, whole) in [((from, after), true), ((after, to), false)] {
            for posting in self.postings_in(range) {
                if let Some(rank) = typed(posting.class, whole, length) {
                    found(posting.doc, rank);
                }
            }
        }
    }
}

/// The rank of a beginning that was typed.
fn typed(class: Class, whole: bool, length: usize) -> Option<u8> {
    // A letter or two of a material say something only as a whole word: "u albumin".
    let useful = class != Class::Material || whole || length >= USEFUL_MATERIAL as usize;
    useful.then(|| class.rank(!whole))
}

/// Where a withdrawn service stands: below everything of its kind that can be ordered.
pub(super) fn demoted(rank: u8, withdrawn: bool) -> u8 {
    match withdrawn {
        false => rank,
        true if rank < Class::OneSlip.rank(false) => Class::Withdrawn.rank(false),
        true => Class::WithdrawnSlip.rank(false),
    }
}

/// What was read before the words are in order.
#[derive(Default)]
struct Raw {
    words: HashMap<String, u32, Fast>,
    entries: Vec<Entry>,
    doc_starts: Vec<u32>,
    phrases: Vec<Phrase>,
}

type Fast = std::hash::BuildHasherDefault<rustc_hash::FxHasher>;

impl Raw {
    fn number_of(&mut self, word: &str) -> u32 {
        if let Some(known) = self.words.get(word) {
            return *known;
        }
        let new = number(self.words.len());
        self.words.insert(word.to_owned(), new);
        new
    }
}

fn hash(bytes: &[u8]) -> u32 {
    // FNV-1a; what it finds is compared with the text itself.
    bytes.iter().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

fn id_hash(provider: &str, id: &str) -> u32 {
    hash(id.as_bytes()) ^ hash(provider.as_bytes()).rotate_left(16)
}

pub(super) fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
