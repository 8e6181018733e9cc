//! Rules between the fields of an order: what no single field can tell.
//!
//! Sources: `acceptance` of the order document, HITS 1102 (change, addition, cancellation), HIS 1160 and HIS 1175.

use std::collections::HashSet;

use super::{Action, Kind, Order, Problem, ProblemCode};
use crate::codes::{Code, CodeSystem};
use crate::parties::Party;

/// MR contraindications (list 8210): a code and its explicit negative.
const MR_CONTRAINDICATIONS: u16 = 8210;

/// Every rule that the order breaks. Contents of attachments are judged in `attachments`.
pub(super) fn check(order: &Order) -> Vec<Problem> {
    let mut problems = Vec::new();
    requisition(order, &mut problems);
    parties(order, &mut problems);
    information(order, &mut problems);
    services(order, &mut problems);
    specimens(order, &mut problems);
    for (at, attachment) in order.attachments.iter().enumerate() {
        match (&attachment.base64, &attachment.path) {
            (None, None) => problems.push(missing(format!("attachments[{at}].base64"), "base64 or path must be given")),
            (Some(_), Some(_)) => {
                problems.push(clash(format!("attachments[{at}].path"), "cannot stand together with base64"));
            }
            (Some(_), None) | (None, Some(_)) => {}
        }
    }
    problems
}

fn missing(path: impl Into<String>, why: &str) -> Problem {
    Problem::new(path, ProblemCode::Missing, format!("is missing: {why}"))
}

fn clash(path: impl Into<String>, why: &str) -> Problem {
    Problem::new(path, ProblemCode::Contradiction, why)
}

fn requisition(order: &Order, problems: &mut Vec<Problem>) {
    let follows_up = match order.kind {
        Kind::New => false,
        Kind::Change | Kind::Addition | Kind::Cancel => true,
    };
    if follows_up && order.requisition.id.is_none() {
        problems.push(missing("requisition.id", "it says which requisition this follows up"));
    }
    if follows_up && order.requisition.issued.is_none() {
        problems.push(missing("requisition.issued", "a follow-up carries the original's time"));
    }
    let wants_modality = matches!(order.kind, Kind::New | Kind::Change) && order.discipline.is_radiology();
    if wants_modality && order.may_change_modality.is_none() {
        problems.push(missing("mayChangeModality", "radiology always answers it"));
    }
}

fn parties(order: &Order, problems: &mut Vec<Problem>) {
    sending_party("requester", &order.requester, problems);
    sending_party("serviceProvider", &order.service_provider, problems);
    if order.ordering_clinician.name.is_none() && order.ordering_clinician.unit.is_none() {
        problems.push(missing("orderingClinician.name", "the name or the unit must be given"));
    }
    if order.patient.ids.national().is_none() {
        let why = "without FNR, DNR or FHN it must be given";
        if order.patient.birth_date.is_none() {
            problems.push(missing("patient.birthDate", why));
        }
        if order.patient.sex.is_none() {
            problems.push(missing("patient.sex", why));
        }
    }
}

/// Level 1 the organisation, level 2 a department or a person, both with HER-id (HIS 1153-3).
fn sending_party(path: &str, party: &Party, problems: &mut Vec<Problem>) {
    if party.organisation.ids.her.is_none() {
        problems.push(missing(format!("{path}.organisation.ids.HER"), "the organisation is addressed by its HER-id"));
    }
    let level_2 = party.departments.iter().any(|unit| unit.ids.her.is_some())
        || party.person.as_ref().is_some_and(|person| person.ids.her.is_some());
    if !level_2 {
        let place = match (&party.person, party.departments.is_empty()) {
            (Some(_), true) => "person.ids.HER",
            (None, true) => "departments",
            (_, false) => "departments[0].ids.HER",
        };
        problems.push(missing(format!("{path}.{place}"), "a department or the person must have a HER-id"));
    }
}

