//! The office's own panels while one types. They are few and change with every save, so they are indexed at each keystroke;
//! what counts as a match, and which match is better, is as among the catalogues.

use std::sync::Arc;

use super::{Engine, Usage, Why, engine::Part, index::Segment, texts::Docs};

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
pub struct OfficeHit<'p> {
    /// Its place among those that were sought through.
    pub at: usize,
    /// Which word matched.
    pub why: Why<'p>,
}

/// The panels that fit what is typed so far, best first; none for an empty query. The whole name stands above its
/// beginning, that above another word, a member, a part of a word, and a slip of the finger below them all. Panels that
/// match alike stay in the order given.
#[must_use]
pub fn office<'p>(query: &str, panels: &'p [Sought]) -> Vec<OfficeHit<'p>> {
    let mut docs = Docs::default();
    for panel in panels {
        docs.add_office_panel(panel);
    }
    let engine = Engine::of(vec![Part { segment: Arc::new(Segment::build(docs)), gone: None }], Default::default());
    let hits = engine.read_freely(query, &Usage::default(), panels.len(), false).hits;
    let told = hits.into_iter().filter_map(|hit| {
        let at: usize = hit.id.parse().ok()?;
        let Why { field, word, typo, marked } = hit.why;
        // The index ends with this keystroke; the panel itself has the same word.
        let word = panels.get(at)?.texts().find(|text| *text == word)?;
        Some(OfficeHit { at, why: Why { field, word, typo, marked } })
    });
    told.collect()
}

impl Sought {
    fn texts(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.name).chain(&self.words).chain(&self.members).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::search::Field;

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
        let panels = panels();
        let hit = office("ferr", &panels).remove(0);
        assert_eq!((hit.why.field, hit.why.word, hit.why.typo), (Field::Member, "Ferritin", false));
        let hit = office("anemi", &panels).remove(0);
        assert_eq!((hit.why.field, hit.why.marked.len()), (Field::Name, 1));
    }

    #[test]
    fn a_slip_of_the_finger_finds_it_below_what_was_really_typed() {
        let mut all = panels();
        all.push(Sought { name: "Aneni".into(), ..Sought::default() });
        let found: Vec<usize> = office("aneni", &all).into_iter().map(|hit| hit.at).collect();
        assert_eq!(found, [3, 1]);
    }
}
