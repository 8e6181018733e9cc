//! Everything that follows from a draft.
//!
//! One pure function over draft, catalogues, day and history. It is run after every edit, so it keeps nothing and copies
//! little; the conditions it meets are compiled once for each set of catalogues.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::{Timestamp, Unit, Zoned};

use crate::catalogue::model::{Department, Indexed, Question, RequisitionPer, Service, Severity, Text};
use crate::composing::basket::groups;
use crate::composing::catalogues::{Catalogues, replacement};
use crate::composing::composition::{
    AskedQuestion, Composition, Finding, Group, LastOrdered, Missing, NotOffered, Part, PlannedSpecimen, Subject,
};
use crate::composing::draft::{Draft, Line};
use crate::composing::extras;
use crate::composing::findings::{self, LineFacts};
use crate::composing::patient::age_on;
use crate::composing::plan::plan_on;
use crate::composing::questions::{Asked, Asking};

/// What a composition depends on besides draft and catalogues.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The day, for the patient's age.
    pub today: Date,
    /// The moment, in the office's zone.
    pub now: &'a Zoned,
    /// What this workstation has ordered for the patient before.
    pub history: &'a [PastOrder],
}

/// A service that was ordered for the patient before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastOrder {
    /// Provider id.
    pub provider: String,
    /// Service id.
    pub service: String,
    /// Code, where it has one: the same analysis at another provider counts too.
    pub code: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// A line with what the catalogues know of it.
pub(super) struct Resolved<'a> {
    pub line: &'a Line,
    pub indexed: Option<&'a Indexed>,
    pub service: Option<&'a Service>,
    pub last_ordered: Option<LastOrdered>,
}

impl<'a> Resolved<'a> {
    /// The service, where it can be ordered.
    pub fn orderable(&self) -> Option<(&'a Indexed, &'a Service)> {
        self.indexed.zip(self.service).filter(|(_, service)| !service.withdrawn)
    }

    pub fn department(&self) -> &'a str {
        self.service.map_or("", |service| service.department.as_str())
    }

    /// Why it cannot be ordered.
    pub fn missing_why(&self) -> NotOffered {
        if self.line.ordered.is_some() {
            return NotOffered::Unsettled;
        }
        match (self.indexed, self.service) {
            (None, _) => NotOffered::NoCatalogue,
            (Some(_), None) => NotOffered::Gone,
            (Some(_), Some(_)) => NotOffered::Withdrawn,
        }
    }

    pub fn replacement(&self) -> Option<&'a Service> {
        replacement(self.indexed?, self.service.filter(|service| service.withdrawn)?)
    }
}

/// Works out what follows from a draft. A draft with problems is not an error: they are among the findings.
#[must_use]
pub fn compose(draft: &Draft, catalogues: &Catalogues, context: &Context<'_>) -> Composition {
    let lines: Vec<Resolved<'_>> = draft.lines.iter().map(|line| resolve(line, catalogues, context)).collect();
    let providers = providers(&lines);
    let plan = plan_on(&draft.lines, draft.planned_date.as_deref(), catalogues);
    let mut findings = Vec::new();
    findings::of_patient(draft, &providers, &mut findings);
    findings::of_texts(draft, &providers, &mut findings);
    let asked = ask(draft, &lines, &providers, catalogues, context, &mut findings);
    for resolved in lines.iter().filter(|resolved| resolved.orderable().is_none()) {
        findings.push(match resolved.line.ordered {
            Some(_) => findings::of_unsettled(resolved.line, resolved.indexed),
            None => findings::of_withdrawn(resolved.line, resolved.replacement(), resolved.indexed),
        });
    }
    let orderable: Vec<_> = lines
        .iter()
        .filter_map(|resolved| resolved.orderable().map(|(indexed, service)| (resolved.line, indexed, service)))
        .collect();
    findings::of_repeats(&orderable, &mut findings);
    findings::of_divided(&orderable, &plan, &mut findings);
    let mut parts = parts(draft, &orderable, &plan);
    extras::hand_out(&draft.attachments, &mut parts);
    extras::findings(draft, &parts, catalogues, context.today, &mut findings);
    for part in &parts {
        if let Some(indexed) = catalogues.get(&part.provider) {
            findings::of_size(indexed, part.lines.len(), &mut findings);
        }
    }
    settle(draft, &mut findings);
    let groups = groups(draft, &lines, catalogues, asked, &plan, &findings);
    let missing = missing(draft, &groups, &findings);
    let (attachments_bytes, attachments_limit) = extras::sizes(draft, &parts, catalogues);
    Composition {
        nothing_to_collect: (plan.is_empty() || draft.collection.is_elsewhere()) && !orderable.is_empty(),
        attachments_bytes,
        attachments_limit,
        clinical_text_limit: findings::text_limit(&providers),
        groups,
        plan,
        findings,
        missing,
        parts,
    }
}

