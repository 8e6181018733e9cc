//! Order documents grown from the published JSON Schema: every optional field now and then, every choice, every list.
//!
//! The schema says what a field looks like; the few things it cannot say (which list a code is of, what must lie in the
//! past, which fields go together) stand in tables here, taken from the description of the order document. The same seed
//! gives the same document.

use requisition::codes::lists;
use serde_json::{Map, Value, json};

/// Which list a plain code is of, by the end of its path.
const LISTED: &[(&str, u16)] = &[
    ("patient.admissionCategory", 8240),
    ("orderingClinician.profession", 9060),
    ("payment.category", 4101),
    ("reasons.heading", 8231),
    ("comments.heading", 8234),
    ("informationItems.type", 8233),
    ("services.priority", 8304),
    ("services.purpose", 8248),
    ("pretreatment.heading", 8232),
];
/// What must not lie in the future.
const PAST: &[&str] = &["collected", "birthDate", "issued", "findings.date", "attachments.date"];
/// Valid numbers of test persons and of the tax authority's examples.
const FNR: &[&str] =
    &["13116900216", "15076500565", "21016400952", "12057900499", "30108299939", "30908299902", "03851598730"];
const DNR: &[&str] = &["70019950032", "55102499947", "41819077906"];
const FHN: &[&str] = &["80005484026", "80005045804", "80009001259"];

/// A document under growth.
pub struct Grower<'a> {
    schema: &'a Value,
    state: u64,
}

impl<'a> Grower<'a> {
    /// Grows from `order.schema.json`.
    #[must_use]
    pub const fn new(schema: &'a Value, seed: u64) -> Self {
        Self { schema, state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d }
    }

    /// A document that is valid by the schema and by everything that is refused beyond it.
    #[must_use]
    pub fn order(&mut self) -> Value {
        let schema = self.schema;
        let mut order = self.object(schema, "");
        self.make_whole(&mut order);
        order
    }

