//! Printing: what was asked, what the spooler took and what staff confirmed are three facts, and every fault has its word.

use requisition::catalogue::model::Symbology;
use requisition::labels::{self, LabelContent, Layout};
use requisition::store::StoredLabel;

use super::labelling::{label_error, lay_out, test_content};
use super::{Answer, Controller, Workplace, now};
use crate::error::{CommandError, ErrorCode};
use crate::printers::{Document, Language, PrintError, PrintServer, Printer, QueueState};
use crate::views::{PrintView, PrinterView, PrintingView};

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
        let job = send(&printing, vec![label]).await?;
        Ok(PrintView { labels: 1, job })
    }

    /// Gives numbers where there are none yet, freezes the labels, and prints them. A label that was printed before comes out
    /// as the same label, marked and counted.
    ///
    /// # Errors
    /// [`ErrorCode::NoStation`], [`ErrorCode::NoPrinter`] and the printer's faults; the numbers stay with the specimens.
    pub async fn print_labels(&self, id: String, specimens: Vec<String>) -> Answer<PrintView> {
        let here = self.here()?;
        let printing = here.printing()?;
        let mut stored = here.waiting(&id)?;
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
        if printing.kind.is_empty() {
            return Err(CommandError::new(ErrorCode::NoPrinter));
        }
        let who = here.who()?;
        let mut prints = Vec::new();
        let mut pages = Vec::new();
        for label in wanted {
            let (print, reprint, changes) =
                here.store.begin_print(label.id, &printing.target, copies, &who, now().timestamp())?;
            here.tell(changes);
            prints.push(print);
            let mut shown = label.snapshot;
            shown.reprint = (reprint > 0).then_some(reprint);
            let page = match lay_out(&shown, &printing, symbology) {
                Ok(page) => page,
                Err(error) => {
                    here.end_prints(&prints, Some(&failure_word(&error)))?;
                    return Err(error);
                }
            };
            pages.extend(std::iter::repeat_n(page, usize::try_from(copies).unwrap_or(1)));
        }
        let count = u32::try_from(pages.len()).unwrap_or(u32::MAX);
        let sent = send(&printing, pages).await;
        let failure = sent.as_ref().err().map(failure_word);
        here.end_prints(&prints, failure.as_deref())?;
        Ok(PrintView { labels: count, job: sent? })
    }
}

impl Workplace {
    fn end_prints(&self, prints: &[i64], failure: Option<&str>) -> Answer<()> {
        for print in prints {
            let changes = self.store.end_print(*print, failure, now().timestamp())?;
            self.tell(changes);
        }
        Ok(())
    }
}

/// Sends labels to the chosen printer, in its language. Gives the spooler's job number.
async fn send(printing: &PrintingView, pages: Vec<Layout>) -> Answer<Option<String>> {
    let printer = chosen(printing)?;
    let sent = blocking(move || -> Result<Result<Option<i32>, PrintError>, labels::LabelError> {
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
        Ok(printer.print(&document).map(|taken| taken.job))
    })
    .await?;
    let taken = sent.map_err(|error| label_error(&error))?.map_err(|error| print_error(&error))?;
    Ok(taken.map(|job| job.to_string()))
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
