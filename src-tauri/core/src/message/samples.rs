//! Orders made in code, for tests: one for the laboratory, one for pathology, one for magnetic resonance.

use jiff::civil::date;

use crate::codes::{Code, CodeSystem, Discipline, Sex};
use crate::order::*;
use crate::parties::*;

fn unit(name: &str, her: &str) -> Unit {
    Unit { name: name.into(), ids: UnitIds { her: Some(her.parse().unwrap()), ..UnitIds::default() } }
}

fn base(discipline: Discipline) -> Order {
    let doctor = PersonIds { her: Some("91100".parse().unwrap()), hpr: Some("9144897".parse().unwrap()) };
    let party = |organisation: Unit| Party {
        organisation,
        departments: vec![],
        person: None,
        phone: None,
        email: None,
        address: None,
    };
    let mut office = unit("Kattskinnet legesenter", "91096");
    office.ids.enh = Some("971318864".into());
    Order {
        format: Format::V1,
        kind: Kind::New,
        status: Status::Test,
        requisition: RequisitionHead {
            id: Some("0b7e2f64-5a0c-4a52-9d10-6f1f0a2c0102".parse().unwrap()),
            issued: Some(Moment::parse("2024-03-05T10:12").unwrap()),
            service_provider_id: None,
        },
        discipline,
        patient: Patient {
            ids: PatientIds { fnr: Some("13116900216".parse().unwrap()), ..PatientIds::default() },
            local_ids: LocalIds::default(),
            name: PatientName { family: "Danser".into(), given: "Line".into() },
            sex: Some(Sex::Female),
            birth_date: Some(date(1969, 11, 13)),
            address: None,
            phone: Some("+47 22 33 44 55".into()),
            email: None,
            admission_category: None,
        },
        requester: Party {
            person: Some(Person { name: "August September".into(), ids: doctor.clone() }),
            ..party(office)
        },
        ordering_clinician: Clinician {
            name: Some("August September".into()),
            profession: Some("LE".into()),
            ids: doctor,
            unit: None,
            phone: "53759889".into(),
            email: None,
            address: None,
        },
        regular_gp: None,
        service_provider: Party {
            departments: vec![unit("Laboratoriemedisin", "999901")],
            ..party(unit("Balsam sykehus HF", "999900"))
        },
        copy_recipients: vec![],
        payment: None,
        urgency: Some(Urgency::Normal),
        requested_report_date: None,
        reservation: None,
        reasons: vec![],
        diagnoses: vec![],
        findings: vec![],
        information_items: vec![],
        may_change_modality: None,
        comments: vec![],
        services: vec![],
        specimens: vec![],
        attachments: vec![],
    }
}

fn service(code: Code, specimens: &[&str]) -> Service {
    Service {
        action: Action::New,
        code,
        local_code: None,
        specs: vec![],
        comment: None,
        priority: None,
        purpose: None,
        requested_date: None,
        series: None,
        specimens: specimens.iter().map(ToString::to_string).collect(),
    }
}

fn specimen(key: &str, material: Material) -> Specimen {
    Specimen {
        key: key.into(),
        ids: LocalIds { requester: Some(format!("0240305000{key}")), service_provider: None },
        material,
        anatomical_origin: None,
        collected: Some(Moment::parse("2024-03-05T10:00:00").unwrap()),
        not_collected: false,
        planned_date: None,
        collector_comment: None,
        collection_method: None,
        preservative: None,
        number: None,
        handling: vec![],
        measures: vec![],
        pretreatment: None,
        comment: None,
    }
}

pub(crate) fn laboratory() -> Order {
    let serum = Material { text: None, code: Some(Code::new(CodeSystem::volven(8351), "S", "Serum")) };
    let mut urine = specimen("2", Material { text: Some("Urin".into()), code: None });
    urine.collected = None;
    urine.not_collected = true;
    Order {
        services: vec![
            service(Code::new(CodeSystem::NLK, "NOR05865", "Us-TSH"), &["1"]),
            service(Code::new(CodeSystem::LOCAL, "DYRK", "Urin dyrkning"), &["2"]),
            Service {
                comment: Some("Ring ved funn".into()),
                ..service(Code::new(CodeSystem::NLK, "NOR05863", "Us-FT4"), &["1"])
            },
        ],
        specimens: vec![specimen("1", serum), urine],
        reasons: vec![Reason { heading: "PROB".into(), text: "Slapp.\r\n\r\n  <Anemi> & \"stoffskifte\"?".into() }],
        ..base(Discipline::Lab)
    }
}

