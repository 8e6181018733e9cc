//! What the hospital holds against a message by itself, each fault with an error code of list 8221 and a Norwegian text.
//!
//! Sources: HIS 80821 (message), HIS 1160 and 1175 (profiles), HITS 1102 (change, addition, cancel), HIS 1153-3
//! (addressing), HITS 1174 (contact information), HIS 1001 (identity numbers), HITS 1168 (receipts). What the documents
//! demand rejects; a value that is unknown but leaves the requisition understandable is accepted with faults. Texts must
//! never quote patient data.

use serde::{Deserialize, Serialize};

use super::{Summary, Version, View, codes, grammar, identity};

/// What a fault does to the verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// The message is accepted all the same, and the sender is told.
    Remark,
    /// The message is rejected.
    Rejects,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Whether it rejects the message.
    pub severity: Severity,
    /// Error code of list 8221.
    pub code: String,
    /// What is wrong, in Norwegian bokmål, without patient data.
    pub text: String,
}

impl Fault {
    pub(crate) fn rejects(code: &str, text: impl Into<String>) -> Self {
        Self { severity: Severity::Rejects, code: code.into(), text: text.into() }
    }

    pub(crate) fn remark(code: &str, text: impl Into<String>) -> Self {
        Self { severity: Severity::Remark, code: code.into(), text: text.into() }
    }
}

const LABORATORY: [&str; 7] = ["CLIN", "CYTO", "HIST", "LAB", "MBIO", "OBD", "AN"];
const RADIOLOGY: [&str; 7] = ["CT", "MA", "MR", "RTG", "SCI", "UL", "AN"];

/// Every fault of the message taken alone.
pub(super) fn check(message: &View<'_, '_>, summary: &Summary, text_limit: usize) -> Vec<Fault> {
    let structure = grammar::faults(message, summary.version);
    if !structure.is_empty() {
        // Values in a broken structure say little; the sender has to mend the structure first.
        return structure.into_iter().take(5).map(|text| Fault::rejects("T02", format!("{text}."))).collect();
    }
    let mut faults = Vec::new();
    check_envelope(message, summary, &mut faults);
    let Some(requisition) = message.find("ServReq") else {
        faults.push(Fault::rejects("T02", "Meldingen har ingen rekvisisjon (ServReq)."));
        return faults;
    };
    check_kind(summary, &mut faults);
    if let Some(patient) = requisition.find("Patient") {
        check_patient(&patient, summary, &mut faults);
        check_clinician(&patient, summary, &mut faults);
    }
    check_parties(summary, &mut faults);
    check_values(message, summary.version, text_limit, &mut faults);
    check_services(&requisition, summary, &mut faults);
    check_attachments(&requisition, &mut faults);
    faults
}

fn check_envelope(message: &View<'_, '_>, summary: &Summary, faults: &mut Vec<Fault>) {
    if message.text("MIGversion") != summary.version.mig_version() {
        faults.push(Fault::rejects(
            "T10",
            format!("MIGversion stemmer ikke med navnerommet, som er for {}.", summary.version.mig_version()),
        ));
    }
    if uuid::Uuid::try_parse(&summary.message_id).is_err() || summary.message_id.len() != 36 {
        faults.push(Fault::rejects("E10", "MsgId er ikke en UUID."));
    }
    if !is_date_and_time(&summary.gen_date) {
        faults.push(Fault::rejects("T02", "GenDate mangler dato og klokkeslett."));
    }
    if summary.requisition_id.is_empty() {
        faults.push(Fault::rejects("E10", "Rekvisisjonens Id er tom."));
    } else if summary.version == Version::V1_6 && uuid::Uuid::try_parse(&summary.requisition_id).is_err() {
        faults.push(Fault::remark("E10", "Rekvisisjonens Id er ikke en UUID."));
    }
    if !is_date(&summary.issue_date) {
        faults.push(Fault::rejects("T02", "IssueDate er ikke en dato."));
    } else if !is_date_and_time(&summary.issue_date) {
        faults.push(Fault::remark("T99", "IssueDate mangler klokkeslett."));
    }
}

