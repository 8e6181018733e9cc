//! The cache as a workstation meets it: restarts, damaged files, packages that are not to be trusted.

use jiff::{Zoned, civil::date, tz::TimeZone};

use super::*;
use crate::catalogue::{
    delta::Delta,
    model::Catalogue,
    package::{keygen, pack, sign, tests::balsam},
};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

struct Office {
    dir: tempfile::TempDir,
    secret: String,
    public: String,
}

impl Office {
    fn new() -> Self {
        let (secret, public) = keygen().unwrap();
        Self { dir: tempfile::tempdir().unwrap(), secret, public }
    }

    fn path(&self) -> PathBuf {
        self.dir.path().join("catalogue.sqlite")
    }

    fn cache(&self) -> Cache {
        let cache = Cache::open(&self.path()).unwrap().cache;
        cache.pin("balsam-lab", &self.public).unwrap();
        cache
    }

    /// The package of a version with one service that tells it from the others, applying from a day.
    fn edition(&self, version: &str, valid_from: &str) -> (Arrival, Catalogue) {
        let mut catalogue = balsam();
        catalogue.version = version.into();
        catalogue.valid_from = valid_from.into();
        // Short, so that compressing many of them takes no time.
        catalogue.services.truncate(12);
        catalogue.panels.clear();
        Arc::make_mut(&mut catalogue.services[1]).name = format!("Prøve {version}");
        (self.signed(&catalogue), catalogue)
    }

    fn signed(&self, catalogue: &Catalogue) -> Arrival {
        let bytes = pack(catalogue).unwrap();
        let signature = sign(&bytes, &self.secret, None, catalogue).unwrap();
        Arrival { bytes, signature, etag: Some(format!("\"{}\"", catalogue.version)) }
    }

    fn delta(&self, old: &Catalogue, new: &Catalogue) -> Arrival {
        let delta = Delta::between(old, new).unwrap();
        let bytes = delta.pack().unwrap();
        let signature = delta.sign(&bytes, &self.secret, None).unwrap();
        Arrival { bytes, signature, etag: Some(format!("\"{}\"", new.version)) }
    }

    fn package(&self, version: &str) -> (Vec<u8>, String, Catalogue) {
        let mut catalogue = balsam();
        catalogue.version = version.into();
        catalogue.valid_from = "1970-01-01".into();
        let bytes = pack(&catalogue).unwrap();
        let signature = sign(&bytes, &self.secret, None, &catalogue).unwrap();
        (bytes, signature, catalogue)
    }
}

fn in_use(kept: Kept) -> Installed {
    match kept {
        Kept::InUse(installed) => installed,
        Kept::Same | Kept::Waiting(_) => panic!("{kept:?}"),
    }
}

fn version(loaded: &[Loaded]) -> Option<String> {
    loaded.first()?.catalogue.as_ref().map(|c| c.catalogue().version.clone())
}

#[test]
fn an_installed_catalogue_is_there_again_after_a_restart() {
    let office = Office::new();
    let (bytes, signature, catalogue) = office.package("2026.11.2");
    office.cache().install("balsam-lab", &bytes, &signature, Some("\"tag\""), NOW).unwrap();
    let mut opened = Cache::open(&office.path()).unwrap();
    assert_eq!(opened.set_aside, None);
    let loaded = opened.cache.load().unwrap();
    assert_eq!(loaded[0].catalogue.as_ref().unwrap().catalogue(), &catalogue);
    let provider = &opened.cache.providers().unwrap()[0];
    assert_eq!(provider.version.as_deref(), Some("2026.11.2"));
    assert_eq!((provider.etag.as_deref(), provider.last_checked), (Some("\"tag\""), Some(NOW)));
}

