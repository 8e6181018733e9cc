//! Numbers as a running program hands them out: each at most once, and none before it is durable as used.
//!
//! The application and the campaign that tries to break it ask the same code. What it needs of a store, a keyring and a clock
//! stands behind [`Keeping`]; it forgets everything with the program, and what was covered is then burned.

use std::collections::{BTreeMap, VecDeque};

use super::allocator::{Allocator, NewMark, RESERVE_STEP, TakeError};
use super::holdings::{Holdings, Source};
use super::leased::LeasedBlocks;
use super::number::{Station, Width};

/// Where holdings are read, and made durable: in the store first, with the witness after it.
pub trait Keeping {
    /// Why something was not read or kept.
    type Error;

    /// What is held.
    ///
    /// # Errors
    /// Where store or witness cannot be read.
    fn holdings(&mut self) -> Result<Holdings, Self::Error>;

    /// Makes a station's mark durable. A witness that does not know the station is told of it first: a mark that only the
    /// store knows would be doubted.
    ///
    /// # Errors
    /// Where store or witness did not take it: no number under it is used.
    fn raise(&mut self, station: Station, mark: NewMark) -> Result<(), Self::Error>;

    /// Makes durable what was taken out of leased blocks.
    ///
    /// # Errors
    /// As [`Keeping::raise`].
    fn keep_blocks(&mut self, blocks: &LeasedBlocks) -> Result<(), Self::Error>;
}

/// Why there is no number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoNumber<E> {
    /// The provider has leased none to this workstation, and given no station on paper.
    NotLeased,
    /// What it leased is used up.
    UsedUp,
    /// The counter did not take it.
    Counter(TakeError),
    /// It could not be made durable.
    Kept(E),
}

impl<E> From<E> for NoNumber<E> {
    fn from(error: E) -> Self {
        Self::Kept(error)
    }
}

/// Numbers that may be handed out without another durable write.
#[derive(Clone, Debug, Default)]
pub struct InHand {
    /// The counter of each station: one, whoever leased the station.
    counters: BTreeMap<Station, Allocator>,
    /// The station that numbers a provider's tubes, as it was judged since the program started.
    by_station: BTreeMap<String, Station>,
    /// What laboratories' blocks hold, as it was then: a counter leaves it out.
    leased: Option<LeasedBlocks>,
    /// Covered numbers of leased blocks, by provider.
    covered: BTreeMap<String, VecDeque<String>>,
}

impl InHand {
    /// Judges anew where the numbers come from; what is covered is still what it was.
    pub fn judge_anew(&mut self) {
        self.by_station.clear();
    }

    /// How many of a source's numbers are at hand.
    #[must_use]
    pub fn at_hand(&self, provider: &str, source: Source) -> u32 {
        match source {
            Source::Station(station) => self.counters.get(&station).map_or(0, Allocator::covered),
            Source::Leased => {
                self.covered.get(provider).map_or(0, |held| u32::try_from(held.len()).unwrap_or(u32::MAX))
            }
            Source::Nothing => 0,
        }
    }

    /// The next number for a provider's tubes, of what the provider leased.
    ///
    /// # Errors
    /// [`NoNumber`]; then none is lost but those that were covered.
    pub fn next<K: Keeping>(&mut self, provider: &str, keeping: &mut K) -> Result<String, NoNumber<K::Error>> {
        if let Some(number) = self.covered.get_mut(provider).and_then(VecDeque::pop_front) {
            return Ok(number);
        }
        let station = match self.by_station.get(provider) {
            Some(station) => *station,
            None => {
                let holdings = keeping.holdings()?;
                match holdings.source(provider) {
                    Source::Station(station) => self.judged(provider, station, holdings),
                    Source::Leased => return self.next_leased(provider, holdings, keeping),
                    Source::Nothing => return Err(NoNumber::NotLeased),
                }
            }
        };
        self.next_of_station(station, keeping)
    }

    fn judged(&mut self, provider: &str, station: Station, holdings: Holdings) -> Station {
        let mark = holdings.mark(station);
        self.counters.entry(station).or_insert_with(|| Allocator::resume(station, Width::Twelve, mark));
        self.by_station.insert(provider.to_owned(), station);
        self.leased = holdings.blocks;
        station
    }

