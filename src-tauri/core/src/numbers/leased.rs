//! What a workstation holds of laboratories' own series: leased in blocks while there is a line, used up offline.
//!
//! Laboratories that know nothing of each other may lease the same digits. A workstation gives each number once, whoever it is
//! for: what one laboratory's blocks hold is left out of every other's, and so are the numbers of its stations.
//!
//! Numbers are taken out of the series in steps, and the series without them is durable before the first of them is used; a
//! crash burns what was covered. The witness beside the store knows how many were covered: a store that was put back to an
//! older copy of itself does not agree with it, and its blocks are never used again.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    allocator::HighWaterMark,
    enrolment::DevicePrint,
    series::{Block, BlockError, LeasedSeries},
};

/// The blocks of every provider, as the store keeps them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeasedBlocks {
    /// The device that they were leased to.
    device: DevicePrint,
    /// Rises with every block that is kept and every number that is covered; never falls.
    mark: u32,
    series: BTreeMap<String, Leased>,
    /// Blocks from before this store was put back, or carried to another machine: numbers of them may be on tubes.
    #[serde(default)]
    before: Vec<Block>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Leased {
    series: LeasedSeries,
    /// Since when numbers of it are used.
    since: Timestamp,
    /// How many were covered since then.
    used: u32,
    /// Every block there ever was: a gateway that leases one again gives no number twice.
    kept: Vec<Block>,
}

impl LeasedBlocks {
    /// A device that holds none yet.
    #[must_use]
    pub const fn new(device: DevicePrint) -> Self {
        Self { device, mark: 0, series: BTreeMap::new(), before: Vec::new() }
    }

    /// The same workstation as a device that holds none; what it held is remembered, so that it is not given again.
    #[must_use]
    pub fn begun_anew(&self, device: DevicePrint) -> Self {
        let kept = self.series.values().flat_map(|leased| &leased.kept);
        Self { before: kept.chain(&self.before).cloned().collect(), ..Self::new(device) }
    }

