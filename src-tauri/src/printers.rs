//! Where labels come out: print queues of the system's spooler (IPP) and label printers on a raw port.
//!
//! Two facts are kept apart: that printing was asked for, which the caller knows, and that the spooler or the printer took
//! the job, which [`Taken`] says. That the labels lie on the table only staff can say. A job's name never carries patient
//! data: spoolers show and keep it.
//!
//! Everything here blocks: call it from a thread that may. No Tauri type, no wording: the window words [`PrintError`].

mod socket;
mod spooler;
#[cfg(test)]
mod tests;

use std::time::Duration;

use thiserror::Error;

pub use spooler::PrintServer;

/// What every job is called in the spooler.
pub const JOB_NAME: &str = "Rekvirent";

/// How long a printer or a spooler may take to answer.
pub const PATIENCE: Duration = Duration::from_secs(8);

/// A place to print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Printer {
    /// A queue of the system's spooler.
    Queue {
        /// The spooler.
        server: PrintServer,
        /// The queue's name.
        name: String,
    },
    /// A label printer that takes ZPL on a raw port.
    Socket {
        /// `host:port`; the port is 9100 when left out.
        address: String,
    },
}

/// What a printer takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Pages, sized by the job.
    Pdf,
    /// ZPL II: label printers on a raw port or behind a raw queue.
    Zpl,
}

/// Labels ready to print.
#[derive(Clone, PartialEq, Eq)]
pub enum Document {
    /// Pages of one size.
    Pdf {
        /// The document.
        bytes: Vec<u8>,
        /// Page width in micrometres.
        page_width: u32,
        /// Page height in micrometres.
        page_height: u32,
    },
    /// ZPL II.
    Zpl(String),
}

// Labels carry patients.
impl std::fmt::Debug for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Pdf { .. } => "Document::Pdf(…)",
            Self::Zpl(_) => "Document::Zpl(…)",
        })
    }
}

/// The spooler or the printer took the job. It says nothing about paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The spooler's job number; a raw port gives none.
    pub job: Option<i32>,
}

/// A queue as the spooler describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    /// Its name.
    pub name: String,
    /// What people call it.
    pub info: String,
    /// What it does.
    pub state: QueueState,
    /// Why, in the keywords of RFC 8011, 5.4.12: `media-empty`, `offline-report`, `cover-open` …
    pub reasons: Vec<String>,
    /// It takes jobs.
    pub accepting: bool,
    /// What it wants.
    pub language: Language,
}

/// What a queue does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueueState {
    /// Waits for jobs.
    Idle,
    /// Prints.
    Printing,
    /// Stopped by somebody or by a fault.
    Stopped,
    /// The spooler did not say.
    Unknown,
}

/// Where a job is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobState {
    /// In the queue; `reasons` are the queue's own: a printer that is off, no paper.
    Waiting {
        /// Keywords.
        reasons: Vec<String>,
    },
    /// On its way to the printer.
    Printing {
        /// Keywords: `connecting-to-device` means that the printer does not answer.
        reasons: Vec<String>,
    },
    /// The spooler has given everything to the printer.
    Done,
    /// Held or stopped until somebody acts.
    Stopped {
        /// Keywords.
        reasons: Vec<String>,
    },
    /// Taken back by somebody.
    Cancelled,
    /// Given up by the spooler.
    Aborted {
        /// Keywords.
        reasons: Vec<String>,
    },
    /// The spooler no longer knows the job: it does not keep finished ones.
    Forgotten,
}

impl JobState {
    /// Nothing more happens to it by itself.
    #[must_use]
    pub const fn is_final(&self) -> bool {
        match self {
            Self::Waiting { .. } | Self::Printing { .. } | Self::Stopped { .. } => false,
            Self::Done | Self::Cancelled | Self::Aborted { .. } | Self::Forgotten => true,
        }
    }

    /// The printer has the labels and is at them.
    fn moves(&self) -> bool {
        match self {
            Self::Printing { reasons } => reasons.iter().any(|reason| reason == COMING_OUT),
            Self::Waiting { .. }
            | Self::Stopped { .. }
            | Self::Done
            | Self::Cancelled
            | Self::Aborted { .. }
            | Self::Forgotten => false,
        }
    }

