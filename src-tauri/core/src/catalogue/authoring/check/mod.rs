//! The checks on what was read. Each one reports and goes on.

mod asking;
mod provider;
mod services;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Mistakes, What,
    sheets::{CONTAINERS, Draft, PANELS, PROVIDER, QUESTIONS, RULES, SERVICES, SOURCES, SPECIMENS},
};
use crate::{
    catalogue::model::{Coded, Text},
    codes::{self, CodeSystem},
};

/// Longest text that a message carries beside a code, and on a label field of the order document, in characters.
const LONGEST_DISPLAY: usize = 300;

/// All checks.
pub(super) fn all(draft: &Draft, mistakes: &mut Mistakes) {
    let known = Known::of(draft, mistakes);
    provider::check(draft, &known, mistakes);
    services::check(draft, &known, mistakes);
    asking::check(draft, &known, mistakes);
    words::check(draft, &known, mistakes);
}

/// Where something stands: file, line, cell or field.
type At<'a> = (&'a str, u32, &'a str);

/// What can be referred to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Service,
    Container,
    Department,
    Question,
    Material,
    LabelRule,
    Source,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Container => "container",
            Self::Department => "department",
            Self::Question => "question",
            Self::Material => "material",
            Self::LabelRule => "label rule",
            Self::Source => "source",
        }
    }

    /// The file that has them.
    const fn file(self) -> &'static str {
        match self {
            Self::Service => SERVICES,
            Self::Container => CONTAINERS,
            Self::Department | Self::Material | Self::LabelRule => PROVIDER,
            Self::Question => QUESTIONS,
            Self::Source => SOURCES,
        }
    }
}

/// The ids that may be referred to.
struct Known<'a> {
    ids: BTreeMap<Kind, BTreeSet<&'a str>>,
    /// Files of which something is lost, and ids of elements that are broken: named already.
    unread: BTreeSet<String>,
    broken: BTreeSet<String>,
}

impl<'a> Known<'a> {
    fn of(draft: &'a Draft, mistakes: &mut Mistakes) -> Self {
        let mut ids = BTreeMap::new();
        let mut take = |kind: Kind, items: Vec<(&'a str, u32)>, mistakes: &mut Mistakes| {
            ids.insert(kind, unique(kind.file(), items, mistakes));
        };
        take(Kind::Service, draft.services.iter().map(|s| (s.value.service.id.as_str(), s.line)).collect(), mistakes);
        let containers = draft.containers.iter().map(|c| (c.value.id.as_str(), c.line_of("id")));
        take(Kind::Container, containers.collect(), mistakes);
        let departments = draft.departments.iter().map(|d| (d.value.id.as_str(), d.line_of("id")));
        take(Kind::Department, departments.collect(), mistakes);
        let questions = draft.questions.iter().map(|q| (q.value.id.as_str(), q.line_of("id")));
        take(Kind::Question, questions.collect(), mistakes);
        let materials = draft.materials.iter().map(|m| (m.value.id.as_str(), m.line_of("id")));
        take(Kind::Material, materials.collect(), mistakes);
        let label_rules = draft.label_rules.iter().map(|r| (r.value.id.as_str(), r.line_of("id")));
        take(Kind::LabelRule, label_rules.collect(), mistakes);
        take(Kind::Source, draft.sources.iter().map(|s| (s.value.id.as_str(), s.line)).collect(), mistakes);
        unique(RULES, draft.rules.iter().map(|r| (r.value.id.as_str(), r.line_of("id"))).collect(), mistakes);
        let panels =
            unique(PANELS, draft.panels.iter().map(|p| (p.value.id.as_str(), p.line_of("id"))).collect(), mistakes);
        // Panels and services share the list that people pick from, so one id never means both.
        for panel in draft.panels.iter().filter(|panel| panels.contains(panel.value.id.as_str())) {
            if ids[&Kind::Service].contains(panel.value.id.as_str()) {
                let what = What::Taken { kind: "service", id: panel.value.id.clone() };
                mistakes.add(PANELS, panel.line_of("id"), "id", what);
            }
        }
        Self { ids, unread: mistakes.unread.clone(), broken: mistakes.broken.clone() }
    }

    /// Whether an id is known, or nothing can be said about it.
    fn has(&self, kind: Kind, id: &str) -> bool {
        self.ids[&kind].contains(id) || self.broken.contains(id) || self.unread.contains(kind.file())
    }

    /// Whether every element of a kind was read.
    fn complete(&self, kind: Kind) -> bool {
        self.broken.is_empty() && !self.unread.contains(kind.file())
    }

