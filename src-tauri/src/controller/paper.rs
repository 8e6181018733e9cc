//! Paper from the window: the requisition form, the packing list, the courier's list and pages of the handbook, as PDF in a file that a person
//! chooses, and what a scanned code of a form leads to. Nothing is left in a temporary file.

use std::io::Write as _;

use jiff::Zoned;
use jiff::tz::TimeZone;
use requisition::composing::draft::Draft;
use requisition::order::{Kind as OrderKind, Order, Status};
use requisition::outbox::State as EntryState;
use requisition::paper::{self, Assembly, Packing, PaperError, ReadablePage, Sending};
use requisition::requisition::{Requisition, State, from_paper, to_order};
use requisition::store::{Filter, Page};

use super::drafts::parse_id;
use super::{Answer, Controller, FileQuestion, Workplace, now};
use crate::error::{CommandError, ErrorCode};
use crate::panels::DialogWords;
use crate::views::{Paper, PrintView, ScanView};

/// How paper files end.
const ENDINGS: &[&str] = &["pdf"];
/// Most requisitions of a day that a packing list looks at.
const MOST_OF_A_DAY: u32 = 2_000;

impl Controller {
    /// Writes the form of a requisition, before or after it is sent, to a file that the person chooses. Answers the file's
    /// name, or nothing where they chose none.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`]; [`ErrorCode::FileRefused`]; what keeps the requisition from being written as a message.
    pub async fn save_form(&self, id: String, words: DialogWords) -> Answer<Option<String>> {
        let form = self.here()?.form(&id)?;
        self.save_paper(form, words, "rekvisisjon.pdf").await
    }

    /// Prints the form of a requisition on the office's A4 printer.
    ///
    /// # Errors
    /// As [`Controller::save_form`]; [`ErrorCode::NoPrinter`] and the printer's faults.
    pub async fn print_form(&self, id: String) -> Answer<PrintView> {
        let here = self.here()?;
        let form = here.form(&id)?;
        let patient = here.store.requisition::<Requisition>(parse_id(&id)?)?.content.patient;
        let name = format!("{}, {}", patient.family, patient.given);
        self.print_paper(form, Paper::RequisitionForm, Some(name)).await
    }

    /// What leaves with the next courier: the containers of everything that was completed today.
    ///
    /// # Errors
    /// When the store fails.
    pub fn packing(&self) -> Answer<Packing> {
        self.here()?.packing()
    }

    /// Writes the packing list, or the courier's list without patients, to a file that the person chooses.
    ///
    /// # Errors
    /// [`ErrorCode::FileRefused`].
    pub async fn save_packing(&self, courier: bool, words: DialogWords) -> Answer<Option<String>> {
        let name = if courier { "budliste.pdf" } else { "pakkseddel.pdf" };
        self.save_paper(self.here()?.packing_pages(courier)?, words, name).await
    }

    /// Prints the packing list, or the courier's list, on the office's A4 printer.
    ///
    /// # Errors
    /// [`ErrorCode::NoPrinter`] and the printer's faults.
    pub async fn print_packing(&self, courier: bool) -> Answer<PrintView> {
        let pages = self.here()?.packing_pages(courier)?;
        let paper = if courier { Paper::CourierList } else { Paper::PackingList };
        self.print_paper(pages, paper, None).await
    }

    /// Prints a page of the handbook on the office's A4 printer.
    ///
    /// # Errors
    /// [`ErrorCode::NoPrinter`] and the printer's faults.
    pub async fn print_page(&self, page: ReadablePage) -> Answer<PrintView> {
        let sheet = self.here()?.readable_sheet(&page)?;
        self.print_paper(sheet, Paper::ReadablePage, None).await
    }

    /// Writes a page of the handbook, or a message, to a file that the person chooses.
    ///
    /// # Errors
    /// [`ErrorCode::FileRefused`].
    pub async fn save_page(&self, page: ReadablePage, words: DialogWords) -> Answer<Option<String>> {
        self.save_paper(self.here()?.readable_sheet(&page)?, words, "side.pdf").await
    }

