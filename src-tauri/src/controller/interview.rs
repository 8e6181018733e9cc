//! The safety interview: what the patient answered last time, to be confirmed or changed. Nothing is answered by it: an old
//! answer counts only once somebody has given it again.

use std::collections::BTreeSet;

use requisition::composing::fitting_answer;

use super::{Answer, Controller};
use crate::views::EarlierAnswer;

impl Controller {
    /// The newest earlier answer of the draft's patient to each question of an interview, from this workstation's own
    /// requisitions, where the question still takes it.
    ///
    /// # Errors
    /// [`crate::error::ErrorCode::NotFound`].
    pub fn interview(&self, id: String) -> Answer<Vec<EarlierAnswer>> {
        let here = self.here()?;
        let draft = here.stored_draft(&id)?.content;
        let in_use = here.shelf.in_use();
        let mut known = BTreeSet::new();
        let mut earlier = Vec::new();
        for (at, one) in here.earlier(&draft.patient)? {
            let Some(catalogue) = in_use.by_id.get(&one.receiver.provider) else { continue };
            for given in one.services.iter().flat_map(|service| &service.answers) {
                let Some(question) = catalogue.question(&given.question.id).filter(|question| question.interview)
                else {
                    continue;
                };
                let Some(answer) = given.answer.clone().and_then(|answer| fitting_answer(question, answer).ok()?)
                else {
                    continue;
                };
                if known.insert((one.receiver.provider.clone(), question.id.clone())) {
                    earlier.push(EarlierAnswer {
                        provider: one.receiver.provider.clone(),
                        question: question.id.clone(),
                        answer,
                        at: at.to_string(),
                    });
                }
            }
        }
        Ok(earlier)
    }
}
