//! Services with their specimens, and panels of them.

use std::collections::{BTreeMap, BTreeSet};

use super::{At, Kind, Known, coded, date, value};
use crate::{
    catalogue::{
        authoring::{
            Mistakes, What,
            sheets::{Draft, PANELS, SERVICES, SPECIMENS, ServiceRow},
            tables::Located,
        },
        model::{AnswerPlace, Service},
    },
    codes::Discipline,
};

const HANDLING_CLASSES: [&str; 5] = ["room", "cold", "ice", "dark", "frozen"];
/// Code systems that name a service in the message (`Investigation/Id`), and that say more about it (`Spec`).
const NAMES: [&str; 5] = ["NLK", "NCRP", "NORPAT", "LOCAL", "volven:8219"];
pub(super) const SPECS: [&str; 4] = ["NCRP", "NORPAT", "NLK", "LOCAL"];

pub(super) fn check(draft: &Draft, known: &Known<'_>, mistakes: &mut Mistakes) {
    let disciplines: BTreeMap<&str, Option<Discipline>> =
        draft.departments.iter().map(|d| (d.value.id.as_str(), Discipline::from_code(&d.value.discipline))).collect();
    let taken: BTreeMap<&str, u32> =
        draft.specimens.iter().rev().map(|row| (row.value.service.as_str(), row.line)).collect();
    repeats(draft, mistakes);
    for row in &draft.services {
        service(row.line, &row.value.service, draft, known, mistakes);
        if !row.value.preparation.is_empty() {
            reference(&row.value.preparation, draft, known, (SERVICES, row.line, "preparation"), mistakes);
        }
        if let Some(Some(discipline)) = disciplines.get(row.value.service.department.as_str()) {
            let taken = taken.get(row.value.service.id.as_str()).copied();
            examination(row, *discipline, taken, (draft, known), mistakes);
        }
    }
    replacements(draft, mistakes);
    if draft.services.is_empty() && known.complete(Kind::Service) {
        mistakes.add(SERVICES, 0, "", What::Empty);
    }
    specimens(draft, known, mistakes);
    panels(draft, known, mistakes);
}

/// A text of `texts.toml`.
fn reference(id: &str, draft: &Draft, known: &Known<'_>, (file, line, field): At<'_>, mistakes: &mut Mistakes) {
    let unread = known.unread.contains(super::super::sheets::TEXTS) || known.broken.contains(id);
    if !draft.texts.contains_key(id) && !unread {
        mistakes.add(file, line, field, What::Unknown { kind: "text", id: id.to_owned(), near: None });
    }
}

/// One code is one service: of a national list, and of the provider's own codes. Codes of list 8219 name a kind of
/// examination, which many services share.
fn repeats(draft: &Draft, mistakes: &mut Mistakes) {
    let mut codes: BTreeMap<(&str, &str), u32> = BTreeMap::new();
    for row in &draft.services {
        let s = &row.value.service;
        let own = Some(("code", &s.code)).filter(|(_, code)| !code.is_a_kind());
        let local = s.local_code.as_ref().map(|code| ("local_code", code));
        for (field, coded) in own.into_iter().chain(local) {
            let Some(code) = coded.code.as_deref() else { continue };
            if let Some(first) = codes.insert((coded.system.as_str(), code), row.line) {
                let what = What::Duplicate { kind: "code", id: code.to_owned(), first };
                mistakes.add(SERVICES, row.line, field, what);
            }
        }
    }
}

