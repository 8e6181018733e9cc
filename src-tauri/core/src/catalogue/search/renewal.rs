//! A new engine out of the one in use, at a cost that follows the change and not the catalogue.
//!
//! The bulk of the index is shared. What came or changed stands in a second, small segment; what went, changed or is
//! superseded there is crossed out in the first. When the second has grown to a fair part of the first, everything is
//! built anew. The results are the same either way, hit for hit.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    Engine, HitKind,
    engine::Part,
    index::{Segment, number},
    texts::{Docs, Replaced},
};
use crate::catalogue::model::Indexed;

/// What a new version of one provider's catalogue touched: ids of what came, changed or went.
#[derive(Clone, Copy, Debug)]
pub struct Touched<'a> {
    /// Provider id.
    pub provider: &'a str,
    /// Service ids.
    pub services: &'a [String],
    /// Panel ids; panels whose members' names changed need not be named.
    pub panels: &'a [String],
}

/// The second segment may hold this part of the first before everything is built anew.
const LARGEST_PART: usize = 8;
/// Below this it may always grow.
const ALWAYS: usize = 256;

/// What of a segment no longer counts.
#[derive(Clone, Debug)]
pub(super) struct Gone {
    bits: Vec<u64>,
    count: usize,
    /// How many documents are missing from each crowd.
    of_crowd: Vec<u32>,
}

impl Gone {
    fn none_of(segment: &Segment) -> Self {
        Self { bits: vec![0; segment.docs.len().div_ceil(64)], count: 0, of_crowd: vec![0; segment.crowds.len()] }
    }

    pub(super) fn has(&self, doc: u32) -> bool {
        self.bits[doc as usize / 64] >> (doc % 64) & 1 == 1
    }

    pub(super) fn len(&self) -> usize {
        self.count
    }

    pub(super) fn of_crowd(&self, crowd: usize) -> u32 {
        self.of_crowd[crowd]
    }

    pub(super) fn memory(&self) -> usize {
        self.bits.capacity() * 8 + self.of_crowd.capacity() * 4
    }

    fn cross_out(&mut self, segment: &Segment, docs: impl Iterator<Item = u32>) {
        // By crowd: the document it was last counted for, so that one with several of its words is counted once.
        let mut counted = vec![None; segment.crowds.len()];
        for doc in docs {
            if self.has(doc) {
                continue;
            }
            self.bits[doc as usize / 64] |= 1 << (doc % 64);
            self.count += 1;
            for entry in segment.entries_of(doc) {
                for at in segment.crowds_of(entry.word) {
                    if counted[at] != Some(doc) && segment.counts_in(entry, &segment.crowds[at]) {
                        counted[at] = Some(doc);
                        self.of_crowd[at] += 1;
                    }
                }
            }
        }
    }
}

