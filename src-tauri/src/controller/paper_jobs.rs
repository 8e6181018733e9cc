//! What the A4 printer was given, followed until it is out: that it was asked for, that the spooler took it, and what the
//! printer made of it are told apart in the window.
//!
//! A form is never taken back by itself, as a label is: it may wait for a printer that is being switched on or given paper. The
//! window says that it waits and why, until it is out or somebody takes it back. What is followed is not stored: it lives as
//! long as the program, and the spooler keeps the job after that.

use std::sync::{Arc, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use super::printing::{blocking, fate_word, print_error};
use super::{Answer, Controller, Workplace, now};
use crate::error::{CommandError, ErrorCode};
use crate::events::Topic;
use crate::printers::{Document, Fate, PrintServer, Printer, Progress, Taken};
use crate::views::{Paper, PaperJobState, PaperJobView, PrintView};

/// A page of the office printer, in micrometres.
const A4: (u32, u32) = (210_000, 297_000);
/// How long a printer that is on takes to begin; after that the job is said to wait.
const SILENT: Duration = Duration::from_secs(6);
/// Between two questions to the spooler while somebody looks on, and afterwards.
const OFTEN: Duration = Duration::from_millis(300);
const SELDOM: Duration = Duration::from_secs(2);
/// How long what came out stays in sight.
const IN_SIGHT: Duration = Duration::from_secs(8);
/// Questions without an answer in a row before nobody knows what became of a job.
const UNANSWERED: u32 = 5;

/// The jobs that were asked for since the program started, and are not forgotten yet.
#[derive(Default)]
pub(super) struct PaperJobs {
    asked: u32,
    jobs: Vec<PaperJob>,
}

struct PaperJob {
    view: PaperJobView,
    printer: Printer,
    taken: Option<Taken>,
    /// Somebody is taking it back: how that ends is the word about it, not that the spooler calls it cancelled.
    withdrawing: bool,
}

impl PaperJobState {
    const fn is_over(&self) -> bool {
        match self {
            Self::Out | Self::Failed { .. } => true,
            Self::Asked | Self::Taken | Self::ComingOut | Self::Waits { .. } => false,
        }
    }
}

impl Controller {
    /// What is on its way out of the A4 printer, the newest last.
    ///
    /// # Errors
    /// When the store is closed.
    pub fn paper_jobs(&self) -> Answer<Vec<PaperJobView>> {
        Ok(self.here()?.papers().jobs.iter().map(|job| job.view.clone()).collect())
    }

    /// Takes a job back that waits, so that it does not come out later.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] for one that is over, and the printer's faults.
    pub async fn take_back_paper(&self, id: u32) -> Answer<()> {
        let here = self.here()?;
        let Some((printer, taken)) = here.paper_withdrawing(id) else {
            return Err(CommandError::new(ErrorCode::NotFound));
        };
        let fate = blocking(move || printer.withdraw(&taken)).await;
        here.paper_followed(id);
        let state = match fate?.map_err(|error| print_error(&error))? {
            // By us, and the printer may have had a part of it already.
            Fate::Cancelled => PaperJobState::Failed { why: "withdrawn".into() },
            fate => ended(fate),
        };
        here.paper_is(id, state);
        Ok(())
    }

    /// Forgets a job: somebody has read what became of it.
    ///
    /// # Errors
    /// When the store is closed.
    pub fn forget_paper(&self, id: u32) -> Answer<()> {
        self.here()?.forget_paper(id);
        Ok(())
    }

    /// Prints pages of A4 on the office's printer, and follows them.
    pub(super) async fn print_paper(&self, bytes: Vec<u8>, paper: Paper, patient: Option<String>) -> Answer<PrintView> {
        let here = self.here()?;
        let name = here.paper_queue()?;
        if name.is_empty() {
            return Err(CommandError::new(ErrorCode::NoPrinter));
        }
        let server = PrintServer::from_environment().map_err(|error| print_error(&error))?;
        let printer = Printer::Queue { server, name: name.clone() };
        let pages = Document::Pdf { bytes, page_width: A4.0, page_height: A4.1 };
        let id = here.paper_asked(paper, patient, name, printer.clone());
        let to = printer.clone();
        let sent = match blocking(move || to.print(&pages)).await {
            Ok(sent) => sent.map_err(|error| print_error(&error)),
            Err(error) => Err(error),
        };
        match sent {
            Ok(taken) => {
                here.paper_taken(id, taken.clone());
                tokio::spawn(follow(Arc::downgrade(&here), id, printer, taken.clone()));
                Ok(PrintView { labels: 0, job: taken.job.map(|job| job.to_string()) })
            }
            // The error itself says so, beside what was asked.
            Err(error) => {
                here.forget_paper(id);
                Err(error)
            }
        }
    }
}

impl Workplace {
    fn papers(&self) -> MutexGuard<'_, PaperJobs> {
        self.paper_jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn paper_asked(&self, paper: Paper, patient: Option<String>, queue: String, printer: Printer) -> u32 {
        let mut papers = self.papers();
        papers.asked += 1;
        let id = papers.asked;
        let view = PaperJobView {
            id,
            paper,
            patient,
            printer: queue,
            asked_at: now().timestamp().to_string(),
            taken_at: None,
            state: PaperJobState::Asked,
        };
        papers.jobs.push(PaperJob { view, printer, taken: None, withdrawing: false });
        drop(papers);
        self.desktop.changed(&[Topic::Papers]);
        id
    }

    fn paper_taken(&self, id: u32, taken: Taken) {
        if let Some(job) = self.papers().jobs.iter_mut().find(|job| job.view.id == id) {
            job.taken = Some(taken);
            job.view.taken_at = Some(now().timestamp().to_string());
        }
        self.paper_is(id, PaperJobState::Taken);
    }

    /// Leaves the word about a job to the one who takes it back; its printer and what the spooler knows it by.
    fn paper_withdrawing(&self, id: u32) -> Option<(Printer, Taken)> {
        let mut papers = self.papers();
        let job = papers.jobs.iter_mut().find(|job| job.view.id == id && !job.view.state.is_over())?;
        let taken = job.taken.clone()?;
        job.withdrawing = true;
        Some((job.printer.clone(), taken))
    }

    fn paper_followed(&self, id: u32) {
        if let Some(job) = self.papers().jobs.iter_mut().find(|job| job.view.id == id) {
            job.withdrawing = false;
        }
    }

    /// Takes down how far a job has come. How it ended is the last word about it.
    fn paper_is(&self, id: u32, state: PaperJobState) {
        let mut papers = self.papers();
        let Some(job) = papers.jobs.iter_mut().find(|job| job.view.id == id) else { return };
        if job.view.state == state || job.view.state.is_over() || job.withdrawing {
            return;
        }
        job.view.state = state;
        drop(papers);
        self.desktop.changed(&[Topic::Papers]);
    }

    fn forget_paper(&self, id: u32) {
        self.papers().jobs.retain(|job| job.view.id != id);
        self.desktop.changed(&[Topic::Papers]);
    }

    /// Whether nothing more is to be said of a job.
    fn paper_is_over(&self, id: u32) -> bool {
        self.papers().jobs.iter().find(|job| job.view.id == id).is_none_or(|job| job.view.state.is_over())
    }
}

/// Asks the spooler until a job is over. What came out is forgotten after a while; what did not stays until it is read.
async fn follow(here: Weak<Workplace>, id: u32, printer: Printer, taken: Taken) {
    let (began, mut unanswered) = (Instant::now(), 0);
    loop {
        let silent = began.elapsed() >= SILENT;
        let (asked, about) = (printer.clone(), taken.clone());
        let progress = blocking(move || asked.progress(&about, silent)).await;
        let Some(here) = here.upgrade() else { return };
        let state = match progress {
            Ok(Ok(progress)) => {
                unanswered = 0;
                Some(reached(progress))
            }
            Ok(Err(_)) | Err(_) => {
                unanswered += 1;
                (unanswered >= UNANSWERED).then(|| ended(Fate::Unknown))
            }
        };
        if let Some(state) = state {
            here.paper_is(id, state);
        }
        if here.paper_is_over(id) {
            break;
        }
        drop(here);
        tokio::time::sleep(if silent { SELDOM } else { OFTEN }).await;
    }
    tokio::time::sleep(IN_SIGHT).await;
    if let Some(here) = here.upgrade() {
        let is_out = here.papers().jobs.iter().any(|job| job.view.id == id && job.view.state == PaperJobState::Out);
        if is_out {
            here.forget_paper(id);
        }
    }
}

fn reached(progress: Progress) -> PaperJobState {
    match progress {
        Progress::Taken => PaperJobState::Taken,
        Progress::ComingOut => PaperJobState::ComingOut,
        Progress::Waits { reasons } => PaperJobState::Waits { reasons },
        Progress::Ended(fate) => ended(fate),
    }
}

fn ended(fate: Fate) -> PaperJobState {
    match fate_word(fate) {
        None => PaperJobState::Out,
        Some(why) => PaperJobState::Failed { why: why.to_owned() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_a_job_ended_is_the_last_word_about_it() {
        let over = [PaperJobState::Out, ended(Fate::TakenBack), ended(Fate::Unknown)];
        assert!(over.iter().all(PaperJobState::is_over));
        assert_eq!(reached(Progress::Ended(Fate::Out)), PaperJobState::Out);
        let waits = reached(Progress::Waits { reasons: vec!["media-empty".into()] });
        assert!(!waits.is_over());
    }
}
