//! The index: a sorted dictionary of folded words, where each stands, and what was precomputed for short beginnings.

use std::collections::HashMap;

use super::{
    Field, HitKind,
    fold::{self, Spelling},
};
use crate::catalogue::model::{Indexed, Panel, Service};

/// Something that can be found.
#[derive(Debug)]
pub(super) struct Doc {
    pub kind: HitKind,
    pub provider: Box<str>,
    pub id: Box<str>,
    pub name: Box<str>,
    /// Texts it is found by; the first is the name.
    pub texts: Vec<(Field, Box<str>)>,
    pub priority: u32,
    pub withdrawn: bool,
    pub replaced_by: Option<Box<str>>,
}

/// One word of one document.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    /// Position in the dictionary, which is sorted: a beginning is a range of these.
    pub word: u32,
    /// Rank of a match here, before it is known whether the whole word matched.
    pub class: Class,
}

/// How good a match is, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
    OneSlip,
    TwoSlips,
}

/// A cached answer for a short beginning.
#[derive(Debug)]
pub(super) struct Short {
    /// Best documents with their ranks, best first.
    pub best: Vec<(u32, u8)>,
    /// How many there are in all.
    pub total: u32,
}

#[derive(Debug, Default)]
pub(super) struct Index {
    pub docs: Vec<Doc>,
    pub dictionary: Vec<Box<str>>,
    /// For each word, where its postings start; one more at the end.
    pub starts: Vec<u32>,
    /// Documents by word.
    pub postings: Vec<u32>,
    /// For each document, where its entries start; one more at the end.
    pub doc_starts: Vec<u32>,
    pub entries: Vec<Entry>,
    /// Whole texts as one word: exact matches.
    pub phrases: HashMap<Box<str>, Vec<(u32, Class)>>,
    /// Three letters to the words that contain them, sorted.
    pub trigrams: Vec<(u32, u32)>,
    pub short: HashMap<Box<str>, Short>,
    /// Documents by provider and id.
    pub by_id: HashMap<(Box<str>, Box<str>), u32>,
}

/// Postings above which a beginning is answered from the cache.
const HEAVY: u32 = 600;
/// Kept for each cached beginning: more than any list shows.
const KEPT: usize = 128;

impl Index {
    pub(super) fn build(catalogues: &[impl AsRef<Indexed>]) -> Self {
        let mut index = Self::default();
        for catalogue in catalogues {
            let catalogue = catalogue.as_ref();
            let provider = catalogue.catalogue().provider.id.as_str();
            for service in &catalogue.catalogue().services {
                index.docs.push(service_doc(provider, service));
            }
            for panel in &catalogue.catalogue().panels {
                index.docs.push(panel_doc(provider, panel, catalogue));
            }
        }
        index.fill();
        index.cut_trigrams();
        index.cache_short();
        index
    }

    pub(super) fn entries_of(&self, doc: u32) -> &[Entry] {
        &self.entries[self.doc_starts[doc as usize] as usize..self.doc_starts[doc as usize + 1] as usize]
    }

    /// The range of words that begin like this.
    pub(super) fn beginning(&self, prefix: &str) -> (u32, u32) {
        let from = self.dictionary.partition_point(|word| word.as_ref() < prefix);
        let more = self.dictionary[from..].partition_point(|word| word.starts_with(prefix));
        (number(from), number(from + more))
    }

    pub(super) fn postings_in(&self, (from, to): (u32, u32)) -> &[u32] {
        &self.postings[self.starts[from as usize] as usize..self.starts[to as usize] as usize]
    }

