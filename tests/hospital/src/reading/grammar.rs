//! Which elements a requisition may hold, in which order and how often.
//!
//! Restated from the element trees of HIS 80821 v1.5 and v1.6. One line per element that has children; a line for
//! `Parent/Name` goes before a line for `Name`. `?` at most one, `*` any number, `+` at least one, nothing exactly one;
//! `A|B` is a choice. Elements without a line have no element children.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::{Version, View};

const TREE: &str = "
Message = Type MsgVersion? MIGversion GenDate MsgId Status? ServReq?
ServReq = ServType IssueDate PaymentCat? ReqComment? Ack? MsgDescr Id ServProvId? RequestedDateReport? RequestedPrioReport? NoReport? LevelOfDetail? EscortRequired? Reservation* Permission5* Patient|Material|Animal ServProvider Requester PaymentResponsible? CopyDest* RefDoc* ReasonAsText* Comment* ReqInvestigation*
Patient = BasisForHealthServices? Sex? DateOfBirth? DateOfDeath? Name? IdByServProvider? IdByRequester? OffId TypeOffId Relation? ResponsibleHcp? AdmLocation? AdditionalId* Address? InfItem*
Material = InvMaterial? IdByServProvider? IdByRequester? Relation? ResponsibleHcp?
Animal = Sex? Name? NameOwner? Species? IdByServProvider? IdByRequester? Relation? ResponsibleHcp?
ResponsibleHcp = Role? Relation? HCP
HCP = Inst|HCProf MedSpeciality? Address?
Inst = Name? Id? TypeId? Dept* HCPerson* AdditionalId*
Dept = Type? Name? Id? TypeId? AdditionalId*
HCPerson = Name? Id? TypeId? AdditionalId*
HCProf = Type? Name? Id? TypeId? AdditionalId*
AdditionalId = Id Type
Address = Type StreetAdr? PostalCode? City? County? Country? CityDistr? TeleAddress*
AdmLocation = Role? StartDateTime? EndDateTime? AdmCat? Location?
Location = Type? Description? SubLocation* Address? Inst?
SubLocation = Type Place
InfItem = Observation Type StartDateTime? EndDateTime? OrgDate?
Observation = Description? Comment? CodedDescr?
ServProvider = Role? ComMethod? HCP
Requester = Role? ComMethod? HCP
PaymentResponsible = Role? TypeGuarantor HCP
CopyDest = Role? CopyDestRole* HCP
CopyDestRole = MsgType ReqComMethod? ActComMethod?
RefDoc = IssueDate? MsgType Id? MimeType? Description? Compression? FileReference|Content? Booking5?
ReasonAsText = Heading? TextResultValue? TextCode?
ServReq/Comment = Heading? TextResultValue? TextCode?
ReqInvestigation = ServType Purpose? ReqDate? Priority? Comment? Investigation* StandingInv? AnalysedSubject*
Investigation = Id+ Spec* Comment? Priority?
StandingInv = NumberOfTimes? ScheduledStart? ScheduledEnd? CycleTime? EndCondition? Instructions?
AnalysedSubject = RequestedSubject|CollectedSample|CollectedStudyProduct Type? TypeCoded? IdByRequester? IdByServProv? PreservMaterial? Comment? AnatomicalOrigin? Number? SampleCollInd? SampleCollProc? SampleHandling* SubjectMeasures* AnalysedSubject? Pretreatment?
RequestedSubject = Priority? ReqDate?
CollectedSample = CollectedDate? CollectorComment? CollectorsCommentCoded* Logistics?
CollectedStudyProduct = Type? ProducedDate? RefRelatedProd?
SubjectMeasures = TypeQuantity Quantity
Pretreatment = Heading? TextResultValue?
Booking = Name Id TypeId Appointment SubOrg*
Appointment = StartDateTime EndDateTime ResourceId Index Service
SubOrg = Name Id TypeId SubOrg?
";

