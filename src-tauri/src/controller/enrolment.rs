//! How this workstation comes by specimen numbers, from each provider its own: a station leased from it or given by it on paper,
//! or blocks of its own series. What one provider leased is never used on another's tubes: that one may have leased the same to
//! another workstation.
//!
//! The store keeps what is held; the witness lies beside it, in the keyring. Where there is none, it lies in a file of the data
//! folder: then a folder that is restored as a whole cannot be told from the one that it was, only a store that was copied by
//! itself.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError};

use requisition::numbers::{
    Block, DeviceSecret, Enrolment, Holdings, InHand, Keeping as _, LeasedBlocks, PendingLease, Station, Supply,
    ToLease, Witness,
};
use requisition::transport::{LeaseAnswer, LeaseKind, LeaseRequest, Transport, Trouble};
use uuid::Uuid;

use super::settings::{Connection, connections, key, refused};
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

/// Leases that are asked for in a row, where what was answered is of no use here: numbers that another provider leased to this
/// workstation before.
const LEASES_IN_A_ROW: usize = 4;

impl Controller {
    /// Takes a station that a provider gave on paper. It is typed twice: a wrong digit would be another office's station, and
    /// their tubes and ours would have the same numbers. The one that the provider gave before may be typed again: where the
    /// keyring failed the first time, it is kept now.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidField`]: `provider` where there is no line to it; `station` where it is `empty`, `invalid`, `spent`
    /// (numbered for here before) or not needed (`held`); `again` where it `differs`. [`ErrorCode::KeyringFailed`], and then
    /// the station is not lost.
    pub fn give_station(&self, form: StationForm) -> Answer<SettingsView> {
        let here = self.here()?;
        if !connections(&here.store)?.iter().any(|line| line.provider == form.provider) {
            return Err(refused("provider", "unknown"));
        }
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
        here.take_station_from_paper(&form.provider, station)?;
        here.settings_view()
    }
}

impl Workplace {
    /// Leases what there is to lease of a provider. A gateway that leases no stations answers with a block of the provider's own
    /// series, which is refilled before it runs out; one that leases nothing (409) leaves the numbers to our own scheme, whose
    /// station somebody types in. A lease whose answer was lost is asked for again under the same id, and costs nothing.
    pub(super) async fn enrol(&self, line: &Connection, transport: &dyn Transport) -> Answer<()> {
        if !self.takes_specimens(&line.provider) {
            return Ok(());
        }
        for _ in 0..LEASES_IN_A_ROW {
            // The keyring may wait for a person.
            let Some(request) = tokio::task::block_in_place(|| self.lease_to_ask(&line.provider))? else {
                return Ok(());
            };
            if !self.lease(line, transport, request).await? {
                return Ok(());
            }
        }
        tracing::warn!(provider = %line.provider, "what is leased there is numbered for here already; it is asked again with the next look");
        Ok(())
    }

    /// Asks for one lease; answers whether something was granted.
    async fn lease(&self, line: &Connection, transport: &dyn Transport, mut request: LeaseRequest) -> Answer<bool> {
        let mut answer = transport.lease_numbers(&request).await;
        if let (Err(Trouble::Refused { .. }), LeaseKind::Station) = (&answer, request.kind) {
            // Perhaps only the word is not known there.
            request.kind = LeaseKind::Numbers;
            answer = transport.lease_numbers(&request).await;
        }
        match answer {
            Ok(LeaseAnswer::Granted { first, last, scheme }) => tokio::task::block_in_place(|| {
                self.leases_none(&line.provider, false)?;
                self.keep_lease(&line.provider, &first, &last, &scheme)?;
                Ok(true)
            }),
            Ok(LeaseAnswer::NoneGranted) => self.leases_none(&line.provider, true).map(|()| false),
            Err(trouble) => {
                tracing::warn!(%trouble, "no numbers were leased; they are asked for again with the next look at the line");
                Ok(false)
            }
        }
    }

    /// The lease to ask a provider for now; nothing while there are enough of its numbers.
    pub(super) fn lease_to_ask(&self, provider: &str) -> Answer<Option<LeaseRequest>> {
        let mut hand = self.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        let holdings = self.sound_holdings(&mut hand)?;
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
        let mut hand = self.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        let holdings = self.sound_holdings(&mut hand)?;
        if !matches!(holdings.to_lease(provider, now().timestamp()), Some(ToLease::Station { .. })) {
            // It was asked twice at once. A station too many is harmless.
            return Ok(());
        }
        if holdings.is_spent(station) {
            tracing::warn!("the gateway leased a station that was numbered for here before");
            return self.forget_lease(provider);
        }
        self.keep_station(&mut hand, holdings, provider, station)
    }