    fn fill(&mut self) {
        let mut words: HashMap<String, u32> = HashMap::new();
        let mut raw: Vec<(u32, u32, Class)> = Vec::new();
        for (doc, d) in self.docs.iter().enumerate() {
            let doc = number(doc);
            self.by_id.insert((d.provider.clone(), d.id.clone()), doc);
            for (field, text) in &d.texts {
                let spellings: &[Spelling] = if fold::has_two_spellings(text) {
                    &[Spelling::Plain, Spelling::Digraph]
                } else {
                    &[Spelling::Plain]
                };
                for spelling in spellings {
                    for (key, first) in fold::keys(text, *spelling) {
                        let next = number(words.len());
                        let word = *words.entry(key).or_insert(next);
                        raw.push((doc, word, field.class(first)));
                    }
                    if let Some(class) = field.exact() {
                        let phrase = fold::joined(text, *spelling).into_boxed_str();
                        self.phrases.entry(phrase).or_default().push((doc, class));
                    }
                }
            }
        }
        // Words get their final numbers in sorted order.
        let mut sorted: Vec<(String, u32)> = words.into_iter().collect();
        sorted.sort_unstable();
        let mut place = vec![0; sorted.len()];
        self.dictionary = Vec::with_capacity(sorted.len());
        for (at, (word, old)) in sorted.into_iter().enumerate() {
            place[old as usize] = number(at);
            self.dictionary.push(word.into_boxed_str());
        }
        let mut by_word: Vec<(u32, u32)> = Vec::with_capacity(raw.len());
        self.doc_starts.push(0);
        let mut at = 0;
        for doc in 0..number(self.docs.len()) {
            while let Some((owner, word, class)) = raw.get(at)
                && *owner == doc
            {
                let word = place[*word as usize];
                self.entries.push(Entry { word, class: *class });
                by_word.push((word, doc));
                at += 1;
            }
            self.doc_starts.push(number(self.entries.len()));
        }
        by_word.sort_unstable();
        by_word.dedup();
        self.starts = vec![0; self.dictionary.len() + 1];
        for (word, _) in &by_word {
            self.starts[*word as usize + 1] += 1;
        }
        for at in 1..self.starts.len() {
            self.starts[at] += self.starts[at - 1];
        }
        self.postings = by_word.into_iter().map(|(_, doc)| doc).collect();
    }

    fn cut_trigrams(&mut self) {
        for (word, text) in self.dictionary.iter().enumerate() {
            for three in text.as_bytes().windows(3) {
                self.trigrams.push((trigram(three), number(word)));
            }
        }
        self.trigrams.sort_unstable();
        self.trigrams.dedup();
    }

    /// Answers every short or crowded beginning once, since those are what a keystroke would wait for.
    fn cache_short(&mut self) {
        let mut short = HashMap::new();
        for length in 1..=4 {
            let mut at = 0;
            while at < self.dictionary.len() {
                let word = &self.dictionary[at];
                let Some(prefix) = word.get(..length) else {
                    at += 1;
                    continue;
                };
                let range = self.beginning(prefix);
                let crowded = self.starts[range.1 as usize] - self.starts[range.0 as usize] > HEAVY;
                if crowded || (length <= 2 && word.is_ascii()) {
                    let (best, total) = self.best_of(range, prefix.len());
                    short.insert(prefix.into(), Short { best, total });
                }
                at = (range.1 as usize).max(at + 1);
            }
        }
        self.short = short;
    }

    fn best_of(&self, range: (u32, u32), length: usize) -> (Vec<(u32, u8)>, u32) {
        let mut docs = self.postings_in(range).to_vec();
        docs.sort_unstable();
        docs.dedup();
        let total = number(docs.len());
        let mut ranked: Vec<(u8, i64, u32)> = docs
            .into_iter()
            .map(|doc| (self.rank_in(doc, range, length).unwrap_or(u8::MAX), -self.base_score(doc), doc))
            .collect();
        if ranked.len() > KEPT {
            ranked.select_nth_unstable(KEPT);
            ranked.truncate(KEPT);
        }
        ranked.sort_unstable();
        (ranked.into_iter().map(|(rank, _, doc)| (doc, rank)).collect(), total)
    }

    /// Rank of a document for a beginning: twice the class, one more where only a part of the word was typed.
    pub(super) fn rank_in(&self, doc: u32, (from, to): (u32, u32), length: usize) -> Option<u8> {
        self.entries_of(doc)
            .iter()
            .filter(|entry| entry.word >= from && entry.word < to)
            .filter_map(|entry| {
                let whole = self.dictionary[entry.word as usize].len() == length;
                // One letter of a material says something only as a whole word: "u albumin".
                let useful = entry.class != Class::Material || whole || length >= 3;
                useful.then_some(entry.class as u8 * 2 + u8::from(!whole))
            })
            .min()
    }

