//! Sheets of labels that were begun, behind the window's commands.

use super::*;
use crate::error::ErrorCode;
use crate::forms::PrintingForm;

async fn sheets_in(office: &Office, printer: &str) {
    let form = PrintingForm { kind: "queue".into(), target: printer.into(), stock: "a4-3x8".into(), dpi: 203 };
    office.controller.save_printing(form).await.unwrap();
}

fn tubes(office: &Office, id: &str) -> Vec<String> {
    let view = office.controller.collection(id.to_owned()).unwrap();
    view.requisition.specimens.into_iter().map(|specimen| specimen.id).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn labels_are_offered_behind_the_last_that_came_out_of_this_printer() {
    let office = Office::open("balsam-lab");
    let id = office.waiting(&["hemoglobin", "crp"]);
    let tubes = tubes(&office, &id);
    let sheet = |first| office.controller.label_sheet(id.clone(), tubes.clone(), first, None);
    let offered = || sheet(None).unwrap().unwrap().first;
    assert!(sheet(None).unwrap().is_none(), "a roll has no sheets");
    sheets_in(&office, "kontor").await;
    assert_eq!(offered(), 0);

    let here = office.controller.here().unwrap();
    let kontor = here.printing().unwrap();
    assert_eq!(here.sheet_used(&kontor, 21, 2).unwrap(), 23);
    let view = sheet(None).unwrap().unwrap();
    assert_eq!((view.first, view.labels, view.pages.len()), (23, 2, 2), "the second goes on a new sheet");
    sheets_in(&office, "laboratorium").await;
    assert_eq!(offered(), 0, "another printer has a sheet of its own");
    sheets_in(&office, "kontor").await;
    assert_eq!(offered(), 23);

    // A job that was taken back used nothing, unless others came out behind it.
    here.sheet_unused(&kontor, 21, 23).unwrap();
    assert_eq!(offered(), 21);
    here.sheet_used(&kontor, 21, 2).unwrap();
    assert_eq!(here.sheet_used(&kontor, 23, 1).unwrap(), 0);
    here.sheet_unused(&kontor, 21, 23).unwrap();
    assert_eq!(offered(), 0);

    let refused = sheet(Some(24)).err().unwrap();
    assert_eq!((refused.code, refused.params["reason"].as_str()), (ErrorCode::InvalidField, "not_on_sheet"));
    let refused = office.controller.print_labels(id.clone(), tubes.clone(), Some(24)).await.err().unwrap();
    assert_eq!(refused.params["reason"], "not_on_sheet");
    assert!(office.controller.collection(id.clone()).unwrap().requisition.specimens[0].number.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_picture_of_the_sheet_has_what_will_be_recorded_first_and_records_nothing() {
    let office = Office::open("balsam-lab");
    let id = office.waiting(&["hemoglobin", "crp"]);
    sheets_in(&office, "kontor").await;
    let tubes = tubes(&office, &id);
    let at = Some("2026-01-02T07:30".to_owned());
    let act = CollectionAct::Collected { specimens: tubes.clone(), by: "Ida Januar".into(), at };
    let sheet = office.controller.label_sheet(id.clone(), tubes.clone(), Some(5), Some(act.clone())).unwrap().unwrap();
    assert_eq!((sheet.first, sheet.labels, sheet.pages.len()), (5, 2, 1));
    assert_eq!(sheet.pages[0].matches("Tatt 02.01.26 07:30").count(), 2);
    let still = office.controller.collection(id.clone()).unwrap();
    assert!(still.requisition.specimens.iter().all(|one| one.status == SpecimenStatus::Planned));
    // Frozen labels are shown as they are frozen, in the order in which they come out.
    office.record(&id, act);
    office.numbered(&id);
    let frozen = office.controller.label_sheet(id.clone(), tubes, Some(5), None).unwrap().unwrap();
    assert_eq!(frozen.pages[0].matches("Tatt 02.01.26 07:30").count(), 2);
    assert!(!frozen.pages[0].contains("0000 0000 0000"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_label_printer_on_the_network_is_not_given_sheets() {
    let office = Office::open("balsam-lab");
    let form = PrintingForm { kind: "socket".into(), target: "zebra:9100".into(), stock: "a4-3x8".into(), dpi: 203 };
    let refused = office.controller.save_printing(form).await.err().unwrap();
    assert_eq!(refused.params["reason"], "sheet_on_label_printer");
}