    /// Whether none is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.series.is_empty()
    }

    /// Whether a number is, or was, of some laboratory's block here.
    #[must_use]
    pub fn hold(&self, number: &str) -> bool {
        let kept = self.series.values().flat_map(|leased| &leased.kept);
        kept.chain(&self.before).any(|block| block.contains(number))
    }

    /// What the witness has to know before a number is used.
    #[must_use]
    pub const fn mark(&self) -> HighWaterMark {
        HighWaterMark::new(self.mark)
    }

    /// Keeps a block, without the numbers that another laboratory's block holds.
    ///
    /// # Errors
    /// [`BlockError::Overlap`] where numbers of it are or were held; the mark has risen all the same.
    pub fn keep(&mut self, provider: &str, block: Block, now: Timestamp) -> Result<(), BlockError> {
        // The lease was answered, whatever with.
        self.mark = self.mark.saturating_add(1);
        let others = self.series.iter().filter(|(other, _)| *other != provider).flat_map(|(_, leased)| &leased.kept);
        let mut free = vec![block.clone()];
        for taken in others.chain(&self.before) {
            free = free.iter().flat_map(|part| part.without(taken)).collect();
        }
        let empty = || Leased { series: LeasedSeries::new(), since: now, used: 0, kept: Vec::new() };
        let leased = self.series.entry(provider.to_owned()).or_insert_with(empty);
        if leased.kept.iter().any(|known| known.overlaps(&block)) {
            return Err(BlockError::Overlap);
        }
        for part in free {
            leased.series.add(part)?;
        }
        leased.kept.push(block);
        Ok(())
    }

    /// Takes up to `step` numbers out, without those that are a station's. They may be used once this is durable, and its mark
    /// with the witness.
    pub fn cover(&mut self, provider: &str, step: u32, of_a_station: impl Fn(&str) -> bool) -> Vec<String> {
        let Some(leased) = self.series.get_mut(provider) else { return Vec::new() };
        let mut covered = Vec::new();
        let mut taken = 0_u32;
        while covered.len() < step as usize
            && let Ok(number) = leased.series.take()
        {
            taken += 1;
            if !of_a_station(&number) {
                covered.push(number);
            }
        }
        leased.used = leased.used.saturating_add(taken);
        self.mark = self.mark.saturating_add(taken);
        covered
    }

    /// The device that they were leased to.
    #[must_use]
    pub const fn device(&self) -> &DevicePrint {
        &self.device
    }

    /// How many are left of a provider's series; none where there never was a block of it.
    #[must_use]
    pub fn left(&self, provider: &str) -> Option<u32> {
        Some(self.series.get(provider)?.series.left())
    }

    /// How many numbers of a provider's series are used a day. One busy day is no habit: the use is spread over a week at
    /// least, and a series that is new or hardly used is taken to need ten a day.
    #[must_use]
    pub fn per_day(&self, provider: &str, now: Timestamp) -> u32 {
        const LEAST_PER_DAY: u32 = 10;
        const LEAST_DAYS: u32 = 7;
        let used_per_day = |leased: &Leased| {
            let days = u32::try_from((now.as_second() - leased.since.as_second()) / 86_400).unwrap_or(0);
            leased.used / days.max(LEAST_DAYS)
        };
        self.series.get(provider).map_or(0, used_per_day).max(LEAST_PER_DAY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numbers::DeviceSecret;

    fn held() -> LeasedBlocks {
        let mut held = LeasedBlocks::new(DeviceSecret::new([7; 32]).print());
        let block = Block::of_lease("700000000001", "700000000500").unwrap();
        held.keep("furumo", block, Timestamp::UNIX_EPOCH).unwrap();
        held
    }

    #[test]
    fn numbers_come_once_and_only_of_the_providers_own_series() {
        let mut held = held();
        let none = |_: &str| false;
        let mut given = held.cover("furumo", 50, none);
        assert_eq!((given[0].as_str(), given[49].as_str()), ("700000000001", "700000000050"));
        assert_eq!(held.cover("balsam-lab", 50, none), Vec::<String>::new());
        while let covered @ [_, ..] = &held.cover("furumo", 50, none)[..] {
            given.extend_from_slice(covered);
        }
        given.sort_unstable();
        given.dedup();
        assert_eq!(given.len(), 500);
        assert_eq!((held.left("furumo"), held.left("balsam-lab")), (Some(0), None));
        let again = Block::of_lease("700000000400", "700000000600").unwrap();
        assert_eq!(held.keep("furumo", again, Timestamp::UNIX_EPOCH), Err(BlockError::Overlap));
    }

    #[test]
    fn one_busy_day_is_not_taken_for_every_days_use() {
        let mut held = held();
        let day = |n: i64| Timestamp::from_second(n * 86_400).unwrap();
        assert_eq!(held.per_day("furumo", day(0)), 10, "nothing is known yet");
        held.cover("furumo", 400, |_| false);
        assert_eq!([day(0), day(1), day(7), day(40)].map(|at| held.per_day("furumo", at)), [57, 57, 57, 10]);
        assert_eq!(held.per_day("balsam-lab", day(40)), 10);
    }

    #[test]
    fn what_one_laboratory_has_leased_is_left_out_of_anothers_block() {
        let mut held = held();
        let block = |first: &str, last: &str| Block::of_lease(first, last).unwrap();
        held.keep("balsam-lab", block("700000000499", "700000000502"), Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(held.cover("balsam-lab", 50, |_| false), ["700000000501", "700000000502"]);
        held.keep("granli", block("700000000001", "700000000502"), Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!((held.left("granli"), held.cover("granli", 50, |_| false)), (Some(0), Vec::new()));
        // Put back, or carried to another machine: the numbers are remembered, the blocks are gone.
        let mut anew = held.begun_anew(DeviceSecret::new([8; 32]).print());
        assert!(anew.is_empty() && anew.hold("700000000001") && !anew.hold("700000000503"));
        anew.keep("granli", block("700000000400", "700000000504"), Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(anew.cover("granli", 50, |number| number.ends_with('4')), ["700000000503"]);
    }
}
