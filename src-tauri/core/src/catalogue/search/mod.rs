//! Finding a service while it is being typed: the heart of the product.
//!
//! One engine over all providers' services and panels, in memory, built once for each set of catalogues and never changed.
//! A match says which word it matched. Kinds of match stand in a fixed order (exact, code, name, synonym, panel member,
//! part of a word, slip of the finger), so no slip ever stands above what was really typed; the laboratory's priority
//! and the office's own use decide within a kind. Nothing here chooses for the user.

mod fold;
mod fuzzy;
mod index;
mod office;
mod why;

use std::{collections::HashMap, sync::Arc};

use serde::Serialize;
use specta::Type;

use self::{
    fold::Spelling,
    index::{Class, Index},
};
use super::model::Indexed;

pub use office::{OfficeHit, Sought, office};

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Type)]
pub struct Hits {
    /// The best ones, best first.
    pub hits: Vec<Hit>,
    /// How many there are in all.
    pub total: u32,
}

/// One thing found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub struct Hit {
    /// Service or panel.
    pub kind: HitKind,
    /// Provider id.
    pub provider: String,
    /// Service or panel id within the provider's catalogue.
    pub id: String,
    /// Name as shown.
    pub name: String,
    /// Which word matched.
    pub why: Why,
    /// Kind of match, 0 best; equal for hits that only priority and use tell apart.
    pub rank: u32,
    /// The service is withdrawn and cannot be ordered.
    pub withdrawn: bool,
    /// Id of the service that took its place.
    pub replaced_by: Option<String>,
}

/// What a hit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum HitKind {
    /// One service.
    Service,
    /// A panel of services.
    Panel,
}

/// Why something was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub struct Why {
    /// Where the decisive match stands.
    pub field: Field,
    /// The text that matched: the name, a synonym, the code, a member's name.
    pub word: String,
    /// Only similar to what was typed.
    pub typo: bool,
    /// Parts of `word` to mark.
    pub in_word: Vec<Range>,
    /// Parts of the shown name to mark.
    pub in_name: Vec<Range>,
}

/// Part of a text in UTF-16 units, as the window counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Type)]
pub struct Range {
    /// First unit.
    pub start: u32,
    /// One past the last.
    pub end: u32,
}

/// Where a match stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The shown name.
    Name,
    /// The code.
    Code,
    /// The usage name in the message.
    Official,
    /// A synonym.
    Synonym,
    /// The material.
    Material,
    /// A member of the panel.
    Member,
}

impl Field {
    fn class(self, first: bool) -> Class {
        match self {
            Self::Name if first => Class::NameStart,
            Self::Name => Class::NameWord,
            Self::Code => Class::CodePrefix,
            Self::Official => Class::Official,
            Self::Synonym => Class::Synonym,
            Self::Material => Class::Material,
            Self::Member => Class::Member,
        }
    }

    fn exact(self) -> Option<Class> {
        match self {
            Self::Name | Self::Code => Some(Class::ExactName),
            Self::Official | Self::Synonym => Some(Class::ExactSynonym),
            Self::Material | Self::Member => None,
        }
    }
}

/// How often the office has used what, counted by the caller over a time of its choice.
#[derive(Clone, Debug, Default)]
pub struct Usage(HashMap<(Box<str>, Box<str>), u32>);

impl Usage {
    /// From `(provider id, service or panel id, times used)`.
    pub fn new<P: Into<Box<str>>, I: Into<Box<str>>>(uses: impl IntoIterator<Item = (P, I, u32)>) -> Self {
        Self(uses.into_iter().map(|(provider, id, times)| ((provider.into(), id.into()), times)).collect())
    }
}

/// Search over a fixed set of catalogues.
#[derive(Debug, Default)]
pub struct Engine {
    index: Index,
}

/// Longest query looked at, in characters; nobody types more into a search field.
const LONGEST_QUERY: usize = 80;
/// Most words of a query.
const MOST_WORDS: usize = 6;

impl Engine {
    /// Builds the index. Takes tens of milliseconds for 10 000 services: build beside the engine in use, then swap.
    #[must_use]
    pub fn build(catalogues: &[Arc<Indexed>]) -> Self {
        Self { index: Index::build(catalogues) }
    }

    /// How many services and panels can be found.
    #[must_use]
    pub fn len(&self) -> usize {
        self.index.docs.len()
    }

