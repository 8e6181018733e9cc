//! Specimen numbers as they are handed out: each is durable as used, in the store and then with the witness beside it, before
//! anybody sees it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::PoisonError;

use requisition::numbers::{Allocator, Holdings, NewMark, RESERVE_STEP, Source, Station, TakeError, Width, Witness};

use super::enrolment::station_name;
use super::settings::{connections, key};
use super::{Answer, Workplace, now};
use crate::error::{CommandError, ErrorCode};
use crate::views::{NumberSource, NumbersView};

/// Numbers that may be handed out without another durable write.
#[derive(Default)]
pub(super) struct Held {
    /// The station's counter.
    station: Option<Allocator>,
    /// Providers whose tubes it numbers, as it was judged since the program started.
    by_station: BTreeSet<String>,
    /// Covered numbers of leased blocks, by provider.
    covered: BTreeMap<String, VecDeque<String>>,
}

impl Held {
    /// Judges anew where a provider's numbers come from; what is covered is still its own.
    pub(super) fn judge_anew(&mut self, provider: &str) {
        self.by_station.remove(provider);
    }

    fn in_hand(&self, provider: &str, source: Source) -> u32 {
        match source {
            Source::Station(_) => self.station.as_ref().map_or(0, Allocator::covered),
            Source::Leased => {
                self.covered.get(provider).map_or(0, |held| u32::try_from(held.len()).unwrap_or(u32::MAX))
            }
            Source::Nothing => 0,
        }
    }
}

impl Workplace {
    /// The next specimen number for a provider's tubes: of its own series where it leases one, else of this station.
    pub(super) fn next_number(&self, provider: &str) -> Answer<String> {
        let mut held = self.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(number) = held.covered.get_mut(provider).and_then(VecDeque::pop_front) {
            return Ok(number);
        }
        if !held.by_station.contains(provider) {
            let holdings = self.holdings()?;
            match holdings.source(provider) {
                Source::Station(station) => {
                    let resume = || Allocator::resume(station, Width::Twelve, holdings.mark);
                    held.station.get_or_insert_with(resume);
                    held.by_station.insert(provider.to_owned());
                }
                Source::Leased => return self.next_leased(&mut held, holdings, provider),
                Source::Nothing => {
                    tracing::warn!(provider, "this workstation has no numbers for the provider");
                    return Err(CommandError::new(ErrorCode::NoStation));
                }
            }
        }
        let numbers = held.station.as_mut().ok_or_else(|| CommandError::new(ErrorCode::NoStation))?;
        self.next_of_station(numbers)
    }

    fn next_of_station(&self, numbers: &mut Allocator) -> Answer<String> {
        loop {
            match numbers.take() {
                Ok(number) => return Ok(number.digits()),
                Err(TakeError::ReserveFirst) => {
                    let mark = numbers.reserve(RESERVE_STEP).map_err(|error| no_number(&error))?;
                    self.raise_mark(numbers.station(), mark)?;
                    numbers.made_durable(mark).map_err(|error| no_number(&error))?;
                }
                Err(error @ (TakeError::Exhausted(_) | TakeError::MarkMoved { .. })) => return Err(no_number(&error)),
            }
        }
    }

    fn next_leased(&self, held: &mut Held, mut holdings: Holdings, provider: &str) -> Answer<String> {
        let used_up = || CommandError::new(ErrorCode::NumbersUsedUp);
        let blocks = holdings.blocks.as_mut().ok_or_else(used_up)?;
        let mut covered = VecDeque::from(blocks.cover(provider, RESERVE_STEP));
        let number = covered.pop_front().ok_or_else(used_up)?;
        self.keep_blocks(blocks)?;
        held.covered.insert(provider.to_owned(), covered);
        Ok(number)
    }

    /// Makes a mark durable, in the store first and then beside it: a crash between the two is no reason to lease anew.
    fn raise_mark(&self, station: Station, mark: NewMark) -> Answer<()> {
        self.store.raise_number_mark(&station_name(station), mark.to.get(), now().timestamp())?;
        let kept = self.beside.read()?.ok_or_else(|| CommandError::new(ErrorCode::NoStation))?;
        self.beside.write(&Witness { station: Some(station), mark: mark.to, ..kept })
    }

    /// How far the numbers reach for every provider that there is a line to.
    pub(super) fn number_supplies(&self, name: impl Fn(&str) -> String) -> Answer<Vec<NumbersView>> {
        let held = self.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        let (holdings, at) = (self.holdings()?, now().timestamp());
        let told = connections(&self.store)?.into_iter().map(|line| {
            let source = holdings.source(&line.provider);
            let (left, supply) = holdings.supply(&line.provider, held.in_hand(&line.provider, source), at);
            NumbersView {
                provider_name: name(&line.provider),
                source: match source {
                    Source::Station(_) => NumberSource::Station,
                    Source::Leased => NumberSource::Leased,
                    Source::Nothing => NumberSource::Nothing,
                },
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
        let mut holdings = Holdings {
            enrolment: self.store.setting(key::ENROLMENT)?,
            blocks: self.store.setting(key::BLOCKS)?,
            refusing: self.store.setting(key::LEASES_NONE)?.unwrap_or_default(),
            witness: self.beside.read()?,
            ..Holdings::default()
        };
        if let Some(station) = holdings.station() {
            holdings.mark = self.mark(station)?;
        }
        Ok(holdings)
    }
}

fn no_number(error: &TakeError) -> CommandError {
    CommandError::caused(ErrorCode::NumbersUsedUp, error)
}
