//! One workstation with everything around it.

use std::{
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, bail};
use tempfile::TempDir;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::{
    desktop::{Desktop, KeyringState},
    printing::Spooler,
    process::{need, until},
    window::Window,
};

/// Two windows at a time are what two cores carry without every wait growing long.
static ROOM: Semaphore = Semaphore::const_new(2);

/// What is special about an office.
#[derive(Debug, Clone, Default)]
pub struct OfficeOptions {
    /// What its keyring is like.
    pub keyring: KeyringState,
    /// Further arguments for every start of the application.
    pub arguments: Vec<String>,
    /// Start no demo hospital; one may be opened later.
    pub without_hospital: bool,
    /// The hospital leases every provider's own series: one block of this many numbers, and then none.
    pub scarce_numbers: Option<u32>,
    /// Start the application as it is installed: with its data where the desktop puts them. Only so does a second start find
    /// the first one.
    pub as_installed: bool,
}

/// A workstation: desktop, spooler, data folder, and the demo hospital at the other end of the line.
pub struct Office {
    /// The desktop that the window stands on.
    pub desktop: Desktop,
    /// The print spooler.
    pub spooler: Spooler,
    hospital: Option<hospital::Hospital>,
    hospital_port: u16,
    options: OfficeOptions,
    dir: TempDir,
    _place: SemaphorePermit<'static>,
}

impl Office {
    /// An ordinary office: unlocked keyring, hospital open.
    ///
    /// # Errors
    /// When something that it needs is missing or does not come up.
    pub async fn open() -> anyhow::Result<Self> {
        Self::open_with(OfficeOptions::default()).await
    }

    /// An office with something special about it.
    ///
    /// # Errors
    /// As for [`Office::open`].
    pub async fn open_with(options: OfficeOptions) -> anyhow::Result<Self> {
        let place = ROOM.acquire().await?;
        // Another may have done it already; the provider is the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let dir = tempfile::Builder::new().prefix("rekvirent-e2e.").tempdir()?;
        open_to_others(dir.path())?;
        let desktop = Desktop::start(&dir.path().join("desktop"), options.keyring).await?;
        let spooler = Spooler::start(&dir.path().join("cups"), &desktop).await?;
        let mut office = Self { desktop, spooler, hospital: None, hospital_port: 0, options, dir, _place: place };
        if !office.options.without_hospital {
            office.open_hospital().await?;
        }
        Ok(office)
    }

    /// Opens the demo hospital, at the address that it had before, with what it remembers.
    ///
    /// # Errors
    /// When it does not come up.
    pub async fn open_hospital(&mut self) -> anyhow::Result<()> {
        let opened = hospital::start(hospital::Options {
            port: self.hospital_port,
            data_dir: Some(self.dir.path().join("hospital")),
            catalogues: self.catalogues()?,
            receipt_delay: Duration::from_millis(200),
            no_stations: self.options.scarce_numbers.is_some(),
            largest_block: self.options.scarce_numbers,
            most_leases: self.options.scarce_numbers.map(|_| 1),
            ..hospital::Options::default()
        })
        .await?;
        self.hospital_port = opened.port();
        self.hospital = Some(opened);
        Ok(())
    }

    /// Publishes a new version of a demo provider's catalogue at this office's hospital, as laboratory staff would: lines of
    /// its files are changed (given the file's name and the line), and the package is built and signed.
    ///
    /// # Errors
    /// When the catalogue has mistakes, or the tool has not been built.
    pub fn publish(&self, provider: &str, version: &str, change: impl Fn(&str, &str) -> String) -> anyhow::Result<()> {
        let sources = self.dir.path().join(format!("{provider}-{version}"));
        std::fs::create_dir_all(&sources)?;
        for entry in std::fs::read_dir(top().join("catalog-data").join(provider))? {
            let entry = entry?;
            let file = entry.file_name().to_string_lossy().into_owned();
            let changed = |line: &str| match line.starts_with("version = ") && file == "provider.toml" {
                true => format!("version = \"{version}\"\n"),
                false => change(&file, line) + "\n",
            };
            let text: String = std::fs::read_to_string(entry.path())?.lines().map(changed).collect();
            std::fs::write(sources.join(&file), text)?;
        }
        let package = self.dir.path().join("catalogues").join(format!("{provider}.rkvcat"));
        let built = std::process::Command::new(built_beside("rekvirent-tool")?)
            .args(["catalogue", "build"])
            .arg(&sources)
            .arg("--secret-key")
            .arg(top().join("tests/hospital/keys/demo.key"))
            .arg("-o")
            .arg(&package)
            .output()
            .context("rekvirent-tool cannot be started")?;
        anyhow::ensure!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        Ok(())
    }

    /// The demo catalogues, in a folder of this office's own hospital.
    fn catalogues(&self) -> anyhow::Result<Option<PathBuf>> {
        let own = self.dir.path().join("catalogues");
        let Some(shared) = catalogues() else { return Ok(None) };
        if !own.is_dir() {
            std::fs::create_dir(&own)?;
            for entry in std::fs::read_dir(shared)? {
                let entry = entry?;
                if entry.file_type()?.is_file() {
                    std::fs::copy(entry.path(), own.join(entry.file_name()))?;
                }
            }
        }
        Ok(Some(own))
    }

