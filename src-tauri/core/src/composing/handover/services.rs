//! The services and the structured information of a document: lines of the draft, each with what was said of it.

use super::line::{Filling, Unfit};
use super::offered::{Offered, offered, receiving};
use super::{Opening, headed, said};
use crate::catalogue::model::AnswerPlace;
use crate::codes::list_text;
use crate::composing::draft::{Edit, Line, Ordered};
use crate::composing::edits::line_of;
use crate::order::{self, ProblemCode};

impl Opening<'_> {
    /// Picks each service that can only be one, and says of it what the document says. What may be several, or is not
    /// offered, becomes a line that waits for somebody to say which it is.
    pub(super) fn services(&mut self) {
        let order = self.order;
        for (at, service) in order.services.iter().enumerate() {
            self.told_of(service);
            let mut ordered = self.ordered(service);
            let again = match offered(order, service, self.catalogues, self.suggest) {
                Offered::One(one) => match line_of(&self.draft, &one.provider, &one.service).map(|line| line.id) {
                    None => {
                        let add = Edit::AddService { provider: one.provider, service: one.service };
                        if !self.edit(&format!("services[{at}].code"), add) {
                            continue;
                        }
                        false
                    }
                    // The same service of another specimen is one more container of its line.
                    Some(line) if !service.specimens.is_empty() => {
                        self.fill(at, line, &ordered, true);
                        continue;
                    }
                    Some(_) => {
                        ordered.candidates = vec![one];
                        self.leave_open(ordered);
                        continue;
                    }
                },
                Offered::Unclear(candidates) => {
                    ordered.candidates = candidates;
                    self.leave_open(ordered);
                    continue;
                }
            };
            self.fill(at, self.draft.last_line, &ordered, again);
        }
    }

    fn ordered(&self, service: &order::Service) -> Ordered {
        let order = self.order;
        let serving = order.specimens.iter().filter(|one| service.specimens.contains(&one.key));
        let unknown = receiving(order, self.catalogues).is_empty();
        Ordered {
            service: service.clone(),
            specimens: serving.cloned().collect(),
            may_change_modality: order.may_change_modality,
            unknown_receiver: unknown.then(|| order.service_provider.organisation.name.clone()),
            candidates: Vec::new(),
        }
    }

    /// A line that somebody has to settle.
    fn leave_open(&mut self, ordered: Ordered) {
        let receiver =
            receiving(self.order, self.catalogues).first().map(|indexed| indexed.catalogue().provider.id.clone());
        self.draft.last_line += 1;
        let line = Line::new(self.draft.last_line, &receiver.unwrap_or_default(), "", ordered.name());
        self.draft.lines.push(Line { ordered: Some(Box::new(ordered)), ..line });
    }

    fn fill(&mut self, at: usize, line: u32, ordered: &Ordered, again: bool) {
        let mut filling = Filling {
            draft: &mut self.draft,
            catalogues: self.catalogues,
            at: self.now.timestamp(),
            words: std::mem::take(&mut self.words),
        };
        let filled = filling.fill(line, ordered, again);
        self.words = filling.words;
        let Err(Unfit { specimen, field, refused }) = filled else { return };
        let specimen = specimen.and_then(|key| self.order.specimens.iter().position(|one| one.key == key));
        let path = match specimen {
            Some(specimen) => format!("specimens[{specimen}].{field}"),
            None if field == "mayChangeModality" => field.to_owned(),
            None => format!("services[{at}].{field}"),
        };
        self.refuse(&path, ProblemCode::NotHeld, &refused.to_string());
    }

    /// What is said of a service and has no place at a line.
    fn told_of(&mut self, service: &order::Service) {
        let name = &service.code.display;
        if let Some(comment) = &service.comment {
            self.words.push(format!("{name}: {comment}"));
        }
        match service.priority.as_deref() {
            None | Some("0" | "1" | "3") => {}
            Some("PK") => self.draft.cancer_pathway = true,
            Some(other) => {
                let words = list_text(PRIORITY, other).unwrap_or(other);
                self.words.push(format!("{name}: prioritet {words}"));
            }
        }
        if let Some(purpose) = service.purpose.as_deref() {
            self.words.push(format!("{name}: formål {}", list_text(PURPOSE, purpose).unwrap_or(purpose)));
        }
    }

    /// Structured information: an answer where the catalogue asks for it, else words. What the patient is asked in an
    /// interview is words too, so that it is seen and asked again.
    pub(super) fn information(&mut self) {
        let order = self.order;
        let lines: Vec<u32> = self.draft.lines.iter().map(|line| line.id).collect();
        for (at, item) in order.information_items.iter().enumerate() {
            let plain = item.text.is_none() && item.comment.is_none() && item.from.is_none() && item.to.is_none();
            let of_type = |place: &AnswerPlace| matches!(place, AnswerPlace::InformationItem { item: kind, .. } if *kind == item.item_type);
            let mut answered = false;
            if let Some(code) = item.code.as_ref().filter(|_| plain) {
                for line in &lines {
                    let mut filling = Filling {
                        draft: &mut self.draft,
                        catalogues: self.catalogues,
                        at: self.now.timestamp(),
                        words: Vec::new(),
                    };
                    match filling.answer_by_code(*line, code, of_type) {
                        Ok(given) => answered = given,
                        Err(refused) => {
                            let path = format!("informationItems[{at}]");
                            self.refuse(&path, ProblemCode::NotHeld, &refused.to_string());
                        }
                    }
                    if answered {
                        break;
                    }
                }
            }
            if answered {
                continue;
            }
            let mut parts: Vec<String> = item.code.iter().map(said).collect();
            parts.extend([item.text.clone(), item.comment.clone()].into_iter().flatten());
            parts.extend([&item.from, &item.to, &item.date].into_iter().flatten().map(ToString::to_string));
            self.words.push(headed(INFORMATION, &item.item_type, &parts.join(", ")));
        }
    }
}

/// Types of structured information.
const INFORMATION: u16 = 8233;
/// Priority of a service.
const PRIORITY: u16 = 8304;
/// Purpose of a service.
const PURPOSE: u16 = 8248;
