//! Reading a message back and holding it to the structure of the standard, without the official schema at hand.
//!
//! The table follows the published structure of v1.6; v1.5 differs in what we never write. A message that fails here is
//! our own fault and must not be sent.

use super::tree::{Bounds, Element, TreeError, parse};
use super::{mig_version, namespace};
use crate::codes::{MessageVersion, OID_ROOT};
use crate::ids::{MessageId, RequisitionId};
use crate::order::Moment;

/// Bounds of a message of our own: attachments make it large, nothing makes it deep.
pub(crate) const BOUNDS: Bounds = Bounds { bytes: 512 * 1024 * 1024, depth: 16, elements: 1_000_000 };

/// What is wrong with a message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StructureError {
    /// It cannot be read.
    #[error("the message {0}")]
    Unreadable(#[from] TreeError),
    /// The root is no requisition of a version that we know.
    #[error("the root is not a requisition message of a known version")]
    NotARequisition,
    /// An element where, or as often as, the structure does not have it; or one that is missing.
    #[error("{parent} has {found} where the structure wants another element")]
    Order {
        /// The element around it.
        parent: String,
        /// What stands there, `nothing` where something is missing.
        found: String,
    },
    /// An element with neither text nor value, or with the wrong one of them.
    #[error("{0} has no value, or not a value of its kind")]
    Value(String),
}

/// Content of the elements that have elements in them: names in order, `?` at most one, `*` any number, `|` one of.
const CONTENT: &[(&str, &str)] = &[
    ("Message", "Type MIGversion GenDate MsgId Status? ServReq"),
    (
        "ServReq",
        "ServType IssueDate PaymentCat? MsgDescr Id ServProvId? RequestedDateReport? RequestedPrioReport? Reservation* Patient \
         ServProvider Requester PaymentResponsible? CopyDest* RefDoc* ReasonAsText* Comment* ReqInvestigation*",
    ),
    (
        "Patient",
        "Sex? DateOfBirth? Name IdByServProvider? IdByRequester? OffId TypeOffId ResponsibleHcp AdmLocation? AdditionalId* \
         Address? InfItem*",
    ),
    ("ResponsibleHcp", "Relation HCP"),
    ("AdmLocation", "AdmCat"),
    ("AdditionalId", "Id Type"),
    ("HCP", "Inst|HCProf Address?"),
    ("Inst", "Name Id? TypeId? Dept* HCPerson* AdditionalId*"),
    ("Dept", "Name Id? TypeId? AdditionalId*"),
    ("HCPerson", "Name? Id? TypeId? AdditionalId*"),
    ("HCProf", "Type? Name? Id? TypeId? AdditionalId*"),
    ("Address", "Type StreetAdr? PostalCode? City? TeleAddress*"),
    ("InfItem", "Observation Type StartDateTime? EndDateTime? OrgDate?"),
    ("Observation", "Description? Comment? CodedDescr?"),
    ("ServProvider", "HCP"),
    ("Requester", "HCP"),
    ("PaymentResponsible", "TypeGuarantor HCP"),
    ("CopyDest", "CopyDestRole* HCP"),
    ("CopyDestRole", "MsgType"),
    ("RefDoc", "IssueDate? MsgType Id? MimeType Description Content"),
    ("Content", "Base64Container"),
    ("ReasonAsText", "Heading TextResultValue"),
    ("ServReq/Comment", "Heading? TextResultValue? TextCode?"),
    ("ReqInvestigation", "ServType Purpose? ReqDate? Priority? Investigation* StandingInv? AnalysedSubject*"),
    ("Investigation", "Id Id? Spec* Comment?"),
    ("StandingInv", "NumberOfTimes? ScheduledStart? ScheduledEnd? CycleTime? EndCondition? Instructions?"),
    (
        "AnalysedSubject",
        "RequestedSubject|CollectedSample Type? TypeCoded? IdByRequester? IdByServProv? PreservMaterial? Comment? \
         AnatomicalOrigin? Number? SampleCollInd? SampleHandling* SubjectMeasures* Pretreatment?",
    ),
    ("RequestedSubject", "Priority? ReqDate?"),
    ("CollectedSample", "CollectedDate CollectorComment? CollectorsCommentCoded?"),
    ("SubjectMeasures", "TypeQuantity Quantity"),
    ("Pretreatment", "Heading? TextResultValue?"),
];

/// Elements that carry a value of a fixed list (CS), a URL or a quantity in V.
const VALUES: &str = "Type Status ServType PaymentCat MsgDescr RequestedPrioReport Sex TypeOffId Relation AdmCat TypeId MsgType \
                      Heading Purpose Priority SampleCollInd TeleAddress Quantity";
/// Elements that carry a time in V.
const TIMES: &str = "GenDate IssueDate RequestedDateReport DateOfBirth StartDateTime EndDateTime OrgDate ReqDate CollectedDate \
                     ScheduledStart ScheduledEnd";
/// Elements that carry a coded value (CV): S always, and V or OT.
const CODED: &str = "Reservation TextCode CodedDescr Spec TypeCoded CollectorsCommentCoded Investigation/Id";
/// Elements that carry text, although another of the same name carries a value.
const TEXTS: &str = "AnalysedSubject/Type";

