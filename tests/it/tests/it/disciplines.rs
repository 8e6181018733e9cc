//! Radiology and pathology from the demo catalogue to the message: what was asked stands where the receiver looks for it.
//!
//! Sources of what is expected: HIS 1175 (radiology) and HIS 1160 (pathology), read with a reader of this file's own.

use jiff::Timestamp;
use requisition::catalogue::model::Severity;
use requisition::codes::MessageVersion;
use requisition::composing::composition::{Composition, Missing};
use requisition::composing::draft::{Answer, Draft, Edit, Patient};
use requisition::composing::{Catalogues, Context, apply};
use requisition::requisition::from_draft;
use uuid::Uuid;

use crate::composing::{catalogues, composed, message, now, patient, requester, settled};
use it::judge::judge;
use it::shared;

const PROVIDER: &str = "balsam-bilde-patologi";

/// One draft and what its message says.
struct Case {
    name: &'static str,
    services: &'static [&'static str],
    answers: Vec<(&'static str, Answer)>,
    /// Each stands in some line of the message: see [`lines`].
    says: &'static [&'static str],
    never: &'static [&'static str],
}

#[test]
fn every_department_of_radiology_and_pathology_gets_what_it_asked_for() {
    let catalogues = catalogues();
    let mut messages = Vec::new();
    for case in radiology().into_iter().chain(pathology()) {
        let draft = settled(gry(), &picked(case.services), &case.answers, &catalogues)
            .unwrap_or_else(|left| panic!("{}: {left}", case.name));
        let context = Context { today: now().date(), now: &now(), history: &[] };
        let made = from_draft(&draft, &catalogues, &requester(), &context, Uuid::now_v7).unwrap();
        assert_eq!(made.len(), 1, "{}", case.name);
        let bytes = message(made.into_iter().next().unwrap()).unwrap_or_else(|fault| panic!("{}: {fault}", case.name));
        let lines = lines(&bytes);
        for fact in case.says {
            assert!(
                lines.iter().any(|line| line.contains(fact)),
                "{}: {fact} is not in\n{}",
                case.name,
                lines.join("\n")
            );
        }
        for fact in case.never {
            assert!(!lines.iter().any(|line| line.contains(fact)), "{}: {fact} is in\n{}", case.name, lines.join("\n"));
        }
        let (_, faults) = hospital::reading::read(&bytes, 4000).unwrap();
        assert_eq!(faults, [], "{}", case.name);
        messages.push((case.name.replace(' ', "-"), bytes));
    }
    let Some(shared) = shared() else { return };
    judge(&shared, MessageVersion::V1_6, &messages);
}

#[test]
fn a_procedure_is_not_handed_on_before_every_safety_question_has_its_answer() {
    let catalogues = catalogues();
    let open = |service: &str, answers: &[(&str, Answer)]| -> Vec<String> {
        let composition = answered(service, answers, &catalogues);
        let questions = composition.missing.into_iter().filter_map(|missing| match missing {
            Missing::Question { question, .. } => Some(question),
            _ => None,
        });
        questions.collect()
    };
    let mr = open("mr-kne", &[]);
    for question in ["mr_pacemaker", "mr_clip", "mr_cochlea", "mr_stimulator", "mr_eye", "mr_pump", "mr_prosthesis"] {
        assert!(mr.contains(&question.to_owned()), "{question} is not in {mr:?}");
    }
    for question in ["mr_stent", "mr_other", "mr_pregnant", "mr_narrow", "mr_lying", "side", "may_change"] {
        assert!(mr.contains(&question.to_owned()), "{question} is not in {mr:?}");
    }
    assert!(!mr.contains(&"mr_which".to_owned()), "nothing to describe yet");
    assert!(open("mr-kne", &[("mr_stent", choice("yes"))]).contains(&"mr_which".to_owned()));
    assert_eq!(open("rg-kne", &[]), ["side", "may_change"]);
    let without = open("ct-caput", &[("contrast", choice("no"))]);
    assert_eq!(without, ["may_change"], "no contrast, no kidney function");
    let with = open("ct-caput", &[("contrast", choice("yes")), ("kidney_test", choice("yes"))]);
    assert_eq!(with, ["may_change", "creatinine", "creatinine_date", "metformin", "contrast_allergy"]);
    assert_eq!(open("rg-toraks", &[]), ["may_change"]);
}

