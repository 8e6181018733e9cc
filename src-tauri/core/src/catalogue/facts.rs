//! What a change says to a person: for each fact that differs, what it was and what it is, with names for ids.
//!
//! A list tells only what went out of it and what came in. Fields that mean nothing at an office (ranking, sources, list order) are
//! left to [`super::diff::Change::fields`]. The wording of fields, figures and coded values belongs to the window.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use specta::Type;

use super::listed::Differing;
use super::model::{Catalogue, Text};

/// One fact that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Fact {
    /// Field as the model calls it; inside an object with a dot: `limits.clinical_text`.
    pub field: String,
    /// What it was; of a list, what went out of it. Empty where it was not said.
    pub before: Vec<Told>,
    /// What it is; of a list, what came in. Empty where it is not said any more.
    pub after: Vec<Told>,
}

/// A value of a fact, as it can be shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub enum Told {
    /// Words in the three languages, or a coded value of the model in `nb` alone.
    Words(Text),
    /// A figure in the unit of its field, with a decimal point.
    Number(String),
    /// Yes or no.
    Flag(bool),
}

/// Names for the ids of one catalogue.
pub(super) struct Names<'a>(pub &'a Catalogue);

/// Facts nobody at an office acts on.
const UNTOLD: [&str; 10] = [
    "id",
    "priority",
    "source",
    "checked",
    "sort",
    "place",
    "safe_to_copy",
    "interview",
    "material_code",
    "label_name",
];

/// What the fields that differ say to a person.
pub(super) fn facts(differing: &[Differing], old: &Names<'_>, new: &Names<'_>) -> Vec<Fact> {
    let mut facts = Vec::new();
    for Differing { field, before, after } in differing.iter().filter(|one| !UNTOLD.contains(&one.field)) {
        tell(field, field, (before, old), (after, new), &mut facts);
    }
    facts
}

/// Tells one field; an object that is no value by itself is told part by part.
fn tell(
    path: &str,
    field: &str,
    (before, old): (&Value, &Names<'_>),
    (after, new): (&Value, &Names<'_>),
    facts: &mut Vec<Fact>,
) {
    let parts = |value: &Value| value.as_object().is_some_and(|object| !object.contains_key("nb"));
    if field != "code" && field != "local_code" && (parts(before) || parts(after)) {
        let keys = |value: &Value| value.as_object().map(|object| object.keys().cloned().collect::<Vec<_>>());
        let mut inner = keys(before).unwrap_or_default();
        inner.extend(keys(after).unwrap_or_default());
        inner.sort();
        inner.dedup();
        for key in inner {
            tell(&format!("{path}.{key}"), &key, (&before[&key], old), (&after[&key], new), facts);
        }
        return;
    }
    let (told_before, told_after) = (old.told(field, before), new.told(field, after));
    let list = before.is_array() || after.is_array();
    let only = |these: &[Told], others: &[Told]| -> Vec<Told> {
        these.iter().filter(|told| !list || !others.contains(told)).cloned().collect()
    };
    let fact = Fact {
        field: path.to_owned(),
        before: only(&told_before, &told_after),
        after: only(&told_after, &told_before),
    };
    if fact.before != fact.after {
        facts.push(fact);
    }
}

impl Names<'_> {
    fn told(&self, field: &str, value: &Value) -> Vec<Told> {
        match value {
            Value::Null => Vec::new(),
            Value::Bool(flag) => vec![Told::Flag(*flag)],
            Value::Number(number) => vec![Told::Number(number.as_f64().unwrap_or_default().to_string())],
            Value::String(word) if word.is_empty() => Vec::new(),
            Value::String(word) => vec![Told::Words(self.named(field, word))],
            Value::Array(elements) => elements.iter().flat_map(|element| self.told(field, element)).collect(),
            Value::Object(_) => self.object(field, value).map(Told::Words).into_iter().collect(),
        }
    }

    fn object(&self, field: &str, value: &Value) -> Option<Text> {
        match field {
            "specimens" => Some(self.specimen(value)),
            "code" | "local_code" => {
                let part = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
                Some(plain(
                    [part("code"), part("display")]
                        .into_iter()
                        .filter(|part| !part.is_empty())
                        .collect::<Vec<_>>()
                        .join(" "),
                ))
            }
            "options" | "override_reasons" => text(&value["text"]),
            _ => text(value),
        }
    }

    /// "Blod, EDTA, 0,5 mL, kjølig": one way to take a specimen, as a line of the handbook.
    fn specimen(&self, way: &Value) -> Text {
        let id = way["container"].as_str().unwrap_or_default();
        let container = self.0.containers.iter().find(|one| one.id == id).map(|one| one.name.clone());
        let container = container.unwrap_or_else(|| plain(id.to_owned()));
        let handling = text(&way["handling"]).unwrap_or_default();
        let kept = match way["handling_class"].as_str().unwrap_or_default() {
            "cold" => ["kjølig", "kjølig", "cold"],
            "ice" => ["på is", "på is", "on ice"],
            "dark" => ["beskyttet mot lys", "verna mot lys", "protected from light"],
            "frozen" => ["frosset", "frosen", "frozen"],
            _ => [""; 3],
        };
        let alone = if way["own_container"] == Value::Bool(true) {
            ["egen beholder", "eigen behaldar", "own container"]
        } else {
            [""; 3]
        };
        let volume = way["volume_ml"].as_f64().filter(|volume| *volume > 0.0);
        let volume = volume.map_or_else(String::new, |volume| format!("{volume} mL"));
        let norwegian = volume.replace('.', ",");
        let line = |container: &str, volume: &str, kept: &str, alone: &str, handling: &str| {
            let material = way["material"].as_str().unwrap_or_default();
            // "Serum, gel" says its material itself.
            let material = if container.to_lowercase().starts_with(&material.to_lowercase()) { "" } else { material };
            let parts = [material, container, volume, kept, alone, handling];
            parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
        };
        let or = |words: &Text, own: &str| if own.is_empty() { words.nb.clone() } else { own.to_owned() };
        Text {
            nb: line(&container.nb, &norwegian, kept[0], alone[0], &handling.nb),
            nn: line(&or(&container, &container.nn), &norwegian, kept[1], alone[1], &or(&handling, &handling.nn)),
            en: line(&or(&container, &container.en), &volume, kept[2], alone[2], &or(&handling, &handling.en)),
        }
    }

    /// The name behind an id, where the field holds ids.
    fn named(&self, field: &str, word: &str) -> Text {
        let catalogue = self.0;
        let name = match field {
            "questions" => catalogue.questions.iter().find(|one| one.id == word).map(|one| one.text.clone()),
            "services" | "optional" | "replaced_by" => {
                catalogue.services.iter().find(|one| one.id == word).map(|one| plain(one.name.clone()))
            }
            "department" => {
                catalogue.departments.iter().find(|one| one.id == word).map(|one| one.discipline_name.clone())
            }
            _ => None,
        };
        name.unwrap_or_else(|| plain(word.to_owned()))
    }
}

fn text(value: &Value) -> Option<Text> {
    serde_json::from_value(value.clone()).ok()
}

fn plain(words: String) -> Text {
    Text { nb: words, ..Text::default() }
}
