//! Values of edits, held to what can be kept and sent.

use jiff::civil::Date;

use super::EditRefused;
use crate::codes::{ListNumber, list_text};
use crate::composing::draft::{CopyRecipient, Diagnosis, Patient};
use crate::composing::text::{self, LONGEST_LABEL, TextFault};
use crate::ids::HerId;

/// Longest clinical text that is kept. Receivers take less, which is a finding; a pasted text is not lost before it is cut.
const LONGEST_KEPT: usize = 100_000;
/// Most diagnoses, copy recipients, findings and the like.
pub(super) const MOST_ENTRIES: usize = 50;

pub(super) fn checked_diagnoses(diagnoses: Vec<Diagnosis>) -> Result<Vec<Diagnosis>, EditRefused> {
    at_most("diagnoses", diagnoses.len(), MOST_ENTRIES)?;
    diagnoses
        .into_iter()
        .map(|diagnosis| {
            let known = matches!(diagnosis.system.as_str(), "ICPC2" | "ICD10");
            let code = label("diagnoses", &diagnosis.code)?;
            if !known || code.is_empty() || code.len() > 20 {
                return Err(EditRefused::WrongValue { field: "diagnoses".into() });
            }
            Ok(Diagnosis { system: diagnosis.system, code, display: label("diagnoses", &diagnosis.display)? })
        })
        .collect()
}

/// Copy recipients. Their HER-ids may still be missing; what is there has to be one.
pub(super) fn checked_recipients(mut recipients: Vec<CopyRecipient>) -> Result<Vec<CopyRecipient>, EditRefused> {
    at_most("copy_recipients", recipients.len(), MOST_ENTRIES)?;
    for recipient in &mut recipients {
        recipient.organisation = label("copy_recipients", &recipient.organisation)?;
        recipient.name = label("copy_recipients", &recipient.name)?;
        for her in [&mut recipient.organisation_her, &mut recipient.her] {
            *her = label("copy_recipients", her)?;
            if !her.is_empty() && her.parse::<HerId>().is_err() {
                return Err(EditRefused::WrongValue { field: "copy_recipients".into() });
            }
        }
    }
    Ok(recipients)
}

/// The same person with other facts. A national number may be filled in where there was none, never changed.
pub(super) fn same_patient(before: &Patient, patient: Patient) -> Result<Patient, EditRefused> {
    match (&before.national_id, &patient.national_id) {
        (Some(old), Some(new)) if old == new => {}
        (None, _) => {
            if before.birth_date.is_some() && patient.birth_date.is_some() && before.birth_date != patient.birth_date {
                return Err(EditRefused::OtherPatient);
            }
        }
        (Some(_), _) => return Err(EditRefused::OtherPatient),
    }
    let optional = |field: &str, value: &Option<String>| -> Result<Option<String>, EditRefused> {
        let value = value.as_deref().map(|value| label(field, value)).transpose()?;
        Ok(value.filter(|value| !value.is_empty()))
    };
    if !matches!(patient.sex.as_str(), "0" | "1" | "2" | "9") {
        return Err(EditRefused::WrongValue { field: "sex".into() });
    }
    Ok(Patient {
        family: label("family", &patient.family)?,
        given: label("given", &patient.given)?,
        birth_date: patient.birth_date.as_deref().map(existing_day).transpose()?,
        phone: optional("phone", &patient.phone)?,
        street: optional("street", &patient.street)?,
        postal_code: optional("postal_code", &patient.postal_code)?,
        city: optional("city", &patient.city)?,
        national_id: patient.national_id,
        id_kind: patient.id_kind,
        sex: patient.sex,
    })
}

pub(super) fn kept_text(field: &str, written: &str) -> Result<String, EditRefused> {
    text::text(written, LONGEST_KEPT).map_err(|fault| refused(field, LONGEST_KEPT, fault))
}

pub(super) fn label(field: &str, written: &str) -> Result<String, EditRefused> {
    text::line(written, LONGEST_LABEL).map_err(|fault| refused(field, LONGEST_LABEL, fault))
}

pub(super) fn refused(field: &str, limit: usize, fault: TextFault) -> EditRefused {
    let small = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    match fault {
        TextFault::Unsafe { character, at } => {
            EditRefused::UnsafeText { field: field.to_owned(), character: u32::from(character), at: small(at) }
        }
        TextFault::TooLong { length } => {
            EditRefused::TooLong { field: field.to_owned(), length: small(length), limit: small(limit) }
        }
    }
}

/// A code that its list has.
pub(super) fn list_code(field: &str, list: ListNumber, code: &str) -> Result<String, EditRefused> {
    let known = list_text(list, code).is_some();
    known.then(|| code.to_owned()).ok_or_else(|| EditRefused::WrongValue { field: field.to_owned() })
}

pub(super) fn existing_day(day: &str) -> Result<String, EditRefused> {
    let wrong = |_| EditRefused::WrongValue { field: "date".into() };
    day.parse::<Date>().map(|day| day.to_string()).map_err(wrong)
}

pub(super) fn at_most(field: &str, count: usize, limit: usize) -> Result<(), EditRefused> {
    if count <= limit {
        return Ok(());
    }
    Err(EditRefused::TooMany { field: field.to_owned(), limit: u32::try_from(limit).unwrap_or(u32::MAX) })
}
