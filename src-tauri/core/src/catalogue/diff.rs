//! What differs between two versions of a catalogue: shown to the office after an update, and to its authors before one.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use serde::{Deserialize, Serialize};
use specta::Type;

use super::facts::{Fact, Names, facts};
use super::listed::Listed;
use super::model::{Catalogue, Service};

/// All differences, in the catalogue's order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Diff {
    /// Provider id.
    pub provider: String,
    /// Version before; nothing for a first catalogue.
    pub from: Option<String>,
    /// Version after.
    pub to: String,
    /// The changes.
    pub changes: Vec<Change>,
}

/// One thing that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Change {
    /// What it is.
    pub item: Item,
    /// Its id.
    pub id: String,
    /// Its name, or its id where it has none.
    pub name: String,
    /// What happened.
    pub kind: ChangeKind,
    /// Fields that differ, as the model calls them.
    pub fields: Vec<String>,
    /// What those fields said and say, where that means something to an office.
    #[serde(default)]
    pub facts: Vec<Fact>,
    /// Service that takes its place.
    pub replaced_by: Option<String>,
}

/// What kind of thing differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Item {
    /// The provider: limits, abilities, addresses.
    Provider,
    /// A department.
    Department,
    /// A service.
    Service,
    /// A panel.
    Panel,
    /// A container.
    Container,
    /// A question.
    Question,
    /// A rule.
    Rule,
    /// A label rule.
    LabelRule,
}

/// What happened to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// Was not there before.
    New,
    /// Differs in [`Change::fields`].
    Changed,
    /// Can no longer be ordered, and nothing takes its place.
    Withdrawn,
    /// Can no longer be ordered; [`Change::replaced_by`] takes its place.
    Replaced,
}

impl Diff {
    /// Ids of the services and panels that came, changed or went: what a search index has to look at again. Nothing where
    /// more than those differs in what can be found, so that everything has to be looked at.
    #[must_use]
    pub fn touched(&self) -> Option<(Vec<String>, Vec<String>)> {
        let ids = |item| self.changes.iter().filter(move |change| change.item == item).map(|change| change.id.clone());
        let elsewhere = self.changes.iter().any(|change| matches!(change.item, Item::Provider | Item::Department));
        (self.from.is_some() && !elsewhere).then(|| (ids(Item::Service).collect(), ids(Item::Panel).collect()))
    }

    /// Ids of services that can no longer be ordered, with their replacement.
    pub fn gone(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.changes.iter().filter_map(|change| match change.kind {
            ChangeKind::Withdrawn | ChangeKind::Replaced if change.item == Item::Service => {
                Some((change.id.as_str(), change.replaced_by.as_deref()))
            }
            ChangeKind::New | ChangeKind::Changed | ChangeKind::Withdrawn | ChangeKind::Replaced => None,
        })
    }
}

/// Compares two catalogues of one provider. Without an old one, everything is new. Services that the two share are not
/// looked at, so the next version of a large catalogue costs what differs.
#[must_use]
pub fn diff(old: Option<&Catalogue>, new: &Catalogue) -> Diff {
    let mut changes = Vec::new();
    // What is new is told by its page, so without an old catalogue no names are asked for.
    let names = (Names(old.unwrap_or(new)), Names(new));
    if let Some(old) = old.filter(|old| old.provider != new.provider) {
        changes.extend(changed(Item::Provider, &old.provider, &new.provider, &names));
    }
    /// Compares one of the short lists.
    macro_rules! compare {
        ($item:expr, $list:ident) => {
            let before = old.map_or(&[][..], |old| &old.$list);
            list($item, (before.iter().collect(), new.$list.iter().collect()), &names, &mut changes);
        };
    }
    compare!(Item::Department, departments);
    let before = old.map_or(&[][..], |old| &old.services);
    list(Item::Service, apart(before, &new.services), &names, &mut changes);
    compare!(Item::Panel, panels);
    compare!(Item::Container, containers);
    compare!(Item::Question, questions);
    compare!(Item::Rule, rules);
    compare!(Item::LabelRule, label_rules);
    Diff {
        provider: new.provider.id.clone(),
        from: old.map(|old| old.version.clone()),
        to: new.version.clone(),
        changes,
    }
}

