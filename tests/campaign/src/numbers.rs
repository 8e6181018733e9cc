//! Numbers under everything that happens to workstations: crashes at every step, restored and copied stores, emptied keyrings,
//! second programs, lost answers to leases, and clocks that jump. No number may come twice.
//!
//! Disk, keyring and hospital are values here, so that a million numbers take seconds. Who may number, what to lease, and which
//! number is next, is decided by the code that the application asks ([`Holdings`], [`LeasedBlocks`], [`Allocator`]). The control
//! trusts the store alone and must double.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

use anyhow::{Context as _, ensure};
use jiff::{SignedDuration, Timestamp};
use requisition::numbers::{
    Allocator, Block, DeviceSecret, Enrolment, HighWaterMark, Holdings, LeasedBlocks, PendingLease, RESERVE_STEP,
    Source, SpecimenNumber, Station, TakeError, ToLease, Width, Witness, account,
};

use crate::Chance;

/// What came of a campaign.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Numbers that were given out.
    pub numbers: u32,
    /// Numbers that had been given out before.
    pub doubled: u32,
    /// Programs that died with what was only in memory.
    pub crashes: u32,
    /// Stores that were put back to an older copy.
    pub restores: u32,
    /// Stores that were copied to another workstation.
    pub clones: u32,
    /// Keyrings that were emptied.
    pub reinstalled: u32,
    /// Second programs on one store.
    pub second_programs: u32,
    /// Clocks that were set, forward or back.
    pub clock_jumps: u32,
    /// Answers to leases that were lost, so that the lease was asked for again.
    pub lost_answers: u32,
    /// Stations leased.
    pub stations: u32,
    /// Blocks leased.
    pub blocks: u32,
    /// Why numbers were leased anew.
    pub anew: BTreeMap<String, u32>,
    /// Counter values that were covered and never given out, all named.
    pub burned: u32,
}

/// Whether the witness beside the store is heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// As the application does.
    Witness,
    /// The control: the store alone.
    StoreAlone,
}

/// Runs `workstations` until they have given out `numbers`. Each has a station of its own for one laboratory and leases blocks of
/// another's series.
///
/// # Errors
/// When the core refuses what it must not refuse, or the account of a station does not add up.
pub fn run(workstations: usize, numbers: u32, seed: u64, trust: Trust) -> anyhow::Result<Report> {
    let mut world = World {
        chance: Chance::new("numbers", seed),
        hospital: Hospital::default(),
        offices: Vec::new(),
        report: Report::default(),
        seen: HashSet::with_capacity(numbers as usize),
        given: HashMap::new(),
        trust,
    };
    world.offices = (0..workstations).map(|_| Workstation::new()).collect();
    while world.report.numbers < numbers {
        let at = world.pick();
        world.trouble(at);
        let provider = if world.chance.below(3) == 0 { OWN_SERIES } else { OUR_SCHEME };
        world.number(at, provider)?;
    }
    if trust == Trust::Witness {
        world.accounts()?;
    }
    world.report.stations = world.hospital.stations;
    world.report.blocks = u32::try_from(world.hospital.blocks.len())?;
    Ok(world.report)
}

/// The laboratory that leases stations.
const OUR_SCHEME: &str = "balsam-lab";
/// The laboratory that wants numbers of its own series.
const OWN_SERIES: &str = "furumo";
/// What goes by without trouble, in seconds between two numbers.
const PACE: i64 = 120;

/// What is on a disk; a copy of it is a backup.
#[derive(Clone, Default)]
struct Disk {
    enrolment: Option<Enrolment>,
    marks: BTreeMap<u32, u32>,
    blocks: Option<LeasedBlocks>,
    leases: BTreeMap<&'static str, PendingLease>,
}

/// What a program has in memory, and a crash takes.
#[derive(Default)]
struct Running {
    station: Option<Allocator>,
    by_station: BTreeSet<&'static str>,
    covered: VecDeque<String>,
}

struct Workstation {
    disk: Disk,
    backups: Vec<Disk>,
    keyring: Option<Vec<u8>>,
    running: Running,
    clock: Timestamp,
}

impl Workstation {
    fn new() -> Self {
        // There is a copy of the store from before the first number.
        let backups = vec![Disk::default()];
        let clock = Timestamp::UNIX_EPOCH;
        Self { disk: Disk::default(), backups, keyring: None, running: Running::default(), clock }
    }

