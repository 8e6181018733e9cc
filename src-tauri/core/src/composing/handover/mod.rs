//! A record system hands over an order document, and it opens as a draft.
//!
//! The document has passed the order's own checks. Nothing in it is lost and nothing is guessed: what a draft holds in
//! another form is taken over in that form, by the same edits that the window makes; what it has no field for stands as words
//! in the clinical text, where it is seen before it is sent; a service that may be several, or none that is offered, is a
//! line that somebody has to settle; a specimen that was taken or labelled already keeps time and number. What words cannot
//! carry is refused with its path: who orders, who pays, who gets a copy, a reservation, a test that would be sent for care.
//! Answers of a safety interview are not taken over as answers: somebody has to give them.

mod line;
mod offered;
mod services;
mod settle;
#[cfg(test)]
mod tests;

use jiff::Zoned;
use jiff::civil::Date;

use super::catalogues::Catalogues;
use super::draft::{Candidate, CopyRecipient, Diagnosis, Draft, EarlierFinding, Edit, Patient, Urgency};
use super::edits::apply;
use super::patient::{self, PatientField, PatientForm};
use crate::codes::{Code, CodeSystem, list_text};
use crate::order::{self, CopyOf, DiagnosisRole, Kind, MimeType, Order, Problem, ProblemCode, Status};
use crate::parties::Party;

pub(crate) use settle::settle;

/// Who may order at this office, and which office it is.
#[derive(Clone, Debug)]
pub struct Desk<'a> {
    /// HER-id of the office.
    pub office_her: &'a str,
    /// Those who may order.
    pub orderers: &'a [Orderer],
}

/// Somebody who may order.
#[derive(Clone, Debug)]
pub struct Orderer {
    /// Requester id in the settings.
    pub id: String,
    /// HER-id of the person.
    pub her: String,
    /// HPR number, or empty.
    pub hpr: String,
}

/// What a document opened as. The contents of attachments are put in the store by the caller, who then adds them to the
/// draft. Has no `Debug`: it is about a patient.
pub struct Opened {
    /// The draft.
    pub draft: Draft,
    /// Attachments that belong to it.
    pub attachments: Vec<Enclosed>,
}

/// An attachment of the document. Has no `Debug`: it is about a patient.
pub struct Enclosed {
    /// What it is.
    pub description: String,
    /// Its kind, which its content was held to.
    pub kind: MimeType,
    /// The content.
    pub content: Vec<u8>,
}

/// Opens a document as a draft with this id. A person who orders and is not known here leaves the draft without one, so
/// that somebody chooses. `suggest` finds services by words, best first: for what the document names in words alone.
///
/// # Errors
/// Every part of the document that a draft here could not carry, each with its path.
pub fn open(
    order: &Order,
    id: String,
    desk: &Desk<'_>,
    catalogues: &Catalogues,
    suggest: &dyn Fn(&str) -> Vec<Candidate>,
    now: &Zoned,
) -> Result<Opened, Vec<Problem>> {
    let mut problems = Vec::new();
    let patient = patient_of(order, now.date(), &mut problems);
    unheld(order, desk, catalogues, &mut problems);
    let (Some(patient), true) = (patient, problems.is_empty()) else { return Err(problems) };
    let mut draft = Draft::new(id, patient, orderer(order, desk), now.timestamp());
    draft.origin = order.requisition.id.as_ref().map(ToString::to_string);
    let mut opening = Opening { order, catalogues, suggest, now, draft, problems, words: Vec::new() };
    opening.about_the_requisition();
    opening.told();
    opening.services();
    opening.information();
    opening.texts();
    if !opening.problems.is_empty() {
        return Err(opening.problems);
    }
    let enclosed = order.attachments.iter().filter_map(|attachment| {
        Some(Enclosed {
            description: attachment.description.clone(),
            kind: attachment.mime_type,
            content: attachment.content()?,
        })
    });
    Ok(Opened { draft: opening.draft, attachments: enclosed.collect() })
}

/// A document on its way to a draft.
struct Opening<'a> {
    order: &'a Order,
    catalogues: &'a Catalogues,
    suggest: &'a dyn Fn(&str) -> Vec<Candidate>,
    now: &'a Zoned,
    draft: Draft,
    problems: Vec<Problem>,
    /// What goes into the clinical text after the document's own, a line each.
    words: Vec<String>,
}

