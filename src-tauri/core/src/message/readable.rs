//! A message as the receiver sees it: what stands in the bytes that were sent, in sections and rows.
//!
//! It reads the message and never the order it was made from, so a wrong message looks wrong. Like the official display
//! files it shows the list's text for a known code; unlike them it leaves nothing out and shows four-digit years.

use serde::Serialize;
use specta::Type;

use super::structure::{BOUNDS, version_of};
use super::tree::{Element, TreeError, parse};
use crate::codes::{MessageVersion, OID_ROOT, list_text};
use crate::order::Moment;

/// A message to be read by people.
#[derive(Clone, PartialEq, Eq, Serialize, Type)]
pub struct ReadableMessage {
    /// Version.
    pub version: MessageVersion,
    /// Marked as a test.
    pub test: bool,
    /// What the message does, code of list 7309: `N`, `M`, `A`, `C`.
    pub kind: String,
    /// The sections that have something in them, in reading order.
    pub sections: Vec<ReadableSection>,
}

/// One section.
#[derive(Clone, PartialEq, Eq, Serialize, Type)]
pub struct ReadableSection {
    /// Heading, worded by the window.
    pub heading: ReadableHeading,
    /// Rows.
    pub rows: Vec<ReadableRow>,
}

/// One row.
#[derive(Clone, PartialEq, Eq, Serialize, Type)]
pub struct ReadableRow {
    /// Label, worded by the window.
    pub label: ReadableLabel,
    /// What stands there: texts unchanged, times as people read them.
    pub value: String,
    /// What stands beside it in smaller letters: a code, an id, a date.
    pub detail: Option<String>,
}

/// Headings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Type)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are the headings")]
pub enum ReadableHeading {
    Requisition,
    Patient,
    OrderingClinician,
    Requester,
    ServiceProvider,
    Payer,
    CopyRecipient,
    Reasons,
    Information,
    Comments,
    Services,
    Attachments,
}

/// Labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Type)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are the labels")]
pub enum ReadableLabel {
    Action,
    AdditionalId,
    Address,
    AdmissionCategory,
    AnatomicalOrigin,
    Attachment,
    BirthDate,
    Collected,
    CollectorComment,
    Comment,
    CopyOf,
    Count,
    Department,
    Discipline,
    Email,
    Generated,
    GuarantorType,
    Handling,
    Information,
    Instructions,
    IssuedAt,
    LocalId,
    Material,
    Measure,
    MessageId,
    Modality,
    Name,
    NotCollected,
    Organisation,
    PatientId,
    Payment,
    Person,
    Phone,
    Preservative,
    Pretreatment,
    Priority,
    Profession,
    Purpose,
    Reason,
    RequestedDate,
    RequisitionId,
    Reservation,
    Series,
    Service,
    ServiceProviderId,
    Sex,
    Specification,
    Specimen,
    Urgency,
}

use ReadableHeading as Heading;
use ReadableLabel as Label;

/// Reads a message for people.
///
/// # Errors
/// [`TreeError`] when it cannot be read or is no requisition message.
pub fn readable(message: &[u8]) -> Result<ReadableMessage, TreeError> {
    let root = parse(message, BOUNDS)?;
    let version = version_of(&root).ok_or(TreeError::Malformed)?;
    let request = root.child("ServReq").ok_or(TreeError::Malformed)?;
    let mut sections = Vec::new();
    let mut section = |heading, rows: Rows| {
        if !rows.0.is_empty() {
            sections.push(ReadableSection { heading, rows: rows.0 });
        }
    };
    section(Heading::Requisition, requisition(&root, request));
    if let Some(patient) = request.child("Patient") {
        section(Heading::Patient, patient_rows(patient));
        if let Some(clinician) = patient.at(&["ResponsibleHcp", "HCP"]) {
            section(Heading::OrderingClinician, party(clinician));
        }
    }
    for (name, heading) in [
        ("Requester", Heading::Requester),
        ("ServProvider", Heading::ServiceProvider),
        ("PaymentResponsible", Heading::Payer),
        ("CopyDest", Heading::CopyRecipient),
    ] {
        for element in request.all(name) {
            let mut rows = Rows::default();
            rows.text(Label::GuarantorType, element, "TypeGuarantor");
            for role in element.all("CopyDestRole") {
                rows.value(Label::CopyOf, role, "MsgType");
            }
            rows.0.extend(element.child("HCP").map(party).unwrap_or_default().0);
            section(heading, rows);
        }
    }
    section(Heading::Reasons, headed(request, "ReasonAsText", Label::Reason));
    section(Heading::Information, request.child("Patient").map(information).unwrap_or_default());
    let mut comments = headed(request, "Comment", Label::Comment);
    comments.text(Label::Comment, request, "ReqComment");
    section(Heading::Comments, comments);
    for group in request.all("ReqInvestigation") {
        section(Heading::Services, services(group));
    }
    section(Heading::Attachments, attachments(request));
    let kind = request.value_of("ServType").unwrap_or_default().to_owned();
    Ok(ReadableMessage { version, test: root.value_of("Status") == Some("TEST"), kind, sections })
}

