//! Printing: what was asked, what the spooler took and what staff confirmed are three facts, and every fault has its word.

use std::sync::Arc;
use std::time::Duration;

use requisition::catalogue::model::Symbology;
use requisition::labels::{self, LabelContent, Layout};
use requisition::store::{PrintJob, StoredLabel};

use super::labelling::{label_error, lay_out, test_content};
use super::{Answer, Controller, Workplace, now};
use crate::error::{CommandError, ErrorCode};
use crate::printers::{Document, Fate, Language, PrintError, PrintServer, Printer, QueueState, Taken};
use crate::views::{PrintView, PrinterView, PrintingView};

/// How long a job of labels may wait after the spooler took it; what does not come out by then is taken back.
const FOLLOWED: Duration = Duration::from_secs(15);
/// How long a printer may be at a job of labels: two hundred at two a second.
const PRINTED_BY: Duration = Duration::from_secs(120);
/// How long somebody who prints a test label looks at the printer.
const LOOKED_AT: Duration = Duration::from_secs(8);

impl Controller {
    /// The print queues of this machine.
    ///
    /// # Errors
    /// [`ErrorCode::PrinterGone`] where there is no spooler.
    pub async fn printers(&self) -> Answer<Vec<PrinterView>> {
        let queues = blocking(|| PrintServer::from_environment()?.queues())
            .await?
            .map_err(|error| print_error(&error).with("reason", "no_spooler"))?;
        let view = |queue: crate::printers::Queue| PrinterView {
            name: queue.name,
            info: queue.info,
            state: match queue.state {
                QueueState::Idle => "idle",
                QueueState::Printing => "printing",
                QueueState::Stopped => "stopped",
                QueueState::Unknown => "unknown",
            }
            .into(),
            raw: queue.language == Language::Zpl,
            reasons: queue.reasons,
        };
        Ok(queues.into_iter().map(view).collect())
    }

    /// Prints a label with nobody on it, and waits until it is out.
    ///
    /// # Errors
    /// [`ErrorCode::NoPrinter`] and the printer's faults.
    pub async fn print_test_label(&self) -> Answer<PrintView> {
        let here = self.here()?;
        let printing = here.printing()?;
        let label = lay_out(&test_content(), &printing, Symbology::Code128)?;
        let first = here.first_label(&printing, None)?;
        let (printer, taken) = send(&printing, vec![label], first).await?;
        let job = taken.job.map(|job| job.to_string());
        match fate_word(blocking(move || printer.see_out(&taken, LOOKED_AT, PRINTED_BY)).await?) {
            None => {
                here.sheet_used(&printing, first, 1)?;
                Ok(PrintView { labels: 1, job })
            }
            Some(word) => Err(CommandError::new(ErrorCode::PrinterRefused).with("reason", format!("print_{word}"))),
        }
    }

