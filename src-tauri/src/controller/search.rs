//! Finding: hits for a keystroke, each with what it is at other providers and what has taken its place.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use jiff::Timestamp;
use requisition::catalogue::model::{Indexed, Panel, Service, Text};
use requisition::catalogue::search::{Field, Hit, HitKind, Hits, Usage, Why};
use requisition::composing::PastOrder;
use requisition::composing::catalogues::replacement;
use requisition::composing::draft::Draft;
use requisition::requisition::Requisition;
use requisition::store::{Filter, Page};

use super::catalogues::InUse;
use super::drafts::parse_id;
use super::patients::identity;
use super::{Answer, Controller, Workplace};
use crate::error::CommandError;
use crate::views::{ElsewhereView, HitView, SearchView, ServiceRef};

/// Hits for one keystroke: crossing to the window costs more than searching.
const MOST_HITS: usize = 50;
/// Usual services shown for an empty field.
const USUAL: usize = 20;
/// Earlier requisitions of a patient that are looked at.
const LOOK_BACK: u32 = 200;

/// What is in the open draft already.
type Picked = HashSet<(String, String)>;

/// What the office has ordered how often, with the providers it was read for: a keystroke does not read the store.
#[derive(Default)]
pub(super) struct KnownUsage(Mutex<Option<(Vec<String>, Arc<Usage>)>>);

impl KnownUsage {
    /// Lets the next search read it anew.
    pub(super) fn forget(&self) {
        *self.lock() = None;
    }

    fn lock(&self) -> MutexGuard<'_, Option<(Vec<String>, Arc<Usage>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Controller {
    /// Hits for what is typed; with nothing typed, favourites and what the office usually orders. Only the `first` of them
    /// where that is said, since a long answer takes its time to the window.
    ///
    /// # Errors
    /// When the store fails.
    pub fn search(&self, query: String, draft: Option<String>, first: Option<usize>) -> Answer<SearchView> {
        let here = self.here()?;
        let picked = here.picked(draft.as_deref())?;
        let in_use = here.shelf.in_use();
        let catalogues = number(in_use.by_id.len());
        let started = Instant::now();
        if query.trim().is_empty() {
            let mut hits = here.usual(&picked)?;
            let total = number(hits.len());
            hits.truncate(first.unwrap_or(hits.len()));
            let micros = micros(started);
            return Ok(SearchView { query, hits, listed: total, total, catalogues, ambiguous: false, micros });
        }
        let usage = here.usage()?;
        let found = in_use.engine.search(&query, &usage, MOST_HITS);
        let micros = micros(started);
        let mut hits: Vec<HitView> = found.hits.iter().filter_map(|hit| hit_view(hit, &in_use, &picked)).collect();
        let ambiguous = is_ambiguous(&found, &hits, &query);
        let office = here.panel_hits(&query)?;
        let total = found.total.saturating_add(number(office.len()));
        hits.extend(office);
        gather(&mut hits);
        let listed = number(hits.len());
        hits.truncate(first.unwrap_or(hits.len()));
        Ok(SearchView { query, hits, listed, total, catalogues, ambiguous, micros })
    }
}

impl Workplace {
    /// What this workstation has ordered for a patient before.
    pub(super) fn history(&self, patient: &requisition::composing::draft::Patient) -> Answer<Vec<PastOrder>> {
        let mut past = Vec::new();
        for (at, one) in self.earlier(patient)? {
            past.extend(one.services.iter().map(|service| past_order(&one, service, at)));
        }
        Ok(past)
    }

    /// The patient's earlier requisitions here that were not taken back, newest first.
    pub(super) fn earlier(
        &self,
        patient: &requisition::composing::draft::Patient,
    ) -> Answer<Vec<(jiff::Timestamp, Requisition)>> {
        let text = patient.national_id.clone().unwrap_or_else(|| format!("{} {}", patient.family, patient.given));
        let filter = Filter { text, ..Filter::default() };
        let (rows, _) = self.store.overview(&filter, Page { offset: 0, limit: LOOK_BACK })?;
        let mine = identity(patient);
        let mut earlier = Vec::new();
        for row in rows {
            if row.phase == requisition::requisition::State::Cancelled {
                continue;
            }
            let one: Requisition =
                serde_json::from_str(&row.content).map_err(|error| CommandError::internal(&error))?;
            if identity(&one.patient) == mine {
                earlier.push((row.created_at, one));
            }
        }
        Ok(earlier)
    }

