//! The cache as a workstation meets it: restarts, damaged files, packages that are not to be trusted.

use super::*;
use crate::catalogue::{
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

    fn package(&self, version: &str) -> (Vec<u8>, String, Catalogue) {
        let mut catalogue = balsam();
        catalogue.version = version.into();
        let bytes = pack(&catalogue).unwrap();
        let signature = sign(&bytes, &self.secret, None, &catalogue).unwrap();
        (bytes, signature, catalogue)
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
    let opened = Cache::open(&office.path()).unwrap();
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
    let installed = cache.install("balsam-lab", &new, &new_signature, None, NOW).unwrap();
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
        cache.install("balsam-lab", &bytes, &signature, None, NOW).unwrap();
    }
    let sql = "UPDATE package SET bytes = CAST(X'00' || substr(bytes, 2) AS BLOB) WHERE slot = 'current'";
    assert_eq!(cache.connection.execute(sql, []).unwrap(), 1);
    let loaded = cache.load().unwrap();
    assert_eq!(version(&loaded).as_deref(), Some("2026.11.2"));
    assert_eq!(loaded[0].refusal, Some(Refusal::BadSignature));
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
        cache.install("balsam-lab", &bytes, &signature, None, NOW).unwrap().diff
    };
    install(&mut cache, "2026.11.2", 1);
    assert_eq!(cache.news(None).unwrap(), [], "a first catalogue is no update");
    let diff = install(&mut cache, "2026.11.3", 2);
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
