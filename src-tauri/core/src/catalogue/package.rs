//! The signed package in which a catalogue travels.
//!
//! A package is canonical JSON (the model's fields in their order, no maps), compressed with zstd, with a detached
//! minisign signature that anyone can check with the `minisign` program. Same catalogue, same bytes. Nothing of a package
//! is looked at, not even decompressed, before its signature is verified against the pinned key.

use std::io::{Cursor, Read};

use minisign::{KeyPair, PublicKey, PublicKeyBox, SecretKey, SecretKeyBox, SignatureBox};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

use super::{
    conditions,
    content::Content,
    model::{Catalogue, FORMAT},
    version::Version,
};

/// Largest package, in bytes: about a hundred times that of 10 000 services.
pub const LARGEST_PACKAGE: usize = 32 << 20;
/// Largest content after decompression, in bytes.
pub const LARGEST_CONTENT: u64 = 128 << 20;
/// Longest signature or key text, in bytes.
const LARGEST_TEXT: usize = 2_048;
/// Compression level: packages are made once and read on every workstation.
const LEVEL: i32 = 19;

/// Why a package is not taken. The package in use stays in use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The pinned key cannot be read: a fault of the set-up, not of the package.
    #[error("the pinned public key cannot be read")]
    UnreadableKey,
    /// The signature is not a minisign signature.
    #[error("the signature cannot be read")]
    UnreadableSignature,
    /// Signed with another key, or changed after signing.
    #[error("the signature does not fit: the package was changed, or signed with another key")]
    BadSignature,
    /// Shorter than the signer said.
    #[error("the package is cut off: {got} of {expected} bytes")]
    Truncated {
        /// Bytes there.
        got: u32,
        /// Bytes that were signed.
        expected: u32,
    },
    /// Larger than [`LARGEST_PACKAGE`], or expands beyond [`LARGEST_CONTENT`].
    #[error("the package is larger than any catalogue")]
    TooLarge,
    /// Written by a newer program.
    #[error("the file has format {format}; this program reads format {known}: update the program")]
    FutureFormat {
        /// Format of the file.
        format: u32,
        /// Format this program reads.
        known: u32,
    },
    /// The catalogue of somebody else.
    #[error("the package belongs to `{found}`, not to `{expected}`")]
    WrongProvider {
        /// Whose it is.
        found: String,
        /// Whose was asked for.
        expected: String,
    },
    /// Older than what is held.
    #[error("the package has version {offered}, older than the version {held} in use")]
    Rollback {
        /// Version of the package.
        offered: String,
        /// Version held.
        held: String,
    },
    /// The version that is held, with another content.
    #[error("the package calls itself version {version}, but differs from the version {version} in use")]
    SameVersionOtherContent {
        /// Version of both.
        version: String,
    },
    /// A delta that starts from something else than what is held.
    #[error("the delta starts from version {from}; version {held} is in use, or another content of it")]
    WrongBase {
        /// Version it starts from.
        from: String,
        /// Version held.
        held: String,
    },
    /// A delta that does not give what it promised.
    #[error("the delta does not give the content of version {version} that it promises")]
    WrongResult {
        /// Version it ends in.
        version: String,
    },
    /// A delta to a version that does not apply yet; the package of that version can be kept until it does.
    #[error("the delta leads to a version that applies from {valid_from}")]
    NotYet {
        /// First day it applies.
        valid_from: String,
    },
    /// A condition that could take time or memory without end.
    #[error("the condition of `{owner}` is not taken: {why}")]
    Condition {
        /// Question or rule.
        owner: String,
        /// What is beyond the bounds.
        why: conditions::ConditionError,
    },
    /// Signed, and yet not a catalogue.
    #[error("the package is signed but its content cannot be read: {0}")]
    Malformed(String),
}

/// Why a package cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// The catalogue cannot be written, which no catalogue built here causes.
    #[error("the catalogue cannot be written: {0}")]
    Write(String),
    /// No delta leads from one catalogue to the other.
    #[error("{0}")]
    Delta(String),
    /// The secret key cannot be read or is protected by another password.
    #[error("the secret key cannot be used: {0}")]
    Key(String),
}

/// What is held already, for refusing rollback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Its version.
    pub version: Version,
    /// Hash of its content.
    pub content: Hash,
}

/// A SHA-256.
pub type Hash = [u8; 32];

/// Hash of a package's bytes.
#[must_use]
pub fn hash(package: &[u8]) -> Hash {
    Sha256::digest(package).into()
}

