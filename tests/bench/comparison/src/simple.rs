//! The simple engine that a search has to be worth more than: an `fst` of tokens, prefix and Levenshtein automata, the
//! hits of one- and two-letter beginnings found out beforehand.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use fst::{Automaton, IntoStreamer, Map, Streamer, automaton::Levenshtein, automaton::Str};

use crate::{Contender, Fallible, LIMIT, Row, slips, words};

pub struct Simple {
    tokens: Map<Vec<u8>>,
    /// Documents of each token, with the field's weight.
    postings: Vec<Vec<(u32, u8)>>,
    priorities: Vec<u32>,
    names: Vec<String>,
    short: HashMap<String, Vec<u32>>,
}

impl Simple {
    pub fn build(rows: &[Row]) -> Fallible<Self> {
        let mut tokens: BTreeMap<String, Vec<(u32, u8)>> = BTreeMap::new();
        for row in rows {
            let id = u32::try_from(row.id)?;
            for (text, weight) in [(&row.name, 0), (&row.code, 0), (&row.synonyms, 1), (&row.official, 2)] {
                for word in words(text) {
                    let postings = tokens.entry(word).or_default();
                    if postings.last().is_none_or(|(last, _)| *last != id) {
                        postings.push((id, weight));
                    }
                }
            }
        }
        let map = Map::from_iter(tokens.keys().enumerate().map(|(at, token)| (token, at as u64)))?;
        let mut made = Self {
            tokens: map,
            postings: tokens.into_values().collect(),
            priorities: rows.iter().map(|row| row.priority).collect(),
            names: rows.iter().map(|row| row.name.clone()).collect(),
            short: HashMap::new(),
        };
        let mut beginnings = BTreeSet::new();
        let mut stream = made.tokens.stream();
        while let Some((token, _)) = stream.next() {
            let token = String::from_utf8_lossy(token);
            beginnings.extend((1..=2).filter_map(|length| Some(token.get(..length)?.to_owned())));
        }
        drop(stream);
        for beginning in beginnings {
            let best = made.best(&[beginning.clone()], false);
            made.short.insert(beginning, best);
        }
        Ok(made)
    }

    fn best(&self, words: &[String], fuzzy: bool) -> Vec<u32> {
        let mut all: Option<HashMap<u32, u32>> = None;
        for word in words {
            let mut found: HashMap<u32, u32> = HashMap::new();
            let mut take = |token: u64, far: u32| {
                for (doc, weight) in &self.postings[token as usize] {
                    let score = far * 8 + u32::from(*weight);
                    found.entry(*doc).and_modify(|best| *best = score.min(*best)).or_insert(score);
                }
            };
            let mut begins = self.tokens.search(Str::new(word).starts_with()).into_stream();
            while let Some((token, at)) = begins.next() {
                take(at, u32::from(token.len() != word.len()));
            }
            let limit = u32::from(slips(word));
            if fuzzy
                && limit > 0
                && let Ok(automaton) = Levenshtein::new(word, limit)
            {
                let mut near = self.tokens.search(automaton).into_stream();
                while let Some((_, at)) = near.next() {
                    take(at, 2);
                }
            }
            all = Some(match all {
                None => found,
                Some(before) => {
                    let both = before.into_iter().filter_map(|(doc, score)| Some((doc, score + found.get(&doc)?)));
                    both.collect()
                }
            });
        }
        let mut ranked: Vec<(u32, i64, u32)> = all
            .unwrap_or_default()
            .into_iter()
            .map(|(doc, score)| (score, -i64::from(self.priorities[doc as usize]), doc))
            .collect();
        if ranked.len() > LIMIT {
            ranked.select_nth_unstable(LIMIT);
            ranked.truncate(LIMIT);
        }
        ranked.sort_unstable();
        ranked.into_iter().map(|(_, _, doc)| doc).collect()
    }
}

impl Contender for Simple {
    fn answer(&self, query: &str) -> usize {
        let words = words(query);
        let found = match words.as_slice() {
            [] => return 0,
            [only] if let Some(best) = self.short.get(only) => best.clone(),
            _ => {
                let typed = self.best(&words, false);
                if typed.len() < LIMIT { self.best(&words, true) } else { typed }
            }
        };
        found.iter().map(|doc| self.names[*doc as usize].clone()).collect::<Vec<_>>().len()
    }

    fn memory(&self) -> usize {
        let postings: usize = self.postings.iter().map(|postings| postings.capacity() * 8 + 24).sum();
        let names: usize = self.names.iter().map(|name| name.len() + 24).sum();
        self.tokens.as_fst().as_bytes().len() + postings + names + self.priorities.len() * 4 + self.short.len() * 100
    }
}
