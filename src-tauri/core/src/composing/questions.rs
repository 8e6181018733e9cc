//! Which questions of a service are asked now, and what was answered.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::catalogue::model::{AnswerPlace, Indexed, Phase, Question, Service};
use crate::composing::catalogues::{Catalogues, questions_of};
use crate::composing::composition::AskedQuestion;
use crate::composing::conditions::{Evaluation, Outcome, Surroundings};
use crate::composing::draft::{Answer, Draft, Line};
use crate::composing::edits::fitting_answer;

/// Rounds until hidden questions stop hiding others. Chains are short; a circle ends here.
const MOST_ROUNDS: usize = 8;

/// Evaluates what one provider asks about one draft.
pub(crate) struct Asking<'a> {
    draft: &'a Draft,
    indexed: &'a Indexed,
    evaluation: Evaluation<'a>,
    shared: BTreeMap<&'a str, &'a Answer>,
}

/// A question that is visible now.
pub(crate) struct Asked<'a> {
    /// The catalogue's.
    pub question: &'a Question,
    /// As it is shown.
    pub shown: AskedQuestion,
    /// An answer is kept that the question does not take any more.
    pub unfit: bool,
}

impl<'a> Asking<'a> {
    /// `last_days`: whole days since each service of this provider was last ordered; `age`: of the patient on the day
    /// `today`.
    pub fn new(
        draft: &'a Draft,
        provider: &str,
        catalogues: &'a Catalogues,
        age: Option<u32>,
        last_days: BTreeMap<String, u32>,
        today: Date,
    ) -> Option<Self> {
        let indexed = catalogues.get(provider)?;
        let services =
            draft.lines.iter().filter(|line| line.provider == provider).map(|line| line.service.as_str()).collect();
        let around = Surroundings {
            services,
            age,
            sex: &draft.patient.sex,
            urgency: draft.urgency,
            clinical_text: &draft.clinical_text,
            last_days,
            today,
        };
        let prefix = Draft::shared_key(provider, "");
        let shared = draft
            .shared_answers
            .iter()
            .filter_map(|(key, answer)| Some((key.strip_prefix(&prefix)?, answer)))
            .filter(|(id, answer)| indexed.question(id).is_some_and(|question| fits(question, answer)))
            .collect();
        Some(Self { draft, indexed, evaluation: Evaluation::new(catalogues.conditions(), around), shared })
    }

    /// The questions visible at a line, of both phases. Afterwards conditions see this line's answers.
    pub fn at(&mut self, line: &'a Line, service: &'a Service) -> Vec<Asked<'a>> {
        let described = !line.containers.is_empty();
        let questions: Vec<&Question> =
            questions_of(self.indexed, service).filter(|question| !(described && is_of_container(question))).collect();
        let mut kept = self.shared.clone();
        for question in questions.iter().filter(|question| !question.shared) {
            if let Some(answer) = line.answers.get(&question.id).filter(|answer| fits(question, answer)) {
                kept.insert(&question.id, answer);
            }
        }
        let mut visible = vec![true; questions.len()];
        let mut answers = kept.clone();
        for _ in 0..MOST_ROUNDS {
            self.evaluation.at(&service.id, &answers);
            let now: Vec<bool> = questions.iter().map(|question| self.is_visible(question)).collect();
            let settled = now == visible;
            visible = now;
            if settled {
                break;
            }
            // What is hidden was not asked, so its answer counts nowhere.
            answers.clone_from(&kept);
            for (question, _) in questions.iter().zip(&visible).filter(|(_, visible)| !**visible) {
                answers.remove(question.id.as_str());
            }
        }
        let shown = questions.iter().zip(visible).filter(|(_, visible)| *visible);
        shown.map(|(question, _)| self.asked(question, line, answers.get(question.id.as_str()).copied())).collect()
    }

    /// Whether each described container of the service has to say its site. Right after [`Asking::at`].
    pub fn wants_site(&self, service: &Service) -> bool {
        questions_of(self.indexed, service)
            .filter(|question| question.place == AnswerPlace::AnatomicalOrigin && is_of_container(question))
            .any(|question| self.is_visible(question) && self.is_required(question))
    }

    /// Conditions see the whole draft: all answers to this provider, of the first line that has them.
    pub fn at_draft(&mut self) {
        let mut answers = self.shared.clone();
        for line in self.draft.lines.iter().filter(|line| line.provider == self.indexed.catalogue().provider.id) {
            let Some(service) = self.indexed.service(&line.service) else { continue };
            for question in questions_of(self.indexed, service).filter(|question| !question.shared) {
                if let Some(answer) = line.answers.get(&question.id).filter(|answer| fits(question, answer)) {
                    answers.entry(&question.id).or_insert(answer);
                }
            }
        }
        self.evaluation.at("", &answers);
    }

    /// Whether a rule speaks. One that cannot be evaluated is silent.
    pub fn speaks(&self, condition: &str, rule: &str) -> bool {
        match self.evaluation.try_condition(condition, rule) {
            Outcome::True => true,
            Outcome::False | Outcome::Failed => false,
        }
    }

    fn is_visible(&self, question: &Question) -> bool {
        question.visible.trim().is_empty()
            || match self.evaluation.try_condition(&question.visible, &question.id) {
                Outcome::True | Outcome::Failed => true,
                Outcome::False => false,
            }
    }

    fn is_required(&self, question: &Question) -> bool {
        // The message of a radiology requisition cannot be made without it (HIS 1175).
        if question.place == AnswerPlace::MayChangeModality {
            return true;
        }
        !question.required.trim().is_empty()
            && match self.evaluation.try_condition(&question.required, &question.id) {
                Outcome::True | Outcome::Failed => true,
                Outcome::False => false,
            }
    }

    fn asked(&self, question: &'a Question, line: &Line, answer: Option<&Answer>) -> Asked<'a> {
        let kept = if question.shared {
            let key = Draft::shared_key(&line.provider, &question.id);
            self.draft.shared_answers.contains_key(&key)
        } else {
            line.answers.contains_key(&question.id)
        };
        let shown = AskedQuestion {
            id: question.id.clone(),
            phase: question.phase,
            answer_type: question.answer,
            text: question.text.clone(),
            help: question.help.clone(),
            options: question.options.clone(),
            unit: question.unit.clone(),
            min: question.min,
            max: question.max,
            required: self.is_required(question),
            answer: answer.cloned(),
            shared: question.shared,
            interview: question.interview,
        };
        Asked { question, unfit: kept && shown.answer.is_none(), shown }
    }
}

/// Whether a described container answers it for itself: what is asked of a specimen by the one who orders.
fn is_of_container(question: &Question) -> bool {
    let of_specimen = match question.place {
        AnswerPlace::AnatomicalOrigin | AnswerPlace::Measure { .. } | AnswerPlace::SpecimenComment => true,
        AnswerPlace::ServiceComment
        | AnswerPlace::ServiceSpec
        | AnswerPlace::Reason { .. }
        | AnswerPlace::InformationItem { .. }
        | AnswerPlace::Finding
        | AnswerPlace::FindingDate { .. }
        | AnswerPlace::CollectorComment
        | AnswerPlace::CollectionMethod
        | AnswerPlace::Pretreatment { .. }
        | AnswerPlace::MayChangeModality
        | AnswerPlace::NotSent => false,
    };
    of_specimen && question.phase == Phase::Order && !question.shared
}

/// Whether an answer still is one, after the catalogue may have changed.
fn fits(question: &Question, answer: &Answer) -> bool {
    fitting_answer(question, answer.clone()).is_ok_and(|kept| kept.is_some())
}
