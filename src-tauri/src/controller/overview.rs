//! The overview: lights, timeline and what needs somebody, all of it derived by the store from the facts.

use jiff::ToSpan as _;
use requisition::outbox::{self, Act, Kind, State as Sent};
use requisition::requisition::{Requisition, State};
use requisition::store::{Filter, Light, Moment, NeedsYou, OverviewRow as Row, Page, Problem, Status, TimelineRow};
use uuid::Uuid;

use super::drafts::parse_id;
use super::patients::{patient_view, word};
use super::{Answer, Controller, Workplace, now};
use crate::error::{CommandError, ErrorCode};
use crate::forms::OverviewForm;
use crate::views::{DetailView, FactView, LightView, NeedView, OverviewRow, OverviewView};

/// Most rows at a time.
const MOST_ROWS: u32 = 200;

impl Controller {
    /// The overview.
    ///
    /// # Errors
    /// When the store fails.
    pub fn overview(&self, form: OverviewForm) -> Answer<OverviewView> {
        let here = self.here()?;
        let filter = filter(&form);
        let page = Page { offset: form.offset, limit: form.limit.min(MOST_ROWS) };
        let (rows, total) = here.store.overview(&filter, page)?;
        let any = Filter { statuses: Vec::new(), ..filter };
        let counted = here.store.status_counts(&any)?;
        let all = counted.iter().map(|(_, count)| count).sum();
        let mut counts = vec![("all".to_owned(), all)];
        counts.extend(counted.into_iter().map(|(status, count)| (word(status), count)));
        Ok(OverviewView {
            needs: here.needs()?,
            rows: rows.iter().map(|row| here.row_view(row)).collect::<Answer<_>>()?,
            total,
            counts,
        })
    }

    /// One requisition with its timeline.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`].
    pub fn detail(&self, id: String) -> Answer<DetailView> {
        self.here()?.detail(parse_id(&id)?)
    }

    /// The frozen message as text.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] while nothing is frozen.
    pub fn message(&self, id: String) -> Answer<String> {
        let here = self.here()?;
        let newest = here.store.entries(parse_id(&id)?)?.pop().ok_or_else(|| CommandError::new(ErrorCode::NotFound))?;
        let bytes = here.store.message_bytes(newest.entry.message_id)?;
        String::from_utf8(bytes).map_err(|error| CommandError::internal(&error))
    }

    /// Settles an item that needs somebody; kept with who and when.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] where nothing needs anybody.
    pub fn settle(&self, id: String, reason: String) -> Answer<DetailView> {
        let here = self.here()?;
        let id = parse_id(&id)?;
        let (who, at) = (here.who()?, now().timestamp());
        let needs = here.store.needs_you(at)?;
        let need = needs
            .iter()
            .find(|need| need.requisition_id == id)
            .ok_or_else(|| CommandError::new(ErrorCode::NotFound))?;
        let changes = match (&need.problem, need.message_id) {
            (Problem::Event { id: event, .. }, _) => here.store.resolve_event(*event, &reason, &who, at)?,
            (_, Some(message)) => {
                let act = if reason == "phone" { Act::Phone } else { Act::Acknowledge };
                here.store.resolve(message, act, &who, at)?
            }
            (_, None) => return Err(CommandError::new(ErrorCode::NotNow).with("reason", "state")),
        };
        here.tell(changes);
        here.detail(id)
    }
}

impl Workplace {
    /// What needs somebody, the newest first.
    pub(super) fn needs(&self) -> Answer<Vec<NeedView>> {
        let needs = self.store.needs_you(now().timestamp())?;
        needs.iter().map(|need| self.need_view(need)).collect()
    }

    pub(super) fn detail(&self, id: Uuid) -> Answer<DetailView> {
        let row = self.store.overview_of(id)?;
        let stored = self.store.requisition::<Requisition>(id)?;
        let entries = self.store.entries(id)?;
        let need = self.store.needs_you(now().timestamp())?.into_iter().find(|need| need.requisition_id == id);
        let mut timeline: Vec<FactView> = self.store.timeline(id)?.into_iter().map(fact).collect();
        timeline.sort_by(|a, b| b.at.cmp(&a.at));
        Ok(DetailView {
            row: self.row_view(&row)?,
            acts: acts(&stored.content, stored.phase, &entries, need.as_ref(), row.lights.received.light),
            requisition: stored.content,
            timeline,
            need: need.as_ref().map(|need| self.need_view(need)).transpose()?,
            message_id: entries.last().map(|entry| entry.entry.message_id.to_string()),
        })
    }

    fn row_view(&self, row: &Row) -> Answer<OverviewRow> {
        let content: Requisition =
            serde_json::from_str(&row.content).map_err(|error| CommandError::internal(&error))?;
        Ok(OverviewRow {
            id: row.id.to_string(),
            patient: patient_view(&content.patient, now().date()),
            services: content.services.iter().map(|service| service.name.clone()).collect(),
            provider_name: content.receiver.provider_name.clone(),
            department_name: content.receiver.discipline_name.clone(),
            urgency: row.urgency,
            state: row.phase,
            sent: light(row.lights.sent),
            accepted: light(row.lights.accepted),
            received: light(row.lights.received),
            answered: light(row.lights.answered),
        })
    }

