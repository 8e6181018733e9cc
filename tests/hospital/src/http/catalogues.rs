//! `GET /v1/catalogues/{provider}`: the provider's signed package, from a folder of files, or the delta that leads from the
//! version somebody has to it, where one lies beside it, or an earlier version that still lies there. The hospital serves the bytes as they lie and never opens them: the
//! file's name says what it leads from and to.

use std::collections::HashMap;
use std::path::{Path as FilePath, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::Shared;
use super::problem::Problem;

#[derive(Deserialize)]
pub(super) struct Have {
    have: Option<String>,
    version: Option<String>,
}

#[derive(Deserialize)]
struct Side {
    version: String,
}

struct Package {
    file: PathBuf,
    version: String,
    etag: String,
    kind: &'static str,
}

/// Digests of files by when they were written and how long they are: whoever asks whether there is news, or fetches a delta,
/// does not wait for the whole package to be read.
#[derive(Debug, Default)]
pub(crate) struct Digests(Mutex<HashMap<PathBuf, (SystemTime, u64, String)>>);

const PACKAGE: &str = "application/vnd.rekvirent.catalogue";
const DELTA: &str = "application/vnd.rekvirent.catalogue-delta";

pub(super) async fn package(
    State(app): State<Shared>,
    Path(provider): Path<String>,
    Query(have): Query<Have>,
    headers: HeaderMap,
) -> Result<Response<Body>, Problem> {
    let missing = || Problem::new(StatusCode::NOT_FOUND, "no-catalogue", "There is no catalogue of this provider here");
    let plain = !provider.is_empty()
        && provider.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    let folder = app.options.catalogues.as_deref().filter(|_| plain).ok_or_else(missing)?;
    let newest = read(&app.digests, folder, &provider).map_err(|error| {
        tracing::warn!("catalogue {provider}: {error:#}");
        missing()
    })?;
    let package = match have.version.as_deref().filter(|wanted| *wanted != newest.version) {
        Some(wanted) => earlier(&app.digests, folder, &provider, wanted).ok_or_else(missing)?,
        None => newest,
    };
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let same = text(header::IF_NONE_MATCH).is_some_and(|tags| {
        tags == "*" || tags.split(',').any(|tag| tag.trim().trim_start_matches("W/") == package.etag)
    });
    if same || have.have.as_deref() == Some(package.version.as_str()) {
        return answer(StatusCode::NOT_MODIFIED, &package, None, Vec::new(), None);
    }
    // A range is of the package: who goes on with one is not helped by a delta.
    let delta = have
        .have
        .filter(|_| !headers.contains_key(header::RANGE))
        .and_then(|have| delta(folder, &provider, &have, &package));
    if let Some((delta, bytes, signature)) =
        delta.and_then(|delta| delta.read().ok().map(|(bytes, signature)| (delta, bytes, signature)))
    {
        return answer(StatusCode::OK, &delta, Some(&signature), bytes, None);
    }
    let (bytes, signature) = package.read().map_err(|_| missing())?;
    let (total, signature) = (bytes.len(), Some(signature.as_str()));
    let stale = text(header::IF_RANGE).is_some_and(|tag| tag != package.etag);
    match text(header::RANGE).filter(|_| !stale).and_then(|range| wanted(range, total)) {
        None => answer(StatusCode::OK, &package, signature, bytes, None),
        Some(Err(())) => Ok(Response::builder()
            .status(StatusCode::RANGE_NOT_SATISFIABLE)
            .header(header::CONTENT_RANGE, format!("bytes */{total}"))
            .body(Body::empty())
            .unwrap_or_default()),
        Some(Ok((first, last))) => {
            let part = bytes[first..=last].to_vec();
            answer(
                StatusCode::PARTIAL_CONTENT,
                &package,
                signature,
                part,
                Some(format!("bytes {first}-{last}/{total}")),
            )
        }
    }
}

fn read(digests: &Digests, folder: &FilePath, provider: &str) -> anyhow::Result<Package> {
    let file = folder.join(format!("{provider}.rkvcat"));
    let digest = digests.of(&file)?;
    let version = match std::fs::read(folder.join(format!("{provider}.json"))) {
        Ok(side) => serde_json::from_slice::<Side>(&side)?.version,
        // Without a side file the content names its own version.
        Err(_) => digest[..16].to_owned(),
    };
    Ok(Package { file, version, etag: format!("\"{digest}\""), kind: PACKAGE })
}

/// `<provider>.<version>.rkvcat` with its signature, for offices that cannot wait for the day of the newest.
fn earlier(digests: &Digests, folder: &FilePath, provider: &str, version: &str) -> Option<Package> {
    let file = is_version(version).then(|| folder.join(format!("{provider}.{version}.rkvcat")))?;
    let etag = format!("\"{}\"", digests.of(&file).ok()?);
    Some(Package { file, version: version.to_owned(), etag, kind: PACKAGE })
}

impl Package {
    /// The file and its signature as they lie, the signature in base64.
    fn read(&self) -> std::io::Result<(Vec<u8>, String)> {
        let mut signature = self.file.clone().into_os_string();
        signature.push(".minisig");
        Ok((std::fs::read(&self.file)?, STANDARD.encode(std::fs::read(signature)?)))
    }
}

impl Digests {
    fn of(&self, file: &FilePath) -> std::io::Result<String> {
        let about = std::fs::metadata(file)?;
        let (written, length) = (about.modified()?, about.len());
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, long, digest)) = known.get(file)
            && (*at, *long) == (written, length)
        {
            return Ok(digest.clone());
        }
        let digest: String = Sha256::digest(std::fs::read(file)?).iter().map(|byte| format!("{byte:02x}")).collect();
        known.insert(file.to_owned(), (written, length, digest.clone()));
        Ok(digest)
    }
}

