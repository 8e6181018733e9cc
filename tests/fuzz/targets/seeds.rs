//! Writes what the fuzzers begin with: contents that are right, made from the demo catalogues.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use requisition::catalogue::{authoring, delta::Delta, package};

fn main() {
    let corpus: PathBuf = std::env::args().nth(1).expect("the corpus folder").into();
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut catalogue = authoring::build(&top.join("catalog-data/furumo")).expect("Furumo builds");
    let put = |target: &str, name: &str, bytes: &[u8]| {
        let folder = corpus.join(target);
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join(name), bytes).expect("a seed");
    };
    let conditions = catalogue.questions.iter().flat_map(|q| [&q.visible, &q.required]);
    for (n, source) in conditions.chain(catalogue.rules.iter().map(|rule| &rule.condition)).enumerate() {
        put("conditions", &format!("real-{n}"), source.as_bytes());
    }
    put("conditions", "loops", b"services.exists(s, s.startsWith('ct-')) && services.map(s, size(s)).all(n, n > 1)");
    put("conditions", "dates", b"has(answers.x) && days_ago(answers.x) > 90 ? age + 1 > 2 : clinical_text.contains('a')");
    catalogue.services.truncate(3);
    catalogue.panels.truncate(1);
    let json = serde_json::to_vec(&catalogue).expect("JSON");
    put("package", "content", &json);
    put("package", "packed", &package::pack(&catalogue).expect("packs"));
    std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("held.json"), &json).expect("the catalogue held");
    let mut next = catalogue.clone();
    next.version = "2099.1.1".into();
    Arc::make_mut(&mut next.services[0]).name.push_str(" ny");
    let delta = Delta::between(&catalogue, &next).expect("a delta");
    put("delta", "packed", &delta.pack().expect("packs"));
    put("delta", "content", &serde_json::to_vec(&delta).expect("JSON"));
}