    /// Nothing has reached the printer: the job waits, or its printer does not answer.
    fn nothing_sent(&self) -> bool {
        match self {
            Self::Waiting { .. } => true,
            Self::Printing { reasons } => reasons.iter().any(|reason| reason == CONNECTING),
            Self::Stopped { .. } | Self::Done | Self::Cancelled | Self::Aborted { .. } | Self::Forgotten => false,
        }
    }
}

/// The spooler is trying to reach the printer.
const CONNECTING: &str = "connecting-to-device";
/// The spooler has sent everything and waits for the printer to be done (CUPS' socket and ipp backends). A printer that refuses
/// the connection is told by no keyword at all, so only this one says that labels are coming out.
const COMING_OUT: &str = "cups-waiting-for-job-completed";

/// How a job that was followed ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// The printer has everything.
    Out,
    /// Taken back before anything reached the printer.
    TakenBack,
    /// Taken back by somebody, or by us while the printer was at it: a part may have come out.
    Cancelled,
    /// Given up by the spooler: a part may have come out.
    Aborted,
    /// It could not be taken back: it may still come out.
    Stuck,
    /// The spooler does not answer, or its queue is gone: it may have come out.
    Unknown,
}

/// How far a job has come, in the words of somebody who waits for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// The spooler has it.
    Taken,
    /// The printer has it and is at it.
    ComingOut,
    /// The printer is not at it: it is off, out of paper, or busy with something else.
    Waits {
        /// Keywords.
        reasons: Vec<String>,
    },
    /// It is over.
    Ended(Fate),
}

/// Why nothing was printed, as far as the window words it differently.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PrintError {
    /// The address is not `host:port`.
    #[error("{0:?} is not the address of a printer")]
    Address(String),
    /// The spooler has no queue of that name (any more).
    #[error("there is no print queue {0:?}")]
    QueueGone(String),
    /// Nobody answers at the address.
    #[error("nobody answers at {0}")]
    Unreachable(String),
    /// Somebody answers, but not in time; nothing was sent.
    #[error("{0} did not answer in time")]
    Timeout(String),
    /// The queue or the printer is stopped: paper out, cover open, paused. The labels were not sent.
    #[error("the printer is stopped: {}", .reasons.join(", "))]
    Stopped {
        /// Keywords of RFC 8011, 5.4.12.
        reasons: Vec<String>,
    },
    /// The queue takes no jobs.
    #[error("the print queue takes no jobs")]
    NotAccepting,
    /// The spooler refuses the job: size, format or permission.
    #[error("the spooler refuses the job: {0}")]
    Refused(String),
    /// The connection broke while labels were being sent, or the answer to them was lost: some may have come out.
    #[error("the connection broke while labels were being sent")]
    Broken,
    /// The document is not in the printer's language.
    #[error("the labels are not in the printer's language")]
    WrongLanguage,
}

impl Printer {
    /// What the printer wants. Asks the spooler: a raw queue takes the printer's own language.
    ///
    /// # Errors
    /// [`PrintError`] when the queue cannot be asked.
    pub fn language(&self) -> Result<Language, PrintError> {
        match self {
            Self::Queue { server, name } => Ok(server.queue(name)?.language),
            Self::Socket { .. } => Ok(Language::Zpl),
        }
    }

    /// Gives labels to the printer. Nothing is sent to a printer that says it is stopped: labels that come out later,
    /// when another patient sits there, are the worst kind.
    ///
    /// # Errors
    /// [`PrintError`]; of those only [`PrintError::Broken`] leaves open whether something was printed.
    pub fn print(&self, document: &Document) -> Result<Taken, PrintError> {
        match (self, document) {
            (Self::Queue { server, name }, document) => server.print(name, document),
            (Self::Socket { address }, Document::Zpl(job)) => socket::print(address, job),
            (Self::Socket { .. }, Document::Pdf { .. }) => Err(PrintError::WrongLanguage),
        }
    }

    /// Where a job is. A raw port knows no jobs: what was taken is done.
    ///
    /// # Errors
    /// [`PrintError`] when the spooler cannot be asked.
    pub fn job(&self, taken: &Taken) -> Result<JobState, PrintError> {
        match (self, taken.job) {
            (Self::Queue { server, name }, Some(job)) => server.job(name, job),
            (Self::Queue { .. }, None) | (Self::Socket { .. }, _) => Ok(JobState::Done),
        }
    }

