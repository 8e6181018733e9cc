//! Whether a requisition can be sent as it was collected, and what stays behind when only a part of it can.

use uuid::Uuid;

use super::collecting::{is_given_up, is_settled};
use super::{GivenAnswer, RequestedService, Requisition, Specimen, SpecimenStatus};

/// Something that keeps a requisition from being sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotReady {
    /// Neither taken nor decided against.
    Waiting {
        /// Specimen id.
        specimen: String,
    },
    /// Still with the patient.
    AtHome {
        /// Specimen id.
        specimen: String,
    },
    /// Taken, but without a number.
    Unnumbered {
        /// Specimen id.
        specimen: String,
    },
    /// Taken and numbered, but its label was not scanned on it and nobody said why.
    Unscanned {
        /// Specimen id.
        specimen: String,
    },
    /// A required question of the collection phase.
    Question {
        /// Service key.
        service: String,
        /// Question id.
        question: String,
    },
    /// Every specimen was given up: cancel it instead.
    NothingTaken,
}

impl Requisition {
    /// Whether it can be sent as collected: every specimen taken or decided against, scanned or said why
    /// not, and the collector's questions answered.
    ///
    /// # Errors
    /// All that is left to do.
    pub fn ready_to_send(&self) -> Result<(), Vec<NotReady>> {
        let mut left: Vec<NotReady> = self
            .specimens
            .iter()
            .filter_map(|specimen| {
                let id = specimen.id.clone();
                match specimen.status {
                    SpecimenStatus::Planned => Some(NotReady::Waiting { specimen: id }),
                    SpecimenStatus::AtHome => Some(NotReady::AtHome { specimen: id }),
                    SpecimenStatus::Collected { .. } if specimen.number.is_none() => {
                        Some(NotReady::Unnumbered { specimen: id })
                    }
                    SpecimenStatus::Collected { .. }
                        if specimen.confirmed.is_none() && specimen.unscanned.is_none() =>
                    {
                        Some(NotReady::Unscanned { specimen: id })
                    }
                    SpecimenStatus::Collected { .. }
                    | SpecimenStatus::NotTaken { .. }
                    | SpecimenStatus::Spoiled { .. } => None,
                }
            })
            .collect();
        if !self.specimens.is_empty() && self.specimens.iter().all(|specimen| is_given_up(&specimen.status)) {
            left.push(NotReady::NothingTaken);
        }
        for service in self.services.iter().filter(|service| self.is_taken(service)) {
            let open = service.answers.iter().filter(|given| given.question.required && given.answer.is_none());
            left.extend(
                open.map(|given| NotReady::Question {
                    service: service.key.clone(),
                    question: given.question.id.clone(),
                }),
            );
        }
        if left.is_empty() { Ok(()) } else { Err(left) }
    }

    /// Splits off what is still to be taken, so that what is taken can be sent now. The rest keeps its specimens and gets
    /// an id of its own; nothing when there is nothing to split.
    ///
    /// A service goes with the rest when none of its specimens is taken. A specimen that is missing from a service that
    /// stays keeps it from being sent: half a service is sent only when somebody decides so.
    pub fn split_remainder(&mut self, mut new_id: impl FnMut() -> Uuid) -> Option<Self> {
        let pending = |specimen: &Specimen| !is_settled(&specimen.status);
        let taken = |specimen: &Specimen| matches!(specimen.status, SpecimenStatus::Collected { .. });
        let serves = |specimen: &Specimen, key: &String| specimen.services.contains(key);
        let moving: Vec<String> = self
            .services
            .iter()
            .map(|service| &service.key)
            .filter(|key| self.specimens.iter().any(|specimen| pending(specimen) && serves(specimen, key)))
            .filter(|key| !self.specimens.iter().any(|specimen| taken(specimen) && serves(specimen, key)))
            .cloned()
            .collect();
        if moving.is_empty() || moving.len() == self.services.len() {
            return None;
        }
        let mut rest = Self { id: new_id().to_string(), ..self.clone() };
        rest.services.retain(|service| moving.contains(&service.key));
        self.services.retain(|service| !moving.contains(&service.key));
        self.share_answers_with(&mut rest);
        rest.specimens.retain_mut(|specimen| {
            specimen.services.retain(|key| moving.contains(key));
            !specimen.services.is_empty()
        });
        self.specimens.retain_mut(|specimen| {
            specimen.services.retain(|key| !moving.contains(key));
            !specimen.services.is_empty()
        });
        // A pending specimen that served both goes with the rest; settled ones that served both stay here.
        let (here, there): (Vec<String>, Vec<String>) = (ids(&self.specimens), ids(&rest.specimens));
        self.specimens.retain(|specimen| is_settled(&specimen.status) || !there.contains(&specimen.id));
        rest.specimens.retain(|specimen| !is_settled(&specimen.status) || !here.contains(&specimen.id));
        for specimen in &mut rest.specimens {
            let shared =
                specimen.number.is_some() && self.specimens.iter().any(|other| other.number == specimen.number);
            if shared {
                // One number in two requisitions would send an answer to the wrong one. The label that shares it is void,
                // so this is another specimen.
                specimen.id = new_id().to_string();
                specimen.number = None;
                specimen.confirmed = None;
                specimen.unscanned = None;
            }
        }
        Some(rest)
    }

    /// Whether anything of a service goes to the laboratory.
    fn is_taken(&self, service: &RequestedService) -> bool {
        let mut serving = self.specimens.iter().filter(|specimen| specimen.services.contains(&service.key)).peekable();
        serving.peek().is_none() || serving.any(|specimen| !is_given_up(&specimen.status))
    }

    /// Answers that were shared stood at a service that may have gone: each requisition keeps them.
    fn share_answers_with(&mut self, rest: &mut Self) {
        let shared = |services: &[RequestedService]| -> Vec<GivenAnswer> {
            services
                .iter()
                .flat_map(|service| &service.answers)
                .filter(|given| given.question.shared)
                .cloned()
                .collect()
        };
        let (here, there) = (shared(&self.services), shared(&rest.services));
        for (services, others) in [(&mut self.services, there), (&mut rest.services, here)] {
            if let Some(first) = services.first_mut() {
                first.answers.extend(others);
            }
        }
    }
}

fn ids(specimens: &[Specimen]) -> Vec<String> {
    specimens.iter().map(|specimen| specimen.id.clone()).collect()
}
