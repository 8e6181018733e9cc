//! The judges that receivers use: the official schemas, and the rules of the standard that a schema cannot say.

use std::path::{Path, PathBuf};
use std::process::Command;

use requisition::codes::MessageVersion;

/// All rules in one process: they take longer to start than to run.
const RULES: &str = "
import sys
sys.path.insert(0, sys.argv[1])
import rules
failed = 0
for path in sys.argv[2:]:
    rules.found.clear()
    rules.main(path)
    for level, where, text, src in rules.found:
        if level == 'ERROR':
            failed += 1
            print(path, where, text, src)
sys.exit(1 if failed else 0)
";

/// Judges named messages of one version. What a machine has no judge for is said and left out.
///
/// # Panics
/// When a judge finds a fault.
pub fn judge(shared: &Path, version: MessageVersion, messages: &[(String, Vec<u8>)]) {
    let folder = tempfile::tempdir().expect("a folder");
    let files: Vec<PathBuf> = messages
        .iter()
        .enumerate()
        .map(|(at, (name, message))| {
            let path = folder.path().join(format!("{at:04}-{name}.xml"));
            std::fs::write(&path, message).expect("written");
            path
        })
        .collect();
    let schemas = shared.join("standard/schemas");
    let validated = Command::new("xmllint")
        .env("XML_CATALOG_FILES", schemas.join("catalog.xml"))
        .args(["--nonet", "--noout", "--schema"])
        .arg(with_attachments(&schemas, version, folder.path()))
        .args(&files)
        .output();
    match validated {
        Ok(said) => {
            let faults = String::from_utf8_lossy(&said.stderr);
            let faults: Vec<&str> = faults.lines().filter(|line| !line.ends_with(" validates")).take(10).collect();
            assert!(said.status.success(), "{}", faults.join("\n"));
        }
        Err(_) => println!("skipped: xmllint is missing"),
    }
    match Command::new("python3").args(["-c", RULES]).arg(shared.join("acceptance")).args(&files).output() {
        Ok(said) => {
            let (found, fault) = (String::from_utf8_lossy(&said.stdout), String::from_utf8_lossy(&said.stderr));
            assert!(said.status.success(), "{found}{fault}");
        }
        Err(_) => println!("skipped: python3 is missing"),
    }
}

/// The schema of a message names that of an attachment's content only by its namespace: one file brings both.
fn with_attachments(schemas: &Path, version: MessageVersion, folder: &Path) -> PathBuf {
    let (file, namespace) = match version {
        MessageVersion::V1_6 => ("Rekvisisjon-v1.6.xsd", "http://www.kith.no/xmlstds/rekvisisjon/2012-02-15"),
        MessageVersion::V1_5 => ("Rekvisisjon-v1_5.xsd", "http://www.kith.no/xmlstds/rekvisisjon/2008-12-01"),
    };
    let import = |namespace: &str, file: &str| {
        format!("<xs:import namespace=\"{namespace}\" schemaLocation=\"{}\"/>", schemas.join(file).display())
    };
    let both = format!(
        "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\">{}{}</xs:schema>",
        import("http://www.kith.no/xmlstds/base64container", "kith-base64.xsd"),
        import(namespace, file)
    );
    let path = folder.join("both.xsd");
    std::fs::write(&path, both).expect("written");
    path
}