fn check_kind(summary: &Summary, faults: &mut Vec<Fault>) {
    let discipline = summary.discipline.code.as_str();
    let (expected, allowed): (&[&str], Vec<&str>) = match (summary.version, summary.kind.code.as_str()) {
        (Version::V1_6, "REQ_LAB") => (&["REQ_LAB"], LABORATORY.into()),
        (Version::V1_6, "REQ_RTG") => (&["REQ_RTG"], RADIOLOGY.into()),
        (Version::V1_6, _) => (&["REQ_LAB", "REQ_RTG"], Vec::new()),
        (Version::V1_5, _) => (&["R"], [LABORATORY, RADIOLOGY].concat()),
    };
    if !expected.contains(&summary.kind.code.as_str()) {
        faults.push(Fault::rejects("T10", format!("Type må være {}.", expected.join(" eller "))));
    } else if !allowed.contains(&discipline) {
        faults.push(Fault::rejects(
            "X99",
            format!("MsgDescr {} hører ikke til {}.", shown(discipline), summary.kind.code),
        ));
    }
    let inner = match summary.serv_type.as_str() {
        "N" => "N",
        "M" => "N M C H",
        "A" => "A H",
        "C" => "C",
        _ => {
            faults.push(Fault::rejects("X99", "ServType må være N, M, A eller C."));
            return;
        }
    };
    if let Some(group) = summary.groups.iter().find(|group| !inner.split(' ').any(|allowed| allowed == group.serv_type))
    {
        // The official v1.5 test messages use A under M.
        let severity = if summary.version == Version::V1_5 { Severity::Remark } else { Severity::Rejects };
        let text = format!(
            "ServType {} på en undersøkelse er ikke tillatt i en rekvisisjon med ServType {}.",
            shown(&group.serv_type),
            summary.serv_type
        );
        faults.push(Fault { severity, code: "X99".into(), text });
    }
    if summary.serv_type != "C" && summary.groups.iter().all(|group| group.services.is_empty()) {
        faults.push(Fault::rejects("X99", "Rekvisisjonen bestiller ingen undersøkelse."));
    }
    if summary.serv_type == "C" && summary.comments.is_empty() {
        faults.push(Fault::remark("X99", "Kanselleringen mangler begrunnelse."));
    }
}

fn check_patient(patient: &View<'_, '_>, summary: &Summary, faults: &mut Vec<Fault>) {
    let person = &summary.patient;
    let (has_birth_date, has_sex) = (!person.birth_date.is_empty(), !person.sex.is_empty());
    if person.id.is_empty() {
        faults.push(Fault::rejects("E30", "OffId er tom."));
    } else if let Some(fault) = identity::fault_in(&person.id, &person.id_type) {
        faults.push(Fault::rejects(
            "E31",
            format!("Pasientens identitetsnummer ({}) er feil: {fault}.", shown(&person.id_type)),
        ));
    }
    match person.name.split_once(',') {
        _ if person.name.is_empty() => faults.push(Fault::rejects("E32", "Pasientens navn mangler.")),
        Some((family, given)) => {
            if family.trim().is_empty() {
                faults.push(Fault::rejects("E33", "Pasientens etternavn mangler."));
            }
            if given.trim().is_empty() {
                faults.push(Fault::rejects("E34", "Pasientens fornavn mangler."));
            }
        }
        None => faults.push(Fault::remark("E34", "Pasientens navn er ikke skrevet «Etternavn, Fornavn».")),
    }
    let nationally_identified = matches!(person.id_type.as_str(), "FNR" | "DNR" | "FHN");
    let described = has_birth_date && has_sex;
    if !nationally_identified && !described {
        faults.push(Fault::rejects(
            "E36",
            "Uten fødselsnummer, D-nummer eller felles hjelpenummer trengs fødselsdato og kjønn.",
        ));
    }
    if has_birth_date && !is_date(&person.birth_date) {
        faults.push(Fault::rejects("E36", "Pasientens fødselsdato er ikke en dato."));
    } else if matches!(person.id_type.as_str(), "FNR" | "DNR") && has_birth_date {
        let written: Vec<u32> = person.birth_date[..10].split('-').filter_map(|part| part.parse().ok()).collect();
        if let (Some((day, month, year)), [full, m, d]) = (identity::date_in(&person.id), written.as_slice())
            && (day, month, year) != (*d, *m, full % 100)
        {
            faults.push(Fault::remark("E31", "Fødselsdatoen stemmer ikke med identitetsnummeret."));
        }
    }
    if let Some(address) = patient.find("Address")
        && !matches!(address.value("Type").as_str(), "H" | "HP" | "TMP" | "PST")
    {
        faults.push(Fault::remark("X99", "Pasientens adressetype er uventet; H er den avtalte."));
    }
}

