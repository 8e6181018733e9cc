//! Where the next number comes from: the station's own counter, or the blocks that a laboratory leased out. Both give a
//! number at most once, and both say how long they last.

use super::allocator::{Allocator, TakeError};
use super::series::{BlockError, LeasedSeries, Supply};

/// A source of numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Numbers {
    /// Our own scheme.
    Station(Allocator),
    /// A laboratory's series.
    Leased(LeasedSeries),
}

/// What must be durable before the next number is used, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// Covered by a durable mark: use it.
    Number(String),
    /// Write the series as it now is; then the number may be used.
    AfterKeeping(String, LeasedSeries),
}

impl Numbers {
    /// The next number.
    ///
    /// # Errors
    /// [`TakeError::ReserveFirst`] until a mark is durable; [`TakeError::Exhausted`] and [`TakeError::LeaseFirst`] when none
    /// is left.
    pub fn take(&mut self) -> Result<Taken, TakeError> {
        match self {
            Self::Station(station) => station.take().map(|number| Taken::Number(number.digits())),
            Self::Leased(series) => match series.take() {
                Ok(number) => Ok(Taken::AfterKeeping(number, series.clone())),
                Err(BlockError::Empty | BlockError::Overlap | BlockError::Shape) => Err(TakeError::LeaseFirst),
            },
        }
    }

    /// How many are left.
    #[must_use]
    pub fn left(&self) -> u32 {
        match self {
            Self::Station(station) => station.left(),
            Self::Leased(series) => series.left(),
        }
    }

    /// How long they last at `per_day` numbers a day.
    #[must_use]
    pub fn supply(&self, per_day: u32) -> Supply {
        Supply::of(self.left(), per_day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numbers::{Block, HighWaterMark, Station, Width};

    #[test]
    fn a_station_that_runs_out_warns_two_weeks_before_like_a_leased_series() {
        let at = |mark| {
            let station = Station::new(40_170).unwrap();
            Numbers::Station(Allocator::resume(station, Width::Twelve, HighWaterMark::new(mark))).supply(100)
        };
        assert_eq!(
            [at(0), at(98_600), at(99_700), at(100_000)],
            [Supply::Enough, Supply::Refill, Supply::Alarm, Supply::Empty]
        );
    }

    #[test]
    fn a_leased_number_is_used_only_with_the_series_that_has_it_no_longer() {
        let mut series = LeasedSeries::new();
        series.add(Block::of_lease("700000000001", "700000000002").unwrap()).unwrap();
        let mut numbers = Numbers::Leased(series);
        let Taken::AfterKeeping(number, rest) = numbers.take().unwrap() else { panic!("a leased number") };
        assert_eq!((number.as_str(), rest.left()), ("700000000001", 1));
        numbers.take().unwrap();
        assert_eq!(numbers.take(), Err(TakeError::LeaseFirst));
    }
}
