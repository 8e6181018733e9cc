//! Catalogues over a real line that fails in every way, from a USB stick, and from day to day.

use std::fs;
use std::time::Duration;

use jiff::SignedDuration;
use requisition::catalogue::delta::Delta;
use requisition::catalogue::model::Catalogue;
use requisition::catalogue::search::Usage;
use requisition::transport::{
    Answer as LineAnswer, CatalogueAnswer, CatalogueRequest, EventPage, HttpGateway, LeaseAnswer, LeaseRequest,
    ReceiptPage, Submission, Transport, Trouble,
};

use super::*;
use crate::controller::refresh::{Fault, take_what_is_due};
use crate::panels::DialogWords;
use crate::views::{CatalogueStanding, CatalogueStatus};

const BALSAM: &str = "balsam-lab";

#[tokio::test(flavor = "multi_thread")]
async fn a_download_that_is_cut_goes_on_from_there_after_a_restart_and_is_whole() {
    let site = Site::new().await;
    let catalogue = site.publish("2027.1.1", |_| {});
    let office = Office::open(BALSAM);
    let line = site.line();
    site.misbehave(|fault| fault.slow_drip_ms = 1);
    // Eight bytes a millisecond, and patience for half a second: the line is cut again and again.
    let impatient = HttpGateway::with_patience(&site.hospital.url(), None, Duration::from_millis(50)).unwrap();
    assert!(office.here().refresh(&line, &impatient).await.is_err());
    let begun = office.here().shelf.cache().download(BALSAM).unwrap().unwrap().bytes.len();
    assert!(begun > 0);
    assert_eq!(office.status().problem.as_deref(), Some("no_answer"));
    let after_a_restart = office.reopened();
    assert_eq!(after_a_restart.cache().download(BALSAM).unwrap().unwrap().bytes.len(), begun);
    drop(after_a_restart);
    site.misbehave(|_| {});
    let recording = Recording::new(&site);
    done(office.here().refresh(&line, &recording).await);
    let asked = recording.asked();
    assert_eq!(asked.iter().map(|request| request.from).collect::<Vec<_>>(), [Some(begun as u64)]);
    assert_eq!(office.here().shelf.catalogue(BALSAM).unwrap().catalogue(), &catalogue);
    assert_eq!(office.here().shelf.cache().download(BALSAM).unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn when_another_package_lies_there_meanwhile_all_of_that_one_is_fetched() {
    let site = Site::new().await;
    site.publish("2027.1.1", |_| {});
    let office = Office::open(BALSAM);
    site.misbehave(|fault| fault.slow_drip_ms = 1);
    let impatient = HttpGateway::with_patience(&site.hospital.url(), None, Duration::from_millis(50)).unwrap();
    assert!(office.here().refresh(&site.line(), &impatient).await.is_err());
    site.misbehave(|_| {});
    let newer = site.publish("2027.1.2", |_| {});
    done(office.here().refresh(&site.line(), &site.gateway()).await);
    assert_eq!(office.here().shelf.catalogue(BALSAM).unwrap().catalogue(), &newer);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_beginning_that_does_not_fit_its_rest_is_given_up_and_fetched_anew() {
    let site = Site::new().await;
    let catalogue = site.publish("2027.1.1", |_| {});
    let office = Office::open(BALSAM);
    let tag = match site.gateway().fetch_catalogue(&whole()).await.unwrap() {
        CatalogueAnswer::Package(package) => package.etag.unwrap(),
        other => panic!("{other:?}"),
    };
    let spoilt = requisition::catalogue::cache::Download {
        etag: tag,
        version: None,
        signature: None,
        bytes: b"these bytes came out of a broken disk".to_vec(),
    };
    office.here().shelf.cache().keep_download(BALSAM, Some(&spoilt)).unwrap();
    done(office.here().refresh(&site.line(), &site.gateway()).await);
    assert_eq!(office.here().shelf.catalogue(BALSAM).unwrap().catalogue(), &catalogue);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_resets_or_answers_nonsense_leaves_the_catalogue_in_use() {
    let site = Site::new().await;
    let catalogue = site.publish("2027.1.1", |_| {});
    let office = Office::open(BALSAM);
    let before = office.status().version;
    for fault in ["reset", "garbage", "lost", "refused", "down"] {
        site.misbehave(|behaviour| match fault {
            "reset" => behaviour.reset_mid_body = 1,
            "garbage" => behaviour.garbage_body = 2,
            "lost" => behaviour.lose_answer = 1,
            "refused" => behaviour.refuse = Some(hospital::Refusal { status: 403, times: Some(1), retry_after: None }),
            _ => behaviour.down = true,
        });
        let outcome = office.here().refresh(&site.line(), &site.gateway()).await;
        assert!(matches!(outcome, Err(Fault::Line(_))), "{fault}");
        let status = office.status();
        assert_eq!(status.version, before, "{fault}");
        assert!(status.problem.is_some(), "{fault}");
    }
    site.misbehave(|_| {});
    done(office.here().refresh(&site.line(), &site.gateway()).await);
    assert_eq!(office.here().shelf.catalogue(BALSAM).unwrap().catalogue(), &catalogue);
    assert_eq!(office.status().problem, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_package_of_another_key_is_told_of_also_with_the_line_down_until_a_right_one_comes() {
    let site = Site::new().await;
    let office = Office::open(BALSAM);
    let today = office.status().version;
    let catalogue = site.publish("2027.1.1", |next| Arc::make_mut(&mut next.services[0]).withdrawn = true);
    let (package, signature) = (site.path("balsam-lab.rkvcat"), site.path("balsam-lab.rkvcat.minisig"));
    let (stranger, _) = package::keygen().unwrap();
    let right = fs::read(&signature).unwrap();
    let wrong = package::sign(&fs::read(package).unwrap(), &stranger, None, &catalogue).unwrap();
    fs::write(&signature, wrong).unwrap();
    assert!(matches!(office.here().refresh(&site.line(), &site.gateway()).await, Err(Fault::Package(_))));
    let told = |status: CatalogueStatus| (status.version, status.problem, status.refused);
    let refused = Some("bad_signature".to_owned());
    assert_eq!(told(office.status()), (today.clone(), Some("catalogueRefused".into()), refused.clone()));
    office.here().shelf.line_failed(BALSAM, &requisition::transport::Trouble::Unreachable);
    assert_eq!(told(office.status()), (today, Some("unreachable".into()), refused), "the line says nothing of it");

    fs::write(&signature, right).unwrap();
    done(office.here().refresh(&site.line(), &site.gateway()).await);
    assert_eq!(told(office.status()), (Some("2027.1.1".into()), None, None));
    assert_eq!(office.status().services, 5, "one of the six can no longer be ordered");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_differs_is_fetched_and_gives_what_the_package_gives() {
    let site = Site::new().await;
    let first = site.publish("2027.1.1", |_| {});
    let office = Office::open(BALSAM);
    done(office.here().refresh(&site.line(), &site.gateway()).await);
    let second = site.publish("2027.1.2", |catalogue| {
        Arc::make_mut(&mut catalogue.services[1]).name = "Et helt nytt navn".into();
    });
    site.offer_delta(&first, &second);
    let recording = Recording::new(&site);
    done(office.here().refresh(&site.line(), &recording).await);
    assert_eq!(recording.asked()[0].have.as_deref(), Some("2027.1.1"));
    assert_eq!(recording.kinds(), ["delta"]);
    assert_eq!(office.here().shelf.catalogue(BALSAM).unwrap().catalogue(), &second);
    let found = office.here().shelf.in_use();
    assert!(found.contents.is_worked_out(), "nobody waits for the tree");
    let hits = found.engine.search("helt nytt navn", &Usage::default(), 5).hits;
    assert_eq!(hits.first().map(|hit| hit.name), Some("Et helt nytt navn"));
    let recording = Recording::new(&site);
    done(office.here().refresh(&site.line(), &recording).await);
    assert_eq!(recording.kinds(), ["not modified"]);
    assert_eq!(office.reopened().catalogue(BALSAM).unwrap().catalogue(), &second);
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_wrong_with_a_delta_the_whole_package_is_fetched_instead() {
    let site = Site::new().await;
    let first = site.publish("2027.1.1", |_| {});
    let office = Office::open(BALSAM);
    done(office.here().refresh(&site.line(), &site.gateway()).await);
    let second = site.publish("2027.1.2", |catalogue| catalogue.provider.limits.clinical_text = 111);
    let delta = site.offer_delta(&first, &second);
    let mut tampered = fs::read(&delta).unwrap();
    let middle = tampered.len() / 2;
    tampered[middle] ^= 1;
    fs::write(&delta, tampered).unwrap();
    let recording = Recording::new(&site);
    done(office.here().refresh(&site.line(), &recording).await);
    assert_eq!(recording.kinds(), ["delta", "package"]);
    assert_eq!(office.here().shelf.catalogue(BALSAM).unwrap().catalogue(), &second);
    assert_eq!(office.status().problem, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_screen_says_when_it_was_checked_even_when_nothing_is_new() {
    let site = Site::new().await;
    site.publish("2027.1.1", |_| {});
    let office = Office::open(BALSAM);
    done(office.here().refresh(&site.line(), &site.gateway()).await);
    let long_ago = now().timestamp() - SignedDuration::from_hours(24 * 365);
    office.here().shelf.cache().checked(BALSAM, long_ago).unwrap();
    let status = office.status();
    assert!(status.stale, "older than the provider allows");
    assert_eq!(status.checked, Some(long_ago.to_string()));
    let recording = Recording::new(&site);
    let before = now().timestamp();
    done(office.here().refresh(&site.line(), &recording).await);
    assert_eq!(recording.kinds(), ["not modified"]);
    let status = office.status();
    let checked: jiff::Timestamp = status.checked.unwrap().parse().unwrap();
    assert!(checked >= before && checked <= now().timestamp());
    assert_eq!((status.stale, status.version.as_deref()), (false, Some("2027.1.1")));
    assert_eq!(status.valid_from.as_deref(), Some("2026-01-01"));
    // A line that fails is no check.
    site.misbehave(|fault| fault.down = true);
    assert!(office.here().refresh(&site.line(), &site.gateway()).await.is_err());
    assert_eq!(office.status().checked, Some(checked.to_string()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_made_under_a_clock_that_was_wrong_says_nothing_and_the_next_one_puts_it_right() {
    let site = Site::new().await;
    site.publish("2027.1.1", |_| {});
    let office = Office::open(BALSAM);
    done(office.here().refresh(&site.line(), &site.gateway()).await);
    let years_ahead = now().timestamp() + SignedDuration::from_hours(24 * 1_000);
    office.here().shelf.cache().checked(BALSAM, years_ahead).unwrap();
    let status = office.status();
    assert_eq!((status.checked, status.stale), (None, true), "else nothing would ever be out of date");
    done(office.here().refresh(&site.line(), &site.gateway()).await);
    assert!(!office.status().stale);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_catalogue_of_a_later_day_is_fetched_and_told_of_and_todays_stays_in_use() {
    let site = Site::new().await;
    let office = Office::open(BALSAM);
    let today = office.status().version;
    let tomorrow = now().date().tomorrow().unwrap();
    site.publish("2099.1.1", |catalogue| catalogue.valid_from = tomorrow.to_string());
    done(office.here().refresh(&site.line(), &site.gateway()).await);
    let status = office.status();
    assert_eq!(status.version, today);
    let coming = status.coming.unwrap();
    assert_eq!((coming.version.as_str(), coming.valid_from), ("2099.1.1", tomorrow.to_string()));
    let recording = Recording::new(&site);
    done(office.here().refresh(&site.line(), &recording).await);
    assert_eq!(recording.kinds(), ["not modified"], "it is not fetched again and again");
    take_what_is_due(&office.here()).await;
    assert_eq!(office.status().version, today, "its day has not come");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_office_that_is_offered_only_a_later_day_gets_the_version_before_it_or_is_told_from_when() {
    let site = Site::new().await;
    let tomorrow = now().date().tomorrow().unwrap().to_string();
    let first = site.publish("2027.1.1", |_| {});
    for ending in ["rkvcat", "rkvcat.minisig"] {
        fs::copy(site.path(&format!("{BALSAM}.{ending}")), site.path(&format!("aside.{ending}"))).unwrap();
    }
    let later = |catalogue: &mut Catalogue| {
        catalogue.valid_from = tomorrow.clone();
        catalogue.previous = Some("2027.1.1".into());
    };
    site.publish("2027.1.2", later);
    let office = Office::with_nothing(BALSAM);
    done(office.here().refresh(&site.line(), &site.gateway()).await);
    let status = office.status();
    assert_eq!((status.version, status.problem), (None, None));
    assert_eq!(status.name, first.provider.name, "it says what it is called");
    assert_eq!(status.coming.map(|coming| coming.valid_from), Some(tomorrow.clone()));
    assert!(!office.here().to_set_up().unwrap().contains(&"provider".to_owned()), "nobody is held up in the guide");

    // The provider lays the version before it beside, and the next look finds it.
    for ending in ["rkvcat", "rkvcat.minisig"] {
        fs::rename(site.path(&format!("aside.{ending}")), site.path(&format!("{BALSAM}.2027.1.1.{ending}"))).unwrap();
    }
    let recording = Recording::new(&site);
    done(office.here().refresh(&site.line(), &recording).await);
    assert_eq!(recording.kinds(), ["not modified", "package"]);
    let status = office.status();
    assert_eq!(status.version.as_deref(), Some("2027.1.1"));
    assert_eq!(status.coming.map(|coming| coming.version).as_deref(), Some("2027.1.2"));
    assert_eq!(office.here().shelf.catalogue(BALSAM).unwrap().catalogue(), &first);
    let recording = Recording::new(&site);
    done(office.here().refresh(&site.line(), &recording).await);
    assert_eq!(recording.kinds(), ["not modified"], "neither is fetched again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_package_from_a_stick_is_taken_without_a_line_and_so_is_what_changed_since() {
    let site = Site::new().await;
    let first = site.publish("2027.1.1", |_| {});
    let office = Office::open(BALSAM);
    let stick = site.path(&format!("{BALSAM}.rkvcat"));
    *office.desktop.file.lock().unwrap() = Some(stick.clone());
    let words = || DialogWords { title: "Les katalog".into(), kind: "Katalog".into() };
    let taken = office.controller.choose_catalogue(words()).await.unwrap().unwrap();
    assert_eq!((taken.version.as_str(), taken.standing), ("2027.1.1", CatalogueStanding::InUse));
    let again = office.controller.import_catalogue(stick.display().to_string()).await.unwrap();
    assert_eq!(again.standing, CatalogueStanding::Same);
    let second = site.publish("2027.1.2", |catalogue| catalogue.provider.limits.clinical_text = 222);
    let delta = site.offer_delta(&first, &second);
    // Both files are dropped, as a person marks them.
    let signature = PathBuf::from(format!("{}.minisig", delta.display()));
    let taken = office.controller.import_catalogues(&[signature, delta]).await.unwrap();
    assert_eq!(taken.iter().map(|one| one.version.as_str()).collect::<Vec<_>>(), ["2027.1.2"]);
    assert_eq!(office.here().shelf.catalogue(BALSAM).unwrap().catalogue(), &second);
    *office.desktop.file.lock().unwrap() = None;
    assert!(office.controller.choose_catalogue(words()).await.unwrap().is_none(), "nobody chose a file");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_refused_says_why_and_how_to_go_on() {
    let site = Site::new().await;
    let first = site.publish("2027.1.1", |_| {});
    let office = Office::open(BALSAM);
    let before = office.status().version;
    let refused = async |path: &Path| {
        let error = office.controller.import_catalogue(path.display().to_string()).await.unwrap_err();
        (error.code, error.params.get("reason").cloned().unwrap_or_default(), error.params)
    };
    let stick = site.path(&format!("{BALSAM}.rkvcat"));
    let signature = site.path(&format!("{BALSAM}.rkvcat.minisig"));
    let (code, ..) = refused(&site.path("borte.rkvcat")).await;
    assert_eq!(code, ErrorCode::FileRefused);
    let bytes = fs::read(&stick).unwrap();
    fs::write(&stick, &bytes[..bytes.len() - 3]).unwrap();
    assert_eq!(refused(&stick).await.1, "truncated");
    fs::write(&stick, [&bytes[..40], b"x", &bytes[41..]].concat()).unwrap();
    assert_eq!(refused(&stick).await.1, "bad_signature");
    fs::write(&stick, &bytes).unwrap();
    let kept = fs::read(&signature).unwrap();
    fs::remove_file(&signature).unwrap();
    assert_eq!(refused(&stick).await.1, "no_signature");
    let (stranger, _) = package::keygen().unwrap();
    fs::write(&signature, package::sign(&bytes, &stranger, None, &first).unwrap()).unwrap();
    let (_, reason, params) = refused(&stick).await;
    assert_eq!((reason.as_str(), params["key"].len()), ("unknown_key", 16));
    fs::write(&signature, kept).unwrap();
    let other = site.publish_as("nabo", "2027.1.1", |catalogue| catalogue.provider.id = "nabo".into());
    let (_, reason, params) = refused(&site.path("nabo.rkvcat")).await;
    assert_eq!((reason.as_str(), params["provider"].as_str()), ("provider_not_set_up", other.provider.id.as_str()));
    let second = site.publish("2027.1.2", |_| {});
    assert_eq!(refused(&site.offer_delta(&first, &second)).await.1, "wrong_base");
    site.publish("2020.1.1", |_| {});
    assert_eq!(refused(&stick).await.1, "rollback");
    site.publish("2027.1.1", |catalogue| {
        catalogue.rules[0].condition = "services.all(a, services.all(b, services.all(c, a == b)))".into();
    });
    assert_eq!(refused(&stick).await.1, "condition");
    assert_eq!(office.status().version, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_providers_that_come_at_the_same_time_are_both_in_use() {
    let site = Site::new().await;
    let office = Office::open(BALSAM);
    let neighbours = ["nabo-en", "nabo-to", "nabo-tre"];
    let mut lines = Vec::new();
    for name in neighbours {
        site.publish_as(name, "2027.1.1", |catalogue| catalogue.provider.id = name.into());
        let line = Connection { provider: name.into(), ..site.line() };
        office.here().shelf.pin(&line).unwrap();
        office.here().keep_connection(line.clone()).unwrap();
        lines.push(line);
    }
    let mut looking = tokio::task::JoinSet::new();
    for line in lines {
        let (here, gateway) = (office.here(), site.gateway());
        looking.spawn(async move { done(here.refresh(&line, &gateway).await) });
    }
    while let Some(looked) = looking.join_next().await {
        looked.unwrap();
    }
    let found = office.here().shelf.in_use();
    for name in neighbours {
        assert!(found.by_id.contains_key(name), "{name}");
    }
    assert!(found.by_id.contains_key(BALSAM));
}

fn done(outcome: Result<(), Fault>) {
    match outcome {
        Ok(()) => {}
        Err(Fault::Line(trouble)) => panic!("{trouble}"),
        Err(Fault::Package(error)) => panic!("{error:?}"),
    }
}

fn whole() -> CatalogueRequest {
    CatalogueRequest { provider: BALSAM.into(), ..CatalogueRequest::default() }
}

impl Office {
    fn here(&self) -> Arc<Workplace> {
        self.controller.here().unwrap()
    }

    fn status(&self) -> CatalogueStatus {
        self.here().catalogue_statuses().unwrap().into_iter().find(|status| status.provider == BALSAM).unwrap()
    }

    /// The shelf as it is after a restart.
    fn reopened(&self) -> Shelf {
        Shelf::open(&self._dir.path().join("catalogue.sqlite"), &self.here().store).unwrap()
    }
}

/// A hospital that serves a folder of catalogues signed with the demo key.
struct Site {
    folder: TempDir,
    hospital: hospital::Hospital,
}

impl Site {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = hospital::Options { catalogues: Some(folder.path().into()), ..hospital::Options::default() };
        Self { hospital: hospital::start(options).await.unwrap(), folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn gateway(&self) -> HttpGateway {
        HttpGateway::new(&self.hospital.url(), None).unwrap()
    }

    /// The line as it is kept; its address is dead, so that nothing but the test asks the hospital.
    fn line(&self) -> Connection {
        let (gateway, public_key) = ("http://127.0.0.1:9".to_owned(), DEMO_KEY.trim().to_owned());
        Connection { provider: BALSAM.into(), gateway, public_key, token: String::new() }
    }

    fn misbehave(&self, how: impl FnOnce(&mut hospital::Behaviour)) {
        let mut behaviour = hospital::Behaviour { scope: hospital::Scope::Everything, ..Default::default() };
        how(&mut behaviour);
        self.hospital.set_behaviour(behaviour);
    }

    fn publish(&self, version: &str, change: impl FnOnce(&mut Catalogue)) -> Catalogue {
        self.publish_as(BALSAM, version, change)
    }

    /// A short catalogue, so that compressing it takes no time.
    fn publish_as(&self, name: &str, version: &str, change: impl FnOnce(&mut Catalogue)) -> Catalogue {
        let top = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut catalogue = authoring::build(&top.join("catalog-data").join(BALSAM)).unwrap();
        catalogue.services.truncate(6);
        catalogue.panels.clear();
        catalogue.version = version.into();
        catalogue.valid_from = "2026-01-01".into();
        change(&mut catalogue);
        let bytes = package::pack(&catalogue).unwrap();
        let signature = package::sign(&bytes, &key(), None, &catalogue).unwrap();
        fs::write(self.path(&format!("{name}.rkvcat")), bytes).unwrap();
        fs::write(self.path(&format!("{name}.rkvcat.minisig")), signature).unwrap();
        fs::write(self.path(&format!("{name}.json")), format!(r#"{{"version": "{version}"}}"#)).unwrap();
        catalogue
    }

    fn offer_delta(&self, old: &Catalogue, new: &Catalogue) -> PathBuf {
        let delta = Delta::between(old, new).unwrap();
        let bytes = delta.pack().unwrap();
        let path = self.path(&format!("{BALSAM}.{}-{}.rkvdelta", old.version, new.version));
        fs::write(format!("{}.minisig", path.display()), delta.sign(&bytes, &key(), None).unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }
}

fn key() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hospital/keys/demo.key")).unwrap()
}

/// A line that remembers what it was asked for catalogues and what came.
struct Recording {
    line: HttpGateway,
    asked: Mutex<Vec<(CatalogueRequest, &'static str)>>,
}

impl Recording {
    fn new(site: &Site) -> Self {
        Self { line: site.gateway(), asked: Mutex::new(Vec::new()) }
    }

    fn asked(&self) -> Vec<CatalogueRequest> {
        self.asked.lock().unwrap().iter().map(|(request, _)| request.clone()).collect()
    }

    fn kinds(&self) -> Vec<&'static str> {
        self.asked.lock().unwrap().iter().map(|(_, kind)| *kind).collect()
    }
}

impl Transport for Recording {
    fn submit<'a>(&'a self, submission: &'a Submission) -> LineAnswer<'a, requisition::outbox::Outcome> {
        self.line.submit(submission)
    }

    fn fetch_receipts<'a>(
        &'a self,
        after: Option<&'a str>,
        wait: Duration,
    ) -> LineAnswer<'a, Result<ReceiptPage, Trouble>> {
        self.line.fetch_receipts(after, wait)
    }

    fn fetch_events<'a>(&'a self, after: Option<&'a str>) -> LineAnswer<'a, Result<EventPage, Trouble>> {
        self.line.fetch_events(after)
    }

    fn fetch_catalogue<'a>(
        &'a self,
        request: &'a CatalogueRequest,
    ) -> LineAnswer<'a, Result<CatalogueAnswer, Trouble>> {
        Box::pin(async move {
            let answer = self.line.fetch_catalogue(request).await;
            let kind = match &answer {
                Ok(CatalogueAnswer::NotModified) => "not modified",
                Ok(CatalogueAnswer::Package(_)) => "package",
                Ok(CatalogueAnswer::Delta(_)) => "delta",
                Ok(CatalogueAnswer::Cut(_)) => "cut",
                Err(_) => "nothing",
            };
            self.asked.lock().unwrap().push((request.clone(), kind));
            answer
        })
    }

    fn lease_numbers<'a>(&'a self, request: &'a LeaseRequest) -> LineAnswer<'a, Result<LeaseAnswer, Trouble>> {
        self.line.lease_numbers(request)
    }

    fn health(&self) -> LineAnswer<'_, Result<(), Trouble>> {
        self.line.health()
    }
}
