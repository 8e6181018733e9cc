//! Drafts as careless people leave them: whatever pre-flight lets through becomes a message that the official schema and
//! the rules beyond it take; what it holds back is said to somebody.

use it::grown::Grower;
use it::judge::judge;
use it::shared;
use jiff::Timestamp;
use requisition::catalogue::model::{AnswerType, Severity};
use requisition::codes::MessageVersion;
use requisition::composing::composition::{AskedQuestion, Subject};
use requisition::composing::draft::{
    Answer, Attachment, CollectionPlace, CopyRecipient, Diagnosis, Draft, EarlierFinding, Edit, Interval, IntervalUnit,
    LineContainer, LineSeries, Patient, Side, Urgency,
};
use requisition::composing::{Catalogues, Context, apply};
use requisition::ids::MessageId;
use requisition::message::{Envelope, check, render};
use requisition::order::Status;
use requisition::requisition::{Requester, from_draft, preflight, to_order};
use serde_json::Value;
use uuid::Uuid;

use crate::composing::{catalogues, now, patient, requester};

#[test]
fn every_draft_that_is_let_through_becomes_messages_that_receivers_take() {
    let catalogues = catalogues();
    let nothing = Value::Null;
    let (mut let_through, mut held_back) = (0, 0);
    let versions = [MessageVersion::V1_6, MessageVersion::V1_5];
    let mut messages = versions.map(|_| Vec::new());
    for seed in 0..240 {
        let mut person = Person { chance: Grower::new(&nothing, seed), catalogues: &catalogues };
        let requester = person.requester();
        let draft = person.draft();
        let context = Context { today: now().date(), now: &now(), history: &[] };
        let composition = preflight(&draft, &catalogues, Some(&requester), &context);
        if !composition.missing.is_empty() {
            held_back += 1;
            continue;
        }
        let_through += 1;
        let made = from_draft(&draft, &catalogues, &requester, &context, Uuid::now_v7)
            .unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        assert_eq!(made.len(), composition.parts.len(), "seed {seed}");
        for (at, one) in made.into_iter().enumerate() {
            let one = one.with_contents(|_| Ok::<_, ()>(b"%PDF-1.4".to_vec())).unwrap();
            let order =
                to_order(&one, Status::Test, &now()).unwrap_or_else(|problems| panic!("seed {seed}: {problems:?}"));
            for (version, written) in versions.into_iter().zip(&mut messages) {
                let envelope = Envelope { message_id: MessageId::from_uuid(Uuid::now_v7()), generated: now() };
                let bytes = render(&order, &envelope, version).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
                check(&bytes).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
                let provider = &catalogues.get(&one.receiver.provider).unwrap().catalogue().provider;
                if version == provider.message_version {
                    // The receiver has a reader, lists and limits of its own.
                    let (_, faults) = hospital::reading::read(&bytes, provider.limits.clinical_text as usize).unwrap();
                    let rejects: Vec<_> =
                        faults.iter().filter(|fault| fault.severity == hospital::Severity::Rejects).collect();
                    assert!(rejects.is_empty(), "seed {seed}: {rejects:?}");
                }
                written.push((format!("{seed}-{at}"), bytes));
            }
        }
    }
    assert!(let_through > 60 && held_back > 20, "{let_through} were let through, {held_back} held back");
    let Some(shared) = shared() else { return };
    for (version, written) in versions.into_iter().zip(&messages) {
        judge(&shared, version, written);
    }
}

