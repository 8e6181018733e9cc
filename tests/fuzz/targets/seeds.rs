//! Writes what the fuzzers begin with: contents that are right, made from the demo catalogues, and the words that such
//! contents are made of. Each content is small, so that a fuzzer spends its time on changing it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use requisition::catalogue::authoring;
use requisition::catalogue::conditions::{self, FUNCTIONS, VARIABLES};
use requisition::catalogue::delta::Delta;
use requisition::catalogue::model::Catalogue;
use requisition::catalogue::package;

/// What the demo catalogues do not write: every function and kind of loop, and conditions that just pass the bounds.
const CONDITIONS: [&str; 16] = [
    "services.exists(s, s.startsWith('ct-')) && services.map(s, size(s)).all(n, n > 1)",
    "services.exists(s, services.exists(t, s != t && s.endsWith(t)))",
    "services.exists(s, s.contains('mr')) || !services.all(s, s == service)",
    "services.all(s, s in ['crp', 'sr', service]) ? urgency == 'cito' : sex in ['1', '2']",
    "has(answers.x) && days_ago(answers.day) > 90 ? age + 1 > 2 : clinical_text.contains('a')",
    "has(answers.many) && answers.many.exists(one, services.exists(s, s == one))",
    "answers['a-b'] == 'yes' || answers.week >= 12.5 && answers.week <= 40.0",
    "days_since('ferritin') >= 0 && days_since(service) < last_days * 2 - 7",
    "int(answers.week) % 2 == 0 && double(age) / 2.0 > 1.5 && string(age) != ''",
    "size(clinical_text) < 10 && !clinical_text.startsWith('å') && -age < 0",
    "[1, 2, 3].map(n, n * age).filter(n, n > 10).size() == {'a': 1, 'b': 2}.size()",
    "services[0] == service || services[size(services) - 1] == \"\\u00e5\"",
    "((((((((age > 1))))))))",
    "!!!!!!!!!!!!!!!!(age > 1)",
    "1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1 > age",
    "true ? (true ? (true ? age > 1 : false) : false) : false",
];

fn main() {
    let corpus: PathBuf = std::env::args().nth(1).expect("the corpus folder").into();
    let put = |target: &str, name: &str, bytes: &[u8]| {
        let folder = corpus.join(target);
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join(name), bytes).expect("a seed");
    };
    for provider in ["balsam-lab", "balsam-bilde-patologi", "furumo"] {
        let catalogue = built(provider);
        let conditions = catalogue.questions.iter().flat_map(|q| [&q.visible, &q.required]);
        for source in conditions.chain(catalogue.rules.iter().map(|rule| &rule.condition)) {
            put("conditions", &named(source), source.as_bytes());
        }
    }
    for source in CONDITIONS {
        assert!(conditions::compile(source).is_ok(), "{source}: {:?}", conditions::compile(source).err());
        put("conditions", &named(source), source.as_bytes());
    }
    let held = small(built("furumo"));
    let json = |catalogue: &Catalogue| serde_json::to_vec(catalogue).expect("JSON");
    std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("held.json"), json(&held)).expect("the catalogue held");
    put("package", "content", &json(&held));
    put("package", "packed", &package::pack(&held).expect("packs"));
    for (name, next) in versions_after(&held) {
        put("package", name, &json(&next));
        put("delta", &format!("{name}-next"), &json(&next));
        let delta = Delta::between(&held, &next).expect("a delta");
        put("delta", &format!("{name}-packed"), &delta.pack().expect("packs"));
        put("delta", &format!("{name}-content"), &serde_json::to_vec(&delta).expect("JSON"));
    }
    dictionaries(&corpus, &held);
}

fn built(provider: &str) -> Catalogue {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalog-data").join(provider);
    authoring::build(&folder).unwrap_or_else(|mistakes| panic!("{provider}: {mistakes:?}"))
}

/// The same condition has the same name, so that one seed is made of it.
fn named(source: &str) -> String {
    package::hex(&package::hash(source.as_bytes()))[..16].to_owned()
}

