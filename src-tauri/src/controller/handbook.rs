//! Reading: the tree level by level, the pages of services and providers, and what updates changed.

use std::sync::Arc;

use requisition::catalogue::cache::News;
use requisition::catalogue::diff::{Change, ChangeKind, Item};
use requisition::catalogue::model::{Catalogue, Indexed, Panel, Rule, Service};
use requisition::composing::catalogues::replacement;
use requisition::composing::plan::effect;

use super::catalogues::InUse;
use super::search::{elsewhere, service_ref, service_view};
use super::{Answer, Controller, Workplace, now};
use crate::error::{CommandError, ErrorCode};
use crate::events::Topic;
use crate::forms::GroupForm;
use crate::views::{
    HitView, ProviderPage, RuleView, ServiceChange, ServicePage, TreePage, TreeProvider, UpdateChange, UpdateRow,
    UpdateView,
};

/// Most services of a group that are handed over at once.
const TREE_PAGE: usize = 200;
/// Services named for a changed container, question or rule.
const NAMED: usize = 8;

impl Controller {
    /// The tree of all that is offered, without the services.
    ///
    /// # Errors
    /// When the store is closed.
    pub fn tree(&self) -> Answer<Vec<TreeProvider>> {
        let here = self.here()?;
        let in_use = here.shelf.in_use();
        Ok(in_use.contents.tree(&in_use.by_id))
    }

    /// `count` services of a group by name, from `offset` on.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`].
    pub fn tree_services(&self, at: &GroupForm, offset: u32, count: u32) -> Answer<TreePage> {
        let here = self.here()?;
        let in_use = here.shelf.in_use();
        let most = (count as usize).min(TREE_PAGE);
        let (indexed, services, total) = in_use
            .contents
            .group(&in_use.by_id, (&at.provider, &at.department, &at.group), offset as usize, most)
            .ok_or_else(|| CommandError::new(ErrorCode::NotFound))?;
        let services: Vec<HitView> = services.into_iter().map(|service| service_view(indexed, service)).collect();
        Ok(TreePage { services, total: u32::try_from(total).unwrap_or(u32::MAX) })
    }

    /// The handbook page of a service.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`].
    pub fn service_page(&self, provider: String, service: String, draft: Option<String>) -> Answer<ServicePage> {
        let here = self.here()?;
        let in_use = here.shelf.in_use();
        let missing = || CommandError::new(ErrorCode::NotFound);
        let indexed = in_use.by_id.get(&provider).ok_or_else(missing)?;
        let found = indexed.service(&service).ok_or_else(missing)?;
        let effect = match draft {
            Some(id) => {
                let draft = here.stored_draft(&id)?.content;
                Some(effect(&draft, &provider, &service, &in_use.catalogues))
            }
            None => None,
        };
        // Beside a draft only the service's own facts are shown.
        let changes = if effect.is_none() { here.changes_of(&in_use, &provider, found)? } else { Vec::new() };
        Ok(ServicePage { effect, changes, ..page(&in_use, indexed, found) })
    }

    /// A provider's own page.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`].
    pub fn provider_page(&self, provider: String) -> Answer<ProviderPage> {
        let here = self.here()?;
        let in_use = here.shelf.in_use();
        let indexed = in_use.by_id.get(&provider).ok_or_else(|| CommandError::new(ErrorCode::NotFound))?;
        let catalogue = indexed.catalogue();
        let offered = catalogue.services.iter().filter(|service| !service.withdrawn).count();
        Ok(ProviderPage {
            provider: catalogue.provider.clone(),
            departments: catalogue.departments.clone(),
            sources: catalogue.sources.clone(),
            services: u32::try_from(offered).unwrap_or(u32::MAX),
            panels: u32::try_from(catalogue.panels.len()).unwrap_or(u32::MAX),
            status: here.catalogue_statuses()?.into_iter().find(|status| status.provider == provider),
        })
    }

