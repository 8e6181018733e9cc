//! Whose specimens are being taken: the patient is made sure of by two identifiers before a label is printed, and anew when
//! another patient was open a moment ago.
//!
//! A label on the wrong patient's tube is the fault that no laboratory can find. What was confirmed, by whom and when is kept
//! with the requisition. What was open before is known for the sitting alone: after a new start it is nobody.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::Requisition;
use crate::composing::draft::Patient;

/// How long a patient who was open counts as open a moment ago.
pub const A_MOMENT: SignedDuration = SignedDuration::from_mins(10);
/// How long a check holds while nobody else is opened: whoever comes back later is asked again.
pub const CHECK_HOLDS: SignedDuration = SignedDuration::from_hours(2);

/// How the office makes sure of the patient before labels are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum PatientCheckRule {
    /// Name, and number or birth date, are ticked off as the patient says them.
    #[default]
    Confirm,
    /// The name is ticked off, and the number or the birth date is typed or scanned as the patient says it.
    Type,
    /// Only when another patient was open a moment ago.
    AfterAnother,
}

/// What a person is known by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Identifier {
    /// The full name.
    Name,
    /// The eleven digits.
    Number,
    /// The birth date.
    BirthDate,
}

/// That somebody made sure of the patient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PatientCheck {
    /// When, RFC 3339.
    pub at: String,
    /// By whom.
    pub by: String,
    /// What was confirmed: two of them, where two are known.
    pub identifiers: Vec<Identifier>,
    /// The second one was typed or scanned, and found right.
    pub typed: bool,
}

/// What the collector says to have made sure of.
#[derive(Clone, Deserialize, Type)]
pub struct PatientCheckForm {
    /// The patient said the name.
    pub name: bool,
    /// The patient said the number, or the birth date.
    pub second: bool,
    /// The number or birth date as typed or scanned; empty where it was only ticked off.
    pub typed: String,
}

/// Why a check does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckRefused {
    /// Fewer than two identifiers.
    #[error("two identifiers have to be confirmed")]
    TwoIdentifiers,
    /// What was typed is another person's number or birth date.
    #[error("what was typed is not this patient's")]
    OtherPatient,
}

/// The patients that this workstation has had open.
#[derive(Clone, Default)]
pub struct Bench {
    current: Option<Seen>,
    before: Option<Seen>,
}

/// A patient who was open.
#[derive(Clone, PartialEq, Eq)]
pub struct Seen {
    /// What makes the patient one and the same.
    pub identity: String,
    /// "Family, Given".
    pub name: String,
    /// When last.
    pub at: Timestamp,
}

impl Bench {
    /// A patient is open now.
    pub fn opened(&mut self, identity: &str, name: &str, at: Timestamp) {
        match &mut self.current {
            Some(current) if current.identity == identity => current.at = at,
            _ => {
                let seen = Seen { identity: identity.to_owned(), name: name.to_owned(), at };
                self.before = self.current.replace(seen);
            }
        }
    }

    /// The other patient who was open a moment before this one.
    #[must_use]
    pub fn just_before(&self, identity: &str, now: Timestamp) -> Option<&Seen> {
        self.last_other(identity).filter(|seen| now.duration_since(seen.at) <= A_MOMENT)
    }

    /// The other patient who was open last, however long ago.
    fn last_other(&self, identity: &str) -> Option<&Seen> {
        let others = [&self.current, &self.before].into_iter().flatten().filter(|seen| seen.identity != identity);
        others.max_by_key(|seen| seen.at)
    }
}

/// Whether the patient has to be made sure of before labels are printed: a label more, or one printed again, of a patient who was
/// made sure of asks nothing, until another patient was opened in between or the check has run out.
#[must_use]
pub fn needs_check(
    rule: PatientCheckRule,
    made: Option<&PatientCheck>,
    (bench, identity): (&Bench, &str),
    now: Timestamp,
) -> bool {
    let made_at = made.and_then(|check| check.at.parse::<Timestamp>().ok());
    // A clock that was set back must not make a check hold for longer.
    let holds = made_at.is_some_and(|at| now >= at && now.duration_since(at) <= CHECK_HOLDS);
    let since = |seen: &Seen| made_at.is_none_or(|at| seen.at > at);
    match rule {
        PatientCheckRule::Confirm | PatientCheckRule::Type => !holds || bench.last_other(identity).is_some_and(since),
        PatientCheckRule::AfterAnother => bench.just_before(identity, now).is_some_and(since),
    }
}

