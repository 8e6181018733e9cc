//! Specimen numbers as they are handed out: each is durable as used, in the store and then with the witness beside it, before
//! anybody sees it. Which one is next is the core's to say.

use std::sync::PoisonError;

use requisition::catalogue::model::Catalogue;
use requisition::numbers::{Holdings, Keeping, LeasedBlocks, NewMark, NoNumber, Source, Station, TakeError, Witness};

use super::enrolment::station_name;
use super::settings::{connections, key};
use super::{Answer, Workplace, now};
use crate::error::{CommandError, ErrorCode};
use crate::views::{NumberSource, NumbersView};

impl Keeping for &Workplace {
    type Error = CommandError;

    fn holdings(&mut self) -> Answer<Holdings> {
        Workplace::holdings(self)
    }

    /// In the store first and then beside it: a crash between the two is no reason to lease anew.
    fn raise(&mut self, station: Station, mark: NewMark) -> Answer<()> {
        let mut witness = self.beside.read()?.ok_or_else(|| CommandError::new(ErrorCode::NoStation))?;
        if !witness.stations.contains_key(&station) {
            witness = witness.numbering_for(station);
            self.beside.write(&witness)?;
        }
        self.store.raise_number_mark(station, mark.to.get(), now().timestamp())?;
        self.beside.write(&witness.at_mark(station, mark.to))
    }

    fn keep_blocks(&mut self, blocks: &LeasedBlocks) -> Answer<()> {
        self.save(key::BLOCKS, blocks)?;
        let kept = self.beside.read()?.ok_or_else(|| CommandError::new(ErrorCode::NoStation))?;
        self.beside.write(&Witness { blocks: blocks.mark(), ..kept })
    }
}

impl Workplace {
    /// The next specimen number for a provider's tubes, of what that provider leased to this workstation.
    pub(super) fn next_number(&self, provider: &str) -> Answer<String> {
        let mut hand = self.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        hand.next(provider, &mut &*self).map_err(|why| match why {
            NoNumber::NotLeased => {
                tracing::warn!(provider, "the provider has leased no numbers to this workstation");
                CommandError::new(ErrorCode::NoStation)
            }
            NoNumber::UsedUp => CommandError::new(ErrorCode::NumbersUsedUp),
            NoNumber::Counter(
                error @ (TakeError::ReserveFirst | TakeError::Exhausted(_) | TakeError::MarkMoved { .. }),
            ) => CommandError::caused(ErrorCode::NumbersUsedUp, &error),
            NoNumber::Kept(error) => error,
        })
    }

    /// Whether specimens go to a provider: one that takes none needs no numbers. As long as its catalogue is not here, it may.
    pub(super) fn takes_specimens(&self, provider: &str) -> bool {
        let any = |catalogue: &Catalogue| catalogue.services.iter().any(|service| !service.specimens.is_empty());
        self.shelf.catalogue(provider).is_none_or(|found| any(found.catalogue()))
    }

    /// How far the numbers reach for every provider that there is a line to and that takes specimens.
    pub(super) fn number_supplies(&self, name: impl Fn(&str) -> String) -> Answer<Vec<NumbersView>> {
        let hand = self.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        let (holdings, at) = (self.holdings()?, now().timestamp());
        let lines = connections(&self.store)?.into_iter().filter(|line| self.takes_specimens(&line.provider));
        let told = lines.map(|line| {
            let source = holdings.source(&line.provider);
            let (left, supply) = holdings.supply(&line.provider, hand.at_hand(&line.provider, source), at);
            let (source, station) = match source {
                Source::Station(station) => (NumberSource::Station, Some(station_name(station))),
                Source::Leased => (NumberSource::Leased, None),
                Source::Nothing => (NumberSource::Nothing, None),
            };
            NumbersView {
                provider_name: name(&line.provider),
                source,
                station,
                leases_none: holdings.refusing.contains(&line.provider),
                provider: line.provider,
                left,
                supply,
            }
        });
        Ok(told.collect())
    }

    /// What this workstation holds of numbers, with the witness beside the store.
    pub(super) fn holdings(&self) -> Answer<Holdings> {
        let held = self.store.stations()?;
        Ok(Holdings {
            stations: held.stations,
            unclaimed: held.unclaimed,
            marks: self.store.number_marks()?,
            blocks: self.store.setting(key::BLOCKS)?,
            refusing: self.store.setting(key::LEASES_NONE)?.unwrap_or_default(),
            witness: self.beside.read()?,
        })
    }
}
