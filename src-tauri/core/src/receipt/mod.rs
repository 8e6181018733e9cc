//! Application receipts (AppRec 1.0 and 1.1): what the receiving system says about a message.
//!
//! Positive means received and readable, not clinically accepted. A receipt comes from outside: it is read within bounds,
//! document types and entities are refused, and what cannot be understood is an error, never a guess.

use serde::Serialize;
use specta::Type;

use crate::codes::{MessageVersion, OID_ROOT, list_text};
use crate::ids::{HerId, MessageId, RequisitionId};
use crate::message::TreeError;
use crate::message::tree::{Bounds, Element, parse};
use crate::order::Moment;

/// Bounds of a receipt: real ones have a few kilobytes.
const BOUNDS: Bounds = Bounds { bytes: 1024 * 1024, depth: 16, elements: 10_000 };

/// Namespaces of AppRec 1.0, which answers v1.5, and of 1.1, which answers v1.6.
const NAMESPACES: [(&str, MessageVersion); 2] = [
    ("http://www.kith.no/xmlstds/apprec/2004-11-21", MessageVersion::V1_5),
    ("http://www.kith.no/xmlstds/apprec/2012-02-15", MessageVersion::V1_6),
];

/// Why a receipt is not understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// It cannot be read.
    #[error("the receipt {0}")]
    Unreadable(#[from] TreeError),
    /// Some other document.
    #[error("the document is not an application receipt of a known version")]
    NotAReceipt,
    /// An element without which a receipt says nothing.
    #[error("the receipt has no {0}, or none that can be understood")]
    Missing(&'static str),
}

/// An application receipt.
#[derive(Clone, PartialEq, Eq, Serialize, Type)]
pub struct AppRec {
    /// The receipt's own id.
    pub id: String,
    /// Version of the messages that this version of the receipt answers.
    pub answers_version: MessageVersion,
    /// Which message or requisition is answered.
    pub original: Original,
    /// `OriginalMsgId/Id` as it stands in the receipt.
    pub original_id: String,
    /// When the receipt was made.
    #[specta(type = Option<String>)]
    pub generated: Option<Moment>,
    /// Who sent it.
    pub sender: ReceiptSender,
    /// What it says.
    pub status: AppRecStatus,
    /// Why, where it is not plainly positive.
    pub errors: Vec<AppRecError>,
}

/// What the receipt answers.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Type)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Original {
    /// AppRec 1.1 names the `MsgId`.
    Message(MessageId),
    /// AppRec 1.0 names the `ServReq/Id`: every message of that requisition has it.
    Requisition(RequisitionId),
    /// An id that is no UUID, so none of ours.
    Foreign,
}

/// Status of a message (list 8258).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum AppRecStatus {
    /// 1: received.
    Ok,
    /// 2: rejected.
    Rejected,
    /// 3: received, with faults in a part of it.
    OkWithErrors,
}

/// One error of a receipt.
#[derive(Clone, PartialEq, Eq, Serialize, Type)]
pub struct AppRecError {
    /// The code in list 8221 that the window has words for.
    pub known: Option<AppRecErrorCode>,
    /// The code as it stands.
    pub code: String,
    /// The list, `8221` or as it stands.
    pub list: String,
    /// The official text of the code, or else the one that the receipt gives.
    pub text: String,
    /// The receiver's own explanation: to be shown always.
    pub explanation: Option<String>,
}

/// Who sent a receipt.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Type)]
pub struct ReceiptSender {
    /// Organisation.
    pub organisation: Option<String>,
    /// HER-id of the organisation.
    pub organisation_her: Option<HerId>,
    /// Department or person.
    pub unit: Option<String>,
    /// HER-id of the department or person.
    pub unit_her: Option<HerId>,
}

