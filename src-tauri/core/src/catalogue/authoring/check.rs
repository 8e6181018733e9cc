//! The checks on what was read. Each one reports and goes on.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Mistakes, What,
    sheets::{CONTAINERS, Draft, HANDBOOK, PANELS, PROVIDER, QUESTIONS, RULES, SERVICES, SOURCES, SPECIMENS, TEXTS},
    tables::Located,
};
use crate::catalogue::{
    conditions,
    model::{AnswerOption, AnswerPlace, AnswerType, Question, Text},
    version::Version,
};

/// Codes of list 8202 that a department can have.
const DISCIPLINES: [&str; 21] = [
    "AN", "BLD", "CLIN", "CT", "CYTO", "FARM", "HIST", "IMTR", "LAB", "MA", "MBIO", "MGEN", "MPAT", "MR", "NUK", "OBD",
    "PAT", "RAD", "RTG", "SCI", "UL",
];
/// List 8231, headings of reasons.
const REASONS: [&str; 18] = [
    "BG", "BUP-BM", "BUP-HG", "DIAG", "FA", "FO", "FU", "HJ", "IP", "KF", "MAAL", "MU", "PROB", "RU", "SVU", "UP",
    "UTRED", "VU",
];
/// List 8232, headings of pretreatment.
const PRETREATMENTS: [&str; 4] = ["DI", "FA", "MEDB", "PFP"];
/// List 8233, types of information items.
const ITEMS: [&str; 20] = [
    "ANAM", "ART", "B", "CAVE", "FUNN", "GBEH", "GOPL", "H", "MEDB", "MPRS", "NB", "OPIN", "OPPL", "PROG", "PRS", "SM",
    "SYKM", "SYMP", "TB", "US",
];
const HANDLING_CLASSES: [&str; 5] = ["room", "cold", "ice", "dark", "frozen"];

/// All checks.
pub(super) fn all(draft: &Draft, mistakes: &mut Mistakes) {
    let known = Known::of(draft, mistakes);
    provider(draft, &known, mistakes);
    containers(draft, &known, mistakes);
    services(draft, &known, mistakes);
    specimens(draft, &known, mistakes);
    panels(draft, &known, mistakes);
    questions(draft, &known, mistakes);
    rules(draft, &known, mistakes);
    texts(draft, &known, mistakes);
}

/// The ids that may be referred to.
struct Known<'a> {
    services: BTreeSet<&'a str>,
    containers: BTreeSet<&'a str>,
    departments: BTreeSet<&'a str>,
    questions: BTreeSet<&'a str>,
    materials: BTreeSet<&'a str>,
    label_rules: BTreeSet<&'a str>,
    sources: BTreeSet<&'a str>,
}

impl<'a> Known<'a> {
    fn of(draft: &'a Draft, mistakes: &mut Mistakes) -> Self {
        let mut panels = ids(SERVICES, draft.services.iter().map(|s| (s.value.service.id.as_str(), s.line)), mistakes);
        let services = panels.clone();
        // Panels and services share the list that people pick from, so one id never means both.
        for panel in &draft.panels {
            if !panels.insert(&panel.value.id) {
                let what = What::Duplicate { kind: "id", id: panel.value.id.clone(), first: 0 };
                mistakes.add(PANELS, panel.line_of("id"), "id", what);
            }
        }
        Self {
            services,
            containers: ids(CONTAINERS, draft.containers.iter().map(|c| (c.value.id.as_str(), c.line)), mistakes),
            departments: ids(PROVIDER, draft.departments.iter().map(|d| (d.value.id.as_str(), d.line)), mistakes),
            questions: ids(QUESTIONS, draft.questions.iter().map(|q| (q.value.id.as_str(), q.line)), mistakes),
            materials: ids(PROVIDER, draft.materials.iter().map(|m| (m.value.id.as_str(), m.line)), mistakes),
            label_rules: ids(PROVIDER, draft.label_rules.iter().map(|r| (r.value.id.as_str(), r.line)), mistakes),
            sources: ids(SOURCES, draft.sources.iter().map(|s| (s.value.id.as_str(), s.line)), mistakes),
        }
    }
}