    fn next_of_station<K: Keeping>(&mut self, station: Station, keeping: &mut K) -> Result<String, NoNumber<K::Error>> {
        let counter = self.counters.get_mut(&station).ok_or(NoNumber::NotLeased)?;
        loop {
            match counter.take() {
                Ok(number) => {
                    let number = number.digits();
                    if !self.leased.as_ref().is_some_and(|blocks| blocks.hold(&number)) {
                        return Ok(number);
                    }
                }
                Err(TakeError::ReserveFirst) => {
                    let mark = counter.reserve(RESERVE_STEP).map_err(NoNumber::Counter)?;
                    keeping.raise(station, mark)?;
                    counter.made_durable(mark).map_err(NoNumber::Counter)?;
                }
                Err(error @ (TakeError::Exhausted(_) | TakeError::MarkMoved { .. })) => {
                    return Err(NoNumber::Counter(error));
                }
            }
        }
    }

    fn next_leased<K: Keeping>(
        &mut self,
        provider: &str,
        mut holdings: Holdings,
        keeping: &mut K,
    ) -> Result<String, NoNumber<K::Error>> {
        let mut blocks = holdings.blocks.take().ok_or(NoNumber::UsedUp)?;
        let mut covered =
            VecDeque::from(blocks.cover(provider, RESERVE_STEP, |number| holdings.is_of_a_station(number)));
        let number = covered.pop_front().ok_or(NoNumber::UsedUp)?;
        keeping.keep_blocks(&blocks)?;
        self.covered.insert(provider.to_owned(), covered);
        Ok(number)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::numbers::{Block, DeviceSecret, Enrolment, HighWaterMark, SpecimenNumber, Witness};

    /// A workstation on which nothing fails.
    struct Sound(Holdings);

    impl Keeping for Sound {
        type Error = ();

        fn holdings(&mut self) -> Result<Holdings, ()> {
            Ok(self.0.clone())
        }

        fn raise(&mut self, station: Station, mark: NewMark) -> Result<(), ()> {
            self.0.marks.insert(station, mark.to);
            self.0.witness = self.0.witness.take().map(|known| known.at_mark(station, mark.to));
            Ok(())
        }

        fn keep_blocks(&mut self, blocks: &LeasedBlocks) -> Result<(), ()> {
            self.0.witness = self.0.witness.take().map(|known| Witness { blocks: blocks.mark(), ..known });
            self.0.blocks = Some(blocks.clone());
            Ok(())
        }
    }

    /// Each provider with the station that it leased.
    fn leased(stations: &[(&str, u32)]) -> Sound {
        let secret = DeviceSecret::new([7; 32]);
        let mut held = Holdings { witness: Some(Witness::new(secret)), ..Holdings::default() };
        for (provider, station) in stations {
            let station = Station::new(*station).unwrap();
            held.stations.insert((*provider).to_owned(), Enrolment { station, device: secret.print() });
            held.witness = held.witness.map(|known| known.at_mark(station, HighWaterMark::new(0)));
        }
        Sound(held)
    }

    #[test]
    fn the_same_station_of_two_hospitals_gives_each_number_to_one_of_them() {
        let mut kept = leased(&[("balsam-lab", 12_345), ("furumo", 12_345), ("granli", 12_346)]);
        let mut hand = InHand::default();
        let mut given = Vec::new();
        for turn in 0..300 {
            given.push(hand.next(["balsam-lab", "furumo", "granli"][turn % 3], &mut kept).unwrap());
            if turn % 70 == 0 {
                hand = InHand::default();
            }
        }
        let many = given.len();
        given.sort_unstable();
        given.dedup();
        assert_eq!(given.len(), many);
        assert!(matches!(hand.next("fjellvik", &mut kept), Err(NoNumber::NotLeased)));
    }

    #[test]
    fn a_station_and_a_block_with_the_same_digits_give_each_number_once() {
        let number = |counter| SpecimenNumber::new(Station::new(70_000).unwrap(), counter, Width::Twelve).unwrap();
        let mut kept = leased(&[("balsam-lab", 70_000)]);
        let mut blocks = LeasedBlocks::new(DeviceSecret::new([7; 32]).print());
        let block = Block::of_lease(&number(0).digits(), &number(10).digits()).unwrap();
        blocks.keep("furumo", block, Timestamp::UNIX_EPOCH).unwrap();
        kept.keep_blocks(&blocks).unwrap();
        let mut hand = InHand::default();
        assert_eq!(hand.next("balsam-lab", &mut kept).unwrap(), number(11).digits(), "the block was there first");
        let of_block: Vec<String> = (0..200).map(|_| hand.next("furumo", &mut kept).unwrap()).collect();
        assert!(of_block.iter().all(|one| !kept.0.is_of_a_station(one)));
    }
}
