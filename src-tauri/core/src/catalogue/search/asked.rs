//! What a query asks of one segment: for each of its words the words of the dictionary that answer it, and the documents
//! that answer all of them.

use smallvec::SmallVec;

use super::{
    dictionary::allowed,
    fold::{Spelling, Words},
    index::{Class, Segment},
    phrasing,
};

/// Longest query looked at, in characters; nobody types more into a search field.
const LONGEST_QUERY: usize = 80;
/// Most words of a query.
const MOST_WORDS: usize = 6;
/// Longest query that is also taken as one word.
const LONGEST_JOINED: usize = 24;

/// What was typed, folded.
#[derive(Debug)]
pub(super) struct Query {
    /// Its words. A prefix such as "P-" or "S-" says nothing more than the name does, so it is dropped; "U-" and "F-" are
    /// kept, since they choose between analyses.
    pub words: Words,
    /// All that was typed as one word, where that is not the words joined: "P-Eth" is PEth, "blod i avføring".
    pub whole: Option<String>,
}

impl Query {
    /// Reads what was typed; nothing where there is no letter in it.
    pub(super) fn read(typed: &str) -> Option<Self> {
        let end = typed.char_indices().nth(LONGEST_QUERY).map_or(typed.len(), |(at, _)| at);
        let typed = typed[..end].trim();
        let rest = without_material(typed);
        let mut words = Words::of(rest, Spelling::Plain);
        let before = words.len();
        words = phrasing::without_fillers(words);
        let fillers = words.len() < before;
        let shortened = fillers || rest.len() < typed.len() || words.len() > MOST_WORDS;
        let whole = shortened.then(|| Words::of(typed, Spelling::Plain).joined().to_owned());
        words.truncate(MOST_WORDS);
        (words.len() > 0).then_some(Self { words, whole })
    }

    /// The same without what is said of every analysis ("prøve", "test"), if that was said.
    pub(super) fn without_general(&self) -> Option<Self> {
        self.simpler(phrasing::without_general)
    }

    /// The same also without endings: "trombocyttene", "blodprosenten".
    pub(super) fn without_endings(&self) -> Option<Self> {
        self.simpler(|word| phrasing::without_ending(phrasing::without_general(word)))
    }

    fn simpler(&self, simpler: impl Fn(&str) -> &str) -> Option<Self> {
        let kept: Vec<&str> = self.words.iter().map(simpler).filter(|word| !word.is_empty()).collect();
        let changed = kept.len() < self.words.len() || kept.iter().zip(self.words.iter()).any(|(new, old)| *new != old);
        (changed && !kept.is_empty()).then(|| Self { words: Words::of(&kept.join(" "), Spelling::Plain), whole: None })
    }

    /// The same with one word less, the last one first.
    pub(super) fn with_a_word_less(&self) -> impl Iterator<Item = Self> {
        let words: Vec<&str> = self.words.iter().collect();
        let most = if words.len() > 1 { words.len() } else { 0 };
        (0..most).rev().map(move |left_out| {
            let mut kept = words.clone();
            kept.remove(left_out);
            Self { words: Words::of(&kept.join(" "), Spelling::Plain), whole: None }
        })
    }

    /// Whether the query is also tried as one word: "hb a1c", "d dimer".
    pub(super) fn together(&self) -> Option<&str> {
        let joined = self.words.joined();
        (self.words.len() > 1 && joined.len() <= LONGEST_JOINED).then_some(joined)
    }

    /// What an exact match has to be, as one word.
    pub(super) fn wholes(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.words.joined()).chain(self.whole.as_deref())
    }
}

fn without_material(typed: &str) -> &str {
    let prefixes = ["p-", "s-", "b-", "fp-", "fs-", "sf-", "pf-"];
    let rest = prefixes.iter().find_map(|prefix| {
        let start = typed.get(..prefix.len())?;
        start.eq_ignore_ascii_case(prefix).then(|| &typed[prefix.len()..])
    });
    rest.filter(|rest| !rest.is_empty()).unwrap_or(typed)
}

/// How far the search goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    /// Words that begin like this.
    Beginnings,
    /// Words that have it inside.
    Parts,
    /// Words within one slip.
    OneSlip,
    /// Words within two.
    TwoSlips,
}

