//! What of a panel the catalogues in use still offer, and putting a replacement in its place.

use serde::Serialize;
use specta::Type;

use super::{OfficePanel, PanelFault};
use crate::composing::catalogues::{Catalogues, replacement};

/// A member as the catalogues of now know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub struct CheckedMember {
    /// Provider id.
    pub provider: String,
    /// Provider name; the id where its catalogue is not in use here.
    pub provider_name: String,
    /// Service id.
    pub service: String,
    /// Name now; the one it had where the catalogue lacks it.
    pub name: String,
    /// Code shown.
    pub code: String,
    /// Offered beside the panel instead of added with it.
    pub optional: bool,
    /// Answers that go along.
    pub answers: u32,
    /// Whether it can be ordered.
    pub standing: Standing,
}

/// Whether a member can be ordered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(tag = "standing", rename_all = "snake_case")]
pub enum Standing {
    /// It can.
    Offered,
    /// The provider has withdrawn it.
    Withdrawn {
        /// What took its place.
        replacement: Option<Replacement>,
    },
    /// The provider's catalogue does not have it.
    Gone,
    /// No catalogue of the provider is in use here.
    NoCatalogue,
}

/// What took a service's place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub struct Replacement {
    /// Service id, at the same provider.
    pub service: String,
    /// Name.
    pub name: String,
}

/// How each member stands, in the panel's order.
#[must_use]
pub fn check(panel: &OfficePanel, catalogues: &Catalogues) -> Vec<CheckedMember> {
    let checked = panel.members.iter().map(|member| {
        let indexed = catalogues.get(&member.provider);
        let service = indexed.and_then(|indexed| indexed.service(&member.service));
        let standing = match (indexed, service) {
            (None, _) => Standing::NoCatalogue,
            (Some(_), None) => Standing::Gone,
            (Some(_), Some(service)) if !service.withdrawn => Standing::Offered,
            (Some(indexed), Some(service)) => Standing::Withdrawn {
                replacement: replacement(indexed, service)
                    .map(|new| Replacement { service: new.id.clone(), name: new.name.clone() }),
            },
        };
        CheckedMember {
            provider: member.provider.clone(),
            provider_name: indexed
                .map_or_else(|| member.provider.clone(), |found| found.catalogue().provider.name.clone()),
            service: member.service.clone(),
            name: service.map_or_else(|| member.name.clone(), |found| found.name.clone()),
            code: service.and_then(|found| found.code.code.clone()).unwrap_or_default(),
            optional: member.optional,
            answers: u32::try_from(member.answers.len()).unwrap_or(u32::MAX),
            standing,
        }
    });
    checked.collect()
}

/// Puts a withdrawn member's replacement in its place. One that is a member already is not put in twice, and what was
/// always added stays so.
///
/// # Errors
/// [`PanelFault`] where there is no such member, or nothing took its place.
pub fn mend(panel: &mut OfficePanel, provider: &str, service: &str, catalogues: &Catalogues) -> Result<(), PanelFault> {
    let at = panel.members.iter().position(|member| member.is(provider, service));
    let found = catalogues.service(provider, service).filter(|(_, old)| old.withdrawn);
    let new = found.and_then(|(indexed, old)| replacement(indexed, old));
    let (Some(at), Some(new)) = (at, new) else {
        return Err(PanelFault::new("service", "invalid"));
    };
    let optional = panel.members[at].optional;
    if let Some(other) = panel.members.iter_mut().find(|member| member.is(provider, &new.id)) {
        other.optional &= optional;
        panel.members.remove(at);
        return Ok(());
    }
    let member = &mut panel.members[at];
    member.service.clone_from(&new.id);
    member.name.clone_from(&new.name);
    // Answers belong to the questions of the old service.
    member.answers.clear();
    Ok(())
}
