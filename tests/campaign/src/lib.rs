//! Campaigns against delivery: everything around it is broken, many times, and what was promised must still hold.
//!
//! Each campaign draws from a seed that it prints, so that it can be run again; each has a control, the same trial with
//! the guarantee left out, which must fail, or the campaign proves nothing. `make campaign` runs the long ones; short ones
//! with fixed seeds run with the other tests.

pub mod kill;
pub mod numbers;
pub mod power;
pub mod soak;
pub mod tool;

use std::path::PathBuf;

use anyhow::Context as _;
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};

/// Reproducible chance.
pub struct Chance(StdRng);

impl Chance {
    /// Chance from a seed, which is printed.
    #[must_use]
    pub fn new(campaign: &str, seed: u64) -> Self {
        println!("{campaign}: --seed {seed}");
        Self(StdRng::seed_from_u64(seed))
    }

    /// A number in `0..below`; 0 where that is empty.
    pub fn below(&mut self, below: u64) -> u64 {
        if below == 0 { 0 } else { self.0.random_range(0..below) }
    }
}

/// A program of this name, built with the one that runs: beside it, or one folder up from a test in `deps`.
///
/// # Errors
/// When it has not been built.
pub fn built_beside(name: &str) -> anyhow::Result<PathBuf> {
    let us = std::env::current_exe()?;
    let folder = us.parent().context("this program stands in no folder")?;
    let profile = if folder.ends_with("deps") { folder.parent().unwrap_or(folder) } else { folder };
    let path = profile.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    anyhow::ensure!(path.is_file(), "{} has not been built: `make test` and `make campaign` build it", path.display());
    Ok(path)
}
