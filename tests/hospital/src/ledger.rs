//! What the hospital knows: messages with their verdicts, requisitions with their state, receipts, events, number
//! blocks. In memory, and when a folder is given also in one append-only file, so that a restarted hospital still knows
//! what it has answered for: a message that was accepted before the plug was pulled is a duplicate afterwards.
//!
//! A message has an effect at most once. The file is only ever appended to; a message's bytes are synchronised before the answer.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;

use anyhow::Context;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::apprec::Verdict;
use crate::reading::{self, Fault, Summary};

/// One message as the hospital received it.
#[derive(Clone)]
pub struct Received {
    /// MsgId.
    pub message_id: String,
    /// The transport receipt's id.
    pub receipt_id: String,
    /// When it came first.
    pub received_at: Timestamp,
    /// HER-id that it was addressed to on the line.
    pub receiver: String,
    /// The bytes, exactly.
    pub bytes: Vec<u8>,
    /// What was understood.
    pub summary: Summary,
    /// The judgement that the application receipt tells.
    pub verdict: Verdict,
    /// How many times the same bytes came, the first time included.
    pub copies: u32,
}

impl fmt::Debug for Received {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Received")
            .field("message_id", &self.message_id)
            .field("verdict", &self.verdict.status)
            .field("copies", &self.copies)
            .finish_non_exhaustive()
    }
}

/// How far a requisition has come at the hospital.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Accepted, nothing more.
    Ordered,
    /// Cancelled by its requester.
    Cancelled,
    /// A specimen has arrived.
    SpecimenReceived,
    /// A specimen could not be used.
    SpecimenRejected,
    /// Some answers are sent.
    PartlyAnswered,
    /// All answers are sent.
    Answered,
    /// Cancelled by the hospital.
    CancelledByProvider,
    /// Never arrived within the hospital's time.
    Expired,
}

/// A requisition that has had effect: one for each that was accepted, however many messages and copies came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Effect {
    /// ServReq/Id.
    pub requisition_id: String,
    /// State.
    pub state: State,
    /// Messages that took effect, in order: the new one first, then changes, additions, cancel.
    pub message_ids: Vec<String>,
}

/// What happened to a requisition, as the events feed tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EventKind {
    /// A specimen has arrived.
    SpecimenReceived,
    /// A specimen could not be used.
    SpecimenRejected,
    /// Some answers are sent.
    PartlyAnswered,
    /// All answers are sent.
    Answered,
    /// Cancelled by the hospital.
    CancelledByProvider,
    /// Nothing arrived in time.
    Expired,
}

impl EventKind {
    fn state(self) -> State {
        match self {
            Self::SpecimenReceived => State::SpecimenReceived,
            Self::SpecimenRejected => State::SpecimenRejected,
            Self::PartlyAnswered => State::PartlyAnswered,
            Self::Answered => State::Answered,
            Self::CancelledByProvider => State::CancelledByProvider,
            Self::Expired => State::Expired,
        }
    }
}

/// One application receipt as handed out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Receipt {
    /// Place in the feed.
    pub cursor: String,
    /// The message it is said to be about.
    pub message_id: String,
    /// When it was written.
    pub received_at: Timestamp,
    /// AppRec as XML.
    pub app_rec: String,
}

/// One event as handed out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// Place in the feed.
    pub cursor: String,
    /// The message that last took effect.
    pub message_id: String,
    /// ServReq/Id.
    pub requisition_id: String,
    /// The specimen it is about, when it is about one.
    pub specimen_id: Option<String>,
    /// What happened.
    #[serde(rename = "type")]
    pub kind: EventKind,
    /// When.
    pub at: Timestamp,
    /// The hospital's words.
    pub text: Option<String>,
}

/// Where the own series of the providers here begin: one house lets no two of them meet. Any other begins in the last one.
const SERIES: [(&str, u64); 4] = [
    ("balsam-lab", 700_000_000_000),
    ("balsam-bilde-patologi", 710_000_000_000),
    ("furumo", 720_000_000_000),
    ("", 790_000_000_000),
];
/// Numbers in a series.
const SERIES_LENGTH: u64 = 10_000_000_000;

/// Five digits of station before the workstation's own five of counter and two of check.
const STATION_SCHEME: &str = "station-5";

/// A lease of specimen numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NumberBlock {
    /// The lease's id, chosen by the workstation.
    pub lease_id: String,
    /// First number.
    pub first: String,
    /// Last number, included.
    pub last: String,
    /// How the numbers are built.
    pub scheme: String,
    /// Whose numbers.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub provider: String,
}

/// Requisition as remembered for follow-ups.
#[derive(Clone)]
struct Requisition {
    first: Summary,
    state: State,
    message_ids: Vec<String>,
}

