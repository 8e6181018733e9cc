//! One requisition in the internal lab: what was taken, its numbers and labels, and completing it.

use jiff::Zoned;
use requisition::labels::LabelContent;
use requisition::order::Kind as OrderKind;
use requisition::requisition::{NotReady, Requisition, SpecimenStatus, State};
use requisition::store::{NewLabel, NewRequisition, StoredLabel, StoredRequisition};
use uuid::Uuid;

use super::drafts::parse_id;
use super::labelling::{content, lay_out, preview_content};
use super::patients::patient_view;
use super::{Answer, Controller, Workplace, now};
use crate::error::{CommandError, ErrorCode};
use crate::forms::CollectionAct;
use crate::views::{CollectionView, HandedOn, LabelView};

impl Controller {
    /// A requisition in the internal lab, with its labels.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`].
    pub fn collection(&self, id: String) -> Answer<CollectionView> {
        let here = self.here()?;
        let stored = here.waiting(&id)?;
        here.collection_view(&stored, stored.phase)
    }

    /// Records what the collector did.
    ///
    /// # Errors
    /// [`ErrorCode::NotNow`] with the reason, [`ErrorCode::InvalidField`] for a time that cannot be.
    pub fn record(&self, id: String, act: CollectionAct) -> Answer<CollectionView> {
        let here = self.here()?;
        let mut stored = here.waiting(&id)?;
        take_down(&mut stored.content, act, &now())?;
        here.seen(&stored.content);
        let phase = here.save_collection(&stored)?;
        here.collection_view(&stored, phase)
    }

    /// Completes a requisition: freezes its message in the outbox. What was not taken and is still wanted stays behind as a
    /// requisition of its own.
    ///
    /// # Errors
    /// [`ErrorCode::NotReady`] while something is unsettled.
    pub fn complete(&self, id: String) -> Answer<HandedOn> {
        let here = self.here()?;
        let mut stored = here.waiting(&id)?;
        let rest = stored.content.split_remainder(Uuid::now_v7);
        if let Err(unready) = stored.content.ready_to_send() {
            let reason = unready.first().map_or("", unready_word);
            return Err(CommandError::new(ErrorCode::NotReady).with("reason", reason));
        }
        let queued = match &rest {
            Some(rest) => {
                let item = here.freeze(&stored.content, OrderKind::New, None, None)?;
                let (left, who) = (NewRequisition::of(rest)?, here.who()?);
                let changes = here.store.finalise_leaving(&item, &left, &who, now().timestamp())?;
                here.tell(changes);
                here.line.wake();
                1
            }
            None => here.finalise(std::slice::from_ref(&stored.content), None)?,
        };
        Ok(HandedOn { requisitions: rest.into_iter().map(|rest| rest.id).collect(), queued })
    }
}

impl Workplace {
    pub(super) fn waiting(&self, id: &str) -> Answer<StoredRequisition<Requisition>> {
        let stored = self.store.requisition::<Requisition>(parse_id(id)?)?;
        match stored.phase {
            State::WaitingForCollection | State::PartlyCollected | State::Collected => Ok(stored),
            State::Finalised | State::Cancelled => {
                Err(CommandError::new(ErrorCode::NotNow).with("reason", "finalised"))
            }
        }
    }

    pub(super) fn save_collection(&self, stored: &StoredRequisition<Requisition>) -> Answer<State> {
        let phase = stored.content.state();
        let row = NewRequisition::of(&stored.content)?;
        let (_, changes) = self.store.save_requisition(&row, phase, stored.revision, now().timestamp())?;
        self.tell(changes);
        Ok(phase)
    }

    /// Gives every specimen that will be taken a number, and freezes its label. The numbers are saved with the requisition
    /// before a label of them exists.
    pub(super) fn number_and_freeze(&self, stored: &mut StoredRequisition<Requisition>) -> Answer<()> {
        let provider = stored.content.receiver.provider.clone();
        let given = stored.content.assign_numbers(|| self.next_number(&provider))?;
        if !given.is_empty() {
            self.save_collection(stored)?;
            stored.revision += 1;
        }
        let at = now();
        let known: Vec<StoredLabel<LabelContent>> = self.store.labels(stored.id)?;
        let mut labels: Vec<NewLabel<LabelContent>> = Vec::new();
        for specimen in &stored.content.specimens {
            let Some(label) = content(&stored.content, specimen, &at) else { continue };
            // One label for each container, also where containers share a number.
            if !known.iter().any(|kept| kept.specimen == specimen.id) {
                labels.push(NewLabel {
                    specimen: specimen.id.clone(),
                    specimen_number: label.number.clone(),
                    snapshot: label,
                });
            }
        }
        if !labels.is_empty() {
            let (_, changes) = self.store.freeze_labels(stored.id, &labels, at.timestamp())?;
            self.tell(changes);
        }
        Ok(())
    }