impl Opening<'_> {
    /// Makes an edit for what stands at a path.
    fn edit(&mut self, path: &str, edit: Edit) -> bool {
        match apply(&mut self.draft, edit, self.catalogues, self.now.timestamp()) {
            Ok(()) => true,
            Err(refused) => {
                self.refuse(path, ProblemCode::NotHeld, &refused.to_string());
                false
            }
        }
    }

    fn refuse(&mut self, path: &str, code: ProblemCode, why: &str) {
        self.problems.push(Problem::new(path, code, why));
    }

    fn about_the_requisition(&mut self) {
        if let Some(category) = self.order.payment.as_ref().and_then(|payment| payment.category.clone()) {
            self.edit("payment.category", Edit::Payment { category });
        }
        let urgency = urgency(self.order);
        self.edit("urgency", Edit::Urgency { urgency });
        let recipients = self.order.copy_recipients.iter().map(|one| copy(&one.party)).collect();
        self.edit("copyRecipients", Edit::CopyRecipients { recipients });
        let main_first = |role: DiagnosisRole| self.order.diagnoses.iter().filter(move |one| one.role == role);
        let diagnoses = main_first(DiagnosisRole::Main).chain(main_first(DiagnosisRole::Secondary));
        let (coded, others): (Vec<_>, Vec<_>) = diagnoses.partition(|one| is_diagnosis_system(one.code.system));
        self.words.extend(others.iter().map(|one| format!("Diagnose: {}", said(&one.code))));
        let diagnoses = coded
            .into_iter()
            .map(|one| Diagnosis {
                system: one.code.system.to_string(),
                code: one.code.code.clone().unwrap_or_default(),
                display: one.code.display.clone(),
            })
            .collect();
        self.edit("diagnoses", Edit::Diagnoses { diagnoses });
        let findings = self.order.findings.iter().map(|one| EarlierFinding {
            text: one.text.clone(),
            // A finding has a day at the most; the time of day stays in the record.
            date: one.date.as_ref().map(|date| date.to_string().chars().take(10).collect()),
        });
        let findings = findings.collect();
        self.edit("findings", Edit::EarlierFindings { findings });
    }

    /// What the document says of requisition, patient and sender that a draft has no field for, as words.
    fn told(&mut self) {
        let order = self.order;
        let coded = |list: u16, code: &str| list_text(list, code).unwrap_or(code).to_owned();
        let low = (order.urgency == Some(order::Urgency::Low)).then(|| "lav".to_owned());
        let told = [
            ("Rekvirerende enhet", order.requester.departments.last().map(|unit| unit.name.clone())),
            ("Rekvirent", order.ordering_clinician.unit.as_ref().map(|unit| unit.name.clone())),
            ("Hastegrad", low),
            ("Svar ønskes innen", order.requested_report_date.as_ref().map(ToString::to_string)),
            ("Laboratoriets rekvisisjonsnummer", order.requisition.service_provider_id.clone()),
            ("Pasientnummer hos rekvirenten", order.patient.local_ids.requester.clone()),
            ("Pasientnummer hos mottakeren", order.patient.local_ids.service_provider.clone()),
            ("Pasientens e-post", order.patient.email.clone()),
            ("Innleggelse", order.patient.admission_category.as_deref().map(|code| coded(ADMISSION, code))),
        ];
        let told = told.into_iter().filter_map(|(heading, said)| Some(format!("{heading}: {}", said?)));
        self.words.extend(told);
    }

    /// Clinical texts, each under its heading, and whatever else was found a place as words.
    fn texts(&mut self) {
        let mut paragraphs: Vec<String> = Vec::new();
        for reason in &self.order.reasons {
            // Answers have their own place.
            if reason.heading == PROBLEM {
                paragraphs.insert(0, reason.text.clone());
            } else {
                paragraphs.push(headed(REASONS, &reason.heading, &reason.text));
            }
        }
        for comment in &self.order.comments {
            let heading = comment.heading.as_deref().unwrap_or_default();
            paragraphs.push(headed(COMMENTS, heading, &comment.text));
        }
        paragraphs.append(&mut self.words);
        let text = paragraphs.join("\n");
        self.edit("reasons", Edit::ClinicalText { text });
    }
}

/// "Aktuell problemstilling" in list 8231.
const PROBLEM: &str = "PROB";
/// Headings of clinical texts.
const REASONS: u16 = 8231;
/// Headings of comments.
const COMMENTS: u16 = 8234;
/// Categories of admission.
const ADMISSION: u16 = 8240;

fn is_diagnosis_system(system: CodeSystem) -> bool {
    [CodeSystem::ICPC2, CodeSystem::ICD10].contains(&system)
}

fn headed(list: u16, heading: &str, text: &str) -> String {
    match list_text(list, heading) {
        Some(words) => format!("{words}: {text}"),
        None => text.to_owned(),
    }
}

/// Code and words of a coded value, for a text.
fn said(code: &Code) -> String {
    match &code.code {
        Some(value) if !code.display.is_empty() => format!("{} ({value})", code.display),
        Some(value) => value.clone(),
        None => code.display.clone(),
    }
}

