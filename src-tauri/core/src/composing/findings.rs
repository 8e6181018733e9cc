//! What rules say about a draft: the laboratories' own, and the few that follow from every receiver's facts.
//!
//! A rule never blocks care: only safety and what a receiver would reject for certain stops; a warning takes one coded
//! reason; the rest are quiet facts. Wording of our own rules belongs to the window, by rule code and params; their coded
//! reasons are texts, since they follow the requisition.
//!
//! | Code | Severity | Says |
//! |---|---|---|
//! | `patient_name`, `patient_unidentified` | stop | name, or number or birth date and sex, is missing |
//! | `national_id_required` | stop | this receiver refuses patients without an 11-digit number |
//! | `too_long` | stop | clinical text over this receiver's limit |
//! | `too_many_services` | stop | more services in one requisition than this receiver takes |
//! | `withdrawn` | stop | the service is no longer offered; names the replacement, and the panel that it came with |
//! | `unsettled` | stop | a record system ordered it, and nobody has said yet which service it is |
//! | `brought_divided` | stop | one specimen that was brought along, for two requisitions: a label number belongs to one |
//! | `no_specimen` | stop | the catalogue gives no container for it, so no message could be made |
//! | `modality_not_asked` | stop | a radiology service whose catalogue does not ask for the mandatory permission |
//! | `answer_out_of_range` | stop | a number outside the question's bounds |
//! | `answer_gone` | note | the catalogue changed and the kept answer is no longer one |
//! | `cannot_be_sent` | stop | the order's own check would refuse it (`requisition::preflight`) |
//! | `container_site` | stop | a described container does not say its site, where the laboratory wants it |
//! | `series_endless`, `series_no_interval`, `series_backwards` | stop | a series that nobody could carry out |
//! | `collection_place_unnamed` | stop | taken elsewhere, and not said where |
//! | `earlier_finding_future` | stop | an earlier finding of a day to come |
//! | `attachment_undescribed` | stop | an attachment without a word on what it is |
//! | `attachment_nowhere` | stop | an attachment for a department that gets no requisition |
//! | `attachments_too_large` | stop | more attachments than this receiver takes |
//! | `attachments_large`, `attachment_by_agreement` | note | over 10 MB; or not a PDF to pathology, which receivers take by agreement only |
//! | `duplicate` | warn | the same code twice at one provider; a note where the materials differ |
//! | `also_elsewhere` | note | the same code at another provider too |
//! | `brought_material` | warn | what was brought along is another material than the laboratory takes the service from |
//! | `sex_mismatch`, `age_limit` | warn | outside the service's limits |
//! | `retest_too_soon` | warn | ordered for this patient within the service's retest interval |
//! | `urgency_in_text` | warn | a word for urgency in free text while the urgency is routine |

use std::collections::{BTreeMap, BTreeSet};

use crate::catalogue::model::{AnswerOption, AnswerType, Department, Indexed, Rule, Service, Severity, Text};
use crate::codes::Discipline;
use crate::composing::basket::panel_name;
use crate::composing::catalogues::Catalogues;
use crate::composing::composition::{Finding, LastOrdered, PlannedSpecimen, Subject};
use crate::composing::draft::{Answer, Draft, Line, Urgency};
use crate::composing::questions::Asked;
use crate::composing::text::LONGEST_TEXT;

/// Our own rules that advise, by code: those that can be gone against or pass by quietly, and so may turn out to nag.
#[must_use]
pub const fn own_rule_names() -> [&'static str; 7] {
    [
        "duplicate",
        "also_elsewhere",
        "sex_mismatch",
        "age_limit",
        "retest_too_soon",
        "urgency_in_text",
        "brought_material",
    ]
}

/// The coded reasons that our own warnings take, all of them.
#[must_use]
pub fn own_reasons() -> Vec<AnswerOption> {
    let reason = |value: &str, nb: &str, nn: &str, en: &str| AnswerOption {
        value: value.to_owned(),
        text: Text { nb: nb.to_owned(), nn: nn.to_owned(), en: en.to_owned() },
        code: None,
        as_text: false,
    };
    vec![
        reason("changed_treatment", "Endret behandling", "Endra behandling", "Changed treatment"),
        reason("unexpected_answer", "Uventet svar sist", "Uventa svar sist", "Unexpected last result"),
        reason("intended", "Kontrollert og ønsket", "Kontrollert og ønskt", "Checked and intended"),
        reason("not_urgent", "Haster ikke", "Hastar ikkje", "Not urgent"),
        reason("other", "Annen grunn", "Annan grunn", "Other reason"),
    ]
}

