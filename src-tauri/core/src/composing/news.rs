//! What new catalogues changed for a draft that was begun before them.
//!
//! A draft looks its facts up afresh, so it follows every update by itself; this says what moved under the hands of the one
//! who made it, until somebody has seen it ([`Edit::SeenCatalogue`](crate::composing::draft::Edit)). Nothing here changes a draft.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::catalogue::diff::{Change, ChangeKind, Diff, Item};
use crate::catalogue::facts::Fact;
use crate::catalogue::model::Service;
use crate::catalogue::version::Version;
use crate::composing::catalogues::Catalogues;
use crate::composing::draft::{Draft, Line};

/// Something that changed for one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct LineNews {
    /// Line id.
    pub line: u32,
    /// What changed, over all versions since the draft was last seen.
    pub change: Change,
}

/// Facts of a service that change what the one who orders or collects has to do.
const CONCERNS: [&str; 11] = [
    "name",
    "specimens",
    "questions",
    "preparation",
    "fasting",
    "department",
    "code",
    "sex",
    "min_age",
    "max_age",
    "withdrawn",
];

/// What changed for each line since its draft was last seen, in the order of the lines. `updates` are the updates that are
/// known of, in any order and of any provider.
#[must_use]
pub fn news<'a>(draft: &Draft, catalogues: &Catalogues, updates: impl IntoIterator<Item = &'a Diff>) -> Vec<LineNews> {
    let updates: Vec<&Diff> = updates.into_iter().collect();
    // Lines are mostly seen with the same version, so what changed since is put together once for each.
    let mut since: BTreeMap<(&str, &str), Changed> = BTreeMap::new();
    let mut news = Vec::new();
    for line in &draft.lines {
        let Some(seen) = draft.based_on.get(&line.id) else { continue };
        let key = (line.provider.as_str(), seen.as_str());
        let changed = since.entry(key).or_insert_with(|| since_version(&updates, &line.provider, seen));
        if !changed.is_empty() {
            let told = concerning(line, catalogues, changed);
            news.extend(told.into_iter().map(|change| LineNews { line: line.id, change }));
        }
    }
    news
}

type Changed = BTreeMap<(Item, String), Change>;

/// All changes of a provider after a version, each thing once.
fn since_version(updates: &[&Diff], provider: &str, since: &str) -> Changed {
    let Ok(since) = since.parse::<Version>() else { return Changed::new() };
    let mut later: Vec<(Version, &Diff)> = updates
        .iter()
        .filter(|diff| diff.provider == provider)
        .filter_map(|diff| Some((diff.to.parse::<Version>().ok()?, *diff)))
        .filter(|(to, _)| *to > since)
        .collect();
    later.sort_by(|(a, _), (b, _)| a.cmp(b));
    let mut changed = Changed::new();
    for change in later.into_iter().flat_map(|(_, diff)| &diff.changes) {
        let key = (change.item, change.id.clone());
        match changed.get_mut(&key) {
            None => drop(changed.insert(key, change.clone())),
            Some(before) => *before = followed_by(before, change),
        }
    }
    changed
}

/// Two changes of one thing as one.
fn followed_by(first: &Change, then: &Change) -> Change {
    let mut facts = first.facts.clone();
    for fact in &then.facts {
        match facts.iter_mut().find(|known| known.field == fact.field) {
            None => facts.push(fact.clone()),
            Some(known) => *known = fact_followed_by(known, fact),
        }
    }
    facts.retain(|fact| fact.before != fact.after);
    let kind = match (first.kind, then.kind) {
        (ChangeKind::New, ChangeKind::Changed) => ChangeKind::New,
        (_, kind) => kind,
    };
    Change { facts, kind, ..then.clone() }
}

/// What went and came again has not changed.
fn fact_followed_by(first: &Fact, then: &Fact) -> Fact {
    let (mut before, mut after) = (first.before.clone(), first.after.clone());
    for told in &then.before {
        match after.iter().position(|came| came == told) {
            Some(at) => drop(after.remove(at)),
            None => before.push(told.clone()),
        }
    }
    for told in &then.after {
        match before.iter().position(|went| went == told) {
            Some(at) => drop(before.remove(at)),
            None => after.push(told.clone()),
        }
    }
    Fact { field: first.field.clone(), before, after }
}

fn concerning(line: &Line, catalogues: &Catalogues, changed: &Changed) -> Vec<Change> {
    let service = catalogues.service(&line.provider, &line.service).map(|(_, service)| service);
    let mut told = Vec::new();
    if let Some(change) = changed.get(&(Item::Service, line.service.clone())) {
        let mut change = change.clone();
        change.facts.retain(|fact| CONCERNS.contains(&fact.field.as_str()));
        let gone = matches!(change.kind, ChangeKind::Withdrawn | ChangeKind::Replaced);
        if gone || !change.facts.is_empty() {
            told.push(change);
        }
    }
    let parts = service.map(parts).unwrap_or_default();
    let rules = catalogues.rules_for(&line.provider, &line.service);
    let rules = rules.into_iter().map(|rule| (Item::Rule, rule.id.clone()));
    for key in parts.into_iter().chain(rules) {
        let Some(change) = changed.get(&key) else { continue };
        let new_rule = change.item == Item::Rule && change.kind == ChangeKind::New;
        let known = told.iter().any(|one| (one.item, &one.id) == (change.item, &change.id));
        if !known && (new_rule || (change.kind == ChangeKind::Changed && !change.facts.is_empty())) {
            told.push(change.clone());
        }
    }
    told
}