#[derive(Default)]
struct Rows(Vec<ReadableRow>);

impl Rows {
    fn push(&mut self, label: Label, value: impl Into<String>, detail: Option<String>) {
        self.0.push(ReadableRow { label, value: value.into(), detail });
    }

    /// A child's text, unchanged.
    fn text(&mut self, label: Label, element: &Element, name: &str) {
        for child in element.all(name).filter(|child| !child.text.trim().is_empty()) {
            self.push(label, child.text.clone(), None);
        }
    }

    /// A child's coded value.
    fn value(&mut self, label: Label, element: &Element, name: &str) {
        for child in element.all(name) {
            let (text, code) = coded(child);
            self.push(label, text, code);
        }
    }

    /// A child's time.
    fn time(&mut self, label: Label, element: &Element, name: &str) {
        if let Some(time) = element.value_of(name) {
            self.push(label, people_time(time), None);
        }
    }
}

/// Text and code of a coded value. A value of a fixed list has its text in DN; its code says nothing more.
fn coded(element: &Element) -> (String, Option<String>) {
    let code = element.attribute("V");
    let list =
        element.attribute("S").and_then(|system| system.strip_prefix(OID_ROOT)).and_then(|list| list.parse().ok());
    let known = list.zip(code).and_then(|(list, code)| list_text(list, code));
    let given = element.attribute("DN").or(element.attribute("OT"));
    let text = known.or(given).or(code).unwrap_or_default().to_owned();
    let shown = element.attribute("S").and(code).filter(|code| *code != text);
    (text, shown.map(str::to_owned))
}

/// `2024-03-05T10:12:00` as `05.03.2024 10:12`; seconds are shown when there are any, and an offset always.
fn people_time(time: &str) -> String {
    if Moment::parse(time).is_err() {
        return time.to_owned();
    }
    let date: Vec<&str> = time.get(..10.min(time.len())).unwrap_or(time).split('-').rev().collect();
    let date = date.join(".");
    match time.get(11..) {
        None => date,
        Some(clock) => {
            let minutes = &clock[..5];
            let rest = clock[5..].strip_prefix(":00").unwrap_or(&clock[5..]);
            format!("{date} {minutes}{rest}")
        }
    }
}

fn requisition(root: &Element, request: &Element) -> Rows {
    let mut rows = Rows::default();
    rows.value(Label::Discipline, request, "MsgDescr");
    rows.value(Label::Urgency, request, "RequestedPrioReport");
    rows.time(Label::RequestedDate, request, "RequestedDateReport");
    rows.time(Label::IssuedAt, request, "IssueDate");
    rows.value(Label::Payment, request, "PaymentCat");
    rows.value(Label::Reservation, request, "Reservation");
    rows.text(Label::RequisitionId, request, "Id");
    rows.text(Label::ServiceProviderId, request, "ServProvId");
    rows.text(Label::MessageId, root, "MsgId");
    rows.time(Label::Generated, root, "GenDate");
    rows
}

fn patient_rows(patient: &Element) -> Rows {
    let mut rows = Rows::default();
    rows.text(Label::Name, patient, "Name");
    if let Some(id) = patient.text_of("OffId") {
        rows.push(Label::PatientId, id, patient.child("TypeOffId").map(|kind| coded(kind).0));
    }
    rows.time(Label::BirthDate, patient, "DateOfBirth");
    rows.value(Label::Sex, patient, "Sex");
    additional_ids(&mut rows, patient);
    rows.text(Label::LocalId, patient, "IdByRequester");
    rows.text(Label::LocalId, patient, "IdByServProvider");
    if let Some(admission) = patient.child("AdmLocation") {
        rows.value(Label::AdmissionCategory, admission, "AdmCat");
    }
    address(&mut rows, patient);
    rows
}

