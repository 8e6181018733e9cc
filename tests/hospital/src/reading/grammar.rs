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
const OPEN: [&str; 3] = ["Content", "Description", "TextResultValue"];

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
    if depth > 40 || OPEN.contains(&element.name()) {
        return;
    }
    let name = element.name();
    let qualified = format!("{parent}/{name}");
    let slots = LINES.get(qualified.as_str()).or_else(|| LINES.get(name)).map(Vec::as_slice);
    // A line for one parent only: `Comment` has children under ServReq and is text elsewhere.
    let slots = slots.unwrap_or_default();
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
        faults.push(format!("{name} har {} på feil plass, for mange ganger, eller det skal ikke være der", shown(extra.tag_name().name())));
        return;
    }
    for node in children {
        descend(&View { node, namespace: element.namespace }, name, version, depth + 1, faults);
    }
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
            });
        }
        found
    }

    fn compare(element: &Reference, parent: &str, version: Version, seen: &mut usize) {
        if element.children.is_empty() || OPEN.contains(&element.name.as_str()) {
            return;
        }
        let qualified = format!("{parent}/{}", element.name);
        let line = LINES.get(qualified.as_str()).or_else(|| LINES.get(element.name.as_str()));
        let slots = line.unwrap_or_else(|| panic!("no line for {qualified}")).iter().filter(|slot| !slot.old || version == Version::V1_5);
        let ours: Vec<(String, bool)> = slots.flat_map(|slot| slot.names.iter().map(|name| ((*name).to_owned(), slot.many))).collect();
        let theirs: Vec<(String, bool)> = element.children.iter().map(|child| (child.name.clone(), child.many)).collect();
        assert_eq!(ours, theirs, "{qualified}");
        for child in &element.children {
            let slot = line.unwrap().iter().find(|slot| slot.names.contains(&child.name.as_str())).unwrap();
            // In the trees a choice marks its members and not itself, so only the others can be compared.
            assert!(child.choice || slot.required == child.required, "{qualified}/{}", child.name);
            compare(child, &element.name, version, seen);
        }
        *seen += 1;
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
