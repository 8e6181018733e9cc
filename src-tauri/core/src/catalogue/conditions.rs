//! The vocabulary of the conditions in questions and rules.
//!
//! Conditions are CEL: a known, terminating expression language. What they may look at is fixed here, so that a
//! laboratory's catalogue is checked against the same words that composing fills in. A condition comes from a package and
//! may be hostile once a key is lost, so its size is bounded; it never reaches anything but the values handed to it.

use cel::Program;

/// What a condition may look at, with its CEL type.
///
/// | Variable | Type | Means |
/// |---|---|---|
/// | `answers` | map | question id to answer: bool, string (choice value, text, date as RFC 3339), list of strings, double; unanswered ones are absent, so test with `has(answers.x)` |
/// | `service` | string | id of the service for which the condition is tried; empty for the whole draft |
/// | `services` | list | ids of this provider's services in the draft |
/// | `last_days` | int | whole days since the service was last ordered for the patient; -1 when that is not known |
/// | `age` | int | whole years; -1 when not known |
/// | `sex` | string | list 3101: `1` male, `2` female, `0` unknown, `9` not specified |
/// | `urgency` | string | `routine`, `urgent` or `cito` |
/// | `clinical_text` | string | clinical information as written so far |
pub const VARIABLES: [&str; 8] =
    ["answers", "service", "services", "last_days", "age", "sex", "urgency", "clinical_text"];

/// What a condition may call: two of ours and the useful ones of CEL. `has`, `exists`, `exists_one`, `all`, `map` and
/// `filter` are macros and come on top.
///
/// | Function | Gives | Means |
/// |---|---|---|
/// | `days_since(id)` | int | whole days since that service of this provider was last ordered for the patient; -1 when not known |
/// | `days_ago(day)` | int | whole days from an answered date or time to the day of the draft, below 0 for one to come; the condition fails where it is no date |
/// | `size(x)` | int | characters of a text, entries of a list |
/// | `contains`, `startsWith`, `endsWith`, `matches` | bool | parts of a text: `clinical_text.contains('fall')` |
/// | `int(x)`, `double(x)`, `string(x)` | | the value as another type |
pub const FUNCTIONS: [&str; 10] =
    ["days_since", "days_ago", "size", "contains", "startsWith", "endsWith", "matches", "int", "double", "string"];

/// Longest condition, in bytes: far more than a person can review.
pub const LONGEST: usize = 2_000;

/// Why a condition is not usable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConditionError {
    /// Longer than [`LONGEST`].
    #[error("the condition has {0} bytes; at most {LONGEST} are taken")]
    TooLong(usize),
    /// Not CEL.
    #[error("the condition does not parse: {0}")]
    Syntax(String),
    /// Looks at something that is not in [`VARIABLES`].
    #[error("the condition uses `{0}`, which is not one of: {list}", list = VARIABLES.join(", "))]
    UnknownVariable(String),
    /// Calls something that is not in [`FUNCTIONS`].
    #[error("the condition calls `{0}`, which is not one of: {list}", list = FUNCTIONS.join(", "))]
    UnknownFunction(String),
    /// Asks for the answer to a question that the catalogue does not have.
    #[error("the condition looks at the answer to `{0}`, which is no question of this catalogue")]
    UnknownQuestion(String),
}

/// Compiles a condition and checks its words.
///
/// # Errors
/// When it is too long, does not parse, or uses a variable or function that does not exist.
pub fn compile(source: &str) -> Result<Program, ConditionError> {
    if source.len() > LONGEST {
        return Err(ConditionError::TooLong(source.len()));
    }
    let program = Program::compile(source).map_err(|error| ConditionError::Syntax(one_line(&error.to_string())))?;
    let references = program.references();
    // Names that a macro binds (`services.exists(s, …)`) are variables to the parser but not to the author. The crate
    // answers from a set; the smallest name makes the message the same every time.
    let unknown = references
        .variables()
        .into_iter()
        .filter(|name| !VARIABLES.contains(name) && !name.starts_with('@') && !bound_by_macro(source, name))
        .min();
    if let Some(name) = unknown {
        return Err(ConditionError::UnknownVariable(name.to_owned()));
    }
    // Operators are functions to the parser; their names do not begin with a letter.
    let called = references.functions().into_iter().filter(|name| name.starts_with(|c: char| c.is_ascii_alphabetic()));
    match called.filter(|name| !FUNCTIONS.contains(name)).min() {
        Some(name) => Err(ConditionError::UnknownFunction(name.to_owned())),
        None => Ok(program),
    }
}

/// Question ids whose answers a condition looks at, as `answers.id` or `answers['id']`.
#[must_use]
pub fn questions_asked(source: &str) -> Vec<&str> {
    let mut asked = after(source, "answers.", |c| c.is_ascii_alphanumeric() || c == '_');
    asked.extend(["answers['", "answers[\""].iter().flat_map(|start| after(source, start, is_id)));
    asked
}

/// Service ids that a condition asks about, as `days_since('id')`.
#[must_use]
pub fn services_asked(source: &str) -> Vec<&str> {
    ["days_since('", "days_since(\""].iter().flat_map(|start| after(source, start, is_id)).collect()
}

fn is_id(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-'
}

/// What stands after each place where a text begins like this.
fn after<'s>(source: &'s str, start: &str, belongs: fn(char) -> bool) -> Vec<&'s str> {
    let found = source.match_indices(start).map(|(at, _)| &source[at + start.len()..]);
    found.map(|rest| &rest[..rest.find(|c: char| !belongs(c)).unwrap_or(rest.len())]).collect()
}

fn bound_by_macro(source: &str, name: &str) -> bool {
    ["exists", "exists_one", "all", "map", "filter"]
        .iter()
        .any(|macro_name| source.replace(' ', "").contains(&format!(".{macro_name}({name},")))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_with_a_misspelt_variable_is_named() {
        assert_eq!(compile("last_day < 60").err(), Some(ConditionError::UnknownVariable("last_day".into())));
        assert!(matches!(compile("last_days <"), Err(ConditionError::Syntax(_))));
        assert_eq!(compile("days_sinse('tsh') > 3").err(), Some(ConditionError::UnknownFunction("days_sinse".into())));
    }

    #[test]
    fn a_condition_over_the_services_of_the_draft_is_taken() {
        assert!(compile("services.exists(s, s == 'litium') && last_days >= 0").is_ok());
        assert!(
            compile("!(has(answers.x) && days_ago(answers.x) > -90) || size(clinical_text) < (age > 3 ? 1 : 2)")
                .is_ok()
        );
        assert_eq!(questions_asked("has(answers.pregnant) && answers['week'] > 12"), ["pregnant", "week"]);
        assert_eq!(services_asked("days_since('ana-screen') < 20"), ["ana-screen"]);
    }

    #[test]
    fn a_condition_too_long_to_review_is_refused_before_it_is_parsed() {
        assert_eq!(compile(&"(".repeat(100_000)).err(), Some(ConditionError::TooLong(100_000)));
    }
}
