//! Who sits in the chair: a requisition is taken up and put back, and the patient is made sure of before labels print.

use std::sync::PoisonError;

use jiff::Zoned;
use requisition::requisition::bench::{CheckRefused, needs_check};
use requisition::requisition::{PatientCheckForm, PatientCheckRule, Requisition};
use requisition::store::StoredRequisition;

use super::patients::identity;
use super::settings::{key, refused};
use super::worklist::held;
use super::{Answer, Controller, Workplace, now};
use crate::error::{CommandError, ErrorCode};
use crate::views::{BenchView, CollectionView, HeldView, JustBefore};

impl Controller {
    /// Opens a requisition in the internal lab: others see who has it. One that somebody else has open stays theirs until it
    /// is taken over.
    ///
    /// # Errors
    /// [`ErrorCode::NotNow`] once it is sent or withdrawn.
    pub fn take_up(&self, id: String, over: bool) -> Answer<CollectionView> {
        let here = self.here()?;
        let stored = here.waiting(&id)?;
        here.seen(&stored.content);
        if over || here.held_by_another(&stored)?.is_none() {
            let who = here.who()?;
            if stored.held_by.as_deref() != Some(who.as_str()) {
                here.tell(here.store.hold(stored.id, Some(&who), now().timestamp())?);
            }
        }
        let stored = here.waiting(&id)?;
        here.collection_view(&stored, stored.phase)
    }

    /// Lets go of a requisition. What somebody else has open stays theirs.
    ///
    /// # Errors
    /// When the store fails.
    pub fn put_back(&self, id: String) -> Answer<()> {
        let here = self.here()?;
        let stored = here.store.requisition::<Requisition>(super::drafts::parse_id(&id)?)?;
        here.seen(&stored.content);
        if stored.held_by.is_some() && here.held_by_another(&stored)?.is_none() {
            here.tell(here.store.hold(stored.id, None, now().timestamp())?);
        }
        Ok(())
    }

    /// Takes down that somebody made sure of the patient.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidField`]: `identifiers` where there are fewer than two, `typed` where it is another person's.
    pub fn confirm_patient(&self, id: String, form: PatientCheckForm) -> Answer<CollectionView> {
        let here = self.here()?;
        let mut stored = here.waiting(&id)?;
        let (rule, who) = (here.patient_check_rule()?, here.who()?);
        stored.content.confirm_patient(rule, &form, &who, now().timestamp()).map_err(|why| match why {
            CheckRefused::TwoIdentifiers => refused("identifiers", "two_identifiers"),
            CheckRefused::OtherPatient => refused("typed", "not_this_patient"),
        })?;
        here.seen(&stored.content);
        let phase = here.save_collection(&stored)?;
        here.collection_view(&stored, phase)
    }
}

impl Workplace {
    /// How this office makes sure of the patient.
    pub(super) fn patient_check_rule(&self) -> Answer<PatientCheckRule> {
        Ok(self.store.setting(key::PATIENT_CHECK)?.unwrap_or_default())
    }

    /// A patient is in the chair.
    pub(super) fn seen(&self, one: &Requisition) {
        let name = format!("{}, {}", one.patient.family, one.patient.given);
        let mut bench = self.bench.lock().unwrap_or_else(PoisonError::into_inner);
        bench.opened(&identity(&one.patient), &name, now().timestamp());
    }

    /// Whether the patient has to be made sure of, and who was here a moment ago.
    pub(super) fn bench_view(&self, one: &Requisition, at: &Zoned) -> Answer<BenchView> {
        let rule = self.patient_check_rule()?;
        let bench = self.bench.lock().unwrap_or_else(PoisonError::into_inner);
        let whose = identity(&one.patient);
        let needed = needs_check(rule, one.patient_check.as_ref(), (&bench, &whose), at.timestamp());
        let before = bench.just_before(&whose, at.timestamp());
        let just_before = before.map(|seen| JustBefore { name: seen.name.clone(), at: seen.at.to_string() });
        Ok(BenchView { rule, needed, just_before })
    }

    /// Refuses to go on before the patient was made sure of.
    pub(super) fn sure_of_patient(&self, one: &Requisition) -> Answer<()> {
        if self.bench_view(one, &now())?.needed {
            return Err(CommandError::new(ErrorCode::NotReady).with("reason", "patient_check"));
        }
        Ok(())
    }

    /// Somebody else than the one signed in has it open.
    pub(super) fn held_by_another(&self, stored: &StoredRequisition<Requisition>) -> Answer<Option<HeldView>> {
        let who = self.who()?;
        Ok(held(stored).filter(|held| held.by != who))
    }
}