/// What a service takes its containers and questions from.
fn parts(service: &Service) -> Vec<(Item, String)> {
    let containers = service.specimens.iter().map(|way| (Item::Container, way.container.clone()));
    containers.chain(service.questions.iter().map(|question| (Item::Question, question.clone()))).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::catalogue::diff::diff;
    use crate::catalogue::facts::Told;
    use crate::composing::draft::{Answer, Edit};
    use crate::composing::fixture::{a, b, catalogues, composed, draft_with, edit};

    /// Provider `a` at a version, with services and questions changed as named in `(list, id, field, value)`.
    fn version(number: &str, changes: &[(&str, &str, &str, serde_json::Value)]) -> serde_json::Value {
        let mut catalogue = a();
        catalogue["version"] = json!(number);
        for (list, id, field, value) in changes {
            let known = catalogue[*list].as_array_mut().unwrap().iter_mut().find(|one| one["id"] == *id).unwrap();
            known[*field] = value.clone();
        }
        catalogue
    }

    fn update(old: &serde_json::Value, new: &serde_json::Value) -> Diff {
        let read = |value: &serde_json::Value| serde_json::from_value(value.clone()).unwrap();
        diff(Some(&read(old)), &read(new))
    }

    #[test]
    fn a_draft_is_told_of_its_own_lines_and_questions_over_several_versions_until_somebody_has_seen_it() {
        let first = a();
        let second = version("2026.12.1", &[("services", "litium", "turnaround_days", json!(4))]);
        let dose = json!({ "nb": "Når ble siste dose tatt?", "nn": "", "en": "" });
        let third = version(
            "2026.12.2",
            &[("questions", "dose", "text", dose), ("services", "hb", "preparation", json!({ "nb": "Hvile." }))],
        );
        let mut draft = draft_with(&["litium", "tsh"], &catalogues(&[first.clone(), b()]));
        let updates = [update(&first, &second), update(&second, &third)];
        let newest = catalogues(&[third, b()]);

        let told = news(&draft, &newest, &updates);
        let seen: Vec<_> = told.iter().map(|one| (one.line, one.change.item, one.change.id.as_str())).collect();
        assert_eq!(seen, [(1, Item::Question, "dose")]);
        let Told::Words(words) = &told[0].change.facts[0].after[0] else { panic!("{told:?}") };
        assert_eq!(words.nb, "Når ble siste dose tatt?");

        edit(&mut draft, &newest, Edit::AddService { provider: "a".into(), service: "hb".into() });
        assert_eq!(news(&draft, &newest, &updates).len(), 1, "what is picked today is not news tomorrow");
        edit(&mut draft, &newest, Edit::SeenCatalogue);
        assert_eq!(news(&draft, &newest, &updates), []);
    }

    #[test]
    fn what_was_changed_and_changed_back_is_not_told() {
        let first = a();
        let changed = version("2026.12.1", &[("services", "tsh", "name", json!("Thyreotropin"))]);
        let back = version("2026.12.2", &[]);
        let draft = draft_with(&["tsh"], &catalogues(std::slice::from_ref(&first)));
        let updates = [update(&first, &changed), update(&changed, &back)];
        assert_eq!(news(&draft, &catalogues(&[back]), &updates), []);
    }

    #[test]
    fn a_replacement_two_versions_away_is_one_click_and_takes_the_answers_that_it_asks_for() {
        let first = a();
        let gone = |by: &str| [("withdrawn", json!(true)), ("replaced_by", json!(by))];
        let of = |id: &'static str, by: &str| gone(by).map(|(field, value)| ("services", id, field, value)).to_vec();
        let mut newest = version("2026.12.2", &[of("litium", "crp"), of("crp", "glukose")].concat());
        let glukose = newest["services"].as_array_mut().unwrap().iter_mut().find(|one| one["id"] == "glukose").unwrap();
        glukose["questions"] = json!(["level"]);
        let mut draft = draft_with(&["litium"], &catalogues(std::slice::from_ref(&first)));
        let before = catalogues(&[first]);
        for (question, answer) in
            [("level", Answer::Number(0.8)), ("dose", Answer::DateTime("2026-11-23T08:00".into()))]
        {
            edit(&mut draft, &before, Edit::Answer { line: 1, question: question.into(), answer: Some(answer) });
        }
        let newest = catalogues(&[newest]);
        let composition = composed(&draft, &newest, &[]);
        let withdrawn = composition.groups[0].lines[0].withdrawn.as_ref().unwrap();
        assert_eq!(withdrawn.replacement.as_deref(), Some("glukose"));
        edit(&mut draft, &newest, Edit::ReplaceLine { line: 1 });
        assert_eq!(draft.lines[0].service, "glukose");
        let kept: Vec<_> = draft.lines[0].answers.keys().map(String::as_str).collect();
        assert_eq!(kept, ["level"], "the answer whose question is asked again is kept, the other is not sent unasked");
    }

    #[test]
    fn a_line_whose_provider_is_gone_stays_and_stops() {
        let draft = draft_with(&["tsh", "b/crp"], &catalogues(&[a(), b()]));
        let composition = composed(&draft, &catalogues(&[a()]), &[]);
        let lines: Vec<_> = composition.groups.iter().flat_map(|group| &group.lines).map(|line| &line.name).collect();
        assert_eq!(lines, ["tsh", "crp"]);
        let stops: Vec<_> = composition.findings.iter().filter(|one| one.rule == "withdrawn").collect();
        assert_eq!(stops.len(), 1);
    }
}
