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
use crate::catalogue::model::{ChangeUntil, Indexed, Service, SpecimenAlternative};
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
    /// Nothing can be added to what was taken: no material fits, too little is left, or its time is over.
    NothingFits,
    /// What was taken is not enough for all that is to be added.
    TooLittle,
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
) -> Result<Additions, Barred> {
    if !requisition.receiver.addition {
        return Err(Barred::NotTaken);
    }
    follow_up_is_open(progress)?;
    let found = addable(requisition, catalogue, now);
    if found.offered.is_empty() { Err(Barred::NothingFits) } else { Ok(found) }
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

/// Why a service that the material would serve cannot be added to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum WhyNot {
    /// The laboratory asks something with it, and an addition carries no answers.
    Asks,
    /// Too little of the material is left.
    TooLittle,
}

/// A service that fits the material and cannot be added all the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub struct NoAddOn {
    /// Name.
    pub name: String,
    /// Why.
    pub why: WhyNot,
}

/// What can be added to the specimens taken, and what cannot although it is taken from the same material.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Additions {
    /// What can, by name.
    pub offered: Vec<AddOn>,
    /// What cannot, by name.
    pub refused: Vec<NoAddOn>,
}

/// Services of the same department that the specimens taken still serve, by the catalogue of today: same material in the
/// same container, enough of it left, and not older than the laboratory's own limit.
#[must_use]
pub fn addable(requisition: &Requisition, catalogue: &Indexed, now: Timestamp) -> Additions {
    let ordered: BTreeSet<&str> = requisition.services.iter().map(|service| service.service.as_str()).collect();
    let candidates = catalogue
        .catalogue()
        .services
        .iter()
        .filter(|service| service.department == requisition.receiver.department && !service.withdrawn)
        .filter(|service| !ordered.contains(service.id.as_str()))
        .filter(|service| service.sex.as_ref().is_none_or(|sex| *sex == requisition.patient.sex));
    let mut found = Additions::default();
    for service in candidates {
        let serving = still_serving(requisition, service, now);
        let roomy = serving.iter().find(|(specimen, _)| {
            let left = left_ml(requisition, catalogue, specimen);
            left.is_none_or(|left| volume_ml(service, specimen).is_some_and(|needs| fits(needs, left)))
        });
        let refused = |why| NoAddOn { name: service.name.clone(), why };
        match roomy {
            _ if serving.is_empty() => {}
            _ if !service.questions.is_empty() => found.refused.push(refused(WhyNot::Asks)),
            None => found.refused.push(refused(WhyNot::TooLittle)),
            Some((specimen, until)) => found.offered.push(AddOn {
                service: service.id.clone(),
                name: service.name.clone(),
                specimen: specimen.id.clone(),
                number: specimen.number.clone(),
                until: until.to_string(),
            }),
        }
    }
    found.offered.sort_by(|a, b| a.name.cmp(&b.name));
    found.refused.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

/// Whether the specimens taken are enough for all of these together.
#[must_use]
pub fn enough_for(requisition: &Requisition, catalogue: &Indexed, offers: &[AddOn], wanted: &[String]) -> bool {
    requisition.specimens.iter().all(|specimen| {
        let Some(left) = left_ml(requisition, catalogue, specimen) else { return true };
        let of_this = offers.iter().filter(|offer| offer.specimen == specimen.id && wanted.contains(&offer.service));
        let needs = of_this.filter_map(|offer| volume_ml(catalogue.service(&offer.service)?, specimen)).sum();
        fits(needs, left)
    })
}

/// The specimens that a service can still be taken from, those that keep longest first.
fn still_serving<'a>(
    requisition: &'a Requisition,
    service: &Service,
    now: Timestamp,
) -> Vec<(&'a Specimen, Timestamp)> {
    let Some(hours) = service.add_on_hours else { return Vec::new() };
    let keeps = SignedDuration::from_hours(i64::from(hours));
    let mut serving: Vec<_> = requisition
        .specimens
        .iter()
        .filter(|specimen| volume_ml(service, specimen).is_some())
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
        .collect();
    serving.sort_by_key(|(_, until)| std::cmp::Reverse(*until));
    serving
}

/// Millilitres that a service takes of a specimen; none where it is not taken from such a one.
fn volume_ml(service: &Service, specimen: &Specimen) -> Option<f64> {
    let from = |wanted: &&SpecimenAlternative| {
        !wanted.own_container && wanted.container == specimen.container && wanted.material == specimen.material
    };
    service.specimens.iter().find(from).map(|wanted| wanted.volume_ml.max(0.0))
}

/// Millilitres of a specimen that nothing is ordered on; none where volume is no limit. What the catalogue of today does not
/// know may have taken all of it.
fn left_ml(requisition: &Requisition, catalogue: &Indexed, specimen: &Specimen) -> Option<f64> {
    let Some(container) = catalogue.container(&specimen.container) else { return Some(0.0) };
    let usable = container.usable_ml()?;
    let used = specimen.services.iter().map(|key| {
        let ordered = requisition.services.iter().find(|service| service.key == *key);
        let known = ordered.and_then(|ordered| catalogue.service(&ordered.service));
        // A service that fills several tubes takes its part of each.
        let tubes = requisition.specimens.iter().filter(|other| other.services.contains(key)).count().max(1);
        known.and_then(|service| volume_ml(service, specimen)).map_or(usable, |needs| needs / tubes as f64)
    });
    Some(usable - used.sum::<f64>())
}

/// Decimal fractions of millilitres do not add up exactly.
fn fits(needs: f64, left: f64) -> bool {
    needs <= left + 1e-9
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
