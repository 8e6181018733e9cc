//! What the hospital says of good and bad messages.

use std::path::Path;
use std::process::Command;

use hospital::{Status, Version};

use crate::support::*;

/// Sends an order and returns the status and the errors of its application receipt.
async fn verdict(hospital: &hospital::Hospital, order: &Order) -> (String, Vec<(String, String)>) {
    let answer = send(hospital, order).await;
    assert_eq!(answer.status(), 202, "{}", answer.text().await.unwrap());
    let receipts = hospital.receipts();
    let receipt = receipts.iter().rfind(|receipt| receipt.message_id == order.message_id).unwrap();
    let (status, errors, _) = read_apprec(&receipt.app_rec);
    (status, errors)
}

#[tokio::test]
async fn what_is_no_message_is_refused_on_the_line_with_the_reason() {
    let hospital = hospital().await;
    let order = order();
    let xml = order.xml();
    let deep = format!("<?xml version=\"1.0\"?>{}{}", "<a>".repeat(50_000), "</a>".repeat(50_000));
    let entity = xml.replacen("<Message", "<!DOCTYPE Message [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><Message", 1);
    let cases = [
        ("T01", xml.replace("</Message>", "")),
        ("T01", entity),
        ("T01", deep),
        ("T01", xml.replace("UTF-8", "ISO-8859-1")),
        ("T10", "<AppRec/>".to_owned()),
        ("T10", xml.replace("2012-02-15\"", "2020-01-01\"")),
        ("E10", xml.replace(&format!("<MsgId>{}</MsgId>", order.message_id), "")),
    ];
    for (code, bad) in cases {
        let answer = delivery(&client(), &hospital.url(), &order.message_id, order.her, &bad).send().await.unwrap();
        assert_eq!(answer.status(), 422, "{code}");
        let detail = json(answer).await["detail"].as_str().unwrap().to_owned();
        assert!(detail.starts_with(code), "{code}: {detail}");
    }
    assert!(hospital.received().is_empty());
}

#[tokio::test]
async fn bad_messages_are_rejected_with_code_and_norwegian_reason() {
    let hospital = hospital().await;
    type Change = fn(&str) -> String;
    let cases: [(&str, &str, Change); 22] = [
        ("T10", "MIGversion", |xml| xml.replace("v1.6 2012", "v1.5 2008")),
        ("T02", "GenDate", |xml| xml.replace("2026-03-02T09:10:11", "2026-03-02")),
        ("T02", "MIGversion", |xml| xml.replace("<MIGversion>v1.6 2012-02-15</MIGversion>", "")),
        ("T02", "MsgDescr på riktig plass", |xml| {
            xml.replace("<MsgDescr V=\"CLIN\"/>", "").replace("</Id><Patient>", "</Id><MsgDescr V=\"CLIN\"/><Patient>")
        }),
        ("T02", "attributt", |xml| xml.replace("<Relation V=\"REK\"/>", "<Relation V=\"REK\" S=\"1\"/>")),
        ("T02", "elementer", |xml| xml.replace("<Patient>", "<Patient>tekst")),
        ("T02", "dato", |xml| xml.replace("2026-03-02T09:05:00", "2. mars")),
        ("T02", "tekst", |xml| xml.replace("<Heading V=\"PROB\"/>", "<Heading>PROB</Heading>")),
        ("E31", "kontrollsifrene", |xml| xml.replace("13116900216", "13116900217")),
        ("E30", "OffId", |xml| xml.replace("<OffId>13116900216</OffId>", "<OffId> </OffId>")),
        ("E32", "navn", |xml| xml.replace("<Name>Danser, Line</Name>", "")),
        ("E36", "kjønn", |xml| xml.replace("<TypeOffId V=\"FNR\"/>", "<TypeOffId V=\"HNR\"/>")),
        ("E20", "telefon", |xml| xml.replace("<TeleAddress V=\"tel:73202600\"/>", "")),
        ("E21", "Tjenesteyter", |xml| {
            xml.replace("<Id>999901</Id>", "<Id>77777</Id>").replace("<Id>999900</Id>", "<Id>77778</Id>")
        }),
        ("X99", "HER-id", |xml| xml.replace("<Id>91101</Id>", "<Id>9.1101</Id>")),
        ("X99", "TypeId", |xml| {
            xml.replace("<Name>Rita Lin</Name></HCProf>", "<Name>Rita Lin</Name><Id>9144900</Id></HCProf>")
        }),
        ("X99", "MsgDescr", |xml| xml.replace("V=\"CLIN\"", "V=\"MR\"")),
        ("X99", "NLK", |xml| xml.replace("NPU03429", "NPU3429")),
        ("X99", "kodeverk", |xml| xml.replace("1.1.7280", "1.1.9999")),
        ("X99", "ServType H", |xml| {
            xml.replace("<ReqInvestigation><ServType V=\"N\"/>", "<ReqInvestigation><ServType V=\"H\"/>")
        }),
        ("X99", "Prøvemateriale", |xml| xml.replace("<Type>Serum</Type>", "")),
        ("T02", "tomt", |xml| xml.replace("<TextResultValue>Merknad</TextResultValue>", "<TextResultValue/>")),
    ];
    for (code, words, change) in cases {
        let order = order();
        let bad = change(&order.xml());
        assert_ne!(bad, order.xml(), "{words}: the case changes nothing");
        let answer = delivery(&client(), &hospital.url(), &order.message_id, order.her, &bad).send().await.unwrap();
        assert_eq!(answer.status(), 202, "{words}: {}", answer.text().await.unwrap());
        let (status, errors, original) = read_apprec(&hospital.receipts().last().unwrap().app_rec);
        assert_eq!((status.as_str(), original), ("2", order.message_id), "{words}: {errors:?}");
        assert!(errors.iter().any(|(other, text)| other == code && text.contains(words)), "{code} {words}: {errors:?}");
    }
    assert!(hospital.effects().is_empty());
}

