//! Services, specimens and structured information of a document: which of the catalogue they are, and which of its
//! questions they answer.

use super::{Opening, is_receiver, said};
use crate::catalogue::model::{AnswerPlace, AnswerType, Coded, Indexed, Question, Service};
use crate::codes::{Code, CodeSystem};
use crate::composing::catalogues::questions_of;
use crate::composing::draft::{Answer, Edit, Interval, IntervalUnit, LineContainer, LineSeries};
use crate::order::{self, Action, ProblemCode};

impl<'a> Opening<'a> {
    /// Picks each service and says of it what the document says.
    pub(super) fn services(&mut self) {
        let order = self.order;
        for (at, service) in order.services.iter().enumerate() {
            let path = format!("services[{at}]");
            match service.priority.as_deref() {
                None | Some("0" | "1" | "3") => {}
                Some(_) => self.refuse(&format!("{path}.priority"), ProblemCode::NotHeld, "has no place in a draft"),
            }
            if service.action != Action::New {
                self.refuse(&format!("{path}.action"), ProblemCode::NotHeld, "has no place in a draft");
            }
            if service.purpose.is_some() {
                self.refuse(&format!("{path}.purpose"), ProblemCode::NotHeld, "has no place in a draft");
            }
            let Some((provider, found)) = self.offered(&path, service) else { continue };
            let id = found.id.clone();
            if !self.edit(&format!("{path}.code"), Edit::AddService { provider: provider.clone(), service: id }) {
                continue;
            }
            let line = self.draft.last_line;
            self.specs(&path, line, service, found);
            if let Some(day) = &service.requested_date {
                let date = Some(day.to_string().chars().take(10).collect());
                self.edit(&format!("{path}.requestedDate"), Edit::LinePlannedDate { line, date });
            }
            if let Some(series) = &service.series {
                let series = self.series(series);
                self.edit(&format!("{path}.series"), Edit::Series { line, series: Some(series) });
            }
            if let Some(comment) = &service.comment {
                self.words.push(format!("{}: {comment}", found.name));
            }
            self.specimens(line, service);
        }
        self.modality();
    }

    /// The service of the catalogue in use that a requested one is.
    fn offered(&mut self, path: &str, asked: &order::Service) -> Option<(String, &'a Service)> {
        let fits = receiving(self);
        if fits.is_empty() {
            let path = "serviceProvider.organisation.ids.HER";
            if !self.problems.iter().any(|problem| problem.path == path) {
                self.refuse(path, ProblemCode::NotOffered, "no catalogue of this receiver is in use here");
            }
            return None;
        }
        let mut found: Vec<(String, &'a Service)> = fits
            .iter()
            .flat_map(|indexed| {
                let provider = &indexed.catalogue().provider.id;
                indexed.catalogue().services.iter().map(move |service| (provider.clone(), service.as_ref()))
            })
            .filter(|(_, service)| !service.withdrawn && same(&asked.code, &service.code))
            .collect();
        // One code may stand for many examinations, which their fixed modifiers or their names tell apart.
        let tell_apart: [&dyn Fn(&Service) -> bool; 3] = [
            &|service| {
                !service.specs.is_empty()
                    && service.specs.iter().all(|fixed| asked.specs.iter().any(|given| same(given, fixed)))
            },
            &|service| {
                service
                    .local_code
                    .as_ref()
                    .is_some_and(|own| asked.local_code.as_ref().is_some_and(|given| same(given, own)))
            },
            &|service| service.name == asked.code.display || service.code.display == asked.code.display,
        ];
        for fits in tell_apart {
            if found.len() > 1 {
                let fewer: Vec<_> = found.iter().filter(|(_, service)| fits(service)).cloned().collect();
                if !fewer.is_empty() {
                    found = fewer;
                }
            }
        }
        let path = format!("{path}.code");
        match found.len() {
            0 => self.refuse(&path, ProblemCode::NotOffered, "the catalogue in use does not offer it"),
            1 => return found.pop(),
            _ => self.refuse(&path, ProblemCode::Ambiguous, "fits several services of the catalogue in use"),
        }
        None
    }

    /// Side, contrast and other modifiers: fixed ones are the service's own, the others answer a question.
    fn specs(&mut self, path: &str, line: u32, service: &order::Service, found: &'a Service) {
        for (at, spec) in service.specs.iter().enumerate() {
            if found.specs.iter().any(|fixed| same(spec, fixed)) {
                continue;
            }
            let path = format!("{path}.specs[{at}]");
            let answered = self.answer_by_code(line, &path, spec, |place| *place == AnswerPlace::ServiceSpec);
            if !answered {
                self.refuse(&path, ProblemCode::NotHeld, "is not among what the catalogue asks about the service");
            }
        }
    }

    /// Gives the answer whose code this is to a question of the line that goes to such a place. False where there is none.
    fn answer_by_code(&mut self, line: u32, path: &str, code: &Code, place: impl Fn(&AnswerPlace) -> bool) -> bool {
        let asked = self.questions(line).into_iter().find_map(|question| {
            let option = question.options.iter().find(|option| option.code.as_ref().is_some_and(|own| same(code, own)));
            option.filter(|_| place(&question.place)).map(|option| (question, option.value.clone()))
        });
        let Some((question, value)) = asked else { return false };
        if question.interview {
            return false;
        }
        let given = self.given(line, question);
        let answer = match (question.answer, given) {
            (AnswerType::Choices, Some(Answer::Choices(mut values))) => {
                values.push(value);
                Answer::Choices(values)
            }
            (AnswerType::Choices, _) => Answer::Choices(vec![value]),
            (AnswerType::Boolean, _) => Answer::Boolean(value == "true"),
            _ => Answer::Choice(value),
        };
        self.edit(path, Edit::Answer { line, question: question.id.clone(), answer: Some(answer) })
    }

    fn questions(&self, line: u32) -> Vec<&'a Question> {
        let Some(line) = self.draft.line(line) else { return Vec::new() };
        let found = self.catalogues.service(&line.provider, &line.service);
        found.map_or_else(Vec::new, |(indexed, service)| questions_of(indexed, service).collect())
    }

