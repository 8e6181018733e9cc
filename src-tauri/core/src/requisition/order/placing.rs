//! Answers, each in the place that the catalogue named when it was asked.

use super::{PROBLEM, Parts, add_line};
use crate::catalogue::model::{AnswerPlace, Coded};
use crate::codes::Code;
use crate::composing::draft::Answer;
use crate::order::{ClinicalFinding, InformationItem, Measure, Moment, Order, Reason};
use crate::requisition::GivenAnswer;
use crate::requisition::answers::{sentence, values, words};

impl Parts<'_> {
    /// Puts one answer where the catalogue wants it.
    pub(super) fn place(&mut self, order: &mut Order, service: usize, given: &GivenAnswer, answer: &Answer) {
        let said = sentence(&given.question, answer);
        match &given.place {
            AnswerPlace::NotSent => {}
            AnswerPlace::ServiceComment => add_line(&mut order.services[service].comment, &said),
            AnswerPlace::ServiceSpec => {
                let codes = self.option_codes(given, answer);
                if codes.is_empty() && says_something(answer) {
                    add_line(&mut order.services[service].comment, &said);
                }
                order.services[service].specs.extend(codes);
            }
            AnswerPlace::Reason { heading } => {
                let heading = &heading_of(given, answer).unwrap_or_else(|| heading.clone());
                match order.reasons.iter_mut().find(|reason| reason.heading == *heading && heading != PROBLEM) {
                    Some(known) => known.text = format!("{}\n{said}", known.text),
                    None => order.reasons.push(Reason { heading: heading.clone(), text: said }),
                }
            }
            AnswerPlace::InformationItem { item, code } => {
                for item in self.information(item, code.as_ref(), given, answer) {
                    // The same question at two services is one piece of information about the patient.
                    if !order.information_items.contains(&item) {
                        order.information_items.push(item);
                    }
                }
            }
            AnswerPlace::Finding => {
                let date = self.said_of(
                    service,
                    |place| matches!(place, AnswerPlace::FindingDate { of } if *of == given.question.id),
                );
                let finding = ClinicalFinding { text: said, date: date.and_then(day) };
                if !order.findings.contains(&finding) {
                    order.findings.push(finding);
                }
            }
            // The finding carries the date; without it the date still wants saying.
            AnswerPlace::FindingDate { of } => {
                if self.answer_of(service, of).is_none() {
                    add_line(&mut order.services[service].comment, &said);
                }
            }
            AnswerPlace::MayChangeModality => order.may_change_modality = Some(is_yes(answer)),
            AnswerPlace::CollectionMethod => {
                let method = self.option_codes(given, answer).into_iter().next();
                let concerned = concerned_specimens(order, service, given);
                for at in concerned {
                    let specimen = &mut order.specimens[at];
                    if specimen.collected.is_some() {
                        specimen.collection_method.clone_from(&method);
                    }
                }
                place_at_specimens(order, service, given, answer, &said);
            }
            AnswerPlace::CollectorComment
            | AnswerPlace::Measure { .. }
            | AnswerPlace::AnatomicalOrigin
            | AnswerPlace::SpecimenComment
            | AnswerPlace::Pretreatment { .. } => place_at_specimens(order, service, given, answer, &said),
        }
    }

    /// Answers that count for a service: its own, then those that other services share with it.
    fn answers_for(&self, service: usize) -> impl Iterator<Item = &GivenAnswer> {
        let own = self.requisition.services[service].answers.iter();
        let others = self.requisition.services.iter().flat_map(|service| &service.answers);
        own.chain(others.filter(|given| given.question.shared))
    }

    /// The answer at a service that goes to such a place.
    fn said_of(&self, service: usize, place: impl Fn(&AnswerPlace) -> bool) -> Option<&Answer> {
        self.answers_for(service).find(|given| place(&given.place)).and_then(|given| given.answer.as_ref())
    }

    fn answer_of(&self, service: usize, question: &str) -> Option<&Answer> {
        self.answers_for(service).find(|given| given.question.id == question).and_then(|given| given.answer.as_ref())
    }

    fn option_codes(&mut self, given: &GivenAnswer, answer: &Answer) -> Vec<Code> {
        let chosen = values(answer);
        let options = given.question.options.iter().filter(|option| chosen.contains(&option.value.as_str()));
        let coded: Vec<&Coded> = options.filter_map(|option| option.code.as_ref()).collect();
        coded.into_iter().filter_map(|coded| self.code("services.specs", coded)).collect()
    }

    fn information(
        &mut self,
        item: &str,
        about: Option<&Coded>,
        given: &GivenAnswer,
        answer: &Answer,
    ) -> Vec<InformationItem> {
        let empty = InformationItem {
            item_type: item.to_owned(),
            code: None,
            text: None,
            comment: None,
            from: None,
            to: None,
            date: None,
        };
        if let Some(code) = about.and_then(|about| self.code("informationItems.code", about)) {
            let coded = InformationItem { code: Some(code), ..empty };
            return match answer {
                Answer::Date(_) | Answer::DateTime(_) => vec![InformationItem { from: day(answer), ..coded }],
                // "Spiral: Nei" must not be read as the thing itself.
                Answer::Boolean(false) => {
                    vec![InformationItem { code: None, text: Some(sentence(&given.question, answer)), ..coded }]
                }
                Answer::Boolean(true) => vec![coded],
                Answer::Choice(_) | Answer::Choices(_) | Answer::Text(_) | Answer::Number(_) => {
                    vec![InformationItem { text: Some(words(&given.question, answer)), ..coded }]
                }
            };
        }
        let codes = self.option_codes(given, answer);
        let uncoded = values(answer).len().saturating_sub(codes.len());
        let mut items: Vec<InformationItem> =
            codes.into_iter().map(|code| InformationItem { code: Some(code), ..empty.clone() }).collect();
        match answer {
            Answer::Date(day) | Answer::DateTime(day) => items.push(InformationItem {
                text: Some(given.question.text.nb.clone()),
                date: Moment::parse(day).ok(),
                ..empty
            }),
            Answer::Boolean(_) | Answer::Choice(_) | Answer::Choices(_) if uncoded == 0 => {}
            Answer::Choices(chosen) => {
                let said = Answer::Choices(without_code(given, chosen));
                items.push(InformationItem { text: Some(sentence(&given.question, &said)), ..empty });
            }
            Answer::Boolean(_) | Answer::Choice(_) | Answer::Text(_) | Answer::Number(_) => {
                items.push(InformationItem { text: Some(sentence(&given.question, answer)), ..empty });
            }
        }
        items
    }
}

