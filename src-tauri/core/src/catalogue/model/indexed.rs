//! A catalogue with look-ups by id.

use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};

use super::{Catalogue, Container, Department, Panel, Question, Service};
use crate::catalogue::content::Content;

/// Look-ups by id, made once for each catalogue. That of the services is shared between versions that have the same ones.
#[derive(Debug, Default)]
pub struct Index {
    services: Arc<BTreeMap<String, usize>>,
    containers: BTreeMap<String, usize>,
    departments: BTreeMap<String, usize>,
    questions: BTreeMap<String, usize>,
    panels: BTreeMap<String, usize>,
}

impl Index {
    fn new(catalogue: &Catalogue, services: Arc<BTreeMap<String, usize>>) -> Self {
        Self {
            services,
            containers: by_id(&catalogue.containers, |c| &c.id),
            departments: by_id(&catalogue.departments, |d| &d.id),
            questions: by_id(&catalogue.questions, |q| &q.id),
            panels: by_id(&catalogue.panels, |p| &p.id),
        }
    }
}

fn by_id<T>(items: &[T], id: impl Fn(&T) -> &str) -> BTreeMap<String, usize> {
    items.iter().enumerate().map(|(at, item)| (id(item).to_owned(), at)).collect()
}

/// A catalogue with its look-ups: what composing works on.
#[derive(Debug)]
pub struct Indexed {
    catalogue: Catalogue,
    index: Index,
    /// Made when it is first asked for: only deltas and versions of the same number need it.
    content: OnceLock<Content>,
}

impl Indexed {
    /// Indexes a catalogue.
    #[must_use]
    pub fn new(catalogue: Catalogue) -> Self {
        let services = Arc::new(by_id(&catalogue.services, |s| &s.id));
        Self { index: Index::new(&catalogue, services), catalogue, content: OnceLock::new() }
    }

    /// Indexes the version after `old`, whose content is known already.
    pub(in crate::catalogue) fn after(old: &Self, catalogue: Catalogue, content: Content) -> Self {
        let (before, after) = (&old.catalogue.services, &catalogue.services);
        let stay = before.len() == after.len()
            && before.iter().zip(after).all(|(old, new)| Arc::ptr_eq(old, new) || old.id == new.id);
        let services =
            if stay { Arc::clone(&old.index.services) } else { Arc::new(by_id(&catalogue.services, |s| &s.id)) };
        Self { index: Index::new(&catalogue, services), catalogue, content: content.into() }
    }

    /// The catalogue itself.
    #[must_use]
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// The hashes of what it says.
    #[must_use]
    pub fn content(&self) -> &Content {
        self.content.get_or_init(|| Content::of(&self.catalogue))
    }

    /// A service by id.
    #[must_use]
    pub fn service(&self, id: &str) -> Option<&Service> {
        self.index.services.get(id).map(|at| self.catalogue.services[*at].as_ref())
    }

    /// A container by id.
    #[must_use]
    pub fn container(&self, id: &str) -> Option<&Container> {
        self.index.containers.get(id).map(|at| &self.catalogue.containers[*at])
    }

    /// A department by id.
    #[must_use]
    pub fn department(&self, id: &str) -> Option<&Department> {
        self.index.departments.get(id).map(|at| &self.catalogue.departments[*at])
    }

    /// A question by id.
    #[must_use]
    pub fn question(&self, id: &str) -> Option<&Question> {
        self.index.questions.get(id).map(|at| &self.catalogue.questions[*at])
    }

    /// A panel by id.
    #[must_use]
    pub fn panel(&self, id: &str) -> Option<&Panel> {
        self.index.panels.get(id).map(|at| &self.catalogue.panels[*at])
    }
}
