//! Drafts: every edit is saved before the window hears of it, and everything that follows is worked out anew.

use jiff::Timestamp;
use requisition::catalogue::cache::News;
use requisition::composing::composition::{Missing, Subject};
use requisition::composing::draft::{Draft, Edit, Line};
use requisition::composing::news::news;
use requisition::composing::{self, Catalogues, Context};
use requisition::requisition::Requisition;
use requisition::store::{ShownRule, StoredDraft};
use uuid::Uuid;

use super::patients::patient_view;
use super::{Answer, Controller, Workplace, now};
use crate::error::{CommandError, ErrorCode};
use crate::forms::{HandOn, PatientForm};
use crate::views::{DraftRow, DraftView, HandedOn};

/// Times that an edit is made anew because another one came between. Only a handful can be under way at once.
const MOST_TRIES: usize = 32;
/// Names shown for a draft in the list.
const NAMED: usize = 4;

impl Controller {
    /// All drafts, newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub fn drafts(&self) -> Answer<Vec<DraftRow>> {
        let here = self.here()?;
        let today = now().date();
        let in_use = here.shelf.in_use();
        let updates = here.shelf.news()?;
        let rows = here.store.drafts::<Draft>()?.into_iter().map(|stored| DraftRow {
            gone: gone(&stored.content, &in_use.catalogues),
            changed: changed(&stored.content, &in_use.catalogues, &updates),
            id: stored.id.to_string(),
            patient: patient_view(&stored.content.patient, today),
            services: stored.content.lines.iter().take(NAMED).map(|line| line.name.clone()).collect(),
            count: u32::try_from(stored.content.lines.len()).unwrap_or(u32::MAX),
            urgency: stored.content.urgency,
            updated: stored.updated_at.to_string(),
        });
        Ok(rows.collect())
    }

    /// Begins a draft.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidField`] for a patient that cannot be identified.
    pub fn start_draft(&self, form: PatientForm) -> Answer<DraftView> {
        let here = self.here()?;
        let patient = here.patient_of(&form)?;
        here.remember(&patient)?;
        let draft = here.new_draft(patient)?;
        here.draft_view(draft)
    }

    /// A draft with all that follows from it.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`].
    pub fn draft(&self, id: String) -> Answer<DraftView> {
        let here = self.here()?;
        let stored = here.stored_draft(&id)?;
        here.draft_view(stored.content)
    }

    /// Edits a draft.
    ///
    /// # Errors
    /// [`ErrorCode::EditRefused`] with its reason; [`ErrorCode::DiskFull`] and the like when it could not be saved.
    pub fn edit_draft(&self, id: String, edit: Edit) -> Answer<DraftView> {
        let here = self.here()?;
        let at = now().timestamp();
        if let Edit::Requester { requester } = &edit
            && !here.people()?.iter().any(|person| person.orders && person.id == *requester)
        {
            return Err(CommandError::new(ErrorCode::NotFound));
        }
        let offers = match &edit {
            Edit::AddOfficePanel { .. } => here.offers()?,
            _ => Vec::new(),
        };
        let catalogues = &here.shelf.in_use().catalogues;
        for _ in 0..MOST_TRIES {
            let StoredDraft { id, revision, content: mut draft, .. } = here.stored_draft(&id)?;
            let picked = composing::apply_with(&mut draft, edit.clone(), catalogues, &offers, at)?;
            match here.store.save_draft(id, revision, &draft, at) {
                Ok((_, changes)) => {
                    here.tell(changes);
                    return Ok(DraftView { picked, ..here.draft_view(draft)? });
                }
                // Something else was said of the draft meanwhile, as when a file is attached while somebody types. Both count.
                Err(requisition::store::Error::Stale { .. }) => {}
                Err(failed) => return Err(failed.into()),
            }
        }
        Err(CommandError::from(requisition::store::Error::Stale { what: "draft" }))
    }

    /// Throws a draft away.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`].
    pub fn discard_draft(&self, id: String) -> Answer<()> {
        let here = self.here()?;
        let changes = here.store.discard_draft(parse_id(&id)?)?;
        here.tell(changes);
        // Its attachments go with it; what was put within the hour may belong to a draft that is just being saved.
        here.store.sweep_attachments(now().timestamp() - jiff::SignedDuration::from_hours(1))?;
        Ok(())
    }

    /// Hands a draft on: to the internal lab, or straight to the outbox.
    ///
    /// # Errors
    /// [`ErrorCode::NotReady`] while something is missing.
    pub fn hand_on(&self, id: String, way: HandOn) -> Answer<HandedOn> {
        let here = self.here()?;
        let stored = here.stored_draft(&id)?;
        let draft = stored.content;
        let composition = here.compose(&draft)?;
        if let Some(missing) = composition.missing.first() {
            return Err(CommandError::new(ErrorCode::NotReady).with("reason", missing_word(missing)));
        }
        let made = here.requisitions_of(&draft)?;
        let ids = made.iter().map(|requisition| requisition.id.clone()).collect();
        let queued = match way {
            HandOn::InternalLab | HandOn::CollectNow => {
                here.place(&made, stored.id)?;
                0
            }
            HandOn::Send => here.finalise(&made, Some(stored.id))?,
        };
        here.remember(&draft.patient)?;
        Ok(HandedOn { requisitions: ids, queued })
    }
}

impl Workplace {
    /// Makes and saves a draft for a patient, ordered by whoever is signed in, or else the only one who may order.
    pub(super) fn new_draft(&self, patient: requisition::composing::draft::Patient) -> Answer<Draft> {
        let at = now().timestamp();
        let people = self.people()?;
        let signed_in = self.signed_in()?.filter(|person| person.orders);
        let requester = signed_in.or_else(|| people.into_iter().find(|person| person.orders)).map(|person| person.id);
        let id = Uuid::now_v7();
        let draft = Draft::new(id.to_string(), patient, requester, at);
        self.save_new(id, &draft, at)?;
        Ok(draft)
    }

