//! Which station this machine numbers for, and whether it still may.
//!
//! The store keeps the lease and the mark; the witness lies beside it, in the keyring. Where there is none, it lies in a file
//! of the data folder: then a folder that is restored as a whole cannot be told from the one that it was, only a store that
//! was copied by itself.

use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError};

use requisition::numbers::{
    Allocator, Block, DeviceSecret, Enrolment, HighWaterMark, LeasedBlocks, NewMark, PendingLease, RESERVE_STEP,
    Standing, Station, Supply, Why, Width, Witness, standing,
};
use requisition::transport::{LeaseAnswer, LeaseKind, LeaseRequest, Transport, Trouble};
use uuid::Uuid;

use super::settings::{Connection, key};
use super::{Answer, Workplace, now};
use crate::error::{CommandError, ErrorCode};
use crate::keyring::{Keyring, KeyringError};

/// How a gateway says that it leased a station: five digits of station, five of counter, two of check.
const STATION_SCHEME: &str = "station-5";

/// Numbers asked for at a time, of a provider that leases its own series in blocks.
const BLOCK: u32 = 500;

/// Numbers that may be handed out: a station's, or what is covered of leased blocks.
#[derive(Default)]
pub(super) struct Held {
    /// The station's counter.
    pub station: Option<Allocator>,
    /// Covered numbers by provider.
    covered: BTreeMap<String, VecDeque<String>>,
}

/// Where the witness lies.
pub(super) enum Beside {
    /// Under a name in the keyring.
    Keyring(Arc<dyn Keyring>, String),
    /// In a file, where there is no keyring.
    File(PathBuf),
}

impl Beside {
    fn read(&self) -> Answer<Option<Witness>> {
        let bytes = match self {
            Self::Keyring(keyring, name) => {
                keyring.read(name).map_err(|error| unkept(&error))?.map(|kept| kept.to_vec())
            }
            Self::File(path) => match fs::read(path) {
                Ok(bytes) => Some(bytes),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
                Err(error) => return Err(CommandError::caused(ErrorCode::FileRefused, &error)),
            },
        };
        // What cannot be read is no witness: the machine enrols anew.
        Ok(bytes.as_deref().and_then(Witness::from_bytes))
    }

    fn write(&self, witness: &Witness) -> Answer<()> {
        match self {
            Self::Keyring(keyring, name) => keyring.write(name, &witness.to_bytes()).map_err(|error| unkept(&error)),
            Self::File(path) => {
                let write = || {
                    let part = path.with_extension("part");
                    let mut file = fs::File::create(&part)?;
                    file.write_all(&witness.to_bytes())?;
                    file.sync_all()?;
                    fs::rename(&part, path)
                };
                write().map_err(|error: std::io::Error| CommandError::caused(ErrorCode::FileRefused, &error))
            }
        }
    }
}

impl Workplace {
    /// The station's counter at its durable mark, where this machine may go on with it.
    /// Nothing where it has none: then numbers come of leased blocks, if of anything.
    pub(super) fn resume_station(&self) -> Answer<Option<Allocator>> {
        let enrolled: Option<Enrolment> = self.store.setting(key::ENROLMENT)?;
        match (self.standing(enrolled.as_ref())?, enrolled) {
            (Standing::Continues, Some(enrolled)) => {
                let mark = self.store.number_mark(&station_name(enrolled.station))?;
                Ok(Some(Allocator::resume(enrolled.station, Width::Twelve, HighWaterMark::new(mark))))
            }
            (Standing::Anew(_), _) | (Standing::Continues, None) => Ok(None),
        }
    }

    /// The next number of a provider's own series. What it covers is durable first, in the store and then beside it.
    pub(super) fn next_leased(&self, held: &mut Held, provider: &str) -> Answer<String> {
        if let Some(number) = held.covered.get_mut(provider).and_then(VecDeque::pop_front) {
            return Ok(number);
        }
        let Some(mut blocks) = self.blocks()? else {
            tracing::warn!("this machine has to lease numbers before it makes labels");
            return Err(CommandError::new(ErrorCode::NoStation));
        };
        let covered = blocks.cover(provider, RESERVE_STEP);
        if covered.is_empty() {
            let had = blocks.providers().any(|one| one == provider);
            return Err(CommandError::new(if had { ErrorCode::NumbersUsedUp } else { ErrorCode::NoStation }));
        }
        self.keep_blocks(&blocks)?;
        let mut covered = VecDeque::from(covered);
        let number = covered.pop_front().ok_or_else(|| CommandError::new(ErrorCode::NoStation));
        held.covered.insert(provider.to_owned(), covered);
        number
    }