/// What one word of the query matches: the words that begin with it, and others by kind.
#[derive(Debug)]
pub(super) struct Matcher {
    pub words: (u32, u32),
    pub length: usize,
    /// Other words in the order of the dictionary, none of them among `words`.
    pub others: Vec<(u32, Class)>,
}

impl Matcher {
    fn new(segment: &Segment, word: &str) -> Self {
        Self { words: segment.dictionary.beginning(word.as_bytes()), length: word.len(), others: Vec::new() }
    }

    /// Takes in what a stage adds; whether that is anything.
    fn widen(&mut self, segment: &Segment, word: &str, stage: Stage) -> bool {
        let before = self.others.len();
        let (from, to) = self.words;
        match stage {
            Stage::Beginnings => {}
            Stage::Parts => {
                let containing = segment.dictionary.containing(word.as_bytes());
                self.others.extend(containing.filter(|at| *at < from || *at >= to).map(|at| (at, Class::Substring)));
            }
            Stage::OneSlip | Stage::TwoSlips => {
                let limit = if stage == Stage::OneSlip { 1 } else { 2 };
                if allowed(word) < limit {
                    return false;
                }
                for near in segment.dictionary.near(word.as_bytes(), limit) {
                    let class = if near.slips <= 1 { Class::OneSlip } else { Class::TwoSlips };
                    self.others.extend((near.from..near.to).filter(|at| *at < from || *at >= to).map(|at| (at, class)));
                }
            }
        }
        let grew = self.others.len() > before;
        if grew {
            self.others.sort_unstable();
            self.others.dedup_by_key(|(at, _)| *at);
        }
        grew
    }

    fn weight(&self, segment: &Segment) -> usize {
        let others: usize = self.others.iter().map(|(at, _)| segment.postings_in((*at, at + 1)).len()).sum();
        segment.postings_in(self.words).len() + others
    }

    /// Kind of match with one word of the dictionary that is none of those that begin like this.
    pub(super) fn other(&self, word: u32) -> Option<Class> {
        let at = self.others.binary_search_by_key(&word, |(at, _)| *at).ok()?;
        Some(self.others[at].1)
    }

    /// The best match in one document.
    fn in_doc(&self, segment: &Segment, doc: u32) -> Option<Fit> {
        if let Some(rank) = segment.rank_in(doc, self.words, self.length) {
            return Some(Fit::typed(rank));
        }
        if self.others.is_empty() {
            return None;
        }
        let mut last = None;
        let mut best: Option<Fit> = None;
        for entry in segment.entries_of(doc) {
            // Only the best class of a word in a document counts, as it does in the postings.
            if last == Some(entry.word) || entry.class == Class::Material {
                continue;
            }
            last = Some(entry.word);
            if let Some(class) = self.other(entry.word) {
                let fit = Fit::other(class, entry.class);
                best = Some(best.map_or(fit, |best| best.min(fit)));
            }
        }
        best
    }

    /// Every document with its best match.
    fn gather(&self, segment: &Segment, into: &mut Board) {
        segment.each_typed(self.words, self.length, |doc, rank| into.put(doc, Fit::typed(rank)));
        self.gather_others(segment, into);
    }

    fn gather_others(&self, segment: &Segment, into: &mut Board) {
        for (word, class) in &self.others {
            for posting in segment.postings_in((*word, word + 1)) {
                if posting.class != Class::Material {
                    into.put(posting.doc, Fit::other(*class, posting.class));
                }
            }
        }
    }
}

/// How well one word of the query fits: the rank, then where in the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Fit(u16);

impl Fit {
    const NONE: Self = Self(u16::MAX);

    fn typed(rank: u8) -> Self {
        Self(u16::from(rank) << 8)
    }

    /// A part of the name, or a slip in it, tells more than one elsewhere.
    fn other(class: Class, place: Class) -> Self {
        Self(u16::from(class.rank(!place.in_name())) << 8 | u16::from(place as u8))
    }

    fn rank(self) -> u8 {
        self.0.to_be_bytes()[0]
    }

    /// What the fits of several words are added up by.
    fn points(self) -> u16 {
        u16::from(self.rank()) * 16 + u16::from(self.0.to_be_bytes()[1])
    }
}

/// The best fit of each document, kept between keystrokes so that nothing is allocated for it.
#[derive(Debug, Default)]
pub(super) struct Board {
    fits: Vec<Fit>,
    touched: Vec<u32>,
}