#[test]
fn what_makes_a_procedure_unsafe_warns_and_is_silent_once_the_procedure_is_out() {
    let catalogues = catalogues();
    for (service, answers, rule) in [
        ("mr-kne", vec![("mr_pacemaker", choice("yes"))], "mr-implant"),
        ("mr-kne", vec![("mr_eye", choice("unknown"))], "mr-not-known"),
        ("mr-kne", vec![("mr_pregnant", choice("first"))], "mr-pregnant"),
        ("rg-hofte", vec![("pregnant_xray", choice("unknown"))], "xray-pregnant"),
        ("nm-skjelett", vec![("pregnant_xray", choice("yes"))], "xray-pregnant"),
        ("ct-caput", vec![("contrast", choice("yes")), ("contrast_allergy", choice("yes"))], "contrast-reaction"),
        (
            "ct-caput",
            vec![("contrast", choice("yes")), ("kidney_test", choice("yes")), ("creatinine_date", date("2026-08-01"))],
            "contrast-old-creatinine",
        ),
    ] {
        let speaks = |composition: &Composition| composition.findings.iter().any(|finding| finding.rule == rule);
        let mut draft = drafted(service, &answers, &catalogues);
        let composition = composed(&draft, &catalogues);
        let finding = composition.findings.iter().find(|finding| finding.rule == rule);
        let finding = finding.unwrap_or_else(|| panic!("{rule} is silent"));
        assert_eq!(finding.severity, Severity::Warn, "{rule}");
        assert!(!finding.override_reasons.is_empty(), "{rule} blocks care");
        apply(&mut draft, Edit::RemoveLine { line: 1 }, &catalogues, Timestamp::UNIX_EPOCH).unwrap();
        let other = Edit::AddService { provider: PROVIDER.into(), service: "ul-abdomen".into() };
        apply(&mut draft, other, &catalogues, Timestamp::UNIX_EPOCH).unwrap();
        assert!(!speaks(&composed(&draft, &catalogues)), "{rule} speaks of a procedure that is out");
    }
}

#[test]
fn two_biopsies_are_two_jars_and_no_duplicate_of_one_another() {
    let catalogues = catalogues();
    let draft = settled(gry(), &picked(&["hist-hud-stanse", "hist-hud-eksisjon"]), &[], &catalogues).unwrap();
    let composition = composed(&draft, &catalogues);
    assert!(composition.findings.iter().all(|finding| finding.rule != "duplicate"));
    assert_eq!(composition.plan.len(), 2);
    assert_eq!(composition.parts.len(), 1);
}