/// A hash as 64 small hexadecimal digits.
#[must_use]
pub fn hex(hash: &Hash) -> String {
    use std::fmt::Write as _;
    hash.iter().fold(String::with_capacity(64), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// Makes the package. The same catalogue makes the same bytes.
///
/// # Errors
/// When the catalogue holds a number that JSON cannot carry.
pub fn pack(catalogue: &Catalogue) -> Result<Vec<u8>, PackError> {
    compress(catalogue)
}

/// Canonical JSON, compressed.
pub(super) fn compress(content: &impl Serialize) -> Result<Vec<u8>, PackError> {
    let json = serde_json::to_vec(content).map_err(|error| PackError::Write(error.to_string()))?;
    let mut compressor = zstd::bulk::Compressor::new(LEVEL).map_err(|error| PackError::Write(error.to_string()))?;
    // The frame carries its own checksum, so a damaged disk is noticed even where a signature was checked before.
    let _ = compressor.include_checksum(true);
    compressor.compress(&json).map_err(|error| PackError::Write(error.to_string()))
}

/// A new key pair as texts in minisign's own form: `(secret, public)`. The secret key is not protected by a password.
///
/// # Errors
/// When the system gives no randomness.
pub fn keygen() -> Result<(String, String), PackError> {
    let fault = |error: minisign::PError| PackError::Key(error.to_string());
    let KeyPair { pk, sk } = KeyPair::generate_unencrypted_keypair().map_err(fault)?;
    let secret = sk.to_box(Some("catalogue secret key")).map_err(fault)?.into_string();
    Ok((secret, pk.to_box().map_err(fault)?.into_string()))
}

/// Signs a package with a secret key in minisign's form. Two signatures of one package differ (minisign salts them); both
/// verify.
///
/// # Errors
/// When the key cannot be used.
pub fn sign(
    package: &[u8],
    secret_key: &str,
    password: Option<String>,
    catalogue: &Catalogue,
) -> Result<String, PackError> {
    let about = format!("provider:{} version:{}", catalogue.provider.id, catalogue.version);
    sign_bytes(package, secret_key, password, &about, "signature of a catalogue")
}

/// Signs a file; `about` is what the signature says of it to people, with the length added.
pub(super) fn sign_bytes(
    file: &[u8],
    secret_key: &str,
    password: Option<String>,
    about: &str,
    comment: &str,
) -> Result<String, PackError> {
    let fault = |error: minisign::PError| PackError::Key(error.to_string());
    let secret = secret(secret_key, password).map_err(fault)?;
    let trusted = format!("{about} bytes:{}", file.len());
    let signature = minisign::sign(None, &secret, Cursor::new(file), Some(&trusted), Some(comment)).map_err(fault)?;
    Ok(signature.into_string())
}

fn secret(text: &str, password: Option<String>) -> Result<SecretKey, minisign::PError> {
    let boxed = SecretKeyBox::from_string(text.trim())?;
    match password {
        Some(password) => boxed.into_secret_key(Some(password)),
        None => boxed.into_unencrypted_secret_key(),
    }
}

/// Opens a package: signature, size, format, provider and version, in this order.
///
/// # Errors
/// A [`Refusal`] with its reason; nothing of a refused package is used.
pub fn open(
    package: &[u8],
    signature: &str,
    pinned_key: &str,
    provider: &str,
    held: Option<&Held>,
) -> Result<Catalogue, Refusal> {
    verify(package, signature, pinned_key)?;
    let catalogue = read_unverified(package)?;
    if catalogue.provider.id != provider {
        return Err(Refusal::WrongProvider { found: catalogue.provider.id, expected: provider.to_owned() });
    }
    let offered: Version = catalogue
        .version
        .parse()
        .map_err(|error: super::version::NotAVersion| Refusal::Malformed(error.to_string()))?;
    if let Some(held) = held {
        if offered < held.version {
            return Err(Refusal::Rollback { offered: offered.to_string(), held: held.version.to_string() });
        }
        if offered == held.version && *Content::of(&catalogue).hash() != held.content {
            return Err(Refusal::SameVersionOtherContent { version: offered.to_string() });
        }
    }
    Ok(catalogue)
}

/// Reads a package without checking its signature: for authors comparing their own files. The application never does.
///
/// # Errors
/// When it is too large, of a newer format, or not a catalogue.
pub fn read_unverified(package: &[u8]) -> Result<Catalogue, Refusal> {
    if package.len() > LARGEST_PACKAGE {
        return Err(Refusal::TooLarge);
    }
    let catalogue: Catalogue = parse(&decompress(package, LARGEST_CONTENT)?, FORMAT)?;
    if catalogue.format > FORMAT {
        return Err(Refusal::FutureFormat { format: catalogue.format, known: FORMAT });
    }
    check_conditions(&catalogue)?;
    Ok(catalogue)
}

/// Refuses conditions that no bound of time or memory holds for, before anything is evaluated.
pub(super) fn check_conditions(catalogue: &Catalogue) -> Result<(), Refusal> {
    conditions::all_bounded(catalogue).map_err(|(owner, why)| Refusal::Condition { owner, why })
}

/// Id of the key that a signature says it was made with, as minisign prints it; not verified.
#[must_use]
pub fn signer(signature: &str) -> Option<String> {
    let signature = Some(signature).filter(|text| text.len() <= LARGEST_TEXT)?;
    SignatureBox::from_string(signature.trim()).ok().map(|signature| key_id(signature.keynum()))
}

/// Id of a public key, as minisign prints it.
///
/// # Errors
/// [`Refusal::UnreadableKey`].
pub fn key_name(public: &str) -> Result<String, Refusal> {
    Ok(key_id(public_key(public)?.keynum()))
}

/// minisign prints the id as one number, its last byte first.
fn key_id(bytes: &[u8]) -> String {
    bytes.iter().rev().map(|byte| format!("{byte:02X}")).collect()
}

/// Checks a package's signature alone.
///
/// # Errors
/// When it does not fit the key.
pub fn verify(package: &[u8], signature: &str, pinned_key: &str) -> Result<(), Refusal> {
    if package.len() > LARGEST_PACKAGE {
        return Err(Refusal::TooLarge);
    }
    let key = public_key(pinned_key)?;
    if signature.len() > LARGEST_TEXT {
        return Err(Refusal::UnreadableSignature);
    }
    let signature = SignatureBox::from_string(signature.trim()).map_err(|_| Refusal::UnreadableSignature)?;
    minisign::verify(&key, &signature, Cursor::new(package), true, false, false)
        .map_err(|_| truncated(package, &signature).unwrap_or(Refusal::BadSignature))
}

/// Whether a text is a public key that can be pinned.
///
/// # Errors
/// [`Refusal::UnreadableKey`].
pub fn public_key(text: &str) -> Result<PublicKey, Refusal> {
    if text.len() > LARGEST_TEXT {
        return Err(Refusal::UnreadableKey);
    }
    let text = text.trim();
    // Either the file that `minisign` writes or its last line alone.
    let key = if text.contains('\n') {
        PublicKeyBox::from_string(text).and_then(PublicKeyBox::into_public_key)
    } else {
        PublicKey::from_base64(text)
    };
    key.map_err(|_| Refusal::UnreadableKey)
}

/// A better word for a signature that does not fit because bytes are missing. The comment is not verified, so it only
/// ever chooses between two refusals.
fn truncated(package: &[u8], signature: &SignatureBox) -> Option<Refusal> {
    let comment = signature.trusted_comment().ok()?;
    let expected: u32 = comment.split(' ').find_map(|part| part.strip_prefix("bytes:"))?.parse().ok()?;
    let got = u32::try_from(package.len()).ok()?;
    (got < expected).then_some(Refusal::Truncated { got, expected })
}

pub(super) fn decompress(file: &[u8], largest: u64) -> Result<Vec<u8>, Refusal> {
    let malformed = |error: std::io::Error| Refusal::Malformed(error.to_string());
    let mut decoder = zstd::stream::read::Decoder::new(file).map_err(malformed)?.single_frame();
    decoder.window_log_max(27).map_err(malformed)?;
    let mut json = Vec::new();
    let read = decoder.take(largest + 1).read_to_end(&mut json).map_err(malformed)?;
    if read as u64 > largest { Err(Refusal::TooLarge) } else { Ok(json) }
}

/// Reads the content of a file of format `known` or an earlier one.
pub(super) fn parse<T: DeserializeOwned>(json: &[u8], known: u32) -> Result<T, Refusal> {
    #[derive(Deserialize)]
    struct Format {
        format: u32,
    }
    // Read by itself only where the whole cannot be read: a newer format may have fields that this program cannot know,
    // and then that is the reason to give.
    let format = || serde_json::from_slice::<Format>(json).map(|read| read.format);
    let malformed = |error: serde_json::Error| Refusal::Malformed(error.to_string());
    match serde_json::from_slice(json) {
        Ok(content) => Ok(content),
        Err(error) => match format() {
            Ok(format) if format > known => Err(Refusal::FutureFormat { format, known }),
            Ok(_) | Err(_) => Err(malformed(error)),
        },
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::path::Path;

    use super::*;
    use crate::catalogue::authoring;

    pub(crate) fn balsam() -> Catalogue {
        authoring::build(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalog-data/balsam-lab")).unwrap()
    }

    fn held(version: &str, content: &Catalogue) -> Held {
        Held { version: version.parse().unwrap(), content: *Content::of(content).hash() }
    }

    #[test]
    fn a_package_reads_back_as_it_was_built_and_has_the_same_bytes_every_time() {
        let catalogue = balsam();
        let (secret, public) = keygen().unwrap();
        let package = pack(&catalogue).unwrap();
        assert_eq!(package, pack(&balsam()).unwrap());
        let signature = sign(&package, &secret, None, &catalogue).unwrap();
        assert_eq!(open(&package, &signature, &public, "balsam-lab", None).unwrap(), catalogue);
        let held = held(&catalogue.version, &catalogue);
        assert_eq!(open(&package, &signature, &public, "balsam-lab", Some(&held)).unwrap(), catalogue);
    }

    #[test]
    fn every_way_of_tampering_is_refused_with_its_own_reason() {
        let catalogue = balsam();
        let (secret, public) = keygen().unwrap();
        let package = pack(&catalogue).unwrap();
        let signature = sign(&package, &secret, None, &catalogue).unwrap();
        let refusal =
            |package: &[u8], held: Option<&Held>| open(package, &signature, &public, "balsam-lab", held).unwrap_err();
        for at in [0, package.len() / 2, package.len() - 1] {
            let mut changed = package.clone();
            changed[at] ^= 1;
            assert_eq!(refusal(&changed, None), Refusal::BadSignature);
        }
        let expected = u32::try_from(package.len()).unwrap();
        let cut = &package[..package.len() - 9];
        assert_eq!(refusal(cut, None), Refusal::Truncated { got: expected - 9, expected });
        assert_eq!(refusal(&vec![0; LARGEST_PACKAGE + 1], None), Refusal::TooLarge);
        let offered = catalogue.version.clone();
        let newer = held("2999.1.1", &catalogue);
        let rollback = Refusal::Rollback { offered: offered.clone(), held: "2999.1.1".into() };
        assert_eq!(refusal(&package, Some(&newer)), rollback);
        let mut differing = catalogue.clone();
        differing.valid_from = "2026-12-24".into();
        let other = held(&offered, &differing);
        let same = Refusal::SameVersionOtherContent { version: offered };
        assert_eq!(refusal(&package, Some(&other)), same);
        let wrong = Refusal::WrongProvider { found: "balsam-lab".into(), expected: "furumo".into() };
        assert_eq!(open(&package, &signature, &public, "furumo", None).unwrap_err(), wrong);
        let (_, stranger) = keygen().unwrap();
        assert_eq!(open(&package, &signature, &stranger, "balsam-lab", None).unwrap_err(), Refusal::BadSignature);
        assert_eq!(open(&package, "nonsense", &public, "balsam-lab", None).unwrap_err(), Refusal::UnreadableSignature);
        assert_eq!(open(&package, &signature, "nonsense", "balsam-lab", None).unwrap_err(), Refusal::UnreadableKey);
    }

    #[test]
    fn a_signed_package_of_a_newer_program_says_that_the_program_is_old() {
        let catalogue = balsam();
        let (secret, public) = keygen().unwrap();
        let signed = |json: &[u8]| {
            let package = zstd::bulk::compress(json, 3).unwrap();
            let signature = sign(&package, &secret, None, &catalogue).unwrap();
            open(&package, &signature, &public, "balsam-lab", None).unwrap_err()
        };
        assert_eq!(signed(br#"{"format":2,"new":true}"#), Refusal::FutureFormat { format: 2, known: FORMAT });
        assert!(matches!(signed(br#"{"format":1}"#), Refusal::Malformed(_)));
        assert!(matches!(signed(b"not json"), Refusal::Malformed(_)));
    }

    #[test]
    fn a_signed_package_that_expands_without_end_is_stopped() {
        let catalogue = balsam();
        let (secret, public) = keygen().unwrap();
        let bomb = zstd::stream::encode_all(std::io::repeat(b' ').take(LARGEST_CONTENT + 10), 1).unwrap();
        let signature = sign(&bomb, &secret, None, &catalogue).unwrap();
        assert_eq!(open(&bomb, &signature, &public, "balsam-lab", None).unwrap_err(), Refusal::TooLarge);
    }
}
