//! From a data folder to an open store: the key, the passphrase where there is no keyring, and every reason why it does not
//! open, each with something to do about it. Never a silent fallback, never a new key for old data.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use requisition::store::{Error as StoreError, Key, PassphraseFile, Store};

use super::catalogues::Shelf;
use super::enrolment::Beside;
use super::line::Line;
use super::refresh::keep_fresh;
use super::search::KnownUsage;
use super::settings::{DEMO_KEY, connections, key, preferences};
use super::{Answer, Controller, Opened, Workplace};
use crate::args::Theme;
use crate::error::{CommandError, ErrorCode};
use crate::forms::Secret;
use crate::keyring::{DatabaseKey, KeySource, database_key};
use crate::views::{AppView, Stage};

/// Shortest passphrase, in characters. It protects a stolen disk, not an online service.
const SHORTEST_PASSPHRASE: usize = 12;

impl Controller {
    /// How far the application has come.
    ///
    /// # Errors
    /// When the open store fails.
    pub fn app(&self) -> Answer<AppView> {
        let mut view = AppView {
            stage: Stage::Ready,
            version: env!("CARGO_PKG_VERSION").into(),
            set_up: false,
            to_set_up: Vec::new(),
            demo: self.args.demo.is_some(),
            language: "nb".into(),
            theme: "system".into(),
            data_dir: self.data.root().display().to_string(),
        };
        match &*self.opened.read().unwrap_or_else(PoisonError::into_inner) {
            Opened::Closed(stage) => view.stage = stage.clone(),
            Opened::Open(here) => {
                let chosen = preferences(&here.store)?;
                view.language = chosen.language;
                view.theme = chosen.theme;
                view.to_set_up = here.to_set_up()?;
                view.set_up = view.to_set_up.is_empty();
            }
        }
        if let Some(language) = self.args.language {
            view.language = format!("{language:?}").to_lowercase();
        }
        match self.args.theme {
            Some(Theme::Light) => view.theme = "light".into(),
            Some(Theme::Dark) => view.theme = "dark".into(),
            Some(Theme::System) => view.theme = "system".into(),
            None => {}
        }
        Ok(view)
    }

    /// Opens the store, or finds out why it does not open.
    pub fn open(&self) {
        let _one = self.opening.lock().unwrap_or_else(PoisonError::into_inner);
        if self.here().is_ok() {
            return;
        }
        let opened = if self.passphrase_file().exists() {
            Opened::Closed(Stage::NeedsPassphrase)
        } else {
            let data_exists = self.data.requisitions().exists();
            match database_key(self.keyring.as_ref(), self.data.installation(), data_exists, DatabaseKey::random) {
                KeySource::Ready(key) => self.open_with(&Key::from_bytes(*key.bytes()), "keyring"),
                KeySource::NoKeyring if data_exists => Opened::Closed(Stage::KeyMissing),
                KeySource::NoKeyring => Opened::Closed(Stage::NoKeyring),
                KeySource::Locked => Opened::Closed(Stage::KeyringLocked),
                KeySource::Lost => Opened::Closed(Stage::KeyMissing),
                KeySource::Failed(why) => {
                    let error = CommandError::caused(ErrorCode::KeyringFailed, &std::io::Error::other(why));
                    Opened::Closed(Stage::Failed { code: "keyringFailed".into(), reference: error.reference })
                }
            }
        };
        self.take_over(opened);
    }

    /// Tries again, for instance after the keyring was unlocked.
    ///
    /// # Errors
    /// When the open store fails.
    pub fn retry_start(&self) -> Answer<AppView> {
        self.open();
        self.app()
    }

    /// Opens a store that a passphrase protects.
    ///
    /// # Errors
    /// [`ErrorCode::WrongPassphrase`].
    pub fn unlock(&self, passphrase: Secret) -> Answer<AppView> {
        let _one = self.opening.lock().unwrap_or_else(PoisonError::into_inner);
        let text = fs::read_to_string(self.passphrase_file())
            .map_err(|error| CommandError::caused(ErrorCode::FileRefused, &error))?;
        let file: PassphraseFile = serde_json::from_str(&text).map_err(|error| CommandError::internal(&error))?;
        let key = file.unwrap_key(passphrase.reveal())?;
        match Store::open(&self.data.requisitions(), &key) {
            Err(StoreError::WrongKey) => Err(CommandError::new(ErrorCode::WrongPassphrase)),
            opened => {
                self.take_over(self.after(opened, &key, "passphrase"));
                self.app()
            }
        }
    }