fn service(line: u32, s: &Service, draft: &Draft, known: &Known<'_>, mistakes: &mut Mistakes) {
    let at = |field: &'static str| (SERVICES, line, field);
    if NAMES.contains(&s.code.system.as_str()) {
        let free_text = s.code.code.is_none() && s.code.system == "NCRP";
        if s.code.code.is_none() && s.code.system != "LOCAL" && !free_text {
            mistakes.add(SERVICES, line, "code", What::Empty);
        } else if !free_text && !s.code.display.is_empty() {
            coded(&s.code, &NAMES, at("code"), mistakes);
        }
    } else if !s.code.system.is_empty() {
        let expected = "NLK, NCRP, NORPAT, LOCAL or volven:8219";
        value(false, &s.code.system, expected, at("system"), mistakes);
    }
    for spec in &s.specs {
        coded(spec, &SPECS, at("specs"), mistakes);
    }
    if !s.specs.is_empty() && s.local_code.is_some() {
        let expected = "left out where there are specs: a message has room for one of the two";
        value(false, "local_code", expected, at("local_code"), mistakes);
    }
    known.refer(Kind::Department, &s.department, at("department"), mistakes);
    known.refer(Kind::Source, &s.source, at("source"), mistakes);
    date(&s.checked, at("checked"), mistakes);
    value(s.priority <= 100, &s.priority.to_string(), "0 to 100", at("priority"), mistakes);
    let mut asked = BTreeSet::new();
    for question in &s.questions {
        known.refer(Kind::Question, question, at("questions"), mistakes);
        if !asked.insert(question) {
            let what = What::Duplicate { kind: "question", id: question.clone(), first: line };
            mistakes.add(SERVICES, line, "questions", what);
        }
    }
    dates_of_findings(line, s, draft, mistakes);
    if let Some(sex) = &s.sex {
        value(matches!(sex.as_str(), "1" | "2"), sex, "1 (male) or 2 (female)", at("sex"), mistakes);
    }
    if let (Some(min), Some(max)) = (s.min_age, s.max_age) {
        value(min <= max, &min.to_string(), "at most max_age", at("min_age"), mistakes);
    }
    if let Some(other) = &s.replaced_by {
        known.refer(Kind::Service, other, at("replaced_by"), mistakes);
    }
}

/// A service that asks for the date of a finding asks for the finding too.
fn dates_of_findings(line: u32, s: &Service, draft: &Draft, mistakes: &mut Mistakes) {
    let asked = draft.questions.iter().filter(|question| s.questions.contains(&question.value.id));
    for question in asked {
        if let AnswerPlace::FindingDate { of } = &question.value.place
            && !s.questions.contains(of)
            && draft.questions.iter().any(|q| q.value.id == *of && q.value.place == AnswerPlace::Finding)
        {
            let what = What::Syntax(format!("`{}` is the date of `{of}`, which is not asked", question.value.id));
            mistakes.add(SERVICES, line, "questions", what);
        }
    }
}

