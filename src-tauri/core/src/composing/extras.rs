//! What rules say about the rest of a draft: series, place of collection, earlier findings, attachments.
//!
//! Codes and severities stand in the table of `findings`. Sources: HIS 80821 (RefDoc, StandingInv), HIS 1160 (PDF is
//! expected for pathology, other attachments by agreement; warn above 10 MB).

use jiff::civil::Date;

use crate::catalogue::model::Severity;
use crate::codes::Discipline;
use crate::composing::catalogues::Catalogues;
use crate::composing::composition::{Finding, Part, Subject};
use crate::composing::draft::{Attachment, CollectionPlace, Draft};
use crate::composing::findings::own;
use crate::order::{MimeType, Moment};

/// Above this size of attachments a receiver may be slow or refuse, in bytes (HIS 1160).
const LARGE: u64 = 10 * 1024 * 1024;

/// Everything that the rest of the draft comes to.
pub(crate) fn findings(draft: &Draft, parts: &[Part], catalogues: &Catalogues, today: Date, found: &mut Vec<Finding>) {
    series(draft, found);
    if let CollectionPlace::Elsewhere { name } = &draft.collection
        && name.is_empty()
    {
        found.push(own("collection_place_unnamed", Severity::Stop, Subject::Draft, None));
    }
    let later = |day: &str| Moment::parse(day).is_ok_and(|moment| moment.is_later_than(today));
    if draft.earlier_findings.iter().any(|finding| finding.date.as_deref().is_some_and(later)) {
        found.push(own("earlier_finding_future", Severity::Stop, Subject::Draft, None));
    }
    attachments(draft, parts, catalogues, found);
}

fn series(draft: &Draft, found: &mut Vec<Finding>) {
    for line in &draft.lines {
        let Some(series) = &line.series else { continue };
        let mut say = |rule: &str| {
            let finding = own(rule, Severity::Stop, Subject::Line { line: line.id }, None);
            found.push(finding.with(&[("name", line.name.clone())]));
        };
        if series.times.is_none() && series.end.is_none() {
            say("series_endless");
        }
        if series.every.is_none() && series.instructions.is_empty() {
            say("series_no_interval");
        }
        // Days are texts of one form, so they compare as days.
        if series.start.as_ref().zip(series.end.as_ref()).is_some_and(|(start, end)| end < start) {
            say("series_backwards");
        }
    }
}

/// Gives each part the attachments that go with it: those for its department, and those for nobody in particular, which go
/// to pathology where the draft has any, and else everywhere.
pub(crate) fn hand_out(attachments: &[Attachment], parts: &mut [Part]) {
    let pathology = |part: &Part| Discipline::from_code(&part.discipline).is_some_and(Discipline::is_pathology);
    let any = parts.iter().any(pathology);
    for part in parts {
        let here = attachments.iter().filter(|attachment| match &attachment.only {
            Some(only) => only.provider == part.provider && only.department == part.department,
            None => !any || pathology(part),
        });
        part.attachments = here.map(|attachment| attachment.id.clone()).collect();
    }
}

fn attachments(draft: &Draft, parts: &[Part], catalogues: &Catalogues, found: &mut Vec<Finding>) {
    for attachment in &draft.attachments {
        let named = [("name", attachment.description.clone())];
        if attachment.description.is_empty() {
            found.push(own("attachment_undescribed", Severity::Stop, Subject::Draft, None));
        }
        if !parts.is_empty() && !parts.iter().any(|part| part.attachments.contains(&attachment.id)) {
            found.push(own("attachment_nowhere", Severity::Stop, Subject::Draft, None).with(&named));
        }
    }
    for part in parts {
        let Some(indexed) = catalogues.get(&part.provider) else { continue };
        let here: Vec<&Attachment> =
            draft.attachments.iter().filter(|attachment| part.attachments.contains(&attachment.id)).collect();
        let bytes: u64 = here.iter().map(|attachment| u64::from(attachment.bytes)).sum();
        let limit = u64::from(indexed.catalogue().provider.limits.attachments_bytes);
        let mut say = |rule: &str, severity, params: &[(&str, String)]| {
            found.push(own(rule, severity, Subject::Draft, Some(indexed)).with(params));
        };
        if bytes > limit {
            say("attachments_too_large", Severity::Stop, &[("bytes", bytes.to_string()), ("limit", limit.to_string())]);
        } else if bytes > LARGE {
            say("attachments_large", Severity::Note, &[("bytes", bytes.to_string())]);
        }
        let pathology = Discipline::from_code(&part.discipline).is_some_and(Discipline::is_pathology);
        let agreed = |attachment: &&Attachment| !(pathology && attachment.kind == MimeType::Pdf);
        for attachment in here.into_iter().filter(agreed) {
            say("attachment_by_agreement", Severity::Note, &[("name", attachment.description.clone())]);
        }
    }
}

/// Size of all attachments, and the strictest limit of the receivers that get any.
pub(crate) fn sizes(draft: &Draft, parts: &[Part], catalogues: &Catalogues) -> (u32, u32) {
    let bytes = draft.attachments.iter().map(|attachment| u64::from(attachment.bytes)).sum::<u64>();
    let receivers = parts.iter().filter(|part| !part.attachments.is_empty());
    let limits = receivers.filter_map(|part| catalogues.get(&part.provider));
    let limit = limits.map(|indexed| indexed.catalogue().provider.limits.attachments_bytes).min();
    (u32::try_from(bytes).unwrap_or(u32::MAX), limit.unwrap_or(0))
}