    pub(super) fn collection_view(
        &self,
        stored: &StoredRequisition<Requisition>,
        state: State,
    ) -> Answer<CollectionView> {
        let (at, one) = (now(), &stored.content);
        let id = parse_id(&one.id)?;
        let people = self.people()?;
        let collector = self.signed_in()?.map(|person| person.name).unwrap_or_default();
        let mut trial = one.clone();
        let rest = trial.split_remainder(Uuid::now_v7);
        Ok(CollectionView {
            patient: patient_view(&one.patient, at.date()),
            state,
            labels: self.label_views(one, id, &at)?,
            collectors: people.into_iter().map(|person| person.name).collect(),
            collector,
            not_ready: trial
                .ready_to_send()
                .err()
                .unwrap_or_default()
                .iter()
                .map(|one| unready_word(one).to_owned())
                .collect(),
            remainder: rest
                .map(|rest| rest.specimens.into_iter().filter_map(|s| s.retake_of.or(Some(s.id))).collect())
                .unwrap_or_default(),
            printing: self.printing()?,
            bench: self.bench_view(one, &at)?,
            held: self.held_by_another(stored)?,
            online: self.line.online(&one.receiver.provider),
            requisition: one.clone(),
        })
    }

    /// The labels there are, and previews of those there will be.
    fn label_views(&self, one: &Requisition, id: Uuid, at: &Zoned) -> Answer<Vec<LabelView>> {
        let printing = self.printing()?;
        let kept: Vec<StoredLabel<LabelContent>> = self.store.labels(id)?;
        let mut views = Vec::new();
        for specimen in &one.specimens {
            let label = kept.iter().find(|label| label.specimen == specimen.id);
            let snapshot = label.map(|label| label.snapshot.clone()).or_else(|| preview_content(one, specimen, at));
            let Some(snapshot) = snapshot else { continue };
            let layout = lay_out(&snapshot, &printing, one.receiver.symbology)?;
            let last = label.and_then(|label| label.prints.last());
            views.push(LabelView {
                specimen: specimen.id.clone(),
                number: specimen.number.clone().unwrap_or_default(),
                svg: requisition::labels::svg(&layout),
                asked: label.map_or(0, |label| u32::try_from(label.prints.len()).unwrap_or(u32::MAX)),
                spooled: last.and_then(|print| print.spooled_at).map(|at| at.to_string()),
                confirmed: last.and_then(|print| print.confirmed_at).map(|at| at.to_string()),
                problem: last.and_then(|print| print.failure.clone()),
            });
        }
        Ok(views)
    }
}

/// Records an act on a requisition that is not stored yet.
pub(super) fn take_down(one: &mut Requisition, act: CollectionAct, at: &Zoned) -> Answer<()> {
    let wall_clock = at.strftime("%Y-%m-%dT%H:%M").to_string();
    let done = match act {
        CollectionAct::Collected { specimens, by, at: when } => {
            let when = when.unwrap_or(wall_clock);
            specimens.iter().try_for_each(|specimen| {
                let known = one.specimens.iter().find(|known| known.id == *specimen);
                match known.map(|known| &known.status) {
                    // Back from the patient: it was taken then, and its container is here now.
                    Some(SpecimenStatus::AtHome) => one.returned(specimen, &when, &by, at),
                    _ => one.collect(specimen, &when, &by, at),
                }
            })
        }
        CollectionAct::Returned { specimen, by, at: when } => one.returned(&specimen, &when, &by, at),
        CollectionAct::Undo { specimen } => one.undo(&specimen),
        CollectionAct::NotTaken { specimen, reason } => one.not_taken(&specimen, &reason),
        CollectionAct::Spoiled { specimen, reason, retake } => one
            .spoiled(&specimen, &reason)
            .and_then(|()| if retake { one.retake(&specimen, Uuid::now_v7()).map(|_| ()) } else { Ok(()) }),
        CollectionAct::AtHome { specimen } => one.at_home(&specimen),
        CollectionAct::SendUnscanned { specimens, reason } => {
            specimens.iter().try_for_each(|specimen| one.send_unscanned(specimen, &reason))
        }
        CollectionAct::Answer { service, question, answer } => one.answer(&service, &question, answer),
        CollectionAct::NoteToLaboratory { text } => one.set_note_to_laboratory(&text),
    };
    done.map_err(|refused| CommandError::new(ErrorCode::NotNow).with("reason", refused.code()))
}

fn unready_word(unready: &NotReady) -> &'static str {
    match unready {
        NotReady::Waiting { .. } => "waiting",
        NotReady::AtHome { .. } => "at_home",
        NotReady::Unnumbered { .. } => "unnumbered",
        NotReady::Unscanned { .. } => "unscanned",
        NotReady::Question { .. } => "question",
        NotReady::NothingTaken => "nothing_taken",
    }
}
