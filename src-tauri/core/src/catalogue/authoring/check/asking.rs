//! Questions, rules, and the conditions in both.

use std::collections::BTreeSet;

use super::{At, Kind, Known, coded, date, services::SPECS, text, value};
use crate::{
    catalogue::{
        authoring::{
            Mistakes, What,
            sheets::{Draft, QUESTIONS, RULES},
            tables::Located,
        },
        conditions::{self, ConditionError},
        model::{AnswerOption, AnswerPlace, AnswerType, Question, Text},
    },
    codes,
};

/// Lists that structured information about the patient may use (`CodedDescr`).
const INFORMATION: [&str; 7] = ["volven:8217", "volven:8218", "volven:8210", "volven:8209", "ICPC2", "ICD10", "LOCAL"];
/// What the text of a rule may have filled in.
const FILLED: [&str; 3] = ["days", "age", "name"];

pub(super) fn check(draft: &Draft, known: &Known<'_>, mistakes: &mut Mistakes) {
    let used: BTreeSet<&str> =
        draft.services.iter().flat_map(|s| s.value.service.questions.iter().map(String::as_str)).collect();
    for question in &draft.questions {
        let q = &question.value;
        let at = |field: &'static str| (QUESTIONS, question.line_of(field), field);
        let identifier = q.id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        value(identifier, &q.id, "small letters, digits and `_`, as conditions name it", at("id"), mistakes);
        text(&q.text, at("text"), mistakes);
        if let Some(help) = &q.help {
            text(help, at("help"), mistakes);
        }
        for (field, source) in [("visible", &q.visible), ("required", &q.required)] {
            condition(source, at(field), known, mistakes);
        }
        options(&q.options, QUESTIONS, question, "options", mistakes);
        answer(q, question, mistakes);
        place(q, question, draft, known, mistakes);
        if known.complete(Kind::Service) && !used.contains(q.id.as_str()) {
            mistakes.add(QUESTIONS, question.line_of("id"), "id", What::Unused { kind: "question", id: q.id.clone() });
        }
    }
    for rule in &draft.rules {
        let r = &rule.value;
        let at = |field: &'static str| (RULES, rule.line_of(field), field);
        for (place, service) in r.services.iter().enumerate() {
            let line = rule.line_of(&format!("services[{place}]"));
            known.refer(Kind::Service, service, (RULES, line, "services"), mistakes);
        }
        if r.condition.trim().is_empty() {
            mistakes.add(RULES, rule.line_of("condition"), "condition", What::Empty);
        }
        condition(&r.condition, at("condition"), known, mistakes);
        text(&r.text, at("text"), mistakes);
        filled_in(&r.text, at("text"), mistakes);
        options(&r.override_reasons, RULES, rule, "override_reasons", mistakes);
        known.refer(Kind::Source, &r.source, at("source"), mistakes);
        date(&r.checked, at("checked"), mistakes);
    }
}

/// Kind of answer, options and bounds.
fn answer(q: &Question, question: &Located<Question>, mistakes: &mut Mistakes) {
    let at = |field: &'static str| (QUESTIONS, question.line_of(field), field);
    let choice = matches!(q.answer, AnswerType::Choice | AnswerType::Choices);
    let count = q.options.len().to_string();
    value(choice != q.options.is_empty(), &count, "options for a choice only", at("options"), mistakes);
    if let (Some(min), Some(max)) = (q.min, q.max) {
        value(min <= max, &min.to_string(), "at most max", at("min"), mistakes);
    }
    for (field, given) in [("unit", q.unit.is_some()), ("min", q.min.is_some()), ("max", q.max.is_some())] {
        let expected = "for a number only";
        value(!given || q.answer == AnswerType::Number, field, expected, at(field), mistakes);
    }
}

