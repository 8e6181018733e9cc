//! The provider's directory as located values: CSV rows and TOML elements, each knowing its line.

use std::{collections::BTreeMap, path::Path, str::FromStr, sync::Arc};

use serde::Deserialize;

use super::{
    Mistakes, What,
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
    pub edition: Located<Edition>,
    pub provider: Located<Provider>,
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

/// Reads all files. Nothing only where the provider itself cannot be read: everything else goes on.
pub(super) fn read(dir: &Path, mistakes: &mut Mistakes) -> Option<Draft> {
    let services = read_services(dir, mistakes);
    let specimens = read_specimens(dir, mistakes);
    let sources = read_sources(dir, mistakes);
    let containers = list(dir, CONTAINERS, "container", true, mistakes);
    let panels = list(dir, PANELS, "panel", false, mistakes);
    let questions = list(dir, QUESTIONS, "question", false, mistakes);
    let rules = list(dir, RULES, "rule", false, mistakes);
    let texts = by_name(dir, TEXTS, mistakes);
    let handbook = by_name(dir, HANDBOOK, mistakes);

    let file = TomlFile::read(dir, PROVIDER, mistakes)?;
    let table = file.table(mistakes)?;
    file.only(&table, &["edition", "provider", "department", "label_rule", "material"], mistakes);
    let departments = file.elements(&table, "department", mistakes);
    let label_rules = file.elements(&table, "label_rule", mistakes);
    let materials = file.elements(&table, "material", mistakes);
    let single = |key: &str, mistakes: &mut Mistakes| {
        let found = table.get(key);
        if found.is_none() {
            mistakes.add(PROVIDER, 0, key, What::Empty);
        }
        found
    };
    let edition = single("edition", mistakes).and_then(|value| file.element(value, "edition", mistakes));
    let provider = single("provider", mistakes).and_then(|value| file.element(value, "provider", mistakes));
    Some(Draft {
        edition: edition?,
        provider: provider?,
        departments,
        label_rules,
        materials,
        containers,
        texts,
        services,
        specimens,
        panels,
        questions,
        rules,
        handbook,
        sources,
    })
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
    const COLUMNS: [&str; 26] = [
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
    ];
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
            priority: row.number("priority", mistakes).unwrap_or(0),
            unit: row.cell("unit").map(str::to_owned),
            handbook: None,
            preparation: None,
            fasting: row.yes("fasting", mistakes),
            specimens: Vec::new(),
            questions: row.list("questions"),
            turnaround_days: row.number("turnaround_days", mistakes),
            add_on_hours: row.number("add_on_hours", mistakes),
            retest_days: row.number("retest_days", mistakes),
            sex: row.cell("sex").map(str::to_owned),
            min_age: row.number("min_age", mistakes),
            max_age: row.number("max_age", mistakes),
            replaced_by: row.cell("replaced_by").map(str::to_owned),
            withdrawn: row.yes("withdrawn", mistakes),
            source: row.text("source", mistakes),
            checked: row.text("checked", mistakes),
        };
        ServiceRow { service, preparation: row.cell("preparation").unwrap_or_default().to_owned() }
    })
}

fn read_specimens(dir: &Path, mistakes: &mut Mistakes) -> Vec<Located<SpecimenRow>> {
    const COLUMNS: [&str; 7] =
        ["service", "material", "container", "volume_ml", "handling_class", "handling", "own_container"];
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
    rows(dir, SOURCES, &["id", "title", "address"], mistakes, |row, mistakes| Source {
        id: row.text("id", mistakes),
        title: row.text("title", mistakes),
        address: row.cell("address").map(str::to_owned),
    })
}

/// A CSV row with its line and its columns by name.
struct Row<'a> {
    file: &'a str,
    line: u32,
    columns: &'a BTreeMap<String, usize>,
    record: &'a csv::StringRecord,
}

