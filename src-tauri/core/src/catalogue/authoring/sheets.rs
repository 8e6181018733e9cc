//! The provider's directory as located values: CSV rows and TOML elements, each knowing its line.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use serde::Deserialize;

use super::{
    Mistakes, What,
    rows::{Columns, rows},
    tables::{Located, TomlFile},
};
use crate::catalogue::model::{
    Catalogue, Coded, Container, Department, FORMAT, LabelRule, Panel, Provider, Question, Rule, Service, Source,
    SpecimenAlternative, Text,
};

pub(super) const PROVIDER: &str = "provider.toml";
pub(super) const CONTAINERS: &str = "containers.toml";
pub(super) const TEXTS: &str = "texts.toml";
pub(super) const SERVICES: &str = "services.csv";
pub(super) const SPECIMENS: &str = "specimens.csv";
pub(super) const PANELS: &str = "panels.toml";
pub(super) const QUESTIONS: &str = "questions.toml";
pub(super) const RULES: &str = "rules.toml";
pub(super) const HANDBOOK: &str = "handbook.toml";
pub(super) const SOURCES: &str = "sources.csv";

/// All files that a directory may have.
pub(super) const FILES: [&str; 10] =
    [PROVIDER, CONTAINERS, TEXTS, SERVICES, SPECIMENS, PANELS, QUESTIONS, RULES, HANDBOOK, SOURCES];

/// A material that `specimens.csv` refers to.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Material {
    pub id: String,
    pub text: String,
    pub code: Option<Coded>,
}

/// Which version this is.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Edition {
    pub version: String,
    pub valid_from: String,
    pub previous: Option<String>,
}

/// A row of `specimens.csv`.
#[derive(Debug)]
pub(super) struct SpecimenRow {
    pub service: String,
    pub material: String,
    pub container: String,
    pub volume_ml: f64,
    pub handling_class: String,
    pub handling: String,
    pub own_container: bool,
}

/// A row of `services.csv`: the service without its specimens, and the text it refers to.
#[derive(Debug)]
pub(super) struct ServiceRow {
    pub service: Service,
    pub preparation: String,
}

/// Everything read, before references are followed.
#[derive(Debug)]
pub(super) struct Draft {
    /// Nothing where it could not be read.
    pub edition: Option<Located<Edition>>,
    /// Nothing where it could not be read.
    pub provider: Option<Located<Provider>>,
    pub departments: Vec<Located<Department>>,
    pub label_rules: Vec<Located<LabelRule>>,
    pub materials: Vec<Located<Material>>,
    pub containers: Vec<Located<Container>>,
    pub texts: BTreeMap<String, Located<Text>>,
    pub services: Vec<Located<ServiceRow>>,
    pub specimens: Vec<Located<SpecimenRow>>,
    pub panels: Vec<Located<Panel>>,
    pub questions: Vec<Located<Question>>,
    pub rules: Vec<Located<Rule>>,
    pub handbook: BTreeMap<String, Located<Text>>,
    pub sources: Vec<Located<Source>>,
}

/// Reads all files. What cannot be read is named, and everything else goes on.
pub(super) fn read(dir: &Path, mistakes: &mut Mistakes) -> Draft {
    let mut draft = Draft {
        services: read_services(dir, mistakes),
        specimens: read_specimens(dir, mistakes),
        sources: read_sources(dir, mistakes),
        containers: list(dir, CONTAINERS, "container", true, mistakes),
        panels: list(dir, PANELS, "panel", false, mistakes),
        questions: list(dir, QUESTIONS, "question", false, mistakes),
        rules: list(dir, RULES, "rule", false, mistakes),
        texts: by_name(dir, TEXTS, mistakes),
        handbook: by_name(dir, HANDBOOK, mistakes),
        edition: None,
        provider: None,
        departments: Vec::new(),
        label_rules: Vec::new(),
        materials: Vec::new(),
    };
    let Some(file) = TomlFile::read(dir, PROVIDER, mistakes) else { return draft };
    let Some(table) = file.table(mistakes) else { return draft };
    file.only(&table, &["edition", "provider", "department", "label_rule", "material"], mistakes);
    draft.departments = file.elements(&table, "department", mistakes);
    draft.label_rules = file.elements(&table, "label_rule", mistakes);
    draft.materials = file.elements(&table, "material", mistakes);
    for key in ["edition", "provider"] {
        if table.get(key).is_none() {
            mistakes.add(PROVIDER, 0, key, What::Empty);
        }
    }
    draft.edition = table.get("edition").and_then(|value| file.element(value, "edition", mistakes));
    draft.provider = table.get("provider").and_then(|value| file.element(value, "provider", mistakes));
    draft
}

fn list<T: serde::de::DeserializeOwned>(
    dir: &Path,
    name: &str,
    key: &str,
    mandatory: bool,
    mistakes: &mut Mistakes,
) -> Vec<Located<T>> {
    let file =
        if mandatory { TomlFile::read(dir, name, mistakes) } else { TomlFile::read_optional(dir, name, mistakes) };
    let Some(file) = file else { return Vec::new() };
    let Some(table) = file.table(mistakes) else {
        return Vec::new();
    };
    file.only(&table, &[key], mistakes);
    if mandatory && table.get(key).is_none() {
        mistakes.unread(name, 0, What::Syntax(format!("has no [[{key}]]")));
    }
    file.elements(&table, key, mistakes)
}

fn by_name(dir: &Path, name: &str, mistakes: &mut Mistakes) -> BTreeMap<String, Located<Text>> {
    let Some(file) = TomlFile::read_optional(dir, name, mistakes) else {
        return BTreeMap::new();
    };
    let Some(table) = file.table(mistakes) else {
        return BTreeMap::new();
    };
    file.named(&table, mistakes).into_iter().collect()
}

