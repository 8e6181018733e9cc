//! The catalogues in use: read from the cache at start, searched in memory, renewed in the background.
//!
//! A package is verified against the pinned key before one byte of it is trusted, by the core. Whatever is wrong with a new
//! one, the one in use stays in use, and the screens say since when.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, Weak};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jiff::civil::Date;
use requisition::catalogue::cache::{Cache, CacheError, InstallError, News};
use requisition::catalogue::model::Indexed;
use requisition::catalogue::package;
use requisition::catalogue::search::Engine;
use requisition::composing::Catalogues;
use requisition::store::Store;
use requisition::transport::{CatalogueAnswer, CataloguePackage, CatalogueRequest, Transport, Trouble};

use super::contents::Contents;
use super::line::gateway;
use super::settings::{Connection, DEMO_KEY, connections};
use super::{Answer, Controller, Workplace, now};
use crate::error::{CommandError, ErrorCode};
use crate::events::Topic;
use crate::forms::ConnectionForm;
use crate::views::{AppView, CatalogueStatus, ConnectionTest, SettingsView};

/// Between two looks for newer catalogues.
const REFRESH_EVERY: Duration = Duration::from_secs(30 * 60);
/// A package file larger than this is none.
const LARGEST_FILE: u64 = 64 << 20;

/// The catalogues as one consistent whole; replaced, never changed.
pub struct InUse {
    /// For composing.
    pub catalogues: Catalogues,
    /// For searching.
    pub engine: Engine,
    /// By provider id.
    pub by_id: BTreeMap<String, Arc<Indexed>>,
    /// For browsing.
    pub contents: Contents,
}

/// The cache, and what of it is in use.
pub struct Shelf {
    cache: Mutex<Cache>,
    in_use: RwLock<Arc<InUse>>,
    /// Why a provider's last refresh gave nothing: an error code.
    problems: Mutex<BTreeMap<String, String>>,
    /// The updates that are kept, read from the cache when they are first asked for after a change.
    news: Mutex<Option<Arc<Vec<News>>>>,
}

impl Shelf {
    /// Opens the cache and takes what is verified in it into use.
    ///
    /// # Errors
    /// When the cache can neither be read nor made anew.
    pub fn open(path: &Path, store: &Store) -> Answer<Self> {
        let opened = Cache::open(path).map_err(|error| cache_error(&error))?;
        if opened.set_aside.is_some() {
            tracing::warn!("the catalogue cache was damaged and is made anew");
        }
        let cache = opened.cache;
        for connection in connections(store)? {
            // A damaged cache forgets the keys; the settings do not.
            cache.pin(&connection.provider, &connection.public_key).map_err(|error| install_error(&error))?;
        }
        let mut problems = BTreeMap::new();
        let loaded = cache.load().map_err(|error| cache_error(&error))?;
        let mut by_id = BTreeMap::new();
        for one in loaded {
            if let Some(refusal) = one.refusal {
                tracing::warn!(provider = %one.provider, %refusal, "a kept package is not trusted");
                problems.insert(one.provider.clone(), "catalogueRefused".to_owned());
            }
            if let Some(catalogue) = one.catalogue {
                by_id.insert(one.provider, catalogue);
            }
        }
        let in_use = RwLock::new(Arc::new(InUse::of(by_id)));
        Ok(Self { cache: Mutex::new(cache), in_use, problems: Mutex::new(problems), news: Mutex::new(None) })
    }