impl Row<'_> {
    /// A cell, or nothing when it is empty or its column is left out.
    fn cell(&self, column: &str) -> Option<&str> {
        self.columns.get(column).and_then(|at| self.record.get(*at)).map(str::trim).filter(|cell| !cell.is_empty())
    }

    /// A mandatory cell.
    fn text(&self, column: &str, mistakes: &mut Mistakes) -> String {
        match self.cell(column) {
            Some(cell) => cell.to_owned(),
            None => {
                mistakes.add(self.file, self.line, column, What::Empty);
                String::new()
            }
        }
    }

    /// Values between semicolons.
    fn list(&self, column: &str) -> Vec<String> {
        self.cell(column)
            .unwrap_or_default()
            .split(';')
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect()
    }

    /// Codes between semicolons, each `SYSTEM CODE text`.
    fn codes(&self, column: &str, mistakes: &mut Mistakes) -> Vec<Coded> {
        let mut codes = Vec::new();
        for written in self.list(column) {
            let mut parts = written.splitn(3, ' ').map(|part| part.trim().to_owned());
            match (parts.next(), parts.next(), parts.next()) {
                (Some(system), Some(code), Some(display)) if !display.is_empty() => {
                    codes.push(Coded { system, code: Some(code), display });
                }
                _ => self.refuse(column, &written, "a code as `NORPAT T01000 hud`", mistakes),
            }
        }
        codes
    }

    fn yes(&self, column: &str, mistakes: &mut Mistakes) -> bool {
        match self.cell(column) {
            None | Some("no") => false,
            Some("yes") => true,
            Some(other) => {
                self.refuse(column, other, "`yes`, `no` or empty", mistakes);
                false
            }
        }
    }

    fn number<N: FromStr>(&self, column: &str, mistakes: &mut Mistakes) -> Option<N> {
        let cell = self.cell(column)?;
        match cell.parse() {
            Ok(number) => Some(number),
            Err(_) => {
                self.refuse(column, cell, "a number (with a point, not a comma)", mistakes);
                None
            }
        }
    }

    fn refuse(&self, column: &str, value: &str, expected: &'static str, mistakes: &mut Mistakes) {
        mistakes.add(self.file, self.line, column, What::Value { value: value.to_owned(), expected });
    }
}

fn rows<T>(
    dir: &Path,
    name: &str,
    known: &[&str],
    mistakes: &mut Mistakes,
    mut make: impl FnMut(&Row<'_>, &mut Mistakes) -> T,
) -> Vec<Located<T>> {
    let mut reader = match csv::ReaderBuilder::new().comment(Some(b'#')).from_path(dir.join(name)) {
        Ok(reader) => reader,
        Err(error) => {
            mistakes.add(name, 0, "", What::Unreadable(error.to_string()));
            return Vec::new();
        }
    };
    let headers = match reader.headers() {
        Ok(headers) => headers.clone(),
        Err(error) => {
            mistakes.add(name, 1, "", What::Syntax(error.to_string()));
            return Vec::new();
        }
    };
    let mut columns = BTreeMap::new();
    for (at, header) in headers.iter().enumerate() {
        let header = header.trim();
        if !known.contains(&header) {
            let what = What::Syntax(format!("unknown column, expected: {}", known.join(", ")));
            mistakes.add(name, 1, header, what);
        }
        columns.insert(header.to_owned(), at);
    }
    let mut out = Vec::new();
    for record in reader.records() {
        match record {
            Ok(record) => {
                let line = record.position().map_or(0, |at| u32::try_from(at.line()).unwrap_or(u32::MAX));
                let row = Row { file: name, line, columns: &columns, record: &record };
                let value = make(&row, mistakes);
                out.push(Located::at(value, line));
            }
            Err(error) => {
                let line = error.position().map_or(0, |at| u32::try_from(at.line()).unwrap_or(u32::MAX));
                mistakes.add(name, line, "", What::Syntax(error.to_string()));
            }
        }
    }
    out
}

impl Draft {
    /// Follows the references. Only called on a draft without mistakes, so none of them dangles.
    pub(super) fn into_catalogue(self) -> Catalogue {
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
        Catalogue {
            format: FORMAT,
            provider: self.provider.value,
            version: self.edition.value.version,
            valid_from: self.edition.value.valid_from,
            previous: self.edition.value.previous,
            departments: values(self.departments),
            containers: values(self.containers),
            services,
            panels: values(self.panels),
            questions: values(self.questions),
            rules: values(self.rules),
            label_rules: values(self.label_rules),
            sources: values(self.sources),
        }
    }
}