    /// Saves a draft for the first time.
    pub(super) fn save_new(&self, id: Uuid, draft: &Draft, at: Timestamp) -> Answer<()> {
        let (_, changes) = self.store.save_draft(id, 0, draft, at)?;
        self.tell(changes);
        Ok(())
    }

    pub(super) fn stored_draft(&self, id: &str) -> Answer<StoredDraft<Draft>> {
        Ok(self.store.draft(parse_id(id)?)?)
    }

    pub(super) fn compose(&self, draft: &Draft) -> Answer<composing::composition::Composition> {
        let at = now();
        let history = self.history(&draft.patient)?;
        let context = Context { today: at.date(), now: &at, history: &history };
        // Nobody who may order yet: that is missing anyway, and the rest can be told already.
        let requester = self.requester_of(draft).ok();
        let catalogues = &self.shelf.in_use().catalogues;
        Ok(requisition::requisition::preflight(draft, catalogues, requester.as_ref(), &context))
    }

    pub(super) fn draft_view(&self, draft: Draft) -> Answer<DraftView> {
        let composition = self.compose(&draft)?;
        self.store.note_rules(parse_id(&draft.id)?, &shown_rules(&composition), now().timestamp())?;
        let requester = self.people()?.into_iter().find(|person| Some(&person.id) == draft.requester.as_ref());
        Ok(DraftView {
            patient: patient_view(&draft.patient, now().date()),
            requester,
            office: self.office()?.map(|office| office.name).unwrap_or_default(),
            composition,
            news: {
                let updates = self.shelf.news()?;
                news(&draft, &self.shelf.in_use().catalogues, updates.iter().map(|update| &update.diff))
            },
            draft,
            picked: None,
        })
    }

    /// The requisitions that a settled draft becomes.
    pub(super) fn requisitions_of(&self, draft: &Draft) -> Answer<Vec<Requisition>> {
        let requester = self.requester_of(draft)?;
        let at = now();
        let history = self.history(&draft.patient)?;
        let context = Context { today: at.date(), now: &at, history: &history };
        let in_use = self.shelf.in_use();
        requisition::requisition::from_draft(draft, &in_use.catalogues, &requester, &context, Uuid::now_v7)
            .map_err(|error| CommandError::internal(&error))
    }

    fn requester_of(&self, draft: &Draft) -> Answer<requisition::requisition::Requester> {
        self.requester(draft.requester.as_deref().unwrap_or_default())
    }

    /// Office and clinician as they are now.
    pub(super) fn requester(&self, id: &str) -> Answer<requisition::requisition::Requester> {
        let office = self.office()?.ok_or_else(|| CommandError::new(ErrorCode::NotReady).with("reason", "office"))?;
        let person = self
            .people()?
            .into_iter()
            .find(|person| person.orders && person.id == id)
            .ok_or_else(|| CommandError::new(ErrorCode::NotReady).with("reason", "requester"))?;
        Ok(requisition::requisition::Requester {
            id: person.id,
            name: person.name,
            hpr: Some(person.hpr).filter(|hpr| !hpr.is_empty()),
            her: person.her,
            profession: Some("LE".to_owned()),
            phone: person.phone,
            office: office.name,
            office_her: office.her,
            office_number: office.organisation_number,
            label_code: office.label_code,
        })
    }
}

/// The rules that speak in a draft now, as they are counted.
fn shown_rules(composition: &composing::composition::Composition) -> Vec<ShownRule> {
    let line = |subject: &Subject| match subject {
        Subject::Line { line } => Some(*line),
        Subject::Patient | Subject::Requester | Subject::ClinicalText | Subject::Draft => None,
    };
    let mut shown: Vec<ShownRule> = composition
        .findings
        .iter()
        .map(|finding| ShownRule {
            provider: finding.provider.clone().unwrap_or_default(),
            rule: finding.rule.clone(),
            line: line(&finding.subject),
            overridden: finding.overridden.clone(),
        })
        .collect();
    shown.sort();
    shown.dedup_by(|a, b| (&a.provider, &a.rule, a.line) == (&b.provider, &b.rule, b.line));
    shown
}

/// Names of what can no longer be ordered.
fn gone(draft: &Draft, catalogues: &Catalogues) -> Vec<String> {
    let gone = draft.lines.iter().filter(|line| catalogues.orderable(&line.provider, &line.service).is_none());
    gone.map(|line| line.name.clone()).collect()
}

/// Names of what a new catalogue has changed and that can still be ordered, each once.
fn changed(draft: &Draft, catalogues: &Catalogues, updates: &[News]) -> Vec<String> {
    let news = news(draft, catalogues, updates.iter().map(|update| &update.diff));
    let orderable = |line: &&Line| catalogues.orderable(&line.provider, &line.service).is_some();
    let told = |line: &&Line| news.iter().any(|one| one.line == line.id);
    draft.lines.iter().filter(orderable).filter(told).map(|line| line.name.clone()).collect()
}

/// The word for what is missing first.
fn missing_word(missing: &Missing) -> &'static str {
    match missing {
        Missing::Question { .. } => "question",
        Missing::Warning { .. } => "warning",
        Missing::Stop { .. } => "stop",
        Missing::Services => "services",
        Missing::Requester => "requester",
    }
}

/// An id from the window.
pub fn parse_id(id: &str) -> Answer<Uuid> {
    Uuid::parse_str(id).map_err(|_| CommandError::new(ErrorCode::NotFound))
}
