//! The catalogues in use, with the look-ups that composing needs.
//!
//! One value of it is made when catalogues change and shared by everything that composes; it reads packages, never files.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;

use crate::catalogue::model::{Catalogue, Department, Indexed, LabelRule, Question, Rule, Service};
use crate::composing::conditions::Conditions;

/// Steps from a withdrawn service to the one of today.
const MOST_REPLACEMENTS: usize = 8;

/// The catalogues in use, one for each provider.
pub struct Catalogues {
    providers: BTreeMap<String, Offer>,
    conditions: Conditions,
}

/// One provider's catalogue with the look-ups that [`Indexed`] lacks.
struct Offer {
    indexed: Arc<Indexed>,
    rules_by_service: HashMap<String, Vec<usize>>,
    draft_rules: Vec<usize>,
    source_titles: HashMap<String, String>,
    container_rank: HashMap<String, usize>,
}

impl Catalogues {
    /// Takes the catalogues in use; of two from one provider the last one counts.
    #[must_use]
    pub fn new(catalogues: impl IntoIterator<Item = Arc<Indexed>>) -> Self {
        let providers = catalogues
            .into_iter()
            .map(|indexed| (indexed.catalogue().provider.id.clone(), Offer::new(indexed)))
            .collect();
        Self { providers, conditions: Conditions::default() }
    }

    /// All catalogues, by provider id.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Indexed>> {
        self.providers.values().map(|offer| &offer.indexed)
    }

    /// A provider's catalogue.
    #[must_use]
    pub fn get(&self, provider: &str) -> Option<&Indexed> {
        self.providers.get(provider).map(|offer| offer.indexed.as_ref())
    }

    /// A service with the catalogue it stands in, withdrawn or not.
    #[must_use]
    pub fn service(&self, provider: &str, service: &str) -> Option<(&Indexed, &Service)> {
        let indexed = self.get(provider)?;
        indexed.service(service).map(|found| (indexed, found))
    }

    /// A service that can be ordered.
    #[must_use]
    pub fn orderable(&self, provider: &str, service: &str) -> Option<(&Indexed, &Service)> {
        self.service(provider, service).filter(|(_, service)| !service.withdrawn)
    }

    /// The rules of a provider that concern a service.
    #[must_use]
    pub fn rules_for(&self, provider: &str, service: &str) -> Vec<&Rule> {
        self.providers.get(provider).map_or_else(Vec::new, |offer| offer.rules(offer.rules_by_service.get(service)))
    }

    /// The rules of a provider that are tried once for the draft.
    #[must_use]
    pub fn draft_rules(&self, provider: &str) -> Vec<&Rule> {
        self.providers.get(provider).map_or_else(Vec::new, |offer| offer.rules(Some(&offer.draft_rules)))
    }

    /// A rule by id.
    #[must_use]
    pub fn rule(&self, provider: &str, rule: &str) -> Option<&Rule> {
        self.get(provider)?.catalogue().rules.iter().find(|known| known.id == rule)
    }

    /// Title of a source.
    #[must_use]
    pub fn source_title(&self, provider: &str, source: &str) -> Option<&str> {
        self.providers.get(provider)?.source_titles.get(source).map(String::as_str)
    }

    /// Place of a container in the provider's own priority, from 0.
    #[must_use]
    pub(crate) fn container_rank(&self, provider: &str, container: &str) -> usize {
        self.providers
            .get(provider)
            .and_then(|offer| offer.container_rank.get(container))
            .copied()
            .unwrap_or(usize::MAX)
    }

    /// Compiled conditions, kept from one composition to the next.
    pub(crate) fn conditions(&self) -> &Conditions {
        &self.conditions
    }
}

impl Offer {
    fn rules(&self, at: Option<&Vec<usize>>) -> Vec<&Rule> {
        at.into_iter().flatten().map(|at| &self.indexed.catalogue().rules[*at]).collect()
    }

    fn new(indexed: Arc<Indexed>) -> Self {
        let catalogue = indexed.catalogue();
        let mut rules_by_service: HashMap<String, Vec<usize>> = HashMap::new();
        let mut draft_rules = Vec::new();
        for (at, rule) in catalogue.rules.iter().enumerate() {
            if rule.services.is_empty() {
                draft_rules.push(at);
            }
            for service in &rule.services {
                rules_by_service.entry(service.clone()).or_default().push(at);
            }
        }
        let source_titles = catalogue.sources.iter().map(|source| (source.id.clone(), source.title.clone())).collect();
        let container_rank =
            catalogue.containers.iter().enumerate().map(|(at, container)| (container.id.clone(), at)).collect();
        Self { indexed, rules_by_service, draft_rules, source_titles, container_rank }
    }
}

/// The label rule of a department: its own, else the one named `default`.
#[must_use]
pub fn label_rule<'a>(catalogue: &'a Catalogue, department: &Department) -> Option<&'a LabelRule> {
    let named = department.label_rule.as_deref().unwrap_or("default");
    catalogue.label_rules.iter().find(|rule| rule.id == named)
}

/// The service that took a withdrawn one's place and can be ordered; over several steps where each was replaced in turn.
#[must_use]
pub fn replacement<'a>(indexed: &'a Indexed, withdrawn: &Service) -> Option<&'a Service> {
    let mut next = withdrawn.replaced_by.as_deref();
    // A circle of replacements ends nowhere.
    for _ in 0..MOST_REPLACEMENTS {
        let found = indexed.service(next?)?;
        if !found.withdrawn {
            return Some(found);
        }
        next = found.replaced_by.as_deref();
    }
    None
}

/// The questions of a service, in its order.
pub(crate) fn questions_of<'a>(indexed: &'a Indexed, service: &'a Service) -> impl Iterator<Item = &'a Question> {
    service.questions.iter().filter_map(|id| indexed.question(id))
}

impl fmt::Debug for Catalogues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.providers.keys()).finish()
    }
}