    fn given(&self, line: u32, question: &Question) -> Option<Answer> {
        let line = self.draft.line(line)?;
        let key = crate::composing::draft::Draft::shared_key(&line.provider, &question.id);
        line.answers.get(&question.id).or_else(|| self.draft.shared_answers.get(&key)).cloned()
    }

    fn series(&mut self, series: &order::Series) -> LineSeries {
        let every = series.interval.as_deref().and_then(interval);
        let unread = series.interval.clone().filter(|_| every.is_none());
        let words = [unread, series.end_condition.clone(), series.instructions.clone()];
        let day =
            |moment: &Option<order::Moment>| moment.as_ref().map(|day| day.to_string().chars().take(10).collect());
        LineSeries {
            times: series.times,
            every,
            start: day(&series.start),
            end: day(&series.end),
            instructions: words.into_iter().flatten().collect::<Vec<_>>().join(". "),
        }
    }

    /// What is said of the specimens that serve a line. Several become containers described one by one.
    fn specimens(&mut self, line: u32, service: &order::Service) {
        let order = self.order;
        let serving: Vec<_> =
            order.specimens.iter().enumerate().filter(|(_, one)| service.specimens.contains(&one.key)).collect();
        for (at, one) in &serving {
            self.unheld_of_specimen(*at, one);
        }
        if let [(at, only)] = serving.as_slice() {
            self.only_specimen(line, *at, only);
            return;
        }
        for (at, one) in serving {
            let path = format!("specimens[{at}]");
            self.edit(&path, Edit::AddContainer { line });
            let Some(id) = self.draft.line(line).and_then(|line| line.containers.last()).map(|container| container.id)
            else {
                continue;
            };
            let length = one.measures.iter().find(|measure| measure.quantity == "Lengde" && measure.unit == "mm");
            let said = [
                one.material.text.clone(),
                one.pretreatment.as_ref().and_then(|p| p.text.clone()),
                one.comment.clone(),
            ];
            let container = LineContainer {
                id,
                site: one.anatomical_origin.clone().unwrap_or_default(),
                fixative: one.preservative.clone().unwrap_or_default(),
                size_mm: length.map(|measure| measure.value),
                comment: said.into_iter().flatten().collect::<Vec<_>>().join(". "),
                ..LineContainer::default()
            };
            self.edit(&path, Edit::DescribeContainer { line, container });
            self.planned(at, line, one);
        }
    }

