//! `plan`: which containers an order's services take, in order of draw, and the requisitions that they become.
//!
//! For catalogue authors who want to see what their containers, volumes and alternatives come to, and for record systems
//! that show the plan themselves. Uses what the application uses.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use requisition::catalogue::model::{Coded, Indexed, Service, SpecimenAlternative};
use requisition::codes::Code;
use requisition::composing::draft::{Draft, Line, LineContainer, Patient};
use requisition::composing::{Catalogues, Context, compose};
use requisition::order::{self, Action, Material, Order};
use serde_json::json;
use uuid::Uuid;

use crate::Failure;
use crate::compose::{norwegian_now, read_order};

/// Arguments of `plan`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The order document (JSON, UTF-8); its services are found in the catalogues by code system and code
    order: PathBuf,
    /// Packages, or providers' directories; of two that offer a service, the order's own receiver comes first
    #[arg(long, value_name = "PKG", required = true, num_args = 1..)]
    catalogue: Vec<PathBuf>,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let order = read_order(&arguments.order, &norwegian_now()?)?;
    let mut offers = Vec::new();
    for path in &arguments.catalogue {
        offers.push(Arc::new(Indexed::new(crate::catalogue::read(path)?)));
    }
    // The receiver of the order first; the rest as they were given.
    let her = order.service_provider.organisation.ids.her.as_ref().map(|her| her.as_str().to_owned());
    offers.sort_by_key(|offer| Some(&offer.catalogue().provider.her) != her.as_ref());
    let now = norwegian_now()?;
    let mut draft = Draft::new(Uuid::nil().to_string(), nobody(), None, now.timestamp());
    draft.lines = lines(&order, &offers)?;
    let context = Context { today: now.date(), now: &now, history: &[] };
    let composition = compose(&draft, &Catalogues::new(offers), &context);
    let planned = &composition.plan;
    let specimens: Vec<_> = planned
        .iter()
        .map(|specimen| {
            json!({
                "key": specimen.key,
                "provider": specimen.provider,
                "department": specimen.department,
                "draw": specimen.draw,
                "container": specimen.container.id,
                "containerName": specimen.container.name.nb,
                "colour": specimen.container.colour,
                "colourName": specimen.container.colour_name.nb,
                "count": specimen.count,
                "fillMl": specimen.fill_ml,
                "material": specimen.material,
                "materialCode": specimen.material_code,
                "handlingClass": specimen.handling_class,
                "handling": specimen.handling.iter().map(|text| &text.nb).collect::<Vec<_>>(),
                "services": specimen.services,
                "plannedDate": specimen.planned_date,
                "letter": specimen.letter,
            })
        })
        .collect();
    let names = |ids: &[u32]| -> Vec<String> {
        ids.iter().filter_map(|id| draft.line(*id)).map(|line| line.name.clone()).collect()
    };
    let requisitions: Vec<_> = composition
        .parts
        .iter()
        .map(|part| {
            json!({
                "provider": part.provider,
                "department": part.department,
                "discipline": part.discipline,
                "plannedDate": part.planned_date,
                "only": part.only,
                "services": names(&part.lines),
                "specimens": part.specimens,
            })
        })
        .collect();
    let containers: u32 = planned.iter().map(|specimen| specimen.count).sum();
    let answer = json!({ "containers": containers, "specimens": specimens, "requisitions": requisitions });
    println!("{}", serde_json::to_string(&answer).context("the plan cannot be written")?);
    Ok(())
}

/// A line for each service that the order asks for; what is cancelled needs no container.
fn lines(order: &Order, offers: &[Arc<Indexed>]) -> Result<Vec<Line>, Failure> {
    let mut unknown = Vec::new();
    let mut lines: Vec<Line> = Vec::new();
    let asked = order.services.iter().enumerate().filter(|(_, service)| service.action != Action::Cancelled);
    for (at, asked) in asked {
        let Some((offer, service)) = offered(asked, offers) else {
            unknown.push(format!("services[{at}].code: no catalogue offers it"));
            continue;
        };
        let provider = &offer.catalogue().provider.id;
        let day = asked.requested_date.as_ref().and_then(|day| day.as_str().get(..10)).map(str::to_owned);
        let known = lines.iter().position(|line| line.provider == *provider && line.service == service.id);
        let line = match known {
            // An order may name a service once for each material.
            Some(known) => &mut lines[known],
            None => {
                let id = u32::try_from(at).unwrap_or(u32::MAX - 1) + 1;
                lines.push(Line::new(id, provider, &service.id, service.name.clone()));
                let at = lines.len() - 1;
                &mut lines[at]
            }
        };
        line.planned_date = line.planned_date.take().or(day);
        for key in &asked.specimens {
            let specimen = order.specimens.iter().find(|specimen| specimen.key == *key);
            line.last_container += 1;
            line.containers.push(LineContainer {
                id: line.last_container,
                material: specimen.and_then(|specimen| material_of(service, &specimen.material)),
                ..LineContainer::default()
            });
        }
    }
    for line in &mut lines {
        // One specimen is planned as the catalogue has it: it may share its container with other services.
        if line.containers.len() < 2 {
            line.containers.clear();
        }
    }
    if unknown.is_empty() { Ok(lines) } else { Err(Failure::Refused(unknown)) }
}

/// The service that is asked for. Where many share a code, as a kind of pathology examination, the one whose further codes
/// are all asked for is meant, and of several the one that says most.
fn offered<'a>(asked: &order::Service, offers: &'a [Arc<Indexed>]) -> Option<(&'a Arc<Indexed>, &'a Arc<Service>)> {
    let codes = [Some(&asked.code), asked.local_code.as_ref()];
    codes.into_iter().flatten().find_map(|code| {
        offers.iter().find_map(|offer| {
            let known = offer.catalogue().services.iter().filter(|service| is(service, code));
            let said = |service: &&Arc<Service>| {
                let all = service.specs.iter().all(|spec| asked.specs.iter().any(|asked| is_code(spec, asked)));
                if all { service.specs.len() + 1 } else { 0 }
            };
            // The first of equals, as the catalogue has them.
            known.rev().max_by_key(said).map(|service| (offer, service))
        })
    })
}

/// The material of the service that an order means: by its code, or by its text.
fn material_of(service: &Service, asked: &Material) -> Option<String> {
    let same = |way: &&SpecimenAlternative| {
        let code = asked.code.as_ref().and_then(|code| code.code.as_ref());
        let coded = way.material_code.as_ref().and_then(|known| known.code.as_ref());
        (code.is_some() && code == coded) || asked.text.as_ref() == Some(&way.material)
    };
    service.specimens.iter().find(same).map(|way| way.material.clone())
}

/// The plan of a service is the same for everybody.
fn nobody() -> Patient {
    Patient {
        national_id: None,
        id_kind: None,
        family: String::new(),
        given: String::new(),
        birth_date: None,
        sex: "0".to_owned(),
        phone: None,
        street: None,
        postal_code: None,
        city: None,
    }
}

/// Whether a service has this code; one without a code is known by its text.
fn is(service: &Service, code: &Code) -> bool {
    let known = [Some(&service.code), service.local_code.as_ref()];
    !service.withdrawn && known.into_iter().flatten().any(|known| is_code(known, code))
}

fn is_code(known: &Coded, asked: &Code) -> bool {
    known.system == asked.system.to_string()
        && match (&known.code, &asked.code) {
            (Some(known), Some(asked)) => known == asked,
            (None, None) => known.display == asked.display,
            (Some(_), None) | (None, Some(_)) => false,
        }
}