    fn take_station_from_paper(&self, provider: &str, station: Station) -> Answer<()> {
        let mut hand = self.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        let holdings = self.sound_holdings(&mut hand)?;
        if holdings.is_spent(station) {
            return Err(refused("station", "spent"));
        }
        let known = holdings.stations.get(provider).map(|held| held.station);
        if known.is_some_and(|known| known != station) && holdings.station_supply(provider) == Supply::Enough {
            return Err(refused("station", "held"));
        }
        self.keep_station(&mut hand, holdings, provider, station)?;
        tracing::info!("a station from paper was taken");
        Ok(())
    }

    /// A provider's numbers begin with the station, or go on with it where another provider leased the same. Where the keyring
    /// does not take it, the store knows it: it is told again before the first number, and by whoever types the station again.
    fn keep_station(&self, hand: &mut InHand, mut holdings: Holdings, provider: &str, station: Station) -> Answer<()> {
        let witness = self.witness(&holdings)?;
        let enrolment = Enrolment { station, device: witness.secret.print() };
        self.tell(self.store.keep_station(provider, &enrolment, now().timestamp())?);
        hand.judge_anew();
        holdings.unclaimed = holdings.unclaimed.filter(|unclaimed| unclaimed.station != station);
        holdings.stations.insert(provider.to_owned(), enrolment);
        self.beside.write(&witness.numbering_for(station).holding(&holdings.held()))
    }

    /// Gives the station of an earlier program to the provider that it must have come from. Where that is not certain, it is
    /// nobody's: the line, or somebody who knows, brings another, or types the same for the provider that gave it.
    pub(super) fn claim_station(&self) -> Answer<()> {
        let Some(unclaimed) = self.store.stations()?.unclaimed else { return Ok(()) };
        let mut hand = self.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        let holdings = self.holdings()?;
        let lines: BTreeSet<String> = connections(&self.store)?.into_iter().map(|line| line.provider).collect();
        let asked = self.pending_leases()?;
        let Some(provider) = holdings.whose(&lines, &asked) else {
            tracing::warn!("a station is held, and it is not known which provider gave it");
            return Ok(());
        };
        self.tell(self.store.keep_station(provider, &unclaimed, now().timestamp())?);
        hand.judge_anew();
        Ok(())
    }

    /// Keeps a block that a provider leased.
    pub(super) fn keep_block(&self, provider: &str, block: Block) -> Answer<()> {
        let mut hand = self.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        let holdings = self.sound_holdings(&mut hand)?;
        let mut blocks = match &holdings.blocks {
            Some(blocks) => blocks.clone(),
            None => LeasedBlocks::new(self.witness(&holdings)?.secret.print()),
        };
        if let Err(error) = blocks.keep(provider, block, now().timestamp()) {
            tracing::warn!(%error, "the gateway leased numbers again that were leased before");
        }
        let mut here = self;
        here.keep_blocks(&blocks)?;
        hand.judge_anew();
        Ok(())
    }

    /// What is held, without doubt: a store that is not as this device left it holds nothing from now on.
    fn sound_holdings(&self, hand: &mut InHand) -> Answer<Holdings> {
        let holdings = self.holdings()?;
        let Some(why) = holdings.doubt() else { return Ok(holdings) };
        tracing::warn!(?why, "this store is not as this device left it: numbers are leased anew");
        let anew = holdings.begun_anew(random_secret()?);
        // The witness first: a crash after it leaves a store that is another device's.
        if let Some(witness) = &anew.witness {
            self.beside.write(witness)?;
        }
        self.store.forget_stations()?;
        self.store.forget_setting(key::LEASES)?;
        if let Some(blocks) = &anew.blocks {
            self.save(key::BLOCKS, blocks)?;
        }
        *hand = InHand::default();
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
            self.numbers.lock().unwrap_or_else(PoisonError::into_inner).judge_anew();
        }
        Ok(())
    }

    /// The station that is nobody's, as people read it, for as long as some provider has no numbers.
    pub(super) fn unclaimed_station(&self) -> Answer<Option<String>> {
        Ok(self.store.stations()?.unclaimed.map(|unclaimed| station_name(unclaimed.station)))
    }
}

fn random_secret() -> Answer<DeviceSecret> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| CommandError::internal(&error))?;
    Ok(DeviceSecret::new(bytes))
}

/// A station as people read it: five digits.
pub(super) fn station_name(station: Station) -> String {
    format!("{:05}", station.get())
}

fn unkept(error: &KeyringError) -> CommandError {
    CommandError::caused(ErrorCode::KeyringFailed, error)
}