#[test]
fn an_older_package_played_again_leaves_the_one_in_use() {
    let office = Office::new();
    let mut cache = office.cache();
    let (old, old_signature, _) = office.package("2026.11.2");
    let (new, new_signature, _) = office.package("2026.11.10");
    cache.install("balsam-lab", &old, &old_signature, None, NOW).unwrap();
    let installed = in_use(cache.install("balsam-lab", &new, &new_signature, None, NOW).unwrap());
    assert_eq!(installed.diff.from.as_deref(), Some("2026.11.2"));
    let again = cache.install("balsam-lab", &old, &old_signature, None, NOW);
    assert!(matches!(again, Err(InstallError::Refused(Refusal::Rollback { .. }))), "{again:?}");
    assert_eq!(version(&cache.load().unwrap()).as_deref(), Some("2026.11.10"));
    cache.install("balsam-lab", &new, &new_signature, None, NOW).unwrap();
}

#[test]
fn a_package_changed_on_disk_gives_way_to_the_one_before() {
    let office = Office::new();
    let mut cache = office.cache();
    for version in ["2026.11.2", "2026.11.3"] {
        let (bytes, signature, _) = office.package(version);
        cache.install("balsam-lab", &bytes, &signature, Some("\"tag\""), NOW).unwrap();
    }
    let sql = "UPDATE package SET bytes = CAST(X'00' || substr(bytes, 2) AS BLOB) WHERE slot = 'current'";
    assert_eq!(cache.connection.execute(sql, []).unwrap(), 1);
    let loaded = cache.load().unwrap();
    assert_eq!(version(&loaded).as_deref(), Some("2026.11.2"));
    assert_eq!(loaded[0].refusal, Some(Refusal::BadSignature));
    assert_eq!(cache.base("balsam-lab").unwrap().etag(), None, "the tag stood for the one that was dropped");
    let (bytes, signature, _) = office.package("2026.11.3");
    cache.install("balsam-lab", &bytes, &signature, None, NOW).unwrap();
    assert_eq!(version(&cache.load().unwrap()).as_deref(), Some("2026.11.3"));
}

#[test]
fn a_damaged_file_is_set_aside_and_the_next_fetch_fills_an_empty_one() {
    let office = Office::new();
    std::fs::write(office.path(), b"this is not a database at all, but long enough to be looked at".repeat(40))
        .unwrap();
    let opened = Cache::open(&office.path()).unwrap();
    assert!(opened.set_aside.is_some_and(|aside| aside.exists()));
    assert_eq!(opened.cache.providers().unwrap(), []);
}

#[test]
fn a_package_for_a_provider_without_a_pinned_key_is_not_looked_at() {
    let office = Office::new();
    let (bytes, signature, _) = office.package("2026.11.2");
    let refused = office.cache().install("furumo", &bytes, &signature, None, NOW);
    assert!(matches!(refused, Err(InstallError::UnknownProvider(_))));
}

#[test]
fn what_an_update_changed_is_kept_until_somebody_has_seen_it_and_after() {
    let office = Office::new();
    let mut cache = office.cache();
    let install = |cache: &mut Cache, version: &str, retest_days: u32| {
        let (_, _, mut catalogue) = office.package(version);
        Arc::make_mut(&mut catalogue.services[0]).retest_days = Some(retest_days);
        let bytes = pack(&catalogue).unwrap();
        let signature = sign(&bytes, &office.secret, None, &catalogue).unwrap();
        match cache.install("balsam-lab", &bytes, &signature, None, NOW).unwrap() {
            Kept::InUse(installed) => Some(installed.diff),
            Kept::Same | Kept::Waiting(_) => None,
        }
    };
    install(&mut cache, "2026.11.2", 1);
    assert_eq!(cache.news(None).unwrap(), [], "a first catalogue is no update");
    let diff = install(&mut cache, "2026.11.3", 2).unwrap();
    install(&mut cache, "2026.11.3", 2);
    let news = cache.news(Some("balsam-lab")).unwrap();
    assert_eq!(news.len(), 1, "the same package again is no update");
    assert_eq!((&news[0].diff, news[0].installed_at, news[0].seen_at), (&diff, NOW, None));
    assert_eq!(news[0].diff.changes[0].fields, ["retest_days"]);
    let (first, later) = (NOW + jiff::SignedDuration::from_secs(1), NOW + jiff::SignedDuration::from_secs(2));
    cache.mark_seen(news[0].id, first).unwrap();
    cache.mark_seen(news[0].id, later).unwrap();
    drop(cache);
    let mut cache = office.cache();
    assert_eq!(cache.news(None).unwrap()[0].seen_at, Some(first));
    assert_eq!(cache.news(Some("furumo")).unwrap(), []);
    for version in 4..16 {
        install(&mut cache, &format!("2026.11.{version}"), version);
    }
    let to: Vec<String> = cache.news(None).unwrap().into_iter().map(|news| news.diff.to).collect();
    let expected: Vec<String> = (6..16).rev().map(|version| format!("2026.11.{version}")).collect();
    assert_eq!(to, expected, "the last ten, newest first");
    cache.forget("balsam-lab").unwrap();
    assert_eq!(cache.news(None).unwrap(), []);
}