/// Compares what a list was with what it is.
fn list<T: Listed>(
    item: Item,
    (before, after): (Vec<&T>, Vec<&T>),
    names: &(Names<'_>, Names<'_>),
    changes: &mut Vec<Change>,
) {
    if before == after {
        return;
    }
    let before_by_id: HashMap<&str, &T> = before.iter().map(|one| (one.id(), *one)).collect();
    let after_ids: HashSet<&str> = after.iter().map(|one| one.id()).collect();
    for one in after {
        match before_by_id.get(one.id()) {
            None => changes.push(change(item, one, ChangeKind::New)),
            Some(old) if !old.withdrawn() && one.withdrawn() => {
                let replaced = one.replaced_by().is_some();
                let kind = if replaced { ChangeKind::Replaced } else { ChangeKind::Withdrawn };
                changes.push(change(item, one, kind));
            }
            Some(old) => changes.extend(changed(item, *old, one, names)),
        }
    }
    let gone = before.into_iter().filter(|one| !after_ids.contains(one.id()));
    changes.extend(gone.map(|one| change(item, one, ChangeKind::Withdrawn)));
}

fn change(item: Item, one: &impl Listed, kind: ChangeKind) -> Change {
    Change {
        item,
        id: one.id().to_owned(),
        name: one.name().to_owned(),
        kind,
        fields: Vec::new(),
        facts: Vec::new(),
        replaced_by: one.replaced_by().map(str::to_owned),
    }
}

/// What differs in one thing; nothing where nothing does.
fn changed<T: Listed>(item: Item, before: &T, after: &T, names: &(Names<'_>, Names<'_>)) -> Option<Change> {
    let differing = before.differing(after);
    let fields: Vec<String> = differing.iter().map(|one| one.field.to_owned()).collect();
    let facts = facts(&differing, &names.0, &names.1);
    (!fields.is_empty()).then(|| Change { fields, facts, ..change(item, after, ChangeKind::Changed) })
}