    /// A number below `bound` (splitmix64).
    pub fn below(&mut self, bound: usize) -> usize {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % bound as u64).unwrap_or(0)
    }

    fn often(&mut self) -> bool {
        self.below(3) > 0
    }

    /// One of several.
    pub fn pick<'b, T>(&mut self, of: &'b [T]) -> &'b T {
        &of[self.below(of.len())]
    }

    fn value(&mut self, schema: &'a Value, path: &str) -> Value {
        if let Some(name) = schema["$ref"].as_str().and_then(|name| name.strip_prefix("#/$defs/")) {
            if let Some(made) = self.named(name, path) {
                return made;
            }
            return self.value(&self.schema["$defs"][name], path);
        }
        if let Some(fixed) = schema.get("const") {
            return fixed.clone();
        }
        if let Some(choices) = schema["enum"].as_array() {
            return self.pick(choices).clone();
        }
        match schema["type"].as_str() {
            Some("array") => {
                let least = usize::try_from(schema["minItems"].as_u64().unwrap_or(0)).unwrap_or(0);
                let count = least + self.below(3);
                Value::Array((0..count).map(|_| self.value(&schema["items"], path)).collect())
            }
            Some("boolean") => json!(self.below(2) == 0),
            Some("integer") => json!(1 + self.below(12)),
            Some("number") => json!((self.below(20_000) as f64 - 1_000.0) / 100.0),
            Some("string") => json!(self.text(40)),
            _ => self.object(schema, path),
        }
    }

    /// Values whose form the schema gives by a pattern.
    fn named(&mut self, name: &str, path: &str) -> Option<Value> {
        let past = PAST.iter().any(|end| path.ends_with(end));
        Some(match name {
            "id" => json!(self.text(30)),
            "label" => json!(self.text(60)),
            "text" => json!(self.text(400)),
            "uuid" => {
                let digits = format!(
                    "{:08x}-{:04x}-4000-8000-{:012x}",
                    self.below(1 << 32),
                    self.below(1 << 16),
                    self.below(1 << 48)
                );
                json!(if self.below(4) == 0 { digits.to_uppercase() } else { digits })
            }
            "listCode" => {
                let (_, list) = LISTED.iter().find(|(end, _)| path.ends_with(end)).expect("every list is in the table");
                json!(self.list_code(*list).0)
            }
            "date" => json!(self.day(past)),
            "partialDate" => {
                let whole = self.time(past);
                json!(match self.below(4) {
                    0 => whole[..4].to_owned(),
                    1 => whole[..7].to_owned(),
                    2 => whole[..10].to_owned(),
                    _ => whole,
                })
            }
            "dateTime" => json!(self.time(past)),
            "dateOrDateTime" => json!(if self.often() { self.time(past) } else { self.day(past) }),
            "phone" => json!(*self.pick(&["53759889", "+47 22 33 44 55", "112", "00 47 53759889"])),
            "email" => json!(*self.pick(&["katskin@noline.no", "o'hara+lab@søm.example.no", "a%b@c.d", "x&y@z.no"])),
            "her" => json!((1 + self.below(999_999_998)).to_string()),
            "code" => self.code(path),
            "address" | "personIds" | "unitIds" | "unit" | "person" | "clinician" | "patient" | "service"
            | "specimen" | "attachment" | "sendingParty" | "partyFields" => return None,
            other => panic!("the schema has a new definition: {other}"),
        })
    }

    fn object(&mut self, schema: &'a Value, path: &str) -> Value {
        let mut made = Map::new();
        let parts: Vec<&Value> = schema["allOf"].as_array().into_iter().flatten().collect();
        for part in parts {
            if let Some(name) = part["$ref"].as_str().and_then(|name| name.strip_prefix("#/$defs/"))
                && let Value::Object(fields) = self.object(&self.schema["$defs"][name], path)
            {
                made.extend(fields);
            }
        }
        let required: Vec<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        for (name, field) in schema["properties"].as_object().into_iter().flatten() {
            // Some parties state a field twice: once for its form, once for what has to be in it.
            let only_demands = field.get("type").is_none() && field.get("required").is_some();
            if !only_demands && (required.contains(&name.as_str()) || self.often()) {
                let at = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                made.insert(name.clone(), self.value(field, &at));
            }
        }
        for name in required {
            if !made.contains_key(name) && name == "organisation" {
                made.insert(name.to_owned(), self.value(&self.schema["$defs"]["unit"], path));
            }
        }
        Value::Object(made)
    }

    /// Letters that need care in XML, and never blank.
    fn text(&mut self, most: usize) -> String {
        const LETTERS: &[&str] = &[
            "a",
            "e",
            "Ø",
            "å",
            " ",
            " ",
            "<",
            ">",
            "&",
            "\"",
            "'",
            "]]>",
            "\n",
            "\r\n",
            "\t",
            "ŋ",
            "č",
            "\u{a0}",
            "😀",
            "%",
            "\u{85}",
            "\u{2028}",
            ";",
            "-",
            "\u{301}",
            "\u{fffd}",
            "\u{10ffff}",
        ];
        let length = 1 + self.below(most);
        let mut text = String::from("x");
        while text.chars().count() < length {
            let letter: &str = self.pick::<&str>(LETTERS);
            text.push_str(letter);
        }
        text.chars().take(most).collect()
    }

    fn day(&mut self, past: bool) -> String {
        let latest = if past { 2026 } else { 2040 };
        format!("{}-{:02}-{:02}", 1850 + self.below(latest - 1850), 1 + self.below(12), 1 + self.below(28))
    }

    fn time(&mut self, past: bool) -> String {
        let day = self.day(past);
        let seconds = *self.pick(&["", ":05", ":05.250", ":59.123456789"]);
        let zone = *self.pick(&["", "", "Z", "+02:00", "-11:30", "+14:00"]);
        format!("{day}T{:02}:{:02}{seconds}{zone}", self.below(24), self.below(60))
    }

    fn list_code(&mut self, list: u16) -> (&'static str, &'static str) {
        let codes: Vec<(&str, &str)> = lists()[&list].iter().map(|(code, text)| (*code, *text)).collect();
        *self.pick(&codes)
    }

    fn code(&mut self, path: &str) -> Value {
        let listed = |grower: &mut Self, list: u16| {
            let (code, text) = grower.list_code(list);
            json!({ "system": format!("volven:{list}"), "code": code, "display": text })
        };
        let mut local = json!({ "system": "LOCAL", "display": self.text(50) });
        if self.below(2) == 0 {
            local["code"] = json!(self.text(12));
        }
        if path.ends_with("localCode") {
            return local;
        }
        if path.ends_with("collectionMethod") {
            return listed(self, 8275);
        }
        if path.starts_with("diagnoses") {
            let (system, code) = *self.pick(&[("ICPC2", "L15"), ("ICD10", "C50.1"), ("ICD10", "G20")]);
            return json!({ "system": system, "code": code, "display": self.text(50) });
        }
        if path.starts_with("informationItems") {
            let list = *self.pick(&[8217, 8218, 8209]);
            return listed(self, list);
        }
        if path.contains("material") {
            return match self.below(3) {
                0 => listed(self, 8216),
                1 => json!({ "system": "volven:8351", "code": self.text(8), "display": self.text(20) }),
                _ => local,
            };
        }
        match self.below(6) {
            0 => {
                json!({ "system": "NLK", "code": *self.pick(&["NOR05172", "NPU03577", "NPU19748"]), "display": self.text(50) })
            }
            1 => json!({ "system": "NCRP", "code": "SNG0AG", "display": self.text(50) }),
            2 => json!({ "system": "NCRP", "display": self.text(50) }),
            3 => json!({ "system": "NORPAT", "code": "T01000", "display": self.text(50) }),
            4 => listed(self, 8219),
            _ => local,
        }
    }

    /// What goes together, and what the schema says with conditions.
    fn make_whole(&mut self, order: &mut Value) {
        let kind = order["kind"].as_str().unwrap_or_default().to_owned();
        let radiology = matches!(order["discipline"].as_str(), Some("CT" | "MA" | "MR" | "RTG" | "SCI" | "UL"));
        for role in ["requester", "serviceProvider"] {
            self.address(&mut order[role]);
        }
        if kind != "new" {
            order["requisition"]["id"] = self.named("uuid", "").expect("a UUID");
            order["requisition"]["issued"] = json!(self.time(true));
        }
        if order["orderingClinician"].get("name").is_none() && order["orderingClinician"].get("unit").is_none() {
            order["orderingClinician"]["name"] = json!("August September");
        }
        if radiology && matches!(kind.as_str(), "new" | "change") {
            order["mayChangeModality"] = json!(self.below(2) == 0);
        }
        self.identify(&mut order["patient"]);
        for item in items(order, "informationItems") {
            if item.get("code").is_none() && item.get("text").is_none() {
                item["text"] = json!(self.text(50));
            }
        }
        let hpr = json!("9144897");
        each(order, "HPR", &mut |_| hpr.clone());
        each(order, "ENH", &mut |_| json!("974744570"));
        each(order, "postalCode", &mut |_| json!("3602"));
        self.join(order, &kind, radiology);
        for attachment in items(order, "attachments") {
            let (mime, content) = *self.pick(&[
                ("application/pdf", "JVBERi0xLjQKJSVFT0Y="),
                ("text/plain", "Qmzl\nYuZy"),
                ("image/jpeg", "/9j/4AAQ"),
                ("image/png", "iVBORw0KGgo="),
            ]);
            attachment["mimeType"] = json!(mime);
            attachment["base64"] = json!(content);
            attachment.as_object_mut().expect("an object").remove("path");
        }
    }

    /// A party that is addressed has HER-ids on both levels.
    fn address(&mut self, party: &mut Value) {
        party["organisation"]["ids"]["HER"] = json!("91096");
        if party.get("departments").and_then(Value::as_array).is_none_or(Vec::is_empty) && self.below(2) == 0 {
            party["person"] = json!({ "name": self.text(20), "ids": { "HER": "91100" } });
        } else {
            let last = json!({ "name": self.text(20), "ids": { "HER": "999901", "LAV": "8380" } });
            match party.get_mut("departments").and_then(Value::as_array_mut) {
                Some(departments) => departments.push(last),
                None => party["departments"] = json!([last]),
            }
        }
    }

    fn identify(&mut self, patient: &mut Value) {
        let mut ids = Map::new();
        for (kind, numbers) in [("FNR", FNR), ("DNR", DNR), ("FHN", FHN)] {
            if self.below(3) == 0 {
                ids.insert(kind.to_owned(), json!(*self.pick(numbers)));
            }
        }
        if ids.is_empty() || self.below(3) == 0 {
            let national = !ids.is_empty();
            ids.insert("HNR".to_owned(), json!(self.text(20)));
            if !national {
                patient["birthDate"] = json!(self.day(true));
                patient["sex"] = json!(*self.pick(&["0", "1", "2", "9"]));
            }
        }
        patient["ids"] = Value::Object(ids);
    }

    /// Services and specimens that know each other.
    fn join(&mut self, order: &mut Value, kind: &str, radiology: bool) {
        let actions: &[&str] = match kind {
            "new" => &["new"],
            "addition" => &["new", "unchanged"],
            "cancel" => &["cancelled"],
            _ => &["new", "unchanged", "changed", "cancelled"],
        };
        if radiology {
            order.as_object_mut().expect("an object").remove("specimens");
        }
        let mut keys = Vec::new();
        for (at, specimen) in items(order, "specimens").enumerate() {
            let key = format!("k{at} æ");
            specimen["key"] = json!(key);
            let fields = specimen.as_object_mut().expect("an object");
            if self.below(3) == 0 {
                fields
                    .retain(|name, _| !["collected", "collectorComment", "collectionMethod"].contains(&name.as_str()));
                fields.insert("notCollected".into(), json!(true));
            } else {
                fields.retain(|name, _| !["notCollected", "plannedDate"].contains(&name.as_str()));
                fields.entry("collected").or_insert_with(|| json!("2024-03-05T10:12"));
            }
            if fields["material"].as_object().is_none_or(Map::is_empty) {
                fields.insert("material".into(), json!({ "text": "Blod" }));
            }
            for name in ["pretreatment", "ids"] {
                if fields.get(name).and_then(Value::as_object).is_some_and(Map::is_empty) {
                    fields.remove(name);
                }
            }
            keys.push(key);
        }
        let wants_services = kind != "cancel";
        if wants_services && order["services"].as_array().is_none_or(Vec::is_empty) {
            order["services"] = json!([{ "code": { "system": "LOCAL", "display": "Dyrkning" } }]);
        }
        if wants_services && !radiology && keys.is_empty() {
            order["specimens"] = json!([{ "key": "k", "material": { "text": "Urin" }, "notCollected": true }]);
            keys.push("k".to_owned());
        }
        let count = order["services"].as_array().map_or(0, Vec::len);
        for (at, service) in items(order, "services").enumerate() {
            let action = *self.pick(actions);
            let fields = service.as_object_mut().expect("an object");
            fields.insert("action".into(), json!(action));
            if fields.get("specs").and_then(Value::as_array).is_some_and(|specs| !specs.is_empty()) {
                fields.remove("localCode");
            }
            if fields.get("series").and_then(Value::as_object).is_some_and(Map::is_empty) {
                fields.remove("series");
            }
            fields.remove("specimens");
            if !keys.is_empty() {
                // Every specimen serves somebody; the last service takes those that are left.
                let mine: Vec<&String> = keys
                    .iter()
                    .enumerate()
                    .filter(|(key, _)| key % count == at || (at + 1 == count && *key >= count))
                    .map(|(_, key)| key)
                    .collect();
                let mine = if mine.is_empty() { vec![&keys[0]] } else { mine };
                fields.insert("specimens".into(), json!(mine));
            }
        }
        if count == 0 && kind == "cancel" {
            order.as_object_mut().expect("an object").remove("specimens");
        }
    }
}

/// The items of a list, where it is there. Looking with an index would put it there.
fn items<'b>(order: &'b mut Value, name: &str) -> impl Iterator<Item = &'b mut Value> {
    order.get_mut(name).and_then(Value::as_array_mut).into_iter().flatten()
}

/// Replaces every field of a name, wherever it stands.
fn each(value: &mut Value, name: &str, with: &mut impl FnMut(&Value) -> Value) {
    match value {
        Value::Object(fields) => {
            for (field, inner) in fields.iter_mut() {
                if field == name { *inner = with(inner) } else { each(inner, name, with) }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| each(item, name, with)),
        _ => {}
    }
}
