//! From bytes to a JSON tree, without the tolerance that loses data: a field that stands twice is refused.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::{Problem, ProblemCode};

/// Reads the tree; the problems are fields that stand twice.
pub(super) fn parse(bytes: &[u8]) -> Result<(Value, Vec<Problem>), Problem> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        Problem::new("UTF-8", ProblemCode::Unreadable, format!("the file is not UTF-8 (byte {at})"))
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match tree(text) {
        Ok(parsed) => Ok(parsed),
        // Half a surrogate pair is a character that XML cannot carry. Put another such character there, so that the
        // field is named like for all of them.
        Err(error) => tree(&mark_lone_surrogates(text)).map_err(|_| not_json(&error)),
    }
}

fn not_json(error: &serde_json::Error) -> Problem {
    Problem::new("JSON", ProblemCode::Unreadable, format!("the file is not JSON: {error}"))
}

fn tree(text: &str) -> Result<(Value, Vec<Problem>), serde_json::Error> {
    let mut problems = Vec::new();
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = Node { path: "", problems: &mut problems }.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok((value, problems))
}

fn mark_lone_surrogates(text: &str) -> String {
    let unit = |rest: &str| -> Option<u16> {
        let hex = rest.strip_prefix("\\u")?.get(..4)?;
        u16::from_str_radix(hex, 16).ok()
    };
    let mut marked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        marked.push_str(&rest[..at]);
        rest = &rest[at..];
        let low = |rest: &str| rest.get(6..).and_then(unit).is_some_and(|u| (0xdc00..0xe000).contains(&u));
        let length = match unit(rest) {
            Some(0xd800..0xdc00) if low(rest) => 12,
            Some(0xd800..0xe000) => {
                marked.push_str("\\ufffe");
                rest = &rest[6..];
                continue;
            }
            // Any other escape is carried with the character after the backslash, which may be a backslash.
            _ => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
        };
        marked.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    marked.push_str(rest);
    marked
}

struct Node<'a> {
    path: &'a str,
    problems: &'a mut Vec<Problem>,
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        // To JSON Schema 3.0 is an integer.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole and in range, just checked")]
        if value.fract() == 0.0 && (0.0..1e9).contains(&value) {
            return Ok(Value::Number((value as u64).into()));
        }
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("a number out of range"))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        loop {
            let path = format!("{}[{}]", self.path, items.len());
            match access.next_element_seed(Node { path: &path, problems: self.problems })? {
                Some(item) => items.push(item),
                None => return Ok(Value::Array(items)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut fields = Map::new();
        while let Some(name) = access.next_key::<String>()? {
            let path = super::shape::join(self.path, &name);
            let value = access.next_value_seed(Node { path: &path, problems: self.problems })?;
            if fields.contains_key(&name) {
                self.problems.push(Problem::new(path, ProblemCode::UnknownField, "stands twice"));
            }
            fields.insert(name, value);
        }
        Ok(Value::Object(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_that_stands_twice_is_named() {
        let (_, problems) = parse(br#"{"a":[{"b":1,"b":2}]}"#).unwrap();
        assert_eq!(problems[0].path, "a[0].b");
    }

    #[test]
    fn half_a_surrogate_pair_is_marked_and_a_whole_one_is_read() {
        let (value, _) = parse(br#"{"a":"\\ud83d x\ud800y\ud83d\ude00"}"#).unwrap();
        assert_eq!(value["a"], "\\ud83d x\u{fffe}y\u{1f600}");
    }

    #[test]
    fn what_cannot_be_read_says_json_or_utf_8() {
        assert_eq!(parse(b"{\"a\":\"\xe6\"}").unwrap_err().path, "UTF-8");
        for broken in [&b"{\"a\":"[..], b"", b"{} {}", b"{\"a\":1e999}", b"\xff\xfe{\0"] {
            assert!(["JSON", "UTF-8"].contains(&parse(broken).unwrap_err().path.as_str()));
        }
        assert!(parse(b"\xef\xbb\xbf{}").is_ok(), "a byte order mark is tolerated");
    }
}
