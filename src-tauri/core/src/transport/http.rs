//! The hospital gateway over HTTPS: the contract of our first transport (gateway contract, version 1).
//!
//! Encrypted everywhere but on loopback; no redirects, because a message goes to its receiver or nowhere; every wait and
//! every body bounded.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, Url, header, redirect};
use zeroize::Zeroizing;

use super::{
    Answer, CatalogueAnswer, CataloguePackage, CatalogueRequest, EventPage, LeaseAnswer, LeaseRequest, ReceiptPage,
    Submission, Transport, Trouble, answers,
};
use crate::outbox::{Outcome, RetryAfter};

/// Until the connection stands.
const CONNECT: Duration = Duration::from_secs(10);
/// For a whole exchange but a catalogue download.
const EXCHANGE: Duration = Duration::from_secs(60);
/// A catalogue download may take this many times as long as another exchange; what came until then is gone on from.
const DOWNLOAD: u32 = 10;
/// Largest answer to a submission or a question.
const LARGEST_ANSWER: usize = 1024 * 1024;
/// Largest page of receipts.
const LARGEST_PAGE: usize = 32 * 1024 * 1024;
/// Largest catalogue package; more than this no package may have.
const LARGEST_PACKAGE: usize = crate::catalogue::package::LARGEST_PACKAGE;
/// Rows asked for in a page.
const PAGE: &str = "100";

const CATALOGUE: &str = "application/vnd.rekvirent.catalogue";
const CATALOGUE_DELTA: &str = "application/vnd.rekvirent.catalogue-delta";

/// A bearer token.
#[derive(Clone)]
pub struct Token(Zeroizing<String>);

impl Token {
    /// Takes a token.
    #[must_use]
    pub fn new(token: String) -> Self {
        Self(Zeroizing::new(token))
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Why a gateway cannot be used as given.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SetupError {
    /// Not an address.
    #[error("not an http address")]
    Address,
    /// `http:` outside loopback.
    #[error("the gateway must be reached by https")]
    NotEncrypted,
    /// A password or query in the address.
    #[error("the address must be plain: no user, query or fragment")]
    NotPlain,
    /// No HTTPS client could be made (no trusted certificates on this machine).
    #[error("no https client: {0}")]
    Client(String),
}

/// A hospital gateway.
#[derive(Clone)]
pub struct HttpGateway {
    client: Client,
    base: Url,
    token: Option<Token>,
    exchange: Duration,
}

impl std::fmt::Debug for HttpGateway {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpGateway").field("base", &self.base.as_str()).finish_non_exhaustive()
    }
}

impl HttpGateway {
    /// A gateway at an address such as `https://gateway.balsam.example/`.
    ///
    /// # Errors
    ///
    /// Says what is wrong with the address.
    pub fn new(address: &str, token: Option<Token>) -> Result<Self, SetupError> {
        Self::with_patience(address, token, EXCHANGE)
    }

    /// The same, with another limit for a whole exchange.
    ///
    /// # Errors
    ///
    /// Says what is wrong with the address.
    pub fn with_patience(address: &str, token: Option<Token>, exchange: Duration) -> Result<Self, SetupError> {
        let mut base = Url::parse(address.trim()).map_err(|_| SetupError::Address)?;
        let loopback = match base.host_str() {
            None | Some("") => return Err(SetupError::Address),
            Some(host) => is_loopback(host),
        };
        match base.scheme() {
            "https" => {}
            "http" if loopback => {}
            "http" => return Err(SetupError::NotEncrypted),
            _ => return Err(SetupError::Address),
        }
        if !base.username().is_empty()
            || base.password().is_some()
            || base.query().is_some()
            || base.fragment().is_some()
        {
            return Err(SetupError::NotPlain);
        }
        if !base.path().ends_with('/') {
            base.set_path(&format!("{}/", base.path()));
        }
        // The first call of the process installs it; later ones find it there.
        rustls::crypto::ring::default_provider().install_default().ok();
        let mut builder = Client::builder()
            .redirect(redirect::Policy::none())
            .connect_timeout(CONNECT.min(exchange))
            .pool_idle_timeout(Duration::from_secs(30))
            .user_agent(concat!("Rekvirent/", env!("CARGO_PKG_VERSION")));
        if loopback {
            builder = builder.no_proxy();
        }
        if base.scheme() == "http" {
            // Never used, and so the machine needs no certificates for it.
            builder = builder.tls_certs_only([]);
        }
        let client = builder.build().map_err(|error| SetupError::Client(error.without_url().to_string()))?;
        Ok(Self { client, base, token, exchange })
    }

    fn request(&self, method: Method, path: &[&str], query: &[(&str, &str)]) -> RequestBuilder {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().push("v1").extend(path);
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let request = self.client.request(method, url).timeout(self.exchange);
        match &self.token {
            Some(token) => request.bearer_auth(token.0.as_str()),
            None => request,
        }
    }

