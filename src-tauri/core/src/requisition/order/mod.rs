//! A requisition as an order document, from which its message is rendered.
//!
//! Every answer goes to the place that the catalogue named when it was asked, and whatever has no place of its own in
//! this requisition is written in a comment: nothing that somebody answered is left out. Nothing is cut either: what is
//! too long is a problem that the order's own check names.

mod parties;
mod placing;
mod specimens;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Zoned;

use crate::catalogue::model::Coded;
use crate::codes::{Code, CodeSystem, Discipline};
use crate::composing::draft::{CollectionPlace, LineSeries, Urgency};
use crate::ids::RequisitionId;
use crate::order::{
    Action, Attachment, ClinicalFinding, Comment, Diagnosis, DiagnosisRole, Format, InformationItem, Kind, Moment,
    Order, Payment, Problem, ProblemCode, Reason, RequisitionHead, Series, Service, Status,
};
use crate::requisition::{RequestedService, Requisition};

use specimens::specimens_sent;

/// Heading of the clinical text (list 8231): "Aktuell problemstilling".
const PROBLEM: &str = "PROB";

/// Makes the order document of a new requisition.
///
/// The contents of attachments must be there ([`crate::requisition::Document::content`]): the store has them, not the
/// requisition. Specimens that are planned, or with the patient, are said to be not collected; those that were not taken or spoiled are
/// too, with the reason, unless the specimen was taken again.
///
/// # Errors
/// Everything that `order::check` would refuse, each with its path in the order document.
pub fn to_order(requisition: &Requisition, status: Status, now: &Zoned) -> Result<Order, Vec<Problem>> {
    let mut problems = Vec::new();
    let discipline = Discipline::from_code(&requisition.receiver.discipline);
    if discipline.is_none() {
        problems.push(problem("discipline", ProblemCode::NotInList, "is not a discipline that may be sent"));
    }
    let parts = Parts { requisition, discipline, problems: &mut problems };
    let order = parts.order(status);
    match order {
        Some(order) if problems.is_empty() => {
            let found = crate::order::check(&order, now);
            if found.is_empty() { Ok(order) } else { Err(found) }
        }
        Some(_) | None => Err(problems),
    }
}

fn problem(path: &str, code: ProblemCode, explanation: &str) -> Problem {
    Problem { path: path.to_owned(), code, explanation: explanation.to_owned() }
}

struct Parts<'a> {
    requisition: &'a Requisition,
    discipline: Option<Discipline>,
    problems: &'a mut Vec<Problem>,
}

impl Parts<'_> {
    fn order(mut self, status: Status) -> Option<Order> {
        let r = self.requisition;
        let id = self.parsed("requisition.id", r.id.parse::<RequisitionId>().ok());
        let issued = self.parsed("requisition.issued", Moment::parse(&r.issued).ok());
        let patient = self.patient(&r.patient);
        let mut order = Order {
            format: Format::V1,
            kind: Kind::New,
            status,
            requisition: RequisitionHead { id, issued, service_provider_id: None },
            discipline: self.discipline?,
            patient,
            requester: self.sender(&r.requester),
            ordering_clinician: self.clinician(&r.requester),
            regular_gp: None,
            service_provider: self.receiver(),
            copy_recipients: self.copies(),
            payment: some(&r.payment).map(|category| Payment { category: Some(category), payer: None }),
            urgency: Some(match r.urgency {
                Urgency::Routine => crate::order::Urgency::Normal,
                Urgency::Urgent | Urgency::Cito => crate::order::Urgency::High,
            }),
            requested_report_date: None,
            reservation: None,
            reasons: some(&r.clinical_text)
                .map(|text| Reason { heading: PROBLEM.to_owned(), text })
                .into_iter()
                .collect(),
            diagnoses: self.diagnoses(),
            findings: self.earlier_findings(),
            information_items: cancer_pathway(r.cancer_pathway),
            may_change_modality: None,
            comments: comments(r),
            services: r.services.iter().map(|service| self.service(service)).collect(),
            specimens: self.specimens(),
            attachments: attachments(r),
        };
        for (at, service) in r.services.iter().enumerate() {
            for given in &service.answers {
                if let Some(answer) = &given.answer {
                    self.place(&mut order, at, given, answer);
                }
            }
        }
        for service in &mut order.services {
            // The two exclude each other; what was asked about the service says more than its second code.
            if !service.specs.is_empty() {
                service.local_code = None;
            }
        }
        Some(order)
    }

    fn parsed<T>(&mut self, path: &str, value: Option<T>) -> Option<T> {
        if value.is_none() {
            self.problems.push(problem(path, ProblemCode::Form, "is not of the form that can be sent"));
        }
        value
    }

    fn diagnoses(&mut self) -> Vec<Diagnosis> {
        let diagnoses = self.requisition.diagnoses.iter().enumerate();
        diagnoses
            .filter_map(|(at, diagnosis)| {
                let system =
                    self.parsed(&format!("diagnoses[{at}].code.system"), CodeSystem::parse(&diagnosis.system).ok())?;
                Some(Diagnosis {
                    role: if at == 0 { DiagnosisRole::Main } else { DiagnosisRole::Secondary },
                    code: Code::new(system, diagnosis.code.clone(), diagnosis.display.clone()),
                })
            })
            .collect()
    }

    fn earlier_findings(&mut self) -> Vec<ClinicalFinding> {
        let told = self.requisition.earlier_findings.iter().filter(|finding| !finding.text.trim().is_empty());
        told.enumerate()
            .map(|(at, finding)| {
                let date = finding
                    .date
                    .as_deref()
                    .and_then(|date| self.parsed(&format!("findings[{at}].date"), Moment::parse(date).ok()));
                ClinicalFinding { text: finding.text.clone(), date }
            })
            .collect()
    }

    fn service(&mut self, service: &RequestedService) -> Service {
        let r = self.requisition;
        let at = r.services.iter().position(|known| known.key == service.key).unwrap_or(0);
        let code = self.code(&format!("services[{at}].code"), &service.code);
        let local_code =
            service.local_code.as_ref().and_then(|local| self.code(&format!("services[{at}].localCode"), local));
        let is_radiology = self.discipline.is_some_and(Discipline::is_radiology);
        let planned = r.planned_date.as_deref().filter(|_| is_radiology).and_then(|day| Moment::parse(day).ok());
        let mut comment = None;
        for given in &service.overrides {
            add_line(&mut comment, given);
        }
        let serving = specimens_sent(r).filter(|specimen| specimen.services.contains(&service.key));
        let specs = service.specs.iter().filter_map(|spec| self.code(&format!("services[{at}].specs"), spec)).collect();
        Service {
            action: Action::New,
            code: code.unwrap_or_else(|| Code::text(service.name.clone())),
            local_code,
            specs,
            comment,
            priority: priority(self.discipline, r.urgency, r.cancer_pathway).map(str::to_owned),
            purpose: None,
            requested_date: planned,
            series: service.series.as_ref().map(series),
            specimens: serving.map(|specimen| specimen.id.clone()).collect(),
        }
    }

    fn code(&mut self, path: &str, coded: &Coded) -> Option<Code> {
        let system = self.parsed(&format!("{path}.system"), CodeSystem::parse(&coded.system).ok())?;
        Some(Code { system, code: coded.code.clone(), display: coded.display.clone() })
    }
}