#[tokio::test]
async fn a_text_longer_than_the_laboratory_takes_is_rejected_and_one_that_just_fits_is_not() {
    let hospital = hospital().await;
    let fits = Order { text: "å".repeat(4000), ..order() };
    assert_eq!(verdict(&hospital, &fits).await.0, "1");
    let (status, errors) = verdict(&hospital, &Order { text: "å".repeat(4001), ..order() }).await;
    assert_eq!((status.as_str(), errors[0].0.as_str()), ("2", "X99"));
    assert!(errors[0].1.contains("4000 tegn"));
}

#[tokio::test]
async fn a_value_outside_its_list_is_accepted_with_faults() {
    let hospital = hospital().await;
    let order = order();
    let odd = order.xml().replace("<Heading V=\"PROB\"/>", "<Heading V=\"TULL\"/>");
    delivery(&client(), &hospital.url(), &order.message_id, order.her, &odd).send().await.unwrap();
    let (status, errors, _) = read_apprec(&hospital.receipts()[0].app_rec);
    assert_eq!((status.as_str(), errors.len()), ("3", 1));
    assert_eq!(hospital.effects().len(), 1);
}

#[tokio::test]
async fn follow_ups_must_know_their_requisition_and_leave_alone_what_may_not_change() {
    let hospital = hospital().await;
    let new = order();
    let follow_up =
        |serv_type, inner| Order { message_id: uuid::Uuid::new_v4().to_string(), serv_type, inner, ..new.clone() };
    assert_eq!(verdict(&hospital, &follow_up("M", "H")).await.0, "2", "unknown requisition");
    assert_eq!(verdict(&hospital, &new).await.0, "1");
    assert_eq!(verdict(&hospital, &follow_up("M", "H")).await.0, "1");
    assert_eq!(verdict(&hospital, &follow_up("A", "A")).await.0, "1");
    let (status, errors) = verdict(&hospital, &Order { issued: "2026-03-02T10:00:00", ..follow_up("M", "H") }).await;
    assert_eq!(status, "2");
    assert!(errors[0].1.contains("IssueDate"), "{errors:?}");
    assert_eq!(
        verdict(&hospital, &Order { patient: ("Telokk, Gry", "12057900499", "FNR"), ..follow_up("M", "H") }).await.0,
        "2"
    );
    assert_eq!(verdict(&hospital, &follow_up("N", "N")).await.0, "2", "the same requisition anew");
    assert_eq!(verdict(&hospital, &follow_up("C", "C")).await.0, "1");
    assert_eq!(hospital.effects()[0].state, hospital::State::Cancelled);
    assert_eq!(verdict(&hospital, &follow_up("M", "H")).await.0, "2", "cancelled already");
    assert_eq!(hospital.effects()[0].message_ids.len(), 4);
}

#[tokio::test]
async fn once_the_specimen_has_come_nothing_is_changed_or_cancelled_but_more_can_be_added() {
    let hospital = hospital().await;
    let new = order();
    let follow_up =
        |serv_type, inner| Order { message_id: uuid::Uuid::new_v4().to_string(), serv_type, inner, ..new.clone() };
    assert_eq!(verdict(&hospital, &new).await.0, "1");
    hospital.make_event(&new.requisition_id, hospital::EventKind::SpecimenReceived, None, None).unwrap();
    for kind in ["M", "C"] {
        let (status, errors) = verdict(&hospital, &follow_up(kind, "H")).await;
        assert_eq!(status, "2", "{kind}");
        assert!(errors[0].1.contains("Prøven er mottatt"), "{errors:?}");
    }
    assert_eq!(verdict(&hospital, &follow_up("A", "A")).await.0, "1");
}

