//! A draft becomes requisitions: one for each receiving department, with every catalogue fact copied.
//!
//! Nothing is chosen here: what goes where, what is asked and what is taken is what the composition showed.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, Zoned};
use uuid::Uuid;

use crate::catalogue::model::{Department, Indexed, LabelPer, Phase, Severity, Symbology};
use crate::composing::catalogues::label_rule;
use crate::composing::composition::{Composition, Finding, Missing, Part, PlannedSpecimen, Subject};
use crate::composing::draft::{CollectionPlace, Draft};
use crate::composing::{Catalogues, Context, asked_by_line, compose, wording};
use crate::requisition::collecting::time_of_collection;
use crate::requisition::{
    Document, GivenAnswer, Receiver, RequestedService, Requester, Requisition, Specimen, SpecimenStatus,
};

/// Why a draft does not become requisitions.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotComposable {
    /// Something is still to be answered or settled.
    #[error("{} things are still to be settled in the draft", .0.len())]
    Unsettled(Vec<Missing>),
    /// The catalogue does not know the department of a service.
    #[error("the catalogue of {provider} has no department {department}")]
    UnknownDepartment {
        /// Provider id.
        provider: String,
        /// Department id.
        department: String,
    },
}

/// Makes the requisitions of a settled draft: one for each part of its composition, split by provider, department (which
/// fixes the discipline), day, and as finely as the receiver wants.
///
/// Ids come from `new_id`: one for each requisition and one for each container.
///
/// # Errors
/// [`NotComposable`] when a stop, an unanswered warning or a required question is left: none of them is handed on.
pub fn from_draft(
    draft: &Draft,
    catalogues: &Catalogues,
    requester: &Requester,
    context: &Context<'_>,
    mut new_id: impl FnMut() -> Uuid,
) -> Result<Vec<Requisition>, NotComposable> {
    let composition = compose(draft, catalogues, context);
    if !composition.missing.is_empty() {
        return Err(NotComposable::Unsettled(composition.missing));
    }
    let answers = answers(draft, catalogues, context);
    // The record system knows the requisition by the id it gave; where several come of it, the first one is that.
    let mut origin = draft.origin.clone();
    let mut requisitions = Vec::with_capacity(composition.parts.len());
    for part in &composition.parts {
        let unknown = || NotComposable::UnknownDepartment {
            provider: part.provider.clone(),
            department: part.department.clone(),
        };
        let indexed = catalogues.get(&part.provider).ok_or_else(unknown)?;
        let department = indexed.department(&part.department).ok_or_else(unknown)?;
        let services = services(draft, part, indexed, &composition.findings, &answers);
        requisitions.push(Requisition {
            id: origin.take().unwrap_or_else(|| new_id().to_string()),
            draft: Some(draft.id.clone()),
            issued: super::written(context.now),
            patient: draft.patient.clone(),
            requester: requester.clone(),
            receiver: receiver(indexed, department),
            urgency: draft.urgency,
            clinical_text: draft.clinical_text.clone(),
            diagnoses: draft.diagnoses.clone(),
            payment: draft.payment.clone(),
            copy_recipients: draft.copy_recipients.clone(),
            note_to_collector: draft.note_to_collector.clone(),
            note_to_laboratory: String::new(),
            planned_date: part.planned_date.clone(),
            collection: draft.collection.clone(),
            cancer_pathway: draft.cancer_pathway,
            earlier_findings: draft.earlier_findings.clone(),
            attachments: attachments(draft, part),
            services,
            specimens: specimens(draft, part, indexed, &composition, &mut new_id)
                .into_iter()
                .map(|specimen| brought(specimen, requester, context.now))
                .collect(),
            patient_check: None,
        });
    }
    Ok(requisitions)
}

/// Key of a line's service within its requisition.
fn service_key(line: u32) -> String {
    format!("s{line}")
}

/// What was asked and answered at each line, both phases. Unanswered questions of the order phase were optional and are
/// left behind; those of the collection phase wait for the collector.
fn answers(draft: &Draft, catalogues: &Catalogues, context: &Context<'_>) -> BTreeMap<u32, Vec<GivenAnswer>> {
    asked_by_line(draft, catalogues, context)
        .into_iter()
        .map(|(line, asked)| {
            let given = asked
                .into_iter()
                .filter(|(_, shown)| shown.answer.is_some() || shown.phase == Phase::Collection)
                .map(|(question, shown)| GivenAnswer {
                    place: question.place.clone(),
                    answer: shown.answer.clone(),
                    question: shown,
                })
                .collect();
            (line, given)
        })
        .collect()
}

fn services(
    draft: &Draft,
    part: &Part,
    indexed: &Indexed,
    findings: &[Finding],
    answers: &BTreeMap<u32, Vec<GivenAnswer>>,
) -> Vec<RequestedService> {
    let mut shared_given = BTreeSet::new();
    let lines = part.lines.iter().filter_map(|id| draft.line(*id));
    let mut services: Vec<RequestedService> = lines
        .filter_map(|line| {
            let service = indexed.service(&line.service)?;
            let mut given = answers.get(&line.id).cloned().unwrap_or_default();
            // One answer serves the whole requisition: it stands at the first service that asks.
            given.retain(|given| !given.question.shared || shared_given.insert(given.question.id.clone()));
            Some(RequestedService {
                key: service_key(line.id),
                service: service.id.clone(),
                name: service.name.clone(),
                code: service.code.clone(),
                local_code: service.local_code.clone(),
                specs: service.specs.clone(),
                answers: given,
                overrides: overrides(findings, |subject| *subject == Subject::Line { line: line.id }, &part.provider),
                turnaround_days: service.turnaround_days,
                series: line.series.clone(),
            })
        })
        .collect();
    if let Some(first) = services.first_mut() {
        first.overrides.extend(overrides(findings, |subject| !matches!(subject, Subject::Line { .. }), &part.provider));
    }
    services
}

