//! A requisition as an order document, from which its message is rendered.
//!
//! Every answer goes to the place that the catalogue named when it was asked, and whatever has no place of its own in
//! this requisition is written in a comment: nothing that somebody answered is left out. Nothing is cut either: what is
//! too long is a problem that the order's own check names.

use jiff::Zoned;
use jiff::civil::Date;

use crate::catalogue::model::{AnswerPlace, Coded};
use crate::codes::{Code, CodeSystem, Discipline, Sex};
use crate::composing::draft::{Answer, Patient, Urgency};
use crate::ids::{HerId, HprNumber, NationalId, RequisitionId};
use crate::order::{
    Action, ClinicalFinding, Comment, CopyOf, CopyRecipient, Diagnosis, DiagnosisRole, Format, InformationItem, Kind,
    Material, Measure, Moment, Order, Payment, Problem, ProblemCode, Reason, RequisitionHead, Service, Specimen,
    Status,
};
use crate::parties::{Address, Clinician, LocalIds, Party, PatientIds, PatientName, Person, PersonIds, Unit, UnitIds};
use crate::requisition::answers::{sentence, values, words};
use crate::requisition::collecting::is_given_up;
use crate::requisition::{GivenAnswer, RequestedService, Requester, Requisition, SpecimenStatus};

/// Heading of the clinical text (list 8231): "Aktuell problemstilling".
const PROBLEM: &str = "PROB";

/// Makes the order document of a new requisition.
///
/// Specimens that are planned, or with the patient, are said to be not collected; those that were not taken or spoiled are
/// too, with the reason, unless the specimen was taken again.
///
/// # Errors
/// Everything that `order::check` would refuse, each with its path in the order document.
pub fn to_order(requisition: &Requisition, status: Status, now: &Zoned) -> Result<Order, Vec<Problem>> {
    let mut problems = Vec::new();
    let discipline = Discipline::from_code(&requisition.receiver.discipline);
    if discipline.is_none() {
        problems.push(problem("discipline", ProblemCode::NotInList, "is not a discipline that may be sent"));
    }
    let parts = Parts { requisition, discipline, problems: &mut problems };
    let order = parts.order(status);
    match order {
        Some(order) if problems.is_empty() => {
            let found = crate::order::check(&order, now);
            if found.is_empty() { Ok(order) } else { Err(found) }
        }
        Some(_) | None => Err(problems),
    }
}

fn problem(path: &str, code: ProblemCode, explanation: &str) -> Problem {
    Problem { path: path.to_owned(), code, explanation: explanation.to_owned() }
}

struct Parts<'a> {
    requisition: &'a Requisition,
    discipline: Option<Discipline>,
    problems: &'a mut Vec<Problem>,
}