fn ids<'a>(file: &str, items: impl Iterator<Item = (&'a str, u32)>, mistakes: &mut Mistakes) -> BTreeSet<&'a str> {
    let mut first = BTreeMap::new();
    for (id, line) in items {
        if !id.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') {
            let expected = "an id of letters a-z, digits, `-` and `_`";
            mistakes.add(file, line, "id", What::Value { value: id.to_owned(), expected });
        }
        if let Some(before) = first.get(id) {
            mistakes.add(file, line, "id", What::Duplicate { kind: "id", id: id.to_owned(), first: *before });
        } else {
            first.insert(id, line);
        }
    }
    first.into_keys().filter(|id| !id.is_empty()).collect()
}

fn refer(
    known: &BTreeSet<&str>,
    kind: &'static str,
    id: &str,
    (file, line, field): (&str, u32, &str),
    mistakes: &mut Mistakes,
) {
    if id.is_empty() {
        mistakes.add(file, line, field, What::Empty);
    } else if !known.contains(id) {
        mistakes.add(file, line, field, What::Unknown { kind, id: id.to_owned() });
    }
}

fn text(text: &Text, (file, line, field): (&str, u32, &str), mistakes: &mut Mistakes) {
    for (language, words) in [("nb", &text.nb), ("nn", &text.nn), ("en", &text.en)] {
        if words.trim().is_empty() {
            mistakes.add(file, line, field, What::MissingLanguage(language));
        }
    }
}

fn value(
    ok: bool,
    value: &str,
    expected: &'static str,
    (file, line, field): (&str, u32, &str),
    mistakes: &mut Mistakes,
) {
    if !ok {
        mistakes.add(file, line, field, What::Value { value: value.to_owned(), expected });
    }
}

fn date(day: &str, at: (&str, u32, &str), mistakes: &mut Mistakes) {
    value(day.len() == 10 && day.parse::<jiff::civil::Date>().is_ok(), day, "a day as YYYY-MM-DD", at, mistakes);
}

fn provider(draft: &Draft, known: &Known<'_>, mistakes: &mut Mistakes) {
    let edition = &draft.edition;
    for (field, version) in [("version", Some(&edition.value.version)), ("previous", edition.value.previous.as_ref())] {
        if let Some(version) = version {
            let at = (PROVIDER, edition.line_of(field), field);
            value(version.parse::<Version>().is_ok(), version, "a version such as 2026.11.2", at, mistakes);
        }
    }
    date(&edition.value.valid_from, (PROVIDER, edition.line_of("valid_from"), "valid_from"), mistakes);
    let provider = &draft.provider;
    let her = &provider.value.her;
    value(is_digits(her), her, "a HER-id (digits)", (PROVIDER, provider.line_of("her"), "her"), mistakes);
    let hours = provider.value.receipt_within_hours;
    let at = (PROVIDER, provider.line_of("receipt_within_hours"), "receipt_within_hours");
    value((1..=96).contains(&hours), &hours.to_string(), "between 1 and 96 hours", at, mistakes);
    for department in &draft.departments {
        let at = |field: &'static str| (PROVIDER, department.line_of(field), field);
        let d = &department.value;
        value(is_digits(&d.her), &d.her, "a HER-id (digits)", at("her"), mistakes);
        let capitals = d.short.chars().all(|c| c.is_uppercase() || c.is_ascii_digit());
        let expected = "five to ten capitals for the label";
        value((2..=10).contains(&d.short.chars().count()) && capitals, &d.short, expected, at("short"), mistakes);
        let expected = "a code of list 8202";
        value(DISCIPLINES.contains(&d.discipline.as_str()), &d.discipline, expected, at("discipline"), mistakes);
        text(&d.discipline_name, at("discipline_name"), mistakes);
        if let Some(rule) = &d.label_rule {
            refer(&known.label_rules, "label rule", rule, at("label_rule"), mistakes);
        }
    }
    if draft.departments.is_empty() {
        mistakes.add(PROVIDER, 0, "department", What::Empty);
    }
    if !known.label_rules.contains("default") {
        mistakes.add(PROVIDER, 0, "label_rule", What::Unknown { kind: "label rule", id: "default".into() });
    }
    for rule in &draft.label_rules {
        let at = |field: &'static str| (PROVIDER, rule.line_of(field), field);
        refer(&known.sources, "source", &rule.value.source, at("source"), mistakes);
        value((1..=9).contains(&rule.value.copies), &rule.value.copies.to_string(), "1 to 9", at("copies"), mistakes);
        if let Some(leftover) = &rule.value.leftover {
            text(leftover, at("leftover"), mistakes);
        }
    }
}