    /// Protects a new store by a passphrase, where there is no keyring and nothing is stored yet.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidField`] for a short passphrase, [`ErrorCode::NotNow`] where there is data already.
    pub fn start_with_passphrase(&self, passphrase: Secret) -> Answer<AppView> {
        let _one = self.opening.lock().unwrap_or_else(PoisonError::into_inner);
        if self.data.requisitions().exists() || self.passphrase_file().exists() {
            return Err(CommandError::new(ErrorCode::NotNow).with("reason", "state"));
        }
        if passphrase.reveal().chars().count() < SHORTEST_PASSPHRASE {
            return Err(
                super::settings::refused("passphrase", "too_short").with("least", SHORTEST_PASSPHRASE.to_string())
            );
        }
        let key = Key::generate()?;
        let file = PassphraseFile::wrap(&key, passphrase.reveal())?;
        self.keep_passphrase_file(&file)?;
        self.take_over(self.open_with(&key, "passphrase"));
        self.app()
    }

    fn keep_passphrase_file(&self, file: &PassphraseFile) -> Answer<()> {
        let text = serde_json::to_vec_pretty(file).map_err(|error| CommandError::internal(&error))?;
        let write = || {
            // Durable before the store that it opens exists.
            let mut new = fs::File::create_new(self.passphrase_file())?;
            new.write_all(&text)?;
            new.sync_all()?;
            fs::File::open(self.data.root())?.sync_all()
        };
        write().map_err(|error: std::io::Error| CommandError::caused(ErrorCode::FileRefused, &error))
    }

    fn passphrase_file(&self) -> PathBuf {
        self.data.root().join("passphrase.json")
    }

    fn beside(&self, key_place: &str) -> Beside {
        if key_place == "keyring" {
            Beside::Keyring(Arc::clone(&self.keyring), format!("device-{}", self.data.installation()))
        } else {
            Beside::File(self.data.root().join("device"))
        }
    }

    pub(super) fn open_with(&self, key: &Key, key_place: &'static str) -> Opened {
        self.after(Store::open(&self.data.requisitions(), key), key, key_place)
    }

    fn after(&self, opened: Result<Store, StoreError>, key: &Key, key_place: &'static str) -> Opened {
        *self.key.lock().unwrap_or_else(PoisonError::into_inner) = Some((key.clone(), key_place));
        let store = match opened {
            Ok(store) => Arc::new(store),
            Err(StoreError::InUse) => return Opened::Closed(Stage::InUse),
            Err(StoreError::Newer { .. }) => return Opened::Closed(Stage::NewerStore),
            Err(StoreError::WrongKey) => return Opened::Closed(Stage::KeyMissing),
            Err(damaged @ StoreError::Damaged { .. }) => {
                let reference = CommandError::from(damaged).reference;
                return Opened::Closed(Stage::Damaged { reference });
            }
            Err(other) => return Opened::Closed(failed(CommandError::from(other))),
        };
        let start = || -> Answer<Workplace> {
            self.follow_the_demo(&store)?;
            let shelf = Arc::new(Shelf::open(&self.data.catalogue(), &store)?);
            store.release_all()?;
            let line = Line::start(&store, &self.desktop)?;
            Ok(Workplace {
                store: Arc::clone(&store),
                shelf,
                line,
                numbers: Mutex::default(),
                bench: Mutex::default(),
                paper: Mutex::default(),
                paper_jobs: Mutex::default(),
                beside: self.beside(key_place),
                import: Mutex::new(None),
                usage: KnownUsage::default(),
                key_place,
                desktop: Arc::clone(&self.desktop),
                key: key.clone(),
                disk: Mutex::default(),
            })
        };
        match start() {
            Ok(workplace) => {
                let workplace = Arc::new(workplace);
                if let Err(error) = workplace.claim_station() {
                    // Its numbers wait; everything else goes on.
                    tracing::warn!(reference = %error.reference, "it was not found out whose the station is");
                }
                if let Err(error) = workplace.resume_papers() {
                    tracing::warn!(reference = %error.reference, "what waits at the printer could not be asked about");
                }
                tokio::spawn(keep_fresh(Arc::downgrade(&workplace)));
                self.keep(&workplace);
                Opened::Open(workplace)
            }
            Err(error) => Opened::Closed(failed(error)),
        }
    }

    /// The demo hospital gets another port at every start: its lines follow it.
    fn follow_the_demo(&self, store: &Store) -> Answer<()> {
        let Some(address) = &self.args.demo else { return Ok(()) };
        let mut lines = connections(store)?;
        for line in lines.iter_mut().filter(|line| line.public_key == DEMO_KEY.trim()) {
            line.gateway = address.as_str().trim_end_matches('/').to_owned();
        }
        store.set_setting(key::CONNECTIONS, &lines, super::now().timestamp())?;
        Ok(())
    }

    pub(super) fn take_over(&self, opened: Opened) {
        *self.opened.write().unwrap_or_else(PoisonError::into_inner) = opened;
        self.desktop.changed(&[crate::events::Topic::Settings]);
    }
}

fn failed(error: CommandError) -> Stage {
    let code = serde_json::to_value(error.code).ok().and_then(|code| code.as_str().map(str::to_owned));
    Stage::Failed { code: code.unwrap_or_default(), reference: error.reference }
}