fn check_clinician(patient: &View<'_, '_>, summary: &Summary, faults: &mut Vec<Fault>) {
    // The official v1.5 test messages are older than the rule on contact information.
    let severity = if summary.version == Version::V1_6 { Severity::Rejects } else { Severity::Remark };
    let fault = |text: &str| Fault { severity, code: "E20".into(), text: text.into() };
    if patient.value("ResponsibleHcp/Relation") != "REK" {
        faults.push(fault("Rekvirerende helsepersonell (ResponsibleHcp med Relation REK) mangler."));
        return;
    }
    if summary.clinician.is_empty() {
        faults.push(fault("Rekvirerende helsepersonell mangler navn."));
    }
    if patient.find("ResponsibleHcp/HCP/Address/TeleAddress").is_none() {
        faults.push(fault("Rekvirerende helsepersonell mangler telefonnummer (TeleAddress)."));
    }
}

fn check_parties(summary: &Summary, faults: &mut Vec<Fault>) {
    let severity = if summary.version == Version::V1_6 { Severity::Rejects } else { Severity::Remark };
    for (role, party) in [("Requester", &summary.requester), ("ServProvider", &summary.provider)] {
        let organisation = &party.organisation;
        let complete = |named: &super::Named| named.id_type == "HER" && !named.id.is_empty() && !named.name.is_empty();
        if !complete(organisation) {
            faults.push(Fault {
                severity,
                code: "X99".into(),
                text: format!("{role}: virksomheten må ha navn og HER-id."),
            });
        }
        if !party.departments.iter().chain(&party.persons).any(complete) {
            faults.push(Fault {
                severity,
                code: "X99".into(),
                text: format!("{role}: tjeneste eller person med navn og HER-id mangler."),
            });
        }
    }
}

/// Empty elements, too long texts, and coded values against their lists.
fn check_values(message: &View<'_, '_>, version: Version, text_limit: usize, faults: &mut Vec<Fault>) {
    for node in message.node.descendants().filter(|node| node.is_element()) {
        let view = View { node, namespace: message.namespace };
        let name = view.name();
        let parent = node.parent_element().map(|parent| parent.tag_name().name()).unwrap_or_default();
        if node.tag_name().namespace() != Some(message.namespace) {
            continue;
        }
        let lone = !node.children().any(|child| child.is_element());
        if lone && node.text().unwrap_or_default().trim().is_empty() && node.attributes().len() == 0 {
            faults.push(Fault::rejects("T02", format!("{parent}/{name} er tomt; tomme elementer skal ikke sendes.")));
        }
        if node.attributes().any(|attribute| attribute.value().trim().is_empty()) {
            faults.push(Fault::rejects("T02", format!("{parent}/{name} har et tomt attributt.")));
        }
        let longest = node
            .attributes()
            .map(|attribute| attribute.value().chars().count())
            .chain(lone.then(|| node.text().unwrap_or_default().chars().count()))
            .max();
        if longest > Some(text_limit) {
            faults.push(Fault::rejects("X99", format!("Teksten i {parent}/{name} er lengre enn {text_limit} tegn, som er det laboratoriesystemet tar imot.")));
        }
        check_coded(&view, parent, version, faults);
        check_identifier(&view, faults);
    }
}

