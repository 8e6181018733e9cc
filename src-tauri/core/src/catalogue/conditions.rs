//! The vocabulary of the conditions in questions and rules.
//!
//! Conditions are CEL: a known, terminating expression language. What they may look at is fixed here, so that a
//! laboratory's catalogue is checked against the same words that composing fills in.
//!
//! A condition comes from a package and may be hostile once a key is lost. So it is bounded by what it is made of, before it
//! is tried: its length, its parts and its brackets before the parser sees it (which would follow deep brackets down the
//! stack); then the functions it calls, how deep its loops stand in one another, and that nothing grows inside a loop.
//! What is left takes at most quadratic time in the draft, and memory in proportion to the values handed to it.

use std::collections::BTreeSet;

use cel::{
    IdedExpr, ParseErrors, Program,
    common::ast::{EntryExpr, Expr, operators},
};

use super::model::Catalogue;

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
/// `filter` are macros and come on top. Each takes time in proportion to its arguments; regular expressions do not, and are not
/// among them.
///
/// | Function | Gives | Means |
/// |---|---|---|
/// | `days_since(id)` | int | whole days since that service of this provider was last ordered for the patient; -1 when not known |
/// | `days_ago(day)` | int | whole days from an answered date or time to the day of the draft, below 0 for one to come; the condition fails where it is no date |
/// | `size(x)` | int | characters of a text, entries of a list |
/// | `contains`, `startsWith`, `endsWith` | bool | parts of a text: `clinical_text.contains('fall')` |
/// | `int(x)`, `double(x)`, `string(x)` | | the value as another type |
pub const FUNCTIONS: [&str; 9] =
    ["days_since", "days_ago", "size", "contains", "startsWith", "endsWith", "int", "double", "string"];

/// Longest condition, in bytes: far more than a person can review.
pub const LONGEST: usize = 2_000;

/// Most words, numbers and signs in a condition.
pub const MOST_PARTS: usize = 400;
/// Deepest brackets within brackets in a condition.
pub const DEEPEST_BRACKETS: usize = 8;
/// Most signs that may stand in one another without brackets, of each kind: `!`, `-`, `+`, `*`, `/`, `%`, `?`.
pub const MOST_SIGNS: usize = 16;
/// Most dots and comparison signs, and most uses of `in`.
pub const MOST_LINKS: usize = 64;
/// Deepest nesting of `exists`, `all`, `map` and `filter`; a loop over the result of another counts as one within it.
pub const DEEPEST_LOOP: u32 = 2;
/// Most bytes of all different conditions of a catalogue.
pub const MOST_IN_ALL: usize = 256 << 10;

const OPERATORS: [&str; 17] = [
    operators::CONDITIONAL,
    operators::LOGICAL_AND,
    operators::LOGICAL_OR,
    operators::LOGICAL_NOT,
    operators::SUBSTRACT,
    operators::ADD,
    operators::MULTIPLY,
    operators::DIVIDE,
    operators::MODULO,
    operators::EQUALS,
    operators::NOT_EQUALS,
    operators::GREATER_EQUALS,
    operators::LESS_EQUALS,
    operators::GREATER,
    operators::LESS,
    operators::NEGATE,
    operators::INDEX,
];
/// What the parser makes of `in` and of loops.
const MADE: [&str; 2] = [operators::IN, operators::NOT_STRICTLY_FALSE];

