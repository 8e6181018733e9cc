//! Order documents from a record system: opened as drafts, and handed back when the requisition is finished.
//!
//! A document that comes while the store is closed, or before the office is set up, waits for the window to ask. What is
//! handed back lies where a person chose, never in a temporary file.

use std::ffi::OsString;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::PoisonError;

use requisition::catalogue::search::HitKind;
use requisition::composing::draft::{Attachment, Candidate, Draft, Edit, Patient};
use requisition::composing::handover::{self, Desk, Orderer};
use requisition::composing::{self};
use requisition::order::{self, Kind as OrderKind, Order, Problem};
use requisition::requisition::{Requisition, State, to_order};
use uuid::Uuid;

use super::drafts::parse_id;
use super::panel_files::save;
use super::patients::word;
use super::{Answer, Controller, FileQuestion, Workplace, now};
use crate::error::{CommandError, ErrorCode};
use crate::panels::DialogWords;
use crate::views::HandedOver;

/// How order documents end.
pub const ENDINGS: &[&str] = &["json"];
/// A document with its attachments in it is no larger: receivers take a fraction of it.
const LARGEST: u64 = 64 * 1024 * 1024;
/// Services that are suggested for what a document names in words.
const MOST_SUGGESTED: usize = 12;

impl Controller {
    /// Takes note of a document that came as an argument, by a second start, or dropped on the window.
    pub fn hand_over(&self, path: PathBuf) {
        self.handovers.lock().unwrap_or_else(PoisonError::into_inner).push(path);
    }

    /// Opens the documents that have come. Each is opened whole, or refused with the first field that stands in the way.
    ///
    /// # Errors
    /// [`ErrorCode::StoreClosed`]: they wait.
    pub fn take_handovers(&self) -> Answer<Vec<HandedOver>> {
        let here = self.here()?;
        let waiting = std::mem::take(&mut *self.handovers.lock().unwrap_or_else(PoisonError::into_inner));
        let opened = waiting.iter().map(|path| match here.open_order(path) {
            Ok(opened) => opened,
            Err(refused) => {
                let patient = String::new();
                HandedOver { draft: None, requisition: None, patient, known: false, refused: Some(refused) }
            }
        });
        Ok(opened.collect())
    }

    /// Writes a finished requisition as order document, message and PDF, side by side, where a person chooses. Answers the
    /// names of the files, or nothing where they chose none.
    ///
    /// # Errors
    /// [`ErrorCode::NotNow`] before the message is frozen; [`ErrorCode::FileRefused`].
    pub async fn hand_back(&self, id: String, words: DialogWords) -> Answer<Option<Vec<String>>> {
        let files = self.here()?.handed_back(&id)?;
        let name = "rekvisisjon.json";
        let question = FileQuestion { title: words.title, kind: words.kind, endings: ENDINGS, save_as: Some(name) };
        let Some(chosen) = self.desktop.ask_for_file(question).await.ok().flatten() else { return Ok(None) };
        let mut written = Vec::new();
        for (ending, bytes) in files {
            let path = beside(&chosen, ending);
            save(&path, &bytes).map_err(|error| CommandError::caused(ErrorCode::FileRefused, &error))?;
            written.push(path.file_name().unwrap_or_default().to_string_lossy().into_owned());
        }
        Ok(Some(written))
    }
}

impl Workplace {
    fn open_order(&self, path: &Path) -> Answer<HandedOver> {
        let at = now();
        let order = order::read(&load(path)?, &at, path.parent()).map_err(|problems| order_refused(&problems))?;
        if let Some(known) = self.opened_before(&order)? {
            return Ok(known);
        }
        let office = self.office()?.ok_or_else(|| CommandError::new(ErrorCode::NotReady).with("reason", "office"))?;
        let orderers: Vec<Orderer> = self
            .people()?
            .into_iter()
            .filter(|person| person.orders)
            .map(|person| Orderer { id: person.id, her: person.her, hpr: person.hpr })
            .collect();
        let desk = Desk { office_her: &office.her, orderers: &orderers };
        let in_use = self.shelf.in_use();
        let id = Uuid::now_v7();
        let usage = self.usage()?;
        let suggest = |words: &str| -> Vec<Candidate> {
            let found = in_use.engine.search(words, &usage, MOST_SUGGESTED).hits;
            let offered = found.into_iter().filter(|hit| hit.kind == HitKind::Service && !hit.withdrawn);
            offered.map(|hit| Candidate { provider: hit.provider.into(), service: hit.id.into() }).collect()
        };
        let opened = handover::open(&order, id.to_string(), &desk, &in_use.catalogues, &suggest, &at)
            .map_err(|problems| order_refused(&problems))?;
        let mut draft = opened.draft;
        for enclosed in opened.attachments {
            let content = Uuid::now_v7();
            self.store.put_attachment(content, &enclosed.content, at.timestamp())?;
            let attachment = Attachment {
                id: content.to_string(),
                description: enclosed.description,
                kind: enclosed.kind,
                bytes: u32::try_from(enclosed.content.len()).unwrap_or(u32::MAX),
                added: at.timestamp().to_string(),
                only: None,
            };
            composing::apply(&mut draft, Edit::Attach { attachment }, &in_use.catalogues, at.timestamp())?;
        }
        self.remember(&draft.patient)?;
        self.save_new(id, &draft, at.timestamp())?;
        Ok(handed_over(&draft, false))
    }

