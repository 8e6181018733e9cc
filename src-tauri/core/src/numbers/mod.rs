//! Specimen numbers made offline, with check digits.
//!
//! A number must be unique without asking anyone, short enough for a narrow tube and every analyser, and never come twice:
//! not after a crash, a restore, a clone or a clock set back. So it carries no time and no randomness, only a station that
//! is leased once and a counter whose high-water mark is durable before the first number under it is used. The module
//! decides; the durable mark itself is written by the store. It never hands out a number that is not covered.

mod account;
mod allocator;
mod enrolment;
mod hand;
mod holdings;
mod leased;
mod number;
mod scan;
mod series;

pub use account::{Account, account};
pub use allocator::{Allocator, HighWaterMark, NewMark, RESERVE_STEP, TakeError};
pub use enrolment::{DevicePrint, DeviceSecret, Enrolment, PendingLease, Standing, Why, Witness};
pub use hand::{InHand, Keeping, NoNumber};
pub use holdings::{Holdings, Source, ToLease};
pub use leased::LeasedBlocks;
pub use number::{NumberError, SpecimenNumber, Station, StationError, Width};
pub use scan::{Identified, identify};
pub use series::{Block, BlockCheck, BlockError, LeasedSeries, Supply};
