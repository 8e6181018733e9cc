//! The hospital's own writer of application receipts: AppRec 1.1 for requisitions v1.6, AppRec 1.0 for v1.5.
//!
//! Source: HITS 1168 and the two schemas. A receipt names sender, receiver and the original message, and nothing about
//! the patient.

use jiff::Zoned;
use uuid::Uuid;

use crate::reading::{Fault, Named, Party, Severity, Summary, Version, codes};

/// What the hospital answers: list 8258.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// 1: received and readable.
    Accepted,
    /// 3: accepted, with faults that the sender should mend.
    AcceptedWithFaults,
    /// 2: rejected; nothing will be done.
    Rejected,
}

/// The hospital's judgement of one message.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Verdict {
    /// The status.
    pub status: Status,
    /// Why, when not simply accepted.
    pub faults: Vec<Fault>,
}

impl Verdict {
    /// The verdict that follows from the faults found.
    pub fn of(faults: Vec<Fault>) -> Self {
        let status = match faults.iter().map(|fault| fault.severity).max() {
            None => Status::Accepted,
            Some(Severity::Remark) => Status::AcceptedWithFaults,
            Some(Severity::Rejects) => Status::Rejected,
        };
        Self { status, faults }
    }

    /// True unless rejected.
    pub fn accepts(&self) -> bool {
        match self.status {
            Status::Accepted | Status::AcceptedWithFaults => true,
            Status::Rejected => false,
        }
    }
}

/// Writes the receipt for a message as XML.
pub fn write(about: &Summary, verdict: &Verdict, id: Uuid, at: &Zoned) -> String {
    let (namespace, version) = match about.version {
        Version::V1_6 => ("http://www.kith.no/xmlstds/apprec/2012-02-15", "v1.1 2012-02-15"),
        Version::V1_5 => ("http://www.kith.no/xmlstds/apprec/2004-11-21", "1.0 2004-11-21"),
    };
    let (status, status_text) = match verdict.status {
        Status::Accepted => ("1", "OK"),
        Status::AcceptedWithFaults => ("3", "OK, feil i delmelding"),
        Status::Rejected => ("2", "Avvist"),
    };
    // v1.6 is answered on the message, v1.5 on the requisition (HIS 80821, README of the standard, section 1).
    let (original_id, issued) = match about.version {
        Version::V1_6 => (&about.message_id, &about.gen_date),
        Version::V1_5 => (&about.requisition_id, &about.issue_date),
    };
    let mut xml = String::with_capacity(2048);
    xml.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    xml.push_str(&format!("<AppRec xmlns=\"{namespace}\">\n"));
    xml.push_str("  <MsgType V=\"APPREC\" DN=\"Applikasjonskvittering\"/>\n");
    element(&mut xml, 2, "MIGversion", version);
    element(&mut xml, 2, "SoftwareName", "Simulert sykehus");
    element(&mut xml, 2, "GenDate", &at.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string());
    element(&mut xml, 2, "Id", &id.to_string());
    party(&mut xml, "Sender", ("PRIM", "Primærmottaker"), &about.provider);
    party(&mut xml, "Receiver", ("AVS", "Avsender"), &about.requester);
    xml.push_str(&format!("  <Status V=\"{status}\" DN=\"{status_text}\"/>\n"));
    for fault in &verdict.faults {
        let text = codes::error_text(&fault.code);
        xml.push_str(&format!(
            "  <Error V=\"{}\" S=\"2.16.578.1.12.4.1.1.8221\" DN=\"{}\" OT=\"{}\"/>\n",
            escaped(&fault.code),
            escaped(text),
            escaped(&fault.text)
        ));
    }
    xml.push_str("  <OriginalMsgId>\n");
    coded(&mut xml, 4, "MsgType", &about.kind.code, &about.kind.text);
    element(&mut xml, 4, "IssueDate", &date_time(issued, at));
    element(&mut xml, 4, "Id", original_id);
    xml.push_str("  </OriginalMsgId>\n</AppRec>\n");
    xml
}

/// Text made safe for element content and attribute values.
pub(crate) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\n' | '\r' | '\t' => safe.push(' '),
            // XML 1.0 has no way to write these.
            control if control < ' ' || matches!(control, '\u{fffe}' | '\u{ffff}') => {}
            other => safe.push(other),
        }
    }
    safe
}

/// The schemas want date and time; a message may have given a date alone, or nothing usable when it is rejected for that.
fn date_time(written: &str, fallback: &Zoned) -> String {
    if written.len() == 10 && written.parse::<jiff::civil::Date>().is_ok() {
        format!("{written}T00:00:00")
    } else if written.is_ascii() && written.get(..19).is_some_and(|part| part.parse::<jiff::civil::DateTime>().is_ok())
    {
        written.to_owned()
    } else {
        fallback.strftime("%Y-%m-%dT%H:%M:%S").to_string()
    }
}

fn element(xml: &mut String, indent: usize, name: &str, text: &str) {
    xml.push_str(&format!("{:indent$}<{name}>{}</{name}>\n", "", escaped(text)));
}

fn coded(xml: &mut String, indent: usize, name: &str, code: &str, text: &str) {
    xml.push_str(&format!("{:indent$}<{name} V=\"{}\"", "", escaped(code)));
    if !text.is_empty() {
        xml.push_str(&format!(" DN=\"{}\"", escaped(text)));
    }
    xml.push_str("/>\n");
}

fn party(xml: &mut String, name: &str, role: (&str, &str), party: &Party) {
    xml.push_str(&format!("  <{name}>\n"));
    coded(xml, 4, "Role", role.0, role.1);
    xml.push_str("    <HCP>\n      <Inst>\n");
    named(xml, 8, &party.organisation);
    for (element_name, units) in [("Dept", &party.departments), ("HCPerson", &party.persons)] {
        for unit in units {
            xml.push_str(&format!("        <{element_name}>\n"));
            named(xml, 10, unit);
            xml.push_str(&format!("        </{element_name}>\n"));
        }
    }
    xml.push_str(&format!("      </Inst>\n    </HCP>\n  </{name}>\n"));
}

fn named(xml: &mut String, indent: usize, named: &Named) {
    if !named.name.is_empty() {
        element(xml, indent, "Name", &named.name);
    }
    if !named.id.is_empty() {
        element(xml, indent, "Id", &named.id);
        let text = match named.id_type.as_str() {
            "HER" => "HER-id",
            "HPR" => "HPR-nummer",
            "ENH" => "Organisasjonsnummeret i Enhetsregister",
            _ => "",
        };
        coded(xml, indent, "TypeId", &named.id_type, text);
    }
}
