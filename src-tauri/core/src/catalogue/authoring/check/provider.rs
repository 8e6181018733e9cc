//! The provider itself: who it is, its departments, label rules, materials, containers and sources.

use super::{At, Kind, Known, coded, date, is_digits, text, value};
use crate::{
    catalogue::{
        authoring::{
            Mistakes, What,
            sheets::{CONTAINERS, Draft, PROVIDER, SOURCES},
        },
        model::LEFTOVER_LETTERS,
        version::Version,
    },
    codes::Discipline,
    ids::OrganisationNumber,
};

pub(super) fn check(draft: &Draft, known: &Known<'_>, mistakes: &mut Mistakes) {
    edition(draft, mistakes);
    identity(draft, mistakes);
    departments(draft, known, mistakes);
    label_rules(draft, known, mistakes);
    for material in &draft.materials {
        let at = |field: &'static str| (PROVIDER, material.line_of(field), field);
        let m = &material.value;
        filled(&m.text, at("text"), mistakes);
        if let Some(code) = &m.code {
            coded(code, &["volven:8351", "volven:8216", "LOCAL"], at("code"), mistakes);
        }
        if known.specimens_are_whole() && !draft.specimens.iter().any(|row| row.value.material == m.id) {
            mistakes.warn(PROVIDER, material.line_of("id"), "id", What::Unused { kind: "material", id: m.id.clone() });
        }
    }
    containers(draft, known, mistakes);
    for source in &draft.sources {
        let address = source.value.address.as_deref().unwrap_or("https://");
        let good = ["https://", "http://"].iter().any(|scheme| address.starts_with(scheme))
            && !address.contains(char::is_whitespace);
        let expected = "one web address (https://…)";
        value(good, address, expected, (SOURCES, source.line, "address"), mistakes);
    }
}

fn filled(words: &str, (file, line, field): At<'_>, mistakes: &mut Mistakes) {
    if words.trim().is_empty() {
        mistakes.add(file, line, field, What::Empty);
    }
}

fn her(her: &str, at: At<'_>, mistakes: &mut Mistakes) {
    value(is_digits(her) && her.len() <= 9, her, "a HER-id (digits)", at, mistakes);
}

fn edition(draft: &Draft, mistakes: &mut Mistakes) {
    let Some(edition) = &draft.edition else { return };
    let at = |field: &'static str| (PROVIDER, edition.line_of(field), field);
    let mut versions = Vec::new();
    for (field, written) in [("version", Some(&edition.value.version)), ("previous", edition.value.previous.as_ref())] {
        if let Some(written) = written {
            let version = written.parse::<Version>();
            value(version.is_ok(), written, "a version such as 2026.11.2", at(field), mistakes);
            versions.extend(version.ok());
        }
    }
    if let [version, previous] = versions.as_slice() {
        let written = edition.value.previous.as_deref().unwrap_or_default();
        value(previous < version, written, "a version before this one", at("previous"), mistakes);
    }
    date(&edition.value.valid_from, at("valid_from"), mistakes);
}

fn identity(draft: &Draft, mistakes: &mut Mistakes) {
    let Some(provider) = &draft.provider else { return };
    let at = |field: &'static str| (PROVIDER, provider.line_of(field), field);
    let p = &provider.value;
    let id = !p.id.is_empty() && p.id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    value(id, &p.id, "an id of small letters, digits and `-`", at("id"), mistakes);
    filled(&p.name, at("name"), mistakes);
    filled(&p.organisation, at("organisation"), mistakes);
    her(&p.her, at("her"), mistakes);
    if let Some(number) = &p.organisation_number {
        let good = number.parse::<OrganisationNumber>().is_ok();
        value(good, number, "an organisation number", at("organisation_number"), mistakes);
    }
    let hours = p.receipt_within_hours;
    let expected = "between 1 and 96 hours";
    value((1..=96).contains(&hours), &hours.to_string(), expected, at("receipt_within_hours"), mistakes);
    let days = p.stale_after_days;
    value(days > 0, &days.to_string(), "1 day or more", at("stale_after_days"), mistakes);
    for (field, limit) in [("limits.clinical_text", p.limits.clinical_text), ("limits.services", p.limits.services)] {
        value(limit > 0, &limit.to_string(), "1 or more", (PROVIDER, provider.line_of(field), field), mistakes);
    }
}

fn departments(draft: &Draft, known: &Known<'_>, mistakes: &mut Mistakes) {
    for department in &draft.departments {
        let at = |field: &'static str| (PROVIDER, department.line_of(field), field);
        let d = &department.value;
        filled(&d.name, at("name"), mistakes);
        her(&d.her, at("her"), mistakes);
        let capitals = d.short.chars().all(|c| c.is_uppercase() || c.is_ascii_digit());
        let expected = "two to ten capitals for the label";
        value((2..=10).contains(&d.short.chars().count()) && capitals, &d.short, expected, at("short"), mistakes);
        // Newer values of the list exist; receivers do not take them (HIS 1160, HIS 1175).
        let expected = "a discipline that may be sent (CLIN, MBIO, LAB, HIST, CYTO, OBD, CT, MA, MR, RTG, SCI or UL)";
        let good = Discipline::from_code(&d.discipline).is_some();
        value(good, &d.discipline, expected, at("discipline"), mistakes);
        text(&d.discipline_name, at("discipline_name"), mistakes);
        if let Some(rule) = &d.label_rule {
            known.refer(Kind::LabelRule, rule, at("label_rule"), mistakes);
        }
        if known.complete(Kind::Service) && !draft.services.iter().any(|s| s.value.service.department == d.id) {
            let what = What::Unused { kind: "department", id: d.id.clone() };
            mistakes.warn(PROVIDER, department.line_of("id"), "id", what);
        }
    }
    if draft.departments.is_empty() && known.complete(Kind::Department) {
        mistakes.add(PROVIDER, 0, "department", What::Empty);
    }
}

fn label_rules(draft: &Draft, known: &Known<'_>, mistakes: &mut Mistakes) {
    if !known.has(Kind::LabelRule, "default") && known.complete(Kind::LabelRule) {
        mistakes.add(PROVIDER, 0, "label_rule", What::Unknown { kind: "label rule", id: "default".into(), near: None });
    }
    for rule in &draft.label_rules {
        let at = |field: &'static str| (PROVIDER, rule.line_of(field), field);
        known.refer(Kind::Source, &rule.value.source, at("source"), mistakes);
        value((1..=9).contains(&rule.value.copies), &rule.value.copies.to_string(), "1 to 9", at("copies"), mistakes);
        if let Some(leftover) = &rule.value.leftover {
            text(leftover, at("leftover"), mistakes);
        }
        if let Some(words) = &rule.value.leftover_label {
            filled(words, at("leftover_label"), mistakes);
            let short = words.chars().count() <= LEFTOVER_LETTERS;
            value(short, words, "short enough for a label (40 letters)", at("leftover_label"), mistakes);
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
        if let Some(words) = &c.preservative {
            filled(words, at("preservative"), mistakes);
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
        known.refer(Kind::Source, &c.source, at("source"), mistakes);
        if known.specimens_are_whole() && !draft.specimens.iter().any(|row| row.value.container == c.id) {
            let what = What::Unused { kind: "container", id: c.id.clone() };
            mistakes.warn(CONTAINERS, container.line_of("id"), "id", what);
        }
    }
}