pub(crate) fn pathology() -> Order {
    let jar = |key: &str, site: &str| Specimen {
        anatomical_origin: Some(site.into()),
        preservative: Some("Formalin".into()),
        measures: vec![Measure { quantity: "Lengde".into(), value: 4.5, unit: "mm".into() }],
        ..specimen(key, Material { text: Some("Hudbiopsi".into()), code: None })
    };
    Order {
        services: vec![Service {
            priority: Some("0".into()),
            ..service(Code::of_list(8219, "A").unwrap(), &["2", "1"])
        }],
        specimens: vec![jar("1", "Venstre underarm"), jar("2", "Rygg")],
        attachments: vec![Attachment {
            id: None,
            description: "Skisse".into(),
            mime_type: MimeType::Pdf,
            date: None,
            base64: Some("JVBER\ni0xLjQ=".into()),
            path: None,
        }],
        copy_recipients: vec![CopyRecipient { party: base(Discipline::Hist).requester, gets: Some(CopyOf::Both) }],
        ..base(Discipline::Hist)
    }
}

pub(crate) fn magnetic_resonance() -> Order {
    let safety = |code: &str| InformationItem {
        item_type: "NB".into(),
        code: Code::of_list(8210, code),
        text: None,
        comment: None,
        from: None,
        to: None,
        date: None,
    };
    let right = Code::new(CodeSystem::NCRP, "ZTX0XA", "Høyresidig bildediagnostisk undersøkelse");
    let knee =
        || Service { priority: Some("14".into()), ..service(Code::new(CodeSystem::NCRP, "SNG0AG", "MR Kne"), &[]) };
    Order {
        may_change_modality: Some(true),
        urgency: Some(Urgency::High),
        payment: Some(Payment { category: Some("1".into()), payer: None }),
        diagnoses: vec![Diagnosis {
            role: DiagnosisRole::Main,
            code: Code::new(CodeSystem::ICPC2, "L15", "Kne symptomer/plager"),
        }],
        findings: vec![ClinicalFinding {
            text: "P-Kreatinin: 78 µmol/l".into(),
            date: Some(Moment::parse("2024-02-27").unwrap()),
        }],
        information_items: ["NOIVK", "NOMEY", "PAC"].map(safety).to_vec(),
        services: vec![Service { specs: vec![right], ..knee() }, knee()],
        ..base(Discipline::Mr)
    }
}

mod tests {
    use super::*;
    use crate::codes::MessageVersion;
    use crate::message::{Envelope, check, render};

    fn envelope() -> Envelope {
        Envelope {
            message_id: "1b7c3a52-60a4-4d0e-9a41-0d4d3f3a0006".parse().unwrap(),
            generated: "2024-03-05T10:15:30+01:00[Europe/Oslo]".parse().unwrap(),
        }
    }

    fn message(order: &Order, version: MessageVersion) -> String {
        assert_eq!(crate::order::check(order, &envelope().generated), vec![]);
        let bytes = render(order, &envelope(), version).unwrap();
        assert_eq!(check(&bytes), Ok(()));
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn laboratory_messages_stay_as_they_are() {
        insta::assert_snapshot!("laboratory", message(&laboratory(), MessageVersion::V1_6));
    }

    #[test]
    fn pathology_messages_stay_as_they_are() {
        insta::assert_snapshot!("pathology", message(&pathology(), MessageVersion::V1_6));
    }

    #[test]
    fn magnetic_resonance_messages_stay_as_they_are() {
        insta::assert_snapshot!("magnetic_resonance", message(&magnetic_resonance(), MessageVersion::V1_6));
        insta::assert_snapshot!("magnetic_resonance_1_5", message(&magnetic_resonance(), MessageVersion::V1_5));
    }

    #[test]
    fn an_order_survives_its_own_document() {
        for order in [laboratory(), pathology(), magnetic_resonance()] {
            let json = serde_json::to_vec(&order).unwrap();
            assert_eq!(crate::order::read(&json, &envelope().generated, None).as_ref(), Ok(&order));
        }
    }
}
