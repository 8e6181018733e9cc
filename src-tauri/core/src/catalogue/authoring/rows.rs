//! Sheets: CSV as a text editor, LibreOffice or a Norwegian Excel writes it.
//!
//! Commas or semicolons between cells, with or without a byte order mark, and in a sheet with semicolons also `0,5`. What
//! would be read otherwise than it was meant (another character set, a quote that was never closed, a row with a cell too
//! many) is a mistake and never a guess.

use std::{collections::BTreeMap, path::Path, str::FromStr};

use super::{Mistakes, What, tables::Located};
use crate::catalogue::model::Coded;

/// A sheet's columns: those that it may have, and those among them that it must have.
pub(super) struct Columns {
    pub known: &'static [&'static str],
    pub needed: &'static [&'static str],
}

/// A row with its line and its cells by column.
pub(super) struct Row<'a> {
    file: &'a str,
    line: u32,
    columns: &'a BTreeMap<String, usize>,
    record: &'a csv::StringRecord,
    semicolons: bool,
}

impl Row<'_> {
    /// A cell, or nothing when it is empty or its column is left out.
    pub fn cell(&self, column: &str) -> Option<&str> {
        self.columns.get(column).and_then(|at| self.record.get(*at)).map(str::trim).filter(|cell| !cell.is_empty())
    }

    /// A mandatory cell. A column that is missing altogether was named once, at the heading.
    pub fn text(&self, column: &str, mistakes: &mut Mistakes) -> String {
        if let Some(cell) = self.cell(column) {
            return cell.to_owned();
        }
        if self.columns.contains_key(column) {
            mistakes.add(self.file, self.line, column, What::Empty);
        }
        String::new()
    }

    /// A mandatory day. A Norwegian Excel rewrites `2026-11-20` as `20.11.2026` when it saves, and means the same.
    pub fn day(&self, column: &str, mistakes: &mut Mistakes) -> String {
        let cell = self.text(column, mistakes);
        let parts: Vec<&str> = cell.split('.').collect();
        match parts.as_slice() {
            [day, month, year] if self.semicolons && (day.len(), month.len(), year.len()) == (2, 2, 4) => {
                format!("{year}-{month}-{day}")
            }
            _ => cell,
        }
    }

    /// Values between semicolons.
    pub fn list(&self, column: &str) -> Vec<String> {
        let cell = self.cell(column).unwrap_or_default();
        cell.split(';').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
    }

    /// Codes between semicolons, each `SYSTEM CODE text`.
    pub fn codes(&self, column: &str, mistakes: &mut Mistakes) -> Vec<Coded> {
        let mut codes = Vec::new();
        for written in self.list(column) {
            let mut parts = written.splitn(3, ' ').map(|part| part.trim().to_owned());
            match (parts.next(), parts.next(), parts.next()) {
                (Some(system), Some(code), Some(display)) if !display.is_empty() => {
                    codes.push(Coded { system, code: Some(code), display });
                }
                _ => self.refuse(column, &written, "a code with its text, such as `NORPAT T01000 hud`", mistakes),
            }
        }
        codes
    }

    pub fn yes(&self, column: &str, mistakes: &mut Mistakes) -> bool {
        match self.cell(column) {
            None | Some("no") => false,
            Some("yes") => true,
            Some(other) => {
                self.refuse(column, other, "`yes`, `no` or empty", mistakes);
                false
            }
        }
    }

    /// A whole number.
    pub fn whole(&self, column: &str, mistakes: &mut Mistakes) -> Option<u32> {
        self.parsed(column, self.cell(column)?, "a whole number", mistakes)
    }

    /// A number with or without decimals.
    pub fn number(&self, column: &str, mistakes: &mut Mistakes) -> Option<f64> {
        let cell = self.cell(column)?;
        let pointed = if self.semicolons { cell.replace(',', ".") } else { cell.to_owned() };
        let expected = if self.semicolons { "a number" } else { "a number (with a point, not a comma)" };
        let number: f64 = self.parsed(column, &pointed, expected, mistakes)?;
        if !number.is_finite() {
            self.refuse(column, cell, "a number", mistakes);
        }
        Some(number).filter(|number| number.is_finite())
    }

    fn parsed<N: FromStr>(
        &self,
        column: &str,
        cell: &str,
        expected: &'static str,
        mistakes: &mut Mistakes,
    ) -> Option<N> {
        let parsed = cell.parse().ok();
        if parsed.is_none() {
            self.refuse(column, cell, expected, mistakes);
        }
        parsed
    }

    fn refuse(&self, column: &str, value: &str, expected: &'static str, mistakes: &mut Mistakes) {
        mistakes.add(self.file, self.line, column, What::Value { value: value.to_owned(), expected });
    }
}

/// Reads a text file, with the line named where it is not UTF-8.
pub(super) fn read_text(dir: &Path, name: &str, mistakes: &mut Mistakes) -> Option<String> {
    let bytes = match std::fs::read(dir.join(name)) {
        Ok(bytes) => bytes,
        Err(error) => {
            mistakes.unread(name, 0, What::Unreadable(error.to_string()));
            return None;
        }
    };
    match String::from_utf8(bytes) {
        Ok(text) => Some(text.strip_prefix('\u{feff}').map_or_else(|| text.clone(), str::to_owned)),
        Err(error) => {
            let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
            let what = What::Syntax("is not UTF-8; from Excel, save as “CSV UTF-8”".into());
            mistakes.unread(name, u32::try_from(line).unwrap_or(u32::MAX), what);
            None
        }
    }
}