/// Where the answer goes: a code of the place's list, and codes in the options where the place carries them.
fn place(q: &Question, question: &Located<Question>, draft: &Draft, known: &Known<'_>, mistakes: &mut Mistakes) {
    let at = |field: &'static str| (QUESTIONS, question.line_of(field), field);
    let list = |code: &str, list: u16, expected: &'static str, mistakes: &mut Mistakes| {
        value(codes::list_text(list, code).is_some(), code, expected, at("place"), mistakes);
    };
    let kind = |good: bool, written: &str, expected: &'static str, mistakes: &mut Mistakes| {
        value(good, written, expected, at("place"), mistakes);
    };
    match &q.place {
        AnswerPlace::Reason { heading } => {
            list(heading, 8231, "a code of list 8231", mistakes);
            option_codes(q, question, &["volven:8231"], false, mistakes);
        }
        AnswerPlace::Pretreatment { heading } => list(heading, 8232, "a code of list 8232", mistakes),
        AnswerPlace::InformationItem { item, code } => {
            list(item, 8233, "a code of list 8233", mistakes);
            if let Some(code) = code {
                coded(code, &INFORMATION, at("place"), mistakes);
                let bare = q.options.iter().all(|option| option.code.is_none());
                kind(bare, "code", "left out where the options have codes", mistakes);
            }
            option_codes(q, question, &INFORMATION, false, mistakes);
        }
        AnswerPlace::ServiceSpec => {
            let choice = matches!(q.answer, AnswerType::Choice | AnswerType::Choices);
            kind(choice, "service_spec", "a place for options with codes", mistakes);
            option_codes(q, question, &SPECS, true, mistakes);
        }
        AnswerPlace::CollectionMethod => {
            kind(q.answer == AnswerType::Choice, "collection_method", "a place for one option with a code", mistakes);
            option_codes(q, question, &["volven:8275"], true, mistakes);
        }
        AnswerPlace::MayChangeModality => {
            kind(q.answer == AnswerType::Boolean, "may_change_modality", "a place for a boolean answer", mistakes);
        }
        AnswerPlace::FindingDate { of } => {
            let date = matches!(q.answer, AnswerType::Date | AnswerType::DateTime);
            kind(date, "finding_date", "a place for a date", mistakes);
            known.refer(Kind::Question, of, at("place"), mistakes);
            if let Some(finding) = draft.questions.iter().find(|other| other.value.id == *of) {
                let good = finding.value.place == AnswerPlace::Finding;
                kind(good, of, "a question that is placed as a finding", mistakes);
            }
        }
        AnswerPlace::Measure { quantity } => {
            let number = q.answer == AnswerType::Number && q.unit.as_ref().is_some_and(|unit| !unit.trim().is_empty());
            kind(number, "measure", "a place for a number with a unit", mistakes);
            kind(!quantity.trim().is_empty(), quantity, "what is measured", mistakes);
        }
        AnswerPlace::ServiceComment
        | AnswerPlace::Finding
        | AnswerPlace::CollectorComment
        | AnswerPlace::AnatomicalOrigin
        | AnswerPlace::SpecimenComment
        | AnswerPlace::NotSent => {}
    }
}

/// Codes of options. Where the place is for codes, or one option has one, an option without says that it goes as text.
fn option_codes(
    q: &Question,
    question: &Located<Question>,
    systems: &[&str],
    for_codes: bool,
    mistakes: &mut Mistakes,
) {
    let some = q.options.iter().any(|option| option.code.is_some());
    for (place, option) in q.options.iter().enumerate() {
        let at = (QUESTIONS, question.line_of(&format!("options[{place}]")), "options");
        match &option.code {
            Some(code) => coded(code, systems, at, mistakes),
            None if (for_codes || some) && !option.as_text => {
                let what =
                    What::Syntax(format!("`{}` has no code; where that is meant, write as_text = true", option.value));
                mistakes.add(at.0, at.1, at.2, what);
            }
            None => {}
        }
    }
    if for_codes && !some && !q.options.is_empty() {
        mistakes.add(QUESTIONS, question.line_of("options"), "options", What::Syntax("no option has a code".into()));
    }
}

fn options<T>(options: &[AnswerOption], file: &str, element: &Located<T>, field: &str, mistakes: &mut Mistakes) {
    let mut seen = std::collections::BTreeMap::new();
    for (at, option) in options.iter().enumerate() {
        let line = element.line_of(&format!("{field}[{at}]"));
        text(&option.text, (file, line, field), mistakes);
        if option.value.is_empty() {
            mistakes.add(file, line, field, What::Empty);
        }
        if let Some(first) = seen.insert(&option.value, line) {
            mistakes.add(file, line, field, What::Duplicate { kind: "value", id: option.value.clone(), first });
        }
    }
}

/// What stands between braces in a rule's text is filled in, so it has to be known.
fn filled_in(text: &Text, at: At<'_>, mistakes: &mut Mistakes) {
    for words in [&text.nb, &text.nn, &text.en] {
        for name in words.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name) {
            value(FILLED.contains(&name), name, "one of {days}, {age} and {name}", at, mistakes);
        }
    }
}

fn condition(source: &str, (file, line, field): At<'_>, known: &Known<'_>, mistakes: &mut Mistakes) {
    if source.is_empty() {
        return;
    }
    if let Err(error) = conditions::compile(source) {
        mistakes.add(file, line, field, What::Condition(error));
    }
    for question in conditions::questions_asked(source) {
        if !known.has(Kind::Question, question) {
            let what = What::Condition(ConditionError::UnknownQuestion(question.to_owned()));
            mistakes.add(file, line, field, what);
        }
    }
    for service in conditions::services_asked(source) {
        if !known.has(Kind::Service, service) {
            mistakes.add(file, line, field, known.unknown(Kind::Service, service));
        }
    }
}