/// Elements whose content may be anything.
const OPEN: [&str; 3] = ["RefDoc/Content", "Observation/Description", "ReasonAsText/TextResultValue"];

/// What an element without children holds, by the data types of the schemas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Leaf {
    /// CS: a code of a fixed list, in `V` and `DN`.
    Code,
    /// CV: a code with its system, in `V`, `S`, `DN` and `OT`.
    Coded,
    /// TS, in `V`.
    Time,
    /// BL and URL, in `V`.
    Value,
    /// PQ, in `V` and `U`.
    Quantity,
    /// INT, as content.
    Whole,
    /// ST, as content.
    Text,
}

fn leaf(parent: &str, name: &str) -> Leaf {
    match (parent, name) {
        ("Investigation", "Id") => Leaf::Coded,
        ("AnalysedSubject" | "CollectedStudyProduct", "Type") | ("Booking" | "SubOrg", "TypeId") => Leaf::Text,
        (
            _,
            "Type"
            | "TypeId"
            | "Role"
            | "ActComMethod"
            | "PaymentCat"
            | "ReqComMethod"
            | "Compression"
            | "RequestedPrioReport"
            | "ServType"
            | "County"
            | "Heading"
            | "Priority"
            | "TypeOffId"
            | "Relation"
            | "AdmCat"
            | "MsgDescr"
            | "Sex"
            | "ComMethod"
            | "EscortRequired"
            | "MsgType"
            | "Status"
            | "Service"
            | "BasisForHealthServices"
            | "Country"
            | "Ack"
            | "Purpose"
            | "CityDistr"
            | "SampleCollInd",
        ) => Leaf::Code,
        (
            _,
            "CollectorsCommentCoded"
            | "CodedDescr"
            | "TypeCoded"
            | "SampleCollProc"
            | "TextCode"
            | "Permission"
            | "Spec"
            | "Reservation"
            | "MedSpeciality",
        ) => Leaf::Coded,
        (
            _,
            "EndDateTime"
            | "DateOfDeath"
            | "OrgDate"
            | "StartDateTime"
            | "ScheduledStart"
            | "ScheduledEnd"
            | "GenDate"
            | "DateOfBirth"
            | "IssueDate"
            | "ReqDate"
            | "CollectedDate"
            | "RequestedDateReport"
            | "ProducedDate",
        ) => Leaf::Time,
        (_, "NoReport" | "TeleAddress") => Leaf::Value,
        (_, "Quantity") => Leaf::Quantity,
        (_, "Index" | "Number" | "NumberOfTimes") => Leaf::Whole,
        _ => Leaf::Text,
    }
}

struct Slot {
    names: Vec<&'static str>,
    required: bool,
    many: bool,
    /// Only in v1.5.
    old: bool,
}

static LINES: LazyLock<HashMap<&'static str, Vec<Slot>>> = LazyLock::new(|| {
    TREE.lines()
        .filter_map(|line| line.split_once(" = "))
        .map(|(name, children)| (name, children.split(' ').map(slot).collect()))
        .collect()
});

fn slot(word: &'static str) -> Slot {
    let (word, required, many) = match word.as_bytes().last() {
        Some(b'?') => (&word[..word.len() - 1], false, false),
        Some(b'*') => (&word[..word.len() - 1], false, true),
        Some(b'+') => (&word[..word.len() - 1], true, true),
        _ => (word, true, false),
    };
    let (word, old) = word.strip_suffix('5').map_or((word, false), |word| (word, true));
    Slot { names: word.split('|').collect(), required, many, old }
}

/// The first break of structure in every element, as Norwegian sentences.
pub(super) fn faults(message: &View<'_, '_>, version: Version) -> Vec<String> {
    let mut faults = Vec::new();
    descend(message, "", version, 0, &mut faults);
    faults
}

