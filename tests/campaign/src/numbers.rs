//! Numbers under everything that happens to workstations: crashes at every step, restored and copied stores, emptied keyrings,
//! second programs, lost answers to leases, and clocks that jump. No number may come twice.
//!
//! Disk, keyring and hospital are values here, so that a million numbers take seconds; who may number, and which number is
//! next, is decided by the core's own code. The control trusts the store alone and must double.

use std::collections::{BTreeMap, HashMap, HashSet};

use anyhow::{Context as _, ensure};
use requisition::numbers::{
    Allocator, Block, DevicePrint, DeviceSecret, Enrolment, HighWaterMark, LeasedSeries, Numbers, PendingLease,
    RESERVE_STEP, SpecimenNumber, Standing, Station, TakeError, Taken, Why, Width, Witness, account, standing,
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
    /// Why stations were leased anew.
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

/// Runs `workstations` until they have given out `numbers`. Every third one numbers from leased blocks.
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
    world.offices = (0..workstations).map(|at| Workstation::new(at % 3 == 2)).collect();
    while world.report.numbers < numbers {
        let at = world.pick();
        world.trouble(at);
        world.number(at)?;
    }
    if trust == Trust::Witness {
        world.accounts()?;
    }
    world.report.stations = world.hospital.stations;
    Ok(world.report)
}

/// What is on a disk; a copy of it is a backup.
#[derive(Clone, Default)]
struct Disk {
    enrolment: Option<Enrolment>,
    pending: Option<PendingLease>,
    mark: u32,
    series: LeasedSeries,
}

struct Workstation {
    disk: Disk,
    backups: Vec<Disk>,
    keyring: Option<Vec<u8>>,
    running: Option<Numbers>,
    leased: bool,
}

impl Workstation {
    const fn new(leased: bool) -> Self {
        let disk = Disk { enrolment: None, pending: None, mark: 0, series: LeasedSeries::new() };
        Self { disk, backups: Vec::new(), keyring: None, running: None, leased }
    }
}

#[derive(Default)]
struct Hospital {
    stations: u32,
    leases: HashMap<u128, u32>,
    blocks: HashMap<u128, u64>,
    next_block: u64,
}

impl Hospital {
    /// The same lease gives the same station for ever.
    fn station(&mut self, lease: u128) -> u32 {
        *self.leases.entry(lease).or_insert_with(|| {
            self.stations += 1;
            self.stations
        })
    }

    fn block(&mut self, lease: u128) -> (String, String) {
        let first = *self.blocks.entry(lease).or_insert_with(|| {
            self.next_block += BLOCK;
            self.next_block
        });
        // The first two digits are no station's: the laboratory's own series.
        (format!("9{first:011}"), format!("9{:011}", first + BLOCK - 1))
    }
}