    /// A specimen that has been taken has its label and belongs to a requisition that has left its draft.
    fn unheld_of_specimen(&mut self, at: usize, one: &order::Specimen) {
        let mut refuse = |there: bool, field: &str| {
            if there {
                let path = format!("specimens[{at}].{field}");
                if !self.problems.iter().any(|problem| problem.path == path) {
                    self.refuse(&path, ProblemCode::NotHeld, "is labelled and collected here, not before");
                }
            }
        };
        refuse(one.collected.is_some(), "collected");
        refuse(one.ids.requester.is_some(), "ids.requester");
        refuse(one.ids.service_provider.is_some(), "ids.serviceProvider");
        refuse(one.number.is_some_and(|number| number > 1), "number");
    }

    fn planned(&mut self, at: usize, line: u32, one: &order::Specimen) {
        if let Some(day) = &one.planned_date {
            let date = Some(day.to_string().chars().take(10).collect());
            self.edit(&format!("specimens[{at}].plannedDate"), Edit::LinePlannedDate { line, date });
        }
    }

    /// What is said of the one specimen answers the questions of its service, or goes into the text.
    fn only_specimen(&mut self, line: u32, at: usize, one: &order::Specimen) {
        self.planned(at, line, one);
        let said = [
            ("anatomicalOrigin", &one.anatomical_origin, AnswerPlace::AnatomicalOrigin),
            ("comment", &one.comment, AnswerPlace::SpecimenComment),
        ];
        for (field, text, place) in said {
            let Some(text) = text else { continue };
            let fits = |question: &&Question| question.place == place && question.answer == AnswerType::Text;
            match self.questions(line).into_iter().find(fits) {
                Some(question) => {
                    let answer = Some(Answer::Text(text.clone()));
                    let edit = Edit::Answer { line, question: question.id.clone(), answer };
                    self.edit(&format!("specimens[{at}].{field}"), edit);
                }
                None => self.words.push(text.clone()),
            }
        }
        for (which, measure) in one.measures.iter().enumerate() {
            let question = self.questions(line).into_iter().find(|question| {
                matches!(&question.place, AnswerPlace::Measure { quantity } if *quantity == measure.quantity)
                    && question.unit.as_deref() == Some(measure.unit.as_str())
            });
            match question {
                Some(question) => {
                    let answer = Some(Answer::Number(measure.value));
                    let edit = Edit::Answer { line, question: question.id.clone(), answer };
                    self.edit(&format!("specimens[{at}].measures[{which}]"), edit);
                }
                None => self.words.push(format!("{}: {} {}", measure.quantity, measure.value, measure.unit)),
            }
        }
        if let Some(text) = one.pretreatment.as_ref().and_then(|pretreatment| pretreatment.text.clone()) {
            self.words.push(text);
        }
        self.words.extend(
            one.handling.iter().filter(|handling| !self.is_our_own(line, handling)).cloned().collect::<Vec<_>>(),
        );
    }

    /// Handling that the catalogue says anyway needs no saying.
    fn is_our_own(&self, line: u32, handling: &str) -> bool {
        let Some(line) = self.draft.line(line) else { return false };
        let found = self.catalogues.service(&line.provider, &line.service);
        found.is_some_and(|(_, service)| {
            service.specimens.iter().any(|way| way.handling.as_ref().is_some_and(|text| text.nb == handling))
        })
    }

    /// Whether the radiologist may change the examination, at the first line that asks.
    fn modality(&mut self) {
        let Some(may) = self.order.may_change_modality else { return };
        let lines: Vec<u32> = self.draft.lines.iter().map(|line| line.id).collect();
        for line in lines {
            let asked =
                self.questions(line).into_iter().find(|question| question.place == AnswerPlace::MayChangeModality);
            let Some(question) = asked else { continue };
            let answer = match question.answer {
                AnswerType::Boolean => Answer::Boolean(may),
                _ => Answer::Choice(if may { "yes" } else { "no" }.to_owned()),
            };
            self.edit("mayChangeModality", Edit::Answer { line, question: question.id.clone(), answer: Some(answer) });
            if question.shared {
                return;
            }
        }
    }

