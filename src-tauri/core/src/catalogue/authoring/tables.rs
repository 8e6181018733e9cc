//! TOML files, element by element, so that one broken element never hides the next.

use std::{collections::BTreeMap, path::Path};

use serde::de::DeserializeOwned;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{Mistakes, What, faults, rows::read_text};

/// One element with the lines of its fields.
#[derive(Debug)]
pub(super) struct Located<T> {
    pub value: T,
    pub line: u32,
    fields: BTreeMap<String, u32>,
}

impl<T> Located<T> {
    pub(super) fn at(value: T, line: u32) -> Self {
        Self { value, line, fields: BTreeMap::new() }
    }

    /// Line of a field, `text.nb`; that of its nearest parent where it is not written.
    pub(super) fn line_of(&self, field: &str) -> u32 {
        let mut path = field;
        loop {
            if let Some(line) = self.fields.get(path) {
                return *line;
            }
            match path.rfind('.') {
                Some(dot) => path = &path[..dot],
                None => return self.line,
            }
        }
    }
}

/// A parsed TOML file.
pub(super) struct TomlFile {
    name: String,
    text: String,
}

impl TomlFile {
    /// Reads a file; a missing one is a mistake.
    pub(super) fn read(dir: &Path, name: &str, mistakes: &mut Mistakes) -> Option<Self> {
        read_text(dir, name, mistakes).map(|text| Self { name: name.to_owned(), text })
    }

    /// Reads a file that a provider may leave out.
    pub(super) fn read_optional(dir: &Path, name: &str, mistakes: &mut Mistakes) -> Option<Self> {
        if dir.join(name).exists() { Self::read(dir, name, mistakes) } else { None }
    }

    /// The top-level table.
    pub(super) fn table<'a>(&'a self, mistakes: &mut Mistakes) -> Option<DeTable<'a>> {
        let (table, errors) = DeTable::parse_recoverable(&self.text);
        for error in &errors {
            let line = error.span().map_or(0, |span| self.line(span.start));
            mistakes.unread(&self.name, line, What::Syntax(self.not_toml(line, error.message())));
        }
        errors.is_empty().then(|| table.into_inner())
    }

    /// What is said of a line that is no TOML, which it shows: the rules of such files are not everybody's.
    fn not_toml(&self, line: u32, message: &str) -> String {
        let written = self.text.lines().nth(line.saturating_sub(1) as usize).unwrap_or_default().trim();
        let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        let comma = written
            .split_once('=')
            .and_then(|(_, value)| value.split_once(','))
            .is_some_and(|(before, after)| digit(before.chars().last()) && digit(after.chars().next()));
        let hint = if comma { "; decimals follow a point, as in 5.0" } else { "" };
        format!("`{written}` cannot be read: {message}{hint}")
    }

    /// Refuses keys that the file does not know.
    pub(super) fn only(&self, table: &DeTable<'_>, known: &[&str], mistakes: &mut Mistakes) {
        for (key, _) in table.iter() {
            if !known.contains(&key.get_ref().as_ref()) {
                let what = What::Syntax(format!("unknown field, expected one of: {}", known.join(", ")));
                mistakes.add(&self.name, self.line(key.span().start), key.get_ref(), what);
            }
        }
    }

    /// Elements of an array of tables (`[[container]]`), the broken ones reported and left out.
    pub(super) fn elements<T: DeserializeOwned>(
        &self,
        table: &DeTable<'_>,
        key: &str,
        mistakes: &mut Mistakes,
    ) -> Vec<Located<T>> {
        match table.get(key).map(Spanned::get_ref) {
            None => Vec::new(),
            Some(DeValue::Array(array)) => {
                array.iter().filter_map(|element| self.element(element, key, mistakes)).collect()
            }
            Some(_) => {
                let line = table.get(key).map_or(0, |value| self.line(value.span().start));
                mistakes.add(&self.name, line, key, What::Syntax(format!("write it as [[{key}]]")));
                Vec::new()
            }
        }
    }

    /// Tables named by their key (`[ferritin]`).
    pub(super) fn named<T: DeserializeOwned>(
        &self,
        table: &DeTable<'_>,
        mistakes: &mut Mistakes,
    ) -> Vec<(String, Located<T>)> {
        table
            .iter()
            .filter_map(|(key, value)| {
                let mut located = self.element(value, key.get_ref(), mistakes)?;
                located.line = self.line(key.span().start);
                Some((key.get_ref().to_string(), located))
            })
            .collect()
    }

    /// One element, deserialised, with the lines of its fields.
    pub(super) fn element<T: DeserializeOwned>(
        &self,
        value: &Spanned<DeValue<'_>>,
        field: &str,
        mistakes: &mut Mistakes,
    ) -> Option<Located<T>> {
        let mut fields = BTreeMap::new();
        self.lines(value.get_ref(), "", &mut fields);
        let line = self.line(value.span().start);
        let (faults, left) = match faults::read(value, &self.text) {
            Ok(value) => return Some(Located { value, line, fields }),
            Err(faults) => faults,
        };
        for fault in faults {
            let at = fault.span.map_or(line, |span| self.line(span.start));
            let field = if fault.field.is_empty() { field } else { &fault.field };
            mistakes.add(&self.name, at, field, fault.what);
        }
        // Others may refer to it; that it is broken was said already.
        if let Some(id) = left.get_ref().get("id").and_then(|id| id.get_ref().as_str()) {
            mistakes.broken(id);
        }
        None
    }

    fn lines(&self, value: &DeValue<'_>, path: &str, into: &mut BTreeMap<String, u32>) {
        let join = |key: &str| {
            if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
        };
        match value {
            DeValue::Table(table) => {
                for (key, value) in table.iter() {
                    let path = join(key.get_ref());
                    into.insert(path.clone(), self.line(key.span().start));
                    self.lines(value.get_ref(), &path, into);
                }
            }
            DeValue::Array(array) => {
                for (at, value) in array.iter().enumerate() {
                    let path = format!("{path}[{at}]");
                    into.insert(path.clone(), self.line(value.span().start));
                    self.lines(value.get_ref(), &path, into);
                }
            }
            DeValue::String(_)
            | DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_) => {}
        }
    }

    fn line(&self, offset: usize) -> u32 {
        let before = &self.text.as_bytes()[..offset.min(self.text.len())];
        u32::try_from(before.iter().filter(|byte| **byte == b'\n').count() + 1).unwrap_or(u32::MAX)
    }
}