fn information(order: &Order, problems: &mut Vec<Problem>) {
    let contraindication =
        |code: &Code| (code.system == CodeSystem::volven(MR_CONTRAINDICATIONS)).then(|| code.code.clone()).flatten();
    let answers: HashSet<String> =
        order.information_items.iter().filter_map(|item| contraindication(item.code.as_ref()?)).collect();
    for (at, item) in order.information_items.iter().enumerate() {
        let Some(code) = &item.code else {
            if item.text.is_none() {
                problems.push(missing(format!("informationItems[{at}].code"), "the code or the text must be given"));
            }
            continue;
        };
        let Some(answer) = contraindication(code) else {
            continue;
        };
        let path = format!("informationItems[{at}].code.code");
        if let Some(positive) = answer.strip_prefix("NO").filter(|positive| answers.contains(*positive)) {
            problems.push(clash(path, &format!("{answer} contradicts the answer {positive}")));
        } else if answer == "XXX" && answers.iter().any(|other| other != "XXX" && !other.starts_with("NO")) {
            problems.push(clash(path, "says that none is known, and another answer names one"));
        }
    }
}

fn services(order: &Order, problems: &mut Vec<Problem>) {
    if order.services.is_empty() && order.kind != Kind::Cancel {
        problems.push(missing("services", "something must be requested"));
    }
    let keys: HashSet<&str> = order.specimens.iter().map(|specimen| specimen.key.as_str()).collect();
    for (at, service) in order.services.iter().enumerate() {
        let path = format!("services[{at}]");
        if !permitted(order.kind, service.action) {
            problems.push(clash(format!("{path}.action"), "is not permitted in a document of this kind"));
        }
        if let Some(local) = &service.local_code {
            if !service.specs.is_empty() {
                problems.push(clash(format!("{path}.localCode"), "cannot stand together with specs"));
            }
            if local.system == CodeSystem::NLK && service.code.system == CodeSystem::NLK {
                problems.push(clash(format!("{path}.localCode"), "cannot be a second NLK code"));
            }
        }
        if order.discipline.is_radiology() {
            if !service.specimens.is_empty() {
                problems.push(clash(format!("{path}.specimens"), "an examination has no specimens"));
            }
        } else if service.specimens.is_empty() && order.kind != Kind::Cancel {
            problems.push(missing(format!("{path}.specimens"), "a laboratory service needs a specimen"));
        }
        let mut seen = HashSet::new();
        for (place, key) in service.specimens.iter().enumerate() {
            let path = format!("{path}.specimens[{place}]");
            if !keys.contains(key.as_str()) {
                problems.push(clash(path, "names a specimen that is not in the document"));
            } else if !seen.insert(key) {
                problems.push(clash(path, "names the same specimen twice"));
            }
        }
    }
}

/// HITS 1102, table 1.
fn permitted(kind: Kind, action: Action) -> bool {
    match kind {
        Kind::New => action == Action::New,
        Kind::Change => true,
        Kind::Addition => matches!(action, Action::New | Action::Unchanged),
        Kind::Cancel => action == Action::Cancelled,
    }
}

fn specimens(order: &Order, problems: &mut Vec<Problem>) {
    let used: HashSet<&String> = order.services.iter().flat_map(|service| &service.specimens).collect();
    let mut seen = HashSet::new();
    for (at, specimen) in order.specimens.iter().enumerate() {
        let path = format!("specimens[{at}]");
        if !seen.insert(&specimen.key) {
            problems.push(clash(format!("{path}.key"), "is the key of another specimen too"));
        }
        // What no service asks for has no place in the message, and dropping it silently would lose a specimen.
        if order.kind != Kind::Cancel && !used.contains(&specimen.key) {
            problems.push(clash(format!("{path}.key"), "is a specimen that no service names"));
        }
        match (&specimen.collected, specimen.not_collected) {
            (None, false) => {
                problems.push(missing(format!("{path}.collected"), "collected or notCollected must be given"))
            }
            (Some(_), true) => problems.push(clash(format!("{path}.collected"), "contradicts notCollected")),
            (Some(_), false) => {
                if specimen.planned_date.is_some() {
                    problems
                        .push(clash(format!("{path}.plannedDate"), "belongs to a specimen that is not collected yet"));
                }
            }
            (None, true) => {
                let why = "belongs to a specimen that has been collected";
                if specimen.collector_comment.is_some() {
                    problems.push(clash(format!("{path}.collectorComment"), why));
                }
                if specimen.collection_method.is_some() {
                    problems.push(clash(format!("{path}.collectionMethod"), why));
                }
            }
        }
    }
}
