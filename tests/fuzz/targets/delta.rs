//! The delta reader, and what a delta signed by a thief of the key does to the catalogue held; and the deltas that we make
//! ourselves: whatever the next version says, the delta to it gives exactly that version.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use requisition::catalogue::delta::Delta;
use requisition::catalogue::model::{Catalogue, Indexed};
use requisition::catalogue::package;

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
            assert_eq!(package::hex(next.content().hash()), to.content);
        }
    }
    if let Ok(next) = package::read_unverified(&packed) {
        let Ok(made) = Delta::between(HELD.catalogue(), &next) else { return };
        let file = made.pack().expect("a small delta");
        let read = Delta::read_unverified(&file).expect("a delta of ours reads back");
        let followed = read.apply(&HELD).expect("a delta of ours can be followed");
        assert_eq!(package::pack(followed.catalogue()).ok(), package::pack(&next).ok());
    }
});