fn containers(draft: &Draft, known: &Known<'_>, mistakes: &mut Mistakes) {
    for container in &draft.containers {
        let at = |field: &'static str| (CONTAINERS, container.line_of(field), field);
        let c = &container.value;
        text(&c.name, at("name"), mistakes);
        text(&c.colour_name, at("colour_name"), mistakes);
        text(&c.handling, at("handling"), mistakes);
        for (field, optional) in [("additive", &c.additive), ("storage", &c.storage)] {
            if let Some(words) = optional {
                text(words, at(field), mistakes);
            }
        }
        let hex = c
            .colour
            .strip_prefix('#')
            .is_some_and(|hex| hex.len() == 6 && hex.chars().all(|c| c.is_ascii_digit() || matches!(c, 'a'..='f')));
        value(hex, &c.colour, "a colour as #rrggbb in small letters", at("colour"), mistakes);
        let label = !c.label_name.is_empty()
            && c.label_name.chars().count() <= 18
            && !c.label_name.chars().any(char::is_lowercase);
        value(label, &c.label_name, "at most 18 characters in capitals", at("label_name"), mistakes);
        let share = c.yield_fraction;
        value(share > 0.0 && share <= 1.0, &share.to_string(), "above 0 and at most 1", at("yield_fraction"), mistakes);
        if let Some(fill) = c.fill_ml {
            value(fill > 0.0, &fill.to_string(), "above 0", at("fill_ml"), mistakes);
            let room = fill * share - c.dead_ml;
            value(room > 0.0, &c.dead_ml.to_string(), "less than the usable fill", at("dead_ml"), mistakes);
        }
        value(c.dead_ml >= 0.0, &c.dead_ml.to_string(), "0 or more", at("dead_ml"), mistakes);
        if let Some(spin) = c.spin {
            let expected = "before the latest time";
            let at = at("spin");
            value(spin.after_minutes < spin.before_minutes, &spin.after_minutes.to_string(), expected, at, mistakes);
        }
        refer(&known.sources, "source", &c.source, at("source"), mistakes);
    }
}

