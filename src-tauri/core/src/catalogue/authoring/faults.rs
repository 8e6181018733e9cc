//! Every fault of one TOML element, for people who write such files now and then.
//!
//! Reading stops at the first fault, so what is wrong is put aside, a stand-in is put where something is missing, and the
//! element is read again until nothing new is said. What comes of an element with stand-ins is never used.

use std::{collections::BTreeSet, ops::Range};

use serde::de::DeserializeOwned;
use serde_path_to_error::{Path, Segment};
use toml::{
    Spanned,
    de::{DeTable, DeValue, ValueDeserializer},
};

use super::What;

/// Most readings of one element: more faults than anybody makes in one.
const MOST_READINGS: usize = 64;
/// Most letters of a wrong value that are shown.
const MOST_SHOWN: usize = 40;

/// One fault of an element.
pub(super) struct Fault {
    /// Where it stands in the file; nothing where the element as a whole is meant.
    pub span: Option<Range<usize>>,
    /// The field, `limits.services`; empty where it is not known.
    pub field: String,
    pub what: What,
}

/// Reads an element of a file.
///
/// # Errors
/// All its faults, and the element without what is wrong in it.
pub(super) fn read<'i, T: DeserializeOwned>(
    element: &Spanned<DeValue<'i>>,
    file: &str,
) -> Result<T, (Vec<Fault>, Spanned<DeValue<'i>>)> {
    let mut left = element.clone();
    let mut faults = Vec::new();
    let mut aside = BTreeSet::new();
    let mut standing: Option<(Vec<Step>, usize)> = None;
    let mut made: Vec<Vec<Step>> = Vec::new();
    for _ in 0..MOST_READINGS {
        let error = match serde_path_to_error::deserialize::<_, T>(ValueDeserializer::from(left.clone())) {
            Ok(value) if faults.is_empty() => return Ok(value),
            Ok(_) => break,
            Err(error) => error,
        };
        let mut place = steps(error.path());
        let error = error.into_inner();
        let message = error.message().split_whitespace().collect::<Vec<_>>().join(" ");
        if let Some(missing) = message.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`')) {
            place.push(Step::Field(missing.to_owned()));
            // What a stand-in lacks is our fault.
            let ours = made.iter().any(|stand_in| place.starts_with(stand_in));
            if !ours && !aside.contains(&written(&place)) {
                let what = What::Syntax("is missing".into());
                faults.push(Fault { span: error.span(), field: written(&place), what });
            }
            made.push(place.clone());
            standing = Some((place, 0));
        } else if let Some((stands, tried)) = standing.as_mut().filter(|(stands, _)| place.starts_with(stands)) {
            *tried += 1;
            place.clone_from(stands);
        } else if error.span().is_some_and(|span| without_key(left.get_mut(), &span)) {
            faults.push(Fault { span: error.span(), field: String::new(), what: What::Syntax(message) });
            continue;
        } else {
            let value = error.span().and_then(|span| file.get(span)).unwrap_or_default();
            faults.push(Fault { span: error.span(), field: written(&place), what: wrong(&message, value) });
            let Some(gone) = take(left.get_mut(), place) else { break };
            aside.insert(written(&gone));
            continue;
        }
        // A stand-in is tried until one is of the kind that the field takes.
        let Some((stands, tried)) = &standing else { break };
        if !stand_in(*tried, &message).is_some_and(|value| put(left.get_mut(), stands, value)) {
            break;
        }
    }
    Err((faults, left))
}

/// A step into an element.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Field(String),
    Entry(usize),
}

fn steps(path: &Path) -> Vec<Step> {
    let step = |segment: &Segment| match segment {
        Segment::Map { key } => Some(Step::Field(key.clone())),
        Segment::Seq { index } => Some(Step::Entry(*index)),
        Segment::Enum { .. } | Segment::Unknown => None,
    };
    path.iter().filter_map(step).collect()
}

/// A place as the checks name fields: `limits.services`, `options[2].text`.
fn written(place: &[Step]) -> String {
    let mut out = String::new();
    for step in place {
        match step {
            Step::Field(key) if out.is_empty() => out.push_str(key),
            Step::Field(key) => out.extend([".", key]),
            Step::Entry(index) => out.push_str(&format!("[{index}]")),
        }
    }
    out
}

/// What is wrong with a value, in the words of somebody who writes TOML rather than of one who reads it.
fn wrong(message: &str, value: &str) -> What {
    let kind = message.starts_with("invalid").then(|| message.rsplit_once("expected ")).flatten();
    let expected = match kind.map(|(_, expected)| expected) {
        Some("a string" | "string") => "a text between quotes",
        Some("u8" | "u16" | "u32" | "u64" | "usize") => "a whole number without quotes",
        Some("f64") => "a number without quotes",
        Some("a boolean") => "true or false, without quotes",
        Some("a sequence") => "a list between [ and ]",
        Some("struct Text") => "a text as { nb = \"…\", nn = \"…\", en = \"…\" }",
        Some(_) | None => return What::Syntax(message.to_owned()),
    };
    let line = value.lines().next().unwrap_or_default();
    What::Value { value: line.chars().take(MOST_SHOWN).collect(), expected }
}

/// The stand-ins, one kind after the other, and the first of the words that a field takes.
fn stand_in(tried: usize, message: &str) -> Option<DeValue<'static>> {
    Some(match tried {
        0 => DeValue::Table(DeTable::new()),
        1 => DeValue::String("1".into()),
        2 => DeValue::Boolean(true),
        3 => DeValue::Array(std::iter::empty().collect()),
        4 => DeValue::parse("1").ok()?.into_inner(),
        // Of all kinds, none was taken: a field of few words says which.
        5 => DeValue::String("1".into()),
        6 => DeValue::String(message.split_once("expected ")?.1.split('`').nth(1)?.to_owned().into()),
        _ => return None,
    })
}