#[test]
fn what_no_rule_of_composing_speaks_of_is_stopped_where_it_stands() {
    let catalogues = catalogues();
    let long = "Legg ".repeat(80);
    for (edit, path, subject) in [
        (
            Edit::CopyRecipients {
                recipients: vec![CopyRecipient {
                    organisation: "Vassenden legekontor".into(),
                    organisation_her: String::new(),
                    name: "Rita Lin".into(),
                    her: "91103".into(),
                    person: true,
                }],
            },
            "copyRecipients[0].organisation.ids.HER",
            Subject::Draft,
        ),
        (
            Edit::Diagnoses {
                diagnoses: vec![Diagnosis { system: "ICPC2".into(), code: "A04".into(), display: String::new() }],
            },
            "diagnoses[0].code.display",
            Subject::Draft,
        ),
        (
            Edit::Patient { patient: Patient { phone: Some("ring meg".into()), ..patient() } },
            "patient.phone",
            Subject::Patient,
        ),
        (
            Edit::Answer { line: 1, question: "site".into(), answer: Some(Answer::Text(long.trim().to_owned())) },
            "specimens[0].anatomicalOrigin",
            Subject::Line { line: 1 },
        ),
    ] {
        let mut draft = Draft::new(Uuid::now_v7().to_string(), patient(), Some("r1".into()), Timestamp::UNIX_EPOCH);
        for each in [
            Edit::AddService { provider: "balsam-bilde-patologi".into(), service: "hist-hud-stanse".into() },
            Edit::ClinicalText { text: "Pigmentert lesjon, spm. nevus".into() },
            Edit::Answer { line: 1, question: "site".into(), answer: Some(Answer::Text("Rygg".into())) },
            edit,
        ] {
            apply(&mut draft, each, &catalogues, Timestamp::UNIX_EPOCH).unwrap();
        }
        let context = Context { today: now().date(), now: &now(), history: &[] };
        let composition = preflight(&draft, &catalogues, Some(&requester()), &context);
        let stop = composition.findings.iter().find(|finding| finding.rule == "cannot_be_sent");
        let stop = stop.unwrap_or_else(|| panic!("{path} is let through"));
        assert_eq!((stop.severity, &stop.subject), (Severity::Stop, &subject), "{path}");
        assert_eq!(stop.params["path"], path);
        assert_eq!(stop.provider_name.as_deref(), Some("Balsam radiologi og patologi"));
    }
}

#[test]
fn an_answer_longer_than_the_receiver_takes_is_stopped_like_the_clinical_text() {
    let catalogues = catalogues();
    let mut draft = Draft::new(Uuid::now_v7().to_string(), patient(), Some("r1".into()), Timestamp::UNIX_EPOCH);
    let answer = |length: usize| Edit::Answer {
        line: 1,
        question: "travel".into(),
        answer: Some(Answer::Text("x".repeat(length))),
    };
    for edit in [
        Edit::AddService { provider: "balsam-lab".into(), service: "tarmpatogene".into() },
        Edit::ClinicalText { text: "Diaré etter reise".into() },
        answer(4_100),
    ] {
        apply(&mut draft, edit, &catalogues, Timestamp::UNIX_EPOCH).unwrap();
    }
    let context = Context { today: now().date(), now: &now(), history: &[] };
    let stops = |draft: &Draft| preflight(draft, &catalogues, Some(&requester()), &context).missing.len();
    assert_eq!(stops(&draft), 1);
    apply(&mut draft, answer(3_000), &catalogues, Timestamp::UNIX_EPOCH).unwrap();
    assert_eq!(stops(&draft), 0);
}

#[test]
fn a_requester_that_cannot_be_sent_is_told_of_while_the_draft_is_open() {
    let catalogues = catalogues();
    let mut draft = Draft::new(Uuid::now_v7().to_string(), patient(), Some("r1".into()), Timestamp::UNIX_EPOCH);
    let add = Edit::AddService { provider: "balsam-lab".into(), service: "crp".into() };
    apply(&mut draft, add, &catalogues, Timestamp::UNIX_EPOCH).unwrap();
    let context = Context { today: now().date(), now: &now(), history: &[] };
    for (wrong, path) in [
        (Requester { phone: String::new(), ..requester() }, "orderingClinician.phone"),
        (Requester { her: String::new(), ..requester() }, "requester.person.ids.HER"),
        (Requester { office_her: "x".into(), ..requester() }, "requester.organisation.ids.HER"),
        (Requester { hpr: Some("12".into()), ..requester() }, "requester.person.ids.HPR"),
        (Requester { office_number: "123".into(), ..requester() }, "requester.organisation.ids.ENH"),
    ] {
        let composition = preflight(&draft, &catalogues, Some(&wrong), &context);
        let said = composition.findings.iter().filter(|finding| finding.subject == Subject::Requester);
        let paths: Vec<&str> = said.filter_map(|finding| finding.params.get("path").map(String::as_str)).collect();
        assert!(paths.contains(&path), "{path} is not in {paths:?}");
    }
    assert!(preflight(&draft, &catalogues, Some(&requester()), &context).missing.is_empty());
}

