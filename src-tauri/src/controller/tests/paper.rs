//! Paper forms on their way in, behind the window's commands.

use requisition::order::Status;
use requisition::paper;
use requisition::requisition::{Requisition, to_order};

use super::*;

/// The texts of the codes on the form of a requisition.
fn codes(office: &Office, id: &str) -> Vec<String> {
    let here = office.controller.here().unwrap();
    let one = here.store.requisition::<Requisition>(id.parse().unwrap()).unwrap().content;
    let order = to_order(&one, Status::Test, &now()).ok().unwrap();
    paper::parts_of(&order).unwrap().iter().map(|part| part.text().to_owned()).collect()
}

fn scan_all(office: &Office, codes: &[String]) -> ScanView {
    let mut last = None;
    for code in codes {
        last = Some(office.controller.scan(code.clone(), None).unwrap());
    }
    last.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_another_office_becomes_a_draft_and_the_same_form_again_opens_that_draft() {
    let (theirs, ours) = (Office::open("balsam-lab"), Office::open("balsam-lab"));
    let id = theirs.waiting(&["hemoglobin", "crp"]);
    let tube = theirs.numbered(&id).requisition.specimens[0].clone();
    theirs.record(&id, collected(&[&tube.id]));
    let form = codes(&theirs, &id);
    let ScanView::PaperDraft { draft, from, unknown } = scan_all(&ours, &form) else { panic!("a draft") };
    assert_eq!((from.as_str(), unknown.len()), ("Kattskinnet legesenter", 0));
    let view = ours.controller.draft(draft.clone()).unwrap();
    assert_eq!(view.draft.patient.national_id.as_deref(), Some("13116900216"));
    let services: Vec<&str> = view.draft.lines.iter().map(|line| line.service.as_str()).collect();
    assert_eq!(services, ["hemoglobin", "crp"]);
    let note = &view.draft.note_to_collector;
    assert!(note.contains(&tube.number.unwrap()), "a tube that has a number already is told: {note}");
    let again = scan_all(&ours, &form);
    assert!(matches!(again, ScanView::PaperDraft { draft: same, .. } if same == draft));
    assert_eq!(ours.controller.drafts().unwrap().len(), 1);
    assert!(
        matches!(scan_all(&theirs, &form), ScanView::Paper { requisition } if requisition == id),
        "at home it opens"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_catalogue_here_knows_is_named_and_never_dropped_silently() {
    let (theirs, ours) = (Office::open("balsam-lab"), Office::open("furumo"));
    let id = theirs.waiting(&["hemoglobin", "crp"]);
    let ScanView::PaperDraft { draft, unknown, .. } = scan_all(&ours, &codes(&theirs, &id)) else { panic!("a draft") };
    assert_eq!(unknown.len(), 2, "{unknown:?}");
    assert!(ours.controller.draft(draft).unwrap().draft.lines.is_empty(), "another laboratory's offer is not guessed");
}
