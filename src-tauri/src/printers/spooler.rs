//! The system's print spooler over IPP (RFC 8011, and CUPS' list of queues).
//!
//! Spoken to directly, not through `lp`: a queue's default page would make letters of labels, and the size is told with the
//! job (`media-col`).

use std::collections::BTreeMap;
use std::time::Instant;

use ipp::operation::IppOperation;
use ipp::parser::IppParseError;
use ipp::prelude::*;

use super::{Document, JOB_NAME, JobState, Language, PATIENCE, PrintError, Queue, QueueState, Taken};

/// A spooler's address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintServer {
    address: String,
}

/// What is asked about a queue.
const QUEUE_ATTRIBUTES: [&str; 6] = [
    "printer-name",
    "printer-info",
    "printer-state",
    "printer-state-reasons",
    "printer-is-accepting-jobs",
    "printer-make-and-model",
];

impl PrintServer {
    /// A spooler at `host:port`; nothing or a path (a Unix socket, which IPP over TCP cannot use) means this machine's.
    ///
    /// # Errors
    /// [`PrintError::Address`].
    pub fn new(address: Option<&str>) -> Result<Self, PrintError> {
        let address = match address.map(str::trim) {
            None | Some("") => "localhost:631",
            Some(path) if path.starts_with('/') => "localhost:631",
            Some(address) => address,
        };
        // `CUPS_SERVER` may end in a protocol version.
        let address = address.split('/').next().unwrap_or(address);
        let address = if address.contains(':') { address.to_owned() } else { format!("{address}:631") };
        if format!("ipp://{address}/").parse::<Uri>().is_err() {
            return Err(PrintError::Address(address));
        }
        Ok(Self { address })
    }

    /// The spooler that `CUPS_SERVER` names, or this machine's.
    ///
    /// # Errors
    /// [`PrintError::Address`].
    pub fn from_environment() -> Result<Self, PrintError> {
        Self::new(std::env::var("CUPS_SERVER").ok().as_deref())
    }