/// One line of the file.
#[derive(Serialize, Deserialize)]
#[serde(tag = "entry", rename_all = "kebab-case")]
enum Line {
    #[serde(rename_all = "camelCase")]
    Message {
        message_id: String,
        receipt_id: String,
        received_at: Timestamp,
        receiver: String,
        bytes: String,
        verdict: Verdict,
    },
    #[serde(rename_all = "camelCase")]
    Copy {
        message_id: String,
    },
    Receipt(Receipt),
    Event(Event),
    Block(NumberBlock),
}

/// Everything the hospital knows.
#[derive(Default)]
pub(crate) struct Ledger {
    received: Vec<Received>,
    by_message: HashMap<String, usize>,
    requisitions: BTreeMap<String, Requisition>,
    specimens: HashMap<String, String>,
    pub(crate) receipts: Vec<Receipt>,
    pub(crate) events: Vec<Event>,
    blocks: Vec<NumberBlock>,
    file: Option<File>,
}

/// What came of handing the ledger a message.
pub(crate) enum Taken {
    New(Received),
    Duplicate(Received),
    OtherBytes,
}

impl Ledger {
    /// Opens the ledger, reading what an earlier run wrote.
    pub(crate) fn open(folder: Option<&Path>, text_limit: usize) -> anyhow::Result<Self> {
        let mut ledger = Self::default();
        let Some(folder) = folder else { return Ok(ledger) };
        std::fs::create_dir_all(folder).context("the hospital's data folder cannot be made")?;
        let path = folder.join("hospital.jsonl");
        let mut whole = 0u64;
        if path.exists() {
            let mut reader = BufReader::new(File::open(&path)?);
            let mut line = Vec::new();
            // A last line without its end was being written when the plug was pulled: nothing was answered for it.
            while reader.read_until(b'\n', &mut line)? > 0 && line.last() == Some(&b'\n') {
                ledger.replay(serde_json::from_slice(&line).context("the hospital's file is damaged")?, text_limit)?;
                whole += line.len() as u64;
                line.clear();
            }
        }
        let file = OpenOptions::new().create(true).append(true).open(&path)?;
        file.set_len(whole)?;
        ledger.file = Some(file);
        Ok(ledger)
    }

    /// Takes a message that could be read. `judge` is asked only when it is new, with what is wrong with it in the light
    /// of what is already here.
    pub(crate) fn take(
        &mut self,
        bytes: &[u8],
        summary: Summary,
        receiver: &str,
        now: Timestamp,
        judge: impl FnOnce(Vec<Fault>) -> Verdict,
    ) -> anyhow::Result<Taken> {
        if let Some(&at) = self.by_message.get(&summary.message_id.to_lowercase()) {
            if self.received[at].bytes != bytes {
                return Ok(Taken::OtherBytes);
            }
            self.append(&Line::Copy { message_id: summary.message_id.clone() }, false)?;
            self.received[at].copies += 1;
            return Ok(Taken::Duplicate(self.received[at].clone()));
        }
        let verdict = judge(self.faults_in_context(&summary));
        let received = Received {
            message_id: summary.message_id.clone(),
            receipt_id: uuid::Uuid::new_v4().to_string(),
            received_at: now,
            receiver: receiver.to_owned(),
            bytes: bytes.to_vec(),
            summary,
            verdict,
            copies: 1,
        };
        let line = Line::Message {
            message_id: received.message_id.clone(),
            receipt_id: received.receipt_id.clone(),
            received_at: now,
            receiver: received.receiver.clone(),
            bytes: STANDARD.encode(bytes),
            verdict: received.verdict.clone(),
        };
        self.append(&line, true)?;
        self.enter(received.clone());
        Ok(Taken::New(received))
    }

    pub(crate) fn add_receipt(&mut self, message_id: &str, app_rec: String, now: Timestamp) -> anyhow::Result<()> {
        let cursor = (self.receipts.len() + 1).to_string();
        let receipt = Receipt { cursor, message_id: message_id.to_owned(), received_at: now, app_rec };
        // Not synchronised: a receipt lost in a power cut is written again at the next start.
        self.append(&Line::Receipt(receipt.clone()), false)?;
        self.receipts.push(receipt);
        Ok(())
    }

