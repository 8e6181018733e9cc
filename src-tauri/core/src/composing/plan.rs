//! The specimen plan: the fewest containers that give every service what it needs.
//!
//! Pure and deterministic: the same services give the same plan in whatever order they were picked. Containers of
//! different providers, departments, materials or handling are never shared, since nobody else sorts them apart, and a
//! service that asks for its own container shares with none. Nor are containers of different days: they become requisitions
//! of their own. A line that describes its containers is taken in exactly those.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use specta::Type;

use crate::catalogue::model::{Container, RequisitionPer, Service, SpecimenAlternative, Text};
use crate::composing::catalogues::Catalogues;
use crate::composing::choice::{self, Place};
use crate::composing::composition::{ContainerRef, PlannedSpecimen};
use crate::composing::draft::{Draft, Line};

pub(crate) mod described;

/// Containers to take for the lines, in order of draw, what is not drawn after them; all of them on the lines' own days.
///
/// Lines whose service is withdrawn, gone or an examination of the patient need none and are left out; so are services
/// whose every container is unknown, which [`crate::composing::compose`] stops.
#[must_use]
pub fn plan(lines: &[Line], catalogues: &Catalogues) -> Vec<PlannedSpecimen> {
    plan_on(lines, None, catalogues)
}

/// As [`plan`], for lines without a day of their own on the draft's `day`, `YYYY-MM-DD`.
#[must_use]
pub fn plan_on(lines: &[Line], day: Option<&str>, catalogues: &Catalogues) -> Vec<PlannedSpecimen> {
    let mut wanted: Vec<Wanted<'_>> = lines.iter().filter_map(|line| Wanted::of(line, day, catalogues)).collect();
    // Every choice below follows this order, so the order of picking decides nothing.
    wanted.sort_by(|a, b| a.order().cmp(&b.order()));
    wanted.dedup_by(|b, a| a.order() == b.order());
    let mut groups: BTreeMap<GroupKey<'_>, Vec<Served<'_>>> = BTreeMap::new();
    for department in wanted.chunk_by(|a, b| a.receiver() == b.receiver()) {
        for (wanted, at) in department.iter().zip(chosen(department, catalogues)) {
            let option = &wanted.options[at];
            groups.entry(option.key(wanted)).or_default().push(Served { wanted, alternative: option.alternative });
        }
    }
    let mut planned: Vec<(PlannedSpecimen, Order)> =
        groups.into_iter().filter_map(|(key, served)| specimen(&key, &served, catalogues)).collect();
    planned.extend(described::specimens(lines, day, catalogues));
    described::give_letters(&mut planned, lines, catalogues);
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
    let day = draft.planned_date.as_deref();
    let before = counts(&plan_on(&draft.lines, day, catalogues));
    let mut lines = draft.lines.clone();
    // An id that no line of the draft can have.
    lines.push(Line::new(u32::MAX, provider, service, String::new()));
    let planned = plan_on(&lines, day, catalogues);
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
    /// Empty for now.
    day: &'a str,
    /// The receiver wants each service in a requisition of its own, so it shares no container.
    alone: bool,
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

/// What may share containers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct GroupKey<'a> {
    provider: &'a str,
    department: &'a str,
    day: &'a str,
    container: &'a str,
    material: &'a str,
    handling_class: &'a str,
    /// The service, where it wants its own.
    own: Option<&'a str>,
}

impl<'a> Wanted<'a> {
    fn of(line: &'a Line, day: Option<&'a str>, catalogues: &'a Catalogues) -> Option<Self> {
        if !line.containers.is_empty() {
            return None;
        }
        let (indexed, service) = catalogues.orderable(&line.provider, &line.service)?;
        let options: Vec<_> = service
            .specimens
            .iter()
            .filter_map(|alternative| Some(Way { alternative, container: indexed.container(&alternative.container)? }))
            .collect();
        let day = line.planned_date.as_deref().or(day).unwrap_or_default();
        let per = indexed.department(&service.department).and_then(|department| department.requisition_per);
        let alone = per == Some(RequisitionPer::Service);
        (!options.is_empty()).then_some(Self { line, service, day, alone, options })
    }

    fn order(&self) -> (&str, &str, &str, &str) {
        (&self.line.provider, &self.service.department, self.day, &self.service.id)
    }

