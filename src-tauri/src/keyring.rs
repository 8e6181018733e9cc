//! The database key, kept in the operating system's keyring and nowhere else.
//!
//! Two things must never happen here: a key written to a file, and a new key made for data that an older key locked. When
//! the keyring cannot serve, the caller is told why and asks the person; nothing is decided in silence.

use std::fmt;

use zeroize::Zeroizing;

/// Under which the desktop lists our secrets.
const SERVICE: &str = "no.rekvirent.desktop";

/// The raw 256-bit key of the requisition store.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseKey(Zeroizing<[u8; 32]>);

impl DatabaseKey {
    /// A key of these bytes.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// A new key from the operating system's random source.
    ///
    /// # Errors
    /// When that source fails; then no key is better than a guessable one.
    pub fn random() -> Result<Self, KeyringError> {
        let mut bytes = Zeroizing::new([0_u8; 32]);
        getrandom::fill(bytes.as_mut_slice())
            .map_err(|error| KeyringError::Failed(format!("no random numbers: {error}")))?;
        Ok(Self(bytes))
    }

    /// The bytes, for the store that opens with them.
    #[must_use]
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for DatabaseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseKey(..)")
    }
}

/// Why a keyring did not serve.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyringError {
    /// This desktop offers none. The finding stands until the program is started anew.
    #[error("no keyring service answers")]
    Missing,
    /// It is there, but locked.
    #[error("the keyring is locked")]
    Locked,
    /// It answered with an error; the text carries no secret.
    #[error("the keyring failed: {0}")]
    Failed(String),
}

/// A place for small secrets. The calls may wait for a person to unlock it: not for an async thread.
pub trait Keyring: Send + Sync {
    /// The secret of this name, if there is one.
    ///
    /// # Errors
    /// See [`KeyringError`].
    fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeyringError>;

    /// Keeps a secret under this name, in place of an earlier one.
    ///
    /// # Errors
    /// See [`KeyringError`].
    fn write(&self, name: &str, secret: &[u8]) -> Result<(), KeyringError>;
}

/// What became of the search for the database key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeySource {
    /// Here it is.
    Ready(DatabaseKey),
    /// No keyring: offer a passphrase.
    NoKeyring,
    /// Ask to unlock the keyring, then try again.
    Locked,
    /// The keyring is there and broken: say so, and offer to try again.
    Failed(String),
    /// There is data but no key for it: another user, another machine or a cleared keyring. Ask for a restored keyring or a
    /// fresh start elsewhere; the data stays as it is.
    Lost,
}

/// Finds the key of this data folder, or makes it when the folder has no data yet.
///
/// Call it only for a store without a passphrase, and with the folder's lock held, or two first starts would make two keys.
/// `installation` names the data folder's secret in the keyring, so that folders do not share a key.
pub fn database_key(
    keyring: &dyn Keyring,
    installation: &str,
    data_exists: bool,
    make: impl FnOnce() -> Result<DatabaseKey, KeyringError>,
) -> KeySource {
    match find_or_make(keyring, installation, data_exists, make) {
        Ok(Some(key)) => KeySource::Ready(key),
        Ok(None) => KeySource::Lost,
        Err(KeyringError::Missing) => KeySource::NoKeyring,
        Err(KeyringError::Locked) => KeySource::Locked,
        Err(KeyringError::Failed(why)) => KeySource::Failed(why),
    }
}

fn find_or_make(
    keyring: &dyn Keyring,
    installation: &str,
    data_exists: bool,
    make: impl FnOnce() -> Result<DatabaseKey, KeyringError>,
) -> Result<Option<DatabaseKey>, KeyringError> {
    let name = format!("database-key-{installation}");
    if let Some(secret) = keyring.read(&name)? {
        return parse(&secret).map(Some);
    }
    if data_exists {
        return Ok(None);
    }
    let key = make()?;
    keyring.write(&name, key.bytes())?;
    // A keyring that accepts and forgets would lose every requisition at the next start: find out before there are any.
    match keyring.read(&name)? {
        Some(kept) if kept.as_slice() == key.bytes() => Ok(Some(key)),
        Some(_) | None => Err(KeyringError::Failed("it did not keep the key that it accepted".to_owned())),
    }
}

fn parse(secret: &[u8]) -> Result<DatabaseKey, KeyringError> {
    let bytes = <[u8; 32]>::try_from(secret)
        .map_err(|_| KeyringError::Failed(format!("the kept key has {} bytes instead of 32", secret.len())))?;
    Ok(DatabaseKey::new(bytes))
}

