//! How often the office has used what: it lifts a service among its equals, and never leaves this machine.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// How often the office has used what, counted by the caller over a time of its choice.
///
/// Made once and used for many searches: it remembers where in the engine the services stand.
#[derive(Debug, Default)]
pub struct Usage {
    times: HashMap<(Box<str>, Box<str>), u32>,
    placed: Mutex<Option<(u64, Arc<[Used]>)>>,
}

/// A document that the office uses, in one part of an engine.
#[derive(Clone, Copy, Debug)]
pub(super) struct Used {
    pub part: u8,
    pub doc: u32,
    pub boost: i32,
}

impl Usage {
    /// From `(provider id, service or panel id, times used)`.
    pub fn new<P: Into<Box<str>>, I: Into<Box<str>>>(uses: impl IntoIterator<Item = (P, I, u32)>) -> Self {
        let times = uses.into_iter().map(|(provider, id, times)| ((provider.into(), id.into()), times)).collect();
        Self { times, placed: Mutex::default() }
    }

    /// Where the services stand in the engine with this stamp, sorted; `find` is asked once for each engine.
    pub(super) fn placed(&self, stamp: u64, find: impl Fn(&str, &str) -> Option<(u8, u32)>) -> Arc<[Used]> {
        if self.times.is_empty() {
            return Arc::default();
        }
        let mut placed = self.placed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, used)) = placed.as_ref()
            && *known == stamp
        {
            return Arc::clone(used);
        }
        let found = self.times.iter().filter_map(|((provider, id), times)| {
            find(provider, id).map(|(part, doc)| Used { part, doc, boost: boost(*times) })
        });
        let mut used: Vec<Used> = found.collect();
        used.sort_unstable_by_key(|used| (used.part, used.doc));
        let used: Arc<[Used]> = used.into();
        *placed = Some((stamp, Arc::clone(&used)));
        used
    }
}

impl Clone for Usage {
    fn clone(&self) -> Self {
        Self { times: self.times.clone(), placed: Mutex::default() }
    }
}

/// The office's own use lifts a service by at most 90 points of priority.
fn boost(times: u32) -> i32 {
    let doubled = i32::try_from(32 - times.saturating_add(1).leading_zeros()).unwrap_or(0);
    (doubled * 12).min(90) * 100
}