    /// The leased blocks, where this machine may go on with them.
    fn blocks(&self) -> Answer<Option<LeasedBlocks>> {
        let held: Option<LeasedBlocks> = self.store.setting(key::BLOCKS)?;
        let continues = LeasedBlocks::standing(held.as_ref(), self.beside.read()?.as_ref()) == Standing::Continues;
        Ok(held.filter(|_| continues))
    }

    fn keep_blocks(&self, blocks: &LeasedBlocks) -> Answer<()> {
        self.store.set_setting(key::BLOCKS, blocks, now().timestamp())?;
        let kept = self.beside.read()?.ok_or_else(|| CommandError::new(ErrorCode::NoStation))?;
        self.beside.write(&Witness { station: None, mark: blocks.mark(), ..kept })
    }

    /// Keeps a block that a provider leased.
    pub(super) fn keep_block(&self, provider: &str, block: Block) -> Answer<()> {
        let _held = self.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        let mut blocks = match self.blocks()? {
            Some(blocks) => blocks,
            None => LeasedBlocks::new(self.witness()?.secret.print()),
        };
        if let Err(error) = blocks.keep(provider, block, now().timestamp()) {
            tracing::warn!(%error, "the gateway leased numbers again that were leased before");
        }
        self.keep_blocks(&blocks)
    }

    /// How far the leased numbers reach, by provider; nothing at a station of its own.
    pub(super) fn leased_supply(&self) -> Answer<Vec<(String, u32, Supply)>> {
        let enrolled: Option<Enrolment> = self.store.setting(key::ENROLMENT)?;
        if self.standing(enrolled.as_ref())? == Standing::Continues {
            return Ok(Vec::new());
        }
        let (blocks, now) = (self.blocks()?, now().timestamp());
        let told = blocks.iter().flat_map(|blocks| {
            blocks.providers().filter_map(|provider| {
                let (left, supply) = blocks.supply(provider, now)?;
                Some((provider.to_owned(), left, supply))
            })
        });
        Ok(told.collect())
    }

    /// Makes a mark durable, in the store first and then beside it: a crash between the two is no reason to enrol anew.
    pub(super) fn raise_mark(&self, station: Station, mark: NewMark) -> Answer<()> {
        self.store.raise_number_mark(&station_name(station), mark.to.get(), now().timestamp())?;
        let kept = self.beside.read()?.ok_or_else(|| CommandError::new(ErrorCode::NoStation))?;
        self.beside.write(&Witness { station: Some(station), mark: mark.to, ..kept })
    }

    /// Leases a station where there is none, or where this machine may not go on with the one it has. A gateway that leases
    /// no stations answers with a block of the provider's own series, which is refilled before it runs out. A lease whose
    /// answer was lost is asked for again under the same id, and costs nothing.
    pub(super) async fn enrol(&self, line: &Connection, transport: &dyn Transport) -> Answer<()> {
        // The keyring may wait for a person.
        let Some(pending) = tokio::task::block_in_place(|| self.lease_to_ask(&line.provider))? else { return Ok(()) };
        let mut request = LeaseRequest {
            lease_id: pending.id,
            provider: line.provider.clone(),
            workstation: pending.id.simple().to_string(),
            count: BLOCK,
            kind: LeaseKind::Station,
        };
        let mut answer = transport.lease_numbers(&request).await;
        if let Err(Trouble::Refused { .. }) = answer {
            // Perhaps only the word is not known there.
            request.kind = LeaseKind::Numbers;
            answer = transport.lease_numbers(&request).await;
        }
        match answer {
            Ok(LeaseAnswer::Granted { first, scheme, .. }) if scheme == STATION_SCHEME => {
                match first.parse().ok().and_then(|number| Station::new(number).ok()) {
                    Some(station) => tokio::task::block_in_place(|| self.keep_station(station)),
                    None => {
                        tracing::warn!("the gateway leased a station that does not exist");
                        Ok(())
                    }
                }
            }
            Ok(LeaseAnswer::Granted { first, last, scheme }) => match Block::of_lease(&first, &last) {
                Ok(block) => tokio::task::block_in_place(|| self.keep_block(&line.provider, block)),
                Err(error) => {
                    tracing::warn!(%scheme, %error, "the gateway leases numbers that cannot be used here");
                    Ok(())
                }
            },
            Ok(LeaseAnswer::NoneGranted) => Ok(()),
            Err(trouble) => {
                tracing::warn!(%trouble, "no station was leased; it is asked for again with the next test of the line");
                Ok(())
            }
        }
    }