#[test]
fn a_cache_of_another_layout_is_set_aside_and_filled_anew() {
    let office = Office::new();
    let (bytes, signature, _) = office.package("2026.11.2");
    let mut cache = office.cache();
    cache.install("balsam-lab", &bytes, &signature, None, NOW).unwrap();
    cache.connection.pragma_update(None, "user_version", LAYOUT - 1).unwrap();
    drop(cache);
    let opened = Cache::open(&office.path()).unwrap();
    assert!(opened.set_aside.is_some_and(|aside| aside.exists()));
    assert_eq!(opened.cache.providers().unwrap(), []);
}

fn on(year: i16, month: i8, day: i8) -> Zoned {
    date(year, month, day).to_zoned(TimeZone::UTC).unwrap()
}

fn keep(cache: &mut Cache, arrival: &Arrival, now: &Zoned) -> Result<Kept, InstallError> {
    let base = cache.base("balsam-lab")?;
    let checked = base.check(arrival.clone())?;
    cache.keep(&base, checked, now)
}

fn keep_delta(cache: &mut Cache, arrival: &Arrival, now: &Zoned) -> Result<Kept, InstallError> {
    let base = cache.base("balsam-lab")?;
    let checked = base.check_delta(arrival.clone())?;
    cache.keep(&base, checked, now)
}

#[test]
fn deltas_are_followed_again_after_a_restart_and_a_damaged_one_takes_only_what_came_after_it() {
    let office = Office::new();
    let mut cache = office.cache();
    let today = on(2026, 11, 26);
    let editions: Vec<_> = (2..6).map(|n| office.edition(&format!("2026.11.{n}"), "2026-01-01")).collect();
    keep(&mut cache, &editions[0].0, &today).unwrap();
    for pair in editions.windows(2) {
        let delta = office.delta(&pair[0].1, &pair[1].1);
        let installed = in_use(keep_delta(&mut cache, &delta, &today).unwrap());
        assert_eq!(installed.catalogue.catalogue(), &pair[1].1);
        assert_eq!(installed.diff.changes.len(), 1);
        let again = keep_delta(&mut cache, &delta, &today);
        assert!(matches!(again, Err(InstallError::Refused(Refusal::WrongBase { .. }))), "{again:?}");
    }
    assert_eq!(cache.news(None).unwrap().len(), 3);
    let mut cache = office.cache();
    let known = &cache.providers().unwrap()[0];
    assert_eq!((known.version.as_deref(), known.etag.as_deref()), (Some("2026.11.5"), Some("\"2026.11.5\"")));
    let loaded = cache.load().unwrap();
    assert_eq!(loaded[0].catalogue.as_ref().unwrap().catalogue(), &editions[3].1);
    let sql = "UPDATE delta SET bytes = CAST(X'00' || substr(bytes, 2) AS BLOB) WHERE step = 1";
    assert_eq!(cache.connection.execute(sql, []).unwrap(), 1);
    let loaded = cache.load().unwrap();
    assert_eq!(version(&loaded).as_deref(), Some("2026.11.3"));
    assert_eq!(loaded[0].refusal, Some(Refusal::BadSignature));
    assert_eq!(cache.base("balsam-lab").unwrap().etag(), None);
    keep_delta(&mut cache, &office.delta(&editions[1].1, &editions[3].1), &today).unwrap();
    assert_eq!(version(&office.cache().load().unwrap()).as_deref(), Some("2026.11.5"));
}