fn radiology() -> Vec<Case> {
    vec![
        Case {
            name: "plain film",
            services: &["rg-kne"],
            answers: vec![
                ("side", choice("right")),
                ("may_change", yes()),
                ("mobility", choice("wheelchair")),
                ("interpreter", text("Polsk")),
            ],
            says: &[
                "Message/Type V=REQ_RTG",
                "ServReq/MsgDescr V=RTG",
                "ServReq/PaymentCat V=1",
                "Investigation/Id V=SNG0AA S=7270 DN=RG Kne",
                "Investigation/Spec V=ZTX0XA S=7270",
                "Comment/TextCode V=1 S=8274",
                "Observation/Description = Hvordan kommer pasienten seg fram? Rullestol",
                "Observation/Description = Tolk, språk: Polsk",
                "CodedDescr V=A04 S=7170",
                "ReqInvestigation/Priority V=3",
                "Dept/Id = 999911",
            ],
            never: &["AnalysedSubject", "TextCode V=2"],
        },
        Case {
            name: "plain film of the pelvis",
            services: &["rg-hofte"],
            answers: vec![("side", choice("both")), ("pregnant_xray", choice("no"))],
            says: &["Spec V=ZTX0XC", "InfItem/Type V=OPPL", "CodedDescr V=NOGR S=8217"],
            never: &["AnalysedSubject"],
        },
        Case {
            name: "CT with contrast",
            services: &["ct-abdomen-bekken"],
            answers: vec![
                ("contrast", choice("yes")),
                ("may_change", Answer::Boolean(false)),
                ("kidney_test", choice("yes")),
                ("creatinine", Answer::Number(78.0)),
                ("creatinine_date", date("2026-11-02")),
                ("metformin", choice("yes")),
                ("contrast_allergy", choice("no")),
            ],
            says: &[
                "ServReq/MsgDescr V=CT",
                "Investigation/Id V=SSL0AD S=7270 DN=CT Abdomen og bekken",
                "Investigation/Spec V=ZTX0EA S=7270 DN=Intravenøs kontrast",
                "InfItem/Type V=FUNN",
                "Observation/Description = P-Kreatinin: 78 µmol/L",
                "InfItem/OrgDate V=2026-11-02",
                "InfItem/Type V=MEDB",
                "Bruker pasienten metformin? Ja",
                "InfItem/Type V=CAVE",
                "Comment/TextCode V=2 S=8274",
            ],
            never: &["AnalysedSubject", "Kreatinin målt dato"],
        },
        Case {
            name: "CT without contrast",
            services: &["ct-caput"],
            answers: vec![("contrast", choice("no"))],
            says: &["Investigation/Comment = Kontrast: Uten kontrast"],
            never: &["Spec", "FUNN", "metformin", "AnalysedSubject"],
        },
        Case {
            name: "MR with safety answers",
            services: &["mr-kne"],
            answers: vec![
                ("side", choice("left")),
                ("mr_pacemaker", choice("no")),
                ("mr_clip", choice("no")),
                ("mr_cochlea", choice("no")),
                ("mr_stimulator", choice("no")),
                ("mr_eye", choice("no")),
                ("mr_pump", choice("no")),
                ("mr_prosthesis", choice("yes")),
                ("mr_which", text("Hofteprotese høyre, 2019")),
                ("mr_stent", choice("no")),
                ("mr_other", choice("no")),
                ("mr_pregnant", choice("no")),
                ("mr_narrow", choice("yes")),
                ("mr_lying", choice("yes")),
                ("mr_kidney", choice("no")),
            ],
            says: &[
                "ServReq/MsgDescr V=MR",
                "Investigation/Id V=SNG0AG S=7270 DN=MR Kne",
                "Spec V=ZTX0XB",
                "CodedDescr V=NOPAC S=8210",
                "CodedDescr V=NOIVK S=8210",
                "CodedDescr V=NOCOC S=8210",
                "CodedDescr V=NONEV S=8210",
                "CodedDescr V=NOMEY S=8210",
                "CodedDescr V=NOGR1 S=8210",
                "CodedDescr V=MPR S=8209",
                "CodedDescr V=KLA S=8209",
                "smertepumpe eller annen pumpe? Nei",
                "kunstig hjerteklaff eller shunt? Nei",
                "annet av metall i kroppen, for eksempel splinter eller hagl? Nei",
                "ligge stille på ryggen i en halv time? Ja",
                "Hofteprotese høyre, 2019",
            ],
            never: &["AnalysedSubject", "V=IVK", "V=PAC ", "V=ANN"],
        },
        Case {
            name: "ultrasound",
            services: &["ul-abdomen"],
            answers: vec![],
            says: &["ServReq/MsgDescr V=UL", "Id V=SJX0AK S=7270 DN=UL Abdomen", "TextCode V=2 S=8274"],
            never: &["AnalysedSubject", "Spec"],
        },
        Case {
            name: "mammography",
            services: &["ma-mammografi"],
            answers: vec![("side", choice("both")), ("breast_finding", text("Kul høyre bryst kl. 10"))],
            says: &[
                "ServReq/MsgDescr V=MA",
                "Id V=SHA0AA S=7270 DN=RG Mammografi",
                "Spec V=ZTX0XC",
                "Kul høyre bryst kl. 10",
                "Dept/Id = 999912",
            ],
            never: &["AnalysedSubject"],
        },
        Case {
            name: "nuclear medicine",
            services: &["nm-skjelett"],
            answers: vec![("pregnant_xray", choice("no")), ("breastfeeding", Answer::Boolean(false))],
            says: &[
                "ServReq/MsgDescr V=SCI",
                "Id V=TSY0AN S=7270 DN=NM Skjelettscintigrafi, helkropp",
                "CodedDescr V=NOGR S=8217",
                "Ammer pasienten? Nei",
                "Dept/Id = 999913",
            ],
            never: &["AnalysedSubject"],
        },
    ]
}

