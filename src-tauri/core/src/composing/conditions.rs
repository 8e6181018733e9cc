//! Conditions of questions and rules, evaluated.
//!
//! A condition is CEL (crate `cel`), written by a laboratory in its catalogue. It looks at values that are handed to it
//! and at nothing else, and it is bounded: a hostile package can neither hang nor crash composing. Which words a condition
//! may use, and what they mean:
//!
//! | Word | Type | Means |
//! |---|---|---|
//! | `answers` | map | question id → answer: `bool`, `string` (option value, text, date `YYYY-MM-DD`, time `YYYY-MM-DDTHH:MM`), `list` of `string` (several options), `double`. Only answered and visible questions are in it: ask `has(answers.x) && answers.x == 'y'`, and write `answers['x-y']` for ids with hyphens |
//! | `service` | string | id of the service that the question or rule is tried for; empty in a rule for the whole draft |
//! | `services` | list of string | ids of this provider's services in the draft, in the order of picking |
//! | `last_days` | int | whole days since `service` was last ordered for the patient on this workstation; -1 when never |
//! | `age` | int | whole years on the day of the draft; -1 when not known |
//! | `sex` | string | list 3101: `1` male, `2` female, `0` unknown, `9` not specified |
//! | `urgency` | string | `routine`, `urgent`, `cito` |
//! | `clinical_text` | string | clinical information as written so far |
//! | `days_since(id)` | int | as `last_days`, for any service of this provider |
//! | `days_ago(day)` | int | whole days from an answered date or time to the day of the draft; below 0 for one to come |
//!
//! Examples: `has(answers.pregnant) && answers.pregnant`, `sex == '2' && age >= 12 && age <= 55`,
//! `last_days >= 0 && last_days < 60`, `services.exists(s, s == 'litium')`, `size(clinical_text) < 10`.
//!
//! When a condition cannot be evaluated (it compares a text with a number, or reads an answer that is not there), the
//! safe side is taken: a question is shown and, where a `required` condition failed, required; a rule is silent. The log
//! names the condition's owner, never a value.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use cel::{Context, Env, ExecutionError, Program, Value};
use jiff::Unit;
use jiff::civil::Date;

use crate::catalogue::conditions;
use crate::composing::draft::{Answer, Urgency};

/// Longest text a condition gets to see, in characters.
const LONGEST_TEXT: usize = 10_000;
/// Longest list: a condition may go through it within a loop over itself.
const LONGEST_LIST: usize = 500;

/// Compiled conditions by their source. Filled as they are met, since most of a catalogue is never looked at.
#[derive(Default)]
pub(crate) struct Conditions {
    /// The standard functions, made when the first condition is met.
    env: OnceLock<Arc<Env>>,
    programs: Mutex<HashMap<String, Option<Arc<Program>>>>,
}

/// What a condition came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    True,
    False,
    /// Does not parse, is too large, or failed when it was tried.
    Failed,
}

/// The values that conditions of one provider see.
pub(crate) struct Surroundings<'a> {
    pub services: Vec<&'a str>,
    pub age: Option<u32>,
    pub sex: &'a str,
    pub urgency: Urgency,
    pub clinical_text: &'a str,
    pub last_days: BTreeMap<String, u32>,
    pub today: Date,
}

/// Evaluates conditions of one provider over one draft.
pub(crate) struct Evaluation<'c> {
    conditions: &'c Conditions,
    context: Context<'static, 'static>,
    last_days: Arc<BTreeMap<String, u32>>,
}

impl Conditions {
    fn program(&self, source: &str) -> Option<Arc<Program>> {
        let mut programs = self.programs.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = programs.get(source) {
            return known.clone();
        }
        let compiled = conditions::compile(source).ok().map(Arc::new);
        programs.insert(source.to_owned(), compiled.clone());
        compiled
    }
}