    async fn save_paper(&self, bytes: Vec<u8>, words: DialogWords, name: &'static str) -> Answer<Option<String>> {
        let question = FileQuestion { title: words.title, kind: words.kind, endings: ENDINGS, save_as: Some(name) };
        let Some(path) = self.desktop.ask_for_file(question).await.ok().flatten() else { return Ok(None) };
        let write = || {
            let mut file = std::fs::File::create(&path)?;
            file.write_all(&bytes)?;
            file.sync_all()
        };
        write().map_err(|error: std::io::Error| CommandError::caused(ErrorCode::FileRefused, &error))?;
        Ok(path.file_name().map(|name| name.to_string_lossy().into_owned()))
    }
}

impl Workplace {
    pub(super) fn form(&self, id: &str) -> Answer<Vec<u8>> {
        let stored = self.store.requisition::<Requisition>(parse_id(id)?)?;
        let (one, at) = (&stored.content, now());
        let entry = self.store.entries(stored.id)?.pop().map(|stored| stored.entry);
        let message = match &entry {
            Some(entry) => self.store.message_bytes(entry.message_id)?,
            None => self.freeze(one, OrderKind::New, None, None)?.entry.bytes,
        };
        let sending = match &entry {
            None => Sending::NotSent,
            Some(entry) => sending(entry.state, entry.created_at, entry.delivered_at, &at),
        };
        let demo = self.shelf.catalogue(&one.receiver.provider).is_some_and(|found| found.catalogue().provider.demo);
        let status = if demo { Status::Test } else { Status::Production };
        let order = to_order(&self.with_contents(one.clone())?, status, &at).map_err(|problems| {
            let reason = problems.first().map(|problem| problem.path.clone()).unwrap_or_default();
            CommandError::new(ErrorCode::NotReady).with("reason", reason)
        })?;
        paper::form(&order, &message, &sending, &at).map_err(|error| unprinted(&error))
    }

    fn readable_sheet(&self, page: &ReadablePage) -> Answer<Vec<u8>> {
        let office = self.office()?.map(|office| office.name).unwrap_or_default();
        paper::readable_page(page, &office, &now()).map_err(|error| unprinted(&error))
    }

    fn packing_pages(&self, courier: bool) -> Answer<Vec<u8>> {
        let (packing, at) = (self.packing()?, now());
        let office = self.office()?.map(|office| office.name).unwrap_or_default();
        let made = match courier {
            true => paper::courier_list(&packing, &office, &at),
            false => paper::packing_list(&packing, &office, &at),
        };
        made.map_err(|error| unprinted(&error))
    }

    fn packing(&self) -> Answer<Packing> {
        let today = now().start_of_day().map_err(|error| CommandError::internal(&error))?.timestamp();
        // Completed today may have been written days ago; what was completed before today has gone already.
        let page = Page { offset: 0, limit: MOST_OF_A_DAY };
        let (rows, _) = self.store.overview(&Filter::default(), page)?;
        let mut packed: Vec<Requisition> = Vec::new();
        for row in rows {
            let newest = self.store.entries(row.id)?.pop();
            if newest.is_none_or(|newest| newest.entry.created_at < today) {
                continue;
            }
            let stored = self.store.requisition::<Requisition>(row.id)?;
            if stored.phase == State::Finalised {
                packed.push(stored.content);
            }
        }
        Ok(Packing::of(&packed))
    }

