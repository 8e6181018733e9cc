//! What happens to specimens between the plan and the message.
//!
//! Pure changes of a requisition value: who may do them and where they are kept is for others to say. A number is never
//! given twice: a specimen taken again gets a new one, and a spoiled one keeps its own for good.

use jiff::Zoned;
use jiff::civil::DateTime;
use uuid::Uuid;

use crate::catalogue::model::Phase;
use crate::composing::draft::Answer;
use crate::composing::text;
use crate::requisition::{Requisition, Specimen, SpecimenStatus, State, written};

/// Coded reasons for not taking a specimen.
pub const NOT_TAKEN_REASONS: [&str; 5] = ["difficult", "refused", "not_fasting", "no_material", "other"];
/// Coded reasons for a specimen being useless.
pub const SPOILED_REASONS: [&str; 6] = ["haemolysed", "clotted", "underfilled", "broken", "mislabelled", "other"];
/// Coded reasons for sending a container whose label was not scanned on it.
pub const UNSCANNED_REASONS: [&str; 4] = ["no_scanner", "unreadable", "too_small", "other"];

/// Why something was not recorded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CollectionRefused {
    /// The requisition has no such specimen.
    #[error("the requisition has no such specimen")]
    UnknownSpecimen,
    /// The specimen is not in a state where that can happen.
    #[error("that cannot happen to a specimen that is {0}")]
    WrongState(&'static str),
    /// No time that exists.
    #[error("that is no time that exists")]
    WrongTime,
    /// The time lies after now.
    #[error("that time lies in the future")]
    InFuture,
    /// Nobody was named, or the name cannot be sent.
    #[error("the collector's name cannot be used")]
    WrongName,
    /// Not a coded reason.
    #[error("that is no coded reason")]
    UnknownReason,
    /// The requisition asks no such question, or not that way.
    #[error("the requisition asks no such question of the collector, or not that way")]
    WrongAnswer,
    /// A text that no message can carry.
    #[error("that text cannot be sent")]
    WrongText,
}

impl CollectionRefused {
    /// The code by which the window words it.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownSpecimen => "unknown_specimen",
            Self::WrongState(_) => "wrong_state",
            Self::WrongTime => "wrong_time",
            Self::InFuture => "in_future",
            Self::WrongName => "wrong_name",
            Self::UnknownReason => "unknown_reason",
            Self::WrongAnswer => "wrong_answer",
            Self::WrongText => "wrong_text",
        }
    }
}

/// What scanning a label on a container gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scan {
    /// The right one: confirmed now.
    Confirmed {
        /// Specimen id.
        specimen: String,
    },
    /// Confirmed before.
    Already {
        /// Specimen id.
        specimen: String,
    },
    /// Back from the patient: ask when it was taken, then [`Requisition::returned`].
    CameBack {
        /// Specimen id.
        specimen: String,
    },
    /// Its specimen was given up: it must not be sent.
    GivenUp {
        /// Specimen id.
        specimen: String,
    },
    /// The number is not of this requisition.
    Unknown,
}

/// A time as typed or stored: RFC 3339, or wall clock in the zone of `now`.
///
/// # Errors
/// When it does not exist or lies after `now`.
pub fn time_of_collection(text: &str, now: &Zoned) -> Result<String, CollectionRefused> {
    let zoned = match text.parse::<jiff::Timestamp>() {
        Ok(at) => at.to_zoned(now.time_zone().clone()),
        Err(_) => {
            let wall: DateTime = text.parse().map_err(|_| CollectionRefused::WrongTime)?;
            wall.to_zoned(now.time_zone().clone()).map_err(|_| CollectionRefused::WrongTime)?
        }
    };
    if zoned.timestamp() > now.timestamp() {
        return Err(CollectionRefused::InFuture);
    }
    if zoned.year() < 1850 {
        return Err(CollectionRefused::WrongTime);
    }
    Ok(written(&zoned))
}

