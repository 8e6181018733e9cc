//! From a requisition to frozen bytes in the outbox, and the line that sends them.
//!
//! A message is rendered once, checked, and frozen in the same transaction as its requisition. Nothing here sends: the
//! core's dispatcher does, and is told that there is something to do.

use std::sync::Arc;

use requisition::catalogue::model::{ChangeUntil, Indexed};
use requisition::composing;
use requisition::composing::draft::{Edit, Urgency};
use requisition::ids::MessageId;
use requisition::message::{Envelope, render};
use requisition::order::{self, Kind as OrderKind, Order, Problem, Status};
use requisition::outbox::{Act, Kind, Priority, State as Sent};
use requisition::requisition::follow_up::{self, Barred, Change, Progress};
use requisition::requisition::{RequestedService, Requisition, State, to_order};
use requisition::store::{Finalise, Light, NewEntry, NewRequisition, Status as Stand};
use uuid::Uuid;

use super::drafts::parse_id;
use super::{Answer, Controller, Workplace, now};
use crate::error::{CommandError, ErrorCode};
use crate::forms::{ChangeForm, CorrectionForm};
use crate::views::{DetailView, DraftView};

impl Controller {
    /// Sends the same message again, with the same id.
    ///
    /// # Errors
    /// [`ErrorCode::NotNow`] where that cannot help.
    pub fn resend(&self, id: String) -> Answer<DetailView> {
        let here = self.here()?;
        let id = parse_id(&id)?;
        let message = here.in_need_of(id, Act::Resend)?;
        let changes = here.store.resend(message, &here.who()?, now().timestamp())?;
        here.tell(changes);
        here.line.wake();
        here.detail(id)
    }

    /// Puts a rejected requisition right and sends it as a new message, linked to the rejected one.
    ///
    /// # Errors
    /// [`ErrorCode::NotReady`] with the first problem; the rejected message stays as it is.
    pub fn fix_and_resend(&self, id: String, form: CorrectionForm) -> Answer<DetailView> {
        let here = self.here()?;
        let id = parse_id(&id)?;
        let rejected = here.in_need_of(id, Act::FixAndResend)?;
        let kind = here.store.entry(rejected)?.entry.kind;
        let mut fixed = here.store.requisition::<Requisition>(id)?.content;
        fixed.clinical_text = form.clinical_text;
        fixed.patient.family = form.family;
        fixed.patient.given = form.given;
        fixed.urgency = form.urgency;
        fixed.services.retain(|service| !form.without.contains(&service.key));
        for specimen in &mut fixed.specimens {
            specimen.services.retain(|service| !form.without.contains(service));
        }
        fixed.specimens.retain(|specimen| !specimen.services.is_empty());
        if fixed.requester.id != form.requester {
            fixed.requester = here.requester(&form.requester)?;
        }
        if kind != Kind::New {
            // A change that was rejected is made again as a change, of what the receiver has.
            let without = form.without.clone();
            let change = Change { clinical_text: fixed.clinical_text, urgency: fixed.urgency, without };
            return here.send_change(id, &change, Some(rejected));
        }
        let item = here.freeze(&fixed, OrderKind::New, None, Some(rejected))?;
        let changes = here.store.finalise(&[item], None, &here.who()?, now().timestamp())?;
        here.tell(changes);
        here.line.wake();
        here.detail(id)
    }

    /// Changes what was sent: clinical information, urgency, services taken out.
    ///
    /// # Errors
    /// [`ErrorCode::NotNow`] where the receiver takes no change now; [`ErrorCode::NotReady`] with the first problem.
    pub fn change(&self, id: String, form: ChangeForm) -> Answer<DetailView> {
        let here = self.here()?;
        let id = parse_id(&id)?;
        let stored = here.store.requisition::<Requisition>(id)?.content;
        let progress = here.progress(id)?;
        follow_up::may_change(&stored, here.change_until(&stored), progress).map_err(barred)?;
        let change = Change { clinical_text: form.clinical_text, urgency: form.urgency, without: form.without };
        if change.without.len() >= stored.services.len() {
            return Err(CommandError::new(ErrorCode::NotReady).with("reason", "services"));
        }
        here.send_change(id, &change, None)
    }