fn reasons(values: &[&str]) -> Vec<AnswerOption> {
    own_reasons().into_iter().filter(|reason| values.contains(&reason.value.as_str())).collect()
}

/// A finding of our own.
pub(crate) fn own(rule: &str, severity: Severity, subject: Subject, indexed: Option<&Indexed>) -> Finding {
    let provider = indexed.map(|indexed| &indexed.catalogue().provider);
    Finding {
        provider: provider.map(|provider| provider.id.clone()),
        provider_name: provider.map(|provider| provider.name.clone()),
        rule: rule.to_owned(),
        severity,
        subject,
        text: None,
        params: BTreeMap::new(),
        override_reasons: Vec::new(),
        overridden: None,
        source: None,
        checked: None,
    }
}

impl Finding {
    pub(crate) fn with(mut self, params: &[(&str, String)]) -> Self {
        self.params.extend(params.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        self
    }

    fn unless(mut self, values: &[&str]) -> Self {
        self.override_reasons = reasons(values);
        self
    }
}

/// A catalogue rule that speaks.
pub(crate) fn of_rule(
    rule: &Rule,
    subject: Subject,
    indexed: &Indexed,
    catalogues: &Catalogues,
    params: &[(&str, String)],
) -> Finding {
    let mut finding = own(&rule.id, rule.severity, subject, Some(indexed)).with(params);
    finding.text = Some(filled(&rule.text, params));
    finding.source = catalogues.source_title(&indexed.catalogue().provider.id, &rule.source).map(str::to_owned);
    finding.checked = Some(rule.checked.clone());
    if rule.severity == Severity::Warn {
        // A warning that nobody could answer would be a stop.
        finding.override_reasons = if rule.override_reasons.is_empty() {
            reasons(&["intended", "other"])
        } else {
            rule.override_reasons.clone()
        };
    }
    finding
}

/// What a warning says in bokmål, for the comment that tells the receiver why it was passed. Our own warnings are worded
/// by the window on screen; this is their wording in the message.
pub(crate) fn wording(finding: &Finding) -> String {
    if let Some(text) = &finding.text {
        return text.nb.clone();
    }
    let param = |name: &str| finding.params.get(name).map_or("", String::as_str);
    match finding.rule.as_str() {
        "duplicate" => format!("Samme analyse som {}", param("other")),
        "sex_mismatch" => "Utenfor kjønnet som undersøkelsen gjelder".to_owned(),
        "age_limit" => "Utenfor alderen som undersøkelsen gjelder".to_owned(),
        "retest_too_soon" => format!("Sist rekvirert for {} dager siden", param("days")),
        "brought_material" => format!("Prøven er {}, laboratoriet ber om {}", param("material"), param("wanted")),
        "urgency_in_text" => "Hasteord i teksten".to_owned(),
        other => other.to_owned(),
    }
}

fn filled(text: &Text, params: &[(&str, String)]) -> Text {
    let fill = |text: &str| {
        params.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
    };
    Text { nb: fill(&text.nb), nn: fill(&text.nn), en: fill(&text.en) }
}

/// What is wrong with the patient, for us and for each receiver.
pub(crate) fn of_patient(draft: &Draft, providers: &[&Indexed], findings: &mut Vec<Finding>) {
    let patient = &draft.patient;
    if patient.family.trim().is_empty() || patient.given.trim().is_empty() {
        findings.push(own("patient_name", Severity::Stop, Subject::Patient, None));
    }
    if patient.national_id.is_some() {
        return;
    }
    if patient.birth_date.is_none() || !matches!(patient.sex.as_str(), "1" | "2" | "9") {
        findings.push(own("patient_unidentified", Severity::Stop, Subject::Patient, None));
    }
    for indexed in providers.iter().filter(|indexed| indexed.catalogue().provider.limits.national_id_required) {
        findings.push(own("national_id_required", Severity::Stop, Subject::Patient, Some(indexed)));
    }
}

/// The longest clinical text that all of the receivers take, in characters.
pub(crate) fn text_limit(providers: &[&Indexed]) -> u32 {
    let ours = u32::try_from(LONGEST_TEXT).unwrap_or(u32::MAX);
    providers.iter().map(|indexed| indexed.catalogue().provider.limits.clinical_text).min().unwrap_or(ours).min(ours)
}

/// What is wrong with the texts.
pub(crate) fn of_texts(draft: &Draft, providers: &[&Indexed], findings: &mut Vec<Finding>) {
    let length = draft.clinical_text.chars().count();
    for indexed in providers {
        let limit = text_limit(&[indexed]);
        if length > limit as usize {
            let params = [("length", length.to_string()), ("limit", limit.to_string())];
            findings.push(own("too_long", Severity::Stop, Subject::ClinicalText, Some(indexed)).with(&params));
        }
    }
    if draft.urgency != Urgency::Routine {
        return;
    }
    let answers = draft.lines.iter().flat_map(|line| line.answers.values()).chain(draft.shared_answers.values());
    let written = answers.filter_map(|answer| match answer {
        Answer::Text(text) => Some(text.as_str()),
        Answer::Boolean(_)
        | Answer::Choice(_)
        | Answer::Choices(_)
        | Answer::Number(_)
        | Answer::Date(_)
        | Answer::DateTime(_) => None,
    });
    let texts = [draft.clinical_text.as_str(), draft.note_to_collector.as_str()];
    if let Some(word) = texts.into_iter().chain(written).find_map(urgent_word) {
        let finding = own("urgency_in_text", Severity::Warn, Subject::ClinicalText, None);
        findings.push(finding.with(&[("word", word)]).unless(&["not_urgent"]));
    }
}

/// The first word that asks for urgency and is not denied by the word beside it. "Akutt" is not among them: it names an
/// illness more often than a wish.
pub(crate) fn urgent_word(text: &str) -> Option<String> {
    const DENIALS: [&str; 4] = ["ikke", "ikkje", "ei", "ingen"];
    let lower = text.to_lowercase();
    let words: Vec<&str> =
        lower.split(|c: char| !(c.is_alphanumeric() || c == '-')).filter(|word| !word.is_empty()).collect();
    let denied = |at: usize| {
        let beside = [at.checked_sub(1).and_then(|before| words.get(before)), words.get(at + 1)];
        beside.into_iter().flatten().any(|word| DENIALS.contains(word))
    };
    let urgent = |word: &str| {
        [
            "haster",
            "hastar",
            "hasteprøve",
            "hastesvar",
            "cito",
            "øyeblikkelig",
            "øyeblikkeleg",
            "augeblikkeleg",
            "snarest",
            "asap",
            "ø-hjelp",
            "øhjelp",
            "strakssvar",
        ]
        .contains(&word)
    };
    words.iter().enumerate().find(|(at, word)| urgent(word) && !denied(*at)).map(|(_, word)| (*word).to_owned())
}

/// A line whose service is withdrawn or gone.
pub(crate) fn of_withdrawn(line: &Line, replacement: Option<&Service>, indexed: Option<&Indexed>) -> Finding {
    let params = [
        ("name", line.name.clone()),
        ("replacement", replacement.map_or_else(String::new, |service| service.id.clone())),
        ("replacement_name", replacement.map_or_else(String::new, |service| service.name.clone())),
        ("panel", line.panel.as_ref().map_or_else(String::new, |_| panel_name(line, indexed))),
    ];
    own("withdrawn", Severity::Stop, Subject::Line { line: line.id }, indexed).with(&params)
}

/// A line that nobody has settled.
pub(crate) fn of_unsettled(line: &Line, indexed: Option<&Indexed>) -> Finding {
    own("unsettled", Severity::Stop, Subject::Line { line: line.id }, indexed).with(&[("name", line.name.clone())])
}

/// Specimens that were brought along and would have to go to two places.
pub(crate) fn of_divided(lines: &[Offered<'_>], plan: &[PlannedSpecimen], findings: &mut Vec<Finding>) {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for planned in plan {
        let Some(brought) = planned.brought.as_ref().filter(|brought| !seen.insert(&brought.key)) else { continue };
        for (line, indexed, service) in lines.iter().filter(|(line, ..)| planned.lines.contains(&line.id)) {
            let finding = own("brought_divided", Severity::Stop, Subject::Line { line: line.id }, Some(indexed));
            let number = brought.number.clone().unwrap_or_default();
            findings.push(finding.with(&[("name", service.name.clone()), ("number", number)]));
        }
    }
}

/// What follows from the facts of one line's service.
pub(crate) struct LineFacts<'a> {
    pub draft: &'a Draft,
    pub line: &'a Line,
    pub indexed: &'a Indexed,
    pub service: &'a Service,
    pub department: Option<&'a Department>,
    pub age: Option<u32>,
    pub last_ordered: Option<&'a LastOrdered>,
    pub asked: &'a [Asked<'a>],
    /// A catalogue rule about the time since the last one has spoken already.
    pub retest_said: bool,
    /// Each described container has to say its site.
    pub site_wanted: bool,
}

