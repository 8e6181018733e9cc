//! The office's own panels while one types. They are few and change with every save, so they are folded at each keystroke
//! instead of being indexed; what counts as a match, and which match is better, is as in the index.

use super::{
    Field, HitKind, Why,
    fold::{self, Spelling},
    fuzzy,
    index::Doc,
    query_words, why,
};

/// A panel of the office as far as it can be found.
#[derive(Clone, Debug, Default)]
pub struct Sought {
    /// What it is called.
    pub name: String,
    /// Other words for it.
    pub words: Vec<String>,
    /// Names of its members.
    pub members: Vec<String>,
}

/// A panel that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfficeHit {
    /// Its place among those that were sought through.
    pub at: usize,
    /// Which word matched.
    pub why: Why,
}

/// The panels that fit what is typed so far, best first; none for an empty query. The whole name stands above its
/// beginning, that above another word, a member, a part of a word, and a slip of the finger below them all.
#[must_use]
pub fn office(query: &str, panels: &[Sought]) -> Vec<OfficeHit> {
    let query: String = query.chars().take(super::LONGEST_QUERY).collect();
    let words = query_words(&query);
    if words.is_empty() {
        return Vec::new();
    }
    let joined = fold::joined(&query, Spelling::Plain);
    let mut found: Vec<(u8, OfficeHit)> = Vec::new();
    for (at, panel) in panels.iter().enumerate() {
        let doc = doc(panel);
        let texts = || doc.texts.iter();
        let Some(rank) = words
            .iter()
            .map(|word| texts().filter_map(|(field, text)| rank(*field, text, word)).min())
            .try_fold(0, |worst: u8, rank| rank.map(|rank| worst.max(rank)))
        else {
            continue;
        };
        let whole = |text: &str, spelling| fold::joined(text, spelling) == joined;
        let exact = whole(&panel.name, Spelling::Plain) || whole(&panel.name, Spelling::Digraph);
        found.push((if exact { 0 } else { rank }, OfficeHit { at, why: why::explain(&doc, &words, &joined) }));
    }
    // Stable: panels that match alike stay in the order given.
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, hit)| hit).collect()
}

fn doc(panel: &Sought) -> Doc {
    let mut texts: Vec<(Field, Box<str>)> = vec![(Field::Name, panel.name.as_str().into())];
    texts.extend(panel.words.iter().map(|word| (Field::Synonym, word.as_str().into())));
    texts.extend(panel.members.iter().map(|name| (Field::Member, name.as_str().into())));
    Doc {
        kind: HitKind::Panel,
        provider: "".into(),
        id: "".into(),
        name: panel.name.as_str().into(),
        texts,
        priority: 0,
        withdrawn: false,
        replaced_by: None,
    }
}

/// How well one word of the query fits one text: 1 to 3 at the beginning of a word of name, synonym or member, 4 inside
/// one, 5 and 6 by slips.
fn rank(field: Field, text: &str, word: &str) -> Option<u8> {
    let begins = match field {
        Field::Name => 1,
        Field::Synonym => 2,
        Field::Code | Field::Official | Field::Material | Field::Member => 3,
    };
    let spellings = [Spelling::Plain, Spelling::Digraph];
    let keys: Vec<String> =
        spellings.iter().flat_map(|spelling| fold::keys(text, *spelling)).map(|(key, _)| key).collect();
    if keys.iter().any(|key| key.starts_with(word)) {
        return Some(begins);
    }
    if word.len() >= 3 && keys.iter().any(|key| key.contains(word)) {
        return Some(4);
    }
    let mut dictionary: Vec<Box<str>> = keys.into_iter().map(String::into_boxed_str).collect();
    dictionary.sort_unstable();
    let slips = fuzzy::search(&dictionary, word, fuzzy::allowed(word)).into_iter().map(|(_, slips)| slips).min()?;
    Some(4 + slips.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn panels() -> Vec<Sought> {
        let panel = |name: &str, words: &[&str], members: &[&str]| Sought {
            name: name.into(),
            words: words.iter().map(ToString::to_string).collect(),
            members: members.iter().map(ToString::to_string).collect(),
        };
        vec![
            panel("Årskontroll diabetes", &["sukker"], &["HbA1c", "Kreatinin", "LDL-kolesterol"]),
            panel("Anemi", &[], &["Ferritin", "Hemoglobin"]),
            panel("Slapp og trøtt", &["fatigue"], &["Ferritin", "TSH"]),
        ]
    }

    fn names(query: &str) -> Vec<String> {
        let panels = panels();
        office(query, &panels).into_iter().map(|hit| panels[hit.at].name.clone()).collect()
    }

    #[test]
    fn the_offices_panels_are_found_by_name_word_and_member_in_any_spelling() {
        for query in ["årsk", "aarsk", "arskontroll", "diabetes", "sukk", "hba1c", "ldl", "kontroll"] {
            assert_eq!(names(query), ["Årskontroll diabetes"], "{query}");
        }
        assert_eq!(names("ferr"), ["Anemi", "Slapp og trøtt"]);
        assert_eq!(names("trott"), ["Slapp og trøtt"]);
        assert!(names("").is_empty() && names("xyz").is_empty());
        assert!(names("tsh anemi").is_empty(), "every word counts");
    }

    #[test]
    fn it_is_said_which_word_matched() {
        let hit = office("ferr", &panels()).remove(0);
        assert_eq!((hit.why.field, hit.why.word.as_str(), hit.why.typo), (Field::Member, "Ferritin", false));
        let hit = office("anemi", &panels()).remove(0);
        assert_eq!((hit.why.field, hit.why.in_name.len()), (Field::Name, 1));
    }

    #[test]
    fn a_slip_of_the_finger_finds_it_below_what_was_really_typed() {
        let mut all = panels();
        all.push(Sought { name: "Aneni".into(), ..Sought::default() });
        let found: Vec<usize> = office("aneni", &all).into_iter().map(|hit| hit.at).collect();
        assert_eq!(found, [3, 1]);
    }
}