impl Requisition {
    /// How far the collection has come, from the specimens alone.
    #[must_use]
    pub fn state(&self) -> State {
        let settled = self.specimens.iter().filter(|specimen| is_settled(&specimen.status)).count();
        if settled == self.specimens.len() {
            State::Collected
        } else if settled == 0 {
            State::WaitingForCollection
        } else {
            State::PartlyCollected
        }
    }

    /// Records a specimen as taken; a second time corrects time and collector.
    ///
    /// # Errors
    /// When it is given up, the time is in the future, or nobody is named.
    pub fn collect(&mut self, specimen: &str, at: &str, by: &str, now: &Zoned) -> Result<(), CollectionRefused> {
        let at = time_of_collection(at, now)?;
        let by = collector(by)?;
        let specimen = self.specimen_mut(specimen)?;
        match specimen.status {
            SpecimenStatus::Planned | SpecimenStatus::Collected { .. } => {}
            SpecimenStatus::AtHome => return Err(CollectionRefused::WrongState("with the patient")),
            SpecimenStatus::NotTaken { .. } => return Err(CollectionRefused::WrongState("not taken")),
            SpecimenStatus::Spoiled { .. } => return Err(CollectionRefused::WrongState("spoiled")),
        }
        specimen.status = SpecimenStatus::Collected { at, by };
        Ok(())
    }

    /// Back to planned. A spoiled specimen that was taken again stays spoiled, or two would stand for one.
    ///
    /// # Errors
    /// When there is a retake of it.
    pub fn undo(&mut self, specimen: &str) -> Result<(), CollectionRefused> {
        if self.specimens.iter().any(|other| other.retake_of.as_deref() == Some(specimen)) {
            return Err(CollectionRefused::WrongState("taken again"));
        }
        let specimen = self.specimen_mut(specimen)?;
        // The container may be thrown away already, so its number is never used for another.
        if matches!(specimen.status, SpecimenStatus::Spoiled { .. }) {
            specimen.number = None;
        }
        specimen.status = SpecimenStatus::Planned;
        specimen.confirmed = None;
        specimen.unscanned = None;
        Ok(())
    }

    /// Decides that a specimen will not be taken.
    ///
    /// # Errors
    /// When it is taken already, or the reason is not coded.
    pub fn not_taken(&mut self, specimen: &str, reason: &str) -> Result<(), CollectionRefused> {
        let reason = coded(reason, &NOT_TAKEN_REASONS)?;
        let specimen = self.specimen_mut(specimen)?;
        match specimen.status {
            SpecimenStatus::Planned | SpecimenStatus::AtHome | SpecimenStatus::NotTaken { .. } => {}
            SpecimenStatus::Collected { .. } => return Err(CollectionRefused::WrongState("taken")),
            SpecimenStatus::Spoiled { .. } => return Err(CollectionRefused::WrongState("spoiled")),
        }
        specimen.status = SpecimenStatus::NotTaken { reason };
        Ok(())
    }

    /// Declares a taken specimen, or its labelled container, useless.
    ///
    /// # Errors
    /// When there is nothing to spoil, or the reason is not coded.
    pub fn spoiled(&mut self, specimen: &str, reason: &str) -> Result<(), CollectionRefused> {
        let reason = coded(reason, &SPOILED_REASONS)?;
        let specimen = self.specimen_mut(specimen)?;
        match specimen.status {
            SpecimenStatus::Planned
            | SpecimenStatus::Collected { .. }
            | SpecimenStatus::AtHome
            | SpecimenStatus::Spoiled { .. } => {}
            SpecimenStatus::NotTaken { .. } => return Err(CollectionRefused::WrongState("not taken")),
        }
        specimen.status = SpecimenStatus::Spoiled { reason };
        Ok(())
    }

