//! The hash of what a catalogue says, whatever its package looks like.
//!
//! It is a hash over the hash of each service and of all the rest, so that a new version costs what differs and not what
//! stays: a delta of a hundred services hashes a hundred services. A delta names the content it starts from and the one it
//! ends in by it.

use std::sync::Arc;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{
    model::{Catalogue, Service},
    package::Hash,
};

/// Keeps these hashes apart from every other use of SHA-256.
const DOMAIN: &[u8] = b"rekvirent catalogue content 1\n";

/// The hashes of a catalogue's parts and of the whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    services: Vec<Hash>,
    hash: Hash,
}

impl Content {
    /// Hashes a whole catalogue.
    #[must_use]
    pub fn of(catalogue: &Catalogue) -> Self {
        Self::with(catalogue, catalogue.services.iter().map(service).collect())
    }

    /// The content of a catalogue whose services are hashed already, in their order.
    pub(super) fn with(catalogue: &Catalogue, services: Vec<Hash>) -> Self {
        let mut whole = Sha256::new();
        whole.update(DOMAIN);
        whole.update(rest(catalogue));
        services.iter().for_each(|hash| whole.update(hash));
        Self { services, hash: whole.finalize().into() }
    }

    /// Hash of the whole.
    #[must_use]
    pub fn hash(&self) -> &Hash {
        &self.hash
    }

    /// Hashes of the services, in their order.
    pub(super) fn services(&self) -> &[Hash] {
        &self.services
    }
}

/// Hash of one service's canonical JSON.
pub(super) fn service(service: &Arc<Service>) -> Hash {
    digest(service.as_ref())
}

/// Hash of everything but the services.
fn rest(catalogue: &Catalogue) -> Hash {
    // Taken apart by name: a field that is added to the model has to be hashed too, or this does not compile.
    let Catalogue {
        format,
        provider,
        version,
        valid_from,
        previous,
        departments,
        containers,
        services: _,
        panels,
        questions,
        rules,
        label_rules,
        sources,
    } = catalogue;
    let first = (format, provider, version, valid_from, previous, departments, containers);
    digest(&(first, panels, questions, rules, label_rules, sources))
}

fn digest(value: &impl Serialize) -> Hash {
    // Plain data can always be written; should it ever not be, the empty hash fits nothing that was promised.
    serde_json::to_vec(value).map(|json| Sha256::digest(json).into()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::package::tests::balsam;

    #[test]
    fn every_fact_and_the_order_of_services_are_in_the_hash() {
        let catalogue = balsam();
        let hash = *Content::of(&catalogue).hash();
        assert_eq!(*Content::of(&balsam()).hash(), hash, "the same catalogue has the same hash");
        let differs = |change: &dyn Fn(&mut Catalogue)| {
            let mut other = catalogue.clone();
            change(&mut other);
            assert_ne!(*Content::of(&other).hash(), hash);
        };
        differs(&|c| c.valid_from = "2027-01-01".into());
        differs(&|c| c.rules[0].condition.push(' '));
        differs(&|c| c.services.swap(0, 1));
        differs(&|c| Arc::make_mut(&mut c.services[7]).priority += 1);
        differs(&|c| drop(c.services.pop()));
    }
}