/// The keyring of the desktop: Secret Service, Windows Credential Manager or Keychain.
#[derive(Debug, Clone, Copy, Default)]
pub struct DesktopKeyring;

impl Keyring for DesktopKeyring {
    fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeyringError> {
        let secret = ::keyring::Entry::new(SERVICE, name).and_then(|entry| entry.get_secret());
        match secret {
            Ok(secret) => Ok(Some(Zeroizing::new(secret))),
            Err(::keyring::Error::NoEntry) => Ok(None),
            Err(error) => Err(problem(&error)),
        }
    }

    fn write(&self, name: &str, secret: &[u8]) -> Result<(), KeyringError> {
        ::keyring::Entry::new(SERVICE, name).and_then(|entry| entry.set_secret(secret)).map_err(|error| problem(&error))
    }
}

/// Sorts the crate's errors. Two of them carry the secret itself, so only the texts known to be clean are passed on.
fn problem(error: &::keyring::Error) -> KeyringError {
    use ::keyring::Error as E;
    match error {
        E::NoDefaultStore => KeyringError::Missing,
        E::NoStorageAccess(_) => KeyringError::Locked,
        E::BadEncoding(_) => KeyringError::Failed("the entry is not text".to_owned()),
        E::BadDataFormat(..) => KeyringError::Failed("the entry has a strange format".to_owned()),
        E::Ambiguous(_) => KeyringError::Failed("there are two entries of this name".to_owned()),
        // The enum is open; what it may still hold are messages of the platform.
        other => KeyringError::Failed(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::HashMap, sync::Mutex};

    use super::*;

    #[test]
    fn the_first_start_makes_a_key_and_the_second_finds_it() {
        let ring = TestRing::default();
        assert_eq!(ask(&ring, false, 1), KeySource::Ready(key(1)));
        assert_eq!(ask(&ring, true, 2), KeySource::Ready(key(1)));
        assert_eq!(ring.writes(), 1);
    }

    #[test]
    fn data_whose_key_is_gone_is_never_given_a_new_key() {
        let ring = TestRing::default();
        assert_eq!(ask(&ring, true, 1), KeySource::Lost);
        assert_eq!(ring.writes(), 0);
    }

    #[test]
    fn two_data_folders_on_one_desktop_have_a_key_each() {
        let ring = TestRing::default();
        let one = database_key(&ring, "one", false, || Ok(key(1)));
        let two = database_key(&ring, "two", false, || Ok(key(2)));
        assert_ne!(one, two);
    }

    #[test]
    fn a_locked_keyring_is_told_apart_from_none() {
        let with = |fault: KeyringError| TestRing { fault: Some(fault), ..TestRing::default() };
        assert_eq!(ask(&with(KeyringError::Locked), false, 1), KeySource::Locked);
        assert_eq!(ask(&with(KeyringError::Missing), false, 1), KeySource::NoKeyring);
    }

    #[test]
    fn a_keyring_that_forgets_is_found_out_before_there_is_data() {
        let ring = TestRing { forgets: true, ..TestRing::default() };
        assert!(matches!(ask(&ring, false, 1), KeySource::Failed(_)));
    }

    #[test]
    fn a_key_is_never_shown() {
        let shown = format!("{:?}", KeySource::Ready(key(171)));
        assert_eq!(shown, "Ready(DatabaseKey(..))");
    }

    fn ask(ring: &TestRing, data_exists: bool, next: u8) -> KeySource {
        database_key(ring, "here", data_exists, || Ok(key(next)))
    }

    fn key(fill: u8) -> DatabaseKey {
        DatabaseKey::new([fill; 32])
    }

    /// A keyring that records what is asked of it.
    #[derive(Default)]
    struct TestRing {
        entries: Mutex<HashMap<String, Vec<u8>>>,
        writes: Mutex<u32>,
        fault: Option<KeyringError>,
        forgets: bool,
    }

    impl TestRing {
        fn writes(&self) -> u32 {
            *self.writes.lock().unwrap()
        }
    }

    impl Keyring for TestRing {
        fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeyringError> {
            match &self.fault {
                Some(fault) => Err(fault.clone()),
                None => Ok(self.entries.lock().unwrap().get(name).cloned().map(Zeroizing::new)),
            }
        }

        fn write(&self, name: &str, secret: &[u8]) -> Result<(), KeyringError> {
            *self.writes.lock().unwrap() += 1;
            if !self.forgets {
                self.entries.lock().unwrap().insert(name.to_owned(), secret.to_vec());
            }
            Ok(())
        }
    }
}