    /// The updates that are kept, newest first.
    ///
    /// # Errors
    /// When the cache cannot be read.
    pub fn updates(&self) -> Answer<Vec<UpdateRow>> {
        let here = self.here()?;
        let in_use = here.shelf.in_use();
        Ok(here.shelf.news()?.iter().map(|news| row(news, &in_use)).collect())
    }

    /// What one update changed.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] for one that is not kept any more.
    pub fn update(&self, id: String) -> Answer<UpdateView> {
        let here = self.here()?;
        let in_use = here.shelf.in_use();
        let all = here.shelf.news()?;
        let news =
            all.iter().find(|news| news.id.to_string() == id).ok_or_else(|| CommandError::new(ErrorCode::NotFound))?;
        let indexed = in_use.by_id.get(&news.diff.provider);
        let mut changes: Vec<UpdateChange> =
            news.diff.changes.iter().map(|change| told(change, indexed.map(|indexed| &**indexed))).collect();
        changes.sort_by_key(|told| UpdateChange::place(told.change.item));
        Ok(UpdateView { row: row(news, &in_use), changes })
    }

    /// Notes that somebody has read an update.
    ///
    /// # Errors
    /// When the cache cannot be written.
    pub fn read_update(&self, id: String) -> Answer<Vec<UpdateRow>> {
        let here = self.here()?;
        let id = id.parse().map_err(|_| CommandError::new(ErrorCode::NotFound))?;
        here.shelf.mark_read(id, now().timestamp())?;
        here.desktop.changed(&[Topic::Catalogue]);
        self.updates()
    }
}

impl Workplace {
    /// Updates that nobody has read.
    pub(super) fn unread_updates(&self) -> Answer<u32> {
        let unread = self.shelf.news()?.iter().filter(|news| news.seen_at.is_none()).count();
        Ok(u32::try_from(unread).unwrap_or(u32::MAX))
    }

    /// What the kept updates changed for a service, its containers, questions and rules among it.
    fn changes_of(&self, in_use: &InUse, provider: &str, service: &Service) -> Answer<Vec<ServiceChange>> {
        let rules: Vec<&str> =
            in_use.catalogues.rules_for(provider, &service.id).into_iter().map(|rule| rule.id.as_str()).collect();
        let concerns = |change: &Change| match change.item {
            Item::Service => change.id == service.id,
            Item::Container => service.specimens.iter().any(|way| way.container == change.id),
            Item::Question => service.questions.contains(&change.id),
            Item::Rule => rules.contains(&change.id.as_str()),
            Item::Provider | Item::Department | Item::Panel | Item::LabelRule => false,
        };
        let says = |change: &&Change| change.kind != ChangeKind::Changed || !change.facts.is_empty();
        let of = |news: &News| -> Vec<ServiceChange> {
            let changes = news.diff.changes.iter().filter(|change| concerns(change)).filter(says);
            let told = |change: &Change| ServiceChange {
                version: news.diff.to.clone(),
                at: news.installed_at.to_string(),
                change: change.clone(),
            };
            changes.map(told).collect()
        };
        Ok(self.shelf.news()?.iter().filter(|news| news.diff.provider == provider).flat_map(of).collect())
    }
}

/// Everything about a service that follows from the catalogues alone.
fn page(in_use: &InUse, indexed: &Arc<Indexed>, found: &Service) -> ServicePage {
    let catalogue = indexed.catalogue();
    let provider = &catalogue.provider;
    let department = indexed.department(&found.department);
    let rules = in_use.catalogues.rules_for(&provider.id, &found.id);
    let replaces = catalogue.services.iter().filter(|old| old.replaced_by.as_deref() == Some(&found.id));
    ServicePage {
        provider: provider.id.clone(),
        provider_name: provider.name.clone(),
        version: catalogue.version.clone(),
        department_name: department.map(|found| found.discipline_name.clone()).unwrap_or_default(),
        phone: department.and_then(|found| found.phone.clone()).or_else(|| provider.phone.clone()),
        demo: provider.demo,
        containers: found.specimens.iter().filter_map(|way| indexed.container(&way.container).cloned()).collect(),
        questions: found.questions.iter().filter_map(|id| indexed.question(id).cloned()).collect(),
        rules: rules.into_iter().map(|rule| rule_view(catalogue, rule)).collect(),
        panels: catalogue.panels.iter().filter(|panel| holds(panel, &found.id)).cloned().collect(),
        source: title(catalogue, &found.source),
        elsewhere: elsewhere(in_use, &provider.id, found),
        replacement: found.withdrawn.then(|| replacement(indexed, found)).flatten().map(service_ref),
        replaces: replaces.map(|old| service_ref(old)).collect(),
        changes: Vec::new(),
        effect: None,
        service: found.clone(),
    }
}