    /// How often the office has ordered what.
    pub(super) fn usage(&self) -> Answer<Arc<Usage>> {
        let in_use = self.shelf.in_use();
        let mut known = self.usage.lock();
        if let Some((providers, usage)) = known.as_ref()
            && providers.iter().eq(in_use.by_id.keys())
        {
            return Ok(Arc::clone(usage));
        }
        let mut all = Vec::new();
        for provider in in_use.by_id.keys() {
            let uses = self.store.service_uses(provider)?;
            all.extend(uses.into_iter().map(|(service, times)| (provider.clone(), service, times)));
        }
        let usage = Arc::new(Usage::new(all));
        *known = Some((in_use.by_id.keys().cloned().collect(), Arc::clone(&usage)));
        Ok(usage)
    }

    fn picked(&self, draft: Option<&str>) -> Answer<Picked> {
        let Some(id) = draft else { return Ok(Picked::new()) };
        let draft = self.store.draft::<Draft>(parse_id(id)?)?.content;
        Ok(draft.lines.into_iter().map(|line| (line.provider, line.service)).collect())
    }

    /// Favourites first, then the office's panels, then what is ordered most.
    fn usual(&self, picked: &Picked) -> Answer<Vec<HitView>> {
        let in_use = self.shelf.in_use();
        let mut hits = Vec::new();
        let mut add = |provider: &str, service: &str, why: &str| {
            let known = hits.iter().any(|hit: &HitView| hit.provider == provider && hit.id == service);
            let found = in_use.by_id.get(provider).and_then(|indexed| Some((indexed, indexed.service(service)?)));
            if let Some((indexed, service)) = found.filter(|(_, service)| !known && !service.withdrawn) {
                let elsewhere = elsewhere(&in_use, provider, service);
                let in_draft = picked.contains(&(provider.to_owned(), service.id.clone()));
                hits.push(HitView { why: why.into(), elsewhere, in_draft, ..service_view(indexed, service) });
            }
        };
        for (provider, service) in self.favourites()? {
            add(&provider, &service, "favourite");
        }
        for provider in in_use.by_id.keys() {
            for (service, _) in self.store.service_uses(provider)?.into_iter().take(USUAL) {
                add(provider, &service, "recent");
            }
        }
        hits.extend(self.panel_hits("")?);
        gather(&mut hits);
        Ok(hits)
    }
}

/// Hits of one provider and discipline stand together, in the order of the best of each; panels come last, the office's
/// own before the providers'.
fn gather(hits: &mut [HitView]) {
    let place = |hit: &HitView| ["service", "office_panel", "panel"].iter().position(|kind| *kind == hit.kind);
    let group = |hit: &HitView| (place(hit), hit.provider.clone(), hit.department_name.nb.clone());
    let mut order = Vec::new();
    for hit in hits.iter() {
        let key = group(hit);
        if !order.contains(&key) {
            order.push(key);
        }
    }
    order.sort_by_key(|key| key.0);
    hits.sort_by_key(|hit| order.iter().position(|key| *key == group(hit)));
}

/// Nothing may be taken unasked where the best hit is a guess, or where several analyses are called exactly what was typed.
/// The same analysis at two providers is one: the list says whose stands first.
fn is_ambiguous(found: &Hits<'_>, views: &[HitView], query: &str) -> bool {
    let Some(best) = found.hits.first() else { return false };
    if best.why.typo {
        return true;
    }
    let typed = query.trim().to_lowercase();
    let exact = |hit: &&Hit<'_>| hit.rank == best.rank && hit.why.word.to_lowercase() == typed;
    let rivals = found.hits.iter().zip(views).take_while(|(hit, _)| hit.rank == best.rank);
    let mut codes: Vec<&str> = rivals
        .filter(|(hit, view)| exact(hit) && !view.withdrawn)
        .map(|(hit, view)| if view.code.is_empty() { hit.id } else { view.code.as_str() })
        .collect();
    codes.sort_unstable();
    codes.dedup();
    codes.len() > 1
}

fn hit_view(hit: &Hit<'_>, in_use: &InUse, picked: &Picked) -> Option<HitView> {
    let indexed = in_use.by_id.get(hit.provider)?;
    let mut view = match hit.kind {
        HitKind::Service => {
            let service = indexed.service(hit.id)?;
            HitView {
                in_draft: picked.contains(&(hit.provider.to_owned(), hit.id.to_owned())),
                elsewhere: elsewhere(in_use, hit.provider, service),
                ..service_view(indexed, service)
            }
        }
        HitKind::Panel => panel_view(indexed, indexed.panel(hit.id)?),
    };
    explain(&mut view, &hit.why);
    Some(view)
}

