//! Edits of a draft: each one is taken whole or refused with a reason.
//!
//! An edit is refused when it could never be sent or would order something else than the user asked for. Everything
//! else, an incomplete draft included, is taken and commented on by [`crate::composing::compose`].

mod details;
mod lines;
mod refusal;
mod values;

use jiff::Timestamp;

use crate::composing::catalogues::Catalogues;
use crate::composing::draft::{Draft, Edit};
use crate::composing::handover;
use crate::composing::panels::{self, Offer, Picked, Source};

pub(crate) use lines::{at_most_lines, line_of, push_line};
pub use lines::{carry_over, fitting_answer};
pub use refusal::EditRefused;
use values::{existing_day, kept_text, label};

/// Most lines in one draft: far beyond any order, and a bound on all work that follows from a draft.
pub const MOST_LINES: usize = 300;
/// List of the payment categories.
const PAYMENT_LIST: u16 = 4101;

/// Makes one edit, where the office has no panels. A refused edit leaves the draft as it was.
///
/// # Errors
/// [`EditRefused`] says why the edit was not made.
pub fn apply(draft: &mut Draft, edit: Edit, catalogues: &Catalogues, now: Timestamp) -> Result<(), EditRefused> {
    apply_with(draft, edit, catalogues, &[], now).map(|_| ())
}

/// Makes one edit; `office` are the office's panels that may be added. Says what became of a panel that was picked. A
/// refused edit leaves the draft as it was.
///
/// A panel brings every one of its services, the withdrawn and the vanished ones too: those become lines with a `stop`, so
/// that nothing is left out without somebody deciding it.
///
/// # Errors
/// [`EditRefused`] says why the edit was not made.
pub fn apply_with(
    draft: &mut Draft,
    edit: Edit,
    catalogues: &Catalogues,
    office: &[Offer],
    now: Timestamp,
) -> Result<Option<Picked>, EditRefused> {
    let mut picked = None;
    let mut removed = None;
    match edit {
        Edit::AddService { provider, service } => lines::add_service(draft, provider, service, catalogues)?,
        Edit::AddPanel { provider, panel } => {
            picked = Some(panels::add(draft, &lines::providers_panel(&provider, &panel, catalogues)?, catalogues)?);
        }
        Edit::AddOfficePanel { panel } => {
            let Some(offer) = office.iter().find(|offer| offer.id == panel) else {
                return Err(EditRefused::UnknownPanel { provider: String::new(), panel });
            };
            picked = Some(panels::add(draft, &Source::from(offer), catalogues)?);
        }
        Edit::RemoveLine { line } => removed = Some(Box::new(lines::remove_line(draft, line)?)),
        Edit::RestoreLine { line } => lines::restore_line(draft, line)?,
        Edit::ReplaceLine { line } => lines::replace_line(draft, line, catalogues)?,
        Edit::SettleLine { line, provider, service } => {
            handover::settle(draft, line, &provider, &service, catalogues, now)?;
        }
        Edit::Answer { line, question, answer } => lines::set_answer(draft, line, &question, answer, catalogues)?,
        Edit::Override { line, provider, rule, reason } => {
            lines::set_override(draft, line, provider, rule, reason, catalogues)?;
        }
        Edit::ClinicalText { text } => draft.clinical_text = kept_text("clinical_text", &text)?,
        Edit::NoteToCollector { text } => draft.note_to_collector = kept_text("note_to_collector", &text)?,
        Edit::Diagnoses { diagnoses } => draft.diagnoses = values::checked_diagnoses(diagnoses)?,
        Edit::Urgency { urgency } => draft.urgency = urgency,
        Edit::Payment { category } => draft.payment = values::list_code("payment", PAYMENT_LIST, &category)?,
        Edit::CopyRecipients { recipients } => draft.copy_recipients = values::checked_recipients(recipients)?,
        Edit::Requester { requester } => draft.requester = Some(label("requester", &requester)?),
        Edit::Patient { patient } => draft.patient = values::same_patient(&draft.patient, patient)?,
        Edit::PlannedDate { date } => draft.planned_date = date.map(|date| existing_day(&date)).transpose()?,
        Edit::LinePlannedDate { line, date } => details::plan_line(draft, line, date)?,
        Edit::Series { line, series } => details::set_series(draft, line, series)?,
        Edit::AddContainer { line } => details::add_container(draft, line, catalogues)?,
        Edit::DescribeContainer { line, container } => {
            details::describe_container(draft, line, container, catalogues)?;
        }
        Edit::RemoveContainer { line, container } => details::remove_container(draft, line, container)?,
        Edit::CollectionPlace { place } => draft.collection = details::checked_place(place)?,
        Edit::CancerPathway { on } => draft.cancer_pathway = on,
        Edit::EarlierFindings { findings } => draft.earlier_findings = details::checked_findings(findings)?,
        Edit::Attach { attachment } => details::attach(draft, attachment, catalogues)?,
        Edit::DescribeAttachment { id, description, only } => {
            details::describe_attachment(draft, &id, &description, only, catalogues)?;
        }
        Edit::RemoveAttachment { id } => draft.attachments.retain(|known| known.id != id),
        Edit::SeenCatalogue => draft.based_on.clear(),
    }
    draft.removed = removed;
    base_on(draft, catalogues);
    draft.revision = draft.revision.saturating_add(1);
    draft.updated = now.to_string();
    Ok(picked)
}

/// Notes for each line the version of the catalogue it is seen with, where none is noted: later changes are news to it.
fn base_on(draft: &mut Draft, catalogues: &Catalogues) {
    let lines = &draft.lines;
    draft.based_on.retain(|id, _| lines.iter().any(|line| line.id == *id));
    for line in lines {
        if let Some(indexed) = catalogues.get(&line.provider) {
            draft.based_on.entry(line.id).or_insert_with(|| indexed.catalogue().version.clone());
        }
    }
}
