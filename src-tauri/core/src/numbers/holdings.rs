//! Everything that a workstation holds of numbers, judged as a whole: whether it may go on with them, where a provider's next
//! number comes from, how long they last, and when to lease.
//!
//! Hospitals lease without knowing of each other, so each can vouch for its own leases alone: a provider's tubes get numbers of
//! what that provider leased, or gave on paper, and of nothing else. Two of them may lease the same station to this workstation;
//! its counter is one, so that no number comes twice here. Stations and blocks belong to one device, and doubt about any of them
//! is doubt about all. Whoever makes a holding durable writes the store first and the witness after it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::allocator::HighWaterMark;
use super::enrolment::{DevicePrint, DeviceSecret, Enrolment, PendingLease, Standing, Why, Witness};
use super::leased::LeasedBlocks;
use super::number::{SpecimenNumber, Station, Width};
use super::series::Supply;

/// What store and witness say, as they were read together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holdings {
    /// The station that each provider leased, or gave on paper.
    pub stations: BTreeMap<String, Enrolment>,
    /// A station that was held for all providers, by a program that did not write down whose it was. No provider is known to
    /// vouch for it, so nothing is numbered by it.
    pub unclaimed: Option<Enrolment>,
    /// The store's marks of all counters that there ever were here.
    pub marks: BTreeMap<Station, HighWaterMark>,
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
    /// The counter of the station that the provider leased.
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
        let enrolled = || self.stations.values().chain(&self.unclaimed);
        let blocks = self.blocks.as_ref().filter(|blocks| !blocks.is_empty());
        let holds_none = enrolled().next().is_none() && blocks.is_none();
        let Some(witness) = &self.witness else {
            return Standing::Anew(if holds_none { Why::NeverEnrolled } else { Why::NoWitness });
        };
        let device = witness.secret.print();
        let mut leased_to = enrolled().map(|held| &held.device).chain(self.blocks.iter().map(LeasedBlocks::device));
        if leased_to.any(|other| *other != device) {
            return Standing::Anew(Why::OtherDevice);
        }
        let fallen = witness.stations.iter().any(|(station, mark)| *mark > self.mark(*station));
        // A station that the witness was not told of, because the program or the keyring failed just then, is a new one as long
        // as nothing was numbered by it.
        let unknown = self.held().into_iter().any(|station| {
            !witness.stations.contains_key(&station)
                && (self.mark(station).get() > 0 || witness.spent.contains(&station))
        });
        let blocks = self.blocks.as_ref().map_or(HighWaterMark::default(), LeasedBlocks::mark);
        if fallen || unknown || witness.blocks > blocks {
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
    /// for is another device's from now on. The stations and blocks that it knew are never numbered from again.
    #[must_use]
    pub fn begun_anew(&self, secret: DeviceSecret) -> Self {
        let mut spent = self.witness.as_ref().map(|witness| witness.spent.clone()).unwrap_or_default();
        let witnessed = self.witness.iter().flat_map(|witness| witness.stations.keys().copied());
        for station in self.held().into_iter().chain(witnessed) {
            if !spent.contains(&station) {
                spent.push(station);
            }
        }
        let blocks = self.blocks.as_ref().map(|blocks| blocks.begun_anew(secret.print()));
        let witness = Some(Witness { spent, ..Witness::new(secret) });
        Self { marks: self.marks.clone(), blocks, refusing: self.refusing.clone(), witness, ..Self::default() }
    }

    /// All stations that are held, whether they may be used or not.
    #[must_use]
    pub fn held(&self) -> BTreeSet<Station> {
        self.stations.values().chain(&self.unclaimed).map(|enrolled| enrolled.station).collect()
    }

    /// How far a station's counter may have gone here.
    #[must_use]
    pub fn mark(&self, station: Station) -> HighWaterMark {
        self.marks.get(&station).copied().unwrap_or_default()
    }

    /// Whether a station was numbered for here before, and is not any more: then it is never taken again, wherever it comes
    /// from. One that is held for another provider is shared, and its counter goes on.
    #[must_use]
    pub fn is_spent(&self, station: Station) -> bool {
        let witnessed = self.witness.as_ref().and_then(|witness| witness.stations.get(&station).copied());
        let gone = self.witness.as_ref().is_some_and(|witness| witness.spent.contains(&station));
        let used = self.mark(station).max(witnessed.unwrap_or_default()).get() > 0;
        gone || (used && !self.held().contains(&station))
    }

    /// Whether a number has the digits of a station that is, or was, numbered for here.
    #[must_use]
    pub fn is_of_a_station(&self, number: &str) -> bool {
        SpecimenNumber::parse(number).is_ok_and(|number| {
            let station = number.station();
            self.held().contains(&station) || self.is_spent(station)
        })
    }

    /// Whose the unclaimed station is, where only one provider can have given it. `lines` are the providers that are set up,
    /// `asked` the leases that were asked for. A provider that answered with blocks of its own did not.
    #[must_use]
    pub fn whose<'a>(
        &'a self,
        lines: &'a BTreeSet<String>,
        asked: &'a BTreeMap<String, PendingLease>,
    ) -> Option<&'a str> {
        let device: &DevicePrint = &self.unclaimed.as_ref()?.device;
        let leases_blocks = |provider: &str| self.blocks.as_ref().is_some_and(|held| held.left(provider).is_some());
        let mut asked: BTreeSet<&str> =
            asked.iter().filter(|(_, lease)| lease.device == *device).map(|(provider, _)| provider.as_str()).collect();
        asked.retain(|provider| !leases_blocks(provider));
        let mut all = asked.clone();
        all.extend(lines.iter().chain(&self.refusing).map(String::as_str).filter(|provider| !leases_blocks(provider)));
        // Where everybody who was asked leases numbers, none came from paper.
        let candidates = if all.len() > 1 && self.refusing.is_empty() { asked } else { all };
        let mut candidates = candidates.into_iter();
        candidates.next().filter(|_| candidates.next().is_none())
    }

    /// Where a provider's next number comes from. Whoever leases numbers of its own series wants those on its tubes; the station
    /// that it gave is used where it leases none (the gateway's contract, answer 409), also when it stops leasing.
    #[must_use]
    pub fn source(&self, provider: &str) -> Source {
        if self.standing() != Standing::Continues {
            return Source::Nothing;
        }
        let leased = self.blocks.as_ref().and_then(|blocks| blocks.left(provider));
        match (leased, self.stations.get(provider).map(|enrolled| enrolled.station)) {
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
            Source::Station(station) => (self.station_left(station), STATION_PER_DAY),
            Source::Leased => {
                let left = self.blocks.as_ref().and_then(|blocks| blocks.left(provider)).unwrap_or(0);
                (left, self.per_day(provider, now))
            }
            Source::Nothing => return (0, Supply::Empty),
        };
        let left = left.saturating_add(in_hand);
        (left, Supply::of(left, per_day))
    }

    /// How long the station that a provider gave lasts, whether it is used now or not.
    #[must_use]
    pub fn station_supply(&self, provider: &str) -> Supply {
        let left = self.stations.get(provider).map_or(0, |enrolled| self.station_left(enrolled.station));
        Supply::of(left, STATION_PER_DAY)
    }

    fn station_left(&self, station: Station) -> u32 {
        (Width::Twelve.last_counter() + 1).saturating_sub(self.mark(station).get())
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

    /// A provider's station at a mark, as store and witness have it.
    fn at_station(number: u32, store: u32, witnessed: u32) -> Holdings {
        Holdings::default().with_station("balsam-lab", number, store, witnessed)
    }

    impl Holdings {
        fn with_station(mut self, provider: &str, number: u32, store: u32, witnessed: u32) -> Self {
            let (station, device) = (station(number), secret().print());
            self.stations.insert(provider.into(), Enrolment { station, device });
            self.marks.insert(station, HighWaterMark::new(store));
            let known = self.witness.unwrap_or(Witness::new(secret()));
            self.witness = Some(known.at_mark(station, HighWaterMark::new(witnessed)));
            self
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
        held.blocks.as_mut().unwrap().cover(provider, count, |_| false);
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
        let later =
            Some(held.witness.clone().unwrap().numbering_for(station(40_171)).holding(&[station(40_171)].into()));
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
    fn each_provider_vouches_for_what_it_leased_itself_and_for_nothing_else() {
        let held = with_block(at_station(40_170, 100, 100), "furumo");
        assert_eq!(held.source("furumo"), Source::Leased);
        assert_eq!(held.source("balsam-lab"), Source::Station(station(40_170)));
        assert_eq!(held.source("granli"), Source::Nothing, "nobody there knows this workstation");
        assert_eq!(held.to_lease("granli", NOW), Some(ToLease::Station { count: BLOCK }));
        let mut used_up = witnessed(cover(&held, "furumo", 500));
        used_up.refusing.insert("furumo".into());
        assert_eq!(used_up.supply("furumo", 0, NOW), (0, Supply::Empty), "another's station is not theirs");
        let given = used_up.with_station("furumo", 40_171, 0, 0);
        assert_eq!(
            given.source("furumo"),
            Source::Station(station(40_171)),
            "it leases no more, and gave one on paper"
        );
        let leasing = Holdings { refusing: BTreeSet::new(), ..given };
        assert_eq!(leasing.source("furumo"), Source::Leased, "it wants its own, and more of them is leased");
    }

    #[test]
    fn two_providers_that_lease_the_same_station_share_its_counter() {
        let held = at_station(40_170, 100, 100);
        assert!(!held.is_spent(station(40_170)), "the other's lease of it is taken");
        let both = held.with_station("furumo", 40_170, 100, 100);
        assert_eq!(both.source("furumo"), Source::Station(station(40_170)));
        assert_eq!(both.supply("furumo", 0, NOW).0, both.supply("balsam-lab", 0, NOW).0);
        let one = Holdings { stations: BTreeMap::new(), ..both };
        assert!(one.is_spent(station(40_170)), "nobody holds it any more");
    }

    #[test]
    fn a_station_that_the_keyring_was_not_told_of_is_new_until_something_was_numbered_by_it() {
        let told = |held: Holdings| Holdings { witness: Some(Witness::new(secret())), ..held };
        let fresh = told(at_station(40_170, 0, 0));
        assert_eq!((fresh.doubt(), fresh.source("balsam-lab")), (None, Source::Station(station(40_170))));
        assert_eq!(told(at_station(40_170, 50, 0)).doubt(), Some(Why::PutBack));
        let spent = Witness { spent: vec![station(40_170)], ..Witness::new(secret()) };
        assert_eq!(Holdings { witness: Some(spent), ..fresh }.doubt(), Some(Why::PutBack));
    }

    #[test]
    fn a_station_of_no_known_provider_is_somebodys_only_where_nobody_else_can_have_given_it() {
        let set = |providers: &[&str]| providers.iter().map(|&provider| provider.to_owned()).collect::<BTreeSet<_>>();
        let one = at_station(40_170, 150, 150);
        let unclaimed = one.stations.into_values().next();
        let held = Holdings { stations: BTreeMap::new(), unclaimed, ..one };
        assert_eq!(held.source("balsam-lab"), Source::Nothing);
        let asked = |providers: &[&str]| -> BTreeMap<String, PendingLease> {
            let lease = PendingLease::of(uuid::Uuid::from_u128(1), &Witness::new(secret()));
            providers.iter().map(|&provider| (provider.to_owned(), lease.clone())).collect()
        };
        let whose =
            |held: &Holdings, lines: &[&str], of: &[&str]| held.whose(&set(lines), &asked(of)).map(str::to_owned);
        let balsam = Some("balsam-lab".to_owned());
        assert_eq!(
            whose(&held, &["balsam-lab"], &[]),
            balsam,
            "the only one there is, and it gave the number on paper"
        );
        assert_eq!(whose(&held, &["balsam-lab", "furumo"], &["balsam-lab"]), balsam, "the only one that was asked");
        assert_eq!(whose(&held, &["balsam-lab", "furumo"], &[]), None);
        assert_eq!(whose(&held, &["balsam-lab", "furumo"], &["balsam-lab", "furumo"]), None);
        let with_blocks = with_block(held.clone(), "furumo");
        assert_eq!(whose(&with_blocks, &["balsam-lab", "furumo"], &["balsam-lab", "furumo"]), balsam);
        let refused = Holdings { refusing: set(&["furumo"]), ..held };
        assert_eq!(
            whose(&refused, &["balsam-lab", "furumo"], &["balsam-lab"]),
            None,
            "the other may have given it on paper"
        );
        assert_eq!(whose(&refused, &["furumo"], &["furumo"]).as_deref(), Some("furumo"));
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
