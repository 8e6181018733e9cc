//! Which services stand together in one `ReqInvestigation`.
//!
//! Laboratory services with the same action, specimens, priority, purpose, date and series stand together with those
//! specimens; in radiology every examination has its own (HIS 1160, HIS 1175).

use std::collections::HashMap;

use crate::order::{Action, Moment, Order, Series, Service, Specimen};

/// One `ReqInvestigation`.
pub(super) struct Group<'a> {
    /// The services, in the order given; the first stands for what they have in common.
    pub(super) services: Vec<&'a Service>,
    /// The specimens that serve them, in the order of the document.
    pub(super) specimens: Vec<&'a Specimen>,
}

#[derive(PartialEq, Eq, Hash)]
struct Common<'a> {
    action: Action,
    specimens: Vec<usize>,
    priority: Option<&'a str>,
    purpose: Option<&'a str>,
    requested: Option<&'a Moment>,
    series: Option<&'a Series>,
}

/// The groups, in the order in which their first services are given.
pub(super) fn groups(order: &Order) -> Vec<Group<'_>> {
    let places: HashMap<&str, usize> =
        order.specimens.iter().enumerate().map(|(at, specimen)| (specimen.key.as_str(), at)).collect();
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut known: HashMap<Common<'_>, usize> = HashMap::new();
    for service in &order.services {
        let mut specimens: Vec<usize> =
            service.specimens.iter().filter_map(|key| places.get(key.as_str()).copied()).collect();
        specimens.sort_unstable();
        specimens.dedup();
        let common = Common {
            action: service.action,
            specimens,
            priority: service.priority.as_deref(),
            purpose: service.purpose.as_deref(),
            requested: service.requested_date.as_ref(),
            series: service.series.as_ref(),
        };
        let joins = if order.discipline.is_radiology() { None } else { known.get(&common) };
        if let Some(at) = joins {
            groups[*at].services.push(service);
            continue;
        }
        let specimens = common.specimens.iter().map(|at| &order.specimens[*at]).collect();
        known.insert(common, groups.len());
        groups.push(Group { services: vec![service], specimens });
    }
    groups
}
