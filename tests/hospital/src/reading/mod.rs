//! The hospital's own reader of the national requisition message, v1.5 and v1.6.
//!
//! Written apart from the sender's encoder on purpose, and it must stay so: if both sides shared code, a wrong field
//! would agree with itself. Document types and entities are refused, and nothing is ever fetched. What is read here is
//! patient data, so nothing in this module logs, and `Debug` shows identifiers of messages only.

pub mod checks;
pub(crate) mod codes;
mod grammar;
pub mod identity;

use std::fmt;

use roxmltree::{Document, Node, ParsingOptions};
use serde::{Deserialize, Serialize};

pub use checks::{Fault, Severity};

/// The two versions of the message that are met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Version {
    /// `v1.5 2008-12-01`; answered with AppRec 1.0.
    #[serde(rename = "1.5")]
    V1_5,
    /// `v1.6 2012-02-15`; answered with AppRec 1.1.
    #[serde(rename = "1.6")]
    V1_6,
}

impl Version {
    /// The namespace of the message.
    pub fn namespace(self) -> &'static str {
        match self {
            Self::V1_5 => "http://www.kith.no/xmlstds/rekvisisjon/2008-12-01",
            Self::V1_6 => "http://www.kith.no/xmlstds/rekvisisjon/2012-02-15",
        }
    }

    /// The text that `MIGversion` must hold.
    pub fn mig_version(self) -> &'static str {
        match self {
            Self::V1_5 => "v1.5 2008-12-01",
            Self::V1_6 => "v1.6 2012-02-15",
        }
    }
}

/// A code with its text, as it stood in the message.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Coded {
    /// Attribute `V`.
    pub code: String,
    /// The text to show: `OT`, else `DN`, else the code.
    pub text: String,
    /// Attribute `S`, the code system's OID; empty for a code of a fixed list.
    pub system: String,
}

/// An organisation with the department or person that the message names in it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Party {
    /// Level 1: the organisation.
    pub organisation: Named,
    /// Level 2: departments (services).
    pub departments: Vec<Named>,
    /// Level 2: persons.
    pub persons: Vec<Named>,
}

impl Party {
    /// Every HER-id of the party, both levels.
    pub fn her_ids(&self) -> impl Iterator<Item = &str> {
        [&self.organisation]
            .into_iter()
            .chain(&self.departments)
            .chain(&self.persons)
            .filter(|named| named.id_type == "HER")
            .map(|named| named.id.as_str())
    }
}

/// A name with an identifier.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Named {
    /// The name.
    pub name: String,
    /// The identifier, empty when not given.
    pub id: String,
    /// What kind of identifier: `HER`, `ENH`, `HPR` …
    pub id_type: String,
}

/// The patient, as identified in the message. Synthetic in every use of this program.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PatientSummary {
    /// "Family, Given".
    pub name: String,
    /// The number of `OffId`.
    pub id: String,
    /// `FNR`, `DNR`, `FHN` or `HNR`.
    pub id_type: String,
    /// Birth date as written.
    pub birth_date: String,
    /// Code of list 3101.
    pub sex: String,
}

/// One `ReqInvestigation`: services on one specimen.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// `N`, `M`, `A`, `C` or `H`.
    pub serv_type: String,
    /// Urgency, list 8304.
    pub priority: String,
    /// What is ordered.
    pub services: Vec<Coded>,
    /// The specimens it is ordered on.
    pub specimens: Vec<SpecimenSummary>,
}

/// One `AnalysedSubject`.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SpecimenSummary {
    /// The requester's number.
    pub id_by_requester: String,
    /// The laboratory's number.
    pub id_by_provider: String,
    /// Material as text.
    pub material: String,
    /// Site as text.
    pub site: String,
    /// When collected; empty when it is not yet.
    pub collected: String,
}

