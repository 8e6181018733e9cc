//! People and organisations, read back.

use super::{ReadError, sex, text, time, value};
use crate::codes::lists;
use crate::message::tree::Element;
use crate::order::Precision;
use crate::parties::{
    Address, Clinician, LocalIds, Party, Patient, PatientIds, PatientName, Person, PersonIds, Unit, UnitIds,
};

/// List of the professions.
const PROFESSIONS: u16 = 9060;

/// A party by the name of the element around it.
pub(super) fn of(request: &Element, name: &str) -> Option<Party> {
    party(request.at(&[name, "HCP"])?)
}

/// `HCP` with an organisation.
pub(super) fn party(hcp: &Element) -> Option<Party> {
    let organisation = hcp.child("Inst")?;
    let (address, phone, email) = address(hcp);
    Some(Party {
        organisation: unit(organisation),
        departments: organisation.all("Dept").map(unit).collect(),
        person: organisation
            .child("HCPerson")
            .map(|person| Person { name: text(person, "Name").unwrap_or_default(), ids: person_ids(person) }),
        phone,
        email,
        address,
    })
}

/// The one who orders. Without a telephone it stays empty: the order's check says so.
pub(super) fn clinician(patient: &Element) -> Clinician {
    let hcp = patient.at(&["ResponsibleHcp", "HCP"]);
    let person = hcp.and_then(|hcp| hcp.child("HCProf").or_else(|| hcp.at(&["Inst", "HCPerson"])));
    let mut name = person.and_then(|person| text(person, "Name"));
    let mut profession = person.and_then(|person| value(person, "Type"));
    // A person within a unit has no place for a profession, so it stands with the name.
    if profession.is_none()
        && let Some((bare, code)) = name.as_deref().and_then(name_and_profession)
    {
        (name, profession) = (Some(bare.to_owned()), Some(code.to_owned()));
    }
    let (address, phone, email) = hcp.map(address).unwrap_or_default();
    Clinician {
        name,
        profession,
        ids: person.map(person_ids).unwrap_or_default(),
        unit: hcp.and_then(|hcp| hcp.child("Inst")).map(unit),
        phone: phone.unwrap_or_default(),
        email,
        address,
    }
}

fn name_and_profession(name: &str) -> Option<(&str, &'static str)> {
    let (bare, profession) = name.strip_suffix(')')?.rsplit_once(" (")?;
    let code = lists().get(&PROFESSIONS)?.iter().find(|(_, text)| **text == profession)?.0;
    Some((bare, code))
}

/// The patient. Without a number that an order can hold there is none.
pub(super) fn patient(element: &Element) -> Result<Patient, ReadError> {
    let mut ids = PatientIds::default();
    for (kind, id) in all_ids(element, "OffId", "TypeOffId") {
        match kind.as_str() {
            "FNR" => ids.fnr = id.trim().parse().ok(),
            "DNR" => ids.dnr = id.trim().parse().ok(),
            "FHN" => ids.fhn = id.trim().parse().ok(),
            "HNR" => ids.hnr = Some(id),
            _ => {}
        }
    }
    if ids == PatientIds::default() {
        return Err(ReadError::Lacks("Patient/OffId"));
    }
    let name = text(element, "Name").ok_or(ReadError::Lacks("Patient/Name"))?;
    let (family, given) = name.split_once(", ").unwrap_or((&name, ""));
    let born = time(element, "DateOfBirth").filter(|born| born.precision() == Precision::Day);
    let (address, phone, email) = address(element);
    Ok(Patient {
        ids,
        local_ids: LocalIds {
            requester: text(element, "IdByRequester"),
            service_provider: text(element, "IdByServProvider"),
        },
        name: PatientName { family: family.to_owned(), given: given.to_owned() },
        sex: sex(element),
        birth_date: born.and_then(|born| born.as_str().parse().ok()),
        address,
        phone,
        email,
        admission_category: element.child("AdmLocation").and_then(|place| value(place, "AdmCat")),
    })
}

fn unit(element: &Element) -> Unit {
    let mut ids = UnitIds::default();
    for (kind, id) in all_ids(element, "Id", "TypeId") {
        match kind.as_str() {
            "HER" => ids.her = id.trim().parse().ok(),
            "ENH" => ids.enh = Some(id),
            "RSH" => ids.rsh = Some(id),
            "LIN" => ids.lin = Some(id),
            "LAV" => ids.lav = Some(id),
            _ => {}
        }
    }
    Unit { name: text(element, "Name").unwrap_or_default(), ids }
}

fn person_ids(element: &Element) -> PersonIds {
    let mut ids = PersonIds::default();
    for (kind, id) in all_ids(element, "Id", "TypeId") {
        match kind.as_str() {
            "HER" => ids.her = id.trim().parse().ok(),
            "HPR" => ids.hpr = id.trim().parse().ok(),
            _ => {}
        }
    }
    ids
}

/// The first id and the others, each with its kind.
fn all_ids(element: &Element, id: &str, kind: &str) -> Vec<(String, String)> {
    let first = value(element, kind).zip(text(element, id));
    let others = element.all("AdditionalId").filter_map(|other| value(other, "Type").zip(text(other, "Id")));
    first.into_iter().chain(others).collect()
}

/// Address, telephone and e-mail: the first of each.
fn address(element: &Element) -> (Option<Address>, Option<String>, Option<String>) {
    let Some(found) = element.child("Address") else { return (None, None, None) };
    let address =
        Address { street: text(found, "StreetAdr"), postal_code: text(found, "PostalCode"), city: text(found, "City") };
    let by = |scheme: &str| {
        let mut all = found.all("TeleAddress").filter_map(|tele| tele.attribute("V")?.strip_prefix(scheme));
        all.next().map(str::to_owned)
    };
    let email = by("mailto:").map(|email| from_uri(&email));
    (Some(address).filter(|address| *address != Address::default()), by("tel:"), email)
}

/// What stands percent-encoded in a URI. What is no encoding stays as it is.
fn from_uri(uri: &str) -> String {
    let mut bytes = Vec::with_capacity(uri.len());
    let mut rest = uri.as_bytes();
    while let Some((first, more)) = rest.split_first() {
        let byte = more.get(..2).filter(|_| *first == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        match byte.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &more[2..];
            }
            None => {
                bytes.push(*first);
                rest = more;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| uri.to_owned())
}