impl Engine {
    /// The engine for `catalogues`, which differ from those of this engine in what is `touched` and in nothing else.
    ///
    /// It finds exactly what [`Engine::build`] would. For a hundred changes in ten thousand services it takes well under a
    /// millisecond, and every so often, when changes have gathered, as long as building: so renew beside the engine in
    /// use, then swap. For a provider that came or went, build.
    #[must_use]
    pub fn renewed(&self, catalogues: &[impl AsRef<Indexed>], touched: &Touched<'_>) -> Self {
        let catalogue = catalogues.iter().map(AsRef::as_ref).find(|one| is_of(one, touched.provider));
        let (Some(catalogue), Some(bulk)) = (catalogue, self.parts.first()) else { return Self::build(catalogues) };
        let (replaced, services) = self.touched_services(catalogue, touched);
        let panels = touched_panels(catalogue, touched, &services);
        let newer = self.parts.get(1);
        let most = newer.map_or(0, Part::len) + services.len() + panels.len();
        if most > (bulk.segment.docs.len() / LARGEST_PART).max(ALWAYS) {
            return Self::build(catalogues);
        }

        let mut gone = bulk.gone.as_deref().cloned().unwrap_or_else(|| Gone::none_of(&bulk.segment));
        for (kind, ids) in [(HitKind::Service, &services), (HitKind::Panel, &panels)] {
            let docs = ids.iter().filter_map(|id| bulk.segment.find(kind, touched.provider, id));
            gone.cross_out(&bulk.segment, docs);
        }
        let mut docs = Docs::default();
        if let Some(newer) = newer {
            let (provider, replaced) = (touched.provider, &replaced);
            let again = Again { catalogues, replaced, provider, services: &services, panels: &panels };
            carry_over(&newer.segment.docs, &again, &mut docs);
        }
        for service in services.iter().filter_map(|id| catalogue.service(id)) {
            docs.add_service(catalogue, service, &replaced);
        }
        for panel in panels.iter().filter_map(|id| catalogue.panel(id)) {
            docs.add_panel(catalogue, panel);
        }
        let bulk = Part { segment: Arc::clone(&bulk.segment), gone: Some(Arc::new(gone)) };
        let newer = Part { segment: Arc::new(Segment::build(docs)), gone: None };
        Self::of(vec![bulk, newer], replaced)
    }

    /// The replacements as they are now, and the services to read anew: the touched ones, and those that stand where a
    /// touched one stood or stands.
    fn touched_services(&self, catalogue: &Indexed, touched: &Touched<'_>) -> (Replaced, BTreeSet<Box<str>>) {
        let mut services: BTreeSet<Box<str>> = touched.services.iter().map(|id| id.as_str().into()).collect();
        let mut replaced = self.replaced.clone();
        for id in touched.services {
            services.extend(self.replaced.successors(touched.provider, id));
            replaced.note(touched.provider, id, catalogue.service(id));
        }
        for id in touched.services {
            services.extend(replaced.successors(touched.provider, id));
        }
        (replaced, services)
    }
}

fn is_of(catalogue: &Indexed, provider: &str) -> bool {
    catalogue.catalogue().provider.id == provider
}

/// The panels to read anew: the touched ones, and those with a touched member.
fn touched_panels(catalogue: &Indexed, touched: &Touched<'_>, services: &BTreeSet<Box<str>>) -> BTreeSet<Box<str>> {
    let mut panels: BTreeSet<Box<str>> = touched.panels.iter().map(|id| id.as_str().into()).collect();
    for panel in &catalogue.catalogue().panels {
        if panel.services.iter().chain(&panel.optional).any(|member| services.contains(member.as_str())) {
            panels.insert(panel.id.as_str().into());
        }
    }
    panels
}

/// Reads again what the second segment held and is not touched now.
fn carry_over(newer: &Docs, again: &Again<'_, impl AsRef<Indexed>>, docs: &mut Docs) {
    for doc in 0..number(newer.len()) {
        let (provider, id) = (newer.provider(doc), newer.id(doc));
        let Some(catalogue) = again.catalogues.iter().map(AsRef::as_ref).find(|one| is_of(one, provider)) else {
            continue;
        };
        let touched = |ids: &BTreeSet<Box<str>>| provider == again.provider && ids.contains(id);
        match newer.doc(doc).kind {
            HitKind::Service => {
                if let Some(service) = catalogue.service(id).filter(|_| !touched(again.services)) {
                    docs.add_service(catalogue, service, again.replaced);
                }
            }
            HitKind::Panel => {
                if let Some(panel) = catalogue.panel(id).filter(|_| !touched(again.panels)) {
                    docs.add_panel(catalogue, panel);
                }
            }
        }
    }
}

/// What is read again, and what of it is read anew.
struct Again<'a, C> {
    catalogues: &'a [C],
    replaced: &'a Replaced,
    provider: &'a str,
    services: &'a BTreeSet<Box<str>>,
    panels: &'a BTreeSet<Box<str>>,
}
