//! The store's key: 256 random bits that live in the operating system's keyring, in a key file, or under a passphrase.
//!
//! This module never decides where a key is kept: no keyring is never a reason to fall back silently on something weaker.

use std::{io::Write, path::Path};

use argon2::{Algorithm, Argon2, Params, Version};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::{Error, Result};

/// Raw 256-bit key of the store.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Key([u8; 32]);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

impl Key {
    /// A new key from the operating system's random numbers.
    ///
    /// # Errors
    ///
    /// [`Error::NoRandomness`].
    pub fn generate() -> Result<Self> {
        Ok(Self(random::<32>()?))
    }

    /// A key from its bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The key as 64 hexadecimal digits, for the keyring.
    #[must_use]
    pub fn to_hex(&self) -> Zeroizing<String> {
        let mut hex = Zeroizing::new(String::with_capacity(64));
        for byte in self.0 {
            for nibble in [byte >> 4, byte & 15] {
                hex.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
            }
        }
        hex
    }

    /// A key from 64 hexadecimal digits.
    ///
    /// # Errors
    ///
    /// [`Error::Key`] for anything else.
    pub fn from_hex(text: &str) -> Result<Self> {
        let text = text.trim().as_bytes();
        let mut bytes = [0_u8; 32];
        if text.len() != 64 {
            return Err(Error::Key { what: "64 hexadecimal digits are expected".into() });
        }
        for (at, pair) in text.chunks_exact(2).enumerate() {
            let digit = |byte: u8| char::from(byte).to_digit(16);
            let (Some(high), Some(low)) = (digit(pair[0]), digit(pair[1])) else {
                return Err(Error::Key { what: format!("digit {} is not hexadecimal", at * 2 + 1) });
            };
            bytes[at] = u8::try_from(high * 16 + low).unwrap_or_default();
        }
        Ok(Self(bytes))
    }

    /// Reads a key file: one line of 64 hexadecimal digits.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] or [`Error::Key`].
    pub fn read_file(path: &Path) -> Result<Self> {
        Self::from_hex(&Zeroizing::new(std::fs::read_to_string(path)?))
    }

    /// Writes a new key file that only its owner can read. It is there whole or not at all.
    ///
    /// # Errors
    ///
    /// [`Error::Io`], also where the file exists.
    pub fn create_file(&self, path: &Path) -> Result<()> {
        if path.exists() {
            return Err(Error::Io(std::io::ErrorKind::AlreadyExists));
        }
        let mut part = path.as_os_str().to_owned();
        part.push(".part");
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&part)?;
        file.write_all(self.to_hex().as_bytes())?;
        file.write_all(b"\n")?;
        file.sync_all()?;
        Ok(std::fs::rename(&part, path)?)
    }

    /// The value of SQLCipher's `PRAGMA key` for a raw key.
    pub(super) fn pragma(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("x'{}'", self.to_hex().as_str()))
    }
}

/// A store key under a passphrase: a small JSON file beside the store.
///
/// Argon2id makes 256 bits of the passphrase and a fresh salt; the key is kept combined with them bit by bit. A salt is
/// used once, so the file tells nothing of the key without the passphrase; and a new passphrase leaves the store as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PassphraseFile {
    /// Format of this file: 1.
    format: u32,
    /// Always `argon2id`.
    kdf: String,
    /// Memory in KiB.
    memory_kib: u32,
    /// Passes over the memory.
    passes: u32,
    /// Lanes.
    lanes: u32,
    /// 16 bytes, base64.
    salt: String,
    /// The key combined with the derived bits, base64.
    wrapped: String,
}

impl PassphraseFile {
    /// Puts a key under a passphrase (Argon2id, 64 MiB, 3 passes, 1 lane: above the OWASP minimum).
    ///
    /// # Errors
    ///
    /// [`Error::NoRandomness`], or [`Error::Key`] for an empty passphrase.
    pub fn wrap(key: &Key, passphrase: &str) -> Result<Self> {
        if passphrase.is_empty() {
            return Err(Error::Key { what: "the passphrase is empty".into() });
        }
        let salt = random::<16>()?;
        let mut file = Self {
            format: 1,
            kdf: "argon2id".into(),
            memory_kib: 64 * 1024,
            passes: 3,
            lanes: 1,
            salt: STANDARD.encode(salt),
            wrapped: String::new(),
        };
        let pad = file.derive(passphrase)?;
        file.wrapped = STANDARD.encode(combine(&key.0, &pad).as_slice());
        Ok(file)
    }

    /// Takes the key out. A wrong passphrase gives a wrong key: the store says [`Error::WrongKey`].
    ///
    /// # Errors
    ///
    /// [`Error::Key`] where the file is not of this format.
    pub fn unwrap_key(&self, passphrase: &str) -> Result<Key> {
        let pad = self.derive(passphrase)?;
        let wrapped = STANDARD.decode(&self.wrapped).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        let wrapped =
            Zeroizing::new(wrapped.ok_or_else(|| Error::Key { what: "the wrapped key is not 32 bytes".into() })?);
        Ok(Key(*combine(&wrapped, &pad)))
    }

    fn derive(&self, passphrase: &str) -> Result<Zeroizing<[u8; 32]>> {
        let bad = |what: &str| Error::Key { what: what.into() };
        if self.format != 1 || self.kdf != "argon2id" {
            return Err(bad("unknown format of the passphrase file"));
        }
        // A file made to exhaust the memory is not ours.
        if self.memory_kib > 1024 * 1024 || self.passes > 20 || self.lanes > 16 {
            return Err(bad("unreasonable parameters in the passphrase file"));
        }
        let salt = STANDARD.decode(&self.salt).map_err(|_| bad("the salt is not base64"))?;
        let params = Params::new(self.memory_kib, self.passes, self.lanes, Some(32))
            .map_err(|_| bad("parameters that Argon2id refuses"))?;
        let mut pad = Zeroizing::new([0_u8; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.as_bytes(), &salt, pad.as_mut_slice())
            .map_err(|_| bad("Argon2id refused the passphrase or the salt"))?;
        Ok(pad)
    }
}

fn combine(a: &[u8; 32], b: &[u8; 32]) -> Zeroizing<[u8; 32]> {
    let mut out = Zeroizing::new([0_u8; 32]);
    for (at, byte) in out.iter_mut().enumerate() {
        *byte = a[at] ^ b[at];
    }
    out
}

fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0_u8; N];
    getrandom::fill(&mut bytes).map_err(|_| Error::NoRandomness)?;
    Ok(bytes)
}
