//! What the window shows. A view holds everything a screen needs, so that a screen asks once.

use requisition::numbers::Supply;
use requisition::requisition::PatientCheckRule;
use serde::{Deserialize, Serialize};
use specta::Type;

mod composing;
mod following;
mod handbook;
mod handover;
mod keeping;
mod lab;
mod printing;
mod reading;
mod support;

pub use composing::*;
pub use following::*;
pub use handbook::*;
pub use handover::*;
pub use keeping::*;
pub use lab::*;
pub use printing::*;
pub use reading::*;
pub use support::*;

/// How far the application has come with opening its store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum Stage {
    /// Ready for work.
    Ready,
    /// No keyring on this machine: a passphrase is offered, never taken for granted.
    NoKeyring,
    /// The keyring is there but locked.
    KeyringLocked,
    /// A store is here but its key is not in the keyring.
    KeyMissing,
    /// A passphrase protects the store.
    NeedsPassphrase,
    /// Another instance has the store open.
    InUse,
    /// The store was written by a newer version of the application.
    NewerStore,
    /// The store's file is damaged: a backup can take its place.
    Damaged {
        /// Reference that also stands in the log.
        reference: String,
    },
    /// The store could not be opened.
    Failed {
        /// Error code.
        code: String,
        /// Reference that also stands in the log.
        reference: String,
    },
}

/// The application as a whole.
#[derive(Clone, Debug, Serialize, Type)]
pub struct AppView {
    /// How far it has come.
    pub stage: Stage,
    /// Version of the application.
    pub version: String,
    /// Office, somebody who orders and a catalogue are in place.
    pub set_up: bool,
    /// What is still to be set up, in order: `office`, `requester`, `provider`.
    pub to_set_up: Vec<String>,
    /// A demo hospital was named at start.
    pub demo: bool,
    /// `nb`, `nn`, `en`.
    pub language: String,
    /// `system`, `light`, `dark`.
    pub theme: String,
    /// Where the data is kept.
    pub data_dir: String,
}

/// The status strip and the numbers on the rail.
#[derive(Clone, Debug, Serialize, Type)]
pub struct StatusView {
    /// The line to each provider.
    pub lines: Vec<LineStatus>,
    /// Messages in the queue.
    pub queued: u32,
    /// Since when the oldest has waited, RFC 3339.
    pub oldest: Option<String>,
    /// Requisitions waiting in the internal lab.
    pub waiting: u32,
    /// What alarms in the internal lab: somebody waits too long, labels were printed and not sent, specimen numbers run out.
    pub lab_alarms: u32,
    /// Items that need somebody.
    pub needs_you: u32,
    /// What is the matter with disk or backups.
    pub storage: Option<StorageTrouble>,
    /// Catalogues in use.
    pub catalogues: Vec<CatalogueStatus>,
    /// How far the specimen numbers reach, for each provider that there is a line to.
    pub numbers: Vec<NumbersView>,
    /// Updates of catalogues that nobody has read.
    pub unread_updates: u32,
    /// Who is signed in.
    pub signed_in: Option<PersonView>,
}

/// How far the specimen numbers for a provider reach.
#[derive(Clone, Debug, Serialize, Type)]
pub struct NumbersView {
    /// Provider id.
    pub provider: String,
    /// Its name.
    pub provider_name: String,
    /// Where they come from.
    pub source: NumberSource,
    /// Five digits, where they come from a station.
    pub station: Option<String>,
    /// The provider leases no numbers: more of them come only with a station number from paper.
    pub leases_none: bool,
    /// How many are left.
    pub left: u32,
    /// How long they last.
    pub supply: Supply,
}

/// Where specimen numbers come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum NumberSource {
    /// This workstation's own counter, under a station of the provider's.
    Station,
    /// Blocks of the provider's own series.
    Leased,
    /// There are none, so that no labels can be made.
    Nothing,
}

/// The line to one provider.
#[derive(Clone, Debug, Serialize, Type)]
pub struct LineStatus {
    /// Provider id.
    pub provider: String,
    /// Name.
    pub name: String,
    /// It answered last time it was asked; none before the first answer.
    pub online: Option<bool>,
    /// Since when, RFC 3339.
    pub since: Option<String>,
}