fn services(draft: &Draft, known: &Known<'_>, mistakes: &mut Mistakes) {
    let mut codes: BTreeMap<(&str, &str), u32> = BTreeMap::new();
    for row in &draft.services {
        let s = &row.value.service;
        let at = |field: &'static str| (SERVICES, row.line, field);
        let system = s.code.system.as_str();
        if let Some(code) = &s.code.code {
            let (good, expected) = match system {
                "NLK" => (is_nlk(code), "an NLK code (NPU or NOR and five digits)"),
                "NCRP" => (code.len() >= 6 && code.chars().all(|c| c.is_ascii_alphanumeric()), "an NCRP code"),
                "NORPAT" | "LOCAL" => (!code.contains(char::is_whitespace) || system == "LOCAL", "a code"),
                _ => (true, ""),
            };
            value(good, code, expected, at("code"), mistakes);
            if s.code.names_one_service()
                && let Some(first) = codes.insert((system, code), row.line)
            {
                mistakes.add(SERVICES, row.line, "code", What::Duplicate { kind: "code", id: code.clone(), first });
            }
        } else if system != "LOCAL" && system != "NCRP" {
            mistakes.add(SERVICES, row.line, "code", What::Empty);
        }
        let systems = ["NLK", "NCRP", "NORPAT", "LOCAL", "volven:8219"];
        value(systems.contains(&system), system, "NLK, NCRP, NORPAT, LOCAL or volven:8219", at("system"), mistakes);
        refer(&known.departments, "department", &s.department, at("department"), mistakes);
        refer(&known.sources, "source", &s.source, at("source"), mistakes);
        date(&s.checked, at("checked"), mistakes);
        value(s.priority <= 100, &s.priority.to_string(), "0 to 100", at("priority"), mistakes);
        for question in &s.questions {
            refer(&known.questions, "question", question, at("questions"), mistakes);
        }
        if !row.value.preparation.is_empty() && !draft.texts.contains_key(&row.value.preparation) {
            let what = What::Unknown { kind: "text", id: row.value.preparation.clone() };
            mistakes.add(SERVICES, row.line, "preparation", what);
        }
        if let Some(sex) = &s.sex {
            value(matches!(sex.as_str(), "1" | "2"), sex, "1 (male) or 2 (female)", at("sex"), mistakes);
        }
        if let (Some(min), Some(max)) = (s.min_age, s.max_age) {
            value(min <= max, &min.to_string(), "at most max_age", at("min_age"), mistakes);
        }
        if let Some(other) = &s.replaced_by {
            refer(&known.services, "service", other, at("replaced_by"), mistakes);
            value(other != &s.id, other, "another service", at("replaced_by"), mistakes);
        }
    }
    if draft.services.is_empty() {
        mistakes.add(SERVICES, 0, "", What::Empty);
    }
}

fn specimens(draft: &Draft, known: &Known<'_>, mistakes: &mut Mistakes) {
    for row in &draft.specimens {
        let at = |field: &'static str| (SPECIMENS, row.line, field);
        let s = &row.value;
        refer(&known.services, "service", &s.service, at("service"), mistakes);
        refer(&known.materials, "material", &s.material, at("material"), mistakes);
        refer(&known.containers, "container", &s.container, at("container"), mistakes);
        let class = s.handling_class.as_str();
        value(
            HANDLING_CLASSES.contains(&class),
            class,
            "room, cold, ice, dark or frozen",
            at("handling_class"),
            mistakes,
        );
        value(s.volume_ml >= 0.0, &s.volume_ml.to_string(), "0 or more", at("volume_ml"), mistakes);
        if let Some(container) = draft.containers.iter().find(|c| c.value.id == s.container) {
            let usable = container.value.fill_ml.map(|fill| fill * container.value.yield_fraction);
            if let Some(usable) = usable {
                value(
                    s.volume_ml <= usable,
                    &s.volume_ml.to_string(),
                    "within one container",
                    at("volume_ml"),
                    mistakes,
                );
            }
        }
        if !s.handling.is_empty() && !draft.texts.contains_key(&s.handling) {
            mistakes.add(SPECIMENS, row.line, "handling", What::Unknown { kind: "text", id: s.handling.clone() });
        }
    }
    // A laboratory service without a specimen cannot be written in the national message.
    let with: BTreeSet<&str> = draft.specimens.iter().map(|row| row.value.service.as_str()).collect();
    for row in &draft.services {
        let s = &row.value.service;
        let laboratory = draft.departments.iter().find(|d| d.value.id == s.department).is_some_and(|d| {
            !matches!(d.value.discipline.as_str(), "CT" | "MA" | "MR" | "RTG" | "SCI" | "UL" | "RAD" | "BLD" | "NUK")
        });
        if laboratory && !s.withdrawn && !with.contains(s.id.as_str()) {
            mistakes.add(SERVICES, row.line, "id", What::Unknown { kind: "specimen for", id: s.id.clone() });
        }
    }
}

