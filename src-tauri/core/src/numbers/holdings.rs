//! Everything that a workstation holds of numbers, judged as a whole: whether it may go on with them, where a provider's next
//! number comes from, how long they last, and when to lease.
//!
//! A station of its own and blocks of laboratories' series are held side by side; both belong to one device, and doubt about
//! either is doubt about all. Whoever makes a holding durable writes the store first and the witness after it.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::allocator::HighWaterMark;
use super::enrolment::{DeviceSecret, Enrolment, Standing, Why, Witness};
use super::leased::LeasedBlocks;
use super::number::{Station, Width};
use super::series::Supply;

/// What store and witness say, as they were read together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holdings {
    /// The station that was leased or given.
    pub enrolment: Option<Enrolment>,
    /// The store's mark of that station's counter.
    pub mark: HighWaterMark,
    /// Blocks of laboratories' own series.
    pub blocks: Option<LeasedBlocks>,
    /// Providers that last answered that they lease no numbers: theirs are ours to make.
    pub refusing: BTreeSet<String>,
    /// What lies beside the store.
    pub witness: Option<Witness>,
}

/// Where a provider's next number comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The workstation's own counter.
    Station(Station),
    /// Blocks of the provider's own series.
    Leased,
    /// Nowhere: numbers have to be leased, or a station given, first.
    Nothing,
}

/// What to lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToLease {
    /// A station. A provider that leases its own series instead answers with this many numbers of it.
    Station {
        /// Numbers.
        count: u32,
    },
    /// More of the provider's own series.
    Numbers {
        /// Numbers.
        count: u32,
    },
}

/// Numbers leased at a time, of a series whose use is not known.
const BLOCK: u32 = 500;
/// No more than this at a time, whatever the use.
const LARGEST_BLOCK: u32 = 20_000;
/// Days that a refill lasts: more than the two weeks below which one is leased, so that one is enough.
const REFILL_DAYS: u32 = 21;
/// Numbers a day that a station is taken to need: a busy workstation.
const STATION_PER_DAY: u32 = 100;

impl Holdings {
    /// Whether the numbers may be used. A store that its witness does not know as it is may not, whatever it holds.
    #[must_use]
    pub fn standing(&self) -> Standing {
        let holds_none = self.enrolment.is_none() && self.blocks.is_none();
        let Some(witness) = &self.witness else {
            return Standing::Anew(if holds_none { Why::NeverEnrolled } else { Why::NoWitness });
        };
        let device = witness.secret.print();
        let leased_to =
            self.enrolment.iter().map(|held| &held.device).chain(self.blocks.iter().map(LeasedBlocks::device));
        if leased_to.into_iter().any(|other| *other != device) {
            return Standing::Anew(Why::OtherDevice);
        }
        let blocks = self.blocks.as_ref().map_or(HighWaterMark::default(), LeasedBlocks::mark);
        if witness.station != self.station() || witness.mark > self.mark || witness.blocks > blocks {
            return Standing::Anew(Why::PutBack);
        }
        if holds_none { Standing::Anew(Why::NeverEnrolled) } else { Standing::Continues }
    }

    /// What makes this store doubtful; none where it is as its device left it, or never held numbers.
    #[must_use]
    pub fn doubt(&self) -> Option<Why> {
        match self.standing() {
            Standing::Continues | Standing::Anew(Why::NeverEnrolled) => None,
            Standing::Anew(why @ (Why::NoWitness | Why::OtherDevice | Why::PutBack)) => Some(why),
        }
    }

    /// The same workstation as a device that holds nothing, with a secret of its own: what an older copy of this store asked
    /// for is another device's from now on. The stations that it knew are never numbered for again.
    #[must_use]
    pub fn begun_anew(&self, secret: DeviceSecret) -> Self {
        let mut spent = self.witness.as_ref().map(|witness| witness.spent.clone()).unwrap_or_default();
        let known = [self.station(), self.witness.as_ref().and_then(|witness| witness.station)];
        for station in known.into_iter().flatten() {
            if !spent.contains(&station) {
                spent.push(station);
            }
        }
        let witness = Witness { spent, ..Witness::new(secret) };
        Self { refusing: self.refusing.clone(), witness: Some(witness), ..Self::default() }
    }

    /// The station, whether it may be used or not.
    #[must_use]
    pub fn station(&self) -> Option<Station> {
        self.enrolment.as_ref().map(|enrolled| enrolled.station)
    }

    /// Whether a station was numbered for here before: then it is never taken again, wherever it comes from.
    #[must_use]
    pub fn is_spent(&self, station: Station) -> bool {
        let witnessed = |witness: &Witness| witness.station == Some(station) || witness.spent.contains(&station);
        self.station() == Some(station) || self.witness.as_ref().is_some_and(witnessed)
    }