    /// Gives numbers where there are none yet, freezes the labels, and prints them. A label that was printed before comes out
    /// as the same label, marked and counted. On a sheet they begin at the label `first`, or behind those that came out last.
    /// A job that the spooler took is followed: one that does not come out is taken back and shown as not printed.
    ///
    /// # Errors
    /// [`ErrorCode::NotReady`] before the patient was made sure of, [`ErrorCode::NoPrinter`] and [`ErrorCode::NoStation`],
    /// before anything has a number; the printer's faults, after which the numbers stay with the specimens.
    pub async fn print_labels(&self, id: String, specimens: Vec<String>, first: Option<u32>) -> Answer<PrintView> {
        let here = self.here()?;
        let printing = here.printing()?;
        let first = here.first_label(&printing, first)?;
        let mut stored = here.waiting(&id)?;
        here.seen(&stored.content);
        here.sure_of_patient(&stored.content)?;
        if printing.kind.is_empty() {
            return Err(CommandError::new(ErrorCode::NoPrinter));
        }
        here.number_and_freeze(&mut stored)?;
        let receiver = &stored.content.receiver;
        let (copies, symbology) = (receiver.label_copies.max(1), receiver.symbology);
        let wanted: Vec<StoredLabel<LabelContent>> = here
            .store
            .labels(stored.id)?
            .into_iter()
            .filter(|label: &StoredLabel<LabelContent>| specimens.contains(&label.specimen))
            .collect();
        if wanted.is_empty() {
            return Err(CommandError::new(ErrorCode::NotNow).with("reason", "no_labels"));
        }
        let who = here.who()?;
        let mut prints = Vec::new();
        let mut pages = Vec::new();
        for label in wanted {
            let earlier = earlier_prints(&label);
            let (print, _, changes) =
                here.store.begin_print(label.id, &printing.target, copies, &who, now().timestamp())?;
            here.tell(changes);
            prints.push(print);
            for shown in copies_of(label.snapshot, earlier, copies) {
                match lay_out(&shown, &printing, symbology) {
                    Ok(page) => pages.push(page),
                    Err(error) => {
                        here.end_prints(&prints, Some(&failure_word(&error)))?;
                        return Err(error);
                    }
                }
            }
        }
        let count = u32::try_from(pages.len()).unwrap_or(u32::MAX);
        let sent = send(&printing, pages, first).await;
        let failure = sent.as_ref().err().map(failure_word);
        here.end_prints(&prints, failure.as_deref())?;
        let (printer, taken) = sent?;
        // The labels are on their way: that a place on a sheet is not kept must not hide them.
        let next = here.sheet_used(&printing, first, count).unwrap_or_else(|error| {
            tracing::warn!(?error, "where a sheet goes on could not be taken down");
            first
        });
        let job = taken.job.map(|job| job.to_string());
        if taken.job.is_some() {
            let sheet = (printing, first, next);
            tokio::task::spawn_blocking(move || here.follow(&printer, &taken, &prints, &sheet));
        }
        Ok(PrintView { labels: count, job })
    }
}

/// How many prints of a label may lie somewhere: the next one is a copy of that many.
pub(super) fn earlier_prints(label: &StoredLabel<LabelContent>) -> usize {
    label.prints.iter().filter(|print| may_be_on_paper(print)).count()
}

/// Whether an earlier print may lie somewhere: one that the printer certainly never had makes the next no copy.
fn may_be_on_paper(print: &PrintJob) -> bool {
    match print.failure.as_deref() {
        None | Some("broken" | "stuck" | "unknown" | "cancelled" | "aborted" | "failed") => true,
        Some(_) => false,
    }
}

/// On labels beyond a container's own.
const SPARE: &str = "ekstra";

/// The labels of one container as they come out, its own first. What the laboratory wants beside it says so, since it goes on
/// no other container, and keeps the container's letter.
pub(super) fn copies_of(mut frozen: LabelContent, earlier_prints: usize, copies: u32) -> Vec<LabelContent> {
    frozen.reprint = u32::try_from(earlier_prints).ok().filter(|earlier| *earlier > 0);
    let spare = frozen.extra.as_deref().map_or(SPARE.to_owned(), |letter| format!("{letter} · {SPARE}"));
    let further = LabelContent { extra: Some(spare), ..frozen.clone() };
    std::iter::once(frozen).chain(std::iter::repeat_n(further, copies.saturating_sub(1) as usize)).collect()
}

impl Workplace {
    /// Waits until the printer has a job. One that does not come out is taken back, and the prints say why; the labels that it
    /// would have used, the first and the one behind the last, are then free again.
    fn follow(self: Arc<Self>, printer: &Printer, taken: &Taken, prints: &[i64], sheet: &(PrintingView, u32, u32)) {
        let fate = printer.see_out(taken, FOLLOWED, PRINTED_BY);
        let failure = fate_word(fate);
        let (printing, first, next) = sheet;
        if fate == Fate::TakenBack
            && let Err(error) = self.sheet_unused(printing, *first, *next)
        {
            tracing::warn!(?error, "a sheet that was not used could not be taken down");
        }
        if failure.is_some()
            && let Err(error) = self.end_prints(prints, failure)
        {
            tracing::warn!(?error, "a print that failed after it was spooled could not be taken down");
        }
    }

    fn end_prints(&self, prints: &[i64], failure: Option<&str>) -> Answer<()> {
        for print in prints {
            let changes = self.store.end_print(*print, failure, now().timestamp())?;
            self.tell(changes);
        }
        Ok(())
    }
}

