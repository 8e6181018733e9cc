//! A message read back into the order that it says: for integrators who get messages from elsewhere, and to prove that what
//! is written can be read.
//!
//! It reads tolerantly, since messages of others are older and looser than ours: what the model has no place for, or holds
//! to a stricter form, is left out, and [`uncovered`] names it. Nothing is invented: what a message does not say is absent
//! or empty in the order, and the order's own check tells what it lacks.

mod parties;
mod services;

use std::collections::BTreeSet;

use super::structure::{BOUNDS, version_of};
use super::tree::{Element, TreeError, parse};
use super::{Envelope, RenderError, render};
use crate::codes::{Code, CodeSystem, Discipline, MessageVersion, OID_ROOT, Sex, list_text};
use crate::ids::{MessageId, RequisitionId};
use crate::order::{
    Attachment, ClinicalFinding, Comment, CopyOf, CopyRecipient, Diagnosis, DiagnosisRole, Format, InformationItem,
    Kind, MimeType, Moment, Order, Payer, Payment, Reason, RequisitionHead, Reservation, Status, Urgency,
};

/// What a message says, and which message it is.
#[derive(Clone, PartialEq)]
pub struct ReadMessage {
    /// The order.
    pub order: Order,
    /// Version of the message.
    pub version: MessageVersion,
    /// `MsgId`, where it is a UUID.
    pub message_id: Option<MessageId>,
    /// `GenDate`.
    pub generated: Option<Moment>,
}