    /// Adds an event to an accepted requisition; nothing when the hospital does not know it.
    pub(crate) fn add_event(
        &mut self,
        requisition_id: &str,
        kind: EventKind,
        specimen_id: Option<String>,
        text: Option<String>,
        now: Timestamp,
    ) -> anyhow::Result<Option<Event>> {
        let key = requisition_id.to_lowercase();
        let Some(requisition) = self.requisitions.get(&key) else { return Ok(None) };
        let event = Event {
            cursor: (self.events.len() + 1).to_string(),
            message_id: requisition.message_ids.last().cloned().unwrap_or_default(),
            requisition_id: requisition.first.requisition_id.clone(),
            specimen_id,
            kind,
            at: now,
            text,
        };
        self.append(&Line::Event(event.clone()), true)?;
        self.apply_event(event.clone());
        Ok(Some(event))
    }

    /// How many other leases a provider has granted.
    pub(crate) fn leases(&self, provider: &str, but: &str) -> usize {
        let other = |block: &&NumberBlock| block.provider == provider && !block.lease_id.eq_ignore_ascii_case(but);
        self.blocks.iter().filter(other).count()
    }

    /// The block of a lease: the same again for the same lease id.
    pub(crate) fn lease(&mut self, lease_id: &str, provider: &str, count: u32) -> anyhow::Result<NumberBlock> {
        let same = |block: &&NumberBlock| block.lease_id.eq_ignore_ascii_case(lease_id);
        if let Some(block) = self.blocks.iter().find(same) {
            return Ok(block.clone());
        }
        let own = SERIES.iter().find(|(known, _)| *known == provider || known.is_empty());
        let begins = own.map_or(0, |(_, begins)| *begins);
        let taken = self.blocks.iter().filter(|block| block.scheme != STATION_SCHEME);
        let taken = taken.filter_map(|block| block.last.parse::<u64>().ok());
        let first = taken.filter(|last| (begins..begins + SERIES_LENGTH).contains(last)).max().unwrap_or(begins) + 1;
        let block = NumberBlock {
            lease_id: lease_id.to_owned(),
            first: format!("{first:012}"),
            last: format!("{:012}", first + u64::from(count) - 1),
            scheme: "numeric-12".into(),
            provider: provider.to_owned(),
        };
        self.append(&Line::Block(block.clone()), true)?;
        self.blocks.push(block.clone());
        Ok(block)
    }

    /// A station that no other lease has, whichever provider it was asked of: the numbers of two would be the same.
    pub(crate) fn lease_station(&mut self, lease_id: &str, provider: &str) -> anyhow::Result<NumberBlock> {
        if let Some(block) = self.blocks.iter().find(|block| block.lease_id.eq_ignore_ascii_case(lease_id)) {
            return Ok(block.clone());
        }
        let stations = self.blocks.iter().filter(|block| block.scheme == STATION_SCHEME);
        let next = stations.filter_map(|block| block.last.parse::<u32>().ok()).max().unwrap_or(40_000) + 1;
        anyhow::ensure!(next <= 99_998, "all stations are leased");
        let block = NumberBlock {
            lease_id: lease_id.to_owned(),
            first: format!("{next:05}"),
            last: format!("{next:05}"),
            scheme: STATION_SCHEME.into(),
            provider: provider.to_owned(),
        };
        self.append(&Line::Block(block.clone()), true)?;
        self.blocks.push(block.clone());
        Ok(block)
    }

    pub(crate) fn received(&self) -> &[Received] {
        &self.received
    }

    pub(crate) fn message(&self, message_id: &str) -> Option<&Received> {
        self.by_message.get(&message_id.to_lowercase()).map(|&at| &self.received[at])
    }

    pub(crate) fn effects(&self) -> Vec<Effect> {
        self.requisitions
            .values()
            .map(|requisition| Effect {
                requisition_id: requisition.first.requisition_id.clone(),
                state: requisition.state,
                message_ids: requisition.message_ids.clone(),
            })
            .collect()
    }

    pub(crate) fn state(&self, requisition_id: &str) -> Option<State> {
        self.requisitions.get(&requisition_id.to_lowercase()).map(|requisition| requisition.state)
    }

    /// Messages that no receipt in the feed is about.
    pub(crate) fn without_receipt(&self) -> Vec<String> {
        let told: std::collections::HashSet<&str> =
            self.receipts.iter().map(|receipt| receipt.message_id.as_str()).collect();
        self.received
            .iter()
            .map(|message| &message.message_id)
            .filter(|id| !told.contains(id.as_str()))
            .cloned()
            .collect()
    }