    /// What is in use now; stays as it is while it is held.
    pub fn in_use(&self) -> Arc<InUse> {
        Arc::clone(&self.in_use.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// One provider's catalogue.
    pub fn catalogue(&self, provider: &str) -> Option<Arc<Indexed>> {
        self.in_use().by_id.get(provider).cloned()
    }

    /// Names of the providers, by id.
    pub fn names(&self) -> BTreeMap<String, String> {
        let name = |found: &Arc<Indexed>| found.catalogue().provider.name.clone();
        self.in_use().by_id.iter().map(|(id, found)| (id.clone(), name(found))).collect()
    }

    /// Nothing can be ordered yet.
    pub fn is_empty(&self) -> bool {
        self.in_use().by_id.is_empty()
    }

    /// What the last updates changed, newest first.
    ///
    /// # Errors
    /// When the cache cannot be read.
    pub fn news(&self) -> Answer<Arc<Vec<News>>> {
        let mut kept = self.kept_news();
        if let Some(news) = &*kept {
            return Ok(Arc::clone(news));
        }
        let news = Arc::new(self.cache().news(None).map_err(|error| cache_error(&error))?);
        *kept = Some(Arc::clone(&news));
        Ok(news)
    }

    /// Notes that somebody has read an update.
    ///
    /// # Errors
    /// When the cache cannot be written.
    pub fn mark_read(&self, id: i64, at: Timestamp) -> Answer<()> {
        self.cache().mark_seen(id, at).map_err(|error| cache_error(&error))?;
        *self.kept_news() = None;
        Ok(())
    }

    fn kept_news(&self) -> MutexGuard<'_, Option<Arc<Vec<News>>>> {
        self.news.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn cache(&self) -> MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn problems(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        self.problems.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Pins a provider's key, which its packages are checked against.
    pub(super) fn pin(&self, line: &Connection) -> Result<(), InstallError> {
        self.cache().pin(&line.provider, &line.public_key)
    }

    /// Verifies a package, keeps it and takes it into use. The index is built beside the one in use, then swapped.
    fn install(&self, provider: &str, package: &CataloguePackage) -> Answer<String> {
        let signature = package.signature.as_deref().unwrap_or_default();
        let signature =
            STANDARD.decode(signature).ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
        self.install_signed(provider, &package.bytes, &signature, package.etag.as_deref())
    }

    pub(super) fn install_signed(
        &self,
        provider: &str,
        bytes: &[u8],
        signature: &str,
        etag: Option<&str>,
    ) -> Answer<String> {
        let at = now().timestamp();
        let installed =
            self.cache().install(provider, bytes, signature, etag, at).map_err(|error| install_error(&error))?;
        let version = installed.catalogue.catalogue().version.clone();
        let mut by_id = self.in_use().by_id.clone();
        by_id.insert(provider.to_owned(), installed.catalogue);
        self.take_into_use(by_id);
        Ok(version)
    }

    fn take_into_use(&self, by_id: BTreeMap<String, Arc<Indexed>>) {
        let new = Arc::new(InUse::of(by_id));
        *self.in_use.write().unwrap_or_else(PoisonError::into_inner) = new;
        *self.kept_news() = None;
    }

    fn forget(&self, provider: &str) -> Answer<()> {
        self.cache().forget(provider).map_err(|error| cache_error(&error))?;
        let mut by_id = self.in_use().by_id.clone();
        by_id.remove(provider);
        self.take_into_use(by_id);
        self.problems().remove(provider);
        Ok(())
    }
}

impl InUse {
    fn of(by_id: BTreeMap<String, Arc<Indexed>>) -> Self {
        let all: Vec<Arc<Indexed>> = by_id.values().cloned().collect();
        Self { engine: Engine::build(&all), catalogues: Catalogues::new(all), contents: Contents::default(), by_id }
    }
}

impl Controller {
    /// Sets up the line to a provider and fetches its catalogue. The line is kept even when nobody answers yet.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidField`].
    pub async fn save_connection(&self, form: ConnectionForm) -> Answer<ConnectionTest> {
        let here = self.here()?;
        let line = here.connection_of(&form)?;
        gateway(&line)?;
        here.shelf.pin(&line).map_err(|_| super::settings::refused("public_key", "invalid"))?;
        here.keep_connection(line.clone())?;
        here.line.reconnect(&connections(&here.store)?);
        here.test(&line).await
    }

    /// Takes a provider off the list; its catalogue goes, its requisitions stay.
    ///
    /// # Errors
    /// When the store fails.
    pub fn remove_connection(&self, provider: String) -> Answer<SettingsView> {
        let here = self.here()?;
        if here.store.queue_summary()?.providers.iter().any(|queue| queue.provider == provider) {
            return Err(CommandError::new(ErrorCode::NotNow).with("reason", "queued"));
        }
        here.shelf.forget(&provider)?;
        let view = here.drop_connection(&provider)?;
        here.line.reconnect(&connections(&here.store)?);
        here.desktop.changed(&[Topic::Catalogue]);
        Ok(view)
    }

    /// Asks a provider's gateway whether it answers, and for a newer catalogue.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`]; a line that does not answer is an answer, not an error.
    pub async fn test_connection(&self, provider: String) -> Answer<ConnectionTest> {
        let here = self.here()?;
        let line = connections(&here.store)?
            .into_iter()
            .find(|line| line.provider == provider)
            .ok_or_else(|| CommandError::new(ErrorCode::NotFound))?;
        here.line.try_now();
        here.test(&line).await
    }

    /// Reads a catalogue package from a file, with its signature in the file of the same name and `.minisig`. The provider
    /// must be set up, since its key is what the package is checked against.
    ///
    /// # Errors
    /// [`ErrorCode::FileRefused`], [`ErrorCode::CatalogueRefused`] with the reason.
    pub async fn import_catalogue(&self, path: String) -> Answer<ConnectionTest> {
        let here = self.here()?;
        let read = |path: &Path| -> std::io::Result<Vec<u8>> {
            if std::fs::metadata(path)?.len() > LARGEST_FILE {
                return Err(std::io::Error::from(std::io::ErrorKind::FileTooLarge));
            }
            std::fs::read(path)
        };
        let unreadable = |error: &std::io::Error| CommandError::caused(ErrorCode::FileRefused, error);
        let bytes = read(Path::new(&path)).map_err(|error| unreadable(&error))?;
        let signature = read(Path::new(&format!("{path}.minisig"))).map_err(|error| unreadable(&error))?;
        let signature = String::from_utf8_lossy(&signature).into_owned();
        // Whose it says it is only chooses the key; the key then says whether that is true.
        let claims = package::read_unverified(&bytes).map_err(|error| refusal(&error))?;
        let version = here.shelf.install_signed(&claims.provider.id, &bytes, &signature, None)?;
        here.desktop.changed(&[Topic::Catalogue]);
        Ok(ConnectionTest { ok: true, code: None, detail: None, catalogue: Some(version) })
    }

    /// Fills in the demo office, its people and the demo hospital that was named at start.
    ///
    /// # Errors
    /// [`ErrorCode::NotNow`] where none was named, [`ErrorCode::LineDown`] where it does not answer.
    pub async fn use_demo(&self) -> Answer<AppView> {
        let address =
            self.args.demo.as_ref().ok_or_else(|| CommandError::new(ErrorCode::NotNow).with("reason", "no_demo"))?;
        let here = self.here()?;
        let demo = here.take_demo_office()?;
        for provider in demo.providers {
            let form = ConnectionForm {
                provider,
                gateway: address.to_string(),
                public_key: DEMO_KEY.trim().to_owned(),
                token: String::new(),
            };
            let test = self.save_connection(form).await?;
            if test.catalogue.is_none() && here.shelf.is_empty() {
                return Err(CommandError::new(ErrorCode::LineDown));
            }
        }
        self.app()
    }
}

impl Workplace {
    fn connection_of(&self, form: &ConnectionForm) -> Answer<Connection> {
        let provider = form.provider.trim().to_lowercase();
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if provider.is_empty() || !provider.chars().all(plain) {
            return Err(super::settings::refused("provider", if provider.is_empty() { "empty" } else { "invalid" }));
        }
        let kept = connections(&self.store)?.into_iter().find(|line| line.provider == provider);
        let token = match form.token.trim() {
            "" => kept.map(|line| line.token).unwrap_or_default(),
            new => new.to_owned(),
        };
        let gateway = form.gateway.trim().trim_end_matches('/').to_owned();
        Ok(Connection { provider, gateway, public_key: form.public_key.trim().to_owned(), token })
    }

    /// Asks for health, then for a newer catalogue, then for the station's numbers where there are none yet.
    async fn test(&self, line: &Connection) -> Answer<ConnectionTest> {
        let transport = gateway(line)?;
        if let Err(trouble) = transport.health().await {
            self.shelf.problems().insert(line.provider.clone(), trouble_code(&trouble).to_owned());
            return Ok(test_failed(&trouble, self.version(&line.provider)));
        }
        match self.refresh(line, &transport).await {
            Ok(()) => {}
            Err(Fault::Line(trouble)) => return Ok(test_failed(&trouble, self.version(&line.provider))),
            Err(Fault::Package(error)) => return Err(error),
        }
        self.enrol(line, &transport).await?;
        Ok(ConnectionTest { ok: true, code: None, detail: None, catalogue: self.version(&line.provider) })
    }

    fn version(&self, provider: &str) -> Option<String> {
        self.shelf.catalogue(provider).map(|found| found.catalogue().version.clone())
    }

    /// Fetches and installs a newer catalogue, where there is one.
    async fn refresh(&self, line: &Connection, transport: &dyn Transport) -> Result<(), Fault> {
        let etag = {
            let known = self.shelf.cache().providers().map_err(|error| Fault::Package(cache_error(&error)))?;
            known.into_iter().find(|known| known.id == line.provider).and_then(|known| known.etag)
        };
        // Without the catalogue itself there is nothing a tag could stand for.
        let have = self.version(&line.provider);
        let etag = etag.filter(|_| have.is_some());
        let request = CatalogueRequest { provider: line.provider.clone(), have: None, etag, from: None };
        let outcome = match transport.fetch_catalogue(&request).await {
            Ok(CatalogueAnswer::NotModified) => self
                .shelf
                .cache()
                .checked(&line.provider, now().timestamp())
                .map_err(|error| Fault::Package(cache_error(&error))),
            Ok(CatalogueAnswer::Package(package) | CatalogueAnswer::Delta(package)) => {
                self.shelf.install(&line.provider, &package).map(|_| ()).map_err(Fault::Package)
            }
            Err(trouble) => Err(Fault::Line(trouble)),
        };
        match &outcome {
            Ok(()) => self.shelf.problems().remove(&line.provider),
            Err(Fault::Line(trouble)) => {
                self.shelf.problems().insert(line.provider.clone(), trouble_code(trouble).to_owned())
            }
            Err(Fault::Package(_)) => {
                self.shelf.problems().insert(line.provider.clone(), "catalogueRefused".to_owned())
            }
        };
        self.desktop.changed(&[Topic::Catalogue]);
        outcome
    }

    /// What the strip and the handbook say of each catalogue.
    pub(super) fn catalogue_statuses(&self) -> Answer<Vec<CatalogueStatus>> {
        let cached = self.shelf.cache().providers().map_err(|error| cache_error(&error))?;
        let problems = self.shelf.problems().clone();
        let today = now().date();
        let in_use = self.shelf.in_use();
        let statuses = connections(&self.store)?.into_iter().map(|line| {
            let kept = cached.iter().find(|known| known.id == line.provider);
            let found = in_use.by_id.get(&line.provider).map(|found| found.catalogue());
            let checked = kept.and_then(|known| known.last_checked);
            let renewed = checked.map(|at| at.to_zoned(now().time_zone().clone()).date());
            CatalogueStatus {
                name: found.map_or_else(|| line.provider.clone(), |found| found.provider.name.clone()),
                version: found.map(|found| found.version.clone()),
                valid_from: found.map(|found| found.valid_from.clone()),
                checked: checked.map(|at| at.to_string()),
                stale: found.is_some_and(|found| is_stale(renewed, today, found.provider.stale_after_days)),
                demo: found.is_some_and(|found| found.provider.demo),
                services: found.map_or(0, |found| u32::try_from(found.services.len()).unwrap_or(u32::MAX)),
                problem: problems.get(&line.provider).cloned(),
                provider: line.provider,
            }
        });
        Ok(statuses.collect())
    }
}

/// Looks for newer catalogues for as long as the store is open.
pub(super) async fn keep_fresh(workplace: Weak<Workplace>) {
    loop {
        let Some(here) = workplace.upgrade() else { return };
        let lines = connections(&here.store).unwrap_or_default();
        for line in &lines {
            let Ok(transport) = gateway(line) else { continue };
            if let Err(Fault::Package(error)) = here.refresh(line, &transport).await {
                tracing::warn!(provider = %line.provider, reference = %error.reference, "a new catalogue is refused");
            }
            if let Err(error) = here.enrol(line, &transport).await {
                tracing::warn!(reference = %error.reference, "the station could not be kept");
            }
        }
        drop(here);
        tokio::time::sleep(REFRESH_EVERY).await;
    }
}

/// What keeps a new catalogue from being taken.
enum Fault {
    Line(Trouble),
    Package(CommandError),
}

fn is_stale(renewed: Option<Date>, today: Date, after_days: u32) -> bool {
    let days = |since: Date| today.since(since).map(|span| span.get_days()).unwrap_or(i32::MAX);
    renewed.is_none_or(|since| i64::from(days(since)) > i64::from(after_days))
}

fn test_failed(trouble: &Trouble, catalogue: Option<String>) -> ConnectionTest {
    let detail = match trouble {
        Trouble::Refused { detail, .. } => detail.as_ref().map(|words| words.expose().to_owned()),
        Trouble::Unreachable
        | Trouble::NoAnswer
        | Trouble::NotLetIn { .. }
        | Trouble::TryLater { .. }
        | Trouble::Broken { .. } => None,
    };
    ConnectionTest { ok: false, code: Some(trouble_code(trouble).to_owned()), detail, catalogue }
}

fn trouble_code(trouble: &Trouble) -> &'static str {
    match trouble {
        Trouble::Unreachable => "unreachable",
        Trouble::NoAnswer => "no_answer",
        Trouble::NotLetIn { .. } => "not_let_in",
        Trouble::TryLater { .. } => "try_later",
        Trouble::Refused { .. } => "refused",
        Trouble::Broken { .. } => "broken_answer",
    }
}

fn cache_error(error: &CacheError) -> CommandError {
    CommandError::caused(ErrorCode::FileRefused, error)
}

fn refusal(error: &package::Refusal) -> CommandError {
    CommandError::caused(ErrorCode::CatalogueRefused, error).with("reason", refusal_code(error))
}

fn refusal_code(refusal: &package::Refusal) -> &'static str {
    use package::Refusal as R;
    match refusal {
        R::UnreadableKey => "unreadable_key",
        R::UnreadableSignature => "unreadable_signature",
        R::BadSignature => "bad_signature",
        R::Truncated { .. } => "truncated",
        R::TooLarge => "too_large",
        R::FutureFormat { .. } => "future_format",
        R::WrongProvider { .. } => "wrong_provider",
        R::Rollback { .. } => "rollback",
        R::SameVersionOtherContent { .. } => "same_version_other_content",
        R::Malformed(_) => "malformed",
    }
}

fn install_error(error: &InstallError) -> CommandError {
    match error {
        InstallError::UnknownProvider(_) => {
            CommandError::caused(ErrorCode::CatalogueRefused, error).with("reason", "unknown_provider")
        }
        InstallError::Refused(reason) => refusal(reason),
        InstallError::Cache(cache) => cache_error(cache),
    }
}