impl Board {
    fn put(&mut self, doc: u32, fit: Fit) {
        let best = &mut self.fits[doc as usize];
        if *best == Fit::NONE {
            self.touched.push(doc);
        }
        *best = fit.min(*best);
    }

    fn for_docs(&mut self, docs: usize) {
        if self.fits.len() < docs {
            self.fits.resize(docs, Fit::NONE);
        }
    }

    fn clear(&mut self) {
        for doc in self.touched.drain(..) {
            self.fits[doc as usize] = Fit::NONE;
        }
    }
}

/// A document that answers every word: how well the worst of them fits, and all of them together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answer {
    pub doc: u32,
    pub rank: u8,
    pub sum: u16,
}

/// A query put to one segment.
#[derive(Debug)]
pub(super) struct Asked<'a> {
    segment: &'a Segment,
    query: &'a Query,
    pub words: SmallVec<[Matcher; 2]>,
    pub together: Option<Matcher>,
}

impl<'a> Asked<'a> {
    /// Asks for beginnings only.
    pub(super) fn new(segment: &'a Segment, query: &'a Query) -> Self {
        Self {
            segment,
            query,
            words: query.words.iter().map(|word| Matcher::new(segment, word)).collect(),
            together: query.together().map(|word| Matcher::new(segment, word)),
        }
    }

    /// Documents that this stage adds to those before it; some may be named again. Where something was found as it was
    /// `typed`, its words were meant apart, and are not also a slip in one word: "mr kne" is no "mørk negl".
    pub(super) fn answers(
        &mut self,
        stage: Stage,
        typed: bool,
        boards: &mut [Board; 2],
        mut found: impl FnMut(Answer),
    ) {
        boards.iter_mut().for_each(|board| board.for_docs(self.segment.docs.len()));
        let mut grew = stage == Stage::Beginnings;
        for (word, matcher) in self.query.words.iter().zip(&mut self.words) {
            grew |= matcher.widen(self.segment, word, stage);
        }
        if grew && let [only] = self.words.as_slice() {
            if stage == Stage::Beginnings {
                only.gather(self.segment, &mut boards[0]);
            } else {
                only.gather_others(self.segment, &mut boards[0]);
            }
            emit(&mut boards[0], &mut found);
        } else if grew {
            self.all_words(boards, &mut found);
        }
        if let (Some(word), Some(together)) = (self.query.together(), &mut self.together)
            && (stage < Stage::OneSlip || !typed)
            && (together.widen(self.segment, word, stage) || stage == Stage::Beginnings)
        {
            together.gather(self.segment, &mut boards[0]);
            emit(&mut boards[0], &mut found);
        }
    }

    /// Documents that every word finds: all of the rarest, of which the others are asked one by one or all at once,
    /// whichever is less work.
    fn all_words(&self, boards: &mut [Board; 2], found: &mut impl FnMut(Answer)) {
        /// Asking one document costs about as much as reading so many postings.
        const ONE_BY_ONE: usize = 12;
        let mut by_weight: Vec<(usize, &Matcher)> =
            self.words.iter().map(|matcher| (matcher.weight(self.segment), matcher)).collect();
        by_weight.sort_by_key(|(weight, _)| *weight);
        let Some(((_, rarest), others)) = by_weight.split_first() else { return };
        let [first, second] = boards;
        rarest.gather(self.segment, first);
        let mut answers: Vec<Answer> = Vec::with_capacity(first.touched.len());
        emit(first, &mut |answer| answers.push(answer));
        for (weight, matcher) in others {
            let at_once = *weight < answers.len() * ONE_BY_ONE;
            if at_once {
                matcher.gather(self.segment, second);
            }
            answers.retain_mut(|answer| {
                let fit = if at_once {
                    Some(second.fits[answer.doc as usize]).filter(|fit| *fit != Fit::NONE)
                } else {
                    matcher.in_doc(self.segment, answer.doc)
                };
                if let Some(fit) = fit {
                    answer.rank = answer.rank.max(fit.rank());
                    answer.sum += fit.points();
                }
                fit.is_some()
            });
            second.clear();
        }
        answers.into_iter().for_each(found);
    }
}

fn emit(board: &mut Board, found: &mut impl FnMut(Answer)) {
    for doc in board.touched.drain(..) {
        let fit = std::mem::replace(&mut board.fits[doc as usize], Fit::NONE);
        found(Answer { doc, rank: fit.rank(), sum: fit.points() });
    }
}