#[test]
fn when_deltas_have_gathered_the_whole_package_is_asked_for_and_takes_their_place() {
    let office = Office::new();
    let mut cache = office.cache();
    let today = on(2026, 11, 26);
    let editions: Vec<_> = (0..=MOST_DELTAS).map(|n| office.edition(&format!("2026.11.{n}"), "2026-01-01")).collect();
    keep(&mut cache, &editions[0].0, &today).unwrap();
    let mut followed = 0;
    // Their number is bounded, and so are their bytes beside those of the package.
    while cache.base("balsam-lab").unwrap().wants_delta_from() == Some(editions[followed].1.version.as_str()) {
        let delta = office.delta(&editions[followed].1, &editions[followed + 1].1);
        keep_delta(&mut cache, &delta, &today).unwrap();
        followed += 1;
    }
    assert!((2..=MOST_DELTAS as usize).contains(&followed), "{followed}");
    assert_eq!(cache.base("balsam-lab").unwrap().wants_delta_from(), None);
    let last = &editions[followed];
    assert!(matches!(keep(&mut cache, &last.0, &today).unwrap(), Kept::Same));
    assert_eq!(cache.base("balsam-lab").unwrap().wants_delta_from(), Some(last.1.version.as_str()));
    assert_eq!(office.cache().load().unwrap()[0].catalogue.as_ref().unwrap().catalogue(), &last.1);
}

#[test]
fn a_version_of_a_later_day_waits_for_it_and_todays_stays_in_use() {
    let office = Office::new();
    let mut cache = office.cache();
    let (now, later) = (office.edition("2026.11.2", "2026-11-20"), office.edition("2027.1.1", "2027-01-01"));
    keep(&mut cache, &now.0, &on(2026, 11, 26)).unwrap();
    let kept = keep(&mut cache, &later.0, &on(2026, 12, 31)).unwrap();
    let waiting = Waiting { version: "2027.1.1".into(), valid_from: "2027-01-01".into() };
    assert!(matches!(kept, Kept::Waiting(told) if told == waiting));
    let mut cache = office.cache();
    assert_eq!(version(&cache.load().unwrap()).as_deref(), Some("2026.11.2"));
    assert_eq!(cache.providers().unwrap()[0].waiting, Some(waiting));
    let base = cache.base("balsam-lab").unwrap();
    assert_eq!((base.etag(), base.wants_delta_from()), (Some("\"2027.1.1\""), None));
    assert_eq!(cache.news(None).unwrap(), [], "no news before the day");
    let between = office.edition("2026.11.3", "2026-11-20");
    let refused = keep(&mut cache, &between.0, &on(2026, 12, 31));
    assert!(matches!(refused, Err(InstallError::Refused(Refusal::Rollback { .. }))), "{refused:?}");
    assert_eq!(cache.due(date(2026, 12, 31)).unwrap(), []);
    let due = cache.due(date(2027, 1, 1)).unwrap();
    assert_eq!(due, [("balsam-lab".to_owned(), later.0)]);
    in_use(keep(&mut cache, &due[0].1, &on(2027, 1, 1)).unwrap());
    assert_eq!(cache.due(date(2027, 1, 1)).unwrap(), []);
    assert_eq!(cache.providers().unwrap()[0].waiting, None);
    assert_eq!(cache.news(None).unwrap().len(), 1);
    // The clock is set back: what is in use stays in use, and its package again is nothing new.
    assert!(matches!(keep(&mut cache, &due[0].1, &on(2020, 1, 1)).unwrap(), Kept::Same));
    assert_eq!(version(&office.cache().load().unwrap()).as_deref(), Some("2027.1.1"));
}

