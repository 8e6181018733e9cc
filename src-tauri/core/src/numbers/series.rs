//! A laboratory's own number series, handed to offices in blocks.
//!
//! Some laboratories accept only numbers of their own series. Blocks are leased while there is a line and used up offline;
//! the same rule holds as for our own numbers: the position is durable before use and nothing comes twice.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What is put after the running number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum BlockCheck {
    /// Nothing.
    None,
    /// One digit, weights 3 and 1 from the right (as in GS1 numbers).
    Mod10,
    /// Two digits, ISO 7064 MOD 97-10.
    Mod97,
}

/// A leased block: first and last inclusive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Block {
    prefix: String,
    digits: u32,
    first: u32,
    last: u32,
    check: BlockCheck,
}

/// Why a block was refused or gave no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BlockError {
    /// First after last, or the last needs more digits than the series has.
    #[error("the block does not hold together")]
    Shape,
    /// The block overlaps one that is already held: the lease was answered twice or is wrong.
    #[error("the block overlaps one that is already held")]
    Overlap,
    /// Every leased number has been used.
    #[error("all leased numbers have been used")]
    Empty,
}

impl Block {
    /// A block of `first` to `last`, written with `digits` digits after `prefix`.
    pub fn new(prefix: &str, digits: u32, first: u32, last: u32, check: BlockCheck) -> Result<Self, BlockError> {
        let fits = (1..=9).contains(&digits) && last < 10_u32.pow(digits.min(9));
        let prefix_ok = prefix.len() <= 8 && prefix.bytes().all(|b| b.is_ascii_alphanumeric());
        // The check digits are over digits only: a prefix with letters has none.
        let check_ok = check == BlockCheck::None || prefix.bytes().all(|b| b.is_ascii_digit());
        if first > last || !fits || !prefix_ok || !check_ok {
            return Err(BlockError::Shape);
        }
        Ok(Self { prefix: prefix.to_owned(), digits, first, last, check })
    }

    /// The block of a lease as the gateway writes it: first and last number whole, with whatever check digits they need inside
    /// the series. At most the last nine digits run; what stands before them is the same in all.
    pub fn of_lease(first: &str, last: &str) -> Result<Self, BlockError> {
        let digits = first.len().min(9);
        if first.len() != last.len() || !first.is_ascii() || !last.is_ascii() {
            return Err(BlockError::Shape);
        }
        let (prefix, from) = first.split_at(first.len() - digits);
        let (same, to) = last.split_at(last.len() - digits);
        let number = |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse::<u32>().ok()).flatten();
        match (number(from), number(to)) {
            (Some(from), Some(to)) if prefix == same => Self::new(prefix, digits as u32, from, to, BlockCheck::None),
            _ => Err(BlockError::Shape),
        }
    }

    pub(super) fn overlaps(&self, other: &Self) -> bool {
        self.prefix == other.prefix
            && self.digits == other.digits
            && self.first <= other.last
            && other.first <= self.last
    }

    /// What is left of it without the numbers of another: nothing, one block, or what stands before and after.
    pub(super) fn without(&self, other: &Self) -> Vec<Self> {
        if !self.overlaps(other) {
            return vec![self.clone()];
        }
        let before = (other.first > self.first).then(|| Self { last: other.first - 1, ..self.clone() });
        let after = (other.last < self.last).then(|| Self { first: other.last + 1, ..self.clone() });
        before.into_iter().chain(after).collect()
    }

    /// Whether a number as it is written is one of the block's.
    pub(super) fn contains(&self, number: &str) -> bool {
        let running = number.strip_prefix(self.prefix.as_str()).and_then(|rest| rest.get(..self.digits as usize));
        let running = running.and_then(|digits| digits.parse::<u32>().ok());
        running.is_some_and(|running| (self.first..=self.last).contains(&running) && self.write(running) == number)
    }

    fn write(&self, number: u32) -> String {
        let body = format!("{}{number:0width$}", self.prefix, width = self.digits as usize);
        match self.check {
            BlockCheck::None => body,
            BlockCheck::Mod10 => {
                let sum: u32 = body
                    .bytes()
                    .rev()
                    .enumerate()
                    .map(|(i, b)| u32::from(b - b'0') * if i % 2 == 0 { 3 } else { 1 })
                    .sum();
                format!("{body}{}", (10 - sum % 10) % 10)
            }
            BlockCheck::Mod97 => {
                let rest = body.bytes().fold(0_u32, |rest, b| (rest * 10 + u32::from(b - b'0')) % 97);
                format!("{body}{:02}", 98 - rest * 100 % 97)
            }
        }
    }
}

