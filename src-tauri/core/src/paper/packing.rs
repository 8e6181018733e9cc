//! What goes to whom: the containers that are ready, envelope by envelope, and the courier's list of the day.
//!
//! An envelope holds what one department gets under one way of keeping: cold and warm never share a bag. Nothing is in it
//! that was given up or not taken.

use jiff::Zoned;
use serde::Serialize;
use specta::Type;

use super::PaperError;
use super::flow::{Column, Flow, mm};
use crate::composing::draft::Urgency;
use crate::numbers::SpecimenNumber;
use crate::pages::Weight;
use crate::requisition::{Requisition, Specimen, SpecimenStatus};

/// Everything that leaves with the next courier.
#[derive(Clone, PartialEq, Eq, Serialize, Type)]
pub struct Packing {
    /// In the order of provider, department and way of keeping; urgent ones first.
    pub envelopes: Vec<Envelope>,
}

/// One envelope.
#[derive(Clone, PartialEq, Eq, Serialize, Type)]
pub struct Envelope {
    /// Receiving organisation.
    pub organisation: String,
    /// Receiving department.
    pub department: String,
    /// How it is kept on the way, bokmål; empty where the receiver says nothing.
    pub storage: String,
    /// Something in it is urgent.
    pub urgent: bool,
    /// What is in it.
    pub specimens: Vec<PackedSpecimen>,
    /// Labels left over go along, in the receiver's words (bokmål).
    pub leftover: Option<String>,
}

/// One container.
#[derive(Clone, PartialEq, Eq, Serialize, Type)]
pub struct PackedSpecimen {
    /// Requisition.
    pub requisition: String,
    /// Specimen number.
    pub number: String,
    /// Family name first.
    pub patient: String,
    /// Container on the label, after the letter by which pathology tells it from the others: "B: Formalin".
    pub container: String,
    /// Material.
    pub material: String,
    /// Handling steps, bokmål.
    pub handling: Vec<String>,
    /// Taken when, RFC 3339.
    pub collected: String,
    /// Its label was scanned on it.
    pub confirmed: bool,
    /// It is urgent.
    pub urgent: bool,
}

impl Packing {
    /// Packs the taken containers of requisitions.
    #[must_use]
    pub fn of<'a>(requisitions: impl IntoIterator<Item = &'a Requisition>) -> Self {
        let mut envelopes: Vec<Envelope> = Vec::new();
        for one in requisitions {
            let urgent = one.urgency != Urgency::Routine;
            for specimen in &one.specimens {
                let (SpecimenStatus::Collected { at, .. }, Some(number)) = (&specimen.status, &specimen.number) else {
                    continue;
                };
                let storage = specimen.storage.as_ref().map(|text| text.nb.clone()).unwrap_or_default();
                let packed = PackedSpecimen {
                    requisition: one.id.clone(),
                    number: number.clone(),
                    patient: format!("{}, {}", one.patient.family, one.patient.given),
                    container: lettered(specimen),
                    material: specimen.material.clone(),
                    handling: specimen.handling.iter().map(|text| text.nb.clone()).collect(),
                    collected: at.clone(),
                    confirmed: specimen.confirmed.is_some(),
                    urgent,
                };
                let receiver = &one.receiver;
                let same = |envelope: &&mut Envelope| {
                    envelope.organisation == receiver.organisation
                        && envelope.department == receiver.department_name
                        && envelope.storage == storage
                };
                match envelopes.iter_mut().find(same) {
                    Some(envelope) => {
                        envelope.urgent |= urgent;
                        envelope.specimens.push(packed);
                    }
                    None => envelopes.push(Envelope {
                        organisation: receiver.organisation.clone(),
                        department: receiver.department_name.clone(),
                        storage,
                        urgent,
                        specimens: vec![packed],
                        leftover: receiver.leftover.as_ref().map(|text| text.nb.clone()),
                    }),
                }
            }
        }
        let place = |one: &Envelope| (one.organisation.clone(), one.department.clone(), one.storage.clone());
        envelopes.sort_by_key(place);
        for envelope in &mut envelopes {
            envelope.specimens.sort_by(|a, b| b.urgent.cmp(&a.urgent).then_with(|| a.patient.cmp(&b.patient)));
        }
        Self { envelopes }
    }

    /// Containers in all envelopes.
    #[must_use]
    pub fn count(&self) -> usize {
        self.envelopes.iter().map(|one| one.specimens.len()).sum()
    }
}