    /// Adds services to material that was sent.
    ///
    /// # Errors
    /// [`ErrorCode::NotNow`] where the receiver takes no addition now, or nothing of it fits what was taken.
    pub fn add_on(&self, id: String, services: Vec<String>) -> Answer<DetailView> {
        let here = self.here()?;
        let id = parse_id(&id)?;
        let before = here.store.requisition::<Requisition>(id)?.content;
        let catalogue = here.shelf.catalogue(&before.receiver.provider);
        let catalogue = catalogue.ok_or_else(|| barred(Barred::NothingFits))?;
        let at = now();
        let additions = follow_up::may_add(&before, &catalogue, here.progress(id)?, at.timestamp()).map_err(barred)?;
        let offers = additions.offered;
        if !follow_up::enough_for(&before, &catalogue, &offers, &services) {
            return Err(barred(Barred::TooLittle));
        }
        let after = follow_up::added(&before, &catalogue, &offers, &services);
        if after.services.len() == before.services.len() {
            return Err(barred(Barred::NothingFits));
        }
        let whole = here.with_contents(after.clone())?;
        let order = follow_up::addition_order(&before, &whole, here.status_of(&before), &at);
        let item = here.freeze_order(&before, &order.map_err(|problems| unfit(&problems))?, None)?;
        here.queue_amending(&item, &after)?;
        here.detail(id)
    }

    /// Takes back what was not sent, or asks the receiver to cancel what was.
    ///
    /// # Errors
    /// [`ErrorCode::NotNow`] where the receiver takes no cancellation.
    pub fn cancel(&self, id: String, reason: String) -> Answer<DetailView> {
        let here = self.here()?;
        let id = parse_id(&id)?;
        let (who, at) = (here.who()?, now().timestamp());
        let stored = here.store.requisition::<Requisition>(id)?;
        let changes = match stored.phase {
            State::WaitingForCollection | State::PartlyCollected | State::Collected => {
                here.store.take_back(id, &who, at)?
            }
            State::Cancelled => return Err(CommandError::new(ErrorCode::NotNow).with("reason", "state")),
            State::Finalised => {
                let newest = here.store.entry(here.newest(id)?)?;
                if requisition::outbox::withdraw(&newest.entry).is_ok() {
                    here.store.withdraw(newest.entry.message_id, &who, at)?
                } else if stored.content.receiver.cancel {
                    if reason.trim().is_empty() {
                        return Err(super::settings::refused("reason", "empty"));
                    }
                    let item = here.freeze(&stored.content, OrderKind::Cancel, Some(reason.trim()), None)?;
                    here.store.finalise(&[item], None, &who, at)?
                } else {
                    return Err(CommandError::new(ErrorCode::NotNow).with("reason", "no_cancel"));
                }
            }
        };
        here.tell(changes);
        here.line.wake();
        here.detail(id)
    }

    /// Opens a copy as a new draft.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`].
    pub fn copy_to_draft(&self, id: String) -> Answer<DraftView> {
        let here = self.here()?;
        let source = here.store.requisition::<Requisition>(parse_id(&id)?)?.content;
        let mut draft = here.new_draft(source.patient.clone())?;
        let at = now().timestamp();
        let in_use = here.shelf.in_use();
        let provider = &source.receiver.provider;
        for service in &source.services {
            let line = composing::carry_over(&mut draft, provider, &service.service, &service.name)?;
            for edit in safe_answers(service, line, in_use.by_id.get(provider)) {
                composing::apply(&mut draft, edit, &in_use.catalogues, at)?;
            }
        }
        let stored = here.stored_draft(&draft.id)?;
        let (_, changes) = here.store.save_draft(stored.id, stored.revision, &draft, at)?;
        here.tell(changes);
        here.draft_view(draft)
    }
}

