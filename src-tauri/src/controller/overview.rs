//! The overview: lights, timeline and what needs somebody, all of it derived by the store from the facts.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan as _;
use requisition::outbox::{self, Act, Kind, Reason, State as Sent};
use requisition::receipt::AppRecErrorCode;
use requisition::requisition::follow_up::{self, Additions, Barred, Progress};
use requisition::requisition::{Requisition, State};
use requisition::store::{
    Changes, EventKind, Filter, Light, Moment, NeedsYou, OutboxRow, OverviewRow as Row, Page, Problem, Status,
    TimelineRow, Watch,
};
use uuid::Uuid;

use super::drafts::parse_id;
use super::patients::{patient_view, word};
use super::{Answer, Controller, Workplace, now};
use crate::error::{CommandError, ErrorCode};
use crate::forms::OverviewForm;
use crate::views::{DetailView, FactView, LightView, NeedReason, NeedView, OverviewRow, OverviewView};

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
        let any = Filter { statuses: Vec::new(), missing: None, ..filter };
        let counted = here.store.status_counts(&any)?;
        let all = counted.iter().map(|(_, count)| count).sum();
        let mut counts = vec![("all".to_owned(), all)];
        counts.extend(counted.into_iter().map(|(status, count)| (word(status), count)));
        counts.extend(here.store.watch_counts()?.into_iter().map(|(watch, count)| (watch.word().to_owned(), count)));
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
    /// [`ErrorCode::NotFound`] where the item is no longer there, [`ErrorCode::NotNow`] where the act does not fit it.
    pub fn settle(&self, key: &str, act: &str) -> Answer<()> {
        let here = self.here()?;
        let act = match act {
            "phone" => Act::Phone,
            "acknowledge" => Act::Acknowledge,
            _ => return Err(CommandError::new(ErrorCode::NotNow).with("reason", "state")),
        };
        let (who, at) = (here.who()?, now().timestamp());
        let needing = here.needing()?;
        let whole = needing.iter().find(|needing| needing.key() == key);
        let of_group = || needing.iter().flat_map(|needing| &needing.all).find(|need| key_of(need) == key);
        let settled = match whole {
            Some(needing) => needing.all.clone(),
            // One of those that the list shows together, from its own page.
            None => vec![of_group().cloned().ok_or_else(|| CommandError::new(ErrorCode::NotFound))?],
        };
        let mut changes = Changes::NONE;
        for need in &settled {
            changes = changes.and(match (&need.problem, need.message_id) {
                (Problem::Event { id: event, .. }, _) => here.store.resolve_event(*event, act.word(), &who, at)?,
                (Problem::Missing(watch), _) => here.store.settle_watch(need.requisition_id, *watch, act, &who, at)?,
                (Problem::WaitingTooLong(_), _) => {
                    here.store.settle_watch(need.requisition_id, Watch::WaitingTooLong, act, &who, at)?
                }
                (Problem::Rejected | Problem::AcceptedWithErrors | Problem::Attention(_), Some(message)) => {
                    here.store.resolve(message, act, &who, at)?
                }
                (
                    Problem::Rejected | Problem::AcceptedWithErrors | Problem::Attention(_) | Problem::LabelledNotSent,
                    _,
                ) => return Err(CommandError::new(ErrorCode::NotNow).with("reason", "state")),
            });
        }
        here.tell(changes);
        Ok(())
    }
}

/// One item of the list: what needs somebody, and with it all that waits for the same line.
pub(super) struct Needing {
    /// The oldest.
    first: NeedsYou,
    /// All of them, the first included.
    all: Vec<NeedsYou>,
}

impl Needing {
    /// Names the item for as long as it is there.
    fn key(&self) -> String {
        if self.all.len() > 1 { format!("line {}", self.first.provider) } else { key_of(&self.first) }
    }
}

fn key_of(need: &NeedsYou) -> String {
    match (&need.problem, need.message_id) {
        (Problem::WaitingTooLong(_), Some(message)) => format!("waiting {message}"),
        (Problem::Event { id, .. }, _) => format!("event {id}"),
        (Problem::Missing(watch), _) => format!("{} {}", watch.word(), need.requisition_id),
        (Problem::LabelledNotSent, _) => format!("labelled {}", need.requisition_id),
        (_, Some(message)) => format!("message {message}"),
        (_, None) => format!("requisition {}", need.requisition_id),
    }
}

/// So many that wait for one line are listed each; more are one item, or a line that is down for days would hide all else.
const LISTED_EACH: usize = 3;