    fn need_view(&self, need: &NeedsYou) -> Answer<NeedView> {
        let content = self.store.requisition::<Requisition>(need.requisition_id)?.content;
        let (reason, why) = match &need.problem {
            Problem::Rejected => ("rejected".to_owned(), None),
            Problem::AcceptedWithErrors => ("faults".to_owned(), None),
            Problem::Attention(reason) => (word(*reason), None),
            Problem::WaitingTooLong(waiting) => ("waiting_too_long".to_owned(), Some(word(*waiting))),
            Problem::LabelledNotSent => ("labelled_not_sent".to_owned(), None),
            Problem::Event { kind, .. } => (kind.word().replace('-', "_"), None),
        };
        let act = match (need.acts.first(), &need.problem) {
            (Some(act), _) => word(*act),
            (None, Problem::LabelledNotSent) => "complete".to_owned(),
            (None, Problem::WaitingTooLong(_)) => "phone".to_owned(),
            (None, _) => "acknowledge".to_owned(),
        };
        Ok(NeedView {
            id: need.requisition_id.to_string(),
            patient: patient_view(&content.patient, now().date()),
            services: content.services.into_iter().map(|service| service.name).collect(),
            reason,
            words: need.words.clone(),
            code: need.code.clone().or(why),
            receiver: format!("{}, {}", content.receiver.provider_name, content.receiver.discipline_name.nb),
            phone: content.receiver.phone,
            at: need.at.to_string(),
            act,
        })
    }
}

fn filter(form: &OverviewForm) -> Filter {
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let since = (form.days > 0).then(|| now().checked_sub(i64::from(form.days).days()).ok()).flatten();
    Filter {
        text: form.text.trim().to_owned(),
        statuses: Status::ALL.into_iter().filter(|status| word(*status) == form.state).collect(),
        provider: some(&form.provider),
        requester: some(&form.requester),
        since: since.map(|since| since.timestamp()),
        until: None,
    }
}

fn light(moment: Moment) -> LightView {
    let Moment { light, at } = moment;
    let state = match light {
        Light::None => "none",
        Light::NotApplicable => "not_applicable",
        Light::Waiting => "waiting",
        Light::Queued => "queued",
        Light::Yes => "yes",
        Light::Partly => "partly",
        Light::Faults => "faults",
        Light::No => "no",
        Light::Attention => "attention",
    };
    LightView { state: state.into(), at: at.map(|at| at.to_string()) }
}

fn fact(row: TimelineRow) -> FactView {
    FactView {
        fact: row.fact.replace('-', "_"),
        at: row.at.to_string(),
        who: row.who.filter(|who| !who.is_empty()),
        number: row.number,
        code: row.code,
        words: row.words,
    }
}

/// What may be done now, the right one first.
fn acts(
    content: &Requisition,
    phase: State,
    entries: &[requisition::store::OutboxRow],
    need: Option<&NeedsYou>,
    received: Light,
) -> Vec<String> {
    let mut acts: Vec<String> = Vec::new();
    match phase {
        State::WaitingForCollection | State::PartlyCollected | State::Collected => {
            acts.extend(["complete".to_owned(), "cancel".to_owned()]);
        }
        State::Cancelled => {}
        State::Finalised => {
            if let Some(need) = need {
                // The form is among the acts of every requisition below.
                acts.extend(need.acts.iter().filter(|act| **act != Act::Paper).map(|act| word(*act)));
            }
            if let Some(newest) = entries.last() {
                let cancelling = newest.entry.kind == Kind::Cancel;
                if outbox::withdraw(&newest.entry).is_ok() {
                    acts.push("withdraw".into());
                } else if content.receiver.cancel && !cancelling && reached(newest.entry.state) && untouched(received) {
                    acts.push("cancel".into());
                }
                acts.push("message".into());
            }
        }
    }
    if phase != State::Cancelled {
        acts.push("form".into());
    }
    acts.push("copy".into());
    acts.dedup();
    acts
}

/// The laboratory has not begun: no cancellation is taken once a specimen has come.
fn untouched(received: Light) -> bool {
    match received {
        Light::None | Light::NotApplicable | Light::Waiting | Light::Queued => true,
        Light::Yes | Light::Partly | Light::Faults | Light::No | Light::Attention => false,
    }
}

/// The receiver has it, so that taking it back takes a message.
fn reached(state: Sent) -> bool {
    match state {
        Sent::Delivered | Sent::Accepted | Sent::AcceptedWithErrors => true,
        Sent::Queued | Sent::Sending | Sent::Rejected | Sent::Withdrawn | Sent::NeedsAttention(_) => false,
    }
}
