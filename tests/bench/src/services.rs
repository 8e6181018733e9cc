//! The services and keystrokes that search is measured with; the comparison with other engines uses the same.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use requisition::catalogue::{authoring, model::Catalogue};

/// The top of the project.
#[must_use]
pub fn top() -> PathBuf {
    let mut top = Path::new(env!("CARGO_MANIFEST_DIR"));
    while !top.join("catalog-data").is_dir() {
        let Some(parent) = top.parent() else { break };
        top = parent;
    }
    top.to_owned()
}

/// Balsam's catalogue.
///
/// # Panics
/// When it does not build.
#[must_use]
pub fn balsam() -> Catalogue {
    let dir = top().join("catalog-data/balsam-lab");
    authoring::build(&dir).unwrap_or_else(|mistakes| panic!("{}: {mistakes:?}", dir.display()))
}

/// Balsam's services over and over under made-up names, so that words are as many and as alike as in a real code list.
#[must_use]
pub fn synthetic(count: usize) -> Catalogue {
    const SYLLABLES: [&str; 24] = [
        "ka", "li", "tro", "pon", "fer", "tin", "glo", "bul", "ste", "rol", "ami", "lase", "pep", "tid", "hor", "mon",
        "vi", "rus", "anti", "stoff", "kre", "xo", "dy", "phen",
    ];
    let mut catalogue = balsam();
    let base = catalogue.services.clone();
    let mut state = 1_u64;
    let mut next = move |below: usize| {
        // Knuth's generator: the same services in every run.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap_or(0) % below
    };
    for at in catalogue.services.len()..count {
        let mut service = base[at % base.len()].as_ref().clone();
        let mut word = |parts: usize| (0..parts).map(|_| SYLLABLES[next(SYLLABLES.len())]).collect::<String>();
        let (first, second) = (word(2 + at % 3), word(2));
        service.name = format!("{first}-{second} {}", base[at % base.len()].name);
        service.id = format!("s{at}");
        service.code.code = Some(format!("NPU{:05}", at % 100_000));
        service.code.display = format!("P-{}", service.name);
        service.synonyms = vec![second];
        service.priority = u32::try_from(at % 40).unwrap_or(0);
        catalogue.services.push(Arc::new(service));
    }
    catalogue
}

/// Every beginning of every published query, as it is typed.
///
/// # Panics
/// When the queries cannot be read.
#[must_use]
pub fn keystrokes() -> Vec<String> {
    let path = top().join("tests/bench/queries.tsv");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .filter_map(|line| line.split('\t').next())
        .flat_map(|query| query.char_indices().map(|(at, c)| query[..at + c.len_utf8()].to_owned()))
        .collect()
}