/// How long the leased numbers last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum Supply {
    /// More than two weeks' use.
    Enough,
    /// Two weeks' use or less: lease another block at the next contact.
    Refill,
    /// Three days' use or less: tell the staff.
    Alarm,
    /// None left.
    Empty,
}

/// The blocks an office holds of one laboratory's series, used from the front.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeasedSeries {
    blocks: VecDeque<Block>,
}

impl LeasedSeries {
    /// A series without a block.
    pub const fn new() -> Self {
        Self { blocks: VecDeque::new() }
    }

    /// Adds a block. The same lease answered twice is refused as an overlap, and so cannot give a number twice.
    pub fn add(&mut self, block: Block) -> Result<(), BlockError> {
        if self.blocks.iter().any(|held| held.overlaps(&block)) {
            return Err(BlockError::Overlap);
        }
        self.blocks.push_back(block);
        Ok(())
    }

    /// The next number as the laboratory writes it. The caller makes the shrunken series durable before printing.
    pub fn take(&mut self) -> Result<String, BlockError> {
        let block = self.blocks.front_mut().ok_or(BlockError::Empty)?;
        let text = block.write(block.first);
        if block.first == block.last {
            self.blocks.pop_front();
        } else {
            block.first += 1;
        }
        Ok(text)
    }

    /// How many numbers are left.
    pub fn left(&self) -> u32 {
        self.blocks.iter().fold(0_u32, |sum, block| sum.saturating_add(block.last - block.first).saturating_add(1))
    }
}

impl Supply {
    /// How long `left` numbers last at `per_day` numbers a day.
    pub const fn of(left: u32, per_day: u32) -> Self {
        let per_day = if per_day == 0 { 1 } else { per_day };
        if left == 0 {
            Self::Empty
        } else if left <= per_day.saturating_mul(3) {
            Self::Alarm
        } else if left <= per_day.saturating_mul(14) {
            Self::Refill
        } else {
            Self::Enough
        }
    }
}

impl Default for LeasedSeries {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_used_up_in_the_order_they_came() {
        let mut series = LeasedSeries::new();
        series.add(Block::new("61", 6, 41, 42, BlockCheck::None).unwrap()).unwrap();
        series.add(Block::new("61", 6, 900, 900, BlockCheck::None).unwrap()).unwrap();
        let taken: Vec<_> = std::iter::from_fn(|| series.take().ok()).collect();
        assert_eq!(taken, ["61000041", "61000042", "61000900"]);
        assert_eq!((series.take(), series.left()), (Err(BlockError::Empty), 0));
    }

    #[test]
    fn a_lease_that_is_answered_twice_is_held_once() {
        let mut series = LeasedSeries::new();
        let block = Block::new("", 8, 100, 199, BlockCheck::Mod10).unwrap();
        series.add(block.clone()).unwrap();
        assert_eq!(series.add(block), Err(BlockError::Overlap));
        assert_eq!(series.left(), 100);
    }

    #[test]
    fn the_laboratorys_check_digits_are_written_as_the_standards_say() {
        // GS1 general specifications, section 7.9: the body 629104150021 has check digit 3.
        assert_eq!(
            Block::new("629", 9, 104_150_021, 104_150_021, BlockCheck::Mod10).unwrap().write(104_150_021),
            "6291041500213"
        );
        // ISO 7064: the body 794 has check digits 44.
        assert_eq!(Block::new("", 3, 794, 794, BlockCheck::Mod97).unwrap().write(794), "79444");
        assert_eq!(Block::new("A", 3, 1, 2, BlockCheck::Mod97), Err(BlockError::Shape));
    }

    #[test]
    fn a_lease_of_twelve_digits_is_given_out_as_it_was_written() {
        let mut series = LeasedSeries::new();
        series.add(Block::of_lease("700000000999", "700000001000").unwrap()).unwrap();
        assert_eq!([series.take().unwrap(), series.take().unwrap()], ["700000000999", "700000001000"]);
        for (first, last) in
            [("1", "22"), ("700000000002", "700000000001"), ("700000000001", "701000000001"), ("A1", "A+")]
        {
            assert_eq!(Block::of_lease(first, last), Err(BlockError::Shape), "{first} {last}");
        }
    }

    #[test]
    fn the_staff_are_told_three_days_before_the_numbers_run_out() {
        let lasts = |left| Supply::of(left, 10);
        assert_eq!(
            [lasts(141), lasts(140), lasts(30), lasts(0)],
            [Supply::Enough, Supply::Refill, Supply::Alarm, Supply::Empty]
        );
    }
}
