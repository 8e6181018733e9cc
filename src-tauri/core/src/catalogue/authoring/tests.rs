//! What catalogue authors meet: the demo providers build, and each kind of mistake is named where it stands.

use std::path::{Path, PathBuf};

use super::build;
use crate::catalogue::model::Catalogue;

fn provider(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalog-data").join(name)
}

fn mistakes(dir: &Path) -> Vec<String> {
    build(dir).err().unwrap_or_default().iter().map(ToString::to_string).collect()
}

#[test]
fn balsam_laboratory_builds_without_a_mistake() {
    let dir = provider("balsam-lab");
    assert_eq!(mistakes(&dir), Vec::<String>::new());
    let catalogue = build(&dir).unwrap();
    assert!(catalogue.services.len() >= 300, "{}", catalogue.services.len());
    assert!(catalogue.provider.demo);
    let described = catalogue.services.iter().filter(|s| s.handbook.is_some()).count();
    assert!(described >= 60, "{described}");
}

#[test]
fn balsam_pathology_and_radiology_builds_and_asks_what_every_radiology_message_must_say() {
    let dir = provider("balsam-bilde-patologi");
    assert_eq!(mistakes(&dir), Vec::<String>::new());
    let catalogue = build(&dir).unwrap();
    assert!(catalogue.provider.demo);
    let (pathology, radiology): (Vec<_>, Vec<_>) =
        catalogue.services.iter().filter(|s| !s.withdrawn).partition(|s| !s.specimens.is_empty());
    assert!(pathology.len() >= 50 && radiology.len() >= 140, "{} and {}", pathology.len(), radiology.len());
    assert!(radiology.iter().all(|s| s.questions.iter().any(|q| q == "may_change")));
    let jars = pathology.iter().flat_map(|s| &s.specimens).filter(|way| way.own_container).count();
    assert_eq!(jars, pathology.len(), "two services never share a jar");
}

#[test]
fn furumo_builds_and_disagrees_with_balsam() {
    let dir = provider("furumo");
    assert_eq!(mistakes(&dir), Vec::<String>::new());
    let (furumo, balsam) = (build(&dir).unwrap(), build(&provider("balsam-lab")).unwrap());
    assert!(furumo.services.len() >= 60, "{}", furumo.services.len());
    let ferritin = |catalogue: &Catalogue| {
        let service = catalogue.services.iter().find(|s| s.id == "ferritin").unwrap();
        (service.code.clone(), service.specimens[0].material.clone())
    };
    assert_eq!(ferritin(&furumo).0, ferritin(&balsam).0);
    assert_ne!(ferritin(&furumo).1, ferritin(&balsam).1);
    assert_ne!(furumo.provider.message_version, balsam.provider.message_version);
    assert_ne!(furumo.label_rules[0].per, balsam.label_rules[0].per);
}

/// A copy of Balsam with one thing wrong in each of many places.
#[test]
fn every_mistake_is_named_with_file_line_and_cell_in_one_run() {
    let dir = tempfile::tempdir().unwrap();
    for file in std::fs::read_dir(provider("balsam-lab")).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), dir.path().join(file.file_name())).unwrap();
    }
    let line_of = |name: &str, text: &str| {
        let content = std::fs::read_to_string(dir.path().join(name)).unwrap();
        content.lines().position(|line| line.contains(text)).unwrap_or_else(|| panic!("{text} in {name}")) + 1
    };
    let mut expected = Vec::new();
    let mut spoil = |name: &str, from: &str, to: &str, message: &str| {
        let path = dir.path().join(name);
        let content = std::fs::read_to_string(&path).unwrap();
        assert_eq!(content.matches(from).count(), 1, "{from} in {name}");
        expected.push(format!("{name}:{}: {message}", line_of(name, from)));
        std::fs::write(path, content.replace(from, to)).unwrap();
    };
    spoil("specimens.csv", "jern,serum,GEL", "jern,serum,GUL", "container: there is no container `GUL`");
    spoil("specimens.csv", "tsh,serum,GEL", "tsh,blodsirup,GEL", "material: there is no material `blodsirup`");
    spoil("services.csv", "NPU03577", "NPU3577", "code: `NPU3577` is not an NLK code (NPU or NOR and five digits)");
    let first = line_of("services.csv", "NPU19748");
    let duplicate = format!("code: code `NPU19748` stands already in line {first}");
    spoil("services.csv", "NPU21576", "NPU19748", &duplicate);
    let members = "services: there is no service `stoffskiftet`";
    spoil("panels.toml", "services = [\"tsh\", \"fritt-t4\"]", "services = [\"stoffskiftet\"]", members);
    let condition = "condition: the condition uses `last_day`, which is not one of: answers, service, services, last_days, \
                     age, sex, urgency, clinical_text";
    spoil("rules.toml", "last_days < 60", "last_day < 60", condition);
    spoil(
        "containers.toml",
        "colour = \"#6db7e3\"",
        "colour = \"blue\"",
        "colour: `blue` is not a colour as #rrggbb in small letters",
    );
    spoil("texts.toml", "en = \"Take in the morning.\"", "en = \"\"", "morning: the text is missing in `en`");
    let found = mistakes(dir.path());
    let missing: Vec<_> = expected.iter().filter(|mistake| !found.contains(mistake)).collect();
    assert!(missing.is_empty(), "{missing:#?} not in {found:#?}");
    assert_eq!(found.len(), expected.len(), "{found:#?}");
}
