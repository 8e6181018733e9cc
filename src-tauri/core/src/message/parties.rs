//! People and organisations of the message (HIS 1153-3, HITS 1174).

use super::render::RenderError;
use super::writer::Out;
use crate::codes::{ListNumber, MessageVersion, list_text};
use crate::parties::{Address, Clinician, Party, PersonIds, Unit, UnitIds};

type Done = Result<(), RenderError>;

/// Kind of address of someone at work, and of a patient at home (list 3401).
const AT_WORK: &str = "WP";
const AT_HOME: &str = "H";

/// Which lists name the kinds of ids: one for all in v1.5.
#[derive(Clone, Copy)]
pub(super) struct IdLists {
    unit: ListNumber,
    person: ListNumber,
}

impl IdLists {
    pub(super) const fn of(version: MessageVersion) -> Self {
        match version {
            MessageVersion::V1_5 => Self { unit: 8268, person: 8268 },
            MessageVersion::V1_6 => Self { unit: 9051, person: 8116 },
        }
    }
}

impl Out {
    /// `HCP` of a party.
    pub(super) fn party(&mut self, party: &Party, lists: IdLists) -> Done {
        self.element("HCP", |out| {
            out.element("Inst", |out| {
                let extra = out.unit_head(&party.organisation, lists)?;
                for department in &party.departments {
                    out.element("Dept", |out| {
                        let extra = out.unit_head(department, lists)?;
                        out.additional(&extra, lists.unit)
                    })?;
                }
                if let Some(person) = &party.person {
                    out.element("HCPerson", |out| {
                        out.text("Name", &person.name)?;
                        out.all_ids(&person_ids(&person.ids), lists.person)
                    })?;
                }
                out.additional(&extra, lists.unit)
            })?;
            out.address(AT_WORK, party.address.as_ref(), party.phone.as_deref(), party.email.as_deref())
        })
    }

    /// `HCP` of the one who orders: a health worker, or a unit with or without one.
    pub(super) fn clinician(&mut self, clinician: &Clinician, lists: IdLists) -> Done {
        let ids = person_ids(&clinician.ids);
        self.element("HCP", |out| {
            if let Some(unit) = &clinician.unit {
                out.element("Inst", |out| {
                    let extra = out.unit_head(unit, lists)?;
                    if clinician.name.is_some() || !ids.is_empty() {
                        out.element("HCPerson", |out| {
                            out.maybe_text("Name", name_with_profession(clinician).as_deref())?;
                            out.all_ids(&ids, lists.person)
                        })?;
                    }
                    out.additional(&extra, lists.unit)
                })?;
            } else {
                out.element("HCProf", |out| {
                    out.maybe_listed("Type", 9060, clinician.profession.as_deref())?;
                    out.maybe_text("Name", clinician.name.as_deref())?;
                    out.all_ids(&ids, lists.person)
                })?;
            }
            let phone = Some(clinician.phone.as_str());
            out.address(AT_WORK, clinician.address.as_ref(), phone, clinician.email.as_deref())
        })
    }

    /// `Address` of a patient.
    pub(super) fn home(&mut self, address: Option<&Address>, phone: Option<&str>, email: Option<&str>) -> Done {
        self.address(AT_HOME, address, phone, email)
    }

    /// Ids beyond the first.
    pub(super) fn additional(&mut self, ids: &[(&str, &str)], list: ListNumber) -> Done {
        for (kind, id) in ids {
            self.element("AdditionalId", |out| {
                out.text("Id", id)?;
                out.listed("Type", list, kind)
            })?;
        }
        Ok(())
    }

    /// Name and primary id; gives back the other ids, which stand at the end of the unit.
    fn unit_head<'a>(&mut self, unit: &'a Unit, lists: IdLists) -> Result<Vec<(&'static str, &'a str)>, RenderError> {
        self.text("Name", &unit.name)?;
        let mut ids = unit_ids(&unit.ids);
        if ids.is_empty() {
            return Ok(ids);
        }
        let (kind, id) = ids.remove(0);
        self.text("Id", id)?;
        self.listed("TypeId", lists.unit, kind)?;
        Ok(ids)
    }

    /// Primary id and the others, where nothing stands between.
    fn all_ids(&mut self, ids: &[(&str, &str)], list: ListNumber) -> Done {
        let Some(((kind, id), others)) = ids.split_first() else {
            return Ok(());
        };
        self.text("Id", id)?;
        self.listed("TypeId", list, kind)?;
        self.additional(others, list)
    }

    fn address(&mut self, kind: &str, address: Option<&Address>, phone: Option<&str>, email: Option<&str>) -> Done {
        let nowhere = Address::default();
        let address = address.unwrap_or(&nowhere);
        if *address == nowhere && phone.is_none() && email.is_none() {
            return Ok(());
        }
        self.element("Address", |out| {
            out.listed("Type", 3401, kind)?;
            out.maybe_text("StreetAdr", address.street.as_deref())?;
            out.maybe_text("PostalCode", address.postal_code.as_deref())?;
            out.maybe_text("City", address.city.as_deref())?;
            if let Some(phone) = phone {
                let number: String = phone.chars().filter(|c| !c.is_whitespace()).collect();
                out.attributes("TeleAddress", &[("V", &format!("tel:{number}"))])?;
            }
            if let Some(email) = email {
                out.attributes("TeleAddress", &[("V", &format!("mailto:{}", in_uri(email)))])?;
            }
            Ok(())
        })
    }
}

/// HCPerson has no place for a profession, so it stands with the name, which receivers show.
fn name_with_profession(clinician: &Clinician) -> Option<String> {
    let name = clinician.name.as_deref()?;
    let profession = clinician.profession.as_deref().and_then(|code| list_text(9060, code));
    Some(profession.map_or_else(|| name.to_owned(), |profession| format!("{name} ({profession})")))
}

/// HER is always the primary id.
fn unit_ids(ids: &UnitIds) -> Vec<(&'static str, &str)> {
    let her = ids.her.as_ref().map(|her| her.as_str());
    [
        ("HER", her),
        ("ENH", ids.enh.as_deref()),
        ("RSH", ids.rsh.as_deref()),
        ("LIN", ids.lin.as_deref()),
        ("LAV", ids.lav.as_deref()),
    ]
    .into_iter()
    .filter_map(|(kind, id)| Some((kind, id?)))
    .collect()
}

fn person_ids(ids: &PersonIds) -> Vec<(&'static str, &str)> {
    let her = ids.her.as_ref().map(|her| her.as_str());
    let hpr = ids.hpr.as_ref().map(|hpr| hpr.as_str());
    [("HER", her), ("HPR", hpr)].into_iter().filter_map(|(kind, id)| Some((kind, id?))).collect()
}

/// What a URI cannot carry is percent-encoded; letters like ø stay as people read them.
fn in_uri(email: &str) -> String {
    let mut uri = String::with_capacity(email.len());
    for c in email.chars() {
        if matches!(c, '%' | '#' | '?' | '[' | ']' | '<' | '>' | '"' | '\\' | '^' | '`' | '{' | '|' | '}' | '/' | '&') {
            uri.push_str(&format!("%{:02X}", u32::from(c)));
        } else {
            uri.push(c);
        }
    }
    uri
}
