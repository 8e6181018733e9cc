//! What leads from one version of a catalogue to the next, in a signed file of its own.
//!
//! A delta is canonical JSON, compressed with zstd, with a detached minisign signature of the same key as packages, and
//! nothing of it is looked at before that signature is verified. It names the version and the content it starts from and
//! those it ends in; it is applied as a whole or not at all, and what comes out must be the content it promised. So a
//! client that follows deltas holds exactly what the package of the same version holds.

use std::{collections::HashMap, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{
    content::{self, Content},
    model::{Catalogue, Container, Department, Indexed, LabelRule, Panel, Provider, Question, Rule, Service, Source},
    package::{self, Hash, PackError, Refusal, hex},
    version::Version,
};

/// The delta format this program reads and writes.
pub const FORMAT: u32 = 1;
/// Largest delta, in bytes; a larger one is no cheaper than the package.
pub const LARGEST_DELTA: usize = 8 << 20;
/// Largest content of a delta after decompression, in bytes.
const LARGEST_CONTENT: u64 = 32 << 20;
/// Most services a catalogue may have after a delta: a few bytes must not become a list without end.
const MOST_SERVICES: usize = 400_000;
/// What the file says it is, so that a package never passes for a delta.
const KIND: &str = "catalogue-delta";

/// From one version to the next.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delta {
    kind: String,
    format: u32,
    provider: String,
    from: Edition,
    to: Edition,
    rest: Rest,
    services: Vec<Step>,
}

/// A version with the hash of its content, in hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edition {
    /// Version.
    pub version: String,
    /// [`Content::hash`].
    pub content: String,
}

/// Everything but the services. Short lists are sent whole where they differ.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rest {
    format: u32,
    valid_from: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    previous: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    provider: Option<Provider>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    departments: Option<Vec<Department>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    containers: Option<Vec<Container>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    panels: Option<Vec<Panel>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    questions: Option<Vec<Question>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rules: Option<Vec<Rule>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    label_rules: Option<Vec<LabelRule>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sources: Option<Vec<Source>>,
}

/// The new list of services is written down as its parts, in order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Step {
    /// These services of the old list: the first one's place, and how many.
    Copy(usize, usize),
    /// A service that is new or changed.
    Put(Arc<Service>),
}

impl Delta {
    /// What leads from `old` to `new`.
    ///
    /// # Errors
    /// When they are of different providers, or `new` is not newer.
    pub fn between(old: &Catalogue, new: &Catalogue) -> Result<Self, PackError> {
        if old.provider.id != new.provider.id {
            let (old, new) = (&old.provider.id, &new.provider.id);
            return Err(PackError::Delta(format!("the catalogues belong to `{old}` and `{new}`")));
        }
        let version = |text: &str| text.parse::<Version>().map_err(|error| PackError::Delta(error.to_string()));
        if version(&new.version)? <= version(&old.version)? {
            let (old, new) = (&old.version, &new.version);
            return Err(PackError::Delta(format!("version {new} is not newer than {old}")));
        }
        let (before, after) = (Content::of(old), Content::of(new));
        let edition = |catalogue: &Catalogue, content: &Content| Edition {
            version: catalogue.version.clone(),
            content: hex(content.hash()),
        };
        Ok(Self {
            kind: KIND.into(),
            format: FORMAT,
            provider: new.provider.id.clone(),
            from: edition(old, &before),
            to: edition(new, &after),
            rest: Rest::between(old, new),
            services: steps(before.services(), after.services(), &new.services),
        })
    }

    /// Whose catalogue it is for.
    #[must_use]
    pub fn provider(&self) -> &str {
        &self.provider
    }

    /// Version it starts from.
    #[must_use]
    pub fn from(&self) -> &Edition {
        &self.from
    }

    /// Version it ends in.
    #[must_use]
    pub fn to(&self) -> &Edition {
        &self.to
    }

    /// How many services it carries.
    #[must_use]
    pub fn carried(&self) -> usize {
        self.services.iter().filter(|step| matches!(step, Step::Put(_))).count()
    }

    /// The file. The same two catalogues make the same bytes.
    ///
    /// # Errors
    /// When it would be larger than a delta may be: the package itself is the better way then.
    pub fn pack(&self) -> Result<Vec<u8>, PackError> {
        let bytes = package::compress(self)?;
        if bytes.len() > LARGEST_DELTA {
            return Err(PackError::Delta("the catalogues differ too much: publish the package alone".into()));
        }
        Ok(bytes)
    }

    /// Signs the file with a secret key in minisign's form.
    ///
    /// # Errors
    /// When the key cannot be used.
    pub fn sign(&self, file: &[u8], secret_key: &str, password: Option<String>) -> Result<String, PackError> {
        let Self { provider, from, to, .. } = self;
        let about = format!("provider:{provider} from:{} version:{}", from.version, to.version);
        package::sign_bytes(file, secret_key, password, &about, "signature of a catalogue delta")
    }

    /// Verifies a file against the pinned key, and only then reads it.
    ///
    /// # Errors
    /// A [`Refusal`] with its reason.
    pub fn open(file: &[u8], signature: &str, pinned_key: &str) -> Result<Self, Refusal> {
        if file.len() > LARGEST_DELTA {
            return Err(Refusal::TooLarge);
        }
        package::verify(file, signature, pinned_key)?;
        Self::read_unverified(file)
    }

    /// Reads a file without checking its signature: for authors looking at their own. The application never does.
    ///
    /// # Errors
    /// When it is too large, of a newer format, or not a delta.
    pub fn read_unverified(file: &[u8]) -> Result<Self, Refusal> {
        if file.len() > LARGEST_DELTA {
            return Err(Refusal::TooLarge);
        }
        let json = package::decompress(file, LARGEST_CONTENT)?;
        let delta: Self = package::parse(&json, FORMAT)?;
        if delta.format > FORMAT {
            return Err(Refusal::FutureFormat { format: delta.format, known: FORMAT });
        }
        if delta.kind == KIND { Ok(delta) } else { Err(Refusal::Malformed("it is no catalogue delta".into())) }
    }

