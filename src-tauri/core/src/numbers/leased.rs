//! What a workstation holds of laboratories' own series: leased in blocks while there is a line, used up offline.
//!
//! Numbers are taken out of the series in steps, and the series without them is durable before the first of them is used; a
//! crash burns what was covered. The witness beside the store knows how many were covered: a store that was put back to an
//! older copy of itself does not agree with it, and its blocks are never used again.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    allocator::HighWaterMark,
    enrolment::{DevicePrint, Standing, Why, Witness},
    series::{Block, BlockError, LeasedSeries, Supply},
};

/// The blocks of every provider, as the store keeps them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeasedBlocks {
    /// The device that they were leased to.
    device: DevicePrint,
    /// Rises with every block that is kept and every number that is covered; never falls.
    mark: u32,
    series: BTreeMap<String, Leased>,
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
        Self { device, mark: 0, series: BTreeMap::new() }
    }

    /// What the witness has to know before a number is used.
    #[must_use]
    pub const fn mark(&self) -> HighWaterMark {
        HighWaterMark::new(self.mark)
    }

    /// Keeps a block.
    ///
    /// # Errors
    /// [`BlockError::Overlap`] where numbers of it are or were held; the mark has risen all the same.
    pub fn keep(&mut self, provider: &str, block: Block, now: Timestamp) -> Result<(), BlockError> {
        // The lease was answered, whatever with.
        self.mark = self.mark.saturating_add(1);
        let empty = || Leased { series: LeasedSeries::new(), since: now, used: 0, kept: Vec::new() };
        let leased = self.series.entry(provider.to_owned()).or_insert_with(empty);
        if leased.kept.iter().any(|known| known.overlaps(&block)) {
            return Err(BlockError::Overlap);
        }
        leased.series.add(block.clone())?;
        leased.kept.push(block);
        Ok(())
    }

    /// Takes up to `step` numbers out. They may be used once this is durable, and its mark with the witness.
    pub fn cover(&mut self, provider: &str, step: u32) -> Vec<String> {
        let Some(leased) = self.series.get_mut(provider) else { return Vec::new() };
        let covered: Vec<String> = (0..step).map_while(|_| leased.series.take().ok()).collect();
        let count = u32::try_from(covered.len()).unwrap_or(u32::MAX);
        leased.used = leased.used.saturating_add(count);
        self.mark = self.mark.saturating_add(count);
        covered
    }

    /// How many are left of a provider's series, and how long they last at the use so far. A series that is new or hardly
    /// used is taken to need ten a day.
    #[must_use]
    pub fn supply(&self, provider: &str, now: Timestamp) -> Option<(u32, Supply)> {
        const LEAST_PER_DAY: u32 = 10;
        let leased = self.series.get(provider)?;
        let days = u32::try_from((now.as_second() - leased.since.as_second()) / 86_400).unwrap_or(0).max(1);
        let per_day = (leased.used / days).max(LEAST_PER_DAY);
        Some((leased.series.left(), leased.series.supply(per_day)))
    }

    /// Providers of whose series there is or was a block.
    pub fn providers(&self) -> impl Iterator<Item = &str> {
        self.series.keys().map(String::as_str)
    }

    /// Whether numbers of the blocks may be used.
    #[must_use]
    pub fn standing(held: Option<&Self>, witness: Option<&Witness>) -> Standing {
        let Some(held) = held else { return Standing::Anew(Why::NeverEnrolled) };
        let Some(witness) = witness else { return Standing::Anew(Why::NoWitness) };
        if witness.secret.print() != held.device {
            return Standing::Anew(Why::OtherDevice);
        }
        if witness.station.is_some() || witness.mark > held.mark() {
            return Standing::Anew(Why::PutBack);
        }
        Standing::Continues
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numbers::DeviceSecret;

    fn secret() -> DeviceSecret {
        DeviceSecret::new([7; 32])
    }

    fn held() -> LeasedBlocks {
        let mut held = LeasedBlocks::new(secret().print());
        let block = Block::of_lease("700000000001", "700000000500").unwrap();
        held.keep("furumo", block, Timestamp::UNIX_EPOCH).unwrap();
        held
    }

    fn witness(mark: HighWaterMark) -> Witness {
        Witness { mark, ..Witness::new(secret()) }
    }

    #[test]
    fn numbers_come_once_and_only_of_the_providers_own_series() {
        let mut held = held();
        let mut given = held.cover("furumo", 50);
        assert_eq!((given[0].as_str(), given[49].as_str()), ("700000000001", "700000000050"));
        assert_eq!(held.cover("balsam-lab", 50), Vec::<String>::new());
        while let covered @ [_, ..] = &held.cover("furumo", 50)[..] {
            given.extend_from_slice(covered);
        }
        given.sort_unstable();
        given.dedup();
        assert_eq!(given.len(), 500);
        assert_eq!(held.supply("furumo", Timestamp::UNIX_EPOCH), Some((0, Supply::Empty)));
        let again = Block::of_lease("700000000400", "700000000600").unwrap();
        assert_eq!(held.keep("furumo", again, Timestamp::UNIX_EPOCH), Err(BlockError::Overlap));
    }

    #[test]
    fn a_store_put_back_to_before_a_step_never_uses_its_blocks_again() {
        let before = held();
        let mut after = before.clone();
        after.cover("furumo", 50);
        assert_eq!(LeasedBlocks::standing(Some(&after), Some(&witness(after.mark()))), Standing::Continues);
        // A crash between store and witness.
        assert_eq!(LeasedBlocks::standing(Some(&after), Some(&witness(before.mark()))), Standing::Continues);
        let back = LeasedBlocks::standing(Some(&before), Some(&witness(after.mark())));
        assert_eq!(back, Standing::Anew(Why::PutBack));
        assert_eq!(LeasedBlocks::standing(Some(&after), None), Standing::Anew(Why::NoWitness));
        let other = Witness::new(DeviceSecret::new([8; 32]));
        assert_eq!(LeasedBlocks::standing(Some(&after), Some(&other)), Standing::Anew(Why::OtherDevice));
        assert_eq!(LeasedBlocks::standing(None, Some(&other)), Standing::Anew(Why::NeverEnrolled));
    }

    #[test]
    fn the_use_so_far_tells_how_long_a_block_lasts() {
        let mut held = held();
        let day = |n: i64| Timestamp::from_second(n * 86_400).unwrap();
        assert_eq!(held.supply("furumo", day(0)), Some((500, Supply::Enough)));
        held.cover("furumo", 380);
        assert_eq!(held.supply("furumo", day(10)), Some((120, Supply::Refill)));
        held.cover("furumo", 20);
        assert_eq!(held.supply("furumo", day(10)), Some((100, Supply::Alarm)));
        assert_eq!(held.supply("balsam-lab", day(10)), None);
    }
}
