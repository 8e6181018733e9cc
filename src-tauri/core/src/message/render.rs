//! From order to message, in the order of elements that the schema fixes.

use jiff::Zoned;

use super::groups::{Group, groups};
use super::parties::IdLists;
use super::writer::Out;
use super::{mig_version, namespace};
use crate::codes::{Code, ListNumber, MessageVersion, Sex, list_text};
use crate::ids::MessageId;
use crate::order::{
    Action, Attachment, CopyOf, CopyRecipient, DiagnosisRole, Kind, Moment, Order, Reservation, Service, Specimen,
    Status, Urgency,
};

/// Namespace of an attachment's content (HIS 1036).
const BASE64_NAMESPACE: &str = "http://www.kith.no/xmlstds/base64container";

type Done = Result<(), RenderError>;

/// What is new in every message instance.
#[derive(Clone, Debug)]
pub struct Envelope {
    /// `MsgId`.
    pub message_id: MessageId,
    /// `GenDate`: written as the wall-clock time of its zone.
    pub generated: Zoned,
}

/// Why an order has no message. An order that passes `order::check` and is complete always has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// A field that the message needs and the program should have filled in.
    #[error("{0} has not been filled in")]
    Incomplete(&'static str),
    /// A code that its list lacks.
    #[error("a code is not in list {list}")]
    NotInList {
        /// The list.
        list: ListNumber,
    },
    /// A character that XML cannot carry.
    #[error("a text has a character that XML cannot carry")]
    Character,
    /// An attachment whose content has not been read or is not base64.
    #[error("an attachment has no content")]
    Attachment,
    /// Building the XML failed.
    #[error("the message could not be written")]
    Write,
}

/// Writes the message.
///
/// # Errors
/// [`RenderError`]; nothing is ever left out to make an order fit.
pub fn render(order: &Order, envelope: &Envelope, version: MessageVersion) -> Result<Vec<u8>, RenderError> {
    let mut out = Out::new()?;
    out.element_in("Message", Some(namespace(version)), |out| {
        out.message_type(order, version)?;
        out.text("MIGversion", mig_version(version))?;
        out.time("GenDate", &Moment::from(&envelope.generated))?;
        out.text("MsgId", &envelope.message_id.text())?;
        match order.status {
            Status::Test => out.listed("Status", 8323, "TEST")?,
            Status::Production => {}
        }
        out.element("ServReq", |out| out.requisition(order, version))
    })?;
    Ok(out.finish())
}

impl Out {
    fn message_type(&mut self, order: &Order, version: MessageVersion) -> Done {
        match version {
            MessageVersion::V1_5 => self.attributes("Type", &[("V", "R"), ("DN", "Rekvisisjon")]),
            MessageVersion::V1_6 => {
                self.listed("Type", 8279, if order.discipline.is_radiology() { "REQ_RTG" } else { "REQ_LAB" })
            }
        }
    }

    fn requisition(&mut self, order: &Order, version: MessageVersion) -> Done {
        let lists = IdLists::of(version);
        let head = &order.requisition;
        self.listed("ServType", 7309, kind_code(order.kind))?;
        self.time("IssueDate", head.issued.as_ref().ok_or(RenderError::Incomplete("requisition.issued"))?)?;
        let payment = order.payment.as_ref();
        self.maybe_listed("PaymentCat", 4101, payment.and_then(|payment| payment.category.as_deref()))?;
        self.listed("MsgDescr", 8202, order.discipline.code())?;
        self.text("Id", &head.id.ok_or(RenderError::Incomplete("requisition.id"))?.text())?;
        self.maybe_text("ServProvId", head.service_provider_id.as_deref())?;
        self.maybe_time("RequestedDateReport", order.requested_report_date.as_ref())?;
        self.urgency(order.urgency, version)?;
        if let Some(reservation) = order.reservation {
            self.listed_with_system("Reservation", 3108, reservation_code(reservation))?;
        }
        self.element("Patient", |out| out.patient(order, version))?;
        self.element("ServProvider", |out| out.party(&order.service_provider, lists))?;
        self.element("Requester", |out| out.party(&order.requester, lists))?;
        if let Some(payer) = payment.and_then(|payment| payment.payer.as_ref()) {
            self.element("PaymentResponsible", |out| {
                out.text("TypeGuarantor", &payer.guarantor_type)?;
                out.party(&payer.party, lists)
            })?;
        }
        for recipient in &order.copy_recipients {
            self.copy_recipient(recipient, lists)?;
        }
        for attachment in &order.attachments {
            self.attachment(attachment)?;
        }
        for reason in &order.reasons {
            self.element("ReasonAsText", |out| {
                out.listed("Heading", 8231, &reason.heading)?;
                out.text("TextResultValue", &reason.text)
            })?;
        }
        self.comments(order, version)?;
        for group in groups(order) {
            self.element("ReqInvestigation", |out| out.group(order.kind, &group))?;
        }
        Ok(())
    }