#[test]
fn an_office_that_begins_with_a_catalogue_of_a_later_day_may_use_the_one_before_it_until_then_and_no_other() {
    let office = Office::new();
    let mut cache = office.cache();
    let today = on(2026, 11, 26);
    let (_, mut later) = office.edition("2027.1.1", "2027-01-01");
    later.previous = Some("2026.11.2".into());
    assert!(matches!(keep(&mut cache, &office.signed(&later), &today).unwrap(), Kept::Waiting(_)));
    let mut cache = office.cache();
    let announced = cache.announced("balsam-lab").unwrap().unwrap();
    assert_eq!((announced.version.as_str(), announced.name), ("2027.1.1", later.provider.name.clone()));
    let base = cache.base("balsam-lab").unwrap();
    assert_eq!(base.meanwhile().map(ToString::to_string).as_deref(), Some("2026.11.2"));
    let older = keep(&mut cache, &office.edition("2026.11.1", "2026-11-01").0, &today);
    assert!(matches!(older, Err(InstallError::Refused(Refusal::Rollback { .. }))), "{older:?}");
    let waits_too = keep(&mut cache, &office.edition("2026.11.2", "2026-12-01").0, &today);
    assert!(matches!(waits_too, Err(InstallError::Refused(Refusal::NotYet { .. }))), "{waits_too:?}");

    in_use(keep(&mut cache, &office.edition("2026.11.2", "2026-11-20").0, &today).unwrap());
    let known = &cache.providers().unwrap()[0];
    assert_eq!(known.version.as_deref(), Some("2026.11.2"));
    assert_eq!(known.waiting.as_ref().map(|waiting| waiting.version.as_str()), Some("2027.1.1"), "still waits");
    let base = cache.base("balsam-lab").unwrap();
    assert_eq!((base.meanwhile(), base.etag()), (None, Some("\"2027.1.1\"")), "and is not fetched again");
    let due = cache.due(date(2027, 1, 1)).unwrap();
    in_use(keep(&mut cache, &due[0].1, &on(2027, 1, 1)).unwrap());
    assert_eq!(cache.news(None).unwrap()[0].diff.from.as_deref(), Some("2026.11.2"));
}

#[test]
fn a_delta_to_a_later_day_asks_for_the_package_instead() {
    let office = Office::new();
    let mut cache = office.cache();
    let (now, later) = (office.edition("2026.11.2", "2026-11-20"), office.edition("2027.1.1", "2027-01-01"));
    keep(&mut cache, &now.0, &on(2026, 11, 26)).unwrap();
    let refused = keep_delta(&mut cache, &office.delta(&now.1, &later.1), &on(2026, 11, 26));
    assert!(matches!(refused, Err(InstallError::Refused(Refusal::NotYet { .. }))), "{refused:?}");
}

#[test]
fn an_arrival_that_was_overtaken_is_looked_at_again() {
    let office = Office::new();
    let mut cache = office.cache();
    let today = on(2026, 11, 26);
    let (first, second) = (office.edition("2026.11.2", "2026-11-20"), office.edition("2026.11.3", "2026-11-20"));
    let base = cache.base("balsam-lab").unwrap();
    let slow = base.check(first.0).unwrap();
    keep(&mut cache, &second.0, &today).unwrap();
    assert!(matches!(cache.keep(&base, slow, &today), Err(InstallError::Overtaken)));
    assert_eq!(version(&cache.load().unwrap()).as_deref(), Some("2026.11.3"));
}

#[test]
fn the_beginning_of_a_package_is_still_there_after_a_restart_and_gone_with_the_package() {
    let office = Office::new();
    let cache = office.cache();
    let begun = Download { etag: "\"t\"".into(), version: None, signature: Some("s".into()), bytes: vec![1, 2, 3] };
    cache.keep_download("balsam-lab", Some(&begun)).unwrap();
    drop(cache);
    let mut cache = office.cache();
    assert_eq!(cache.download("balsam-lab").unwrap(), Some(begun));
    keep(&mut cache, &office.edition("2026.11.2", "2026-11-20").0, &on(2026, 11, 26)).unwrap();
    assert_eq!(cache.download("balsam-lab").unwrap(), None);
}