impl Workplace {
    /// What needs somebody, the oldest first; what waits for the same line together.
    pub(super) fn needing(&self) -> Answer<Vec<Needing>> {
        let mut needing: Vec<Needing> = Vec::new();
        let mut waiting: BTreeMap<String, Vec<NeedsYou>> = BTreeMap::new();
        for need in self.store.needs_you(now().timestamp())? {
            match need.problem {
                Problem::WaitingTooLong(_) => waiting.entry(need.provider.clone()).or_default().push(need),
                _ => needing.push(Needing { all: vec![need.clone()], first: need }),
            }
        }
        for (_, all) in waiting {
            if all.len() > LISTED_EACH {
                needing.extend(all.first().cloned().map(|first| Needing { first, all }));
            } else {
                needing.extend(all.into_iter().map(|need| Needing { all: vec![need.clone()], first: need }));
            }
        }
        needing.sort_by_key(|needing| needing.first.at);
        Ok(needing)
    }

    fn needs(&self) -> Answer<Vec<NeedView>> {
        self.needing()?.iter().map(|needing| self.need_view(needing)).collect()
    }

    pub(super) fn detail(&self, id: Uuid) -> Answer<DetailView> {
        let row = self.store.overview_of(id)?;
        let stored = self.store.requisition::<Requisition>(id)?;
        let entries = self.store.entries(id)?;
        let mine = self.store.needs_you(now().timestamp())?.into_iter().find(|need| need.requisition_id == id);
        let need = mine.map(|first| Needing { all: vec![first.clone()], first });
        let mut timeline: Vec<FactView> = self.store.timeline(id)?.into_iter().map(fact).collect();
        timeline.sort_by(|a, b| b.at.cmp(&a.at));
        let offered = self.follow_ups(&stored.content, stored.phase, id)?;
        Ok(DetailView {
            row: self.row_view(&row)?,
            acts: acts(stored.phase, &entries, need.as_ref().map(|need| &need.first), &offered),
            barred: offered.barred,
            addable: offered.additions.offered,
            not_addable: offered.additions.refused,
            requisition: stored.content,
            timeline,
            need: need.as_ref().map(|need| self.need_view(need)).transpose()?,
            message_id: entries.last().map(|entry| entry.entry.message_id.to_string()),
        })
    }

