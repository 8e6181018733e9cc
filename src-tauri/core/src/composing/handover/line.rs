//! What an order says of one service and its specimens, said of a line of a draft: answers where the catalogue asks, a
//! description of containers where specimens are told apart or taken already, and words for all else.

use jiff::Timestamp;

use super::said;
use crate::catalogue::model::{AnswerPlace, AnswerType, Coded, Question, Service};
use crate::codes::{Code, CodeSystem, list_text};
use crate::composing::catalogues::{Catalogues, questions_of};
use crate::composing::draft::{
    Answer, Brought, Draft, Edit, Interval, IntervalUnit, LineContainer, LineSeries, Ordered,
};
use crate::composing::edits::{EditRefused, apply};
use crate::order::{self, Moment, Specimen};

/// What cannot be said of a line.
pub(super) struct Unfit {
    /// Name of the specimen that it is about.
    pub specimen: Option<String>,
    /// Field of it, or of the service.
    pub field: &'static str,
    /// Why.
    pub refused: EditRefused,
}

/// A draft that is being filled in.
pub(super) struct Filling<'a> {
    pub draft: &'a mut Draft,
    pub catalogues: &'a Catalogues,
    pub at: Timestamp,
    /// What found no other place, a line each: it goes into the clinical text.
    pub words: Vec<String>,
}

