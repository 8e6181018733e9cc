//! The requisition form: A4, available before and after sending, with the same numbers as the labels.
//!
//! What stands on it is read from the message that would be sent or was sent, so that paper and message cannot differ.

use jiff::Zoned;

use super::code::{FORMAT, PaperCode, parts_of};
use super::flow::{Flow, mm};
use super::{PaperError, words};
use crate::labels::Matrix;
use crate::message::{self, ReadableHeading, ReadableLabel, ReadableMessage};
use crate::order::{Order, Urgency};
use crate::pages::Weight;

/// Whether the requisition is also sent electronically, as far as it is known when the form is printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sending {
    /// Nothing is in the outbox: the paper is the requisition.
    NotSent,
    /// In the outbox: the receiver may get it both ways.
    Queued {
        /// Since when, office time.
        since: Zoned,
    },
    /// The line took it.
    Delivered {
        /// When, office time.
        at: Zoned,
    },
    /// The receiving system has accepted it.
    Accepted {
        /// When, office time.
        at: Zoned,
    },
}

impl Sending {
    /// The form's first line.
    #[must_use]
    pub fn words(&self) -> String {
        let time = |at: &Zoned| at.strftime("%d.%m.%Y %H:%M").to_string();
        match self {
            Self::NotSent => "IKKE SENDT ELEKTRONISK. Dette arket er rekvisisjonen.".to_owned(),
            Self::Queued { since } => format!(
                "IKKE KOMMET FREM ELEKTRONISK ENNÅ. Ligger i utboksen siden {}. Kommer den senere, er det samme rekvisisjon.",
                time(since)
            ),
            Self::Delivered { at } => {
                format!("SENDT ELEKTRONISK {}, uten kvittering fra mottaker ennå. Dette arket er en kopi.", time(at))
            }
            Self::Accepted { at } => {
                format!("SENDT OG GODTATT ELEKTRONISK {}. Dette arket er en kopi.", time(at))
            }
        }
    }
}

/// The form as PDF.
///
/// `message` is the message that was sent, or would be; `printed` is now, office time. An order that is too large for the codes
/// of a form comes without them, and the form says so: paper is for when nothing else works.
///
/// # Errors
/// [`PaperError::Message`].
pub fn form(order: &Order, message: &[u8], sending: &Sending, printed: &Zoned) -> Result<Vec<u8>, PaperError> {
    let readable = message::readable(message).map_err(|error| PaperError::Message(error.to_string()))?;
    let parts = match parts_of(order) {
        Ok(parts) => parts,
        Err(PaperError::TooLarge { .. }) => Vec::new(),
        Err(error) => return Err(error),
    };
    let mut flow = Flow::new();
    head(&mut flow, order, &readable, sending)?;
    for section in &readable.sections {
        flow.heading(words::heading(section.heading))?;
        for row in &section.rows {
            if section.heading == ReadableHeading::Services && row.label == ReadableLabel::Service {
                flow.space(mm(1.0));
            }
            flow.row(words::label(row.label), &row.value, row.detail.as_deref())?;
        }
    }
    numbers(&mut flow, order)?;
    codes(&mut flow, order, &parts)?;
    let id = order.requisition.id.as_ref().map(ToString::to_string).unwrap_or_default();
    let foot =
        format!("{} · {id} · skrevet ut {}", order.patient.name.family_first(), printed.strftime("%d.%m.%Y %H:%M"));
    flow.finish("Rekvisisjon", &foot)
}

fn head(flow: &mut Flow, order: &Order, readable: &ReadableMessage, sending: &Sending) -> Result<(), PaperError> {
    flow.paragraph("Rekvisisjon", 20.0, Weight::Semibold)?;
    flow.space(mm(1.0));
    if readable.test {
        flow.band("TEST – ikke en virkelig pasient", 12.0)?;
        flow.space(mm(1.0));
    }
    if order.urgency == Some(Urgency::High) {
        flow.band("HASTER", 16.0)?;
        flow.space(mm(1.0));
    }
    flow.band(&sending.words(), 10.5)
}

/// The whole order for a scanner, or why it is not there.
fn codes(flow: &mut Flow, order: &Order, parts: &[PaperCode]) -> Result<(), PaperError> {
    const HEADING: &str = "Hele rekvisisjonen som kode";
    let mut symbols = Vec::with_capacity(parts.len());
    for part in parts {
        symbols.push(Matrix::encode(part.text()).map_err(|_| PaperError::Symbol)?);
    }
    let codes = match symbols.len() {
        0 => {
            flow.heading(HEADING)?;
            let words = "Rekvisisjonen er for stor til å stå som kode. Alt står i klartekst over.";
            return flow.paragraph(words, 10.5, Weight::Semibold);
        }
        1 => "Én kode",
        _ => "Flere koder, les alle",
    };
    flow.room(mm(26.0) + Flow::side(&symbols));
    flow.heading(HEADING)?;
    let without = if order.attachments.is_empty() { "" } else { " Vedlegg er ikke med." };
    flow.paragraph(
        &format!("{codes}: Data Matrix, format {FORMAT}. Kan leses med strekkodeleser som tastatur.{without}"),
        8.0,
        Weight::Regular,
    )?;
    flow.space(mm(2.0));
    flow.squares(&symbols)
}

/// The numbers on the labels, as bars and digits.
fn numbers(flow: &mut Flow, order: &Order) -> Result<(), PaperError> {
    let numbered: Vec<_> = order
        .specimens
        .iter()
        .filter_map(|one| {
            let number = one.ids.requester.as_deref().or(one.ids.service_provider.as_deref())?;
            let material = one.material.text.as_deref();
            let material = material.or(one.material.code.as_ref().map(|code| code.display.as_str()));
            Some((number, material.unwrap_or_default()))
        })
        .collect();
    if numbered.is_empty() {
        return Ok(());
    }
    flow.heading("Prøvenumre som på etikettene")?;
    for (number, material) in numbered {
        flow.room(mm(13.0));
        let spoken = crate::numbers::SpecimenNumber::parse(number)
            .map_or_else(|_| number.to_owned(), crate::numbers::SpecimenNumber::grouped);
        flow.bars(number, mm(80.0), mm(9.0))?;
        flow.space(mm(2.0));
        flow.paragraph(&format!("{spoken}  ·  {material}"), 10.5, Weight::Semibold)?;
        flow.space(mm(6.0));
    }
    Ok(())
}
