//! The internal lab's list: who waits, for how long, who has it open, and which labels lie about.

use jiff::Timestamp;
use requisition::composing::composition::ContainerRef;
use requisition::labels::LabelContent;
use requisition::requisition::{Requisition, Specimen, SpecimenStatus};
use requisition::store::{StoredLabel, StoredRequisition};

use super::patients::patient_view;
use super::{Answer, Controller, Workplace, now};
use crate::views::{HeldView, WorkItem};

impl Controller {
    /// The internal lab's list: the urgent first, then the oldest.
    ///
    /// # Errors
    /// When the store fails.
    pub fn worklist(&self) -> Answer<Vec<WorkItem>> {
        self.here()?.work_items()
    }
}

impl Workplace {
    fn work_items(&self) -> Answer<Vec<WorkItem>> {
        let at = now();
        let (today, zone) = (at.date(), at.time_zone());
        let mut items = Vec::new();
        for stored in self.store.worklist::<Requisition>()? {
            let labels: Vec<StoredLabel<LabelContent>> = self.store.labels(stored.id)?;
            let labelled = labels_left(&stored, &labels, at.timestamp());
            let print_problem = print_problem(&stored.content, &labels);
            let since = stored.created_at;
            let held = held(&stored);
            let one = stored.content;
            items.push(WorkItem {
                id: one.id.clone(),
                patient: patient_view(&one.patient, today),
                urgency: one.urgency,
                services: one.services.iter().map(|service| service.name.clone()).collect(),
                containers: one.specimens.iter().filter(|specimen| open(specimen)).map(container).collect(),
                note: one.note_to_collector.clone(),
                since: since.to_string(),
                due: one.due(since, zone).to_string(),
                planned: one.planned_date.clone(),
                series: one.services.iter().any(|service| service.series.is_some()),
                too_long: one.waits_too_long(since, at.timestamp(), zone),
                held,
                at_home: one.specimens.iter().any(|specimen| specimen.status == SpecimenStatus::AtHome),
                labelled_since: labelled.map(|first| first.to_string()),
                print_problem,
                state: stored.phase,
                provider_name: one.receiver.provider_name,
            });
        }
        Ok(items)
    }

    /// How many on the list alarm: somebody waits too long, labels lie about, or one did not come out.
    pub(super) fn lab_alarms(&self) -> Answer<u32> {
        let at = now();
        let (now, zone) = (at.timestamp(), at.time_zone());
        let mut alarms = 0;
        for stored in self.store.worklist::<Requisition>()? {
            let late = stored.content.waits_too_long(stored.created_at, now, zone);
            let labels: Vec<StoredLabel<LabelContent>> = self.store.labels(stored.id)?;
            let left = labels_left(&stored, &labels, now).is_some();
            alarms += u32::from(late || left || print_problem(&stored.content, &labels).is_some());
        }
        Ok(alarms)
    }
}

/// Since when labels of it lie about.
fn labels_left(
    stored: &StoredRequisition<Requisition>,
    labels: &[StoredLabel<LabelContent>],
    now: Timestamp,
) -> Option<Timestamp> {
    let asked = |specimen: &str| {
        let label = labels.iter().find(|label| label.specimen == specimen)?;
        label.prints.first().map(|print| print.asked_at)
    };
    stored.content.labelled_and_left(asked, stored.held_by.is_some(), now)
}

/// Why the last print of a label did not come out, of a container that still wants one.
fn print_problem(one: &Requisition, labels: &[StoredLabel<LabelContent>]) -> Option<String> {
    let wanted = |specimen: &&Specimen| open(specimen) || matches!(specimen.status, SpecimenStatus::Collected { .. });
    let unscanned = one.specimens.iter().filter(wanted).filter(|specimen| specimen.confirmed.is_none());
    unscanned
        .filter_map(|specimen| labels.iter().find(|label| label.specimen == specimen.id))
        .find_map(|label| label.prints.last()?.failure.clone())
}

/// Who has it open, and since when.
pub(super) fn held(stored: &StoredRequisition<Requisition>) -> Option<HeldView> {
    let (by, at) = (stored.held_by.clone()?, stored.held_at?);
    Some(HeldView { by, since: at.to_string() })
}

fn open(specimen: &Specimen) -> bool {
    match specimen.status {
        SpecimenStatus::Planned | SpecimenStatus::AtHome => true,
        SpecimenStatus::Collected { .. } | SpecimenStatus::NotTaken { .. } | SpecimenStatus::Spoiled { .. } => false,
    }
}

fn container(specimen: &Specimen) -> ContainerRef {
    ContainerRef {
        id: specimen.container.clone(),
        name: specimen.container_name.clone(),
        colour: specimen.colour.clone(),
        colour_name: specimen.colour_name.clone(),
        kind: specimen.kind,
    }
}