/// The value at a place.
fn inner<'v, 'i>(value: &'v mut DeValue<'i>, place: &[Step]) -> Option<&'v mut DeValue<'i>> {
    let mut at = value;
    for step in place {
        at = match (step, at) {
            (Step::Field(key), DeValue::Table(table)) => table.get_mut(key.as_str())?.get_mut(),
            (Step::Entry(index), DeValue::Array(array)) => array.get_mut(*index)?.get_mut(),
            _ => return None,
        };
    }
    Some(at)
}

/// Puts a value where a field is missing, or another where one was put.
fn put<'i>(value: &mut DeValue<'i>, place: &[Step], new: DeValue<'i>) -> bool {
    let Some((Step::Field(key), above)) = place.split_last() else { return false };
    let Some(DeValue::Table(table)) = inner(value, above) else { return false };
    table.insert(Spanned::new(0..0, key.clone().into()), Spanned::new(0..0, new));
    true
}

/// Takes a field out: the nearest one that a table holds, since an entry of a list is not taken alone. Where that was.
fn take(value: &mut DeValue<'_>, mut place: Vec<Step>) -> Option<Vec<Step>> {
    loop {
        if let (Step::Field(key), above) = place.split_last()?
            && let Some(DeValue::Table(table)) = inner(value, above)
            && table.remove(key.as_str()).is_some()
        {
            return Some(place);
        }
        place.pop();
    }
}

/// Takes out the key that stands at a place in the text; whether there was one.
fn without_key(value: &mut DeValue<'_>, at: &Range<usize>) -> bool {
    match value {
        DeValue::Table(table) => {
            let key = table.iter().find(|(key, _)| key.span() == *at).map(|(key, _)| key.clone());
            match key {
                Some(key) => table.remove(&key).is_some(),
                None => table.iter_mut().any(|(_, value)| without_key(value.get_mut(), at)),
            }
        }
        DeValue::Array(array) => array.iter_mut().any(|value| without_key(value.get_mut(), at)),
        DeValue::String(_) | DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_) => {
            false
        }
    }
}
