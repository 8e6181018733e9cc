//! How long a requisition may wait in the internal lab, and when its labels alarm.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

use super::{Requisition, SpecimenStatus};
use crate::composing::draft::Urgency;

/// Labels that were printed and left lying this long alarm: another patient sits in the chair by then.
pub const LABELS_MAY_LIE: SignedDuration = SignedDuration::from_mins(15);

/// How long somebody may wait for collection.
#[must_use]
pub const fn patience(urgency: Urgency) -> SignedDuration {
    match urgency {
        Urgency::Cito => SignedDuration::from_mins(15),
        Urgency::Urgent => SignedDuration::from_mins(60),
        Urgency::Routine => SignedDuration::from_hours(24),
    }
}

impl Requisition {
    /// When its specimens should be taken at the latest: on the planned day, else within the urgency's patience.
    #[must_use]
    pub fn due(&self, since: Timestamp, zone: &TimeZone) -> Timestamp {
        let planned = self.planned_date.as_deref().and_then(|day| day.parse::<jiff::civil::Date>().ok());
        let day = planned.and_then(|day| day.to_zoned(zone.clone()).ok());
        let from = day.as_ref().map_or(since, |day| day.timestamp().max(since));
        let within = || from.saturating_add(patience(self.urgency)).unwrap_or(from);
        match (self.urgency, day) {
            (Urgency::Routine, Some(day)) => {
                day.checked_add(1.day()).map_or_else(|_| within(), |next| next.timestamp().max(since))
            }
            (Urgency::Routine | Urgency::Urgent | Urgency::Cito, _) => within(),
        }
    }

    /// Somebody has waited too long: something is still to be taken here, and its time has gone. What is with the patient
    /// waits for the patient.
    #[must_use]
    pub fn waits_too_long(&self, since: Timestamp, now: Timestamp, zone: &TimeZone) -> bool {
        let to_take = self.specimens.iter().any(|specimen| specimen.status == SpecimenStatus::Planned);
        to_take && now > self.due(since, zone)
    }

    /// Labels lie about: a container that is here was labelled, and the requisition was put back or left for too long.
    /// `asked` gives when a specimen's label was first asked for.
    #[must_use]
    pub fn labelled_and_left(
        &self,
        asked: impl Fn(&str) -> Option<Timestamp>,
        held: bool,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let here = self.specimens.iter().filter(|specimen| match specimen.status {
            SpecimenStatus::Planned | SpecimenStatus::Collected { .. } => true,
            SpecimenStatus::AtHome | SpecimenStatus::NotTaken { .. } | SpecimenStatus::Spoiled { .. } => false,
        });
        let first = here.filter_map(|specimen| asked(&specimen.id)).min()?;
        (!held || now.duration_since(first) > LABELS_MAY_LIE).then_some(first)
    }
}
