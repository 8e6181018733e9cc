//! The specimen plan: the fewest containers that give every service what it needs.
//!
//! Pure and deterministic: the same services give the same plan in whatever order they were picked. Containers of
//! different providers, departments, materials or handling are never shared, since nobody else sorts them apart, and a
//! service that asks for its own container shares with none.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use specta::Type;

use crate::catalogue::model::{Container, Service, SpecimenAlternative, Text};
use crate::composing::catalogues::Catalogues;
use crate::composing::choice::{self, Place};
use crate::composing::composition::{ContainerRef, PlannedSpecimen};
use crate::composing::draft::{Draft, Line};

/// Containers to take for the lines, in order of draw, what is not drawn after them.
///
/// Lines whose service is withdrawn, gone or an examination of the patient need none and are left out; so are services
/// whose every container is unknown, which [`crate::composing::compose`] stops.
#[must_use]
pub fn plan(lines: &[Line], catalogues: &Catalogues) -> Vec<PlannedSpecimen> {
    let mut wanted: Vec<Wanted<'_>> = lines.iter().filter_map(|line| Wanted::of(line, catalogues)).collect();
    // Every choice below follows this order, so the order of picking decides nothing.
    wanted.sort_by(|a, b| a.order().cmp(&b.order()));
    wanted.dedup_by(|b, a| a.order() == b.order());
    let mut groups: BTreeMap<GroupKey<'_>, Vec<Served<'_>>> = BTreeMap::new();
    for department in
        wanted.chunk_by(|a, b| a.line.provider == b.line.provider && a.service.department == b.service.department)
    {
        for (wanted, at) in department.iter().zip(chosen(department, catalogues)) {
            let option = &wanted.options[at];
            groups.entry(option.key(wanted)).or_default().push(Served { wanted, alternative: option.alternative });
        }
    }
    let mut planned: Vec<(PlannedSpecimen, Order)> =
        groups.into_iter().filter_map(|(key, served)| specimen(&key, &served, catalogues)).collect();
    planned.sort_by(|a, b| a.1.cmp(&b.1));
    let mut draw = 0;
    planned
        .into_iter()
        .map(|(mut specimen, order)| {
            if order.drawn() {
                draw += 1;
                specimen.draw = Some(draw);
            }
            specimen
        })
        .collect()
}

/// What picking a service would add to the plan of a draft.
#[derive(Clone, PartialEq, Serialize, Type)]
pub struct Effect {
    /// It is in the draft already.
    pub ordered: bool,
    /// The container that it fits in without another one: "Får plass i gelrøret. Ingen ekstra rør."
    pub fits_in: Option<ContainerRef>,
    /// Containers that come on top.
    pub new_containers: Vec<NewContainer>,
    /// Key of the planned specimen that it joins, where one is there already.
    pub joins: Option<String>,
}

/// Containers that a service would add.
#[derive(Clone, PartialEq, Serialize, Type)]
pub struct NewContainer {
    /// What they look like.
    pub container: ContainerRef,
    /// How many.
    pub count: u32,
}

/// What picking a service would do to the plan. Nothing for a service that needs no container, or is not offered.
#[must_use]
pub fn effect(draft: &Draft, provider: &str, service: &str, catalogues: &Catalogues) -> Effect {
    let ordered = draft.lines.iter().any(|line| line.provider == provider && line.service == service);
    let nothing = Effect { ordered, fits_in: None, new_containers: Vec::new(), joins: None };
    if ordered || catalogues.orderable(provider, service).is_none() {
        return nothing;
    }
    // An id that no line of the draft can have.
    let candidate = Line {
        id: u32::MAX,
        provider: provider.to_owned(),
        service: service.to_owned(),
        panel: None,
        panel_name: None,
        name: String::new(),
        answers: BTreeMap::new(),
    };
    let before = counts(&plan(&draft.lines, catalogues));
    let mut lines = draft.lines.clone();
    lines.push(candidate);
    let planned = plan(&lines, catalogues);
    let after = counts(&planned);
    let total = |counts: &BTreeMap<String, u32>| counts.values().sum::<u32>();
    let Some(serving) = planned.iter().find(|specimen| specimen.lines.contains(&u32::MAX)) else {
        return nothing;
    };
    let joins = before.contains_key(&serving.key).then(|| serving.key.clone());
    if total(&after) <= total(&before) {
        return Effect { fits_in: Some(serving.container.clone()), joins, ..nothing };
    }
    let new_containers = planned
        .iter()
        .filter_map(|specimen| {
            let count = specimen.count.saturating_sub(before.get(&specimen.key).copied().unwrap_or(0));
            (count > 0).then(|| NewContainer { container: specimen.container.clone(), count })
        })
        .collect();
    Effect { new_containers, joins, ..nothing }
}

fn counts(planned: &[PlannedSpecimen]) -> BTreeMap<String, u32> {
    planned.iter().map(|specimen| (specimen.key.clone(), specimen.count)).collect()
}

/// A line that needs a container, with the ways to take it.
struct Wanted<'a> {
    line: &'a Line,
    service: &'a Service,
    options: Vec<Way<'a>>,
}

/// One way to take what a line needs.
struct Way<'a> {
    alternative: &'a SpecimenAlternative,
    container: &'a Container,
}