    /// Keeps a leased station: numbers begin anew with it.
    pub(super) fn keep_station(&self, station: Station) -> Answer<()> {
        let mut held = self.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = self.witness()?;
        let mark = HighWaterMark::new(self.store.number_mark(&station_name(station))?);
        self.save(key::ENROLMENT, &Enrolment { station, device: kept.secret.print() })?;
        self.beside.write(&Witness { station: Some(station), mark, ..kept })?;
        *held = Held::default();
        Ok(())
    }

    /// The station, as people read it.
    pub(super) fn station(&self) -> Answer<Option<String>> {
        let enrolled: Option<Enrolment> = self.store.setting(key::ENROLMENT)?;
        Ok(enrolled.map(|enrolled| station_name(enrolled.station)))
    }

    fn standing(&self, enrolled: Option<&Enrolment>) -> Answer<Standing> {
        let Some(known) = enrolled else { return Ok(Standing::Anew(Why::NeverEnrolled)) };
        let mark = HighWaterMark::new(self.store.number_mark(&station_name(known.station))?);
        Ok(standing(enrolled, mark, self.beside.read()?.as_ref()))
    }

    /// The lease to ask a provider for; none where the machine is enrolled, or holds enough of the provider's numbers.
    pub(super) fn lease_to_ask(&self, provider: &str) -> Answer<Option<PendingLease>> {
        let mut held = self.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        let enrolled: Option<Enrolment> = self.store.setting(key::ENROLMENT)?;
        let standing = self.standing(enrolled.as_ref())?;
        if standing == Standing::Continues {
            return Ok(None);
        }
        let leased: Option<LeasedBlocks> = self.store.setting(key::BLOCKS)?;
        let blocks = LeasedBlocks::standing(leased.as_ref(), self.beside.read()?.as_ref());
        let supply = leased.as_ref().and_then(|leased| leased.supply(provider, now().timestamp()));
        if blocks == Standing::Continues && supply.is_some_and(|(_, supply)| supply == Supply::Enough) {
            return Ok(None);
        }
        let asked: Option<PendingLease> = self.store.setting(key::LEASE)?;
        let kept = self.beside.read()?;
        if let Some(asked) = asked.filter(|asked| kept.is_some_and(|kept| asked.may_be_repeated(&kept))) {
            return Ok(Some(asked));
        }
        // What it was enrolled for says nothing more once it goes on with blocks, and neither do blocks under a station.
        let judged = if blocks == Standing::Continues { [blocks, blocks] } else { [standing, blocks] };
        if let Some(why) = judged.into_iter().find_map(broken) {
            tracing::warn!(?why, "this store is not as this device left it: a new station is leased");
            // With a secret of its own: what an older copy of this store asked for is another device's from now on.
            self.beside.write(&Witness::new(random_secret()?))?;
            *held = Held::default();
        }
        let witness = self.witness()?;
        let new = PendingLease { id: Uuid::now_v7(), device: witness.secret.print(), mark: witness.mark.get() };
        self.store.set_setting(key::LEASE, &new, now().timestamp())?;
        Ok(Some(new))
    }

    /// The witness; a device that has none gets one.
    fn witness(&self) -> Answer<Witness> {
        if let Some(kept) = self.beside.read()? {
            return Ok(kept);
        }
        let new = Witness::new(random_secret()?);
        self.beside.write(&new)?;
        Ok(new)
    }
}

/// Why a store is not as its device left it; a device that never had numbers is.
fn broken(standing: Standing) -> Option<Why> {
    match standing {
        Standing::Continues | Standing::Anew(Why::NeverEnrolled) => None,
        Standing::Anew(why @ (Why::NoWitness | Why::OtherDevice | Why::PutBack)) => Some(why),
    }
}

fn random_secret() -> Answer<DeviceSecret> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| CommandError::internal(&error))?;
    Ok(DeviceSecret::new(bytes))
}

/// A station as the store knows it: five digits.
fn station_name(station: Station) -> String {
    format!("{:05}", station.get())
}

fn unkept(error: &KeyringError) -> CommandError {
    CommandError::caused(ErrorCode::KeyringFailed, error)
}