/// An identifier of an organisation or person says what kind it is, and a HER-id is a number.
fn check_identifier(view: &View<'_, '_>, faults: &mut Vec<Fault>) {
    if !matches!(view.name(), "Inst" | "Dept" | "HCPerson" | "HCProf") {
        return;
    }
    let (id, kind) = (view.text("Id"), view.value("TypeId"));
    if !id.is_empty() && kind.is_empty() {
        faults.push(Fault::rejects("X99", format!("{}: Id uten type (TypeId).", view.name())));
    }
    if kind == "HER" && (!(1..=9).contains(&id.len()) || !id.bytes().all(|byte| byte.is_ascii_digit())) {
        faults.push(Fault::rejects("X99", format!("{}: HER-id er ikke et tall.", view.name())));
    }
}

fn check_coded(view: &View<'_, '_>, parent: &str, version: Version, faults: &mut Vec<Fault>) {
    let (name, code) = (view.name(), view.attribute("V"));
    let list = match version {
        Version::V1_6 => codes::list(parent, name),
        Version::V1_5 => codes::list_v1_5(parent, name),
    };
    if let Some(list) = list {
        if !code.is_empty() && !list.split(' ').any(|member| member == code) {
            let essential = matches!(name, "ServType" | "TypeOffId");
            let text = format!("{parent}/{name}: {} finnes ikke i kodelisten.", shown(code));
            faults.push(if essential { Fault::rejects("X99", text) } else { Fault::remark("X99", text) });
        }
        return;
    }
    let Some(systems) = codes::systems(parent, name) else { return };
    let Some(system) = view.attribute("S").strip_prefix(codes::OID) else {
        faults.push(Fault::rejects(
            "X99",
            format!("{parent}/{name} mangler kodeverk (S), eller det er ikke et nasjonalt kodeverk."),
        ));
        return;
    };
    if !systems.split(' ').any(|member| member == system) {
        faults.push(Fault::rejects("X99", format!("{parent}/{name}: kodeverk {} brukes ikke her.", shown(system))));
    }
    let text = view.attribute("OT");
    if code.is_empty() && text.is_empty() {
        faults.push(Fault::rejects("X99", format!("{parent}/{name} har verken kode eller tekst.")));
    }
    if system == "8212" && text.is_empty() {
        faults.push(Fault::rejects("X99", format!("{parent}/{name}: lokal kode uten tekst (OT).")));
    }
    if system == "7280" && !code.is_empty() && !codes::is_nlk(code) {
        faults.push(Fault::rejects("X99", format!("{parent}/{name}: {} er ikke en NLK-kode.", shown(code))));
    }
    if codes::members(system)
        .is_some_and(|members| !code.is_empty() && !members.split(' ').any(|member| member == code))
    {
        faults.push(Fault::remark("X99", format!("{parent}/{name}: {} finnes ikke i kodeverk {system}.", shown(code))));
    }
}