    /// Where a provider's next number comes from. Whoever leases numbers of its own series wants those on its tubes; ours are
    /// used where it leases none (the gateway's contract, answer 409), also when it stops leasing.
    #[must_use]
    pub fn source(&self, provider: &str) -> Source {
        if self.standing() != Standing::Continues {
            return Source::Nothing;
        }
        let leased = self.blocks.as_ref().and_then(|blocks| blocks.left(provider));
        match (leased, self.station()) {
            (Some(0), Some(station)) if self.refusing.contains(provider) => Source::Station(station),
            (Some(_), _) => Source::Leased,
            (None, Some(station)) => Source::Station(station),
            (None, None) => Source::Nothing,
        }
    }

    /// How many numbers are left for a provider, and how long they last. `in_hand` were made durable as used and are not used
    /// yet: a running program has some.
    #[must_use]
    pub fn supply(&self, provider: &str, in_hand: u32, now: Timestamp) -> (u32, Supply) {
        let (left, per_day) = match self.source(provider) {
            Source::Station(_) => return (self.station_left(in_hand), self.station_supply(in_hand)),
            Source::Leased => {
                let left = self.blocks.as_ref().and_then(|blocks| blocks.left(provider)).unwrap_or(0);
                (left, self.per_day(provider, now))
            }
            Source::Nothing => return (0, Supply::Empty),
        };
        let left = left.saturating_add(in_hand);
        (left, Supply::of(left, per_day))
    }

    /// How long the station's own numbers last.
    #[must_use]
    pub fn station_supply(&self, in_hand: u32) -> Supply {
        Supply::of(self.station_left(in_hand), STATION_PER_DAY)
    }

    fn station_left(&self, in_hand: u32) -> u32 {
        (Width::Twelve.last_counter() + 1).saturating_sub(self.mark.get()).saturating_add(in_hand)
    }

    /// What to lease of a provider now; nothing while what there is lasts for more than two weeks. To be asked of holdings
    /// without [`Self::doubt`].
    #[must_use]
    pub fn to_lease(&self, provider: &str, now: Timestamp) -> Option<ToLease> {
        let (_, supply) = self.supply(provider, 0, now);
        match (self.source(provider), supply) {
            (_, Supply::Enough) => None,
            (Source::Leased, Supply::Refill | Supply::Alarm | Supply::Empty) => {
                let lasting = self.per_day(provider, now).saturating_mul(REFILL_DAYS);
                Some(ToLease::Numbers { count: lasting.clamp(BLOCK, LARGEST_BLOCK) })
            }
            (Source::Station(_) | Source::Nothing, Supply::Refill | Supply::Alarm | Supply::Empty) => {
                Some(ToLease::Station { count: BLOCK })
            }
        }
    }

