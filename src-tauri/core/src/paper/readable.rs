//! A page that is read on the screen, on paper: of the handbook, for the wall above the bench or for a patient to take home, or a
//! message as its receiver sees it.
//!
//! It is worded by whoever shows it, in the reader's language; here it is only set. Nothing of a patient is ever on the handbook's.

use jiff::Zoned;
use serde::Deserialize;
use specta::Type;

use super::PaperError;
use super::flow::{Flow, TEXT, mm};
use crate::pages::Weight;

/// A page as it is to be read. Has no `Debug`: a message names its patient.
#[derive(Clone, Deserialize, Type)]
pub struct ReadablePage {
    /// Name of the service, or kind of the message.
    pub title: String,
    /// Whose it is, or when it was made.
    pub below: String,
    /// What it is for, and what must not be overlooked.
    pub lead: Vec<String>,
    /// Facts in the order in which they are read.
    pub sections: Vec<PageSection>,
    /// Where it comes from and how old it is: a copied fact must not lose its source.
    pub sources: Vec<String>,
}

/// Facts under one heading.
#[derive(Clone, Deserialize, Type)]
pub struct PageSection {
    /// Heading; empty for the facts right below the name.
    pub heading: String,
    /// Its lines.
    pub lines: Vec<PageLine>,
}

/// One fact.
#[derive(Clone, Deserialize, Type)]
pub struct PageLine {
    /// What the fact is called; empty where it is a sentence of its own.
    pub label: String,
    /// The fact.
    pub text: String,
}

/// The page as PDF. `office` and `printed`, office time, stand at its foot.
///
/// # Errors
/// [`PaperError::Font`].
pub fn readable_page(page: &ReadablePage, office: &str, printed: &Zoned) -> Result<Vec<u8>, PaperError> {
    let mut flow = Flow::new();
    flow.paragraph(&page.title, 18.0, Weight::Semibold)?;
    flow.paragraph(&page.below, 11.0, Weight::Regular)?;
    for text in &page.lead {
        flow.space(mm(2.0));
        flow.paragraph(text, 11.0, Weight::Regular)?;
    }
    flow.space(mm(2.0));
    for section in &page.sections {
        if !section.heading.is_empty() {
            flow.heading(&section.heading)?;
        }
        for line in &section.lines {
            match line.label.as_str() {
                "" => flow.paragraph(&line.text, TEXT, Weight::Regular)?,
                label => flow.row(label, &line.text, None)?,
            }
        }
    }
    flow.space(mm(5.0));
    for text in &page.sources {
        flow.paragraph(text, 8.5, Weight::Regular)?;
    }
    let day = printed.strftime("%d.%m.%Y %H:%M");
    let foot = if office.is_empty() { day.to_string() } else { format!("{office} · {day}") };
    flow.finish_with(&page.title, &foot, |at, count| format!("{at} / {count}"))
}