fn check_services(requisition: &View<'_, '_>, summary: &Summary, faults: &mut Vec<Fault>) {
    let radiology = summary.kind.code == "REQ_RTG" || RADIOLOGY[..6].contains(&summary.discipline.code.as_str());
    for group in requisition.all("ReqInvestigation") {
        for service in group.all("Investigation") {
            let ids: Vec<_> = service.all("Id").collect();
            if ids.len() > 1 && service.find("Spec").is_some() {
                faults.push(Fault::rejects("X99", "En undersøkelse med presisering (Spec) kan bare ha én Id."));
            }
            if ids.iter().filter(|id| id.attribute("S").ends_with(".7280")).count() > 1 {
                faults.push(Fault::rejects("X99", "En undersøkelse har mer enn én NLK-kode."));
            }
        }
        for specimen in group.all("AnalysedSubject") {
            if radiology {
                faults.push(Fault::remark(
                    "X99",
                    "En radiologisk rekvisisjon har ikke prøvemateriale (AnalysedSubject).",
                ));
                continue;
            }
            if specimen.find("Type").is_none() && specimen.find("TypeCoded").is_none() {
                let severity = if summary.version == Version::V1_6 { Severity::Rejects } else { Severity::Remark };
                faults.push(Fault {
                    severity,
                    code: "X99".into(),
                    text: "Prøvemateriale mangler (Type eller TypeCoded).".into(),
                });
            }
            if specimen.find("RequestedSubject").is_some() && specimen.value("SampleCollInd") != "2" {
                faults.push(Fault::remark("X99", "Prøven er ikke tatt, men SampleCollInd er ikke 2."));
            }
            if let Some(date) = specimen.find("CollectedSample/CollectedDate")
                && !is_date(date.attribute("V"))
            {
                faults.push(Fault::rejects("T02", "CollectedDate er ikke en dato."));
            }
        }
    }
    if radiology && matches!(summary.serv_type.as_str(), "N" | "M") {
        let answers = requisition
            .all("Comment")
            .filter(|comment| comment.find("TextCode").is_some_and(|code| code.attribute("S").ends_with(".8274")))
            .count();
        if answers != 1 {
            let severity = if summary.version == Version::V1_6 { Severity::Rejects } else { Severity::Remark };
            faults.push(Fault {
                severity,
                code: "X99".into(),
                text: "Svar på om radiologen kan endre undersøkelsen (8274) skal være med én gang.".into(),
            });
        }
    }
}

fn check_attachments(requisition: &View<'_, '_>, faults: &mut Vec<Fault>) {
    use base64::Engine;
    for attachment in requisition.all("RefDoc") {
        let Some(content) = attachment.find("Content") else { continue };
        let Some(container) = content.node.children().find(|child| child.is_element()) else {
            faults.push(Fault::rejects("T02", "Et vedlegg er tomt."));
            continue;
        };
        if container.tag_name().name() != "Base64Container" {
            faults.push(Fault::remark("X99", "Et vedlegg er ikke en Base64Container og kan ikke vises."));
            continue;
        }
        let packed: String = container.text().unwrap_or_default().split_whitespace().collect();
        match base64::engine::general_purpose::STANDARD.decode(packed) {
            Ok(bytes) if bytes.is_empty() => faults.push(Fault::rejects("T02", "Et vedlegg er tomt.")),
            Ok(bytes) if attachment.text("MimeType") == "application/pdf" && !bytes.starts_with(b"%PDF-") => {
                faults.push(Fault::rejects("X99", "Et vedlegg sier at det er PDF, men er det ikke."));
            }
            Ok(_) => {}
            Err(_) => faults.push(Fault::rejects("T02", "Et vedlegg er ikke riktig base64.")),
        }
    }
}

/// A date, with or without a time of day.
pub(super) fn is_date(text: &str) -> bool {
    text.len() >= 10
        && text.is_ascii()
        && text[..10].parse::<jiff::civil::Date>().is_ok()
        && (text.len() == 10 || is_date_and_time(text))
}

/// A date with a time of day to the second, with or without an offset.
fn is_date_and_time(text: &str) -> bool {
    if !text.is_ascii() || text.len() < 19 || text.as_bytes()[10] != b'T' {
        return false;
    }
    let offset = text[19..].find(['Z', '+', '-']).map_or(text.len(), |at| at + 19);
    let zone = &text.as_bytes()[offset..];
    let zone_holds =
        matches!(zone, [] | [b'Z'] | [b'+' | b'-', b'0'..=b'1', b'0'..=b'9', b':', b'0'..=b'5', b'0'..=b'9']);
    zone_holds && text[..offset].parse::<jiff::civil::DateTime>().is_ok()
}

/// Codes come from the sender; keep what is shown short.
fn shown(code: &str) -> String {
    code.chars().take(20).collect()
}
