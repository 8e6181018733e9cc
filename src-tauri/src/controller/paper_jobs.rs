//! What the A4 printer was given, followed until it is out: that it was asked for, that the spooler took it, and what the
//! printer made of it are told apart in the window.
//!
//! A form is never taken back by itself, as a label is: it may wait for a printer that is being switched on or given paper. The
//! window says that it waits and why, until it is out or somebody takes it back. What the spooler has is kept in the store, and
//! asked about when the program starts again; a job that the spooler no longer knows is dropped without a word.

use std::sync::{Arc, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use requisition::store::StoredPaperJob;

use super::printing::{blocking, fate_word, print_error};
use super::{Answer, Controller, Workplace, now};
use crate::error::{CommandError, ErrorCode};
use crate::events::Topic;
use crate::printers::{Document, Fate, JobState, PrintServer, Printer, Progress, Taken};
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

/// The jobs that were asked for, before the program started too, and are not forgotten yet.
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

    /// Whether nobody is to be told of it at the next start: it is on paper, or somebody here took it back.
    fn is_known(&self) -> bool {
        match self {
            Self::Out => true,
            Self::Failed { why } => ["taken_back", "withdrawn"].contains(&why.as_str()),
            Self::Asked | Self::Taken | Self::ComingOut | Self::Waits { .. } => false,
        }
    }
}

impl PaperJob {
    /// Whether it is of use after the program was closed, and as what: only what the spooler took can be asked about.
    fn stored(&self) -> Option<StoredPaperJob> {
        let at = |time: &str| time.parse::<Timestamp>().ok();
        Some(StoredPaperJob {
            queue: self.view.printer.clone(),
            job: self.taken.as_ref()?.job?,
            paper: self.view.paper.word().to_owned(),
            patient: self.view.patient.clone(),
            asked_at: at(&self.view.asked_at)?,
            taken_at: at(self.view.taken_at.as_deref()?)?,
        })
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
                tokio::spawn(follow(Arc::downgrade(&here), id, printer, taken.clone(), SILENT));
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
        let mut papers = self.papers();
        let stored = papers.jobs.iter_mut().find(|job| job.view.id == id).and_then(|job| {
            job.taken = Some(taken);
            job.view.taken_at = Some(now().timestamp().to_string());
            job.stored()
        });
        drop(papers);
        // It is printed all the same, and followed for as long as the program runs.
        if let Some(stored) = stored
            && let Err(error) = self.store.keep_paper_job(&stored)
        {
            tracing::warn!(?error, "what the spooler took could not be taken down");
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
        let done = job.view.state.is_known().then(|| job.stored()).flatten();
        drop(papers);
        if let Some(done) = done {
            self.let_go(&done);
        }
        self.desktop.changed(&[Topic::Papers]);
    }

    fn forget_paper(&self, id: u32) {
        let mut papers = self.papers();
        let at = papers.jobs.iter().position(|job| job.view.id == id);
        let stored = at.and_then(|at| papers.jobs.remove(at).stored());
        drop(papers);
        if let Some(stored) = stored {
            self.let_go(&stored);
        }
        self.desktop.changed(&[Topic::Papers]);
    }

    fn let_go(&self, stored: &StoredPaperJob) {
        if let Err(error) = self.store.forget_paper_job(&stored.queue, stored.job) {
            tracing::warn!(?error, "a job that is over is asked about once more at the next start");
        }
    }

    /// Asks about the jobs that the spooler had when the program was closed, and goes on following them.
    pub(super) fn resume_papers(self: &Arc<Self>) -> Answer<()> {
        for stored in self.store.paper_jobs()? {
            let server = PrintServer::from_environment().map_err(|error| print_error(&error))?;
            let printer = Printer::Queue { server, name: stored.queue.clone() };
            tokio::spawn(resume(Arc::downgrade(self), stored, printer));
        }
        Ok(())
    }

    /// Shows a job of before; its number while the program runs.
    fn paper_resumed(&self, stored: StoredPaperJob, paper: Paper, printer: Printer) -> u32 {
        let mut papers = self.papers();
        papers.asked += 1;
        let id = papers.asked;
        let view = PaperJobView {
            id,
            paper,
            patient: stored.patient,
            printer: stored.queue,
            asked_at: stored.asked_at.to_string(),
            taken_at: Some(stored.taken_at.to_string()),
            state: PaperJobState::Taken,
        };
        papers.jobs.push(PaperJob { view, printer, taken: Some(Taken { job: Some(stored.job) }), withdrawing: false });
        drop(papers);
        self.desktop.changed(&[Topic::Papers]);
        id
    }

    /// Whether nothing more is to be said of a job.
    fn paper_is_over(&self, id: u32) -> bool {
        self.papers().jobs.iter().find(|job| job.view.id == id).is_none_or(|job| job.view.state.is_over())
    }
}

/// Goes on with a job of before, unless the spooler no longer knows it.
async fn resume(here: Weak<Workplace>, stored: StoredPaperJob, printer: Printer) {
    let taken = Taken { job: Some(stored.job) };
    let (asked, about) = (printer.clone(), taken.clone());
    let state = blocking(move || asked.job(&about)).await;
    let Some(open) = here.upgrade() else { return };
    let paper = Paper::of(&stored.paper).filter(|_| !matches!(state, Ok(Ok(JobState::Forgotten))));
    let Some(paper) = paper else { return open.let_go(&stored) };
    let id = open.paper_resumed(stored, paper, printer.clone());
    drop(open);
    follow(here, id, printer, taken, Duration::ZERO).await;
}

/// Asks the spooler until a job is over; a printer has `patience` to begin before the job is said to wait. What came out is
/// forgotten after a while; what did not stays until it is read.
async fn follow(here: Weak<Workplace>, id: u32, printer: Printer, taken: Taken, patience: Duration) {
    let (began, mut unanswered) = (Instant::now(), 0);
    loop {
        let silent = began.elapsed() >= patience;
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
        let known: Vec<bool> = over.iter().map(PaperJobState::is_known).collect();
        assert_eq!(known, [true, true, false], "nobody has read that it is not known what became of it");
        let waits = reached(Progress::Waits { reasons: vec!["media-empty".into()] });
        assert!(!waits.is_over() && !waits.is_known());
    }
}
