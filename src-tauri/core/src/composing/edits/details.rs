//! Edits of what goes beyond services and answers: containers, series, days, attachments, findings, place of collection.

use uuid::Uuid;

use super::EditRefused;
use super::lines::{position, takes};
use super::values::{MOST_ENTRIES, at_most, existing_day, kept_text, label};
use crate::catalogue::model::{AnswerPlace, Question};
use crate::composing::catalogues::{Catalogues, questions_of};
use crate::composing::draft::{
    Answer, Attachment, CollectionPlace, DepartmentRef, Draft, EarlierFinding, LineContainer, LineSeries,
};
use crate::order::{Moment, Precision};

/// Most containers of one line: letters of the alphabet that a label can carry.
pub(super) const MOST_CONTAINERS: usize = 26;
/// Most attachments of one draft.
const MOST_ATTACHMENTS: usize = 20;
/// Most repetitions of a series, and longest interval in its unit.
const MOST_TIMES: u32 = 999;
const LONGEST_INTERVAL: u32 = 365;
/// Largest measure of a specimen, in millimetres.
const LARGEST_MM: f64 = 1000.0;

fn wrong(field: &str) -> EditRefused {
    EditRefused::WrongValue { field: field.to_owned() }
}

pub(super) fn plan_line(draft: &mut Draft, line: u32, date: Option<String>) -> Result<(), EditRefused> {
    let at = position(draft, line)?;
    draft.lines[at].planned_date = date.map(|date| existing_day(&date)).transpose()?;
    Ok(())
}

/// Incomplete series are kept and become findings; values that could never be sent are refused.
pub(super) fn set_series(draft: &mut Draft, line: u32, series: Option<LineSeries>) -> Result<(), EditRefused> {
    let at = position(draft, line)?;
    let taken = series
        .map(|series| {
            let times = series.times.is_none_or(|times| (2..=MOST_TIMES).contains(&times));
            let every = series.every.is_none_or(|every| (1..=LONGEST_INTERVAL).contains(&every.count));
            if !times || !every {
                return Err(wrong("series"));
            }
            Ok(LineSeries {
                start: series.start.as_deref().map(existing_day).transpose()?,
                end: series.end.as_deref().map(existing_day).transpose()?,
                instructions: label("series", &series.instructions)?,
                ..series
            })
        })
        .transpose()?;
    draft.lines[at].series = taken;
    Ok(())
}

pub(super) fn add_container(draft: &mut Draft, line: u32, catalogues: &Catalogues) -> Result<(), EditRefused> {
    let at = position(draft, line)?;
    let line = &mut draft.lines[at];
    at_most("containers", line.containers.len() + 1, MOST_CONTAINERS)?;
    let mut new = match line.containers.last() {
        Some(before) => {
            let own = LineContainer { side: None, size_mm: None, brought: None, ..before.clone() };
            LineContainer { site: String::new(), comment: String::new(), ..own }
        }
        None => {
            let asked = catalogues.service(&line.provider, &line.service);
            let questions = asked.map(|(indexed, service)| questions_of(indexed, service).collect::<Vec<_>>());
            said_of_the_line(&line.answers, &questions.unwrap_or_default())
        }
    };
    line.last_container += 1;
    new.id = line.last_container;
    line.containers.push(new);
    Ok(())
}

/// What was answered at the line is said of its first container.
fn said_of_the_line(answers: &std::collections::BTreeMap<String, Answer>, questions: &[&Question]) -> LineContainer {
    let mut container = LineContainer::default();
    for question in questions.iter().filter(|question| !question.shared) {
        match (&question.place, answers.get(&question.id)) {
            (AnswerPlace::AnatomicalOrigin, Some(Answer::Text(site))) => {
                container.site = label("site", site).unwrap_or_default();
            }
            (AnswerPlace::Measure { .. }, Some(Answer::Number(size)))
                if question.unit.as_deref() == Some("mm") && *size > 0.0 && *size <= LARGEST_MM =>
            {
                container.size_mm = Some(*size);
            }
            (AnswerPlace::SpecimenComment, Some(Answer::Text(comment))) => container.comment.clone_from(comment),
            _ => {}
        }
    }
    container
}