/// Answers that the catalogue of today still marks as safe to copy.
fn safe_answers(service: &RequestedService, line: u32, catalogue: Option<&Arc<Indexed>>) -> Vec<Edit> {
    let safe = |id: &str| catalogue.and_then(|found| found.question(id)).is_some_and(|question| question.safe_to_copy);
    let given = service.answers.iter().filter(|given| given.answer.is_some() && safe(&given.question.id));
    given
        .map(|given| Edit::Answer { line, question: given.question.id.clone(), answer: given.answer.clone() })
        .collect()
}

impl Workplace {
    fn send_change(&self, id: Uuid, change: &Change, replaces: Option<Uuid>) -> Answer<DetailView> {
        let before = self.store.requisition::<Requisition>(id)?.content;
        let whole = self.with_contents(before.clone())?;
        let order = follow_up::change_order(&whole, change, self.status_of(&before), &now());
        let mut item = self.freeze_order(&before, &order.map_err(|problems| unfit(&problems))?, replaces)?;
        let after = follow_up::changed(&before, change);
        item.entry.priority = priority(after.urgency);
        self.queue_amending(&item, &after)?;
        self.detail(id)
    }

    fn queue_amending(&self, item: &Finalise, after: &Requisition) -> Answer<()> {
        let amended = NewRequisition::of(after)?;
        self.tell(self.store.finalise_amending(item, &amended, &self.who()?, now().timestamp())?);
        self.line.wake();
        Ok(())
    }

    /// Until when the receiver takes a change, by its catalogue of today.
    pub(super) fn change_until(&self, one: &Requisition) -> ChangeUntil {
        let found = self.shelf.catalogue(&one.receiver.provider);
        found.map_or(ChangeUntil::SpecimenReceived, |found| found.catalogue().provider.abilities.change_until)
    }

    /// How far the receiver has come with a requisition.
    pub(super) fn progress(&self, id: Uuid) -> Answer<Progress> {
        let row = self.store.overview_of(id)?;
        let entries = self.store.entries(id)?;
        let under_way = |state: Sent| match state {
            Sent::Queued | Sent::Sending | Sent::Delivered | Sent::NeedsAttention(_) => true,
            Sent::Accepted | Sent::AcceptedWithErrors | Sent::Rejected | Sent::Withdrawn => false,
        };
        let accepted = entries.iter().any(|row| {
            row.entry.kind == Kind::New && matches!(row.entry.state, Sent::Accepted | Sent::AcceptedWithErrors)
        });
        Ok(Progress {
            settled: accepted && !entries.iter().any(|row| under_way(row.entry.state)),
            ended: matches!(row.status, Stand::Cancelled | Stand::Ended),
            received: matches!(row.lights.received.light, Light::Yes | Light::Partly | Light::No),
            answered: matches!(row.lights.answered.light, Light::Yes | Light::Partly),
        })
    }

    /// Hands requisitions to the internal lab.
    pub(super) fn place(&self, made: &[Requisition], draft: Uuid) -> Answer<()> {
        let rows = made.iter().map(NewRequisition::of).collect::<Result<Vec<_>, _>>()?;
        let changes = self.store.place(&rows, Some(draft), &self.who()?, now().timestamp())?;
        self.tell(changes);
        Ok(())
    }

    /// Freezes new requisitions and puts them in the outbox. Returns how many.
    pub(super) fn finalise(&self, made: &[Requisition], draft: Option<Uuid>) -> Answer<u32> {
        let items = made.iter().map(|one| self.freeze(one, OrderKind::New, None, None)).collect::<Answer<Vec<_>>>()?;
        let changes = self.store.finalise(&items, draft, &self.who()?, now().timestamp())?;
        self.tell(changes);
        self.line.wake();
        Ok(u32::try_from(items.len()).unwrap_or(u32::MAX))
    }

    /// Renders a requisition's message once, and checks it.
    pub(super) fn freeze(
        &self,
        one: &Requisition,
        kind: OrderKind,
        reason: Option<&str>,
        replaces: Option<Uuid>,
    ) -> Answer<Finalise> {
        let at = now();
        let whole = self.with_contents(one.clone())?;
        let mut order = to_order(&whole, self.status_of(one), &at).map_err(|problems| unfit(&problems))?;
        if kind == OrderKind::Cancel {
            cancel_order(&mut order, reason);
        }
        self.freeze_order(one, &order, replaces)
    }

