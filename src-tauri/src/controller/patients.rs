//! Patients: what was typed, checked, and the ones this workstation has met.

use jiff::civil::Date;
use requisition::composing::draft::Patient;
use requisition::composing::patient::{self, PatientCheck};
use requisition::ids::NationalId;

use super::{Answer, Controller, Workplace, now};
use crate::error::{CommandError, ErrorCode};
use crate::forms::PatientForm;
use crate::views::{FieldProblem, PatientCheckView, PatientView};

/// Most patients in a list: more are found by typing on.
const LISTED: u32 = 20;

impl Controller {
    /// Checks a patient form while it is typed.
    ///
    /// # Errors
    /// When the store fails; a form with problems is no error.
    pub fn check_patient(&self, form: PatientForm) -> Answer<PatientCheckView> {
        let here = self.here()?;
        let check = checked(&form);
        let known = match &check.number {
            Some(number) => here.known(&number.replace(' ', ""))?,
            None => None,
        };
        Ok(PatientCheckView {
            ok: check.patient.is_some(),
            number: check.number,
            kind: check.kind,
            synthetic: check.synthetic,
            birth_date: check.birth_date,
            sex: check.sex,
            age: check.age,
            problems: check
                .problems
                .into_iter()
                .map(|p| FieldProblem { field: word(p.field), code: word(p.code) })
                .collect(),
            known,
        })
    }

    /// Patients of this workstation, newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub fn recent_patients(&self, text: String) -> Answer<Vec<PatientView>> {
        let here = self.here()?;
        let today = now().date();
        let found = here.store.recent_patients::<Patient>(text.trim(), LISTED)?;
        Ok(found.into_iter().map(|recent| patient_view(&recent.content, today)).collect())
    }
}

impl Workplace {
    /// The patient that a form names.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidField`] for the first problem.
    pub(super) fn patient_of(&self, form: &PatientForm) -> Answer<Patient> {
        let check = checked(form);
        match (check.patient, check.problems.first()) {
            (Some(patient), _) => Ok(patient),
            (None, Some(problem)) => Err(super::settings::refused(&word(problem.field), &word(problem.code))),
            (None, None) => Err(CommandError::new(ErrorCode::InvalidField)),
        }
    }

    /// Remembers a patient for the next time.
    pub(super) fn remember(&self, patient: &Patient) -> Answer<()> {
        let found_by =
            format!("{} {} {}", patient.given, patient.family, patient.national_id.as_deref().unwrap_or_default());
        let changes = self.store.remember_patient(&identity(patient), &found_by, patient, now().timestamp())?;
        self.tell(changes);
        Ok(())
    }

    fn known(&self, number: &str) -> Answer<Option<Patient>> {
        let found = self.store.recent_patients::<Patient>(number, 1)?;
        Ok(found
            .into_iter()
            .map(|recent| recent.content)
            .find(|patient| patient.national_id.as_deref() == Some(number)))
    }
}

/// What makes a patient one and the same: the number, or name, birth date and sex.
pub fn identity(patient: &Patient) -> String {
    match &patient.national_id {
        Some(number) => number.clone(),
        None => {
            let birth = patient.birth_date.as_deref().unwrap_or_default();
            format!("{}|{}|{birth}|{}", patient.family.to_lowercase(), patient.given.to_lowercase(), patient.sex)
        }
    }
}

/// A patient for banner and lists.
pub fn patient_view(patient: &Patient, today: Date) -> PatientView {
    PatientView { age: patient::age_on(patient, today), synthetic: synthetic(patient), patient: patient.clone() }
}

fn checked(form: &PatientForm) -> PatientCheck {
    patient::check(form, now().date())
}

/// The word by which a code crosses to the window.
pub fn word<T: serde::Serialize>(code: T) -> String {
    serde_json::to_value(code).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

fn synthetic(patient: &Patient) -> bool {
    let number = patient.national_id.as_deref().and_then(|number| NationalId::parse(number).ok());
    number.is_some_and(|number| number.is_synthetic())
}
