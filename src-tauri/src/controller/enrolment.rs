//! How this workstation comes by specimen numbers: a station leased from a hospital or given by one on paper, and blocks of
//! laboratories' own series.
//!
//! The store keeps what is held; the witness lies beside it, in the keyring. Where there is none, it lies in a file of the data
//! folder: then a folder that is restored as a whole cannot be told from the one that it was, only a store that was copied by
//! itself.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError};

use requisition::numbers::{
    Block, DeviceSecret, Enrolment, HighWaterMark, Holdings, LeasedBlocks, PendingLease, Station, Supply, ToLease,
    Witness,
};
use requisition::transport::{LeaseAnswer, LeaseKind, LeaseRequest, Transport, Trouble};
use uuid::Uuid;

use super::numbers::Held;
use super::settings::{Connection, key, refused};
use super::{Answer, Controller, Workplace, now};
use crate::error::{CommandError, ErrorCode};
use crate::forms::StationForm;
use crate::keyring::{Keyring, KeyringError};
use crate::views::SettingsView;

/// How a gateway says that it leased a station: five digits of station, five of counter, two of check.
const STATION_SCHEME: &str = "station-5";

/// Where the witness lies.
pub(super) enum Beside {
    /// Under a name in the keyring.
    Keyring(Arc<dyn Keyring>, String),
    /// In a file, where there is no keyring.
    File(PathBuf),
}