    async fn send(&self, submission: &Submission) -> Outcome {
        let id = submission.message_id.to_string();
        let request = self
            .request(Method::POST, &["messages"], &[])
            .header(header::CONTENT_TYPE, "application/xml")
            .header("Message-Id", &id)
            .header("Idempotency-Key", &id)
            .header("Content-Digest", format!("sha-256=:{}:", STANDARD.encode(submission.sha256)))
            .header("Receiver", format!("her:{}", submission.receiver_her))
            .body(submission.bytes.clone());
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) => return failure(&error).outcome(),
        };
        let status = response.status().as_u16();
        let retry_after = retry_after(&response);
        match body(response, LARGEST_ANSWER).await {
            Ok(body) => answers::submission(status, retry_after, &body, submission.message_id),
            // The status alone already says what the table wants to know, but for a receipt, which is in the body.
            Err(_) if status != 202 => answers::submission(status, retry_after, &[], submission.message_id),
            Err(trouble) => trouble.outcome(),
        }
    }

    async fn ask(
        &self,
        request: RequestBuilder,
        expected: &[StatusCode],
        largest: usize,
    ) -> Result<(StatusCode, Expected), Trouble> {
        let response = request.send().await.map_err(|error| failure(&error))?;
        let status = response.status();
        let retry_after = retry_after(&response);
        let body = body(response, largest).await;
        if expected.contains(&status) {
            return Ok((status, Expected { body: body? }));
        }
        Err(answers::trouble(status.as_u16(), retry_after, &body.unwrap_or_default()))
    }

    async fn catalogue(&self, wanted: &CatalogueRequest) -> Result<CatalogueAnswer, Trouble> {
        let named = [("have", &wanted.have), ("version", &wanted.version)];
        let query: Vec<(&str, &str)> =
            named.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?))).collect();
        let mut request =
            self.request(Method::GET, &["catalogues", &wanted.provider], &query).timeout(self.exchange * DOWNLOAD);
        match (wanted.from, &wanted.etag) {
            // What we have is the beginning of the package with this tag: the rest of it, or all of another one.
            (Some(from), Some(etag)) => {
                request = request.header(header::RANGE, format!("bytes={from}-")).header(header::IF_RANGE, etag)
            }
            (_, Some(etag)) => request = request.header(header::IF_NONE_MATCH, etag),
            (_, None) => {}
        }
        let response = request.send().await.map_err(|error| failure(&error))?;
        let status = response.status();
        let whole = match status {
            StatusCode::NOT_MODIFIED => return Ok(CatalogueAnswer::NotModified),
            StatusCode::OK => true,
            StatusCode::PARTIAL_CONTENT => false,
            _ => {
                let retry_after = retry_after(&response);
                let words = body(response, LARGEST_ANSWER).await.unwrap_or_default();
                return Err(answers::trouble(status.as_u16(), retry_after, &words));
            }
        };
        let broken = Trouble::Broken { status: Some(status.as_u16()) };
        let headers = response.headers().clone();
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let from = if whole { 0 } else { wanted.from.unwrap_or(0) };
        if !whole && !text("content-range").is_some_and(|range| range.starts_with(&format!("bytes {from}-"))) {
            return Err(broken);
        }
        let kind = text("content-type").unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if kind != CATALOGUE && kind != CATALOGUE_DELTA {
            return Err(broken);
        }
        let mut bytes = Vec::new();
        let end = read(response, LARGEST_PACKAGE, &mut bytes).await;
        let package = CataloguePackage {
            bytes,
            from,
            etag: text("etag"),
            version: text("catalogue-version"),
            signature: text("catalogue-signature"),
        };
        match end {
            Ok(()) if kind == CATALOGUE => Ok(CatalogueAnswer::Package(package)),
            Ok(()) => Ok(CatalogueAnswer::Delta(package)),
            // A delta is short: it is asked for again. So is a package of which nothing came.
            Err(Trouble::NoAnswer) if kind == CATALOGUE && !package.bytes.is_empty() => {
                Ok(CatalogueAnswer::Cut(package))
            }
            Err(trouble) => Err(trouble),
        }
    }
}

/// An answer that was expected, with its whole body.
struct Expected {
    body: Vec<u8>,
}

impl Transport for HttpGateway {
    fn submit<'a>(&'a self, submission: &'a Submission) -> Answer<'a, Outcome> {
        Box::pin(self.send(submission))
    }