/// The questions visible at each line, of both phases and with shared ones at every line that asks them.
pub(crate) fn asked_by_line<'a>(
    draft: &'a Draft,
    catalogues: &'a Catalogues,
    context: &Context<'_>,
) -> BTreeMap<u32, Vec<(&'a Question, AskedQuestion)>> {
    let lines: Vec<Resolved<'_>> = draft.lines.iter().map(|line| resolve(line, catalogues, context)).collect();
    let asked = ask(draft, &lines, &providers(&lines), catalogues, context, &mut Vec::new());
    let shown = |asked: Vec<Asked<'a>>| asked.into_iter().map(|asked| (asked.question, asked.shown)).collect();
    asked.into_iter().map(|(line, asked)| (line, shown(asked))).collect()
}

/// When a service of a provider was last ordered for the patient on this workstation, by its id or by its code at any
/// provider: what stands beside the service wherever it is shown. Nothing where it never was.
#[must_use]
pub fn last_ordered_of(
    provider: &str,
    service: &str,
    catalogues: &Catalogues,
    context: &Context<'_>,
) -> Option<LastOrdered> {
    let known = catalogues.service(provider, service).map(|(_, service)| service);
    last_ordered(provider, service, known, context)
}

fn resolve<'a>(line: &'a Line, catalogues: &'a Catalogues, context: &Context<'_>) -> Resolved<'a> {
    let indexed = catalogues.get(&line.provider);
    let service = indexed.and_then(|indexed| indexed.service(&line.service));
    let last_ordered = last_ordered(&line.provider, &line.service, service, context);
    Resolved { line, indexed, service, last_ordered }
}

fn last_ordered(provider: &str, id: &str, service: Option<&Service>, context: &Context<'_>) -> Option<LastOrdered> {
    let code =
        service.filter(|service| service.code.names_one_service()).and_then(|service| service.code.code.as_deref());
    let same = |past: &&PastOrder| {
        (past.provider == provider && past.service == id) || (code.is_some() && past.code.as_deref() == code)
    };
    let past =
        context.history.iter().filter(same).map(|past| past.at).filter(|at| *at <= context.now.timestamp()).max()?;
    let local = past.to_zoned(context.now.time_zone().clone());
    let days = local.date().until((Unit::Day, context.now.date())).map_or(0, |span| span.get_days());
    let at = local.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
    Some(LastOrdered { at, days: u32::try_from(days).unwrap_or(0) })
}

/// The providers of the lines, in the order of the first pick.
fn providers<'a>(lines: &[Resolved<'a>]) -> Vec<&'a Indexed> {
    let mut seen = BTreeSet::new();
    lines.iter().filter(|line| seen.insert(&line.line.provider)).filter_map(|line| line.indexed).collect()
}