    /// What decides between documents of equal rank: the laboratory's priority, then shorter names.
    pub(super) fn base_score(&self, doc: u32) -> i64 {
        let d = &self.docs[doc as usize];
        let length = i64::try_from(d.name.len().min(99)).unwrap_or(99);
        let priority = if d.withdrawn { -1 } else { i64::from(d.priority) };
        priority * 100 - length
    }
}

pub(super) fn trigram(three: &[u8]) -> u32 {
    u32::from_be_bytes([0, three[0], three[1], three[2]])
}

pub(super) fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Panels stand beside the daily analyses.
const PANEL_PRIORITY: u32 = 85;

fn service_doc(provider: &str, service: &Service) -> Doc {
    let mut texts: Vec<(Field, Box<str>)> = vec![(Field::Name, service.name.as_str().into())];
    // "A" is every histological examination: nobody types it to find one.
    let own = Some(&service.code).filter(|code| !code.is_a_kind()).and_then(|code| code.code.as_deref());
    for code in [own, service.local_code.as_ref().and_then(|c| c.code.as_deref())] {
        texts.extend(code.map(|code| (Field::Code, code.into())));
    }
    let (material, official) = split_material(&service.code.display);
    if fold::joined(official, Spelling::Plain) != fold::joined(&service.name, Spelling::Plain) {
        texts.push((Field::Official, official.into()));
    }
    if let Some(local) = &service.local_code {
        texts.push((Field::Official, local.display.as_str().into()));
    }
    texts.extend(service.synonyms.iter().map(|synonym| (Field::Synonym, synonym.as_str().into())));
    texts.extend(material_words(material).iter().map(|word| (Field::Material, (*word).into())));
    Doc {
        kind: HitKind::Service,
        provider: provider.into(),
        id: service.id.as_str().into(),
        name: service.name.as_str().into(),
        texts,
        priority: service.priority,
        withdrawn: service.withdrawn,
        replaced_by: service.replaced_by.as_deref().map(Into::into),
    }
}

fn panel_doc(provider: &str, panel: &Panel, catalogue: &Indexed) -> Doc {
    let mut texts: Vec<(Field, Box<str>)> = vec![(Field::Name, panel.name.as_str().into())];
    texts.extend(panel.synonyms.iter().map(|synonym| (Field::Synonym, synonym.as_str().into())));
    let members = panel.services.iter().chain(&panel.optional).filter_map(|id| catalogue.service(id));
    texts.extend(members.map(|member| (Field::Member, member.name.as_str().into())));
    Doc {
        kind: HitKind::Panel,
        provider: provider.into(),
        id: panel.id.as_str().into(),
        name: panel.name.as_str().into(),
        texts,
        priority: PANEL_PRIORITY,
        withdrawn: false,
        replaced_by: None,
    }
}

/// `P-Ferritin` is `P` and `Ferritin`.
fn split_material(display: &str) -> (&str, &str) {
    match display.split_once('-') {
        Some((system, rest))
            if !rest.is_empty() && system.len() <= 24 && system.starts_with(|c: char| c.is_ascii_uppercase()) =>
        {
            (system, rest)
        }
        _ => ("", display),
    }
}

/// What people call a material: laboratories write P where offices still write S.
fn material_words(system: &str) -> &'static [&'static str] {
    match system.split('(').next().unwrap_or_default() {
        "P" | "S" => &["p", "s", "plasma", "serum"],
        "B" | "Ery" | "DNA" => &["b", "blod", "fullblod"],
        "U" | "Pt" => &["u", "urin"],
        "F" => &["f", "feces", "avføring"],
        "Vagv" => &["vagina"],
        "Us" => &["us", "sekret"],
        "Sekr" => &["sekret"],
        _ => &[],
    }
}
