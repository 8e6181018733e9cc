//! Specimens of the order: what was taken, what waits, and why something was not taken.

use super::{Parts, add_line, some};
use crate::composing::draft::LineContainer;
use crate::order::{Material, Measure, Moment, Specimen};
use crate::parties::LocalIds;
use crate::requisition::collecting::is_given_up;
use crate::requisition::{Requisition, SpecimenStatus};

impl Parts<'_> {
    pub(super) fn specimens(&mut self) -> Vec<Specimen> {
        let r = self.requisition;
        specimens_sent(r)
            .enumerate()
            .map(|(at, specimen)| {
                let path = format!("specimens[{at}]");
                let code =
                    specimen.material_code.as_ref().and_then(|code| self.code(&format!("{path}.material.code"), code));
                let (collected, mut comment) = match &specimen.status {
                    SpecimenStatus::Planned => (None, None),
                    SpecimenStatus::AtHome => (None, Some("Prøven tas hjemme av pasienten.".to_owned())),
                    SpecimenStatus::Collected { at, .. } => {
                        (self.parsed(&format!("{path}.collected"), Moment::parse(at).ok()), unscanned(r, specimen))
                    }
                    SpecimenStatus::NotTaken { reason } => {
                        (None, Some(format!("Ikke tatt: {}.", not_taken_words(reason))))
                    }
                    SpecimenStatus::Spoiled { reason } => (
                        None,
                        Some(format!("Prøven kunne ikke brukes ({}); ny prøve er ikke tatt.", spoiled_words(reason))),
                    ),
                };
                let waiting = matches!(specimen.status, SpecimenStatus::Planned | SpecimenStatus::AtHome);
                let planned = r.planned_date.as_deref().filter(|_| waiting).and_then(|day| Moment::parse(day).ok());
                // The number of a specimen that was given up must not be looked for at the laboratory.
                let number = specimen.number.clone().filter(|_| !is_given_up(&specimen.status));
                let mut collector_comment = None;
                if let Some(letter) = &specimen.letter {
                    add_line(&mut comment, &format!("Beholder {letter}"));
                }
                if let Some(described) = &specimen.described {
                    describe(described, collected.is_some(), &mut collector_comment, &mut comment);
                }
                let described = specimen.described.as_ref();
                Specimen {
                    key: specimen.id.clone(),
                    ids: LocalIds { requester: number, service_provider: None },
                    material: Material { text: some(&specimen.material), code },
                    anatomical_origin: described.and_then(LineContainer::place),
                    not_collected: collected.is_none(),
                    collected,
                    planned_date: planned,
                    collector_comment,
                    collection_method: None,
                    preservative: described
                        .and_then(|described| some(&described.fixative))
                        .or_else(|| specimen.preservative.clone()),
                    number: None,
                    handling: Vec::new(),
                    measures: described.and_then(|described| described.size_mm).map(length).into_iter().collect(),
                    pretreatment: None,
                    comment,
                }
            })
            .collect()
    }
}

/// How it was taken is the collector's to say; before that it is a word to whoever takes it.
fn describe(
    described: &LineContainer,
    is_taken: bool,
    collector_comment: &mut Option<String>,
    comment: &mut Option<String>,
) {
    if let Some(procedure) = some(&described.procedure) {
        let place = if is_taken { collector_comment } else { &mut *comment };
        add_line(place, &procedure);
    }
    if let Some(more) = some(&described.comment) {
        add_line(comment, &more);
    }
}

fn length(value: f64) -> Measure {
    Measure { quantity: "Lengde".to_owned(), value, unit: "mm".to_owned() }
}

/// The specimens that the message names: all but those that were taken again, and those that serve nothing any more.
pub(super) fn specimens_sent(requisition: &Requisition) -> impl Iterator<Item = &crate::requisition::Specimen> {
    let again: Vec<&str> = requisition.specimens.iter().filter_map(|specimen| specimen.retake_of.as_deref()).collect();
    let serves = |specimen: &crate::requisition::Specimen| {
        requisition.services.iter().any(|service| specimen.services.contains(&service.key))
    };
    requisition.specimens.iter().filter(move |specimen| serves(specimen) && !again.contains(&specimen.id.as_str()))
}

fn not_taken_words(reason: &str) -> &'static str {
    match reason {
        "difficult" => "vanskelig prøvetaking",
        "refused" => "pasienten ønsket det ikke",
        "not_fasting" => "pasienten var ikke fastende",
        "no_material" => "ikke noe materiale",
        _ => "annen grunn",
    }
}

/// What the receiver wants to know of a container whose label nobody scanned on it.
fn unscanned(requisition: &Requisition, specimen: &crate::requisition::Specimen) -> Option<String> {
    let reason = specimen.unscanned.as_deref().filter(|_| requisition.receiver.tell_unscanned)?;
    let words = match reason {
        "no_scanner" => "skanner manglet",
        "unreadable" => "etiketten lot seg ikke lese",
        "too_small" => "beholderen er for liten til å skannes",
        _ => "annen grunn",
    };
    Some(format!("Etiketten ble ikke skannet på beholderen ved prøvetaking: {words}."))
}

fn spoiled_words(reason: &str) -> &'static str {
    match reason {
        "haemolysed" => "hemolysert",
        "clotted" => "koagulert",
        "underfilled" => "for lite materiale",
        "broken" => "knust eller lekket",
        "mislabelled" => "feil merket",
        _ => "annen grunn",
    }
}
