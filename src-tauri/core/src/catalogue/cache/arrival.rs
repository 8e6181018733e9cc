//! How a new package or delta is taken in: looked at beside the cache, then kept in it.
//!
//! Verifying, reading and comparing a large catalogue takes its time, and nobody who asks the cache for a version or a date
//! is to wait for it. So [`Cache::base`] hands out what an arrival is checked against, [`Base::check`] needs no cache, and
//! [`Cache::keep`] writes, in one transaction, unless another arrival was quicker.

use std::sync::Arc;

use jiff::{Timestamp, Zoned, civil::Date, tz::TimeZone};
use rusqlite::{OptionalExtension, params};

use super::{Cache, InstallError, news};
use crate::catalogue::{
    delta::Delta,
    diff::{Diff, diff},
    model::{Catalogue, Indexed},
    package::{self, Held, Refusal},
    version::Version,
};

/// Deltas kept upon a package before the whole package is asked for again: each costs time at every start.
pub const MOST_DELTAS: u32 = 16;

/// A package or delta as it arrived. Nothing of it is verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The file.
    pub bytes: Vec<u8>,
    /// Its signature in minisign's form.
    pub signature: String,
    /// Tag of the whole package, where it came over the line.
    pub etag: Option<String>,
}

/// What an arrival is checked against.
#[derive(Clone, Debug)]
pub struct Base {
    provider: String,
    key: String,
    current: Option<Arc<Indexed>>,
    /// The highest version that was ever verified here: what is in use, or waits for its day.
    newest: Option<Version>,
    etag: Option<String>,
    /// Deltas upon the package, their bytes, and the package's.
    chain: (u32, i64, i64),
    waiting: bool,
    meanwhile: Option<Version>,
}

/// An arrival that was verified, with the catalogue it gives.
#[derive(Debug)]
pub struct Checked {
    arrival: Arrival,
    catalogue: Arc<Indexed>,
    version: Version,
    delta: bool,
    diff: Diff,
}

/// What became of an arrival.
#[derive(Debug)]
pub enum Kept {
    /// It is in use.
    InUse(Installed),
    /// It is what is in use already.
    Same,
    /// It is kept and applies from a later day.
    Waiting(super::Waiting),
}

/// A version taken into use.
#[derive(Debug)]
pub struct Installed {
    /// The catalogue.
    pub catalogue: Arc<Indexed>,
    /// What differs from the version before.
    pub diff: Diff,
}

impl Base {
    /// Tag of the last answer, where what it stood for is still here.
    #[must_use]
    pub fn etag(&self) -> Option<&str> {
        self.etag.as_deref().filter(|_| self.current.is_some() || self.waiting)
    }

    /// The version to ask for a delta against: none where the whole package is the better way, because nothing is in use,
    /// a version waits for its day, or deltas have gathered.
    #[must_use]
    pub fn wants_delta_from(&self) -> Option<&str> {
        let (deltas, bytes, package) = self.chain;
        let worth = deltas < MOST_DELTAS && bytes <= package / 2 && !self.waiting;
        self.current.as_ref().filter(|_| worth).map(|current| current.catalogue().version.as_str())
    }

    /// The version that applies until the one that waits does, as that one names it: wanted where nothing is in use.
    #[must_use]
    pub fn meanwhile(&self) -> Option<&Version> {
        self.meanwhile.as_ref()
    }

    /// Verifies a package against the pinned key and what is held.
    ///
    /// # Errors
    /// A [`Refusal`] with its reason.
    pub fn check(&self, arrival: Arrival) -> Result<Checked, Refusal> {
        let held = self.held();
        let catalogue = package::open(&arrival.bytes, &arrival.signature, &self.key, &self.provider, held.as_ref())?;
        self.checked(arrival, Arc::new(Indexed::new(catalogue)), false)
    }

    /// Verifies a delta against the pinned key and applies it to what is in use.
    ///
    /// # Errors
    /// A [`Refusal`] with its reason; the whole package is the way then.
    pub fn check_delta(&self, arrival: Arrival) -> Result<Checked, Refusal> {
        let delta = Delta::open(&arrival.bytes, &arrival.signature, &self.key)?;
        if delta.provider() != self.provider {
            let (found, expected) = (delta.provider().to_owned(), self.provider.clone());
            return Err(Refusal::WrongProvider { found, expected });
        }
        let Some(current) = &self.current else {
            return Err(Refusal::WrongBase { from: delta.from().version.clone(), held: "–".into() });
        };
        let catalogue = delta.apply(current)?;
        self.checked(arrival, Arc::new(catalogue), true)
    }

