//! Whether a machine may go on with the numbers that it was enrolled for.
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
    /// The lease's id: the same id gives the same station for ever.
    pub id: Uuid,
    /// The device that asked.
    pub device: DevicePrint,
    /// The witness's mark when it asked: a block that was kept raises it.
    #[serde(default)]
    pub mark: u32,
}

impl PendingLease {
    /// Whether asking again is the same question. A store that was put back to the moment before the answer would get the
    /// station that its later self has numbered with: only the device that asked, and that was never answered, may repeat it.
    #[must_use]
    pub fn may_be_repeated(&self, witness: &Witness) -> bool {
        witness.station.is_none() && witness.mark.get() == self.mark && witness.secret.print() == self.device
    }
}

/// What lies beside the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Witness {
    /// The device's secret.
    pub secret: DeviceSecret,
    /// The station it numbers for; none before the first lease.
    pub station: Option<Station>,
    /// The highest mark that was made durable for it.
    pub mark: HighWaterMark,
}

/// Bytes of a written [`Witness`].
const WRITTEN: usize = 40;

impl Witness {
    /// A device that has not been enrolled.
    #[must_use]
    pub const fn new(secret: DeviceSecret) -> Self {
        Self { secret, station: None, mark: HighWaterMark::new(0) }
    }

    /// As the keyring keeps it: secret, station, mark; numbers in four bytes, the highest first.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; WRITTEN] {
        let mut bytes = [0; WRITTEN];
        bytes[..32].copy_from_slice(&self.secret.0);
        bytes[32..36].copy_from_slice(&self.station.map_or(0, Station::get).to_be_bytes());
        bytes[36..].copy_from_slice(&self.mark.get().to_be_bytes());
        bytes
    }

    /// Reads what [`Witness::to_bytes`] wrote; `None` for anything else.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; WRITTEN] = bytes.try_into().ok()?;
        let number = |at: usize| u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        let mut secret = [0; 32];
        secret.copy_from_slice(&bytes[..32]);
        let station = match number(32) {
            0 => None,
            station => Some(Station::new(station).ok()?),
        };
        Some(Self { secret: DeviceSecret(secret), station, mark: HighWaterMark::new(number(36)) })
    }
}

/// Whether numbers may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Go on at the store's mark.
    Continues,
    /// Lease a new station first.
    Anew(Why),
}

/// Why a new station is leased.
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

/// Judges a store by its witness. `mark` is the store's for the enrolled station.
#[must_use]
pub fn standing(enrolled: Option<&Enrolment>, mark: HighWaterMark, witness: Option<&Witness>) -> Standing {
    let Some(enrolled) = enrolled else { return Standing::Anew(Why::NeverEnrolled) };
    let Some(witness) = witness else { return Standing::Anew(Why::NoWitness) };
    if witness.secret.print() != enrolled.device {
        return Standing::Anew(Why::OtherDevice);
    }
    if witness.station != Some(enrolled.station) || witness.mark > mark {
        return Standing::Anew(Why::PutBack);
    }
    Standing::Continues
}

#[cfg(test)]
mod tests {
    use super::*;

    fn witness(mark: u32) -> Witness {
        let station = Station::new(40_170).ok();
        Witness { secret: DeviceSecret::new([7; 32]), station, mark: HighWaterMark::new(mark) }
    }

    fn enrolled() -> Enrolment {
        Enrolment { station: Station::new(40_170).unwrap(), device: DeviceSecret::new([7; 32]).print() }
    }

    fn judged(mark: u32, witness: Option<Witness>) -> Standing {
        standing(Some(&enrolled()), HighWaterMark::new(mark), witness.as_ref())
    }

    #[test]
    fn a_machine_that_crashed_between_store_and_witness_goes_on() {
        assert_eq!(judged(100, Some(witness(100))), Standing::Continues);
        assert_eq!(judged(150, Some(witness(100))), Standing::Continues);
    }

    #[test]
    fn a_restored_a_cloned_and_a_reinstalled_machine_enrol_anew() {
        assert_eq!(judged(100, Some(witness(150))), Standing::Anew(Why::PutBack));
        assert_eq!(judged(100, None), Standing::Anew(Why::NoWitness));
        let other = Witness { secret: DeviceSecret::new([8; 32]), ..witness(100) };
        assert_eq!(judged(100, Some(other)), Standing::Anew(Why::OtherDevice));
        let later = Witness { station: Station::new(40_171).ok(), ..witness(0) };
        assert_eq!(judged(100, Some(later)), Standing::Anew(Why::PutBack));
        assert_eq!(standing(None, HighWaterMark::new(0), Some(&witness(0))), Standing::Anew(Why::NeverEnrolled));
    }

    #[test]
    fn an_unanswered_lease_is_repeated_by_the_device_that_asked_and_by_no_copy_of_its_store() {
        let device = DeviceSecret::new([7; 32]).print();
        let pending = PendingLease { id: Uuid::from_u128(1), device, mark: 0 };
        assert!(pending.may_be_repeated(&Witness::new(DeviceSecret::new([7; 32]))));
        assert!(!pending.may_be_repeated(&Witness::new(DeviceSecret::new([8; 32]))));
        assert!(!pending.may_be_repeated(&witness(50)));
        let with_a_block = Witness { station: None, ..witness(1) };
        assert!(!pending.may_be_repeated(&with_a_block), "it was answered with a block");
    }

    #[test]
    fn a_witness_comes_back_from_the_keyring_and_garbage_does_not() {
        assert_eq!(Witness::from_bytes(&witness(150).to_bytes()), Some(witness(150)));
        let new = Witness::new(DeviceSecret::new([1; 32]));
        assert_eq!(Witness::from_bytes(&new.to_bytes()), Some(new));
        assert_eq!(Witness::from_bytes(&[0; 39]), None);
        assert_eq!(Witness::from_bytes(&[255; 40]), None);
        assert_eq!(format!("{:?}", DeviceSecret::new([7; 32])), "DeviceSecret(…)");
    }
}