    /// v1.5 has another list, in which only the normal urgency has a counterpart; the others become a comment.
    fn urgency(&mut self, urgency: Option<Urgency>, version: MessageVersion) -> Done {
        match (urgency, version) {
            (None, _) | (Some(Urgency::High | Urgency::Low), MessageVersion::V1_5) => Ok(()),
            (Some(Urgency::Normal), MessageVersion::V1_5) => self.listed("RequestedPrioReport", 7303, "NORM"),
            (Some(urgency), MessageVersion::V1_6) => self.listed("RequestedPrioReport", 8115, urgency_code(urgency)),
        }
    }

    fn comments(&mut self, order: &Order, version: MessageVersion) -> Done {
        if let Some(may_change) = order.may_change_modality {
            self.element("Comment", |out| {
                out.listed_with_system("TextCode", 8274, if may_change { "1" } else { "2" })
            })?;
        }
        if let (Some(urgency @ (Urgency::High | Urgency::Low)), MessageVersion::V1_5) = (order.urgency, version) {
            let words = urgency_words(urgency_code(urgency)).ok_or(RenderError::NotInList { list: 8115 })?;
            self.element("Comment", |out| out.text("TextResultValue", &words))?;
        }
        for comment in &order.comments {
            self.element("Comment", |out| {
                out.maybe_listed("Heading", 8234, comment.heading.as_deref())?;
                out.text("TextResultValue", &comment.text)
            })?;
        }
        Ok(())
    }

    fn listed_with_system(&mut self, name: &str, list: ListNumber, code: &str) -> Done {
        let code = Code::of_list(list, code).ok_or(RenderError::NotInList { list })?;
        self.coded(name, &code)
    }

    fn patient(&mut self, order: &Order, version: MessageVersion) -> Done {
        let patient = &order.patient;
        self.maybe_listed("Sex", 3101, patient.sex.map(Sex::code))?;
        self.maybe_time("DateOfBirth", patient.birth_date.map(Moment::from).as_ref())?;
        self.text("Name", &patient.name.family_first())?;
        self.maybe_text("IdByServProvider", patient.local_ids.service_provider.as_deref())?;
        self.maybe_text("IdByRequester", patient.local_ids.requester.as_deref())?;
        let ids: Vec<(&str, &str)> = [
            ("FNR", patient.ids.fnr.as_ref().map(|id| id.as_str())),
            ("DNR", patient.ids.dnr.as_ref().map(|id| id.as_str())),
            ("FHN", patient.ids.fhn.as_ref().map(|id| id.as_str())),
            ("HNR", patient.ids.hnr.as_deref()),
        ]
        .into_iter()
        .filter_map(|(kind, id)| Some((kind, id?)))
        .collect();
        let ((kind, id), others) = ids.split_first().ok_or(RenderError::Incomplete("patient.ids"))?;
        self.text("OffId", id)?;
        self.listed("TypeOffId", 8327, kind)?;
        let relations = match version {
            MessageVersion::V1_5 => 7319,
            MessageVersion::V1_6 => 8254,
        };
        self.element("ResponsibleHcp", |out| {
            out.listed("Relation", relations, "REK")?;
            out.clinician(&order.ordering_clinician, IdLists::of(version))
        })?;
        if let Some(category) = &patient.admission_category {
            self.element("AdmLocation", |out| out.listed("AdmCat", 8240, category))?;
        }
        self.additional(others, 8327)?;
        self.home(patient.address.as_ref(), patient.phone.as_deref(), patient.email.as_deref())?;
        self.information(order)
    }