#[tokio::test]
async fn a_specimen_number_cannot_belong_to_two_patients() {
    let hospital = hospital().await;
    let first = order();
    assert_eq!(verdict(&hospital, &first).await.0, "1");
    let same_patient = Order { specimen: first.specimen.clone(), ..order() };
    assert_eq!(verdict(&hospital, &same_patient).await.0, "1");
    let other = Order { specimen: first.specimen.clone(), patient: ("Telokk, Gry", "12057900499", "FNR"), ..order() };
    let (status, errors) = verdict(&hospital, &other).await;
    assert_eq!(status, "2");
    assert!(errors[0].1.contains("prøvenummer"));
    assert!(!errors[0].1.contains(&first.specimen));
}

#[tokio::test]
async fn the_official_examples_are_accepted_and_their_receipts_are_valid() {
    let Some(shared) = shared() else { return };
    let schemas = shared.join("standard/schemas");
    let folder = tempfile::tempdir().unwrap();
    let anyone = || hospital::start(hospital::Options { receivers: Vec::new(), ..Default::default() });
    let (mut hospital, mut family) = (anyone().await.unwrap(), String::new());
    let mut seen = [0, 0];
    for set in ["v1.5", "v1.6", "own-v1.6"] {
        for example in in_order_of_sending(&shared.join("standard/examples").join(set)) {
            // The official examples reuse message ids, so each requisition's messages go to a hospital of their own.
            if family_and_rank(&example).0 != family {
                (hospital, family) = (anyone().await.unwrap(), family_and_rank(&example).0);
            }
            let xml = std::fs::read_to_string(&example).unwrap();
            let document = roxmltree::Document::parse(&xml).unwrap();
            let text = |name: &str| {
                document.descendants().find(|node| node.tag_name().name() == name).unwrap().text().unwrap().to_owned()
            };
            let message_id = text("MsgId");
            let provider = document.descendants().find(|node| node.tag_name().name() == "ServProvider").unwrap();
            let her = provider.descendants().find(|node| node.tag_name().name() == "Id").unwrap().text().unwrap();
            let answer = delivery(&client(), &hospital.url(), &message_id, her, &xml).send().await.unwrap();
            assert_eq!(answer.status(), 202, "{}: {}", example.display(), answer.text().await.unwrap());
            let received = hospital.received().pop().unwrap();
            assert_ne!(
                received.verdict.status,
                Status::Rejected,
                "{}: {:?}",
                example.display(),
                received.verdict.faults
            );
            let (schema, expected, at) = match received.summary.version {
                Version::V1_5 => ("AppRec-v1-2004-11-21.xsd", received.summary.requisition_id.clone(), 0),
                Version::V1_6 => ("AppRec-v1.1.xsd", message_id, 1),
            };
            seen[at] += 1;
            let receipt = hospital.receipts().pop().unwrap().app_rec;
            assert_eq!(read_apprec(&receipt).2, expected);
            validate(&receipt, &schemas, schema, folder.path());
        }
    }
    assert!(seen[0] > 5 && seen[1] > 10, "{seen:?}");
}

#[tokio::test]
async fn a_rejection_is_a_valid_receipt_too() {
    let Some(shared) = shared() else { return };
    let folder = tempfile::tempdir().unwrap();
    let hospital = hospital().await;
    let (status, _) = verdict(&hospital, &Order { patient: ("Danser, Line", "13116900217", "FNR"), ..order() }).await;
    assert_eq!(status, "2");
    validate(&hospital.receipts()[0].app_rec, &shared.join("standard/schemas"), "AppRec-v1.1.xsd", folder.path());
}

/// The messages of one requisition after each other, the new one first.
fn in_order_of_sending(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort_by_key(|path| family_and_rank(path));
    files
}

/// A file name without its word for new, addition, change or cancel, and that word's place in the order.
fn family_and_rank(path: &Path) -> (String, usize) {
    let name = path.file_stem().unwrap().to_string_lossy().to_lowercase();
    let kinds = ["_ny", "_tillegg", "_endring", "_kansellering"];
    let rank = kinds.iter().position(|kind| name.contains(kind)).unwrap();
    (name.replace(kinds[rank], ""), rank)
}

fn validate(xml: &str, schemas: &Path, schema: &str, folder: &Path) {
    let file = folder.join("receipt.xml");
    std::fs::write(&file, xml).unwrap();
    let run = Command::new("xmllint")
        .env("XML_CATALOG_FILES", schemas.join("catalog.xml"))
        .args(["--nonet", "--noout", "--schema"])
        .arg(schemas.join(schema))
        .arg(&file)
        .output();
    match run {
        Ok(output) => assert!(output.status.success(), "{}\n{xml}", String::from_utf8_lossy(&output.stderr)),
        Err(_) => println!("SKIPPED: xmllint is not installed, the receipt was not validated"),
    }
}