    /// What a part of a form's code leads to: the next part, or the requisition that is ours.
    pub(super) fn scan_paper(&self, text: &str) -> Answer<ScanView> {
        let mut reading = self.paper.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let progress = match reading.add(text) {
            Ok(progress) => progress,
            Err(PaperError::OtherForm) => {
                *reading = Assembly::default();
                match reading.add(text) {
                    Ok(progress) => progress,
                    Err(error) => return Ok(ScanView::Unknown { code: paper_word(&error).into() }),
                }
            }
            Err(error) => return Ok(ScanView::Unknown { code: paper_word(&error).into() }),
        };
        if progress.read < progress.of {
            let part = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
            return Ok(ScanView::PaperPart { read: part(progress.read), of: part(progress.of) });
        }
        let whole = std::mem::take(&mut *reading).order(&now());
        let order = match whole {
            Ok(order) => order,
            Err(error) => return Ok(ScanView::Unknown { code: paper_word(&error).into() }),
        };
        let id = order.requisition.id.as_ref().map(ToString::to_string);
        let ours = id
            .as_deref()
            .and_then(|id| parse_id(id).ok())
            .filter(|id| self.store.requisition::<Requisition>(*id).is_ok());
        match ours {
            Some(id) => Ok(ScanView::Paper { requisition: id.to_string() }),
            None => self.take_form_in(&order, id.as_deref()),
        }
    }

    /// A draft of a form that another office wrote. The same form scanned again opens the draft that there is.
    fn take_form_in(&self, order: &Order, id: Option<&str>) -> Answer<ScanView> {
        let from = order.requester.organisation.name.clone();
        let known = self.store.drafts::<Draft>()?.into_iter().find(|draft| draft.content.from_paper.as_deref() == id);
        if let Some(known) = known.filter(|_| id.is_some()) {
            return Ok(ScanView::PaperDraft { draft: known.id.to_string(), from, unknown: Vec::new() });
        }
        let Ok(patient) = self.patient_of(&from_paper::patient_form(order)) else {
            return Ok(ScanView::Unknown { code: "paper_patient".into() });
        };
        self.remember(&patient)?;
        let mut draft = self.new_draft(patient)?;
        let stored = self.stored_draft(&draft.id)?;
        let Ok(unknown) = from_paper::fill(&mut draft, order, &self.shelf.in_use().catalogues) else {
            self.tell(self.store.discard_draft(stored.id)?);
            return Ok(ScanView::Unknown { code: "paper_no_order".into() });
        };
        let (_, changes) = self.store.save_draft(stored.id, stored.revision, &draft, now().timestamp())?;
        self.tell(changes);
        Ok(ScanView::PaperDraft { draft: draft.id, from, unknown })
    }
}

fn sending(state: EntryState, made: jiff::Timestamp, delivered: Option<jiff::Timestamp>, at: &Zoned) -> Sending {
    let local = |time: jiff::Timestamp| time.to_zoned(office_zone(at));
    match (state, delivered) {
        (EntryState::Accepted | EntryState::AcceptedWithErrors, Some(time)) => Sending::Accepted { at: local(time) },
        (EntryState::Delivered, Some(time)) => Sending::Delivered { at: local(time) },
        (EntryState::Queued | EntryState::Sending | EntryState::NeedsAttention(_), _) => {
            Sending::Queued { since: local(made) }
        }
        (
            EntryState::Rejected
            | EntryState::Withdrawn
            | EntryState::Accepted
            | EntryState::AcceptedWithErrors
            | EntryState::Delivered,
            _,
        ) => Sending::NotSent,
    }
}

fn office_zone(at: &Zoned) -> TimeZone {
    at.time_zone().clone()
}

fn unprinted(error: &PaperError) -> CommandError {
    CommandError::caused(ErrorCode::PrinterRefused, error).with("reason", "form")
}

fn paper_word(error: &PaperError) -> &'static str {
    match error {
        PaperError::Newer => "paper_newer",
        PaperError::NoOrder(_) => "paper_no_order",
        PaperError::NotOurs
        | PaperError::Damaged
        | PaperError::OtherForm
        | PaperError::Missing(_)
        | PaperError::TooLarge { .. }
        | PaperError::Document
        | PaperError::Message(_)
        | PaperError::Font
        | PaperError::Symbol => "paper_damaged",
    }
}
