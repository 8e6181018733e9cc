//! The delta reader, and what a delta signed by a thief of the key does to the catalogue held.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use requisition::catalogue::delta::Delta;
use requisition::catalogue::model::{Catalogue, Indexed};

static HELD: LazyLock<Indexed> = LazyLock::new(|| {
    let held: Catalogue = serde_json::from_str(include_str!("../held.json")).expect("the catalogue held");
    Indexed::new(held)
});

fuzz_target!(|data: &[u8]| {
    let _ = Delta::read_unverified(data);
    let Ok(packed) = zstd::bulk::compress(data, 1) else { return };
    if let Ok(delta) = Delta::read_unverified(&packed) {
        let to = delta.to().clone();
        if let Ok(next) = delta.apply(&HELD) {
            assert_eq!(next.catalogue().version, to.version);
            assert_eq!(next.catalogue().provider.id, HELD.catalogue().provider.id);
        }
    }
});
