//! Messages shown as their receivers see them: what a draft would send, and what was sent.
//!
//! What is shown is always read back from the bytes, never from the draft or requisition that they were made from.

use requisition::composing::composition::Part;
use requisition::message::{ReadableLabel, ReadableMessage, readable};
use requisition::order::Kind as OrderKind;
use requisition::outbox::Kind;
use requisition::requisition::Requisition;

use super::drafts::parse_id;
use super::{Answer, Controller, Workplace};
use crate::error::CommandError;
use crate::views::{PreviewContainer, PreviewPart, PreviewView, SentMessage};

impl Controller {
    /// What a draft becomes: which requisitions, to whom, with what, and the message of each once nothing is missing.
    ///
    /// # Errors
    /// [`crate::error::ErrorCode::NotFound`].
    pub fn preview(&self, id: String) -> Answer<PreviewView> {
        let here = self.here()?;
        let draft = here.stored_draft(&id)?.content;
        let composition = here.compose(&draft)?;
        let made = if composition.missing.is_empty() { here.requisitions_of(&draft)? } else { Vec::new() };
        let parts = composition.parts.iter().enumerate().map(|(at, part)| {
            let mut shown = here.part_view(part);
            shown.services = part.lines.iter().filter_map(|id| draft.line(*id)).map(|line| line.name.clone()).collect();
            shown.containers = composition
                .plan
                .iter()
                .filter(|planned| part.specimens.contains(&planned.key))
                .map(|planned| PreviewContainer { name: planned.container.name.clone(), count: planned.count })
                .collect();
            match made.get(at).map(|one| here.would_send(one)) {
                Some(Ok(message)) => shown.message = Some(message),
                Some(Err(problem)) => shown.problem = Some(problem),
                None => {}
            }
            shown
        });
        Ok(PreviewView {
            parts: parts.collect(),
            missing: u32::try_from(composition.missing.len()).unwrap_or(u32::MAX),
        })
    }

    /// The messages of a requisition, newest first; before anything is frozen, the one that would be sent now.
    ///
    /// # Errors
    /// [`crate::error::ErrorCode::NotFound`]; what keeps a requisition from being written as a message.
    pub fn messages(&self, id: String) -> Answer<Vec<SentMessage>> {
        let here = self.here()?;
        let id = parse_id(&id)?;
        let mut messages = Vec::new();
        for row in here.store.entries(id)?.into_iter().rev() {
            let bytes = here.store.message_bytes(row.entry.message_id)?;
            messages.push(SentMessage {
                message_id: Some(row.entry.message_id.to_string()),
                kind: row.entry.kind,
                made: Some(row.entry.created_at.to_string()),
                ..shown(&bytes)
            });
        }
        if messages.is_empty() {
            let one = here.store.requisition::<Requisition>(id)?.content;
            let bytes = here.freeze(&one, OrderKind::New, None, None)?.entry.bytes;
            let mut message = shown(&bytes);
            let passing = [ReadableLabel::MessageId, ReadableLabel::Generated];
            message.readable.iter_mut().for_each(|message| without(message, &passing));
            messages.push(message);
        }
        Ok(messages)
    }
}

impl Workplace {
    fn part_view(&self, part: &Part) -> PreviewPart {
        let catalogue = self.shelf.catalogue(&part.provider);
        let department = catalogue.as_ref().and_then(|found| found.department(&part.department));
        PreviewPart {
            provider_name: part.provider_name.clone(),
            organisation: catalogue
                .as_ref()
                .map_or_else(String::new, |found| found.catalogue().provider.organisation.clone()),
            department: department.map_or_else(String::new, |department| department.name.clone()),
            her: department.map_or_else(String::new, |department| department.her.clone()),
            discipline_name: part.department_name.clone(),
            services: Vec::new(),
            containers: Vec::new(),
            message: None,
            problem: None,
        }
    }

    fn would_send(&self, one: &Requisition) -> Answer<ReadableMessage> {
        let bytes = self.freeze(one, OrderKind::New, None, None)?.entry.bytes;
        let mut message = readable(&bytes).map_err(|error| CommandError::internal(&error))?;
        // The requisition itself is made anew with each look, too.
        let passing = [ReadableLabel::MessageId, ReadableLabel::Generated, ReadableLabel::RequisitionId];
        without(&mut message, &passing);
        Ok(message)
    }
}

/// A message that cannot be read is shown as it is: somebody looks at it because something is wrong.
fn shown(bytes: &[u8]) -> SentMessage {
    SentMessage {
        message_id: None,
        kind: Kind::New,
        made: None,
        readable: readable(bytes).ok(),
        xml: String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// Takes out what is made anew each time a message is looked at before it is sent: nobody may write it down.
fn without(message: &mut ReadableMessage, passing: &[ReadableLabel]) {
    for section in &mut message.sections {
        section.rows.retain(|row| !passing.contains(&row.label));
    }
}
