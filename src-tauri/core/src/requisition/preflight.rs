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
use crate::order::{MimeType, Order, Problem, ProblemCode, Status};

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
        let limit = catalogues.get(&one.receiver.provider).map(|found| found.catalogue().provider.limits.clinical_text);
        for problem in refused(&one, limit, context.now) {
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

/// What it is refused for, as it is planned and once everything is taken. `limit`: the longest text that its receiver takes,
/// in characters.
fn refused(requisition: &Requisition, limit: Option<u32>, now: &Zoned) -> Vec<Problem> {
    let mut taken = requisition.clone();
    for specimen in &mut taken.specimens {
        specimen.number = Some("0".to_owned());
        specimen.status = SpecimenStatus::Collected { at: written(now), by: "-".to_owned() };
    }
    let tried = [requisition, &taken].map(|one| to_order(one, Status::Production, now));
    let mut problems = Vec::new();
    for order in tried {
        match order {
            Ok(order) => problems.extend(limit.map(|limit| too_long(&order, limit)).unwrap_or_default()),
            Err(found) => problems.extend(found),
        }
    }
    problems
}

/// Texts that the message can carry and its receiver does not take. What was answered joins what was written, so a text may
/// be longer in the message than any that somebody saw.
fn too_long(order: &Order, limit: u32) -> Vec<Problem> {
    texts(order)
        .into_iter()
        .filter_map(|(path, text)| {
            let length = text?.chars().count();
            let explanation = format!("is {length} characters long, the receiver takes {limit}");
            (length > limit as usize).then_some(Problem { path, code: ProblemCode::TooLong, explanation })
        })
        .collect()
}

/// Every text of an order that may be long, with its path.
fn texts(order: &Order) -> Vec<(String, Option<&str>)> {
    let mut texts = Vec::new();
    for (at, reason) in order.reasons.iter().enumerate() {
        texts.push((format!("reasons[{at}].text"), Some(reason.text.as_str())));
    }
    for (at, comment) in order.comments.iter().enumerate() {
        texts.push((format!("comments[{at}].text"), Some(comment.text.as_str())));
    }
    for (at, finding) in order.findings.iter().enumerate() {
        texts.push((format!("findings[{at}].text"), Some(finding.text.as_str())));
    }
    for (at, item) in order.information_items.iter().enumerate() {
        texts.push((format!("informationItems[{at}].text"), item.text.as_deref()));
    }
    for (at, service) in order.services.iter().enumerate() {
        texts.push((format!("services[{at}].comment"), service.comment.as_deref()));
    }
    for (at, specimen) in order.specimens.iter().enumerate() {
        texts.push((format!("specimens[{at}].comment"), specimen.comment.as_deref()));
        texts.push((format!("specimens[{at}].collectorComment"), specimen.collector_comment.as_deref()));
        let pretreatment = specimen.pretreatment.as_ref().and_then(|told| told.text.as_deref());
        texts.push((format!("specimens[{at}].pretreatment.text"), pretreatment));
    }
    texts
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