impl LineFacts<'_> {
    pub fn findings(&self, catalogues: &Catalogues, findings: &mut Vec<Finding>) {
        self.limits(findings);
        self.retest(catalogues, findings);
        self.answers(findings);
        self.sites(findings);
        self.brought(findings);
        let radiology = self
            .department
            .and_then(|department| Discipline::from_code(&department.discipline))
            .is_some_and(Discipline::is_radiology);
        let takeable = |id: &str| self.indexed.container(id).is_some();
        if !radiology && !self.service.specimens.iter().any(|way| takeable(&way.container)) {
            findings.push(self.own("no_specimen", Severity::Stop));
        }
        let permission = crate::catalogue::model::AnswerPlace::MayChangeModality;
        if radiology && !self.asked.iter().any(|asked| asked.question.place == permission) {
            findings.push(self.own("modality_not_asked", Severity::Stop));
        }
    }

    fn own(&self, rule: &str, severity: Severity) -> Finding {
        own(rule, severity, Subject::Line { line: self.line.id }, Some(self.indexed))
            .with(&[("name", self.service.name.clone())])
    }

    fn sites(&self, findings: &mut Vec<Finding>) {
        let silent = self.line.containers.iter().filter(|container| self.site_wanted && container.place().is_none());
        for container in silent {
            let params = [("container", container.id.to_string())];
            findings.push(self.own("container_site", Severity::Stop).with(&params));
        }
    }

    /// Pathology says what a specimen is in the words of whoever took it; elsewhere another material is another analysis.
    fn brought(&self, findings: &mut Vec<Finding>) {
        let discipline = self.department.and_then(|department| Discipline::from_code(&department.discipline));
        if discipline.is_some_and(Discipline::is_pathology) {
            return;
        }
        let brought = self.line.containers.iter().filter_map(|container| container.brought.as_ref());
        if let Some(material) = brought.filter_map(|brought| brought.material.as_ref()).next() {
            let wanted: Vec<&str> = self.service.specimens.iter().map(|way| way.material.as_str()).collect();
            let params = [("material", material.clone()), ("wanted", wanted.join(", "))];
            findings.push(self.own("brought_material", Severity::Warn).with(&params).unless(&["intended", "other"]));
        }
    }

    fn limits(&self, findings: &mut Vec<Finding>) {
        let Service { sex, min_age, max_age, .. } = self.service;
        let known = matches!(self.draft.patient.sex.as_str(), "1" | "2");
        if let Some(only) = sex.as_ref().filter(|only| known && **only != self.draft.patient.sex) {
            let finding = self.own("sex_mismatch", Severity::Warn).with(&[("only", only.clone())]);
            findings.push(finding.unless(&["intended", "other"]));
        }
        let outside = |age: &u32| min_age.is_some_and(|min| *age < min) || max_age.is_some_and(|max| *age > max);
        if let Some(age) = self.age.filter(outside) {
            let bound = |bound: &Option<u32>| bound.map_or_else(String::new, |years| years.to_string());
            let params = [("age", age.to_string()), ("min", bound(min_age)), ("max", bound(max_age))];
            findings.push(self.own("age_limit", Severity::Warn).with(&params).unless(&["intended", "other"]));
        }
    }

    fn retest(&self, catalogues: &Catalogues, findings: &mut Vec<Finding>) {
        let (Some(within), Some(last)) = (self.service.retest_days, self.last_ordered) else { return };
        if self.retest_said || last.days >= within {
            return;
        }
        let params = [("days", last.days.to_string()), ("within", within.to_string())];
        let mut finding = self.own("retest_too_soon", Severity::Warn).with(&params);
        finding = finding.unless(&["changed_treatment", "unexpected_answer", "other"]);
        let provider = &self.indexed.catalogue().provider.id;
        finding.source = catalogues.source_title(provider, &self.service.source).map(str::to_owned);
        finding.checked = Some(self.service.checked.clone());
        findings.push(finding);
    }

    fn answers(&self, findings: &mut Vec<Finding>) {
        for asked in self.asked {
            let question = &asked.shown;
            if asked.unfit {
                let params = [("question", question.id.clone()), ("question_text", question.text.nb.clone())];
                findings.push(self.own("answer_gone", Severity::Note).with(&params));
            }
            let number = match (&question.answer, question.answer_type) {
                (Some(Answer::Number(number)), AnswerType::Number) => *number,
                _ => continue,
            };
            if question.min.is_some_and(|min| number < min) || question.max.is_some_and(|max| number > max) {
                let bound = |bound: Option<f64>| bound.map_or_else(String::new, |bound| bound.to_string());
                let params = [
                    ("question", question.id.clone()),
                    ("question_text", question.text.nb.clone()),
                    ("min", bound(question.min)),
                    ("max", bound(question.max)),
                ];
                findings.push(self.own("answer_out_of_range", Severity::Stop).with(&params));
            }
        }
    }
}

