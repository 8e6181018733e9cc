//! Numbers under everything that happens to workstations: crashes at every step, restored and copied stores, emptied keyrings,
//! second programs, lost answers to leases, and clocks that jump; and hospitals that lease without knowing of each other, so that
//! their stations and series have the same digits. No hospital may get a number twice, and no store may know one twice.
//!
//! Disk, keyring and hospitals are values here, so that a million numbers take seconds. Who may number, what to lease, and which
//! number is next, is decided by the code that the application asks ([`Holdings`], [`InHand`], [`LeasedBlocks`]). Two controls
//! must double: one trusts the store alone, the other uses the first station that it is leased for every hospital.

use std::collections::{BTreeMap, HashMap, HashSet};

use anyhow::{Context as _, ensure};
use jiff::{SignedDuration, Timestamp};
use requisition::numbers::{
    Block, DeviceSecret, Enrolment, HighWaterMark, Holdings, InHand, Keeping, LeasedBlocks, NewMark, NoNumber,
    PendingLease, SpecimenNumber, Station, TakeError, ToLease, Witness, account,
};

use crate::Chance;

/// What came of a campaign.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Numbers that were given out.
    pub numbers: u32,
    /// Numbers that the same hospital had been given before.
    pub doubled: u32,
    /// Numbers that a workstation's store knows twice, whichever hospitals they were for.
    pub doubled_in_a_store: u32,
    /// Numbers that two hospitals were given, by different workstations: nobody minds.
    pub of_two_hospitals: u32,
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
    /// Stations leased, or given on paper.
    pub stations: u32,
    /// Stations that a workstation held of one hospital when another leased it the same.
    pub shared: u32,
    /// Blocks leased.
    pub blocks: u32,
    /// Why numbers were leased anew.
    pub anew: BTreeMap<String, u32>,
    /// Counter values that were covered and never given out, all named.
    pub burned: u32,
}

/// How a workstation numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// As the application does.
    AsTheApplication,
    /// A control: the witness beside the store is not heard.
    StoreAlone,
    /// A control: the first station that somebody leased numbers every hospital's tubes.
    OneStationForAll,
}

/// Runs `workstations` until they have given out `numbers` to hospitals that lease stations, blocks of their own series, or
/// nothing, so that a station comes on paper.
///
/// # Errors
/// When the core refuses what it must not refuse, gives what it must not give, or the account of a station does not add up.
pub fn run(workstations: usize, numbers: u32, seed: u64, rule: Rule) -> anyhow::Result<Report> {
    let mut world = World {
        chance: Chance::new("numbers", seed),
        hospitals: HOSPITALS.iter().map(|&(provider, leases)| (provider, Hospital::of(leases))).collect(),
        offices: (0..workstations).map(|_| Workstation::new()).collect(),
        report: Report::default(),
        seen: HashSet::with_capacity(numbers as usize),
        given: HashMap::new(),
        rule,
    };
    while world.report.numbers < numbers {
        let at = world.pick();
        world.trouble(at);
        let provider = HOSPITALS[world.chance.below(HOSPITALS.len() as u64) as usize].0;
        world.number(at, provider)?;
    }
    for at in 0..workstations {
        world.look_into_the_store(at)?;
    }
    if rule == Rule::AsTheApplication {
        world.accounts()?;
    }
    let all: HashSet<u64> = world.seen.iter().map(|(_, digits)| *digits).collect();
    world.report.of_two_hospitals = u32::try_from(world.seen.len() - all.len())?;
    world.report.stations = world.hospitals.values().map(|hospital| hospital.stations).sum();
    world.report.blocks = world.hospitals.values().map(|hospital| hospital.blocks.len() as u32).sum();
    Ok(world.report)
}

/// What a hospital does when it is asked for numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Leases {
    /// Leases stations, counted from the same as every other one's.
    Stations,
    /// Leases blocks of its own series, which begins as every other one's.
    Blocks,
    /// Leases nothing (409), and writes a station on paper.
    OnPaper,
}

/// The hospitals, each with registers of its own.
const HOSPITALS: [(&str, Leases); 5] = [
    ("balsam-lab", Leases::Stations),
    ("furumo", Leases::Blocks),
    ("granli", Leases::Stations),
    ("fjellvik", Leases::Blocks),
    ("solvang", Leases::OnPaper),
];
/// What goes by without trouble, in seconds between two numbers.
const PACE: i64 = 120;