/// What the hospital understood of a message.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// The message's version, told by its namespace.
    pub version: Version,
    /// `MsgId`.
    pub message_id: String,
    /// `Type`.
    pub kind: Coded,
    /// `GenDate` as written.
    pub gen_date: String,
    /// True when `Status` says that this is a test message.
    pub test: bool,
    /// `ServReq/Id`.
    pub requisition_id: String,
    /// `ServReq/ServType`: `N` new, `M` change, `A` addition, `C` cancel.
    pub serv_type: String,
    /// `ServReq/IssueDate` as written.
    pub issue_date: String,
    /// `ServReq/MsgDescr`, the discipline.
    pub discipline: Coded,
    /// The patient.
    pub patient: PatientSummary,
    /// The ordering clinician's name.
    pub clinician: String,
    /// The service provider.
    pub provider: Party,
    /// The requester.
    pub requester: Party,
    /// Copy recipients.
    pub copies: Vec<Party>,
    /// Clinical text.
    pub reasons: Vec<String>,
    /// Comments, the reason of a cancellation among them.
    pub comments: Vec<String>,
    /// Clinical information items, coded or text.
    pub information: Vec<String>,
    /// Number of attachments.
    pub attachments: u32,
    /// What is ordered.
    pub groups: Vec<Group>,
}

impl fmt::Debug for Summary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Summary")
            .field("message_id", &self.message_id)
            .field("requisition_id", &self.requisition_id)
            .field("serv_type", &self.serv_type)
            .finish_non_exhaustive()
    }
}

impl Summary {
    /// Specimen numbers of the requester, each once.
    pub fn specimen_ids(&self) -> Vec<&str> {
        let mut ids: Vec<&str> = self
            .groups
            .iter()
            .flat_map(|group| &group.specimens)
            .map(|specimen| specimen.id_by_requester.as_str())
            .filter(|id| !id.is_empty())
            .collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// Services that are asked for and not history or cancelled.
    pub fn services(&self) -> impl Iterator<Item = &Coded> {
        self.groups
            .iter()
            .filter(|group| !matches!(group.serv_type.as_str(), "H" | "C"))
            .flat_map(|group| &group.services)
    }
}

/// Why bytes are not a message that could be answered with an application receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Error code of list 8221 that says the same.
    pub code: &'static str,
    /// Norwegian text.
    pub text: String,
}

/// Reads a message and all that is wrong with it by itself, without regard to what was received before.
///
/// # Errors
/// [`Unreadable`] when the bytes are not UTF-8, not well-formed XML, carry a document type, are not a requisition, or
/// lack the message id without which no receipt can be written.
pub fn read(bytes: &[u8], text_limit: usize) -> Result<(Summary, Vec<Fault>), Unreadable> {
    let text = std::str::from_utf8(bytes).map_err(|_| unreadable("T01", "Meldingen er ikke i UTF-8."))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    declared_encoding_is_utf8(text)?;
    if text.contains("<!DOCTYPE") {
        return Err(unreadable("T01", "Meldingen har dokumenttype (DTD), og det tas ikke imot."));
    }
    if too_deep(text) {
        return Err(unreadable("T01", "Meldingen har flere nivåer enn noen rekvisisjon har."));
    }
    let options = ParsingOptions { allow_dtd: false, nodes_limit: 200_000, ..ParsingOptions::default() };
    // The parser's own words can quote content, so only its position is passed on.
    let document = Document::parse_with_options(text, options).map_err(|error| {
        let at = error.pos();
        unreadable("T01", format!("Meldingen er ikke velformet XML (linje {}, tegn {}).", at.row, at.col))
    })?;
    let root = document.root_element();
    let namespace = root.tag_name().namespace().unwrap_or_default();
    let version = [Version::V1_6, Version::V1_5].into_iter().find(|version| version.namespace() == namespace);
    let Some(version) = version.filter(|_| root.tag_name().name() == "Message") else {
        return Err(unreadable("T10", "Dokumentet er ikke en rekvisisjon i versjon 1.5 eller 1.6."));
    };
    let view = View { node: root, namespace };
    let summary = summarise(&view, version);
    if summary.message_id.is_empty() {
        return Err(unreadable("E10", "Meldingen mangler MsgId."));
    }
    let faults = checks::check(&view, &summary, text_limit);
    Ok((summary, faults))
}

fn unreadable(code: &'static str, text: impl Into<String>) -> Unreadable {
    Unreadable { code, text: text.into() }
}

