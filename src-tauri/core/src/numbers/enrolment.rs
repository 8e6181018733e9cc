//! What tells whether a machine may go on with the numbers that it holds.
//!
//! The store says which station was leased and how far its counter may have gone. Beside the store, in the keyring, lies a
//! witness: the device's secret, the station, and the same mark. A store that was restored, cloned or carried to another
//! machine does not agree with its witness, and then a new station is leased: a station too many is harmless, a number twice
//! is not. The clock is asked for nothing. What cannot be seen is a machine that is copied whole, keyring and all, and run
//! twice; two programs on one store are kept apart by the store's lock.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::allocator::HighWaterMark;
use super::number::Station;

/// What a device knows and no copy of its store does: 256 random bits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct DeviceSecret([u8; 32]);

impl DeviceSecret {
    /// A secret of these bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// What the store keeps of it: enough to know it again, nothing to make it from.
    #[must_use]
    pub fn print(&self) -> DevicePrint {
        let digest = Sha256::new().chain_update(b"rekvirent device").chain_update(self.0).finalize();
        DevicePrint(digest.iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

impl fmt::Debug for DeviceSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeviceSecret(…)")
    }
}

/// The digest by which a store knows its device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DevicePrint(String);

/// A lease as the store keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    /// The station that was leased.
    pub station: Station,
    /// The device that it was leased to.
    pub device: DevicePrint,
}

/// A lease that was asked for and may not have been answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingLease {
    /// The lease's id: the same id gives the same numbers for ever.
    pub id: Uuid,
    /// The device that asked.
    pub device: DevicePrint,
    /// The station that it numbered for when it asked: a station that was kept replaces it.
    pub station: Option<Station>,
    /// The witness's mark of leased blocks when it asked: a block that was kept raises it.
    pub blocks: u32,
}

impl PendingLease {
    /// A lease that a device asks for now.
    #[must_use]
    pub fn of(id: Uuid, witness: &Witness) -> Self {
        Self { id, device: witness.secret.print(), station: witness.station, blocks: witness.blocks.get() }
    }

    /// Whether asking again is the same question. A store that was put back to the moment before the answer would get the
    /// station that its later self has numbered with: only the device that asked, and that was never answered, may repeat it.
    #[must_use]
    pub fn may_be_repeated(&self, witness: &Witness) -> bool {
        *self == Self::of(self.id, witness)
    }
}

/// What lies beside the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// The device's secret.
    pub secret: DeviceSecret,
    /// The station it numbers for; none before one is leased or given.
    pub station: Option<Station>,
    /// The highest mark of the station's counter that was made durable.
    pub mark: HighWaterMark,
    /// The highest mark of leased blocks that was made durable.
    pub blocks: HighWaterMark,
    /// Stations that were numbered for before, and never are again; the newest last.
    pub spent: Vec<Station>,
}

/// Bytes of a written [`Witness`] before its stations.
const WRITTEN: usize = 44;
/// Bytes of a witness as it was written before stations and blocks were held side by side: one mark for either.
const WRITTEN_ONCE: usize = 40;
/// Stations that are remembered: what a keyring of Windows holds (2 560 bytes), with room to spare.
const REMEMBERED: usize = 256;

impl Witness {
    /// A device that holds no numbers.
    #[must_use]
    pub const fn new(secret: DeviceSecret) -> Self {
        let none = HighWaterMark::new(0);
        Self { secret, station: None, mark: none, blocks: none, spent: Vec::new() }
    }

    /// The device as it numbers for a station from now on; the one before is spent.
    #[must_use]
    pub fn numbering_for(mut self, station: Station) -> Self {
        self.spent.extend(self.station);
        Self { station: Some(station), mark: HighWaterMark::new(0), ..self }
    }