pub(super) fn describe_container(
    draft: &mut Draft,
    line: u32,
    described: LineContainer,
    catalogues: &Catalogues,
) -> Result<(), EditRefused> {
    let at = position(draft, line)?;
    let line = &mut draft.lines[at];
    let Some(known) = line.containers.iter_mut().find(|known| known.id == described.id) else {
        return Err(wrong("containers"));
    };
    let service = catalogues.service(&line.provider, &line.service).map(|(_, service)| service);
    let fits = |material: &String| service.is_some_and(|service| takes(service, material));
    if described.material.as_ref().is_some_and(|material| !fits(material)) {
        return Err(wrong("containers"));
    }
    if described.size_mm.is_some_and(|size| !(size > 0.0 && size <= LARGEST_MM)) {
        return Err(wrong("containers"));
    }
    *known = LineContainer {
        site: label("site", &described.site)?,
        procedure: label("procedure", &described.procedure)?,
        fixative: label("fixative", &described.fixative)?,
        comment: kept_text("comment", &described.comment)?,
        brought: known.brought.take(),
        ..described
    };
    Ok(())
}

pub(super) fn remove_container(draft: &mut Draft, line: u32, container: u32) -> Result<(), EditRefused> {
    let at = position(draft, line)?;
    draft.lines[at].containers.retain(|known| known.id != container);
    Ok(())
}

pub(super) fn checked_place(place: CollectionPlace) -> Result<CollectionPlace, EditRefused> {
    Ok(match place {
        CollectionPlace::Elsewhere { name } => CollectionPlace::Elsewhere { name: label("place", &name)? },
        CollectionPlace::Office | CollectionPlace::Home => place,
    })
}

pub(super) fn checked_findings(findings: Vec<EarlierFinding>) -> Result<Vec<EarlierFinding>, EditRefused> {
    at_most("earlier_findings", findings.len(), MOST_ENTRIES)?;
    findings
        .into_iter()
        .map(|finding| {
            let date = finding.date.filter(|date| !date.is_empty());
            let exists = |date: &String| Moment::parse(date).is_ok_and(|moment| moment.precision() <= Precision::Day);
            if date.as_ref().is_some_and(|date| !exists(date)) {
                return Err(wrong("earlier_findings"));
            }
            Ok(EarlierFinding { text: kept_text("earlier_findings", &finding.text)?, date })
        })
        .collect()
}

pub(super) fn attach(draft: &mut Draft, attachment: Attachment, catalogues: &Catalogues) -> Result<(), EditRefused> {
    at_most("attachments", draft.attachments.len() + 1, MOST_ATTACHMENTS)?;
    let known = draft.attachments.iter().any(|known| known.id == attachment.id);
    if known || Uuid::parse_str(&attachment.id).is_err() || attachment.bytes == 0 {
        return Err(wrong("attachments"));
    }
    is_offered(attachment.only.as_ref(), catalogues)?;
    let description = label("attachments", &attachment.description)?;
    draft.attachments.push(Attachment { description, ..attachment });
    Ok(())
}

pub(super) fn describe_attachment(
    draft: &mut Draft,
    id: &str,
    description: &str,
    only: Option<DepartmentRef>,
    catalogues: &Catalogues,
) -> Result<(), EditRefused> {
    is_offered(only.as_ref(), catalogues)?;
    let description = label("attachments", description)?;
    let known = draft.attachments.iter_mut().find(|known| known.id == id).ok_or_else(|| wrong("attachments"))?;
    known.description = description;
    known.only = only;
    Ok(())
}

fn is_offered(only: Option<&DepartmentRef>, catalogues: &Catalogues) -> Result<(), EditRefused> {
    let offered = |only: &DepartmentRef| {
        catalogues.get(&only.provider).is_some_and(|indexed| indexed.department(&only.department).is_some())
    };
    if only.is_none_or(offered) { Ok(()) } else { Err(wrong("attachments")) }
}
