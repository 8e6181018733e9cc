//! What tells whether a machine may go on with the numbers that it holds.
//!
//! The store says which stations were leased, by whom, and how far their counters may have gone. Beside the store, in the
//! keyring, lies a witness: the device's secret, the stations, and the same marks. A store that was restored, cloned or carried
//! to another machine does not agree with its witness, and then new stations are leased: a station too many is harmless, a
//! number twice is not. The clock is asked for nothing. What cannot be seen is a machine that is copied whole, keyring and all, and run
//! twice; two programs on one store are kept apart by the store's lock.

use std::collections::{BTreeMap, BTreeSet};
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

impl DevicePrint {
    /// As the store wrote it.
    #[must_use]
    pub const fn from_store(text: String) -> Self {
        Self(text)
    }

    /// As the store writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A station as the store keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// The stations that the witness knew when it asked: one that was kept since is among them no more.
    #[serde(default)]
    pub stations: BTreeSet<Station>,
    /// The witness's mark of leased blocks when it asked: a block that was kept raises it.
    pub blocks: u32,
}

impl PendingLease {
    /// A lease that a device asks for now.
    #[must_use]
    pub fn of(id: Uuid, witness: &Witness) -> Self {
        let stations = witness.stations.keys().copied().collect();
        Self { id, device: witness.secret.print(), stations, blocks: witness.blocks.get() }
    }

    /// Whether asking again is the same question. A store that was put back to the moment before the answer would get the
    /// station that its later self has numbered with: only the device that asked, and that has kept nothing since, may repeat
    /// it.
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
    /// The stations it numbers for, whoever leased them, with the highest mark of each that was made durable.
    pub stations: BTreeMap<Station, HighWaterMark>,
    /// The highest mark of leased blocks that was made durable.
    pub blocks: HighWaterMark,
    /// Stations that were numbered for before, and never are again; the newest last.
    pub spent: Vec<Station>,
}

/// Stands first among the numbers of a [`Witness`] that knows several stations: no station and no mark is as high.
const SEVERAL: u32 = u32::MAX;
/// Bytes of a witness of one station, before those that are spent.
const WRITTEN_FOR_ONE: usize = 44;
/// Bytes of a witness as it was written before stations and blocks were held side by side: one mark for either.
const WRITTEN_ONCE: usize = 40;
/// Stations that are remembered: what a keyring of Windows holds (2 560 bytes), with room to spare.
const REMEMBERED: usize = 256;

impl Witness {
    /// A device that holds no numbers.
    #[must_use]
    pub const fn new(secret: DeviceSecret) -> Self {
        Self { secret, stations: BTreeMap::new(), blocks: HighWaterMark::new(0), spent: Vec::new() }
    }

    /// The device as it numbers for a station as well; a counter that it knows already goes on.
    #[must_use]
    pub fn numbering_for(mut self, station: Station) -> Self {
        self.stations.entry(station).or_default();
        self
    }

    /// A station's counter as far as it was made durable.
    #[must_use]
    pub fn at_mark(mut self, station: Station, mark: HighWaterMark) -> Self {
        self.stations.insert(station, mark);
        self
    }

    /// The device without the stations that are held no more: they are spent.
    #[must_use]
    pub fn holding(mut self, held: &BTreeSet<Station>) -> Self {
        let (kept, gone) = self.stations.into_iter().partition(|(station, _)| held.contains(station));
        self.stations = kept;
        let gone: BTreeMap<Station, HighWaterMark> = gone;
        self.spent.extend(gone.into_keys());
        self
    }

