//! The package reader: bytes as they come, and bytes as the content that a thief of the key would have signed.
#![no_main]

use libfuzzer_sys::fuzz_target;
use requisition::catalogue::model::Indexed;
use requisition::catalogue::package;
use requisition::catalogue::search::{Engine, Usage};

fuzz_target!(|data: &[u8]| {
    let _ = package::read_unverified(data);
    let Ok(packed) = zstd::bulk::compress(data, 1) else { return };
    if let Ok(catalogue) = package::read_unverified(&packed) {
        // What was read can be written again, indexed and searched.
        let again = package::pack(&catalogue).expect("a catalogue that was read can be packed");
        assert_eq!(package::read_unverified(&again).as_ref(), Ok(&catalogue));
        let query = catalogue.services.first().map(|service| service.name.clone()).unwrap_or_default();
        let indexed = std::sync::Arc::new(Indexed::new(catalogue));
        let engine = Engine::build(&[indexed]);
        let _ = engine.search(&query, &Usage::default(), 10);
    }
});