impl<'c> Evaluation<'c> {
    pub fn new(conditions: &'c Conditions, around: Surroundings<'_>) -> Self {
        let mut context = Context::with_env(Arc::clone(conditions.env.get_or_init(|| Arc::new(Env::stdlib()))));
        let services: Vec<Value> = around.services.iter().take(LONGEST_LIST).map(|id| Value::from(*id)).collect();
        context.add_variable_from_value("services", services);
        context.add_variable_from_value("age", around.age.map_or(-1, i64::from));
        context.add_variable_from_value("sex", around.sex);
        context.add_variable_from_value("urgency", urgency_word(around.urgency));
        context.add_variable_from_value("clinical_text", bounded(around.clinical_text));
        let last_days = Arc::new(around.last_days);
        let for_function = Arc::clone(&last_days);
        let added = context.add_function("days_since", move |id: Arc<String>| days(&for_function, &id));
        if let Err(error) = added {
            tracing::warn!(%error, "conditions cannot use days_since");
        }
        let today = around.today;
        let added = context.add_function("days_ago", move |day: Arc<String>| days_ago(&day, today));
        if let Err(error) = added {
            tracing::warn!(%error, "conditions cannot use days_ago");
        }
        let mut evaluation = Self { conditions, context, last_days };
        evaluation.at("", &BTreeMap::new());
        evaluation
    }

    /// Moves to a service, with the answers that count there.
    pub fn at(&mut self, service: &str, answers: &BTreeMap<&str, &Answer>) {
        let answers: HashMap<String, Value> =
            answers.iter().map(|(question, answer)| ((*question).to_owned(), value(answer))).collect();
        self.context.add_variable_from_value("service", service);
        self.context.add_variable_from_value("last_days", days(&self.last_days, service));
        self.context.add_variable_from_value("answers", answers);
    }

    /// Tries a condition; `owner` names the question or rule in the log.
    pub fn try_condition(&self, source: &str, owner: &str) -> Outcome {
        match source.trim() {
            "true" => return Outcome::True,
            "false" => return Outcome::False,
            _ => {}
        }
        let Some(program) = self.conditions.program(source) else {
            tracing::warn!(owner, "a condition of the catalogue does not compile");
            return Outcome::Failed;
        };
        match program.execute(&self.context) {
            Ok(Value::Bool(true)) => Outcome::True,
            Ok(Value::Bool(false)) => Outcome::False,
            // What went wrong could hold an answer, so it is not logged.
            Ok(_) | Err(_) => {
                tracing::warn!(owner, "a condition of the catalogue could not be evaluated");
                Outcome::Failed
            }
        }
    }
}

fn days(last_days: &BTreeMap<String, u32>, service: &str) -> i64 {
    last_days.get(service).map_or(-1, |days| i64::from(*days))
}

fn days_ago(day: &str, today: Date) -> Result<i64, ExecutionError> {
    let day: Date = day.get(..10).and_then(|day| day.parse().ok()).ok_or_else(|| {
        // The text could be an answer, so it is not repeated.
        ExecutionError::function_error("days_ago", "not a date")
    })?;
    Ok(day.until((Unit::Day, today)).map_or(0, |span| i64::from(span.get_days())))
}

fn value(answer: &Answer) -> Value {
    match answer {
        Answer::Boolean(yes) => Value::from(*yes),
        Answer::Choice(text) | Answer::Text(text) | Answer::Date(text) | Answer::DateTime(text) => {
            Value::from(bounded(text))
        }
        Answer::Choices(several) => {
            Value::from(several.iter().take(LONGEST_LIST).map(|one| Value::from(bounded(one))).collect::<Vec<_>>())
        }
        Answer::Number(number) => Value::from(*number),
    }
}

fn bounded(text: &str) -> &str {
    match text.char_indices().nth(LONGEST_TEXT) {
        Some((at, _)) => &text[..at],
        None => text,
    }
}

fn urgency_word(urgency: Urgency) -> &'static str {
    match urgency {
        Urgency::Routine => "routine",
        Urgency::Urgent => "urgent",
        Urgency::Cito => "cito",
    }
}
