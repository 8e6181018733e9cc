//! What the integration tests share: where the reference material lies, and the tool as its users run it.

pub mod grown;
pub mod judge;
pub mod labels;
pub mod orders;
pub mod print;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The folder of reference material: `REKVIRENT_SHARED`, or `shared` beside the workspace. Where it is missing the test
/// that needs it says so and is done.
#[must_use]
pub fn shared() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let folder = std::env::var_os("REKVIRENT_SHARED").map_or_else(beside, PathBuf::from);
    match folder.canonicalize() {
        Ok(folder) if folder.join("acceptance").is_dir() => Some(folder),
        _ => {
            println!("skipped: the reference material is not at {}", folder.display());
            None
        }
    }
}

/// `rekvirent-tool`, built like the test itself.
///
/// # Panics
/// When it cannot be built.
#[must_use]
pub fn tool() -> &'static Path {
    static TOOL: OnceLock<PathBuf> = OnceLock::new();
    TOOL.get_or_init(|| {
        let folder = std::env::current_exe().expect("a test has a path");
        let folder = folder.ancestors().nth(2).expect("tests lie in target/PROFILE/deps").to_owned();
        let mut build = Command::new(env!("CARGO"));
        build.args(["build", "--quiet", "--package", "requisition", "--bin", "rekvirent-tool"]);
        if folder.file_name().is_some_and(|name| name == "release") {
            build.arg("--release");
        }
        let built = build.current_dir(env!("CARGO_MANIFEST_DIR")).status().expect("cargo runs");
        assert!(built.success(), "rekvirent-tool does not build");
        folder.join(format!("rekvirent-tool{}", std::env::consts::EXE_SUFFIX))
    })
}