/// The services that two lists do not share, by address alone: looking into ten thousand would cost more than all else.
fn apart<'l>(before: &'l [Arc<Service>], after: &'l [Arc<Service>]) -> (Vec<&'l Service>, Vec<&'l Service>) {
    let (mut old, mut new) = (Vec::new(), Vec::new());
    let (mut at, mut to) = (0, 0);
    // In step as far as possible; one that came or went is stepped over.
    while let (Some(one), Some(other)) = (before.get(at), after.get(to)) {
        let next_is = |list: &[Arc<Service>], place: usize, service| {
            list.get(place + 1).is_some_and(|next| Arc::ptr_eq(next, service))
        };
        if Arc::ptr_eq(one, other) {
            (at, to) = (at + 1, to + 1);
        } else if next_is(before, at, other) {
            old.push(one);
            at += 1;
        } else if next_is(after, to, one) {
            new.push(other);
            to += 1;
        } else {
            old.push(one);
            new.push(other);
            (at, to) = (at + 1, to + 1);
        }
    }
    old.extend(&before[at..]);
    new.extend(&after[to..]);
    // What was moved is in both.
    let addresses = |list: &[&Arc<Service>]| list.iter().map(|one| Arc::as_ptr(one)).collect::<HashSet<_>>();
    let (old_ones, new_ones) = (addresses(&old), addresses(&new));
    let only = |list: Vec<&'l Arc<Service>>, others: &HashSet<_>| {
        list.into_iter().filter(|one| !others.contains(&Arc::as_ptr(one))).map(AsRef::as_ref).collect()
    };
    (only(old, &new_ones), only(new, &old_ones))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::facts::Told;
    use crate::catalogue::package::tests::balsam;

    #[test]
    fn an_update_says_what_is_new_changed_withdrawn_and_replaced() {
        let old = balsam();
        let mut new = old.clone();
        new.version = "2026.12.1".into();
        let at = |id: &str| old.services.iter().position(|service| service.id == id).unwrap();
        Arc::make_mut(&mut new.services[at("ferritin")]).retest_days = Some(30);
        Arc::make_mut(&mut new.services[at("crp")]).withdrawn = true;
        let sr = Arc::make_mut(&mut new.services[at("sr")]);
        sr.withdrawn = true;
        sr.replaced_by = Some("crp".into());
        let mut added = new.services[at("ferritin")].clone();
        Arc::make_mut(&mut added).id = "ny".into();
        new.services.push(added);
        new.services.remove(at("hemoglobin"));
        let diff = diff(Some(&old), &new);
        let seen: Vec<_> = diff.changes.iter().map(|c| (c.id.as_str(), c.kind, c.fields.join(","))).collect();
        assert_eq!(
            seen,
            [
                ("sr", ChangeKind::Replaced, String::new()),
                ("ferritin", ChangeKind::Changed, "retest_days".into()),
                ("crp", ChangeKind::Withdrawn, String::new()),
                ("ny", ChangeKind::New, String::new()),
                ("hemoglobin", ChangeKind::Withdrawn, String::new()),
            ]
        );
        let gone: Vec<_> = diff.gone().collect();
        assert_eq!(gone, [("sr", Some("crp")), ("crp", None), ("hemoglobin", None)]);
    }

    #[test]
    fn services_that_two_versions_share_are_told_like_copies_of_them() {
        let old = balsam();
        let mut new = old.clone();
        new.version = "2026.12.1".into();
        let moved = new.services.remove(3);
        new.services.insert(40, moved);
        new.services.remove(11);
        new.services.remove(12);
        for (place, id) in [(0, "ny-a"), (20, "ny-b"), (21, "ny-c")] {
            let mut added = new.services[5].clone();
            Arc::make_mut(&mut added).id = id.into();
            new.services.insert(place, added);
        }
        for place in [1, 2, 30] {
            Arc::make_mut(&mut new.services[place]).priority += 1;
        }
        let mut copied = new.clone();
        copied.services = copied.services.iter().map(|service| Arc::new(service.as_ref().clone())).collect();
        let shared = diff(Some(&old), &new);
        assert_eq!(shared, diff(Some(&old), &copied));
        assert_eq!(shared.changes.len(), 3 + 2 + 3);
    }

    #[test]
    fn the_same_catalogue_differs_in_nothing() {
        assert_eq!(diff(Some(&balsam()), &balsam()).changes, []);
    }

    #[test]
    fn a_change_says_what_it_was_and_what_it_is_in_words_and_only_what_went_and_came() {
        let old = balsam();
        let mut new = old.clone();
        let at = |id: &str| old.services.iter().position(|service| service.id == id).unwrap();
        let ferritin = Arc::make_mut(&mut new.services[at("ferritin")]);
        ferritin.turnaround_days = Some(9);
        ferritin.specimens.truncate(1);
        ferritin.specimens[0].container = "EDTA".into();
        Arc::make_mut(&mut new.services[at("litium")]).questions.retain(|question| question != "last_dose");
        new.provider.limits.clinical_text = 2000;
        let diff = diff(Some(&old), &new);
        let of = |id: &str, field: &str| {
            let change = diff.changes.iter().find(|change| change.id == id).unwrap();
            change.facts.iter().find(|fact| fact.field == field).unwrap()
        };
        let words = |told: &[Told]| match told {
            [Told::Words(text)] => text.nb.clone(),
            other => format!("{other:?}"),
        };
        let turnaround = of("ferritin", "turnaround_days");
        assert_eq!(turnaround.after, [Told::Number("9".into())]);
        let specimens = of("ferritin", "specimens");
        assert!(words(&specimens.before).starts_with("Serum, gel, "), "{specimens:?}");
        assert!(words(&specimens.after).contains("EDTA"), "{specimens:?}");
        let questions = of("litium", "questions");
        assert_eq!((words(&questions.before).as_str(), questions.after.len()), ("Tidspunkt for siste dose", 0));
        let limit = of("balsam-lab", "limits.clinical_text");
        let figures = [&limit.before, &limit.after].map(|told| told.first().cloned());
        assert_eq!(figures, [Some(Told::Number("4000".into())), Some(Told::Number("2000".into()))]);
    }
}
