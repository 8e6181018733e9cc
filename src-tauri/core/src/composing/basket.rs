//! The basket as it is shown: lines by provider and department, each with what belongs to it.
//!
//! It decides nothing: what is asked, planned and found has been worked out before it is called.

use std::collections::{BTreeMap, BTreeSet};

use super::compose::Resolved;
use crate::catalogue::model::{Indexed, Phase, Text};
use crate::composing::catalogues::Catalogues;
use crate::composing::composition::{
    BasketContainer, BasketLine, DescribedRef, Finding, Group, MaterialOffer, OrderedAs, PlannedSpecimen,
    ServiceChoice, Subject, Withdrawn,
};
use crate::composing::draft::{Brought, Draft, Line, Ordered};
use crate::composing::plan::container_ref;
use crate::composing::questions::Asked;

/// The lines, by department in the order of the first pick.
pub(super) fn groups(
    draft: &Draft,
    lines: &[Resolved<'_>],
    catalogues: &Catalogues,
    mut asked: BTreeMap<u32, Vec<Asked<'_>>>,
    plan: &[PlannedSpecimen],
    findings: &[Finding],
) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut shown_shared = BTreeSet::new();
    for resolved in lines {
        let mut line =
            basket_line(resolved, asked.remove(&resolved.line.id).unwrap_or_default(), plan, &mut shown_shared);
        if let (Some(withdrawn), Some(ordered)) = (&mut line.withdrawn, &resolved.line.ordered) {
            withdrawn.ordered = Some(ordered_as(ordered, catalogues));
        }
        line.containers = basket_containers(resolved, plan, findings);
        line.planned_date = draft.day_of(resolved.line).map(str::to_owned);
        let department = resolved.department();
        let known =
            groups.iter_mut().find(|group| group.provider == resolved.line.provider && group.department == department);
        if let Some(group) = known {
            group.lines.push(line);
            continue;
        }
        let provider = resolved.indexed.map(|indexed| &indexed.catalogue().provider);
        let found = resolved.indexed.and_then(|indexed| indexed.department(department));
        groups.push(Group {
            provider: resolved.line.provider.clone(),
            provider_name: provider.map_or_else(|| resolved.line.provider.clone(), |provider| provider.name.clone()),
            department: department.to_owned(),
            department_name: found.map_or_else(Text::default, |found| found.discipline_name.clone()),
            lines: vec![line],
        });
    }
    groups
}

fn basket_line(
    resolved: &Resolved<'_>,
    asked: Vec<Asked<'_>>,
    plan: &[PlannedSpecimen],
    shown_shared: &mut BTreeSet<(String, String)>,
) -> BasketLine {
    let Line { id, provider, service, panel, name, .. } = resolved.line;
    let container = plan.iter().find(|planned| planned.lines.contains(id)).map(|planned| planned.container.clone());
    // The collector's questions belong to the collection; a shared one stands at the first line that asks it.
    let questions = asked
        .into_iter()
        .map(|asked| asked.shown)
        .filter(|question| question.phase == Phase::Order)
        .filter(|question| !question.shared || shown_shared.insert((provider.clone(), question.id.clone())))
        .collect();
    let panel = panel.is_some().then(|| panel_name(resolved.line, resolved.indexed));
    let withdrawn = resolved.orderable().is_none().then(|| {
        let replacement = resolved.replacement();
        Withdrawn {
            replacement: replacement.map(|new| new.id.clone()),
            replacement_name: replacement.map(|new| new.name.clone()),
            why: resolved.missing_why(),
            ordered: None,
        }
    });
    BasketLine {
        id: *id,
        provider: provider.clone(),
        service: service.clone(),
        name: resolved.service.map_or_else(|| name.clone(), |service| service.name.clone()),
        code: resolved.service.and_then(|service| service.code.code.clone()).unwrap_or_default(),
        panel,
        container,
        preparation: resolved.service.and_then(|service| service.preparation.clone()),
        questions,
        last_ordered: resolved.last_ordered.clone(),
        containers: Vec::new(),
        materials: materials(resolved),
        planned_date: None,
        withdrawn,
    }
}

/// The described containers of a line, as they will be taken.
fn basket_containers(resolved: &Resolved<'_>, plan: &[PlannedSpecimen], findings: &[Finding]) -> Vec<BasketContainer> {
    let silent = |id: u32| {
        let about = Subject::Line { line: resolved.line.id };
        let of_it = |finding: &Finding| finding.params.get("container") == Some(&id.to_string());
        findings.iter().any(|finding| finding.rule == "container_site" && finding.subject == about && of_it(finding))
    };
    let mut shown = Vec::new();
    for described in &resolved.line.containers {
        let which = DescribedRef { line: resolved.line.id, container: described.id };
        let shared = |planned: &&PlannedSpecimen| {
            let name = |brought: &Option<Brought>| brought.as_ref().map(|brought| brought.key.clone());
            described.brought.is_some()
                && planned.lines.contains(&resolved.line.id)
                && name(&planned.brought) == name(&described.brought)
        };
        let own = |planned: &&PlannedSpecimen| planned.described.as_ref() == Some(&which);
        let Some(planned) = plan.iter().find(own).or_else(|| plan.iter().find(shared)) else { continue };
        let holds = resolved.indexed.and_then(|indexed| indexed.container(&planned.container.id));
        let own = Some(&described.fixative).filter(|fixative| !fixative.is_empty());
        shown.push(BasketContainer {
            id: described.id,
            letter: planned.letter.clone(),
            material: planned.material.clone(),
            container: planned.container.clone(),
            fixative: own.or(holds.and_then(|container| container.preservative.as_ref())).cloned(),
            site_missing: silent(described.id),
            brought: described.brought.clone(),
        });
    }
    shown
}

/// What a record system ordered, with what it may be of that which is offered now.
fn ordered_as(ordered: &Ordered, catalogues: &Catalogues) -> OrderedAs {
    let choices = ordered.candidates.iter().filter_map(|candidate| {
        let (indexed, service) = catalogues.orderable(&candidate.provider, &candidate.service)?;
        Some(ServiceChoice {
            provider: candidate.provider.clone(),
            provider_name: indexed.catalogue().provider.name.clone(),
            service: candidate.service.clone(),
            name: service.name.clone(),
        })
    });
    OrderedAs {
        unknown_receiver: ordered.unknown_receiver.clone(),
        taken_from: ordered.taken_from(),
        choices: choices.collect(),
    }
}

/// What a described container may be taken from, each material once.
fn materials(resolved: &Resolved<'_>) -> Vec<MaterialOffer> {
    let Some((indexed, service)) = resolved.orderable() else { return Vec::new() };
    let mut offers: Vec<MaterialOffer> = Vec::new();
    for way in &service.specimens {
        let Some(container) = indexed.container(&way.container) else { continue };
        if offers.iter().all(|offer| offer.material != way.material) {
            offers.push(MaterialOffer {
                material: way.material.clone(),
                container: container_ref(container),
                fixative: container.preservative.clone(),
            });
        }
    }
    offers
}

/// What the panel of a line is called: now, or when it was picked.
pub(crate) fn panel_name(line: &Line, indexed: Option<&Indexed>) -> String {
    let panel = line.panel.as_deref().unwrap_or_default();
    let now = indexed.and_then(|indexed| indexed.panel(panel)).map(|panel| &panel.name);
    now.or(line.panel_name.as_ref()).map_or_else(|| panel.to_owned(), Clone::clone)
}
