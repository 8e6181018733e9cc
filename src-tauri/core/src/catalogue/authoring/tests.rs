//! What catalogue authors meet: the demo providers build, and each kind of mistake is named where it stands.

use std::path::{Path, PathBuf};

use super::build;

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
}