    /// Faults that only show against what was received before (HITS 1102; README of the standard, section 4).
    fn faults_in_context(&self, summary: &Summary) -> Vec<Fault> {
        let mut faults = Vec::new();
        let known = self.requisitions.get(&summary.requisition_id.to_lowercase());
        match (summary.serv_type.as_str(), known) {
            ("N", Some(_)) => {
                faults.push(Fault::rejects("X99", "Rekvisisjonen er allerede mottatt i en annen melding."))
            }
            ("M" | "A" | "C", None) => {
                faults.push(Fault::rejects("X99", "Meldingen viser til en rekvisisjon som sykehuset ikke har."));
            }
            ("M" | "A" | "C", Some(requisition)) => faults_in_follow_up(summary, requisition, &mut faults),
            _ => {}
        }
        let patient = patient_key(summary);
        if summary.specimen_ids().into_iter().any(|id| self.specimens.get(id).is_some_and(|other| *other != patient)) {
            faults.push(Fault::rejects("X99", "Et prøvenummer er allerede brukt på en annen pasient."));
        }
        faults
    }

    fn enter(&mut self, received: Received) {
        let summary = &received.summary;
        if received.verdict.accepts() {
            for id in summary.specimen_ids() {
                self.specimens.entry(id.to_owned()).or_insert_with(|| patient_key(summary));
            }
            let requisition = self.requisitions.entry(summary.requisition_id.to_lowercase()).or_insert_with(|| {
                Requisition { first: summary.clone(), state: State::Ordered, message_ids: Vec::new() }
            });
            requisition.message_ids.push(received.message_id.clone());
            if summary.serv_type == "C" {
                requisition.state = State::Cancelled;
            }
        }
        self.by_message.insert(received.message_id.to_lowercase(), self.received.len());
        self.received.push(received);
    }

    fn apply_event(&mut self, event: Event) {
        if let Some(requisition) = self.requisitions.get_mut(&event.requisition_id.to_lowercase()) {
            requisition.state = event.kind.state();
        }
        self.events.push(event);
    }

    fn append(&mut self, line: &Line, durable: bool) -> anyhow::Result<()> {
        let Some(file) = &mut self.file else { return Ok(()) };
        let mut bytes = serde_json::to_vec(line)?;
        bytes.push(b'\n');
        file.write_all(&bytes)?;
        if durable {
            file.sync_data()?;
        }
        Ok(())
    }

    fn replay(&mut self, line: Line, text_limit: usize) -> anyhow::Result<()> {
        match line {
            Line::Message { message_id, receipt_id, received_at, receiver, bytes, verdict } => {
                let bytes = STANDARD.decode(bytes)?;
                let (summary, _) = reading::read(&bytes, text_limit)
                    .map_err(|fault| anyhow::anyhow!("a stored message is unreadable: {}", fault.code))?;
                self.enter(Received {
                    message_id,
                    receipt_id,
                    received_at,
                    receiver,
                    bytes,
                    summary,
                    verdict,
                    copies: 1,
                });
            }
            Line::Copy { message_id } => {
                if let Some(&at) = self.by_message.get(&message_id.to_lowercase()) {
                    self.received[at].copies += 1;
                }
            }
            Line::Receipt(receipt) => self.receipts.push(receipt),
            Line::Event(event) => self.apply_event(event),
            Line::Block(block) => self.blocks.push(block),
        }
        Ok(())
    }
}

/// Unchanged in every follow-up: issue date, discipline, parties; and the patient must be the same person.
fn faults_in_follow_up(summary: &Summary, requisition: &Requisition, faults: &mut Vec<Fault>) {
    let first = &requisition.first;
    let mut same = |holds: bool, what: &str| {
        if !holds {
            faults.push(Fault::rejects("X99", format!("{what} er ikke som i den opprinnelige rekvisisjonen.")));
        }
    };
    same(summary.issue_date == first.issue_date, "IssueDate");
    same(summary.discipline.code == first.discipline.code, "MsgDescr");
    same(summary.provider.organisation.id == first.provider.organisation.id, "ServProvider");
    same(summary.requester.organisation.id == first.requester.organisation.id, "Requester");
    same(patient_key(summary) == patient_key(first), "Pasienten");
    let too_late = match (summary.serv_type.as_str(), requisition.state) {
        (_, State::Cancelled | State::CancelledByProvider | State::Expired) => {
            Some("Rekvisisjonen er kansellert eller utløpt.")
        }
        ("M" | "C", State::SpecimenReceived | State::PartlyAnswered | State::Answered) => {
            Some("Prøven er mottatt; rekvisisjonen kan ikke lenger endres eller kanselleres.")
        }
        (
            _,
            State::Ordered
            | State::SpecimenReceived
            | State::SpecimenRejected
            | State::PartlyAnswered
            | State::Answered,
        ) => None,
    };
    if let Some(text) = too_late {
        faults.push(Fault::rejects("X99", text));
    }
}

fn patient_key(summary: &Summary) -> String {
    format!("{}:{}", summary.patient.id_type, summary.patient.id)
}