    fn fetch_receipts<'a>(
        &'a self,
        after: Option<&'a str>,
        wait: Duration,
    ) -> Answer<'a, Result<ReceiptPage, Trouble>> {
        Box::pin(async move {
            let seconds = wait.as_secs().to_string();
            let mut query = vec![("limit", PAGE)];
            query.extend(after.map(|after| ("after", after)));
            if !wait.is_zero() {
                query.push(("wait", &seconds));
            }
            let request = self.request(Method::GET, &["receipts"], &query).timeout(self.exchange + wait);
            answers::receipts(&self.ask(request, &[StatusCode::OK], LARGEST_PAGE).await?.1.body)
        })
    }

    fn fetch_events<'a>(&'a self, after: Option<&'a str>) -> Answer<'a, Result<EventPage, Trouble>> {
        Box::pin(async move {
            let mut query = vec![("limit", PAGE)];
            query.extend(after.map(|after| ("after", after)));
            let request = self.request(Method::GET, &["events"], &query);
            answers::events(&self.ask(request, &[StatusCode::OK], LARGEST_PAGE).await?.1.body)
        })
    }

    fn fetch_catalogue<'a>(&'a self, request: &'a CatalogueRequest) -> Answer<'a, Result<CatalogueAnswer, Trouble>> {
        Box::pin(self.catalogue(request))
    }

    fn lease_numbers<'a>(&'a self, request: &'a LeaseRequest) -> Answer<'a, Result<LeaseAnswer, Trouble>> {
        Box::pin(async move {
            let asked = self.request(Method::POST, &["number-blocks"], &[]).json(request);
            let expected = [StatusCode::CREATED, StatusCode::OK, StatusCode::CONFLICT];
            match self.ask(asked, &expected, LARGEST_ANSWER).await? {
                (StatusCode::CONFLICT, _) => Ok(LeaseAnswer::NoneGranted),
                (_, answer) => answers::lease(&answer.body, request),
            }
        })
    }

    fn health(&self) -> Answer<'_, Result<(), Trouble>> {
        Box::pin(async move {
            let request = self.request(Method::GET, &["health"], &[]).timeout(CONNECT.min(self.exchange));
            self.ask(request, &[StatusCode::OK], LARGEST_ANSWER).await.map(|_| ())
        })
    }
}

/// What a failed exchange means. Only what fails before the connection stands certainly sent nothing.
fn failure(error: &reqwest::Error) -> Trouble {
    if is_untrusted(error) {
        Trouble::NotTrusted
    } else if error.is_connect() || error.is_builder() {
        Trouble::Unreachable
    } else {
        Trouble::NoAnswer
    }
}

/// Whether the handshake ended because of the other end's certificate.
fn is_untrusted(error: &reqwest::Error) -> bool {
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = next {
        let tls = error.downcast_ref::<rustls::Error>();
        if matches!(tls, Some(rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented)) {
            return true;
        }
        // What an I/O error carries is not among its sources, but for what that one has.
        let carried = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        next = match carried {
            Some(carried) => Some(carried),
            None => error.source(),
        };
    }
    false
}

fn retry_after(response: &Response) -> Option<RetryAfter> {
    response.headers().get(header::RETRY_AFTER)?.to_str().ok().and_then(RetryAfter::parse)
}

/// Reads a body up to a limit; the end of the connection before the end of the body is no answer.
async fn body(response: Response, largest: usize) -> Result<Vec<u8>, Trouble> {
    let mut bytes = Vec::new();
    read(response, largest, &mut bytes).await.map(|()| bytes)
}

/// The same, leaving what arrived before the connection ended.
async fn read(mut response: Response, largest: usize, bytes: &mut Vec<u8>) -> Result<(), Trouble> {
    let status = Some(response.status().as_u16());
    if response.content_length().is_some_and(|length| length > largest as u64) {
        return Err(Trouble::Broken { status });
    }
    while let Some(chunk) = response.chunk().await.map_err(|_| Trouble::NoAnswer)? {
        if bytes.len() + chunk.len() > largest {
            return Err(Trouble::Broken { status });
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(())
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_may_be_reached_unencrypted() {
        for fine in
            ["http://127.0.0.1:8088", "http://localhost:1/", "http://[::1]:8088/base", "https://gateway.example/"]
        {
            assert!(HttpGateway::new(fine, None).is_ok(), "{fine}");
        }
        for (wrong, why) in [
            ("http://gateway.example/", SetupError::NotEncrypted),
            ("http://127.0.0.1.example/", SetupError::NotEncrypted),
            ("http://localhost.example/", SetupError::NotEncrypted),
            ("http://10.0.0.1/", SetupError::NotEncrypted),
            ("ftp://127.0.0.1/", SetupError::Address),
            ("gateway.example", SetupError::Address),
            ("", SetupError::Address),
            ("https://user:secret@gateway.example/", SetupError::NotPlain),
            ("https://gateway.example/?x=1", SetupError::NotPlain),
        ] {
            assert_eq!(HttpGateway::new(wrong, None).err(), Some(why), "{wrong}");
        }
    }

    #[test]
    fn a_provider_id_cannot_leave_its_place_in_the_address() {
        let gateway = HttpGateway::new("http://127.0.0.1:1/base", None).unwrap();
        let request = gateway.request(Method::GET, &["catalogues", "../../admin?x"], &[]).build().unwrap();
        assert_eq!(request.url().path(), "/base/v1/catalogues/..%2F..%2Fadmin%3Fx");
        assert_eq!(request.url().query(), None);
    }
}