/// Says which word matched.
pub(super) fn explain(view: &mut HitView, why: &Why<'_>) {
    view.why = match why.field {
        _ if why.typo => "typo",
        Field::Name => "name",
        Field::Code => "code",
        Field::Official | Field::Synonym | Field::Material => "synonym",
        Field::Member => "member",
    }
    .into();
    view.ranges = why.marked.iter().map(|range| (range.start, range.end)).collect();
    view.matched = why.word.to_owned();
}

/// The same analysis at other providers, with how it is taken there.
pub(super) fn elsewhere(in_use: &InUse, provider: &str, service: &Service) -> Vec<ElsewhereView> {
    let there = |(indexed, service): (&Indexed, &Service)| {
        let provider = &indexed.catalogue().provider;
        ElsewhereView {
            provider: provider.id.clone(),
            provider_name: provider.name.clone(),
            service: service.id.clone(),
            name: service.name.clone(),
            material: material(indexed, service),
        }
    };
    in_use.contents.elsewhere(&in_use.by_id, provider, service).into_iter().map(there).collect()
}

/// A service by name and code, for a link.
pub(super) fn service_ref(service: &Service) -> ServiceRef {
    let code = service.code.code.clone().unwrap_or_default();
    ServiceRef { id: service.id.clone(), name: service.name.clone(), code }
}

/// What is taken, in words: "Serum, gel", "Plasma, EDTA".
fn material(indexed: &Indexed, service: &Service) -> String {
    let way = service.specimens.first();
    match (way, way.and_then(|way| indexed.container(&way.container))) {
        // "Serum, gel" says its material itself.
        (Some(way), Some(container)) if container.name.nb.to_lowercase().starts_with(&way.material.to_lowercase()) => {
            container.name.nb.clone()
        }
        (Some(way), Some(container)) => format!("{}, {}", way.material, in_a_sentence(&container.name.nb)),
        (Some(way), None) => way.material.clone(),
        (None, _) => String::new(),
    }
}

/// A service as a hit that nothing was typed for.
pub(super) fn service_view(indexed: &Indexed, service: &Service) -> HitView {
    let catalogue = indexed.catalogue();
    let container = service.specimens.first().and_then(|way| indexed.container(&way.container));
    HitView {
        kind: "service".into(),
        provider: catalogue.provider.id.clone(),
        provider_name: catalogue.provider.name.clone(),
        department_name: indexed
            .department(&service.department)
            .map(|found| found.discipline_name.clone())
            .unwrap_or_default(),
        id: service.id.clone(),
        name: service.name.clone(),
        code: service.code.code.clone().unwrap_or_default(),
        material: material(indexed, service),
        colour: container.map(|container| container.colour.clone()),
        fasting: service.fasting,
        in_draft: false,
        withdrawn: service.withdrawn,
        missing: 0,
        replacement: service.withdrawn.then(|| replacement(indexed, service)).flatten().map(service_ref),
        elsewhere: Vec::new(),
        why: String::new(),
        matched: String::new(),
        ranges: Vec::new(),
    }
}

/// A name after a comma: small, unless it is an abbreviation ("EDTA").
fn in_a_sentence(name: &str) -> String {
    let mut letters = name.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if second.is_lowercase() => {
            first.to_lowercase().chain(std::iter::once(second)).chain(letters).collect()
        }
        _ => name.to_owned(),
    }
}

fn panel_view(indexed: &Indexed, panel: &Panel) -> HitView {
    let provider = &indexed.catalogue().provider;
    let orderable = |id: &str| indexed.service(id).is_some_and(|service| !service.withdrawn);
    HitView {
        kind: "panel".into(),
        provider: provider.id.clone(),
        provider_name: provider.name.clone(),
        department_name: Text::default(),
        id: panel.id.clone(),
        name: panel.name.clone(),
        code: panel.services.len().to_string(),
        material: String::new(),
        colour: None,
        fasting: false,
        in_draft: false,
        withdrawn: false,
        missing: panel.services.iter().filter(|id| !orderable(id)).count().try_into().unwrap_or(u32::MAX),
        replacement: None,
        elsewhere: Vec::new(),
        why: String::new(),
        matched: String::new(),
        ranges: Vec::new(),
    }
}

fn past_order(one: &Requisition, service: &requisition::requisition::RequestedService, at: Timestamp) -> PastOrder {
    PastOrder {
        provider: one.receiver.provider.clone(),
        service: service.service.clone(),
        code: service.code.code.clone(),
        at,
    }
}

fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn micros(since: Instant) -> u32 {
    u32::try_from(since.elapsed().as_micros()).unwrap_or(u32::MAX)
}