    fn information(&mut self, order: &Order) -> Done {
        for item in &order.information_items {
            self.element("InfItem", |out| {
                out.element("Observation", |out| {
                    out.maybe_text("Description", item.text.as_deref())?;
                    out.maybe_text("Comment", item.comment.as_deref())?;
                    item.code.as_ref().map_or(Ok(()), |code| out.coded("CodedDescr", code))
                })?;
                out.listed("Type", 8233, &item.item_type)?;
                out.maybe_time("StartDateTime", item.from.as_ref())?;
                out.maybe_time("EndDateTime", item.to.as_ref())?;
                out.maybe_time("OrgDate", item.date.as_ref())
            })?;
        }
        for diagnosis in &order.diagnoses {
            let role = match diagnosis.role {
                DiagnosisRole::Main => "H",
                DiagnosisRole::Secondary => "B",
            };
            self.element("InfItem", |out| {
                out.element("Observation", |out| out.coded("CodedDescr", &diagnosis.code))?;
                out.listed("Type", 8233, role)
            })?;
        }
        for finding in &order.findings {
            self.element("InfItem", |out| {
                out.element("Observation", |out| out.text("Description", &finding.text))?;
                out.listed("Type", 8233, "FUNN")?;
                out.maybe_time("OrgDate", finding.date.as_ref())
            })?;
        }
        Ok(())
    }

    fn copy_recipient(&mut self, recipient: &CopyRecipient, lists: IdLists) -> Done {
        let roles: &[&str] = match recipient.gets {
            None => &[],
            Some(CopyOf::Request) => &["R"],
            Some(CopyOf::Answer) => &["S"],
            Some(CopyOf::Both) => &["R", "S"],
        };
        self.element("CopyDest", |out| {
            for role in roles {
                out.element("CopyDestRole", |out| out.listed("MsgType", 8236, role))?;
            }
            out.party(&recipient.party, lists)
        })
    }

    fn attachment(&mut self, attachment: &Attachment) -> Done {
        let base64 = attachment.base64.as_deref().ok_or(RenderError::Attachment)?;
        let compact: String = base64.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        self.element("RefDoc", |out| {
            out.maybe_time("IssueDate", attachment.date.as_ref())?;
            out.listed("MsgType", 8114, "A")?;
            out.maybe_text("Id", attachment.id.as_deref())?;
            out.text("MimeType", attachment.mime_type.name())?;
            out.text("Description", &attachment.description)?;
            out.element("Content", |out| {
                out.element_in("Base64Container", Some(BASE64_NAMESPACE), |out| out.characters(&compact))
            })
        })
    }

    fn group(&mut self, kind: Kind, group: &Group<'_>) -> Done {
        let Some(common) = group.services.first() else {
            return Ok(());
        };
        self.listed("ServType", 7309, action_code(kind, common.action))?;
        self.maybe_listed("Purpose", 8248, common.purpose.as_deref())?;
        self.maybe_time("ReqDate", common.requested_date.as_ref())?;
        self.maybe_listed("Priority", 8304, common.priority.as_deref())?;
        for service in &group.services {
            self.element("Investigation", |out| out.service(service))?;
        }
        if let Some(series) = &common.series {
            self.element("StandingInv", |out| {
                out.maybe_text("NumberOfTimes", series.times.map(|times| times.to_string()).as_deref())?;
                out.maybe_time("ScheduledStart", series.start.as_ref())?;
                out.maybe_time("ScheduledEnd", series.end.as_ref())?;
                out.maybe_text("CycleTime", series.interval.as_deref())?;
                out.maybe_text("EndCondition", series.end_condition.as_deref())?;
                out.maybe_text("Instructions", series.instructions.as_deref())
            })?;
        }
        for specimen in &group.specimens {
            self.element("AnalysedSubject", |out| out.specimen(specimen, common))?;
        }
        Ok(())
    }

