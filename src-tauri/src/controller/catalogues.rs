//! The catalogues in use: read from the cache at start, searched in memory, renewed in the background.
//!
//! A package is verified against the pinned key before one byte of it is trusted, by the core. Whatever is wrong with a new
//! one, the one in use stays in use, and the screens say since when.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use requisition::catalogue::cache::{Arrival, Cache, CacheError, InstallError, Kept, News};
use requisition::catalogue::diff::Diff;
use requisition::catalogue::model::{Catalogue, Indexed};
use requisition::catalogue::package;
use requisition::catalogue::search::{Engine, Touched};
use requisition::composing::Catalogues;
use requisition::store::Store;
use requisition::transport::{Transport, Trouble};

use super::contents::Contents;
use super::line::gateway;
use super::refresh::Fault;
use super::settings::{Connection, DEMO_KEY, connections};
use super::{Answer, Controller, Workplace, now};
use crate::error::{CommandError, ErrorCode};
use crate::events::Topic;
use crate::forms::ConnectionForm;
use crate::views::{AppView, CatalogueStatus, ComingCatalogue, ConnectionTest, SettingsView};

/// How far ahead of the clock a check may lie before it counts as made under a wrong clock.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_hours(24);
/// How often an arrival is looked at again because another one was quicker.
const MOST_OVERTAKEN: u32 = 3;

/// What a file with a catalogue in it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum File {
    /// The whole catalogue.
    Package,
    /// What leads to it from the version in use.
    Delta,
}

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
    problems: Mutex<BTreeMap<String, Missed>>,
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
        let mut cache = opened.cache;
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
                problems.insert(one.provider.clone(), Missed::refused(&self::refusal(&refusal)));
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

    /// A catalogue is here that applies from a later day.
    ///
    /// # Errors
    /// When the cache cannot be read.
    pub(super) fn expects_one(&self) -> Answer<bool> {
        let known = self.cache().providers().map_err(|error| cache_error(&error))?;
        Ok(known.iter().any(|provider| provider.waiting.is_some()))
    }

    /// What a provider calls itself, whether its catalogue is in use or waits for its day; its id before either.
    pub(super) fn name(&self, provider: &str) -> Answer<String> {
        if let Some(found) = self.catalogue(provider) {
            return Ok(found.catalogue().provider.name.clone());
        }
        let announced = self.cache().announced(provider).map_err(|error| cache_error(&error))?;
        Ok(announced.map_or_else(|| provider.to_owned(), |announced| announced.name))
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

    pub(super) fn cache(&self) -> MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn problems(&self) -> MutexGuard<'_, BTreeMap<String, Missed>> {
        self.problems.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Pins a provider's key, which its packages are checked against.
    pub(super) fn pin(&self, line: &Connection) -> Result<(), InstallError> {
        self.cache().pin(&line.provider, &line.public_key)
    }

    /// Verifies what arrived, keeps it and takes it into use, or puts it by until its day. Looking at it and building the
    /// index happen beside what is in use, with no lock held.
    ///
    /// # Errors
    /// When it is refused or the cache cannot be written; what is in use stays.
    pub(super) fn take_in(&self, provider: &str, file: File, arrival: &Arrival) -> Result<Kept, InstallError> {
        let mut overtaken = 0;
        loop {
            let base = self.cache().base(provider)?;
            let checked = match file {
                File::Package => base.check(arrival.clone())?,
                File::Delta => base.check_delta(arrival.clone())?,
            };
            // Apart from the match, or the cache would stay locked while the index is built.
            let kept = self.cache().keep(&base, checked, &now());
            match kept {
                Ok(Kept::InUse(installed)) => {
                    self.take_into_use(provider, Some(&installed.diff));
                    return Ok(Kept::InUse(installed));
                }
                // Another one of this provider was quicker: seen beside that one, this may be refused.
                Err(InstallError::Overtaken) if overtaken < MOST_OVERTAKEN => overtaken += 1,
                other => return other,
            }
        }
    }

    #[cfg(test)]
    pub(super) fn install_signed(
        &self,
        provider: &str,
        bytes: &[u8],
        signature: &str,
        etag: Option<&str>,
    ) -> Answer<String> {
        let arrival = Arrival { bytes: bytes.to_vec(), signature: signature.to_owned(), etag: etag.map(str::to_owned) };
        self.take_in(provider, File::Package, &arrival).map_err(|error| install_error(&error))?;
        Ok(self.catalogue(provider).map(|found| found.catalogue().version.clone()).unwrap_or_default())
    }

    /// Builds what the screens use anew with what the cache has of a provider now, and swaps it in. Where another provider
    /// was swapped in meanwhile, it is built again upon that.
    fn take_into_use(&self, provider: &str, diff: Option<&Diff>) {
        loop {
            let before = self.in_use();
            let mut by_id = before.by_id.clone();
            let newest = self.cache().in_use(provider);
            match newest {
                Some(catalogue) => by_id.insert(provider.to_owned(), catalogue),
                None => by_id.remove(provider),
            };
            let new = Arc::new(before.renewed(by_id, provider, diff));
            new.contents.work_out(&new.by_id);
            let mut in_use = self.in_use.write().unwrap_or_else(PoisonError::into_inner);
            if Arc::ptr_eq(&in_use, &before) {
                *in_use = new;
                drop(in_use);
                *self.kept_news() = None;
                return;
            }
        }
    }

    /// Nothing came. A package that was refused before is still the provider's newest.
    pub(super) fn line_failed(&self, provider: &str, trouble: &Trouble) {
        let mut problems = self.problems();
        let refused = problems.remove(provider).and_then(|missed| missed.refused);
        problems.insert(provider.to_owned(), Missed { problem: trouble_code(trouble).to_owned(), refused });
    }

    fn forget(&self, provider: &str) -> Answer<()> {
        self.cache().forget(provider).map_err(|error| cache_error(&error))?;
        self.take_into_use(provider, None);
        self.problems().remove(provider);
        Ok(())
    }
}