/// Nothing else may be part of a file's name here.
fn is_version(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

/// `<provider>.<have>-<current>.rkvdelta` with its signature. Its tag is the package's, since who has applied it has what the
/// package has (as RFC 3229 does with instances).
fn delta(folder: &FilePath, provider: &str, have: &str, package: &Package) -> Option<Package> {
    if !is_version(have) || !is_version(&package.version) {
        return None;
    }
    let file = folder.join(format!("{provider}.{have}-{}.rkvdelta", package.version));
    Some(Package { file, version: package.version.clone(), etag: package.etag.clone(), kind: DELTA })
}

/// The single range asked for; nothing when the header is another unit or several ranges, which may be answered whole.
fn wanted(range: &str, total: usize) -> Option<Result<(usize, usize), ()>> {
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    let end = total.checked_sub(1);
    Some(match (first.trim().parse::<usize>(), last.trim().parse::<usize>(), end) {
        (_, _, None) => Err(()),
        (Ok(first), _, Some(end)) if first > end => Err(()),
        (Ok(first), Ok(last), Some(end)) if last >= first => Ok((first, last.min(end))),
        (Ok(first), Err(_), Some(end)) if last.trim().is_empty() => Ok((first, end)),
        (Err(_), Ok(length), Some(end)) if first.trim().is_empty() && length > 0 => {
            Ok((total.saturating_sub(length), end))
        }
        _ => return None,
    })
}

fn answer(
    status: StatusCode,
    package: &Package,
    signature: Option<&str>,
    bytes: Vec<u8>,
    range: Option<String>,
) -> Result<Response<Body>, Problem> {
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = status;
    let mut put = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    };
    put("etag", &package.etag);
    put("catalogue-version", &package.version);
    if status != StatusCode::NOT_MODIFIED {
        put("content-type", package.kind);
        put("catalogue-signature", signature.unwrap_or_default());
        if package.kind == PACKAGE {
            put("accept-ranges", "bytes");
        }
    }
    if let Some(range) = range {
        put("content-range", &range);
    }
    Ok(response)
}