/// What follows from the discipline: a laboratory service has a specimen, and a radiology message says whether the
/// examination may be changed (HIS 1175).
fn examination(
    row: &Located<ServiceRow>,
    discipline: Discipline,
    taken: Option<u32>,
    (draft, known): (&Draft, &Known<'_>),
    mistakes: &mut Mistakes,
) {
    let (line, s) = (row.line, &row.value.service);
    if s.withdrawn || s.id.is_empty() || known.unread.contains(SPECIMENS) {
        return;
    }
    if !discipline.is_radiology() {
        if taken.is_none() && !known.broken.contains(&s.id) {
            mistakes.add(SERVICES, line, "id", What::Unknown { kind: "specimen for", id: s.id.clone(), near: None });
        }
        return;
    }
    if let Some(specimen) = taken {
        let expected = "a laboratory service: an examination has no specimen";
        value(false, &s.id, expected, (SPECIMENS, specimen, "service"), mistakes);
    }
    let asks = |question: &str| {
        known.broken.contains(question)
            || draft.questions.iter().any(|q| q.value.id == question && q.value.place == AnswerPlace::MayChangeModality)
    };
    if known.complete(Kind::Question) && !s.questions.iter().any(|question| asks(question)) {
        let what = What::Syntax("a radiology service has to ask a question placed as may_change_modality".into());
        mistakes.add(SERVICES, line, "questions", what);
    }
}

/// A replacement can be ordered, and never leads back.
fn replacements(draft: &Draft, mistakes: &mut Mistakes) {
    let services: BTreeMap<&str, (&Service, u32)> =
        draft.services.iter().map(|row| (row.value.service.id.as_str(), (&row.value.service, row.line))).collect();
    for (service, line) in services.values() {
        let Some(first) = service.replaced_by.as_deref() else { continue };
        let mut path = vec![service.id.as_str()];
        let mut next = Some(first);
        while let Some(id) = next {
            path.push(id);
            if path[..path.len() - 1].contains(&id) {
                break;
            }
            next = services.get(id).and_then(|(service, _)| service.replaced_by.as_deref());
        }
        if path.last() == path.first() {
            mistakes.add(SERVICES, *line, "replaced_by", What::Circle(path.join(" → ")));
        } else if services.get(first).is_some_and(|(replacement, _)| replacement.withdrawn) {
            let expected = "a service that can be ordered";
            value(false, first, expected, (SERVICES, *line, "replaced_by"), mistakes);
        }
    }
}

fn specimens(draft: &Draft, known: &Known<'_>, mistakes: &mut Mistakes) {
    let usable: BTreeMap<&str, Option<f64>> = draft
        .containers
        .iter()
        .map(|c| (c.value.id.as_str(), c.value.fill_ml.map(|fill| fill * c.value.yield_fraction - c.value.dead_ml)))
        .collect();
    let mut ways = BTreeMap::new();
    for row in &draft.specimens {
        let at = |field: &'static str| (SPECIMENS, row.line, field);
        let s = &row.value;
        known.refer(Kind::Service, &s.service, at("service"), mistakes);
        known.refer(Kind::Material, &s.material, at("material"), mistakes);
        known.refer(Kind::Container, &s.container, at("container"), mistakes);
        let expected = "room, cold, ice, dark or frozen";
        let class = s.handling_class.as_str();
        value(HANDLING_CLASSES.contains(&class), class, expected, at("handling_class"), mistakes);
        value(s.volume_ml >= 0.0, &s.volume_ml.to_string(), "0 or more", at("volume_ml"), mistakes);
        if let Some(usable) = usable.get(s.container.as_str()).copied().flatten().filter(|usable| *usable > 0.0) {
            let fits = s.volume_ml <= usable;
            value(fits, &s.volume_ml.to_string(), "within what one container gives", at("volume_ml"), mistakes);
        }
        if !s.handling.is_empty() {
            reference(&s.handling, draft, known, at("handling"), mistakes);
        }
        if let Some(first) = ways.insert((&s.service, &s.material, &s.container, &s.handling_class), row.line) {
            let what = What::Duplicate { kind: "specimen of", id: s.service.clone(), first };
            mistakes.add(SPECIMENS, row.line, "service", what);
        }
    }
}

fn panels(draft: &Draft, known: &Known<'_>, mistakes: &mut Mistakes) {
    let withdrawn: BTreeSet<&str> =
        draft.services.iter().map(|s| &s.value.service).filter(|s| s.withdrawn).map(|s| s.id.as_str()).collect();
    for panel in &draft.panels {
        let mut seen = BTreeMap::new();
        for (field, members) in [("services", &panel.value.services), ("optional", &panel.value.optional)] {
            for (place, member) in members.iter().enumerate() {
                let line = panel.line_of(&format!("{field}[{place}]"));
                known.refer(Kind::Service, member, (PANELS, line, field), mistakes);
                if let Some(first) = seen.insert(member, line) {
                    let what = What::Duplicate { kind: "member", id: member.clone(), first };
                    mistakes.add(PANELS, line, field, what);
                }
                let orderable = !withdrawn.contains(member.as_str());
                value(orderable, member, "a service that can be ordered", (PANELS, line, field), mistakes);
            }
        }
        if panel.value.name.trim().is_empty() {
            mistakes.add(PANELS, panel.line_of("name"), "name", What::Empty);
        }
        if panel.value.services.is_empty() {
            mistakes.add(PANELS, panel.line_of("services"), "services", What::Empty);
        }
        known.refer(Kind::Source, &panel.value.source, (PANELS, panel.line_of("source"), "source"), mistakes);
    }
}