fn overrides(findings: &[Finding], about: impl Fn(&Subject) -> bool, provider: &str) -> Vec<String> {
    findings
        .iter()
        .filter(|finding| finding.severity == Severity::Warn && about(&finding.subject))
        .filter(|finding| finding.provider.as_deref().is_none_or(|of| of == provider))
        .filter_map(|finding| {
            let given = finding.overridden.as_deref()?;
            let reason = finding.override_reasons.iter().find(|reason| reason.value == given)?;
            Some(format!("{}: {}", wording(finding), reason.text.nb))
        })
        .collect()
}

fn receiver(indexed: &Indexed, department: &Department) -> Receiver {
    let catalogue = indexed.catalogue();
    let provider = &catalogue.provider;
    let rule = label_rule(catalogue, department);
    Receiver {
        provider: provider.id.clone(),
        provider_name: provider.name.clone(),
        catalogue_version: catalogue.version.clone(),
        organisation: provider.organisation.clone(),
        organisation_her: provider.her.clone(),
        organisation_number: provider.organisation_number.clone(),
        department: department.id.clone(),
        department_name: department.name.clone(),
        department_short: department.short.clone(),
        department_her: department.her.clone(),
        discipline_name: department.discipline_name.clone(),
        discipline: department.discipline.clone(),
        phone: department.phone.clone().or_else(|| provider.phone.clone()),
        message_version: provider.message_version,
        label_per: rule.map_or(LabelPer::Container, |rule| rule.per),
        label_copies: rule.map_or(1, |rule| rule.copies.max(1)),
        symbology: rule.map_or(Symbology::Code128, |rule| rule.symbology),
        leftover: rule.and_then(|rule| rule.leftover.clone()),
        leftover_label: rule.and_then(|rule| rule.leftover_label.clone()),
        tell_unscanned: rule.is_some_and(|rule| rule.tell_unscanned),
        receipt_within_hours: provider.receipt_within_hours,
        change: provider.abilities.change,
        addition: provider.abilities.addition,
        cancel: provider.abilities.cancel,
    }
}

fn attachments(draft: &Draft, part: &Part) -> Vec<Document> {
    let here = draft.attachments.iter().filter(|attachment| part.attachments.contains(&attachment.id));
    here.map(|attachment| Document { about: attachment.clone(), content: None }).collect()
}

/// One specimen for each container, in the order of the plan, numbered anew in the order of draw.
fn specimens(
    draft: &Draft,
    part: &Part,
    indexed: &Indexed,
    composition: &Composition,
    new_id: &mut impl FnMut() -> Uuid,
) -> Vec<Specimen> {
    let mut draw = 0;
    let mut specimens = Vec::new();
    for planned in composition.plan.iter().filter(|planned| part.specimens.contains(&planned.key)) {
        let place = planned.draw.map(|_| {
            draw += 1;
            draw
        });
        for _ in 0..planned.count {
            specimens.push(specimen(draft, planned, indexed, place, new_id().to_string()));
        }
    }
    specimens
}

fn specimen(draft: &Draft, planned: &PlannedSpecimen, indexed: &Indexed, draw: Option<u32>, id: String) -> Specimen {
    let container = indexed.container(&planned.container.id);
    let described = planned.described.as_ref().and_then(|which| {
        let line = draft.line(which.line)?;
        line.containers.iter().find(|known| known.id == which.container).cloned()
    });
    // What the patient takes at home waits there from the start; its label is printed before it goes along.
    let at_home = planned.take_home && draft.collection == CollectionPlace::Home;
    Specimen {
        id,
        services: planned.lines.iter().map(|line| service_key(*line)).collect(),
        container: planned.container.id.clone(),
        container_name: planned.container.name.clone(),
        container_label: container.map_or_else(String::new, |container| container.label_name.clone()),
        kind: planned.container.kind,
        colour: planned.container.colour.clone(),
        colour_name: planned.container.colour_name.clone(),
        draw,
        fill_ml: planned.fill_ml,
        material: planned.material.clone(),
        material_code: planned.material_code.clone(),
        handling: planned.handling.clone(),
        spin: container.and_then(|container| container.spin),
        storage: container.and_then(|container| container.storage.clone()),
        preservative: container.and_then(|container| container.preservative.clone()),
        take_home: planned.take_home,
        letter: planned.letter.clone(),
        described,
        number: None,
        status: if at_home { SpecimenStatus::AtHome } else { SpecimenStatus::Planned },
        confirmed: None,
        unscanned: None,
        retake_of: None,
    }
}

/// A specimen that was taken or labelled before its order came here is that already. Who took it is the office, as far as
/// the document tells. Its label is still to be scanned on it, or a reason given, like that of any other.
fn brought(mut specimen: Specimen, requester: &Requester, now: &Zoned) -> Specimen {
    let Some(brought) = specimen.described.as_ref().and_then(|described| described.brought.as_ref()) else {
        return specimen;
    };
    specimen.number.clone_from(&brought.number);
    if let Some(collected) = &brought.collected {
        // A day without a time stays a day, and a time with an offset is what it is.
        let wall_clock = collected.contains('T') && collected.parse::<Timestamp>().is_err();
        let at = if wall_clock { time_of_collection(collected, now).ok() } else { None };
        let at = at.unwrap_or_else(|| collected.clone());
        specimen.status = SpecimenStatus::Collected { at, by: requester.office.clone() };
    }
    specimen
}