    /// As the application reads them; the control takes the store's word for the witness's.
    fn holdings(&self, trust: Trust) -> Holdings {
        let Disk { enrolment, marks, blocks, .. } = self.disk.clone();
        let station = enrolment.as_ref().map(|enrolled| enrolled.station);
        let mark = station.and_then(|station| marks.get(&station.get()).copied()).unwrap_or(0);
        let witness = match trust {
            Trust::Witness => self.keyring.as_deref().and_then(Witness::from_bytes),
            Trust::StoreAlone => Some(Witness {
                station,
                mark: HighWaterMark::new(mark),
                blocks: blocks.as_ref().map_or(HighWaterMark::default(), LeasedBlocks::mark),
                ..Witness::new(DeviceSecret::new([0; 32]))
            }),
        };
        Holdings { enrolment, mark: HighWaterMark::new(mark), blocks, witness, ..Holdings::default() }
    }

    fn tell_witness(&mut self, change: impl FnOnce(Witness) -> Witness) {
        self.keyring = self.keyring.as_deref().and_then(Witness::from_bytes).map(|kept| change(kept).to_bytes());
    }
}

#[derive(Default)]
struct Hospital {
    stations: u32,
    leases: HashMap<u128, u32>,
    blocks: HashMap<u128, (u64, u64)>,
    last: u64,
}

impl Hospital {
    /// The same lease gives the same station for ever.
    fn station(&mut self, lease: u128) -> u32 {
        *self.leases.entry(lease).or_insert_with(|| {
            self.stations += 1;
            self.stations
        })
    }

    /// The same lease gives the same block for ever.
    fn block(&mut self, lease: u128, count: u32) -> (String, String) {
        let (first, last) = *self.blocks.entry(lease).or_insert_with(|| {
            let first = self.last + 1;
            self.last += u64::from(count);
            (first, self.last)
        });
        // The first two digits are no station's: the laboratory's own series.
        (format!("99{first:010}"), format!("99{last:010}"))
    }
}

struct World {
    chance: Chance,
    hospital: Hospital,
    offices: Vec<Workstation>,
    report: Report,
    seen: HashSet<String>,
    given: HashMap<u32, (u32, Vec<SpecimenNumber>)>,
    trust: Trust,
}

impl World {
    fn pick(&mut self) -> usize {
        self.chance.below(self.offices.len() as u64) as usize
    }

    fn random(&mut self) -> u128 {
        (u128::from(self.chance.below(u64::MAX)) << 64) | u128::from(self.chance.below(u64::MAX))
    }

    fn secret(&mut self) -> DeviceSecret {
        let mut bytes = [0; 32];
        if self.trust == Trust::Witness {
            bytes[..16].copy_from_slice(&self.random().to_be_bytes());
            bytes[16..].copy_from_slice(&self.random().to_be_bytes());
        }
        DeviceSecret::new(bytes)
    }

    /// Something happens to a workstation, now and then.
    fn trouble(&mut self, at: usize) {
        match self.chance.below(10_000) {
            0..10 => self.crash(at),
            10..14 => {
                let copy = self.offices[at].disk.clone();
                self.offices[at].backups.push(copy);
            }
            14..16 => {
                let many = self.offices[at].backups.len() as u64;
                let backup = self.offices[at].backups[self.chance.below(many) as usize].clone();
                (self.offices[at].disk, self.offices[at].running) = (backup, Running::default());
                self.report.restores += 1;
            }
            16 => {
                let other = self.pick();
                if other != at {
                    let copy = self.offices[other].disk.clone();
                    (self.offices[at].disk, self.offices[at].running) = (copy, Running::default());
                    self.report.clones += 1;
                }
            }
            17 => {
                (self.offices[at].keyring, self.offices[at].running) = (None, Running::default());
                self.report.reinstalled += 1;
            }
            // A year ahead or back: the use that refills go by is wrong then, and no number may be.
            18..24 => {
                let days = i64::try_from(self.chance.below(731)).unwrap_or(0) - 365;
                let clock = &mut self.offices[at].clock;
                *clock = clock.checked_add(SignedDuration::from_hours(days * 24)).unwrap_or(*clock);
                self.report.clock_jumps += 1;
            }
            _ => {}
        }
        let clock = &mut self.offices[at].clock;
        *clock = clock.checked_add(SignedDuration::from_secs(PACE)).unwrap_or(*clock);
    }