    /// Pulls the plug of the hospital.
    pub async fn close_hospital(&mut self) {
        if let Some(open) = self.hospital.take() {
            open.shutdown().await;
        }
    }

    /// The hospital, to ask what it received or to tell it to misbehave.
    ///
    /// # Errors
    /// When it is closed.
    pub fn hospital(&self) -> anyhow::Result<&hospital::Hospital> {
        self.hospital.as_ref().context("the hospital is closed")
    }

    /// Starts the application, as a click on its icon would, and waits for its window.
    ///
    /// # Errors
    /// When no window opens.
    pub async fn start(&self) -> anyhow::Result<Window> {
        Window::open(self, &application()?, &self.arguments()).await
    }

    fn arguments(&self) -> Vec<String> {
        let mut arguments = Vec::new();
        if !self.options.as_installed {
            arguments.extend(["--data-dir".to_owned(), self.data_dir().display().to_string()]);
        }
        if self.hospital_port != 0 {
            arguments.push("--demo".to_owned());
            arguments.push(self.gateway());
        }
        arguments.extend(self.options.arguments.iter().cloned());
        arguments
    }

    /// Starts the application in a later time: its clock runs ahead of the world's by so much (`+4d`), as `faketime` says
    /// it. Everything else stays in its own time.
    ///
    /// # Errors
    /// As for [`Office::start`].
    pub async fn start_later(&self, ahead: &str) -> anyhow::Result<Window> {
        need("faketime")?;
        // The monotonic clock stays true: what waits for a second would wait for days.
        let start = format!("FAKETIME_DONT_FAKE_MONOTONIC=1 exec faketime -f '{ahead}'");
        self.start_by("later", &start).await
    }

    /// Starts the application on a machine without the library that tray icons come from: in its place, under each name that it
    /// goes by, lie files that are none.
    ///
    /// # Errors
    /// As for [`Office::start`].
    pub async fn start_without_tray_library(&self) -> anyhow::Result<Window> {
        let none = self.dir.path().join("no-libraries");
        std::fs::create_dir_all(&none)?;
        for name in ["libayatana-appindicator3", "libappindicator3"] {
            for ending in ["so.1", "so"] {
                std::fs::write(none.join(format!("{name}.{ending}")), "")?;
            }
        }
        let start = format!("LD_LIBRARY_PATH='{}' exec", none.display());
        self.start_by("without-tray", &start).await
    }

    /// Starts the application by a line of the shell that it is put behind.
    async fn start_by(&self, name: &str, line: &str) -> anyhow::Result<Window> {
        let wrapper = self.dir.path().join(name);
        let script = format!("#!/bin/sh\n{line} '{}' \"$@\"\n", application()?.display());
        std::fs::write(&wrapper, script)?;
        std::fs::set_permissions(&wrapper, std::fs::Permissions::from_mode(0o755))?;
        Window::open(self, &wrapper, &self.arguments()).await
    }

    /// Starts the application once more with a document, as a record system does while the window is open, and waits until
    /// that start has ended.
    ///
    /// # Errors
    /// When it does not end, or ends badly.
    pub async fn start_again(&self, document: &Path) -> anyhow::Result<()> {
        let mut again = self.desktop.command(application()?).arg(document).spawn()?;
        let ended = until("the second start to end", async || Ok(again.try_wait()?)).await;
        if ended.is_err() {
            let _ = again.kill();
        }
        anyhow::ensure!(ended?.success(), "the second start failed");
        Ok(())
    }

    /// Starts another program with a window, to compare.
    ///
    /// # Errors
    /// When no window opens.
    pub async fn start_other(&self, program: &Path, arguments: &[String]) -> anyhow::Result<Window> {
        Window::open(self, program, arguments).await
    }

    /// The address of the hospital's gateway.
    #[must_use]
    pub fn gateway(&self) -> String {
        format!("http://127.0.0.1:{}", self.hospital_port)
    }

    /// Where the application keeps its data.
    #[must_use]
    pub fn data_dir(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// A folder for the files of this office that are not the application's.
    #[must_use]
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }
}

/// The built application.
fn application() -> anyhow::Result<PathBuf> {
    let path = match std::env::var_os("REKVIRENT_BIN") {
        Some(path) => PathBuf::from(path),
        None => built_beside("rekvirent")?,
    };
    if !path.is_file() {
        bail!(
            "{} has not been built: `make test` builds it, or `cargo build --workspace --lib --bins --tests`",
            path.display()
        );
    }
    Ok(path)
}

/// A program of this name, built with the one that runs: beside it, or one folder up from a test in `deps`.
///
/// # Errors
/// When this program stands in no target folder.
pub fn built_beside(name: &str) -> anyhow::Result<PathBuf> {
    let us = std::env::current_exe()?;
    let folder = us.parent().context("this program stands in no folder")?;
    let profile = if folder.ends_with("deps") { folder.parent().unwrap_or(folder) } else { folder };
    Ok(profile.join(name))
}

/// The top of the repository.
#[must_use]
pub fn top() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

/// The demo catalogues as the hospital publishes them.
fn catalogues() -> Option<PathBuf> {
    let dir = top().join(".run/catalogues");
    dir.is_dir().then_some(dir)
}

/// The print backends run as another user and must reach their part of the folder.
fn open_to_others(dir: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(dir, std::fs::Permissions::from_mode(0o755))
}