    fn service(&mut self, service: &Service) -> Done {
        self.coded("Id", &service.code)?;
        if let Some(local) = &service.local_code {
            self.coded("Id", local)?;
        }
        for spec in &service.specs {
            self.coded("Spec", spec)?;
        }
        self.maybe_text("Comment", service.comment.as_deref())
    }

    fn specimen(&mut self, specimen: &Specimen, service: &Service) -> Done {
        if let Some(collected) = &specimen.collected {
            self.element("CollectedSample", |out| {
                out.time("CollectedDate", collected)?;
                // Receivers do not show the coded way of taking, so it stands as text too.
                let method = specimen.collection_method.as_ref();
                let comment = specimen.collector_comment.as_deref().or(method.map(|code| code.display.as_str()));
                out.maybe_text("CollectorComment", comment)?;
                method.map_or(Ok(()), |code| out.coded("CollectorsCommentCoded", code))
            })?;
        } else {
            self.element("RequestedSubject", |out| match &specimen.planned_date {
                Some(planned) => out.time("ReqDate", planned),
                // The schema wants the element and the standard forbids it empty: ordinary priority says the least.
                None => out.listed("Priority", 8304, service.priority.as_deref().unwrap_or("N")),
            })?;
        }
        self.maybe_text("Type", specimen.material.text.as_deref())?;
        specimen.material.code.as_ref().map_or(Ok(()), |code| self.coded("TypeCoded", code))?;
        self.maybe_text("IdByRequester", specimen.ids.requester.as_deref())?;
        self.maybe_text("IdByServProv", specimen.ids.service_provider.as_deref())?;
        self.maybe_text("PreservMaterial", specimen.preservative.as_deref())?;
        self.maybe_text("Comment", specimen.comment.as_deref())?;
        self.maybe_text("AnatomicalOrigin", specimen.anatomical_origin.as_deref())?;
        self.maybe_text("Number", specimen.number.map(|number| number.to_string()).as_deref())?;
        if specimen.collected.is_none() {
            self.listed("SampleCollInd", 1101, "2")?;
        }
        for handling in &specimen.handling {
            self.text("SampleHandling", handling)?;
        }
        for measure in &specimen.measures {
            self.element("SubjectMeasures", |out| {
                out.text("TypeQuantity", &measure.quantity)?;
                out.attributes("Quantity", &[("V", &measure.value.to_string()), ("U", &measure.unit)])
            })?;
        }
        if let Some(pretreatment) = &specimen.pretreatment {
            self.element("Pretreatment", |out| {
                out.maybe_listed("Heading", 8232, pretreatment.heading.as_deref())?;
                out.maybe_text("TextResultValue", pretreatment.text.as_deref())
            })?;
        }
        Ok(())
    }
}

/// List 7309, of the whole requisition.
const fn kind_code(kind: Kind) -> &'static str {
    match kind {
        Kind::New => "N",
        Kind::Change => "M",
        Kind::Addition => "A",
        Kind::Cancel => "C",
    }
}

/// List 7309, of one service: what is new in an addition is an addition too (HITS 1102, table 1).
const fn action_code(kind: Kind, action: Action) -> &'static str {
    match (action, kind) {
        (Action::New, Kind::Addition) => "A",
        (Action::New, Kind::New | Kind::Change | Kind::Cancel) => "N",
        (Action::Unchanged, _) => "H",
        (Action::Changed, _) => "M",
        (Action::Cancelled, _) => "C",
    }
}

/// The comment that says in v1.5 what it has no code for.
pub(super) fn urgency_words(code: &str) -> Option<String> {
    list_text(8115, code).map(|text| format!("Ønsket prioritet på svar: {text}"))
}

const fn urgency_code(urgency: Urgency) -> &'static str {
    match urgency {
        Urgency::High => "H",
        Urgency::Normal => "N",
        Urgency::Low => "L",
    }
}

const fn reservation_code(reservation: Reservation) -> &'static str {
    match reservation {
        Reservation::Reserved => "R",
        Reservation::Permitted => "T",
        Reservation::Unclear => "U",
    }
}