fn lettered(specimen: &Specimen) -> String {
    match &specimen.letter {
        Some(letter) => format!("{letter}: {}", specimen.container_label),
        None => specimen.container_label.clone(),
    }
}

/// The packing list as PDF: every envelope with what is in it.
///
/// # Errors
/// [`PaperError::Font`].
pub fn packing_list(packing: &Packing, office: &str, printed: &Zoned) -> Result<Vec<u8>, PaperError> {
    const COLUMNS: [Column; 4] = [
        Column { title: "Prøvenummer", share: 0.2 },
        Column { title: "Pasient", share: 0.28 },
        Column { title: "Beholder og materiale", share: 0.26 },
        Column { title: "Behandling", share: 0.26 },
    ];
    let mut flow = begun("Pakkseddel", &format!("Fra {office}. {}", totals(packing)))?;
    for (at, envelope) in packing.envelopes.iter().enumerate() {
        flow.heading(&format!(
            "Konvolutt {}: {}, {} · {} beholdere",
            at + 1,
            envelope.organisation,
            envelope.department,
            envelope.specimens.len()
        ))?;
        if envelope.urgent {
            flow.band("HASTER", 11.0)?;
            flow.space(mm(1.0));
        }
        if !envelope.storage.is_empty() {
            flow.paragraph(&format!("Oppbevaring: {}", envelope.storage), 10.0, Weight::Semibold)?;
        }
        if let Some(leftover) = &envelope.leftover {
            flow.paragraph(&format!("Etiketter til overs: {leftover}"), 10.0, Weight::Regular)?;
        }
        flow.head(&COLUMNS)?;
        for one in &envelope.specimens {
            let number =
                SpecimenNumber::parse(&one.number).map_or_else(|_| one.number.clone(), SpecimenNumber::grouped);
            let urgent = if one.urgent { "HASTER · " } else { "" };
            let container = format!("{urgent}{} · {}", one.container, one.material);
            let mut handling = one.handling.join("; ");
            if !one.confirmed {
                handling.insert_str(0, if handling.is_empty() { "Ikke skannet" } else { "Ikke skannet; " });
            }
            flow.cells(&COLUMNS, &[&number, &one.patient, &container, &handling], weight(one.urgent))?;
        }
    }
    flow.finish("Pakkseddel", &foot(office, printed))
}

/// The courier's list as PDF: one line for each envelope, no patient, and a place to sign.
///
/// # Errors
/// [`PaperError::Font`].
pub fn courier_list(packing: &Packing, office: &str, printed: &Zoned) -> Result<Vec<u8>, PaperError> {
    const COLUMNS: [Column; 4] = [
        Column { title: "Nr.", share: 0.07 },
        Column { title: "Til", share: 0.45 },
        Column { title: "Oppbevaring", share: 0.3 },
        Column { title: "Beholdere", share: 0.18 },
    ];
    let mut flow = begun("Budliste", &format!("{office} · {}", printed.strftime("%d.%m.%Y")))?;
    flow.space(mm(3.0));
    flow.head(&COLUMNS)?;
    for (at, envelope) in packing.envelopes.iter().enumerate() {
        let to = format!("{}, {}", envelope.organisation, envelope.department);
        let count = format!("{}{}", envelope.specimens.len(), if envelope.urgent { " · HASTER" } else { "" });
        flow.cells(&COLUMNS, &[&(at + 1).to_string(), &to, &envelope.storage, &count], weight(envelope.urgent))?;
    }
    flow.space(mm(3.0));
    flow.paragraph(&format!("I alt {}", totals(packing)), 11.0, Weight::Semibold)?;
    flow.space(mm(14.0));
    flow.paragraph("Hentet av: ______________________________     Klokken: ____________", 10.5, Weight::Regular)?;
    flow.finish("Budliste", &foot(office, printed))
}

/// A list's first lines: what it is, and of whom.
fn begun(title: &str, below: &str) -> Result<Flow, PaperError> {
    let mut flow = Flow::new();
    flow.paragraph(title, 20.0, Weight::Semibold)?;
    flow.paragraph(below, 11.0, Weight::Regular)?;
    Ok(flow)
}

fn totals(packing: &Packing) -> String {
    format!("{} konvolutter, {} beholdere.", packing.envelopes.len(), packing.count())
}

/// What is urgent stands out among the rest.
const fn weight(urgent: bool) -> Weight {
    if urgent { Weight::Semibold } else { Weight::Regular }
}

fn foot(office: &str, printed: &Zoned) -> String {
    format!("{office} · skrevet ut {}", printed.strftime("%d.%m.%Y %H:%M"))
}