fn row(news: &News, in_use: &InUse) -> UpdateRow {
    let provider = &news.diff.provider;
    let count = |kind: ChangeKind| {
        let many = news.diff.changes.iter().filter(|change| change.kind == kind).count();
        u32::try_from(many).unwrap_or(u32::MAX)
    };
    let name = in_use.by_id.get(provider).map(|indexed| indexed.catalogue().provider.name.clone());
    UpdateRow {
        id: news.id.to_string(),
        provider_name: name.unwrap_or_else(|| provider.clone()),
        provider: provider.clone(),
        from: news.diff.from.clone().unwrap_or_default(),
        to: news.diff.to.clone(),
        at: news.installed_at.to_string(),
        read: news.seen_at.is_some(),
        new: count(ChangeKind::New),
        changed: count(ChangeKind::Changed),
        withdrawn: count(ChangeKind::Withdrawn),
        replaced: count(ChangeKind::Replaced),
    }
}

fn told(change: &Change, indexed: Option<&Indexed>) -> UpdateChange {
    let service = indexed.filter(|_| change.item == Item::Service).and_then(|indexed| indexed.service(&change.id));
    let gone = indexed.zip(service).filter(|(_, service)| service.withdrawn);
    let next = gone.and_then(|(indexed, service)| replacement(indexed, service)).map(service_ref);
    let concerned: Vec<&Service> = indexed.map_or_else(Vec::new, |indexed| concerned(change, indexed));
    UpdateChange {
        change: change.clone(),
        replacement: next,
        concerned: u32::try_from(concerned.len()).unwrap_or(u32::MAX),
        concerns: concerned.into_iter().take(NAMED).map(service_ref).collect(),
    }
}

/// The services that a changed part of the catalogue concerns, as they are now.
fn concerned<'a>(change: &Change, indexed: &'a Indexed) -> Vec<&'a Service> {
    let catalogue = indexed.catalogue();
    let named = |ids: &[String]| -> Vec<&'a Service> { ids.iter().filter_map(|id| indexed.service(id)).collect() };
    let using = |uses: &dyn Fn(&Service) -> bool| -> Vec<&'a Service> {
        catalogue
            .services
            .iter()
            .map(|service| &**service)
            .filter(|service| !service.withdrawn && uses(service))
            .collect()
    };
    match change.item {
        Item::Container => using(&|service| service.specimens.iter().any(|way| way.container == change.id)),
        Item::Question => using(&|service| service.questions.contains(&change.id)),
        Item::Rule => {
            catalogue.rules.iter().find(|rule| rule.id == change.id).map_or_else(Vec::new, |rule| named(&rule.services))
        }
        Item::Panel => indexed.panel(&change.id).map_or_else(Vec::new, |panel| named(&panel.services)),
        Item::Service | Item::Provider | Item::Department | Item::LabelRule => Vec::new(),
    }
}

fn rule_view(catalogue: &Catalogue, rule: &Rule) -> RuleView {
    RuleView { source: title(catalogue, &rule.source), rule: rule.clone() }
}

fn holds(panel: &Panel, service: &str) -> bool {
    panel.services.iter().chain(&panel.optional).any(|member| member == service)
}

fn title(catalogue: &Catalogue, source: &str) -> String {
    catalogue.sources.iter().find(|known| known.id == source).map_or_else(String::new, |known| known.title.clone())
}
