//! What the window's commands do, without a window. Nothing here names a Tauri type: the desktop is reached through one
//! trait, so that tests put a recording double in its place.
//!
//! The controller opens the store, keeps catalogues and the dispatcher, and turns forms into core calls and core values
//! into views. It decides nothing clinical and holds no SQL: that is the core's.

mod bench;
mod catalogue_files;
mod catalogues;
mod collection;
mod contents;
mod documents;
mod drafts;
mod enrolment;
mod handbook;
mod handover;
mod interview;
mod keeping;
mod labelling;
mod line;
mod numbers;
mod opening;
mod overview;
mod panel_files;
mod panels;
mod paper;
mod paper_jobs;
mod patients;
mod printing;
mod reading;
mod refresh;
mod scanning;
mod search;
mod sending;
mod settings;
mod sheets;
mod support;
mod words;
mod worklist;

#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use jiff::Zoned;
use requisition::store::{Changes, Key, Store};
use tokio::sync::oneshot;

use crate::args::Args;
use crate::error::{CommandError, ErrorCode};
use crate::events::Topic;
use crate::forms::TrayWords;
use crate::keyring::Keyring;
use crate::startup::DataDir;
use crate::views::Stage;

pub use catalogue_files::ENDINGS as CATALOGUE_ENDINGS;
use catalogues::Shelf;
pub use documents::ENDINGS as ATTACHMENT_ENDINGS;
pub use handover::ENDINGS as ORDER_ENDINGS;

/// What the controller asks of the desktop.
pub trait Desktop: Send + Sync {
    /// Something stored has changed: tell the window.
    fn changed(&self, topics: &[Topic]);
    /// Somebody is needed: a notification and the tray, without patient data.
    fn needs_you(&self, count: u32);
    /// What the menu of the tray icon says.
    fn say_in_tray(&self, words: &TrayWords);
    /// Asks the person for a file, in the desktop's own dialog. Answers nothing where they choose none.
    fn ask_for_file(&self, question: FileQuestion) -> oneshot::Receiver<Option<PathBuf>>;
}

/// A file that a person is asked for. The window has no right to any file: what is chosen here is opened by the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileQuestion {
    /// Title of the dialog, in the language of the screens.
    pub title: String,
    /// What kind of file it is, in the language of the screens.
    pub kind: String,
    /// How such files end, without the dot.
    pub endings: &'static [&'static str],
    /// Name to write under; none to open a file that is there.
    pub save_as: Option<&'static str>,
}

/// Behind every command.
pub struct Controller {
    data: DataDir,
    args: Args,
    keyring: Arc<dyn Keyring>,
    desktop: Arc<dyn Desktop>,
    opened: RwLock<Opened>,
    /// One attempt to open at a time.
    opening: Mutex<()>,
    /// The key that was last tried and where it is kept: a backup opens by it when the store does not.
    key: Mutex<Option<(Key, &'static str)>>,
    /// Order documents that have come and that the window has not asked for yet.
    handovers: Mutex<Vec<PathBuf>>,
}

enum Opened {
    Closed(Stage),
    Open(Arc<Workplace>),
}

/// An open store with all that works on it.
pub struct Workplace {
    store: Arc<Store>,
    shelf: Arc<Shelf>,
    line: line::Line,
    /// Specimen numbers, resumed at their durable marks when the first of each is taken.
    numbers: Mutex<requisition::numbers::InHand>,
    /// The patients that were open here.
    bench: Mutex<requisition::requisition::Bench>,
    /// The parts of a paper form that the scanner has read.
    paper: Mutex<requisition::paper::Assembly>,
    /// What was given to the A4 printer.
    paper_jobs: Mutex<paper_jobs::PaperJobs>,
    /// What knows whether the store is the one that this device left.
    beside: enrolment::Beside,
    /// A file of panels that was read and shown, and not taken yet.
    import: Mutex<Option<panel_files::PendingImport>>,
    /// What the office has ordered how often; read anew after a requisition changed.
    usage: search::KnownUsage,
    /// `keyring` or `passphrase`.
    key_place: &'static str,
    desktop: Arc<dyn Desktop>,
    /// For backups, which stand under the same key.
    key: Key,
    disk: Mutex<keeping::Disk>,
}

type Answer<T> = Result<T, CommandError>;

impl Controller {
    /// A controller for this data folder; nothing is opened yet.
    #[must_use]
    pub fn new(data: DataDir, args: Args, keyring: Arc<dyn Keyring>, desktop: Arc<dyn Desktop>) -> Self {
        let opened =
            RwLock::new(Opened::Closed(Stage::Failed { code: "notOpenedYet".into(), reference: String::new() }));
        let handovers = Mutex::new(args.order.iter().cloned().collect());
        Self { data, args, keyring, desktop, opened, opening: Mutex::new(()), key: Mutex::new(None), handovers }
    }

    /// The open store, or the error that sends the window to its opening screens.
    fn here(&self) -> Answer<Arc<Workplace>> {
        match &*self.opened.read().unwrap_or_else(PoisonError::into_inner) {
            Opened::Open(workplace) => Ok(Arc::clone(workplace)),
            Opened::Closed(_) => Err(CommandError::new(ErrorCode::StoreClosed)),
        }
    }

    /// Words the menu of the tray icon.
    pub fn say_in_tray(&self, words: &TrayWords) {
        self.desktop.say_in_tray(words);
    }

    /// Stops sending and closes the store; whatever is queued is on disk.
    pub fn close(&self) {
        let closed = Opened::Closed(Stage::Failed { code: "closed".into(), reference: String::new() });
        let before = std::mem::replace(&mut *self.opened.write().unwrap_or_else(PoisonError::into_inner), closed);
        if let Opened::Open(workplace) = before {
            workplace.line.stop();
        }
    }
}

impl Workplace {
    fn pending_import(&self) -> MutexGuard<'_, Option<panel_files::PendingImport>> {
        self.import.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the window what a write changed.
    fn tell(&self, changes: Changes) {
        if changes.requisitions {
            self.usage.forget();
        }
        tell(self.desktop.as_ref(), changes);
    }
}

/// Turns what a write changed into the screens' topics.
fn tell(desktop: &dyn Desktop, changes: Changes) {
    let Changes { drafts, requisitions, outbox, labels, settings, patients, connections, panels, papers } = changes;
    let mut topics = Vec::new();
    let mut say = |changed: bool, topic: Topic| {
        if changed && !topics.contains(&topic) {
            topics.push(topic);
        }
    };
    say(drafts || patients, Topic::Drafts);
    say(requisitions || labels, Topic::Requisitions);
    say(outbox || connections, Topic::Outbox);
    say(settings, Topic::Settings);
    say(panels, Topic::Panels);
    say(papers, Topic::Papers);
    if !topics.is_empty() {
        desktop.changed(&topics);
    }
}

/// The wall clock of this machine, in the office's time zone.
fn now() -> Zoned {
    Zoned::now()
}