/// Another declared encoding would make a receiver that trusts it read other letters.
fn declared_encoding_is_utf8(text: &str) -> Result<(), Unreadable> {
    let Some(declaration) = text.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>")).map(|(head, _)| head)
    else {
        return Ok(());
    };
    let encoding = declaration.split_once("encoding").and_then(|(_, rest)| rest.split(['"', '\'']).nth(1));
    match encoding {
        Some(name) if !name.eq_ignore_ascii_case("utf-8") => {
            Err(unreadable("T01", "Meldingen sier et annet tegnsett enn UTF-8."))
        }
        _ => Ok(()),
    }
}

/// A cheap count of open tags before the parser sees the text: a requisition is some fifteen levels deep, and a
/// document of a hundred thousand levels is an attack on the reader's stack. Overestimates never by markup in CDATA or
/// comments that a real message would hold.
fn too_deep(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut depth = 0i32;
    for (at, byte) in bytes.iter().enumerate() {
        match (byte, bytes.get(at + 1)) {
            (b'<', Some(b'/')) => depth -= 1,
            (b'<', Some(b'?' | b'!')) | (b'<', None) => {}
            (b'<', Some(_)) => depth += 1,
            (b'/', Some(b'>')) => depth -= 1,
            _ => {}
        }
        if depth > 100 {
            return true;
        }
    }
    false
}

/// A node seen through the message's namespace.
#[derive(Clone, Copy)]
pub(crate) struct View<'a, 'input> {
    pub(crate) node: Node<'a, 'input>,
    pub(crate) namespace: &'a str,
}

impl<'a, 'input> View<'a, 'input> {
    pub(crate) fn name(&self) -> &'a str {
        self.node.tag_name().name()
    }

    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = View<'a, 'input>> + use<'_, 'a, 'input> {
        let (name, namespace) = (name.to_owned(), self.namespace);
        self.node
            .children()
            .filter(move |child| {
                child.is_element() && child.tag_name().name() == name && child.tag_name().namespace() == Some(namespace)
            })
            .map(move |node| View { node, namespace })
    }

    /// The first element at a path of names divided by `/`.
    pub(crate) fn find(&self, path: &str) -> Option<View<'a, 'input>> {
        let mut here = *self;
        for name in path.split('/') {
            let next = here.all(name).next()?;
            here = next;
        }
        Some(here)
    }

    /// All text of the element, trimmed.
    pub(crate) fn own_text(&self) -> String {
        let text: String = self.node.descendants().filter(Node::is_text).filter_map(|node| node.text()).collect();
        text.trim().to_owned()
    }

    pub(crate) fn text(&self, path: &str) -> String {
        self.find(path).map(|view| view.own_text()).unwrap_or_default()
    }

    pub(crate) fn attribute(&self, name: &str) -> &'a str {
        self.node.attribute(name).unwrap_or_default()
    }

    pub(crate) fn value(&self, path: &str) -> String {
        self.find(path).map(|view| view.attribute("V").to_owned()).unwrap_or_default()
    }

    pub(crate) fn coded(&self) -> Coded {
        let first = |names: [&str; 3]| {
            names.into_iter().map(|name| self.attribute(name)).find(|value| !value.is_empty()).unwrap_or_default()
        };
        Coded {
            code: self.attribute("V").into(),
            text: first(["OT", "DN", "V"]).into(),
            system: self.attribute("S").into(),
        }
    }
}