/// The rows of a sheet. A row that cannot be told apart into its cells is named and left out.
pub(super) fn rows<T>(
    dir: &Path,
    name: &str,
    columns: &Columns,
    mistakes: &mut Mistakes,
    mut make: impl FnMut(&Row<'_>, &mut Mistakes) -> T,
) -> Vec<Located<T>> {
    let Some(text) = read_text(dir, name, mistakes) else { return Vec::new() };
    let heading = text.lines().find(|line| !line.starts_with('#') && !line.is_empty()).unwrap_or_default();
    if heading.trim().is_empty() {
        mistakes.unread(name, 0, What::Empty);
        return Vec::new();
    }
    if heading.contains('\t') && !heading.contains([',', ';']) {
        let what = "has tabs between its cells; from Excel, save as “CSV UTF-8”";
        mistakes.unread(name, 0, What::Syntax(what.into()));
        return Vec::new();
    }
    let semicolons = heading.contains(';') && !heading.contains(',');
    let mut reader = csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .delimiter(if semicolons { b';' } else { b',' })
        .flexible(true)
        .from_reader(text.as_bytes());
    let headers = reader.headers().cloned().unwrap_or_default();
    let mut lines = Lines { text: &text, at: 0, line: 1 };
    let first = lines.of(headers.position());
    let by_name = headings((name, first), columns, &headers, mistakes);
    let mut out = Vec::new();
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                mistakes.unread(name, u32::try_from(line).unwrap_or(u32::MAX), What::Syntax(error.to_string()));
                continue;
            }
        };
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let line = lines.of(record.position());
        if well_formed(name, line, &headers, &record, mistakes) {
            let row = Row { file: name, line, columns: &by_name, record: &record, semicolons };
            out.push(Located::at(make(&row, mistakes), line));
        }
    }
    out
}

/// Counts lines along a sheet. The reader tells where it began to look for a row, which may be before empty lines and
/// comments, and always before the second half of a line end as Excel writes it.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: u32,
}

impl Lines<'_> {
    /// The line on which a row stands, from 1.
    fn of(&mut self, position: Option<&csv::Position>) -> u32 {
        let Some(from) = position.and_then(|at| usize::try_from(at.byte()).ok()) else { return 0 };
        let mut to = from.min(self.text.len());
        loop {
            let rest = &self.text.as_bytes()[to..];
            to += match rest.first() {
                Some(b'\r' | b'\n') => 1,
                Some(b'#') => rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len()),
                Some(_) | None => break,
            };
        }
        let passed = &self.text.as_bytes()[self.at.min(to)..to];
        self.line += u32::try_from(passed.iter().filter(|byte| **byte == b'\n').count()).unwrap_or(u32::MAX);
        self.at = to;
        self.line
    }
}

/// Where each column stands; every unknown, repeated and missing one is named.
fn headings(
    (name, line): (&str, u32),
    columns: &Columns,
    headers: &csv::StringRecord,
    mistakes: &mut Mistakes,
) -> BTreeMap<String, usize> {
    let mut by_name = BTreeMap::new();
    for (at, header) in headers.iter().map(str::trim).enumerate() {
        if !columns.known.contains(&header) {
            let what = What::Syntax(format!("unknown column, expected: {}", columns.known.join(", ")));
            mistakes.add(name, line, header, what);
        } else if by_name.insert(header.to_owned(), at).is_some() {
            mistakes.add(name, line, header, What::Duplicate { kind: "column", id: header.to_owned(), first: line });
        }
    }
    for needed in columns.needed.iter().filter(|needed| !by_name.contains_key(**needed)) {
        mistakes.add(name, line, needed, What::Syntax("the column is missing".into()));
        // Nothing else is said about what the sheet lacks: the column is why.
        mistakes.lost(name);
    }
    by_name
}

/// Whether a row has the cells that the heading promises, each on one line.
fn well_formed(
    name: &str,
    line: u32,
    headers: &csv::StringRecord,
    record: &csv::StringRecord,
    mistakes: &mut Mistakes,
) -> bool {
    if let Some(at) = record.iter().position(|cell| cell.contains('\n')) {
        // What follows was swallowed by the cell, so nothing can be said about what the file lacks.
        let what = What::Syntax("the cell runs over several lines; is a quote not closed?".into());
        mistakes.add(name, line, headers.get(at).unwrap_or_default(), what);
        mistakes.lost(name);
        return false;
    }
    let surplus = record.iter().skip(headers.len()).any(|cell| !cell.trim().is_empty());
    if record.len() >= headers.len() && !surplus {
        return true;
    }
    let hint = if surplus { "; a cell with the sign that stands between cells needs quotes around it" } else { "" };
    let what = What::Syntax(format!("the row has {} cells, the heading has {}{hint}", record.len(), headers.len()));
    mistakes.add(name, line, headers.get(record.len()).unwrap_or_default(), what);
    mistakes.broken(record.get(0).unwrap_or_default());
    false
}
