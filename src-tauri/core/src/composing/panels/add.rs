//! Adding a panel to a draft: everything that is not there yet, and a word on each of the rest.

use std::collections::BTreeMap;

use serde::Serialize;
use specta::Type;

use super::{Member, OfficePanel};
use crate::catalogue::model::{Indexed, Panel};
use crate::composing::catalogues::Catalogues;
use crate::composing::draft::Draft;
use crate::composing::edits::{EditRefused, at_most_lines, fitting_answer, line_of, push_line};

/// A panel of the office that may be added: who may see it was decided before.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    /// Its id in the store.
    pub id: String,
    /// What it holds.
    pub panel: OfficePanel,
}

/// What became of a panel that was added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub struct Picked {
    /// Name of the panel.
    pub panel: String,
    /// Names of the services that it brought.
    pub added: Vec<String>,
    /// Names of those that were in the draft before.
    pub already: Vec<String>,
    /// Names of those that cannot be ordered: each is a line that stops the draft until somebody decides.
    pub missing: Vec<String>,
    /// What may be added besides.
    pub optional: Vec<PickedMember>,
}

/// An optional service of a panel, not in the draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub struct PickedMember {
    /// Provider id.
    pub provider: String,
    /// Service id.
    pub service: String,
    /// Name.
    pub name: String,
}

/// A provider's panel or one of the office, as its members.
pub(crate) struct Source {
    id: String,
    name: String,
    members: Vec<Member>,
}

impl Source {
    /// A provider's own panel.
    pub fn of_provider(indexed: &Indexed, panel: &Panel) -> Self {
        let provider = &indexed.catalogue().provider.id;
        let member = |service: &String, optional: bool| Member {
            provider: provider.clone(),
            service: service.clone(),
            name: indexed.service(service).map_or_else(|| service.clone(), |found| found.name.clone()),
            optional,
            answers: BTreeMap::new(),
        };
        let always = panel.services.iter().map(|service| member(service, false));
        let members = always.chain(panel.optional.iter().map(|service| member(service, true))).collect();
        Self { id: panel.id.clone(), name: panel.name.clone(), members }
    }
}

impl From<&Offer> for Source {
    fn from(offer: &Offer) -> Self {
        let OfficePanel { name, members, .. } = &offer.panel;
        Self { id: offer.id.clone(), name: name.clone(), members: members.clone() }
    }
}

/// Adds every member that the draft lacks, and what is no longer offered too: as a line that must be decided on.
pub(crate) fn add(draft: &mut Draft, source: &Source, catalogues: &Catalogues) -> Result<Picked, EditRefused> {
    let Source { id, name: panel, members } = source;
    let mut picked = Picked {
        panel: panel.clone(),
        added: Vec::new(),
        already: Vec::new(),
        missing: Vec::new(),
        optional: Vec::new(),
    };
    let new = |member: &&Member| !member.optional && line_of(draft, &member.provider, &member.service).is_none();
    at_most_lines(draft.lines.len() + members.iter().filter(new).count())?;
    for member in members.iter().filter(|member| !member.optional) {
        let offered = catalogues.orderable(&member.provider, &member.service);
        let known = catalogues.service(&member.provider, &member.service);
        let name = known.map_or_else(|| member.name.clone(), |(_, service)| service.name.clone());
        let there = line_of(draft, &member.provider, &member.service).is_some();
        if !there {
            push_line(draft, &member.provider, &member.service, Some((id, panel)), name.clone());
            answer(draft, member, catalogues);
        }
        match (offered, there) {
            (None, _) => picked.missing.push(name),
            (Some(_), true) => picked.already.push(name),
            (Some(_), false) => picked.added.push(name),
        }
    }
    for member in members.iter().filter(|member| member.optional) {
        let Some((_, service)) = catalogues.orderable(&member.provider, &member.service) else { continue };
        if line_of(draft, &member.provider, &member.service).is_none() {
            let Member { provider, service: id, .. } = member.clone();
            picked.optional.push(PickedMember { provider, service: id, name: service.name.clone() });
        }
    }
    Ok(picked)
}

/// Gives the last line the answers that the panel keeps for it, as far as they still are answers. What somebody has
/// answered for several lines stays as it is.
fn answer(draft: &mut Draft, member: &Member, catalogues: &Catalogues) {
    let Some((indexed, service)) = catalogues.orderable(&member.provider, &member.service) else { return };
    for (id, kept) in &member.answers {
        let asked = service.questions.contains(id).then(|| indexed.question(id)).flatten();
        let Some(question) = asked.filter(|question| question.safe_to_copy) else { continue };
        let Ok(Some(fitting)) = fitting_answer(question, kept.clone().into()) else { continue };
        if question.shared {
            draft.shared_answers.entry(Draft::shared_key(&member.provider, id)).or_insert(fitting);
        } else if let Some(line) = draft.lines.last_mut() {
            line.answers.insert(id.clone(), fitting);
        }
    }
}