/// Asks each provider's questions and tries its rules. Gives the visible questions by line.
fn ask<'a>(
    draft: &'a Draft,
    lines: &[Resolved<'a>],
    providers: &[&'a Indexed],
    catalogues: &'a Catalogues,
    context: &Context<'_>,
    findings: &mut Vec<Finding>,
) -> BTreeMap<u32, Vec<Asked<'a>>> {
    let age = age_on(&draft.patient, context.today);
    let mut by_line = BTreeMap::new();
    for indexed in providers {
        let provider = &indexed.catalogue().provider.id;
        let last_days = last_days(indexed, lines, context);
        let Some(mut asking) = Asking::new(draft, provider, catalogues, age, last_days, context.today) else {
            continue;
        };
        for resolved in lines.iter().filter(|resolved| resolved.line.provider == *provider) {
            let Some((_, service)) = resolved.orderable() else { continue };
            let asked = asking.at(resolved.line, service);
            let subject = Subject::Line { line: resolved.line.id };
            let params = params(resolved.last_ordered.as_ref(), age, Some(&service.name));
            let mut retest_said = false;
            for rule in catalogues.rules_for(provider, &service.id) {
                if asking.speaks(&rule.condition, &rule.id) {
                    retest_said |= rule.condition.contains("last_days");
                    findings.push(findings::of_rule(rule, subject.clone(), indexed, catalogues, &params));
                }
            }
            let facts = LineFacts {
                draft,
                line: resolved.line,
                indexed,
                service,
                department: indexed.department(&service.department),
                age,
                last_ordered: resolved.last_ordered.as_ref(),
                asked: &asked,
                retest_said,
                site_wanted: asking.wants_site(service),
            };
            facts.findings(catalogues, findings);
            by_line.insert(resolved.line.id, asked);
        }
        asking.at_draft();
        let params = params(None, age, None);
        for rule in catalogues.draft_rules(provider) {
            if asking.speaks(&rule.condition, &rule.id) {
                findings.push(findings::of_rule(rule, Subject::Draft, indexed, catalogues, &params));
            }
        }
    }
    by_line
}

/// Days since each service of a provider was last ordered: those of the lines, and those of the history.
fn last_days(indexed: &Indexed, lines: &[Resolved<'_>], context: &Context<'_>) -> BTreeMap<String, u32> {
    let provider = &indexed.catalogue().provider.id;
    let past = context.history.iter().filter(|past| past.provider == *provider).map(|past| past.service.as_str());
    let here = lines.iter().filter(|line| line.line.provider == *provider).map(|line| line.line.service.as_str());
    let services: BTreeSet<&str> = past.chain(here).collect();
    services
        .into_iter()
        .filter_map(|id| Some((id.to_owned(), last_ordered(provider, id, indexed.service(id), context)?.days)))
        .collect()
}

fn params(last: Option<&LastOrdered>, age: Option<u32>, name: Option<&String>) -> Vec<(&'static str, String)> {
    let days = last.map(|last| ("days", last.days.to_string()));
    let age = age.map(|age| ("age", age.to_string()));
    let name = name.map(|name| ("name", name.clone()));
    days.into_iter().chain(age).chain(name).collect()
}

/// Puts given reasons to their warnings and sorts: hardest first, then as on screen.
fn settle(draft: &Draft, findings: &mut [Finding]) {
    for finding in findings.iter_mut().filter(|finding| finding.severity == Severity::Warn) {
        let line = match finding.subject {
            Subject::Line { line } => Some(line),
            Subject::Patient | Subject::Requester | Subject::ClinicalText | Subject::Draft => None,
        };
        let provider = finding.provider.as_deref().unwrap_or_default();
        let given = draft
            .overrides
            .iter()
            .find(|given| given.line == line && given.provider == provider && given.rule == finding.rule)
            .map(|given| given.reason.clone());
        finding.overridden = given.filter(|reason| finding.override_reasons.iter().any(|known| known.value == *reason));
    }
    let place = |line: &u32| draft.lines.iter().position(|known| known.id == *line);
    findings.sort_by_cached_key(|finding| {
        let at = match &finding.subject {
            Subject::Patient => (0, None),
            Subject::Requester => (1, None),
            Subject::Line { line } => (2, place(line)),
            Subject::ClinicalText => (3, None),
            Subject::Draft => (4, None),
        };
        (std::cmp::Reverse(finding.severity), at, finding.provider.clone(), finding.rule.clone())
    });
}

/// The requisitions: one for each department and day, and as finely as the receiver wants them.
fn parts(draft: &Draft, orderable: &[(&Line, &Indexed, &Service)], plan: &[PlannedSpecimen]) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for (line, indexed, service) in orderable {
        let department = indexed.department(&service.department);
        let day = draft.day_of(line);
        for only in apart(department, line, service, plan) {
            let known = parts.iter_mut().find(|part| {
                part.provider == line.provider
                    && part.department == service.department
                    && part.planned_date.as_deref() == day
                    && part.only == only
            });
            if let Some(part) = known {
                part.lines.push(line.id);
                continue;
            }
            parts.push(Part {
                provider: line.provider.clone(),
                provider_name: indexed.catalogue().provider.name.clone(),
                department: service.department.clone(),
                department_name: department.map_or_else(Text::default, |found| found.discipline_name.clone()),
                discipline: department.map_or_else(String::new, |department| department.discipline.clone()),
                lines: vec![line.id],
                specimens: Vec::new(),
                planned_date: day.map(str::to_owned),
                only,
                attachments: Vec::new(),
            });
        }
    }
    for part in &mut parts {
        let per = orderable.iter().find(|(line, ..)| part.lines.contains(&line.id));
        let per = per.and_then(|(_, indexed, service)| indexed.department(&service.department)?.requisition_per);
        let here = plan.iter().filter(|planned| {
            planned.provider == part.provider
                && planned.department == part.department
                && planned.planned_date == part.planned_date
                && match per {
                    None => true,
                    Some(RequisitionPer::Material) => part.only.as_ref() == Some(&planned.material),
                    Some(RequisitionPer::Service) => planned.lines.iter().any(|line| part.lines.contains(line)),
                }
        });
        part.specimens = here.map(|planned| planned.key.clone()).collect();
    }
    parts
}