macro_rules! error_codes {
    ($($(#[$doc:meta])* $code:ident),+ $(,)?) => {
        /// Error codes of application receipts (list 8221).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Type)]
        pub enum AppRecErrorCode {
            $($(#[$doc])* $code,)+
        }

        impl AppRecErrorCode {
            /// Every code of the list.
            pub const ALL: &[Self] = &[$(Self::$code,)+];

            /// The code as it stands in a receipt.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$code => stringify!($code),)+
                }
            }
        }
    };
}

error_codes! {
    /// The message id is invalid.
    E10,
    /// The doctor does not exist.
    E20,
    /// The receiver does not exist.
    E21,
    /// The patient's national number is missing.
    E30,
    /// The patient's national number is wrong.
    E31,
    /// The patient's name is missing.
    E32,
    /// The patient's family name is missing.
    E33,
    /// The patient's given name is missing.
    E34,
    /// The patient is not in the receiving system.
    E35,
    /// What is said about the patient is not enough.
    E36,
    /// The patient's number is not in the population register.
    E53,
    /// The patient's number is not in the receiving system.
    E54,
    /// Fault in the signature.
    S01,
    /// Invalid certificate.
    S02,
    /// Revoked certificate.
    S03,
    /// Another fault in signature or certificate.
    S99,
    /// Not XML, not well-formed, not readable.
    T01,
    /// The XML does not validate.
    T02,
    /// The format is not supported.
    T10,
    /// Another fault in the format.
    T99,
    /// Another fault.
    X99,
}

impl AppRecErrorCode {
    /// The code with this text.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|known| known.code() == code)
    }

    /// The official Norwegian text.
    #[must_use]
    pub fn official_text(self) -> &'static str {
        list_text(ERRORS, self.code()).unwrap_or_default()
    }
}

/// List of error codes.
const ERRORS: u16 = 8221;

impl std::fmt::Debug for AppRec {
    /// Explanations and foreign ids may name a patient.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let codes: Vec<_> = self.errors.iter().filter_map(|error| error.known).collect();
        f.debug_struct("AppRec")
            .field("original", &self.original)
            .field("status", &self.status)
            .field("errors", &codes)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for AppRecError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AppRecError({:?}, …)", self.known)
    }
}

/// Reads a receipt of either version.
///
/// # Errors
/// [`ReceiptError`].
pub fn read(bytes: &[u8]) -> Result<AppRec, ReceiptError> {
    let root = parse(bytes, BOUNDS)?;
    let (_, answers_version) =
        *NAMESPACES.iter().find(|(namespace, _)| *namespace == root.namespace).ok_or(ReceiptError::NotAReceipt)?;
    if root.name != "AppRec" {
        return Err(ReceiptError::NotAReceipt);
    }
    let original = root.child("OriginalMsgId").ok_or(ReceiptError::Missing("OriginalMsgId"))?;
    let original_id = original.text_of("Id").ok_or(ReceiptError::Missing("OriginalMsgId/Id"))?.to_owned();
    let status = match root.value_of("Status") {
        Some("1") => AppRecStatus::Ok,
        Some("2") => AppRecStatus::Rejected,
        Some("3") => AppRecStatus::OkWithErrors,
        _ => return Err(ReceiptError::Missing("Status")),
    };
    Ok(AppRec {
        id: root.text_of("Id").ok_or(ReceiptError::Missing("Id"))?.to_owned(),
        answers_version,
        original: original_of(answers_version, &original_id),
        original_id,
        generated: root.text_of("GenDate").and_then(|text| Moment::parse(text).ok()),
        sender: root.at(&["Sender", "HCP"]).map(sender).unwrap_or_default(),
        status,
        errors: root.all("Error").map(error).collect(),
    })
}

fn original_of(version: MessageVersion, id: &str) -> Original {
    match version {
        MessageVersion::V1_6 => id.parse().map_or(Original::Foreign, Original::Message),
        MessageVersion::V1_5 => id.parse().map_or(Original::Foreign, Original::Requisition),
    }
}

fn error(element: &Element) -> AppRecError {
    let code = attribute(element, "V").unwrap_or_default().to_owned();
    let system = attribute(element, "S").unwrap_or_default();
    let list = system.strip_prefix(OID_ROOT).unwrap_or(system).to_owned();
    // Some receivers leave the list out; there is only one list for requisitions.
    let ours = list.is_empty() || list == ERRORS.to_string();
    let known = if ours { AppRecErrorCode::from_code(&code) } else { None };
    let given = attribute(element, "DN").unwrap_or_default();
    let text = known.map_or(given, |known| known.official_text()).to_owned();
    AppRecError { known, code, list, text, explanation: attribute(element, "OT").map(str::to_owned) }
}

/// An attribute that says something.
fn attribute<'a>(element: &'a Element, name: &str) -> Option<&'a str> {
    element.attribute(name).map(str::trim).filter(|value| !value.is_empty())
}

