//! `plan`: which containers an order's services take, in order of draw.
//!
//! For catalogue authors who want to see what their containers, volumes and alternatives come to, and for record systems
//! that show the plan themselves. Uses what the application uses.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use requisition::catalogue::model::{Indexed, Service};
use requisition::codes::Code;
use requisition::composing::Catalogues;
use requisition::composing::draft::Line;
use requisition::composing::plan::plan;
use requisition::order::{Action, Order};
use serde_json::json;

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
    let lines = lines(&order, &offers)?;
    let planned = plan(&lines, &Catalogues::new(offers));
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
            })
        })
        .collect();
    let containers: u32 = planned.iter().map(|specimen| specimen.count).sum();
    let answer = json!({ "containers": containers, "specimens": specimens });
    println!("{}", serde_json::to_string_pretty(&answer).context("the plan cannot be written")?);
    Ok(())
}

/// A line for each service that the order asks for; what is cancelled needs no container.
fn lines(order: &Order, offers: &[Arc<Indexed>]) -> Result<Vec<Line>, Failure> {
    let mut unknown = Vec::new();
    let mut lines: Vec<Line> = Vec::new();
    let asked = order.services.iter().enumerate().filter(|(_, service)| service.action != Action::Cancelled);
    for (at, asked) in asked {
        let codes = [Some(&asked.code), asked.local_code.as_ref()];
        let found = codes.into_iter().flatten().find_map(|code| {
            offers
                .iter()
                .find_map(|offer| Some((offer, offer.catalogue().services.iter().find(|service| is(service, code))?)))
        });
        let Some((offer, service)) = found else {
            unknown.push(format!("services[{at}].code: no catalogue offers it"));
            continue;
        };
        let provider = &offer.catalogue().provider.id;
        // An order may name a service once for each material; the catalogue's own container serves them all.
        if lines.iter().any(|line| line.provider == *provider && line.service == service.id) {
            continue;
        }
        let id = u32::try_from(at).unwrap_or(u32::MAX - 1) + 1;
        lines.push(Line::new(id, provider, &service.id, service.name.clone()));
    }
    if unknown.is_empty() { Ok(lines) } else { Err(Failure::Refused(unknown)) }
}

/// Whether a service has this code; one without a code is known by its text.
fn is(service: &Service, code: &Code) -> bool {
    let system = code.system.to_string();
    let known = [Some(&service.code), service.local_code.as_ref()];
    !service.withdrawn
        && known.into_iter().flatten().any(|known| {
            known.system == system
                && match (&known.code, &code.code) {
                    (Some(known), Some(asked)) => known == asked,
                    (None, None) => known.display == code.display,
                    (Some(_), None) | (None, Some(_)) => false,
                }
        })
}