    /// Plans a new specimen in place of a spoiled one. It has no number yet and never gets the old one.
    ///
    /// # Errors
    /// When the old one is not spoiled, or has been taken again already.
    pub fn retake(&mut self, specimen: &str, new_id: Uuid) -> Result<String, CollectionRefused> {
        if self.specimens.iter().any(|other| other.retake_of.as_deref() == Some(specimen)) {
            return Err(CollectionRefused::WrongState("taken again"));
        }
        let at = self.position(specimen)?;
        let old = &self.specimens[at];
        if !matches!(old.status, SpecimenStatus::Spoiled { .. }) {
            return Err(CollectionRefused::WrongState("not spoiled"));
        }
        let new = Specimen {
            id: new_id.to_string(),
            number: None,
            status: SpecimenStatus::Planned,
            confirmed: None,
            unscanned: None,
            retake_of: Some(old.id.clone()),
            ..old.clone()
        };
        let id = new.id.clone();
        self.specimens.insert(at + 1, new);
        Ok(id)
    }

    /// Gives a container to the patient: the requisition waits for it.
    ///
    /// # Errors
    /// When it is not planned.
    pub fn at_home(&mut self, specimen: &str) -> Result<(), CollectionRefused> {
        let specimen = self.specimen_mut(specimen)?;
        match specimen.status {
            SpecimenStatus::Planned | SpecimenStatus::AtHome => {}
            SpecimenStatus::Collected { .. } => return Err(CollectionRefused::WrongState("taken")),
            SpecimenStatus::NotTaken { .. } => return Err(CollectionRefused::WrongState("not taken")),
            SpecimenStatus::Spoiled { .. } => return Err(CollectionRefused::WrongState("spoiled")),
        }
        specimen.status = SpecimenStatus::AtHome;
        // A scan before it went home says nothing of what comes back.
        specimen.confirmed = None;
        Ok(())
    }

    /// A container came back from the patient, who says when it was filled. It counts as scanned only when its label was
    /// scanned on its return.
    ///
    /// # Errors
    /// When it was not with the patient, or the time is in the future.
    pub fn returned(&mut self, specimen: &str, at: &str, by: &str, now: &Zoned) -> Result<(), CollectionRefused> {
        let at = time_of_collection(at, now)?;
        let by = collector(by)?;
        let specimen = self.specimen_mut(specimen)?;
        if specimen.status != SpecimenStatus::AtHome {
            return Err(CollectionRefused::WrongState("not with the patient"));
        }
        specimen.status = SpecimenStatus::Collected { at, by };
        Ok(())
    }

    /// A number was scanned on a container. Of several specimens that share it, the next unconfirmed one is meant.
    pub fn confirm_scan(&mut self, number: &str, now: &Zoned) -> Scan {
        let with_number = |specimen: &&mut Specimen| specimen.number.as_deref() == Some(number);
        let mut found: Vec<&mut Specimen> = self.specimens.iter_mut().filter(with_number).collect();
        let open = found.iter().position(|specimen| match specimen.status {
            SpecimenStatus::AtHome => true,
            SpecimenStatus::Planned | SpecimenStatus::Collected { .. } => specimen.confirmed.is_none(),
            SpecimenStatus::NotTaken { .. } | SpecimenStatus::Spoiled { .. } => false,
        });
        if let Some(at) = open {
            let specimen = &mut found[at];
            let id = specimen.id.clone();
            specimen.confirmed = Some(written(now));
            specimen.unscanned = None;
            if specimen.status == SpecimenStatus::AtHome {
                return Scan::CameBack { specimen: id };
            }
            return Scan::Confirmed { specimen: id };
        }
        if let Some(known) =
            found.iter().find(|specimen| specimen.confirmed.is_some() && !is_given_up(&specimen.status))
        {
            return Scan::Already { specimen: known.id.clone() };
        }
        found.first().map_or(Scan::Unknown, |specimen| Scan::GivenUp { specimen: specimen.id.clone() })
    }

