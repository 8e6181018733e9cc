//! What each demo laboratory's rules say and its questions ask, from tables that a laboratory can read and write:
//! `cases/decision-support/`. Every rule has a case in which it speaks and one in which it is silent; every condition of a
//! question both ways too.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use requisition::catalogue::model::{AnswerType, Indexed, Question, Severity};
use requisition::composing::composition::Composition;
use requisition::composing::draft::{Answer, Draft, Edit, Patient, Urgency};
use requisition::composing::{Catalogues, Context, PastOrder, apply, compose};
use uuid::Uuid;

use crate::composing::{catalogues, now, patient};

type Row = BTreeMap<String, String>;

#[test]
fn the_laboratories_tables_hold_and_leave_no_rule_and_no_condition_untried() {
    let catalogues = catalogues();
    let mut wrong = Vec::new();
    for indexed in catalogues.iter() {
        let provider = &indexed.catalogue().provider.id;
        let rows = rows(provider);
        let mut tried = Tried::default();
        for row in &rows {
            let composition = composed(provider, row, &catalogues);
            wrong.extend(
                judged(row, &composition).into_iter().map(|fault| format!("{provider}: {}: {fault}", row["case"])),
            );
            tried.note(row);
        }
        wrong.extend(tried.missing(indexed).into_iter().map(|fault| format!("{provider}: {fault}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rule_says_where_it_comes_from_and_when_it_was_checked_in_three_languages() {
    let catalogues = catalogues();
    for indexed in catalogues.iter() {
        let catalogue = indexed.catalogue();
        for rule in &catalogue.rules {
            let id = &rule.id;
            assert!(catalogue.sources.iter().any(|source| source.id == rule.source), "{id} has no source");
            assert!(rule.checked.parse::<jiff::civil::Date>().is_ok(), "{id} was never checked");
            assert!([&rule.text.nb, &rule.text.nn, &rule.text.en].iter().all(|text| !text.is_empty()), "{id}");
            assert_eq!(
                rule.severity == Severity::Warn,
                !rule.override_reasons.is_empty(),
                "{id} takes reasons or none"
            );
        }
    }
}

/// The facts of one case, as found.
fn judged(row: &Row, composition: &Composition) -> Vec<String> {
    let mut faults = Vec::new();
    let said: BTreeMap<&str, Severity> =
        composition.findings.iter().map(|finding| (finding.rule.as_str(), finding.severity)).collect();
    let asked: BTreeMap<&str, bool> = composition
        .groups
        .iter()
        .flat_map(|group| &group.lines)
        .flat_map(|line| &line.questions)
        .map(|question| (question.id.as_str(), question.required))
        .collect();
    for pair in words(&row["says"]).chunks(2) {
        let severity = match pair[0].as_str() {
            "note" => Severity::Note,
            "warn" => Severity::Warn,
            "stop" => Severity::Stop,
            other => panic!("{other} is no severity"),
        };
        if said.get(pair[1].as_str()) != Some(&severity) {
            faults.push(format!("{} does not speak as {}, but {said:?}", pair[1], pair[0]));
        }
    }
    for rule in words(&row["silent"]) {
        if said.contains_key(rule.as_str()) {
            faults.push(format!("{rule} speaks"));
        }
    }
    for question in words(&row["asks"]) {
        let id = question.trim_end_matches(['!', '?']);
        match asked.get(id) {
            None => faults.push(format!("{id} is not asked")),
            Some(false) if question.ends_with('!') => faults.push(format!("{id} need not be answered")),
            Some(true) if question.ends_with('?') => faults.push(format!("{id} must be answered")),
            Some(_) => {}
        }
    }
    for question in words(&row["asks not"]) {
        if asked.contains_key(question.as_str()) {
            faults.push(format!("{question} is asked"));
        }
    }
    faults
}

/// What the tables have tried so far.
#[derive(Default)]
struct Tried {
    says: BTreeSet<String>,
    silent: BTreeSet<String>,
    asks: BTreeSet<String>,
    asks_not: BTreeSet<String>,
}

impl Tried {
    fn note(&mut self, row: &Row) {
        self.says.extend(words(&row["says"]));
        self.silent.extend(words(&row["silent"]));
        self.asks.extend(words(&row["asks"]));
        self.asks_not.extend(words(&row["asks not"]));
    }

    fn missing(&self, indexed: &Indexed) -> Vec<String> {
        let mut missing = Vec::new();
        for rule in &indexed.catalogue().rules {
            if !self.says.contains(&rule.id) {
                missing.push(format!("no case in which {} speaks", rule.id));
            }
            if rule.condition != "true" && !self.silent.contains(&rule.id) {
                missing.push(format!("no case in which {} is silent", rule.id));
            }
        }
        for question in &indexed.catalogue().questions {
            let asked = |mark: &str| self.asks.contains(&format!("{}{mark}", question.id));
            if !question.visible.is_empty() {
                if !["", "!", "?"].iter().any(|mark| asked(mark)) {
                    missing.push(format!("no case in which {} is asked", question.id));
                }
                if !self.asks_not.contains(&question.id) {
                    missing.push(format!("no case in which {} is not asked", question.id));
                }
            }
            let sometimes = !matches!(question.required.as_str(), "" | "true");
            if sometimes && !(asked("!") && asked("?")) {
                missing.push(format!("{} must be answered at times, and no case says when", question.id));
            }
        }
        missing
    }
}

fn composed(provider: &str, row: &Row, catalogues: &Catalogues) -> Composition {
    let mut draft =
        Draft::new(Uuid::now_v7().to_string(), person(&row["patient"]), Some("r1".into()), Timestamp::UNIX_EPOCH);
    let mut edit = |edit: Edit| {
        apply(&mut draft, edit, catalogues, Timestamp::UNIX_EPOCH)
            .unwrap_or_else(|error| panic!("{}: {error}", row["case"]));
    };
    for service in words(&row["services"]) {
        edit(Edit::AddService { provider: provider.to_owned(), service });
    }
    let text = &row["clinical text"];
    edit(Edit::ClinicalText { text: if text == "-" { String::new() } else { text.clone() } });
    edit(Edit::Urgency {
        urgency: match row["urgency"].as_str() {
            "routine" => Urgency::Routine,
            "urgent" => Urgency::Urgent,
            "cito" => Urgency::Cito,
            other => panic!("{other} is no urgency"),
        },
    });
    let indexed = catalogues.get(provider).expect("the provider is there");
    let lines: Vec<(u32, String)> = draft.lines.iter().map(|line| (line.id, line.service.clone())).collect();
    for given in row["answers"].split('|').filter(|given| !given.is_empty()) {
        let (id, value) = given.split_once('=').unwrap_or_else(|| panic!("{given} is no answer"));
        let question = indexed.question(id).unwrap_or_else(|| panic!("{id} is no question"));
        let asks = |service: &String| {
            indexed.service(service).is_some_and(|service| service.questions.iter().any(|q| q == id))
        };
        let line = lines.iter().find(|(_, service)| asks(service)).unwrap_or_else(|| panic!("{id} is asked by none")).0;
        let answer = Some(answer(question, value));
        apply(&mut draft, Edit::Answer { line, question: id.to_owned(), answer }, catalogues, Timestamp::UNIX_EPOCH)
            .unwrap();
    }
    let history: Vec<PastOrder> = words(&row["ordered before"])
        .iter()
        .map(|past| {
            let (service, days) = past.split_once(':').unwrap_or_else(|| panic!("{past} is not service:days"));
            let at = now().timestamp() - SignedDuration::from_hours(24 * days.parse::<i64>().expect("days"));
            PastOrder { provider: provider.to_owned(), service: service.to_owned(), code: None, at }
        })
        .collect();
    compose(&draft, catalogues, &Context { today: now().date(), now: &now(), history: &history })
}

fn answer(question: &Question, value: &str) -> Answer {
    match question.answer {
        AnswerType::Boolean => Answer::Boolean(value == "yes"),
        AnswerType::Choice => Answer::Choice(value.to_owned()),
        AnswerType::Choices => Answer::Choices(value.split('+').map(str::to_owned).collect()),
        AnswerType::Text => Answer::Text(value.to_owned()),
        AnswerType::Number => Answer::Number(value.parse().expect("a number")),
        AnswerType::Date => Answer::Date(value.to_owned()),
        AnswerType::DateTime => Answer::DateTime(value.to_owned()),
    }
}

/// `K 47`: a woman of 47 on the day of the tests, without a number that would say another age.
fn person(short: &str) -> Patient {
    let (sex, age) = short.split_once(' ').expect("sex and age");
    let born = now().date().saturating_sub(jiff::Span::new().years(age.parse::<i16>().expect("an age")));
    Patient {
        national_id: None,
        id_kind: None,
        birth_date: Some(born.to_string()),
        sex: if sex == "M" { "1" } else { "2" }.to_owned(),
        ..patient()
    }
}

fn words(cell: &str) -> Vec<String> {
    cell.split_whitespace().map(str::to_owned).collect()
}

fn rows(provider: &str) -> Vec<Row> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("cases/decision-support/{provider}.csv"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let head: Vec<&str> = lines.next().expect("a heading").split(';').collect();
    lines
        .map(|line| {
            let cells: Vec<&str> = line.split(';').collect();
            assert_eq!(cells.len(), head.len(), "{line}");
            head.iter().zip(cells).map(|(name, cell)| ((*name).to_owned(), cell.to_owned())).collect()
        })
        .collect()
}