/// What sets the requisitions of a line apart from others to the same department; one nothing where they need not be.
fn apart(
    department: Option<&Department>,
    line: &Line,
    service: &Service,
    plan: &[PlannedSpecimen],
) -> Vec<Option<String>> {
    match department.and_then(|department| department.requisition_per) {
        None => vec![None],
        Some(RequisitionPer::Service) => vec![Some(service.name.clone())],
        Some(RequisitionPer::Material) => {
            let serving = plan.iter().filter(|planned| planned.lines.contains(&line.id));
            let materials: BTreeSet<&String> = serving.map(|planned| &planned.material).collect();
            if materials.is_empty() { vec![None] } else { materials.into_iter().cloned().map(Some).collect() }
        }
    }
}

/// What still has to be settled, in the order of the screen.
fn missing(draft: &Draft, groups: &[Group], findings: &[Finding]) -> Vec<Missing> {
    let unsettled = |subject: &Subject| -> Vec<Missing> {
        let concerned = findings.iter().filter(|finding| finding.subject == *subject);
        concerned
            .filter_map(|finding| {
                let (subject, rule) = (finding.subject.clone(), finding.rule.clone());
                match (finding.severity, &finding.overridden) {
                    (Severity::Stop, _) => Some(Missing::Stop { subject, rule }),
                    (Severity::Warn, None) => Some(Missing::Warning { subject, rule }),
                    (Severity::Warn, Some(_)) | (Severity::Note, _) => None,
                }
            })
            .collect()
    };
    let mut missing = unsettled(&Subject::Patient);
    if draft.requester.as_deref().is_none_or(str::is_empty) {
        missing.push(Missing::Requester);
    }
    missing.extend(unsettled(&Subject::Requester));
    if draft.lines.is_empty() {
        missing.push(Missing::Services);
    }
    // What cannot be ordered stands on top of the basket.
    let (gone, offered): (Vec<_>, Vec<_>) =
        groups.iter().flat_map(|group| &group.lines).partition(|line| line.withdrawn.is_some());
    for line in gone.into_iter().chain(offered) {
        missing.extend(unsettled(&Subject::Line { line: line.id }));
        let open = line.questions.iter().filter(|question| question.required && question.answer.is_none());
        missing.extend(open.map(|question| Missing::Question { line: line.id, question: question.id.clone() }));
    }
    missing.extend(unsettled(&Subject::ClinicalText));
    missing.extend(unsettled(&Subject::Draft));
    missing
}