    /// Structured information: an answer where the catalogue asks for it, else words. What the patient is asked in an
    /// interview is words too, so that it is seen and asked again.
    pub(super) fn information(&mut self) {
        let order = self.order;
        let lines: Vec<u32> = self.draft.lines.iter().map(|line| line.id).collect();
        for (at, item) in order.information_items.iter().enumerate() {
            let path = format!("informationItems[{at}]");
            let plain = item.text.is_none() && item.comment.is_none() && item.from.is_none() && item.to.is_none();
            let of_type = |place: &AnswerPlace| matches!(place, AnswerPlace::InformationItem { item: kind, .. } if *kind == item.item_type);
            let answered = match (&item.code, plain) {
                (Some(code), true) => lines.iter().any(|line| self.answer_by_code(*line, &path, code, of_type)),
                _ => false,
            };
            if answered {
                continue;
            }
            let mut parts: Vec<String> = item.code.iter().map(said).collect();
            parts.extend([item.text.clone(), item.comment.clone()].into_iter().flatten());
            parts.extend([&item.from, &item.to, &item.date].into_iter().flatten().map(ToString::to_string));
            self.words.push(super::headed(INFORMATION, &item.item_type, &parts.join(", ")));
        }
    }
}

/// Types of structured information.
const INFORMATION: u16 = 8233;

/// The catalogues of the receiver: those that have the department, else those of the organisation.
fn receiving<'a>(opening: &Opening<'a>) -> Vec<&'a Indexed> {
    let order = opening.order;
    let hers: Vec<String> = order
        .service_provider
        .departments
        .iter()
        .filter_map(|unit| unit.ids.her.as_ref())
        .map(ToString::to_string)
        .collect();
    let has_department =
        |indexed: &&Indexed| indexed.catalogue().departments.iter().any(|department| hers.contains(&department.her));
    let all: Vec<&'a Indexed> = opening.catalogues.iter().map(AsRef::as_ref).collect();
    let named: Vec<&'a Indexed> = all.iter().copied().filter(has_department).collect();
    if !named.is_empty() {
        return named;
    }
    all.into_iter().filter(|indexed| is_receiver(order, &indexed.catalogue().provider.her)).collect()
}

/// The same code of the same system; without a code, the same words.
fn same(given: &Code, own: &Coded) -> bool {
    CodeSystem::parse(&own.system).is_ok_and(|system| system == given.system)
        && match (&given.code, &own.code) {
            (Some(given), Some(own)) => given == own,
            (None, None) => given.display == own.display,
            (Some(_), None) | (None, Some(_)) => false,
        }
}

/// "Hver uke", "Hver 4. uke", "ukentlig": as this program writes it, and the plain words for it.
fn interval(text: &str) -> Option<Interval> {
    let lower = text.trim().to_lowercase();
    let unit = |word: &str| match word.trim_end_matches('.') {
        "dag" | "dager" => Some(IntervalUnit::Day),
        "uke" | "uker" => Some(IntervalUnit::Week),
        "måned" | "måneder" => Some(IntervalUnit::Month),
        _ => None,
    };
    let words: Vec<&str> = lower.split_whitespace().collect();
    match words.as_slice() {
        ["daglig"] => Some(Interval { count: 1, unit: IntervalUnit::Day }),
        ["ukentlig"] => Some(Interval { count: 1, unit: IntervalUnit::Week }),
        ["månedlig"] => Some(Interval { count: 1, unit: IntervalUnit::Month }),
        ["hver", word] => Some(Interval { count: 1, unit: unit(word)? }),
        ["hver", count, word] => Some(Interval { count: count.trim_end_matches('.').parse().ok()?, unit: unit(word)? }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_reads_back_as_this_program_writes_it_and_as_people_say_it() {
        let read = |text: &str| interval(text).map(|every| (every.count, every.unit));
        assert_eq!(read("Hver uke"), Some((1, IntervalUnit::Week)));
        assert_eq!(read("Hver 4. uke"), Some((4, IntervalUnit::Week)));
        assert_eq!(read("månedlig"), Some((1, IntervalUnit::Month)));
        for unread in ["", "ved behov", "hver x. uke", "hver annen dag og hver uke"] {
            assert_eq!(read(unread), None, "{unread}");
        }
        let every = Interval { count: 3, unit: IntervalUnit::Month };
        assert!(interval(&every.words()) == Some(every));
    }
}