    fn per_day(&self, provider: &str, now: Timestamp) -> u32 {
        self.blocks.as_ref().map_or(1, |blocks| blocks.per_day(provider, now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numbers::Block;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn secret() -> DeviceSecret {
        DeviceSecret::new([7; 32])
    }

    fn station(number: u32) -> Station {
        Station::new(number).unwrap()
    }

    /// A station at a mark, as store and witness have it.
    fn at_station(number: u32, store: u32, witnessed: u32) -> Holdings {
        let (station, device) = (station(number), secret().print());
        let mark = HighWaterMark::new(witnessed);
        Holdings {
            enrolment: Some(Enrolment { station, device }),
            mark: HighWaterMark::new(store),
            witness: Some(Witness { station: Some(station), mark, ..Witness::new(secret()) }),
            ..Holdings::default()
        }
    }

    /// The same workstation with a block of a provider's series.
    fn with_block(mut held: Holdings, provider: &str) -> Holdings {
        let mut blocks = LeasedBlocks::new(secret().print());
        blocks.keep(provider, Block::of_lease("700000000001", "700000000500").unwrap(), NOW).unwrap();
        held.blocks = Some(blocks);
        witnessed(held)
    }

    /// As after the witness was told of the blocks.
    fn witnessed(mut held: Holdings) -> Holdings {
        let blocks = held.blocks.as_ref().unwrap().mark();
        held.witness = Some(Witness { blocks, ..held.witness.unwrap_or(Witness::new(secret())) });
        held
    }

    fn cover(held: &Holdings, provider: &str, count: u32) -> Holdings {
        let mut held = held.clone();
        held.blocks.as_mut().unwrap().cover(provider, count);
        held
    }

    #[test]
    fn a_machine_that_crashed_between_store_and_witness_goes_on() {
        assert_eq!(at_station(40_170, 100, 100).standing(), Standing::Continues);
        assert_eq!(at_station(40_170, 150, 100).standing(), Standing::Continues);
        let held = with_block(Holdings::default(), "furumo");
        assert_eq!(cover(&held, "furumo", 50).standing(), Standing::Continues);
    }

    #[test]
    fn a_restored_a_cloned_and_a_reinstalled_machine_lease_anew() {
        let held = at_station(40_170, 100, 100);
        assert_eq!(at_station(40_170, 100, 150).doubt(), Some(Why::PutBack));
        assert_eq!(Holdings { witness: None, ..held.clone() }.doubt(), Some(Why::NoWitness));
        let other = Witness::new(DeviceSecret::new([8; 32]));
        assert_eq!(Holdings { witness: Some(other.clone()), ..held.clone() }.doubt(), Some(Why::OtherDevice));
        let later = at_station(40_171, 0, 0).witness;
        assert_eq!(Holdings { witness: later, ..held }.doubt(), Some(Why::PutBack));
        let blocks = witnessed(cover(&with_block(Holdings::default(), "furumo"), "furumo", 50));
        let before = with_block(Holdings::default(), "furumo");
        assert_eq!(Holdings { witness: blocks.witness.clone(), ..before }.doubt(), Some(Why::PutBack));
        assert_eq!(Holdings { witness: Some(other), ..blocks }.doubt(), Some(Why::OtherDevice));
        assert_eq!(Holdings::default().standing(), Standing::Anew(Why::NeverEnrolled));
    }

    #[test]
    fn a_store_from_before_its_first_lease_is_no_new_one() {
        for held in [at_station(40_170, 50, 50), with_block(Holdings::default(), "furumo")] {
            let emptied = Holdings { witness: held.witness, ..Holdings::default() };
            assert_eq!(emptied.doubt(), Some(Why::PutBack));
        }
    }

    #[test]
    fn doubt_about_the_blocks_is_doubt_about_the_station_beside_them() {
        let now = witnessed(cover(&with_block(at_station(40_170, 100, 100), "furumo"), "furumo", 50));
        let back = Holdings { witness: now.witness.clone(), ..with_block(at_station(40_170, 100, 100), "furumo") };
        assert_eq!(now.source("balsam-lab"), Source::Station(station(40_170)));
        assert_eq!(back.source("balsam-lab"), Source::Nothing);
        let anew = back.begun_anew(DeviceSecret::new([9; 32]));
        assert_eq!((anew.doubt(), anew.source("furumo")), (None, Source::Nothing));
        assert!(anew.is_spent(station(40_170)), "a number from paper is typed again easily");
        assert!(!anew.is_spent(station(40_171)));
        let twice = anew.begun_anew(DeviceSecret::new([10; 32]));
        assert!(twice.is_spent(station(40_170)));
    }

    #[test]
    fn a_laboratory_with_a_series_of_its_own_gets_it_beside_a_station_for_the_others() {
        let held = with_block(at_station(40_170, 100, 100), "furumo");
        assert_eq!(held.source("furumo"), Source::Leased);
        assert_eq!(held.source("balsam-lab"), Source::Station(station(40_170)));
        let mut used_up = witnessed(cover(&held, "furumo", 500));
        assert_eq!(used_up.supply("furumo", 0, NOW), (0, Supply::Empty));
        assert_eq!(used_up.source("furumo"), Source::Leased, "it wants its own, and more of them is leased");
        used_up.refusing.insert("furumo".into());
        assert_eq!(used_up.source("furumo"), Source::Station(station(40_170)), "it leases no more: ours are used");
    }

    #[test]
    fn a_first_busy_day_leases_once_more_and_not_again() {
        let held = with_block(Holdings::default(), "furumo");
        assert_eq!(held.to_lease("furumo", NOW), None);
        let mut busy = witnessed(cover(&held, "furumo", 400));
        assert_eq!(busy.supply("furumo", 0, NOW), (100, Supply::Alarm));
        let Some(ToLease::Numbers { count }) = busy.to_lease("furumo", NOW) else { panic!("a refill") };
        assert_eq!(count, 57 * 21);
        let block = Block::of_lease("700000001001", "700000002197").unwrap();
        busy.blocks.as_mut().unwrap().keep("furumo", block, NOW).unwrap();
        assert_eq!(busy.to_lease("furumo", NOW), None);
    }

    #[test]
    fn a_station_that_runs_out_warns_and_is_replaced_two_weeks_before() {
        let supply = |mark| at_station(40_170, mark, mark).supply("balsam-lab", 0, NOW);
        assert_eq!(
            [supply(0).1, supply(98_600).1, supply(99_700).1, supply(100_000).1],
            [Supply::Enough, Supply::Refill, Supply::Alarm, Supply::Empty]
        );
        assert_eq!(at_station(40_170, 98_500, 98_500).to_lease("balsam-lab", NOW), None);
        let low = at_station(40_170, 98_600, 98_600).to_lease("balsam-lab", NOW);
        assert_eq!(low, Some(ToLease::Station { count: BLOCK }));
    }
}
