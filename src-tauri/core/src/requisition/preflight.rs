//! Everything that a receiver would reject, found while the draft is still open.
//!
//! The rules of `composing` speak for what people can be told best. Behind them stands the order's own check: a settled draft
//! is made into the orders it would become, as planned and as collected, and whatever they would be refused for is a stop.
//! So nothing that is handed on can fail later for a reason that could have been known.

use jiff::Zoned;
use uuid::Uuid;

use super::{NotComposable, Requester, Requisition, SpecimenStatus, from_draft, to_order, written};
use crate::catalogue::model::Severity;
use crate::composing::composition::{Composition, Finding, Missing, Subject};
use crate::composing::draft::Draft;
use crate::composing::{Catalogues, Context, compose};
use crate::order::{MimeType, Problem, Status};

/// Works out what follows from a draft, with everything that would be refused once it is sent. `requester` is who orders, as
/// the settings have it; without one the orders cannot be tried.
#[must_use]
pub fn preflight(
    draft: &Draft,
    catalogues: &Catalogues,
    requester: Option<&Requester>,
    context: &Context<'_>,
) -> Composition {
    let mut composition = compose(draft, catalogues, context);
    let Some(requester) = requester.filter(|_| composition.missing.is_empty()) else {
        return composition;
    };
    let mut found: Vec<Finding> = Vec::new();
    for one in attempts(draft, catalogues, requester, context) {
        for problem in refused(&one, context.now) {
            let finding = finding(&problem, &one);
            // Two requisitions of one draft are mostly refused for the same thing.
            let known = |other: &Finding| {
                other.subject == finding.subject && other.params.get("path") == finding.params.get("path")
            };
            if !found.iter().any(known) {
                found.push(finding);
            }
        }
    }
    let stops = found.iter().map(|stop| Missing::Stop { subject: stop.subject.clone(), rule: stop.rule.clone() });
    composition.missing.extend(stops);
    composition.findings.splice(0..0, found);
    composition
}

/// The requisitions that the draft would become. One that cannot be made at all has said so among what is missing.
fn attempts(draft: &Draft, catalogues: &Catalogues, requester: &Requester, context: &Context<'_>) -> Vec<Requisition> {
    let mut next = 0;
    let ids = || {
        next += 1;
        Uuid::from_u128(next)
    };
    let made = match from_draft(draft, catalogues, requester, context, ids) {
        Ok(made) => made,
        Err(NotComposable::Unsettled(_) | NotComposable::UnknownDepartment { .. }) => return Vec::new(),
    };
    made.into_iter().map(with_some_content).collect()
}

/// The contents of attachments were judged when they were attached; here a word of the same kind stands for each.
fn with_some_content(mut requisition: Requisition) -> Requisition {
    for document in &mut requisition.attachments {
        document.content = Some(match document.about.kind {
            MimeType::Pdf => b"%PDF-".to_vec(),
            MimeType::Jpeg => vec![0xff, 0xd8, 0xff],
            MimeType::Png => b"\x89PNG\r\n\x1a\n".to_vec(),
            MimeType::Text => b"x".to_vec(),
        });
    }
    requisition
}

/// What it is refused for, as it is planned and once everything is taken.
fn refused(requisition: &Requisition, now: &Zoned) -> Vec<Problem> {
    let mut taken = requisition.clone();
    for specimen in &mut taken.specimens {
        specimen.number = Some("0".to_owned());
        specimen.status = SpecimenStatus::Collected { at: written(now), by: "-".to_owned() };
    }
    let mut problems = to_order(requisition, Status::Production, now).err().unwrap_or_default();
    problems.extend(to_order(&taken, Status::Production, now).err().unwrap_or_default());
    problems
}

/// What a problem of the order says about the draft. The path names the field; the problem never names its content.
fn finding(problem: &Problem, requisition: &Requisition) -> Finding {
    let line = || {
        let at = problem.path.split(['[', ']']).nth(1)?.parse::<usize>().ok()?;
        let service = if problem.path.starts_with("services") {
            requisition.services.get(at)?.key.clone()
        } else {
            requisition.specimens.get(at)?.services.first()?.clone()
        };
        service.strip_prefix('s')?.parse().ok()
    };
    let subject = match problem.path.split(['.', '[']).next().unwrap_or_default() {
        "patient" => Subject::Patient,
        "requester" | "orderingClinician" => Subject::Requester,
        "reasons" => Subject::ClinicalText,
        "services" | "specimens" => line().map_or(Subject::Draft, |line| Subject::Line { line }),
        _ => Subject::Draft,
    };
    let params = [("path", problem.path.clone()), ("why", problem.explanation.clone())];
    Finding {
        provider: Some(requisition.receiver.provider.clone()),
        provider_name: Some(requisition.receiver.provider_name.clone()),
        rule: "cannot_be_sent".to_owned(),
        severity: Severity::Stop,
        subject,
        text: None,
        params: params.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        override_reasons: Vec::new(),
        overridden: None,
        source: None,
        checked: None,
    }
}