    /// Takes a job back that has not come out: what comes out later lies beside another patient.
    ///
    /// # Errors
    /// [`PrintError`] when the spooler does not take it back: it may still come out.
    pub fn cancel(&self, taken: &Taken) -> Result<(), PrintError> {
        match (self, taken.job) {
            (Self::Queue { server, name }, Some(job)) => server.cancel(name, job),
            (Self::Queue { .. }, None) | (Self::Socket { .. }, _) => Ok(()),
        }
    }

    /// Follows a job to its end. What has not begun to come out when `patience` is over is taken back, since labels that come
    /// out later lie beside another patient; what the printer is at is given until `longest`.
    #[must_use]
    pub fn see_out(&self, taken: &Taken, patience: Duration, longest: Duration) -> Fate {
        let seen = match self.watch(taken, patience) {
            Ok(state) if state.moves() => self.watch(taken, longest),
            seen => seen,
        };
        match seen {
            Ok(state) => self.ended(&state).unwrap_or_else(|| self.take_back(taken, &state)),
            Err(_) => Fate::Unknown,
        }
    }

    /// How far a job has come that may wait: a form for a printer that is being switched on. `silent` tells that the printer
    /// has had the time it takes to begin.
    ///
    /// # Errors
    /// As [`Printer::job`].
    pub fn progress(&self, taken: &Taken, silent: bool) -> Result<Progress, PrintError> {
        let state = self.job(taken)?;
        Ok(match (self.ended(&state), state) {
            (Some(fate), _) => Progress::Ended(fate),
            (None, state) if state.moves() => Progress::ComingOut,
            (None, JobState::Stopped { reasons }) => Progress::Waits { reasons },
            (None, JobState::Waiting { reasons } | JobState::Printing { reasons }) if silent => {
                Progress::Waits { reasons }
            }
            (None, _) => Progress::Taken,
        })
    }

    /// How a job ended, if it has.
    fn ended(&self, state: &JobState) -> Option<Fate> {
        match state {
            JobState::Waiting { .. } | JobState::Printing { .. } | JobState::Stopped { .. } => None,
            JobState::Done => Some(Fate::Out),
            JobState::Cancelled => Some(Fate::Cancelled),
            JobState::Aborted { .. } => Some(Fate::Aborted),
            JobState::Forgotten if matches!(self.language(), Err(PrintError::QueueGone(_))) => Some(Fate::Unknown),
            JobState::Forgotten => Some(Fate::Out),
        }
    }

    /// Takes back a job that waits, on somebody's word.
    ///
    /// # Errors
    /// As [`Printer::job`].
    pub fn withdraw(&self, taken: &Taken) -> Result<Fate, PrintError> {
        let state = self.job(taken)?;
        Ok(self.ended(&state).unwrap_or_else(|| self.take_back(taken, &state)))
    }

    fn take_back(&self, taken: &Taken, seen: &JobState) -> Fate {
        match self.cancel(taken) {
            Ok(()) if seen.nothing_sent() => Fate::TakenBack,
            Ok(()) => Fate::Cancelled,
            // What ended just before cannot be taken back: that is no fault.
            Err(_) => match self.job(taken) {
                Ok(JobState::Done) => Fate::Out,
                Ok(JobState::Cancelled) => Fate::Cancelled,
                Ok(JobState::Aborted { .. }) => Fate::Aborted,
                Ok(
                    JobState::Waiting { .. }
                    | JobState::Printing { .. }
                    | JobState::Stopped { .. }
                    | JobState::Forgotten,
                )
                | Err(_) => Fate::Stuck,
            },
        }
    }

    /// Asks where a job is until nothing more happens to it, or until `patience` is over; gives the last answer.
    ///
    /// # Errors
    /// As [`Printer::job`].
    pub fn watch(&self, taken: &Taken, patience: Duration) -> Result<JobState, PrintError> {
        let started = std::time::Instant::now();
        loop {
            let state = self.job(taken)?;
            if state.is_final() || started.elapsed() >= patience {
                return Ok(state);
            }
            std::thread::sleep(Duration::from_millis(200));
        }
    }
}
