//! Searching as the window does.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sent_a_moment_ago_rises_in_the_next_search() {
    let office = Office::open("balsam-lab");
    let first = || office.controller.search("transf".into(), None).unwrap().hits.remove(0).id;
    assert_eq!(first(), "transferrinmetning");
    let id = office.waiting(&["transferrin"]);
    assert_eq!(first(), "transferrinmetning", "waiting is not used yet");
    let specimens = office.numbered(&id).requisition.specimens;
    office.record(&id, collected(&[&specimens[0].id]));
    office.scanned(&id);
    office.controller.complete(id).unwrap();
    assert_eq!(first(), "transferrin");
}