fn additional_ids(rows: &mut Rows, element: &Element) {
    for other in element.all("AdditionalId") {
        rows.push(
            Label::AdditionalId,
            other.text_of("Id").unwrap_or_default(),
            other.child("Type").map(|kind| coded(kind).0),
        );
    }
}

fn address(rows: &mut Rows, element: &Element) {
    let Some(address) = element.child("Address") else { return };
    let town: Vec<&str> = ["PostalCode", "City"].iter().filter_map(|name| address.text_of(name)).collect();
    let town = town.join(" ");
    let lines: Vec<&str> =
        address.text_of("StreetAdr").into_iter().chain((!town.is_empty()).then_some(town.as_str())).collect();
    if !lines.is_empty() {
        rows.push(Label::Address, lines.join(", "), None);
    }
    for tele in address.all("TeleAddress").filter_map(|tele| tele.attribute("V")) {
        match tele.split_once(':') {
            Some(("mailto", address)) => rows.push(Label::Email, address, None),
            Some((_, number)) => rows.push(Label::Phone, number, None),
            None => rows.push(Label::Phone, tele, None),
        }
    }
}

fn party(hcp: &Element) -> Rows {
    let mut rows = Rows::default();
    let mut named = |label, element: &Element| {
        rows.push(label, element.text_of("Name").unwrap_or_default(), primary_id(element));
        additional_ids(&mut rows, element);
    };
    if let Some(organisation) = hcp.child("Inst") {
        named(Label::Organisation, organisation);
        organisation.all("Dept").for_each(|unit| named(Label::Department, unit));
        organisation.all("HCPerson").for_each(|person| named(Label::Person, person));
    }
    if let Some(person) = hcp.child("HCProf") {
        named(Label::Person, person);
        rows.value(Label::Profession, person, "Type");
    }
    address(&mut rows, hcp);
    rows
}

fn primary_id(element: &Element) -> Option<String> {
    let id = element.text_of("Id")?;
    Some(element.value_of("TypeId").map_or_else(|| id.to_owned(), |kind| format!("{kind} {id}")))
}

/// Texts with their headings.
fn headed(request: &Element, name: &str, label: Label) -> Rows {
    let mut rows = Rows::default();
    for element in request.all(name) {
        let heading = element.child("Heading").map(|heading| coded(heading).0);
        if let Some(text) = element.child("TextResultValue") {
            rows.push(label, text.text.clone(), heading);
        }
        rows.value(Label::Modality, element, "TextCode");
    }
    rows
}

fn information(patient: &Element) -> Rows {
    let mut rows = Rows::default();
    for item in patient.all("InfItem") {
        let observation = item.child("Observation");
        let text = |name| observation.and_then(|o| o.child(name)).map(|child| child.text.clone());
        let code = observation.and_then(|o| o.child("CodedDescr")).map(coded);
        let (named, code) = code.map_or((None, None), |(text, code)| (Some(text), code));
        let parts: Vec<String> = [named, text("Description"), text("Comment")].into_iter().flatten().collect();
        let period: Vec<String> = ["StartDateTime", "EndDateTime", "OrgDate"]
            .iter()
            .filter_map(|name| item.value_of(name))
            .map(people_time)
            .collect();
        let kind = item.child("Type").map(|kind| coded(kind).0);
        let detail: Vec<String> = kind.into_iter().chain(code).chain(period).collect();
        rows.push(Label::Information, parts.join("\n"), Some(detail.join(" · ")));
    }
    rows
}

fn services(group: &Element) -> Rows {
    let mut rows = Rows::default();
    rows.value(Label::Action, group, "ServType");
    rows.value(Label::Priority, group, "Priority");
    rows.value(Label::Purpose, group, "Purpose");
    rows.time(Label::RequestedDate, group, "ReqDate");
    rows.text(Label::Comment, group, "Comment");
    for service in group.all("Investigation") {
        rows.value(Label::Service, service, "Id");
        rows.value(Label::Specification, service, "Spec");
        rows.text(Label::Comment, service, "Comment");
    }
    if let Some(series) = group.child("StandingInv") {
        let times = series.text_of("NumberOfTimes").map(|times| format!("{times} ×"));
        let days = ["ScheduledStart", "ScheduledEnd"].iter().filter_map(|name| series.value_of(name)).map(people_time);
        let texts = ["CycleTime", "EndCondition"].iter().filter_map(|name| series.text_of(name)).map(str::to_owned);
        let parts: Vec<String> = times.into_iter().chain(texts).chain(days).collect();
        rows.push(Label::Series, parts.join(" · "), None);
        rows.text(Label::Instructions, series, "Instructions");
    }
    group.all("AnalysedSubject").for_each(|subject| specimen(&mut rows, subject));
    rows
}