    /// A requisition with what its attachments hold.
    pub(super) fn with_contents(&self, one: Requisition) -> Answer<Requisition> {
        Ok(one.with_contents(|id| self.store.attachment(id))?)
    }

    /// Demonstration catalogues are not for care: their messages say so.
    pub(super) fn status_of(&self, one: &Requisition) -> Status {
        let demo = self.shelf.catalogue(&one.receiver.provider).is_some_and(|found| found.catalogue().provider.demo);
        if demo { Status::Test } else { Status::Production }
    }

    fn freeze_order(&self, one: &Requisition, order: &Order, replaces: Option<Uuid>) -> Answer<Finalise> {
        let (at, kind) = (now(), order.kind);
        let problems = order::check(order, &at);
        if !problems.is_empty() {
            return Err(unfit(&problems));
        }
        let id = Uuid::now_v7();
        let version = one.receiver.message_version;
        let envelope = Envelope { message_id: MessageId::from_uuid(id), generated: at };
        let bytes = render(order, &envelope, version).map_err(|error| CommandError::internal(&error))?;
        requisition::message::check(&bytes).map_err(|error| CommandError::internal(&error))?;
        Ok(Finalise {
            requisition: NewRequisition::of(one)?,
            entry: NewEntry {
                message_id: id,
                requisition_id: parse_id(&one.id)?,
                kind: match kind {
                    OrderKind::New => Kind::New,
                    OrderKind::Change => Kind::Change,
                    OrderKind::Addition => Kind::Addition,
                    OrderKind::Cancel => Kind::Cancel,
                },
                bytes,
                receiver_her: one.receiver.department_her.clone(),
                provider: one.receiver.provider.clone(),
                version,
                priority: priority(one.urgency),
                receipt_within_hours: one.receiver.receipt_within_hours,
                replaces,
            },
        })
    }

    /// The message of a requisition that wants this act: the one on the list, or the newest.
    fn in_need_of(&self, id: Uuid, act: Act) -> Answer<Uuid> {
        let needs = self.store.needs_you(now().timestamp())?;
        let wanted = needs.iter().find(|need| need.requisition_id == id && need.acts.contains(&act));
        match wanted.and_then(|need| need.message_id) {
            Some(message) => Ok(message),
            None => self.newest(id),
        }
    }

    fn newest(&self, id: Uuid) -> Answer<Uuid> {
        let newest = self.store.entries(id)?.pop().ok_or_else(|| CommandError::new(ErrorCode::NotFound))?;
        Ok(newest.entry.message_id)
    }
}

fn priority(urgency: Urgency) -> Priority {
    match urgency {
        Urgency::Routine => Priority::Routine,
        Urgency::Urgent | Urgency::Cito => Priority::Urgent,
    }
}

/// What the receiver does not take now, as the window words it.
fn barred(why: Barred) -> CommandError {
    CommandError::new(ErrorCode::NotNow).with("reason", super::patients::word(why))
}

/// An order that its own check refuses: which field, never what stands in it.
fn unfit(problems: &[Problem]) -> CommandError {
    let path = problems.first().map(|problem| problem.path.clone()).unwrap_or_default();
    tracing::warn!(%path, "a requisition does not pass the order's own check");
    CommandError::new(ErrorCode::NotReady).with("reason", "order").with("path", path)
}

/// A cancellation carries mandatory elements only, and the reason (HITS 1102; standard README, section 4).
fn cancel_order(order: &mut Order, reason: Option<&str>) {
    order.kind = OrderKind::Cancel;
    order.services.clear();
    order.specimens.clear();
    order.reasons.clear();
    order.diagnoses.clear();
    order.findings.clear();
    order.information_items.clear();
    order.attachments.clear();
    order.may_change_modality = None;
    order.urgency = None;
    order.comments = reason.map(|text| order::Comment { text: text.to_owned(), heading: None }).into_iter().collect();
}
