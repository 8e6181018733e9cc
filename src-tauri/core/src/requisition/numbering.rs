//! Which specimens share a number, as the receiver's label rule wants it.

use jiff::{SignedDuration, Timestamp};

use super::collecting::is_given_up;
use super::{Requisition, Specimen, SpecimenStatus};
use crate::catalogue::model::LabelPer;

/// How far apart the tubes of one draw may be marked as taken.
const ONE_COLLECTION: SignedDuration = SignedDuration::from_mins(10);

impl Requisition {
    /// Gives numbers to the specimens that have none, as the receiver wants them shared. Gives the ids of those that got
    /// one. When the allocation fails nothing is changed; numbers taken until then are burned.
    ///
    /// # Errors
    /// Those of `alloc`.
    pub fn assign_numbers<E>(&mut self, mut alloc: impl FnMut() -> Result<String, E>) -> Result<Vec<String>, E> {
        let mut given: Vec<(usize, String)> = Vec::new();
        for (at, specimen) in self.specimens.iter().enumerate() {
            if specimen.number.is_some() || is_given_up(&specimen.status) {
                continue;
            }
            let group = self.number_group(specimen);
            // A specimen that was taken again shares with nobody that has a number from before.
            let together = |other: &Specimen| {
                group.is_some() && self.number_group(other) == group && self.taken_together(specimen, other)
            };
            let before = self.specimens.iter().find(|other| {
                specimen.retake_of.is_none() && other.number.is_some() && !is_given_up(&other.status) && together(other)
            });
            let now = given.iter().find(|(other, _)| together(&self.specimens[*other]));
            let number = match (before.and_then(|other| other.number.clone()), now) {
                (Some(number), _) => number,
                (None, Some((_, number))) => number.clone(),
                (None, None) => alloc()?,
            };
            given.push((at, number));
        }
        let ids = given.iter().map(|(at, _)| self.specimens[*at].id.clone()).collect();
        for (at, number) in given {
            self.specimens[at].number = Some(number);
        }
        Ok(ids)
    }

    /// Containers of one material share a number only when they were taken at one time: those of a later sample are another
    /// specimen. A time that is not known yet, as when labels are printed first, is the time of the others.
    fn taken_together(&self, one: &Specimen, other: &Specimen) -> bool {
        if self.receiver.label_per != LabelPer::Specimen {
            return true;
        }
        let at = |specimen: &Specimen| match &specimen.status {
            SpecimenStatus::Collected { at, .. } => at.parse::<Timestamp>().ok(),
            SpecimenStatus::Planned
            | SpecimenStatus::AtHome
            | SpecimenStatus::NotTaken { .. }
            | SpecimenStatus::Spoiled { .. } => None,
        };
        match (at(one), at(other)) {
            (Some(one), Some(other)) => one.duration_since(other).abs() <= ONE_COLLECTION,
            (None, _) | (_, None) => true,
        }
    }

    /// Specimens with the same group share a number; none stands for a number of one's own.
    fn number_group(&self, specimen: &Specimen) -> Option<(String, bool)> {
        let again = specimen.retake_of.is_some();
        match self.receiver.label_per {
            LabelPer::Container => None,
            LabelPer::Specimen => Some((specimen.material.clone(), again)),
            LabelPer::Requisition => Some((String::new(), again)),
        }
    }
}