impl InUse {
    /// The next one. Where `diff` leads from what is in use here to what is to be, the search is renewed by it.
    fn renewed(&self, by_id: BTreeMap<String, Arc<Indexed>>, provider: &str, diff: Option<&Diff>) -> Self {
        let version = |of: &BTreeMap<String, Arc<Indexed>>| of.get(provider).map(|one| one.catalogue().version.clone());
        let touched = diff
            .filter(|diff| diff.from == version(&self.by_id) && Some(&diff.to) == version(&by_id).as_ref())
            .and_then(Diff::touched);
        let Some((services, panels)) = touched else { return Self::of(by_id) };
        let all: Vec<Arc<Indexed>> = by_id.values().cloned().collect();
        let engine = self.engine.renewed(&all, &Touched { provider, services: &services, panels: &panels });
        Self { engine, catalogues: Catalogues::new(all), contents: Contents::default(), by_id }
    }

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
            if !test.ok && here.shelf.is_empty() {
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
            self.shelf.line_failed(&line.provider, &trouble);
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

    /// What the strip and the handbook say of each catalogue.
    pub(super) fn catalogue_statuses(&self) -> Answer<Vec<CatalogueStatus>> {
        let cached = self.shelf.cache().providers().map_err(|error| cache_error(&error))?;
        let problems = self.shelf.problems().clone();
        let (today, latest) = (now().date(), now().timestamp() + CLOCK_TOLERANCE);
        let in_use = self.shelf.in_use();
        let statuses = connections(&self.store)?.into_iter().map(|line| {
            let kept = cached.iter().find(|known| known.id == line.provider);
            let found = in_use.by_id.get(&line.provider).map(|found| found.catalogue());
            // A check in days to come was made while the clock was wrong: it says nothing.
            let checked = kept.and_then(|known| known.last_checked).filter(|at| *at <= latest);
            let renewed = checked.map(|at| at.to_zoned(now().time_zone().clone()).date());
            Ok(CatalogueStatus {
                name: self.shelf.name(&line.provider)?,
                version: found.map(|found| found.version.clone()),
                valid_from: found.map(|found| found.valid_from.clone()),
                checked: checked.map(|at| at.to_string()),
                stale: found.is_some_and(|found| is_stale(renewed, today, found.provider.stale_after_days)),
                demo: found.is_some_and(|found| found.provider.demo),
                services: found.map_or(0, offered),
                problem: problems.get(&line.provider).map(|missed| missed.problem.clone()),
                refused: problems.get(&line.provider).and_then(|missed| missed.refused.clone()),
                coming: kept
                    .and_then(|known| known.waiting.clone())
                    .map(|waiting| ComingCatalogue { version: waiting.version, valid_from: waiting.valid_from }),
                provider: line.provider,
            })
        });
        statuses.collect()
    }
}

/// How many services can be ordered, which is what the tree counts.
fn offered(catalogue: &Catalogue) -> u32 {
    let offered = catalogue.services.iter().filter(|service| !service.withdrawn).count();
    u32::try_from(offered).unwrap_or(u32::MAX)
}

/// Why the last look for a newer catalogue gave nothing.
#[derive(Clone, Debug)]
pub(super) struct Missed {
    problem: String,
    refused: Option<String>,
}

impl Missed {
    /// Something came, and is not used.
    pub(super) fn refused(error: &CommandError) -> Self {
        let reason = error.params.get("reason").cloned().unwrap_or_default();
        Self { problem: "catalogueRefused".to_owned(), refused: Some(reason) }
    }
}

fn is_stale(renewed: Option<Date>, today: Date, after_days: u32) -> bool {
    let days = |since: Date| today.since(since).map(|span| span.get_days()).unwrap_or(i32::MAX);
    renewed.is_none_or(|since| i64::from(days(since)) > i64::from(after_days))
}

fn test_failed(trouble: &Trouble, catalogue: Option<String>) -> ConnectionTest {
    let detail = match trouble {
        Trouble::Refused { detail, .. } => detail.as_ref().map(|words| words.expose().to_owned()),
        Trouble::Unreachable
        | Trouble::NotTrusted
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
        Trouble::NotTrusted => "not_trusted",
        Trouble::NoAnswer => "no_answer",
        Trouble::NotLetIn { .. } => "not_let_in",
        Trouble::TryLater { .. } => "try_later",
        Trouble::Refused { .. } => "refused",
        Trouble::Broken { .. } => "broken_answer",
    }
}

pub(super) fn cache_error(error: &CacheError) -> CommandError {
    CommandError::caused(ErrorCode::FileRefused, error)
}

pub(super) fn refusal(error: &package::Refusal) -> CommandError {
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
        R::WrongBase { .. } => "wrong_base",
        R::WrongResult { .. } => "wrong_result",
        R::NotYet { .. } => "not_yet",
        R::Condition { .. } => "condition",
        R::Malformed(_) => "malformed",
    }
}

pub(super) fn install_error(error: &InstallError) -> CommandError {
    match error {
        InstallError::UnknownProvider(_) => {
            CommandError::caused(ErrorCode::CatalogueRefused, error).with("reason", "provider_not_set_up")
        }
        InstallError::Refused(reason) => refusal(reason),
        InstallError::Overtaken => CommandError::new(ErrorCode::Stale),
        InstallError::Cache(cache) => cache_error(cache),
    }
}
