//! Change and addition of a requisition that was sent (HITS 1102; list 7309): what the receiver takes now, what can be added
//! to material it already has, and the order that says so.
//!
//! A change is complete: it names every service, also what stays and what is taken out. An addition names the old services
//! beside the new. Neither moves what identifies the requisition: id, date of issue, discipline, receiver, requester.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp, Zoned};
use serde::Serialize;
use specta::Type;

use super::{RequestedService, Requisition, Specimen, SpecimenStatus, to_order};
use crate::catalogue::model::{ChangeUntil, Indexed, Service};
use crate::composing::draft::Urgency;
use crate::order::{Action, Kind, Order, Problem, Status};

/// Why something cannot be done electronically now; the receiver can still be phoned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Barred {
    /// The receiver takes no such message.
    NotTaken,
    /// The receiver has not accepted the requisition yet, or a follow-up of it is still under way.
    NotSettled,
    /// The requisition was cancelled, or ended by the receiver.
    Ended,
    /// The specimen has been received, and changes are taken only before that.
    Received,
    /// Answers have come.
    Answered,
    /// Nothing can be added to what was taken: no material fits, or its time is over.
    NothingFits,
}

/// How far the receiver has come, as far as follow-ups depend on it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Progress {
    /// The newest of its messages is accepted, and none is under way.
    pub settled: bool,
    /// Cancelled by us or by the receiver, or expired.
    pub ended: bool,
    /// A specimen was received.
    pub received: bool,
    /// An answer has come, in part or in full.
    pub answered: bool,
}

/// Whether a change is taken now.
///
/// # Errors
/// Why not.
pub fn may_change(requisition: &Requisition, until: ChangeUntil, progress: Progress) -> Result<(), Barred> {
    if !requisition.receiver.change {
        return Err(Barred::NotTaken);
    }
    follow_up_is_open(progress)?;
    match until {
        ChangeUntil::SpecimenReceived if progress.received => Err(Barred::Received),
        ChangeUntil::SpecimenReceived | ChangeUntil::Answered => Ok(()),
    }
}

/// Whether an addition is taken now, and what can be added.
///
/// # Errors
/// Why nothing can be.
pub fn may_add(
    requisition: &Requisition,
    catalogue: &Indexed,
    progress: Progress,
    now: Timestamp,
) -> Result<Vec<AddOn>, Barred> {
    if !requisition.receiver.addition {
        return Err(Barred::NotTaken);
    }
    follow_up_is_open(progress)?;
    let found = addable(requisition, catalogue, now);
    if found.is_empty() { Err(Barred::NothingFits) } else { Ok(found) }
}

fn follow_up_is_open(progress: Progress) -> Result<(), Barred> {
    if progress.ended {
        Err(Barred::Ended)
    } else if progress.answered {
        Err(Barred::Answered)
    } else if !progress.settled {
        Err(Barred::NotSettled)
    } else {
        Ok(())
    }
}

/// A service that can be added to a specimen already taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub struct AddOn {
    /// Service id.
    pub service: String,
    /// Name.
    pub name: String,
    /// The specimen it is taken from.
    pub specimen: String,
    /// Its number.
    pub number: Option<String>,
    /// Until when the material keeps, RFC 3339.
    pub until: String,
}

/// Services of the same department that the specimens taken still serve, by the catalogue of today: same material in the
/// same container, and not older than the laboratory's own limit. What wants answers first is not among them.
#[must_use]
pub fn addable(requisition: &Requisition, catalogue: &Indexed, now: Timestamp) -> Vec<AddOn> {
    let ordered: BTreeSet<&str> = requisition.services.iter().map(|service| service.service.as_str()).collect();
    let mut found: Vec<AddOn> = catalogue
        .catalogue()
        .services
        .iter()
        .filter(|service| service.department == requisition.receiver.department && !service.withdrawn)
        .filter(|service| service.questions.is_empty() && !ordered.contains(service.id.as_str()))
        .filter(|service| service.sex.as_ref().is_none_or(|sex| *sex == requisition.patient.sex))
        .filter_map(|service| {
            let (specimen, until) = still_serves(requisition, service, now)?;
            Some(AddOn {
                service: service.id.clone(),
                name: service.name.clone(),
                specimen: specimen.id.clone(),
                number: specimen.number.clone(),
                until: until.to_string(),
            })
        })
        .collect();
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

fn still_serves<'a>(
    requisition: &'a Requisition,
    service: &Service,
    now: Timestamp,
) -> Option<(&'a Specimen, Timestamp)> {
    let keeps = SignedDuration::from_hours(i64::from(service.add_on_hours?));
    requisition
        .specimens
        .iter()
        .filter(|specimen| {
            service.specimens.iter().any(|wanted| {
                !wanted.own_container && wanted.container == specimen.container && wanted.material == specimen.material
            })
        })
        .filter_map(|specimen| match &specimen.status {
            SpecimenStatus::Collected { at, .. } => {
                let until = at.parse::<Timestamp>().ok()?.saturating_add(keeps).ok()?;
                (until > now).then_some((specimen, until))
            }
            SpecimenStatus::Planned
            | SpecimenStatus::AtHome
            | SpecimenStatus::NotTaken { .. }
            | SpecimenStatus::Spoiled { .. } => None,
        })
        .max_by_key(|(_, until)| *until)
}