/// Values among those chosen for which the catalogue has no code: those with one are said by it.
fn without_code(given: &GivenAnswer, chosen: &[String]) -> Vec<String> {
    let coded = |value: &String| given.question.options.iter().any(|o| o.value == *value && o.code.is_some());
    chosen.iter().filter(|value| !coded(value)).cloned().collect()
}

/// The heading (list 8231) that the chosen option brings along.
fn heading_of(given: &GivenAnswer, answer: &Answer) -> Option<String> {
    let chosen = values(answer);
    let option = given.question.options.iter().find(|option| chosen.contains(&option.value.as_str()))?;
    option.code.as_ref().filter(|code| code.system == "volven:8231")?.code.clone()
}

fn day(answer: &Answer) -> Option<Moment> {
    match answer {
        Answer::Date(day) | Answer::DateTime(day) => Moment::parse(day).ok(),
        Answer::Boolean(_) | Answer::Choice(_) | Answer::Choices(_) | Answer::Text(_) | Answer::Number(_) => None,
    }
}

/// The specimens that an answer is about: all that serve the service, or, when it is shared, all of the requisition.
fn concerned_specimens(order: &Order, service: usize, given: &GivenAnswer) -> Vec<usize> {
    let serving = &order.services[service].specimens;
    let shared = given.question.shared;
    (0..order.specimens.len()).filter(|at| shared || serving.contains(&order.specimens[*at].key)).collect()
}

/// Writes an answer at every specimen that it is about.
fn place_at_specimens(order: &mut Order, service: usize, given: &GivenAnswer, answer: &Answer, said: &str) {
    let concerned = concerned_specimens(order, service, given);
    if concerned.is_empty() {
        add_line(&mut order.services[service].comment, said);
        return;
    }
    for at in concerned {
        let specimen = &mut order.specimens[at];
        match &given.place {
            AnswerPlace::CollectorComment | AnswerPlace::CollectionMethod if specimen.collected.is_some() => {
                add_line(&mut specimen.collector_comment, said)
            }
            AnswerPlace::Measure { quantity } => match (answer, &given.question.unit) {
                (Answer::Number(value), Some(unit)) => {
                    specimen.measures.push(Measure { quantity: quantity.clone(), value: *value, unit: unit.clone() });
                }
                _ => add_line(&mut specimen.comment, said),
            },
            AnswerPlace::AnatomicalOrigin => {
                let words = words(&given.question, answer);
                match &mut specimen.anatomical_origin {
                    Some(origin) if *origin != words => *origin = format!("{origin}, {words}"),
                    Some(_) => {}
                    None => specimen.anatomical_origin = Some(words),
                }
            }
            AnswerPlace::Pretreatment { heading } => {
                let pretreatment = specimen.pretreatment.get_or_insert_default();
                // "Fastende: Nei" under the heading of fasting would say that the patient fasted.
                if *answer != Answer::Boolean(false) && pretreatment.heading.is_none() {
                    pretreatment.heading = Some(heading.clone());
                }
                add_line(&mut pretreatment.text, said);
            }
            AnswerPlace::CollectorComment
            | AnswerPlace::CollectionMethod
            | AnswerPlace::FindingDate { .. }
            | AnswerPlace::SpecimenComment
            | AnswerPlace::ServiceComment
            | AnswerPlace::ServiceSpec
            | AnswerPlace::Reason { .. }
            | AnswerPlace::InformationItem { .. }
            | AnswerPlace::Finding
            | AnswerPlace::MayChangeModality
            | AnswerPlace::NotSent => add_line(&mut specimen.comment, said),
        }
    }
}

fn is_yes(answer: &Answer) -> bool {
    match answer {
        Answer::Boolean(yes) => *yes,
        Answer::Choice(value) => matches!(value.as_str(), "true" | "yes" | "ja" | "1"),
        Answer::Choices(_) | Answer::Text(_) | Answer::Number(_) | Answer::Date(_) | Answer::DateTime(_) => false,
    }
}

/// Whether an answer without a code still wants saying: "Kontrast: Nei" is what no modifier says already.
fn says_something(answer: &Answer) -> bool {
    *answer != Answer::Boolean(false)
}