impl Filling<'_> {
    /// Says of a line what was ordered. `again`: the line has been filled in for another service of the order before.
    pub fn fill(&mut self, line: u32, ordered: &Ordered, again: bool) -> Result<(), Unfit> {
        let of_service = |field| move |refused| Unfit { specimen: None, field, refused };
        self.specs(line, ordered).map_err(of_service("specs"))?;
        if let Some(day) = &ordered.service.requested_date {
            let edit = Edit::LinePlannedDate { line, date: Some(day_of(day)) };
            self.edit(edit).map_err(of_service("requestedDate"))?;
        }
        if let Some(series) = &ordered.service.series {
            let edit = Edit::Series { line, series: Some(line_series(series)) };
            self.edit(edit).map_err(of_service("series"))?;
        }
        self.specimens(line, &ordered.specimens, again)?;
        self.modality(line, ordered.may_change_modality).map_err(of_service("mayChangeModality"))
    }

    fn edit(&mut self, edit: Edit) -> Result<(), EditRefused> {
        apply(self.draft, edit, self.catalogues, self.at)
    }

    fn service(&self, line: u32) -> Option<&Service> {
        let line = self.draft.line(line)?;
        self.catalogues.service(&line.provider, &line.service).map(|(_, service)| service)
    }

    fn questions(&self, line: u32) -> Vec<Question> {
        let Some(line) = self.draft.line(line) else { return Vec::new() };
        let found = self.catalogues.service(&line.provider, &line.service);
        found.map_or_else(Vec::new, |(indexed, service)| questions_of(indexed, service).cloned().collect())
    }

    fn answer(&mut self, line: u32, question: &Question, answer: Answer) -> Result<(), EditRefused> {
        self.edit(Edit::Answer { line, question: question.id.clone(), answer: Some(answer) })
    }

    /// Side, contrast and other modifiers: fixed ones are the service's own, the others answer a question or are told.
    fn specs(&mut self, line: u32, ordered: &Ordered) -> Result<(), EditRefused> {
        for spec in &ordered.service.specs {
            let own = self.service(line).is_some_and(|found| found.specs.iter().any(|fixed| same(spec, fixed)));
            if !own && !self.answer_by_code(line, spec, |place| *place == AnswerPlace::ServiceSpec)? {
                self.words.push(format!("{}: {}", ordered.service.code.display, said(spec)));
            }
        }
        Ok(())
    }

    /// Gives the answer whose code this is to a question of the line that goes to such a place. False where there is none.
    pub fn answer_by_code(
        &mut self,
        line: u32,
        code: &Code,
        place: impl Fn(&AnswerPlace) -> bool,
    ) -> Result<bool, EditRefused> {
        let asked = self.questions(line).into_iter().find_map(|question| {
            let option = question.options.iter().find(|option| option.code.as_ref().is_some_and(|own| same(code, own)));
            let value = option.filter(|_| place(&question.place)).map(|option| option.value.clone());
            value.map(|value| (question, value))
        });
        let Some((question, value)) = asked.filter(|(question, _)| !question.interview) else { return Ok(false) };
        let given = self.given(line, &question);
        let answer = match (question.answer, &given) {
            (AnswerType::Choices, Some(Answer::Choices(values))) => {
                Answer::Choices(values.iter().cloned().chain([value]).collect())
            }
            (AnswerType::Choices, _) => Answer::Choices(vec![value]),
            (AnswerType::Boolean, _) => Answer::Boolean(value == "true"),
            _ => Answer::Choice(value),
        };
        // One answer never takes the place of another: right is not overwritten by left.
        if question.answer != AnswerType::Choices && given.is_some_and(|given| given != answer) {
            return Ok(false);
        }
        self.answer(line, &question, answer).map(|()| true)
    }

    fn given(&self, line: u32, question: &Question) -> Option<Answer> {
        let line = self.draft.line(line)?;
        let key = Draft::shared_key(&line.provider, &question.id);
        line.answers.get(&question.id).or_else(|| self.draft.shared_answers.get(&key)).cloned()
    }

    /// What is said of the specimens. One that is still to be taken is as the catalogue plans it; several, and those that
    /// are taken or labelled already, are containers described one by one.
    fn specimens(&mut self, line: u32, serving: &[Specimen], again: bool) -> Result<(), Unfit> {
        let of = |one: &Specimen, field| {
            let specimen = Some(one.key.clone());
            move |refused| Unfit { specimen, field, refused }
        };
        for one in serving {
            if let Some(day) = &one.planned_date {
                let edit = Edit::LinePlannedDate { line, date: Some(day_of(day)) };
                self.edit(edit).map_err(of(one, "plannedDate"))?;
            }
        }
        match serving {
            [] => Ok(()),
            [only] if !again && !is_brought(only) => {
                self.only_specimen(line, only).map_err(of(only, "anatomicalOrigin"))
            }
            _ => {
                if again && self.draft.line(line).is_some_and(|line| line.containers.is_empty()) {
                    // What was said of the line before is said of its first container.
                    self.edit(Edit::AddContainer { line }).map_err(|refused| Unfit {
                        specimen: None,
                        field: "specimens",
                        refused,
                    })?;
                }
                serving.iter().try_for_each(|one| self.container(line, one).map_err(of(one, "key")))
            }
        }
    }

    fn container(&mut self, line: u32, one: &Specimen) -> Result<(), EditRefused> {
        self.edit(Edit::AddContainer { line })?;
        let Some(id) = self.draft.line(line).map(|line| line.last_container) else { return Ok(()) };
        let (material, other) = self.material(line, one);
        let brought = is_brought(one).then(|| Brought {
            key: one.key.clone(),
            number: one.ids.requester.clone(),
            collected: one.collected.as_ref().map(ToString::to_string),
            material: other.clone(),
        });
        let length = |measure: &&order::Measure| is_length(measure) && measure.value > 0.0 && measure.value <= 1000.0;
        let size = one.measures.iter().find(length);
        let measures = one.measures.iter().filter(|measure| Some(*measure) != size).map(measured);
        let mut comment: Vec<String> =
            other.filter(|_| brought.is_none()).map(|other| format!("Materiale: {other}")).into_iter().collect();
        comment.extend(one.comment.clone());
        comment.extend(measures);
        comment.extend(self.more_about(line, one));
        let container = LineContainer {
            id,
            material,
            site: one.anatomical_origin.clone().unwrap_or_default(),
            procedure: procedure(one),
            fixative: one.preservative.clone().unwrap_or_default(),
            size_mm: size.map(|measure| measure.value),
            comment: comment.join(". "),
            ..LineContainer::default()
        };
        self.edit(Edit::DescribeContainer { line, container })?;
        let containers =
            self.draft.lines.iter_mut().filter(|known| known.id == line).flat_map(|known| &mut known.containers);
        for known in containers.filter(|known| known.id == id) {
            known.brought.clone_from(&brought);
        }
        Ok(())
    }

    /// The material as the catalogue calls it; or what it is called, where the service is taken from nothing of that name.
    fn material(&self, line: u32, one: &Specimen) -> (Option<String>, Option<String>) {
        let text = one.material.text.as_ref();
        let ways = self.service(line).map_or(&[][..], |service| service.specimens.as_slice());
        let by_text =
            ways.iter().find(|way| text.is_some_and(|text| text.to_lowercase() == way.material.to_lowercase()));
        let by_code = ways.iter().find(|way| {
            let code = one.material.code.as_ref();
            code.is_some_and(|code| way.material_code.as_ref().is_some_and(|own| same(code, own)))
        });
        match by_text.or(by_code) {
            Some(way) => (Some(way.material.clone()), None),
            None => (None, text.cloned().or_else(|| one.material.code.as_ref().map(said))),
        }
    }

    /// What is said of the one specimen answers the questions of its service, or goes into the text.
    fn only_specimen(&mut self, line: u32, one: &Specimen) -> Result<(), EditRefused> {
        let texts =
            [(&one.anatomical_origin, AnswerPlace::AnatomicalOrigin), (&one.comment, AnswerPlace::SpecimenComment)];
        for (text, place) in texts {
            let Some(text) = text else { continue };
            let fits = |question: &Question| question.place == place && question.answer == AnswerType::Text;
            match self.questions(line).into_iter().find(fits) {
                Some(question) => self.answer(line, &question, Answer::Text(text.clone()))?,
                None => self.words.push(text.clone()),
            }
        }
        for measure in &one.measures {
            let fits = |question: &Question| {
                matches!(&question.place, AnswerPlace::Measure { quantity } if *quantity == measure.quantity)
                    && question.unit.as_deref() == Some(measure.unit.as_str())
            };
            match self.questions(line).into_iter().find(fits) {
                Some(question) => self.answer(line, &question, Answer::Number(measure.value))?,
                None => self.words.push(measured(measure)),
            }
        }
        let (_, other) = self.material(line, one);
        self.words.extend(other.map(|other| format!("Materiale: {other}")));
        self.words.extend(Some(procedure(one)).filter(|words| !words.is_empty()));
        let has =
            |fixative: &String| self.fixatives(line).iter().any(|own| own.to_lowercase() == fixative.to_lowercase());
        let fixative = one.preservative.clone().filter(|fixative| !has(fixative));
        self.words.extend(fixative.map(|fixative| format!("Fikseringsmiddel: {fixative}")));
        let more = self.more_about(line, one);
        self.words.extend(more);
        Ok(())
    }

    /// What the containers of a line's service have in them.
    fn fixatives(&self, line: u32) -> Vec<String> {
        let Some(line) = self.draft.line(line) else { return Vec::new() };
        let Some((indexed, service)) = self.catalogues.service(&line.provider, &line.service) else {
            return Vec::new();
        };
        let containers = service.specimens.iter().filter_map(|way| indexed.container(&way.container));
        containers.filter_map(|container| container.preservative.clone()).collect()
    }

    /// Preparation, handling and the like, as words. Handling that the catalogue says anyway needs no saying.
    fn more_about(&self, line: u32, one: &Specimen) -> Vec<String> {
        let is_our_own = |handling: &String| {
            self.service(line).is_some_and(|service| {
                service.specimens.iter().any(|way| way.handling.as_ref().is_some_and(|text| text.nb == *handling))
            })
        };
        let mut words = Vec::new();
        if let Some(prepared) = &one.pretreatment {
            let heading = prepared.heading.as_deref().and_then(|heading| list_text(PREPARATION, heading));
            let parts: Vec<&str> = heading.into_iter().chain(prepared.text.as_deref()).collect();
            words.push(parts.join(": "));
        }
        words.extend(one.handling.iter().filter(|handling| !is_our_own(handling)).cloned());
        words.extend(one.number.filter(|number| *number > 1).map(|number| format!("Antall: {number}")));
        let number = one.ids.service_provider.as_ref();
        words.extend(number.map(|number| format!("Laboratoriets prøvenummer: {number}")));
        words
    }

    /// Whether the radiologist may change the examination.
    fn modality(&mut self, line: u32, may: Option<bool>) -> Result<(), EditRefused> {
        let asks = |question: &Question| question.place == AnswerPlace::MayChangeModality;
        let (Some(may), Some(question)) = (may, self.questions(line).into_iter().find(asks)) else { return Ok(()) };
        let answer = match question.answer {
            AnswerType::Boolean => Answer::Boolean(may),
            _ => Answer::Choice(if may { "yes" } else { "no" }.to_owned()),
        };
        self.answer(line, &question, answer)
    }
}

