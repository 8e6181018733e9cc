//! Newer catalogues, fetched in the background: several providers side by side, and never in anybody's way.
//!
//! No lock is held over a download, over looking at what came, or over building an index. A delta is asked for where one
//! helps, and whatever is wrong with it, the whole package is asked for instead. What a cut line left is kept and gone on
//! from. A version of a later day is kept and taken into use on its day.

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use requisition::catalogue::cache::{Arrival, Download, InstallError};
use requisition::catalogue::package::LARGEST_PACKAGE;
use requisition::transport::{CatalogueAnswer, CataloguePackage, CatalogueRequest, Transport, Trouble};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::catalogues::{File, Missed, cache_error, install_error};
use super::line::gateway;
use super::settings::{Connection, connections};
use super::{Workplace, now};
use crate::error::CommandError;
use crate::events::Topic;

/// Between two looks for a newer catalogue, give or take [`SPREAD`].
const REFRESH_EVERY: Duration = Duration::from_secs(30 * 60);
/// After a look that failed, doubled with each that follows, up to [`REFRESH_EVERY`].
const AGAIN_AFTER: Duration = Duration::from_secs(2 * 60);
/// Part of the time by which looks are spread, so that two thousand offices do not ask at once.
const SPREAD: f64 = 0.15;
/// Between two looks at the calendar and at who is due.
const TICK: Duration = Duration::from_secs(30);

/// What keeps a new catalogue from being taken.
pub(super) enum Fault {
    Line(Trouble),
    Package(CommandError),
}

impl Workplace {
    /// Fetches and installs a newer catalogue, where there is one, and notes why where that failed.
    pub(super) async fn refresh(&self, line: &Connection, transport: &dyn Transport) -> Result<(), Fault> {
        let outcome = self.fetch(&line.provider, transport).await;
        match &outcome {
            Ok(()) => drop(self.shelf.problems().remove(&line.provider)),
            Err(Fault::Line(trouble)) => self.shelf.line_failed(&line.provider, trouble),
            Err(Fault::Package(error)) => {
                self.shelf.problems().insert(line.provider.clone(), Missed::refused(error));
            }
        }
        self.desktop.changed(&[Topic::Catalogue]);
        outcome
    }

    async fn fetch(&self, provider: &str, transport: &dyn Transport) -> Result<(), Fault> {
        let (base, begun) = {
            let mut cache = self.shelf.cache();
            (cache.base(provider).map_err(not_taken)?, cache.download(provider).map_err(not_kept)?)
        };
        let mut request = match &begun {
            Some(begun) => CatalogueRequest {
                etag: Some(begun.etag.clone()),
                from: Some(begun.bytes.len() as u64),
                ..whole(provider)
            },
            None => CatalogueRequest {
                have: base.wants_delta_from().map(str::to_owned),
                etag: base.etag().map(str::to_owned),
                ..whole(provider)
            },
        };
        let plain = request.from.is_none() && request.have.is_none() && request.etag.is_none();
        let first = self.ask(&request, begun, transport).await;
        let outcome = match first {
            // What was kept or offered does not fit: all of it, from the beginning.
            Err(again) if again.from_the_beginning && !plain => {
                self.shelf.cache().keep_download(provider, None).map_err(not_kept)?;
                request = whole(provider);
                self.ask(&request, None, transport).await
            }
            other => other,
        };
        outcome.map_err(|failed| failed.fault)?;
        self.bridge(provider, transport).await?;
        self.shelf.cache().checked(provider, now().timestamp()).map_err(not_kept)
    }

    /// Where all there is applies from a later day, asks for the version before it, so that there is something to order from
    /// until then. A provider that no longer offers that one has done nothing wrong.
    async fn bridge(&self, provider: &str, transport: &dyn Transport) -> Result<(), Fault> {
        let base = self.shelf.cache().base(provider).map_err(not_taken)?;
        let Some(version) = base.meanwhile() else { return Ok(()) };
        let request = CatalogueRequest {
            version: Some(version.to_string()),
            // A gateway that knows nothing of versions offers the newest, which is here.
            etag: base.etag().map(str::to_owned),
            ..whole(provider)
        };
        match self.ask(&request, None, transport).await {
            Err(Failed { fault: Fault::Line(Trouble::Refused { status: 404, .. }), .. }) => Ok(()),
            other => other.map_err(|failed| failed.fault),
        }
    }