/// What a change asks for.
#[derive(Clone, Debug)]
pub struct Change {
    /// Clinical information.
    pub clinical_text: String,
    /// How urgent.
    pub urgency: Urgency,
    /// Keys of services to take out.
    pub without: Vec<String>,
}

/// The requisition as it is once the receiver has taken the change.
#[must_use]
pub fn changed(before: &Requisition, change: &Change) -> Requisition {
    let mut after = before.clone();
    after.clinical_text = change.clinical_text.clone();
    after.urgency = change.urgency;
    after.services.retain(|service| !change.without.contains(&service.key));
    for specimen in &mut after.specimens {
        specimen.services.retain(|service| !change.without.contains(service));
    }
    after
}

/// The complete order of a change: what stays is unchanged, what is taken out is cancelled.
///
/// # Errors
/// Everything that the order's own check would refuse.
pub fn change_order(before: &Requisition, change: &Change, status: Status, now: &Zoned) -> Result<Order, Vec<Problem>> {
    let mut whole = before.clone();
    whole.clinical_text = change.clinical_text.clone();
    whole.urgency = change.urgency;
    let mut order = to_order(&whole, status, now)?;
    order.kind = Kind::Change;
    for (service, requested) in order.services.iter_mut().zip(&whole.services) {
        service.action = if change.without.contains(&requested.key) { Action::Cancelled } else { Action::Unchanged };
    }
    checked(order, now)
}

/// The requisition as it is once the receiver has taken these additions. Of what is not offered nothing is added.
#[must_use]
pub fn added(before: &Requisition, catalogue: &Indexed, offers: &[AddOn], wanted: &[String]) -> Requisition {
    let mut after = before.clone();
    for offer in offers.iter().filter(|offer| wanted.contains(&offer.service)) {
        let Some(service) = catalogue.service(&offer.service) else { continue };
        let key = free_key(&after);
        if let Some(specimen) = after.specimens.iter_mut().find(|specimen| specimen.id == offer.specimen) {
            specimen.services.push(key.clone());
            after.services.push(RequestedService {
                key,
                service: service.id.clone(),
                name: service.name.clone(),
                code: service.code.clone(),
                local_code: service.local_code.clone(),
                answers: Vec::new(),
                overrides: Vec::new(),
                specs: service.specs.clone(),
                turnaround_days: service.turnaround_days,
                series: None,
            });
        }
    }
    after
}

fn free_key(requisition: &Requisition) -> String {
    let taken = |key: &str| requisition.services.iter().any(|service| service.key == key);
    let mut at = requisition.services.len() + 1;
    loop {
        let key = format!("a{at}");
        if !taken(&key) {
            return key;
        }
        at += 1;
    }
}

/// The order of an addition: the new services, and beside them the old.
///
/// # Errors
/// Everything that the order's own check would refuse.
pub fn addition_order(
    before: &Requisition,
    after: &Requisition,
    status: Status,
    now: &Zoned,
) -> Result<Order, Vec<Problem>> {
    let mut order = to_order(after, status, now)?;
    order.kind = Kind::Addition;
    for (service, requested) in order.services.iter_mut().zip(&after.services) {
        let old = before.services.iter().any(|known| known.key == requested.key);
        service.action = if old { Action::Unchanged } else { Action::New };
    }
    checked(order, now)
}

fn checked(order: Order, now: &Zoned) -> Result<Order, Vec<Problem>> {
    let problems = crate::order::check(&order, now);
    if problems.is_empty() { Ok(order) } else { Err(problems) }
}