/// Why a message cannot be read as an order. Names elements, never what stands in them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// It cannot be read, or is no requisition of a version that we know.
    #[error("the message {0}")]
    Unreadable(#[from] TreeError),
    /// Without it there is no order.
    #[error("{0} is missing, or not of a form that an order can hold")]
    Lacks(&'static str),
}

/// Why it cannot be told what is uncovered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UncoveredError {
    /// The message cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The order cannot be written again.
    #[error(transparent)]
    Write(#[from] RenderError),
}

/// Reads a message.
///
/// # Errors
/// [`ReadError`].
pub fn read(message: &[u8]) -> Result<ReadMessage, ReadError> {
    let root = parse(message, BOUNDS)?;
    let version = version_of(&root).ok_or(TreeError::Malformed)?;
    let request = root.child("ServReq").ok_or(ReadError::Lacks("ServReq"))?;
    Ok(ReadMessage {
        order: order(&root, request, version)?,
        version,
        message_id: root.text_of("MsgId").and_then(|id| id.parse().ok()),
        generated: time(&root, "GenDate"),
    })
}

/// What of a message an order has no place for: the paths of elements whose content would be lost if it were written again.
/// The texts of list codes (DN) are the lists' own and not compared, nor what is new in every message.
///
/// # Errors
/// [`UncoveredError`].
pub fn uncovered(message: &[u8]) -> Result<Vec<String>, UncoveredError> {
    let mut read = read(message)?;
    read.order.requisition.issued.get_or_insert_with(|| Moment::from(jiff::civil::date(1850, 1, 1)));
    let message_id = MessageId::from_uuid(uuid::Uuid::nil());
    let generated = jiff::Timestamp::UNIX_EPOCH.to_zoned(jiff::tz::TimeZone::UTC);
    let again = render(&read.order, &Envelope { message_id, generated }, read.version)?;
    let said = |bytes: &[u8]| -> Result<BTreeSet<(String, String)>, ReadError> {
        let mut said = BTreeSet::new();
        contents(&parse(bytes, BOUNDS)?, "", &mut said);
        Ok(said)
    };
    let (before, after) = (said(message)?, said(&again)?);
    let lost: BTreeSet<String> = before.difference(&after).map(|(path, _)| path.clone()).collect();
    Ok(lost.into_iter().collect())
}

/// Every content with the path of its element.
fn contents(element: &Element, around: &str, said: &mut BTreeSet<(String, String)>) {
    let path = format!("{around}/{}", element.name);
    if matches!(path.as_str(), "/Message/MsgId" | "/Message/GenDate") {
        return;
    }
    let coded = element.attribute("S").is_some();
    let mut content: Vec<String> = element
        .attributes
        .iter()
        .filter(|(name, _)| coded || name != "DN")
        .filter(|(name, _)| name != "schemaLocation")
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    content.sort();
    let text = if element.name == "Base64Container" {
        element.text.split_whitespace().collect()
    } else {
        element.text.trim().to_owned()
    };
    if !text.is_empty() {
        content.push(text);
    }
    if !content.is_empty() {
        said.insert((path.clone(), content.join(" ")));
    }
    for child in &element.children {
        contents(child, &path, said);
    }
}

fn order(root: &Element, request: &Element, version: MessageVersion) -> Result<Order, ReadError> {
    let patient = request.child("Patient").ok_or(ReadError::Lacks("Patient"))?;
    let kind = match request.value_of("ServType") {
        Some("N") => Kind::New,
        Some("M") => Kind::Change,
        Some("A") => Kind::Addition,
        Some("C") => Kind::Cancel,
        _ => return Err(ReadError::Lacks("ServReq/ServType")),
    };
    let discipline = request.value_of("MsgDescr").and_then(Discipline::from_code);
    let (services, specimens) = services::all(request);
    let mut order = Order {
        format: Format::V1,
        kind,
        status: if root.value_of("Status") == Some("TEST") { Status::Test } else { Status::Production },
        requisition: RequisitionHead {
            id: request.text_of("Id").and_then(|id| id.parse::<RequisitionId>().ok()),
            issued: time(request, "IssueDate"),
            service_provider_id: text(request, "ServProvId"),
        },
        discipline: discipline.ok_or(ReadError::Lacks("ServReq/MsgDescr"))?,
        patient: parties::patient(patient)?,
        requester: parties::of(request, "Requester").ok_or(ReadError::Lacks("Requester"))?,
        ordering_clinician: parties::clinician(patient),
        regular_gp: None,
        service_provider: parties::of(request, "ServProvider").ok_or(ReadError::Lacks("ServProvider"))?,
        copy_recipients: request.all("CopyDest").filter_map(copy_recipient).collect(),
        payment: payment(request),
        urgency: urgency(request),
        requested_report_date: time(request, "RequestedDateReport"),
        reservation: reservation(request),
        reasons: request.all("ReasonAsText").filter_map(reason).collect(),
        diagnoses: Vec::new(),
        findings: Vec::new(),
        information_items: Vec::new(),
        may_change_modality: may_change_modality(request),
        comments: request.all("Comment").filter_map(comment).collect(),
        services,
        specimens,
        attachments: request.all("RefDoc").filter_map(attachment).collect(),
    };
    patient.all("InfItem").for_each(|item| information(item, &mut order));
    if version == MessageVersion::V1_5 {
        urgency_in_words(&mut order);
    }
    Ok(order)
}

/// A text as it stands; none where it is blank.
fn text(element: &Element, name: &str) -> Option<String> {
    element.child(name).map(|child| child.text.clone()).filter(|text| !text.trim().is_empty())
}

fn value(element: &Element, name: &str) -> Option<String> {
    element.value_of(name).map(str::to_owned)
}

fn time(element: &Element, name: &str) -> Option<Moment> {
    Moment::parse(element.value_of(name)?).ok()
}

/// A coded value; none in a system that orders do not know.
fn code(element: &Element) -> Option<Code> {
    let number = element.attribute("S")?.strip_prefix(OID_ROOT)?;
    let system = match number {
        "7280" => CodeSystem::NLK,
        "7270" => CodeSystem::NCRP,
        "7010" => CodeSystem::NORPAT,
        "7170" => CodeSystem::ICPC2,
        "7110" => CodeSystem::ICD10,
        "8212" => CodeSystem::LOCAL,
        other => CodeSystem::parse(&format!("volven:{other}")).ok()?,
    };
    let shown = if system == CodeSystem::LOCAL { ["OT", "DN"] } else { ["DN", "OT"] };
    let code = element.attribute("V").map(str::to_owned);
    let listed = || system.list().and_then(|list| list_text(list, code.as_deref()?)).map(str::to_owned);
    let display = shown.iter().find_map(|name| element.attribute(name)).map(str::to_owned).or_else(listed);
    let display = display.or_else(|| code.clone())?;
    Some(Code { system, code, display })
}

fn coded(element: &Element, name: &str) -> Option<Code> {
    element.child(name).and_then(code)
}

fn copy_recipient(element: &Element) -> Option<CopyRecipient> {
    let roles: Vec<&str> = element.all("CopyDestRole").filter_map(|role| role.value_of("MsgType")).collect();
    let has = |role: &str| roles.contains(&role) || roles.contains(&"B");
    let gets = match (has("R"), has("S")) {
        (true, true) => Some(CopyOf::Both),
        (true, false) => Some(CopyOf::Request),
        (false, true) => Some(CopyOf::Answer),
        (false, false) => None,
    };
    Some(CopyRecipient { party: parties::party(element.child("HCP")?)?, gets })
}

fn payment(request: &Element) -> Option<Payment> {
    let payer = request.child("PaymentResponsible").and_then(|payer| {
        let party = parties::party(payer.child("HCP")?)?;
        Some(Payer { party, guarantor_type: text(payer, "TypeGuarantor")? })
    });
    let category = value(request, "PaymentCat");
    (category.is_some() || payer.is_some()).then_some(Payment { category, payer })
}

fn urgency(request: &Element) -> Option<Urgency> {
    match request.value_of("RequestedPrioReport")? {
        "H" => Some(Urgency::High),
        "N" | "NORM" => Some(Urgency::Normal),
        "L" => Some(Urgency::Low),
        _ => None,
    }
}

/// v1.5 has no code for a high or low urgency: it is written as a comment, and read from there.
fn urgency_in_words(order: &mut Order) {
    for (code, urgency) in [("H", Urgency::High), ("L", Urgency::Low)] {
        let words = super::render::urgency_words(code);
        let said = order.comments.iter().position(|comment| Some(&comment.text) == words.as_ref());
        if let (None, Some(at)) = (order.urgency, said) {
            order.urgency = Some(urgency);
            order.comments.remove(at);
        }
    }
}

fn reservation(request: &Element) -> Option<Reservation> {
    match request.value_of("Reservation")? {
        "R" => Some(Reservation::Reserved),
        "T" => Some(Reservation::Permitted),
        "U" => Some(Reservation::Unclear),
        _ => None,
    }
}

fn reason(element: &Element) -> Option<Reason> {
    Some(Reason { heading: value(element, "Heading")?, text: text(element, "TextResultValue")? })
}

fn comment(element: &Element) -> Option<Comment> {
    Some(Comment { heading: value(element, "Heading"), text: text(element, "TextResultValue")? })
}

fn may_change_modality(request: &Element) -> Option<bool> {
    let told = request.all("Comment").filter_map(|comment| comment.child("TextCode"));
    let mut of_list = told.filter(|told| told.attribute("S").is_some_and(|system| system.ends_with(".8274")));
    of_list.find_map(|told| match told.attribute("V") {
        Some("1") => Some(true),
        Some("2") => Some(false),
        _ => None,
    })
}

/// Diagnoses and findings have fields of their own; everything else is a piece of information.
fn information(item: &Element, order: &mut Order) {
    let Some(item_type) = value(item, "Type") else { return };
    let observation = item.child("Observation");
    let said = |name: &str| observation.and_then(|observation| text(observation, name));
    let (told, comment) = (said("Description"), said("Comment"));
    let code = observation.and_then(|observation| coded(observation, "CodedDescr"));
    let times = ["StartDateTime", "EndDateTime", "OrgDate"].map(|name| time(item, name));
    let [from, to, date] = times;
    let alone = comment.is_none() && from.is_none() && to.is_none();
    let role = match item_type.as_str() {
        "H" => Some(DiagnosisRole::Main),
        "B" => Some(DiagnosisRole::Secondary),
        _ => None,
    };
    match (role, &code, &told) {
        (Some(role), Some(code), None) if alone && date.is_none() => {
            order.diagnoses.push(Diagnosis { role, code: code.clone() });
        }
        (None, None, Some(told)) if alone && item_type == "FUNN" => {
            order.findings.push(ClinicalFinding { text: told.clone(), date });
        }
        _ => order.information_items.push(InformationItem { item_type, code, text: told, comment, from, to, date }),
    }
}

fn attachment(document: &Element) -> Option<Attachment> {
    let mime = text(document, "MimeType")?;
    let known = [MimeType::Pdf, MimeType::Jpeg, MimeType::Png, MimeType::Text];
    let content = document.at(&["Content", "Base64Container"])?;
    Some(Attachment {
        id: text(document, "Id"),
        description: text(document, "Description").unwrap_or_default(),
        mime_type: known.into_iter().find(|kind| kind.name() == mime.trim())?,
        date: time(document, "IssueDate"),
        base64: Some(content.text.split_whitespace().collect()),
        path: None,
    })
}

fn sex(element: &Element) -> Option<Sex> {
    match element.value_of("Sex")? {
        "0" => Some(Sex::Unknown),
        "1" => Some(Sex::Male),
        "2" => Some(Sex::Female),
        "9" => Some(Sex::NotSpecified),
        _ => None,
    }
}