    async fn ask(
        &self,
        request: &CatalogueRequest,
        begun: Option<Download>,
        transport: &dyn Transport,
    ) -> Result<(), Failed> {
        let provider = &request.provider;
        match transport.fetch_catalogue(request).await {
            Ok(CatalogueAnswer::NotModified) if request.from.is_some() => {
                Err(Failed { from_the_beginning: true, fault: Fault::Line(Trouble::Broken { status: Some(304) }) })
            }
            Ok(CatalogueAnswer::NotModified) => Ok(()),
            Ok(CatalogueAnswer::Package(package)) => {
                let spliced = package.from > 0;
                let package = joined(begun, package);
                self.take_in(provider, File::Package, package)
                    .await
                    .map_err(|fault| Failed { from_the_beginning: spliced, fault })
            }
            Ok(CatalogueAnswer::Delta(package)) => {
                self.take_in(provider, File::Delta, package).await.map_err(|fault| {
                    tracing::warn!(%provider, "a catalogue delta does not fit; the whole package is fetched");
                    Failed { from_the_beginning: true, fault }
                })
            }
            Ok(CatalogueAnswer::Cut(package)) => {
                let part = joined(begun, package);
                let kept = part.etag.filter(|_| part.bytes.len() <= LARGEST_PACKAGE).map(|etag| Download {
                    etag,
                    version: part.version,
                    signature: part.signature,
                    bytes: part.bytes,
                });
                self.shelf.cache().keep_download(provider, kept.as_ref()).map_err(not_kept)?;
                Err(Fault::Line(Trouble::NoAnswer).into())
            }
            Err(trouble) => {
                let unfitting = matches!(trouble, Trouble::Refused { status: 416, .. } | Trouble::Broken { .. });
                Err(Failed { from_the_beginning: unfitting && request.from.is_some(), fault: Fault::Line(trouble) })
            }
        }
    }

    /// Looks at what came, away from the tasks that answer the window.
    async fn take_in(&self, provider: &str, file: File, package: CataloguePackage) -> Result<(), Fault> {
        let signature = package.signature.as_deref().unwrap_or_default();
        let signature = STANDARD.decode(signature).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let arrival = Arrival { bytes: package.bytes, signature: signature.unwrap_or_default(), etag: package.etag };
        let (shelf, provider) = (Arc::clone(&self.shelf), provider.to_owned());
        let taken = tokio::task::spawn_blocking(move || shelf.take_in(&provider, file, &arrival)).await;
        match taken {
            Ok(taken) => taken.map(|_| ()).map_err(not_taken),
            Err(error) => Err(Fault::Package(CommandError::internal(&error))),
        }
    }
}

/// A question that did not give a catalogue.
struct Failed {
    fault: Fault,
    /// Asking for the whole package may help.
    from_the_beginning: bool,
}

impl From<Fault> for Failed {
    fn from(fault: Fault) -> Self {
        Self { fault, from_the_beginning: false }
    }
}

fn whole(provider: &str) -> CatalogueRequest {
    CatalogueRequest { provider: provider.to_owned(), ..CatalogueRequest::default() }
}

/// The beginning that was kept with the rest that came; what came alone where it is all of it.
fn joined(begun: Option<Download>, mut package: CataloguePackage) -> CataloguePackage {
    let Some(begun) = begun.filter(|begun| package.from == begun.bytes.len() as u64) else { return package };
    let rest = std::mem::replace(&mut package.bytes, begun.bytes);
    package.bytes.extend_from_slice(&rest);
    package.from = 0;
    package.signature = package.signature.or(begun.signature);
    package.etag = package.etag.or(Some(begun.etag));
    package.version = package.version.or(begun.version);
    package
}

fn not_taken(error: InstallError) -> Fault {
    Fault::Package(install_error(&error))
}

fn not_kept(error: requisition::catalogue::cache::CacheError) -> Fault {
    Fault::Package(cache_error(&error))
}

/// Looks for newer catalogues for as long as the store is open, each provider by its own clock.
pub(super) async fn keep_fresh(workplace: Weak<Workplace>) {
    let mut schedule = Schedule::default();
    let mut looking = JoinSet::new();
    if let Some(shelf) = workplace.upgrade().map(|here| Arc::clone(&here.shelf)) {
        // What was in use before the start: the first letter typed must not wait for it.
        tokio::task::spawn_blocking(move || {
            let in_use = shelf.in_use();
            in_use.contents.work_out(&in_use.by_id);
        });
    }
    loop {
        let Some(here) = workplace.upgrade() else { return };
        take_what_is_due(&here).await;
        let lines = connections(&here.store).unwrap_or_default();
        for line in schedule.due(lines, Instant::now()) {
            looking.spawn(look(Arc::clone(&here), line));
        }
        drop(here);
        tokio::select! {
            Some(Ok((provider, well))) = looking.join_next() => {
                schedule.ended(&provider, well, Instant::now(), chance());
            }
            () = tokio::time::sleep(TICK) => {}
        }
    }
}