/// Why a condition is not usable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConditionError {
    /// Longer than [`LONGEST`].
    #[error("the condition has {0} bytes; at most {LONGEST} are taken")]
    TooLong(usize),
    /// More than [`MOST_PARTS`] words, numbers and signs.
    #[error("the condition has {0} words and signs; at most {MOST_PARTS} are taken")]
    TooManyParts(usize),
    /// Brackets within brackets beyond [`DEEPEST_BRACKETS`].
    #[error("the condition has brackets {0} deep; at most {DEEPEST_BRACKETS} are taken")]
    TooDeepBrackets(usize),
    /// More than [`MOST_SIGNS`] or [`MOST_LINKS`] of a sign.
    #[error("the condition has too many `{0}`")]
    TooManySigns(&'static str),
    /// Loops within loops beyond [`DEEPEST_LOOP`].
    #[error("the condition has loops within loops within loops; {DEEPEST_LOOP} are taken")]
    TooDeepLoops,
    /// Adds within a loop, where texts and lists could grow.
    #[error("the condition adds (`+`) within a loop")]
    GrowsInLoop,
    /// All conditions of the catalogue together are longer than [`MOST_IN_ALL`].
    #[error("the conditions of the catalogue have more than {MOST_IN_ALL} bytes in all")]
    TooManyInAll,
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

impl ConditionError {
    /// Whether the condition could take time or memory without end. The other errors are mistakes: such a condition is never
    /// tried, and composing takes the safe side.
    #[must_use]
    pub fn is_beyond_bounds(&self) -> bool {
        match self {
            Self::TooLong(_)
            | Self::TooManyParts(_)
            | Self::TooDeepBrackets(_)
            | Self::TooManySigns(_)
            | Self::TooDeepLoops
            | Self::GrowsInLoop
            | Self::TooManyInAll => true,
            Self::UnknownFunction(_) | Self::Syntax(_) | Self::UnknownVariable(_) | Self::UnknownQuestion(_) => false,
        }
    }
}

/// Compiles a condition and checks its bounds and its words.
///
/// # Errors
/// When it is beyond a bound, does not parse, or uses a variable or function that does not exist.
pub fn compile(source: &str) -> Result<Program, ConditionError> {
    short_enough(source)?;
    let program = Program::compile(source).map_err(|errors| ConditionError::Syntax(not_read(source, &errors)))?;
    bounded(program.expression(), 0)?;
    let references = program.references();
    // Names that a macro binds (`services.exists(s, …)`) are variables to the parser but not to the author. The crate
    // answers from a set; the smallest name makes the message the same every time.
    let unknown = references
        .variables()
        .into_iter()
        .filter(|name| !VARIABLES.contains(name) && !name.starts_with('@') && !bound_by_macro(source, name))
        .min();
    match unknown {
        Some(name) => Err(ConditionError::UnknownVariable(name.to_owned())),
        None => Ok(program),
    }
}

/// Whether every condition of a catalogue is within the bounds; else the question or rule whose condition is not. Mistakes
/// within the bounds are no reason to refuse a whole catalogue.
///
/// # Errors
/// The owner's id, and what is beyond the bounds.
pub fn all_bounded(catalogue: &Catalogue) -> Result<(), (String, ConditionError)> {
    let questions = catalogue.questions.iter().flat_map(|q| [(&q.id, &q.visible), (&q.id, &q.required)]);
    let rules = catalogue.rules.iter().map(|rule| (&rule.id, &rule.condition));
    let mut seen = BTreeSet::from(["", "true", "false"]);
    let mut bytes = 0;
    for (owner, source) in questions.chain(rules) {
        if !seen.insert(source) {
            continue;
        }
        bytes += source.len();
        let fault = if bytes > MOST_IN_ALL { Some(ConditionError::TooManyInAll) } else { compile(source).err() };
        if let Some(fault) = fault.filter(ConditionError::is_beyond_bounds) {
            return Err((owner.clone(), fault));
        }
    }
    Ok(())
}

/// What can be counted before parsing. Signs inside texts are counted as well: the bounds leave room for them.
fn short_enough(source: &str) -> Result<(), ConditionError> {
    if source.len() > LONGEST {
        return Err(ConditionError::TooLong(source.len()));
    }
    let mut parts = 0;
    let mut in_word = false;
    for c in source.chars() {
        let word = c.is_alphanumeric() || c == '_';
        parts += usize::from(!(c.is_whitespace() || word && in_word));
        in_word = word;
    }
    if parts > MOST_PARTS {
        return Err(ConditionError::TooManyParts(parts));
    }
    let (mut depth, mut deepest) = (0_usize, 0);
    for c in source.chars() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    if deepest > DEEPEST_BRACKETS {
        return Err(ConditionError::TooDeepBrackets(deepest));
    }
    // The parser and the evaluation go one call deeper for each of these.
    let few = ["!", "-", "+", "*", "/", "%", "?"].map(|sign| (sign, MOST_SIGNS));
    let some = [".", "=", "<", ">", " in "].map(|sign| (sign, MOST_LINKS));
    let beyond = few.into_iter().chain(some).find(|(sign, most)| source.matches(sign).count() > *most);
    beyond.map_or(Ok(()), |(sign, _)| Err(ConditionError::TooManySigns(sign)))
}

/// Checks functions and loops; `around` is how many loops stand around the expression.
fn bounded(expression: &IdedExpr, around: u32) -> Result<(), ConditionError> {
    let all = |parts: &[IdedExpr]| parts.iter().try_for_each(|part| bounded(part, around));
    match &expression.expr {
        Expr::Unspecified | Expr::Ident(_) | Expr::Literal(_) => Ok(()),
        Expr::Call(call) => {
            let name = call.func_name.as_str();
            if ![&OPERATORS[..], &MADE, &FUNCTIONS].concat().contains(&name) {
                return Err(ConditionError::UnknownFunction(name.to_owned()));
            }
            if name == operators::ADD && around > 0 && !collects(&call.args) {
                return Err(ConditionError::GrowsInLoop);
            }
            call.target.iter().try_for_each(|target| bounded(target, around))?;
            all(&call.args)
        }
        Expr::List(list) => all(&list.elements),
        Expr::Select(select) => bounded(&select.operand, around),
        Expr::Map(map) => map.entries.iter().try_for_each(|entry| match &entry.expr {
            EntryExpr::StructField(field) => bounded(&field.value, around),
            EntryExpr::MapEntry(entry) => bounded(&entry.key, around).and(bounded(&entry.value, around)),
        }),
        Expr::Struct(made) => Err(ConditionError::UnknownFunction(made.type_name.clone())),
        Expr::Comprehension(one) => {
            if around == DEEPEST_LOOP {
                return Err(ConditionError::TooDeepLoops);
            }
            // The list that is gone through counts as well: it may be as long as a loop makes it.
            [&one.iter_range, &one.accu_init, &one.loop_cond, &one.loop_step, &one.result]
                .into_iter()
                .try_for_each(|part| bounded(part, around + 1))
        }
    }
}

/// The `+` that the parser makes of `map` and `filter`: one element more for the result.
fn collects(arguments: &[IdedExpr]) -> bool {
    matches!(arguments, [IdedExpr { expr: Expr::Ident(name), .. }, IdedExpr { expr: Expr::List(list), .. }]
        if name.starts_with('@') && list.elements.len() == 1)
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

/// Where a condition cannot be read, and the slip that is likely there. The parser's own words are for those who write parsers.
fn not_read(source: &str, errors: &ParseErrors) -> String {
    let (line, column) = errors.errors.first().map_or((1, 1), |error| error.pos);
    let place = |from_one: isize| usize::try_from(from_one - 1).unwrap_or_default();
    let rest: String =
        source.lines().nth(place(line)).map(|line| line.chars().skip(place(column)).collect()).unwrap_or_default();
    let mut said = match rest.trim() {
        "" => "it ends where something has to follow".to_owned(),
        rest => format!("it cannot be read from `{rest}` on"),
    };
    let words: Vec<&str> = source.split_whitespace().collect();
    for (slips, sign, meant) in
        [(&["and", "og"][..], "&&", "and"), (&["or", "eller"], "||", "or"), (&["=", "er", "is"], "==", "equal")]
    {
        if words.iter().any(|word| slips.contains(word)) {
            said.push_str(&format!("; “{meant}” is written `{sign}`"));
        }
    }
    said
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

    #[test]
    fn a_hostile_condition_is_refused_for_what_it_is_made_of() {
        use ConditionError as E;
        let refused = |source: &str| compile(source).err().unwrap_or_else(|| panic!("taken: {source}"));
        let deep = format!("{}age{}", "(".repeat(900), ")".repeat(900));
        assert!(matches!(refused(&deep), E::TooManyParts(_)));
        let deep = format!("{}age{} == 1", "(".repeat(40), ")".repeat(40));
        assert_eq!(refused(&deep), E::TooDeepBrackets(40));
        assert!(matches!(refused(&format!("{}true", "!".repeat(1_900))), E::TooManyParts(_)));
        assert_eq!(refused(&format!("{}true", "!".repeat(190))), E::TooManySigns("!"));
        assert_eq!(refused(&"true ? ".repeat(20)), E::TooManySigns("?"));
        assert_eq!(refused(&format!("answers{}", ".x".repeat(190))), E::TooManySigns("."));
        assert_eq!(refused(&format!("age{}", " in services".repeat(100))), E::TooManySigns(" in "));
        let three = "services.all(a, services.all(b, services.all(c, a == b && b == c)))";
        assert_eq!(refused(three), E::TooDeepLoops);
        let chained = "services.map(a, a).map(b, b).exists(c, c == 'x')";
        assert_eq!(refused(chained), E::TooDeepLoops);
        let doubling = "services.map(s, clinical_text + clinical_text).exists(t, t == '')";
        assert_eq!(refused(doubling), E::GrowsInLoop);
        let lists = "(services + services + services).all(a, a == '')";
        assert_eq!(refused(lists), E::GrowsInLoop);
        assert_eq!(refused("clinical_text.matches('(a{500}){500}')"), E::UnknownFunction("matches".into()));
        assert_eq!(refused("duration('1h') > duration('1m')"), E::UnknownFunction("duration".into()));
    }

    #[test]
    fn the_longest_conditions_within_the_bounds_are_parsed_and_dropped_without_running_out_of_stack() {
        // The least stack a thread of ours has is that of a test.
        let within = [
            format!("{}age{} == 1", "(".repeat(DEEPEST_BRACKETS), ")".repeat(DEEPEST_BRACKETS)),
            format!("{}true", "!".repeat(MOST_SIGNS)),
            format!("{}age == 1", "-".repeat(MOST_SIGNS)),
            format!("age{} == 1", " + age".repeat(MOST_SIGNS)),
            format!("answers{}", ".x".repeat(MOST_LINKS)),
            format!("{}true", "false || ".repeat(130)),
            format!("{}true", "sex == '1' ? false : ".repeat(MOST_SIGNS)),
            format!("age in {}{}", "[".repeat(DEEPEST_BRACKETS), "]".repeat(DEEPEST_BRACKETS)),
        ];
        for source in within {
            let beyond = compile(&source).err().filter(ConditionError::is_beyond_bounds);
            assert_eq!(beyond, None, "{source}");
        }
    }

    #[test]
    fn a_catalogue_is_refused_for_one_hostile_condition_and_not_for_a_mistake() {
        let mut catalogue = crate::catalogue::package::tests::balsam();
        catalogue.rules[0].condition = "last_day < 60".into();
        assert_eq!(all_bounded(&catalogue), Ok(()), "a mistake makes the rule silent, not the catalogue useless");
        catalogue.questions[1].visible = "services.all(a, services.all(b, services.all(c, a == b)))".into();
        let owner = catalogue.questions[1].id.clone();
        assert_eq!(all_bounded(&catalogue), Err((owner, ConditionError::TooDeepLoops)));
        catalogue.questions[1].visible = String::new();
        let rule = catalogue.rules[0].clone();
        catalogue.rules.extend((0..400).map(|n| {
            let condition = format!("clinical_text == '{}{n}'", "x".repeat(1_500));
            super::super::model::Rule { condition, ..rule.clone() }
        }));
        assert!(matches!(all_bounded(&catalogue), Err((_, ConditionError::TooManyInAll))));
    }
}