    fn crash(&mut self, at: usize) {
        self.offices[at].running = Running::default();
        self.report.crashes += 1;
    }

    /// Whether the power goes just now.
    fn dies(&mut self, at: usize, one_in: u64) -> bool {
        let dies = self.chance.below(one_in) == 0;
        if dies {
            self.crash(at);
        }
        dies
    }

    /// One number for a laboratory's tube, or a crash on the way to it.
    fn number(&mut self, at: usize, provider: &'static str) -> anyhow::Result<()> {
        let running = &mut self.offices[at].running;
        if provider == OWN_SERIES
            && let Some(number) = running.covered.pop_front()
        {
            return self.give(number);
        }
        if running.by_station.contains(provider) {
            return self.next_of_station(at);
        }
        let holdings = self.sound_holdings(at);
        if holdings.to_lease(provider, self.offices[at].clock).is_some() {
            self.lease(at, provider)?;
        }
        let holdings = self.sound_holdings(at);
        match holdings.source(provider) {
            Source::Station(station) => {
                let running = &mut self.offices[at].running;
                let resume = || Allocator::resume(station, Width::Twelve, holdings.mark);
                running.station.get_or_insert_with(resume);
                running.by_station.insert(provider);
                self.next_of_station(at)
            }
            Source::Leased => self.cover(at, holdings, provider),
            Source::Nothing => Ok(()),
        }
    }

    fn next_of_station(&mut self, at: usize) -> anyhow::Result<()> {
        let station = self.offices[at].running.station.as_mut().context("a station")?;
        match station.take() {
            Ok(number) => self.give(number.digits()),
            Err(TakeError::ReserveFirst) => self.reserve(at),
            Err(error @ (TakeError::Exhausted(_) | TakeError::MarkMoved { .. })) => Err(error.into()),
        }
    }

    fn give(&mut self, number: String) -> anyhow::Result<()> {
        if let Ok(own) = SpecimenNumber::parse(&number) {
            let given = self.given.entry(own.station().get()).or_default();
            given.1.push(own);
        }
        self.report.numbers += 1;
        if !self.seen.insert(number) {
            self.report.doubled += 1;
            ensure!(self.trust == Trust::StoreAlone, "a number came twice");
        }
        Ok(())
    }

    /// What is held without doubt; a store that is not as its device left it begins anew, witness first.
    fn sound_holdings(&mut self, at: usize) -> Holdings {
        let holdings = self.offices[at].holdings(self.trust);
        let Some(why) = holdings.doubt() else { return holdings };
        *self.report.anew.entry(format!("{why:?}")).or_default() += 1;
        let anew = holdings.begun_anew(self.secret());
        self.offices[at].keyring = anew.witness.as_ref().map(Witness::to_bytes);
        self.offices[at].running = Running::default();
        // The power may go before the store is emptied: then it is another device's, and begins anew once more.
        if self.dies(at, 20) {
            return self.sound_holdings(at);
        }
        let marks = std::mem::take(&mut self.offices[at].disk.marks);
        self.offices[at].disk = Disk { marks, ..Disk::default() };
        anew
    }

    /// Takes a step of numbers out of the leased blocks: store, then witness; the power may go between and after.
    fn cover(&mut self, at: usize, mut holdings: Holdings, provider: &str) -> anyhow::Result<()> {
        let blocks = holdings.blocks.as_mut().context("blocks")?;
        let covered = blocks.cover(provider, RESERVE_STEP);
        let mark = blocks.mark();
        self.offices[at].disk.blocks = holdings.blocks;
        if self.dies(at, 60) {
            return Ok(());
        }
        self.offices[at].tell_witness(|kept| Witness { blocks: mark, ..kept });
        self.offices[at].running.covered.extend(covered);
        Ok(())
    }