    /// Who gets it, and when: containers are shared within that alone.
    fn receiver(&self) -> (&str, &str, &str) {
        (&self.line.provider, &self.service.department, self.day)
    }
}

impl<'a> Way<'a> {
    fn key(&self, wanted: &Wanted<'a>) -> GroupKey<'a> {
        let SpecimenAlternative { material, container, handling_class, own_container, .. } = self.alternative;
        GroupKey {
            provider: &wanted.line.provider,
            department: &wanted.service.department,
            day: wanted.day,
            container,
            material,
            handling_class,
            own: (*own_container || wanted.alone).then_some(wanted.service.id.as_str()),
        }
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
                capacities[group] = way.container.usable_ml();
                let container_rank = catalogues.container_rank(&wanted.line.provider, &way.container.id);
                Some(Place { group, volume_ml: way.alternative.volume_ml, rank, container_rank })
            });
            places.collect()
        })
        .collect();
    choice::fewest(&options, &capacities)
}

/// Where a planned specimen stands in the list.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Order {
    not_drawn: bool,
    draw: u32,
    sort: u32,
    provider: String,
    /// Day, then letter of a container in pathology.
    day: String,
    letter: usize,
    container_rank: usize,
    key: String,
}

impl Order {
    fn drawn(&self) -> bool {
        !self.not_drawn
    }
}

fn specimen(key: &GroupKey<'_>, served: &[Served<'_>], catalogues: &Catalogues) -> Option<(PlannedSpecimen, Order)> {
    let volume: f64 = served.iter().map(|served| served.alternative.volume_ml.max(0.0)).sum();
    let mut lines: Vec<(u32, String)> =
        served.iter().map(|served| (served.wanted.line.id, served.wanted.service.name.clone())).collect();
    lines.sort();
    let alternatives: Vec<&SpecimenAlternative> = served.iter().map(|served| served.alternative).collect();
    let own = key.own.map_or_else(String::new, |service| format!("/{service}"));
    let (mut specimen, order) = planned(key, &own, &alternatives, catalogues)?;
    let container = catalogues.get(key.provider)?.container(key.container)?;
    specimen.count = choice::containers(volume, container.usable_ml());
    specimen.lines = lines.iter().map(|(id, _)| *id).collect();
    specimen.services = lines.into_iter().map(|(_, name)| name).collect();
    Some((specimen, order))
}

/// A planned specimen that serves nothing yet: one container of a group. `own` ends its key.
fn planned(
    key: &GroupKey<'_>,
    own: &str,
    alternatives: &[&SpecimenAlternative],
    catalogues: &Catalogues,
) -> Option<(PlannedSpecimen, Order)> {
    let GroupKey { provider, department, day, material, handling_class, .. } = *key;
    let container = catalogues.get(provider)?.container(key.container)?;
    let mut handling: Vec<Text> = vec![container.handling.clone()];
    for text in alternatives.iter().filter_map(|alternative| alternative.handling.as_ref()) {
        if !handling.contains(text) {
            handling.push(text.clone());
        }
    }
    handling.retain(|text| !text.nb.is_empty());
    let on = if day.is_empty() { String::new() } else { format!("@{day}") };
    let full_key = format!("{provider}/{department}/{}/{material}/{handling_class}{own}{on}", container.id);
    let order = Order {
        not_drawn: container.order_of_draw.is_none(),
        draw: container.order_of_draw.unwrap_or(0),
        sort: container.sort,
        provider: provider.to_owned(),
        day: day.to_owned(),
        letter: 0,
        container_rank: catalogues.container_rank(provider, &container.id),
        key: full_key.clone(),
    };
    let specimen = PlannedSpecimen {
        key: full_key,
        provider: provider.to_owned(),
        department: department.to_owned(),
        container: container_ref(container),
        draw: None,
        count: 1,
        fill_ml: container.fill_ml,
        material: material.to_owned(),
        material_code: alternatives.iter().find_map(|alternative| alternative.material_code.clone()),
        handling_class: handling_class.to_owned(),
        handling,
        lines: Vec::new(),
        services: Vec::new(),
        take_home: container.take_home,
        planned_date: (!day.is_empty()).then(|| day.to_owned()),
        letter: None,
        described: None,
        brought: None,
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