/// Checks a message.
///
/// # Errors
/// The first thing that is wrong. It names elements, never their content.
pub fn check(message: &[u8]) -> Result<(), StructureError> {
    let root = parse(message, BOUNDS)?;
    version_of(&root).ok_or(StructureError::NotARequisition)?;
    element(&root, "")?;
    let key = |path: &[&str]| root.at(path).map(|element| element.text.clone()).unwrap_or_default();
    if key(&["MsgId"]).parse::<MessageId>().is_err() {
        return Err(StructureError::Value("MsgId".into()));
    }
    if key(&["ServReq", "Id"]).parse::<RequisitionId>().is_err() {
        return Err(StructureError::Value("ServReq/Id".into()));
    }
    Ok(())
}

/// The version, where root, namespace and `MIGversion` agree.
pub(super) fn version_of(root: &Element) -> Option<MessageVersion> {
    let version = [MessageVersion::V1_5, MessageVersion::V1_6].into_iter().find(|v| namespace(*v) == root.namespace)?;
    (root.name == "Message" && root.text_of("MIGversion") == Some(mig_version(version))).then_some(version)
}

fn listed(names: &str, parent: &str, name: &str) -> bool {
    names.split_whitespace().any(|entry| match entry.split_once('/') {
        Some((around, inner)) => around == parent && inner == name,
        None => entry == name,
    })
}

fn element(this: &Element, parent: &str) -> Result<(), StructureError> {
    let key = format!("{parent}/{}", this.name);
    let content = CONTENT.iter().find(|(name, _)| *name == key || *name == this.name);
    let Some((_, content)) = content else {
        return leaf(this, parent, &key);
    };
    if this.children.is_empty() || !this.text.trim().is_empty() {
        return Err(StructureError::Value(key));
    }
    let mut rest = this.children.as_slice();
    for item in content.split_whitespace() {
        let (names, least, most) = match item.as_bytes()[item.len() - 1] {
            b'?' => (&item[..item.len() - 1], 0, 1),
            b'*' => (&item[..item.len() - 1], 0, usize::MAX),
            _ => (item, 1, 1),
        };
        let count = rest.iter().take_while(|child| names.split('|').any(|name| name == child.name)).count().min(most);
        if count < least {
            let found = rest.first().map_or("nothing", |child| child.name.as_str()).to_owned();
            return Err(StructureError::Order { parent: this.name.clone(), found });
        }
        rest = &rest[count..];
    }
    if let Some(extra) = rest.first() {
        return Err(StructureError::Order { parent: this.name.clone(), found: extra.name.clone() });
    }
    this.children.iter().try_for_each(|child| element(child, &this.name))
}

fn leaf(this: &Element, parent: &str, key: &str) -> Result<(), StructureError> {
    let wrong = || Err(StructureError::Value(key.to_owned()));
    if !this.children.is_empty() || this.attributes.iter().any(|(_, value)| value.trim().is_empty()) {
        return wrong();
    }
    let text = !this.text.trim().is_empty();
    let value = this.attribute("V");
    let right = if listed(TEXTS, parent, &this.name) {
        text && this.attributes.is_empty()
    } else if listed(CODED, parent, &this.name) {
        let system = this.attribute("S").is_some_and(|system| system.starts_with(OID_ROOT));
        !text && system && (value.is_some() || this.attribute("OT").is_some())
    } else if listed(TIMES, parent, &this.name) {
        !text && value.is_some_and(|value| Moment::parse(value).is_ok())
    } else if listed(VALUES, parent, &this.name) {
        !text && value.is_some()
    } else {
        text && this.attributes.is_empty()
    };
    if right { Ok(()) } else { wrong() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> String {
        let envelope = crate::message::Envelope {
            message_id: "1b7c3a52-60a4-4d0e-9a41-0d4d3f3a0006".parse().unwrap(),
            generated: "2024-03-05T10:15:30+01:00[Europe/Oslo]".parse().unwrap(),
        };
        let order = crate::message::samples::laboratory();
        String::from_utf8(crate::message::render(&order, &envelope, MessageVersion::V1_6).unwrap()).unwrap()
    }

    #[test]
    fn a_message_of_our_own_has_the_structure() {
        assert_eq!(check(sample().as_bytes()), Ok(()));
    }

    #[test]
    fn a_damaged_message_is_found_out() {
        let whole = sample();
        for (from, to) in [
            ("<MsgId>", "<MsgId><x/>"),
            ("<MIGversion>v1.6", "<MIGversion>v1.7"),
            ("rekvisisjon/2012-02-15", "rekvisisjon/2013-02-15"),
            ("<Status V=\"TEST\" DN=\"Melding til testformål\"/>", "<Status/>"),
            ("<Name>Danser, Line</Name>", "<Name> </Name>"),
            ("<Name>Danser, Line</Name>", ""),
            ("S=\"2.16.578.1.12.4.1.1.7280\" ", ""),
            ("<MsgDescr V=\"LAB\" DN=\"Laboratoriemedisin\"/>", "<MsgDescr V=\"LAB\"/><MsgDescr V=\"LAB\"/>"),
        ] {
            let damaged = whole.replacen(from, to, 1);
            assert_ne!(damaged, whole, "{from} is not in the sample");
            assert!(check(damaged.as_bytes()).is_err(), "{from} -> {to}");
        }
    }

    #[test]
    fn a_document_type_is_refused() {
        let with = sample().replacen("<Message", "<!DOCTYPE Message>\n<Message", 1);
        assert_eq!(check(with.as_bytes()), Err(StructureError::Unreadable(TreeError::DocumentType)));
    }
}