/// What is on a disk; a copy of it is a backup.
#[derive(Clone, Default)]
struct Disk {
    stations: BTreeMap<String, Enrolment>,
    marks: BTreeMap<Station, HighWaterMark>,
    blocks: Option<LeasedBlocks>,
    leases: BTreeMap<&'static str, PendingLease>,
    /// The tubes that the store knows: whose workstation numbered them, and from which to which of those it gave out.
    tubes: Vec<(usize, usize, usize)>,
}

struct Workstation {
    disk: Disk,
    backups: Vec<Disk>,
    keyring: Option<Vec<u8>>,
    hand: InHand,
    clock: Timestamp,
    /// Every number that was given out here, in order.
    given: Vec<u64>,
}

impl Workstation {
    fn new() -> Self {
        // There is a copy of the store from before the first number.
        let backups = vec![Disk::default()];
        let (disk, hand) = (Disk::default(), InHand::default());
        Self { disk, backups, keyring: None, hand, clock: Timestamp::UNIX_EPOCH, given: Vec::new() }
    }

    /// As the application reads them; the controls see what they want to.
    fn holdings(&self, rule: Rule) -> Holdings {
        let Disk { stations, marks, blocks, .. } = self.disk.clone();
        let witness = match rule {
            Rule::AsTheApplication | Rule::OneStationForAll => self.keyring.as_deref().and_then(Witness::from_bytes),
            Rule::StoreAlone => Some(Witness {
                stations: marks.clone(),
                blocks: blocks.as_ref().map_or(HighWaterMark::default(), LeasedBlocks::mark),
                ..Witness::new(DeviceSecret::new([0; 32]))
            }),
        };
        let mut held = Holdings { stations, marks, blocks, witness, ..Holdings::default() };
        if let (Rule::OneStationForAll, Some(first)) = (rule, held.stations.values().next().cloned()) {
            held.stations = HOSPITALS.iter().map(|(provider, _)| ((*provider).to_owned(), first.clone())).collect();
        }
        held
    }

    fn tell_witness(&mut self, change: impl FnOnce(Witness) -> Witness) {
        self.keyring = self.keyring.as_deref().and_then(Witness::from_bytes).map(|kept| change(kept).to_bytes());
    }
}

struct Hospital {
    does: Leases,
    stations: u32,
    leases: HashMap<u128, u32>,
    blocks: HashMap<u128, (u64, u64)>,
    last: u64,
}

impl Hospital {
    fn of(does: Leases) -> Self {
        Self { does, stations: 0, leases: HashMap::new(), blocks: HashMap::new(), last: 0 }
    }

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
        // Among the digits of stations that are leased: some have their check digits.
        (format!("00003{first:07}"), format!("00003{last:07}"))
    }
}

struct World {
    chance: Chance,
    hospitals: BTreeMap<&'static str, Hospital>,
    offices: Vec<Workstation>,
    report: Report,
    seen: HashSet<(&'static str, u64)>,
    given: HashMap<(usize, Station), Account>,
    rule: Rule,
}

/// What a workstation did with a station.
#[derive(Default)]
struct Account {
    mark: HighWaterMark,
    numbers: Vec<SpecimenNumber>,
}

/// A workstation's disk and keyring at the moment when something is made durable: the power may go before, between and after.
struct Moment<'a> {
    office: &'a mut Workstation,
    at: usize,
    chance: &'a mut Chance,
    report: &'a mut Report,
    given: &'a mut HashMap<(usize, Station), Account>,
    rule: Rule,
}

/// Why something was not made durable, or nobody is there to know.
#[derive(Debug)]
enum Ended {
    /// The program is gone.
    Died,
    /// What must not be.
    Broken(anyhow::Error),
}

impl Moment<'_> {
    fn dies(&mut self, one_in: u64) -> Result<(), Ended> {
        if self.chance.below(one_in) > 0 {
            return Ok(());
        }
        self.report.crashes += 1;
        Err(Ended::Died)
    }
}