/// One or two of everything.
fn small(mut catalogue: Catalogue) -> Catalogue {
    catalogue.services.truncate(4);
    catalogue.panels.truncate(1);
    catalogue.questions.truncate(2);
    catalogue.rules.truncate(2);
    catalogue.containers.truncate(2);
    catalogue.sources.truncate(2);
    catalogue.departments.truncate(1);
    catalogue
}

/// Later versions, each of which differs in another way.
fn versions_after(held: &Catalogue) -> Vec<(&'static str, Catalogue)> {
    let version = |change: &dyn Fn(&mut Catalogue)| {
        let mut next = held.clone();
        next.previous = Some(std::mem::replace(&mut next.version, "2099.1.1".into()));
        change(&mut next);
        next
    };
    let other = |next: &Catalogue, id: &str| {
        let mut service = next.services[1].as_ref().clone();
        service.id = id.into();
        Arc::new(service)
    };
    vec![
        ("same", version(&|_| {})),
        ("renamed", version(&|next| Arc::make_mut(&mut next.services[0]).name.push_str(" ny"))),
        ("came", version(&|next| next.services.insert(2, other(next, "ny")))),
        ("went", version(&|next| drop(next.services.remove(1)))),
        ("moved", version(&|next| next.services.swap(0, 3))),
        ("empty", version(&|next| next.services.clear())),
        (
            "replaced",
            version(&|next| {
                let successor = next.services[1].id.clone();
                let service = Arc::make_mut(&mut next.services[0]);
                (service.withdrawn, service.replaced_by) = (true, Some(successor));
            }),
        ),
        ("asked", version(&|next| next.questions[0].visible = "has(answers.x) && age > 12".into())),
        ("ruled", version(&|next| next.rules[0].condition = "services.exists(s, s == service)".into())),
        ("panels", version(&|next| next.panels[0].services.reverse())),
        ("tubes", version(&|next| next.containers.reverse())),
        ("provider", version(&|next| next.provider.name.push_str(" HF"))),
        ("later", version(&|next| next.valid_from = "2099-01-01".into())),
    ]
}

/// Words that a fuzzer would hardly find by itself.
fn dictionaries(corpus: &Path, held: &Catalogue) {
    // The format takes printable ASCII: other bytes, quotes and backslashes are written as \xAB.
    let quoted = |word: &String| {
        let plain = |byte: u8| (byte.is_ascii_graphic() || byte == b' ') && byte != b'"' && byte != b'\\';
        let bytes = word.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("\\x{byte:02X}") });
        format!("\"{}\"\n", bytes.collect::<String>())
    };
    let write = |target: &str, words: Vec<String>| {
        let lines: String = words.iter().map(quoted).collect();
        std::fs::write(corpus.join(format!("{target}.dict")), lines).expect("a dictionary");
    };
    let signs =
        ["&&", "||", "==", "!=", "<=", ">=", " in ", " ? ", " : ", "has(answers.", "[0]", "'å'", "true", "null"];
    let loops = ["exists", "all", "map", "filter"].map(|name| format!(".{name}(s, "));
    let words = VARIABLES.into_iter().chain(FUNCTIONS).chain(signs).map(str::to_owned).chain(loops).collect();
    write("conditions", words);
    let renamed = versions_after(held).into_iter().find(|(name, _)| *name == "ruled").expect("a version").1;
    let delta = Delta::between(held, &renamed).expect("a delta");
    let delta = serde_json::to_value(&delta).expect("JSON");
    let held = serde_json::to_value(held).expect("JSON");
    let mut keys = Vec::new();
    for value in [&held, &delta] {
        gather_keys(value, &mut keys);
    }
    keys.extend(
        ["{\"copy\":[0,4]}", "{\"put\":", "null", "[]", "{}", "18446744073709551615", "-1", "1e308"].map(str::to_owned),
    );
    keys.sort_unstable();
    keys.dedup();
    write("package", keys.clone());
    write("delta", keys);
}

fn gather_keys(value: &serde_json::Value, keys: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(fields) => fields.iter().for_each(|(key, value)| {
            keys.push(format!("\"{key}\":"));
            gather_keys(value, keys);
        }),
        serde_json::Value::Array(values) => values.iter().for_each(|value| gather_keys(value, keys)),
        _ => {}
    }
}
