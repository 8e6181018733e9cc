//! The catalogues in use as a table of contents: what stands in which group, and which services are the same analysis.
//!
//! Worked out beside what is in use, or at the first question where that comes earlier, and kept for as long as the catalogues
//! are in use; a hundred thousand services must not be walked through for a click or a letter typed.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};

use requisition::catalogue::model::{Catalogue, Indexed, Service};

use crate::views::{TreeDepartment, TreeGroup, TreeProvider};

type ById = BTreeMap<String, Arc<Indexed>>;

/// Answers about all catalogues in use; made with them and gone with them.
#[derive(Default)]
pub struct Contents {
    shelves: OnceLock<BTreeMap<String, Vec<DepartmentShelf>>>,
    same: OnceLock<HashMap<(String, String), Vec<Place>>>,
}

/// A service by provider id and its place in the catalogue's list.
type Place = (String, usize);

struct DepartmentShelf {
    department: usize,
    groups: Vec<GroupShelf>,
}

struct GroupShelf {
    name: String,
    /// Places in the catalogue's list, by name.
    services: Vec<usize>,
}

impl Contents {
    /// Works everything out, so that nobody waits for it.
    pub fn work_out(&self, by_id: &ById) {
        self.shelves(by_id);
        self.same(by_id);
    }

    /// Whether nobody has to wait for anything.
    #[cfg(test)]
    pub fn is_worked_out(&self) -> bool {
        self.shelves.get().is_some() && self.same.get().is_some()
    }

    /// Providers, departments and groups with what they hold; no services.
    pub fn tree(&self, by_id: &ById) -> Vec<TreeProvider> {
        let shelves = self.shelves(by_id);
        by_id
            .iter()
            .map(|(id, indexed)| provider(indexed.catalogue(), shelves.get(id).map_or(&[], Vec::as_slice)))
            .collect()
    }

    /// The services of a group from `offset` on, by name, and how many there are in all.
    pub fn group<'a>(
        &self,
        by_id: &'a ById,
        (provider, department, group): (&str, &str, &str),
        offset: usize,
        most: usize,
    ) -> Option<(&'a Indexed, Vec<&'a Service>, usize)> {
        let indexed = by_id.get(provider)?;
        let catalogue = indexed.catalogue();
        let shelf = self.shelves(by_id).get(provider)?;
        let shelf = shelf.iter().find(|shelf| catalogue.departments[shelf.department].id == department)?;
        let services = &shelf.groups.iter().find(|known| known.name == group)?.services;
        let page = services.iter().skip(offset).take(most).map(|at| &*catalogue.services[*at]).collect();
        Some((indexed, page, services.len()))
    }

    /// The same analysis at other providers: the same code of the same published system, where it can be ordered.
    pub fn elsewhere<'a>(&self, by_id: &'a ById, provider: &str, service: &Service) -> Vec<(&'a Indexed, &'a Service)> {
        let same = self.same(by_id);
        let key = |(system, code): (&str, &str)| (system.to_owned(), code.to_owned());
        let Some(places) = code_of(service).and_then(|code| same.get(&key(code))) else { return Vec::new() };
        let there = |(id, at): &Place| {
            let indexed = by_id.get(id).filter(|_| id != provider)?;
            Some((&**indexed, &*indexed.catalogue().services[*at]))
        };
        places.iter().filter_map(there).collect()
    }

    fn same(&self, by_id: &ById) -> &HashMap<(String, String), Vec<Place>> {
        self.same.get_or_init(|| same(by_id))
    }

    fn shelves(&self, by_id: &ById) -> &BTreeMap<String, Vec<DepartmentShelf>> {
        self.shelves
            .get_or_init(|| by_id.iter().map(|(id, indexed)| (id.clone(), shelve(indexed.catalogue()))).collect())
    }
}

fn provider(catalogue: &Catalogue, shelves: &[DepartmentShelf]) -> TreeProvider {
    let departments: Vec<TreeDepartment> = shelves
        .iter()
        .map(|shelf| {
            let department = &catalogue.departments[shelf.department];
            let groups: Vec<TreeGroup> = shelf
                .groups
                .iter()
                .map(|group| TreeGroup { name: group.name.clone(), services: count(group.services.len()) })
                .collect();
            TreeDepartment {
                id: department.id.clone(),
                name: department.discipline_name.clone(),
                services: groups.iter().map(|group| group.services).sum(),
                groups,
            }
        })
        .collect();
    TreeProvider {
        provider: catalogue.provider.id.clone(),
        name: catalogue.provider.name.clone(),
        services: departments.iter().map(|department| department.services).sum(),
        departments,
    }
}

/// Departments in the catalogue's order, groups in the order of their first service, services by name.
fn shelve(catalogue: &Catalogue) -> Vec<DepartmentShelf> {
    let departments: HashMap<&str, usize> =
        catalogue.departments.iter().enumerate().map(|(at, department)| (department.id.as_str(), at)).collect();
    let mut shelves: Vec<Vec<GroupShelf>> = catalogue.departments.iter().map(|_| Vec::new()).collect();
    let mut groups: HashMap<(usize, &str), usize> = HashMap::new();
    for (at, service) in catalogue.services.iter().enumerate().filter(|(_, service)| !service.withdrawn) {
        let Some(&department) = departments.get(service.department.as_str()) else { continue };
        let shelf = &mut shelves[department];
        let group = *groups.entry((department, &service.group)).or_insert_with(|| {
            shelf.push(GroupShelf { name: service.group.clone(), services: Vec::new() });
            shelf.len() - 1
        });
        shelf[group].services.push(at);
    }
    for group in shelves.iter_mut().flatten() {
        group.services.sort_by_cached_key(|at| (catalogue.services[*at].name.to_lowercase(), *at));
    }
    let shelves = shelves.into_iter().enumerate().filter(|(_, groups)| !groups.is_empty());
    shelves.map(|(department, groups)| DepartmentShelf { department, groups }).collect()
}

/// By code, the services of all providers; only codes that more than one provider has.
fn same(by_id: &ById) -> HashMap<(String, String), Vec<Place>> {
    let mut all: HashMap<(&str, &str), Vec<(&str, usize)>> = HashMap::new();
    for (id, indexed) in by_id.iter().filter(|_| by_id.len() > 1) {
        for (at, service) in indexed.catalogue().services.iter().enumerate().filter(|(_, service)| !service.withdrawn) {
            if let Some(code) = code_of(service) {
                all.entry(code).or_default().push((id, at));
            }
        }
    }
    let several = |places: &[(&str, usize)]| places.iter().any(|(id, _)| *id != places[0].0);
    let owned = |places: Vec<(&str, usize)>| places.into_iter().map(|(id, at)| (id.to_owned(), at)).collect();
    all.into_iter()
        .filter(|(_, places)| several(places))
        .map(|((system, code), places)| ((system.to_owned(), code.to_owned()), owned(places)))
        .collect()
}

/// A code that means the same everywhere. A provider's own codes do not.
fn code_of(service: &Service) -> Option<(&str, &str)> {
    let code = service.code.code.as_deref()?;
    (service.code.system != "LOCAL").then_some((service.code.system.as_str(), code))
}

fn count(many: usize) -> u32 {
    u32::try_from(many).unwrap_or(u32::MAX)
}
