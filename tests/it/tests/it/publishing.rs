//! Publishing a catalogue as the people at the hospital do: with the tool, from the folder of text to what offices fetch.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn run(arguments: &[&dyn AsRef<std::ffi::OsStr>]) -> Output {
    let mut tool = Command::new(it::tool());
    tool.arg("catalogue");
    tool.args(arguments.iter().map(|argument| argument.as_ref()));
    tool.output().unwrap()
}

fn json(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Furumo's folder as it is, and as it will be: another version, a withdrawn service, a changed limit.
struct Hospital {
    dir: tempfile::TempDir,
}

impl Hospital {
    fn new() -> Self {
        let hospital = Self { dir: tempfile::tempdir().unwrap() };
        hospital.copy("old", |name, text| match name {
            "provider.toml" => edition(&text, "2026.11.1", "2026.10.4"),
            _ => text,
        });
        hospital.copy("new", |name, text| match name {
            "provider.toml" => {
                edition(&text, "2026.12.1", "2026.11.1").replace("clinical_text = 2000", "clinical_text = 3000")
            }
            _ => text,
        });
        assert!(run(&[&"keygen", &"-o", &hospital.path("keys")]).status.success());
        for version in ["old", "new"] {
            let package = hospital.path(&format!("{version}.rkvcat"));
            json(&run(&[&"build", &hospital.path(version), &"--secret-key", &hospital.key(), &"-o", &package]));
        }
        hospital
    }

    fn copy(&self, to: &str, change: impl Fn(&str, String) -> String) {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalog-data/furumo");
        fs::create_dir_all(self.path(to)).unwrap();
        for file in fs::read_dir(from).unwrap().map(Result::unwrap) {
            let name = file.file_name().into_string().unwrap();
            let text = fs::read_to_string(file.path()).unwrap();
            fs::write(self.path(to).join(&name), change(&name, text)).unwrap();
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn key(&self) -> PathBuf {
        self.path("keys/catalogue.key")
    }
}

/// The provider's file as another edition of it, whatever the one is that offices have today.
fn edition(text: &str, version: &str, previous: &str) -> String {
    let line = |line: &str| match line.split_once(" = ") {
        Some(("version", _)) => format!("version = \"{version}\"\n"),
        Some(("previous", _)) => format!("previous = \"{previous}\"\n"),
        _ => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

#[test]
fn verify_says_all_that_a_second_person_has_to_look_at() {
    let hospital = Hospital::new();
    let public = hospital.path("keys/catalogue.pub");
    let said = json(&run(&[&"verify", &hospital.path("new.rkvcat"), &"--public-key", &public]));
    for (field, value) in [
        ("kind", "package"),
        ("provider", "furumo"),
        ("version", "2026.12.1"),
        ("previous", "2026.11.1"),
        ("validFrom", "2026-10-28"),
    ] {
        assert_eq!(said[field], value, "{field}");
    }
    assert_eq!(said["demo"], true);
    for counted in ["services", "panels", "departments", "containers", "questions", "rules", "labelRules", "sources"] {
        assert!(said[counted].as_u64().unwrap() > 0, "{counted}");
    }
    assert_eq!((said["sha256"].as_str().unwrap().len(), said["content"].as_str().unwrap().len()), (64, 64));
    let key = fs::read_to_string(&public).unwrap();
    assert!(key.contains(said["signedBy"].as_str().unwrap()), "the key as minisign names it: {key}");
    let (_, stranger) = requisition::catalogue::package::keygen().unwrap();
    fs::write(&public, stranger).unwrap();
    assert_eq!(run(&[&"verify", &hospital.path("new.rkvcat"), &"--public-key", &public]).status.code(), Some(1));
}

#[test]
fn a_delta_is_made_proven_and_named_for_the_gateway() {
    let hospital = Hospital::new();
    let (old, new) = (hospital.path("old.rkvcat"), hospital.path("new.rkvcat"));
    let made = json(&run(&[&"delta", &old, &new, &"--secret-key", &hospital.key(), &"-o", &hospital.path("out")]));
    assert_eq!(made["serveAs"], "furumo.2026.11.1-2026.12.1.rkvdelta");
    let file = hospital.path("out/furumo.2026.11.1-2026.12.1.rkvdelta");
    assert!(fs::metadata(&file).unwrap().len() < fs::metadata(&new).unwrap().len());
    let said = json(&run(&[&"verify", &file, &"--public-key", &hospital.path("keys/catalogue.pub")]));
    assert_eq!((said["kind"].as_str(), said["to"]["version"].as_str()), (Some("delta"), Some("2026.12.1")));
    let back = hospital.path("back.rkvdelta");
    let refused = run(&[&"delta", &new, &old, &"--secret-key", &hospital.key(), &"-o", &back]);
    assert_eq!(refused.status.code(), Some(1), "no delta leads back");
    assert!(!back.exists(), "a refused command leaves no file");
}

#[test]
fn diff_tells_what_offices_will_be_told_in_json_and_in_lines() {
    let hospital = Hospital::new();
    let (old, new) = (hospital.path("old.rkvcat"), hospital.path("new.rkvcat"));
    let said = json(&run(&[&"diff", &old, &new]));
    assert_eq!((&said["from"], &said["to"]), (&"2026.11.1".into(), &"2026.12.1".into()));
    assert_eq!(said["changes"][0]["item"], "provider");
    let lines = String::from_utf8(run(&[&"diff", &old, &new, &"--text"]).stdout).unwrap();
    assert!(lines.starts_with("furumo 2026.11.1 -> 2026.12.1\n"), "{lines}");
    assert!(lines.contains("\nChanged: 1\n  provider furumo \"Furumo laboratorium\": limits\n      limits.clinical_text: 2000 -> 3000\n"), "{lines}");
    for title in ["New: 0", "Replaced: 0", "Withdrawn: 0"] {
        assert!(lines.contains(title), "{lines}");
    }
}

#[test]
fn the_same_facts_make_the_same_bytes_in_every_run_and_in_whatever_order_keys_are_written() {
    let hospital = Hospital::new();
    // The keys of every table the other way round, line by line; a value over several lines keeps its table as it is.
    hospital.copy("shuffled", |name, _| {
        let text = fs::read_to_string(hospital.path("old").join(name)).unwrap();
        if name.ends_with(".toml") { backwards(&text) } else { text }
    });
    assert_ne!(
        fs::read(hospital.path("shuffled/provider.toml")).unwrap(),
        fs::read(hospital.path("old/provider.toml")).unwrap()
    );
    let bytes = fs::read(hospital.path("old.rkvcat")).unwrap();
    for folder in ["old", "shuffled"] {
        let again = hospital.path(&format!("again/{folder}.rkvcat"));
        let said = json(&run(&[&"build", &hospital.path(folder), &"--secret-key", &hospital.key(), &"-o", &again]));
        assert!(said["sha256"].is_string());
        assert!(fs::read(again).unwrap() == bytes, "{folder}");
    }
}

/// The keys of each table in reverse order, where every one of them stands on one line.
fn backwards(text: &str) -> String {
    let mut out: Vec<&str> = Vec::new();
    let mut keys: Vec<&str> = Vec::new();
    let simple = |line: &str| {
        line.contains(" = ")
            && line.matches(['[', '{']).count() == line.matches([']', '}']).count()
            && !line.contains("\"\"\"")
            && !line.starts_with([' ', '"', '#'])
    };
    for line in text.lines() {
        if simple(line) {
            keys.push(line);
        } else {
            out.extend(keys.drain(..).rev());
            out.push(line);
        }
    }
    out.extend(keys.drain(..).rev());
    out.join("\n") + "\n"
}
