//! Services and specimens, read back: one service for each `Investigation`, one specimen for each `AnalysedSubject` that no
//! earlier group has said already.

use super::{code, coded, text, time, value};
use crate::message::tree::Element;
use crate::order::{Action, Material, Measure, Pretreatment, Series, Service, Specimen};
use crate::parties::LocalIds;

/// All services, and the specimens they share, in an order that every group keeps.
pub(super) fn all(request: &Element) -> (Vec<Service>, Vec<Specimen>) {
    let mut services = Vec::new();
    let mut specimens: Vec<Specimen> = Vec::new();
    let mut made = 0;
    for group in request.all("ReqInvestigation") {
        let keys = share(group, &mut specimens, &mut made);
        for investigation in group.all("Investigation") {
            services.extend(service(group, investigation, &keys));
        }
    }
    (services, specimens)
}

/// The keys of a group's specimens. One that says the same as a specimen of another group is the same specimen; two that
/// say the same within one group are two.
fn share(group: &Element, specimens: &mut Vec<Specimen>, made: &mut u32) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    let mut new: Vec<Specimen> = Vec::new();
    for subject in group.all("AnalysedSubject") {
        let mut read = specimen(subject);
        let same = specimens.iter().position(|known| {
            read.key.clone_from(&known.key);
            !keys.contains(&known.key) && *known == read
        });
        match same {
            Some(at) => {
                keys.push(specimens[at].key.clone());
                // What came before it in this group stands before it in the document.
                specimens.splice(at..at, new.drain(..));
            }
            None => {
                *made += 1;
                read.key = made.to_string();
                keys.push(read.key.clone());
                new.push(read);
            }
        }
    }
    specimens.append(&mut new);
    keys
}

fn service(group: &Element, investigation: &Element, keys: &[String]) -> Option<Service> {
    let mut ids = investigation.all("Id").filter_map(code);
    Some(Service {
        action: match group.value_of("ServType") {
            Some("H") => Action::Unchanged,
            Some("M") => Action::Changed,
            Some("C") => Action::Cancelled,
            _ => Action::New,
        },
        code: ids.next()?,
        local_code: ids.next(),
        specs: investigation.all("Spec").filter_map(code).collect(),
        comment: text(investigation, "Comment"),
        priority: value(group, "Priority"),
        purpose: value(group, "Purpose"),
        requested_date: time(group, "ReqDate"),
        series: group.child("StandingInv").map(series),
        specimens: keys.to_vec(),
    })
}

fn series(element: &Element) -> Series {
    Series {
        times: element.text_of("NumberOfTimes").and_then(|times| times.parse().ok()),
        start: time(element, "ScheduledStart"),
        end: time(element, "ScheduledEnd"),
        interval: text(element, "CycleTime"),
        end_condition: text(element, "EndCondition"),
        instructions: text(element, "Instructions"),
    }
}

fn specimen(subject: &Element) -> Specimen {
    let collected = subject.child("CollectedSample");
    let taken = collected.and_then(|sample| time(sample, "CollectedDate"));
    Specimen {
        key: String::new(),
        ids: LocalIds { requester: text(subject, "IdByRequester"), service_provider: text(subject, "IdByServProv") },
        material: Material { text: text(subject, "Type"), code: coded(subject, "TypeCoded") },
        anatomical_origin: text(subject, "AnatomicalOrigin"),
        not_collected: taken.is_none(),
        collected: taken,
        planned_date: subject.child("RequestedSubject").and_then(|wanted| time(wanted, "ReqDate")),
        collector_comment: collected.and_then(|sample| text(sample, "CollectorComment")),
        collection_method: collected.and_then(|sample| coded(sample, "CollectorsCommentCoded")),
        preservative: text(subject, "PreservMaterial"),
        number: subject.text_of("Number").and_then(|number| number.parse().ok()),
        handling: subject.all("SampleHandling").map(|handling| handling.text.clone()).collect(),
        measures: subject.all("SubjectMeasures").filter_map(measure).collect(),
        pretreatment: subject.child("Pretreatment").map(|pretreatment| Pretreatment {
            heading: value(pretreatment, "Heading"),
            text: text(pretreatment, "TextResultValue"),
        }),
        comment: text(subject, "Comment"),
    }
}

fn measure(element: &Element) -> Option<Measure> {
    let quantity = element.child("Quantity")?;
    Some(Measure {
        quantity: text(element, "TypeQuantity")?,
        value: quantity.attribute("V")?.parse().ok()?,
        unit: quantity.attribute("U")?.to_owned(),
    })
}