    /// A document that is given twice is one requisition: its draft is shown again, and what was sent is not made anew. Nor is
    /// a change or cancellation: it leads to what was sent.
    fn opened_before(&self, order: &Order) -> Answer<Option<HandedOver>> {
        let Some(id) = order.requisition.id.as_ref().map(ToString::to_string) else { return Ok(None) };
        let drafts = self.store.drafts::<Draft>()?;
        if let Some(known) = drafts.iter().find(|stored| stored.content.origin.as_ref() == Some(&id)) {
            return Ok(Some(handed_over(&known.content, true)));
        }
        match parse_id(&id).map(|id| self.store.requisition::<Requisition>(id)) {
            // It has left its draft: it is shown where it can be followed, changed and cancelled.
            Ok(Ok(stored)) => {
                let Patient { given, family, .. } = &stored.content.patient;
                let patient = format!("{given} {family}");
                Ok(Some(HandedOver { draft: None, requisition: Some(id), patient, known: true, refused: None }))
            }
            Ok(Err(_)) | Err(_) => Ok(None),
        }
    }

    fn handed_back(&self, id: &str) -> Answer<Vec<(&'static str, Vec<u8>)>> {
        let stored = self.store.requisition::<Requisition>(parse_id(id)?)?;
        if stored.phase != State::Finalised {
            return Err(CommandError::new(ErrorCode::NotNow).with("reason", "state"));
        }
        let newest = self.store.entries(stored.id)?.pop().ok_or_else(|| CommandError::new(ErrorCode::NotNow))?;
        let one = self.with_contents(stored.content)?;
        let mut order = to_order(&one, self.status_of(&one), &now()).map_err(|problems| order_refused(&problems))?;
        if newest.entry.kind == requisition::outbox::Kind::Cancel {
            order.kind = OrderKind::Cancel;
        }
        let document = serde_json::to_vec_pretty(&order).map_err(|error| CommandError::internal(&error))?;
        let message = self.store.message_bytes(newest.entry.message_id)?;
        Ok(vec![("json", document), ("xml", message), ("pdf", self.form(id)?)])
    }
}

fn handed_over(draft: &Draft, known: bool) -> HandedOver {
    HandedOver {
        draft: Some(draft.id.clone()),
        requisition: None,
        patient: format!("{} {}", draft.patient.given, draft.patient.family),
        known,
        refused: None,
    }
}

/// Which field, what is the matter with it, and how many more there are; never what stands in it.
fn order_refused(problems: &[Problem]) -> CommandError {
    let error = CommandError::new(ErrorCode::OrderRefused);
    let Some(first) = problems.first() else { return error };
    tracing::info!(path = %first.path, code = ?first.code, "an order document is refused");
    error.with("path", &first.path).with("reason", word(first.code)).with("more", (problems.len() - 1).to_string())
}

/// Reads a file that may be anything: no more of it than it may have.
fn load(path: &Path) -> Answer<Vec<u8>> {
    let unreadable = |error: std::io::Error| CommandError::caused(ErrorCode::FileRefused, &error);
    let mut bytes = Vec::new();
    std::fs::File::open(path).map_err(unreadable)?.take(LARGEST + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > LARGEST {
        let refused = CommandError::new(ErrorCode::OrderRefused).with("path", "JSON");
        return Err(refused.with("reason", "too_long").with("more", "0"));
    }
    Ok(bytes)
}

/// The chosen file with another ending.
fn beside(chosen: &Path, ending: &str) -> PathBuf {
    if chosen.extension().is_some_and(|found| ENDINGS.iter().any(|known| found == *known)) {
        return chosen.with_extension(ending);
    }
    let mut name: OsString = chosen.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_one_requisition_stand_side_by_side_under_the_chosen_name() {
        assert_eq!(beside(Path::new("/ut/rekvisisjon.json"), "pdf"), Path::new("/ut/rekvisisjon.pdf"));
        assert_eq!(beside(Path::new("/ut/svar 1.2"), "xml"), Path::new("/ut/svar 1.2.xml"));
    }
}
