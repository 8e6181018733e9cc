//! Reads a provider's directory as its laboratory wrote it, and finds every mistake in one run.
//!
//! People at the hospital edit these files, so a mistake names the file, the line and the cell, and one mistake never
//! hides the next. Nothing here guesses: a cell that is not understood is a mistake, never a default.
//!
//! A directory holds `provider.toml` (identity, departments, label rules, materials), `containers.toml`, `texts.toml`
//! (preparation and handling, referred to by id), `services.csv`, `specimens.csv`, `panels.toml`, `questions.toml`,
//! `rules.toml`, `handbook.toml` (by service id) and `sources.csv`.

mod check;
mod faults;
mod rows;
mod sheets;
mod tables;
#[cfg(test)]
mod tests;

use std::{collections::BTreeSet, fmt, path::Path};

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
    #[error("there is no {kind} `{id}`{}", near.as_ref().map(|near| format!("; is `{near}` meant?")).unwrap_or_default())]
    Unknown {
        /// `container`, `service`, `question` …
        kind: &'static str,
        /// The dangling id.
        id: String,
        /// One that is there and differs by a slip of the finger.
        near: Option<String>,
    },
    /// A file that no catalogue has: what stands in it would be left out without a word.
    #[error("is no file of a catalogue; those are: {0}")]
    Stray(String),
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
    /// The same id in two files whose ids share one list.
    #[error("`{id}` is the id of a {kind} already")]
    Taken {
        /// `service`
        kind: &'static str,
        /// The id.
        id: String,
    },
    /// Replacements that lead back to where they began.
    #[error("the replacement leads back to itself: {0}")]
    Circle(String),
    /// A word by which several services are found (a warning).
    #[error("`{word}` leads to {services}: whoever types it has to choose")]
    Ambiguous {
        /// As it is written here.
        word: String,
        /// The services' ids.
        services: String,
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

/// What was made of a provider's directory.
#[derive(Debug)]
pub struct Report {
    /// The catalogue; nothing where there is a mistake.
    pub catalogue: Option<Catalogue>,
    /// What keeps the catalogue from being built, in the order of files and lines.
    pub mistakes: Vec<Mistake>,
    /// What is allowed and may still not be meant: a word that leads to several services, a container that nothing uses.
    pub warnings: Vec<Mistake>,
}

/// Reads and checks a provider's directory: every mistake and every warning in one run.
#[must_use]
pub fn inspect(dir: &Path) -> Report {
    let mut mistakes = Mistakes::default();
    strays(dir, &mut mistakes);
    let draft = sheets::read(dir, &mut mistakes);
    check::all(&draft, &mut mistakes);
    let Mistakes { mut found, mut warnings, .. } = mistakes;
    for list in [&mut found, &mut warnings] {
        list.sort_by(|a, b| (&a.file, a.line, &a.field).cmp(&(&b.file, b.line, &b.field)));
        list.dedup();
    }
    let catalogue = if found.is_empty() { draft.into_catalogue() } else { None };
    Report { catalogue, mistakes: found, warnings }
}

/// Names the files that look like a catalogue's and are none: of a misspelt `rules.toml` nothing would be missed but its rules.
fn strays(dir: &Path, mistakes: &mut Mistakes) {
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let ending = Path::new(&name).extension().map(|ending| ending.to_string_lossy().to_lowercase());
        if matches!(ending.as_deref(), Some("toml" | "csv")) && !sheets::FILES.contains(&name.as_str()) {
            mistakes.add(&name, 0, "", What::Stray(sheets::FILES.join(", ")));
        }
    }
}

/// Reads and checks a provider's directory.
///
/// # Errors
/// Every mistake found, in the order of files and lines.
pub fn build(dir: &Path) -> Result<Catalogue, Vec<Mistake>> {
    let report = inspect(dir);
    report.catalogue.ok_or(report.mistakes)
}

/// Where mistakes are gathered, with what could not be read: nobody is told that a container is missing when its file, or
/// its element, is what is broken.
#[derive(Debug, Default)]
struct Mistakes {
    found: Vec<Mistake>,
    warnings: Vec<Mistake>,
    unread: BTreeSet<String>,
    broken: BTreeSet<String>,
}

impl Mistakes {
    fn add(&mut self, file: &str, line: u32, field: &str, what: What) {
        self.found.push(Mistake { file: file.to_owned(), line, field: field.to_owned(), what });
    }

    fn warn(&mut self, file: &str, line: u32, field: &str, what: What) {
        self.warnings.push(Mistake { file: file.to_owned(), line, field: field.to_owned(), what });
    }

    /// A file that cannot be read from here on.
    fn unread(&mut self, file: &str, line: u32, what: What) {
        self.add(file, line, "", what);
        self.lost(file);
    }

    /// A file of which something was lost, so that nothing is said about what it lacks.
    fn lost(&mut self, file: &str) {
        self.unread.insert(file.to_owned());
    }

    /// An element that could not be read, and that others may refer to.
    fn broken(&mut self, id: &str) {
        self.broken.insert(id.to_owned());
    }
}