const BLOCK: u64 = 500;

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

    /// Something happens to a workstation, now and then.
    fn trouble(&mut self, at: usize) {
        match self.chance.below(10_000) {
            0..10 => {
                self.offices[at].running = None;
                self.report.crashes += 1;
            }
            10..14 => {
                let copy = self.offices[at].disk.clone();
                self.offices[at].backups.push(copy);
            }
            14..16 => {
                let many = self.offices[at].backups.len() as u64;
                let chosen = self.chance.below(many) as usize;
                if let Some(backup) = self.offices[at].backups.get(chosen).cloned() {
                    (self.offices[at].disk, self.offices[at].running) = (backup, None);
                    self.report.restores += 1;
                }
            }
            16 => {
                let other = self.pick();
                if other != at && self.offices[at].leased == self.offices[other].leased {
                    self.offices[at].disk = self.offices[other].disk.clone();
                    self.offices[at].running = None;
                    self.report.clones += 1;
                }
            }
            17 => {
                (self.offices[at].keyring, self.offices[at].running) = (None, None);
                self.report.reinstalled += 1;
            }
            // Nothing that numbers asks a clock: there is nothing to set.
            18..24 => self.report.clock_jumps += 1,
            _ => {}
        }
    }

    /// One number, or a crash on the way to it.
    fn number(&mut self, at: usize) -> anyhow::Result<()> {
        if self.offices[at].running.is_none() && !self.start(at)? {
            return Ok(());
        }
        let office = &mut self.offices[at];
        let Some(running) = office.running.as_mut() else { return Ok(()) };
        match running.take() {
            Ok(Taken::Number(number)) => self.give(number),
            Ok(Taken::AfterKeeping(number, rest)) => {
                (office.disk.series, office.disk.mark) = (rest, office.disk.mark + 1);
                if self.chance.below(500) == 0 {
                    self.offices[at].running = None;
                    self.report.crashes += 1;
                    return Ok(());
                }
                self.witness(at)?;
                self.give(number)
            }
            Err(TakeError::ReserveFirst) => self.reserve(at),
            Err(TakeError::LeaseFirst) => self.lease_block(at),
            Err(TakeError::Exhausted(_)) => {
                self.anew(at, "exhausted");
                Ok(())
            }
            Err(error @ TakeError::MarkMoved { .. }) => Err(error.into()),
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

    /// Raises the mark: store, then witness; the power may go before, between and after.
    fn reserve(&mut self, at: usize) -> anyhow::Result<()> {
        let moment = self.chance.below(60);
        let office = &mut self.offices[at];
        let Some(Numbers::Station(station)) = office.running.as_mut() else { return Ok(()) };
        let mark = station.reserve(RESERVE_STEP)?;
        if self.chance.below(300) == 0 {
            // Another program has the store: its write comes first, and ours is refused because the mark has moved.
            self.report.second_programs += 1;
            office.disk.mark = mark.to.get();
            office.running = None;
            return self.witness(at);
        }
        ensure!(mark.from.get() == office.disk.mark, "the store's mark has moved");
        if moment != 0 {
            office.disk.mark = mark.to.get();
        }
        if moment > 1 {
            station.made_durable(mark)?;
            let number = station.station().get();
            let highest = self.given.entry(number).or_default();
            highest.0 = highest.0.max(mark.to.get());
            return self.witness(at);
        }
        if moment == 1 {
            let number = station.station().get();
            let highest = self.given.entry(number).or_default();
            highest.0 = highest.0.max(mark.to.get());
        }
        office.running = None;
        self.report.crashes += 1;
        Ok(())
    }

    fn witness(&mut self, at: usize) -> anyhow::Result<()> {
        let office = &mut self.offices[at];
        let kept = office.keyring.as_deref().and_then(Witness::from_bytes).context("a witness")?;
        let station = office.disk.enrolment.as_ref().map(|enrolled| enrolled.station);
        let witness = Witness { station, mark: HighWaterMark::new(office.disk.mark), ..kept };
        office.keyring = Some(witness.to_bytes().to_vec());
        Ok(())
    }

    /// Starts the program; false when it enrolled, or died doing so.
    fn start(&mut self, at: usize) -> anyhow::Result<bool> {
        if self.offices[at].keyring.is_none() {
            let mut bytes = [0; 32];
            bytes[..16].copy_from_slice(&self.random().to_be_bytes());
            bytes[16..].copy_from_slice(&self.random().to_be_bytes());
            // A new device: what the store says is judged below against a witness that knows nothing.
            self.offices[at].keyring = Some(Witness::new(DeviceSecret::new(bytes)).to_bytes().to_vec());
        }
        let office = &self.offices[at];
        let witness = office.keyring.as_deref().and_then(Witness::from_bytes).context("a witness")?;
        let mark = HighWaterMark::new(office.disk.mark);
        let judged = match (self.trust, &office.disk.enrolment) {
            (Trust::StoreAlone, Some(_)) => Standing::Continues,
            _ => standing(office.disk.enrolment.as_ref(), mark, Some(&witness)),
        };
        match (judged, &office.disk.enrolment) {
            (Standing::Continues, Some(enrolled)) => {
                let numbers = if office.leased {
                    Numbers::Leased(office.disk.series.clone())
                } else {
                    Numbers::Station(Allocator::resume(enrolled.station, Width::Twelve, mark))
                };
                self.offices[at].running = Some(numbers);
                Ok(true)
            }
            (Standing::Anew(Why::NeverEnrolled), _) | (Standing::Continues, None) => {
                self.enrol(at, &witness)?;
                Ok(false)
            }
            (Standing::Anew(why), Some(_)) => {
                self.anew(at, &format!("{why:?}"));
                Ok(false)
            }
            (Standing::Anew(_), None) => Ok(false),
        }
    }

    fn anew(&mut self, at: usize, why: &str) {
        *self.report.anew.entry(why.to_owned()).or_default() += 1;
        let office = &mut self.offices[at];
        office.disk = Disk { ..Disk::default() };
        office.running = None;
        // With a secret of its own: what an older copy of this store asked for is another device's from now on.
        office.keyring = None;
    }

    fn enrol(&mut self, at: usize, witness: &Witness) -> anyhow::Result<()> {
        let device: DevicePrint = witness.secret.print();
        let repeat = match (self.trust, &self.offices[at].disk.pending) {
            (Trust::StoreAlone, pending) => pending.is_some(),
            (Trust::Witness, pending) => pending.as_ref().is_some_and(|pending| pending.may_be_repeated(witness)),
        };
        if !repeat {
            let id = self.random();
            self.offices[at].disk.pending =
                Some(PendingLease { id: uuid::Uuid::from_u128(id), device: device.clone(), mark: 0 });
        }
        let lease = self.offices[at].disk.pending.as_ref().map_or(0, |pending| pending.id.as_u128());
        let number = self.hospital.station(lease);
        if self.chance.below(3) == 0 {
            self.report.lost_answers += 1;
            return Ok(());
        }
        let office = &mut self.offices[at];
        office.disk = Disk {
            enrolment: Some(Enrolment { station: Station::new(number)?, device }),
            // Asked once; what comes back later in a backup is never asked for again.
            pending: None,
            ..Disk::default()
        };
        if self.chance.below(20) == 0 {
            self.report.crashes += 1;
            return Ok(());
        }
        self.witness(at)
    }

    /// A block for a laboratory's own series. The answer may come twice: an overlap is refused, so it is held once.
    fn lease_block(&mut self, at: usize) -> anyhow::Result<()> {
        let lease = self.random();
        let (first, last) = self.hospital.block(lease);
        let again = self.hospital.block(lease);
        ensure!((&first, &last) == (&again.0, &again.1), "a lease is the same for ever");
        let office = &mut self.offices[at];
        let mut series = office.disk.series.clone();
        let block = Block::of_lease(&first, &last)?;
        series.add(block.clone())?;
        ensure!(series.add(block).is_err(), "a block is held once");
        office.disk.series = series.clone();
        office.running = Some(Numbers::Leased(series));
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
