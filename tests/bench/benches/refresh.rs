//! A catalogue of 10 000 services comes to an office: the whole package, and a delta of 100 services, both over HTTP from
//! the simulated hospital on loopback, verified, stored, and taken into use down to the search index. Both in one run, in
//! turns; the ratio is the figure.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Zoned;
use requisition::catalogue::authoring;
use requisition::catalogue::cache::{Arrival, Cache, Kept};
use requisition::catalogue::delta::Delta;
use requisition::catalogue::model::{Catalogue, Indexed};
use requisition::catalogue::package;
use requisition::catalogue::search::{Engine, Touched};
use requisition::composing::Catalogues;
use requisition::transport::{CatalogueAnswer, CatalogueRequest, HttpGateway, Transport};

const SERVICES: usize = 10_000;
const CHANGED: usize = 100;
const ROUNDS: usize = 15;

/// What stands between the download and the doctor who searches.
struct InUse {
    engine: Engine,
    all: Vec<Arc<Indexed>>,
}

#[tokio::main]
async fn main() {
    let site = Site::new();
    let options = hospital::Options { catalogues: Some(site.folder.path().into()), ..hospital::Options::default() };
    let hospital = hospital::start(options).await.expect("the hospital starts");
    let gateway = HttpGateway::new(&hospital.url(), None).expect("loopback");
    let (mut whole, mut delta) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        whole.push(site.refresh(&gateway, false).await);
        delta.push(site.refresh(&gateway, true).await);
    }
    println!(
        "{SERVICES} services, {} kB packed; {CHANGED} changed, {} kB delta; {ROUNDS} rounds in turns",
        site.sizes.0 / 1024,
        site.sizes.1 / 1024
    );
    let (whole, delta) = (told("whole package", whole), told("delta", delta));
    println!("a delta is {:.1} times cheaper", whole.as_secs_f64() / delta.as_secs_f64());
}

/// Prints the parts and the whole by their medians.
fn told(name: &str, rounds: Vec<[Duration; 4]>) -> Duration {
    let median = |of: &dyn Fn(&[Duration; 4]) -> Duration| {
        let mut all: Vec<Duration> = rounds.iter().map(of).collect();
        all.sort_unstable();
        all[all.len() / 2]
    };
    let total = median(&|parts| parts.iter().sum());
    let [download, verify, store, index] = [0, 1, 2, 3].map(|part| median(&move |parts: &[Duration; 4]| parts[part]));
    println!(
        "{name:>14}: {total:>9.2?} (download {download:.2?}, verify and read {verify:.2?}, store {store:.2?}, index {index:.2?})"
    );
    total
}

/// A hospital's folder with two versions, and the office's cache with the first.
struct Site {
    folder: tempfile::TempDir,
    public: String,
    first: (Vec<u8>, String),
    sizes: (usize, usize),
}