fn sender(hcp: &Element) -> ReceiptSender {
    let her = |element: &Element| {
        let id = element.text_of("Id").filter(|_| element.value_of("TypeId") == Some("HER"))?;
        id.parse().ok()
    };
    let name = |element: &Element| element.text_of("Name").map(str::to_owned);
    let organisation = hcp.child("Inst");
    // Departments stand from large to small: the last one is meant.
    let unit = organisation
        .and_then(|inst| inst.all("Dept").last().or_else(|| inst.child("HCPerson")))
        .or_else(|| hcp.child("HCProf"));
    ReceiptSender {
        organisation: organisation.and_then(name),
        organisation_her: organisation.and_then(her),
        unit: unit.and_then(name),
        unit_her: unit.and_then(her),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receipt(namespace: &str, rest: &str) -> String {
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><AppRec xmlns=\"{namespace}\"><MsgType V=\"APPREC\"/>\
             <GenDate>2024-03-05T10:16:02</GenDate><Id>r-1</Id><Sender><HCP><Inst><Name>Balsam sykehus HF</Name><Id>999900</Id>\
             <TypeId V=\"HER\"/><Dept><Name>Patologi</Name><Id>999905</Id><TypeId V=\"HER\"/></Dept></Inst></HCP></Sender>{rest}</AppRec>"
        )
    }

    const ID: &str = "1b7c3a52-60a4-4d0e-9a41-0d4d3f3a0004";

    fn answer(status: &str, error: &str) -> String {
        let rest = format!("<Status V=\"{status}\"/>{error}<OriginalMsgId><Id>{ID}</Id></OriginalMsgId>");
        receipt(NAMESPACES[1].0, &rest)
    }

    #[test]
    fn a_rejection_says_why_in_the_receivers_own_words() {
        let error = "<Error V=\"X99\" S=\"2.16.578.1.12.4.1.1.8221\" DN=\"noe\" OT=\"Tar ikke imot MR kne\"/>";
        let read = read(answer("2", error).as_bytes()).unwrap();
        assert_eq!((read.status, &read.original), (AppRecStatus::Rejected, &Original::Message(ID.parse().unwrap())));
        assert_eq!(read.errors[0].known, Some(AppRecErrorCode::X99));
        assert_eq!(read.errors[0].text, "Annen feil");
        assert_eq!(read.errors[0].explanation.as_deref(), Some("Tar ikke imot MR kne"));
        assert_eq!(read.sender.unit_her.as_ref().map(|her| her.as_str()), Some("999905"));
        assert!(!format!("{read:?}").contains("kne"));
    }

    #[test]
    fn the_older_version_names_the_requisition() {
        let xml = answer("1", "").replace("2012-02-15", "2004-11-21");
        let read = read(xml.as_bytes()).unwrap();
        assert_eq!((read.status, read.original), (AppRecStatus::Ok, Original::Requisition(ID.parse().unwrap())));
    }

    #[test]
    fn a_code_of_another_list_keeps_its_own_text() {
        let error = "<Error V=\"T02\" S=\"2.16.578.1.12.4.1.1.8223\" DN=\"Feil takst\"/>";
        let read = read(answer("3", error).as_bytes()).unwrap();
        assert_eq!(
            (read.status, read.errors[0].known, read.errors[0].text.as_str()),
            (AppRecStatus::OkWithErrors, None, "Feil takst")
        );
    }

    #[test]
    fn what_is_no_receipt_is_never_taken_for_a_positive_one() {
        assert_eq!(read(answer("4", "").as_bytes()), Err(ReceiptError::Missing("Status")));
        assert_eq!(
            read(receipt(NAMESPACES[1].0, "<Status V=\"1\"/>").as_bytes()),
            Err(ReceiptError::Missing("OriginalMsgId"))
        );
        assert_eq!(read(receipt("urn:other", "<Status V=\"1\"/>").as_bytes()), Err(ReceiptError::NotAReceipt));
        assert_eq!(read(b"OK"), Err(ReceiptError::Unreadable(TreeError::Malformed)));
        let bomb = answer("1", "").replacen("<AppRec", "<!DOCTYPE AppRec [<!ENTITY a 'b'>]><AppRec", 1);
        assert_eq!(read(bomb.as_bytes()), Err(ReceiptError::Unreadable(TreeError::DocumentType)));
    }

    #[test]
    fn every_code_of_the_list_is_known_with_its_text() {
        let list = &crate::codes::lists()[&ERRORS];
        assert_eq!(list.len(), AppRecErrorCode::ALL.len());
        for (code, text) in list {
            assert_eq!(AppRecErrorCode::from_code(code).map(AppRecErrorCode::official_text), Some(*text), "{code}");
        }
    }
}
