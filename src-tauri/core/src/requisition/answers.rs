//! Answers as they are kept with a requisition and read by a receiver.
//!
//! Wording for receivers is bokmål: the message has one language.

use jiff::civil::{Date, DateTime};

use crate::catalogue::model::AnswerType;
use crate::composing::composition::AskedQuestion;
use crate::composing::draft::Answer;
use crate::composing::text::{self, LONGEST_TEXT};
use crate::requisition::collecting::CollectionRefused;

/// The answer as it is kept; none where it is empty.
pub(super) fn fitting(question: &AskedQuestion, answer: Answer) -> Result<Option<Answer>, CollectionRefused> {
    let is_option = |value: &String| question.options.iter().any(|option| option.value == *value);
    let within = |number: f64| {
        number.is_finite()
            && question.min.is_none_or(|min| number >= min)
            && question.max.is_none_or(|max| number <= max)
    };
    match (question.answer_type, answer) {
        (AnswerType::Boolean, answer @ Answer::Boolean(_)) => Ok(Some(answer)),
        (AnswerType::Choice, Answer::Choice(value)) if is_option(&value) => Ok(Some(Answer::Choice(value))),
        (AnswerType::Choices, Answer::Choices(values)) if values.iter().all(is_option) => {
            Ok((!values.is_empty()).then_some(Answer::Choices(values)))
        }
        (AnswerType::Text, Answer::Text(written)) => {
            let taken = text::text(&written, LONGEST_TEXT).map_err(|_| CollectionRefused::WrongText)?;
            Ok((!taken.trim().is_empty()).then_some(Answer::Text(taken)))
        }
        (AnswerType::Number, Answer::Number(number)) if within(number) => Ok(Some(Answer::Number(number))),
        (AnswerType::Date, Answer::Date(day)) if day.parse::<Date>().is_ok() => Ok(Some(Answer::Date(day))),
        (AnswerType::DateTime, Answer::DateTime(time)) if time.parse::<DateTime>().is_ok() => {
            Ok(Some(Answer::DateTime(time)))
        }
        (
            AnswerType::Boolean
            | AnswerType::Choice
            | AnswerType::Choices
            | AnswerType::Text
            | AnswerType::Number
            | AnswerType::Date
            | AnswerType::DateTime,
            _,
        ) => Err(CollectionRefused::WrongAnswer),
    }
}

/// The values of an answer by which options are known: of a yes or no, `true` and `false`.
pub(super) fn values(answer: &Answer) -> Vec<&str> {
    match answer {
        Answer::Boolean(true) => vec!["true"],
        Answer::Boolean(false) => vec!["false"],
        Answer::Choice(value) => vec![value],
        Answer::Choices(values) => values.iter().map(String::as_str).collect(),
        Answer::Text(_) | Answer::Number(_) | Answer::Date(_) | Answer::DateTime(_) => vec![],
    }
}

/// The answer alone, as a receiver reads it.
pub(super) fn words(question: &AskedQuestion, answer: &Answer) -> String {
    let option = |value: &str| {
        let known = question.options.iter().find(|option| option.value == value);
        known.map_or_else(|| value.to_owned(), |option| option.text.nb.clone())
    };
    match answer {
        Answer::Boolean(true) => "Ja".to_owned(),
        Answer::Boolean(false) => "Nei".to_owned(),
        Answer::Choice(value) => option(value),
        Answer::Choices(values) => values.iter().map(|value| option(value)).collect::<Vec<_>>().join(", "),
        Answer::Text(text) => text.clone(),
        Answer::Number(number) => {
            let number = number.to_string().replace('.', ",");
            question.unit.as_ref().map_or_else(|| number.clone(), |unit| format!("{number} {unit}"))
        }
        Answer::Date(day) => {
            day.parse::<Date>().map_or_else(|_| day.clone(), |day| day.strftime("%d.%m.%Y").to_string())
        }
        Answer::DateTime(time) => time
            .parse::<DateTime>()
            .map_or_else(|_| time.clone(), |time| time.strftime("%d.%m.%Y kl. %H.%M").to_string()),
    }
}

/// Question and answer on one line: "Fastende: Ja".
pub(super) fn sentence(question: &AskedQuestion, answer: &Answer) -> String {
    let asked = question.text.nb.trim().trim_end_matches([':', ' ']);
    let between = if asked.ends_with('?') { " " } else { ": " };
    format!("{asked}{between}{}", words(question, answer))
}