    /// Whether nothing can be found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.index.docs.is_empty()
    }

    /// The best `limit` hits for what is typed so far; none for an empty query.
    #[must_use]
    pub fn search(&self, query: &str, usage: &Usage, limit: usize) -> Hits {
        let query: String = query.chars().take(LONGEST_QUERY).collect();
        let words = query_words(&query);
        if words.is_empty() || limit == 0 {
            return Hits::default();
        }
        let used = self.used(usage);
        let mut found = Found::default();
        let joined = fold::joined(&query, Spelling::Plain);
        self.exact(&joined, &mut found);
        if words.len() == 1
            && let Some(short) = self.index.short.get(words[0].as_str())
        {
            self.cached(short, &words[0], &used, &mut found);
        } else {
            self.stage(&words, &joined, Stage::Beginnings, &mut found);
            if found.len() < limit {
                self.stage(&words, &joined, Stage::Parts, &mut found);
            }
            if found.len() < limit {
                self.stage(&words, &joined, Stage::Slips, &mut found);
            }
        }
        self.finish(found, &words, &joined, &used, limit)
    }

    fn used(&self, usage: &Usage) -> HashMap<u32, i64> {
        usage.0.iter().filter_map(|(key, times)| self.index.by_id.get(key).map(|doc| (*doc, boost(*times)))).collect()
    }

    fn exact(&self, joined: &str, found: &mut Found) {
        for (doc, class) in self.index.phrases.get(joined).map(Vec::as_slice).unwrap_or_default() {
            found.add(*doc, *class as u8 * 2, 0);
        }
    }

    fn cached(&self, short: &index::Short, word: &str, used: &HashMap<u32, i64>, found: &mut Found) {
        for (doc, rank) in &short.best {
            found.add(*doc, *rank, 0);
        }
        let range = self.index.beginning(word);
        for doc in used.keys() {
            if let Some(rank) = self.index.rank_in(*doc, range, word.len()) {
                found.add(*doc, rank, 0);
            }
        }
        found.total = Some(short.total);
    }

    fn stage(&self, words: &[String], joined: &str, stage: Stage, found: &mut Found) {
        let matchers: Vec<Matcher> = words.iter().map(|word| self.matcher(word, stage)).collect();
        self.all_of(&matchers, found);
        // "hb a1c", "d dimer": written apart what the laboratory writes together.
        if words.len() > 1 && joined.len() <= 24 {
            self.all_of(&[self.matcher(joined, stage)], found);
        }
    }

    fn matcher(&self, word: &str, stage: Stage) -> Matcher {
        let range = self.index.beginning(word);
        let mut others = Vec::new();
        if stage != Stage::Beginnings {
            others.extend(self.containing(word).map(|at| (at, Class::Substring)));
        }
        if stage == Stage::Slips {
            let slips = fuzzy::search(&self.index.dictionary, word, fuzzy::allowed(word));
            others.extend(
                slips.into_iter().map(|(at, slips)| (at, if slips <= 1 { Class::OneSlip } else { Class::TwoSlips })),
            );
        }
        others.retain(|(at, _)| *at < range.0 || *at >= range.1);
        others.sort_unstable();
        others.dedup_by_key(|(at, _)| *at);
        Matcher { range, length: word.len(), others }
    }

    /// Words that contain this one inside, by their rarest three letters.
    fn containing(&self, word: &str) -> impl Iterator<Item = u32> {
        let trigrams = &self.index.trigrams;
        let rarest = word
            .as_bytes()
            .windows(3)
            .map(|three| {
                let key = index::trigram(three);
                let from = trigrams.partition_point(|(k, _)| *k < key);
                let to = from + trigrams[from..].partition_point(|(k, _)| *k == key);
                &trigrams[from..to]
            })
            .min_by_key(|found| found.len())
            .unwrap_or_default();
        rarest
            .iter()
            .map(|(_, at)| *at)
            .filter(move |at| self.index.dictionary[*at as usize].contains(word))
            .collect::<Vec<_>>()
            .into_iter()
    }

    /// Documents that every matcher finds; walks the rarest one's postings and asks the documents for the rest.
    fn all_of(&self, matchers: &[Matcher], found: &mut Found) {
        let Some(rarest) = matchers.iter().min_by_key(|matcher| self.weight(matcher)) else { return };
        let mut docs: Vec<u32> = self.index.postings_in(rarest.range).to_vec();
        for (at, _) in &rarest.others {
            docs.extend_from_slice(self.index.postings_in((*at, at + 1)));
        }
        docs.sort_unstable();
        docs.dedup();
        for doc in docs {
            let mut worst = 0;
            let mut sum = 0_u16;
            let every = matchers.iter().all(|matcher| match self.rank(doc, matcher) {
                Some((rank, place)) => {
                    worst = worst.max(rank);
                    sum += u16::from(rank) * 16 + u16::from(place);
                    true
                }
                None => false,
            });
            if every {
                found.add(doc, worst, sum);
            }
        }
    }

    fn weight(&self, matcher: &Matcher) -> usize {
        let others: usize = matcher.others.iter().map(|(at, _)| self.index.postings_in((*at, at + 1)).len()).sum();
        self.index.postings_in(matcher.range).len() + others
    }

    fn rank(&self, doc: u32, matcher: &Matcher) -> Option<(u8, u8)> {
        let typed = self.index.rank_in(doc, matcher.range, matcher.length);
        if typed.is_some() || matcher.others.is_empty() {
            return typed.map(|rank| (rank, 0));
        }
        self.index
            .entries_of(doc)
            .iter()
            .filter(|entry| entry.class != Class::Material)
            .filter_map(|entry| {
                let at = matcher.others.binary_search_by_key(&entry.word, |(at, _)| *at).ok()?;
                // A part of the name, or a slip in it, tells more than one elsewhere.
                let elsewhere = !matches!(entry.class, Class::NameStart | Class::NameWord);
                Some((matcher.others[at].1 as u8 * 2 + u8::from(elsewhere), entry.class as u8))
            })
            .min()
    }

    /// A withdrawn service stands below what can be ordered, unless exactly it was asked for.
    fn demoted(&self, doc: u32, rank: u8) -> u8 {
        const LAST_TYPED: u8 = Class::Member as u8 * 2 + 1;
        let typed = rank > Class::ExactSynonym as u8 * 2 + 1 && rank <= LAST_TYPED;
        if typed && self.index.docs[doc as usize].withdrawn { (rank + 6).min(LAST_TYPED) } else { rank }
    }

    fn finish(&self, mut found: Found, words: &[String], joined: &str, used: &HashMap<u32, i64>, limit: usize) -> Hits {
        found.settle();
        let total = found.total.unwrap_or(0).max(index::number(found.docs.len()));
        let mut ranked: Vec<(u8, u16, i64, u32)> = found
            .docs
            .into_iter()
            .map(|(doc, rank, sum)| {
                let rank = self.demoted(doc, rank);
                let score = self.index.base_score(doc) + used.get(&doc).copied().unwrap_or(0);
                (rank, sum, -score, doc)
            })
            .collect();
        if ranked.len() > limit {
            ranked.select_nth_unstable(limit);
            ranked.truncate(limit);
        }
        ranked.sort_unstable();
        let hits = ranked
            .into_iter()
            .map(|(rank, _, _, doc)| {
                let d = &self.index.docs[doc as usize];
                Hit {
                    kind: d.kind,
                    provider: d.provider.to_string(),
                    id: d.id.to_string(),
                    name: d.name.to_string(),
                    why: why::explain(d, words, joined),
                    rank: u32::from(rank / 2),
                    withdrawn: d.withdrawn,
                    replaced_by: d.replaced_by.as_deref().map(str::to_owned),
                }
            })
            .collect();
        Hits { hits, total }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Beginnings,
    Parts,
    Slips,
}

