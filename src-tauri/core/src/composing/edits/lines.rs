//! Edits of lines: picking, replacing and taking out services, and the answers and reasons that belong to a line.

use jiff::civil::{Date, DateTime};

use super::values::{at_most, refused};
use super::{EditRefused, MOST_LINES};
use crate::catalogue::model::{AnswerType, Question, Service};
use crate::composing::catalogues::{Catalogues, questions_of, replacement};
use crate::composing::draft::{Answer, Draft, Line, Override, Removed};
use crate::composing::findings::own_reasons;
use crate::composing::panels::Source;
use crate::composing::text::{self, LONGEST_TEXT};

pub(super) fn add_service(
    draft: &mut Draft,
    provider: String,
    service: String,
    catalogues: &Catalogues,
) -> Result<(), EditRefused> {
    let Some(indexed) = catalogues.get(&provider) else {
        return Err(EditRefused::UnknownProvider { provider });
    };
    let Some(found) = indexed.service(&service) else {
        return Err(EditRefused::UnknownService { provider, service });
    };
    if found.withdrawn {
        let replacement = replacement(indexed, found);
        return Err(EditRefused::Withdrawn {
            name: found.name.clone(),
            replacement: replacement.map(|new| new.id.clone()),
            replacement_name: replacement.map(|new| new.name.clone()),
        });
    }
    if let Some(line) = line_of(draft, &provider, &service) {
        return Err(EditRefused::Duplicate { line: line.id, name: line.name.clone() });
    }
    at_most("lines", draft.lines.len() + 1, MOST_LINES)?;
    let name = found.name.clone();
    push_line(draft, &provider, &service, None, name);
    Ok(())
}

pub(super) fn providers_panel(provider: &str, panel: &str, catalogues: &Catalogues) -> Result<Source, EditRefused> {
    let Some(indexed) = catalogues.get(provider) else {
        return Err(EditRefused::UnknownProvider { provider: provider.to_owned() });
    };
    let Some(found) = indexed.panel(panel) else {
        return Err(EditRefused::UnknownPanel { provider: provider.to_owned(), panel: panel.to_owned() });
    };
    Ok(Source::of_provider(indexed, found))
}

/// Takes a line out and tells what went with it.
pub(super) fn remove_line(draft: &mut Draft, line: u32) -> Result<Removed, EditRefused> {
    let at = position(draft, line)?;
    let overrides = draft.overrides.clone();
    draft.overrides.retain(|given| given.line != Some(line));
    Ok(Removed { line: draft.lines.remove(at), at, overrides, based_on: draft.based_on.get(&line).cloned() })
}

/// Puts back what the edit before this one took out. Nothing was edited since, so it goes where it stood.
pub(super) fn restore_line(draft: &mut Draft, line: u32) -> Result<(), EditRefused> {
    let removed =
        draft.removed.take_if(|removed| removed.line.id == line).ok_or(EditRefused::NothingRemoved { line })?;
    let Removed { line, at, overrides, based_on } = *removed;
    draft.based_on.extend(based_on.map(|version| (line.id, version)));
    draft.lines.insert(at.min(draft.lines.len()), line);
    draft.overrides = overrides;
    Ok(())
}

pub(super) fn replace_line(draft: &mut Draft, line: u32, catalogues: &Catalogues) -> Result<(), EditRefused> {
    let at = position(draft, line)?;
    let Line { provider, service, name, .. } = &draft.lines[at];
    let found = catalogues.service(provider, service).filter(|(_, old)| old.withdrawn);
    let Some((indexed, new)) = found.and_then(|(indexed, old)| Some((indexed, replacement(indexed, old)?))) else {
        return Err(EditRefused::NoReplacement { name: name.clone() });
    };
    let provider = provider.clone();
    if line_of(draft, &provider, &new.id).is_some() {
        // The replacement is ordered already, so the old line only goes.
        return remove_line(draft, line).map(drop);
    }
    draft.last_line = draft.last_line.max(highest_line(draft)) + 1;
    let id = draft.last_line;
    // What was answered for the old one stands for the new one where it asks the same.
    let asks = |question: &str, answer: &Answer| {
        questions_of(indexed, new)
            .find(|asked| asked.id == question)
            .is_some_and(|asked| fitting_answer(asked, answer.clone()).is_ok_and(|kept| kept.is_some()))
    };
    let old = &mut draft.lines[at];
    old.answers.retain(|question, answer| asks(question, answer));
    for container in &mut old.containers {
        // What the new one is not taken from is planned as the catalogue says.
        container.material = container.material.take().filter(|material| takes(new, material));
    }
    *old = Line { id, service: new.id.clone(), name: new.name.clone(), ..old.clone() };
    draft.overrides.retain(|given| given.line != Some(line));
    Ok(())
}

pub(super) fn set_answer(
    draft: &mut Draft,
    line: u32,
    question: &str,
    answer: Option<Answer>,
    catalogues: &Catalogues,
) -> Result<(), EditRefused> {
    let at = position(draft, line)?;
    let Line { provider, service, .. } = &draft.lines[at];
    let asked = catalogues
        .service(provider, service)
        .and_then(|(indexed, service)| questions_of(indexed, service).find(|asked| asked.id == question));
    let Some(asked) = asked else {
        return Err(EditRefused::UnknownQuestion { question: question.to_owned() });
    };
    let answer = answer.map(|answer| fitting_answer(asked, answer)).transpose()?.flatten();
    let (answers, key) = if asked.shared {
        (&mut draft.shared_answers, Draft::shared_key(&draft.lines[at].provider, question))
    } else {
        (&mut draft.lines[at].answers, question.to_owned())
    };
    match answer {
        Some(answer) => answers.insert(key, answer),
        None => answers.remove(&key),
    };
    Ok(())
}