impl Keeping for Moment<'_> {
    type Error = Ended;

    fn holdings(&mut self) -> Result<Holdings, Ended> {
        Ok(self.office.holdings(self.rule))
    }

    fn raise(&mut self, station: Station, mark: NewMark) -> Result<(), Ended> {
        self.dies(60)?;
        let stored = self.office.disk.marks.get(&station).copied().unwrap_or_default();
        if mark.from != stored {
            return Err(Ended::Broken(anyhow::anyhow!("the store's mark has moved")));
        }
        let second_program = self.chance.below(300) == 0;
        self.office.tell_witness(|kept| kept.numbering_for(station));
        self.dies(60)?;
        self.office.disk.marks.insert(station, mark.to);
        if second_program {
            // Another program has the store: its write comes first, and ours is refused because the mark has moved.
            self.report.second_programs += 1;
            self.office.tell_witness(|kept| kept.at_mark(station, mark.to));
            return Err(Ended::Died);
        }
        let account = self.given.entry((self.at, station)).or_default();
        account.mark = account.mark.max(mark.to);
        self.dies(60)?;
        self.office.tell_witness(|kept| kept.at_mark(station, mark.to));
        self.dies(60)
    }

    fn keep_blocks(&mut self, blocks: &LeasedBlocks) -> Result<(), Ended> {
        self.office.disk.blocks = Some(blocks.clone());
        self.dies(60)?;
        self.office.tell_witness(|kept| Witness { blocks: blocks.mark(), ..kept });
        self.dies(60)
    }
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
        if self.rule != Rule::StoreAlone {
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
                self.replace(at, backup);
                self.report.restores += 1;
            }
            16 => {
                let other = self.pick();
                if other != at {
                    let copy = self.offices[other].disk.clone();
                    self.replace(at, copy);
                    self.report.clones += 1;
                }
            }
            17 => {
                (self.offices[at].keyring, self.offices[at].hand) = (None, InHand::default());
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

    /// Another disk is in the machine; what the one before knew is looked into first.
    fn replace(&mut self, at: usize, disk: Disk) {
        self.report.doubled_in_a_store += self.doubled_on(&self.offices[at].disk);
        (self.offices[at].disk, self.offices[at].hand) = (disk, InHand::default());
    }

    /// Numbers that stand on two tubes of a store.
    fn doubled_on(&self, disk: &Disk) -> u32 {
        let tubes = disk.tubes.iter().flat_map(|&(office, from, to)| &self.offices[office].given[from..to]);
        let mut all: Vec<u64> = tubes.copied().collect();
        let many = all.len();
        all.sort_unstable();
        all.dedup();
        (many - all.len()) as u32
    }

    fn look_into_the_store(&mut self, at: usize) -> anyhow::Result<()> {
        self.report.doubled_in_a_store += self.doubled_on(&self.offices[at].disk);
        let sound = self.rule != Rule::AsTheApplication || self.report.doubled_in_a_store == 0;
        ensure!(sound, "a store knows a number twice");
        Ok(())
    }

    fn crash(&mut self, at: usize) {
        self.offices[at].hand = InHand::default();
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
        // A program looks at its lines now and then; here, whenever it has to think.
        if self.chance.below(40) == 0 {
            self.lease(at, provider)?;
        }
        match self.next(at, provider) {
            Ok(number) => self.give(at, provider, &number),
            Err(NoNumber::NotLeased | NoNumber::UsedUp) => self.lease(at, provider),
            // Used up: the next one is leased after a start.
            Err(NoNumber::Counter(TakeError::Exhausted(_)) | NoNumber::Kept(Ended::Died)) => {
                self.offices[at].hand = InHand::default();
                Ok(())
            }
            Err(NoNumber::Counter(error)) => Err(error.into()),
            Err(NoNumber::Kept(Ended::Broken(error))) => Err(error),
        }
    }

    fn next(&mut self, at: usize, provider: &'static str) -> Result<String, NoNumber<Ended>> {
        let mut hand = std::mem::take(&mut self.offices[at].hand);
        let mut moment = Moment {
            office: &mut self.offices[at],
            at,
            chance: &mut self.chance,
            report: &mut self.report,
            given: &mut self.given,
            rule: self.rule,
        };
        let answer = hand.next(provider, &mut moment);
        self.offices[at].hand = hand;
        answer
    }

    fn give(&mut self, at: usize, provider: &'static str, number: &str) -> anyhow::Result<()> {
        // A number of a laboratory's series may have the check digits of a station's.
        let of_a_series = self.hospitals.get(provider).is_some_and(|hospital| hospital.does == Leases::Blocks);
        if !of_a_series
            && let Ok(own) = SpecimenNumber::parse(number)
            && let Some(account) = self.given.get_mut(&(at, own.station()))
        {
            account.numbers.push(own);
        }
        let digits: u64 = number.parse()?;
        let office = &mut self.offices[at];
        office.given.push(digits);
        let end = office.given.len();
        match office.disk.tubes.last_mut() {
            Some((whose, _, to)) if *whose == at && *to == end - 1 => *to = end,
            _ => office.disk.tubes.push((at, end - 1, end)),
        }
        self.report.numbers += 1;
        if !self.seen.insert((provider, digits)) {
            self.report.doubled += 1;
            ensure!(self.rule != Rule::AsTheApplication, "a hospital was given a number twice");
        }
        Ok(())
    }

    /// What is held without doubt; a store that is not as its device left it begins anew, witness first.
    fn sound_holdings(&mut self, at: usize) -> Holdings {
        let holdings = self.offices[at].holdings(self.rule);
        let Some(why) = holdings.doubt() else { return holdings };
        *self.report.anew.entry(format!("{why:?}")).or_default() += 1;
        let anew = holdings.begun_anew(self.secret());
        self.offices[at].keyring = anew.witness.as_ref().map(Witness::to_bytes);
        self.offices[at].hand = InHand::default();
        // The power may go before the store is emptied: then it is another device's, and begins anew once more.
        if self.dies(at, 20) {
            return self.sound_holdings(at);
        }
        let disk = &mut self.offices[at].disk;
        (disk.stations, disk.leases) = (BTreeMap::new(), BTreeMap::new());
        disk.blocks.clone_from(&anew.blocks);
        anew
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
        let repeated = asked.filter(|asked| asked.may_be_repeated(witness)).map(|asked| asked.id);
        let id = repeated.unwrap_or_else(|| uuid::Uuid::from_u128(self.random()));
        self.offices[at].disk.leases.insert(provider, PendingLease::of(id, witness));
        let (ToLease::Station { count } | ToLease::Numbers { count }) = wanted;
        let hospital = self.hospitals.get_mut(provider).context("a hospital")?;
        let does = hospital.does;
        let station = (does != Leases::Blocks).then(|| hospital.station(id.as_u128()));
        let block = (does == Leases::Blocks).then(|| hospital.block(id.as_u128(), count));
        // What stands on paper is not lost on the way.
        if does != Leases::OnPaper && self.chance.below(3) == 0 {
            self.report.lost_answers += 1;
            return Ok(());
        }
        if let Some(number) = station {
            self.keep_station(at, holdings, provider, Station::new(number)?)?;
        } else if let Some((first, last)) = block {
            self.keep_block(at, holdings, provider, Block::of_lease(&first, &last)?)?;
        }
        Ok(())
    }

    fn keep_station(
        &mut self,
        at: usize,
        mut holdings: Holdings,
        provider: &str,
        station: Station,
    ) -> anyhow::Result<()> {
        if holdings.is_spent(station) {
            // Another hospital's, once: the next lease is another one.
            self.offices[at].disk.leases.remove(provider);
            return Ok(());
        }
        if holdings.held().contains(&station) {
            self.report.shared += 1;
        }
        let device = holdings.witness.as_ref().context("a witness")?.secret.print();
        let enrolment = Enrolment { station, device };
        self.offices[at].disk.stations.insert(provider.to_owned(), enrolment.clone());
        holdings.stations.insert(provider.to_owned(), enrolment);
        self.offices[at].hand.judge_anew();
        if !self.dies(at, 20) {
            self.offices[at].tell_witness(|kept| kept.numbering_for(station).holding(&holdings.held()));
        }
        Ok(())
    }

    fn keep_block(&mut self, at: usize, holdings: Holdings, provider: &str, block: Block) -> anyhow::Result<()> {
        let device = holdings.witness.as_ref().context("a witness")?.secret.print();
        let mut blocks = holdings.blocks.unwrap_or_else(|| LeasedBlocks::new(device));
        let kept = blocks.keep(provider, block, self.offices[at].clock);
        ensure!(self.rule == Rule::StoreAlone || kept.is_ok(), "a lease gave a block again");
        let mark = blocks.mark();
        self.offices[at].disk.blocks = Some(blocks);
        self.offices[at].hand.judge_anew();
        if !self.dies(at, 20) {
            self.offices[at].tell_witness(|witness| Witness { blocks: mark, ..witness });
        }
        Ok(())
    }

    /// Every counter value below the highest mark stands on a specimen or in a named gap, and none above it was used.
    fn accounts(&mut self) -> anyhow::Result<()> {
        for ((_, station), Account { mark, numbers }) in &self.given {
            let told = account(*station, *mark, numbers.iter().copied());
            let adds_up = told.beyond == 0 && told.used + told.burned() == mark.get();
            ensure!(adds_up, "station {}: {told:?}", station.get());
            self.report.burned += told.burned();
        }
        Ok(())
    }
}