    /// Applies it to the catalogue held. Nothing of the catalogue held is changed; services that stay are shared with it.
    ///
    /// # Errors
    /// A [`Refusal`]: it is another provider's, starts from or ends in something else than it should, or leads back.
    pub fn apply(self, held: &Indexed) -> Result<Indexed, Refusal> {
        let old = held.catalogue();
        if self.provider != old.provider.id {
            return Err(Refusal::WrongProvider { found: self.provider, expected: old.provider.id.clone() });
        }
        let parse = |text: &str| text.parse::<Version>().map_err(|error| Refusal::Malformed(error.to_string()));
        if parse(&self.to.version)? < parse(&old.version)? || parse(&self.to.version)? <= parse(&self.from.version)? {
            return Err(Refusal::Rollback { offered: self.to.version, held: old.version.clone() });
        }
        let before = held.content();
        if self.from.version != old.version || self.from.content != hex(before.hash()) {
            return Err(Refusal::WrongBase { from: self.from.version, held: old.version.clone() });
        }
        let (services, hashes) = follow(self.services, &old.services, before.services())?;
        let changes_conditions = self.rest.questions.is_some() || self.rest.rules.is_some();
        let catalogue = self.rest.onto(old, self.to.version, services);
        let content = Content::with(&catalogue, hashes);
        if self.to.content != hex(content.hash()) || catalogue.provider.id != self.provider {
            return Err(Refusal::WrongResult { version: catalogue.version });
        }
        if catalogue.format > super::model::FORMAT {
            return Err(Refusal::FutureFormat { format: catalogue.format, known: super::model::FORMAT });
        }
        if changes_conditions {
            package::check_conditions(&catalogue)?;
        }
        Ok(Indexed::after(held, catalogue, content))
    }
}

impl Rest {
    fn between(old: &Catalogue, new: &Catalogue) -> Self {
        /// What is sent of a part: itself where its text differs (equal numbers may be written differently).
        fn differing<T: Serialize + Clone>(old: &T, new: &T) -> Option<T> {
            let text = |part: &T| serde_json::to_vec(part).ok();
            (text(old) != text(new)).then(|| new.clone())
        }
        Self {
            format: new.format,
            valid_from: new.valid_from.clone(),
            previous: new.previous.clone(),
            provider: differing(&old.provider, &new.provider),
            departments: differing(&old.departments, &new.departments),
            containers: differing(&old.containers, &new.containers),
            panels: differing(&old.panels, &new.panels),
            questions: differing(&old.questions, &new.questions),
            rules: differing(&old.rules, &new.rules),
            label_rules: differing(&old.label_rules, &new.label_rules),
            sources: differing(&old.sources, &new.sources),
        }
    }

    fn onto(self, old: &Catalogue, version: String, services: Vec<Arc<Service>>) -> Catalogue {
        Catalogue {
            format: self.format,
            provider: self.provider.unwrap_or_else(|| old.provider.clone()),
            version,
            valid_from: self.valid_from,
            previous: self.previous,
            departments: self.departments.unwrap_or_else(|| old.departments.clone()),
            containers: self.containers.unwrap_or_else(|| old.containers.clone()),
            services,
            panels: self.panels.unwrap_or_else(|| old.panels.clone()),
            questions: self.questions.unwrap_or_else(|| old.questions.clone()),
            rules: self.rules.unwrap_or_else(|| old.rules.clone()),
            label_rules: self.label_rules.unwrap_or_else(|| old.label_rules.clone()),
            sources: self.sources.unwrap_or_else(|| old.sources.clone()),
        }
    }
}

/// The new list as copies of the old one and services put between them.
fn steps(before: &[Hash], after: &[Hash], services: &[Arc<Service>]) -> Vec<Step> {
    let mut places: HashMap<&Hash, usize> = HashMap::with_capacity(before.len());
    for (at, hash) in before.iter().enumerate() {
        places.entry(hash).or_insert(at);
    }
    let mut steps = Vec::new();
    for (hash, service) in after.iter().zip(services) {
        // Going on with the copy before keeps two equal services from breaking it.
        if let Some(Step::Copy(first, count)) = steps.last_mut()
            && before.get(*first + *count) == Some(hash)
        {
            *count += 1;
            continue;
        }
        steps.push(match places.get(hash) {
            Some(at) => Step::Copy(*at, 1),
            None => Step::Put(Arc::clone(service)),
        });
    }
    steps
}

/// Carries the steps out, within bounds.
fn follow(steps: Vec<Step>, old: &[Arc<Service>], before: &[Hash]) -> Result<(Vec<Arc<Service>>, Vec<Hash>), Refusal> {
    let outside = || Refusal::Malformed("it copies services that are not there".into());
    let mut services = Vec::with_capacity(old.len());
    let mut hashes = Vec::with_capacity(old.len());
    for step in steps {
        match step {
            Step::Copy(first, count) => {
                let range = first..first.checked_add(count).ok_or_else(outside)?;
                if services.len().saturating_add(count) > MOST_SERVICES {
                    return Err(Refusal::TooLarge);
                }
                services.extend_from_slice(old.get(range.clone()).ok_or_else(outside)?);
                hashes.extend_from_slice(before.get(range).ok_or_else(outside)?);
            }
            Step::Put(service) => {
                hashes.push(content::service(&service));
                services.push(service);
            }
        }
    }
    Ok((services, hashes))
}

#[cfg(test)]
#[path = "delta_tests.rs"]
mod tests;