/// Looks once; answers whose look it was, and whether the provider answered well.
async fn look(here: Arc<Workplace>, line: Connection) -> (String, bool) {
    let Ok(transport) = gateway(&line) else { return (line.provider, false) };
    let looked = here.refresh(&line, &transport).await;
    if let Err(Fault::Package(error)) = &looked {
        tracing::warn!(provider = %line.provider, reference = %error.reference, "a new catalogue is refused");
    }
    if let Err(error) = here.enrol(&line, &transport).await {
        tracing::warn!(reference = %error.reference, "the station could not be kept");
    }
    (line.provider, looked.is_ok())
}

/// Takes versions into use whose day has come.
pub(super) async fn take_what_is_due(here: &Arc<Workplace>) {
    let due = here.shelf.cache().due(now().date()).unwrap_or_default();
    for (provider, arrival) in due {
        let shelf = Arc::clone(&here.shelf);
        let taken = tokio::task::spawn_blocking(move || {
            let taken = shelf.take_in(&provider, File::Package, &arrival);
            if let Err(InstallError::Refused(refusal)) = &taken {
                tracing::warn!(%provider, %refusal, "a version that waited for its day is not taken");
                // It would be tried again for ever; the provider is asked for it anew.
                let _ = shelf.cache().drop_waiting(&provider);
            }
        });
        if taken.await.is_ok() {
            here.desktop.changed(&[Topic::Catalogue]);
        }
    }
}

/// When each provider is asked next. Counted from the start of the machine: setting its clock changes nothing.
#[derive(Default)]
struct Schedule(BTreeMap<String, Turn>);

struct Turn {
    /// None while somebody is asking.
    at: Option<Instant>,
    failures: u32,
}

impl Schedule {
    /// The lines to ask now; each is asked by one at a time.
    fn due(&mut self, lines: Vec<Connection>, now: Instant) -> Vec<Connection> {
        self.0.retain(|provider, turn| turn.at.is_none() || lines.iter().any(|line| line.provider == *provider));
        let mut due = lines;
        due.retain(|line| match self.0.get_mut(&line.provider) {
            Some(Turn { at: None, .. }) => false,
            Some(turn) => turn.at.take_if(|at| *at <= now).is_some(),
            None => {
                self.0.insert(line.provider.clone(), Turn { at: None, failures: 0 });
                true
            }
        });
        due
    }

    /// A look has ended; `chance` is between 0 and 1.
    fn ended(&mut self, provider: &str, well: bool, now: Instant, chance: f64) {
        let Some(turn) = self.0.get_mut(provider) else { return };
        turn.failures = if well { 0 } else { turn.failures + 1 };
        let wait = match turn.failures {
            0 => REFRESH_EVERY,
            failures => REFRESH_EVERY.min(AGAIN_AFTER * 2_u32.pow((failures - 1).min(8))),
        };
        turn.at = Some(now + wait.mul_f64(1.0 + SPREAD * (2.0 * chance - 1.0)));
    }
}

/// A number between 0 and 1; the middle where the system gives no randomness.
fn chance() -> f64 {
    getrandom::u32().map_or(0.5, |number| f64::from(number) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(provider: &str) -> Connection {
        Connection {
            provider: provider.into(),
            gateway: String::new(),
            public_key: String::new(),
            token: String::new(),
        }
    }

    #[test]
    fn providers_are_asked_side_by_side_each_by_one_at_a_time_and_spread() {
        let lines = || vec![line("balsam-lab"), line("furumo")];
        let names = |due: Vec<Connection>| due.into_iter().map(|line| line.provider).collect::<Vec<_>>();
        let (mut schedule, start) = (Schedule::default(), Instant::now());
        assert_eq!(names(schedule.due(lines(), start)), ["balsam-lab", "furumo"], "at once after the start");
        assert!(schedule.due(lines(), start + REFRESH_EVERY * 3).is_empty(), "while they are being asked");
        schedule.ended("furumo", true, start, 0.0);
        schedule.ended("balsam-lab", true, start, 1.0);
        assert_eq!(names(schedule.due(lines(), start + REFRESH_EVERY)), ["furumo"]);
        assert_eq!(names(schedule.due(lines(), start + REFRESH_EVERY * 2)), ["balsam-lab"]);
    }

    #[test]
    fn a_line_that_fails_is_asked_again_soon_and_then_more_and_more_seldom() {
        let (mut schedule, start) = (Schedule::default(), Instant::now());
        let mut waits = Vec::new();
        for _ in 0..7 {
            schedule.due(vec![line("furumo")], start + REFRESH_EVERY * 10);
            schedule.ended("furumo", false, start, 0.5);
            waits.push(schedule.0["furumo"].at.unwrap().duration_since(start).as_secs() / 60);
        }
        assert_eq!(waits, [2, 4, 8, 16, 30, 30, 30]);
        schedule.due(vec![line("furumo")], start + REFRESH_EVERY * 10);
        schedule.ended("furumo", true, start, 0.5);
        assert_eq!(schedule.0["furumo"].failures, 0);
    }
}
