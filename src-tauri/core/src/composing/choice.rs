//! Choosing among the ways to take services so that the fewest containers are needed.
//!
//! A search over small numbers: it knows no service and no container. The greedy answer comes first; then branch and
//! bound proves it or finds a better one within a fixed number of steps, so that a hostile catalogue cannot stall the
//! window. Beyond that number the best answer so far is taken. Both are deterministic.

/// Steps of the search. Orders of real size are proven in a few hundred; this many take a few milliseconds.
const MOST_STEPS: u32 = 20_000;
/// Most containers counted for one group: a fault in a catalogue must not fill the screen.
const MOST_CONTAINERS: u32 = 99;

/// One way to take a service.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    /// Group of containers it goes into.
    pub group: usize,
    /// Material it takes there, in millilitres.
    pub volume_ml: f64,
    /// Place among the service's alternatives, the best 0.
    pub rank: usize,
    /// Place of the container in the provider's priority, the first 0.
    pub container_rank: usize,
}

/// Containers for a volume: at least one, since a group stands for at least one service.
pub(crate) fn containers(volume_ml: f64, usable_ml: Option<f64>) -> u32 {
    let Some(usable) = usable_ml else { return 1 };
    // Volumes are sums of decimal fractions: 10 × 0.1 in a 1 ml container is one container.
    let wanted = (volume_ml / usable - 1e-9).ceil();
    if wanted.is_finite() && wanted >= 1.0 { wanted.min(f64::from(MOST_CONTAINERS)) as u32 } else { 1 }
}

/// What a choice costs, compared from left to right: containers, ranks of alternatives, ranks of containers.
type Cost = (u32, usize, usize);

/// For each service the place of its chosen way in its options. Every service has one way or more.
pub(crate) fn fewest(options: &[Vec<Place>], usable_ml: &[Option<f64>]) -> Vec<usize> {
    let mut fill = Fill::new(usable_ml);
    let mut chosen = vec![0; options.len()];
    let mut open = Vec::new();
    for (service, ways) in options.iter().enumerate() {
        match ways.as_slice() {
            [only] => fill.put(only),
            _ => open.push(service),
        }
    }
    // Few ways first: they decide early, and the bound bites early. Ties keep the given order.
    open.sort_by_key(|service| options[*service].len());
    greedy(options, &open, &mut fill, &mut chosen);
    let best = fill.cost;
    for service in &open {
        fill.take(&options[*service][chosen[*service]]);
    }
    let mut search = Search { options, open: &open, fill, current: chosen.clone(), best, chosen, steps: 0 };
    search.descend(0);
    search.chosen
}

/// Each service in turn goes where it costs least, beginning with those that fit into what is there already.
fn greedy(options: &[Vec<Place>], open: &[usize], fill: &mut Fill<'_>, chosen: &mut [usize]) {
    let mut left: Vec<usize> = open.to_vec();
    while !left.is_empty() {
        // How many of the services that are left could go into each group: opening a popular one serves many.
        let mut popular = vec![0_u32; fill.volume.len()];
        for place in left.iter().flat_map(|service| &options[*service]) {
            popular[place.group] += 1;
        }
        let candidates = left
            .iter()
            .enumerate()
            .flat_map(|(at, service)| options[*service].iter().enumerate().map(move |(way, place)| (at, way, place)));
        let next = candidates.min_by_key(|(at, way, place)| {
            (fill.extra(place), u32::MAX - popular[place.group], place.rank, place.container_rank, *at, *way)
        });
        let Some((at, way, place)) = next else { return };
        fill.put(place);
        chosen[left.remove(at)] = way;
    }
}

/// How full the groups are, and what that costs.
struct Fill<'a> {
    usable_ml: &'a [Option<f64>],
    volume: Vec<f64>,
    services: Vec<u32>,
    cost: Cost,
}

impl<'a> Fill<'a> {
    fn new(usable_ml: &'a [Option<f64>]) -> Self {
        let groups = usable_ml.len();
        Self { usable_ml, volume: vec![0.0; groups], services: vec![0; groups], cost: (0, 0, 0) }
    }

    fn containers(&self, group: usize) -> u32 {
        if self.services[group] == 0 { 0 } else { containers(self.volume[group], self.usable_ml[group]) }
    }

    /// Containers that a service would add.
    fn extra(&self, place: &Place) -> u32 {
        let after = containers(self.volume[place.group] + place.volume_ml.max(0.0), self.usable_ml[place.group]);
        after.saturating_sub(self.containers(place.group))
    }

    fn put(&mut self, place: &Place) {
        let before = self.containers(place.group);
        self.volume[place.group] += place.volume_ml.max(0.0);
        self.services[place.group] += 1;
        self.cost.0 = self.cost.0 + self.containers(place.group) - before;
        self.cost.1 += place.rank;
        self.cost.2 = self.cost.2.saturating_add(place.container_rank);
    }

    fn take(&mut self, place: &Place) {
        let before = self.containers(place.group);
        self.services[place.group] -= 1;
        // An empty group starts from nothing again, whatever rounding left behind.
        self.volume[place.group] =
            if self.services[place.group] == 0 { 0.0 } else { self.volume[place.group] - place.volume_ml.max(0.0) };
        self.cost.0 = self.cost.0 + self.containers(place.group) - before;
        self.cost.1 -= place.rank;
        self.cost.2 = self.cost.2.saturating_sub(place.container_rank);
    }
}

struct Search<'a> {
    options: &'a [Vec<Place>],
    open: &'a [usize],
    fill: Fill<'a>,
    current: Vec<usize>,
    best: Cost,
    chosen: Vec<usize>,
    steps: u32,
}

impl Search<'_> {
    fn descend(&mut self, depth: usize) {
        // Costs only grow on the way down, so a branch that is no better already never will be.
        if self.steps >= MOST_STEPS || self.fill.cost >= self.best {
            return;
        }
        self.steps += 1;
        let Some(service) = self.open.get(depth).copied() else {
            self.best = self.fill.cost;
            self.chosen.clone_from(&self.current);
            return;
        };
        for way in 0..self.options[service].len() {
            let place = self.options[service][way];
            let before = (self.fill.volume[place.group], self.fill.cost);
            self.fill.put(&place);
            self.current[service] = way;
            self.descend(depth + 1);
            self.fill.take(&place);
            // Exactly as it was: adding and subtracting fractions may not come out even.
            (self.fill.volume[place.group], self.fill.cost) = before;
        }
    }
}