struct Served<'a> {
    wanted: &'a Wanted<'a>,
    alternative: &'a SpecimenAlternative,
}

/// What may share containers. The last part is the service where it wants its own.
type GroupKey<'a> = (&'a str, &'a str, &'a str, &'a str, &'a str, Option<&'a str>);

impl<'a> Wanted<'a> {
    fn of(line: &'a Line, catalogues: &'a Catalogues) -> Option<Self> {
        let (indexed, service) = catalogues.orderable(&line.provider, &line.service)?;
        let options: Vec<_> = service
            .specimens
            .iter()
            .filter_map(|alternative| Some(Way { alternative, container: indexed.container(&alternative.container)? }))
            .collect();
        (!options.is_empty()).then_some(Self { line, service, options })
    }

    fn order(&self) -> (&str, &str, &str) {
        (&self.line.provider, &self.service.department, &self.service.id)
    }
}

impl<'a> Way<'a> {
    fn key(&self, wanted: &Wanted<'a>) -> GroupKey<'a> {
        let SpecimenAlternative { material, container, handling_class, own_container, .. } = self.alternative;
        let own = own_container.then_some(wanted.service.id.as_str());
        (&wanted.line.provider, &wanted.service.department, container, material, handling_class, own)
    }
}

/// Which way each line of one department is taken.
fn chosen(department: &[Wanted<'_>], catalogues: &Catalogues) -> Vec<usize> {
    let keys: BTreeSet<GroupKey<'_>> =
        department.iter().flat_map(|wanted| wanted.options.iter().map(|way| way.key(wanted))).collect();
    let keys: Vec<GroupKey<'_>> = keys.into_iter().collect();
    let mut capacities = vec![None; keys.len()];
    let options: Vec<Vec<Place>> = department
        .iter()
        .map(|wanted| {
            let places = wanted.options.iter().enumerate().filter_map(|(rank, way)| {
                let group = keys.binary_search(&way.key(wanted)).ok()?;
                capacities[group] = usable_ml(way.container);
                let container_rank = catalogues.container_rank(&wanted.line.provider, &way.container.id);
                Some(Place { group, volume_ml: way.alternative.volume_ml, rank, container_rank })
            });
            places.collect()
        })
        .collect();
    choice::fewest(&options, &capacities)
}

/// Millilitres of material that one container gives; nothing where volume is no limit (swabs, slides).
fn usable_ml(container: &Container) -> Option<f64> {
    let usable = container.fill_ml? * container.yield_fraction - container.dead_ml;
    // A container that gives nothing is an authoring fault; counting it once is better than an endless pile.
    (usable.is_finite() && usable > 0.0).then_some(usable)
}

/// Where a planned specimen stands in the list.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Order {
    not_drawn: bool,
    draw: u32,
    sort: u32,
    provider: String,
    container_rank: usize,
    key: String,
}

impl Order {
    fn drawn(&self) -> bool {
        !self.not_drawn
    }
}

fn specimen(key: &GroupKey<'_>, served: &[Served<'_>], catalogues: &Catalogues) -> Option<(PlannedSpecimen, Order)> {
    let (provider, department, container, material, handling_class, own) = *key;
    let container = catalogues.get(provider)?.container(container)?;
    let volume: f64 = served.iter().map(|served| served.alternative.volume_ml.max(0.0)).sum();
    let mut handling: Vec<Text> = vec![container.handling.clone()];
    for text in served.iter().filter_map(|served| served.alternative.handling.as_ref()) {
        if !handling.contains(text) {
            handling.push(text.clone());
        }
    }
    handling.retain(|text| !text.nb.is_empty());
    let mut lines: Vec<(u32, String)> =
        served.iter().map(|served| (served.wanted.line.id, served.wanted.service.name.clone())).collect();
    lines.sort();
    let own = own.map_or_else(String::new, |service| format!("/{service}"));
    let full_key = format!("{provider}/{department}/{}/{material}/{handling_class}{own}", container.id);
    let order = Order {
        not_drawn: container.order_of_draw.is_none(),
        draw: container.order_of_draw.unwrap_or(0),
        sort: container.sort,
        provider: provider.to_owned(),
        container_rank: catalogues.container_rank(provider, &container.id),
        key: full_key.clone(),
    };
    let specimen = PlannedSpecimen {
        key: full_key,
        provider: provider.to_owned(),
        department: department.to_owned(),
        container: container_ref(container),
        draw: None,
        count: choice::containers(volume, usable_ml(container)),
        fill_ml: container.fill_ml,
        material: material.to_owned(),
        material_code: served.iter().find_map(|served| served.alternative.material_code.clone()),
        handling_class: handling_class.to_owned(),
        handling,
        lines: lines.iter().map(|(id, _)| *id).collect(),
        services: lines.into_iter().map(|(_, name)| name).collect(),
        take_home: container.take_home,
    };
    Some((specimen, order))
}

/// How a container looks.
#[must_use]
pub fn container_ref(container: &Container) -> ContainerRef {
    ContainerRef {
        id: container.id.clone(),
        name: container.name.clone(),
        colour: container.colour.clone(),
        colour_name: container.colour_name.clone(),
        kind: container.kind,
    }
}