    /// Every queue with its state. A spooler without queues gives none.
    ///
    /// # Errors
    /// [`PrintError::Unreachable`] where there is no spooler, and the others.
    pub fn queues(&self) -> Result<Vec<Queue>, PrintError> {
        let answer = match self.ask("/", IppOperationBuilder::cups().get_printers()) {
            Ok(answer) => answer,
            // CUPS says "not found" when there is no queue at all.
            Err(PrintError::QueueGone(_)) => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let groups = answer.attributes().groups_of(DelimiterTag::PrinterAttributes);
        Ok(groups.filter_map(queue_of).collect())
    }

    /// One queue.
    ///
    /// # Errors
    /// [`PrintError::QueueGone`] and the others.
    pub fn queue(&self, name: &str) -> Result<Queue, PrintError> {
        let operation = IppOperationBuilder::get_printer_attributes(self.queue_uri(name)?)
            .attributes(QUEUE_ATTRIBUTES)
            .build()
            .map_err(|_| PrintError::QueueGone(name.to_owned()))?;
        let answer = self.ask(&format!("/printers/{name}"), operation)?;
        let group = answer.attributes().first_of(DelimiterTag::PrinterAttributes);
        group.and_then(queue_of).ok_or_else(|| PrintError::QueueGone(name.to_owned()))
    }

    pub(super) fn print(&self, name: &str, document: &Document) -> Result<Taken, PrintError> {
        let queue = self.queue(name)?;
        if !queue.accepting {
            return Err(PrintError::NotAccepting);
        }
        if queue.state == QueueState::Stopped {
            return Err(PrintError::Stopped { reasons: queue.reasons });
        }
        let (format, bytes) = match (document, queue.language) {
            (Document::Pdf { bytes, .. }, Language::Pdf) => ("application/pdf", bytes.clone()),
            (Document::Zpl(job), Language::Zpl) => ("application/vnd.cups-raw", job.clone().into_bytes()),
            (Document::Pdf { .. }, Language::Zpl) | (Document::Zpl(_), Language::Pdf) => {
                return Err(PrintError::WrongLanguage);
            }
        };
        let refused = |_| PrintError::Refused("the job cannot be written".to_owned());
        let payload = IppPayload::new(std::io::Cursor::new(bytes));
        let mut operation = IppOperationBuilder::print_job(self.queue_uri(name)?, payload)
            .user_name(JOB_NAME)
            .job_title(JOB_NAME)
            .document_format(format);
        if let Document::Pdf { page_width, page_height, .. } = document {
            operation = operation.attribute(media(*page_width, *page_height).map_err(refused)?);
        }
        let operation = operation.build().map_err(refused)?;
        self.reach()?;
        let answer = self.exchange(&format!("/printers/{name}"), operation).map_err(after_sending)?;
        let job = answer
            .attributes()
            .first_of(DelimiterTag::JobAttributes)
            .and_then(|group| group.get("job-id"))
            .and_then(|attribute| attribute.value().as_integer().copied());
        match job {
            Some(job) => Ok(Taken { job: Some(job) }),
            // It was taken, but nobody can follow it.
            None => Err(PrintError::Broken),
        }
    }

    pub(super) fn job(&self, name: &str, job: i32) -> Result<JobState, PrintError> {
        let operation = IppOperationBuilder::get_job_attributes(self.queue_uri(name)?, job)
            .build()
            .map_err(|_| PrintError::QueueGone(name.to_owned()))?;
        let answer = match self.ask(&format!("/printers/{name}"), operation) {
            Ok(answer) => answer,
            // Of a job that is not known, or of its queue that has been removed with it.
            Err(PrintError::QueueGone(_)) => return Ok(JobState::Forgotten),
            Err(error) => return Err(error),
        };
        let Some(group) = answer.attributes().first_of(DelimiterTag::JobAttributes) else {
            return Ok(JobState::Forgotten);
        };
        let mut reasons = keywords(group, "job-state-reasons");
        // What holds a job up is often told about the printer only.
        let mut with_queue = || -> Vec<String> {
            if let Ok(queue) = self.queue(name) {
                reasons.extend(queue.reasons);
            }
            std::mem::take(&mut reasons)
        };
        Ok(match number(group, "job-state") {
            Some(3) => JobState::Waiting { reasons: with_queue() },
            Some(5) => JobState::Printing { reasons: with_queue() },
            Some(4 | 6) => JobState::Stopped { reasons: with_queue() },
            Some(7) => JobState::Cancelled,
            Some(8) => JobState::Aborted { reasons: with_queue() },
            Some(9) => JobState::Done,
            Some(_) | None => JobState::Forgotten,
        })
    }

    pub(super) fn cancel(&self, name: &str, job: i32) -> Result<(), PrintError> {
        let operation = IppOperationBuilder::cancel_job(self.queue_uri(name)?, job)
            .user_name(JOB_NAME)
            .build()
            .map_err(|_| PrintError::QueueGone(name.to_owned()))?;
        self.ask(&format!("/printers/{name}"), operation).map(drop)
    }

    fn queue_uri(&self, name: &str) -> Result<Uri, PrintError> {
        // A queue's name has no space, slash, hash or question mark (lpadmin(8)); anything else is no queue.
        let plain = !name.is_empty() && name.bytes().all(|b| b.is_ascii_graphic() && !b"/#?%\\\"<>".contains(&b));
        let uri = format!("ipp://{}/printers/{name}", self.address);
        uri.parse().ok().filter(|_| plain).ok_or_else(|| PrintError::QueueGone(name.to_owned()))
    }

    fn ask(&self, path: &str, operation: impl IppOperation) -> Result<IppRequestResponse, PrintError> {
        self.reach()?;
        self.exchange(path, operation)
    }

    /// Whether anybody is there: the client's own errors do not tell that from "too slow".
    fn reach(&self) -> Result<(), PrintError> {
        super::socket::connect(&self.address, 631).map(drop)
    }

    fn exchange(&self, path: &str, operation: impl IppOperation) -> Result<IppRequestResponse, PrintError> {
        let uri: Uri =
            format!("http://{}{path}", self.address).parse().map_err(|_| PrintError::Address(self.address.clone()))?;
        let started = Instant::now();
        let client = IppClient::builder(uri).request_timeout(PATIENCE).build();
        let answer = client.send(operation).map_err(|error| match error {
            IppError::RequestError(401 | 403) => PrintError::Refused("not allowed".to_owned()),
            IppError::RequestError(404) => PrintError::QueueGone(path.trim_start_matches("/printers/").to_owned()),
            IppError::RequestError(status) => PrintError::Refused(format!("HTTP {status}")),
            _ if started.elapsed() >= PATIENCE => PrintError::Timeout(self.address.clone()),
            _ => PrintError::Unreachable(self.address.clone()),
        })?;
        let status = answer.header().status_code();
        match status {
            status if status.is_success() => Ok(answer),
            StatusCode::ClientErrorNotFound | StatusCode::ClientErrorGone => {
                Err(PrintError::QueueGone(path.trim_start_matches("/printers/").to_owned()))
            }
            StatusCode::ServerErrorNotAcceptingJobs => Err(PrintError::NotAccepting),
            StatusCode::ClientErrorTimeout => Err(PrintError::Timeout(self.address.clone())),
            status => Err(PrintError::Refused(status.to_string())),
        }
    }
}

/// A fault after the spooler was reached and the job was on its way: without an answer it may have been taken.
fn after_sending(error: PrintError) -> PrintError {
    match error {
        PrintError::Unreachable(_) | PrintError::Timeout(_) | PrintError::Broken => PrintError::Broken,
        PrintError::Address(_)
        | PrintError::QueueGone(_)
        | PrintError::Stopped { .. }
        | PrintError::NotAccepting
        | PrintError::Refused(_)
        | PrintError::WrongLanguage => error,
    }
}

/// The page of the job (PWG 5100.3, `media-col`), in hundredths of a millimetre, without margins of its own.
fn media(width: u32, height: u32) -> Result<IppAttribute, IppParseError> {
    let hundredths = |micrometres: u32| IppValue::Integer(i32::try_from(micrometres / 10).unwrap_or(i32::MAX));
    let size = BTreeMap::from([
        ("x-dimension".try_into()?, hundredths(width)),
        ("y-dimension".try_into()?, hundredths(height)),
    ]);
    let mut media = BTreeMap::from([("media-size".try_into()?, IppValue::Collection(size))]);
    for side in ["media-top-margin", "media-bottom-margin", "media-left-margin", "media-right-margin"] {
        media.insert(side.try_into()?, IppValue::Integer(0));
    }
    IppAttribute::with_name("media-col", IppValue::Collection(media))
}

fn queue_of(group: &IppAttributeGroup) -> Option<Queue> {
    let name = text(group, "printer-name")?;
    let model = text(group, "printer-make-and-model").unwrap_or_default();
    let info = text(group, "printer-info").filter(|info| !info.is_empty()).unwrap_or_else(|| name.clone());
    let reasons = keywords(group, "printer-state-reasons");
    let accepting = group
        .get("printer-is-accepting-jobs")
        .and_then(|attribute| attribute.value().as_boolean().copied())
        .unwrap_or(true);
    let state = match number(group, "printer-state") {
        Some(3) => QueueState::Idle,
        Some(4) => QueueState::Printing,
        Some(5) => QueueState::Stopped,
        Some(_) | None => QueueState::Unknown,
    };
    // What CUPS calls a queue without a driver: bytes go to the printer as they are.
    let language = if model.contains("Raw Printer") { Language::Zpl } else { Language::Pdf };
    Some(Queue { name, info, state, reasons, accepting, language })
}

fn text(group: &IppAttributeGroup, name: &str) -> Option<String> {
    group.get(name).map(|attribute| attribute.value().to_string())
}

fn number(group: &IppAttributeGroup, name: &str) -> Option<i32> {
    group.get(name).and_then(|attribute| attribute.value().as_enum().copied())
}

/// Keywords, without `none` and without their severity.
fn keywords(group: &IppAttributeGroup, name: &str) -> Vec<String> {
    let Some(attribute) = group.get(name) else { return Vec::new() };
    let plain = |keyword: String| {
        let cut = ["-error", "-warning", "-report"].iter().find_map(|severity| keyword.strip_suffix(severity));
        cut.map_or(keyword.clone(), str::to_owned)
    };
    attribute.value().into_iter().map(|value| plain(value.to_string())).filter(|keyword| keyword != "none").collect()
}