    /// As the keyring keeps it: the secret, then numbers in four bytes, the highest first: a mark of the form, the blocks' mark,
    /// how many stations, each with its mark, and the spent ones.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let spent = self.spent.iter().skip(self.spent.len().saturating_sub(REMEMBERED)).map(|station| station.get());
        let stations = self.stations.iter().flat_map(|(station, mark)| [station.get(), mark.get()]);
        let many = u32::try_from(self.stations.len()).unwrap_or(u32::MAX);
        let numbers = [SEVERAL, self.blocks.get(), many].into_iter().chain(stations).chain(spent);
        let mut bytes = self.secret.0.to_vec();
        bytes.extend(numbers.flat_map(u32::to_be_bytes));
        bytes
    }

    /// Reads what [`Witness::to_bytes`] wrote, now or in an earlier version; `None` for anything else.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (secret, rest) = bytes.split_first_chunk::<32>()?;
        let (numbers, []) = rest.as_chunks::<4>() else { return None };
        let numbers: Vec<u32> = numbers.iter().map(|number| u32::from_be_bytes(*number)).collect();
        let (stations, blocks, spent) = match (numbers.as_slice(), bytes.len()) {
            (&[SEVERAL, blocks, many, ref rest @ ..], _) => {
                let (stations, spent) = rest.split_at_checked(usize::try_from(many).ok()?.checked_mul(2)?)?;
                (stations.to_vec(), blocks, spent)
            }
            (&[0, mark], WRITTEN_ONCE) => (vec![], mark, [].as_slice()),
            (&[station, mark], WRITTEN_ONCE) => (vec![station, mark], 0, [].as_slice()),
            (&[0, _, blocks, ref spent @ ..], WRITTEN_FOR_ONE..) => (vec![], blocks, spent),
            (&[station, mark, blocks, ref spent @ ..], WRITTEN_FOR_ONE..) => (vec![station, mark], blocks, spent),
            _ => return None,
        };
        let pairs =
            stations.chunks_exact(2).map(|pair| Some((Station::new(pair[0]).ok()?, HighWaterMark::new(pair[1]))));
        Some(Self {
            secret: DeviceSecret(*secret),
            stations: pairs.collect::<Option<_>>()?,
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
        let with_a_station = asking.clone().numbering_for(Station::new(40_170).unwrap());
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
            stations: BTreeMap::from([(stations[0], HighWaterMark::new(150)), (stations[1], HighWaterMark::new(0))]),
            blocks: HighWaterMark::new(501),
            spent: stations[2..].to_vec(),
            ..Witness::new(secret())
        };
        for witness in [Witness::new(secret()), full] {
            assert_eq!(Witness::from_bytes(&witness.to_bytes()), Some(witness));
        }
        assert_eq!(Witness::from_bytes(&[0; 39]), None);
        assert_eq!(Witness::from_bytes(&[1; 46]), None);
        assert_eq!(Witness::from_bytes(&[254; 44]), None);
        let too_many = [vec![7; 32], [SEVERAL, 0, 9].into_iter().flat_map(u32::to_be_bytes).collect()].concat();
        assert_eq!(Witness::from_bytes(&too_many), None);
        assert_eq!(format!("{:?}", secret()), "DeviceSecret(…)");
    }

    #[test]
    fn a_witness_of_an_earlier_version_is_read_with_its_one_station() {
        let written = |numbers: &[u32]| {
            let bytes = numbers.iter().flat_map(|number| number.to_be_bytes());
            Witness::from_bytes(&[vec![7; 32], bytes.collect()].concat()).unwrap()
        };
        let stations = |witness: &Witness| -> Vec<(u32, u32)> {
            witness.stations.iter().map(|(station, mark)| (station.get(), mark.get())).collect()
        };
        let marks = |numbers: &[u32]| {
            let read = written(numbers);
            (stations(&read), read.blocks.get(), read.spent.len())
        };
        assert_eq!(marks(&[40_170, 150]), (vec![(40_170, 150)], 0, 0));
        assert_eq!(marks(&[0, 501]), (vec![], 501, 0));
        assert_eq!(marks(&[40_170, 150, 501, 40_169]), (vec![(40_170, 150)], 501, 1));
        assert_eq!(marks(&[0, 0, 501]), (vec![], 501, 0));
    }

    #[test]
    fn the_newest_spent_stations_are_remembered() {
        let spent: Vec<Station> = (1..=300).map(|number| Station::new(number).unwrap()).collect();
        let kept = Witness::from_bytes(&Witness { spent, ..Witness::new(secret()) }.to_bytes()).unwrap().spent;
        assert_eq!((kept.len(), kept.last().map(|station| station.get())), (REMEMBERED, Some(300)));
    }
}
