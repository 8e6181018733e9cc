//! The line to a hospital: one trait, one method a fact.
//!
//! A transport carries finished bytes and brings answers; it knows no rule about what follows from them, writes nothing
//! down, and never tries again by itself: that is decided in [`crate::outbox`] and done in [`crate::dispatch`]. The first
//! implementation speaks to a hospital gateway over HTTPS; the national service's REST API and a FHIR server are to fit
//! behind the same facts.
//!
//! What a line answers may speak of a patient: no `Debug` and no error here prints it.

mod answers;
mod http;

use std::{future::Future, pin::Pin, time::Duration};

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use uuid::Uuid;

pub use http::{HttpGateway, SetupError, Token};

use crate::outbox::{Outcome, Private, RetryAfter};

/// An answer that takes its time.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A line to one service provider.
pub trait Transport: Send + Sync {
    /// Sends a message once. Every way in which this can end is an [`Outcome`].
    fn submit<'a>(&'a self, submission: &'a Submission) -> Answer<'a, Outcome>;

    /// Application receipts after a cursor. `wait` lets the gateway hold the answer back until there is something.
    fn fetch_receipts<'a>(&'a self, after: Option<&'a str>, wait: Duration)
    -> Answer<'a, Result<ReceiptPage, Trouble>>;

    /// Events after a cursor.
    fn fetch_events<'a>(&'a self, after: Option<&'a str>) -> Answer<'a, Result<EventPage, Trouble>>;

    /// A provider's catalogue package.
    fn fetch_catalogue<'a>(&'a self, request: &'a CatalogueRequest) -> Answer<'a, Result<CatalogueAnswer, Trouble>>;

    /// Leases a block of specimen numbers; the same lease id gives the same block.
    fn lease_numbers<'a>(&'a self, request: &'a LeaseRequest) -> Answer<'a, Result<LeaseAnswer, Trouble>>;

    /// Whether the provider answers. This, not the operating system's word about the network, is reachability.
    fn health(&self) -> Answer<'_, Result<(), Trouble>>;
}

/// A finished message on its way. Has no `Debug`: its bytes are a patient's.
pub struct Submission {
    /// MsgId, and the idempotency key.
    pub message_id: Uuid,
    /// HER-id of the receiving service.
    pub receiver_her: String,
    /// SHA-256 of the bytes, as frozen.
    pub sha256: [u8; 32],
    /// The finished bytes.
    pub bytes: Vec<u8>,
}

impl Submission {
    /// A message whose hash was not kept before.
    #[must_use]
    pub fn of(message_id: Uuid, receiver_her: String, bytes: Vec<u8>) -> Self {
        Self { message_id, receiver_her, sha256: Sha256::digest(&bytes).into(), bytes }
    }
}

/// Why a question to the line has no answer.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Trouble {
    /// No connection came about.
    #[error("no connection")]
    Unreachable,
    /// Who answered has no certificate that this machine trusts.
    #[error("a certificate that is not trusted")]
    NotTrusted,
    /// The connection broke or time ran out.
    #[error("no answer")]
    NoAnswer,
    /// This office is not let in.
    #[error("not let in (HTTP {status})")]
    NotLetIn {
        /// HTTP status.
        status: u16,
    },
    /// The gateway asks for patience.
    #[error("try later (HTTP {status})")]
    TryLater {
        /// HTTP status.
        status: u16,
        /// `Retry-After`.
        retry_after: Option<RetryAfter>,
    },
    /// The gateway refuses the question.
    #[error("refused (HTTP {status})")]
    Refused {
        /// HTTP status.
        status: u16,
        /// Its own words.
        detail: Option<Private>,
    },
    /// An answer that the contract does not know.
    #[error("an answer outside the contract")]
    Broken {
        /// HTTP status.
        status: Option<u16>,
    },
}

impl Trouble {
    /// The same as the outcome of an attempt, to tell what it says about the line.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::Unreachable => Outcome::Unreachable,
            Self::NotTrusted => Outcome::NotTrusted,
            Self::NoAnswer => Outcome::NoAnswer,
            Self::NotLetIn { status } => Outcome::NotLetIn { status: *status, detail: None },
            Self::TryLater { status, retry_after } => {
                Outcome::TryLater { status: *status, retry_after: *retry_after, detail: None }
            }
            Self::Refused { status, detail } => Outcome::Refused { status: *status, detail: detail.clone() },
            Self::Broken { status } => Outcome::Broken { status: *status },
        }
    }
}

