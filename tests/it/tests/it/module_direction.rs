//! The modules of the core point one way. The table in `lib.rs` is the only place that says which.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn no_module_of_the_core_knows_a_higher_one() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../src-tauri/core/src");
    let library = fs::read_to_string(source.join("lib.rs")).unwrap();
    let layers = layers(&library);
    for line in library.lines() {
        if let Some(module) = line.strip_prefix("pub mod ").and_then(|rest| rest.strip_suffix(';')) {
            assert!(layers.contains_key(module), "{module} has no layer in lib.rs");
        }
    }
    let mut wrong = Vec::new();
    let mut seen = 0;
    for (module, layer) in &layers {
        for file in files(&source, module) {
            for other in mentioned(&fs::read_to_string(&file).unwrap()) {
                let Some(theirs) = layers.get(&other) else { continue };
                seen += 1;
                if theirs > layer {
                    wrong.push(format!("{} (layer {layer}) knows {other} (layer {theirs})", file.display()));
                }
            }
        }
    }
    assert!(seen > 20, "the test has to find the uses it judges");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_tables_rows_and_the_uses_are_found() {
    let table = "//! | 2 | [`order`], [`parties`] |\n//! | 1 | [`ids`] |\n";
    let layers = layers(table);
    assert_eq!((layers["order"], layers["parties"], layers["ids"]), (2, 2, 1));
    let code = "use crate::ids::X;\nuse crate::{codes, order::{Order}};\n// crate::store is not used\nlet x = crate::parties::y();";
    assert_eq!(mentioned(code), ["ids", "codes", "order", "parties"]);
}

/// Rows of the form `//! | 3 | [`catalogue`], [`order`] |`.
fn layers(library: &str) -> BTreeMap<String, u32> {
    let mut layers = BTreeMap::new();
    for line in library.lines().filter_map(|line| line.strip_prefix("//! | ")) {
        let Some((layer, modules)) = line.split_once(" | ") else { continue };
        let Ok(layer) = layer.parse() else { continue };
        for module in modules.split("[`").skip(1).filter_map(|rest| rest.split('`').next()) {
            layers.insert(module.to_owned(), layer);
        }
    }
    layers
}

fn files(source: &Path, module: &str) -> Vec<PathBuf> {
    let single = source.join(format!("{module}.rs"));
    let mut files = Vec::new();
    if single.exists() {
        files.push(single);
    }
    let mut folders = vec![source.join(module)];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(folder) else { continue };
        for path in entries.map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files
}

/// The modules after `crate::`, comments aside.
fn mentioned(code: &str) -> Vec<String> {
    let code: String =
        code.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n");
    let mut found = Vec::new();
    for rest in code.split("crate::").skip(1) {
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 0;
            for part in group.split_inclusive([',', '{', '}']) {
                if depth == 0 {
                    found.push(name(part.trim_start()));
                }
                match part.chars().last() {
                    Some('{') => depth += 1,
                    Some('}') if depth == 0 => break,
                    Some('}') => depth -= 1,
                    _ => {}
                }
            }
        } else {
            found.push(name(rest));
        }
    }
    found.retain(|name| !name.is_empty());
    found
}

fn name(text: &str) -> String {
    text.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect()
}
