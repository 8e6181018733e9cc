//! What holds for every command of the tool, whatever it does.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::Value;

/// What the tool writes for these arguments and this standard input, as lines.
fn lines(arguments: &[&str], input: &str) -> Vec<Value> {
    let mut tool = Command::new(it::tool());
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../catalog-data");
    tool.args(arguments).current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut running = tool.spawn().unwrap();
    running.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = running.wait_with_output().unwrap();
    assert!(output.status.success(), "{arguments:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{arguments:?}: {line}"))).collect()
}

#[test]
fn every_command_answers_in_lines_where_lines_are_wanted_wherever_the_flag_stands() {
    for arguments in [["number", "--jsonl", "13116900216"], ["--jsonl", "number", "13116900216"]] {
        let told = lines(&arguments, "");
        assert_eq!((told.len(), &told[0]["type"]), (1, &"FNR".into()));
    }
    let search = ["catalogue", "search", "--catalogue", "furumo", "--limit", "1", "--stdin", "--jsonl"];
    let told = lines(&search, "crp\nferritin\n");
    assert_eq!(told.iter().map(|one| one["query"].as_str().unwrap()).collect::<Vec<_>>(), ["crp", "ferritin"]);
    let whole = lines(&["catalogue", "search", "--catalogue", "furumo", "--jsonl", "crp"], "");
    assert_eq!(whole[0]["hits"][0]["name"], "CRP");
}