/// A line with the catalogue and service it stands for.
type Offered<'a> = (&'a Line, &'a Indexed, &'a Service);

/// The same analysis twice: at one provider, or at two.
pub(crate) fn of_repeats(lines: &[Offered<'_>], findings: &mut Vec<Finding>) {
    let mut seen: BTreeMap<(&str, &str), Vec<&Offered<'_>>> = BTreeMap::new();
    for entry in lines {
        let (line, indexed, service) = entry;
        let Some(code) = service.code.code.as_deref().filter(|_| service.code.names_one_service()) else { continue };
        let earlier = seen.entry((&service.code.system, code)).or_default();
        let subject = Subject::Line { line: line.id };
        if let Some((other, _, same)) = earlier.iter().find(|(other, ..)| other.provider == line.provider) {
            let apart = materials(same).is_disjoint(&materials(service));
            let severity = if apart { Severity::Note } else { Severity::Warn };
            let params = [("name", service.name.clone()), ("other", same.name.clone()), ("line", other.id.to_string())];
            let finding = own("duplicate", severity, subject.clone(), Some(indexed)).with(&params);
            findings.push(if apart { finding } else { finding.unless(&["intended", "other"]) });
        }
        if let Some((other, elsewhere, _)) = earlier.iter().find(|(other, ..)| other.provider != line.provider) {
            let params = [
                ("name", service.name.clone()),
                ("other_provider", elsewhere.catalogue().provider.name.clone()),
                ("line", other.id.to_string()),
            ];
            findings.push(own("also_elsewhere", Severity::Note, subject, Some(indexed)).with(&params));
        }
        earlier.push(entry);
    }
}

fn materials(service: &Service) -> BTreeSet<&str> {
    service.specimens.iter().map(|way| way.material.as_str()).collect()
}

/// More services in one requisition than its receiver takes.
pub(crate) fn of_size(indexed: &Indexed, count: usize, findings: &mut Vec<Finding>) {
    let limit = indexed.catalogue().provider.limits.services;
    if count > limit as usize {
        let params = [("count", count.to_string()), ("limit", limit.to_string())];
        findings.push(own("too_many_services", Severity::Stop, Subject::Draft, Some(indexed)).with(&params));
    }
}
