//! Searching as the window does.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sent_a_moment_ago_rises_in_the_next_search() {
    let office = Office::open("balsam-lab");
    let first = || office.controller.search("transf".into(), None, None).unwrap().hits.remove(0).id;
    assert_eq!(first(), "transferrinmetning");
    let id = office.waiting(&["transferrin"]);
    assert_eq!(first(), "transferrinmetning", "waiting is not used yet");
    let specimens = office.numbered(&id).requisition.specimens;
    office.record(&id, collected(&[&specimens[0].id]));
    office.scanned(&id);
    office.controller.complete(id).unwrap();
    assert_eq!(first(), "transferrin");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_hits_are_those_that_stand_first_in_the_whole_list_which_is_told_as_long_as_it_is() {
    let office = Office::open("balsam-lab");
    for query in ["s-", ""] {
        let search = |first| office.controller.search(query.into(), None, first).unwrap();
        let (whole, few) = (search(None), search(Some(2)));
        let ids = |view: &crate::views::SearchView| view.hits.iter().map(|hit| hit.id.clone()).collect::<Vec<_>>();
        assert!(query.is_empty() || whole.hits.len() > 10, "{}", whole.hits.len());
        assert_eq!(ids(&few), ids(&whole)[..whole.hits.len().min(2)]);
        assert_eq!((few.listed, few.total), (whole.listed, whole.total));
        assert_eq!(whole.listed as usize, whole.hits.len());
    }
}
