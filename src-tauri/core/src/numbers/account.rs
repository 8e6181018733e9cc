//! An account of the numbers: every counter value below the mark was used, or is a gap that can be named.
//!
//! A laboratory that asks "where is number so and so?" gets an answer: it stands on a specimen, or it was burned and was
//! never printed for anybody.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use super::allocator::HighWaterMark;
use super::number::{SpecimenNumber, Station};

/// What became of a station's numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Numbers on specimens.
    pub used: u32,
    /// Counter values that were covered and stand on no specimen: burned in a crash, or about to be used.
    pub gaps: Vec<RangeInclusive<u32>>,
    /// Counter values at or above the mark that stand on a specimen. There are none unless the mark was lost.
    pub beyond: u32,
}

impl Account {
    /// Counter values in the gaps.
    #[must_use]
    pub fn burned(&self) -> u32 {
        self.gaps.iter().map(|gap| gap.end() - gap.start() + 1).sum()
    }
}

/// Accounts for a station; numbers of other stations are left out, and one that stands on several containers counts once.
pub fn account(station: Station, mark: HighWaterMark, numbers: impl IntoIterator<Item = SpecimenNumber>) -> Account {
    let own: BTreeSet<u32> =
        numbers.into_iter().filter(|number| number.station() == station).map(SpecimenNumber::counter).collect();
    let mut gaps = Vec::new();
    let mut next = 0;
    for &counter in own.iter().take_while(|counter| **counter < mark.get()) {
        if counter > next {
            gaps.push(next..=counter - 1);
        }
        next = counter + 1;
    }
    if next < mark.get() {
        gaps.push(next..=mark.get() - 1);
    }
    let beyond = own.iter().filter(|counter| **counter >= mark.get()).count();
    Account { used: own.len() as u32, gaps, beyond: beyond as u32 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numbers::Width;

    #[test]
    fn every_number_below_the_mark_is_on_a_specimen_or_a_named_gap() {
        let station = Station::new(40_170).unwrap();
        let of = |counters: &[u32]| {
            let numbers = counters.iter().map(|counter| SpecimenNumber::new(station, *counter, Width::Twelve).unwrap());
            account(station, HighWaterMark::new(100), numbers.collect::<Vec<_>>())
        };
        let told = of(&[0, 1, 1, 50, 52]);
        assert_eq!((told.used, told.burned(), told.beyond), (4, 96, 0));
        assert_eq!(told.gaps, [2..=49, 51..=51, 53..=99]);
        assert_eq!(of(&[]).gaps, vec![0..=99]);
        assert_eq!(of(&[100]).beyond, 1);
    }
}