fn descend(element: &View<'_, '_>, parent: &str, version: Version, depth: usize, faults: &mut Vec<String>) {
    // Deeper than any requisition; the reader has refused such documents, and this keeps the recursion bounded by itself.
    let name = element.name();
    let qualified = format!("{parent}/{name}");
    if depth > 40 || OPEN.contains(&qualified.as_str()) {
        return;
    }
    let slots = LINES.get(qualified.as_str()).or_else(|| LINES.get(name)).map(Vec::as_slice);
    // A line for one parent only: `Comment` has children under ServReq and is text elsewhere.
    let Some(slots) = slots else {
        faults.extend(leaf_fault(element, leaf(parent, name)).map(|fault| format!("{parent}/{name} {fault}")));
        return;
    };
    let stray =
        element.node.children().any(|child| child.is_text() && !child.text().unwrap_or_default().trim().is_empty());
    if stray || plain_attributes(element).next().is_some() {
        faults.push(format!("{name} har tekst eller attributter der det bare skal være elementer"));
        return;
    }
    let children: Vec<_> = element.node.children().filter(|child| child.is_element()).collect();
    if let Some(stranger) = children.iter().find(|child| child.tag_name().namespace() != Some(element.namespace)) {
        faults.push(format!("{name} har et element fra et annet navnerom: {}", shown(stranger.tag_name().name())));
        return;
    }
    let mut at = 0;
    for slot in slots.iter().filter(|slot| !slot.old || version == Version::V1_5) {
        let mut met = 0;
        while let Some(child) = children.get(at) {
            if !slot.names.contains(&child.tag_name().name()) || (met > 0 && !slot.many) {
                break;
            }
            met += 1;
            at += 1;
        }
        if slot.required && met == 0 {
            faults.push(format!("{name} mangler {} på riktig plass", slot.names.join(" eller ")));
            return;
        }
    }
    if let Some(extra) = children.get(at) {
        faults.push(format!(
            "{name} har {} på feil plass, for mange ganger, eller det skal ikke være der",
            shown(extra.tag_name().name())
        ));
        return;
    }
    for node in children {
        descend(&View { node, namespace: element.namespace }, name, version, depth + 1, faults);
    }
}

fn leaf_fault(element: &View<'_, '_>, leaf: Leaf) -> Option<&'static str> {
    if element.node.children().any(|child| child.is_element()) {
        return Some("skal ikke ha elementer i seg");
    }
    let allowed: &[&str] = match leaf {
        Leaf::Code => &["V", "DN"],
        Leaf::Coded => &["V", "S", "DN", "OT"],
        Leaf::Time | Leaf::Value => &["V"],
        Leaf::Quantity => &["V", "U"],
        Leaf::Whole | Leaf::Text => &[],
    };
    if plain_attributes(element).any(|name| !allowed.contains(&name)) {
        return Some("har et attributt som ikke skal være der");
    }
    let text = element.own_text();
    match leaf {
        Leaf::Text => None,
        Leaf::Whole => text.parse::<i64>().is_err().then_some("er ikke et helt tall"),
        Leaf::Code | Leaf::Coded | Leaf::Time | Leaf::Value | Leaf::Quantity if !text.is_empty() => {
            Some("skal ha verdien i et attributt og ikke som tekst")
        }
        Leaf::Quantity => element.attribute("V").trim().parse::<f64>().is_err().then_some("er ikke en mengde"),
        Leaf::Time => {
            (!element.attribute("V").is_empty() && !is_time(element.attribute("V"))).then_some("er ikke en dato")
        }
        Leaf::Code | Leaf::Coded | Leaf::Value => None,
    }
}

/// Attributes that are not of another namespace, as `xsi:schemaLocation` is.
fn plain_attributes<'a>(element: &'a View<'_, '_>) -> impl Iterator<Item = &'a str> {
    element.node.attributes().filter(|attribute| attribute.namespace().is_none()).map(|attribute| attribute.name())
}

/// A year, a month, a date, or a date with a time of day.
fn is_time(text: &str) -> bool {
    let padded = match text.len() {
        4 => format!("{text}-01-01"),
        7 => format!("{text}-01"),
        _ => text.to_owned(),
    };
    super::checks::is_date(&padded)
}