/// Priority of a service (list 8304). Pathology and radiology read it there (HIS 1160, HIS 1175); the laboratories read
/// the urgency of the report, and the priority only for what is wanted at once.
fn priority(discipline: Option<Discipline>, urgency: Urgency, cancer_pathway: bool) -> Option<&'static str> {
    let everyday = match discipline? {
        Discipline::Clin | Discipline::Mbio | Discipline::Lab => false,
        Discipline::Hist
        | Discipline::Cyto
        | Discipline::Obd
        | Discipline::Ct
        | Discipline::Ma
        | Discipline::Mr
        | Discipline::Rtg
        | Discipline::Sci
        | Discipline::Ul => true,
    };
    match urgency {
        Urgency::Cito => Some("0"),
        Urgency::Routine | Urgency::Urgent if everyday && cancer_pathway => Some("PK"),
        Urgency::Routine => None,
        Urgency::Urgent => everyday.then_some("3"),
    }
}

/// Beside the priority, which has one place for urgency and pathway: what is wanted at once is still in the pathway.
fn cancer_pathway(on: bool) -> Vec<InformationItem> {
    let item = InformationItem {
        item_type: "OPPL".to_owned(),
        code: None,
        text: Some("Pakkeforløp for kreft".to_owned()),
        comment: None,
        from: None,
        to: None,
        date: None,
    };
    if on { vec![item] } else { Vec::new() }
}

fn comments(r: &Requisition) -> Vec<Comment> {
    let elsewhere = match &r.collection {
        CollectionPlace::Elsewhere { name } => Some(format!("Prøvene tas av: {name}.")),
        CollectionPlace::Office | CollectionPlace::Home => None,
    };
    let comment = |text| Comment { heading: None, text };
    elsewhere.into_iter().chain(some(&r.note_to_laboratory)).map(comment).collect()
}

fn series(series: &LineSeries) -> Series {
    let day = |day: &Option<String>| day.as_deref().and_then(|day| Moment::parse(day).ok());
    Series {
        times: series.times,
        start: day(&series.start),
        end: day(&series.end),
        interval: series.every.map(crate::composing::draft::Interval::words),
        end_condition: None,
        instructions: some(&series.instructions),
    }
}

fn attachments(r: &Requisition) -> Vec<Attachment> {
    r.attachments
        .iter()
        .map(|document| Attachment {
            id: Some(document.about.id.clone()),
            description: document.about.description.clone(),
            mime_type: document.about.kind,
            date: Moment::parse(&document.about.added).ok(),
            base64: document.content.as_ref().map(|content| STANDARD.encode(content)),
            path: None,
        })
        .collect()
}

fn add_line(text: &mut Option<String>, line: &str) {
    match text {
        Some(text) => {
            text.push('\n');
            text.push_str(line);
        }
        None => *text = Some(line.to_owned()),
    }
}

fn some(text: &str) -> Option<String> {
    (!text.trim().is_empty()).then(|| text.to_owned())
}
