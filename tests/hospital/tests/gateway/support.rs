//! A sender for the tests: it builds a requisition from one small template and posts it by the contract.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hospital::{Hospital, Options};
use reqwest::{Client, RequestBuilder, Response};
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The facts of a test requisition that tests vary.
#[derive(Clone)]
pub struct Order {
    pub message_id: String,
    pub requisition_id: String,
    pub serv_type: &'static str,
    pub inner: &'static str,
    pub issued: &'static str,
    pub patient: (&'static str, &'static str, &'static str),
    pub specimen: String,
    pub her: &'static str,
    pub text: String,
}

pub fn order() -> Order {
    Order {
        message_id: Uuid::new_v4().to_string(),
        requisition_id: Uuid::new_v4().to_string(),
        serv_type: "N",
        inner: "N",
        issued: "2026-03-02T09:00:00",
        patient: ("Danser, Line", "13116900216", "FNR"),
        specimen: Uuid::new_v4().as_u128().to_string()[..12].to_owned(),
        her: "999901",
        text: "Slapp siste uker.".into(),
    }
}

impl Order {
    pub fn xml(&self) -> String {
        let (name, number, kind) = self.patient;
        let group = if self.serv_type == "C" {
            String::new()
        } else {
            format!(
                r#"<ReqInvestigation><ServType V="{}"/><Investigation><Id V="NPU03429" S="2.16.578.1.12.4.1.1.7280" DN="P-Natrium"/></Investigation><AnalysedSubject><CollectedSample><CollectedDate V="2026-03-02T09:05:00"/></CollectedSample><Type>Serum</Type><IdByRequester>{}</IdByRequester></AnalysedSubject></ReqInvestigation>"#,
                self.inner, self.specimen
            )
        };
        format!(
            r#"<?xml version="1.0" encoding="UTF-8"?>
<Message xmlns="http://www.kith.no/xmlstds/rekvisisjon/2012-02-15"><Type V="REQ_LAB" DN="Rekvisisjon-Laboratoriemedisin"/><MIGversion>v1.6 2012-02-15</MIGversion><GenDate V="2026-03-02T09:10:11"/><MsgId>{}</MsgId><Status V="TEST"/><ServReq><ServType V="{}"/><IssueDate V="{}"/><MsgDescr V="CLIN"/><Id>{}</Id><Patient><Name>{name}</Name><OffId>{number}</OffId><TypeOffId V="{kind}"/><ResponsibleHcp><Relation V="REK"/><HCP><HCProf><Name>Rita Lin</Name></HCProf><Address><Type V="WP"/><TeleAddress V="tel:73202600"/></Address></HCP></ResponsibleHcp></Patient><ServProvider><HCP><Inst><Name>Balsam sykehus HF</Name><Id>999900</Id><TypeId V="HER"/><Dept><Name>Laboratoriet</Name><Id>{}</Id><TypeId V="HER"/></Dept></Inst></HCP></ServProvider><Requester><HCP><Inst><Name>Kattskinnet legesenter</Name><Id>91096</Id><TypeId V="HER"/><HCPerson><Name>Rita Lin</Name><Id>91101</Id><TypeId V="HER"/></HCPerson></Inst></HCP></Requester><ReasonAsText><Heading V="PROB"/><TextResultValue>{}</TextResultValue></ReasonAsText><Comment><TextResultValue>Merknad</TextResultValue></Comment>{group}</ServReq></Message>"#,
            self.message_id, self.serv_type, self.issued, self.requisition_id, self.her, self.text
        )
    }
}

pub async fn hospital() -> Hospital {
    hospital::start(Options::default()).await.unwrap()
}

pub fn client() -> Client {
    // Another test of the same process may have been first; that is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy().build().unwrap()
}

pub fn digest(bytes: &[u8]) -> String {
    format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(bytes)))
}

/// A delivery by the contract, to be changed by the test or sent.
pub fn delivery(client: &Client, url: &str, message_id: &str, receiver: &str, xml: &str) -> RequestBuilder {
    client
        .post(format!("{url}/v1/messages"))
        .header("Content-Type", "application/xml")
        .header("Message-Id", message_id)
        .header("Idempotency-Key", message_id)
        .header("Content-Digest", digest(xml.as_bytes()))
        .header("Receiver", format!("her:{receiver}"))
        .body(xml.to_owned())
}

pub async fn send(hospital: &Hospital, order: &Order) -> Response {
    delivery(&client(), &hospital.url(), &order.message_id, order.her, &order.xml()).send().await.unwrap()
}

pub async fn json(response: Response) -> Value {
    serde_json::from_str(&response.text().await.unwrap()).unwrap()
}

pub async fn get(hospital: &Hospital, path: &str) -> Response {
    client().get(format!("{}{path}", hospital.url())).send().await.unwrap()
}

/// Status, error codes and texts, and OriginalMsgId/Id of an AppRec, read apart from the writer.
pub fn read_apprec(xml: &str) -> (String, Vec<(String, String)>, String) {
    let document = roxmltree::Document::parse(xml).unwrap();
    let root = document.root_element();
    assert_eq!(root.tag_name().name(), "AppRec");
    let child = |name: &str| {
        root.children().find(|node| node.has_tag_name((root.tag_name().namespace().unwrap(), name))).unwrap()
    };
    let errors = root
        .children()
        .filter(|node| node.tag_name().name() == "Error")
        .map(|node| (node.attribute("V").unwrap().to_owned(), node.attribute("OT").unwrap_or_default().to_owned()))
        .collect();
    let original = child("OriginalMsgId").children().find(|node| node.tag_name().name() == "Id").unwrap();
    (child("Status").attribute("V").unwrap().to_owned(), errors, original.text().unwrap().to_owned())
}

/// Reference data beside the repository, or nothing.
pub fn shared() -> Option<std::path::PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared");
    let folder = std::env::var_os("REKVIRENT_SHARED").map_or_else(|| beside.into(), std::path::PathBuf::from);
    if folder.join("standard").is_dir() {
        return Some(folder);
    }
    println!("SKIPPED: the reference data is not here ({})", folder.display());
    None
}