/// Element names come from the sender; keep what is shown short.
fn shown(name: &str) -> String {
    name.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An element of the reference tree: its name, what it holds, whether it may be left out and repeated, and whether it
    /// is one of a choice.
    struct Reference {
        name: String,
        children: Vec<Reference>,
        required: bool,
        many: bool,
        choice: bool,
        kind: String,
    }

    /// Reads lines from `at` that are indented deeper than `indent`.
    fn read(lines: &[&str], at: &mut usize, indent: usize) -> Vec<Reference> {
        let mut found = Vec::new();
        while let Some(line) = lines.get(*at) {
            let depth = line.len() - line.trim_start().len();
            if depth < indent {
                break;
            }
            *at += 1;
            let Some((name, rest)) = line.trim().split_once("  [") else { continue };
            let children = read(lines, at, indent + 2);
            found.push(Reference {
                name: name.to_owned(),
                children,
                required: rest.starts_with('1'),
                many: rest.contains("..*]"),
                choice: rest.contains("(choice)"),
                kind: rest.split("]  ").nth(1).unwrap_or_default().split(' ').next().unwrap_or_default().to_owned(),
            });
        }
        found
    }

    fn compare(element: &Reference, parent: &str, version: Version, seen: &mut usize) {
        let qualified = format!("{parent}/{}", element.name);
        if element.children.is_empty() || OPEN.contains(&qualified.as_str()) {
            compare_leaf(element, parent);
            return;
        }
        let line = LINES.get(qualified.as_str()).or_else(|| LINES.get(element.name.as_str()));
        let slots = line
            .unwrap_or_else(|| panic!("no line for {qualified}"))
            .iter()
            .filter(|slot| !slot.old || version == Version::V1_5);
        let ours: Vec<(String, bool)> =
            slots.flat_map(|slot| slot.names.iter().map(|name| ((*name).to_owned(), slot.many))).collect();
        let theirs: Vec<(String, bool)> =
            element.children.iter().map(|child| (child.name.clone(), child.many)).collect();
        assert_eq!(ours, theirs, "{qualified}");
        for child in &element.children {
            let slot = line.unwrap().iter().find(|slot| slot.names.contains(&child.name.as_str())).unwrap();
            // In the trees a choice marks its members and not itself, so only the others can be compared.
            assert!(child.choice || slot.required == child.required, "{qualified}/{}", child.name);
            compare(child, &element.name, version, seen);
        }
        *seen += 1;
    }

    fn compare_leaf(element: &Reference, parent: &str) {
        let expected = match element.kind.as_str() {
            "CS" => Leaf::Code,
            "CV" => Leaf::Coded,
            "TS" => Leaf::Time,
            "BL" | "URL" => Leaf::Value,
            "PQ" => Leaf::Quantity,
            "INT" => Leaf::Whole,
            "ST" | "string" | "anyURI" => Leaf::Text,
            // No type: content that may be anything, or an element shown once already.
            _ => return,
        };
        assert_eq!(leaf(parent, &element.name), expected, "{parent}/{}", element.name);
    }

    #[test]
    fn every_element_stands_where_the_schema_has_it() {
        let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared");
        let folder = std::env::var_os("REKVIRENT_SHARED").map_or_else(|| beside.into(), std::path::PathBuf::from);
        for (file, version) in [("STRUCTURE-v1.5.txt", Version::V1_5), ("STRUCTURE-v1.6.txt", Version::V1_6)] {
            let Ok(text) = std::fs::read_to_string(folder.join("standard").join(file)) else {
                println!("SKIPPED: the reference data is not here ({})", folder.display());
                return;
            };
            let lines: Vec<&str> = text.lines().skip(1).collect();
            let (mut at, mut seen) = (0, 0);
            for element in read(&lines, &mut at, 0) {
                compare(&element, "", version, &mut seen);
            }
            assert!(seen > 30, "{seen}");
        }
    }
}