fn patient_of(order: &Order, today: Date, problems: &mut Vec<Problem>) -> Option<Patient> {
    let given = &order.patient;
    let some = |text: &Option<String>| text.clone().unwrap_or_default();
    let address = given.address.clone().unwrap_or_default();
    let form = PatientForm {
        number: given.ids.national().map_or_else(String::new, |number| number.as_str().to_owned()),
        family: given.name.family.clone(),
        given: given.name.given.clone(),
        birth_date: given.birth_date.map_or_else(String::new, |day| day.to_string()),
        sex: given.sex.map_or_else(String::new, |sex| sex.code().to_owned()),
        phone: some(&given.phone),
        street: some(&address.street),
        postal_code: some(&address.postal_code),
        city: some(&address.city),
    };
    let check = patient::check(&form, today);
    for problem in &check.problems {
        let (path, code) = match problem.field {
            PatientField::Number => ("patient.ids", ProblemCode::ControlDigits),
            PatientField::Family => ("patient.name.family", ProblemCode::Form),
            PatientField::Given => ("patient.name.given", ProblemCode::Form),
            PatientField::BirthDate => ("patient.birthDate", ProblemCode::Contradiction),
            PatientField::Sex => ("patient.sex", ProblemCode::Contradiction),
            PatientField::Phone => ("patient.phone", ProblemCode::Form),
            PatientField::Street => ("patient.address.street", ProblemCode::Form),
            PatientField::PostalCode => ("patient.address.postalCode", ProblemCode::Form),
            PatientField::City => ("patient.address.city", ProblemCode::Form),
        };
        problems.push(Problem::new(path, code, "does not identify or describe the patient"));
    }
    check.patient
}

/// What words in a draft cannot carry.
fn unheld(order: &Order, desk: &Desk<'_>, catalogues: &Catalogues, problems: &mut Vec<Problem>) {
    let mut refuse = |there: bool, path: String, code: ProblemCode, why: &str| {
        if there {
            problems.push(Problem::new(path, code, why));
        }
    };
    // What was sent is changed and cancelled where it was sent from, with what its receiver has said since.
    refuse(order.kind != Kind::New, "kind".into(), ProblemCode::FollowUp, "is done with the requisition itself");
    let mut not_held = |there: bool, path: &str| {
        refuse(there, path.to_owned(), ProblemCode::NotHeld, "has no place in a draft");
    };
    not_held(order.payment.as_ref().is_some_and(|payment| payment.payer.is_some()), "payment.payer");
    not_held(order.reservation.is_some(), "reservation");
    for (at, one) in order.copy_recipients.iter().enumerate() {
        let answers = matches!(one.gets, None | Some(CopyOf::Answer));
        not_held(!answers, &format!("copyRecipients[{at}].gets"));
        not_held(one.party.departments.len() > 1, &format!("copyRecipients[{at}].departments[1]"));
    }
    let office = order.requester.organisation.ids.her.as_ref().map(ToString::to_string);
    let path = "requester.organisation.ids.HER".to_owned();
    refuse(office.as_deref() != Some(desk.office_her), path, ProblemCode::OtherOffice, "is not this office");
    // A test that would be sent for care, because the catalogue in use is one for care.
    let care = catalogues.iter().any(|indexed| {
        let provider = &indexed.catalogue().provider;
        !provider.demo && is_receiver(order, &provider.her)
    });
    let test = order.status == Status::Test && care;
    refuse(test, "status".to_owned(), ProblemCode::NotHeld, "would be sent for care from here");
}

/// Whether the document goes to this organisation.
fn is_receiver(order: &Order, her: &str) -> bool {
    order.service_provider.organisation.ids.her.as_ref().is_some_and(|theirs| theirs.to_string() == her)
}

/// Who of the office orders: by HER-id, else by HPR number.
fn orderer(order: &Order, desk: &Desk<'_>) -> Option<String> {
    let ids = &order.ordering_clinician.ids;
    let (her, hpr) = (ids.her.as_ref().map(ToString::to_string), ids.hpr.as_ref().map(ToString::to_string));
    let by_her = desk.orderers.iter().find(|one| her.as_ref() == Some(&one.her));
    let by_hpr = || desk.orderers.iter().find(|one| !one.hpr.is_empty() && hpr.as_ref() == Some(&one.hpr));
    by_her.or_else(by_hpr).map(|one| one.id.clone())
}

/// The most urgent that the document says anywhere: a draft has one urgency.
fn urgency(order: &Order) -> Urgency {
    let services = order.services.iter().filter_map(|service| match service.priority.as_deref()? {
        "0" => Some(Urgency::Cito),
        "1" | "3" => Some(Urgency::Urgent),
        _ => None,
    });
    let report = match order.urgency {
        Some(order::Urgency::High) => Urgency::Urgent,
        Some(order::Urgency::Normal | order::Urgency::Low) | None => Urgency::Routine,
    };
    services.fold(report, Urgency::max)
}

fn copy(party: &Party) -> CopyRecipient {
    let text = |her: Option<&crate::ids::HerId>| her.map(ToString::to_string).unwrap_or_default();
    let (name, her, person) = match (&party.person, party.departments.first()) {
        (Some(person), _) => (person.name.clone(), text(person.ids.her.as_ref()), true),
        (None, Some(unit)) => (unit.name.clone(), text(unit.ids.her.as_ref()), false),
        (None, None) => (String::new(), String::new(), false),
    };
    CopyRecipient {
        organisation: party.organisation.name.clone(),
        organisation_her: text(party.organisation.ids.her.as_ref()),
        name,
        her,
        person,
    }
}
