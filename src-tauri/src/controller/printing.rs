//! Printing: what was asked, what the spooler took and what staff confirmed are three facts, and every fault has its word.

use std::sync::Arc;
use std::time::Duration;

use requisition::catalogue::model::Symbology;
use requisition::labels::{self, LabelContent, Layout};
use requisition::store::{PrintJob, StoredLabel};

use super::labelling::{label_error, lay_out, test_content};
use super::{Answer, Controller, Workplace, now};
use crate::error::{CommandError, ErrorCode};
use crate::printers::{Document, Fate, JobState, Language, PrintError, PrintServer, Printer, QueueState, Taken};
use crate::views::{PrintView, PrinterView, PrintingView};

/// How long a job of labels may wait after the spooler took it; what does not come out by then is taken back.
const FOLLOWED: Duration = Duration::from_secs(15);
/// How long a printer may be at a job of labels: two hundred at two a second.
const PRINTED_BY: Duration = Duration::from_secs(120);
/// How long a job that nobody follows later is looked after: what the spooler gives up at once is still said.
const LOOKED_AFTER: Duration = Duration::from_secs(4);
/// A page of the office printer, in micrometres.
const A4: (u32, u32) = (210_000, 297_000);

impl Controller {
    /// The print queues of this machine.
    ///
    /// # Errors
    /// [`ErrorCode::PrinterGone`] where there is no spooler.
    pub async fn printers(&self) -> Answer<Vec<PrinterView>> {
        let queues =
            blocking(|| PrintServer::from_environment()?.queues()).await?.map_err(|error| print_error(&error))?;
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
            reasons: queue.reasons,
        };
        Ok(queues.into_iter().map(view).collect())
    }

    /// Prints a label with nobody on it.
    ///
    /// # Errors
    /// [`ErrorCode::NoPrinter`] and the printer's faults.
    pub async fn print_test_label(&self) -> Answer<PrintView> {
        let here = self.here()?;
        let printing = here.printing()?;
        let label = lay_out(&test_content(), &printing, Symbology::Code128)?;
        let (printer, taken) = send(&printing, vec![label]).await?;
        looked_after(printer, taken.clone()).await?;
        Ok(PrintView { labels: 1, job: taken.job.map(|job| job.to_string()) })
    }

    /// Prints pages of A4 on the office's printer.
    pub(super) async fn print_paper(&self, bytes: Vec<u8>) -> Answer<PrintView> {
        let name = self.here()?.paper_queue()?;
        if name.is_empty() {
            return Err(CommandError::new(ErrorCode::NoPrinter));
        }
        let server = PrintServer::from_environment().map_err(|error| print_error(&error))?;
        let printer = Printer::Queue { server, name };
        let pages = Document::Pdf { bytes, page_width: A4.0, page_height: A4.1 };
        let to = printer.clone();
        let taken = blocking(move || to.print(&pages)).await?.map_err(|error| print_error(&error))?;
        looked_after(printer, taken.clone()).await?;
        Ok(PrintView { labels: 0, job: taken.job.map(|job| job.to_string()) })
    }

    /// Gives numbers where there are none yet, freezes the labels, and prints them. A label that was printed before comes out
    /// as the same label, marked and counted. A job that the spooler took is followed: one that does not come out is taken
    /// back and shown as not printed.
    ///
    /// # Errors
    /// [`ErrorCode::NotReady`] before the patient was made sure of, [`ErrorCode::NoPrinter`] and [`ErrorCode::NoStation`],
    /// before anything has a number; the printer's faults, after which the numbers stay with the specimens.
    pub async fn print_labels(&self, id: String, specimens: Vec<String>) -> Answer<PrintView> {
        let here = self.here()?;
        let printing = here.printing()?;
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
            let earlier = label.prints.iter().filter(|print| may_be_on_paper(print)).count();
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
        let sent = send(&printing, pages).await;
        let failure = sent.as_ref().err().map(failure_word);
        here.end_prints(&prints, failure.as_deref())?;
        let (printer, taken) = sent?;
        let job = taken.job.map(|job| job.to_string());
        if taken.job.is_some() {
            tokio::task::spawn_blocking(move || here.follow(&printer, &taken, &prints));
        }
        Ok(PrintView { labels: count, job })
    }
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
fn copies_of(mut frozen: LabelContent, earlier_prints: usize, copies: u32) -> Vec<LabelContent> {
    frozen.reprint = u32::try_from(earlier_prints).ok().filter(|earlier| *earlier > 0);
    let spare = frozen.extra.as_deref().map_or(SPARE.to_owned(), |letter| format!("{letter} · {SPARE}"));
    let further = LabelContent { extra: Some(spare), ..frozen.clone() };
    std::iter::once(frozen).chain(std::iter::repeat_n(further, copies.saturating_sub(1) as usize)).collect()
}