    fn held(&self) -> Option<Held> {
        let current = self.current.as_ref()?;
        let version = current.catalogue().version.parse().ok()?;
        Some(Held { version, content: *current.content().hash() })
    }

    fn checked(&self, arrival: Arrival, catalogue: Arc<Indexed>, delta: bool) -> Result<Checked, Refusal> {
        let new = catalogue.catalogue();
        let version: Version = parse_version(new)?;
        let wanted = self.meanwhile.as_ref() == Some(&version);
        if let Some(newest) = self.newest.as_ref().filter(|newest| version < **newest && !wanted) {
            return Err(Refusal::Rollback { offered: version.to_string(), held: newest.to_string() });
        }
        let diff = diff(self.current.as_ref().map(|current| current.catalogue()), new);
        Ok(Checked { arrival, catalogue, version, delta, diff })
    }
}

fn parse_version(catalogue: &Catalogue) -> Result<Version, Refusal> {
    let wrong = |error: crate::catalogue::version::NotAVersion| Refusal::Malformed(error.to_string());
    catalogue.version.parse().map_err(wrong)
}

impl Cache {
    /// What an arrival of a provider is checked against.
    ///
    /// # Errors
    /// [`InstallError::UnknownProvider`], or when the cache cannot be read.
    pub fn base(&mut self, provider: &str) -> Result<Base, InstallError> {
        let key = self.key(provider)?.ok_or_else(|| InstallError::UnknownProvider(provider.to_owned()))?;
        if !self.in_use.contains_key(provider)
            && let Some(found) = self.open_slot(provider, "current", &key, &mut None)?
        {
            self.in_use.insert(provider.to_owned(), Arc::new(found));
        }
        let current = self.in_use.get(provider).cloned();
        let sql = "SELECT COUNT(step), COALESCE(SUM(LENGTH(delta.bytes)), 0), COALESCE(LENGTH(package.bytes), 0)
                   FROM package LEFT JOIN delta ON delta.provider = package.provider AND delta.slot = package.slot
                   WHERE package.provider = ?1 AND package.slot = 'current'";
        let chain = self.connection.query_row(sql, [provider], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        let sql = "SELECT version FROM package WHERE provider = ?1 AND slot = 'waiting'";
        let waiting: Option<String> = self.connection.query_row(sql, [provider], |row| row.get(0)).optional()?;
        let etag =
            self.connection.query_row("SELECT etag FROM provider WHERE id = ?1", [provider], |row| row.get(0))?;
        let meanwhile = match current {
            None => self.announced(provider)?.and_then(|waiting| waiting.previous.as_deref()?.parse().ok()),
            Some(_) => None,
        };
        let versions = current.iter().map(|current| current.catalogue().version.as_str()).chain(waiting.as_deref());
        let newest = versions.filter_map(|version| version.parse().ok()).max();
        Ok(Base {
            provider: provider.to_owned(),
            key,
            current,
            newest,
            etag,
            chain,
            waiting: waiting.is_some(),
            meanwhile,
        })
    }

    /// Keeps what was checked: takes it into use, or puts it by where it applies from a later day than `now`.
    ///
    /// # Errors
    /// [`InstallError::Overtaken`], a delta to a later day, or when the cache cannot be written; what is in use stays.
    pub fn keep(&mut self, base: &Base, checked: Checked, now: &Zoned) -> Result<Kept, InstallError> {
        let provider = base.provider.as_str();
        let in_use = self.in_use.get(provider);
        if in_use.map(Arc::as_ptr) != base.current.as_ref().map(Arc::as_ptr) {
            return Err(InstallError::Overtaken);
        }
        let new = checked.catalogue.catalogue();
        let at = now.timestamp().to_string();
        // A day that cannot be read does not keep a signed catalogue away.
        let later = new.valid_from.parse::<Date>().is_ok_and(|day| day > now.date());
        let same = in_use.is_some_and(|held| held.catalogue().version == new.version);
        // One that is to do until the waiting one's day neither waits itself nor takes the tag of that one.
        let meanwhile = base.meanwhile.as_ref() == Some(&checked.version);
        if later && (checked.delta || meanwhile) {
            return Err(Refusal::NotYet { valid_from: new.valid_from.clone() }.into());
        }
        let Arrival { bytes, signature, etag } = &checked.arrival;
        let etag = if meanwhile { &base.etag } else { etag };
        let transaction = self.connection.transaction()?;
        let put = |slot: &str| {
            transaction.execute(
                "INSERT INTO package (provider, slot, version, valid_from, bytes, signature, installed_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![provider, slot, new.version, new.valid_from, bytes, signature, at],
            )
        };
        let drop_slot =
            |slot: &str| transaction.execute("DELETE FROM package WHERE provider = ?1 AND slot = ?2", [provider, slot]);
        if later && !same {
            drop_slot("waiting")?;
            put("waiting")?;
        } else if checked.delta {
            transaction.execute(
                "INSERT INTO delta (provider, slot, step, version, bytes, signature, installed_at)
                 VALUES (?1, 'current', ?2, ?3, ?4, ?5, ?6)",
                params![provider, base.chain.0, new.version, bytes, signature, at],
            )?;
        } else if same && base.chain.0 > 0 {
            // The whole package of the version that deltas led to takes their place.
            drop_slot("current")?;
            put("current")?;
        } else if !same {
            drop_slot("previous")?;
            let sql = "UPDATE package SET slot = 'previous' WHERE provider = ?1 AND slot = 'current'";
            transaction.execute(sql, [provider])?;
            put("current")?;
        }
        if !later || same {
            drop_slot_up_to(&transaction, provider, &checked.version)?;
        }
        if !later && !same {
            news::keep(&transaction, &checked.diff, now.timestamp())?;
        }
        transaction.execute("DELETE FROM download WHERE provider = ?1", [provider])?;
        // From a file there is no tag, and none may be left that stands for something else.
        transaction.execute("UPDATE provider SET etag = ?2 WHERE id = ?1", params![provider, etag])?;
        transaction.commit()?;
        if same {
            return Ok(Kept::Same);
        }
        if later {
            self.announced.remove(provider);
            let waiting = super::Waiting { version: new.version.clone(), valid_from: new.valid_from.clone() };
            return Ok(Kept::Waiting(waiting));
        }
        let Checked { catalogue, diff, .. } = checked;
        self.in_use.insert(provider.to_owned(), Arc::clone(&catalogue));
        Ok(Kept::InUse(Installed { catalogue, diff }))
    }

    /// Versions whose day has come, by provider: to be checked and kept like any arrival.
    ///
    /// # Errors
    /// When the cache cannot be read.
    pub fn due(&self, today: Date) -> Result<Vec<(String, Arrival)>, super::CacheError> {
        let mut statement = self.connection.prepare(
            "SELECT package.provider, bytes, signature, etag FROM package JOIN provider ON provider.id = package.provider
             WHERE slot = 'waiting' AND valid_from <= ?1",
        )?;
        let rows = statement.query_map([today.to_string()], |row| {
            Ok((row.get(0)?, Arrival { bytes: row.get(1)?, signature: row.get(2)?, etag: row.get(3)? }))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Drops a version that waits and can no longer be taken into use.
    ///
    /// # Errors
    /// When the cache cannot be written.
    pub fn drop_waiting(&self, provider: &str) -> Result<(), super::CacheError> {
        self.connection.execute("DELETE FROM package WHERE provider = ?1 AND slot = 'waiting'", [provider])?;
        self.connection.execute("UPDATE provider SET etag = NULL WHERE id = ?1", [provider])?;
        Ok(())
    }

    /// Verifies and keeps a package in one go, with the day counted in UTC: for tools and tests. `now` is also the time of
    /// the check.
    ///
    /// # Errors
    /// When it is refused, or the cache cannot be written; the package in use stays.
    pub fn install(
        &mut self,
        provider: &str,
        bytes: &[u8],
        signature: &str,
        etag: Option<&str>,
        now: Timestamp,
    ) -> Result<Kept, InstallError> {
        let base = self.base(provider)?;
        let arrival = Arrival { bytes: bytes.to_vec(), signature: signature.to_owned(), etag: etag.map(str::to_owned) };
        let kept = self.keep(&base, base.check(arrival)?, &now.to_zoned(TimeZone::UTC))?;
        self.checked(provider, now)?;
        Ok(kept)
    }
}

/// A version that waits is of no use once that one or a later one is in use.
fn drop_slot_up_to(
    transaction: &rusqlite::Transaction<'_>,
    provider: &str,
    version: &Version,
) -> Result<(), rusqlite::Error> {
    let sql = "SELECT version FROM package WHERE provider = ?1 AND slot = 'waiting'";
    let waiting: Option<String> = transaction.query_row(sql, [provider], |row| row.get(0)).optional()?;
    if waiting.is_some_and(|waiting| waiting.parse::<Version>().is_ok_and(|waiting| waiting <= *version)) {
        transaction.execute("DELETE FROM package WHERE provider = ?1 AND slot = 'waiting'", [provider])?;
    }
    Ok(())
}