fn pathology() -> Vec<Case> {
    vec![
        Case {
            name: "histology with a jar",
            services: &["hist-hud-eksisjon"],
            answers: vec![
                ("site", text("Venstre legg, 10 cm over ytre ankelknoke")),
                ("size_mm", Answer::Number(8.0)),
                ("orientation", text("Sutur kl. 12")),
            ],
            says: &[
                "Message/Type V=REQ_LAB",
                "ServReq/MsgDescr V=HIST",
                "Investigation/Id V=A S=8219 DN=Histologisk undersøkelse",
                "Investigation/Spec V=T01000 S=7010 DN=hud",
                "Investigation/Spec V=P11410 S=7010 DN=eksisjonsbiopsi",
                "AnalysedSubject/Type = Hud, eksisjonsbiopsi",
                "AnalysedSubject/PreservMaterial = Formaldehyd 4 % med fosfatbuffer",
                "AnalysedSubject/AnatomicalOrigin = Venstre legg, 10 cm over ytre ankelknoke",
                "SubjectMeasures/TypeQuantity = Lengde",
                "SubjectMeasures/Quantity V=8 U=mm",
                "Orientering, for eksempel sutur kl. 12: Sutur kl. 12",
                "AnalysedSubject/IdByRequester = 000000000001",
                "CollectedSample/CollectedDate V=2026-11-23T10:00",
                "ReqInvestigation/Priority V=3",
                "Dept/Id = 999905",
            ],
            never: &["TextCode", "AnalysedSubject/IdByRequester = 000000000002"],
        },
        Case {
            name: "histology unfixed",
            services: &["hist-hud-if"],
            answers: vec![],
            says: &["Spec V=P32220 S=7010", "PreservMaterial = Ufiksert i NaCl 9 mg/mL", "Type = Hud, ufiksert"],
            never: &["Formaldehyd"],
        },
        Case {
            name: "endometrium",
            services: &["hist-endometrium"],
            answers: vec![("last_menstruation", date("2026-11-04")), ("gyn_pregnant", choice("no"))],
            says: &[
                "TypeCoded V=ENDM S=8216",
                "CodedDescr V=MENS S=8217",
                "InfItem/StartDateTime V=2026-11-04",
                "CodedDescr V=NOGR S=8217",
                "InfItem/Type V=GOPL",
            ],
            never: &[],
        },
        Case {
            name: "cervical screening",
            services: &["cyt-livmorhals-screening"],
            answers: vec![("cervix_reason", choice("invited")), ("gyn_status", choices(&["iud"]))],
            says: &[
                "ServReq/MsgDescr V=CYTO",
                "Investigation/Id V=HPV S=8219 DN=HPV-test",
                "Investigation/Spec V=P06001 S=7010",
                "ReasonAsText/Heading V=MU",
                "TypeCoded V=CVX S=8216 DN=Cervix",
                "PreservMaterial = PreservCyt (ThinPrep)",
                "CodedDescr V=IUD S=8217",
                "CollectedSample/CollectorsCommentCoded V=A S=8275",
                "CollectedSample/CollectorComment = Tatt med: Annet, for eksempel kombinasjonsbørste",
            ],
            never: &["ReasonAsText/Heading V=RU", "TextCode"],
        },
        Case {
            name: "cervical cytology after conisation",
            services: &["cyt-livmorhals-konisering"],
            answers: vec![("conisation_when", text("Våren 2021")), ("cervix_earlier", text("HSIL 2021, HPV 16"))],
            says: &[
                "Investigation/Id V=D S=8219 DN=Vaginal - Cervix cytologi",
                "ReasonAsText/Heading V=KF",
                "HSIL 2021, HPV 16",
                "InfItem/Type V=GBEH",
                "CodedDescr V=KON S=8218",
                "Observation/Description = Våren 2021",
            ],
            never: &[],
        },
        Case {
            name: "urine cytology",
            services: &["cyt-urin"],
            answers: vec![],
            says: &[
                "Investigation/Id V=E S=8219 DN=Cytologisk us (non-gyn)",
                "TypeCoded V=UR S=8216",
                "PreservMaterial = Etanol 50 %, 1:1",
                "CollectorComment = Hvordan er urinen tatt? Blæreskylling",
            ],
            never: &["TextCode"],
        },
        Case {
            name: "fine needle",
            services: &["cyt-fna-hals"],
            answers: vec![("site", text("Høyre hals, nivå II"))],
            says: &["Id V=FNA S=8219", "TypeCoded V=FIN S=8216", "AnatomicalOrigin = Høyre hals, nivå II"],
            never: &[],
        },
        Case {
            name: "pleural fluid",
            services: &["cyt-pleura-hoyre"],
            answers: vec![("fluid_volume", Answer::Number(250.5))],
            says: &["TypeCoded V=PLRH S=8216", "PreservMaterial = Alkohol 70 %, 1:1"],
            never: &[],
        },
    ]
}

