//! Handing out a station's counter values, each at most once, whatever happens to the machine.
//!
//! Pure: the caller makes a mark durable (`fsync`ed, in the store) between [`Allocator::reserve`] and
//! [`Allocator::made_durable`]. After a start the counter resumes *at the mark*, so numbers that were covered but perhaps
//! never printed are burned: a gap is harmless, a second use is not.

use thiserror::Error;

use super::number::{NumberError, SpecimenNumber, Station, Width};

/// How many numbers one durable write covers. A crash burns at most this many; 50 is about one busy morning.
pub const RESERVE_STEP: u32 = 50;

/// The first counter value that no durable write covers yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct HighWaterMark(u32);

impl HighWaterMark {
    /// The mark as it stands in the store; zero for a newly leased station.
    pub const fn new(first_uncovered: u32) -> Self {
        Self(first_uncovered)
    }

    /// The first counter value that is not covered.
    pub const fn get(self) -> u32 {
        self.0
    }
}

/// A mark that must be durable before the numbers under it are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "the numbers may be used only after this mark is durable"]
pub struct NewMark {
    /// The mark that was durable before; the store replaces it only if it still stands, so a second program is noticed.
    pub from: HighWaterMark,
    /// The mark to write.
    pub to: HighWaterMark,
}

/// A station's counter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allocator {
    station: Station,
    width: Width,
    next: u32,
    durable_until: HighWaterMark,
}

/// Why no number came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TakeError {
    /// The durable mark has been reached: [`Allocator::reserve`], write it, [`Allocator::made_durable`], then take again.
    #[error("the next number is not covered by a durable mark")]
    ReserveFirst,
    /// The station has used all its numbers; the workstation must enrol anew.
    #[error("station {} has used all its numbers", .0.get())]
    Exhausted(Station),
    /// The mark that was written is not the one that was asked for.
    #[error("the durable mark stands at {found}, not at {expected}: another program uses this station")]
    MarkMoved {
        /// Where this allocator believed it to stand.
        expected: u32,
        /// Where the new mark starts.
        found: u32,
    },
}

impl Allocator {
    /// Starts at the durable mark: whatever was covered before is burned.
    pub const fn resume(station: Station, width: Width, mark: HighWaterMark) -> Self {
        Self { station, width, next: mark.0, durable_until: mark }
    }

    /// The mark that covers at least `step` more numbers, or what is left of them.
    pub fn reserve(&self, step: u32) -> Result<NewMark, TakeError> {
        let end = self.width.last_counter() + 1;
        let to = self.next.max(self.durable_until.0).saturating_add(step.max(1)).min(end);
        if to <= self.durable_until.0 {
            return Err(TakeError::Exhausted(self.station));
        }
        Ok(NewMark { from: self.durable_until, to: HighWaterMark(to) })
    }

    /// Tells that the mark is on disk. Refused when it does not continue the one known here.
    pub fn made_durable(&mut self, mark: NewMark) -> Result<(), TakeError> {
        if mark.from != self.durable_until || mark.to < mark.from {
            return Err(TakeError::MarkMoved { expected: self.durable_until.0, found: mark.from.0 });
        }
        self.durable_until = mark.to;
        Ok(())
    }

    /// The next number, once.
    pub fn take(&mut self) -> Result<SpecimenNumber, TakeError> {
        if self.next > self.width.last_counter() {
            return Err(TakeError::Exhausted(self.station));
        }
        if self.next >= self.durable_until.0 {
            return Err(TakeError::ReserveFirst);
        }
        match SpecimenNumber::new(self.station, self.next, self.width) {
            Ok(number) => {
                self.next += 1;
                Ok(number)
            }
            Err(
                NumberError::Counter
                | NumberError::Station
                | NumberError::CheckDigits
                | NumberError::NotADigit { .. }
                | NumberError::Length { .. },
            ) => Err(TakeError::Exhausted(self.station)),
        }
    }

    /// How many numbers can be taken without another durable write.
    pub const fn covered(&self) -> u32 {
        self.durable_until.0.saturating_sub(self.next)
    }

    /// How many numbers the station has left, covered or not.
    pub const fn left(&self) -> u32 {
        (self.width.last_counter() + 1).saturating_sub(self.next)
    }

    /// The station whose numbers these are.
    pub const fn station(&self) -> Station {
        self.station
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allocator(mark: u32) -> Allocator {
        Allocator::resume(Station::new(40_170).unwrap(), Width::Twelve, HighWaterMark::new(mark))
    }

    #[test]
    fn nothing_is_handed_out_before_the_mark_is_on_disk() {
        let mut numbers = allocator(0);
        assert_eq!(numbers.take(), Err(TakeError::ReserveFirst));
        let mark = numbers.reserve(RESERVE_STEP).unwrap();
        assert_eq!(numbers.take(), Err(TakeError::ReserveFirst));
        numbers.made_durable(mark).unwrap();
        for counter in 0..50 {
            assert_eq!(numbers.take().unwrap().counter(), counter);
        }
        assert_eq!(numbers.take(), Err(TakeError::ReserveFirst));
        assert_eq!(numbers.reserve(50).unwrap().to.get(), 100);
    }

    #[test]
    fn a_crash_burns_the_rest_of_the_step() {
        let mut before = allocator(0);
        let mark = before.reserve(50).unwrap();
        before.made_durable(mark).unwrap();
        before.take().unwrap();
        let after = allocator(mark.to.get());
        assert_eq!((after.covered(), after.reserve(50).unwrap().to.get()), (0, 100));
    }

    #[test]
    fn the_last_number_is_used_and_then_the_station_is_empty() {
        let mut numbers = allocator(99_998);
        let mark = numbers.reserve(50).unwrap();
        assert_eq!(mark.to.get(), 100_000);
        numbers.made_durable(mark).unwrap();
        assert_eq!(numbers.take().unwrap().counter(), 99_998);
        assert_eq!(numbers.take().unwrap().counter(), 99_999);
        assert_eq!(numbers.take(), Err(TakeError::Exhausted(Station::new(40_170).unwrap())));
        assert_eq!(numbers.reserve(50), Err(TakeError::Exhausted(Station::new(40_170).unwrap())));
        assert_eq!(numbers.left(), 0);
    }

    #[test]
    fn two_programs_on_one_station_are_noticed() {
        let mut first = allocator(0);
        let second = allocator(50);
        let theirs = second.reserve(50).unwrap();
        assert_eq!(first.made_durable(theirs), Err(TakeError::MarkMoved { expected: 0, found: 50 }));
    }
}
