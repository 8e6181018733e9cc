//! Conditions from a hostile package: whatever passes the bounds is tried over the largest draft that conditions see. The
//! limits of time and memory are libFuzzer's own (`-timeout`, `-rss_limit_mb`).
#![no_main]

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use cel::{Context, Env, Value};
use libfuzzer_sys::fuzz_target;
use requisition::catalogue::conditions;
use requisition::composing::MOST_LINES;

static ENV: LazyLock<Arc<Env>> = LazyLock::new(|| Arc::new(Env::stdlib()));

fuzz_target!(|source: &str| {
    let Ok(program) = conditions::compile(source) else { return };
    let mut context = Context::with_env(Arc::clone(&ENV));
    let services: Vec<Value> = (0..MOST_LINES).map(|n| Value::from(format!("service-{n}"))).collect();
    context.add_variable_from_value("services", services);
    context.add_variable_from_value("service", "service-1");
    for (name, figure) in [("age", 42_i64), ("last_days", 7)] {
        context.add_variable_from_value(name, figure);
    }
    for (name, text) in [("sex", "2"), ("urgency", "cito")] {
        context.add_variable_from_value(name, text);
    }
    context.add_variable_from_value("clinical_text", "å".repeat(10_000));
    let many: Vec<Value> = (0..100).map(|n| Value::from(format!("option-{n}"))).collect();
    let answers = [
        ("x", Value::from(true)),
        ("week", Value::from(12.0)),
        ("day", Value::from("2026-01-02T03:04")),
        ("a-b", Value::from("yes")),
        ("many", Value::from(many)),
    ];
    let answers: HashMap<String, Value> = answers.map(|(question, answer)| (question.to_owned(), answer)).into();
    context.add_variable_from_value("answers", answers);
    context.add_function("days_since", |_: Arc<String>| 3_i64).expect("a name of ours");
    context.add_function("days_ago", |_: Arc<String>| 3_i64).expect("a name of ours");
    let _ = program.execute(&context);
});