impl Workplace {
    /// Waits until the printer has a job. One that does not come out is taken back, and the prints say why.
    fn follow(self: Arc<Self>, printer: &Printer, taken: &Taken, prints: &[i64]) {
        let failure = match printer.see_out(taken, FOLLOWED, PRINTED_BY) {
            Fate::Out => None,
            Fate::TakenBack => Some("taken_back"),
            Fate::Cancelled => Some("cancelled"),
            Fate::Aborted => Some("aborted"),
            Fate::Stuck => Some("stuck"),
            Fate::Unknown => Some("unknown"),
        };
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

/// Sends labels to the chosen printer, in its language.
async fn send(printing: &PrintingView, pages: Vec<Layout>) -> Answer<(Printer, Taken)> {
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
                Document::Pdf { bytes: labels::pdf(&pages, 0)?, page_width, page_height }
            }
        };
        Ok(printer.print(&document))
    })
    .await?;
    let taken = sent.map_err(|error| label_error(&error))?.map_err(|error| print_error(&error))?;
    Ok((to, taken))
}

/// Waits a little for a job that is not followed later, so that what the spooler gives up at once is not called sent.
async fn looked_after(printer: Printer, taken: Taken) -> Answer<()> {
    let ended = blocking(move || match printer.watch(&taken, LOOKED_AFTER) {
        Ok(JobState::Aborted { .. }) => Err(PrintError::GivenUp),
        Ok(JobState::Stopped { reasons }) => match printer.cancel(&taken) {
            Ok(()) => Err(PrintError::Stopped { reasons }),
            Err(_) => Err(PrintError::Broken),
        },
        Ok(
            JobState::Done
            | JobState::Cancelled
            | JobState::Forgotten
            | JobState::Waiting { .. }
            | JobState::Printing { .. },
        )
        | Err(_) => Ok(()),
    });
    ended.await?.map_err(|error| print_error(&error))
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
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Answer<T> {
    tokio::task::spawn_blocking(work).await.map_err(|error| CommandError::internal(&error))
}

/// A printer's fault in the window's words.
fn print_error(error: &PrintError) -> CommandError {
    let (code, reason) = match error {
        PrintError::Address(_) => (ErrorCode::PrinterGone, "address"),
        PrintError::QueueGone(_) => (ErrorCode::PrinterGone, "queue"),
        PrintError::Unreachable(_) => (ErrorCode::PrinterGone, "unreachable"),
        PrintError::Timeout(_) => (ErrorCode::PrinterGone, "timeout"),
        PrintError::Stopped { .. } => (ErrorCode::PrinterRefused, "stopped"),
        PrintError::NotAccepting => (ErrorCode::PrinterRefused, "not_accepting"),
        PrintError::Refused(_) => (ErrorCode::PrinterRefused, "refused"),
        PrintError::Broken => (ErrorCode::PrinterRefused, "broken"),
        PrintError::GivenUp => (ErrorCode::PrinterRefused, "aborted"),
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