/// What one word of the query matches: the words that begin with it, and others by kind.
#[derive(Debug)]
struct Matcher {
    range: (u32, u32),
    length: usize,
    others: Vec<(u32, Class)>,
}

/// Documents found so far, possibly several times.
#[derive(Debug, Default)]
struct Found {
    docs: Vec<(u32, u8, u16)>,
    settled: usize,
    total: Option<u32>,
}

impl Found {
    fn add(&mut self, doc: u32, rank: u8, sum: u16) {
        self.docs.push((doc, rank, sum));
    }

    /// How many different documents there are.
    fn len(&mut self) -> usize {
        self.settle();
        self.docs.len()
    }

    /// Keeps each document's best match.
    fn settle(&mut self) {
        if self.settled != self.docs.len() {
            self.docs.sort_unstable();
            self.docs.dedup_by_key(|(doc, _, _)| *doc);
            self.settled = self.docs.len();
        }
    }
}

/// The office's own use lifts a service by at most 90 points of priority.
fn boost(times: u32) -> i64 {
    let doubled = i64::from(32 - times.saturating_add(1).leading_zeros());
    (doubled * 12).min(90) * 100
}

/// The folded words of a query. A prefix such as "P-" or "S-" says nothing more than the name does, so it is dropped;
/// "U-" and "F-" are kept, since they choose between analyses.
fn query_words(query: &str) -> Vec<String> {
    let query = query.trim();
    let rest = ["p-", "s-", "b-", "fp-", "fs-", "sf-", "pf-"]
        .iter()
        .find(|prefix| {
            query.is_char_boundary(prefix.len().min(query.len()))
                && query.len() > prefix.len()
                && query[..prefix.len()].eq_ignore_ascii_case(prefix)
        })
        .map_or(query, |prefix| &query[prefix.len()..]);
    let mut words = fold::words(rest, Spelling::Plain);
    words.truncate(MOST_WORDS);
    words
}

#[cfg(test)]
mod tests;