/// A page of application receipts.
#[derive(Default)]
pub struct ReceiptPage {
    /// In the gateway's order.
    pub receipts: Vec<RawReceipt>,
    /// Cursor after them; none where there is no news.
    pub next: Option<String>,
}

/// An application receipt as the gateway hands it out, not yet read. Has no `Debug`: it may speak of a patient.
pub struct RawReceipt {
    /// The message it answers, by the gateway's word; empty where the entry cannot be read.
    pub message_id: String,
    /// When the gateway received it, where it says so.
    pub received_at: Option<Timestamp>,
    /// The AppRec document, or the whole entry where it cannot be read.
    pub document: String,
}

/// A page of events.
#[derive(Default)]
pub struct EventPage {
    /// In the gateway's order.
    pub events: Vec<RawEvent>,
    /// Events of a kind this program does not know.
    pub unknown: u32,
    /// Cursor after them; none where there is no news.
    pub next: Option<String>,
}

/// An event as the gateway tells it. Has no `Debug`: its text may speak of a patient.
pub struct RawEvent {
    /// Its cursor.
    pub cursor: String,
    /// Message it belongs to.
    pub message_id: Option<String>,
    /// Requisition it belongs to.
    pub requisition_id: Option<String>,
    /// Specimen it concerns.
    pub specimen: Option<String>,
    /// The contract's word for what happened; one that [`EventPage::unknown`] does not count.
    pub kind: EventWord,
    /// When.
    pub at: Option<Timestamp>,
    /// The laboratory's words.
    pub text: Option<String>,
}

/// What happened, in the contract's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EventWord {
    /// A specimen arrived.
    SpecimenReceived,
    /// A specimen cannot be used.
    SpecimenRejected,
    /// Some answers are out.
    PartlyAnswered,
    /// All answers are out.
    Answered,
    /// The provider will not do it.
    CancelledByProvider,
    /// The requisition is too old.
    Expired,
}

/// Which catalogue is wanted.
#[derive(Clone, Debug, Default)]
pub struct CatalogueRequest {
    /// Provider id.
    pub provider: String,
    /// Version we have.
    pub have: Option<String>,
    /// `ETag` of what we have: of the whole package, or with `from` of its beginning.
    pub etag: Option<String>,
    /// This version and no other; the newest where none is named.
    pub version: Option<String>,
    /// Go on from this byte of a package that was cut off; all of it comes where the gateway has another one now.
    pub from: Option<u64>,
}

/// What the gateway has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CatalogueAnswer {
    /// We have the newest.
    NotModified,
    /// A package, or the rest of one. Not verified yet.
    Package(CataloguePackage),
    /// A delta against the version we have. Not verified yet; its tag is that of the whole package of its version.
    Delta(CataloguePackage),
    /// The line was cut in the middle of a package: what arrived, from [`CataloguePackage::from`] on.
    Cut(CataloguePackage),
}

/// Bytes of a package with what the gateway says about them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CataloguePackage {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// They begin here within the package: 0 but for a resumed download.
    pub from: u64,
    /// `ETag`.
    pub etag: Option<String>,
    /// `Catalogue-Version`.
    pub version: Option<String>,
    /// `Catalogue-Signature`: minisign, base64.
    pub signature: Option<String>,
}

/// A lease of specimen numbers.
#[derive(Clone, Debug, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LeaseRequest {
    /// Ours; the same id gives the same block.
    pub lease_id: Uuid,
    /// Provider id.
    pub provider: String,
    /// This workstation.
    pub workstation: String,
    /// How many numbers, or stations.
    pub count: u32,
    /// What is leased; a gateway of the plain contract is asked for numbers without this word.
    #[serde(skip_serializing_if = "LeaseKind::is_numbers")]
    pub kind: LeaseKind,
}

/// What a lease is for. A block of numbers is used as it is; a station is a series of its own for one workstation, of which no
/// two leases may give the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LeaseKind {
    /// Numbers of the provider's own series.
    #[default]
    Numbers,
    /// A station number for the workstation's own series.
    Station,
}

impl LeaseKind {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks this way")]
    fn is_numbers(&self) -> bool {
        *self == Self::Numbers
    }
}

/// What came of a lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeaseAnswer {
    /// A block.
    Granted {
        /// First number.
        first: String,
        /// Last number.
        last: String,
        /// Scheme of the numbers.
        scheme: String,
    },
    /// The provider grants none: our own scheme is used.
    NoneGranted,
}