/// Somebody at a keyboard, by chance careful or not.
struct Person<'a> {
    chance: Grower<'a>,
    catalogues: &'a Catalogues,
}

impl Person<'_> {
    fn seldom(&mut self) -> bool {
        self.chance.below(8) == 0
    }

    fn words(&mut self) -> String {
        let words = [
            "Vondt kne",
            "<&>\"'",
            "Slapp i tre uker",
            "æøå ŋđ č",
            "linje\nlinje",
            "😀",
            "a\u{1}b",
            "x".repeat(4_100).leak(),
            "",
            "  ",
            "8 mm",
            "\u{a0}",
        ];
        // Mostly ordinary words.
        let at = if self.seldom() { self.chance.below(words.len()) } else { self.chance.below(6) };
        words[at].to_owned()
    }

    fn requester(&mut self) -> Requester {
        let mut one = requester();
        if self.seldom() {
            one.hpr = None;
        }
        if self.seldom() {
            one.phone = self.words();
        }
        if self.seldom() {
            one.office_number = String::new();
        }
        one
    }

    fn patient(&mut self) -> Patient {
        let nobody = Patient { national_id: None, id_kind: None, ..patient() };
        match self.chance.below(6) {
            0 => Patient { sex: "9".into(), ..nobody },
            1 => Patient { national_id: Some("70019950032".into()), id_kind: Some("DNR".into()), ..patient() },
            2 => Patient {
                national_id: Some("80005484026".into()),
                id_kind: Some("FHN".into()),
                birth_date: None,
                sex: "0".into(),
                ..patient()
            },
            3 => Patient { family: "Ukjent".into(), given: "Mann".into(), sex: "1".into(), ..nobody },
            4 => Patient {
                birth_date: Some("2026-11-22".into()),
                given: "Nyfødt gutt".into(),
                sex: "1".into(),
                ..nobody
            },
            _ => patient(),
        }
    }

    fn draft(&mut self) -> Draft {
        let patient = self.patient();
        let mut draft = Draft::new(Uuid::now_v7().to_string(), patient, Some("r1".into()), Timestamp::UNIX_EPOCH);
        for _ in 0..1 + self.chance.below(5) {
            let add = self.service();
            self.edit(&mut draft, add);
        }
        for _ in 0..self.chance.below(8) {
            if let Some(edit) = self.something(&draft) {
                self.edit(&mut draft, edit);
            }
        }
        self.settle(&mut draft);
        draft
    }

    /// An edit that is refused was never made.
    fn edit(&mut self, draft: &mut Draft, edit: Edit) {
        let before = draft.clone();
        if apply(draft, edit, self.catalogues, now().timestamp()).is_err() {
            assert!(*draft == before, "a refused edit changed the draft");
        }
    }

    fn service(&mut self) -> Edit {
        let offers: Vec<_> = self.catalogues.iter().collect();
        let catalogue = self.chance.pick(&offers).catalogue();
        let service = self.chance.pick(&catalogue.services);
        Edit::AddService { provider: catalogue.provider.id.clone(), service: service.id.clone() }
    }

    fn something(&mut self, draft: &Draft) -> Option<Edit> {
        let line = self.chance.pick(&draft.lines.iter().map(|line| line.id).collect::<Vec<_>>()).to_owned();
        let known = draft.line(line)?;
        Some(match self.chance.below(12) {
            0 => Edit::Urgency { urgency: *self.chance.pick(&[Urgency::Routine, Urgency::Urgent, Urgency::Cito]) },
            1 => Edit::CancerPathway { on: true },
            2 | 3 => Edit::AddContainer { line },
            4 => {
                let id = known.containers.last()?.id;
                let container = LineContainer {
                    id,
                    site: self.words(),
                    side: Some(Side::Left),
                    procedure: self.words(),
                    fixative: self.words(),
                    size_mm: Some(4.5),
                    comment: self.words(),
                    ..known.containers.last()?.clone()
                };
                Edit::DescribeContainer { line, container }
            }
            5 => Edit::PlannedDate { date: Some("2026-12-01".into()) },
            6 => Edit::LinePlannedDate { line, date: Some("2027-01-15".into()) },
            7 => {
                let every = Some(Interval { count: 4, unit: IntervalUnit::Week });
                let times = (!self.seldom()).then_some(6);
                Edit::Series { line, series: Some(LineSeries { times, every, ..LineSeries::default() }) }
            }
            8 => Edit::EarlierFindings {
                findings: vec![EarlierFinding { text: self.words(), date: Some("2025-06".into()) }],
            },
            9 => Edit::CollectionPlace {
                place: if self.seldom() {
                    CollectionPlace::Elsewhere { name: self.words() }
                } else {
                    CollectionPlace::Home
                },
            },
            10 => {
                let id = Uuid::from_u128(self.chance.below(1 << 40) as u128).to_string();
                let added = "2026-11-23T10:00:00+01:00".to_owned();
                let attachment = Attachment::of(id, self.words(), b"%PDF-1.4", added).expect("a PDF");
                Edit::Attach { attachment }
            }
            _ => Edit::CopyRecipients {
                recipients: vec![CopyRecipient {
                    organisation: self.words(),
                    organisation_her: if self.seldom() { String::new() } else { "91097".into() },
                    name: self.words(),
                    her: "91103".into(),
                    person: self.seldom(),
                }],
            },
        })
    }

    /// Answers what is asked and passes what warns, as far as the person cares to.
    fn settle(&mut self, draft: &mut Draft) {
        let text = self.words();
        self.edit(draft, Edit::ClinicalText { text: format!("Spørsmål om diagnose. {text}") });
        for _ in 0..4 {
            let context = Context { today: now().date(), now: &now(), history: &[] };
            let composition = preflight(draft, self.catalogues, None, &context);
            for line in composition.groups.iter().flat_map(|group| &group.lines) {
                for container in line.containers.iter().filter(|container| container.site_missing) {
                    let known =
                        draft.line(line.id).and_then(|line| line.containers.iter().find(|one| one.id == container.id));
                    let Some(known) = known.cloned() else { continue };
                    let container = LineContainer { site: "Rygg".into(), ..known };
                    self.edit(draft, Edit::DescribeContainer { line: line.id, container });
                }
                for question in line.questions.iter().filter(|question| question.answer.is_none()) {
                    let answer = Some(self.answer(question));
                    self.edit(draft, Edit::Answer { line: line.id, question: question.id.clone(), answer });
                }
            }
            for finding in composition.findings.iter().filter(|finding| finding.severity == Severity::Warn) {
                let line = if let Subject::Line { line } = finding.subject { Some(line) } else { None };
                let reason = finding.override_reasons.first().map(|reason| reason.value.clone());
                let provider = finding.provider.clone().unwrap_or_default();
                self.edit(draft, Edit::Override { line, provider, rule: finding.rule.clone(), reason });
            }
        }
    }

    fn answer(&mut self, question: &AskedQuestion) -> Answer {
        let option =
            if question.options.is_empty() { String::new() } else { self.chance.pick(&question.options).value.clone() };
        match question.answer_type {
            AnswerType::Boolean => Answer::Boolean(self.chance.below(2) == 0),
            AnswerType::Choice => Answer::Choice(option),
            AnswerType::Choices => Answer::Choices(vec![option]),
            AnswerType::Text => Answer::Text(self.words()),
            AnswerType::Number => Answer::Number(question.min.or(question.max).unwrap_or(10.0)),
            AnswerType::Date => {
                Answer::Date((*self.chance.pick(&["2026-11-01", "2026-10-15", "2027-03-01"])).to_owned())
            }
            AnswerType::DateTime => Answer::DateTime("2026-11-22T08:30".into()),
        }
    }
}
