//! Which service of the catalogues in use a record system means. Only what can be meant in one way is chosen; everything
//! else is a choice for somebody to make.

use super::is_receiver;
use super::line::{asks_for_spec, same};
use crate::catalogue::model::{Indexed, Service};
use crate::composing::catalogues::{Catalogues, questions_of};
use crate::composing::draft::Candidate;
use crate::order::{self, Order};

/// Most services that are offered for a choice.
const MOST_CANDIDATES: usize = 60;

/// What was ordered, looked up.
pub(super) enum Offered {
    /// It can only be this one.
    One(Candidate),
    /// It may be any of these, the likeliest first; or nothing that is known.
    Unclear(Vec<Candidate>),
}

/// Looks a service up. `suggest` finds services by words, best first.
pub(super) fn offered(
    order: &Order,
    asked: &order::Service,
    catalogues: &Catalogues,
    suggest: &dyn Fn(&str) -> Vec<Candidate>,
) -> Offered {
    let receivers = receiving(order, catalogues);
    let all: Vec<&Indexed> = catalogues.iter().map(AsRef::as_ref).collect();
    let fits = with_code(&receivers, asked);
    if let [(indexed, service)] = narrowed(fits.clone(), asked).as_slice()
        && takes_specs(indexed, service, asked)
    {
        return Offered::One(candidate(indexed, service));
    }
    let fits = if fits.is_empty() { with_code(&all, asked) } else { fits };
    let by_code: Vec<Candidate> = fits.iter().map(|(indexed, service)| candidate(indexed, service)).collect();
    let by_words = suggest(&words(order, asked));
    // Words alone may mean anything; where codes fit, they only say which of those is the likeliest.
    let mut candidates: Vec<Candidate> =
        by_words.iter().filter(|one| by_code.is_empty() || by_code.contains(one)).cloned().collect();
    if by_code.is_empty() {
        let received = |one: &Candidate| receivers.iter().any(|known| known.catalogue().provider.id == one.provider);
        candidates.sort_by_key(|one| !received(one));
    }
    for one in by_code {
        if !candidates.contains(&one) {
            candidates.push(one);
        }
    }
    candidates.truncate(MOST_CANDIDATES);
    Offered::Unclear(candidates)
}

/// The catalogues of the receiver: those that have the department, else those of the organisation.
pub(super) fn receiving<'a>(order: &Order, catalogues: &'a Catalogues) -> Vec<&'a Indexed> {
    let departments = order.service_provider.departments.iter();
    let hers: Vec<String> = departments.filter_map(|unit| unit.ids.her.as_ref()).map(ToString::to_string).collect();
    let has_department =
        |indexed: &&Indexed| indexed.catalogue().departments.iter().any(|department| hers.contains(&department.her));
    let all: Vec<&'a Indexed> = catalogues.iter().map(AsRef::as_ref).collect();
    let named: Vec<&'a Indexed> = all.iter().copied().filter(has_department).collect();
    if !named.is_empty() {
        return named;
    }
    all.into_iter().filter(|indexed| is_receiver(order, &indexed.catalogue().provider.her)).collect()
}

type Fitting<'a> = Vec<(&'a Indexed, &'a Service)>;

fn with_code<'a>(catalogues: &[&'a Indexed], asked: &order::Service) -> Fitting<'a> {
    let services = catalogues
        .iter()
        .flat_map(|indexed| indexed.catalogue().services.iter().map(move |service| (*indexed, service.as_ref())));
    let is_it = |service: &Service| {
        let own = service.local_code.as_ref().filter(|own| own.code.is_some());
        same(&asked.code, &service.code) || own.is_some_and(|own| same(&asked.code, own))
    };
    services.filter(|(_, service)| !service.withdrawn && is_it(service)).collect()
}

/// One code may stand for many examinations, which their fixed modifiers, the receiver's own code or their names tell apart.
fn narrowed<'a>(mut found: Fitting<'a>, asked: &order::Service) -> Fitting<'a> {
    let tell_apart: [&dyn Fn(&Service) -> bool; 3] = [
        &|service| {
            !service.specs.is_empty()
                && service.specs.iter().all(|fixed| asked.specs.iter().any(|given| same(given, fixed)))
        },
        &|service| {
            service
                .local_code
                .as_ref()
                .is_some_and(|own| asked.local_code.as_ref().is_some_and(|given| same(given, own)))
        },
        &|service| service.name == asked.code.display || service.code.display == asked.code.display,
    ];
    for fits in tell_apart {
        if found.len() > 1 {
            let fewer: Fitting<'a> = found.iter().filter(|(_, service)| fits(service)).copied().collect();
            if !fewer.is_empty() {
                found = fewer;
            }
        }
    }
    found
}

/// Whether every modifier is one of the service's own, or an answer to what it asks. Otherwise it is another examination.
fn takes_specs(indexed: &Indexed, service: &Service, asked: &order::Service) -> bool {
    let own = |spec: &_| service.specs.iter().any(|fixed| same(spec, fixed));
    let answers = |spec: &_| questions_of(indexed, service).any(|question| asks_for_spec(question, spec));
    let missing = |fixed: &_| !asked.specs.is_empty() && !asked.specs.iter().any(|given| same(given, fixed));
    asked.specs.iter().all(|spec| own(spec) || answers(spec)) && !service.specs.iter().any(missing)
}

fn candidate(indexed: &Indexed, service: &Service) -> Candidate {
    Candidate { provider: indexed.catalogue().provider.id.clone(), service: service.id.clone() }
}

/// The words by which somebody would look for it.
fn words(order: &Order, asked: &order::Service) -> String {
    let specimen = order.specimens.iter().find(|one| asked.specimens.contains(&one.key));
    // The words of a numbered list are the same for many services: what it is taken from says more.
    let material = specimen.filter(|_| asked.code.system.list().is_some()).and_then(|one| one.material.text.clone());
    material.unwrap_or_else(|| asked.code.display.clone())
}