    /// Whether every row of the specimens was read, so that what none of them names is named by none.
    fn specimens_are_whole(&self) -> bool {
        self.broken.is_empty() && !self.unread.contains(SPECIMENS)
    }

    /// That there is none such, and the one that may be meant.
    fn unknown(&self, kind: Kind, id: &str) -> What {
        let slip = if id.chars().count() < 5 { 1 } else { 2 };
        let near = self.ids[&kind]
            .iter()
            .map(|other| (strsim::osa_distance(&id.to_lowercase(), &other.to_lowercase()), *other))
            .filter(|(distance, _)| *distance <= slip)
            .min();
        What::Unknown { kind: kind.name(), id: id.to_owned(), near: near.map(|(_, id)| id.to_owned()) }
    }

    fn refer(&self, kind: Kind, id: &str, (file, line, field): At<'_>, mistakes: &mut Mistakes) {
        if id.is_empty() {
            // An empty cell of a sheet was named when it was read.
            if !file.ends_with(".csv") {
                mistakes.add(file, line, field, What::Empty);
            }
        } else if !self.has(kind, id) {
            mistakes.add(file, line, field, self.unknown(kind, id));
        }
    }
}

fn unique<'a>(file: &str, items: Vec<(&'a str, u32)>, mistakes: &mut Mistakes) -> BTreeSet<&'a str> {
    let mut first = BTreeMap::new();
    for (id, line) in items {
        if !id.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') {
            let expected = "an id of letters without accents, digits, `-` and `_`";
            mistakes.add(file, line, "id", What::Value { value: id.to_owned(), expected });
        }
        if let Some(before) = first.get(id).filter(|_| !id.is_empty()) {
            mistakes.add(file, line, "id", What::Duplicate { kind: "id", id: id.to_owned(), first: *before });
        } else {
            first.insert(id, line);
        }
    }
    first.into_keys().filter(|id| !id.is_empty()).collect()
}

fn text(text: &Text, (file, line, field): At<'_>, mistakes: &mut Mistakes) {
    for (language, words) in [("nb", &text.nb), ("nn", &text.nn), ("en", &text.en)] {
        if words.trim().is_empty() {
            mistakes.add(file, line, field, What::MissingLanguage(language));
        }
    }
}

fn value(ok: bool, value: &str, expected: &'static str, (file, line, field): At<'_>, mistakes: &mut Mistakes) {
    if !ok {
        mistakes.add(file, line, field, What::Value { value: value.to_owned(), expected });
    }
}

fn date(day: &str, at: At<'_>, mistakes: &mut Mistakes) {
    // An empty cell of a sheet was named when it was read.
    let good = day.len() == 10 && day.parse::<jiff::civil::Date>().is_ok();
    value(good || (day.is_empty() && at.0.ends_with(".csv")), day, "a day as YYYY-MM-DD", at, mistakes);
}

/// A coded value: a system that its place takes, a code that the system has, and a text.
fn coded(code: &Coded, systems: &[&str], at: At<'_>, mistakes: &mut Mistakes) {
    if !systems.contains(&code.system.as_str()) {
        let (file, line, field) = at;
        let what =
            What::Syntax(format!("`{}` is not a code system of this place: {}", code.system, systems.join(", ")));
        mistakes.add(file, line, field, what);
        return;
    }
    let length = code.display.trim().chars().count();
    value((1..=LONGEST_DISPLAY).contains(&length), &code.display, "a text of 1 to 300 characters", at, mistakes);
    let Some(written) = &code.code else {
        value(code.system == "LOCAL", "", "a code", at, mistakes);
        return;
    };
    let (good, expected) = match code.system.as_str() {
        "NLK" => (codes::in_nlk(written), "an NLK code of version 7280.77 (NPU or NOR and five digits)"),
        "NCRP" => (written.len() >= 6 && written.chars().all(|c| c.is_ascii_alphanumeric()), "an NCRP code"),
        "NORPAT" => (written.len() >= 5 && written.chars().all(|c| c.is_ascii_alphanumeric()), "a NORPAT code"),
        system => match CodeSystem::parse(system).ok().and_then(CodeSystem::list) {
            // Lists that are not shipped, such as 8351 of materials, cannot be looked up.
            Some(list) if codes::lists().contains_key(&list) => {
                (codes::list_text(list, written).is_some(), "a code of its list")
            }
            Some(_) | None => (!written.trim().is_empty(), "a code"),
        },
    };
    value(good, written, expected, at, mistakes);
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_digit())
}