    /// As the keyring keeps it: secret, station, its mark, the blocks' mark, spent stations; numbers in four bytes, the highest
    /// first.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let spent = self.spent.iter().skip(self.spent.len().saturating_sub(REMEMBERED)).map(|station| station.get());
        let numbers = [self.station.map_or(0, Station::get), self.mark.get(), self.blocks.get()];
        let mut bytes = self.secret.0.to_vec();
        bytes.extend(numbers.into_iter().chain(spent).flat_map(u32::to_be_bytes));
        bytes
    }

    /// Reads what [`Witness::to_bytes`] wrote; `None` for anything else.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (secret, rest) = bytes.split_first_chunk::<32>()?;
        let (numbers, []) = rest.as_chunks::<4>() else { return None };
        let numbers: Vec<u32> = numbers.iter().map(|number| u32::from_be_bytes(*number)).collect();
        let (station, mark, blocks, spent) = match (numbers.as_slice(), bytes.len()) {
            (&[0, mark], WRITTEN_ONCE) => (0, 0, mark, [].as_slice()),
            (&[station, mark], WRITTEN_ONCE) => (station, mark, 0, [].as_slice()),
            (&[station, mark, blocks, ref spent @ ..], WRITTEN..) => (station, mark, blocks, spent),
            _ => return None,
        };
        Some(Self {
            secret: DeviceSecret(*secret),
            station: (station != 0).then(|| Station::new(station)).transpose().ok()?,
            mark: HighWaterMark::new(mark),
            blocks: HighWaterMark::new(blocks),
            spent: spent.iter().map(|station| Station::new(*station)).collect::<Result<_, _>>().ok()?,
        })
    }
}

/// Whether numbers may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Go on at the store's marks.
    Continues,
    /// Lease first, as a device that never had numbers.
    Anew(Why),
}

/// Why numbers are leased anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// There was none.
    NeverEnrolled,
    /// The keyring has no witness: another machine, another user, or a new installation.
    NoWitness,
    /// The witness is another device's: the store was copied to a machine that had one of its own.
    OtherDevice,
    /// The witness has seen more than the store: an older copy of the store was put in its place.
    PutBack,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret() -> DeviceSecret {
        DeviceSecret::new([7; 32])
    }

    #[test]
    fn an_unanswered_lease_is_repeated_by_the_device_that_asked_and_by_no_copy_of_its_store() {
        let asking = Witness::new(secret());
        let pending = PendingLease::of(Uuid::from_u128(1), &asking);
        assert!(pending.may_be_repeated(&asking));
        assert!(!pending.may_be_repeated(&Witness::new(DeviceSecret::new([8; 32]))));
        let with_a_station = Witness { station: Station::new(40_170).ok(), ..asking.clone() };
        assert!(!pending.may_be_repeated(&with_a_station), "it was answered with a station");
        let with_a_block = Witness { blocks: HighWaterMark::new(1), ..asking };
        assert!(!pending.may_be_repeated(&with_a_block), "it was answered with a block");
        let more = PendingLease::of(Uuid::from_u128(2), &with_a_station);
        assert!(more.may_be_repeated(&with_a_station), "a station's next lease may be lost as well");
    }

    #[test]
    fn a_witness_comes_back_from_the_keyring_and_garbage_does_not() {
        let stations = [40_170, 40_171, 40_172].map(|number| Station::new(number).unwrap());
        let full = Witness {
            station: Some(stations[0]),
            mark: HighWaterMark::new(150),
            blocks: HighWaterMark::new(501),
            spent: stations[1..].to_vec(),
            ..Witness::new(secret())
        };
        for witness in [Witness::new(secret()), full] {
            assert_eq!(Witness::from_bytes(&witness.to_bytes()), Some(witness));
        }
        assert_eq!(Witness::from_bytes(&[0; 39]), None);
        assert_eq!(Witness::from_bytes(&[1; 46]), None);
        assert_eq!(Witness::from_bytes(&[255; 44]), None);
        assert_eq!(format!("{:?}", secret()), "DeviceSecret(…)");
    }

    #[test]
    fn a_witness_with_one_mark_is_read_as_the_stations_or_else_the_blocks() {
        let once =
            |station: u32, mark: u32| [vec![7; 32], station.to_be_bytes().into(), mark.to_be_bytes().into()].concat();
        let marks = |bytes: &[u8]| {
            let read = Witness::from_bytes(bytes).unwrap();
            (read.station.map_or(0, Station::get), read.mark.get(), read.blocks.get())
        };
        assert_eq!(marks(&once(40_170, 150)), (40_170, 150, 0));
        assert_eq!(marks(&once(0, 501)), (0, 0, 501));
    }

    #[test]
    fn the_newest_spent_stations_are_remembered() {
        let spent: Vec<Station> = (1..=300).map(|number| Station::new(number).unwrap()).collect();
        let kept = Witness::from_bytes(&Witness { spent, ..Witness::new(secret()) }.to_bytes()).unwrap().spent;
        assert_eq!((kept.len(), kept.last().map(|station| station.get())), (REMEMBERED, Some(300)));
    }
}