    /// Raises the mark: store, then witness; the power may go before, between and after.
    fn reserve(&mut self, at: usize) -> anyhow::Result<()> {
        let moment = self.chance.below(60);
        let second_program = self.chance.below(300) == 0;
        let office = &mut self.offices[at];
        let station = office.running.station.as_mut().context("a station")?;
        let Ok(mark) = station.reserve(RESERVE_STEP) else {
            // Used up: the next one is leased after a start.
            office.running = Running::default();
            return Ok(());
        };
        let number = station.station();
        let stored = office.disk.marks.entry(number.get()).or_default();
        ensure!(mark.from.get() == *stored, "the store's mark has moved");
        let tell = |kept: Witness| Witness { mark: mark.to, ..kept };
        if second_program {
            // Another program has the store: its write comes first, and ours is refused because the mark has moved.
            self.report.second_programs += 1;
            *stored = mark.to.get();
            office.running = Running::default();
            office.tell_witness(tell);
            return Ok(());
        }
        if moment == 0 {
            self.crash(at);
            return Ok(());
        }
        *stored = mark.to.get();
        let highest = self.given.entry(number.get()).or_default();
        highest.0 = highest.0.max(mark.to.get());
        if moment == 1 {
            self.crash(at);
            return Ok(());
        }
        station.made_durable(mark)?;
        office.tell_witness(tell);
        Ok(())
    }

    /// Asks for what the core says is to be leased. The answer may be lost, and comes again under the same id.
    fn lease(&mut self, at: usize, provider: &'static str) -> anyhow::Result<()> {
        if self.offices[at].keyring.is_none() {
            let witness = Witness::new(self.secret());
            self.offices[at].keyring = Some(witness.to_bytes());
        }
        let holdings = self.sound_holdings(at);
        let now = self.offices[at].clock;
        let Some(wanted) = holdings.to_lease(provider, now) else { return Ok(()) };
        let witness = holdings.witness.as_ref().context("a witness")?;
        let asked = self.offices[at].disk.leases.get(provider);
        let id = match asked.filter(|asked| asked.may_be_repeated(witness)) {
            Some(asked) => asked.id,
            None => uuid::Uuid::from_u128(self.random()),
        };
        self.offices[at].disk.leases.insert(provider, PendingLease::of(id, witness));
        let (ToLease::Station { count } | ToLease::Numbers { count }) = wanted;
        let station = (provider == OUR_SCHEME).then(|| self.hospital.station(id.as_u128()));
        let block = (provider == OWN_SERIES).then(|| self.hospital.block(id.as_u128(), count));
        if self.chance.below(3) == 0 {
            self.report.lost_answers += 1;
            return Ok(());
        }
        if let Some(number) = station {
            self.keep_station(at, &holdings, Station::new(number)?)?;
        }
        if let Some((first, last)) = block {
            self.keep_block(at, holdings, provider, Block::of_lease(&first, &last)?)?;
        }
        Ok(())
    }

    fn keep_station(&mut self, at: usize, holdings: &Holdings, station: Station) -> anyhow::Result<()> {
        ensure!(self.trust == Trust::StoreAlone || !holdings.is_spent(station), "a lease gave a station again");
        let device = holdings.witness.as_ref().context("a witness")?.secret.print();
        self.offices[at].disk.enrolment = Some(Enrolment { station, device });
        self.offices[at].running = Running::default();
        if !self.dies(at, 20) {
            self.offices[at].tell_witness(|kept| kept.numbering_for(station));
        }
        Ok(())
    }

    fn keep_block(&mut self, at: usize, holdings: Holdings, provider: &str, block: Block) -> anyhow::Result<()> {
        let device = holdings.witness.as_ref().context("a witness")?.secret.print();
        let mut blocks = holdings.blocks.unwrap_or_else(|| LeasedBlocks::new(device));
        let kept = blocks.keep(provider, block, self.offices[at].clock);
        ensure!(self.trust == Trust::StoreAlone || kept.is_ok(), "a lease gave a block again");
        let mark = blocks.mark();
        self.offices[at].disk.blocks = Some(blocks);
        if !self.dies(at, 20) {
            self.offices[at].tell_witness(|witness| Witness { blocks: mark, ..witness });
        }
        Ok(())
    }

    /// Every counter value below the highest mark stands on a specimen or in a named gap, and none above it was used.
    fn accounts(&mut self) -> anyhow::Result<()> {
        for (&station, (mark, numbers)) in &self.given {
            let Ok(station) = Station::new(station) else { continue };
            if *mark == 0 {
                continue;
            }
            let told = account(station, HighWaterMark::new(*mark), numbers.iter().copied());
            ensure!(told.beyond == 0 && told.used + told.burned() == *mark, "station {}: {told:?}", station.get());
            self.report.burned += told.burned();
        }
        Ok(())
    }
}
