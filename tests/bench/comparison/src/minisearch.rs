//! MiniSearch, in a Node process of its own that times itself.

use std::{path::Path, process::Command};

use serde::Deserialize;

use crate::{Fallible, Figures, figures};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Output {
    build_ms: f64,
    memory: f64,
    times: Vec<Vec<f64>>,
    found: usize,
}

pub fn measure(size: usize, services: &Path, keystrokes: &Path, passes: usize, every: usize) -> Fallible<Figures> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("minisearch/run.mjs");
    let output = Command::new("node")
        .arg("--expose-gc")
        .arg(script)
        .args([services, keystrokes])
        .args([passes.to_string(), every.to_string()])
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    let said: Output = serde_json::from_slice(&output.stdout)?;
    if said.found == 0 {
        return Err("MiniSearch found nothing at all".into());
    }
    let answered = said.times.len();
    Ok(figures("minisearch", size, said.build_ms, said.memory as usize, answered, said.times))
}
