//! Messages read back into the model and written again: the official examples, and documents grown from the published schema.

use std::collections::BTreeMap;

use it::grown::Grower;
use it::shared;
use jiff::Zoned;
use requisition::codes::MessageVersion;
use requisition::message::{Envelope, ReadError, read, render, uncovered};
use requisition::order::{self, Kind, Moment};

/// What the model has no place for, in the official examples. A comment to a group, and one to the whole order in its old
/// element, are read by people in "as the receiver sees it"; an order writes both elsewhere.
const UNCOVERED: &[(&str, &[&str])] = &[
    ("Rekvisisjon_lab_v1-5_Tillegg.xml", &["/Message/ServReq/ReqInvestigation/Comment"]),
    ("Rekvisisjon_lab_v1-6_Tillegg.xml", &["/Message/ServReq/ReqInvestigation/Comment"]),
    ("Rekvisisjon_radiologi-MR-v1.5_Endring.xml", &["/Message/ServReq/ReqComment"]),
    ("Rekvisisjon_radiologi-MR-v1.5_Kansellering.xml", &["/Message/ServReq/ReqComment"]),
    ("Rekvisisjon_radiologi-MR-v1-6_Endring.xml", &["/Message/ServReq/ReqComment"]),
    ("Rekvisisjon_radiologi-MR-v1-6_Kansellering.xml", &["/Message/ServReq/ReqComment"]),
    // An address of the unit's own kind, and an HPR number of six digits, which an order does not take.
    (
        "Rekvisisjon_radiologi_enkel_fra_kommune_v1-6_Ny.xml",
        &[
            "/Message/ServReq/Patient/ResponsibleHcp/HCP/Address/Type",
            "/Message/ServReq/Patient/ResponsibleHcp/HCP/Inst/HCPerson/Id",
            "/Message/ServReq/Patient/ResponsibleHcp/HCP/Inst/HCPerson/TypeId",
        ],
    ),
    ("Rekvisisjon_radiologi_enkel_v1-5_Endring.xml", &["/Message/ServReq/ReqComment"]),
    ("Rekvisisjon_radiologi_enkel_v1-5_Kansellering.xml", &["/Message/ServReq/ReqComment"]),
    ("Rekvisisjon_radiologi_enkel_v1-6_Endring.xml", &["/Message/ServReq/ReqComment"]),
    ("Rekvisisjon_radiologi_enkel_v1-6_Kansellering.xml", &["/Message/ServReq/ReqComment"]),
];

#[test]
fn every_official_example_is_read_and_written_again_without_loss_of_what_the_model_covers() {
    let Some(shared) = shared() else { return };
    let expected: BTreeMap<&str, &[&str]> = UNCOVERED.iter().copied().collect();
    let mut seen = 0;
    let mut wrong = Vec::new();
    for folder in ["v1.5", "v1.6", "own-v1.6"] {
        for entry in std::fs::read_dir(shared.join("standard/examples").join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let lost = uncovered(&std::fs::read(&path).unwrap()).unwrap_or_else(|error| panic!("{name}: {error}"));
            let known = expected.get(name.as_str()).copied().unwrap_or_default();
            if lost != known {
                wrong.push(format!("{name}: {lost:?}"));
            }
            seen += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(seen, 26);
}

#[test]
fn whatever_is_written_is_read_as_it_was_meant() {
    let Some(shared) = shared() else { return };
    let schema = std::fs::read(shared.join("acceptance/order.schema.json")).unwrap();
    let schema = serde_json::from_slice(&schema).unwrap();
    for seed in 0..400 {
        let document = Grower::new(&schema, seed).order();
        let mut order = order::read(&serde_json::to_vec(&document).unwrap(), &now(), None).unwrap();
        // Information of these kinds is written like a diagnosis or a finding, and read as one.
        order.information_items.retain(|item| !["H", "B", "FUNN"].contains(&item.item_type.as_str()));
        if order.kind == Kind::New {
            order.requisition.id.get_or_insert("0b7e2f64-5a0c-4a52-9d10-6f1f0a2c0113".parse().unwrap());
            order.requisition.issued.get_or_insert(Moment::from(&now()));
        }
        for version in [MessageVersion::V1_6, MessageVersion::V1_5] {
            let written = message(&order, version);
            let read = read(&written).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
            assert_eq!((read.version, read.message_id), (version, Some(MESSAGE_ID.parse().unwrap())));
            let again = message(&read.order, version);
            assert_eq!(
                String::from_utf8(again).unwrap(),
                String::from_utf8(written.clone()).unwrap(),
                "seed {seed}, {version:?}"
            );
            assert_eq!(uncovered(&written), Ok(vec![]), "seed {seed}");
        }
    }
}

#[test]
fn what_is_no_requisition_is_refused_by_the_element_that_it_lacks() {
    for (message, lacks) in [
        ("<x/>", None),
        ("not xml", None),
        (&format!("<Message xmlns='{NAMESPACE}'><MIGversion>v1.6 2012-02-15</MIGversion></Message>"), Some("ServReq")),
        (
            &format!(
                "<Message xmlns='{NAMESPACE}'><MIGversion>v1.6 2012-02-15</MIGversion><ServReq><Id>1</Id></ServReq></Message>"
            ),
            Some("Patient"),
        ),
    ] {
        match (read(message.as_bytes()), lacks) {
            (Err(ReadError::Lacks(element)), Some(lacks)) => assert_eq!(element, lacks),
            (Err(ReadError::Unreadable(_)), None) => {}
            (other, _) => panic!("{message}: {:?}", other.map(|_| ())),
        }
    }
}

const NAMESPACE: &str = "http://www.kith.no/xmlstds/rekvisisjon/2012-02-15";
const MESSAGE_ID: &str = "1b7c3a52-60a4-4d0e-9a41-0d4d3f3a0006";

fn now() -> Zoned {
    "2026-11-23T10:00:00+01:00[Europe/Oslo]".parse().unwrap()
}

fn message(order: &order::Order, version: MessageVersion) -> Vec<u8> {
    let message_id = MESSAGE_ID.parse().unwrap();
    render(order, &Envelope { message_id, generated: now() }, version).unwrap()
}