    /// What the receiver takes now of change, addition and cancellation; and why not, of the rest.
    fn follow_ups(&self, one: &Requisition, phase: State, id: Uuid) -> Answer<Offered> {
        let mut offered = Offered::default();
        if phase != State::Finalised {
            return Ok(offered);
        }
        let progress = self.progress(id)?;
        let mut judge = |act: &str, judged: Result<(), Barred>| match judged {
            Ok(()) => offered.acts.push(act.to_owned()),
            Err(why) => offered.barred.push((act.to_owned(), why)),
        };
        judge("change", follow_up::may_change(one, self.change_until(one), progress));
        let added = match self.shelf.catalogue(&one.receiver.provider) {
            Some(catalogue) => follow_up::may_add(one, &catalogue, progress, now().timestamp()),
            None => Err(Barred::NothingFits),
        };
        let (added, additions) = match added {
            Ok(additions) => (Ok(()), additions),
            Err(why) => (Err(why), Additions::default()),
        };
        judge("add_on", added);
        let entries = self.store.entries(id)?;
        judge("cancel", may_cancel(one, &entries, progress));
        offered.additions = additions;
        Ok(offered)
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

    fn need_view(&self, needing: &Needing) -> Answer<NeedView> {
        let need = &needing.first;
        let content = self.store.requisition::<Requisition>(need.requisition_id)?.content;
        let kind = need.message_id.map(|id| self.store.entry(id)).transpose()?.map(|row| row.entry.kind);
        // The paper form is not among the acts until there is one.
        let together = needing.all.len() > 1;
        let fits = |act: &Act| *act != Act::Paper && !(together && *act == Act::Resend);
        let mut acts = need.acts.iter().filter(|act| fits(act)).map(|act| word(*act));
        let act = acts.next().unwrap_or_else(|| match need.problem {
            Problem::LabelledNotSent => "complete".to_owned(),
            _ => "acknowledge".to_owned(),
        });
        Ok(NeedView {
            key: needing.key(),
            id: need.requisition_id.to_string(),
            patient: patient_view(&content.patient, now().date()),
            services: content.services.into_iter().map(|service| service.name).collect(),
            count: u32::try_from(needing.all.len()).unwrap_or(u32::MAX),
            reason: reason(&need.problem),
            kind,
            words: need.words.clone(),
            fault: need.code.as_deref().and_then(AppRecErrorCode::from_code),
            waiting: match need.problem {
                Problem::WaitingTooLong(waiting) => Some(waiting),
                _ => None,
            },
            code: need.code.clone(),
            receiver: format!("{}, {}", content.receiver.provider_name, content.receiver.discipline_name.nb),
            phone: content.receiver.phone,
            at: need.at.to_string(),
            act,
            others: acts.collect(),
        })
    }
}

fn reason(problem: &Problem) -> NeedReason {
    match problem {
        Problem::Rejected => NeedReason::Rejected,
        Problem::AcceptedWithErrors => NeedReason::Faults,
        Problem::Attention(reason) => match reason {
            Reason::Malformed => NeedReason::Malformed,
            Reason::UnknownReceiver => NeedReason::UnknownReceiver,
            Reason::TooLarge => NeedReason::TooLarge,
            Reason::Conflict => NeedReason::Conflict,
            Reason::NoReceipt => NeedReason::NoReceipt,
            Reason::Contradiction => NeedReason::Contradiction,
            Reason::Damaged => NeedReason::Damaged,
        },
        Problem::WaitingTooLong(_) => NeedReason::WaitingTooLong,
        Problem::LabelledNotSent => NeedReason::LabelledNotSent,
        Problem::Missing(Watch::NotArrived) => NeedReason::NotArrived,
        Problem::Missing(Watch::LateAnswer) => NeedReason::LateAnswer,
        Problem::Missing(Watch::WaitingTooLong) => NeedReason::WaitingTooLong,
        Problem::Event { kind, .. } => match kind {
            EventKind::CancelledByProvider => NeedReason::CancelledByProvider,
            EventKind::Expired => NeedReason::Expired,
            // Only what went wrong comes on the list.
            EventKind::SpecimenRejected
            | EventKind::SpecimenReceived
            | EventKind::PartlyAnswered
            | EventKind::Answered => NeedReason::SpecimenRejected,
        },
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
        missing: [Watch::NotArrived, Watch::LateAnswer].into_iter().find(|watch| watch.word() == form.state),
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
        Light::Pending => "pending",
        Light::Cancelled => "cancelled",
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

/// What may be done with what was sent.
#[derive(Default)]
struct Offered {
    acts: Vec<String>,
    barred: Vec<(String, Barred)>,
    additions: Additions,
}

/// What may be done now, the right one first.
fn acts(phase: State, entries: &[OutboxRow], need: Option<&NeedsYou>, offered: &Offered) -> Vec<String> {
    let mut acts: Vec<String> = Vec::new();
    match phase {
        State::WaitingForCollection | State::PartlyCollected | State::Collected => {
            acts.extend(["complete".to_owned(), "cancel".to_owned(), "message".to_owned()]);
        }
        State::Cancelled => {}
        State::Finalised => {
            if let Some(need) = need {
                // The form is among the acts of every requisition below.
                acts.extend(need.acts.iter().filter(|act| **act != Act::Paper).map(|act| word(*act)));
            }
            if let Some(newest) = entries.last() {
                if outbox::withdraw(&newest.entry).is_ok() {
                    acts.push("withdraw".into());
                }
                acts.extend(offered.acts.iter().cloned());
                acts.push("message".into());
                acts.push("hand_back".into());
            }
        }
    }
    if phase != State::Cancelled {
        acts.push("form".into());
        acts.push("print_form".into());
    }
    acts.push("copy".into());
    let mut seen = BTreeSet::new();
    acts.retain(|act| seen.insert(act.clone()));
    acts
}

/// Whether the receiver takes a cancellation: it has the requisition, and the laboratory has not begun.
fn may_cancel(one: &Requisition, entries: &[OutboxRow], progress: Progress) -> Result<(), Barred> {
    if !one.receiver.cancel {
        return Err(Barred::NotTaken);
    }
    if progress.ended || entries.iter().any(|row| row.entry.kind == Kind::Cancel && row.entry.state != Sent::Withdrawn)
    {
        return Err(Barred::Ended);
    }
    if progress.received || progress.answered {
        return Err(Barred::Received);
    }
    let reached =
        |row: &OutboxRow| matches!(row.entry.state, Sent::Delivered | Sent::Accepted | Sent::AcceptedWithErrors);
    if entries.last().is_some_and(reached) { Ok(()) } else { Err(Barred::NotSettled) }
}