impl Site {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (secret, public) = package::keygen().expect("a key");
        let old = synthetic();
        let new = next(&old);
        let signed = |catalogue: &Catalogue| {
            let bytes = package::pack(catalogue).expect("packs");
            let signature = package::sign(&bytes, &secret, None, catalogue).expect("signs");
            (bytes, signature)
        };
        let (first, second) = (signed(&old), signed(&new));
        let delta = Delta::between(&old, &new).expect("a delta");
        let file = delta.pack().expect("packs");
        let signature = delta.sign(&file, &secret, None).expect("signs");
        let put = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).expect("writes");
        put("balsam-lab.rkvcat", &second.0);
        put("balsam-lab.rkvcat.minisig", second.1.as_bytes());
        put("balsam-lab.json", format!(r#"{{"version": "{}"}}"#, new.version).as_bytes());
        let name = format!("balsam-lab.{}-{}.rkvdelta", old.version, new.version);
        put(&name, &file);
        put(&format!("{name}.minisig"), signature.as_bytes());
        let sizes = (second.0.len(), file.len());
        Self { folder, public, first, sizes }
    }

    /// One refresh from the first version to the second, in its parts.
    async fn refresh(&self, gateway: &HttpGateway, by_delta: bool) -> [Duration; 4] {
        let place = tempfile::tempdir().expect("a folder");
        let mut cache = Cache::open(&place.path().join("catalogue.sqlite")).expect("a cache").cache;
        cache.pin("balsam-lab", &self.public).expect("pins");
        let now = Zoned::now();
        let kept = cache.install("balsam-lab", &self.first.0, &self.first.1, None, now.timestamp()).expect("installs");
        let Kept::InUse(installed) = kept else { panic!("not in use") };
        let before =
            InUse { engine: Engine::build(std::slice::from_ref(&installed.catalogue)), all: vec![installed.catalogue] };
        // Held since the office started; a version that is asked for again needs it too.
        let _ = before.all[0].content();

        let start = Instant::now();
        let base = cache.base("balsam-lab").expect("a base");
        let have = base.wants_delta_from().filter(|_| by_delta).map(str::to_owned);
        let request = CatalogueRequest { provider: "balsam-lab".into(), have, ..CatalogueRequest::default() };
        let answer = gateway.fetch_catalogue(&request).await.expect("an answer");
        let downloaded = Instant::now();
        let arrival = |package: requisition::transport::CataloguePackage| Arrival {
            signature: String::from_utf8(STANDARD.decode(package.signature.expect("signed")).expect("base64"))
                .expect("text"),
            bytes: package.bytes,
            etag: package.etag,
        };
        let checked = match answer {
            CatalogueAnswer::Package(package) if !by_delta => base.check(arrival(package)),
            CatalogueAnswer::Delta(delta) if by_delta => base.check_delta(arrival(delta)),
            other => panic!("{other:?}"),
        };
        let checked = checked.expect("is taken");
        let verified = Instant::now();
        let Kept::InUse(installed) = cache.keep(&base, checked, &now).expect("is kept") else { panic!("not in use") };
        let stored = Instant::now();
        let all = vec![Arc::clone(&installed.catalogue)];
        let engine = match installed.diff.touched() {
            Some((services, panels)) if by_delta => {
                before.engine.renewed(&all, &Touched { provider: "balsam-lab", services: &services, panels: &panels })
            }
            _ => Engine::build(&all),
        };
        let catalogues = Catalogues::new(all);
        let end = Instant::now();
        assert_eq!(installed.diff.changes.len(), CHANGED);
        assert_eq!(engine.len(), before.engine.len());
        drop((engine, catalogues, before));
        [downloaded - start, verified - downloaded, stored - verified, end - stored]
    }
}

/// Balsam's services over and over under made-up names and codes.
fn synthetic() -> Catalogue {
    const SYLLABLES: [&str; 16] =
        ["ka", "li", "tro", "pon", "fer", "tin", "glo", "bul", "ste", "rol", "ami", "lase", "pep", "tid", "hor", "mon"];
    let top: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut catalogue = authoring::build(&top.join("catalog-data/balsam-lab")).expect("Balsam builds");
    let base = catalogue.services.clone();
    for at in catalogue.services.len()..SERVICES {
        let mut service = base[at % base.len()].as_ref().clone();
        let word = |seed: usize| {
            (0..3).map(|n| SYLLABLES[(seed * 31 + n * 7 + seed / 16) % SYLLABLES.len()]).collect::<String>()
        };
        service.name = format!("{}-{} {}", word(at), word(at / 3 + 1), service.name);
        service.id = format!("s{at}");
        service.code.code = Some(format!("NPU{at:05}"));
        service.synonyms = vec![word(at * 5 + 2)];
        catalogue.services.push(Arc::new(service));
    }
    catalogue.valid_from = "2026-01-01".into();
    catalogue
}

/// The version after it, with every hundredth service changed.
fn next(old: &Catalogue) -> Catalogue {
    let mut new = old.clone();
    new.previous = Some(std::mem::replace(&mut new.version, "2027.1.1".into()));
    for service in new.services.iter_mut().step_by(SERVICES / CHANGED) {
        let service = Arc::make_mut(service);
        service.name.push_str(" ny");
        service.retest_days = Some(service.retest_days.unwrap_or_default() + 1);
    }
    new
}