impl Requisition {
    /// Takes down that somebody made sure of the patient.
    ///
    /// # Errors
    /// [`CheckRefused`]; nothing is taken down then.
    pub fn confirm_patient(
        &mut self,
        rule: PatientCheckRule,
        form: &PatientCheckForm,
        by: &str,
        at: Timestamp,
    ) -> Result<(), CheckRefused> {
        let typed: String = form.typed.chars().filter(char::is_ascii_alphanumeric).collect();
        let known = second_of(&self.patient);
        // Somebody of whom no number and no birth date is known is never kept from care.
        let may_tick = rule != PatientCheckRule::Type || known.is_none();
        let second = match typed.as_str() {
            "" if form.second && may_tick => known,
            "" => return Err(CheckRefused::TwoIdentifiers),
            typed => Some(typed_of(&self.patient, typed).ok_or(CheckRefused::OtherPatient)?),
        };
        if !form.name {
            return Err(CheckRefused::TwoIdentifiers);
        }
        self.patient_check = Some(PatientCheck {
            at: at.to_string(),
            by: by.to_owned(),
            identifiers: [Some(Identifier::Name), second].into_iter().flatten().collect(),
            typed: !typed.is_empty(),
        });
        Ok(())
    }
}

/// The second identifier that there is to ask for.
fn second_of(patient: &Patient) -> Option<Identifier> {
    match (&patient.national_id, &patient.birth_date) {
        (Some(_), _) => Some(Identifier::Number),
        (None, Some(_)) => Some(Identifier::BirthDate),
        (None, None) => None,
    }
}

/// Which of the patient's identifiers was typed: eleven digits, or the birth date as `ddmmyy` or `ddmmyyyy`.
fn typed_of(patient: &Patient, typed: &str) -> Option<Identifier> {
    if patient.national_id.as_deref() == Some(typed) {
        return Some(Identifier::Number);
    }
    let date = patient.birth_date.as_deref()?.split('-').collect::<Vec<_>>();
    let [year, month, day] = date.as_slice() else { return None };
    let whole = format!("{day}{month}{year}");
    let short = format!("{day}{month}{}", year.get(2..)?);
    (typed == whole || typed == short).then_some(Identifier::BirthDate)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(1_000 + minute)
    }

    fn check(minute: i64) -> PatientCheck {
        PatientCheck { at: at(minute).to_string(), by: "Ida".into(), identifiers: vec![Identifier::Name], typed: false }
    }

    #[test]
    fn the_patient_of_a_moment_ago_is_told_and_forgotten_after_a_while() {
        let mut bench = Bench::default();
        bench.opened("folke", "Danser, Folke", at(0));
        assert!(bench.just_before("folke", at(1)).is_none(), "nobody else was here");
        bench.opened("line", "Danser, Line", at(2));
        bench.opened("line", "Danser, Line", at(3));
        assert_eq!(bench.just_before("line", at(4)).map(|seen| seen.name.as_str()), Some("Danser, Folke"));
        assert_eq!(bench.just_before("folke", at(4)).map(|seen| seen.name.as_str()), Some("Danser, Line"));
        assert!(bench.just_before("line", at(11)).is_none());
    }

    #[test]
    fn a_check_made_before_another_patient_was_opened_does_not_hold() {
        let mut bench = Bench::default();
        bench.opened("line", "Danser, Line", at(0));
        let made = check(1);
        let needed = |bench: &Bench, rule, made: Option<&PatientCheck>, minute| {
            needs_check(rule, made, (bench, "line"), at(minute))
        };
        assert!(needed(&bench, PatientCheckRule::Confirm, None, 1));
        assert!(!needed(&bench, PatientCheckRule::AfterAnother, None, 1));
        assert!(!needed(&bench, PatientCheckRule::Confirm, Some(&made), 2));
        bench.opened("folke", "Danser, Folke", at(3));
        bench.opened("line", "Danser, Line", at(4));
        for rule in [PatientCheckRule::Confirm, PatientCheckRule::Type, PatientCheckRule::AfterAnother] {
            assert!(needed(&bench, rule, Some(&made), 5), "{rule:?}");
            assert!(!needed(&bench, rule, Some(&check(5)), 6), "{rule:?}");
        }
        // Also when she comes back after an hour: somebody else has sat there since.
        assert!(needed(&bench, PatientCheckRule::Confirm, Some(&made), 64));
        assert!(
            !needed(&bench, PatientCheckRule::Confirm, Some(&check(5)), 64),
            "nobody has, and it is asked no second time"
        );
        assert!(!needed(&bench, PatientCheckRule::AfterAnother, Some(&made), 64), "that was no moment ago");
    }

    #[test]
    fn a_check_does_not_outlive_the_visit_and_a_clock_set_back_does_not_prolong_it() {
        let made = check(0);
        let needed = |now| needs_check(PatientCheckRule::Confirm, Some(&made), (&Bench::default(), "line"), now);
        assert!(!needed(at(119)));
        assert!(needed(at(121)));
        assert!(needed(at(-1)));
    }
}