fn panels(draft: &Draft, known: &Known<'_>, mistakes: &mut Mistakes) {
    for panel in &draft.panels {
        for (field, members) in [("services", &panel.value.services), ("optional", &panel.value.optional)] {
            let mut seen = BTreeSet::new();
            for member in members {
                let line = panel.line_of(field);
                refer(&known.services, "service", member, (PANELS, line, field), mistakes);
                if !seen.insert(member) {
                    let what = What::Duplicate { kind: "member", id: member.clone(), first: line };
                    mistakes.add(PANELS, line, field, what);
                }
                let withdrawn =
                    draft.services.iter().any(|s| s.value.service.id == *member && s.value.service.withdrawn);
                value(!withdrawn, member, "a service that can be ordered", (PANELS, line, field), mistakes);
            }
        }
        if panel.value.services.is_empty() {
            mistakes.add(PANELS, panel.line, "services", What::Empty);
        }
        refer(&known.sources, "source", &panel.value.source, (PANELS, panel.line_of("source"), "source"), mistakes);
    }
}

fn questions(draft: &Draft, known: &Known<'_>, mistakes: &mut Mistakes) {
    let used: BTreeSet<&str> =
        draft.services.iter().flat_map(|s| s.value.service.questions.iter().map(String::as_str)).collect();
    for question in &draft.questions {
        let q = &question.value;
        let at = |field: &'static str| (QUESTIONS, question.line_of(field), field);
        let identifier = q.id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        value(identifier, &q.id, "small letters, digits and `_`, as conditions name it", at("id"), mistakes);
        text(&q.text, at("text"), mistakes);
        if let Some(help) = &q.help {
            text(help, at("help"), mistakes);
        }
        for (field, source) in [("visible", &q.visible), ("required", &q.required)] {
            condition(source, at(field), known, mistakes);
        }
        options(&q.options, QUESTIONS, question, "options", mistakes);
        answer(q, question, mistakes);
        if !used.contains(q.id.as_str()) {
            mistakes.add(QUESTIONS, question.line_of("id"), "id", What::Unused { kind: "question", id: q.id.clone() });
        }
    }
}

fn answer(q: &Question, question: &Located<Question>, mistakes: &mut Mistakes) {
    let at = |field: &'static str| (QUESTIONS, question.line_of(field), field);
    let choice = matches!(q.answer, AnswerType::Choice | AnswerType::Choices);
    value(
        choice != q.options.is_empty(),
        &q.options.len().to_string(),
        "options for a choice only",
        at("options"),
        mistakes,
    );
    if let (Some(min), Some(max)) = (q.min, q.max) {
        value(min <= max, &min.to_string(), "at most max", at("min"), mistakes);
    }
    match &q.place {
        AnswerPlace::Reason { heading } => {
            value(REASONS.contains(&heading.as_str()), heading, "a code of list 8231", at("place"), mistakes);
        }
        AnswerPlace::Pretreatment { heading } => {
            value(PRETREATMENTS.contains(&heading.as_str()), heading, "a code of list 8232", at("place"), mistakes);
        }
        AnswerPlace::InformationItem { item, .. } => {
            value(ITEMS.contains(&item.as_str()), item, "a code of list 8233", at("place"), mistakes);
        }
        AnswerPlace::ServiceSpec => {
            let coded = q.options.iter().any(|option| option.code.is_some());
            value(coded, "service_spec", "a place for options with codes", at("place"), mistakes);
        }
        AnswerPlace::MayChangeModality => {
            let boolean = q.answer == AnswerType::Boolean;
            value(boolean, "may_change_modality", "a place for a boolean answer", at("place"), mistakes);
        }
        AnswerPlace::FindingDate { .. } => {
            let date = matches!(q.answer, AnswerType::Date | AnswerType::DateTime);
            value(date, "finding_date", "a place for a date", at("place"), mistakes);
        }
        AnswerPlace::Measure { .. } => {
            let number = q.answer == AnswerType::Number && q.unit.is_some();
            value(number, "measure", "a place for a number with a unit", at("place"), mistakes);
        }
        AnswerPlace::ServiceComment
        | AnswerPlace::CollectionMethod
        | AnswerPlace::Finding
        | AnswerPlace::CollectorComment
        | AnswerPlace::AnatomicalOrigin
        | AnswerPlace::SpecimenComment
        | AnswerPlace::NotSent => {}
    }
}