impl Beside {
    pub(super) fn read(&self) -> Answer<Option<Witness>> {
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

    pub(super) fn write(&self, witness: &Witness) -> Answer<()> {
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

impl Controller {
    /// Takes a station that the hospital gave on paper. It is typed twice: a wrong digit would be another office's station, and
    /// their tubes and ours would have the same numbers.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidField`]: `station` where it is `empty`, `invalid`, `spent` (numbered for here before) or not needed
    /// (`held`); `again` where it `differs`.
    pub fn give_station(&self, form: StationForm) -> Answer<SettingsView> {
        let here = self.here()?;
        let digits = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        let (typed, again) = (digits(&form.station), digits(&form.again));
        if typed.is_empty() {
            return Err(refused("station", "empty"));
        }
        let five = typed.len() == 5 && typed.bytes().all(|b| b.is_ascii_digit());
        let station = typed.parse().ok().filter(|_| five).and_then(|number| Station::new(number).ok());
        let station = station.ok_or_else(|| refused("station", "invalid"))?;
        if again != typed {
            return Err(refused("again", "differs"));
        }
        here.take_station_from_paper(station)?;
        here.settings_view()
    }
}

impl Workplace {
    /// Leases what there is to lease of a provider. A gateway that leases no stations answers with a block of the provider's own
    /// series, which is refilled before it runs out; one that leases nothing (409) leaves the numbers to our own scheme, whose
    /// station another provider leases or somebody types in. A lease whose answer was lost is asked for again under the same
    /// id, and costs nothing.
    pub(super) async fn enrol(&self, line: &Connection, transport: &dyn Transport) -> Answer<()> {
        // The keyring may wait for a person.
        let Some(mut request) = tokio::task::block_in_place(|| self.lease_to_ask(&line.provider))? else {
            return Ok(());
        };
        let mut answer = transport.lease_numbers(&request).await;
        if let (Err(Trouble::Refused { .. }), LeaseKind::Station) = (&answer, request.kind) {
            // Perhaps only the word is not known there.
            request.kind = LeaseKind::Numbers;
            answer = transport.lease_numbers(&request).await;
        }
        match answer {
            Ok(LeaseAnswer::Granted { first, last, scheme }) => tokio::task::block_in_place(|| {
                self.leases_none(&line.provider, false)?;
                self.keep_lease(&line.provider, &first, &last, &scheme)
            }),
            Ok(LeaseAnswer::NoneGranted) => self.leases_none(&line.provider, true),
            Err(trouble) => {
                tracing::warn!(%trouble, "no numbers were leased; they are asked for again with the next look at the line");
                Ok(())
            }
        }
    }

    /// The lease to ask a provider for now; nothing while there are enough of its numbers.
    pub(super) fn lease_to_ask(&self, provider: &str) -> Answer<Option<LeaseRequest>> {
        let mut held = self.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        let holdings = self.sound_holdings(&mut held)?;
        let (kind, count) = match holdings.to_lease(provider, now().timestamp()) {
            None => return Ok(None),
            Some(ToLease::Station { count }) => (LeaseKind::Station, count),
            Some(ToLease::Numbers { count }) => (LeaseKind::Numbers, count),
        };
        let witness = self.witness(&holdings)?;
        let mut asked = self.pending_leases()?;
        let repeated = asked.get(provider).filter(|before| before.may_be_repeated(&witness)).map(|before| before.id);
        let id = repeated.unwrap_or_else(Uuid::now_v7);
        if repeated.is_none() {
            asked.insert(provider.to_owned(), PendingLease::of(id, &witness));
            self.store.set_setting(key::LEASES, &asked, now().timestamp())?;
        }
        let workstation = id.simple().to_string();
        Ok(Some(LeaseRequest { lease_id: id, provider: provider.to_owned(), workstation, count, kind }))
    }

    fn keep_lease(&self, provider: &str, first: &str, last: &str, scheme: &str) -> Answer<()> {
        if scheme == STATION_SCHEME {
            return match first.parse().ok().and_then(|number| Station::new(number).ok()) {
                Some(station) => self.keep_leased_station(provider, station),
                None => {
                    tracing::warn!("the gateway leased a station that does not exist");
                    self.forget_lease(provider)
                }
            };
        }
        match Block::of_lease(first, last) {
            Ok(block) => self.keep_block(provider, block),
            Err(error) => {
                tracing::warn!(%scheme, %error, "the gateway leases numbers that cannot be used here");
                self.forget_lease(provider)
            }
        }
    }

    fn keep_leased_station(&self, provider: &str, station: Station) -> Answer<()> {
        let mut held = self.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        let holdings = self.sound_holdings(&mut held)?;
        if !matches!(holdings.to_lease(provider, now().timestamp()), Some(ToLease::Station { .. })) {
            // Two providers were asked at once, and the other was faster. A station too many is harmless.
            return Ok(());
        }
        if self.is_spent(&holdings, station)? {
            tracing::warn!("the gateway leased a station again that was numbered for here before");
            return self.forget_lease(provider);
        }
        self.keep_station(&mut held, &holdings, station)
    }

    fn take_station_from_paper(&self, station: Station) -> Answer<()> {
        let mut held = self.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        let holdings = self.sound_holdings(&mut held)?;
        if self.is_spent(&holdings, station)? {
            return Err(refused("station", "spent"));
        }
        if holdings.station().is_some() && holdings.station_supply(0) == Supply::Enough {
            return Err(refused("station", "held"));
        }
        self.keep_station(&mut held, &holdings, station)?;
        tracing::info!("a station from paper was taken");
        Ok(())
    }

    /// Numbers begin anew with the station.
    fn keep_station(&self, held: &mut Held, holdings: &Holdings, station: Station) -> Answer<()> {
        let witness = self.witness(holdings)?;
        self.save(key::ENROLMENT, &Enrolment { station, device: witness.secret.print() })?;
        self.beside.write(&witness.numbering_for(station))?;
        *held = Held::default();
        Ok(())
    }

    /// Keeps a block that a provider leased.
    pub(super) fn keep_block(&self, provider: &str, block: Block) -> Answer<()> {
        let mut held = self.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        let holdings = self.sound_holdings(&mut held)?;
        let mut blocks = match &holdings.blocks {
            Some(blocks) => blocks.clone(),
            None => LeasedBlocks::new(self.witness(&holdings)?.secret.print()),
        };
        if let Err(error) = blocks.keep(provider, block, now().timestamp()) {
            tracing::warn!(%error, "the gateway leased numbers again that were leased before");
        }
        self.keep_blocks(&blocks)?;
        held.judge_anew(provider);
        Ok(())
    }

    pub(super) fn keep_blocks(&self, blocks: &LeasedBlocks) -> Answer<()> {
        self.save(key::BLOCKS, blocks)?;
        let kept = self.beside.read()?.ok_or_else(|| CommandError::new(ErrorCode::NoStation))?;
        self.beside.write(&Witness { blocks: blocks.mark(), ..kept })
    }

    /// What is held, without doubt: a store that is not as this device left it holds nothing from now on.
    fn sound_holdings(&self, held: &mut Held) -> Answer<Holdings> {
        let holdings = self.holdings()?;
        let Some(why) = holdings.doubt() else { return Ok(holdings) };
        tracing::warn!(?why, "this store is not as this device left it: numbers are leased anew");
        let anew = holdings.begun_anew(random_secret()?);
        // The witness first: a crash after it leaves a store that is another device's.
        if let Some(witness) = &anew.witness {
            self.beside.write(witness)?;
        }
        for gone in [key::ENROLMENT, key::BLOCKS, key::LEASES] {
            self.store.forget_setting(gone)?;
        }
        *held = Held::default();
        Ok(anew)
    }

    /// The witness; a device that has none gets one.
    fn witness(&self, holdings: &Holdings) -> Answer<Witness> {
        if let Some(kept) = &holdings.witness {
            return Ok(kept.clone());
        }
        let new = Witness::new(random_secret()?);
        self.beside.write(&new)?;
        Ok(new)
    }

    fn is_spent(&self, holdings: &Holdings, station: Station) -> Answer<bool> {
        Ok(holdings.is_spent(station) || self.mark(station)?.get() > 0)
    }

    /// How far a station's counter may have gone here.
    pub(super) fn mark(&self, station: Station) -> Answer<HighWaterMark> {
        Ok(HighWaterMark::new(self.store.number_mark(&station_name(station))?))
    }

    fn pending_leases(&self) -> Answer<BTreeMap<String, PendingLease>> {
        Ok(self.store.setting(key::LEASES)?.unwrap_or_default())
    }

    /// What was answered is of no use: the next time another lease is asked for.
    fn forget_lease(&self, provider: &str) -> Answer<()> {
        let mut asked = self.pending_leases()?;
        asked.remove(provider);
        self.store.set_setting(key::LEASES, &asked, now().timestamp())?;
        Ok(())
    }

    /// Takes down whether a provider leases numbers at all.
    fn leases_none(&self, provider: &str, none: bool) -> Answer<()> {
        let mut refusing = self.holdings()?.refusing;
        let changed = if none { refusing.insert(provider.to_owned()) } else { refusing.remove(provider) };
        if changed {
            self.save(key::LEASES_NONE, &refusing)?;
            self.numbers.lock().unwrap_or_else(PoisonError::into_inner).judge_anew(provider);
        }
        Ok(())
    }

    /// The station, as people read it.
    pub(super) fn station(&self) -> Answer<Option<String>> {
        let enrolled: Option<Enrolment> = self.store.setting(key::ENROLMENT)?;
        Ok(enrolled.map(|enrolled| station_name(enrolled.station)))
    }
}

fn random_secret() -> Answer<DeviceSecret> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| CommandError::internal(&error))?;
    Ok(DeviceSecret::new(bytes))
}

/// A station as the store knows it: five digits.
pub(super) fn station_name(station: Station) -> String {
    format!("{:05}", station.get())
}

fn unkept(error: &KeyringError) -> CommandError {
    CommandError::caused(ErrorCode::KeyringFailed, error)
}