fn picked(services: &[&str]) -> Vec<Edit> {
    let add = |service: &&str| Edit::AddService { provider: PROVIDER.into(), service: (*service).to_owned() };
    services.iter().map(add).collect()
}

fn drafted(service: &str, answers: &[(&str, Answer)], catalogues: &Catalogues) -> Draft {
    let mut draft = Draft::new(Uuid::now_v7().to_string(), gry(), Some("r1".into()), Timestamp::UNIX_EPOCH);
    let mut edit = |edit: Edit| apply(&mut draft, edit, catalogues, Timestamp::UNIX_EPOCH).unwrap();
    edit(picked(&[service]).remove(0));
    edit(Edit::ClinicalText { text: "Vondt siden i sommer, økende.".into() });
    for (question, answer) in answers {
        edit(Edit::Answer { line: 1, question: (*question).to_owned(), answer: Some(answer.clone()) });
    }
    draft
}

fn answered(service: &str, answers: &[(&str, Answer)], catalogues: &Catalogues) -> Composition {
    composed(&drafted(service, answers, catalogues), catalogues)
}

/// Gry Telokk, a national test person of an age at which pregnancy is asked about.
fn gry() -> Patient {
    Patient {
        national_id: Some("12057900499".into()),
        family: "Telokk".into(),
        given: "Gry".into(),
        birth_date: Some("1979-05-12".into()),
        sex: "2".into(),
        ..patient()
    }
}

fn choice(value: &str) -> Answer {
    Answer::Choice(value.into())
}

fn choices(values: &[&str]) -> Answer {
    Answer::Choices(values.iter().map(|value| (*value).to_owned()).collect())
}

fn text(words: &str) -> Answer {
    Answer::Text(words.into())
}

fn date(day: &str) -> Answer {
    Answer::Date(day.into())
}

fn yes() -> Answer {
    Answer::Boolean(true)
}

/// The elements of a message as `Parent/Element V=… S=… DN=… U=… = text`, with code systems by their last number.
fn lines(bytes: &[u8]) -> Vec<String> {
    let text = std::str::from_utf8(bytes).unwrap();
    let document = roxmltree::Document::parse(text).unwrap();
    let elements = document.descendants().filter(roxmltree::Node::is_element);
    elements
        .map(|element| {
            let parent = element.parent().filter(roxmltree::Node::is_element);
            let mut line =
                format!("{}/{}", parent.map_or("", |parent| parent.tag_name().name()), element.tag_name().name());
            for name in ["V", "S", "DN", "U"] {
                if let Some(value) = element.attribute(name) {
                    let short = if name == "S" { value.rsplit('.').next().unwrap_or(value) } else { value };
                    line.push_str(&format!(" {name}={short}"));
                }
            }
            if let Some(said) = element.text().map(str::trim).filter(|said| !said.is_empty()) {
                line.push_str(&format!(" = {said}"));
            }
            line
        })
        .collect()
}
