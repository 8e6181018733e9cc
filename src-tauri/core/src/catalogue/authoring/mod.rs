//! Reads a provider's directory as its laboratory wrote it, and finds every mistake in one run.
//!
//! People at the hospital edit these files, so a mistake names the file, the line and the cell, and one mistake never
//! hides the next. Nothing here guesses: a cell that is not understood is a mistake, never a default.
//!
//! A directory holds `provider.toml` (identity, departments, label rules, materials), `containers.toml`, `texts.toml`
//! (preparation and handling, referred to by id), `services.csv`, `specimens.csv`, `panels.toml`, `questions.toml`,
//! `rules.toml`, `handbook.toml` (by service id) and `sources.csv`.

mod check;
mod sheets;
mod tables;
#[cfg(test)]
mod tests;

use std::{fmt, path::Path};

use crate::catalogue::{conditions::ConditionError, model::Catalogue};

/// One mistake in the authored files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// File name within the provider's directory.
    pub file: String,
    /// Line, from 1; 0 where the file as a whole is meant.
    pub line: u32,
    /// Cell (column) or field, as written in the file; empty where the whole line is meant.
    pub field: String,
    /// What is wrong.
    pub what: What,
}

/// What is wrong with a cell or field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum What {
    /// The file is missing or cannot be read.
    #[error("cannot be read: {0}")]
    Unreadable(String),
    /// Not TOML, not CSV, or a field that does not exist.
    #[error("{0}")]
    Syntax(String),
    /// A mandatory cell is empty.
    #[error("is empty")]
    Empty,
    /// A value outside what the field takes.
    #[error("`{value}` is not {expected}")]
    Value {
        /// As written.
        value: String,
        /// What the field takes.
        expected: &'static str,
    },
    /// Refers to something that is not there.
    #[error("there is no {kind} `{id}`")]
    Unknown {
        /// `container`, `service`, `question` …
        kind: &'static str,
        /// The dangling id.
        id: String,
    },
    /// The same id or code twice.
    #[error("{kind} `{id}` stands already in line {first}")]
    Duplicate {
        /// `id`, `code` …
        kind: &'static str,
        /// The repeated value.
        id: String,
        /// Line where it stood first.
        first: u32,
    },
    /// A condition that cannot be used.
    #[error("{0}")]
    Condition(#[from] ConditionError),
    /// A text that lacks a language.
    #[error("the text is missing in `{0}`")]
    MissingLanguage(&'static str),
    /// Defined and used nowhere, which is mostly a misspelt reference.
    #[error("{kind} `{id}` is used nowhere")]
    Unused {
        /// `question`, `text` …
        kind: &'static str,
        /// Its id.
        id: String,
    },
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        if !self.field.is_empty() {
            write!(f, ": {}", self.field)?;
        }
        write!(f, ": {}", self.what)
    }
}

/// Reads and checks a provider's directory.
///
/// # Errors
/// Every mistake found, in the order of files and lines.
pub fn build(dir: &Path) -> Result<Catalogue, Vec<Mistake>> {
    let mut mistakes = Mistakes::default();
    let draft = sheets::read(dir, &mut mistakes);
    if let Some(draft) = &draft {
        check::all(draft, &mut mistakes);
    }
    match draft {
        Some(draft) if mistakes.0.is_empty() => Ok(draft.into_catalogue()),
        _ => {
            mistakes.0.sort_by(|a, b| (&a.file, a.line, &a.field).cmp(&(&b.file, b.line, &b.field)));
            mistakes.0.dedup();
            Err(mistakes.0)
        }
    }
}

/// Where mistakes are gathered.
#[derive(Debug, Default)]
struct Mistakes(Vec<Mistake>);

impl Mistakes {
    fn add(&mut self, file: &str, line: u32, field: &str, what: What) {
        self.0.push(Mistake { file: file.to_owned(), line, field: field.to_owned(), what });
    }
}
