//! Texts by name, and words that lead to more than one service.

use std::collections::{BTreeMap, BTreeSet};

use super::{Kind, Known};
use crate::catalogue::{
    authoring::{
        Mistakes, What,
        sheets::{Draft, HANDBOOK, SERVICES, TEXTS},
        tables::Located,
    },
    model::Text,
};

/// Most services named for one word.
const MOST_NAMED: usize = 8;

pub(super) fn check(draft: &Draft, known: &Known<'_>, mistakes: &mut Mistakes) {
    let preparations = draft.services.iter().map(|s| s.value.preparation.as_str());
    let used: BTreeSet<&str> = preparations.chain(draft.specimens.iter().map(|s| s.value.handling.as_str())).collect();
    let all_read = known.unread.is_empty() && known.broken.is_empty();
    for (id, words) in &draft.texts {
        block(words, (TEXTS, id), mistakes);
        if all_read && !used.contains(id.as_str()) {
            mistakes.add(TEXTS, words.line, id, What::Unused { kind: "text", id: id.clone() });
        }
    }
    for (id, words) in &draft.handbook {
        block(words, (HANDBOOK, id), mistakes);
        known.refer(Kind::Service, id, (HANDBOOK, words.line, id), mistakes);
    }
    ambiguous(draft, mistakes);
}

/// A text of its own, one line for each language.
fn block(words: &Located<Text>, (file, id): (&str, &str), mistakes: &mut Mistakes) {
    for (language, written) in [("nb", &words.value.nb), ("nn", &words.value.nn), ("en", &words.value.en)] {
        if written.trim().is_empty() {
            mistakes.add(file, words.line_of(language), id, What::MissingLanguage(language));
        }
    }
}

/// Names and synonyms that several services have: nobody who types one gets the hit at once. Often that is right
/// ("hudbiopsi"), and sometimes a word was copied along, so it is a warning, said once, where the word stands last.
fn ambiguous(draft: &Draft, mistakes: &mut Mistakes) {
    let mut seen: BTreeMap<String, Vec<(&str, &str, u32, &'static str)>> = BTreeMap::new();
    for row in draft.services.iter().filter(|row| !row.value.service.withdrawn) {
        let s = &row.value.service;
        let synonyms = s.synonyms.iter().map(|word| (word.as_str(), "synonyms"));
        for (word, field) in std::iter::once((s.name.as_str(), "name")).chain(synonyms) {
            let folded: String = word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
            let places = seen.entry(folded).or_default();
            if places.iter().all(|(id, ..)| *id != s.id) {
                places.push((&s.id, word, row.line, field));
            }
        }
    }
    for places in seen.values().filter(|places| places.len() > 1) {
        let mut services: Vec<&str> = places.iter().map(|(id, ..)| *id).take(MOST_NAMED).collect();
        if places.len() > MOST_NAMED {
            services.push("…");
        }
        if let Some((_, word, line, field)) = places.last() {
            let what = What::Ambiguous { word: (*word).to_owned(), services: services.join(", ") };
            mistakes.warn(SERVICES, *line, field, what);
        }
    }
}
