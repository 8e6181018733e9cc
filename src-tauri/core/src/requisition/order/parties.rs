//! Patient, requester, receiver and copy recipients of the order.

use jiff::civil::Date;

use super::{Parts, problem, some};
use crate::codes::Sex;
use crate::composing::draft::Patient;
use crate::ids::{HerId, HprNumber, NationalId};
use crate::order::{CopyOf, CopyRecipient, ProblemCode};
use crate::parties::{Address, Clinician, LocalIds, Party, PatientIds, PatientName, Person, PersonIds, Unit, UnitIds};
use crate::requisition::Requester;

impl Parts<'_> {
    pub(super) fn patient(&mut self, patient: &Patient) -> crate::parties::Patient {
        let mut ids = PatientIds::default();
        match patient.national_id.as_deref().map(NationalId::parse) {
            Some(Ok(number)) => match number.kind() {
                crate::ids::NationalIdKind::Fnr => ids.fnr = Some(number),
                crate::ids::NationalIdKind::Dnr => ids.dnr = Some(number),
                crate::ids::NationalIdKind::Fhn => ids.fhn = Some(number),
            },
            Some(Err(_)) => {
                self.problems.push(problem(
                    "patient.ids",
                    ProblemCode::ControlDigits,
                    "has a number that does not hold",
                ));
            }
            // The message wants some number. One that nobody else uses cannot join two people at the receiver.
            None => ids.hnr = Some(self.requisition.draft.clone().unwrap_or_else(|| self.requisition.id.clone())),
        }
        let sex = match patient.sex.as_str() {
            "1" => Some(Sex::Male),
            "2" => Some(Sex::Female),
            "9" => Some(Sex::NotSpecified),
            _ => Some(Sex::Unknown).filter(|_| patient.national_id.is_none()),
        };
        let address = Address {
            street: patient.street.as_deref().and_then(some),
            postal_code: patient.postal_code.as_deref().and_then(some),
            city: patient.city.as_deref().and_then(some),
        };
        crate::parties::Patient {
            ids,
            local_ids: LocalIds::default(),
            name: PatientName { family: patient.family.clone(), given: patient.given.clone() },
            sex,
            birth_date: patient.birth_date.as_deref().and_then(|day| day.parse::<Date>().ok()),
            address: Some(address).filter(|address| *address != Address::default()),
            phone: patient.phone.as_deref().and_then(some),
            email: None,
            admission_category: None,
        }
    }

    pub(super) fn sender(&mut self, requester: &Requester) -> Party {
        Party {
            organisation: Unit {
                name: requester.office.clone(),
                ids: UnitIds {
                    her: self.her("requester.organisation.ids.HER", &requester.office_her),
                    enh: some(&requester.office_number),
                    ..UnitIds::default()
                },
            },
            departments: Vec::new(),
            person: Some(Person { name: requester.name.clone(), ids: self.person_ids("requester.person", requester) }),
            phone: some(&requester.phone),
            email: None,
            address: None,
        }
    }

    pub(super) fn clinician(&mut self, requester: &Requester) -> Clinician {
        Clinician {
            name: Some(requester.name.clone()),
            profession: requester.profession.as_deref().and_then(some),
            ids: self.person_ids("orderingClinician", requester),
            unit: None,
            phone: requester.phone.clone(),
            email: None,
            address: None,
        }
    }

    fn person_ids(&mut self, path: &str, requester: &Requester) -> PersonIds {
        let hpr = requester.hpr.as_deref().and_then(some).and_then(|number| {
            let parsed = number.parse::<HprNumber>().ok();
            self.parsed(&format!("{path}.ids.HPR"), parsed)
        });
        PersonIds { her: self.her(&format!("{path}.ids.HER"), &requester.her), hpr }
    }

    pub(super) fn receiver(&mut self) -> Party {
        let receiver = &self.requisition.receiver;
        let department_her = self.her("serviceProvider.departments[0].ids.HER", &receiver.department_her);
        Party {
            organisation: Unit {
                name: receiver.organisation.clone(),
                ids: UnitIds {
                    her: self.her("serviceProvider.organisation.ids.HER", &receiver.organisation_her),
                    enh: receiver.organisation_number.clone(),
                    ..UnitIds::default()
                },
            },
            departments: vec![Unit {
                name: receiver.department_name.clone(),
                ids: UnitIds { her: department_her, ..UnitIds::default() },
            }],
            person: None,
            phone: receiver.phone.as_deref().and_then(some),
            email: None,
            address: None,
        }
    }

    pub(super) fn copies(&mut self) -> Vec<CopyRecipient> {
        let recipients = self.requisition.copy_recipients.iter().enumerate();
        recipients
            .map(|(at, recipient)| {
                let path = format!("copyRecipients[{at}]");
                let organisation_her = self.her(&format!("{path}.organisation.ids.HER"), &recipient.organisation_her);
                let her = some(&recipient.her).and_then(|her| self.her(&format!("{path}.ids.HER"), &her));
                let mut party = Party {
                    organisation: Unit {
                        name: recipient.organisation.clone(),
                        ids: UnitIds { her: organisation_her, ..UnitIds::default() },
                    },
                    departments: Vec::new(),
                    person: None,
                    phone: None,
                    email: None,
                    address: None,
                };
                if recipient.person {
                    party.person = Some(Person { name: recipient.name.clone(), ids: PersonIds { her, hpr: None } });
                } else if !recipient.name.is_empty() {
                    let ids = UnitIds { her, ..UnitIds::default() };
                    party.departments.push(Unit { name: recipient.name.clone(), ids });
                }
                CopyRecipient { party, gets: Some(CopyOf::Answer) }
            })
            .collect()
    }

    fn her(&mut self, path: &str, her: &str) -> Option<HerId> {
        self.parsed(path, her.parse::<HerId>().ok())
    }
}