/// How the patient was prepared.
const PREPARATION: u16 = 8232;

/// Taken, or labelled, before the order came here.
pub(super) fn is_brought(one: &Specimen) -> bool {
    one.collected.is_some() || one.ids.requester.is_some()
}

/// Whether a question is answered by a modifier.
pub(super) fn asks_for_spec(question: &Question, spec: &Code) -> bool {
    question.place == AnswerPlace::ServiceSpec
        && !question.interview
        && question.options.iter().any(|option| option.code.as_ref().is_some_and(|own| same(spec, own)))
}

/// The same code of the same system; without a code, the same words.
pub(super) fn same(given: &Code, own: &Coded) -> bool {
    CodeSystem::parse(&own.system).is_ok_and(|system| system == given.system)
        && match (&given.code, &own.code) {
            (Some(given), Some(own)) => given == own,
            (None, None) => given.display == own.display,
            (Some(_), None) | (None, Some(_)) => false,
        }
}

/// How it was taken, each thing once.
fn procedure(one: &Specimen) -> String {
    let comment = one.collector_comment.clone().unwrap_or_default();
    let method = one.collection_method.as_ref().map(|method| method.display.clone());
    let method = method.filter(|method| !comment.contains(method.as_str()));
    let parts: Vec<String> = [Some(comment), method].into_iter().flatten().filter(|part| !part.is_empty()).collect();
    parts.join(". ")
}

fn is_length(measure: &order::Measure) -> bool {
    measure.quantity == "Lengde" && measure.unit == "mm"
}

fn measured(measure: &order::Measure) -> String {
    format!("{}: {} {}", measure.quantity, measure.value, measure.unit)
}

/// A draft plans days; the time of day stays in the record.
fn day_of(moment: &Moment) -> String {
    moment.as_str().chars().take(10).collect()
}

fn line_series(series: &order::Series) -> LineSeries {
    let every = series.interval.as_deref().and_then(interval);
    let unread = series.interval.clone().filter(|_| every.is_none());
    let words = [unread, series.end_condition.clone(), series.instructions.clone()];
    LineSeries {
        times: series.times,
        every,
        start: series.start.as_ref().map(day_of),
        end: series.end.as_ref().map(day_of),
        instructions: words.into_iter().flatten().collect::<Vec<_>>().join(". "),
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
