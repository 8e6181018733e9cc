//! Containers that a line describes one by one, and the letters by which pathology tells containers apart.

use super::{GroupKey, Order, planned};
use crate::catalogue::model::{Indexed, Service, SpecimenAlternative};
use crate::codes::Discipline;
use crate::composing::catalogues::Catalogues;
use crate::composing::composition::{DescribedRef, PlannedSpecimen};
use crate::composing::draft::{Brought, Line, LineContainer};

/// The way of a service that a described container is taken by: from its material, or else the first that can be taken.
pub(crate) fn way<'a>(
    container: &LineContainer,
    service: &'a Service,
    indexed: &Indexed,
) -> Option<&'a SpecimenAlternative> {
    let mut ways = service.specimens.iter().filter(|way| indexed.container(&way.container).is_some());
    let named = container.material.as_ref().and_then(|material| {
        service.specimens.iter().find(|way| way.material == *material && indexed.container(&way.container).is_some())
    });
    named.or_else(|| ways.next())
}

/// One planned specimen for each described container, and one for all lines that share what was brought along.
pub(super) fn specimens(lines: &[Line], day: Option<&str>, catalogues: &Catalogues) -> Vec<(PlannedSpecimen, Order)> {
    let mut made = Vec::new();
    for line in lines {
        let Some((indexed, service)) = catalogues.orderable(&line.provider, &line.service) else { continue };
        let day = line.planned_date.as_deref().or(day).unwrap_or_default();
        for container in &line.containers {
            let Some(way) = way(container, service, indexed) else { continue };
            let key = GroupKey {
                provider: &line.provider,
                department: &service.department,
                day,
                container: &way.container,
                material: &way.material,
                handling_class: &way.handling_class,
                own: Some(&service.id),
            };
            if let Some(known) = made.iter_mut().find(|(known, _)| is_the_same(known, container, &key)) {
                let (shared, _): &mut (PlannedSpecimen, Order) = known;
                shared.lines.push(line.id);
                shared.services.push(service.name.clone());
                continue;
            }
            let own = format!("/{}/{:04}", service.id, container.id);
            if let Some((mut specimen, mut order)) = planned(&key, &own, &[way], catalogues) {
                specimen.lines = vec![line.id];
                specimen.services = vec![service.name.clone()];
                specimen.described = Some(DescribedRef { line: line.id, container: container.id });
                bring(container, &mut specimen, &mut order);
                made.push((specimen, order));
            }
        }
    }
    made
}

/// Whether a container is a planned specimen already: brought along under the same name, to the same receiver and day.
fn is_the_same(planned: &PlannedSpecimen, container: &LineContainer, key: &GroupKey<'_>) -> bool {
    let name = |brought: &Option<Brought>| brought.as_ref().map(|brought| brought.key.clone());
    container.brought.is_some()
        && name(&container.brought) == name(&planned.brought)
        && planned.provider == key.provider
        && planned.department == key.department
        && planned.planned_date.as_deref().unwrap_or_default() == key.day
}

/// What is brought along is what it is, and has no place in the order of draw once it is taken.
fn bring(container: &LineContainer, specimen: &mut PlannedSpecimen, order: &mut Order) {
    let Some(brought) = &container.brought else { return };
    if let Some(material) = &brought.material {
        specimen.material.clone_from(material);
        specimen.material_code = None;
    }
    order.not_drawn |= brought.collected.is_some();
    specimen.brought = Some(brought.clone());
}

/// Letters, where one requisition to pathology has more than one container: A, B, C in the order of lines and of the
/// containers in them. A pathologist's answer names them by these.
pub(super) fn give_letters(planned: &mut [(PlannedSpecimen, Order)], lines: &[Line], catalogues: &Catalogues) {
    let is_pathology = |specimen: &PlannedSpecimen| {
        let department =
            catalogues.get(&specimen.provider).and_then(|indexed| indexed.department(&specimen.department));
        let discipline = department.and_then(|department| Discipline::from_code(&department.discipline));
        discipline.is_some_and(Discipline::is_pathology)
    };
    let place = |specimen: &PlannedSpecimen| {
        let line = lines.iter().position(|line| specimen.lines.contains(&line.id));
        let of_line = line.and_then(|at| {
            let described = specimen.described.as_ref()?;
            lines[at].containers.iter().position(|container| container.id == described.container)
        });
        (line, of_line)
    };
    let together = |specimen: &PlannedSpecimen| {
        (specimen.provider.clone(), specimen.department.clone(), specimen.planned_date.clone())
    };
    let mut order: Vec<usize> = (0..planned.len()).filter(|at| is_pathology(&planned[*at].0)).collect();
    order.sort_by_key(|at| (together(&planned[*at].0), place(&planned[*at].0), planned[*at].0.key.clone()));
    let mut letters: Vec<(usize, usize)> = Vec::new();
    for group in order.chunk_by(|a, b| together(&planned[*a].0) == together(&planned[*b].0)) {
        let containers: u32 = group.iter().map(|at| planned[*at].0.count).sum();
        if containers > 1 {
            letters.extend(group.iter().enumerate().map(|(place, at)| (*at, place)));
        }
    }
    for (at, place) in letters {
        planned[at].0.letter = Some(letter(place));
        planned[at].1.letter = place;
    }
}

/// A, B … Z, AA, AB …
fn letter(place: usize) -> String {
    let last = char::from(b'A' + u8::try_from(place % 26).unwrap_or(0));
    if place < 26 { last.to_string() } else { format!("{}{last}", letter(place / 26 - 1)) }
}

#[cfg(test)]
mod tests {
    #[test]
    fn letters_go_on_after_the_last_one() {
        assert_eq!([0, 2, 25, 26, 27, 52].map(super::letter), ["A", "C", "Z", "AA", "AB", "BA"]);
    }
}