fn summarise(message: &View<'_, '_>, version: Version) -> Summary {
    let requisition = message.find("ServReq");
    let inside = |path: &str| requisition.and_then(|requisition| requisition.find(path));
    let coded = |view: Option<View<'_, '_>>| view.map(|view| view.coded()).unwrap_or_default();
    let texts = |name: &str| -> Vec<String> {
        requisition
            .iter()
            .flat_map(|requisition| requisition.all(name).collect::<Vec<_>>())
            .flat_map(|view| {
                [view.text("TextResultValue"), view.find("TextCode").map(|code| code.coded().text).unwrap_or_default()]
            })
            .filter(|text| !text.is_empty())
            .collect()
    };
    let patient = inside("Patient");
    Summary {
        version,
        message_id: message.text("MsgId"),
        kind: coded(message.find("Type")),
        gen_date: message.value("GenDate"),
        test: message.value("Status") == "TEST",
        requisition_id: requisition.map(|view| view.text("Id")).unwrap_or_default(),
        serv_type: requisition.map(|view| view.value("ServType")).unwrap_or_default(),
        issue_date: requisition.map(|view| view.value("IssueDate")).unwrap_or_default(),
        discipline: coded(inside("MsgDescr")),
        patient: patient.map(|view| read_patient(&view)).unwrap_or_default(),
        clinician: patient.map(|view| clinician_name(&view)).unwrap_or_default(),
        provider: inside("ServProvider").map(|view| read_party(&view)).unwrap_or_default(),
        requester: inside("Requester").map(|view| read_party(&view)).unwrap_or_default(),
        copies: requisition
            .iter()
            .flat_map(|view| view.all("CopyDest").collect::<Vec<_>>())
            .map(|view| read_party(&view))
            .collect(),
        reasons: texts("ReasonAsText"),
        comments: texts("Comment"),
        information: patient
            .map(|view| view.all("InfItem").map(|item| read_information(&item)).collect())
            .unwrap_or_default(),
        attachments: requisition
            .map(|view| u32::try_from(view.all("RefDoc").count()).unwrap_or(u32::MAX))
            .unwrap_or_default(),
        groups: requisition
            .iter()
            .flat_map(|view| view.all("ReqInvestigation").collect::<Vec<_>>())
            .map(|view| read_group(&view))
            .collect(),
    }
}

fn read_patient(view: &View<'_, '_>) -> PatientSummary {
    PatientSummary {
        name: view.text("Name"),
        id: view.text("OffId"),
        id_type: view.value("TypeOffId"),
        birth_date: view.value("DateOfBirth"),
        sex: view.value("Sex"),
    }
}

fn clinician_name(patient: &View<'_, '_>) -> String {
    ["ResponsibleHcp/HCP/HCProf/Name", "ResponsibleHcp/HCP/Inst/HCPerson/Name", "ResponsibleHcp/HCP/Inst/Name"]
        .into_iter()
        .map(|path| patient.text(path))
        .find(|name| !name.is_empty())
        .unwrap_or_default()
}

fn read_named(view: &View<'_, '_>) -> Named {
    Named { name: view.text("Name"), id: view.text("Id"), id_type: view.value("TypeId") }
}

fn read_party(view: &View<'_, '_>) -> Party {
    if let Some(institution) = view.find("HCP/Inst") {
        return Party {
            organisation: read_named(&institution),
            departments: institution.all("Dept").map(|view| read_named(&view)).collect(),
            persons: institution.all("HCPerson").map(|view| read_named(&view)).collect(),
        };
    }
    Party { persons: view.find("HCP/HCProf").map(|view| read_named(&view)).into_iter().collect(), ..Party::default() }
}

fn read_information(item: &View<'_, '_>) -> String {
    let kind = item.find("Type").map(|view| view.coded().text).unwrap_or_default();
    let code = item.find("Observation/CodedDescr").map(|view| view.coded().text).unwrap_or_default();
    let words: Vec<String> = [code, item.text("Observation/Description"), item.text("Observation/Comment")]
        .into_iter()
        .filter(|text| !text.is_empty())
        .collect();
    format!("{kind}: {}", words.join(" – "))
}

fn read_group(view: &View<'_, '_>) -> Group {
    Group {
        serv_type: view.value("ServType"),
        priority: view.value("Priority"),
        services: view.all("Investigation").filter_map(|service| service.find("Id").map(|id| id.coded())).collect(),
        specimens: view.all("AnalysedSubject").map(|view| read_specimen(&view)).collect(),
    }
}

fn read_specimen(view: &View<'_, '_>) -> SpecimenSummary {
    let material = match view.text("Type") {
        text if text.is_empty() => view.find("TypeCoded").map(|code| code.coded().text).unwrap_or_default(),
        text => text,
    };
    SpecimenSummary {
        id_by_requester: view.text("IdByRequester"),
        id_by_provider: view.text("IdByServProv"),
        material,
        site: view.text("AnatomicalOrigin"),
        collected: view.value("CollectedSample/CollectedDate"),
    }
}