/// The word under which it is kept that a job did not come out.
pub(super) const fn fate_word(fate: Fate) -> Option<&'static str> {
    match fate {
        Fate::Out => None,
        Fate::TakenBack => Some("taken_back"),
        Fate::Cancelled => Some("cancelled"),
        Fate::Aborted => Some("aborted"),
        Fate::Stuck => Some("stuck"),
        Fate::Unknown => Some("unknown"),
    }
}

/// Sends labels to the chosen printer, in its language; on a sheet from the label `first` on.
async fn send(printing: &PrintingView, pages: Vec<Layout>, first: u32) -> Answer<(Printer, Taken)> {
    let printer = chosen(printing)?;
    let to = printer.clone();
    let sent = blocking(move || -> Result<Result<Taken, PrintError>, labels::LabelError> {
        let language = match printer.language() {
            Ok(language) => language,
            Err(error) => return Ok(Err(error)),
        };
        let document = match language {
            Language::Zpl => Document::Zpl(labels::zpl(&pages)?),
            Language::Pdf => {
                let (page_width, page_height) = pages.first().map(|page| page.stock.page()).unwrap_or_default();
                Document::Pdf { bytes: labels::pdf(&pages, first)?, page_width, page_height }
            }
        };
        Ok(printer.print(&document))
    })
    .await?;
    let taken = sent.map_err(|error| label_error(&error))?.map_err(|error| print_error(&error))?;
    Ok((to, taken))
}

/// Whether a queue hands on what it gets as it is, in the language of a label printer. One that cannot be asked may take
/// anything: what is wrong with it is said when something is printed.
pub(super) async fn takes_raw(queue: &str) -> bool {
    let name = queue.to_owned();
    let asked = blocking(move || PrintServer::from_environment()?.queue(&name)).await;
    matches!(asked, Ok(Ok(queue)) if queue.language == Language::Zpl)
}

fn chosen(printing: &PrintingView) -> Answer<Printer> {
    match printing.kind.as_str() {
        "queue" => {
            let server = PrintServer::from_environment().map_err(|error| print_error(&error))?;
            Ok(Printer::Queue { server, name: printing.target.clone() })
        }
        "socket" => Ok(Printer::Socket { address: printing.target.clone() }),
        _ => Err(CommandError::new(ErrorCode::NoPrinter)),
    }
}

/// Runs what waits for a printer on a thread of its own.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Answer<T> {
    tokio::task::spawn_blocking(work).await.map_err(|error| CommandError::internal(&error))
}

/// A printer's fault in the window's words.
pub(super) fn print_error(error: &PrintError) -> CommandError {
    let (code, reason) = match error {
        PrintError::Address(_) => (ErrorCode::PrinterGone, "address"),
        PrintError::QueueGone(_) => (ErrorCode::PrinterGone, "queue"),
        PrintError::Unreachable(_) => (ErrorCode::PrinterGone, "unreachable"),
        PrintError::Timeout(_) => (ErrorCode::PrinterGone, "timeout"),
        PrintError::Stopped { .. } => (ErrorCode::PrinterRefused, "stopped"),
        PrintError::NotAccepting => (ErrorCode::PrinterRefused, "not_accepting"),
        PrintError::Refused(_) => (ErrorCode::PrinterRefused, "refused"),
        PrintError::Broken => (ErrorCode::PrinterRefused, "broken"),
        PrintError::WrongLanguage => (ErrorCode::PrinterRefused, "language"),
    };
    let made = CommandError::caused(code, error).with("reason", reason);
    match error {
        PrintError::Stopped { reasons } => made.with("states", reasons.join(", ")),
        _ => made,
    }
}

/// The word under which a failed print is kept.
fn failure_word(error: &CommandError) -> String {
    error.params.get("reason").cloned().unwrap_or_else(|| "failed".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_label_keeps_the_letter_of_its_container_and_says_that_it_is_beside_the_first() {
        let lettered = LabelContent { extra: Some("A".into()), ..test_content() };
        let extras = |copies| -> Vec<Option<String>> {
            copies_of(lettered.clone(), 0, copies).into_iter().map(|label| label.extra).collect()
        };
        assert_eq!(extras(2), [Some("A".into()), Some("A · ekstra".into())]);
        assert_eq!(extras(1), [Some("A".into())]);
        let again = copies_of(test_content(), 2, 2);
        assert!(again.iter().all(|label| label.reprint == Some(2)));
        assert_eq!(again[1].extra.as_deref(), Some("ekstra"));
    }
}