    /// Says why a taken container goes without its label having been scanned on it. A later scan takes the reason away.
    ///
    /// # Errors
    /// When it is not taken, was scanned after all, or the reason is not coded.
    pub fn send_unscanned(&mut self, specimen: &str, reason: &str) -> Result<(), CollectionRefused> {
        let reason = coded(reason, &UNSCANNED_REASONS)?;
        let specimen = self.specimen_mut(specimen)?;
        match specimen.status {
            SpecimenStatus::Collected { .. } if specimen.confirmed.is_none() => {}
            SpecimenStatus::Collected { .. } => return Err(CollectionRefused::WrongState("scanned")),
            SpecimenStatus::Planned => return Err(CollectionRefused::WrongState("planned")),
            SpecimenStatus::AtHome => return Err(CollectionRefused::WrongState("with the patient")),
            SpecimenStatus::NotTaken { .. } => return Err(CollectionRefused::WrongState("not taken")),
            SpecimenStatus::Spoiled { .. } => return Err(CollectionRefused::WrongState("spoiled")),
        }
        specimen.unscanned = Some(reason);
        Ok(())
    }

    /// An answer of the collection phase.
    ///
    /// # Errors
    /// When it is not asked, or not that way.
    pub fn answer(&mut self, service: &str, question: &str, answer: Option<Answer>) -> Result<(), CollectionRefused> {
        let services = self.services.iter_mut().filter(|known| known.key == service);
        let given = services
            .flat_map(|service| &mut service.answers)
            .find(|given| given.question.id == question && given.question.phase == Phase::Collection)
            .ok_or(CollectionRefused::WrongAnswer)?;
        let answer = answer.map(|answer| super::answers::fitting(&given.question, answer)).transpose()?.flatten();
        given.question.answer.clone_from(&answer);
        given.answer = answer;
        Ok(())
    }

    /// A word to the laboratory.
    ///
    /// # Errors
    /// When no message can carry it.
    pub fn set_note_to_laboratory(&mut self, note: &str) -> Result<(), CollectionRefused> {
        self.note_to_laboratory =
            text::text(note, text::LONGEST_TEXT).map_err(|_| CollectionRefused::WrongText)?.trim().to_owned();
        Ok(())
    }

    fn position(&self, specimen: &str) -> Result<usize, CollectionRefused> {
        self.specimens.iter().position(|known| known.id == specimen).ok_or(CollectionRefused::UnknownSpecimen)
    }

    fn specimen_mut(&mut self, specimen: &str) -> Result<&mut Specimen, CollectionRefused> {
        let at = self.position(specimen)?;
        Ok(&mut self.specimens[at])
    }
}

/// Nothing more will happen to it here.
pub(crate) fn is_settled(status: &SpecimenStatus) -> bool {
    match status {
        SpecimenStatus::Planned | SpecimenStatus::AtHome => false,
        SpecimenStatus::Collected { .. } | SpecimenStatus::NotTaken { .. } | SpecimenStatus::Spoiled { .. } => true,
    }
}

/// It never reaches the laboratory.
pub(crate) fn is_given_up(status: &SpecimenStatus) -> bool {
    match status {
        SpecimenStatus::Planned | SpecimenStatus::AtHome | SpecimenStatus::Collected { .. } => false,
        SpecimenStatus::NotTaken { .. } | SpecimenStatus::Spoiled { .. } => true,
    }
}

fn collector(by: &str) -> Result<String, CollectionRefused> {
    let by = text::line(by, text::LONGEST_LABEL).map_err(|_| CollectionRefused::WrongName)?;
    if by.is_empty() { Err(CollectionRefused::WrongName) } else { Ok(by) }
}

fn coded(reason: &str, known: &[&str]) -> Result<String, CollectionRefused> {
    known.contains(&reason).then(|| reason.to_owned()).ok_or(CollectionRefused::UnknownReason)
}
