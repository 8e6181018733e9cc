//! A draft from an order that came on paper: what another office ordered, found again in the catalogues that are in use here.
//!
//! Nothing is guessed and nothing is dropped. A service is recognised by the receiver's address and its code; what is not
//! recognised is named to whoever takes the form in. Answers and comments that have no place in a draft are kept as words in
//! the clinical text, and numbers that stand on tubes already are told to the collector: a tube is never labelled twice
//! unknowingly.

use crate::catalogue::model::{Catalogue, Coded, Department, Service as Offered};
use crate::codes::{Code, CodeSystem, Sex};
use crate::composing::draft::{Diagnosis, Draft, Urgency};
use crate::composing::patient::PatientForm;
use crate::composing::text::{self, LONGEST_TEXT};
use crate::composing::{Catalogues, carry_over};
use crate::order::{DiagnosisRole, Order, Service, Urgency as OrderUrgency};
use crate::parties::PatientIds;

/// The patient of an order, as somebody would have typed it.
#[must_use]
pub fn patient_form(order: &Order) -> PatientForm {
    let (patient, address) = (&order.patient, order.patient.address.clone().unwrap_or_default());
    let PatientIds { fnr, dnr, fhn, .. } = &patient.ids;
    let number = fnr.as_ref().or(dnr.as_ref()).or(fhn.as_ref()).map(|number| number.as_str().to_owned());
    PatientForm {
        number: number.unwrap_or_default(),
        family: patient.name.family.clone(),
        given: patient.name.given.clone(),
        birth_date: patient.birth_date.map(|date| date.to_string()).unwrap_or_default(),
        sex: patient.sex.map(sex_code).unwrap_or_default().to_owned(),
        phone: patient.phone.clone().unwrap_or_default(),
        street: address.street.unwrap_or_default(),
        postal_code: address.postal_code.unwrap_or_default(),
        city: address.city.unwrap_or_default(),
    }
}

/// Fills an empty draft with what an order asks for; gives the names of the services that no catalogue here knows.
///
/// # Errors
/// Where the words of the order are more than a draft can carry: none of them is left out.
pub fn fill(draft: &mut Draft, order: &Order, catalogues: &Catalogues) -> Result<Vec<String>, text::TextFault> {
    let mut unknown = Vec::new();
    let mut words: Vec<String> = order.reasons.iter().map(|reason| reason.text.clone()).collect();
    for service in &order.services {
        let found = catalogues.iter().find_map(|indexed| offered(indexed.catalogue(), order, service));
        let taken =
            found.is_some_and(|(provider, offered)| carry_over(draft, &provider, &offered.id, &offered.name).is_ok());
        if !taken {
            unknown.push(service.code.display.clone());
        }
        words.extend(service.comment.iter().map(|comment| format!("{}: {comment}", service.code.display)));
    }
    words.extend(order.findings.iter().map(|finding| finding.text.clone()));
    words.extend(order.comments.iter().map(|comment| comment.text.clone()));
    for item in &order.information_items {
        let code = item.code.as_ref().map(|code| code.display.clone());
        words.extend(item.text.clone().or(code));
        words.extend(item.comment.clone());
    }
    let whole = words.into_iter().filter(|word| !word.trim().is_empty()).collect::<Vec<_>>().join("\n");
    draft.clinical_text = text::text(&whole, LONGEST_TEXT)?;
    draft.urgency = match order.urgency {
        Some(OrderUrgency::High) => Urgency::Urgent,
        Some(OrderUrgency::Normal | OrderUrgency::Low) | None => Urgency::Routine,
    };
    let mut diagnoses: Vec<_> = order.diagnoses.iter().collect();
    diagnoses.sort_by_key(|diagnosis| diagnosis.role != DiagnosisRole::Main);
    draft.diagnoses = diagnoses.into_iter().filter_map(|diagnosis| diagnosis_of(&diagnosis.code)).collect();
    if let Some(category) = order.payment.as_ref().and_then(|payment| payment.category.clone()) {
        draft.payment = category;
    }
    draft.note_to_collector = text::line(&note(order), LONGEST_TEXT)?;
    draft.from_paper = order.requisition.id.as_ref().map(ToString::to_string);
    Ok(unknown)
}

/// The service in a provider's catalogue that an order means: of the department it is addressed to, with the same code.
fn offered<'a>(catalogue: &'a Catalogue, order: &Order, wanted: &Service) -> Option<(String, &'a Offered)> {
    let departments: Vec<&Department> =
        catalogue.departments.iter().filter(|department| addressed(department, order)).collect();
    let found = catalogue.services.iter().find(|offered| {
        !offered.withdrawn
            && departments.iter().any(|department| department.id == offered.department)
            && (same(&offered.code, &wanted.code)
                || matches!((&offered.local_code, &wanted.local_code), (Some(ours), Some(theirs)) if same(ours, theirs)))
            // Codes that leave open what is meant say it in what goes with them.
            && offered.specs.iter().all(|spec| wanted.specs.iter().any(|theirs| same(spec, theirs)))
    })?;
    Some((catalogue.provider.id.clone(), found))
}

fn addressed(department: &Department, order: &Order) -> bool {
    let hers = order.service_provider.departments.iter().filter_map(|unit| unit.ids.her.as_ref());
    hers.into_iter().any(|her| her.to_string() == department.her)
}

fn same(ours: &Coded, theirs: &Code) -> bool {
    let system = CodeSystem::parse(&ours.system).ok();
    match (&ours.code, &theirs.code) {
        (Some(ours), Some(theirs_code)) => system.as_ref() == Some(&theirs.system) && ours == theirs_code,
        (None, None) => system.as_ref() == Some(&theirs.system) && ours.display == theirs.display,
        (Some(_), None) | (None, Some(_)) => false,
    }
}

/// Where the form came from, and what stands on tubes already.
fn note(order: &Order) -> String {
    let from = &order.requester.organisation.name;
    let clinician = order.ordering_clinician.name.clone().unwrap_or_default();
    let mut note = format!("Papirskjema fra {from}");
    if !clinician.is_empty() {
        note.push_str(&format!(" ({clinician})"));
    }
    note.push('.');
    let taken: Vec<&str> = order
        .specimens
        .iter()
        .filter(|specimen| specimen.collected.is_some())
        .filter_map(|specimen| specimen.ids.requester.as_deref())
        .collect();
    if !taken.is_empty() {
        note.push_str(&format!(" Obs: prøver er alt tatt og merket {}. Merk dem ikke på nytt.", taken.join(", ")));
    }
    note
}

fn diagnosis_of(code: &Code) -> Option<Diagnosis> {
    Some(Diagnosis { system: code.system.to_string(), code: code.code.clone()?, display: code.display.clone() })
}

fn sex_code(sex: Sex) -> &'static str {
    match sex {
        Sex::Male => "1",
        Sex::Female => "2",
        Sex::NotSpecified => "9",
        Sex::Unknown => "0",
    }
}
