//! Labels: one is frozen before it is asked for, and a reprint is the frozen label again.

use jiff::Zoned;
use jiff::civil::Date;
use requisition::composing::draft::{Patient, Urgency};
use requisition::composing::patient::age_on;
use requisition::labels::{
    self, Collection, Dpi, LabelContent, LabelError, LabelIdentity, LabelUrgency, Layout, Stock, Symbology,
};
use requisition::requisition::{Requisition, Specimen, SpecimenStatus};

use super::Answer;
use crate::error::{CommandError, ErrorCode};
use crate::views::PrintingView;

/// What stands on a specimen's label; none before it has a number.
pub fn content(requisition: &Requisition, specimen: &Specimen, at: &Zoned) -> Option<LabelContent> {
    let patient = &requisition.patient;
    let volume = specimen.fill_ml.map(|ml| format!(" {} mL", ml.to_string().replace('.', ",")));
    Some(LabelContent {
        number: specimen.number.clone()?,
        family: patient.family.clone(),
        given: patient.given.clone(),
        identity: identity(patient),
        sex_age: sex_age(patient, at.date()),
        collection: match &specimen.status {
            SpecimenStatus::Collected { at, .. } => local(at).map_or(Collection::ToBeWritten, Collection::At),
            SpecimenStatus::Planned
            | SpecimenStatus::AtHome
            | SpecimenStatus::NotTaken { .. }
            | SpecimenStatus::Spoiled { .. } => Collection::ToBeWritten,
        },
        container: format!("{}{}", specimen.container_label, volume.unwrap_or_default()),
        material: specimen.material.clone(),
        department: requisition.receiver.department_short.clone(),
        requester: requisition.requester.label_code.clone(),
        urgency: match requisition.urgency {
            Urgency::Routine => LabelUrgency::Routine,
            Urgency::Urgent => LabelUrgency::Urgent,
            Urgency::Cito => LabelUrgency::Immediate,
        },
        reprint: None,
        extra: specimen.letter.clone(),
        leftover: requisition.receiver.leftover_label.clone(),
    })
}

/// What will stand on the label of a specimen that has no number yet, the number in zeros.
pub fn preview_content(requisition: &Requisition, specimen: &Specimen, at: &Zoned) -> Option<LabelContent> {
    let mut unnumbered = specimen.clone();
    unnumbered.number = unnumbered.number.or(Some("000000000000".into()));
    content(requisition, &unnumbered, at)
}

/// Lays a label out for the chosen stock.
///
/// # Errors
/// [`ErrorCode::PrinterRefused`] names the part that does not fit.
pub fn lay_out(
    content: &LabelContent,
    printing: &PrintingView,
    symbology: requisition::catalogue::model::Symbology,
) -> Answer<Layout> {
    let stock = Stock::parse(&printing.stock).map_err(|error| CommandError::internal(&error))?;
    let dpi = if printing.dpi == 300 { Dpi::D300 } else { Dpi::D203 };
    let symbology = match symbology {
        requisition::catalogue::model::Symbology::Code128 => Symbology::Code128,
        requisition::catalogue::model::Symbology::DataMatrix => Symbology::DataMatrix,
    };
    labels::layout(content, &stock, dpi, symbology).map_err(|error| label_error(&error))
}

/// A label that cannot be made, in the window's words.
pub fn label_error(error: &LabelError) -> CommandError {
    let made = CommandError::caused(ErrorCode::PrinterRefused, error);
    match error {
        LabelError::DoesNotFit { part } => {
            let part = serde_json::to_value(part).ok().and_then(|part| part.as_str().map(str::to_owned));
            made.with("reason", "does_not_fit").with("part", part.unwrap_or_default())
        }
        _ => made.with("reason", "label"),
    }
}

/// A label with nobody on it.
pub fn test_content() -> LabelContent {
    LabelContent {
        number: "000010000143".into(),
        family: "TEST".into(),
        given: "ETIKETT ÆØÅ ŊĐŦ".into(),
        identity: LabelIdentity::Other("00000 00000".into()),
        sex_age: String::new(),
        collection: Collection::ToBeWritten,
        container: "TEST 1 mL".into(),
        material: "Test".into(),
        department: "REKVIRENT".into(),
        requester: "TEST".into(),
        urgency: LabelUrgency::Routine,
        reprint: None,
        extra: None,
        leftover: None,
    }
}

fn identity(patient: &Patient) -> LabelIdentity {
    let birth_date = patient.birth_date.as_deref().and_then(|date| date.parse::<Date>().ok());
    match (&patient.national_id, birth_date) {
        (Some(number), _) => LabelIdentity::NationalId(number.clone()),
        (None, Some(date)) => LabelIdentity::BirthDate(date),
        (None, None) => LabelIdentity::Unknown,
    }
}

/// `K 57`.
fn sex_age(patient: &Patient, today: Date) -> String {
    let sex = match patient.sex.as_str() {
        "1" => "M",
        "2" => "K",
        _ => "",
    };
    let age = age_on(patient, today).map(|age| age.to_string()).unwrap_or_default();
    format!("{sex} {age}").trim().to_owned()
}

/// Office time of a time with its offset: as it was on the wall then.
fn local(at: &str) -> Option<jiff::civil::DateTime> {
    jiff::fmt::strtime::parse("%Y-%m-%dT%H:%M", at.get(..16)?).ok()?.to_datetime().ok()
}