impl Parts<'_> {
    fn order(mut self, status: Status) -> Option<Order> {
        let r = self.requisition;
        let id = self.parsed("requisition.id", r.id.parse::<RequisitionId>().ok());
        let issued = self.parsed("requisition.issued", Moment::parse(&r.issued).ok());
        let patient = self.patient(&r.patient);
        let order = Order {
            format: Format::V1,
            kind: Kind::New,
            status,
            requisition: RequisitionHead { id, issued, service_provider_id: None },
            discipline: self.discipline?,
            patient,
            requester: self.sender(&r.requester),
            ordering_clinician: self.clinician(&r.requester),
            regular_gp: None,
            service_provider: self.receiver(),
            copy_recipients: self.copies(),
            payment: some(&r.payment).map(|category| Payment { category: Some(category), payer: None }),
            urgency: Some(match r.urgency {
                Urgency::Routine => crate::order::Urgency::Normal,
                Urgency::Urgent | Urgency::Cito => crate::order::Urgency::High,
            }),
            requested_report_date: None,
            reservation: None,
            reasons: some(&r.clinical_text)
                .map(|text| Reason { heading: PROBLEM.to_owned(), text })
                .into_iter()
                .collect(),
            diagnoses: self.diagnoses(),
            findings: Vec::new(),
            information_items: Vec::new(),
            may_change_modality: None,
            comments: some(&r.note_to_laboratory).map(|text| Comment { heading: None, text }).into_iter().collect(),
            services: r.services.iter().map(|service| self.service(service)).collect(),
            specimens: self.specimens(),
            attachments: Vec::new(),
        };
        let mut order = order;
        for (at, service) in r.services.iter().enumerate() {
            for given in &service.answers {
                if let Some(answer) = &given.answer {
                    self.place(&mut order, at, given, answer);
                }
            }
        }
        for service in &mut order.services {
            // The two exclude each other; what was asked about the service says more than its second code.
            if !service.specs.is_empty() {
                service.local_code = None;
            }
        }
        Some(order)
    }

    fn parsed<T>(&mut self, path: &str, value: Option<T>) -> Option<T> {
        if value.is_none() {
            self.problems.push(problem(path, ProblemCode::Form, "is not of the form that can be sent"));
        }
        value
    }

    fn patient(&mut self, patient: &Patient) -> crate::parties::Patient {
        let mut ids = PatientIds::default();
        match patient.national_id.as_deref().map(NationalId::parse) {
            Some(Ok(number)) => match number.kind() {
                crate::ids::NationalIdKind::Fnr => ids.fnr = Some(number),
                crate::ids::NationalIdKind::Dnr => ids.dnr = Some(number),
                crate::ids::NationalIdKind::Fhn => ids.fhn = Some(number),
            },
            Some(Err(_)) => {
                self.problems.push(problem(
                    "patient.ids",
                    ProblemCode::ControlDigits,
                    "has a number that does not hold",
                ));
            }
            // The message wants some number. One that nobody else uses cannot join two people at the receiver.
            None => ids.hnr = Some(self.requisition.draft.clone().unwrap_or_else(|| self.requisition.id.clone())),
        }
        let sex = match patient.sex.as_str() {
            "1" => Some(Sex::Male),
            "2" => Some(Sex::Female),
            "9" => Some(Sex::NotSpecified),
            _ => Some(Sex::Unknown).filter(|_| patient.national_id.is_none()),
        };
        let address = Address {
            street: patient.street.as_deref().and_then(some),
            postal_code: patient.postal_code.as_deref().and_then(some),
            city: patient.city.as_deref().and_then(some),
        };
        crate::parties::Patient {
            ids,
            local_ids: LocalIds::default(),
            name: PatientName { family: patient.family.clone(), given: patient.given.clone() },
            sex,
            birth_date: patient.birth_date.as_deref().and_then(|day| day.parse::<Date>().ok()),
            address: Some(address).filter(|address| *address != Address::default()),
            phone: patient.phone.as_deref().and_then(some),
            email: None,
            admission_category: None,
        }
    }

    fn sender(&mut self, requester: &Requester) -> Party {
        Party {
            organisation: Unit {
                name: requester.office.clone(),
                ids: UnitIds {
                    her: self.her("requester.organisation.ids.HER", &requester.office_her),
                    enh: some(&requester.office_number),
                    ..UnitIds::default()
                },
            },
            departments: Vec::new(),
            person: Some(Person { name: requester.name.clone(), ids: self.person_ids("requester.person", requester) }),
            phone: some(&requester.phone),
            email: None,
            address: None,
        }
    }

    fn clinician(&mut self, requester: &Requester) -> Clinician {
        Clinician {
            name: Some(requester.name.clone()),
            profession: requester.profession.as_deref().and_then(some),
            ids: self.person_ids("orderingClinician", requester),
            unit: None,
            phone: requester.phone.clone(),
            email: None,
            address: None,
        }
    }

    fn person_ids(&mut self, path: &str, requester: &Requester) -> PersonIds {
        let hpr = requester.hpr.as_deref().and_then(some).and_then(|number| {
            let parsed = number.parse::<HprNumber>().ok();
            self.parsed(&format!("{path}.ids.HPR"), parsed)
        });
        PersonIds { her: self.her(&format!("{path}.ids.HER"), &requester.her), hpr }
    }

    fn receiver(&mut self) -> Party {
        let receiver = &self.requisition.receiver;
        let department_her = self.her("serviceProvider.departments[0].ids.HER", &receiver.department_her);
        Party {
            organisation: Unit {
                name: receiver.organisation.clone(),
                ids: UnitIds {
                    her: self.her("serviceProvider.organisation.ids.HER", &receiver.organisation_her),
                    enh: receiver.organisation_number.clone(),
                    ..UnitIds::default()
                },
            },
            departments: vec![Unit {
                name: receiver.department_name.clone(),
                ids: UnitIds { her: department_her, ..UnitIds::default() },
            }],
            person: None,
            phone: receiver.phone.as_deref().and_then(some),
            email: None,
            address: None,
        }
    }

    fn copies(&mut self) -> Vec<CopyRecipient> {
        let recipients = self.requisition.copy_recipients.iter().enumerate();
        recipients
            .map(|(at, recipient)| {
                let path = format!("copyRecipients[{at}]");
                let organisation_her = self.her(&format!("{path}.organisation.ids.HER"), &recipient.organisation_her);
                let her = some(&recipient.her).and_then(|her| self.her(&format!("{path}.ids.HER"), &her));
                let mut party = Party {
                    organisation: Unit {
                        name: recipient.organisation.clone(),
                        ids: UnitIds { her: organisation_her, ..UnitIds::default() },
                    },
                    departments: Vec::new(),
                    person: None,
                    phone: None,
                    email: None,
                    address: None,
                };
                if recipient.person {
                    party.person = Some(Person { name: recipient.name.clone(), ids: PersonIds { her, hpr: None } });
                } else if !recipient.name.is_empty() {
                    let ids = UnitIds { her, ..UnitIds::default() };
                    party.departments.push(Unit { name: recipient.name.clone(), ids });
                }
                CopyRecipient { party, gets: Some(CopyOf::Answer) }
            })
            .collect()
    }

    fn her(&mut self, path: &str, her: &str) -> Option<HerId> {
        self.parsed(path, her.parse::<HerId>().ok())
    }

    fn diagnoses(&mut self) -> Vec<Diagnosis> {
        let diagnoses = self.requisition.diagnoses.iter().enumerate();
        diagnoses
            .filter_map(|(at, diagnosis)| {
                let system =
                    self.parsed(&format!("diagnoses[{at}].code.system"), CodeSystem::parse(&diagnosis.system).ok())?;
                Some(Diagnosis {
                    role: if at == 0 { DiagnosisRole::Main } else { DiagnosisRole::Secondary },
                    code: Code::new(system, diagnosis.code.clone(), diagnosis.display.clone()),
                })
            })
            .collect()
    }

    fn service(&mut self, service: &RequestedService) -> Service {
        let r = self.requisition;
        let at = r.services.iter().position(|known| known.key == service.key).unwrap_or(0);
        let code = self.code(&format!("services[{at}].code"), &service.code);
        let local_code =
            service.local_code.as_ref().and_then(|local| self.code(&format!("services[{at}].localCode"), local));
        let is_radiology = self.discipline.is_some_and(Discipline::is_radiology);
        let planned = r.planned_date.as_deref().filter(|_| is_radiology).and_then(|day| Moment::parse(day).ok());
        let mut comment = None;
        for given in &service.overrides {
            add_line(&mut comment, given);
        }
        let serving = specimens_sent(r).filter(|specimen| specimen.services.contains(&service.key));
        let specs = service.specs.iter().filter_map(|spec| self.code(&format!("services[{at}].specs"), spec)).collect();
        Service {
            action: Action::New,
            code: code.unwrap_or_else(|| Code::text(service.name.clone())),
            local_code,
            specs,
            comment,
            priority: priority(self.discipline, r.urgency).map(str::to_owned),
            purpose: None,
            requested_date: planned,
            series: None,
            specimens: serving.map(|specimen| specimen.id.clone()).collect(),
        }
    }

    fn code(&mut self, path: &str, coded: &Coded) -> Option<Code> {
        let system = self.parsed(&format!("{path}.system"), CodeSystem::parse(&coded.system).ok())?;
        Some(Code { system, code: coded.code.clone(), display: coded.display.clone() })
    }

    fn specimens(&mut self) -> Vec<Specimen> {
        let r = self.requisition;
        specimens_sent(r)
            .enumerate()
            .map(|(at, specimen)| {
                let path = format!("specimens[{at}]");
                let code =
                    specimen.material_code.as_ref().and_then(|code| self.code(&format!("{path}.material.code"), code));
                let (collected, why) = match &specimen.status {
                    SpecimenStatus::Planned => (None, None),
                    SpecimenStatus::AtHome => (None, Some("Prøven tas hjemme av pasienten.".to_owned())),
                    SpecimenStatus::Collected { at, .. } => {
                        (self.parsed(&format!("{path}.collected"), Moment::parse(at).ok()), None)
                    }
                    SpecimenStatus::NotTaken { reason } => {
                        (None, Some(format!("Ikke tatt: {}.", not_taken_words(reason))))
                    }
                    SpecimenStatus::Spoiled { reason } => (
                        None,
                        Some(format!("Prøven kunne ikke brukes ({}); ny prøve er ikke tatt.", spoiled_words(reason))),
                    ),
                };
                let waiting = matches!(specimen.status, SpecimenStatus::Planned | SpecimenStatus::AtHome);
                let planned = r.planned_date.as_deref().filter(|_| waiting).and_then(|day| Moment::parse(day).ok());
                // The number of a specimen that was given up must not be looked for at the laboratory.
                let number = specimen.number.clone().filter(|_| !is_given_up(&specimen.status));
                Specimen {
                    key: specimen.id.clone(),
                    ids: LocalIds { requester: number, service_provider: None },
                    material: Material { text: some(&specimen.material), code },
                    anatomical_origin: None,
                    not_collected: collected.is_none(),
                    collected,
                    planned_date: planned,
                    collector_comment: None,
                    collection_method: None,
                    preservative: specimen.preservative.clone(),
                    number: None,
                    handling: Vec::new(),
                    measures: Vec::new(),
                    pretreatment: None,
                    comment: why,
                }
            })
            .collect()
    }

    /// Puts one answer where the catalogue wants it.
    fn place(&mut self, order: &mut Order, service: usize, given: &GivenAnswer, answer: &Answer) {
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

/// The specimens that the message names: all but those that were taken again.
fn specimens_sent(requisition: &Requisition) -> impl Iterator<Item = &super::Specimen> {
    let again: Vec<&str> = requisition.specimens.iter().filter_map(|specimen| specimen.retake_of.as_deref()).collect();
    requisition.specimens.iter().filter(move |specimen| !again.contains(&specimen.id.as_str()))
}

/// Priority of a service (list 8304). Pathology and radiology read it there (HIS 1160, HIS 1175); the laboratories read
/// the urgency of the report, and the priority only for what is wanted at once.
fn priority(discipline: Option<Discipline>, urgency: Urgency) -> Option<&'static str> {
    let everyday = match discipline? {
        Discipline::Clin | Discipline::Mbio | Discipline::Lab => false,
        Discipline::Hist
        | Discipline::Cyto
        | Discipline::Obd
        | Discipline::Ct
        | Discipline::Ma
        | Discipline::Mr
        | Discipline::Rtg
        | Discipline::Sci
        | Discipline::Ul => true,
    };
    match urgency {
        Urgency::Routine => None,
        Urgency::Urgent => everyday.then_some("3"),
        Urgency::Cito => Some("0"),
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

fn not_taken_words(reason: &str) -> &'static str {
    match reason {
        "difficult" => "vanskelig prøvetaking",
        "refused" => "pasienten ønsket det ikke",
        "not_fasting" => "pasienten var ikke fastende",
        "no_material" => "ikke noe materiale",
        _ => "annen grunn",
    }
}

fn spoiled_words(reason: &str) -> &'static str {
    match reason {
        "haemolysed" => "hemolysert",
        "clotted" => "koagulert",
        "underfilled" => "for lite materiale",
        "broken" => "knust eller lekket",
        "mislabelled" => "feil merket",
        _ => "annen grunn",
    }
}

fn add_line(text: &mut Option<String>, line: &str) {
    match text {
        Some(text) => {
            text.push('\n');
            text.push_str(line);
        }
        None => *text = Some(line.to_owned()),
    }
}

fn some(text: &str) -> Option<String> {
    (!text.trim().is_empty()).then(|| text.to_owned())
}
