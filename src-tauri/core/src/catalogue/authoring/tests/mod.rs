//! What catalogue authors meet: the demo providers build, and each kind of mistake is named where it stands.

mod mistakes;

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