fn rules(draft: &Draft, known: &Known<'_>, mistakes: &mut Mistakes) {
    ids(RULES, draft.rules.iter().map(|r| (r.value.id.as_str(), r.line)), mistakes);
    for rule in &draft.rules {
        let r = &rule.value;
        let at = |field: &'static str| (RULES, rule.line_of(field), field);
        for service in &r.services {
            refer(&known.services, "service", service, at("services"), mistakes);
        }
        if r.condition.is_empty() {
            mistakes.add(RULES, rule.line, "condition", What::Empty);
        }
        condition(&r.condition, at("condition"), known, mistakes);
        text(&r.text, at("text"), mistakes);
        options(&r.override_reasons, RULES, rule, "override_reasons", mistakes);
        refer(&known.sources, "source", &r.source, at("source"), mistakes);
        date(&r.checked, at("checked"), mistakes);
    }
}

/// A text of its own, one line for each language.
fn block(words: &Located<Text>, (file, id): (&str, &str), mistakes: &mut Mistakes) {
    for (language, written) in [("nb", &words.value.nb), ("nn", &words.value.nn), ("en", &words.value.en)] {
        if written.trim().is_empty() {
            mistakes.add(file, words.line_of(language), id, What::MissingLanguage(language));
        }
    }
}

fn texts(draft: &Draft, known: &Known<'_>, mistakes: &mut Mistakes) {
    let used: BTreeSet<&str> = draft
        .services
        .iter()
        .map(|s| s.value.preparation.as_str())
        .chain(draft.specimens.iter().map(|s| s.value.handling.as_str()))
        .collect();
    for (id, words) in &draft.texts {
        block(words, (TEXTS, id), mistakes);
        if !used.contains(id.as_str()) {
            mistakes.add(TEXTS, words.line, id, What::Unused { kind: "text", id: id.clone() });
        }
    }
    for (id, words) in &draft.handbook {
        block(words, (HANDBOOK, id), mistakes);
        refer(&known.services, "service", id, (HANDBOOK, words.line, id), mistakes);
    }
}

fn options<T>(options: &[AnswerOption], file: &str, element: &Located<T>, field: &str, mistakes: &mut Mistakes) {
    let mut seen = BTreeSet::new();
    for (at, option) in options.iter().enumerate() {
        let line = element.line_of(&format!("{field}[{at}]"));
        text(&option.text, (file, line, field), mistakes);
        if option.value.is_empty() {
            mistakes.add(file, line, field, What::Empty);
        }
        if !seen.insert(&option.value) {
            let what = What::Duplicate { kind: "value", id: option.value.clone(), first: element.line };
            mistakes.add(file, line, field, what);
        }
    }
}

fn condition(source: &str, (file, line, field): (&str, u32, &str), known: &Known<'_>, mistakes: &mut Mistakes) {
    if source.is_empty() {
        return;
    }
    if let Err(error) = conditions::compile(source) {
        mistakes.add(file, line, field, What::Condition(error));
    }
    for question in conditions::questions_asked(source) {
        if !known.questions.contains(question) {
            let what = What::Condition(conditions::ConditionError::UnknownQuestion(question.to_owned()));
            mistakes.add(file, line, field, what);
        }
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_digit())
}

fn is_nlk(code: &str) -> bool {
    code.len() == 8 && (code.starts_with("NPU") || code.starts_with("NOR")) && is_digits(&code[3..])
}