fn read_services(dir: &Path, mistakes: &mut Mistakes) -> Vec<Located<ServiceRow>> {
    const COLUMNS: Columns = Columns {
        known: &[
            "id",
            "system",
            "code",
            "display",
            "local_code",
            "local_display",
            "specs",
            "name",
            "synonyms",
            "department",
            "group",
            "priority",
            "unit",
            "preparation",
            "fasting",
            "questions",
            "turnaround_days",
            "add_on_hours",
            "retest_days",
            "sex",
            "min_age",
            "max_age",
            "replaced_by",
            "withdrawn",
            "source",
            "checked",
        ],
        needed: &["id", "system", "display", "name", "department", "group", "source", "checked"],
    };
    rows(dir, SERVICES, &COLUMNS, mistakes, |row, mistakes| {
        let id = row.text("id", mistakes);
        let local = row.cell("local_display").map(|display| Coded {
            system: "LOCAL".into(),
            code: row.cell("local_code").map(str::to_owned),
            display: display.to_owned(),
        });
        let service = Service {
            id,
            code: Coded {
                system: row.text("system", mistakes),
                code: row.cell("code").map(str::to_owned),
                display: row.text("display", mistakes),
            },
            local_code: local,
            specs: row.codes("specs", mistakes),
            name: row.text("name", mistakes),
            synonyms: row.list("synonyms"),
            department: row.text("department", mistakes),
            group: row.text("group", mistakes),
            priority: row.whole("priority", mistakes).unwrap_or(0),
            unit: row.cell("unit").map(str::to_owned),
            handbook: None,
            preparation: None,
            fasting: row.yes("fasting", mistakes),
            specimens: Vec::new(),
            questions: row.list("questions"),
            turnaround_days: row.whole("turnaround_days", mistakes),
            add_on_hours: row.whole("add_on_hours", mistakes),
            retest_days: row.whole("retest_days", mistakes),
            sex: row.cell("sex").map(str::to_owned),
            min_age: row.whole("min_age", mistakes),
            max_age: row.whole("max_age", mistakes),
            replaced_by: row.cell("replaced_by").map(str::to_owned),
            withdrawn: row.yes("withdrawn", mistakes),
            source: row.text("source", mistakes),
            checked: row.day("checked", mistakes),
        };
        ServiceRow { service, preparation: row.cell("preparation").unwrap_or_default().to_owned() }
    })
}

fn read_specimens(dir: &Path, mistakes: &mut Mistakes) -> Vec<Located<SpecimenRow>> {
    const COLUMNS: Columns = Columns {
        known: &["service", "material", "container", "volume_ml", "handling_class", "handling", "own_container"],
        needed: &["service", "material", "container"],
    };
    rows(dir, SPECIMENS, &COLUMNS, mistakes, |row, mistakes| SpecimenRow {
        service: row.text("service", mistakes),
        material: row.text("material", mistakes),
        container: row.text("container", mistakes),
        volume_ml: row.number("volume_ml", mistakes).unwrap_or(0.0),
        handling_class: row.cell("handling_class").unwrap_or("room").to_owned(),
        handling: row.cell("handling").unwrap_or_default().to_owned(),
        own_container: row.yes("own_container", mistakes),
    })
}

fn read_sources(dir: &Path, mistakes: &mut Mistakes) -> Vec<Located<Source>> {
    const COLUMNS: Columns = Columns { known: &["id", "title", "address"], needed: &["id", "title"] };
    rows(dir, SOURCES, &COLUMNS, mistakes, |row, mistakes| Source {
        id: row.text("id", mistakes),
        title: row.text("title", mistakes),
        address: row.cell("address").map(str::to_owned),
    })
}

impl Draft {
    /// Follows the references. Only called on a draft without mistakes, so none of them dangles; nothing where the
    /// provider itself is missing.
    pub(super) fn into_catalogue(self) -> Option<Catalogue> {
        fn values<T>(items: Vec<Located<T>>) -> Vec<T> {
            items.into_iter().map(|item| item.value).collect()
        }
        let materials: BTreeMap<&str, &Material> =
            self.materials.iter().map(|m| (m.value.id.as_str(), &m.value)).collect();
        let text = |id: &str| self.texts.get(id).map(|text| text.value.clone());
        let mut specimens: BTreeMap<&str, Vec<SpecimenAlternative>> = BTreeMap::new();
        for Located { value: row, .. } in &self.specimens {
            let material = materials.get(row.material.as_str());
            specimens.entry(&row.service).or_default().push(SpecimenAlternative {
                material: material.map(|m| m.text.clone()).unwrap_or_default(),
                material_code: material.and_then(|m| m.code.clone()),
                container: row.container.clone(),
                volume_ml: row.volume_ml,
                handling_class: row.handling_class.clone(),
                handling: text(&row.handling),
                own_container: row.own_container,
            });
        }
        let services = self
            .services
            .iter()
            .map(|Located { value: row, .. }| {
                Arc::new(Service {
                    handbook: self.handbook.get(&row.service.id).map(|text| text.value.clone()),
                    preparation: text(&row.preparation),
                    specimens: specimens.remove(row.service.id.as_str()).unwrap_or_default(),
                    ..row.service.clone()
                })
            })
            .collect();
        let (edition, provider) = (self.edition?.value, self.provider?.value);
        Some(Catalogue {
            format: FORMAT,
            provider,
            version: edition.version,
            valid_from: edition.valid_from,
            previous: edition.previous,
            departments: values(self.departments),
            containers: values(self.containers),
            services,
            panels: values(self.panels),
            questions: values(self.questions),
            rules: values(self.rules),
            label_rules: values(self.label_rules),
            sources: values(self.sources),
        })
    }
}