/// A catalogue in use.
#[derive(Clone, Debug, Serialize, Type)]
pub struct CatalogueStatus {
    /// Provider id.
    pub provider: String,
    /// Name.
    pub name: String,
    /// Version; none while nothing was fetched.
    pub version: Option<String>,
    /// First day it applies.
    pub valid_from: Option<String>,
    /// When it was last checked for a new one, RFC 3339.
    pub checked: Option<String>,
    /// Older than its provider allows.
    pub stale: bool,
    /// Demonstration data.
    pub demo: bool,
    /// Services that can be ordered from it.
    pub services: u32,
    /// Why the last refresh gave nothing.
    pub problem: Option<String>,
    /// Why a package that came is not used, a reason of [`crate::error::ErrorCode::CatalogueRefused`]: the provider has a newer
    /// one, and this office will not get it by waiting.
    pub refused: Option<String>,
    /// A version that is here already and applies from a later day.
    pub coming: Option<ComingCatalogue>,
}

/// A version that is taken into use on its day.
#[derive(Clone, Debug, Serialize, Type)]
pub struct ComingCatalogue {
    /// Version.
    pub version: String,
    /// First day it applies, `YYYY-MM-DD`.
    pub valid_from: String,
}

/// A catalogue read from a file.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ImportedCatalogue {
    /// Provider id.
    pub provider: String,
    /// Name of the provider.
    pub name: String,
    /// Version.
    pub version: String,
    /// First day it applies, `YYYY-MM-DD`.
    pub valid_from: String,
    /// What became of it.
    pub standing: CatalogueStanding,
}

/// What became of a catalogue that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum CatalogueStanding {
    /// It is in use now.
    InUse,
    /// It was in use already.
    Same,
    /// It waits for its day.
    Waiting,
}

/// Somebody who works at the office.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PersonView {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Title.
    pub title: String,
    /// May order.
    pub orders: bool,
    /// HPR number.
    pub hpr: String,
    /// HER-id.
    pub her: String,
    /// Telephone.
    pub phone: String,
}

/// The office.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct OfficeView {
    /// Name.
    pub name: String,
    /// Organisation number.
    pub organisation_number: String,
    /// HER-id.
    pub her: String,
    /// Telephone.
    pub phone: String,
    /// Letters on the label.
    pub label_code: String,
}

/// A connection; the token itself never goes to the window.
#[derive(Clone, Debug, Serialize, Type)]
pub struct ConnectionView {
    /// Provider id.
    pub provider: String,
    /// Name, once a catalogue told it.
    pub name: String,
    /// Gateway address.
    pub gateway: String,
    /// Public key.
    pub public_key: String,
    /// A token is kept.
    pub has_token: bool,
}

/// Where labels come out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PrintingView {
    /// `queue`, `socket`, or empty before it is chosen.
    pub kind: String,
    /// Queue name or `host:port`.
    pub target: String,
    /// Stock.
    pub stock: String,
    /// Dots per inch.
    pub dpi: u32,
}

/// Settings.
#[derive(Clone, Debug, Serialize, Type)]
pub struct SettingsView {
    /// The office, once set up.
    pub office: Option<OfficeView>,
    /// People.
    pub people: Vec<PersonView>,
    /// Lines.
    pub connections: Vec<ConnectionView>,
    /// Labels.
    pub printing: PrintingView,
    /// Print queue for forms and lists on A4; empty before it is chosen.
    pub paper_queue: String,
    /// How the patient is made sure of before labels are printed.
    pub patient_check: PatientCheckRule,
    /// Stocks to choose among.
    pub stocks: Vec<String>,
    /// `keyring` or `passphrase`.
    pub key_place: String,
    /// A station from before it was written down which provider gave it: nothing is numbered by it until that is known.
    pub unclaimed_station: Option<String>,
    /// `nb`, `nn`, `en`.
    pub language: String,
    /// `system`, `light`, `dark`.
    pub theme: String,
}

/// What a test of a line gave.
#[derive(Clone, Debug, Serialize, Type)]
pub struct ConnectionTest {
    /// It answered as a gateway.
    pub ok: bool,
    /// Error code otherwise.
    pub code: Option<String>,
    /// The gateway's own words.
    pub detail: Option<String>,
    /// Version of the catalogue it offers and we took.
    pub catalogue: Option<String>,
}

/// A print queue.
#[derive(Clone, Debug, Serialize, Type)]
pub struct PrinterView {
    /// Queue name.
    pub name: String,
    /// What it is called.
    pub info: String,
    /// `idle`, `printing`, `stopped`, `unknown`.
    pub state: String,
    /// Reasons the spooler gives: `media-empty` …
    pub reasons: Vec<String>,
    /// It hands on what it gets, in the language of a label printer: it takes no pages.
    pub raw: bool,
}

/// What printing gave.
#[derive(Clone, Serialize, Type)]
pub struct PrintView {
    /// Labels printed.
    pub labels: u32,
    /// Job number of the spooler.
    pub job: Option<String>,
}
