//! The internal lab: what waits, what was taken, and what the scanner read.

use jiff::Zoned;
use requisition::composing::composition::ContainerRef;
use requisition::labels::LabelContent;
use requisition::numbers::{Identified, identify};
use requisition::order::Kind as OrderKind;
use requisition::paper::Assembly;
use requisition::requisition::{NotReady, Requisition, Scan, Specimen, SpecimenStatus, State};
use requisition::store::{NewLabel, NewRequisition, StoredLabel, StoredRequisition};
use uuid::Uuid;

use super::drafts::parse_id;
use super::labelling::{content, lay_out};
use super::patients::{identity, patient_view};
use super::{Answer, Controller, Workplace, now};
use crate::error::{CommandError, ErrorCode};
use crate::forms::CollectionAct;
use crate::views::{CollectionView, HandedOn, LabelView, ScanView, WorkItem};

impl Controller {
    /// The internal lab's list: the urgent first, then the oldest.
    ///
    /// # Errors
    /// When the store fails.
    pub fn worklist(&self) -> Answer<Vec<WorkItem>> {
        let here = self.here()?;
        let today = now().date();
        let mut items = Vec::new();
        for stored in here.store.worklist::<Requisition>()? {
            let labelled = !here.store.labels::<LabelContent>(stored.id)?.iter().all(|label| label.prints.is_empty());
            let one = stored.content;
            items.push(WorkItem {
                id: one.id.clone(),
                patient: patient_view(&one.patient, today),
                urgency: one.urgency,
                services: one.services.iter().map(|service| service.name.clone()).collect(),
                containers: one.specimens.iter().filter(|specimen| open(specimen)).map(container).collect(),
                note: one.note_to_collector.clone(),
                since: stored.created_at.to_string(),
                at_home: one.specimens.iter().any(|specimen| specimen.status == SpecimenStatus::AtHome),
                labelled_not_sent: labelled,
                state: stored.phase,
                provider_name: one.receiver.provider_name,
            });
        }
        Ok(items)
    }

    /// A requisition in the internal lab, with its labels.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`].
    pub fn collection(&self, id: String) -> Answer<CollectionView> {
        let here = self.here()?;
        let stored = here.waiting(&id)?;
        here.collection_view(&stored.content, stored.phase)
    }

    /// Records what the collector did.
    ///
    /// # Errors
    /// [`ErrorCode::NotNow`] with the reason, [`ErrorCode::InvalidField`] for a time that cannot be.
    pub fn record(&self, id: String, act: CollectionAct) -> Answer<CollectionView> {
        let here = self.here()?;
        let mut stored = here.waiting(&id)?;
        take_down(&mut stored.content, act, &now())?;
        let phase = here.save_collection(&stored)?;
        here.collection_view(&stored.content, phase)
    }

    /// Takes what the scanner read.
    ///
    /// # Errors
    /// When the store fails; a number that does not belong is an answer, not an error.
    pub fn scan(&self, text: String, open: Option<String>) -> Answer<ScanView> {
        let here = self.here()?;
        let number = match identify(&text) {
            Identified::Specimen { number } => number.digits(),
            Identified::Other { text } if Assembly::is_part(&text) => return here.scan_paper(&text),
            Identified::Other { text } => text,
            Identified::WrongCheckDigits { .. } => return Ok(ScanView::Unknown { code: "check_digits".into() }),
            Identified::ElevenDigits { .. } | Identified::Empty => {
                return Ok(ScanView::Unknown { code: "not_a_number".into() });
            }
        };
        let Some(row) = here.store.specimen_by_number(&number)? else {
            return Ok(ScanView::Unknown { code: "not_here".into() });
        };
        let found = here.store.requisition::<Requisition>(row.requisition_id)?;
        let here_open = open.as_deref() == Some(found.content.id.as_str());
        if found.phase == State::Finalised || found.phase == State::Cancelled || (open.is_some() && !here_open) {
            return here.wrong_tube(&found, open.as_deref());
        }
        if !here_open {
            return Ok(ScanView::Opens { requisition: found.content.id, specimen: row.id });
        }
        here.confirm(found, &number)
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
        let given = stored.content.assign_numbers(|| self.next_number())?;
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

    pub(super) fn collection_view(&self, one: &Requisition, state: State) -> Answer<CollectionView> {
        let at = now();
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
            let preview = || {
                let mut unnumbered = specimen.clone();
                unnumbered.number = unnumbered.number.or(Some("000000000000".into()));
                content(one, &unnumbered, at)
            };
            let Some(snapshot) = label.map(|label| label.snapshot.clone()).or_else(preview) else { continue };
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

    fn confirm(&self, mut found: StoredRequisition<Requisition>, number: &str) -> Answer<ScanView> {
        let at = now();
        let specimen = match found.content.confirm_scan(number, &at) {
            Scan::Confirmed { specimen } => specimen,
            Scan::Already { specimen } => return Ok(ScanView::Already { specimen }),
            Scan::CameBack { specimen } => return Ok(ScanView::CameBack { specimen }),
            Scan::GivenUp { specimen } => return Ok(ScanView::GivenUp { specimen }),
            Scan::Unknown => return Ok(ScanView::Unknown { code: "not_here".into() }),
        };
        self.save_collection(&found)?;
        let labels: Vec<StoredLabel<LabelContent>> = self.store.labels(found.id)?;
        let print = labels.iter().find(|label| label.specimen == specimen).and_then(|label| label.prints.last());
        if let Some(print) = print.filter(|print| print.spooled_at.is_some()) {
            let changes = self.store.confirm_print(print.id, &self.who()?, at.timestamp())?;
            self.tell(changes);
        }
        Ok(ScanView::Confirmed { specimen })
    }

    fn wrong_tube(&self, found: &StoredRequisition<Requisition>, open: Option<&str>) -> Answer<ScanView> {
        let other_patient = match open {
            Some(open) if open != found.content.id => {
                let mine = self.store.requisition::<Requisition>(parse_id(open)?)?.content;
                identity(&mine.patient) != identity(&found.content.patient)
            }
            _ => false,
        };
        Ok(ScanView::Wrong {
            requisition: found.content.id.clone(),
            other_patient,
            sent: found.phase == State::Finalised,
        })
    }
}

fn take_down(one: &mut Requisition, act: CollectionAct, at: &Zoned) -> Answer<()> {
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
        NotReady::Question { .. } => "question",
        NotReady::NothingTaken => "nothing_taken",
    }
}

fn open(specimen: &Specimen) -> bool {
    match specimen.status {
        SpecimenStatus::Planned | SpecimenStatus::AtHome => true,
        SpecimenStatus::Collected { .. } | SpecimenStatus::NotTaken { .. } | SpecimenStatus::Spoiled { .. } => false,
    }
}

fn container(specimen: &Specimen) -> ContainerRef {
    ContainerRef {
        id: specimen.container.clone(),
        name: specimen.container_name.clone(),
        colour: specimen.colour.clone(),
        colour_name: specimen.colour_name.clone(),
        kind: specimen.kind,
    }
}