fn specimen(rows: &mut Rows, subject: &Element) {
    let numbers: Vec<&str> =
        ["IdByRequester", "IdByServProv"].iter().filter_map(|name| subject.text_of(name)).collect();
    rows.push(Label::Specimen, numbers.join(" / "), None);
    rows.text(Label::Material, subject, "Type");
    rows.value(Label::Material, subject, "TypeCoded");
    rows.text(Label::AnatomicalOrigin, subject, "AnatomicalOrigin");
    if let Some(collected) = subject.child("CollectedSample") {
        rows.time(Label::Collected, collected, "CollectedDate");
        rows.text(Label::CollectorComment, collected, "CollectorComment");
        rows.value(Label::CollectorComment, collected, "CollectorsCommentCoded");
    }
    if let Some(wanted) = subject.child("RequestedSubject") {
        let day = wanted.value_of("ReqDate").map(people_time);
        rows.push(Label::NotCollected, day.unwrap_or_default(), None);
    }
    rows.text(Label::Preservative, subject, "PreservMaterial");
    rows.text(Label::Count, subject, "Number");
    rows.text(Label::Handling, subject, "SampleHandling");
    for measure in subject.all("SubjectMeasures") {
        let quantity = measure.child("Quantity");
        let part = |name| quantity.and_then(|quantity| quantity.attribute(name)).unwrap_or_default();
        rows.push(
            Label::Measure,
            format!("{} {}", part("V"), part("U")),
            measure.text_of("TypeQuantity").map(str::to_owned),
        );
    }
    if let Some(pretreatment) = subject.child("Pretreatment") {
        rows.value(Label::Pretreatment, pretreatment, "Heading");
        rows.text(Label::Pretreatment, pretreatment, "TextResultValue");
    }
    rows.text(Label::Comment, subject, "Comment");
}

fn attachments(request: &Element) -> Rows {
    let mut rows = Rows::default();
    for document in request.all("RefDoc") {
        let content = document.at(&["Content", "Base64Container"]).map_or(0, |content| content.text.trim().len());
        let size = format!("{} kB", (content / 4 * 3).div_ceil(1024));
        let kind = document.text_of("MimeType").unwrap_or_default();
        rows.push(
            Label::Attachment,
            document.text_of("Description").unwrap_or_default(),
            Some(format!("{kind} · {size}")),
        );
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::samples::{laboratory, magnetic_resonance, pathology};
    use crate::message::{Envelope, render};
    use crate::order::Order;

    fn shown(order: &Order) -> ReadableMessage {
        let envelope = Envelope {
            message_id: "1b7c3a52-60a4-4d0e-9a41-0d4d3f3a0006".parse().unwrap(),
            generated: "2024-03-05T10:15:30+01:00[Europe/Oslo]".parse().unwrap(),
        };
        readable(&render(order, &envelope, MessageVersion::V1_6).unwrap()).unwrap()
    }

    #[test]
    fn the_receivers_view_of_a_pathology_requisition_stays_as_it_is() {
        insta::assert_json_snapshot!(shown(&pathology()));
    }

    #[test]
    fn clinical_text_is_shown_with_its_line_breaks() {
        let message = shown(&laboratory());
        let reasons = message.sections.iter().find(|section| section.heading == Heading::Reasons).unwrap();
        assert_eq!(reasons.rows[0].value, laboratory().reasons[0].text);
        assert!(message.test);
    }

    #[test]
    fn safety_answers_are_shown_by_the_text_of_their_list() {
        let message = shown(&magnetic_resonance());
        let section = message.sections.iter().find(|section| section.heading == Heading::Information).unwrap();
        let row = section.rows.iter().find(|row| row.value == "Pacemaker elektrode").unwrap();
        assert!(row.detail.as_deref().unwrap().ends_with("· PAC"));
    }

    #[test]
    fn times_are_shown_as_people_read_them() {
        for (time, shown) in [
            ("2015", "2015"),
            ("2015-03", "03.2015"),
            ("1969-11-13", "13.11.1969"),
            ("2024-03-05T10:12:00", "05.03.2024 10:12"),
            ("2024-03-05T10:12:30+01:00", "05.03.2024 10:12:30+01:00"),
            ("i morgen", "i morgen"),
        ] {
            assert_eq!(people_time(time), shown);
        }
    }
}