/// Whether a service can be taken from a material.
pub(super) fn takes(service: &Service, material: &str) -> bool {
    service.specimens.iter().any(|way| way.material == material)
}

/// The answer as it is kept; none where it is empty. Numbers outside the question's bounds are kept and become findings,
/// since the way to 120 leads over 1.
///
/// # Errors
/// When the question takes no such answer.
pub fn fitting_answer(question: &Question, answer: Answer) -> Result<Option<Answer>, EditRefused> {
    let wrong = || EditRefused::WrongAnswer { question: question.id.clone() };
    let is_option = |value: &String| question.options.iter().any(|option| option.value == *value);
    match (question.answer, answer) {
        (AnswerType::Boolean, Answer::Boolean(yes)) => Ok(Some(Answer::Boolean(yes))),
        (AnswerType::Choice, Answer::Choice(value)) if is_option(&value) => Ok(Some(Answer::Choice(value))),
        (AnswerType::Choices, Answer::Choices(values)) if values.iter().all(is_option) => {
            // In the order of the options and each once, so that equal answers are equal.
            let chosen = question.options.iter().map(|option| &option.value).filter(|value| values.contains(value));
            let chosen: Vec<String> = chosen.cloned().collect();
            Ok((!chosen.is_empty()).then_some(Answer::Choices(chosen)))
        }
        (AnswerType::Text, Answer::Text(written)) => {
            let taken =
                text::text(&written, LONGEST_TEXT).map_err(|fault| refused(&question.id, LONGEST_TEXT, fault))?;
            Ok((!taken.trim().is_empty()).then_some(Answer::Text(taken)))
        }
        (AnswerType::Number, Answer::Number(number)) if number.is_finite() => Ok(Some(Answer::Number(number))),
        (AnswerType::Date, Answer::Date(day)) => {
            day.parse::<Date>().map(|day| Some(Answer::Date(day.to_string()))).map_err(|_| wrong())
        }
        (AnswerType::DateTime, Answer::DateTime(time)) => {
            let time = time.parse::<DateTime>().map_err(|_| wrong())?;
            Ok(Some(Answer::DateTime(time.strftime("%Y-%m-%dT%H:%M").to_string())))
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
        ) => Err(wrong()),
    }
}

pub(super) fn set_override(
    draft: &mut Draft,
    line: Option<u32>,
    provider: String,
    rule: String,
    reason: Option<String>,
    catalogues: &Catalogues,
) -> Result<(), EditRefused> {
    if let Some(line) = line {
        position(draft, line)?;
    }
    if let Some(reason) = &reason {
        let offered =
            catalogues.rule(&provider, &rule).map_or_else(own_reasons, |known| known.override_reasons.clone());
        if !offered.iter().chain(&own_reasons()).any(|option| option.value == *reason) {
            return Err(EditRefused::UnknownReason { rule });
        }
    }
    draft.overrides.retain(|given| !(given.line == line && given.provider == provider && given.rule == rule));
    if let Some(reason) = reason {
        draft.overrides.push(Override { line, provider, rule, reason });
    }
    Ok(())
}

/// Whether a draft may have so many lines.
pub(crate) fn at_most_lines(count: usize) -> Result<(), EditRefused> {
    at_most("lines", count, MOST_LINES)
}

/// The line that has a service already.
pub(crate) fn line_of<'a>(draft: &'a Draft, provider: &str, service: &str) -> Option<&'a Line> {
    draft.lines.iter().find(|line| line.provider == provider && line.service == service)
}

/// Adds a service of an earlier requisition and tells its line. One that is no longer offered comes along too: its line
/// stops the draft until somebody decides on it, so that a copy never orders silently less.
///
/// # Errors
/// [`EditRefused`] where the draft has as many lines as it may.
pub fn carry_over(draft: &mut Draft, provider: &str, service: &str, name: &str) -> Result<u32, EditRefused> {
    if let Some(line) = line_of(draft, provider, service) {
        return Ok(line.id);
    }
    at_most_lines(draft.lines.len() + 1)?;
    push_line(draft, provider, service, None, name.to_owned());
    Ok(draft.last_line)
}

/// Appends a line, with id and name of the panel that brings it.
pub(crate) fn push_line(draft: &mut Draft, provider: &str, service: &str, panel: Option<(&str, &str)>, name: String) {
    draft.last_line = draft.last_line.max(highest_line(draft)) + 1;
    draft.lines.push(Line {
        panel: panel.map(|(id, _)| id.to_owned()),
        panel_name: panel.map(|(_, name)| name.to_owned()),
        ..Line::new(draft.last_line, provider, service, name)
    });
}

fn highest_line(draft: &Draft) -> u32 {
    draft.lines.iter().map(|line| line.id).max().unwrap_or(0)
}

pub(super) fn position(draft: &Draft, line: u32) -> Result<usize, EditRefused> {
    draft.lines.iter().position(|known| known.id == line).ok_or(EditRefused::UnknownLine { line })
}
